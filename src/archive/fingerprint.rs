//! A small sketch of a story's text, to tell whether two files hold the same story.
//!
//! The sketch is a bottom-k sample of hashed five-word runs (Broder's resemblance): the share of
//! runs that two sketches have in common estimates how much of the texts is the same. Letters and
//! digits alone count, so that quotes, dashes and line ends make no difference.

/// How many hashes a sketch keeps.
const KEPT: usize = 64;
/// Words in a run.
const RUN: usize = 5;
/// Words that are looked at: an unfinished story and its continuation begin alike, and are known as
/// the same by that.
const WORDS: usize = 20_000;
/// How many of the smallest hashes are looked up.
const BANDS: usize = 8;

/// The sketch of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint {
    /// The smallest hashes of the text's runs, ascending, each once; empty for short texts.
    pub sketch: Vec<u64>,
}

impl Fingerprint {
    /// The sketch of a text, given in any number of pieces.
    pub fn of<'a>(pieces: impl Iterator<Item = &'a str>) -> Fingerprint {
        let mut sample = Sample::default();
        for piece in pieces {
            sample.piece(piece);
            if sample.words >= WORDS {
                break;
            }
        }
        sample.end()
    }

    /// Keys to look similar texts up by: two texts that are nearly the same share at least one.
    pub fn bands(&self) -> Vec<i64> {
        self.sketch.iter().take(BANDS).map(|hash| hash.cast_signed()).collect()
    }

    /// How much of the two texts is the same, 0.0 to 1.0 (estimate, ± 0.06 at 64 hashes).
    pub fn likeness(&self, other: &Fingerprint) -> f64 {
        let (mut left, mut right) = (self.sketch.iter().peekable(), other.sketch.iter().peekable());
        let (mut seen, mut same) = (0, 0);
        while seen < KEPT {
            match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => {
                    let (a, b) = (**a, **b);
                    if a <= b {
                        left.next();
                    }
                    if b <= a {
                        right.next();
                    }
                    same += u32::from(a == b);
                }
                (Some(_), None) => {
                    left.next();
                }
                (None, Some(_)) => {
                    right.next();
                }
                (None, None) => break,
            }
            seen += 1;
        }
        if seen == 0 { 0.0 } else { f64::from(same) / seen as f64 }
    }

    /// For a database.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.sketch.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// From a database; bytes behind the last whole number are left out.
    pub fn from_bytes(bytes: &[u8]) -> Fingerprint {
        let number = |chunk: &[u8]| chunk.try_into().map(u64::from_le_bytes).unwrap_or_default();
        Fingerprint { sketch: bytes.chunks_exact(8).map(number).collect() }
    }
}

/// The sample while it grows.
#[derive(Default)]
struct Sample {
    /// Hashes of the last words, oldest first.
    run: [u64; RUN],
    words: usize,
    smallest: std::collections::BTreeSet<u64>,
}

impl Sample {
    fn piece(&mut self, text: &str) {
        let mut hash = FNV;
        let mut inside = false;
        for c in text.chars() {
            if self.words >= WORDS {
                return;
            }
            if c.is_alphanumeric() {
                let c = if c.is_ascii() { c.to_ascii_lowercase() } else { lower(c) };
                hash = mix(hash, u64::from(c));
                inside = true;
            } else if inside && !matches!(c, '\'' | '’') {
                self.word(std::mem::replace(&mut hash, FNV));
                inside = false;
            }
        }
        if inside {
            self.word(hash);
        }
    }

    fn word(&mut self, hash: u64) {
        self.run.rotate_left(1);
        if let Some(last) = self.run.last_mut() {
            *last = hash;
        }
        self.words += 1;
        if self.words < RUN {
            return;
        }
        let hash = scatter(self.run.iter().fold(FNV, |all, word| mix(all, *word)));
        if self.smallest.len() < KEPT {
            self.smallest.insert(hash);
        } else if self.smallest.last().is_some_and(|last| hash < *last)
            && self.smallest.insert(hash)
        {
            self.smallest.pop_last();
        }
    }

    fn end(self) -> Fingerprint {
        // A few lines are too little to say that two stories are the same.
        let enough = self.words >= 100;
        Fingerprint {
            sketch: if enough { self.smallest.into_iter().collect() } else { Vec::new() },
        }
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

/// The offset basis of FNV-1a, 64 bits.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Spreads a hash evenly (the finalizer of splitmix64): small must mean nothing but chance.
fn scatter(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(seed: u32, words: u32) -> String {
        (0..words).map(|n| format!("word{} ", (n * 7919 + seed * 104_729) % 5_003)).collect()
    }

    fn sketch(text: &str) -> Fingerprint {
        Fingerprint::of(std::iter::once(text))
    }

    #[test]
    fn the_same_story_is_known_again() {
        let text = story(1, 2_000);
        let retold = text.replace("word1 ", "“Word1,” ").replace("word2 ", "another ");
        let like = sketch(&text).likeness(&sketch(&retold));
        assert!(like > 0.8, "{like}");
        assert!(sketch(&text).bands().iter().any(|band| sketch(&retold).bands().contains(band)));
        assert!((sketch(&text).likeness(&sketch(&text)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn other_stories_are_not() {
        let like = sketch(&story(1, 2_000)).likeness(&sketch(&story(2, 2_000)));
        assert!(like < 0.2, "{like}");
        assert!(sketch("too short to tell").sketch.is_empty());
        let none = sketch("").likeness(&sketch(""));
        assert!(none < 0.5, "nothing is not like nothing");
    }

    #[test]
    fn bytes_give_it_back() {
        let print = sketch(&story(3, 500));
        assert_eq!(Fingerprint::from_bytes(&print.to_bytes()), print);
    }
}
