//! The panel beside a list: its groups of values with their counts, its boxes, and what stands in
//! them.
//!
//! Owns what the template of the panel prints. The fields' names are those of [`super::filter`].

use std::collections::HashMap;

use fanfold_doc::document::Lang;
use fanfold_index::ask::{Ask, Panel, SortBy, TagField};
use fanfold_index::filter::{Counts, FacetRequest, Kind, Term};

use super::error::Error;
use super::filter::{DATES, FIRST_KINDS, Fault, Fields, NUMBERS, SORTS, TAGS, key};
use super::library::{self, Address};
use super::page::number;
use crate::app::App;
use crate::archive::language;
use crate::archive::tag;
use crate::archive::work::{Millis, TagId};
use crate::find::{self, Mutes, Window};
use crate::store::View;
use crate::transfer::filters::term_of;

/// Values of a kind that are listed …
const TOP: usize = 10;
/// … and when more are wanted.
const MORE: usize = 50;
/// Languages that can be chosen from.
const LANGUAGES: usize = 60;

/// The kinds with groups of their own, their headings, and how their tags are looked up while
/// somebody types; empty for those with a fixed set of names.
const GROUPS: [(Kind, tag::Kind, &str, &str); 7] = [
    (Kind::Rating, tag::Kind::Rating, "Ratings", ""),
    (Kind::Warning, tag::Kind::Warning, "Warnings", ""),
    (Kind::Category, tag::Kind::Category, "Categories", ""),
    (Kind::Fandom, tag::Kind::Fandom, "Fandoms", "Another fandom"),
    (Kind::Relationship, tag::Kind::Relationship, "Relationships", "Another relationship"),
    (Kind::Character, tag::Kind::Character, "Characters", "Another character"),
    (Kind::Freeform, tag::Kind::Freeform, "Additional tags", "Another tag"),
];

/// The panel.
pub(super) struct PanelView {
    pub sorts: Vec<Choice>,
    pub turned: bool,
    pub sort_fault: String,
    pub within: Input,
    pub title: Input,
    pub author: Input,
    pub include: Vec<Group>,
    pub exclude: Vec<Group>,
    pub others: Vec<Value>,
    pub languages: Vec<Choice>,
    pub complete: Vec<Choice>,
    pub crossover: Vec<Choice>,
    /// Of a reader who is known; else empty.
    pub reading: Vec<Choice>,
    pub oneshot: bool,
    pub otp: bool,
    pub ranges: Vec<Range>,
    pub dates: Vec<Range>,
    pub numbers: Vec<Range>,
    pub numbers_open: bool,
    pub metas: bool,
    /// The group of which more values are listed.
    pub wide: String,
    /// How many conditions are set, for the button that opens the panel on a phone.
    pub set: usize,
}

/// Something to choose from a list.
pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A box for text.
pub(super) struct Input {
    pub name: String,
    pub label: String,
    pub value: String,
    pub fault: String,
}

/// Two boxes, from and to.
pub(super) struct Range {
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub from: String,
    pub to: String,
    pub fault: String,
}

/// The values of one kind, to include or to exclude.
pub(super) struct Group {
    pub id: String,
    pub label: &'static str,
    pub legend: String,
    pub values: Vec<Value>,
    pub picked: usize,
    pub open: bool,
    pub switch: Option<Switch>,
    pub first: Option<First>,
    pub add: Option<Add>,
    /// The name and the words of the button that lists more, or fewer again.
    pub more: Option<(&'static str, &'static str)>,
}

/// A value that can be picked.
pub(super) struct Value {
    pub name: String,
    pub value: String,
    pub label: String,
    pub count: String,
    pub note: &'static str,
    pub picked: bool,
}

/// Whether all of the picked values are needed or any of them.
pub(super) struct Switch {
    pub name: String,
    pub any: bool,
}

/// Whether only works count that list the picked value before others of its kind.
pub(super) struct First {
    pub name: String,
    pub on: bool,
}

/// A box for the name of a tag that is not listed.
pub(super) struct Add {
    pub name: String,
    pub label: &'static str,
    pub value: String,
    pub kind: &'static str,
}

/// What is counted for a panel.
pub(super) struct Tally {
    counts: HashMap<Kind, Counts>,
    names: HashMap<Term, String>,
}

