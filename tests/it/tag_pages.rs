//! Tags on the site: pages, browsing, autocomplete, and putting them in order.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::library::prose;
use crate::site::{Answer, Site};

fn site() -> Site {
    let stories = [
        ("rough/a.txt", "Sea Tales", "Mira Vance, Tobin Ash", "Slow Burn, Storms", 1),
        ("calm/b.txt", "sea tales", "Mira Vance", "slow burn, Storm", 2),
        ("dry/c.txt", "Desert Days", "Old Omar", "Slow Burn, Sand", 3),
        ("odd/d.txt", "<b>Bold</b> & \"Quoted\" Isles", "O'Hara", "Tea", 4),
    ];
    let files: Vec<(String, String)> = stories
        .iter()
        .map(|(file, fandom, characters, tags, number)| {
            let head = format!("Fandom: {fandom}\nCharacters: {characters}\nTags: {tags}\n");
            let text = format!("Title: Story {number}\n{head}\n{}\n", prose(*number, 9));
            ((*file).to_owned(), text)
        })
        .collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let site = Site::with(&files);
    // The filters follow the store in their own time.
    let tag = id(&site, "Sea Tales");
    site.get_until(&format!("/tags/{tag}"), |page| page.text().contains(">1 work<"));
    site
}

/// The key of the tag with this name, as the search of tags links it.
fn id(site: &Site, name: &str) -> i64 {
    let query: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let page = site.get(&format!("/tags?q={query}")).is(200).text();
    let shown = name.replace('&', "&#38;").replace('"', "&#34;");
    let shown = shown.replace('<', "&#60;").replace('>', "&#62;").replace('\'', "&#39;");
    let end = page.find(&format!("\" dir=\"auto\">{shown}<")).unwrap_or_else(|| panic!("{page}"));
    page[..end].rsplit('/').next().and_then(|id| id.parse().ok()).expect("a key")
}

fn send(site: &Site, form: &str) -> Answer {
    site.send("/tags/act", form, &[("origin", site.origin()), ("cookie", site.owner())])
}

/// Names as they are suggested.
fn names(site: &Site, query: &str) -> Vec<String> {
    let answer = site.get(&format!("/tags/suggest?{query}")).is(200);
    assert_eq!(answer.header("content-type"), "application/json");
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&answer.body).expect("JSON");
    rows.iter()
        .map(|row| {
            assert!(row["uses"].is_u64(), "{row}");
            row["name"].as_str().expect("a name").to_owned()
        })
        .collect()
}

#[test]
fn fandoms_are_browsed_and_a_tag_has_a_page() {
    let site = site();
    let browse =
        site.get("/tags").is(200).sees("Sea Tales").sees("Desert Days").sees_no("By medium");
    browse.sees("&#60;b&#62;Bold&#60;/b&#62;").sees_no("<b>Bold");
    let sea = id(&site, "Sea Tales");
    let page = site.get(&format!("/tags/{sea}")).is(200).sees("Not put in order yet");
    let page = page.sees("href=\"/?q=fandom%3A%22Sea+Tales%22\"").sees("Tobin Ash");
    let page = page.sees("Mira Vance").sees_no("Old Omar");
    page.sees("<link rel=\"alternate\" type=\"application/atom+xml\"");
    site.get("/feed?q=fandom%3A%22Sea+Tales%22").is(200).sees("Story 1").sees_no("Story 3");
    let odd = id(&site, "<b>Bold</b> & \"Quoted\" Isles");
    let page = site.get(&format!("/tags/{odd}")).is(200).sees_no("<b>Bold");
    page.sees("href=\"/?q=fandom%3A%22%3Cb%3EBold%3C%2Fb%3E+%26+%5C%22Quoted%5C%22+Isles%22\"");
    site.get("/tags?kind=character&letter=m").is(200).sees("Mira Vance").sees_no("Tobin Ash");
    site.get("/tags?q=tobni").is(200).sees("Tobin Ash");
    site.get("/tags?q=zyzzyva").is(200).sees("No tag is called like this");
    // A tag on a work leads to the works that have it.
    let work = site.get(&site.work("Story 3")).is(200);
    work.sees("href=\"/?q=character%3A%22Old+Omar%22\"")
        .sees("href=\"/?q=fandom%3A%22Desert+Days%22\"");
}

