//! `fanfold tags`: looking at tags and putting them in order, from the terminal.
//!
//! Says in plain words what the store does; every act can be tried first and undone afterwards.
//! Proposals to merge are in `tag_proposals.rs`, tables in `tag_table.rs`.

use std::io::{StdoutLock, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};

use super::tag_proposals::Proposals;
use super::{NOT, count, grouped, tag_proposals, tag_table};
use crate::app::App;
use crate::archive::tag::{self, Kind, Tag};
use crate::archive::work::{ActId, TagId};
use crate::archive::wrangle::{Act, Change, Fact};
use crate::store::{Done, Error, Linked, Read, TagError, TagListing};

/// What can be done to tags. A tag is named as it is spelt, with its kind before it where there
/// are several: "character:Rain"; or by its number: "#12".
#[derive(Debug, Subcommand)]
pub(super) enum Tags {
    /// List the most used tags
    List {
        /// Only this kind: rating, warning, category, fandom, relationship, character, freeform
        /// or media
        kind: Option<String>,
        /// Only names that hold this, accents and case aside
        #[arg(long, value_name = "TEXT")]
        like: Option<String>,
        /// How many of each kind
        #[arg(long, default_value_t = 20, value_name = "N")]
        top: u32,
    },
    /// Show all there is about a tag
    Show {
        /// The tag
        tag: String,
    },
    /// Make a tag a synonym of another: tags merge "Sherlok" into "Sherlock (TV)"
    Merge {
        /// The tag, the word "into" if you like, and what it becomes a synonym of
        #[arg(num_args = 2..=3, required = true, value_names = ["TAG", "INTO"])]
        tags: Vec<String>,
        /// Make the second tag if there is none
        #[arg(long)]
        new: bool,
        #[command(flatten)]
        try_it: TryIt,
    },
    /// Let a synonym stand for itself again
    Split {
        /// The synonym
        tag: String,
        #[command(flatten)]
        try_it: TryIt,
    },
    /// Say that two tags that look alike are two things
    Apart {
        /// The one
        tag: String,
        /// The other
        other: String,
        #[command(flatten)]
        try_it: TryIt,
    },
    /// Make a tag canonical: a name that others can be synonyms of
    Canonical {
        /// The tag
        tag: String,
        /// Take that back
        #[arg(long)]
        not: bool,
        #[command(flatten)]
        try_it: TryIt,
    },
    /// Put a tag under a metatag, or take it away from there
    Meta {
        /// add or remove
        what: Edit,
        /// The tag
        tag: String,
        /// What it stands under
        meta: String,
        #[command(flatten)]
        try_it: TryIt,
    },
    /// Give a tag to what it belongs to (a character to its fandom), or take it away
    Parent {
        /// add or remove
        what: Edit,
        /// The tag
        tag: String,
        /// What it belongs to
        parent: String,
        #[command(flatten)]
        try_it: TryIt,
    },
    /// Show tags that look like the same
    Proposals(Proposals),
    /// Undo the last act, or any one of the log
    Undo {
        /// The number of the act in the log
        act: Option<i64>,
        #[command(flatten)]
        try_it: TryIt,
    },
    /// List what was done to tags, latest first
    Log {
        /// How many acts
        #[arg(long, default_value_t = 20, value_name = "N")]
        top: u32,
    },
    /// Write all tags into a table (CSV) that any spreadsheet opens
    Export {
        /// The file; - for the terminal
        file: PathBuf,
    },
    /// Take a table in as one act, all or nothing; what it does not name stays as it is
    Import {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        try_it: TryIt,
    },
}

