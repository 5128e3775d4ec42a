//! What an e-book says about itself: package, contents for new readers and for old.
//!
//! Owns the metadata (EPUB 3.3, with accessibility as the EPUB Accessibility 1.1 asks for).

use std::fmt::Write;

use super::{Leaf, language};
use crate::document::{ImageSource, MediaKind};
use crate::imported::{Date, Imported};
use crate::write::markup::{escaped, is_rtl, texts, title_of};

/// The package document.
pub(super) fn opf(work: &Imported, leaves: &[Leaf], day: Date) -> String {
    let language = language(&work.meta);
    let direction = if is_rtl(&work.meta) { "rtl" } else { "ltr" };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\" unique-identifier=\"id\" \
         xml:lang=\"{language}\" prefix=\"fanfold: urn:fanfold:terms:\">\n\
         <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n"
    );
    metadata(work, day, &mut out);
    accessibility(work, &mut out);
    out.push_str("</metadata>\n<manifest>\n");
    manifest(work, leaves, &mut out);
    let _ = writeln!(
        out,
        "</manifest>\n<spine toc=\"ncx\" page-progression-direction=\"{direction}\">"
    );
    for leaf in leaves {
        let _ = writeln!(out, "<itemref idref=\"{}\"/>", id(leaf));
        // The contents stand behind the title page, as in a book of paper.
        if leaf.landmark == Some("titlepage") {
            out.push_str("<itemref idref=\"nav\"/>\n");
        }
    }
    out.push_str("</spine>\n</package>\n");
    out
}

fn metadata(work: &Imported, day: Date, out: &mut String) {
    let meta = &work.meta;
    let mut dc = |name: &str, id: &str, text: &str| {
        let id = if id.is_empty() { String::new() } else { format!(" id=\"{id}\"") };
        let text = escaped(text);
        if !text.is_empty() {
            let _ = writeln!(out, "<dc:{name}{id}>{text}</dc:{name}>");
        }
    };
    dc("identifier", "id", &identifier(work));
    let title = meta.title.as_deref().filter(|title| !title.trim().is_empty());
    dc("title", "", title.unwrap_or("Untitled"));
    dc("language", "", language(meta));
    dc("description", "", &meta.summary.text());
    if let Some(published) = meta.published {
        dc("date", "", &published.to_string());
    }
    if let Some(url) = &meta.source.url {
        dc("source", "", url.as_str());
    }
    for (at, author) in meta.authors.iter().enumerate() {
        dc("creator", &format!("creator{at}"), &author.name);
    }
    dc("contributor", "maker", "Fanfold");
    for (at, (_, name)) in meta.tags.iter().enumerate() {
        dc("subject", &format!("subject{at}"), name);
    }
    let mut refine = |id: &str, property: &str, more: &str, text: &str| {
        let text = escaped(text);
        let _ =
            writeln!(out, "<meta refines=\"#{id}\" property=\"{property}\"{more}>{text}</meta>");
    };
    for (at, author) in meta.authors.iter().enumerate() {
        if !escaped(&author.name).is_empty() {
            refine(&format!("creator{at}"), "role", " scheme=\"marc:relators\"", "aut");
        }
    }
    refine("maker", "role", " scheme=\"marc:relators\"", "bkp");
    for (at, (kind, name)) in meta.tags.iter().enumerate() {
        if !escaped(name).is_empty() {
            refine(&format!("subject{at}"), "fanfold:kind", "", kind.key());
        }
    }
    series(work, out);
    let _ = writeln!(out, "<meta property=\"dcterms:modified\">{day}T00:00:00Z</meta>");
    out.push_str("<meta name=\"cover\" content=\"cover-image\"/>\n");
    let _ = writeln!(out, "<meta name=\"generator\" content=\"{}\"/>", super::GENERATOR);
}

fn series(work: &Imported, out: &mut String) {
    let series = work.meta.series.iter();
    let series = series.map(|series| (series.title.as_str(), "series", series.part));
    let collections = work.meta.collections.iter().map(|name| (name.as_str(), "set", None));
    let all = series.chain(collections).filter(|(title, ..)| !escaped(title).is_empty());
    for (at, (title, kind, part)) in all.enumerate() {
        let title = escaped(title);
        let _ = writeln!(
            out,
            "<meta property=\"belongs-to-collection\" id=\"collection{at}\">{title}</meta>\n\
             <meta refines=\"#collection{at}\" property=\"collection-type\">{kind}</meta>"
        );
        if let Some(part) = part {
            let _ = writeln!(
                out,
                "<meta refines=\"#collection{at}\" property=\"group-position\">{part}</meta>"
            );
        }
    }
}

fn accessibility(work: &Imported, out: &mut String) {
    let mut images = false;
    for text in texts(work) {
        images |= text.images().iter().any(|source| matches!(source, ImageSource::Kept(_)));
    }
    let animated = work.media.iter().any(|media| media.kind == MediaKind::Gif);
    let mut say = |property: &str, value: &str| {
        let _ = writeln!(out, "<meta property=\"schema:{property}\">{value}</meta>");
    };
    say("accessMode", "textual");
    if images {
        say("accessMode", "visual");
        say("accessModeSufficient", "textual,visual");
    } else {
        say("accessModeSufficient", "textual");
    }
    for feature in
        ["structuralNavigation", "tableOfContents", "readingOrder", "displayTransformability"]
    {
        say("accessibilityFeature", feature);
    }
    say("accessibilityHazard", if animated { "unknown" } else { "none" });
    let text = if images {
        "Text with headings and a linked table of contents. Its pictures are described as far as \
         their author described them."
    } else {
        "Text with headings and a linked table of contents; it needs no pictures to be read."
    };
    say("accessibilitySummary", text);
}

