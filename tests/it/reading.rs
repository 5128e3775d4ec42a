//! What readers keep: reading states, filters under names, what is never shown. Nothing is kept for
//! whoever did not ask for it, and nobody sees what another one keeps.

#![allow(clippy::expect_used, clippy::panic)]

use std::time::{Duration, Instant};

use ureq::http::Method;

use crate::site::{Answer, Site};

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

fn story(title: &str, more: &str) -> String {
    let own = title.split(' ').next().unwrap_or_default().to_lowercase();
    let text = (0..300).map(|n| format!("{own}{n} ")).collect::<String>();
    format!("Title: {title}\nFandom: Clockwork Isles\n{more}\n\n{text}and the tide came in.\n")
}

fn site() -> Site {
    let ash = story("Ash", "Author: Wilhelmina Moss\nTags: Storms, Tea");
    let birch = story("Birch", "Author: Basil Reed\nTags: Storms");
    let cedar = story("Cedar", "Author: Basil Reed\nTags: Tea");
    Site::with(&[("ash.txt", &ash), ("birch.txt", &birch), ("cedar.txt", &cedar)])
}

/// A browser of a reader.
struct Reader<'s> {
    site: &'s Site,
    cookie: String,
}

impl<'s> Reader<'s> {
    fn new(site: &'s Site) -> Reader<'s> {
        let answer = site.send("/reading/act", "act=begin", &[OWN]).is(303);
        let line = answer.header("set-cookie").to_owned();
        assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax"), "{line}");
        let cookie = line.split(';').next().unwrap_or_default().to_owned();
        Reader { site, cookie }
    }

    fn get(&self, path: &str) -> Answer {
        self.site.ask(Method::GET, path, &[("cookie", &self.cookie)])
    }

    fn act(&self, form: &str) -> Answer {
        self.site.send("/reading/act", form, &[OWN, ("cookie", &self.cookie)])
    }

    /// The titles of the works that answer a question, sorted.
    fn finds(&self, question: &str) -> Vec<String> {
        found(&self.get(&format!("/?q={question}")).is(200))
    }

    /// Asks until the answer is as hoped: where a reader is, is noted beside the page.
    fn finds_at_last(&self, question: &str, hoped: &[&str]) {
        let end = Instant::now() + Duration::from_secs(10);
        while self.finds(question) != hoped {
            assert!(Instant::now() < end, "{question}: {:?}", self.finds(question));
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn found(page: &Answer) -> Vec<String> {
    let text = page.text();
    let is_there = |title: &&str| text.contains(&format!(">{title}</a></h2>"));
    ["Ash", "Birch", "Cedar"].into_iter().filter(is_there).map(str::to_owned).collect()
}

fn id(site: &Site, title: &str) -> String {
    let text = site.get("/").is(200).text().to_owned();
    let end = text.find(&format!("\">{title}</a>")).expect("the work");
    let head = &text[..end];
    head[head.rfind('/').expect("its address") + 1..].to_owned()
}

#[test]
fn nothing_is_kept_for_whoever_did_not_ask() {
    let site = site();
    let ash = id(&site, "Ash");
    for path in ["/", "/reading", &format!("/works/{ash}"), &format!("/works/{ash}/chapters/1")] {
        assert_eq!(site.get(path).is(200).header("set-cookie"), "", "{path}");
    }
    let place = format!("act=place&work={ash}&chapter=1&paragraph=3");
    let answer = site.send("/reading/act", &place, &[OWN]).is(204);
    assert_eq!(answer.header("set-cookie"), "");
    site.get("/?q=is%3Aunread").is(200).sees("begin a reading list");
    site.get("/reading").is(200).sees("Until you ask for it, it remembers nothing");
}

#[test]
fn reading_states_are_conditions_like_any_other() {
    let site = site();
    let reader = Reader::new(&site);
    let (ash, birch) = (id(&site, "Ash"), id(&site, "Birch"));
    reader.get(&format!("/works/{ash}/chapters/1")).is(200);
    reader.finds_at_last("is%3Astarted", &["Ash"]);
    assert_eq!(reader.finds("is%3Aunread"), ["Birch", "Cedar"]);
    reader.act(&format!("act=finished&work={birch}")).is(303);
    assert_eq!(reader.finds("is%3Aread"), ["Birch"]);
    assert_eq!(reader.finds("-is%3Aread"), ["Ash", "Cedar"]);
    assert_eq!(reader.finds("is%3Aunread+Storms"), Vec::<String>::new());
    assert_eq!(reader.finds("is%3Aupdated"), Vec::<String>::new());
    // A new text of a work that was read.
    site.import(
        "birch.txt",
        &story("Birch", "Author: Basil Reed\nTags: Storms").replace(
            "and the tide came in.",
            "and the tide came in, and went out again, and nobody was there to see it.",
        ),
    );
    reader.finds_at_last("is%3Aupdated", &["Birch"]);
    reader.get("/reading").is(200).sees("Updated since you looked").sees("Birch");
    reader.act(&format!("act=unread&work={birch}")).is(303);
    assert_eq!(reader.finds("is%3Aunread"), ["Birch", "Cedar"]);
    // The panel says the same as the question.
    assert!(site.redirect("/filter?reading=started").1.ends_with("/?q=is%3Astarted"));
    reader.get("/?q=is%3Astarted").is(200).sees("<option value=\"started\" selected>");
}

#[test]
fn a_place_is_kept_and_gone_on_from() {
    let site = site();
    let reader = Reader::new(&site);
    let ash = id(&site, "Ash");
    let page = reader.get(&format!("/works/{ash}/chapters/1")).is(200);
    page.sees(&format!("data-work=\"{ash}\"")).sees("/static/reading-");
    site.get(&format!("/works/{ash}/chapters/1")).is(200).sees_no("data-work");
    reader.finds_at_last("is%3Astarted", &["Ash"]);
    reader.act(&format!("act=place&work={ash}&chapter=1&paragraph=7")).is(204);
    reader.get("/reading").is(200).sees(&format!("/works/{ash}/chapters/1#p7"));
    // Opening it again loses nothing; the end is the end.
    reader.get(&format!("/works/{ash}/chapters/1")).is(200);
    std::thread::sleep(Duration::from_millis(200));
    reader.get("/reading").is(200).sees(&format!("/works/{ash}/chapters/1#p7"));
    reader.act(&format!("act=place&work={ash}&chapter=1&paragraph=9&end=1")).is(204);
    assert_eq!(reader.finds("is%3Aread"), ["Ash"]);
}

#[test]
fn what_is_muted_is_in_no_list_and_no_number() {
    let site = site();
    let reader = Reader::new(&site);
    let (ash, all) = (id(&site, "Ash"), ["Ash", "Birch", "Cedar"]);
    reader.act(&format!("act=mute&what=work&key={ash}")).is(303);
    let page = reader.get("/").is(200);
    assert_eq!(found(&page), ["Birch", "Cedar"]);
    page.sees("<strong>2 works</strong>").sees("1 work hidden by your filters");
    // One click shows them; others never miss them.
    assert_eq!(found(&reader.get("/?muted=show").is(200)), all);
    assert_eq!(found(&site.get("/").is(200)), all);
    reader.act("act=mute&what=author&name=Basil+Reed").is(303);
    reader.get("/").is(200).sees("3 works hidden").sees("<strong>0 works</strong>");
    reader.get("/reading").is(200).sees("Basil Reed").sees("Ash");
    reader.act(&format!("act=unmute&what=work&key={ash}")).is(303);
    assert_eq!(reader.finds(""), ["Ash"]);
    reader.act("act=unmute&what=author&name=Basil+Reed").is(303);
    reader.act("act=mute&what=tag&name=storms").is(303);
    assert_eq!(reader.finds(""), ["Cedar"]);
    // The number of a value is without them too.
    assert_eq!(reader.finds("tag%3ATea"), ["Cedar"]);
}

#[test]
fn filters_are_kept_under_names_and_some_are_always_asked() {
    let site = site();
    let (reader, other) = (Reader::new(&site), Reader::new(&site));
    reader.act("act=save&name=Calm+%3Cb%3E&question=tag%3ATea+-Storms&back=%2F").is(303);
    reader.get("/").is(200).sees("Calm &#60;b&#62;");
    other.get("/").is(200).sees_no("Calm");
    other.get("/reading").is(200).sees_no("Calm");
    reader.act("act=save&name=&question=Tea").is(303);
    reader.act("act=save&name=x&question=words%3Aabc").is(303);
    reader.get("/reading?refused=question").is(200).sees("cannot be kept");
    reader.act("act=drop&name=calm+%3CB%3E").is(303);
    reader.get("/reading").is(200).sees_no("Calm");

    reader.act("act=default&question=-tag%3AStorms").is(303);
    assert_eq!(reader.finds(""), ["Cedar"]);
    reader.get("/").is(200).sees("2 works hidden");
    assert_eq!(other.finds(""), ["Ash", "Birch", "Cedar"]);
    reader.act("act=default&question=").is(303);
    assert_eq!(reader.finds("").len(), 3);
    reader.act("act=default&question=-tag%3ATea&fandom-name=Clockwork+Isles").is(303);
    assert_eq!(reader.finds(""), ["Birch"]);
    let gone = reader.act("act=default&question=Tea&fandom-name=No+Such").is(303);
    assert_eq!(gone.header("location"), "/reading?refused=fandom");
}

#[test]
fn forms_that_make_no_sense_change_nothing() {
    let site = site();
    let reader = Reader::new(&site);
    for (form, status) in [
        ("", 400),
        ("act=nonsense", 400),
        ("act=mute&what=account&key=1", 303),
        ("act=mute&what=tag&key=99999999999999999999", 303),
        ("act=mute&what=work&key=-5", 303),
        ("act=finished&work=999999", 404),
        ("act=place&work=1&chapter=0&paragraph=1", 400),
        ("act=place&work=1&chapter=99999999999&paragraph=1", 400),
        ("act=save&name=x&back=%2F%2Fevil.example&question=", 303),
    ] {
        let answer = reader.act(form);
        assert_eq!(answer.status, status, "{form}");
        assert!(!answer.header("location").contains("evil"), "{form}");
    }
    let long = format!("act=save&name={}&question=Tea", "n".repeat(81));
    assert_eq!(reader.act(&long).header("location"), "/reading?refused=name");
    let huge = format!("act=save&name=x&question={}", "a".repeat(100_000));
    reader.act(&huge).is(400);
    assert_eq!(reader.finds("").len(), 3);
    // Forgetting takes all of it away, and the cookie is worth nothing afterwards.
    reader.act("act=forget").is(303);
    reader.get("/reading").is(200).sees("Until you ask for it");
}

#[test]
fn signing_in_takes_along_what_the_browser_kept() {
    let site = site();
    let reader = Reader::new(&site);
    let ash = id(&site, "Ash");
    reader.act(&format!("act=finished&work={ash}")).is(303);
    let link = site.link().to_owned();
    let answer = site.send(&link, "", &[OWN, ("cookie", &reader.cookie)]).is(303);
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let owner = Reader { site: &site, cookie };
    assert_eq!(owner.finds("is%3Aread"), ["Ash"]);
    reader.get("/reading").is(200).sees("Until you ask for it");
}
