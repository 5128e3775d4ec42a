//! The table of formats: one row and one file each.
//!
//! Owns the choice of the reader, made by content; the file's name only breaks ties. Readers make
//! [`Imported`] of bytes; what a bare text's lines mean is found by [`crate::structure`], and the
//! layouts of known sites and programs by [`crate::shape`].

mod archive;
mod encoding;
mod epub;
mod html;
mod markdown;
mod media;
mod txt;

pub(crate) use epub::{Book, Leaf, Package};
pub(crate) use media::{Images, to_base64};

pub use media::image_size;

use crate::imported::Imported;
use crate::limits::{Limit, Limits, ReadError};

/// A file to be read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its name without the folder; may be empty.
    pub name: &'a str,
}

impl Input<'_> {
    /// The ending of the name in lower case, without the dot.
    pub fn extension(&self) -> String {
        let extension = self.name.rsplit_once('.').map_or("", |(_, extension)| extension);
        extension.to_ascii_lowercase()
    }

    /// The name without its ending.
    pub fn stem(&self) -> &str {
        self.name.rsplit_once('.').map_or(self.name, |(stem, _)| stem)
    }
}

/// How sure a format is that a file is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// It is not.
    No,
    /// It could be, where nothing else fits better.
    Maybe,
    /// It looks like it.
    Likely,
    /// It says so itself.
    Sure,
}

/// A format that can be read.
#[derive(Debug)]
pub struct Format {
    /// Its name in data, e.g. "txt".
    pub name: &'static str,
    /// Its name in words.
    pub title: &'static str,
    /// Looks at the content first, at the name last.
    pub(crate) fit: fn(&Input<'_>) -> Fit,
    /// Reads a file that fits.
    pub(crate) read: fn(&Input<'_>, &Limits) -> Result<Imported, ReadError>,
}

/// Every format, the surest to tell first.
pub const FORMATS: [&Format; 4] = [&epub::FORMAT, &html::FORMAT, &markdown::FORMAT, &txt::FORMAT];

/// The format of a file, found by its content.
///
/// # Errors
/// [`ReadError::NotThisFormat`] where none fits, with what the file seems to be.
pub fn detect(input: &Input<'_>) -> Result<&'static Format, ReadError> {
    let mut best: Option<(&'static Format, Fit)> = None;
    for format in FORMATS {
        let fit = (format.fit)(input);
        if fit > best.map_or(Fit::No, |(_, fit)| fit) {
            best = Some((format, fit));
        }
    }
    match best {
        Some((format, _)) => Ok(format),
        None => Err(ReadError::NotThisFormat(encoding::what_it_seems(input.bytes).to_owned())),
    }
}

/// Reads a file of any known format.
///
/// # Errors
/// As [`ReadError`] says; never for what a text says.
pub fn read(input: &Input<'_>, limits: &Limits) -> Result<Imported, ReadError> {
    if input.bytes.len() > limits.file_bytes {
        return Err(ReadError::TooLarge(Limit::FileBytes(limits.file_bytes)));
    }
    let format = detect(input)?;
    let mut imported = (format.read)(input, limits)?;
    if imported.meta.source.format.is_empty() {
        format.name.clone_into(&mut imported.meta.source.format);
    }
    Ok(imported)
}

/// A file of a zip: its name without folders, and its bytes.
pub type PackedFile = (String, Vec<u8>);

/// The files inside a zip that is no format of its own (an EPUB is one): names without folders, in
/// the order of their paths. `None` for what is no zip, or is read as a whole.
///
/// # Errors
/// As for a reader; one damaged or locked file spoils the whole, because nobody could tell what is
/// missing.
pub fn packed_files(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<PackedFile>>, ReadError> {
    let whole = Input { bytes, name: "" };
    if !bytes.starts_with(b"PK") || FORMATS.iter().any(|format| (format.fit)(&whole) > Fit::No) {
        return Ok(None);
    }
    let mut zip = archive::Archive::open(bytes, limits)?;
    // A document of an office program: one file to people, many to a computer.
    if zip.has("[Content_Types].xml") || zip.has("mimetype") {
        return Ok(None);
    }
    let mut names: Vec<String> = zip.names().map(str::to_owned).collect();
    names.sort_unstable();
    let mut files = Vec::new();
    for path in names {
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        // Folders, and what programs leave behind in them.
        if name.is_empty() || name.starts_with('.') || path.starts_with("__MACOSX") {
            continue;
        }
        let Some(unpacked) = zip.read(&path, Limit::FileBytes(limits.file_bytes))? else {
            continue;
        };
        if unpacked.damaged {
            return Err(ReadError::Broken(format!("“{name}” inside the zip is damaged")));
        }
        files.push((name.to_owned(), unpacked.bytes));
    }
    Ok(Some(files))
}
