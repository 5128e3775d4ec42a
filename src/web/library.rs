//! The library: works that answer a question, the question in words, boxes and chips, and what to
//! do when nothing answers it.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use fanfold_index::ask::{self, Ask, Clause, Order, Panel, SortBy, TagField, When};
use fanfold_index::filter::Column;
use serde::Deserialize;

use super::cache::Page;
use super::chip::{self, Chip};
use super::error::Error;
use super::filter::{Fault, Fields, TAGS};
use super::page::{Pager, asked_page, count, query_value};
use super::panel::{self, PanelView, Parts, Tally};
use super::search::HitRow;
use super::visitor::Guest;
use super::works::PAGE;
use super::{Keep, Site, imports, reading};
use crate::app::App;
use crate::archive::reading::SavedFilter;
use crate::archive::work::{Millis, WorkId};
use crate::find::{self, Finding, Mutes, Window};
use crate::store::View;

/// The most parts of a question that are left out by way of trial when nothing answers it.
const TRIALS: usize = 8;
/// A page that took so long already is finished without what would only be pleasant to know.
const LONG: i64 = 2_000;

#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    q: Option<String>,
    page: Option<String>,
    more: Option<String>,
    metas: Option<String>,
    any: Option<String>,
    muted: Option<String>,
    /// As addresses were before there were questions.
    sort: Option<String>,
    order: Option<String>,
}

/// An address of the library: the question, and how the panel is to show itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The question.
    pub q: String,
    /// The kind of which more values are listed.
    pub more: Option<String>,
    /// Whether metatags are counted.
    pub metas: bool,
    /// Kinds of which one picked value is enough, where the question cannot say so yet.
    pub any: Vec<&'static str>,
    /// Whether works are listed that the reader mutes.
    pub unmuted: bool,
}

impl Address {
    fn of(query: &ListQuery, q: String) -> Address {
        let known = |name: &str| TAGS.iter().map(|row| row.1).find(|known| *known == name);
        Address {
            q,
            more: query.more.as_deref().and_then(known).map(str::to_owned),
            metas: query.metas.is_some(),
            any: query.any.iter().flat_map(|any| any.split(',')).filter_map(known).collect(),
            unmuted: query.muted.is_some(),
        }
    }

    /// Of a question and the switches of a form.
    pub(super) fn chosen(ask: &Ask, fields: &Fields) -> Address {
        let panel = Panel::of(ask);
        let silent = |(field, name): &&(TagField, &'static str)| {
            let said = panel.tags.get(field).is_some_and(|picks| picks.any);
            fields.has(&format!("any-{name}")) && !said
        };
        let more = match fields.get("more") {
            "" if fields.has("fewer") => "",
            "" => fields.get("kept"),
            group => group,
        };
        let more = more.strip_prefix("in-").or(more.strip_prefix("not-"));
        let known = |name: &&str| TAGS.iter().any(|row| row.1 == *name);
        Address {
            q: ask.to_string(),
            more: more.filter(known).map(str::to_owned),
            metas: fields.has("metas"),
            any: TAGS.iter().filter(silent).map(|row| row.1).collect(),
            unmuted: fields.has("muted"),
        }
    }

    /// The address without a page, ready for one to be added.
    fn base(&self) -> String {
        let mut base = "/?".to_owned();
        if !self.q.is_empty() {
            base.push_str(&format!("q={}&", query_value(&self.q)));
        }
        if self.metas {
            base.push_str("metas=1&");
        }
        if self.unmuted {
            base.push_str("muted=show&");
        }
        if !self.any.is_empty() {
            base.push_str(&format!("any={}&", self.any.join(",")));
        }
        base
    }

    /// The address of its first page.
    pub(super) fn href(&self) -> String {
        let mut base = self.base();
        if let Some(more) = &self.more {
            base.push_str(&format!("more={more}"));
        }
        base.trim_end_matches(['?', '&']).to_owned()
    }

