//! The title at the very start of a work.
//!
//! Owns what makes a first line a title: a by-line or header lines after it, its look, the name of
//! the file.

use crate::document::*;

use super::head::{self, Head};
use super::label;
use super::{Lines, Piece, fields, heading, lines};

/// A line at the start.
struct Line {
    piece: usize,
    /// Whether the piece has other lines.
    alone: bool,
    after_rule: bool,
    text: String,
    lines: Lines,
}

/// Reads the title and the by-line that open a work.
pub(super) fn read(pieces: &mut [Piece], name: &str, head: &mut Head) {
    let start = first_lines(pieces);
    let Some(first) = start.first() else { return };
    let (text, place, piece) = (first.text.clone(), first.lines, first.piece);
    if let Some(found) = heading::parse(&text).filter(|_| first.alone) {
        if let Some(before) = found.before {
            let rule = "stands before the chapter's heading in the first line";
            head.title = Some((before, place, rule));
            head.end = piece;
        }
        return;
    }
    if label::parse(&text).is_some_and(|label| label.sure || label.field.is_long()) {
        return;
    }
    if let Some((title, author)) = head::title_by(&text).filter(|_| pieces.len() > 1) {
        head.title = Some((title, place, "first line, “title by author”"));
        take_line(pieces, piece, head);
        head.entries.push(author_entry(author, place));
        return;
    }
    let Some(rule) = why_title(pieces, &start, name) else { return };
    head.title = Some((fields::unquoted(plain(&text)).to_owned(), place, rule));
    let by = start.get(1).and_then(|line| Some((head::byline(&line.text)?, line)));
    let by = by.map(|(author, line)| (author, line.lines, line.piece));
    take_line(pieces, piece, head);
    if let Some((author, lines, at)) = by {
        head.end = at;
        take_line(pieces, at, head);
        head.entries.push(author_entry(author, lines));
    }
}

fn author_entry(author: String, lines: Lines) -> head::Entry {
    let blocks = vec![Block::Paragraph(Style::NONE, vec![Inline::Text(author)])];
    head::Entry { field: label::Field::Author, name: String::new(), blocks, lines }
}

/// A title without the signs that some set round it.
fn plain(text: &str) -> &str {
    let inner = text.trim_matches(|c: char| c.is_whitespace() || "*_~=#-–—".contains(c));
    if inner.is_empty() { text.trim() } else { inner }
}

fn first_lines(pieces: &[Piece]) -> Vec<Line> {
    let mut found = Vec::new();
    let mut after_rule = false;
    for (at, piece) in pieces.iter().enumerate().take(8) {
        if matches!(piece.block, Block::SceneBreak(..)) {
            after_rule = true;
            continue;
        }
        if lines::inlines(&piece.block).is_none() {
            break;
        }
        let texts = lines::first_lines(&piece.block, 6);
        let alone = texts.len() == 1;
        for (nth, text) in texts.into_iter().enumerate() {
            let line = u32::try_from(nth).unwrap_or(0);
            let lines = match piece.lines {
                (0, _) => (0, 0),
                (first, last) if last > first => (first + line, first + line),
                same => same,
            };
            found.push(Line { piece: at, alone, after_rule, text, lines });
            after_rule = false;
        }
        if found.len() >= 4 {
            break;
        }
    }
    found
}

/// The rule by which the first line is the title, if there is one.
fn why_title(pieces: &[Piece], start: &[Line], name: &str) -> Option<&'static str> {
    let first = start.first()?;
    let text = plain(&first.text);
    if text.len() > 120 || !heading::title_like(text) || super::scene::is_break(&first.text) {
        return None;
    }
    let spoken = first.text.starts_with(['"', '“', '«']) && fields::unquoted(text) == text;
    if spoken || text.ends_with(['.', ',']) && !text.ends_with("...") {
        return None;
    }
    let next = start.get(1);
    if next.is_some_and(|line| head::byline(&line.text).is_some()) {
        return Some("first line, before “by …”");
    }
    let sure = |line: &Line| {
        let label = label::parse(&line.text);
        label.is_some_and(|label| label.sure) || heading::parse(&line.text).is_some()
    };
    if next.is_some_and(sure) {
        return Some("first short line, before the header lines");
    }
    let block = pieces.get(first.piece).map(|piece| &piece.block)?;
    if !first.alone {
        return None;
    }
    if let Block::Heading(level, ..) = block {
        return heads_the_work(pieces, first.piece, *level).then_some("first heading");
    }
    if same_words(text, name) {
        return Some("first line, which the file is named after");
    }
    let next = next?;
    let long = next.text.chars().count() >= 60 || next.after_rule;
    if is_set_apart(block) && (long || !next.alone) {
        return Some("first line, set apart from the text");
    }
    (looks_named(text) && long).then_some("first short line, written as a title")
}

/// Whether the first heading heads the work and not only its first chapter.
fn heads_the_work(pieces: &[Piece], at: usize, level: Level) -> bool {
    let mut others = pieces.iter().enumerate().skip(at + 1).filter_map(|(at, piece)| {
        let Block::Heading(own, ..) = &piece.block else { return None };
        (*own <= level).then_some((at, piece))
    });
    let next_heads = matches!(pieces.get(at + 1).map(|p| &p.block), Some(Block::Heading(..)));
    next_heads || others.all(|(_, piece)| heading::parse(&lines::text(&piece.block)).is_some())
}

fn same_words(text: &str, name: &str) -> bool {
    let key = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (text, name) = (key(text), key(name));
    text.len() >= 3 && (text == name || (text.len() >= 8 && name.ends_with(&text)))
}

/// Centred, or bold as a whole.
fn is_set_apart(block: &Block) -> bool {
    let Block::Paragraph(style, content) = block else { return false };
    let bold = matches!(content.as_slice(), [Inline::Mark(Mark::Strong | Mark::Bold, ..)]);
    bold || style.align == Some(Align::Center)
}

/// "The Long Way Home", "THE LONG WAY": every word of weight in capitals, no stop.
fn looks_named(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let weighty = |word: &&&str| word.chars().filter(|c| c.is_alphabetic()).count() > 3;
    let upper = |word: &str| {
        let first = word.chars().find(|c| c.is_alphabetic());
        first.is_none_or(char::is_uppercase)
    };
    let ends = text.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ')');
    let first = words.first().is_some_and(|word| upper(word));
    let last = words.last().is_some_and(|word| upper(word));
    let all = words.iter().filter(weighty).all(|word| upper(word));
    (2..=9).contains(&words.len()) && ends && first && last && all
}

/// Takes the first line out of a piece.
fn take_line(pieces: &mut [Piece], at: usize, head: &mut Head) {
    let Some(piece) = pieces.get_mut(at) else { return };
    let content = match std::mem::replace(&mut piece.block, head::rule()) {
        Block::Paragraph(_, content) | Block::Heading(_, _, content) => content,
        other => {
            piece.block = other;
            return;
        }
    };
    let mut rest = lines::split(content);
    if rest.is_empty() {
        head.end = at + 1;
        return;
    }
    rest.remove(0);
    if rest.is_empty() {
        head.end = at + 1;
        return;
    }
    let mut joined = Vec::new();
    for line in rest {
        if !joined.is_empty() {
            joined.push(Inline::LineBreak);
        }
        joined.extend(line);
    }
    if piece.lines.0 > 0 && piece.lines.1 > piece.lines.0 {
        piece.lines.0 += 1;
    }
    piece.block = Block::Paragraph(Style::NONE, joined);
    head.end = at;
}
