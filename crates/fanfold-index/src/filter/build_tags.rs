//! The parts of a base that are about tags: how they hang together, and their sets of docs.
//!
//! Owns [`Tags`], the tag graph by tid, and [`Sets`], the sets of every term: its own works, those
//! with its synonyms, those with everything below it. A set that is the same as a smaller one is
//! written once.

use std::collections::HashSet;
use std::io;

use super::base::{BaseWriter, NONE, Section};
use super::model::{Kind, Term};
use super::set::{self, Set, SetView};

/// Terms by tid.
pub(super) struct Numbering {
    pub terms: Vec<Term>,
    pub canonicals: Vec<u32>,
    pub counts: Vec<u32>,
}

/// Lists of tids, one for each tid.
#[derive(Debug, Default)]
pub(super) struct Links {
    begins: Vec<u32>,
    items: Vec<u32>,
}

impl Links {
    /// From pairs of a tid and an item; sorted, each once.
    fn new(mut pairs: Vec<(u32, u32)>, terms: usize) -> Links {
        pairs.sort_unstable();
        pairs.dedup();
        let mut begins = vec![0; terms + 1];
        pairs.iter().for_each(|(tid, _)| begins[*tid as usize + 1] += 1);
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        Links { begins, items: pairs.into_iter().map(|pair| pair.1).collect() }
    }

    /// The items of a tid.
    pub fn of(&self, tid: u32) -> &[u32] {
        let at = tid as usize;
        &self.items[self.begins[at] as usize..self.begins[at + 1] as usize]
    }
}

/// What is known of the tags, by tid.
pub(super) struct Tags {
    terms: Vec<Term>,
    pub kinds: Vec<u8>,
    pub canonicals: Vec<u32>,
    counts: Vec<u32>,
    pub metas: Links,
    subs: Links,
    synonyms: Links,
}

impl Tags {
    /// From the terms and from pairs of a tag and its metatag.
    pub fn of(numbering: Numbering, metas: Vec<(u32, u32)>) -> Tags {
        let Numbering { terms, canonicals, counts } = numbering;
        let all = terms.len();
        // Edges of synonyms mean nothing; they are the canonical's.
        let is_canonical = |tid: u32| canonicals[tid as usize] == tid;
        let metas: Vec<(u32, u32)> = metas
            .into_iter()
            .filter(|(tag, meta)| tag != meta && is_canonical(*tag) && is_canonical(*meta))
            .collect();
        let subs = metas.iter().map(|(tag, meta)| (*meta, *tag)).collect();
        let synonyms = (0..all as u32)
            .filter(|tid| !is_canonical(*tid))
            .map(|tid| (canonicals[tid as usize], tid))
            .collect();
        Tags {
            kinds: terms.iter().map(|term| term.kind as u8).collect(),
            metas: Links::new(metas, all),
            subs: Links::new(subs, all),
            synonyms: Links::new(synonyms, all),
            terms,
            canonicals,
            counts,
        }
    }

    /// Writes what depends on no set.
    pub fn write(&self, out: &mut BaseWriter) -> io::Result<()> {
        out.put(Section::TermKinds, &self.kinds)?;
        let ids: Vec<u32> = self.terms.iter().map(|term| term.id).collect();
        out.put(Section::TermIds, &ids)?;
        let mut by_term: Vec<u32> = (0..self.terms.len() as u32).collect();
        by_term.sort_unstable_by_key(|tid| self.terms[*tid as usize]);
        out.put(Section::ByTerm, &by_term)?;
        out.put(Section::Canonicals, &self.canonicals)?;
        out.put(Section::MetaBegins, &self.metas.begins)?;
        out.put(Section::Metas, &self.metas.items)?;
        out.put(Section::SubBegins, &self.subs.begins)?;
        out.put(Section::Subs, &self.subs.items)?;
        out.put(Section::SynonymBegins, &self.synonyms.begins)?;
        out.put(Section::Synonyms, &self.synonyms.items)
    }

    /// A tid and everything below it, each once.
    fn below(&self, tid: u32) -> Vec<u32> {
        let (mut found, mut seen, mut at) = (vec![tid], HashSet::from([tid]), 0);
        while let Some(next) = found.get(at).copied() {
            found.extend(self.subs.of(next).iter().filter(|sub| seen.insert(**sub)));
            at += 1;
        }
        found
    }

