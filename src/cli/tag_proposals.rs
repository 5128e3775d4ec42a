//! `fanfold tags proposals`: tags that look like the same, to be accepted or refused.
//!
//! A proposal is named by the number of the tag that would become a synonym, which stays the same
//! whatever is accepted before it.

use std::io::{StdoutLock, Write};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;

use super::tags::{TryIt, act, write};
use super::{count, grouped};
use crate::app::App;
use crate::archive::alike::Rule;
use crate::archive::wrangle::Act;
use crate::store::{MergeProposal, TagError};

#[derive(Debug, Args)]
pub(super) struct Proposals {
    /// Accept the proposal with this number, or all that are shown
    #[arg(long, value_name = "N|all")]
    accept: Option<String>,
    /// Refuse the proposal with this number: it does not come again
    #[arg(long, value_name = "N", conflicts_with = "accept")]
    refuse: Option<i64>,
    /// Only what one rule finds: spelling, order, surname, suffix, plural or spacing
    #[arg(long, value_name = "RULE")]
    rule: Option<String>,
    /// How many are shown
    #[arg(long, default_value_t = 50, value_name = "N")]
    top: u32,
    #[command(flatten)]
    try_it: TryIt,
}

/// Shows proposals, or does what is asked to some of them.
pub(super) fn proposals(
    app: &App,
    out: &mut StdoutLock<'_>,
    asked: &Proposals,
) -> Result<ExitCode> {
    let rule = asked.rule.as_deref().map(|word| {
        Rule::parse(word).with_context(|| {
            format!("“{word}” is no rule; take spelling, order, surname, suffix, plural or spacing")
        })
    });
    let rule = rule.transpose()?;
    let mut found = app.store.read(|tx| tx.merge_proposals())?;
    found.retain(|proposal| rule.is_none_or(|rule| proposal.rules == [rule]));
    let numbered = |number: i64| -> Result<MergeProposal> {
        let one = found.iter().find(|proposal| proposal.tag.id.0 == number).cloned();
        one.with_context(|| {
            format!("there is no proposal {number}; `fanfold tags proposals` lists them")
        })
    };
    let chosen = match (&asked.accept, asked.refuse) {
        (Some(all), _) if all.eq_ignore_ascii_case("all") => {
            found.iter().take(asked.top as usize).cloned().collect()
        }
        (Some(number), _) => {
            let number = number.trim_start_matches('#').parse();
            vec![numbered(number.context("--accept takes a number or the word all")?)?]
        }
        (None, Some(number)) => {
            let MergeProposal { tag, into, .. } = numbered(number)?;
            return act(app, out, Act::KeepApart(tag.id, into.id), &asked.try_it);
        }
        (None, None) => return show_proposals(app, out, &found, asked.top as usize),
    };
    let now = app.now();
    let lines = write(app, asked.try_it.dry_run, |tx| {
        let mut lines = Vec::new();
        for MergeProposal { tag, into, .. } in &chosen {
            let works = count(tx.works_under(tag.id)?, "work", "works");
            // Two proposals may stand in each other's way: the later one waits for another time.
            let done = tx.wrangle(Act::Merge(tag.id, into.id), now);
            lines.push(match done {
                Ok(_) => format!("“{}” is a synonym of “{}” ({works})", tag.name, into.name),
                Err(TagError::Refused(refusal)) => format!("not done: {refusal}"),
                Err(error) => return Err(error),
            });
        }
        Ok::<_, TagError>(lines)
    })?;
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    if asked.try_it.dry_run {
        writeln!(out, "tried only: nothing was changed")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show_proposals(
    app: &App,
    out: &mut StdoutLock<'_>,
    found: &[MergeProposal],
    top: usize,
) -> Result<ExitCode> {
    for MergeProposal { tag, into, like, rules } in found.iter().take(top) {
        let works = app.store.read(|tx| tx.works_under(tag.id))?;
        let rules: Vec<&str> = rules.iter().map(|rule| rule.word()).collect();
        let like =
            if like.id == into.id { String::new() } else { format!(", like “{}”", like.name) };
        writeln!(
            out,
            "{:>8}  “{}” ({}) into “{}” ({})",
            tag.id.0,
            tag.name,
            grouped(tag.all_uses),
            into.name,
            grouped(into.all_uses)
        )?;
        let works = count(works, "work", "works");
        writeln!(out, "          {}: {}{like}; touches {works}", tag.kind, rules.join(", "))?;
    }
    let all = count(found.len() as u64, "proposal", "proposals");
    writeln!(out, "{all}; accept one with --accept NUMBER, or what is shown with --accept all")?;
    Ok(ExitCode::SUCCESS)
}
