//! Every route with every role: what each may, and that `docs/people.md` says the same.
//!
//! The table is held against the site's own table of routes, so a new route needs a row here.

use std::path::Path;

use ureq::http::Method;

use crate::people::{OWN, cast};
use crate::site::Site;

/// Whom the columns of [`RIGHTS`] are about.
const WHO: [&str; 5] = ["signed out", "member", "wrangler", "moderator", "owner"];

/// A route, an address of it, what is sent there, and what each of [`WHO`] is answered. `WORK` is a
/// work that came out of the folder and is for everyone, `HASH` its original, `HEX` a secret that
/// opens nothing.
type Right = (&'static str, &'static str, &'static str, Option<&'static str>, [u16; 5]);

const ALL: [u16; 5] = [200; 5];
const SIGNED_IN: [u16; 5] = [403, 200, 200, 200, 200];
/// Whoever may write: members and all above them.
const WRITES: [u16; 5] = [403, 200, 200, 200, 200];
/// The same, where nothing was asked that could be answered.
const ASKS_NOTHING: [u16; 5] = [403, 400, 400, 400, 400];
/// Whoever owns the archive, and with it the works of the folder.
const OWNER: [u16; 5] = [404, 404, 404, 404, 200];
/// The same, where it is not done because it cannot be as things are.
const OWNER_NOT: [u16; 5] = [404, 404, 404, 404, 409];

