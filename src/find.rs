//! What a reader asks for, found: names become tags, words become works, and the filter index
//! answers.
//!
//! Owns the way from an [`Ask`] to a page of works. Whoever shows it (the site, the terminal, a
//! feed) brings its own words for what went wrong.

use std::collections::{HashMap, HashSet};

use fanfold_index::ask::{Ask, Clause, Fact, Order, SortBy, TagField, TextField, Words};
use fanfold_index::filter::{
    Answer, Column, FacetRequest, Filter, Flag, Kind, Request, Sort, Term, Viewer,
};
use fanfold_index::{Hit, IndexError, Query, TextPlace};

use crate::app::App;
use crate::archive::person::ReaderId;
use crate::archive::reading::{Mute, Progress};
use crate::archive::tag::Tag;
use crate::archive::work::Millis;
use crate::archive::{language, tag};
use crate::store::{self, View, kind_of};
use crate::transfer::filters::term_of;

/// A day, in seconds: works in random order stay in it as long.
const DAY: i64 = 86_400;

/// Why a question cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The beginning of a word stands for more words than can be looked up.
    #[error("too many words begin with “{0}”; add a letter or two before the *")]
    TooBroad(String),
    /// The question is about the reader, of whom nothing is known.
    #[error(
        "Fanfold does not remember yet what you read; begin a reading list, and from then on it \
         knows what is new to you"
    )]
    NoReader,
    /// The text index failed.
    #[error(transparent)]
    Text(IndexError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<IndexError> for Error {
    fn from(error: IndexError) -> Error {
        match error {
            IndexError::TooBroad { prefix } => Error::TooBroad(prefix),
            error => Error::Text(error),
        }
    }
}

/// What becomes of works that a reader does not want to meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutes {
    /// They are left out, and counted.
    Apply,
    /// They are found like all others.
    Ignore,
}

/// Which part of what is found to show, and what to count.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Works to pass over.
    pub offset: usize,
    /// The most works to show.
    pub limit: usize,
    /// What to count.
    pub facets: Vec<FacetRequest>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Finding {
    /// The works and the counts.
    pub answer: Answer,
    /// Names that no tag has, as the reader wrote them.
    pub unknown: Vec<(TagField, String)>,
    /// The order that the works are in.
    pub order: Option<Order>,
    /// The words that were looked for in the texts, for marking them; empty if there were none.
    pub words: Query,
    /// The chapters of the works on the page in which the words match best.
    pub chapters: HashMap<i64, u32>,
}

/// Answers a question, for whoever `tx` is seen by. Works that they muted are left out and
/// counted.
///
/// # Errors
/// For what cannot be asked, and where store or index fail.
pub fn find(
    app: &App,
    tx: &View<'_>,
    ask: &Ask,
    mutes: Mutes,
    window: &Window,
) -> Result<Finding, Error> {
    let (viewer, now, reader) = (tx.filter_viewer()?, app.now(), tx.reader());
    let mut resolver =
        Resolver { app, tx, viewer: viewer.clone(), now, reader, unknown: Vec::new() };
    let filter = resolver.filter(&ask.clause)?;
    let unknown = std::mem::take(&mut resolver.unknown);
    let muted = match mutes {
        Mutes::Apply => resolver.muted()?,
        Mutes::Ignore => Filter::Any(Vec::new()),
    };
    let words = Query::parse(&ask.clause.split_text().0).unwrap_or_default();
    let best = Order::usual(SortBy::Best);
    let newest = Order::usual(SortBy::By(Column::Updated));
    let order = match ask.sort {
        None if words.is_empty() => newest,
        None => best,
        // Without words nothing matches better than anything else.
        Some(Order { by: SortBy::Best, .. }) if words.is_empty() => newest,
        Some(order) => order,
    };
    let sort = match order.by {
        SortBy::By(column) => Sort::By(column),
        SortBy::Title => Sort::Title,
        SortBy::Author => Sort::Creator,
        SortBy::Random(Some(seed)) => Sort::Shuffled(seed),
        SortBy::Random(None) => Sort::Shuffled(resolver.seconds().div_euclid(DAY) as u64),
        SortBy::Best => Sort::By(Column::Updated),
    };
    let mut request = Request {
        filter,
        muted,
        sort,
        descending: order.descending,
        offset: window.offset,
        limit: window.limit,
        facets: window.facets.clone(),
        viewer,
        ..Request::everything()
    };
    let ranked = order.by == SortBy::Best;
    if ranked {
        (request.offset, request.limit) = (0, usize::MAX);
    }
    let mut answer = app.filters.find(&request);
    let hits = match words.is_empty() {
        true => Vec::new(),
        false => app.index.search(&words, 0, usize::MAX)?.hits,
    };
    if ranked {
        answer.works = ranked_page(&hits, &answer.works, window);
    }
    let shown: HashSet<i64> = answer.works.iter().copied().collect();
    let chapters = hits.iter().filter(|hit| shown.contains(&hit.work));
    let chapters = chapters.map(|hit| (hit.work, hit.chapter)).collect();
    Ok(Finding { answer, unknown, order: Some(order), words, chapters })
}

