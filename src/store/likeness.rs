//! Finding works whose texts are nearly the same.

use super::value::{Value, values};
use super::{Error, Read, Write};
use crate::archive::fingerprint::Fingerprint;
use crate::archive::work::WorkId;

/// The most bands of a sketch.
const BANDS: usize = 8;

impl Read<'_> {
    /// Works that share something with a text's sketch, those that share most first, 32 at most.
    ///
    /// # Errors
    /// Those of the database.
    pub fn works_like(&self, print: &Fingerprint) -> Result<Vec<(WorkId, Fingerprint)>, Error> {
        let bands = print.bands();
        let Some(first) = bands.first() else { return Ok(Vec::new()) };
        // One statement for any number of bands: the first one fills the places that are left.
        let bands = bands.iter().chain(std::iter::repeat(first)).take(BANDS);
        let bands: Vec<Value<'_>> = bands.map(|band| (*band).into()).collect();
        let sql = "SELECT f.work, f.sketch FROM (
                SELECT work, COUNT(*) AS shared FROM work_bands
                WHERE band IN ($1, $2, $3, $4, $5, $6, $7, $8)
                GROUP BY work ORDER BY COUNT(*) DESC, work LIMIT 32
            ) near JOIN fingerprints f ON f.work = near.work
            ORDER BY near.shared DESC, f.work";
        self.rows(sql, &bands, |row| {
            Ok((row.get(0)?, Fingerprint::from_bytes(&row.get::<Vec<u8>>(1)?)))
        })
    }

    /// The sketch of a work's text.
    ///
    /// # Errors
    /// Those of the database.
    pub fn fingerprint(&self, work: WorkId) -> Result<Option<Fingerprint>, Error> {
        let sql = "SELECT sketch FROM fingerprints WHERE work = $1";
        let print = |bytes: Vec<u8>| Fingerprint::from_bytes(&bytes);
        self.one(sql, values![work], |row| row.get(0).map(print))
    }
}

impl Write<'_> {
    /// Writes the sketch of a work that has none.
    pub(super) fn insert_fingerprint(
        &mut self,
        work: WorkId,
        print: &Fingerprint,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO fingerprints (work, sketch) VALUES ($1, $2)";
        self.run(sql, values![work, print.to_bytes()])?;
        let mut bands = print.bands();
        bands.truncate(BANDS);
        bands.sort_unstable();
        bands.dedup();
        let rows: Vec<[Value<'_>; 2]> =
            bands.into_iter().map(|band| [band.into(), work.into()]).collect();
        self.insert("INSERT INTO work_bands (band, work) VALUES {rows}", &rows)
    }

    /// Clears the sketch of a work. Its bands are found by the sketch: they are sorted by band.
    pub(super) fn clear_fingerprint(&mut self, work: WorkId) -> Result<(), Error> {
        for band in self.fingerprint(work)?.unwrap_or_default().bands() {
            self.run("DELETE FROM work_bands WHERE band = $1 AND work = $2", values![band, work])?;
        }
        self.run("DELETE FROM fingerprints WHERE work = $1", values![work]).map(drop)
    }
}
