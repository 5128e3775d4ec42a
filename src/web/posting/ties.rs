//! The part of a work's form that ties it to people and other works, as it is shown and sent.

use super::super::error::Error;
use super::super::form::Form;
use super::super::page;
use crate::archive::ties::{Comments, Kind, named};
use crate::archive::ties_form::{SourceRow, TiesForm};
use crate::archive::work::WorkId;
use crate::store::{View, WorkRow};

/// The most rows of a form that are read.
const ROWS: usize = 50;
/// The most works of one title that are offered.
const CANDIDATES: u64 = 9;

/// The fields, as the page shows them.
pub(super) struct TiesPage {
    pub(super) gifts: String,
    pub(super) gift_words: String,
    pub(super) kinds: Vec<Sources>,
    pub(super) comments: Comments,
}

/// What a work comes from in one way.
pub(super) struct Sources {
    pub(super) word: &'static str,
    pub(super) label: &'static str,
    /// What the fields are called after, for those who hear them.
    pub(super) whose: &'static str,
    pub(super) rows: Vec<Line>,
}

/// One of these.
pub(super) struct Line {
    pub(super) row: SourceRow,
    /// What it is called here, if it is a work of this archive.
    pub(super) called: String,
    /// The works here that have its title, if somebody asked.
    pub(super) found: Option<Vec<Found>>,
}

/// A work here.
pub(super) struct Found {
    pub(super) href: String,
    pub(super) text: String,
}

fn called(row: &WorkRow) -> String {
    named(&row.facts.title, &page::names(&row.facts.authors))
}

impl TiesPage {
    /// Whether any of its fields but the last is filled in.
    pub(super) fn says_something(&self) -> bool {
        let sources = self.kinds.iter().any(|own| own.rows.len() > 1);
        sources || !self.gifts.is_empty() || !self.gift_words.is_empty()
    }

    /// The fields with an empty row for each way to come from a work. `looks` says whether works
    /// here are looked for by the titles that stand alone.
    pub(super) fn of(tx: &View<'_>, form: &TiesForm, looks: bool) -> Result<TiesPage, Error> {
        let mut kinds = Vec::new();
        for (kind, rows) in Kind::ALL.into_iter().zip(&form.sources) {
            let mut lines = Vec::new();
            for row in rows.iter().filter(|row| **row != SourceRow::default()) {
                let here = row.at.strip_prefix("/works/").and_then(|number| number.parse().ok());
                let work = here.map(|here| tx.work_row(WorkId(here))).transpose()?.flatten();
                let found = match looks && row.at.is_empty() && !row.title.is_empty() {
                    true => Some(tx.works_called(&row.title, CANDIDATES)?),
                    false => None,
                };
                let candidate =
                    |row: &WorkRow| Found { href: format!("/works/{}", row.id), text: called(row) };
                lines.push(Line {
                    row: row.clone(),
                    called: work.as_ref().map(called).unwrap_or_default(),
                    found: found.map(|found| found.iter().map(candidate).collect()),
                });
            }
            let whose = match kind {
                Kind::Inspired => "what inspired it",
                Kind::Translation => "the original",
            };
            lines.push(Line { row: SourceRow::default(), called: String::new(), found: None });
            kinds.push(Sources { word: kind.word(), label: kind.label(), whose, rows: lines });
        }
        Ok(TiesPage {
            gifts: form.gifts.clone(),
            gift_words: form.gift_words.clone(),
            kinds,
            comments: Comments::parse(&form.comments).unwrap_or_default(),
        })
    }
}

/// The fields as they were filled in.
pub(super) fn filled(form: &Form) -> TiesForm {
    let text = |name: &str| form.field(name).to_owned();
    let rows = |kind: Kind| {
        let name = |part: &str, at: usize| format!("{}-{part}-{at}", kind.word());
        let row = |at: usize| {
            let row = SourceRow {
                at: text(&name("at", at)),
                title: text(&name("title", at)),
                author: text(&name("by", at)),
            };
            match text(&name("pick", at)) {
                // A work that was found by its title needs no words of its own.
                pick if row.at.is_empty() && !pick.is_empty() => {
                    SourceRow { at: pick, ..SourceRow::default() }
                }
                _ => row,
            }
        };
        let there = (0..ROWS).take_while(|at| form.is_there(&name("at", *at)));
        there.map(row).collect()
    };
    TiesForm {
        gifts: text("gifts"),
        gift_words: text("gift"),
        sources: Kind::ALL.map(rows),
        comments: text("comments"),
    }
}
