//! What a generated archive looks like in numbers, to hold beside those of a real one.
//!
//! Reads works and tags, prints shares and quantiles; judges nothing.

use std::time::Instant;

use fanfold_index::filter::{Column, Kind, Term};

use crate::archive::{Archive, empty_row};
use crate::vocabulary::MADE_UP;

/// Prints what this archive is like.
pub fn print(archive: &Archive) {
    let started = Instant::now();
    let mut seen = Seen::new(archive);
    let mut row = empty_row();
    let mut sum = 0_usize;
    for at in 0..archive.len() {
        archive.work(at, &mut row);
        sum += row.terms.len();
    }
    let filling = started.elapsed().as_secs_f64();
    for at in 0..archive.len() {
        archive.work(at, &mut row);
        seen.add(&row.terms, row.numbers, row.complete);
    }
    let works = f64::from(archive.len());
    println!(
        "{} works, {:.2} terms each; {:.0} ns a row",
        archive.len(),
        sum as f64 / works,
        filling * 1e9 / works
    );
    seen.print(archive, works);
    tags(archive);
}

/// Counts over the works.
struct Seen {
    /// By kind and id.
    uses: Vec<Vec<u32>>,
    /// How many works have so many of a kind.
    per_work: Vec<Vec<u32>>,
    numbers: Vec<Vec<u32>>,
    complete: u32,
    tags: u64,
}

impl Seen {
    fn new(archive: &Archive) -> Seen {
        Seen {
            uses: Kind::ALL
                .iter()
                .map(|kind| vec![0; archive.vocabulary(*kind) as usize + 1])
                .collect(),
            per_work: vec![vec![0; 500]; Kind::ALL.len()],
            numbers: vec![Vec::new(); Column::GIVEN],
            complete: 0,
            tags: 0,
        }
    }

    fn add(&mut self, terms: &[Term], numbers: [u32; Column::GIVEN], complete: bool) {
        let mut counts = [0_usize; 12];
        for term in terms {
            counts[term.kind as usize] += 1;
            let uses = &mut self.uses[term.kind as usize];
            let id = term.id as usize;
            if uses.len() <= id {
                uses.resize(id + 1, 0);
            }
            uses[id] += 1;
            self.tags += u64::from(Kind::PANEL.contains(&term.kind));
        }
        for (kind, count) in counts.into_iter().enumerate() {
            self.per_work[kind][count.min(499)] += 1;
        }
        for (column, number) in numbers.into_iter().enumerate() {
            self.numbers[column].push(number);
        }
        self.complete += u32::from(complete);
    }

    fn print(&mut self, archive: &Archive, works: f64) {
        println!("{:.2} tags a work, {:.1} % complete", self.tags as f64 / works, {
            100.0 * f64::from(self.complete) / works
        });
        for kind in Kind::ALL {
            self.kind(kind, archive, works);
        }
        let (mut all, mut rare, mut rare_uses, mut uses) = (0_u64, 0_u64, 0_u64, 0_u64);
        let (mut canonical, mut once, mut never) = (0_u64, 0_u64, 0_u64);
        for kind in MADE_UP {
            for (id, used) in self.uses[kind as usize].iter().enumerate().skip(1) {
                all += 1;
                uses += u64::from(*used);
                rare += u64::from(*used < 5);
                once += u64::from(*used == 1);
                never += u64::from(*used == 0);
                rare_uses += if *used < 5 { u64::from(*used) } else { 0 };
                canonical += u64::from(archive.is_canonical(Term::new(kind, id as u32)));
            }
        }
        let part = |some: u64, of: u64| 100.0 * some as f64 / of as f64;
        println!(
            "{all} tags made up: {:.1} % canonical; {:.1} % used fewer than 5 times with {:.1} % \
             of the uses, {:.1} % once, {:.1} % never",
            part(canonical, all),
            part(rare, all),
            part(rare_uses, uses),
            part(once, all),
            part(never, all)
        );
        for (column, name) in Column::ALL.into_iter().zip(&mut self.numbers) {
            name.sort_unstable();
            let at = |share: f64| name[((works - 1.0) * share) as usize];
            let logs = name.iter().filter(|n| **n > 0).map(|n| f64::from(*n).ln());
            let (count, sum, squares) =
                logs.fold((0.0, 0.0, 0.0), |(n, s, q), log| (n + 1.0, s + log, q + log * log));
            let mean: f64 = sum / count;
            println!(
                "{column:?}: p50 {} p90 {} p99 {} max {}; log {mean:.2}, {:.2}; {:.1} % zero",
                at(0.5),
                at(0.9),
                at(0.99),
                at(1.0),
                (squares / count - mean * mean).sqrt(),
                100.0 * (works - count) / works
            );
        }
    }

    fn kind(&self, kind: Kind, archive: &Archive, works: f64) {
        let per_work = &self.per_work[kind as usize];
        let uses = &self.uses[kind as usize];
        let at = |share: f64| {
            let mut left = works * share;
            per_work.iter().position(|count| {
                left -= f64::from(*count);
                left < 0.0
            })
        };
        let mean = uses.iter().map(|used| f64::from(*used)).sum::<f64>() / works;
        let mut ranked = uses.clone();
        ranked.sort_unstable_by(|left, right| right.cmp(left));
        let share = |rank: usize| 100.0 * ranked.get(rank).map_or(0.0, |n| f64::from(*n)) / works;
        println!(
            "{kind:?}: {} ids, {} used; {mean:.2} a work, p50 {:?} p90 {:?} p99 {:?}, most {:?}; \
             by rank 1 {:.1} %, 10 {:.2} %, 100 {:.3} %, 1000 {:.4} %",
            archive.vocabulary(kind),
            ranked.iter().filter(|used| **used > 0).count(),
            at(0.5),
            at(0.9),
            at(0.99),
            per_work.iter().rposition(|count| *count > 0),
            share(0),
            share(9),
            share(99),
            share(999)
        );
    }
}

fn tags(archive: &Archive) {
    let started = Instant::now();
    let (mut rows, mut synonyms, mut below, mut links) = (0_u64, 0_u64, 0_u64, 0_u64);
    for row in archive.tags() {
        rows += 1;
        synonyms += u64::from(row.synonym_of.is_some());
        below += u64::from(!row.metas.is_empty());
        links += row.metas.len() as u64;
    }
    let all: u64 = MADE_UP.iter().map(|kind| u64::from(archive.vocabulary(*kind))).sum();
    println!(
        "{rows} rows of {all} tags in {:.1} s: {:.1} % synonyms; {below} below {links} metatags",
        started.elapsed().as_secs_f64(),
        100.0 * synonyms as f64 / all as f64
    );
}
