//! The house rules that no compiler holds: who imports whom, where SQL may stand, how long a file
//! may be. Each rule says what to do about it.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest file, lines.
const FILE_LINES: usize = 600;
/// The longest line, characters.
const LINE_CHARS: usize = 100;
/// Places where the two databases are told apart.
const DIALECT_BRANCHES: usize = 12;

struct File {
    path: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folders: &[&str], extension: &str) -> Vec<File> {
    let mut found = Vec::new();
    for folder in folders {
        walk(&root().join(folder), extension, &mut found);
    }
    assert!(!found.is_empty(), "no .{extension} files in {folders:?}: the rule would hold nothing");
    found
}

fn walk(folder: &Path, extension: &str, found: &mut Vec<File>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            walk(&path, extension, found);
        } else if path.extension().is_some_and(|own| own == extension) {
            let text = fs::read_to_string(&path).expect("a text");
            let path = path.strip_prefix(root()).expect("inside").display().to_string();
            found.push(File { path, text });
        }
    }
}

fn sources() -> Vec<File> {
    files(&["src", "crates", "tests", "benches"], "rs")
}

fn fail(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}\n  {}", broken.join("\n  "));
}

#[test]
fn files_are_short_and_say_what_they_own() {
    let mut broken = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        if lines > FILE_LINES {
            broken.push(format!("{}: {lines} lines; split it by what it owns", file.path));
        }
        if !file.text.starts_with("//!") {
            broken.push(format!("{}: begin with //! and what it owns", file.path));
        }
        for (number, line) in file.text.lines().enumerate() {
            // What formatters leave alone: addresses, and texts that are one piece.
            let whole = line.contains("https://") || line.contains('"') || line.contains('<');
            if line.chars().count() > LINE_CHARS && !whole {
                broken.push(format!("{}:{}: over {LINE_CHARS} columns", file.path, number + 1));
            }
        }
    }
    fail("files are short, narrow and introduced", &broken);
}

/// The modules of the program, each with those that it may import.
const LAYERS: [(&str, &[&str]); 14] = [
    ("archive", &[]),
    ("mail", &["archive"]),
    ("config", &["archive", "mail"]),
    ("credential", &[]),
    ("passkey", &["archive"]),
    ("files", &["archive"]),
    ("store", &["archive"]),
    ("transfer", &["archive", "config", "files", "mail", "store", "app"]),
    // The application holds the progress of a transfer, which is plain counters.
    ("app", &["archive", "config", "files", "mail", "store", "transfer"]),
    ("find", &["archive", "store", "app", "transfer"]),
    ("suggest", &["archive", "store", "app", "transfer"]),
    (
        "web",
        &[
            "archive",
            "config",
            "credential",
            "files",
            "mail",
            "passkey",
            "store",
            "app",
            "transfer",
            "find",
            "suggest",
        ],
    ),
    (
        "cli",
        &[
            "archive",
            "config",
            "credential",
            "files",
            "mail",
            "store",
            "app",
            "transfer",
            "find",
            "web",
        ],
    ),
    ("main", &["cli"]),
];

#[test]
fn imports_run_one_way() {
    let mut broken = Vec::new();
    for file in files(&["src"], "rs") {
        let inside = file.path.strip_prefix("src/").expect("in src");
        let module = inside.split(['/', '.']).next().expect("a name");
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == module) else {
            assert_eq!(module, "lib", "{}: name its layer in this test", file.path);
            continue;
        };
        for (number, line) in file.text.lines().enumerate() {
            for part in line.split("crate::").skip(1) {
                let name: String = part.chars().take_while(|c| c.is_alphanumeric()).collect();
                let known = LAYERS.iter().any(|(layer, _)| *layer == name);
                if known && name != module && !allowed.contains(&name.as_str()) {
                    broken.push(format!("{}:{}: {name}", file.path, number + 1));
                }
            }
        }
        let progress = file.text.matches("crate::transfer::").count();
        let only = file.text.matches("crate::transfer::progress").count();
        if module == "app" && progress != only {
            broken.push(format!("{}: takes more of transfer than its progress", file.path));
        }
    }
    fail("a module imports only what stands below it", &broken);
}

/// Pages read works as whoever asked sees them, never as the archive itself.
#[test]
fn pages_say_who_looks() {
    let pages = files(&["src/web"], "rs");
    let mut broken = Vec::new();
    for file in &pages {
        for (number, line) in file.text.lines().enumerate() {
            if line.contains(".archive()") || line.contains("Viewer::archive") {
                broken.push(format!("{}:{}: use seen_by(visitor)", file.path, number + 1));
            }
        }
    }
    fail("pages read works as whoever asked sees them", &broken);
}

