//! What people do to tags: done in one transaction, logged, and undone.
//!
//! The rules are those of `archive::wrangle`; here they are given what they look up, and what they
//! changed is written. No act touches works.

use super::tags::TagError;
use super::value::{Row, Value, values};
use super::{Error, Read, Write};
use crate::archive::refusal::Refusal;
use crate::archive::tag::Tag;
use crate::archive::work::{ActId, Millis, TagId};
use crate::archive::wrangle::{Act, Change, Desk, Fact, Link, Vocabulary};

/// What an act would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it changes; empty if all is so already.
    pub changes: Vec<Change>,
    /// How many works are found under other tags by it than before.
    pub works: u64,
}

/// What an act did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its number in the log; `None` if there was nothing to do, which is not logged.
    pub act: Option<ActId>,
    /// What it changed.
    pub changes: Vec<Change>,
}

/// A line of the log of wrangling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRow {
    /// Its number.
    pub id: ActId,
    /// When it was done.
    pub at: Millis,
    /// What was done: canonical, loose, merge, split, apart, meta, no meta, parent, no parent,
    /// import or undo.
    pub act: String,
    /// To which tag, if it was one.
    pub tag: Option<Tag>,
    /// With which other one.
    pub other: Option<Tag>,
    /// The act that it undid.
    pub undoes: Option<ActId>,
    /// The act that undid it.
    pub undone_by: Option<ActId>,
    /// How many facts it changed.
    pub changes: u64,
}

impl std::fmt::Display for ActRow {
    /// The act in words that follow "somebody".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = |tag: &Option<Tag>| tag.as_ref().map_or("", |tag| &tag.name).to_owned();
        let (tag, other) = (name(&self.tag), name(&self.other));
        match (self.act.as_str(), self.undoes) {
            ("canonical", _) => write!(f, "made “{tag}” canonical"),
            ("loose", _) => write!(f, "made “{tag}” canonical no longer"),
            ("merge", _) => write!(f, "merged “{tag}” into “{other}”"),
            ("split", _) => write!(f, "split “{tag}” off"),
            ("apart", _) => write!(f, "kept “{tag}” apart from “{other}”"),
            ("meta", _) => write!(f, "put “{tag}” under “{other}”"),
            ("no meta", _) => write!(f, "took “{tag}” from under “{other}”"),
            ("parent", _) => write!(f, "gave “{tag}” to “{other}”"),
            ("no parent", _) => write!(f, "took “{tag}” from “{other}”"),
            ("undo", Some(act)) => write!(f, "undid act {act}"),
            _ if self.changes == 1 => write!(f, "took a table in: 1 change"),
            _ => write!(f, "took a table in: {} changes", self.changes),
        }?;
        match self.undone_by {
            Some(by) => write!(f, " (undone by act {by})"),
            None => Ok(()),
        }
    }
}

impl Vocabulary for Read<'_> {
    type Error = TagError;

    fn tag(&self, id: TagId) -> Result<Option<Tag>, TagError> {
        Ok(Read::tag(self, id)?)
    }

    fn linked(&self, link: Link, id: TagId) -> Result<Vec<TagId>, TagError> {
        let sql = match link {
            Link::Synonyms => "SELECT id FROM tags WHERE synonym_of = $1",
            Link::Metas => "SELECT meta FROM tag_metas WHERE sub = $1",
            Link::Subs => "SELECT sub FROM tag_metas WHERE meta = $1",
            Link::Parents => "SELECT parent FROM tag_parents WHERE child = $1",
            Link::Children => "SELECT child FROM tag_parents WHERE parent = $1",
            Link::Apart => "SELECT other FROM tag_apart WHERE tag = $1",
        };
        Ok(self.rows(sql, values![id], |row| row.get(0))?)
    }
}

/// The word for an act in the log, and the tags that it is done to.
fn logged(act: Act) -> (&'static str, TagId, Option<TagId>) {
    match act {
        Act::Canonical(tag) => ("canonical", tag, None),
        Act::Loose(tag) => ("loose", tag, None),
        Act::Merge(tag, into) => ("merge", tag, Some(into)),
        Act::Split(tag) => ("split", tag, None),
        Act::KeepApart(tag, other) => ("apart", tag, Some(other)),
        Act::AddMeta(sub, meta) => ("meta", sub, Some(meta)),
        Act::RemoveMeta(sub, meta) => ("no meta", sub, Some(meta)),
        Act::AddParent(child, parent) => ("parent", child, Some(parent)),
        Act::RemoveParent(child, parent) => ("no parent", child, Some(parent)),
    }
}

/// A fact as the log keeps it.
fn fact_columns(fact: Fact) -> (&'static str, TagId, TagId) {
    match fact {
        Fact::Canonical(tag) => ("canonical", tag, TagId(0)),
        Fact::Synonym(tag, of) => ("synonym", tag, of),
        Fact::Meta(sub, meta) => ("meta", sub, meta),
        Fact::Parent(child, parent) => ("parent", child, parent),
        Fact::Apart(tag, other) => ("apart", tag, other),
    }
}

