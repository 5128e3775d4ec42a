//! Texts: bodies of chapters and manifests of drafts, each kept once for each content.
//!
//! What is posted is whole. What only drafts use is kept as a patch of an earlier text where that
//! is shorter; every so often there is a whole one, so that reading never takes many patches. What
//! is read has the hash of what was written, or is an error.

use std::collections::HashMap;

use fanfold_doc::document::Document;
use fanfold_doc::html::{Html, VERSION};

use super::patch;
use super::value::{Row, Value, values};
use super::{Error, Read, Write};
use crate::archive::work::{Hash, NewChapter, RevisionId, TextId, WorkId};

/// The most patches between a text and a whole one: for long texts, of which a whole one is dear.
const DEEPEST: usize = 256;
/// The same for short texts.
const SHALLOWEST: usize = 16;
/// A text may lie as many patches deep as it has so many bytes.
const BYTES_A_STEP: usize = 2_048;
/// Texts shorter than this are not worth compressing, bytes.
const WORTH: usize = 512;

/// How many patches deep a text of so many bytes may lie.
fn deepest(bytes: usize) -> usize {
    (bytes / BYTES_A_STEP).clamp(SHALLOWEST, DEEPEST)
}

/// For whom a text is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keep {
    /// The work whose draft it is.
    pub work: WorkId,
    /// The revision that may write over it as long as no other one uses it; `None` where nothing
    /// ever may.
    pub revision: Option<RevisionId>,
    /// What stood in its place: its patch is made of it, or, if nothing but this revision used it,
    /// the new text is written over it.
    pub before: Option<TextId>,
}

/// What a text is, but for its words.
struct Place {
    base: Option<TextId>,
    loose: Option<RevisionId>,
    depth: i64,
}

/// How a text is written.
struct Written {
    html: String,
    base: Option<TextId>,
    patch: Option<Vec<u8>>,
    depth: i64,
}

/// A text on its way to a whole one.
struct Step {
    hash: Hash,
    patch: Option<Vec<u8>>,
    html: String,
    version: i64,
}

impl Read<'_> {
    /// A text as it was written, and the version of the printer that wrote it.
    pub(super) fn text(&self, id: TextId) -> Result<(String, i64), Error> {
        let sql = "WITH RECURSIVE steps AS (
                SELECT id, hash, base, patch, html, doc_version, CAST(0 AS BIGINT) AS step
                FROM texts WHERE id = $1
                UNION ALL
                SELECT t.id, t.hash, t.base, t.patch, t.html, t.doc_version, s.step + 1
                FROM steps s JOIN texts t ON t.id = s.base WHERE s.step <= $2
            ) SELECT hash, patch, html, doc_version FROM steps ORDER BY step DESC";
        let steps = self.rows(sql, values![id, DEEPEST as u64], |row| {
            let (hash, patch) = (row.get(0)?, row.get(1)?);
            Ok(Step { hash, patch, html: row.get(2)?, version: row.get(3)? })
        })?;
        let wrong = || Error::damaged(format!("text {id} is not what was written"));
        let mut last = None;
        let mut text: Option<Vec<u8>> = None;
        for step in steps {
            text = Some(unfold(text, step.patch, step.html).ok_or_else(wrong)?);
            last = Some((step.hash, step.version));
        }
        let (Some(text), Some((hash, version))) = (text, last) else { return Err(wrong()) };
        if Hash::of(&text) != hash {
            return Err(wrong());
        }
        Ok((String::from_utf8(text).map_err(|_| wrong())?, version))
    }

    /// A text that the printer wrote.
    pub(super) fn printed(&self, id: TextId) -> Result<Html, Error> {
        let (text, version) = self.text(id)?;
        printed(text, version)
    }

    /// Whether a text is there and was not emptied.
    pub(super) fn has_text(&self, id: TextId) -> Result<bool, Error> {
        Ok(self.place(id)?.is_some_and(|place| place.depth >= 0))
    }

    fn place(&self, id: TextId) -> Result<Option<Place>, Error> {
        let sql = "SELECT base, loose, depth FROM texts WHERE id = $1";
        self.one(sql, values![id], |row| {
            Ok(Place { base: row.get(0)?, loose: row.get(1)?, depth: row.get(2)? })
        })
    }

    /// Reads every text anew; the keys of those that are not what was written. A text and the one
    /// that its patch is of lie near each other, so each is made once.
    pub(super) fn spoilt_texts(&self) -> Result<Vec<TextId>, Error> {
        let mut spoilt = Vec::new();
        let mut made: Vec<(TextId, Vec<u8>)> = Vec::new();
        let mut after = TextId(0);
        loop {
            let sql = "SELECT id, hash, base, patch, html FROM texts
                WHERE id > $1 AND depth >= 0 ORDER BY id LIMIT 64";
            let rows = self.rows(sql, values![after], |row| {
                let (base, patch, html) = (row.get(2)?, row.get(3)?, row.get(4)?);
                Ok((row.get::<TextId>(0)?, row.get::<Hash>(1)?, base, patch, html))
            })?;
            let Some(last) = rows.last() else { return Ok(spoilt) };
            after = last.0;
            for (id, hash, base, patch, html) in rows {
                let base: Option<TextId> = base;
                let found = base.and_then(|base| made.iter().position(|(own, _)| *own == base));
                let under = match (base, found) {
                    (None, _) => Some(None),
                    (Some(_), Some(at)) => Some(Some(made.remove(at).1)),
                    (Some(base), None) => match self.text(base) {
                        Ok((text, _)) => Some(Some(text.into_bytes())),
                        Err(Error::Damaged(_)) => None,
                        Err(error) => return Err(error),
                    },
                };
                let text = under.and_then(|under| unfold(under, patch, html));
                let whole = text.filter(|text| Hash::of(text) == hash);
                match whole {
                    Some(text) => made.push((id, text)),
                    None => spoilt.push(id),
                }
                if made.len() > REMEMBERED {
                    made.remove(0);
                }
            }
        }
    }
}

