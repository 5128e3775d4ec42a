//! Which tag somebody is typing: names completed from the archive's own tags, the most used first.
//!
//! Owns the lists in memory, one for each kind. They are made in a thread of their own once
//! somebody types, and anew when works or tags have changed since, with a rest in between. Until
//! then a list may be a few seconds old, so what it finds is looked up once more: names are those
//! of now, and tags that are younger than the list are looked through one by one.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use fanfold_index::filter::{FacetRequest, Filter, Position, Request, Term, Viewer};
use fanfold_index::{Suggestions, fold_name};

use crate::app::App;
use crate::archive::tag::{Kind, Tag};
use crate::archive::work::{ChangeId, TagChangeId, TagId};
use crate::store::{self, Read, TagListing, TagOrder, View, kind_of};
use crate::transfer::filters::term_of;

/// The least time between two makings of the lists …
const REST: Duration = Duration::from_secs(3);
/// … and how many times as long as the making took.
const REST_TIMES: u32 = 10;
/// How long the first to ask waits for the first lists.
const PATIENCE: Duration = Duration::from_millis(300);
/// Tags that are read at once for the lists.
const PAGE: u64 = 8_192;
/// Names that are looked at beyond those that are shown: some of them are no names any more.
const SPARE: usize = 12;
/// Tags younger than the lists that are looked through.
const YOUNG: u64 = 2_000;
/// The most used tags of chosen fandoms, from which names are completed first …
const SCOPE: usize = 1_000;
/// … and how many other names are then tried, whether works of the fandoms have them.
const TRIED: usize = 60;
/// How long counting works of chosen fandoms may take.
const COUNTING: Duration = Duration::from_millis(500);

/// A tag that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// The tag: a canonical, or one that is no synonym.
    pub tag: Tag,
    /// Works that use it; of chosen fandoms, where some are chosen.
    pub uses: u64,
}

/// What is being typed.
#[derive(Clone, Debug, Default)]
pub struct Typed<'t> {
    /// The kinds that the tag may be of.
    pub kinds: &'t [Kind],
    /// The letters so far.
    pub text: &'t str,
    /// Fandoms: only tags of works of one of them are named. None for all works.
    pub within: &'t [TagId],
    /// The most names.
    pub limit: usize,
}

/// Completes the names of tags.
#[derive(Debug, Default)]
pub struct Completer {
    state: Mutex<State>,
    made: Condvar,
    /// The tags of the fandoms that were asked for last: the next letter asks for the same.
    scope: Mutex<Option<Arc<Scope>>>,
}

#[derive(Debug, Default)]
struct State {
    lists: Option<Arc<Lists>>,
    making: bool,
    /// When the lists may be made again.
    again: Option<Instant>,
}

/// Where the logs of works and tags end.
type Ends = (ChangeId, TagChangeId);

#[derive(Debug)]
struct Lists {
    ends: Ends,
    /// The youngest tag.
    last: TagId,
    kinds: HashMap<Kind, Suggestions>,
}

/// The tags of works of chosen fandoms.
#[derive(Debug)]
struct Scope {
    position: Position,
    viewer: Viewer,
    filter: Filter,
    kinds: Vec<Kind>,
    names: Suggestions,
    tags: HashMap<TagId, Suggested>,
}

impl Completer {
    /// No lists yet.
    pub fn new() -> Completer {
        Completer::default()
    }

