//! Tests of the form's view.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Ask, Clause, Fact, Number, Order, Panel, Picks, SortBy, TagField, When};
use crate::filter::Kind;

fn panel(text: &str) -> Panel {
    Panel::of(&Ask::parse(text).unwrap())
}

fn picks(include: &[&str], any: bool, exclude: &[&str]) -> Picks {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Picks { include: names(include), any, exclude: names(exclude) }
}

#[test]
fn a_question_is_laid_out() {
    let text = "fandom:(A OR B) fandom:C -fandom:D ship:X ship:Y ship:X -ship:Z primary-ship:X \
                words:>=1k words:<=5k updated:2024 complete:no is:read title:storm lamp \
                has:series -has:character has:series planned:<=9 (fandom:A OR ship:B) -(c e) sort:kudos";
    let panel = panel(text);
    let fandoms = panel.tags.get(&TagField::Of(Kind::Fandom)).unwrap();
    assert_eq!(*fandoms, picks(&["A", "B"], true, &["D"]));
    let ships = panel.tags.get(&TagField::Of(Kind::Relationship)).unwrap();
    assert_eq!(*ships, picks(&["X", "Y"], false, &["Z"]));
    assert_eq!(panel.tags.get(&TagField::PrimaryShip), Some(&picks(&["X"], false, &[])));
    let numbers = [(Number::Words, (1_000, 5_000)), (Number::Planned, (1, 9))];
    assert_eq!(panel.numbers, BTreeMap::from(numbers));
    assert_eq!(panel.has, BTreeMap::from([(Kind::Character, false), (Kind::Series, true)]));
    assert_eq!(panel.facts, BTreeMap::from([(Fact::Complete, false), (Fact::Read, true)]));
    assert_eq!(panel.title.as_ref().unwrap().text(), "storm");
    assert_eq!(panel.rest.to_string(), "fandom:C lamp (fandom:A OR ship:B) -(c e)");
    assert_eq!(
        panel.ask().to_string(),
        "fandom:(A OR B) -fandom:D ship:X ship:Y -ship:Z primary-ship:X -has:character has:series \
         words:1k-5k planned:1-9 updated:2024 \
         complete:no is:read title:storm fandom:C lamp (fandom:A OR ship:B) -(c e) sort:kudos"
    );
}

#[test]
fn what_has_no_place_stays_in_the_rest() {
    for (text, rest) in [
        ("fandom:A fandom:(B OR C)", "fandom:(B OR C)"),
        ("fandom:(A OR B) fandom:(B OR C)", "fandom:(B OR C)"),
        ("fandom:(A OR A)", ""),
        ("fandom:A OR primary-ship:B", "fandom:A OR primary-ship:B"),
        ("words:1 words:2", "words:2"),
        ("planned:<=5 planned:0", "planned:0"),
        ("has:ship -has:ship", "-has:ship"),
        ("updated:2023 updated:2024 updated:2023", "updated:2024"),
        ("complete:yes complete:no", "complete:no"),
        ("-words:5", "-words:5"),
        ("title:a title:b -title:c", "title:b -title:c"),
        ("", ""),
        ("-()", "-()"),
    ] {
        let panel = panel(text);
        assert_eq!(panel.rest.to_string(), rest, "{text}");
        assert_eq!(Panel::of(&panel.ask()), panel, "{text}");
    }
    assert_eq!(panel(""), Panel::default());
}

#[test]
fn what_a_form_sends_is_tidied() {
    let mut panel = Panel::default();
    let fandoms = picks(&[" A ", "A", ""], true, &["", "B"]);
    panel.tags.insert(TagField::Of(Kind::Fandom), fandoms);
    panel.tags.insert(TagField::Of(Kind::Character), picks(&[], true, &[]));
    panel.numbers.insert(Number::Kudos, (0, u32::MAX));
    let again = Panel::of(&panel.ask());
    let kept = BTreeMap::from([(TagField::Of(Kind::Fandom), picks(&["A"], false, &["B"]))]);
    assert_eq!(again, Panel { tags: kept, ..Panel::default() });
    panel.rest = Clause::Any(Vec::new());
    assert_eq!(panel.ask().to_string(), "-()");
}

#[test]
fn what_a_box_holds_is_read() {
    assert_eq!(Number::Words.read("10k..50k").unwrap(), (10_000, 50_000));
    assert_eq!(Number::Kudos.read("..50").unwrap(), (0, 50));
    assert_eq!(Number::Kudos.read(" > 50 ").unwrap(), (51, u32::MAX));
    let mistake = Number::Kudos.read("50..10").unwrap_err();
    assert_eq!((mistake.at, mistake.instead.as_deref()), (0..6, Some("10-50")));
    assert!(Number::Kudos.read("").unwrap_err().say.contains("empty"));
    assert!(Number::Kudos.read("5 x").unwrap_err().say.starts_with("kudos: cannot be “5 x”"));
    assert!(Number::Kudos.read(&"9".repeat(1 << 20)).unwrap_err().say.len() < 300);

    let when = When::parse("2024-05-01..").unwrap();
    assert_eq!(when.to_string(), ">=2024-05");
    assert_eq!(When::parse(&when.to_string()), Ok(when));
    let mistake = When::parse("21-13 months").unwrap_err();
    assert_eq!(mistake.instead.as_deref(), Some("13-21 months"));

    let order = Order::parse("words-asc").unwrap();
    assert_eq!(order.to_string(), "sort:words-asc");
    assert_eq!(Order::parse("title").unwrap(), Order::usual(SortBy::Title));
    assert!(Order::parse("kudos lamp").is_err());
}

proptest! {
    #[test]
    fn a_filled_form_comes_back_as_it_was(
        include in prop::collection::btree_set("[a-zA-Z \"(:é-]{1,5}", 0..4),
        any: bool,
        exclude in prop::collection::btree_set("[a-z]{1,3}", 0..3),
        low in 0u32..50, more in 0u32..50, fact: Option<bool>,
        rest in prop::sample::select(vec!["", "lamp", "(a OR ship:B) \"c e\"", "-words:7"]),
    ) {
        let mut panel = Panel::default();
        let include = include.into_iter().map(|name| super::quote::tidy(&name));
        let mut include: Vec<String> = include.filter(|name| !name.is_empty()).collect();
        include.sort();
        include.dedup();
        let any = any && include.len() > 1;
        let picks = Picks { include, any, exclude: exclude.into_iter().collect() };
        if picks != Picks::default() {
            panel.tags.insert(TagField::Of(Kind::Fandom), picks);
        }
        panel.numbers.insert(Number::Hits, (low, low + more));
        panel.facts.extend(fact.map(|so| (Fact::Complete, so)));
        panel.rest = Ask::parse(rest).unwrap().clause;
        prop_assert_eq!(Panel::of(&panel.ask()), panel.clone());
        prop_assert_eq!(Panel::of(&Ask::parse(&panel.ask().to_string()).unwrap()), panel);
    }
}
