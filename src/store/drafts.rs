//! Every way of writing a draft. Nothing here is seen by readers, so no index is told.
//!
//! A save that changes something is a revision; saves of one sitting are folded into one. What
//! loses against a text saved meanwhile is kept aside. Each function is a part of one transaction.

use fanfold_doc::html::VERSION;

use super::desk::Desk;
use super::fold::title_key;
use super::manifest;
use super::texts::Keep;
use super::value::values;
use super::{Error, Read, Write};
use crate::archive::person::AccountId;
use crate::archive::revision::{Draft, DraftChapter, Head, Mark, Part, Sat};
use crate::archive::work::{ChapterId, Facts, Millis, NewChapter, NewWork, PrintedMatter};
use crate::archive::work::{RevisionId, TextId, WorkId};

/// Who writes, when, and in which sitting; without one, what is saved is never folded.
#[derive(Clone, Copy, Debug)]
pub struct Pen<'a> {
    /// Who writes; none for a file of a folder.
    pub who: Option<AccountId>,
    /// When.
    pub at: Millis,
    /// A name for the time that one page was open.
    pub sitting: Option<&'a str>,
}

/// What is to be saved.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// What is said about the work, and the texts round its chapters.
    Work(&'a Facts, &'a PrintedMatter),
    /// A chapter.
    Chapter(ChapterId, &'a NewChapter),
}

impl Text<'_> {
    /// The part that it is of.
    pub fn part(&self) -> Part {
        match self {
            Text::Work(..) => Part::Work,
            Text::Chapter(id, _) => Part::Chapter(*id),
        }
    }

    fn mark(&self) -> Mark {
        match self {
            Text::Work(facts, matter) => Mark::of_work(facts, matter),
            Text::Chapter(_, chapter) => Mark::of(chapter),
        }
    }
}

/// What became of a save.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "made once a save, and mostly the large one")]
pub enum Saved {
    /// It is kept, or was what is kept already.
    Kept {
        /// What to expect with the next save.
        head: Head,
        /// The draft as it is now.
        draft: Draft,
    },
    /// Somebody saved the same part meanwhile, or deleted it. Nothing is lost: what was to be
    /// saved is a revision aside.
    Conflict {
        /// What to expect with a save that wins; none if the part is gone.
        head: Option<Head>,
        /// The draft as it is now.
        draft: Draft,
        /// The revision whose head is the draft now.
        theirs: RevisionId,
        /// The revision aside.
        yours: RevisionId,
        /// The draft that both were made from, if it is still known.
        from: Option<Draft>,
    },
    /// There is no such work, or nothing is left of it.
    Absent,
}

