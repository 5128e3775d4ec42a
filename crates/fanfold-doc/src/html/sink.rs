//! Takes the parser's calls and keeps the tree, within limits.
//!
//! Owns the arena of nodes. Handles are indices; a tree that goes over a limit stops the parse at
//! the next piece of input.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, LocalName, Namespace, ParseOpts, QualName, parse_document};

use crate::limits::{Limit, Limits, ReadError};

/// Input is given to the parser in pieces of this size, bytes; limits are looked at in between.
const PIECE_BYTES: usize = 16 << 10;

/// Index of a node; 0 is the page itself.
pub(super) type Id = u32;

/// No node.
const NONE: Id = u32::MAX;

pub(super) enum Data {
    Root,
    Element { name: QualName, attributes: Vec<Attribute> },
    Text(StrTendril),
    Nothing,
}

pub(super) struct Node {
    pub(super) data: Data,
    parent: Id,
    first: Id,
    last: Id,
    previous: Id,
    next: Id,
}

/// A parsed page.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    pub(super) fn data(&self, id: Id) -> &Data {
        self.nodes.get(id as usize).map_or(&Data::Nothing, |node| &node.data)
    }

    pub(super) fn first(&self, id: Id) -> Option<Id> {
        self.nodes.get(id as usize).map(|node| node.first).filter(|id| *id != NONE)
    }

    pub(super) fn next(&self, id: Id) -> Option<Id> {
        self.nodes.get(id as usize).map(|node| node.next).filter(|id| *id != NONE)
    }

    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        self.nodes.get(id as usize).map(|node| node.parent).filter(|id| *id != NONE)
    }
}

/// Parses a page.
pub(super) fn parse(text: &str, limits: &Limits) -> Result<Tree, ReadError> {
    if text.len() > limits.text_bytes {
        return Err(ReadError::TooLarge(Limit::TextBytes(limits.text_bytes)));
    }
    check_tags(text, limits.attributes)?;
    let sink = Sink::new(limits);
    let mut parser = parse_document(sink, ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES));
        parser.process(StrTendril::from_slice(piece));
        rest = after;
        if let Some(limit) = parser.tokenizer.sink.sink.broken.get() {
            return Err(ReadError::TooLarge(limit));
        }
    }
    parser.finish().map_err(ReadError::TooLarge)
}

/// The tokenizer compares each attribute of an element with all others: an element with too many
/// is found here, before it can cost minutes.
fn check_tags(text: &str, most: usize) -> Result<(), ReadError> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = find(bytes, at, b'<') {
        at = found + 1;
        match bytes.get(at) {
            Some(b) if b.is_ascii_alphabetic() => {}
            _ => continue,
        }
        let name_end = bytes.get(at..).and_then(|tag| {
            tag.iter().position(|b| !b.is_ascii_alphanumeric()).map(|length| at + length)
        });
        let name = name_end.and_then(|end| bytes.get(at..end)).unwrap_or_default();
        let raw = ["script", "style"].iter().find(|raw| name.eq_ignore_ascii_case(raw.as_bytes()));
        at = tag_end(bytes, at, most)?;
        if let Some(raw) = raw {
            at = raw_end(bytes, at, raw);
        }
    }
    Ok(())
}

fn find(bytes: &[u8], from: usize, wanted: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|b| *b == wanted).map(|length| from + length)
}

/// Where the tag that `from` stands in ends. An attribute ends where a separator follows it or a
/// quoted value closes, as the tokenizer sees it.
fn tag_end(bytes: &[u8], from: usize, most: usize) -> Result<usize, ReadError> {
    let mut attributes = 0;
    let mut before = b' ';
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'>' => return Ok(at),
            b'"' | b'\'' if before == b'=' => {
                attributes += 1;
                match find(bytes, at, byte) {
                    Some(end) => at = end + 1,
                    None => return Ok(bytes.len()),
                }
            }
            b' ' | b'\n' | b'\t' | b'\r' | b'\x0c' | b'/' => {
                attributes += usize::from(!matches!(before, b' ' | b'='));
                before = if before == b'=' { b'=' } else { b' ' };
                continue;
            }
            _ => {}
        }
        before = byte;
        // An attribute is counted twice at most: where its value closes and where it ends.
        if attributes > 2 * most {
            return Err(ReadError::TooLarge(Limit::Attributes(most)));
        }
    }
    Ok(bytes.len())
}

/// Where the closing tag of a script or style begins: what stands in it is no markup.
fn raw_end(bytes: &[u8], mut at: usize, name: &str) -> usize {
    while let Some(found) = find(bytes, at, b'<') {
        let tag = bytes.get(found + 1..found + 2 + name.len()).unwrap_or_default();
        if tag.first() == Some(&b'/')
            && tag.get(1..).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
        {
            return found;
        }
        at = found + 1;
    }
    bytes.len()
}

/// A name that is handed to the parser.
#[derive(Debug)]
pub(super) struct Name {
    space: Namespace,
    local: LocalName,
}

impl ElemName for Name {
    fn ns(&self) -> &Namespace {
        &self.space
    }
    fn local_name(&self) -> &LocalName {
        &self.local
    }
}

