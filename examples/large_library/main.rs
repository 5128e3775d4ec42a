//! Makes a library of any size with the generator of the filter bench: as many works, tags, synonyms
//! and metatags as a real archive of that size has, and a few lines of text each. For trying the
//! pages where they are slowest.
//!
//! ```text
//! cargo run --release --example large_library -- --works 1000000 --data DIR
//! cargo run --release -- serve --data DIR
//! ```

#[path = "../../crates/fanfold-index/examples/scale/archive.rs"]
#[allow(dead_code, reason = "the bench of the filters uses more of it")]
mod archive;
#[path = "../../crates/fanfold-index/examples/scale/draw.rs"]
mod draw;
#[path = "../../crates/fanfold-index/examples/scale/graph.rs"]
#[allow(dead_code, reason = "the bench of the filters uses more of it")]
mod graph;
#[path = "../../crates/fanfold-index/examples/scale/names.rs"]
mod names;
#[path = "../../crates/fanfold-index/examples/scale/vocabulary.rs"]
#[allow(dead_code, reason = "the bench of the filters uses more of it")]
mod vocabulary;

use std::time::{Duration, Instant};

use fanfold::app::App;
use fanfold::archive::draft::WorkDraft;
use fanfold::archive::tag;
use fanfold::archive::vocabulary::Line;
use fanfold::archive::work::NewWork;
use fanfold::config::{Config, Given};
use fanfold::transfer::{catch_up, filters};
use fanfold_doc::document::{Block, Document, Inline, Lang};
use fanfold_doc::imported::{Author, Chapter, Date, Imported, TagKind};
use fanfold_index::filter::{Column, Kind, Term, WorkRow};

use archive::{Archive, empty_row};
use draw::Random;
use names::Names;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Works in one transaction.
const BATCH: u32 = 2_000;
/// Synonyms and metatags that are told to the archive, of each kind.
const GRAPH: usize = 20_000;

const KINDS: [(Kind, TagKind, tag::Kind); 7] = [
    (Kind::Rating, TagKind::Rating, tag::Kind::Rating),
    (Kind::Warning, TagKind::Warning, tag::Kind::Warning),
    (Kind::Category, TagKind::Category, tag::Kind::Category),
    (Kind::Fandom, TagKind::Fandom, tag::Kind::Fandom),
    (Kind::Relationship, TagKind::Relationship, tag::Kind::Relationship),
    (Kind::Character, TagKind::Character, tag::Kind::Character),
    (Kind::Freeform, TagKind::Freeform, tag::Kind::Freeform),
];
const LANGUAGES: [&str; 8] = ["en", "zh", "ru", "es", "fr", "de", "pt", "it"];
const WORDS: &str = "the a lantern harbour ferry letter winter kitchen storm morning nobody came \
    back with salt on her sleeves and he said quietly that it would keep until spring she laughed \
    once more over cold tea while gulls quarrelled along the wall under a grey patient sky";

fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let (mut works, mut data) = (100_000, None);
    while let Some(flag) = args.next() {
        let value = args.next().ok_or("a flag needs a value")?;
        match flag.as_str() {
            "--works" => works = value.replace('_', "").parse()?,
            "--data" => data = Some(value),
            _ => return Err("large_library --works N --data DIR".into()),
        }
    }
    let flags = [("data", data.ok_or("say where with --data DIR")?)].into_iter().collect();
    let app = App::open(Config::resolve(Given { flags, ..Given::default() }, |_| None)?)?;
    let (archive, names) = (Archive::new(works, 7), Names::new());
    let begin = Instant::now();
    let mut row = empty_row();
    for first in (0..works).step_by(BATCH as usize) {
        let last = works.min(first + BATCH);
        let batch: Vec<NewWork> = (first..last)
            .map(|at| {
                archive.work(at, &mut row);
                work(&row, &names)
            })
            .collect::<Outcome<_>>()?;
        app.store.write(|tx| -> Result<(), fanfold::store::Error> {
            for work in &batch {
                tx.insert_work(work, app.now(), "made up")?;
            }
            Ok(())
        })?;
        if last % 50_000 < BATCH {
            println!("{last} works, {:.0} s", begin.elapsed().as_secs_f32());
        }
    }
    graph(&app, &archive, &names)?;
    index(app, begin)
}

