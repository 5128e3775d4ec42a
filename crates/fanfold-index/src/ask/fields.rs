//! The names of fields, and which one a misspelled name is close to.
//!
//! Owns the table of names. What follows a name is read in `value.rs`.

use super::model::{DateField, Fact, Number, SortBy, TagField, TextField};
use crate::filter::{Column, Kind};

/// What a name before a colon stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Tag(TagField),
    Text(TextField),
    Number(Number),
    /// Warmth in per cent.
    Ratio,
    Date(DateField),
    /// `complete:yes`.
    Fact(Fact),
    /// `oneshot:yes`.
    OneShot,
    /// `is:read`.
    Is,
    /// `has:character`.
    Has,
    Sort,
    /// A field of AO3 that there is none of here: why not, and one to use instead.
    Missing(&'static str, Option<&'static str>),
}

impl Field {
    /// Whether `<` and `>` may stand right behind it.
    pub fn compares(self) -> bool {
        use Field::{Date, Missing, Number, Ratio, Sort};
        matches!(self, Number(_) | Ratio | Date(_) | Sort | Missing(..))
    }
}

const LOCKED: Field = Field::Missing(
    "Whether a work is locked cannot be asked: you always see all the works that you may see",
    None,
);
const SKIN: Field = Field::Missing("Works cannot be asked for by their skin", None);
const SOURCE: Field =
    Field::Missing("Works cannot be asked for by where they were imported from", None);
const BACKDATED: Field =
    Field::Missing("Whether a work was backdated is not known here; ask for its dates", None);
const NUMBERS: Field = ids(None);

const fn ids(instead: Option<&'static str>) -> Field {
    let say = "Tags are asked for by name here, and AO3's numbers for them mean nothing";
    Field::Missing(say, instead)
}

const fn tag(kind: Kind) -> Field {
    Field::Tag(TagField::Of(kind))
}

