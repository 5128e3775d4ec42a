//! Files that are broken, hostile or huge: named in the report, and nothing else is disturbed.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::library::{Library, prose};

/// The most memory that an import may take, kB.
const MEMORY_KB: u64 = 1 << 20;

/// Imports with the program itself; the time it took and the most memory it held, kB.
fn import_measured(library: &Library) -> (Duration, u64) {
    let begin = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fanfold"))
        .arg("import")
        .arg(library.stories())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .expect("starts");
    let mut most = 0;
    let status = loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
        most = most.max(peak.unwrap_or(0));
        if let Some(status) = child.try_wait().expect("waits") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    assert!(status.success(), "the import ended with {status}");
    (begin.elapsed(), most)
}

#[test]
fn bad_files_are_named_and_disturb_nothing() {
    let library = Library::new();
    library.story("Good.txt", &prose(1, 10));
    library.file("empty.txt", b"");
    library.file("cut.epub", b"PK\x03\x04\x14\x00\x00\x00\x08\x00half of a header");
    library.file("lies.epub", &prose(2, 3).into_bytes());
    library.file("paper.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n");
    library.file("noise.txt", &(0..9_000u32).map(|n| ((n * 7919) >> 3) as u8).collect::<Vec<_>>());
    library.file(
        "nul.txt",
        &[b"Once\0 upon\0 a time there was a lamp. ".repeat(9), vec![0; 9]].concat(),
    );
    library.file("invalid.html", b"<html><body><p>Bro\xff\xfeken \x80 bytes</p></body></html>");
    library.file("deep.html", "<div>".repeat(200_000).as_bytes());
    library.file("attributes.html", format!("<p {}>x</p>", "a=1 b ".repeat(90_000)).as_bytes());
    library.file("cover.jpg", b"\xff\xd8\xff\xe0 no story");
    let report = library.import();
    let app = library.open();
    let problems = app.store.read(|tx| tx.problems(0, 100)).expect("reads");
    let named: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
    for name in ["empty.txt", "cut.epub", "paper.pdf", "noise.txt", "deep.html", "attributes.html"]
    {
        assert!(named.contains(&name), "{name} is not in the report: {named:?}");
    }
    for problem in &problems {
        let reason = problem.problem.as_deref().unwrap_or_default();
        assert!(reason.len() > 20, "{}: “{reason}” says too little", problem.path);
    }
    assert!(!named.contains(&"Good.txt") && !named.contains(&"cover.jpg"), "{named:?}");
    assert_eq!(report.others, 1);
    let titles: Vec<String> = library.works().into_iter().map(|work| work.facts.title).collect();
    assert!(titles.contains(&"Good".to_owned()), "{titles:?}");
    // What should have been readable is kept.
    let kept = problems.iter().find(|problem| problem.path == "cut.epub").expect("named");
    let kept = app.files.read(kept.hash.expect("read")).expect("reads");
    assert!(kept.is_some_and(|bytes| bytes.ends_with(b"header")));
    // Nothing new the second time.
    assert_eq!(library.import().files, 0);
}

fn huge(path: &Path, piece: &[u8], times: usize) {
    let mut file = File::create(path).expect("made");
    for _ in 0..times {
        file.write_all(piece).expect("written");
    }
}

#[test]
fn huge_files_end_soon_and_in_little_memory() {
    let library = Library::new();
    library.story("Good.txt", &prose(1, 10));
    let folder = library.stories();
    // One line of 100 MB, as a text and as a page; a million empty lines; over the size limit.
    huge(&folder.join("line.txt"), &b"word and word ".repeat(1_000), 7_500);
    huge(&folder.join("line.html"), &b"<b>word</b> and ".repeat(1_000), 6_500);
    huge(&folder.join("lines.txt"), &b"\n".repeat(1_000), 40_000);
    huge(
        &folder.join("long.txt"),
        &b"A line of words for a long, long text.\n".repeat(100),
        10_000,
    );
    huge(&folder.join("over.txt"), &vec![b'x'; 1 << 20], 130);
    let files = 5;
    let (time, memory) = import_measured(&library);
    // Unoptimised builds are some ten times slower; the bound of 10 s a file holds for releases.
    let most = if cfg!(debug_assertions) { 60 } else { 10 } * files;
    assert!(time < Duration::from_secs(most), "{time:?}");
    assert!(memory < MEMORY_KB, "{memory} kB");
    let app = library.open();
    let problems = app.store.read(|tx| tx.problems(0, 100)).expect("reads");
    let over = problems.iter().find(|problem| problem.path == "over.txt").expect("named");
    assert!(over.problem.as_deref().is_some_and(|reason| reason.contains("128 MiB")), "{over:?}");
    assert!(library.works().iter().any(|work| work.facts.title == "Good"));
}

/// A small disk of its own, if we may mount one.
struct Disk<'a>(&'a Path);

impl Disk<'_> {
    fn mount<'a>(at: &'a Path, options: &str) -> Option<Disk<'a>> {
        fs::create_dir_all(at).expect("made");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", options, "tmpfs"])
            .arg(at)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            println!("skipped: this user may not mount a small disk");
        }
        mounted.then_some(Disk(at))
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_is_told_and_leaves_a_whole_library() {
    let library = Library::new();
    for n in 0..300 {
        let name: String = n.to_string().bytes().map(|b| char::from(b + 49)).collect();
        library.story(&format!("Tale {name}.txt"), &prose(n, 40));
    }
    let small = library.folder.path().join("small");
    let Some(disk) = Disk::mount(&small, "size=3m") else { return };
    let data = small.join("data");
    let output = Command::new(env!("CARGO_BIN_EXE_fanfold"))
        .arg("import")
        .arg(library.stories())
        .arg("--data")
        .arg(&data)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "3 MB cannot hold it");
    assert!(said.contains("full"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    // With room, it goes on.
    let grown = Command::new("mount").args(["-o", "remount,size=200m"]).arg(&small).status();
    assert!(grown.is_ok_and(|status| status.success()));
    let again = Command::new(env!("CARGO_BIN_EXE_fanfold"))
        .arg("import")
        .arg(library.stories())
        .arg("--data")
        .arg(&data)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(again.status.success() && said.starts_with("300 works"), "{again:?}");
    drop(disk);
}

#[test]
fn a_folder_that_may_not_be_written_is_told() {
    let library = Library::new();
    library.story("One.txt", &prose(1, 5));
    let closed = library.folder.path().join("closed");
    let Some(disk) = Disk::mount(&closed, "size=1m,ro") else { return };
    let output = Command::new(env!("CARGO_BIN_EXE_fanfold"))
        .arg("import")
        .arg(library.stories())
        .arg("--data")
        .arg(closed.join("data"))
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("--data"), "{said}");
    drop(disk);
}
