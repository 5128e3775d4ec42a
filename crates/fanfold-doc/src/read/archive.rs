//! The guarded way into a zip file.
//!
//! Owns the limits: what a header claims is never trusted, every byte is counted while it is
//! unpacked. Names of entries are keys and nothing else: no path of the machine is ever made of
//! them, and a zip inside the zip is not opened.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use ::zip::ZipArchive;

use crate::limits::{Limit, Limits, ReadError};

/// Files that unpack to less than this are never called bombs, bytes.
const SMALL: u64 = 1 << 20;

/// How much is unpacked between two looks at the limits, bytes.
const STEP: usize = 64 << 10;

/// A zip file that is open for reading.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Entries by name, and by their name as sloppy programs write it (see [`sloppy`]).
    by_name: HashMap<String, usize>,
    by_sloppy_name: HashMap<String, usize>,
    limits: &'a Limits,
    /// Bytes unpacked so far.
    spent: u64,
}

/// What was unpacked of an entry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Unpacked {
    /// The bytes, up to the damage if there is any.
    pub(crate) bytes: Vec<u8>,
    /// Whether the rest could not be unpacked, or the check sum is wrong.
    pub(crate) damaged: bool,
}

impl<'a> Archive<'a> {
    /// Reads the table of contents.
    ///
    /// # Errors
    /// [`ReadError::Broken`] if there is none, [`ReadError::TooLarge`] for too many entries.
    pub(crate) fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Archive<'a>, ReadError> {
        let too_many = ReadError::TooLarge(Limit::ZipEntries(limits.zip_entries));
        if entries(bytes) > limits.zip_entries {
            return Err(too_many);
        }
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
            let text = "the table of contents at its end is missing or cut off; \
                        if it was downloaded, download it again";
            ReadError::Broken(text.to_owned())
        })?;
        if zip.len() > limits.zip_entries {
            return Err(too_many);
        }
        let mut by_name = HashMap::with_capacity(zip.len());
        let mut by_sloppy_name = HashMap::with_capacity(zip.len());
        for index in 0..zip.len() {
            let Ok(entry) = zip.by_index_raw(index) else { continue };
            let name = match entry.name() {
                Ok(name) => name.into_owned(),
                Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
            };
            by_sloppy_name.entry(sloppy(&name)).or_insert(index);
            by_name.entry(name).or_insert(index);
        }
        Ok(Archive { zip, by_name, by_sloppy_name, limits, spent: 0 })
    }

    /// Unpacks an entry; `None` if there is none of this name.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] where it goes over a limit, [`ReadError::Encrypted`].
    pub(crate) fn read(&mut self, name: &str, most: Limit) -> Result<Option<Unpacked>, ReadError> {
        let exact = self.by_name.get(name);
        let Some(&index) = exact.or_else(|| self.by_sloppy_name.get(&sloppy(name))) else {
            return Ok(None);
        };
        let (encrypted, packed) = match self.zip.by_index_raw(index) {
            Ok(entry) => (entry.encrypted(), entry.compressed_size()),
            Err(_) => return Ok(Some(Unpacked { bytes: Vec::new(), damaged: true })),
        };
        if encrypted {
            return Err(ReadError::Encrypted);
        }
        let Ok(entry) = self.zip.by_index(index) else {
            return Ok(Some(Unpacked { bytes: Vec::new(), damaged: true }));
        };
        let total = self.limits.zip_total_bytes.saturating_sub(self.spent);
        let unpacked = unpack(entry, packed, most, total, self.limits)?;
        self.spent += unpacked.bytes.len() as u64;
        Ok(Some(unpacked))
    }

    /// Whether there is an entry of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.by_sloppy_name.contains_key(&sloppy(name))
    }

    /// The names of the entries, in no order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}

fn unpack(
    mut entry: impl Read,
    packed: u64,
    most: Limit,
    total: u64,
    limits: &Limits,
) -> Result<Unpacked, ReadError> {
    let own = match most {
        Limit::TextBytes(bytes) | Limit::FileBytes(bytes) => bytes as u64,
        _ => u64::MAX,
    };
    let mut bytes = Vec::new();
    let mut step = vec![0; STEP];
    loop {
        let got = match entry.read(&mut step) {
            Ok(0) => return Ok(Unpacked { bytes, damaged: false }),
            Ok(got) => got,
            Err(_) => return Ok(Unpacked { bytes, damaged: true }),
        };
        bytes.extend_from_slice(step.get(..got).unwrap_or_default());
        let length = bytes.len() as u64;
        let over = if length > own {
            Some(most)
        } else if length > total {
            Some(Limit::ZipTotalBytes(limits.zip_total_bytes))
        } else if length > SMALL && length > packed.max(1).saturating_mul(limits.zip_ratio) {
            Some(Limit::ZipRatio(limits.zip_ratio))
        } else {
            None
        };
        if let Some(limit) = over {
            return Err(ReadError::TooLarge(limit));
        }
    }
}

/// How many entries the bytes could hold, by their signatures: a table of contents of millions
/// must not even be read.
fn entries(bytes: &[u8]) -> usize {
    let mut found = 0;
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|b| *b == b'P') {
        rest = rest.get(at + 1..).unwrap_or_default();
        found += usize::from(rest.starts_with(b"K\x01\x02"));
    }
    found
}

/// A name as it is compared when nothing fits exactly: programs disagree about the case of
/// letters, the direction of slashes, and percent signs.
fn sloppy(name: &str) -> String {
    name.replace('\\', "/").to_lowercase()
}
