//! What is posted: revisions and their chapters.
//!
//! A revision that was posted is never changed. Drafts, which are revisions too, are in
//! `drafts.rs`; the bodies of chapters in `texts.rs`.

use fanfold_doc::html::{Html, VERSION};

use super::texts::{body_hash, printed};
use super::value::{Row, Value, values};
use super::{Error, Read, View, Write};
use crate::archive::work::{ChapterId, Hash, Millis, NewChapter, NewWork, PrintedMatter};
use crate::archive::work::{RevisionId, WorkId};

/// A line of a work's contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChapterRow {
    /// Its place, from 1.
    pub position: u32,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Words of its body.
    pub words: u64,
}

/// A chapter as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// The revision that it is of.
    pub revision: RevisionId,
    /// Its place, from 1.
    pub position: u32,
    /// How many chapters the revision has.
    pub count: u32,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// Its summary.
    pub summary: Html,
    /// Notes before its text.
    pub notes_before: Html,
    /// Its text.
    pub body: Html,
    /// Notes after its text.
    pub notes_after: Html,
    /// Words of the body.
    pub words: u64,
}

/// A state of a work's texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its key.
    pub id: RevisionId,
    /// Its number within the work, from 1.
    pub number: u32,
    /// When it was made.
    pub made_at: Millis,
    /// What made it, in words.
    pub why: String,
    /// Words of all its chapters.
    pub words: u64,
    /// How many chapters it has.
    pub chapters: u64,
}

/// Everything of a chapter but its place: two that are equal are the same chapter.
#[derive(PartialEq, Eq)]
struct State {
    title: Option<String>,
    summary: Html,
    notes_before: Html,
    notes_after: Html,
    words: u64,
    body: Hash,
}

impl View<'_> {
    /// The contents of a work's current revision, in order; empty if there is no such work.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn contents(&self, work: WorkId) -> Result<Vec<ChapterRow>, Error> {
        if !self.sees(work)? {
            return Ok(Vec::new());
        }
        let sql = "SELECT c.position, c.title, c.words FROM works w
            JOIN revision_chapters c ON c.revision = w.revision_id
            WHERE w.id = $1 ORDER BY c.position";
        self.rows(sql, values![work], |row| {
            Ok(ChapterRow { position: row.get(0)?, title: row.get(1)?, words: row.get(2)? })
        })
    }

    /// A chapter of a work's current revision; places count from 1.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a text that cannot be read.
    pub fn chapter(&self, work: WorkId, position: u32) -> Result<Option<Chapter>, Error> {
        if !self.sees(work)? {
            return Ok(None);
        }
        let sql = "SELECT r.id, c.position, r.chapter_count, r.doc_version, c.title, c.summary,
            c.notes_before, c.notes_after, c.words, t.doc_version, t.html
            FROM works w JOIN revisions r ON r.id = w.revision_id
            JOIN revision_chapters c ON c.revision = r.id AND c.position = $2
            JOIN texts t ON t.id = c.text_id WHERE w.id = $1";
        self.one(sql, values![work, position], chapter)
    }

    /// All chapters of a work's current revision, in order.
    ///
    /// # Errors
    /// As for [`View::chapter`].
    pub fn chapters(&self, work: WorkId) -> Result<Vec<Chapter>, Error> {
        if !self.sees(work)? {
            return Ok(Vec::new());
        }
        let sql = "SELECT r.id, c.position, r.chapter_count, r.doc_version, c.title, c.summary,
            c.notes_before, c.notes_after, c.words, t.doc_version, t.html
            FROM works w JOIN revisions r ON r.id = w.revision_id
            JOIN revision_chapters c ON c.revision = r.id
            JOIN texts t ON t.id = c.text_id WHERE w.id = $1 ORDER BY c.position";
        self.rows(sql, values![work], chapter)
    }

    /// All chapters of any revision, in order.
    ///
    /// # Errors
    /// As for [`View::chapter`].
    pub fn chapters_of_revision(&self, revision: RevisionId) -> Result<Vec<Chapter>, Error> {
        if !self.sees_revision(revision)? {
            return Ok(Vec::new());
        }
        let sql = "SELECT r.id, c.position, r.chapter_count, r.doc_version, c.title, c.summary,
            c.notes_before, c.notes_after, c.words, t.doc_version, t.html
            FROM revisions r JOIN revision_chapters c ON c.revision = r.id
            JOIN texts t ON t.id = c.text_id WHERE r.id = $1 ORDER BY c.position";
        self.rows(sql, values![revision], chapter)
    }

    /// The texts round the chapters of any revision.
    ///
    /// # Errors
    /// As for [`View::chapter`].
    pub fn matter_of_revision(&self, id: RevisionId) -> Result<Option<PrintedMatter>, Error> {
        if !self.sees_revision(id)? {
            return Ok(None);
        }
        let sql = "SELECT doc_version, summary, notes_before, disclaimer, notes_after
            FROM revisions WHERE id = $1";
        self.one(sql, values![id], |row| {
            Ok(PrintedMatter {
                summary: html(row, 1, 0)?,
                notes_before: html(row, 2, 0)?,
                disclaimer: html(row, 3, 0)?,
                notes_after: html(row, 4, 0)?,
            })
        })
    }

    /// All revisions of a work, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revisions(&self, work: WorkId) -> Result<Vec<Revision>, Error> {
        if !self.sees(work)? {
            return Ok(Vec::new());
        }
        let sql = "SELECT id, number, made_at, why, words, chapter_count FROM revisions
            WHERE work = $1 ORDER BY number";
        self.rows(sql, values![work], |row| {
            Ok(Revision {
                id: row.get(0)?,
                number: row.get(1)?,
                made_at: row.get(2)?,
                why: row.get(3)?,
                words: row.get(4)?,
                chapters: row.get(5)?,
            })
        })
    }
}