const RIGHTS: &[Right] = &[
    ("read the library", "/", "/", None, ALL),
    ("filter the library", "/filter", "/filter?in-rating=x", None, [303; 5]),
    ("open a random work", "/random", "/random", None, [302; 5]),
    ("look at what one reads", "/reading", "/reading", None, ALL),
    ("keep what one reads", "/reading/act", "/reading/act", Some("act=begin"), [303; 5]),
    ("get help with questions", "/help/search", "/help/search", None, ALL),
    ("look at a work", "/works/{id}", "WORK", None, ALL),
    ("read a whole work", "/works/{id}/entire", "WORK/entire", None, ALL),
    ("read a chapter", "/works/{id}/chapters/{position}", "WORK/chapters/1", None, ALL),
    ("take a work away", "/works/{id}/download/{format}", "WORK/download/epub", None, ALL),
    ("take an original away", "/works/{id}/originals/{hash}", "WORK/originals/HASH", None, ALL),
    (
        "see who may see a work of the folder",
        "/works/{id}/visibility",
        "WORK/visibility",
        None,
        [404, 404, 404, 404, 200],
    ),
    (
        "say who may see a work of the folder",
        "/works/{id}/visibility",
        "WORK/visibility",
        Some("audience=everyone"),
        [404, 404, 404, 404, 303],
    ),
    (
        "see what is said about a work of the folder",
        "/works/{id}/edit/about",
        "WORK/edit/about",
        None,
        [404, 404, 404, 404, 200],
    ),
    (
        "say something about it that cannot be",
        "/works/{id}/edit/about",
        "WORK/edit/about",
        Some("title="),
        [404, 404, 404, 404, 409],
    ),
    (
        "see a work of the folder as other sites take it",
        "/works/{id}/elsewhere",
        "WORK/elsewhere?site=ffn",
        None,
        [404, 404, 404, 404, 200],
    ),
    (
        "take a chapter as another site takes it",
        "/works/{id}/elsewhere/chapters/{number}",
        "WORK/elsewhere/chapters/1?site=ao3",
        None,
        [404, 404, 404, 404, 200],
    ),
    (
        "see the co-authors of a work of the folder",
        "/works/{id}/authors",
        "WORK/authors",
        None,
        OWNER,
    ),
    (
        "invite a co-author (here: nobody)",
        "/works/{id}/authors",
        "WORK/authors",
        Some("act=ask"),
        [404, 404, 404, 404, 422],
    ),
    ("see works that one is asked about", "/you/works", "/you/works", None, SIGNED_IN),
    (
        "answer a question (here: one that was never asked)",
        "/you/works",
        "/you/works",
        Some("act=decline&offer=0"),
        [403, 404, 404, 404, 404],
    ),
    ("open the link of a work", "/unlisted/{secret}", "/unlisted/HEX", None, [404; 5]),
    ("search", "/search", "/search?q=tide", None, ALL),
    ("see the upload page", "/write/upload", "/write/upload", None, WRITES),
    (
        "upload something (here: no file)",
        "/write/upload",
        "/write/upload",
        Some("x=y"),
        ASKS_NOTHING,
    ),
    ("see one's works", "/write", "/write", None, WRITES),
    ("see the page of a new work", "/write/new", "/write/new", None, WRITES),
    ("begin a work", "/write/new", "/write/new", Some("title=Foam"), [403, 303, 303, 303, 303]),
    (
        "turn Markdown into a text (here: nothing)",
        "/write/convert",
        "/write/convert",
        Some(""),
        ASKS_NOTHING,
    ),
    ("proofread (here: nothing)", "/write/proof", "/write/proof", Some(""), ASKS_NOTHING),
    (
        "silence a rule (here: none)",
        "/write/proof/silence",
        "/write/proof/silence",
        Some(""),
        ASKS_NOTHING,
    ),
    ("see the draft of a work of the folder", "/works/{id}/edit", "WORK/edit", None, OWNER),
    ("see it as readers would", "/works/{id}/edit/preview", "WORK/edit/preview", None, OWNER),
    (
        "change it, over what somebody saved",
        "/works/{id}/edit",
        "WORK/edit",
        Some("head=1-0000000000000000&title=Foam"),
        OWNER_NOT,
    ),
    (
        "change it by the editor, over the same",
        "/works/{id}/edit/save",
        "WORK/edit/save",
        Some(r#"{"head":"1-0000000000000000","fields":{"title":{"plain":"Foam"}}}"#),
        [403, 404, 404, 404, 409],
    ),
    (
        "let go of its changes (there are none)",
        "/works/{id}/edit/act",
        "WORK/edit/act",
        Some("act=discard"),
        OWNER_NOT,
    ),
    (
        "see a chapter of its draft",
        "/works/{id}/edit/chapters/{chapter}",
        "WORK/edit/chapters/1",
        None,
        OWNER,
    ),
    (
        "change a chapter, over what somebody saved",
        "/works/{id}/edit/chapters/{chapter}",
        "WORK/edit/chapters/1",
        Some("head=1-0000000000000000&text=Foam."),
        OWNER_NOT,
    ),
    (
        "change a chapter by the editor, over the same",
        "/works/{id}/edit/chapters/{chapter}/save",
        "WORK/edit/chapters/1/save",
        Some(r#"{"head":"1-0000000000000000","fields":{"text":{"html":"<p>Foam.</p>"}}}"#),
        [403, 404, 404, 404, 409],
    ),
    (
        "split a chapter that somebody saved",
        "/works/{id}/edit/chapters/{chapter}/split",
        "WORK/edit/chapters/1/split",
        Some(r#"{"head":"1-0000000000000000","first":"<p>Foam.</p>","second":"<p>Salt.</p>"}"#),
        [404, 404, 404, 404, 422],
    ),
    (
        "see what tidying up would change",
        "/works/{id}/edit/tidy",
        "WORK/edit/tidy?quotes=curly",
        None,
        OWNER,
    ),
    (
        "tidy up what was changed since",
        "/works/{id}/edit/tidy",
        "WORK/edit/tidy",
        Some("head=1-0000000000000000"),
        OWNER_NOT,
    ),
    ("see the history", "/works/{id}/revisions", "WORK/revisions", None, OWNER),
    (
        "compare two revisions",
        "/works/{id}/revisions/compare",
        "WORK/revisions/compare?from=1&to=1",
        None,
        OWNER,
    ),
    (
        "name a revision",
        "/works/{id}/revisions/act",
        "WORK/revisions/act",
        Some("revision=1&act=name&name=first"),
        [404, 404, 404, 404, 303],
    ),
    ("see the import (at home)", "/import", "/import", None, ALL),
    ("follow a feed", "/feed", "/feed", None, ALL),
    ("browse tags", "/tags", "/tags", None, ALL),
    ("complete names of tags", "/tags/suggest", "/tags/suggest?q=a", None, ALL),
    ("see look-alike tags", "/tags/proposals", "/tags/proposals", None, ALL),
    ("see what was done to tags", "/tags/log", "/tags/log", None, ALL),
    (
        "put tags in order (an act that is not there)",
        "/tags/act",
        "/tags/act",
        Some("act=undo&number=77&back=/tags/log"),
        [403, 403, 409, 409, 409],
    ),
    ("look at a tag", "/tags/{id}", "/tags/1", None, ALL),
    ("see one's own page, or sign in", "/you", "/you", None, ALL),
    ("sign out other browsers", "/you", "/you", Some("act=browsers"), [403, 303, 303, 303, 303]),
    (
        "invite, while registration is closed",
        "/you",
        "/you",
        Some("act=invite"),
        [403, 403, 403, 200, 200],
    ),
    ("take everything of one's own", "/you/export", "/you/export", Some(""), SIGNED_IN),
    ("sign in with a wrong password", "/sign-in", "/sign-in", Some("name=owner"), [403; 5]),
    (
        "add a passkey (here: without the password)",
        "/you/passkeys",
        "/you/passkeys",
        Some("act=begin"),
        [403, 422, 422, 422, 200],
    ),
    ("ask what a passkey signs", "/sign-in/passkey", "/sign-in/passkey", None, ALL),
    (
        "sign in with a passkey that is none",
        "/sign-in/passkey",
        "/sign-in/passkey",
        Some("id=AA"),
        [403; 5],
    ),
    ("forget a password, without a mail server", "/forgot", "/forgot", None, [404; 5]),
    ("have a link mailed, without a mail server", "/forgot", "/forgot", Some("who=x"), [404; 5]),
    (
        "look at a mailed link, without a mail server",
        "/address/{secret}",
        "/address/HEX",
        None,
        [404; 5],
    ),
    (
        "confirm an address, without a mail server",
        "/address/{secret}",
        "/address/HEX",
        Some(""),
        [404; 5],
    ),
    ("look at a link that signs in", "/sign-in/{secret}", "/sign-in/HEX", None, ALL),
    ("use a bad link", "/sign-in/{secret}", "/sign-in/HEX", Some(""), [410; 5]),
    ("see registration, while it is closed", "/register", "/register", None, [403; 5]),
    ("register, while it is closed", "/register", "/register", Some("name=x"), [403; 5]),
    ("see a bad invitation", "/invited/{secret}", "/invited/HEX", None, [410; 5]),
    ("use a bad invitation", "/invited/{secret}", "/invited/HEX", Some("name=x"), [410; 5]),
    ("see everybody's accounts", "/people", "/people", None, [403, 403, 403, 200, 200]),
    (
        "let somebody in or close an account",
        "/people",
        "/people",
        Some("act=open&account=MEMBER"),
        [403, 403, 403, 303, 303],
    ),
    (
        "close a moderator's account",
        "/people",
        "/people",
        Some("act=open&account=MODERATOR"),
        [403, 403, 403, 403, 303],
    ),
    (
        "give a role",
        "/people",
        "/people",
        Some("act=role&account=MEMBER&role=member"),
        [403, 403, 403, 403, 303],
    ),
    (
        "make a link for a new password",
        "/people",
        "/people",
        Some("act=link&account=MEMBER"),
        [403, 403, 403, 403, 200],
    ),
    (
        "say who may make an account",
        "/people",
        "/people",
        Some("act=registration&who=closed"),
        [403, 403, 403, 403, 303],
    ),
    (
        "see the beta readers of a work of the folder",
        "/works/{id}/edit/beta",
        "WORK/edit/beta",
        None,
        OWNER,
    ),
    (
        "make a link for beta readers of it",
        "/works/{id}/edit/beta",
        "WORK/edit/beta",
        Some("act=make&name=Mina"),
        OWNER,
    ),
    ("open a bad link for beta readers", "/beta/{secret}", "/beta/HEX", None, [404; 5]),
    (
        "read a chapter by it",
        "/beta/{secret}/chapters/{position}",
        "/beta/HEX/chapters/1",
        None,
        [404; 5],
    ),
    (
        "see the form for remarks by it",
        "/beta/{secret}/chapters/{position}/remark",
        "/beta/HEX/chapters/1/remark?paragraph=0",
        None,
        [404; 5],
    ),
    ("see an image by it", "/beta/{secret}/media/{name}", "/beta/HEX/media/x.png", None, [404; 5]),
    (
        "send a remark by it",
        "/beta/{secret}/act",
        "/beta/HEX/act",
        Some("act=remark&chapter=1&paragraph=0&said=x&name=x"),
        [404; 5],
    ),
    ("see an image that no work shows", "/media/{name}", "/media/x.png", None, [404; 5]),
    ("load what pages need", "/static/{name}", "/static/none.css", None, [404; 5]),
    ("load the icon", "/favicon.svg", "/favicon.svg", None, ALL),
    ("ask whether the site is well", "/healthz", "/healthz", None, ALL),
    // Last, because nobody is signed in afterwards.
    ("sign out", "/sign-out", "/sign-out", Some(""), [303; 5]),
];

/// The routes and methods of the site, read from its own tables.
fn routes() -> Vec<(String, bool)> {
    let mut routes = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                routes.extend(routes_in(&std::fs::read_to_string(path).expect("a source")));
            }
        }
    }
    assert!(routes.len() > 60, "{routes:?}");
    routes
}

