//! What every reader returns: a work as its file tells it, with what could not be told.
//!
//! Owns plain data only. Nothing here has been checked against an archive's rules.

use std::fmt;

use crate::document::{Document, Href, Lang, MediaKind, MediaName};

/// A work read from a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// What is said about the work.
    pub meta: Metadata,
    /// The chapters in order; one at least unless the file was empty.
    pub chapters: Vec<Chapter>,
    /// The images that the texts show, each once.
    pub media: Vec<Media>,
    /// What could not be kept, or looks wrong.
    pub warnings: Vec<Warning>,
    /// Why each field is as it is.
    pub reasons: Vec<Reason>,
}

/// What is said about a work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The title, if the file has one.
    pub title: Option<String>,
    /// Whether the title was made from the opening words or the file name.
    pub title_is_provisional: bool,
    /// The authors in order.
    pub authors: Vec<Author>,
    /// The language of the text.
    pub language: Option<Lang>,
    /// The summary.
    pub summary: Document,
    /// Notes before the text, without their label.
    pub notes_before: Document,
    /// The disclaimer, without its label.
    pub disclaimer: Document,
    /// Notes after the text.
    pub notes_after: Document,
    /// The tags as the author wrote them.
    pub tags: Tags,
    /// Tags that a rule read out of the text: never tags until a person accepts them.
    pub proposed: Vec<Proposal>,
    /// The series that the work is part of, with its place in each.
    pub series: Vec<SeriesPlace>,
    /// Collections that the work is in, by name.
    pub collections: Vec<String>,
    /// When it was first posted.
    pub published: Option<Date>,
    /// When it was last changed.
    pub updated: Option<Date>,
    /// Whether the work is finished, if that is known.
    pub complete: Option<bool>,
    /// How many chapters it is to have, if that is known.
    pub chapters_expected: Option<u32>,
    /// Other header lines that were found, e.g. Beta, Dedication, Spoilers, in order.
    pub other: Vec<(String, String)>,
    /// Where the work is from.
    pub source: Source,
}

/// Somebody who wrote the work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// Their page.
    pub url: Option<Href>,
}

/// The tags of a work, each kind in its author's order and wording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// Age rating, e.g. "Teen And Up Audiences".
    pub rating: Vec<String>,
    /// Archive warnings.
    pub warnings: Vec<String>,
    /// Categories, e.g. "F/M".
    pub categories: Vec<String>,
    /// Fandoms.
    pub fandoms: Vec<String>,
    /// Relationships.
    pub relationships: Vec<String>,
    /// Characters.
    pub characters: Vec<String>,
    /// Additional tags.
    pub freeforms: Vec<String>,
}

/// A kind of tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the words of the field
pub enum TagKind {
    Rating,
    Warning,
    Category,
    Fandom,
    Relationship,
    Character,
    Freeform,
}

impl TagKind {
    /// Every kind, in the order in which a work shows them.
    pub const ALL: [TagKind; 7] = [
        TagKind::Rating,
        TagKind::Warning,
        TagKind::Category,
        TagKind::Fandom,
        TagKind::Relationship,
        TagKind::Character,
        TagKind::Freeform,
    ];

    /// The word for it in data: plural but for the rating, as `fanfold inspect --json` prints it.
    pub fn key(self) -> &'static str {
        match self {
            TagKind::Rating => "rating",
            TagKind::Warning => "warnings",
            TagKind::Category => "categories",
            TagKind::Fandom => "fandoms",
            TagKind::Relationship => "relationships",
            TagKind::Character => "characters",
            TagKind::Freeform => "freeforms",
        }
    }

    /// The kind of a [`TagKind::key`].
    pub fn parse(key: &str) -> Option<TagKind> {
        TagKind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// The words for it on a page.
    pub fn label(self, many: bool) -> &'static str {
        match (self, many) {
            (TagKind::Rating, _) => "Rating",
            (TagKind::Warning, false) => "Warning",
            (TagKind::Warning, true) => "Warnings",
            (TagKind::Category, false) => "Category",
            (TagKind::Category, true) => "Categories",
            (TagKind::Fandom, false) => "Fandom",
            (TagKind::Fandom, true) => "Fandoms",
            (TagKind::Relationship, false) => "Relationship",
            (TagKind::Relationship, true) => "Relationships",
            (TagKind::Character, false) => "Character",
            (TagKind::Character, true) => "Characters",
            (TagKind::Freeform, false) => "Additional tag",
            (TagKind::Freeform, true) => "Additional tags",
        }
    }
}

impl Tags {
    /// The tags of one kind.
    pub fn of(&self, kind: TagKind) -> &Vec<String> {
        match kind {
            TagKind::Rating => &self.rating,
            TagKind::Warning => &self.warnings,
            TagKind::Category => &self.categories,
            TagKind::Fandom => &self.fandoms,
            TagKind::Relationship => &self.relationships,
            TagKind::Character => &self.characters,
            TagKind::Freeform => &self.freeforms,
        }
    }

    /// The tags of one kind, to be changed.
    pub fn of_mut(&mut self, kind: TagKind) -> &mut Vec<String> {
        match kind {
            TagKind::Rating => &mut self.rating,
            TagKind::Warning => &mut self.warnings,
            TagKind::Category => &mut self.categories,
            TagKind::Fandom => &mut self.fandoms,
            TagKind::Relationship => &mut self.relationships,
            TagKind::Character => &mut self.characters,
            TagKind::Freeform => &mut self.freeforms,
        }
    }

    /// Every tag with its kind, in the order in which a work shows them.
    pub fn iter(&self) -> impl Iterator<Item = (TagKind, &str)> {
        let of = |kind| self.of(kind).iter().map(move |name: &String| (kind, name.as_str()));
        TagKind::ALL.into_iter().flat_map(of)
    }
}

