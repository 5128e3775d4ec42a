//! Bare text: lines into paragraphs.
//!
//! Owns how lines are joined (hard wraps, indents, verse) and the habits of emphasis. What the
//! paragraphs mean is found by [`crate::structure`].

use crate::document::{Block, Inline, Mark, Style};
use crate::imported::Imported;
use crate::limits::{Limit, Limits, ReadError};
use crate::structure::{self, Hints, Piece};

use super::{Fit, Format, Input, encoding};

/// Text without markup.
pub(crate) const FORMAT: Format = Format { name: "txt", title: "plain text", fit, read };

fn fit(input: &Input<'_>) -> Fit {
    match (encoding::is_text(input.bytes), input.extension().as_str()) {
        (false, _) => Fit::No,
        (true, "txt" | "text") => Fit::Likely,
        (true, _) => Fit::Maybe,
    }
}

fn read(input: &Input<'_>, limits: &Limits) -> Result<Imported, ReadError> {
    let (text, _, warnings) = encoding::decode(input.bytes, limits)?;
    let pieces = pieces(&text, limits)?;
    drop(text);
    let hints = Hints { name: input.stem(), chapters: limits.chapters, ..Hints::default() };
    let mut imported = structure::structure(pieces, &hints);
    imported.warnings.splice(0..0, warnings);
    Ok(imported)
}

/// A line that is not empty.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    text: &'a str,
    /// Number in the file, from 1.
    number: u32,
    /// Empty lines before it.
    blanks: u32,
    /// Columns before the text; a tab or an ideographic space counts for four.
    indent: u16,
    /// Length, characters.
    length: u32,
}

/// How a text marks its paragraphs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    /// The width at which lines were broken by a program, characters.
    wrap: Option<u32>,
    /// Whether empty lines stand between paragraphs; else every line or indent begins one.
    blanks: bool,
    /// Whether paragraphs begin with an indent.
    indents: bool,
    /// Whether short lines belong together, as in verse.
    verse: bool,
    /// So many empty lines are a break between scenes.
    gap: u32,
}

/// The lines that are not empty; `None` for more than are allowed.
fn lines(text: &str, most: usize) -> Option<Vec<Line<'_>>> {
    let mut out = Vec::new();
    let (mut number, mut blanks) = (0_u32, 0_u32);
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.bytes().position(|b| matches!(b, b'\n' | b'\r' | 0x0c));
        let (raw, after) = match end {
            Some(end) => rest.split_at_checked(end).unwrap_or((rest, "")),
            None => (rest, ""),
        };
        let page = after.starts_with('\x0c');
        let skip = if after.starts_with("\r\n") { 2 } else { after.len().min(1) };
        rest = after.get(skip..).unwrap_or_default();
        number = number.saturating_add(1);
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            blanks = blanks.saturating_add(1);
            continue;
        }
        let before = raw.get(..raw.len() - raw.trim_start().len()).unwrap_or_default();
        let columns = |c: char| if matches!(c, '\t' | '\u{3000}') { 4_u16 } else { 1 };
        let indent = before.chars().take(200).map(columns).sum();
        let chars = if trimmed.is_ascii() { trimmed.len() } else { trimmed.chars().count() };
        let length = u32::try_from(chars).unwrap_or(u32::MAX);
        out.push(Line { text: trimmed, number, blanks, indent, length });
        // A new page begins a new paragraph.
        blanks = u32::from(page);
        if out.len() > most {
            return None;
        }
    }
    Some(out)
}

/// The first word's length, characters.
fn first_word(text: &str) -> u32 {
    let word = text.split(' ').next().unwrap_or_default();
    u32::try_from(word.chars().take(60).count()).unwrap_or(60)
}

/// Whether a line was broken because the next word did not fit any more.
fn is_wrapped(line: &Line<'_>, next: &Line<'_>, width: u32) -> bool {
    let slack = 2 + width / 20;
    line.length + 1 + first_word(next.text) + slack > width && line.length * 2 > width
}

