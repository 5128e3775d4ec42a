//! Works and originals to be taken away as files.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::Response;
use fanfold_doc::write::Writer;

use super::error::Error;
use super::visitor::Guest;
use super::{Site, work_id};
use crate::archive::work::Hash;
use crate::transfer::export;

/// `/works/{id}/download/{format}`
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path((id, format)): Path<(String, String)>,
    guest: Guest,
) -> Result<Response, Error> {
    let id = work_id(&id)?;
    let writer = Writer::of(&format).ok_or(Error::Absent)?;
    site.seen(guest, move |site, tx| {
        let app = &site.app;
        let imported = export::imported(tx, id, &app.files)
            .map_err(|error| Error::failed("a work was not exported", error.as_ref()))?
            .ok_or(Error::Absent)?;
        let work = tx.work(id)?.ok_or(Error::Absent)?;
        let name = export::download_name(&work.facts, id, writer.extension);
        let today = app.now().date().ok_or(Error::Failed)?;
        let bytes = writer.write(&imported, today);
        let bytes = bytes.map_err(|error| Error::failed("a file was not written", &error))?;
        Ok(attachment(&name, writer.media_type, bytes))
    })
    .await
}

/// `/works/{id}/originals/{hash}`: the file as it came. Whatever it holds, it is never shown here.
pub(super) async fn original(
    State(site): State<Arc<Site>>,
    Path((id, hash)): Path<(String, String)>,
    guest: Guest,
) -> Result<Response, Error> {
    let id = work_id(&id)?;
    let hash = Hash::parse(&hash).ok_or(Error::Absent)?;
    site.seen(guest, move |site, tx| {
        let row =
            tx.originals(id)?.into_iter().find(|row| row.hash == hash).ok_or(Error::Absent)?;
        let bytes = site.app.files.read(hash)?.ok_or(Error::Absent)?;
        Ok(attachment(&row.name, "application/octet-stream", bytes))
    })
    .await
}

/// A file that a browser saves and never shows.
pub(super) fn attachment(name: &str, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    let sandbox = HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'");
    headers.insert(CONTENT_SECURITY_POLICY, sandbox);
    let disposition = HeaderValue::try_from(disposition(name));
    let plain = HeaderValue::from_static("attachment");
    headers.insert(CONTENT_DISPOSITION, disposition.unwrap_or(plain));
    response
}

/// `Content-Disposition` with a name for every browser (RFC 6266): a plain one, and the whole one
/// encoded (RFC 8187). What systems do not allow in names becomes `_`.
fn disposition(name: &str) -> String {
    // Characters that turn the direction of writing make "exe.txt" out of "txt.exe".
    let turns = |c: char| {
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2066}'..='\u{2069}')
    };
    let unwanted = |c: char| c.is_control() || turns(c) || "/\\:*?\"<>|".contains(c);
    let name: String = name.chars().map(|c| if unwanted(c) { '_' } else { c }).collect();
    let name = shorten(name.trim().trim_start_matches('.'));
    let plain: String =
        name.chars().map(|c| if c.is_ascii() && c != '%' { c } else { '_' }).collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            whole.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// A name that every file system holds (200 bytes), its ending kept.
fn shorten(name: &str) -> String {
    const LONGEST: usize = 200;
    if name.is_empty() {
        return "story".to_owned();
    }
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 16 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let mut end = LONGEST - ending.len();
    while !stem.is_char_boundary(end.min(stem.len())) {
        end -= 1;
    }
    let stem = stem.get(..end).unwrap_or(stem);
    format!("{}{ending}", stem.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_said_twice() {
        assert_eq!(
            disposition("Café \"5\".epub"),
            "attachment; filename=\"Caf_ _5_.epub\"; filename*=UTF-8''Caf%C3%A9%20_5_.epub"
        );
    }

    #[test]
    fn hostile_names_stay_names() {
        for name in
            ["../../etc/passwd", "a\r\nSet-Cookie: x=1", "\u{202e}txt.exe", "", "...", "a/b"]
        {
            let said = disposition(name);
            assert!(HeaderValue::try_from(said.as_str()).is_ok(), "{said}");
            assert!(!said.contains(['/', '\\', '\r', '\n', '\u{202e}']), "{said}");
            assert!(!said.contains("filename=\"\"") && !said.contains("filename=\"."), "{said}");
        }
    }

    #[test]
    fn long_names_keep_their_ending() {
        let long = format!("{}.epub", "ü".repeat(500));
        assert!(shorten(&long).len() <= 200 && shorten(&long).ends_with("ü.epub"));
        assert!(shorten(&"x".repeat(500)).len() <= 200);
    }
}
