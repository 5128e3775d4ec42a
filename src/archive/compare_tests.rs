//! Properties of differences: applied they give the other text; merges keep what each changed.

use std::time::{Duration, Instant};

use fanfold_doc::limits::Limits;
use proptest::prelude::*;

use super::*;

fn html(text: &str) -> Document {
    Document::from_html(text, &Limits::printed()).expect("short").0
}

fn paragraphs() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ab]( [abé]){0,6}[.,]?", 0..14)
}

/// A text whose paragraphs stand plainly, or some of them in a quotation or a group.
fn document() -> impl Strategy<Value = Document> {
    (paragraphs(), 0_usize..4, 0_usize..6).prop_map(|(texts, shape, cut)| {
        let said = |texts: &[String]| -> String {
            texts.iter().map(|text| format!("<p><em>{text}</em> so</p>")).collect()
        };
        let (before, after) = texts.split_at(cut.min(texts.len()));
        let (before, after) = (said(before), said(after));
        html(&match shape {
            0 => format!("{before}{after}"),
            1 => format!("{before}<blockquote>{after}</blockquote><hr/>"),
            2 => format!("<div class=\"letter\">{before}</div>{after}"),
            _ => format!("<ul><li>{before}</li></ul><div class=\"x\">{after}</div>"),
        })
    })
}

fn said_by(lines: &[Line], side: Side) -> Vec<String> {
    let there = |line: &&Line| match side {
        Side::Old => line.old.is_some(),
        _ => line.new.is_some(),
    };
    lines.iter().filter(there).map(|line| line.text(side)).collect()
}

fn texts(document: &Document) -> Vec<String> {
    pieces(document).into_iter().map(|piece| piece.text).collect()
}

proptest! {
    #[test]
    fn a_difference_tells_both_texts(old in document(), new in document()) {
        let lines = difference(&pieces(&old), &pieces(&new));
        prop_assert_eq!(said_by(&lines, Side::Old), texts(&old));
        prop_assert_eq!(said_by(&lines, Side::New), texts(&new));
        let places: Vec<usize> = lines.iter().filter_map(|line| line.old).collect();
        prop_assert!(places.iter().copied().eq(0..texts(&old).len()));
        let places: Vec<usize> = lines.iter().filter_map(|line| line.new).collect();
        prop_assert!(places.iter().copied().eq(0..texts(&new).len()));
    }

    #[test]
    fn a_text_does_not_differ_from_itself(text in document()) {
        let lines = difference(&pieces(&text), &pieces(&text));
        prop_assert!(lines.iter().all(Line::is_same));
        prop_assert_eq!(merged(&text, &text, &text), Some(text));
    }

    #[test]
    fn lines_taken_back_from_the_end_give_the_old_words(old in paragraphs(), new in paragraphs()) {
        let plain = |texts: &[String]| Document::plain(&texts.join("\n"));
        let (old, mut new) = (plain(&old), plain(&new));
        // Each step makes one more line as it was; when none differs, the texts are the same.
        for _ in 0..64 {
            let lines = difference(&pieces(&old), &pieces(&new));
            let Some(line) = lines.iter().rposition(|line| !line.is_same()) else { break };
            new = taken_back(&old, &new, &lines, line).expect("a line of theirs");
        }
        prop_assert_eq!(new, old);
    }

    #[test]
    fn what_only_one_changed_is_as_it_says(base in document(), theirs in document()) {
        prop_assert_eq!(merged(&base, &base, &theirs), Some(theirs.clone()));
        prop_assert_eq!(merged(&base, &theirs, &base), Some(theirs.clone()));
        prop_assert_eq!(merged(&base, &theirs, &theirs), Some(theirs));
    }

    #[test]
    fn a_merge_does_not_care_who_is_who(a in document(), b in document(), c in document()) {
        prop_assert_eq!(merged(&a, &b, &c), merged(&a, &c, &b));
    }

    #[test]
    fn words_are_all_of_the_text(text in "\\PC{0,40}") {
        prop_assert_eq!(words(&text).concat(), text);
    }
}

#[test]
fn changes_apart_from_each_other_merge_and_others_do_not() {
    let base = Document::plain("One.\nTwo.\nThree.\nFour.");
    let mine = Document::plain("One!\nTwo.\nThree.\nFour.");
    let theirs = Document::plain("One.\nTwo.\nThree.\nThree and a half.\nFour.");
    let both = Document::plain("One!\nTwo.\nThree.\nThree and a half.\nFour.");
    assert_eq!(merged(&base, &mine, &theirs), Some(both));
    let other = Document::plain("Once.\nTwo.\nThree.\nFour.");
    assert_eq!(merged(&base, &mine, &other), None);
    let group = |text: &str| html(&format!("<div class=\"all\">{text}</div>"));
    let [base, mine, theirs, both] = [
        "<p>a</p><p>b</p><p>c</p>",
        "<p>A</p><p>b</p><p>c</p>",
        "<p>a</p><p>b</p>",
        "<p>A</p><p>b</p>",
    ]
    .map(group);
    assert_eq!(merged(&base, &mine, &theirs), Some(both));
}

#[test]
fn a_difference_is_of_words_and_not_of_markup() {
    let old = html("<p>She took the <em>old</em> lamp.</p><p>It was dark.</p>");
    let new = html("<p>She took <b>the</b> new lamp.</p><p>It was <i>dark</i>.</p>");
    let lines = difference(&pieces(&old), &pieces(&new));
    let runs: Vec<(Side, &str)> =
        lines[0].runs.iter().map(|run| (run.side, run.text.as_str())).collect();
    let wanted = [
        (Side::Both, "She took the "),
        (Side::Old, "old"),
        (Side::New, "new"),
        (Side::Both, " lamp."),
    ];
    assert_eq!(runs, wanted);
    assert!(lines[1].is_same());
}

#[test]
fn long_texts_without_anything_in_common_are_compared_in_time() {
    let long = |word: &str| {
        let line = |n: usize| format!("{word}{n} ").repeat(40);
        Document::plain(&(0..2_500).map(line).collect::<Vec<_>>().join("\n"))
    };
    let (old, new) = (pieces(&long("a")), pieces(&long("b")));
    let begin = Instant::now();
    let lines = difference(&old, &new);
    assert_eq!(said_by(&lines, Side::New).len(), 2_500);
    // Generous: tests run unoptimised, on a busy machine.
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
}
