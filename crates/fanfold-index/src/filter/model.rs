//! What the filter engine is told and what it answers: ids and small structs, no text.
//!
//! Owns the words in which the store and the engine speak: [`Term`], [`WorkRow`], [`TagRow`], the
//! condition a reader sets ([`Filter`]) and the answer ([`Answer`]). It does no work.

use std::sync::Arc;
use std::time::Duration;

/// What a term is. The first seven are AO3's kinds of tags; the others are filtered in the same
/// way. The order is that of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// How grown-up the readers should be.
    Rating,
    /// What readers are warned of.
    Warning,
    /// F/F, F/M, Gen, M/M, Multi, Other.
    Category,
    /// The canon that a work is about.
    Fandom,
    /// A pairing, or friends.
    Relationship,
    /// Somebody in the story.
    Character,
    /// Any other tag.
    Freeform,
    /// The medium of a fandom: books, films. It has no works of its own.
    Media,
    /// The language of the text.
    Language,
    /// Who wrote it.
    Author,
    /// A series that it is part of.
    Series,
    /// A collection that it is in.
    Collection,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 12] = [
        Kind::Rating,
        Kind::Warning,
        Kind::Category,
        Kind::Fandom,
        Kind::Relationship,
        Kind::Character,
        Kind::Freeform,
        Kind::Media,
        Kind::Language,
        Kind::Author,
        Kind::Series,
        Kind::Collection,
    ];
    /// The seven kinds that a panel counts.
    pub const PANEL: [Kind; 7] = [
        Kind::Rating,
        Kind::Warning,
        Kind::Category,
        Kind::Fandom,
        Kind::Relationship,
        Kind::Character,
        Kind::Freeform,
    ];
}

/// Something that works can be tagged with. The store gives the id, unique within its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// What it is.
    pub kind: Kind,
    /// Its key in the store.
    pub id: u32,
}

impl Term {
    /// The term of this kind and key.
    pub fn new(kind: Kind, id: u32) -> Term {
        Term { kind, id }
    }
}

/// A tag's place among the others; a term without one stands for itself alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagRow {
    /// The tag.
    pub term: Term,
    /// The canonical of the same kind that it is a synonym of. A canonical has none.
    pub synonym_of: Option<u32>,
    /// The metatags right above it, of the same kind. A synonym has none.
    pub metas: Vec<u32>,
}

/// A column of numbers, one for each work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Column {
    /// Words of all chapters.
    Words,
    /// Chapters that are there.
    Chapters,
    /// Times it was opened.
    Hits,
    /// Readers who left kudos.
    Kudos,
    /// Comments.
    Comments,
    /// Bookmarks.
    Bookmarks,
    /// When it was first posted, seconds since 1970 UTC.
    Posted,
    /// When it was last updated, seconds since 1970 UTC.
    Updated,
    /// Chapters that there are to be in all; 0 where nobody knows.
    Planned,
    /// Kudos for every 10,000 hits; 0 where there are no hits. The engine works it out.
    Warmth,
}

impl Column {
    /// Every column.
    pub const ALL: [Column; 10] = [
        Column::Words,
        Column::Chapters,
        Column::Hits,
        Column::Kudos,
        Column::Comments,
        Column::Bookmarks,
        Column::Posted,
        Column::Updated,
        Column::Planned,
        Column::Warmth,
    ];
    /// The columns that a [`WorkRow`] brings, in the order of [`WorkRow::numbers`].
    pub const GIVEN: usize = 9;
}

/// Whom a work is for. Each is narrower than the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Audience {
    /// Whoever comes by.
    #[default]
    Everyone,
    /// Those who have an account.
    Members,
    /// Nobody but those to whom it belongs or is shown: drafts, and what was taken down.
    Hidden,
}

impl Audience {
    /// Every audience, from the widest to the narrowest.
    pub const ALL: [Audience; 3] = [Audience::Everyone, Audience::Members, Audience::Hidden];
}

/// Who asks. Works that they may not see are in no total, page, count or order: to them it is as
/// if these works were not there. By default somebody of whom nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// They see works for this audience and for every wider one.
    pub sees: Audience,
    /// They see these works too, whomever they are for: their own, and those shared with them.
    pub also: WorkSet,
}

