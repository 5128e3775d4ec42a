//! From a condition to the docs of the base that meet it, chunk by chunk.
//!
//! Owns the two forms of a condition that is ready to run: [`Test`], in tids, which looks at one
//! row of the delta, and [`Node`], made of sets and columns, which works out one chunk of the base
//! at a time: what is worked on fits into the processor's nearest memory.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::State;
use super::base::Section;
use super::delta::Row;
use super::model::{Audience, Column, Filter, Flag, Kind, Term, Viewer, WorkSet};
use super::set::{CHUNK, Chunk, Scratch, Set, SetMaker, SetView};

/// What may stand first.
#[derive(Debug)]
pub(super) struct First {
    tid: u32,
    kind: Kind,
    /// Canonicals that will do.
    below: BTreeSet<u32>,
    /// The same with their synonyms.
    meant: BTreeSet<u32>,
}

/// A condition in tids.
#[derive(Clone, Debug)]
pub(super) enum Test {
    /// This canonical or anything below it.
    Has(u32),
    /// The same, standing first among the relationships or characters.
    First(Arc<First>),
    HasKind(Kind),
    Range(Column, u32, u32),
    Is(Flag),
    In(WorkSet),
    For(Audience),
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
}

impl Test {
    /// The condition in tids. A term that nobody has ever met is met by no work.
    pub fn of(filter: &Filter, state: &State) -> Test {
        let graph = &state.graph;
        let tid = |term: &Term| graph.tid(*term).map(|tid| graph.canonical(tid));
        let nothing = || Test::Any(Vec::new());
        match filter {
            Filter::Has(term) => tid(term).map_or_else(nothing, Test::Has),
            Filter::First(term) => match term.kind {
                Kind::Relationship | Kind::Character => tid(term).map_or_else(nothing, |tid| {
                    let (below, meant) = (graph.below(tid), graph.meant_by(tid));
                    Test::First(Arc::new(First { tid, kind: term.kind, below, meant }))
                }),
                _ => tid(term).map_or_else(nothing, Test::Has),
            },
            Filter::HasKind(kind) => Test::HasKind(*kind),
            Filter::Range(column, low, high) => Test::Range(*column, *low, *high),
            Filter::Is(flag) => Test::Is(*flag),
            Filter::In(works) => {
                let mut works = works.to_vec();
                works.sort_unstable();
                Test::In(works.into())
            }
            Filter::All(all) => Test::All(all.iter().map(|one| Test::of(one, state)).collect()),
            Filter::Any(any) => Test::Any(any.iter().map(|one| Test::of(one, state)).collect()),
            Filter::Not(not) => Test::Not(Box::new(Test::of(not, state))),
        }
    }

    /// What somebody may see: all works but those for others, of which there are mostly few. An
    /// archive without such works pays nothing for this.
    pub fn visible(viewer: &Viewer, state: &State) -> Test {
        let others = Audience::ALL.into_iter().filter(|audience| *audience > viewer.sees);
        let mut others = vec![Test::Any(others.map(Test::For).collect())];
        if !viewer.also.is_empty() {
            let also = Test::of(&Filter::In(Arc::clone(&viewer.also)), state);
            others.push(Test::Not(Box::new(also)));
        }
        Test::Not(Box::new(Test::All(others)))
    }

    /// Whether a row meets it.
    pub fn holds(&self, row: &Row) -> bool {
        let has = |tid: &u32| row.all.binary_search(tid).is_ok();
        match self {
            Test::Has(tid) => has(tid),
            Test::First(first) => first.below.contains(match first.kind {
                Kind::Relationship => &row.first_relationship,
                _ => &row.first_character,
            }),
            Test::HasKind(kind) => row.kinds >> *kind as u8 & 1 == 1,
            Test::Range(column, low, high) => {
                (*low..=*high).contains(&row.numbers[*column as usize])
            }
            Test::Is(Flag::Complete) => row.complete,
            Test::Is(Flag::Crossover) => row.crossover,
            Test::Is(Flag::OnePairing) => row.one_pairing,
            Test::In(works) => works.binary_search(&row.work).is_ok(),
            Test::For(audience) => row.audience == *audience,
            Test::All(all) => all.iter().all(|one| one.holds(row)),
            Test::Any(any) => any.iter().any(|one| one.holds(row)),
            Test::Not(not) => !not.holds(row),
        }
    }
}