/// The facets to ask for with the works themselves: those of every kind.
pub(super) fn facets(address: &Address) -> Vec<FacetRequest> {
    Kind::PANEL.into_iter().chain([Kind::Language]).map(|kind| facet(kind, address)).collect()
}

fn facet(kind: Kind, address: &Address) -> FacetRequest {
    let wanted = address.more.as_deref() == Some(key(TagField::Of(kind)));
    let top = match kind {
        Kind::Language => LANGUAGES,
        _ if wanted => MORE,
        _ => TOP,
    };
    FacetRequest { kind, top, with_metas: address.metas }
}

impl Tally {
    /// Counts what the answer to a question did not: where one of several values is enough,
    /// each value is counted as if none of them were picked, for that is what picking it adds.
    pub(super) fn new(
        (app, tx): (&App, &View<'_>),
        mutes: Mutes,
        ask: &Ask,
        address: &Address,
        counted: Vec<Counts>,
        begin: Millis,
    ) -> Result<Tally, Error> {
        let asked = facets(address);
        let mut counts: HashMap<Kind, Counts> =
            asked.iter().map(|facet| facet.kind).zip(counted).collect();
        let panel = Panel::of(ask);
        for facet in asked {
            let field = TagField::Of(facet.kind);
            let Some(picks) = panel.tags.get(&field) else { continue };
            let one_each = matches!(facet.kind, Kind::Rating | Kind::Language);
            let any = picks.any || one_each || address.any.contains(&key(field));
            if picks.include.is_empty() || !any || !library::has_time(app, begin) {
                continue;
            }
            let mut without = panel.clone();
            without.tags.entry(field).or_default().include.clear();
            let kind = facet.kind;
            let window = Window { offset: 0, limit: 0, facets: vec![facet] };
            // Its works were found a moment ago: what cannot be asked was said then.
            if let Ok(found) = find::find(app, tx, &without.ask(), mutes, &window) {
                counts.extend(found.answer.facets.into_iter().map(|counts| (kind, counts)));
            }
        }
        let names = names(tx, counts.values().flatten().map(|(term, _)| *term))?;
        Ok(Tally { counts, names })
    }

    fn of(&self, kind: Kind) -> impl Iterator<Item = (Term, &str, u64)> {
        let counts = self.counts.get(&kind).into_iter().flatten();
        counts.filter_map(|(term, count)| Some((*term, self.names.get(term)?.as_str(), *count)))
    }
}

/// The names of tags and languages.
fn names(tx: &View<'_>, terms: impl Iterator<Item = Term>) -> Result<HashMap<Term, String>, Error> {
    let mut names = HashMap::new();
    let mut tags: HashMap<TagId, Term> = HashMap::new();
    for term in terms {
        if term.kind == Kind::Language {
            let code = language::code(term.id);
            let name = Lang::parse(&code).map_or(code, |lang| language::name(&lang));
            names.insert(term, name);
        } else {
            tags.insert(TagId(term.id.into()), term);
        }
    }
    let ids: Vec<TagId> = tags.keys().copied().collect();
    for (id, tag) in tx.tags_by_id(&ids)? {
        names.extend(tags.get(&id).map(|term| (*term, tag.name)));
    }
    Ok(names)
}

/// What a panel is made from.
pub(super) struct Parts<'p> {
    pub fields: &'p Fields,
    pub faults: &'p [Fault],
    pub address: &'p Address,
    pub tally: &'p Tally,
    /// Whether words are asked for, so that works can match better or worse.
    pub words: bool,
    /// Whether it is known what the reader has read.
    pub reader: bool,
}

