//! `/works/{id}/edit/about`: what is said about a work, the tags that were proposed, and posting.
//!
//! One form, sent back with everything that was typed and each mistake beside its field.

use std::cell::Cell;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fanfold_doc::imported::{Proposal, TagKind, Warning};

use super::super::cache::Page;
use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::visibility;
use super::super::visitor::Guest;
use super::super::writing::{head, open_desk, pen};
use super::super::{Keep, Site, blocking, work_id};
use super::ties::{self, TiesPage};
use crate::app::App;
use crate::archive::about::{About, CATEGORIES, RATINGS, WARNINGS, field};
use crate::archive::access::Audience;
use crate::archive::draft::{FieldError, FieldErrors};
use crate::archive::limits::WorkLimits;
use crate::archive::person::Visitor;
use crate::archive::revision::{Head, Part};
use crate::archive::ties::Comments;
use crate::archive::ties_form::Ground;
use crate::archive::work::{Facts, Millis, PrintedMatter, WorkId};
use crate::store::{Desk, Pen, Posted, Saved, Text, View, Write};

/// The longest form, bytes.
const FORM_BYTES: usize = 4 << 20;
/// Empty lines for series that are offered beside those that are there.
const MORE_SERIES: usize = 1;
/// Why a save of this page is in the history.
const WHY: &str = "what is said about the work";

#[derive(Template)]
#[template(path = "posting/about.html")]
struct AboutPage {
    id: WorkId,
    /// The title that the program made up, where the writer gave none.
    provisional: Option<String>,
    about: About,
    head: String,
    ratings: Vec<Choice>,
    warnings: Vec<Choice>,
    categories: Vec<Choice>,
    tied: TiesPage,
    proposals: Vec<Offer>,
    notices: Vec<Warning>,
    errors: Vec<FieldError>,
    /// Somebody saved this meanwhile.
    conflict: bool,
    /// It was saved, but cannot be posted.
    not_posted: bool,
    /// Works here were looked for by their titles.
    looks: bool,
    limits: WorkLimits,
    saved: bool,
    words: String,
    posted: bool,
    drafted: bool,
    scheduled: Option<String>,
    /// Who may see it, for whoever may say so.
    audience: Option<Audience>,
}

/// Something to be ticked or chosen.
struct Choice {
    value: String,
    chosen: bool,
}

/// A tag that a rule read out of the text.
struct Offer {
    value: String,
    proposal: Proposal,
}

impl AboutPage {
    /// What is wrong with a field; empty if nothing is.
    fn wrong(&self, field: &str) -> String {
        let own = self.errors.iter().filter(|error| error.field == field);
        own.map(|error| error.problem.as_str()).collect::<Vec<_>>().join("; ")
    }

    fn of(
        site: &Site,
        tx: &View<'_>,
        desk: &Desk,
        about: About,
        (head, looks): (Head, bool),
    ) -> Result<AboutPage, Error> {
        let facts = &desk.draft.facts;
        let known = |all: &[&str], own: &[String]| {
            let others = own.iter().filter(|name| !all.contains(&name.as_str())).cloned();
            let all = all.iter().map(|name| (*name).to_owned()).chain(others);
            all.map(|value| Choice { chosen: own.contains(&value), value }).collect::<Vec<_>>()
        };
        let is_open = |proposal: &Proposal| {
            !facts.tags.iter().any(|tag| tag.0 == proposal.kind && tag.1 == proposal.name)
        };
        let offer = |proposal: Proposal| Offer {
            value: format!("{}:{}", field(proposal.kind), proposal.name),
            proposal,
        };
        let proposals = tx.proposals(desk.work)?.into_iter().filter(is_open).map(offer).collect();
        let rating: Vec<String> =
            Some(about.rating.clone()).into_iter().filter(|name| !name.is_empty()).collect();
        let state = &desk.state;
        let owned = tx.visibility(desk.work)?.filter(|shown| tx.viewer().owns(shown));
        Ok(AboutPage {
            id: desk.work,
            provisional: facts.title_is_provisional.then(|| facts.title.clone()),
            head: head.to_string(),
            ratings: known(&RATINGS, &rating),
            warnings: known(&WARNINGS, &about.warnings),
            categories: known(&CATEGORIES, &about.categories),
            tied: TiesPage::of(tx, &about.ties, looks)?,
            proposals,
            notices: tx.warnings(desk.work)?,
            errors: Vec::new(),
            conflict: false,
            not_posted: false,
            looks,
            limits: site.app.config.limits,
            saved: false,
            words: super::super::page::count(&desk.draft.words(), "word", "words"),
            posted: state.shown.is_some(),
            drafted: state.drafted,
            scheduled: state.post_at.map(moment),
            audience: owned.map(|shown| shown.audience),
            about,
        })
    }
}

