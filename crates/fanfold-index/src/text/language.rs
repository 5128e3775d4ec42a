//! Languages: which stemmer a work's words go through, and how terms are told apart.
//!
//! A term in the index is one ASCII sign (its class) and a word. Stems carry the sign of their
//! language, so a German "Rat" is not found by an English "rats"; signs and pairs of unspaced
//! scripts carry [`SIGN`].

use std::borrow::Cow;
use std::ops::RangeInclusive;

use rust_stemmers::{Algorithm, Stemmer};

/// Class of a sign or a pair of signs.
pub(crate) const SIGN: char = '.';

/// Code of two letters, code of three letters, stemmer. The place in the table plus one is the
/// language's number, so the order is part of the index format.
const STEMMED: [(&str, &str, Algorithm); 18] = [
    ("ar", "ara", Algorithm::Arabic),
    ("da", "dan", Algorithm::Danish),
    ("nl", "nld", Algorithm::Dutch),
    ("en", "eng", Algorithm::English),
    ("fi", "fin", Algorithm::Finnish),
    ("fr", "fra", Algorithm::French),
    ("de", "deu", Algorithm::German),
    ("el", "ell", Algorithm::Greek),
    ("hu", "hun", Algorithm::Hungarian),
    ("it", "ita", Algorithm::Italian),
    ("no", "nor", Algorithm::Norwegian),
    ("pt", "por", Algorithm::Portuguese),
    ("ro", "ron", Algorithm::Romanian),
    ("ru", "rus", Algorithm::Russian),
    ("es", "spa", Algorithm::Spanish),
    ("sv", "swe", Algorithm::Swedish),
    ("ta", "tam", Algorithm::Tamil),
    ("tr", "tur", Algorithm::Turkish),
];

/// Endings of more than two letters, and what is left of them once a prefix reaches into them.
const LONG_ENDINGS: [&str; 18] = [
    "ing", "ings", "ion", "ions", "tion", "tions", "ation", "ations", "ness", "less", "able",
    "ible", "ment", "ity", "ively", "ally", "fully", "ence",
];

/// The letters, folded, of the script of a letter; none for scripts whose endings are not tried.
fn alphabet(letter: char) -> Option<RangeInclusive<char>> {
    let (from, to) = match letter {
        'a'..='z' => ('a', 'z'),
        'α'..='ω' => ('α', 'ω'),
        'а'..='я' => ('а', 'я'),
        'ء'..='ي' => ('ء', 'ي'),
        _ => return None,
    };
    Some(from..=to)
}

/// A language as far as stemming is concerned: 0 is every language without a stemmer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Language(u8);

impl Language {
    /// Reads a BCP 47 tag ("en", "pt-BR") or the spelling that archives use ("ptBR").
    pub fn of(tag: &str) -> Language {
        let tag = tag.to_ascii_lowercase();
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let primary = match primary {
            "nb" | "nn" | "nob" | "nno" => "no",
            "ptbr" | "ptpt" => "pt",
            "ger" => "de",
            "fre" => "fr",
            "dut" => "nl",
            "gre" => "el",
            "rum" => "ro",
            other => other,
        };
        let found = STEMMED
            .iter()
            .zip(1u8..)
            .find(|((two, three, _), _)| primary == *two || primary == *three);
        Language(found.map_or(0, |(_, number)| number))
    }

    /// Every language there is.
    #[cfg(test)]
    pub fn all() -> impl Iterator<Item = Language> {
        (0u8..).take(STEMMED.len() + 1).map(Language)
    }

    /// The class of this language's stems: `@` without a stemmer, then `A`, `B`, …
    pub fn sign(self) -> char {
        char::from(b'@' + self.0)
    }

    /// The language of a class; `None` for anything else.
    pub fn from_sign(sign: char) -> Option<Language> {
        let number = u8::try_from(sign).ok()?.checked_sub(b'@')?;
        (usize::from(number) <= STEMMED.len()).then_some(Language(number))
    }

    fn algorithm(self) -> Option<Algorithm> {
        STEMMED.get(usize::from(self.0).checked_sub(1)?).map(|row| row.2)
    }