fn change_of(row: &Row<'_>) -> Result<Change, Error> {
    let (word, tag, other): (String, TagId, TagId) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let fact = match word.as_str() {
        "canonical" => Fact::Canonical(tag),
        "synonym" => Fact::Synonym(tag, other),
        "meta" => Fact::Meta(tag, other),
        "parent" => Fact::Parent(tag, other),
        "apart" => Fact::Apart(tag, other),
        _ => return Err(Error::damaged(format!("the log of wrangling knows no “{word}”"))),
    };
    Ok(Change { fact, made: row.get(3)? })
}

impl Read<'_> {
    /// What an act would do, without doing it.
    ///
    /// # Errors
    /// As for [`Write::wrangle`].
    pub fn plan(&self, act: Act) -> Result<Plan, TagError> {
        let mut desk = Desk::new(self);
        desk.act(act)?;
        let changes = desk.changes();
        let works = match act {
            _ if changes.is_empty() => 0,
            Act::Merge(tag, _) | Act::Split(tag) => self.works_under(tag)?,
            Act::AddMeta(sub, _) | Act::RemoveMeta(sub, _) => self.works_under(sub)?,
            // Nothing is found by these.
            Act::Canonical(_) | Act::Loose(_) | Act::KeepApart(..) => 0,
            Act::AddParent(..) | Act::RemoveParent(..) => 0,
        };
        Ok(Plan { changes, works })
    }

    /// The log of wrangling, latest first, from before an act if one is named.
    ///
    /// # Errors
    /// Those of the database.
    pub fn acts(&self, before: Option<ActId>, limit: u64) -> Result<Vec<ActRow>, Error> {
        let sql = "SELECT w.id, w.at, w.act, w.tag, w.other, w.undoes, w.undone_by,
            (SELECT COUNT(*) FROM wrangled c WHERE c.act = w.id)
            FROM wrangling w WHERE w.id < $1 ORDER BY w.id DESC LIMIT $2";
        let before = before.unwrap_or(ActId(i64::MAX));
        let mut tags: Vec<(Option<TagId>, Option<TagId>)> = Vec::new();
        let mut rows = self.rows(sql, values![before, limit], |row| {
            tags.push((row.get(3)?, row.get(4)?));
            Ok(ActRow {
                id: row.get(0)?,
                at: row.get(1)?,
                act: row.get(2)?,
                tag: None,
                other: None,
                undoes: row.get(5)?,
                undone_by: row.get(6)?,
                changes: row.get(7)?,
            })
        })?;
        let ids: Vec<TagId> = tags.iter().flat_map(|(one, two)| [*one, *two]).flatten().collect();
        let known = self.tags_by_id(&ids)?;
        let find = |id: Option<TagId>| id.and_then(|id| known.get(&id)).cloned();
        for (row, (tag, other)) in rows.iter_mut().zip(tags) {
            (row.tag, row.other) = (find(tag), find(other));
        }
        Ok(rows)
    }

    fn changes_of(&self, act: ActId) -> Result<Vec<Change>, Error> {
        let sql = "SELECT fact, tag, other, made FROM wrangled WHERE act = $1 ORDER BY position";
        self.rows(sql, values![act], change_of)
    }

    /// The latest act after another one that changed one of these facts.
    fn later(&self, act: ActId, facts: &[Fact]) -> Result<Option<ActId>, Error> {
        let sql = "SELECT MAX(w.act) FROM wrangled w WHERE w.tag = $1 AND w.other = $2
            AND w.fact = $3 AND w.act > $4";
        let mut latest = None;
        for fact in facts {
            let (word, tag, other) = fact_columns(*fact);
            let found = self.only(sql, values![tag, other, word, act], |row| row.get(0))?;
            latest = latest.max(found);
        }
        Ok(latest)
    }
}

