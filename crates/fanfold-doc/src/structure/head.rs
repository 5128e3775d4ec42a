//! The header lines at the start of a work or a chapter, and the notes at its end.
//!
//! Owns where a header begins and ends. It takes its pieces out of the text; nothing is dropped:
//! lines without a label that stand among labelled ones are handed back as loose ones.

use crate::document::*;
use crate::walk;

use super::label::{self, Field, Label};
use super::{Lines, Piece, heading, join, lines, scene};

/// A header line with what it says.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) field: Field,
    /// The label as it was written; "" for a by-line.
    pub(super) name: String,
    /// What it says, a block for each paragraph.
    pub(super) blocks: Vec<Block>,
    pub(super) lines: Lines,
}

impl Entry {
    /// The value on one line.
    pub(super) fn value(&self) -> String {
        let text = walk::plain_text(&self.blocks);
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ")
    }

    fn is_empty(&self) -> bool {
        self.blocks.iter().all(|block| lines::text(block).trim().is_empty())
    }

    /// Adds a line to the last paragraph.
    fn push_line(&mut self, line: Vec<Inline>) {
        match self.blocks.last_mut() {
            Some(Block::Paragraph(_, content)) => {
                if !content.is_empty() {
                    content.push(Inline::LineBreak);
                }
                content.extend(line);
            }
            _ => self.blocks.push(Block::Paragraph(Style::NONE, line)),
        }
    }
}

/// What was found at a start.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The title with its line and the rule that found it.
    pub(super) title: Option<(String, Lines, &'static str)>,
    pub(super) entries: Vec<Entry>,
    /// Lines without a label among labelled ones.
    pub(super) loose: Vec<(Vec<Inline>, Lines)>,
    /// How many pieces belong to the header.
    pub(super) end: usize,
}

/// Which labels count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Work,
    Chapter,
}

/// Longer paragraphs than this have no more header lines in them than this many.
const MOST_LINES: usize = 60;
/// How far a search for the end of a note looks, pieces.
const LOOK_AHEAD: usize = 7;

/// Reads the header; goes on from where `head` ends.
pub(super) fn scan(pieces: &mut [Piece], scope: Scope, head: &mut Head) {
    while let Some(piece) = pieces.get(head.end) {
        if matches!(piece.block, Block::SceneBreak(..)) {
            let next = pieces.iter().skip(head.end + 1).find(|piece| !is_rule(piece));
            let goes_on = next.is_some_and(|next| {
                let sure = |label: &Label<'_>| {
                    (label.sure || !head.entries.is_empty()) && fits(label, scope)
                };
                let first = lines::first_lines(&next.block, 1);
                first.first().and_then(|line| label::parse(line)).is_some_and(|l| sure(&l))
            });
            let opens = head.entries.is_empty() && head.title.is_none();
            head.end += 1;
            if goes_on || opens {
                continue;
            }
            return;
        }
        let texts = lines::first_lines(&piece.block, MOST_LINES);
        if lines::inlines(&piece.block).is_some() {
            let first = texts.first().map(String::as_str).unwrap_or_default();
            if scope == Scope::Work && texts.len() == 1 && heading::parse(first).is_some() {
                return;
            }
            if opens_with_label(&texts, pieces, head, scope) {
                let at = head.end;
                head.end += 1;
                if let Some(piece) = pieces.get_mut(at) {
                    take(piece, scope, head);
                }
                continue;
            }
            let named = texts.len() == 1 && scope == Scope::Work && has_begun(head);
            if let Some(author) = byline(first).filter(|_| named) {
                let lines = piece.lines;
                head.entries.push(by(author, lines));
                head.end += 1;
                continue;
            }
        }
        if scope == Scope::Work && has_begun(head) && is_stray(pieces, head.end) {
            let at = head.end;
            head.end += 1;
            if let Some(Piece { block, lines }) = pieces.get_mut(at)
                && let Block::Paragraph(_, content) = std::mem::replace(block, rule())
            {
                head.loose.push((content, *lines));
            }
            continue;
        }
        if !belongs(pieces, scope, head) {
            return;
        }
        let at = head.end;
        head.end += 1;
        if let (Some(piece), Some(entry)) = (pieces.get_mut(at), head.entries.last_mut()) {
            if entry.is_empty() {
                entry.blocks.clear();
            }
            entry.lines = join(entry.lines, piece.lines);
            entry.blocks.push(std::mem::replace(&mut piece.block, rule()));
        }
    }
}

/// The longest line that may stand in a header for no reason, characters.
const STRAY_CHARS: usize = 48;

