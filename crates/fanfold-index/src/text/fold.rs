//! Characters: which of them make words, and what a letter becomes when case and accents are
//! folded away.
//!
//! Owns the tables only. Where words begin and end is decided in `words.rs`.

use std::sync::LazyLock;

use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer};

/// What a character does to the word that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Part of a word.
    Letter,
    /// Part of a script written without spaces: indexed singly and in pairs.
    Unspaced,
    /// Invisible inside a word: combining accents, soft hyphens, joiners.
    Ignored,
    /// Any of the signs that people type for an apostrophe.
    Apostrophe,
    /// The end of a paragraph.
    Newline,
    /// Everything else ends a word.
    Break,
}

/// Lower-case byte of every ASCII letter and digit; 0 for all other ASCII.
pub(crate) const ASCII: [u8; 128] = {
    let mut table = [0u8; 128];
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            table[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// The class of any character.
pub(crate) fn class(c: char) -> Class {
    match c {
        '\n' => Class::Newline,
        '\'' | '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{02BC}' | '\u{FF07}' | '\u{B4}' => {
            Class::Apostrophe
        }
        _ if c.is_ascii() => {
            if c.is_ascii_alphanumeric() {
                Class::Letter
            } else {
                Class::Break
            }
        }
        _ if is_ignored(c) => Class::Ignored,
        _ if is_unspaced(c) => Class::Unspaced,
        _ if c.is_alphanumeric() || is_indic_sign(c) => Class::Letter,
        _ => Class::Break,
    }
}

/// Combining accents, Arabic and Hebrew vowel points, joiners, soft hyphens, variation selectors.
/// Vowel signs of Indic scripts are not among them: without those a word is another word.
fn is_ignored(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{2060}' | '\u{FEFF}'
        | '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}'
        | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}')
}

/// Han, kana, bopomofo, Hangul, Thai, Lao, Myanmar, Khmer. (Hangul is written with spaces, but
/// its particles cling to the words, so pairs find more than words do.)
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}'
        | '\u{3099}' | '\u{309A}' | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9F}'
        | '\u{3105}'..='\u{312F}' | '\u{AC00}'..='\u{D7A3}' | '\u{1100}'..='\u{11FF}'
        | '\u{3131}'..='\u{318E}' | '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E4E}'
        | '\u{0E81}'..='\u{0ECE}' | '\u{1000}'..='\u{103F}' | '\u{1050}'..='\u{109D}'
        | '\u{1780}'..='\u{17D3}')
}

/// Virama and nukta of the Indic blocks, which Unicode does not count as alphabetic.
fn is_indic_sign(c: char) -> bool {
    let code = u32::from(c);
    (0x0900..0x0E00).contains(&code) && matches!(code & 0x7F, 0x4D | 0x3C)
}

/// Blocks of Latin letters, ligatures and full-width forms that fold to plain ASCII.
const LATIN: [(u32, u32); 8] = [
    (0x00C0, 0x0250),
    (0x1D00, 0x1D80),
    (0x1E00, 0x1F00),
    (0x2070, 0x20A0),
    (0x2C60, 0x2C80),
    (0xA720, 0xA7D0),
    (0xFB00, 0xFB07),
    (0xFF10, 0xFF5B),
];

/// What the characters of `LATIN` fold to, block after block; empty where they do not fold.
static LATIN_FOLDED: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let raw = TextAnalyzer::builder(RawTokenizer::default());
    let mut analyzer = raw.filter(AsciiFoldingFilter).build();
    let mut ascii = |code: u32| -> Option<String> {
        let text = char::from_u32(code)?.to_string();
        let mut stream = analyzer.token_stream(&text);
        let folded = stream.next()?.text.to_ascii_lowercase();
        folded.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(folded)
    };
    LATIN
        .iter()
        .map(|&(from, to)| (from..to).map(|code| ascii(code).unwrap_or_default()).collect())
        .collect()
});

/// Appends the folded form of a character of class `Letter`: lower case, without accents.
pub(crate) fn fold(c: char, out: &mut String) {
    let code = u32::from(c);
    let block =
        LATIN.iter().zip(LATIN_FOLDED.iter()).find(|((from, to), _)| (*from..*to).contains(&code));
    if let Some(((from, _), folded)) = block
        && let Some(ascii) = folded.get((code - from) as usize)
        && !ascii.is_empty()
    {
        out.push_str(ascii);
        return;
    }
    for lower in c.to_lowercase() {
        if !is_ignored(lower) {
            out.push(unaccented(lower));
        }
    }
}

/// Greek and Cyrillic letters with accents, lower case, to the plain letter.
fn unaccented(c: char) -> char {
    match c {
        'ά'
        | '\u{1F00}'..='\u{1F0F}'
        | '\u{1F70}'
        | '\u{1F71}'
        | '\u{1F80}'..='\u{1F8F}'
        | '\u{1FB0}'..='\u{1FB7}' => 'α',
        'έ' | '\u{1F10}'..='\u{1F1F}' | '\u{1F72}' | '\u{1F73}' => 'ε',
        'ή'
        | '\u{1F20}'..='\u{1F2F}'
        | '\u{1F74}'
        | '\u{1F75}'
        | '\u{1F90}'..='\u{1F9F}'
        | '\u{1FC2}'..='\u{1FC7}' => 'η',
        'ί'
        | 'ϊ'
        | 'ΐ'
        | '\u{1F30}'..='\u{1F3F}'
        | '\u{1F76}'
        | '\u{1F77}'
        | '\u{1FD0}'..='\u{1FD7}' => 'ι',
        'ό' | '\u{1F40}'..='\u{1F4F}' | '\u{1F78}' | '\u{1F79}' => 'ο',
        'ύ'
        | 'ϋ'
        | 'ΰ'
        | '\u{1F50}'..='\u{1F5F}'
        | '\u{1F7A}'
        | '\u{1F7B}'
        | '\u{1FE0}'..='\u{1FE3}'
        | '\u{1FE6}'
        | '\u{1FE7}' => 'υ',
        'ώ'
        | '\u{1F60}'..='\u{1F6F}'
        | '\u{1F7C}'
        | '\u{1F7D}'
        | '\u{1FA0}'..='\u{1FAF}'
        | '\u{1FF2}'..='\u{1FF7}' => 'ω',
        '\u{1FE4}' | '\u{1FE5}' => 'ρ',
        'ς' => 'σ',
        'ё' | 'ѐ' => 'е',
        'ѝ' => 'и',
        other => other,
    }
}

/// Appends an ignored character's only trace: a breve or diaeresis that makes another *letter* of
/// the Cyrillic one before it (й, ў, ї come decomposed from some file systems and editors).
pub(crate) fn compose(mark: char, out: &mut String) {
    let whole = match (out.chars().next_back(), mark) {
        (Some('и'), '\u{0306}') => 'й',
        (Some('у'), '\u{0306}') => 'ў',
        (Some('і'), '\u{0308}') => 'ї',
        _ => return,
    };
    out.pop();
    out.push(whole);
}
