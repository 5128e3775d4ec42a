//! Tests of the text reader.

use super::*;
use crate::dump::dump;

fn read_text(text: &str) -> Imported {
    let input = Input { bytes: text.as_bytes(), name: "" };
    read(&input, &Limits::default()).expect("reads")
}

fn paragraphs(text: &str) -> Vec<String> {
    let blocks = read_text(text).chapters.remove(0).body.blocks;
    let line = |block: &Block| match block {
        Block::SceneBreak(..) => "* * *".to_owned(),
        other => crate::walk::plain_text(std::slice::from_ref(other)).replace('\n', "/"),
    };
    blocks.iter().map(line).collect()
}

fn emphasised(text: &str) -> String {
    let mut out = Vec::new();
    emphasis(text, 0, &mut 100, &mut out);
    let show = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Mark(mark, _, content) => {
            format!("<{mark:?} {}>", crate::walk::inline_text(content))
        }
        _ => String::new(),
    };
    out.iter().map(show).collect()
}

#[test]
fn emphasis_at_the_borders_of_words_only() {
    for (text, wanted) in [
        ("a _b_ c", "a <Emphasis b> c"),
        ("\"_No,_\" he said", "\"<Emphasis No,>\" he said"),
        ("*so it is*", "<Emphasis so it is>"),
        ("**very**", "<Strong very>"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("f**k this s***", "f**k this s***"),
        ("and/or, he/she/they", "and/or, he/she/they"),
        ("/I know,/ he thought", "<Emphasis I know,> he thought"),
        ("/usr/bin/ 1/2/2003", "/usr/bin/ 1/2/2003"),
        ("_a _b_", "_a <Emphasis b>"),
        ("* a footnote", "* a footnote"),
        ("-- and --", "-- and --"),
    ] {
        assert_eq!(emphasised(text), wanted);
    }
}

#[test]
fn the_sample_is_read_as_it_should_be() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/samples/one-shot.txt");
    let Ok(bytes) = std::fs::read(root) else {
        println!("the sample is not here; its imitation among the golden cases stands for it");
        return;
    };
    let input = Input { bytes: &bytes, name: "one-shot.txt" };
    let work = read(&input, &Limits::default()).expect("reads");
    let meta = &work.meta;
    assert!(meta.title_is_provisional, "{}", dump(&work));
    let title = meta.title.as_deref().unwrap_or_default();
    assert!(title.starts_with("The saccharine scent of blood"), "{title}");
    assert!(meta.notes_before.text().starts_with("Here is a AU scene where"));
    let disclaimer = "Do not own. Vampire Diaries. Or characters. Le sigh.";
    assert_eq!(meta.disclaimer.text(), disclaimer);
    assert_eq!(work.chapters.len(), 1);
    assert_eq!(work.chapters[0].body.paragraphs(), 31);
    assert_eq!((meta.complete, meta.chapters_expected), (Some(true), Some(1)));
    assert_eq!(meta.language.as_ref().map(|lang| lang.as_str()), Some("en"));
    let proposed: Vec<(&str, &str)> =
        meta.proposed.iter().map(|own| (own.kind.key(), own.name.as_str())).collect();
    let wanted = [
        ("freeforms", "Alternate Universe"),
        ("freeforms", "One Shot"),
        ("fandoms", "Vampire Diaries"),
    ];
    assert_eq!(proposed, wanted);
    assert_eq!(meta.tags, crate::imported::Tags::default());
}

#[test]
fn huge_and_odd_texts_are_read_in_time() {
    let limits = Limits::default();
    let read_bytes = |bytes: &[u8]| read(&Input { bytes, name: "x.txt" }, &limits);
    assert!(matches!(read_bytes(&vec![b'a'; 100 << 20]), Err(ReadError::TooLarge(_))));
    assert!(read_bytes(&vec![b'a'; 20 << 20]).is_ok());
    assert!(read_bytes(&[b'\n'; 2_000_000]).is_ok());
    assert!(read_bytes("*a* ".repeat(1_000_000).as_bytes()).is_ok());
    assert!(read_bytes("_a *b ".repeat(500_000).as_bytes()).is_ok());
    assert!(read_bytes("a\0".repeat(1_000_000).as_bytes()).is_ok());
    assert!(read_bytes("Chapter 1\n\n".repeat(100_000).as_bytes()).is_ok());
    assert!(read_bytes("1.\nA/N: a\n".repeat(100_000).as_bytes()).is_ok());
    let lines = "a\n".repeat(3_000_000);
    assert!(matches!(read_bytes(lines.as_bytes()), Err(ReadError::TooLarge(Limit::Nodes(_)))));
}

#[test]
fn wide_gaps_are_breaks_and_ordinary_ones_are_not() {
    let text =
        "She left.\n\nHe stayed on.\n\n\n\n\nMorning came.\n\nNobody spoke.\n\nThe end came.\n";
    assert_eq!(paragraphs(text)[2], "* * *");
    assert_eq!(paragraphs(text).len(), 6);
}
