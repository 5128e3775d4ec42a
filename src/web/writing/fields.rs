//! What was typed, in whichever way: rich text as HTML, Markdown, or a line of plain text.
//!
//! Owns how much a draft keeps of each field and the words for what is wrong; how much may be
//! posted is said when that is done. Whatever comes in goes through the readers of documents:
//! nothing else becomes a text.

use std::collections::BTreeMap;

use fanfold_doc::document::Document;
use fanfold_doc::html::Html;
use fanfold_doc::limits::Limits;
use serde::{Deserialize, Serialize};

use super::super::form::Form;
use crate::archive::draft::TITLE_CHARS;
use crate::archive::work::{Facts, NewChapter, PrintedMatter};

/// The longest text of a chapter that a draft keeps, characters with its markup. What may be
/// posted is for [`crate::archive::limits`] to say.
const TEXT_CHARS: usize = 900_000;
/// The longest summary or note that a draft keeps, characters with its markup.
const NOTE_CHARS: usize = 110_000;

/// Whether a draft keeps texts as long as these.
pub(super) fn fits(chapter: &NewChapter) -> bool {
    let NewChapter { body, summary, notes_before, notes_after, .. } = chapter;
    let within = |text: &Html, most| text.as_str().chars().count() <= most;
    within(body, TEXT_CHARS)
        && [summary, notes_before, notes_after].into_iter().all(|note| within(note, NOTE_CHARS))
}

/// A field as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Written {
    Html(String),
    Markdown(String),
    Plain(String),
}

/// The fields that were sent, by name; those that were not stay as they are.
pub(super) type Fields = BTreeMap<String, Written>;

/// What is wrong, by the name of the field.
pub(super) type Faults = BTreeMap<&'static str, String>;

/// The texts of a chapter's form.
pub(super) const OF_CHAPTER: [&str; 5] =
    ["title", "text", "summary", "notes_before", "notes_after"];
/// The texts of a work's form.
pub(super) const OF_WORK: [&str; 5] =
    ["title", "summary", "notes_before", "disclaimer", "notes_after"];

/// What a form without a script sent: a title, and Markdown.
pub(super) fn of_form(form: &Form, names: &[&str]) -> Fields {
    let field = |name: &&str| {
        let typed = form.field(name).to_owned();
        let written =
            if *name == "title" { Written::Plain(typed) } else { Written::Markdown(typed) };
        ((*name).to_owned(), written)
    };
    names.iter().map(field).collect()
}

/// The limits of what is typed: deep or large enough for any story, and no more.
pub(super) fn limits() -> Limits {
    Limits { text_bytes: super::BODY_BYTES, depth: 64, ..Limits::default() }
}

/// A text as a document.
pub(super) fn document(written: &Written) -> Result<Document, String> {
    let read = match written {
        Written::Html(text) => Document::from_html(text, &limits()),
        Written::Markdown(text) => Document::from_markdown(text, &limits()),
        Written::Plain(text) => return Ok(Document::plain(text)),
    };
    read.map(|read| read.0).map_err(|error| format!("This cannot be taken: {error}."))
}

/// Reads fields, gathering everything that is wrong.
struct Reader<'a> {
    fields: &'a Fields,
    faults: Faults,
}

impl Reader<'_> {
    /// A text, or what it was if nothing was sent, or what was sent is it.
    fn text(&mut self, name: &'static str, old: &Html, longest: usize) -> Html {
        let Some(written) = self.fields.get(name) else { return old.clone() };
        // What was not touched stays as it is, whatever Markdown can say of it.
        if let Written::Markdown(typed) = written
            && markdown(old).trim() == typed.replace("\r\n", "\n").trim()
        {
            return old.clone();
        }
        match document(written) {
            Ok(document) => {
                let html = document.to_html();
                let long = html.as_str().chars().count();
                // What an import brought may be longer.
                if long > longest && html != *old {
                    let fault = format!(
                        "This is {long} characters long with its markup; at most {longest} fit \
                         here. Nothing was cut: shorten it, or split it."
                    );
                    self.faults.insert(name, fault);
                }
                html
            }
            Err(fault) => {
                self.faults.insert(name, fault);
                old.clone()
            }
        }
    }

    /// A line of text.
    fn line(&mut self, name: &'static str, old: &str, longest: usize) -> String {
        let typed = match self.fields.get(name) {
            None => return old.to_owned(),
            Some(Written::Plain(text) | Written::Markdown(text)) => text.clone(),
            Some(html @ Written::Html(_)) => document(html).map(|d| d.text()).unwrap_or_default(),
        };
        let clean = typed.replace('\0', "");
        let line = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        let long = line.chars().count();
        if long > longest {
            let fault = format!("This is {long} characters long; at most {longest} fit here.");
            self.faults.insert(name, fault);
        }
        line
    }
}

