//! Keys by which people expect titles and names to be sorted, and keys short enough for an index.
//!
//! Folding is done here and not in the databases, which do it each in its own way.

use fanfold_doc::document::Lang;

use crate::archive::letters::{is_apostrophe, is_mark, plain};
use crate::archive::work::Hash;

/// The longest sort key, characters.
const KEY_CHARS: usize = 120;
/// The longest exact key, bytes; PostgreSQL's indexes hold up to 2,704.
const EXACT_BYTES: usize = 1_000;
/// Digits to which numbers are filled up, so that 10 comes after 9.
const DIGITS: usize = 6;

/// Articles that a title is not sorted by, by the language of the work.
const ARTICLES: &[(&str, &[&str])] = &[
    ("en", &["the", "a", "an"]),
    ("de", &["der", "die", "das", "ein", "eine"]),
    ("fr", &["le", "la", "les", "un", "une", "l"]),
    ("es", &["el", "la", "los", "las", "un", "una"]),
    ("pt", &["o", "a", "os", "as", "um", "uma"]),
    ("it", &["il", "lo", "la", "i", "gli", "le", "un", "uno", "una", "l"]),
    ("nl", &["de", "het", "een"]),
];

/// What a title is sorted by: lower case, no accents, no leading article, numbers by their value.
pub(super) fn title_key(title: &str, language: Option<&Lang>) -> String {
    let key = name_key(title);
    let language = language.map_or("en", Lang::as_str);
    let language = language.split('-').next().unwrap_or("en");
    let articles = ARTICLES.iter().find(|row| row.0 == language).map_or(&[][..], |row| row.1);
    match key.split_once(' ') {
        Some((first, rest)) if articles.contains(&first) => rest.to_owned(),
        _ => key,
    }
}

/// What a name is sorted by: the same but for the articles. Never empty unless the name is.
pub(super) fn name_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    let mut digits = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        end_number(&mut digits, &mut key);
        match plain(c) {
            Some(plain) => key.push_str(plain),
            None if c.is_alphanumeric() => key.push(c),
            // Accents that stand apart, and quotes inside words, are not seen.
            None if is_mark(c) || is_apostrophe(c) => {}
            None if !key.is_empty() && !key.ends_with(' ') => key.push(' '),
            None => {}
        }
    }
    end_number(&mut digits, &mut key);
    let key = key.trim_end();
    let key = if key.is_empty() { name.trim() } else { key };
    key.chars().take(KEY_CHARS).collect()
}

fn end_number(digits: &mut String, key: &mut String) {
    if !digits.is_empty() {
        let number = digits.trim_start_matches('0');
        key.extend(std::iter::repeat_n('0', DIGITS.saturating_sub(number.len())));
        key.push_str(number);
        digits.clear();
    }
}

/// A text as the key of an index: itself, or its beginning and hash if it is long.
pub(super) fn exact_key(text: &str) -> String {
    if text.len() <= EXACT_BYTES {
        return text.to_owned();
    }
    let start = text.floor_char_boundary(EXACT_BYTES / 2);
    format!("{}\u{1f}{}", text.get(..start).unwrap_or_default(), Hash::of(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_sorted_as_people_sort_them() {
        let lang = Lang::parse("de-AT");
        assert_eq!(title_key("The “Été” of ’69", None), "ete of 000069");
        assert_eq!(title_key("Die Straße", lang.as_ref()), "strasse");
        assert_eq!(title_key("Die Straße", None), "die strasse");
        assert_eq!(title_key("A", None), "a");
        assert_eq!(title_key("***", None), "***");
        assert_eq!(title_key("Ночь", None), "ночь");
        assert!(title_key("Part 9", None) < title_key("Part 10", None));
        assert!(title_key("0", None) < title_key("1", None));
        assert_eq!(name_key("O'Brien-Łaski e\u{301}"), "obrien laski e");
        assert_eq!(name_key(&"ÿ".repeat(5_000)).len(), KEY_CHARS);
    }

    #[test]
    fn exact_keys_stay_apart_and_short() {
        let long = "é".repeat(3_000);
        assert_eq!(exact_key("short"), "short");
        assert!(exact_key(&long).len() < 1_100);
        assert_ne!(exact_key(&long), exact_key(&format!("{long}!")));
    }
}
