//! The samples that the browser's editor is tested on are what this crate prints, and the words of
//! each are what it counts: the editor's tests hold it to the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail

use fanfold_doc::document::Document;

#[test]
fn the_editors_samples_are_printed_texts() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../editor/tests/samples.tsv");
    let samples = std::fs::read_to_string(path).expect("the samples");
    let mut count = 0;
    for line in samples.lines() {
        let (words, text) = line.split_once('\t').expect("words, then the text");
        let text = unescape(text);
        let document = Document::from_printed(&text).expect("a printed text");
        assert_eq!(document.to_html().as_str(), text);
        assert_eq!(document.words().to_string(), words, "{text}");
        count += 1;
    }
    assert!(count > 100, "{count} samples");
}

/// `\n`, `\t` and `\\` stand for a line end, a tab and a backslash.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => out.push(match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some(other) => other,
                None => '\\',
            }),
            (c, false) => out.push(c),
        }
    }
    out
}
