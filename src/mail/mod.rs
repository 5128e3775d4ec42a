//! Sends letters through the mail server that a setting names (lettre stays here).
//!
//! Owns what that setting may say, how a letter looks on the wire, and what went wrong in words
//! that whoever looks after the archive can act on. It must not know who gets mail, or why.
//! Encryption is not a choice: a server on another machine is spoken to through TLS with a
//! certificate that this machine trusts, or not at all. Everything here blocks.

mod outbox;
mod trouble;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{SmtpTransport, Transport};

use crate::archive::mail::{Address, Letter};
pub use outbox::{Outbox, QUEUE_MOST, TRIES, Task, Waiting};
pub use trouble::Trouble;

/// How long a mail server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The bytes that make a letter's name another one each time.
const NAME_BYTES: usize = 16;

/// A password that no log and no page shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How the mail server is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Encrypted from the first byte.
    Tls,
    /// Encrypted by STARTTLS before anything is said.
    StartTls,
    /// Not encrypted: the server is this very machine.
    Plain,
}

/// The mail server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub security: Security,
    /// Under which name it lets us send, if it wants one.
    pub user: Option<String>,
}

impl Server {
    /// Reads `smtps://name@host:465`, `smtp://name@host:587` or `smtp://127.0.0.1:25`; name and
    /// port may be left out. `None` for whatever else, a password in it included: settings are
    /// shown.
    pub fn parse(text: &str) -> Option<Server> {
        let (scheme, rest) = text.split_once("://")?;
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let (host, port) = split_port(place.trim_end_matches('/'))?;
        let local =
            host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        let (security, usual) = match scheme {
            "smtps" => (Security::Tls, 465),
            "smtp" if local => (Security::Plain, 25),
            "smtp" => (Security::StartTls, 587),
            _ => return None,
        };
        let named = |user: &str| !user.is_empty() && !user.contains([':', '/']) && is_plain(user);
        let good = user.is_none_or(named) && !host.is_empty() && host.bytes().all(is_host);
        let user = user.map(ToOwned::to_owned);
        good.then(|| Server { host: host.to_owned(), port: port.unwrap_or(usual), security, user })
    }
}

fn is_plain(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && !c.is_whitespace())
}

fn is_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':')
}

/// A host, without the brackets of a newer address, and the port behind it.
fn split_port(place: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => place.split_at(place.find(':').unwrap_or(place.len())),
    };
    match port.strip_prefix(':') {
        Some(port) => Some((host, Some(port.parse().ok().filter(|port| *port > 0)?))),
        None => port.is_empty().then_some((host, None)),
    }
}

/// All that is needed to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The mail server.
    pub server: Server,
    /// The password for its user.
    pub password: Option<Hidden>,
    /// From whom letters are.
    pub from: Address,
}

/// Sends letters, one after the other.
#[derive(Clone)]
pub struct Sender {
    transport: SmtpTransport,
    from: Mailbox,
    /// The address of the archive, for the letters' ends.
    archive: String,
    /// The mail server, for messages.
    place: String,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Sender {
    /// One for this server; `archive` is the address under which people open the archive. Nothing
    /// is sent yet.
    ///
    /// # Errors
    /// Where this machine cannot speak TLS, or the sender's address is none for mail.
    pub fn new(mail: &Mail, archive: &str) -> Result<Sender, Trouble> {
        Sender::patient(mail, archive, PATIENCE)
    }

    /// The same, with so much time for each answer of the mail server.
    ///
    /// # Errors
    /// As for [`Sender::new`].
    pub fn patient(mail: &Mail, archive: &str, patience: Duration) -> Result<Sender, Trouble> {
        let Server { host, port, security, user } = &mail.server;
        let place = format!("{host}:{port}");
        let tls = || TlsParameters::new(host.clone()).map_err(|e| Trouble::of(&place, &e));
        let tls = match security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::StartTls => Tls::Required(tls()?),
            Security::Plain => Tls::None,
        };
        let mut transport =
            SmtpTransport::builder_dangerous(host).port(*port).tls(tls).timeout(Some(patience));
        if let (Some(user), Some(password)) = (user, &mail.password) {
            transport = transport.credentials(Credentials::new(user.clone(), password.0.clone()));
        }
        let from = Mailbox::new(Some("Fanfold".to_owned()), in_letter(&mail.from)?);
        let archive = archive.to_owned();
        Ok(Sender { transport: transport.build(), from, archive, place })
    }

    /// Sends a letter. When this returns, the mail server has it.
    ///
    /// # Errors
    /// Why it has not, and whether trying again may help.
    pub fn send(&self, to: &Address, letter: &Letter) -> Result<(), Trouble> {
        let message = self.message(to, letter)?;
        self.transport.send(&message).map(drop).map_err(|error| Trouble::of(&self.place, &error))
    }

    fn message(&self, to: &Address, letter: &Letter) -> Result<Message, Trouble> {
        let mut name = [0; NAME_BYTES];
        getrandom::fill(&mut name)
            .map_err(|_| Trouble::lasting("this machine gives no random numbers"))?;
        let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("<{name}@{}>", self.from.email.domain());
        // RFC 3834: programs that answer by themselves leave such letters alone.
        let by_itself = HeaderName::new_from_ascii_str("Auto-Submitted");
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, in_letter(to)?))
            .subject(letter.subject())
            .message_id(Some(name))
            .raw_header(HeaderValue::new(by_itself, "auto-generated".to_owned()))
            .singlepart(SinglePart::plain(letter.body(&self.archive)))
            .map_err(|error| Trouble::lasting(&format!("no letter can be made: {error}")))
    }
}

/// An address as letters have it.
fn in_letter(address: &Address) -> Result<lettre::Address, Trouble> {
    let read = address.text().parse();
    read.map_err(|_| Trouble::lasting("no mail can be sent to this address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_spoken_to_encrypted_or_on_this_machine() {
        let read = |text: &str| {
            Server::parse(text).map(|server| {
                (server.host, server.port, server.security, server.user.unwrap_or_default())
            })
        };
        let want = |host: &str, port, security, user: &str| {
            Some((host.to_owned(), port, security, user.to_owned()))
        };
        for (text, wanted) in [
            ("smtps://a@b.example", want("b.example", 465, Security::Tls, "a")),
            ("smtps://a@c.d@b.example:99/", want("b.example", 99, Security::Tls, "a@c.d")),
            ("smtp://b.example", want("b.example", 587, Security::StartTls, "")),
            ("smtp://b.example:25", want("b.example", 25, Security::StartTls, "")),
            ("smtp://127.0.0.1", want("127.0.0.1", 25, Security::Plain, "")),
            ("smtp://[::1]:2525", want("::1", 2525, Security::Plain, "")),
            ("smtp://localhost:2525", want("localhost", 2525, Security::Plain, "")),
            // Whatever is not this machine for sure is another.
            (
                "smtp://localhost.evil.example",
                want("localhost.evil.example", 587, Security::StartTls, ""),
            ),
            ("smtp://10.0.0.1:25", want("10.0.0.1", 25, Security::StartTls, "")),
            ("smtps://127.0.0.1", want("127.0.0.1", 465, Security::Tls, "")),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
        for bad in [
            "b.example",
            "http://b.example",
            "smtp://",
            "smtp://:25",
            "smtp://b.example:0",
            "smtp://b.example:99999",
            "smtp://b.example:",
            "smtps://a:secret@b.example",
            "smtps://@b.example",
            "smtps://a b@b.example",
            "smtps://b.example/path",
            "smtps://b.example\r\nQUIT",
            "smtps://[::1",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
