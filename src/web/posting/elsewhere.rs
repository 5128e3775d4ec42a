//! `/works/{id}/elsewhere`: a work as it is pasted into the form of another site, with what that
//! site would refuse or cut.
//!
//! What is pasted and what is checked is `archive::elsewhere`'s; this shows it.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::Uri;
use axum::response::Response;
use fanfold_doc::imported::{Date, Imported};
use serde::Deserialize;

use super::super::cache::Page;
use super::super::downloads::attachment;
use super::super::error::Error;
use super::super::page::{self, Pager};
use super::super::visitor::Guest;
use super::super::writing::open_desk;
use super::super::{Keep, Site, work_id};
use crate::archive::elsewhere::sheet::{self, Entry, Sheet};
use crate::archive::elsewhere::{self, Fate, Finding};
use crate::archive::work::WorkId;
use crate::store::{Desk, View};
use crate::transfer::export::plain_name;

/// Chapters on a page: each stands there whole.
const PAGE: u64 = 20;
/// The lines of a box, at least and at most.
const ROWS: (usize, usize) = (3, 14);
/// Characters on a line of a box, about.
const ROW_CHARS: usize = 80;
/// The same where a button stands beside it: more become a large box.
const LINE_CHARS: usize = 60;

#[derive(Template)]
#[template(path = "posting/elsewhere.html")]
struct ElsewherePage {
    id: WorkId,
    title: String,
    /// Whether it is the draft that is shown.
    draft: bool,
    posted: bool,
    /// The address of the other text, where there are two.
    other: Option<String>,
    tabs: Vec<Tab>,
    site: elsewhere::Site,
    unknown: &'static str,
    groups: Vec<Group>,
    entries: Vec<Field>,
    chapters: Vec<Chapter>,
    pager: Pager,
}

/// A site to choose.
struct Tab {
    name: &'static str,
    href: String,
    current: bool,
}

/// Findings of one fate.
struct Group {
    heading: &'static str,
    class: &'static str,
    lines: Vec<Line>,
}

struct Line {
    said: String,
    /// Where it can be seen or mended.
    href: String,
}

/// A box to copy from.
struct Field {
    id: String,
    label: &'static str,
    place: String,
    text: String,
    /// How long it is, where that is measured; "" for lines.
    size: String,
    /// Lines of a large box; 0 for one line.
    rows: usize,
}

struct Chapter {
    number: usize,
    name: String,
    boxes: Vec<Field>,
    href: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub(in super::super) struct Asked {
    #[serde(default)]
    site: String,
    #[serde(default)]
    text: String,
    page: Option<String>,
}

impl Asked {
    /// The site that is asked for; AO3 where none is.
    fn site(&self) -> Result<elsewhere::Site, Error> {
        match self.site.as_str() {
            "" => Ok(elsewhere::Site::Ao3),
            key => elsewhere::Site::parse(key).ok_or(Error::Address),
        }
    }

    /// The work as it is posted; its draft where that is asked for, or nothing else is there.
    fn story(&self, tx: &View<'_>, desk: &Desk) -> Result<Story, Error> {
        let site = self.site()?;
        let posted = match desk.state.shown {
            Some(shown) if self.text != "draft" || !desk.state.drafted => tx.draft(shown)?,
            _ => None,
        };
        let draft = posted.is_none();
        let text = posted.as_ref().unwrap_or(&desk.draft);
        let mut work = tx.typed(desk.work, text)?.imported;
        work.meta.other.extend(tx.show_ties(desk.work, &text.facts.ties)?.lines());
        Ok(Story { site, work, draft })
    }
}

/// What is shown, and for which site.
struct Story {
    site: elsewhere::Site,
    work: Imported,
    /// Whether it is the draft.
    draft: bool,
}

impl Story {
    fn title(&self) -> String {
        let title = self.work.meta.title.as_deref().filter(|title| !title.is_empty());
        title.unwrap_or("Untitled").to_owned()
    }
}

/// The address of a work's page for a site; `path` leads on from it.
fn address(id: WorkId, path: &str, site: elsewhere::Site, draft: bool) -> String {
    let text = if draft { "&text=draft" } else { "" };
    format!("/works/{id}/elsewhere{path}?site={}{text}", site.key())
}

/// `GET /works/{id}/elsewhere?site=…&text=draft`
pub(in super::super) async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    query: Result<Query<Asked>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let id = work_id(&id)?;
    let Query(asked) = query.map_err(|_| Error::Address)?;
    site.page(guest, uri, move |app, tx, visitor| {
        let desk = open_desk(tx, visitor, id)?;
        let story = asked.story(tx, &desk)?;
        let today = app.now().date().ok_or(Error::Failed)?;
        Ok((elsewhere_page(&desk, &story, asked.page.as_deref(), today), Keep::No))
    })
    .await
}