#[test]
fn names_are_completed_by_use_within_fandoms_and_at_once() {
    let site = site();
    assert_eq!(names(&site, "kind=freeform&q=slow")[0], "Slow Burn");
    assert_eq!(names(&site, "kind=freeform&q=slwo"), ["Slow Burn", "slow burn"]);
    assert_eq!(names(&site, "kind=character&q=o"), ["O'Hara", "Old Omar"]);
    assert_eq!(names(&site, "kind=character&q=o&within=desert+days"), ["Old Omar"]);
    assert_eq!(
        names(&site, "kind=character&q=&within=%22Desert+Days%22+%22Sea+Tales%22"),
        ["Mira Vance", "Old Omar", "Tobin Ash"]
    );
    let both = names(&site, "kind=character&q=&within=Desert+Days&within=Sea+Tales");
    assert_eq!(both.len(), 3, "{both:?}");
    assert!(names(&site, "kind=fandom,character&q=o").len() == 2);
    assert!(names(&site, "q=sea+tales").contains(&"Sea Tales".to_owned()));
    assert!(names(&site, &format!("kind=freeform&q={}", "s".repeat(9_000))).is_empty());
    let many = "within=Desert+Days&".repeat(300);
    assert_eq!(names(&site, &format!("kind=character&q=ol&{many}")), ["Old Omar"]);
    // New ones are there at once, however fresh the list is.
    let text = format!("Title: Late\nFandom: Zephyr Hill\nCharacters: Quill Oz\n\n{}", prose(9, 9));
    site.import("late.txt", &text);
    site.get_until("/tags/suggest?kind=character&q=qui", |page| page.text().contains("Quill Oz"));
    site.get_until("/tags/suggest?kind=character&q=&within=zephyr+hill", |page| {
        page.text().contains("Quill Oz")
    });
    // A synonym is no name to be chosen, and its canonical is.
    let (one, two) = (id(&site, "slow burn"), id(&site, "Slow Burn"));
    let done = send(&site, &format!("act=merge&tag={one}&other={two}&back=/tags/log")).is(303);
    assert_eq!(names(&site, "kind=freeform&q=slow"), ["Slow Burn"]);
    // The lists are made anew after a while, and then what was a synonym is a name again.
    std::thread::sleep(Duration::from_secs(4));
    names(&site, "kind=freeform&q=slow");
    let act = done.header("location").rsplit('=').next().expect("a number").to_owned();
    send(&site, &format!("act=undo&number={act}&back=/tags/log")).is(303);
    let both = |page: &Answer| page.text().contains("slow burn");
    site.get_until("/tags/suggest?kind=freeform&q=slow", both);
}

#[test]
fn look_alikes_are_accepted_told_and_undone() {
    let site = site();
    let page = site.owner_gets("/tags/proposals").is(200).sees("slow burn").sees("Two things");
    page.sees("1 work is then found under the second, too.").sees("sea tales");
    let (one, two) = (id(&site, "sea tales"), id(&site, "Sea Tales"));
    let form = format!("act=merge&tag={one}&other={two}&back=%2Ftags%2Fproposals");
    let done = send(&site, &form).is(303);
    let back = done.header("location").to_owned();
    assert!(back.starts_with("/tags/proposals?done="), "{back}");
    site.owner_gets(&back).is(200).sees("Done: merged “sea tales” into “Sea Tales”").sees("Undo");
    site.get_until(&format!("/tags/{two}"), |page| page.text().contains(">2 works<"));
    let synonym = site.get(&format!("/tags/{one}")).is(200).sees("Another spelling of");
    synonym.sees(&format!("href=\"/tags/{two}\""));
    let log =
        site.owner_gets("/tags/log").is(200).sees("Merged “sea tales” into “Sea Tales”").text();
    let act = back.rsplit('=').next().expect("a number");
    assert!(log.contains(&format!("name=\"number\" value=\"{act}\"")), "{log}");
    // Again it changes nothing, and says so.
    let again = send(&site, &form).is(303);
    assert!(again.header("location").ends_with("done=nothing"));
    send(&site, &format!("act=undo&number={act}&back=/tags/log")).is(303);
    site.get_until(&format!("/tags/{two}"), |page| page.text().contains(">1 work<"));
    send(&site, &format!("act=undo&number={act}&back=/tags/log"))
        .is(409)
        .sees("was undone already");
    // What a person says are two things does not come again.
    let (one, two) = (id(&site, "Storm"), id(&site, "Storms"));
    let (plural, form) =
        ("/tags/proposals?rule=plural", format!("act=apart&tag={one}&other={two}"));
    site.owner_gets(plural).is(200).sees("One tag");
    let done = send(&site, &format!("{form}&back=%2Ftags%2Fproposals%3Frule%3Dplural")).is(303);
    assert!(done.header("location").starts_with("/tags/proposals?rule=plural&done="));
    site.owner_gets(plural).is(200).sees_no("One tag");
}

