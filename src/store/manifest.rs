//! How a draft is written down: one text that says everything but the bodies of its chapters.
//!
//! Owns that format: JSON, so that a field that is new has its default in what is old. Printed
//! texts in it are by the printer of the version that its row names.

use fanfold_doc::document::{Href, Lang};
use fanfold_doc::html::Html;
use fanfold_doc::imported::{Author, Date, SeriesPlace, TagKind};
use serde::{Deserialize, Serialize};

use super::Error;
use super::texts::printed;
use crate::archive::revision::{Draft, DraftChapter, Mark};
use crate::archive::ties::{Comments, Kind, Origin, Source, Ties};
use crate::archive::work::{ChapterId, Facts, PrintedMatter, TextId, WorkId};

/// A draft as it is written.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Manifest {
    facts: StoredFacts,
    #[serde(skip_serializing_if = "String::is_empty")]
    summary: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    notes_before: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    disclaimer: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    notes_after: String,
    chapters: Vec<StoredChapter>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredFacts {
    title: String,
    #[serde(skip_serializing_if = "is_false")]
    provisional: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authors: Vec<(String, Option<String>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    series: Vec<(String, Option<String>, Option<u32>)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    collections: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chapters_expected: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_site: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gifts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<StoredSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<String>,
}

/// A work that a work comes from: here (`work`), or elsewhere.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredSource {
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    author: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredChapter {
    id: i64,
    text: i64,
    words: u64,
    mark: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    summary: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    notes_before: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    notes_after: String,
    #[serde(skip_serializing_if = "is_false")]
    held_back: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// Writes a draft down.
pub(super) fn write(draft: &Draft) -> Result<String, Error> {
    let text = |html: &Html| html.as_str().to_owned();
    let manifest = Manifest {
        facts: stored_facts(&draft.facts),
        summary: text(&draft.matter.summary),
        notes_before: text(&draft.matter.notes_before),
        disclaimer: text(&draft.matter.disclaimer),
        notes_after: text(&draft.matter.notes_after),
        chapters: draft
            .chapters
            .iter()
            .map(|chapter| StoredChapter {
                id: chapter.id.0,
                text: chapter.text.0,
                words: chapter.words,
                mark: chapter.mark.0,
                title: chapter.title.clone(),
                summary: text(&chapter.summary),
                notes_before: text(&chapter.notes_before),
                notes_after: text(&chapter.notes_after),
                held_back: chapter.held_back,
            })
            .collect(),
    };
    serde_json::to_string(&manifest).map_err(|error| Error::Database(error.into()))
}

/// Reads a draft; its printed texts are by the printer of this version.
pub(super) fn read(text: &str, version: i64) -> Result<Draft, Error> {
    let wrong = |error| Error::damaged(format!("a draft cannot be read ({error})"));
    let manifest: Manifest = serde_json::from_str(text).map_err(wrong)?;
    let chapter = |chapter: StoredChapter| {
        Ok(DraftChapter {
            id: ChapterId(chapter.id),
            title: chapter.title,
            summary: printed(chapter.summary, version)?,
            notes_before: printed(chapter.notes_before, version)?,
            notes_after: printed(chapter.notes_after, version)?,
            words: chapter.words,
            text: TextId(chapter.text),
            mark: Mark(chapter.mark),
            held_back: chapter.held_back,
        })
    };
    Ok(Draft {
        facts: facts(manifest.facts),
        matter: PrintedMatter {
            summary: printed(manifest.summary, version)?,
            notes_before: printed(manifest.notes_before, version)?,
            disclaimer: printed(manifest.disclaimer, version)?,
            notes_after: printed(manifest.notes_after, version)?,
        },
        chapters: manifest.chapters.into_iter().map(chapter).collect::<Result<_, Error>>()?,
    })
}

fn stored_facts(facts: &Facts) -> StoredFacts {
    let href = |href: &Option<Href>| href.as_ref().map(|href| href.as_str().to_owned());
    let tag = |(kind, name): &(TagKind, String)| (kind.key().to_owned(), name.clone());
    let place = |place: &SeriesPlace| (place.title.clone(), href(&place.url), place.part);
    StoredFacts {
        title: facts.title.clone(),
        provisional: facts.title_is_provisional,
        authors: facts.authors.iter().map(|own| (own.name.clone(), href(&own.url))).collect(),
        language: facts.language.as_ref().map(|language| language.as_str().to_owned()),
        tags: facts.tags.iter().map(tag).collect(),
        series: facts.series.iter().map(place).collect(),
        collections: facts.collections.clone(),
        other: facts.other.clone(),
        published: facts.published.map(Date::to_millis),
        updated: facts.updated.map(Date::to_millis),
        complete: facts.complete,
        chapters_expected: facts.chapters_expected,
        source_site: facts.source_site.clone(),
        source_url: href(&facts.source_url),
        gifts: facts.ties.gifts.clone(),
        sources: facts.ties.sources.iter().map(stored_source).collect(),
        comments: Some(facts.ties.comments)
            .filter(|own| *own != Comments::default())
            .map(|own| own.word().to_owned()),
    }
}

fn stored_source(source: &Source) -> StoredSource {
    let kind = source.kind.word().to_owned();
    match &source.origin {
        Origin::Here(work) => StoredSource { kind, work: Some(work.0), ..StoredSource::default() },
        Origin::Elsewhere { url, title, author } => StoredSource {
            kind,
            work: None,
            url: Some(url.as_str().to_owned()),
            title: title.clone(),
            author: author.clone(),
        },
    }
}

fn source(stored: StoredSource) -> Option<Source> {
    let kind = Kind::parse(&stored.kind)?;
    let origin = match stored.work {
        Some(work) => Origin::Here(WorkId(work)),
        None => {
            let (url, StoredSource { title, author, .. }) =
                (Href::parse(stored.url.as_deref()?)?, stored);
            Origin::Elsewhere { url, title, author }
        }
    };
    Some(Source { kind, origin })
}

/// What no longer passes a rule that was made stricter is left out.
fn facts(stored: StoredFacts) -> Facts {
    let href = |text: Option<String>| text.and_then(|text| Href::parse(&text));
    let tag = |(kind, name): (String, String)| Some((TagKind::parse(&kind)?, name));
    let author = |(name, url)| Author { name, url: href(url) };
    let place = |(title, url, part)| SeriesPlace { title, url: href(url), part };
    Facts {
        title: stored.title,
        title_is_provisional: stored.provisional,
        authors: stored.authors.into_iter().map(author).collect(),
        language: stored.language.and_then(|text| Lang::parse(&text)),
        tags: stored.tags.into_iter().filter_map(tag).collect(),
        series: stored.series.into_iter().map(place).collect(),
        collections: stored.collections,
        other: stored.other,
        published: stored.published.and_then(Date::from_millis),
        updated: stored.updated.and_then(Date::from_millis),
        complete: stored.complete,
        chapters_expected: stored.chapters_expected,
        source_site: stored.source_site,
        source_url: href(stored.source_url),
        ties: Ties {
            gifts: stored.gifts,
            sources: stored.sources.into_iter().filter_map(source).collect(),
            comments: stored.comments.and_then(|own| Comments::parse(&own)).unwrap_or_default(),
        },
    }
}
