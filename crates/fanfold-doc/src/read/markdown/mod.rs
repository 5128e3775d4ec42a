//! Markdown: CommonMark with tables, notes, strikes and front matter.
//!
//! Owns finding out that a text is Markdown, and reading back exactly what
//! [`crate::write::markdown`] wrote: files whose front matter says `fanfold: 1` are taken at their
//! word, all others go through [`crate::structure`].

mod frontmatter;
mod literal;
mod render;
#[cfg(test)]
mod tests;

use crate::document::Document;
use crate::imported::{Imported, Warning};
use crate::limits::{Limit, Limits, ReadError};
use crate::structure::{self, Hints, Piece};
use crate::walk;

use super::{Fit, Format, Input, encoding};
use frontmatter::{FrontMatter, Value};
use render::{OPENING, Top};

/// CommonMark with front matter.
pub(crate) const FORMAT: Format = Format { name: "markdown", title: "Markdown", fit, read };

fn fit(input: &Input<'_>) -> Fit {
    if own(input.bytes).is_some() {
        return Fit::Sure;
    }
    match input.extension().as_str() {
        "md" | "markdown" | "mdown" | "mkd" if encoding::is_text(input.bytes) => Fit::Likely,
        "txt" | "text" | "html" | "htm" | "xhtml" => Fit::No,
        _ if looks_like_it(input.bytes) => Fit::Likely,
        _ => Fit::No,
    }
}

/// The text of a file that this program wrote.
fn own(bytes: &[u8]) -> Option<&str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let opening = bytes.get(..bytes.len().min(64))?;
    let opens =
        opening.starts_with(b"---\nfanfold: 1") || opening.starts_with(b"---\r\nfanfold: 1");
    opens.then(|| std::str::from_utf8(bytes).ok()).flatten()
}

/// Headings and links as only Markdown has them, in a file without a telling name.
fn looks_like_it(bytes: &[u8]) -> bool {
    if !encoding::is_text(bytes) {
        return false;
    }
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(8 << 10)).unwrap_or_default());
    let heading = |line: &&str| {
        let text = line.trim_start_matches('#');
        let signs = line.len() - text.len();
        (1..=6).contains(&signs) && text.starts_with(' ') && text.trim().len() > 1
    };
    head.lines().filter(heading).take(2).count() == 2 && !head.trim_start().starts_with('<')
}

fn read(input: &Input<'_>, limits: &Limits) -> Result<Imported, ReadError> {
    if let Some(matter) = own(input.bytes).and_then(frontmatter::split) {
        return literal::read(&matter);
    }
    let (text, _, mut warnings) = encoding::decode(input.bytes, limits)?;
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let matter = frontmatter::split(&text);
    let (body, before) = match &matter {
        Some(matter) => (matter.body, matter.lines),
        None => (text.as_str(), 0),
    };
    let mut hints = Hints { name: input.stem(), chapters: limits.chapters, ..Hints::default() };
    if let Some(matter) = &matter {
        state(matter, &mut hints);
    }
    let (html, tops) = render::html(body);
    let (document, more) = document(&html, limits)?;
    warnings.extend(more);
    let pieces = with_lines(document, body, &tops, before);
    let mut imported = structure::structure(pieces, &hints);
    imported.warnings.splice(0..0, warnings);
    Ok(imported)
}

/// The document of a rendered text.
fn document(html: &str, limits: &Limits) -> Result<(Document, Vec<Warning>), ReadError> {
    // Rendering adds elements, never text.
    let limits = Limits { text_bytes: limits.text_bytes.saturating_mul(4), ..limits.clone() };
    Document::from_html(html, &limits)
}

/// What foreign front matter says, as header lines.
fn state(matter: &FrontMatter<'_>, hints: &mut Hints<'_>) {
    for (key, value) in &matter.entries {
        let values: Vec<String> = value.items().iter().filter_map(Value::text).collect();
        let mut label = key.replace(['_', '-'], " ");
        if label.eq_ignore_ascii_case("lang") {
            "Language".clone_into(&mut label);
        }
        if let Some(first) = label.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        if !values.is_empty() {
            hints.stated.push((label, values));
        }
    }
}

/// Gives the blocks the lines that they came from, as far as their opening words tell.
fn with_lines(document: Document, body: &str, tops: &[Top], before: u32) -> Vec<Piece> {
    let mut counted = (0_usize, before + 1);
    let mut line_of = |at: usize| {
        let between = body.get(counted.0..at).unwrap_or_default();
        let more = between.bytes().filter(|b| *b == b'\n').count();
        counted = (at.max(counted.0), counted.1 + u32::try_from(more).unwrap_or(0));
        counted.1
    };
    let mut next = 0;
    let mut pieces = Vec::with_capacity(document.blocks.len());
    for block in document.blocks {
        let text = walk::plain_text(std::slice::from_ref(&block));
        let key = letters(&text);
        let near = tops.iter().enumerate().skip(next).take(40);
        let found =
            near.into_iter().find(|(_, top)| !key.is_empty() && letters(&top.opening) == key);
        let lines = match found {
            Some((at, top)) => {
                next = at + 1;
                let first = line_of(top.range.start);
                let inner = body.get(top.range.clone()).unwrap_or_default().trim_end();
                let more = inner.bytes().filter(|b| *b == b'\n').count();
                (first, first + u32::try_from(more).unwrap_or(0))
            }
            None => (0, 0),
        };
        pieces.push(Piece { block, lines });
    }
    pieces
}

/// The first letters of a text, by which a block is known again.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).take(OPENING / 3).collect()
}

impl Document {
    /// Reads Markdown as a person types it into a box: a text and nothing about a work. What it
    /// cannot hold is left out with a warning, its text kept.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] for a text over the limits.
    pub fn from_markdown(
        text: &str,
        limits: &Limits,
    ) -> Result<(Document, Vec<Warning>), ReadError> {
        if text.len() > limits.text_bytes {
            return Err(ReadError::TooLarge(Limit::TextBytes(limits.text_bytes)));
        }
        document(&render::html(&text.replace("\r\n", "\n")).0, limits)
    }
}
