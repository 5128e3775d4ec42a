//! The rules of wrangling against the simplest thing that does the same: a set of facts that is
//! changed without a thought and then looked at as a whole.

use std::convert::Infallible;

use proptest::prelude::*;

use super::super::tag::Kind;
use super::*;

/// How looking up fails here: never.
#[derive(Clone, Debug, PartialEq, Eq)]
struct No(Refusal);

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> No {
        No(refusal)
    }
}

impl From<Infallible> for No {
    fn from(never: Infallible) -> No {
        match never {}
    }
}

/// Tags 1 and on, of these kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct World {
    kinds: Vec<Kind>,
    facts: BTreeSet<Fact>,
}

const KINDS: [Kind; 12] = [
    Kind::Fandom,
    Kind::Fandom,
    Kind::Fandom,
    Kind::Fandom,
    Kind::Fandom,
    Kind::Character,
    Kind::Character,
    Kind::Character,
    Kind::Relationship,
    Kind::Relationship,
    Kind::Rating,
    Kind::Rating,
];

impl World {
    fn new() -> World {
        // The last but one is fixed.
        World { kinds: KINDS.to_vec(), facts: [Fact::Canonical(TagId(11))].into() }
    }

    fn kind(&self, tag: TagId) -> Kind {
        self.kinds[tag.0 as usize - 1]
    }

    fn has(&self, fact: Fact) -> bool {
        self.facts.contains(&fact)
    }

    fn synonym_of(&self, tag: TagId) -> Option<TagId> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::Synonym(own, of) if *own == tag => Some(*of),
            _ => None,
        })
    }

    /// Whether everything is as it may be.
    fn is_sound(&self) -> bool {
        let canonical = |tag| self.has(Fact::Canonical(tag));
        let one = |fact: &Fact| match *fact {
            Fact::Canonical(tag) => self.synonym_of(tag).is_none(),
            Fact::Synonym(tag, of) => {
                let names = |fact: &&Fact| matches!(fact, Fact::Synonym(own, _) if *own == tag);
                tag != of
                    && canonical(of)
                    && self.kind(tag) == self.kind(of)
                    && self.facts.iter().filter(names).count() == 1
            }
            Fact::Meta(sub, meta) => {
                canonical(sub)
                    && canonical(meta)
                    && self.kind(sub) == self.kind(meta)
                    && !self.kind(sub).is_fixed()
                    && !self.is_above(sub, meta, 0)
            }
            Fact::Parent(child, parent) => {
                canonical(parent)
                    && self.synonym_of(child).is_none()
                    && self.kind(child).parents().contains(&self.kind(parent))
            }
            Fact::Apart(one, two) => one < two,
        };
        self.facts.iter().all(one) && canonical(TagId(11)) && !canonical(TagId(12))
    }

    /// Whether the first is the second or stands anywhere above it.
    fn is_above(&self, high: TagId, low: TagId, depth: usize) -> bool {
        high == low
            || depth < KINDS.len()
                && self.facts.iter().any(|fact| match fact {
                    Fact::Meta(sub, meta) => *sub == low && self.is_above(high, *meta, depth + 1),
                    _ => false,
                })
    }

    /// The world after an act, or `None` where there can be none.
    fn after(&self, act: Act) -> Option<World> {
        let mut next = self.clone();
        let facts = &mut next.facts;
        match act {
            Act::Canonical(tag) => drop(facts.insert(Fact::Canonical(tag))),
            Act::Loose(tag) => drop(facts.remove(&Fact::Canonical(tag))),
            Act::Split(tag) => {
                let of = self.synonym_of(tag)?;
                facts.remove(&Fact::Synonym(tag, of));
                facts.insert(Fact::apart(tag, of));
            }
            Act::KeepApart(one, two) => {
                let same = self.kind(one) == self.kind(two) && one != two;
                let synonyms =
                    self.synonym_of(one) == Some(two) || self.synonym_of(two) == Some(one);
                if !same || synonyms {
                    return None;
                }
                facts.insert(Fact::apart(one, two));
            }
            Act::Merge(tag, into) if self.synonym_of(tag) == Some(into) => {}
            Act::Merge(tag, into) => {
                if tag == into {
                    return None;
                }
                let name = |own: TagId| if own == tag { into } else { own };
                next.facts = self
                    .facts
                    .iter()
                    .filter_map(|fact| match *fact {
                        Fact::Canonical(own) => Some(Fact::Canonical(name(own))),
                        Fact::Synonym(own, _) if own == tag => None,
                        Fact::Synonym(own, of) if own == into && of == tag => None,
                        Fact::Synonym(own, of) => Some(Fact::Synonym(own, name(of))),
                        Fact::Meta(sub, meta) if name(sub) == name(meta) => None,
                        Fact::Meta(sub, meta) => Some(Fact::Meta(name(sub), name(meta))),
                        Fact::Parent(child, of) => Some(Fact::Parent(name(child), name(of))),
                        Fact::Apart(..) if *fact == Fact::apart(tag, into) => None,
                        Fact::Apart(..) => Some(*fact),
                    })
                    .collect();
                next.facts.insert(Fact::Canonical(into));
                next.facts.insert(Fact::Synonym(tag, into));
            }
            Act::AddMeta(sub, meta) => drop(facts.insert(Fact::Meta(sub, meta))),
            Act::RemoveMeta(sub, meta) => drop(facts.take(&Fact::Meta(sub, meta))?),
            Act::AddParent(child, parent) => drop(facts.insert(Fact::Parent(child, parent))),
            Act::RemoveParent(child, parent) => drop(facts.take(&Fact::Parent(child, parent))?),
        }
        next.is_sound().then_some(next)
    }

    /// The world with changes taken back, or `None` where that cannot be.
    fn before(&self, changes: &[Change]) -> Option<World> {
        let mut next = self.clone();
        for Change { fact, made } in changes {
            if *made {
                next.facts.take(fact).map(drop)?
            } else {
                next.facts.insert(*fact).then_some(())?;
            }
        }
        next.is_sound().then_some(next)
    }

    fn changed(&mut self, changes: &[Change]) {
        for Change { fact, made } in changes {
            let changed = if *made { self.facts.insert(*fact) } else { self.facts.remove(fact) };
            assert!(changed, "{fact:?} is told twice");
        }
    }
}

