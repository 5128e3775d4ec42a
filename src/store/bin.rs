//! The bin: works and chapters that were deleted, until they are emptied out of it for good.
//!
//! Of a work in the bin `revision_id` is 0, so that nothing that shows works finds it; what was
//! posted stands in `kept_revision`. The row of an emptied work stays, with nothing in it, because
//! logs and other people's lists name its number.

use super::desk::Desk;
use super::drafts::Pen;
use super::value::values;
use super::{Error, Write};
use crate::archive::work::{ChapterId, Millis, RevisionId, WorkId};

/// What hangs on a work and goes with it. Revisions stay as empty rows.
const EMPTIED: [&str; 14] = [
    "DELETE FROM relation_answers WHERE work = $1",
    "DELETE FROM gifts_declined WHERE work = $1",
    "DELETE FROM work_writers WHERE work = $1",
    "DELETE FROM writers_asked WHERE work = $1",
    "DELETE FROM beta_remarks WHERE beta IN (SELECT id FROM betas WHERE work = $1)",
    "DELETE FROM betas WHERE work = $1",
    "DELETE FROM chapter_bin WHERE work = $1",
    "DELETE FROM work_originals WHERE work = $1",
    "DELETE FROM revision_chapters WHERE revision IN (SELECT id FROM revisions WHERE work = $1)",
    "DELETE FROM proposals WHERE work = $1",
    "DELETE FROM warnings WHERE work = $1",
    "DELETE FROM work_media WHERE work = $1",
    "UPDATE revisions SET manifest = NULL, words = 0, chapter_count = 0, name = NULL,
     sitting = NULL, why = 'emptied', summary = '', notes_before = '', disclaimer = '',
     notes_after = '' WHERE work = $1",
    "UPDATE works SET title = '', title_key = '', title_is_provisional = 0, byline_key = '',
     language = NULL, source_site = NULL, source_url = NULL, source_key = NULL, words = 0,
     chapter_count = 0, attention = 0, draft_id = NULL, kept_revision = NULL, post_at = NULL
     WHERE id = $1",
];

impl Write<'_> {
    /// Puts a work into the bin. False if there is none, or it lies there already.
    ///
    /// # Errors
    /// Those of the database.
    pub fn bin_work(&mut self, work: WorkId, at: Millis) -> Result<bool, Error> {
        let Some(state) = self.desk_state(work)? else { return Ok(false) };
        if state.binned_at.is_some() {
            return Ok(false);
        }
        if let Some(shown) = state.shown {
            // What is said about the work is cleared from the lists: the revision says it.
            if self.manifest_of(shown)?.is_none()
                && let Some(draft) = self.draft(shown)?
            {
                self.write_down(work, shown, &draft, None)?;
            }
            self.clear_lists(work)?;
            self.count(work, -1)?;
        }
        let sql = "UPDATE works SET binned_at = $2, post_at = NULL, revision_id = 0,
            kept_revision = CASE WHEN revision_id <> 0 THEN revision_id END WHERE id = $1";
        self.run(sql, values![work, at])?;
        match state.shown {
            Some(_) => self.log_change(work, at)?,
            None => self.unseen(),
        }
        Ok(true)
    }

    /// Takes a work out of the bin, as it was. False if it does not lie there, or was emptied.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unbin_work(&mut self, work: WorkId, at: Millis) -> Result<bool, Error> {
        let sql = "SELECT kept_revision FROM works WHERE id = $1 AND binned_at IS NOT NULL
            AND (kept_revision IS NOT NULL OR draft_id IS NOT NULL)";
        let found = self.one(sql, values![work], |row| row.get::<Option<RevisionId>>(0))?;
        let Some(kept) = found else { return Ok(false) };
        let sql = "UPDATE works SET binned_at = NULL, kept_revision = NULL,
            revision_id = COALESCE(kept_revision, 0) WHERE id = $1";
        self.run(sql, values![work])?;
        let Some(kept) = kept else {
            self.unseen();
            return Ok(true);
        };
        if let Some(draft) = self.draft(kept)? {
            self.insert_lists(work, &draft.facts, at)?;
        }
        self.count(work, 1)?;
        self.log_change(work, at)?;
        Ok(true)
    }

    /// Empties out for good what was put into the bin before a moment. Returns how many works that
    /// were. Chapters that go are in the history still.
    ///
    /// # Errors
    /// Those of the database.
    pub fn empty_bin(&mut self, before: Millis) -> Result<u64, Error> {
        self.unseen();
        let sql = "SELECT id FROM works WHERE binned_at < $1
            AND (draft_id IS NOT NULL OR kept_revision IS NOT NULL)";
        let works = self.rows(sql, values![before], |row| row.get::<WorkId>(0))?;
        for work in &works {
            self.clear_fingerprint(*work)?;
            for sql in EMPTIED {
                self.run(sql, values![*work])?;
            }
            self.empty_texts(*work)?;
        }
        self.run("DELETE FROM chapter_bin WHERE binned_at < $1", values![before])?;
        Ok(works.len() as u64)
    }

    /// Takes a chapter out of a draft and puts it into the bin. `None` if the draft has no such
    /// chapter.
    ///
    /// # Errors
    /// Those of the database.
    pub fn bin_chapter(
        &mut self,
        desk: Desk,
        chapter: ChapterId,
        pen: &Pen<'_>,
    ) -> Result<Option<RevisionId>, Error> {
        let Some(place) = desk.draft.place(chapter) else { return Ok(None) };
        let sql = "INSERT INTO chapter_bin (work, chapter, revision, binned_at)
            VALUES ($1, $2, $3, $4) ON CONFLICT (work, chapter) DO UPDATE
            SET revision = excluded.revision, binned_at = excluded.binned_at";
        self.run(sql, values![desk.work, chapter, desk.revision, pen.at])?;
        let mut draft = desk.draft.clone();
        draft.chapters.remove(place);
        self.redraft(desk, &draft, pen, &format!("chapter {} deleted", place + 1)).map(Some)
    }

    /// Puts a chapter back to where it was, as far as that place is still there. `None` if it does
    /// not lie in the bin.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unbin_chapter(
        &mut self,
        desk: Desk,
        chapter: ChapterId,
        pen: &Pen<'_>,
    ) -> Result<Option<RevisionId>, Error> {
        let sql = "SELECT revision FROM chapter_bin WHERE work = $1 AND chapter = $2";
        let from = self.one(sql, values![desk.work, chapter], |row| row.get(0))?;
        let Some(from) = from else { return Ok(None) };
        let sql = "DELETE FROM chapter_bin WHERE work = $1 AND chapter = $2";
        self.run(sql, values![desk.work, chapter])?;
        let Some(old) = self.draft(from)? else { return Ok(None) };
        let (Some(place), Some(own)) = (old.place(chapter), old.chapter(chapter)) else {
            return Ok(None);
        };
        let mut draft = desk.draft.clone();
        if draft.place(chapter).is_none() {
            draft.chapters.insert(place.min(draft.chapters.len()), own.clone());
        }
        self.redraft(desk, &draft, pen, "chapter taken out of the bin").map(Some)
    }

    /// Counts a work that is for everyone in the totals, or no longer.
    fn count(&mut self, work: WorkId, one: i64) -> Result<(), Error> {
        if !self.is_public(work)? {
            return Ok(());
        }
        let sql = "SELECT words, attention FROM works WHERE id = $1";
        let (words, attention): (i64, i64) =
            self.only(sql, values![work], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.add_to_totals(one, one * words, one * attention)
    }
}
