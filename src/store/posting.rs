//! Posting a draft: what readers see becomes what the draft says, in one step.
//!
//! Whatever is posted passes through the one check of the archive, and is told to the indexes by a
//! row in the log of changes of the same transaction.

use fanfold_doc::document::Document;
use fanfold_doc::html::{Html, VERSION};
use fanfold_doc::imported::{Chapter, Imported, Metadata, Source, Tags};

use super::drafts::Pen;
use super::facts::sign;
use super::value::values;
use super::works::{needs_a_look, own_row, signed, storable};
use super::{Error, Read, Write};
use crate::archive::draft::{FieldError, FieldErrors, WorkDraft};
use crate::archive::limits::{Measured, WorkLimits};
use crate::archive::revision::Draft;
use crate::archive::work::{ChapterId, Millis, NewChapter, NewWork, RevisionId, WorkId};

/// What became of a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// Readers see this revision now.
    Shown(RevisionId),
    /// Readers see all of it already.
    Nothing,
    /// Something in it cannot be posted as it is.
    NotReady(FieldErrors),
    /// There is no such work, or it lies in the bin.
    Absent,
}

impl Read<'_> {
    /// A draft as it was typed, ready to be checked; chapters that are held back are left out.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a text that cannot be read.
    pub fn typed(&self, work: WorkId, draft: &Draft) -> Result<WorkDraft, Error> {
        let mut chapters = Vec::with_capacity(draft.chapters.len());
        for chapter in draft.chapters.iter().filter(|chapter| !chapter.held_back) {
            chapters.push(Chapter {
                title: chapter.title.clone(),
                summary: document(&chapter.summary)?,
                notes_before: document(&chapter.notes_before)?,
                body: document(&self.printed(chapter.text)?)?,
                notes_after: document(&chapter.notes_after)?,
            });
        }
        let facts = draft.facts.clone();
        let ties = facts.ties;
        let mut tags = Tags::default();
        for (kind, name) in facts.tags {
            tags.of_mut(kind).push(name);
        }
        let meta = Metadata {
            title: Some(facts.title),
            title_is_provisional: facts.title_is_provisional,
            authors: facts.authors,
            language: facts.language,
            summary: document(&draft.matter.summary)?,
            notes_before: document(&draft.matter.notes_before)?,
            disclaimer: document(&draft.matter.disclaimer)?,
            notes_after: document(&draft.matter.notes_after)?,
            tags,
            proposed: self.archive().proposals(work)?,
            series: facts.series,
            collections: facts.collections,
            published: facts.published,
            updated: facts.updated,
            complete: facts.complete,
            chapters_expected: facts.chapters_expected,
            other: facts.other,
            source: Source { site: facts.source_site, url: facts.source_url, ..Source::default() },
        };
        let warnings = self.archive().warnings(work)?;
        let imported = Imported { meta, chapters, warnings, ..Imported::default() };
        Ok(WorkDraft { imported, ties })
    }

    /// All that is too long or too much in a work that is to be posted. What a file brought, and
    /// nobody changed, stays as it came.
    fn over(
        &self,
        work: WorkId,
        new: &NewWork,
        limits: &WorkLimits,
    ) -> Result<Vec<FieldError>, Error> {
        let NewWork { facts, matter, chapters, .. } = new;
        let over = limits.over(Measured { facts, matter, chapters }, None);
        let sql = "SELECT r.id FROM revisions r WHERE r.work = $1
            AND EXISTS (SELECT 1 FROM work_originals o WHERE o.work = r.work)
            ORDER BY r.number LIMIT 1";
        let first = match over.is_empty() {
            true => None,
            false => self.one(sql, values![work], |row| row.get::<RevisionId>(0))?,
        };
        let came = first.map(|first| self.draft(first)).transpose()?.flatten();
        let Some(Draft { facts: old_facts, matter: old_matter, chapters: old }) = came else {
            return Ok(over);
        };
        let old: Vec<NewChapter> =
            old.iter().map(|chapter| self.drafted(chapter)).collect::<Result<_, Error>>()?;
        let came = Measured { facts: &old_facts, matter: &old_matter, chapters: &old };
        Ok(limits.over(Measured { facts, matter, chapters }, Some(came)))
    }

    /// The works whose time to be posted has come, the longest waiting first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn due(&self, now: Millis) -> Result<Vec<WorkId>, Error> {
        let sql = "SELECT id FROM works WHERE post_at <= $1 ORDER BY post_at, id LIMIT 100";
        self.rows(sql, values![now], |row| row.get(0))
    }
}

/// A printed text as a document.
fn document(html: &Html) -> Result<Document, Error> {
    let wrong = |error| Error::damaged(format!("a text cannot be read ({error})"));
    Document::from_printed(html.as_str()).map_err(wrong)
}

