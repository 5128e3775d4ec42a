//! `fanfold proof`: what the proofreader marks in a file, by rule, with why. Changes nothing.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use fanfold_doc::document::Document;
use fanfold_doc::imported::Imported;
use fanfold_doc::limits::Limits;
use fanfold_proof::{Manner, Mark, Rule, Silenced, proof};
use serde_json::json;

use super::{count, inspect};
use crate::config::Config;

/// How many characters are shown on each side of marked words.
const AROUND: usize = 32;

#[derive(Debug, Args)]
pub(super) struct Proof {
    /// The file
    file: PathBuf,
    /// One JSON object a line for each mark
    #[arg(long)]
    json: bool,
    /// Leave a rule out, by the key that is printed with it
    #[arg(long, value_name = "RULE")]
    silence: Vec<String>,
}

/// A text of the file: where it stands, and what it says.
struct Text<'i> {
    name: String,
    document: &'i Document,
}

/// A mark with the text that it stands in.
struct Found<'i> {
    text: &'i str,
    paragraph: String,
    mark: Mark,
}

/// Prints the marks of one file.
pub(super) fn run(asked: &Proof, config: &Config) -> Result<ExitCode> {
    let limits = Limits { file_bytes: config.file_bytes_max, ..Limits::default() };
    let silenced = silenced(asked)?;
    let imported = inspect::read(&asked.file, &limits)?;
    let texts = texts(&imported);
    let language = imported.meta.language.as_ref();
    let manner = Manner::of(texts.iter().map(|text| text.document), language);
    let mut found = Vec::new();
    for text in &texts {
        let marks = proof(text.document, &manner, &silenced);
        // Most texts without marks need not be taken apart again.
        let paragraphs =
            if marks.is_empty() { Vec::new() } else { manner.paragraphs(text.document) };
        for mark in marks {
            let paragraph = paragraphs.get(mark.place.paragraph);
            let paragraph = paragraph.map(|paragraph| paragraph.text.clone()).unwrap_or_default();
            found.push(Found { text: &text.name, paragraph, mark });
        }
    }
    let mut out = std::io::stdout().lock();
    if asked.json {
        found.iter().try_for_each(|found| writeln!(out, "{}", object(found)))?;
    } else {
        print(&mut out, &asked.file, &found)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn silenced(asked: &Proof) -> Result<Silenced> {
    let mut silenced = Silenced::NONE;
    for key in &asked.silence {
        let Some(rule) = Rule::parse(key) else {
            let keys: Vec<&str> = Rule::ALL.into_iter().map(Rule::key).collect();
            bail!("no rule is called “{key}”; there are {}", keys.join(", "));
        };
        silenced = silenced.with(rule);
    }
    Ok(silenced)
}

/// The texts of a file that its author wrote, in the order in which they are read.
fn texts(imported: &Imported) -> Vec<Text<'_>> {
    let meta = &imported.meta;
    let mut texts = vec![
        Text { name: "summary".to_owned(), document: &meta.summary },
        Text { name: "note before".to_owned(), document: &meta.notes_before },
        Text { name: "disclaimer".to_owned(), document: &meta.disclaimer },
    ];
    for (number, chapter) in imported.chapters.iter().enumerate() {
        let number = number + 1;
        let name = |part: &str| format!("chapter {number}{part}");
        texts.push(Text { name: name(", summary"), document: &chapter.summary });
        texts.push(Text { name: name(", note before"), document: &chapter.notes_before });
        texts.push(Text { name: name(""), document: &chapter.body });
        texts.push(Text { name: name(", note after"), document: &chapter.notes_after });
    }
    texts.push(Text { name: "note after".to_owned(), document: &meta.notes_after });
    texts
}

/// The object that `--json` prints; its keys are a promise.
fn object(found: &Found<'_>) -> serde_json::Value {
    let Mark { rule, place, words, replacements } = &found.mark;
    json!({
        "rule": rule.key(),
        "group": rule.group().name(),
        "name": rule.name(),
        "why": rule.why(),
        "text": found.text,
        "paragraph": place.paragraph + 1,
        "bytes": [place.bytes.start, place.bytes.end],
        "utf16": [place.utf16.start, place.utf16.end],
        "words": words,
        "replacements": replacements,
        "context": context(found),
    })
}

/// The same for people: by rule, in the order of the text.
fn print(out: &mut impl Write, file: &Path, found: &[Found<'_>]) -> std::io::Result<()> {
    let marks = count(found.len() as u64, "mark", "marks");
    writeln!(out, "{}: {marks}", file.display())?;
    for rule in Rule::ALL {
        let own: Vec<&Found<'_>> = found.iter().filter(|found| found.mark.rule == rule).collect();
        if own.is_empty() {
            continue;
        }
        writeln!(
            out,
            "\n{}: {} ({}, {})",
            rule.group().name(),
            rule.name(),
            own.len(),
            rule.key()
        )?;
        writeln!(out, "  {}", rule.why())?;
        for found in own {
            let place = format!("{}, paragraph {}", found.text, found.mark.place.paragraph + 1);
            writeln!(out, "  {place:<26} {}{}", context(found), instead(&found.mark))?;
        }
    }
    Ok(())
}

/// What could stand there, as an arrow and words.
fn instead(mark: &Mark) -> String {
    let shown = |words: &String| match words.trim() {
        "" => "nothing".to_owned(),
        words => words.to_owned(),
    };
    match mark.replacements.as_slice() {
        [] => String::new(),
        words => format!("  → {}", words.iter().map(shown).collect::<Vec<_>>().join(" or ")),
    }
}

/// The marked words in brackets, with what stands around them.
fn context(found: &Found<'_>) -> String {
    let at = &found.mark.place.bytes;
    let before = found.paragraph.get(..at.start).unwrap_or_default();
    let after = found.paragraph.get(at.end..).unwrap_or_default();
    let (from, cut) = before.char_indices().rev().nth(AROUND).map_or((0, ""), |(at, _)| (at, "…"));
    let (to, rest) =
        after.char_indices().nth(AROUND).map_or((after.len(), ""), |(at, _)| (at, "…"));
    let before = before.get(from..).unwrap_or_default();
    let after = after.get(..to).unwrap_or_default();
    format!("{cut}{before}[{}]{after}{rest}", found.mark.words).replace('\n', " ")
}
