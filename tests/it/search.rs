//! `fanfold search` as people run it.

use std::process::Output;

use crate::library::{Library, prose};

fn library() -> Library {
    let library = Library::new();
    for (number, fandom, tags, length) in [
        (1, "Sea Tales", "Slow Burn", 6),
        (2, "Sea Tales", "Storms", 12),
        (3, "Dry Days", "Tea", 9),
    ] {
        let head = format!("Title: Story {number}\nFandom: {fandom}\nTags: {tags}");
        let text = format!("{head}\nPublished: 202{number}-05-06\n\n{}\n", prose(number, length));
        library.story(&format!("s{number}/story.txt"), &text);
    }
    assert_eq!(library.import().new, 3);
    library
}

fn run(library: &Library, arguments: &[&str]) -> Output {
    let all: Vec<&str> = ["search"].iter().chain(arguments).copied().collect();
    library.run(&all)
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_terminal_understands_questions() {
    let library = library();
    let found = run(&library, &["fandom:sea tales", "-Slow Burn"]);
    assert!(found.status.success(), "{}", err(&found));
    assert!(out(&found).starts_with("1 work\n"), "{}", out(&found));
    assert!(out(&found).contains("Story 2\n    Sea Tales; "), "{}", out(&found));
    let sorted = out(&run(&library, &["words:>1", "--sort", "words-asc"]));
    let place = |title: &str| sorted.find(title).unwrap_or_else(|| panic!("{title}: {sorted}"));
    assert!(place("Story 1") < place("Story 3") && place("Story 3") < place("Story 2"));
    let sorted = out(&run(&library, &["sort:posted words:>1", "--limit", "1"]));
    assert!(sorted.starts_with("3 works\n") && sorted.contains("Story 3"), "{sorted}");
    assert!(!sorted.contains("Story 1"), "{sorted}");
    // Words beside fields are found with their passage.
    let both = out(&run(&library, &["fandom:dry days", "captain"]));
    assert!(both.contains("Story 3") && both.contains("*captain*"), "{both}");
    // Plain words are a text search.
    let plain = out(&run(&library, &["captain", "--limit", "1"]));
    assert!(plain.contains(", chapter 1\n") && plain.contains("*captain*"), "{plain}");
    let none = run(&library, &["fandom:Nowhere", "tea"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(out(&none).starts_with("0 works"), "{}", out(&none));
    assert!(err(&none).contains("no tag, author or series “Nowhere”"), "{}", err(&none));
}

#[test]
fn works_are_told_as_json() {
    let library = library();
    let found = run(&library, &["captain fandom:\"Sea Tales\"", "--json"]);
    assert!(found.status.success(), "{}", err(&found));
    let rows: Vec<serde_json::Value> =
        out(&found).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(!rows.is_empty());
    for row in &rows {
        assert_eq!(row["fandoms"][0], "Sea Tales", "{row}");
        assert!(row["work"].is_i64() && row["words"].is_u64(), "{row}");
        assert!(row["published"].as_str().is_some_and(|date| date.starts_with("202")), "{row}");
        assert!(row["snippet"].as_str().is_some_and(|text| text.contains("captain")), "{row}");
    }
    assert!(err(&found).contains(" work"), "{}", err(&found));
}

#[test]
fn mistakes_are_told_with_their_place() {
    let library = library();
    let wrong = run(&library, &["tea fandum:x"]);
    assert_eq!(wrong.status.code(), Some(1));
    let said = err(&wrong);
    assert!(said.contains("    tea fandum:x\n        ^^^^^^"), "{said}");
    assert!(said.contains("Perhaps you mean: tea fandom:x"), "{said}");
    let sort = err(&run(&library, &["tea", "--sort", "nonsense"]));
    assert!(sort.contains("--sort: "), "{sort}");
    let long = run(&library, &[&"x".repeat(100_000)]);
    assert_eq!(long.status.code(), Some(1));
    assert!(err(&long).len() < 1_000, "a question that no line holds is not repeated");
}
