//! Tags: what is found under a name, how often it is used, what people do to it, and that works
//! keep their authors' words through all of it.

use fanfold::archive::alike::Rule;
use fanfold::archive::refusal::Refusal;
use fanfold::archive::tag::{Kind, Tag, fixed};
use fanfold::archive::work::{ActId, TagChangeId, TagId};
use fanfold::archive::wrangle::Act;
use fanfold::store::{Standing, TagError, TagListing, TagOrder, Under};
use fanfold_doc::imported::TagKind::{self, Character, Fandom, Freeform, Rating, Relationship};

use super::{Library, NOW, Told, on_each, sound, tagged};

fn insert(library: &Library, tags: &[(TagKind, &str)]) {
    library.store.write(|tx| tx.insert_work(&tagged(tags), NOW, "test")).expect("written");
}

fn tag(library: &Library, kind: Kind, name: &str) -> Tag {
    let found = library.store.read(|tx| tx.tags_spelt(Some(kind), name)).expect("read");
    found.into_iter().next().unwrap_or_else(|| panic!("no {kind} {name}"))
}

fn id(library: &Library, kind: Kind, name: &str) -> TagId {
    tag(library, kind, name).id
}

fn done(library: &Library, act: Act) -> ActId {
    let told = library.store.write(|tx| tx.wrangle(act, NOW)).expect("done");
    told.act.expect("something to do")
}

