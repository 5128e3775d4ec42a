//! What a writer sees of their works: drafts, their history, and what lies in the bin.
//!
//! Reads only; every way of writing is in `drafts.rs`, `posting.rs` and `bin.rs`. Nothing here asks
//! who may see it: that is for whoever calls.

use super::chapters::html;
use super::manifest;
use super::value::{Row, values};
use super::{Error, Read};
use crate::archive::person::AccountId;
use crate::archive::revision::{Draft, DraftChapter, Mark};
use crate::archive::work::{ChapterId, Hash, Millis, NewChapter, RevisionId, WorkId};

/// A work as its writer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// The work.
    pub work: WorkId,
    /// The head of its draft; what is posted where there is no draft.
    pub revision: RevisionId,
    /// What that revision says.
    pub draft: Draft,
    /// How far it is.
    pub state: DeskState,
}

/// How far a work is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeskState {
    /// Whose it is; nobody's if it came out of a folder.
    pub owner: Option<AccountId>,
    /// The revision that readers see; none if they see nothing of it.
    pub shown: Option<RevisionId>,
    /// Whether there is a draft: something that is not posted.
    pub drafted: bool,
    /// When it was posted first.
    pub posted_at: Option<Millis>,
    /// When it is to be posted.
    pub post_at: Option<Millis>,
    /// When it was put into the bin.
    pub binned_at: Option<Millis>,
}

/// A line of a writer's list of works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskRow {
    /// The work.
    pub work: WorkId,
    /// Its title.
    pub title: String,
    /// How far it is.
    pub state: DeskState,
    /// Words of the draft, or of what is posted.
    pub words: u64,
    /// Chapters of the same.
    pub chapters: u64,
    /// When it was last written.
    pub saved_at: Millis,
    /// How many remarks of beta readers wait for its writer.
    pub waiting: u64,
}

/// A line of a work's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The revision.
    pub id: RevisionId,
    /// Its number within the work, from 1.
    pub number: u32,
    /// When it was begun.
    pub made_at: Millis,
    /// When something was last saved into it.
    pub saved_at: Millis,
    /// What made it, in words.
    pub why: String,
    /// Words of all its chapters.
    pub words: u64,
    /// How many chapters it has.
    pub chapters: u64,
    /// The name that a person gave it.
    pub name: Option<String>,
    /// Who made it: by the pen name that a co-author chose; its owner by the account's name.
    pub who: Option<String>,
    /// Whether it lost against another one and is kept beside the draft.
    pub aside: bool,
    /// When readers were first shown it.
    pub shown_at: Option<Millis>,
}

/// A chapter in the bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BinnedChapter {
    /// Which chapter it is.
    pub chapter: ChapterId,
    /// The last revision that had it.
    pub revision: RevisionId,
    /// When it was put there.
    pub binned_at: Millis,
}

/// Lines of a work's history. The name of an account is for those alone who know whose the work is:
/// its owner's, or, of what belongs to nobody, that of whoever owns the archive. Of everybody else
/// it is the pen name under which they write it, or none once they left.
macro_rules! pasts {
    () => {
        "SELECT r.id, r.number, r.made_at, r.saved_at, r.why, r.words, r.chapter_count, r.name,
         CASE WHEN a.id IS NULL THEN NULL WHEN k.name IS NOT NULL THEN k.name
         WHEN a.id = w.owner OR (w.owner IS NULL AND a.role = 'owner') THEN a.name
         ELSE 'a former co-author' END, r.aside, r.shown_at
         FROM revisions r JOIN works w ON w.id = r.work LEFT JOIN accounts a ON a.id = r.who
         LEFT JOIN work_writers k ON k.work = r.work AND k.account = r.who"
    };
}

