//! For whom works are gifts and what they come from, as they are posted, and what those say to it
//! whom that touches: who is given one, and whose work another one comes from.
//!
//! What is shown of it is shown to those alone who may see the works at both ends.

use std::cmp::Reverse;
use std::collections::HashMap;

use fanfold_doc::document::Href;

use super::fold::{name_key, title_key};
use super::value::{Lenient, Row, Value, values};
use super::view::{listed, readable, readable_in_pass};
use super::{Error, Read, View, WorkRow, Write};
use crate::archive::person::AccountId;
use crate::archive::ties::{Comments, GIFT, Kind, Origin, Source, Ties, named};
use crate::archive::work::WorkId;

/// The most works that are listed as coming from one.
const OFFSPRING_MOST: u64 = 200;

/// What is shown of what a work comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSource {
    /// In which way.
    pub kind: Kind,
    /// Title and author as one line; of a work here, as they are now.
    pub text: String,
    /// Its address; of a work here, within this archive.
    pub href: String,
    /// The work, if it is one of this archive.
    pub here: Option<WorkId>,
}

/// What somebody is shown of what ties a work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownTies {
    /// Names for whom it is a gift, but for those who do not want to be named.
    pub gifts: Vec<String>,
    /// What it comes from, as far as they may see that.
    pub sources: Vec<ShownSource>,
}

impl ShownTies {
    /// The same as header lines, as they stand in files.
    pub fn lines(&self) -> Vec<(String, String)> {
        let gift = |name: &String| (GIFT.to_owned(), name.clone());
        let source = |source: &ShownSource| {
            let text = match (&source.here, source.text.is_empty()) {
                (Some(_), _) => source.text.clone(),
                (None, true) => source.href.clone(),
                (None, false) => format!("{} ({})", source.text, source.href),
            };
            (source.kind.label().to_owned(), text)
        };
        self.gifts.iter().map(gift).chain(self.sources.iter().map(source)).collect()
    }
}

/// A work that is a gift for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    /// The work.
    pub work: WorkId,
    /// The name by which they are named.
    pub name: String,
    /// Whether they do not want to be.
    pub declined: bool,
}

/// A work that says it comes from somebody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The work that says so.
    pub work: WorkId,
    /// The work that it comes from.
    pub parent: WorkId,
    /// What that is called.
    pub parent_title: String,
    /// In which way.
    pub kind: Kind,
    /// Whether it is listed there; none while nobody has said.
    pub answer: Option<bool>,
}

/// Whether a work (`w`) and the one that it comes from (`p`) are of one owner. Works that belong to
/// nobody are so if they came out of a folder, as their first revisions tell, which nobody wrote
/// here: of others, those whose works they were are gone, and were not the same.
macro_rules! of_one_owner {
    () => {
        "(COALESCE(w.owner, 0) = COALESCE(p.owner, 0) AND (w.owner IS NOT NULL OR 2 = (
            SELECT COUNT(*) FROM revisions f
            WHERE f.work IN (w.id, p.id) AND f.number = 1 AND f.who IS NULL)))"
    };
}

/// Works that say they come from some (`p`), as far as they are read in a pass.
macro_rules! claimed {
    ($whose:literal) => {
        concat!(
            " FROM works p JOIN work_relations r ON r.parent = p.id JOIN works w ON w.id = r.work
             LEFT JOIN relation_answers a ON a.work = r.work AND a.parent = r.parent
             WHERE ",
            $whose,
            " AND NOT ",
            of_one_owner!(),
            " AND p.binned_at IS NULL AND w.revision_id <> 0 AND ",
            readable_in_pass!()
        )
    };
}

fn kind(row: &Row<'_>, column: usize) -> Result<Kind, Error> {
    let word: String = row.get(column)?;
    Kind::parse(&word).ok_or_else(|| Error::damaged(format!("a work comes as “{word}”")))
}

