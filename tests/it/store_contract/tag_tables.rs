//! Tables of tags: out of one library and into another, and tables with mistakes.

use fanfold::archive::refusal::Refusal;
use fanfold::archive::tag::Kind;
use fanfold::archive::vocabulary::{Line, heading, parse, printed};
use fanfold::archive::work::TagId;
use fanfold::archive::wrangle::Act;
use fanfold::store::{Done, ImportError, TagError};
use fanfold_doc::imported::TagKind::{Character, Fandom, Freeform, Relationship};

use super::{Library, NOW, on_each, sound, tagged};

/// The whole table of a library.
fn table(library: &Library) -> String {
    let mut text = heading();
    let mut after = TagId(0);
    while let Some((last, lines)) = library.store.read(|tx| tx.vocabulary(after, 7)).expect("read")
    {
        text.extend(lines.iter().map(printed));
        after = last;
    }
    text
}

/// What a table says, in an order of its own, leaving out tags of which it says nothing.
fn meaning(text: &str) -> Vec<Line> {
    let mut lines = parse(text.as_bytes()).expect("a table");
    lines.retain(Line::says_something);
    for line in &mut lines {
        line.number = 0;
        line.metas.iter_mut().for_each(|metas| metas.sort());
        line.parents.iter_mut().for_each(|parents| parents.sort());
    }
    lines.sort_by(|one, two| (one.kind, &one.name).cmp(&(two.kind, &two.name)));
    lines
}

fn take_in(library: &Library, text: &str) -> Result<Done, ImportError> {
    let lines = parse(text.as_bytes()).map_err(ImportError::Mistakes)?;
    library.store.write(|tx| tx.import_vocabulary(&lines, NOW))
}

