//! Gifts, works that come from others, and who may comment: on the pages, in downloads, and what of
//! it nobody is shown.

use crate::people::{join, see, send};
use crate::site::{Answer, Site};

struct Cast {
    site: Site,
    owner: String,
    ann: String,
    ben: String,
}

fn cast() -> Cast {
    let header = "Title: Salt\nAuthor: Wil\nInspired by: Brine (https://far.example/1)\n\n\
                  The tide was out, and the boats lay on their sides.\n";
    let site = Site::with(&[("a.txt", header)]);
    let owner = site.sign_in();
    let [ann, ben] = ["Ann", "Ben"].map(|name| join(&site, &owner, name));
    Cast { site, owner, ann, ben }
}

impl Cast {
    fn sees(&self, who: &str, path: &str) -> Answer {
        see(&self.site, path, who)
    }

    /// A work that somebody posts, with these fields of its form; its address.
    fn posted(&self, who: &str, title: &str, fields: &[(&str, &str)]) -> String {
        let begun = [("title", title), ("text", "The lamp was lit.")];
        let begun = send(&self.site, "/write/new", who, &begun).is(303);
        let work = begun.header("location").trim_end_matches("/edit").to_owned();
        self.about(who, &work, title, "post", fields).is(303);
        work
    }

    /// Sends the form of a work.
    fn about(
        &self,
        who: &str,
        work: &str,
        title: &str,
        act: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let path = format!("{work}/edit/about");
        let page = self.sees(who, &path).is(200).text();
        let head =
            page.split("name=\"head\" value=\"").nth(1).and_then(|own| own.split('"').next());
        let mut all = vec![("head", head.expect("a head")), ("title", title), ("act", act)];
        let names = [(&self.ann, "Ann"), (&self.ben, "Ben"), (&self.owner, "Wil")];
        let name = names.into_iter().find(|own| own.0 == who).map_or("", |own| own.1);
        all.push(("authors", name));
        all.extend_from_slice(fields);
        send(&self.site, &path, who, &all)
    }

    fn audience(&self, who: &str, work: &str, audience: &str) {
        let fields = [("audience", audience)];
        send(&self.site, &format!("{work}/visibility"), who, &fields).is(303);
    }
}

fn number(work: &str) -> &str {
    work.rsplit('/').next().expect("a number")
}

#[test]
fn a_gift_is_found_by_whom_it_is_for_who_may_rather_not_be_named() {
    let cast = cast();
    let fields = [("gifts", "ben, Mina\nA Third")];
    let work = cast.posted(&cast.ann, "Two Lamps", &fields);
    for who in ["", &cast.ann, &cast.ben] {
        cast.sees(who, &work).is(200).sees("Gift for").sees(">ben<").sees(">Mina<");
    }
    cast.sees(&cast.ben, "/you/works").is(200).sees("Two Lamps").sees("Do not name me");
    for other in [&cast.ann, &cast.owner] {
        cast.sees(other, "/you/works").is(200).sees_no("Two Lamps");
        let fields = [("act", "name me not"), ("work", number(&work)), ("name", "ben")];
        send(&cast.site, "/you/works", other, &fields).is(404);
    }
    let act = |act: &str| {
        let fields = [("act", act), ("work", number(&work)), ("name", "ben")];
        send(&cast.site, "/you/works", &cast.ben, &fields)
    };
    cast.sees(&cast.ben, "/you/works").is(200).sees("name=\"name\" value=\"ben\"");
    act("name me not").is(303);
    let unnamed = |who: &str| {
        cast.sees(who, &work).is(200).sees_no(">ben<").sees(">Mina<");
        let markdown = cast.sees(who, &format!("{work}/download/markdown")).is(200);
        markdown.sees("Gift for").sees("Mina").sees_no("ben");
    };
    unnamed("");
    unnamed(&cast.ann);
    // Posting it again names nobody who does not want to be.
    cast.about(&cast.ann, &work, "Two Lamps", "post", &[("gifts", "Ben\nMina")]).is(303);
    unnamed("");
    act("name me").is(303);
    cast.sees("", &work).is(200).sees(">Ben<");
    // A gift that one may not see is none.
    cast.audience(&cast.ann, &work, "named");
    cast.sees(&cast.ben, "/you/works").is(200).sees_no("Two Lamps");
    act("name me not").is(404);
    // Of names that nobody has, the page says the same.
    let wrong = (0..11).map(|n| format!("Name {n}\n")).collect::<String>();
    let page = cast.about(&cast.ann, &work, "Two Lamps", "save", &[("gifts", &wrong)]).is(409);
    page.sees("id=\"gifts-fault\"").sees("Name 10");
}

