//! Facets: how many of the works that were found have which tag, exactly.
//!
//! Owns the two ways to count. **By cells**: the tags of each doc that was found are added up; the
//! cost grows with what was found. **By sets**: the tags of a kind are taken in the order of their
//! use in the whole archive, and each set is counted against what was found, until a tag has fewer
//! works in all than the last place has already; the cost grows with the archive. Counting begins
//! by sets where much was found, and changes over as soon as cells would have been cheaper.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Instant;

use super::State;
use super::base::{HOT, MORE, Section};
use super::delta::Row;
use super::lanes::{Bits, WORDS};
use super::model::{Counts, FacetRequest, Kind, Term};
use super::set::{CHUNK, Chunk, SetView};

/// What adding up the cell of a doc costs, in the unit of [`Against::count`]: nanoseconds.
const CELL_COST: u64 = 14;
/// What looking at the rest of a doc costs.
const REST_COST: u64 = if cfg!(test) { 1 } else { 20 };
/// Counting against a chunk of bits.
const BITS_COST: u64 = 150;
/// With fewer docs, cells are always cheaper.
const FEW: u32 = if cfg!(test) { 8 } else { 30_000 };
/// Numbers that can stand in a cell.
const HOT_TIDS: usize = 1 << 16;
/// Works of each hot tid.
type Hot = [u32; HOT_TIDS];
/// The most values of a kind that are listed.
const MOST: usize = 10_000;

/// What was found, ready to be counted against.
struct Against<'a> {
    /// By chunk; lists as bits where there are some.
    chunks: Vec<Option<(Chunk<'a>, Option<Box<Bits>>)>>,
    count: usize,
}

impl<'a> Against<'a> {
    fn new(docs: SetView<'a>, all: u32) -> Against<'a> {
        let mut chunks = Vec::new();
        chunks.resize_with((all as usize).div_ceil(CHUNK), || None);
        let mut count = 0;
        for (number, chunk) in docs.chunks() {
            let bits = match chunk {
                Chunk::List(list) if list.len() > 32 => {
                    let mut bits = Box::new([0; WORDS]);
                    for low in list {
                        bits[usize::from(low >> 6)] |= 1 << (low & 63);
                    }
                    Some(bits)
                }
                _ => None,
            };
            if let Some(place) = chunks.get_mut(usize::from(number)) {
                *place = Some((chunk, bits));
                count += 1;
            }
        }
        Against { chunks, count }
    }

    fn both(&self, number: u16, other: Chunk<'_>, cost: &mut u64) -> u64 {
        let Some(Some((chunk, bits))) = self.chunks.get(usize::from(number)) else { return 0 };
        let count = match (chunk, bits, other) {
            (Chunk::Full, _, other) => other.count(),
            (_, Some(bits), other) => other.count_both(bits),
            (Chunk::Bits(bits), _, other) => other.count_both(bits),
            (Chunk::List(list), _, other) => {
                list.iter().map(|low| u32::from(other.has(*low))).sum()
            }
            (Chunk::Empty, ..) => 0,
        };
        *cost += match other {
            Chunk::List(list) => 20 + list.len() as u64 / 2,
            _ => BITS_COST,
        };
        count.into()
    }

    /// How many of the set were found.
    fn count(&self, set: SetView<'_>, cost: &mut u64) -> u64 {
        if set.chunk_count() <= self.count {
            set.chunks().map(|(number, chunk)| self.both(number, chunk, cost)).sum()
        } else {
            let present = self.chunks.iter().enumerate().filter(|(_, chunk)| chunk.is_some());
            let numbers = present.map(|(number, _)| number as u16);
            numbers.map(|number| self.both(number, set.chunk(number), cost)).sum()
        }
    }
}

/// The values with the most works so far.
struct Best {
    top: usize,
    heap: BinaryHeap<Reverse<(u64, Reverse<u32>)>>,
}

impl Best {
    fn new(top: usize) -> Best {
        Best { top: top.min(MOST), heap: BinaryHeap::new() }
    }

    /// What a value must reach at least to be listed.
    fn floor(&self) -> u64 {
        match self.heap.peek() {
            Some(Reverse((count, _))) if self.heap.len() >= self.top => *count,
            _ => 1,
        }
    }

    fn offer(&mut self, id: u32, count: u64) {
        if count >= self.floor() && self.top > 0 {
            self.heap.push(Reverse((count, Reverse(id))));
            if self.heap.len() > self.top {
                self.heap.pop();
            }
        }
    }