    /// The address with the group whose button was pressed, so that the page opens there.
    pub(super) fn at(&self, group: &str) -> String {
        let name = group.strip_prefix("in-").or(group.strip_prefix("not-"));
        let known = name.is_some_and(|name| TAGS.iter().any(|row| row.1 == name));
        if known { format!("{}#{group}", self.href()) } else { self.href() }
    }

    /// The same for another question.
    pub(super) fn asking(&self, ask: &Ask) -> String {
        Address { q: ask.to_string(), more: None, ..self.clone() }.href()
    }
}

#[derive(Template)]
#[template(path = "works/list.html")]
struct ListPage {
    progress: Option<String>,
    empty: bool,
    behind: bool,
    question: String,
    metas: bool,
    all: String,
    said: String,
    ordered: String,
    total: u64,
    /// Whether there is an answer at all.
    answered: bool,
    chips: Vec<Chip>,
    mistake: Option<Mistake>,
    faults: Vec<(String, String)>,
    unknown: Vec<Unknown>,
    muted: String,
    /// Where the muted works are listed too.
    unmuted: String,
    /// Where they are not.
    remuted: Option<String>,
    partial: bool,
    trials: Vec<Trial>,
    hits: Vec<HitRow>,
    random: String,
    pager: Pager,
    panel: Option<PanelView>,
    /// What a reader keeps, if one is known.
    mine: Option<Mine>,
}

/// What a reader does with filters, on the list.
struct Mine {
    saved: Vec<SavedFilter>,
    /// The question and where the list is, for what is sent from it.
    question: String,
    here: String,
}

/// What is wrong with a question, or may be meant differently.
struct Mistake {
    say: String,
    before: String,
    at: String,
    after: String,
    instead: Option<(String, String)>,
    is_hint: bool,
}

/// A name that no tag has.
struct Unknown {
    kind: &'static str,
    name: String,
    without: String,
}

/// A question with one part left out, and how many works answer it.
struct Trial {
    label: String,
    href: String,
    works: String,
}

/// What somebody asks for, and what stood in the boxes.
struct Draft {
    address: Address,
    ask: Ask,
    /// What stands in the box for the question.
    question: String,
    fields: Fields,
    faults: Vec<Fault>,
    mistake: Option<(ask::Mistake, bool)>,
    page: Option<String>,
}

/// `/`
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    query: Result<Query<ListQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Response, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let question = query.q.as_deref().unwrap_or_default().trim().to_owned();
    let draft = match Ask::parse_with_hint(&question) {
        Ok((ask, hint)) => {
            let ask = with_old_order(ask, &query);
            let spelled = ask.to_string();
            let address = Address::of(&query, spelled.clone());
            let same = || Ask::parse(&spelled).is_ok_and(|again| again == ask);
            if spelled != question && same() {
                let page = query.page.as_deref().map(|page| asked_page(Some(page)));
                let href = match page {
                    Some(page) if page > 1 => format!("{}page={page}", address.base()),
                    _ => address.href(),
                };
                return Ok(Redirect::to(&href).into_response());
            }
            let fields = Fields::of(&ask);
            let mistake = hint.map(|hint| (hint, true));
            Draft { address, ask, question, fields, faults: vec![], mistake, page: query.page }
        }
        Err(mistake) => Draft {
            address: Address::of(&query, String::new()),
            ask: Ask::default(),
            question,
            fields: Fields::default(),
            faults: Vec::new(),
            mistake: Some((mistake, false)),
            page: None,
        },
    };
    let page = site.page(guest, uri, move |app, tx, _| list_page(app, tx, &draft)).await?;
    Ok(page.into_response())
}

/// The list with what was wrong in a form, and the form as it was filled in.
pub(super) async fn mended(
    site: Arc<Site>,
    guest: Guest,
    uri: Uri,
    address: Address,
    ask: Ask,
    fields: Fields,
    mut faults: Vec<Fault>,
) -> Result<Page, Error> {
    let whole = faults.iter().position(|fault| fault.field == "q");
    let mistake = whole.map(|at| (faults.remove(at).mistake, false));
    let question = ask.to_string();
    let draft = Draft { address, ask, question, fields, faults, mistake, page: None };
    site.page(guest, uri, move |app, tx, _| Ok((list_page(app, tx, &draft)?.0, Keep::No))).await
}

