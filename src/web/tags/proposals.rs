//! `/tags/proposals`: tags that look like the same, each to be accepted or refused by one button.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::Uri;
use serde::Deserialize;

use super::super::cache::Page;
use super::super::error::Error;
use super::super::page::{count, number};
use super::super::visitor::Guest;
use super::super::{Keep, Site};
use super::browse::{Tab, tabs};
use super::{Notice, TagLink, label};
use crate::archive::alike::Rule;
use crate::archive::person::Role;
use crate::archive::tag::Kind;
use crate::archive::work::{ChangeId, TagChangeId};
use crate::archive::wrangle::Act;
use crate::store::{MergeProposal, TagError, View};

/// Proposals on a page.
const PAGE: usize = 25;
/// How long proposals that were found once are shown before all tags are looked at again.
const FRESH: Duration = Duration::from_secs(30);

#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct ProposalsQuery {
    rule: Option<String>,
    done: Option<String>,
}

/// Proposals as they were found last. What was done to their tags since is seen on each page;
/// what is new is found after a while.
#[derive(Debug, Default)]
pub(in super::super) struct Found {
    last: Mutex<Option<Last>>,
    /// Held by whoever looks at all tags: one is enough.
    looking: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Last {
    ends: (ChangeId, TagChangeId),
    at: Instant,
    rows: Arc<Vec<MergeProposal>>,
}

impl Found {
    fn rows(&self, tx: &View<'_>) -> Result<Arc<Vec<MergeProposal>>, Error> {
        let ends = (tx.last_change()?, tx.last_tag_change()?);
        let kept = || self.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let good = |last: &Last| last.ends == ends || last.at.elapsed() < FRESH;
        if let Some(last) = kept().filter(good) {
            return Ok(last.rows);
        }
        let looking = match (self.looking.try_lock(), kept()) {
            (Ok(looking), _) => looking,
            // Somebody looks already; what was found before is shown meanwhile.
            (Err(_), Some(last)) => return Ok(last.rows),
            (Err(_), None) => self.looking.lock().unwrap_or_else(PoisonError::into_inner),
        };
        if let Some(last) = kept().filter(good) {
            return Ok(last.rows);
        }
        let rows = Arc::new(tx.merge_proposals()?);
        let last = Last { ends, at: Instant::now(), rows: Arc::clone(&rows) };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
        drop(looking);
        Ok(rows)
    }
}

/// A rule by which proposals were found.
struct RuleLink {
    label: &'static str,
    href: String,
    count: String,
    current: bool,
}

struct Row {
    kind: &'static str,
    tag: TagLink,
    tag_key: i64,
    into: TagLink,
    into_key: i64,
    evidence: String,
    works: String,
}

#[derive(Template)]
#[template(path = "tags/proposals.html")]
pub(super) struct ProposalsPage {
    said: String,
    rules: Vec<RuleLink>,
    all: String,
    any_rule: bool,
    rows: Vec<Row>,
    notice: Option<Notice>,
    /// Whether the viewer may put tags in order.
    wrangles: bool,
    back: String,
    tabs: Vec<Tab>,
    at: &'static str,
}

/// `/tags/proposals`
pub(in super::super) async fn show(
    State(site): State<Arc<Site>>,
    query: Result<Query<ProposalsQuery>, QueryRejection>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    let Query(query) = query.map_err(|_| Error::Address)?;
    let rule = match query.rule.as_deref() {
        None | Some("") => None,
        Some(word) => Some(Rule::parse(word).ok_or(Error::Absent)?),
    };
    let here = Arc::clone(&site);
    site.page(guest, uri, move |_, tx, _| {
        let notice = Notice::done(tx, query.done.as_deref())?;
        Ok((page(&here, tx, rule, notice)?, Keep::No))
    })
    .await
}

/// The proposals of a rule, or of all.
pub(super) fn page(
    site: &Site,
    tx: &View<'_>,
    rule: Option<Rule>,
    notice: Option<Notice>,
) -> Result<ProposalsPage, Error> {
    let all = site.proposals.rows(tx)?;
    let is_of = |rule: Rule| move |row: &&MergeProposal| row.rules.contains(&rule);
    let mut rows = Vec::new();
    let mut gone = 0;
    for proposal in all.iter().filter(|row| rule.is_none_or(|rule| row.rules.contains(&rule))) {
        if rows.len() == PAGE {
            break;
        }
        match shown(tx, proposal)? {
            Some(row) => rows.push(row),
            None => gone += 1,
        }
    }
    let counts = Rule::ALL.map(|rule| (rule, all.iter().filter(is_of(rule)).count()));
    let rules = counts.into_iter().filter(|(_, count)| *count > 0).map(|(own, count)| RuleLink {
        label: what(own),
        href: format!("/tags/proposals?rule={}", own.word()),
        count: number(count as u64),
        current: rule == Some(own),
    });
    let wanted = rule.map_or(all.len(), |rule| all.iter().filter(is_of(rule)).count());
    let total = wanted.saturating_sub(gone) as u64;
    let said = match total {
        0 => "No two tags look like the same.".to_owned(),
        total if rows.len() as u64 == total => {
            format!("{} of tags that look alike.", count(&total, "pair", "pairs"))
        }
        total => format!(
            "{} of tags that look alike; those that touch the most works come first.",
            count(&total, "pair", "pairs")
        ),
    };
    Ok(ProposalsPage {
        said,
        rules: rules.collect(),
        all: number(all.len() as u64),
        any_rule: rule.is_none(),
        rows,
        notice,
        wrangles: tx.viewer().may(Role::Wrangler),
        back: rule.map_or_else(
            || "/tags/proposals".to_owned(),
            |rule| format!("/tags/proposals?rule={}", rule.word()),
        ),
        tabs: tabs(None),
        at: "proposals",
    })
}

/// A proposal as it is now; none if it was decided meanwhile, or cannot be accepted any more.
fn shown(tx: &View<'_>, proposal: &MergeProposal) -> Result<Option<Row>, Error> {
    let MergeProposal { tag, into, like, rules } = proposal;
    let told = |plan: Result<crate::store::Plan, TagError>| match plan {
        Ok(plan) => Ok(Some(plan).filter(|plan| !plan.changes.is_empty())),
        Err(TagError::Refused(_)) => Ok(None),
        Err(TagError::Store(error)) => Err(Error::from(error)),
    };
    let Some(plan) = told(tx.plan(Act::Merge(tag.id, into.id)))? else { return Ok(None) };
    if told(tx.plan(Act::KeepApart(tag.id, into.id)))?.is_none() {
        return Ok(None);
    }
    let now = tx.tags_by_id(&[tag.id, into.id])?;
    let (Some(tag), Some(into)) = (now.get(&tag.id), now.get(&into.id)) else { return Ok(None) };
    // It became a synonym of something else: another proposal takes its place.
    if tag.synonym_of.is_some() || into.synonym_of.is_some() {
        return Ok(None);
    }
    let differ: Vec<&str> = rules.iter().map(|rule| difference(*rule, tag.kind)).collect();
    let mut evidence = format!("They differ only in {}", differ.join(" and in "));
    if like.id != into.id {
        evidence.push_str(&format!("; like “{}”, which is a spelling of it", like.name));
    }
    evidence.push('.');
    let works = match plan.works {
        0 => "No work changes.".to_owned(),
        works => {
            format!("{} then found under the second, too.", count(&works, "work is", "works are"))
        }
    };
    Ok(Some(Row {
        kind: label(tag.kind),
        tag_key: tag.id.0,
        tag: TagLink::of(tag),
        into_key: into.id.0,
        into: TagLink::of(into),
        evidence,
        works,
    }))
}

/// A rule as a list of rules names it.
fn what(rule: Rule) -> &'static str {
    match rule {
        Rule::Spelling => "Case, accents, punctuation",
        Rule::Order => "Order of names",
        Rule::Surname => "Surname first",
        Rule::Suffix => "Added fandom or kind",
        Rule::Plural => "One or many",
        Rule::Spacing => "Written together",
    }
}

/// How two names differ by a rule.
fn difference(rule: Rule, kind: Kind) -> &'static str {
    match rule {
        Rule::Spelling => "case, accents, punctuation or spaces",
        Rule::Order => "who is named first",
        Rule::Surname => "whether the surname comes first",
        Rule::Suffix if kind == Kind::Fandom => "a word that only says it is a fandom",
        Rule::Suffix => "the fandom or the kind added in brackets",
        Rule::Plural => "one or many",
        Rule::Spacing => "words written together or apart",
    }
}
