//! A few works and tags on a shelf, written down as lines of text, for tests that name a rule.
//!
//! Owns the notation. A tag is `kind:Name`; a work is one letter. Each line says one thing:
//!
//! - `a fandom:Tower ship:A/B`: the work `a` has these tags, in this order;
//! - `= freeform:fluffy freeform:Fluff`: the first is a synonym of the second;
//! - `< freeform:Fluff freeform:Mood`: the first stands right under the second;
//! - `! freeform:Fluff`: it stands for itself again, under nothing.
//!
//! Every question is asked three times: with all works in the base and the tags wrangled later,
//! with everything newer than the base, and with a base made of how things are now.

use std::collections::BTreeMap;

use tempfile::TempDir;

use super::model::*;
use super::{BaseBuilder, Changes, FilterIndex, Position};

/// The works and tags, and the three indexes that know them.
pub struct Shelf {
    tags: BTreeMap<Term, TagRow>,
    works: BTreeMap<i64, WorkRow>,
    names: Vec<String>,
    indexes: Vec<(FilterIndex, TempDir)>,
    changes: i64,
}

impl Shelf {
    /// What these lines say.
    pub fn of(lines: &str) -> Shelf {
        let mut shelf = Shelf {
            tags: BTreeMap::new(),
            works: BTreeMap::new(),
            names: Vec::new(),
            indexes: Vec::new(),
            changes: 0,
        };
        let works: Vec<&str> = lines.lines().filter(|line| !is_of_tags(line)).collect();
        let tags: Vec<&str> = lines.lines().filter(|line| is_of_tags(line)).collect();
        let (works, tags) = (works.join("\n"), tags.join("\n"));
        shelf.read(&works);
        for _ in 0..3 {
            let folder = tempfile::tempdir().expect("a folder");
            let (index, _) = FilterIndex::open(folder.path()).expect("opened");
            shelf.indexes.push((index, folder));
        }
        shelf.rebase(0);
        shelf.now(&tags);
        shelf
    }

    /// These lines are so from now on.
    pub fn now(&mut self, lines: &str) {
        self.read(lines);
        self.changes += 1;
        let position = Position { works: self.changes, tags: self.changes };
        let tags: Vec<TagRow> = self.tags.values().cloned().collect();
        let changed = Changes { tags: tags.clone(), position, ..Changes::default() };
        self.indexes[0].0.apply(&changed);
        let put = self.works.values().cloned().collect();
        self.indexes[1].0.apply(&Changes { put, tags, position, gone: Vec::new() });
        self.rebase(2);
    }

    /// Changes a work that is there.
    pub fn with(mut self, work: char, change: impl FnOnce(&mut WorkRow)) -> Shelf {
        change(self.works.get_mut(&key(work)).expect("a work"));
        self.rebase(0);
        self.now("");
        self
    }

    /// Makes a base of what is there.
    fn rebase(&self, at: usize) {
        let mut builder = BaseBuilder::new();
        self.tags.values().for_each(|tag| builder.add_tag(tag));
        self.works.values().for_each(|work| builder.add_work(work));
        let position = Position { works: self.changes, tags: self.changes };
        self.indexes[at].0.rebase(builder, position).expect("written");
    }

    fn read(&mut self, lines: &str) {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
            let terms: Vec<Term> = rest.split_whitespace().map(|name| self.term(name)).collect();
            match (first, terms.as_slice()) {
                ("=", [tag, of]) => {
                    let row = self.tag(*tag);
                    (row.synonym_of, row.metas) = (Some(of.id), Vec::new());
                }
                ("<", [tag, meta]) => self.tag(*tag).metas.push(meta.id),
                ("!", [tag]) => {
                    let row = self.tag(*tag);
                    (row.synonym_of, row.metas) = (None, Vec::new());
                }
                _ => {
                    let work = key(first.chars().next().expect("a letter"));
                    self.works.insert(work, row(work, terms));
                }
            }
        }
    }

    fn tag(&mut self, term: Term) -> &mut TagRow {
        let blank = TagRow { term, synonym_of: None, metas: Vec::new() };
        self.tags.entry(term).or_insert(blank)
    }

    /// The tag of this name; its key is the name's place among all that were ever named.
    pub fn term(&mut self, name: &str) -> Term {
        let (kind, short) = name.split_once(':').expect("kind:Name");
        let kind = match kind {
            "rating" => Kind::Rating,
            "warning" => Kind::Warning,
            "category" => Kind::Category,
            "fandom" => Kind::Fandom,
            "ship" => Kind::Relationship,
            "character" => Kind::Character,
            "freeform" => Kind::Freeform,
            other => panic!("{other} is no kind"),
        };
        // By the short name alone: tags of two kinds may have one key.
        let known = self.names.iter().position(|known| known == short);
        let at = known.unwrap_or_else(|| {
            self.names.push(short.to_owned());
            self.names.len() - 1
        });
        Term::new(kind, at as u32 + 1)
    }

    /// Tagged so.
    pub fn has(&mut self, name: &str) -> Filter {
        Filter::Has(self.term(name))
    }

    /// The works that meet a condition, for somebody who sees all of them, in the order of the
    /// alphabet.
    pub fn finds(&self, filter: Filter) -> String {
        let sort = Sort::Title;
        let viewer = Viewer::all_seeing();
        let request = Request { filter, sort, descending: false, viewer, ..Request::everything() };
        let answer = self.answer(&request);
        assert_eq!(answer.total, answer.works.len() as u64);
        letters(&answer.works)
    }

    /// The works with a tag.
    pub fn tagged(&mut self, name: &str) -> String {
        let filter = self.has(name);
        self.finds(filter)
    }

    /// What all three indexes answer.
    pub fn answer(&self, request: &Request) -> Answer {
        let answers: Vec<Answer> =
            self.indexes.iter().map(|(index, _)| index.find(request)).collect();
        assert_eq!(answers[0], answers[1], "wrangled later, and all newer than the base");
        assert_eq!(answers[0], answers[2], "wrangled later, and a base of how it is now");
        answers.into_iter().next().expect("an answer")
    }

    /// The values of a kind with their works, as `Name 2, Other 1`.
    pub fn counts(&self, kind: Kind, with_metas: bool) -> String {
        let facets = vec![FacetRequest { kind, top: 10, with_metas }];
        let viewer = Viewer::all_seeing();
        let answer = self.answer(&Request { facets, viewer, ..Request::everything() });
        let said = |(term, count): &(Term, u64)| {
            let name = &self.names[term.id as usize - 1];
            format!("{name} {count}")
        };
        answer.facets[0].iter().map(said).collect::<Vec<String>>().join(", ")
    }
}

fn is_of_tags(line: &str) -> bool {
    line.trim_start().starts_with(['=', '<', '!'])
}

fn key(work: char) -> i64 {
    i64::from(u32::from(work))
}

/// Works as letters, in their order.
pub fn letters(works: &[i64]) -> String {
    works.iter().filter_map(|work| char::from_u32(*work as u32)).collect()
}

fn row(work: i64, terms: Vec<Term>) -> WorkRow {
    WorkRow {
        work,
        terms,
        numbers: [0; Column::GIVEN],
        complete: false,
        audience: Audience::Everyone,
        title_key: letters(&[work]).into_bytes(),
        creator_key: Vec::new(),
    }
}