fn routes_in(source: &str) -> Vec<(String, bool)> {
    let mut routes = Vec::new();
    for call in source.split(".route(").skip(1) {
        let mut open = 1;
        let end = call.find(|c| {
            open += i32::from(c == '(') - i32::from(c == ')');
            open == 0
        });
        let call = &call[..end.expect("an end")];
        let path = call.split('"').nth(1).expect("a path").to_owned();
        let (reads, writes) = (call.contains("get("), call.contains("post("));
        assert!(reads || writes, "{path}: {call}");
        routes.extend(reads.then(|| (path.clone(), false)));
        routes.extend(writes.then_some((path, true)));
    }
    routes
}

#[test]
fn every_route_has_a_row() {
    let rows: Vec<(String, bool)> =
        RIGHTS.iter().map(|row| (row.1.to_owned(), row.3.is_some())).collect();
    for route in routes() {
        assert!(rows.contains(&route), "{route:?} needs a row in RIGHTS, tests/it/rights.rs");
    }
    for row in &rows {
        assert!(routes().contains(row), "{row:?} is no route any more");
    }
}

/// A line of the documentation.
fn line(row: &Right) -> String {
    let method = if row.3.is_some() { "POST" } else { "GET" };
    let may = |status: &u16| match status {
        400 | 409 | 422 | 200..=399 => "yes",
        403 | 404 => "–",
        410 => "no longer",
        other => panic!("{other}"),
    };
    let cells: Vec<&str> = row.4.iter().map(may).collect();
    format!("| {} | `{method} {}` | {} |", row.0, row.1, cells.join(" | "))
}