/// A moment as a form takes it: UTC, to the minute.
fn moment(at: Millis) -> String {
    let stamp = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    stamp.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// A moment of a form.
fn parse_moment(text: &str) -> Option<Millis> {
    let stamp: jiff::Timestamp = format!("{}:00Z", text.get(..16)?).parse().ok()?;
    Some(Millis(stamp.as_millisecond()))
}

/// The form as it was filled in.
fn filled(form: &Form) -> About {
    let text = |name: &str| form.field(name).to_owned();
    let all = |name: &str| form.all(name).map(str::to_owned).collect();
    let pair =
        |at: usize| (text(&format!("series-title-{at}")), text(&format!("series-part-{at}")));
    let rows = (0..100).take_while(|at| form.is_there(&format!("series-title-{at}")));
    let mut about = About {
        title: text("title"),
        authors: text("authors"),
        summary: text("summary"),
        notes_before: text("notes_before"),
        disclaimer: text("disclaimer"),
        notes_after: text("notes_after"),
        rating: text("rating"),
        warnings: all("warnings"),
        categories: all("categories"),
        fandoms: text("fandoms"),
        relationships: text("relationships"),
        characters: text("characters"),
        freeforms: text("freeforms"),
        language: text("language"),
        series: rows.map(pair).collect(),
        ties: ties::filled(form),
        published: text("published"),
        complete: text("complete"),
        expected: text("expected"),
    };
    form.all("accept").for_each(|value| accept(&mut about, value));
    about
}

/// Takes a tag over that was proposed.
fn accept(about: &mut About, value: &str) {
    let Some((kind, name)) = value.split_once(':') else { return };
    let line = |text: &mut String| {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(name);
    };
    match TagKind::ALL.into_iter().find(|own| field(*own) == kind) {
        Some(TagKind::Rating) => about.rating = name.to_owned(),
        Some(TagKind::Warning) => about.warnings.push(name.to_owned()),
        Some(TagKind::Category) => about.categories.push(name.to_owned()),
        Some(TagKind::Fandom) => line(&mut about.fandoms),
        Some(TagKind::Relationship) => line(&mut about.relationships),
        Some(TagKind::Character) => line(&mut about.characters),
        Some(TagKind::Freeform) => line(&mut about.freeforms),
        None => {}
    }
}

/// `GET /works/{id}/edit/about`
pub(in super::super) async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let id = work_id(&id)?;
    let saved = uri.query() == Some("saved");
    let of = Arc::clone(&site);
    site.page(guest, uri, move |_, tx, visitor| {
        let desk = open_desk(tx, visitor, id)?;
        let failed = |error| Error::failed("a text could not be read", &error);
        let mut about = About::of(&desk.draft.facts, &desk.draft.matter).map_err(failed)?;
        about.series.extend((0..MORE_SERIES).map(|_| Default::default()));
        let mut page = AboutPage::of(&of, tx, &desk, about, (head(&desk, Part::Work)?, false))?;
        page.saved = saved;
        Ok((page, Keep::No))
    })
    .await
}

/// What became of a form.
enum Done {
    Kept,
    Posted,
    Wrong(Vec<FieldError>),
    /// Saved, and yet it cannot be posted.
    NotPosted(Vec<FieldError>),
    Conflict,
    /// Works here are to be looked for first.
    Looks,
}

