//! A whole vocabulary out of the archive and into it: what a table of tags means here.
//!
//! A table is taken in as one act, all or nothing. A column that is there says all about a tag, so
//! that a table which is exported, edited and taken in again is what the archive then has; tags
//! that are not in the table stay as they are.

use std::collections::{BTreeSet, HashMap};

use super::tags::TagError;
use super::value::Value;
use super::wrangling::Done;
use super::{Error, Read, Write};
use crate::archive::tag::Kind;
use crate::archive::vocabulary::{Line, Mistake};
use crate::archive::work::{Millis, TagId};
use crate::archive::wrangle::{Act, Desk, Link};

/// Why a table was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// What is wrong with it, by line.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mistakes(Vec<Mistake>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// The most mistakes that are told.
const MISTAKES: usize = 100;

impl Read<'_> {
    /// The lines of a table of all tags after a key, with the key of the last one looked at;
    /// `None` at the end. Names that no work says and that mean nothing to others are left out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn vocabulary(
        &self,
        after: TagId,
        limit: u64,
    ) -> Result<Option<(TagId, Vec<Line>)>, Error> {
        let rows = self.tag_rows(after, limit)?;
        let Some(last) = rows.last().map(|row| row.tag.id) else { return Ok(None) };
        let keys: Vec<[Value<'_>; 1]> = rows.iter().map(|row| [row.tag.id.into()]).collect();
        let sql = "SELECT p.child, p.parent FROM (VALUES {rows}) AS k
            JOIN tag_parents p ON p.child = k.column1";
        let mut parents: HashMap<TagId, BTreeSet<TagId>> = HashMap::new();
        for (child, parent) in self.each(sql, &keys, |row| Ok((row.get(0)?, row.get(1)?)))? {
            parents.entry(child).or_default().insert(parent);
        }
        let mut others: BTreeSet<TagId> = parents.values().flatten().copied().collect();
        for row in &rows {
            others.extend(row.tag.synonym_of.iter().chain(&row.metas));
        }
        let others = self.tags_by_id(&others.into_iter().collect::<Vec<_>>())?;
        let named = |id: &TagId| others.get(id).map(|tag| (tag.kind, tag.name.clone()));
        let line = |row: &super::TagRow| Line {
            number: 0,
            kind: row.tag.kind,
            name: row.tag.name.clone(),
            canonical: Some(row.tag.canonical),
            synonym_of: Some(row.tag.synonym_of.as_ref().and_then(named).map(|named| named.1)),
            metas: Some(row.metas.iter().filter_map(named).map(|named| named.1).collect()),
            parents: Some(
                parents
                    .get(&row.tag.id)
                    .into_iter()
                    .flatten()
                    .filter_map(named)
                    .map(|(kind, name)| (Some(kind), name))
                    .collect(),
            ),
        };
        let lines = rows.iter().map(|row| (row.tag.uses, line(row)));
        let lines = lines.filter(|(uses, line)| *uses > 0 || line.says_something());
        Ok(Some((last, lines.map(|(_, line)| line).collect())))
    }

    /// The keys of tags by their kind and very name.
    fn keys_of(&self, names: &[(Kind, &str)]) -> Result<HashMap<(Kind, String), TagId>, Error> {
        let rows: Vec<[Value<'_>; 2]> =
            names.iter().map(|(kind, name)| [(*kind).into(), (*name).into()]).collect();
        let sql = "SELECT t.kind, t.name, t.id FROM (VALUES {rows}) AS k
            JOIN tags t ON t.kind = k.column1 AND t.name = k.column2";
        let found = self.each(sql, &rows, |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
        Ok(found.into_iter().collect())
    }
}

impl Write<'_> {
    /// Takes a table in, as one act.
    ///
    /// # Errors
    /// All mistakes, up to a hundred. The transaction has to be given up then: what the first
    /// lines brought may be there.
    pub fn import_vocabulary(&mut self, lines: &[Line], at: Millis) -> Result<Done, ImportError> {
        let mut table = Table { lines, own: Vec::new(), keys: HashMap::new(), mistakes: vec![] };
        table.find(self)?;
        let mut desk = Desk::new(self.read);
        if table.mistakes.is_empty() {
            table.take_in(&mut desk)?;
        }
        if !table.mistakes.is_empty() {
            table.mistakes.sort_by_key(|mistake| mistake.line);
            return Err(ImportError::Mistakes(table.mistakes));
        }
        Ok(self.log_act("import", (None, None), None, desk.changes(), at)?)
    }
}

/// A table on its way in.
struct Table<'l> {
    lines: &'l [Line],
    /// The tag of each line; `None` where the archive does not have it and need not.
    own: Vec<Option<TagId>>,
    keys: HashMap<(Kind, String), TagId>,
    mistakes: Vec<Mistake>,
}

