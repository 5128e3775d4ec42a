//! What an import makes of a folder, and of the same folder later.

use std::process::Command;
use std::time::{Duration, Instant};

use fanfold::transfer::import::Report;
use fanfold_index::Query;

use crate::library::{Library, prose};
use crate::site::Site;

fn ao3(work: u32, title: &str, chapters: usize, total: &str, updated: &str) -> String {
    let chapter = |n: usize| {
        let body: String =
            prose(work as usize * 50 + n, 6).split("\n\n").map(|p| format!("<p>{p}</p>")).collect();
        format!(
            "<div class=\"meta group\"><h2 class=\"heading\">Chapter {n}: Part {n}</h2></div>\
             <!--chapter content--><div class=\"userstuff\">{body}</div><!--/chapter content-->"
        )
    };
    let chapters_html: String = (1..=chapters).map(chapter).collect();
    format!(
        "<!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\"><head>\
         <title>{title} - ann - Sea Tales</title></head><body><div id=\"preface\">\
         <h2 class=\"toc-heading\">Preface</h2><p class=\"message\"><b>{title}</b><br/>Posted \
         originally on the <a href=\"https://archiveofourown.org/\">Archive of Our Own</a> at \
         <a href=\"https://archiveofourown.org/works/{work}\">\
         https://archiveofourown.org/works/{work}</a>.</p><div class=\"meta\"><dl class=\"tags\">\
         <dt>Rating:</dt><dd><a href=\"#\">General Audiences</a></dd>\
         <dt>Fandom:</dt><dd><a href=\"#\">Sea Tales</a></dd><dt>Language:</dt><dd>English</dd>\
         <dt>Stats:</dt><dd>Published: 2020-01-01 Updated: {updated} Words: 1,000 \
         Chapters: {chapters}/{total}</dd></dl><h1>{title}</h1><div class=\"byline\">by \
         <a rel=\"author\" href=\"https://archiveofourown.org/users/ann/pseuds/ann\">ann</a></div>\
         </div></div><div id=\"chapters\" class=\"userstuff\">{chapters_html}</div></body></html>"
    )
}

#[test]
fn the_same_folder_twice_changes_nothing() {
    let library = Library::new();
    for n in 0..12 {
        library.story(&format!("Story {}.txt", ["A", "B", "C"][n % 3].repeat(n + 1)), &prose(n, 8));
    }
    assert_eq!(library.import().new, 12);
    let before = library.works();
    let app = library.open();
    let last = app.store.read(|tx| tx.last_change()).expect("reads");
    assert_eq!(library.import(), Report::default());
    assert_eq!(library.works(), before);
    assert_eq!(app.store.read(|tx| tx.last_change()).expect("reads"), last);
    // Touched but not changed: read again, and still nothing new.
    for entry in std::fs::read_dir(library.stories()).expect("reads").flatten() {
        if entry.path().is_file() {
            let bytes = std::fs::read(entry.path()).expect("reads");
            std::thread::sleep(Duration::from_millis(2));
            std::fs::write(entry.path(), bytes).expect("touched");
        }
    }
    let report = library.import();
    assert_eq!((report.files, report.new, report.revised), (12, 0, 0));
    assert_eq!(app.store.read(|tx| tx.last_change()).expect("reads"), last);
}

