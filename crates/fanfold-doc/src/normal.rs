//! The normal form: each text has exactly one representation.
//!
//! Owns [`Document::normalize`], which every reader ends with and which printing and parsing keep:
//! `from_html(to_html(d)) == d` holds for documents in normal form. Removes what shows nothing
//! (empty blocks and marks, spaces that collapse), joins neighbouring text, and takes apart what
//! must not stand inside itself (a link in a link, a note in a note).

use std::collections::HashSet;
use std::mem;

use crate::document::*;

impl Document {
    /// Brings the document into normal form. Doing it twice changes nothing.
    pub fn normalize(self) -> Document {
        let mut names = Names::default();
        names.collect(&self.blocks);
        let mut links = Links { names, used: HashSet::new() };
        let blocks = links.blocks(self.blocks, Inside::default());
        Document { blocks }
    }

    /// A document of plain paragraphs, one a line.
    pub fn plain(text: &str) -> Document {
        let paragraph =
            |line: &str| Block::Paragraph(Style::NONE, vec![Inline::Text(line.to_owned())]);
        Document { blocks: text.lines().map(paragraph).collect() }.normalize()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

/// What the part at hand stands in.
#[derive(Clone, Copy, Default)]
struct Inside {
    note: bool,
    address: bool,
}

/// The names of places that links can lead to.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    fn collect(&mut self, blocks: &[Block]) {
        crate::walk::inlines(blocks, &mut |inline| {
            if let Inline::Link(Link { name: Some(name), .. }) = inline {
                self.0.insert(name.as_str().to_owned());
            }
        });
    }
}

/// The pass over a whole document; knows which links lead somewhere.
struct Links {
    names: Names,
    used: HashSet<String>,
}

impl Links {
    fn blocks(&mut self, blocks: Vec<Block>, inside: Inside) -> Vec<Block> {
        let mut out = Vec::with_capacity(blocks.len());
        for block in blocks {
            self.block(block, inside, &mut out);
        }
        out
    }

    fn block(&mut self, block: Block, inside: Inside, out: &mut Vec<Block>) {
        match block {
            Block::Paragraph(style, text) => {
                let text = self.line(text, inside);
                if !text.is_empty() {
                    out.push(Block::Paragraph(tidy(style), text));
                }
            }
            Block::Heading(level, style, text) => {
                let text = self.line(text, inside);
                if !text.is_empty() && inside.address {
                    out.push(Block::Paragraph(tidy(style), text));
                } else if !text.is_empty() {
                    out.push(Block::Heading(level, tidy(style), text));
                }
            }
            Block::Preformatted(style, text) => {
                let text = self.preformatted(text, inside);
                if !text.is_empty() {
                    out.push(Block::Preformatted(tidy(style), text));
                }
            }
            Block::Quote(quote) => {
                let blocks = self.blocks(quote.blocks, inside);
                if !blocks.is_empty() {
                    out.push(Block::Quote(Quote { style: tidy(quote.style), blocks, ..quote }));
                }
            }
            Block::List(list) => self.list(list, inside, out),
            Block::Definitions(style, entries) => self.definitions(style, entries, inside, out),
            Block::Table(table) => self.table(table, inside, out),
            Block::Figure(figure) => {
                let blocks = self.blocks(figure.blocks, inside);
                let caption = self.blocks(figure.caption, inside);
                if !blocks.is_empty() || !caption.is_empty() {
                    out.push(Block::Figure(Figure { style: tidy(figure.style), blocks, caption }));
                }
            }
            Block::Details(details) => {
                let summary = self.line(details.summary, inside);
                let blocks = self.blocks(details.blocks, inside);
                if !blocks.is_empty() || !summary.is_empty() {
                    let style = tidy(details.style);
                    let open = details.open;
                    out.push(Block::Details(Details { style, open, summary, blocks }));
                }
            }
            Block::Group(kind, style, blocks) => self.group(kind, style, blocks, inside, out),
            Block::SceneBreak(style, width) => out.push(Block::SceneBreak(tidy(style), width)),
        }
    }

