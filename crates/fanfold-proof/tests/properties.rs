//! What holds for every text: places, edits, tidying.

use fanfold_doc::arbitrary;
use fanfold_doc::document::Document;
use fanfold_proof::{
    Choices, DashStyle, Edit, EllipsisStyle, Manner, QuoteStyle, Rule, Silenced, apply, paragraphs,
    proof, proof_paragraph, tidied, tidy,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// Texts of what the rules and the tidying look at.
fn typed() -> impl Strategy<Value = Document> {
    let pieces = select(vec![
        "\"",
        "'",
        "“",
        "”",
        "‘",
        "’",
        "„",
        "--",
        "---",
        "—",
        "–",
        "-",
        " - ",
        " – ",
        "...",
        "…",
        ". . .",
        "....",
        ".",
        ",",
        "?",
        "!",
        " ",
        "  ",
        "\u{a0}",
        "\u{a0} ",
        "she said",
        "She said",
        "the the",
        "a old",
        "an",
        "love",
        "to breath",
        "Marian",
        "'tis",
        "'90s",
        "5'10\"",
        "***",
        "* * *",
        "oOo",
        "😀",
        "e\u{301}",
        "שלום",
        "猫",
        "1990",
        "head board",
        "He laughed",
        ", \"",
        ".\" She",
        "\u{200b}",
        "(",
        ")",
        "\t",
    ]);
    vec(vec(pieces, 0..9), 0..6).prop_map(|lines| {
        let lines: Vec<String> = lines.into_iter().map(|pieces| pieces.concat()).collect();
        Document::plain(&lines.join("\n"))
    })
}

fn document() -> impl Strategy<Value = Document> {
    prop_oneof![typed(), arbitrary::document()]
}

fn choices() -> impl Strategy<Value = Choices> {
    let quotes = of(select(vec![QuoteStyle::Curly, QuoteStyle::Straight]));
    let dashes = of(select(vec![DashStyle::Em, DashStyle::SpacedEn]));
    let ellipses = of(select(vec![EllipsisStyle::Sign, EllipsisStyle::Dots]));
    (quotes, dashes, ellipses, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(quotes, dashes, ellipses, scene_breaks, double_spaces, empty_paragraphs)| Choices {
            language: None,
            quotes,
            dashes,
            ellipses,
            scene_breaks,
            double_spaces,
            empty_paragraphs,
        },
    )
}

fn letters(document: &Document) -> String {
    let all = paragraphs(document, None).into_iter().map(|paragraph| paragraph.text);
    all.collect::<String>().chars().filter(|c| c.is_alphanumeric()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn marks_stand_where_they_say(document in document()) {
        let manner = Manner::of([&document], None);
        let all = manner.paragraphs(&document);
        let mut ends = [(0, 0); Rule::ALL.len()];
        let mut last = (0, 0);
        for mark in proof(&document, &manner, &Silenced::NONE) {
            let paragraph = &all[mark.place.paragraph];
            prop_assert_eq!(paragraph.text.get(mark.place.bytes.clone()), Some(&*mark.words));
            let units: Vec<u16> = paragraph.text.encode_utf16().collect();
            let own: Vec<u16> = mark.words.encode_utf16().collect();
            prop_assert_eq!(units.get(mark.place.utf16.clone()), Some(&*own));
            let start = (mark.place.paragraph, mark.place.bytes.start);
            prop_assert!(start >= last && start >= ends[mark.rule as usize]);
            last = start;
            ends[mark.rule as usize] = (mark.place.paragraph, mark.place.bytes.end);
            prop_assert!(!mark.replacements.contains(&mark.words));
        }
    }

    #[test]
    fn a_paragraph_alone_is_marked_as_in_its_text(document in document()) {
        let manner = Manner::of([&document], None);
        let all = manner.paragraphs(&document);
        let mut alone = Vec::new();
        for (index, paragraph) in all.iter().enumerate() {
            let marks = proof_paragraph(paragraph, all.get(index + 1), &manner, &Silenced::NONE);
            alone.extend(marks.into_iter().map(|mut mark| {
                mark.place.paragraph = index;
                mark
            }));
        }
        let mut whole = proof(&document, &manner, &Silenced::NONE);
        whole.retain(|mark| !mark.rule.looks_at_all());
        prop_assert_eq!(alone, whole);
    }

    #[test]
    fn silenced_rules_say_nothing_and_others_the_same(document in document(), rule in 0..15usize) {
        let rule = Rule::ALL[rule];
        let manner = Manner::of([&document], None);
        let mut all = proof(&document, &manner, &Silenced::NONE);
        all.retain(|mark| mark.rule != rule);
        prop_assert_eq!(all, proof(&document, &manner, &Silenced::NONE.with(rule)));
    }

    #[test]
    fn accepted_marks_are_in_the_text(document in document()) {
        let manner = Manner::of([&document], None);
        for mark in proof(&document, &manner, &Silenced::NONE) {
            let Some(edit) = mark.accept(0) else { continue };
            let mut expected = manner.paragraphs(&document)[edit.paragraph].text.clone();
            expected.replace_range(edit.bytes.clone(), &edit.new);
            let changed = apply(&document, std::slice::from_ref(&edit));
            let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let expected = squeeze(&expected);
            let all = manner.paragraphs(&changed);
            let there = all.iter().any(|paragraph| squeeze(&paragraph.text) == expected);
            prop_assert!(there || expected.is_empty(), "{edit:?} in {all:?}");
        }
    }

    #[test]
    fn edits_that_change_nothing_change_nothing(document in document(), at in 0..40usize) {
        let all = paragraphs(&document, None);
        let edits: Vec<Edit> = all.iter().enumerate().filter_map(|(paragraph, own)| {
            let end = own.text.char_indices().map(|(at, _)| at).nth(at)?;
            let old = own.text[..end].to_owned();
            Some(Edit { paragraph, bytes: 0..end, new: old.clone(), old })
        }).collect();
        prop_assert_eq!(apply(&document, &edits), document.normalize());
    }

    #[test]
    fn any_edits_can_be_applied(
        document in document(),
        edits in vec((0..8usize, 0..30usize, 0..30usize, ".{0,4}", any::<bool>()), 0..6),
    ) {
        let all = paragraphs(&document, None);
        let edits: Vec<Edit> = edits.into_iter().map(|(paragraph, start, end, new, fits)| {
            let text = all.get(paragraph).map(|own| own.text.as_str()).unwrap_or_default();
            let old = text.get(start..end).filter(|_| fits).unwrap_or("x").to_owned();
            Edit { paragraph, bytes: start..end, old, new }
        }).collect();
        let changed = apply(&document, &edits);
        prop_assert_eq!(changed.clone().normalize(), changed);
    }

    #[test]
    fn tidying_twice_changes_nothing(document in document(), choices in choices()) {
        let once = tidied(&document, &tidy(&document, &choices));
        let again = tidy(&once, &choices);
        prop_assert!(again.is_empty(), "{again:?}");
    }

    #[test]
    fn tidying_never_changes_letters(document in document(), choices in choices()) {
        let choices = Choices { scene_breaks: false, ..choices };
        let changed = tidied(&document, &tidy(&document, &choices));
        prop_assert_eq!(letters(&document), letters(&changed));
    }

    #[test]
    fn only_breaks_become_breaks(document in document()) {
        let choices = Choices { scene_breaks: true, ..Choices::default() };
        for change in tidy(&document, &choices) {
            prop_assert!(fanfold_doc::structure::is_break(&change.old));
        }
    }

    #[test]
    fn curly_and_back_is_straight(document in document()) {
        let style = |quotes| Choices { quotes: Some(quotes), ..Choices::default() };
        let to = |document: &Document, quotes| tidied(document, &tidy(document, &style(quotes)));
        let straight = to(&document, QuoteStyle::Straight);
        let curly = to(&straight, QuoteStyle::Curly);
        prop_assert_eq!(to(&curly, QuoteStyle::Straight), straight);
        let left = paragraphs(&curly, None).into_iter().filter(|own| {
            own.kept.is_empty() && own.kind == fanfold_proof::Kind::Prose
        });
        for own in left.filter(|own| !fanfold_doc::structure::is_break(&own.text)) {
            let digit = own.text.contains(|c: char| c.is_ascii_digit());
            prop_assert!(digit || !own.text.contains('"'), "{}", own.text);
        }
    }

    #[test]
    fn changes_do_not_overlap_and_are_what_they_say(document in document(), choices in choices()) {
        let all = paragraphs(&document, None);
        let mut last = (0, 0);
        for change in tidy(&document, &choices) {
            let at = change.place.bytes.clone();
            prop_assert_eq!(all[change.place.paragraph].text.get(at.clone()), Some(&*change.old));
            prop_assert!((change.place.paragraph, at.start) >= last);
            last = (change.place.paragraph, at.end);
        }
    }
}

#[test]
fn tidying_by_hand() {
    let text = "\"It's--well, 'tis so...\" he said - softly. \"Don't -- \"\n* * *\nFrom 1990 - 95.";
    let document = Document::plain(text);
    let choices = Choices {
        quotes: Some(QuoteStyle::Curly),
        dashes: Some(DashStyle::Em),
        ellipses: Some(EllipsisStyle::Sign),
        scene_breaks: true,
        ..Choices::default()
    };
    let changed = tidied(&document, &tidy(&document, &choices));
    assert_eq!(changed.text(), "“It’s—well, ’tis so…” he said—softly. “Don’t— ”\nFrom 1990 - 95.");
    assert_eq!(changed.blocks.len(), 3, "the row of stars is a scene break now");
    let english = Choices { dashes: Some(DashStyle::SpacedEn), ..Choices::default() };
    let changed = tidied(&changed, &tidy(&changed, &english));
    assert!(changed.text().starts_with("“It’s – well, ’tis so…” he said – softly."));
    assert!(tidy(&document, &Choices::default()).is_empty(), "nothing is tidied unasked");
}
