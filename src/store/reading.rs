//! What readers keep: how far they are, their filters, and what they do not want to meet.
//!
//! Nothing here is told on a page that everybody sees, so no write of it makes kept pages old.

use super::fold::name_key;
use super::value::{Row, Value, values};
use super::{Error, Read, Write};
use crate::archive::person::ReaderId;
use crate::archive::reading::{DefaultFilter, Mute, Muted, Progress, Reading, SavedFilter};
use crate::archive::work::{Millis, TagId, WorkId};

/// A work that a reader looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    /// The work.
    pub work: WorkId,
    /// Its title.
    pub title: String,
    /// How many chapters it has by now.
    pub chapters: u32,
    /// How far the reader is.
    pub reading: Reading,
    /// Whether its text changed since.
    pub updated: bool,
}

impl Read<'_> {
    /// How far a reader is in a work; nothing if it was never looked at.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn reading(&self, reader: ReaderId, work: WorkId) -> Result<Option<Reading>, Error> {
        let sql = "SELECT chapter, paragraph, looked_at, finished_at FROM reading
            WHERE reader = $1 AND work = $2";
        self.one(sql, values![reader, work], |row| reading(row, 0))
    }

    /// The works that a reader has looked at and that are in this state.
    ///
    /// # Errors
    /// Those of the database.
    pub fn read_works(&self, reader: ReaderId, state: Progress) -> Result<Vec<WorkId>, Error> {
        let sql = match state {
            Progress::Looked => "SELECT work FROM reading WHERE reader = $1",
            Progress::Begun => "SELECT work FROM reading WHERE reader = $1 AND finished_at IS NULL",
            Progress::Finished => {
                "SELECT work FROM reading WHERE reader = $1 AND finished_at IS NOT NULL"
            }
            Progress::Updated => {
                "SELECT g.work FROM reading g JOIN works w ON w.id = g.work
                 JOIN revisions r ON r.id = w.revision_id
                 WHERE g.reader = $1 AND r.made_at > g.looked_at"
            }
        };
        self.rows(sql, values![reader], |row| row.get(0))
    }

    /// The works that a reader looked at last, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_read(&self, reader: ReaderId, limit: u64) -> Result<Vec<ReadingRow>, Error> {
        let sql = "SELECT g.work, w.title, w.chapter_count, r.made_at, g.chapter, g.paragraph,
            g.looked_at, g.finished_at FROM reading g JOIN works w ON w.id = g.work
            JOIN revisions r ON r.id = w.revision_id
            WHERE g.reader = $1 ORDER BY g.looked_at DESC, g.work LIMIT $2";
        self.rows(sql, values![reader, limit], |row| {
            let (made_at, reading): (Millis, Reading) = (row.get(3)?, reading(row, 4)?);
            Ok(ReadingRow {
                work: row.get(0)?,
                title: row.get(1)?,
                chapters: row.get(2)?,
                reading,
                updated: made_at > reading.looked_at,
            })
        })
    }

    /// A reader's filters, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn saved_filters(&self, reader: ReaderId) -> Result<Vec<SavedFilter>, Error> {
        let sql = "SELECT name, question FROM saved_filters WHERE reader = $1 ORDER BY name_key";
        self.rows(sql, values![reader], |row| {
            Ok(SavedFilter { name: row.get(0)?, question: row.get(1)? })
        })
    }

    /// What works must answer to be shown to a reader: for all works first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn default_filters(&self, reader: ReaderId) -> Result<Vec<DefaultFilter>, Error> {
        let sql = "SELECT t.id, t.name, d.question FROM default_filters d
            LEFT JOIN tags t ON t.id = d.fandom WHERE d.reader = $1 ORDER BY d.fandom";
        self.rows(sql, values![reader], |row| {
            let fandom = match row.get::<Option<TagId>>(0)? {
                Some(id) => Some((id, row.get(1)?)),
                None => None,
            };
            Ok(DefaultFilter { fandom, question: row.get(2)? })
        })
    }

    /// What a reader does not want to meet, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mutes(&self, reader: ReaderId) -> Result<Vec<Muted>, Error> {
        let sql = "SELECT m.what, m.target, t.kind, t.name, a.name, w.title FROM mutes m
            LEFT JOIN tags t ON m.what = 'tag' AND t.id = m.target
            LEFT JOIN authors a ON m.what = 'author' AND a.id = m.target
            LEFT JOIN works w ON m.what = 'work' AND w.id = m.target
            WHERE m.reader = $1 ORDER BY m.muted_at DESC, m.what, m.target";
        self.rows(sql, values![reader], |row| {
            let (what, key): (String, i64) = (row.get(0)?, row.get(1)?);
            let unknown = || Error::damaged(format!("somebody mutes a {what}"));
            let names: [Option<String>; 3] = [row.get(3)?, row.get(4)?, row.get(5)?];
            let name = names.into_iter().flatten().next().unwrap_or_default();
            let mute = Mute::of(&what, key).ok_or_else(unknown)?;
            Ok(Muted { mute, kind: row.get(2)?, name })
        })
    }

    /// The rules of the proofreader that a writer wants to hear no more of, by their keys.
    ///
    /// # Errors
    /// Those of the database.
    pub fn silenced_rules(&self, reader: ReaderId) -> Result<Vec<String>, Error> {
        let sql = "SELECT rule FROM silenced_rules WHERE reader = $1 ORDER BY rule";
        self.rows(sql, values![reader], |row| row.get(0))
    }

    /// Whether there is such a thing to be muted.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_there(&self, mute: Mute) -> Result<bool, Error> {
        let sql = match mute {
            Mute::Tag(_) => "SELECT id FROM tags WHERE id = $1",
            Mute::Author(_) => "SELECT id FROM authors WHERE id = $1",
            Mute::Work(_) => "SELECT id FROM works WHERE id = $1",
        };
        Ok(self.one(sql, values![mute.parts().1], |row| row.get::<i64>(0))?.is_some())
    }
}

