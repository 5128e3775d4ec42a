//! Tests of the query language, the marker and snippets, and of ranking.

use proptest::prelude::*;

use super::{ChapterText, Query, TextIndex, WorkText, snippet};

fn refused(text: &str) -> (usize, String) {
    let error = Query::parse(text).expect_err(text);
    (error.position, error.message)
}

#[test]
fn faults_are_told_with_their_place() {
    assert_eq!(refused("storm \"the sea").0, 6);
    assert!(refused("“no end").1.contains("never closed"));
    assert_eq!(refused("OR storm").0, 0);
    assert_eq!(refused("sea storm OR").0, 10);
    assert_eq!(refused("sea OR OR storm").0, 7);
    assert_eq!(refused("sea OR -storm").0, 4);
    assert_eq!(refused("-sea OR storm").0, 5);
    assert_eq!(refused("é a*"), (2, "Write at least two letters before the *.".to_owned()));
    assert!(refused("well-kno*").1.contains("single word"));
    assert_eq!(refused(&"a".repeat(5_000)).0, 4_096);
    assert!(refused(&"sea ".repeat(65)).1.contains("at most 64"));
    assert!(refused(&format!("\"{}\"", "sea ".repeat(257))).1.contains("256 words"));
    assert!(refused(&"ab* ".repeat(9)).1.contains("at most 8"));
}

#[test]
fn what_says_the_same_reads_the_same() {
    for (one, other) in [
        ("“Old Sea”", "\"old sea\""),
        ("„old sea“ storm", "\"old sea\" storm"),
        ("sea || storm", "sea OR storm"),
        ("sea AND storm && rain", "sea storm rain"),
        ("sea NOT storm", "sea -storm"),
        ("-“old sea”", "NOT \"old sea\""),
        ("well-known", "\"well known\""),
        ("Tom’s café!", "tom's CAFÉ"),
        ("sea - storm …", "sea storm"),
        ("漢*", "漢"),
        ("hallucinat*.", "hallucinat*"),
        ("\"one\ntwo\"", "\"one two\""),
    ] {
        assert_eq!(Query::parse(one), Query::parse(other), "{one}");
    }
    for nothing in ["", "  ", "… ! -", "\"\"", "*", "“—”", "AND"] {
        assert!(Query::parse(nothing).unwrap().is_empty(), "{nothing}");
    }
    assert_ne!(Query::parse("sea or storm"), Query::parse("sea OR storm"));
}

#[test]
fn hits_are_marked_as_they_are_written() {
    for (query, language, text, marked) in [
        ("lighthouse", "en", "The LIGHTHOUSES’ lamps", vec!["LIGHTHOUSES"]),
        ("tom", "en", "Tom’s atom, Tom", vec!["Tom", "Tom"]),
        ("\"old sea\"", "en", "The old, old sea. Sea. Old seas", vec!["old sea", "Old seas"]),
        ("running", "de", "running, run", vec!["running"]),
        ("hauser", "de", "Häuser Haus", vec!["Häuser", "Haus"]),
        ("hallucinat*", "en", "hallucinations, hallucinate", vec!["hallucinations", "hallucinate"]),
        ("漢字", "zh", "これは漢字です", vec!["漢字"]),
        ("sea -old", "en", "old sea", vec!["sea"]),
        ("\"a b a\"", "", "a b a b a c", vec!["a b a b a"]),
        ("sea OR storm", "en", "sea, storm", vec!["sea", "storm"]),
    ] {
        let marker = Query::parse(query).unwrap().marker(language);
        let found: Vec<&str> = marker.find(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, marked, "{query}");
    }
}

