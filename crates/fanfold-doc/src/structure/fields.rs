//! What the values of header lines mean.
//!
//! Owns the wording of ratings, warnings and the like, and how lists are split. A stated value is
//! a fact: it becomes a tag as it stands or in the archive's own words where those are the same.

use crate::document::Href;
use crate::imported::*;

use super::label::Field;
use super::title;

/// Puts a short header line's value where it belongs; false where it says nothing of that kind.
pub(super) fn apply(meta: &mut Metadata, field: Field, name: &str, value: &str) -> bool {
    let value = value.trim();
    if value.is_empty() {
        return false;
    }
    let tags = &mut meta.tags;
    let done = match field {
        Field::Title => {
            let first = meta.title.is_none();
            if first {
                meta.title = Some(unquoted(value).to_owned());
            }
            first
        }
        Field::Author => {
            add_authors(&mut meta.authors, value);
            true
        }
        Field::Rating => rating(tags, value),
        Field::Warning => warnings(tags, value),
        Field::Fandom => add(&mut tags.fandoms, list(value, ",;")),
        Field::Relationship => add(&mut tags.relationships, list(value, ",;")),
        Field::Character => add(&mut tags.characters, list(value, ",;")),
        Field::Freeform => add(&mut tags.freeforms, list(value, ",;/|")),
        Field::Category => category(tags, value),
        Field::Status => status(meta, name, value),
        Field::Chapters => chapters(meta, value),
        Field::Language => {
            let language = title::language_named(value);
            let known = language.is_some();
            meta.language = language.or(meta.language.take());
            known
        }
        Field::Series => series(meta, value),
        Field::Published => set_date(&mut meta.published, value),
        Field::Updated => set_date(&mut meta.updated, value),
        Field::Summary | Field::Note | Field::EndNote | Field::Disclaimer | Field::Other => false,
    };
    if !done {
        meta.other.push((name.to_owned(), value.to_owned()));
    }
    done
}

/// Splits a list at the signs given, and never at those inside brackets.
pub(super) fn list(value: &str, signs: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut item = String::new();
    let mut depth = 0_usize;
    for c in value.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if (signs.contains(c) && depth == 0) || c == '\n' {
            items.push(std::mem::take(&mut item));
        } else {
            item.push(c);
        }
    }
    items.push(item);
    let clean = |item: String| {
        let words: Vec<&str> = item.split_whitespace().collect();
        let line = words.join(" ");
        let line = line.strip_prefix("and ").unwrap_or(&line);
        line.strip_suffix('.').unwrap_or(line).to_owned()
    };
    let shows = |item: &String| item.chars().any(char::is_alphanumeric);
    items.into_iter().map(clean).filter(shows).collect()
}

/// Adds what is new; false where the list says that there is nothing, or is a sentence.
fn add(tags: &mut Vec<String>, items: Vec<String>) -> bool {
    let none = |item: &String| {
        matches!(item.to_lowercase().as_str(), "none" | "n/a" | "na" | "-" | "tbd" | "?")
    };
    let sentence = |item: &String| item.len() > 150;
    if items.is_empty() || items.iter().any(|item| none(item) || sentence(item)) {
        return false;
    }
    for item in items {
        if !tags.contains(&item) {
            tags.push(item);
        }
    }
    true
}

pub(super) fn add_authors(authors: &mut Vec<Author>, value: &str) {
    let joined = value.replace(" and ", ",").replace(" & ", ",").replace(" with ", ",");
    for name in list(&joined, ",;") {
        let name = name.trim_start_matches('@').to_owned();
        if !authors.iter().any(|author| author.name == name) {
            authors.push(Author { name, url: None });
        }
    }
}

/// A title without quotes round all of it.
pub(super) fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for (open, close) in [('"', '"'), ('“', '”'), ('«', '»'), ('\'', '\''), ('‘', '’')] {
        let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| !inner.contains([open, close])) {
            return inner.trim();
        }
    }
    text
}

/// Ratings in the words of AO3, MPAA and fan sites that mean the same.
const RATINGS: &[(&str, &str)] = &[
    ("general audiences", "General Audiences"),
    ("general", "General Audiences"),
    ("gen", "General Audiences"),
    ("g", "General Audiences"),
    ("k", "General Audiences"),
    ("k+", "General Audiences"),
    ("pg", "General Audiences"),
    ("u", "General Audiences"),
    ("everyone", "General Audiences"),
    ("all ages", "General Audiences"),
    ("teen and up audiences", "Teen And Up Audiences"),
    ("teen and up", "Teen And Up Audiences"),
    ("teen", "Teen And Up Audiences"),
    ("t", "Teen And Up Audiences"),
    ("t+", "Teen And Up Audiences"),
    ("pg-13", "Teen And Up Audiences"),
    ("pg13", "Teen And Up Audiences"),
    ("pg 13", "Teen And Up Audiences"),
    ("mature", "Mature"),
    ("m", "Mature"),
    ("r", "Mature"),
    ("ma", "Mature"),
    ("explicit", "Explicit"),
    ("e", "Explicit"),
    ("nc-17", "Explicit"),
    ("nc17", "Explicit"),
    ("nc 17", "Explicit"),
    ("adult", "Explicit"),
    ("x", "Explicit"),
    ("xxx", "Explicit"),
    ("not rated", "Not Rated"),
    ("nr", "Not Rated"),
    ("unrated", "Not Rated"),
];

