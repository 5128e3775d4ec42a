//! Properties: whatever is printed reads the same, whatever is read keeps its meaning, and no text
//! is too odd.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proptest::prelude::*;

use super::date_tests::any_when;
use super::{Ask, Clause, DateField, Fact, Mistake, Number, Order, Panel, SortBy, TagField};
use super::{TextField, Words};
use crate::filter::{Column, Kind};

/// Names and phrases that try to be something else.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z]{1,6}",
        2 => "[a-z\"“”() |&:<>=*\\\\,.'/-]{0,9}",
        1 => "\\PC{0,6}",
        1 => "[\0\n\t \u{202E}\u{A0}a]{0,4}",
        3 => prop::sample::select(vec![
            "AND", "OR", "NOT", "||", "&&", "days", "To", "ago", "words", "sort", "sort:kudos", "5",
            "fandom:x", "-x", "a-b", "James \"Bucky\" Barnes", "“James”", "x*", "2024", "by", "🔥",
            "first:x", "Re:Zero", "a\\", "\\\"", "(x", "x)", "12:30", "10k-", "*", "desc", "w",
            "Kim | RM", "א ב",
        ]).prop_map(str::to_owned),
    ]
}

fn any_words() -> impl Strategy<Value = Words> {
    prop_oneof![
        4 => any_text().prop_map(Words::Phrase),
        1 => "[a-zé]{2,5}|.{0,4}".prop_map(Words::Prefix),
    ]
}

fn any_tag_field() -> impl Strategy<Value = TagField> {
    prop_oneof![
        prop::sample::select(Kind::ALL.to_vec()).prop_map(TagField::Of),
        Just(TagField::Of(Kind::Fandom)),
        Just(TagField::Any),
        Just(TagField::PrimaryShip),
        Just(TagField::PrimaryCharacter),
    ]
}

fn any_leaf() -> impl Strategy<Value = Clause> {
    let facts = vec![
        Fact::Complete,
        Fact::Crossover,
        Fact::OnePairing,
        Fact::Read,
        Fact::Unread,
        Fact::Started,
        Fact::Updated,
    ];
    let texts = vec![TextField::Title, TextField::Notes, TextField::Body];
    let mut kinds = Kind::ALL.to_vec();
    kinds.retain(|kind| *kind != Kind::Media);
    let dates = vec![DateField::Posted, DateField::Updated];
    let end = prop_oneof![0u32..20, (0u32..30).prop_map(|k| k * 1_000), any::<u32>()];
    let number = (prop::sample::select(Number::ALL.to_vec()), end.clone(), end);
    prop_oneof![
        3 => (any_tag_field(), any_text()).prop_map(|(field, name)| Clause::Tag(field, name)),
        3 => any_words().prop_map(Clause::Words),
        1 => prop::sample::select(kinds).prop_map(Clause::Has),
        1 => (prop::sample::select(texts), any_words()).prop_map(|(at, text)| Clause::In(at, text)),
        2 => number.prop_map(|(number, low, high)| Clause::Number(number, low, high)),
        1 => (prop::sample::select(dates), any_when()).prop_map(|(of, at)| Clause::Date(of, at)),
        1 => prop::sample::select(facts).prop_map(Clause::Is),
    ]
}

fn any_clause() -> impl Strategy<Value = Clause> {
    any_leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Clause::All),
            3 => prop::collection::vec(inner.clone(), 0..4).prop_map(Clause::Any),
            2 => inner.prop_map(Clause::negated),
        ]
    })
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let by = prop_oneof![
        prop::sample::select(Column::ALL.to_vec()).prop_map(SortBy::By),
        Just(SortBy::Best),
        Just(SortBy::Title),
        Just(SortBy::Author),
        any::<Option<u64>>().prop_map(SortBy::Random),
    ];
    let sort = (by, any::<bool>()).prop_map(|(by, descending)| Order { by, descending });
    (any_clause(), prop::option::of(sort)).prop_map(|(clause, sort)| Ask { clause, sort })
}

/// A work made up at random: every leaf is so or not by a hash, numbers and dates by a value.
struct World(u64);

impl World {
    fn roll(&self, of: impl Hash) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0, of).hash(&mut hasher);
        hasher.finish()
    }

    fn number(&self, of: impl Hash) -> u32 {
        let roll = self.roll(of);
        let small = u32::try_from(roll >> 32).unwrap_or_default();
        [small % 20, small % 30 * 1_000, small, 0][usize::try_from(roll % 4).unwrap_or_default()]
    }

    fn holds(&self, clause: &Clause) -> bool {
        let words = |words: &Words| {
            let simple = Clause::Words(words.clone()).simplified();
            simple == Clause::default() || self.roll(simple.to_string()).is_multiple_of(2)
        };
        match clause {
            Clause::Tag(field, name) => {
                let name = name.split(|c: char| c.is_whitespace() || c.is_control());
                let name: Vec<&str> = name.filter(|word| !word.is_empty()).collect();
                name.is_empty() || self.roll((field, name)).is_multiple_of(2)
            }
            Clause::Has(kind) => self.roll(kind).is_multiple_of(2),
            Clause::Words(text) | Clause::In(_, text) => words(text),
            Clause::Number(number @ Number::Planned, low, high @ 1..=0xffff_fffe) => {
                (1.max(*low)..=*high).contains(&self.number(number))
            }
            Clause::Number(number, low, high) => (*low..=*high).contains(&self.number(number)),
            Clause::Date(field, when) => {
                let (first, last) = when.seconds(1_711_898_800);
                (first..=last).contains(&self.number(field))
            }
            Clause::Is(fact) => self.roll(fact).is_multiple_of(2),
            Clause::All(parts) => parts.iter().all(|part| self.holds(part)),
            Clause::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Clause::Not(inner) => !self.holds(inner),
        }
    }
}

