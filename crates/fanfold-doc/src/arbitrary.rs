//! Random documents and works for property tests: everything that the model can hold, in normal
//! form.

use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;

use crate::document::*;
use crate::imported::*;

/// Text with everything that likes to break: quotes, entities, markup, Markdown, other scripts,
/// spaces of all kinds.
pub fn text() -> impl Strategy<Value = String> {
    let words = select(vec![
        "the",
        "lighthouse",
        "keeper’s",
        "\"quoted\"",
        "<b>",
        "&amp;",
        "&",
        "a_b_c",
        "*stars*",
        "# hash",
        "1. one",
        "- dash",
        "> more",
        "`tick`",
        "[link](x)",
        "![x]",
        "\\",
        "~~",
        "|",
        "ß",
        "café",
        "猫",
        "שלום",
        "😀",
        "\u{a0}",
        "--",
        "---",
        "+ plus",
        "=",
        "<!-- x -->",
        "]]>",
        "e\u{301}",
        "\u{200b}",
        "'",
        "http://x.example/",
        "a@b.example",
        "{#id}",
        "$x$",
        ":",
        "^1",
        "Chapter 3",
        "A/N: hm",
        "***",
        "~",
        "Title: x",
        "fn1",
        "{",
        "%20",
        "1)",
        "2.",
        "    four",
    ]);
    vec((words, select(vec![" ", "  ", "", "\n", "\t", " "])), 1..6)
        .prop_map(|parts| parts.into_iter().map(|(word, space)| format!("{word}{space}")).collect())
}

/// A line of text as metadata holds it: no spaces at its ends, single ones inside, not empty.
pub fn line() -> impl Strategy<Value = String> {
    text().prop_filter_map("empty", |text| {
        let words: Vec<&str> = text.split_whitespace().collect();
        let line = words.join(" ");
        let shows = line.chars().any(char::is_alphanumeric);
        shows.then_some(line)
    })
}

fn style() -> impl Strategy<Value = Style> {
    let class = select(vec!["note", "p1", "western", "ff", "a-b_c"]);
    let some = (
        vec(class, 0..3),
        of(select(vec![Align::Left, Align::Right, Align::Center, Align::Justify, Align::Middle])),
        of(select(vec![Direction::Ltr, Direction::Rtl, Direction::Auto])),
        of(select(vec!["en", "pt-BR", "zh-Hans"])),
        of(line()),
    )
        .prop_map(|(classes, align, dir, lang, title)| Style {
            classes: classes.into_iter().filter_map(ClassName::parse).collect(),
            align,
            dir,
            lang: lang.and_then(Lang::parse),
            title,
        });
    prop_oneof![4 => Just(Style::NONE), 1 => some]
}

fn href() -> impl Strategy<Value = Href> {
    let addresses = select(vec![
        "https://example.org/works/1?a=1&b=2#c",
        "http://example.org/ä b",
        "mailto:ann@example.org",
        "#one",
        "#two.2",
    ]);
    addresses.prop_filter_map("no address", Href::parse)
}

fn away() -> impl Strategy<Value = Href> {
    href().prop_filter("a place", |href| href.place().is_none())
}

fn length() -> impl Strategy<Value = Option<Length>> {
    weighted(0.3, select(vec!["50%", "120", "1"])).prop_map(|text| text.and_then(Length::parse))
}

/// The images that arbitrary texts show.
pub fn pictures() -> Vec<Media> {
    // The smallest PNG: one transparent pixel; a second one differs in a comment-like tail.
    const PNG: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\
        \x89\0\0\0\rIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";
    let media = |bytes: Vec<u8>| Media {
        name: MediaName::of(&bytes, MediaKind::Png),
        kind: MediaKind::Png,
        bytes,
        width_pixels: 1,
        height_pixels: 1,
    };
    vec![media(PNG.to_vec()), media([PNG, b"tail"].concat())]
}

fn image() -> impl Strategy<Value = Inline> {
    let kept = select(pictures()).prop_map(|media| ImageSource::Kept(media.name));
    let web = |href: &Href| href.as_str().starts_with("http");
    let remote = away().prop_filter("no page", web).prop_map(ImageSource::Remote);
    (style(), prop_oneof![kept, remote], line(), length(), length(), of(0..9u16)).prop_map(
        |(style, source, alt, width, height, border)| {
            Inline::Image(Image { style, source, alt, width, height, border })
        },
    )
}

