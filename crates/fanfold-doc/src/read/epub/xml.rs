//! The small XML files of an e-book: container, package, contents.
//!
//! Owns a tree that is read leniently and within limits. Names are without their prefix. No entity
//! is ever expanded but the five of XML and numbers, so a bomb of entities stays a few words.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::limits::Limits;

/// An element with what stands in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// The name without its prefix.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// The text directly inside.
    text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|own| own.0 == name).map(|own| own.1.as_str())
    }

    /// The text inside at any depth, spaces run together.
    pub(super) fn text(&self) -> String {
        let mut raw = String::new();
        self.push_text(&mut raw);
        let words: Vec<&str> = raw.split_whitespace().collect();
        words.join(" ")
    }

    fn push_text(&self, out: &mut String) {
        out.push_str(&self.text);
        for child in &self.children {
            out.push(' ');
            child.push_text(out);
        }
    }

    /// The first element inside of this name, at any depth.
    pub(super) fn find(&self, name: &str) -> Option<&Node> {
        self.children
            .iter()
            .find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }

    /// The elements directly inside of this name.
    pub(super) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// Reads a file; what comes behind the first thing that is no XML is left out.
pub(super) fn parse(text: &str, limits: &Limits) -> Node {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let mut open = vec![Node::default()];
    let mut nodes = 0;
    while let Ok(event) = reader.read_event() {
        nodes += 1;
        if nodes > limits.nodes {
            break;
        }
        match event {
            Event::Start(start) if open.len() <= limits.depth => open.push(node(&start, limits)),
            Event::Empty(start) => {
                let node = node(&start, limits);
                if let Some(parent) = open.last_mut() {
                    parent.children.push(node);
                }
            }
            Event::End(_) => close(&mut open),
            Event::Text(text) => push(&mut open, &text),
            Event::CData(text) => push(&mut open, &text),
            Event::GeneralRef(name) => {
                if let Some(c) = entity(&name) {
                    push(&mut open, c.encode_utf8(&mut [0; 4]));
                }
            }
            Event::Eof | Event::Start(_) => break,
            _ => {}
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().unwrap_or_default()
}

fn push(open: &mut [Node], text: &str) {
    if let Some(node) = open.last_mut() {
        node.text.push_str(text);
    }
}

/// The root is never closed.
fn close(open: &mut Vec<Node>) {
    if open.len() > 1
        && let Some(node) = open.pop()
        && let Some(parent) = open.last_mut()
    {
        parent.children.push(node);
    }
}

fn node(start: &BytesStart<'_>, limits: &Limits) -> Node {
    let local = |name: &str| name.rsplit(':').next().unwrap_or_default().to_owned();
    let mut all = start.attributes();
    let attributes = all.with_checks(false).flatten().take(limits.attributes).map(|attribute| {
        let raw: &str = &attribute.value;
        let value = match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => value.into_owned(),
            Err(_) => raw.to_owned(),
        };
        (local(attribute.key.into_inner()), value)
    });
    Node {
        name: local(start.name().into_inner()),
        attributes: attributes.collect(),
        ..Node::default()
    }
}

/// The character of a reference; files that call a DTD use a few names of HTML.
fn entity(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c);
    }
    let names = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("mdash", '\u{2014}'),
        ("ndash", '\u{2013}'),
        ("hellip", '\u{2026}'),
        ("lsquo", '\u{2018}'),
        ("rsquo", '\u{2019}'),
        ("ldquo", '\u{201c}'),
        ("rdquo", '\u{201d}'),
    ];
    let name: &str = reference;
    names.iter().find(|row| row.0 == name).map(|row| row.1)
}

/// The text of an XML file: by its mark, its declaration, else UTF-8.
pub(super) fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        let bytes = bytes.get(length..).unwrap_or_default();
        return encoding.decode_without_bom_handling(bytes).0.into_owned();
    }
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(200)).unwrap_or_default());
    let label = head.strip_prefix("<?xml").and_then(|head| {
        let (_, rest) = head.split_once('>').map_or(head, |head| head.0).split_once("encoding")?;
        rest.trim_start_matches([' ', '=']).get(1..)?.split(['"', '\'']).next().map(str::to_owned)
    });
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    // A file that says UTF-16 without a mark, in letters of one byte, is not UTF-16.
    let encoding = encoding.filter(|encoding| encoding.is_ascii_compatible());
    encoding.unwrap_or(encoding_rs::UTF_8).decode_without_bom_handling(bytes).0.into_owned()
}
