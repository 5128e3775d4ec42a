//! The engine against the naive model: random archives, tag graphs and streams of changes, with
//! new bases, crashes and reopenings in between, and every filter, sort, count and page compared.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;

use super::model::*;
use super::naive::Naive;
use super::{BaseBuilder, Changes, FilterIndex, Position};

/// One thing that happens to an archive.
#[derive(Clone, Debug)]
enum Step {
    Put(WorkRow),
    Remove(i64),
    /// One canonical and all that hangs on it become another's.
    Merge(Term, Term),
    /// A synonym stands for itself again.
    Split(Term),
    Meta(Term, Term),
    Unmeta(Term, Term),
    Rebase,
    /// A base is made of an archive that changes meanwhile.
    RebaseLate(Vec<i64>, Vec<WorkRow>, Term, Term),
    /// The program ends and starts again: the store tells what the base does not know.
    Reopen,
    Ask(Box<Request>),
}

fn term() -> impl Strategy<Value = Term> {
    prop_oneof![
        (1_u32..=5).prop_map(|id| Term::new(Kind::Rating, id)),
        (1_u32..=5).prop_map(|id| Term::new(Kind::Fandom, id)),
        (1_u32..=5).prop_map(|id| Term::new(Kind::Relationship, id)),
        (1_u32..=8).prop_map(|id| Term::new(Kind::Character, id)),
        (1_u32..=24).prop_map(|id| Term::new(Kind::Freeform, id)),
        (1_u32..=4).prop_map(|id| Term::new(Kind::Author, id)),
        Just(Term::new(Kind::Language, 2_000_000_000)),
    ]
}

fn number() -> impl Strategy<Value = u32> {
    prop_oneof![0_u32..6, 0_u32..1_000, any::<u32>()]
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(select(&b"ab"[..]), 0..4)
}

pub(super) fn work() -> impl Strategy<Value = WorkRow> {
    (
        1_i64..60,
        proptest::collection::vec(term(), 0..9),
        proptest::array::uniform9(number()),
        any::<bool>(),
        select(&Audience::ALL[..]),
        key(),
        key(),
    )
        .prop_map(|(work, terms, numbers, complete, audience, title_key, creator_key)| {
            WorkRow { work, terms, numbers, complete, audience, title_key, creator_key }
        })
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        4 => term().prop_map(Filter::Has),
        1 => term().prop_map(Filter::First),
        1 => select(&Kind::ALL[..]).prop_map(Filter::HasKind),
        2 => (select(&Column::ALL[..]), number(), number())
            .prop_map(|(column, low, high)| Filter::Range(column, low, high)),
        2 => select(&[Flag::Complete, Flag::Crossover, Flag::OnePairing][..]).prop_map(Filter::Is),
        1 => proptest::collection::vec(1_i64..60, 0..20).prop_map(|works| Filter::In(works.into())),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::All),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Filter::Any),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}

fn sort() -> impl Strategy<Value = Sort> {
    prop_oneof![
        select(&Column::ALL[..]).prop_map(Sort::By),
        Just(Sort::Title),
        Just(Sort::Creator),
        any::<u64>().prop_map(Sort::Shuffled),
    ]
}

fn facet() -> impl Strategy<Value = FacetRequest> {
    (select(&Kind::PANEL[..]), 0_usize..12, any::<bool>())
        .prop_map(|(kind, top, with_metas)| FacetRequest { kind, top, with_metas })
}

pub(super) fn request() -> impl Strategy<Value = Request> {
    let muted = prop_oneof![
        3 => Just(Filter::Any(Vec::new())),
        1 => proptest::collection::vec(term().prop_map(Filter::Has), 1..4).prop_map(Filter::Any),
    ];
    let page = (prop_oneof![0_usize..4, 0_usize..60, Just(usize::MAX)], 0_usize..30);
    (
        filter(),
        muted,
        select(&Audience::ALL[..]),
        proptest::collection::vec(1_i64..60, 0..6),
        sort(),
        any::<bool>(),
        page,
        proptest::collection::vec(facet(), 0..4),
    )
        .prop_map(|(filter, muted, sees, also, sort, descending, page, facets)| Request {
            filter,
            muted,
            viewer: Viewer { sees, also: also.into() },
            sort,
            descending,
            offset: page.0,
            limit: page.1,
            facets,
            patience: Duration::from_secs(600),
        })
}

