//! Puts a work together of its pieces.
//!
//! Owns the order of the steps: title, header lines, chapters, notes, language, completeness,
//! proposals. The rules themselves stand in the files beside this one.

use crate::document::*;
use crate::imported::*;
use crate::walk;

use super::chapters::{self, Draft};
use super::head::{self, Entry, Head, Scope};
use super::label::Field;
use super::propose::{self, Said};
use super::{Hints, Lines, Piece, fields, label, lines, opening, place, title};

/// The work as far as it has been understood.
#[derive(Default)]
struct Work {
    out: Imported,
    said: Vec<Said>,
    /// Whether a heading or the text itself says how far the story is.
    ending: Option<(bool, Lines)>,
    /// How many chapters a heading says that there are.
    of: Option<u32>,
    /// Whether the last chapter is called an epilogue.
    closed: bool,
}

pub(super) fn build(pieces: Vec<Piece>, hints: &Hints<'_>) -> Imported {
    let mut work = Work::default();
    work.state(hints);
    let mut pieces = tidy(pieces);
    let mut head = Head::default();
    if work.out.meta.title.is_none() {
        opening::read(&mut pieces, hints.name, &mut head);
    }
    head::scan(&mut pieces, Scope::Work, &mut head);
    pieces.drain(..head.end.min(pieces.len()));
    work.head(head);
    let mut cuts = chapters::cut(pieces, hints.chapters.max(1));
    work.chapter_count(&cuts);
    let before = std::mem::take(&mut cuts.before);
    work.before(before, &mut cuts.chapters);
    let single = cuts.chapters.len() == 1;
    for (at, draft) in cuts.chapters.into_iter().enumerate() {
        work.chapter(draft, at == 0, single);
    }
    work.language(hints);
    work.title(hints);
    work.completeness();
    work.out.meta.proposed = propose::read(&work.said);
    work.normalize();
    work.out
}

/// Drawn breaks become breaks, several in a row one, and empty blocks go.
fn tidy(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let mut after = false;
    pieces.retain_mut(|piece| {
        if head::drawn_rule(&piece.block) {
            piece.block = head::rule();
        }
        let empty = lines::inlines(&piece.block).is_some_and(Vec::is_empty);
        let plain = matches!(&piece.block, Block::SceneBreak(style, None) if style.is_none());
        let kept = !empty && (!plain || !after);
        if kept {
            after = matches!(piece.block, Block::SceneBreak(..));
        }
        kept
    });
    pieces
}

impl Work {
    fn because(&mut self, field: &'static str, rule: impl Into<String>, lines: Lines) {
        // A work of thousands of chapters needs no reason for each of them.
        if self.out.reasons.len() < 500 {
            let reason = Reason { field, rule: rule.into(), place: place(lines) };
            self.out.reasons.push(reason);
        }
    }

    /// What the format states itself.
    fn state(&mut self, hints: &Hints<'_>) {
        for (name, values) in &hints.stated {
            let text = format!("{name}: {}", values.join(", "));
            let Some(label) = label::parse(&text) else {
                self.out.meta.other.extend(values.iter().map(|v| (name.clone(), v.clone())));
                continue;
            };
            let field = label.field;
            if field.is_long() {
                let blocks = Document::plain(&values.join("\n")).blocks;
                self.long(Entry { field, name: name.clone(), blocks, lines: (0, 0) });
                continue;
            }
            for value in values {
                fields::apply(&mut self.out.meta, field, name, value);
            }
            self.because(key(field), format!("stated by the file as “{name}”"), (0, 0));
        }
        if !hints.authors.is_empty() && self.out.meta.authors.is_empty() {
            self.out.meta.authors.clone_from(&hints.authors);
            self.because("authors", "stated by the file", (0, 0));
        }
    }

    fn head(&mut self, head: Head) {
        if let Some((title, lines, rule)) = head.title {
            self.out.meta.title = Some(title);
            self.because("title", rule, lines);
        }
        for entry in head.entries {
            self.entry(entry);
        }
        for (line, lines) in head.loose {
            self.because("notes_before", "stands among the header lines without a label", lines);
            self.said.push(Said { what: "note", text: walk::inline_text(&line), lines });
            self.out.meta.notes_before.blocks.push(Block::Paragraph(Style::NONE, line));
        }
    }

