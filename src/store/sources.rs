//! Files seen in the folders of stories, each with what became of it.

use super::value::{Cell, Column, Row, Value, values};
use super::{Error, Read, Write, facts};
use crate::archive::work::{Hash, Millis, WorkId};

/// A file seen in a folder of stories.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The folder, as the importer names it.
    pub folder: String,
    /// The path within it.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// When it was last changed, as the file system says.
    pub modified_at: Millis,
    /// The hash of its bytes, if they were read.
    pub hash: Option<Hash>,
    /// The version of the readers that read it.
    pub reader: i64,
    /// The work that it became or is a part of.
    pub work: Option<WorkId>,
    /// What became of it.
    pub state: SourceState,
    /// Why it could not be read, in words.
    pub problem: Option<String>,
    /// When it was last looked at.
    pub seen_at: Millis,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceState {
    /// It was read.
    Read,
    /// It could not be read.
    Problem,
    /// It is no longer there.
    Gone,
    /// It is no story.
    Ignored,
}

const STATES: [(SourceState, &str); 4] = [
    (SourceState::Read, "read"),
    (SourceState::Problem, "problem"),
    (SourceState::Gone, "gone"),
    (SourceState::Ignored, "ignored"),
];

impl SourceState {
    fn key(self) -> &'static str {
        STATES.iter().find(|row| row.0 == self).map_or("ignored", |row| row.1)
    }
}

impl Column for SourceState {
    fn of(cell: Cell<'_>) -> Option<SourceState> {
        let Cell::Text(text) = cell else { return None };
        STATES.iter().find(|row| row.1 == text).map(|row| row.0)
    }
}

impl Write<'_> {
    /// Writes down a file and what became of it, in place of what was said before.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_source(&mut self, file: &SourceFile) -> Result<(), Error> {
        let folder = self.folder(&file.folder)?;
        let sql = "INSERT INTO sources (folder, path_hash, path, size_bytes, modified_at, hash,
            reader, work, state, problem, seen_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (folder, path_hash) DO UPDATE SET size_bytes = excluded.size_bytes,
            modified_at = excluded.modified_at, hash = excluded.hash, reader = excluded.reader,
            work = excluded.work, state = excluded.state, problem = excluded.problem,
            seen_at = excluded.seen_at";
        let row = values![
            folder,
            path_hash(&file.path),
            file.path.as_str(),
            file.size_bytes,
            file.modified_at,
            file.hash,
            file.reader,
            file.work,
            file.state.key(),
            file.problem.as_deref(),
            file.seen_at,
        ];
        self.run(sql, row).map(drop)
    }

    /// Says that files are no longer there. Their works stay.
    ///
    /// # Errors
    /// Those of the database.
    pub fn mark_gone(&mut self, folder: &str, paths: &[String], at: Millis) -> Result<(), Error> {
        let folder = self.folder(folder)?;
        let row = |path: &String| -> [Value<'_>; 3] {
            [folder.into(), path_hash(path).into(), at.into()]
        };
        let rows: Vec<_> = paths.iter().map(row).collect();
        let sql = "WITH gone AS (SELECT * FROM (VALUES {rows}) AS g)
            UPDATE sources SET state = 'gone', seen_at = (SELECT MAX(column3) FROM gone)
            WHERE (folder, path_hash) IN (SELECT column1, column2 FROM gone)";
        self.insert(sql, &rows)
    }

    /// The key of a folder.
    fn folder(&mut self, path: &str) -> Result<i64, Error> {
        let key = (facts::Names::Folder, path.to_owned());
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let id = match self.folder_id(path)? {
            Some(id) => id,
            None => self.write_one(
                "INSERT INTO folders (path_hash, path) VALUES ($1, $2) RETURNING id",
                values![path_hash(path), path],
            )?,
        };
        self.known.insert(key, id);
        Ok(id)
    }
}

impl Read<'_> {
    /// Every file ever seen in a folder, by path.
    ///
    /// # Errors
    /// Those of the database.
    pub fn sources(&self, folder: &str) -> Result<Vec<SourceFile>, Error> {
        let sql = "SELECT f.path, s.path, s.size_bytes, s.modified_at, s.hash, s.reader, s.work,
            s.state, s.problem, s.seen_at FROM folders f JOIN sources s ON s.folder = f.id
            WHERE f.path_hash = $1 ORDER BY s.path";
        self.rows(sql, values![path_hash(folder)], source)
    }

    /// A file that was seen in a folder.
    ///
    /// # Errors
    /// Those of the database.
    pub fn source(&self, folder: &str, path: &str) -> Result<Option<SourceFile>, Error> {
        let sql = "SELECT f.path, s.path, s.size_bytes, s.modified_at, s.hash, s.reader, s.work,
            s.state, s.problem, s.seen_at FROM folders f JOIN sources s ON s.folder = f.id
            WHERE f.path_hash = $1 AND s.path_hash = $2";
        self.one(sql, values![path_hash(folder), path_hash(path)], source)
    }

    /// Files that could not be read, by folder and path. Their number is in
    /// [`Totals`](super::Totals).
    ///
    /// # Errors
    /// Those of the database.
    pub fn problems(&self, offset: u64, limit: u64) -> Result<Vec<SourceFile>, Error> {
        let sql = "SELECT f.path, s.path, s.size_bytes, s.modified_at, s.hash, s.reader, s.work,
            s.state, s.problem, s.seen_at FROM sources s JOIN folders f ON f.id = s.folder
            WHERE s.state = 'problem' ORDER BY s.folder, s.path LIMIT $1 OFFSET $2";
        self.rows(sql, values![limit, offset], source)
    }

    /// Where a file with these bytes was seen and not missed since: folder and path.
    ///
    /// # Errors
    /// Those of the database.
    pub fn places_of(&self, hash: Hash) -> Result<Vec<(String, String)>, Error> {
        let sql = "SELECT f.path, s.path FROM sources s JOIN folders f ON f.id = s.folder
            WHERE s.hash = $1 AND s.state <> 'gone' ORDER BY s.folder, s.path";
        self.rows(sql, values![hash], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn folder_id(&self, path: &str) -> Result<Option<i64>, Error> {
        let sql = "SELECT id FROM folders WHERE path_hash = $1";
        self.one(sql, values![path_hash(path)], |row| row.get(0))
    }
}

fn path_hash(path: &str) -> Hash {
    Hash::of(path.as_bytes())
}

fn source(row: &Row<'_>) -> Result<SourceFile, Error> {
    Ok(SourceFile {
        folder: row.get(0)?,
        path: row.get(1)?,
        size_bytes: row.get(2)?,
        modified_at: row.get(3)?,
        hash: row.get(4)?,
        reader: row.get(5)?,
        work: row.get(6)?,
        state: row.get(7)?,
        problem: row.get(8)?,
        seen_at: row.get(9)?,
    })
}
