//! Writes a work as one page of HTML that needs nothing else.
//!
//! Owns the page around the parts of a work ([`super::markup`]) and its style sheet; pictures are
//! in the page, and it holds no script.

use std::collections::HashMap;
use std::fmt::Write;

use super::markup::{GENERATOR, Markup, chapter_label, escaped, is_rtl, texts, title_of};
use crate::document::ImageSource;
use crate::html::{Place, escape};
use crate::imported::{Imported, Media};
use crate::read::to_base64;

/// The style sheet, which stands in the page.
const STYLE: &str = include_str!("page.css");

/// The work as a page of HTML.
pub fn html(work: &Imported) -> String {
    let pictures: HashMap<&str, String> =
        work.media.iter().map(|media| (media.name.as_str(), data_address(media))).collect();
    let image = |source: &ImageSource| match source {
        ImageSource::Kept(name) => pictures.get(name.as_str()).cloned(),
        ImageSource::Remote(_) => None,
    };
    let mut markup = Markup::new(Place::Rest, &image);
    head(work, &mut markup.out);
    markup.preface(work);
    contents(work, &mut markup.out);
    let alone = work.chapters.len() == 1;
    for (at, chapter) in work.chapters.iter().enumerate() {
        markup.chapter(chapter, at + 1, alone);
    }
    markup.afterword(&work.meta);
    spare_pictures(work, &pictures, &mut markup.out);
    markup.out.push_str("</body>\n</html>\n");
    markup.out
}

fn head(work: &Imported, out: &mut String) {
    let meta = &work.meta;
    let language = meta.language.as_ref().map_or("", |language| language.as_str());
    let dir = if is_rtl(meta) { " dir=\"rtl\"" } else { "" };
    let _ = writeln!(out, "<!DOCTYPE html>\n<html lang=\"{language}\"{dir}>\n<head>");
    out.push_str("<meta charset=\"utf-8\"/>\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    let _ = writeln!(out, "<meta name=\"generator\" content=\"{GENERATOR}\"/>");
    for author in &meta.authors {
        let _ = writeln!(out, "<meta name=\"author\" content=\"{}\"/>", escaped(&author.name));
    }
    if !work.media.is_empty() {
        let names: Vec<&str> = work.media.iter().map(|media| media.name.as_str()).collect();
        let _ = writeln!(out, "<meta name=\"fanfold-media\" content=\"{}\"/>", names.join(" "));
    }
    let _ = writeln!(out, "<title>{}</title>", escaped(&title_of(meta)));
    let _ = writeln!(out, "<style>\n{STYLE}</style>\n</head>\n<body>");
}

fn contents(work: &Imported, out: &mut String) {
    if work.chapters.len() < 2 {
        return;
    }
    out.push_str("<nav class=\"ff-contents\" aria-label=\"Chapters\">\n<ol>\n");
    for (at, chapter) in work.chapters.iter().enumerate() {
        let label = escaped(&chapter_label(chapter, at + 1));
        let _ = writeln!(out, "<li><a href=\"#chapter-{}\">{label}</a></li>", at + 1);
    }
    out.push_str("</ol>\n</nav>\n");
}

/// Pictures that no text shows are kept out of sight.
fn spare_pictures(work: &Imported, pictures: &HashMap<&str, String>, out: &mut String) {
    let mut spare: Vec<&str> = work.media.iter().map(|media| media.name.as_str()).collect();
    for source in texts(work).flat_map(|text| text.images()) {
        if let ImageSource::Kept(name) = source {
            spare.retain(|own| *own != name.as_str());
        }
    }
    if spare.is_empty() {
        return;
    }
    out.push_str("<div class=\"ff-media\" hidden=\"hidden\">\n");
    for name in spare {
        if let Some(address) = pictures.get(name) {
            out.push_str("<img alt=\"\" src=\"");
            escape(address, out);
            out.push_str("\"/>\n");
        }
    }
    out.push_str("</div>\n");
}

fn data_address(media: &Media) -> String {
    let mut address = format!("data:{};base64,", media.kind.media_type());
    to_base64(&media.bytes, &mut address);
    address
}
