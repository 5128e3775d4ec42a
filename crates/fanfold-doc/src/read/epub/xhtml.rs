//! Turns a page of an e-book into what the HTML parser reads alike.
//!
//! Owns the differences between XHTML and HTML: elements that close themselves, CDATA, internal
//! DTDs; and what a page has to be told before it is parsed on its own: which links stay on it,
//! which names are led to, and the notes that stand in other files. It sanitises nothing: whatever
//! it lets through still has to become a document.

use std::collections::{HashMap, HashSet};

/// Elements that HTML closes by itself.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements that may hold an anchor directly inside; before others it is put.
const HOLDS_TEXT: [&str; 20] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "div",
    "section",
    "article",
    "span",
    "li",
    "dd",
    "td",
    "th",
    "em",
    "strong",
    "i",
    "b",
    "blockquote",
];

/// A tag: where it stands and what it says.
#[derive(Clone, Copy)]
struct Tag<'a> {
    start: usize,
    end: usize,
    name: &'a str,
    /// What stands between the name and the end.
    rest: &'a str,
    closing: bool,
    closes_itself: bool,
}

impl<'a> Tag<'a> {
    /// The value of an attribute as it is written.
    fn attr(&self, wanted: &str) -> Option<&'a str> {
        let mut rest = self.rest;
        while let Some(at) = rest.find('=') {
            let (before, after) = rest.split_at(at);
            let name = before.split_ascii_whitespace().next_back().unwrap_or_default();
            let after = after.get(1..).unwrap_or_default().trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let (value, behind) = match quote {
                Some(quote) => after.get(1..).unwrap_or_default().split_once(quote)?,
                None => after.split_once([' ', '\n']).unwrap_or((after, "")),
            };
            if name == wanted {
                return Some(value);
            }
            rest = behind;
        }
        None
    }

    fn calls_note(&self) -> bool {
        let kind = self.attr("epub:type").unwrap_or_default();
        self.name == "a"
            && !self.closing
            && (self.attr("role") == Some("doc-noteref")
                || kind.split_ascii_whitespace().any(|own| own == "noteref"))
    }
}

/// The next tag, comment or declaration at or behind `from`: the tag if it is one, and where the
/// piece ends.
fn next(text: &str, from: usize) -> Option<(usize, usize, Option<Tag<'_>>)> {
    let start = from + text.get(from..)?.find('<')?;
    let rest = text.get(start..)?;
    let upto = |mark: &str| rest.find(mark).map_or(text.len(), |at| start + at + mark.len());
    if rest.starts_with("<!--") {
        return Some((start, upto("-->"), None));
    }
    if rest.starts_with("<![CDATA[") {
        return Some((start, upto("]]>"), None));
    }
    if rest.starts_with("<!") {
        let subset = rest.find('[').filter(|at| rest.find('>').is_some_and(|end| *at < end));
        let end = if subset.is_some() { upto("]>") } else { upto(">") };
        return Some((start, end, None));
    }
    if rest.starts_with("<?") {
        return Some((start, upto("?>"), None));
    }
    let closing = rest.starts_with("</");
    let inner = rest.get(1 + usize::from(closing)..)?;
    let length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-');
    let name = inner.get(..length?)?;
    if name.is_empty() {
        return Some((start, start + 1, None));
    }
    // The end is the first `>` outside of quotes.
    let mut quote = None;
    let mut end = None;
    for (at, byte) in inner.bytes().enumerate().skip(name.len()) {
        match (byte, quote) {
            (b'>', None) => {
                end = Some(at);
                break;
            }
            (b'"' | b'\'', None) => quote = Some(byte),
            (byte, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    let end = end?;
    let rest = inner.get(name.len()..end)?;
    let closes_itself = rest.ends_with('/');
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let end = start + 1 + usize::from(closing) + end + 1;
    Some((start, end, Some(Tag { start, end, name, rest, closing, closes_itself })))
}

fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let (_, end, tag) = next(text, at)?;
            at = end;
            if tag.is_some() {
                return tag;
            }
        }
    })
}

/// What the pages of a book call for from each other, found before any is parsed.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// For each page, the ids of notes that other pages call.
    from_elsewhere: HashMap<String, HashSet<String>>,
    /// Where those notes stand.
    notes: HashMap<String, HashMap<String, Range>>,
    /// For each page, the ids that the contents lead to.
    places: HashMap<String, HashSet<String>>,
    /// `path#id` of the links that call notes: links to them lead back.
    callers: HashSet<String>,
}

impl Calls {
    /// Adds what a page calls.
    pub(super) fn add(&mut self, path: &str, text: &str) {
        for tag in tags(text).filter(Tag::calls_note) {
            if let Some(id) = tag.attr("id") {
                self.callers.insert(format!("{path}#{id}"));
            }
            let Some(href) = tag.attr("href") else { continue };
            let target = super::package::resolve(path, href);
            if let Some((file, id)) = target.split_once('#').filter(|(file, _)| *file != path) {
                let ids = self.from_elsewhere.entry(file.to_owned()).or_default();
                ids.insert(id.to_owned());
            }
        }
    }

