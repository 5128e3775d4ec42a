//! `fanfold inspect`: what an import would make of files, and why. Stores nothing.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use fanfold_doc::document::Document;
use fanfold_doc::imported::{Imported, TagKind};
use fanfold_doc::limits::Limits;
use serde_json::{Map, Value, json};

use crate::archive::draft::WorkDraft;
use crate::config::Config;
use crate::transfer::reading_of;

/// Prints each file; fails at the end if one could not be read.
pub(super) fn inspect(files: &[PathBuf], as_json: bool, config: &Config) -> Result<ExitCode> {
    let limits = Limits { file_bytes: config.file_bytes_max, ..Limits::default() };
    let mut out = std::io::stdout().lock();
    let mut failed = false;
    for path in files {
        let read = read(path, &limits);
        failed |= read.is_err();
        if as_json {
            let name = path.display().to_string();
            let mut object = match &read {
                Ok(imported) => object(imported),
                Err(error) => Map::from_iter([("error".to_owned(), json!(format!("{error:#}")))]),
            };
            object.insert("file".to_owned(), json!(name));
            writeln!(out, "{}", Value::Object(object))?;
        } else {
            writeln!(out, "{}", path.display())?;
            match &read {
                Ok(imported) => print(&mut out, imported)?,
                Err(error) => writeln!(out, "  cannot be read: {error:#}\n")?,
            }
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Reads a file as an import would.
pub(super) fn read(path: &Path, limits: &Limits) -> Result<Imported> {
    let mut bytes = Vec::new();
    let most = limits.file_bytes as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(most).read_to_end(&mut bytes))
        .context("the file cannot be opened")?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let imported = reading_of(&bytes, name.as_deref().unwrap_or_default(), limits)?;
    let draft = WorkDraft::of_import(imported);
    draft.clone().check()?;
    Ok(draft.imported)
}

/// The object that `--json` prints; its keys are a promise.
fn object(imported: &Imported) -> Map<String, Value> {
    let meta = &imported.meta;
    let text = |document: &Document| match document.is_empty() {
        true => Value::Null,
        false => json!(document.text()),
    };
    let authors: Vec<&str> = meta.authors.iter().map(|author| author.name.as_str()).collect();
    let chapters = imported.chapters.iter().map(|chapter| {
        let (words, paragraphs) = (chapter.body.words(), chapter.body.paragraphs());
        json!({ "title": chapter.title, "words": words, "paragraphs": paragraphs })
    });
    let words: u64 = imported.chapters.iter().map(|chapter| chapter.body.words()).sum();
    let tags = TagKind::ALL.map(|kind| (kind.key().to_owned(), json!(meta.tags.of(kind))));
    let proposed = TagKind::ALL.map(|kind| {
        let own = meta.proposed.iter().filter(|proposal| proposal.kind == kind);
        (kind.key().to_owned(), own.map(|proposal| json!(proposal.name)).collect())
    });
    let warnings = imported.warnings.iter().map(|warning| {
        let place = warning.place.to_string();
        json!({ "kind": warning.kind.key(), "place": place, "text": warning.text })
    });
    let reasons = imported.reasons.iter().map(|reason| {
        json!({ "field": reason.field, "rule": reason.rule, "place": reason.place.to_string() })
    });
    let series =
        meta.series.iter().map(|place| json!({ "title": place.title, "part": place.part }));
    let source = json!({
        "format": meta.source.format,
        "site": meta.source.site,
        "url": meta.source.url.as_ref().map(ToString::to_string),
    });
    let pairs = [
        ("title", json!(meta.title)),
        ("title_is_provisional", json!(meta.title_is_provisional)),
        ("authors", json!(authors)),
        ("language", json!(meta.language.as_ref().map(ToString::to_string))),
        ("summary", text(&meta.summary)),
        ("notes_before", text(&meta.notes_before)),
        ("disclaimer", text(&meta.disclaimer)),
        ("notes_after", text(&meta.notes_after)),
        ("complete", json!(meta.complete)),
        ("words", json!(words)),
        ("chapters", chapters.collect()),
        ("chapters_expected", json!(meta.chapters_expected)),
        ("tags", Value::Object(Map::from_iter(tags))),
        ("proposed_tags", Value::Object(Map::from_iter(proposed))),
        ("series", series.collect()),
        ("published", json!(meta.published.map(|date| date.to_string()))),
        ("updated", json!(meta.updated.map(|date| date.to_string()))),
        ("source", source),
        ("warnings", warnings.collect()),
        ("reasons", reasons.collect()),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The same for people.
fn print(out: &mut impl Write, imported: &Imported) -> std::io::Result<()> {
    let object = object(imported);
    for (key, value) in &object {
        if matches!(key.as_str(), "reasons" | "warnings" | "chapters" | "source") {
            continue;
        }
        let shown = plain(value);
        if !shown.is_empty() {
            writeln!(out, "  {:<14} {shown}", key.replace('_', " "))?;
        }
    }
    for (number, chapter) in imported.chapters.iter().enumerate() {
        let title = chapter.title.as_deref().unwrap_or("untitled");
        let (words, paragraphs) = (chapter.body.words(), chapter.body.paragraphs());
        let number = number + 1;
        writeln!(out, "  chapter {number:<6} {title}: {words} words, {paragraphs} paragraphs")?;
    }
    for reason in &imported.reasons {
        writeln!(out, "  because        {}: {} ({})", reason.field, reason.rule, reason.place)?;
    }
    for warning in &imported.warnings {
        writeln!(out, "  look           {} ({})", warning.text, warning.place)?;
    }
    writeln!(out)
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace('\n', "\n                 "),
        Value::Array(items) => {
            items.iter().map(plain).filter(|item| !item.is_empty()).collect::<Vec<_>>().join(", ")
        }
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| (key, plain(value)));
            let set = pairs.filter(|(_, value)| !value.is_empty());
            set.map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
