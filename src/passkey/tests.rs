//! Passkeys that are right, and every way in which one can be wrong.

use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

use super::*;
use crate::archive::person::AccountId;
use crate::archive::work::Millis;

const RS256_KEY: &str = "\
    a401030339010020590100aed76820d92e592a5d5eb9d59e21247490035cacdcc30746775b70e571c69bfaed\
    14fef160d21f0c6978298308e78fd2355672aa46b8eba1938f3e24ce119616ab5be8b83aeeef3dc4176b9f5f\
    991f4bdee1089779dbc5a3eedce97f4dd0236d4b5c8c06fbc56be42d2776956e35c7abf8971b74ac676b0610\
    cc0568896e8f038be1efd5eccc6de94882fd4f6df526236b308e307a974c8fa547ee48a9b927a69896704c41\
    f2bac8dcee495d1df7d9c2f08fc4a2821209c1dfd1d10c7829068072c7c72320679d9bb050126d43560a11b4\
    98e8f31fbc6b201f93997e0d67644106ce79ed8b2e83c87353ad11be096be643dfcae8cfe3c464b768f63ab6\
    45d7df2143010001";
const RS256_SIGNATURE: &str = "\
    30a28f452a7985f6ac877f1a4c19c14529744d9e2e49b1d1fae74ba1ddac44ee41932e6c08a800768da6bb6a\
    12e54009e31c9cc26c12a453549b11c7dbc671d2964918d2a8a30ffd15deeea99099428ed0f23cd749a1deef\
    62fcea6f49259293b2dcec5dd4136d3f889a773aa843ccf4708dc381945a120f06bd605e3904be93bda9c843\
    8c05b2b9a0d5d49dda5b75c3ce8c0110093e465eb2b6067c3b8917275846f6248d6e28c9294eb7f0a740af65\
    8db20b5fb0b9a45e0fe144e193bc603ef7bcd955c52777937c283541f1e5cf92e34fa01c4c4d781ced1a333c\
    a9476ebdf4abff07a17aebdb4fe949791a68e422648d40935343e4cbf8f412460ffc220e";
const ED25519_KEY: &str = "\
    a4010103272006215820e7628c30c18472ed56cf1de8ab1146c34535dbe2528c2d54b7bb900af34c58a6";
const ED25519_SIGNATURE: &str = "\
    f912f972eae35abe8eb0dffd4651230286df9628f36f1791ddcb3ea450927daa745ddc48da4462ff1ef94d69\
    67e659c7357cbae3a508254d2919fb5aed68020d";
const SPEC_NEW: &str = "\
    bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b559000000008446ccb9ab1db3\
    74750b2367ff6f3a1f0020f91f391db4c9b2fde0ea70189cba3fb63f579ba6122b33ad94ff3ec330084be4a5\
    010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61225820\
    930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220";
const SPEC_USED: &str = "\
    bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000";
const SPEC_SIGNATURE: &str = "\
    3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd380221008480ac0f\
    0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87";
/// The client data of the specification's test vector “none, ES256”.
const SPEC_CLIENT: &str = "{\"type\":\"webauthn.get\",\"challenge\":\
    \"OcDnUhQXulTUPo3JUXT0I97pvzzYBP9tZchXyav01Ag\",\"origin\":\"https://example.org\",\
    \"crossOrigin\":false}";

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn party() -> Party {
    let listen = "127.0.0.1:8080".parse().expect("an address");
    Party::of(Some("https://stories.example"), listen).expect("a site")
}

fn client(kind: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
    let challenge = to_text(challenge);
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"}}"#).into_bytes()
}

/// What an authenticator says, as much of it as every answer has.
fn said(party: &str, flags: u8, counter: u32) -> Vec<u8> {
    [digest(&SHA256, party.as_bytes()).as_ref(), &[flags], &counter.to_be_bytes()].concat()
}

const GOOD: u8 = USER_PRESENT | USER_VERIFIED;

/// An authenticator with one key.
struct Holder {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Holder {
    fn new() -> Holder {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).expect("a key");
        Holder { pair, random }
    }

    /// The public key as authenticators write it.
    fn key(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (&point[1..33], &point[33..]);
        let head = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
        [&head[..], x, &[0x22, 0x58, 32], y].concat()
    }

    fn sign(&self, authenticator: &[u8], client: &[u8]) -> Vec<u8> {
        let all = [authenticator, digest(&SHA256, client).as_ref()].concat();
        self.pair.sign(&self.random, &all).expect("signed").as_ref().to_vec()
    }

    /// What it says of its new key.
    fn made(&self, party: &str, flags: u8, id: &[u8]) -> Vec<u8> {
        let length = u16::try_from(id.len()).expect("short").to_be_bytes();
        [&said(party, flags, 0)[..], &[7; 16], &length, id, &self.key()].concat()
    }
}

