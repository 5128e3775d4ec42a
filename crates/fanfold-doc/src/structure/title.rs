//! Provisional titles, from the file's name or the opening words; the language of a text.
//!
//! Owns what counts as a real word in a file's name.

use crate::document::{Block, Lang};

/// A title from the words of a file's name, if it has any.
pub(super) fn from_name(stem: &str) -> Option<String> {
    let spaced = split_camel(stem);
    let mut words: Vec<&str> =
        spaced.split(|c: char| c.is_whitespace() || "_+~".contains(c)).collect();
    words.retain(|word| !word.is_empty());
    // "one-file-name" is joined by hyphens; "half-light on the hill" is not.
    let joined = words.join(" ");
    let hyphens = !joined.contains(' ') && joined.matches('-').count() >= 1;
    let joined = if hyphens { joined.replace('-', " ") } else { joined };
    let title = trim_numbers(&joined);
    if !has_real_words(title) {
        return None;
    }
    let mut chars = title.chars();
    let first = chars.next()?;
    Some(first.to_uppercase().chain(chars).take(120).collect())
}

/// "TheLongWay" as three words; names with spaces stay as they are.
fn split_camel(stem: &str) -> String {
    if stem.contains([' ', '_', '-']) {
        return stem.to_owned();
    }
    let mut out = String::with_capacity(stem.len() + 8);
    let mut before = ' ';
    for c in stem.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            out.push(' ');
        }
        out.push(if c == '.' { ' ' } else { c });
        before = c;
    }
    out
}

/// Without "01 - " before, and copies' and sites' numbers behind.
fn trim_numbers(name: &str) -> &str {
    let numbered = |c: char| c.is_ascii_digit() || " .-_()[]#".contains(c);
    let after = name.trim_start_matches(numbered);
    let start = name.len() - after.len();
    let lead = name.get(..start).unwrap_or_default();
    // "7 days" keeps its number: only a sign behind it makes it one of a list.
    let listed = lead.trim_start_matches(|c: char| c.is_ascii_digit());
    let listed = listed.trim() != "" || lead.starts_with('0') || lead.len() > 4;
    let name = if listed || lead.trim().is_empty() { after } else { name };
    let mut name = name.trim();
    loop {
        let before = name;
        let copy = name.strip_suffix(')').and_then(|rest| {
            let inner = rest.trim_end_matches(|c: char| c.is_ascii_digit());
            inner.strip_suffix('(')
        });
        name = copy.unwrap_or(name).trim_end();
        for ending in [" copy", " Copy", " final", " draft", " -"] {
            name = name.strip_suffix(ending).unwrap_or(name).trim_end();
        }
        let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        if digits >= 4 {
            let shorter = name.get(..name.len() - digits).unwrap_or(name);
            name = shorter.trim_end_matches([' ', '-', '_']);
        }
        if name == before {
            return name;
        }
    }
}

/// Words that say what the file is and not what the story is called.
const GENERIC: &[&str] = &[
    "untitled",
    "document",
    "doc",
    "new",
    "text",
    "txt",
    "file",
    "story",
    "fic",
    "fanfic",
    "fanfiction",
    "oneshot",
    "one",
    "shot",
    "draft",
    "drafts",
    "final",
    "copy",
    "of",
    "chapter",
    "chap",
    "ch",
    "part",
    "the",
    "a",
    "my",
    "unnamed",
    "noname",
    "temp",
    "tmp",
    "test",
    "input",
    "output",
    "download",
    "export",
    "scan",
    "page",
    "index",
    "wip",
    "work",
    "works",
    "version",
    "ver",
    "rev",
    "neu",
    "neues",
    "textdokument",
    "readme",
    "content",
    "body",
    "main",
    "epub",
    "html",
    "md",
    "markdown",
    "notes",
    "note",
    "sample",
    "example",
];

