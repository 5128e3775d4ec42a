//! A difference of two texts as pages show it.

use fanfold_doc::document::Document;
use fanfold_doc::html::Html;

use super::super::error::Error;
use crate::archive::compare::{self, Line, Side};

/// Lines without a change that are shown round one that has some.
const AROUND: usize = 2;

/// A line of a difference.
pub(super) struct Shown {
    /// Its place among all lines of the difference.
    pub at: usize,
    /// What the old text has here.
    pub old: Vec<Part>,
    /// What the new text has here.
    pub new: Vec<Part>,
    /// What both have, the old words before the new ones.
    pub both: Vec<Part>,
    pub changed: bool,
    /// Lines like both that were left out before this one.
    pub skipped: usize,
}

/// Some words of a line.
pub(super) struct Part {
    /// `del`, `ins`, or nothing.
    pub mark: &'static str,
    pub text: String,
}

/// A stored text as a document.
pub(in super::super) fn document(html: &Html) -> Result<Document, Error> {
    Document::from_printed(html.as_str())
        .map_err(|error| Error::failed("a stored text could not be read", &error))
}

/// The difference of two stored texts.
pub(super) fn lines(old: &Html, new: &Html) -> Result<Vec<Line>, Error> {
    let (old, new) = (document(old)?, document(new)?);
    Ok(compare::difference(&compare::pieces(&old), &compare::pieces(&new)))
}

/// The difference of two stored texts, without what is far from any change.
pub(super) fn shown(old: &Html, new: &Html) -> Result<Vec<Shown>, Error> {
    let lines = lines(old, new)?;
    let changes: Vec<usize> =
        (0..).zip(&lines).filter(|(_, line)| !line.is_same()).map(|(at, _)| at).collect();
    let near = |at: usize| {
        let next = changes.partition_point(|change| *change < at);
        let around = [next.checked_sub(1), Some(next)].into_iter().flatten();
        around.filter_map(|own| changes.get(own)).any(|change| change.abs_diff(at) <= AROUND)
    };
    let mut shown = Vec::new();
    let mut skipped = 0;
    for (at, line) in lines.iter().enumerate() {
        if near(at) {
            shown.push(show(at, line, std::mem::take(&mut skipped)));
        } else {
            skipped += 1;
        }
    }
    Ok(shown)
}

fn show(at: usize, line: &Line, skipped: usize) -> Shown {
    let part = |run: &compare::Run| Part {
        mark: match run.side {
            Side::Both => "",
            Side::Old => "del",
            Side::New => "ins",
        },
        text: run.text.clone(),
    };
    let without = |side: Side| line.runs.iter().filter(|run| run.side != side).map(part).collect();
    Shown {
        at,
        old: without(Side::New),
        new: without(Side::Old),
        both: line.runs.iter().map(part).collect(),
        changed: !line.is_same(),
        skipped,
    }
}
