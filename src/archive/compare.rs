//! What differs between two texts: in the prose, not in the markup; and three texts as one.
//!
//! Texts are compared paragraph by paragraph, and paragraphs that were changed word by word. A
//! **piece** is a paragraph or whatever else stands on lines of its own (a heading, a list, a
//! table), also inside quotations and groups. Pure functions.

use std::collections::HashMap;

use fanfold_doc::document::{Block, Document, ImageSource};
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices};

/// How many pairs of words are looked at in one difference, at most. What does not come to its turn
/// is told as replaced: right, only larger than it need be. Counted and not timed, so that the same
/// texts always differ in the same way.
const PAIRS: usize = 24_000_000;
/// The same for pairs of paragraphs.
const PARAGRAPH_PAIRS: usize = 400_000_000;
/// Two paragraphs with at least this part of their words in common are one that was changed.
const ALIKE: f64 = 0.35;
/// Among so many of the paragraphs that went is looked for the one that another was made of.
const NEAR: usize = 8;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it stands: its place among the blocks, and within that block, as deep as it goes.
    pub path: Vec<usize>,
    /// What it says, lines apart by `\n`.
    pub text: String,
}

/// The pieces of a text, in reading order.
pub fn pieces(document: &Document) -> Vec<Piece> {
    let mut pieces = Vec::new();
    walk(&document.blocks, &mut Vec::new(), &mut pieces);
    pieces
}

fn walk(blocks: &[Block], path: &mut Vec<usize>, pieces: &mut Vec<Piece>) {
    for (at, block) in blocks.iter().enumerate() {
        path.push(at);
        match block {
            Block::Quote(quote) => walk(&quote.blocks, path, pieces),
            Block::Group(_, _, inner) => walk(inner, path, pieces),
            own => pieces.push(Piece { path: path.clone(), text: said(own) }),
        }
        path.pop();
    }
}

/// What a block says, also if it says it without words.
fn said(block: &Block) -> String {
    if let Block::SceneBreak(..) = block {
        return "* * *".to_owned();
    }
    let document = Document { blocks: vec![block.clone()] };
    let shown: Vec<String> = document.images().into_iter().map(image).collect();
    let mut text = document.text().trim_end().to_owned();
    for image in shown {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&image);
    }
    text
}

fn image(source: &ImageSource) -> String {
    match source {
        ImageSource::Kept(name) => format!("[image {:.12}]", name.as_str()),
        ImageSource::Remote(href) => format!("[image {href}]"),
    }
}

/// How a run of text stands in two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In both.
    Both,
    /// In the old one only.
    Old,
    /// In the new one only.
    New,
}

/// A run of words within a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where it stands.
    pub side: Side,
    /// The words, with the spaces among them.
    pub text: String,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The piece of the old text, by its place among the pieces.
    pub old: Option<usize>,
    /// The piece of the new text.
    pub new: Option<usize>,
    /// What both say, in runs.
    pub runs: Vec<Run>,
}

impl Line {
    /// Whether both texts say the same here.
    pub fn is_same(&self) -> bool {
        self.runs.iter().all(|run| run.side == Side::Both)
            && self.old.is_some()
            && self.new.is_some()
    }

    /// What one side says.
    pub fn text(&self, side: Side) -> String {
        let own = self.runs.iter().filter(|run| run.side == Side::Both || run.side == side);
        own.map(|run| run.text.as_str()).collect()
    }
}

/// The difference of two texts, in reading order.
pub fn difference(old: &[Piece], new: &[Piece]) -> Vec<Line> {
    let (mut pairs, mut lexicon) = (PAIRS, Lexicon::default());
    let texts = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.clone()).collect();
    let (olds, news): (Vec<String>, Vec<String>) = (texts(old), texts(new));
    let (old_ids, new_ids) = numbered(&olds, &news);
    let mut lines = Vec::with_capacity(new.len());
    for op in paragraphs(&old_ids, &new_ids) {
        let (gone, come) = (op.old_range(), op.new_range());
        if op.tag() == DiffTag::Equal {
            for (old, new) in gone.zip(come) {
                let text = news.get(new).cloned().unwrap_or_default();
                lines.push(Line {
                    old: Some(old),
                    new: Some(new),
                    runs: vec![Run { side: Side::Both, text }],
                });
            }
            continue;
        }
        let gone: Vec<Prose> =
            gone.filter_map(|at| Some(lexicon.prose(at, olds.get(at)?))).collect();
        let come: Vec<Prose> =
            come.filter_map(|at| Some(lexicon.prose(at, news.get(at)?))).collect();
        changed(&gone, &come, &mut pairs, &mut lines);
    }
    lines
}

