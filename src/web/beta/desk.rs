//! `/works/{id}/edit/beta`: a writer's links for beta readers, and what was said, each remark with
//! its passage as it stands in the draft now.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use fanfold_doc::document::Document;

use super::super::chapters::name as chapter_name;
use super::super::error::Error;
use super::super::page::{LangAttribute, count, day};
use super::super::visitor::Guest;
use super::super::writing::{moment, open_desk};
use super::super::{Site, blocking, work_id};
use super::{Body, name, private};
use crate::archive::anchor::{self, Passage, Text};
use crate::archive::beta::{ANSWER_CHARS, Beta, BetaId, Hand, NAME_CHARS, Remark, RemarkId};
use crate::archive::compare::{self, Piece};
use crate::archive::revision::Draft;
use crate::archive::work::{ChapterId, RevisionId, WorkId};
use crate::store::{BetaRow, Desk, Read, Suggested};

/// The most remarks that are shown at once; others come when these are decided.
const MOST: u64 = 200;
/// The most readers all of whose suggestions can be accepted at once.
const READERS_MOST: u64 = 50;
/// The most named revisions that a link can be made for.
const NAMED_MOST: u64 = 500;

/// What was done, by its word in the address.
const DONE: [(&str, &str); 6] = [
    ("accepted", "The words are in the draft: a revision of its own, see the history."),
    (
        "some",
        "What could be put into the draft is a revision of its own. The others wait below: \
              their passages have changed, or touch each other.",
    ),
    ("decided", "Decided."),
    ("answered", "Your answer stands under the remark."),
    ("closed", "The link is closed. It looks like nothing now; what was said stays here."),
    ("opened", "The link leads to the text again."),
];

#[derive(Template)]
#[template(path = "beta/desk.html")]
pub(super) struct DeskPage {
    work: WorkId,
    title: String,
    lang: LangAttribute,
    /// A new link: shown this once.
    link: String,
    notice: String,
    fault: String,
    betas: Vec<Line>,
    named: Vec<(RevisionId, String)>,
    chapters: Vec<Chapter>,
    more: u64,
    all: Vec<All>,
    decided: Vec<Shown>,
}

/// A link.
struct Line {
    id: BetaId,
    name: String,
    about: String,
    open: bool,
}

/// Open suggestions of one reader.
struct All {
    remark: RemarkId,
    who: String,
    count: String,
}

struct Chapter {
    heading: String,
    remarks: Vec<Shown>,
}

/// A remark as its writer sees it.
struct Shown {
    id: RemarkId,
    /// Where to go on once it is decided.
    next: Option<RemarkId>,
    who: String,
    guest: bool,
    /// When, and by which link.
    about: String,
    said: String,
    quote: String,
    instead: Option<String>,
    state: &'static str,
    answer: String,
    place: Place,
}

/// Where a passage is.
enum Place {
    /// Here: what stands before and after it in its paragraph.
    Here(String, String),
    /// It has changed: its paragraph as it was read, cut at the passage, and as it is now, if that
    /// can be told.
    Changed { before: String, after: String, now: Option<String> },
}

/// `GET /works/{id}/edit/beta`
pub(in super::super) async fn show(
    State(site): State<Arc<Site>>,
    Path(work): Path<String>,
    guest: Guest,
    uri: Uri,
) -> Result<Response, Error> {
    let work = work_id(&work)?;
    let word = uri.query().and_then(|query| query.strip_prefix("done=")).unwrap_or_default();
    let notice = DONE.iter().find(|(own, _)| *own == word).map_or("", |(_, said)| *said);
    blocking(move || {
        let page = site.app.store.read(|tx| -> Result<DeskPage, Error> {
            let desk = open_desk(tx, &guest.visitor(tx)?, work)?;
            DeskPage::of(tx, &desk)
        })?;
        private(&DeskPage { notice: notice.to_owned(), ..page }, StatusCode::OK)
    })
    .await
}

impl DeskPage {
    /// The same page with a new link, or with what is wrong.
    pub(super) fn saying(self, link: String, fault: &str) -> DeskPage {
        DeskPage { link, fault: fault.to_owned(), ..self }
    }

