//! EPUBCheck finds nothing to complain about in what is written, however odd the work.
//!
//! Skips with a message where EPUBCheck is not installed, unless `FANFOLD_REQUIRE` is set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may fail

use std::path::{Path, PathBuf};
use std::process::Command;

use fanfold_doc::document::{Document, Href, ImageSource, Lang, MediaKind, MediaName};
use fanfold_doc::imported::*;
use fanfold_doc::limits::Limits;
use fanfold_doc::write::epub;

/// Every kind of block and inline, in every odd place that HTML allows.
const EVERYTHING: &str = r##"
<h1 align="center">One</h1><h3 title="a &quot;title&quot; &amp; more">Three</h3><h6 lang="fr">Six</h6>
<p class="note letter" dir="rtl" lang="he">שלום <b>bold</b> <strong>strong</strong> <i>i</i> <em>em</em>
<u>u</u> <s>s</s> <strike>x</strike> <del>del</del> <ins>ins</ins> H<sub>2</sub>O x<sup>2</sup>
<small>small</small> <big>big</big> <code>code</code> <tt>tt</tt> <kbd>kbd</kbd> <samp>samp</samp>
<var>var</var> <cite>cite</cite> <dfn>dfn</dfn> <abbr title="x">abbr</abbr> <acronym>ac</acronym></p>
<p align="right">a<br>b <q cite="https://example.org/?a=1&b=2">quoted</q> <a href="#place">to a place</a>
<a name="place">the place</a> <a href="mailto:a@b.example">mail</a> <a href="http://ex.org/ä b?c[]=1|2">odd</a>
<span class="x">span</span> <font color="red">font</font> <center>centre</center></p>
<blockquote cite="https://example.org/"><p>quote</p><blockquote>in a quote</blockquote></blockquote>
<ul type="square"><li>one<ul><li>inner</li></ul></li><li><p>two</p><p>paragraphs</p></li></ul>
<ol start="-3" type="i"><li>minus three</li><li><h4>heading in a list</h4></li></ol>
<dl><dt>term</dt><dd>detail</dd><dd><p>more</p><ul><li>list</li></ul></dd><dt>lonely</dt></dl>
<pre>
  spaces   count
	and tabs <b>bold</b></pre>
<table border="1" width="80%" summary="what it shows"><caption>caption <i>i</i></caption>
<colgroup><col width="20%"><col span="2"></colgroup>
<thead><tr><th scope="col" abbr="a" axis="b" width="10">h</th><th colspan="3">wide</th></tr></thead>
<tfoot><tr><td rowspan="9">foot</td></tr></tfoot>
<tbody><tr valign="top"><td colspan="0" rowspan="3" height="50%">odd <table><tr><td>inner</td></tr></table></td></tr>
<tr></tr><tr><td></td><td><ul><li>x</li></ul></td></tr></tbody></table>
<table><caption>only a caption</caption></table><table></table>
<figure><p>shown</p><figcaption><p>said <em>of it</em></p></figcaption></figure>
<details open><summary>sum<b>mary</b></summary><p>hidden</p></details><details><p>none</p></details>
<address>An <h2>address</h2><p>line</p></address><hr width="50%" align="left"><hr class="x">
<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby> <ruby>猫</ruby></p>
<p><img src="https://example.org/x.png" alt="away" width="50%" height="20" border="2" align="middle">
<a href="https://example.org"><img src="https://example.org/y.png"></a></p>
<a name="around"><p>block in a link</p></a><i>loose <p>block in i</p> text</i>
<p>note<a role="doc-noteref" href="#n1">1</a></p><ul><li>in a list<a role="doc-noteref" href="#n2">2</a></li></ul>
<aside role="doc-footnote" id="n1"><p>first</p><ul><li>with a list</li></ul></aside>
<aside role="doc-footnote" id="n2">second<table><tr><td>table</td></tr></table></aside>
<p>&#0;&#1;&#x8;&#xfffe;&#xfdd0;\u{b} &lt;b&gt; &amp;amp; ]]> <!-- -- --> é</p>
"##;

const PICTURES: &[(MediaKind, &[u8])] = &[
    (
        MediaKind::Png,
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\
          \x89\0\0\0\rIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82",
    ),
    (
        MediaKind::Gif,
        b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\
          \x02\x01D\0;",
    ),
    (
        MediaKind::Webp,
        b"RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0/\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0",
    ),
];

fn text(html: &str) -> Document {
    Document::from_html(html, &Limits::default()).expect("reads").0
}

fn chapter(title: Option<&str>, body: &str) -> Chapter {
    Chapter { title: title.map(str::to_owned), body: text(body), ..Chapter::default() }
}

