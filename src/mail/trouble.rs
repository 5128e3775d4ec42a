//! What goes wrong with mail, in words.

use std::error::Error as _;
use std::io::{self, ErrorKind};

use lettre::transport::smtp::Error;

/// The most that is told of what a mail server says, characters.
const SAID_LONGEST: usize = 200;

/// Why a letter was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Trouble {
    /// What happened and what to look at.
    pub words: String,
    /// Whether it may pass by itself, so that trying again makes sense.
    pub passing: bool,
}

impl Trouble {
    /// Something that stays as it is.
    pub(super) fn lasting(words: &str) -> Trouble {
        Trouble { words: words.to_owned(), passing: false }
    }

    /// The mail server takes longer than anybody waits.
    pub fn slow() -> Trouble {
        let words = "the mail server takes too long to take a letter".to_owned();
        Trouble { words, passing: true }
    }

    /// Sending broke off by a fault of ours, which would break it off again.
    pub fn ours() -> Trouble {
        Trouble::lasting("Fanfold failed to send it; what it failed at is told before this")
    }

    /// What went wrong with the server at `place`.
    pub(super) fn of(place: &str, error: &Error) -> Trouble {
        // Permanent answers (5xx) are the only ones that are the same next time.
        let passing = !error.is_permanent();
        let said = clean(&error.source().map(ToString::to_string).unwrap_or_default());
        let words = if let Some(code) = error.status() {
            let code = code.to_string();
            let hint = match code.as_str() {
                "535" | "534" | "530" => {
                    ": it does not take the name and the password of the settings"
                }
                "550" | "553" | "501" => ": it does not take the address",
                _ => "",
            };
            format!("the mail server {place} refused, {code} “{said}”{hint}")
        } else if let Some(cause) = cause(error) {
            in_words(place, cause)
        } else if error.is_tls() {
            format!("no encrypted connection to the mail server {place}: {said}")
        } else if error.is_response() {
            format!(
                "what answers at {place} does not speak as mail servers do; look at host and port"
            )
        } else if said.contains("STARTTLS") {
            format!(
                "the mail server {place} offers no encryption (STARTTLS), so nothing was sent; \
                 try smtps:// with its port for that"
            )
        } else {
            format!("the mail server {place} cannot be used: {said}")
        };
        Trouble { words, passing }
    }
}

/// The failure of the connection that stands behind an error, if one does.
fn cause(error: &Error) -> Option<&io::Error> {
    let mut source = error.source();
    while let Some(own) = source {
        if let Some(found) = own.downcast_ref() {
            return Some(found);
        }
        source = own.source();
    }
    None
}

fn in_words(place: &str, cause: &io::Error) -> String {
    let said = clean(&cause.to_string());
    match cause.kind() {
        ErrorKind::ConnectionRefused => {
            format!("nothing listens at {place}: the mail server is away, or the port is another")
        }
        // Depending on the system, this is how a time that is over looks.
        ErrorKind::TimedOut | ErrorKind::WouldBlock => {
            format!("the mail server {place} did not answer in time")
        }
        ErrorKind::InvalidData if said.contains("stream did not contain valid UTF-8") => {
            format!("what answers at {place} does not speak as mail servers do")
        }
        ErrorKind::InvalidData => {
            format!("no encrypted connection to the mail server {place}: {said}")
        }
        ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => {
            format!("the mail server {place} hung up")
        }
        _ => format!("the mail server {place} cannot be reached: {said}"),
    }
}

/// What somebody else says, on one line and not too much of it.
fn clean(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let seen = line.chars().filter(|c| !c.is_control()).take(SAID_LONGEST);
    seen.collect()
}
