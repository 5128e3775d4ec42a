//! A text as the difference from another one: small where few words changed, and exact.
//!
//! Owns the format of a patch. Its first byte says whether the rest is deflated ([`PLAIN`],
//! [`DEFLATED`]). The rest is a row of steps, each a number `n` (7 bits a byte, lowest first):
//! even, copy `n / 2` bytes of the base from the place that the next number says; odd, take the
//! next `n / 2` bytes. Pure functions; knows nothing of tables.

use std::io::{Read, Write};
use std::ops::Range;

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use similar::{Algorithm, DiffTag, capture_diff_slices};

/// The longest text that is unpacked, bytes.
const LONGEST: usize = 64 << 20;
/// Patches shorter than this are not worth deflating.
const WORTH: usize = 96;
/// A change shorter than this is written as one.
const ONE_CHANGE: usize = 256;
/// Texts of which more pairs of paragraphs would have to be looked at are not compared: a larger
/// patch is as exact.
const PAIRS: usize = 36_000_000;

/// A patch that is as it is.
const PLAIN: u8 = 0;
/// A patch that is deflated.
const DEFLATED: u8 = 1;

/// The patch that makes `text` of `base`.
pub(super) fn patch(base: &[u8], text: &[u8]) -> Vec<u8> {
    let mut steps = Steps { out: Vec::new() };
    let (before, after) = ends(base, text);
    steps.copy(0..before);
    let old = base.get(before..base.len() - after).unwrap_or_default();
    let new = text.get(before..text.len() - after).unwrap_or_default();
    if old.len().min(new.len()) < ONE_CHANGE {
        steps.take(new);
    } else {
        steps.middle(old, new, before);
    }
    steps.copy(base.len() - after..base.len());
    packed(steps.out)
}

/// The text that a patch makes of its base; `None` for what no patch is, or not one of this base.
pub(super) fn patched(base: &[u8], patch: &[u8]) -> Option<Vec<u8>> {
    let unpacked;
    let mut steps = match patch.split_first()? {
        (&PLAIN, steps) => steps,
        (&DEFLATED, steps) => {
            unpacked = inflated(steps)?;
            unpacked.as_slice()
        }
        _ => return None,
    };
    let mut text = Vec::with_capacity(base.len() + steps.len());
    while !steps.is_empty() {
        let step = number(&mut steps)?;
        let length = step >> 1;
        if step & 1 == 0 {
            let from = number(&mut steps)?;
            text.extend_from_slice(base.get(from..from.checked_add(length)?)?);
        } else {
            let (new, rest) = steps.split_at_checked(length)?;
            text.extend_from_slice(new);
            steps = rest;
        }
        if text.len() > LONGEST {
            return None;
        }
    }
    Some(text)
}

/// A whole text, compressed.
pub(super) fn deflated(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(text.len() / 2), Compression::new(6));
    // Writing into memory does not fail.
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}

/// A text that was compressed; `None` for what was not, or is too long.
pub(super) fn inflated(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(bytes.len().saturating_mul(3));
    let mut decoder = DeflateDecoder::new(bytes).take(LONGEST as u64 + 1);
    decoder.read_to_end(&mut text).ok()?;
    (text.len() <= LONGEST).then_some(text)
}

/// How many bytes two texts begin with and end with in common, without counting any twice.
fn ends(one: &[u8], other: &[u8]) -> (usize, usize) {
    let before = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let most = one.len().min(other.len()) - before;
    let after = one.iter().rev().zip(other.iter().rev()).take(most);
    (before, after.take_while(|(a, b)| a == b).count())
}

/// The pieces in which texts are compared: paragraphs, or the like. Each holds its end.
fn pieces(text: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        let end = match byte {
            b'\n' | b'}' => true,
            b'>' => text.get(..at).is_some_and(|head| head.ends_with(b"</p")),
            _ => false,
        };
        if end {
            pieces.extend(text.get(start..=at));
            start = at + 1;
        }
    }
    pieces.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    pieces
}

/// Where each piece begins, and where the last one ends.
fn places(pieces: &[&[u8]]) -> Vec<usize> {
    let mut at = 0;
    let starts = pieces.iter().map(|piece| {
        at += piece.len();
        at
    });
    std::iter::once(0).chain(starts).collect()
}