/// How rows of paragraphs differ.
fn paragraphs(old: &[u32], new: &[u32]) -> Vec<DiffOp> {
    if old.len().saturating_mul(new.len()) <= PARAGRAPH_PAIRS {
        return capture_diff_slices(Algorithm::Patience, old, new);
    }
    let (old_len, new_len) = (old.len(), new.len());
    vec![DiffOp::Replace { old_index: 0, old_len, new_index: 0, new_len }]
}

/// Equal texts as equal numbers: cheap to compare.
fn numbered(old: &[String], new: &[String]) -> (Vec<u32>, Vec<u32>) {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut ids = [Vec::with_capacity(old.len()), Vec::with_capacity(new.len())];
    for (side, texts) in ids.iter_mut().zip([old, new]) {
        for text in texts {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            side.push(*numbers.entry(text.as_str()).or_insert(next));
        }
    }
    let [old, new] = ids;
    (old, new)
}

/// A paragraph as its words, each told once and then known by its number.
struct Prose<'t> {
    /// Its place among the pieces.
    at: usize,
    text: &'t str,
    words: Vec<&'t str>,
    numbers: Vec<u32>,
    /// The numbers of those that are more than a sign or a space, in order of number.
    said: Vec<u32>,
}

/// The words of two texts and their numbers.
#[derive(Default)]
struct Lexicon<'t>(HashMap<&'t str, (u32, bool)>);

impl<'t> Lexicon<'t> {
    fn prose(&mut self, at: usize, text: &'t str) -> Prose<'t> {
        let words = words(text);
        let mut numbers = Vec::with_capacity(words.len());
        let mut said = Vec::with_capacity(words.len() / 2);
        for word in &words {
            let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
            let new = || (next, word.contains(char::is_alphanumeric));
            let (number, speaks) = *self.0.entry(word).or_insert_with(new);
            numbers.push(number);
            said.extend(speaks.then_some(number));
        }
        said.sort_unstable();
        Prose { at, text, words, numbers, said }
    }
}

/// Paragraphs in whose place others came: those that are alike were changed, others came or went.
fn changed(gone: &[Prose], come: &[Prose], pairs: &mut usize, lines: &mut Vec<Line>) {
    let mut rest = gone.iter();
    for new in come {
        let partner = rest.clone().take(NEAR).position(|old| likeness(old, new) >= ALIKE);
        let Some(skip) = partner else {
            lines.push(only(Side::New, new));
            continue;
        };
        lines.extend(rest.by_ref().take(skip).map(|old| only(Side::Old, old)));
        if let Some(old) = rest.next() {
            let runs = runs(old, new, pairs);
            lines.push(Line { old: Some(old.at), new: Some(new.at), runs });
        }
    }
    lines.extend(rest.map(|old| only(Side::Old, old)));
}

fn only(side: Side, own: &Prose) -> Line {
    let (old, new) = if side == Side::Old { (Some(own.at), None) } else { (None, Some(own.at)) };
    Line { old, new, runs: vec![Run { side, text: own.text.to_owned() }] }
}

/// Which part of their words two paragraphs have in common, whatever their order.
fn likeness(one: &Prose, other: &Prose) -> f64 {
    let total = one.said.len() + other.said.len();
    // So different in length that no words could make them alike.
    if total == 0 || 2.0 * one.said.len().min(other.said.len()) as f64 / (total as f64) < ALIKE {
        return 0.0;
    }
    let (mut left, mut both) = (one.said.iter().peekable(), 0_usize);
    for word in &other.said {
        while left.next_if(|own| *own < word).is_some() {}
        both += usize::from(left.next_if_eq(&word).is_some());
    }
    (2 * both) as f64 / total as f64
}

/// The words of a text: runs of letters and digits, runs of spaces, and every other sign by itself;
/// where words are written without spaces, every letter.
fn words(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' => 3,
        '\u{0e00}'..='\u{0eff}' => 3,
        c if c.is_alphanumeric() || matches!(c, '\'' | '’' | '\u{300}'..='\u{36f}') => 1,
        c if c.is_whitespace() => 2,
        _ => 3,
    };
    let mut words = Vec::new();
    let (mut start, mut last) = (0, 0);
    for (at, c) in text.char_indices() {
        let own = kind(c);
        if at > start && (own != last || own == 3) {
            words.extend(text.get(start..at));
            start = at;
        }
        last = own;
    }
    words.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    words
}

