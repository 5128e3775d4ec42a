//! What pages share: how numbers, days, names and languages are said, how a stored text becomes
//! part of a page, and how a list is paged.
//!
//! Owns [`Printed`], the only type that templates print without escaping. It is made from a
//! document alone, so a string can never become markup.

use std::fmt;

use fanfold_doc::document::{Document, ImageSource, Lang};
use fanfold_doc::html::{Html, Place, Print};
use fanfold_doc::imported::{Author, Date, TagKind, WarningKind};
use fanfold_index::ask::WORDS_A_MINUTE;

use super::error::Error;
pub(super) use crate::archive::number::grouped as number;

/// A text of a story, printed for a page.
#[derive(Debug)]
pub(super) struct Printed(Html);

impl Printed {
    /// Prints a stored text for a page. Names of places get the prefix, so that several texts fit
    /// on one page; images on other servers become links, because no page of ours loads them.
    pub(super) fn of(stored: &Html, prefix: &str) -> Result<Printed, Error> {
        let document = Document::from_printed(stored.as_str())
            .map_err(|error| Error::failed("a stored text could not be read", &error))?;
        Ok(Printed::with_images(&document, prefix, "/media/"))
    }

    /// The same of a text that was read already; its images stand under an address of their own.
    pub(super) fn with_images(document: &Document, prefix: &str, images: &str) -> Printed {
        Printed(document.print(&Print {
            place: Place::Web,
            prefix,
            class_prefix: "u-",
            anchors: true,
            image: &|source| match source {
                ImageSource::Kept(name) => Some(format!("{images}{name}")),
                ImageSource::Remote(_) => None,
            },
        }))
    }
}

impl Printed {
    /// A stored text as it is kept, for an editor to read.
    pub(super) fn kept(stored: &Html) -> Result<Printed, Error> {
        let document = Document::from_printed(stored.as_str())
            .map_err(|error| Error::failed("a stored text could not be read", &error))?;
        Ok(Printed(document.to_html()))
    }
}

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl askama::filters::HtmlSafe for Printed {}

/// A text under a heading of its own, e.g. the notes before a chapter.
#[derive(Debug)]
pub(super) struct Note {
    /// The heading.
    pub label: &'static str,
    /// The name of its place on the page.
    pub id: String,
    /// The text.
    pub text: Printed,
}

/// The texts of these that say anything, printed, each with its label.
pub(super) fn notes(prefix: &str, texts: &[(&'static str, &Html)]) -> Result<Vec<Note>, Error> {
    let said = texts.iter().filter(|(_, text)| !text.as_str().is_empty());
    said.map(|(label, text)| {
        let id = format!("{prefix}{}", label.to_lowercase().replace(' ', "-"));
        Ok(Note { label, text: Printed::of(text, &format!("{id}-"))?, id })
    })
    .collect()
}

/// The `lang` and `dir` attributes of a text, with a space in front; nothing for an unknown one.
#[derive(Debug, Clone, Default)]
pub(super) struct LangAttribute(Option<Lang>);

impl LangAttribute {
    pub(super) fn of(language: Option<&Lang>) -> LangAttribute {
        LangAttribute(language.cloned())
    }
}

impl fmt::Display for LangAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(lang) = &self.0 else { return Ok(()) };
        write!(f, " lang=\"{lang}\"")
    }
}

/// A language tag has letters, digits and hyphens alone.
impl askama::filters::HtmlSafe for LangAttribute {}

/// The direction of a text's writing as an attribute with a space in front.
#[derive(Debug, Clone, Copy)]
pub(super) struct DirAttribute(bool);

impl DirAttribute {
    pub(super) fn of(language: Option<&Lang>) -> DirAttribute {
        DirAttribute(language.is_some_and(crate::archive::language::is_right_to_left))
    }
}

impl fmt::Display for DirAttribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { " dir=\"rtl\"" } else { "" })
    }
}

impl askama::filters::HtmlSafe for DirAttribute {}

/// "1 work", "2,345 works".
pub(super) fn count(count: &u64, one: &str, many: &str) -> String {
    format!("{} {}", number(*count), if *count == 1 { one } else { many })
}

/// How long it takes to read so many words: "1 min", "3 h 20 min".
pub(super) fn reading_time(words: u64) -> String {
    let minutes = words.div_ceil(u64::from(WORDS_A_MINUTE)).max(1);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{} h", number(hours)),
        (hours, minutes) => format!("{} h {minutes} min", number(hours)),
    }
}

/// "9 April 2013".
pub(super) fn day(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month, day) = date.parts();
    let month = MONTHS.get(usize::from(month).saturating_sub(1)).copied().unwrap_or_default();
    format!("{day} {month} {year}")
}

/// A size for people: "812 bytes", "14 KB", "3.2 MB" (1 KB is 1,000 bytes).
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(&bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", number(bytes / 1_000_000), bytes % 1_000_000 / 100_000),
    }
}

/// Names in a row: "Ann, Bea and Cal".
pub(super) fn names(authors: &[Author]) -> String {
    let names: Vec<&str> = authors.iter().map(|author| author.name.as_str()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// The class of a kind of tag.
pub(super) fn tag_class(kind: TagKind) -> &'static str {
    match kind {
        TagKind::Rating => "rating",
        TagKind::Warning => "warning",
        TagKind::Category => "category",
        TagKind::Fandom => "fandom",
        TagKind::Relationship => "relationship",
        TagKind::Character => "character",
        TagKind::Freeform => "freeform",
    }
}

/// What a kind of warning means to a reader.
pub(super) fn warning_label(kind: &WarningKind) -> &'static str {
    match kind {
        WarningKind::LeftOut => "Markup left out",
        WarningKind::Link => "Link left out",
        WarningKind::Image => "Image left out",
        WarningKind::Encoding => "Characters that may be wrong",
        WarningKind::Damaged => "Damaged file",
        WarningKind::Guessed => "Guessed",
    }
}