/// A stored text as Markdown.
pub(super) fn markdown(html: &Html) -> String {
    Document::from_printed(html.as_str()).map(|text| text.to_markdown()).unwrap_or_default()
}

/// A chapter with the fields that were sent.
pub(super) fn chapter(old: &NewChapter, fields: &Fields) -> Result<NewChapter, Faults> {
    let mut reader = Reader { fields, faults: Faults::new() };
    let title = old.title.as_deref().unwrap_or_default();
    let title = reader.line("title", title, TITLE_CHARS);
    let body = reader.text("text", &old.body, TEXT_CHARS);
    let words = match body == old.body {
        true => old.words,
        false => Document::from_printed(body.as_str()).map(|text| text.words()).unwrap_or_default(),
    };
    let chapter = NewChapter {
        title: (!title.is_empty()).then_some(title),
        summary: reader.text("summary", &old.summary, NOTE_CHARS),
        notes_before: reader.text("notes_before", &old.notes_before, NOTE_CHARS),
        notes_after: reader.text("notes_after", &old.notes_after, NOTE_CHARS),
        body,
        words,
    };
    if reader.faults.is_empty() { Ok(chapter) } else { Err(reader.faults) }
}

/// What is said about a work, with the fields that were sent.
pub(super) fn work(
    (facts, matter): (&Facts, &PrintedMatter),
    fields: &Fields,
) -> Result<(Facts, PrintedMatter), Faults> {
    let mut reader = Reader { fields, faults: Faults::new() };
    let title = reader.line("title", &facts.title, TITLE_CHARS);
    if title.is_empty() {
        reader.faults.insert("title", "A work needs a title; any will do for now.".to_owned());
    }
    let provisional = facts.title_is_provisional && title == facts.title;
    let facts = Facts { title, title_is_provisional: provisional, ..facts.clone() };
    let matter = PrintedMatter {
        summary: reader.text("summary", &matter.summary, NOTE_CHARS),
        notes_before: reader.text("notes_before", &matter.notes_before, NOTE_CHARS),
        disclaimer: reader.text("disclaimer", &matter.disclaimer, NOTE_CHARS),
        notes_after: reader.text("notes_after", &matter.notes_after, NOTE_CHARS),
    };
    if reader.faults.is_empty() { Ok((facts, matter)) } else { Err(reader.faults) }
}

/// A chapter as a script is told of it.
pub(super) fn told(chapter: &NewChapter) -> Fields {
    let html = |html: &Html| Written::Html(html.as_str().to_owned());
    let title = chapter.title.clone().unwrap_or_default();
    [
        ("title", Written::Plain(title)),
        ("text", html(&chapter.body)),
        ("summary", html(&chapter.summary)),
        ("notes_before", html(&chapter.notes_before)),
        ("notes_after", html(&chapter.notes_after)),
    ]
    .into_iter()
    .map(|(name, written)| (name.to_owned(), written))
    .collect()
}

/// What is said about a work, as a script is told of it.
pub(super) fn told_of_work(facts: &Facts, matter: &PrintedMatter) -> Fields {
    let html = |html: &Html| Written::Html(html.as_str().to_owned());
    [
        ("title", Written::Plain(facts.title.clone())),
        ("summary", html(&matter.summary)),
        ("notes_before", html(&matter.notes_before)),
        ("disclaimer", html(&matter.disclaimer)),
        ("notes_after", html(&matter.notes_after)),
    ]
    .into_iter()
    .map(|(name, written)| (name.to_owned(), written))
    .collect()
}
