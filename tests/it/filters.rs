//! The filter index beside a real store: it follows works and tags, survives restarts and damage,
//! and answers questions in the reader's words.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fanfold::app::App;
use fanfold::archive::tag::Kind;
use fanfold::archive::wrangle::Act;
use fanfold::find::{Finding, Mutes, Window, find};
use fanfold::transfer::import::import;
use fanfold::transfer::{catch_up, check, filters};
use fanfold_index::ask::Ask;

use crate::library::Library;

/// A story with a head of tags, as AO3 writes it for a text file's reader.
fn story(title: &str, fandom: &str, tags: &str, body: &str) -> String {
    format!("Title: {title}\nAuthor: Mira Vance\nFandom: {fandom}\nTags: {tags}\n\n{body}\n")
}

fn library() -> Library {
    let library = Library::new();
    library
        .story(
            "a.txt",
            &story(
                "Salt",
                "Harbour Lights",
                "Angst, Found Family",
                "The lamp went out over the quay.",
            ),
        )
        .story("b.txt", &story("Rope", "Harbour Lights", "Fluff", "A kettle sang all the evening."))
        .story(
            "c.txt",
            &story("Snow", "The Long Tower", "angst", "Nobody came down from the pass."),
        );
    library
}

fn ask(app: &App, question: &str) -> Finding {
    let ask = Ask::parse(question).expect("a question");
    let window = Window { limit: 25, ..Window::default() };
    app.store.read(|tx| find(app, &tx.archive(), &ask, Mutes::Ignore, &window)).expect("answered")
}

fn titles(app: &App, question: &str) -> Vec<String> {
    let found = ask(app, question).answer.works;
    let title = |work: &i64| {
        let id = fanfold::archive::work::WorkId(*work);
        let work = app.store.read(|tx| tx.archive().work(id)).expect("read");
        work.expect("there").facts.title
    };
    let mut titles: Vec<String> = found.iter().map(title).collect();
    titles.sort();
    titles
}

fn open(library: &Library) -> Arc<App> {
    library.import();
    let app = library.open();
    filters::catch_up(&app).expect("follows");
    app
}

#[test]
fn questions_are_answered_in_the_readers_words() {
    let app = open(&library());
    for (question, found) in [
        ("", vec!["Rope", "Salt", "Snow"]),
        ("fandom:\"Harbour Lights\"", vec!["Rope", "Salt"]),
        ("fandom:\"harbour lights\" -fluff", vec!["Salt"]),
        ("fandom:\"Harbour Lights\" OR fandom:\"The Long Tower\"", vec!["Rope", "Salt", "Snow"]),
        ("kettle", vec!["Rope"]),
        ("title:snow", vec!["Snow"]),
        ("author:\"mira vance\" lamp", vec!["Salt"]),
        ("words:>100k", vec![]),
        ("words:3-20 oneshot:yes", vec!["Rope", "Salt", "Snow"]),
    ] {
        assert_eq!(titles(&app, question), found, "{question}");
    }
    let finding = ask(&app, "fandom:\"Nowhere At All\"");
    assert_eq!(finding.answer.total, 0);
    assert_eq!(finding.unknown.len(), 1, "what no tag is called is named");
}

#[test]
fn a_merge_of_tags_is_in_every_filter_and_can_be_undone() {
    let app = open(&library());
    let tag = |name: &str| {
        let tags = app.store.read(|tx| tx.tags_spelt(Some(Kind::Freeform), name)).expect("read");
        tags.first().expect("a tag").id
    };
    let (upper, lower) = (tag("Angst"), tag("angst"));
    assert_ne!(upper, lower, "each author's wording is a tag");
    let apart = titles(&app, "tag:Fluff");
    app.store.write(|tx| tx.wrangle(Act::Merge(lower, upper), app.now())).expect("merged");
    filters::catch_up(&app).expect("follows");
    for name in ["angst", "Angst", "ANGST"] {
        assert_eq!(titles(&app, &format!("additional:{name}")), ["Salt", "Snow"], "{name}");
    }
    app.store.write(|tx| tx.undo(None, app.now())).expect("undone");
    filters::catch_up(&app).expect("follows");
    assert_eq!(titles(&app, "additional:angst"), ["Snow"]);
    assert_eq!(titles(&app, "additional:Angst"), ["Salt"]);
    assert_eq!(titles(&app, "tag:Fluff"), apart);
}

#[test]
fn a_new_work_is_filtered_for_soon_after_its_commit() {
    let library = library();
    let app = open(&library);
    let follower = filters::follow(Arc::clone(&app)).expect("a thread");
    library
        .story("d.txt", &story("Late", "Harbour Lights", "Fluff", "It came with the last boat."));
    import(&app, &library.stories()).expect("imported");
    let committed = Instant::now();
    while titles(&app, "title:late OR fandom:\"Harbour Lights\"").len() < 3 {
        assert!(committed.elapsed() < Duration::from_secs(10), "never");
        std::thread::sleep(Duration::from_millis(1));
    }
    app.stop();
    follower.join().expect("ends");
    drop(app);
    // After a restart the log tells again what no base has.
    let app = open(&library);
    assert_eq!(titles(&app, "fandom:\"Harbour Lights\"").len(), 3);
}

#[test]
fn a_damaged_filter_index_is_made_anew() {
    let library = library();
    let app = open(&library);
    filters::make_base(&app).expect("made");
    drop(app);
    let path = library.data().join("filters/filter.base");
    let whole = fs::read(&path).expect("read");
    for at in [5, whole.len() / 2, whole.len() - 100] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        fs::write(&path, &bytes).expect("written");
        let app = library.open();
        while catch_up::catch_up(&app).expect("indexes") {}
        check::check(&app, |_, _| ()).expect("checked");
        assert_eq!(titles(&app, "fandom:\"Harbour Lights\"").len(), 2, "byte {at}");
        assert!(app.filters.verify().is_ok());
    }
    fs::remove_dir_all(library.data().join("filters")).expect("removed");
    let app = library.open();
    filters::catch_up(&app).expect("follows");
    assert_eq!(titles(&app, "").len(), 3);
}