/// `POST /works/{id}/edit/about`
pub(in super::super) async fn save(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    guest: Guest,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Error> {
    let id = work_id(&id)?;
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default().to_owned();
    let form = Form::of(body, FORM_BYTES).await?;
    blocking(move || {
        let (app, about) = (&site.app, filled(&form));
        let now = app.now();
        let done = app.store.write(|tx| -> Result<Done, Error> {
            let visitor = guest.visitor(tx)?;
            let desk = open_desk(tx, &visitor, id)?;
            if form.field("act") == "find" {
                return Ok(Done::Looks);
            }
            let public = app.config.public_url.as_deref().unwrap_or_default();
            let origins = [public, &format!("http://{host}"), &format!("https://{host}")];
            let (facts, matter) = match checked(tx, &visitor, &desk, &about, &origins, app)? {
                Ok(checked) => checked,
                Err(FieldErrors(errors)) => return Ok(Done::Wrong(errors)),
            };
            // Who may not say so is not offered it: what a form says of it then is passed over.
            let audience = Audience::parse(form.field("audience"));
            let audience = audience.filter(|_| visibility::own(tx, &visitor, id).is_ok());
            let text = Text::Work(&facts, &matter);
            let pen = pen(&visitor, now, None);
            kept(tx, id, (text, audience), &form, &pen, &app.config.limits)
        })?;
        if form.has("audience") {
            visibility::wait_for_filters(app)?;
        }
        match done {
            Done::Kept => see(&format!("/works/{id}/edit/about?saved")),
            Done::Posted => see(&format!("/works/{id}")),
            Done::Wrong(errors) => again(&site, &guest, id, about, &form, Why::Wrong(errors)),
            Done::NotPosted(errors) => {
                again(&site, &guest, id, about, &form, Why::NotPosted(errors))
            }
            Done::Conflict => again(&site, &guest, id, about, &form, Why::Conflict),
            Done::Looks => again(&site, &guest, id, about, &form, Why::Looks),
        }
    })
    .await
}

/// What a form says of a work, or all that is wrong with it.
fn checked(
    tx: &Write<'_>,
    visitor: &Visitor,
    desk: &Desk,
    about: &About,
    origins: &[&str],
    app: &App,
) -> Result<Result<(Facts, PrintedMatter), FieldErrors>, Error> {
    let (view, fault) = (tx.seen_by(visitor), Cell::new(None));
    let sees = |work| {
        let seen = view.sees(work);
        seen.unwrap_or_else(|error| {
            fault.set(Some(error));
            false
        })
    };
    let ground = Ground { work: desk.work, origins, sees: &sees };
    let before = (&desk.draft.facts, &desk.draft.matter);
    let checked = about.check(before, &ground, &app.config.limits);
    match fault.take() {
        Some(error) => Err(error.into()),
        None => Ok(checked),
    }
}

/// Saves, and then does what the pressed button says.
fn kept(
    tx: &mut Write<'_>,
    work: WorkId,
    (text, audience): (Text<'_>, Option<Audience>),
    form: &Form,
    pen: &Pen<'_>,
    limits: &WorkLimits,
) -> Result<Done, Error> {
    let wrong = |field, problem: &str| {
        Ok(Done::Wrong(vec![FieldError { field, problem: problem.to_owned() }]))
    };
    let at = match (form.field("act"), parse_moment(form.field("post_at"))) {
        ("schedule", None) => return wrong("post_at", "when? Write a day and a time"),
        ("schedule", Some(at)) if at <= pen.at => {
            return wrong("post_at", "this moment is over; choose one to come, or post at once");
        }
        (_, at) => at,
    };
    let head = Head::parse(form.field("head")).ok_or(Error::Form)?;
    match tx.save(work, text, Some(head), pen, WHY)? {
        Saved::Absent => return Err(Error::Absent),
        Saved::Conflict { .. } => return Ok(Done::Conflict),
        Saved::Kept { .. } => {}
    }
    if let Some(audience) = audience {
        tx.show_to(work, |shown| shown.audience = audience, pen.at)?;
    }
    match form.field("act") {
        "post" => match tx.post(work, pen, limits)? {
            Posted::Shown(_) | Posted::Nothing => Ok(Done::Posted),
            Posted::NotReady(FieldErrors(errors)) => Ok(Done::NotPosted(errors)),
            Posted::Absent => Err(Error::Absent),
        },
        "schedule" => {
            tx.schedule(work, at)?;
            Ok(Done::Kept)
        }
        "unschedule" => {
            tx.schedule(work, None)?;
            Ok(Done::Kept)
        }
        _ => Ok(Done::Kept),
    }
}

/// Why a form is shown again.
enum Why {
    Wrong(Vec<FieldError>),
    NotPosted(Vec<FieldError>),
    /// Somebody else was faster.
    Conflict,
    /// Works here are looked for by their titles.
    Looks,
}

/// The form as it was filled in, with what is wrong.
fn again(
    site: &Site,
    guest: &Guest,
    id: WorkId,
    mut about: About,
    form: &Form,
    why: Why,
) -> Result<Response, Error> {
    let looks = matches!(why, Why::Looks);
    let html = site.app.store.read(|tx| -> Result<String, Error> {
        let visitor = guest.visitor(tx)?;
        let desk = open_desk(tx, &visitor, id)?;
        if about.series.last().is_none_or(|last| !last.0.is_empty()) {
            about.series.push(Default::default());
        }
        // Whoever sends the form again after a conflict has seen that there is one.
        let expected = match (&why, Head::parse(form.field("head"))) {
            (Why::Wrong(_) | Why::Looks, Some(head)) => head,
            _ => head(&desk, Part::Work)?,
        };
        let mut page = AboutPage::of(site, &tx.seen_by(&visitor), &desk, about, (expected, looks))?;
        page.audience = page.audience.map(|own| {
            // What was chosen is shown again, like everything else.
            Audience::parse(form.field("audience")).unwrap_or(own)
        });
        page.conflict = matches!(why, Why::Conflict);
        page.not_posted = matches!(why, Why::NotPosted(_));
        page.errors = match why {
            Why::Wrong(errors) | Why::NotPosted(errors) => errors,
            Why::Conflict | Why::Looks => Vec::new(),
        };
        Ok(page.render()?)
    })?;
    let status = if looks { StatusCode::OK } else { StatusCode::CONFLICT };
    Ok(Page::new(html, status, 0).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_go_round() {
        for text in ["2026-11-22T14:05", "1999-12-31T23:59"] {
            assert_eq!(moment(parse_moment(text).expect("a moment")), text);
        }
        for text in ["", "soon", "2026-13-01T00:00", "2026-11-22", "2026-11-22T25:00"] {
            assert_eq!(parse_moment(text), None, "{text}");
        }
    }
}