/// Every name, without `_`, `-` and `.`, in lower case. The first of each field is its canonical
/// spelling but for hyphens.
const NAMES: [(&str, Field); 129] = [
    ("tag", Field::Tag(TagField::Any)),
    ("tags", Field::Tag(TagField::Any)),
    ("fandom", tag(Kind::Fandom)),
    ("fandoms", tag(Kind::Fandom)),
    ("ship", tag(Kind::Relationship)),
    ("ships", tag(Kind::Relationship)),
    ("relationship", tag(Kind::Relationship)),
    ("relationships", tag(Kind::Relationship)),
    ("pairing", tag(Kind::Relationship)),
    ("pairings", tag(Kind::Relationship)),
    ("character", tag(Kind::Character)),
    ("characters", tag(Kind::Character)),
    ("additional", tag(Kind::Freeform)),
    ("additionaltag", tag(Kind::Freeform)),
    ("additionaltags", tag(Kind::Freeform)),
    ("freeform", tag(Kind::Freeform)),
    ("freeforms", tag(Kind::Freeform)),
    ("rating", tag(Kind::Rating)),
    ("ratings", tag(Kind::Rating)),
    ("warning", tag(Kind::Warning)),
    ("warnings", tag(Kind::Warning)),
    ("archivewarning", tag(Kind::Warning)),
    ("archivewarnings", tag(Kind::Warning)),
    ("category", tag(Kind::Category)),
    ("categories", tag(Kind::Category)),
    ("media", tag(Kind::Media)),
    ("medium", tag(Kind::Media)),
    ("language", tag(Kind::Language)),
    ("languages", tag(Kind::Language)),
    ("lang", tag(Kind::Language)),
    ("languageid", tag(Kind::Language)),
    ("author", tag(Kind::Author)),
    ("authors", tag(Kind::Author)),
    ("creator", tag(Kind::Author)),
    ("creators", tag(Kind::Author)),
    ("artist", tag(Kind::Author)),
    ("series", tag(Kind::Series)),
    ("seriestitle", tag(Kind::Series)),
    ("seriestitles", tag(Kind::Series)),
    ("collection", tag(Kind::Collection)),
    ("collections", tag(Kind::Collection)),
    ("primaryship", Field::Tag(TagField::PrimaryShip)),
    ("primary", Field::Tag(TagField::PrimaryShip)),
    ("primaryrelationship", Field::Tag(TagField::PrimaryShip)),
    ("primarypairing", Field::Tag(TagField::PrimaryShip)),
    ("mainship", Field::Tag(TagField::PrimaryShip)),
    ("mainpairing", Field::Tag(TagField::PrimaryShip)),
    ("firstship", Field::Tag(TagField::PrimaryShip)),
    ("primarycharacter", Field::Tag(TagField::PrimaryCharacter)),
    ("maincharacter", Field::Tag(TagField::PrimaryCharacter)),
    ("firstcharacter", Field::Tag(TagField::PrimaryCharacter)),
    ("title", Field::Text(TextField::Title)),
    ("titles", Field::Text(TextField::Title)),
    ("notes", Field::Text(TextField::Notes)),
    ("note", Field::Text(TextField::Notes)),
    ("endnotes", Field::Text(TextField::Notes)),
    ("summary", Field::Text(TextField::Notes)),
    ("summaries", Field::Text(TextField::Notes)),
    ("text", Field::Text(TextField::Body)),
    ("body", Field::Text(TextField::Body)),
    ("words", Field::Number(Number::Words)),
    ("word", Field::Number(Number::Words)),
    ("wordcount", Field::Number(Number::Words)),
    ("wordscount", Field::Number(Number::Words)),
    ("minutes", Field::Number(Number::Minutes)),
    ("minute", Field::Number(Number::Minutes)),
    ("readingtime", Field::Number(Number::Minutes)),
    ("chapters", Field::Number(Number::Chapters)),
    ("chapter", Field::Number(Number::Chapters)),
    ("chaptercount", Field::Number(Number::Chapters)),
    ("planned", Field::Number(Number::Planned)),
    ("plannedchapters", Field::Number(Number::Planned)),
    ("expectedchapters", Field::Number(Number::Planned)),
    ("expectednumberofchapters", Field::Number(Number::Planned)),
    ("hits", Field::Number(Number::Hits)),
    ("hit", Field::Number(Number::Hits)),
    ("hitcount", Field::Number(Number::Hits)),
    ("hitscount", Field::Number(Number::Hits)),
    ("kudos", Field::Number(Number::Kudos)),
    ("kudo", Field::Number(Number::Kudos)),
    ("kudoscount", Field::Number(Number::Kudos)),
    ("kudocount", Field::Number(Number::Kudos)),
    ("comments", Field::Number(Number::Comments)),
    ("comment", Field::Number(Number::Comments)),
    ("commentscount", Field::Number(Number::Comments)),
    ("commentcount", Field::Number(Number::Comments)),
    ("bookmarks", Field::Number(Number::Bookmarks)),
    ("bookmark", Field::Number(Number::Bookmarks)),
    ("bookmarkscount", Field::Number(Number::Bookmarks)),
    ("bookmarkcount", Field::Number(Number::Bookmarks)),
    ("warmth", Field::Number(Number::Warmth)),
    ("ratio", Field::Ratio),
    ("posted", Field::Date(DateField::Posted)),
    ("published", Field::Date(DateField::Posted)),
    ("dateposted", Field::Date(DateField::Posted)),
    ("createdat", Field::Date(DateField::Posted)),
    ("updated", Field::Date(DateField::Updated)),
    ("date", Field::Date(DateField::Updated)),
    ("dateupdated", Field::Date(DateField::Updated)),
    ("revisedat", Field::Date(DateField::Updated)),
    ("complete", Field::Fact(Fact::Complete)),
    ("completed", Field::Fact(Fact::Complete)),
    ("crossover", Field::Fact(Fact::Crossover)),
    ("crossovers", Field::Fact(Fact::Crossover)),
    ("otp", Field::Fact(Fact::OnePairing)),
    ("oneshot", Field::OneShot),
    ("singlechapter", Field::OneShot),
    ("is", Field::Is),
    ("has", Field::Has),
    ("sort", Field::Sort),
    ("sorted", Field::Sort),
    ("sortby", Field::Sort),
    ("sortedby", Field::Sort),
    ("order", Field::Sort),
    ("restricted", LOCKED),
    ("workskinid", SKIN),
    ("importedfromurl", SOURCE),
    ("backdate", BACKDATED),
    ("filterids", NUMBERS),
    ("tagids", NUMBERS),
    ("fandomids", ids(Some("fandom"))),
    ("relationshipids", ids(Some("relationship"))),
    ("characterids", ids(Some("character"))),
    ("freeformids", ids(Some("freeform"))),
    ("ratingids", ids(Some("rating"))),
    ("archivewarningids", ids(Some("warning"))),
    ("categoryids", ids(Some("category"))),
    ("collectionids", ids(Some("collection"))),
    ("userids", NUMBERS),
];