#[test]
fn the_documentation_says_who_may_what() {
    let docs = include_str!("../../docs/people.md");
    let missing: Vec<String> =
        RIGHTS.iter().map(line).filter(|line| !docs.lines().any(|own| own == line)).collect();
    assert!(missing.is_empty(), "docs/people.md lacks:\n{}", missing.join("\n"));
    let rows = docs.lines().filter(|own| own.contains("| `GET ") || own.contains("| `POST "));
    assert_eq!(rows.count(), RIGHTS.len(), "docs/people.md has rows that are not so");
    for setting in ["public_url", "registration", "listen", "smtp", "mail_from", "smtp_password"] {
        assert!(docs.contains(&format!("`{setting}`")), "{setting}");
    }
}

#[test]
fn every_role_may_what_the_table_says() {
    let site = Site::with(&[("a.txt", "Title: Salt\nRating: Mature\n\nThe tide was out.\n")]);
    let cast = cast(&site);
    let work = site.work("Salt");
    let page = site.get(&work).text();
    let original = page.split("/originals/").nth(1).and_then(|rest| rest.get(..64));
    let original = original.expect("an original").to_owned();
    let hex = "0123456789abcdef".repeat(4);
    let mut wrong = Vec::new();
    for (say, _, path, form, want) in RIGHTS {
        let path = path.replace("WORK", &work).replace("HASH", &original).replace("HEX", &hex);
        for ((who, cookie), want) in WHO.iter().zip(&cast.cookies).zip(want) {
            let own = ("cookie", cookie.as_str());
            let status = match form {
                None => site.status(&path, &[own]),
                Some(form) => {
                    let form = form
                        .replace("MEMBER", &cast.member.to_string())
                        .replace("MODERATOR", &cast.moderator.to_string());
                    site.send(&path, &form, &[OWN, own]).status
                }
            };
            if status != *want {
                wrong.push(format!("{say}, {who}: {status} instead of {want}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Whatever is sent from elsewhere is refused for everybody, and nothing else is taken.
    for (_, route, path, form, _) in RIGHTS {
        let path = path.replace("WORK", &work).replace("HASH", &original).replace("HEX", &hex);
        for headers in [&[][..], &[("sec-fetch-site", "cross-site")], &[("origin", "null")]] {
            assert_eq!(site.send(&path, form.unwrap_or_default(), headers).status, 403, "{route}");
        }
        let deleted = site.ask(Method::DELETE, &path, &[OWN]);
        assert_eq!(deleted.status, 405, "{route}");
    }
}
