//! What tags have to do with each other: which are synonyms, and what stands above what.
//!
//! Owns the answers for a whole archive as rows ([`Archive::tags`]) and for one tag at a time
//! ([`Archive::closure`]), for those who have no tag graph of their own. Draws no works.

use fanfold_index::filter::{Kind, TagRow, Term};

use crate::archive::Archive;
use crate::draw::{Random, mix};
use crate::vocabulary::{MADE_UP, Vocabulary};

/// How many of a thousand rare tags are another wording of an established one.
const RARE_SYNONYMS: [u64; 4] = [260, 280, 280, 185];
/// Depth of the deepest families.
const LEVELS: usize = 4;

/// Who stands right above whom among the tags of a kind that belong to no fandom.
#[derive(Clone, Debug)]
pub struct Families {
    starts: Vec<u32>,
    parents: Vec<u32>,
    /// Those that others can stand below, most used first.
    pub heads: Vec<u32>,
}

impl Families {
    /// Families among so many tags, the most used first. A tag is only ever below one of a
    /// higher level, so that there are no cycles.
    pub fn new(size: u32, seed: u64, canonical: impl Fn(u32) -> bool) -> Families {
        let mut random = Random::new(seed, 0xFA3);
        let levels: Vec<u8> = (0..size)
            .map(|tag| match random.part(&[0.85, 0.95, 0.985, 1.0]) as u8 {
                level if canonical(tag) => level,
                _ => 0,
            })
            .collect();
        let above: Vec<Vec<u32>> = (0..LEVELS)
            .map(|level| (0..size).filter(|tag| levels[*tag as usize] as usize > level).collect())
            .collect();
        let (mut starts, mut parents) = (vec![0], Vec::new());
        for tag in 0..size {
            let candidates = &above[usize::from(levels[tag as usize])];
            if canonical(tag) && !candidates.is_empty() && random.chance(0.42) {
                let several = [1, 2, 3, 4, 14][random.part(&[0.87, 0.94, 0.97, 0.998, 1.0])];
                let from = parents.len();
                for _ in 0..several {
                    let parent = candidates[skewed(candidates.len() as u32, &mut random) as usize];
                    if !parents[from..].contains(&parent) {
                        parents.push(parent);
                    }
                }
            }
            starts.push(parents.len() as u32);
        }
        Families { starts, parents, heads: above.into_iter().next().unwrap_or_default() }
    }

    /// Right above this one.
    pub fn of(&self, tag: u32) -> &[u32] {
        let at = tag as usize;
        self.parents.get(self.starts[at] as usize..self.starts[at + 1] as usize).unwrap_or(&[])
    }
}

/// A number below `end`, each power of ten of them as often.
fn skewed(end: u32, random: &mut Random) -> u32 {
    (f64::from(end).powf(f64::from(random.unit())) as u32).min(end) - 1
}

impl Archive {
    /// How many ids a kind has; they run from 1. Author, series and collection are no tags.
    pub fn vocabulary(&self, kind: Kind) -> u32 {
        match kind {
            Kind::Rating => 5,
            Kind::Warning | Kind::Category => 6,
            Kind::Language => 87,
            Kind::Author => self.slots.authors(),
            Kind::Media | Kind::Series | Kind::Collection => 0,
            _ => place(kind).map_or(0, |kind| self.tags.layout(kind).size()),
        }
    }

    /// Whether somebody made it a tag to filter by: neither a synonym nor a tag that nobody has
    /// looked at yet.
    pub fn is_canonical(&self, term: Term) -> bool {
        place(term.kind).is_none_or(|kind| {
            let layout = self.tags.layout(kind);
            term.id >= 1
                && term.id <= layout.established()
                && self.tags.is_canonical(kind, term.id - 1)
        })
    }