    /// Adds a place that the contents lead to.
    pub(super) fn lead_to(&mut self, target: &str) {
        if let Some((path, id)) = target.split_once('#') {
            self.places.entry(path.to_owned()).or_default().insert(id.to_owned());
        }
    }

    /// Finds the notes on a page that other pages call; all calls are known by now.
    pub(super) fn find_notes(&mut self, path: &str, text: &str) {
        if let Some(ids) = self.from_elsewhere.get(path) {
            self.notes.insert(path.to_owned(), ranges(text, ids));
        }
    }

    fn note(&self, path: &str, id: &str) -> Option<Range> {
        self.notes.get(path)?.get(id).copied()
    }
}

/// Makes HTML of the page at `path`; `other` gives the text of another page.
pub(super) fn rewrite<'a>(
    path: &str,
    text: &'a str,
    calls: &Calls,
    other: &dyn Fn(&str) -> Option<&'a str>,
) -> String {
    let mut page = Rewrite::new(path, text, calls);
    for tag in tags(text).filter(|tag| tag.name == "a" && !tag.closing) {
        let Some(href) = tag.attr("href").filter(|href| href.contains('#')) else { continue };
        let target = super::package::resolve(path, href);
        if let Some((_, id)) = target.split_once('#').filter(|(file, _)| *file == path) {
            let set = if tag.calls_note() { &mut page.called } else { &mut page.wanted };
            set.insert(id.to_owned());
        }
    }
    page.run(other);
    page.out.push_str(&page.notes);
    page.out
}

struct Rewrite<'a, 'c> {
    path: &'c str,
    text: &'a str,
    calls: &'c Calls,
    /// Ids that links of this page lead to.
    wanted: HashSet<String>,
    /// Ids of notes that this page calls and has.
    called: HashSet<String>,
    out: String,
    /// Notes fetched from other pages.
    notes: String,
    taken: usize,
    /// Whether this is a page and not a note fetched from one.
    whole: bool,
}

impl<'a, 'c> Rewrite<'a, 'c> {
    fn new(path: &'c str, text: &'a str, calls: &'c Calls) -> Rewrite<'a, 'c> {
        Rewrite {
            path,
            text,
            calls,
            wanted: HashSet::new(),
            called: HashSet::new(),
            out: String::with_capacity(text.len() + 256),
            notes: String::new(),
            taken: 0,
            whole: true,
        }
    }

    fn run(&mut self, other: &dyn Fn(&str) -> Option<&'a str>) {
        let mut at = 0;
        while let Some((start, end, tag)) = next(self.text, at) {
            self.out.push_str(self.text.get(at..start).unwrap_or_default());
            at = end;
            let piece = self.text.get(start..end).unwrap_or_default();
            match tag {
                Some(tag) => {
                    let id = tag.attr("id").filter(|_| !tag.closing);
                    match id.and_then(|id| self.calls.note(self.path, id)) {
                        Some(note) if self.whole && note.inside == end => at = note.end,
                        _ => self.tag(&tag, piece, other),
                    }
                }
                None => {
                    if let Some(data) = piece.strip_prefix("<![CDATA[") {
                        let data = data.strip_suffix("]]>").unwrap_or(data);
                        crate::html::escape(data, &mut self.out);
                    } else if piece == "<" {
                        self.out.push_str("&lt;");
                    }
                    // Comments, declarations and processing instructions say nothing here.
                }
            }
        }
        self.out.push_str(self.text.get(at..).unwrap_or_default());
    }

    fn tag(&mut self, tag: &Tag<'a>, piece: &str, other: &dyn Fn(&str) -> Option<&'a str>) {
        if tag.closing {
            self.out.push_str(piece);
            return;
        }
        let id = tag.attr("id").or_else(|| tag.attr("name"));
        let places = self.calls.places.get(self.path);
        let led_to = |id: &str| places.is_some_and(|places| places.contains(id));
        let wanted = id.filter(|id| tag.name != "a" && (self.wanted.contains(*id) || led_to(id)));
        let inside = HOLDS_TEXT.contains(&tag.name) && !tag.closes_itself;
        if let Some(id) = wanted.filter(|_| !inside) {
            self.anchor(id);
        }
        self.out.push('<');
        self.out.push_str(tag.name);
        let link = tag.attr("href").filter(|href| tag.name == "a" && !href.contains(':'));
        match link {
            Some(href) => self.link(tag, href, other),
            None => self.out.push_str(tag.rest),
        }
        // What is called as a note here is one, whether it says so or not.
        let note = tag.attr("id").is_some_and(|id| self.called.contains(id));
        if note && tag.attr("role").is_none() {
            self.out.push_str(" role=\"doc-footnote\"");
        }
        self.out.push('>');
        if tag.closes_itself && !VOID.contains(&tag.name) {
            self.out.push_str("</");
            self.out.push_str(tag.name);
            self.out.push('>');
        }
        if let Some(id) = wanted.filter(|_| inside) {
            self.anchor(id);
        }
    }

