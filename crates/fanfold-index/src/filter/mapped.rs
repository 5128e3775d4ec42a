//! A file's bytes as memory.
//!
//! Owns the crate's one mapping, and the promise that comes with it: a mapped file is never
//! written again and never cut shorter. A base is written under another name and moved to its
//! place when it is whole; the old one lives on until nobody looks at it.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;

/// A mapped file.
#[derive(Debug)]
pub(super) struct Mapped(memmap2::Mmap);

impl Mapped {
    /// Maps a file that nobody writes any more.
    pub fn open(file: &File) -> io::Result<Mapped> {
        // SAFETY: only whole bases are mapped, and nothing of ours writes to one or cuts it: see
        // above. Somebody who does so by hand breaks the program as by editing its binary.
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Mapped(map))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}
