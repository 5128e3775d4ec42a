//! The site: its routes, and how a page is made.
//!
//! The only asynchronous part of Fanfold. A handler makes one hop to a blocking thread, reads one
//! snapshot of the store and renders there. No SQL, no files and no rule of the archive here.

mod address;
mod assets;
mod beta;
mod cache;
mod chapters;
mod chip;
mod connection;
mod downloads;
mod error;
mod feeds;
mod filter;
mod for_you;
mod form;
mod help;
mod imports;
mod library;
mod limits;
mod media;
mod mine;
mod page;
mod panel;
mod passkeys;
mod people;
mod posting;
mod reading;
mod register;
mod run;
mod search;
mod security;
mod sign_in;
mod tags;
mod visibility;
mod visitor;
mod works;
mod writers;
mod writing;
mod you;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, Uri};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::archive::person::{Secret, Visitor};
use crate::archive::work::WorkId;
use crate::store::View;
use crate::suggest::Completer;
pub use run::run;

use cache::{Page, Pages};
use error::Error;
use limits::Limits;
use passkeys::Passkeys;
use visitor::Guest;

/// Passwords that are hashed at the same time: each takes 19 MiB.
const HASHERS: usize = 2;

/// Every address of the site. `tests/it/rights.rs` says of each what everybody may do there.
fn routes(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", get(library::list))
        .route("/filter", get(filter::show))
        .route("/random", get(library::random))
        .route("/reading", get(reading::show))
        .route("/reading/act", post(reading::acts::act))
        .route("/help/search", get(help::search))
        .route("/works/{id}", get(works::show))
        .route("/works/{id}/entire", get(works::entire))
        .route("/works/{id}/chapters/{position}", get(chapters::show))
        .route("/works/{id}/download/{format}", get(downloads::show))
        .route("/works/{id}/originals/{hash}", get(downloads::original))
        .route("/search", get(search::show))
        .route(
            "/write/upload",
            get(posting::upload::show)
                .post(posting::upload::take)
                .layer(DefaultBodyLimit::max(posting::upload::FORM_BYTES)),
        )
        .route("/works/{id}/edit/about", get(posting::about::show).post(posting::about::save))
        .route("/works/{id}/elsewhere", get(posting::elsewhere::show))
        .route("/works/{id}/elsewhere/chapters/{number}", get(posting::elsewhere::chapter))
        .route("/import", get(imports::show))
        .route("/feed", get(feeds::show))
        .route("/tags", get(tags::browse::show))
        .route("/tags/suggest", get(tags::suggest::show))
        .route("/tags/proposals", get(tags::proposals::show))
        .route("/tags/log", get(tags::log::show))
        .route("/tags/act", post(tags::acts::act))
        .route("/tags/{id}", get(tags::show))
        .merge(writing::routes())
        .route("/works/{id}/edit/beta", get(beta::desk::show).post(beta::decide::act))
        .route("/beta/{secret}", get(beta::read::contents))
        .route("/beta/{secret}/chapters/{position}", get(beta::read::chapter))
        .route("/beta/{secret}/chapters/{position}/remark", get(beta::read::remark))
        .route("/beta/{secret}/media/{name}", get(beta::read::media))
        .route("/beta/{secret}/act", post(beta::act::act))
        .route("/you", get(you::show).post(you::act))
        .route("/you/export", post(mine::export))
        .route("/you/works", get(for_you::show).post(for_you::act))
        .route("/you/passkeys", post(passkeys::add))
        .route("/sign-in", post(sign_in::with_password))
        .route("/sign-in/passkey", get(passkeys::ask).post(passkeys::sign_in))
        .route("/sign-in/{secret}", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/forgot", get(address::show_forgot).post(address::forgot))
        .route("/address/{secret}", get(address::show).post(address::confirm))
        .route("/register", get(register::show).post(register::register))
        .route("/invited/{secret}", get(register::show_invited).post(register::invited))
        .route("/people", get(people::show).post(people::act))
        .route("/works/{id}/visibility", get(visibility::show).post(visibility::change))
        .route("/works/{id}/authors", get(writers::show).post(writers::act))
        .route("/unlisted/{secret}", get(visibility::unlisted))
        .route("/media/{name}", get(media::show))
        .route("/static/{name}", get(assets::show))
        .route("/favicon.svg", get(assets::favicon))
        .route("/healthz", get(async || "Fanfold is well.\n"))
        .fallback(error::absent)
        .with_state(site)
}

/// Serves the archive's pages until the program is told to stop (ctrl-c, SIGTERM).
///
/// # Errors
/// Where the listener itself fails; a connection that fails is that connection's end alone.
pub async fn serve(app: Arc<App>, listener: TcpListener) -> std::io::Result<()> {
    let (pages, completer) = (Pages::new(), Arc::new(Completer::new()));
    let (proposals, limits) = Default::default();
    let hashers = Semaphore::new(HASHERS);
    let passkeys = Passkeys::new(&app, listener.local_addr()?).map_err(std::io::Error::other)?;
    let site = Arc::new(Site { app, pages, completer, proposals, limits, hashers, passkeys });
    connection::serve(site, listener, stopped()).await
}

/// Done when the program is told to stop.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

/// What every handler works with.
struct Site {
    app: Arc<App>,
    pages: Pages,
    completer: Arc<Completer>,
    proposals: tags::proposals::Found,
    limits: Limits,
    hashers: Semaphore,
    passkeys: Passkeys,
}

impl std::fmt::Debug for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Site").finish_non_exhaustive()
    }
}

