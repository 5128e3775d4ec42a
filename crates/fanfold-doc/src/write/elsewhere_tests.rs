//! What is written for other sites: nothing that they refuse, no word lost, and all that was given
//! up is told.

use proptest::prelude::*;

use super::ao3::adapted;
use super::*;
use crate::arbitrary::document;
use crate::document::*;
use crate::limits::Limits;
use crate::walk;

/// The elements that AO3 lets stand.
const ELEMENTS: &str = "a abbr acronym address b big blockquote br caption center cite code col \
    colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd \
    li ol p pre q rp rt ruby s samp small span strike strong sub summary sup table tbody td tfoot \
    th thead tr tt u ul var";

/// The attributes that AO3 lets stand on an element, besides those of all.
const ATTRIBUTES: [(&str, &str); 14] = [
    ("a", "href name"),
    ("blockquote", "cite"),
    ("q", "cite"),
    ("col", "span width"),
    ("colgroup", "span width"),
    ("details", "open"),
    ("hr", "align width"),
    ("img", "align alt border height src width"),
    ("ol", "start type"),
    ("ul", "type"),
    ("table", "border summary width"),
    ("td", "abbr axis colspan height rowspan width"),
    ("th", "abbr axis colspan height rowspan width scope"),
    ("", "align dir lang title"),
];

fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { failure_persistence: None, cases: usual.cases.max(400), ..usual }
}

/// What of a piece of HTML AO3 would take away.
fn refused(html: &str, classes: bool) -> Vec<String> {
    let has = |list: &str, name: &str| list.split_whitespace().any(|own| own == name);
    let mut refused = Vec::new();
    for tag in html.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            if !has(ELEMENTS, name) {
                refused.push(tag.to_owned());
            }
            continue;
        }
        let tag = tag.trim_end_matches('/');
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        if !has(ELEMENTS, name) {
            refused.push(tag.to_owned());
        }
        while let Some((key, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').expect("a value ends");
            let key = key.trim();
            let own = ATTRIBUTES.iter().filter(|row| row.0 == name || row.0.is_empty());
            let known = own.into_iter().any(|row| has(row.1, key)) || (classes && key == "class");
            let leads = match key {
                "src" => value.starts_with("http://") || value.starts_with("https://"),
                "href" => ["http", "https", "ftp", "mailto", "#"]
                    .iter()
                    .any(|scheme| value.starts_with(scheme)),
                _ => true,
            };
            if !known || !leads {
                refused.push(format!("{name} {key}={value}"));
            }
            rest = after;
        }
        if !rest.trim().is_empty() {
            refused.push(tag.to_owned());
        }
    }
    refused
}

