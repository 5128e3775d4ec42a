//! Images that stories show.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use fanfold_doc::document::MediaName;

use super::error::Error;
use super::{Site, assets, blocking};

/// `/media/{name}`: an image under the hash of its bytes, so it never changes.
pub(super) async fn show(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
) -> Result<Response, Error> {
    let name = MediaName::parse(&name).ok_or(Error::Absent)?;
    let media_type = name.kind().media_type();
    let bytes = blocking(move || Ok(site.app.files.read_media(&name)?)).await?;
    Ok(assets::forever(media_type, bytes.ok_or(Error::Absent)?.into()))
}