/// Whether a page may be kept until the store changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    /// It tells what the store holds and nothing else.
    Yes,
    /// It tells of something else too, e.g. how far an import is.
    No,
}

impl Site {
    /// The page that is kept for an address, if it still holds.
    fn kept(&self, uri: &Uri) -> Option<Page> {
        self.pages.get(address(uri), self.state())
    }

    /// A number that is another one after every write: of this process at once, and of others
    /// (`fanfold tags` beside the site) as soon as the filters know of it.
    fn state(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let known = self.app.filters.position();
        (self.app.store.generation(), known.works, known.tags).hash(&mut hasher);
        hasher.finish()
    }

    /// Makes a page from one snapshot of the store, on a blocking thread.
    async fn page<P: Template>(
        self: Arc<Self>,
        guest: Guest,
        uri: Uri,
        make: impl FnOnce(&App, &View<'_>, &Visitor) -> Result<(P, Keep), Error> + Send + 'static,
    ) -> Result<Page, Error> {
        blocking(move || {
            // Before the snapshot: a write in between makes the page old, never wrongly new.
            let state = self.state();
            let (page, keep) = self.app.store.read(|tx| {
                let visitor = guest.visitor(tx)?;
                make(&self.app, &tx.seen_by(&visitor), &visitor)
            })?;
            let page = Page::new(page.render()?, StatusCode::OK, state);
            // What is kept is shown to everybody.
            if keep == Keep::Yes && guest.is_stranger() {
                self.pages.keep(address(&uri), &page);
            }
            Ok(page)
        })
        .await
    }
}

impl Site {
    /// Asks the library as whoever sent a request sees it, on a blocking thread.
    async fn seen<T: Send + 'static>(
        self: Arc<Self>,
        guest: Guest,
        ask: impl FnOnce(&Site, &View<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        blocking(move || {
            self.app.store.read(|tx| {
                let visitor = guest.visitor(tx)?;
                ask(&self, &tx.seen_by(&visitor))
            })
        })
        .await
    }
}

impl Site {
    /// Runs what hashes a password: a few at a time, on a thread that may wait.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.hashers.acquire().await.map_err(|_| Error::Failed)?;
        blocking(work).await
    }
}

/// A new secret, for a link or a browser.
fn fresh(app: &App) -> Result<Secret, Error> {
    app.secret().map_err(|error| Error::failed("no secret could be made", &*error))
}

/// Runs what reads the store or files on a thread that may wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(Error::failed("a page was not finished", &panic)))
}

/// What a page is kept under.
fn address(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |address| address.as_str())
}

/// The work that a path names; whatever is not a number names none.
fn work_id(id: &str) -> Result<WorkId, Error> {
    id.parse().map(WorkId).map_err(|_| Error::Absent)
}
