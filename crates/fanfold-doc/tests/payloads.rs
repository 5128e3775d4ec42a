//! Hostile HTML, a payload a line in `cases/payloads.txt`: what is printed holds only what stories
//! may hold. The scan knows nothing of our printer: it looks at the printed text with html5ever's
//! tokenizer, and with an XML parser, because e-books are read as XML.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail

use std::cell::RefCell;

use fanfold_doc::document::{Document, ImageSource};
use fanfold_doc::html::{Place, Print};
use fanfold_doc::imported::{Chapter, Date, Imported};
use fanfold_doc::limits::Limits;
use fanfold_doc::read::{Input, read};
use fanfold_doc::write::WRITERS;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "aside",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
];

const ATTRIBUTES: &[&str] = &[
    "alt",
    "aria-label",
    "cite",
    "class",
    "colspan",
    "dir",
    "epub:type",
    "height",
    "href",
    "id",
    "lang",
    "open",
    "rel",
    "role",
    "rowspan",
    "scope",
    "span",
    "src",
    "start",
    "title",
    "width",
    "xml:lang",
];

/// Attributes that say something to us and nothing to browsers.
const DATA: &[&str] = &[
    "data-abbr",
    "data-alt",
    "data-axis",
    "data-border",
    "data-height",
    "data-marker",
    "data-src",
    "data-summary",
    "data-width",
];

/// What the scan found that must not be there.
struct Scan {
    found: RefCell<Vec<String>>,
}

impl TokenSink for Scan {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut found = self.found.borrow_mut();
        match token {
            Token::TagToken(tag) => {
                if !ELEMENTS.contains(&&*tag.name) {
                    found.push(format!("<{}>", &*tag.name));
                }
                let attributes = tag.attrs.iter().filter(|_| tag.kind == TagKind::StartTag);
                for attribute in attributes {
                    let name = match &attribute.name.prefix {
                        Some(prefix) => format!("{}:{}", &**prefix, &*attribute.name.local),
                        None => attribute.name.local.to_string(),
                    };
                    let name = name.as_str();
                    let value = &*attribute.value;
                    if !ATTRIBUTES.contains(&name) && !DATA.contains(&name) {
                        found.push(format!("{name}={value}"));
                    }
                    let address = matches!(name, "href" | "src" | "cite" | "data-src");
                    if address && !is_harmless(value) {
                        found.push(format!("{name}={value}"));
                    }
                }
            }
            Token::CommentToken(text) => found.push(format!("<!--{text}-->")),
            Token::DoctypeToken(_) => found.push("a doctype".to_owned()),
            Token::NullCharacterToken => found.push("a null".to_owned()),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn is_harmless(address: &str) -> bool {
    let schemes = ["https://", "http://", "ftp://", "mailto:", "#", "media/"];
    let plain = address.chars().all(|c| !c.is_control() && !c.is_whitespace());
    plain && schemes.iter().any(|scheme| address.starts_with(scheme))
}

fn scan(html: &str) -> Vec<String> {
    let sink = Scan { found: RefCell::default() };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.found.into_inner()
}

/// Whether an XML parser that minds every rule reads it.
fn is_xml(html: &str) -> bool {
    let wrapped = format!("<x>{html}</x>");
    let mut reader = quick_xml::Reader::from_str(&wrapped);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return true,
            Ok(quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag)) => {
                if tag.attributes().any(|attribute| attribute.is_err()) {
                    return false;
                }
            }
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// The payloads; characters that a line of text cannot hold are written with a backslash.
fn payloads() -> Vec<String> {
    let all = include_str!("cases/payloads.txt");
    let plain = |line: &str| {
        let controls = [("\\0", "\0"), ("\\1", "\u{1}"), ("\\v", "\u{b}"), ("\\f", "\u{c}")];
        controls.iter().fold(line.replace("\\n", "\n"), |line, (from, to)| line.replace(from, to))
    };
    all.lines().map(plain).collect()
}

fn document(html: &str) -> Document {
    Document::from_html(html, &Limits::default()).expect("content never fails").0
}

#[test]
fn only_what_stories_may_hold_is_printed() {
    let payloads = payloads();
    assert!(payloads.len() >= 150, "{}", payloads.len());
    let around = ["", "<p>before ", "<table><tr><td>", "<ul><li>", "<details><summary>", "<pre>"];
    let no_image = |_: &ImageSource| None;
    for payload in &payloads {
        for around in around {
            let text = document(&format!("{around}{payload}"));
            for place in [Place::Rest, Place::Web, Place::Epub] {
                let how = Print { place, prefix: "x-", ..Print::default() };
                let without = Print { image: &no_image, ..how };
                for html in [text.print(&how), text.print(&without)] {
                    let found = scan(html.as_str());
                    assert!(found.is_empty(), "{around}{payload}\n{html}\n{found:?}");
                    assert!(is_xml(html.as_str()), "{around}{payload}\n{html}");
                }
            }
            // A second reader must not see more in it than the first.
            let again = document(text.to_html().as_str());
            assert_eq!(again, text, "{around}{payload}");
        }
    }
}

#[test]
fn exports_of_payloads_run_nothing() {
    let mut work = Imported::default();
    work.meta.title = Some(payloads().join(" "));
    for payload in payloads() {
        work.meta.tags.freeforms.push(payload.clone());
        work.meta.other.push((payload.clone(), payload.clone()));
        let body = document(&payload);
        work.chapters.push(Chapter { title: Some(payload), body, ..Chapter::default() });
    }
    let day = Date::new(2026, 3, 1).expect("a day");
    for writer in WRITERS.into_iter().filter(|writer| ["epub", "html"].contains(&writer.name)) {
        let bytes = writer.write(&work, day).expect("it fits");
        let name = writer.extension;
        let again = read(&Input { bytes: &bytes, name }, &Limits::default()).expect("it is read");
        assert_eq!(again.chapters.len(), work.chapters.len(), "{}", writer.name);
        let bodies = |work: &Imported| -> Vec<Document> {
            work.chapters.iter().map(|chapter| chapter.body.clone()).collect()
        };
        assert_eq!(bodies(&again), bodies(&work), "{}", writer.name);
    }
    let page = fanfold_doc::write::html(&work);
    let of_ours =
        ["<html>", "<head>", "<meta>", "<title>", "<style>", "<body>", "<header>", "<nav>"];
    let ours = |found: &String| {
        of_ours.contains(&found.as_str())
            || found == "a doctype"
            || ["charset=", "name=", "content=", "data-prefix=t", "data-expected=", "data-text="]
                .iter()
                .any(|start| found.starts_with(start))
    };
    let found: Vec<String> = scan(&page).into_iter().filter(|found| !ours(found)).collect();
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn the_scan_sees_what_it_is_there_to_see() {
    let bad =
        ["<script>", "<p onclick='x'>", "<a href='javascript:x'>", "<!-- x -->", "<img src='x'>"];
    for html in bad {
        assert_eq!(scan(html).len(), 1, "{html}");
    }
    assert!(!is_xml("<p>") && !is_xml("<p a='1' a='2'/>") && is_xml("<p>x</p>"));
}