fn means_the_same(one: &Clause, other: &Clause) -> Result<(), TestCaseError> {
    for seed in 0..24 {
        let world = World(seed);
        prop_assert_eq!(world.holds(one), world.holds(other), "{} / {}", one, other);
    }
    Ok(())
}

/// Reads a text, follows every "instead" until it reads, and checks places on the way.
fn follow(mut text: String) -> Result<Option<Ask>, TestCaseError> {
    for _ in 0..400 {
        match Ask::parse(&text) {
            Ok(ask) => return Ok(Some(ask)),
            Err(Mistake { at, say, instead }) => {
                prop_assert!(text.get(at.clone()).is_some(), "{:?} in {}", at, text);
                prop_assert!(say.ends_with('.'), "{}", say);
                let Some(instead) = instead else { return Ok(None) };
                prop_assert_ne!(&instead, &text);
                text = instead;
            }
        }
    }
    Err(TestCaseError::fail(format!("no end: {text}")))
}

proptest! {
    #[test]
    fn printed_and_read_is_the_same(ask in any_ask()) {
        let text = ask.to_string();
        let simple = ask.clone().simplified();
        match Ask::parse(&text) {
            Ok(read) => prop_assert_eq!(&read, &simple, "{}", text),
            // The text index takes only so many words and stars.
            Err(Mistake { say, .. }) => prop_assert!(say.contains("at most"), "{}: {}", text, say),
        }
        prop_assert_eq!(simple.to_string(), text);
        prop_assert_eq!(simple.clone().simplified(), simple);
    }

    #[test]
    fn the_simplest_form_means_the_same(clause in any_clause()) {
        means_the_same(&clause, &clause.clone().simplified())?;
    }

    #[test]
    fn a_panel_asks_what_it_was_made_of(ask in any_ask()) {
        let panel = Panel::of(&ask);
        let asked = panel.ask();
        means_the_same(&ask.clause, &asked.clause)?;
        prop_assert_eq!(asked.sort, ask.clone().simplified().sort);
        prop_assert_eq!(Panel::of(&asked), panel);
    }

    #[test]
    fn parts_come_and_go(ask in any_ask(), leaf in any_leaf()) {
        let more = ask.clone().with(leaf.clone());
        let both = Clause::All(vec![ask.clause.clone(), leaf.clone()]);
        means_the_same(&more.clause, &both)?;
        let less = more.without(&leaf);
        if leaf.simplified() != Clause::default() {
            prop_assert!(less.clause.parts().len() <= ask.simplified().clause.parts().len());
        }
    }

    #[test]
    fn the_text_part_and_the_rest_are_all(clause in any_clause()) {
        let clause = clause.simplified();
        let (query, others) = clause.split_text();
        prop_assert!(others.iter().all(|part| part.text_query().is_none()));
        let texts = clause.parts().len() - others.len();
        prop_assert_eq!(texts == 0, query.is_empty());
        if let Err(error) = crate::Query::parse(&query) {
            prop_assert!(Ask::parse(&clause.to_string()).is_err(), "{}: {}", query, error);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}|(?s).{0,40}") {
        if let Some(ask) = follow(text)? {
            prop_assert_eq!(Ask::parse(&ask.to_string()), Ok(ask));
        }
    }

    #[test]
    fn texts_that_look_like_questions_are_read_or_refused(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "Bc", " ", " ", " ", "(", ")", "\"", "“", "”", "-", "|", "OR", " OR ", " AND ",
            "NOT ", "&&", "fandom:", "ship:", "first:", "primary:", "words", "words:", ":", "<",
            ">", "=", "5", "10k", "-", "..", "updated:", "2024", "-05", " weeks", " ago",
            "7 days", "complete:", "yes", "is:", "read", "sort:", "kudos", "-asc", "by", "*",
            "ab*", ",", "\\", "fandum:", "title:", "restricted:", "ratio:", "1.5", "%", "🔥",
            "\0", "é", "to ", "https://", "has:", "character",
        ]), 0..24),
    ) {
        if let Some(ask) = follow(pieces.concat())? {
            let text = ask.to_string();
            prop_assert_eq!(Ask::parse(&text), Ok(ask), "{}", text);
        }
    }

    #[test]
    fn joined_by_and_a_question_keeps_its_meaning(one in any_ask(), other in any_ask()) {
        let (one, other) = (one.clause.simplified(), other.clause.simplified());
        let text = format!("({one}) ({other})");
        match Ask::parse(&text) {
            Ok(ask) => means_the_same(&ask.clause, &Clause::All(vec![one.clone(), other.clone()]))?,
            Err(mistake) => prop_assert!(mistake.say.contains("at most"), "{}: {}", text, mistake),
        }
        let text = format!("-({one}) ({other})");
        if let Ok(ask) = Ask::parse(&text) {
            means_the_same(&ask.clause, &Clause::All(vec![one.negated(), other]))?;
        }
    }
}
