//! The pages for writing: who sees them, what they save, what they keep when two save at once, and
//! what is there after the server was killed.

use ureq::http::Method;

use crate::library::prose;
use crate::site::{Answer, Site};

/// A site with one story, and its owner's cookie.
struct Desk {
    site: Site,
    cookie: String,
    work: String,
}

impl Desk {
    fn new() -> Desk {
        let site = Site::with(&[("The Lamp.txt", &format!("The Lamp\n\n{}", prose(1, 6)))]);
        let cookie = site.sign_in();
        let work = site.work("The Lamp");
        Desk { site, cookie, work }
    }

    fn get(&self, path: &str) -> Answer {
        self.site.ask(Method::GET, path, &[("cookie", &self.cookie)])
    }

    fn send(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let form: Vec<String> =
            form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let headers = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        self.site.send(path, &form.join("&"), &headers)
    }

    /// What a script sends; the answer as JSON.
    fn save(&self, path: &str, head: &str, sitting: &str, text: &str) -> (u16, serde_json::Value) {
        let sent = serde_json::json!({
            "head": head, "sitting": sitting, "fields": {"text": {"html": text}},
        });
        let headers = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let answer = self.site.send(path, &sent.to_string(), &headers);
        let value = serde_json::from_slice(&answer.body).unwrap_or_default();
        (answer.status, value)
    }

    /// The head that the editor of the first chapter is shown.
    fn head(&self) -> String {
        attribute(&self.get(&format!("{}/edit/chapters/1", self.work)).is(200), "data-head")
    }
}

fn attribute(page: &Answer, name: &str) -> String {
    attribute_after(page, "", name)
}