#[test]
fn libraries_stay_in_their_place() {
    let places: [(&str, &[&str]); 11] = [
        ("html5ever", &["crates/fanfold-doc/src/html/", "crates/fanfold-doc/tests/"]),
        ("tantivy", &["crates/fanfold-index/"]),
        ("fanfold_proof", &["crates/fanfold-proof/", "src/cli/", "src/web/"]),
        ("tokio", &["src/web/"]),
        ("axum", &["src/web/"]),
        ("askama", &["src/web/"]),
        ("lettre", &["src/mail/"]),
        (" ring", &["src/passkey/"]),
        ("rusqlite", &["src/store/"]),
        ("postgres", &["src/store/", "crates/fanfold-index/examples/"]),
        ("Html::from_stored", &["src/store/", "crates/fanfold-doc/src/html/"]),
    ];
    let mut broken = Vec::new();
    for file in sources().iter().filter(|file| !file.path.starts_with("tests/")) {
        for (library, allowed) in places {
            let uses = |line: &str| {
                let code = line.split("//").next().unwrap_or_default();
                let used =
                    code.contains(&format!("{library}::")) || code.contains("::from_stored(");
                used && code.contains(library)
            };
            let here = allowed.iter().any(|place| file.path.starts_with(place));
            if !here && file.text.lines().any(uses) {
                broken.push(format!("{}: {library}", file.path));
            }
        }
    }
    fail("each library is used in one place", &broken);
}

#[test]
fn the_proofreader_is_words_in_and_marks_out() {
    let mut broken = Vec::new();
    for file in files(&["crates/fanfold-proof/src"], "rs") {
        for word in ["std::fs", "std::io", "std::net", "std::time", "std::env", "fanfold_index"] {
            if file.text.contains(word) {
                broken.push(format!("{}: {word}", file.path));
            }
        }
    }
    fail("fanfold-proof uses fanfold-doc and nothing of the machine", &broken);
}

#[test]
fn sql_stands_in_the_store() {
    let mut broken = Vec::new();
    for file in files(&["src"], "rs") {
        let words = ["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "select ", "insert into"];
        for (number, line) in file.text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let quoted = code.contains('"')
                && words.iter().any(|word| {
                    code.split('"')
                        .skip(1)
                        .step_by(2)
                        .any(|text| text.trim_start().starts_with(word))
                });
            if quoted && !file.path.starts_with("src/store/") {
                broken.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    fail("SQL stands in src/store alone", &broken);
    let store = files(&["src/store"], "rs");
    let branches: usize = store.iter().map(|file| file.text.matches(".by_dialect(").count()).sum();
    assert!(branches <= DIALECT_BRANCHES, "{branches} branches by database: write common SQL");
}

#[test]
fn pages_print_no_unchecked_html() {
    let mut broken = Vec::new();
    for file in files(&["templates"], "html") {
        for (number, line) in file.text.lines().enumerate() {
            let bad =
                ["|safe", "| safe", "<script", " style=", " onclick", " onload", "javascript:"];
            // The site's own scripts, as files and with nothing inside, are the only ones.
            let own = line.contains("<script src=\"{{ crate::web::assets::")
                && line.contains(".path() }}\" defer></script>")
                && line.matches("<script").count() == 1;
            let line = if own { line.replacen("<script", "<own", 1) } else { line.to_owned() };
            let outside = line.contains("=\"http") && !line.contains("href=\"{{");
            if outside || bad.iter().any(|bad| line.contains(bad)) {
                broken.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    fail("templates hold no script, no style, no unchecked HTML, no other site", &broken);
}

#[test]
fn the_project_speaks_of_itself() {
    let mut broken = Vec::new();
    let mut all = sources();
    all.extend(files(&[".", "scripts", "docs"], "md"));
    // Written so that this file does not hold the words itself.
    let words = [concat!("/wo", "rk/"), concat!("/tm", "p/target"), concat!("crates", ".io/api")];
    for file in all {
        for (number, line) in file.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                broken.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    fail("no paths of one machine, no addresses of registries", &broken);
}

#[test]
fn no_merge_is_left_half_done() {
    let mut broken = Vec::new();
    let mut all = sources();
    for (folder, ending) in [
        (".", "md"),
        ("migrations", "sql"),
        ("templates", "html"),
        ("static", "css"),
        ("static", "js"),
        ("tests/browser", "js"),
    ] {
        all.extend(files(&[folder], ending));
    }
    for file in all {
        for (number, line) in file.text.lines().enumerate() {
            if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
                broken.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    fail("both sides of a merge stand here; choose", &broken);
}