    fn group(
        &mut self,
        kind: GroupKind,
        style: Style,
        blocks: Vec<Block>,
        inside: Inside,
        out: &mut Vec<Block>,
    ) {
        let style = tidy(style);
        let address = kind == GroupKind::Address && !inside.address;
        let within = Inside { address: inside.address || address, ..inside };
        let blocks = self.blocks(blocks, within);
        if blocks.is_empty() {
            return;
        }
        if address {
            out.push(Block::Group(GroupKind::Address, style, blocks));
        } else if style.is_none() {
            out.extend(blocks);
        } else {
            out.push(Block::Group(GroupKind::Division, style, blocks));
        }
    }

    fn list(&mut self, list: List, inside: Inside, out: &mut Vec<Block>) {
        let mut items = Vec::with_capacity(list.items.len());
        for item in list.items {
            let blocks = self.blocks(item.blocks, inside);
            if !blocks.is_empty() {
                items.push(Item { style: tidy(item.style), blocks });
            }
        }
        if !items.is_empty() {
            let numbered = list.marker == Marker::Number;
            let start = list.start.filter(|start| numbered && *start != 1);
            out.push(Block::List(List { style: tidy(list.style), start, items, ..list }));
        }
    }

    /// Terms and details stand in turns: a detail without a term gets an empty one and a term
    /// without a detail likewise, as HTML wants it.
    fn definitions(
        &mut self,
        style: Style,
        entries: Vec<Definition>,
        inside: Inside,
        out: &mut Vec<Block>,
    ) {
        let mut kept = Vec::with_capacity(entries.len());
        let mut empty = true;
        for entry in entries {
            match entry {
                Definition::Term(style, text) => {
                    let text = self.line(text, inside);
                    empty &= text.is_empty();
                    kept.push(Definition::Term(tidy(style), text));
                }
                Definition::Detail(style, blocks) => {
                    let blocks = self.blocks(blocks, inside);
                    empty &= blocks.is_empty();
                    if kept.is_empty() {
                        kept.push(Definition::Term(Style::NONE, Vec::new()));
                    }
                    kept.push(Definition::Detail(tidy(style), blocks));
                }
            }
        }
        if matches!(kept.last(), Some(Definition::Term(..))) {
            kept.push(Definition::Detail(Style::NONE, Vec::new()));
        }
        if !empty {
            out.push(Block::Definitions(tidy(style), kept));
        }
    }

    fn table(&mut self, table: Table, inside: Inside, out: &mut Vec<Block>) {
        let caption = self.line(table.caption, inside);
        let mut rows = Vec::with_capacity(table.rows.len());
        for row in table.rows {
            let cells: Vec<Cell> =
                row.cells.into_iter().map(|cell| self.cell(cell, inside)).collect();
            if !cells.is_empty() {
                rows.push(Row { part: row.part, style: tidy(row.style), cells });
            }
        }
        rows.sort_by_key(|row| row.part);
        if rows.is_empty() && !caption.is_empty() {
            out.push(Block::Paragraph(Style::NONE, caption));
            return;
        }
        let column = |column: Column| {
            let span = column.span.clamp(1, 1_000);
            Column { style: tidy(column.style), span, ..column }
        };
        if !rows.is_empty() {
            let columns = table.columns.into_iter().map(column).collect();
            let style = tidy(table.style);
            let summary = table.frame.summary.as_deref().and_then(attribute);
            let frame = Frame { summary, ..table.frame };
            out.push(Block::Table(Table { style, frame, caption, columns, rows }));
        }
    }

    fn cell(&mut self, cell: Cell, inside: Inside) -> Cell {
        Cell {
            style: tidy(cell.style),
            scope: cell.scope.filter(|_| cell.heading),
            columns: cell.columns.clamp(1, 1_000),
            rows: cell.rows.clamp(1, 65_534),
            abbr: cell.abbr.as_deref().and_then(attribute),
            axis: cell.axis.as_deref().and_then(attribute),
            blocks: self.blocks(cell.blocks, inside),
            ..cell
        }
    }

