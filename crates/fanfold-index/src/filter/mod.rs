//! The filter engine: which works have these tags and numbers, in which order, and what else do
//! they have?
//!
//! Owns [`FilterIndex`]: a base, which is a mapped file that never changes, and what came since,
//! which is looked at row by row. A question sees one state of both, whatever is written
//! meanwhile. Ids go in and ids come out; names, pages and who somebody is are the program's. What
//! somebody may see is a part of the question ([`Viewer`]): it is worked out with it, never after
//! it. The engine is a view of the store: it keeps nothing that is not there, a torn file is found
//! by its checksums, and when [`FilterIndex::wants_base`] says so, all of it is told anew by way
//! of [`BaseBuilder`].

mod base;
mod build;
mod build_tags;
mod count;
mod delta;
mod graph;
mod lanes;
mod mapped;
mod model;
mod page;
mod plan;
mod set;
mod term_map;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod set_tests;
#[cfg(test)]
mod shelf;
#[cfg(test)]
mod torn_tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use base::Base;
pub use base::Position;
pub use build::BaseBuilder;
use count::Counter;
use delta::{Delta, Row};
use graph::Graph;
pub use model::{
    Answer, Audience, Column, Counts, FacetRequest, Filter, Flag, Kind, Request, Sort, TagRow,
    Term, Viewer, WorkRow, WorkSet,
};
use plan::{Node, Test};

/// How many bytes of a title or an author decide its place in an order.
pub const KEY_BYTES: usize = 64;
/// The base's file in its folder.
const BASE: &str = "filter.base";
/// With fewer works in the delta, a new base is not worth it …
const FEW_ROWS: usize = 1_000;
/// … nor with fewer than one in so many of the base.
const ROWS_SHARE: usize = 4;
/// The longest a delta may become.
const MOST_ROWS: usize = 50_000;

/// What can be wrong with a filter index. It is a view: deleting its folder is always safe.
#[derive(Debug, thiserror::Error)]
pub enum IndexFault {
    /// The file is not what was written; it has to be made anew from the store.
    #[error("the filter index is damaged ({0}); it is made anew from the archive")]
    Torn(String),
    /// The file cannot be read or written.
    #[error("the filter index cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// More than the numbers of the layout can hold.
    #[error("there are more {0} than a filter index can hold")]
    TooMany(&'static str),
}

/// Kudos for every 10,000 hits.
fn warmth(kudos: u32, hits: u32) -> u32 {
    let ratio = (u64::from(kudos) * 10_000).checked_div(hits.into()).unwrap_or(0);
    u32::try_from(ratio).unwrap_or(u32::MAX)
}

/// What was written to the store since the index last heard of it.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Works as they are now.
    pub put: Vec<WorkRow>,
    /// Works that are no more.
    pub gone: Vec<i64>,
    /// Tags whose place among the others is another now.
    pub tags: Vec<TagRow>,
    /// The last changes that these are.
    pub position: Position,
}

/// One state of the index; questions look at one while the next is made.
#[derive(Clone, Debug)]
struct State {
    graph: Graph,
    delta: Delta,
    position: Position,
}

/// The filter index of an archive.
#[derive(Debug)]
pub struct FilterIndex {
    folder: PathBuf,
    state: RwLock<Arc<State>>,
    writing: Mutex<()>,
}

