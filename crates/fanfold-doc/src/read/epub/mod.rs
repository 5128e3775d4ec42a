//! Reads EPUB 2 and 3.
//!
//! Owns the way from the zip to parsed pages in reading order ([`Book`]), and the reading of books
//! whose maker is not known (`generic`). Known makers' books are read by [`crate::shape`].
//! A part that is missing or broken becomes a warning, and the rest is read.

mod generic;
mod package;
mod xhtml;
mod xml;

use std::cell::RefCell;
use std::collections::HashMap;

pub(crate) use package::Package;

use super::archive::Archive;
use super::media::Images;
use super::{Fit, Format, Input};
use crate::document::ImageSource;
use crate::html::Page;
use crate::imported::{Imported, Place, Warning, WarningKind};
use crate::limits::{Limit, Limits, ReadError};
use crate::shape;

/// EPUB, by its zip and what stands in it.
pub(super) const FORMAT: Format = Format { name: "epub", title: "EPUB", fit, read };

fn fit(input: &Input<'_>) -> Fit {
    if !input.bytes.starts_with(b"PK") {
        return Fit::No;
    }
    // `mimetype` comes first, its name at byte 30 and stored; many books are zipped less exactly.
    let head = input.bytes.get(..4_096).unwrap_or(input.bytes);
    let says = |words: &[u8]| head.windows(words.len()).any(|part| part == words);
    if says(b"application/epub+zip") {
        Fit::Sure
    } else if input.extension() == "epub" || says(b"META-INF/container.xml") {
        Fit::Likely
    } else {
        Fit::No
    }
}

fn read(input: &Input<'_>, limits: &Limits) -> Result<Imported, ReadError> {
    let book = Book::open(input.bytes, limits)?;
    let source = shape::Source::Book(&book);
    match shape::recognise(&source) {
        Some(shape) => (shape.read)(&source, limits),
        None => generic::read(&book, limits),
    }
}

/// An e-book whose pages are parsed.
pub(crate) struct Book<'a> {
    pub(crate) package: Package,
    /// The texts in reading order, those outside of it last.
    pub(crate) leaves: Vec<Leaf>,
    /// What went wrong while it was opened.
    pub(crate) warnings: Vec<Warning>,
    contents: Vec<package::Entry>,
    archive: RefCell<Archive<'a>>,
    limits: &'a Limits,
}

/// A text of an e-book.
#[derive(Debug)]
pub(crate) struct Leaf {
    /// The path from the root of the zip.
    pub(crate) path: String,
    pub(crate) page: Page,
}

impl<'a> Book<'a> {
    /// Opens a book and parses its pages.
    fn open(bytes: &'a [u8], limits: &'a Limits) -> Result<Book<'a>, ReadError> {
        let mut archive = Archive::open(bytes, limits)?;
        let text = Limit::TextBytes(limits.text_bytes);
        if let Some(file) = archive.read("META-INF/encryption.xml", text)?
            && package::locks(&xml::decode(&file.bytes), limits)
        {
            return Err(ReadError::Encrypted);
        }
        let mut warnings = Vec::new();
        let path = package_path(&mut archive, limits)?;
        let file = archive.read(&path, text)?.unwrap_or_default();
        if file.damaged {
            warnings.push(damaged(&path, "is cut off or damaged; what came before it was read"));
        }
        let package = Package::parse(&xml::decode(&file.bytes), &path, limits);
        let texts = texts(&mut archive, &package, limits, &mut warnings)?;
        let contents = contents(&mut archive, &package, limits)?;
        let leaves = leaves(&texts, &contents, limits)?;
        let archive = RefCell::new(archive);
        Ok(Book { package, leaves, warnings, contents, archive, limits })
    }

    /// The image at an address on a page of the book.
    pub(crate) fn image(
        &self,
        page: &str,
        address: &str,
        images: &mut Images<'_>,
    ) -> Option<ImageSource> {
        if address.contains(':') {
            return images.of_address(address);
        }
        let path = package::resolve(page, address);
        let file = self.file(&path)?;
        images.keep(file).map(ImageSource::Kept)
    }

    /// The bytes of an image file; `None` if it is missing, damaged or over the limits.
    pub(crate) fn file(&self, path: &str) -> Option<Vec<u8>> {
        let most = Limit::FileBytes(self.limits.image_bytes);
        let file = self.archive.borrow_mut().read(path, most).ok()??;
        (!file.damaged).then_some(file.bytes)
    }
}

