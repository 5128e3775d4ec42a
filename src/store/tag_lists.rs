//! Lists of tags in the order of use or from A to Z, and all that the page of one tag shows.
//!
//! A page costs a walk along an index; only what is counted here in so many words is counted.

use super::fold::exact_key;
use super::tags::{tag_columns, tag_of};
use super::value::values;
use super::{Error, Read};
use crate::archive::tag::{self, Kind, Tag};
use crate::archive::work::TagId;

/// Which tags of a kind a list shows. Names that no work says any more and that mean nothing to
/// other tags are in none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Standing {
    /// All.
    Any,
    /// All but synonyms: each thing once, whether or not somebody has wrangled it.
    #[default]
    Heads,
    /// Canonicals.
    Canonical,
    /// Tags that nobody has wrangled yet.
    Loose,
    /// Synonyms.
    Synonyms,
}

impl Standing {
    /// The least and the most of what `standing!` gives.
    fn range(self) -> (i64, i64) {
        match self {
            Standing::Any => (0, 2),
            Standing::Heads => (1, 2),
            Standing::Canonical => (2, 2),
            Standing::Loose => (1, 1),
            Standing::Synonyms => (0, 0),
        }
    }
}

/// What a list of tags stands under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Under {
    /// Anything.
    #[default]
    Any,
    /// This parent: a medium's fandoms, a fandom's characters.
    Parent(TagId),
    /// No parent at all: uncategorised.
    Nothing,
}

/// The order of a list of tags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TagOrder {
    /// The most used first, synonyms' uses included.
    #[default]
    Use,
    /// From A to Z, articles, accents and case aside.
    Name,
}

/// Which tags to list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagListing {
    /// Their kind.
    pub kind: Kind,
    /// Which of them.
    pub standing: Standing,
    /// Whose they are.
    pub under: Under,
    /// The order.
    pub order: TagOrder,
    /// From A to Z, where to begin: "m" for M. Empty for the beginning.
    pub from: String,
    /// How many to pass over.
    pub offset: u64,
    /// How many to list at most.
    pub limit: u64,
}

impl TagListing {
    /// The most used tags of a kind, synonyms aside.
    pub fn of(kind: Kind) -> TagListing {
        let (standing, under, order) = Default::default();
        TagListing { kind, standing, under, order, from: String::new(), offset: 0, limit: 50 }
    }
}

/// What stands at the end of one kind of link of a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Linked {
    /// How many tags there are in all.
    pub total: u64,
    /// The most used of them.
    pub tags: Vec<Tag>,
}

/// What the page of a tag shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagPage {
    /// The tag.
    pub tag: Tag,
    /// The canonical that it is a synonym of. All that follows is that of the tag itself.
    pub canonical: Option<Tag>,
    /// Other names of it.
    pub synonyms: Linked,
    /// What it stands right under.
    pub metas: Linked,
    /// What stands right under it.
    pub subs: Linked,
    /// What it belongs to.
    pub parents: Linked,
    /// The fandoms that a relationship has from its characters and not by itself.
    pub inherited: Linked,
    /// What belongs to it.
    pub children: Linked,
}

/// 2 for a canonical, 1 for a tag that nobody has wrangled, 0 for a synonym, -1 for a name that
/// is left over.
macro_rules! standing {
    () => {
        "CASE WHEN t.canonical = 1 THEN 2 WHEN t.synonym_of IS NOT NULL THEN 0
         WHEN t.uses > 0 THEN 1 ELSE -1 END"
    };
}

/// The statement of a list. Parameters: kind, least and most standing, offset, limit, where to
/// begin, parent. Under a parent its children are looked up and sorted: `CROSS JOIN` keeps SQLite
/// from walking over a whole kind in search of a few.
macro_rules! list {
    ($from:literal, $under:literal, $order:literal) => {
        concat!(
            "SELECT ",
            tag_columns!(),
            " FROM ",
            $from,
            " WHERE t.kind = $1 AND (",
            standing!(),
            ") BETWEEN $2 AND $3 AND ",
            $under,
            " ORDER BY ",
            $order,
            " LIMIT $5 OFFSET $4"
        )
    };
}

/// For `Under::Any`, `Under::Parent` and `Under::Nothing`.
const BY_USE: [&str; 3] = [
    list!("tags t", "$6 = $6 AND $7 = $7", "t.all_uses DESC, t.id DESC"),
    list!(
        "tag_parents p CROSS JOIN tags t",
        "$6 = $6 AND p.parent = $7 AND t.id = p.child",
        "t.all_uses DESC, t.id DESC"
    ),
    list!(
        "tags t",
        "$6 = $6 AND $7 = $7
         AND NOT EXISTS (SELECT 1 FROM tag_parents p WHERE p.child = t.id)",
        "t.all_uses DESC, t.id DESC"
    ),
];

