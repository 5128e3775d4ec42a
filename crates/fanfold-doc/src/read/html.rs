//! Reads HTML.
//!
//! Owns finding out that a file is HTML and in which encoding; pages of known sites are read by
//! [`crate::shape`], all others by their headings and what [`crate::structure`] makes of the lines.

use super::media::Images;
use super::{Fit, Format, Input, encoding};
use crate::document::*;
use crate::html::Page;
use crate::imported::{Author, Imported};
use crate::limits::{Limits, ReadError};
use crate::shape;
use crate::structure::{self, Hints, Piece};

/// HTML and XHTML, by their tags.
pub(super) const FORMAT: Format = Format { name: "html", title: "HTML", fit, read };

/// How much of a file is looked at, bytes.
const HEAD: usize = 4_096;

fn fit(input: &Input<'_>) -> Fit {
    let head = input.bytes.get(..HEAD).unwrap_or(input.bytes);
    // UTF-16 has every letter between zeros.
    let head: Vec<u8> = head.iter().filter(|b| **b != 0).map(u8::to_ascii_lowercase).collect();
    let head = String::from_utf8_lossy(&head);
    let named = matches!(input.extension().as_str(), "html" | "htm" | "xhtml" | "xht");
    if !encoding::is_text(input.bytes) {
        return Fit::No;
    }
    let start = head.trim_start_matches(['\u{feff}', '\u{fffd}']).trim_start();
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Fit::Sure;
    }
    if head.contains("<html") || head.contains("<body") || head.contains("<head>") {
        return if start.starts_with('<') { Fit::Sure } else { Fit::Likely };
    }
    let tags = ["<p>", "<p ", "<br", "</p>", "<i>", "<em>", "<b>", "<div", "<hr", "<span", "<font"];
    let found: usize = tags.iter().map(|tag| head.matches(tag).count()).sum();
    match (named, found) {
        (true, 1..) => Fit::Likely,
        (true, 0) => Fit::Maybe,
        (false, 6..) if start.starts_with('<') => Fit::Likely,
        (false, 6..) => Fit::Maybe,
        _ => Fit::No,
    }
}

/// The encoding that a page names: in its XML declaration or in a `meta` element.
pub(super) fn label(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let head: String = head.iter().map(|b| char::from(b.to_ascii_lowercase())).collect();
    let value = |text: &str| {
        let text = text.trim_start_matches([' ', '=', '"', '\'']);
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)));
        let value = text.get(..end.unwrap_or(text.len()))?;
        (!value.is_empty()).then(|| value.to_owned())
    };
    if let Some(declaration) = head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"))
        && let Some((_, rest)) = declaration.0.split_once("encoding")
    {
        return value(rest);
    }
    let mut metas = head.split("<meta").skip(1).map(|rest| rest.split('>').next().unwrap_or(""));
    metas.find_map(|meta| value(meta.split_once("charset")?.1))
}

fn read(input: &Input<'_>, limits: &Limits) -> Result<Imported, ReadError> {
    let label = label(input.bytes);
    let (text, _, warnings) = encoding::decode_with(input.bytes, label.as_deref(), limits)?;
    let page = Page::parse(&text, limits)?;
    drop(text);
    let source = shape::Source::Page(&page);
    let mut work = match shape::recognise(&source) {
        Some(shape) => (shape.read)(&source, limits)?,
        None => generic(&page, input, limits),
    };
    work.warnings.splice(0..0, warnings);
    Ok(work)
}

/// A page of no known layout.
fn generic(page: &Page, input: &Input<'_>, limits: &Limits) -> Imported {
    let mut images = Images::new(limits);
    let mut warnings = Vec::new();
    let body = page.body().document(&mut |source| images.of_address(source), &mut warnings);
    let mut blocks = Vec::with_capacity(body.blocks.len());
    unwrap(body.blocks).into_iter().for_each(|block| split_block(block, &mut blocks));
    let blocks = lay_open(Document { blocks }.normalize().blocks);
    // A page's lines are no lines of its text.
    let piece = |block| Piece { block, lines: (0, 0) };
    let pieces = blocks.into_iter().map(piece).collect();
    let hints = hints(page, input, limits);
    let mut work = structure::structure(pieces, &hints);
    work.media = images.into_media();
    warnings.append(&mut work.warnings);
    work.warnings = warnings;
    work
}

/// The blocks inside a division that holds the whole page, as word processors make it.
fn unwrap(mut blocks: Vec<Block>) -> Vec<Block> {
    while let [Block::Group(GroupKind::Division, style, inner)] = blocks.as_mut_slice()
        && style.align.is_none()
        && style.dir.is_none()
    {
        blocks = std::mem::take(inner);
    }
    blocks
}

/// How many blocks a page's own header takes at most.
const HEADER_BLOCKS: usize = 24;