/// `sort=` and `order=` as the library's addresses had them before.
fn with_old_order(mut ask: Ask, query: &ListQuery) -> Ask {
    let by = match query.sort.as_deref() {
        Some("updated" | "added") => SortBy::By(Column::Updated),
        Some("title") => SortBy::Title,
        Some("author") => SortBy::Author,
        Some("words") => SortBy::By(Column::Words),
        _ => return ask,
    };
    let mut order = Order::usual(by);
    match query.order.as_deref() {
        Some("asc") => order.descending = false,
        Some("desc") => order.descending = true,
        _ => {}
    }
    let newest = Order::usual(SortBy::By(Column::Updated));
    ask.sort = ask.sort.or((order != newest).then_some(order));
    ask
}

/// How far the indexes are behind the store.
struct Behind {
    works: bool,
    anything: bool,
}

fn behind(app: &App, tx: &View<'_>) -> Result<Behind, Error> {
    let last = tx.last_change()?.0;
    let known = app.filters.position();
    let works = known.works < last;
    let tags = known.tags < tx.last_tag_change()?.0;
    Ok(Behind { works, anything: works || tags || app.index.position() < last })
}

/// Whether there is still time for what a page can do without.
pub(super) fn has_time(app: &App, begin: Millis) -> bool {
    app.now().0.saturating_sub(begin.0) < LONG
}

/// What answers the question, and what is wrong with it.
fn answer(
    app: &App,
    tx: &View<'_>,
    mutes: Mutes,
    draft: &Draft,
) -> Result<(Option<Finding>, Option<Mistake>), Error> {
    let question = &draft.question;
    let mistake = draft.mistake.as_ref();
    let mistake =
        mistake.map(|(mistake, is_hint)| Mistake::of(question, mistake, *is_hint, &draft.address));
    match found(app, tx, mutes, draft, asked_page(draft.page.as_deref())) {
        Ok(found) => Ok((Some(found), mistake)),
        Err(find::Error::Store(error)) => Err(error.into()),
        Err(find::Error::Text(error)) => {
            Err(Error::failed("the index could not be searched", &error))
        }
        Err(error) => Ok((None, Some(Mistake::plain(question, format!("{error}."))))),
    }
}

fn list_page(app: &App, tx: &View<'_>, draft: &Draft) -> Result<(ListPage, Keep), Error> {
    let begin = app.now();
    let mutes = if draft.address.unmuted { Mutes::Ignore } else { Mutes::Apply };
    let progress = imports::progress_line(app.progress.snapshot());
    // Looked at before anything is found: an answer is as new as this at least.
    let behind = behind(app, tx)?;
    let totals = tx.totals()?;
    let refused = draft.mistake.as_ref().is_some_and(|(_, is_hint)| !is_hint);
    let (found, mistake) = answer(app, tx, mutes, draft)?;
    let answered = found.is_some() && !refused;
    let found = found.unwrap_or_default();
    let total = found.answer.total;
    let pager = Pager::new(draft.page.as_deref(), total, PAGE, draft.address.base());
    let counted = found.answer.facets.clone();
    let tally = Tally::new((app, tx), mutes, &draft.ask, &draft.address, counted, begin)?;
    let words = !found.words.is_empty();
    let parts = Parts {
        fields: &draft.fields,
        faults: &draft.faults,
        address: &draft.address,
        tally: &tally,
        words,
        reader: tx.reader().is_some(),
    };
    let chips = chip::chips(&draft.ask, &draft.address);
    let panel = PanelView::new(tx, &parts, chips.len())?;
    let everything = draft.ask == Ask::default();
    let trials =
        if total == 0 && answered { trials(app, tx, mutes, draft, begin) } else { Vec::new() };
    let keeps = progress.is_none() && !behind.anything && is_timeless(&draft.ask) && answered;
    let page = ListPage {
        empty: totals.works == 0 && total == 0,
        behind: behind.works && progress.is_none(),
        question: draft.question.clone(),
        metas: draft.address.metas,
        all: Address { metas: draft.address.metas, ..Address::default() }.href(),
        said: count(&total, "work", "works"),
        ordered: match found.order {
            _ if everything => count(&totals.words, "word", "words"),
            Some(order) if total > 1 => chip::order(order).to_owned(),
            _ => String::new(),
        },
        total,
        answered,
        chips,
        mistake,
        faults: faults(&draft.faults),
        unknown: unknown(draft, &found),
        muted: muted(found.answer.muted),
        unmuted: Address { unmuted: true, ..draft.address.clone() }.href(),
        remuted: (mutes == Mutes::Ignore)
            .then(|| Address { unmuted: false, ..draft.address.clone() }.href()),
        partial: found.answer.partial,
        trials,
        hits: if answered { hits(tx, draft, &found)? } else { Vec::new() },
        random: format!("/random?q={}", query_value(&draft.ask.to_string())),
        pager,
        panel: (totals.works > 0).then_some(panel),
        mine: mine(tx, draft)?,
        progress,
    };
    Ok((page, if keeps { Keep::Yes } else { Keep::No }))
}

