//! Posting elsewhere too: what the page offers to be pasted, what it warns of, and who sees it.

#![allow(clippy::expect_used)]

use ureq::http::Method;

use fanfold::archive::elsewhere::Site as Elsewhere;

use crate::site::{Answer, Site};

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");

/// A story with everything that another site makes trouble about.
const STORY: &str = "---\n\
fanfold: 1\n\
title: \"The Weir & the <Lamp>\"\n\
language: \"en\"\n\
rating:\n  - \"Mature\"\n\
warnings:\n  - \"No Archive Warnings Apply\"\n\
fandoms:\n  - \"Isles\"\n\
relationships:\n  - \"Ann/Bea\"\n\
freeforms:\n  - \"50% Rain\"\n  - \"Tea\"\n\
---\n\n\
<!-- fanfold:summary -->\n\nThe weir *sings*.\n\n\
<!-- fanfold:chapter -->\n\n# Night\n\n\
The weir sang[^1] </textarea><script>all</script> night.\n\n[^1]: In D minor.\n\n\
* * *\n\nThen it stopped.\n\n\
<!-- fanfold:chapter -->\n\n# Morning\n\nNobody had asked it to.\n";

fn site() -> Site {
    Site::with(&[("weir.md", STORY)])
}

fn page(site: &Site, query: &str) -> Answer {
    let work = site.work("The Weir &#38; the &#60;Lamp&#62;");
    site.owner_gets(&format!("{work}/elsewhere{query}"))
}

#[test]
fn ao3_gets_html_field_by_field() {
    let site = site();
    let page = page(&site, "").is(200);
    let page =
        page.sees("This is the text as it is posted here.").sees("aria-current=\"page\">AO3");
    // The header fields.
    let page = page.sees("value=\"The Weir &#38; the &#60;Lamp&#62;\"").sees("value=\"Mature\"");
    let page = page.sees("&#60;p&#62;The weir &#60;em&#62;sings&#60;/em&#62;.&#60;/p&#62;");
    let page = page.sees("value=\"50% Rain, Tea\"").sees("value=\"English\"");
    // Chapter by chapter; markup of the story stays text in its box.
    let page = page.sees("Chapter 1: Night").sees("Chapter 2: Morning").sees("value=\"Night\"");
    let page = page.sees("name=&#34;c1-text-note-1&#34;").sees("&#60;hr/&#62;");
    let page = page.sees_no("<script>all").sees_no("<em>sings");
    // The checklist.
    let page = page.sees("To be mended first").sees("the tag “50% Rain” holds “%”");
    let page = page.sees("href=\"#freeforms\"").sees("1 footnote stands as a number");
    page.sees("href=\"#c1-text\"").sees_no("Would be cut");
}

#[test]
fn every_site_gets_what_it_reads() {
    let site = site();
    let plain = page(&site, "?site=ffn").is(200);
    let plain = plain.sees("aria-current=\"page\">FanFiction.net").sees("value=\"[Ann, Bea]\"");
    let plain = plain.sees("\nx-x-x\n").sees("The weir sang[1]").sees("[1] In D minor.");
    let plain = plain.sees("no field for 2 additional tags").sees("not known here");
    plain.sees("The weir *sings*.").sees_no("&#60;p&#62;").sees_no("holds “%”");
    let markdown = page(&site, "?site=markdown").is(200);
    markdown.sees("[^1]: In D minor.").sees("\n* * *\n").sees("Everything fits");
    page(&site, "?site=nowhere").is(400);
}

#[test]
fn a_chapter_is_a_file_too() {
    let site = site();
    for (query, kind, ending, start) in [
        ("?site=ao3", "text/html; charset=utf-8", "html", "<p>The weir sang<sup>"),
        ("?site=ffn", "text/plain; charset=utf-8", "txt", "The weir sang[1]"),
        ("?site=markdown", "text/markdown; charset=utf-8", "md", "The weir sang[^1]"),
    ] {
        let path = format!("/chapters/1{query}");
        let file = page(&site, &path).is(200);
        assert_eq!(file.header("content-type"), kind);
        let disposition = file.header("content-disposition");
        assert!(disposition.starts_with("attachment"), "{disposition}");
        assert!(disposition.contains(&format!("Chapter 1 Night.{ending}")), "{disposition}");
        assert!(file.header("content-security-policy").contains("sandbox"));
        assert!(file.text().starts_with(start), "{}", file.text());
        assert!(!file.text().contains("<script"), "{}", file.text());
    }
    for wrong in ["/chapters/0", "/chapters/3", "/chapters/x", "/chapters/99999999999999999999"] {
        page(&site, wrong).is(404);
    }
}

#[test]
fn the_draft_and_the_posted_text_are_told_apart() {
    let site = site();
    let work = site.work("The Weir &#38; the &#60;Lamp&#62;");
    let cookie = ("cookie", site.owner());
    // Nobody but its writer is led there, or finds anything there.
    site.get(&format!("{work}/elsewhere")).is(404);
    site.get(&format!("{work}/elsewhere/chapters/1?site=ao3")).is(404);
    site.get(&work).is(200).sees_no("/elsewhere");
    let leads = format!("href=\"{work}/elsewhere\"");
    site.owner_gets(&work).is(200).sees(&leads);
    let overview = site.owner_gets(&format!("{work}/edit")).is(200).sees(&leads);
    page(&site, "").is(200).sees_no("Take the draft").sees_no("text=draft");
    // Something is changed, and not posted.
    let text = overview.text();
    let head = text.split("name=\"head\" value=\"").nth(1).expect("a head");
    let head = head.split('"').next().unwrap_or_default();
    let form = format!("head={head}&title=Quiet+Weir&summary=It+is+quiet.");
    site.send(&format!("{work}/edit"), &form, &[OWN, cookie]).is(303);
    let posted = page(&site, "").is(200).sees("as it is posted here").sees("text=draft");
    posted.sees("sings").sees_no("It is quiet.");
    let draft = page(&site, "?text=draft").is(200).sees("This is the draft: readers here do not");
    let draft = draft.sees("It is quiet.").sees("value=\"Quiet Weir\"");
    draft.sees("site=ffn&#38;text=draft").sees("Take the posted text instead");
    let file = page(&site, "/chapters/2?site=ffn&text=draft").is(200);
    assert_eq!(file.text(), "Nobody had asked it to.\n");
}