impl Viewer {
    /// Somebody who sees works for this audience and for every wider one.
    pub fn of(sees: Audience) -> Viewer {
        Viewer { sees, also: WorkSet::default() }
    }

    /// Who sees every work there is: the archive itself, and who looks after it.
    pub fn all_seeing() -> Viewer {
        Viewer::of(Audience::Hidden)
    }
}

/// A work as the engine sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkRow {
    /// Its key in the store.
    pub work: i64,
    /// What it is tagged with, in the author's words and order: of a kind, the first stands first.
    pub terms: Vec<Term>,
    /// Its numbers, by [`Column`], but for those that the engine works out.
    pub numbers: [u32; Column::GIVEN],
    /// Whether it is finished.
    pub complete: bool,
    /// Whom it is for.
    pub audience: Audience,
    /// What it is sorted by as a title: folded, compared byte by byte, its first
    /// [`KEY_BYTES`](crate::filter::KEY_BYTES) bytes count.
    pub title_key: Vec<u8>,
    /// The same of its authors.
    pub creator_key: Vec<u8>,
}

/// Yes-or-no facts of a work that are not terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Flag {
    /// Finished.
    Complete,
    /// Its fandoms, synonyms resolved, do not share one metatag.
    Crossover,
    /// It has exactly one relationship, synonyms resolved.
    OnePairing,
}

/// Works that the program knows of: hits of the text search, what a reader has read.
pub type WorkSet = Arc<[i64]>;

/// A condition on works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Tagged with it, with a synonym of it, or with anything below it.
    Has(Term),
    /// The same, but only if it stands first among the work's tags of its kind
    /// (relationships and characters; for other kinds the same as `Has`).
    First(Term),
    /// Tagged with anything of this kind.
    HasKind(Kind),
    /// The column lies between these, both included.
    Range(Column, u32, u32),
    /// The fact is so.
    Is(Flag),
    /// One of these works.
    In(WorkSet),
    /// All of them; an empty list is every work.
    All(Vec<Filter>),
    /// At least one of them; an empty list is no work.
    Any(Vec<Filter>),
    /// Not so.
    Not(Box<Filter>),
}

/// By what a list is sorted. Works that are equal in it stand by their key, and the opposite
/// direction is the exact reverse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// By a column.
    By(Column),
    /// By title.
    Title,
    /// By author.
    Creator,
    /// In no order that means anything, the same for the same number.
    Shuffled(u64),
}

/// How many values of which kinds to count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetRequest {
    /// The kind.
    pub kind: Kind,
    /// The most values to list.
    pub top: usize,
    /// Whether a metatag counts the works of its subtags as well.
    pub with_metas: bool,
}

/// A whole question.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the reader asks for.
    pub filter: Filter,
    /// What the reader never wants to see; how much of it there was is told.
    pub muted: Filter,
    /// Who asks: what they may not see is not there for them.
    pub viewer: Viewer,
    /// The order.
    pub sort: Sort,
    /// Largest first.
    pub descending: bool,
    /// Works to pass over.
    pub offset: usize,
    /// The most works to list.
    pub limit: usize,
    /// What to count.
    pub facets: Vec<FacetRequest>,
    /// When to stop and say what was found so far.
    pub patience: Duration,
}

impl Request {
    /// A question for every work that is for everyone; the newest 25 are listed. Who may see more
    /// has to be named: see [`Request::viewer`].
    pub fn everything() -> Request {
        Request {
            filter: Filter::All(Vec::new()),
            muted: Filter::Any(Vec::new()),
            viewer: Viewer::default(),
            sort: Sort::By(Column::Updated),
            descending: true,
            offset: 0,
            limit: 25,
            facets: Vec::new(),
            patience: Duration::from_secs(10),
        }
    }
}

/// The values of a kind, most used first, those used equally by id.
pub type Counts = Vec<(Term, u64)>;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Works that match, exactly.
    pub total: u64,
    /// Works that would match if nothing were muted, less `total`.
    pub muted: u64,
    /// The page, in order.
    pub works: Vec<i64>,
    /// One for each facet that was asked for.
    pub facets: Vec<Counts>,
    /// Whether the patience ended first: then all of it is about a part of the archive.
    pub partial: bool,
}
