//! Passkeys over HTTP: an authenticator in the test signs in, and all that must not work.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::Value;

use crate::mail::{factor_on, settings};
use crate::mail_server::{MailServer, Manner};
use crate::people::{PASSWORD, account, cookie, join, see, send};
use crate::site::{Answer, Site};

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a browser says of itself.
fn client(site: &Site, kind: &str, challenge: &str) -> Vec<u8> {
    let origin = site.origin().replace("127.0.0.1", "localhost");
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"}}"#).into_bytes()
}

fn said(flags: u8, counter: u32) -> Vec<u8> {
    [digest(&SHA256, b"localhost").as_ref(), &[flags], &counter.to_be_bytes()].concat()
}

/// An authenticator with one passkey.
struct Authenticator {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    id: Vec<u8>,
    user: String,
}

impl Authenticator {
    fn new(id: &[u8]) -> Authenticator {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).expect("a key");
        Authenticator { pair, random, id: id.to_vec(), user: String::new() }
    }

    /// Adds its passkey to an account.
    fn add(&mut self, site: &Site, cookie: &str, name: &str) -> Answer {
        let asked = begin(site, cookie, PASSWORD).is(200);
        let asked: Value = serde_json::from_slice(&asked.body).expect("JSON");
        self.user = asked["user"]["id"].as_str().expect("a handle").to_owned();
        self.keep(site, cookie, name, asked["challenge"].as_str().expect("a challenge"))
    }

    fn keep(&self, site: &Site, cookie: &str, name: &str, challenge: &str) -> Answer {
        let point = self.pair.public_key().as_ref();
        let length = u16::try_from(self.id.len()).expect("short").to_be_bytes();
        let key = [
            &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..],
            &point[1..33],
            &[0x22, 0x58, 32],
            &point[33..],
        ]
        .concat();
        let made = [&said(0x45, 0)[..], &[0; 16], &length, &self.id, &key].concat();
        let client = text(&client(site, "webauthn.create", challenge));
        let fields =
            [("act", "add"), ("name", name), ("client", &client), ("authenticator", &text(&made))];
        send(site, "/you/passkeys", cookie, &fields)
    }

    /// What it answers to a challenge.
    fn shown(&self, site: &Site, challenge: &str, counter: u32) -> Vec<(&'static str, String)> {
        let client = client(site, "webauthn.get", challenge);
        let said = said(0x05, counter);
        let all = [&said[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = self.pair.sign(&self.random, &all).expect("signed");
        vec![
            ("id", text(&self.id)),
            ("user", self.user.clone()),
            ("client", text(&client)),
            ("authenticator", text(&said)),
            ("signature", text(signature.as_ref())),
        ]
    }

    fn sign_in(&self, site: &Site, counter: u32) -> Answer {
        show(site, &self.shown(site, &challenge(site), counter))
    }
}

fn begin(site: &Site, cookie: &str, old: &str) -> Answer {
    send(site, "/you/passkeys", cookie, &[("act", "begin"), ("old", old)])
}

fn challenge(site: &Site) -> String {
    let asked: Value =
        serde_json::from_slice(&site.get("/sign-in/passkey").is(200).body).expect("JSON");
    assert_eq!(asked["rpId"], "localhost");
    asked["challenge"].as_str().expect("a challenge").to_owned()
}

fn show(site: &Site, fields: &[(&'static str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    send(site, "/sign-in/passkey", "", &fields)
}

fn site() -> (Site, String, String) {
    let site = Site::with(&[("a.txt", "The tide was out.")]);
    let owner = site.sign_in();
    let ann = join(&site, &owner, "Ann");
    (site, owner, ann)
}

#[test]
fn a_passkey_signs_in_and_is_good_for_nobody_else() {
    let (site, owner, ann) = site();
    begin(&site, &ann, "wrong").is(422).sees("not your password");
    begin(&site, "", PASSWORD).is(403);
    let mut key = Authenticator::new(b"ann's key");
    key.add(&site, &ann, "  My \u{7} telephone ").is(200);
    let page = see(&site, "/you", &ann).is(200).sees("My telephone").sees("not used yet").text();
    // Each of them once.
    key.add(&site, &ann, "again").is(422).sees("known here already");
    let entered = cookie(&key.sign_in(&site, 1).is(200));
    see(&site, "/you", &entered).is(200).sees("dir=\"auto\">Ann</h1>").sees("last used");
    // What was shown once is worth nothing afterwards, and neither is a count of before.
    let once = key.shown(&site, &challenge(&site), 2);
    show(&site, &once).is(200);
    show(&site, &once).is(403);
    for counter in [2, 1, 0] {
        key.sign_in(&site, counter).is(403);
    }
    key.sign_in(&site, 9).is(200);
    // Somebody else's account, key, name or nothing.
    let mut other = Authenticator::new(b"ben's key");
    let ben = join(&site, &owner, "Ben");
    other.add(&site, &ben, "Ben's").is(200);
    for (number, value) in [(0, other.id.clone()), (0, vec![]), (3, vec![0; 40]), (4, vec![1; 70])]
    {
        let mut fields = key.shown(&site, &challenge(&site), 20);
        fields[number].1 = text(&value);
        show(&site, &fields).is(403);
    }
    let mut fields = key.shown(&site, &challenge(&site), 20);
    fields[1].1.clone_from(&other.user);
    show(&site, &fields).is(403);
    fields[1].1.clear();
    show(&site, &fields).is(403);
    // The answer tells nobody what was wrong.
    let wrong = show(&site, &fields).text();
    assert_eq!(wrong, Authenticator::new(b"nobody's").sign_in(&site, 1).is(403).text());
    // Ben cannot remove what is Ann's; Ann can.
    let id = page.split("name=\"passkey\" value=\"").nth(1).expect("a key").split('"').next();
    let fields = [("act", "no passkey"), ("passkey", id.expect("a key"))];
    send(&site, "/you", &ben, &fields).is(303);
    key.sign_in(&site, 30).is(200);
    let name = [("act", "passkey name"), ("passkey", fields[1].1), ("name", "Ann's <b>own")];
    send(&site, "/you", &ben, &name).is(303);
    see(&site, "/you", &ann).sees("My telephone");
    send(&site, "/you", &ann, &name).is(303);
    see(&site, "/you", &ann).sees("Ann&#39;s &#60;b&#62;own");
    send(&site, "/you", &ann, &fields).is(303);
    key.sign_in(&site, 31).is(403);
    other.sign_in(&site, 1).is(200);
}

#[test]
fn challenges_are_for_one_thing_and_one_account() {
    let (site, owner, ann) = site();
    let ben = join(&site, &owner, "Ben");
    let asked: Value =
        serde_json::from_slice(&begin(&site, &ann, PASSWORD).is(200).body).expect("JSON");
    let challenge_of_ann = asked["challenge"].as_str().expect("a challenge");
    let key = Authenticator::new(b"one");
    // Not for another account, nor to sign in; and one to sign in adds nothing.
    key.keep(&site, &ben, "x", challenge_of_ann).is(422);
    show(&site, &key.shown(&site, challenge_of_ann, 1)).is(403);
    key.keep(&site, &ann, "x", &challenge(&site)).is(422);
    key.keep(&site, &ann, "x", "").is(422);
    key.keep(&site, &ann, "x", challenge_of_ann).is(200);
    Authenticator::new(b"two").keep(&site, &ann, "x", challenge_of_ann).is(422);
}

#[test]
fn whoever_is_shut_out_does_not_come_in_by_a_passkey() {
    let (site, owner, ann) = site();
    let mut key = Authenticator::new(b"one");
    key.add(&site, &ann, "One").is(200);
    let id = account(&site, &owner, "Ann").to_string();
    see(&site, "/people", &owner).is(200).sees("signs in with a passkey");
    send(&site, "/people", &owner, &[("act", "close"), ("account", &id)]).is(303);
    key.sign_in(&site, 1).is(403);
    send(&site, "/people", &owner, &[("act", "open"), ("account", &id)]).is(303);
    let entered = cookie(&key.sign_in(&site, 2).is(200));
    // The owner takes it away, and signs out whoever came by it.
    send(&site, "/people", &owner, &[("act", "no passkeys"), ("account", &id)]).is(303);
    see(&site, "/you", &entered).is(200).sees("autocomplete=\"current-password\"");
    key.sign_in(&site, 3).is(403);
    see(&site, "/people", &owner).is(200).sees_no("signs in with a passkey");
    // A deleted account takes its passkeys along.
    let ann = crate::people::sign_in(&site, "Ann", PASSWORD, "").is(303);
    let ann = cookie(&ann);
    key.add(&site, &ann, "One").is(200);
    let leave = [("act", "delete"), ("name", "Ann"), ("old", PASSWORD), ("works", "keep")];
    send(&site, "/you", &ann, &leave).is(303);
    key.sign_in(&site, 4).is(403);
}

#[test]
fn an_account_has_so_many_passkeys() {
    let (site, owner, _) = site();
    // The owner has no password at home, so none is asked for.
    for number in 0..20_u8 {
        Authenticator::new(&[number]).add(&site, &owner, "One").is(200);
    }
    begin(&site, &owner, "").is(422).sees("as many passkeys as there can be");
}

#[test]
fn an_address_that_cannot_have_passkeys_says_so() {
    let plain = [("FANFOLD_PUBLIC_URL", "http://stories.example".to_owned())];
    let site = Site::set(&[("a.txt", "The tide was out.")], &plain);
    site.get("/sign-in/passkey").is(404);
    site.get("/you").is(200).sees_no("passkey");
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    let owner = cookie(&send(&site, site.link(), "", &fields).is(303));
    see(&site, "/you", &owner)
        .is(200)
        .sees("This archive cannot have any")
        .sees_no("data-passkeys");
    begin(&site, &owner, PASSWORD).is(404);
}

#[test]
fn a_new_passkey_and_one_that_goes_are_told_by_mail() {
    let server = MailServer::new(Manner::Takes);
    let site = Site::set(&[("a.txt", "The tide was out.")], &settings(server.port));
    let owner = site.sign_in();
    send(&site, "/you", &owner, &[("act", "address"), ("address", "me@host.example")]).is(303);
    send(&site, &server.letter(0).path(), "", &[]).is(303);
    Authenticator::new(b"one").add(&site, &owner, "One").is(200);
    assert!(server.letter(1).body().contains("A passkey that signs in to your account was added."));
    for _ in 0..2 {
        // Gone is gone: the second time nothing is told.
        send(&site, "/you", &owner, &[("act", "no passkey"), ("passkey", "1")]).is(303);
    }
    assert!(server.letter(2).body().contains("A passkey of your account was removed."));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(server.count(), 3);
}

#[test]
fn a_passkey_stands_for_password_and_code_and_cannot_be_tried_for_long() {
    let (site, _, ann) = site();
    let mut key = Authenticator::new(b"one");
    key.add(&site, &ann, "One").is(200);
    factor_on(&site, &ann, PASSWORD);
    crate::people::sign_in(&site, "Ann", PASSWORD, "").is(403);
    key.sign_in(&site, 1).is(200);
    let stranger = Authenticator::new(b"nobody's");
    let tries: Vec<u16> = (0..30).map(|count| stranger.sign_in(&site, count).status).collect();
    assert_eq!((tries[0], tries[29]), (403, 429), "{tries:?}");
    key.sign_in(&site, 2).is(429);
}