impl Write<'_> {
    /// Begins a work that is not posted. `why` says what brought it, in words.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another work has the same source, and those of the database.
    pub fn begin_work(
        &mut self,
        work: &NewWork,
        owner: AccountId,
        at: Millis,
        why: &str,
    ) -> Result<WorkId, Error> {
        let work = &super::works::storable(work);
        let id = self.insert_row(work, at, None, Some(owner))?;
        self.insert_notices(id, work)?;
        let mut draft =
            Draft { facts: work.facts.clone(), matter: work.matter.clone(), chapters: Vec::new() };
        let revision =
            self.new_revision(id, None, &Pen { who: Some(owner), at, sitting: None }, why)?;
        for (number, chapter) in (1..).zip(&work.chapters) {
            let keep = Keep { work: id, revision: Some(revision), before: None };
            let text = self.keep_text(chapter.body.as_str(), chapter.words, keep)?;
            draft.chapters.push(drafted(ChapterId(number), chapter, text, false));
        }
        let last = work.chapters.len() as u64;
        self.run("UPDATE works SET last_chapter = $2 WHERE id = $1", values![id, last])?;
        self.write_down(id, revision, &draft, None)?;
        self.set_head(id, revision, &draft)?;
        Ok(id)
    }

    /// Saves a part of a draft. `expected` is what its editor was shown; none takes the draft as it
    /// is (where nobody looked at it first).
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a draft that cannot be read.
    pub fn save(
        &mut self,
        work: WorkId,
        text: Text<'_>,
        expected: Option<Head>,
        pen: &Pen<'_>,
        why: &str,
    ) -> Result<Saved, Error> {
        self.unseen();
        let Some(desk) = self.desk(work)? else { return Ok(Saved::Absent) };
        let (part, mark) = (text.part(), text.mark());
        let now = desk.draft.mark(part);
        if now == Some(mark) {
            let head = Head { revision: desk.revision, mark };
            return Ok(Saved::Kept { head, draft: desk.draft });
        }
        let Some(now) = now else {
            let yours = self.keep_aside(&desk, &text, pen, "saved after it was deleted")?;
            let theirs = desk.revision;
            return Ok(Saved::Conflict {
                head: None,
                draft: desk.draft,
                theirs,
                yours,
                from: None,
            });
        };
        if let Some(expected) = expected
            && expected.mark != now
        {
            let why = "saved after somebody else had saved";
            let yours = self.keep_aside(&desk, &text, pen, why)?;
            let from = match self.work_of_revision(expected.revision)? {
                Some(of) if of == work => self.draft(expected.revision)?,
                _ => None,
            };
            return Ok(Saved::Conflict {
                head: Some(Head { revision: desk.revision, mark: now }),
                theirs: desk.revision,
                yours,
                from: from.filter(|from| from.mark(part) == Some(expected.mark)),
                draft: desk.draft,
            });
        }
        let (revision, draft) = self.put(desk, &text, pen, why)?;
        Ok(Saved::Kept { head: Head { revision, mark }, draft })
    }

    /// Writes a part into the head, or into a new one.
    fn put(
        &mut self,
        desk: Desk,
        text: &Text<'_>,
        pen: &Pen<'_>,
        why: &str,
    ) -> Result<(RevisionId, Draft), Error> {
        let sat = self.sat(desk.revision)?;
        let folds = desk.state.drafted && sat.folds(pen.sitting, pen.who, pen.at);
        let revision = match folds {
            true => desk.revision,
            false => self.new_revision(desk.work, Some(desk.revision), pen, why)?,
        };
        let Desk { work, mut draft, revision: before, .. } = desk;
        self.put_text(work, revision, &mut draft, text)?;
        let written = self.manifest_of(before)?;
        self.write_down(work, revision, &draft, written)?;
        self.set_head(work, revision, &draft)?;
        if folds {
            let sql = "UPDATE revisions SET saved_at = $2 WHERE id = $1";
            self.run(sql, values![revision, pen.at])?;
        }
        Ok((revision, draft))
    }

    fn put_text(
        &mut self,
        work: WorkId,
        revision: RevisionId,
        draft: &mut Draft,
        text: &Text<'_>,
    ) -> Result<(), Error> {
        match text {
            Text::Work(facts, matter) => {
                draft.facts = (*facts).clone();
                draft.matter = (*matter).clone();
            }
            Text::Chapter(id, chapter) => {
                let old = draft.chapter(*id);
                let (before, held_back) =
                    (old.map(|old| old.text), old.is_some_and(|old| old.held_back));
                let keep = Keep { work, revision: Some(revision), before };
                let text = self.keep_text(chapter.body.as_str(), chapter.words, keep)?;
                draft.put(drafted(*id, chapter, text, held_back));
            }
        }
        Ok(())
    }

    /// Keeps a text that lost: a revision of its own, which is never the head. What one sitting
    /// loses again and again is kept once.
    fn keep_aside(
        &mut self,
        desk: &Desk,
        text: &Text<'_>,
        pen: &Pen<'_>,
        why: &str,
    ) -> Result<RevisionId, Error> {
        // The head may go on being written over; what this revision shares with it may not.
        self.hold_texts(desk.draft.chapters.iter().map(|chapter| chapter.text))?;
        let sql = "SELECT id FROM revisions WHERE work = $1 AND aside = 1 AND sitting = $2
            AND name IS NULL AND id NOT IN (SELECT revision FROM betas)
            ORDER BY number DESC LIMIT 1";
        let last = match pen.sitting {
            Some(sitting) => self.one(sql, values![desk.work, sitting], |row| row.get(0))?,
            None => None,
        };
        let revision = match last {
            Some(last) => last,
            None => self.new_revision(desk.work, Some(desk.revision), pen, why)?,
        };
        let mut draft = desk.draft.clone();
        self.put_text(desk.work, revision, &mut draft, text)?;
        let before = match last {
            Some(last) => self.manifest_of(last)?,
            None => self.manifest_of(desk.revision)?,
        };
        self.write_down(desk.work, revision, &draft, before)?;
        let sql = "UPDATE revisions SET aside = 1, saved_at = $2 WHERE id = $1";
        self.run(sql, values![revision, pen.at])?;
        Ok(revision)
    }

    /// Changes a draft as a whole: what cannot be saved part by part. Always a revision of its own,
    /// or nothing if nothing changed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn redraft(
        &mut self,
        desk: Desk,
        draft: &Draft,
        pen: &Pen<'_>,
        why: &str,
    ) -> Result<RevisionId, Error> {
        self.unseen();
        if desk.draft == *draft {
            return Ok(desk.revision);
        }
        let pen = Pen { sitting: None, ..*pen };
        let revision = self.new_revision(desk.work, Some(desk.revision), &pen, why)?;
        let before = self.manifest_of(desk.revision)?;
        self.write_down(desk.work, revision, draft, before)?;
        self.set_head(desk.work, revision, draft)?;
        Ok(revision)
    }

    /// Keeps the text of a chapter that is to be part of a draft, and gives it a number if it has
    /// none. The draft is then written with [`Write::redraft`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn new_chapter(
        &mut self,
        desk: &Desk,
        id: Option<ChapterId>,
        chapter: &NewChapter,
    ) -> Result<DraftChapter, Error> {
        let old = id.and_then(|id| desk.draft.chapter(id));
        let (before, held_back) = (old.map(|old| old.text), old.is_some_and(|old| old.held_back));
        let id = match id {
            Some(id) => id,
            None => self.next_chapter(desk)?,
        };
        let keep = Keep { work: desk.work, revision: None, before };
        let text = self.keep_text(chapter.body.as_str(), chapter.words, keep)?;
        Ok(drafted(id, chapter, text, held_back))
    }

    fn next_chapter(&mut self, desk: &Desk) -> Result<ChapterId, Error> {
        let highest = desk.draft.chapters.iter().map(|chapter| chapter.id.0).max().unwrap_or(0);
        let sql = "UPDATE works SET last_chapter =
                CASE WHEN last_chapter < $2 THEN $2 ELSE last_chapter END + 1
            WHERE id = $1 RETURNING last_chapter";
        self.write_one(sql, values![desk.work, highest])
    }

    /// Gives a revision a name, or takes it away. False if the work has no such revision.
    ///
    /// # Errors
    /// Those of the database.
    pub fn name_revision(
        &mut self,
        work: WorkId,
        revision: RevisionId,
        name: Option<&str>,
    ) -> Result<bool, Error> {
        self.unseen();
        let sql = "UPDATE revisions SET name = $3 WHERE id = $1 AND work = $2";
        Ok(self.run(sql, values![revision, work, name])? == 1)
    }

    /// Makes the draft be what a revision of the same work said, byte for byte. `None` if the work
    /// has no such revision.
    ///
    /// # Errors
    /// Those of the database.
    pub fn restore_revision(
        &mut self,
        work: WorkId,
        revision: RevisionId,
        pen: &Pen<'_>,
    ) -> Result<Option<RevisionId>, Error> {
        let Some(past) = self.past(revision)? else { return Ok(None) };
        if self.work_of_revision(revision)? != Some(work) {
            return Ok(None);
        }
        let (Some(desk), Some(draft)) = (self.desk(work)?, self.draft(revision)?) else {
            return Ok(None);
        };
        let why = format!("restored from revision {}", past.number);
        self.redraft(desk, &draft, pen, &why).map(Some)
    }

    /// Lets go of what is not posted; it stays in the history. False if nothing is posted, or there
    /// is no draft.
    ///
    /// # Errors
    /// Those of the database.
    pub fn discard_draft(&mut self, work: WorkId) -> Result<bool, Error> {
        self.unseen();
        let sql = "UPDATE works SET draft_id = NULL
            WHERE id = $1 AND revision_id <> 0 AND draft_id IS NOT NULL";
        Ok(self.run(sql, values![work])? == 1)
    }

    /// Adds a revision that says nothing yet.
    pub(super) fn new_revision(
        &mut self,
        work: WorkId,
        parent: Option<RevisionId>,
        pen: &Pen<'_>,
        why: &str,
    ) -> Result<RevisionId, Error> {
        let sql = "INSERT INTO revisions (work, number, made_at, saved_at, why, words,
            chapter_count, doc_version, summary, notes_before, disclaimer, notes_after, parent,
            sitting, who)
            SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $2, $3, 0, 0, $4, '', '', '', '', $5, $6,
            $7 FROM revisions WHERE work = $1 RETURNING id";
        self.write_one(sql, values![work, pen.at, why, VERSION, parent, pen.sitting, pen.who])
    }

    /// Writes down what a revision says. `before` is the manifest that stood in its place.
    pub(super) fn write_down(
        &mut self,
        work: WorkId,
        revision: RevisionId,
        draft: &Draft,
        before: Option<TextId>,
    ) -> Result<(), Error> {
        let keep = Keep { work, revision: Some(revision), before };
        let written = self.keep_text(&manifest::write(draft)?, 0, keep)?;
        let sql = "UPDATE revisions SET manifest = $2, words = $3, chapter_count = $4
            WHERE id = $1";
        let (words, chapters) = (draft.words(), draft.chapters.len() as u64);
        self.run(sql, values![revision, written, words, chapters]).map(drop)
    }

    /// Writes down anew what a revision says of its work. Its chapters are the same, so what is
    /// counted of them stays.
    pub(super) fn rewrite(
        &mut self,
        work: WorkId,
        revision: RevisionId,
        draft: &Draft,
        before: TextId,
    ) -> Result<(), Error> {
        let keep = Keep { work, revision: Some(revision), before: Some(before) };
        let written = self.keep_text(&manifest::write(draft)?, 0, keep)?;
        let sql = "UPDATE revisions SET manifest = $2 WHERE id = $1";
        self.run(sql, values![revision, written]).map(drop)
    }

    /// Makes a revision the head of its work's draft. Of a work that is not posted, the title in
    /// its writer's list is the draft's.
    pub(super) fn set_head(
        &mut self,
        work: WorkId,
        revision: RevisionId,
        draft: &Draft,
    ) -> Result<(), Error> {
        let sql = "UPDATE works SET draft_id = $2 WHERE id = $1";
        self.run(sql, values![work, revision])?;
        let facts = &draft.facts;
        let key = title_key(&facts.title, facts.language.as_ref());
        let sql = "UPDATE works SET title = $2, title_key = $3, title_is_provisional = $4
            WHERE id = $1 AND posted_at IS NULL AND title <> $2";
        let title = facts.title.as_str();
        self.run(sql, values![work, title, key, facts.title_is_provisional]).map(drop)
    }
}

