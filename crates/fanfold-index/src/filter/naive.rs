//! The engine's rules written down once more in the plainest way: a loop over all works.
//!
//! Owns nothing that the program uses: the property tests hold the engine to it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::model::*;
use super::page::shuffled;
use super::warmth;

/// An archive without any index.
#[derive(Clone, Debug, Default)]
pub struct Naive {
    pub works: BTreeMap<i64, WorkRow>,
    pub tags: BTreeMap<Term, TagRow>,
}

impl Naive {
    pub fn canonical(&self, term: Term) -> Term {
        let id = self.tags.get(&term).and_then(|tag| tag.synonym_of);
        id.map_or(term, |id| Term { id, ..term })
    }

    pub fn metas(&self, term: Term) -> Vec<Term> {
        let metas = self.tags.get(&term).map(|tag| tag.metas.clone()).unwrap_or_default();
        metas.into_iter().map(|id| Term { id, ..term }).collect()
    }

    /// A canonical and all above it.
    pub fn above(&self, term: Term) -> BTreeSet<Term> {
        let mut found = BTreeSet::from([term]);
        for meta in self.metas(term) {
            found.extend(self.above(meta));
        }
        found
    }

    fn direct(&self, row: &WorkRow) -> BTreeSet<Term> {
        row.terms.iter().map(|term| self.canonical(*term)).collect()
    }

    fn all(&self, row: &WorkRow) -> BTreeSet<Term> {
        self.direct(row).into_iter().flat_map(|term| self.above(term)).collect()
    }

    fn number(&self, row: &WorkRow, column: Column) -> u32 {
        match column {
            Column::Warmth => {
                warmth(row.numbers[Column::Kudos as usize], row.numbers[Column::Hits as usize])
            }
            column => row.numbers[column as usize],
        }
    }

    fn is(&self, row: &WorkRow, flag: Flag) -> bool {
        let direct = self.direct(row);
        let of = |kind: Kind| direct.iter().filter(move |term| term.kind == kind);
        match flag {
            Flag::Complete => row.complete,
            Flag::OnePairing => of(Kind::Relationship).count() == 1,
            Flag::Crossover => {
                let mut above = of(Kind::Fandom).map(|term| self.above(*term));
                let Some(first) = above.next() else { return false };
                let mut others = above.peekable();
                if others.peek().is_none() {
                    return false;
                }
                others
                    .fold(first, |shared, own| shared.intersection(&own).copied().collect())
                    .is_empty()
            }
        }
    }

    fn holds(&self, filter: &Filter, row: &WorkRow) -> bool {
        match filter {
            Filter::Has(term) => self.all(row).contains(&self.canonical(*term)),
            Filter::First(term) => match term.kind {
                Kind::Relationship | Kind::Character => {
                    let first = row.terms.iter().find(|own| own.kind == term.kind);
                    first.is_some_and(|first| {
                        self.above(self.canonical(*first)).contains(&self.canonical(*term))
                    })
                }
                _ => self.holds(&Filter::Has(*term), row),
            },
            Filter::HasKind(kind) => row.terms.iter().any(|term| term.kind == *kind),
            Filter::Range(column, low, high) => {
                let number = self.number(row, *column);
                *low <= number && number <= *high
            }
            Filter::Is(flag) => self.is(row, *flag),
            Filter::In(works) => works.contains(&row.work),
            Filter::All(all) => all.iter().all(|one| self.holds(one, row)),
            Filter::Any(any) => any.iter().any(|one| self.holds(one, row)),
            Filter::Not(not) => !self.holds(not, row),
        }
    }

    pub fn find(&self, request: &Request) -> Answer {
        let visible = |row: &&WorkRow| {
            row.audience <= request.viewer.sees || request.viewer.also.contains(&row.work)
        };
        let met: Vec<&WorkRow> = self
            .works
            .values()
            .filter(visible)
            .filter(|row| self.holds(&request.filter, row))
            .collect();
        let (muted, mut rows): (Vec<&WorkRow>, Vec<&WorkRow>) =
            met.into_iter().partition(|row| self.holds(&request.muted, row));
        let facets = request.facets.iter().map(|facet| self.facet(facet, &rows)).collect();
        rows.sort_by_cached_key(|row| match request.sort {
            Sort::By(column) => (u64::from(self.number(row, column)), Vec::new(), row.work),
            Sort::Title => (0, row.title_key.clone(), row.work),
            Sort::Creator => (0, row.creator_key.clone(), row.work),
            Sort::Shuffled(seed) => (shuffled(seed, row.work), Vec::new(), row.work),
        });
        if request.descending {
            rows.reverse();
        }
        let page = rows.iter().skip(request.offset).take(request.limit);
        Answer {
            total: rows.len() as u64,
            muted: muted.len() as u64,
            works: page.map(|row| row.work).collect(),
            facets,
            partial: false,
        }
    }

    fn facet(&self, facet: &FacetRequest, rows: &[&WorkRow]) -> Counts {
        let mut counts: BTreeMap<Term, u64> = BTreeMap::new();
        for row in rows {
            let terms = if facet.with_metas { self.all(row) } else { self.direct(row) };
            for term in terms.into_iter().filter(|term| term.kind == facet.kind) {
                *counts.entry(term).or_default() += 1;
            }
        }
        let mut counts: Counts = counts.into_iter().collect();
        counts.sort_by_key(|(term, count)| (Reverse(*count), term.id));
        counts.truncate(facet.top);
        counts
    }
}
