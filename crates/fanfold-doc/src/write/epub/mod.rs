//! Writes a work as EPUB 3.3 that older readers open too.
//!
//! Owns the zip and the pages; the package and the contents are in `package.rs`. The same work and
//! day give the same bytes.

mod cover;
mod package;

use std::collections::HashSet;
use std::io::{Cursor, Write};

use ::zip::write::SimpleFileOptions;
use ::zip::{CompressionMethod, ZipWriter};

use super::WriteError;
use super::markup::{GENERATOR, Markup, chapter_label, escaped, is_rtl, title_of};
use crate::document::ImageSource;
use crate::html::Place;
use crate::imported::{Date, Imported, Metadata};

/// The style sheet.
const STYLE: &str = include_str!("book.css");

/// How hard pages are packed: the least, because somebody waits for the book.
const LEVEL: i64 = 1;

const CONTAINER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <container version=\"1.0\" xmlns=\"urn:oasis:names:tc:opendocument:xmlns:container\">\n\
    <rootfiles>\n<rootfile full-path=\"EPUB/package.opf\" \
    media-type=\"application/oebps-package+xml\"/>\n</rootfiles>\n</container>\n";

/// What older readers show in place of a picture of a kind that they do not know.
const NO_PICTURE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 60\" width=\"400\" height=\"60\">\n\
    <text x=\"200\" y=\"36\" font-size=\"18\" text-anchor=\"middle\" fill=\"#888\">\
    This reader cannot show this picture</text>\n</svg>\n";

/// A page of the book.
struct Leaf {
    /// The file's name and its id in the package.
    name: String,
    /// What it is called in the contents.
    label: String,
    /// Its role among the landmarks, if it has one.
    landmark: Option<&'static str>,
    text: String,
}

/// The work as an e-book; `day` is the day on which it is written.
///
/// # Errors
/// [`WriteError::TooLarge`] for more than a zip holds (4 GiB).
pub fn epub(work: &Imported, day: Date) -> Result<Vec<u8>, WriteError> {
    let leaves = leaves(work);
    let mut book = Zip::new()?;
    book.add("META-INF/container.xml", CONTAINER.as_bytes(), true)?;
    book.add("EPUB/package.opf", package::opf(work, &leaves, day).as_bytes(), true)?;
    book.add("EPUB/nav.xhtml", package::nav(work, &leaves).as_bytes(), true)?;
    book.add("EPUB/toc.ncx", package::ncx(work, &leaves).as_bytes(), true)?;
    book.add("EPUB/style.css", STYLE.as_bytes(), true)?;
    book.add("EPUB/cover.svg", cover::svg(&work.meta).as_bytes(), true)?;
    for leaf in &leaves {
        book.add(&format!("EPUB/{}", leaf.name), leaf.text.as_bytes(), true)?;
    }
    for media in &work.media {
        book.add(&format!("EPUB/media/{}", media.name), &media.bytes, false)?;
    }
    if package::needs_fallback(work) {
        book.add("EPUB/no-picture.svg", NO_PICTURE.as_bytes(), true)?;
    }
    book.finish()
}

fn leaves(work: &Imported) -> Vec<Leaf> {
    let kept: HashSet<&str> = work.media.iter().map(|media| media.name.as_str()).collect();
    let image = |source: &ImageSource| match source {
        ImageSource::Kept(name) => kept.contains(name.as_str()).then(|| format!("media/{name}")),
        // A book must not load anything from elsewhere: a link takes its place.
        ImageSource::Remote(_) => None,
    };
    let meta = &work.meta;
    let words = escaped(&format!("Cover: {}", title_of(meta)));
    let cover = format!(
        "<section class=\"ff-cover\" epub:type=\"cover\"><img src=\"cover.svg\" alt=\"{words}\"/>\
         </section>\n"
    );
    let mut leaves = vec![leaf(meta, "cover.xhtml", "Cover", Some("cover"), &cover)];
    let mut markup = Markup::new(Place::Epub, &image);
    markup.preface(work);
    leaves.push(leaf(meta, "title.xhtml", "Title page", Some("titlepage"), &markup.out));
    let alone = work.chapters.len() == 1;
    for (at, chapter) in work.chapters.iter().enumerate() {
        let mut markup = Markup::new(Place::Epub, &image);
        markup.chapter(chapter, at + 1, alone);
        let name = format!("chapter-{}.xhtml", at + 1);
        let label = match &chapter.title {
            None if alone => meta.title.clone().unwrap_or_else(|| "The story".to_owned()),
            _ => chapter_label(chapter, at + 1),
        };
        let landmark = (at == 0).then_some("bodymatter");
        leaves.push(leaf(meta, &name, &label, landmark, &markup.out));
    }
    if !meta.notes_after.is_empty() {
        let mut markup = Markup::new(Place::Epub, &image);
        markup.afterword(meta);
        let landmark = Some("backmatter");
        leaves.push(leaf(meta, "afterword.xhtml", "Notes after the work", landmark, &markup.out));
    }
    leaves
}

fn leaf(
    meta: &Metadata,
    name: &str,
    label: &str,
    landmark: Option<&'static str>,
    body: &str,
) -> Leaf {
    let label = if label.trim().is_empty() { name } else { label };
    let text = page(meta, label, body);
    Leaf { name: name.to_owned(), label: label.to_owned(), landmark, text }
}

/// A page around its body.
fn page(meta: &Metadata, title: &str, body: &str) -> String {
    let language = language(meta);
    let dir = if is_rtl(meta) { " dir=\"rtl\"" } else { "" };
    let title = escaped(title);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\" \
         lang=\"{language}\" xml:lang=\"{language}\"{dir}>\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"generator\" content=\"{GENERATOR}\"/>\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" type=\"text/css\" href=\"style.css\"/>\n</head>\n\
         <body>\n{body}</body>\n</html>\n"
    )
}

/// The language's code; "und" says that it is not known.
fn language(meta: &Metadata) -> &str {
    meta.language.as_ref().map_or("und", |language| language.as_str())
}

/// A zip in memory.
struct Zip(ZipWriter<Cursor<Vec<u8>>>);

impl Zip {
    /// Starts with the file that says what the zip is, as the OCF wants it.
    fn new() -> Result<Zip, WriteError> {
        let mut zip = Zip(ZipWriter::new(Cursor::new(Vec::new())));
        zip.add("mimetype", b"application/epub+zip", false)?;
        Ok(zip)
    }

    fn add(&mut self, name: &str, bytes: &[u8], pack: bool) -> Result<(), WriteError> {
        let too_large = |_| WriteError::TooLarge(format!("{name} does not fit into the e-book"));
        let options = SimpleFileOptions::default();
        let options = match pack {
            true => options
                .compression_method(CompressionMethod::Deflated)
                .compression_level(Some(LEVEL)),
            false => options.compression_method(CompressionMethod::Stored),
        };
        self.0.start_file(name, options).map_err(|_| too_large(()))?;
        self.0.write_all(bytes).map_err(|_| too_large(()))
    }

    fn finish(self) -> Result<Vec<u8>, WriteError> {
        let done = self.0.finish();
        let done = done.map_err(|_| WriteError::TooLarge("the zip is over 4 GiB".to_owned()))?;
        Ok(done.into_inner())
    }
}
