//! `/write/upload`: files in, drafts out.
//!
//! Without a script one form sends them all; with it each file is sent by itself, so that each has
//! its own progress and its own answer.

use std::sync::Arc;

use askama::Template;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{FromRequest, Request, State};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use fanfold_doc::limits::Limits;
use serde::Serialize;

use super::super::cache::Page;
use super::super::error::Error;
use super::super::visitor::Guest;
use super::super::writing::{told, writer};
use super::super::{Keep, Site, blocking};
use crate::transfer::upload::{self, Taken, UploadError};

/// All files of one form together, bytes.
pub(in super::super) const FORM_BYTES: usize = 256 << 20;
/// The most files in one form.
const MOST_FILES: usize = 2_000;

#[derive(Template)]
#[template(path = "posting/upload.html")]
struct UploadPage {
    taken: Vec<Row>,
    megabytes: usize,
}

/// What became of a file, for the page and for the script.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// Where its draft is.
    href: Option<String>,
    title: String,
    /// Why there is none.
    why: String,
}

impl From<Taken> for Row {
    fn from(taken: Taken) -> Row {
        let Taken { name, outcome } = taken;
        match outcome {
            Ok((work, title)) => Row {
                name,
                href: Some(format!("/works/{work}/edit/about")),
                title,
                why: String::new(),
            },
            Err(why) => Row { name, href: None, title: String::new(), why },
        }
    }
}

impl From<UploadError> for Error {
    fn from(error: UploadError) -> Error {
        match error {
            UploadError::Files(error) => error.into(),
            UploadError::Store(error) => error.into(),
        }
    }
}

impl From<MultipartError> for Error {
    fn from(error: MultipartError) -> Error {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            _ => Error::Form,
        }
    }
}

fn page(taken: Vec<Row>) -> UploadPage {
    UploadPage { taken, megabytes: Limits::default().file_bytes >> 20 }
}

/// `GET /write/upload`
pub(in super::super) async fn show(
    State(site): State<Arc<Site>>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    site.page(guest, uri, move |_, _, visitor| {
        writer(visitor)?;
        Ok((page(Vec::new()), Keep::No))
    })
    .await
}

/// `POST /write/upload`
pub(in super::super) async fn take(
    State(site): State<Arc<Site>>,
    guest: Guest,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Error> {
    let asked = Arc::clone(&site);
    // Before a byte of a file is taken in.
    let owner =
        blocking(move || asked.app.store.read(|tx| Ok(writer(&guest.visitor(tx)?)?.id))).await?;
    let form = Multipart::from_request(request, &()).await;
    let mut form = form.map_err(|_| Error::Form)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(field) = form.next_field().await? {
        let Some(name) = field.file_name().map(base_name) else { continue };
        let bytes = field.bytes().await?;
        // What a browser sends where no file was chosen.
        if name.is_empty() && bytes.is_empty() {
            continue;
        }
        if rows.len() >= MOST_FILES {
            return Err(Error::TooLarge);
        }
        let site = Arc::clone(&site);
        let taken = blocking(move || Ok(upload::take(&site.app, owner, &name, &bytes)?)).await?;
        rows.extend(taken.into_iter().map(Row::from));
    }
    if headers.get(ACCEPT).is_some_and(|kind| kind.as_bytes() == b"application/json") {
        return told(StatusCode::OK, &rows);
    }
    let html = page(rows).render()?;
    Ok(Page::new(html, StatusCode::OK, 0).into_response())
}

/// A file's name without its folders, whatever the browser sent.
fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(255).collect()
}

#[cfg(test)]
mod tests {
    use super::base_name;

    #[test]
    fn names_hold_no_path() {
        for (sent, name) in [
            ("a.txt", "a.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ann\\b.docx", "b.docx"),
            ("stories/2009/c.html", "c.html"),
            ("\r\nd\0.txt", "d.txt"),
            ("", ""),
        ] {
            assert_eq!(base_name(sent), name, "{sent:?}");
        }
        assert_eq!(base_name(&"e".repeat(1_000)).len(), 255);
    }
}
