//! `/write`: a writer's works, and how a new one begins.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fanfold_doc::imported::Author;

use super::super::cache::Page;
use super::super::error::Error;
use super::super::form::{Form, see};
use super::super::page;
use super::super::visitor::Guest;
use super::super::{Keep, Site, blocking};
use super::fields::{self, Faults};
use super::{BODY_BYTES, moment, pen, writer};
use crate::archive::draft::TITLE_CHARS;
use crate::archive::person::{Account, Role};
use crate::archive::revision::BIN;
use crate::archive::work::{Facts, Millis, NewChapter, NewWork, PrintedMatter};
use crate::store::DeskRow;

/// The most works that the page lists; whoever has more finds the others in the library.
const MOST: u64 = 500;

#[derive(Template)]
#[template(path = "writing/works.html")]
struct WorksPage {
    groups: Vec<Group>,
    /// How much on the page of works for them waits for an answer.
    waiting: usize,
}

/// Works that are equally far.
struct Group {
    label: &'static str,
    said: &'static str,
    rows: Vec<Line>,
}

struct Line {
    href: String,
    title: String,
    about: String,
}

/// `GET /write`
pub(super) async fn list(
    State(site): State<Arc<Site>>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    site.page(guest, uri, |_, tx, visitor| {
        let account = writer(visitor)?;
        let rows = tx.desks(account.id, account.role.may(Role::Owner), 0, MOST)?;
        let waiting = super::super::for_you::waiting(tx, visitor)?;
        Ok((WorksPage { groups: groups(account, &rows), waiting }, Keep::No))
    })
    .await
}

fn groups(account: &Account, rows: &[DeskRow]) -> Vec<Group> {
    let kind = |row: &DeskRow| match &row.state {
        state if state.binned_at.is_some() => 4,
        state if state.shown.is_none() && state.post_at.is_some() => 1,
        state if state.shown.is_none() => 0,
        state if state.drafted => 2,
        _ => 3,
    };
    let labels = [
        ("Drafts", "Readers do not see these."),
        ("Scheduled", "These are posted by themselves when their time comes."),
        ("Posted, with changes that are not", "Readers see the last state that you posted."),
        ("Posted", ""),
        ("In the bin", "Emptied 30 days after they were put there."),
    ];
    let group = |(at, (label, said)): (usize, (&'static str, &'static str))| {
        let of_kind = rows.iter().filter(|row| kind(row) == at);
        let own: Vec<Line> = of_kind.map(|row| line(account, row)).collect();
        (!own.is_empty()).then_some(Group { label, said, rows: own })
    };
    labels.into_iter().enumerate().filter_map(group).collect()
}

fn line(account: &Account, row: &DeskRow) -> Line {
    let words = page::count(&row.words, "word", "words");
    let chapters = page::count(&row.chapters, "chapter", "chapters");
    let when = match (row.state.binned_at, row.state.post_at) {
        (Some(at), _) => format!("goes for good on {}", moment(Millis(at.0 + BIN))),
        (None, Some(at)) if row.state.shown.is_none() => {
            format!("is posted on {}", moment(at))
        }
        _ => format!("saved on {}", moment(row.saved_at)),
    };
    let title = match row.title.as_str() {
        "" => "Untitled".to_owned(),
        title => title.to_owned(),
    };
    let mut about = format!("{words}, {chapters}, {when}");
    if row.state.owner.is_some_and(|owner| owner != account.id) {
        about.push_str(", as a co-author");
    }
    if row.waiting > 0 {
        about.push_str(&format!(", {} to decide", page::count(&row.waiting, "remark", "remarks")));
    }
    Line { href: format!("/works/{}/edit", row.work), title, about }
}

#[derive(Template)]
#[template(path = "writing/new.html")]
struct NewPage {
    title: String,
    text: String,
    faults: Faults,
}

impl NewPage {
    fn fault(&self, name: &str) -> &str {
        self.faults.get(name).map_or("", String::as_str)
    }
}

/// `GET /write/new`
pub(super) async fn blank(
    State(site): State<Arc<Site>>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    site.page(guest, uri, |_, _, visitor| {
        writer(visitor)?;
        let page = NewPage { title: String::new(), text: String::new(), faults: Faults::new() };
        Ok((page, Keep::No))
    })
    .await
}

/// `POST /write/new`: a title, and as much of a text as there is already.
pub(super) async fn begin(
    State(site): State<Arc<Site>>,
    guest: Guest,
    body: Body,
) -> Result<Response, Error> {
    let form = Form::of(body, BODY_BYTES).await?;
    blocking(move || {
        let visitor = site.app.store.read(|tx| guest.visitor(tx))?;
        let account = writer(&visitor)?;
        let typed = fields::of_form(&form, &["title", "text"]);
        let facts = Facts { title: String::new(), ..Facts::default() };
        let facts = fields::work((&facts, &PrintedMatter::default()), &typed);
        let chapter = fields::chapter(&NewChapter::default(), &{
            let mut text = typed.clone();
            text.remove("title");
            text
        });
        let (mut facts, chapter) = match (facts, chapter) {
            (Ok((facts, _)), Ok(chapter)) => (facts, chapter),
            (facts, chapter) => {
                let faults = [facts.err(), chapter.err()].into_iter().flatten().flatten();
                let page = NewPage {
                    title: form.field("title").to_owned(),
                    text: form.field("text").to_owned(),
                    faults: faults.collect(),
                };
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                return Ok(Page::new(page.render()?, status, 0).into_response());
            }
        };
        facts.authors = vec![Author { name: account.name.clone(), url: None }];
        let work = NewWork {
            facts,
            matter: PrintedMatter::default(),
            chapters: vec![chapter],
            proposals: Vec::new(),
            warnings: Vec::new(),
            media: Vec::new(),
            fingerprint: Default::default(),
        };
        let now = pen(&visitor, site.app.now(), None).at;
        let owner = account.id;
        let id = site.app.store.write(|tx| tx.begin_work(&work, owner, now, "begun"))?;
        see(&format!("/works/{id}/edit"))
    })
    .await
}
