//! Tests of opening: torn, foreign and locked folders, and what a crash leaves behind.

use std::fs;
use std::path::{Path, PathBuf};

use super::{ChapterText, FORMAT_FILE, IndexError, Query, TextIndex, TextPlace, WorkText};

fn work(work: i64, body: &str) -> WorkText<'_> {
    let chapters = vec![ChapterText { position: 1, body, ..ChapterText::default() }];
    WorkText { work, language: "en", chapters, ..WorkText::default() }
}

/// An index of two works at position 12.
fn filled(folder: &Path) {
    let index = TextIndex::open(folder).unwrap();
    let mut writer = index.writer(0, 1).unwrap();
    writer.put(&work(1, "the sea")).unwrap();
    writer.put(&work(2, "the storm")).unwrap();
    writer.commit(12).unwrap();
}

fn total(index: &TextIndex, query: &str) -> usize {
    index.search(&Query::parse(query).unwrap(), 0, 10).unwrap().total
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Opens a damaged index: it must be empty, usable, and empty only of the index's own files.
fn assert_made_anew(folder: &Path, what: &str) {
    let index = TextIndex::open(folder).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!((index.position(), total(&index, "")), (0, 0), "{what}");
    drop(index);
    filled(folder);
    assert_eq!(TextIndex::open(folder).unwrap().position(), 12, "{what}");
}

#[test]
fn what_is_not_committed_is_lost_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let index = TextIndex::open(folder.path()).unwrap();
    let mut writer = index.writer(0, 1).unwrap();
    writer.put(&work(3, "another storm")).unwrap();
    writer.remove(1);
    // As a kill would: the writer's threads and files are left as they are.
    std::mem::forget(writer);
    let again = TextIndex::open(folder.path()).unwrap();
    assert_eq!((again.position(), total(&again, "storm"), total(&again, "sea")), (12, 1, 1));
}

#[test]
fn commits_are_seen_at_once_here_and_after_reload_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let index = TextIndex::open(folder.path()).unwrap();
    let elsewhere = TextIndex::open(folder.path()).unwrap();
    let mut writer = index.writer(0, 1).unwrap();
    assert!(matches!(elsewhere.writer(0, 1), Err(IndexError::Busy)));
    writer.put(&work(1, "sea")).unwrap();
    writer.commit(3).unwrap();
    assert_eq!((index.position(), total(&index.clone(), "sea")), (3, 1));
    assert_eq!((elsewhere.position(), total(&elsewhere, "sea")), (0, 0));
    elsewhere.reload().unwrap();
    assert_eq!((elsewhere.position(), total(&elsewhere, "sea")), (3, 1));
    writer.finish().unwrap();
    assert!(elsewhere.writer(0, 1).is_ok());
}

#[test]
fn torn_files_of_every_kind_make_an_empty_index() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let names: Vec<PathBuf> = files(folder.path());
    let own = |path: &&PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap();
        // An empty list of managed files is repaired by tantivy itself.
        !name.ends_with(".lock") && name != ".managed.json"
    };
    for path in names.iter().filter(own) {
        let fresh = tempfile::tempdir().unwrap();
        filled(fresh.path());
        let name = path.file_name().unwrap().to_str().unwrap();
        let (extension, is_segment) = match name.split_once('.') {
            Some((id, extension)) if id.len() == 32 => (extension, true),
            _ => (name, false),
        };
        let find = || {
            let found = files(fresh.path()).into_iter().find(|path| {
                let name = path.file_name().unwrap().to_str().unwrap();
                if is_segment { name.ends_with(extension) } else { name == extension }
            });
            found.unwrap()
        };
        let whole = fs::read(find()).unwrap();
        for kept in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(find(), &whole[..kept]).unwrap();
            assert_made_anew(fresh.path(), &format!("{extension} cut to {kept}"));
        }
        let length = fs::read(find()).unwrap().len();
        fs::write(find(), vec![0; length]).unwrap();
        assert_made_anew(fresh.path(), &format!("{extension} all zeros"));
        fs::remove_file(find()).unwrap();
        assert_made_anew(fresh.path(), &format!("{extension} gone"));
    }
}

#[test]
fn nonsense_in_the_lists_makes_an_empty_index() {
    let folder = tempfile::tempdir().unwrap();
    for nonsense in
        ["", "{}", "[1, 2", "\u{0}\u{0}", "{\"segments\":[],\"schema\":[],\"opstamp\":0}"]
    {
        for name in ["meta.json", FORMAT_FILE] {
            filled(folder.path());
            fs::write(folder.path().join(name), nonsense).unwrap();
            assert_made_anew(folder.path(), &format!("{name} is {nonsense:?}"));
        }
    }
    filled(folder.path());
    fs::write(folder.path().join(".managed.json"), "nonsense").unwrap();
    assert_made_anew(folder.path(), ".managed.json");
}

