//! What goes wrong while a page is made, and the page that says so.
//!
//! Owns the one table from errors to status codes and words. A work that one may not see looks
//! the same as one that is not there.

use std::time::Duration;

use askama::Template;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::cache::Page;
use crate::archive::person::Role;
use crate::files::FilesError;
use crate::store;

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Error {
    /// Nothing is there, or nothing that this reader may see.
    Absent,
    /// The address makes no sense.
    Address,
    /// Something other than reading was asked for.
    Method,
    /// Something was sent from another site, or from another machine.
    Foreign,
    /// Nobody can make an account by themselves.
    Closed,
    /// Only whoever is signed in may do this.
    SignIn,
    /// Only whoever may what this role may does this.
    Role(Role),
    /// Somebody tried too often; when to try again.
    Often(Duration),
    /// What was sent is no form of ours.
    Form,
    /// What was to be saved was deleted meanwhile.
    Deleted,
    /// A link that signs in was used before, or its time is over.
    Link,
    /// More was sent than is taken at once.
    TooLarge,
    /// The request is for a machine of another name.
    Host,
    /// The database or a file failed; what happened is logged and not shown.
    Failed,
}

impl Error {
    /// A fault of ours: told in the log, with what was being done.
    pub(super) fn failed(doing: &str, error: &dyn std::error::Error) -> Error {
        tracing::error!("{doing}: {error}");
        Error::Failed
    }

    fn words(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Error::Absent => (
                StatusCode::NOT_FOUND,
                "There is nothing here",
                "This address leads nowhere. Perhaps it was mistyped, or the story has moved. \
                 The library and the search know everything that is kept.",
            ),
            Error::Address => (
                StatusCode::BAD_REQUEST,
                "This address makes no sense",
                "It holds something that cannot be read. Try again from the library.",
            ),
            Error::Method => (
                StatusCode::METHOD_NOT_ALLOWED,
                "Pages can only be read",
                "Something was sent to this address, and it takes nothing in.",
            ),
            Error::Foreign => (
                StatusCode::FORBIDDEN,
                "This came from somewhere else",
                "Forms are taken only from the library’s own pages. Nothing was changed; open the \
                 page here and try again.",
            ),
            Error::Closed | Error::SignIn | Error::Role(_) | Error::Often(_) | Error::Link => {
                self.words_to_people()
            }
            Error::Form => (
                StatusCode::BAD_REQUEST,
                "This form makes no sense",
                "It lacks something, or holds more than it should. Nothing was changed; go back \
                 and try again.",
            ),
            Error::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "This is too much at once",
                "More was sent than is taken in one go. Files that were taken before are kept; \
                 send the rest in smaller parts.",
            ),
            Error::Deleted => (
                StatusCode::CONFLICT,
                "This chapter was deleted meanwhile",
                "What you wrote is not lost: it is kept in the history of the work, and the \
                 chapter can be taken out of the bin on the page where the work is edited.",
            ),
            Error::Host => (
                StatusCode::MISDIRECTED_REQUEST,
                "This library answers on this machine only",
                "The request used a name that is not this machine’s own. Open it as localhost or \
                 127.0.0.1, or start Fanfold with --listen to share it.",
            ),
            Error::Failed => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
                "Nothing is lost. Try again in a moment; if it stays so, “fanfold check” finds \
                 and mends what is broken, and the terminal says what happened.",
            ),
        }
    }

    /// What is said to somebody about what their account may do.
    fn words_to_people(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Error::Closed => (
                StatusCode::FORBIDDEN,
                "Accounts are not open to everybody",
                "Whoever looks after this archive, or a member of it, can invite you. Reading needs \
                 no account.",
            ),
            Error::SignIn => (
                StatusCode::FORBIDDEN,
                "Please sign in first",
                "This is for people who have an account here. Nothing was changed.",
            ),
            Error::Role(Role::Wrangler) => (
                StatusCode::FORBIDDEN,
                "This is for tag wranglers",
                "Your account may not put tags in order. Whoever owns this archive can let you. \
                 Nothing was changed.",
            ),
            Error::Role(_) => (
                StatusCode::FORBIDDEN,
                "This is for whoever looks after the archive",
                "Your account may not do this here. Nothing was changed.",
            ),
            Error::Often(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "That was too often",
                "Wait a little and try again. Nothing was changed.",
            ),
            _ => (
                StatusCode::GONE,
                "This link was used before",
                "Links like this one work once, and not for long. Ask for another where it came \
                 from; “fanfold link” prints one that signs the owner in.",
            ),
        }
    }
}

#[derive(Template)]
#[template(path = "errors/show.html")]
struct ErrorPage {
    heading: &'static str,
    text: &'static str,
    sign_in: bool,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, heading, text) = self.words();
        let page = ErrorPage { heading, text, sign_in: matches!(self, Error::SignIn) };
        let mut response = match page.render() {
            Ok(html) => Page::new(html, status, 0).into_response(),
            Err(_) => (status, format!("{heading}. {text}")).into_response(),
        };
        if let Error::Often(wait) = self {
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        Error::failed("the database could not be read", &error)
    }
}

impl From<FilesError> for Error {
    fn from(error: FilesError) -> Error {
        Error::failed("a file could not be read", &error)
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Error {
        Error::failed("a page could not be made", &error)
    }
}

/// Whatever no route is for.
pub(super) async fn absent() -> Error {
    Error::Absent
}