fn mine(tx: &View<'_>, draft: &Draft) -> Result<Option<Mine>, Error> {
    let Some(reader) = tx.reader() else { return Ok(None) };
    let (question, here) = (draft.ask.to_string(), draft.address.href());
    Ok(Some(Mine { saved: tx.saved_filters(reader)?, question, here }))
}

/// How many works were left out; empty if none were.
fn muted(works: u64) -> String {
    if works == 0 { String::new() } else { count(&works, "work", "works") }
}

/// The works of a page, or of the last one that there is.
fn found(
    app: &App,
    tx: &View<'_>,
    mutes: Mutes,
    draft: &Draft,
    page: u64,
) -> Result<Finding, find::Error> {
    let (ask, address) = (&draft.ask, &draft.address);
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let window = |page: u64| Window {
        offset: usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(size),
        limit: size,
        facets: panel::facets(address),
    };
    let found = find::find(app, tx, ask, mutes, &window(page))?;
    let pages = found.answer.total.div_ceil(PAGE).max(1);
    if page <= pages { Ok(found) } else { find::find(app, tx, ask, mutes, &window(pages)) }
}

/// The works that were found, with the lines in which the words stand.
fn hits(tx: &View<'_>, draft: &Draft, found: &Finding) -> Result<Vec<HitRow>, Error> {
    let ids: Vec<WorkId> = found.answer.works.iter().copied().map(WorkId).collect();
    let rows = tx.work_rows(&ids)?;
    let asked = draft.ask.clause.split_text().0;
    let mut hits = Vec::with_capacity(rows.len());
    for row in &rows {
        let chapter = found.chapters.get(&row.id.0).copied();
        let mut hit = HitRow::of(tx, row, chapter, &found.words, &asked)?;
        if let Some(reader) = tx.reader() {
            let reading = tx.reading(reader, row.id)?;
            hit.card.facts.extend(reading.map(|reading| reading::state(&reading, row.chapters)));
        }
        hits.push(hit);
    }
    Ok(hits)
}

/// How many works there would be without each part of the question; the most first.
fn trials(app: &App, tx: &View<'_>, mutes: Mutes, draft: &Draft, begin: Millis) -> Vec<Trial> {
    let window = Window::default();
    let mut trials = Vec::new();
    for part in draft.ask.clause.parts().iter().take(TRIALS) {
        if !has_time(app, begin) {
            break;
        }
        let without = draft.ask.clone().without(part);
        // What cannot be asked even then is no way out.
        let Ok(found) = find::find(app, tx, &without, mutes, &window) else { continue };
        let total = found.answer.total;
        if total > 0 {
            let trial = Trial {
                label: chip::words(part),
                href: draft.address.asking(&without),
                works: count(&total, "work", "works"),
            };
            trials.push((total, trial));
        }
    }
    trials.sort_by_key(|(total, _)| std::cmp::Reverse(*total));
    trials.into_iter().map(|(_, trial)| trial).collect()
}

