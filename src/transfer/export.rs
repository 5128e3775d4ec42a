//! Works become files: for a download, or all of them into a folder.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fanfold_doc::document::{Document, MediaKind, MediaName};
use fanfold_doc::html::Html;
use fanfold_doc::imported::{Chapter, Imported, Media, Metadata, Source};
use fanfold_doc::write::Writer;

use crate::app::App;
use crate::archive::work::{Facts, WorkId};
use crate::files::Files;
use crate::store::{self, View};

/// The longest part of a file name, characters.
const NAME_CHARS: usize = 80;

/// A work as a writer wants it; `None` if there is none for whoever `tx` is seen by.
///
/// # Errors
/// Where the store or the images cannot be read.
pub fn imported(tx: &View<'_>, work: WorkId, files: &Files) -> Result<Option<Imported>> {
    let Some(found) = tx.work(work)? else { return Ok(None) };
    let facts = found.facts;
    let tags = facts.tags.iter().fold(Default::default(), |mut tags, (kind, name)| {
        let own: &mut fanfold_doc::imported::Tags = &mut tags;
        own.of_mut(*kind).push(name.clone());
        tags
    });
    let matter = found.matter;
    let mut other = facts.other;
    other.extend(tx.shown_ties(work)?.lines());
    let meta = Metadata {
        title: Some(facts.title),
        title_is_provisional: facts.title_is_provisional,
        authors: facts.authors,
        language: facts.language,
        summary: document(&matter.summary)?,
        notes_before: document(&matter.notes_before)?,
        disclaimer: document(&matter.disclaimer)?,
        notes_after: document(&matter.notes_after)?,
        tags,
        proposed: tx.proposals(work)?,
        series: facts.series,
        collections: facts.collections,
        published: facts.published,
        updated: facts.updated,
        complete: facts.complete,
        chapters_expected: facts.chapters_expected,
        other,
        source: Source { format: String::new(), site: facts.source_site, url: facts.source_url },
    };
    let mut chapters = Vec::new();
    for chapter in tx.chapters(work)? {
        chapters.push(Chapter {
            title: chapter.title,
            summary: document(&chapter.summary)?,
            notes_before: document(&chapter.notes_before)?,
            body: document(&chapter.body)?,
            notes_after: document(&chapter.notes_after)?,
        });
    }
    let mut media = Vec::new();
    for name in tx.work_media(work)? {
        match files.read_media(&name)? {
            Some(bytes) => media.push(image(name, bytes)),
            None => tracing::warn!("work {work}: the image {name} is missing; run `fanfold check`"),
        }
    }
    Ok(Some(Imported { meta, chapters, media, ..Imported::default() }))
}

fn document(html: &Html) -> Result<Document> {
    Document::from_printed(html.as_str()).context("a text in the database cannot be read")
}

fn image(name: MediaName, bytes: Vec<u8>) -> Media {
    let kind: MediaKind = name.kind();
    let (width_pixels, height_pixels) = fanfold_doc::read::image_size(&bytes).unwrap_or((0, 0));
    Media { name, kind, bytes, width_pixels, height_pixels }
}

/// What an export did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Works that were written.
    pub works: u64,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Writes every work into a folder, `Author - Title.ext`; `step` is told of each.
///
/// # Errors
/// Where a work cannot be read or a file not be written; what was written before stays.
pub fn export_all(
    app: &App,
    folder: &Path,
    writer: &Writer,
    mut step: impl FnMut(u64, u64),
) -> Result<Exported> {
    let failed = || format!("the folder {} cannot be made", folder.display());
    fs::create_dir_all(folder).with_context(failed)?;
    let works = app.store.read(|tx| tx.work_ids())?;
    let total = works.len() as u64;
    let day = app.now().date().context("the clock is not set")?;
    let mut taken = HashSet::new();
    let mut exported = Exported::default();
    for (number, work) in works.into_iter().enumerate() {
        step(number as u64, total);
        let Some(whole) = read_one(app, work)? else { continue };
        let bytes = writer.write(&whole, day).with_context(|| format!("work {work}"))?;
        let path = folder.join(file_name(&whole.meta, work, writer.extension, &mut taken));
        write_whole(&path, &bytes)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        exported.works += 1;
        exported.bytes += bytes.len() as u64;
    }
    Ok(exported)
}

fn read_one(app: &App, work: WorkId) -> Result<Option<Imported>> {
    let mut whole = Ok(None);
    app.store.read(|tx| {
        whole = imported(&tx.archive(), work, &app.files);
        Ok::<(), store::Error>(())
    })?;
    whole
}

/// A file appears whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut half: PathBuf = path.to_owned();
    half.as_mut_os_string().push(".part");
    fs::write(&half, bytes)?;
    fs::rename(&half, path)
}

/// A name that every file system takes, and no two works share.
fn file_name(
    meta: &Metadata,
    work: WorkId,
    extension: &str,
    taken: &mut HashSet<String>,
) -> String {
    let title = plain_name(meta.title.as_deref().unwrap_or_default());
    let authors: Vec<&str> = meta.authors.iter().map(|author| author.name.as_str()).collect();
    let authors = plain_name(&authors.join(", "));
    let stem = match (authors.is_empty(), title.is_empty()) {
        (false, false) => format!("{authors} - {title}"),
        (true, false) => title,
        _ => format!("work {work}"),
    };
    let name = format!("{stem}.{extension}");
    if taken.insert(name.to_lowercase()) {
        return name;
    }
    let name = format!("{stem} ({work}).{extension}");
    taken.insert(name.to_lowercase());
    name
}

/// The words of a title without what some file system does not take.
pub(crate) fn plain_name(text: &str) -> String {
    let good = |c: char| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => ' ',
        c if c.is_control() => ' ',
        c => c,
    };
    let text: String = text.chars().map(good).take(NAME_CHARS).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_matches(['.', ' ']).to_owned()
}

/// The usual name for a download of a work.
pub fn download_name(facts: &Facts, work: WorkId, extension: &str) -> String {
    let title = plain_name(&facts.title);
    let stem = if title.is_empty() { format!("work {work}") } else { title };
    format!("{stem}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_every_file_system_and_differ() {
        let mut taken = HashSet::new();
        let mut meta = Metadata { title: Some("../A: \"B\" / C?".into()), ..Metadata::default() };
        assert_eq!(file_name(&meta, WorkId(1), "epub", &mut taken), "A B C.epub");
        assert_eq!(file_name(&meta, WorkId(2), "epub", &mut taken), "A B C (2).epub");
        meta.title = Some("...".into());
        assert_eq!(file_name(&meta, WorkId(3), "epub", &mut taken), "work 3.epub");
    }
}