impl Layout {
    fn of(lines: &[Line<'_>]) -> Layout {
        let borders = || lines.iter().zip(lines.iter().skip(1));
        let inner = borders().filter(|(_, next)| next.blanks == 0).count();
        let outer = lines.len().saturating_sub(1) - inner;
        let wrap = wrap_width(lines, inner);
        let indented = lines.iter().filter(|line| line.indent > 0).count();
        let flush = lines.len() - indented;
        let indents = indented * 20 > lines.len() && flush * 5 > lines.len();
        // One paragraph a line: empty lines stand only here and there.
        let blanks = if wrap.is_some() { outer * 12 >= inner } else { outer >= inner };
        let short = lines.iter().filter(|line| line.length <= 65).count();
        let verse = wrap.is_none() && short * 10 >= lines.len() * 9 && outer * 10 >= inner;
        Layout { wrap, blanks: blanks || verse, indents, verse, gap: gap(lines) }
    }
}

/// The width at which a program broke the lines, if one did.
fn wrap_width(lines: &[Line<'_>], inner: usize) -> Option<u32> {
    if inner < 3 {
        return None;
    }
    // Only lines that another follows were broken; a long one here and there is an address.
    let mut lengths: Vec<u32> = lines
        .iter()
        .zip(lines.iter().skip(1))
        .filter(|(_, next)| next.blanks == 0)
        .map(|(line, _)| line.length + u32::from(line.indent.min(12)))
        .collect();
    let at = lengths.len() - 1 - lengths.len() / 40;
    let (_, width, _) = lengths.select_nth_unstable(at);
    let width = *width;
    if !(30..=132).contains(&width) {
        return None;
    }
    let wrapped = lines
        .iter()
        .zip(lines.iter().skip(1))
        .filter(|(line, next)| next.blanks == 0 && is_wrapped(line, next, width))
        .count();
    (wrapped * 10 >= inner * 6).then_some(width)
}

/// How many empty lines are far more than usual; never where that would be every other one.
fn gap(lines: &[Line<'_>]) -> u32 {
    let mut runs: Vec<u32> = lines.iter().skip(1).map(|line| line.blanks).collect();
    if runs.len() < 4 {
        return u32::MAX;
    }
    let middle = runs.len() / 2;
    let (_, usual, _) = runs.select_nth_unstable(middle);
    let gap = (*usual * 2 + 1).max(*usual + 2);
    let wide = lines.iter().skip(1).filter(|line| line.blanks >= gap).count();
    if wide * 5 <= lines.len() { gap } else { u32::MAX }
}

/// Joins lines into paragraphs.
///
/// A node of [`Limits::nodes`] is about 100 bytes in a page; lines and paragraphs here are larger,
/// so that fewer of them are allowed.
fn pieces(text: &str, limits: &Limits) -> Result<Vec<Piece>, ReadError> {
    let too_large = || ReadError::TooLarge(Limit::Nodes(limits.nodes));
    let lines = lines(text, limits.nodes / 3).ok_or_else(too_large)?;
    let layout = Layout::of(&lines);
    let mut out = Paragraphs { pieces: Vec::new(), marks: limits.nodes / 8 };
    let mut rest = lines.as_slice();
    let mut first = true;
    while let Some(opening) = rest.first() {
        if opening.blanks >= layout.gap && !first {
            let block = Block::SceneBreak(Style::NONE, None);
            out.pieces.push(Piece { block, lines: (opening.number - 1, opening.number - 1) });
        }
        first = false;
        let goes_on = |next: &&Line<'_>| next.blanks == 0;
        let length = 1 + rest.iter().skip(1).take_while(goes_on).count();
        let (block, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
        run(block, layout, &mut out);
        if out.pieces.len() > limits.nodes / 4 {
            return Err(too_large());
        }
        rest = after;
    }
    Ok(out.pieces)
}

/// The paragraphs so far.
struct Paragraphs {
    pieces: Vec<Piece>,
    /// How many marks may still be made.
    marks: usize,
}

/// How two neighbouring lines hang together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Border {
    /// One sentence: a program broke the line.
    Joined,
    /// One paragraph: the writer broke the line.
    Line,
    Paragraph,
}

/// Makes paragraphs of lines without an empty one among them.
fn run(lines: &[Line<'_>], layout: Layout, out: &mut Paragraphs) {
    let kept = keeps_lines(lines, layout);
    // Where every line is indented, no indent begins a paragraph.
    let level = lines.iter().map(|line| line.indent).min().unwrap_or(0);
    let mut paragraph: Vec<Line<'_>> = Vec::new();
    let mut joins: Vec<bool> = Vec::new();
    for line in lines {
        if let Some(before) = paragraph.last() {
            match border(before, line, layout, kept, level) {
                Border::Paragraph => {
                    flush(&mut paragraph, &mut joins, out);
                }
                Border::Joined => joins.push(true),
                Border::Line => joins.push(false),
            }
        }
        paragraph.push(*line);
    }
    flush(&mut paragraph, &mut joins, out);
}

/// Whether a block's lines are its writer's: verse, addresses, header lines.
fn keeps_lines(lines: &[Line<'_>], layout: Layout) -> bool {
    if layout.verse {
        return true;
    }
    let short = match layout.wrap {
        Some(width) => width * 4 / 5,
        None => 70,
    };
    layout.blanks && lines.iter().all(|line| line.length <= short)
}

fn border(before: &Line<'_>, line: &Line<'_>, layout: Layout, kept: bool, level: u16) -> Border {
    let own = |text: &str| structure::is_break(text) || structure::is_chapter_heading(text);
    if own(line.text) || own(before.text) {
        return Border::Paragraph;
    }
    if structure::is_header_line(line.text) {
        return Border::Line;
    }
    let indented = layout.indents && line.indent > level && !layout.verse;
    if let Some(width) = layout.wrap {
        if indented && line.indent > before.indent {
            return Border::Paragraph;
        }
        let cut = before.text.ends_with(|c: char| c.is_alphanumeric() || c == '-')
            && line.text.starts_with(char::is_lowercase);
        if !kept && !indented && (cut || is_wrapped(before, line, width)) {
            return Border::Joined;
        }
        return match layout.blanks && !indented {
            true => Border::Line,
            false => Border::Paragraph,
        };
    }
    let header = structure::is_header_line(before.text);
    if kept || header { Border::Line } else { Border::Paragraph }
}

fn flush(paragraph: &mut Vec<Line<'_>>, joins: &mut Vec<bool>, out: &mut Paragraphs) {
    let (Some(first), Some(last)) = (paragraph.first(), paragraph.last()) else { return };
    let lines = (first.number, last.number);
    let mut content = Vec::with_capacity(1);
    let mut text = String::with_capacity(paragraph.iter().map(|line| line.text.len() + 1).sum());
    for (at, line) in paragraph.iter().enumerate() {
        if at > 0 {
            let joined = joins.get(at - 1).copied().unwrap_or(true);
            if !joined {
                emphasis(&std::mem::take(&mut text), 0, &mut out.marks, &mut content);
                content.push(Inline::LineBreak);
            } else if needs_space(&text, line.text.chars().next()) {
                text.push(' ');
            }
        }
        text.push_str(line.text);
    }
    emphasis(&text, 0, &mut out.marks, &mut content);
    paragraph.clear();
    joins.clear();
    out.pieces.push(Piece { block: Block::Paragraph(Style::NONE, content), lines });
}

/// Whether a space stands where two lines are joined: not within a hyphenated word, and not in
/// scripts without spaces.
fn needs_space(before: &str, next: Option<char>) -> bool {
    let wide = |c: char| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    let mut ends = before.chars().rev();
    match (ends.next(), next) {
        (Some(a), Some(b)) if wide(a) && wide(b) => false,
        (Some('-'), Some(b)) if b.is_alphabetic() => !ends.next().is_some_and(char::is_alphabetic),
        _ => true,
    }
}

/// Marks inside marks, at most.
const NESTED: usize = 3;

/// Reads `_so_`, `*so*`, `**so**` and, where it is beyond doubt, `/so/`.
fn emphasis(text: &str, depth: usize, left: &mut usize, out: &mut Vec<Inline>) {
    let signs = |b: &u8| matches!(b, b'_' | b'*' | b'/');
    if depth >= NESTED || *left == 0 || text.bytes().filter(signs).take(2).count() < 2 {
        push_text(text, out);
        return;
    }
    let (mut plain, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(signs)) {
        let start = at + found;
        if *left == 0 {
            break;
        }
        let Some(marked) = marked(text, start) else {
            at = start + run_length(bytes, start);
            continue;
        };
        *left -= 1;
        push_text(text.get(plain..start).unwrap_or_default(), out);
        let mut content = Vec::new();
        emphasis(marked.inner, depth + 1, left, &mut content);
        out.push(Inline::Mark(marked.mark, Style::NONE, content));
        plain = marked.end;
        at = marked.end;
    }
    push_text(text.get(plain..).unwrap_or_default(), out);
}

fn push_text(text: &str, out: &mut Vec<Inline>) {
    if !text.is_empty() {
        out.push(Inline::Text(text.to_owned()));
    }
}

/// How many of the same sign stand in a row.
fn run_length(bytes: &[u8], start: usize) -> usize {
    let sign = bytes.get(start).copied();
    let rest = bytes.get(start..).unwrap_or_default();
    rest.iter().take_while(|b| Some(**b) == sign).count().max(1)
}

struct Marked<'a> {
    mark: Mark,
    inner: &'a str,
    end: usize,
}

/// What the sign at `start` opens, if it opens and closes at the borders of words.
fn marked(text: &str, start: usize) -> Option<Marked<'_>> {
    let bytes = text.as_bytes();
    let sign = *bytes.get(start)?;
    let count = run_length(bytes, start);
    if count > 3 || (sign == b'/' && count > 1) {
        return None;
    }
    let inside = start + count;
    if !opens_word(text.get(..start)?, text.get(inside..)?) {
        return None;
    }
    let mut at = inside;
    loop {
        let found = bytes.get(at..)?.iter().position(|b| *b == sign)?;
        let close = at + found;
        let length = run_length(bytes, close);
        let (inner, after) = (text.get(inside..close)?, text.get(close + length..)?);
        if length == count && closes_word(inner, after) {
            let slashed = sign == b'/';
            if slashed && !only_words(inner) {
                return None;
            }
            let mark = if count >= 2 { Mark::Strong } else { Mark::Emphasis };
            return Some(Marked { mark, inner, end: close + length });
        }
        // Another opening: the first one was none. This also keeps the time linear.
        if length == count && opens_word(text.get(..close)?, after) {
            return None;
        }
        at = close + length;
    }
}

fn opens_word(before: &str, after: &str) -> bool {
    let edge = before
        .chars()
        .next_back()
        .is_none_or(|c| c.is_whitespace() || "\"'“‘«(*_[—–-…".contains(c));
    edge && after.chars().next().is_some_and(|c| c.is_alphanumeric() || "\"'“‘«¿¡…*_(".contains(c))
}

fn closes_word(inner: &str, after: &str) -> bool {
    let last = inner.chars().next_back();
    let next = after.chars().next();
    last.is_some_and(|c| !c.is_whitespace())
        && next.is_none_or(|c| !c.is_alphanumeric() && !"/".contains(c))
}

/// "/so he thought/" and never a path or a date.
fn only_words(inner: &str) -> bool {
    let fits = |c: char| c.is_alphabetic() || " ,.'’!?…-".contains(c);
    let letters = inner.chars().filter(|c| c.is_alphabetic()).count();
    let starts = inner.chars().next().is_some_and(char::is_alphabetic);
    starts && letters >= 2 && inner.len() <= 200 && inner.chars().all(fits)
}

#[cfg(test)]
mod tests;