    /// The tags that may be meant by whoever `tx` is seen by: those in whose names a word begins
    /// as typed, then those that begin so but for one slip; of each the most used first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn complete(
        self: &Arc<Self>,
        app: &Arc<App>,
        tx: &View<'_>,
        typed: &Typed<'_>,
    ) -> Result<Vec<Suggested>, store::Error> {
        let lists = self.lists(app, tx)?;
        let mut found = if typed.within.is_empty() {
            everywhere(tx, lists.as_deref(), typed, typed.limit)?
        } else {
            self.inside(app, tx, lists.as_deref(), typed)?
        };
        found.truncate(typed.limit);
        Ok(found)
    }

    /// The lists as they are; makes them beside this if they are old. None before the first.
    fn lists(
        self: &Arc<Self>,
        app: &Arc<App>,
        tx: &View<'_>,
    ) -> Result<Option<Arc<Lists>>, store::Error> {
        let ends = (tx.last_change()?, tx.last_tag_change()?);
        let mut state = lock(&self.state);
        let old = state.lists.as_ref().is_none_or(|lists| lists.ends != ends);
        let rested = state.again.is_none_or(|again| Instant::now() >= again);
        if old && rested && !state.making {
            let making = Making { completer: Arc::clone(self), began: Instant::now(), lists: None };
            let app = Arc::clone(app);
            let make = move || making.make(&app);
            let thread = std::thread::Builder::new().name("tag names".to_owned());
            // Dropped where no thread can be had, what is to be made says so by itself.
            state.making = true;
            drop(state);
            if let Err(error) = thread.spawn(make) {
                tracing::warn!("names of tags cannot be listed: {error}");
            }
            state = lock(&self.state);
        }
        let waits = |state: &mut State| state.lists.is_none() && state.making;
        let waited = self.made.wait_timeout_while(state, PATIENCE, waits);
        Ok(waited.unwrap_or_else(PoisonError::into_inner).0.lists.clone())
    }

    /// Tags of works of the chosen fandoms.
    fn inside(
        &self,
        app: &App,
        tx: &View<'_>,
        lists: Option<&Lists>,
        typed: &Typed<'_>,
    ) -> Result<Vec<Suggested>, store::Error> {
        let chosen = tx.tags_by_id(typed.within)?;
        let terms = chosen.values().filter_map(|tag| term_of(tag.kind, tag.id));
        let mut terms: Vec<Term> = terms.collect();
        terms.sort_unstable();
        let filter = Filter::Any(terms.into_iter().map(Filter::Has).collect());
        let scope = self.scope(app, tx, filter, typed.kinds)?;
        let ids = scope.names.complete(typed.text, typed.limit);
        let mut found: Vec<Suggested> =
            ids.iter().filter_map(|id| scope.tags.get(&tag_id(*id))).cloned().collect();
        if found.len() < typed.limit {
            let there: HashSet<TagId> = found.iter().map(|row| row.tag.id).collect();
            for mut row in everywhere(tx, lists, typed, TRIED)? {
                let term = term_of(row.tag.kind, row.tag.id);
                let Some(term) = term.filter(|_| !there.contains(&row.tag.id)) else { continue };
                let both = Filter::All(vec![scope.filter.clone(), Filter::Has(term)]);
                row.uses = app.filters.find(&counting(both, scope.viewer.clone())).total;
                if row.uses > 0 {
                    found.push(row);
                }
            }
        }
        sort(&mut found, typed.text);
        Ok(found)
    }

    /// The most used tags of works of the chosen fandoms.
    fn scope(
        &self,
        app: &App,
        tx: &View<'_>,
        filter: Filter,
        kinds: &[Kind],
    ) -> Result<Arc<Scope>, store::Error> {
        let (position, viewer) = (app.filters.position(), tx.filter_viewer()?);
        let kept = lock(&self.scope).clone();
        let same = |own: &Scope| {
            own.position == position
                && own.filter == filter
                && own.kinds == kinds
                && own.viewer == viewer
        };
        if let Some(kept) = kept.filter(|kept| same(kept)) {
            return Ok(kept);
        }
        let facet =
            |kind: &Kind| FacetRequest { kind: kind_of(*kind), top: SCOPE, with_metas: false };
        let facets = kinds.iter().map(facet).collect();
        let counted = counting(filter.clone(), viewer.clone());
        let answer = app.filters.find(&Request { facets, ..counted });
        let mut counts: Vec<(TagId, u64)> = Vec::new();
        for (term, works) in answer.facets.into_iter().flatten() {
            counts.push((TagId(i64::from(term.id)), works));
        }
        counts.sort_by_key(|(id, works)| (Reverse(*works), *id));
        let ids: Vec<TagId> = counts.iter().map(|count| count.0).collect();
        let mut tags = tx.tags_by_id(&ids)?;
        let rows = counts.into_iter().filter_map(|(id, uses)| {
            let tag = tags.remove(&id)?;
            Some(Suggested { tag, uses })
        });
        let rows: Vec<Suggested> = rows.collect();
        let name = |row: &'_ Suggested| (row.tag.id.0.unsigned_abs(), row.tag.name.clone());
        let names: Vec<(u64, String)> = rows.iter().map(name).collect();
        let scope = Arc::new(Scope {
            position,
            viewer,
            filter,
            kinds: kinds.to_vec(),
            names: Suggestions::new(names.iter().map(|(id, name)| (*id, name.as_str()))),
            tags: rows.into_iter().map(|row| (row.tag.id, row)).collect(),
        });
        *lock(&self.scope) = Some(Arc::clone(&scope));
        Ok(scope)
    }
}

/// A question for a number of works alone.
fn counting(filter: Filter, viewer: Viewer) -> Request {
    Request { filter, viewer, limit: 0, patience: COUNTING, ..Request::everything() }
}

