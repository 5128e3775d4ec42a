//! `fanfold search`: the questions of the site, asked from the terminal.
//!
//! Plain words are looked for in the texts and shown with the passage that was found; a question
//! with fields, an order or a tag to leave out is answered as the library page does.

use std::collections::HashMap;
use std::io::{StdoutLock, Write};
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Args;
use fanfold_doc::imported::TagKind;
use fanfold_index::ask::{Ask, Clause, Mistake, Order};
use fanfold_index::{Query, snippet};
use serde::Serialize;

use super::say::warn;
use super::{NOT, count, grouped, is_seen};
use crate::app::App;
use crate::archive::work::{Facts, WorkId};
use crate::find::{Mutes, Window, find};
use crate::store::{self, Read};
use crate::transfer::{catch_up, filters};

#[derive(Debug, Args)]
pub(super) struct Search {
    /// Words, "phrases", -not, prefix*, and fields: fandom:"…" words:10k-50k complete:yes
    #[arg(required = true)]
    query: Vec<String>,
    /// The order: updated, posted, title, author, words, kudos, random and others; -asc or -desc
    /// behind it turns it round
    #[arg(long, value_name = "ORDER")]
    sort: Option<String>,
    /// How many works are shown
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// One JSON object a line for each work
    #[arg(long)]
    json: bool,
}

/// A work that was found, with the chapter that the words were found in; 0 for none.
struct Hit {
    work: WorkId,
    chapter: u32,
}

/// A work as `--json` prints it.
#[derive(Debug, Serialize)]
struct Row<'w> {
    work: i64,
    title: &'w str,
    authors: Vec<&'w str>,
    fandoms: Vec<&'w str>,
    language: Option<String>,
    words: u64,
    chapters: u64,
    complete: Option<bool>,
    published: Option<String>,
    updated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chapter: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<String>,
}