impl Write<'_> {
    /// Does something to tags.
    ///
    /// # Errors
    /// A [`Refusal`] where it cannot be done; nothing is written then.
    pub fn wrangle(&mut self, act: Act, at: Millis) -> Result<Done, TagError> {
        let mut desk = Desk::new(self.read);
        desk.act(act)?;
        let (word, tag, other) = logged(act);
        Ok(self.log_act(word, (Some(tag), other), None, desk.changes(), at)?)
    }

    /// Undoes an act, or the last one that is neither undone nor itself an undoing. What is undone
    /// can be done again by undoing that. Returns the number of what was undone as well.
    ///
    /// # Errors
    /// [`Refusal::Later`] where something that came later depends on it, [`Refusal::Undone`],
    /// [`Refusal::NoAct`], [`Refusal::Nothing`]; nothing is written then.
    pub fn undo(&mut self, act: Option<ActId>, at: Millis) -> Result<(ActId, Done), TagError> {
        let act = match act {
            Some(act) => act,
            None => {
                let sql = "SELECT MAX(id) FROM wrangling WHERE undone_by IS NULL
                    AND undoes IS NULL";
                let last: Option<ActId> = self.only(sql, &[], |row| row.get(0))?;
                last.ok_or(Refusal::Nothing)?
            }
        };
        let sql = "SELECT tag, other, undoes, undone_by FROM wrangling WHERE id = $1";
        let found = self.one(sql, values![act], |row| {
            let tags: (Option<TagId>, Option<TagId>) = (row.get(0)?, row.get(1)?);
            Ok((tags, row.get::<Option<ActId>>(2)?, row.get::<Option<ActId>>(3)?))
        })?;
        let (tags, undoes, undone_by) = found.ok_or(Refusal::NoAct(act))?;
        if let Some(by) = undone_by {
            return Err(Refusal::Undone { act, by }.into());
        }
        let changes = self.changes_of(act)?;
        let mut desk = Desk::new(self.read);
        if let Err(fault) = desk.take_back(&changes)? {
            let by = self.later(act, &fault.facts)?;
            let by = by.ok_or_else(|| Error::damaged(fault.why.clone()))?;
            return Err(Refusal::Later { act, by, why: fault.why }.into());
        }
        let done = self.log_act("undo", tags, Some(act), desk.changes(), at)?;
        if let Some(by) = done.act {
            let sql = "UPDATE wrangling SET undone_by = $2 WHERE id = $1";
            self.run(sql, values![act, by])?;
        }
        if let Some(again) = undoes {
            let sql = "UPDATE wrangling SET undone_by = NULL WHERE id = $1";
            self.run(sql, values![again])?;
        }
        Ok((act, done))
    }

    /// Writes what an act changed, and the act into the log.
    pub(super) fn log_act(
        &mut self,
        word: &str,
        (tag, other): (Option<TagId>, Option<TagId>),
        undoes: Option<ActId>,
        changes: Vec<Change>,
        at: Millis,
    ) -> Result<Done, Error> {
        if changes.is_empty() {
            return Ok(Done { act: None, changes });
        }
        let sql = "INSERT INTO wrangling (at, act, tag, other, undoes)
            VALUES ($1, $2, $3, $4, $5) RETURNING id";
        let act: ActId = self.write_one(sql, values![at, word, tag, other, undoes])?;
        let rows: Vec<[Value<'_>; 6]> = (1_i64..)
            .zip(&changes)
            .map(|(position, change)| {
                let (word, tag, other) = fact_columns(change.fact);
                let made = change.made.into();
                [act.into(), position.into(), word.into(), tag.into(), other.into(), made]
            })
            .collect();
        self.insert(
            "INSERT INTO wrangled (act, position, fact, tag, other, made) VALUES {rows}",
            &rows,
        )?;
        self.write_changes(&changes, at)?;
        Ok(Done { act: Some(act), changes })
    }

    /// Makes the tables say what changed.
    fn write_changes(&mut self, changes: &[Change], at: Millis) -> Result<(), Error> {
        self.settle_uses()?;
        let pairs = |wanted: &dyn Fn(Change) -> Option<(i64, i64)>| -> Vec<[Value<'static>; 2]> {
            let pairs = changes.iter().filter_map(|change| wanted(*change));
            pairs.map(|(one, two)| [one.into(), two.into()]).collect()
        };
        let canonical = pairs(&|change| match change.fact {
            Fact::Canonical(tag) => Some((tag.0, i64::from(change.made))),
            _ => None,
        });
        self.insert(
            "UPDATE tags SET canonical = k.column2 FROM (VALUES {rows}) AS k
             WHERE tags.id = k.column1",
            &canonical,
        )?;
        self.write_synonyms(changes)?;
        let links = |word: &'static str, made: bool| {
            pairs(&move |change| match fact_columns(change.fact) {
                (own, tag, other) if own == word && change.made == made => Some((tag.0, other.0)),
                _ => None,
            })
        };
        let sql = "DELETE FROM tag_metas WHERE (sub, meta) IN (VALUES {rows})";
        self.insert(sql, &links("meta", false))?;
        self.insert("INSERT INTO tag_metas (sub, meta) VALUES {rows}", &links("meta", true))?;
        let sql = "DELETE FROM tag_parents WHERE (child, parent) IN (VALUES {rows})";
        self.insert(sql, &links("parent", false))?;
        let sql = "INSERT INTO tag_parents (child, parent) VALUES {rows}";
        self.insert(sql, &links("parent", true))?;
        let sql = "DELETE FROM tag_apart WHERE (tag, other) IN (VALUES {rows})";
        self.insert(sql, &links("apart", false))?;
        self.insert("INSERT INTO tag_apart (tag, other) VALUES {rows}", &links("apart", true))?;
        let mut moved: Vec<TagId> = changes
            .iter()
            .filter_map(|change| match change.fact {
                Fact::Canonical(tag) | Fact::Synonym(tag, _) | Fact::Meta(tag, _) => Some(tag),
                // Nothing is found by it.
                Fact::Parent(..) | Fact::Apart(..) => None,
            })
            .collect();
        moved.sort_unstable();
        moved.dedup();
        self.log_tag_changes(&moved, at)
    }

    /// Writes which tags are synonyms, and moves their uses from canonical to canonical.
    fn write_synonyms(&mut self, changes: &[Change]) -> Result<(), Error> {
        let mut synonyms: Vec<(TagId, TagId, bool)> = changes
            .iter()
            .filter_map(|change| match change.fact {
                Fact::Synonym(tag, of) => Some((tag, of, change.made)),
                _ => None,
            })
            .collect();
        // What ends comes before what begins: one tag may do both.
        synonyms.sort_by_key(|(_, _, made)| *made);
        let keys: Vec<[Value<'_>; 1]> = synonyms.iter().map(|(tag, ..)| [(*tag).into()]).collect();
        let sql = "SELECT DISTINCT t.id, t.uses FROM (VALUES {rows}) AS k
            JOIN tags t ON t.id = k.column1";
        let uses = self.each(sql, &keys, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let uses: std::collections::HashMap<TagId, i64> = uses.into_iter().collect();
        let ended: Vec<[Value<'_>; 1]> =
            synonyms.iter().filter(|(_, _, made)| !made).map(|(tag, ..)| [(*tag).into()]).collect();
        self.insert("UPDATE tags SET synonym_of = NULL WHERE id IN (VALUES {rows})", &ended)?;
        let made: Vec<[Value<'_>; 2]> = synonyms
            .iter()
            .filter(|(_, _, made)| *made)
            .map(|(tag, of, _)| [(*tag).into(), (*of).into()])
            .collect();
        self.insert(
            "UPDATE tags SET synonym_of = k.column2 FROM (VALUES {rows}) AS k
             WHERE tags.id = k.column1",
            &made,
        )?;
        let moved = synonyms.iter().map(|(tag, of, made)| {
            let uses = uses.get(tag).copied().unwrap_or_default();
            (*of, if *made { uses } else { -uses })
        });
        self.add_all_uses(moved)
    }
}

/// Whether anything of the model is not as it must be; the tags' part of `fanfold check`. Each
/// with what to say of the tag that it finds.
pub(super) const RULES: &[(&str, &str)] = &[
    (
        "tag {} counts other works than those that use it",
        "SELECT t.id FROM tags t LEFT JOIN (
             SELECT l.tag, COUNT(DISTINCT l.work) AS works FROM work_tags l
             JOIN works w ON w.id = l.work WHERE w.audience = 0 AND w.posted_at IS NOT NULL
             AND w.binned_at IS NULL GROUP BY l.tag
         ) l ON l.tag = t.id WHERE t.uses <> COALESCE(l.works, 0)",
    ),
    (
        "tag {} counts other uses of its synonyms than they have",
        "SELECT t.id FROM tags t LEFT JOIN (
             SELECT synonym_of, SUM(uses) AS uses FROM tags WHERE synonym_of IS NOT NULL
             GROUP BY synonym_of
         ) s ON s.synonym_of = t.id
         WHERE t.all_uses <> t.uses + CAST(COALESCE(s.uses, 0) AS BIGINT)",
    ),
    (
        "tag {} is a synonym of what is not canonical, of another kind, or is canonical itself",
        "SELECT t.id FROM tags t JOIN tags c ON c.id = t.synonym_of
         WHERE c.canonical = 0 OR c.kind <> t.kind OR t.canonical = 1",
    ),
    (
        "tag {} has a metatag that is not canonical or of another kind",
        "SELECT m.sub FROM tag_metas m JOIN tags s ON s.id = m.sub JOIN tags t ON t.id = m.meta
         WHERE s.canonical = 0 OR t.canonical = 0 OR s.kind <> t.kind",
    ),
    (
        "tag {} stands above itself",
        "WITH RECURSIVE above (sub, meta) AS (
             SELECT sub, meta FROM tag_metas
             UNION SELECT a.sub, m.meta FROM above a JOIN tag_metas m ON m.sub = a.meta
         ) SELECT sub FROM above WHERE sub = meta",
    ),
    (
        "tag {} is a synonym or its parent is not canonical",
        "SELECT p.child FROM tag_parents p JOIN tags c ON c.id = p.child
         JOIN tags t ON t.id = p.parent WHERE c.synonym_of IS NOT NULL OR t.canonical = 0",
    ),
];