#[test]
fn numbered_files_are_one_work_and_grow() {
    let library = Library::new();
    library.story("the-letters/01 - Arrival.txt", &prose(1, 5));
    library.story("the-letters/02 - Storm.txt", &prose(2, 5));
    library.import();
    let works = library.works();
    assert_eq!(works.len(), 1);
    assert_eq!(works[0].facts.title, "The letters");
    let app = library.open();
    let titles = |app: &fanfold::app::App| {
        let rows = app.store.read(|tx| tx.archive().contents(works[0].id)).expect("reads");
        rows.into_iter().map(|row| row.title.unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(titles(&app), ["Arrival", "Storm"]);
    library.story("the-letters/03 - Home.txt", &prose(3, 5));
    let report = library.import();
    assert_eq!((report.new, report.revised), (0, 1), "{report:?}");
    assert_eq!(titles(&app), ["Arrival", "Storm", "Home"]);
    assert_eq!(library.works().len(), 1);
}

#[test]
fn the_same_story_twice_is_one_work_with_two_originals() {
    let library = Library::new();
    let text = prose(7, 20);
    let html: String = text.split("\n\n").map(|p| format!("<p>{p}</p>\n")).collect();
    library.story("Salt Road.txt", &text);
    library.story("salt-road.html", &format!("<html><body><h1>Salt Road</h1>{html}</body></html>"));
    library.story("Other.txt", &prose(8, 20));
    let report = library.import();
    assert_eq!((report.new, library.works().len()), (2, 2), "{report:?}");
    let app = library.open();
    let counts: Vec<usize> = library
        .works()
        .iter()
        .map(|work| app.store.read(|tx| tx.archive().originals(work.id)).expect("reads").len())
        .collect();
    assert_eq!(counts.iter().sum::<usize>(), 3, "{counts:?}");
    // Both come back byte for byte.
    for work in library.works() {
        for original in app.store.read(|tx| tx.archive().originals(work.id)).expect("reads") {
            let kept = app.files.read(original.hash).expect("reads").expect("kept");
            let file = std::fs::read(library.stories().join(&original.name)).expect("reads");
            assert_eq!(kept, file);
        }
    }
}

#[test]
fn a_newer_download_is_a_revision_and_an_older_one_is_not() {
    let library = Library::new();
    library.story("b/Tide_new.html", &ao3(12, "Tide", 3, "?", "2020-03-01"));
    assert_eq!(library.import().new, 1);
    library.story("a/Tide.html", &ao3(12, "Tide", 2, "?", "2020-02-01"));
    let older = library.import();
    assert_eq!((older.new, older.revised, older.same), (0, 0, 1), "{older:?}");
    assert_eq!(library.works()[0].chapters, 3);
    library.story("c/Tide (1).html", &ao3(12, "Tide", 5, "5", "2020-05-01"));
    let newer = library.import();
    assert_eq!((newer.new, newer.revised), (0, 1), "{newer:?}");
    let work = library.works().remove(0);
    assert_eq!((work.chapters, work.facts.complete), (5, Some(true)));
    let app = library.open();
    assert_eq!(app.store.read(|tx| tx.archive().revisions(work.id)).expect("reads").len(), 2);
    assert_eq!(app.store.read(|tx| tx.archive().originals(work.id)).expect("reads").len(), 3);
    // Another work with nearly the same text and an address of its own is a work of its own.
    library.story(
        "d/Remix.html",
        &ao3(12, "Remix", 5, "5", "2020-05-01").replace("/works/12", "/works/13"),
    );
    assert_eq!(library.import().new, 1);
}

#[test]
fn a_changed_file_revises_and_a_removed_one_leaves_its_work() {
    let library = Library::new();
    library.story("Draft.txt", &prose(1, 10));
    library.import();
    library.story("Draft.txt", &format!("{}\n\nAnd then the lifeboat came.", prose(1, 10)));
    let report = library.import();
    assert_eq!((report.new, report.revised), (0, 1), "{report:?}");
    let app = library.open();
    let found =
        app.index.search(&Query::parse("lifeboat").expect("parses"), 0, 9).expect("searches");
    assert_eq!(found.total, 1);
    std::fs::remove_file(library.stories().join("Draft.txt")).expect("removed");
    assert_eq!(library.import().gone, 1);
    assert_eq!(library.works().len(), 1);
    assert_eq!(library.import(), Report::default());
    // A different story under the old name is a new work, not the old one overwritten.
    library.story("Draft.txt", &prose(40, 12));
    let report = library.import();
    assert_eq!((report.new, library.works().len()), (1, 2), "{report:?}");
}

#[test]
fn a_lost_index_comes_back_and_check_says_so() {
    let library = Library::new();
    library.story("One.txt", &prose(1, 8)).story("Two.txt", &prose(2, 8));
    library.import();
    std::fs::remove_dir_all(library.data().join("index")).expect("removed");
    let output = library.run(&["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("all is well"), "{said}");
    assert!(said.contains("mended"), "{said}");
    let output = library.run(&["search", "lantern"]);
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("2 works"), "{output:?}");
}

#[test]
fn check_finds_and_mends_a_damaged_original() {
    let library = Library::new();
    library.story("One.txt", &prose(1, 8));
    library.import();
    let app = library.open();
    let hash = app.store.read(|tx| tx.all_originals()).expect("reads")[0].hash.to_string();
    let path = library.data().join("originals").join(&hash[..2]).join(&hash);
    let size = path.metadata().expect("there").len() as usize;
    std::fs::write(&path, vec![b'x'; size]).expect("damaged");
    let said = String::from_utf8_lossy(&library.run(&["check"]).stdout).into_owned();
    assert!(said.contains("taken anew") && said.contains("all is well"), "{said}");
    std::fs::write(&path, b"torn").expect("damaged");
    std::fs::remove_file(library.stories().join("One.txt")).expect("removed");
    let output = library.run(&["check"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("broken"), "{said}");
}

#[test]
fn changes_are_picked_up_while_it_serves() {
    let library = Library::new();
    library.story("One.txt", &prose(1, 8));
    let mut server = Command::new(env!("CARGO_BIN_EXE_fanfold"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .arg(library.stories())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("starts");
    let wait = |works: usize, most: Duration| {
        let begin = Instant::now();
        while begin.elapsed() < most {
            if library.data().join("fanfold.db").exists() && library.works().len() == works {
                return true;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    };
    let first = wait(1, Duration::from_secs(20));
    // The watch begins after the first import.
    std::thread::sleep(Duration::from_millis(1_500));
    library.story("deep/folder/Two.txt", &prose(2, 8));
    let second = wait(2, Duration::from_secs(2));
    let ended = server.kill().and_then(|()| server.wait());
    assert!(first && ended.is_ok());
    assert!(second, "a new file was not picked up within two seconds");
}

#[test]
fn the_folder_is_watched_also_when_nobody_reads_what_is_said() {
    // The terminal of a site that is tested is closed once it has said its address.
    let site = Site::with(&[("One.txt", "The lamp was lit.")]);
    for name in ["Two", "Three", "Four"] {
        site.import(&format!("{name}.txt"), &format!("{name} lamps were lit, and a fog came in."));
        site.get_until("/?sort=title", |page| page.text().contains(&format!("\">{name}</a>")));
    }
}
