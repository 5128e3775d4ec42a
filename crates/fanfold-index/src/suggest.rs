//! Completes the names of tags while they are typed: most used first, one slip of the finger
//! allowed.
//!
//! Owns [`Suggestions`]: every name, folded, and a sorted list of where its words begin, so that
//! "snape" finds "Severus Snape". Over that list lies a tree of the most used, so that the best of
//! a million names that begin with "s" are found without looking at the others. A slip (a letter
//! too many, too few, wrong, or two changed round) is tried wherever it can lead to a name; the
//! first letter is taken to be right.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::ops::Range;

use crate::text::fold::{Class, class, fold};

/// The longest name, and the longest text that is completed, bytes of its folded form.
const LONGEST: usize = 200;
/// Fewer letters than this are taken as they are.
const SURE: usize = 3;
/// Entries under one number of the tree.
const BRANCH: usize = 16;

/// A name as it is compared: letters without case and accents, one space between words.
pub fn fold_name(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars() {
        match class(letter) {
            Class::Letter => fold(letter, &mut folded),
            Class::Unspaced => {
                space(&mut folded);
                fold(letter, &mut folded);
            }
            Class::Apostrophe | Class::Ignored => {}
            Class::Break | Class::Newline => space(&mut folded),
        }
        if folded.len() > LONGEST {
            break;
        }
    }
    while folded.len() > LONGEST || folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

fn space(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// The beginning of a word in a name: which name, and where its rest begins in the text.
#[derive(Clone, Copy, Debug)]
struct Entry {
    name: u32,
    at: u32,
}

/// Names that can be completed, each with a number of the caller's.
#[derive(Debug, Default)]
pub struct Suggestions {
    /// Folded names, each ended by a line feed.
    text: Vec<u8>,
    ids: Vec<u64>,
    entries: Vec<Entry>,
    /// The smallest name of every `BRANCH` entries, then of every `BRANCH` of these, and so on.
    levels: Vec<Vec<u32>>,
}

impl Suggestions {
    /// From names with their numbers, the most used first. Names beyond 4 GiB are left out.
    pub fn new<'a>(names: impl IntoIterator<Item = (u64, &'a str)>) -> Suggestions {
        let mut made = Suggestions::default();
        for (id, name) in names {
            let folded = fold_name(name);
            let Ok(begin) = u32::try_from(made.text.len() + LONGEST + 1) else { break };
            let begin = begin - (LONGEST + 1) as u32;
            let number = made.ids.len() as u32;
            made.ids.push(id);
            let starts = folded.bytes().enumerate().filter(|(_, byte)| *byte == b' ');
            let starts = [0].into_iter().chain(starts.map(|(at, _)| at as u32 + 1));
            if !folded.is_empty() {
                made.entries.extend(starts.map(|at| Entry { name: number, at: begin + at }));
            }
            made.text.extend_from_slice(folded.as_bytes());
            made.text.push(b'\n');
        }
        let mut entries = std::mem::take(&mut made.entries);
        // The first letters decide nearly always; equal rests stand by use.
        entries.sort_by_cached_key(|entry| {
            let mut first = [0; 16];
            let rest = made.rest(entry);
            let length = rest.len().min(16);
            first[..length].copy_from_slice(&rest[..length]);
            u128::from_be_bytes(first)
        });
        let prefix = |entry: &Entry| made.rest(entry).get(..16);
        for same in entries.chunk_by_mut(|one, other| {
            let one = prefix(one);
            one.is_some() && one == prefix(other)
        }) {
            same.sort_by(|one, other| made.rest(one).cmp(made.rest(other)));
        }
        made.entries = entries;
        made.levels = tree(&made.entries);
        made
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// What the names and their order take in memory, bytes.
    pub fn size_bytes(&self) -> usize {
        let levels: usize = self.levels.iter().map(|level| level.len() * 4).sum();
        self.text.len() + self.ids.len() * 8 + self.entries.len() * size_of::<Entry>() + levels
    }

    fn rest(&self, entry: &Entry) -> &[u8] {
        let rest = self.text.get(entry.at as usize..).unwrap_or_default();
        let end = rest.iter().take(LONGEST + 1).position(|byte| *byte == b'\n');
        end.and_then(|end| rest.get(..end)).unwrap_or_default()
    }

    /// Entries in `among` whose rest goes on with `more` behind the first `skip` bytes, which all
    /// of them share.
    fn narrow(&self, among: Range<usize>, skip: usize, more: &[u8]) -> Range<usize> {
        if more.is_empty() {
            return among;
        }
        let entries = self.entries.get(among.clone()).unwrap_or_default();
        let tail = |entry: &Entry| self.text.get(entry.at as usize + skip..).unwrap_or_default();
        let begin = |entry: &Entry| {
            let tail = tail(entry);
            tail.get(..more.len()).unwrap_or(tail)
        };
        // A name that ends here comes before those that go on: its line feed is the smallest byte.
        let first = entries.partition_point(|entry| begin(entry) < more);
        let rest = entries.get(first..).unwrap_or_default();
        let count = rest.partition_point(|entry| begin(entry) <= more);
        among.start + first..among.start + first + count
    }

    /// The numbers of the names that `typed` may become: those in which a word begins so, most
    /// used first; where these are fewer than `top`, those that begin so but for one slip.
    pub fn complete(&self, typed: &str, top: usize) -> Vec<u64> {
        let typed = fold_name(typed);
        if typed.is_empty() {
            return self.ids.iter().take(top).copied().collect();
        }
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        let all = 0..self.entries.len();
        self.best(&[self.narrow(all, 0, typed.as_bytes())], top, &mut seen, &mut found);
        if found.len() < top && typed.chars().count() >= SURE {
            let ranges = self.with_a_slip(&typed);
            self.best(&ranges, top, &mut seen, &mut found);
        }
        found.iter().filter_map(|name| self.ids.get(*name as usize)).copied().collect()
    }

    /// Where the names stand that begin as typed but for one slip.
    fn with_a_slip(&self, typed: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        let mut here = 0..self.entries.len();
        let mut letters = typed.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            let rest = typed.get(at + letter.len_utf8()..).unwrap_or_default();
            if at > 0 && !here.is_empty() {
                ranges.push(self.narrow(here.clone(), at, rest.as_bytes()));
                if let Some((_, next)) = letters.peek() {
                    let behind = rest.get(next.len_utf8()..).unwrap_or_default();
                    let turned = format!("{next}{letter}{behind}");
                    ranges.push(self.narrow(here.clone(), at, turned.as_bytes()));
                }
                for (other, range) in self.next_letters(here.clone(), at) {
                    let skip = at + other;
                    let whole = typed.get(at..).unwrap_or_default();
                    ranges.push(self.narrow(range.clone(), skip, rest.as_bytes()));
                    ranges.push(self.narrow(range, skip, whole.as_bytes()));
                }
            }
            let mut own = [0; 4];
            here = self.narrow(here, at, letter.encode_utf8(&mut own).as_bytes());
        }
        ranges.retain(|range| !range.is_empty());
        ranges
    }

    /// The letters that follow the first `skip` bytes: how long each is, and where it stands.
    fn next_letters(&self, among: Range<usize>, skip: usize) -> Vec<(usize, Range<usize>)> {
        let mut found = Vec::new();
        let mut at = among.start;
        while at < among.end {
            let Some(entry) = self.entries.get(at) else { break };
            let tail = self.text.get(entry.at as usize + skip..).unwrap_or_default();
            let Some(first) = tail.first() else { break };
            let length = match first {
                0..0x80 => 1,
                0x80..0xe0 => 2,
                0xe0..0xf0 => 3,
                _ => 4,
            };
            let letter = tail.get(..length).unwrap_or(tail);
            let range = self.narrow(at..among.end, skip, letter);
            let next = range.end.max(at + 1);
            if *first != b'\n' {
                found.push((letter.len(), at..next));
            }
            at = next;
        }
        found
    }

    /// Adds the most used names of these ranges, each once, until there are `top`.
    fn best(
        &self,
        ranges: &[Range<usize>],
        top: usize,
        seen: &mut HashSet<u32>,
        found: &mut Vec<u32>,
    ) {
        let mut heap = BinaryHeap::new();
        for range in ranges {
            self.cover(range.clone(), |level, at, name| heap.push(Reverse((name, level, at))));
        }
        while found.len() < top {
            let Some(Reverse((name, level, at))) = heap.pop() else { break };
            if level == 0 {
                if seen.insert(name) {
                    found.push(name);
                }
                continue;
            }
            let below = at * BRANCH..(at + 1) * BRANCH;
            for at in below {
                if let Some(name) = self.name(level - 1, at) {
                    heap.push(Reverse((name, level - 1, at)));
                }
            }
        }
    }

    /// The smallest name under a node of the tree; level 0 is the entries.
    fn name(&self, level: usize, at: usize) -> Option<u32> {
        match level.checked_sub(1) {
            None => self.entries.get(at).map(|entry| entry.name),
            Some(level) => self.levels.get(level)?.get(at).copied(),
        }
    }

    /// Calls with the fewest nodes of the tree that lie under nothing but this range.
    fn cover(&self, range: Range<usize>, mut call: impl FnMut(usize, usize, u32)) {
        let (mut begin, mut end, mut level) = (range.start, range.end, 0);
        while begin < end {
            let (whole_begin, whole_end) = (begin.next_multiple_of(BRANCH), end / BRANCH * BRANCH);
            let (left, right) = if whole_begin >= whole_end || level == self.levels.len() {
                (begin..end, end..end)
            } else {
                (begin..whole_begin, whole_end..end)
            };
            let last = left.end == end;
            for at in left.chain(right) {
                if let Some(name) = self.name(level, at) {
                    call(level, at, name);
                }
            }
            if last {
                break;
            }
            (begin, end, level) = (whole_begin / BRANCH, whole_end / BRANCH, level + 1);
        }
    }
}