    fn entry(&mut self, entry: Entry) {
        if entry.field.is_long() {
            self.long(entry);
            return;
        }
        let value = entry.value();
        let name = if entry.name.is_empty() { "by" } else { &entry.name };
        // A header line's title counts for more than one that was only guessed.
        if entry.field == Field::Title && !value.is_empty() {
            self.out.meta.title = None;
        }
        let known = fields::apply(&mut self.out.meta, entry.field, name, &value);
        let field = if known { key(entry.field) } else { "other" };
        self.because(field, format!("header line “{name}”"), entry.lines);
    }

    fn long(&mut self, entry: Entry) {
        let (field, what) = match entry.field {
            Field::Summary => ("summary", "summary"),
            Field::Disclaimer => ("disclaimer", "disclaimer"),
            Field::EndNote => ("notes_after", "note"),
            _ => ("notes_before", "note"),
        };
        self.because(field, format!("header line “{}”", entry.name), entry.lines);
        let text = walk::plain_text(&entry.blocks);
        self.said.push(Said { what, text, lines: entry.lines });
        let meta = &mut self.out.meta;
        let place = match entry.field {
            Field::Summary => &mut meta.summary,
            Field::Disclaimer => &mut meta.disclaimer,
            Field::EndNote => &mut meta.notes_after,
            _ => &mut meta.notes_before,
        };
        place.blocks.extend(entry.blocks);
    }

    fn chapter_count(&mut self, cuts: &chapters::Cuts) {
        if let Some(rule) = cuts.rule {
            let first = cuts.chapters.first().map_or((0, 0), |draft| draft.lines);
            self.because("chapters", rule, first);
        }
        if cuts.too_many > 0 {
            let text = format!("{} more headings stay part of the last chapter", cuts.too_many);
            let warning = Warning { kind: WarningKind::Guessed, place: Place::Whole, text };
            self.out.warnings.push(warning);
        }
        let headings = || cuts.chapters.iter().filter_map(|draft| draft.heading.as_ref());
        const LAST: [&str; 4] = ["epilogue", "epilog", "final chapter", "last chapter"];
        let last = cuts.chapters.last().and_then(|draft| draft.heading.as_ref());
        self.closed = last.is_some_and(|heading| LAST.contains(&heading.word.as_str()));
        self.of = headings().find_map(|heading| heading.of);
        // The file of one chapter tells which it is, so that its neighbours can be found.
        if let ([draft], Some(number)) =
            (cuts.chapters.as_slice(), headings().next().and_then(|heading| heading.number))
        {
            let lines = draft.lines;
            self.out.meta.other.push(("Chapter".to_owned(), number.to_string()));
            self.because("other", "the only chapter's number", lines);
        }
    }

    /// What stands before the first chapter's heading: a note if it is short, else a chapter.
    fn before(&mut self, mut before: Vec<Piece>, drafts: &mut Vec<Draft>) {
        // The title once more, over the text that it names, is no note.
        let title = self.out.meta.title.as_deref().unwrap_or_default().trim().to_lowercase();
        let said = before.first().map(|piece| lines::text(&piece.block).trim().to_lowercase());
        if !drafts.is_empty() && !title.is_empty() && said == Some(title) {
            before.remove(0);
        }
        if drafts.is_empty() {
            drafts.push(Draft { pieces: before, ..Draft::default() });
            return;
        }
        let rules = |piece: &Piece| matches!(piece.block, Block::SceneBreak(..));
        if before.iter().all(rules) {
            return;
        }
        let words: usize = before.iter().map(|piece| lines::words(&piece.block)).sum();
        if words > 300 {
            drafts.insert(0, Draft { pieces: before, ..Draft::default() });
            return;
        }
        let pieces = trim(before);
        if let (Some(first), Some(last)) = (pieces.first(), pieces.last()) {
            let lines = (first.lines.0, last.lines.1);
            self.because("notes_before", "stands before the first chapter's heading", lines);
        }
        let blocks = pieces.into_iter().map(|piece| piece.block);
        self.out.meta.notes_before.blocks.extend(blocks);
    }

