//! The store against the simplest thing that does the same: a list of works in memory.

use fanfold::archive::work::{NewChapter, NewWork, RevisionId, WorkId};
use fanfold::store::{Error, Listing, Sort, Store};
use fanfold_doc::document::Lang;
use fanfold_doc::imported::{Author, Date, Place, SeriesPlace, TagKind, Warning, WarningKind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{Library, NOW, Told, chapter, href, html, plain};

/// One step of a story.
#[allow(clippy::large_enum_variant)] // a dozen at a time
#[derive(Clone, Debug)]
enum Step {
    Insert(NewWork),
    Revise(prop::sample::Index, NewWork),
    /// Both, and then an error: nothing may stay.
    Fail(NewWork, prop::sample::Index, NewWork),
}

/// A work as the model remembers it: its state now, and the chapters of every revision.
struct Remembered {
    /// Its key: PostgreSQL leaves out the keys of what was undone.
    id: WorkId,
    now: NewWork,
    revisions: Vec<Vec<NewChapter>>,
}

#[derive(Default)]
struct Model {
    works: Vec<Remembered>,
    changes: Vec<WorkId>,
}

impl Model {
    fn id(&self, at: usize) -> WorkId {
        self.works[at].id
    }

    /// Whether another work has the same address.
    fn is_taken(&self, but: Option<usize>, work: &NewWork) -> bool {
        work.facts.source_url.is_some()
            && self.works.iter().enumerate().any(|(at, other)| {
                Some(at) != but && other.now.facts.source_url == work.facts.source_url
            })
    }

    fn insert(&mut self, id: WorkId, work: &NewWork) {
        self.changes.push(id);
        let revisions = vec![work.chapters.clone()];
        self.works.push(Remembered { id, now: work.clone(), revisions });
    }

    /// Whether anything differed.
    fn revise(&mut self, at: usize, work: &NewWork) -> bool {
        let old = &mut self.works[at];
        let mut work = work.clone();
        if work.facts.title_is_provisional && !old.now.facts.title_is_provisional {
            work.facts.title.clone_from(&old.now.facts.title);
            work.facts.title_is_provisional = false;
        }
        if work == old.now {
            return false;
        }
        if work.matter != old.now.matter || work.chapters != old.now.chapters {
            old.revisions.push(work.chapters.clone());
        }
        old.now = work;
        self.changes.push(self.id(at));
        true
    }
}

fn pick(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words).prop_map(str::to_owned)
}

fn work() -> impl Strategy<Value = NewWork> {
    let authors = prop::collection::vec((pick(&["Ann", "ann", "Bo"]), any::<bool>()), 0..3);
    let kinds = prop::sample::select(&TagKind::ALL[..]);
    let tags = prop::collection::hash_set((kinds, pick(&["Rain", "rain", "Wind", "x"])), 0..6);
    let series = prop::option::of((0..2_u8, prop::option::of(1..4_u32)));
    let texts = prop::collection::vec((pick(&["", "One"]), pick(&["a b", "c", "d e f"])), 1..4);
    let titles = (pick(&["The Lamp", "A Lamp", "lamp", "Élan"]), any::<bool>());
    let rest = (0..4_u8, prop::option::of(0..3_i64), any::<bool>(), 0..4_u64);
    (titles, authors, tags, series, texts, rest).prop_map(
        |((title, provisional), authors, tags, series, texts, (source, day, warned, sketch))| {
            let mut work = plain(&title, "");
            let facts = &mut work.facts;
            facts.title_is_provisional = provisional;
            let author = |(name, page)| Author {
                url: bool::then(page, || href("https://example.org/ann")),
                name,
            };
            facts.authors = authors.into_iter().map(author).collect();
            facts.tags = tags.into_iter().collect();
            facts.series = series
                .into_iter()
                .map(|(number, part)| SeriesPlace {
                    title: format!("series {number}"),
                    url: (number == 1).then(|| href("https://example.org/series")),
                    part,
                })
                .collect();
            facts.source_url = (source < 3).then(|| href(&format!("https://example.org/{source}")));
            facts.updated = day.and_then(|day| Date::from_millis(day * 86_400_000));
            facts.language = Lang::parse(if warned { "de" } else { "en" });
            work.matter.summary = html(&title);
            work.chapters = texts.iter().map(|(title, text)| chapter(title, text)).collect();
            let look = |text: &str| Warning {
                kind: WarningKind::Guessed,
                place: Place::Whole,
                text: text.to_owned(),
            };
            work.warnings = warned.then(|| look("look")).into_iter().collect();
            work.fingerprint.sketch = (0..sketch).map(|n| n * 11).collect();
            work
        },
    )
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = any::<prop::sample::Index>;
    let step = prop_oneof![
        3 => work().prop_map(Step::Insert),
        4 => (index(), work()).prop_map(|(at, work)| Step::Revise(at, work)),
        1 => (work(), index(), work()).prop_map(|(new, at, work)| Step::Fail(new, at, work)),
    ];
    prop::collection::vec(step, 1..12)
}