/// A condition made of what the base has.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Set(SetView<'a>),
    Owned(Set),
    Range(Between<'a>),
    First { set: SetView<'a>, firsts: &'a [u32], meant: &'a BTreeSet<u32> },
    All { keep: Vec<Node<'a>>, drop: Vec<Node<'a>> },
    Any(Vec<Node<'a>>),
}

impl<'a> Node<'a> {
    /// The condition over the base of this state.
    pub fn of(test: &'a Test, state: &'a State) -> Node<'a> {
        let (graph, base) = (&state.graph, state.graph.base());
        match test {
            Test::Has(tid) => Node::Set(graph.all(*tid)),
            Test::First(first) => {
                let section = match first.kind {
                    Kind::Relationship => Section::FirstRelationships,
                    _ => Section::FirstCharacters,
                };
                let firsts = base.u32s(section);
                Node::First { set: graph.all(first.tid), firsts, meant: &first.meant }
            }
            Test::HasKind(kind) => Node::Set(base.of_kind_at_all(*kind)),
            Test::Range(column, low, high) => {
                let (classes, begins) = base.classes(*column);
                Node::Range(Between::new(base.column(*column), classes, begins, *low, *high))
            }
            Test::Is(flag) => Node::Set(graph.flag(*flag)),
            Test::In(works) => {
                let mut docs: Vec<u32> = works.iter().filter_map(|work| base.doc(*work)).collect();
                docs.sort_unstable();
                docs.dedup();
                Node::Owned(Set::of(&docs))
            }
            Test::For(audience) => Node::Set(base.of_audience(*audience)),
            Test::All(all) => {
                let (mut keep, mut drop) = (Vec::new(), Vec::new());
                for one in all {
                    match one {
                        Test::Not(not) => drop.push(Node::of(not, state)),
                        one => keep.push(Node::of(one, state)),
                    }
                }
                // What leaves least comes first; what has to look at each work comes last.
                keep.sort_by_cached_key(|node| node.weight(base.docs()));
                Node::All { keep, drop }
            }
            Test::Any(any) => Node::Any(any.iter().map(|one| Node::of(one, state)).collect()),
            Test::Not(not) => Node::All { keep: Vec::new(), drop: vec![Node::of(not, state)] },
        }
    }

    /// The most docs that it can leave, and more for what is slow.
    fn weight(&self, docs: u32) -> u64 {
        match self {
            Node::Set(set) => set.count().into(),
            Node::Owned(set) => set.view().count().into(),
            Node::Range(_) => u64::from(docs) + 1,
            Node::First { set, .. } => u64::from(docs) * 2 + u64::from(set.count()),
            Node::All { keep, .. } => {
                keep.iter().map(|node| node.weight(docs)).min().unwrap_or(docs.into())
            }
            Node::Any(any) => any.iter().map(|node| node.weight(docs)).sum(),
        }
    }

    /// Keeps those docs of the chunk that meet the condition.
    fn keep(&self, number: u16, out: &mut Scratch, spare: &mut Spare) {
        match self {
            _ if out.is_empty() => {}
            Node::Set(set) => out.keep(set.chunk(number)),
            Node::Owned(set) => out.keep(set.view().chunk(number)),
            Node::Range(between) => between.keep(number, out),
            Node::First { set, firsts, meant } => {
                out.keep(set.chunk(number));
                let firsts = chunk_of(firsts, number);
                out.keep_if(|low| {
                    firsts.get(usize::from(low)).is_some_and(|tid| meant.contains(tid))
                });
            }
            Node::All { keep, drop } => {
                keep.iter().for_each(|node| node.keep(number, out, spare));
                drop.iter().for_each(|node| node.drop(number, out, spare));
            }
            Node::Any(any) => {
                let mut all = spare.take();
                for node in any {
                    let mut one = spare.take();
                    one.set(out.view());
                    node.keep(number, &mut one, spare);
                    all.add(one.view());
                    spare.give(one);
                }
                out.keep(all.view());
                spare.give(all);
            }
        }
    }

    /// Whether plainly no doc of the chunk meets the condition.
    fn is_nowhere(&self, number: u16) -> bool {
        match self {
            Node::Set(set) => matches!(set.chunk(number), Chunk::Empty),
            Node::Owned(set) => matches!(set.view().chunk(number), Chunk::Empty),
            Node::Any(any) => any.iter().all(|node| node.is_nowhere(number)),
            Node::Range(_) | Node::First { .. } | Node::All { .. } => false,
        }
    }

    /// Drops those docs of the chunk that meet the condition.
    fn drop(&self, number: u16, out: &mut Scratch, spare: &mut Spare) {
        match self {
            _ if out.is_empty() => {}
            Node::Set(set) => out.drop(set.chunk(number)),
            Node::Owned(set) => out.drop(set.view().chunk(number)),
            Node::Any(any) => any.iter().for_each(|node| node.drop(number, out, spare)),
            Node::All { keep, drop }
                if keep.len() == 1 && drop.iter().all(|node| node.is_nowhere(number)) =>
            {
                keep.iter().for_each(|node| node.drop(number, out, spare));
            }
            node => {
                let mut met = spare.take();
                met.set(out.view());
                node.keep(number, &mut met, spare);
                out.drop(met.view());
                spare.give(met);
            }
        }
    }
}

fn chunk_of<T>(numbers: &[T], number: u16) -> &[T] {
    let begin = usize::from(number) * CHUNK;
    numbers.get(begin..numbers.len().min(begin + CHUNK)).unwrap_or_default()
}

/// A range of a column's numbers. A number whose class lies inside is inside; only those of the
/// classes at the two ends are looked at: a byte is nearer than a number.
#[derive(Debug)]
pub(super) struct Between<'a> {
    numbers: &'a [u32],
    classes: &'a [u8],
    low: u32,
    high: u32,
    /// The classes of the two ends.
    first: u8,
    last: u8,
}

