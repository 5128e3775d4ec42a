//! Pages that explain the site itself.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::Uri;

use super::cache::Page;
use super::error::Error;
use super::visitor::Guest;
use super::{Keep, Site};

#[derive(Template)]
#[template(path = "help/search.html")]
struct SearchPage;

/// `/help/search`
pub(super) async fn search(
    State(site): State<Arc<Site>>,
    guest: Guest,
    uri: Uri,
) -> Result<Page, Error> {
    site.page(guest, uri, |_, _, _| Ok((SearchPage, Keep::Yes))).await
}
