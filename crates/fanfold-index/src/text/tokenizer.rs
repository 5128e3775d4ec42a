//! The bridge from [`Words`] to tantivy: turns a text into the terms of the index.
//!
//! A value begins with the sign of its language. Every word gives its stem, every sign and pair of
//! signs itself. Stems are remembered, since a story has far fewer distinct words than words.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::language::{Language, SIGN};
use super::words::{Kind, Words};

/// Slots of the memory; a power of two. At about 100 bytes each, some 3 MB for each text field
/// and indexing thread that is busy.
const SLOTS: usize = 1 << 15;

/// One remembered word.
#[derive(Default)]
struct Slot {
    hash: u64,
    language: Option<Language>,
    word: String,
    /// Class sign and stem.
    stem: String,
}

/// Remembers stems in a fixed number of slots. A word that falls on a taken slot replaces what was
/// there, so neither memory nor time can be driven up by strange texts.
#[derive(Default)]
struct Stems {
    slots: Vec<Slot>,
}

impl Stems {
    /// Class sign and stem of a word.
    #[inline]
    fn get(&mut self, word: &str, language: Language) -> Option<&str> {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, Slot::default);
        }
        let hash = hash(word.as_bytes());
        let slot = self.slots.get_mut((hash >> 32) as usize & (SLOTS - 1))?;
        if slot.hash != hash || slot.language != Some(language) || slot.word != word {
            slot.hash = hash;
            slot.language = Some(language);
            slot.word.clear();
            slot.word.push_str(word);
            slot.stem.clear();
            slot.stem.push(language.sign());
            slot.stem.push_str(&language.stem(word));
        }
        Some(&slot.stem)
    }
}

/// Eight bytes at a time, multiplied and rotated: cheap, and good enough for a table that only
/// ever overwrites.
fn hash(bytes: &[u8]) -> u64 {
    const K: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = bytes.len() as u64;
    let (eights, rest) = bytes.as_chunks::<8>();
    for eight in eights {
        state = (state.rotate_left(23) ^ u64::from_le_bytes(*eight)).wrapping_mul(K);
    }
    let tail = rest.iter().fold(0u64, |tail, byte| tail << 8 | u64::from(*byte));
    state = (state.rotate_left(23) ^ tail).wrapping_mul(K);
    state ^ (state >> 29)
}

/// The tokenizer of every text field.
#[derive(Default)]
pub(crate) struct StoryTokenizer {
    stems: Stems,
}

impl StoryTokenizer {
    /// The name under which the schema knows it.
    pub const NAME: &'static str = "story";
}

impl Clone for StoryTokenizer {
    /// A fresh one: tantivy clones the tokenizer for every thread and segment, and an empty
    /// memory is refilled faster than a full one is copied.
    fn clone(&self) -> Self {
        StoryTokenizer::default()
    }
}

impl Tokenizer for StoryTokenizer {
    type TokenStream<'a> = StoryTokens<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> StoryTokens<'a> {
        let sign = text.chars().next();
        let language = sign.and_then(Language::from_sign).unwrap_or(Language::of(""));
        let text = text.get(sign.map_or(0, char::len_utf8)..).unwrap_or_default();
        let words = Words::new(text);
        StoryTokens { words, language, stems: &mut self.stems, token: Token::default() }
    }
}

/// The terms of one value.
pub(crate) struct StoryTokens<'a> {
    words: Words<'a>,
    language: Language,
    stems: &'a mut Stems,
    token: Token,
}

impl TokenStream for StoryTokens<'_> {
    #[inline]
    fn advance(&mut self) -> bool {
        let Some(kind) = self.words.next() else { return false };
        self.token.position = self.words.position as usize;
        self.token.offset_from = self.words.start;
        self.token.offset_to = self.words.end;
        let text = &mut self.token.text;
        text.clear();
        if kind == Kind::Word {
            text.push_str(self.stems.get(&self.words.folded, self.language).unwrap_or_default());
        } else {
            text.push(SIGN);
            text.push_str(&self.words.folded);
        }
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(tokenizer: &mut StoryTokenizer, text: &str) -> String {
        let mut stream = tokenizer.token_stream(text);
        let mut all = Vec::new();
        while let Some(token) = stream.next() {
            all.push(format!("{}{}", token.position, token.text));
        }
        all.join(" ")
    }

    #[test]
    fn words_give_stems_and_signs_themselves() {
        let mut tokenizer = StoryTokenizer::default();
        let text = format!("{}Runs run runs 漢字", Language::of("en").sign());
        let expected = "0Drun 1Drun 2Drun 3.漢 3.漢字 4.字";
        assert_eq!(terms(&mut tokenizer, &text), expected);
        assert_eq!(terms(&mut tokenizer, &text), expected);
        assert_eq!(terms(&mut tokenizer, "@runs"), "0@runs");
        assert_eq!(terms(&mut tokenizer, ""), "");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn the_memory_changes_nothing(
            words in proptest::collection::vec("[a-d]{1,4}(ing|s|ed)?", 0..400),
        ) {
            let mut used = StoryTokenizer::default();
            for word in &words {
                for language in ["en", "it", ""].map(Language::of) {
                    let text = format!("{}{word}", language.sign());
                    let fresh = format!("0{}{}", language.sign(), language.stem(word));
                    assert_eq!(terms(&mut used, &text), fresh);
                }
            }
        }

    }

    #[test]
    fn words_that_share_a_slot_replace_each_other() {
        let mut stems = Stems::default();
        let english = Language::of("en");
        // More words than slots, so that many fall on a slot that another has taken.
        for number in (0..40_000).chain(0..2_000) {
            let word = format!("w{number}s");
            let stem = format!("D{}", english.stem(&word));
            assert_eq!(stems.get(&word, english), Some(stem.as_str()));
        }
    }
}
