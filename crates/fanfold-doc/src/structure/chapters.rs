//! Cuts a text into chapters at its headings.
//!
//! Owns which headings make chapters: those beyond doubt, else headings of one level, else numbers
//! in a sequence.

use std::collections::HashSet;

use crate::document::*;

use super::heading::{self, Heading};
use super::{Lines, Piece, lines};

/// A chapter before its notes are looked for.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) heading: Option<Heading>,
    /// Where its heading stands.
    pub(super) lines: Lines,
    pub(super) pieces: Vec<Piece>,
}

/// A heading among the pieces.
#[derive(Debug)]
struct Cut {
    at: usize,
    heading: Heading,
}

/// What the cutting came to.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    /// What stands before the first heading.
    pub(super) before: Vec<Piece>,
    pub(super) chapters: Vec<Draft>,
    /// The rule, in words; `None` where there is no heading.
    pub(super) rule: Option<&'static str>,
    /// Headings that were left alone because there are more than the limit allows.
    pub(super) too_many: usize,
}

/// Sections with a bare number are chapters where they are at least this long, words.
const BARE_NUMBER_WORDS: usize = 500;

/// Cuts the pieces into chapters.
pub(super) fn cut(pieces: Vec<Piece>, most: usize) -> Cuts {
    let (mut cuts, rule) = find(&pieces);
    if cuts.is_empty() {
        return Cuts { before: pieces, ..Cuts::default() };
    }
    let contents = drop_contents(&pieces, &mut cuts);
    let too_many = cuts.len().saturating_sub(most);
    cuts.truncate(most);
    let mut out = Cuts { too_many, ..Cuts::default() };
    out.rule = rule.filter(|_| !cuts.is_empty());
    let mut next = cuts.into_iter().peekable();
    let mut title_may_follow = false;
    for (at, piece) in pieces.into_iter().enumerate() {
        if contents.contains(&at) {
            continue;
        }
        if let Some(cut) = next.next_if(|cut| cut.at == at) {
            title_may_follow = cut.heading.title.is_none();
            start_chapter(&mut out.chapters, cut.heading, piece.lines);
            continue;
        }
        let Some(draft) = out.chapters.last_mut() else {
            out.before.push(piece);
            continue;
        };
        if title_may_follow && draft.pieces.is_empty() {
            let title = following_title(&piece.block);
            if let (Some(title), Some(heading)) = (title, draft.heading.as_mut()) {
                heading.title = Some(title);
                draft.lines = super::join(draft.lines, piece.lines);
                title_may_follow = false;
                continue;
            }
        }
        draft.pieces.push(piece);
    }
    out
}

/// Opens a chapter; a part without text of its own becomes part of the next chapter's title.
fn start_chapter(chapters: &mut Vec<Draft>, mut heading: Heading, lines: Lines) {
    let outer = chapters.last().and_then(|draft| {
        let own = draft.heading.as_ref()?;
        let rules = |piece: &Piece| matches!(piece.block, Block::SceneBreak(..));
        let empty = draft.pieces.iter().all(rules);
        let outer =
            matches!(own.word.as_str(), "part" | "book" | "act") && own.word != heading.word;
        (empty && outer).then(|| name_of(own))
    });
    if let Some(outer) = outer {
        chapters.pop();
        heading.title = Some(match heading.title {
            Some(title) => format!("{outer}: {title}"),
            None => outer,
        });
    }
    chapters.push(Draft { heading: Some(heading), lines, pieces: Vec::new() });
}

/// "Part 2: Rain" for a heading that is to stand inside a title.
fn name_of(heading: &Heading) -> String {
    let mut word = heading.word.clone();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let number = heading.number.map(|n| format!(" {n}")).unwrap_or_default();
    match &heading.title {
        Some(title) => format!("{word}{number}: {title}"),
        None => format!("{word}{number}"),
    }
}

/// A chapter's title on the line after "Chapter 3".
fn following_title(block: &Block) -> Option<String> {
    let text = lines::short_line(block, 90)?;
    let text = text.trim().trim_matches(|c: char| "*_~=-–—".contains(c)).trim();
    let last = text.chars().next_back()?;
    let weighty = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 3;
    let upper =
        |word: &str| word.chars().find(|c| c.is_alphabetic()).is_none_or(char::is_uppercase);
    let first = text.split_whitespace().next().is_some_and(upper);
    let named = first && text.split_whitespace().filter(weighty).all(upper);
    let heading = matches!(block, Block::Heading(..));
    let stops = matches!(last, '.' | '!' | ',' | ';' | ':' | '?' | '"' | '”');
    let fits = heading::title_like(text) && (heading || (named && !stops));
    let label = super::label::parse(text).is_some();
    (fits && !label && text.split_whitespace().count() <= 9).then(|| text.to_owned())
}