impl Vocabulary for World {
    type Error = No;

    fn tag(&self, id: TagId) -> Result<Option<Tag>, No> {
        let known = id.0 >= 1 && id.0 <= self.kinds.len() as i64;
        Ok(known.then(|| Tag {
            id,
            kind: self.kind(id),
            name: format!("tag {id}"),
            canonical: self.has(Fact::Canonical(id)),
            synonym_of: self.synonym_of(id),
            uses: 0,
            all_uses: 0,
        }))
    }

    fn linked(&self, link: Link, id: TagId) -> Result<Vec<TagId>, No> {
        let other = |fact: &Fact| match (link, *fact) {
            (Link::Synonyms, Fact::Synonym(tag, of)) if of == id => Some(tag),
            (Link::Metas, Fact::Meta(sub, meta)) if sub == id => Some(meta),
            (Link::Subs, Fact::Meta(sub, meta)) if meta == id => Some(sub),
            (Link::Parents, Fact::Parent(child, parent)) if child == id => Some(parent),
            (Link::Children, Fact::Parent(child, parent)) if parent == id => Some(child),
            (Link::Apart, Fact::Apart(one, two)) if one == id => Some(two),
            _ => None,
        };
        Ok(self.facts.iter().filter_map(other).collect())
    }
}

fn tag() -> impl Strategy<Value = TagId> {
    (1..=KINDS.len() as i64).prop_map(TagId)
}

