//! Rules that look at a word and its neighbour: doubled words, "a" and "an", spaces before
//! punctuation.

use crate::Rule;
use crate::lexicon::*;
use crate::line::{Found, Line};
use crate::manner::Manner;

/// The same word twice. Words that are said twice on purpose are left alone; inside speech only
/// words that no emphasis repeats are looked at, and never with a line end between.
pub(crate) fn doubled(line: &Line, found: &mut Found) {
    for at in 1..line.words.len() {
        let word = line.small(at);
        if word.len() != line.small(at - 1).len() || word != line.small(at - 1) {
            continue;
        }
        let Some((first, second)) = line.words.get(at - 1).zip(line.words.get(at)) else {
            continue;
        };
        let one_space = line.follows(at) && word.bytes().all(|b| b.is_ascii_alphabetic());
        // "New York, New York", "Duran Duran"; a third of the same is meant.
        let meant = line.is_capital(at) || line.next(at) == word || hyphened(line, at);
        let thrice = at > 1 && line.previous(at - 1) == word;
        let never = NEVER_TWICE.contains(word);
        let spoken = !never && word.len() < 4 && line.is_spoken(first.start);
        let said = !never && (TWICE.contains(word) || word.len() < 2);
        if one_space && !meant && !thrice && !spoken && !said {
            let kept = line.word(at - 1).to_owned();
            found.add(Rule::DoubledWord, first.start..second.end, [kept]);
        }
    }
}

/// Whether a hyphen joins either of two words to something else: "day-to day to day".
fn hyphened(line: &Line, at: usize) -> bool {
    line.before(at - 1).ends_with('-') || line.before(at + 1).starts_with(['-', '—'])
}

/// "a" before a vowel's sound and "an" before a consonant's.
pub(crate) fn articles(line: &Line, found: &mut Found) {
    for at in 0..line.words.len() {
        let article = line.small(at);
        if !matches!(article, "a" | "an") || !line.follows(at + 1) {
            continue;
        }
        // A capital inside a sentence is a grade or a name: "an A on the test".
        let opens = at == 0 || line.before(at).contains(['.', '!', '?', '"', '“', '\n', '—']);
        if line.is_capital(at) && (!opens || line.is_capital(at + 1)) {
            continue;
        }
        if line.before(at).ends_with(['-', '\'', '’', '&', '/']) {
            continue;
        }
        let (sound, next) = (first_sound(line.word(at + 1)), line.small(at + 1));
        if NOT_AN_ARTICLE.contains(next) {
            continue;
        }
        let right = match (article, sound) {
            ("a", Some(Sound::Vowel)) => "an",
            ("an", Some(Sound::Consonant)) => "a",
            _ => continue,
        };
        let right = if line.is_capital(at) { capital(right) } else { right.to_owned() };
        if let Some((from, to)) = line.words.get(at).zip(line.words.get(at + 1)) {
            let after = line.text.get(from.end..to.end).unwrap_or_default();
            found.add(Rule::Article, from.start..to.end, [format!("{right}{after}")]);
        }
    }
}

/// A word with a capital.
pub(crate) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

enum Sound {
    Vowel,
    Consonant,
}

