//! Lines inside paragraphs: splitting at line breaks, cutting a label off.
//!
//! Owns the small ways over inlines that finding structure needs.

use std::borrow::Cow;

use crate::document::*;
use crate::walk;

/// The inlines of a block that is one line or several.
pub(super) fn inlines(block: &Block) -> Option<&Vec<Inline>> {
    match block {
        Block::Paragraph(_, content) | Block::Heading(_, _, content) => Some(content),
        _ => None,
    }
}

/// The plain text of a block; borrowed for an ordinary paragraph.
pub(super) fn text(block: &Block) -> Cow<'_, str> {
    match inlines(block).map(Vec::as_slice) {
        Some([Inline::Text(text)]) => Cow::Borrowed(text),
        Some(content) => Cow::Owned(walk::inline_text(content)),
        None => Cow::Owned(walk::plain_text(std::slice::from_ref(block))),
    }
}

/// The text of a paragraph or heading that is one short line of nothing but text.
pub(super) fn short_line(block: &Block, most: usize) -> Option<Cow<'_, str>> {
    let content = inlines(block)?;
    let short = match content.as_slice() {
        [Inline::Text(text)] => text.len() <= most,
        [] => false,
        several => several.len() <= 8 && !several.iter().any(walk::shows_more_than_text),
    };
    if !short {
        return None;
    }
    let text = text(block);
    let fits = text.len() <= most && !text.trim().contains('\n') && !text.trim().is_empty();
    fits.then_some(text)
}

/// Splits inlines at their line breaks, also at those inside marks.
pub(super) fn split(content: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut lines: Vec<Vec<Inline>> = vec![Vec::new()];
    let push = |lines: &mut Vec<Vec<Inline>>, inline: Inline| {
        if let Some(last) = lines.last_mut() {
            last.push(inline);
        }
    };
    for inline in content {
        match inline {
            Inline::LineBreak => lines.push(Vec::new()),
            Inline::Mark(mark, style, content) if breaks(&content) => {
                for (at, part) in split(content).into_iter().enumerate() {
                    if at > 0 {
                        lines.push(Vec::new());
                    }
                    push(&mut lines, Inline::Mark(mark, style.clone(), part));
                }
            }
            Inline::Styled(style, content) if breaks(&content) => {
                for (at, part) in split(content).into_iter().enumerate() {
                    if at > 0 {
                        lines.push(Vec::new());
                    }
                    push(&mut lines, Inline::Styled(style.clone(), part));
                }
            }
            other => push(&mut lines, other),
        }
    }
    lines.retain(|line| !walk::inline_text(line).trim().is_empty() || shows(line));
    lines
}

fn shows(line: &[Inline]) -> bool {
    line.iter().any(walk::shows_more_than_text)
}

fn breaks(content: &[Inline]) -> bool {
    content.iter().any(|inline| match inline {
        Inline::LineBreak => true,
        Inline::Mark(_, _, content) | Inline::Styled(_, content) => breaks(content),
        _ => false,
    })
}

/// The first lines of a paragraph as text, at most `most` of them.
pub(super) fn first_lines(block: &Block, most: usize) -> Vec<String> {
    let text = text(block);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(most).map(str::to_owned).collect()
}

/// Takes the first characters off a line.
pub(super) fn skip(content: Vec<Inline>, mut count: usize) -> Vec<Inline> {
    skip_some(content, &mut count)
}

fn skip_some(content: Vec<Inline>, count: &mut usize) -> Vec<Inline> {
    let mut out = Vec::with_capacity(content.len());
    for mut inline in content {
        if *count == 0 {
            out.push(inline);
            continue;
        }
        match &mut inline {
            Inline::Text(text) => {
                let at = text.char_indices().nth(*count).map_or(text.len(), |(at, _)| at);
                let gone = text.drain(..at).filter(|_| true).count();
                *count -= gone.min(*count);
                if !text.is_empty() {
                    out.push(inline);
                }
            }
            Inline::LineBreak => *count -= 1,
            Inline::Image(_) | Inline::Footnote(_) | Inline::Ruby(..) => out.push(inline),
            other => {
                let mut left = false;
                for inner in walk::contents_mut(other) {
                    *inner = skip_some(std::mem::take(inner), count);
                    left |= !inner.is_empty();
                }
                if left {
                    out.push(inline);
                }
            }
        }
    }
    out
}

/// Takes a closing bracket off the end of a line, where an opening one was taken off its start.
pub(super) fn drop_bracket(content: &mut [Inline]) {
    match content.last_mut() {
        Some(Inline::Text(text)) => {
            let kept = text.trim_end().trim_end_matches([']', ')', '}']).len();
            text.truncate(kept);
        }
        Some(other) => {
            for inner in walk::contents_mut(other) {
                drop_bracket(inner);
            }
        }
        None => {}
    }
}

/// How many words a block has, roughly: what stands between spaces.
pub(super) fn words(block: &Block) -> usize {
    text(block).split_whitespace().count()
}
