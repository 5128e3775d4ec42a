//! Looks for what cannot be: the store's part of `fanfold check`.

use super::chapters::html;
use super::{Error, Read};
use crate::archive::work::{RevisionId, WorkId};

/// What must never find a row, with what to say of the work or thing that it finds.
const RULES: &[(&str, &str)] = &[
    (
        "work {} has no current revision",
        "SELECT w.id FROM works w LEFT JOIN revisions r ON r.id = w.revision_id AND r.work = w.id
         WHERE r.id IS NULL AND w.revision_id <> 0",
    ),
    (
        "work {} is posted and not in the bin, and yet readers see nothing of it",
        "SELECT id FROM works WHERE revision_id = 0 AND posted_at IS NOT NULL
         AND binned_at IS NULL",
    ),
    (
        "work {} is shown to readers though it was never posted or lies in the bin",
        "SELECT id FROM works WHERE revision_id <> 0
         AND (posted_at IS NULL OR binned_at IS NOT NULL)",
    ),
    (
        "the draft of work {} is not there",
        "SELECT w.id FROM works w LEFT JOIN revisions r ON r.id = w.draft_id AND r.work = w.id
         WHERE w.draft_id IS NOT NULL AND r.manifest IS NULL",
    ),
    (
        "what was posted of work {}, which lies in the bin, is not there",
        "SELECT w.id FROM works w LEFT JOIN revisions r ON r.id = w.kept_revision AND r.work = w.id
         WHERE w.kept_revision IS NOT NULL AND r.manifest IS NULL",
    ),
    (
        "revision {} was posted, but one of its texts is not whole",
        "SELECT DISTINCT c.revision FROM revision_chapters c JOIN texts t ON t.id = c.text_id
         WHERE t.patch IS NOT NULL",
    ),
    (
        "work {} says of its words or chapters what its current revision does not",
        "SELECT w.id FROM works w JOIN revisions r ON r.id = w.revision_id
         WHERE r.words <> w.words OR r.chapter_count <> w.chapter_count",
    ),
    (
        "revision {} does not have the chapters and words that it counts",
        "SELECT r.id FROM revisions r LEFT JOIN revision_chapters c ON c.revision = r.id
         WHERE r.manifest IS NULL OR r.shown_at IS NOT NULL
         GROUP BY r.id, r.words, r.chapter_count, r.why
         HAVING COUNT(c.position) <> r.chapter_count
         OR (COUNT(c.position) = 0 AND r.why <> 'emptied') OR MAX(c.position) <> r.chapter_count OR CAST(SUM(c.words) AS BIGINT) <> r.words",
    ),
    (
        "work {} shows an image that is not among the images",
        "SELECT DISTINCT l.work FROM work_media l LEFT JOIN media m ON m.name = l.name
         WHERE m.name IS NULL",
    ),
    (
        "work {} was never put into the log of changes",
        "SELECT w.id FROM works w 
         WHERE w.posted_at IS NOT NULL AND w.id NOT IN (SELECT work FROM changes)",
    ),
    (
        "the counts of the library ({} works) are not what is there",
        "WITH public AS (SELECT words, attention FROM works WHERE audience = 0
             AND posted_at IS NOT NULL AND binned_at IS NULL)
         SELECT t.works FROM totals t WHERE t.works <> (SELECT COUNT(*) FROM public)
         OR t.words <> (SELECT CAST(COALESCE(SUM(words), 0) AS BIGINT) FROM public)
         OR t.attention <> (SELECT CAST(COALESCE(SUM(attention), 0) AS BIGINT) FROM public)",
    ),
];

impl Read<'_> {
    /// Looks at everything that the library holds; what is wrong, in words. Reads every text, so
    /// it takes as long as reading the whole database.
    ///
    /// # Errors
    /// Those of the database, where it cannot even be looked at.
    pub fn verify(&self) -> Result<Vec<String>, Error> {
        let mut wrong = Vec::new();
        // PostgreSQL guards its pages and references by itself.
        for sql in self.by_dialect(&["PRAGMA integrity_check", "PRAGMA foreign_key_check"][..], &[])
        {
            let said = self.rows(sql, &[], |row| row.get::<String>(0))?;
            let bad = said.into_iter().filter(|said| said != "ok");
            wrong.extend(bad.map(|said| format!("the file of the database: {said}")));
        }
        for (say, sql) in RULES.iter().chain(super::wrangling::RULES) {
            let found = self.rows(sql, &[], |row| row.get::<i64>(0))?;
            wrong.extend(found.into_iter().map(|id| say.replace("{}", &id.to_string())));
        }
        self.verify_texts(&mut wrong)?;
        Ok(wrong)
    }

    /// Reads every text anew: its hash, and whether it can be read.
    fn verify_texts(&self, wrong: &mut Vec<String>) -> Result<(), Error> {
        let spoilt = self.spoilt_texts()?;
        wrong.extend(spoilt.iter().map(|id| format!("text {id} is not what was written")));
        let sql = "SELECT id FROM works WHERE draft_id IS NOT NULL";
        for work in self.rows(sql, &[], |row| row.get::<WorkId>(0))? {
            let whole = match self.desk(work) {
                Ok(Some(desk)) => {
                    let texts =
                        desk.draft.chapters.iter().map(|chapter| self.has_text(chapter.text));
                    texts.collect::<Result<Vec<bool>, Error>>()?.into_iter().all(|there| there)
                }
                Ok(None) | Err(Error::Damaged(_)) => false,
                Err(error) => return Err(error),
            };
            if !whole {
                wrong.push(format!("the draft of work {work} cannot be read"));
            }
        }
        let sql = "SELECT id, work, doc_version, summary FROM revisions";
        let check = |row: &super::value::Row<'_>| {
            let place: (RevisionId, WorkId) = (row.get(0)?, row.get(1)?);
            Ok((place, html(row, 3, 2).is_ok()))
        };
        let unread = self.rows(sql, &[], check)?.into_iter().filter(|(_, read)| !read);
        let say = |(id, work)| format!("the notes of work {work} cannot be read (revision {id})");
        wrong.extend(unread.map(|(place, _)| say(place)));
        Ok(())
    }
}