fn reading(row: &Row<'_>, first: usize) -> Result<Reading, Error> {
    Ok(Reading {
        chapter: row.get(first)?,
        paragraph: row.get(first + 1)?,
        looked_at: row.get(first + 2)?,
        finished_at: row.get(first + 3)?,
    })
}

impl Write<'_> {
    /// Notes where a reader is in a work; paragraph 0 is a chapter that was merely opened, and
    /// loses no place in it. Whether the work was finished before stays as it was.
    ///
    /// # Errors
    /// Those of the database, also if there is no such work.
    pub fn looked(
        &mut self,
        reader: ReaderId,
        work: WorkId,
        (chapter, paragraph): (u32, u32),
        at: Millis,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO reading (reader, work, chapter, paragraph, looked_at)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (reader, work) DO UPDATE SET
            paragraph = CASE WHEN EXCLUDED.paragraph = 0 AND reading.chapter = EXCLUDED.chapter
                THEN reading.paragraph ELSE EXCLUDED.paragraph END,
            chapter = EXCLUDED.chapter, looked_at = EXCLUDED.looked_at";
        self.run_aside(sql, values![reader, work, chapter, paragraph, at]).map(drop)
    }

    /// Notes that a reader has read all that there is of a work.
    ///
    /// # Errors
    /// As for [`Write::looked`].
    pub fn finished(&mut self, reader: ReaderId, work: WorkId, at: Millis) -> Result<(), Error> {
        let sql = "INSERT INTO reading (reader, work, chapter, paragraph, looked_at, finished_at)
            SELECT $1, id, chapter_count, 0, $3, $3 FROM works WHERE id = $2
            ON CONFLICT (reader, work) DO UPDATE SET
            chapter = EXCLUDED.chapter, paragraph = 0, looked_at = EXCLUDED.looked_at,
            finished_at = EXCLUDED.finished_at";
        self.run_aside(sql, values![reader, work, at]).map(drop)
    }

    /// Forgets that a reader ever looked at a work.
    ///
    /// # Errors
    /// Those of the database.
    pub fn never_looked(&mut self, reader: ReaderId, work: WorkId) -> Result<(), Error> {
        let sql = "DELETE FROM reading WHERE reader = $1 AND work = $2";
        self.run_aside(sql, values![reader, work]).map(drop)
    }

    /// Keeps a filter under a name; one of the same name makes room for it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn save_filter(
        &mut self,
        reader: ReaderId,
        filter: &SavedFilter,
        at: Millis,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO saved_filters (reader, name_key, name, question, saved_at)
            VALUES ($1, $2, $3, $4, $5) ON CONFLICT (reader, name_key) DO UPDATE SET
            name = EXCLUDED.name, question = EXCLUDED.question, saved_at = EXCLUDED.saved_at";
        let SavedFilter { name, question } = filter;
        let row = values![reader, name_key(name), name.as_str(), question.as_str(), at];
        self.run_aside(sql, row).map(drop)
    }

    /// Drops the filter of a name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn drop_filter(&mut self, reader: ReaderId, name: &str) -> Result<(), Error> {
        let sql = "DELETE FROM saved_filters WHERE reader = $1 AND name_key = $2";
        self.run_aside(sql, values![reader, name_key(name)]).map(drop)
    }

    /// Sets what works of a fandom, or all works, must answer to be shown to a reader; an empty
    /// question takes it back.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_default_filter(
        &mut self,
        reader: ReaderId,
        fandom: Option<TagId>,
        question: &str,
    ) -> Result<(), Error> {
        let fandom = fandom.map_or(Value::Int(0), Value::from);
        if question.is_empty() {
            let sql = "DELETE FROM default_filters WHERE reader = $1 AND fandom = $2";
            return self.run_aside(sql, &[reader.into(), fandom]).map(drop);
        }
        let sql = "INSERT INTO default_filters (reader, fandom, question) VALUES ($1, $2, $3)
            ON CONFLICT (reader, fandom) DO UPDATE SET question = EXCLUDED.question";
        self.run_aside(sql, &[reader.into(), fandom, question.into()]).map(drop)
    }

    /// Silences a rule of the proofreader for good.
    ///
    /// # Errors
    /// Those of the database.
    pub fn silence_rule(&mut self, reader: ReaderId, rule: &str) -> Result<(), Error> {
        let sql = "INSERT INTO silenced_rules (reader, rule) VALUES ($1, $2)
            ON CONFLICT (reader, rule) DO NOTHING";
        self.run_aside(sql, values![reader, rule]).map(drop)
    }

    /// Hears all rules of the proofreader again.
    ///
    /// # Errors
    /// Those of the database.
    pub fn hear_rules(&mut self, reader: ReaderId) -> Result<(), Error> {
        self.run_aside("DELETE FROM silenced_rules WHERE reader = $1", values![reader]).map(drop)
    }

    /// Mutes something, or does so no longer.
    ///
    /// # Errors
    /// Those of the database.
    pub fn set_mute(
        &mut self,
        reader: ReaderId,
        mute: Mute,
        muted: bool,
        at: Millis,
    ) -> Result<(), Error> {
        let (what, key) = mute.parts();
        if muted {
            let sql = "INSERT INTO mutes (reader, what, target, muted_at) VALUES ($1, $2, $3, $4)
                ON CONFLICT (reader, what, target) DO NOTHING";
            self.run_aside(sql, values![reader, what, key, at]).map(drop)
        } else {
            let sql = "DELETE FROM mutes WHERE reader = $1 AND what = $2 AND target = $3";
            self.run_aside(sql, values![reader, what, key]).map(drop)
        }
    }
}
