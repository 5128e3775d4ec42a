//! `fanfold search`: the same search as on the pages.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, anyhow};
use fanfold_index::{Query, snippet};

use super::{count, is_seen};
use crate::app::App;
use crate::archive::work::WorkId;
use crate::store;
use crate::transfer::catch_up::catch_up;

/// Prints the works that match, best first, each with the passage that does.
pub(super) fn search(app: &App, words: &[String], limit: usize) -> Result<ExitCode> {
    // Several words were one query before the shell took them apart; a phrase lost its quotes.
    let quoted = |word: &String| {
        if word.contains(char::is_whitespace) && words.len() > 1 && !word.contains('"') {
            format!("\"{word}\"")
        } else {
            word.clone()
        }
    };
    let text = words.iter().map(quoted).collect::<Vec<_>>().join(" ");
    let query = Query::parse(&text).map_err(|error| anyhow!("“{text}”: {error}"))?;
    while catch_up(app)? {}
    let found = app.index.search(&query, 0, limit)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", count(found.total as u64, "work", "works"))?;
    for hit in &found.hits {
        let work = WorkId(hit.work);
        let Some((facts, lines)) = app.store.read(|tx| {
            let Some(found) = tx.work(work)? else { return Ok(None) };
            let chapter = tx.chapter(work, hit.chapter.max(1))?;
            let lines = chapter.map(|chapter| chapter.body.lines()).unwrap_or_default();
            Ok::<_, store::Error>(Some((found.facts, lines)))
        })?
        else {
            continue;
        };
        let authors: Vec<&str> = facts.authors.iter().map(|author| author.name.as_str()).collect();
        let by =
            if authors.is_empty() { String::new() } else { format!(" by {}", authors.join(", ")) };
        let place =
            if hit.chapter > 0 { format!(", chapter {}", hit.chapter) } else { String::new() };
        writeln!(out, "\n{work}  {}{by}{place}", facts.title)?;
        let language = facts.language.as_ref().map(ToString::to_string).unwrap_or_default();
        let marker = query.marker(&language);
        let lines = lines.iter().map(|(_, line)| line.as_str());
        if let Some(snippet) = snippet(&marker, lines) {
            writeln!(out, "    {}", marked(&snippet.text, &snippet.marks))?;
        }
    }
    Ok(if found.total == 0 { ExitCode::from(1) } else { ExitCode::SUCCESS })
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