fn manifest(work: &Imported, leaves: &[Leaf], out: &mut String) {
    out.push_str(
        "<item id=\"nav\" href=\"nav.xhtml\" media-type=\"application/xhtml+xml\" \
         properties=\"nav\"/>\n\
         <item id=\"ncx\" href=\"toc.ncx\" media-type=\"application/x-dtbncx+xml\"/>\n\
         <item id=\"style\" href=\"style.css\" media-type=\"text/css\"/>\n\
         <item id=\"cover-image\" href=\"cover.svg\" media-type=\"image/svg+xml\" \
         properties=\"cover-image\"/>\n",
    );
    for leaf in leaves {
        let _ = writeln!(
            out,
            "<item id=\"{}\" href=\"{}\" media-type=\"application/xhtml+xml\"/>",
            id(leaf),
            leaf.name
        );
    }
    for (at, media) in work.media.iter().enumerate() {
        // WebP became a core type with EPUB 3.3; before, a picture of a core type had to back it.
        let fallback = if media.kind == MediaKind::Webp { " fallback=\"no-picture\"" } else { "" };
        let _ = writeln!(
            out,
            "<item id=\"media{at}\" href=\"media/{}\" media-type=\"{}\"{fallback}/>",
            media.name,
            media.kind.media_type()
        );
    }
    if needs_fallback(work) {
        out.push_str(
            "<item id=\"no-picture\" href=\"no-picture.svg\" media-type=\"image/svg+xml\"/>\n",
        );
    }
}

/// Whether a picture is of a kind that older readers do not know.
pub(super) fn needs_fallback(work: &Imported) -> bool {
    work.media.iter().any(|media| media.kind == MediaKind::Webp)
}

fn id(leaf: &Leaf) -> &str {
    leaf.name.strip_suffix(".xhtml").unwrap_or(&leaf.name)
}

/// What tells the work from others and stays the same when it grows: its address, or else an UUID
/// made of its title, its authors and how it begins.
fn identifier(work: &Imported) -> String {
    if let Some(url) = &work.meta.source.url {
        return url.as_str().to_owned();
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(work.meta.title.as_deref().unwrap_or_default().as_bytes());
    for author in &work.meta.authors {
        hasher.update(b"\0");
        hasher.update(author.name.as_bytes());
    }
    if let Some(block) = work.chapters.first().and_then(|first| first.body.blocks.first()) {
        hasher.update(b"\0");
        hasher.update(crate::walk::plain_text(std::slice::from_ref(block)).as_bytes());
    }
    let hash = hasher.finalize();
    let mut hex: Vec<u8> = hash.to_hex().bytes().take(32).collect();
    // Version 8 of RFC 9562: made by a rule of one's own.
    for (at, digit) in [(12, b'8'), (16, b'a')] {
        if let Some(place) = hex.get_mut(at) {
            *place = digit;
        }
    }
    let hex = String::from_utf8_lossy(&hex).into_owned();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let parts = [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)];
    format!("urn:uuid:{}", parts.join("-"))
}

/// The contents and landmarks of EPUB 3.
pub(super) fn nav(work: &Imported, leaves: &[Leaf]) -> String {
    let mut body = String::from(
        "<nav epub:type=\"toc\" role=\"doc-toc\" id=\"toc\">\n<h1>Contents</h1>\n<ol>\n",
    );
    for leaf in leaves {
        let label = escaped(&leaf.label);
        let _ = writeln!(body, "<li><a href=\"{}\">{label}</a></li>", leaf.name);
    }
    body.push_str(
        "</ol>\n</nav>\n<nav epub:type=\"landmarks\" hidden=\"hidden\">\n<h2>Places</h2>\n<ol>\n",
    );
    for leaf in leaves {
        if let Some(landmark) = leaf.landmark {
            let label = match landmark {
                "bodymatter" => "Start of the story",
                "backmatter" => "Notes",
                "cover" => "Cover",
                _ => "Title page",
            };
            let _ = writeln!(
                body,
                "<li><a epub:type=\"{landmark}\" href=\"{}\">{label}</a></li>",
                leaf.name
            );
        }
    }
    body.push_str("<li><a epub:type=\"toc\" href=\"nav.xhtml\">Contents</a></li>\n</ol>\n</nav>\n");
    super::page(&work.meta, "Contents", &body)
}

/// The contents of EPUB 2, for old readers.
pub(super) fn ncx(work: &Imported, leaves: &[Leaf]) -> String {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ncx xmlns=\"http://www.daisy.org/z3986/2005/ncx/\" version=\"2005-1\" xml:lang=\"{}\">\n\
         <head>\n<meta name=\"dtb:uid\" content=\"{}\"/>\n\
         <meta name=\"dtb:depth\" content=\"1\"/>\n\
         </head>\n<docTitle><text>{}</text></docTitle>\n<navMap>\n",
        language(&work.meta),
        escaped(&identifier(work)),
        escaped(&title_of(&work.meta))
    );
    for (at, leaf) in leaves.iter().enumerate() {
        let _ = writeln!(
            out,
            "<navPoint id=\"point{0}\" playOrder=\"{0}\"><navLabel><text>{1}</text></navLabel>\
             <content src=\"{2}\"/></navPoint>",
            at + 1,
            escaped(&leaf.label),
            leaf.name
        );
    }
    out.push_str("</navMap>\n</ncx>\n");
    out
}
