//! A work: what is said about it, the texts round its chapters, and every way of writing it.
//!
//! Each write of a work puts a row into the log of changes and keeps the totals right, in the same
//! transaction.

use fanfold_doc::document::Href;
use fanfold_doc::imported::{Date, Place};

use super::chapters::html;
use super::facts::byline_key;
use super::fold::{exact_key, title_key};
use super::value::{Lenient, Row, Value, values};
use super::{Error, Read, View, Write};
use crate::archive::person::AccountId;
use crate::archive::ties::Origin;
use crate::archive::work::{Facts, Millis, NewWork, PrintedMatter, RevisionId, WorkId};

/// A work, but for its chapters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Its key.
    pub id: WorkId,
    /// What is said about it.
    pub facts: Facts,
    /// The texts round its chapters.
    pub matter: PrintedMatter,
    /// Words of all chapters.
    pub words: u64,
    /// How many chapters it has.
    pub chapters: u64,
    /// When it came into the archive.
    pub imported_at: Millis,
    /// When the archive last changed anything about it.
    pub changed_at: Millis,
    /// The current state of its texts.
    pub revision: RevisionId,
}

impl View<'_> {
    /// A work.
    ///
    /// # Errors
    /// Those of the database, and [`Error::Damaged`] for a text that cannot be read.
    pub fn work(&self, id: WorkId) -> Result<Option<Work>, Error> {
        if !self.sees(id)? {
            return Ok(None);
        }
        let sql = "SELECT w.title, w.title_is_provisional, w.language, w.published_at,
            w.updated_at, w.complete, w.chapters_expected, w.source_site, w.source_url,
            w.words, w.chapter_count, w.added_at, w.changed_at, w.revision_id, r.doc_version,
            r.summary, r.notes_before, r.disclaimer, r.notes_after
            FROM works w JOIN revisions r ON r.id = w.revision_id WHERE w.id = $1";
        let found = self.one(sql, values![id], |row| {
            Ok(Work {
                id,
                facts: columns(row)?,
                matter: PrintedMatter {
                    summary: html(row, 15, 14)?,
                    notes_before: html(row, 16, 14)?,
                    disclaimer: html(row, 17, 14)?,
                    notes_after: html(row, 18, 14)?,
                },
                words: row.get(9)?,
                chapters: row.get(10)?,
                imported_at: row.get(11)?,
                changed_at: row.get(12)?,
                revision: row.get(13)?,
            })
        })?;
        let Some(mut work) = found else { return Ok(None) };
        let facts = &mut work.facts;
        facts.authors = self.authors_of(&[id])?.into_iter().map(|(_, author)| author).collect();
        facts.tags = self.tags_of(&[id])?.into_iter().map(|(_, tag)| tag).collect();
        facts.series = self.series_of(&[id])?.into_iter().map(|(_, place)| place).collect();
        facts.collections = self.collections_of(id)?;
        facts.other = self.other_of(id)?;
        // Others are shown what they may see of it: [`View::shown_ties`].
        if self.viewer().is_archive() {
            facts.ties = self.ties_of(id)?;
        }
        Ok(Some(work))
    }
}

impl Read<'_> {
    /// Every work that is posted, whomever it is for, in the order in which they came.
    ///
    /// # Errors
    /// Those of the database.
    pub fn work_ids(&self) -> Result<Vec<WorkId>, Error> {
        let sql = "SELECT id FROM works WHERE posted_at IS NOT NULL AND binned_at IS NULL
            ORDER BY id";
        self.rows(sql, &[], |row| row.get(0))
    }

    /// The work that is from an address. `http` and `https`, `www.`, a slash at the end and a
    /// place inside the page make no difference.
    ///
    /// # Errors
    /// Those of the database.
    pub fn work_by_source(&self, url: &Href) -> Result<Option<WorkId>, Error> {
        let sql = "SELECT id FROM works WHERE source_key = $1";
        self.one(sql, values![source_key(url)], |row| row.get(0))
    }
}

/// The columns of a work's own row, in the order of [`View::work`]; its lists stay empty.
pub(super) fn columns(row: &Row<'_>) -> Result<Facts, Error> {
    let Lenient(language) = row.get(2)?;
    let Lenient(source_url) = row.get(8)?;
    Ok(Facts {
        title: row.get(0)?,
        title_is_provisional: row.get(1)?,
        language,
        published: row.get(3)?,
        updated: row.get(4)?,
        complete: row.get(5)?,
        chapters_expected: row.get(6)?,
        source_site: row.get(7)?,
        source_url,
        ..Facts::default()
    })
}