/// The difference of two paragraphs, word by word.
fn runs(old: &Prose, new: &Prose, pairs: &mut usize) -> Vec<Run> {
    let (olds, news) = (&old.numbers, &new.numbers);
    // What both begin and end with costs nothing.
    let start = olds.iter().zip(news).take_while(|(old, new)| old == new).count();
    let most = olds.len().min(news.len()) - start;
    let ends = olds.iter().rev().zip(news.iter().rev()).take(most);
    let end = ends.take_while(|(old, new)| old == new).count();
    let middle = |all: usize| all - start - end;
    let cost = middle(olds.len()).saturating_mul(middle(news.len()));
    let Some(left) = pairs.checked_sub(cost) else {
        let run = |side, text: &str| Run { side, text: text.to_owned() };
        let both = [run(Side::Old, old.text), run(Side::New, new.text)];
        return both.into_iter().filter(|run| !run.text.is_empty()).collect();
    };
    *pairs = left;
    let mut runs: Vec<Run> = Vec::new();
    let mut push = |side: Side, words: Option<&[&str]>| {
        let text = words.unwrap_or_default().concat();
        match runs.last_mut().filter(|last| last.side == side) {
            _ if text.is_empty() => {}
            Some(last) => last.text.push_str(&text),
            None => runs.push(Run { side, text }),
        }
    };
    for op in capture_diff_slices(Algorithm::Myers, olds, news) {
        if op.tag() == DiffTag::Equal {
            push(Side::Both, old.words.get(op.old_range()));
        } else {
            push(Side::Old, old.words.get(op.old_range()));
            push(Side::New, new.words.get(op.new_range()));
        }
    }
    runs
}

/// The new text with one line as the old one has it: a piece put back, changed back, or taken out.
/// `None` where the line is not one of their difference.
pub fn taken_back(old: &Document, new: &Document, lines: &[Line], line: usize) -> Option<Document> {
    let (olds, news) = (pieces(old), pieces(new));
    let own = lines.get(line)?;
    let mut document = new.clone();
    match (own.old, own.new) {
        (Some(old_at), Some(new_at)) => {
            let block = block(&old.blocks, &olds.get(old_at)?.path)?.clone();
            *block_mut(&mut document.blocks, &news.get(new_at)?.path)? = block;
        }
        (None, Some(new_at)) => {
            let (place, list) = list_mut(&mut document.blocks, &news.get(new_at)?.path)?;
            if place < list.len() {
                list.remove(place);
            }
        }
        (Some(old_at), None) => {
            let block = block(&old.blocks, &olds.get(old_at)?.path)?.clone();
            // Behind the nearest piece before it that is still there.
            let before = lines.get(..line)?.iter().rev().find_map(|line| line.new);
            match before {
                Some(before) => {
                    let (place, list) = list_mut(&mut document.blocks, &news.get(before)?.path)?;
                    list.insert((place + 1).min(list.len()), block);
                }
                None => document.blocks.insert(0, block),
            }
        }
        (None, None) => return None,
    }
    Some(document.normalize())
}

fn inner(block: &Block) -> Option<&Vec<Block>> {
    match block {
        Block::Quote(quote) => Some(&quote.blocks),
        Block::Group(_, _, blocks) => Some(blocks),
        _ => None,
    }
}