/// Lays the header of a page made by hand open, so that each of its lines is a paragraph: centred
/// parts give their alignment to what stands in them, and lines that were only broken are parted
/// where one of them opens with a label or a by-line.
fn lay_open(blocks: Vec<Block>) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    for block in blocks {
        match block {
            Block::Group(GroupKind::Division, style, inner) if only_aligned(&style) => {
                for block in lay_open(inner) {
                    out.push(aligned(block, &style));
                }
            }
            Block::Paragraph(style, text) if out.len() < HEADER_BLOCKS && is_header(&text) => {
                let lines = text.split(|inline| *inline == Inline::LineBreak);
                out.extend(lines.map(|line| Block::Paragraph(style.clone(), line.to_vec())));
            }
            other => out.push(other),
        }
    }
    Document { blocks: out }.normalize().blocks
}

fn only_aligned(style: &Style) -> bool {
    Style { align: None, ..style.clone() }.is_none()
}

fn aligned(block: Block, group: &Style) -> Block {
    let own = |style: Style| Style { align: style.align.or(group.align), ..style };
    match block {
        Block::Paragraph(style, text) => Block::Paragraph(own(style), text),
        Block::Heading(level, style, text) => Block::Heading(level, own(style), text),
        Block::SceneBreak(style, width) => Block::SceneBreak(style, width),
        other => Block::Group(GroupKind::Division, group.clone(), vec![other]),
    }
}

/// Whether broken lines are a header's.
fn is_header(text: &[Inline]) -> bool {
    let mut lines = text.split(|inline| *inline == Inline::LineBreak);
    let several = text.contains(&Inline::LineBreak);
    several
        && lines.any(|line| {
            let line = crate::walk::inline_text(line);
            let by = line.get(..3).is_some_and(|by| by.eq_ignore_ascii_case("by "));
            structure::is_header_line(&line) || (by && line.len() < 80)
        })
}

/// Two line breaks or more in a row are what pages without paragraphs have between them.
fn split_block(block: Block, out: &mut Vec<Block>) {
    match block {
        Block::Paragraph(style, text) => {
            let parts = split(text);
            out.extend(parts.into_iter().map(|part| Block::Paragraph(style.clone(), part)));
        }
        Block::Group(kind, style, blocks) => {
            let mut inner = Vec::with_capacity(blocks.len());
            blocks.into_iter().for_each(|block| split_block(block, &mut inner));
            out.push(Block::Group(kind, style, inner));
        }
        other => out.push(other),
    }
}

fn split(inlines: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut parts = vec![Vec::new()];
    let mut breaks = 0;
    for inline in inlines {
        match inline {
            Inline::LineBreak => {
                breaks += 1;
                continue;
            }
            Inline::Text(text) if breaks > 0 && text.trim_ascii().is_empty() => continue,
            _ => {}
        }
        if breaks > 1 {
            parts.push(Vec::new());
        } else if breaks == 1 {
            put(&mut parts, Inline::LineBreak);
        }
        breaks = 0;
        let wrapped = match inline {
            Inline::Mark(mark, style, content) => split(content)
                .into_iter()
                .map(|part| Inline::Mark(mark, style.clone(), part))
                .collect(),
            Inline::Styled(style, content) => {
                split(content).into_iter().map(|part| Inline::Styled(style.clone(), part)).collect()
            }
            other => vec![other],
        };
        for (at, inline) in wrapped.into_iter().enumerate() {
            if at > 0 {
                parts.push(Vec::new());
            }
            put(&mut parts, inline);
        }
    }
    parts
}

fn put(parts: &mut [Vec<Inline>], inline: Inline) {
    if let Some(last) = parts.last_mut() {
        last.push(inline);
    }
}

/// What the head of a page says about the work.
fn hints<'a>(page: &Page, input: &'a Input<'_>, limits: &Limits) -> Hints<'a> {
    let root = page.root();
    let text = |name: &str| root.find(name).map(|found| found.text()).filter(|t| !t.is_empty());
    let author = root
        .find_all("meta")
        .find(|meta| meta.attr("name").is_some_and(|name| name.eq_ignore_ascii_case("author")));
    let author = author.and_then(|meta| meta.attr("content")).map(str::trim).unwrap_or_default();
    let authors = if author.is_empty() {
        Vec::new()
    } else {
        vec![Author { name: author.to_owned(), url: None }]
    };
    let language = root.find("html").and_then(|html| html.attr("lang")).and_then(Lang::parse);
    let title = title(text("title"), text("h1"), author);
    Hints {
        name: input.stem(),
        title,
        authors,
        language,
        chapters: limits.chapters,
        ..Hints::default()
    }
}

/// The title: the heading where the head's title holds it, else the head's title without its
/// author. Programs fill in titles of their own where nobody gave one.
fn title(head: Option<String>, heading: Option<String>, author: &str) -> Option<String> {
    let nobody = |title: &String| {
        let title = title.to_lowercase();
        title.starts_with("untitled") || title.starts_with("new page") || title == "index"
    };
    let head = head.filter(|head| !nobody(head));
    if let (Some(head), Some(heading)) = (&head, &heading)
        && head.contains(heading.as_str())
    {
        return Some(heading.clone());
    }
    let Some(head) = head else { return heading };
    if author.is_empty() {
        return Some(head);
    }
    let behind = [format!(", by {author}"), format!(" by {author}"), format!(" - {author}")];
    let bare = behind.iter().find_map(|end| head.strip_suffix(end.as_str())).map(str::to_owned);
    bare.or(Some(head))
}