impl<'l> Table<'l> {
    fn mistake(&mut self, line: u64, what: impl Into<String>) {
        if self.mistakes.len() < MISTAKES {
            self.mistakes.push(Mistake::on(line, what));
        }
    }

    /// Finds the tags that the table names, and makes those that have lines of their own.
    fn find(&mut self, tx: &mut Write<'_>) -> Result<(), Error> {
        let mut names: Vec<(Kind, &str)> = Vec::new();
        for line in self.lines {
            names.push((line.kind, &line.name));
            let same = line.synonym_of.iter().flatten().chain(line.metas.iter().flatten());
            names.extend(same.map(|name| (line.kind, name.as_str())));
            for (kind, name) in line.parents.iter().flatten() {
                let kinds = kind.as_ref().map_or(line.kind.parents(), std::slice::from_ref);
                names.extend(kinds.iter().map(|kind| (*kind, name.as_str())));
            }
        }
        names.sort_unstable();
        names.dedup();
        self.keys = tx.keys_of(&names)?;
        let mut seen: HashMap<(Kind, &str), u64> = HashMap::new();
        for line in self.lines {
            if let Some(first) = seen.insert((line.kind, &line.name), line.number) {
                let what = format!("“{}” has a line already, line {first}", line.name);
                self.mistake(line.number, what);
            }
            let key = (line.kind, line.name.clone());
            let mut own = self.keys.get(&key).copied();
            if own.is_none() && line.says_something() {
                match tx.make_tag(line.kind, &line.name) {
                    Ok(id) => own = Some(id),
                    Err(TagError::Refused(refusal)) => {
                        self.mistake(line.number, refusal.to_string());
                    }
                    Err(TagError::Store(error)) => return Err(error),
                }
                self.keys.extend(own.map(|id| (key, id)));
            }
            self.own.push(own);
        }
        Ok(())
    }

    /// The lines whose tags are there.
    fn rows(&self) -> Vec<(&'l Line, TagId)> {
        self.lines.iter().zip(&self.own).filter_map(|(line, own)| Some((line, (*own)?))).collect()
    }

    /// Does it, and remembers what cannot be done.
    fn act(&mut self, desk: &mut Desk<'_, Read<'_>>, line: &Line, act: Act) -> Result<(), Error> {
        match desk.act(act) {
            Ok(()) => Ok(()),
            Err(TagError::Refused(refusal)) => {
                self.mistake(line.number, refusal.to_string());
                Ok(())
            }
            Err(TagError::Store(error)) => Err(error),
        }
    }

