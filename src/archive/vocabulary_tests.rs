//! Tables of tags: round trips, and files that nobody would call a table.

use proptest::prelude::*;

use super::*;

fn mistakes(text: &str) -> Vec<(u64, String)> {
    let told = parse(text.as_bytes()).expect_err("not a table");
    told.into_iter().map(|mistake| (mistake.line, mistake.what)).collect()
}

/// A name that spreadsheets, parsers and people stumble over.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(
            &["=1+1", "'=x", "''-", "-ish", "@ann", "+1", "＝cmd|' /C calc'!A0"][..]
        )
        .prop_map(str::to_owned),
        prop::sample::select(&["a,b", "say \"hi\"", ";", "fandom:x", "'tis", "\u{feff}", "漢"][..])
            .prop_map(str::to_owned),
        "[ -~]{1,20}",
        "\\PC{1,20}",
    ]
    .prop_filter_map("a name", |text| checked_name(&text).ok())
    // A byte-order mark at the beginning of a name is lost to nobody.
    .prop_filter("no mark", |name| !name.starts_with('\u{feff}'))
}

fn any_line() -> impl Strategy<Value = Line> {
    let kind = || prop::sample::select(&Kind::ALL[..]);
    let parents = prop::collection::vec((kind().prop_map(Some), name()), 0..3);
    let synonym = prop::option::of(name());
    (kind(), name(), any::<bool>(), synonym, prop::collection::vec(name(), 0..3), parents).prop_map(
        |(kind, name, canonical, synonym_of, metas, parents)| Line {
            number: 0,
            kind,
            name,
            canonical: Some(canonical && synonym_of.is_none()),
            synonym_of: Some(synonym_of),
            metas: Some(metas),
            parents: Some(parents),
        },
    )
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(lines in prop::collection::vec(any_line(), 0..6)) {
        let text = heading() + &lines.iter().map(printed).collect::<String>();
        let mut read = parse(text.as_bytes()).expect("a table");
        let mut number = 1;
        for line in &mut read {
            prop_assert!(line.number > number);
            number = std::mem::take(&mut line.number);
        }
        prop_assert_eq!(read, lines);
    }

    #[test]
    fn no_cell_is_a_formula(line in any_line()) {
        let text = printed(&line);
        let mut cells = Cells { text: &text, line: 1, separator: ',' };
        let (_, row) = cells.row().expect("a row");
        for cell in row.expect("cells") {
            prop_assert!(!cell.starts_with(FORMULA), "{:?}", cell);
        }
    }

    #[test]
    fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let told = parse(format!("kind,name,metatags\n{text}").as_bytes());
        if let Err(told) = told {
            prop_assert!(!told.is_empty());
        }
    }
}

#[test]
fn a_table_may_come_from_any_spreadsheet() {
    let wanted = |number| Line {
        number,
        kind: Kind::Character,
        name: "Ann; Bo".to_owned(),
        canonical: Some(true),
        synonym_of: None,
        metas: None,
        parents: Some(vec![(Some(Kind::Fandom), "A: B".to_owned()), (None, "C".to_owned())]),
    };
    for (text, number) in [
        ("kind,name,canonical,parents\ncharacter,Ann; Bo,yes,\"fandom:A: B\nC\"", 2),
        (
            "\u{feff}Kind;Name;Canonical;Parents\r\n\r\nCharacters;\"Ann; Bo\";X;\"fandom:A: B\r\nC\"",
            3,
        ),
        ("NAME\tparents\tkind\tcanonical\nAnn; Bo\t\"fandom:A: B\n\n C \"\tcharacter\tTRUE\n\n", 2),
    ] {
        assert_eq!(parse(text.as_bytes()), Ok(vec![wanted(number)]), "{text}");
    }
    let short = parse(b"kind,name,canonical\nfandom,Rain").expect("a table");
    assert_eq!(short[0].canonical, Some(false));
}

#[test]
fn mistakes_are_named_with_their_line() {
    let head = "kind,name,canonical,synonym of\n";
    for (text, line, says) in [
        ("", 1, "name the columns"),
        ("kind,canonical\n", 1, "name the columns"),
        ("kind,name,colour\n", 1, "“colour”"),
        (&format!("{head}fandom,A,,\nfandon,B,,\n"), 3, "“fandon”"),
        (&format!("{head}fandom,,,\n"), 2, "empty"),
        (&format!("{head}fandom,A,perhaps,\n"), 2, "“perhaps”"),
        (&format!("{head}fandom,A,yes,B\n"), 2, "not canonical"),
        (&format!("{head}fandom,A,,,,\n"), 2, "more cells"),
        (&format!("{head}fandom,\"A\"b,,\n"), 2, "quotation mark"),
        (&format!("{head}fandom,\"A,\n\n\nfandom,B"), 2, "never closed"),
        (&format!("{head}fandom,a\0b,,\n"), 2, "printed"),
        (&format!("{head}fandom,{},,\n", "a".repeat(1 << 20)), 2, "bytes"),
        (&format!("{head}fandom,{},,\n", "a".repeat(2_000)), 2, "300 characters"),
        (&format!("{head}fandom,\"{}\",,\n", "\"\"".repeat(1 << 20)), 2, "bytes"),
    ] {
        let told = mistakes(text);
        assert!(
            told.iter().any(|(at, what)| *at == line && what.contains(says)),
            "{text:.60}: {told:.300?}"
        );
        assert!(told.iter().all(|(_, what)| what.len() < 400), "{text:.60}");
    }
    assert_eq!(mistakes(&format!("{head}{}", "x,y\n".repeat(5_000))).len(), 100);
    let told = parse(b"kind,name\nfandom,A\nfandom,\xff\n").expect_err("not UTF-8");
    assert_eq!(told[0].line, 3);
}