    /// Every tag that is canonical or a synonym. The others, two thirds of all, stand for
    /// themselves alone and need no row.
    pub fn tags(&self) -> impl Iterator<Item = TagRow> + '_ {
        MADE_UP.into_iter().enumerate().flat_map(move |(kind, name)| {
            let layout = self.tags.layout(kind);
            let canonicals = (0..layout.established()).filter_map(move |tag| {
                let mut metas = Vec::new();
                self.metas(kind, tag, &mut |meta| metas.push(meta + 1));
                let row = TagRow { term: Term::new(name, tag + 1), synonym_of: None, metas };
                self.tags.is_canonical(kind, tag).then_some(row)
            });
            let synonym = move |synonym: u32, of: u32| TagRow {
                term: Term::new(name, synonym + 1),
                synonym_of: Some(of + 1),
                metas: Vec::new(),
            };
            let known = (0..layout.established()).flat_map(move |tag| {
                let (first, count) = layout.synonyms_of(tag);
                (first..first + count).map(move |wording| synonym(wording, tag))
            });
            let rare = (0..layout.rare.total).filter_map(move |rare| {
                Some(synonym(layout.rare_start() + rare, self.rare_wording_of(kind, rare)?))
            });
            canonicals.chain(known).chain(rare)
        })
    }

    /// The term itself, or what it is a synonym of.
    pub fn canonical(&self, term: Term) -> Term {
        let Some(kind) = place(term.kind) else { return term };
        let (layout, tag) = (self.tags.layout(kind), term.id.saturating_sub(1));
        let found = if tag < layout.established() {
            Some(tag)
        } else if tag < layout.rare_start() {
            Some(layout.canonical_of(tag))
        } else {
            self.rare_wording_of(kind, tag - layout.rare_start())
        };
        found.map_or(term, |tag| Term::new(term.kind, tag + 1))
    }

    /// Adds to `all` what a work with this term is found by, synonyms resolved: the canonical and
    /// everything above it, but what is in `all` already.
    pub fn closure(&self, term: Term, all: &mut Vec<Term>) {
        let own = self.canonical(term);
        if all.contains(&own) {
            return;
        }
        let mut next = all.len();
        all.push(own);
        let Some(kind) = place(term.kind) else { return };
        let established = self.tags.layout(kind).established();
        while let Some(term) = all.get(next).copied() {
            next += 1;
            if term.id <= established {
                self.metas(kind, term.id - 1, &mut |meta| {
                    let meta = Term::new(term.kind, meta + 1);
                    if !all.contains(&meta) {
                        all.push(meta);
                    }
                });
            }
        }
    }

    /// Calls with each metatag right above an established tag.
    pub(crate) fn metas(&self, kind: usize, tag: u32, found: &mut impl FnMut(u32)) {
        let tags = &self.tags;
        if !tags.is_canonical(kind, tag) {
            return;
        }
        if tag < tags.layout(kind).global {
            match MADE_UP[kind] {
                Kind::Fandom => {
                    let rank = tags.ranks[tag as usize];
                    let above = self.fandom_families.of(rank);
                    above.iter().for_each(|rank| found(tags.fandoms[*rank as usize].place));
                }
                Kind::Freeform => self.freeform_families.of(tag).iter().for_each(|tag| found(*tag)),
                // Somebody's own characters: all but the first stand below it.
                _ if tag > 0 && tag.is_multiple_of(3) && tags.is_canonical(kind, 0) => found(0),
                _ => {}
            }
            return;
        }
        let Some((fandom, own)) = tags.fandom_of(kind, tag) else { return };
        let hash = mix(self.seed ^ (kind as u64) << 33 ^ u64::from(tag));
        let head = match MADE_UP[kind] {
            Kind::Freeform if hash % 100 < 30 && !self.freeform_families.heads.is_empty() => {
                let heads = &self.freeform_families.heads;
                let mut random = Random::new(hash, 1);
                return found(heads[skewed(heads.len() as u32, &mut random) as usize]);
            }
            Kind::Character if hash % 100 < 12 => own - own % 16,
            Kind::Relationship if hash % 100 < 4 => own - own % 8,
            _ => own,
        };
        // Families and groups of a fandom; some of them again below the first.
        let head = if head == own && own > 0 && hash % 1_000 < 12 { 0 } else { head };
        if head < own && tags.is_canonical(kind, fandom.starts[kind] + head) {
            found(fandom.starts[kind] + head);
        }
    }

    /// What a rare tag is another wording of, if of anything: of something in the fandom of the
    /// work that brought it along, mostly.
    fn rare_wording_of(&self, kind: usize, rare: u32) -> Option<u32> {
        let mut random = Random::new(self.seed ^ (kind as u64) << 35, rare.into());
        if random.next() % 1_000 >= RARE_SYNONYMS[kind] {
            return None;
        }
        let work = self.tags.layout(kind).rare.work(rare);
        let fandom = &self.tags.fandoms[self.fandom(work) as usize];
        let tags: &Vocabulary = &self.tags;
        (0..4).find_map(|_| {
            let tag = match MADE_UP[kind] {
                Kind::Fandom => fandom.place,
                Kind::Freeform if random.chance(0.7) => {
                    skewed(tags.layout(kind).global, &mut random)
                }
                // Those seldom met have fewer wordings, but each has some.
                _ => {
                    let size = tags.own_size(kind, fandom) as f32;
                    fandom.starts[kind] + (random.unit().powi(2) * size) as u32
                }
            };
            tags.is_canonical(kind, tag).then_some(tag)
        })
    }
}