/// The attribute that comes next after a part of the page.
fn attribute_after(page: &Answer, part: &str, name: &str) -> String {
    let text = page.text();
    let text = text.split_once(part).expect("the part").1;
    let start = text.find(&format!("{name}=\"")).expect("the attribute") + name.len() + 2;
    let end = text[start..].find('"').expect("its end") + start;
    text[start..end].to_owned()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

#[test]
fn nobody_else_finds_where_people_write() {
    let desk = Desk::new();
    let (site, work) = (&desk.site, &desk.work);
    let pages = [
        "/write".to_owned(),
        "/write/new".to_owned(),
        format!("{work}/edit"),
        format!("{work}/edit/chapters/1"),
        format!("{work}/revisions"),
        format!("{work}/revisions/compare?from=1&to=1"),
    ];
    for path in &pages {
        // That one could write is no secret; what is written is.
        let refused = if path.starts_with("/write") { 403 } else { 404 };
        site.get(path).is(refused);
        desk.get(path).is(200);
    }
    let absent = site.get("/works/999/edit").is(404).text();
    assert_eq!(site.get(&format!("{work}/edit")).text(), absent, "hidden looks like absent");
    let own = [("sec-fetch-site", "same-origin")];
    for path in [
        "/write/new".to_owned(),
        format!("{work}/edit"),
        format!("{work}/edit/act"),
        format!("{work}/edit/chapters/1"),
        format!("{work}/revisions/act"),
    ] {
        let form = "title=x&text=x&head=1-0000000000000000&act=bin&revision=1";
        site.send(&path, form, &own).is(if path.starts_with("/write") { 403 } else { 404 });
    }
    for path in [format!("{work}/edit/save"), format!("{work}/edit/chapters/1/save")] {
        let sent = r#"{"head":"1-0000000000000000","fields":{}}"#;
        site.send(&path, sent, &own).is(403);
    }
    site.send("/write/convert", r#"{"from":"html","to":"html","text":"x"}"#, &own).is(403);
    // Nor does anything come from other sites, whoever's browser sends it.
    let elsewhere = [("cookie", desk.cookie.as_str()), ("sec-fetch-site", "cross-site")];
    site.send(&format!("{work}/edit/act"), "act=bin", &elsewhere).is(403);
    site.get(work).is(200).sees("The Lamp");
}

#[test]
fn a_work_is_begun_tweaked_and_posted_without_a_script() {
    let desk = Desk::new();
    let site = &desk.site;
    desk.send("/write/new", &[("title", " "), ("text", "*Once.*")])
        .is(422)
        .sees("needs a title")
        .sees("*Once.*");
    let text = "*Once*, it rained.\r\n\r\n***\r\n\r\nThen it stopped.";
    let begun = desk.send("/write/new", &[("title", "Rain & Co"), ("text", text)]).is(303);
    let edit = begun.header("location").to_owned();
    let work = edit.strip_suffix("/edit").expect("the work").to_owned();
    desk.get("/write").sees("Rain &#38; Co").sees("Readers do not see these");
    for page in [work.as_str(), &format!("{work}/chapters/1"), &format!("{work}/download/epub")] {
        site.get(page).is(404);
    }
    site.get("/").sees_no("Rain &#38; Co");
    let editor = format!("{edit}/chapters/1");
    let head = attribute(&desk.get(&editor).sees("<em>Once</em>, it rained."), "data-head");
    let save = [("head", head.as_str()), ("title", "First"), ("text", "It *poured*.")];
    assert_eq!(desk.send(&editor, &save).is(303).header("location"), format!("{editor}?saved"));
    // The same page, sent again, knows an older text.
    let late = [("head", head.as_str()), ("title", "First"), ("text", "It drizzled.")];
    desk.send(&editor, &late).is(409).sees("It drizzled.").sees("<del>poured</del>");
    desk.get(&format!("{work}/revisions")).sees("kept beside the draft");
    desk.send(&format!("{edit}/act"), &[("act", "post")]).is(303);
    site.get_until(&work, |answer| answer.status == 200).sees("Rain &#38; Co");
    site.get(&format!("{work}/chapters/1")).sees("<em>poured</em>").sees("First");
    site.get_until("/?sort=title", |answer| answer.text().contains("Rain &#38; Co"));
    // Back into the bin, and out again.
    desk.send(&format!("{edit}/act"), &[("act", "bin")]).is(303);
    site.get(&work).is(404);
    site.get_until("/?sort=title", |answer| !answer.text().contains("Rain &#38; Co"));
    desk.get("/write").sees("In the bin");
    desk.send(&format!("{edit}/act"), &[("act", "take out")]).is(303);
    site.get(&work).is(200);
}

#[test]
fn chapters_are_added_split_joined_moved_and_deleted() {
    let desk = Desk::new();
    let edit = format!("{}/edit", desk.work);
    let act = format!("{edit}/act");
    desk.send(&act, &[("act", "split"), ("chapter", "1"), ("paragraph", "3")]).is(303);
    desk.send(&act, &[("act", "split"), ("chapter", "1"), ("paragraph", "1")])
        .is(409)
        .sees("no such paragraph");
    let added = desk.send(&act, &[("act", "add")]).is(303);
    assert_eq!(added.header("location"), format!("{edit}/chapters/3"));
    let head = attribute(&desk.get(&format!("{edit}/chapters/3")), "data-head");
    let save = [("head", head.as_str()), ("title", "Third"), ("text", "The end, for now.")];
    desk.send(&format!("{edit}/chapters/3"), &save).is(303);
    let order = [("act", "order"), ("place-1", "1"), ("place-2", "2"), ("place-3", "1")];
    desk.send(&act, &order).is(303);
    let page = desk.get(&edit).text();
    let places: Vec<usize> = ["chapters/3\"", "chapters/1\"", "chapters/2\""]
        .iter()
        .map(|link| page.find(link).expect("a link"))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    // A place may be any number: the farthest is the last.
    let (far, farther) = (i64::MAX.to_string(), i64::MIN.to_string());
    let order = [("act", "order"), ("place-3", &far), ("place-1", "1"), ("place-2", &farther)];
    desk.send(&act, &order).is(303);
    let page = desk.get(&edit).text();
    assert!(page.find("chapters/2\"") < page.find("chapters/1\""), "{page}");
    assert!(page.find("chapters/1\"") < page.find("chapters/3\""), "{page}");
    let order = [("act", "order"), ("place-1", "2"), ("place-2", "3"), ("place-3", "1")];
    desk.send(&act, &order).is(303);
    desk.send(&act, &[("act", "merge"), ("chapter", "1")]).is(303);
    desk.get(&edit).sees("Chapters in the bin");
    desk.send(&act, &[("act", "bin"), ("chapter", "3")]).is(303);
    let lost = desk.send(&format!("{edit}/chapters/3"), &save);
    lost.is(409).sees("deleted meanwhile");
    desk.send(&act, &[("act", "bin"), ("chapter", "1")]).is(409).sees("one chapter at least");
    desk.send(&act, &[("act", "take out"), ("chapter", "3")]).is(303);
    desk.send(&act, &[("act", "post")]).is(303);
    desk.site.get(&format!("{}/chapters/1", desk.work)).sees("The end, for now.");
    // Whole and in one piece: what was split and joined is what it was.
    let joined = desk.site.get(&format!("{}/chapters/2", desk.work)).text();
    assert_eq!(joined.matches("waited.").count(), 6, "{joined}");
    assert!(desk.site.beside_output(&["check"]).0);
}

#[test]
fn chapters_that_are_too_long_together_are_not_joined() {
    let desk = Desk::new();
    let edit = format!("{}/edit", desk.work);
    let act = format!("{edit}/act");
    desk.send(&act, &[("act", "add")]).is(303);
    let long = "The lamp was lit, and nobody saw. ".repeat(15_000);
    for chapter in 1..=2 {
        let path = format!("{edit}/chapters/{chapter}");
        let head = attribute(&desk.get(&path), "data-head");
        desk.send(&path, &[("head", head.as_str()), ("title", ""), ("text", &long)]).is(303);
    }
    desk.send(&act, &[("act", "merge"), ("chapter", "1")]).is(409).sees("longer than a chapter");
    desk.get(&format!("{edit}/chapters/2")).sees("nobody saw");
}

#[test]
fn a_chapter_is_split_where_the_cursor_stands_unless_somebody_saved_it() {
    let desk = Desk::new();
    let (edit, head) = (format!("{}/edit", desk.work), desk.head());
    let split = |head: &str, first: &str, second: &str| {
        let sent = serde_json::json!({"head": head, "first": first, "second": second});
        let headers = [("cookie", desk.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        desk.site.send(&format!("{edit}/chapters/1/split"), &sent.to_string(), &headers)
    };
    for (first, second) in [("", "<p>b</p>"), ("<p>a</p>", "<hr>"), ("<script>x</script>", "b")] {
        split(&head, first, second).is(422).sees("one side");
    }
    split("x", "<p>a</p>", "<p>b</p>").is(400);
    split("1-0000000000000000", "<p>a</p>", "<p>b</p>").is(422).sees("meanwhile");
    let bad = "<p>a<script>alert(1)</script></p><hr>";
    let answer = split(&head, bad, "<hr><p onclick=\"x\">b</p>").is(200);
    answer.sees(&format!("{edit}/chapters/2"));
    desk.get(&format!("{edit}/chapters/1")).sees("<p>a</p></template>");
    desk.get(&format!("{edit}/chapters/2")).sees("<p>b</p></template>");
    split(&head, "<p>a</p>", "<p>b</p>").is(422).sees("meanwhile");
}

#[test]
fn what_is_held_back_stays_so_in_two_and_is_not_joined_to_what_is_posted() {
    let desk = Desk::new();
    let (edit, act) = (format!("{}/edit", desk.work), format!("{}/edit/act", desk.work));
    desk.send(&act, &[("act", "split"), ("chapter", "1"), ("paragraph", "5")]).is(303);
    desk.send(&act, &[("act", "hold"), ("chapter", "2")]).is(303);
    desk.send(&act, &[("act", "merge"), ("chapter", "1")]).is(409).sees("held back");
    desk.send(&act, &[("act", "split"), ("chapter", "2"), ("paragraph", "2")]).is(303);
    assert_eq!(desk.get(&edit).text().matches(", held back</span>").count(), 2);
    desk.send(&act, &[("act", "post")]).is(303);
    let shown = desk.site.get(&format!("{}/entire", desk.work)).text();
    assert_eq!(shown.matches("waited.").count(), 4, "{shown}");
}

#[test]
fn a_draft_is_tidied_up_once_it_was_seen_what_would_change() {
    let desk = Desk::new();
    let tidy = format!("{}/edit/tidy", desk.work);
    let text = "\"It's *late*,\" she said -- and  waited...\r\n\r\n<p>&nbsp;</p>\r\n\r\n\\*\\*\\*\r\n\r\nDawn.";
    let form = [("head", desk.head()), ("title", "One".to_owned()), ("text", text.to_owned())];
    let form: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    desk.send(&format!("{}/edit/chapters/1", desk.work), &form).is(303);
    desk.get(&tidy).is(200).sees("Show what would change").sees_no("Tidy up 1");
    let choices = "quotes=curly&dashes=em&ellipses=sign&spaces=on&empty=on&breaks=on";
    let page = desk.get(&format!("{tidy}?{choices}")).is(200);
    let page = page.sees("<ins>“</ins>").sees("<ins>’</ins>").sees("<ins>…</ins>");
    let page = page.sees("Scene breaks").sees("Several spaces").sees("Empty paragraphs");
    let seen = attribute_after(&page, "name=\"head\"", "value");
    // Whoever saves in between is not tidied over.
    let saved = [("act", "add")];
    desk.send(&format!("{}/edit/act", desk.work), &saved).is(303);
    let mut form: Vec<(&str, &str)> =
        choices.split('&').filter_map(|one| one.split_once('=')).collect();
    form.push(("head", &seen));
    let page = desk.send(&tidy, &form).is(409).sees("Nothing was tidied yet");
    let seen = attribute_after(&page, "name=\"head\"", "value");
    form.pop();
    form.push(("head", &seen));
    let shown = desk.send(&tidy, &form).is(303).header("location").to_owned();
    desk.get(&shown).is(200).sees("Have this as it was").sees("<ins>");
    let page = desk.get(&format!("{}/edit/chapters/1", desk.work));
    page.sees("<p>“It’s <em>late</em>,” she said—and waited…</p><hr/><p>Dawn.</p>");
    desk.get(&format!("{tidy}?{choices}")).is(200).sees("Nothing would change");
    desk.get(&format!("{tidy}?quotes=nonsense")).is(200);
}

#[test]
fn the_script_saves_and_two_windows_do_not_overwrite_each_other() {
    let desk = Desk::new();
    let path = format!("{}/edit/chapters/1/save", desk.work);
    let old = desk.head();
    let (status, kept) = desk.save(&path, &old, "one", "<p>It <b>rained</b>.</p>");
    assert_eq!((status, &kept["words"]["chapter"]), (200, &serde_json::json!(2)));
    let head = kept["head"].as_str().expect("a head").to_owned();
    let (status, told) = desk.save(&path, &old, "two", "<p>It snowed.</p>");
    assert_eq!(status, 409, "{told}");
    assert_eq!(told["yours"]["text"]["html"], "<p>It snowed.</p>");
    assert_eq!(told["theirs"]["text"]["html"], "<p>It <b>rained</b>.</p>");
    assert_eq!(told["head"], head);
    desk.get(told["compare"].as_str().expect("a page")).is(200).sees("<ins>snowed</ins>");
    let (status, _) = desk.save(&path, &head, "two", "<p>It snowed.</p>");
    assert_eq!(status, 200);
    // What is not of the document is not kept.
    let head = desk.head();
    let evil = "<p onclick=\"x()\">Fair<script>x()</script></p><iframe src=\"//evil\"></iframe>";
    assert_eq!(desk.save(&path, &head, "two", evil).0, 200);
    let page = desk.get(&format!("{}/edit/chapters/1", desk.work));
    page.sees("data-html-of=\"text\"><p>Fair</p></template>").sees_no("onclick");
    let head = desk.head();
    assert_eq!(desk.save(&path, "nonsense", "two", "<p>x</p>").0, 400);
    // A draft keeps more than may be posted, and that has an end, too.
    assert_eq!(desk.save(&path, &head, "two", &"long ".repeat(120_000)).0, 200);
    desk.send(&format!("{}/edit/act", desk.work), &[("act", "post")])
        .is(409)
        .sees("at most 510000 fit");
    assert_eq!(desk.save(&path, &desk.head(), "two", &"long ".repeat(200_000)).0, 422);
    assert_eq!(desk.site.get(&desk.work).status, 200, "readers still see the posted text");
    desk.site.get(&format!("{}/chapters/1", desk.work)).sees_no("Fair");
}

#[test]
fn changes_that_do_not_touch_each_other_are_offered_together() {
    let desk = Desk::new();
    let path = format!("{}/edit/chapters/1/save", desk.work);
    let first = desk.save(&path, &desk.head(), "a", "<p>One.</p><p>Two.</p><p>Three.</p>").1;
    let base = first["head"].as_str().expect("a head");
    // Named, so that the next save is a revision of its own and the base is known.
    let revision = base.split('-').next().expect("a number");
    let name = [("act", "name"), ("revision", revision), ("name", "Base")];
    desk.send(&format!("{}/revisions/act", desk.work), &name).is(303);
    desk.save(&path, base, "a", "<p>One!</p><p>Two.</p><p>Three.</p>");
    let (status, told) = desk.save(&path, base, "b", "<p>One.</p><p>Two.</p><p>Three!</p>");
    assert_eq!(status, 409);
    assert_eq!(told["merged"]["text"]["html"], "<p>One!</p><p>Two.</p><p>Three!</p>");
}

#[test]
fn an_old_text_comes_back_whole_or_by_the_paragraph() {
    let desk = Desk::new();
    let path = format!("{}/edit/chapters/1/save", desk.work);
    desk.save(&path, &desk.head(), "a", "<p>One.</p><p>Two two.</p><p>Three.</p>");
    let old = desk.head();
    let old = old.split('-').next().expect("a number");
    desk.save(&path, &desk.head(), "b", "<p>One!</p><p>Two.</p><p>Three.</p>");
    let head = desk.head();
    let now = head.split('-').next().expect("a number");
    let page = desk.get(&format!("{}/revisions/compare?from={old}&to={now}", desk.work));
    page.is(200).sees("<del> two</del>").sees("Have this as it was");
    let acts = format!("{}/revisions/act", desk.work);
    let paragraph = [
        ("act", "paragraph"),
        ("revision", old),
        ("chapter", "1"),
        ("head", head.as_str()),
        ("line", "1"),
    ];
    desk.send(&acts, &paragraph).is(303);
    let editor = format!("{}/edit/chapters/1", desk.work);
    desk.get(&editor).sees("><p>One!</p><p>Two two.</p><p>Three.</p></template>");
    desk.send(&acts, &[("act", "restore"), ("revision", old)]).is(303);
    desk.get(&editor).sees("><p>One.</p><p>Two two.</p><p>Three.</p></template>");
    desk.get(&format!("{}/revisions", desk.work)).sees("restored from revision");
    let beside = format!("{}/revisions/compare?from={now}&to={old}&view=beside", desk.work);
    desk.get(&beside).is(200).sees("<del>!</del>");
    desk.send(&acts, &[("act", "restore"), ("revision", "999")]).is(404);
}

#[test]
fn views_are_converted_both_ways_and_pastes_are_cleaned() {
    let desk = Desk::new();
    let convert = |from: &str, to: &str, text: &str| {
        let sent = serde_json::json!({"from": from, "to": to, "text": text}).to_string();
        let headers = [("cookie", desk.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let answer = desk.site.send("/write/convert", &sent, &headers).is(200);
        let value: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        value["text"].as_str().expect("a text").to_owned()
    };
    let html = "<p>It <em>rained</em>.</p><hr/><p>1. Not a list</p>";
    let markdown = convert("html", "markdown", html);
    assert_eq!(convert("markdown", "html", &markdown), html);
    let word = "<p class=MsoNormal style='margin:0'><b style='mso-x:1'>Bold</b><o:p></o:p></p>";
    let clean = convert("html", "html", word);
    assert!(clean.contains("<b>Bold</b>") && !clean.contains("style"), "{clean}");
}

#[test]
fn what_was_said_to_be_saved_is_there_after_a_kill() {
    let mut desk = Desk::new();
    let path = format!("{}/edit/chapters/1/save", desk.work);
    for round in 0..6 {
        let said = std::sync::Mutex::new((desk.head(), String::new()));
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0.. {
                    let (head, _) = said.lock().expect("whole").clone();
                    let text = format!("<p>Round {round}, save {number}.</p>");
                    match desk.try_save(&path, &head, &format!("s{}", number / 7), &text) {
                        Some(head) => *said.lock().expect("whole") = (head, text),
                        None => break,
                    }
                }
                stop.store(true, std::sync::atomic::Ordering::SeqCst);
            });
            // Somewhere among the saves, but not before the first.
            while said.lock().expect("whole").1.is_empty() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            std::thread::sleep(std::time::Duration::from_millis(round * 37));
            desk.site.kill();
        });
        assert!(stop.into_inner(), "saving ended with the server");
        let said = said.into_inner().expect("whole").1;
        desk.site.start_again();
        desk.cookie = desk.site.sign_in();
        let page = desk.get(&format!("{}/edit/chapters/1", desk.work)).is(200).text();
        // The last one may have been kept without being said.
        let next = said.split("save ").nth(1).and_then(|rest| rest.split('.').next());
        let number: u64 = next.and_then(|number| number.parse().ok()).expect("something was saved");
        let later = format!("<p>Round {round}, save {}.</p>", number + 1);
        assert!(page.contains(&said) || page.contains(&later), "{said} is not in {page}");
        let (sound, told) = desk.site.beside_output(&["check"]);
        assert!(sound, "{told}");
    }
}

impl Desk {
    /// Saves, if the server is there; the new head.
    fn try_save(&self, path: &str, head: &str, sitting: &str, text: &str) -> Option<String> {
        let sent = serde_json::json!({
            "head": head, "sitting": sitting, "fields": {"text": {"html": text}},
        });
        let headers = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let answer = self.site.try_send(path, &sent.to_string(), &headers)?;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let value: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        value["head"].as_str().map(str::to_owned)
    }
}
