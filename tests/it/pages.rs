//! Every address of the site: what it says, how it says it, and what it never says.

#![allow(clippy::expect_used, clippy::panic)]

use std::io::Read;

use ureq::http::Method;

use crate::site::{Answer, Site};

const KEEPER: &str = "Title: The Keeper of Hours\nAuthor: Wilhelmina Moss\n\
    Fandom: Clockwork Isles\nStatus: Complete\nSummary: A clock that is always right, twice.\n\n\
    Chapter 1: Winding\n\n\
    The oldest clock on the island had never been wound by anybody living.\n\n\
    Nobody spoke of it at breakfast, because the marmalade was listening.\n\n\
    Chapter 2: Striking\n\nAt noon it struck thirteen, and the harbour emptied like a sleeve.\n\n\
    A heron stood on the quay and counted the boats, twice over, in a low voice.\n";

const HOSTILE: &str = "Title: <script>alert(1)</script> & \"quotes\"\n\
    Author: <img src=x onerror=alert(2)>\nFandom: </title><b>Bold Isles\n\
    Summary: <iframe src=\"https://elsewhere.example/\"></iframe>\n\n\
    The harbour master wrote <script>alert(3)</script> on the slate, and nothing happened.\n";

const PICTURES: &str = "<html><head><title>A Far Picture</title></head><body>\
    <h1>A Far Picture</h1><p>Look: <img src=\"https://elsewhere.example/x.png\" alt=\"a map\"> and \
    <a href=\"https://elsewhere.example/page\">a page</a>, all drawn by hand in one evening.</p>\
    <p class=\"skip top story\">A paragraph that wants to look like the site itself.</p>\
    </body></html>";

fn site() -> Site {
    Site::with(&[
        ("keeper.txt", KEEPER),
        ("hostile.txt", HOSTILE),
        ("pictures.html", PICTURES),
        ("broken.epub", "PK\u{3}\u{4} this is no book"),
    ])
}

/// Those of tags and feeds.
const OF_TAGS: [(&str, u16); 31] = [
    ("/tags", 200),
    ("/tags?kind=character", 200),
    ("/tags?kind=freeforms&letter=s&page=9", 200),
    ("/tags?letter=sign", 200),
    ("/tags?under=none", 200),
    ("/tags?under=1", 404),
    ("/tags?under=999999", 404),
    ("/tags?q=%3Cscript%3E%00", 200),
    ("/tags?kind=nonsense", 404),
    ("/tags?letter=%3C", 404),
    ("/tags?page=99999999999999999999&kind=fandom", 200),
    ("/tags/1", 200),
    ("/tags/1?done=99999999999999999999", 200),
    ("/tags/0", 404),
    ("/tags/-1", 404),
    ("/tags/99999999999999999999", 404),
    ("/tags/x", 404),
    ("/tags/%ff", 400),
    ("/tags/act", 405),
    ("/tags/proposals", 200),
    ("/tags/proposals?rule=plural&done=x", 200),
    ("/tags/proposals?rule=nonsense", 404),
    ("/tags/log", 200),
    ("/tags/log?before=-5", 200),
    ("/tags/suggest", 200),
    ("/tags/suggest?kind=fandom&q=clock&within=Nowhere", 200),
    ("/tags/suggest?kind=nonsense", 400),
    ("/feed", 200),
    ("/feed?q=fandom%3A%22Clockwork+Isles%22", 200),
    ("/feed?q=%22never", 400),
    ("/feed?q=is%3Aunread", 400),
];