fn rating(tags: &mut Tags, value: &str) -> bool {
    if !tags.rating.is_empty() {
        return false;
    }
    let known = |text: &str| {
        let key = text.trim().trim_end_matches('.').to_lowercase();
        let key = key.strip_prefix("fiction ").unwrap_or(&key).to_owned();
        RATINGS.iter().find(|row| row.0 == key).map(|row| row.1)
    };
    let cut = value.find(['(', ',', ';', '[', '–', '—']).unwrap_or(value.len());
    let word = value.split([' ', '(', ',', ';', '.']).next().unwrap_or_default();
    let found = known(value)
        .or_else(|| known(value.get(..cut).unwrap_or_default()))
        .or_else(|| known(word).filter(|_| word.len() > 1 || value.len() > word.len()))
        .or_else(|| known(value.split(" - ").next().unwrap_or_default()));
    tags.rating.push(found.unwrap_or(value).to_owned());
    // What else was said of it is kept as well.
    found.is_none() || known(value).is_some()
}

/// Warnings that AO3 has a name for.
const WARNINGS: &[(&str, &str)] = &[
    ("none", "No Archive Warnings Apply"),
    ("no warnings", "No Archive Warnings Apply"),
    ("no archive warnings apply", "No Archive Warnings Apply"),
    ("no archive warnings", "No Archive Warnings Apply"),
    ("choose not to use archive warnings", "Creator Chose Not To Use Archive Warnings"),
    ("creator chose not to use archive warnings", "Creator Chose Not To Use Archive Warnings"),
    ("choose not to warn", "Creator Chose Not To Use Archive Warnings"),
    ("cntw", "Creator Chose Not To Use Archive Warnings"),
    ("graphic violence", "Graphic Depictions Of Violence"),
    ("graphic depictions of violence", "Graphic Depictions Of Violence"),
    ("major character death", "Major Character Death"),
    ("mcd", "Major Character Death"),
    ("non-con", "Rape/Non-Con"),
    ("noncon", "Rape/Non-Con"),
    ("rape", "Rape/Non-Con"),
    ("rape/non-con", "Rape/Non-Con"),
    ("underage", "Underage Sex"),
    ("underage sex", "Underage Sex"),
];

fn warnings(tags: &mut Tags, value: &str) -> bool {
    let items = list(value, ",;");
    // A warning in sentences is for reading.
    let prose = items.iter().any(|item| item.split_whitespace().count() > 6);
    if prose || value.contains(". ") {
        return false;
    }
    let named = |item: String| {
        let key = item.to_lowercase();
        WARNINGS.iter().find(|row| row.0 == key).map_or(item, |row| row.1.to_owned())
    };
    add(&mut tags.warnings, items.into_iter().map(named).collect())
}

/// Categories in AO3's words; what is none of them names a fandom, as on older archives.
fn category(tags: &mut Tags, value: &str) -> bool {
    const CATEGORIES: &[(&str, &str)] = &[
        ("f/f", "F/F"),
        ("femslash", "F/F"),
        ("f/m", "F/M"),
        ("m/f", "F/M"),
        ("het", "F/M"),
        ("m/m", "M/M"),
        ("slash", "M/M"),
        ("gen", "Gen"),
        ("multi", "Multi"),
        ("other", "Other"),
    ];
    let items = list(value, ",;");
    let named = |item: &String| {
        let key = item.to_lowercase();
        CATEGORIES.iter().find(|row| row.0 == key).map(|row| row.1.to_owned())
    };
    let known: Vec<String> = items.iter().filter_map(named).collect();
    if !known.is_empty() && known.len() == items.len() {
        add(&mut tags.categories, known)
    } else if known.is_empty() && items.len() <= 2 && tags.fandoms.is_empty() {
        add(&mut tags.fandoms, items)
    } else {
        false
    }
}

fn status(meta: &mut Metadata, name: &str, value: &str) -> bool {
    let value = value.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| value.starts_with(word));
    let open = says(&[
        "in progress",
        "in-progress",
        "wip",
        "incomplete",
        "ongoing",
        "on-going",
        "unfinished",
        "work in progress",
        "not complete",
        "not finished",
        "abandoned",
        "on hold",
        "hiatus",
        "no",
        "tbc",
    ]);
    let done = says(&["complete", "finished", "done", "one-shot", "oneshot", "one shot", "yes"]);
    if open || done {
        meta.complete = Some(done && !open);
        return true;
    }
    // "Completed: 2004-01-02" is a day.
    if name.to_lowercase().starts_with("complete") && set_date(&mut meta.updated, &value) {
        meta.complete = Some(true);
        return true;
    }
    false
}