/// Tags of all works.
fn everywhere(
    tx: &View<'_>,
    lists: Option<&Lists>,
    typed: &Typed<'_>,
    limit: usize,
) -> Result<Vec<Suggested>, store::Error> {
    let mut ids: Vec<TagId> = Vec::new();
    for kind in typed.kinds {
        let list = lists.and_then(|lists| lists.kinds.get(kind));
        let completed = list.map(|list| list.complete(typed.text, limit + SPARE));
        ids.extend(completed.unwrap_or_default().into_iter().map(tag_id));
    }
    match lists {
        Some(lists) => {
            let mut young = tx.tag_rows(lists.last, YOUNG)?;
            young.retain(|row| typed.kinds.contains(&row.tag.kind));
            young.sort_by_key(|row| Reverse(row.tag.all_uses));
            let name = |row: &'_ store::TagRow| (row.tag.id.0.unsigned_abs(), row.tag.name.clone());
            let names: Vec<(u64, String)> = young.iter().map(name).collect();
            let young = Suggestions::new(names.iter().map(|(id, name)| (*id, name.as_str())));
            ids.extend(young.complete(typed.text, limit).into_iter().map(tag_id));
        }
        None => ids.extend(by_the_alphabet(tx, typed)?),
    }
    let mut tags = tx.tags_by_id(&ids)?;
    let canonicals: Vec<TagId> = tags.values().filter_map(|tag| tag.synonym_of).collect();
    tags.extend(tx.tags_by_id(&canonicals)?);
    let is_name = |tag: &Tag| tag.synonym_of.is_none() && (tag.canonical || tag.uses > 0);
    let named = tags.into_values().filter(is_name);
    let mut found: Vec<Suggested> =
        named.map(|tag| Suggested { uses: tag.all_uses, tag }).collect();
    sort(&mut found, typed.text);
    found.truncate(limit);
    Ok(found)
}

/// While there are no lists: names that begin as typed, from an index of the database.
fn by_the_alphabet(tx: &View<'_>, typed: &Typed<'_>) -> Result<Vec<TagId>, store::Error> {
    let mut ids = Vec::new();
    for kind in typed.kinds {
        let order = if typed.text.is_empty() { TagOrder::Use } else { TagOrder::Name };
        let from = typed.text.to_owned();
        let listing = TagListing { order, from, limit: 200, ..TagListing::of(*kind) };
        let begins = |tag: &Tag| fold_name(&tag.name).starts_with(&fold_name(typed.text));
        ids.extend(tx.tags(&listing)?.into_iter().filter(begins).map(|tag| tag.id));
    }
    Ok(ids)
}

/// What begins as typed comes first, then what begins so but for a slip.
fn sort(found: &mut [Suggested], text: &str) {
    let typed = fold_name(text);
    let inside = format!(" {typed}");
    found.sort_by_cached_key(|row| {
        let name = fold_name(&row.tag.name);
        let begins = name.starts_with(&typed) || name.contains(&inside);
        (!begins, Reverse(row.uses), name, row.tag.id)
    });
}

fn tag_id(id: u64) -> TagId {
    TagId(i64::try_from(id).unwrap_or(i64::MAX))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is inside is only ever replaced as a whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lists that are being made. However that ends, those who wait are told.
struct Making {
    completer: Arc<Completer>,
    began: Instant,
    lists: Option<Lists>,
}

impl Making {
    fn make(mut self, app: &App) {
        match app.store.read(|tx| read_lists(app, tx)) {
            Ok(lists) => self.lists = lists,
            Err(error) => tracing::warn!("names of tags cannot be listed: {error}"),
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        let rest = REST.max(self.began.elapsed().saturating_mul(REST_TIMES));
        let mut state = lock(&self.completer.state);
        state.making = false;
        state.again = Some(Instant::now() + rest);
        if let Some(lists) = self.lists.take() {
            state.lists = Some(Arc::new(lists));
        }
        drop(state);
        self.completer.made.notify_all();
    }
}

/// The names of one kind while they are read: one text, and rows of uses, key and place in it.
#[derive(Default)]
struct Names {
    text: String,
    rows: Vec<(Reverse<u64>, u64, usize, usize)>,
}

/// Reads all names; none if the program is to end meanwhile.
fn read_lists(app: &App, tx: &Read<'_>) -> Result<Option<Lists>, store::Error> {
    let ends = (tx.last_change()?, tx.last_tag_change()?);
    let mut kinds: HashMap<Kind, Names> = HashMap::new();
    let mut last = TagId(0);
    loop {
        let rows = tx.tag_rows(last, PAGE)?;
        let Some(end) = rows.last() else { break };
        last = end.tag.id;
        for tag in rows.into_iter().map(|row| row.tag) {
            if tag.synonym_of.is_none() && (tag.canonical || tag.uses > 0) {
                let names = kinds.entry(tag.kind).or_default();
                let begin = names.text.len();
                names.text.push_str(&tag.name);
                let id = tag.id.0.unsigned_abs();
                names.rows.push((Reverse(tag.all_uses), id, begin, names.text.len()));
            }
        }
        if app.is_stopping() {
            return Ok(None);
        }
    }
    let list = |(kind, mut names): (Kind, Names)| {
        names.rows.sort_unstable();
        let name = |row: &(Reverse<u64>, u64, usize, usize)| {
            (row.1, names.text.get(row.2..row.3).unwrap_or_default())
        };
        (kind, Suggestions::new(names.rows.iter().map(name)))
    };
    Ok(Some(Lists { ends, last, kinds: kinds.into_iter().map(list).collect() }))
}