impl Write<'_> {
    /// Writes a new work with its first revision. `why` says what brought it, in words.
    ///
    /// # Errors
    /// [`Error::Conflict`] if another work has the same source, and those of the database.
    pub fn insert_work(&mut self, work: &NewWork, at: Millis, why: &str) -> Result<WorkId, Error> {
        let work = &storable(work);
        let id = self.insert_row(work, at, Some(at), None)?;
        self.insert_lists(id, &work.facts, at)?;
        self.insert_notices(id, work)?;
        self.insert_fingerprint(id, &work.fingerprint)?;
        let revision = self.insert_revision(id, work, at, why)?;
        self.run("UPDATE works SET revision_id = $2 WHERE id = $1", values![id, revision])?;
        let attention = needs_a_look(work.facts.title_is_provisional, work);
        if self.is_public(id)? {
            self.add_to_totals(1, signed(work.words()), i64::from(attention))?;
        }
        self.log_change(id, at)?;
        Ok(id)
    }

    /// Writes a work's own row; of its texts and lists nothing is there yet.
    pub(super) fn insert_row(
        &mut self,
        work: &NewWork,
        at: Millis,
        posted: Option<Millis>,
        owner: Option<AccountId>,
    ) -> Result<WorkId, Error> {
        let facts = &work.facts;
        self.check_source(None, facts)?;
        let sql = "INSERT INTO works (title, title_key, title_is_provisional, byline_key,
            language, published_at, updated_at, fresh_at, complete, chapters_expected,
            source_site, source_url, source_key, added_at, changed_at, words, chapter_count,
            revision_id, attention, posted_at, owner)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16,
            0, $17, $18, $19) RETURNING id";
        let mut row = own_row(facts, at);
        let (words, chapters) = (work.words(), work.chapters.len() as u64);
        let attention = needs_a_look(facts.title_is_provisional, work);
        row.extend_from_slice(values![at, words, chapters, attention, posted, owner]);
        self.write_one(sql, &row)
    }

    /// Makes a work be as `work` says. If its texts or chapters differ, they become a new revision,
    /// which is returned; if only other things differ, the current revision is returned; if nothing
    /// does, nothing is written and `None` returned. A provisional title never replaces a real one.
    ///
    /// # Errors
    /// [`Error::Conflict`] if there is no such work or another one has the same source, and those
    /// of the database.
    pub fn revise_work(
        &mut self,
        id: WorkId,
        work: &NewWork,
        at: Millis,
        why: &str,
    ) -> Result<Option<RevisionId>, Error> {
        let absent = || Error::Conflict(format!("there is no work {id}"));
        let old = self.archive().work(id)?.ok_or_else(absent)?;
        let work = &storable(work);
        let mut facts = work.facts.clone();
        if facts.title_is_provisional && !old.facts.title_is_provisional {
            facts.title.clone_from(&old.facts.title);
            facts.title_is_provisional = false;
        }
        let same_facts = facts == old.facts;
        let same_notices = self.has_notices(id, work)?;
        let same_print = self.fingerprint(id)?.as_ref() == Some(&work.fingerprint);
        let same_texts =
            old.matter == work.matter && self.has_chapters(old.revision, &work.chapters)?;
        if same_facts && same_notices && same_print && same_texts {
            return Ok(None);
        }
        if !same_facts {
            self.check_source(Some(id), &facts)?;
            self.clear_lists(id)?;
            self.insert_lists(id, &facts, at)?;
        }
        if !same_notices {
            self.clear_notices(id)?;
            self.insert_notices(id, work)?;
        }
        if !same_print {
            self.clear_fingerprint(id)?;
            self.insert_fingerprint(id, &work.fingerprint)?;
        }
        let revision = match same_texts {
            true => old.revision,
            false => self.insert_revision(id, work, at, why)?,
        };
        self.update_row(&old, &facts, work, at, revision)?;
        self.log_change(id, at)?;
        Ok(Some(revision))
    }

    fn update_row(
        &mut self,
        old: &Work,
        facts: &Facts,
        work: &NewWork,
        at: Millis,
        revision: RevisionId,
    ) -> Result<(), Error> {
        let attention = needs_a_look(facts.title_is_provisional, work);
        let sql = "SELECT attention FROM works WHERE id = $1";
        let before: bool = self.only(sql, values![old.id], |row| row.get(0))?;
        let sql = "UPDATE works SET title = $1, title_key = $2, title_is_provisional = $3,
            byline_key = $4, language = $5, published_at = $6, updated_at = $7, fresh_at = $8,
            complete = $9, chapters_expected = $10, source_site = $11, source_url = $12,
            source_key = $13, changed_at = $14, words = $15, chapter_count = $16,
            revision_id = $17, attention = $18 WHERE id = $19";
        let mut row = own_row(facts, old.imported_at);
        let (words, chapters) = (work.words(), work.chapters.len() as u64);
        row.extend_from_slice(values![at, words, chapters, revision, attention, old.id]);
        self.run(sql, &row)?;
        if !self.is_public(old.id)? {
            return Ok(());
        }
        let words = signed(words) - signed(old.words);
        self.add_to_totals(0, words, i64::from(attention) - i64::from(before))
    }

    /// Takes the address off a work where another one (than `id`) is from it: a download of a work
    /// that is here already is a work of its own, and not from there.
    ///
    /// # Errors
    /// Those of the database.
    pub fn leave_source(&self, id: Option<WorkId>, facts: &mut Facts) -> Result<(), Error> {
        match self.check_source(id, facts) {
            Err(Error::Conflict(_)) => facts.source_url = None,
            checked => checked?,
        }
        Ok(())
    }

    /// Two works cannot be from one address.
    pub(super) fn check_source(&self, id: Option<WorkId>, facts: &Facts) -> Result<(), Error> {
        let Some(url) = &facts.source_url else { return Ok(()) };
        match self.work_by_source(url)? {
            Some(other) if Some(other) != id => {
                Err(Error::Conflict(format!("work {other} is from {url} already")))
            }
            _ => Ok(()),
        }
    }

    /// Writes and takes the key that the statement returns.
    pub(super) fn write_one<T: super::value::Column>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<T, Error> {
        self.mark_written();
        self.only(sql, values, |row| row.get(0))
    }
}

