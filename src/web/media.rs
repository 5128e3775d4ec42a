//! Images that stories show: to those who may see one of these stories.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::Response;
use fanfold_doc::document::MediaName;

use super::error::Error;
use super::visitor::Guest;
use super::{Site, assets};

/// `/media/{name}`: an image under the hash of its bytes, so it never changes.
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    guest: Guest,
) -> Result<Response, Error> {
    let name = MediaName::parse(&name).ok_or(Error::Absent)?;
    let media_type = name.kind().media_type();
    let stranger = guest.is_stranger();
    let bytes = site.seen(guest, move |site, tx| {
        if !tx.sees_media(&name)? {
            return Ok(None);
        }
        Ok(site.app.files.read_media(&name)?)
    });
    let bytes = bytes.await?.ok_or(Error::Absent)?;
    let mut response = assets::forever(media_type, bytes.into());
    if !stranger {
        // Perhaps it is for this reader alone: no proxy may keep it for others.
        let private = HeaderValue::from_static("private, max-age=86400");
        response.headers_mut().insert(CACHE_CONTROL, private);
    }
    Ok(response)
}