impl Read<'_> {
    /// Where a revision is written down.
    pub(super) fn manifest_of(&self, revision: RevisionId) -> Result<Option<TextId>, Error> {
        let sql = "SELECT manifest FROM revisions WHERE id = $1";
        Ok(self.one(sql, values![revision], |row| row.get(0))?.flatten())
    }

    fn sat(&self, revision: RevisionId) -> Result<Sat, Error> {
        let sql = "SELECT sitting, who, made_at, name, shown_at,
            (SELECT COUNT(*) FROM betas b WHERE b.revision = r.id)
            FROM revisions r WHERE r.id = $1";
        let sat = self.one(sql, values![revision], |row| {
            let name: Option<String> = row.get(3)?;
            let shown: Option<Millis> = row.get(4)?;
            let betas: u64 = row.get(5)?;
            Ok(Sat {
                sitting: row.get(0)?,
                who: row.get(1)?,
                made_at: row.get(2)?,
                named: name.is_some(),
                shown: shown.is_some() || betas > 0,
            })
        })?;
        Ok(sat.unwrap_or_default())
    }
}

/// A chapter of a draft whose body is kept.
pub(super) fn drafted(
    id: ChapterId,
    chapter: &NewChapter,
    text: TextId,
    held_back: bool,
) -> DraftChapter {
    DraftChapter {
        id,
        title: chapter.title.clone(),
        summary: chapter.summary.clone(),
        notes_before: chapter.notes_before.clone(),
        notes_after: chapter.notes_after.clone(),
        words: chapter.words,
        text,
        mark: Mark::of(chapter),
        held_back,
    }
}
