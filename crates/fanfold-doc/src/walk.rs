//! Ways over a document: every inline, the plain text, the number of words and paragraphs.

use crate::document::*;
use crate::words;

/// Calls `visit` for every inline, outer ones first, those inside notes included.
pub(crate) fn inlines<'a>(blocks: &'a [Block], visit: &mut impl FnMut(&'a Inline)) {
    each_line(blocks, &mut |line| line_inlines(line, visit));
}

fn line_inlines<'a>(line: &'a [Inline], visit: &mut impl FnMut(&'a Inline)) {
    for inline in line {
        visit(inline);
        match inline {
            Inline::Mark(_, _, content)
            | Inline::Styled(_, content)
            | Inline::Quoted(_, _, content) => line_inlines(content, visit),
            Inline::Link(link) => line_inlines(&link.content, visit),
            Inline::Ruby(_, parts) => {
                for part in parts {
                    line_inlines(&part.base, visit);
                    line_inlines(&part.reading, visit);
                }
            }
            Inline::Footnote(blocks) => {
                each_line(blocks, &mut |line| dyn_inlines(line, visit));
            }
            Inline::Text(_) | Inline::Image(_) | Inline::LineBreak => {}
        }
    }
}

/// The same behind a trait object, so that notes do not make the compiler's types endless.
fn dyn_inlines<'a>(line: &'a [Inline], visit: &mut dyn FnMut(&'a Inline)) {
    line_inlines(line, &mut |inline| visit(inline));
}

/// Calls `visit` for the inlines of every block that holds text, in reading order.
pub(crate) fn each_line<'a>(blocks: &'a [Block], visit: &mut dyn FnMut(&'a [Inline])) {
    for block in blocks {
        match block {
            Block::Paragraph(_, text) | Block::Heading(_, _, text) => visit(text),
            Block::Preformatted(_, text) => visit(text),
            Block::Quote(quote) => each_line(&quote.blocks, visit),
            Block::List(list) => list.items.iter().for_each(|item| each_line(&item.blocks, visit)),
            Block::Definitions(_, entries) => {
                for entry in entries {
                    match entry {
                        Definition::Term(_, text) => visit(text),
                        Definition::Detail(_, blocks) => each_line(blocks, visit),
                    }
                }
            }
            Block::Table(table) => {
                visit(&table.caption);
                let cells = table.rows.iter().flat_map(|row| &row.cells);
                cells.for_each(|cell| each_line(&cell.blocks, visit));
            }
            Block::Figure(figure) => {
                each_line(&figure.blocks, visit);
                each_line(&figure.caption, visit);
            }
            Block::Details(details) => {
                visit(&details.summary);
                each_line(&details.blocks, visit);
            }
            Block::Group(_, _, blocks) => each_line(blocks, visit),
            Block::SceneBreak(..) => {}
        }
    }
}

/// The inlines that stand directly inside an inline, to be changed; notes are left alone.
pub(crate) fn contents_mut(inline: &mut Inline) -> Vec<&mut Vec<Inline>> {
    match inline {
        Inline::Mark(_, _, content)
        | Inline::Styled(_, content)
        | Inline::Quoted(_, _, content) => vec![content],
        Inline::Link(link) => vec![&mut link.content],
        Inline::Ruby(_, parts) => {
            parts.iter_mut().flat_map(|part| [&mut part.base, &mut part.reading]).collect()
        }
        Inline::Text(_) | Inline::Image(_) | Inline::Footnote(_) | Inline::LineBreak => Vec::new(),
    }
}

/// Whether an inline shows something besides text, at any depth.
pub(crate) fn shows_more_than_text(inline: &Inline) -> bool {
    let mut more = false;
    line_inlines(std::slice::from_ref(inline), &mut |inline| {
        let named = matches!(inline, Inline::Link(Link { name: Some(_), .. }));
        more |= named || matches!(inline, Inline::Image(_) | Inline::Footnote(_));
    });
    more
}

/// The text of inlines; a line break is a line end, notes are left out.
pub(crate) fn inline_text(line: &[Inline]) -> String {
    let mut out = String::new();
    push_text(line, &mut out);
    out
}

fn push_text(line: &[Inline], out: &mut String) {
    for inline in line {
        match inline {
            Inline::Text(text) => out.push_str(text),
            Inline::LineBreak => out.push('\n'),
            Inline::Mark(_, _, content)
            | Inline::Styled(_, content)
            | Inline::Quoted(_, _, content) => push_text(content, out),
            Inline::Link(link) => push_text(&link.content, out),
            Inline::Ruby(_, parts) => parts.iter().for_each(|part| push_text(&part.base, out)),
            Inline::Image(_) | Inline::Footnote(_) => {}
        }
    }
}

/// The text of blocks, a line for each paragraph; notes are left out.
pub(crate) fn plain_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    each_line(blocks, &mut |line| {
        if !out.is_empty() {
            out.push('\n');
        }
        push_text(line, &mut out);
    });
    out
}

impl Document {
    /// The text, a line for each paragraph; notes are left out.
    pub fn text(&self) -> String {
        plain_text(&self.blocks)
    }

    /// How many words it has by AO3's rule, notes included.
    pub fn words(&self) -> u64 {
        let mut total = 0;
        inlines(&self.blocks, &mut |inline| {
            if let Inline::Text(text) = inline {
                total += words::count(text);
            }
        });
        total
    }

    /// How many paragraphs it has, at any depth, those of notes left out.
    pub fn paragraphs(&self) -> usize {
        fn count(blocks: &[Block]) -> usize {
            let of = |block: &Block| match block {
                Block::Paragraph(..) => 1,
                Block::Quote(quote) => count(&quote.blocks),
                Block::List(list) => list.items.iter().map(|item| count(&item.blocks)).sum(),
                Block::Figure(figure) => count(&figure.blocks) + count(&figure.caption),
                Block::Details(details) => count(&details.blocks),
                Block::Group(_, _, blocks) => count(blocks),
                Block::Definitions(_, entries) => {
                    let of = |entry: &Definition| match entry {
                        Definition::Detail(_, blocks) => count(blocks),
                        Definition::Term(..) => 0,
                    };
                    entries.iter().map(of).sum()
                }
                Block::Table(table) => {
                    let cells = table.rows.iter().flat_map(|row| &row.cells);
                    cells.map(|cell| count(&cell.blocks)).sum()
                }
                Block::Heading(..) | Block::Preformatted(..) | Block::SceneBreak(..) => 0,
            };
            blocks.iter().map(of).sum()
        }
        count(&self.blocks)
    }

    /// The images that it shows, in reading order.
    pub fn images(&self) -> Vec<&ImageSource> {
        let mut images = Vec::new();
        inlines(&self.blocks, &mut |inline| {
            if let Inline::Image(image) = inline {
                images.push(&image.source);
            }
        });
        images
    }
}