/// Every piece of text without its spaces.
fn pieces(document: &Document) -> Vec<String> {
    let mut pieces = Vec::new();
    walk::inlines(&document.blocks, &mut |inline| {
        if let Inline::Text(text) = inline {
            pieces.push(squeezed(text));
        }
    });
    pieces
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn ao3_takes_every_element_and_attribute(document in document(), classes in any::<bool>()) {
        let written = document.to_ao3(&Ao3 { prefix: "c1-", classes });
        prop_assert_eq!(refused(&written.text, classes), Vec::<String>::new(), "{}", written.text);
    }

    #[test]
    fn ao3_html_is_the_document_but_for_what_is_told(document in document()) {
        let how = Ao3 { prefix: "", classes: true };
        let written = document.to_ao3(&how);
        let (expected, losses) = adapted(&document, true, true);
        let back = Document::from_printed(&written.text).expect("within limits");
        prop_assert_eq!(&back, &expected, "{}", &written.text);
        prop_assert_eq!(&losses, &written.losses);
        if losses.is_empty() {
            prop_assert_eq!(&back, &document);
        }
        // What was told is what was there.
        let (mut notes, mut pictures) = (0, 0);
        walk::inlines(&document.blocks, &mut |inline| match inline {
            Inline::Footnote(_) => notes += 1,
            Inline::Image(Image { source: ImageSource::Kept(_), .. }) => pictures += 1,
            Inline::Image(Image { source: ImageSource::Remote(href), .. })
                if !href.as_str().starts_with("http") => pictures += 1,
            _ => {}
        });
        prop_assert_eq!(losses.times(Loss::Footnote), notes);
        prop_assert_eq!(losses.times(Loss::Picture), pictures);
        prop_assert_eq!(losses.times(Loss::Class), 0);
    }

    #[test]
    fn summaries_have_no_classes(document in document()) {
        let bare = document.to_ao3(&Ao3 { prefix: "", classes: false });
        prop_assert!(!bare.text.contains(" class=\""));
        let whole = document.to_ao3(&Ao3 { prefix: "", classes: true }).text;
        let told = bare.losses.times(Loss::Class) > 0;
        prop_assert!(told || !whole.contains(" class=\""), "{whole}");
    }

    #[test]
    fn no_word_is_lost(document in document()) {
        let all = |document: &Document| pieces(document).concat();
        let ao3 = all(&adapted(&document, false, true).0);
        let markdown = document.to_markdown_elsewhere().text;
        let markdown = Document::from_markdown(&markdown, &Limits::default()).expect("read").0;
        let markdown = all(&markdown);
        let plain = squeezed(&document.to_plain().text);
        for piece in pieces(&document) {
            prop_assert!(ao3.contains(&piece), "{piece} in {ao3}");
            prop_assert!(markdown.contains(&piece), "{piece} in {markdown}");
            prop_assert!(plain.contains(&piece), "{piece} in {plain}");
        }
    }

    #[test]
    fn markdown_shows_no_picture_of_this_archive(document in document()) {
        let written = document.to_markdown_elsewhere();
        let back = Document::from_markdown(&written.text, &Limits::default()).expect("read").0;
        let kept = |source: &&ImageSource| matches!(source, ImageSource::Kept(_));
        prop_assert!(back.images().iter().all(|source| !kept(source)));
        prop_assert_eq!(&back, &adapted(&document, true, false).0, "{}", written.text);
    }

    #[test]
    fn plain_text_has_paragraphs_and_nothing_hidden(document in document()) {
        let written = document.to_plain();
        prop_assert!(!written.text.contains("\n\n\n") || has_empty_lines(&document));
        prop_assert!(!written.text.starts_with('\n') && !written.text.ends_with(['\n', ' ']));
        let styled = document.to_html().as_str().contains("class=\"");
        prop_assert!(!styled || !written.losses.is_empty());
    }
}

/// Whether lines whose spaces count are in it: empty ones may be among them.
fn has_empty_lines(document: &Document) -> bool {
    let printed = document.to_html();
    printed.as_str().contains("<pre") || printed.as_str().contains("<br/><br/>")
}

fn read(html: &str) -> Document {
    Document::from_html(html, &Limits::default()).expect("read").0
}

const NOTED: &str = "<p>The lamp<a href=\"#n1\" role=\"doc-noteref\">1</a> went out \
    <a href=\"#n2\" role=\"doc-noteref\">2</a>at nine.</p>\
    <section role=\"doc-endnotes\"><aside id=\"n1\" role=\"doc-footnote\"><p>An oil lamp.</p></aside>\
    <aside id=\"n2\" role=\"doc-footnote\"><ul><li>Nobody saw.</li></ul></aside></section>";

#[test]
fn notes_are_numbers_that_lead_there_and_back() {
    let written = read(NOTED).to_ao3(&Ao3 { prefix: "c2-", classes: true });
    assert_eq!(
        written.text,
        "<p>The lamp<sup><a name=\"c2-note-1-call\" href=\"#c2-note-1\">1</a></sup> went out\
         <sup><a name=\"c2-note-2-call\" href=\"#c2-note-2\">2</a></sup> at nine.</p>\n\n<hr/>\n\n\
         <ol><li>An oil lamp. <a name=\"c2-note-1\" href=\"#c2-note-1-call\">\u{21a9}</a></li>\
         <li><ul><li>Nobody saw.</li></ul>\
         <p><a name=\"c2-note-2\" href=\"#c2-note-2-call\">\u{21a9}</a></p></li></ol>"
    );
    assert_eq!(written.losses.times(Loss::Footnote), 2);
}

#[test]
fn names_of_notes_are_nobody_elses() {
    let html = NOTED.replace("at nine", "<a name=\"note-1\" id=\"note-1\">at nine</a>");
    let written = read(&html).to_ao3(&Ao3::default());
    assert!(written.text.contains("name=\"note-1\">at nine"), "{}", written.text);
    assert!(written.text.contains("href=\"#notes-1\""), "{}", written.text);
    assert_eq!(written.text.matches("name=\"note-1\"").count(), 1);
}