/// "3/10", "3/?", "1".
fn chapters(meta: &mut Metadata, value: &str) -> bool {
    let (done, all) = value.split_once('/').unwrap_or((value, ""));
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|n| *n > 0);
    let Some(done) = number(done) else { return false };
    if let Some(all) = number(all) {
        meta.chapters_expected = Some(all);
        meta.complete = Some(done >= all);
    } else if all.trim() == "?" {
        meta.complete = Some(false);
    }
    true
}

/// "Name, part 2", "Name #2", "Part 2 of Name".
fn series(meta: &mut Metadata, value: &str) -> bool {
    let lower = value.to_lowercase();
    let mut title = value;
    let mut part = None;
    if let Some(rest) = lower.strip_prefix("part ") {
        if let Some((number, _)) = rest.split_once(" of ") {
            part = super::heading::number(number);
            let start = "part ".len() + number.len() + " of ".len();
            title = value.get(start..).filter(|_| part.is_some()).unwrap_or(value);
        }
    } else {
        let cut = lower.rfind(" part ").or_else(|| lower.rfind('#')).or_else(|| lower.rfind('['));
        if let Some((before, after)) = cut.and_then(|at| value.split_at_checked(at)) {
            let digits = after.trim_start_matches(|c: char| c.is_alphabetic() || " #[".contains(c));
            part = super::heading::number(digits.trim_end_matches([']', ')', '.']));
            title = if part.is_some() { before } else { value };
        }
    }
    let title = unquoted(title.trim().trim_end_matches([',', ';', ':', '-', '(']).trim());
    let shows = title.chars().any(char::is_alphanumeric)
        && !matches!(title.to_lowercase().as_str(), "none" | "no" | "n/a");
    if shows {
        meta.series.push(SeriesPlace { title: title.to_owned(), url: None::<Href>, part });
    }
    shows
}

fn set_date(place: &mut Option<Date>, value: &str) -> bool {
    let found = date(value);
    *place = found.or(place.take());
    found.is_some()
}

/// A day where there is no doubt which: 2004-01-30, January 30, 2004, 30 January 2004, 1/30/2004.
pub(super) fn date(text: &str) -> Option<Date> {
    if let Some(date) = Date::parse(text) {
        return Some(date);
    }
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let mut month = None;
    let mut numbers = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(8) {
        let lower = word.to_lowercase();
        let named = MONTHS.iter().position(|name| lower.starts_with(name) && lower.len() <= 9);
        if let Some(at) = named.filter(|_| month.is_none()) {
            month = u8::try_from(at + 1).ok();
        } else {
            let ending = ["st", "nd", "rd", "th"].iter().find_map(|end| lower.strip_suffix(end));
            numbers.extend(ending.unwrap_or(&lower).parse::<i16>().ok());
        }
    }
    let day = |number: i16| u8::try_from(number).ok();
    match (month, numbers.as_slice()) {
        (Some(month), [d, year]) if *year >= 1900 => Date::new(*year, month, day(*d)?),
        (None, [year, m, d]) if *year >= 1900 => Date::new(*year, day(*m)?, day(*d)?),
        (None, [a, b, year]) if *year >= 1900 && *a > 12 => Date::new(*year, day(*b)?, day(*a)?),
        (None, [a, b, year]) if *year >= 1900 && *b > 12 => Date::new(*year, day(*a)?, day(*b)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_tags() {
        let mut meta = Metadata::default();
        for (field, name, value) in [
            (Field::Rating, "Rating", "PG-13 for language"),
            (Field::Warning, "Warnings", "graphic violence, mild swearing"),
            (Field::Relationship, "Pairing", "Ann/Ben; Cy & Di, Eve/Fay (past)"),
            (Field::Freeform, "Genre", "Angst/Humour"),
            (Field::Category, "Category", "Slash"),
            (Field::Series, "Series", "Piers, part 2"),
            (Field::Published, "Date", "April 9th, 2013"),
            (Field::Status, "Status", "Complete"),
            (Field::Author, "By", "Ann and Ben & Cy"),
        ] {
            apply(&mut meta, field, name, value);
        }
        assert_eq!(meta.tags.rating, ["Teen And Up Audiences"]);
        assert_eq!(meta.other, [("Rating".to_owned(), "PG-13 for language".to_owned())]);
        assert_eq!(meta.tags.warnings, ["Graphic Depictions Of Violence", "mild swearing"]);
        assert_eq!(meta.tags.relationships, ["Ann/Ben", "Cy & Di", "Eve/Fay (past)"]);
        assert_eq!(meta.tags.freeforms, ["Angst", "Humour"]);
        assert_eq!(meta.tags.categories, ["M/M"]);
        assert_eq!((meta.series[0].title.as_str(), meta.series[0].part), ("Piers", Some(2)));
        assert_eq!(meta.published, Date::new(2013, 4, 9));
        assert_eq!(meta.complete, Some(true));
        assert_eq!(meta.authors.len(), 3);
    }

    #[test]
    fn doubtful_days_stay_words() {
        assert_eq!(date("4/9/2013"), None);
        assert_eq!(date("4/19/2013"), Date::new(2013, 4, 19));
        assert_eq!(date("19 April 2013"), Date::new(2013, 4, 19));
        assert_eq!(date("someday"), None);
    }
}
