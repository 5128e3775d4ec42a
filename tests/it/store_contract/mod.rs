//! What the store promises, held against SQLite always and against PostgreSQL where
//! `FANFOLD_TEST_POSTGRES` names a server (`FANFOLD_REQUIRE` makes it a must).
//!
//! Each test gets libraries of its own; `works.rs` and the rest say what is promised.

// Clippy knows test functions, but not those that help them.
#![allow(clippy::expect_used, clippy::panic)]

mod beta;
mod drafts;
mod faults;
mod keys;
mod lists;
mod model;
mod postgres;
mod posting;
mod tag_model;
mod tag_tables;
mod tags;
mod ties;
mod works;
mod writers;

use crate::schema::Schema;
use fanfold::archive::account::AccountState;
use fanfold::archive::fingerprint::Fingerprint;
use fanfold::archive::limits::WorkLimits;
use fanfold::archive::person::{AccountId, Role};
use fanfold::archive::ties::Ties;
use fanfold::archive::work::{Facts, Millis, NewChapter, NewWork, PrintedMatter, WorkId};
use fanfold::store::{Error, NewAccount, Pen, Place, Posted, Store};
use fanfold_doc::document::{Document, Href, Lang, MediaKind, MediaName};
use fanfold_doc::html::Html;
use fanfold_doc::imported::{self, Author, Date, Proposal, SeriesPlace, TagKind};
use fanfold_doc::imported::{Warning, WarningKind};

/// A library of a test, gone with it.
pub struct Library {
    pub store: Store,
    pub place: Place,
    kept: Kept,
}

enum Kept {
    Folder(tempfile::TempDir),
    Schema(Schema),
}

impl Library {
    /// A new SQLite library.
    pub fn sqlite() -> Library {
        let folder = tempfile::tempdir().expect("a folder");
        let place = Place::Sqlite(folder.path().join("fanfold.db"));
        let store = Store::open(&place).expect("opened");
        Library { store, place, kept: Kept::Folder(folder) }
    }

    /// A new library in a schema of its own, where there is a server for tests.
    pub fn postgres() -> Option<Library> {
        let schema = Schema::new()?;
        let place = Place::Postgres(schema.url());
        let store = Store::open(&place).expect("opened");
        Some(Library { store, place, kept: Kept::Schema(schema) })
    }

    /// The schema of a library on PostgreSQL.
    pub fn schema(&self) -> &str {
        match &self.kept {
            Kept::Schema(schema) => schema.name(),
            Kept::Folder(_) => panic!("a file has no schema"),
        }
    }

    /// Changes the database behind the store's back.
    pub fn tamper(&self, sql: &str) {
        match &self.place {
            Place::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).expect("opened");
                connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}"))
            }
            .expect("tampered with"),
            Place::Postgres(url) => {
                let client = ::postgres::Client::connect(url, ::postgres::NoTls);
                client.expect("reached").batch_execute(sql).expect("tampered with");
            }
        }
    }

    /// A number that a statement gives.
    pub fn count(&self, sql: &str) -> i64 {
        match &self.place {
            Place::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).expect("opened");
                connection.query_row(sql, [], |row| row.get(0)).expect("counted")
            }
            Place::Postgres(url) => {
                let client = ::postgres::Client::connect(url, ::postgres::NoTls);
                client.expect("reached").query_one(sql, &[]).expect("counted").get(0)
            }
        }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        if let Kept::Folder(folder) = &self.kept {
            println!("{} goes", folder.path().display());
        }
    }
}

/// Runs a test on each database that there is.
pub fn on_each(test: impl Fn(&Library)) {
    test(&Library::sqlite());
    if let Some(library) = Library::postgres() {
        println!("on PostgreSQL:");
        test(&library);
    }
}

/// A moment for tests.
pub const NOW: Millis = Millis(1_700_000_000_000);

pub fn html(text: &str) -> Html {
    Document::plain(text).to_html()
}

pub fn href(text: &str) -> Href {
    Href::parse(text).expect("an address")
}

pub fn chapter(title: &str, text: &str) -> NewChapter {
    NewChapter {
        title: (!title.is_empty()).then(|| title.to_owned()),
        body: html(text),
        words: text.split_whitespace().count() as u64,
        ..NewChapter::default()
    }
}

/// A work with a title and a text and nothing else.
pub fn plain(title: &str, text: &str) -> NewWork {
    NewWork {
        facts: Facts { title: title.to_owned(), ..Facts::default() },
        matter: PrintedMatter::default(),
        chapters: vec![chapter("", text)],
        proposals: Vec::new(),
        warnings: Vec::new(),
        media: Vec::new(),
        fingerprint: Fingerprint::default(),
    }
}

