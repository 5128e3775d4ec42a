//! The tag graph as it is now: that of the base, and what was wrangled since.
//!
//! Owns the numbers of terms that the base does not know, every tag that changed, and the sets of
//! those canonicals that mean other works than in the base. A merge touches no work: the sets of
//! the two canonicals and of everything above them are worked out anew from the tags' own works.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::base::{Base, Section};
use super::model::{Flag, Kind, TagRow, Term};
use super::set::{Chunk, Scratch, Set, SetMaker, SetView};
use super::term_map::TermMap;

/// A tag that is no longer as the base has it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Changed {
    /// The canonical that it counts for; itself if it is no synonym.
    canonical: u32,
    metas: Vec<u32>,
    /// The change of the store's log that said so.
    change: i64,
}

/// The works of the base that a canonical means now.
#[derive(Debug)]
struct Means {
    direct: Set,
    all: Set,
}

/// The graph over a base.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    base: Arc<Base>,
    /// Terms that the base does not know; their tids follow the base's.
    new_terms: Arc<TermMap>,
    changed: Arc<HashMap<u32, Changed>>,
    /// Synonyms and subtags that changed tags have brought.
    synonyms: Arc<HashMap<u32, Vec<u32>>>,
    subs: Arc<HashMap<u32, Vec<u32>>>,
    means: HashMap<u32, Arc<Means>>,
    /// The docs of `Flag::Crossover` and `Flag::OnePairing`, where tags moved.
    flags: [Option<Arc<Set>>; 2],
}

impl Graph {
    /// The graph of a base.
    pub fn new(base: Arc<Base>) -> Graph {
        Graph {
            base,
            new_terms: Arc::default(),
            changed: Arc::default(),
            synonyms: Arc::default(),
            subs: Arc::default(),
            means: HashMap::new(),
            flags: [None, None],
        }
    }

    /// The base under it.
    pub fn base(&self) -> &Arc<Base> {
        &self.base
    }

    /// The tid of a term, if it was ever met.
    pub fn tid(&self, term: Term) -> Option<u32> {
        let new = || self.new_terms.get(term).map(|at| self.base.terms() + at);
        self.base.tid(term).or_else(new)
    }

    /// The tid of a term, a new one if need be.
    pub fn know(&mut self, term: Term) -> u32 {
        if let Some(tid) = self.tid(term) {
            return tid;
        }
        self.base.terms() + Arc::make_mut(&mut self.new_terms).know(term)
    }

    /// The term of a tid.
    pub fn term(&self, tid: u32) -> Option<Term> {
        let new = || self.new_terms.terms().get((tid - self.base.terms()) as usize).copied();
        if tid < self.base.terms() { self.base.term(tid) } else { new() }
    }

    /// The kind of a tid.
    pub fn kind(&self, tid: u32) -> Option<Kind> {
        self.term(tid).map(|term| term.kind)
    }

    /// The canonical that a tid counts for; itself if it is no synonym.
    pub fn canonical(&self, tid: u32) -> u32 {
        let based = || Some(self.base.pairs(Section::Canonicals, tid).first()?[1]);
        self.changed.get(&tid).map(|tag| tag.canonical).or_else(based).unwrap_or(tid)
    }

    /// The metatags right above a canonical.
    pub fn metas(&self, tid: u32) -> impl Iterator<Item = u32> {
        let changed = self.changed.get(&tid);
        let based = || self.base.pairs(Section::Metas, tid);
        let (based, now) = changed.map_or_else(|| (based(), &[][..]), |tag| (&[][..], &tag.metas));
        based.iter().map(|pair| pair[1]).chain(now.iter().copied())
    }

    /// The synonyms of a canonical.
    fn synonyms(&self, tid: u32) -> impl Iterator<Item = u32> {
        let based = self.base.pairs(Section::Synonyms, tid);
        let still = based.iter().map(|pair| pair[1]);
        let still = still.filter(move |other| self.canonical(*other) == tid);
        let brought = self.synonyms.get(&tid).map(Vec::as_slice).unwrap_or_default();
        let new = move |other: &u32| !based.contains(&[tid, *other]);
        still.chain(brought.iter().copied().filter(new))
    }

    fn subs(&self, tid: u32) -> impl Iterator<Item = u32> {
        let based = self.base.pairs(Section::Subs, tid);
        let still = based.iter().map(|pair| pair[1]);
        let still = still.filter(move |other| self.metas(*other).any(|meta| meta == tid));
        let brought = self.subs.get(&tid).map(Vec::as_slice).unwrap_or_default();
        let new = move |other: &u32| !based.contains(&[tid, *other]);
        still.chain(brought.iter().copied().filter(new))
    }

