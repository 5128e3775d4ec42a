//! Accounts: links that work once, passwords, second factors, sessions, and what nobody is told.

use std::time::Instant;

use ureq::http::Method;

use crate::site::{Answer, Site};

pub const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
pub const PASSWORD: &str = "tide lamp kettle";

/// Somebody of every role, as the cookie that they send; the first is nobody.
pub struct Cast {
    pub cookies: [String; 5],
    pub member: i64,
    pub moderator: i64,
}

/// The cookie that an answer gives.
pub fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

/// A form's text.
pub fn form(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            byte => format!("%{byte:02x}"),
        };
        text.bytes().map(byte).collect::<String>()
    };
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    fields.join("&")
}

pub fn send(site: &Site, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    site.send(path, &form(fields), &[OWN, ("cookie", cookie)])
}

pub fn see(site: &Site, path: &str, cookie: &str) -> Answer {
    site.ask(Method::GET, path, &[("cookie", cookie)])
}

/// What a page shows once between `<code class="secret">` and its end.
pub fn secret(answer: &Answer) -> String {
    let text = answer.text();
    let rest = text.split("<code class=\"secret\">").nth(1).unwrap_or_else(|| panic!("{text}"));
    rest.split('<').next().expect("an end").to_owned()
}

/// An account that somebody with an invitation of the owner makes: its cookie.
pub fn join(site: &Site, owner: &str, name: &str) -> String {
    let link = secret(&send(site, "/you", owner, &[("act", "invite")]).is(200));
    let fields = [("name", name), ("password", PASSWORD), ("again", PASSWORD)];
    cookie(&send(site, &link, "", &fields).is(303))
}

/// The key of an account, as the owner's page names it.
pub fn account(site: &Site, owner: &str, name: &str) -> i64 {
    let page = see(site, "/people", owner).is(200).text();
    let rest = page.split(&format!("dir=\"auto\">{name}<")).nth(1).expect("in the list").to_owned();
    let rest = rest.split("name=\"account\" value=\"").nth(1).expect("a key").to_owned();
    rest.split('"').next().and_then(|key| key.parse().ok()).expect("a number")
}

/// Fills a site with people.
pub fn cast(site: &Site) -> Cast {
    let owner = site.sign_in();
    let role = |name: &str, role: &str| {
        let cookie = join(site, &owner, name);
        let key = account(site, &owner, name);
        let fields = [("act", "role"), ("account", &key.to_string()), ("role", role)];
        send(site, "/people", &owner, &fields).is(303);
        (cookie, key)
    };
    let (member, member_key) = role("Ann", "member");
    let (wrangler, _) = role("Wren", "wrangler");
    let (moderator, moderator_key) = role("Mo", "moderator");
    let cookies = [String::new(), member, wrangler, moderator, owner];
    Cast { cookies, member: member_key, moderator: moderator_key }
}

pub fn site() -> Site {
    Site::with(&[("a.txt", "The tide was out.")])
}

pub fn sign_in(site: &Site, name: &str, password: &str, code: &str) -> Answer {
    let fields = [("name", name), ("password", password), ("code", code)];
    send(site, "/sign-in", "", &fields)
}

#[test]
fn a_link_signs_in_once() {
    let site = site();
    let cookie = site.sign_in();
    let (name, value) = cookie.split_once('=').expect("a cookie");
    assert_eq!((name, value.len()), ("fanfold", 64));
    // The cookie alone is enough for the next page, and shows on none.
    for path in ["/", "/you", "/people"] {
        see(&site, path, &cookie).is(200).sees_no(value);
    }
}

#[test]
fn a_link_does_not_work_twice_and_not_from_elsewhere() {
    let site = site();
    let link = site.link().to_owned();
    site.get(&link).is(200).sees("Sign in on this browser");
    site.send(&link, "", &[("sec-fetch-site", "cross-site")]).is(403);
    site.send(&link, "", &[]).is(403);
    site.send(&link, "", &[OWN]).is(303);
    site.send(&link, "", &[OWN]).is(410).sees("This link was used before");
    site.send("/sign-in/0123", "", &[OWN]).is(404);
}

#[test]
fn whoever_signed_out_is_nobody() {
    let site = site();
    let cookie = site.sign_in();
    let out = site.send("/sign-out", "", &[OWN, ("cookie", &cookie)]).is(303);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{:?}", out.headers);
    see(&site, "/people", &cookie).is(403);
    site.send("/sign-out", "", &[OWN]).is(303);
    let bad = format!("fanfold={}", "0".repeat(64));
    see(&site, "/", &bad).is(200);
}