/// Every kind of address, with the status that it has.
fn addresses(site: &Site) -> Vec<(String, u16)> {
    let work = site.work("The Keeper of Hours");
    let of_work = [
        ("", 200),
        ("/chapters/1", 200),
        ("/chapters/2", 200),
        ("/chapters/2?q=heron", 200),
        ("/entire", 200),
        ("/download/epub", 200),
        ("/download/html", 200),
        ("/download/markdown", 200),
        ("/chapters/0", 404),
        ("/chapters/3", 404),
        ("/chapters/99999999999999999999", 404),
        ("/chapters/-1", 404),
        ("/chapters/x", 404),
        ("/download/exe", 404),
        ("/originals/00", 404),
        ("/originals/0000000000000000000000000000000000000000000000000000000000000000", 404),
    ];
    let others = [
        ("/", 200),
        ("/?sort=words&order=asc&page=1", 200),
        ("/?sort=nonsense&order=nonsense&page=nonsense", 200),
        ("/?page=99999999999999999999", 200),
        ("/?page=1&page=2", 400),
        ("/?q=fandom%3A%22Clockwork+Isles%22", 200),
        ("/?q=%22never", 200),
        ("/?q=fandom%3ANowhere", 200),
        ("/?q=is%3Aunread&metas=1&any=fandom,nonsense&more=fandom", 200),
        ("/filter?in-fandom=Clockwork+Isles", 200),
        ("/filter?words-from=abc", 200),
        ("/help/search", 200),
        ("/search", 200),
        ("/search?q=heron", 200),
        ("/search?q=%22heron", 200),
        ("/search?q=%00%ff%3Cscript%3E", 200),
        ("/search?q=heron&page=99999999", 200),
        ("/import", 200),
        ("/import?page=77", 200),
        ("/favicon.svg", 200),
        ("/healthz", 200),
        ("/works", 404),
        ("/works/0", 404),
        ("/works/-1", 404),
        ("/works/999999", 404),
        ("/works/99999999999999999999999", 404),
        ("/works/x", 404),
        ("/works/%ff", 400),
        ("/media/x.png", 404),
        ("/media/..%2f..%2fetc%2fpasswd", 404),
        ("/static/site.css", 404),
        ("/nothing/here", 404),
    ];
    let of_work = of_work.map(|(path, status)| (format!("{work}{path}"), status));
    let others = others.into_iter().chain(OF_TAGS);
    of_work.into_iter().chain(others.map(|(path, status)| (path.to_owned(), status))).collect()
}

/// The tags of a page: in text and attributes `<` and `>` are always escaped.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split('<').skip(1).filter_map(|rest| rest.split('>').next())
}

/// The addresses that a page's `src` attributes and style sheet links load.
fn loaded(text: &str) -> Vec<String> {
    let after = |mark: &'static str| {
        text.match_indices(mark)
            .filter_map(move |(at, _)| text[at + mark.len()..].split('"').next())
    };
    let links = text.match_indices("<link ").filter_map(|(at, _)| {
        let tag = text[at..].split('>').next()?;
        let loads = tag.contains("rel=\"stylesheet\"") || tag.contains("rel=\"icon\"");
        tag.split("href=\"").nth(1)?.split('"').next().filter(|_| loads)
    });
    after(" src=\"").chain(after(" srcset=\"")).chain(links).map(str::to_owned).collect()
}

fn is_hardened(answer: &Answer) {
    let path = &answer.path;
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    let script = policy.split(';').find(|rule| rule.trim().starts_with("script-src"));
    let script = script.map(str::trim);
    assert!(script.is_none_or(|rule| rule == "script-src 'self'"), "{path}: {policy}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{path}: {name}");
    }
    assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
    assert_ne!(answer.header("cache-control"), "", "{path} says how long it may be kept");
}

#[test]
fn every_address_answers_and_is_hardened() {
    let site = site();
    for (path, status) in addresses(&site) {
        let answer = site.get(&path).is(status);
        is_hardened(&answer);
        if !answer.header("content-type").starts_with("text/html")
            || answer.header("content-disposition").starts_with("attachment")
        {
            continue;
        }
        let text = answer.text();
        for tag in tags(&text) {
            let name = tag.split([' ', '/']).next().unwrap_or_default();
            // A script is a file of the site's own; a story's is text.
            let own = tag.starts_with("script src=\"/static/") && tag.ends_with(".js\" defer");
            assert!(name != "script" || own, "{tag} on {path}");
            assert!(!["style", "iframe", "object"].contains(&name), "{tag} on {path}");
            for inline in [" style=", " onerror=", " onload=", "javascript:", "data:"] {
                assert!(!tag.contains(inline), "{tag} on {path}");
            }
        }
        for address in loaded(&text) {
            let own = address.starts_with('/') && !address.starts_with("//");
            assert!(own, "{path} loads {address}");
            site.get(&address).is(200);
        }
        if status >= 400 {
            answer.sees("href=\"/\"");
        }
    }
}