impl PanelView {
    /// The panel for what stands in its fields.
    pub(super) fn new(tx: &View<'_>, parts: &Parts<'_>, set: usize) -> Result<PanelView, Error> {
        let fields = parts.fields;
        let mut include = Vec::new();
        let mut exclude = Vec::new();
        for group in GROUPS {
            include.push(parts.group(tx, group, true)?);
            exclude.push(parts.group(tx, group, false)?);
        }
        let choice = |name: &str, rows: &[(&str, &str)]| -> Vec<Choice> {
            let row = |(value, label): &(&str, &str)| Choice {
                value: (*value).to_owned(),
                label: (*label).to_owned(),
                chosen: fields.get(name) == *value,
            };
            rows.iter().map(row).collect()
        };
        let ranges: Vec<Range> = NUMBERS.iter().map(|(_, name)| parts.range(name)).collect();
        let (ranges, numbers): (Vec<Range>, Vec<Range>) = ranges
            .into_iter()
            .partition(|row| ["words", "minutes", "chapters"].contains(&row.name));
        let told = |row: &Range| [&row.from, &row.to, &row.fault].iter().any(|t| !t.is_empty());
        Ok(PanelView {
            sorts: parts.sorts(),
            turned: fields.has("turned"),
            sort_fault: parts.fault("sort"),
            within: parts.input("within", "Search within these"),
            title: parts.input("title", "Title"),
            author: parts.input("author", "Author"),
            include,
            exclude,
            others: parts.others(),
            languages: parts.languages(),
            complete: choice(
                "complete",
                &[("", "Complete or not"), ("yes", "Complete only"), ("no", "In progress only")],
            ),
            crossover: choice(
                "crossover",
                &[
                    ("", "With crossovers"),
                    ("exclude", "No crossovers"),
                    ("only", "Only crossovers"),
                ],
            ),
            reading: match parts.reader || fields.has("reading") {
                true => choice(
                    "reading",
                    &[
                        ("", "Read or not"),
                        ("unread", "New to you"),
                        ("started", "Half read"),
                        ("read", "Read"),
                        ("updated", "Updated since you looked"),
                    ],
                ),
                false => Vec::new(),
            },
            oneshot: fields.has("oneshot"),
            otp: fields.has("otp"),
            ranges,
            dates: DATES.iter().map(|(_, name)| parts.range(name)).collect(),
            numbers_open: numbers.iter().any(told),
            numbers,
            metas: parts.address.metas,
            wide: parts.address.more.iter().map(|more| format!("in-{more}")).collect(),
            set,
        })
    }
}

