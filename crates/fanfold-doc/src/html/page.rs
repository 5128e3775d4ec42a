//! A parsed page, for readers that look for its parts before they read its texts.

use std::fmt;

use html5ever::{local_name, ns};

use super::build::{self, Resolve};
use super::sink::{self, Data, Id, Tree};
use crate::document::Document;
use crate::imported::Warning;
use crate::limits::{Limits, ReadError};

/// A parsed page.
pub struct Page {
    tree: Tree,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Page")
    }
}

impl Page {
    /// Parses a page or a part of one, as browsers do.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] for a text over the limits.
    pub fn parse(text: &str, limits: &Limits) -> Result<Page, ReadError> {
        Ok(Page { tree: sink::parse(text, limits)? })
    }

    /// The whole page.
    pub fn root(&self) -> Element<'_> {
        Element { tree: &self.tree, id: 0 }
    }

    /// The body, or the whole page if it has none (a frameset).
    pub fn body(&self) -> Element<'_> {
        self.root().find("body").unwrap_or(self.root())
    }
}

/// An element of a page.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub(super) tree: &'a Tree,
    pub(super) id: Id,
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name())
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<'a> Element<'a> {
    /// The element's name in lower case, "" for the page itself and for what is not HTML.
    pub fn name(&self) -> &'a str {
        match self.tree.data(self.id) {
            Data::Element { name, .. } if name.ns == ns!(html) => &name.local,
            _ => "",
        }
    }

    /// An attribute's value.
    pub fn attr(&self, wanted: &str) -> Option<&'a str> {
        let Data::Element { attributes, .. } = self.tree.data(self.id) else { return None };
        attributes.iter().find(|own| &*own.name.local == wanted).map(|own| &*own.value)
    }

    /// Whether it has any attribute at all.
    pub(super) fn has_attributes(&self) -> bool {
        match self.tree.data(self.id) {
            Data::Element { attributes, .. } => !attributes.is_empty(),
            _ => false,
        }
    }

    /// Whether it has a class.
    pub fn has_class(&self, wanted: &str) -> bool {
        let classes = self.attr("class").unwrap_or_default();
        classes.split_ascii_whitespace().any(|class| class == wanted)
    }

    /// Whether the simple selector fits: `name`, `#id`, `.class`, or a name with one of them.
    pub fn is(&self, selector: &str) -> bool {
        let end = selector.find(['#', '.']).unwrap_or(selector.len());
        let (name, mark) = selector.split_at(end);
        let marked = match mark.split_at_checked(1) {
            Some(("#", id)) => self.attr("id") == Some(id),
            Some((_, class)) => self.has_class(class),
            None => true,
        };
        (name.is_empty() || self.name() == name) && marked && !self.name().is_empty()
    }

    /// The elements directly inside.
    pub fn children(self) -> impl Iterator<Item = Element<'a>> {
        let tree = self.tree;
        let nodes = std::iter::successors(tree.first(self.id), move |id| tree.next(*id));
        nodes.map(move |id| Element { tree, id }).filter(|child| !child.name().is_empty())
    }

    /// The elements inside at any depth, in the order in which they stand.
    pub fn descendants(self) -> impl Iterator<Item = Element<'a>> {
        let tree = self.tree;
        let top = self.id;
        let follow = move |id: Id| {
            if let Some(first) = tree.first(id) {
                return Some(first);
            }
            let mut at = id;
            while at != top {
                if let Some(next) = tree.next(at) {
                    return Some(next);
                }
                at = tree.parent(at)?;
            }
            None
        };
        let nodes = std::iter::successors(tree.first(top), move |id| follow(*id));
        nodes.map(move |id| Element { tree, id }).filter(|inner| !inner.name().is_empty())
    }

    /// The first element inside that fits the selector (see [`Element::is`]).
    pub fn find(self, selector: &str) -> Option<Element<'a>> {
        self.descendants().find(|inner| inner.is(selector))
    }

    /// Every element inside that fits the selector.
    pub fn find_all(self, selector: &'a str) -> impl Iterator<Item = Element<'a>> {
        self.descendants().filter(move |inner| inner.is(selector))
    }

    /// The element that stands next to it.
    pub fn next(self) -> Option<Element<'a>> {
        let mut id = self.tree.next(self.id)?;
        loop {
            let next = Element { tree: self.tree, id };
            if !next.name().is_empty() {
                return Some(next);
            }
            id = self.tree.next(id)?;
        }
    }

    /// The element that it stands in.
    pub fn parent(self) -> Option<Element<'a>> {
        self.tree.parent(self.id).map(|id| Element { tree: self.tree, id })
    }

    /// The text inside, runs of spaces as one, without scripts and styles.
    pub fn text(self) -> String {
        let mut raw = String::new();
        push_text(self.tree, self.id, &mut raw);
        let words: Vec<&str> = raw.split_whitespace().collect();
        words.join(" ")
    }

    /// What is inside, as a document.
    pub fn document(self, images: &mut Resolve<'_>, warnings: &mut Vec<Warning>) -> Document {
        build::document(self, &[], images, warnings)
    }

    /// What is inside, as a document, without some elements.
    pub fn document_without(
        self,
        left_out: &[Element<'_>],
        images: &mut Resolve<'_>,
        warnings: &mut Vec<Warning>,
    ) -> Document {
        let ids: Vec<Id> = left_out.iter().map(|element| element.id).collect();
        build::document(self, &ids, images, warnings)
    }
}

fn push_text(tree: &Tree, id: Id, out: &mut String) {
    match tree.data(id) {
        Data::Text(text) => out.push_str(text),
        Data::Element { name, .. }
            if matches!(name.local, local_name!("script") | local_name!("style")) => {}
        Data::Element { .. } | Data::Root => {
            let mut child = tree.first(id);
            while let Some(id) = child {
                push_text(tree, id, out);
                child = tree.next(id);
            }
        }
        Data::Nothing => {}
    }
}