impl Read<'_> {
    /// Everything that ties a work as it is posted, whoever may see it.
    pub(super) fn ties_of(&self, work: WorkId) -> Result<Ties, Error> {
        let sql = "SELECT name FROM work_gifts WHERE work = $1 ORDER BY position";
        let gifts = self.rows(sql, values![work], |row| row.get(0))?;
        let sql = "SELECT kind, parent, url, title, author FROM work_relations WHERE work = $1
            ORDER BY position";
        let sources = self.rows(sql, values![work], |row| {
            let (parent, Lenient::<Href>(url)) = (row.get::<Option<WorkId>>(1)?, row.get(2)?);
            let origin = match (parent, url) {
                (Some(parent), _) => Some(Origin::Here(parent)),
                (None, Some(url)) => {
                    Some(Origin::Elsewhere { url, title: row.get(3)?, author: row.get(4)? })
                }
                (None, None) => None,
            };
            let kind = kind(row, 0)?;
            Ok(origin.map(|origin| Source { kind, origin }))
        })?;
        let sources = sources.into_iter().flatten().collect();
        Ok(Ties { gifts, sources, comments: self.comments(work)? })
    }
}

impl Read<'_> {
    /// Who may comment on a work, as it is posted.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn comments(&self, work: WorkId) -> Result<Comments, Error> {
        let sql = "SELECT comments FROM works WHERE id = $1";
        let place = self.one(sql, values![work], |row| row.get::<i64>(0))?;
        Ok(place.map_or_else(Comments::default, Comments::at))
    }
}