#[derive(Debug, Args)]
pub(super) struct TryIt {
    /// Only say what would change
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Edit {
    Add,
    Remove,
}

/// Does it.
pub(super) fn tags(app: &App, tags: Tags) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match tags {
        Tags::List { kind, like, top } => list(app, &mut out, kind, like, top),
        Tags::Show { tag } => show(app, &mut out, &tag),
        Tags::Merge { tags, new, try_it } => merge(app, &mut out, &tags, new, &try_it),
        Tags::Split { tag, try_it } => {
            let tag = find(app, &tag)?;
            act(app, &mut out, Act::Split(tag), &try_it)
        }
        Tags::Apart { tag, other, try_it } => {
            let (tag, other) = (find(app, &tag)?, find(app, &other)?);
            act(app, &mut out, Act::KeepApart(tag, other), &try_it)
        }
        Tags::Canonical { tag, not, try_it } => {
            let tag = find(app, &tag)?;
            let done = if not { Act::Loose(tag) } else { Act::Canonical(tag) };
            act(app, &mut out, done, &try_it)
        }
        Tags::Meta { what, tag, meta, try_it } => {
            let (tag, meta) = (find(app, &tag)?, find(app, &meta)?);
            let done = match what {
                Edit::Add => Act::AddMeta(tag, meta),
                Edit::Remove => Act::RemoveMeta(tag, meta),
            };
            act(app, &mut out, done, &try_it)
        }
        Tags::Parent { what, tag, parent, try_it } => {
            let (tag, parent) = (find(app, &tag)?, find(app, &parent)?);
            let done = match what {
                Edit::Add => Act::AddParent(tag, parent),
                Edit::Remove => Act::RemoveParent(tag, parent),
            };
            act(app, &mut out, done, &try_it)
        }
        Tags::Proposals(asked) => tag_proposals::proposals(app, &mut out, &asked),
        Tags::Undo { act, try_it } => undo(app, &mut out, act.map(ActId), &try_it),
        Tags::Log { top } => log(app, &mut out, top),
        Tags::Export { file } => tag_table::export(app, &mut out, &file),
        Tags::Import { file, try_it } => tag_table::import(app, &mut out, &file, try_it.dry_run),
    }
}

fn kind_of(word: &str) -> Result<Kind> {
    let words = || Kind::ALL.map(Kind::word).join(", ");
    Kind::parse(word).with_context(|| format!("“{word}” is no kind of tag; take {}", words()))
}

/// The tag that somebody means.
fn find(app: &App, text: &str) -> Result<TagId> {
    let text = text.replace(NOT, "-");
    let number = text.strip_prefix('#').and_then(|number| number.parse().ok());
    let (kind, name) = kind_and_name(&text);
    let found = app.store.read(|tx| match number.map(TagId) {
        Some(id) => Ok(tx.tag(id)?.into_iter().collect()),
        None => match tx.tags_spelt(kind, name)? {
            // "Steins:Gate" is a name as well.
            none if none.is_empty() && kind.is_some() => tx.tags_spelt(None, &text),
            found => Ok::<_, Error>(found),
        },
    })?;
    match found.as_slice() {
        [] => bail!(
            "there is no tag “{text}”; `fanfold tags list --like TEXT` looks for a part of a name"
        ),
        // Spellings of one thing: the canonical comes first.
        [tag, others @ ..] if others.iter().all(|other| head(other) == head(tag)) => Ok(tag.id),
        several => {
            let named = |tag: &Tag| format!("{}:{} (#{})", tag.kind, tag.name, tag.id);
            let several: Vec<String> = several.iter().map(named).collect();
            bail!("“{text}” may be any of these, please say which: {}", several.join(", "))
        }
    }
}

/// The tag that speaks for a tag.
fn head(tag: &Tag) -> TagId {
    tag.synonym_of.unwrap_or(tag.id)
}

fn kind_and_name(text: &str) -> (Option<Kind>, &str) {
    let parted = text.split_once(':').and_then(|(kind, name)| Some((Kind::parse(kind)?, name)));
    parted.map_or((None, text), |(kind, name)| (Some(kind), name))
}