/// The sound that a word begins with, where that is sure.
fn first_sound(word: &str) -> Option<Sound> {
    let letters = word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'') && word.len() > 1;
    if !letters {
        return first_of_number(word);
    }
    let all_capitals = word.bytes().all(|b| b.is_ascii_uppercase());
    if all_capitals && word.len() <= 5 {
        // Said letter by letter or as a word: sure only where both begin alike.
        return match word.as_bytes().first()? {
            b'A' | b'E' | b'I' | b'O' => Some(Sound::Vowel),
            b'B' | b'C' | b'D' | b'G' | b'J' | b'K' | b'P' | b'Q' | b'T' | b'V' | b'W' | b'Y'
            | b'Z' => Some(Sound::Consonant),
            _ => None,
        };
    }
    let small = word.to_ascii_lowercase();
    let small = small.strip_suffix("'s").unwrap_or(&small);
    let starts = |parts: &[&str]| parts.iter().any(|part| small.starts_with(part));
    match small.as_bytes().first()? {
        b'a' | b'i' => Some(Sound::Vowel),
        b'o' if SOUNDS_CONSONANT.contains(small) || starts(&["one-"]) => Some(Sound::Consonant),
        b'o' => Some(Sound::Vowel),
        b'e' if starts(&["eu", "ew"]) => Some(Sound::Consonant),
        b'e' => Some(Sound::Vowel),
        b'u' => first_of_u(small),
        // "an historic", "an hotel": old and careful writers do, so only the sure ones count.
        b'h' if SILENT_H.contains(small) => match small {
            "herb" | "herbs" | "herbal" | "homage" | "hors" | "hr" | "hrs" => None,
            _ => Some(Sound::Vowel),
        },
        b'h' if starts(&[
            "his", "her", "hes", "hy", "hot", "hab", "hal", "har", "hum", "hun", "hon",
        ]) =>
        {
            None
        }
        b'x' | b'y' => None,
        // Letters in a row without a vowel are spelt out: "an mp3", "an lcd".
        _ if !small.bytes().any(|b| matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')) => None,
        _ => Some(Sound::Consonant),
    }
}

/// "an uncle" but "a university": u is a vowel unless it sounds like "you".
fn first_of_u(small: &str) -> Option<Sound> {
    let like_you =
        ["uni", "us", "ut", "ur", "uk", "uga", "ub", "ufo", "ula", "uv", "unesco", "uru"];
    let vowel = [
        "unim", "unin", "unil", "unid", "unir", "us's", "usher", "ush", "ut-", "utter", "utm",
        "urb", "urg", "urch", "urn", "ursu", "ubi",
    ];
    let starts = |parts: &[&str]| parts.iter().any(|part| small.starts_with(part));
    match small {
        "us" | "up" | "uber" | "ur" | "un" => None,
        _ if starts(&["unid", "unin", "unim"]) => Some(Sound::Vowel),
        _ if starts(&["ubiq"]) => Some(Sound::Consonant),
        _ if starts(&vowel) => Some(Sound::Vowel),
        _ if starts(&like_you) => Some(Sound::Consonant),
        _ => Some(Sound::Vowel),
    }
}

/// "an 8", "an 11th": sure for the numbers that begin with the sound of eight.
fn first_of_number(word: &str) -> Option<Sound> {
    let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
    match digits.as_str() {
        "" => None,
        "11" | "18" => Some(Sound::Vowel),
        // Eleven and eighteen hundred, or one thousand and so on.
        _ if digits.starts_with("11") || digits.starts_with("18") => None,
        _ if digits.starts_with('8') => Some(Sound::Vowel),
        _ => Some(Sound::Consonant),
    }
}

/// A space before a comma, a full stop and the like. French sets them before `?`, `!`, `;`, `:`.
pub(crate) fn spaces(line: &Line, manner: &Manner, found: &mut Found) {
    let signs: &[u8] = if manner.is_in("fr") { b",." } else { b",.?!;:" };
    let bytes = line.text.as_bytes();
    for (at, pair) in bytes.windows(2).enumerate() {
        let [b' ', sign] = pair else { continue };
        if !signs.contains(sign) {
            continue;
        }
        let before = line.text.get(..at).and_then(|text| text.chars().next_back());
        let after = line.text.get(at + 2..).and_then(|text| text.chars().next());
        let word = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '\'' | '’'));
        // ". . ." and "...", ".45", ":)", "!important" are something else.
        let ends = after.is_none_or(|c| matches!(c, ' ' | '\n' | '"' | '”' | '\'' | '’'));
        let more = line.text.get(at + 2..).is_some_and(|rest| {
            rest.trim_start_matches([' ', '"', '”', '\'', '’'])
                .starts_with(['.', ')', '(', '?', '!'])
        });
        if word && ends && !more {
            let sign = char::from(*sign).to_string();
            found.add(Rule::SpaceBeforePunctuation, at..at + 2, [sign]);
        }
    }
}
