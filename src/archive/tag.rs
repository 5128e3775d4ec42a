//! A tag: its kind, its name, and the names that mean the same to everybody.
//!
//! Owns the key under which a reader's spelling is found and names are sorted, and the fixed
//! ratings, warnings and categories. What tags have to do with each other is in `wrangle.rs`,
//! which of them look like the same in `alike.rs`.

use std::collections::HashMap;
use std::sync::LazyLock;

use fanfold_doc::imported::TagKind;

use super::draft::TAG_CHARS;
use super::letters::{is_apostrophe, is_mark, plain};
use super::line::one_line;
use super::work::TagId;

/// What a tag is about: the kinds that works are tagged with, and the media that fandoms are
/// shelved under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the words of the field
pub enum Kind {
    Rating,
    Warning,
    Category,
    Fandom,
    Relationship,
    Character,
    Freeform,
    Media,
}

impl From<TagKind> for Kind {
    fn from(kind: TagKind) -> Kind {
        match kind {
            TagKind::Rating => Kind::Rating,
            TagKind::Warning => Kind::Warning,
            TagKind::Category => Kind::Category,
            TagKind::Fandom => Kind::Fandom,
            TagKind::Relationship => Kind::Relationship,
            TagKind::Character => Kind::Character,
            TagKind::Freeform => Kind::Freeform,
        }
    }
}

impl Kind {
    /// Every kind, in the order in which a work shows them; media, which no work shows, last.
    pub const ALL: [Kind; 8] = [
        Kind::Rating,
        Kind::Warning,
        Kind::Category,
        Kind::Fandom,
        Kind::Relationship,
        Kind::Character,
        Kind::Freeform,
        Kind::Media,
    ];

    /// The word for it in the store, that of [`TagKind::key`].
    pub fn key(self) -> &'static str {
        match self {
            Kind::Rating => TagKind::Rating.key(),
            Kind::Warning => TagKind::Warning.key(),
            Kind::Category => TagKind::Category.key(),
            Kind::Fandom => TagKind::Fandom.key(),
            Kind::Relationship => TagKind::Relationship.key(),
            Kind::Character => TagKind::Character.key(),
            Kind::Freeform => TagKind::Freeform.key(),
            Kind::Media => "media",
        }
    }

    /// The word for one of them, as people type it.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Rating => "rating",
            Kind::Warning => "warning",
            Kind::Category => "category",
            Kind::Fandom => "fandom",
            Kind::Relationship => "relationship",
            Kind::Character => "character",
            Kind::Freeform => "freeform",
            Kind::Media => "media",
        }
    }

    /// The kind of a [`Kind::key`] or [`Kind::word`], case aside.
    pub fn parse(text: &str) -> Option<Kind> {
        let is = |kind: &Kind| {
            text.eq_ignore_ascii_case(kind.key()) || text.eq_ignore_ascii_case(kind.word())
        };
        Kind::ALL.into_iter().find(is)
    }

    /// Whether only the names of [`fixed`] can be canonical.
    pub fn is_fixed(self) -> bool {
        matches!(self, Kind::Rating | Kind::Warning | Kind::Category)
    }

    /// The kinds of tags that can be a tag's parents: a medium has fandoms, a fandom characters,
    /// relationships and freeforms, a character relationships.
    pub fn parents(self) -> &'static [Kind] {
        match self {
            Kind::Rating | Kind::Warning | Kind::Category | Kind::Media => &[],
            Kind::Fandom => &[Kind::Media],
            Kind::Character | Kind::Freeform => &[Kind::Fandom],
            Kind::Relationship => &[Kind::Fandom, Kind::Character],
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// A tag as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its key.
    pub id: TagId,
    /// What it is about.
    pub kind: Kind,
    /// Its name, as its first author wrote it.
    pub name: String,
    /// Whether it is the name for all of its synonyms.
    pub canonical: bool,
    /// The canonical that it is a synonym of.
    pub synonym_of: Option<TagId>,
    /// Works that say this very name.
    pub uses: u64,
    /// The same with the uses of its synonyms added: a work that says two of the names counts
    /// twice.
    pub all_uses: u64,
}

/// A set of names that mean the same everywhere, with other spellings of each.
type Fixed = (Kind, &'static [(&'static str, &'static [&'static str])]);

