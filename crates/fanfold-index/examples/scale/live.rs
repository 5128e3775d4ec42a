//! What changes while readers ask: new works, merged tags; and names that are completed.
//!
//! Owns these measurements. A time ends when an answer shows the change.

use std::collections::HashSet;
use std::time::Instant;

use fanfold_index::Suggestions;
use fanfold_index::filter::{
    Audience, Changes, Filter, FilterIndex, Kind, Position, Request, TagRow, Term, Viewer,
};

use crate::archive::{Archive, empty_row};
use crate::draw::Random;
use crate::names::Names;
use crate::peers::Outcome;
use crate::queries::QuerySet;
use crate::report::Report;
use crate::vocabulary::MADE_UP;

/// New works, and a merge of two large canonicals.
pub fn changes(
    archive: &Archive,
    index: &FilterIndex,
    sets: &[QuerySet],
    report: &Report,
) -> Outcome<()> {
    let mut row = empty_row();
    let mut position = index.position();
    let mut times = Vec::new();
    for at in 0..500 {
        archive.work(at % archive.len(), &mut row);
        // Half of them are new, half changed.
        if at % 2 == 0 {
            row.work = i64::from(archive.len()) + 1 + i64::from(at);
        }
        position.works += 1;
        let begin = Instant::now();
        let put = vec![row.clone()];
        index.apply(&Changes { put, position, ..Changes::default() });
        let filter = Filter::In([row.work].into());
        let request = Request { filter, limit: 1, viewer: member(), ..Request::everything() };
        if index.find(&request).total != 1 {
            return Err("a new work was not found".into());
        }
        times.push(begin.elapsed());
    }
    report.times("a new or changed work is in every filter", 500, times);
    if let Some(set) = sets.iter().find(|set| set.name.starts_with("facets; 480")) {
        crate::run(
            &QuerySet {
                name: "facets; 480,000, with 500 newer works",
                requests: set.requests.clone(),
            },
            crate::ROUNDS,
            report,
            |request| Ok(index.find(request)),
        )?;
    }
    merge(archive, index, position, report)
}

/// Who sees all works of the bench.
fn member() -> Viewer {
    Viewer::of(Audience::Members)
}

/// Merges the two freeforms that are nearest to 100,000 works each, and takes it back.
fn merge(
    archive: &Archive,
    index: &FilterIndex,
    mut position: Position,
    report: &Report,
) -> Outcome<()> {
    let count = |term: Term| {
        let filter = Filter::Has(term);
        let request = Request { filter, limit: 0, viewer: member(), ..Request::everything() };
        index.find(&request).total
    };
    let everything = Request {
        limit: 0,
        facets: vec![fanfold_index::filter::FacetRequest {
            kind: Kind::Freeform,
            top: 2_000,
            with_metas: false,
        }],
        viewer: member(),
        ..Request::everything()
    };
    let goal = (f64::from(archive.len()) / 170.0) as u64;
    let mut near = index.find(&everything).facets.swap_remove(0);
    near.sort_by_key(|(_, works)| works.abs_diff(goal));
    // Nothing may hang above or below them, or more would move than these two.
    let mut linked = HashSet::new();
    for tag in archive.tags().filter(|tag| !tag.metas.is_empty()) {
        linked.insert(tag.term);
        linked.extend(tag.metas.iter().map(|id| Term::new(tag.term.kind, *id)));
    }
    let mut near = near.into_iter().map(|entry| entry.0).filter(|term| !linked.contains(term));
    let (Some(from), Some(into)) = (near.next(), near.next()) else { return Ok(()) };
    let (one, other) = (count(from), count(into));
    position.tags += 1;
    let begin = Instant::now();
    let tag = TagRow { term: from, synonym_of: Some(into.id), metas: Vec::new() };
    index.apply(&Changes { tags: vec![tag], position, ..Changes::default() });
    let both = count(into);
    report.times("a merge of two canonicals is in every filter", both, vec![begin.elapsed()]);
    if both < one.max(other) || both > one + other || count(from) != both {
        return Err(format!("{one} and {other} works became {both}").into());
    }
    position.tags += 1;
    let begin = Instant::now();
    let tag = TagRow { term: from, synonym_of: None, metas: Vec::new() };
    index.apply(&Changes { tags: vec![tag], position, ..Changes::default() });
    let alone = count(into);
    report.times("and taken back", alone, vec![begin.elapsed()]);
    if alone != other {
        return Err(format!("{other} works became {alone}").into());
    }
    Ok(())
}

/// The most names that are completed.
const NAMES: u32 = 3_000_000;

/// Completes what somebody types, letter by letter, right and with a slip.
pub fn suggestions(archive: &Archive, report: &Report) {
    let names = Names::new();
    let mut all = Vec::new();
    for kind in MADE_UP {
        let count = archive.vocabulary(kind).min(NAMES / MADE_UP.len() as u32);
        all.extend((1..=count).map(|id| names.name(Term::new(kind, id))));
    }
    let begin = Instant::now();
    let numbered = all.iter().enumerate().map(|(at, name)| (at as u64, name.as_str()));
    let suggestions = Suggestions::new(numbered);
    report.time(&format!("{} names sorted", all.len()), begin.elapsed());
    report.size("names, in memory", suggestions.size_bytes() as u64);
    let mut random = Random::new(3, 7);
    for (line, slip) in
        [("autocomplete, as it is typed", false), ("autocomplete, with one slip", true)]
    {
        let (mut times, mut found) = (Vec::new(), 0);
        for _ in 0..400 {
            let name = &all[random.below(all.len() as u32) as usize];
            for length in if slip { 4..12 } else { 1..12 } {
                let mut typed: Vec<char> = name.chars().take(length).collect();
                if slip {
                    let at = 1 + random.below(typed.len().max(2) as u32 - 1) as usize;
                    if let Some(letter) = typed.get_mut(at) {
                        *letter = char::from(b'a' + random.below(26) as u8);
                    }
                }
                let typed: String = typed.into_iter().collect();
                let begin = Instant::now();
                found += suggestions.complete(&typed, 10).len();
                times.push(begin.elapsed());
            }
        }
        report.times(line, found as u64 / times.len() as u64, times);
    }
}