impl FilterIndex {
    /// Opens the index of a folder, which is made if need be. Without a whole base it begins
    /// empty, at a position of 0; the fault of a torn one is told.
    ///
    /// # Errors
    /// Where the folder cannot be read or written.
    pub fn open(folder: &Path) -> Result<(FilterIndex, Option<IndexFault>), IndexFault> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join(BASE);
        let (base, fault) = match Base::open(&path) {
            Ok(base) => (base, None),
            Err(fault) => {
                let missing = matches!(&fault, IndexFault::Io(error)
                    if error.kind() == std::io::ErrorKind::NotFound);
                let base = write_base(BaseBuilder::new(), folder, Position::default())?;
                (base, (!missing).then_some(fault))
            }
        };
        let state = State::new(Arc::new(base));
        let state = RwLock::new(Arc::new(state));
        Ok((FilterIndex { folder: folder.to_owned(), state, writing: Mutex::new(()) }, fault))
    }

    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_state(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
    }

    fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it knows of the store's logs. What follows has to be told again after a restart:
    /// only the base is kept on disk.
    pub fn position(&self) -> Position {
        self.state().position
    }

    /// How many works it has, whomever they are for.
    pub fn works(&self) -> u64 {
        let viewer = Viewer::all_seeing();
        self.find(&Request { viewer, limit: 0, ..Request::everything() }).total
    }

    /// The size of the base's file, bytes.
    pub fn size_bytes(&self) -> u64 {
        self.state().graph.base().size_bytes()
    }

    /// Reads the whole base and compares its checksums.
    ///
    /// # Errors
    /// [`IndexFault::Torn`] where they differ.
    pub fn verify(&self) -> Result<(), IndexFault> {
        self.state().graph.base().verify()
    }

    /// Takes in changes: every question that is asked afterwards sees them all.
    pub fn apply(&self, changes: &Changes) {
        let _one_at_a_time = self.writing();
        let mut state = State::clone(&self.state());
        if !changes.tags.is_empty() {
            state.graph.change(&changes.tags, changes.position.tags);
            state.delta.resolve(&state.graph);
        }
        for work in &changes.put {
            state.delta.put(work, changes.position.works, &mut state.graph);
        }
        let base = Arc::clone(state.graph.base());
        for work in &changes.gone {
            state.delta.remove(*work, changes.position.works, &base);
        }
        state.position.works = state.position.works.max(changes.position.works);
        state.position.tags = state.position.tags.max(changes.position.tags);
        self.set_state(state);
    }

    /// Whether so much came since the base was made that a new one is due.
    pub fn wants_base(&self) -> bool {
        let state = self.state();
        let share = state.graph.base().docs() as usize / ROWS_SHARE;
        let most = share.clamp(FEW_ROWS, MOST_ROWS);
        state.delta.len() > most || state.graph.moved().count() > MOST_MOVED
    }

    /// Puts a new base in place of the old one. What came after `position` stays in force;
    /// questions are answered all the while.
    ///
    /// # Errors
    /// Where the file cannot be written; then everything stays as it was.
    pub fn rebase(&self, builder: BaseBuilder, position: Position) -> Result<(), IndexFault> {
        let base = Arc::new(write_base(builder, &self.folder, position)?);
        let _one_at_a_time = self.writing();
        let before = self.state();
        let mut graph = before.graph.over(base);
        let delta = before.delta.over(&before.graph, &mut graph);
        let position = Position {
            works: before.position.works.max(position.works),
            tags: before.position.tags.max(position.tags),
        };
        self.set_state(State { graph, delta, position });
        Ok(())
    }

    /// Answers a question.
    pub fn find(&self, request: &Request) -> Answer {
        let state = self.state();
        let deadline = Instant::now() + request.patience;
        let asked = Test::of(&request.filter, &state);
        let visible = Test::visible(&request.viewer, &state);
        let muted = Test::Any(vec![Test::of(&request.muted, &state)]);
        let muted = if is_nothing(&request.muted) { Test::Any(Vec::new()) } else { muted };
        let shown = Test::All(vec![asked, visible]);
        let filter = Node::of(&shown, &state);
        let mut found = plan::find(&filter, &Node::of(&muted, &state), &state, deadline);
        let meeting = state.delta.rows().filter(|row| shown.holds(row));
        let (hidden, rows): (Vec<&Row>, Vec<&Row>) =
            meeting.map(Arc::as_ref).partition(|row| muted.holds(row));
        found.muted += hidden.len() as u64;
        let docs = found.docs.view();
        let mut answer = Answer {
            total: u64::from(docs.count()) + rows.len() as u64,
            muted: found.muted,
            works: page::page(request, &state, docs, &rows),
            facets: Vec::new(),
            partial: found.partial,
        };
        if !request.facets.is_empty() {
            let mut counter = Counter::new(&state, docs, &rows, deadline);
            answer.facets = counter.facets(&request.facets);
            answer.partial |= counter.partial;
        }
        answer
    }
}

/// Tags that may be moved before a new base is due: each is counted by its sets.
const MOST_MOVED: usize = 2_000;

impl State {
    fn new(base: Arc<Base>) -> State {
        let position = base.position();
        State { graph: Graph::new(base), delta: Delta::default(), position }
    }
}

fn is_nothing(filter: &Filter) -> bool {
    matches!(filter, Filter::Any(any) if any.is_empty())
}

/// Writes a base beside the old one, and moves it there when it is whole.
fn write_base(builder: BaseBuilder, folder: &Path, position: Position) -> Result<Base, IndexFault> {
    // Another program may be making one of its own.
    let new = folder.join(format!("{BASE}.{}", std::process::id()));
    let place = folder.join(BASE);
    builder.write(&new, position)?;
    let base = Base::open(&new)?;
    std::fs::rename(&new, &place)?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(base)
}