/// AO3's ratings, warnings and categories (its tag page "Archive Warnings" and the posting form),
/// with the names that it gave them before and the letters that stand for them.
const FIXED: [Fixed; 3] = [
    (
        Kind::Rating,
        &[
            ("Not Rated", &["NR", "Unrated", "No Rating"]),
            ("General Audiences", &["General Audience", "General", "G"]),
            (
                "Teen And Up Audiences",
                &["Teen And Up", "Teen & Up", "Teen & Up Audiences", "Teen", "T"],
            ),
            ("Mature", &["Mature Audiences", "M"]),
            ("Explicit", &["E"]),
        ],
    ),
    (
        Kind::Warning,
        &[
            (
                "Creator Chose Not To Use Archive Warnings",
                &[
                    "Author Chose Not To Use Archive Warnings",
                    "Choose Not To Use Archive Warnings",
                    "Chose Not To Use Archive Warnings",
                    "Choose Not To Warn",
                ],
            ),
            ("Graphic Depictions Of Violence", &["Graphic Violence"]),
            ("Major Character Death", &[]),
            ("No Archive Warnings Apply", &["No Warnings Apply", "No Archive Warnings"]),
            ("Rape/Non-Con", &["Rape/NonCon", "Rape/Non-Consensual"]),
            ("Underage Sex", &["Underage"]),
        ],
    ),
    (
        Kind::Category,
        &[
            ("F/F", &["FF"]),
            ("F/M", &["M/F", "FM", "MF"]),
            ("Gen", &[]),
            ("M/M", &["MM"]),
            ("Multi", &[]),
            ("Other", &[]),
        ],
    ),
];

/// The media under which AO3 shelves fandoms.
pub const MEDIA: [&str; 10] = [
    "Anime & Manga",
    "Books & Literature",
    "Cartoons & Comics & Graphic Novels",
    "Celebrities & Real People",
    "Movies",
    "Music & Bands",
    "Other Media",
    "Theater",
    "TV Shows",
    "Video Games",
];

/// The names of a kind that are canonical in every archive and stay so.
pub fn fixed(kind: Kind) -> impl Iterator<Item = &'static str> {
    let set = FIXED.iter().find(|set| set.0 == kind).map_or(&[][..], |set| set.1);
    set.iter().map(|row| row.0)
}

static RECOGNISED: LazyLock<HashMap<(Kind, String), &'static str>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for (kind, set) in FIXED {
        for (name, variants) in set {
            let all = std::iter::once(name).chain(*variants);
            names.extend(all.map(|spelling| ((kind, key(spelling)), *name)));
        }
    }
    names
});

/// The fixed name that a rating, warning or category means, whatever its spelling.
pub fn recognised(kind: Kind, name: &str) -> Option<&'static str> {
    if !kind.is_fixed() {
        return None;
    }
    RECOGNISED.get(&(kind, key(name))).copied()
}

/// A name as a tag may have it: a line of print, spaces made single.
///
/// # Errors
/// Why it cannot be one, in words that follow "the name".
pub fn checked_name(name: &str) -> Result<String, String> {
    let line = one_line(name);
    if line.is_empty() {
        Err("is empty".to_owned())
    } else if line.chars().count() > TAG_CHARS {
        Err(format!("has more than {TAG_CHARS} characters"))
    } else if name.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        Err("holds characters that cannot be printed".to_owned())
    } else {
        Ok(line)
    }
}

/// Digits to which numbers are filled up, so that 10 comes after 9.
const DIGITS: usize = 6;
/// Stands before an article that was moved to the end.
const ARTICLE: char = '\u{1f}';

/// What is left of a name when case, accents, punctuation and spacing do not count. `/` and `&`
/// do (a pair and two friends are different things), and so do `<`, `>` and `=`, `+` and `#`
/// after a letter ("C++"). Byte by byte, keys stand in the order in which people look names up:
/// numbers by their value, an English article at the end. Never empty unless the name is.
pub fn key(name: &str) -> String {
    let name = name.trim();
    let (article, rest) = match name.split_once(char::is_whitespace) {
        Some((first, rest)) if is_article(first) => match rest.trim_start() {
            rest if rest.starts_with(char::is_alphanumeric) => (first, rest),
            _ => ("", name),
        },
        _ => ("", name),
    };
    let mut key = folded(rest);
    if key.is_empty() {
        return name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    }
    if !article.is_empty() {
        key.push(ARTICLE);
        key.push_str(&article.to_ascii_lowercase());
    }
    key
}

fn is_article(word: &str) -> bool {
    ["the", "a", "an"].iter().any(|article| word.eq_ignore_ascii_case(article))
}