fn damaged(path: &str, what: &str) -> Warning {
    let place = Place::Part(path.to_owned());
    Warning { kind: WarningKind::Damaged, place, text: format!("{path} {what}") }
}

/// Where the package stands: as the container says, else the only file that looks like one.
fn package_path(archive: &mut Archive<'_>, limits: &Limits) -> Result<String, ReadError> {
    let container = archive.read("META-INF/container.xml", Limit::TextBytes(limits.text_bytes))?;
    let told = container.and_then(|file| package::path_in(&xml::decode(&file.bytes), limits));
    if let Some(path) = told.filter(|path| archive.has(path)) {
        return Ok(path);
    }
    let mut found: Vec<&str> = archive.names().filter(|name| name.ends_with(".opf")).collect();
    found.sort_unstable_by_key(|name| (name.len(), *name));
    match found.first() {
        Some(path) => Ok((*path).to_owned()),
        None => {
            let text = "it has no package file (.opf) that tells what to read; \
                        make the e-book anew, or unzip it and read its pages one by one";
            Err(ReadError::Broken(text.to_owned()))
        }
    }
}

/// The pages of the spine as they are written, path and text; those outside of the reading order
/// come last.
fn texts(
    archive: &mut Archive<'_>,
    package: &Package,
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<(String, String)>, ReadError> {
    let mut texts = Vec::new();
    let (mut length, mut tags) = (0_usize, 0_usize);
    let mut order = package.spine.clone();
    order.sort_by_key(|(_, linear)| !linear);
    for (at, _) in order {
        let Some(item) = package.manifest.get(at) else { continue };
        if item.media_type.starts_with("image/") {
            continue;
        }
        let file = archive.read(&item.path, Limit::TextBytes(limits.text_bytes))?;
        let Some(file) = file else {
            warnings.push(damaged(&item.path, "is missing from the book"));
            continue;
        };
        if file.damaged {
            warnings
                .push(damaged(&item.path, "is cut off or damaged; what came before it was read"));
        }
        length += file.bytes.len();
        if length > limits.text_bytes {
            return Err(ReadError::TooLarge(Limit::TextBytes(limits.text_bytes)));
        }
        let text = xml::decode(&file.bytes);
        // One page's elements are counted by the parser; all pages together stay in memory too.
        tags += text.bytes().filter(|byte| *byte == b'<').count();
        if tags > limits.nodes {
            return Err(ReadError::TooLarge(Limit::Nodes(limits.nodes)));
        }
        texts.push((item.path.clone(), text));
    }
    Ok(texts)
}

fn leaves(
    texts: &[(String, String)],
    contents: &[package::Entry],
    limits: &Limits,
) -> Result<Vec<Leaf>, ReadError> {
    let mut calls = xhtml::Calls::default();
    contents.iter().for_each(|(target, _)| calls.lead_to(target));
    texts.iter().for_each(|(path, text)| calls.add(path, text));
    texts.iter().for_each(|(path, text)| calls.find_notes(path, text));
    let by_path: HashMap<&str, &str> =
        texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut leaves = Vec::with_capacity(texts.len());
    for (path, text) in texts {
        let html = xhtml::rewrite(path, text, &calls, &|other| by_path.get(other).copied());
        let page = Page::parse(&html, limits)?;
        leaves.push(Leaf { path: path.clone(), page });
    }
    Ok(leaves)
}

/// The contents: EPUB 3's page where it has one, else EPUB 2's file.
fn contents(
    archive: &mut Archive<'_>,
    package: &Package,
    limits: &Limits,
) -> Result<Vec<package::Entry>, ReadError> {
    let text = Limit::TextBytes(limits.text_bytes);
    if let Some(path) = package.nav()
        && let Some(file) = archive.read(path, text)?
    {
        let file = xml::decode(&file.bytes);
        let html = xhtml::rewrite("", &file, &xhtml::Calls::default(), &|_| None);
        let page = Page::parse(&html, limits)?;
        let toc = page.root().find_all("nav").find(|nav| {
            nav.attr("epub:type") == Some("toc") || nav.attr("role") == Some("doc-toc")
        });
        if let Some(toc) = toc.or_else(|| page.root().find("nav")) {
            let links = toc
                .find_all("a")
                .filter_map(|link| Some((package::resolve(path, link.attr("href")?), link.text())));
            return Ok(links.collect());
        }
    }
    if let Some(path) = &package.ncx
        && let Some(file) = archive.read(path, text)?
    {
        return Ok(package::ncx_entries(&xml::decode(&file.bytes), path, limits));
    }
    Ok(Vec::new())
}
