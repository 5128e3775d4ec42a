//! Tests of the structure of whole texts.

use proptest::prelude::*;

use super::*;
use crate::document::*;
use crate::walk;

fn pieces(paragraphs: &[String]) -> Vec<Piece> {
    let piece = |(at, text): (usize, &String)| {
        let mut content = Vec::new();
        for line in text.split('\n') {
            if !content.is_empty() {
                content.push(Inline::LineBreak);
            }
            content.push(Inline::Text(line.to_owned()));
        }
        let line = u32::try_from(at + 1).unwrap_or(1);
        Piece { block: Block::Paragraph(Style::NONE, content), lines: (line, line) }
    };
    paragraphs.iter().enumerate().map(piece).collect()
}

/// Everything that a work says, in one string.
fn everything(work: &Imported) -> String {
    let meta = &work.meta;
    let mut out = vec![
        meta.title.clone().unwrap_or_default(),
        meta.summary.text(),
        meta.notes_before.text(),
        meta.disclaimer.text(),
        meta.notes_after.text(),
    ];
    out.extend(meta.authors.iter().map(|author| author.name.clone()));
    out.extend(meta.tags.iter().map(|(_, name)| name.to_owned()));
    out.extend(meta.other.iter().map(|(name, value)| format!("{name} {value}")));
    out.extend(meta.series.iter().map(|series| series.title.clone()));
    for chapter in &work.chapters {
        out.push(chapter.title.clone().unwrap_or_default());
        let notes = [&chapter.summary, &chapter.notes_before, &chapter.body, &chapter.notes_after];
        out.extend(notes.into_iter().map(Document::text));
    }
    out.join("\n")
}

/// Paragraphs that tempt the rules; each ordinary one carries a word of its own, `w7`.
fn paragraphs() -> impl Strategy<Value = Vec<String>> {
    let tempting = proptest::sample::select(vec![
        "Chapter 1: Oil",
        "Chapter 2",
        "CHAPTER III",
        "Prologue",
        "1. Oil",
        "2. Rope",
        "***",
        "oOo",
        "The End",
        "TBC",
        "Watch by Tern",
        "by Tern",
        "The Long Watch",
        "Part Two",
        "Author's Note",
    ]);
    let label = proptest::sample::select(vec![
        "A/N: ",
        "Disclaimer: ",
        "Summary: ",
        "Notes: ",
        "Beta: ",
        "[A/N: ",
        "**Author's Note:** ",
        "",
        "",
        "",
        "",
        "\"",
        "I hope you enjoy this story ",
    ]);
    let plain =
        (label, 1..60usize).prop_map(|(label, words)| format!("{label}@{}", " rain".repeat(words)));
    let lines = proptest::collection::vec(plain.clone(), 1..4).prop_map(|lines| lines.join("\n"));
    let one = prop_oneof![3 => plain, 1 => lines, 2 => tempting.prop_map(str::to_owned)];
    proptest::collection::vec(one, 0..24)
}

proptest! {
    #[test]
    fn every_word_is_kept_somewhere(paragraphs in paragraphs()) {
        let mut count = 0;
        let mut texts = Vec::new();
        for text in &paragraphs {
            let mut own = String::new();
            for c in text.chars() {
                match c {
                    '@' => {
                        count += 1;
                        own.push_str(&format!("w{count}q"));
                    }
                    c => own.push(c),
                }
            }
            texts.push(own);
        }
        let work = structure(pieces(&texts), &Hints::default());
        let said = everything(&work);
        for word in 1..=count {
            prop_assert!(said.contains(&format!("w{word}q")), "w{word}q of {texts:#?}");
        }
        for chapter in &work.chapters {
            prop_assert_eq!(chapter.body.clone().normalize(), chapter.body.clone());
        }
    }

    #[test]
    fn any_document_has_a_structure(document in crate::arbitrary::document()) {
        let words = |document: &Document| walk::plain_text(&document.blocks).len();
        let before = words(&document);
        let piece = |block| Piece { block, lines: (0, 0) };
        let work = structure(document.blocks.into_iter().map(piece).collect(), &Hints::default());
        prop_assert!(!work.chapters.is_empty());
        prop_assert!(before == 0 || !everything(&work).is_empty());
    }
}

#[test]
fn a_part_gives_its_name_to_its_first_chapter() {
    let texts = ["Part One", "Chapter 1: Oil", "She rowed.", "Chapter 2", "He slept."];
    let texts: Vec<String> = texts.map(str::to_owned).into();
    let work = structure(pieces(&texts), &Hints::default());
    let titles: Vec<Option<&str>> =
        work.chapters.iter().map(|chapter| chapter.title.as_deref()).collect();
    assert_eq!(titles, [Some("Part 1: Oil"), None]);
}

#[test]
fn too_many_chapters_stay_one() {
    let texts: Vec<String> =
        (1..30).flat_map(|n| [format!("Chapter {n}"), "She rowed.".to_owned()]).collect();
    let work = structure(pieces(&texts), &Hints { chapters: 10, ..Hints::default() });
    assert_eq!((work.chapters.len(), work.warnings.len()), (10, 1));
}

#[test]
fn a_title_said_again_over_its_chapters_is_no_note() {
    let texts = ["Title: Lamp Oil", "LAMP OIL", "Chapter 1: Oil", "She rowed.", "Chapter 2", "So."];
    let texts: Vec<String> = texts.map(str::to_owned).into();
    let work = structure(pieces(&texts), &Hints::default());
    assert_eq!(work.meta.title.as_deref(), Some("Lamp Oil"));
    assert_eq!((work.chapters.len(), work.meta.notes_before.text().as_str()), (2, ""));
}