    fn anchor(&mut self, id: &str) {
        self.out.push_str("<a id=\"");
        crate::html::escape(id, &mut self.out);
        self.out.push_str("\"></a>");
    }

    /// The attributes of a link to this book.
    fn link(&mut self, tag: &Tag<'a>, href: &'a str, other: &dyn Fn(&str) -> Option<&'a str>) {
        let target = super::package::resolve(self.path, href);
        let back = self.calls.callers.contains(&target);
        let Some((file, id)) = target.split_once('#') else {
            self.out.push_str(tag.rest);
            return;
        };
        if file == self.path {
            self.out.push_str(&tag.rest.replacen(href, &format!("#{id}"), 1));
        } else if let Some(note) = self.fetch(tag, file, id, other) {
            self.taken += 1;
            let name = format!("fetched-{}", self.taken);
            self.out.push_str(&tag.rest.replacen(href, &format!("#{name}"), 1));
            self.notes.push_str(&format!("<aside role=\"doc-footnote\" id=\"{name}\">"));
            self.notes.push_str(&note);
            self.notes.push_str("</aside>");
        } else {
            self.out.push_str(tag.rest);
        }
        if back && !tag.calls_note() && tag.attr("role").is_none() {
            self.out.push_str(" role=\"doc-backlink\"");
        }
    }
}

impl<'a> Rewrite<'a, '_> {
    /// The inside of a note that stands on another page.
    fn fetch(
        &self,
        tag: &Tag<'_>,
        file: &str,
        id: &str,
        other: &dyn Fn(&str) -> Option<&'a str>,
    ) -> Option<String> {
        let range = self.calls.note(file, id).filter(|_| tag.calls_note() && self.whole)?;
        let inside = other(file)?.get(range.inside..range.inside_end)?;
        let mut part = Rewrite::new(file, inside, self.calls);
        part.whole = false;
        part.run(&|_| None);
        Some(part.out)
    }
}

/// Where an element stands.
#[derive(Clone, Copy, Debug)]
struct Range {
    /// Where its inside starts.
    inside: usize,
    /// Where its inside ends.
    inside_end: usize,
    /// Where its closing tag ends.
    end: usize,
}

/// How far up an unclosed element is looked for.
const REACH: usize = 64;

/// Where the elements with these ids stand, found in one go.
fn ranges(text: &str, ids: &HashSet<String>) -> HashMap<String, Range> {
    let mut found = HashMap::new();
    let mut open: Vec<Tag<'_>> = Vec::new();
    for tag in tags(text) {
        if !tag.closing {
            if !tag.closes_itself && !VOID.contains(&tag.name) {
                open.push(tag);
            }
            continue;
        }
        let Some(up) = open.iter().rev().take(REACH).position(|own| own.name == tag.name) else {
            continue;
        };
        open.truncate(open.len() - up);
        let Some(own) = open.pop() else { continue };
        if let Some(id) = own.attr("id").filter(|id| ids.contains(*id)) {
            let range = Range { inside: own.end, inside_end: tag.start, end: tag.end };
            found.entry(id.to_owned()).or_insert(range);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        let mut calls = Calls::default();
        calls.add("a.xhtml", text);
        rewrite("a.xhtml", text, &calls, &|_| None)
    }

    #[test]
    fn what_closes_itself_is_closed() {
        let cases = [
            ("<p/>x<br/><i />y", "<p></p>x<br><i ></i>y"),
            ("<?xml version='1.0'?><!DOCTYPE html [<!ENTITY a 'b'>]><p>x</p>", "<p>x</p>"),
            ("<p><![CDATA[a < b]]></p>", "<p>a &lt; b</p>"),
            ("<img alt=\"a > b\" src='x'/>", "<img alt=\"a > b\" src='x'>"),
            ("a < b", "a &lt; b"),
        ];
        for (from, to) in cases {
            assert_eq!(html(from), to);
        }
    }

    #[test]
    fn names_that_are_led_to_become_places() {
        let text = "<a href=\"a.xhtml#x\">go</a><p id=\"x\">here</p><table id='y'></table>";
        let wanted =
            "<a href=\"#x\">go</a><p id=\"x\"><a id=\"x\"></a>here</p><table id='y'></table>";
        assert_eq!(html(text), wanted);
    }

    #[test]
    fn broken_markup_never_hangs() {
        for text in ["<", "<a", "<a href=", "<a href='x", "<![CDATA[", "<!--", "<!D[", "</", "<é>"]
        {
            let _ = html(text);
        }
    }
}
