//! What a text does now one way and now another: dashes, quotes, ellipses. Marked once each, where
//! the rarer form first stands.
//!
//! Owns what counts as which form; tidying asks here too where a dash begins and ends.

use std::ops::Range;

use crate::line::{Found, Units};
use crate::manner::Manner;
use crate::paragraph::{Kind, Paragraph};
use crate::{Mark, Place, Rule, Silenced};

/// A dash with the spaces beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dash {
    /// The dash and the spaces.
    pub at: Range<usize>,
    /// The dash alone.
    pub sign: Range<usize>,
    /// How it is written.
    pub form: Form,
}

/// How a dash is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `a—b`
    Em,
    /// `a — b`
    SpacedEm,
    /// `a – b`
    SpacedEn,
    /// `a--b`, `a -- b`
    Hyphens,
    /// `a - b`
    SpacedHyphen,
}

/// The dashes of a text. What opens a paragraph (dialogue, lists), what stands between numbers,
/// longer rows and what may be something else (`--flag`) are none.
pub(crate) fn dashes(text: &str) -> Vec<Dash> {
    let mut found = Vec::new();
    let is_dash = |c: char| matches!(c, '-' | '–' | '—' | '―');
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(is_dash)) {
        let start = from + start;
        let run = text.get(start..).unwrap_or_default();
        let length = run.find(|c| !is_dash(c)).unwrap_or(run.len());
        let end = start + length;
        from = end;
        found.extend(dash(text, start..end));
    }
    found
}

fn dash(text: &str, sign: Range<usize>) -> Option<Dash> {
    let (before, after) = (text.get(..sign.start)?, text.get(sign.end..)?);
    let blank = |c: char| matches!(c, ' ' | '\u{a0}');
    let (left, right) = (before.trim_end_matches(blank), after.trim_start_matches(blank));
    let (near, far) = (left.chars().next_back()?, right.chars().next());
    let dash = |c: char| matches!(c, '-' | '–' | '—' | '―');
    if near == '\n' || dash(near) || far.is_some_and(dash) {
        return None;
    }
    if near.is_ascii_digit() && far.is_some_and(|c| c.is_ascii_digit()) {
        return None;
    }
    let at = left.len()..text.len() - right.len();
    let (open, close) = (left.len() < sign.start, sign.end < at.end);
    let ends = far.is_none_or(|c| c == '\n' || !c.is_alphanumeric());
    let spaced = open && (close || ends);
    let form = match text.get(sign.clone())? {
        "—" | "―" if open && close => Form::SpacedEm,
        "—" | "―" => Form::Em,
        "–" if spaced => Form::SpacedEn,
        "--" | "---" if spaced || !open => Form::Hyphens,
        "-" if open && close => Form::SpacedHyphen,
        _ => return None,
    };
    Some(Dash { at, sign, form })
}

/// Whether a dash breaks speech off, or stands beside a quote: every style writes it close there.
fn is_free(text: &str, dash: &Dash) -> bool {
    let after = text.get(dash.at.end..).and_then(|text| text.chars().next());
    let before = text.get(..dash.at.start).and_then(|text| text.chars().next_back());
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    word(after) && (word(before) || before.is_some_and(|c| matches!(c, '.' | '!' | '?' | ',')))
}

/// A place where a form stands: paragraph and bytes.
type First = Option<(usize, Range<usize>)>;

/// Counts forms and remembers where each first stood.
struct Tally<const N: usize> {
    counts: [usize; N],
    firsts: [First; N],
}

impl<const N: usize> Tally<N> {
    fn new() -> Tally<N> {
        Tally { counts: [0; N], firsts: [const { None }; N] }
    }

    fn add(&mut self, form: usize, paragraph: usize, at: Range<usize>) {
        if let (Some(count), Some(first)) = (self.counts.get_mut(form), self.firsts.get_mut(form)) {
            *count += 1;
            first.get_or_insert((paragraph, at));
        }
    }

