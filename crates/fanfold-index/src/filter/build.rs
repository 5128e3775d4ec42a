//! Makes a base out of everything that the store says.
//!
//! Owns the way from rows to sections: [`BaseBuilder`] takes tags and works in any order and
//! gathers them in plain arrays; [`BaseBuilder::write`] numbers terms and docs anew, turns lists
//! into sets, and writes one section after another. It holds the whole archive in memory while it
//! builds, about 130 bytes and 4 for each tag a work.

use std::cmp::Reverse;
use std::path::Path;

use super::base::{BaseWriter, CLASSES, Cell, HOT, MORE, NONE, PAD, Position, Section};
use super::build_tags::{Groups, Marks, Numbering, Sets, Tags};
use super::model::{Audience, Column, Kind, TagRow, Term, WorkRow};
use super::term_map::TermMap;
use super::{IndexFault, KEY_BYTES, graph, warmth};

/// Gathers an archive.
#[derive(Debug, Default)]
pub struct BaseBuilder {
    terms: TermMap,
    /// Of each term, by its number here.
    synonym_of: Vec<u32>,
    metas: Vec<(u32, u32)>,
    works: Vec<i64>,
    /// Terms of all works, one after another, and where those of each work end.
    lists: Vec<u32>,
    list_ends: Vec<u64>,
    numbers: [Vec<u32>; Column::GIVEN],
    complete: Vec<bool>,
    audiences: Vec<Audience>,
    titles: Keys,
    creators: Keys,
}

/// Many short byte strings.
#[derive(Debug, Default)]
struct Keys {
    bytes: Vec<u8>,
    ends: Vec<u64>,
}

impl Keys {
    fn push(&mut self, key: &[u8]) {
        self.bytes.extend_from_slice(&key[..key.len().min(KEY_BYTES)]);
        self.ends.push(self.bytes.len() as u64);
    }

    fn get(&self, at: usize) -> &[u8] {
        let begin = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.bytes[begin as usize..self.ends[at] as usize]
    }
}

impl BaseBuilder {
    /// Nothing yet.
    pub fn new() -> BaseBuilder {
        BaseBuilder::default()
    }

    fn know(&mut self, term: Term) -> u32 {
        let at = self.terms.know(term);
        if self.synonym_of.len() <= at as usize {
            self.synonym_of.push(NONE);
        }
        at
    }

    /// Takes a tag. A tag that is told twice is as it was told last, but for its metatags.
    pub fn add_tag(&mut self, tag: &TagRow) {
        let at = self.know(tag.term);
        let of_kind = |id: &u32| Term::new(tag.term.kind, *id);
        let above: Vec<u32> = tag.metas.iter().map(|id| self.know(of_kind(id))).collect();
        self.metas.extend(above.into_iter().map(|meta| (at, meta)));
        let canonical = tag.synonym_of.as_ref().map(|id| self.know(of_kind(id)));
        self.synonym_of[at as usize] = canonical.unwrap_or(NONE);
    }

    /// Takes a work; each only once.
    pub fn add_work(&mut self, row: &WorkRow) {
        for term in &row.terms {
            let at = self.know(*term);
            self.lists.push(at);
        }
        self.list_ends.push(self.lists.len() as u64);
        self.works.push(row.work);
        for (column, number) in self.numbers.iter_mut().zip(row.numbers) {
            column.push(number);
        }
        self.complete.push(row.complete);
        self.audiences.push(row.audience);
        self.titles.push(&row.title_key);
        self.creators.push(&row.creator_key);
    }

    /// How many works it has.
    pub fn works(&self) -> usize {
        self.works.len()
    }

    fn list(&self, row: usize) -> &[u32] {
        let begin = if row == 0 { 0 } else { self.list_ends[row - 1] };
        &self.lists[begin as usize..self.list_ends[row] as usize]
    }

    /// Writes the base to a new file: whole and on the disk when this returns.
    ///
    /// # Errors
    /// Where the file cannot be written, or with more than 4 billion works or terms.
    pub fn write(mut self, path: &Path, position: Position) -> Result<(), IndexFault> {
        let docs = u32::try_from(self.works.len()).map_err(|_| IndexFault::TooMany("works"))?;
        let mut out = BaseWriter::create(path)?;
        let numbering = self.number_terms();
        let tags = Tags::of(numbering, std::mem::take(&mut self.metas));
        let order = self.order_docs(&tags);
        self.write_columns(&mut out, &order)?;
        self.write_firsts(&mut out, &order, &tags)?;
        let terms = tags.kinds.len();
        let (own, marks) =
            both(|| self.own_sets(&order, terms), || self.write_lists(&mut out, &order, &tags));
        let marks = marks?;
        tags.write(&mut out)?;
        let complete = self.docs_where(&order, |row| self.complete[row]);
        let audiences = Audience::ALL
            .map(|audience| self.docs_where(&order, |row| self.audiences[row] == audience));
        let terms = tags.kinds.len() as u32;
        drop(self);
        let sets = Sets::of(own, &tags, complete, audiences, &marks);
        sets.write(&mut out, &tags)?;
        out.finish(docs, terms, position)?;
        Ok(())
    }