#[test]
fn signing_in_gives_a_new_secret_and_ends_the_old_one() {
    let site = site();
    let owner = site.sign_in();
    let first = join(&site, &owner, "Ann");
    let fields = [("name", "ann"), ("password", PASSWORD)];
    // With a cookie that somebody else planted, the secret is another one afterwards.
    let second = cookie(&send(&site, "/sign-in", &first, &fields).is(303));
    assert_ne!(first, second);
    see(&site, "/you", &first).is(200).sees("Sign in");
    see(&site, "/you", &second).is(200).sees("Sign out");
    let planted = format!("fanfold={}", "ab".repeat(32));
    let third = cookie(&send(&site, "/sign-in", &planted, &fields).is(303));
    assert_ne!(planted, third);
    see(&site, "/you", &planted).is(200).sees("autocomplete=\"current-password\"");
    // A browser is signed out from another one, and all by a new password.
    let page = see(&site, "/you", &third).text();
    let key = page.split("name=\"browser\" value=\"").nth(1).expect("another browser");
    let key = key.split('"').next().expect("a key").to_owned();
    send(&site, "/you", &third, &[("act", "browser"), ("browser", &key)]).is(303);
    see(&site, "/you", &second).is(200).sees("autocomplete=\"current-password\"");
    // Nobody signs out the browser of somebody else.
    send(&site, "/you", &owner, &[("act", "browser"), ("browser", "3")]).is(303);
    see(&site, "/you", &third).is(200).sees("Sign out");
    let fourth = cookie(&send(&site, "/sign-in", "", &fields).is(303));
    let new = [("act", "password"), ("old", PASSWORD), ("password", "another long one")];
    send(&site, "/you", &fourth, &[("act", "password"), ("old", "wrong"), new[2]]).is(422);
    send(&site, "/you", &fourth, &new).is(303);
    see(&site, "/you", &third).is(200).sees("autocomplete=\"current-password\"");
    see(&site, "/you", &fourth).is(200).sees("Sign out");
    sign_in(&site, "Ann", PASSWORD, "").is(403);
}

#[test]
fn nobody_learns_who_has_an_account() {
    let site = site();
    let owner = site.sign_in();
    join(&site, &owner, "Ann");
    let known = sign_in(&site, "Ann", "not the password", "").is(403).text();
    let unknown = sign_in(&site, "Zoe", "not the password", "").is(403).text();
    assert_eq!(known.replace("value=\"Ann\"", ""), unknown.replace("value=\"Zoe\"", ""));
    // The owner has no password at all.
    let none = sign_in(&site, "owner", "", "").is(403).text();
    assert_eq!(none.replace("value=\"owner\"", ""), unknown.replace("value=\"Zoe\"", ""));
    // The answers take as long: the fastest of some, by turns, because others use the machine, too.
    let time = |name: &str| {
        let begin = Instant::now();
        sign_in(&site, name, "not the password", "").is(403);
        begin.elapsed().as_secs_f64()
    };
    let (mut known, mut unknown) = (f64::MAX, f64::MAX);
    for number in 0..8 {
        known = known.min(time("Ann"));
        unknown = unknown.min(time(&format!("Nobody {number}")));
    }
    let ratio = known / unknown;
    println!("known {known:.4} s, unknown {unknown:.4} s");
    assert!((0.5..2.0).contains(&ratio), "known {known} s, unknown {unknown} s");
}

#[test]
fn passwords_cannot_be_tried_for_long() {
    let site = site();
    let owner = site.sign_in();
    join(&site, &owner, "Ann");
    let tries = (0..11).map(|_| sign_in(&site, "Ann", "wrong wrong", "").status);
    let tries: Vec<u16> = tries.collect();
    assert_eq!(tries[..10], [403; 10]);
    assert_eq!(tries[10], 429);
    // Whatever the case of the name; not even the right password is looked at.
    let refused = sign_in(&site, "ANN", PASSWORD, "").is(429);
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|wait| wait <= 60));
    sign_in(&site, "Ben", PASSWORD, "").is(403);
    // From one address, whatever the names.
    let last = (0..30).map(|n| sign_in(&site, &format!("n{n}"), "x", "").status).last();
    assert_eq!(last, Some(429));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "codes are made by the clock on the wall")]
