//! Wrangling in the store against facts in memory: random works, acts and undoings in any order;
//! after each, every row, count and log line must be what the facts say. (The rules themselves
//! are held against a model of their own, beside their code.)

use std::collections::{BTreeMap, BTreeSet};

use fanfold::archive::tag::Kind;
use fanfold::archive::work::{ActId, NewWork, TagChangeId, TagId, WorkId};
use fanfold::archive::wrangle::{Act, Change, Fact};
use fanfold::store::{Store, TagError, TagRow};
use fanfold_doc::imported::TagKind;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{Library, NOW, tagged};

const NAMES: [(TagKind, &str); 11] = [
    (TagKind::Fandom, "a"),
    (TagKind::Fandom, "b"),
    (TagKind::Fandom, "c"),
    (TagKind::Fandom, "d"),
    (TagKind::Fandom, "e"),
    (TagKind::Character, "a"),
    (TagKind::Character, "b"),
    (TagKind::Character, "c"),
    (TagKind::Relationship, "a/b"),
    (TagKind::Rating, "teen"),
    (TagKind::Rating, "PG"),
];

#[derive(Clone, Debug)]
enum Step {
    Insert(BTreeSet<usize>),
    Revise(prop::sample::Index, BTreeSet<usize>),
    Act(u8, usize, usize),
    Undo(Option<prop::sample::Index>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let tags = || prop::collection::btree_set(0..NAMES.len(), 0..5);
    let index = any::<prop::sample::Index>;
    // Mostly the fandoms, so that something happens.
    let one = || prop_oneof![3 => 0..5_usize, 1 => 0..NAMES.len()];
    let step = prop_oneof![
        2 => tags().prop_map(Step::Insert),
        2 => (index(), tags()).prop_map(|(at, tags)| Step::Revise(at, tags)),
        8 => (0..9_u8, one(), one()).prop_map(|(act, a, b)| Step::Act(act, a, b)),
        3 => prop::option::of(index()).prop_map(Step::Undo),
    ];
    prop::collection::vec(step, 1..30)
}

struct Model {
    ids: Vec<TagId>,
    works: Vec<(WorkId, BTreeSet<usize>)>,
    facts: BTreeSet<Fact>,
    acts: Vec<ActId>,
    rows: BTreeMap<TagId, TagRow>,
    log: TagChangeId,
}

impl Model {
    fn work(tags: &BTreeSet<usize>) -> NewWork {
        tagged(&tags.iter().map(|at| NAMES[*at]).collect::<Vec<_>>())
    }

    fn act(&self, act: u8, a: usize, b: usize) -> Act {
        let (a, b) = (self.ids[a], self.ids[b]);
        match act {
            0 => Act::Canonical(a),
            1 => Act::Loose(a),
            2 | 3 => Act::Merge(a, b),
            4 => Act::Split(a),
            5 => Act::AddMeta(a, b),
            6 => Act::RemoveMeta(a, b),
            7 => Act::AddParent(a, b),
            _ => Act::KeepApart(a, b),
        }
    }

    fn changed(&mut self, changes: &[Change]) {
        for Change { fact, made } in changes {
            let changed = if *made { self.facts.insert(*fact) } else { self.facts.remove(fact) };
            assert!(changed, "{fact:?}");
        }
    }

    fn synonym_of(&self, tag: TagId) -> Option<TagId> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::Synonym(own, of) if *own == tag => Some(*of),
            _ => None,
        })
    }

    /// Works that say a tag, a synonym of it, or anything below it.
    fn under(&self, tag: TagId) -> u64 {
        let mut below = BTreeSet::from([tag]);
        for _ in 0..NAMES.len() {
            for fact in &self.facts {
                match fact {
                    Fact::Meta(sub, meta) if below.contains(meta) => drop(below.insert(*sub)),
                    _ => {}
                }
            }
        }
        let found = |id: &TagId| {
            below.contains(id) || self.synonym_of(*id).is_some_and(|of| below.contains(&of))
        };
        let says = |tags: &BTreeSet<usize>| tags.iter().any(|at| found(&self.ids[*at]));
        self.works.iter().filter(|work| says(&work.1)).count() as u64
    }
}