#[test]
fn files_of_others_are_never_deleted() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let foreign = folder.path().join("novel.odt");
    fs::write(&foreign, "mine").unwrap();
    fs::write(folder.path().join(FORMAT_FILE), "fanfold text 0\n").unwrap();
    assert_made_anew(folder.path(), "older format");
    assert_eq!(fs::read_to_string(foreign).unwrap(), "mine");
}

#[test]
fn an_index_being_written_is_not_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let index = TextIndex::open(folder.path()).unwrap();
    let writer = index.writer(0, 1).unwrap();
    fs::write(folder.path().join(FORMAT_FILE), "fanfold text 999\n").unwrap();
    let before = files(folder.path());
    assert!(matches!(TextIndex::open(folder.path()), Err(IndexError::Busy)));
    assert_eq!(files(folder.path()), before);
    drop(writer);
    assert_made_anew(folder.path(), "newer format, no longer written");
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "in the way").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = TextIndex::open(&path).unwrap_err();
        assert!(matches!(error, IndexError::Io { .. }), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
    assert_eq!(fs::read_to_string(file).unwrap(), "in the way");
}

#[test]
fn flipped_bits_are_found_by_the_check() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path());
    let index = TextIndex::open(folder.path()).unwrap();
    assert_eq!(index.damaged_files().unwrap(), Vec::<PathBuf>::new());
    let path =
        files(folder.path()).into_iter().find(|path| path.extension() == Some("pos".as_ref()));
    let path = path.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[0] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(index.damaged_files().unwrap(), [PathBuf::from(path.file_name().unwrap())]);
}

#[test]
fn merging_keeps_the_chapters_of_a_work_together() {
    let folder = tempfile::tempdir().unwrap();
    let index = TextIndex::open(folder.path()).unwrap();
    let mut writer = index.writer(0, 2).unwrap();
    let segments = |index: &TextIndex| index.snapshot().segments.len();
    let mut most = 0;
    for round in 0..20i64 {
        for id in round..round + 5 {
            let bodies = [format!("one{id}"), format!("two{id}"), format!("three{id} in{round}")];
            let chapters = bodies.iter().zip(1..).map(|(body, position)| ChapterText {
                position,
                body,
                ..ChapterText::default()
            });
            let chapters = chapters.collect();
            writer.put(&WorkText { work: id, chapters, ..WorkText::default() }).unwrap();
        }
        writer.commit(round).unwrap();
        most = most.max(segments(&index));
    }
    writer.finish().unwrap();
    assert!(segments(&index) < most, "nothing was merged, so nothing is tested");
    assert_eq!(index.works().unwrap(), (0..24).collect::<Vec<_>>());
    for id in 0..24 {
        let last = id.min(19);
        assert_eq!(total(&index, &format!("one{id} two{id} three{id} in{last}")), 1, "{id}");
        let others = format!("one{id} -in{last}");
        assert_eq!(total(&index, &others), 0, "{id}");
        assert_eq!(total(&index, &format!("one{id} two{}", (id + 1) % 24)), 0, "{id}");
    }
}

#[test]
fn words_can_be_looked_for_in_one_place() {
    let folder = tempfile::tempdir().unwrap();
    let index = TextIndex::open(folder.path()).unwrap();
    let mut writer = index.writer(0, 1).unwrap();
    let chapter = ChapterText { position: 1, body: "a lamp", ..ChapterText::default() };
    let chapters = vec![ChapterText { notes: "harbour notes", ..chapter }];
    writer.put(&WorkText { work: 1, title: "The Rope", chapters, ..WorkText::default() }).unwrap();
    writer.put(&work(2, "the rope of the harbour")).unwrap();
    writer.commit(1).unwrap();
    let works = |text: &str, place| {
        let query = Query::parse(text).unwrap().within(place);
        let found = index.search(&query, 0, 9).unwrap();
        found.hits.iter().map(|hit| hit.work).collect::<Vec<_>>()
    };
    for (text, place, found) in [
        ("rope", TextPlace::Title, vec![1]),
        ("ro*", TextPlace::Title, vec![1]),
        ("rope", TextPlace::Body, vec![2]),
        ("harbour", TextPlace::Notes, vec![1]),
        ("harb*", TextPlace::Body, vec![2]),
        ("lamp", TextPlace::Notes, vec![]),
    ] {
        assert_eq!(works(text, place), found, "{text} {place:?}");
    }
}
