//! Connections: from a socket to an answer, with as little as possible in between.
//!
//! A page that is kept is answered here, before any routing and without touching the store;
//! everything else goes through the table of routes in [`super`]. Every answer leaves through
//! [`Front`], so none is without its security headers.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::cache::{Page, Wants};
use super::error::Error;
use super::limits::Limit;
use super::security::Client;
use super::visitor::Guest;
use super::{Site, security};

/// How long a browser may take to send a request's head.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// How long answers under way may take after Fanfold was told to stop.
const LAST_TIME: Duration = Duration::from_secs(5);
/// The longest head of a request, bytes.
const HEAD_BYTES: usize = 32 << 10;
/// The most header lines of a request.
const HEAD_LINES: usize = 64;

/// Serves until `stop` is done, then lets the answers under way end.
pub(super) async fn serve(
    site: Arc<Site>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let own_host_only = listener.local_addr()?.ip().is_loopback();
    let router = super::routes(Arc::clone(&site));
    // Connections hold a receiver each: all are gone when the channel is closed.
    let (stopping, open) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let (site, router) = (Arc::clone(&site), router.clone());
                    let front = Front { site, router, own_host_only, peer: peer.ip() };
                    tokio::spawn(connection(front, stream, open.clone()));
                }
                // Too many open files, mostly: wait until some are closed.
                Err(error) if is_local(&error) => {
                    tracing::warn!("no new connection: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(_) => {}
            },
        }
    }
    drop((listener, open));
    let _ = stopping.send(());
    let _ = tokio::time::timeout(LAST_TIME, stopping.closed()).await;
    Ok(())
}

/// Whether accepting failed because of this machine and not because of the one that called.
fn is_local(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

async fn connection(front: Front, stream: TcpStream, mut stopping: watch::Receiver<()>) {
    // Answers are written whole, so there is nothing to wait for.
    let _ = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEAD_LINES);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), front));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopping.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("connection ended: {error}");
    }
}

/// What stands between a connection and the routes.
#[derive(Debug)]
struct Front {
    site: Arc<Site>,
    router: Router,
    own_host_only: bool,
    /// Who is at the other end.
    peer: IpAddr,
}

impl Service<Request<Incoming>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let public = self.site.app.config.public_url.as_deref();
        if self.own_host_only && !security::is_own_host(request.headers(), request.uri(), public) {
            return Answer::now(finish(Error::Host.into_response(), &plain()));
        }
        let wants = Wants::of(request.headers());
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        if !reads {
            if !security::is_same_origin(request.headers(), public)
                && request.method() == Method::POST
            {
                return Answer::now(finish(Error::Foreign.into_response(), &plain()));
            }
            let client = Client::of(request.headers(), self.peer, public.is_some());
            // Whoever sits at the machine itself is not counted.
            if !client.0.is_loopback() {
                let now = self.site.app.now();
                if let Err(error) = self.site.limits.count(Limit::Send, client.network(), now) {
                    return Answer::now(finish(error.into_response(), &plain()));
                }
            }
            let mut request = request;
            request.extensions_mut().insert(client);
            return Answer::Later(Box::pin(routed(self.router.clone(), request, wants)));
        }
        // Kept pages are those that everybody sees.
        let encrypted = self.site.app.config.is_encrypted();
        if !Guest::of(request.headers(), encrypted).is_stranger() {
            return Answer::Later(Box::pin(routed(self.router.clone(), request, wants)));
        }
        let page = self.site.kept(request.uri());
        match page {
            Some(page) if page.is_ready(&wants) => Answer::now(page.answer(&wants)),
            Some(page) => Answer::Later(Box::pin(zipped(page, wants))),
            None => Answer::Later(Box::pin(routed(self.router.clone(), request, wants))),
        }
    }
}

/// How an answer is sent that nobody has asked for in any form.
fn plain() -> Wants {
    Wants::of(&axum::http::HeaderMap::new())
}

/// The answer of a route.
async fn routed(router: Router, request: Request<Incoming>, wants: Wants) -> Response {
    let request = request.map(Body::new);
    let Ok(mut response) = TowerToHyperService::new(router).call(request).await;
    match response.extensions_mut().remove::<Page>() {
        Some(page) if !page.is_ready(&wants) => again(response, zipped(page, wants).await),
        Some(page) => again(response, page.answer(&wants)),
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            let mut told = finish(Error::Method.into_response(), &wants);
            told.headers_mut()
                .extend(response.headers_mut().remove(ALLOW).map(|allow| (ALLOW, allow)));
            told
        }
        // A path that is no text, and the like, refused before any handler saw it.
        None if response.status().is_client_error() && !is_told_to_a_script(&response) => {
            finish(Error::Address.into_response(), &wants)
        }
        None => finish(response, &wants),
    }
}

/// Whether an answer is for a script, which is told in words of its own what was wrong.
fn is_told_to_a_script(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json")
}

/// The answer with a page, and when to come again, if the handler said so.
fn again(mut said: Response, mut answer: Response) -> Response {
    let when = said.headers_mut().remove(RETRY_AFTER);
    answer.headers_mut().extend(when.map(|when| (RETRY_AFTER, when)));
    answer
}

/// The answer with a page that is compressed first, off the threads that serve connections.
async fn zipped(page: Page, wants: Wants) -> Response {
    match tokio::task::spawn_blocking(move || page.answer(&wants)).await {
        Ok(response) => response,
        Err(_) => finish(Error::Failed.into_response(), &plain()),
    }
}

fn finish(mut response: Response, wants: &Wants) -> Response {
    if let Some(page) = response.extensions_mut().remove::<Page>() {
        return again(response, page.answer(wants));
    }
    security::secure(response.headers_mut());
    response
}

/// An answer that is there at once, or one that takes a while.
enum Answer {
    Now(Ready<Response>),
    Later(Pin<Box<dyn Future<Output = Response> + Send>>),
}

impl Answer {
    fn now(response: Response) -> Answer {
        Answer::Now(ready(response))
    }
}

impl Future for Answer {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Answer::Now(response) => Pin::new(response).poll(context).map(Ok),
            Answer::Later(response) => response.as_mut().poll(context).map(Ok),
        }
    }
}
