//! Works that are newer than the base: looked at one by one.
//!
//! Owns the rows that came since, and which docs of the base they replace. There are never many:
//! a new base is made long before they cost more than a blink.

use std::collections::HashMap;
use std::sync::Arc;

use super::base::{Base, NONE, Section};
use super::graph::{self, Graph};
use super::lanes::{Bits, WORDS};
use super::model::{Audience, Column, Kind, WorkRow};
use super::{KEY_BYTES, warmth};

/// A work that is newer than the base.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub work: i64,
    /// The change of the store's log that brought it.
    pub change: i64,
    /// What it is tagged with, as its author named and ordered it.
    own: Vec<u32>,
    /// The same with synonyms resolved, ascending; and with every metatag above them.
    pub direct: Vec<u32>,
    pub all: Vec<u32>,
    pub first_relationship: u32,
    pub first_character: u32,
    /// A bit for each [`Kind`] that it has anything of.
    pub kinds: u16,
    pub numbers: [u32; Column::ALL.len()],
    pub complete: bool,
    pub crossover: bool,
    pub one_pairing: bool,
    pub audience: Audience,
    pub title: Place,
    pub creator: Place,
}

/// Where a text stands among those of the base: before or at the one of this rank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub value: u64,
    /// The text itself, which decides between new ones in one gap; empty if the base has it.
    pub gap_key: Box<[u8]>,
    key: Box<[u8]>,
}

impl Place {
    fn new(key: &[u8], base: &Base, ends: Section, bytes: Section) -> Place {
        let key = &key[..key.len().min(KEY_BYTES)];
        let (rank, known) = base.key_place(ends, bytes, key);
        let gap_key = if known { Box::default() } else { key.into() };
        Place { value: u64::from(rank) * 2 + u64::from(known), gap_key, key: key.into() }
    }
}

impl Row {
    fn new(work: &WorkRow, change: i64, graph: &mut Graph) -> Row {
        let own: Vec<u32> = work.terms.iter().map(|term| graph.know(*term)).collect();
        let mut numbers = [0; Column::ALL.len()];
        numbers[..Column::GIVEN].copy_from_slice(&work.numbers);
        let [.., hits, kudos] = [Column::Hits, Column::Kudos].map(|at| numbers[at as usize]);
        numbers[Column::Warmth as usize] = warmth(kudos, hits);
        let base = graph.base();
        let title = Place::new(&work.title_key, base, Section::TitleEnds, Section::TitleBytes);
        let creator =
            Place::new(&work.creator_key, base, Section::CreatorEnds, Section::CreatorBytes);
        let mut row = Row {
            work: work.work,
            change,
            own,
            direct: Vec::new(),
            all: Vec::new(),
            first_relationship: NONE,
            first_character: NONE,
            kinds: work.terms.iter().fold(0, |kinds, term| kinds | 1 << term.kind as u8),
            numbers,
            complete: work.complete,
            crossover: false,
            one_pairing: false,
            audience: work.audience,
            title,
            creator,
        };
        row.resolve(graph);
        row
    }

    /// Works out what its tags mean now.
    fn resolve(&mut self, graph: &Graph) {
        self.direct = self.own.iter().map(|tid| graph.canonical(*tid)).collect();
        self.direct.sort_unstable();
        self.direct.dedup();
        self.all = graph.above(&self.direct).into_iter().collect();
        let is = |kind: Kind| move |tid: &&u32| graph.kind(**tid) == Some(kind);
        let first = |kind| self.own.iter().find(is(kind)).map_or(NONE, |tid| graph.canonical(*tid));
        self.first_relationship = first(Kind::Relationship);
        self.first_character = first(Kind::Character);
        self.one_pairing = self.direct.iter().filter(is(Kind::Relationship)).count() == 1;
        let fandoms: Vec<u32> = self.direct.iter().filter(is(Kind::Fandom)).copied().collect();
        self.crossover = graph::is_crossover(&fandoms, |tid| graph.metas(tid));
    }
}

/// The rows, and what they replace.
#[derive(Clone, Debug, Default)]
pub(super) struct Delta {
    rows: Vec<Option<Arc<Row>>>,
    of_work: HashMap<i64, usize>,
    /// Works that were taken away since, and the change that said so.
    gone: HashMap<i64, i64>,
    /// Docs of the base that are replaced or gone, by chunk.
    stale: HashMap<u16, Arc<Bits>>,
}

impl Delta {
    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = &Arc<Row>> {
        self.rows.iter().flatten()
    }

    /// How many works it is about.
    pub fn len(&self) -> usize {
        self.of_work.len() + self.gone.len()
    }

    /// Docs of this chunk of the base that are no longer so.
    pub fn stale(&self, chunk: u16) -> Option<&Bits> {
        self.stale.get(&chunk).map(Arc::as_ref)
    }

    fn replace(&mut self, work: i64, base: &Base) {
        if let Some(doc) = base.doc(work) {
            let bits = self.stale.entry((doc >> 16) as u16).or_insert_with(|| Arc::new([0; WORDS]));
            Arc::make_mut(bits)[doc as u16 as usize >> 6] |= 1 << (doc & 63);
        }
    }

    /// Takes a new or changed work.
    pub fn put(&mut self, work: &WorkRow, change: i64, graph: &mut Graph) {
        self.insert(Row::new(work, change, graph), graph.base());
    }

    fn insert(&mut self, row: Row, base: &Base) {
        self.replace(row.work, base);
        self.gone.remove(&row.work);
        let at = *self.of_work.entry(row.work).or_insert(self.rows.len());
        if at == self.rows.len() {
            self.rows.push(None);
        }
        self.rows[at] = Some(Arc::new(row));
    }

    /// Takes a work away.
    pub fn remove(&mut self, work: i64, change: i64, base: &Base) {
        self.replace(work, base);
        self.gone.insert(work, change);
        if let Some(at) = self.of_work.remove(&work) {
            self.rows[at] = None;
        }
    }

    /// Works out the tags of every row anew: the graph has changed.
    pub fn resolve(&mut self, graph: &Graph) {
        for row in self.rows.iter_mut().flatten() {
            Arc::make_mut(row).resolve(graph);
        }
    }

    /// The same over a newer base, but for what that knows itself. `before` is the graph so far.
    pub fn over(&self, before: &Graph, graph: &mut Graph) -> Delta {
        let mut delta = Delta::default();
        let known = graph.base().position().works;
        for row in self.rows().filter(|row| row.change > known) {
            let terms = row.own.iter().filter_map(|tid| before.term(*tid)).collect();
            let mut numbers = [0; Column::GIVEN];
            numbers.copy_from_slice(&row.numbers[..Column::GIVEN]);
            let work = WorkRow {
                work: row.work,
                terms,
                numbers,
                complete: row.complete,
                audience: row.audience,
                title_key: row.title.key.to_vec(),
                creator_key: row.creator.key.to_vec(),
            };
            delta.put(&work, row.change, graph);
        }
        for (work, change) in self.gone.iter().filter(|(_, change)| **change > known) {
            delta.remove(*work, *change, graph.base());
        }
        delta
    }
}