    /// Tids by kind, in the order of `keys`, largest first; and where each kind begins.
    fn by_kind(&self, mut tids: Vec<u32>, keys: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let kind = |tid: u32| self.kinds[tid as usize];
        tids.sort_unstable_by_key(|tid| {
            (kind(*tid), std::cmp::Reverse(keys[*tid as usize]), self.terms[*tid as usize].id)
        });
        let begins = (0..=Kind::ALL.len() as u8)
            .map(|wanted| tids.partition_point(|tid| kind(*tid) < wanted) as u32)
            .collect();
        (begins, tids)
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

/// The sets of every tid, and where each begins.
pub(super) struct Sets {
    words: Vec<u64>,
    own: Vec<u32>,
    direct: Vec<u32>,
    all: Vec<u32>,
    all_counts: Vec<u32>,
    access: Vec<u32>,
    flags: Vec<u32>,
}

impl Sets {
    /// Makes all sets.
    pub fn of(
        own: Groups,
        tags: &Tags,
        complete: Vec<u32>,
        access: Vec<Vec<u32>>,
        flags: [Vec<u32>; 2],
    ) -> Sets {
        let terms = tags.terms.len();
        let mut sets = Sets {
            words: Vec::new(),
            own: vec![NONE; terms],
            direct: vec![NONE; terms],
            all: vec![NONE; terms],
            all_counts: tags.counts.clone(),
            access: Vec::new(),
            flags: Vec::new(),
        };
        for tid in 0..terms {
            sets.own[tid] = sets.put(own.of(tid as u32));
        }
        let mut docs = Vec::new();
        for tid in (0..terms as u32).filter(|tid| tags.canonicals[*tid as usize] == *tid) {
            let used = |tid: &&u32| !own.of(**tid).is_empty();
            sets.direct[tid as usize] = if tags.synonyms.of(tid).iter().any(|tid| used(&tid)) {
                docs.clear();
                docs.extend_from_slice(own.of(tid));
                tags.synonyms.of(tid).iter().for_each(|tid| docs.extend_from_slice(own.of(*tid)));
                docs.sort_unstable();
                docs.dedup();
                sets.put(&docs)
            } else {
                sets.own[tid as usize]
            };
        }
        drop(own);
        sets.all.clone_from(&sets.direct);
        for tid in (0..terms as u32).filter(|tid| !tags.subs.of(*tid).is_empty()) {
            let below = tags.below(tid);
            let parts: Vec<SetView<'_>> = below.iter().map(|tid| sets.direct_of(*tid)).collect();
            let union = Set::union(&parts);
            sets.all_counts[tid as usize] = union.view().count();
            if union.view().count() > 0 {
                sets.all[tid as usize] = sets.words.len() as u32;
                sets.words.extend_from_slice(union.words());
            }
        }
        sets.access = access.iter().map(|docs| sets.put(docs)).collect();
        sets.flags = [&complete].into_iter().chain(&flags).map(|docs| sets.put(docs)).collect();
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
        let begin = self.direct[tid as usize] as usize;
        self.words.get(begin..).map_or_else(SetView::default, SetView::new)
    }

    /// Writes them, and what is counted by them.
    pub fn write(&self, out: &mut BaseWriter, tags: &Tags) -> io::Result<()> {
        out.put(Section::DirectCounts, &tags.counts)?;
        out.put(Section::AllCounts, &self.all_counts)?;
        out.put(Section::OwnSets, &self.own)?;
        out.put(Section::DirectSets, &self.direct)?;
        out.put(Section::AllSets, &self.all)?;
        let counted = (0..tags.terms.len() as u32).filter(|tid| tags.counts[*tid as usize] > 0);
        let (begins, by_kind) = tags.by_kind(counted.collect(), &tags.counts);
        out.put(Section::KindBegins, &begins)?;
        out.put(Section::ByKind, &by_kind)?;
        let umbrellas = (0..tags.terms.len() as u32).filter(|tid| !tags.subs.of(*tid).is_empty());
        let (begins, umbrellas) = tags.by_kind(umbrellas.collect(), &self.all_counts);
        out.put(Section::UmbrellaBegins, &begins)?;
        out.put(Section::Umbrellas, &umbrellas)?;
        out.put(Section::AccessSets, &self.access)?;
        out.put(Section::FlagSets, &self.flags)?;
        out.put(Section::Sets, &self.words)
    }
}