    /// The inlines of a block whose spaces collapse.
    fn line(&mut self, inlines: Vec<Inline>, inside: Inside) -> Vec<Inline> {
        let mut flat = Vec::with_capacity(inlines.len());
        self.flatten(inlines, Within { note: inside.note, ..Within::default() }, &mut flat);
        let mut flat = Spaces { pending_start: true, after_space: true }.collapse(flat);
        trim_end(&mut flat, &mut End { edge: true, space: true });
        prune(flat)
    }

    /// The inlines of a block whose spaces count; a line break there is a line end.
    fn preformatted(&mut self, inlines: Vec<Inline>, inside: Inside) -> Vec<Inline> {
        let mut flat = Vec::with_capacity(inlines.len());
        self.flatten(inlines, Within { note: inside.note, ..Within::default() }, &mut flat);
        breaks_to_line_ends(&mut flat);
        let flat = prune(flat);
        let blank = crate::walk::inline_text(&flat).trim().is_empty();
        if blank && !flat.iter().any(crate::walk::shows_more_than_text) { Vec::new() } else { flat }
    }

    /// Takes apart what must not stand inside itself and drops styles that say nothing.
    fn flatten(&mut self, inlines: Vec<Inline>, within: Within, out: &mut Vec<Inline>) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => out.push(Inline::Text(printable(text))),
                Inline::LineBreak => out.push(Inline::LineBreak),
                Inline::Image(image) => {
                    let alt = attribute(&image.alt).unwrap_or_default();
                    let style = tidy(image.style);
                    out.push(Inline::Image(Image { alt, style, ..image }));
                }
                Inline::Mark(Mark::Definition, _, content) if within.definition => {
                    self.flatten(content, within, out);
                }
                Inline::Mark(mark, style, content) => {
                    let definition = within.definition || mark == Mark::Definition;
                    let content = self.flat(content, Within { definition, ..within });
                    out.push(Inline::Mark(mark, tidy(style), content));
                }
                Inline::Styled(style, content) => {
                    let style = tidy(style);
                    if style.is_none() {
                        self.flatten(content, within, out);
                    } else {
                        out.push(Inline::Styled(style, self.flat(content, within)));
                    }
                }
                Inline::Quoted(style, cite, content) => {
                    out.push(Inline::Quoted(tidy(style), cite, self.flat(content, within)));
                }
                Inline::Link(link) => self.link(link, within, out),
                Inline::Ruby(style, parts) => self.ruby(style, parts, within, out),
                Inline::Footnote(blocks) => self.footnote(blocks, within, out),
            }
        }
    }

    fn flat(&mut self, inlines: Vec<Inline>, within: Within) -> Vec<Inline> {
        let mut out = Vec::with_capacity(inlines.len());
        self.flatten(inlines, within, &mut out);
        out
    }

    fn link(&mut self, link: Link, within: Within, out: &mut Vec<Inline>) {
        let name = link.name.filter(|name| self.used.insert(name.as_str().to_owned()));
        let leads = |href: &Href| href.place().is_none_or(|place| self.names.0.contains(place));
        let href = link.href.filter(leads).filter(|_| !within.link);
        if within.link || (href.is_none() && name.is_none()) {
            // A place named inside a link is lost with its name: links to it were checked before,
            // so they are looked at again when the text is next normalised.
            if let Some(name) = name {
                self.names.0.remove(name.as_str());
            }
            self.flatten(link.content, within, out);
            return;
        }
        // Notes print a link of their own, so they are moved behind the link they stand in.
        let mut content = self.flat(link.content, Within { link: true, ..within });
        let notes = take_notes(&mut content);
        out.push(Inline::Link(Link { style: tidy(link.style), href, name, content }));
        out.extend(notes);
    }

    fn ruby(&mut self, style: Style, parts: Vec<RubyPart>, within: Within, out: &mut Vec<Inline>) {
        if within.ruby {
            for part in parts {
                self.flatten(part.base, within, out);
            }
            return;
        }
        let within = Within { ruby: true, ..within };
        let mut notes = Vec::new();
        let mut kept = Vec::with_capacity(parts.len());
        for part in parts {
            let mut base = self.flat(part.base, within);
            let mut reading = self.flat(part.reading, within);
            notes.extend(take_notes(&mut base));
            notes.extend(take_notes(&mut reading));
            kept.push(RubyPart { base, reading });
        }
        out.push(Inline::Ruby(tidy(style), kept));
        out.extend(notes);
    }

    fn footnote(&mut self, blocks: Vec<Block>, within: Within, out: &mut Vec<Inline>) {
        let inside = Inside { note: true, address: false };
        let blocks = self.blocks(blocks, inside);
        if blocks.is_empty() {
            return;
        }
        if within.note {
            // A note in a note is read where it stands.
            let text = crate::walk::plain_text(&blocks).replace('\n', " ");
            out.push(Inline::Text(format!(" ({}) ", text.trim())));
        } else {
            out.push(Inline::Footnote(blocks));
        }
    }
}

