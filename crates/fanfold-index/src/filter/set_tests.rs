//! Sets against sorted lists of numbers, over chunks of every kind.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::set::{Chunk, Scratch, Set, SetMaker, SetView};

/// Works in runs, in crowds, and alone, over several chunks.
fn docs() -> impl Strategy<Value = BTreeSet<u32>> {
    let part = prop_oneof![
        (0_u32..200_000).prop_map(|doc| (doc, 1, 1)),
        (0_u32..200_000, 1_u32..5_000).prop_map(|(doc, long)| (doc, long, 1)),
        (0_u32..200_000, 1_u32..3_000, 2_u32..40),
        Just((65_536, 65_536, 1)),
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| {
        let spread = |(doc, long, step): (u32, u32, u32)| (0..long).map(move |at| doc + at * step);
        parts.into_iter().flat_map(spread).collect()
    })
}

fn set(docs: &BTreeSet<u32>) -> Set {
    Set::of(&docs.iter().copied().collect::<Vec<u32>>())
}

fn list(set: SetView<'_>) -> Vec<u32> {
    let mut docs = Vec::new();
    set.each(|doc| docs.push(doc));
    docs
}

fn by_chunk(one: &Set, other: &Set, act: impl Fn(&mut Scratch, Chunk<'_>)) -> Set {
    let (mut maker, mut scratch) = (SetMaker::default(), Scratch::default());
    for number in 0..8 {
        scratch.set(one.view().chunk(number));
        act(&mut scratch, other.view().chunk(number));
        maker.push(number, &mut scratch);
    }
    maker.finish()
}

proptest! {
    // Each looks at some hundred thousand works.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sets_do_what_lists_do(one in docs(), other in docs(), third in docs(), low: u32, high: u32) {
        let (a, b) = (set(&one), set(&other));
        prop_assert_eq!(list(a.view()), one.iter().copied().collect::<Vec<_>>());
        prop_assert_eq!(a.view().count() as usize, one.len());
        let expect = |found: &Set, wanted: BTreeSet<u32>| {
            assert_eq!(found.view().count() as usize, wanted.len());
            assert_eq!(list(found.view()), wanted.into_iter().collect::<Vec<_>>());
        };
        expect(&by_chunk(&a, &b, |scratch, chunk| scratch.keep(chunk)), &one & &other);
        expect(&by_chunk(&a, &b, |scratch, chunk| scratch.drop(chunk)), &one - &other);
        expect(&by_chunk(&a, &b, |scratch, chunk| scratch.add(chunk)), &one | &other);
        let c = set(&third);
        expect(&Set::union(&[a.view(), b.view(), c.view()]), &(&one | &other) | &third);
        for doc in one.iter().chain(&other).take(500) {
            prop_assert_eq!(a.view().has(*doc), one.contains(doc));
        }
        let number = |doc: u32| (doc & 0xffff).wrapping_mul(2_654_435_761);
        let classes: Vec<u8> = (0..65_536).map(|doc| (number(doc) >> 24) as u8).collect();
        let (start, end) = ((low >> 24) as u8, (high >> 24) as u8);
        let between = by_chunk(&a, &b, |scratch, _| {
            if low <= high {
                scratch.keep_classes(&classes, start, end, |doc| {
                    (low..=high).contains(&number(doc.into()))
                });
            } else {
                scratch.set(Chunk::Empty);
            }
        });
        let inside = |doc: &u32| (low..=high).contains(&number(*doc));
        expect(&between, one.iter().copied().filter(inside).collect());
        let first = by_chunk(&a, &b, |scratch, _| scratch.keep_first((low & 0xffff) as usize));
        expect(&first, one.iter().copied().filter(|doc| doc & 0xffff < low & 0xffff).collect());
        let chosen = by_chunk(&a, &b, |scratch, _| scratch.keep_if(|low| low % 3 == 0));
        expect(&chosen, one.iter().copied().filter(|doc| (doc & 0xffff) % 3 == 0).collect());
    }

    #[test]
    fn torn_words_are_read_without_a_fault(words in proptest::collection::vec(any::<u64>(), 0..64)) {
        let set = SetView::new(&words);
        for (number, chunk) in set.chunks() {
            prop_assert!(chunk.count() <= 65_536);
            set.chunk(number);
        }
        let mut small = words.clone();
        if let Some(first) = small.first_mut() {
            *first = (*first % 8) << 32 | 5;
        }
        SetView::new(&small).chunks().for_each(|(_, chunk)| { chunk.count(); });
    }
}
