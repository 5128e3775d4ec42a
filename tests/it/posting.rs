//! From a file to a posted work: files handed in, what is said about them, posting at once and
//! later.

#![allow(clippy::expect_used, clippy::panic)]

use std::sync::Mutex;
use std::time::Duration;

use ureq::http::Method;

use crate::site::{Answer, Site};

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const OLD: &str = "AN: just a one shot, an AU I found on an old disk\n\n\
    Disclaimer: the harbour is not mine.\n\n\
    The lamp went out at nine. Wilhelmina counted the boats again and there was one too few.\n\n\
    \"Stay here,\" she said, and took the stairs two at a time.\n\n\
    Nobody did as she said, that night or any other, and the boat came in by itself at dawn.\n";

struct Writer<'s> {
    site: &'s Site,
    cookie: String,
}

impl<'s> Writer<'s> {
    fn new(site: &'s Site) -> Writer<'s> {
        Writer { site, cookie: site.sign_in() }
    }

    fn get(&self, path: &str) -> Answer {
        self.site.ask(Method::GET, path, &[("cookie", &self.cookie)])
    }

    fn send(&self, path: &str, form: &str) -> Answer {
        self.site.send(path, form, &[OWN, ("cookie", &self.cookie)])
    }

    fn upload(&self, files: &[(&str, &[u8])]) -> Answer {
        self.site.upload("/write/upload", files, &[OWN, ("cookie", &self.cookie)])
    }

    /// The number of the only draft that an answer leads to.
    fn draft(&self, answer: &Answer) -> String {
        let text = answer.text();
        let parts: Vec<&str> = text.split("href=\"/works/").skip(1).collect();
        assert_eq!(parts.len(), 1, "{text}");
        parts[0].split('/').next().unwrap_or_default().to_owned()
    }

    fn head(&self, id: &str) -> String {
        head_in(&self.get(&format!("/works/{id}/edit/about")).is(200))
    }
}

/// What a form says that it was shown.
fn head_in(page: &Answer) -> String {
    let text = page.text();
    let rest = text.split("name=\"head\" value=\"").nth(1).expect("a head");
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn site() -> Site {
    Site::with(&[("a.txt", "Title: A Stone\nFandom: Isles\n\nThe stone lay where it lay.\n")])
}

#[test]
fn an_old_file_becomes_a_draft_and_then_a_posted_work() {
    let site = site();
    let writer = Writer::new(&site);
    let answer = writer.upload(&[("old.txt", OLD.as_bytes())]).is(200);
    let id = writer.draft(&answer);
    // Nobody sees it yet, and nobody else may change it.
    for path in [format!("/works/{id}"), format!("/works/{id}/chapters/1")] {
        site.get(&path).is(404);
    }
    site.get(&format!("/works/{id}/edit/about")).is(404);
    site.send(&format!("/works/{id}/edit/about"), "title=Stolen", &[OWN]).is(404);
    site.get("/").is(200).sees("<strong>1 work</strong>");
    // What was understood, and why.
    let page = writer.get(&format!("/works/{id}/edit/about")).is(200);
    page.sees("just a one shot").sees("the harbour is not mine").sees("Read out of the text");
    let form = format!(
        "act=post&head={}&title=One+Boat+Too+Few&fandoms=Isles%2C+Far+Seas&rating=Mature&\
         warnings=No+Archive+Warnings+Apply&summary=The+boat+*came*+in.&\
         accept=freeforms%3AAlternate+Universe&\
         notes_before=found+it%21&series-title-0=Boats&series-part-0=2&complete=yes&expected=1&published=2009-05-01",
        writer.head(&id)
    );
    writer.send(&format!("/works/{id}/edit/about"), &form).is(303);
    let page = site.get(&format!("/works/{id}")).is(200);
    let page = page.sees("One Boat Too Few").sees("<em>came</em>").sees("Far Seas").sees("Mature");
    page.sees("Alternate Universe").sees("Boats").sees("found it!").sees("old.txt");
    site.get_until("/?q=fandom%3A%22Far+Seas%22", |page| page.text().contains("One Boat Too Few"));
    site.get_until("/search?q=wilhelmina", |page| page.text().contains("One Boat Too Few"));
}

#[test]
fn who_may_see_a_work_is_said_before_it_is_posted() {
    let site = site();
    let writer = Writer::new(&site);
    let id = writer.draft(&writer.upload(&[("old.txt", OLD.as_bytes())]).is(200));
    let path = format!("/works/{id}/edit/about");
    writer.get(&path).is(200).sees("once it is posted").sees("value=\"everyone\" selected");
    // A mistake keeps what was chosen, and changes nothing.
    let wrong = format!("act=post&head={}&title=x&expected=soon&audience=named", writer.head(&id));
    writer.send(&path, &wrong).is(409).sees("value=\"named\" selected");
    writer.get(&path).is(200).sees("value=\"everyone\" selected");
    let post = |audience: &str| {
        let head = writer.head(&id);
        let form =
            format!("act=post&head={head}&title=Mine+Alone&fandoms=Isles&audience={audience}");
        writer.send(&path, &form).is(303);
    };
    post("named");
    for hidden in [format!("/works/{id}"), format!("/works/{id}/chapters/1")] {
        site.get(&hidden).is(404);
        writer.get(&hidden).is(200);
    }
    site.get("/").is(200).sees_no("Mine Alone");
    writer.get("/").is(200).sees("Mine Alone");
    post("everyone");
    site.get("/").is(200).sees("Mine Alone");
}

#[test]
fn every_mistake_stands_beside_its_field_and_nothing_typed_is_lost() {
    let site = site();
    let writer = Writer::new(&site);
    let id = writer.draft(&writer.upload(&[("old.txt", OLD.as_bytes())]).is(200));
    let form = format!(
        "act=post&head={}&title=Kept&language=Nowhereish&published=soon&expected=many&\
         series-title-0=&series-part-0=4&summary={}",
        writer.head(&id),
        "x".repeat(1_251)
    );
    let page = writer.send(&format!("/works/{id}/edit/about"), &form).is(409);
    let mut page = page.sees("Not saved yet").sees("value=\"Kept\"").sees("value=\"Nowhereish\"");
    for field in ["language", "published", "expected", "series", "summary"] {
        page = page.sees(&format!("id=\"{field}-fault\""));
    }
    site.get(&format!("/works/{id}")).is(404);
    // A title that the program made up is none, to be posted under.
    writer.get(&format!("/works/{id}/edit/about")).is(200).sees("placeholder=");
}

#[test]
fn two_tabs_do_not_overwrite_each_other() {
    let site = site();
    let writer = Writer::new(&site);
    let id = writer.draft(&writer.upload(&[("old.txt", OLD.as_bytes())]).is(200));
    let head = writer.head(&id);
    let path = format!("/works/{id}/edit/about");
    writer.send(&path, &format!("act=save&head={head}&title=First")).is(303);
    let second = writer.send(&path, &format!("act=save&head={head}&title=Second")).is(409);
    let second = second.sees("Somebody saved this page").sees("value=\"Second\"");
    writer.get(&path).is(200).sees("value=\"First\"");
    // Sent once more, it is meant.
    let text = second.text();
    let rest = text.split("name=\"head\" value=\"").nth(1).expect("a head");
    let head = rest.split('"').next().unwrap_or_default();
    writer.send(&path, &format!("act=save&head={head}&title=Second")).is(303);
    writer.get(&path).is(200).sees("value=\"Second\"");
}

#[test]
fn a_form_that_does_not_say_what_it_was_shown_overwrites_nothing() {
    let site = site();
    let writer = Writer::new(&site);
    let id = writer.draft(&writer.upload(&[("old.txt", OLD.as_bytes())]).is(200));
    let path = format!("/works/{id}/edit/about");
    for head in ["", "head=&", "head=12&", "head=x-0000000000000000&"] {
        writer.send(&path, &format!("{head}title=Blind")).is(400);
    }
    writer.get(&path).is(200).sees_no("Blind");
}

#[test]
fn what_is_scheduled_is_posted_by_itself() {
    let site = site();
    let writer = Writer::new(&site);
    let id = writer.draft(&writer.upload(&[("old.txt", OLD.as_bytes())]).is(200));
    let path = format!("/works/{id}/edit/about");
    for (when, told) in [("", "when?"), ("2001-01-01T00%3A00", "over"), ("soon", "when?")] {
        let form = format!("act=schedule&head={}&title=Later&post_at={when}", writer.head(&id));
        writer.send(&path, &form).is(409).sees(told);
    }
    let form =
        format!("act=schedule&head={}&title=Later&post_at=2199-01-01T00%3A00", writer.head(&id));
    writer.send(&path, &form).is(303);
    writer.get(&path).is(200).sees("to be posted on 2199-01-01T00:00 UTC");
    site.get(&format!("/works/{id}")).is(404);
    let form = format!("act=unschedule&head={}&title=Later", writer.head(&id));
    writer.send(&path, &form).is(303);
    writer.get(&path).is(200).sees_no("to be posted on");
}

#[test]
fn uploads_are_only_for_writers_and_tell_of_every_file() {
    let site = site();
    site.get("/write/upload").is(403);
    site.upload("/write/upload", &[("a.txt", b"text")], &[OWN]).is(403);
    let writer = Writer::new(&site);
    let mixed: [(&str, &[u8]); 4] = [
        ("../../one.txt", b"Title: One\n\nA lamp was lit in the harbour that evening.\n"),
        ("two.bin", b"\x00\x01\x02\xff\xfe\x00nothing"),
        ("three.html", b"<title>Three</title><p>It rained on the <b onclick=x>weir</b>.</p>"),
        ("empty.txt", b""),
    ];
    let page = writer.upload(&mixed).is(200);
    page.sees(">One</a>").sees(">Three</a>").sees("two.bin").sees_no("..").sees_no("onclick");
    let json = site.upload(
        "/write/upload",
        &[("four.md", b"# Four\n\nIt stopped.\n")],
        &[OWN, ("cookie", &writer.cookie), ("accept", "application/json")],
    );
    json.is(200).sees("\"title\":\"Four\"").sees("/edit/about");
    writer.upload(&[]).is(200).sees("aria-live=\"polite\"></ul>");
    // Drafts are found in no list, by nobody.
    site.get("/").is(200).sees("<strong>1 work</strong>");
}

#[test]
fn what_was_said_to_be_taken_and_posted_is_there_after_a_kill() {
    let mut site = site();
    let cookie = site.sign_in();
    for round in 0..5 {
        // What was said to be there: its number, its words, and whether readers were to see it.
        let said: Mutex<Vec<(String, String, bool)>> = Mutex::default();
        std::thread::scope(|scope| {
            let poster = scope.spawn(|| while post_one(&site, &cookie, round, &said).is_some() {});
            let posted = || said.lock().expect("whole").iter().any(|(.., posted)| *posted);
            while !posted() && !poster.is_finished() {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(round * 41));
            site.kill();
        });
        site.start_again();
        let (sound, told) = site.beside_output(&["check"]);
        assert!(sound, "{told}");
        let writer = Writer { site: &site, cookie: cookie.clone() };
        for (id, words, posted) in said.into_inner().expect("whole") {
            writer
                .get(&format!("/works/{id}/edit/chapters/1"))
                .is(200)
                .sees(&words)
                .sees("The end.");
            let page = site.get(&format!("/works/{id}/chapters/1"));
            // The last one may have been posted without being said to be.
            if posted || page.status != 404 {
                page.is(200).sees(&words).sees("The end.");
                site.get(&format!("/works/{id}")).is(200).sees("Isles");
            }
        }
    }
}

/// Hands in a file and posts it, noting what was said to be done; nothing once there is no answer.
fn post_one(
    site: &Site,
    cookie: &str,
    round: u64,
    said: &Mutex<Vec<(String, String, bool)>>,
) -> Option<()> {
    let number = said.lock().expect("whole").len();
    let words = format!("Round {round}, file {number}, a lamp.");
    let text = format!("{words}\n\n{}\n\nThe end.\n", crate::library::prose(number, 20));
    let (own, headers) = (("cookie", cookie), |own| [OWN, own]);
    let answer = site.try_upload("/write/upload", &[("a.txt", text.as_bytes())], &headers(own))?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = answer.text();
    let id = page.split("href=\"/works/").nth(1).and_then(|rest| rest.split('/').next());
    let id = id.expect("a draft").to_owned();
    said.lock().expect("whole").push((id.clone(), words, false));
    let page = site.try_get(&format!("/works/{id}/edit/about"), &headers(own))?;
    let head = head_in(&page);
    let form =
        format!("act=post&head={head}&title=Lamp+{round}+{number}&fandoms=Isles&rating=Mature");
    let answer = site.try_send(&format!("/works/{id}/edit/about"), &form, &headers(own))?;
    assert_eq!(answer.status, 200, "{}", answer.text());
    said.lock().expect("whole").last_mut().expect("one").2 = true;
    Some(())
}

/// A form's text for what may be long.
fn long(chars: usize) -> String {
    "é".repeat(chars).bytes().map(|byte| format!("%{byte:02x}")).collect()
}

#[test]
fn a_limit_that_is_lowered_is_said_when_a_work_is_posted_and_not_before() {
    let mut site = Site::set(
        &[("a.txt", "Title: A Stone of some length\n\nThe stone lay where it lay.\n")],
        &[("FANFOLD_LIMITS_TITLE_CHARS", "400".to_owned())],
    );
    let (id, path, stone) = {
        let writer = Writer::new(&site);
        let begun = writer.send("/write/new", "title=Begun&text=The+tide+was+out.").is(303);
        let id = begun.header("location").split('/').nth(2).expect("a work").to_owned();
        let path = format!("/works/{id}/edit/about");
        let refused = format!("act=post&head={}&title={}", writer.head(&id), long(401));
        writer.send(&path, &refused).is(409).sees("at most 400 fit here").sees("Not saved yet");
        let form = format!("act=post&head={}&title={}", writer.head(&id), long(300));
        writer.send(&path, &form).is(303);
        writer.get(&path).is(200).sees("At most 400 characters");
        (id, path, site.work("A Stone of some length"))
    };
    site.start_again_in(&[("FANFOLD_LIMITS_TITLE_CHARS", "10".to_owned())]);
    let writer = Writer::new(&site);
    // It is read and edited as before.
    site.get(&format!("/works/{id}")).is(200);
    writer.get(&path).is(200).sees("At most 10 characters");
    let form = format!("act=save&head={}&title={}&summary=A+day.", writer.head(&id), long(300));
    writer.send(&path, &form).is(303);
    let form = format!("act=post&head={}&title={}&summary=Two.", writer.head(&id), long(300));
    let page = writer.send(&path, &form).is(409);
    page.sees("Saved as a draft, but it cannot be posted").sees("id=\"title-fault\"");
    site.get(&format!("/works/{id}")).is(200).sees_no("Two.").sees_no("A day.");
    writer.send(&format!("/works/{id}/edit/act"), "act=post").is(409).sees("at most 10 fit");
    // The form that was shown again can be sent again.
    let form = format!("act=post&head={}&title=Short&summary=Two.", writer.head(&id));
    writer.send(&path, &form).is(303);
    site.get(&format!("/works/{id}")).is(200).sees("Two.");
    // What a file brought stays as it came, until somebody changes it.
    let number = stone.split('/').nth(2).expect("a number").to_owned();
    let about = format!("{stone}/edit/about");
    let form = |title: &str, head: String| format!("act=post&head={head}&title={title}&summary=x");
    writer.send(&about, &form("A+Stone+of+some+length", writer.head(&number))).is(303);
    site.get(&stone).is(200).sees("A Stone of some length");
    let longer = form("A+Stone+of+any+length+now", writer.head(&number));
    writer.send(&about, &longer).is(409).sees("at most 10 fit here");
}

#[test]
fn a_nonsense_limit_keeps_the_site_from_starting() {
    let site = site();
    for (nonsense, said) in [("0", "a number from 1 to 2000"), ("-3", "“-3”"), ("many", "“many”")]
    {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_fanfold"))
            .args(["config", "--data", "/nonexistent"])
            .env("FANFOLD_LIMITS_TAGS", nonsense)
            .output()
            .expect("the program runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && told.contains("limits.tags"), "{told}");
        assert!(told.contains(said), "{told}");
    }
    let (_, listed) = site.beside_output(&["config"]);
    assert!(listed.contains("limits.tags = 75  (default)"), "{listed}");
    assert!(listed.contains("FANFOLD_LIMITS_TAGS"), "{listed}");
}