/// Whether a short line stands between a header and more of it: a page's own link back, mostly.
fn is_stray(pieces: &[Piece], at: usize) -> bool {
    let short = pieces.get(at).is_some_and(|piece| {
        let texts = lines::first_lines(&piece.block, 2);
        let short = |text: &String| text.chars().count() <= STRAY_CHARS;
        matches!(piece.block, Block::Paragraph(..)) && texts.len() == 1 && texts.iter().all(short)
    });
    let next = pieces.get(at + 1).map(|piece| lines::first_lines(&piece.block, 1));
    let labelled = |line: &String| label::parse(line).is_some_and(|label| label.sure);
    short && next.is_some_and(|texts| texts.first().is_some_and(labelled))
}

fn has_begun(head: &Head) -> bool {
    head.title.is_some() || !head.entries.is_empty()
}

fn is_rule(piece: &Piece) -> bool {
    matches!(piece.block, Block::SceneBreak(..))
}

/// What stands where a block was taken.
pub(super) fn rule() -> Block {
    Block::SceneBreak(Style::NONE, None)
}

fn by(author: String, lines: Lines) -> Entry {
    let text = vec![Inline::Text(author)];
    let blocks = vec![Block::Paragraph(Style::NONE, text)];
    Entry { field: Field::Author, name: String::new(), blocks, lines }
}

fn fits(label: &Label<'_>, scope: Scope) -> bool {
    scope == Scope::Work || label.field.is_of_chapter()
}

