//! How much a reader takes before it refuses, and how it refuses.
//!
//! Owns [`Limits`], which every reader is given, and [`ReadError`], the only ways to fail.

use std::fmt;

/// What a reader may spend on one file. The defaults hold the largest works known (four million
/// words) and keep one file under about 400 MiB of memory and a few seconds.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Size of a file, bytes.
    pub file_bytes: usize,
    /// Size of one text after decoding or unpacking, bytes.
    pub text_bytes: usize,
    /// Files inside a zip.
    pub zip_entries: usize,
    /// All files of a zip together after unpacking, bytes.
    pub zip_total_bytes: u64,
    /// How many times larger than packed a file of a zip may become (small files are exempt).
    pub zip_ratio: u64,
    /// Elements inside each other.
    pub depth: usize,
    /// Elements and texts of one page.
    pub nodes: usize,
    /// Attributes of one element.
    pub attributes: usize,
    /// Images of one work.
    pub images: usize,
    /// Size of one image, bytes.
    pub image_bytes: usize,
    /// Width or height of one image, pixels.
    pub image_side_pixels: usize,
    /// Chapters of one work.
    pub chapters: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_bytes: 128 << 20,
            text_bytes: 48 << 20,
            zip_entries: 10_000,
            zip_total_bytes: 256 << 20,
            zip_ratio: 200,
            depth: 256,
            nodes: 2_000_000,
            attributes: 256,
            images: 2_000,
            image_bytes: 32 << 20,
            image_side_pixels: 16_384,
            chapters: 5_000,
        }
    }
}

impl Limits {
    /// The limits for text that this crate printed itself: wide enough for anything that came
    /// through [`Limits::default`], because printing adds an element here and there.
    pub fn printed() -> Limits {
        let usual = Limits::default();
        Limits {
            depth: usual.depth * 4,
            nodes: usual.nodes * 4,
            text_bytes: usual.text_bytes * 8,
            ..usual
        }
    }
}

/// The limit that a file went over, with what it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::file_bytes`].
    FileBytes(usize),
    /// [`Limits::text_bytes`].
    TextBytes(usize),
    /// [`Limits::zip_entries`].
    ZipEntries(usize),
    /// [`Limits::zip_total_bytes`].
    ZipTotalBytes(u64),
    /// [`Limits::zip_ratio`].
    ZipRatio(u64),
    /// [`Limits::depth`].
    Depth(usize),
    /// [`Limits::nodes`].
    Nodes(usize),
    /// [`Limits::attributes`].
    Attributes(usize),
    /// [`Limits::chapters`].
    Chapters(usize),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MIB: u64 = 1 << 20;
        match *self {
            Limit::FileBytes(n) => write!(f, "files of up to {} MiB are read", n as u64 / MIB),
            Limit::TextBytes(n) => write!(f, "texts of up to {} MiB are read", n as u64 / MIB),
            Limit::ZipEntries(n) => write!(f, "up to {n} files in one e-book are read"),
            Limit::ZipTotalBytes(n) => {
                write!(f, "e-books that unpack to up to {} MiB are read", n / MIB)
            }
            Limit::ZipRatio(n) => write!(f, "files that unpack to up to {n} times are read"),
            Limit::Depth(n) => write!(f, "up to {n} elements inside each other are read"),
            Limit::Nodes(n) => write!(f, "up to {n} elements on one page are read"),
            Limit::Attributes(n) => write!(f, "up to {n} attributes on one element are read"),
            Limit::Chapters(n) => write!(f, "up to {n} chapters in one work are read"),
        }
    }
}

/// Why a file could not be read. Content never makes a reader fail: see
/// [`Warning`](crate::imported::Warning).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes are of no format that is known.
    #[error("this is not a story in a format that can be read: {0}")]
    NotThisFormat(String),
    /// The file is locked with a key.
    #[error("the file is encrypted; open it where it was bought and save it without protection")]
    Encrypted,
    /// The file goes over a limit.
    #[error("the file is too large: {0}")]
    TooLarge(Limit),
    /// The file is damaged, or not what it claims to be.
    #[error("the file is damaged: {0}")]
    Broken(String),
}
