//! Passkeys: whether what a browser sends proves that somebody holds one (Web Authentication
//! Level 2, sections 7.1 and 7.2).
//!
//! Bytes in, a verdict out; keeping keys is the store's, asking browsers the site's. Who made an
//! authenticator is nobody's business here (attestation “none”), so a new key is believed because
//! whoever is signed in sends it, and nothing but the authenticator data is read of it. Fanfold
//! asks that the authenticator verifies its user (by finger, face or PIN): such a key stands for
//! password and code together.

mod challenge;
mod key;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

pub use challenge::{CHALLENGE_LASTS, Challenges, Purpose};
use key::{Key, Reader};

/// The signatures that are understood, by their numbers (RFC 8152 and 8812): ES256, Ed25519, RS256.
pub const ALGORITHMS: [i64; 3] = [-7, -8, -257];
/// The longest identifier of a passkey, bytes (section 7.1, Level 3 made it a rule).
pub const CREDENTIAL_LONGEST: usize = 1_023;
/// The longest of what a browser says about itself and of what an authenticator says, bytes.
pub const SAID_LONGEST: usize = 8 << 10;

/// Flags of the authenticator (section 6.1).
const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const HAS_KEY: u8 = 1 << 6;
const HAS_EXTENSIONS: u8 = 1 << 7;

/// For whom passkeys are: the site as browsers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The name that keys are bound to, e.g. `stories.example`.
    pub id: String,
    /// Where pages come from, e.g. `https://stories.example`.
    pub origin: String,
}

impl Party {
    /// The site at its public address, else on this machine; none where browsers allow no passkeys:
    /// without encryption anywhere but on `localhost`, and at addresses that are numbers.
    pub fn of(public: Option<&str>, listen: SocketAddr) -> Option<Party> {
        let Some(public) = public else {
            let here = listen.ip().is_loopback() || listen.ip().is_unspecified();
            return here.then(|| Party::at("http", "localhost", Some(listen.port())));
        };
        let (scheme, place) = public.split_once("://")?;
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (place, None),
        };
        let is_name = host.split('.').all(|part| !part.is_empty())
            && host.split('.').next_back().is_some_and(|last| !last.starts_with(is_digit))
            && !host.contains(['[', ']', ':']);
        let local = host == "localhost" || host.ends_with(".localhost");
        let secure = scheme == "https" || local;
        (is_name && secure).then(|| Party::at(scheme, host, port))
    }

    /// Browsers leave the usual port out of an origin.
    fn at(scheme: &str, host: &str, port: Option<u16>) -> Party {
        let usual = if scheme == "https" { 443 } else { 80 };
        let origin = match port.filter(|port| *port != usual) {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        Party { id: host.to_owned(), origin }
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Why a passkey is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// What was sent is not what browsers send.
    #[error("what the browser sent cannot be read")]
    Unreadable,
    /// It answers another question, e.g. a sign-in where a new key was asked for.
    #[error("it answers another question than was asked")]
    Kind,
    /// The challenge is none of ours, too old, for something else, or was used before.
    #[error("its challenge is not one that is open")]
    Challenge,
    /// It was made for another site's page, or inside of one.
    #[error("it was made on a page of another site")]
    Origin,
    /// It was made for another site's name.
    #[error("it belongs to another site")]
    Party,
    /// Nobody touched the authenticator.
    #[error("nobody was there to agree")]
    Absent,
    /// The authenticator did not make sure who was there.
    #[error("the authenticator did not make sure who was there")]
    Unverified,
    /// The kind of key is none that is understood.
    #[error("keys of this kind are not understood")]
    Algorithm,
    /// The signature is not the key's.
    #[error("its signature is not the key's")]
    Signature,
    /// The authenticator's counter did not go on: somebody may have copied the key.
    #[error("its counter went back, as that of a copied key does")]
    Counter,
}

/// A passkey that was made just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The authenticator's name for it.
    pub credential: Vec<u8>,
    /// The public key, as a COSE key (RFC 8152, section 7).
    pub public_key: Vec<u8>,
    /// How often it was used, where the authenticator counts.
    pub counter: u32,
}

/// What a browser says when a passkey is used.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// What the browser says, as JSON.
    pub client_data: &'a [u8],
    /// What the authenticator says.
    pub authenticator: &'a [u8],
    /// Its signature over both.
    pub signature: &'a [u8],
}

/// What the browser says of a ceremony (section 5.8.1). Other fields may come at any time.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
}

