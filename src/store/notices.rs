//! What an import has to say about a work: proposals, warnings, and the images that it shows.

use fanfold_doc::document::MediaName;
use fanfold_doc::imported::{Place, Proposal, TagKind, Warning, WarningKind};

use super::value::{Value, values};
use super::{Error, Read, View, Write};
use crate::archive::work::{NewWork, WorkId};

impl View<'_> {
    /// The tags that rules read out of a work's text, for a person to accept or dismiss.
    ///
    /// # Errors
    /// Those of the database.
    pub fn proposals(&self, work: WorkId) -> Result<Vec<Proposal>, Error> {
        if !self.sees(work)? {
            return Ok(Vec::new());
        }
        let sql = "SELECT kind, name, rule, place, evidence FROM proposals
            WHERE work = $1 ORDER BY position";
        self.rows(sql, values![work], |row| {
            Ok(Proposal {
                kind: row.get::<TagKind>(0)?,
                name: row.get(1)?,
                rule: row.get(2)?,
                place: place(&row.get::<String>(3)?),
                evidence: row.get(4)?,
            })
        })
    }

    /// What could not be kept of a work's files.
    ///
    /// # Errors
    /// Those of the database.
    pub fn warnings(&self, work: WorkId) -> Result<Vec<Warning>, Error> {
        if !self.sees(work)? {
            return Ok(Vec::new());
        }
        let sql = "SELECT kind, place, text FROM warnings WHERE work = $1 ORDER BY position";
        self.rows(sql, values![work], |row| {
            let kind: String = row.get(0)?;
            Ok(Warning {
                // A kind that a newer program knows is at least worth a look.
                kind: WarningKind::parse(&kind).unwrap_or(WarningKind::Guessed),
                place: place(&row.get::<String>(1)?),
                text: row.get(2)?,
            })
        })
    }

    /// The images that a work's texts show, in reading order.
    ///
    /// # Errors
    /// Those of the database.
    pub fn work_media(&self, work: WorkId) -> Result<Vec<MediaName>, Error> {
        if !self.sees(work)? {
            return Ok(Vec::new());
        }
        let sql = "SELECT name FROM work_media WHERE work = $1 ORDER BY position";
        self.rows(sql, values![work], |row| row.get(0))
    }
}

impl Read<'_> {
    /// Whether a work has exactly these proposals, warnings and images.
    pub(super) fn has_notices(&self, id: WorkId, work: &NewWork) -> Result<bool, Error> {
        let own = self.archive();
        Ok(own.proposals(id)? == work.proposals
            && own.warnings(id)? == work.warnings
            && own.work_media(id)? == work.media)
    }
}

impl Write<'_> {
    /// Writes the proposals, warnings and images of a work that has none.
    pub(super) fn insert_notices(&mut self, id: WorkId, work: &NewWork) -> Result<(), Error> {
        let proposals = (1_i64..).zip(&work.proposals).map(|(at, proposal)| {
            let Proposal { kind, name, rule, place, evidence } = proposal;
            let (name, rule, place) = (name.as_str(), rule.as_str(), place_text(place));
            let first: [Value<'_>; 4] = [id.into(), at.into(), (*kind).into(), name.into()];
            let [a, b, c, d] = first;
            [a, b, c, d, rule.into(), place.into(), evidence.as_str().into()]
        });
        let sql = "INSERT INTO proposals (work, position, kind, name, rule, place, evidence)
            VALUES {rows}";
        self.insert(sql, &proposals.collect::<Vec<_>>())?;
        let warnings = (1_i64..).zip(&work.warnings).map(|(at, warning)| {
            let Warning { kind, place, text } = warning;
            let place = place_text(place);
            [id.into(), at.into(), kind.key().into(), place.into(), text.as_str().into()]
        });
        let sql = "INSERT INTO warnings (work, position, kind, place, text) VALUES {rows}";
        self.insert(sql, &warnings.collect::<Vec<_>>())?;
        let media = (1_i64..).zip(&work.media);
        let media = media.map(|(at, name)| [id.into(), at.into(), name.as_str().into()]);
        let sql = "INSERT INTO work_media (work, position, name) VALUES {rows}";
        self.insert(sql, &media.collect::<Vec<_>>())
    }

    /// Clears the proposals, warnings and images of a work.
    pub(super) fn clear_notices(&mut self, id: WorkId) -> Result<(), Error> {
        self.run("DELETE FROM proposals WHERE work = $1", values![id])?;
        self.run("DELETE FROM warnings WHERE work = $1", values![id])?;
        self.run("DELETE FROM work_media WHERE work = $1", values![id]).map(drop)
    }
}

/// A place as a row holds it: nothing, `3`, `3-7`, or `=` and the name of a part.
fn place_text(place: &Place) -> String {
    match place {
        Place::Whole => String::new(),
        Place::Line(line) => line.to_string(),
        Place::Lines(first, last) => format!("{first}-{last}"),
        Place::Part(part) => format!("={part}"),
    }
}

fn place(text: &str) -> Place {
    if let Some(part) = text.strip_prefix('=') {
        return Place::Part(part.to_owned());
    }
    let lines = match text.split_once('-') {
        Some((first, last)) => {
            first.parse().ok().zip(last.parse().ok()).map(|(a, b)| Place::Lines(a, b))
        }
        None => text.parse().ok().map(Place::Line),
    };
    lines.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back() {
        for before in [
            Place::Whole,
            Place::Line(0),
            Place::Lines(3, u32::MAX),
            Place::Part(String::new()),
            Place::Part("=3-7".to_owned()),
        ] {
            assert_eq!(place(&place_text(&before)), before);
        }
    }
}
