//! Signing in and out: links that work once, cookies that tell nothing.

use crate::site::Site;

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

#[test]
fn a_link_signs_in_once() {
    let site = Site::with(&[("a.txt", "The tide was out.")]);
    let cookie = site.sign_in();
    let (name, value) = cookie.split_once('=').expect("a cookie");
    assert_eq!((name, value.len()), ("fanfold", 64));
    // The cookie alone is enough for the next page, and shows on none.
    let page = site.ask(ureq::http::Method::GET, "/", &[("cookie", &cookie)]).is(200);
    page.sees_no(value);
}

#[test]
fn a_link_does_not_work_twice_and_not_from_elsewhere() {
    let site = Site::with(&[("a.txt", "The tide was out.")]);
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
    let site = Site::with(&[("a.txt", "The tide was out.")]);
    let cookie = site.sign_in();
    let out = site.send("/sign-out", "", &[OWN, ("cookie", &cookie)]).is(303);
    assert!(out.header("set-cookie").contains("Max-Age=0"), "{:?}", out.headers);
    site.send("/sign-out", "", &[OWN]).is(303);
    let bad = format!("fanfold={}", "0".repeat(64));
    site.ask(ureq::http::Method::GET, "/", &[("cookie", &bad)]).is(200);
}