fn inlines(depth: u32) -> BoxedStrategy<Vec<Inline>> {
    let leaf = prop_oneof![
        8 => text().prop_map(Inline::Text),
        1 => Just(Inline::LineBreak),
        1 => image(),
    ];
    if depth == 0 {
        return vec(leaf, 1..4).boxed();
    }
    let inner = move || inlines(depth - 1);
    let name = select(vec!["one", "two.2", "three"]);
    let marks: Vec<Mark> = Mark::all().collect();
    let node = prop_oneof![
        8 => leaf,
        4 => (select(marks), style(), inner()).prop_map(|(m, s, c)| Inline::Mark(m, s, c)),
        1 => (style(), inner()).prop_map(|(s, c)| Inline::Styled(s, c)),
        1 => (style(), of(away()), inner()).prop_map(|(s, q, c)| Inline::Quoted(s, q, c)),
        2 => (style(), of(href()), of(name), inner()).prop_map(|(style, href, name, content)| {
            let name = name.and_then(Name::parse);
            Inline::Link(Link { style, href, name, content })
        }),
        1 => (style(), vec((inner(), inner()), 1..3)).prop_map(|(style, parts)| {
            let part = |(base, reading)| RubyPart { base, reading };
            Inline::Ruby(style, parts.into_iter().map(part).collect())
        }),
        1 => blocks(depth - 1).prop_map(Inline::Footnote),
    ];
    vec(node, 1..4).boxed()
}

fn cell(depth: u32) -> impl Strategy<Value = Cell> {
    let scope = of(select(vec![Scope::Row, Scope::Column, Scope::RowGroup, Scope::ColumnGroup]));
    let spans = (1..4u16, 1..4u16);
    let words = (of(line()), of(line()));
    (style(), any::<bool>(), scope, spans, length(), length(), words, blocks(depth)).prop_map(
        |(style, heading, scope, (columns, rows), width, height, (abbr, axis), blocks)| Cell {
            style,
            heading,
            scope,
            columns,
            rows,
            width,
            height,
            abbr,
            axis,
            blocks,
        },
    )
}

fn table(depth: u32) -> impl Strategy<Value = Table> {
    let part = select(vec![Part::Head, Part::Body, Part::Foot]);
    let row = (part, style(), vec(cell(depth), 1..3)).prop_map(|(part, style, cells)| Row {
        part,
        style,
        cells,
    });
    let column =
        (style(), length(), 1..3u16).prop_map(|(style, width, span)| Column { style, width, span });
    let caption = prop_oneof![Just(Vec::new()), inlines(0)];
    let frame = (length(), of(0..9u16), of(line())).prop_map(|(width, border, summary)| Frame {
        width,
        border,
        summary,
    });
    (style(), frame, caption, vec(column, 0..2), vec(row, 1..3)).prop_map(
        |(style, frame, caption, columns, rows)| Table { style, frame, caption, columns, rows },
    )
}

fn list(depth: u32) -> impl Strategy<Value = List> {
    let markers =
        vec![Marker::Bullet, Marker::Disc, Marker::Circle, Marker::Square, Marker::Number];
    let item = (style(), blocks(depth)).prop_map(|(style, blocks)| Item { style, blocks });
    (style(), select(markers), of(-3..9i32), vec(item, 1..3))
        .prop_map(|(style, marker, start, items)| List { style, marker, start, items })
}

fn blocks(depth: u32) -> BoxedStrategy<Vec<Block>> {
    let leaf = prop_oneof![
        8 => (style(), inlines(depth.min(2))).prop_map(|(s, c)| Block::Paragraph(s, c)),
        1 => (1..7u8, style(), inlines(depth.min(1)))
            .prop_map(|(l, s, c)| Block::Heading(Level::new(l), s, c)),
        1 => (style(), inlines(depth.min(1))).prop_map(|(s, c)| Block::Preformatted(s, c)),
        1 => (style(), length()).prop_map(|(s, w)| Block::SceneBreak(s, w)),
    ];
    if depth == 0 {
        return vec(leaf, 1..3).boxed();
    }
    let inner = move || blocks(depth - 1);
    let definition = prop_oneof![
        (style(), inlines(0)).prop_map(|(s, c)| Definition::Term(s, c)),
        (style(), inner()).prop_map(|(s, b)| Definition::Detail(s, b)),
    ];
    let kind = select(vec![GroupKind::Division, GroupKind::Address]);
    let node = prop_oneof![
        8 => leaf,
        1 => (style(), of(away()), inner())
            .prop_map(|(style, cite, blocks)| Block::Quote(Quote { style, cite, blocks })),
        1 => list(depth - 1).prop_map(Block::List),
        1 => (style(), vec(definition, 1..4)).prop_map(|(s, e)| Block::Definitions(s, e)),
        1 => table(depth - 1).prop_map(Block::Table),
        1 => (style(), inner(), inner()).prop_map(|(style, blocks, caption)| {
            Block::Figure(Figure { style, blocks, caption })
        }),
        1 => (style(), any::<bool>(), inlines(1), inner()).prop_map(
            |(style, open, summary, blocks)| {
                Block::Details(Details { style, open, summary, blocks })
            }
        ),
        1 => (kind, style(), inner()).prop_map(|(k, s, b)| Block::Group(k, s, b)),
    ];
    vec(node, 1..4).boxed()
}

