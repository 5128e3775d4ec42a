//! `POST /you/export`: everything that is mine, in one zip.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::error::Error;
use super::limits::Limit;
use super::visitor::Guest;
use super::{Site, blocking, downloads};
use crate::archive::person::Role;
use crate::transfer::mine;

/// `POST /you/export`
pub(super) async fn export(State(site): State<Arc<Site>>, guest: Guest) -> Result<Response, Error> {
    blocking(move || {
        let app = &site.app;
        let visitor = app.store.read(|tx| guest.must_be(tx, Role::Member))?;
        let account = visitor.account.as_ref().ok_or(Error::SignIn)?;
        site.limits.count(Limit::Export, account.id, app.now())?;
        let zip = mine::export(app, &visitor);
        let zip = zip.map_err(|error| Error::failed("an export was not made", error.as_ref()))?;
        let name = format!("{}, everything.zip", account.name);
        Ok(downloads::attachment(&name, "application/zip", zip))
    })
    .await
}