fn list(
    app: &App,
    out: &mut StdoutLock<'_>,
    kind: Option<String>,
    like: Option<String>,
    top: u32,
) -> Result<ExitCode> {
    let kinds = match kind {
        Some(word) => vec![kind_of(&word)?],
        None => Kind::ALL.to_vec(),
    };
    let like = like.map(|text| tag::folded(&text.replace(NOT, "-")));
    let mut found = 0;
    for kind in &kinds {
        let rows = most_used(app, *kind, like.as_deref(), top as usize)?;
        if rows.is_empty() {
            continue;
        }
        found += rows.len();
        if kinds.len() > 1 {
            writeln!(out, "{kind}")?;
        }
        rows.iter().try_for_each(|row| writeln!(out, "{}", row_of(row)))?;
    }
    Ok(if found == 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The most used tags of a kind whose names hold a text.
fn most_used(app: &App, kind: Kind, like: Option<&str>, top: usize) -> Result<Vec<Tag>> {
    let standing = crate::store::Standing::Any;
    let limit = if like.is_some() { 10_000 } else { top as u64 };
    let mut listing = TagListing { standing, limit, ..TagListing::of(kind) };
    let mut rows = Vec::new();
    while rows.len() < top {
        let page = app.store.read(|tx| tx.tags(&listing))?;
        let all = (page.len() as u64) < limit;
        let fits = |tag: &Tag| like.is_none_or(|like| tag::folded(&tag.name).contains(like));
        rows.extend(page.into_iter().filter(fits));
        if all {
            break;
        }
        listing.offset += limit;
    }
    rows.truncate(top);
    Ok(rows)
}

/// A tag in a list: number, uses, what it is, name.
fn row_of(tag: &Tag) -> String {
    let mark = match tag.synonym_of {
        _ if tag.canonical => '*',
        Some(_) => '=',
        None => ' ',
    };
    format!("{:>9} {mark} {}  #{}", grouped(tag.all_uses), tag.name, tag.id)
}

fn show(app: &App, out: &mut StdoutLock<'_>, tag: &str) -> Result<ExitCode> {
    let id = find(app, tag)?;
    let (page, under) =
        app.store.read(|tx| Ok::<_, Error>((tx.tag_page(id, 20)?, tx.works_under(id)?)))?;
    let page = page.context("the tag is gone")?;
    let tag = &page.tag;
    writeln!(out, "{}  ({}, #{})", tag.name, tag.kind, tag.id)?;
    match &page.canonical {
        Some(of) => writeln!(out, "a synonym of {} (#{})", of.name, of.id)?,
        None if tag.canonical => writeln!(out, "canonical")?,
        None => writeln!(out, "neither canonical nor a synonym")?,
    }
    let works = |number| count(number, "work", "works");
    writeln!(out, "{} by this name, {} found under it", works(tag.uses), works(under))?;
    for (title, list) in [
        ("also called", &page.synonyms),
        ("stands under", &page.metas),
        ("stands above", &page.subs),
        ("belongs to", &page.parents),
        ("belongs by its characters to", &page.inherited),
        ("to it belong", &page.children),
    ] {
        linked(out, title, list)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn linked(out: &mut StdoutLock<'_>, title: &str, list: &Linked) -> Result<()> {
    if list.total == 0 {
        return Ok(());
    }
    writeln!(out, "\n{title}:")?;
    list.tags.iter().try_for_each(|tag| writeln!(out, "{}", row_of(tag)))?;
    let more = list.total.saturating_sub(list.tags.len() as u64);
    if more > 0 {
        writeln!(out, "          and {} more", grouped(more))?;
    }
    Ok(())
}

/// Ends a write that was only tried, or that failed.
enum Stop<T, E> {
    Tried(T),
    Failed(E),
}

impl<T, E: From<Error>> From<Error> for Stop<T, E> {
    fn from(error: Error) -> Stop<T, E> {
        Stop::Failed(error.into())
    }
}

/// Writes; if it is only tried, undoes it at once.
pub(super) fn write<T, E: From<Error>>(
    app: &App,
    dry_run: bool,
    ask: impl FnOnce(&mut crate::store::Write<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let told = app.store.write(|tx| {
        let done = ask(tx).map_err(Stop::Failed)?;
        if dry_run { Err(Stop::Tried(done)) } else { Ok(done) }
    });
    match told {
        Ok(done) | Err(Stop::Tried(done)) => Ok(done),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn merge(
    app: &App,
    out: &mut StdoutLock<'_>,
    tags: &[String],
    new: bool,
    try_it: &TryIt,
) -> Result<ExitCode> {
    let (tag, into) = match tags {
        [tag, into] => (tag, into),
        [tag, word, into] if word.eq_ignore_ascii_case("into") => (tag, into),
        _ => bail!("name two tags: fanfold tags merge TAG into TAG"),
    };
    let id = find(app, tag)?;
    if !new {
        let into = find(app, into)?;
        return act(app, out, Act::Merge(id, into), try_it);
    }
    let into = into.replace(NOT, "-");
    let now = app.now();
    let done = write(app, try_it.dry_run, |tx| {
        let kind = tx.tag(id)?.map_or(Kind::Freeform, |tag| tag.kind);
        let name = match kind_and_name(&into) {
            (Some(own), name) if own == kind => name,
            _ => &into,
        };
        let into = tx.make_tag(kind, name)?;
        let works = tx.works_under(id)?;
        let done = tx.wrangle(Act::Merge(id, into), now)?;
        Ok::<_, TagError>((told(tx, &done.changes)?, works, done))
    })?;
    say(out, try_it, done)
}

/// Does an act and says what changed.
pub(super) fn act(
    app: &App,
    out: &mut StdoutLock<'_>,
    act: Act,
    try_it: &TryIt,
) -> Result<ExitCode> {
    let now = app.now();
    let done = if try_it.dry_run {
        app.store.read(|tx| {
            let plan = tx.plan(act)?;
            let done = Done { act: None, changes: plan.changes };
            Ok::<_, TagError>((told(tx, &done.changes)?, plan.works, done))
        })?
    } else {
        app.store.write(|tx| {
            let plan = tx.plan(act)?;
            let done = tx.wrangle(act, now)?;
            Ok::<_, TagError>((told(tx, &done.changes)?, plan.works, done))
        })?
    };
    say(out, try_it, done)
}

/// The most changes that are told one by one.
pub(super) const TOLD: usize = 20;

/// Changes in words.
pub(super) fn told(tx: &Read<'_>, changes: &[Change]) -> Result<Vec<String>, Error> {
    let told = changes.get(..TOLD).unwrap_or(changes);
    let parts = |fact: Fact| match fact {
        Fact::Canonical(tag) => (tag, "canonical", None),
        Fact::Synonym(tag, of) => (tag, "a synonym of", Some(of)),
        Fact::Meta(sub, meta) => (sub, "under", Some(meta)),
        Fact::Parent(child, parent) => (child, "a child of", Some(parent)),
        Fact::Apart(tag, other) => (tag, "kept apart from", Some(other)),
    };
    let ids = told.iter().flat_map(|change| {
        let (tag, _, other) = parts(change.fact);
        std::iter::once(tag).chain(other)
    });
    let names = tx.tags_by_id(&ids.collect::<Vec<_>>())?;
    let name = |id: TagId| names.get(&id).map_or_else(String::new, |tag| format!("“{}”", tag.name));
    let mut lines: Vec<String> = told
        .iter()
        .map(|change| {
            let (tag, word, other) = parts(change.fact);
            let is = if change.made { "is now" } else { "is no longer" };
            let other = other.map_or_else(String::new, |other| format!(" {}", name(other)));
            format!("{} {is} {word}{other}", name(tag))
        })
        .collect();
    if changes.len() > TOLD {
        lines.push(format!("and {} more changes", grouped((changes.len() - TOLD) as u64)));
    }
    Ok(lines)
}

/// Says what an act did or would do, to how many works.
fn say(
    out: &mut StdoutLock<'_>,
    try_it: &TryIt,
    (lines, works, done): (Vec<String>, u64, Done),
) -> Result<ExitCode> {
    if done.changes.is_empty() {
        writeln!(out, "that is so already; nothing to do")?;
        return Ok(ExitCode::SUCCESS);
    }
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    let works = count(works, "work is", "works are");
    match done.act {
        _ if try_it.dry_run => {
            writeln!(out, "tried only: {works} touched by it, nothing was changed")?;
        }
        Some(act) => {
            writeln!(out, "{works} touched by it; `fanfold tags undo {act}` takes it back")?;
        }
        None => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn undo(
    app: &App,
    out: &mut StdoutLock<'_>,
    act: Option<ActId>,
    try_it: &TryIt,
) -> Result<ExitCode> {
    let now = app.now();
    let (act, lines) = write(app, try_it.dry_run, |tx| {
        let (act, done) = tx.undo(act, now)?;
        Ok::<_, TagError>((act, told(tx, &done.changes)?))
    })?;
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    if try_it.dry_run {
        writeln!(out, "tried only: act {act} can be undone, nothing was changed")?;
    } else {
        writeln!(out, "act {act} is undone")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn log(app: &App, out: &mut StdoutLock<'_>, top: u32) -> Result<ExitCode> {
    let acts = app.store.read(|tx| tx.acts(None, u64::from(top)))?;
    for row in &acts {
        writeln!(
            out,
            "{:>6}  {}  {}",
            row.id.0,
            row.at.date().map_or_else(String::new, |date| date.to_string()),
            row
        )?;
    }
    if acts.is_empty() {
        writeln!(out, "nothing was done to tags yet")?;
    }
    Ok(ExitCode::SUCCESS)
}