impl Read<'_> {
    /// Whether a revision has exactly these chapters. Bodies are compared by their hashes.
    pub(super) fn has_chapters(
        &self,
        revision: RevisionId,
        chapters: &[NewChapter],
    ) -> Result<bool, Error> {
        let sql = "SELECT r.doc_version, c.title, c.summary, c.notes_before, c.notes_after,
            c.words, t.hash, t.doc_version, t.id FROM revisions r
            JOIN revision_chapters c ON c.revision = r.id JOIN texts t ON t.id = c.text_id
            WHERE r.id = $1 ORDER BY c.position";
        let states = self.rows(sql, values![revision], |row| {
            let current = row.get::<i64>(7)? == VERSION;
            Ok(State {
                title: row.get(1)?,
                summary: html(row, 2, 0)?,
                notes_before: html(row, 3, 0)?,
                notes_after: html(row, 4, 0)?,
                words: row.get(5)?,
                // What an older version printed is compared as this one prints it.
                body: if current { row.get(6)? } else { self.reprinted(row.get(8)?)? },
            })
        })?;
        let state = |chapter: &NewChapter| State {
            title: chapter.title.clone(),
            summary: chapter.summary.clone(),
            notes_before: chapter.notes_before.clone(),
            notes_after: chapter.notes_after.clone(),
            words: chapter.words,
            body: body_hash(chapter),
        };
        Ok(states.len() == chapters.len()
            && states.iter().zip(chapters).all(|(old, new)| *old == state(new)))
    }

    fn reprinted(&self, text: i64) -> Result<Hash, Error> {
        let sql = "SELECT html, doc_version FROM texts WHERE id = $1";
        let html = self.only(sql, values![text], |row| html(row, 0, 1))?;
        Ok(Hash::of(html.as_str().as_bytes()))
    }
}

impl Write<'_> {
    /// Adds a revision; the work's own row is the caller's.
    pub(super) fn insert_revision(
        &mut self,
        id: WorkId,
        work: &NewWork,
        at: Millis,
        why: &str,
    ) -> Result<RevisionId, Error> {
        let sql = "INSERT INTO revisions (work, number, made_at, why, words, chapter_count,
            doc_version, summary, notes_before, disclaimer, notes_after)
            SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10
            FROM revisions WHERE work = $1 RETURNING id";
        let matter = &work.matter;
        let revision: RevisionId = self.write_one(
            sql,
            values![
                id,
                at,
                why,
                work.words(),
                work.chapters.len() as u64,
                VERSION,
                matter.summary.as_str(),
                matter.notes_before.as_str(),
                matter.disclaimer.as_str(),
                matter.notes_after.as_str(),
            ],
        )?;
        // Who brings a work chapter by chapter keeps their places.
        let ids: Vec<ChapterId> = (1..).take(work.chapters.len()).map(ChapterId).collect();
        self.insert_chapters(revision, &work.chapters, &ids)?;
        Ok(revision)
    }

    /// Writes the chapters of a revision, with which of the work's chapters each is.
    pub(super) fn insert_chapters(
        &mut self,
        revision: RevisionId,
        chapters: &[NewChapter],
        ids: &[ChapterId],
    ) -> Result<(), Error> {
        let texts = self.posted_texts(chapters)?;
        let row = |(position, (chapter, id)): (i64, (&'_ NewChapter, &ChapterId))| {
            let text = texts.get(&body_hash(chapter)).copied();
            let text = text.ok_or_else(|| Error::damaged("a text was not kept"))?;
            Ok([
                Value::from(revision),
                position.into(),
                (*id).into(),
                chapter.words.into(),
                text.into(),
                chapter.title.clone().into(),
                chapter.summary.as_str().to_owned().into(),
                chapter.notes_before.as_str().to_owned().into(),
                chapter.notes_after.as_str().to_owned().into(),
            ])
        };
        let rows: Result<Vec<_>, Error> = (1..).zip(chapters.iter().zip(ids)).map(row).collect();
        self.insert(
            "INSERT INTO revision_chapters (revision, position, chapter, words, text_id, title,
             summary, notes_before, notes_after) VALUES {rows}",
            &rows?,
        )
    }
}

fn chapter(row: &Row<'_>) -> Result<Chapter, Error> {
    Ok(Chapter {
        revision: row.get(0)?,
        position: row.get(1)?,
        count: row.get(2)?,
        title: row.get(4)?,
        summary: html(row, 5, 3)?,
        notes_before: html(row, 6, 3)?,
        notes_after: html(row, 7, 3)?,
        words: row.get(8)?,
        body: html(row, 10, 9)?,
    })
}

/// A printed text of a row, with the column of the version that printed it.
pub(super) fn html(row: &Row<'_>, text: usize, version: usize) -> Result<Html, Error> {
    printed(row.get(text)?, row.get(version)?)
}
