//! The engine against a naive model: a loop over all works that folds and stems every word anew.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::language::Language;
use super::query::{Query, Slot, Term};
use super::words::{Kind, Words};
use super::{ChapterText, TextIndex, WorkText, snippet};

const WORDS: [&str; 24] = [
    "run",
    "runs",
    "Running",
    "runner",
    "story",
    "stories",
    "Häuser",
    "Haus",
    "hausen",
    "café",
    "CAFE",
    "Tom’s",
    "don't",
    "l'amour",
    "well-known",
    "known",
    "漢字",
    "漢",
    "字漢字",
    "ab漢字",
    "nation",
    "nationally",
    "x",
    "the",
];
const LANGUAGES: [&str; 4] = ["en", "de", "", "zh"];

#[derive(Clone, Debug)]
struct ModelWork {
    language: &'static str,
    title: String,
    tags: Vec<String>,
    notes: String,
    /// Title and body of each chapter.
    chapters: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
enum Change {
    Put(i64, ModelWork),
    Remove(i64),
    Commit,
}

impl ModelWork {
    fn values(&self) -> Vec<&str> {
        let mut values = vec![self.title.as_str(), self.notes.as_str()];
        values.extend(self.tags.iter().map(String::as_str));
        values.extend(self.chapters.iter().flat_map(|(title, body)| [title.as_str(), body]));
        values
    }