fn has_real_words(name: &str) -> bool {
    let real = |word: &str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let lower = word.to_lowercase();
        let ascii = word.is_ascii();
        let vowel = !ascii || lower.contains(['a', 'e', 'i', 'o', 'u', 'y']);
        let hex = word.len() >= 6 && digits > 0;
        let long_enough = if ascii { letters >= 3 } else { letters >= 1 };
        let mixed = digits > 0 && letters > 0;
        let endless = ascii && letters > 24;
        let plain = !GENERIC.contains(&lower.as_str());
        long_enough && vowel && !hex && !mixed && !endless && plain
    };
    name.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’').any(real)
}

/// The opening words: the first clause where it is of a good length, else what fits.
pub(super) fn from_opening(blocks: &[Block]) -> Option<String> {
    let opening = blocks.iter().find_map(|block| {
        let text = super::lines::text(block);
        let head: String = text.chars().take(400).collect();
        let words: Vec<&str> = head.split_whitespace().collect();
        let line = words.join(" ");
        line.chars().any(char::is_alphanumeric).then_some(line)
    })?;
    let start = opening.find(char::is_alphanumeric)?;
    let opening = opening.get(start..)?;
    const SHORTEST: usize = 12;
    const LONGEST: usize = 56;
    let mut space = None;
    let mut clause = None;
    for (count, (at, c)) in opening.char_indices().enumerate() {
        if count > LONGEST {
            break;
        }
        let ends = matches!(c, '.' | '!' | '?' | ';' | ':' | '…' | '。' | '，' | '、' | '"' | '”');
        if (ends || (c == ',' && count >= 24)) && count >= SHORTEST && clause.is_none() {
            clause = Some(at);
        }
        if c == ' ' && count > 0 {
            space = Some(at);
        }
    }
    let fits = opening.chars().count() <= LONGEST;
    let whole = fits.then_some(opening.len());
    // Text without spaces is cut anywhere.
    let anywhere = opening.char_indices().nth(30).map(|(at, _)| at);
    let end = clause.or(whole).or(space).or(anywhere)?;
    let cut = opening.get(..end)?.trim_end_matches(|c: char| !c.is_alphanumeric());
    let rest = opening.get(end..)?;
    let more = rest.chars().any(char::is_alphanumeric) || blocks.len() > 1;
    Some(if more { format!("{cut}…") } else { cut.to_owned() })
}

/// How much of a text its language is read from, bytes.
const LANGUAGE_BYTES: usize = 12_000;
/// Fewer letters tell nothing.
const LANGUAGE_LETTERS: usize = 40;

/// The language of a text, where it can be told.
pub(super) fn language<'a>(parts: impl Iterator<Item = &'a Block>) -> Option<Lang> {
    let mut sample = String::new();
    for block in parts {
        let text = super::lines::text(block);
        let room = LANGUAGE_BYTES.saturating_sub(sample.len());
        sample.extend(text.chars().take(room));
        sample.push(' ');
        if sample.len() >= LANGUAGE_BYTES {
            break;
        }
    }
    if sample.chars().filter(|c| c.is_alphabetic()).count() < LANGUAGE_LETTERS {
        return None;
    }
    let found = whatlang::detect(&sample).filter(whatlang::Info::is_reliable)?;
    Lang::parse(short_code(found.lang().code()))
}