#[test]
fn a_head_is_a_page_without_its_body() {
    let site = site();
    for (path, status) in addresses(&site) {
        let (page, head) = (site.get(&path), site.ask(Method::HEAD, &path, &[]));
        assert_eq!(head.status, status, "{path}");
        assert!(head.body.is_empty(), "{path}");
        is_hardened(&head);
        for name in ["content-type", "content-length", "etag", "content-disposition"] {
            assert_eq!(head.header(name), page.header(name), "{path}: {name}");
        }
    }
}

#[test]
fn pages_can_only_be_read() {
    let site = site();
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let own = ("sec-fetch-site", "same-origin");
        let origin = ("origin", site.origin());
        let answer = site.ask(method.clone(), "/", &[own, origin]).is(405);
        assert_eq!(answer.header("allow"), "GET,HEAD");
        is_hardened(&answer);
        // Whatever another site sends is not even looked at.
        if method == Method::POST {
            is_hardened(&site.ask(method, "/", &[("sec-fetch-site", "cross-site")]).is(403));
        }
    }
}

#[test]
fn hostile_names_are_only_words() {
    let site = site();
    let library = site.get("/").is(200);
    let library = library
        .sees("&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;quotes&#34;")
        .sees("&#60;img src=x onerror=alert(2)&#62;")
        .sees("&#60;/title&#62;&#60;b&#62;Bold Isles");
    let work = site.work("&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;quotes&#34;");
    for path in [work.clone(), format!("{work}/chapters/1"), format!("{work}/entire")] {
        let page = site.get(&path).is(200).sees_no("<script").sees_no("<img src=x");
        page.sees_no("<b>Bold").sees_no("<iframe");
    }
    for format in ["epub", "html", "markdown"] {
        let file = site.get(&format!("{work}/download/{format}")).is(200);
        let name = file.header("content-disposition");
        assert!(name.starts_with("attachment; filename=\""), "{name}");
        assert!(!name.contains(['<', '>', '/']), "{name}");
    }
    library.sees_no("<script>");
}

#[test]
fn pictures_elsewhere_are_links_and_a_writers_classes_stay_hers() {
    let site = site();
    let path = format!("{}/chapters/1", site.work("A Far Picture"));
    let page = site.get(&path).is(200).sees_no("<img src=\"https://").sees("u-skip u-top u-story");
    page.sees("href=\"https://elsewhere.example/x.png\"").sees("rel=\"nofollow noopener\"");
}

#[test]
fn a_page_that_is_known_is_not_sent_again() {
    let site = site();
    let path = format!("{}/chapters/1", site.work("The Keeper of Hours"));
    let first = site.get(&path).is(200);
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 16, "{tag}");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = site.ask(Method::GET, &path, &[("if-none-match", &known)]).is(304);
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), tag);
        is_hardened(&again);
    }
    site.ask(Method::GET, &path, &[("if-none-match", "\"other\"")]).is(200);
    assert_eq!(site.get(&path).body, first.body);
}

#[test]
fn compressed_pages_say_the_same() {
    let site = site();
    for (path, status) in addresses(&site) {
        let plain = site.get(&path);
        let zipped = site.ask(Method::GET, &path, &[("accept-encoding", "gzip")]).is(status);
        if zipped.header("content-encoding") != "gzip" {
            assert_eq!(plain.body, zipped.body, "{path}");
            continue;
        }
        let mut text = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(zipped.body.as_slice());
        reader.read_to_end(&mut text).expect("gzip");
        assert_eq!(text, plain.body, "{path}");
        assert_eq!(zipped.header("vary"), "accept-encoding");
        assert_ne!(zipped.header("etag"), plain.header("etag"), "{path}");
    }
    let page = site.ask(Method::GET, "/", &[("accept-encoding", "gzip;q=0")]);
    assert_eq!(page.header("content-encoding"), "");
}