#[test]
fn a_tags_page_puts_it_in_order_and_says_what_cannot_be() {
    let site = site();
    let sea = id(&site, "Sea Tales");
    let act = |form: &str| send(&site, &format!("{form}&tag={sea}&back=/tags/{sea}"));
    act("act=canonical").is(303);
    act("act=parent&name=books+%26+literature").is(303);
    site.get("/tags").is(200).sees("By medium").sees("Books &#38; Literature").sees("1 fandom");
    act("act=meta&name=All+The+Seas").is(409).sees("There is no fandom “All The Seas”");
    act("act=meta&name=All+The+Seas").sees("value=\"All The Seas\"");
    act("act=meta&name=All+The+Seas&make=yes").is(303);
    let seas = id(&site, "All The Seas");
    site.get_until(&format!("/tags/{seas}"), |page| page.text().contains(">1 work<"));
    site.get(&format!("/tags/{seas}")).is(200).sees("Takes in").sees("Sea Tales");
    let ring = format!("act=meta&tag={seas}&other={sea}&back=/tags/{seas}");
    send(&site, &ring).is(409).sees("That would go round in a ring").sees("role=\"alert\"");
    let mira = id(&site, "Mira Vance");
    act(&format!("act=merge&other={mira}")).is(409).sees("only tags of one kind go together so");
    act("act=parent&name=Mira+Vance").is(409).sees("There is no medium");
    act("act=merge&name=%3Cscript%3E").is(409).sees("&#60;script&#62;").sees_no("<script>");
    act("act=merge&name=").is(409).sees("Please type the name");
    act("act=split").is(409).sees("is not a synonym of anything");
    act("act=loose").is(409);
    act(&format!("act=no+meta&other={seas}")).is(303);
    act(&format!("act=no+meta&other={seas}")).is(409).sees("is not under");
    let belongs = format!("act=parent&tag={mira}&name=SEA+TALES&back=/tags/{mira}");
    send(&site, &belongs).is(303);
    site.get(&format!("/tags/{sea}")).is(200).sees("Characters");
    site.get(&format!("/tags?under={sea}&kind=character")).is(200).sees("Mira Vance");
    // The author's words stay on the work.
    site.get(&site.work("Story 2")).is(200).sees(">sea tales<");
}

#[test]
fn only_own_pages_may_change_tags() {
    let site = site();
    let (one, two) = (id(&site, "sea tales"), id(&site, "Sea Tales"));
    let form = format!("act=merge&tag={one}&other={two}&back=/tags/proposals");
    let own = site.origin().to_owned();
    for headers in [
        &[][..],
        &[("origin", "null")],
        &[("origin", "https://evil.example")],
        &[("origin", "http://127.0.0.1")],
        &[("origin", own.as_str()), ("sec-fetch-site", "cross-site")],
        &[("origin", own.as_str()), ("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
    ] {
        let refused = site.send("/tags/act", &form, headers).is(403);
        refused.sees("This came from somewhere else").sees("Nothing was changed");
    }
    let origin = [("host", "evil.example"), ("origin", "http://evil.example")];
    site.send("/tags/act", &form, &origin).is(421);
    site.get("/tags/log").is(200).sees("Nothing yet");
    // Nothing else takes anything, and reading changes nothing.
    let stranger = [("sec-fetch-site", "same-origin")];
    site.send("/tags/act", &form, &stranger).is(403).sees("Please sign in first");
    let same = [("sec-fetch-site", "same-origin"), ("cookie", site.owner())];
    for path in ["/tags", "/tags/proposals", "/tags/1", "/"] {
        assert_eq!(site.send(path, &form, &same).is(405).header("allow"), "GET,HEAD");
    }
    assert_eq!(site.get(&format!("/tags/act?{form}")).is(405).header("allow"), "POST");
    site.get("/tags/log").is(200).sees("Nothing yet");
    site.send("/tags/act", &form, &same).is(303);
}

#[test]
fn forms_that_make_no_sense_are_refused_in_bounded_time() {
    let site = site();
    let sea = id(&site, "Sea Tales");
    for form in [
        String::new(),
        "act=merge".to_owned(),
        "%ff%fe=%zz&&&".to_owned(),
        "\0#?/\r\n".to_owned(),
        format!("act=nonsense&tag={sea}&back=/tags/log"),
        format!("act=merge&tag=x&back=/tags/{sea}"),
        format!("act=canonical&tag={sea}&back=https://evil.example/"),
        format!("act=canonical&tag={sea}&back=//evil.example"),
        format!("act=canonical&tag={sea}&back=/tags/../../evil"),
        "act=undo&number=99999999999999999999&back=/tags/log".to_owned(),
        format!("act=merge&tag={sea}&back=/tags/log&name={}", "x".repeat(100_000)),
    ] {
        let start: String = form.chars().take(60).collect();
        let answer = send(&site, &form);
        assert_eq!(answer.status, 400, "{start}: {}", answer.text());
    }
    let absent = "act=canonical&tag=999999&back=/tags/log";
    send(&site, absent).is(409).sees("There is no tag 999999");
    send(&site, "act=undo&number=7&back=/tags/log").is(409).sees("There is no act 7");
    send(&site, &format!("act=merge&tag={sea}&other={sea}&back=/tags/{sea}")).is(409);
    let long = format!("act=merge&tag={sea}&back=/tags/{sea}&make=yes&name={}", "y".repeat(900));
    send(&site, &long).is(409).sees("cannot be a tag");
    // A form that is too long is refused before all of it is there.
    let host = site.origin().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("connects");
    let head = format!(
        "POST /tags/act HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
         Content-Length: 900000000\r\n\r\n{}",
        "a=b&".repeat(5_000)
    );
    stream.write_all(head.as_bytes()).expect("sends");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    let mut status = [0; 12];
    stream.read_exact(&mut status).expect("an answer");
    assert_eq!(&status, b"HTTP/1.1 400");
    site.get("/tags/log").is(200).sees("Nothing yet");
}