fn take(store: &Store, model: &mut Model, step: &Step) {
    match step {
        Step::Insert(work) => {
            let told = store.write(|tx| tx.insert_work(work, NOW, "new"));
            if model.is_taken(None, work) {
                assert!(matches!(told, Err(Error::Conflict(_))), "{told:?}");
            } else {
                let id = told.expect("written");
                assert!(model.works.iter().all(|other| other.id < id), "{id}");
                model.insert(id, work);
            }
        }
        Step::Revise(at, work) if !model.works.is_empty() => {
            let at = at.index(model.works.len());
            let told = store.write(|tx| tx.revise_work(model.id(at), work, NOW, "later"));
            if model.is_taken(Some(at), work) {
                assert!(matches!(told, Err(Error::Conflict(_))), "{told:?}");
            } else {
                assert_eq!(told.expect("written").is_some(), model.revise(at, work));
            }
        }
        Step::Revise(..) => {}
        Step::Fail(new, at, work) => {
            let told: Told<()> = store.write(|tx| {
                let _ = tx.insert_work(new, NOW, "new");
                if !model.works.is_empty() {
                    let at = model.id(at.index(model.works.len()));
                    let _ = tx.revise_work(at, work, NOW, "later");
                }
                Err(Error::Busy)
            });
            assert!(matches!(told, Err(Error::Busy)));
        }
    }
}

/// Keys are given in order but may leave gaps after what was undone, so places are compared.
fn compare(store: &Store, model: &Model) -> Told<()> {
    store.read(|tx| {
        let ids = tx.work_ids()?;
        assert_eq!(ids.len(), model.works.len());
        for (id, remembered) in ids.iter().zip(&model.works) {
            let now = &remembered.now;
            let work = tx.archive().work(*id)?.expect("is there");
            assert_eq!((&work.facts, &work.matter), (&now.facts, &now.matter));
            assert_eq!(work.words, now.words());
            assert_eq!(tx.archive().warnings(*id)?, now.warnings);
            assert_eq!(tx.fingerprint(*id)?.as_ref(), Some(&now.fingerprint));
            let revisions: Vec<RevisionId> =
                tx.archive().revisions(*id)?.into_iter().map(|revision| revision.id).collect();
            assert_eq!(revisions.last(), Some(&work.revision));
            assert_eq!(revisions.len(), remembered.revisions.len());
            for (revision, chapters) in revisions.into_iter().zip(&remembered.revisions) {
                let told = tx.archive().chapters_of_revision(revision)?.into_iter().map(|told| {
                    NewChapter {
                        title: told.title,
                        summary: told.summary,
                        notes_before: told.notes_before,
                        body: told.body,
                        notes_after: told.notes_after,
                        words: told.words,
                    }
                });
                assert_eq!(&told.collect::<Vec<_>>(), chapters);
            }
        }
        let totals = tx.totals()?;
        let works = || model.works.iter().map(|work| &work.now);
        assert_eq!(totals.words, works().map(NewWork::words).sum::<u64>());
        let looks =
            works().filter(|work| work.facts.title_is_provisional || !work.warnings.is_empty());
        assert_eq!((totals.works, totals.attention), (ids.len() as u64, looks.count() as u64));
        let changes: Vec<WorkId> = tx
            .changes_after(fanfold::archive::work::ChangeId(0), 1_000)?
            .into_iter()
            .map(|change| change.1)
            .collect();
        assert_eq!(changes, model.changes);
        for descending in [false, true] {
            let listing = Listing { sort: Sort::Words, descending, offset: 1, limit: 3 };
            let mut wanted: Vec<(u64, WorkId)> =
                works().map(NewWork::words).zip(ids.clone()).collect();
            wanted.sort_unstable();
            if descending {
                wanted.reverse();
            }
            let shown =
                tx.archive().works(&listing)?.rows.into_iter().map(|row| (row.words, row.id));
            let wanted: Vec<_> = wanted.into_iter().skip(1).take(3).collect();
            assert_eq!(shown.collect::<Vec<_>>(), wanted);
        }
        assert_eq!(tx.verify()?, Vec::<String>::new());
        Ok(())
    })
}

fn run(cases: u32, library: impl Fn() -> Option<Library>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config).run(&steps(), |steps| {
        let Some(library) = library() else { return Ok(()) };
        let mut model = Model::default();
        for step in &steps {
            take(&library.store, &mut model, step);
            compare(&library.store, &model).expect("read");
        }
        // Another opening of the same library finds the same.
        let again = Store::open(&library.place).expect("opened");
        compare(&again, &model).expect("read");
        Ok(())
    });
    if let Err(error) = told {
        panic!("{error}");
    }
}

#[test]
fn any_story_is_told_as_the_model_tells_it_on_sqlite() {
    run(48, || Some(Library::sqlite()));
}

#[test]
fn any_story_is_told_as_the_model_tells_it_on_postgres() {
    run(6, Library::postgres);
}