#[test]
fn when_more_waits_than_is_shown_the_page_says_so() {
    let cast = cast();
    for n in 0..201 {
        let begun = [("title", format!("Lamp {n:03}")), ("text", "Lit.".to_owned())];
        let begun = begun.each_ref().map(|(name, value)| (*name, value.as_str()));
        let begun = send(&cast.site, "/write/new", &cast.ann, &begun).is(303);
        let work = begun.header("location").trim_end_matches("/edit").to_owned();
        let fields = [("act", "ask"), ("name", "Ben")];
        send(&cast.site, &format!("{work}/authors"), &cast.ann, &fields).is(303);
    }
    let shown = || {
        let page = cast.sees(&cast.ben, "/you/works").is(200).text();
        (page.matches("value=\"decline\"").count(), page.contains("There are more than these 200"))
    };
    cast.sees(&cast.ben, "/you").is(200).sees("For you (201)");
    assert_eq!(shown(), (200, true));
    let page = cast.sees(&cast.ben, "/you/works").sees("Lamp 199").sees_no("Lamp 200").text();
    let offer = page.split("name=\"offer\" value=\"").nth(1).and_then(|own| own.split('"').next());
    let fields = [("act", "decline"), ("offer", offer.expect("a question"))];
    send(&cast.site, "/you/works", &cast.ben, &fields).is(303);
    cast.sees(&cast.ben, "/you/works").sees("Lamp 200");
    assert_eq!(shown(), (200, false));
}

#[test]
fn what_a_work_comes_from_is_linked_and_listed_there_once_its_owner_says_so() {
    let cast = cast();
    let parent = cast.posted(&cast.ben, "Brine", &[]);
    let address = format!("{}{parent}/chapters/1", cast.site.origin());
    let fields = [
        ("inspired-at-0", address.as_str()),
        ("inspired-at-1", "https://far.example/works/7"),
        ("inspired-title-1", "Far Rain"),
        ("inspired-by-1", "Wil"),
        ("translation-at-0", ""),
        ("translation-title-0", "an old song"),
    ];
    let child = cast.posted(&cast.ann, "Two Lamps", &fields);
    let page = cast.sees("", &child).is(200);
    let page = page.sees("Inspired by").sees(&format!("<a href=\"{parent}\"")).sees("Brine by Ben");
    page.sees(
        "<a href=\"https://far.example/works/7\" rel=\"nofollow noopener\">Far Rain by Wil</a>",
    )
    .sees("Translation of")
    .sees("an old song");
    let markdown = cast.sees("", &format!("{child}/download/markdown")).is(200);
    markdown.sees("Brine by Ben").sees("Far Rain by Wil (https://far.example/works/7)");
    // Nobody but the owner of the other work says whether it is listed there.
    cast.sees("", &parent).is(200).sees_no("Two Lamps");
    cast.sees(&cast.ben, "/you").is(200).sees("For you (1)");
    cast.sees(&cast.ben, "/you/works").is(200).sees("Two Lamps").sees("was inspired by Brine");
    let answer = |who: &str, act: &str| {
        let fields = [("act", act), ("work", number(&child)), ("parent", number(&parent))];
        send(&cast.site, "/you/works", who, &fields)
    };
    for other in [&cast.ann, &cast.owner] {
        cast.sees(other, "/you/works").is(200).sees_no("Two Lamps");
        answer(other, "list").is(404);
    }
    answer("", "list").is(403);
    answer(&cast.ben, "list").is(303);
    cast.sees("", &parent).is(200).sees("Inspired works").sees("Two Lamps by Ann");
    cast.sees(&cast.ben, "/you").is(200).sees_no("For you (1)");
    // Hidden works show through at neither end.
    cast.audience(&cast.ann, &child, "members");
    cast.sees("", &parent).is(200).sees_no("Two Lamps").sees_no("Inspired works");
    cast.sees(&cast.ben, &parent).is(200).sees("Two Lamps");
    cast.audience(&cast.ann, &child, "everyone");
    cast.audience(&cast.ben, &parent, "named");
    let download = |who: &str| cast.sees(who, &format!("{child}/download/markdown")).is(200);
    for who in ["", &cast.ann] {
        cast.sees(who, &child).is(200).sees_no("Brine").sees_no(&parent).sees("Far Rain");
        download(who).sees_no("Brine").sees("Far Rain");
    }
    cast.sees(&cast.ben, &child).is(200).sees("Brine");
    // Saving with a work that was hidden since does not lose it; naming it anew is not possible.
    let fields = [("inspired-at-0", parent.as_str())];
    cast.about(&cast.ann, &child, "Two Lamps", "post", &fields).is(303);
    let other = cast.posted(&cast.ann, "A Third", &[]);
    let here = cast.about(&cast.ann, &other, "A Third", "save", &fields).is(409).text();
    let gone = [("inspired-at-0", "/works/999999")];
    let none = cast.about(&cast.ann, &other, "A Third", "save", &gone).is(409).text();
    let said = |page: &str| {
        let rest = page.split("id=\"inspired-fault\">").nth(1).expect("a mistake").to_owned();
        let rest = rest.split('<').next().expect("an end").to_owned();
        rest.replace(&parent, "").replace("/works/999999", "")
    };
    assert_eq!(said(&here), said(&none));
    cast.audience(&cast.ben, &parent, "everyone");
    cast.sees("", &child).is(200).sees("Brine by Ben");
    answer(&cast.ben, "list not").is(303);
    cast.sees("", &parent).is(200).sees_no("Two Lamps");
    // In the bin it is gone from both.
    answer(&cast.ben, "list").is(303);
    send(&cast.site, &format!("{child}/edit/act"), &cast.ann, &[("act", "bin")]).is(303);
    cast.sees("", &parent).is(200).sees_no("Two Lamps");
    send(&cast.site, &format!("{child}/edit/act"), &cast.ann, &[("act", "take out")]).is(303);
    cast.sees("", &parent).is(200).sees("Two Lamps");
}