    fn matches(&self, query: &Query) -> bool {
        query.clauses.iter().all(|clause| {
            let language = Language::of(self.language);
            let occurs = |term| self.values().iter().any(|text| occurs(term, text, language));
            clause.any.iter().any(occurs) != clause.excluded
        })
    }
}

/// Whether a term occurs in one text, the slow way.
fn occurs(term: &Term, text: &str, language: Language) -> bool {
    let mut tokens = Vec::new();
    let mut words = Words::new(text);
    while let Some(kind) = words.next() {
        tokens.push((words.position, kind == Kind::Word, words.folded.clone()));
    }
    let stem = |word: &str| language.stem(word).into_owned();
    match term {
        Term::Prefix(prefix) => tokens.iter().any(|(_, is_word, word)| {
            let stem = stem(word);
            *is_word && (stem.starts_with(prefix) || language.stems_beyond(prefix).contains(&stem))
        }),
        Term::Phrase(slots) => (0..=tokens.len() as u32 * 2).any(|start| {
            slots.iter().all(|Slot { offset, text, sign }| {
                tokens.iter().any(|(position, is_word, word)| {
                    *position == start + offset
                        && *is_word != *sign
                        && if *sign { word == text } else { stem(word) == stem(text) }
                })
            })
        }),
    }
}

fn prose(most: usize) -> impl Strategy<Value = String> {
    let word =
        (prop::sample::select(WORDS.to_vec()), prop::sample::select(vec![" ", " ", ", ", "\n"]));
    prop::collection::vec(word, 0..most)
        .prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
}

fn work() -> impl Strategy<Value = ModelWork> {
    let chapters = prop::collection::vec((prose(3), prose(12)), 0..4);
    let tags = prop::collection::vec(prose(3), 0..3);
    (prop::sample::select(LANGUAGES.to_vec()), prose(3), tags, prose(3), chapters).prop_map(
        |(language, title, tags, notes, chapters)| ModelWork {
            language,
            title,
            tags,
            notes,
            chapters,
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        6 => (0i64..8, work()).prop_map(|(id, work)| Change::Put(id, work)),
        2 => (0i64..8).prop_map(Change::Remove),
        1 => Just(Change::Commit),
    ]
}

fn query() -> impl Strategy<Value = String> {
    let word = || prop::sample::select(WORDS.to_vec());
    let phrase = prop::collection::vec(word(), 1..4).prop_map(|words| words.join(" "));
    let prefix = (word(), 2usize..6)
        .prop_map(|(word, length)| word.chars().take(length).collect::<String>() + "*");
    let term = prop_oneof![
        4 => word().prop_map(str::to_owned),
        2 => phrase.prop_map(|phrase| format!("“{phrase}”")),
        1 => prefix,
    ];
    let sign = prop::sample::select(vec!["", "", "", "-", "OR "]);
    prop::collection::vec((sign, term), 1..4)
        .prop_map(|terms| terms.into_iter().map(|(sign, term)| format!("{sign}{term} ")).collect())
}

fn put(writer: &mut super::TextWriter, id: i64, work: &ModelWork) {
    let chapters = work.chapters.iter().zip(1u32..).map(|((title, body), position)| ChapterText {
        position,
        title,
        body,
        notes: "",
    });
    let text = WorkText {
        work: id,
        language: work.language,
        title: &work.title,
        authors: vec![],
        tags: work.tags.iter().map(String::as_str).collect(),
        notes: vec![&work.notes],
        chapters: chapters.collect(),
    };
    writer.put(&text).unwrap();
}

fn check(index: &TextIndex, model: &BTreeMap<i64, ModelWork>, text: &str) {
    let Ok(query) = Query::parse(text) else { return };
    let wanted: Vec<i64> =
        model.iter().filter(|(_, work)| work.matches(&query)).map(|(id, _)| *id).collect();
    let found = index.search(&query, 0, 100).unwrap();
    let mut ids: Vec<i64> = found.hits.iter().map(|hit| hit.work).collect();
    ids.sort_unstable();
    assert_eq!(ids, wanted, "{text:?} in {model:#?}");
    assert_eq!(found.total, wanted.len());
    let pages = (0..4).flat_map(|page| index.search(&query, page * 2, 2).unwrap().hits);
    assert_eq!(pages.collect::<Vec<_>>(), found.hits[..found.hits.len().min(8)]);
    for hit in &found.hits {
        let Some((title, body)) =
            model[&hit.work].chapters.get(hit.chapter.wrapping_sub(1) as usize)
        else {
            assert_eq!(hit.chapter, 0);
            continue;
        };
        let marker = query.marker(model[&hit.work].language);
        let shown = snippet(&marker, [title.as_str()].into_iter().chain(body.split('\n')));
        let shown = shown.expect("a chapter that was found has something to mark");
        assert!(!shown.marks.is_empty(), "{shown:?}");
    }
    for work in model.values() {
        check_marker(&query, work);
    }
}

/// The marker finds something exactly where a wanted clause occurs.
fn check_marker(query: &Query, work: &ModelWork) {
    let language = Language::of(work.language);
    let marker = query.marker(work.language);
    for text in work.values() {
        let wanted = query.clauses.iter().filter(|clause| !clause.excluded);
        let occurs = wanted.flat_map(|clause| &clause.any).any(|term| occurs(term, text, language));
        assert_eq!(!marker.find(text).is_empty(), occurs, "{query:?} in {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_engine_finds_what_a_loop_over_all_works_finds(
        changes in prop::collection::vec(change(), 1..24),
        queries in prop::collection::vec(query(), 1..16),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let index = TextIndex::open(folder.path()).unwrap();
        let mut writer = index.writer(0, 1).unwrap();
        let mut model = BTreeMap::new();
        for (change, number) in changes.iter().zip(1..) {
            match change {
                Change::Put(id, work) => {
                    put(&mut writer, *id, work);
                    model.insert(*id, work.clone());
                }
                Change::Remove(id) => {
                    writer.remove(*id);
                    model.remove(id);
                }
                Change::Commit => writer.commit(number).unwrap(),
            }
        }
        writer.commit(1_000).unwrap();
        assert_eq!(index.position(), 1_000);
        assert_eq!(index.works().unwrap(), model.keys().copied().collect::<Vec<_>>());
        for text in queries.iter().map(String::as_str).chain(["", "-run", "the"]) {
            check(&index, &model, text);
        }
    }
}