#[test]
fn a_snippet_shows_the_paragraph_with_most_of_the_query() {
    let marker = Query::parse("storm lantern").unwrap().marker("en");
    let long =
        format!("{} storm and {} lantern {}", "a ".repeat(300), "b ".repeat(9), "c ".repeat(300));
    let paragraphs = ["Nothing.", "A storm.", &long, "Storm, lantern."];
    let shown = snippet(&marker, paragraphs.into_iter()).unwrap();
    assert_eq!(shown.paragraph, 2);
    assert!(shown.text.starts_with('…') && shown.text.ends_with('…'), "{}", shown.text);
    let marked: Vec<&str> = shown.marks.iter().map(|range| &shown.text[range.clone()]).collect();
    assert_eq!(marked, ["storm", "lantern"]);
    let shown = snippet(&marker, ["A  storm. "].into_iter()).unwrap();
    assert_eq!(shown.text, "A  storm.");
    assert!(shown.marks.iter().cloned().eq(std::iter::once(3..8)));
    assert_eq!(snippet(&marker, ["calm"].into_iter()), None);
}

#[test]
fn titles_outweigh_bodies_and_the_best_chapter_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let index = TextIndex::open(folder.path()).unwrap();
    let mut writer = index.writer(0, 2).unwrap();
    let chapter = |position, body| ChapterText { position, body, ..ChapterText::default() };
    let calm = "Nothing but a calm sea, all day long, and no wind.";
    let body = |work, title, bodies: [&'static str; 2]| WorkText {
        work,
        language: "en",
        title,
        chapters: vec![chapter(3, bodies[0]), chapter(8, bodies[1])],
        ..WorkText::default()
    };
    writer.put(&body(1, "Salt", [calm, "A storm. Then another storm."])).unwrap();
    writer.put(&body(2, "The Storm", [calm, calm])).unwrap();
    writer.put(&body(3, "Rain", ["One storm only, and a lantern in it.", "A lantern."])).unwrap();
    writer.put(&body(4, "Twin", [calm, calm])).unwrap();
    writer.put(&body(5, "Twin", [calm, calm])).unwrap();
    writer.commit(5).unwrap();
    let found = |text: &str| {
        let found = index.search(&Query::parse(text).unwrap(), 0, 10).unwrap();
        found.hits.iter().map(|hit| (hit.work, hit.chapter)).collect::<Vec<_>>()
    };
    assert_eq!(found("storm"), [(2, 0), (1, 8), (3, 3)]);
    assert_eq!(found("storm lantern"), [(3, 3)]);
    assert_eq!(found("twin"), [(5, 0), (4, 0)], "newest first among equals");
    assert_eq!(found("salt storm"), [(1, 8)], "clauses may match in different places");
    assert_eq!(found("storm -lantern -salt"), [(2, 0)]);
    assert_eq!(index.search(&Query::parse("sea").unwrap(), 99, 10).unwrap().total, 4);
    assert_eq!(
        index.search(&Query::parse("sea").unwrap(), usize::MAX, usize::MAX).unwrap().hits,
        []
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn any_query_is_read_or_refused_and_marks_whole_characters(
        query in "\\PC{0,60}|[-\"“”a-cOR|*漢é' \n]{0,60}",
        text in "\\PC{0,80}|[a-c漢é’' \n-]{0,400}",
        language in prop::sample::select(vec!["en", "ar", "ta", "el", ""]),
    ) {
        match Query::parse(&query) {
            Err(error) => {
                assert!(error.position <= query.chars().count());
                assert!(!error.message.is_empty());
            }
            Ok(query) => {
                let marker = query.marker(language);
                let ranges = marker.find(&text);
                for range in &ranges {
                    assert!(text.get(range.clone()).is_some_and(|text| !text.is_empty()));
                }
                assert!(ranges.windows(2).all(|pair| pair[0].end < pair[1].start));
                if let Some(shown) = snippet(&marker, text.split('\n')) {
                    assert!(shown.text.chars().count() <= 242, "{shown:?}");
                    assert!(!shown.marks.is_empty(), "{shown:?}");
                    for mark in shown.marks {
                        assert!(shown.text.get(mark).is_some_and(|text| !text.contains('…')));
                    }
                }
            }
        }
    }
}
