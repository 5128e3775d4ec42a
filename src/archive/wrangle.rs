//! Wrangling: what tags have to do with each other, and the acts that change it.
//!
//! Owns the rules and nothing else: a [`Desk`] takes what it needs to know from a [`Vocabulary`],
//! acts on it in memory, and tells which [`Fact`]s came and went. Each act is checked before it
//! changes anything. Knows no works: the author's words stay on the work whatever happens here.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::refusal::Refusal;
use super::tag::Tag;
use super::work::TagId;

/// Something that is so between tags. All that wrangling ever changes is which facts there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The tag is a name for others.
    Canonical(TagId),
    /// The first is a synonym of the second, which is canonical.
    Synonym(TagId, TagId),
    /// The first stands under the second, its metatag; both are canonical.
    Meta(TagId, TagId),
    /// The first belongs to the second, its parent, which is canonical.
    Parent(TagId, TagId),
    /// The two look alike and are two things, a person said; the lower key first.
    Apart(TagId, TagId),
}

impl Fact {
    /// That these two are two things.
    pub fn apart(one: TagId, two: TagId) -> Fact {
        Fact::Apart(one.min(two), one.max(two))
    }
}

/// A fact that came (`made`) or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// What is so, or no longer.
    pub fact: Fact,
    /// Whether it became so.
    pub made: bool,
}

/// What a person can do to tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Makes a tag a name that others can be synonyms of.
    Canonical(TagId),
    /// Takes that back.
    Loose(TagId),
    /// Makes the first a synonym of the second, which becomes canonical if it is not. What stood
    /// under, above or round the first stands so at the second from then on.
    Merge(TagId, TagId),
    /// Lets a synonym stand for itself again, apart from what it was a synonym of.
    Split(TagId),
    /// Says that two tags are two things: nobody proposes to merge them any more.
    KeepApart(TagId, TagId),
    /// Puts the first under the second.
    AddMeta(TagId, TagId),
    /// Takes it away from there.
    RemoveMeta(TagId, TagId),
    /// Gives the first to the second, its parent.
    AddParent(TagId, TagId),
    /// Takes it away from there.
    RemoveParent(TagId, TagId),
}

/// A way from a tag to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Link {
    /// The tags that are synonyms of it.
    Synonyms,
    /// The metatags right above it.
    Metas,
    /// The subtags right under it.
    Subs,
    /// What it belongs to.
    Parents,
    /// What belongs to it.
    Children,
    /// Those of a higher key that it is kept apart from.
    Apart,
}

/// Where a desk looks up how things are. What it says must stay the same while the desk is there.
pub trait Vocabulary {
    /// How looking up fails.
    type Error: From<Refusal>;

    /// A tag, if there is one with this key.
    ///
    /// # Errors
    /// Where it cannot be looked up.
    fn tag(&self, id: TagId) -> Result<Option<Tag>, Self::Error>;

    /// The tags at the end of all links of a kind, in any order, each once.
    ///
    /// # Errors
    /// Where they cannot be looked up.
    fn linked(&self, link: Link, id: TagId) -> Result<Vec<TagId>, Self::Error>;
}

/// Why a set of changes cannot be taken back: what stands against it, and in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Facts one of which would have to be otherwise.
    pub facts: Vec<Fact>,
    /// What is wrong, in words.
    pub why: String,
}

/// A place to wrangle at: the vocabulary with the acts so far on top.
#[derive(Debug)]
pub struct Desk<'v, V> {
    vocabulary: &'v V,
    tags: HashMap<TagId, Tag>,
    lists: HashMap<(Link, TagId), BTreeSet<TagId>>,
    /// What came and went on lists that nobody has asked for yet.
    late: HashMap<(Link, TagId), Vec<(TagId, bool)>>,
    changes: BTreeMap<Fact, bool>,
}