    /// These and all that can be reached from them, each once.
    fn reach<I: Iterator<Item = u32>>(
        &self,
        from: &[u32],
        step: impl Fn(u32) -> I,
    ) -> BTreeSet<u32> {
        let mut found: BTreeSet<u32> = from.iter().copied().collect();
        let mut open: Vec<u32> = found.iter().copied().collect();
        while let Some(tid) = open.pop() {
            open.extend(step(tid).filter(|next| found.insert(*next)));
        }
        found
    }

    /// A canonical and everything below it.
    pub fn below(&self, tid: u32) -> BTreeSet<u32> {
        self.reach(&[tid], |tid| self.subs(tid))
    }

    /// These canonicals and all of their metatags.
    pub fn above(&self, tids: &[u32]) -> BTreeSet<u32> {
        self.reach(tids, |tid| self.metas(tid))
    }

    /// Every tid whose works a canonical means: below it, synonyms included.
    pub fn meant_by(&self, tid: u32) -> BTreeSet<u32> {
        let below = self.below(tid);
        let synonyms: Vec<u32> = below.iter().flat_map(|tid| self.synonyms(*tid)).collect();
        below.into_iter().chain(synonyms).collect()
    }

    /// Works of the base with this canonical or a synonym of it.
    pub fn direct(&self, tid: u32) -> SetView<'_> {
        let based = || self.base.direct(tid);
        self.means.get(&tid).map_or_else(based, |means| means.direct.view())
    }

    /// Works of the base with this canonical, a synonym, or anything below it.
    pub fn all(&self, tid: u32) -> SetView<'_> {
        let based = || self.base.all(tid);
        self.means.get(&tid).map_or_else(based, |means| means.all.view())
    }

    /// Canonicals whose works are not those of the base.
    pub fn moved(&self) -> impl Iterator<Item = u32> {
        self.means.keys().copied()
    }

    /// Whether the works of this canonical are not those of the base.
    pub fn has_moved(&self, tid: u32) -> bool {
        self.means.contains_key(&tid)
    }

    /// Whether a tag has anything below it.
    pub fn is_umbrella(&self, tid: u32) -> bool {
        self.subs(tid).next().is_some()
    }

    /// The works of the base of which this is so.
    pub fn flag(&self, flag: Flag) -> SetView<'_> {
        let moved = match flag {
            Flag::Complete => &None,
            Flag::Crossover => &self.flags[0],
            Flag::OnePairing => &self.flags[1],
        };
        moved.as_ref().map_or_else(|| self.base.of_flag(flag), |set| set.view())
    }

    /// Takes tags that changed; each row says all of its tag.
    pub fn change(&mut self, rows: &[TagRow], change: i64) {
        let mut touched = BTreeSet::new();
        for row in rows {
            let tid = self.know(row.term);
            let of_kind = |id: &u32| Term::new(row.term.kind, *id);
            let canonical = row.synonym_of.as_ref().map_or(tid, |id| self.know(of_kind(id)));
            let metas = row.metas.iter().map(|id| self.know(of_kind(id))).collect();
            let mut metas: Vec<u32> = if canonical == tid { metas } else { Vec::new() };
            metas.retain(|meta| *meta != tid);
            metas.sort_unstable();
            metas.dedup();
            let new = Changed { canonical, metas, change };
            let same =
                self.canonical(tid) == canonical && self.metas(tid).eq(new.metas.iter().copied());
            if same {
                continue;
            }
            // What hung above before no longer means these works; what hangs above now does.
            let before = [tid, self.canonical(tid)];
            touched.extend(self.above(&before));
            Arc::make_mut(&mut self.changed).insert(tid, new);
            touched.extend(self.above(&[tid, canonical]));
        }
        if touched.is_empty() {
            return;
        }
        self.link();
        for tid in &touched {
            let means = self.mean(*tid);
            self.means.insert(*tid, Arc::new(means));
        }
        self.flag_anew(&touched);
    }

    /// The changed tags by what they hang on.
    fn link(&mut self) {
        let (mut synonyms, mut subs) = (HashMap::new(), HashMap::new());
        for (tid, tag) in self.changed.iter() {
            if tag.canonical != *tid {
                synonyms.entry(tag.canonical).or_insert_with(Vec::new).push(*tid);
            }
            for meta in &tag.metas {
                subs.entry(*meta).or_insert_with(Vec::new).push(*tid);
            }
        }
        (self.synonyms, self.subs) = (Arc::new(synonyms), Arc::new(subs));
    }

    /// Works out what a canonical means; a synonym means nothing by itself.
    fn mean(&self, tid: u32) -> Means {
        if self.canonical(tid) != tid {
            return Means { direct: Set::of(&[]), all: Set::of(&[]) };
        }
        let own =
            |tid: u32| [tid].into_iter().chain(self.synonyms(tid)).map(|tid| self.base.own(tid));
        let direct: Vec<SetView<'_>> = own(tid).collect();
        let all: Vec<SetView<'_>> = self.below(tid).into_iter().flat_map(own).collect();
        Means { direct: Set::union(&direct), all: Set::union(&all) }
    }

    /// What a doc's tids of the base say now, of one kind.
    fn resolved_now(&self, doc: u32, kind: Kind, into: &mut Vec<u32>) {
        into.clear();
        for tid in self.base.tids(doc) {
            if self.base.kinds().get(tid as usize) != Some(&(kind as u8)) {
                continue;
            }
            let based = self.base.pairs(Section::Synonyms, tid);
            let parts = || [tid].into_iter().chain(based.iter().map(|pair| pair[1]));
            if parts().any(|part| self.changed.contains_key(&part)) {
                let named = parts().filter(|part| self.base.own(*part).has(doc));
                into.extend(named.map(|part| self.canonical(part)));
            } else {
                into.push(tid);
            }
        }
        into.sort_unstable();
        into.dedup();
    }

    /// Works out anew which works cross over or have one pairing, where tags of theirs moved.
    fn flag_anew(&mut self, touched: &BTreeSet<u32>) {
        for (at, kind, flag) in
            [(0, Kind::Fandom, Flag::Crossover), (1, Kind::Relationship, Flag::OnePairing)]
        {
            let of_kind = touched.iter().copied().filter(|tid| self.kind(*tid) == Some(kind));
            let mut docs: Vec<SetView<'_>> = Vec::new();
            for tid in of_kind {
                docs.push(self.base.all(tid));
                docs.push(self.base.own(tid));
                docs.push(self.all(tid));
            }
            if docs.is_empty() {
                continue;
            }
            let docs = Set::union(&docs);
            let set = self.flagged(flag, kind, docs.view());
            self.flags[at] = Some(Arc::new(set));
        }
    }

    /// The docs of a flag, those among `docs` worked out anew.
    fn flagged(&self, flag: Flag, kind: Kind, docs: SetView<'_>) -> Set {
        let mut tids = Vec::new();
        let (mut maker, mut scratch, mut anew) =
            (SetMaker::default(), Scratch::default(), Scratch::default());
        for number in 0..self.base.docs().div_ceil(1 << 16) as u16 {
            scratch.set(self.flag(flag).chunk(number));
            let touched = docs.chunk(number);
            if !matches!(touched, Chunk::Empty) {
                scratch.drop(touched);
                anew.set(touched);
                anew.keep_if(|low| {
                    self.resolved_now(u32::from(number) << 16 | u32::from(low), kind, &mut tids);
                    match flag {
                        Flag::OnePairing => tids.len() == 1,
                        Flag::Crossover | Flag::Complete => {
                            is_crossover(&tids, |tid| self.metas(tid))
                        }
                    }
                });
                scratch.add(anew.view());
            }
            maker.push(number, &mut scratch);
        }
        maker.finish()
    }

    /// The same changes over a newer base, but for those that it knows itself.
    pub fn over(&self, base: Arc<Base>) -> Graph {
        let mut graph = Graph::new(base);
        let mut rows: Vec<(i64, TagRow)> = self
            .changed
            .iter()
            .filter(|(_, tag)| tag.change > graph.base.position().tags)
            .filter_map(|(tid, tag)| {
                let id = |tid: &u32| self.term(*tid).map(|term| term.id);
                let synonym_of = (tag.canonical != *tid).then(|| id(&tag.canonical)).flatten();
                let metas = tag.metas.iter().filter_map(id).collect();
                Some((tag.change, TagRow { term: self.term(*tid)?, synonym_of, metas }))
            })
            .collect();
        rows.sort_unstable_by_key(|(change, row)| (*change, row.term));
        for same in rows.chunk_by(|one, other| one.0 == other.0) {
            let tags: Vec<TagRow> = same.iter().map(|(_, row)| row.clone()).collect();
            graph.change(&tags, same[0].0);
        }
        graph
    }
}

/// Whether these fandoms, synonyms resolved, share neither a fandom nor a metatag.
pub(super) fn is_crossover<I: Iterator<Item = u32>>(
    fandoms: &[u32],
    metas: impl Fn(u32) -> I,
) -> bool {
    let Some((first, others)) = fandoms.split_first() else { return false };
    let above = |tid: u32| {
        let mut found = vec![tid];
        let mut at = 0;
        while let Some(next) = found.get(at).copied() {
            for meta in metas(next) {
                if !found.contains(&meta) {
                    found.push(meta);
                }
            }
            at += 1;
        }
        found
    };
    if others.is_empty() {
        return false;
    }
    let mut shared = above(*first);
    for other in others {
        let own = above(*other);
        shared.retain(|tid| own.contains(tid));
    }
    shared.is_empty()
}
