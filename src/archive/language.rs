//! Languages: their names, as readers of an English page know them, and their numbers.
//!
//! Owns one table: the languages that archives of fan fiction hold most of; a language that is not
//! in it is shown by its code. And it owns the way from a code to the number under which the
//! filter index, which knows no text, has it: a code of up to six letters is its own number, in
//! base 37; of a longer one (`zh-hant`) the first part counts.

use fanfold_doc::document::Lang;

/// The signs of a code, by their value; 0 is no sign.
const SIGNS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// The most signs whose number fits into 32 bits.
const LONGEST: usize = 6;

/// The numbers under which works of this language are found: that of the whole code where it is
/// short enough, and that of the language without its region.
pub fn keys(language: &Lang) -> Vec<u32> {
    let code = language.as_str();
    let base = code.split('-').next().unwrap_or_default();
    let mut keys: Vec<u32> = [code, base].into_iter().filter_map(key).collect();
    keys.dedup();
    keys
}

/// The number of a code, case aside.
pub fn key(code: &str) -> Option<u32> {
    if code.is_empty() || code.len() > LONGEST {
        return None;
    }
    code.bytes().try_fold(0_u32, |number, byte| {
        let value = match byte.to_ascii_lowercase() {
            b'-' => 0,
            sign => SIGNS.iter().position(|own| *own == sign)? as u32 + 1,
        };
        number.checked_mul(37)?.checked_add(value)
    })
}

/// The code of a number.
pub fn code(mut key: u32) -> String {
    let mut signs = Vec::new();
    while key > 0 {
        let sign = (key % 37).checked_sub(1).and_then(|at| SIGNS.get(at as usize));
        signs.push(char::from(*sign.unwrap_or(&b'-')));
        key /= 37;
    }
    signs.into_iter().rev().collect()
}

/// ISO 639 codes and names, by code.
const NAMES: [(&str, &str); 66] = [
    ("af", "Afrikaans"),
    ("ar", "Arabic"),
    ("az", "Azerbaijani"),
    ("be", "Belarusian"),
    ("bg", "Bulgarian"),
    ("bn", "Bengali"),
    ("bs", "Bosnian"),
    ("ca", "Catalan"),
    ("cs", "Czech"),
    ("cy", "Welsh"),
    ("da", "Danish"),
    ("de", "German"),
    ("el", "Greek"),
    ("en", "English"),
    ("eo", "Esperanto"),
    ("es", "Spanish"),
    ("et", "Estonian"),
    ("eu", "Basque"),
    ("fa", "Persian"),
    ("fi", "Finnish"),
    ("fil", "Filipino"),
    ("fr", "French"),
    ("ga", "Irish"),
    ("gd", "Scottish Gaelic"),
    ("gl", "Galician"),
    ("grc", "Ancient Greek"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hr", "Croatian"),
    ("hu", "Hungarian"),
    ("hy", "Armenian"),
    ("ia", "Interlingua"),
    ("id", "Indonesian"),
    ("is", "Icelandic"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ka", "Georgian"),
    ("ko", "Korean"),
    ("la", "Latin"),
    ("lt", "Lithuanian"),
    ("lv", "Latvian"),
    ("mk", "Macedonian"),
    ("mr", "Marathi"),
    ("ms", "Malay"),
    ("nl", "Dutch"),
    ("no", "Norwegian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ro", "Romanian"),
    ("ru", "Russian"),
    ("si", "Sinhala"),
    ("sk", "Slovak"),
    ("sl", "Slovenian"),
    ("sq", "Albanian"),
    ("sr", "Serbian"),
    ("sv", "Swedish"),
    ("ta", "Tamil"),
    ("th", "Thai"),
    ("tl", "Tagalog"),
    ("tlh", "Klingon"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("yi", "Yiddish"),
    ("zh", "Chinese"),
];

/// Languages that are usually written from right to left.
const RIGHT_TO_LEFT: [&str; 9] = ["ar", "ckb", "dv", "fa", "he", "ps", "ug", "ur", "yi"];

/// A language's name, with the rest of its tag if there is one: "English", "Portuguese (BR)".
pub fn name(lang: &Lang) -> String {
    let (primary, rest) = match lang.as_str().split_once('-') {
        Some((primary, rest)) => (primary, Some(rest)),
        None => (lang.as_str(), None),
    };
    let known = NAMES.iter().find(|(code, _)| code.eq_ignore_ascii_case(primary));
    match (known, rest) {
        (Some((_, name)), None) => (*name).to_owned(),
        (Some((_, name)), Some(rest)) => format!("{name} ({rest})"),
        (None, _) => lang.as_str().to_owned(),
    }
}

/// Whether a language is usually written from right to left.
pub fn is_right_to_left(lang: &Lang) -> bool {
    let primary = lang.as_str().split('-').next().unwrap_or_default();
    RIGHT_TO_LEFT.iter().any(|code| code.eq_ignore_ascii_case(primary))
}

/// The code of the language that a reader names: by its code or its English name, case aside.
pub fn named(text: &str) -> Option<String> {
    let text = text.trim();
    let known = NAMES.iter().find(|(_, name)| name.eq_ignore_ascii_case(text));
    let code = || Lang::parse(text).map(|lang| lang.as_str().to_ascii_lowercase());
    known.map(|(code, _)| (*code).to_owned()).or_else(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbers_and_back() {
        for code_ in ["en", "zh", "pt-br", "fil", "zzzzzz", "qya", "en-gb"] {
            assert_eq!(code(key(code_).expect("a number")), code_);
        }
        assert_eq!(key("EN"), key("en"));
        assert_eq!([key(""), key("zh-hant"), key("é")], [None, None, None]);
    }

    #[test]
    fn a_region_is_found_under_its_language() {
        let numbers = |code: &str| keys(&Lang::parse(code).expect("a language"));
        assert_eq!(numbers("pt-br"), [key("pt-br"), key("pt")].map(|key| key.expect("short")));
        assert_eq!(numbers("zh-hant"), [key("zh").expect("short")]);
        assert_eq!(numbers("en"), [key("en").expect("short")]);
    }

    #[test]
    fn languages_have_names() {
        let name = |tag| Lang::parse(tag).map(|lang| name(&lang));
        assert_eq!(name("en").as_deref(), Some("English"));
        assert_eq!(name("pt-BR").as_deref(), Some("Portuguese (BR)"));
        assert_eq!(name("tok").as_deref(), Some("tok"));
        assert!(Lang::parse("he-IL").is_some_and(|lang| is_right_to_left(&lang)));
    }

    #[test]
    fn the_table_is_in_order_and_has_no_doubles() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
