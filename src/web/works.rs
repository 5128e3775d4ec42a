//! A work in a list, a work's own page, and a work as one long page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use fanfold_doc::imported::{Author, Proposal, TagKind, Warning};

use super::cache::Page;
use super::error::Error;
use super::page::{self, DirAttribute, LangAttribute, Note, notes};
use super::visitor::Guest;
use super::{Keep, Site, chapters, work_id};
use crate::archive::access;
use crate::archive::language;
use crate::archive::ties::{self, GIFT, Kind};
use crate::archive::work::{Facts, Hash, Millis, WorkId};
use crate::store::{OriginalRow, Revision, ShownSource, ShownTies, View, Work, WorkRow};

/// Works on a page of a list.
pub(super) const PAGE: u64 = 25;
/// How much of a summary a list shows, characters.
const SUMMARY_CHARS: usize = 420;
/// How many tags a list shows of a work.
const CARD_TAGS: usize = 18;

// ---- a work in a list -----------------------------------------------------------------------

/// A work in a list.
pub(super) struct Card {
    pub id: WorkId,
    pub title: String,
    pub provisional: bool,
    pub authors: String,
    pub fandoms: Vec<String>,
    pub tags: Vec<CardTag>,
    pub summary: String,
    pub facts: Vec<String>,
    pub lang: LangAttribute,
}

/// AO3's warning tag that warns of nothing.
const NO_WARNING: &str = "No Archive Warnings Apply";

/// A tag in a list.
pub(super) struct CardTag {
    pub class: &'static str,
    pub name: String,
}

impl Card {
    pub(super) fn of(row: &WorkRow) -> Card {
        let facts = &row.facts;
        let shown = facts.tags.iter().filter(|(kind, _)| *kind != TagKind::Fandom);
        let tag = |(kind, name): &(TagKind, String)| CardTag {
            class: if name == NO_WARNING { "freeform" } else { page::tag_class(*kind) },
            name: name.clone(),
        };
        let lines = row.summary.lines().into_iter().map(|(_, line)| line).collect::<Vec<_>>();
        Card {
            id: row.id,
            title: facts.title.clone(),
            provisional: facts.title_is_provisional,
            authors: page::names(&facts.authors),
            fandoms: of_kind(facts, TagKind::Fandom),
            tags: shown.take(CARD_TAGS).map(tag).collect(),
            summary: page::cut(&lines.join("\n"), SUMMARY_CHARS),
            facts: short_facts(facts, row.words, row.chapters),
            lang: LangAttribute::of(facts.language.as_ref()),
        }
    }
}

fn of_kind(facts: &Facts, kind: TagKind) -> Vec<String> {
    let tags = facts.tags.iter().filter(|(its, _)| *its == kind);
    tags.map(|(_, name)| name.clone()).collect()
}

/// What a reader weighs before opening a work.
fn short_facts(facts: &Facts, words: u64, chapters: u64) -> Vec<String> {
    let mut said = vec![page::count(&words, "word", "words"), page::reading_time(words)];
    let count = page::chapters(chapters, facts.chapters_expected, facts.complete);
    said.push(format!("{} {count}", if count == "1/1" { "chapter" } else { "chapters" }));
    said.extend(page::state(facts.complete).map(str::to_owned));
    said.extend(facts.language.as_ref().map(language::name));
    let dated = |word: &str, date| format!("{word} {}", page::day(date));
    let updated = facts.updated.map(|date| dated("updated", date));
    said.extend(updated.or_else(|| facts.published.map(|date| dated("published", date))));
    said
}

// ---- a work -----------------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "works/show.html")]
struct ShowPage {
    id: WorkId,
    /// Whether whoever looks may change it.
    editable: bool,
    title: String,
    provisional: bool,
    authors: Vec<Author>,
    fandoms: Vec<String>,
    facts: Vec<String>,
    lang: LangAttribute,
    dir: DirAttribute,
    matters: Vec<Note>,
    afterwards: Vec<Note>,
    contents: Vec<chapters::ContentsRow>,
    proposals: Vec<Proposal>,
    warnings: Vec<Warning>,
    tags: Vec<TagGroup>,
    rows: Vec<FactRow>,
    /// Works that come from it, under their headings.
    offspring: Vec<Offspring>,
    takes: Vec<Take>,
    originals: Vec<OriginalLink>,
    revisions: Vec<RevisionRow>,
    /// Whether the viewer may say who sees it.
    owned: bool,
}

