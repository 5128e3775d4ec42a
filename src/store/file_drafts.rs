//! A file of a folder that holds a newer state of a work that was written or posted on the site: it
//! becomes a draft and never changes by itself what readers see, nor what its writer has begun.

use super::desk::Desk;
use super::drafts::{Pen, drafted};
use super::texts::Keep;
use super::value::values;
use super::{Error, Read, Write};
use crate::archive::revision::{Draft, DraftChapter, Mark};
use crate::archive::work::{ChapterId, NewChapter, NewWork, PrintedMatter, RevisionId, WorkId};

impl Read<'_> {
    /// Whether somebody wrote or posted a work here, so that a file must not change it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn is_written_here(&self, work: WorkId) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM works w LEFT JOIN revisions r ON r.id = w.revision_id
            WHERE w.id = $1 AND (w.owner IS NOT NULL OR w.draft_id IS NOT NULL
                OR w.binned_at IS NOT NULL OR r.shown_at IS NOT NULL)";
        Ok(self.one(sql, values![work], |row| row.get::<i64>(0))?.is_some())
    }
}

impl Write<'_> {
    /// Keeps what a file says as a draft of a work: as its head if there is no draft, else beside
    /// it. What is said about the work stays; summary and notes do where the file has none. `None`
    /// if some revision says the same.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a draft that cannot be read.
    pub fn draft_of_file(
        &mut self,
        work: WorkId,
        new: &NewWork,
        pen: &Pen<'_>,
        why: &str,
    ) -> Result<Option<RevisionId>, Error> {
        self.unseen();
        let new = super::works::storable(new);
        let Some(desk) = self.desk(work)? else { return Ok(None) };
        let mut draft = Draft { chapters: Vec::new(), ..desk.draft.clone() };
        for (own, its) in [
            (&mut draft.matter.summary, &new.matter.summary),
            (&mut draft.matter.notes_before, &new.matter.notes_before),
            (&mut draft.matter.disclaimer, &new.matter.disclaimer),
            (&mut draft.matter.notes_after, &new.matter.notes_after),
        ] {
            if !its.as_str().is_empty() {
                own.clone_from(its);
            }
        }
        if self.file_said(&desk, &draft.matter, &new.chapters)? {
            return Ok(None);
        }
        for (chapter, old) in new.chapters.iter().zip(same(&desk.draft, &new.chapters)) {
            draft.chapters.push(self.chapter_of_file(&desk, old, chapter, &draft)?);
        }
        let here: Vec<ChapterId> = draft.chapters.iter().map(|chapter| chapter.id).collect();
        let held = desk.draft.chapters.iter().filter(|chapter| chapter.held_back);
        draft.chapters.extend(held.filter(|chapter| !here.contains(&chapter.id)).cloned());
        if !desk.state.drafted {
            return self.redraft(desk, &draft, pen, why).map(Some);
        }
        self.hold_texts(desk.draft.chapters.iter().map(|chapter| chapter.text))?;
        let revision = self.new_revision(work, Some(desk.revision), pen, why)?;
        let before = self.manifest_of(desk.revision)?;
        self.write_down(work, revision, &draft, before)?;
        self.run("UPDATE revisions SET aside = 1 WHERE id = $1", values![revision])?;
        Ok(Some(revision))
    }

    fn chapter_of_file(
        &mut self,
        desk: &Desk,
        old: Option<&DraftChapter>,
        chapter: &NewChapter,
        draft: &Draft,
    ) -> Result<DraftChapter, Error> {
        let Some(old) = old else {
            let made = self.new_chapter(desk, None, chapter)?;
            // Several may be new at once.
            debug_assert!(draft.place(made.id).is_none());
            return Ok(made);
        };
        let keep = Keep { work: desk.work, revision: None, before: Some(old.text) };
        let text = self.keep_text(chapter.body.as_str(), chapter.words, keep)?;
        Ok(drafted(old.id, chapter, text, old.held_back))
    }

    /// Whether the draft, or the last file that was kept beside it, says exactly this.
    fn file_said(
        &mut self,
        desk: &Desk,
        matter: &PrintedMatter,
        chapters: &[NewChapter],
    ) -> Result<bool, Error> {
        let marks: Vec<Mark> = chapters.iter().map(Mark::of).collect();
        let says = |draft: &Draft| {
            let own = draft.chapters.iter().filter(|chapter| !chapter.held_back);
            draft.matter == *matter && own.map(|chapter| chapter.mark).eq(marks.iter().copied())
        };
        if says(&desk.draft) {
            return Ok(true);
        }
        let sql = "SELECT id FROM revisions WHERE work = $1 AND aside = 1 AND who IS NULL
            ORDER BY number DESC LIMIT 1";
        let last = self.one(sql, values![desk.work], |row| row.get(0))?;
        let last = last.map(|last| self.draft(last)).transpose()?.flatten();
        Ok(last.is_some_and(|last| says(&last)))
    }
}

/// Which chapter of a draft each of these is: the one that says the same, else the one of the same
/// title, else the one in the same place.
fn same<'d>(draft: &'d Draft, chapters: &[NewChapter]) -> Vec<Option<&'d DraftChapter>> {
    let mut found: Vec<Option<&DraftChapter>> = vec![None; chapters.len()];
    let mut free: Vec<Option<&DraftChapter>> = draft.chapters.iter().map(Some).collect();
    let rules: [fn(&DraftChapter, &NewChapter) -> bool; 2] = [
        |old, new| old.mark == Mark::of(new),
        |old, new| old.title.is_some() && old.title == new.title,
    ];
    for rule in rules {
        for (place, new) in found.iter_mut().zip(chapters).filter(|(place, _)| place.is_none()) {
            let fits = |old: &&mut Option<&DraftChapter>| old.is_some_and(|old| rule(old, new));
            *place = free.iter_mut().find(fits).and_then(Option::take);
        }
    }
    for (place, old) in found.iter_mut().zip(&mut free).filter(|(place, _)| place.is_none()) {
        *place = old.take();
    }
    found
}
