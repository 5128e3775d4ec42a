//! Chapter headings: "Chapter 3: Rain", "CHAPTER III", "Prologue", "3. Rain".
//!
//! Owns how one line is read as a heading. Which of them make chapters is [`super::chapters`]'.

/// What a line says as a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// The word, e.g. "chapter", "part", "prologue"; "" for a number alone.
    pub(crate) word: String,
    /// Its number, from 1.
    pub(crate) number: Option<u32>,
    /// Of how many, where that is said.
    pub(crate) of: Option<u32>,
    /// The title behind them.
    pub(crate) title: Option<String>,
    /// What stands before, e.g. the story's title.
    pub(crate) before: Option<String>,
}

/// Words that stand before a number.
const NUMBERED: &[&str] = &["chapter", "chap", "chp", "ch", "part", "book", "act", "episode"];
/// Words that head a chapter without a number.
const NAMED: &[&str] = &[
    "prologue",
    "prolog",
    "epilogue",
    "epilog",
    "interlude",
    "intermission",
    "preface",
    "foreword",
    "afterword",
    "coda",
    "introduction",
    "bonus chapter",
    "final chapter",
    "last chapter",
];
/// The longest heading, bytes.
pub(crate) const LONGEST: usize = 140;

/// Reads a line that is a chapter's heading beyond doubt.
pub(crate) fn parse(line: &str) -> Option<Heading> {
    if line.len() > LONGEST {
        return None;
    }
    let line = undecorated(line);
    let first = line.chars().next()?;
    if !first.is_alphabetic() {
        return None;
    }
    named(line).or_else(|| numbered(line)).or_else(|| with_story(line))
}

/// Reads a line that may be a heading where others like it stand in a sequence: "3. Rain", "III".
pub(crate) fn parse_weak(line: &str) -> Option<Heading> {
    if line.len() > LONGEST {
        return None;
    }
    let line = undecorated(line);
    let end = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len());
    let (first, rest) = line.split_at_checked(end)?;
    let number = number(first)?;
    let titled = rest.strip_prefix(['.', ')', ':']).map(str::trim);
    let title = match titled.or_else(|| rest.trim().is_empty().then_some("")) {
        Some("") => None,
        Some(title) if title_like(title) => Some(title.to_owned()),
        _ => return None,
    };
    Some(Heading { word: String::new(), number: Some(number), of: None, title, before: None })
}

/// A line without the signs round it and the quotes that some writers set.
fn undecorated(line: &str) -> &str {
    let sign = |c: char| c.is_whitespace() || "*_~=-–—#[](){}<>|•·:+".contains(c);
    line.trim_matches(sign)
}

fn named(line: &str) -> Option<Heading> {
    let lower = line.to_lowercase();
    let word = NAMED.iter().find(|word| {
        let after = lower.strip_prefix(**word).and_then(|rest| rest.chars().next());
        lower == **word || after.is_some_and(|c| !c.is_alphanumeric())
    })?;
    let rest = line.get(word.len()..)?;
    let upper = line.chars().next().is_some_and(char::is_uppercase);
    let heading =
        |number, title| Heading { word: (*word).to_owned(), number, of: None, title, before: None };
    let plain = rest.trim_matches(|c: char| !c.is_alphanumeric());
    if plain.is_empty() && upper {
        // A named chapter without a title is called by its name.
        return Some(heading(None, Some(capitalised(word))));
    }
    if let Some(number) = number(plain).filter(|_| upper) {
        return Some(heading(None, Some(format!("{} {number}", capitalised(word)))));
    }
    let title = rest.trim_start().strip_prefix([':', '-', '–', '—', '.', '~', '|'])?.trim();
    let title = title.trim_start_matches([':', '-', '–', '—', '~', '|']).trim();
    let titled = upper && title_like(title);
    titled.then(|| heading(None, Some(format!("{}: {title}", capitalised(word)))))
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn numbered(line: &str) -> Option<Heading> {
    let end = line.find(|c: char| !c.is_alphabetic())?;
    let (word, rest) = line.split_at_checked(end)?;
    let word = word.to_lowercase();
    let word = NUMBERED.iter().find(|own| **own == word)?;
    let upper = line.chars().next().is_some_and(char::is_uppercase);
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ".#:-".contains(c));
    let (number, length) = leading_number(rest)?;
    let rest = rest.get(length..)?;
    let (of, rest) = out_of(rest);
    let word = if word.starts_with("ch") { "chapter" } else { word };
    let heading =
        |title| Heading { word: word.to_owned(), number: Some(number), of, title, before: None };
    let trimmed = rest.trim();
    if trimmed.trim_matches(|c: char| !c.is_alphanumeric()).is_empty() {
        return Some(heading(None));
    }
    let signs = [':', '-', '–', '—', '.', '~', '|', '=', ',', ')', ']', '>', '*'];
    let separated = trimmed.starts_with(signs);
    let title = trimmed.trim_start_matches(|c: char| signs.contains(&c) || c.is_whitespace());
    let spaced = rest.starts_with(char::is_whitespace);
    let first_upper = title.chars().next().is_some_and(|c| !c.is_lowercase());
    let last = title.chars().next_back().unwrap_or(' ');
    let prose = matches!(last, '.' | ',' | ';') && !title.ends_with("..");
    let fits = if separated {
        title_like(title) && (upper || first_upper)
    } else {
        spaced && upper && first_upper && !prose && title.split_whitespace().count() <= 12
    };
    fits.then(|| heading(Some(clean_title(title))))
}