/// Mostly tags of one kind, so that something happens.
fn two() -> impl Strategy<Value = (TagId, TagId)> {
    let fandom = || (1..=5_i64).prop_map(TagId);
    let character = || (6..=8_i64).prop_map(TagId);
    prop_oneof![
        6 => (fandom(), fandom()),
        2 => (character(), character()),
        1 => (character(), fandom()),
        2 => (tag(), tag()),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => tag().prop_map(Act::Canonical),
        1 => tag().prop_map(Act::Loose),
        3 => two().prop_map(|(a, b)| Act::Merge(a, b)),
        1 => tag().prop_map(Act::Split),
        1 => two().prop_map(|(a, b)| Act::KeepApart(a, b)),
        5 => two().prop_map(|(a, b)| Act::AddMeta(a, b)),
        1 => two().prop_map(|(a, b)| Act::RemoveMeta(a, b)),
        4 => two().prop_map(|(a, b)| Act::AddParent(a, b)),
        1 => two().prop_map(|(a, b)| Act::RemoveParent(a, b)),
    ]
}

#[derive(Clone, Debug)]
enum Step {
    Act(Act),
    /// One of what was done, in any order.
    Undo(prop::sample::Index),
    /// Several at one desk.
    Acts(Vec<Act>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => act().prop_map(Step::Act),
        2 => any::<prop::sample::Index>().prop_map(Step::Undo),
        1 => prop::collection::vec(act(), 1..6).prop_map(Step::Acts),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]
    #[test]
    fn acts_do_what_they_say_or_nothing(steps in prop::collection::vec(step(), 1..40)) {
        let mut world = World::new();
        let mut done: Vec<Vec<Change>> = Vec::new();
        for step in steps {
            let mut wanted = world.clone();
            let changes = match step {
                Step::Act(act) => {
                    let mut desk = Desk::new(&world);
                    let told = desk.act(act);
                    prop_assert_eq!(told.is_ok(), world.after(act).is_some(), "{:?} {:?}", act, told);
                    prop_assert!(told.is_ok() || desk.changes().is_empty());
                    wanted = world.after(act).unwrap_or(wanted);
                    desk.changes()
                }
                Step::Acts(acts) => {
                    let mut desk = Desk::new(&world);
                    for act in acts {
                        let told = desk.act(act).is_ok();
                        prop_assert_eq!(told, wanted.after(act).is_some(), "{:?}", act);
                        wanted = wanted.after(act).unwrap_or(wanted);
                    }
                    desk.changes()
                }
                Step::Undo(at) if !done.is_empty() => {
                    let changes = done.remove(at.index(done.len()));
                    let mut desk = Desk::new(&world);
                    let told = desk.take_back(&changes).expect("looked up");
                    let before = world.before(&changes);
                    prop_assert_eq!(told.is_ok(), before.is_some(), "{:?} {:?}", changes, told);
                    if let Some(before) = before {
                        wanted = before;
                        desk.changes()
                    } else {
                        prop_assert!(!told.expect_err("a fault").facts.is_empty());
                        Vec::new()
                    }
                }
                Step::Undo(_) => Vec::new(),
            };
            world.changed(&changes);
            prop_assert_eq!(&world, &wanted);
            done.push(changes);
        }
    }
}

fn told(world: &mut World, act: Act) -> Result<(), Refusal> {
    let mut desk = Desk::new(world);
    desk.act(act).map_err(|no| no.0)?;
    let changes = desk.changes();
    world.changed(&changes);
    Ok(())
}