fn everything() -> Imported {
    let mut work = Imported::default();
    let meta = &mut work.meta;
    meta.title = Some("A & B < C > \"D\" ' ]]> &amp; \u{1}\u{b} E".to_owned());
    meta.title_is_provisional = true;
    let author = |name: &str, url| Author { name: name.to_owned(), url };
    meta.authors = vec![
        author("Ann \"<b>\" O'Neil & Co", Href::parse("https://example.org/~ann?a=1&b=<2>")),
        author("猫", None),
        author("", None),
        author(" ", None),
    ];
    meta.language = Lang::parse("pt-BR");
    let all = text(EVERYTHING);
    meta.summary = all.clone();
    meta.notes_before = all.clone();
    meta.disclaimer = all.clone();
    meta.notes_after = all.clone();
    for kind in TagKind::ALL {
        let names = ["One/Two", "A & B", "<i>", "", "\"q\"", "#hash", "🙂"];
        *meta.tags.of_mut(kind) = names.map(str::to_owned).to_vec();
        meta.proposed.push(Proposal {
            kind,
            name: "maybe & <so>".to_owned(),
            rule: "a \"rule\"\nin lines".to_owned(),
            place: Place::Part("<p> & so".to_owned()),
            evidence: "\u{0}words".to_owned(),
        });
    }
    let series = |title: &str, part| SeriesPlace { title: title.to_owned(), url: None, part };
    meta.series = vec![series("One & Two", Some(3)), series("", None), series("<x>", None)];
    meta.collections = vec!["Yule & Co".to_owned(), String::new()];
    meta.published = Date::new(1, 1, 1);
    meta.updated = Date::new(9999, 12, 31);
    meta.complete = Some(false);
    meta.chapters_expected = Some(u32::MAX);
    meta.other =
        vec![("Beta & <co>".to_owned(), "x\ny".to_owned()), (String::new(), String::new())];
    meta.source.site = Some("a \"site\"".to_owned());
    meta.source.url = Href::parse("https://example.org/works/1?a=b&c=ä d");
    work.chapters = vec![Chapter {
        title: Some("Chapter <1> & \"more\"".to_owned()),
        summary: all.clone(),
        notes_before: all.clone(),
        body: all.clone(),
        notes_after: all,
    }];
    work.chapters.extend(odd_chapters());
    for (kind, bytes) in PICTURES {
        let name = MediaName::of(bytes, *kind);
        let body = format!("<p><img src=\"media/{name}\" alt=\"\" width=\"10\"></p>");
        work.chapters.push(chapter(None, &body));
        let bytes = bytes.to_vec();
        work.media.push(Media { name, kind: *kind, bytes, width_pixels: 1, height_pixels: 1 });
    }
    work
}

fn works() -> Vec<(&'static str, Imported)> {
    let mut rtl = Imported::default();
    rtl.meta.title = Some("حكاية طويلة جدا عن القمر والبحر".to_owned());
    rtl.meta.language = Lang::parse("ar");
    rtl.chapters = vec![chapter(None, "<p>كان يا ما كان.</p>"), chapter(Some("٢"), "<p>ثم</p>")];
    let mut cjk = Imported::default();
    cjk.meta.title =
        Some("雪の図書館\u{3000}とても長い題名がここにありますので折り返します".repeat(9));
    cjk.meta.language = Lang::parse("ja");
    cjk.chapters = vec![chapter(None, "<p><ruby>雪<rt>ゆき</rt></ruby></p>")];
    let mut empty = Imported::default();
    empty.meta.title = Some(" ".to_owned());
    vec![("everything", everything()), ("empty", empty), ("rtl", rtl), ("cjk", cjk)]
}

/// Chapters that are odd in themselves.
fn odd_chapters() -> Vec<Chapter> {
    let nested = "<blockquote>".repeat(100) + "deep" + &"<i><b>".repeat(60);
    // A picture without its bytes.
    let name = MediaName::of(b"lost", MediaKind::Png);
    let lost = chapter(None, &format!("<p><img src=\"media/{name}\" alt=\"lost & found\"></p>"));
    assert_eq!(lost.body.images(), [&ImageSource::Kept(name)]);
    let mut odd = vec![
        chapter(Some(""), ""),
        chapter(Some(" "), "<hr>"),
        chapter(None, &nested),
        chapter(None, &"<p>So it went on, and on.</p>".repeat(10_000)),
        lost,
    ];
    odd.extend((0..40).map(|_| chapter(None, "<p>x</p>")));
    odd
}

/// EPUBCheck as it is installed: a program, or a JAR that Java runs.
fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut files = std::env::split_paths(&path).map(|folder| folder.join("epubcheck"));
    let found = files.find(|file| file.is_file());
    if found.is_none() {
        println!("skipped: EPUBCheck is not installed (on Debian: apt install epubcheck)");
        assert!(std::env::var_os("FANFOLD_REQUIRE").is_none(), "EPUBCheck is required but absent");
    }
    found
}

fn check(program: &Path, folder: &Path, name: &str, work: &Imported) -> Option<String> {
    let book = epub(work, Date::new(2026, 3, 1).expect("a day")).expect("it fits");
    let path = folder.join(format!("{name}.epub"));
    std::fs::write(&path, book).expect("the book is stored");
    let jar = std::fs::read(program).expect("the program can be read").starts_with(b"PK");
    let mut command = if jar { Command::new("java") } else { Command::new(program) };
    if jar {
        command.args(["-Xss16m", "-jar"]).arg(program);
    }
    let run = command.arg("--failonwarnings").arg(&path).output().expect("EPUBCheck runs");
    let said = [run.stdout, run.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let content = run.status.success() && said.contains("No errors or warnings detected");
    (!content).then(|| format!("{name}:\n{said}"))
}

#[test]
fn epubcheck_is_content() {
    let Some(program) = installed() else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("epubcheck");
    std::fs::create_dir_all(&folder).expect("a folder for the books");
    let works = works();
    let complaints: Vec<String> = std::thread::scope(|scope| {
        let check = |(name, work)| check(&program, &folder, name, work);
        let runs: Vec<_> =
            works.iter().map(|(name, work)| scope.spawn(move || check((name, work)))).collect();
        runs.into_iter().filter_map(|run| run.join().expect("the run ends")).collect()
    });
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