/// How many texts are remembered while all are read, because others may be patches of them.
const REMEMBERED: usize = 8;

/// The text of a row, made of the one under it if it is a patch.
fn unfold(under: Option<Vec<u8>>, patch: Option<Vec<u8>>, html: String) -> Option<Vec<u8>> {
    match (under, patch) {
        (Some(under), Some(patch)) => patch::patched(&under, &patch),
        (None, Some(patch)) => patch::inflated(&patch),
        (None, None) => Some(html.into_bytes()),
        (Some(_), None) => None,
    }
}

/// A text as the printer of this version writes it.
pub(super) fn printed(text: String, version: i64) -> Result<Html, Error> {
    if version == VERSION {
        return Ok(Html::from_stored(text, version).unwrap_or_default());
    }
    match Document::from_printed(&text) {
        Ok(document) => Ok(document.to_html()),
        Err(error) => Err(Error::damaged(format!("a text cannot be read ({error})"))),
    }
}

/// The hash of a chapter's body.
pub(super) fn body_hash(chapter: &NewChapter) -> Hash {
    Hash::of(chapter.body.as_str().as_bytes())
}

impl Write<'_> {
    /// Keeps a text of a draft.
    pub(super) fn keep_text(
        &mut self,
        text: &str,
        words: u64,
        keep: Keep,
    ) -> Result<TextId, Error> {
        let hash = Hash::of(text.as_bytes());
        let sql = "SELECT id FROM texts WHERE hash = $1";
        if let Some(id) = self.one(sql, values![hash], |row| row.get(0))? {
            if keep.before != Some(id) {
                // Two chapters, revisions or works use it from now on.
                let sql = "UPDATE texts SET loose = NULL, work = CASE WHEN work = $2 THEN work END
                    WHERE id = $1 AND (loose IS NOT NULL OR work <> $2)";
                self.run(sql, values![id, keep.work])?;
            }
            return Ok(id);
        }
        let before = match keep.before {
            Some(id) => self.place(id)?.map(|place| (id, place)),
            None => None,
        };
        let own = |place: &Place| place.loose.is_some() && place.loose == keep.revision;
        let over = before.as_ref().filter(|(_, place)| own(place));
        let over = over.map(|(id, _)| *id);
        let base =
            before.and_then(|(id, place)| if over.is_some() { place.base } else { Some(id) });
        let written = self.fold_text(text, base)?;
        self.hold_texts(written.base.into_iter())?;
        let Written { html, base, patch, depth } = written;
        if let Some(over) = over {
            let sql = "UPDATE texts SET hash = $2, words = $3, doc_version = $4, html = $5,
                base = $6, patch = $7, depth = $8 WHERE id = $1";
            self.run(sql, values![over, hash, words, VERSION, html, base, patch, depth])?;
            return Ok(over);
        }
        let sql = "INSERT INTO texts (hash, words, doc_version, html, base, patch, depth, loose,
            work) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
        let (revision, work) = (keep.revision, keep.work);
        self.write_one(sql, values![hash, words, VERSION, html, base, patch, depth, revision, work])
    }

    /// Sees to it that nothing is written over these texts: more than their revision uses them.
    pub(super) fn hold_texts(&mut self, ids: impl Iterator<Item = TextId>) -> Result<(), Error> {
        for id in ids {
            let sql = "UPDATE texts SET loose = NULL WHERE id = $1 AND loose IS NOT NULL";
            self.run(sql, values![id])?;
        }
        Ok(())
    }

    /// The shortest way to write a text.
    fn fold_text(&self, text: &str, base: Option<TextId>) -> Result<Written, Error> {
        let base = match base {
            Some(id) => self.place(id)?.map(|place| (id, place.depth)),
            None => None,
        };
        if let Some((id, depth)) = base
            && depth >= 0
            && (depth as u64) < deepest(text.len()) as u64
        {
            let (under, _) = self.text(id)?;
            let patch = patch::patch(under.as_bytes(), text.as_bytes());
            if patch.len() < text.len() / 2 {
                let patch = Some(patch);
                return Ok(Written {
                    html: String::new(),
                    base: Some(id),
                    patch,
                    depth: depth + 1,
                });
            }
        }
        let small = (text.len() >= WORTH).then(|| patch::deflated(text.as_bytes()));
        Ok(match small.filter(|small| small.len() < text.len() / 10 * 9) {
            Some(small) => {
                Written { html: String::new(), base: None, patch: Some(small), depth: 0 }
            }
            None => Written { html: text.to_owned(), base: None, patch: None, depth: 0 },
        })
    }

    /// Keeps the bodies of chapters that are posted, each whole. Returns the keys of all.
    pub(super) fn posted_texts(
        &mut self,
        chapters: &[NewChapter],
    ) -> Result<HashMap<Hash, i64>, Error> {
        let bodies: HashMap<Hash, &NewChapter> =
            chapters.iter().map(|chapter| (body_hash(chapter), chapter)).collect();
        let hashes: Vec<[Value<'_>; 1]> = bodies.keys().map(|hash| [hash.into()]).collect();
        let found = self.each(
            "SELECT t.id, t.hash,
             CASE WHEN t.patch IS NULL AND t.loose IS NULL AND t.work IS NULL THEN 1 ELSE 0 END
             FROM (VALUES {rows}) AS k JOIN texts t ON t.hash = k.column1",
            &hashes,
            |row| Ok((row.get::<i64>(0)?, row.get::<Hash>(1)?, row.get::<bool>(2)?)),
        )?;
        for (id, hash, _) in found.iter().filter(|(.., whole)| !whole) {
            let body = bodies.get(hash).map_or("", |chapter| chapter.body.as_str());
            let sql = "UPDATE texts SET html = $2, base = NULL, patch = NULL, depth = 0,
                loose = NULL, work = NULL, doc_version = $3 WHERE id = $1";
            self.run(sql, values![*id, body, VERSION])?;
        }
        let mut texts: HashMap<Hash, i64> =
            found.into_iter().map(|(id, hash, _)| (hash, id)).collect();
        let missing = bodies.iter().filter(|(hash, _)| !texts.contains_key(hash));
        let rows: Vec<[Value<'_>; 4]> = missing
            .map(|(hash, chapter)| {
                [hash.into(), chapter.words.into(), VERSION.into(), chapter.body.as_str().into()]
            })
            .collect();
        let made = self.insert_returning(
            "INSERT INTO texts (hash, words, doc_version, html) VALUES {rows} RETURNING id, hash",
            &rows,
            |row: &Row<'_>| Ok((row.get::<Hash>(1)?, row.get::<i64>(0)?)),
        )?;
        texts.extend(made);
        Ok(texts)
    }

    /// Empties for good the texts that a work alone uses.
    pub(super) fn empty_texts(&mut self, work: WorkId) -> Result<(), Error> {
        let sql = "SELECT id FROM texts WHERE work = $1";
        for id in self.rows(sql, values![work], |row| row.get::<TextId>(0))? {
            // No text has the hash of this, so that nothing is ever taken for it.
            let hash = Hash::of(format!("text {id} was emptied").as_bytes());
            let sql = "UPDATE texts SET hash = $2, words = 0, html = '', base = NULL,
                patch = NULL, depth = -1, loose = NULL, work = NULL WHERE id = $1";
            self.run(sql, values![id, hash])?;
        }
        Ok(())
    }
}
