//! Tests of parsing and printing together.

use proptest::prelude::*;

use super::*;
use crate::document::*;
use crate::limits::Limit;

fn read(html: &str) -> Document {
    Document::from_html(html, &Limits::default()).expect("within limits").0
}

fn again(html: &str) -> String {
    read(html).to_html().into_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn printing_and_parsing_gives_the_document_back(document in crate::arbitrary::document()) {
        let html = document.to_html();
        let back = Document::from_printed(html.as_str()).expect("within limits");
        prop_assert_eq!(&back, &document, "{}", html);
    }

    #[test]
    fn normalizing_twice_changes_nothing(document in crate::arbitrary::document()) {
        prop_assert_eq!(document.clone().normalize(), document);
    }

    #[test]
    fn lines_hold_the_words_of_the_text(document in crate::arbitrary::document()) {
        let lines = document.to_html().lines();
        let mut found: Vec<String> = Vec::new();
        for (_, line) in lines {
            found.extend(line.split_whitespace().map(str::to_owned));
        }
        let mut shown = String::new();
        crate::walk::inlines(&document.blocks, &mut |inline| {
            if let Inline::Text(text) = inline {
                shown.push_str(text);
            }
        });
        let squeeze = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        // Readings of ruby are left out of lines, everything else is there.
        prop_assert!(squeeze(&found.concat()) <= squeeze(&shown));
    }

    #[test]
    fn any_text_is_read(text in "(<[a-z/!]{0,6}[ =a-z\"'>]{0,9}|[^<]{0,5}){0,40}") {
        let document = read(&text);
        let html = document.to_html();
        prop_assert_eq!(Document::from_printed(html.as_str()).expect("within limits"), document);
    }
}

#[test]
fn obsolete_elements_become_what_they_mean() {
    let cases = [
        ("<center>x</center>", "<div class=\"ff-center\"><p>x</p></div>"),
        ("<p align=right>x", "<p class=\"ff-right\">x</p>"),
        ("<strike>x</strike> <tt>y</tt>", "<p><s>x</s> <code class=\"ff-tt\">y</code></p>"),
        ("<span style='font-style: italic'>x</span>", "<p><i>x</i></p>"),
        ("<hr width='50%'>", "<hr data-width=\"50%\"/>"),
        ("<font color=red>x</font>", "<p>x</p>"),
        ("<em><p>a</p><p>b</p></em>", "<p><em>a</em></p><p><em>b</em></p>"),
        ("a<p>b", "<p>a</p><p>b</p>"),
        ("<p>a<br><br></p>", "<p>a</p>"),
        ("<p>a <em> b </em> c</p>", "<p>a <em>b </em>c</p>"),
        ("<p> </p><p></p>", ""),
        ("<div><div>x</div></div>", "<p>x</p>"),
        ("<ul><li>a<ul><li>b</ul></ul>", "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>"),
    ];
    for (html, printed) in cases {
        assert_eq!(again(html), printed, "{html}");
    }
}

#[test]
fn what_runs_is_left_out() {
    let cases = [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>x</p>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<iframe src=javascript:alert(1)></iframe>",
        "<style>@import 'x'</style>",
        "<p style=\"background:url(javascript:alert(1))\">x</p>",
    ];
    for html in cases {
        let printed = again(html);
        for bad in ["alert", "<script", "<style", "onclick", "onerror", "javascript", "<img"] {
            assert!(!printed.contains(bad), "{html} gave {printed}");
        }
    }
}

#[test]
fn footnotes_stand_where_they_are_called() {
    let html = "<p>Sea<a href=\"#n1\" role=\"doc-noteref\">1</a> and sky.</p>\
        <aside id=\"n1\" role=\"doc-footnote\"><p>Grey.</p></aside>";
    let document = read(html);
    let Some(Block::Paragraph(_, text)) = document.blocks.first() else { panic!("{document:?}") };
    assert!(matches!(text.get(1), Some(Inline::Footnote(_))), "{text:?}");
    assert_eq!(document.blocks.len(), 1);
}

#[test]
fn limits_hold_and_hold_quickly() {
    let limits = Limits::default();
    let deep = "<div>".repeat(2_000_000);
    let formatting: String = (0..200_000).map(|n| format!("<p><b class=c{n}>")).collect();
    let attributes = format!("<p {}>", "a b ".repeat(500_000));
    let slashes = format!("<p {}>", "a/".repeat(500_000));
    let quoted = format!("<p {}>", "a='1'".repeat(500_000));
    let few = Limits { nodes: 20_000, ..Limits::default() };
    let nodes = Page::parse(&"<br>".repeat(30_000), &few);
    let fails = |text: &str| match Page::parse(text, &limits) {
        Err(ReadError::TooLarge(limit)) => Some(limit),
        _ => None,
    };
    assert_eq!(fails(&deep), Some(Limit::Depth(256)));
    assert_eq!(fails(&formatting), Some(Limit::Depth(256)));
    assert_eq!(fails(&attributes), Some(Limit::Attributes(256)));
    assert_eq!(fails(&slashes), Some(Limit::Attributes(256)));
    assert_eq!(fails(&quoted), Some(Limit::Attributes(256)));
    assert_eq!(nodes.err(), Some(ReadError::TooLarge(Limit::Nodes(20_000))));
    assert!(fails("<p class='a b c' title='x=\"1\"'>x</p>").is_none());
    let inline = format!("{}x<p>y", "<b><i><u>".repeat(60));
    assert!(Document::from_html(&inline, &limits).is_ok());
}

#[test]
fn a_scripts_text_is_no_markup() {
    let script = format!("<script>if(a<b){}</script><p>x</p>", "&& c ".repeat(9_000));
    assert_eq!(again(&script), "<p>x</p>");
}