    /// Numbers the terms by their works, synonyms counted for their canonicals, and renames them
    /// in all lists.
    fn number_terms(&mut self) -> Numbering {
        let terms = self.terms.terms();
        let mut canonicals: Vec<u32> = (0..terms.len() as u32).collect();
        for (at, canonical) in canonicals.iter_mut().enumerate() {
            // A synonym of a synonym is nothing that the store has; a few steps are enough.
            for _ in 0..8 {
                match self.synonym_of[*canonical as usize] {
                    NONE => break,
                    above if above as usize == at => break,
                    above => *canonical = above,
                }
            }
        }
        for at in 0..canonicals.len() {
            if canonicals[canonicals[at] as usize] != canonicals[at] {
                canonicals[at] = at as u32;
            }
        }
        let mut counts = vec![0_u32; terms.len()];
        let mut seen: Vec<u32> = Vec::new();
        for row in 0..self.works.len() {
            seen.clear();
            seen.extend(self.list(row).iter().map(|term| canonicals[*term as usize]));
            seen.sort_unstable();
            seen.dedup();
            seen.iter().for_each(|term| counts[*term as usize] += 1);
        }
        let mut by_rank: Vec<u32> = (0..terms.len() as u32).collect();
        let works = |at: &u32| (Reverse(counts[*at as usize]), terms[*at as usize]);
        by_rank.sort_unstable_by_key(works);
        let (hot, others) = by_rank.split_at_mut(terms.len().min(HOT as usize));
        hot.sort_unstable_by_key(|at| (terms[*at as usize].kind, works(at)));
        others.sort_unstable_by_key(|at| (terms[*at as usize].kind, works(at)));
        let mut tids = vec![0_u32; terms.len()];
        for (tid, at) in by_rank.iter().enumerate() {
            tids[*at as usize] = tid as u32;
        }
        self.lists.iter_mut().for_each(|term| *term = tids[*term as usize]);
        self.metas.iter_mut().for_each(|(tag, meta)| {
            (*tag, *meta) = (tids[*tag as usize], tids[*meta as usize]);
        });
        let of_rank = |at: &u32| tids[canonicals[*at as usize] as usize];
        Numbering {
            terms: by_rank.iter().map(|at| terms[*at as usize]).collect(),
            canonicals: by_rank.iter().map(of_rank).collect(),
            counts: by_rank.iter().map(|at| counts[*at as usize]).collect(),
        }
    }

    /// The tid that stands first of its kind in a list.
    fn first(&self, row: usize, kind: Kind, tags: &Tags) -> u32 {
        let of_kind = |tid: &&u32| tags.kind(**tid) == kind as u8;
        self.list(row).iter().find(of_kind).copied().unwrap_or(NONE)
    }

    /// The same, synonyms resolved.
    fn first_resolved(&self, row: usize, kind: Kind, tags: &Tags) -> u32 {
        let first = self.first(row, kind, tags);
        if first == NONE { NONE } else { tags.canonical(first) }
    }