    /// Names first, then what stands under what. What has to go goes before what comes, so that
    /// two tags can change places.
    fn take_in(&mut self, desk: &mut Desk<'_, Read<'_>>) -> Result<(), Error> {
        let rows = self.rows();
        for (line, own) in &rows {
            let is_synonym = stored(desk.tag(*own))?.synonym_of.is_some();
            let stays = line.canonical != Some(true) && line.synonym_of != Some(None);
            if is_synonym && !stays {
                self.act(desk, line, Act::Split(*own))?;
            }
            if line.canonical == Some(true) {
                self.act(desk, line, Act::Canonical(*own))?;
            }
        }
        let synonyms = self.synonyms();
        for (line, own) in &rows {
            if let Some(Some(name)) = &line.synonym_of
                && let Some(of) = self.end_of(&synonyms, line, name)
            {
                self.act(desk, line, Act::Merge(*own, of))?;
            }
        }
        for link in [Link::Metas, Link::Parents] {
            let mut coming = Vec::new();
            for (line, own) in &rows {
                let Some(wanted) = self.wanted(line, link) else { continue };
                let has = stored(desk.linked(link, *own))?.clone();
                for gone in has.difference(&wanted) {
                    let act = match link {
                        Link::Metas => Act::RemoveMeta(*own, *gone),
                        _ => Act::RemoveParent(*own, *gone),
                    };
                    self.act(desk, line, act)?;
                }
                coming.extend(wanted.difference(&has).map(|new| match link {
                    Link::Metas => (*line, Act::AddMeta(*own, *new)),
                    _ => (*line, Act::AddParent(*own, *new)),
                }));
            }
            for (line, act) in coming {
                self.act(desk, line, act)?;
            }
        }
        for (line, own) in &rows {
            if line.canonical == Some(false) && !matches!(line.synonym_of, Some(Some(_))) {
                self.act(desk, line, Act::Loose(*own))?;
            }
        }
        Ok(())
    }

    /// What each name of the table is a synonym of, by the table.
    fn synonyms(&self) -> HashMap<(Kind, &'l str), &'l str> {
        let synonym = |line: &'l Line| {
            let of = line.synonym_of.as_ref()?.as_deref()?;
            Some(((line.kind, line.name.as_str()), of))
        };
        self.lines.iter().filter_map(synonym).collect()
    }

    /// The canonical at the end of a row of synonyms.
    fn end_of(
        &mut self,
        synonyms: &HashMap<(Kind, &'l str), &'l str>,
        line: &Line,
        name: &'l str,
    ) -> Option<TagId> {
        let mut end = name;
        let mut passed = 0;
        while let Some(next) = synonyms.get(&(line.kind, end)) {
            end = next;
            passed += 1;
            if passed > synonyms.len() {
                let what = format!("“{}” comes to be a synonym of itself", line.name);
                self.mistake(line.number, what);
                return None;
            }
        }
        self.key(line, &[line.kind], end)
    }

    /// The tags that a line wants at the end of a link; `None` if it says nothing of them.
    fn wanted(&mut self, line: &'l Line, link: Link) -> Option<BTreeSet<TagId>> {
        let mut wanted = BTreeSet::new();
        if link == Link::Metas {
            for name in line.metas.as_ref()? {
                wanted.extend(self.key(line, &[line.kind], name));
            }
            return Some(wanted);
        }
        for (kind, name) in line.parents.as_ref()? {
            let kinds = kind.as_ref().map_or(line.kind.parents(), std::slice::from_ref);
            wanted.extend(self.key(line, kinds, name));
        }
        Some(wanted)
    }

    /// The tag of one of these kinds that a line names.
    fn key(&mut self, line: &Line, kinds: &[Kind], name: &str) -> Option<TagId> {
        let mut found = kinds.iter().filter_map(|kind| self.keys.get(&(*kind, name.to_owned())));
        let (first, more) = (found.next().copied(), found.next().is_some());
        let words: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        let words = words.join(" or ");
        if more {
            let what =
                format!("“{name}” is there as {words}: write the kind before it, with a colon");
            self.mistake(line.number, what);
            return None;
        }
        if first.is_none() {
            let what = if kinds.is_empty() {
                format!("a {} has no parents", line.kind.word())
            } else {
                format!("there is no {words} “{name}”; give it a line of its own")
            };
            self.mistake(line.number, what);
        }
        first
    }
}

/// What was looked up; its key is known to be there.
fn stored<T>(looked_up: Result<T, TagError>) -> Result<T, Error> {
    looked_up.map_err(|error| match error {
        TagError::Store(error) => error,
        TagError::Refused(refusal) => Error::damaged(refusal.to_string()),
    })
}