    fn chapter(&mut self, mut draft: Draft, first: bool, single: bool) {
        let headed = draft.heading.is_some();
        let mut chapter = Chapter {
            title: draft.heading.and_then(|heading| heading.title),
            ..Chapter::default()
        };
        let mut head = Head::default();
        // Without a heading the work's own header has been read already.
        if headed {
            let scope = if first { Scope::Work } else { Scope::Chapter };
            head::scan(&mut draft.pieces, scope, &mut head);
        }
        let mut body = draft.pieces.split_off(head.end.min(draft.pieces.len()));
        self.chapter_head(head, &mut chapter, first, single);
        let notes = head::end_notes(&body).map(|at| body.split_off(at));
        let body = trim(body);
        self.see_end(&body);
        if let Some(notes) = notes {
            let ended = body
                .last()
                .is_some_and(|piece| head::is_end(&lines::text(&piece.block)) == Some(true));
            self.end_notes(notes, &mut chapter, single || ended);
        }
        chapter.body.blocks = body.into_iter().map(|piece| piece.block).collect();
        self.out.chapters.push(chapter);
    }

    fn chapter_head(&mut self, head: Head, chapter: &mut Chapter, first: bool, single: bool) {
        for entry in head.entries {
            let meta = &self.out.meta;
            let of_work = first
                && match entry.field {
                    Field::Note | Field::EndNote => false,
                    Field::Summary => single && meta.summary.is_empty(),
                    Field::Disclaimer => meta.disclaimer.is_empty(),
                    _ => true,
                };
            if of_work {
                self.entry(entry);
                continue;
            }
            self.because("chapters", format!("chapter's line “{}”", entry.name), entry.lines);
            let text = walk::plain_text(&entry.blocks);
            self.said.push(Said { what: "note", text, lines: entry.lines });
            match entry.field {
                Field::Summary => chapter.summary.blocks.extend(entry.blocks),
                Field::Note | Field::EndNote => chapter.notes_before.blocks.extend(entry.blocks),
                _ => chapter.notes_before.blocks.extend(relabelled(entry)),
            }
        }
        for (line, _) in head.loose {
            chapter.notes_before.blocks.push(Block::Paragraph(Style::NONE, line));
        }
    }

    fn end_notes(&mut self, mut notes: Vec<Piece>, chapter: &mut Chapter, of_work: bool) {
        let lines = match (notes.first(), notes.last()) {
            (Some(first), Some(last)) => (first.lines.0, last.lines.1),
            _ => (0, 0),
        };
        let field = if of_work { "notes_after" } else { "chapters" };
        self.because(field, "a labelled note at the end of the text", lines);
        let mut head = Head::default();
        head::scan(&mut notes, Scope::Chapter, &mut head);
        let rest = trim(notes.split_off(head.end.min(notes.len())));
        let mut blocks = Vec::new();
        for entry in head.entries {
            if entry.field == Field::Disclaimer && self.out.meta.disclaimer.is_empty() {
                self.long(entry);
                continue;
            }
            let text = walk::plain_text(&entry.blocks);
            self.said.push(Said { what: "note", text, lines: entry.lines });
            match entry.field {
                Field::Note | Field::EndNote => blocks.extend(entry.blocks),
                _ => blocks.extend(relabelled(entry)),
            }
        }
        let loose = head.loose.into_iter().map(|(line, _)| Block::Paragraph(Style::NONE, line));
        blocks.extend(loose);
        blocks.extend(rest.into_iter().map(|piece| piece.block));
        let place = if of_work { &mut self.out.meta.notes_after } else { &mut chapter.notes_after };
        place.blocks.extend(blocks);
    }

    /// "The end" and "To be continued" in the last lines of a text.
    fn see_end(&mut self, body: &[Piece]) {
        let last = body.iter().rev().take(3);
        let found = last.filter_map(|piece| {
            let text = lines::short_line(&piece.block, 80)?;
            Some((head::is_end(&text)?, piece.lines))
        });
        self.ending = found.into_iter().next();
    }

    fn language(&mut self, hints: &Hints<'_>) {
        if self.out.meta.language.is_some() {
            return;
        }
        let blocks = self.out.chapters.iter().flat_map(|chapter| &chapter.body.blocks);
        let language = title::language(blocks);
        if language.is_some() {
            self.because("language", "letter statistics of the text", (0, 0));
        } else if hints.language.is_some() {
            self.because("language", "stated by the file", (0, 0));
        }
        self.out.meta.language = language.or_else(|| hints.language.clone());
    }

