//! The site's own files, built into the program.
//!
//! An address holds the hash of the file's bytes, so a browser keeps it for ever and an update has
//! another address.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::error::Error;

/// A file that is part of the program.
#[derive(Debug)]
pub(super) struct Asset {
    name: String,
    path: String,
    media_type: &'static str,
    text: &'static str,
}

/// The style sheet of every page.
pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("site", "css", include_str!("../../static/site.css")));

/// The script of the pages on which tags are put in order.
pub(super) static TAGS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("tags", "js", include_str!("../../static/tags.js")));

/// What makes the panel of the library answer at once. Everything works without it.
pub(super) static FILTER: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("filter", "js", include_str!("../../static/filter.js")));

/// What tells how far a reader is, on pages of readers who asked for it.
pub(super) static READING: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("reading", "js", include_str!("../../static/reading.js")));

/// What sends files one by one, with progress.
pub(super) static UPLOAD: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("upload", "js", include_str!("../../static/upload.js")));

/// What helps with the form about a work.
pub(super) static POSTING: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("posting", "js", include_str!("../../static/posting.js")));

/// What copies texts that are to be posted elsewhere.
pub(super) static ELSEWHERE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("elsewhere", "js", include_str!("../../static/elsewhere.js")));

/// What asks the browser for passkeys.
pub(super) static PASSKEYS: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("passkeys", "js", include_str!("../../static/passkeys.js")));

/// The editor of texts, made of `editor/src` by `editor/build`.
pub(super) static EDITOR: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("editor", "js", include_str!("../../static/editor.js")));

/// The editor's style sheet, beside the one of every page.
pub(super) static EDITOR_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("editor", "css", include_str!("../../static/editor.css")));

/// What lets beta readers choose words in the text, and writers decide with the keyboard.
pub(super) static BETA: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("beta", "js", include_str!("../../static/beta.js")));

/// The style sheet of beta readers' pages, beside the one of every page.
pub(super) static BETA_STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("beta", "css", include_str!("../../static/beta.css")));

/// Every one of them.
static ALL: [&LazyLock<Asset>; 12] = [
    &STYLE,
    &TAGS,
    &FILTER,
    &READING,
    &UPLOAD,
    &POSTING,
    &ELSEWHERE,
    &PASSKEYS,
    &EDITOR,
    &EDITOR_STYLE,
    &BETA,
    &BETA_STYLE,
];

/// The sign in the browser's tab and on every page.
const ICON: &str = include_str!("../../static/favicon.svg");

impl Asset {
    fn new(stem: &str, ending: &str, text: &'static str) -> Asset {
        let hash = blake3::hash(text.as_bytes()).to_hex();
        let name = format!("{stem}-{}.{ending}", hash.get(..16).unwrap_or_default());
        let media_type = match ending {
            "css" => "text/css; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        };
        Asset { path: format!("/static/{name}"), name, media_type, text }
    }

    /// Its address.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// `/static/{name}`
pub(super) async fn show(Path(name): Path<String>) -> Result<Response, Error> {
    let asset = ALL.iter().find(|asset| asset.name == name).ok_or(Error::Absent)?;
    Ok(forever(asset.media_type, asset.text.as_bytes().into()))
}

/// `/favicon.svg`
pub(super) async fn favicon() -> Response {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")];
    (headers, ICON).into_response()
}

/// An answer that never changes under its address.
pub(super) fn forever(media_type: &'static str, body: axum::body::Bytes) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(CACHE_CONTROL, forever);
    response
}