/// Uses a key and asks whether it is believed.
struct Use {
    kind: &'static str,
    challenge: Vec<u8>,
    origin: &'static str,
    party: &'static str,
    flags: u8,
    counter: u32,
}

impl Default for Use {
    fn default() -> Use {
        Use {
            kind: "webauthn.get",
            challenge: vec![3; 40],
            origin: "https://stories.example",
            party: "stories.example",
            flags: GOOD,
            counter: 8,
        }
    }
}

impl Use {
    /// With a key that was used seven times.
    fn asked(&self) -> Result<u32, Refused> {
        let holder = Holder::new();
        let client = client(self.kind, &self.challenge, self.origin);
        let authenticator = said(self.party, self.flags, self.counter);
        let signature = holder.sign(&authenticator, &client);
        let used = Assertion {
            client_data: &client,
            authenticator: &authenticator,
            signature: &signature,
        };
        check_use(&party(), &holder.key(), 7, &used, |challenge| challenge == [3; 40])
    }
}

#[test]
fn a_passkey_is_believed_and_whatever_is_wrong_with_it_is_not() {
    assert_eq!(Use::default().asked(), Ok(8));
    let wrong = [
        (Use { kind: "webauthn.create", ..Use::default() }, Refused::Kind),
        (Use { kind: "payment.get", ..Use::default() }, Refused::Kind),
        (Use { challenge: vec![4; 40], ..Use::default() }, Refused::Challenge),
        (Use { challenge: vec![], ..Use::default() }, Refused::Challenge),
        (Use { origin: "https://evil.example", ..Use::default() }, Refused::Origin),
        (Use { origin: "http://stories.example", ..Use::default() }, Refused::Origin),
        (Use { origin: "https://stories.example:8443", ..Use::default() }, Refused::Origin),
        (Use { origin: "https://stories.example.evil.example", ..Use::default() }, Refused::Origin),
        (Use { party: "evil.example", ..Use::default() }, Refused::Party),
        (Use { flags: USER_VERIFIED, ..Use::default() }, Refused::Absent),
        (Use { flags: USER_PRESENT, ..Use::default() }, Refused::Unverified),
        (Use { flags: 0, ..Use::default() }, Refused::Absent),
        (Use { counter: 7, ..Use::default() }, Refused::Counter),
        (Use { counter: 6, ..Use::default() }, Refused::Counter),
        (Use { counter: 0, ..Use::default() }, Refused::Counter),
    ];
    for (used, why) in wrong {
        assert_eq!(used.asked(), Err(why));
    }
}

#[test]
fn a_page_inside_of_another_is_refused() {
    let holder = Holder::new();
    let inside = br#"{"type":"webauthn.get","challenge":"AAAA","crossOrigin":true,
        "origin":"https://stories.example"}"#;
    let authenticator = said("stories.example", GOOD, 1);
    let signature = holder.sign(&authenticator, inside);
    let used =
        Assertion { client_data: inside, authenticator: &authenticator, signature: &signature };
    let answer = check_use(&party(), &holder.key(), 0, &used, |_| true);
    assert_eq!(answer, Err(Refused::Origin));
}

#[test]
fn signatures_are_those_of_the_key_over_all_that_was_said() {
    let (holder, other) = (Holder::new(), Holder::new());
    let client = client("webauthn.get", b"x", "https://stories.example");
    let authenticator = said("stories.example", GOOD, 0);
    let signature = holder.sign(&authenticator, &client);
    let ask = |key: &[u8], client: &[u8], authenticator: &[u8], signature: &[u8]| {
        let used = Assertion { client_data: client, authenticator, signature };
        check_use(&party(), key, 0, &used, |_| true)
    };
    let key = holder.key();
    // Authenticators that do not count say 0 each time.
    assert_eq!(ask(&key, &client, &authenticator, &signature), Ok(0));
    assert_eq!(ask(&key, &client, &authenticator, &signature), Ok(0));
    let no = Err(Refused::Signature);
    assert_eq!(ask(&other.key(), &client, &authenticator, &signature), no, "another's key");
    assert_eq!(ask(&key, &client, &authenticator, &[]), no);
    let mut more = client.clone();
    more.push(b' ');
    assert_eq!(ask(&key, &more, &authenticator, &signature), no);
    let counted = said("stories.example", GOOD, 5);
    assert_eq!(ask(&key, &client, &counted, &signature), no);
    for at in 0..signature.len() {
        let mut bent = signature.clone();
        bent[at] ^= 1;
        assert_eq!(ask(&key, &client, &authenticator, &bent), no, "byte {at}");
    }
}

