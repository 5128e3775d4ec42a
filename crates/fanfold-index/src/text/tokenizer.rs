//! The bridge from [`Words`] to tantivy: turns a text into the terms of the index.
//!
//! A value begins with the sign of its language. Every word gives its stem; the first time it is
//! met in a value it also gives its folded form at the same position, for prefix queries. Stems
//! are remembered, since a story has far fewer distinct words than words.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use super::language::{FORM, Language, SIGN};
use super::words::{Kind, Words};

/// Slots of the memory; a power of two. At about 100 bytes each, some 3 MB for each text field
/// and indexing thread that is busy.
const SLOTS: usize = 1 << 15;

/// One remembered word.
#[derive(Default)]
struct Slot {
    hash: u64,
    /// The number of the value in which the word was met last.
    met: u64,
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
    /// The slot of a word, filled, and whether this is its first time in value number `value`.
    fn get(&mut self, word: &str, language: Language, value: u64) -> Option<(&Slot, bool)> {
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
            slot.met = 0;
        }
        let first = slot.met != value;
        slot.met = value;
        Some((slot, first))
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
    values: u64,
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
        self.values += 1;
        StoryTokens {
            words: Words::new(text),
            language,
            stems: &mut self.stems,
            value: self.values,
            form_is_due: false,
            token: Token::default(),
        }
    }
}

/// The terms of one value.
pub(crate) struct StoryTokens<'a> {
    words: Words<'a>,
    language: Language,
    stems: &'a mut Stems,
    value: u64,
    form_is_due: bool,
    token: Token,
}

impl TokenStream for StoryTokens<'_> {
    #[inline]
    fn advance(&mut self) -> bool {
        if self.form_is_due {
            self.form_is_due = false;
            self.write(FORM);
            return true;
        }
        let Some(kind) = self.words.next() else { return false };
        self.token.position = self.words.position as usize;
        self.token.offset_from = self.words.start;
        self.token.offset_to = self.words.end;
        if kind == Kind::Word
            && let Some((slot, first)) =
                self.stems.get(&self.words.folded, self.language, self.value)
        {
            self.token.text.clear();
            self.token.text.push_str(&slot.stem);
            self.form_is_due = first && slot.stem.get(1..) != Some(self.words.folded.as_str());
        } else {
            self.write(SIGN);
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

impl StoryTokens<'_> {
    fn write(&mut self, class: char) {
        self.token.text.clear();
        self.token.text.push(class);
        self.token.text.push_str(&self.words.folded);
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
    fn stems_at_every_place_and_forms_once_a_value() {
        let mut tokenizer = StoryTokenizer::default();
        let text = format!("{}Runs run runs 漢字", Language::of("en").sign());
        let expected = "0Drun 0*runs 1Drun 1*run 2Drun 3.漢 3.漢字 4.字";
        assert_eq!(terms(&mut tokenizer, &text), expected);
        assert_eq!(terms(&mut tokenizer, &text), expected, "a second value starts afresh");
        assert_eq!(terms(&mut tokenizer, "@runs"), "0@runs 0*runs");
        assert_eq!(terms(&mut tokenizer, ""), "");
    }

    proptest::proptest! {
        #[test]
        fn the_memory_changes_nothing(words in proptest::collection::vec("[a-d]{1,4}(ing|s|ed)?", 0..200)) {
            let mut used = StoryTokenizer::default();
            for word in &words {
                for sign in ['D', 'G', '@'] {
                    let text = format!("{sign}{word}");
                    let fresh = terms(&mut StoryTokenizer::default(), &text);
                    assert_eq!(terms(&mut used, &text), fresh);
                }
            }
        }
    }
}
