//! Tests of the Markdown reader and of its way back from the writer.

use proptest::prelude::*;

use super::*;
use crate::arbitrary;
use crate::document::*;
use crate::dump::dump;
use crate::imported::Chapter;
use crate::write::markdown;

fn read_text(text: &str) -> Imported {
    let input = Input { bytes: text.as_bytes(), name: "story.md" };
    crate::read::read(&input, &Limits::default()).expect("reads")
}

fn there_and_back(work: &Imported) -> (String, Imported) {
    let text = markdown(work);
    let back = read_text(&text);
    (text, back)
}

proptest! {
    #[test]
    fn a_text_alone_reads_back_the_same(text in arbitrary::document()) {
        let markdown = text.to_markdown();
        let (back, _) = Document::from_markdown(&markdown, &Limits::printed()).expect("read");
        prop_assert_eq!(back, text, "{}", markdown);
    }

    #[test]
    fn a_browser_ends_lines_in_two_signs(text in arbitrary::document()) {
        let markdown = text.to_markdown().replace('\n', "\r\n");
        let (back, _) = Document::from_markdown(&markdown, &Limits::printed()).expect("read");
        prop_assert_eq!(back, text, "{}", markdown);
    }

    #[test]
    fn what_was_written_reads_back_the_same(work in arbitrary::imported()) {
        let (text, mut back) = there_and_back(&work);
        prop_assert_eq!(&back.meta.source.format, "markdown");
        back.meta.source.format.clone_from(&work.meta.source.format);
        back.reasons.clone_from(&work.reasons);
        back.media.clone_from(&work.media);
        prop_assert!(
            back == work,
            "{}\n--- wanted\n{}\n--- came back\n{}", text, dump(&work), dump(&back)
        );
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&Input { bytes: &bytes, name: "a.md" }, &Limits::default());
        let own = [b"---\nfanfold: 1\n---\n", bytes.as_slice()].concat();
        let _ = read(&Input { bytes: &own, name: "a.md" }, &Limits::default());
    }

    #[test]
    fn any_marks_are_read(text in "[-#>*_`~|\\[\\](){}<!&;:^0-9a-c \n\t=+.\\\\]{0,200}") {
        let _ = read_text(&format!("x\n{text}"));
        let _ = read_text(&format!("---\nfanfold: 1\n---\n{text}"));
    }
}

#[test]
fn titles_that_are_no_lines_survive() {
    for title in ["", " a  b ", "a\nb", "-->", "# a #", "1. *x*", "a\u{a0}b", "!", "a\u{2028}b"] {
        let body = Document::plain("# x");
        let chapter = Chapter { title: Some(title.to_owned()), body, ..Chapter::default() };
        let work = Imported { chapters: vec![chapter], ..Imported::default() };
        let (text, back) = there_and_back(&work);
        assert_eq!(back.chapters, work.chapters, "{title:?}\n{text}");
    }
}

#[test]
fn readable_where_it_can_be() {
    let text = vec![
        Inline::Text("She said *this*: ".to_owned()),
        Inline::Mark(Mark::Emphasis, Style::NONE, vec![Inline::Text("never".to_owned())]),
        Inline::Text(" again.".to_owned()),
    ];
    let body = Document { blocks: vec![Block::Paragraph(Style::NONE, text)] };
    let chapter = Chapter { title: Some("Rain".to_owned()), body, ..Chapter::default() };
    let work = Imported { chapters: vec![chapter], ..Imported::default() };
    let written = markdown(&work);
    assert!(written.ends_with("# Rain\n\nShe said \\*this\\*: *never* again.\n\n"), "{written}");
}
