//! The parts of a base that are about tags: how they hang together, and their sets of docs.
//!
//! Owns [`Tags`], the tag graph by tid, and [`Sets`], the sets of every term: its own works, those
//! with its synonyms, those with everything below it. A set that is the same as a smaller one is
//! written once.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::io;

use super::base::{BaseWriter, HOT, NONE, Section};
use super::model::{Audience, Kind, Term};
use super::set::{self, Set, SetView};

/// Terms by tid.
pub(super) struct Numbering {
    pub terms: Vec<Term>,
    pub canonicals: Vec<u32>,
    pub counts: Vec<u32>,
}

/// Pairs of tids, sorted by the first, each once.
#[derive(Debug, Default)]
pub(super) struct Links(Vec<[u32; 2]>);

impl Links {
    fn new(mut pairs: Vec<[u32; 2]>) -> Links {
        pairs.sort_unstable();
        pairs.dedup();
        Links(pairs)
    }

    fn turned(&self) -> Links {
        Links::new(self.0.iter().map(|[one, other]| [*other, *one]).collect())
    }

    /// What a tid is linked to.
    pub fn of(&self, tid: u32) -> impl Iterator<Item = u32> + Clone {
        let begin = self.0.partition_point(|pair| pair[0] < tid);
        self.0[begin..].iter().take_while(move |pair| pair[0] == tid).map(|pair| pair[1])
    }

    /// Every tid that is linked to something, ascending, each once.
    fn firsts(&self) -> impl Iterator<Item = u32> {
        self.0.chunk_by(|one, other| one[0] == other[0]).map(|same| same[0][0])
    }
}

/// What is known of the tags, by tid.
pub(super) struct Tags {
    terms: Vec<Term>,
    pub kinds: Vec<u8>,
    pub canonicals: Vec<u32>,
    /// Of the tids that are not hot, where those of each kind begin, and where those with no works
    /// of their own name do: only these can be synonyms. Looking each up would cost more than all
    /// else that is done with it.
    others: [(u32, u32); Kind::ALL.len()],
    /// Whether no hot tid is a synonym.
    hot_is_canonical: bool,
    counts: Vec<u32>,
    pub metas: Links,
    subs: Links,
    synonyms: Links,
}

impl Tags {
    /// From the terms and from pairs of a tag and its metatag.
    pub fn of(numbering: Numbering, metas: Vec<(u32, u32)>) -> Tags {
        let Numbering { terms, canonicals, counts } = numbering;
        // Edges of synonyms mean nothing; they are the canonical's.
        let is_canonical = |tid: u32| canonicals[tid as usize] == tid;
        let metas = metas.into_iter().map(|(tag, meta)| [tag, meta]);
        let metas =
            metas.filter(|pair| pair[0] != pair[1] && pair.iter().all(|tid| is_canonical(*tid)));
        let metas = Links::new(metas.collect());
        let synonyms = (0..terms.len() as u32).filter(|tid| !is_canonical(*tid));
        let synonyms = synonyms.map(|tid| [canonicals[tid as usize], tid]);
        let hot = terms.len().min(HOT as usize);
        let others = Kind::ALL.map(|kind| {
            let begin = hot + terms[hot..].partition_point(|term| term.kind < kind);
            let end = hot + terms[hot..].partition_point(|term| term.kind <= kind);
            let used = begin + counts[begin..end].partition_point(|count| *count > 0);
            (begin as u32, used as u32)
        });
        Tags {
            kinds: terms.iter().map(|term| term.kind as u8).collect(),
            others,
            hot_is_canonical: (0_u32..HOT).zip(&canonicals).all(|(tid, of)| tid == *of),
            subs: metas.turned(),
            metas,
            synonyms: Links::new(synonyms.collect()),
            terms,
            canonicals,
            counts,
        }
    }

    /// The kind of a tid, as its number.
    pub fn kind(&self, tid: u32) -> u8 {
        if tid < HOT {
            return self.kinds[tid as usize];
        }
        self.others.iter().rposition(|(begin, _)| *begin <= tid).unwrap_or(0) as u8
    }

    /// The canonical that a tid counts for.
    pub fn canonical(&self, tid: u32) -> u32 {
        let sure = if tid < HOT {
            self.hot_is_canonical
        } else {
            tid < self.others[usize::from(self.kind(tid))].1
        };
        if sure { tid } else { self.canonicals[tid as usize] }
    }

    /// Writes what depends on no set.
    pub fn write(&self, out: &mut BaseWriter) -> io::Result<()> {
        out.put(Section::TermKinds, &self.kinds)?;
        let ids: Vec<u32> = self.terms.iter().map(|term| term.id).collect();
        out.put(Section::TermIds, &ids)?;
        let mut by_term: Vec<u32> = (0..self.terms.len() as u32).collect();
        by_term.sort_unstable_by_key(|tid| self.terms[*tid as usize]);
        out.put(Section::ByTerm, &by_term)?;
        out.put(Section::Canonicals, &self.synonyms.turned().0)?;
        out.put(Section::Synonyms, &self.synonyms.0)?;
        out.put(Section::Metas, &self.metas.0)?;
        out.put(Section::Subs, &self.subs.0)
    }

    /// A tid and everything below it, each once.
    fn below(&self, tid: u32) -> Vec<u32> {
        let (mut found, mut seen, mut at) = (vec![tid], HashSet::from([tid]), 0);
        while let Some(next) = found.get(at).copied() {
            found.extend(self.subs.of(next).filter(|sub| seen.insert(*sub)));
            at += 1;
        }
        found
    }