/// What the inline at hand stands in.
#[derive(Clone, Copy, Default)]
struct Within {
    link: bool,
    ruby: bool,
    note: bool,
    definition: bool,
}

/// Takes the notes out of inlines, at any depth, in order.
fn take_notes(inlines: &mut Vec<Inline>) -> Vec<Inline> {
    let mut notes = Vec::new();
    for inline in mem::take(inlines) {
        match inline {
            Inline::Footnote(_) => notes.push(inline),
            mut other => {
                for content in crate::walk::contents_mut(&mut other) {
                    notes.extend(take_notes(content));
                }
                inlines.push(other);
            }
        }
    }
    notes
}

fn breaks_to_line_ends(inlines: &mut [Inline]) {
    for inline in inlines {
        if *inline == Inline::LineBreak {
            *inline = Inline::Text("\n".to_owned());
        }
        for content in crate::walk::contents_mut(inline) {
            breaks_to_line_ends(content);
        }
    }
}

/// Spaces collapse from the left: knows what stands before.
struct Spaces {
    /// Nothing has been shown in this block yet.
    pending_start: bool,
    /// The last thing shown was a space, a line break, or the block's start.
    after_space: bool,
}

impl Spaces {
    fn collapse(&mut self, inlines: Vec<Inline>) -> Vec<Inline> {
        let mut out = Vec::with_capacity(inlines.len());
        for mut inline in inlines {
            match &mut inline {
                Inline::Text(text) => self.text(text),
                Inline::LineBreak => {
                    if self.pending_start {
                        continue;
                    }
                    self.after_space = true;
                }
                Inline::Image(_) => {
                    self.pending_start = false;
                    self.after_space = false;
                }
                Inline::Footnote(_) => self.pending_start = false,
                Inline::Ruby(_, parts) => self.ruby(parts),
                other => {
                    for content in crate::walk::contents_mut(other) {
                        *content = self.collapse(mem::take(content));
                    }
                }
            }
            out.push(inline);
        }
        out
    }

    /// A base and its reading are boxes of their own: spaces at their edges go.
    fn ruby(&mut self, parts: &mut Vec<RubyPart>) {
        for part in parts.iter_mut() {
            for content in [&mut part.base, &mut part.reading] {
                let mut own = Spaces { pending_start: true, after_space: true };
                *content = own.collapse(mem::take(content));
                trim_end(content, &mut End { edge: true, space: true });
                *content = prune(mem::take(content));
            }
        }
        parts.retain(|part| !part.base.is_empty() || !part.reading.is_empty());
        if !parts.is_empty() {
            self.pending_start = false;
            self.after_space = false;
        }
    }