    /// The stem of a folded word; never empty.
    pub fn stem(self, folded: &str) -> Cow<'_, str> {
        let Some(algorithm) = self.algorithm() else { return Cow::Borrowed(folded) };
        match Stemmer::create(algorithm).stem(folded) {
            stem if stem.is_empty() => Cow::Borrowed(folded),
            stem => stem,
        }
    }

    /// The stems, not beginning with `prefix` themselves, of words that begin with it.
    ///
    /// The index holds stems, so `hallucinat*` has to find "hallucin". No list of all words is
    /// kept for that: the prefix is completed by every ending of up to two letters, and by the
    /// longer ones that English is full of, and the results are stemmed. So a prefix finds what
    /// the same letters would find as a word, and the other forms of the words that begin so.
    pub fn stems_beyond(self, prefix: &str) -> Vec<String> {
        if self.algorithm().is_none() {
            return Vec::new();
        }
        let mut stems = Vec::new();
        let mut word = prefix.to_owned();
        let mut add = |word: &str| {
            let stem = self.stem(word);
            if !stem.starts_with(prefix) {
                stems.push(stem.into_owned());
            }
        };
        add(prefix);
        let letters = prefix.chars().next_back().and_then(alphabet).into_iter().flatten();
        for first in letters.clone() {
            word.truncate(prefix.len());
            word.push(first);
            add(&word);
            let length = word.len();
            for second in letters.clone() {
                word.truncate(length);
                word.push(second);
                add(&word);
            }
        }
        let long = LONG_ENDINGS.iter().filter(|_| self.algorithm() == Some(Algorithm::English));
        for ending in long {
            word.truncate(prefix.len());
            word.push_str(ending);
            add(&word);
        }
        stems.sort_unstable();
        stems.dedup();
        stems
    }

    /// Whether stems begin as their words do. Arabic and Tamil stemmers also take off, or change,
    /// the front of a word; all others change its end only.
    pub fn keeps_front(self) -> bool {
        !matches!(self.algorithm(), Some(Algorithm::Arabic | Algorithm::Tamil))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_many_spellings_are_understood() {
        for (tag, word, stem) in [
            ("en", "running", "run"),
            ("EN-gb", "stories", "stori"),
            ("de_AT", "hauser", "haus"),
            ("ptBR", "gatos", "gat"),
            ("nb", "husene", "hus"),
            ("zh", "running", "running"),
            ("", "running", "running"),
        ] {
            assert_eq!(Language::of(tag).stem(word), stem, "{tag}");
        }
    }

    #[test]
    fn signs_lead_back_to_their_language() {
        for language in Language::all() {
            assert_eq!(Language::from_sign(language.sign()), Some(language));
        }
        assert_eq!(Language::from_sign(SIGN), None);
        assert_eq!(Language::from_sign('漢'), None);
    }

    #[test]
    fn prefixes_reach_beyond_stems() {
        let english = Language::of("en");
        for (prefix, stem) in [
            ("hallucinat", "hallucin"),
            ("hallucinati", "hallucin"),
            ("running", "run"),
            ("runn", "run"),
            ("organiza", "organ"),
            ("walki", "walk"),
        ] {
            assert!(english.stems_beyond(prefix).iter().any(|one| one == stem), "{prefix}");
        }
        assert!(Language::of("fi").stems_beyond("taloss").iter().any(|one| one == "talo"));
        assert!(Language::of("ru").stems_beyond("говорил").iter().any(|one| one == "говор"));
        assert_eq!(Language::of("zh").stems_beyond("running"), Vec::<String>::new());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]
        #[test]
        fn no_word_upsets_a_stemmer(
            text in "\\PC{0,20}|[a-zάёабвйüéşığ']{0,80}|[ء-ي]{0,20}|[அ-்]{0,20}",
        ) {
            let mut words = crate::text::words::Words::new(&text);
            while words.next().is_some() {
                for language in Language::all() {
                    let stem = language.stem(&words.folded);
                    assert!(!stem.is_empty());
                    if language.keeps_front() {
                        assert_eq!(stem.as_bytes()[0], words.folded.as_bytes()[0], "{language:?}");
                    }
                }
            }
        }
    }
}
