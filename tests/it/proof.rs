//! `fanfold proof`: what it prints for a file, for people and for programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn proof(file: &Path, flags: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fanfold"));
    command.arg("proof").arg(file).args(flags).output().expect("the program runs")
}

/// The objects that `--json` prints.
fn marks(file: &Path) -> Vec<Value> {
    let output = proof(file, &["--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// What a rule found: text, paragraph, words, first replacement.
fn found(marks: &[Value], rule: &str) -> Vec<(String, u64, String, String)> {
    let own = marks.iter().filter(|mark| mark["rule"] == rule);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    own.map(|mark| {
        let paragraph = mark["paragraph"].as_u64().expect("a number");
        (text(&mark["text"]), paragraph, text(&mark["words"]), text(&mark["replacements"][0]))
    })
    .collect()
}

#[test]
fn the_sample_is_read_as_a_copy_editor_reads_it() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples/one-shot.txt");
    if !sample.exists() {
        println!("skipped: {} is not there", sample.display());
        return;
    }
    let marks = marks(&sample);
    let words = |rule| -> Vec<String> {
        found(&marks, rule).into_iter().map(|(_, _, words, _)| words).collect()
    };
    assert_eq!(words("stray-scrap"), ["ruminants"]);
    let periods: Vec<u64> = found(&marks, "tag-period").iter().map(|mark| mark.1).collect();
    assert_eq!(periods, [5, 6, 7, 8, 9, 10, 15, 23, 24, 30, 30, 31]);
    let capitals: Vec<u64> = found(&marks, "tag-capital").iter().map(|mark| mark.1).collect();
    assert_eq!(capitals, [11, 21, 27]);
    let note = ("note before".to_owned(), 1, "a AU".to_owned(), "an AU".to_owned());
    assert_eq!(found(&marks, "article"), [note]);
    let breath = ("chapter 1".to_owned(), 25, "breath".to_owned(), "breathe".to_owned());
    assert_eq!(found(&marks, "confusion"), [breath]);
    let called =
        ["speaking love", "invincible sweetheart", "danger love", "you love", "obvious love"];
    assert_eq!(words("vocative-comma"), called);
    let quotes = words("comma-before-quote").len() + words("comma-after-tag").len();
    assert_eq!(quotes, 6, "all six commas before a new quote");
    assert_eq!(words("mixed-dashes"), ["—"]);
    for mark in &marks {
        let words = mark["words"].as_str().expect("words");
        for name in ["Klaus", "Caroline", "Damon", "Alaric", "vervain", "Agh", "Shhh"] {
            assert!(!words.contains(name), "{mark}");
        }
    }
}

/// A story with faults in a folder that goes when the test is over.
fn story() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ferry.txt");
    let text = "AN: This is a old story.\n\n\"Wait for me.\" She said. The gull did not wait.\n\n\
                \"Who rows the the boat?\" he asked.\n\n\"Whose boat?\" lantern\n";
    std::fs::write(&file, text).expect("written");
    (folder, file)
}

#[test]
fn marks_are_printed_by_rule_with_why() {
    let (_folder, file) = story();
    let output = proof(&file, &[]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains(": 4 marks"), "{text}");
    for part in [
        "Dialogue: full stop before “she said” (1, tag-period)",
        "so a comma comes before it",
        "\"Wait for me[.\" She] said.",
        "[lantern]  → nothing",
        "note before, paragraph 1",
        "[a old] story.  → an old",
        "[the the] boat",
    ] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    let silent = proof(&file, &["--silence", "tag-period", "--silence", "stray-scrap"]);
    let text = String::from_utf8(silent.stdout).expect("UTF-8");
    assert!(text.contains(": 2 marks") && !text.contains("she said"), "{text}");
}

#[test]
fn objects_hold_places_for_editors() {
    let (_folder, file) = story();
    let marks = marks(&file);
    assert_eq!(marks.len(), 4);
    let tag = marks.iter().find(|mark| mark["rule"] == "tag-period").expect("one");
    assert_eq!(tag["text"], "chapter 1");
    assert_eq!(tag["paragraph"], 1);
    assert_eq!(tag["bytes"], serde_json::json!([12, 18]));
    assert_eq!(tag["utf16"], tag["bytes"]);
    assert_eq!(tag["replacements"], serde_json::json!([",\" she"]));
}

#[test]
fn what_cannot_be_done_is_said() {
    let (folder, file) = story();
    let output = proof(&file, &["--silence", "spelling"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("no rule is called “spelling”") && said.contains("tag-period"), "{said}");
    let output = proof(&folder.path().join("nowhere.txt"), &[]);
    assert!(!output.status.success());
}