/// Longest name that is looked at, in bytes.
const MAX_NAME: usize = 40;

/// Where the name that may begin at the front of `text` ends: ASCII letters, then also `_`, `-`
/// and `.`.
pub(super) fn name_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let part = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b'.');
    let end = bytes.iter().take(MAX_NAME + 1).take_while(|b| part(b)).count();
    (bytes.first()?.is_ascii_alphabetic() && end <= MAX_NAME).then_some(end)
}

/// A name in lower case without `_`, `-`, `.` and spaces; empty if there is anything else in it.
fn folded(name: &str) -> String {
    let gap = |c: char| matches!(c, '_' | '-' | '.' | ' ');
    if !name.chars().all(|c| c.is_ascii_alphabetic() || gap(c)) {
        return String::new();
    }
    name.chars().filter(|c| !gap(*c)).map(|c| c.to_ascii_lowercase()).collect()
}

/// The field of this name.
pub(super) fn find(name: &str) -> Option<Field> {
    let name = folded(name);
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
}

/// The name that was probably meant, with its field: one slip of the finger in a short name, two
/// in a long one; in a very short one only two letters exchanged, for it is close to many words
/// (`fate`, `world`).
pub(super) fn nearest(name: &str) -> Option<(&'static str, Field)> {
    let name = folded(name);
    let slips = match name.len() {
        0..=3 => return None,
        4..=6 => 1,
        _ => 2,
    };
    let letters = |name: &str| {
        let mut letters = name.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    let same = letters(&name);
    let near = NAMES.iter().filter(|(_, field)| !matches!(field, Field::Missing(..)));
    let near = near.filter(|(known, _)| known.len().abs_diff(name.len()) <= slips);
    let near = near.filter(|(known, _)| known.len() > 4 || letters(known) == same);
    let near = near.map(|(known, field)| (distance(&name, known), *known, *field));
    let best = near.filter(|(slipped, ..)| *slipped <= slips).min_by_key(|(slipped, ..)| *slipped);
    best.map(|(_, known, field)| (known, field))
}

/// How many letters must be changed, added, left out or exchanged with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            // `last` and `before` are as long as `other` and one more; a missing one costs much.
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&last, j) + usize::from(a != b)).min(at(&last, j + 1) + 1);
            least = least.min(at(&row, j) + 1);
            let crossed =
                i > 0 && j > 0 && one.get(i - 1) == Some(b) && other.get(j - 1) == Some(a);
            if crossed {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

/// The kind that works may have anything of, by one word.
pub(super) fn kind(name: &str) -> Option<Kind> {
    match find(name)? {
        // Works have no media; their fandoms do.
        Field::Tag(TagField::Of(Kind::Media)) => None,
        Field::Tag(TagField::Of(kind)) if !name.contains(' ') => Some(kind),
        _ => None,
    }
}

/// The canonical name of tags of this field.
pub(super) fn tag_name(field: TagField) -> &'static str {
    match field {
        TagField::Any => "tag",
        TagField::PrimaryShip => "primary-ship",
        TagField::PrimaryCharacter => "primary-character",
        TagField::Of(Kind::Rating) => "rating",
        TagField::Of(Kind::Warning) => "warning",
        TagField::Of(Kind::Category) => "category",
        TagField::Of(Kind::Fandom) => "fandom",
        TagField::Of(Kind::Relationship) => "ship",
        TagField::Of(Kind::Character) => "character",
        TagField::Of(Kind::Freeform) => "additional",
        TagField::Of(Kind::Media) => "media",
        TagField::Of(Kind::Language) => "language",
        TagField::Of(Kind::Author) => "author",
        TagField::Of(Kind::Series) => "series",
        TagField::Of(Kind::Collection) => "collection",
    }
}

/// The canonical name of a part of the text.
pub(super) fn text_name(field: TextField) -> &'static str {
    match field {
        TextField::Title => "title",
        TextField::Notes => "notes",
        TextField::Body => "text",
    }
}

/// The canonical name of a number.
pub(super) fn number_name(number: Number) -> &'static str {
    match number {
        Number::Words => "words",
        Number::Minutes => "minutes",
        Number::Chapters => "chapters",
        Number::Planned => "planned",
        Number::Hits => "hits",
        Number::Kudos => "kudos",
        Number::Comments => "comments",
        Number::Bookmarks => "bookmarks",
        Number::Warmth => "warmth",
    }
}