/// ISO 639-3 as whatlang gives it to the shortest code that web and e-books use (ISO 639-1).
fn short_code(code: &'static str) -> &'static str {
    const CODES: [(&str, &str); 66] = [
        ("eng", "en"),
        ("rus", "ru"),
        ("cmn", "zh"),
        ("spa", "es"),
        ("por", "pt"),
        ("ita", "it"),
        ("ben", "bn"),
        ("fra", "fr"),
        ("deu", "de"),
        ("ukr", "uk"),
        ("kat", "ka"),
        ("ara", "ar"),
        ("hin", "hi"),
        ("jpn", "ja"),
        ("heb", "he"),
        ("yid", "yi"),
        ("pol", "pl"),
        ("amh", "am"),
        ("jav", "jv"),
        ("kor", "ko"),
        ("nob", "nb"),
        ("dan", "da"),
        ("swe", "sv"),
        ("fin", "fi"),
        ("tur", "tr"),
        ("nld", "nl"),
        ("hun", "hu"),
        ("ces", "cs"),
        ("ell", "el"),
        ("bul", "bg"),
        ("bel", "be"),
        ("mar", "mr"),
        ("kan", "kn"),
        ("ron", "ro"),
        ("slv", "sl"),
        ("hrv", "hr"),
        ("srp", "sr"),
        ("mkd", "mk"),
        ("lit", "lt"),
        ("lav", "lv"),
        ("est", "et"),
        ("tam", "ta"),
        ("vie", "vi"),
        ("urd", "ur"),
        ("tha", "th"),
        ("guj", "gu"),
        ("uzb", "uz"),
        ("pan", "pa"),
        ("aze", "az"),
        ("ind", "id"),
        ("tel", "te"),
        ("pes", "fa"),
        ("mal", "ml"),
        ("ori", "or"),
        ("mya", "my"),
        ("nep", "ne"),
        ("sin", "si"),
        ("khm", "km"),
        ("tuk", "tk"),
        ("aka", "ak"),
        ("zul", "zu"),
        ("sna", "sn"),
        ("afr", "af"),
        ("lat", "la"),
        ("slk", "sk"),
        ("cat", "ca"),
    ];
    const MORE: [(&str, &str); 4] = [("epo", "eo"), ("tgl", "tl"), ("hye", "hy"), ("cym", "cy")];
    CODES.iter().chain(&MORE).find(|row| row.0 == code).map_or(code, |row| row.1)
}

/// The code of a language by its name, as header lines give it.
pub(super) fn language_named(name: &str) -> Option<Lang> {
    const NAMES: [(&str, &str); 24] = [
        ("english", "en"),
        ("german", "de"),
        ("deutsch", "de"),
        ("french", "fr"),
        ("français", "fr"),
        ("spanish", "es"),
        ("español", "es"),
        ("italian", "it"),
        ("italiano", "it"),
        ("portuguese", "pt"),
        ("português", "pt"),
        ("russian", "ru"),
        ("русский", "ru"),
        ("chinese", "zh"),
        ("中文", "zh"),
        ("japanese", "ja"),
        ("日本語", "ja"),
        ("korean", "ko"),
        ("dutch", "nl"),
        ("polish", "pl"),
        ("swedish", "sv"),
        ("finnish", "fi"),
        ("indonesian", "id"),
        ("czech", "cs"),
    ];
    let key = name.trim().to_lowercase();
    let named = NAMES.iter().find(|row| row.0 == key).map(|row| row.1);
    named.and_then(Lang::parse).or_else(|| Lang::parse(&key).filter(|_| key.len() <= 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_words_give_titles() {
        for (name, wanted) in [
            ("the_long_way_home", Some("The long way home")),
            ("01 - The Long Way Home", Some("The Long Way Home")),
            ("TheLongWayHome", Some("The Long Way Home")),
            ("the-long-way", Some("The long way")),
            ("Rain (2)", Some("Rain")),
            ("Rain_12345678", Some("Rain")),
            ("7 days of rain", Some("7 days of rain")),
            ("雨の夜", Some("雨の夜")),
            ("d41d8cd98f00b204e9800998ecf8427e", None),
            ("untitled", None),
            ("New Text Document", None),
            ("document1", None),
            ("Document (3)", None),
            ("one-shot", None),
            ("12345", None),
            ("xkcdf", None),
            ("chapter 3", None),
            ("", None),
        ] {
            assert_eq!(from_name(name).as_deref(), wanted, "{name}");
        }
    }
}