    /// The form that is used most and the place of the rarest other one.
    fn minority(&self) -> Option<(usize, usize, (usize, Range<usize>))> {
        let most = (0..N).rev().max_by_key(|form| self.counts.get(*form))?;
        let others = (0..N).filter(|form| *form != most && self.counts.get(*form) != Some(&0));
        let rarest = others.min_by_key(|form| self.counts.get(*form))?;
        let first = self.firsts.get(rarest)?.clone()?;
        Some((most, rarest, first))
    }
}

/// Marks forms that are mixed.
pub(crate) fn mixed(
    paragraphs: &[Paragraph],
    manner: &Manner,
    silenced: &Silenced,
    marks: &mut Vec<Mark>,
) {
    let (mut quotes, mut ellipses, mut dashes) =
        (Tally::<2>::new(), Tally::<2>::new(), Tally::<5>::new());
    let curly = !manner.is_in("de") && !manner.is_in("pl") && !manner.is_in("cs");
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if paragraph.kind == Kind::Verbatim {
            continue;
        }
        let free = |at: &Range<usize>| !paragraph.is_kept(at);
        let text = &paragraph.text;
        let signs: &[char] = if curly { &['"', '“', '”'] } else { &[] };
        for (at, sign) in text.match_indices(signs) {
            let at = at..at + sign.len();
            let inches = text.get(..at.start).is_some_and(|before| {
                sign == "\"" && before.ends_with(|c: char| c.is_ascii_digit())
            });
            if free(&at) && !inches {
                quotes.add(usize::from(sign != "\""), index, at);
            }
        }
        for at in dots(text).into_iter().filter(|at| free(at)) {
            ellipses.add(0, index, at);
        }
        for (at, sign) in text.match_indices('…') {
            let at = at..at + sign.len();
            if free(&at) {
                ellipses.add(1, index, at);
            }
        }
        for dash in self::dashes(text) {
            if is_free(text, &dash) && free(&dash.at) {
                dashes.add(dash.form as usize, index, dash.at);
            }
        }
    }
    let mut add = |rule: Rule, first: (usize, Range<usize>), instead: &str| {
        if !silenced.contains(rule) {
            once(paragraphs, rule, first, instead, marks);
        }
    };
    if let Some((most, _, first)) = quotes.minority() {
        let text = paragraphs.get(first.0).map(|paragraph| paragraph.text.as_str());
        let doubles = text.map(crate::quotes::doubles).unwrap_or_default();
        let side = doubles.iter().find(|(at, _)| *at == first.1).map(|(_, side)| *side);
        let curled = if side == Some(crate::quotes::Side::Close) { "”" } else { "“" };
        add(Rule::MixedQuotes, first, if most == 0 { "\"" } else { curled });
    }
    if let Some((most, _, first)) = ellipses.minority() {
        add(Rule::MixedEllipses, first, ["...", "…"].get(most).copied().unwrap_or_default());
    }
    if let Some((most, _, first)) = dashes.minority() {
        let instead = ["—", " — ", " – ", "--", " - "];
        add(Rule::MixedDashes, first, instead.get(most).copied().unwrap_or_default());
    }
}

/// Makes the one mark of a rule that looks at the whole text.
fn once(
    paragraphs: &[Paragraph],
    rule: Rule,
    (paragraph, bytes): (usize, Range<usize>),
    instead: &str,
    marks: &mut Vec<Mark>,
) {
    let Some(text) = paragraphs.get(paragraph).map(|paragraph| paragraph.text.as_str()) else {
        return;
    };
    let mut found = Found::default();
    found.add(rule, bytes, [instead.to_owned()]);
    found.into_marks(paragraph, text, marks);
}

/// Rows of exactly three full stops.
pub(crate) fn dots(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("...")) {
        let start = from + start;
        let run = text.get(start..).unwrap_or_default();
        let length = run.find(|c| c != '.').unwrap_or(run.len());
        if length == 3 {
            found.push(start..start + 3);
        }
        from = start + length;
    }
    found
}

/// A place as bytes and as UTF-16.
pub(crate) fn place(paragraph: usize, text: &str, bytes: Range<usize>, units: &mut Units) -> Place {
    let start = units.at(text, bytes.start);
    let words = text.get(bytes.clone()).unwrap_or_default();
    let utf16 = start..start + words.encode_utf16().count();
    Place { paragraph, bytes, utf16 }
}