/// A title without the quotes that stand round all of it.
fn clean_title(title: &str) -> String {
    let title = title.trim();
    for (open, close) in [('"', '"'), ('“', '”'), ('«', '»'), ('‘', '’'), ('\'', '\'')] {
        let inner = title.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains([open, close])) {
            return inner.trim().to_owned();
        }
    }
    title.to_owned()
}

/// "The Pier - Chapter 3: Rain": the story's title before the heading.
fn with_story(line: &str) -> Option<Heading> {
    // "Series: Tides, part 2" is a header line.
    if super::label::parse(line).is_some_and(|label| label.sure) {
        return None;
    }
    let lower = line.to_ascii_lowercase();
    let at = ["chapter ", "part "].iter().filter_map(|word| lower.find(word)).min()?;
    let (before, from) = line.split_at_checked(at)?;
    let story = before.trim_end();
    let story = story.strip_suffix([':', '-', '–', '—', ',', '|', '~', '/'])?.trim_end();
    let story = story.trim_end_matches(['-', ' ', '~', ':']);
    let heading = numbered(from)?;
    let plain = story.split_whitespace().count() <= 10 && title_like(story);
    plain.then(|| Heading { before: Some(clean_title(story)), ..heading })
}

/// "/10", "of 10", "(1/3)": out of how many.
fn out_of(rest: &str) -> (Option<u32>, &str) {
    let trimmed = rest.trim_start();
    let after = ["/", "of ", "out of "].iter().find_map(|word| trimmed.strip_prefix(word));
    let Some(after) = after.map(str::trim_start) else { return (None, rest) };
    if let Some(after) = after.strip_prefix('?') {
        return (None, after);
    }
    match leading_number(after) {
        Some((number, length)) => (Some(number), after.get(length..).unwrap_or_default()),
        None => (None, rest),
    }
}

/// Whether a text could be a title: short, and no sentence.
pub(crate) fn title_like(text: &str) -> bool {
    let text = text.trim();
    let words = text.split_whitespace().count();
    let last = text.chars().next_back().unwrap_or(',');
    let sentence =
        matches!(last, ',' | ';' | ':') || (last == '.' && !text.ends_with("...") && words > 4);
    (1..=14).contains(&words) && !sentence && text.chars().any(char::is_alphanumeric)
}

/// The number that a text opens with and its length in bytes: digits, words or Roman.
fn leading_number(text: &str) -> Option<(u32, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let number = text.get(..digits)?.parse().ok().filter(|n| *n <= 9_999)?;
        return Some((number, digits));
    }
    // "Twenty-One", "Twenty One", "One Hundred": the longest that is a number.
    let mut best = None;
    let ends = text.char_indices().filter(|(_, c)| !c.is_alphabetic()).map(|(at, _)| at);
    for end in ends.chain([text.len()]).take(3) {
        if let Some(number) = text.get(..end).and_then(number) {
            best = Some((number, end));
        }
    }
    best
}

/// A number in digits, English words up to one hundred, or Roman numerals.
pub(crate) fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    if text.is_empty() || text.len() > 24 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok().filter(|n| (1..=9_999).contains(n));
    }
    in_words(&text.to_lowercase()).or_else(|| roman(text))
}

