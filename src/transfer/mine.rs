//! Everything that belongs to one account, as a zip that is readable without Fanfold.
//!
//! Each work is in it twice: as a page (HTML) and as Markdown, which `fanfold import` reads back.
//! What is not a text is in `mine.json`.

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
    mine.json holds the rest: your names, your address, who may see which work, your filters, what \
    you muted, how far you read, and what you and others said of drafts. Moments are milliseconds \
    since 1970, UTC.\n";

/// A work of the account, read whole.
struct Own {
    id: WorkId,
    folder: &'static str,
    whole: Imported,
    shown: Visibility,
    comments: Comments,
    /// What beta readers said.
    remarks: Vec<Remark>,
}

/// All of it, in memory.
///
/// # Errors
/// Where the store or a file cannot be read, or the zip be written.
pub fn export(app: &App, visitor: &Visitor) -> Result<Vec<u8>> {
    let day = app.now().date().context("the clock is not set")?;
    let mut zip = Zip(ZipWriter::new(Cursor::new(Vec::new())));
    zip.add("README.txt", README.as_bytes())?;
    let account = visitor.account.as_ref().context("nobody is signed in")?;
    let works = app.store.read(|tx| tx.works_of(account.id))?;
    let (mut index, mut list, mut taken) = (String::new(), Vec::new(), HashSet::new());
    for work in works {
        // Each in a snapshot of its own: only one is in memory at a time.
        let owned = read(app, visitor, work)?;
        for own in owned {
            let stem = zip.put_work(&own, day, &mut taken)?;
            let title = own.whole.meta.title.as_deref().unwrap_or("Untitled");
            let (title, href) = (escaped(title), escaped(&format!("{stem}.html")));
            index.push_str(&format!("<li><a href=\"{href}\">{title}</a> ({})</li>\n", own.folder));
            list.push(json!({
                "title": own.whole.meta.title,
                "file": stem,
                "audience": own.shown.audience.word(),
                "comments": own.comments.word(),
                "posted_at": own.shown.posted_at.map(|at| at.0),
                "post_at": own.shown.post_at.map(|at| at.0),
                "remarks": own.remarks.iter().map(told).collect::<Vec<_>>(),
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
    Ok(zip.0.finish()?.into_inner())
}

/// A work as readers see it, and its draft where that says something else.
fn read(app: &App, visitor: &Visitor, id: WorkId) -> Result<Vec<Own>> {
    let mut owned = Ok(Vec::new());
    app.store.read(|tx| {
        owned = read_in(app, &tx.seen_by(visitor), id);
        Ok::<(), store::Error>(())
    })?;
    owned
}

fn read_in(app: &App, tx: &View<'_>, id: WorkId) -> Result<Vec<Own>> {
    let Some(shown) = tx.visibility(id)? else { return Ok(Vec::new()) };
    let (mut owned, mut remarks) = (Vec::new(), Vec::new());
    for row in tx.betas(id)? {
        remarks.extend(tx.remarks(row.beta.id)?);
    }
    if let Some(whole) = export::imported(tx, id, &app.files)? {
        let (shown, comments) = (shown.clone(), tx.comments(id)?);
        let remarks = remarks.clone();
        owned.push(Own { id, folder: "works", whole, shown, comments, remarks });
    }
    if let Some(mut desk) = tx.desk(id)?.filter(|desk| desk.state.drafted) {
        desk.draft.chapters.iter_mut().for_each(|chapter| chapter.held_back = false);
        let mut whole = tx.typed(id, &desk.draft)?.imported;
        let ties = &desk.draft.facts.ties;
        whole.meta.other.extend(tx.show_ties(id, ties)?.lines());
        let comments = ties.comments;
        owned.push(Own { id, folder: "drafts", whole, shown, comments, remarks });
    }
    Ok(owned)
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
struct Zip(ZipWriter<Cursor<Vec<u8>>>);

impl Zip {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.0.start_file(name, options)?;
        self.0.write_all(bytes)?;
        Ok(())
    }

    /// Adds a work in both formats; returns its name without an ending.
    fn put_work(&mut self, own: &Own, day: Date, taken: &mut HashSet<String>) -> Result<String> {
        let title = export::plain_name(own.whole.meta.title.as_deref().unwrap_or_default());
        let title = if title.is_empty() { format!("work {}", own.id) } else { title };
        let mut stem = format!("{}/{title}", own.folder);
        if !taken.insert(stem.to_lowercase()) {
            stem = format!("{stem} ({})", own.id);
            taken.insert(stem.to_lowercase());
        }
        for (format, extension) in [("html", "html"), ("markdown", "md")] {
            let writer = Writer::of(format).context("a format is not known")?;
            let bytes = writer.write(&own.whole, day).with_context(|| stem.clone())?;
            self.add(&format!("{stem}.{extension}"), &bytes)?;
        }
        Ok(stem)
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
