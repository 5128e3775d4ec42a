//! Golden cases: what each reader makes of a file, as a dump that a person has read.
//!
//! Every `tests/golden/<reader>/<case>/` holds one `input.*` and `expect.txt`. Set
//! `FANFOLD_GOLDEN=accept` to write what came out instead of comparing, and look at the difference
//! before it is kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test through and through

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use fanfold_doc::dump::dump;
use fanfold_doc::limits::Limits;
use fanfold_doc::read::{self, Input};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

fn input_of(case: &Path) -> PathBuf {
    let is_input = |path: &PathBuf| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|n| n.starts_with("input."))
    };
    let mut inputs = fs::read_dir(case)
        .expect("the case")
        .map(|entry| entry.expect("an entry").path())
        .filter(is_input);
    let input = inputs.next().unwrap_or_else(|| panic!("{}: no input", case.display()));
    assert!(inputs.next().is_none(), "{}: more than one input", case.display());
    input
}

/// What the reader makes of the case, or why it refuses.
fn outcome(input: &Path) -> String {
    let name = input.file_name().and_then(|name| name.to_str()).expect("a name");
    let (bytes, name) = match name.strip_suffix(".d") {
        Some(name) => (zipped(input), name),
        None => (fs::read(input).expect("the input"), name),
    };
    match read::read(&Input { bytes: &bytes, name }, &Limits::default()) {
        Ok(work) => dump(&work),
        Err(error) => format!("error {error}\n"),
    }
}

/// A folder (`input.epub.d/`) as the zip that it stands for, so that its files can be read here.
fn zipped(folder: &Path) -> Vec<u8> {
    let mut files = files_below(folder);
    files.sort();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("mimetype", stored).expect("a file in the zip");
    zip.write_all(b"application/epub+zip").expect("its bytes");
    for path in files {
        let name = path.strip_prefix(folder).expect("a file of the folder");
        let name = name.to_str().expect("a plain name").replace('\\', "/");
        zip.start_file(name, SimpleFileOptions::default()).expect("a file in the zip");
        zip.write_all(&fs::read(&path).expect("the file")).expect("its bytes");
    }
    zip.finish().expect("the zip").into_inner()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry"));
    let paths = entries.map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn every_case_reads_as_it_did() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let accept = std::env::var("FANFOLD_GOLDEN").is_ok_and(|value| value == "accept");
    let cases: Vec<PathBuf> = folders(&root).iter().flat_map(|reader| folders(reader)).collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let came = outcome(&input_of(case));
        let path = case.join("expect.txt");
        if accept {
            fs::write(&path, came).expect("written");
            continue;
        }
        let wanted = fs::read_to_string(&path).unwrap_or_default();
        if came != wanted {
            let name = case.strip_prefix(&root).unwrap_or(case).display();
            wrong.push(format!("== {name}\n{}", difference(&wanted, &came)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    assert!(cases.len() >= 33, "only {} cases were found", cases.len());
}

/// The lines that only one side has.
fn difference(wanted: &str, came: &str) -> String {
    let lines = |own: &str, other: &str, sign: &str| -> String {
        let missing = own.lines().filter(|line| !other.lines().any(|other| other == *line));
        missing.map(|line| format!("{sign} {line}\n")).collect()
    };
    lines(wanted, came, "-") + &lines(came, wanted, "+")
}