/// "3/7", "3/?" when nobody knows how many there will be.
pub(super) fn chapters(written: u64, expected: Option<u32>, complete: Option<bool>) -> String {
    match (expected, complete) {
        (Some(expected), _) if u64::from(expected) >= written => format!("{written}/{expected}"),
        (_, Some(true)) => format!("{written}/{written}"),
        _ => format!("{written}/?"),
    }
}

/// "complete" or "in progress", where it is known.
pub(super) fn state(complete: Option<bool>) -> Option<&'static str> {
    complete.map(|complete| if complete { "complete" } else { "in progress" })
}

/// Text cut to about so many characters, between two words, with … for the rest.
pub(super) fn cut(text: &str, chars: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(chars) else { return text.to_owned() };
    let head = text.get(..end).unwrap_or_default();
    let head = head.rsplit_once(char::is_whitespace).map_or(head, |(head, _)| head);
    format!("{}…", head.trim_end())
}

/// One page of a list.
#[derive(Debug)]
pub(super) struct Pager {
    /// This page, from 1.
    pub page: u64,
    /// How many there are, 1 at least.
    pub pages: u64,
    /// The address of the list with its query but for the page.
    base: String,
    size: u64,
}

impl Pager {
    /// The page that was asked for, or the nearest that there is. `base` is an address that ends
    /// in `?` or `&`.
    pub(super) fn new(asked: Option<&str>, total: u64, size: u64, base: String) -> Pager {
        let pages = total.div_ceil(size).max(1);
        let page = asked_page(asked).min(pages);
        Pager { page, pages, base, size }
    }

    /// The address of a page; the first has the short one.
    pub(super) fn href(&self, page: u64) -> String {
        if page == 1 {
            let base = self.base.trim_end_matches(['?', '&']);
            return if base.is_empty() { "/".to_owned() } else { base.to_owned() };
        }
        format!("{}page={page}", self.base)
    }

    /// The first page, where it is not this one or the one before.
    pub(super) fn first(&self) -> Option<String> {
        (self.page > 2).then(|| self.href(1))
    }

    /// The page before.
    pub(super) fn previous(&self) -> Option<String> {
        (self.page > 1).then(|| self.href(self.page - 1))
    }

    /// The page after.
    pub(super) fn next(&self) -> Option<String> {
        (self.page < self.pages).then(|| self.href(self.page + 1))
    }

    /// The last page, where it is not this one or the one after.
    pub(super) fn last(&self) -> Option<String> {
        (self.page + 1 < self.pages).then(|| self.href(self.pages))
    }

    /// The number of the first item on the page, from 1.
    pub(super) fn from(&self) -> u64 {
        (self.page - 1) * self.size + 1
    }
}

/// The page that a query asks for; anything that is no page is the first.
pub(super) fn asked_page(asked: Option<&str>) -> u64 {
    asked.and_then(|page| page.trim().parse().ok()).unwrap_or(1).max(1)
}

/// Percent-encodes a value for a query.
pub(super) fn query_value(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_plainly() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(count(&1, "word", "words"), "1 word");
        assert_eq!(reading_time(0), "1 min");
        assert_eq!(reading_time(261), "2 min");
        assert_eq!(reading_time(260 * 60), "1 h");
        assert_eq!(reading_time(260 * 125), "2 h 5 min");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_001), "2 KB");
        assert_eq!(size(3_290_000), "3.2 MB");
        assert_eq!(Date::new(2013, 4, 9).map(day).as_deref(), Some("9 April 2013"));
    }

    #[test]
    fn chapters_are_counted_as_readers_do() {
        assert_eq!(chapters(3, Some(7), Some(false)), "3/7");
        assert_eq!(chapters(3, None, Some(false)), "3/?");
        assert_eq!(chapters(3, None, Some(true)), "3/3");
        assert_eq!(chapters(9, Some(7), None), "9/?", "an expectation that was overtaken");
    }

    #[test]
    fn pages_clamp() {
        let pager = |asked, total| Pager::new(asked, total, 25, "/?".to_owned());
        assert_eq!(pager(Some("99"), 51).page, 3);
        for asked in [None, Some("0"), Some("-1"), Some("x"), Some("99999999999999999999")] {
            assert_eq!(pager(asked, 51).page, 1, "{asked:?}");
        }
        assert_eq!(pager(None, 0).pages, 1);
        let middle = Pager::new(Some("3"), 125, 25, "/search?q=a&".to_owned());
        assert_eq!(middle.first().as_deref(), Some("/search?q=a"));
        assert_eq!(middle.previous().as_deref(), Some("/search?q=a&page=2"));
        assert_eq!(middle.last().as_deref(), Some("/search?q=a&page=5"));
        assert_eq!((pager(Some("2"), 51).previous().as_deref(), middle.from()), (Some("/"), 51));
    }

    #[test]
    fn cuts_fall_between_words() {
        assert_eq!(cut("one two three", 100), "one two three");
        assert_eq!(cut("one two three", 9), "one two…");
        assert_eq!(cut("ééééé", 3), "ééé…");
    }

    #[test]
    fn values_are_encoded() {
        assert_eq!(query_value("a b&c=\"é\""), "a+b%26c%3D%22%C3%A9%22");
    }
}