/// The steps of a patch while they are made.
struct Steps {
    out: Vec<u8>,
}

impl Steps {
    fn copy(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            self.number(range.len() << 1);
            self.number(range.start);
        }
    }

    fn take(&mut self, new: &[u8]) {
        if !new.is_empty() {
            self.number((new.len() << 1) | 1);
            self.out.extend_from_slice(new);
        }
    }

    /// What lies between the ends that both texts have: piece by piece. `at` is where it begins in
    /// the base.
    fn middle(&mut self, old: &[u8], new: &[u8], at: usize) {
        let (olds, news) = (pieces(old), pieces(new));
        if olds.len().saturating_mul(news.len()) > PAIRS {
            self.take(new);
            return;
        }
        let (old_places, new_places) = (places(&olds), places(&news));
        let range = |places: &[usize], pieces: Range<usize>| {
            let place = |at: usize| places.get(at).copied().unwrap_or_default();
            place(pieces.start)..place(pieces.end)
        };
        for op in capture_diff_slices(Algorithm::Myers, &olds, &news) {
            let gone = range(&old_places, op.old_range());
            let come = range(&new_places, op.new_range());
            if op.tag() == DiffTag::Equal {
                self.copy(at + gone.start..at + gone.end);
                continue;
            }
            let before = old.get(gone.clone()).unwrap_or_default();
            let after = new.get(come).unwrap_or_default();
            let (head, tail) = ends(before, after);
            self.copy(at + gone.start..at + gone.start + head);
            self.take(after.get(head..after.len() - tail).unwrap_or_default());
            self.copy(at + gone.end - tail..at + gone.end);
        }
    }

    fn number(&mut self, mut number: usize) {
        while number >= 0x80 {
            self.out.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }
}

/// Reads a number from the front.
fn number(steps: &mut &[u8]) -> Option<usize> {
    let mut number = 0_usize;
    for shift in (0..usize::BITS).step_by(7) {
        let (byte, rest) = steps.split_first()?;
        *steps = rest;
        let bits = usize::from(byte & 0x7f);
        number |= bits.checked_shl(shift).filter(|shifted| shifted >> shift == bits)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Steps as they are kept: deflated if that is shorter.
fn packed(steps: Vec<u8>) -> Vec<u8> {
    let small = (steps.len() >= WORTH).then(|| deflated(&steps));
    let (kind, body) = match small {
        Some(small) if small.len() < steps.len() => (DEFLATED, small),
        _ => (PLAIN, steps),
    };
    let mut packed = Vec::with_capacity(body.len() + 1);
    packed.push(kind);
    packed.extend_from_slice(&body);
    packed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paragraphs() -> impl Strategy<Value = String> {
        let paragraph = "[a-c ]{0,40}".prop_map(|words| format!("<p>{words}é</p>"));
        prop::collection::vec(paragraph, 0..40).prop_map(|all| all.concat())
    }

    proptest! {
        #[test]
        fn a_patch_makes_the_other_text(base in paragraphs(), text in paragraphs()) {
            let patch = patch(base.as_bytes(), text.as_bytes());
            prop_assert_eq!(patched(base.as_bytes(), &patch), Some(text.into_bytes()));
        }

        #[test]
        fn any_bytes_are_a_text(base: Vec<u8>, text: Vec<u8>) {
            prop_assert_eq!(patched(&base, &patch(&base, &text)), Some(text.clone()));
            prop_assert_eq!(inflated(&deflated(&text)), Some(text));
        }

        #[test]
        fn nonsense_is_no_patch_and_harmless(base: Vec<u8>, nonsense: Vec<u8>) {
            if let Some(text) = patched(&base, &nonsense) {
                prop_assert!(text.len() <= LONGEST);
            }
        }
    }

    #[test]
    fn a_word_in_a_long_text_is_a_short_patch() {
        let base: String = (0..4_000).map(|n| format!("<p>Line {n} of the story.</p>")).collect();
        let text = base.replace("Line 17 ", "The 17th line ").replace("3999", "last");
        let patch = patch(base.as_bytes(), text.as_bytes());
        assert!(patch.len() < 60, "{}", patch.len());
        assert_eq!(patched(base.as_bytes(), &patch), Some(text.into_bytes()));
    }
}