fn elsewhere_page(desk: &Desk, story: &Story, page: Option<&str>, today: Date) -> ElsewherePage {
    let Story { site, ref work, draft } = *story;
    let id = desk.work;
    let sheet = Sheet::of(site, work);
    let findings = elsewhere::checklist(site, work, &sheet, today);
    let posted = desk.state.shown.is_some();
    let two = posted && desk.state.drafted;
    let tab = |own: elsewhere::Site| Tab {
        name: own.name(),
        href: address(id, "", own, draft),
        current: own == site,
    };
    let base = format!("{}&", address(id, "", site, draft));
    let pager = Pager::new(page, sheet.chapters.len() as u64, PAGE, base);
    let groups = groups(id, &findings, &sheet, &pager);
    let first = usize::try_from(pager.from() - 1).unwrap_or(usize::MAX);
    let chapter = |part: &sheet::Part| Chapter {
        number: part.number,
        name: part.name.clone(),
        boxes: part.fields().map(shown).collect(),
        href: address(id, &format!("/chapters/{}", part.number), site, draft),
    };
    let chapters = sheet.chapters.iter().skip(first).take(PAGE as usize);
    ElsewherePage {
        id,
        title: story.title(),
        draft,
        posted,
        other: two.then(|| address(id, "", site, !draft)),
        tabs: elsewhere::Site::ALL.into_iter().map(tab).collect(),
        site,
        unknown: site.rules().unknown,
        groups,
        entries: sheet.entries.iter().map(shown).collect(),
        chapters: chapters.map(chapter).collect(),
        pager,
    }
}

fn shown(entry: &Entry) -> Field {
    let chars = entry.chars();
    let lines = entry.text.lines().count() + chars / ROW_CHARS;
    Field {
        id: entry.id.clone(),
        label: entry.label,
        place: entry.place.clone(),
        text: entry.text.clone(),
        size: match entry.is_long() {
            true => page::count(&(chars as u64), "character", "characters"),
            false => String::new(),
        },
        rows: match chars {
            _ if entry.is_long() => lines.clamp(ROWS.0, ROWS.1),
            LINE_CHARS.. => chars.div_ceil(LINE_CHARS).min(ROWS.1),
            _ => 0,
        },
    }
}

/// The checklist: what is refused, what is cut, what stands there in another way.
fn groups(id: WorkId, findings: &[Finding], sheet: &Sheet, pager: &Pager) -> Vec<Group> {
    // A box is on this page, on another one, or the field has none because it says nothing.
    let href = |finding: &Finding| {
        let is = |entry: &Entry| entry.id == finding.field;
        let chapter = sheet.chapters.iter().find(|part| part.fields().any(is));
        match chapter {
            Some(part) => {
                let page = (part.number as u64).div_ceil(PAGE);
                let there = if page == pager.page { String::new() } else { pager.href(page) };
                format!("{there}#{}", finding.field)
            }
            None if sheet.entries.iter().any(is) => format!("#{}", finding.field),
            None => format!("/works/{id}/edit/about#{}", finding.field),
        }
    };
    let line = |finding: &Finding| Line { said: finding.said.clone(), href: href(finding) };
    let group = |(fate, heading, class): (Fate, &'static str, &'static str)| {
        let own = findings.iter().filter(|finding| finding.fate == fate);
        Group { heading, class, lines: own.map(line).collect() }
    };
    let all = [
        (Fate::Refused, "To be mended first", "note warn"),
        (Fate::Cut, "Would be cut", "note warn"),
        (Fate::Changed, "Stands there in another way", "note"),
    ];
    all.into_iter().map(group).filter(|group| !group.lines.is_empty()).collect()
}

/// `GET /works/{id}/elsewhere/chapters/{number}`: the text of a chapter as a file.
pub(in super::super) async fn chapter(
    State(site): State<Arc<Site>>,
    Path((id, number)): Path<(String, String)>,
    query: Result<Query<Asked>, QueryRejection>,
    guest: Guest,
) -> Result<Response, Error> {
    let id = work_id(&id)?;
    let number: usize = number.parse().map_err(|_| Error::Absent)?;
    let Query(asked) = query.map_err(|_| Error::Address)?;
    let of = guest.clone();
    site.seen(guest, move |_, tx| {
        let desk = open_desk(tx, &of.visitor(tx)?, id)?;
        let story = asked.story(tx, &desk)?;
        let part = sheet::part(story.site, &story.work, number).ok_or(Error::Absent)?;
        let (ending, media_type) = match story.site {
            elsewhere::Site::Ao3 => ("html", "text/html; charset=utf-8"),
            elsewhere::Site::FanFiction => ("txt", "text/plain; charset=utf-8"),
            elsewhere::Site::Markdown => ("md", "text/markdown; charset=utf-8"),
        };
        let title = plain_name(&story.title());
        let name = format!("{title} {}.{ending}", plain_name(&part.name));
        let mut text = part.text.text;
        text.push('\n');
        Ok(attachment(&name, media_type, text.into_bytes()))
    })
    .await
}