/// Tells the archive of the most used synonyms and metatags.
fn graph(app: &App, archive: &Archive, names: &Names) -> Outcome<()> {
    let mut told = [0; KINDS.len()];
    let mut lines = Vec::new();
    for tag in archive.tags() {
        let Some(at) = KINDS.iter().position(|row| row.0 == tag.term.kind) else { continue };
        if told[at] >= GRAPH {
            continue;
        }
        told[at] += 1;
        let name = |id| names.name(Term::new(tag.term.kind, id));
        lines.push(Line {
            number: lines.len() as u64 + 1,
            kind: KINDS[at].2,
            name: name(tag.term.id),
            canonical: Some(tag.synonym_of.is_none()),
            synonym_of: Some(tag.synonym_of.map(name)),
            metas: Some(tag.metas.iter().map(|meta| name(*meta)).collect()),
            parents: None,
        });
    }
    app.store.write(|tx| tx.import_vocabulary(&lines, app.now()))?;
    println!("{} tags put in order", lines.len());
    Ok(())
}

/// Makes both indexes, so that the first start finds them.
fn index(app: App, begin: Instant) -> Outcome<()> {
    let app = std::sync::Arc::new(app);
    let last = app.store.read(|tx| tx.last_change())?;
    let threads = [catch_up::follow(std::sync::Arc::clone(&app))?, filters::follow(app.clone())?];
    while app.index.position() < last.0 || app.filters.position().works < last.0 {
        std::thread::sleep(Duration::from_millis(200));
    }
    app.stop();
    for thread in threads {
        thread.join().map_err(|_| "an index was not made")?;
    }
    println!("indexed, {:.0} s", begin.elapsed().as_secs_f32());
    Ok(())
}

fn work(row: &WorkRow, names: &Names) -> Outcome<NewWork> {
    let mut random = Random::new(11, row.work as u64);
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let some = |random: &mut Random, count: u32| {
        let word = |_| words[random.below(words.len() as u32) as usize];
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    };
    let mut imported = Imported::default();
    let meta = &mut imported.meta;
    let title = some(&mut random, 2 + (row.work % 4) as u32);
    meta.title = Some(format!("{} {}", capital(&title), row.work));
    let day = |column: Column| Date::from_millis(i64::from(row.numbers[column as usize]) * 1000);
    (meta.published, meta.updated) = (day(Column::Posted), day(Column::Updated));
    meta.complete = Some(row.complete);
    for term in &row.terms {
        match KINDS.iter().find(|kind| kind.0 == term.kind) {
            Some(kind) => meta.tags.of_mut(kind.1).push(names.name(*term)),
            None if term.kind == Kind::Author => {
                meta.authors.push(Author { name: format!("penname {}", term.id), url: None });
            }
            None if term.kind == Kind::Language => {
                let code = LANGUAGES[term.id as usize % LANGUAGES.len()];
                meta.language = Lang::parse(code);
            }
            None => {}
        }
    }
    meta.summary = paragraph(some(&mut random, 18));
    imported.chapters =
        vec![Chapter { body: paragraph(some(&mut random, 40)), ..Chapter::default() }];
    let mut work = WorkDraft::of_import(imported).check()?;
    // As long as works of an archive are, without the texts.
    work.chapters[0].words = u64::from(row.numbers[Column::Words as usize]);
    Ok(work)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}

fn paragraph(text: String) -> Document {
    Document { blocks: vec![Block::Paragraph(Default::default(), vec![Inline::Text(text)])] }
}