#[test]
fn works_of_one_owner_are_listed_at_once_and_found_by_their_titles() {
    let cast = cast();
    let parent = cast.posted(&cast.ann, "The Bríne", &[]);
    let child = cast.posted(&cast.ann, "Two Lamps", &[]);
    let fields =
        [("translation-at-0", ""), ("translation-title-0", "brine"), ("summary", "Typed.")];
    let page = cast.about(&cast.ann, &child, "Two Lamps", "find", &fields).is(200);
    let page = page.sees("Nothing is saved yet").sees("Typed.").sees("The Bríne by Ann");
    page.sees(&format!("name=\"translation-pick-0\" value=\"{parent}\""));
    let nothing = [("translation-at-0", ""), ("translation-title-0", "Brin")];
    let page = cast.about(&cast.ann, &child, "Two Lamps", "find", &nothing).is(200);
    page.sees("No work here is called");
    let pick = [
        ("translation-at-0", ""),
        ("translation-title-0", "brine"),
        ("translation-pick-0", parent.as_str()),
    ];
    cast.about(&cast.ann, &child, "Two Lamps", "post", &pick).is(303);
    cast.sees("", &parent).is(200).sees("Translations").sees("Two Lamps by Ann");
    cast.sees("", &child).is(200).sees("Translation of").sees("The Bríne by Ann");
    // What others may not see is not found by its title either.
    cast.audience(&cast.ann, &parent, "named");
    let other = cast.posted(&cast.ben, "A Third", &[]);
    let page = cast.about(&cast.ben, &other, "A Third", "find", &fields[..2]).is(200);
    page.sees("No work here is called").sees_no("The Bríne");
}

#[test]
fn what_a_file_says_stays_a_line_until_a_person_makes_it_a_link() {
    let cast = cast();
    let work = cast.site.work("Salt");
    let page = cast.sees("", &work).is(200).sees("Inspired by");
    page.sees_no("<a href=\"https://far.example/1\"");
    cast.sees(&cast.ben, "/you/works").is(200).sees_no("Salt");
    let path = format!("{work}/edit/about");
    let form = cast.sees(&cast.owner, &path).is(200);
    form.sees("value=\"Brine (https://far.example/1)\"");
    let fields = [
        ("gifts", "Ben"),
        ("inspired-at-0", "https://far.example/1"),
        ("inspired-title-0", "Brine"),
        ("summary", "x"),
    ];
    cast.about(&cast.owner, &work, "Salt", "post", &fields).is(303);
    cast.sees("", &work).is(200).sees("<a href=\"https://far.example/1\"");
    cast.sees(&cast.ben, "/you/works").is(200).sees("Salt");
}

#[test]
fn who_may_comment_is_kept_and_taken_away_with_the_work() {
    let cast = cast();
    let work = cast.posted(&cast.ann, "Two Lamps", &[("comments", "nobody")]);
    let path = format!("{work}/edit/about");
    let chosen = |word: &str| format!("value=\"{word}\" checked");
    let page = cast.sees(&cast.ann, &path).is(200).sees(&chosen("nobody"));
    page.sees("There are no comments in Fanfold yet");
    cast.about(&cast.ann, &work, "Two Lamps", "save", &[("comments", "everyone")]).is(303);
    cast.sees(&cast.ann, &path).is(200).sees(&chosen("everyone"));
    // A form without the field, or with nonsense in it, leaves it as it is.
    for fields in [&[][..], &[("comments", "whoever")]] {
        cast.about(&cast.ann, &work, "Two Lamps", "save", fields).is(303);
        cast.sees(&cast.ann, &path).is(200).sees(&chosen("everyone"));
    }
    let zip = send(&cast.site, "/you/export", &cast.ann, &[]).is(200).body;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip)).expect("a zip");
    let mut text = String::new();
    let mut file = zip.by_name("mine.json").expect("in it");
    std::io::Read::read_to_string(&mut file, &mut text).expect("read");
    let mine: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let of = |folder: &str| {
        let works = mine["works"].as_array().expect("a list").iter();
        let mut own =
            works.filter(|own| own["file"].as_str().is_some_and(|f| f.starts_with(folder)));
        own.next().expect("there")["comments"].as_str().expect("a word").to_owned()
    };
    assert_eq!((of("works/"), of("drafts/")), ("nobody".to_owned(), "everyone".to_owned()));
}