#[test]
fn a_ring_is_refused_with_its_path() {
    let [one, two, three, four] = [1, 2, 3, 4].map(TagId);
    let mut world = World::new();
    for tag in [one, two, three, four] {
        told(&mut world, Act::Canonical(tag)).expect("done");
    }
    told(&mut world, Act::AddMeta(one, two)).expect("done");
    told(&mut world, Act::AddMeta(two, three)).expect("done");
    told(&mut world, Act::AddMeta(one, four)).expect("done");
    let refused = told(&mut world, Act::AddMeta(three, one)).expect_err("a ring");
    let names = ["tag 1", "tag 2", "tag 3"].map(str::to_owned);
    assert_eq!(refused, Refusal::Ring(names.to_vec()));
    let says = "“tag 1” is under “tag 2” under “tag 3” already";
    assert!(refused.to_string().contains(says), "{refused}");
    // Two tags with one between them cannot become one either.
    for (tag, into) in [(one, three), (three, one)] {
        let refused = told(&mut world, Act::Merge(tag, into)).expect_err("a ring");
        assert_eq!(refused, Refusal::Ring(names.to_vec()));
    }
    told(&mut world, Act::Merge(two, three)).expect("neighbours can");
    assert!(world.has(Fact::Meta(one, three)) && world.has(Fact::Synonym(two, three)));
}

#[test]
fn a_merger_takes_everything_along_and_undoing_gives_it_back() {
    let [a, b, meta, sub, synonym] = [1, 2, 3, 4, 5].map(TagId);
    let child = TagId(6);
    let mut world = World::new();
    for act in [
        Act::Canonical(meta),
        Act::Canonical(sub),
        Act::Merge(synonym, a),
        Act::AddMeta(a, meta),
        Act::AddMeta(sub, a),
        Act::AddParent(child, a),
    ] {
        told(&mut world, act).expect("done");
    }
    let before = world.clone();
    let mut desk = Desk::new(&before);
    desk.act(Act::Merge(a, b)).expect("done");
    let changes = desk.changes();
    world.changed(&changes);
    let wanted = [
        Fact::Canonical(b),
        Fact::Canonical(meta),
        Fact::Canonical(sub),
        Fact::Canonical(TagId(11)),
        Fact::Synonym(a, b),
        Fact::Synonym(synonym, b),
        Fact::Meta(b, meta),
        Fact::Meta(sub, b),
        Fact::Parent(child, b),
    ];
    assert_eq!(world.facts, BTreeSet::from(wanted));
    let mut desk = Desk::new(&world);
    desk.take_back(&changes).expect("looked up").expect("nothing in the way");
    let back = desk.changes();
    world.changed(&back);
    assert_eq!(world, before);
}

#[test]
fn refusals_name_the_tags_and_say_what_to_do() {
    let mut world = World::new();
    told(&mut world, Act::Merge(TagId(1), TagId(2))).expect("done");
    for (act, says) in [
        (Act::Merge(TagId(3), TagId(3)), "“tag 3” is one tag"),
        (Act::Merge(TagId(3), TagId(6)), "“tag 3” is a fandom, “tag 6” a character"),
        (Act::Merge(TagId(3), TagId(1)), "“tag 1” is a synonym of “tag 2”"),
        (Act::Merge(TagId(3), TagId(99)), "no tag 99"),
        (Act::Loose(TagId(2)), "“tag 1” is a synonym of “tag 2”: give it another place"),
        (Act::Split(TagId(3)), "“tag 3” is not a synonym"),
        (Act::AddMeta(TagId(3), TagId(2)), "“tag 3” is not canonical"),
        (Act::RemoveMeta(TagId(3), TagId(2)), "“tag 3” is not under “tag 2”"),
        (Act::AddParent(TagId(2), TagId(6)), "only media can"),
        (Act::AddParent(TagId(9), TagId(11)), "only a fandom or a character can"),
        (Act::AddParent(TagId(11), TagId(2)), "cannot be its parent"),
        (Act::Canonical(TagId(12)), "ratings are fixed"),
        (Act::Merge(TagId(11), TagId(12)), "ratings are fixed"),
        (Act::AddMeta(TagId(11), TagId(12)), "ratings are fixed"),
    ] {
        let refused = told(&mut world, act).expect_err("refused").to_string();
        assert!(refused.contains(says), "{act:?}: {refused}");
    }
    // A canonical and its synonym can change places.
    told(&mut world, Act::Merge(TagId(2), TagId(1))).expect("done");
    assert_eq!(world.synonym_of(TagId(2)), Some(TagId(1)));
}