/// The hits of a search that whoever `tx` is seen by may find, best first, all of them.
///
/// # Errors
/// As for [`find`].
pub fn hits(app: &App, tx: &View<'_>, words: &Query) -> Result<Vec<Hit>, Error> {
    let mut hits = app.index.search(words, 0, usize::MAX)?.hits;
    let works = hits.iter().map(|hit| hit.work).collect();
    let (filter, viewer) = (Filter::In(works), tx.filter_viewer()?);
    let request = Request { filter, viewer, limit: usize::MAX, ..Request::everything() };
    let seen: HashSet<i64> = app.filters.find(&request).works.into_iter().collect();
    hits.retain(|hit| seen.contains(&hit.work));
    Ok(hits)
}

/// The page of these works, those in which the words weigh most first.
fn ranked_page(hits: &[Hit], found: &[i64], window: &Window) -> Vec<i64> {
    let there: HashSet<i64> = found.iter().copied().collect();
    let ranked: Vec<i64> =
        hits.iter().map(|hit| hit.work).filter(|work| there.contains(work)).collect();
    // Found by a tag of that name, and not by their texts: they follow.
    let by_text: HashSet<i64> = ranked.iter().copied().collect();
    let others = found.iter().copied().filter(|work| !by_text.contains(work));
    ranked.iter().copied().chain(others).skip(window.offset).take(window.limit).collect()
}

/// Turns a question into ids.
struct Resolver<'a> {
    app: &'a App,
    tx: &'a View<'a>,
    viewer: Viewer,
    now: Millis,
    reader: Option<ReaderId>,
    unknown: Vec<(TagField, String)>,
}

