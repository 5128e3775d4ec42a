//! Files as they came and the images of works: what is known of them. Their bytes are elsewhere.

use fanfold_doc::document::MediaName;

use super::value::values;
use super::{Error, Read, View, Write};
use crate::archive::work::{Hash, Millis, OriginalId, WorkId};

/// A file as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// The hash of its bytes.
    pub hash: Hash,
    /// Its size.
    pub size_bytes: u64,
    /// Its format, e.g. "epub"; empty if it could not be told.
    pub format: String,
    /// Whether its bytes are kept; not if it is over the size limit.
    pub kept: bool,
}

/// A file from which a work was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginalRow {
    /// The hash of its bytes.
    pub hash: Hash,
    /// What it was called when it first came.
    pub name: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its format.
    pub format: String,
    /// Whether its bytes are kept.
    pub kept: bool,
    /// When it first came.
    pub added_at: Millis,
}

impl Write<'_> {
    /// Writes down a file. One that is known already stays as it is, but becomes kept if it was
    /// not and now is.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_original(&mut self, original: &Original, at: Millis) -> Result<OriginalId, Error> {
        let Original { hash, size_bytes, format, kept } = original;
        let sql = "SELECT id, kept FROM originals WHERE hash = $1";
        let pair = self.one(sql, values![hash], |row| Ok((row.get(0)?, row.get::<bool>(1)?)))?;
        match pair {
            Some((id, was_kept)) => {
                if *kept && !was_kept {
                    self.run("UPDATE originals SET kept = 1 WHERE id = $1", values![id])?;
                }
                Ok(id)
            }
            None => self.write_one(
                "INSERT INTO originals (hash, size_bytes, format, kept, added_at)
                 VALUES ($1, $2, $3, $4, $5) RETURNING id",
                values![hash, *size_bytes, format.as_str(), *kept, at],
            ),
        }
    }

    /// Says that a work was read from a file of this name, in its current revision. What was said
    /// before stays.
    ///
    /// # Errors
    /// Those of the database.
    pub fn link_original(
        &mut self,
        work: WorkId,
        original: OriginalId,
        name: &str,
        _at: Millis,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO work_originals (work, original, position, name, revision)
            SELECT w.id, $2, (SELECT COUNT(*) + 1 FROM work_originals WHERE work = $1), $3,
                COALESCE(r.id, w.kept_revision, w.draft_id)
            FROM works w LEFT JOIN revisions r ON r.id = w.revision_id
            WHERE w.id = $1 AND COALESCE(r.id, w.kept_revision, w.draft_id) IS NOT NULL
            ON CONFLICT (work, original) DO NOTHING";
        self.run(sql, values![work, original, name]).map(drop)
    }

    /// Writes down an image.
    ///
    /// # Errors
    /// Those of the database.
    pub fn put_media(
        &mut self,
        name: &MediaName,
        size_bytes: u64,
        _at: Millis,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO media (name, size_bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.run(sql, values![name.as_str(), size_bytes]).map(drop)
    }
}

impl View<'_> {
    /// The files from which a work was read, in the order in which they came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn originals(&self, work: WorkId) -> Result<Vec<OriginalRow>, Error> {
        if !self.sees(work)? {
            return Ok(Vec::new());
        }
        let sql = "SELECT o.hash, l.name, o.size_bytes, o.format, o.kept, o.added_at
            FROM work_originals l JOIN originals o ON o.id = l.original
            WHERE l.work = $1 ORDER BY l.position, o.id";
        self.rows(sql, values![work], |row| {
            Ok(OriginalRow {
                hash: row.get(0)?,
                name: row.get(1)?,
                size_bytes: row.get(2)?,
                format: row.get(3)?,
                kept: row.get(4)?,
                added_at: row.get(5)?,
            })
        })
    }
}

impl Read<'_> {
    /// The works that were read from a file.
    ///
    /// # Errors
    /// Those of the database.
    pub fn works_with_original(&self, hash: Hash) -> Result<Vec<WorkId>, Error> {
        let sql = "SELECT l.work FROM originals o JOIN work_originals l ON l.original = o.id
            WHERE o.hash = $1 ORDER BY l.work";
        self.rows(sql, values![hash], |row| row.get(0))
    }

    /// Every file that ever came, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn all_originals(&self) -> Result<Vec<Original>, Error> {
        let sql = "SELECT hash, size_bytes, format, kept FROM originals ORDER BY id";
        self.rows(sql, &[], |row| {
            Ok(Original {
                hash: row.get(0)?,
                size_bytes: row.get(1)?,
                format: row.get(2)?,
                kept: row.get(3)?,
            })
        })
    }

    /// Every image, by name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn all_media(&self) -> Result<Vec<MediaName>, Error> {
        self.rows("SELECT name FROM media ORDER BY name", &[], |row| row.get(0))
    }
}