/// A work that uses every field.
pub fn rich() -> NewWork {
    let author = |name: &str, url| Author { name: name.to_owned(), url };
    let facts = Facts {
        title: "The Lamp at Őrség ☂".to_owned(),
        title_is_provisional: false,
        authors: vec![
            author("Zoë", Some(href("https://example.org/users/zoe"))),
            author("O'Neil", None),
            author("Zoë", None),
        ],
        language: Lang::parse("pt-BR"),
        tags: vec![
            (TagKind::Rating, "Teen And Up Audiences".to_owned()),
            (TagKind::Fandom, "Weather".to_owned()),
            (TagKind::Relationship, "Rain/Wind".to_owned()),
            (TagKind::Character, "Rain".to_owned()),
            (TagKind::Freeform, "Rain".to_owned()),
            (TagKind::Freeform, "slow burn".to_owned()),
            (TagKind::Freeform, "Slow Burn".to_owned()),
        ],
        series: vec![
            SeriesPlace { title: "Skies".to_owned(), url: None, part: Some(3) },
            SeriesPlace {
                title: "Lamps".to_owned(),
                url: Some(href("https://example.org/series/1")),
                part: None,
            },
        ],
        collections: vec!["Autumn Gifts".to_owned(), "autumn gifts".to_owned()],
        other: vec![("Beta".to_owned(), "Ann".to_owned()), ("Beta".to_owned(), String::new())],
        published: Date::parse("0001-01-01"),
        updated: Date::parse("2013-04-09"),
        complete: Some(false),
        chapters_expected: Some(12),
        source_site: Some("ao3".to_owned()),
        source_url: Some(href("https://example.org/works/1")),
        ties: Ties::default(),
    };
    let matter = PrintedMatter {
        summary: html("A lamp."),
        notes_before: html("Thanks & <love>."),
        disclaimer: html("Not mine."),
        notes_after: html("More soon."),
    };
    let second = NewChapter {
        summary: html("What happens."),
        notes_before: html("Before."),
        notes_after: html("After."),
        ..chapter("Rain", "It rained for nine days.")
    };
    let place = imported::Place::Lines(2, 4);
    NewWork {
        facts,
        matter,
        chapters: vec![chapter("", "It was dry."), second, chapter("", "It was dry.")],
        proposals: vec![Proposal {
            kind: TagKind::Fandom,
            name: "Lamps".to_owned(),
            rule: "disclaimer".to_owned(),
            place: place.clone(),
            evidence: "lamps are not mine".to_owned(),
        }],
        warnings: vec![Warning { kind: WarningKind::Link, place, text: "cut".to_owned() }],
        media: vec![MediaName::of(b"b", MediaKind::Gif), MediaName::of(b"a", MediaKind::Png)],
        fingerprint: Fingerprint { sketch: (1..=64).map(|n| n << 56).collect() },
    }
}

/// A work with these tags and nothing else.
pub fn tagged(tags: &[(TagKind, &str)]) -> NewWork {
    let mut work = plain("Tagged", "a few words");
    work.facts.tags = tags.iter().map(|(kind, name)| (*kind, (*name).to_owned())).collect();
    work
}

/// Somebody with an account of this name.
pub fn account(store: &Store, name: &str) -> AccountId {
    let (role, state) = (Role::Member, AccountState::Open);
    let new = NewAccount { name, role, state, password: None, said: "" };
    store.write(|tx| tx.insert_account(&new, NOW)).expect("written").expect("a free name")
}

/// Who writes, outside of any sitting.
pub fn pen(who: AccountId) -> Pen<'static> {
    Pen { who: Some(who), at: NOW, sitting: None }
}

/// Posts a work that can be posted.
pub fn post(store: &Store, work: WorkId, who: AccountId) {
    let posted = try_post(store, work, who);
    assert!(matches!(posted, Posted::Shown(_)), "{posted:?}");
}

/// Posts a work, or not; what came of it.
pub fn try_post(store: &Store, work: WorkId, who: AccountId) -> Posted {
    store.write(|tx| tx.post(work, &pen(who), &WorkLimits::default())).expect("posted")
}

/// Nothing is wrong with what is kept.
pub fn sound(store: &Store) {
    assert_eq!(store.read(|tx| tx.verify()).expect("read"), Vec::<String>::new());
}

/// What a transaction returns.
pub type Told<T> = Result<T, Error>;