/// The canonical name of a date.
pub(super) fn date_name(field: DateField) -> &'static str {
    match field {
        DateField::Posted => "posted",
        DateField::Updated => "updated",
    }
}

/// What a list can be sorted by besides the names of numbers and dates.
pub(super) fn sort_by(name: &str) -> Option<SortBy> {
    let name = folded(name);
    Some(match name.as_str() {
        "relevance" | "best" | "bestmatch" | "match" | "score" => SortBy::Best,
        "random" | "shuffled" | "shuffle" => SortBy::Random(None),
        _ => match find(&name)? {
            Field::Number(Number::Minutes) => SortBy::By(Column::Words),
            Field::Number(number) => SortBy::By(number.range(0, 0).0),
            Field::Ratio => SortBy::By(Column::Warmth),
            Field::Date(date) => SortBy::By(date.column()),
            Field::Text(TextField::Title) => SortBy::Title,
            Field::Tag(TagField::Of(Kind::Author)) => SortBy::Author,
            _ => return None,
        },
    })
}

/// The canonical name of what a list is sorted by, without the seed of a shuffled one.
pub(super) fn sort_name(by: SortBy) -> &'static str {
    match by {
        SortBy::Best => "relevance",
        SortBy::Title => "title",
        SortBy::Author => "author",
        SortBy::Random(_) => "random",
        SortBy::By(Column::Words) => "words",
        SortBy::By(Column::Chapters) => "chapters",
        SortBy::By(Column::Planned) => "planned",
        SortBy::By(Column::Hits) => "hits",
        SortBy::By(Column::Kudos) => "kudos",
        SortBy::By(Column::Comments) => "comments",
        SortBy::By(Column::Bookmarks) => "bookmarks",
        SortBy::By(Column::Posted) => "posted",
        SortBy::By(Column::Updated) => "updated",
        SortBy::By(Column::Warmth) => "warmth",
    }
}

/// What `is:` says of a work: the fact, and whether it is so.
pub(super) fn state(name: &str) -> Option<(Fact, bool)> {
    Some(match folded(name).as_str() {
        "complete" | "completed" | "finished" | "done" => (Fact::Complete, true),
        "wip" | "incomplete" | "unfinished" | "inprogress" | "ongoing" => (Fact::Complete, false),
        "crossover" => (Fact::Crossover, true),
        "otp" => (Fact::OnePairing, true),
        "read" => (Fact::Read, true),
        "unread" => (Fact::Unread, true),
        "started" | "halfread" | "begun" | "reading" => (Fact::Started, true),
        "updated" | "new" => (Fact::Updated, true),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_there_once_and_can_be_found() {
        for (at, (name, field)) in NAMES.iter().enumerate() {
            assert_eq!(folded(name), *name);
            assert_eq!(find(&name.to_uppercase()), Some(*field));
            assert!(NAMES.iter().skip(at + 1).all(|(other, _)| other != name), "{name} twice");
        }
        assert_eq!(find("Series.Title"), find("series"));
        assert_eq!(find("expected_number_of_chapters"), find("planned"));
        assert_eq!(find("sort-by"), Some(Field::Sort));
    }

    #[test]
    fn a_slip_is_forgiven_and_another_word_is_not_taken_for_one() {
        for (slip, meant) in [
            ("fandum", "fandom"),
            ("fadnom", "fandom"),
            ("charachter", "character"),
            ("relatoinshp", "relationship"),
            ("languge", "language"),
            ("wrods", "words"),
            ("kuddos", "kudos"),
            ("titel", "title"),
            ("bookmars", "bookmarks"),
            ("hist", "hits"),
        ] {
            assert_eq!(nearest(slip).map(|(name, _)| name), Some(meant), "{slip}");
        }
        for word in [
            "re", "ncis", "tales", "https", "http", "genesis", "naruto", "star", "act", "mailto",
            "john", "persona", "ps", "q", "chicago", "fate", "csi", "love", "world",
        ] {
            assert_eq!(nearest(word), None, "{word}");
        }
    }

    #[test]
    fn distances() {
        for (one, other, slips) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "acb", 1),
            ("abc", "ab", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!((distance(one, other), distance(other, one)), (slips, slips));
        }
    }
}