    /// Rows in the order of their docs: fandoms side by side, in them pairings.
    fn order_docs(&self, tags: &Tags) -> Vec<u32> {
        let mut keys: Vec<(u64, i64, u32)> = (0..self.works.len())
            .map(|row| {
                let fandom = self.first_resolved(row, Kind::Fandom, tags);
                let pairing = self.first_resolved(row, Kind::Relationship, tags);
                (u64::from(fandom) << 32 | u64::from(pairing), self.works[row], row as u32)
            })
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|key| key.2).collect()
    }

    fn docs_where(&self, order: &[u32], so: impl Fn(usize) -> bool) -> Vec<u32> {
        (0..order.len() as u32).filter(|doc| so(order[*doc as usize] as usize)).collect()
    }

    fn write_columns(&mut self, out: &mut BaseWriter, order: &[u32]) -> std::io::Result<()> {
        let works: Vec<i64> = order.iter().map(|row| self.works[*row as usize]).collect();
        out.put(Section::Works, &works)?;
        let mut by_work: Vec<u32> = (0..order.len() as u32).collect();
        by_work.sort_unstable_by_key(|doc| works[*doc as usize]);
        out.put(Section::ByWork, &by_work)?;
        let mut work_ranks = vec![0_u32; order.len()];
        for (rank, doc) in by_work.iter().enumerate() {
            work_ranks[*doc as usize] = rank as u32;
        }
        let hits = &self.numbers[Column::Hits as usize];
        let kudos = &self.numbers[Column::Kudos as usize];
        let ratios = kudos.iter().zip(hits).map(|(kudos, hits)| warmth(*kudos, *hits)).collect();
        let mut columns = Vec::with_capacity(order.len() * Column::ALL.len());
        for numbers in self.numbers.iter().chain([&ratios]) {
            columns.extend(order.iter().map(|row| numbers[*row as usize]));
        }
        self.numbers = Default::default();
        out.put(Section::Columns, &columns)?;
        let (mut classes, mut begins) = (Vec::with_capacity(columns.len()), Vec::new());
        for column in columns.chunks(order.len().max(1)) {
            let own = class_begins(column);
            let class = |number: &u32| own.partition_point(|begin| begin <= number) - 1;
            classes.extend(column.iter().map(|number| class(number) as u8));
            begins.extend(own);
        }
        out.put(Section::Classes, &classes)?;
        out.put(Section::ClassBegins, &begins)?;
        let (titles, creators) =
            (std::mem::take(&mut self.titles), std::mem::take(&mut self.creators));
        let ((title_ranks, titles), (creator_ranks, creators)) =
            both(|| rank_keys(&titles, order), || rank_keys(&creators, order));
        out.put(Section::TitleRanks, &title_ranks)?;
        out.put(Section::CreatorRanks, &creator_ranks)?;
        let docs = order.len().max(1);
        let kept = columns.chunks(docs).chain([&title_ranks[..], &creator_ranks]);
        let kept: Vec<&[u32]> = kept.collect();
        let mut orders = vec![0_u32; order.len() * kept.len()];
        let half = kept.len() / 2;
        let (first, second) = orders.split_at_mut(order.len() * half);
        let sort = |kept: &[&[u32]], orders: &mut [u32]| {
            for (numbers, order) in kept.iter().zip(orders.chunks_mut(docs)) {
                put_in_order(numbers, &by_work, &work_ranks, order);
            }
        };
        both(|| sort(&kept[..half], first), || sort(&kept[half..], second));
        out.put(Section::Orders, &orders)?;
        out.put(Section::TitleEnds, &titles.ends)?;
        out.put(Section::TitleBytes, &titles.bytes)?;
        out.put(Section::CreatorEnds, &creators.ends)?;
        out.put(Section::CreatorBytes, &creators.bytes)
    }

    fn write_firsts(
        &self,
        out: &mut BaseWriter,
        order: &[u32],
        tags: &Tags,
    ) -> std::io::Result<()> {
        for (section, kind) in [
            (Section::FirstRelationships, Kind::Relationship),
            (Section::FirstCharacters, Kind::Character),
        ] {
            let first = |row: &u32| self.first(*row as usize, kind, tags);
            out.put(section, &order.iter().map(first).collect::<Vec<u32>>())?;
        }
        Ok(())
    }

    /// The tids of a work, synonyms resolved, ascending, each once.
    fn resolved(&self, row: usize, tags: &Tags, tids: &mut Vec<u32>) {
        tids.clear();
        tids.extend(self.list(row).iter().map(|tid| tags.canonical(*tid)));
        tids.sort_unstable();
        tids.dedup();
    }

    /// Writes the lists; gives what they say of each doc.
    fn write_lists(
        &self,
        out: &mut BaseWriter,
        order: &[u32],
        tags: &Tags,
    ) -> Result<Marks, IndexFault> {
        let (mut cells, mut rest) = (Vec::<Cell>::with_capacity(order.len()), Vec::new());
        let mut begins = Vec::with_capacity(order.len() + 1);
        let mut marks = Marks::default();
        let (mut tids, mut fandoms) = (Vec::new(), Vec::new());
        for (doc, row) in (0_u32..).zip(order) {
            begins.push(u32::try_from(rest.len()).map_err(|_| IndexFault::TooMany("tags"))?);
            self.resolved(*row as usize, tags, &mut tids);
            let hot = tids.partition_point(|tid| *tid < HOT);
            let mut cell: Cell = std::array::from_fn(|place| PAD + place as u16);
            let within = if hot > cell.len() { cell.len() - 1 } else { hot };
            if hot > cell.len() {
                cell[within] = MORE;
            }
            for (place, tid) in cell.iter_mut().zip(&tids[..within]) {
                *place = *tid as u16;
            }
            cells.push(cell);
            rest.extend_from_slice(&tids[within..]);
            let kind = |tid: &u32| tags.kind(*tid);
            marks.kinds.push(tids.iter().fold(0, |kinds, tid| kinds | 1 << kind(tid)));
            if tids.iter().filter(|tid| kind(tid) == Kind::Relationship as u8).count() == 1 {
                marks.one_pairing.push(doc);
            }
            fandoms.clear();
            fandoms.extend(tids.iter().copied().filter(|tid| kind(tid) == Kind::Fandom as u8));
            if graph::is_crossover(&fandoms, |tid| tags.metas.of(tid)) {
                marks.crossovers.push(doc);
            }
        }
        begins.push(u32::try_from(rest.len()).map_err(|_| IndexFault::TooMany("tags"))?);
        out.put(Section::Cells, &cells)?;
        out.put(Section::RestBegins, &begins)?;
        out.put(Section::Rest, &rest)?;
        Ok(marks)
    }

    /// The docs of each tid as its works name it: synonyms stand for themselves.
    fn own_sets(&self, order: &[u32], terms: usize) -> Groups {
        let mut begins = vec![0_u64; terms + 1];
        self.lists.iter().for_each(|tid| begins[*tid as usize + 1] += 1);
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        let mut ends: Vec<u64> = begins[..terms].to_vec();
        let mut docs = vec![0_u32; self.lists.len()];
        for (doc, row) in order.iter().enumerate() {
            for tid in self.list(*row as usize) {
                let (begin, end) = (begins[*tid as usize], &mut ends[*tid as usize]);
                // A tag that a work names twice counts once.
                if *end == begin || docs[*end as usize - 1] != doc as u32 {
                    docs[*end as usize] = doc as u32;
                    *end += 1;
                }
            }
        }
        Groups { begins, ends, docs }
    }
}

