//! Works, chapters, revisions and originals as the archive keeps them.

use fanfold_doc::document::{Document, Href, Lang, MediaName};
use fanfold_doc::html::Html;
use fanfold_doc::imported::{Author, Date, Proposal, SeriesPlace, TagKind, Warning};

use super::ties::Ties;

/// Makes a newtype of a database key.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
pub(crate) use id;

id! {
    /// A work.
    WorkId
}
id! {
    /// One state of a work's text.
    RevisionId
}
id! {
    /// Whoever wrote works, by a name with a page or without one.
    AuthorId
}
id! {
    /// A chapter of a work, whatever its place: unlike its place, it never changes. Only together
    /// with its work does it name anything.
    ChapterId
}
id! {
    /// A text as the store keeps it.
    TextId
}
id! {
    /// A file as it came.
    OriginalId
}
id! {
    /// A place in the log of changes, which indexes follow.
    ChangeId
}
id! {
    /// A tag.
    TagId
}
id! {
    /// A place in the log of what changed about tags, which indexes follow.
    TagChangeId
}
id! {
    /// An act in the log of wrangling.
    ActId
}

/// A moment, milliseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

impl Millis {
    /// The day of the moment.
    pub fn date(self) -> Option<Date> {
        Date::from_millis(self.0)
    }
}

/// The BLAKE3 hash of a file's bytes, under which it is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(*blake3::hash(bytes).as_bytes())
    }
    /// Reads 64 hex digits.
    pub fn parse(hex: &str) -> Option<Hash> {
        blake3::Hash::from_hex(hex).ok().map(|hash| Hash(*hash.as_bytes()))
    }
    /// From the 32 bytes of a database.
    pub fn from_bytes(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// What is said about a work, checked: what every page about it starts from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The title; never empty.
    pub title: String,
    /// Whether the title was made up from the opening words or the file's name.
    pub title_is_provisional: bool,
    /// The authors in order.
    pub authors: Vec<Author>,
    /// The language of the text.
    pub language: Option<Lang>,
    /// The tags in order, each kind together.
    pub tags: Vec<(TagKind, String)>,
    /// The series that it is part of.
    pub series: Vec<SeriesPlace>,
    /// The collections that it is in.
    pub collections: Vec<String>,
    /// Other header lines.
    pub other: Vec<(String, String)>,
    /// When it was first posted.
    pub published: Option<Date>,
    /// When it was last changed, as its file says.
    pub updated: Option<Date>,
    /// Whether it is finished.
    pub complete: Option<bool>,
    /// How many chapters it is to have.
    pub chapters_expected: Option<u32>,
    /// The site or program that it is from, e.g. "ao3".
    pub source_site: Option<String>,
    /// Its address there.
    pub source_url: Option<Href>,
    /// Gifts, works that it comes from, and who may comment.
    pub ties: Ties,
}

/// The texts that stand round the chapters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matter {
    /// The summary.
    pub summary: Document,
    /// Notes before the text.
    pub notes_before: Document,
    /// The disclaimer.
    pub disclaimer: Document,
    /// Notes after the text.
    pub notes_after: Document,
}

/// The same texts as they are kept and shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // as in `Matter`
pub struct PrintedMatter {
    pub summary: Html,
    pub notes_before: Html,
    pub disclaimer: Html,
    pub notes_after: Html,
}

/// A work whose every field was checked, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWork {
    /// What is said about it.
    pub facts: Facts,
    /// The texts round the chapters, printed.
    pub matter: PrintedMatter,
    /// The chapters; one at least.
    pub chapters: Vec<NewChapter>,
    /// Tags that rules read out of the text, kept apart from the tags.
    pub proposals: Vec<Proposal>,
    /// What could not be kept of the file.
    pub warnings: Vec<Warning>,
    /// The images that its texts show.
    pub media: Vec<MediaName>,
    /// A sketch of the text, to find the same story again.
    pub fingerprint: super::fingerprint::Fingerprint,
}

impl NewWork {
    /// Words of all chapters.
    pub fn words(&self) -> u64 {
        self.chapters.iter().map(|chapter| chapter.words).sum()
    }
}

/// A chapter ready to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewChapter {
    /// Its title, without "Chapter 3:".
    pub title: Option<String>,
    /// Its summary, printed.
    pub summary: Html,
    /// Notes before its text, printed.
    pub notes_before: Html,
    /// Its text, printed.
    pub body: Html,
    /// Notes after its text, printed.
    pub notes_after: Html,
    /// Words of the body by AO3's rule.
    pub words: u64,
}

impl NewChapter {
    /// The same chapter with another text.
    pub fn with_text(self, text: &Document) -> NewChapter {
        NewChapter { words: text.words(), body: text.to_html(), ..self }
    }
}