/// A name without case, accents and punctuation, its words and signs parted by single spaces.
pub fn folded(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 8);
    let mut digits = String::new();
    // What stood right before, spaces and punctuation included.
    let mut last = ' ';
    for c in name.chars().map(narrow).flat_map(char::to_lowercase) {
        if c.is_ascii_digit() {
            digits.push(c);
            last = c;
            continue;
        }
        end_number(&mut digits, &mut key);
        let part = |key: &mut String| {
            if !key.is_empty() && !key.ends_with(' ') {
                key.push(' ');
            }
        };
        match plain(c) {
            Some(plain) => key.push_str(plain),
            None if c.is_alphanumeric() => key.push(c),
            None if is_mark(c) || is_apostrophe(c) => continue,
            None if matches!(c, '/' | '&' | '<' | '>' | '=') => {
                part(&mut key);
                key.push(c);
                key.push(' ');
            }
            None if matches!(c, '+' | '#') && (last.is_alphanumeric() || last == '+') => {
                key.push(c);
            }
            None => part(&mut key),
        }
        last = c;
    }
    end_number(&mut digits, &mut key);
    key.truncate(key.trim_end().len());
    key
}

/// Letters and signs of East Asian fonts, as wide as an ideogram, as everybody else types them.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// "007" stays what it is: it is a name, and 7 is a number.
fn end_number(digits: &mut String, key: &mut String) {
    if !digits.is_empty() {
        if !digits.starts_with('0') {
            key.extend(std::iter::repeat_n('0', DIGITS.saturating_sub(digits.len())));
        }
        key.push_str(digits);
        digits.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_makes_no_difference_and_meaning_does() {
        for (one, other) in [
            ("Harry Potter", "  HARRY   potter "),
            ("Élodie d'Arc", "Elodie D’Arc"),
            ("Hurt/Comfort", "hurt / comfort"),
            ("A&B", "A & B"),
            ("Haikyuu!!", "haikyuu"),
            ("Slow-Burn", "slow burn"),
            ("Sherlock (TV)", "Sherlock TV"),
            ("Ｈａｒｒｙ　Ｐｏｔｔｅｒ", "harry potter"),
            ("Star Wars: Episode 4", "star wars episode 4"),
        ] {
            assert_eq!(key(one), key(other), "{one}");
        }
        for (one, other) in [
            ("A/B", "A & B"),
            ("A/B", "A B"),
            ("C++", "C"),
            ("C#", "C"),
            ("<3", "3"),
            ("007", "7"),
            ("Slow Burn", "Slowburn"),
            ("The Beatles", "Beatles"),
            ("!!!", "???"),
            ("漫画", "漫"),
        ] {
            assert_ne!(key(one), key(other), "{one}");
        }
        assert_eq!(key("#MeToo"), "metoo");
        assert_eq!(key("☂"), "☂");
        assert_eq!(key(""), "");
    }

    #[test]
    fn keys_stand_in_the_order_in_which_people_look() {
        let mut names = ["The Zoo", "Part 10", "An Apple", "part 9", "The", "A & B", "Éclair"];
        names.sort_by_key(|name| key(name));
        assert_eq!(names, ["A & B", "An Apple", "Éclair", "part 9", "Part 10", "The", "The Zoo"]);
    }

    #[test]
    fn the_fixed_names_are_known_in_their_other_spellings() {
        let is = |kind, name| recognised(kind, name);
        assert_eq!(is(Kind::Warning, "no archive warnings apply"), fixed(Kind::Warning).nth(3));
        assert_eq!(
            is(Kind::Warning, "Choose Not To Use Archive Warnings"),
            Some("Creator Chose Not To Use Archive Warnings")
        );
        assert_eq!(is(Kind::Rating, "GENERAL AUDIENCES"), Some("General Audiences"));
        assert_eq!(is(Kind::Category, "M / F"), Some("F/M"));
        assert_eq!(is(Kind::Category, "F & M"), None);
        assert_eq!(is(Kind::Rating, "PG-13"), None);
        assert_eq!(is(Kind::Freeform, "Explicit"), None);
        for kind in Kind::ALL {
            assert!(fixed(kind).all(|name| recognised(kind, name) == Some(name)));
            assert_eq!(kind.is_fixed(), fixed(kind).next().is_some());
            assert_eq!(Kind::parse(kind.key()), Some(kind));
            assert_eq!(Kind::parse(&kind.word().to_uppercase()), Some(kind));
        }
        // No spelling may mean two names.
        for (kind, set) in FIXED {
            for (name, variants) in set {
                let wrong = variants.iter().find(|own| recognised(kind, own) != Some(*name));
                assert_eq!(wrong, None, "{name}");
            }
        }
    }

    #[test]
    fn names_are_one_line_of_print() {
        assert_eq!(checked_name(" a \n b "), Ok("a b".to_owned()));
        assert!(checked_name(" \t ").is_err());
        assert!(checked_name("a\0b").is_err());
        assert!(checked_name(&"é".repeat(TAG_CHARS)).is_ok());
        assert!(checked_name(&"é".repeat(TAG_CHARS + 1)).is_err());
    }
}