    fn text(&mut self, text: &mut String) {
        let single = |pair: &[u8]| pair != b"  ";
        let plain = |b: &u8| !matches!(b, b'\n' | b'\t' | b'\r' | 0x0c);
        let bytes = text.as_bytes();
        let clean = bytes.iter().all(plain) && bytes.windows(2).all(single);
        if !(clean && !(self.after_space && bytes.first() == Some(&b' '))) {
            let mut out = String::with_capacity(text.len());
            let mut space = self.after_space;
            for c in text.chars() {
                if matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}') {
                    if !space {
                        out.push(' ');
                    }
                    space = true;
                } else {
                    out.push(c);
                    space = false;
                }
            }
            *text = out;
        }
        if !text.is_empty() {
            self.after_space = text.ends_with(' ');
            self.pending_start = false;
        }
    }
}

/// What stands behind, seen from the right.
struct End {
    /// Nothing is shown behind in this block: line breaks show nothing either.
    edge: bool,
    /// A line end or the block's end stands behind: a space before it shows nothing.
    space: bool,
}

fn trim_end(inlines: &mut Vec<Inline>, end: &mut End) {
    for at in (0..inlines.len()).rev() {
        let Some(inline) = inlines.get_mut(at) else { continue };
        match inline {
            Inline::Text(text) => {
                if end.space {
                    text.truncate(text.trim_end_matches(' ').len());
                }
                if !text.is_empty() {
                    *end = End { edge: false, space: false };
                }
            }
            Inline::LineBreak if end.edge => {
                inlines.remove(at);
            }
            Inline::LineBreak => end.space = true,
            // A ruby that lost all of its parts shows nothing; it is pruned later.
            Inline::Ruby(_, parts) if parts.is_empty() => {}
            Inline::Image(_) | Inline::Ruby(..) => *end = End { edge: false, space: false },
            Inline::Footnote(_) => *end = End { edge: false, space: false },
            other => {
                for content in crate::walk::contents_mut(other) {
                    trim_end(content, end);
                }
            }
        }
    }
}

/// Drops what shows nothing and joins neighbouring text.
fn prune(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(inlines.len());
    for mut inline in inlines {
        if let Inline::Text(text) = &inline {
            if let Some(Inline::Text(before)) = out.last_mut() {
                before.push_str(text);
            } else if !text.is_empty() {
                out.push(inline);
            }
            continue;
        }
        for content in crate::walk::contents_mut(&mut inline) {
            *content = prune(mem::take(content));
        }
        let shows = match &inline {
            Inline::Mark(_, _, content)
            | Inline::Styled(_, content)
            | Inline::Quoted(_, _, content) => !content.is_empty(),
            Inline::Link(link) => link.name.is_some() || !link.content.is_empty(),
            Inline::Ruby(_, parts) => !parts.is_empty(),
            _ => true,
        };
        if shows {
            out.push(inline);
        }
    }
    out
}

/// Text without characters that XML cannot hold and without the C1 controls that show nothing.
pub(crate) fn printable(text: String) -> String {
    // Characters that may have to go begin with one of these bytes; most text has none of them.
    let suspect = |b: u8| match b {
        b'\n' | b'\t' | 0x0c => false,
        0..=0x1f | 0x7f | 0xc2 | 0xef.. => true,
        _ => false,
    };
    if !text.bytes().any(suspect) {
        return text;
    }
    let text = match text.contains('\r') {
        true => text.replace("\r\n", "\n").replace('\r', "\n"),
        false => text,
    };
    let bad = |c: char| match c {
        '\n' | '\t' | '\u{c}' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fdd0}'..='\u{fdef}' => true,
        _ => (c as u32) & 0xfffe == 0xfffe,
    };
    if text.chars().any(bad) { text.chars().filter(|c| !bad(*c)).collect() } else { text }
}

/// An attribute's text on one line; `None` where nothing is left.
pub(crate) fn attribute(text: &str) -> Option<String> {
    let text = printable(text.to_owned());
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn tidy(style: Style) -> Style {
    let mut seen = HashSet::new();
    let classes = match style.classes.len() {
        0 | 1 => style.classes,
        _ => style.classes.into_iter().filter(|class| seen.insert(class.clone())).collect(),
    };
    Style { classes, title: style.title.as_deref().and_then(attribute), ..style }
}