    pub(super) fn of(tx: &Read<'_>, desk: &Desk) -> Result<DeskPage, Error> {
        let betas = tx.betas(desk.work)?;
        let links: HashMap<BetaId, &BetaRow> = betas.iter().map(|row| (row.beta.id, row)).collect();
        let link = |remark: &Remark| links.get(&remark.beta).copied().ok_or(Error::Failed);
        let mut open = tx.open_remarks(desk.work, MOST)?;
        let waiting: u64 = betas.iter().map(|row| row.waiting).sum();
        let more = waiting.saturating_sub(open.len() as u64);
        // In the order of the draft; chapters that it no longer has come last.
        open.sort_by_key(|remark| {
            let chapter = desk.draft.place(remark.is.chapter).unwrap_or(usize::MAX);
            let passage = &remark.is.passage;
            (chapter, remark.is.chapter, passage.paragraph, passage.bytes.start, remark.id)
        });
        let mut texts = Texts::new(tx, &desk.draft);
        let mut chapters: Vec<(ChapterId, Chapter)> = Vec::new();
        let next =
            |at: usize| open.get(at + 1).or_else(|| at.checked_sub(1).and_then(|at| open.get(at)));
        for (at, remark) in open.iter().enumerate() {
            let shown = texts.shown(link(remark)?, remark)?;
            let shown = Shown { next: next(at).map(|next| next.id), ..shown };
            match chapters.last_mut().filter(|(own, _)| *own == remark.is.chapter) {
                Some((_, chapter)) => chapter.remarks.push(shown),
                None => {
                    let heading = heading(&desk.draft, remark.is.chapter);
                    chapters.push((remark.is.chapter, Chapter { heading, remarks: vec![shown] }));
                }
            }
        }
        let decided = tx.decided_remarks(desk.work, MOST)?;
        let decided = decided.iter().map(|remark| Ok(plain(link(remark)?, remark)));
        let decided = decided.collect::<Result<Vec<_>, Error>>()?;
        let named = tx.named_revisions(desk.work, NAMED_MOST)?.into_iter();
        let named = named.map(|(id, number, name)| (id, format!("{name} (revision {number})")));
        let facts = &desk.draft.facts;
        Ok(DeskPage {
            work: desk.work,
            title: facts.title.clone(),
            lang: LangAttribute::of(facts.language.as_ref()),
            link: String::new(),
            notice: String::new(),
            fault: String::new(),
            betas: betas.iter().map(line).collect(),
            named: named.collect(),
            chapters: chapters.into_iter().map(|(_, chapter)| chapter).collect(),
            more,
            all: tx.suggested(desk.work, READERS_MOST)?.into_iter().map(all).collect(),
            decided,
        })
    }
}

fn heading(draft: &Draft, chapter: ChapterId) -> String {
    match draft.place(chapter) {
        Some(at) => {
            let title = draft.chapters.get(at).and_then(|own| own.title.as_deref());
            chapter_name(u32::try_from(at + 1).unwrap_or(u32::MAX), title)
        }
        None => "A chapter that the draft no longer has".to_owned(),
    }
}

fn line(row: &BetaRow) -> Line {
    let what = match &row.named {
        Some(name) => format!("{name} (revision {})", row.number),
        None => format!("revision {}", row.number),
    };
    let said = count(&row.remarks, "remark", "remarks");
    let made = moment(row.beta.made_at);
    let waiting = match row.waiting {
        0 => String::new(),
        waiting => format!(", {waiting} waiting"),
    };
    let closed = if row.beta.open { "" } else { "closed · " };
    Line {
        id: row.beta.id,
        name: row.beta.name.clone(),
        about: format!("{closed}{what} · made {made} · {said}{waiting}"),
        open: row.beta.open,
    }
}

fn all(own: Suggested) -> All {
    let count = count(&own.many, "suggestion", "suggestions");
    All { remark: own.first, who: name(&own.who), count }
}

/// A remark without its place.
fn plain(row: &BetaRow, remark: &Remark) -> Shown {
    let when = remark.made_at.date().map(day).unwrap_or_default();
    Shown {
        id: remark.id,
        next: None,
        who: name(&remark.is.who),
        guest: matches!(remark.hand, Some(Hand::Browser(_))),
        about: format!("{when} · {}", row.beta.name),
        said: remark.is.said.clone(),
        quote: remark.is.quoted.clone(),
        instead: remark.is.instead.clone(),
        state: remark.outcome(),
        answer: remark.answer.clone(),
        place: Place::Here(String::new(), String::new()),
    }
}

/// A chapter as it was read by a link.
struct Then {
    was: Text,
    /// What was accepted of what was said of it since.
    accepted: Vec<(Passage, String)>,
    /// The chapter with that laid over it.
    after: Option<Text>,
    /// The paragraph of the draft that each was made into, once that is asked.
    became: Option<HashMap<usize, usize>>,
}

/// The texts of a work in which passages are looked for, each read once.
pub(super) struct Texts<'t> {
    tx: &'t Read<'t>,
    draft: &'t Draft,
    now: HashMap<ChapterId, Option<(Document, Text)>>,
    /// Revisions that were read; several links may lead to one.
    drafts: HashMap<RevisionId, Option<Draft>>,
    then: HashMap<(BetaId, ChapterId), Then>,
}

