//! What somebody takes away: that all of it is in the zip, and each thing once.

use std::io::{Cursor, Read};

use serde_json::Value;
use zip::ZipArchive;

use crate::people::{join, see, send};
use crate::site::Site;

/// The zip of somebody, each file by its name.
fn taken(site: &Site, cookie: &str) -> Vec<(String, String)> {
    let body = send(site, "/you/export", cookie, &[]).is(200).body;
    let mut zip = ZipArchive::new(Cursor::new(body)).expect("a zip");
    let mut files = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).expect("a file");
        let mut text = String::new();
        file.read_to_string(&mut text).expect("a text");
        let name = file.name().expect("a name").into_owned();
        files.push((name, text));
    }
    files
}

fn json(files: &[(String, String)], name: &str) -> Value {
    let names: Vec<&str> = files.iter().map(|file| file.0.as_str()).collect();
    let file = files.iter().find(|file| file.0 == name);
    let file = file.unwrap_or_else(|| panic!("no {name}: {names:?}"));
    serde_json::from_str(&file.1).expect("JSON")
}

/// A draft with a link for beta readers; the path of the work and of the link.
fn draft(site: &Site, ann: &str, title: &str) -> (String, String) {
    let fields = [("title", title), ("text", "The lamp went out at nine.")];
    let begun = send(site, "/write/new", ann, &fields).is(303);
    let work = begun.header("location").strip_suffix("/edit").expect("a work").to_owned();
    let made =
        send(site, &format!("{work}/edit/beta"), ann, &[("act", "make"), ("name", "Ben’s read")]);
    let text = made.is(200).text();
    let link = text.split("class=\"secret\" href=\"").nth(1).expect("a link");
    (work, link.split('"').next().expect("an end").to_owned())
}

#[test]
fn what_was_said_of_a_work_is_in_it_once() {
    let site = Site::with(&[("a.txt", "The tide was out.")]);
    let owner = site.sign_in();
    let (ann, ben) = (join(&site, &owner, "Ann"), join(&site, &owner, "Ben"));
    let (posted, posted_link) = draft(&site, &ann, "Lamps");
    let (_, drafted_link) = draft(&site, &ann, "lamps");
    draft(&site, &ann, "Nobody Read This");
    for (link, said) in [(&posted_link, "which lamp?"), (&drafted_link, "whose lamp?")] {
        let fields = [
            ("act", "passage"),
            ("chapter", "1"),
            ("name", "Ben"),
            ("paragraph", "0"),
            ("quote", "went out"),
            ("said", said),
            ("instead", ""),
        ];
        send(&site, &format!("{link}/act"), &ben, &fields).is(303);
    }
    let about = format!("{posted}/edit/about");
    let page = see(&site, &about, &ann).is(200).text();
    let head = page.split("name=\"head\" value=\"").nth(1).expect("a head");
    let head = head.split('"').next().expect("an end");
    let fields = [("act", "post"), ("head", head), ("title", "Lamps"), ("authors", "Ann")];
    send(&site, &about, &ann, &fields).is(303);
    // What is drafted beside it has no remarks of its own.
    let page = see(&site, &format!("{posted}/edit/chapters/1"), &ann).is(200).text();
    let head = page.split("data-head=\"").nth(1).and_then(|rest| rest.split('"').next());
    let anew = [("head", head.expect("a head")), ("title", ""), ("text", "It went out at ten.")];
    send(&site, &format!("{posted}/edit/chapters/1"), &ann, &anew).is(303);
    let files = taken(&site, &ann);
    let mine = json(&files, "mine.json");
    let works: Vec<(&str, Option<&str>)> = mine["works"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|own| (own["file"].as_str().expect("a name"), own["remarks"].as_str()))
        .collect();
    let [one, two] = ["remarks/Lamps.json", "remarks/lamps (3).json"];
    assert_eq!(
        works,
        [
            ("works/Lamps", Some(one)),
            ("drafts/Lamps", Some(one)),
            ("drafts/lamps (3)", Some(two)),
            ("drafts/Nobody Read This", None),
        ]
    );
    for (name, said) in [(one, "which lamp?"), (two, "whose lamp?")] {
        let remarks = json(&files, name);
        assert_eq!((remarks[0]["said"].as_str(), remarks[1].is_null()), (Some(said), true));
        let times = files.iter().map(|file| file.1.matches(said).count()).sum::<usize>();
        assert_eq!(times, 1, "{said}");
    }
    assert_eq!(files.iter().filter(|file| file.0.starts_with("remarks/")).count(), 2);
    let bens = json(&taken(&site, &ben), "mine.json");
    assert_eq!(bens["remarks"].as_array().expect("a list").len(), 2);
}