pub(super) struct Sink {
    nodes: RefCell<Vec<Node>>,
    depth: usize,
    most: usize,
    broken: Cell<Option<Limit>>,
}

impl Sink {
    fn new(limits: &Limits) -> Sink {
        let sink = Sink {
            nodes: RefCell::default(),
            depth: limits.depth,
            most: limits.nodes,
            broken: Cell::new(None),
        };
        sink.add(Data::Root);
        sink
    }

    fn add(&self, data: Data) -> Id {
        let mut nodes = self.nodes.borrow_mut();
        let id = nodes.len() as Id;
        if nodes.len() >= self.most {
            self.broken.set(Some(Limit::Nodes(self.most)));
        }
        nodes.push(Node {
            data,
            parent: NONE,
            first: NONE,
            last: NONE,
            previous: NONE,
            next: NONE,
        });
        id
    }

    /// Puts a node before `before`, or last if that is no node.
    fn insert(&self, parent: Id, before: Id, node: NodeOrText<Id>) {
        let id = match node {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let neighbour = match nodes.get(before as usize) {
                    Some(node) => node.previous,
                    None => nodes.get(parent as usize).map_or(NONE, |node| node.last),
                };
                if let Some(Node { data: Data::Text(old), .. }) = nodes.get_mut(neighbour as usize)
                {
                    old.push_tendril(&text);
                    return;
                }
                drop(nodes);
                self.add(Data::Text(text))
            }
        };
        self.detach(id);
        let mut nodes = self.nodes.borrow_mut();
        let previous = match nodes.get(before as usize) {
            Some(node) => node.previous,
            None => nodes.get(parent as usize).map_or(NONE, |node| node.last),
        };
        if let Some(node) = nodes.get_mut(id as usize) {
            node.parent = parent;
            node.previous = previous;
            node.next = before;
        }
        match nodes.get_mut(previous as usize) {
            Some(node) => node.next = id,
            None => {
                if let Some(node) = nodes.get_mut(parent as usize) {
                    node.first = id;
                }
            }
        }
        match nodes.get_mut(before as usize) {
            Some(node) => node.previous = id,
            None => {
                if let Some(node) = nodes.get_mut(parent as usize) {
                    node.last = id;
                }
            }
        }
    }

    fn detach(&self, id: Id) {
        let mut nodes = self.nodes.borrow_mut();
        let Some(node) = nodes.get_mut(id as usize) else { return };
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        node.parent = NONE;
        node.previous = NONE;
        node.next = NONE;
        if parent == NONE {
            return;
        }
        match nodes.get_mut(previous as usize) {
            Some(node) => node.next = next,
            None => {
                if let Some(node) = nodes.get_mut(parent as usize) {
                    node.first = next;
                }
            }
        }
        match nodes.get_mut(next as usize) {
            Some(node) => node.previous = previous,
            None => {
                if let Some(node) = nodes.get_mut(parent as usize) {
                    node.last = previous;
                }
            }
        }
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Result<Tree, Limit>;
    type ElemName<'a> = Name;

    fn finish(self) -> Result<Tree, Limit> {
        match self.broken.get() {
            Some(limit) => Err(limit),
            None => Ok(Tree { nodes: self.nodes.into_inner() }),
        }
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Name {
        match self.nodes.borrow().get(*target as usize) {
            Some(Node { data: Data::Element { name, .. }, .. }) => {
                Name { space: name.ns.clone(), local: name.local.clone() }
            }
            _ => Name { space: Namespace::default(), local: LocalName::default() },
        }
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Id {
        self.add(Data::Element { name, attributes })
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.add(Data::Nothing)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.add(Data::Nothing)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        if let NodeOrText::AppendNode(_) = child {
            let mut depth = 0;
            let nodes = self.nodes.borrow();
            let mut at = *parent;
            while let Some(node) = nodes.get(at as usize) {
                depth += 1;
                at = node.parent;
                if depth > self.depth {
                    self.broken.set(Some(Limit::Depth(self.depth)));
                    break;
                }
            }
        }
        self.insert(*parent, NONE, child);
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        let parent = self.nodes.borrow().get(*element as usize).map_or(NONE, |node| node.parent);
        if parent == NONE {
            self.append(previous, child);
        } else {
            self.insert(parent, *element, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Id) -> Id {
        *target
    }

    fn same_node(&self, x: &Id, y: &Id) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Id, node: NodeOrText<Id>) {
        let parent = self.nodes.borrow().get(*sibling as usize).map_or(NONE, |node| node.parent);
        self.insert(parent, *sibling, node);
    }

    fn add_attrs_if_missing(&self, target: &Id, attributes: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(Node { data: Data::Element { attributes: own, .. }, .. }) =
            nodes.get_mut(*target as usize)
        {
            for attribute in attributes {
                if own.iter().all(|old| old.name != attribute.name) {
                    own.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Id) {
        self.detach(*target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        loop {
            let first = self.nodes.borrow().get(*node as usize).map_or(NONE, |node| node.first);
            if first == NONE {
                break;
            }
            self.insert(*new_parent, NONE, NodeOrText::AppendNode(first));
        }
    }
}