fn pair() -> impl Strategy<Value = (Term, Term)> {
    (term(), 1_u32..7).prop_map(|(one, id)| (one, Term { id, ..one }))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => work().prop_map(Step::Put),
        2 => (1_i64..60).prop_map(Step::Remove),
        2 => pair().prop_map(|(one, other)| Step::Merge(one, other)),
        2 => term().prop_map(Step::Split),
        3 => pair().prop_map(|(one, other)| Step::Meta(one, other)),
        1 => pair().prop_map(|(one, other)| Step::Unmeta(one, other)),
        1 => Just(Step::Rebase),
        1 => (
            proptest::collection::vec(1_i64..60, 0..20),
            proptest::collection::vec(work(), 0..4),
            pair(),
        )
            .prop_map(|(gone, put, (one, other))| Step::RebaseLate(gone, put, one, other)),
        1 => Just(Step::Reopen),
        20 => request().prop_map(|request| Step::Ask(Box::new(request))),
    ]
}

/// Whether a tag hangs on itself, by way of those seen.
fn circles(tags: &BTreeMap<Term, TagRow>, at: Term, seen: &mut Vec<Term>) -> bool {
    if seen.contains(&at) {
        return true;
    }
    seen.push(at);
    let metas = tags.get(&at).map(|tag| tag.metas.clone()).unwrap_or_default();
    let found = metas.into_iter().any(|id| circles(tags, Term { id, ..at }, seen));
    seen.pop();
    found
}

/// An archive in both forms, and the store's logs.
struct Both {
    naive: Naive,
    index: FilterIndex,
    log: Vec<(i64, i64)>,
    tag_log: Vec<(i64, Term)>,
    at: i64,
}

impl Both {
    fn new(folder: &Path) -> Both {
        let (index, fault) = FilterIndex::open(folder).expect("opened");
        assert!(fault.is_none(), "{fault:?}");
        Both { naive: Naive::default(), index, log: Vec::new(), tag_log: Vec::new(), at: 0 }
    }

    fn tell(&mut self, put: Vec<WorkRow>, gone: Vec<i64>, tags: Vec<Term>) {
        self.at += 1;
        let works = put.iter().map(|work| work.work).chain(gone.iter().copied());
        self.log.extend(works.map(|work| (self.at, work)));
        self.tag_log.extend(tags.iter().map(|term| (self.at, *term)));
        let tags = tags.iter().map(|term| self.row(*term)).collect();
        let position = Position { works: self.at, tags: self.at };
        self.index.apply(&Changes { put, gone, tags, position });
    }

    fn row(&self, term: Term) -> TagRow {
        let blank = TagRow { term, synonym_of: None, metas: Vec::new() };
        self.naive.tags.get(&term).cloned().unwrap_or(blank)
    }

    fn put(&mut self, works: Vec<WorkRow>) {
        for work in &works {
            self.naive.works.insert(work.work, work.clone());
        }
        self.tell(works, Vec::new(), Vec::new());
    }

    fn remove(&mut self, works: Vec<i64>) {
        self.naive.works.retain(|work, _| !works.contains(work));
        self.tell(Vec::new(), works, Vec::new());
    }

