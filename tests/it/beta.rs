//! Beta readers on the site: the whole way of a draft that somebody else reads, what a link does
//! not give, and what is sent to it by people who mean no good.

use ureq::http::Method;

use crate::people::{OWN, cast, join};
use crate::site::{Answer, Site};

const STORY: &str = "The Lamp\n\nThe lamp went out at nine, and the keeper counted the boats.\n\n\
    There was one too few. The tide had turned an hour before, and nobody had seen it turn.\n\n\
    “No,” she said, and took the stairs two at a time.\n";

/// A site with a draft, its writer's cookie, and a link for beta readers.
struct Draft {
    site: Site,
    writer: String,
    work: String,
    link: String,
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

fn send(site: &Site, path: &str, cookie: &str, form: &[(&str, &str)]) -> Answer {
    let form: Vec<String> =
        form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    site.send(path, &form.join("&"), &[OWN, ("cookie", cookie)])
}

/// The path of the link that a page shows this once.
fn shown(answer: &Answer) -> String {
    let text = answer.text();
    let rest = text.split("class=\"secret\" href=\"").nth(1).unwrap_or_else(|| panic!("{text}"));
    rest.split('"').next().expect("an end").to_owned()
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

impl Draft {
    fn new() -> Draft {
        let site = Site::with(&[("a.txt", "The tide was out.")]);
        let writer = site.sign_in();
        let begun = send(&site, "/write/new", &writer, &[("title", "The Lamp"), ("text", "x")]);
        let edit = begun.is(303).header("location").to_owned();
        let work = edit.strip_suffix("/edit").expect("a work").to_owned();
        let mut draft = Draft { site, writer, work, link: String::new() };
        draft.write(STORY.split_once("\n\n").expect("a title").1);
        draft.link = draft.make("Mina’s read");
        draft
    }

    fn make(&self, name: &str) -> String {
        shown(&self.decide(&[("act", "make"), ("name", name)]).is(200))
    }

    fn desk(&self) -> String {
        format!("{}/edit/beta", self.work)
    }

    /// What the writer sees.
    fn see(&self, path: &str) -> Answer {
        self.site.ask(Method::GET, path, &[("cookie", &self.writer)])
    }

    fn decide(&self, form: &[(&str, &str)]) -> Answer {
        send(&self.site, &self.desk(), &self.writer, form)
    }

    /// Writes the first chapter anew.
    fn write(&self, text: &str) {
        let path = format!("{}/edit/chapters/1", self.work);
        let page = self.see(&path).is(200).text();
        let head = page.split("data-head=\"").nth(1).and_then(|rest| rest.split('"').next());
        let form = [("head", head.expect("a head")), ("title", ""), ("text", text)];
        send(&self.site, &path, &self.writer, &form).is(303);
    }

    /// The first chapter of the draft, as Markdown.
    fn text(&self) -> String {
        let page = self.see(&format!("{}/edit/chapters/1", self.work)).is(200).text();
        let rest = page.split("name=\"text\"").nth(1).expect("a box");
        let text = rest.split_once(">\n").expect("its text").1;
        text.split("</textarea>").next().expect("its end").to_owned()
    }

    fn chapter(&self, cookie: &str) -> Answer {
        let path = format!("{}/chapters/1", self.link);
        self.site.ask(Method::GET, &path, &[("cookie", cookie)])
    }

    /// Says something as somebody with a cookie, or without one.
    fn say(&self, cookie: &str, form: &[(&str, &str)]) -> Answer {
        let mut all = vec![("chapter", "1"), ("name", "Mina")];
        all.extend_from_slice(form);
        send(&self.site, &format!("{}/act", self.link), cookie, &all)
    }

    /// Suggests words for some that stand once in a paragraph.
    fn suggest(&self, cookie: &str, paragraph: &str, quote: &str, instead: &str) -> Answer {
        let form =
            [("act", "passage"), ("paragraph", paragraph), ("quote", quote), ("instead", instead)];
        self.say(cookie, &form)
    }

    /// The key of an open remark that says this, as the writer's page names it.
    fn remark(&self, says: &str) -> String {
        let page = self.see(&self.desk()).is(200).text();
        let mut rows = page.split("<li id=\"r").skip(1);
        let row = rows.find(|row| row.contains(says)).unwrap_or_else(|| panic!("{says}: {page}"));
        row.split('"').next().expect("a key").to_owned()
    }

    fn revisions(&self) -> usize {
        let page = self.see(&format!("{}/revisions", self.work)).is(200).text();
        page.matches("name=\"from\"").count()
    }
}

#[test]
fn a_draft_is_read_remarked_on_and_better_for_it() {
    let draft = Draft::new();
    let site = &draft.site;
    site.get(&draft.work).is(404);
    let contents = site.get(&draft.link).is(200).sees("Mina’s read").sees("The Lamp");
    assert_eq!(contents.header("cache-control"), "no-store");
    assert!(contents.header("x-robots-tag").contains("noindex"));
    assert_eq!(contents.header("set-cookie"), "", "nobody is known for reading");
    let page = draft.chapter("").is(200).sees("The lamp went out at nine").sees("name=\"robots\"");
    assert_eq!((page.header("cache-control"), page.header("set-cookie")), ("no-store", ""));
    // Without a script: a comment and changed words from one form.
    let form = format!("{}/chapters/1/remark?paragraph=1", draft.link);
    site.get(&form).is(200).sees("There was one too few.");
    let changed = "There was one too few. The tide had turned hours ago, and no one saw it turn.";
    let said = [
        ("act", "remark"),
        ("paragraph", "1"),
        ("said", "Which boat?"),
        ("quote", "one too few"),
        ("text", changed),
    ];
    let sent = draft.say("", &said).is(303);
    assert!(sent.header("set-cookie").contains("; Path=/beta/; "), "{:?}", sent.headers);
    let mina = cookie(&sent);
    let place = sent.header("location").to_owned();
    assert_eq!(place, format!("{}/chapters/1#at-1", draft.link));
    draft
        .chapter(&mina)
        .sees("Which boat?")
        .sees("<del>an hour before</del> <ins>hours ago</ins>")
        .sees("without an account")
        .sees("value=\"Mina\"");
    // With a script: words chosen in the text.
    draft.suggest(&mina, "0", "lamp", "lantern").is(303);
    draft.suggest(&mina, "2", "two at a time", "three at a time").is(303);
    draft.see(&format!("{}/edit", draft.work)).sees("Beta readers (");
    // The writer goes on writing; what is read stays, what is suggested finds its place.
    draft.write(
        "Fog came.\n\n“No,” she said, and took the stairs two at a time.\n\n\
         The *lamp* went out at nine, and the keeper counted the boats.\n\n\
         There was one too few. The tide had turned an hour before, and nobody had seen it turn.",
    );
    draft.chapter(&mina).sees("The lamp went out").sees_no("Fog came");
    let before = draft.revisions();
    let accept = |says: &str| {
        let id = draft.remark(says);
        draft.decide(&[("act", "accept"), ("remark", &id), ("answer", "Yes!")])
    };
    accept("<ins>lantern</ins>").is(303);
    assert!(draft.text().contains("The *lantern* went out at nine"), "{}", draft.text());
    assert_eq!(draft.revisions(), before + 1);
    draft.see(&format!("{}/revisions", draft.work)).sees("Mina’s suggestion");
    let id = draft.remark("<ins>three at a time</ins>");
    draft.decide(&[("act", "decline"), ("remark", &id)]).is(303);
    assert!(!draft.text().contains("three at a time"));
    let id = draft.remark("Which boat?");
    draft.decide(&[("act", "answer"), ("remark", &id), ("answer", "The Kittiwake.")]).is(303);
    draft.decide(&[("act", "done"), ("remark", &id)]).is(303);
    draft.chapter(&mina).sees("Yes!").sees("accepted").sees("not taken").sees("The Kittiwake.");
    draft.decide(&[("act", "done"), ("remark", &id)]).is(409).sees("decided before");
}

#[test]
fn a_passage_that_changed_is_shown_and_left() {
    let draft = Draft::new();
    let mina = cookie(&draft.suggest("", "1", "an hour before", "hours ago").is(303));
    draft.suggest(&mina, "2", "the stairs", "the ladder").is(303);
    draft.write(
        "The lamp went out at nine, and the keeper counted the boats.\n\n\
         There was one too few. The tide had turned two hours before; nobody had seen it turn.",
    );
    let (text, before) = (draft.text(), draft.revisions());
    let page = draft.see(&draft.desk()).is(200).text();
    assert_eq!(page.matches("This passage has changed since").count(), 2, "{page}");
    assert!(page.contains("two hours before") && page.contains("not in the draft any more"));
    assert!(!page.contains("value=\"accept\""), "{page}");
    for says in ["hours ago", "the ladder"] {
        let id = draft.remark(&format!("<ins>{says}</ins>"));
        draft.decide(&[("act", "accept"), ("remark", &id)]).is(409).sees("nothing was done");
        draft.decide(&[("act", "all"), ("remark", &id)]).is(409).sees("nothing");
    }
    assert_eq!((draft.text(), draft.revisions()), (text, before));
    // The chapter itself may be gone.
    let act = format!("{}/edit/act", draft.work);
    send(&draft.site, &act, &draft.writer, &[("act", "add")]).is(303);
    send(&draft.site, &act, &draft.writer, &[("act", "bin"), ("chapter", "1")]).is(303);
    draft.see(&draft.desk()).is(200).sees("A chapter that the draft no longer has");
    draft.chapter(&mina).is(200).sees("The lamp went out");
}

#[test]
fn all_suggestions_of_one_reader_are_one_revision() {
    let draft = Draft::new();
    let changed = "The lantern went out at ten, and the keeper counted the ships.";
    let form = [("act", "remark"), ("paragraph", "0"), ("text", changed)];
    let mina = cookie(&draft.say("", &form).is(303));
    draft.suggest(&mina, "2", "stairs", "ladder").is(303);
    let lucy = draft.suggest("", "1", "one too few", "one too many").is(303);
    assert_ne!(cookie(&lucy), mina);
    // Another remark of the same words: of two that touch, one waits.
    draft.suggest(&mina, "2", "the stairs two", "the steps two").is(303);
    let page = draft.see(&draft.desk()).is(200).sees("Accept all 5 suggestions").text();
    assert_eq!(page.matches("Accept all").count(), 1, "Lucy has one alone");
    let before = draft.revisions();
    let id = draft.remark("<ins>lantern</ins>");
    let done = draft.decide(&[("act", "all"), ("remark", &id)]).is(303);
    assert!(done.header("location").contains("done=some"), "{:?}", done.headers);
    assert_eq!(draft.revisions(), before + 1);
    let text = draft.text();
    assert!(text.contains(changed) && text.contains("one too few"), "{text}");
    assert!(text.contains("the steps two at a time") || text.contains("the ladder two"), "{text}");
    draft.see(&format!("{}/revisions", draft.work)).sees("Mina’s suggestions (4)");
    draft.see(&draft.desk()).sees("one too many").sees_no("Accept all");
    // One after another, close together: what was accepted is known.
    let near = [("lantern", "light"), ("at ten", "at last"), ("keeper", "watch")];
    for (quote, _) in near {
        assert!(text.contains(quote));
    }
    let link = draft.make("second");
    let again = Draft { link, ..draft };
    for (quote, instead) in near {
        again.suggest(&mina, "0", quote, instead).is(303);
    }
    for (_, instead) in near {
        let id = again.remark(&format!("<ins>{instead}</ins>"));
        again.decide(&[("act", "accept"), ("remark", &id)]).is(303);
    }
    let text = again.text();
    assert!(text.contains("The light went out at last, and the watch counted"), "{text}");
}

#[test]
fn a_link_gives_its_revision_and_nothing_else() {
    let draft = Draft::new();
    let site = &draft.site;
    let absent = site.get("/nowhere").is(404).text();
    let chapter = format!("{}/chapters/1", draft.link);
    let wrong = draft.link.replace(|c: char| c.is_ascii_digit(), "0");
    let upper = format!("/beta/{}", draft.link.trim_start_matches("/beta/").to_uppercase());
    for path in [
        wrong.as_str(),
        &upper,
        "/beta/",
        "/beta/0",
        &format!("{}/chapters/0", draft.link),
        &format!("{}/chapters/2", draft.link),
        &format!("{}/chapters/-1", draft.link),
        &format!("{}/chapters/99999999999999999999", draft.link),
        &format!("{}/chapters/1/remark?paragraph=77", draft.link),
        &format!("{}/chapters/1/remark?paragraph=x", draft.link),
        &format!("{}/chapters/1/remark", draft.link),
        &format!("{}/media/x.png", draft.link),
        &format!("{}/media/{}.png", draft.link, "ab".repeat(32)),
    ] {
        assert_eq!(site.get(path).is(404).text(), absent, "{path}");
    }
    // Whoever has the link sees nothing of the work but this, also not with the cookie of it.
    let mina = cookie(&draft.suggest("", "0", "lamp", "lantern").is(303));
    for path in ["", "/chapters/1", "/entire", "/edit", "/edit/beta", "/revisions"] {
        let path = format!("{}{path}", draft.work);
        assert_eq!(site.ask(Method::GET, &path, &[("cookie", &mina)]).status, 404, "{path}");
    }
    send(site, &draft.desk(), &mina, &[("act", "make"), ("name", "x")]).is(404);
    // Closed, opened, with another secret, in the bin and out of it.
    let page = draft.see(&draft.desk()).text();
    let key = page.split("name=\"beta\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let beta = ("beta", key.expect("a key"));
    let looks_absent = |link: &str| {
        for path in [link.to_owned(), chapter.replace(&draft.link, link)] {
            assert_eq!(site.get(&path).is(404).text(), absent, "{path}");
        }
        let form = [("act", "remark"), ("chapter", "1"), ("paragraph", "0"), ("said", "x")];
        send(site, &format!("{link}/act"), &mina, &form).is(404);
    };
    draft.decide(&[("act", "close"), beta]).is(303);
    looks_absent(&draft.link);
    draft.decide(&[("act", "open"), beta]).is(303);
    site.get(&draft.link).is(200);
    let new = shown(&draft.decide(&[("act", "link"), beta]).is(200));
    looks_absent(&draft.link);
    site.get(&new).is(200);
    let act = format!("{}/edit/act", draft.work);
    send(site, &act, &draft.writer, &[("act", "bin")]).is(303);
    looks_absent(&new);
    draft.see(&draft.desk()).is(404);
    send(site, &act, &draft.writer, &[("act", "take out")]).is(303);
    site.get(&new).is(200).sees("The Lamp");
}

#[test]
fn what_is_sent_without_sense_is_said_kindly_and_not_kept() {
    let draft = Draft::new();
    let long = "é".repeat(5_001);
    let huge = "é".repeat(20_001);
    let remark = ("act", "remark");
    let refused: [&[(&str, &str)]; 9] = [
        &[remark, ("paragraph", "0"), ("said", " \n ")],
        &[remark, ("paragraph", "0"), ("said", &long)],
        &[remark, ("paragraph", "0"), ("text", &huge)],
        &[remark, ("paragraph", "0"), ("said", "x"), ("quote", "not there")],
        &[remark, ("paragraph", "0"), ("said", "x"), ("quote", "the")],
        &[("act", "passage"), ("paragraph", "0"), ("quote", "the"), ("instead", "a")],
        &[("act", "passage"), ("paragraph", "0"), ("quote", ""), ("said", "x")],
        &[("act", "passage"), ("paragraph", "0"), ("quote", "lamp"), ("instead", "lamp")],
        &[("act", "passage"), ("paragraph", "0"), ("quote", "stairs"), ("said", "x")],
    ];
    for form in refused {
        draft.say("", form).is(422).sees("role=\"alert\"");
    }
    let mut nameless = vec![("chapter", "1"), ("name", "\u{7}\n")];
    nameless.extend([remark, ("paragraph", "0"), ("said", "I typed <b>this</b>")]);
    let act = format!("{}/act", draft.link);
    send(&draft.site, &act, "", &nameless)
        .is(422)
        .sees("Say who you are")
        .sees("I typed &#60;b&#62;this&#60;/b&#62;");
    for form in [
        &[remark, ("paragraph", "-1"), ("said", "x")][..],
        &[remark, ("said", "x")],
        &[("act", "own"), ("paragraph", "0"), ("said", "x")],
        &[("act", "back"), ("remark", "x")],
    ] {
        draft.say("", form).is(400);
    }
    draft.say("", &[remark, ("paragraph", "77"), ("said", "x")]).is(404);
    draft.say("", &[("act", "back"), ("remark", "1")]).is(404);
    draft.see(&draft.desk()).sees("What your readers say comes here");
    // Whatever is said is text.
    let bad = "<script>alert(1)</script>\u{0}\u{202e}\"'&";
    let mina = cookie(&draft.say("", &[remark, ("paragraph", "0"), ("said", bad)]).is(303));
    for page in [draft.chapter(&mina), draft.see(&draft.desk())] {
        page.is(200).sees("&#60;script&#62;alert(1)").sees_no("<script>alert");
    }
    // A place that is told wrongly is looked for; one that is told rightly is believed.
    let at = |at: &str| {
        let form = [("act", "passage"), ("paragraph", "0"), ("at", at), ("quote", "the")];
        draft.say(&mina, &[form[0], form[1], form[2], form[3], ("said", "this one")])
    };
    at("31").is(303);
    at("30").is(422);
    at("18446744073709551615").is(422);
    // What one said, nobody else takes back, and nobody decides who does not write here.
    let id = draft.remark("this one");
    draft.say("", &[("act", "back"), ("remark", &id)]).is(404);
    send(&draft.site, &draft.desk(), &mina, &[("act", "done"), ("remark", &id)]).is(404);
    draft.say(&mina, &[("act", "back"), ("remark", &id), ("paragraph", "0")]).is(303);
    draft.decide(&[("act", "done"), ("remark", &id)]).is(404);
    draft.decide(&[("act", "accept"), ("remark", "99")]).is(404);
    draft.decide(&[("act", "make"), ("name", " ")]).is(409).sees("Give the link a name");
    draft.decide(&[("act", "make"), ("name", "x"), ("revision", "1")]).is(404);
    draft.decide(&[("act", "close"), ("beta", "99")]).is(404);
}

#[test]
fn what_stands_between_the_words_of_a_name_is_a_space() {
    let draft = Draft::new();
    let form = [("act", "remark"), ("paragraph", "0"), ("said", "Good."), ("chapter", "1")];
    let name = ("name", " Ann\tBell\r\n\u{7} \u{1}Grey\u{7}\n");
    let all: Vec<_> = form.into_iter().chain([name]).collect();
    send(&draft.site, &format!("{}/act", draft.link), "", &all).is(303);
    draft.see(&draft.desk()).is(200).sees("<strong dir=\"auto\">Ann Bell Grey</strong>");
    let link = draft.make("Mina’s\tread\nof\u{b}it");
    draft.site.get(&link).is(200).sees("Mina’s read of it");
}

#[test]
fn a_link_takes_so_many_remarks_of_which_the_writer_sees_the_first() {
    let draft = Draft::new();
    let words = |word: &str| {
        (0..55).map(|n| format!("{word}{n} and")).collect::<Vec<_>>().join(" ") + " the end."
    };
    draft.write(&format!("One paragraph.\n\n{}", words("boat")));
    let link = draft.make("Mina’s read");
    let draft = Draft { link, ..draft };
    let form = [("act", "remark"), ("paragraph", "1"), ("text", &words("ship"))];
    let mina = cookie(&draft.say("", &form).is(303));
    for _ in 1..36 {
        draft.say(&mina, &form).is(303);
    }
    let full = draft.say(&mina, &form).is(422).sees("A link takes 2,000 remarks");
    full.sees("ship0 and ship1 and").sees("value=\"Mina\"");
    // What a script sent is shown again, too.
    for n in 0..20 {
        draft.suggest(&mina, "0", "One", &format!("No. {n}")).is(303);
    }
    draft.suggest(&mina, "0", "One", "No. 20").is(422).sees("No. 20 paragraph.");
    let page = draft.see(&draft.desk()).is(200);
    let page = page.sees("1800 more come here").sees("2,000 suggestions").text();
    assert_eq!(page.matches("data-remark").count(), 200);
    assert_eq!(page.matches("<ins>No. ").count(), 20);
    let id = draft.remark("<ins>ship0</ins>");
    draft.decide(&[("act", "all"), ("remark", &id)]).is(303);
    let page = draft.see(&draft.desk()).is(200).text();
    assert!(page.contains(&format!("{} more come here", 2_000 - 56 - 200)), "{page}");
    assert_eq!(page.matches("<del>").count(), 200 + 56);
}

#[test]
fn members_speak_under_names_of_their_own_and_their_drafts_are_their_own() {
    let site = Site::with(&[("a.txt", "The tide was out.")]);
    let cast = cast(&site);
    let [_, member, _, moderator, owner] = &cast.cookies;
    let begun =
        send(&site, "/write/new", member, &[("title", "Ann’s"), ("text", "One two three.")]);
    let work = begun.is(303).header("location").replace("/edit", "");
    let desk = format!("{work}/edit/beta");
    for other in ["", moderator, owner] {
        assert_eq!(site.ask(Method::GET, &desk, &[("cookie", other)]).status, 404);
        send(&site, &desk, other, &[("act", "make"), ("name", "x")]).is(404);
    }
    let link = shown(&send(&site, &desk, member, &[("act", "make"), ("name", "Mo")]).is(200));
    let say = [("act", "remark"), ("chapter", "1"), ("paragraph", "0"), ("said", "Good.")];
    let sent = send(&site, &format!("{link}/act"), moderator, &say).is(303);
    assert_eq!(sent.header("set-cookie"), "", "an account needs no other cookie");
    let page = site.get(&format!("{link}/chapters/1")).is(200);
    page.sees("<strong dir=\"auto\">Mo</strong>").sees_no("without an account").sees_no("Take it");
    // Whoever has the link reads, whatever they may elsewhere; whoever has none does not.
    let wrong = format!("/beta/{}", "0123456789abcdef".repeat(4));
    for (cookie, number) in cast.cookies.iter().zip(1..) {
        let reads = |path: &str| site.ask(Method::GET, path, &[("cookie", cookie)]);
        let form = format!("{link}/chapters/1/remark?paragraph=0");
        for path in [link.clone(), format!("{link}/chapters/1"), form] {
            reads(&path).is(200);
            reads(&path.replace(&link, &wrong)).is(404);
        }
        let said = number.to_string();
        // Whoever has an account need not say who they are.
        let name = if cookie.is_empty() { "Zoe" } else { "" };
        let say = [("act", "remark"), ("chapter", "1"), ("paragraph", "0"), ("name", name)];
        let say = [&say[..], &[("said", said.as_str())]].concat();
        send(&site, &format!("{link}/act"), cookie, &say).is(303);
        send(&site, &format!("{wrong}/act"), cookie, &say).is(404);
        let foreign = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
        site.send(&format!("{link}/act"), "act=remark", &foreign).is(403);
    }
    let own = [("cookie", moderator.as_str())];
    site.ask(Method::GET, &format!("{link}/chapters/1"), &own).sees("Take it back");
}

#[test]
fn a_name_that_is_gone_since_is_asked_for_again() {
    let draft = Draft::new();
    let site = &draft.site;
    let ben = join(site, &draft.writer, "Ben");
    send(site, "/you", &ben, &[("act", "pen"), ("name", "Night Heron")]).is(303);
    draft.chapter(&ben).is(200).sees("<option>Night Heron</option>");
    let act = format!("{}/act", draft.link);
    let as_whom = |name: &str, more: &[(&str, &str)]| {
        let all = [&[("chapter", "1"), ("paragraph", "0"), ("name", name)], more].concat();
        send(site, &act, &ben, &all)
    };
    let remark = [("act", "remark"), ("said", "Which lamp?"), ("quote", "lamp")];
    let passage = [("act", "passage"), ("quote", "lamp"), ("instead", "old lantern")];
    send(site, "/you", &ben, &[("act", "pen"), ("name", "Grey Gull")]).is(303);
    let page = site.ask(Method::GET, "/you", &[("cookie", &ben)]).is(200).text();
    let row = page.split("Night Heron").nth(1).expect("a row");
    let key = row.split("name=\"pen\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    send(site, "/you", &ben, &[("act", "no pen"), ("pen", key.expect("a key"))]).is(303);
    // Neither one that is gone, nor anybody else's.
    for name in ["Night Heron", "Mina"] {
        as_whom(name, &remark)
            .is(422)
            .sees("not one of yours any more")
            .sees("Which lamp?")
            .sees("value=\"lamp\"")
            .sees("<option>Ben</option>")
            .sees("<option>Grey Gull</option>");
        // What was to stand there is in the paragraph, to be sent from there.
        as_whom(name, &passage).is(422).sees("The old lantern went out at nine");
    }
    draft.see(&draft.desk()).sees("What your readers say comes here");
    as_whom("Grey Gull", &remark).is(303);
    as_whom("Ben", &passage).is(303);
    let page = draft.chapter("").sees("<strong dir=\"auto\">Grey Gull</strong>");
    page.sees("<strong dir=\"auto\">Ben</strong>");
}

#[test]
fn whoever_sends_too_often_waits() {
    let draft = Draft::new();
    let say = |n: usize| {
        let said = format!("remark {n}");
        draft.say("", &[("act", "remark"), ("paragraph", "0"), ("said", &said)])
    };
    for n in 0..60 {
        say(n).is(303);
    }
    let refused = say(60).is(429);
    assert!(!refused.header("retry-after").is_empty());
    draft.see(&draft.desk()).sees("remark 59").sees_no("remark 60");
}

#[test]
fn pictures_of_a_private_work_are_seen_by_the_link_alone() {
    let site = Site::with(&[("a.txt", "The tide was out.")]);
    site.import_file("examples/stories/the-clockmakers-moon.epub");
    let title = "The Clockmaker’s Moon";
    site.get_until("/?sort=title", |answer| answer.text().contains(title));
    let (work, owner) = (site.work(title), site.sign_in());
    let hide = [("audience", "named")];
    send(&site, &format!("{work}/visibility"), &owner, &hide).is(303);
    let make = [("act", "make"), ("name", "Mina")];
    let link = shown(&send(&site, &format!("{work}/edit/beta"), &owner, &make).is(200));
    site.get(&work).is(404);
    let images = format!("{link}/media/");
    let shows = |position: usize| {
        let page = site.get(&format!("{link}/chapters/{position}"));
        let text = page.text();
        assert!(page.status == 200 || position > 1, "{text}");
        assert!(!text.contains("=\"/media/"), "{text}");
        let rest = text.split(&images).nth(1)?.to_owned();
        rest.split('"').next().map(str::to_owned)
    };
    let name = (1..9).find_map(shows).expect("a picture");
    let picture = site.get(&format!("{images}{name}")).is(200);
    assert!(picture.header("content-type").starts_with("image/"), "{:?}", picture.headers);
    assert!(picture.header("cache-control").starts_with("private"), "{:?}", picture.headers);
    site.get(&format!("/media/{name}")).is(404);
    // Another link is for another text, with pictures of its own or without.
    let text = format!("Words: media/{name}, `media/{name}`.");
    let begun = send(&site, "/write/new", &owner, &[("title", "Bare"), ("text", &text)]);
    let other = begun.is(303).header("location").replace("/edit", "/edit/beta");
    let bare = shown(&send(&site, &other, &owner, &make).is(200));
    site.get(&format!("{bare}/chapters/1")).is(200).sees(&format!("Words: media/{name}"));
    site.get(&format!("{bare}/media/{name}")).is(404);
}