impl View<'_> {
    /// What they are shown of what ties a work as it is posted.
    ///
    /// # Errors
    /// Those of the database, as everywhere here.
    pub fn shown_ties(&self, work: WorkId) -> Result<ShownTies, Error> {
        if !self.sees(work)? {
            return Ok(ShownTies::default());
        }
        self.show_ties(work, &self.ties_of(work)?)
    }

    /// The same of ties that a draft of the work has.
    ///
    /// # Errors
    /// Those of the database.
    pub fn show_ties(&self, work: WorkId, ties: &Ties) -> Result<ShownTies, Error> {
        let mut shown = ShownTies::default();
        for name in &ties.gifts {
            let sql = "SELECT work FROM gifts_declined WHERE work = $1 AND name_key = $2";
            let declined = values![work, name_key(name)];
            if self.one(sql, declined, |row| row.get::<WorkId>(0))?.is_none() {
                shown.gifts.push(name.clone());
            }
        }
        for source in &ties.sources {
            let (text, href, here) = match &source.origin {
                Origin::Here(parent) => {
                    // Hidden looks like absent, here too.
                    let Some(row) = self.work_row(*parent)? else { continue };
                    (title_of(&row), format!("/works/{parent}"), Some(*parent))
                }
                Origin::Elsewhere { url, title, author } => {
                    (named(title, author), url.as_str().to_owned(), None)
                }
            };
            shown.sources.push(ShownSource { kind: source.kind, text, href, here });
        }
        Ok(shown)
    }

    /// The works that come from a work, as far as lists show them and its owner said that they are
    /// listed. Works of one owner need not be asked about.
    ///
    /// # Errors
    /// Those of the database.
    pub fn offspring(&self, work: WorkId) -> Result<Vec<(Kind, WorkRow)>, Error> {
        if !self.sees(work)? {
            return Ok(Vec::new());
        }
        let [lists, own, nobodys] = self.listed();
        let sql = concat!(
            "SELECT DISTINCT r.kind, w.id FROM work_relations r JOIN works w ON w.id = r.work
             JOIN works p ON p.id = r.parent
             LEFT JOIN relation_answers a ON a.work = r.work AND a.parent = r.parent
             WHERE r.parent = $1 AND (a.answer = 1 OR (a.answer IS NULL AND ",
            of_one_owner!(),
            ")) AND ",
            listed!(),
            " ORDER BY r.kind, w.id LIMIT $2"
        );
        let found = self.rows(sql, values![work, OFFSPRING_MOST, lists, own, nobodys], |row| {
            Ok((kind(row, 0)?, row.get::<WorkId>(1)?))
        })?;
        let found = self.with_works(found, |(_, work)| *work)?;
        Ok(found.into_iter().map(|((kind, _), row)| (kind, row)).collect())
    }

    /// Each of these with the work that it is about; without those whose work is not there.
    fn with_works<T>(
        &self,
        all: Vec<T>,
        work: impl Fn(&T) -> WorkId,
    ) -> Result<Vec<(T, WorkRow)>, Error> {
        let mut ids: Vec<WorkId> = all.iter().map(&work).collect();
        ids.sort_unstable();
        ids.dedup();
        let rows: HashMap<WorkId, WorkRow> =
            self.work_rows(&ids)?.into_iter().map(|row| (row.id, row)).collect();
        let of = |own: T| rows.get(&work(&own)).cloned().map(|row| (own, row));
        Ok(all.into_iter().filter_map(of).collect())
    }

    /// The works that lists show them under a title, whatever its case and accents.
    ///
    /// # Errors
    /// Those of the database.
    pub fn works_called(&self, title: &str, limit: u64) -> Result<Vec<WorkRow>, Error> {
        let [lists, own, nobodys] = self.listed();
        let sql = concat!(
            "SELECT w.id FROM works w WHERE w.title_key = $1 AND ",
            listed!(),
            " ORDER BY w.id LIMIT $2"
        );
        let key = title_key(title, None);
        let ids = self.rows(sql, values![key, limit, lists, own, nobodys], |row| row.get(0))?;
        self.work_rows(&ids)
    }

    /// The works that are gifts for an account, as far as they see them, but for those of which
    /// somebody who had the name before said that it is not to be named. The latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn gifts(&self, account: AccountId, most: u64) -> Result<Vec<(Gift, WorkRow)>, Error> {
        let sql = concat!(
            "SELECT DISTINCT g.work, g.name, d.account FROM work_gifts g
             JOIN works w ON w.id = g.work
             LEFT JOIN gifts_declined d ON d.work = g.work AND d.name_key = g.name_key
             WHERE g.account = $1 AND (d.work IS NULL OR d.account = $1)
             AND w.revision_id <> 0 AND ",
            readable_in_pass!(),
            " ORDER BY g.work DESC, g.name LIMIT $6"
        );
        let mut gifts = Vec::new();
        for [reads, own, nobodys, link] in self.passes() {
            let values = values![account, reads, own, nobodys, link, most];
            gifts.extend(self.rows(sql, values, |row| {
                let declined: Option<AccountId> = row.get(2)?;
                Ok(Gift { work: row.get(0)?, name: row.get(1)?, declined: declined.is_some() })
            })?);
        }
        gifts.sort_by_key(|gift: &Gift| Reverse(gift.work));
        gifts.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        self.with_works(gifts, |gift| gift.work)
    }

    /// The works of others that say they come from works which are theirs to decide about, as far
    /// as they see them. Those about which nobody said anything come first, then the latest.
    ///
    /// # Errors
    /// Those of the database.
    pub fn claims(&self, most: u64) -> Result<Vec<(Claim, WorkRow)>, Error> {
        macro_rules! claims {
            ($whose:literal) => {
                concat!(
                    "SELECT DISTINCT r.work, r.parent, p.title, r.kind, a.answer,
                     CASE WHEN a.answer IS NULL THEN 0 ELSE 1 END AS answered",
                    claimed!($whose),
                    " ORDER BY answered, r.work DESC, r.parent, r.kind LIMIT $1"
                )
            };
        }
        let mut claims = Vec::new();
        for sql in self.of_theirs([claims!("p.owner = $3"), claims!("p.owner IS NULL")]) {
            for [reads, own, nobodys, link] in self.passes() {
                let values = values![most, reads, own, nobodys, link];
                claims.extend(self.rows(sql, values, |row| {
                    Ok(Claim {
                        work: row.get(0)?,
                        parent: row.get(1)?,
                        parent_title: row.get(2)?,
                        kind: kind(row, 3)?,
                        answer: row.get(4)?,
                    })
                })?);
            }
        }
        let order = |claim: &Claim| (claim.answer.is_some(), Reverse(claim.work), claim.parent);
        claims.sort_by_key(order);
        claims.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        self.with_works(claims, |claim| claim.work)
    }

    /// How many of [`View::claims`] there are of which nobody said anything.
    ///
    /// # Errors
    /// Those of the database.
    pub fn waiting_claims(&self) -> Result<u64, Error> {
        macro_rules! waiting {
            ($whose:literal) => {
                concat!(
                    "SELECT COUNT(*) FROM (SELECT DISTINCT r.work, r.parent, r.kind",
                    claimed!($whose),
                    " AND a.answer IS NULL LIMIT $1) n"
                )
            };
        }
        let mut waiting = 0;
        for sql in self.of_theirs([waiting!("p.owner = $3"), waiting!("p.owner IS NULL")]) {
            for [reads, own, nobodys, link] in self.passes() {
                let values = values![i64::MAX, reads, own, nobodys, link];
                waiting += self.only(sql, values, |row| row.get::<u64>(0))?;
            }
        }
        Ok(waiting)
    }

    /// Of two statements, about works that they own and about those of nobody, those that are
    /// theirs to ask.
    fn of_theirs(&self, [owned, nobodys]: [&'static str; 2]) -> impl Iterator<Item = &'static str> {
        let viewer = self.viewer();
        let owned = viewer.account().map(|_| owned);
        let nobodys = viewer.owns_archive().then_some(nobodys);
        owned.into_iter().chain(nobodys)
    }
}

/// A work's title and authors as one line.
fn title_of(row: &WorkRow) -> String {
    let names: Vec<&str> = row.facts.authors.iter().map(|author| author.name.as_str()).collect();
    named(&row.facts.title, &names.join(", "))
}

impl Write<'_> {
    /// Writes what ties a work that is posted; its old ties were cleared.
    pub(super) fn insert_ties(&mut self, work: WorkId, ties: &Ties) -> Result<(), Error> {
        let mut rows: Vec<[Value<'_>; 5]> = Vec::new();
        for (at, name) in (1_i64..).zip(&ties.gifts) {
            let account = self.holder(name)?;
            let key = name_key(name).into();
            rows.push([work.into(), at.into(), name.as_str().into(), key, account.into()]);
        }
        let sql = "INSERT INTO work_gifts (work, position, name, name_key, account) VALUES {rows}";
        self.insert(sql, &rows)?;
        let row = |(at, source): (i64, &Source)| -> [Value<'_>; 7] {
            let kind = source.kind.word();
            let head: [Value<'_>; 3] = [work.into(), at.into(), Value::Text(kind.into())];
            let [work, at, kind] = head;
            match &source.origin {
                Origin::Here(parent) => {
                    let nothing = || Value::Text("".into());
                    [work, at, kind, (*parent).into(), nothing(), nothing(), Value::Null]
                }
                Origin::Elsewhere { url, title, author } => {
                    let (title, author) = (title.clone().into(), author.clone().into());
                    let url = url.as_str().to_owned().into();
                    [work, at, kind, Value::Null, title, author, url]
                }
            }
        };
        let rows: Vec<[Value<'_>; 7]> = (1_i64..).zip(&ties.sources).map(row).collect();
        let sql = "INSERT INTO work_relations (work, position, kind, parent, title, author, url)
            VALUES {rows}";
        self.insert(sql, &rows)?;
        // An import, which says nothing of this, need not pay for it.
        if ties.comments == Comments::default() {
            return Ok(());
        }
        let sql = "UPDATE works SET comments = $2 WHERE id = $1";
        self.run(sql, values![work, ties.comments.place()]).map(drop)
    }

    /// Says whether an account wants to be named as the one a work is a gift for, by this name;
    /// other names of theirs are for them to decide about, too. False if it is no gift for them by
    /// this name, or whoever had it before said that it is not to be named.
    ///
    /// # Errors
    /// Those of the database.
    pub fn take_gift(
        &mut self,
        account: AccountId,
        work: WorkId,
        name: &str,
        named: bool,
    ) -> Result<bool, Error> {
        let sql = "SELECT g.work FROM work_gifts g LEFT JOIN gifts_declined d
            ON d.work = g.work AND d.name_key = g.name_key WHERE g.account = $1 AND g.work = $2
            AND g.name_key = $3 AND (d.work IS NULL OR d.account = $1) LIMIT 1";
        let key = name_key(name);
        let row = values![account, work, key.as_str()];
        if self.one(sql, row, |row| row.get::<WorkId>(0))?.is_none() {
            return Ok(false);
        }
        let sql = match named {
            true => "DELETE FROM gifts_declined WHERE account = $1 AND work = $2 AND name_key = $3",
            false => {
                "INSERT INTO gifts_declined (account, work, name_key) VALUES ($1, $2, $3)
                 ON CONFLICT (work, name_key) DO NOTHING"
            }
        };
        self.run(sql, row)?;
        Ok(true)
    }

    /// Says whether a work is listed as coming from another. False if it does not say that it does.
    ///
    /// # Errors
    /// Those of the database.
    pub fn answer_claim(
        &mut self,
        work: WorkId,
        parent: WorkId,
        answer: bool,
    ) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM work_relations WHERE work = $1 AND parent = $2 LIMIT 1";
        if self.one(sql, values![work, parent], |row| row.get::<i64>(0))?.is_none() {
            return Ok(false);
        }
        let sql = "INSERT INTO relation_answers (work, parent, answer) VALUES ($1, $2, $3)
            ON CONFLICT (work, parent) DO UPDATE SET answer = $3";
        self.run(sql, values![work, parent, answer])?;
        Ok(true)
    }
}