fn take(store: &Store, model: &mut Model, step: &Step) {
    match step {
        Step::Insert(tags) => {
            let id = store.write(|tx| tx.insert_work(&Model::work(tags), NOW, "new"));
            model.works.push((id.expect("written"), tags.clone()));
        }
        Step::Revise(at, tags) if !model.works.is_empty() => {
            let at = at.index(model.works.len());
            let (id, own) = &mut model.works[at];
            own.clone_from(tags);
            let told = store.write(|tx| tx.revise_work(*id, &Model::work(tags), NOW, "later"));
            told.expect("written");
        }
        Step::Revise(..) => {}
        Step::Act(act, a, b) => {
            let act = model.act(*act, *a, *b);
            let plan = store.read(|tx| tx.plan(act));
            match store.write(|tx| tx.wrangle(act, NOW)) {
                Ok(done) => {
                    assert_eq!(plan.expect("planned").changes, done.changes);
                    assert_eq!(done.act.is_none(), done.changes.is_empty());
                    model.changed(&done.changes);
                    model.acts.extend(done.act);
                }
                Err(TagError::Refused(refusal)) => {
                    assert_eq!(plan.expect_err("refused").to_string(), refusal.to_string());
                }
                Err(error) => panic!("{error}"),
            }
        }
        Step::Undo(at) => {
            let at = at.filter(|_| !model.acts.is_empty());
            let act = at.map(|at| model.acts[at.index(model.acts.len())]);
            match store.write(|tx| tx.undo(act, NOW)) {
                Ok((undone, done)) => {
                    assert!(act.is_none_or(|act| act == undone));
                    model.changed(&done.changes);
                    model.acts.extend(done.act);
                }
                Err(TagError::Refused(refusal)) => {
                    let said = refusal.to_string();
                    assert!(!said.is_empty());
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

fn compare(store: &Store, model: &mut Model) {
    let told: Result<_, TagError> = store.read(|tx| {
        let rows = tx.tag_rows(TagId(0), 1_000)?;
        let rows: BTreeMap<TagId, TagRow> = rows.into_iter().map(|row| (row.tag.id, row)).collect();
        let uses =
            |at: usize| model.works.iter().filter(|work| work.1.contains(&at)).count() as u64;
        for (at, id) in model.ids.iter().enumerate() {
            let row = &rows[id];
            assert_eq!(row.tag.kind, Kind::from(NAMES[at].0));
            assert_eq!(row.tag.canonical, model.facts.contains(&Fact::Canonical(*id)));
            assert_eq!(row.tag.synonym_of, model.synonym_of(*id));
            let metas = model.facts.iter().filter_map(|fact| match fact {
                Fact::Meta(sub, meta) if sub == id => Some(*meta),
                _ => None,
            });
            assert_eq!(row.metas, metas.collect::<Vec<_>>());
            assert_eq!(row.tag.uses, uses(at));
            let synonyms = (0..NAMES.len())
                .filter(|other| model.synonym_of(model.ids[*other]) == Some(*id))
                .map(uses);
            assert_eq!(row.tag.all_uses, uses(at) + synonyms.sum::<u64>());
            assert_eq!(tx.works_under(*id)?, model.under(*id));
        }
        let changes = tx.tag_rows_after(model.log, 10_000)?;
        let last = changes.last().map_or(model.log, |change| change.0);
        assert_eq!(tx.last_tag_change()?, last);
        let logged: BTreeSet<TagId> = changes.iter().map(|change| change.1.tag.id).collect();
        let place = |row: &TagRow| (row.tag.canonical, row.tag.synonym_of, row.metas.clone());
        let moved = rows.iter().filter(|(id, row)| {
            model.rows.get(id).is_none_or(|before| place(before) != place(row))
        });
        assert_eq!(logged, moved.map(|(id, _)| *id).collect());
        assert!(changes.iter().all(|(_, row)| row == &rows[&row.tag.id]));
        assert_eq!(tx.verify()?, Vec::<String>::new());
        Ok((rows, last))
    });
    (model.rows, model.log) = told.expect("read");
}

/// A model of a library in which each tag is used once.
fn begin(store: &Store) -> Model {
    let (ids, works, facts, acts, rows) = Default::default();
    let mut model = Model { ids, works, facts, acts, rows, log: TagChangeId(0) };
    let all: BTreeSet<usize> = (0..NAMES.len()).collect();
    take(store, &mut model, &Step::Insert(all));
    let told: Result<_, TagError> = store.read(|tx| {
        for (kind, name) in NAMES {
            model.ids.push(tx.tags_spelt(Some(kind.into()), name)?[0].id);
        }
        let rows = tx.tag_rows(TagId(0), 1_000)?;
        model.rows = rows.into_iter().map(|row| (row.tag.id, row)).collect();
        model.log = tx.last_tag_change()?;
        Ok(())
    });
    told.expect("read");
    // "teen" was recognised.
    let synonyms = model.rows.values().filter_map(|row| Some((row.tag.id, row.tag.synonym_of?)));
    model.facts = synonyms.map(|(tag, of)| Fact::Synonym(tag, of)).collect();
    assert_eq!(model.facts.len(), 1);
    model
}

fn run(cases: u32, library: impl Fn() -> Option<Library>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let told = TestRunner::new(config).run(&steps(), |steps| {
        let Some(library) = library() else { return Ok(()) };
        let mut model = begin(&library.store);
        for step in &steps {
            take(&library.store, &mut model, step);
            compare(&library.store, &mut model);
        }
        Ok(())
    });
    if let Err(error) = told {
        panic!("{error}");
    }
}

#[test]
fn any_wrangling_is_told_as_the_facts_tell_it_on_sqlite() {
    run(48, || Some(Library::sqlite()));
}

#[test]
fn any_wrangling_is_told_as_the_facts_tell_it_on_postgres() {
    run(6, Library::postgres);
}