fn tree(entries: &[Entry]) -> Vec<Vec<u32>> {
    let mut levels: Vec<Vec<u32>> = Vec::new();
    let names: Vec<u32> = entries.iter().map(|entry| entry.name).collect();
    let mut below = names;
    while below.len() > BRANCH {
        let smallest = |names: &[u32]| names.iter().copied().min().unwrap_or(u32::MAX);
        let level: Vec<u32> = below.chunks(BRANCH).map(smallest).collect();
        levels.push(level.clone());
        below = level;
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether `name` begins with `typed` but for at most one slip behind the first letter.
    fn begins(name: &str, typed: &str) -> bool {
        let (name, typed): (Vec<char>, Vec<char>) =
            (name.chars().collect(), typed.chars().collect());
        let starts = |name: &[char], typed: &[char]| name.starts_with(typed);
        starts(&name, &typed)
            || (1..typed.len()).any(|at| {
                let Some(rest) =
                    name.get(at..).filter(|_| name[..at.min(name.len())] == typed[..at])
                else {
                    return false;
                };
                let turned = || {
                    let mut turned = typed[at..].to_vec();
                    turned.len() > 1 && {
                        turned.swap(0, 1);
                        starts(rest, &turned)
                    }
                };
                starts(rest, &typed[at + 1..])
                    || turned()
                    || !rest.is_empty()
                        && (starts(&rest[1..], &typed[at + 1..])
                            || starts(&rest[1..], &typed[at..]))
            })
    }

    fn slowly(names: &[String], typed: &str, top: usize) -> Vec<u64> {
        let typed = fold_name(typed);
        let words = |name: &str| {
            let folded = fold_name(name);
            let starts: Vec<usize> = folded
                .bytes()
                .enumerate()
                .filter(|(_, b)| *b == b' ')
                .map(|(at, _)| at + 1)
                .collect();
            [0].into_iter().chain(starts).map(|at| folded[at..].to_owned()).collect::<Vec<_>>()
        };
        let ids = |so: &dyn Fn(&str) -> bool| {
            let met = names.iter().enumerate().filter(|(_, name)| {
                !fold_name(name).is_empty() && words(name).iter().any(|word| so(word))
            });
            met.map(|(at, _)| at as u64).collect::<Vec<u64>>()
        };
        if typed.is_empty() {
            return (0..names.len() as u64).take(top).collect();
        }
        let mut found = ids(&|word| word.starts_with(&typed));
        if found.len() < top && typed.chars().count() >= SURE {
            let more = ids(&|word| begins(word, &typed));
            let more: Vec<u64> = more.into_iter().filter(|id| !found.contains(id)).collect();
            found.extend(more);
        }
        found.truncate(top);
        found
    }

    fn made(names: &[String]) -> Suggestions {
        Suggestions::new(names.iter().enumerate().map(|(at, name)| (at as u64, name.as_str())))
    }

    #[test]
    fn a_slip_and_a_later_word_still_find_the_name() {
        let names = ["Mira Vance/Tobin Ash", "Harbour Lights (TV)", "Élodie Marchand", "灯台"];
        let made = made(&names.map(str::to_owned));
        for (typed, wanted) in [
            ("mira", 0),
            ("tobin", 0),
            ("tobni", 0),
            ("harbor", 1),
            ("lihgts", 1),
            ("ELODIE", 2),
            ("marchnd", 2),
            ("marchandd", 2),
            ("灯台", 3),
            ("台", 3),
            ("mira vance tob", 0),
        ] {
            assert_eq!(made.complete(typed, 1), [wanted], "{typed}");
        }
        assert_eq!(made.complete("xyz", 5), [] as [u64; 0]);
        assert_eq!(made.complete(&"a".repeat(100_000), 5), [] as [u64; 0]);
    }

    proptest! {
        #[test]
        fn suggestions_are_those_of_a_loop(
            names in proptest::collection::vec("[abcé ]{0,8}", 0..120), typed in "[abcé ]{0,6}", top in 0_usize..12,
        ) {
            prop_assert_eq!(made(&names).complete(&typed, top), slowly(&names, &typed, top));
        }

        #[test]
        fn anything_can_be_typed(names in proptest::collection::vec(".{0,30}", 0..8), typed in ".{0,30}") {
            made(&names).complete(&typed, 10);
        }
    }
}