/// Does two things at once, on a second core if there is one.
fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Puts the docs in the order of their numbers, and those with equal ones in that of their works.
fn put_in_order(numbers: &[u32], by_work: &[u32], work_ranks: &[u32], order: &mut [u32]) {
    let keys = numbers.iter().zip(work_ranks);
    let keys = keys.map(|(number, rank)| u64::from(*number) << 32 | u64::from(*rank));
    let mut keys: Vec<u64> = keys.collect();
    keys.sort_unstable();
    for (doc, key) in order.iter_mut().zip(keys) {
        *doc = by_work[key as u32 as usize];
    }
}

/// Where the classes of a column begin: about as many numbers in each. The first begins at 0;
/// classes beyond the last number are empty and begin at the largest.
fn class_begins(column: &[u32]) -> [u32; CLASSES] {
    // A sample says it well enough: any begins are right, equal classes are only quicker.
    let step = (column.len() / 100_000).max(1);
    let mut sample: Vec<u32> = column.iter().copied().step_by(step).collect();
    sample.sort_unstable();
    let mut begins: Vec<u32> = (1..CLASSES)
        .filter_map(|class| sample.get(class * sample.len() / CLASSES).copied())
        .filter(|begin| *begin > 0)
        .collect();
    begins.dedup();
    begins.insert(0, 0);
    begins.resize(CLASSES, u32::MAX);
    begins.try_into().unwrap_or([0; CLASSES])
}

/// The rank of each doc's key among the distinct ones, and these in order.
fn rank_keys(keys: &Keys, order: &[u32]) -> (Vec<u32>, Keys) {
    let mut sorted: Vec<u32> = (0..order.len() as u32).collect();
    let key = |doc: u32| keys.get(order[doc as usize] as usize);
    // The first bytes decide nearly always.
    let prefix = |doc: u32| {
        let mut first = [0; 8];
        let key = key(doc);
        let length = key.len().min(8);
        first[..length].copy_from_slice(&key[..length]);
        u64::from_be_bytes(first)
    };
    let prefixes: Vec<u64> = sorted.iter().map(|doc| prefix(*doc)).collect();
    sorted.sort_unstable_by(|one, other| {
        let by_prefix = prefixes[*one as usize].cmp(&prefixes[*other as usize]);
        by_prefix.then_with(|| key(*one).cmp(key(*other)))
    });
    let (mut ranks, mut distinct) = (vec![0; order.len()], Keys::default());
    for (at, doc) in sorted.iter().enumerate() {
        if at == 0 || key(sorted[at - 1]) != key(*doc) {
            distinct.push(key(*doc));
        }
        ranks[*doc as usize] = distinct.ends.len() as u32 - 1;
    }
    (ranks, distinct)
}