impl Parts<'_> {
    fn fault(&self, field: &str) -> String {
        let own = self.faults.iter().find(|fault| fault.field == field);
        own.map_or_else(String::new, |fault| fault.mistake.say.clone())
    }

    fn input(&self, name: &str, label: &str) -> Input {
        Input {
            name: name.to_owned(),
            label: label.to_owned(),
            value: self.fields.get(name).to_owned(),
            fault: self.fault(name),
        }
    }

    fn range(&self, name: &'static str) -> Range {
        let (label, hint) = match name {
            "words" => ("Words", "1,000 or 10k"),
            "minutes" => ("Reading time in minutes", ""),
            "chapters" => ("Chapters", ""),
            "hits" => ("Hits", ""),
            "kudos" => ("Kudos", ""),
            "comments" => ("Comments", ""),
            "bookmarks" => ("Bookmarks", ""),
            "warmth" => ("Kudos for 10,000 hits", ""),
            "updated" => ("Updated", "2024, 2024-05-01, or <7 days in the first box"),
            _ => ("Posted", ""),
        };
        let value = |end: &str| self.fields.get(&format!("{name}-{end}")).to_owned();
        Range { name, label, hint, from: value("from"), to: value("to"), fault: self.fault(name) }
    }

    fn sorts(&self) -> Vec<Choice> {
        // What a list is sorted by unless somebody says otherwise stands first and says nothing.
        let usual = if self.words { "relevance" } else { "updated" };
        let asked = self.fields.get("sort");
        let mut choices: Vec<Choice> = SORTS
            .iter()
            .filter(|(by, ..)| self.words || *by != SortBy::Best)
            .map(|(_, name, label)| Choice {
                value: if *name == usual { String::new() } else { (*name).to_owned() },
                label: (*label).to_owned(),
                chosen: *name == asked || (asked.is_empty() && *name == usual),
            })
            .collect();
        if !choices.iter().any(|choice| choice.chosen) {
            let (value, label) = (asked.to_owned(), asked.replace("random-", "Shuffled, number "));
            choices.push(Choice { value, label, chosen: true });
        }
        choices
    }

    fn languages(&self) -> Vec<Choice> {
        let asked = self.fields.get("language");
        let code = language::named(asked);
        let mut choices = vec![Choice {
            value: String::new(),
            label: "Any language".to_owned(),
            chosen: asked.is_empty(),
        }];
        choices.extend(self.tally.of(Kind::Language).map(|(term, name, count)| {
            let value = language::code(term.id);
            let chosen = code.as_deref() == Some(value.as_str());
            Choice { value, label: format!("{name} ({})", number(count)), chosen }
        }));
        if !choices.iter().any(|choice| choice.chosen) {
            let (value, label) = (asked.to_owned(), asked.to_owned());
            choices.push(Choice { value, label, chosen: true });
        }
        choices
    }

    /// What is picked of kinds that have no group: series, collections, any kind.
    fn others(&self) -> Vec<Value> {
        let grouped =
            |field: &TagField| matches!(field, TagField::Of(kind) if Kind::PANEL.contains(kind));
        let mut values = Vec::new();
        for (field, key) in TAGS.iter().filter(|(field, _)| !grouped(field)) {
            for (side, says) in [("in", ""), ("not", "not ")] {
                let name = format!("{side}-{key}");
                let kind = match field {
                    TagField::PrimaryShip => "relationship listed first",
                    TagField::PrimaryCharacter => "character listed first",
                    _ => key,
                };
                values.extend(self.fields.all(&name).map(|value| Value {
                    name: name.clone(),
                    value: value.to_owned(),
                    label: format!("{says}{kind}: {value}"),
                    count: String::new(),
                    note: "",
                    picked: true,
                }));
            }
        }
        values
    }

    fn group(
        &self,
        tx: &View<'_>,
        (kind, tag_kind, label, add): (Kind, tag::Kind, &'static str, &'static str),
        include: bool,
    ) -> Result<Group, Error> {
        let field = key(TagField::Of(kind));
        let side = if include { "in" } else { "not" };
        let name = format!("{side}-{field}");
        let picks = resolved(tx, tag_kind, self.fields.all(&name))?;
        let listed: Vec<Value> = self
            .tally
            .of(kind)
            .map(|(term, tag, count)| Value {
                name: name.clone(),
                value: tag.to_owned(),
                label: tag.to_owned(),
                count: number(count),
                note: "",
                picked: picks.iter().any(|(_, pick)| *pick == Some(term)),
            })
            .collect();
        let terms: Vec<Term> = self.tally.of(kind).map(|(term, ..)| term).collect();
        let beyond =
            picks.iter().filter(|(_, term)| term.is_none_or(|term| !terms.contains(&term)));
        let mut values: Vec<Value> = beyond
            .map(|(pick, term)| Value {
                name: name.clone(),
                value: pick.clone(),
                label: pick.clone(),
                count: String::new(),
                note: if term.is_none() { "no such tag" } else { "" },
                picked: true,
            })
            .collect();
        let full = listed.len() >= TOP;
        values.extend(listed);
        let wide = self.address.more.as_deref() == Some(field);
        let more = match (wide, full) {
            (true, _) => Some(("fewer", "Fewer")),
            (false, true) => Some(("more", "More")),
            (false, false) => None,
        };
        let side_of =
            |name: &str| if include { format!("add-{name}") } else { format!("leave-{name}") };
        let typed = self.fields.get(&side_of(field)).to_owned();
        let any = self.fields.has(&format!("any-{field}")) || self.address.any.contains(&field);
        let first = include && FIRST_KINDS.contains(&kind);
        let picked = picks.len();
        Ok(Group {
            legend: format!("{label} to {}", if include { "include" } else { "exclude" }),
            open: picked > 0 || wide || !typed.is_empty(),
            switch: (include && kind != Kind::Rating)
                .then(|| Switch { name: format!("any-{field}"), any }),
            first: first.then(|| First {
                name: format!("first-{field}"),
                on: self.fields.has(&format!("first-{field}")),
            }),
            add: (!add.is_empty()).then(|| Add {
                name: side_of(field),
                label: add,
                value: typed,
                kind: tag_kind.word(),
            }),
            id: name,
            label,
            values,
            picked,
            more,
        })
    }
}

/// What the names of picked tags stand for, each thing once.
fn resolved<'n>(
    tx: &View<'_>,
    kind: tag::Kind,
    names: impl Iterator<Item = &'n str>,
) -> Result<Vec<(String, Option<Term>)>, Error> {
    let mut picks: Vec<(String, Option<Term>)> = Vec::new();
    for name in names {
        let term = match tx.tag_named(Some(kind), name)? {
            Some(tag) if tx.knows(&tag)? => term_of(tag.kind, tag.id),
            _ => None,
        };
        let known =
            picks.iter().any(|(other, same)| other == name || (term.is_some() && *same == term));
        if !known {
            picks.push((name.to_owned(), term));
        }
    }
    Ok(picks)
}