const BY_NAME: [&str; 3] = [
    list!("tags t", "t.name_key >= $6 AND $7 = $7", "t.name_key, t.id"),
    list!(
        "tag_parents p CROSS JOIN tags t",
        "t.name_key >= $6 AND p.parent = $7 AND t.id = p.child",
        "t.name_key, t.id"
    ),
    list!(
        "tags t",
        "t.name_key >= $6 AND $7 = $7
         AND NOT EXISTS (SELECT 1 FROM tag_parents p WHERE p.child = t.id)",
        "t.name_key, t.id"
    ),
];

/// The tags at the end of a link, most used first, and how many there are. Parameters: the tag,
/// how many.
macro_rules! linked {
    ($from:literal) => {
        (
            concat!("SELECT COUNT(*) ", $from),
            concat!(
                "SELECT ",
                tag_columns!(),
                " ",
                $from,
                " ORDER BY t.all_uses DESC, t.id LIMIT $2"
            ),
        )
    };
}

type Statements = (&'static str, &'static str);

const SYNONYMS: Statements = linked!("FROM tags t WHERE t.synonym_of = $1");
const METAS: Statements = linked!("FROM tag_metas l JOIN tags t ON t.id = l.meta WHERE l.sub = $1");
const SUBS: Statements = linked!("FROM tag_metas l JOIN tags t ON t.id = l.sub WHERE l.meta = $1");
const PARENTS: Statements =
    linked!("FROM tag_parents l JOIN tags t ON t.id = l.parent WHERE l.child = $1");
const CHILDREN: Statements =
    linked!("FROM tag_parents l JOIN tags t ON t.id = l.child WHERE l.parent = $1");
const INHERITED: Statements = linked!(
    "FROM tags t WHERE t.id IN (
         SELECT g.parent FROM tag_parents p JOIN tags c ON c.id = p.parent AND c.kind = 'characters'
         JOIN tag_parents g ON g.child = p.parent WHERE p.child = $1
     ) AND t.id NOT IN (SELECT p.parent FROM tag_parents p WHERE p.child = $1)"
);

impl Read<'_> {
    /// A list of tags.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tags(&self, listing: &TagListing) -> Result<Vec<Tag>, Error> {
        let TagListing { kind, standing, under, order, from, offset, limit } = listing;
        let (least, most) = standing.range();
        let (way, parent) = match under {
            Under::Any => (0, TagId(0)),
            Under::Parent(parent) => (1, *parent),
            Under::Nothing => (2, TagId(0)),
        };
        let statements = match order {
            TagOrder::Use => &BY_USE,
            TagOrder::Name => &BY_NAME,
        };
        let from = if from.is_empty() { String::new() } else { exact_key(&tag::folded(from)) };
        let sql = statements.get(way).copied().unwrap_or_default();
        let values = values![*kind, least, most, *offset, *limit, from, parent];
        self.rows(sql, values, tag_of)
    }

    /// The letters with which the names of a kind begin, each with the number of such tags. Walks
    /// over all of the kind.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tag_letters(&self, kind: Kind, standing: Standing) -> Result<Vec<(String, u64)>, Error> {
        let sql = concat!(
            "SELECT SUBSTR(t.name_key, 1, 1), COUNT(*) FROM tags t WHERE t.kind = $1 AND (",
            standing!(),
            ") BETWEEN $2 AND $3 GROUP BY SUBSTR(t.name_key, 1, 1)"
        );
        let (least, most) = standing.range();
        let values = values![kind, least, most];
        let mut letters = self.rows(sql, values, |row| Ok((row.get(0)?, row.get(1)?)))?;
        letters.sort_unstable();
        Ok(letters)
    }

    /// All that the page of a tag shows, of every list the `limit` most used.
    ///
    /// # Errors
    /// Those of the database.
    pub fn tag_page(&self, id: TagId, limit: u64) -> Result<Option<TagPage>, Error> {
        let Some(tag) = self.tag(id)? else { return Ok(None) };
        let canonical = match tag.synonym_of {
            Some(of) => self.tag(of)?,
            None => None,
        };
        let linked = |(count, list): Statements| -> Result<Linked, Error> {
            let total = self.only(count, values![id], |row| row.get(0))?;
            let tags =
                if total == 0 { Vec::new() } else { self.rows(list, values![id, limit], tag_of)? };
            Ok(Linked { total, tags })
        };
        Ok(Some(TagPage {
            tag,
            canonical,
            synonyms: linked(SYNONYMS)?,
            metas: linked(METAS)?,
            subs: linked(SUBS)?,
            parents: linked(PARENTS)?,
            inherited: linked(INHERITED)?,
            children: linked(CHILDREN)?,
        }))
    }
}
