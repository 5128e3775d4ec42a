//! Texts that nobody wrote: huge, without spaces, all quotes. The rules must end, and in time that
//! grows with the text and not faster.

#![allow(clippy::expect_used)] // a test may fail

use std::time::{Duration, Instant};

use fanfold_doc::document::Document;
use fanfold_doc::limits::Limits;
use fanfold_proof::{
    Choices, DashStyle, EllipsisStyle, Manner, QuoteStyle, Silenced, apply, proof, tidied, tidy,
};

/// A document from HTML.
fn from_html(text: &str) -> Document {
    Document::from_html(text, &Limits::default()).expect("HTML").0
}

/// Everything that can be done to a text.
fn all(document: &Document) -> Duration {
    let start = Instant::now();
    let manner = Manner::of([document], None);
    let marks = proof(document, &manner, &Silenced::NONE);
    let edits: Vec<_> = marks.iter().filter_map(|mark| mark.accept(0)).collect();
    apply(document, &edits);
    let choices = Choices {
        language: None,
        quotes: Some(QuoteStyle::Curly),
        dashes: Some(DashStyle::SpacedEn),
        ellipses: Some(EllipsisStyle::Sign),
        scene_breaks: true,
        double_spaces: true,
        empty_paragraphs: true,
    };
    tidied(document, &tidy(document, &choices));
    start.elapsed()
}

/// One paragraph of a piece many times over takes at most some twenty times as long when it is
/// eight times as long; time that grew with the square would take sixty-four.
fn is_linear(piece: &str) {
    let text = |bytes: usize| Document::plain(&piece.repeat(bytes / piece.len() + 1));
    let (small, large) = (text(8_000), text(64_000));
    let time = |document: &Document| (0..3).map(|_| all(document)).min().unwrap_or_default();
    let (short, long) = (time(&small), time(&large));
    let most = (short * 20).max(Duration::from_millis(200));
    assert!(long < most, "{piece:?}: {short:?} for 8 kB, {long:?} for 64 kB");
}

#[test]
fn time_grows_with_the_text() {
    let pieces = [
        "x",
        "\"",
        "\" ",
        "“",
        "”",
        "'",
        "’",
        "a ",
        "the ",
        "-",
        "--",
        " - ",
        "—",
        ".",
        "...",
        "…",
        " ,",
        "😀",
        "שלום ",
        "e\u{301}",
        "\u{a0}",
        "love, ",
        "\"a\" She said ",
        ".\" She said. ",
        "\"Oh.\" He, \"No",
        ", \"A",
        "a a a ",
        "every thing ",
        "to breath ",
        "A b",
        "Mr. ",
        "\u{200d}",
    ];
    pieces.into_iter().for_each(is_linear);
}

#[test]
fn a_megabyte_without_a_space() {
    for piece in ["x", "x\u{301}", "ש", "\"x"] {
        all(&Document::plain(&piece.repeat(1_000_000 / piece.len())));
    }
}

#[test]
fn many_pieces_in_one_paragraph() {
    let html = |count: usize| {
        let pieces = "the <em>the</em> <code>a old</code> <i lang=\"fr\">\"</i> a <b>old</b> ";
        from_html(&format!("<p>{}</p>", pieces.repeat(count)))
    };
    let (small, large) = (html(500), html(4_000));
    let (short, long) = (all(&small), all(&large));
    let most = (short * 20).max(Duration::from_millis(300));
    assert!(long < most, "{short:?} for 500 pieces, {long:?} for 4,000");
}

#[test]
fn many_small_paragraphs() {
    let text = "\"I know.\" She said -- the the...\n".repeat(20_000);
    let took = all(&Document::plain(&text));
    assert!(took < Duration::from_secs(20), "{took:?}");
}