fn a_second_factor_is_needed_and_its_codes_work_once() {
    let site = site();
    let owner = site.sign_in();
    let ann = join(&site, &owner, "Ann");
    let secret = secret(&send(&site, "/you", &ann, &[("act", "factor")]).is(200));
    let bytes = fanfold::credential::from_base32(&secret).expect("a secret");
    let code = || {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        fanfold::credential::totp_code(&bytes, now.expect("a time").as_secs() / 30)
    };
    let on = |code: &str, old: &str| {
        let fields = [("act", "factor-on"), ("secret", &secret), ("code", code), ("old", old)];
        send(&site, "/you", &ann, &fields)
    };
    let first = code();
    on(&first, "wrong").is(422);
    on("000000x", PASSWORD).is(422);
    let page = on(&first, PASSWORD).is(200).text();
    let codes: Vec<&str> = page.split("<li><code>").skip(1).map(|rest| &rest[..19]).collect();
    assert_eq!(codes.len(), 10);
    sign_in(&site, "Ann", PASSWORD, "").is(403);
    // The code that set it up was used.
    sign_in(&site, "Ann", PASSWORD, &first).is(403);
    sign_in(&site, "Ann", "wrong wrong", codes[0]).is(403);
    sign_in(&site, "Ann", PASSWORD, &codes[0].to_uppercase()).is(303);
    sign_in(&site, "Ann", PASSWORD, codes[0]).is(403);
    // A new password by the owner's link does not go round it.
    let key = account(&site, &owner, "Ann").to_string();
    let link = self::secret(&send(&site, "/people", &owner, &[("act", "link"), ("account", &key)]));
    let fields = [("password", "yet another one"), ("again", "yet another one")];
    let reset = send(&site, &link, "", &fields).is(303);
    assert_eq!(reset.header("set-cookie"), "");
    sign_in(&site, "Ann", "yet another one", "").is(403);
    send(&site, &link, "", &fields).is(410);
    send(&site, "/people", &owner, &[("act", "no factor"), ("account", &key)]).is(303);
    sign_in(&site, "Ann", "yet another one", "").is(303);
}

#[test]
fn registration_is_as_the_owner_chose() {
    let site = site();
    let owner = site.sign_in();
    let choose = |who: &str| {
        send(&site, "/people", &owner, &[("act", "registration"), ("who", who)]).is(303);
    };
    let fields = |name: &'static str| {
        [("name", name), ("password", PASSWORD), ("again", PASSWORD), ("said", "Hello <b>there")]
    };
    let register = |name: &'static str| send(&site, "/register", "", &fields(name));
    register("Ann").is(403);
    choose("approval");
    assert_eq!(register("Ann").is(303).header("set-cookie"), "");
    sign_in(&site, "Ann", PASSWORD, "").is(403);
    see(&site, "/people", &owner).is(200).sees("waits to be let in").sees("Hello &#60;b&#62;there");
    let key = account(&site, &owner, "Ann").to_string();
    send(&site, "/people", &owner, &[("act", "open"), ("account", &key)]).is(303);
    sign_in(&site, "ANN", PASSWORD, "").is(303);
    choose("open");
    let ben = cookie(&register("Ben").is(303));
    register("bén").is(422).sees("Somebody has this name already");
    register("<b>").is(422);
    // A pen name is nobody else's either.
    send(&site, "/you", &ben, &[("act", "pen"), ("name", "Night Heron")]).is(303);
    register("night heron").is(422);
    send(&site, "/you", &ben, &[("act", "pen"), ("name", "Ann")]).is(422);
    send(&site, "/you", &ben, &[("act", "name"), ("name", "Benjamin")]).is(303);
    sign_in(&site, "Benjamin", PASSWORD, "").is(303);
    // Whose account is closed is nobody, at once.
    let key = account(&site, &owner, "Benjamin").to_string();
    send(&site, "/people", &owner, &[("act", "close"), ("account", &key)]).is(303);
    see(&site, "/you", &ben).is(200).sees("autocomplete=\"current-password\"");
    sign_in(&site, "Benjamin", PASSWORD, "").is(403);
    // The last owner stays one.
    let key = account(&site, &owner, "owner").to_string();
    let fields = [("act", "role"), ("account", key.as_str()), ("role", "member")];
    send(&site, "/people", &owner, &fields).is(409);
}

#[test]
fn whoever_leaves_takes_all_along() {
    let site = site();
    let owner = site.sign_in();
    let ann = join(&site, &owner, "Ann");
    let zip = send(&site, "/you/export", &ann, &[]).is(200);
    assert!(zip.body.starts_with(b"PK"), "a zip");
    assert!(zip.header("content-disposition").contains("everything.zip"));
    let leave = |name: &str, old: &str, works: &str| {
        let fields = [("act", "delete"), ("name", name), ("old", old), ("works", works)];
        send(&site, "/you", &ann, &fields)
    };
    leave("Ann", "wrong", "keep").is(422);
    leave("ann", PASSWORD, "keep").is(422);
    leave("Ann", PASSWORD, "").is(400);
    leave("Ann", PASSWORD, "keep").is(303);
    see(&site, "/you", &ann).is(200).sees("autocomplete=\"current-password\"");
    sign_in(&site, "Ann", PASSWORD, "").is(403);
    // The name is free again, and somebody else's then.
    join(&site, &owner, "Ann");
    let fields = [("act", "delete"), ("name", "owner"), ("works", "keep")];
    send(&site, "/you", &owner, &fields).is(422);
}