#[test]
fn a_challenge_is_not_used_up_by_what_is_wrong() {
    let asked = std::cell::Cell::new(0);
    let open = |_: &[u8]| {
        asked.set(asked.get() + 1);
        true
    };
    let holder = Holder::new();
    let client = client("webauthn.get", b"x", "https://stories.example");
    let authenticator = said("stories.example", GOOD, 1);
    let used = Assertion { client_data: &client, authenticator: &authenticator, signature: b"no" };
    assert_eq!(check_use(&party(), &holder.key(), 0, &used, open), Err(Refused::Signature));
    assert_eq!(asked.get(), 0);
}

#[test]
fn keys_of_other_programs_are_understood() {
    // Made by another library; what is signed is as the other tests make it.
    let client =
        br#"{"type":"webauthn.get","challenge":"AAAA","origin":"https://stories.example"}"#;
    let authenticator = said("stories.example", GOOD, 7);
    for (key, signature) in [(RS256_KEY, RS256_SIGNATURE), (ED25519_KEY, ED25519_SIGNATURE)] {
        let (key, mut signature) = (bytes(key), bytes(signature));
        let ask = |signature: &[u8]| {
            let used = Assertion { client_data: client, authenticator: &authenticator, signature };
            check_use(&party(), &key, 6, &used, |challenge| challenge == [0; 3])
        };
        assert_eq!(ask(&signature), Ok(7));
        signature[20] ^= 4;
        assert_eq!(ask(&signature), Err(Refused::Signature));
    }
    // The specification's own vector (Level 3, “none attestation with ES256”). Its authenticator
    // did not verify its user, so it is the last thing that is wrong with it.
    let made = bytes(SPEC_NEW);
    let made = Authenticator::read(&made).ok().and_then(|made| made.key().map(|key| key.1));
    let key = Key::read(made.expect("a key")).expect("ES256");
    let hash = digest(&SHA256, SPEC_CLIENT.as_bytes());
    let signed = [&bytes(SPEC_USED)[..], hash.as_ref()].concat();
    assert!(key.signed(&signed, &bytes(SPEC_SIGNATURE)));
    assert!(!key.signed(&signed[1..], &bytes(SPEC_SIGNATURE)));
    let spec = Party { id: "example.org".to_owned(), origin: "https://example.org".to_owned() };
    let read = Authenticator::read(&bytes(SPEC_USED)).map(|used| used.check(&spec));
    assert_eq!(read, Ok(Err(Refused::Unverified)));
}

#[test]
fn a_new_key_is_read_within_its_rules() {
    let holder = Holder::new();
    let flags = GOOD | HAS_KEY;
    let ask = |kind: &str, origin: &str, authenticator: &[u8]| {
        let client = client(kind, b"new", origin);
        check_new(&party(), &client, authenticator, |challenge| challenge == b"new")
    };
    let create =
        |authenticator: &[u8]| ask("webauthn.create", "https://stories.example", authenticator);
    let good = holder.made("stories.example", flags, b"one");
    let want = NewKey { credential: b"one".to_vec(), public_key: holder.key(), counter: 0 };
    assert_eq!(create(&good), Ok(want.clone()));
    // Extensions may stand behind it, where the flags say so.
    let more =
        [&holder.made("stories.example", flags | HAS_EXTENSIONS, b"one")[..], b"\xa0"].concat();
    assert_eq!(create(&more), Ok(want));
    let behind = [&good[..], b"\xa0"].concat();
    assert_eq!(create(&behind), Err(Refused::Unreadable));
    for (bad, why) in [
        (holder.made("evil.example", flags, b"one"), Refused::Party),
        (holder.made("stories.example", HAS_KEY | USER_PRESENT, b"one"), Refused::Unverified),
        (holder.made("stories.example", HAS_KEY | USER_VERIFIED, b"one"), Refused::Absent),
        (holder.made("stories.example", GOOD, b"one"), Refused::Unreadable),
        (holder.made("stories.example", flags, b""), Refused::Unreadable),
        (holder.made("stories.example", flags, &[1; 1_024]), Refused::Unreadable),
        (good[..good.len() - 1].to_vec(), Refused::Unreadable),
        (vec![], Refused::Unreadable),
    ] {
        assert_eq!(create(&bad), Err(why));
    }
    assert_eq!(ask("webauthn.get", "https://stories.example", &good), Err(Refused::Kind));
    assert_eq!(ask("webauthn.create", "https://evil.example", &good), Err(Refused::Origin));
    let client = client("webauthn.create", b"old", "https://stories.example");
    assert_eq!(check_new(&party(), &client, &good, |_| false), Err(Refused::Challenge));
}