impl Resolver<'_> {
    fn seconds(&self) -> i64 {
        self.now.0.div_euclid(1000)
    }

    fn filter(&mut self, clause: &Clause) -> Result<Filter, Error> {
        Ok(match clause {
            Clause::Tag(field, name) => self.tag(*field, name)?,
            Clause::Has(kind) => Filter::HasKind(*kind),
            Clause::Words(words) => self.words(words)?,
            Clause::In(place, words) => {
                let place = match place {
                    TextField::Title => TextPlace::Title,
                    TextField::Notes => TextPlace::Notes,
                    TextField::Body => TextPlace::Body,
                };
                self.text(words, Some(place))?
            }
            Clause::Number(number, low, high) => {
                let (column, low, high) = number.range(*low, *high);
                Filter::Range(column, low, high)
            }
            Clause::Date(field, when) => {
                let (first, last) = when.seconds(self.seconds());
                Filter::Range(field.column(), first, last)
            }
            Clause::Is(Fact::Complete) => Filter::Is(Flag::Complete),
            Clause::Is(Fact::Crossover) => Filter::Is(Flag::Crossover),
            Clause::Is(Fact::OnePairing) => Filter::Is(Flag::OnePairing),
            Clause::Is(Fact::Read) => self.reading(Progress::Finished)?,
            Clause::Is(Fact::Unread) => Filter::Not(Box::new(self.reading(Progress::Looked)?)),
            Clause::Is(Fact::Started) => self.reading(Progress::Begun)?,
            Clause::Is(Fact::Updated) => self.reading(Progress::Updated)?,
            Clause::All(parts) => Filter::All(self.each(parts)?),
            Clause::Any(parts) => Filter::Any(self.each(parts)?),
            Clause::Not(part) => Filter::Not(Box::new(self.filter(part)?)),
        })
    }

    /// What the reader does not want to meet: what is muted, and what does not answer a default
    /// filter.
    fn muted(&mut self) -> Result<Filter, Error> {
        let Some(reader) = self.reader else { return Ok(Filter::Any(Vec::new())) };
        let (mut any, mut works) = (Vec::new(), Vec::new());
        for muted in self.tx.mutes(reader)? {
            match muted.mute {
                Mute::Work(work) => works.push(work.0),
                Mute::Tag(tag) => {
                    let term = muted.kind.and_then(|kind| term_of(kind, tag));
                    any.extend(term.map(Filter::Has));
                }
                Mute::Author(author) => {
                    let key = u32::try_from(author.0).ok();
                    any.extend(key.map(|key| Filter::Has(Term::new(Kind::Author, key))));
                }
            }
        }
        if !works.is_empty() {
            any.push(Filter::In(works.into()));
        }
        for default in self.tx.default_filters(reader)? {
            // A question that an older version understood hides nothing.
            let Ok(ask) = Ask::parse(&default.question) else { continue };
            let not = Filter::Not(Box::new(self.filter(&ask.clause)?));
            match default.fandom.map(|(id, _)| term_of(tag::Kind::Fandom, id)) {
                None => any.push(not),
                Some(Some(fandom)) => any.push(Filter::All(vec![Filter::Has(fandom), not])),
                Some(None) => {}
            }
        }
        Ok(Filter::Any(any))
    }

    /// The works that the reader has looked at and that are in this state.
    fn reading(&self, state: Progress) -> Result<Filter, Error> {
        let reader = self.reader.ok_or(Error::NoReader)?;
        let works = self.tx.read_works(reader, state)?;
        Ok(Filter::In(works.iter().map(|work| work.0).collect()))
    }

    fn each(&mut self, parts: &[Clause]) -> Result<Vec<Filter>, Error> {
        parts.iter().map(|part| self.filter(part)).collect()
    }

    fn tag(&mut self, field: TagField, name: &str) -> Result<Filter, Error> {
        let terms = self.terms(field.kind(), name)?;
        if terms.is_empty() {
            self.unknown.push((field, name.to_owned()));
        }
        let one = |term| if field.is_primary() { Filter::First(term) } else { Filter::Has(term) };
        Ok(Filter::Any(terms.into_iter().map(one).collect()))
    }

    /// The terms of this name.
    fn terms(&self, kind: Option<Kind>, name: &str) -> Result<Vec<Term>, Error> {
        let own = |wanted: &tag::Kind| kind.is_none_or(|kind| kind == kind_of(*wanted));
        let kinds: Vec<tag::Kind> = tag::Kind::ALL.into_iter().filter(own).collect();
        let mut terms = Vec::new();
        match (kind, kinds.as_slice()) {
            (None, _) => {
                let tags = self.tx.tags_spelt(None, name)?;
                for tag in &tags {
                    terms.extend(self.tag_term(tag)?);
                }
            }
            (Some(_), [kind]) => {
                let tag = self.tx.tag_named(Some(*kind), name)?;
                if let Some(tag) = &tag {
                    terms.extend(self.tag_term(tag)?);
                }
            }
            (Some(Kind::Language), _) => {
                let code = language::named(name);
                let key = code.as_deref().and_then(language::key);
                terms.extend(key.map(|key| Term::new(Kind::Language, key)));
            }
            (Some(kind), _) => {
                let named = self.tx.named(kind, name)?;
                terms.extend(named.into_iter().filter(|term| self.is_said(*term)));
            }
        }
        Ok(terms)
    }

    /// The term of a tag; none for one that only works say which the viewer does not see: to them
    /// there is no such tag.
    fn tag_term(&self, tag: &Tag) -> Result<Option<Term>, Error> {
        Ok(if self.tx.knows(tag)? { term_of(tag.kind, tag.id) } else { None })
    }

    /// Whether any work that the viewer sees says it.
    fn is_said(&self, term: Term) -> bool {
        let (filter, viewer) = (Filter::Has(term), self.viewer.clone());
        let request = Request { filter, viewer, limit: 0, ..Request::everything() };
        self.app.filters.find(&request).total > 0
    }

    /// Words without a field: a tag of this name, or else text. A single word is both, because
    /// many tags are words that every story has.
    fn words(&mut self, words: &Words) -> Result<Filter, Error> {
        let text = words.text();
        let tags = match words {
            Words::Phrase(text) => self.terms(None, text)?,
            Words::Prefix(_) => Vec::new(),
        };
        let mut any: Vec<Filter> = tags.into_iter().map(Filter::Has).collect();
        if any.is_empty() || !text.contains(' ') {
            any.push(self.text(words, None)?);
        }
        Ok(Filter::Any(any))
    }

    /// Works in whose texts these words stand.
    fn text(&self, words: &Words, place: Option<TextPlace>) -> Result<Filter, Error> {
        // What no text can hold (an emoji) is in none.
        let nothing = || Ok(Filter::Any(Vec::new()));
        let Some(query) = words.text_query() else { return nothing() };
        let Ok(mut query) = Query::parse(&query) else { return nothing() };
        if let Some(place) = place {
            query = query.within(place);
        }
        let hits = self.app.index.search(&query, 0, usize::MAX)?.hits;
        Ok(Filter::In(hits.iter().map(|hit| hit.work).collect()))
    }
}