fn refused<T: std::fmt::Debug>(told: Result<T, TagError>) -> Refusal {
    match told {
        Err(TagError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn ratings_warnings_and_categories_are_there_and_known_by_their_old_names() {
    on_each(|library| {
        for kind in [Kind::Rating, Kind::Warning, Kind::Category] {
            for name in fixed(kind) {
                assert!(tag(library, kind, name).canonical, "{name}");
            }
        }
        let last = library.store.read(|tx| tx.last_tag_change()).expect("read");
        assert_eq!(last, TagChangeId(0));
        insert(library, &[(Rating, "teen & up audiences"), (Rating, "PG-13")]);
        insert(library, &[(Rating, "Teen And Up Audiences"), (Rating, "teen & up audiences")]);
        let teen = tag(library, Kind::Rating, "Teen And Up Audiences");
        assert_eq!((teen.uses, teen.all_uses), (1, 3));
        let other = tag(library, Kind::Rating, "teen & up audiences");
        assert_eq!((other.synonym_of, other.uses), (Some(teen.id), 2));
        let loose = tag(library, Kind::Rating, "PG-13");
        assert_eq!((loose.canonical, loose.synonym_of), (false, None));
        let log = library.store.read(|tx| tx.tag_rows_after(last, 9)).expect("read");
        assert_eq!(log.iter().map(|row| row.1.tag.id).collect::<Vec<_>>(), [other.id]);
        assert_eq!(library.store.read(|tx| tx.works_under(teen.id)).expect("read"), 2);
        let told = library.store.write(|tx| tx.wrangle(Act::Canonical(loose.id), NOW));
        assert!(matches!(refused(told), Refusal::Fixed(..)));
        let told = library.store.write(|tx| tx.make_tag(Kind::Warning, "Spoilers"));
        assert!(matches!(refused(told), Refusal::Fixed(..)));
        done(library, Act::Merge(loose.id, teen.id));
        sound(&library.store);
    });
}

#[test]
fn uses_are_right_after_every_write() {
    on_each(|library| {
        let store = &library.store;
        let first = tagged(&[(Fandom, "Rain"), (Freeform, "wet"), (Freeform, "wet")]);
        let work = store.write(|tx| tx.insert_work(&first, NOW, "new")).expect("written");
        insert(library, &[(Freeform, "wet"), (Freeform, "dry")]);
        let uses = |name| tag(library, Kind::Freeform, name).uses;
        assert_eq!((uses("wet"), uses("dry")), (2, 1));
        assert_eq!(tag(library, Kind::Fandom, "Rain").uses, 1);
        let second = tagged(&[(Freeform, "dry")]);
        store.write(|tx| tx.revise_work(work, &second, NOW, "later")).expect("written");
        assert_eq!((uses("wet"), uses("dry")), (1, 2));
        assert_eq!(tag(library, Kind::Fandom, "Rain").uses, 0);
        // What is undone counts nothing.
        let told: Told<()> = store.write(|tx| {
            tx.insert_work(&first, NOW, "new")?;
            Err(fanfold::store::Error::Busy)
        });
        assert!(told.is_err());
        assert_eq!((uses("wet"), uses("dry")), (1, 2));
        // A work and an act in one transaction.
        let (wet, dry) = (id(library, Kind::Freeform, "wet"), id(library, Kind::Freeform, "dry"));
        let told: Result<(), TagError> = store.write(|tx| {
            tx.insert_work(&first, NOW, "new")?;
            tx.wrangle(Act::Merge(wet, dry), NOW)?;
            tx.insert_work(&first, NOW, "new")?;
            Ok(())
        });
        told.expect("written");
        let dry = tag(library, Kind::Freeform, "dry");
        assert_eq!((uses("wet"), dry.uses, dry.all_uses), (3, 2, 5));
        assert_eq!(store.read(|tx| tx.works_under(dry.id)).expect("read"), 4);
        sound(&library.store);
    });
}

#[test]
fn works_keep_their_words_and_readers_find_them() {
    on_each(|library| {
        let store = &library.store;
        for name in ["Harry Potter", "harry potter", "Harry P.", "Wizards", "Ghosts"] {
            insert(library, &[(Fandom, name)]);
        }
        let before = |tx: &fanfold::store::Read<'_>| -> Told<_> {
            let works = tx.work_ids()?.into_iter().map(|id| tx.archive().work(id));
            Ok((works.collect::<Result<Vec<_>, _>>()?, tx.last_change()?))
        };
        let were = store.read(before).expect("read");
        let fandom = |name| id(library, Kind::Fandom, name);
        let (main, short) = (fandom("Harry Potter"), fandom("Harry P."));
        let wizards = fandom("Wizards");
        let lower = store.read(|tx| tx.tags_spelt(None, "harry potter")).expect("read")[0].id;
        let plan = store.read(|tx| tx.plan(Act::Merge(short, main))).expect("planned");
        assert_eq!(plan.works, 1);
        done(library, Act::Merge(short, main));
        done(library, Act::Merge(lower, main));
        done(library, Act::Canonical(wizards));
        let act = Act::AddMeta(main, wizards);
        assert_eq!(store.read(|tx| tx.plan(act)).expect("planned").works, 3);
        done(library, act);
        let under = |tag| store.read(|tx| tx.works_under(tag)).expect("read");
        assert_eq!((under(main), under(wizards), under(short)), (3, 4, 1));
        let all = tag(library, Kind::Fandom, "Harry Potter");
        assert_eq!((all.uses, all.all_uses), (1, 3));
        // Nothing to do is not logged.
        let told = store.write(|tx| tx.wrangle(act, NOW)).expect("done");
        assert_eq!((told.act, told.changes.len()), (None, 0));
        assert_eq!(store.read(before).expect("read"), were);
        for spelling in ["Harry P.", "HARRY-POTTER", "harry p", "Harry Potter"] {
            let found = store.read(|tx| tx.tag_named(None, spelling)).expect("read");
            assert_eq!(found.map(|tag| tag.id), Some(main), "{spelling}");
        }
        assert_eq!(store.read(|tx| tx.tag_named(None, "Hairy")).expect("read"), None);
        let other = store.read(|tx| tx.tag_named(Some(Kind::Character), "Harry P."));
        assert_eq!(other.expect("read"), None);
        let rows = store.read(|tx| tx.tag_rows_after(TagChangeId(0), 99)).expect("read");
        let last = rows.last().expect("logged");
        assert_eq!((last.1.tag.id, &last.1.metas), (main, &vec![wizards]));
        assert_eq!(Some(&last.1), store.read(|tx| tx.tag_row(main)).expect("read").as_ref());
        sound(&library.store);
    });
}

#[test]
fn what_is_undone_was_never_and_what_came_later_is_named() {
    on_each(|library| {
        let store = &library.store;
        for name in ["a", "b", "c", "d"] {
            insert(library, &[(Freeform, name)]);
        }
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| id(library, Kind::Freeform, name));
        let undo = |act| store.write(|tx| tx.undo(act, NOW));
        assert_eq!(refused(undo(None)), Refusal::Nothing);
        assert_eq!(refused(undo(Some(ActId(99)))), Refusal::NoAct(ActId(99)));
        let first = done(library, Act::Merge(a, b));
        let second = done(library, Act::Merge(b, c));
        let third = done(library, Act::Canonical(d));
        let fourth = done(library, Act::AddMeta(c, d));
        // a stands under c by now: the second act moved it there.
        match refused(undo(Some(first))) {
            Refusal::Later { act, by, why } => {
                assert_eq!((act, by), (first, second));
                assert!(why.contains("“b” is no longer canonical"), "{why}");
            }
            other => panic!("{other}"),
        }
        assert!(matches!(
            refused(undo(Some(third))),
            Refusal::Later { by, .. } if by == fourth
        ));
        let (undone, again) = undo(None).expect("undone");
        assert_eq!(undone, fourth);
        match refused(undo(Some(fourth))) {
            Refusal::Undone { act, by } => assert_eq!((act, Some(by)), (fourth, again.act)),
            other => panic!("{other}"),
        }
        assert_eq!(undo(None).expect("undone").0, third);
        assert_eq!(undo(Some(second)).expect("undone").0, second);
        assert_eq!(tag(library, Kind::Freeform, "a").synonym_of, Some(b));
        // Undoing the undoing does it again.
        let again = store.read(|tx| tx.acts(None, 1)).expect("read").remove(0);
        assert_eq!((again.act.as_str(), again.undoes), ("undo", Some(second)));
        undo(Some(again.id)).expect("done again");
        assert_eq!(tag(library, Kind::Freeform, "a").synonym_of, Some(c));
        undo(Some(second)).expect("undone once more");
        undo(None).expect("the first");
        assert_eq!(refused(undo(None)), Refusal::Nothing);
        for name in ["a", "b", "c", "d"] {
            let tag = tag(library, Kind::Freeform, name);
            assert_eq!((tag.canonical, tag.synonym_of, tag.all_uses), (false, None, 1));
        }
        let log = store.read(|tx| tx.acts(Some(fourth), 2)).expect("read");
        let told: Vec<_> = log.iter().map(|row| (row.id, row.act.as_str())).collect();
        assert_eq!(told, [(third, "canonical"), (second, "merge")]);
        assert_eq!(log[1].other.as_ref().map(|tag| tag.name.as_str()), Some("c"));
        sound(&library.store);
    });
}

#[test]
fn lists_stand_in_order() {
    on_each(|library| {
        let store = &library.store;
        for (fandom, uses) in [("The Zoo", 3), ("Éclair", 1), ("apple", 2), ("Appel", 1)] {
            (0..uses).for_each(|_| insert(library, &[(Fandom, fandom), (Character, "Ann")]));
        }
        insert(library, &[(Relationship, "Ann/Bo"), (Character, "Bo")]);
        let fandom = |name| id(library, Kind::Fandom, name);
        let [eclair, apple, appel] = ["Éclair", "apple", "Appel"].map(fandom);
        done(library, Act::Merge(appel, apple));
        let names = |listing: &TagListing| -> Vec<String> {
            let rows = store.read(|tx| tx.tags(listing)).expect("read");
            rows.into_iter().map(|tag| tag.name).collect()
        };
        let all = TagListing::of(Kind::Fandom);
        assert_eq!(names(&TagListing { offset: 2, limit: 9, ..all.clone() }), ["Éclair"]);
        let by_use: Vec<TagId> =
            store.read(|tx| tx.tags(&all)).expect("read").iter().map(|tag| tag.id).collect();
        assert_eq!(by_use.len(), 3);
        assert_eq!(by_use[2], eclair);
        let by_name = TagListing { order: TagOrder::Name, ..all.clone() };
        assert_eq!(names(&by_name), ["apple", "Éclair", "The Zoo"]);
        let from = TagListing { from: "E".to_owned(), ..by_name.clone() };
        assert_eq!(names(&from), ["Éclair", "The Zoo"]);
        for (standing, wanted) in [
            (Standing::Any, &["Appel", "apple", "Éclair", "The Zoo"][..]),
            (Standing::Canonical, &["apple"]),
            (Standing::Loose, &["Éclair", "The Zoo"]),
            (Standing::Synonyms, &["Appel"]),
        ] {
            assert_eq!(names(&TagListing { standing, ..by_name.clone() }), wanted);
        }
        let letters = store.read(|tx| tx.tag_letters(Kind::Fandom, Standing::Heads));
        let letter = |letter: &str| (letter.to_owned(), 1);
        assert_eq!(letters.expect("read"), ["a", "e", "z"].map(letter));
        let books = id(library, Kind::Media, "Books & Literature");
        done(library, Act::AddParent(apple, books));
        let parent = TagListing { under: Under::Parent(books), ..by_name.clone() };
        assert_eq!(names(&parent), ["apple"]);
        assert_eq!(names(&TagListing { order: TagOrder::Use, ..parent }), ["apple"]);
        let nothing = TagListing { under: Under::Nothing, ..by_name };
        assert_eq!(names(&nothing), ["Éclair", "The Zoo"]);
    });
}

#[test]
fn the_page_of_a_tag_tells_all_there_is() {
    on_each(|library| {
        let store = &library.store;
        for tags in [
            &[(Fandom, "Zoo"), (Character, "Ann"), (Relationship, "Ann/Bo")][..],
            &[(Fandom, "apple"), (Fandom, "Appel"), (Character, "Bo")],
        ] {
            insert(library, tags);
        }
        let fandom = |name| id(library, Kind::Fandom, name);
        let [zoo, apple, appel] = ["Zoo", "apple", "Appel"].map(fandom);
        let books = id(library, Kind::Media, "Books & Literature");
        done(library, Act::Merge(appel, apple));
        done(library, Act::AddParent(apple, books));
        let (ann, pair) =
            (id(library, Kind::Character, "Ann"), id(library, Kind::Relationship, "Ann/Bo"));
        for act in [
            Act::Canonical(ann),
            Act::Canonical(zoo),
            Act::AddParent(ann, apple),
            Act::AddParent(ann, zoo),
            Act::AddParent(pair, ann),
            Act::AddParent(pair, zoo),
            Act::AddMeta(apple, zoo),
        ] {
            done(library, act);
        }
        let page = |tag| store.read(|tx| tx.tag_page(tag, 1)).expect("read").expect("is there");
        let ids = |linked: &fanfold::store::Linked| {
            (linked.total, linked.tags.iter().map(|tag| tag.id).collect::<Vec<_>>())
        };
        let told = page(pair);
        assert_eq!((ids(&told.parents).0, ids(&told.inherited)), (2, (1, vec![apple])));
        let told = page(apple);
        assert_eq!(ids(&told.synonyms), (1, vec![appel]));
        assert_eq!(ids(&told.metas), (1, vec![zoo]));
        assert_eq!(ids(&told.parents), (1, vec![books]));
        assert_eq!(ids(&told.children), (1, vec![ann]));
        let told = page(zoo);
        assert_eq!((ids(&told.subs), ids(&told.children).0), ((1, vec![apple]), 2));
        assert_eq!(page(appel).canonical.map(|tag| tag.id), Some(apple));
        assert_eq!(store.read(|tx| tx.tag_page(TagId(9_999), 1)).expect("read"), None);
        sound(&library.store);
    });
}

#[test]
fn the_archive_proposes_what_its_names_have_in_common() {
    on_each(|library| {
        let store = &library.store;
        for (kind, name, uses) in [
            (Relationship, "Harry Potter/Draco Malfoy", 3),
            (Relationship, "Draco Malfoy/Harry Potter", 1),
            (Relationship, "Draco Malfoy & Harry Potter", 2),
            (Freeform, "Slow Burn", 2),
            (Freeform, "slow burn", 1),
            (Freeform, "SlowBurn", 1),
            (Character, "Slow Burn", 1),
            (Freeform, "Dragons", 1),
            (Freeform, "Dragon", 1),
        ] {
            (0..uses).for_each(|_| insert(library, &[(kind, name)]));
        }
        // One Jack is always of the ship, the other not.
        for tags in [
            &[(Fandom, "Titanic"), (Character, "Jack (Titanic)")][..],
            &[(Fandom, "Titanic"), (Character, "Jack")],
            &[(Fandom, "Titanic"), (Character, "Rose (Titanic)")],
            &[(Fandom, "Titanic"), (Character, "Rose")],
            &[(Character, "Rose")],
        ] {
            insert(library, tags);
        }
        let told = || -> Vec<(String, String, Vec<Rule>)> {
            let found = store.read(|tx| tx.merge_proposals()).expect("read");
            found.into_iter().map(|own| (own.tag.name, own.into.name, own.rules)).collect()
        };
        let row = |tag: &str, into: &str, rule| (tag.to_owned(), into.to_owned(), vec![rule]);
        let mut wanted = vec![
            row("Draco Malfoy/Harry Potter", "Harry Potter/Draco Malfoy", Rule::Order),
            row("slow burn", "Slow Burn", Rule::Spelling),
            row("SlowBurn", "Slow Burn", Rule::Spacing),
            row("Dragons", "Dragon", Rule::Plural),
            row("Jack (Titanic)", "Jack", Rule::Suffix),
        ];
        assert_eq!(told(), wanted);
        // A canonical is what others are merged into, and a synonym of it speaks for it.
        let freeform = |name| {
            let found = store.read(|tx| tx.tags_spelt(Some(Kind::Freeform), name));
            found.expect("read").into_iter().find(|tag| tag.name == name).expect("is there").id
        };
        done(library, Act::Canonical(freeform("Dragons")));
        wanted[3] = row("Dragon", "Dragons", Rule::Plural);
        done(library, Act::Merge(freeform("SlowBurn"), freeform("Slow Burn")));
        wanted.remove(2);
        assert_eq!(told(), wanted);
        // What a person said no to does not come again, nor does what was split.
        done(library, Act::KeepApart(freeform("Dragon"), freeform("Dragons")));
        wanted.remove(2);
        done(library, Act::Split(freeform("SlowBurn")));
        assert_eq!(told(), wanted);
        done(library, Act::Merge(freeform("slow burn"), freeform("Slow Burn")));
        wanted.remove(1);
        assert_eq!(told(), wanted);
        sound(&library.store);
    });
}

#[test]
fn hostile_names_are_refused_or_kept_as_text() {
    on_each(|library| {
        let store = &library.store;
        let make = |name: &str| store.write(|tx| tx.make_tag(Kind::Freeform, name));
        for name in ["", " \n ", "a\0b", &"x".repeat(301)] {
            assert!(matches!(refused(make(name)), Refusal::Name { .. }), "{name:.20}");
        }
        let long = "é".repeat(300);
        for name in ["'; DROP TABLE tags; --", "%_\\", "=cmd", "<b>", "\u{202e}x", long.as_str()] {
            let made = make(name).expect("made");
            assert_eq!(make(name).expect("is there"), made);
            let found = store.read(|tx| tx.tags_spelt(None, name)).expect("read");
            assert_eq!(found.first().map(|tag| (tag.id, tag.name.as_str())), Some((made, name)));
        }
        let nothing = store.read(|tx| tx.tag_named(None, &"z".repeat(1 << 20)));
        assert_eq!(nothing.expect("read"), None);
        assert_eq!(store.read(|tx| tx.tag_named(None, "a\0")).expect("read"), None);
        sound(&library.store);
    });
}
