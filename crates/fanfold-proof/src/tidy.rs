//! Tidying up what was typed: quotes, dashes, ellipses, scene breaks, spaces, empty paragraphs.
//!
//! Owns what each choice changes. Letters never change, and nothing is changed before it was
//! shown: [`tidy`] proposes, [`tidied`] does.

use std::collections::HashMap;
use std::ops::Range;

use fanfold_doc::document::{Document, Lang};
use fanfold_doc::structure::is_break;

use crate::Place;
use crate::edit::{self, Edit};
use crate::habits::{self, Form};
use crate::line::Units;
use crate::paragraph::{self, Fate, Kind, Paragraph};
use crate::quotes::{self, Side};

/// What is to be tidied; nothing is unless it is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The language of the text: what is said to be in another one is left alone.
    pub language: Option<Lang>,
    /// Quotes and apostrophes.
    pub quotes: Option<QuoteStyle>,
    /// Dashes.
    pub dashes: Option<DashStyle>,
    /// Ellipses.
    pub ellipses: Option<EllipsisStyle>,
    /// Whether typed breaks (`***`) become breaks between scenes.
    pub scene_breaks: bool,
    /// Whether several spaces become one.
    pub double_spaces: bool,
    /// Whether paragraphs that show nothing go.
    pub empty_paragraphs: bool,
}

/// What quotes are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteStyle {
    /// “Like this,” and ’tis.
    Curly,
    /// "Like this," and 'tis.
    Straight,
}

/// What dashes are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DashStyle {
    /// Like—this.
    Em,
    /// Like – this.
    SpacedEn,
}

/// What ellipses are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EllipsisStyle {
    /// One sign: …
    Sign,
    /// Three full stops: ...
    Dots,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tidying {
    /// A quote or an apostrophe.
    Quotes,
    /// A dash.
    Dashes,
    /// An ellipsis.
    Ellipses,
    /// A paragraph that becomes a break between scenes.
    SceneBreaks,
    /// Several spaces.
    DoubleSpaces,
    /// A paragraph that goes.
    EmptyParagraphs,
}

/// A change that tidying proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is about.
    pub kind: Tidying,
    /// Where it is; the whole paragraph for scene breaks and empty paragraphs.
    pub place: Place,
    /// What stands there.
    pub old: String,
    /// What would stand there; empty for scene breaks and empty paragraphs.
    pub new: String,
}

/// The changes that these choices propose, in the order of the text; none of them overlap. Nothing
/// in preformatted text, in code or in other languages is changed.
pub fn tidy(document: &Document, choices: &Choices) -> Vec<Change> {
    let paragraphs = paragraph::paragraphs(document, choices.language.as_ref());
    let mut changes = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if paragraph.kind != Kind::Verbatim {
            of_paragraph(index, paragraph, choices, &mut changes);
        }
    }
    changes
}

/// The document with these changes made, in normal form. Changes that do not fit are left out.
pub fn tidied(document: &Document, changes: &[Change]) -> Document {
    let mut edits = Vec::new();
    let mut fates = HashMap::new();
    for change in changes {
        match change.kind {
            Tidying::SceneBreaks => fates.insert(change.place.paragraph, Fate::Break),
            Tidying::EmptyParagraphs => fates.insert(change.place.paragraph, Fate::Goes),
            _ => {
                let (paragraph, bytes) = (change.place.paragraph, change.place.bytes.clone());
                let (old, new) = (change.old.clone(), change.new.clone());
                edits.push(Edit { paragraph, bytes, old, new });
                None
            }
        };
    }
    edit::with_fates(document, &edits, &fates)
}

fn of_paragraph(index: usize, own: &Paragraph, choices: &Choices, changes: &mut Vec<Change>) {
    let text = own.text.as_str();
    let mut units = Units::default();
    let whole = |kind| {
        let place = habits::place(index, text, 0..text.len(), &mut Units::default());
        Change { kind, place, old: text.to_owned(), new: String::new() }
    };
    let plain = own.kind == Kind::Prose && !own.shows_more && own.kept.is_empty();
    if plain && text.chars().all(shows_nothing) {
        if choices.empty_paragraphs {
            changes.push(whole(Tidying::EmptyParagraphs));
        }
        return;
    }
    if is_drawn(text) {
        if plain && choices.scene_breaks && is_break(text) {
            changes.push(whole(Tidying::SceneBreaks));
        }
        return;
    }
    let mut found: Vec<(Tidying, Range<usize>, String)> = Vec::new();
    let mut add = |kind, at: Range<usize>, new: String| {
        if text.get(at.clone()) != Some(new.as_str()) && !own.is_kept(&at) {
            found.push((kind, at, new));
        }
    };
    if let Some(style) = choices.quotes {
        quote_changes(text, style, &mut |at, new| add(Tidying::Quotes, at, new.to_owned()));
    }
    if let Some(style) = choices.dashes {
        dash_changes(text, style, &mut |at, new| add(Tidying::Dashes, at, new));
    }
    if let Some(style) = choices.ellipses {
        ellipsis_changes(text, style, &mut |at, new| add(Tidying::Ellipses, at, new.to_owned()));
    }
    if choices.double_spaces {
        space_changes(text, &mut |at| add(Tidying::DoubleSpaces, at, " ".to_owned()));
    }
    found.sort_by_key(|(kind, at, _)| (at.start, at.end, *kind));
    // The spaces beside a dash are the dash's.
    let dashes: Vec<Range<usize>> = found
        .iter()
        .filter(|(kind, ..)| *kind == Tidying::Dashes)
        .map(|(_, at, _)| at.clone())
        .collect();
    found.retain(|(kind, at, _)| {
        let next = dashes.partition_point(|dash| dash.end <= at.start);
        let beside = dashes.get(next).is_some_and(|dash| dash.start < at.end);
        *kind != Tidying::DoubleSpaces || !beside
    });
    let mut free = 0;
    for (kind, at, new) in found {
        if at.start >= free {
            free = at.end;
            let old = text.get(at.clone()).unwrap_or_default().to_owned();
            let place = habits::place(index, text, at, &mut units);
            changes.push(Change { kind, place, old, new });
        }
    }
}