impl Read<'_> {
    /// A work as its writer sees it; `None` if it is not there, or was emptied out of the bin.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a draft that cannot be read.
    pub fn desk(&self, work: WorkId) -> Result<Option<Desk>, Error> {
        let sql = "SELECT owner, revision_id, draft_id, posted_at, post_at, binned_at,
            COALESCE(draft_id, kept_revision, revision_id) FROM works WHERE id = $1";
        let found =
            self.one(sql, values![work], |row| Ok((state(row, 0)?, row.get::<RevisionId>(6)?)))?;
        let Some((state, revision)) = found else { return Ok(None) };
        let draft = self.draft(revision)?;
        Ok(draft.map(|draft| Desk { work, revision, draft, state }))
    }

    /// Whose a work is and how far it is, without its texts.
    ///
    /// # Errors
    /// Those of the database.
    pub fn desk_state(&self, work: WorkId) -> Result<Option<DeskState>, Error> {
        let sql = "SELECT owner, revision_id, draft_id, posted_at, post_at, binned_at
            FROM works WHERE id = $1";
        self.one(sql, values![work], |row| state(row, 0))
    }

    /// What a revision says, but for the bodies of its chapters. Of a revision that was imported,
    /// what is said about the work is what is said of it now.
    ///
    /// # Errors
    /// As for [`Read::desk`].
    pub fn draft(&self, revision: RevisionId) -> Result<Option<Draft>, Error> {
        let sql = "SELECT work, manifest FROM revisions WHERE id = $1";
        let found = self.one(sql, values![revision], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((work, written)) = found else { return Ok(None) };
        let work: WorkId = work;
        if let Some(written) = written {
            let (text, version) = self.text(written)?;
            return manifest::read(&text, version).map(Some);
        }
        let chapters = self.chapters_as_drafted(revision)?;
        if chapters.is_empty() {
            return Ok(None);
        }
        let facts = self.archive().work(work)?.map(|work| work.facts).unwrap_or_default();
        let matter = self.archive().matter_of_revision(revision)?.unwrap_or_default();
        Ok(Some(Draft { facts, matter, chapters }))
    }

    /// The work of a revision.
    ///
    /// # Errors
    /// Those of the database.
    pub fn work_of_revision(&self, revision: RevisionId) -> Result<Option<WorkId>, Error> {
        let sql = "SELECT work FROM revisions WHERE id = $1";
        self.one(sql, values![revision], |row| row.get(0))
    }

    /// The chapters of a revision that was posted or imported.
    fn chapters_as_drafted(&self, revision: RevisionId) -> Result<Vec<DraftChapter>, Error> {
        let sql = "SELECT c.chapter, c.title, r.doc_version, c.summary, c.notes_before,
            c.notes_after, c.words, c.text_id, t.hash FROM revisions r
            JOIN revision_chapters c ON c.revision = r.id JOIN texts t ON t.id = c.text_id
            WHERE r.id = $1 ORDER BY c.position";
        self.rows(sql, values![revision], |row| {
            let title: Option<String> = row.get(1)?;
            let (summary, before, after) = (html(row, 3, 2)?, html(row, 4, 2)?, html(row, 5, 2)?);
            let body: Hash = row.get(8)?;
            let mark = Mark::of_chapter(title.as_deref(), [&summary, &before, &after], body);
            Ok(DraftChapter {
                id: row.get(0)?,
                title,
                summary,
                notes_before: before,
                notes_after: after,
                words: row.get(6)?,
                text: row.get(7)?,
                mark,
                held_back: false,
            })
        })
    }

    /// All of a chapter of a draft.
    ///
    /// # Errors
    /// As for [`Read::desk`].
    pub fn drafted(&self, chapter: &DraftChapter) -> Result<NewChapter, Error> {
        Ok(NewChapter {
            title: chapter.title.clone(),
            summary: chapter.summary.clone(),
            notes_before: chapter.notes_before.clone(),
            body: self.printed(chapter.text)?,
            notes_after: chapter.notes_after.clone(),
            words: chapter.words,
        })
    }

    /// The works that somebody writes, alone or not, the last written first; for whoever owns the
    /// archive (`all`) also works that belong to nobody and have a draft or lie in the bin.
    ///
    /// # Errors
    /// Those of the database.
    pub fn desks(
        &self,
        owner: AccountId,
        all: bool,
        offset: u64,
        limit: u64,
    ) -> Result<Vec<DeskRow>, Error> {
        let sql = "SELECT w.owner, w.revision_id, w.draft_id, w.posted_at, w.post_at, w.binned_at,
            w.id, w.title, r.words, r.chapter_count, COALESCE(r.saved_at, r.made_at),
            (SELECT COUNT(*) FROM betas b JOIN beta_remarks m ON m.beta = b.id
             WHERE b.work = w.id AND m.state = 0)
            FROM works w
            JOIN revisions r ON r.id = COALESCE(w.draft_id, w.kept_revision, w.revision_id)
            WHERE w.id IN (
                SELECT id FROM works WHERE owner = $1
                UNION SELECT c.id FROM work_writers a JOIN works c ON c.id = a.work
                    WHERE a.account = $1 AND c.binned_at IS NULL
                UNION SELECT id FROM works
                    WHERE $2 = 1 AND owner IS NULL AND draft_id IS NOT NULL
                UNION SELECT id FROM works
                    WHERE $2 = 1 AND owner IS NULL AND binned_at IS NOT NULL)
            ORDER BY COALESCE(r.saved_at, r.made_at) DESC, w.id DESC LIMIT $3 OFFSET $4";
        self.rows(sql, values![owner, i64::from(all), limit, offset], |row| {
            Ok(DeskRow {
                state: state(row, 0)?,
                work: row.get(6)?,
                title: row.get(7)?,
                words: row.get(8)?,
                chapters: row.get(9)?,
                saved_at: row.get(10)?,
                waiting: row.get(11)?,
            })
        })
    }

    /// A part of a work's history, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn history(&self, work: WorkId, offset: u64, limit: u64) -> Result<Vec<Past>, Error> {
        let sql = concat!(pasts!(), " WHERE r.work = $1 ORDER BY r.number DESC LIMIT $2 OFFSET $3");
        self.rows(sql, values![work, limit, offset], past)
    }

    /// A line of a work's history.
    ///
    /// # Errors
    /// Those of the database.
    pub fn past(&self, revision: RevisionId) -> Result<Option<Past>, Error> {
        self.one(concat!(pasts!(), " WHERE r.id = $1"), values![revision], past)
    }

    /// The chapters of a work that lie in the bin, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn binned_chapters(&self, work: WorkId) -> Result<Vec<BinnedChapter>, Error> {
        let sql = "SELECT chapter, revision, binned_at FROM chapter_bin WHERE work = $1
            ORDER BY binned_at DESC, chapter";
        self.rows(sql, values![work], |row| {
            let (chapter, revision) = (row.get(0)?, row.get(1)?);
            Ok(BinnedChapter { chapter, revision, binned_at: row.get(2)? })
        })
    }
}

fn state(row: &Row<'_>, at: usize) -> Result<DeskState, Error> {
    let shown: RevisionId = row.get(at + 1)?;
    let draft: Option<RevisionId> = row.get(at + 2)?;
    Ok(DeskState {
        owner: row.get(at)?,
        shown: (shown.0 != 0).then_some(shown),
        drafted: draft.is_some(),
        posted_at: row.get(at + 3)?,
        post_at: row.get(at + 4)?,
        binned_at: row.get(at + 5)?,
    })
}

fn past(row: &Row<'_>) -> Result<Past, Error> {
    let made_at = row.get(2)?;
    let saved_at: Option<Millis> = row.get(3)?;
    Ok(Past {
        id: row.get(0)?,
        number: row.get(1)?,
        made_at,
        saved_at: saved_at.unwrap_or(made_at),
        why: row.get(4)?,
        words: row.get(5)?,
        chapters: row.get(6)?,
        name: row.get(7)?,
        who: row.get(8)?,
        aside: row.get(9)?,
        shown_at: row.get(10)?,
    })
}