/// Whether a paragraph is one of header lines.
fn opens_with_label(texts: &[String], pieces: &[Piece], head: &Head, scope: Scope) -> bool {
    let labels: Vec<(usize, Label<'_>)> = texts
        .iter()
        .enumerate()
        .filter_map(|(at, text)| Some((at, label::parse(text)?)))
        .filter(|(_, label)| fits(label, scope))
        .collect();
    let Some((first, label)) = labels.first() else { return false };
    if *first > 0 {
        return labels.iter().any(|(_, label)| label.sure) && *first <= 3 && texts.len() <= 30;
    }
    let spoken = matches!(label.field, Field::Note | Field::Warning | Field::Title);
    if label.sure || spoken || !head.entries.is_empty() || labels.len() > 1 {
        return true;
    }
    // A label that may be prose needs another header line near it.
    pieces.iter().skip(head.end + 1).take(3).any(|piece| {
        let next = lines::first_lines(&piece.block, 1);
        let next = next.first().and_then(|line| label::parse(line));
        next.is_some_and(|label| label.sure)
    })
}

/// Takes the header lines out of a paragraph.
fn take(piece: &mut Piece, scope: Scope, head: &mut Head) {
    let lines = piece.lines;
    let content = match std::mem::replace(&mut piece.block, rule()) {
        Block::Paragraph(_, content) | Block::Heading(_, _, content) => content,
        other => {
            piece.block = other;
            return;
        }
    };
    let split = lines::split(content);
    let count = u32::try_from(split.len()).unwrap_or(u32::MAX);
    let one_each = lines.1.checked_sub(lines.0).is_some_and(|more| more.saturating_add(1) == count);
    let mut own = 0;
    for (at, line) in split.into_iter().enumerate() {
        let place = match u32::try_from(at) {
            Ok(at) if one_each && lines.0 > 0 => (lines.0 + at, lines.0 + at),
            _ => lines,
        };
        let text = walk::inline_text(&line);
        let text = text.trim();
        if let Some(label) = label::parse(text).filter(|label| fits(label, scope)) {
            own += 1;
            head.entries.extend(entries(&label, text, line, place));
            continue;
        }
        if let Some(author) = byline(text).filter(|_| scope == Scope::Work) {
            head.entries.push(by(author, place));
            continue;
        }
        let goes_on = |entry: &&mut Entry| {
            let open = entry.value().ends_with([',', '/', '&']);
            own > 0 && (entry.field.is_long() || entry.is_empty() || open)
        };
        match head.entries.last_mut().filter(goes_on) {
            Some(entry) => {
                entry.lines = join(entry.lines, place);
                entry.push_line(line);
            }
            None => head.loose.push((line, place)),
        }
    }
}

/// The header lines of one line: usually one, several between upright strokes.
fn entries(label: &Label<'_>, text: &str, line: Vec<Inline>, place: Lines) -> Vec<Entry> {
    let parts: Vec<&str> = text.split(" | ").collect();
    let all = parts.len() > 1
        && parts.iter().all(|part| label::parse(part).is_some_and(|label| label.sure));
    if all {
        let of = |part: &&str| {
            let label = label::parse(part)?;
            let text = vec![Inline::Text(label.value.to_owned())];
            Some(Entry {
                field: label.field,
                name: label.name.to_owned(),
                blocks: vec![Block::Paragraph(Style::NONE, text)],
                lines: place,
            })
        };
        return parts.iter().filter_map(of).collect();
    }
    let mut value = lines::skip(line, label.skip + leading_spaces(text));
    if label.bracket {
        lines::drop_bracket(&mut value);
    }
    vec![Entry {
        field: label.field,
        name: label.name.to_owned(),
        blocks: vec![Block::Paragraph(Style::NONE, value)],
        lines: place,
    }]
}

/// Characters that trimming took off the front; none, as lines are trimmed in normal form.
fn leading_spaces(text: &str) -> usize {
    text.chars().take_while(|c| c.is_whitespace()).count()
}

/// Whether a piece without a label goes on with the note before it.
fn belongs(pieces: &[Piece], scope: Scope, head: &Head) -> bool {
    let Some(entry) = head.entries.last() else { return false };
    let empty = entry.is_empty();
    if !entry.field.is_long() && !empty {
        return false;
    }
    if empty {
        return true;
    }
    let (mut words, mut like_note, mut quoted) = (0, true, false);
    for (ahead, piece) in pieces.iter().skip(head.end).take(LOOK_AHEAD).enumerate() {
        if is_rule(piece) {
            return ahead > 0 && words <= 250 && like_note;
        }
        let text = lines::text(&piece.block);
        let first = text.lines().next().unwrap_or_default();
        if let Some(next) = label::parse(first).filter(|label| ahead > 0 && label.sure) {
            // Between two notes of a chapter stands the chapter.
            let header =
                scope == Scope::Work && !matches!(next.field, Field::Note | Field::EndNote);
            return words <= 300 && !quoted && (header || like_note);
        }
        if ahead > 0
            && lines::short_line(&piece.block, heading::LONGEST).is_some()
            && heading::parse(first).is_some()
        {
            return words <= 400;
        }
        let told = note_words(&text);
        if ahead == 0 && told >= 3 && !is_quoted(&text) {
            return true;
        }
        words += lines::words(&piece.block);
        like_note &= told >= 1 && !is_quoted(&text);
        quoted |= is_quoted(&text);
    }
    false
}

fn is_quoted(text: &str) -> bool {
    text.trim_start().starts_with(['"', '“', '«', '„', '‘'])
}

/// How many different words of a paragraph are a writer's to their readers.
pub(super) fn note_words(text: &str) -> usize {
    const WORDS: &[&str] = &[
        "fic",
        "fics",
        "fanfic",
        "fanfiction",
        "story",
        "chapter",
        "chapters",
        "review",
        "reviews",
        "enjoy",
        "hope",
        "reading",
        "update",
        "updates",
        "thanks",
        "thank",
        "author",
        "wrote",
        "writing",
        "characters",
        "own",
        "beta",
        "guys",
        "feedback",
        "comments",
        "comment",
        "sequel",
        "oneshot",
        "one-shot",
        "series",
        "episode",
        "season",
        "au",
        "canon",
        "ooc",
        "pairing",
        "slash",
        "reviewing",
        "reviewers",
        "flames",
        "kudos",
        "readers",
        "i",
        "i'm",
        "i've",
        "disclaimer",
        "posted",
        "posting",
        "tumblr",
        "prompt",
        "r&r",
    ];
    let mut found: Vec<&str> = Vec::new();
    let clean = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.to_lowercase().replace('’', "'")
    };
    for word in text.split_whitespace().take(400).map(clean) {
        let known = WORDS.iter().find(|known| **known == word);
        found.extend(known.filter(|known| !found.contains(known)));
    }
    found.len()
}

/// "by Ann", "a story by Ann & Ben".
pub(super) fn byline(line: &str) -> Option<String> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || "*_~-–—[]()".contains(c));
    if line.len() > 90 {
        return None;
    }
    const OPENINGS: &[&str] = &[
        "by ",
        "by: ",
        "written by ",
        "written by: ",
        "story by ",
        "a story by ",
        "fic by ",
        "a fic by ",
        "fanfic by ",
        "a fanfic by ",
        "fanfiction by ",
        "a fanfiction by ",
    ];
    let opening = OPENINGS.iter().find(|opening| {
        line.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening))
    })?;
    let name = line.get(opening.len()..)?.trim();
    is_name(name).then(|| name.to_owned())
}