fn mistakes(told: Result<Done, ImportError>) -> String {
    match told {
        Err(error @ ImportError::Mistakes(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// A library with every kind of link, and names that are hard on tables.
fn wrangled(library: &Library) {
    let store = &library.store;
    let names = ["=1+1", "a, \"b\"", "-ish", "Steins;Gate", "fandom:x", "'=y", "Ünü", "漢字"];
    let mut tags: Vec<_> = names.map(|name| (Fandom, name)).to_vec();
    tags.extend([(Character, "@ann"), (Character, "Bo"), (Freeform, "wet"), (Freeform, "Wet")]);
    tags.push((Relationship, "@ann/Bo"));
    store.write(|tx| tx.insert_work(&tagged(&tags), NOW, "test")).expect("written");
    let id = |kind, name: &str| {
        let found = store.read(|tx| tx.tags_spelt(Some(kind), name)).expect("read");
        found.first().unwrap_or_else(|| panic!("no {name}")).id
    };
    let fandom = names.map(|name| id(Kind::Fandom, name));
    let (ann, bo) = (id(Kind::Character, "@ann"), id(Kind::Character, "Bo"));
    let pair = id(Kind::Relationship, "@ann/Bo");
    let books = id(Kind::Media, "Books & Literature");
    let mut acts: Vec<Act> = fandom[..6].iter().map(|tag| Act::Canonical(*tag)).collect();
    acts.extend([
        Act::Merge(fandom[6], fandom[0]),
        Act::Merge(fandom[7], fandom[5]),
        Act::AddMeta(fandom[0], fandom[1]),
        Act::AddMeta(fandom[0], fandom[2]),
        Act::AddMeta(fandom[1], fandom[3]),
        Act::AddParent(fandom[0], books),
        Act::Canonical(ann),
        Act::AddParent(ann, fandom[4]),
        Act::AddParent(bo, fandom[3]),
        Act::AddParent(pair, ann),
        Act::AddParent(pair, fandom[4]),
        Act::Merge(id(Kind::Freeform, "wet"), id(Kind::Freeform, "Wet")),
    ]);
    for act in acts {
        store.write(|tx| tx.wrangle(act, NOW)).unwrap_or_else(|error| panic!("{act:?}: {error}"));
    }
}

#[test]
fn a_table_brings_a_vocabulary_into_another_library() {
    on_each(|library| {
        wrangled(library);
        let text = table(library);
        // Into the same library: nothing to do.
        assert_eq!(take_in(library, &text).expect("taken").act, None);
        let other = Library::sqlite();
        let before = table(&other);
        let done = take_in(&other, &text).expect("taken");
        assert!(done.act.is_some());
        assert_eq!(meaning(&table(&other)), meaning(&text));
        assert_eq!(take_in(&other, &text).expect("taken").act, None);
        sound(&other.store);
        // One act, and undone as one.
        other.store.write(|tx| tx.undo(None, NOW)).expect("undone");
        assert_eq!(meaning(&table(&other)), meaning(&before));
        sound(&other.store);
    });
}

#[test]
fn what_is_edited_in_a_table_is_what_the_archive_has_then() {
    on_each(|library| {
        let base = "kind,name,canonical,synonym of,metatags,parents\n\
            fandom,A,yes,,B,media:Movies\nfandom,B,yes,,,\nfandom,C,,A,,\nfandom,D,,C,,\n\
            character,Ann,yes,,,A\n";
        take_in(library, base).expect("taken");
        let line = |name: &str| {
            let text = table(library);
            let lines = parse(text.as_bytes()).expect("a table");
            lines.into_iter().find(|line| line.name == name).expect("is there")
        };
        // A synonym of a synonym is one of its canonical.
        assert_eq!(line("D").synonym_of, Some(Some("A".to_owned())));
        // Metatag and subtag change places; C stands for itself; A's parents go.
        let edited = "name,kind,canonical,synonym of,metatags,parents\n\
            A,fandom,yes,,,\nB,fandom,yes,,A,\nC,fandom,yes,,,\n";
        take_in(library, edited).expect("taken");
        assert_eq!(line("A").metas, Some(vec![]));
        assert_eq!(line("A").parents, Some(vec![]));
        assert_eq!(line("B").metas, Some(vec!["A".to_owned()]));
        assert_eq!(line("C").canonical, Some(true));
        // D was not named and stays; Ann too.
        assert_eq!(line("D").synonym_of, Some(Some("A".to_owned())));
        assert_eq!(line("Ann").parents, Some(vec![(Some(Kind::Fandom), "A".to_owned())]));
        // A canonical that becomes a synonym hands over what it has.
        take_in(library, "kind,name,synonym of\nfandom,A,C\n").expect("taken");
        assert_eq!(line("D").synonym_of, Some(Some("C".to_owned())));
        assert_eq!(line("B").metas, Some(vec!["C".to_owned()]));
        assert_eq!(line("Ann").parents, Some(vec![(Some(Kind::Fandom), "C".to_owned())]));
        sound(&library.store);
        for _ in 0..3 {
            library.store.write(|tx| tx.undo(None, NOW)).expect("undone");
        }
        let told = library.store.write(|tx| tx.undo(None, NOW));
        assert!(matches!(told, Err(TagError::Refused(Refusal::Nothing))), "{told:?}");
        sound(&library.store);
    });
}

#[test]
fn a_table_with_mistakes_changes_nothing_and_names_them_all() {
    on_each(|library| {
        wrangled(library);
        let before = table(library);
        let tags = library.count("SELECT COUNT(*) FROM tags");
        let head = "kind,name,canonical,synonym of,metatags,parents\n";
        for (lines, says) in [
            (
                "fandom,New,yes,,,\nfandom,Bad,yes,,Nowhere,\n",
                "line 3: there is no fandom “Nowhere”",
            ),
            ("fandom,X,,Y,,\nfandom,Y,,X,,\n", "line 2: “X” comes to be a synonym of itself"),
            (
                "fandom,X,yes,,Y,\nfandom,Y,yes,,X,\n",
                "line 3: that would go round in a ring: “X” is under “Y”",
            ),
            ("fandom,X,yes,,,\nfandom,X,,,,\n", "line 3: “X” has a line already, line 2"),
            ("fandom,X,yes,,,character:Bo\n", "line 2: “X” is a fandom, so “Bo”"),
            ("character,X,yes,,,Bo\n", "line 2: there is no fandom “Bo”"),
            ("rating,X,yes,,,\n", "line 2: “X”: the canonical ratings are fixed"),
            ("rating,General Audiences,,,,\n", "the canonical ratings are fixed"),
            ("fandom,=1+1,,,,\n", "line 2: “Ünü” is a synonym of “=1+1”"),
            ("media,X,yes,,,X\n", "line 2: a media has no parents"),
            ("fandom,\"'=1+1\",,,,\n", "line 2: "),
        ] {
            let told = mistakes(take_in(library, &format!("{head}{lines}")));
            assert!(told.contains(says) || says == "line 2: ", "{lines}: {told}");
        }
        assert_eq!(table(library), before);
        assert_eq!(library.count("SELECT COUNT(*) FROM tags"), tags);
        sound(&library.store);
    });
}