fn find(pieces: &[Piece]) -> (Vec<Cut>, Option<&'static str>) {
    let mut sure = Vec::new();
    let mut weak = Vec::new();
    let mut levels: Vec<(usize, Level)> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if let Block::Heading(level, ..) = piece.block {
            levels.push((at, level));
        }
        let Some(text) = lines::short_line(&piece.block, heading::LONGEST) else { continue };
        if let Some(heading) = heading::parse(&text) {
            sure.push(Cut { at, heading });
        } else if weak.len() < 20_000 {
            weak.extend(heading::parse_weak(&text).map(|heading| Cut { at, heading }));
        }
    }
    if !sure.is_empty() {
        add_level(pieces, &mut sure, &levels);
        return (sure, Some("headings like “Chapter 3: …”"));
    }
    if let Some(cuts) = by_level(pieces, &levels) {
        return (cuts, Some("headings of the same level"));
    }
    match sequence(pieces, weak) {
        Some(cuts) => (cuts, Some("numbered headings in a sequence")),
        None => (Vec::new(), None),
    }
}

fn titled(pieces: &[Piece], at: usize) -> Option<Cut> {
    let text = lines::text(&pieces.get(at)?.block);
    let words: Vec<&str> = text.split_whitespace().collect();
    let heading = Heading {
        word: String::new(),
        number: None,
        of: None,
        title: Some(words.join(" ")),
        before: None,
    };
    Some(Cut { at, heading })
}

/// Headings of the level at which "Chapter 3" stands are chapters too.
fn add_level(pieces: &[Piece], sure: &mut Vec<Cut>, levels: &[(usize, Level)]) {
    let level_at = |at: usize| levels.iter().find(|own| own.0 == at).map(|own| own.1);
    let Some(level) = sure.iter().find_map(|cut| level_at(cut.at)) else { return };
    let known: HashSet<usize> = sure.iter().map(|cut| cut.at).collect();
    for (at, own) in levels {
        // The title of a chapter may be a heading of its own, right behind.
        let behind = at.checked_sub(1).is_some_and(|before| known.contains(&before));
        if *own == level && !known.contains(at) && !behind {
            sure.extend(titled(pieces, *at));
        }
    }
    sure.sort_by_key(|cut| cut.at);
}

/// Several headings of the highest level, or one that opens the text.
fn by_level(pieces: &[Piece], levels: &[(usize, Level)]) -> Option<Vec<Cut>> {
    let highest = levels.iter().map(|own| own.1).min()?;
    let cuts: Vec<Cut> = levels
        .iter()
        .filter(|own| own.1 == highest)
        .filter_map(|own| titled(pieces, own.0))
        .collect();
    let opens = cuts.first().is_some_and(|cut| cut.at == 0);
    (cuts.len() >= 2 || opens).then_some(cuts)
}

/// Numbers from one upwards with text between them.
fn sequence(pieces: &[Piece], weak: Vec<Cut>) -> Option<Vec<Cut>> {
    let mut cuts: Vec<Cut> = Vec::new();
    for cut in weak {
        let wanted = cuts.last().map_or(1, |last| last.heading.number.map_or(0, |n| n + 1));
        let apart = cuts.last().is_none_or(|last| {
            let between = pieces.get(last.at + 1..cut.at).unwrap_or_default();
            between.iter().any(|piece| !matches!(piece.block, Block::SceneBreak(..)))
        });
        let same = cuts
            .last()
            .is_none_or(|last| last.heading.title.is_some() == cut.heading.title.is_some());
        if cut.heading.number == Some(wanted) && same {
            if !apart {
                return None;
            }
            cuts.push(cut);
        }
    }
    let first = cuts.first()?;
    let before: usize = pieces.iter().take(first.at).map(|p| lines::words(&p.block)).sum();
    let all: usize = pieces.iter().map(|piece| lines::words(&piece.block)).sum();
    let long = all / cuts.len() >= BARE_NUMBER_WORDS;
    let good = cuts.len() >= 2 && before <= 300 && (first.heading.title.is_some() || long);
    good.then_some(cuts)
}

/// A table of contents: headings without text behind them that come again later. Tells where its
/// lines stand.
fn drop_contents(pieces: &[Piece], cuts: &mut Vec<Cut>) -> HashSet<usize> {
    let key = |cut: &Cut| (cut.heading.word.clone(), cut.heading.number, cut.heading.title.clone());
    let short = |cut: &Cut| (cut.heading.word.clone(), cut.heading.number, None);
    let mut later: HashSet<(String, Option<u32>, Option<String>)> = HashSet::new();
    let mut next = pieces.len();
    let mut kept = vec![true; cuts.len()];
    for (cut, keep) in cuts.iter().zip(&mut kept).rev() {
        let between = pieces.get(cut.at + 1..next).unwrap_or_default();
        let rules = |piece: &Piece| matches!(piece.block, Block::SceneBreak(..));
        let empty = between.iter().all(rules);
        let numbered = cut.heading.number.is_some();
        let again = later.contains(&key(cut)) || (numbered && later.contains(&short(cut)));
        *keep = !(empty && again);
        later.insert(key(cut));
        later.insert(short(cut));
        next = cut.at;
    }
    let lines = cuts.iter().zip(&kept).filter(|(_, keep)| !**keep).map(|(cut, _)| cut.at).collect();
    let mut kept = kept.into_iter();
    cuts.retain(|_| kept.next().unwrap_or(true));
    lines
}