/// Prints the works that a question asks for.
pub(super) fn search(app: &App, asked: &Search) -> Result<ExitCode> {
    let text = question(&asked.query);
    let (mut ask, hint) =
        Ask::parse_with_hint(&text).map_err(|mistake| anyhow!("{}", told(&text, &mistake)))?;
    if let Some(hint) = hint {
        warn(told(&text, &hint));
    }
    if let Some(order) = &asked.sort {
        let order = order.replace(NOT, "-");
        let parsed = Order::parse(&order);
        ask.sort = Some(parsed.map_err(|mistake| anyhow!("--sort: {}", told(&order, &mistake)))?);
    }
    while catch_up::catch_up(app)? {}
    let limit = usize::from(asked.limit);
    let (total, words, hits) = match plain_words(&ask) {
        Some(words) => {
            let found = app.index.search(&words, 0, limit)?;
            let hit =
                |hit: &fanfold_index::Hit| Hit { work: WorkId(hit.work), chapter: hit.chapter };
            (found.total as u64, words, found.hits.iter().map(hit).collect())
        }
        None => by_filters(app, &ask, limit)?,
    };
    let mut out = std::io::stdout().lock();
    let said = count(total, "work", "works");
    if asked.json {
        warn(said);
    } else {
        writeln!(out, "{said}")?;
    }
    for hit in &hits {
        show(app, &mut out, &words, hit, asked.json)?;
    }
    Ok(if total == 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The question that the words of a command line are. They were one text before the shell took
/// them apart, and a phrase lost its quotation marks: `fandom:"Sea Tales"` comes as one word.
fn question(words: &[String]) -> String {
    let quoted = |word: &String| {
        let phrase = word.contains(char::is_whitespace) && !word.contains(['"', '“', '”']);
        if !phrase || words.len() == 1 {
            return word.clone();
        }
        let (not, word) = match word.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", word.as_str()),
        };
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || "-_".contains(c))
        };
        match word.split_once(':') {
            // A group is one already.
            _ if word.starts_with('(') => format!("{not}{word}"),
            Some((name, value)) if is_name(name) && value.starts_with('(') => {
                format!("{not}{word}")
            }
            Some((name, value)) if is_name(name) && !value.starts_with(char::is_whitespace) => {
                format!("{not}{name}:\"{value}\"")
            }
            _ => format!("{not}\"{word}\""),
        }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// The words of a question that asks for nothing but words in texts.
fn plain_words(ask: &Ask) -> Option<Query> {
    let (text, others) = ask.clause.split_text();
    // A phrase to leave out may be a tag.
    let tag = |part: &Clause| {
        matches!(part, Clause::Not(inner)
            if matches!(&**inner, Clause::Words(words) if words.text().contains(' ')))
    };
    if !others.is_empty() || ask.sort.is_some() || ask.clause.parts().iter().any(tag) {
        return None;
    }
    Query::parse(&text).ok().filter(|query| !query.is_empty())
}

/// What the filters answer: how many works, the words that were looked for, the works.
fn by_filters(app: &App, ask: &Ask, limit: usize) -> Result<(u64, Query, Vec<Hit>)> {
    filters::catch_up(app)?;
    let window = Window { offset: 0, limit, facets: Vec::new() };
    let finding = app.store.read(|tx| find(app, &tx.archive(), ask, Mutes::Ignore, &window))?;
    for (_, name) in &finding.unknown {
        warn(format_args!(
            "There is no tag, author or series “{name}”; `fanfold tags list --like TEXT` looks \
             for a part of a name."
        ));
    }
    let mut chapters: HashMap<i64, u32> = HashMap::new();
    if !finding.words.is_empty() {
        let hits = app.index.search(&finding.words, 0, usize::MAX)?.hits;
        chapters.extend(hits.iter().map(|hit| (hit.work, hit.chapter)));
    }
    let hit = |work: &i64| Hit {
        work: WorkId(*work),
        chapter: chapters.get(work).copied().unwrap_or_default(),
    };
    let hits = finding.answer.works.iter().map(hit).collect();
    Ok((finding.answer.total, finding.words, hits))
}

/// Prints a work, with the passage in which the words stand.
fn show(app: &App, out: &mut StdoutLock<'_>, words: &Query, hit: &Hit, json: bool) -> Result<()> {
    let read = |tx: &Read<'_>| {
        let Some(work) = tx.archive().work(hit.work)? else { return Ok(None) };
        let chapter = match words.is_empty() {
            true => None,
            false => tx.archive().chapter(hit.work, hit.chapter.max(1))?,
        };
        let lines = chapter.map(|chapter| chapter.body.lines()).unwrap_or_default();
        Ok::<_, store::Error>(Some((work, lines)))
    };
    // A work that went since the index was written is left out.
    let Some((work, lines)) = app.store.read(read)? else { return Ok(()) };
    let facts = &work.facts;
    let language = facts.language.as_ref().map(ToString::to_string);
    let marker = words.marker(language.as_deref().unwrap_or_default());
    let found = match words.is_empty() {
        true => None,
        false => snippet(&marker, lines.iter().map(|(_, line)| line.as_str())),
    };
    let chapter = Some(hit.chapter).filter(|chapter| *chapter > 0);
    if json {
        let row = Row {
            work: hit.work.0,
            title: &facts.title,
            authors: facts.authors.iter().map(|author| author.name.as_str()).collect(),
            fandoms: fandoms(facts),
            language,
            words: work.words,
            chapters: work.chapters,
            complete: facts.complete,
            published: facts.published.map(|date| date.to_string()),
            updated: facts.updated.map(|date| date.to_string()),
            chapter,
            snippet: found.map(|found| found.text),
        };
        writeln!(out, "{}", serde_json::to_string(&row)?)?;
        return Ok(());
    }
    let authors: Vec<&str> = facts.authors.iter().map(|author| author.name.as_str()).collect();
    let by = if authors.is_empty() { String::new() } else { format!(" by {}", authors.join(", ")) };
    let place = chapter.map_or_else(String::new, |chapter| format!(", chapter {chapter}"));
    writeln!(out, "\n{}  {}{by}{place}", hit.work, facts.title)?;
    match found {
        Some(found) => writeln!(out, "    {}", marked(&found.text, &found.marks))?,
        None => writeln!(out, "    {}", about(facts, work.words))?,
    }
    Ok(())
}

fn fandoms(facts: &Facts) -> Vec<&str> {
    let fandoms = facts.tags.iter().filter(|(kind, _)| *kind == TagKind::Fandom);
    fandoms.map(|(_, name)| name.as_str()).collect()
}