fn unknown(draft: &Draft, found: &Finding) -> Vec<Unknown> {
    let holds = |part: &Clause, field: TagField, name: &str| {
        let mut all = Vec::new();
        leaves(part, &mut all);
        all.iter().any(|leaf| matches!(leaf, Clause::Tag(f, n) if *f == field && n == name))
    };
    let row = |(field, name): &(TagField, String)| {
        let parts = draft.ask.clause.parts().iter();
        let kept = parts.filter(|part| !holds(part, *field, name)).cloned().collect();
        let ask = Ask { clause: Clause::All(kept), sort: draft.ask.sort }.simplified();
        Unknown {
            kind: chip::kind(*field),
            name: name.clone(),
            without: draft.address.asking(&ask),
        }
    };
    found.unknown.iter().map(row).collect()
}

/// The conditions of a question that have no others inside them.
fn leaves<'c>(clause: &'c Clause, all: &mut Vec<&'c Clause>) {
    match clause {
        Clause::All(parts) | Clause::Any(parts) => {
            parts.iter().for_each(|part| leaves(part, all));
        }
        Clause::Not(part) => leaves(part, all),
        leaf => all.push(leaf),
    }
}

/// Whether a question has the same answer for as long as the library stays as it is.
fn is_timeless(ask: &Ask) -> bool {
    let mut all = Vec::new();
    leaves(&ask.clause, &mut all);
    let shuffled = ask.sort.is_some_and(|order| order.by == SortBy::Random(None));
    let passes =
        |leaf: &&Clause| matches!(leaf, Clause::Date(_, When::Age { .. } | When::Ago { .. }));
    !shuffled && !all.iter().any(passes)
}

fn faults(faults: &[Fault]) -> Vec<(String, String)> {
    faults.iter().map(|fault| (fault.field.clone(), fault.mistake.say.clone())).collect()
}

impl Mistake {
    fn of(text: &str, mistake: &ask::Mistake, is_hint: bool, address: &Address) -> Mistake {
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().to_owned();
        let (start, end) = (mistake.at.start.min(text.len()), mistake.at.end.min(text.len()));
        let at = part(start, end);
        let instead = mistake.instead.as_ref().map(|instead| {
            let address = Address { q: instead.clone(), more: None, ..address.clone() };
            (instead.clone(), address.href())
        });
        Mistake {
            say: mistake.say.clone(),
            before: part(0, start),
            at: if at.is_empty() { "…".to_owned() } else { at },
            after: part(end, text.len()),
            instead,
            is_hint,
        }
    }

    /// A mistake without a place.
    fn plain(text: &str, say: String) -> Mistake {
        let (before, at, after) = (String::new(), text.to_owned(), String::new());
        Mistake { say, before, at, after, instead: None, is_hint: false }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RandomQuery {
    q: Option<String>,
}

/// `/random`
pub(super) async fn random(
    State(site): State<Arc<Site>>,
    query: Result<Query<RandomQuery>, QueryRejection>,
    guest: Guest,
) -> Result<Response, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let question = query.q.unwrap_or_default();
    let list = format!("/?q={}", query_value(&question));
    let Ok(mut ask) = Ask::parse(&question) else { return Ok(Redirect::to(&list).into_response()) };
    let asked = site.seen(guest, move |site, tx| {
        let app = &site.app;
        ask.sort = Some(Order::usual(SortBy::Random(Some(app.now().0.unsigned_abs()))));
        let window = Window { limit: 1, ..Window::default() };
        // The list says what is wrong with a question that cannot be answered.
        let found = find::find(app, tx, &ask, Mutes::Apply, &window).ok();
        Ok(found.and_then(|found| found.answer.works.first().copied()))
    });
    let href = asked.await?.map_or(list, |work| format!("/works/{work}"));
    let mut response = axum::http::StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    let href = HeaderValue::try_from(href).map_err(|_| Error::Address)?;
    headers.insert(header::LOCATION, href);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