/// Any document in normal form.
pub fn document() -> impl Strategy<Value = Document> {
    // Twice: taking a named place out of a link can leave links to it behind.
    vec(blocks(2), 0..3)
        .prop_map(|parts| Document { blocks: parts.concat() }.normalize().normalize())
}

fn note() -> impl Strategy<Value = Document> {
    prop_oneof![2 => Just(Document::default()), 1 => document()]
}

fn author() -> impl Strategy<Value = Author> {
    (line(), of(away())).prop_map(|(name, url)| Author { name, url })
}

fn tags() -> impl Strategy<Value = Tags> {
    let some = || vec(line(), 0..3);
    let rest = (some(), some(), some(), some());
    (vec(line(), 0..2), some(), some(), rest).prop_map(
        |(rating, warnings, categories, (fandoms, relationships, characters, freeforms))| Tags {
            rating,
            warnings,
            categories,
            fandoms,
            relationships,
            characters,
            freeforms,
        },
    )
}

fn date() -> impl Strategy<Value = Option<Date>> {
    of((1..10_000i16, 1..13u8, 1..29u8))
        .prop_map(|day| day.and_then(|(y, m, d)| Date::new(y, m, d)))
}

fn proposal() -> impl Strategy<Value = Proposal> {
    let place = prop_oneof![
        Just(Place::Whole),
        (1..99u32).prop_map(Place::Line),
        (1..99u32, 0..9u32).prop_map(|(first, more)| Place::Lines(first, first + more)),
    ];
    (select(TagKind::ALL.to_vec()), line(), line(), place, line()).prop_map(
        |(kind, name, rule, place, evidence)| Proposal { kind, name, rule, place, evidence },
    )
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let series = (line(), of(away()), of(1..99u32)).prop_map(|(title, url, part)| SeriesPlace {
        title,
        url,
        part,
    });
    let names =
        (of(line()), any::<bool>(), vec(author(), 0..3), of(select(vec!["en", "de", "zh"])));
    let notes = (note(), note(), note(), note());
    let lists = (tags(), vec(proposal(), 0..3), vec(series, 0..3), vec(line(), 0..3));
    let dates = (date(), date(), of(any::<bool>()), of(1..99u32));
    let rest = (vec((line(), line()), 0..3), of(line()), of(away()));
    (names, notes, lists, dates, rest).prop_map(
        |(
            (title, provisional, authors, language),
            (summary, notes_before, disclaimer, notes_after),
            (tags, proposed, series, collections),
            (published, updated, complete, chapters_expected),
            (other, site, url),
        )| Metadata {
            title_is_provisional: provisional && title.is_some(),
            title,
            authors,
            language: language.and_then(Lang::parse),
            summary,
            notes_before,
            disclaimer,
            notes_after,
            tags,
            proposed,
            series,
            collections,
            published,
            updated,
            complete,
            chapters_expected,
            other,
            source: Source { format: "html".to_owned(), site, url },
        },
    )
}

/// Any work: what a reader of our own exports must give back.
pub fn imported() -> impl Strategy<Value = Imported> {
    let chapter = (of(line()), note(), note(), document(), note()).prop_map(
        |(title, summary, notes_before, body, notes_after)| Chapter {
            title,
            summary,
            notes_before,
            body,
            notes_after,
        },
    );
    (metadata(), vec(chapter, 1..4)).prop_map(|(meta, chapters)| {
        let texts = |chapter: &Chapter| {
            let notes =
                [&chapter.summary, &chapter.notes_before, &chapter.body, &chapter.notes_after];
            notes.into_iter().flat_map(Document::images).cloned().collect::<Vec<_>>()
        };
        let of_work = [&meta.summary, &meta.notes_before, &meta.disclaimer, &meta.notes_after];
        let mut shown: Vec<ImageSource> =
            of_work.into_iter().flat_map(Document::images).cloned().collect();
        shown.extend(chapters.iter().flat_map(texts));
        let is_shown = |media: &Media| shown.contains(&ImageSource::Kept(media.name.clone()));
        let media = pictures().into_iter().filter(is_shown).collect();
        Imported { meta, chapters, media, ..Imported::default() }
    })
}
