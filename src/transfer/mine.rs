//! Everything that belongs to one account, as a zip that is readable without Fanfold.
//!
//! Each work is in it twice: as a page (HTML) and as Markdown, which `fanfold import` reads back.
//! What beta readers said of a work has a file of its own; what else is no text is in `mine.json`.

use std::collections::HashSet;
use std::io::{Cursor, Write};

use anyhow::{Context, Result};
use fanfold_doc::imported::{Date, Imported};
use fanfold_doc::write::Writer;
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::export;
use crate::app::App;
use crate::archive::access::Visibility;
use crate::archive::beta::Remark;
use crate::archive::person::Visitor;
use crate::archive::ties::Comments;
use crate::archive::work::WorkId;
use crate::store::{self, View};

/// The most works that a reader's places are told of.
const PLACES: u64 = 100_000;

/// What stands at the beginning.
const README: &str = "Everything that was yours in a Fanfold archive.\n\n\
    index.html lists the works; open it in any browser.\n\
    works/ and drafts/ hold each as a page (.html) and as Markdown (.md). `fanfold import` reads \
    them back, and so does the page \"Upload\" of any Fanfold.\n\
    remarks/ holds what others said of the drafts of a work.\n\
    mine.json holds the rest: your names, your address, who may see which work, your filters, what \
    you muted, how far you read, and what you said of drafts. Moments are milliseconds since 1970, \
    UTC.\n";

/// A work of the account, read whole.
struct Own {
    shown: Visibility,
    /// As readers see it, and its draft where that says something else.
    texts: Vec<OwnText>,
    /// What beta readers said of it.
    remarks: Vec<Remark>,
}

/// One of the two that a work may be.
struct OwnText {
    folder: &'static str,
    whole: Imported,
    comments: Comments,
}

impl OwnText {
    fn title(&self) -> Option<&str> {
        self.whole.meta.title.as_deref()
    }
}

/// All of it, in memory.
///
/// # Errors
/// Where the store or a file cannot be read, or the zip be written.
pub fn export(app: &App, visitor: &Visitor) -> Result<Vec<u8>> {
    let day = app.now().date().context("the clock is not set")?;
    let mut zip = Zip { out: ZipWriter::new(Cursor::new(Vec::new())), taken: HashSet::new() };
    zip.add("README.txt", README.as_bytes())?;
    let account = visitor.account.as_ref().context("nobody is signed in")?;
    let works = app.store.read(|tx| tx.works_of(account.id))?;
    let (mut index, mut list) = (String::new(), Vec::new());
    for id in works {
        // Each in a snapshot of its own: only one is in memory at a time, beside what is packed.
        let Some(own) = read(app, visitor, id)? else { continue };
        let remarks = zip.put_remarks(id, &own)?;
        for text in &own.texts {
            let stem = zip.put_text(id, text, day)?;
            let title = escaped(text.title().unwrap_or("Untitled"));
            let href = escaped(&format!("{stem}.html"));
            index.push_str(&format!("<li><a href=\"{href}\">{title}</a> ({})</li>\n", text.folder));
            list.push(json!({
                "title": text.title(),
                "file": stem,
                "audience": own.shown.audience.word(),
                "comments": text.comments.word(),
                "posted_at": own.shown.posted_at.map(|at| at.0),
                "post_at": own.shown.post_at.map(|at| at.0),
                "remarks": remarks,
            }));
        }
    }
    let name = escaped(&account.name);
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{name}</title>\n\
         <h1>{name}</h1>\n<ul>\n{index}</ul>\n</html>\n"
    );
    zip.add("index.html", page.as_bytes())?;
    let mut facts = Ok(json!(null));
    app.store.read(|tx| {
        facts = kept(&tx.seen_by(visitor), visitor, list);
        Ok::<(), store::Error>(())
    })?;
    zip.add("mine.json", serde_json::to_string_pretty(&facts?)?.as_bytes())?;
    Ok(zip.out.finish()?.into_inner())
}

/// A work with all that is of it; `None` if it is gone meanwhile.
fn read(app: &App, visitor: &Visitor, id: WorkId) -> Result<Option<Own>> {
    let mut own = Ok(None);
    app.store.read(|tx| {
        own = read_in(app, &tx.seen_by(visitor), id);
        Ok::<(), store::Error>(())
    })?;
    own
}

fn read_in(app: &App, tx: &View<'_>, id: WorkId) -> Result<Option<Own>> {
    let Some(shown) = tx.visibility(id)? else { return Ok(None) };
    let (mut texts, mut remarks) = (Vec::new(), Vec::new());
    for row in tx.betas(id)? {
        remarks.extend(tx.remarks(row.beta.id)?);
    }
    if let Some(whole) = export::imported(tx, id, &app.files)? {
        texts.push(OwnText { folder: "works", whole, comments: tx.comments(id)? });
    }
    if let Some(mut desk) = tx.desk(id)?.filter(|desk| desk.state.drafted) {
        desk.draft.chapters.iter_mut().for_each(|chapter| chapter.held_back = false);
        let mut whole = tx.typed(id, &desk.draft)?.imported;
        let ties = &desk.draft.facts.ties;
        whole.meta.other.extend(tx.show_ties(id, ties)?.lines());
        texts.push(OwnText { folder: "drafts", whole, comments: ties.comments });
    }
    Ok(Some(Own { shown, texts, remarks }))
}

