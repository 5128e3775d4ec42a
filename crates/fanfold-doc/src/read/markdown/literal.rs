//! Reads what [`crate::write::markdown`] wrote, at its word.
//!
//! Owns the names of the front matter's keys and of the sections, which the writer shares: see
//! [`crate::write::markdown`] for their order.

use crate::document::{Document, Href, Lang};
use crate::imported::*;
use crate::limits::{Limits, ReadError};
use crate::walk;

use super::frontmatter::{self, FrontMatter, Value};
use super::render;

/// A section of the text, opened by `<!-- fanfold:NAME -->`.
struct Section<'a> {
    name: &'a str,
    text: &'a str,
}

pub(super) fn read(matter: &FrontMatter<'_>) -> Result<Imported, ReadError> {
    let mut work = Imported::default();
    for (key, value) in &matter.entries {
        field(&mut work.meta, key, value);
    }
    for section in sections(matter.body) {
        if let Some(rest) = section
            .name
            .strip_prefix("chapter")
            .filter(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            let (title, text) = chapter_title(rest.trim(), section.text)?;
            let body = text_of(text, &mut work.warnings)?;
            work.chapters.push(Chapter { title, body, ..Chapter::default() });
            continue;
        }
        let text = text_of(section.text, &mut work.warnings)?;
        let meta = &mut work.meta;
        match (section.name, work.chapters.last_mut()) {
            ("summary", _) => meta.summary = text,
            ("notes-before", _) => meta.notes_before = text,
            ("disclaimer", _) => meta.disclaimer = text,
            ("notes-after", _) => meta.notes_after = text,
            ("chapter-summary", Some(chapter)) => chapter.summary = text,
            ("chapter-notes-before", Some(chapter)) => chapter.notes_before = text,
            ("chapter-notes-after", Some(chapter)) => chapter.notes_after = text,
            // A text by any other name is the chapter's.
            (_, Some(chapter)) => chapter.body.blocks.extend(text.blocks),
            (_, None) => work.chapters.push(Chapter { body: text, ..Chapter::default() }),
        }
    }
    Ok(work)
}

fn text_of(text: &str, warnings: &mut Vec<Warning>) -> Result<Document, ReadError> {
    let (html, _) = render::html(text);
    let (document, more) = Document::from_html(&html, &Limits::printed())?;
    warnings.extend(more);
    Ok(document)
}

/// The text cut at its section marks; what stands before the first is a text without a name.
fn sections(body: &str) -> Vec<Section<'_>> {
    let mut out = Vec::new();
    let (mut name, mut start, mut at) = ("", 0, 0);
    for line in body.split_inclusive('\n') {
        let mark = line.trim_end().strip_prefix("<!-- fanfold:");
        if let Some(next) = mark.and_then(|rest| rest.strip_suffix(" -->")) {
            out.push(Section { name, text: body.get(start..at).unwrap_or_default() });
            name = next;
            start = at + line.len();
        }
        at += line.len();
    }
    out.push(Section { name, text: body.get(start..).unwrap_or_default() });
    out.retain(|section| !section.name.is_empty() || !section.text.trim().is_empty());
    out
}

/// A chapter's title: in its mark, or in the heading below it.
fn chapter_title<'a>(mark: &str, text: &'a str) -> Result<(Option<String>, &'a str), ReadError> {
    if mark == "untitled" {
        return Ok((None, text));
    }
    if let Some(Value::Text(title)) = frontmatter::json(mark) {
        return Ok((Some(title), text));
    }
    let from = text.trim_start_matches(['\n', '\r']);
    if !from.starts_with("# ") {
        return Ok((None, text));
    }
    let (line, rest) = from.split_once('\n').unwrap_or((from, ""));
    let title = text_of(line, &mut Vec::new())?;
    let title = walk::plain_text(&title.blocks);
    Ok(((!title.is_empty()).then_some(title), rest))
}

fn href(value: Option<&Value>) -> Option<Href> {
    value.and_then(Value::text).and_then(|text| Href::parse(&text))
}

fn texts(value: &Value) -> Vec<String> {
    value.items().iter().filter_map(Value::text).collect()
}

fn number(value: Option<&Value>) -> Option<u32> {
    match value {
        Some(Value::Number(number)) => u32::try_from(*number).ok(),
        _ => None,
    }
}

fn field(meta: &mut Metadata, key: &str, value: &Value) {
    let text = || value.text();
    let day = || text().and_then(|text| Date::parse(&text));
    match key {
        "title" => meta.title = text(),
        "title_is_provisional" => meta.title_is_provisional = *value == Value::Bool(true),
        "authors" => meta.authors = value.items().iter().filter_map(author).collect(),
        "language" => meta.language = text().and_then(|text| Lang::parse(&text)),
        "series" => meta.series = value.items().iter().filter_map(series).collect(),
        "collections" => meta.collections = texts(value),
        "published" => meta.published = day(),
        "updated" => meta.updated = day(),
        "complete" => {
            meta.complete = match value {
                Value::Bool(yes) => Some(*yes),
                _ => None,
            };
        }
        "chapters_expected" => meta.chapters_expected = number(Some(value)),
        "other" => meta.other = value.items().iter().filter_map(pair).collect(),
        "proposed" => meta.proposed = value.items().iter().filter_map(proposal).collect(),
        "site" => meta.source.site = text(),
        "url" => meta.source.url = href(Some(value)),
        _ => {
            if let Some(kind) = TagKind::parse(key) {
                *meta.tags.of_mut(kind) = texts(value);
            }
        }
    }
}

fn author(value: &Value) -> Option<Author> {
    let name = value.get("name").unwrap_or(value).text()?;
    Some(Author { name, url: href(value.get("url")) })
}

fn series(value: &Value) -> Option<SeriesPlace> {
    let title = value.get("title").unwrap_or(value).text()?;
    Some(SeriesPlace { title, url: href(value.get("url")), part: number(value.get("part")) })
}

fn pair(value: &Value) -> Option<(String, String)> {
    match value.items() {
        [name, value] => Some((name.text()?, value.text()?)),
        _ => None,
    }
}

fn proposal(value: &Value) -> Option<Proposal> {
    let text = |key: &str| value.get(key).and_then(Value::text);
    let place = match value.get("place") {
        Some(Value::Text(part)) => Place::Part(part.clone()),
        Some(Value::List(lines)) => match (number(lines.first()), number(lines.get(1))) {
            (Some(first), Some(last)) => Place::Lines(first, last),
            _ => Place::Whole,
        },
        line => number(line).map_or(Place::Whole, Place::Line),
    };
    Some(Proposal {
        kind: TagKind::parse(&text("kind")?)?,
        name: text("name")?,
        rule: text("rule").unwrap_or_default(),
        place,
        evidence: text("evidence").unwrap_or_default(),
    })
}