impl Write<'_> {
    /// Shows readers the draft of a work, but for the chapters that are held back, if it is within
    /// the limits.
    ///
    /// # Errors
    /// Those of the database.
    pub fn post(
        &mut self,
        work: WorkId,
        pen: &Pen<'_>,
        limits: &WorkLimits,
    ) -> Result<Posted, Error> {
        let Some(mut desk) = self.desk(work)? else { return Ok(Posted::Absent) };
        if desk.state.binned_at.is_some() {
            return Ok(Posted::Absent);
        }
        if !desk.state.drafted {
            return Ok(Posted::Nothing);
        }
        let chapters = |draft: &Draft| draft.chapters.iter().filter(|c| !c.held_back).count();
        let longer = match desk.state.shown {
            Some(shown) => {
                self.draft(shown)?.is_some_and(|old| chapters(&desk.draft) > chapters(&old))
            }
            None => false,
        };
        let along = self.writers(work)?;
        let facts = &mut desk.draft.facts;
        self.leave_source(Some(work), facts)?;
        // In which order they stand is for those who write it; that they do is not.
        along.iter().for_each(|writer| sign(facts, &writer.name));
        facts.published = facts.published.or(pen.at.date());
        if longer {
            facts.updated = pen.at.date();
        }
        let mut new = match self.typed(work, &desk.draft)?.check() {
            Ok(new) => storable(&new),
            Err(errors) => return Ok(Posted::NotReady(errors)),
        };
        let over = self.over(work, &new, limits)?;
        if !over.is_empty() {
            return Ok(Posted::NotReady(FieldErrors(over)));
        }
        // Anybody may type the name of an image that is not here.
        let mut media = Vec::with_capacity(new.media.len());
        for name in new.media {
            let sql = "SELECT 1 FROM media WHERE name = $1";
            if self.one(sql, values![name.as_str()], |row| row.get::<i64>(0))?.is_some() {
                media.push(name);
            }
        }
        new.media = media;
        let written = self.manifest_of(desk.revision)?;
        self.write_down(work, desk.revision, &desk.draft, written)?;
        let held = desk.draft.chapters.iter().any(|chapter| chapter.held_back);
        let mut draft = desk.draft;
        draft.chapters.retain(|chapter| !chapter.held_back);
        let revision = if held {
            let pen = Pen { sitting: None, ..*pen };
            let revision = self.new_revision(work, Some(desk.revision), &pen, "posted")?;
            let written = self.manifest_of(desk.revision)?;
            self.write_down(work, revision, &draft, written)?;
            revision
        } else {
            desk.revision
        };
        let ids: Vec<ChapterId> = draft.chapters.iter().map(|chapter| chapter.id).collect();
        self.show_revision(revision, &new, &ids, pen.at)?;
        self.show_work(work, revision, &new, pen.at)?;
        let left = held.then_some(desk.revision);
        self.run("UPDATE works SET draft_id = $2 WHERE id = $1", values![work, left])?;
        Ok(Posted::Shown(revision))
    }

    /// Sets when a draft is to be posted by itself; none: not by itself.
    ///
    /// # Errors
    /// Those of the database.
    pub fn schedule(&mut self, work: WorkId, at: Option<Millis>) -> Result<(), Error> {
        let sql = "UPDATE works SET post_at = $2
            WHERE id = $1 AND draft_id IS NOT NULL AND binned_at IS NULL";
        self.run_aside(sql, values![work, at]).map(drop)
    }

    /// Fills in what readers are shown of a revision.
    fn show_revision(
        &mut self,
        revision: RevisionId,
        new: &NewWork,
        ids: &[ChapterId],
        at: Millis,
    ) -> Result<(), Error> {
        let sql = "UPDATE revisions SET words = $2, chapter_count = $3, doc_version = $4,
            summary = $5, notes_before = $6, disclaimer = $7, notes_after = $8, shown_at = $9
            WHERE id = $1";
        let matter = &new.matter;
        self.run(
            sql,
            values![
                revision,
                new.words(),
                new.chapters.len() as u64,
                VERSION,
                matter.summary.as_str(),
                matter.notes_before.as_str(),
                matter.disclaimer.as_str(),
                matter.notes_after.as_str(),
                at,
            ],
        )?;
        self.insert_chapters(revision, &new.chapters, ids)
    }

    /// Makes a work be as readers are to see it.
    fn show_work(
        &mut self,
        id: WorkId,
        revision: RevisionId,
        new: &NewWork,
        at: Millis,
    ) -> Result<(), Error> {
        // First, so that its tags are counted if everyone may see it.
        let sql = "UPDATE works SET posted_at = COALESCE(posted_at, $2), post_at = NULL
            WHERE id = $1";
        self.run(sql, values![id, at])?;
        self.clear_lists(id)?;
        self.clear_notices(id)?;
        self.insert_notices(id, new)?;
        self.clear_fingerprint(id)?;
        self.insert_fingerprint(id, &new.fingerprint)?;
        let sql = "SELECT added_at, revision_id, words, attention FROM works WHERE id = $1";
        let (added, was_shown, words_before, attention_before) =
            self.only(sql, values![id], |row| {
                let shown = row.get::<RevisionId>(1)?.0 != 0;
                Ok((row.get(0)?, shown, row.get::<i64>(2)?, row.get::<i64>(3)?))
            })?;
        let attention = needs_a_look(new.facts.title_is_provisional, new);
        let sql = "UPDATE works SET title = $1, title_key = $2, title_is_provisional = $3,
            byline_key = $4, language = $5, published_at = $6, updated_at = $7, fresh_at = $8,
            complete = $9, chapters_expected = $10, source_site = $11, source_url = $12,
            source_key = $13, changed_at = $14, words = $15, chapter_count = $16,
            revision_id = $17, attention = $18 WHERE id = $19";
        let mut row = own_row(&new.facts, added);
        let (words, chapters) = (new.words(), new.chapters.len() as u64);
        row.extend_from_slice(values![at, words, chapters, revision, attention, id]);
        self.run(sql, &row)?;
        // Only now is it known whom the work is for, and so whether its tags count.
        self.insert_lists(id, &new.facts, at)?;
        let before = if was_shown { (words_before, attention_before) } else { (0, 0) };
        let words = signed(words) - before.0;
        let attention = i64::from(attention) - before.1;
        if self.is_public(id)? {
            self.add_to_totals(i64::from(!was_shown), words, attention)?;
        }
        self.log_change(id, at)
    }
}
