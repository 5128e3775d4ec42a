//! `fanfold tags` as people run it.

use std::process::Output;

use crate::library::{Library, prose};

fn library() -> Library {
    let library = Library::new();
    for (number, (file, fandom, tags)) in [
        ("rough", "Sea Tales", "Slow Burn, Storms"),
        ("calm", "sea tales", "slow burn, Storm"),
        ("harbour", "Sea-Tales", "Ships"),
    ]
    .iter()
    .enumerate()
    {
        let body = prose(number, 8);
        let text = format!("Title: Story {number}\nFandom: {fandom}\nTags: {tags}\n\n{body}\n");
        library.story(&format!("{file}.txt"), &text);
    }
    assert_eq!(library.import().new, 3);
    library
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// Runs it and expects it to end well.
fn run(library: &Library, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["tags"].iter().chain(arguments).copied().collect();
    let output = library.run(&all);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    said(&output)
}

fn fails(library: &Library, arguments: &[&str]) -> String {
    let all: Vec<&str> = ["tags"].iter().chain(arguments).copied().collect();
    let output = library.run(&all);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
    said(&output)
}

#[test]
fn tags_are_put_in_order_from_the_terminal() {
    let library = library();
    let works = library.works();
    let list = run(&library, &["list", "fandom"]);
    assert_eq!(list.lines().count(), 3, "{list}");
    let list = run(&library, &["list", "--like", "SLOW b"]);
    assert!(list.contains("Slow Burn") && !list.contains("Storms"), "{list}");

    let found = run(&library, &["proposals", "--rule", "spelling"]);
    assert!(found.contains("“slow burn” (1) into “Slow Burn” (1)"), "{found}");
    assert!(found.contains("3 proposals"), "{found}");
    let tried = run(&library, &["proposals", "--accept", "all", "--dry-run"]);
    assert!(tried.contains("tried only"), "{tried}");
    assert!(run(&library, &["log"]).contains("nothing was done"));
    run(&library, &["proposals", "--rule", "spelling", "--accept", "all"]);
    let show = run(&library, &["show", "sea-TALES"]);
    assert!(show.contains("3 works found under it"), "{show}");
    assert!(show.contains("also called"), "{show}");
    let number: String = run(&library, &["proposals"])
        .split_whitespace()
        .next()
        .map(str::to_owned)
        .expect("a number");
    let refused = run(&library, &["proposals", "--refuse", &number]);
    assert!(refused.contains("kept apart"), "{refused}");
    assert!(run(&library, &["proposals"]).contains("0 proposals"));

    let told = run(&library, &["merge", "Storms", "into", "Weather", "--new", "--dry-run"]);
    assert!(told.contains("1 work is touched") && told.contains("nothing was changed"), "{told}");
    let told = fails(&library, &["merge", "Storms", "into", "Weather"]);
    assert!(told.contains("there is no tag “Weather”"), "{told}");
    run(&library, &["merge", "Storms", "Weather", "--new"]);
    run(&library, &["canonical", "Ships"]);
    run(&library, &["meta", "add", "Ships", "Weather"]);
    let told = fails(&library, &["meta", "add", "Weather", "Ships"]);
    assert!(told.contains("“Ships” is under “Weather” already"), "{told}");
    let told = fails(&library, &["parent", "add", "Ships", "Weather"]);
    assert!(told.contains("only a fandom can"), "{told}");
    let fandom = run(&library, &["list", "fandom", "--top", "1"]);
    let fandom = fandom.trim_end().rsplit('#').next().map(|id| format!("#{id}")).expect("a number");
    run(&library, &["parent", "add", "Ships", &fandom]);
    run(&library, &["parent", "add", &fandom, "media:Books & Literature"]);
    let told = fails(&library, &["canonical", "--not", "Weather"]);
    assert!(told.contains("“Weather” has") || told.contains("of “Weather”"), "{told}");
    run(&library, &["split", "Storms"]);
    let told = run(&library, &["undo"]);
    assert!(told.contains("“Storms” is now a synonym of “Weather”"), "{told}");
    let log = run(&library, &["log"]);
    assert!(log.contains("split “Storms” off (undone by act"), "{log}");
    // Whatever was done, the works are as their authors wrote them.
    assert_eq!(library.works(), works);
    assert!(library.run(&["check"]).status.success());
}

#[test]
fn a_vocabulary_goes_out_and_comes_back() {
    let library = library();
    let file = library.folder.path().join("tags.csv");
    let file = file.to_str().expect("a path");
    run(&library, &["merge", "slow burn", "Slow Burn"]);
    run(&library, &["export", file]);
    let first = std::fs::read_to_string(file).expect("written");
    assert!(first.contains("freeform,slow burn,,Slow Burn,,"), "{first}");
    run(&library, &["undo"]);
    let told = run(&library, &["import", file, "--dry-run"]);
    assert!(told.contains("tried only"), "{told}");
    assert!(!run(&library, &["export", "-"]).contains("slow burn,,Slow Burn"));
    run(&library, &["import", file]);
    assert_eq!(run(&library, &["export", "-"]), first);
    assert!(run(&library, &["import", file]).contains("all of it is so already"));

    let bad = format!("{}nonsense,x\nfandom,\"x\n", "kind,name\nfandom,Sea Tales\n");
    std::fs::write(file, bad).expect("written");
    let told = fails(&library, &["import", file]);
    assert!(told.contains("line 3: “nonsense”") && told.contains("line 4: a quot"), "{told}");
    assert!(told.contains("nothing was changed"), "{told}");
    std::fs::write(file, "kind,name,synonym of\nfandom,Sea Tales,Nobody\n").expect("written");
    let told = fails(&library, &["import", file]);
    assert!(told.contains("line 2: there is no fandom “Nobody”"), "{told}");
    assert_eq!(run(&library, &["export", "-"]), first);
}
