//! Works that several write, on the pages: asking tells nothing, and each may what the table of
//! `docs/people.md` says.

use crate::people::{account, join, see, send};
use crate::site::{Answer, Site};

/// A site with an owner and members, by their cookies.
struct Cast {
    site: Site,
    owner: String,
    ann: String,
    ben: String,
    cy: String,
}

fn cast() -> Cast {
    let site = Site::with(&[("a.txt", "Title: Salt\n\nThe tide was out.\n")]);
    let owner = site.sign_in();
    let [ann, ben, cy] = ["Ann", "Ben", "Cy"].map(|name| join(&site, &owner, name));
    Cast { site, owner, ann, ben, cy }
}

impl Cast {
    fn sees(&self, who: &str, path: &str) -> Answer {
        see(&self.site, path, who)
    }

    /// Waits until the library lists a work: the filters learn of it in their own time.
    fn lists(&self, who: &str, title: &str) {
        let listed = || self.sees(who, "/").is(200).text().contains(title);
        let mut tries = 0;
        while !listed() {
            assert!(tries < 200, "{title} is not listed");
            tries += 1;
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    fn sends(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        send(&self.site, path, who, fields)
    }

    /// A draft of somebody's, by its number.
    fn begun(&self, who: &str, title: &str) -> String {
        let fields = [("title", title), ("text", "The lamp was *lit*.")];
        let begun = self.sends(who, "/write/new", &fields).is(303);
        begun.header("location").split('/').nth(2).expect("a work").to_owned()
    }

    fn asks(&self, who: &str, work: &str, name: &str) -> Answer {
        let fields = [("act", "ask"), ("name", name)];
        self.sends(who, &format!("/works/{work}/authors"), &fields)
    }

    /// Says yes to the only question.
    fn joins(&self, who: &str) {
        let page = self.sees(who, "/you/works").is(200).text();
        let value = |name: &str| {
            let rest = page.split(&format!("name=\"{name}\"")).nth(1).expect("a field");
            let rest = rest.split("value=\"").nth(1).expect("a value");
            rest.split('"').next().expect("an end").to_owned()
        };
        let (offer, pen) = (value("offer"), value("pen"));
        let fields = [("act", "join"), ("offer", &*offer), ("pen", &*pen)];
        self.sends(who, "/you/works", &fields).is(303);
    }
}

#[test]
fn asking_tells_nothing_of_who_is_here() {
    let cast = cast();
    let work = cast.begun(&cast.ann, "Two Lamps");
    let page = |name: &str| {
        let answer = cast.asks(&cast.ann, &work, name).is(303);
        assert_eq!(answer.header("location"), format!("/works/{work}/authors?asked"));
        let page = cast.sees(&cast.ann, &format!("/works/{work}/authors?asked")).is(200).text();
        let asked = page.split("<li").find(|line| line.contains(name)).expect("asked").to_owned();
        let asked = asked.replace(name, "NAME");
        let (before, rest) = asked.split_once("name=\"ask\" value=\"").expect("a key");
        format!(
            "{before}{}",
            rest.split_once('"').expect("an end").1.split("</li>").next().unwrap()
        )
    };
    assert_eq!(page("Ben"), page("Zed"));
    // Only whoever is asked finds it.
    cast.sees(&cast.ben, "/you/works").is(200).sees("Two Lamps");
    cast.sees(&cast.ben, "/you").is(200).sees("For you (1)");
    cast.sees(&cast.ben, "/write").is(200).sees("/you/works").sees_no("Two Lamps");
    for other in [&cast.cy, &cast.owner, &cast.ann] {
        cast.sees(other, "/you/works").is(200).sees_no("Two Lamps");
    }
    for other in [&cast.cy, &cast.ben, &cast.owner, ""] {
        cast.sees(other, &format!("/works/{work}/authors")).is(404);
        cast.asks(other, &work, "Cy").is(404);
        cast.sees(other, &format!("/works/{work}/edit")).is(404);
    }
    for (name, said) in [("Ann", "That is you"), ("", "Whom?"), (&"x".repeat(81), "Whom?")] {
        cast.asks(&cast.ann, &work, name).is(422).sees(said);
    }
    // Taken back, it is nobody's question any more; and so is one that is answered.
    let page = cast.sees(&cast.ben, "/you/works").is(200).text();
    let offer =
        page.split("name=\"offer\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let offer = offer.expect("a key").to_owned();
    for other in [&cast.cy, &cast.ann] {
        let fields = [("act", "decline"), ("offer", offer.as_str())];
        cast.sends(other, "/you/works", &fields).is(404);
    }
    let fields = [("act", "unask"), ("ask", offer.as_str())];
    cast.sends(&cast.ann, &format!("/works/{work}/authors"), &fields).is(303);
    let fields = [("act", "join"), ("offer", offer.as_str()), ("pen", "1")];
    cast.sends(&cast.ben, "/you/works", &fields).is(404);
}

#[test]
fn who_said_no_is_not_asked_again_and_takes_no_place() {
    let cast = cast();
    let work = cast.begun(&cast.ann, "Two Lamps");
    cast.asks(&cast.ann, &work, "Ben").is(303);
    let page = cast.sees(&cast.ben, "/you/works").is(200).text();
    let rest = page.split("name=\"offer\" value=\"").nth(1).expect("a question");
    let ask = rest.split('"').next().expect("a key").to_owned();
    for nobody in 0..19 {
        cast.asks(&cast.ann, &work, &format!("Nobody {nobody}")).is(303);
    }
    cast.asks(&cast.ann, &work, "Cy").is(422).sees("Twenty people");
    let fields = [("act", "decline"), ("offer", ask.as_str())];
    cast.sends(&cast.ben, "/you/works", &fields).is(303);
    let authors = format!("/works/{work}/authors");
    let page = cast.sees(&cast.ann, &authors).is(200).sees("said no").text();
    assert_eq!(page.matches("value=\"unask\"").count(), 19, "{page}");
    let fields = [("act", "unask"), ("ask", ask.as_str())];
    let done = cast.sends(&cast.ann, &authors, &fields).is(303);
    assert!(!done.header("location").contains("unasked"), "{:?}", done.headers);
    cast.asks(&cast.ann, &work, "Ben").is(303);
    cast.sees(&cast.ben, "/you/works").is(200).sees_no("Two Lamps");
    cast.asks(&cast.ann, &work, "Cy").is(303);
    cast.sees(&cast.cy, "/you/works").is(200).sees("Two Lamps");
}

#[test]
fn whoever_writes_along_does_what_the_table_says() {
    let cast = cast();
    let work = cast.begun(&cast.ann, "Two Lamps");
    cast.asks(&cast.ann, &work, "ben").is(303);
    cast.joins(&cast.ben);
    let path = |end: &str| format!("/works/{work}{end}");
    for end in ["/edit", "/edit/about", "/edit/chapters/1", "/revisions", "/authors"] {
        cast.sees(&cast.ben, &path(end)).is(200);
        cast.sees(&cast.cy, &path(end)).is(404);
    }
    // What is the owner's alone.
    cast.sees(&cast.ben, &path("/visibility")).is(404);
    cast.sends(&cast.ben, &path("/visibility"), &[("audience", "everyone")]).is(404);
    cast.asks(&cast.ben, &work, "Cy").is(404);
    let ben = account(&cast.site, &cast.owner, "Ben").to_string();
    for act in ["remove", "give"] {
        cast.sends(&cast.ben, &path("/authors"), &[("act", act), ("account", &ben)]).is(404);
    }
    cast.sends(&cast.ben, &path("/edit/act"), &[("act", "bin")]).is(409).sees("Only whose work");
    cast.sees(&cast.ben, &path("/edit")).is(200).sees_no("the whole work into the bin");
    // Two who save the same chapter are shown both texts.
    let chapter = path("/edit/chapters/1");
    let page = cast.sees(&cast.ann, &chapter).is(200).text();
    let head = page.split("name=\"head\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let head = head.expect("a head").to_owned();
    let saves = |who: &str, text: &str| {
        cast.sends(who, &chapter, &[("head", &head), ("title", ""), ("text", text)])
    };
    saves(&cast.ann, "The lamp was lit at noon.").is(303);
    saves(&cast.ben, "The lantern fell.").is(409).sees("Somebody saved this chapter meanwhile");
    cast.sees(&cast.ann, &path("/revisions")).is(200).sees("Ben");
    // Private and posted, it is there for both, and for nobody else.
    cast.sends(&cast.ann, &path("/visibility"), &[("audience", "named")]).is(303);
    cast.sends(&cast.ben, &path("/edit/act"), &[("act", "post")]).is(303);
    for who in [&cast.ann, &cast.ben] {
        cast.sees(who, &path("")).is(200).sees(">Ann</").sees(">Ben</").sees(&path("/edit"));
        cast.lists(who, "Two Lamps");
        cast.sees(who, &path("/download/epub")).is(200);
    }
    for who in [&cast.cy, &cast.owner, ""] {
        cast.sees(who, &path("")).is(404);
        cast.sees(who, "/").is(200).sees_no("Two Lamps");
    }
    let zip = cast.sends(&cast.ben, "/you/export", &[]).is(200).body;
    assert!(zip.windows(9).any(|part| part == b"Two Lamps"), "the work is in the zip");
    // Given away, it is the heir's to decide about.
    let fields = [("act", "give"), ("account", &*ben), ("pen", "")];
    cast.sends(&cast.ann, &path("/authors"), &fields).is(303);
    cast.sees(&cast.ann, &path("")).is(404);
    cast.sees(&cast.ben, &path("/visibility")).is(200);
}

#[test]
fn whoever_leaves_sees_it_no_more() {
    let cast = cast();
    let work = cast.begun(&cast.ann, "Two Lamps");
    let path = |end: &str| format!("/works/{work}{end}");
    for (name, who) in [("Ben", &cast.ben), ("Cy", &cast.cy)] {
        cast.asks(&cast.ann, &work, name).is(303);
        cast.joins(who);
    }
    cast.sends(&cast.cy, &path("/edit/act"), &[("act", "post")]).is(303);
    cast.sees("", &path("")).is(200).sees(">Ben</").sees(">Cy</");
    cast.sends(&cast.cy, &path("/authors"), &[("act", "leave and forget")]).is(303);
    cast.sees("", &path("")).is(200).sees(">Ben</").sees_no(">Cy</");
    cast.sends(&cast.cy, &path("/authors"), &[("act", "leave")]).is(404);
    cast.sees(&cast.cy, &path("/edit")).is(404);
    let ben = account(&cast.site, &cast.owner, "Ben").to_string();
    let fields = [("act", "remove"), ("account", &*ben)];
    cast.sends(&cast.ann, &path("/authors"), &fields).is(303);
    cast.sees(&cast.ben, &path("/edit")).is(404);
    cast.sees(&cast.ben, &path("/authors")).is(404);
    cast.sees("", &path("")).is(200).sees(">Ben</");
    // The bin is the owner's.
    cast.asks(&cast.ann, &work, "Cy").is(303);
    cast.joins(&cast.cy);
    cast.sends(&cast.ann, &path("/edit/act"), &[("act", "bin")]).is(303);
    cast.sees(&cast.cy, &path("/edit")).is(404);
    cast.sees(&cast.cy, "/write").is(200).sees_no("Two Lamps");
    cast.sends(&cast.cy, &path("/edit/act"), &[("act", "take out")]).is(404);
}