#[test]
fn what_ao3_allows_stands_as_its_own_attributes() {
    let cases = [
        ("<center>x</center>", "<div align=\"center\"><p>x</p></div>"),
        ("<p align=right class=letter>x", "<p align=\"right\" class=\"letter\">x</p>"),
        ("<big>x</big> <tt>y</tt>", "<p><big>x</big> <tt>y</tt></p>"),
        ("<hr width='50%'>", "<hr width=\"50%\"/>"),
        ("<ul type=square><li>x</ul>", "<ul type=\"square\"><li>x</li></ul>"),
        (
            "<p><a name=top>x</a> <a href='#top'>up</a>",
            "<p><a name=\"top\">x</a> <a href=\"#top\">up</a></p>",
        ),
        (
            "<img src='https://ex.org/a.png' alt=sea width='50%' border=1>",
            "<p><img src=\"https://ex.org/a.png\" alt=\"sea\" width=\"50%\" border=\"1\"/></p>",
        ),
    ];
    for (html, printed) in cases {
        let written = read(html).to_ao3(&Ao3 { prefix: "", classes: true });
        assert_eq!(written.text, printed, "{html}");
        assert!(written.losses.is_empty(), "{html}: {:?}", written.losses);
    }
}

#[test]
fn plain_text_says_it_the_usual_way() {
    let cases = [
        ("<p>a <em>b </em>c <b>d</b> <u>e</u></p>", "a *b* c **d** _e_"),
        ("<p><i>so <em>very</em> <b>much</b></i></p>", "*so very **much***"),
        ("<p>a<p>b<br>c<hr><p>d", "a\n\nb\nc\n\nx-x-x\n\nd"),
        ("<p><a href='https://ex.org/x'>here</a>", "here (https://ex.org/x)"),
        ("<p><a href='https://ex.org/x'>https://ex.org/x</a>", "https://ex.org/x"),
        ("<ol start=3><li>a<li>b</ol><ul><li>c</ul>", "3. a\n\n4. b\n\n- c"),
        ("<table><tr><td>a<td>b<tr><td>c<td><p>d<p>e</table>", "a | b\n\nc | d e"),
        ("<p><ruby>猫<rt>ねこ</rt></ruby></p>", "猫(ねこ)"),
        ("<p><q>Yes</q>", "“Yes”"),
        (NOTED, "The lamp[1] went out [2] at nine.\n\n[1] An oil lamp.\n\n[2] - Nobody saw."),
    ];
    for (html, text) in cases {
        assert_eq!(read(html).to_plain().text, text, "{html}");
    }
}

#[test]
fn losses_are_said_in_words() {
    assert!(Loss::Picture.said(1).starts_with("1 picture stands"));
    assert!(Loss::Footnote.said(3).starts_with("3 footnotes: each stands"));
    let mut losses = Losses::default();
    losses.add(Loss::Link);
    losses.extend(&read("<p><a href='https://ex.org/x'>here</a>").to_plain().losses);
    assert_eq!(losses.times(Loss::Link), 2);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..config() })]

    #[test]
    fn a_text_file_holds_every_word_of_a_work(work in crate::arbitrary::imported()) {
        let file = squeezed(&text(&work));
        for chapter in &work.chapters {
            for part in [&chapter.summary, &chapter.notes_before, &chapter.body] {
                for piece in pieces(part) {
                    prop_assert!(file.contains(&piece), "{piece} in {file}");
                }
            }
        }
        for (_, tag) in work.meta.tags.iter() {
            prop_assert!(file.contains(&squeezed(tag)), "{tag}");
        }
    }
}

#[test]
fn a_text_file_is_read_again_as_the_same_story() {
    let mut work = crate::imported::Imported::default();
    work.meta.title = Some("The Weir".to_owned());
    work.meta.tags.fandoms = vec!["Isles".to_owned()];
    let chapter = |title: &str, html: &str| crate::imported::Chapter {
        title: Some(title.to_owned()),
        body: read(html),
        ..crate::imported::Chapter::default()
    };
    work.chapters = vec![
        chapter("Night", "<p>The weir sang <em>all</em> night.</p><hr/><p>Then it stopped.</p>"),
        chapter("Morning", "<p>Nobody had asked it to.</p><p>It sang again.</p>"),
    ];
    let bytes = text(&work).into_bytes();
    let input = crate::read::Input { bytes: &bytes, name: "weir.txt" };
    let again = crate::read::read(&input, &Limits::default()).expect("read");
    assert_eq!(again.meta.title, work.meta.title);
    assert_eq!(again.meta.tags.fandoms, work.meta.tags.fandoms);
    assert_eq!(again.chapters, work.chapters);
}
