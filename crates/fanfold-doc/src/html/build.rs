//! Makes documents of parsed trees.
//!
//! Owns what each element becomes. Blocks inside inlines are split, text between blocks becomes
//! paragraphs, unknown elements are looked through, and what runs or loads is left out.

use std::collections::{HashMap, HashSet};

use super::page::Element;
use super::sink::{Data, Id, Tree};
use super::style::{length, style};
use crate::document::*;
use crate::imported::{Place, Warning, WarningKind};

/// Tells where an image's bytes are, from its `src`.
pub type Resolve<'a> = dyn FnMut(&str) -> Option<ImageSource> + 'a;

/// How many warnings one text gives at most.
const WARNINGS: usize = 200;

/// Kept images and images elsewhere stay, others do not.
pub(super) fn no_images(source: &str) -> Option<ImageSource> {
    if let Some(name) = source.strip_prefix("media/").and_then(MediaName::parse) {
        return Some(ImageSource::Kept(name));
    }
    Href::parse(source).filter(|href| href.as_str().starts_with("http")).map(ImageSource::Remote)
}

pub(super) fn document(
    element: Element<'_>,
    left_out: &[Id],
    images: &mut Resolve<'_>,
    warnings: &mut Vec<Warning>,
) -> Document {
    let notes = Notes::find(element);
    let tree = element.tree;
    let prefix = element.attr("data-prefix").unwrap_or_default();
    let mut build = Build { tree, left_out, prefix, notes, images, warnings, inside_note: false };
    let mut flow = Flow::default();
    build.children(element.id, &mut flow);
    Document { blocks: flow.end() }.normalize()
}

/// Footnotes: links that call a note, and the notes themselves.
#[derive(Default)]
struct Notes {
    /// Notes by their id, only those that are called.
    by_id: HashMap<String, Id>,
    /// The notes among them, which are read where they are called and not where they stand.
    called: HashSet<Id>,
}

impl Notes {
    fn find(element: Element<'_>) -> Notes {
        let mut called: HashMap<String, Option<Id>> = HashMap::new();
        for inner in element.descendants().filter(|inner| inner.name() == "a" && calls_note(inner))
        {
            if let Some(id) = inner.attr("href").and_then(|href| href.strip_prefix('#')) {
                called.insert(id.to_owned(), None);
            }
        }
        if called.is_empty() {
            return Notes::default();
        }
        for inner in element.descendants().filter(|inner| is_note(*inner)) {
            if let Some(place) = inner.attr("id").and_then(|id| called.get_mut(id)) {
                place.get_or_insert(inner.id);
            }
        }
        let by_id: HashMap<String, Id> =
            called.into_iter().filter_map(|(id, at)| at.map(|at| (id, at))).collect();
        let called = by_id.values().copied().collect();
        Notes { by_id, called }
    }
}

fn calls_note(element: &Element<'_>) -> bool {
    element.attr("role") == Some("doc-noteref") || element.attr("epub:type") == Some("noteref")
}

fn is_note(element: Element<'_>) -> bool {
    let role = element.attr("role").unwrap_or_default();
    let kind = element.attr("epub:type").unwrap_or_default();
    matches!(role, "doc-footnote" | "doc-endnote")
        || matches!(kind, "footnote" | "endnote" | "rearnote")
}

/// Blocks and the run of inlines that is to become the next paragraph.
#[derive(Default)]
pub(super) struct Flow {
    blocks: Vec<Block>,
    run: Vec<Inline>,
    /// The inlines round the blocks at hand, outermost first.
    around: Vec<Around>,
}

#[derive(Clone)]
enum Around {
    Mark(Mark, Style),
    Styled(Style),
    Link(Style, Option<Href>),
}

impl Flow {
    fn inline(&mut self, inline: Inline) {
        let wrapped = self.around.iter().rev().fold(inline, |inner, around| match around {
            Around::Mark(mark, style) => Inline::Mark(*mark, style.clone(), vec![inner]),
            Around::Styled(style) => Inline::Styled(style.clone(), vec![inner]),
            Around::Link(style, href) => Inline::Link(Link {
                style: style.clone(),
                href: href.clone(),
                name: None,
                content: vec![inner],
            }),
        });
        self.run.push(wrapped);
    }

    /// An empty flow inside the same inlines.
    pub(super) fn within(&self) -> Flow {
        Flow { around: self.around.clone(), ..Flow::default() }
    }

    fn break_run(&mut self) {
        if !self.run.is_empty() {
            let run = std::mem::take(&mut self.run);
            self.blocks.push(Block::Paragraph(Style::NONE, run));
        }
    }

    fn block(&mut self, block: Block) {
        self.break_run();
        self.blocks.push(block);
    }