/// Whether a text could be a writer's name: prose goes on in small letters, or ends in a stop.
fn is_name(name: &str) -> bool {
    const PROSE: &[&str] = &[
        "the", "a", "an", "now", "then", "all", "no", "this", "that", "my", "his", "her", "their",
        "its", "our", "your", "it", "what", "morning", "night", "day", "some", "any", "chance",
        "accident", "one", "far", "mistake", "default",
    ];
    let first = name.split_whitespace().next().unwrap_or_default();
    let small = first.chars().all(|c| c.is_lowercase());
    let words = name.split_whitespace().count();
    let prose = small && (PROSE.contains(&first) || words > 4);
    let shows = name.chars().any(char::is_alphanumeric);
    shows && !prose && words <= 8 && !name.ends_with(['.', ',', ';', '?', '!', '"'])
}

/// "The Pier by Ann" on one line.
pub(super) fn title_by(line: &str) -> Option<(String, String)> {
    let line = line.trim_matches(|c: char| c.is_whitespace() || "*_~=".contains(c));
    if line.len() > 140 || line.ends_with(['.', ',', ';']) {
        return None;
    }
    let at = line.to_ascii_lowercase().rfind(" by ")?;
    let title = line.get(..at)?.trim_end_matches([',', ':', '-', '–', '—', ' ']);
    let author = line.get(at + 4..)?.trim();
    let last = title.rsplit(' ').next().unwrap_or_default();
    // "Touched by Fire", "Side by Side" and their kind are titles as they stand.
    let passive = ["ed", "ing", "en"].iter().any(|ending| last.ends_with(ending));
    let twice = last.eq_ignore_ascii_case(author);
    let upper = author.chars().next().is_some_and(|c| !c.is_lowercase());
    let handle = author.contains(|c: char| c.is_ascii_digit() || c == '_');
    let good = heading::title_like(title)
        && is_name(author)
        && author.split_whitespace().count() <= 4
        && (upper || handle)
        && !title.contains(['"', '“'])
        && (!passive || title.contains(' '))
        && !twice;
    good.then(|| (super::fields::unquoted(title).to_owned(), author.to_owned()))
}

/// The end notes of a text: where they begin.
pub(super) fn end_notes(pieces: &[Piece]) -> Option<usize> {
    const FAR: usize = 30;
    let start = pieces.len().saturating_sub(FAR);
    let mut after_rule = None;
    let mut words_after = 0;
    let mut found = None;
    for at in (start..pieces.len()).rev() {
        let piece = pieces.get(at)?;
        if is_rule(piece) {
            continue;
        }
        words_after += lines::words(&piece.block);
        if words_after > 1_500 {
            break;
        }
        let first = lines::first_lines(&piece.block, 1);
        let Some(label) = first.first().and_then(|line| label::parse(line)) else { continue };
        let ruled = at
            .checked_sub(1)
            .and_then(|before| pieces.get(before))
            .is_some_and(|before| is_rule(before) || is_end(&lines::text(&before.block)).is_some());
        let note = matches!(label.field, Field::Note | Field::EndNote);
        let good = (note && label.sure) || (ruled && label.field.is_of_chapter());
        let near = pieces.len() - at <= 8 && words_after <= 400;
        let told = pieces
            .iter()
            .skip(at + 1)
            .all(|piece| is_rule(piece) || note_words(&lines::text(&piece.block)) > 0);
        if good && at > 0 && (ruled || (near && (told || pieces.len() - at <= 4))) {
            found = Some(at);
            after_rule = after_rule.or(ruled.then_some(at));
        }
    }
    found
}

/// Whether a line says that the story ends here (`true`) or goes on (`false`).
pub(super) fn is_end(line: &str) -> Option<bool> {
    if line.len() > 80 {
        return None;
    }
    let inner = line.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<&str> = inner.split_whitespace().collect();
    match words.join(" ").as_str() {
        "the end" | "end" | "fin" | "finis" | "finish" | "ende" | "owari" | "the end of it all"
        | "end of story" | "end story" | "end fic" | "end file" | "finite" | "конец" => {
            Some(true)
        }
        "tbc" | "to be continued" | "t.b.c" | "continued" | "to be continued soon" => Some(false),
        said if said.starts_with("to be continued") || said.starts_with("tbc ") => Some(false),
        _ => None,
    }
}

/// Makes rules of paragraphs that are drawn ones.
pub(super) fn drawn_rule(block: &Block) -> bool {
    match lines::inlines(block).map(Vec::as_slice) {
        // Nearly every paragraph of a story ends here.
        Some([Inline::Text(text)]) => scene::is_break(text),
        Some(_) => lines::short_line(block, 240).is_some_and(|text| scene::is_break(&text)),
        None => false,
    }
}