    fn counts(self, kind: Kind) -> Counts {
        let mut best = self.heap.into_vec();
        best.sort_unstable();
        best.into_iter().map(|Reverse((count, Reverse(id)))| (Term { kind, id }, count)).collect()
    }
}

/// Counts of the works that were found.
pub(super) struct Counter<'a> {
    state: &'a State,
    docs: SetView<'a>,
    against: Against<'a>,
    /// Works of the delta by tid; and those of everything below a tid.
    direct: HashMap<u32, u64>,
    all: HashMap<u32, u64>,
    deadline: Instant,
    /// Whether time ran out.
    pub partial: bool,
}

impl<'a> Counter<'a> {
    /// Counts over these docs of the base and these rows of the delta.
    pub fn new(
        state: &'a State,
        docs: SetView<'a>,
        rows: &[&Row],
        deadline: Instant,
    ) -> Counter<'a> {
        let (mut direct, mut all) = (HashMap::new(), HashMap::new());
        for row in rows {
            row.direct.iter().for_each(|tid| *direct.entry(*tid).or_insert(0) += 1);
            row.all.iter().for_each(|tid| *all.entry(*tid).or_insert(0) += 1);
        }
        let against = Against::new(docs, state.graph.base().docs());
        Counter { state, docs, against, direct, all, deadline, partial: false }
    }

    /// All facets that were asked for.
    pub fn facets(&mut self, requests: &[FacetRequest]) -> Vec<Counts> {
        let whole = u64::from(self.docs.count()) * CELL_COST;
        let mut left = whole;
        let mut hot = None;
        let few = self.docs.count() < FEW;
        let mut counts = Vec::new();
        for request in requests {
            let by_sets =
                if few || hot.is_some() { None } else { self.by_sets(request, &mut left) };
            counts.push(by_sets.unwrap_or_else(|| {
                let hot = hot.get_or_insert_with(|| self.hot());
                self.by_cells(request, hot)
            }));
            self.partial |= Instant::now() > self.deadline;
        }
        counts
    }

    /// Tags whose sets say more than the cells: what was wrangled, and what stands above others.
    fn special(&self, request: &FacetRequest, tid: u32) -> bool {
        let graph = &self.state.graph;
        graph.has_moved(tid) || request.with_metas && graph.is_umbrella(tid)
    }

    fn rows_with(&self, request: &FacetRequest, tid: u32) -> u64 {
        let rows = if request.with_metas { &self.all } else { &self.direct };
        rows.get(&tid).copied().unwrap_or(0)
    }

    fn offer(&self, best: &mut Best, tid: u32, count: u64) {
        if count >= best.floor()
            && let Some(term) = self.state.graph.term(tid)
        {
            best.offer(term.id, count);
        }
    }

    /// Offers every tag whose count needs its set.
    fn offer_special(&self, request: &FacetRequest, best: &mut Best, cost: &mut u64) {
        let graph = &self.state.graph;
        let base = graph.base();
        let of_kind = |tid: &u32| graph.kind(*tid) == Some(request.kind);
        for tid in graph.moved().filter(of_kind) {
            let set = if request.with_metas { graph.all(tid) } else { graph.direct(tid) };
            let rows = self.rows_with(request, tid);
            if graph.canonical(tid) == tid && u64::from(set.count()) + rows >= best.floor() {
                self.offer(best, tid, self.against.count(set, cost) + rows);
            }
        }
        if !request.with_metas {
            return;
        }
        let rows = self.all.values().copied().max().unwrap_or(0);
        let kind = request.kind as usize;
        let tids = base.group(Section::UmbrellaBegins, Section::Umbrellas, kind);
        let counts = base.group(Section::UmbrellaBegins, Section::UmbrellaCounts, kind);
        for (tid, most) in tids.iter().zip(counts) {
            if u64::from(*most) + rows < best.floor() || Instant::now() > self.deadline {
                break;
            }
            if !graph.has_moved(*tid) {
                let set = graph.all(*tid);
                let count = self.against.count(set, cost) + self.rows_with(request, *tid);
                self.offer(best, *tid, count);
            }
        }
    }

    /// Offers every tag that rows of the delta have.
    fn offer_newer(&self, request: &FacetRequest, best: &mut Best, cost: &mut u64) {
        let graph = &self.state.graph;
        let rows = if request.with_metas { &self.all } else { &self.direct };
        for (tid, rows) in rows {
            if graph.kind(*tid) == Some(request.kind) && !self.special(request, *tid) {
                self.offer(best, *tid, self.against.count(graph.direct(*tid), cost) + rows);
            }
        }
    }

    fn by_sets(&self, request: &FacetRequest, left: &mut u64) -> Option<Counts> {
        let graph = &self.state.graph;
        let base = graph.base();
        let mut best = Best::new(request.top);
        let mut cost = 0;
        self.offer_special(request, &mut best, &mut cost);
        self.offer_newer(request, &mut best, &mut cost);
        let rows = if request.with_metas { &self.all } else { &self.direct };
        let counts = base.u32s(Section::DirectCounts);
        for tids in base.of_kind(request.kind) {
            for tid in tids {
                let most = counts.get(tid as usize).copied().unwrap_or(0);
                if u64::from(most) < best.floor() {
                    break;
                }
                if cost > *left || Instant::now() > self.deadline {
                    *left = 0;
                    return None;
                }
                if !rows.contains_key(&tid) && !self.special(request, tid) {
                    self.offer(&mut best, tid, self.against.count(graph.direct(tid), &mut cost));
                }
            }
        }
        *left -= cost.min(*left);
        Some(best.counts(request.kind))
    }

    /// Counts the hot tags of all docs.
    fn hot(&self) -> Box<Hot> {
        let mut hot = Box::new([0; HOT_TIDS]);
        let base = self.state.graph.base();
        let mut more = Vec::new();
        base.each_cell(self.docs, |doc, cell| {
            for tid in cell {
                hot[usize::from(*tid)] += 1;
            }
            if cell.last() == Some(&MORE) {
                more.push(doc);
            }
        });
        base.each_rest(&more, |tids| {
            for tid in tids.iter().take_while(|tid| **tid < HOT) {
                hot[*tid as u16 as usize] += 1;
            }
        });
        hot
    }

    /// Whether the cells and rests say all of a tag.
    fn plain(&self, request: &FacetRequest, tid: u32) -> bool {
        !self.special(request, tid) && self.rows_with(request, tid) == 0
    }

    /// Offers the hot tags.
    fn best_of_hot(&self, request: &FacetRequest, hot: &Hot, best: &mut Best) {
        let base = self.state.graph.base();
        let counts = base.u32s(Section::DirectCounts);
        let [tids, _] = base.of_kind(request.kind);
        for tid in tids {
            let most = counts.get(tid as usize).copied().unwrap_or(0);
            if u64::from(most) < best.floor() {
                break;
            }
            let count = hot.get(tid as usize).copied().unwrap_or(0).into();
            if count >= best.floor() && self.plain(request, tid) {
                self.offer(best, tid, count);
            }
        }
    }

    fn by_cells(&self, request: &FacetRequest, hot: &Hot) -> Counts {
        let mut best = Best::new(request.top);
        self.offer_special(request, &mut best, &mut 0);
        self.offer_newer(request, &mut best, &mut 0);
        self.best_of_hot(request, hot, &mut best);
        // Of the others only those can enter that have enough works in all. They stand in front.
        let base = self.state.graph.base();
        let [_, others] = base.of_kind(request.kind);
        let range = others.start as usize..others.end as usize;
        let counts = base.u32s(Section::DirectCounts).get(range).unwrap_or_default();
        let (mut cost, most) = (0, u64::from(self.docs.count()) * REST_COST);
        for (tid, works) in others.zip(counts) {
            if u64::from(*works) < best.floor() {
                break;
            }
            if cost > most {
                self.best_of_rest(request, tid, &mut best);
                break;
            }
            if self.plain(request, tid) {
                let count = self.against.count(self.state.graph.direct(tid), &mut cost);
                self.offer(&mut best, tid, count);
            }
        }
        best.counts(request.kind)
    }

    /// The best of the tags that are not hot, from `first` on, by what the docs' rests say.
    fn best_of_rest(&self, request: &FacetRequest, first: u32, best: &mut Best) {
        let base = self.state.graph.base();
        let [_, others] = base.of_kind(request.kind);
        let counts = base.u32s(Section::DirectCounts);
        let counts = counts.get(first as usize..others.end as usize).unwrap_or_default();
        let enough = counts.partition_point(|works| u64::from(*works) >= best.floor());
        let wanted = first..first + enough as u32;
        let (mut docs, mut found) = (Vec::new(), Vec::new());
        self.docs.each(|doc| docs.push(doc));
        base.each_rest(&docs, |tids| {
            found.extend(tids.iter().copied().filter(|tid| wanted.contains(tid)));
        });
        found.sort_unstable();
        for same in found.chunk_by(|one, other| one == other) {
            if same.len() as u64 >= best.floor() && self.plain(request, same[0]) {
                self.offer(best, same[0], same.len() as u64);
            }
        }
    }
}