    pub(super) fn end(mut self) -> Vec<Block> {
        self.break_run();
        self.blocks
    }
}

pub(super) struct Build<'t, 'r> {
    tree: &'t Tree,
    pub(super) left_out: &'r [Id],
    /// What was printed before every name of a place.
    prefix: &'t str,
    notes: Notes,
    images: &'r mut Resolve<'r>,
    warnings: &'r mut Vec<Warning>,
    inside_note: bool,
}

impl<'t> Build<'t, '_> {
    fn warn(&mut self, kind: WarningKind, element: Element<'_>, text: String) {
        let place = Place::Part(format!("<{}>", element.name()));
        let warning = Warning { kind, place, text };
        if self.warnings.len() < WARNINGS && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn children(&mut self, id: Id, flow: &mut Flow) {
        let mut child = self.tree.first(id);
        while let Some(id) = child {
            self.node(id, flow);
            child = self.tree.next(id);
        }
    }

    pub(super) fn node(&mut self, id: Id, flow: &mut Flow) {
        match self.tree.data(id) {
            Data::Text(text) => flow.inline(Inline::Text(text.to_string())),
            Data::Element { .. } if !self.left_out.contains(&id) => {
                let element = Element { tree: self.tree, id };
                if self.notes.called.contains(&id) {
                } else if !self.block(element, flow) {
                    self.inline(element, flow);
                }
            }
            _ => {}
        }
    }

    /// The blocks inside an element, those round it kept.
    pub(super) fn inner(&mut self, element: Element<'_>, flow: &Flow) -> Vec<Block> {
        let mut inner = flow.within();
        self.children(element.id, &mut inner);
        inner.end()
    }

    /// The inlines inside an element that holds no blocks, or whose blocks are run together.
    pub(super) fn line(&mut self, element: Element<'_>, flow: &Flow) -> Vec<Inline> {
        let mut inner = flow.within();
        self.children(element.id, &mut inner);
        run_together(inner.end())
    }

    /// Reads a block element; false if the element is none.
    fn block(&mut self, element: Element<'t>, flow: &mut Flow) -> bool {
        let name = element.name();
        let block = match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.paragraph(element, flow);
                return true;
            }
            "blockquote" => {
                let cite = element.attr("cite").and_then(Href::parse);
                let blocks = self.inner(element, flow);
                Block::Quote(Quote { style: style(element), cite, blocks })
            }
            "ul" | "ol" | "menu" | "dir" => self.list(element, flow),
            "dl" => self.definitions(element, flow),
            "pre" => Block::Preformatted(style(element), self.line(element, flow)),
            "table" => Block::Table(self.table(element, flow)),
            "figure" => {
                let caption = element.children().find(|child| child.name() == "figcaption");
                let caption = caption.map(|caption| self.inner(caption, flow)).unwrap_or_default();
                Block::Figure(Figure {
                    style: style(element),
                    blocks: self.inner(element, flow),
                    caption,
                })
            }
            "details" => {
                let summary = element.children().find(|child| child.name() == "summary");
                let summary = summary.map(|summary| self.line(summary, flow)).unwrap_or_default();
                let open = element.attr("open").is_some();
                let blocks = self.inner(element, flow);
                Block::Details(Details { style: style(element), open, summary, blocks })
            }
            "summary" | "figcaption" if element.parent().is_some_and(|p| owns(p, name)) => {
                return true;
            }
            "hr" => Block::SceneBreak(style(element), length(element, "width")),
            "address" => {
                Block::Group(GroupKind::Address, style(element), self.inner(element, flow))
            }
            "center" => {
                let style = Style { align: Some(Align::Center), ..style(element) };
                Block::Group(GroupKind::Division, style, self.inner(element, flow))
            }
            name if is_division(name) => {
                Block::Group(GroupKind::Division, style(element), self.inner(element, flow))
            }
            _ => return false,
        };
        flow.block(block);
        true
    }

    /// A paragraph or heading. The parser lets no block into a paragraph, but readers of XHTML
    /// and headings may have some: they are split off.
    fn paragraph(&mut self, element: Element<'t>, flow: &mut Flow) {
        let style = style(element);
        let level = element.name().strip_prefix('h').and_then(|level| level.parse().ok());
        for block in self.inner(element, flow) {
            match (block, level) {
                (Block::Paragraph(own, text), Some(level)) if own.is_none() => {
                    flow.block(Block::Heading(Level::new(level), style.clone(), text));
                }
                (Block::Paragraph(own, text), None) if own.is_none() => {
                    flow.block(Block::Paragraph(style.clone(), text));
                }
                (other, _) => flow.block(other),
            }
        }
        flow.break_run();
    }

    /// Reads an inline element, or looks through one that means nothing.
    fn inline(&mut self, element: Element<'t>, flow: &mut Flow) {
        let name = element.name();
        match name {
            "a" | "span" if element.has_class("ff-image") && self.linked_image(element, flow) => {}
            "br" => flow.inline(Inline::LineBreak),
            "wbr" => {}
            "img" | "image" => self.image(element, flow),
            "a" => self.link(element, flow),
            "q" => {
                let cite = element.attr("cite").and_then(Href::parse);
                let content = self.line(element, &Flow::default());
                flow.inline(Inline::Quoted(style(element), cite, content));
            }
            "ruby" => self.ruby(element, flow),
            "rp" => {}
            "script" | "style" | "head" | "template" | "noscript" | "noembed" | "noframes"
            | "title" | "input" | "meta" | "link" | "base" | "param" | "source" | "track"
            | "col" => {}
            "iframe" | "embed" | "audio" | "video" | "object" => self.embedded(element, flow),
            "xmp" | "plaintext" | "select" | "textarea" | "button" | "" => {
                let text = "a part that has no place in a story was left out".to_owned();
                self.warn(WarningKind::LeftOut, element, text);
            }
            _ => {
                let style = style(element);
                let marks = super::style::marks(element);
                let before = flow.around.len();
                // A reserved class makes a span a mark of its own; its style goes with it.
                match marks.split_first() {
                    Some((first, rest)) => {
                        flow.around.push(Around::Mark(*first, style));
                        let rest = rest.iter().map(|mark| Around::Mark(*mark, Style::NONE));
                        flow.around.extend(rest);
                    }
                    None if !style.is_none() => flow.around.push(Around::Styled(style)),
                    None => {}
                }
                self.wrapped(element, flow, before);
            }
        }
    }

    /// What stands inside the inlines that were just pushed onto `around`; as one inline where no
    /// block splits it.
    fn wrapped(&mut self, element: Element<'t>, flow: &mut Flow, before: usize) {
        let own = flow.around.split_off(before);
        if own.is_empty() {
            self.children(element.id, flow);
            return;
        }
        if holds_block(element) {
            flow.around.extend(own);
            self.children(element.id, flow);
            flow.around.truncate(before);
        } else {
            let content = self.run(element);
            let wrapped = own.into_iter().rev().fold(content, |content, around| {
                vec![match around {
                    Around::Mark(mark, style) => Inline::Mark(mark, style, content),
                    Around::Styled(style) => Inline::Styled(style, content),
                    Around::Link(style, href) => {
                        Inline::Link(Link { style, href, name: None, content })
                    }
                }]
            });
            wrapped.into_iter().for_each(|inline| flow.inline(inline));
        }
    }

    /// The inlines inside an element that holds no block.
    fn run(&mut self, element: Element<'t>) -> Vec<Inline> {
        let mut inner = Flow::default();
        self.children(element.id, &mut inner);
        inner.run
    }

    fn link(&mut self, element: Element<'t>, flow: &mut Flow) {
        let address = element.attr("href");
        if element.attr("role") == Some("doc-backlink") {
            return;
        }
        if calls_note(&element) {
            let note = address.and_then(|href| href.strip_prefix('#'));
            let note = note.and_then(|id| self.notes.by_id.get(id)).copied();
            if let Some(id) = note.filter(|_| !self.inside_note) {
                self.inside_note = true;
                let blocks = self.inner(Element { tree: self.tree, id }, &Flow::default());
                self.inside_note = false;
                flow.inline(Inline::Footnote(blocks));
                return;
            }
        }
        let prefix = self.prefix;
        let printed = |name: &'t str| name.strip_prefix(prefix)?.strip_prefix("at-");
        let place = |href: &'t str| printed(href.strip_prefix('#')?);
        let href = address.and_then(|href| match place(href) {
            Some(place) => Href::parse(&format!("#{place}")),
            None => Href::parse(href),
        });
        if let Some(address) = address.filter(|_| href.is_none()) {
            let address: String = address.chars().take(80).collect();
            self.warn(WarningKind::Link, element, format!("the link to “{address}” became text"));
        }
        let id = element.attr("id").map(|id| printed(id).unwrap_or(id));
        let name = element.attr("name").or(id).and_then(Name::parse);
        let before = flow.around.len();
        if let Some(name) = name {
            if !holds_block(element) {
                let (style, content) = (style(element), self.run(element));
                flow.inline(Inline::Link(Link { style, href, name: Some(name), content }));
                return;
            }
            flow.inline(Inline::Link(Link { name: Some(name), ..Link::default() }));
        }
        match href {
            Some(href) => flow.around.push(Around::Link(style(element), Some(href))),
            None => {
                let style = style(element);
                if !style.is_none() {
                    flow.around.push(Around::Styled(style));
                }
            }
        }
        self.wrapped(element, flow, before);
    }

    /// An image elsewhere that was printed as a link to it.
    fn linked_image(&mut self, element: Element<'t>, flow: &mut Flow) -> bool {
        let address = element.attr("href").or(element.attr("data-src"));
        let href = address.and_then(Href::parse);
        let Some(href) = href.filter(|href| href.as_str().starts_with("http")) else {
            return false;
        };
        flow.inline(Inline::Image(Image {
            style: style(element),
            source: ImageSource::Remote(href),
            alt: element.attr("data-alt").map_or_else(|| element.text(), str::to_owned),
            width: length(element, "width"),
            height: length(element, "height"),
            border: element.attr("data-border").and_then(|border| border.trim().parse().ok()),
        }));
        true
    }

    fn image(&mut self, element: Element<'t>, flow: &mut Flow) {
        let alt = element.attr("alt").unwrap_or_default().to_owned();
        let source = element.attr("src").unwrap_or_default();
        let Some(source) = (self.images)(source) else {
            let source: String = source.chars().take(80).collect();
            self.warn(WarningKind::Image, element, format!("the image “{source}” was left out"));
            if !alt.trim().is_empty() {
                flow.inline(Inline::Text(format!("[{}]", alt.trim())));
            }
            return;
        };
        let border = element.attr("data-border").or(element.attr("border"));
        flow.inline(Inline::Image(Image {
            style: style(element),
            source,
            alt,
            width: length(element, "width"),
            height: length(element, "height"),
            border: border.and_then(|border| border.trim().parse().ok()),
        }));
    }

    /// Sound, video and other sites' players: a page of ours loads nothing from elsewhere, so a
    /// link to them stays.
    fn embedded(&mut self, element: Element<'t>, flow: &mut Flow) {
        let inner = element.descendants().find_map(|inner| inner.attr("src"));
        let address = element.attr("src").or(element.attr("data")).or(inner);
        let href = address.and_then(Href::parse);
        let text = "something that plays was left out; a link to it stays where it has an address";
        self.warn(WarningKind::LeftOut, element, text.to_owned());
        if let Some(href) = href {
            let content = vec![Inline::Text(href.as_str().to_owned())];
            flow.inline(Inline::Link(Link { href: Some(href), content, ..Link::default() }));
        }
    }

    fn ruby(&mut self, element: Element<'t>, flow: &mut Flow) {
        let mut parts = Vec::new();
        let mut base = Flow::default();
        let mut child = self.tree.first(element.id);
        while let Some(id) = child {
            let inner = Element { tree: self.tree, id };
            if inner.name() == "rt" {
                let reading = self.line(inner, &Flow::default());
                let base = run_together(std::mem::take(&mut base).end());
                parts.push(RubyPart { base, reading });
            } else {
                self.node(id, &mut base);
            }
            child = self.tree.next(id);
        }
        let base = run_together(base.end());
        if !base.is_empty() {
            parts.push(RubyPart { base, reading: Vec::new() });
        }
        flow.inline(Inline::Ruby(style(element), parts));
    }
}