    fn merge(&mut self, from: Term, into: Term) {
        let (from, into) = (self.naive.canonical(from), self.naive.canonical(into));
        let mut tags = self.naive.tags.clone();
        if from == into {
            return;
        }
        let metas = self.row(from).metas;
        tags.insert(from, TagRow { term: from, synonym_of: Some(into.id), metas: Vec::new() });
        let mut target = self.row(into);
        target.metas.extend(metas);
        target.metas.retain(|meta| *meta != from.id && *meta != into.id);
        target.metas.sort_unstable();
        target.metas.dedup();
        tags.insert(into, target);
        for (term, tag) in tags.iter_mut().filter(|(term, _)| term.kind == from.kind) {
            if tag.synonym_of == Some(from.id) {
                tag.synonym_of = Some(into.id);
            }
            if tag.metas.contains(&from.id) {
                tag.metas.retain(|meta| *meta != from.id);
                if *term != into && !tag.metas.contains(&into.id) {
                    tag.metas.push(into.id);
                }
            }
        }
        self.wrangle(tags);
    }

    /// Makes these the tags, if nothing hangs on itself.
    fn wrangle(&mut self, tags: BTreeMap<Term, TagRow>) {
        if tags.keys().any(|term| circles(&tags, *term, &mut Vec::new())) {
            return;
        }
        let changed: Vec<Term> = tags
            .iter()
            .filter(|(term, tag)| self.row(**term) != **tag)
            .map(|(term, _)| *term)
            .collect();
        self.naive.tags = tags;
        self.tell(Vec::new(), Vec::new(), changed);
    }

    fn edit(&mut self, term: Term, edit: impl FnOnce(&mut TagRow)) {
        let mut tags = self.naive.tags.clone();
        let mut row = self.row(term);
        edit(&mut row);
        row.metas.sort_unstable();
        row.metas.dedup();
        tags.insert(term, row);
        self.wrangle(tags);
    }

    fn builder(&self) -> BaseBuilder {
        let mut builder = BaseBuilder::new();
        self.naive.tags.values().for_each(|tag| builder.add_tag(tag));
        self.naive.works.values().for_each(|work| builder.add_work(work));
        builder
    }

    fn reopen(&mut self, folder: &Path) {
        let (index, fault) = FilterIndex::open(folder).expect("opened");
        assert!(fault.is_none(), "{fault:?}");
        self.index = index;
        let known = self.index.position();
        let newer = self.log.iter().filter(|(at, _)| *at > known.works).map(|entry| entry.1);
        let (put, gone): (Vec<i64>, Vec<i64>) =
            newer.partition(|work| self.naive.works.contains_key(work));
        let put = put.iter().map(|work| self.naive.works[work].clone()).collect();
        let newer = self.tag_log.iter().filter(|(at, _)| *at > known.tags);
        let tags = newer.map(|(_, term)| self.row(*term)).collect();
        let position = Position { works: self.at, tags: self.at };
        self.index.apply(&Changes { put, gone, tags, position });
    }

    fn go(&mut self, step: Step, folder: &Path) {
        match step {
            Step::Put(work) => self.put(vec![work]),
            Step::Remove(work) => self.remove(vec![work]),
            Step::Merge(from, into) => self.merge(from, into),
            Step::Split(term) => self.edit(term, |row| row.synonym_of = None),
            Step::Meta(one, other) => {
                let (one, other) = (self.naive.canonical(one), self.naive.canonical(other));
                self.edit(one, |row| row.metas.push(other.id));
            }
            Step::Unmeta(one, other) => {
                self.edit(one, |row| row.metas.retain(|id| *id != other.id));
            }
            Step::Rebase => {
                let position = Position { works: self.at, tags: self.at };
                self.index.rebase(self.builder(), position).expect("written");
            }
            Step::RebaseLate(gone, put, one, other) => {
                let position = Position { works: self.at, tags: self.at };
                let builder = self.builder();
                self.remove(gone);
                self.put(put);
                self.merge(one, other);
                self.index.rebase(builder, position).expect("written");
            }
            Step::Reopen => self.reopen(folder),
            Step::Ask(request) => {
                assert_eq!(self.index.find(&request), self.naive.find(&request), "{request:#?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn the_engine_answers_as_a_loop_over_all_works(
        first in proptest::collection::vec(work(), 0..50),
        steps in proptest::collection::vec(step(), 1..60),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut both = Both::new(folder.path());
        both.put(first);
        for step in steps {
            both.go(step, folder.path());
        }
    }
}
