//! Starts the server: the one place where synchronous code meets asynchronous.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::app::App;

/// Pages that are made at the same time; more wait. Each holds a connection to the database.
const PAGES_AT_ONCE: usize = 16;

/// Serves until the program is told to stop. `started` is told the address once connections are
/// taken.
///
/// # Errors
/// Where the address cannot be listened on, or the server fails.
pub fn run(
    app: Arc<App>,
    listen: SocketAddr,
    started: impl FnOnce(SocketAddr) -> io::Result<()>,
) -> io::Result<()> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(app.config.readers.clamp(1, 8))
        .max_blocking_threads(PAGES_AT_ONCE)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(listen).await?;
        started(listener.local_addr()?)?;
        super::serve(app, listener).await
    })
}