/// Whether a block stands somewhere inside an inline element.
fn holds_block(element: Element<'_>) -> bool {
    let block = |name| {
        matches!(
            name,
            "p" | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "blockquote"
                | "ul"
                | "ol"
                | "menu"
                | "dir"
                | "dl"
                | "pre"
                | "table"
                | "figure"
                | "details"
                | "hr"
                | "address"
                | "center"
        ) || is_division(name)
    };
    element.descendants().any(|inner| block(inner.name()))
}

fn owns(parent: Element<'_>, name: &str) -> bool {
    matches!((parent.name(), name), ("details", "summary") | ("figure", "figcaption"))
}

fn is_division(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "section"
            | "article"
            | "main"
            | "header"
            | "footer"
            | "nav"
            | "aside"
            | "form"
            | "fieldset"
            | "legend"
            | "body"
            | "html"
            | "li"
            | "dd"
            | "dt"
            | "summary"
            | "figcaption"
            | "hgroup"
            | "search"
            | "dialog"
    )
}

/// Blocks that ended up where only a line fits.
fn run_together(blocks: Vec<Block>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for block in blocks {
        if !out.is_empty() {
            out.push(Inline::LineBreak);
        }
        match block {
            Block::Paragraph(style, text) if style.is_none() => out.extend(text),
            Block::Paragraph(style, text) | Block::Heading(_, style, text) => {
                out.push(Inline::Styled(style, text));
            }
            other => out.push(Inline::Text(crate::walk::plain_text(&[other]))),
        }
    }
    out
}