/// A tag that a rule proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its kind.
    pub kind: TagKind,
    /// Its name.
    pub name: String,
    /// The rule that proposes it.
    pub rule: String,
    /// Where the rule found it.
    pub place: Place,
    /// The words that it was read from.
    pub evidence: String,
}

/// A work's place in a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeriesPlace {
    /// The title of the series.
    pub title: String,
    /// Its page.
    pub url: Option<Href>,
    /// Which part the work is, from 1.
    pub part: Option<u32>,
}

/// A day of the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: i16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day that exists, of the years 1 to 9999.
    pub fn new(year: i16, month: u8, day: u8) -> Option<Date> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let longest = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        let exists = (1..=9999).contains(&year) && (1..=longest).contains(&day);
        exists.then_some(Date { year, month, day })
    }

    /// Reads `2013-04-09`; anything behind the day is left out of account.
    pub fn parse(text: &str) -> Option<Date> {
        let text = text.trim();
        let mut parts = text.splitn(3, '-');
        let year = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok()?;
        let day: String = parts.next()?.chars().take_while(char::is_ascii_digit).collect();
        Date::new(year, month, day.parse().ok()?)
    }

    /// Year, month and day.
    pub fn parts(self) -> (i16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Midnight UTC of the day, milliseconds since 1970 (days from civil, after H. Hinnant).
    pub fn to_millis(self) -> i64 {
        let month = i64::from(self.month);
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let shifted = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * shifted + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        (era * 146_097 + day_of_era - 719_468) * 86_400_000
    }

    /// The day of a moment, milliseconds since 1970 UTC; `None` outside the years 1 to 9999.
    pub fn from_millis(millis: i64) -> Option<Date> {
        let days = millis.div_euclid(86_400_000).checked_add(719_468)?;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date::new(i16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Where a work is from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The format of the file, e.g. "txt", "html", "epub".
    pub format: String,
    /// The site or program whose layout the file has, e.g. "ao3".
    pub site: Option<String>,
    /// The work's own address there.
    pub url: Option<Href>,
}

/// A chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chapter {
    /// Its title, without "Chapter 3:".
    pub title: Option<String>,
    /// Its summary.
    pub summary: Document,
    /// Notes before its text.
    pub notes_before: Document,
    /// The text.
    pub body: Document,
    /// Notes after its text.
    pub notes_after: Document,
}

/// An image that a text shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// The name under which texts show it.
    pub name: MediaName,
    /// What kind of image it is.
    pub kind: MediaKind,
    /// Its bytes, as they came.
    pub bytes: Vec<u8>,
    /// Width, pixels.
    pub width_pixels: u32,
    /// Height, pixels.
    pub height_pixels: u32,
}

impl fmt::Debug for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Media({}, {} bytes)", self.name, self.bytes.len())
    }
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    #[default]
    Whole,
    /// A line, from 1.
    Line(u32),
    /// Lines from the first to the last of them.
    Lines(u32, u32),
    /// A file inside the file, or an element with a name.
    Part(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => f.write_str("the file"),
            Place::Line(line) => write!(f, "line {line}"),
            Place::Lines(first, last) if first == last => write!(f, "line {first}"),
            Place::Lines(first, last) => write!(f, "lines {first} to {last}"),
            Place::Part(part) => f.write_str(part),
        }
    }
}

/// Something that could not be kept, or looks wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What kind of thing.
    pub kind: WarningKind,
    /// Where.
    pub place: Place,
    /// What happened, in words.
    pub text: String,
}

/// Kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WarningKind {
    /// Something that a document cannot hold was left out, its text kept where it had any.
    LeftOut,
    /// A link whose address is not allowed became plain text.
    Link,
    /// An image was left out.
    Image,
    /// The text's encoding was guessed and some characters may be wrong.
    Encoding,
    /// A part of the file is damaged; the rest was read.
    Damaged,
    /// Something about the work was guessed and deserves a look.
    Guessed,
}

impl WarningKind {
    /// Every kind.
    pub const ALL: [WarningKind; 6] = [
        WarningKind::LeftOut,
        WarningKind::Link,
        WarningKind::Image,
        WarningKind::Encoding,
        WarningKind::Damaged,
        WarningKind::Guessed,
    ];

    /// The word for it in data.
    pub fn key(self) -> &'static str {
        match self {
            WarningKind::LeftOut => "left-out",
            WarningKind::Link => "link",
            WarningKind::Image => "image",
            WarningKind::Encoding => "encoding",
            WarningKind::Damaged => "damaged",
            WarningKind::Guessed => "guessed",
        }
    }

    /// The kind of a [`WarningKind::key`].
    pub fn parse(key: &str) -> Option<WarningKind> {
        WarningKind::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// Why a field is as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The field, by its name in `fanfold inspect --json`.
    pub field: &'static str,
    /// The rule, in words.
    pub rule: String,
    /// Where it found what it needed.
    pub place: Place,
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn days_survive_milliseconds() {
        for text in ["0001-01-01", "1970-01-01", "2000-02-29", "2013-12-31", "9999-12-31"] {
            let date = Date::parse(text).expect("a day");
            assert_eq!(Date::from_millis(date.to_millis()), Some(date));
            assert_eq!(date.to_string(), text);
        }
        assert_eq!(Date::parse("2013-04-09").map(Date::to_millis), Some(1_365_465_600_000));
        assert_eq!(Date::from_millis(i64::MAX), None);
        for text in ["2013-02-29", "2013-13-01", "13", "", "0000-01-01", "2013-00-10"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