    /// Where the hot tids of each kind begin, and an end; then the same of the others.
    fn kind_begins(&self) -> Vec<u32> {
        let (hot, others) = self.kinds.split_at(self.kinds.len().min(HOT as usize));
        let begins = |kinds: &[u8], first: usize| {
            let begin = |kind: u8| (first + kinds.partition_point(|own| *own < kind)) as u32;
            (0..=Kind::ALL.len() as u8).map(begin).collect::<Vec<u32>>()
        };
        [begins(hot, 0), begins(others, hot.len())].concat()
    }
}

/// Docs of every tid, in one array.
pub(super) struct Groups {
    pub begins: Vec<u64>,
    pub ends: Vec<u64>,
    pub docs: Vec<u32>,
}

impl Groups {
    fn of(&self, tid: u32) -> &[u32] {
        let at = tid as usize;
        &self.docs[self.begins[at] as usize..self.ends[at] as usize]
    }
}

/// What the tags of a doc say of it.
#[derive(Default)]
pub(super) struct Marks {
    /// Docs whose fandoms share no metatag.
    pub crossovers: Vec<u32>,
    /// Docs with one relationship.
    pub one_pairing: Vec<u32>,
    /// Of each doc, a bit for each kind that it has anything of.
    pub kinds: Vec<u16>,
}

/// The sets of every tid, and where each begins.
pub(super) struct Sets {
    words: Vec<u64>,
    own: Vec<u32>,
    /// Of those for whom it is another set.
    direct: Vec<[u32; 2]>,
    all: Vec<[u32; 2]>,
    /// Works under each tid that has subtags.
    umbrellas: Vec<(u32, u32)>,
    audiences: Vec<u32>,
    flags: Vec<u32>,
    kinds: Vec<u32>,
}

impl Sets {
    /// Makes all sets.
    pub fn of(
        own: Groups,
        tags: &Tags,
        complete: Vec<u32>,
        audiences: [Vec<u32>; Audience::ALL.len()],
        marks: &Marks,
    ) -> Sets {
        let mut sets = Sets {
            words: Vec::new(),
            own: Vec::new(),
            direct: Vec::new(),
            all: Vec::new(),
            umbrellas: Vec::new(),
            audiences: Vec::new(),
            flags: Vec::new(),
            kinds: Vec::new(),
        };
        sets.own = (0..tags.terms.len() as u32).map(|tid| sets.put(own.of(tid))).collect();
        let mut docs = Vec::new();
        for tid in tags.synonyms.firsts() {
            if tags.synonyms.of(tid).all(|tid| own.of(tid).is_empty()) {
                continue;
            }
            docs.clear();
            docs.extend_from_slice(own.of(tid));
            tags.synonyms.of(tid).for_each(|tid| docs.extend_from_slice(own.of(tid)));
            // Runs that are in order already: the stable sort merges them as they are.
            docs.sort();
            docs.dedup();
            let begin = sets.put(&docs);
            sets.direct.push([tid, begin]);
        }
        drop(own);
        for tid in tags.subs.firsts() {
            let below = tags.below(tid);
            let parts: Vec<SetView<'_>> = below.iter().map(|tid| sets.direct_of(*tid)).collect();
            let union = Set::union(&parts);
            sets.all.push([tid, sets.words.len() as u32]);
            sets.umbrellas.push((tid, union.view().count()));
            sets.words.extend_from_slice(union.words());
        }
        sets.audiences = audiences.iter().map(|docs| sets.put(docs)).collect();
        let flags = [&complete, &marks.crossovers, &marks.one_pairing];
        sets.flags = flags.map(|docs| sets.put(docs)).to_vec();
        for kind in Kind::ALL {
            docs.clear();
            let kinds = (0_u32..).zip(&marks.kinds);
            docs.extend(kinds.filter(|(_, own)| *own >> kind as u8 & 1 == 1).map(|(doc, _)| doc));
            let begin = sets.put(&docs);
            sets.kinds.push(begin);
        }
        sets
    }

    fn put(&mut self, docs: &[u32]) -> u32 {
        if docs.is_empty() {
            return NONE;
        }
        let begin = self.words.len() as u32;
        set::write(docs, &mut self.words);
        begin
    }

    fn direct_of(&self, tid: u32) -> SetView<'_> {
        let other = self.direct.binary_search_by_key(&tid, |pair| pair[0]);
        let begin = other.map_or(self.own[tid as usize], |at| self.direct[at][1]);
        self.words.get(begin as usize..).map_or_else(SetView::default, SetView::new)
    }

    /// Writes them, and what is counted by them.
    pub fn write(&self, out: &mut BaseWriter, tags: &Tags) -> io::Result<()> {
        out.put(Section::DirectCounts, &tags.counts)?;
        out.put(Section::OwnSets, &self.own)?;
        out.put(Section::DirectSets, &self.direct)?;
        out.put(Section::AllSets, &self.all)?;
        out.put(Section::KindBegins, &tags.kind_begins())?;
        let kind = |tid: u32| tags.kinds[tid as usize];
        let mut umbrellas = self.umbrellas.clone();
        umbrellas.sort_unstable_by_key(|(tid, count)| (kind(*tid), Reverse(*count), *tid));
        let begins: Vec<u32> = (0..=Kind::ALL.len() as u8)
            .map(|wanted| umbrellas.partition_point(|(tid, _)| kind(*tid) < wanted) as u32)
            .collect();
        out.put(Section::UmbrellaBegins, &begins)?;
        let (tids, counts): (Vec<u32>, Vec<u32>) = umbrellas.into_iter().unzip();
        out.put(Section::Umbrellas, &tids)?;
        out.put(Section::UmbrellaCounts, &counts)?;
        out.put(Section::AudienceSets, &self.audiences)?;
        out.put(Section::FlagSets, &self.flags)?;
        out.put(Section::KindSets, &self.kinds)?;
        out.put(Section::Sets, &self.words)
    }
}
