//! Words: where they begin and end in a text, and how they read once folded.
//!
//! The one reader of words: the index, the query and the marker all use [`Words`], so they cannot
//! disagree. It does not know languages; stems are made in `language.rs`.
//!
//! - A word is a run of letters and digits. An apostrophe between letters belongs to it, except
//!   that a possessive `'s` is dropped and an elision (`l'`, `d'`, `qu'`) is a word of its own.
//! - Scripts without spaces give every sign, and every pair of neighbours, at the same position.
//! - A line feed ends a paragraph; it takes a position, so that no phrase crosses it.

use super::fold::{ASCII, Class, class, compose, fold};

/// Longest folded word in bytes; what is longer is cut, its position kept.
pub(crate) const MAX_WORD: usize = 64;

/// Parts of French, Italian and Catalan words (and of T'Pol and M'Baku) before an apostrophe.
const ELISIONS: [&str; 22] = [
    "l", "d", "j", "m", "t", "s", "n", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "dell",
    "nell", "sull", "all", "dall", "un", "quest", "quell", "bell",
];

/// What [`Words::next`] stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word of a script with spaces.
    Word,
    /// One sign of a script without spaces.
    Sign,
    /// Two neighbouring signs, at the position of the first.
    Pair,
}

/// Reads the words of a text in order.
pub(crate) struct Words<'t> {
    text: &'t str,
    at: usize,
    next_position: u32,
    /// The second sign of the pair that comes next, with its byte range.
    pair: Option<(char, usize, usize)>,
    /// The word as folded: lower case, no accents, at most [`MAX_WORD`] bytes.
    pub folded: String,
    /// Byte range of the word in the text.
    pub start: usize,
    /// End of that range.
    pub end: usize,
    /// The word's place in the text, counted in words.
    pub position: u32,
}

impl<'t> Words<'t> {
    /// A reader at the start of `text`.
    pub fn new(text: &'t str) -> Self {
        let folded = String::with_capacity(MAX_WORD + 16);
        Words { text, at: 0, next_position: 0, pair: None, folded, start: 0, end: 0, position: 0 }
    }