    fn title(&mut self, hints: &Hints<'_>) {
        if self.out.meta.title.is_some() {
            return;
        }
        let stated = hints.title.as_deref().map(str::trim).filter(|title| {
            title.chars().any(char::is_alphanumeric) && !title.eq_ignore_ascii_case("untitled")
        });
        if let Some(title) = stated {
            self.out.meta.title = Some(title.to_owned());
            self.because("title", "stated by the file", (0, 0));
            return;
        }
        let named = title::from_name(hints.name);
        let provisional = named.is_none();
        let rule = if provisional { "opening words" } else { "words of the file's name" };
        let opening = || {
            let mut bodies = self.out.chapters.iter().map(|chapter| &chapter.body.blocks);
            bodies.find_map(|blocks| title::from_opening(blocks))
        };
        let found = named.or_else(opening);
        if found.is_some() {
            self.out.meta.title = found;
            self.out.meta.title_is_provisional = provisional;
            self.because("title", rule, (0, 0));
        }
    }

    fn completeness(&mut self) {
        let single = self.out.chapters.len() == 1;
        let numbered = self.out.meta.other.iter().any(|(name, _)| name == "Chapter");
        let count = u32::try_from(self.out.chapters.len()).unwrap_or(u32::MAX);
        if let Some(of) = self.of.filter(|_| self.out.meta.chapters_expected.is_none()) {
            self.out.meta.chapters_expected = Some(of);
            self.because("chapters", "a heading says how many there are", (0, 0));
        }
        if self.out.meta.complete.is_some() {
            if self.out.meta.complete == Some(true) && !numbered {
                self.out.meta.chapters_expected.get_or_insert(count);
            }
            return;
        }
        let (complete, rule, lines) = match self.ending {
            Some((true, lines)) => (Some(true), "the text says that it ends", lines),
            Some((false, lines)) => (Some(false), "the text says that it goes on", lines),
            None if self.closed => (Some(true), "the last chapter is an epilogue", (0, 0)),
            None if single && !numbered && self.of.is_none() => {
                (Some(true), "one text without chapters, and nothing says that it goes on", (0, 0))
            }
            None => return,
        };
        let empty = self.out.chapters.iter().all(|chapter| chapter.body.is_empty());
        if empty {
            return;
        }
        // The end of one chapter's file need not be the story's.
        self.out.meta.complete = complete;
        if complete == Some(true) && !numbered {
            self.out.meta.chapters_expected.get_or_insert(count);
        }
        self.because("complete", rule, lines);
    }

    fn normalize(&mut self) {
        let meta = &mut self.out.meta;
        let notes = [
            &mut meta.summary,
            &mut meta.notes_before,
            &mut meta.disclaimer,
            &mut meta.notes_after,
        ];
        let of = |chapter: &mut Chapter| {
            let parts = [
                &mut chapter.summary,
                &mut chapter.notes_before,
                &mut chapter.body,
                &mut chapter.notes_after,
            ];
            parts.into_iter().for_each(normalize);
        };
        notes.into_iter().for_each(normalize);
        self.out.chapters.iter_mut().for_each(of);
    }
}

fn normalize(document: &mut Document) {
    *document = std::mem::take(document).normalize();
}

/// A line that has no field of its own here, with its label.
fn relabelled(entry: Entry) -> Vec<Block> {
    let mut blocks = entry.blocks;
    if let Some(Block::Paragraph(_, content)) = blocks.first_mut() {
        content.insert(0, Inline::Text(format!("{}: ", entry.name)));
    }
    blocks
}

/// Without breaks at both ends.
fn trim(mut pieces: Vec<Piece>) -> Vec<Piece> {
    let rule = |piece: &Piece| matches!(piece.block, Block::SceneBreak(..));
    while pieces.last().is_some_and(rule) {
        pieces.pop();
    }
    let first = pieces.iter().position(|piece| !rule(piece)).unwrap_or(0);
    pieces.drain(..first);
    pieces
}

/// The name of a field in `fanfold inspect --json`.
fn key(field: Field) -> &'static str {
    match field {
        Field::Title => "title",
        Field::Author => "authors",
        Field::Summary => "summary",
        Field::Note => "notes_before",
        Field::EndNote => "notes_after",
        Field::Disclaimer => "disclaimer",
        Field::Warning
        | Field::Rating
        | Field::Fandom
        | Field::Relationship
        | Field::Character
        | Field::Freeform
        | Field::Category => "tags",
        Field::Status => "complete",
        Field::Language => "language",
        Field::Series => "series",
        Field::Published => "published",
        Field::Updated => "updated",
        Field::Chapters => "chapters",
        Field::Other => "other",
    }
}