/// Whether a line is a break, or would be one with other quotes, dashes and ellipses: then its
/// signs are not those of a sentence.
fn is_drawn(text: &str) -> bool {
    let other = || -> String {
        let sign = |c: char| match c {
            '‘' | '’' | '‚' | '‛' => "'".to_owned(),
            '–' | '―' => "—".to_owned(),
            '…' => "...".to_owned(),
            c => c.to_string(),
        };
        text.chars().map(sign).collect::<String>().replace("---", "—").replace("--", "—")
    };
    is_break(text) || (text.len() < LONGEST_BREAK && is_break(&other()))
}

/// No break is drawn longer than this, bytes.
const LONGEST_BREAK: usize = 400;

fn shows_nothing(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
}

fn quote_changes(text: &str, style: QuoteStyle, add: &mut dyn FnMut(Range<usize>, &str)) {
    if style == QuoteStyle::Straight {
        for (at, sign) in text.match_indices(['“', '”', '„', '‟', '‘', '’', '‚', '‛'])
        {
            let new = if matches!(sign, "“" | "”" | "„" | "‟") { "\"" } else { "'" };
            add(at..at + sign.len(), new);
        }
        return;
    }
    for (at, side) in quotes::doubles(text) {
        let new = if side == Side::Open { "“" } else { "”" };
        if text.get(at.clone()) == Some("\"") {
            add(at, new);
        }
    }
    for (at, _) in text.match_indices('\'') {
        add(at..at + 1, single(text, at));
    }
}

/// The curly form of a straight single quote: an apostrophe unless a word begins behind it.
fn single(text: &str, at: usize) -> &'static str {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let rest = text.get(at + 1..).unwrap_or_default();
    let opens = before.is_none_or(|c| c.is_whitespace() || "([{\"“—–-".contains(c));
    let begins = rest.chars().next().is_some_and(|c| !c.is_whitespace() && c != '"' && c != '”');
    // 'tis, 'em, '90s: what is left out stands before the word.
    let small = rest.chars().take_while(|c| c.is_alphanumeric()).take(8).collect::<String>();
    let small = small.to_lowercase();
    let left_out = [
        "tis", "twas", "twere", "twill", "twould", "em", "til", "till", "cause", "bout", "round",
        "cuz", "n", "neath", "gainst", "cept", "s", "fraid", "kay",
    ];
    let year = small.chars().next().is_some_and(|c| c.is_ascii_digit());
    if opens && begins && !year && !left_out.contains(&small.as_str()) { "‘" } else { "’" }
}

fn dash_changes(text: &str, style: DashStyle, add: &mut dyn FnMut(Range<usize>, String)) {
    for dash in habits::dashes(text) {
        let right = text.get(dash.at.end..).unwrap_or_default();
        let ends = right.chars().next().is_none_or(|c| c == '\n');
        // A space that parts a dash from a quote parts two sentences: it stays.
        let quote = |c: Option<char>| c.is_some_and(|c| "\"“”'‘’«»".contains(c));
        let spaces_before = single_space(text.get(dash.at.start..dash.sign.start));
        let spaces_after = single_space(text.get(dash.sign.end..dash.at.end));
        let before = text.get(..dash.at.start).and_then(|text| text.chars().next_back());
        let after = right.chars().next();
        let keep_before = quote(before);
        let keep_after = quote(after) || ends;
        let (sign, space) = match style {
            DashStyle::Em => ("—", ""),
            DashStyle::SpacedEn => ("–", " "),
        };
        let closing = after.is_some_and(|c| ".,;:?!)]}…".contains(c));
        let left = if keep_before { spaces_before } else { space };
        let right = if keep_after || (closing && dash.form != Form::SpacedHyphen) {
            spaces_after
        } else {
            space
        };
        // An en dash needs a space somewhere to be one.
        let lone = style == DashStyle::SpacedEn && left.is_empty();
        if !lone {
            add(dash.at, format!("{left}{sign}{right}"));
        }
    }
}

/// One space where several stand.
fn single_space(run: Option<&str>) -> &str {
    let run = run.unwrap_or_default();
    if run.chars().nth(1).is_some() { " " } else { run }
}

fn ellipsis_changes(text: &str, style: EllipsisStyle, add: &mut dyn FnMut(Range<usize>, &str)) {
    match style {
        EllipsisStyle::Sign => habits::dots(text).into_iter().for_each(|at| add(at, "…")),
        EllipsisStyle::Dots => {
            for (at, sign) in text.match_indices('…') {
                add(at..at + sign.len(), "...");
            }
        }
    }
}

fn space_changes(text: &str, add: &mut dyn FnMut(Range<usize>)) {
    let mut start = None;
    let mut end = 0;
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        if matches!(c, ' ' | '\u{a0}') {
            start.get_or_insert(at);
            end = at + c.len_utf8();
        } else if let Some(from) = start.take() {
            let several = text.get(from..end).is_some_and(|run| run.chars().nth(1).is_some());
            if several {
                add(from..end);
            }
        }
    }
}
