//! A mail server for tests: it takes letters over TCP, or misbehaves as it is told.
//!
//! Owns as much SMTP (RFC 5321) as letters need. It knows nothing of what they say.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// How long a test waits for a letter.
const PATIENCE: Duration = Duration::from_secs(30);
/// The certificate of [`Manner::Encrypted`], which signs itself.
pub const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/mail_server.pem");

/// How it behaves.
#[derive(Clone, Debug)]
pub enum Manner {
    /// Takes every letter.
    Takes,
    /// The same through TLS from the first byte, for whoever signs in.
    Encrypted,
    /// The same through TLS after STARTTLS; what is said before it is refused.
    StartTls,
    /// Answers a command with this line instead of what is usual.
    Refuses(&'static str, &'static str),
    /// Says these bytes and nothing else.
    Says(Vec<u8>),
    /// Takes a connection and says nothing.
    Silent,
    /// Takes so long for each answer.
    Slow(Duration),
}

/// A letter that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The commands before it, one a line.
    pub envelope: String,
    /// The letter with its head, as it came.
    pub text: String,
}

impl Taken {
    /// What the letter says, as it reads.
    pub fn body(&self) -> String {
        let (head, body) = self.text.split_once("\r\n\r\n").expect("a head and a body");
        if !head.to_lowercase().contains("quoted-printable") {
            return body.to_owned();
        }
        let joined = body.replace("=\r\n", "");
        let mut parts = joined.split('=');
        let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
        for part in parts {
            bytes.push(u8::from_str_radix(&part[..2], 16).expect("quoted-printable"));
            bytes.extend_from_slice(&part.as_bytes()[2..]);
        }
        String::from_utf8(bytes).expect("a text")
    }

    /// The path of a link on a line of its own.
    pub fn path(&self) -> String {
        let body = self.body();
        let line = body.lines().find(|line| line.starts_with("http") && line.contains("/"));
        let line = line.unwrap_or_else(|| panic!("no link:\n{body}"));
        let path = line.splitn(4, '/').nth(3).unwrap_or_else(|| panic!("no path:\n{body}"));
        format!("/{path}")
    }
}

/// The server. It goes on until the test ends.
pub struct MailServer {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    manner: Arc<Mutex<Manner>>,
    seen: Arc<Mutex<usize>>,
}

impl MailServer {
    pub fn new(manner: Manner) -> MailServer {
        MailServer::at(TcpListener::bind("127.0.0.1:0").expect("a port"), manner)
    }

    /// At a port that was free a moment ago.
    pub fn again(port: u16, manner: Manner) -> MailServer {
        MailServer::at(TcpListener::bind(("127.0.0.1", port)).expect("the port"), manner)
    }

    fn at(listener: TcpListener, manner: Manner) -> MailServer {
        let port = listener.local_addr().expect("an address").port();
        let server = MailServer {
            port,
            taken: Arc::default(),
            manner: Arc::new(Mutex::new(manner)),
            seen: Arc::default(),
        };
        let (taken, manner, seen) =
            (Arc::clone(&server.taken), Arc::clone(&server.manner), Arc::clone(&server.seen));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                *seen.lock().expect("whole") += 1;
                let manner = manner.lock().expect("whole").clone();
                let taken = Arc::clone(&taken);
                // A client that hangs up is its own business.
                thread::spawn(move || answer(stream, &manner, &taken));
            }
        });
        server
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().expect("whole") = manner;
    }

    /// How many connections there were.
    pub fn seen(&self) -> usize {
        *self.seen.lock().expect("whole")
    }

    /// How many letters were taken.
    pub fn count(&self) -> usize {
        self.taken.lock().expect("whole").len()
    }

    /// The letter of this number, from 0, as soon as it came.
    pub fn letter(&self, number: usize) -> Taken {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(letter) = self.taken.lock().expect("whole").get(number) {
                return letter.clone();
            }
            assert!(Instant::now() < end, "letter {number} did not come");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

fn answer(mut stream: TcpStream, manner: &Manner, taken: &Mutex<Vec<Taken>>) {
    match manner {
        Manner::Silent => {
            let _ = stream.read_to_end(&mut Vec::new());
        }
        Manner::Says(bytes) => {
            let _ = stream.write_all(bytes);
            let _ = stream.read_to_end(&mut Vec::new());
        }
        Manner::Encrypted => {
            let _ = speak(encrypted(stream), manner, taken, true);
        }
        Manner::StartTls => {
            if start_tls(&stream).is_ok() {
                let _ = speak(encrypted(stream), manner, taken, false);
            }
        }
        _ => {
            let _ = speak(stream, manner, taken, true);
        }
    }
}

fn encrypted(stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    let pem = std::fs::read(CERTIFICATE).expect("the certificate");
    let certificate = CertificateDer::from_pem_slice(&pem).expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(&pem).expect("a key");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    StreamOwned::new(ServerConnection::new(Arc::new(config)).expect("a connection"), stream)
}

/// Speaks unencrypted until the client asks for TLS; whoever says more than that is hung up on.
fn start_tls(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    stream.write_all(b"220 mail.example at your service\r\n")?;
    for (wanted, answer) in
        [("EHLO", "250-mail.example\r\n250 STARTTLS\r\n"), ("STARTTLS", "220 go on\r\n")]
    {
        let mut line = String::new();
        lines.read_line(&mut line)?;
        if !line.starts_with(wanted) {
            return Err(std::io::Error::other(line));
        }
        stream.write_all(answer.as_bytes())?;
    }
    Ok(())
}

/// Takes letters until the client goes.
fn speak(
    stream: impl Read + Write,
    manner: &Manner,
    taken: &Mutex<Vec<Taken>>,
    greets: bool,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut envelope = String::new();
    let say = |stream: &mut BufReader<_>, usual: &str, command: &str| {
        if let Manner::Slow(pause) = manner {
            thread::sleep(*pause);
        }
        let line = match manner {
            Manner::Refuses(at, line) if command.starts_with(at) => line,
            _ => usual,
        };
        let stream: &mut _ = BufReader::get_mut(stream);
        Write::write_all(stream, format!("{line}\r\n").as_bytes())?;
        Write::flush(stream)
    };
    if greets {
        say(&mut stream, "220 mail.example at your service", "CONNECT")?;
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let command = line.to_uppercase();
        envelope.push_str(&line);
        if command.starts_with("EHLO") {
            let auth = if matches!(manner, Manner::Encrypted | Manner::StartTls) {
                "250-AUTH PLAIN LOGIN\r\n"
            } else {
                ""
            };
            say(&mut stream, &format!("250-mail.example\r\n{auth}250 8BITMIME"), &command)?;
        } else if command.starts_with("AUTH") {
            say(&mut stream, "235 welcome", &command)?;
        } else if command.starts_with("DATA") {
            say(&mut stream, "354 go on", &command)?;
            let mut text = String::new();
            while !text.ends_with("\r\n.\r\n") && stream.read_line(&mut text)? > 0 {}
            let text = text.trim_end_matches("\r\n.\r\n").replace("\r\n..", "\r\n.");
            let envelope = std::mem::take(&mut envelope);
            if !matches!(manner, Manner::Refuses(".", _)) {
                taken.lock().expect("whole").push(Taken { envelope, text });
            }
            say(&mut stream, "250 taken", ".")?;
        } else if command.starts_with("QUIT") {
            return say(&mut stream, "221 bye", &command);
        } else {
            say(&mut stream, "250 fine", &command)?;
        }
    }
}