fn block<'d>(blocks: &'d [Block], path: &[usize]) -> Option<&'d Block> {
    let (first, rest) = path.split_first()?;
    let own = blocks.get(*first)?;
    if rest.is_empty() { Some(own) } else { block(inner(own)?, rest) }
}

/// The list that a piece stands in, and its place there.
fn list_mut<'d>(blocks: &'d mut Vec<Block>, path: &[usize]) -> Option<(usize, &'d mut Vec<Block>)> {
    let (first, rest) = path.split_first()?;
    if rest.is_empty() {
        return Some((*first, blocks));
    }
    match blocks.get_mut(*first)? {
        Block::Quote(quote) => list_mut(&mut quote.blocks, rest),
        Block::Group(_, _, inner) => list_mut(inner, rest),
        _ => None,
    }
}

fn block_mut<'d>(blocks: &'d mut Vec<Block>, path: &[usize]) -> Option<&'d mut Block> {
    let (place, list) = list_mut(blocks, path)?;
    list.get_mut(place)
}

/// One text out of two that were made of the same: what only one of them changed is as it says.
/// `None` where both changed the same place differently, or where it cannot be told.
pub fn merged(base: &Document, mine: &Document, theirs: &Document) -> Option<Document> {
    if mine == theirs || base == theirs {
        return Some(mine.clone());
    }
    if base == mine {
        return Some(theirs.clone());
    }
    let blocks = merged_blocks(&base.blocks, &mine.blocks, &theirs.blocks)?;
    Some(Document { blocks }.normalize())
}

fn merged_blocks(base: &[Block], mine: &[Block], theirs: &[Block]) -> Option<Vec<Block>> {
    // Whole texts often stand in one group.
    if let ([Block::Group(kind, style, base)], [mine], [theirs]) = (base, mine, theirs)
        && let (Block::Group(k, s, mine), Block::Group(l, t, theirs)) = (mine, theirs)
        && [k, l] == [kind, kind]
        && [s, t] == [style, style]
    {
        let blocks = merged_blocks(base, mine, theirs)?;
        return Some(vec![Block::Group(*kind, style.clone(), blocks)]);
    }
    let (ours, others) = (edits(base, mine), edits(base, theirs));
    let mut out = Vec::with_capacity(mine.len().max(theirs.len()));
    let (mut at, mut ours, mut others) =
        (0, ours.into_iter().peekable(), others.into_iter().peekable());
    loop {
        let edit = match (ours.peek(), others.peek()) {
            (None, None) => break,
            (Some(_), None) => ours.next()?,
            (None, Some(_)) => others.next()?,
            (Some(own), Some(other)) if own == other => {
                others.next();
                ours.next()?
            }
            // Also where they meet: which of two additions comes first cannot be told.
            (Some(own), Some(other)) if own.end < other.start => ours.next()?,
            (Some(own), Some(other)) if other.end < own.start => others.next()?,
            _ => return None,
        };
        out.extend_from_slice(base.get(at..edit.start)?);
        out.extend(edit.blocks);
        at = edit.end;
    }
    out.extend_from_slice(base.get(at..)?);
    Some(out)
}

/// Blocks in the place of others.
#[derive(Clone, Debug, PartialEq)]
struct Edit {
    start: usize,
    end: usize,
    blocks: Vec<Block>,
}

fn edits(base: &[Block], text: &[Block]) -> Vec<Edit> {
    let key = |block: &Block| format!("{block:?}");
    let olds: Vec<String> = base.iter().map(key).collect();
    let news: Vec<String> = text.iter().map(key).collect();
    let (old_ids, new_ids) = numbered(&olds, &news);
    let ops = paragraphs(&old_ids, &new_ids);
    let changes = ops.iter().filter(|op| op.tag() != DiffTag::Equal);
    changes
        .map(|op| Edit {
            start: op.old_range().start,
            end: op.old_range().end,
            blocks: text.get(op.new_range()).unwrap_or_default().to_vec(),
        })
        .collect()
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