/// The place of a kind among those that people make up tags of.
pub fn place(kind: Kind) -> Option<usize> {
    MADE_UP.iter().position(|made_up| *made_up == kind)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::*;
    use crate::archive::empty_row;

    #[test]
    fn closures_are_those_of_the_rows() {
        for works in [1, 700, 5_000] {
            let archive = Archive::new(works, 3);
            let rows: HashMap<Term, TagRow> = archive.tags().map(|row| (row.term, row)).collect();
            let mut checked = 0;
            for work in archive.works() {
                for term in &work.terms {
                    let mut found = Vec::new();
                    archive.closure(*term, &mut found);
                    let found: BTreeSet<Term> = found.into_iter().collect();
                    assert_eq!(found, by_rows(&rows, *term));
                    checked += usize::from(found.len() > 1 || !found.contains(term));
                }
            }
            assert!(checked > 0 || works == 1, "nothing stood above anything");
        }
    }

    fn by_rows(rows: &HashMap<Term, TagRow>, term: Term) -> BTreeSet<Term> {
        let own = rows.get(&term).and_then(|row| row.synonym_of).unwrap_or(term.id);
        let mut all = BTreeSet::new();
        let mut next = vec![Term::new(term.kind, own)];
        while let Some(term) = next.pop() {
            if all.insert(term) {
                let metas = rows.get(&term).map_or(&[][..], |row| &row.metas);
                next.extend(metas.iter().map(|meta| Term::new(term.kind, *meta)));
            }
        }
        all
    }

    #[test]
    fn rows_are_whole_and_have_no_cycles() {
        let archive = Archive::new(20_000, 9);
        let rows: HashMap<Term, TagRow> = archive.tags().map(|row| (row.term, row)).collect();
        assert_eq!(rows.len(), archive.tags().count(), "each tag has one row");
        for row in rows.values() {
            assert!((1..=archive.vocabulary(row.term.kind)).contains(&row.term.id));
            assert_eq!(archive.is_canonical(row.term), row.synonym_of.is_none());
            for other in row.metas.iter().chain(&row.synonym_of) {
                let other = Term::new(row.term.kind, *other);
                assert!(archive.is_canonical(other), "{row:?}");
                let above = by_rows(&rows, other);
                assert!(other == row.term || !above.contains(&row.term), "{row:?}");
                assert_ne!(other, row.term);
            }
        }
    }

    #[test]
    fn works_are_the_same_from_either_end_and_have_each_term_once() {
        let archive = Archive::new(30_000, 4);
        let mut row = empty_row();
        let works: Vec<_> = archive.works().collect();
        let mut rare = 0;
        for (at, work) in works.iter().enumerate().rev() {
            archive.work(at as u32, &mut row);
            assert_eq!(*work, row);
            let distinct: BTreeSet<Term> = work.terms.iter().copied().collect();
            assert_eq!(distinct.len(), work.terms.len(), "{work:?}");
            for term in &work.terms {
                let tag = place(term.kind).map(|kind| archive.tags.layout(kind));
                assert!(tag.is_none_or(|tag| (1..=tag.size()).contains(&term.id)));
                if let Some(tag) = tag.filter(|tag| term.id > tag.rare_start()) {
                    let owner = tag.rare.work(term.id - 1 - tag.rare_start());
                    let (first, count) = tag.rare.of(owner);
                    assert!((first..first + count).contains(&(term.id - 1 - tag.rare_start())));
                    rare += usize::from(owner == at as u32);
                }
            }
        }
        let all: u32 = (0..4).map(|kind| archive.tags.layout(kind).rare.total).sum();
        assert_eq!(rare, all as usize, "each rare tag is used by the work it belongs to");
    }
}
