//! The names of languages, as a reader of an English page knows them.
//!
//! Owns one table: the languages that archives of fan fiction hold most of. A language that is not
//! in it is shown by its tag.

use fanfold_doc::document::Lang;

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
pub(super) fn name(lang: &Lang) -> String {
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
pub(super) fn is_right_to_left(lang: &Lang) -> bool {
    let primary = lang.as_str().split('-').next().unwrap_or_default();
    RIGHT_TO_LEFT.iter().any(|code| code.eq_ignore_ascii_case(primary))
}

#[cfg(test)]
mod tests {
    use super::*;

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