/// Reads what the browser says and holds it to kind and origin; the challenge in it.
fn challenge_in(party: &Party, kind: &str, client_data: &[u8]) -> Result<Vec<u8>, Refused> {
    if client_data.len() > SAID_LONGEST {
        return Err(Refused::Unreadable);
    }
    let said: ClientData = serde_json::from_slice(client_data).map_err(|_| Refused::Unreadable)?;
    if said.r#type != kind {
        return Err(Refused::Kind);
    }
    if said.origin != party.origin || said.cross_origin {
        return Err(Refused::Origin);
    }
    URL_SAFE_NO_PAD.decode(said.challenge).map_err(|_| Refused::Challenge)
}

/// What an authenticator says (section 6.1).
struct Authenticator<'a> {
    party: &'a [u8],
    flags: u8,
    counter: u32,
    /// What stands behind: the new key, extensions.
    rest: &'a [u8],
}

impl<'a> Authenticator<'a> {
    fn read(bytes: &'a [u8]) -> Result<Authenticator<'a>, Refused> {
        if bytes.len() > SAID_LONGEST {
            return Err(Refused::Unreadable);
        }
        let mut reader = Reader(bytes);
        let read = |reader: &mut Reader<'a>| {
            let party = reader.take(32)?;
            let flags = reader.number(1)?;
            let counter = reader.number(4)?;
            Some((party, flags as u8, counter as u32))
        };
        let (party, flags, counter) = read(&mut reader).ok_or(Refused::Unreadable)?;
        Ok(Authenticator { party, flags, counter, rest: reader.0 })
    }

    fn check(&self, party: &Party) -> Result<(), Refused> {
        if self.party != digest(&SHA256, party.id.as_bytes()).as_ref() {
            return Err(Refused::Party);
        }
        if self.flags & USER_PRESENT == 0 {
            return Err(Refused::Absent);
        }
        if self.flags & USER_VERIFIED == 0 {
            return Err(Refused::Unverified);
        }
        Ok(())
    }

    /// The new key: its name, and itself as it was sent (section 6.5.1).
    fn key(&self) -> Option<(&'a [u8], &'a [u8])> {
        if self.flags & HAS_KEY == 0 {
            return None;
        }
        let mut reader = Reader(self.rest);
        let _model = reader.take(16)?;
        let length = reader.number(2)? as usize;
        let credential = reader.take(length)?;
        if credential.is_empty() || credential.len() > CREDENTIAL_LONGEST {
            return None;
        }
        let before = reader.0;
        reader.skip_map()?;
        let (key, behind) = before.split_at_checked(before.len() - reader.0.len())?;
        let extended = self.flags & HAS_EXTENSIONS != 0;
        (extended || behind.is_empty()).then_some((credential, key))
    }
}

/// Reads a new passkey (section 7.1). `open` says whether a challenge is one that waits for it, and
/// is asked last: it may use it up.
///
/// # Errors
/// Why it is not taken.
pub fn check_new(
    party: &Party,
    client_data: &[u8],
    authenticator: &[u8],
    open: impl FnOnce(&[u8]) -> bool,
) -> Result<NewKey, Refused> {
    let challenge = challenge_in(party, "webauthn.create", client_data)?;
    let said = Authenticator::read(authenticator)?;
    said.check(party)?;
    let (credential, key) = said.key().ok_or(Refused::Unreadable)?;
    Key::read(key).ok_or(Refused::Algorithm)?;
    if !open(&challenge) {
        return Err(Refused::Challenge);
    }
    let (credential, public_key) = (credential.to_owned(), key.to_owned());
    Ok(NewKey { credential, public_key, counter: said.counter })
}

/// Whether a passkey was used just now by whoever holds it (section 7.2): its counter from now on.
/// `public_key` and `counter` are what is kept of it; for `open` see [`check_new`].
///
/// # Errors
/// Why it is not believed.
pub fn check_use(
    party: &Party,
    public_key: &[u8],
    counter: u32,
    used: &Assertion<'_>,
    open: impl FnOnce(&[u8]) -> bool,
) -> Result<u32, Refused> {
    let challenge = challenge_in(party, "webauthn.get", used.client_data)?;
    let said = Authenticator::read(used.authenticator)?;
    said.check(party)?;
    let key = Key::read(public_key).ok_or(Refused::Algorithm)?;
    let hash = digest(&SHA256, used.client_data);
    let signed = [used.authenticator, hash.as_ref()].concat();
    if !key.signed(&signed, used.signature) {
        return Err(Refused::Signature);
    }
    let counts = said.counter != 0 || counter != 0;
    if counts && said.counter <= counter {
        return Err(Refused::Counter);
    }
    if !open(&challenge) {
        return Err(Refused::Challenge);
    }
    Ok(said.counter)
}

/// Bytes as browsers' scripts send them (RFC 4648, section 5).
pub fn to_text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The same, read back.
pub fn from_text(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