impl<'v, V: Vocabulary> Desk<'v, V> {
    /// An empty desk.
    pub fn new(vocabulary: &'v V) -> Desk<'v, V> {
        let (tags, lists, late, changes) = Default::default();
        Desk { vocabulary, tags, lists, late, changes }
    }

    /// All facts that came and went so far. What came and went again is not among them.
    pub fn changes(&self) -> Vec<Change> {
        self.changes.iter().map(|(fact, made)| Change { fact: *fact, made: *made }).collect()
    }

    /// A tag as it is now.
    ///
    /// # Errors
    /// [`Refusal::Absent`], and those of the vocabulary.
    pub fn tag(&mut self, id: TagId) -> Result<&Tag, V::Error> {
        if !self.tags.contains_key(&id) {
            let tag = self.vocabulary.tag(id)?.ok_or(Refusal::Absent(id))?;
            self.tags.insert(id, tag);
        }
        self.tags.get(&id).ok_or_else(|| Refusal::Absent(id).into())
    }

    /// The tags at the end of a link as it is now.
    ///
    /// # Errors
    /// Those of the vocabulary.
    pub fn linked(&mut self, link: Link, id: TagId) -> Result<&BTreeSet<TagId>, V::Error> {
        if !self.lists.contains_key(&(link, id)) {
            let mut list: BTreeSet<TagId> = self.vocabulary.linked(link, id)?.into_iter().collect();
            for (other, made) in self.late.remove(&(link, id)).unwrap_or_default() {
                if made {
                    list.insert(other)
                } else {
                    list.remove(&other)
                };
            }
            self.lists.insert((link, id), list);
        }
        Ok(self.lists.entry((link, id)).or_default())
    }

    /// Does it.
    ///
    /// # Errors
    /// A [`Refusal`] where it cannot be done, and then nothing has changed; those of the
    /// vocabulary.
    pub fn act(&mut self, act: Act) -> Result<(), V::Error> {
        match act {
            Act::Canonical(tag) => self.make_canonical(tag),
            Act::Loose(tag) => self.make_loose(tag),
            Act::Merge(tag, into) => self.merge(tag, into),
            Act::Split(tag) => self.split(tag),
            Act::KeepApart(tag, other) => self.keep_apart(tag, other),
            Act::AddMeta(sub, meta) => self.add_meta(sub, meta),
            Act::RemoveMeta(sub, meta) => {
                let fact = Fact::Meta(sub, meta);
                if !self.is(fact)? {
                    return Err(Refusal::NoMeta(self.name(sub)?, self.name(meta)?).into());
                }
                self.set(fact, false)
            }
            Act::AddParent(child, parent) => self.add_parent(child, parent),
            Act::RemoveParent(child, parent) => {
                let fact = Fact::Parent(child, parent);
                if !self.is(fact)? {
                    return Err(Refusal::NoParent(self.name(child)?, self.name(parent)?).into());
                }
                self.set(fact, false)
            }
        }
    }

    fn name(&mut self, id: TagId) -> Result<String, V::Error> {
        Ok(self.tag(id)?.name.clone())
    }

    /// Whether it is so now.
    fn is(&mut self, fact: Fact) -> Result<bool, V::Error> {
        Ok(match fact {
            Fact::Canonical(tag) => self.tag(tag)?.canonical,
            Fact::Synonym(tag, of) => self.tag(tag)?.synonym_of == Some(of),
            Fact::Meta(sub, meta) => self.linked(Link::Metas, sub)?.contains(&meta),
            Fact::Parent(child, parent) => self.linked(Link::Parents, child)?.contains(&parent),
            Fact::Apart(tag, other) => self.linked(Link::Apart, tag)?.contains(&other),
        })
    }

    /// Makes it so, or not so. Nothing happens if it is that way already.
    fn set(&mut self, fact: Fact, made: bool) -> Result<(), V::Error> {
        if self.is(fact)? == made {
            return Ok(());
        }
        match fact {
            Fact::Canonical(tag) => self.mark(tag, |tag| tag.canonical = made),
            Fact::Synonym(tag, of) => {
                self.mark(tag, |tag| tag.synonym_of = made.then_some(of));
                self.list(Link::Synonyms, of, tag, made);
            }
            Fact::Meta(sub, meta) => {
                self.list(Link::Metas, sub, meta, made);
                self.list(Link::Subs, meta, sub, made);
            }
            Fact::Parent(child, parent) => {
                self.list(Link::Parents, child, parent, made);
                self.list(Link::Children, parent, child, made);
            }
            Fact::Apart(tag, other) => self.list(Link::Apart, tag, other, made),
        }
        if self.changes.remove(&fact).is_none() {
            self.changes.insert(fact, made);
        }
        Ok(())
    }

    fn mark(&mut self, id: TagId, mark: impl FnOnce(&mut Tag)) {
        // It is there: `is` looked it up.
        if let Some(tag) = self.tags.get_mut(&id) {
            mark(tag);
        }
    }

    fn list(&mut self, link: Link, of: TagId, other: TagId, made: bool) {
        match self.lists.get_mut(&(link, of)) {
            Some(list) if made => drop(list.insert(other)),
            Some(list) => drop(list.remove(&other)),
            None => self.late.entry((link, of)).or_default().push((other, made)),
        }
    }

    fn make_canonical(&mut self, id: TagId) -> Result<(), V::Error> {
        self.check_canonical(id)?;
        self.set(Fact::Canonical(id), true)
    }

    /// Refuses what cannot become canonical.
    fn check_canonical(&mut self, id: TagId) -> Result<(), V::Error> {
        let tag = self.tag(id)?.clone();
        if let Some(of) = tag.synonym_of {
            return Err(Refusal::Synonym(tag.name, self.name(of)?).into());
        }
        if tag.kind.is_fixed() && !tag.canonical {
            return Err(Refusal::Fixed(tag.name, tag.kind).into());
        }
        Ok(())
    }

    fn make_loose(&mut self, id: TagId) -> Result<(), V::Error> {
        let tag = self.tag(id)?.clone();
        if !tag.canonical {
            return Ok(());
        }
        if tag.kind.is_fixed() {
            return Err(Refusal::Fixed(tag.name, tag.kind).into());
        }
        if let Some((_, refusal)) = self.leaning(id)? {
            return Err(refusal.into());
        }
        self.set(Fact::Canonical(id), false)
    }

    /// What needs a tag to be canonical.
    fn leaning(&mut self, id: TagId) -> Result<Option<(Vec<Fact>, Refusal)>, V::Error> {
        for (link, what, one) in [
            (Link::Synonyms, "synonyms", "a synonym of"),
            (Link::Subs, "subtags", "a subtag of"),
            (Link::Metas, "metatags", "a metatag of"),
            (Link::Children, "tags that belong to it", "a child of"),
        ] {
            let list = self.linked(link, id)?;
            let (count, Some(first)) = (list.len(), list.first().copied()) else { continue };
            let facts = list.iter().map(|other| match link {
                Link::Synonyms => Fact::Synonym(*other, id),
                Link::Subs => Fact::Meta(*other, id),
                Link::Metas => Fact::Meta(id, *other),
                Link::Parents | Link::Children | Link::Apart => Fact::Parent(*other, id),
            });
            let facts = facts.collect();
            let (tag, first) = (self.name(id)?, self.name(first)?);
            let refusal = match count {
                1 => Refusal::LeaningOne { tag, what: one, first },
                count => Refusal::Leaning { tag, what, count, first },
            };
            return Ok(Some((facts, refusal)));
        }
        Ok(None)
    }

    fn merge(&mut self, id: TagId, into: TagId) -> Result<(), V::Error> {
        let (tag, target) = self.pair(id, into)?;
        if tag.synonym_of == Some(into) {
            return Ok(());
        }
        if tag.canonical && tag.kind.is_fixed() {
            return Err(Refusal::Fixed(tag.name, tag.kind).into());
        }
        // A canonical and its synonym can change places.
        if target.synonym_of != Some(id) {
            self.check_canonical(into)?;
        }
        // Two tags become one: whatever is between them would stand above and under it.
        for (low, high) in [(id, into), (into, id)] {
            if let Some(between) = self.way_up(low, high, 2)? {
                return Err(self.ring(between)?.into());
            }
        }
        self.set(Fact::Synonym(into, id), false)?;
        self.set(Fact::Canonical(into), true)?;
        if let Some(before) = tag.synonym_of {
            self.set(Fact::Synonym(id, before), false)?;
        }
        self.hand_over(id, into)?;
        self.set(Fact::apart(id, into), false)?;
        self.set(Fact::Canonical(id), false)?;
        self.set(Fact::Synonym(id, into), true)
    }

    /// Gives all links of a tag to another one.
    fn hand_over(&mut self, id: TagId, into: TagId) -> Result<(), V::Error> {
        type Name = fn(TagId, TagId) -> Fact;
        let links: [(Link, Name); 5] = [
            (Link::Synonyms, |of, tag| Fact::Synonym(tag, of)),
            (Link::Metas, Fact::Meta),
            (Link::Subs, |meta, sub| Fact::Meta(sub, meta)),
            (Link::Parents, Fact::Parent),
            (Link::Children, |parent, child| Fact::Parent(child, parent)),
        ];
        for (link, fact) in links {
            for other in self.linked(link, id)?.clone() {
                self.set(fact(id, other), false)?;
                if other != into {
                    self.set(fact(into, other), true)?;
                }
            }
        }
        Ok(())
    }

    fn split(&mut self, id: TagId) -> Result<(), V::Error> {
        let tag = self.tag(id)?.clone();
        let of = tag.synonym_of.ok_or(Refusal::NotSynonym(tag.name))?;
        self.set(Fact::Synonym(id, of), false)?;
        self.set(Fact::apart(id, of), true)
    }

    fn keep_apart(&mut self, id: TagId, other: TagId) -> Result<(), V::Error> {
        let (one, two) = self.pair(id, other)?;
        for (tag, of) in [(&one, &two), (&two, &one)] {
            if tag.synonym_of == Some(of.id) {
                return Err(Refusal::Synonym(tag.name.clone(), of.name.clone()).into());
            }
        }
        self.set(Fact::apart(id, other), true)
    }

    fn add_meta(&mut self, sub: TagId, meta: TagId) -> Result<(), V::Error> {
        let (low, high) = self.pair(sub, meta)?;
        if low.kind.is_fixed() {
            return Err(Refusal::Fixed(low.name, low.kind).into());
        }
        self.need_canonical(&low)?;
        self.need_canonical(&high)?;
        if let Some(way) = self.way_up(meta, sub, 1)? {
            return Err(self.ring(way)?.into());
        }
        self.set(Fact::Meta(sub, meta), true)
    }

    fn add_parent(&mut self, child: TagId, parent: TagId) -> Result<(), V::Error> {
        let (own, other) = (self.tag(child)?.clone(), self.tag(parent)?.clone());
        if !own.kind.parents().contains(&other.kind) {
            return Err(Refusal::Parent(own.name, own.kind, other.name, other.kind).into());
        }
        if let Some(of) = own.synonym_of {
            return Err(Refusal::Synonym(own.name, self.name(of)?).into());
        }
        self.need_canonical(&other)?;
        self.set(Fact::Parent(child, parent), true)
    }

    /// Two different tags of one kind.
    fn pair(&mut self, one: TagId, two: TagId) -> Result<(Tag, Tag), V::Error> {
        let (one, two) = (self.tag(one)?.clone(), self.tag(two)?.clone());
        if one.id == two.id {
            Err(Refusal::Itself(one.name).into())
        } else if one.kind != two.kind {
            Err(Refusal::Kinds(one.name, one.kind, two.name, two.kind).into())
        } else {
            Ok((one, two))
        }
    }

    fn need_canonical(&mut self, tag: &Tag) -> Result<(), V::Error> {
        match tag.synonym_of {
            Some(of) => Err(Refusal::Synonym(tag.name.clone(), self.name(of)?).into()),
            None if tag.canonical => Ok(()),
            None => Err(Refusal::NotCanonical(tag.name.clone()).into()),
        }
    }

    /// A shortest way by metatags from one tag up to another, both included, of this many steps
    /// at least (1 or 2).
    fn way_up(
        &mut self,
        from: TagId,
        to: TagId,
        steps: usize,
    ) -> Result<Option<Vec<TagId>>, V::Error> {
        let mut below: HashMap<TagId, TagId> = HashMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front() {
            for meta in self.linked(Link::Metas, at)?.clone() {
                if meta == to && !(steps > 1 && at == from) {
                    let mut way = vec![to, at];
                    while let Some(next) = way.last().and_then(|last| below.get(last)) {
                        way.push(*next);
                    }
                    way.reverse();
                    return Ok(Some(way));
                }
                if meta != to && meta != from && !below.contains_key(&meta) {
                    below.insert(meta, at);
                    queue.push_back(meta);
                }
            }
        }
        Ok(None)
    }

    fn ring(&mut self, way: Vec<TagId>) -> Result<Refusal, V::Error> {
        let names: Result<Vec<String>, V::Error> =
            way.into_iter().map(|tag| self.name(tag)).collect();
        Ok(Refusal::Ring(names?))
    }

    /// Takes changes back that were made at some time before. The desk is of no more use if there
    /// is a fault.
    ///
    /// # Errors
    /// Those of the vocabulary.
    pub fn take_back(&mut self, changes: &[Change]) -> Result<Result<(), Fault>, V::Error> {
        for change in changes {
            let holds = self.is(change.fact)?;
            if holds != change.made {
                return Ok(Err(self.because(change.fact, holds)?));
            }
        }
        for change in changes.iter().filter(|change| change.made) {
            self.set(change.fact, false)?;
        }
        for change in changes.iter().filter(|change| !change.made) {
            if let Fact::Synonym(tag, _) = change.fact
                && let Some(of) = self.tag(tag)?.synonym_of
            {
                return Ok(Err(self.because(Fact::Synonym(tag, of), true)?));
            }
            self.set(change.fact, true)?;
        }
        for change in changes {
            if let Some(fault) = self.fault(change.fact, !change.made)? {
                return Ok(Err(fault));
            }
        }
        Ok(Ok(()))
    }

    /// What is wrong with a fact that has just come, or with that it went.
    fn fault(&mut self, fact: Fact, made: bool) -> Result<Option<Fault>, V::Error> {
        // What must not be so, and what must.
        let (against, needed) = match (fact, made) {
            (Fact::Canonical(tag), false) => {
                let leaning = self.leaning(tag)?;
                return Ok(leaning.map(|(facts, why)| Fault { facts, why: why.to_string() }));
            }
            (Fact::Apart(..), _) | (_, false) => return Ok(None),
            (Fact::Canonical(tag), true) => (self.synonym(tag)?, vec![]),
            (Fact::Synonym(tag, of), true) => {
                let parent = self.linked(Link::Parents, tag)?.first().copied();
                let canonical = self.tag(tag)?.canonical.then_some(Fact::Canonical(tag));
                let parent = parent.map(|parent| Fact::Parent(tag, parent));
                (canonical.or(parent), vec![of])
            }
            (Fact::Meta(sub, meta), true) => {
                if let Some(way) = self.way_up(meta, sub, 1)? {
                    let steps = way.iter().zip(way.iter().skip(1));
                    let facts = steps.map(|(low, high)| Fact::Meta(*low, *high)).collect();
                    return Ok(Some(Fault { facts, why: self.ring(way)?.to_string() }));
                }
                (None, vec![sub, meta])
            }
            (Fact::Parent(child, parent), true) => (self.synonym(child)?, vec![parent]),
        };
        if let Some(fact) = against {
            return Ok(Some(self.because(fact, true)?));
        }
        for tag in needed {
            if !self.tag(tag)?.canonical {
                return Ok(Some(self.because(Fact::Canonical(tag), false)?));
            }
        }
        Ok(None)
    }

    fn synonym(&mut self, tag: TagId) -> Result<Option<Fact>, V::Error> {
        Ok(self.tag(tag)?.synonym_of.map(|of| Fact::Synonym(tag, of)))
    }

    /// The fault that a fact is so, or is not.
    fn because(&mut self, fact: Fact, holds: bool) -> Result<Fault, V::Error> {
        let (tag, says, other) = match fact {
            Fact::Canonical(tag) => (tag, "canonical", None),
            Fact::Synonym(tag, of) => (tag, "a synonym of", Some(of)),
            Fact::Meta(sub, meta) => (sub, "under", Some(meta)),
            Fact::Parent(child, parent) => (child, "a child of", Some(parent)),
            Fact::Apart(tag, other) => (tag, "kept apart from", Some(other)),
        };
        let is = if holds { "is" } else { "is no longer" };
        let mut why = format!("“{}” {is} {says}", self.name(tag)?);
        if let Some(other) = other {
            why.push_str(&format!(" “{}”", self.name(other)?));
        }
        Ok(Fault { facts: vec![fact], why })
    }
}

#[cfg(test)]
#[path = "wrangle_tests.rs"]
mod tests;
