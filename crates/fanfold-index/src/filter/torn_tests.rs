//! Files that are not what was written: found by their checksums, and never a fault meanwhile.

use std::path::Path;

use proptest::prelude::*;

use super::base::{Base, Position};
use super::model::*;
use super::model_tests::{request, work};
use super::{BASE, BaseBuilder, FilterIndex, IndexFault};

fn tag(kind: Kind, id: u32, synonym_of: Option<u32>, metas: &[u32]) -> TagRow {
    TagRow { term: Term::new(kind, id), synonym_of, metas: metas.to_vec() }
}

fn built(folder: &Path, works: &[WorkRow]) {
    let (index, _) = FilterIndex::open(folder).expect("opened");
    let mut builder = BaseBuilder::new();
    builder.add_tag(&tag(Kind::Freeform, 1, None, &[2, 3]));
    builder.add_tag(&tag(Kind::Freeform, 4, Some(1), &[]));
    builder.add_tag(&tag(Kind::Fandom, 1, None, &[5]));
    works.iter().for_each(|work| builder.add_work(work));
    index.rebase(builder, Position { works: 7, tags: 9 }).expect("written");
}

proptest! {
    #[test]
    fn flipped_bytes_are_found_and_harm_nobody(
        works in proptest::collection::vec(work(), 1..30),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..20),
        requests in proptest::collection::vec(request(), 1..6),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut works = works;
        works.sort_by_key(|work| work.work);
        works.dedup_by_key(|work| work.work);
        built(folder.path(), &works);
        let path = folder.path().join(BASE);
        let whole = std::fs::read(&path).expect("read");
        let mut bytes = whole.clone();
        for (at, flip) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
        }
        std::fs::write(&path, &bytes).expect("written");
        let (index, fault) = FilterIndex::open(folder.path()).expect("opened");
        match fault {
            // The head was hit: it begins empty, and everything is told anew.
            Some(IndexFault::Torn(_)) => prop_assert_eq!(index.position(), Position::default()),
            Some(other) => panic!("{other}"),
            None => {
                // Whatever it says is nonsense, but it says it.
                requests.iter().for_each(|request| drop(index.find(request)));
                let found = index.verify().is_err();
                prop_assert!(found || bytes == whole || only_padding(&whole, &bytes));
            }
        }
    }
}

/// Whether the bytes between sections, which mean nothing, are all that differs: then a base that
/// is read anew says the same.
fn only_padding(whole: &[u8], bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let open = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        Base::open(&path).expect("whole")
    };
    let (one, other) = (open("one", whole), open("other", bytes));
    one.same_sections(&other)
}

#[test]
fn a_file_that_is_cut_off_is_made_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    built(folder.path(), &[]);
    let path = folder.path().join(BASE);
    let whole = std::fs::read(&path).expect("read");
    for length in [0, 1, 7, 64, 500, whole.len() / 2, whole.len() - 64] {
        std::fs::write(&path, &whole[..length]).expect("written");
        let (index, fault) = FilterIndex::open(folder.path()).expect("opened");
        assert!(matches!(fault, Some(IndexFault::Torn(_))), "{length}: {fault:?}");
        assert_eq!(index.position(), Position::default());
        assert_eq!(index.works(), 0);
    }
}
