//! The page: the first works of what was found, in an order.
//!
//! Owns the two ways to a page. Where much was found, docs are taken in the kept order until
//! enough of them belong to it; where little was found, or the page is far in, everything found
//! is compared. Rows of the delta are put between.

use std::cmp::Ordering;

use super::State;
use super::base::Section;
use super::delta::Row;
use super::model::{Request, Sort};
use super::set::SetView;

/// What a work is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    value: u64,
    /// Decides between new texts that the base does not have.
    gap: Box<[u8]>,
    work: i64,
}

/// The works of the page.
pub(super) fn page(request: &Request, state: &State, docs: SetView<'_>, rows: &[&Row]) -> Vec<i64> {
    let total = docs.count() as usize + rows.len();
    if request.offset >= total || request.limit == 0 {
        return Vec::new();
    }
    let wanted = request.offset.saturating_add(request.limit).min(total);
    let mut keys = first_docs(request, state, docs, wanted.min(docs.count() as usize));
    keys.extend(rows.iter().map(|row| key_of_row(request.sort, row)));
    let by_order = |one: &Key, other: &Key| directed(one.cmp(other), request.descending);
    keys.sort_unstable_by(by_order);
    keys.into_iter().skip(request.offset).take(request.limit).map(|key| key.work).collect()
}

fn directed(order: Ordering, descending: bool) -> Ordering {
    if descending { order.reverse() } else { order }
}

/// The first docs of the base, as many as wanted, in no order.
fn first_docs(request: &Request, state: &State, docs: SetView<'_>, wanted: usize) -> Vec<Key> {
    let base = state.graph.base();
    let works = base.works();
    let value = values(request.sort, state);
    let key = |doc: u32| {
        let work = works.get(doc as usize).copied().unwrap_or_default();
        Key { value: value(doc, work), gap: Box::default(), work }
    };
    // Looking a doc up costs less than picking it out; one in `rarity` belongs to what was found.
    let rarity = u64::from(base.docs()) / u64::from(docs.count().max(1)) + 1;
    let walk = (wanted as u64).saturating_mul(rarity);
    if let Some(order) = base.order(request.sort)
        && walk < u64::from(docs.count())
    {
        // Where order and condition go against each other, the walk would not end soon.
        let most = docs.count() as usize;
        let at = |at: usize| if request.descending { order.len() - 1 - at } else { at };
        let met: Vec<Key> = (0..order.len().min(most))
            .map(|step| order[at(step)])
            .filter(|doc| docs.has(*doc))
            .take(wanted)
            .map(key)
            .collect();
        if met.len() == wanted {
            return met;
        }
    }
    let mut all: Vec<(u64, i64)> = Vec::with_capacity(docs.count() as usize);
    docs.each(|doc| {
        let work = works.get(doc as usize).copied().unwrap_or_default();
        all.push((value(doc, work), work));
    });
    if wanted < all.len() {
        let order =
            |one: &(u64, i64), other: &(u64, i64)| directed(one.cmp(other), request.descending);
        all.select_nth_unstable_by(wanted, order);
        all.truncate(wanted);
    }
    all.into_iter().map(|(value, work)| Key { value, gap: Box::default(), work }).collect()
}

/// The value of a doc, and of its work.
fn values<'a>(sort: Sort, state: &'a State) -> Box<dyn Fn(u32, i64) -> u64 + 'a> {
    let base = state.graph.base();
    let number = |numbers: &'a [u32]| {
        move |doc: u32, _| u64::from(numbers.get(doc as usize).copied().unwrap_or_default())
    };
    // Texts of the base stand at odd places, so that new ones fit between.
    let rank = |ranks: &'a [u32]| {
        move |doc: u32, _| u64::from(ranks.get(doc as usize).copied().unwrap_or_default()) * 2 + 1
    };
    match sort {
        Sort::By(column) => Box::new(number(base.column(column))),
        Sort::Title => Box::new(rank(base.u32s(Section::TitleRanks))),
        Sort::Creator => Box::new(rank(base.u32s(Section::CreatorRanks))),
        Sort::Shuffled(seed) => Box::new(move |_, work| shuffled(seed, work)),
    }
}

fn key_of_row(sort: Sort, row: &Row) -> Key {
    let (value, gap) = match sort {
        Sort::By(column) => (row.numbers[column as usize].into(), Box::default()),
        Sort::Title => (row.title.value, row.title.gap_key.clone()),
        Sort::Creator => (row.creator.value, row.creator.gap_key.clone()),
        Sort::Shuffled(seed) => (shuffled(seed, row.work), Box::default()),
    };
    Key { value, gap, work: row.work }
}

/// A number for a work that looks like chance: the finisher of splitmix64, by Sebastiano Vigna.
pub(super) fn shuffled(seed: u64, work: i64) -> u64 {
    let mut mixed = (work as u64).wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}
