//! Atom feeds: what a feed reader is given.

use ureq::http::Method;

use crate::library::prose;
use crate::site::Site;

fn story(number: usize, title: &str, head: &str) -> String {
    format!("Title: {title}\n{head}\n\n{}\n", prose(number, 9))
}

fn site() -> Site {
    let site = Site::with(&[
        (
            "a/a.txt",
            &story(
                1,
                "Salt & <Light>",
                "Author: Ann \"Ink\" Moss\nFandom: Sea Tales\nUpdated: 2021-03-04\n\
                 Published: 2020-01-02\nSummary: A lamp & <b>a storm</b>.",
            ),
        ),
        ("b/b.txt", &story(2, "Older", "Fandom: Sea Tales\nPublished: 2011-05-06")),
        ("c/c.txt", &story(3, "Elsewhere", "Fandom: Desert Days\nPublished: 2015-05-06")),
    ]);
    site.get_until("/feed", |feed| feed.text().matches("<entry>").count() == 3);
    site
}

#[test]
fn a_question_is_a_feed() {
    let site = site();
    let feed = site.get("/feed?q=fandom:%22sea+tales%22").is(200);
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    let text = feed.text();
    assert_eq!(text.matches("<entry>").count(), 2, "{text}");
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(place("Salt &#38; &#60;Light&#62;") < place("Older"), "the newest first");
    for part in [
        "<title>fandom:&#34;sea tales&#34;</title>",
        "<updated>2021-03-04T00:00:00Z</updated>",
        "<published>2020-01-02T00:00:00Z</published>",
        "<updated>2011-05-06T00:00:00Z</updated>",
        "<author><name>Ann &#34;Ink&#34; Moss</name></author>",
        "<category term=\"Sea Tales\"/>",
        "<summary type=\"text\">A lamp &#38; ",
    ] {
        place(part);
    }
    let origin = site.origin();
    place(&format!("<id>{origin}/feed?q=fandom%3A%22sea+tales%22</id>"));
    place(&format!("href=\"{origin}/?q=fandom%3A%22sea+tales%22\""));
    place(&format!("<id>{origin}{}</id>", site.work("Older")));
    for line in text.lines() {
        let plain = line.replace("&#38;", "").replace("&#60;", "").replace("&#62;", "");
        assert!(!plain.replace("&#34;", "").replace("&#39;", "").contains('&'), "{line}");
    }
    site.get("/feed?q=fandom:%22sea+tales%22+sort:title").is(200).sees("Older");
    let none = site.get("/feed?q=fandom:Nowhere").is(200).sees_no("<entry>");
    none.sees("Nobody uses this name yet: “Nowhere”");
}

#[test]
fn a_feed_that_is_known_is_not_sent_again() {
    let site = site();
    let first = site.get("/feed").is(200);
    let tag = first.header("etag").to_owned();
    assert!(!tag.is_empty());
    let known = [("if-none-match", tag.as_str())];
    let again = site.ask(Method::GET, "/feed", &known).is(304);
    assert!(again.body.is_empty());
    site.import("d/d.txt", &story(4, "Brand New", "Fandom: Sea Tales"));
    site.get_until("/feed", |feed| feed.text().contains("Brand New"));
    site.ask(Method::GET, "/feed", &known).is(200);
    // Each name of this machine has its own addresses, never those of the one who asked before.
    let named = site.ask(Method::GET, "/feed", &[("host", "localhost:99")]).is(200);
    named.sees("<id>http://localhost:99/feed</id>").sees_no("127.0.0.1");
    site.get("/feed").is(200).sees_no("localhost:99");
}

#[test]
fn what_cannot_be_asked_is_said() {
    let site = site();
    let wrong = site.get("/feed?q=fandum:x").is(400);
    assert_eq!(wrong.header("content-type"), "text/plain; charset=utf-8");
    wrong.sees("Perhaps this is meant: fandom:x");
    site.get("/feed?q=is:unread").is(400);
    site.get(&format!("/feed?q={}", "x".repeat(20_000))).is(400);
    site.get(&format!("/feed?q={}", "%28".repeat(1_000))).is(400);
    site.get("/feed?q=a&q=b").is(400);
}