impl<'t> Texts<'t> {
    pub(super) fn new(tx: &'t Read<'t>, draft: &'t Draft) -> Texts<'t> {
        let (now, drafts, then) = (HashMap::new(), HashMap::new(), HashMap::new());
        Texts { tx, draft, now, drafts, then }
    }

    /// A chapter of the draft; `None` if it has no such one.
    pub(super) fn now(&mut self, chapter: ChapterId) -> Result<Option<&Document>, Error> {
        if let Entry::Vacant(place) = self.now.entry(chapter) {
            let own = self.draft.chapter(chapter);
            let body = own.map(|own| Body::of(self.tx, own)).transpose()?;
            place.insert(body.map(|body| (body.document, Text::of(body.paragraphs))));
        }
        Ok(self.now.get(&chapter).and_then(Option::as_ref).map(|(document, _)| document))
    }

    /// Reads what is needed to find a remark's passage.
    fn read(&mut self, beta: &Beta, chapter: ChapterId) -> Result<(), Error> {
        self.now(chapter)?;
        let Entry::Vacant(place) = self.then.entry((beta.id, chapter)) else { return Ok(()) };
        let draft = match self.drafts.entry(beta.revision) {
            Entry::Occupied(draft) => draft.into_mut(),
            Entry::Vacant(place) => place.insert(self.tx.draft(beta.revision)?),
        };
        let own = draft.as_ref().and_then(|draft| draft.chapter(chapter));
        let body = own.map(|own| Body::of(self.tx, own)).transpose()?;
        let was = Text::of(body.map(|body| body.paragraphs).unwrap_or_default());
        let accepted = self.tx.accepted_on(beta.id, chapter)?;
        let after = match accepted.is_empty() {
            true => None,
            false => anchor::replaced(was.paragraphs(), &accepted).map(Text::of),
        };
        place.insert(Then { was, accepted, after, became: None });
        Ok(())
    }

    /// Where a remark's passage stands in the draft, if that is certain.
    pub(super) fn place(&mut self, beta: &Beta, remark: &Remark) -> Result<Option<Passage>, Error> {
        let (chapter, passage) = (remark.is.chapter, &remark.is.passage);
        self.read(beta, chapter)?;
        let Some(Some((_, now))) = self.now.get(&chapter) else { return Ok(None) };
        let Some(then) = self.then.get(&(beta.id, chapter)) else { return Ok(None) };
        let later = then.after.as_ref().and_then(|after| {
            let passage = anchor::moved(passage, &then.accepted)?;
            anchor::find(after, &passage, now)
        });
        // What was accepted may have been put back since.
        Ok(later.or_else(|| anchor::find(&then.was, passage, now)))
    }

    fn shown(&mut self, row: &BetaRow, remark: &Remark) -> Result<Shown, Error> {
        let found = self.place(&row.beta, remark)?;
        let now = self.now.get(&remark.is.chapter).and_then(Option::as_ref);
        let now = now.map_or(&[][..], |(_, text)| text.paragraphs());
        let then = self.then.get_mut(&(row.beta.id, remark.is.chapter));
        let place = match (found, then) {
            (Some(place), _) => {
                let (before, after) = cut(now, &place);
                Place::Here(before, after)
            }
            (None, Some(then)) => {
                let passage = &remark.is.passage;
                let was = then.was.paragraphs();
                let (before, after) = cut(was, passage);
                let became = then.became.get_or_insert_with(|| became(was, now));
                let now = became.get(&passage.paragraph).and_then(|at| now.get(*at)).cloned();
                Place::Changed { before, after, now }
            }
            (None, None) => return Err(Error::Failed),
        };
        Ok(Shown { place, ..plain(row, remark) })
    }
}

/// What became of paragraphs, as the pages that compare tell it.
fn became(then: &[String], now: &[String]) -> HashMap<usize, usize> {
    let pieces = |texts: &[String]| -> Vec<Piece> {
        texts.iter().map(|text| Piece { path: Vec::new(), text: text.clone() }).collect()
    };
    let lines = compare::difference(&pieces(then), &pieces(now));
    lines.iter().filter_map(|line| Some((line.old?, line.new?))).collect()
}

/// What stands before and after a passage in its paragraph.
fn cut(paragraphs: &[String], passage: &Passage) -> (String, String) {
    let text = paragraphs.get(passage.paragraph).map_or("", String::as_str);
    let before = text.get(..passage.bytes.start).unwrap_or_default();
    let after = text.get(passage.bytes.end..).unwrap_or_default();
    (before.to_owned(), after.to_owned())
}