/// The tags of one kind.
struct TagGroup {
    label: &'static str,
    class: &'static str,
    names: Vec<String>,
}

/// Something else that is known, in one or several values.
struct FactRow {
    label: String,
    values: Vec<Value>,
}

struct Value {
    text: String,
    href: Option<String>,
}

/// Works that come from this one in one way.
struct Offspring {
    label: &'static str,
    works: Vec<(WorkId, String)>,
}

/// A format in which a work can be taken away.
struct Take {
    name: &'static str,
    label: &'static str,
}

struct OriginalLink {
    hash: Hash,
    name: String,
    about: String,
    kept: bool,
}

struct RevisionRow {
    title: String,
    about: String,
}

/// `/works/{id}`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let id = work_id(&id)?;
    site.page(guest, uri, move |_, tx, visitor| {
        let mut page = show_page(tx, id)?;
        if let Some(shown) = tx.visibility(id)? {
            page.owned = tx.viewer().owns(&shown);
            page.editable = access::may_edit(visitor, &shown);
        }
        Ok((page, Keep::Yes))
    })
    .await
}

fn show_page(tx: &View<'_>, id: WorkId) -> Result<ShowPage, Error> {
    let work = tx.work(id)?.ok_or(Error::Absent)?;
    let contents = tx.contents(id)?;
    let (matter, facts) = (&work.matter, &work.facts);
    let kinds = TagKind::ALL.into_iter().filter_map(|kind| {
        let names = of_kind(facts, kind);
        let label = kind.label(names.len() != 1);
        (!names.is_empty()).then(|| TagGroup { label, class: page::tag_class(kind), names })
    });
    Ok(ShowPage {
        id,
        editable: false,
        matters: notes(
            "",
            &[
                ("Summary", &matter.summary),
                ("Notes", &matter.notes_before),
                ("Disclaimer", &matter.disclaimer),
            ],
        )?,
        // They often tell how it ends.
        afterwards: notes("", &[("Notes at the end", &matter.notes_after)])?,
        contents: chapters::contents(&contents, None),
        proposals: tx.proposals(id)?,
        warnings: tx.warnings(id)?,
        tags: kinds.collect(),
        rows: fact_rows(&work, &tx.shown_ties(id)?),
        offspring: offspring(tx, id)?,
        takes: vec![
            Take { name: "epub", label: "EPUB" },
            Take { name: "html", label: "HTML" },
            Take { name: "markdown", label: "Markdown" },
        ],
        originals: tx.originals(id)?.iter().map(original_link).collect(),
        revisions: tx.revisions(id)?.iter().map(revision_row).collect(),
        owned: false,
        facts: short_facts(facts, work.words, work.chapters),
        fandoms: of_kind(facts, TagKind::Fandom),
        lang: LangAttribute::of(facts.language.as_ref()),
        dir: DirAttribute::of(facts.language.as_ref()),
        title: facts.title.clone(),
        provisional: facts.title_is_provisional,
        authors: facts.authors.clone(),
    })
}

fn offspring(tx: &View<'_>, id: WorkId) -> Result<Vec<Offspring>, Error> {
    let all = tx.offspring(id)?;
    let of_kind = |kind: Kind| {
        let own = all.iter().filter(|own| own.0 == kind);
        let line = |(_, row): &(Kind, WorkRow)| {
            (row.id, ties::named(&row.facts.title, &page::names(&row.facts.authors)))
        };
        let works: Vec<(WorkId, String)> = own.map(line).collect();
        (!works.is_empty()).then(|| Offspring { label: kind.offspring(), works })
    };
    Ok(Kind::ALL.into_iter().filter_map(of_kind).collect())
}

fn original_link(row: &OriginalRow) -> OriginalLink {
    let day = row.added_at.date().map(|date| format!(", added {}", page::day(date)));
    let missing = if row.kept { "" } else { ", too large to be kept" };
    OriginalLink {
        hash: row.hash,
        name: row.name.clone(),
        about: format!(
            "{}, {}{}{missing}",
            row.format.to_uppercase(),
            page::size(row.size_bytes),
            day.unwrap_or_default()
        ),
        kept: row.kept,
    }
}