#[test]
fn keys_that_are_none_are_refused() {
    let good = Holder::new().key();
    assert!(Key::read(&good).is_some());
    for end in 0..good.len() {
        assert_eq!(Key::read(&good[..end]), None, "cut at {end}");
    }
    // Another curve, another algorithm, a name twice, a map in a map, no end.
    let mut curve = good.clone();
    curve[6] = 2;
    let mut algorithm = good.clone();
    algorithm[4] = 0x27;
    let twice = [&[0xa2, 1, 2, 1, 2][..]].concat();
    for bad in [curve, algorithm, twice, vec![0xa1, 1, 0xa0], vec![0xbf, 1, 2, 0xff], vec![0xbb; 9]]
    {
        assert_eq!(Key::read(&bad), None, "{bad:?}");
    }
    // The order of a map means nothing.
    let mut turned = vec![0xa5, 3, 0x26, 1, 2];
    turned.extend_from_slice(&good[5..]);
    assert_eq!(Key::read(&turned), Key::read(&good));
}

#[test]
fn challenges_work_once_for_one_thing_and_not_for_long() {
    let (challenges, now) = (Challenges::new([9; 32]), Millis(1_000_000));
    let made = challenges.make(Purpose::SignIn, [1; 16], now);
    let ask = |purpose, challenge: &[u8], now| challenges.take(purpose, challenge, now);
    for other in [Purpose::Add(AccountId(1)), Purpose::Add(AccountId(0))] {
        assert!(!ask(other, &made, now), "{other:?}");
    }
    for at in 0..made.len() {
        let mut bent = made.clone();
        bent[at] ^= 1;
        assert!(!ask(Purpose::SignIn, &bent, now), "byte {at}");
    }
    assert!(!ask(Purpose::SignIn, &made[1..], now) && !ask(Purpose::SignIn, &[], now));
    let late = Millis(now.0 + CHALLENGE_LASTS);
    assert!(!ask(Purpose::SignIn, &made, late));
    assert!(ask(Purpose::SignIn, &made, now));
    assert!(!ask(Purpose::SignIn, &made, now), "a second time");
    let own = challenges.make(Purpose::Add(AccountId(1)), [2; 16], now);
    assert!(!ask(Purpose::Add(AccountId(2)), &own, now), "another's account");
    assert!(ask(Purpose::Add(AccountId(1)), &own, now));
    // Another process, or this one after a restart.
    let own = challenges.make(Purpose::SignIn, [3; 16], now);
    assert!(!Challenges::new([8; 32]).take(Purpose::SignIn, &own, now));
}

#[test]
fn the_site_is_where_browsers_allow_it() {
    let party = |public: Option<&str>, listen: &str| {
        let party = Party::of(public, listen.parse().expect("an address"));
        party.map(|party| (party.id, party.origin))
    };
    let some = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
    assert_eq!(party(None, "127.0.0.1:8080"), some("localhost", "http://localhost:8080"));
    assert_eq!(party(None, "[::1]:80"), some("localhost", "http://localhost"));
    assert_eq!(party(None, "0.0.0.0:8080"), some("localhost", "http://localhost:8080"));
    assert_eq!(party(None, "192.168.0.7:8080"), None);
    let here = "127.0.0.1:8080";
    for (public, want) in [
        ("https://stories.example", some("stories.example", "https://stories.example")),
        ("https://a.example:443", some("a.example", "https://a.example")),
        ("https://a.example:8443", some("a.example", "https://a.example:8443")),
        ("http://localhost:9000", some("localhost", "http://localhost:9000")),
        ("http://stories.example", None),
        ("https://192.168.0.7", None),
        ("https://[::1]:8443", None),
        ("https://a..example", None),
        ("https://a.example:x", None),
        ("nonsense", None),
    ] {
        assert_eq!(party(Some(public), here), want, "{public}");
    }
}

proptest! {
    /// Whatever is sent: no panic, and nothing is believed.
    #[test]
    fn nonsense_is_refused(
        client in prop::collection::vec(any::<u8>(), 0..200),
        authenticator in prop::collection::vec(any::<u8>(), 0..400),
        key in prop::collection::vec(any::<u8>(), 0..200),
        signature in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let used = Assertion {
            client_data: &client, authenticator: &authenticator, signature: &signature,
        };
        prop_assert!(check_use(&party(), &key, 0, &used, |_| true).is_err());
        prop_assert!(check_new(&party(), &client, &authenticator, |_| true).is_err());
        // Behind a head that is right, whatever stands there is read or refused.
        let made = [&said("stories.example", GOOD | HAS_KEY, 0)[..], &authenticator].concat();
        if let Ok(read) = Authenticator::read(&made) {
            let _ = read.key().map(|(_, key)| Key::read(key));
        }
    }
}