fn in_words(text: &str) -> Option<u32> {
    const ONES: [&str; 20] = [
        "",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    const ORDINALS: [&str; 11] = [
        "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    let at = |table: &[&str], word: &str| {
        let at = table.iter().position(|own| *own == word && !own.is_empty())?;
        u32::try_from(at).ok()
    };
    if matches!(text, "hundred" | "one hundred" | "one-hundred" | "a hundred") {
        return Some(100);
    }
    if let Some(number) = at(&ONES, text).or_else(|| at(&ORDINALS, text)) {
        return Some(number);
    }
    if text == "fourty" {
        return Some(40);
    }
    if let Some(tens) = at(&TENS, text) {
        return Some(tens * 10);
    }
    let (tens, ones) = text.split_once(['-', ' '])?;
    let ones = at(&ONES, ones.trim()).filter(|ones| *ones < 10)?;
    Some(at(&TENS, tens)? * 10 + ones)
}

/// Roman numerals in one case, written as they are read back.
fn roman(text: &str) -> Option<u32> {
    let one_case = text.chars().all(|c| c.is_ascii_uppercase())
        || text.chars().all(|c| c.is_ascii_lowercase());
    if !one_case || text.len() > 10 {
        return None;
    }
    const PARTS: [(&str, u32); 9] = [
        ("c", 100),
        ("xc", 90),
        ("l", 50),
        ("xl", 40),
        ("x", 10),
        ("ix", 9),
        ("v", 5),
        ("iv", 4),
        ("i", 1),
    ];
    let lower = text.to_ascii_lowercase();
    let mut rest = lower.as_str();
    let mut number = 0;
    for (part, value) in PARTS {
        let mut times = 0;
        while let Some(after) = rest.strip_prefix(part) {
            times += 1;
            number += value;
            rest = after;
            if times == 3 || part.len() == 2 || matches!(part, "v" | "l") {
                break;
            }
        }
    }
    (rest.is_empty() && number > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_every_habit() {
        let cases = [
            ("Chapter 3: Rain", Some(3), Some("Rain")),
            ("Chapter Three", Some(3), None),
            ("CHAPTER III", Some(3), None),
            ("CHAPTER XLII. - THE PIER", Some(42), Some("THE PIER")),
            ("Chapter Twenty-One: Rain", Some(21), Some("Rain")),
            ("Chapter Ninety Nine", Some(99), None),
            ("Chapter One Hundred", Some(100), None),
            ("Part 2", Some(2), None),
            ("Part Two - Rain", Some(2), Some("Rain")),
            ("~ Chapter 4 ~", Some(4), None),
            ("*Chapter 4*", Some(4), None),
            ("chapter 4", Some(4), None),
            ("Ch. 5 - \"Rain\"", Some(5), Some("Rain")),
            ("Chapter 5 The Rain Comes", Some(5), Some("The Rain Comes")),
            ("Chapter 2/10", Some(2), None),
            ("Prologue", None, Some("Prologue")),
            ("EPILOGUE: Rain", None, Some("Epilogue: Rain")),
            ("Interlude 2", None, Some("Interlude 2")),
            ("The Pier - Chapter 3: Rain", Some(3), Some("Rain")),
        ];
        for (line, number, title) in cases {
            let heading = parse(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((heading.number, heading.title.as_deref()), (number, title), "{line}");
        }
        let long = parse("The Pier - Chapter 3 of 7").expect("a heading");
        assert_eq!((long.before.as_deref(), long.of), (Some("The Pier"), Some(7)));
    }

    #[test]
    fn prose_is_no_heading() {
        for line in [
            "Chapter 3 was the hardest to write.",
            "Chapter houses stood along the road.",
            "Part of him knew.",
            "Part I remember best, the rain.",
            "Epilogues bored her.",
            "Prologue or not, he read on.",
            "Act one more time and I leave.",
            "In chapter 3, she dies.",
            "He read Chapter Three aloud.",
            "Book me a room.",
            "",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }

    #[test]
    fn numerals() {
        for (text, wanted) in [
            ("7", Some(7)),
            ("xiv", Some(14)),
            ("XCIX", Some(99)),
            ("IIII", None),
            ("vx", None),
            ("Mix", None),
            ("mild", None),
            ("seventeen", Some(17)),
            ("forty-two", Some(42)),
            ("0", None),
            ("civil", None),
            ("Iv", None),
            ("", None),
        ] {
            assert_eq!(number(text), wanted, "{text}");
        }
        assert_eq!(parse_weak("3. Rain").and_then(|h| h.title).as_deref(), Some("Rain"));
        assert_eq!(parse_weak("III").and_then(|h| h.number), Some(3));
        assert_eq!(parse_weak("I was there."), None);
        assert_eq!(parse_weak("I. Rain on the road was all she knew of."), None);
    }
}