/// Something that a beta reader said.
fn told(remark: &Remark) -> serde_json::Value {
    json!({
        "who": remark.is.who,
        "at": remark.made_at.0,
        "chapter": remark.is.chapter.0,
        "words": remark.is.quoted,
        "said": remark.is.said,
        "instead": remark.is.instead,
        "answer": remark.answer,
    })
}

/// Everything that is no text.
fn kept(
    tx: &View<'_>,
    visitor: &Visitor,
    works: Vec<serde_json::Value>,
) -> Result<serde_json::Value> {
    let account = visitor.account.as_ref().context("nobody is signed in")?;
    let reader = visitor.reader.context("nobody is signed in")?;
    let pens: Vec<String> = tx.pseuds(account.id)?.into_iter().map(|pen| pen.name).collect();
    let address = tx.account(account.id)?.and_then(|row| row.address);
    let passkeys = tx.passkeys(account.id)?.into_iter();
    let passkeys = passkeys.map(|own| json!({ "name": own.name, "made_at": own.made_at.0 }));
    let mut places = Vec::new();
    for row in tx.last_read(reader, PLACES)? {
        let Some(work) = tx.work_row(row.work)? else { continue };
        places.push(json!({
            "title": work.facts.title,
            "authors": work.facts.authors.iter().map(|own| own.name.as_str()).collect::<Vec<_>>(),
            "source": work.facts.source_url.as_ref().map(ToString::to_string),
            "chapter": row.reading.chapter,
            "paragraph": row.reading.paragraph,
            "looked_at": row.reading.looked_at.0,
            "finished_at": row.reading.finished_at.map(|at| at.0),
        }));
    }
    let saved = tx.saved_filters(reader)?.into_iter();
    let filters = saved.map(|own| json!({ "name": own.name, "question": own.question }));
    let defaults = tx
        .default_filters(reader)?
        .into_iter()
        .map(|own| json!({ "fandom": own.fandom.map(|(_, name)| name), "question": own.question }));
    let mutes = tx.mutes(reader)?.into_iter();
    let mutes = mutes.map(|own| json!({ "what": own.mute.parts().0, "name": own.name }));
    Ok(json!({
        "version": 1,
        "name": account.name,
        "pen_names": pens,
        "address": address,
        "passkeys": passkeys.collect::<Vec<_>>(),
        "works": works,
        "filters": filters.collect::<Vec<_>>(),
        "default_filters": defaults.collect::<Vec<_>>(),
        "mutes": mutes.collect::<Vec<_>>(),
        "reading": places,
        "remarks": tx.remarks_by(account.id)?.iter().map(told).collect::<Vec<_>>(),
    }))
}

/// A zip in memory.
struct Zip {
    out: ZipWriter<Cursor<Vec<u8>>>,
    /// The names that works have in it, small: some systems take "Tide" and "tide" for one.
    taken: HashSet<String>,
}

impl Zip {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.out.start_file(name, options)?;
        self.out.write_all(bytes)?;
        Ok(())
    }

    /// Adds a text of a work in both formats; returns its name without an ending.
    fn put_text(&mut self, id: WorkId, text: &OwnText, day: Date) -> Result<String> {
        let stem = self.stem(text.folder, id, text.title());
        for (format, extension) in [("html", "html"), ("markdown", "md")] {
            let writer = Writer::of(format).context("a format is not known")?;
            let bytes = writer.write(&text.whole, day).with_context(|| stem.clone())?;
            self.add(&format!("{stem}.{extension}"), &bytes)?;
        }
        Ok(stem)
    }

    /// Adds what was said of a work, if anything was; returns the name of the file.
    fn put_remarks(&mut self, id: WorkId, own: &Own) -> Result<Option<String>> {
        if own.remarks.is_empty() {
            return Ok(None);
        }
        let stem = self.stem("remarks", id, own.texts.first().and_then(OwnText::title));
        let name = format!("{stem}.json");
        let remarks: Vec<_> = own.remarks.iter().map(told).collect();
        self.add(&name, serde_json::to_string_pretty(&remarks)?.as_bytes())?;
        Ok(Some(name))
    }

    /// A name for a work that nothing in a folder has, without an ending.
    fn stem(&mut self, folder: &str, id: WorkId, title: Option<&str>) -> String {
        let title = export::plain_name(title.unwrap_or_default());
        let title = if title.is_empty() { format!("work {id}") } else { title };
        let mut stem = format!("{folder}/{title}");
        while !self.taken.insert(stem.to_lowercase()) {
            stem = format!("{stem} ({id})");
        }
        stem
    }
}

/// A text inside HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