fn revision_row(row: &Revision) -> RevisionRow {
    let words = page::count(&row.words, "word", "words");
    let chapters = page::count(&row.chapters, "chapter", "chapters");
    let title = row.made_at.date().map_or_else(|| "undated".to_owned(), page::day);
    RevisionRow { title, about: format!("{words}, {chapters}: {}", row.why) }
}

/// Everything that is neither a tag nor a text: series, dates, source, other header lines.
fn fact_rows(work: &Work, ties: &ShownTies) -> Vec<FactRow> {
    let facts = &work.facts;
    let plain = |text: String| Value { text, href: None };
    let mut rows = Vec::new();
    let mut row = |label: &str, values: Vec<Value>| {
        if !values.is_empty() {
            rows.push(FactRow { label: label.to_owned(), values });
        }
    };
    let series = facts.series.iter().map(|series| Value {
        text: match series.part {
            Some(part) => format!("{}, part {part}", series.title),
            None => series.title.clone(),
        },
        href: series.url.as_ref().map(ToString::to_string),
    });
    row("Series", series.collect());
    row("Collections", facts.collections.iter().cloned().map(plain).collect());
    let day = |date| vec![plain(page::day(date))];
    row("Published", facts.published.map(day).unwrap_or_default());
    row("Updated", facts.updated.map(day).unwrap_or_default());
    row(GIFT, ties.gifts.iter().cloned().map(plain).collect());
    for kind in Kind::ALL {
        let own = ties.sources.iter().filter(|source| source.kind == kind);
        let link = |source: &ShownSource| Value {
            text: match source.text.as_str() {
                "" => source.href.clone(),
                text => text.to_owned(),
            },
            href: Some(source.href.clone()),
        };
        row(kind.label(), own.map(link).collect());
    }
    for (label, value) in &facts.other {
        row(label, vec![plain(value.clone())]);
    }
    let site = facts.source_site.as_deref().map(site_name);
    let source = facts
        .source_url
        .as_ref()
        .map(|url| Value { text: url.as_str().to_owned(), href: Some(url.as_str().to_owned()) });
    row("Source", site.map(|site| plain(site.to_owned())).into_iter().chain(source).collect());
    let moment = |at: Millis| at.date().map(|date| plain(page::day(date))).into_iter().collect();
    row("Added here", moment(work.imported_at));
    rows
}

/// A site's name as readers write it.
fn site_name(site: &str) -> &str {
    match site {
        "ao3" => "Archive of Our Own",
        "ffn" => "FanFiction.net",
        other => other,
    }
}

// ---- the entire work --------------------------------------------------------------------------

#[derive(Template)]
#[template(path = "works/entire.html")]
struct EntirePage {
    id: WorkId,
    title: String,
    authors: String,
    lang: LangAttribute,
    dir: DirAttribute,
    before: Vec<Note>,
    chapters: Vec<EntireChapter>,
    after: Vec<Note>,
}

/// A chapter on a page of several.
pub(super) struct EntireChapter {
    pub position: u32,
    pub title: String,
    pub text: chapters::Text,
}

/// `/works/{id}/entire`
pub(super) async fn entire(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let id = work_id(&id)?;
    site.page(guest, uri, move |_, tx, _| Ok((entire_page(tx, id)?, Keep::Yes))).await
}

fn entire_page(tx: &View<'_>, id: WorkId) -> Result<EntirePage, Error> {
    let work = tx.work(id)?.ok_or(Error::Absent)?;
    let (matter, facts) = (&work.matter, &work.facts);
    let chapters = tx.chapters(id)?.into_iter().map(|chapter| {
        Ok(EntireChapter {
            position: chapter.position,
            title: chapters::name(chapter.position, chapter.title.as_deref()),
            text: chapters::Text::of(&chapter, &format!("c{}-", chapter.position))?,
        })
    });
    Ok(EntirePage {
        id,
        title: facts.title.clone(),
        authors: page::names(&facts.authors),
        lang: LangAttribute::of(facts.language.as_ref()),
        dir: DirAttribute::of(facts.language.as_ref()),
        before: chapters::before_work(matter, "work-")?,
        chapters: chapters.collect::<Result<_, Error>>()?,
        after: chapters::after_work(matter, "work-")?,
    })
}