/// What there is to say of a work in one line.
fn about(facts: &Facts, words: u64) -> String {
    let mut said = fandoms(facts).join(", ");
    if !said.is_empty() {
        said.push_str("; ");
    }
    said.push_str(&format!("{} words", grouped(words)));
    if let Some(date) = facts.updated.or(facts.published) {
        said.push_str(&format!(", {date}"));
    }
    if let Some(complete) = facts.complete {
        said.push_str(if complete { ", complete" } else { ", in progress" });
    }
    said
}

/// A mistake with the question, a mark under its place, and what would be right.
fn told(text: &str, mistake: &Mistake) -> String {
    const LONGEST: usize = 200;
    let mut told = mistake.say.clone();
    // A question of several lines, or one that no line holds, is not repeated.
    if text.chars().count() <= LONGEST && !text.contains(char::is_control) {
        let width =
            |range: std::ops::Range<usize>| text.get(range).map_or(0, |part| part.chars().count());
        let before = " ".repeat(width(0..mistake.at.start));
        let marks = "^".repeat(width(mistake.at.clone()).max(1));
        told.push_str(&format!("\n    {text}\n    {before}{marks}"));
    }
    if let Some(instead) = &mistake.instead
        && instead.chars().count() <= LONGEST
    {
        told.push_str(&format!("\nPerhaps you mean: {instead}"));
    }
    told
}

/// The passage with its hits in bold on a terminal, between stars elsewhere.
fn marked(text: &str, marks: &[std::ops::Range<usize>]) -> String {
    let (on, off) = if is_seen() { ("\x1b[1m", "\x1b[0m") } else { ("*", "*") };
    let mut out = String::new();
    let mut at = 0;
    for mark in marks {
        let (Some(before), Some(hit)) = (text.get(at..mark.start), text.get(mark.clone())) else {
            continue;
        };
        out.push_str(before);
        out.push_str(on);
        out.push_str(hit);
        out.push_str(off);
        at = mark.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

impl Search {
    /// Gives the hyphens of `-word` back that were kept from being taken for flags.
    pub(super) fn sheltered(mut self) -> Search {
        self.query.iter_mut().for_each(|word| *word = word.replace(NOT, "-"));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_shell_took_apart_is_a_question_again() {
        for (words, text) in [
            (&["lamp", "the last ferry"][..], "lamp \"the last ferry\""),
            (&["fandom:Sea Tales", "kudos:>5"], "fandom:\"Sea Tales\" kudos:>5"),
            (&["-Major Character Death", "x"], "-\"Major Character Death\" x"),
            (&["-tag:Slow Burn", "x"], "-tag:\"Slow Burn\" x"),
            (&["fandom:Sea Tales kudos:>5"], "fandom:Sea Tales kudos:>5"),
            (&["fandom:\"Sea Tales\" or", "x"], "fandom:\"Sea Tales\" or x"),
            (&["a: b c", "x"], "\"a: b c\" x"),
            (&["fandom:Sherlock (TV)", "x"], "fandom:\"Sherlock (TV)\" x"),
            (&["-(a OR b c)", "ship:(a OR b)"], "-(a OR b c) ship:(a OR b)"),
        ] {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(question(&words), text);
        }
    }

    #[test]
    fn only_words_are_looked_for_in_texts_alone() {
        let plain = |text: &str| plain_words(&Ask::parse(text).expect("a question")).is_some();
        for text in ["lamp", "lamp OR light*", "\"the last ferry\" -storm"] {
            assert!(plain(text), "{text}");
        }
        for text in ["fandom:x", "lamp words:>5", "lamp sort:words", "lamp -\"Slow Burn\"", "()"] {
            assert!(!plain(text), "{text}");
        }
    }

    #[test]
    fn a_mistake_is_marked() {
        let text = "é fandum:x";
        let mistake = Ask::parse(text).expect_err("a mistake");
        let told = told(text, &mistake);
        assert!(told.contains("\n    é fandum:x\n      ^"), "{told}");
        assert!(told.contains("Perhaps you mean: é fandom:x"), "{told}");
    }
}
