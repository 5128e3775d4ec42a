//! The library as an answer to questions: the address, the form of the panel, mistakes, and what
//! nobody should ask.

#![allow(clippy::expect_used, clippy::panic)]

use std::time::Instant;

use crate::site::{Answer, Site};

fn story(title: &str, fandom: &str, more: &str, words: usize) -> String {
    // Texts that are alike would be one work.
    let own = title.split(' ').next().unwrap_or_default().to_lowercase();
    let text = (0..words).map(|n| format!("{own}{n} ")).collect::<String>();
    format!("Title: {title}\nFandom: {fandom}\n{more}\n\n{text}and the lantern went out at sea.\n")
}

fn site() -> Site {
    let first = story(
        "First Light",
        "Clockwork Isles",
        "Author: Wilhelmina Moss\nRating: Mature\nStatus: Complete\nLanguage: English\n\
         Relationship: Ann/Bea, Cal/Dee\nCharacters: Ann, Bea\nTags: Storms, Slow Burn",
        400,
    );
    let second = story(
        "Second Light",
        "Clockwork Isles, Far Seas",
        "Author: Basil Reed\nRating: Explicit\nRelationship: Cal/Dee, Ann/Bea\n\
         Characters: Bea, Ann\nTags: Storms",
        900,
    );
    let third = story(
        "Third Light",
        "Far Seas",
        "Author: Basil Reed\nRating: Mature\nWarnings: Major Character Death\nTags: Tea",
        1_600,
    );
    Site::with(&[("first.txt", &first), ("second.txt", &second), ("third.txt", &third)])
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn ask(site: &Site, question: &str) -> Answer {
    site.get(&format!("/?q={}", encoded(question))).is(200)
}

/// The titles on a page, in their order.
fn titles(page: &Answer) -> Vec<String> {
    let text = page.text();
    let links = text.split("<h2 dir=\"auto\"").skip(1);
    links
        .map(|part| {
            let link = part.split("</a>").next().unwrap_or_default();
            link.rsplit('>').next().unwrap_or_default().to_owned()
        })
        .collect()
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    format!("/filter?{}", pairs.join("&"))
}

#[test]
fn every_field_of_the_form_becomes_a_question() {
    let site = site();
    for (fields, location) in [
        (&[("in-fandom", "Clockwork Isles")][..], "/?q=fandom%3A%22Clockwork+Isles%22"),
        (&[("not-fandom", "Far Seas")], "/?q=-fandom%3A%22Far+Seas%22"),
        (
            &[("in-rating", "Mature"), ("in-rating", "Explicit")],
            "/?q=rating%3A%28Mature+OR+Explicit%29",
        ),
        (&[("in-warning", "X"), ("in-category", "Gen")], "/?q=warning%3AX+category%3AGen"),
        (&[("in-ship", "Ann/Bea")], "/?q=ship%3AAnn%2FBea"),
        (&[("in-ship", "Ann/Bea"), ("first-ship", "1")], "/?q=primary-ship%3AAnn%2FBea"),
        (&[("add-character", "Ann, Bea")], "/?q=character%3AAnn+character%3ABea"),
        (&[("leave-additional", "Tea")], "/?q=-additional%3ATea"),
        (
            &[("in-additional", "A"), ("in-additional", "B"), ("any-additional", "1")],
            "/?q=additional%3A%28A+OR+B%29",
        ),
        (&[("in-fandom", "A"), ("any-fandom", "1")], "/?q=fandom%3AA&any=fandom"),
        (&[("words-from", "1,000"), ("words-to", "5k")], "/?q=words%3A1k-5k"),
        (&[("minutes-to", "30")], "/?q=minutes%3A%3C%3D30"),
        (&[("chapters-from", "2")], "/?q=chapters%3A%3E%3D2"),
        (&[("oneshot", "1")], "/?q=chapters%3A1"),
        (
            &[("hits-from", "1"), ("kudos-from", "2"), ("comments-from", "3")],
            "/?q=hits%3A%3E%3D1+kudos%3A%3E%3D2+comments%3A%3E%3D3",
        ),
        (
            &[("bookmarks-from", "4"), ("warmth-from", "5")],
            "/?q=bookmarks%3A%3E%3D4+warmth%3A%3E%3D5",
        ),
        (&[("updated-from", "<7 days")], "/?q=updated%3A%22%3C7+days%22"),
        (&[("posted-from", "2023"), ("posted-to", "2024")], "/?q=posted%3A2023..2024"),
        (
            &[("complete", "yes"), ("crossover", "exclude"), ("otp", "1")],
            "/?q=complete%3Ayes+crossover%3Ano+otp%3Ayes",
        ),
        (&[("language", "en")], "/?q=language%3Aen"),
        (&[("title", "Light"), ("author", "Moss")], "/?q=author%3AMoss+title%3ALight"),
        (&[("within", "lamp OR sea"), ("sort", "words")], "/?q=lamp+OR+sea+sort%3Awords"),
        (&[("sort", "title"), ("turned", "1")], "/?q=sort%3Atitle-desc"),
        (&[("metas", "1")], "/?metas=1"),
        (&[("more", "not-fandom")], "/?more=fandom#not-fandom"),
        (&[("more", "nonsense")], "/"),
        (&[("kept", "in-ship"), ("otp", "1")], "/?q=otp%3Ayes&more=ship"),
        (&[("kept", "in-ship"), ("fewer", "in-ship")], "/#in-ship"),
        (&[], "/"),
    ] {
        let (status, said) = site.redirect(&form(fields));
        assert_eq!((status, said.as_str()), (303, location), "{fields:?}");
        site.get(&form(fields)).is(200).sees("id=\"filter\"");
    }
}

#[test]
fn questions_are_answered() {
    let site = site();
    for (question, found) in [
        ("", &["Third Light", "Second Light", "First Light"][..]),
        ("sort:title", &["First Light", "Second Light", "Third Light"]),
        ("fandom:\"clockwork isles\" sort:title", &["First Light", "Second Light"]),
        ("-fandom:\"Clockwork Isles\"", &["Third Light"]),
        ("fandom:\"Clockwork Isles\" fandom:\"Far Seas\"", &["Second Light"]),
        ("primary-ship:Ann/Bea", &["First Light"]),
        ("primary-character:Bea", &["Second Light"]),
        ("rating:Mature sort:title", &["First Light", "Third Light"]),
        ("-\"Major Character Death\" sort:title", &["First Light", "Second Light"]),
        ("words:<700", &["First Light"]),
        ("words>700 sort:words", &["Third Light", "Second Light"]),
        ("author:\"basil reed\" -tag:Storms", &["Third Light"]),
        ("tag:Storms lantern sort:title", &["First Light", "Second Light"]),
    ] {
        let page = ask(&site, question);
        let titles = titles(&page);
        assert!(found.iter().all(|title| titles.iter().any(|t| t == title)), "{question}");
        assert_eq!(titles.len(), found.len(), "{question}: {titles:?}");
        if question.contains("sort:") {
            assert_eq!(titles, found, "{question}");
        }
        page.sees(&format!("<strong>{} work", found.len()));
    }
    // The line in which a word stands, and the way to it.
    ask(&site, "fandom:\"Clockwork Isles\" lantern")
        .sees("<mark>lantern</mark>")
        .sees("?q=lantern");
}

#[test]
fn an_address_has_one_spelling() {
    let site = site();
    for (address, location) in [
        ("/?q=FANDOM%3ATea++words%3E1000", "/?q=fandom%3ATea+words%3A%3E%3D1001"),
        ("/?q=words%3E1000&page=2&metas=1", "/?q=words%3A%3E%3D1001&metas=1&page=2"),
        ("/?sort=title", "/?q=sort%3Atitle"),
        ("/?sort=words&order=asc", "/?q=sort%3Awords-asc"),
        ("/search?q=fandom%3ATea", "/?q=fandom%3ATea"),
        ("/search?q=words%3E5", "/?q=words%3E5"),
        ("/search?q=lamp+sort%3Atitle", "/?q=lamp+sort%3Atitle"),
        ("/search?q=-%22Slow+Burn%22", "/?q=-%22Slow+Burn%22"),
    ] {
        assert_eq!(site.redirect(address), (303, location.to_owned()), "{address}");
    }
    for address in ["/?q=fandom%3ATea", "/", "/search?q=lamp", "/search?q=lamp+-sea"] {
        assert_eq!(site.redirect(address).0, 200, "{address}");
    }
}

#[test]
fn picked_values_stay_and_counts_are_exact() {
    let site = site();
    let page = ask(&site, "-fandom:\"Far Seas\" -fandom:Nowhere");
    let page = page.sees("name=\"not-fandom\" value=\"Far Seas\" checked");
    let page = page.sees("name=\"not-fandom\" value=\"Nowhere\" checked").sees("no such tag");
    page.sees("No work here has a fandom called “<span dir=\"auto\">Nowhere</span>”");
    let page = site.get("/").is(200);
    page.sees(
        "name=\"in-fandom\" value=\"Far Seas\"><span dir=\"auto\">Far Seas</span> \
         <span class=\"n\">2</span>",
    );
    // One of several is enough: the others are counted as if it were not picked.
    let page = ask(&site, "rating:Explicit");
    page.sees("value=\"Mature\"><span dir=\"auto\">Mature</span> <span class=\"n\">2</span>");
    let page = ask(&site, "series:Long media:Books tag:Tea");
    for value in ["series: Long", "media: Books", "tag: Tea"] {
        assert!(page.text().contains(value), "{value} can be taken back");
    }
}

#[test]
fn mistakes_are_named_with_their_place() {
    let site = site();
    for (question, at, instead) in [
        ("words:50k-10k", "<mark>50k-10k</mark>", Some("words:10k-50k")),
        ("fandum:Tea", "<mark>fandum</mark>", Some("fandom:Tea")),
        ("\"never closed", "<mark>&#34;</mark>", Some("&#34;never closed&#34;")),
        ("words:abc", "<mark>abc</mark>", None),
        ("kudos:99999999999999999999999", "<mark>99999999999999999999999</mark>", None),
        ("(((", "<mark>(</mark>", None),
    ] {
        let page = ask(&site, question).sees("role=\"alert\"").sees(at);
        let page = page.sees_no("<ol class=\"works\"");
        if let Some(instead) = instead {
            page.sees(&format!("dir=\"auto\">{instead}</a>"));
        }
    }
    let hint = ask(&site, "fandom:Clockwork Isles").sees("role=\"note\"");
    hint.sees("fandom:&#34;Clockwork Isles&#34;</a>");
    ask(&site, "is:unread").sees("does not remember yet what you read");
    for (fields, place) in [
        (&[("words-from", "abc")][..], "e-words"),
        (&[("words-from", "50k"), ("words-to", "10k")], "e-words"),
        (&[("updated-from", "soon")], "e-updated"),
        (&[("within", "\"never")], "e-within"),
    ] {
        let page = site.get(&form(fields)).is(200).sees(&format!("id=\"{place}\""));
        let page = page.sees("role=\"alert\"").sees("aria-invalid=\"true\"");
        for (name, value) in fields {
            let value = value.replace('"', "&#34;");
            let field = format!("name=\"{name}\" value=\"{value}\"");
            assert!(page.text().contains(&field), "{field}");
        }
    }
}

#[test]
fn an_empty_answer_says_which_part_to_drop() {
    let site = site();
    let page = ask(&site, "fandom:\"Far Seas\" rating:Mature words:<700").sees("<strong>0 works");
    let page = page.sees("without <strong dir=\"auto\">at most 699 words</strong>");
    let page = page.sees("without <strong dir=\"auto\">fandom: Far Seas</strong>");
    page.sees_no("without <strong dir=\"auto\">rating: Mature</strong>");
    ask(&site, "words:<5 words:>4000000").sees("Leave out several parts at once");
}

#[test]
fn what_nobody_should_ask_is_answered_soon_and_plainly() {
    let site = site();
    let begin = Instant::now();
    assert_eq!(titles(&site.get("/?page=10000000").is(200)).len(), 3);
    assert_eq!(titles(&site.get("/?page=18446744073709551615").is(200)).len(), 3);
    assert_eq!(titles(&ask(&site, "words:0-4294967295")).len(), 3);
    let many: String = (0..1_000).map(|n| format!("a{n} ")).collect();
    ask(&site, &many).sees("role=\"alert\"").sees("at most");
    ask(&site, &"a ".repeat(300)).sees("at most 256 conditions");
    ask(&site, &"(".repeat(1_000)).sees("at most 32");
    ask(&site, &"lamp ".repeat(1_200)).sees("at most 4096 characters");
    let names: Vec<(&str, &str)> = (0..400).map(|_| ("add-fandom", "A,B,C,D")).collect();
    site.get(&form(&names)).is(200);
    let names: Vec<String> = (0..300).map(|n| format!("in-tag=n{n}")).collect();
    site.get(&format!("/filter?{}", names.join("&"))).is(200).sees("at most 256 conditions");
    let names: Vec<&str> = (0..2_500).map(|_| "a=b").collect();
    site.get(&format!("/filter?{}", names.join("&"))).is(400).sees("makes no sense");
    site.get("/?q=%00%ff%3Cscript%3E&more=%00&any=,,,").is(200).sees_no("<script>");
    ask(&site, "fandom:\"<img src=x>\" -tag:\"</form>\"")
        .sees_no("<img src=x")
        .sees_no("\"</form>");
    let status = site.status_of_long(1 << 20);
    assert!((400..500).contains(&status), "{status}");
    site.get("/").is(200);
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

#[test]
fn a_random_work_is_one_of_the_question() {
    let site = site();
    let third = site.work("Third Light");
    let asked = format!("/random?q={}", encoded("words:>1000"));
    assert_eq!(site.redirect(&asked), (302, third));
    let mut seen: Vec<String> = (0..60).map(|_| site.redirect("/random").1).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 3, "{seen:?}");
    assert_eq!(site.redirect("/random?q=words%3Aabc"), (303, "/?q=words%3Aabc".to_owned()));
    let nothing = site.redirect("/random?q=fandom%3ANowhere");
    assert_eq!(nothing, (302, "/?q=fandom%3ANowhere".to_owned()));
}

#[test]
fn a_new_work_is_in_every_answer() {
    let site = site();
    let address = format!("/?q={}", encoded("fandom:\"Far Seas\""));
    site.get(&address).is(200).sees("<strong>2 works");
    site.import("fourth.txt", &story("Fourth Light", "Far Seas", "Tags: Tea", 200));
    site.get_until(&address, |page| page.text().contains("<strong>3 works"));
    site.get("/").is(200).sees("Fourth Light").sees("<strong>4 works");
}

#[test]
fn what_the_terminal_does_to_tags_is_in_every_answer() {
    let site = site();
    let seas = format!("/?q={}", encoded("fandom:\"Far Seas\""));
    let isles = format!("/?q={}", encoded("fandom:\"Clockwork Isles\""));
    site.get(&seas).is(200).sees("<strong>2 works");
    site.get(&isles).is(200).sees("<strong>2 works");
    site.get("/?metas=1").is(200);
    site.beside(&["tags", "merge", "Far Seas", "Clockwork Isles"]);
    for address in [&seas, &isles] {
        site.get_until(address, |page| page.text().contains("<strong>3 works"));
    }
    site.beside(&["tags", "undo"]);
    site.get_until(&isles, |page| page.text().contains("<strong>2 works"));
    // A metatag is found with all that stands under it, and counted so if one wants that.
    site.beside(&["tags", "canonical", "Far Seas"]);
    site.beside(&["tags", "canonical", "Clockwork Isles"]);
    site.beside(&["tags", "meta", "add", "Far Seas", "Clockwork Isles"]);
    site.get_until(&isles, |page| page.text().contains("<strong>3 works"));
    let counted = |works: u64| {
        let name = "Clockwork Isles</span> <span class=\"n\">";
        move |page: &Answer| page.text().contains(&format!("{name}{works}<"))
    };
    site.get_until("/?metas=1", counted(3));
    site.get_until("/", counted(2));
}