#[test]
fn what_was_never_posted_is_shown_as_a_draft() {
    let site = site();
    let cookie = ("cookie", site.owner());
    let text: &[u8] = b"# Unposted\n\nIt waits in a drawer, and the drawer waits, too.\n";
    let answer = site.upload("/write/upload", &[("drawer.md", text)], &[OWN, cookie]).is(200);
    let said = answer.text();
    let id = said.split("href=\"/works/").nth(1).and_then(|rest| rest.split('/').next());
    let path = format!("/works/{}/elsewhere", id.expect("a draft"));
    let page = site.owner_gets(&path).is(200).sees("nothing of this work is posted here yet");
    let page = page.sees("AO3 wants one fandom at least").sees("/edit/about#fandoms");
    page.sees("the drawer waits");
    // In the bin it is gone.
    let act = path.replace("/elsewhere", "/edit/act");
    site.send(&act, "act=bin", &[OWN, cookie]).is(303);
    site.owner_gets(&path).is(404);
    let nobody = site.ask(Method::GET, &path, &[]);
    assert_eq!(nobody.status, 404);
}

#[test]
fn a_work_of_many_chapters_is_shown_page_by_page() {
    use std::fmt::Write;
    let mut story = "---\nfanfold: 1\ntitle: \"Long\"\nlanguage: \"en\"\n---\n".to_owned();
    for number in 1..=23 {
        let note = if number == 22 { "[^1]\n\n[^1]: Late." } else { "" };
        let _ = write!(
            story,
            "\n<!-- fanfold:chapter untitled -->\n\nIt was night number {number}.{note}\n"
        );
    }
    let site = Site::with(&[("long.md", &story)]);
    let work = site.work("Long");
    let first = site.owner_gets(&format!("{work}/elsewhere")).is(200);
    let first = first.sees("id=\"c20-text\"").sees_no("id=\"c21-text\"").sees("Page 1 of 2");
    // The checklist knows all of them, and leads to the page of each.
    first.sees("page=2#c22-text");
    let second = site.owner_gets(&format!("{work}/elsewhere?page=2")).is(200);
    second.sees("id=\"c21-text\"").sees_no("id=\"c20-text\"").sees("href=\"#c22-text\"");
}

#[test]
fn all_works_become_text_files() {
    let site = site();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a path");
    let (well, said) = site.beside_output(&["export", path, "--format", "text"]);
    assert!(well && said.contains("1 work written"), "{said}");
    let file = folder.path().join("The Weir & the Lamp.txt");
    let text = std::fs::read_to_string(file).expect("a file");
    assert!(text.starts_with("Title: The Weir & the <Lamp>\nRating: Mature\n"), "{text}");
    assert!(text.contains("\n\nChapter 2: Morning\n\nNobody had asked it to.\n"), "{text}");
    let (well, said) = site.beside_output(&["export", path, "--format", "paper"]);
    assert!(!well && said.contains("epub, html, markdown, text"), "{said}");
}

#[test]
fn the_documentation_says_the_limits() {
    let docs = include_str!("../../docs/elsewhere.md");
    let rules = Elsewhere::Ao3.rules();
    let said = |number: usize| match number {
        1_000.. => format!("{},{:03}", number / 1_000, number % 1_000),
        _ => number.to_string(),
    };
    let number = |limit: Option<usize>| said(limit.expect("a limit"));
    let (least, most) = rules.chapter.expect("limits");
    let rows = [
        ("title of a work or a chapter, characters", number(rules.title)),
        ("summary, characters", number(rules.summary)),
        ("notes, characters each", number(rules.notes)),
        ("text of a chapter, characters", format!("{} to {}", said(least), said(most))),
        ("of which are shown", number(rules.shown)),
        ("a tag, characters", number(rules.tag)),
        ("fandoms, relationships, characters and additional tags together", number(rules.tags)),
        ("name of whom it is given to, characters", number(rules.gift)),
    ];
    for (what, limit) in rows {
        let row = format!("| {what} | {limit} |");
        assert!(docs.lines().any(|line| line.starts_with(&row)), "docs/elsewhere.md lacks {row}");
    }
    let row = docs.lines().find(|line| line.starts_with("| not in a tag |")).expect("a row");
    for sign in rules.not_in_tags.chars() {
        assert!(row.contains(sign), "{sign} in {row}");
    }
    // Where nothing is known, nothing is made up.
    for site in [Elsewhere::FanFiction, Elsewhere::Markdown] {
        let rules = site.rules();
        let limits = [rules.title, rules.summary, rules.notes, rules.shown, rules.tag, rules.tags];
        assert!(limits.iter().all(Option::is_none) && rules.chapter.is_none());
        assert!(!rules.unknown.is_empty());
    }
}
