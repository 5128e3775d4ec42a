//! Random parts in a whole zip: the package, the contents and two chapters of an e-book.
#![no_main]

#[path = "shared.rs"]
mod shared;

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const CONTAINER: &str = "<container><rootfiles><rootfile full-path=\"p.opf\" \
    media-type=\"application/oebps-package+xml\"/></rootfiles></container>";
const PACKAGE: &str = "<package version=\"3.0\"><metadata></metadata><manifest>\
    <item id=\"a\" href=\"a.xhtml\" media-type=\"application/xhtml+xml\"/>\
    <item id=\"b\" href=\"b.xhtml\" media-type=\"application/xhtml+xml\"/>\
    <item id=\"n\" href=\"n.ncx\" media-type=\"application/x-dtbncx+xml\"/></manifest>\
    <spine toc=\"n\"><itemref idref=\"a\"/><itemref idref=\"b\"/></spine></package>";

fn book(bytes: &[u8]) -> Option<Vec<u8>> {
    // The first byte tells which parts are random, two zero bytes part them.
    let (first, rest) = bytes.split_first()?;
    let mut parts = rest.split(|byte| *byte == 0);
    let mut part = |bit: u8, usual: &'static [u8]| match first & bit {
        0 => usual,
        _ => parts.next().unwrap_or(usual),
    };
    let entries = [
        ("META-INF/container.xml", part(1, CONTAINER.as_bytes())),
        ("p.opf", part(2, PACKAGE.as_bytes())),
        ("n.ncx", part(4, b"<ncx><navMap></navMap></ncx>")),
        ("a.xhtml", part(8, b"<p>Once.</p>")),
        ("b.xhtml", part(16, b"<p>Twice.</p>")),
        ("META-INF/encryption.xml", part(32, b"<encryption/>")),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("mimetype", SimpleFileOptions::default()).ok()?;
    zip.write_all(b"application/epub+zip").ok()?;
    for (name, content) in entries {
        zip.start_file(name, SimpleFileOptions::default()).ok()?;
        zip.write_all(content).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(book) = book(bytes) {
        shared::check(&book, "fuzz.epub");
    }
});