    /// Goes to the next word; `None` at the end of the text.
    #[inline]
    pub fn next(&mut self) -> Option<Kind> {
        if let Some((second, _, end)) = self.pair.take() {
            self.folded.push(second);
            self.end = end;
            return Some(Kind::Pair);
        }
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(self.at)?;
            match ASCII.get(usize::from(byte)) {
                Some(0) => {
                    self.next_position += u32::from(byte == b'\n');
                    self.at += 1;
                }
                Some(_) => return Some(self.word()),
                None => {
                    let c = self.char_at(self.at)?;
                    match class(c) {
                        Class::Letter => return Some(self.word()),
                        Class::Unspaced => return Some(self.sign(c)),
                        _ => self.at += c.len_utf8(),
                    }
                }
            }
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn place(&mut self) {
        self.position = self.next_position;
        self.next_position = self.next_position.saturating_add(1);
        self.folded.clear();
        self.start = self.at;
    }

    fn word(&mut self) -> Kind {
        self.place();
        let bytes = self.text.as_bytes();
        loop {
            let from = self.at;
            while bytes
                .get(self.at)
                .and_then(|b| ASCII.get(usize::from(*b)))
                .is_some_and(|l| *l > 0)
            {
                self.at += 1;
            }
            self.push_ascii(from);
            self.end = self.at;
            let Some(byte) = bytes.get(self.at) else { return Kind::Word };
            if byte.is_ascii() && *byte != b'\'' {
                return Kind::Word;
            }
            let Some(c) = self.char_at(self.at) else { return Kind::Word };
            match class(c) {
                Class::Letter => {
                    self.at += c.len_utf8();
                    if self.folded.len() < MAX_WORD {
                        fold(c, &mut self.folded);
                        self.cut();
                    }
                }
                Class::Ignored => {
                    self.at += c.len_utf8();
                    compose(c, &mut self.folded);
                }
                Class::Apostrophe if self.apostrophe(c.len_utf8()) => {}
                _ => return Kind::Word,
            }
            self.end = self.at;
        }
    }

    /// Appends the ASCII letters from `from` to here in lower case.
    #[inline]
    fn push_ascii(&mut self, from: usize) {
        let room = MAX_WORD.saturating_sub(self.folded.len());
        let to = self.at.min(from.saturating_add(room));
        let old = self.folded.len();
        self.folded.push_str(self.text.get(from..to).unwrap_or_default());
        if let Some(new) = self.folded.get_mut(old..) {
            new.make_ascii_lowercase();
        }
    }

    fn cut(&mut self) {
        while self.folded.len() > MAX_WORD {
            self.folded.pop();
        }
    }

    /// Reads an apostrophe of `len` bytes inside a word. Says whether the word goes on; if not,
    /// `end` has been left in front of it.
    fn apostrophe(&mut self, len: usize) -> bool {
        let after = self.at + len;
        let Some(next) = self.char_at(after).filter(|c| class(*c) == Class::Letter) else {
            return false;
        };
        if matches!(next, 's' | 'S')
            && !self.char_at(after + 1).is_some_and(|c| class(c) == Class::Letter)
        {
            self.at = after + 1;
            return false;
        }
        if ELISIONS.contains(&self.folded.as_str()) {
            self.at = after;
            return false;
        }
        if self.folded.len() < MAX_WORD {
            self.folded.push('\'');
        }
        self.at = after;
        true
    }

    fn sign(&mut self, c: char) -> Kind {
        self.place();
        self.folded.push(c);
        self.at += c.len_utf8();
        self.end = self.at;
        while let Some(next) = self.char_at(self.at) {
            match class(next) {
                Class::Ignored => self.at += next.len_utf8(),
                Class::Unspaced => {
                    self.pair = Some((next, self.at, self.at + next.len_utf8()));
                    break;
                }
                _ => break,
            }
        }
        Kind::Sign
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        let mut words = Words::new(text);
        let mut all = Vec::new();
        while words.next().is_some() {
            all.push(format!("{}:{}", words.position, words.folded));
        }
        all
    }

    #[test]
    fn case_accents_and_ligatures_fold_away() {
        let text = "Élan STRASSE Straße ﬁre Łódź Øre Æon Ｆｕｌｌ e\u{301}tude So\u{AD}phie";
        let words = folded(text).join(" ");
        assert_eq!(
            words,
            "0:elan 1:strasse 2:strasse 3:fire 4:lodz 5:ore 6:aeon 7:full 8:etude 9:sophie"
        );
        assert_eq!(
            folded("Ὀδυσσεύς ЁЛКА йод и\u{306}од").join(" "),
            "0:οδυσσευσ 1:елка 2:йод 3:йод"
        );
    }

    #[test]
    fn apostrophes_of_every_shape_mean_the_same() {
        for apostrophe in ["'", "’", "‘", "ʼ", "＇", "´"] {
            let text = format!("‘Don{apostrophe}t,’ Tom{apostrophe}s dogs{apostrophe} said");
            assert_eq!(folded(&text).join(" "), "0:don't 1:tom 2:dogs 3:said", "{text}");
        }
        assert_eq!(
            folded("L’homme qu'il T'Pol O'Brien").join(" "),
            "0:l 1:homme 2:qu 3:il 4:t 5:pol 6:o'brien"
        );
    }

    #[test]
    fn paragraphs_leave_a_gap_and_hyphens_do_not() {
        assert_eq!(folded("well-known\nfact").join(" "), "0:well 1:known 3:fact");
    }

    #[test]
    fn scripts_without_spaces_give_signs_and_pairs() {
        assert_eq!(folded("ab漢字x").join(" "), "0:ab 1:漢 1:漢字 2:字 3:x");
        assert_eq!(folded("ไทย").join(" "), "0:ไ 0:ไท 1:ท 1:ทย 2:ย");
    }

    #[test]
    fn long_words_are_cut_and_keep_their_place() {
        let long = "é".repeat(40) + &"x".repeat(100);
        let words = folded(&format!("{long} end"));
        assert_eq!(words[0].len(), 2 + MAX_WORD);
        assert_eq!(words[1], "1:end");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "\\PC*|[a-z'’\n \u{300}漢ß]{0,60}") {
            let mut words = Words::new(&text);
            let mut last = 0;
            while words.next().is_some() {
                assert!(words.start < words.end && words.start >= last);
                assert!(text.get(words.start..words.end).is_some());
                assert!(!words.folded.is_empty() && words.folded.len() <= MAX_WORD);
                last = words.start;
            }
        }
    }
}