#[test]
fn another_machines_name_is_refused() {
    let site = site();
    for host in ["evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.evil.example:80"]
    {
        let answer = site.ask(Method::GET, "/", &[("host", host)]).is(421);
        is_hardened(&answer);
        answer.sees_no("Keeper of Hours").sees("localhost");
    }
    site.ask(Method::GET, "/", &[("host", "localhost:1234")]).is(200);
    site.ask(Method::GET, "/", &[("host", "[::1]")]).is(200);
}

#[test]
fn a_work_is_told_and_read_chapter_by_chapter() {
    let site = site();
    let work = site.work("The Keeper of Hours");
    let page = site.get(&work).is(200).sees("Wilhelmina Moss").sees("Clockwork Isles");
    let page = page.sees("A clock that is always right, twice.").sees("Begin reading");
    let page = page.sees("chapters 2/2").sees("keeper.txt").sees("Winding").sees("Striking");
    let text = page.text();
    let at = text.find("/originals/").expect("a link to the original") + "/originals/".len();
    let original = site.get(&format!("{work}/originals/{}", &text[at..at + 64])).is(200);
    assert_eq!(original.body, KEEPER.as_bytes());
    assert_eq!(original.header("content-type"), "application/octet-stream");
    assert!(original.header("content-security-policy").contains("sandbox"));
    assert!(original.header("content-disposition").contains("filename=\"keeper.txt\""));

    let first = site.get(&format!("{work}/chapters/1")).is(200).sees("marmalade");
    first.sees(&format!("href=\"{work}/chapters/2\"")).sees("id=\"p1\"").sees_no("a heron stood");
    let last = site.get(&format!("{work}/chapters/2")).is(200).sees("heron stood");
    last.sees("Previous chapter").sees_no("Next chapter");
    let entire = site.get(&format!("{work}/entire")).is(200).text();
    let place = |part: &str| entire.find(part).unwrap_or_else(|| panic!("{part}"));
    assert!(place("marmalade") < place("heron stood"));
    let mut names: Vec<&str> = entire.split(" id=\"").skip(1).collect();
    names.iter_mut().for_each(|name| *name = name.split('"').next().unwrap_or_default());
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands twice on the page");
}

#[test]
fn a_hit_leads_to_its_paragraph() {
    let site = site();
    let found = site.get_until("/search?q=herons", |page| page.text().contains("<mark>heron"));
    let work = site.work("The Keeper of Hours");
    let href = format!("{work}/chapters/2?q=herons#p2");
    found.sees("1 work found").sees(&format!("href=\"{href}\""));
    site.get(&format!("{work}/chapters/2?q=herons")).is(200).sees("href=\"/search?q=herons\"");
    site.get("/search?q=zyzzyva").is(200).sees("Nothing was found");
    site.get("/search?q=%22never+closed").is(200).sees("role=\"alert\"").sees("<mark>&#34;</mark>");
    let hostile = "/search?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    site.get(hostile).is(200).sees_no("<script").sees("&#60;script&#62;");
}

#[test]
fn what_could_not_be_read_is_named() {
    let site = site();
    site.get("/import").is(200).sees("broken.epub").sees("Files that could not be read");
}

#[test]
fn an_empty_library_says_what_to_do() {
    let site = Site::with(&[]);
    let empty = site.get("/").is(200).sees("Nothing here yet").sees("Put stories into the folder");
    let tag = empty.header("etag").to_owned();
    site.import("keeper.txt", KEEPER);
    let full = site.get_until("/", |page| page.text().contains("The Keeper of Hours"));
    assert_ne!(full.header("etag"), tag, "a kept page goes when the library changes");
}