/// The first thirteen columns of a work's row.
pub(super) fn own_row(facts: &Facts, added: Millis) -> Vec<Value<'_>> {
    let fresh = facts.updated.or(facts.published).map_or(added.0, Date::to_millis);
    let url = facts.source_url.as_ref();
    values![
        facts.title.as_str(),
        title_key(&facts.title, facts.language.as_ref()),
        facts.title_is_provisional,
        byline_key(&facts.authors),
        facts.language.as_ref().map(|language| language.as_str()),
        facts.published,
        facts.updated,
        fresh,
        facts.complete,
        facts.chapters_expected,
        facts.source_site.as_deref(),
        url.map(|url| url.as_str()),
        url.map(source_key),
    ]
    .to_vec()
}

/// The work as the database can hold it: without NUL, so that it equals what comes back. Printed
/// texts have none.
pub(super) fn storable(work: &NewWork) -> NewWork {
    let mut work = work.clone();
    let facts = &mut work.facts;
    let title = std::iter::once(&mut facts.title);
    let authors = facts.authors.iter_mut().map(|author| &mut author.name);
    let tags = facts.tags.iter_mut().map(|tag| &mut tag.1);
    let series = facts.series.iter_mut().map(|place| &mut place.title);
    let other = facts.other.iter_mut().flat_map(|(label, value)| [label, value]);
    let ties = &mut facts.ties;
    let far = ties.sources.iter_mut().flat_map(|source| match &mut source.origin {
        Origin::Elsewhere { title, author, .. } => vec![title, author],
        Origin::Here(_) => Vec::new(),
    });
    let tied = ties.gifts.iter_mut().chain(far);
    let proposals = work.proposals.iter_mut().flat_map(|proposal| {
        let place = part(&mut proposal.place);
        [&mut proposal.name, &mut proposal.rule, &mut proposal.evidence].into_iter().chain(place)
    });
    let warnings = work
        .warnings
        .iter_mut()
        .flat_map(|warning| std::iter::once(&mut warning.text).chain(part(&mut warning.place)));
    let all = title.chain(authors).chain(tags).chain(series).chain(&mut facts.collections);
    let all =
        all.chain(other).chain(tied).chain(&mut facts.source_site).chain(proposals).chain(warnings);
    let all = all.chain(work.chapters.iter_mut().filter_map(|chapter| chapter.title.as_mut()));
    for text in all.filter(|text| text.as_bytes().contains(&0)) {
        *text = text.replace('\0', "\u{fffd}");
    }
    work
}

fn part(place: &mut Place) -> Option<&mut String> {
    if let Place::Part(part) = place { Some(part) } else { None }
}

pub(super) fn needs_a_look(provisional: bool, work: &NewWork) -> bool {
    provisional || !work.warnings.is_empty() || !work.proposals.is_empty()
}

pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What two ways of writing one address have in common.
fn source_key(url: &Href) -> String {
    let url = url.as_str();
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.split_once('#').map_or(url, |(page, _)| page);
    let (host, path) = url.split_at(url.find('/').unwrap_or(url.len()));
    let host = host.to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    exact_key(&format!("{host}{}", path.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_key() {
        let key = |text| source_key(&Href::parse(text).expect("an address"));
        let plain = key("https://example.org/works/7");
        for same in [
            "http://www.example.org/works/7",
            "https://EXAMPLE.org/works/7/",
            "https://example.org/works/7#chapter-2",
        ] {
            assert_eq!(key(same), plain);
        }
        for other in ["https://example.org/works/77", "https://example.org/Works/7"] {
            assert_ne!(key(other), plain);
        }
    }
}
