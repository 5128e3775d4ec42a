//! Random bytes as the filters' file, and a whole file with some of its bytes changed.
//!
//! The head's checksum is mended after the change, so that what lies behind it is reached; the
//! sections' are compared by `verify` alone, and questions are answered without it. Whatever the
//! file says, it is refused, or questions are answered, with nonsense at worst.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use fanfold_index::filter::{
    Audience, BaseBuilder, Changes, Column, FacetRequest, Filter, FilterIndex, Flag, Kind,
    Position, Request, Sort, TagRow, Term, Viewer, WorkRow,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check(bytes));

/// A folder of this process, and a whole file.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let name = format!("fanfold-fuzz-{}", std::process::id());
    std::env::temp_dir().join(name)
});
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let _ = std::fs::remove_dir_all(&*FOLDER);
    let (index, _) = FilterIndex::open(&FOLDER).expect("opened");
    index.rebase(archive(), Position { works: 1, tags: 1 }).expect("written");
    std::fs::read(FOLDER.join("filter.base")).expect("read")
});
/// Where the head's checksum stands: behind the bytes that it is of.
static SUM_AT: LazyLock<usize> = LazyLock::new(|| {
    let sum = |at: &usize| {
        let own = WHOLE.get(*at..at + 8).map(|own| u64::from_le_bytes(own.try_into().unwrap()));
        own == Some(u64::from(crc32fast::hash(&WHOLE[..*at])))
    };
    (8..4096).step_by(8).find(sum).expect("the head has a checksum")
});

fn check(bytes: &[u8]) {
    let Some((mode, rest)) = bytes.split_first() else { return };
    let file = if *mode == 0 { rest.to_vec() } else { edited(rest, *mode) };
    let path = FOLDER.join("filter.base");
    LazyLock::force(&WHOLE);
    std::fs::write(&path, file).expect("written");
    let (index, _) = FilterIndex::open(&FOLDER).expect("opened");
    ask(&index, mode % 8);
    let _ = index.verify();
    if mode % 4 == 1 {
        change(&index);
        ask(&index, mode % 8);
    }
    // Not written again while it is mapped.
    drop(index);
    std::fs::remove_file(&path).expect("removed");
}

/// The whole file with changes of eight bytes each: a place, and what to write there.
fn edited(edits: &[u8], mode: u8) -> Vec<u8> {
    let mut file = WHOLE.clone();
    for edit in edits.chunks_exact(8) {
        let number = |at: usize| u16::from_le_bytes([edit[at], edit[at + 1]]);
        let (place, length) = (usize::from(number(0)) * 4, usize::from(edit[2]) % 4 + 1);
        let place = (place + usize::from(edit[3]) % 4) % file.len();
        for (byte, new) in file[place..].iter_mut().take(length).zip(&edit[4..]) {
            *byte = *new;
        }
    }
    if mode % 16 == 15 {
        file.truncate(edits.iter().map(|byte| usize::from(*byte)).sum::<usize>() * 16);
    }
    if let Some(head) = file.get(..*SUM_AT) {
        let sum = u64::from(crc32fast::hash(head)).to_le_bytes();
        file.iter_mut().skip(*SUM_AT).zip(sum).for_each(|(byte, sum)| *byte = sum);
    }
    file
}

fn term(kind: Kind, id: u32) -> Term {
    Term::new(kind, id)
}

fn work(work: i64) -> WorkRow {
    let id = work as u32;
    let mut terms = vec![
        term(Kind::Rating, id % 5),
        term(Kind::Fandom, id % 7),
        term(Kind::Relationship, id % 11),
        term(Kind::Character, id % 13),
        term(Kind::Language, 2_000_000_000),
    ];
    terms.extend((0..id % 9).map(|at| term(Kind::Freeform, id % 17 + at)));
    if id % 4 == 0 {
        terms.push(term(Kind::Fandom, id % 7 + 1));
    }
    WorkRow {
        work,
        terms,
        numbers: std::array::from_fn(|at| (id.wrapping_mul(2_654_435_761) >> 8) % 50 + at as u32),
        complete: id % 3 == 0,
        audience: Audience::ALL[work as usize % 3],
        title_key: format!("title {}", id % 40).into_bytes(),
        creator_key: format!("creator {}", id % 6).into_bytes(),
    }
}

fn tags() -> Vec<TagRow> {
    let tag = |kind, id, synonym_of, metas: &[u32]| TagRow {
        term: term(kind, id),
        synonym_of,
        metas: metas.to_vec(),
    };
    vec![
        tag(Kind::Freeform, 1, Some(2), &[]),
        tag(Kind::Freeform, 2, None, &[3, 4]),
        tag(Kind::Freeform, 3, None, &[5]),
        tag(Kind::Fandom, 1, None, &[90]),
        tag(Kind::Fandom, 2, None, &[90]),
        tag(Kind::Relationship, 3, Some(4), &[]),
        tag(Kind::Character, 1, None, &[2]),
    ]
}

fn archive() -> BaseBuilder {
    let mut builder = BaseBuilder::new();
    tags().iter().for_each(|tag| builder.add_tag(tag));
    (1..120).for_each(|at| builder.add_work(&work(at)));
    builder
}

/// Questions of every sort.
fn ask(index: &FilterIndex, which: u8) {
    let has = |kind, id| Filter::Has(term(kind, id));
    let filters = [
        Filter::All(Vec::new()),
        Filter::All(vec![
            has(Kind::Freeform, 3),
            Filter::Not(Box::new(has(Kind::Rating, 1))),
            Filter::Range(Column::Words, 5, 40),
        ]),
        Filter::Any(vec![has(Kind::Fandom, 90), Filter::First(term(Kind::Character, 2))]),
        Filter::Not(Box::new(Filter::First(term(Kind::Relationship, 4)))),
        Filter::Is(Flag::Crossover),
        Filter::Is(Flag::OnePairing),
        Filter::HasKind(Kind::Freeform),
        Filter::In((1..200).step_by(3).collect()),
    ];
    let sorts = [
        Sort::By(Column::Updated),
        Sort::By(Column::Warmth),
        Sort::Title,
        Sort::Creator,
        Sort::Shuffled(3),
    ];
    for (at, filter) in filters.into_iter().enumerate() {
        let at = at + usize::from(which);
        let facets =
            Kind::PANEL.map(|kind| FacetRequest { kind, top: 10, with_metas: at % 2 == 0 });
        let request = Request {
            filter,
            muted: Filter::Any(if at % 3 == 0 { vec![has(Kind::Freeform, 9)] } else { vec![] }),
            viewer: Viewer { sees: Audience::ALL[at % 3], also: [5, 6, 7].into() },
            sort: sorts[at % sorts.len()],
            descending: at % 2 == 1,
            offset: at % 4 * 3,
            limit: 25,
            facets: facets.to_vec(),
            patience: Duration::from_secs(2),
        };
        let answer = index.find(&request);
        assert!(answer.works.len() <= 25);
    }
}

/// New works, works that are gone, and tags that were wrangled since.
fn change(index: &FilterIndex) {
    let put = [3, 110, 1_000].map(work).to_vec();
    let mut tags = tags();
    tags[1].synonym_of = Some(7);
    tags[1].metas.clear();
    tags[3].metas = vec![91];
    tags[6].synonym_of = Some(5);
    tags[6].metas.clear();
    let position = Position { works: i64::MAX, tags: i64::MAX };
    index.apply(&Changes { put, gone: vec![4, 5, 119], tags, position });
}