impl<'a> Between<'a> {
    fn new(
        numbers: &'a [u32],
        classes: &'a [u8],
        begins: &[u32],
        low: u32,
        high: u32,
    ) -> Between<'a> {
        let class = |number: u32| {
            begins.partition_point(|begin| *begin <= number).saturating_sub(1).min(255) as u8
        };
        Between { numbers, classes, low, high, first: class(low), last: class(high) }
    }

    /// Keeps docs of the chunk whose numbers lie between the ends, both included.
    fn keep(&self, number: u16, out: &mut Scratch) {
        if self.low > self.high {
            out.set(Chunk::Empty);
            return;
        }
        let (numbers, classes) = (chunk_of(self.numbers, number), chunk_of(self.classes, number));
        let inside = |low: u16| {
            let number = numbers.get(usize::from(low));
            number.is_some_and(|number| self.low <= *number && *number <= self.high)
        };
        out.keep_classes(classes, self.first, self.last, inside);
    }
}

/// Chunks to work on, used again and again.
#[derive(Default)]
struct Spare(Vec<Scratch>);

impl Spare {
    fn take(&mut self) -> Scratch {
        let mut scratch = self.0.pop().unwrap_or_default();
        scratch.set(Chunk::Empty);
        scratch
    }

    fn give(&mut self, scratch: Scratch) {
        self.0.push(scratch);
    }
}

/// The docs of the base that were found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Those that are shown.
    pub docs: Set,
    /// How many were muted.
    pub muted: u64,
    /// Whether time ran out: then only the first chunks were looked at.
    pub partial: bool,
}

/// Works out every chunk until `deadline`.
pub(super) fn find(filter: &Node<'_>, muted: &Node<'_>, state: &State, deadline: Instant) -> Found {
    let docs = state.graph.base().docs();
    let (mut maker, mut spare, mut scratch) =
        (SetMaker::default(), Spare::default(), Scratch::default());
    let mut found = Found::default();
    let mutes = !matches!(muted, Node::Any(any) if any.is_empty());
    for number in 0..(docs as usize).div_ceil(CHUNK) {
        let left = docs as usize - number * CHUNK;
        let number = number as u16;
        scratch.set(Chunk::Full);
        filter.keep(number, &mut scratch, &mut spare);
        if scratch.is_empty() {
            continue;
        }
        if let Some(stale) = state.delta.stale(number) {
            scratch.drop(Chunk::Bits(stale));
        }
        scratch.keep_first(left);
        let before = if mutes { scratch.view().count() } else { 0 };
        if mutes {
            muted.drop(number, &mut scratch, &mut spare);
        }
        let after = maker.push(number, &mut scratch);
        found.muted += u64::from(before.saturating_sub(after));
        if Instant::now() > deadline {
            found.partial = true;
            break;
        }
    }
    found.docs = maker.finish();
    found
}
