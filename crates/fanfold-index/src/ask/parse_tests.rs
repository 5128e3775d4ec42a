//! Tests of reading: every form that readers know, every mistake with its place, and hostile text.

use std::time::Instant;

use super::{Ask, Clause, DateField, Fact, MAX_CHARS, Mistake, Number, Order, SortBy, TagField};
use super::{TextField, Unit, When, Words};
use crate::filter::{Column, Kind};

fn read(text: &str) -> Ask {
    Ask::parse(text).unwrap_or_else(|mistake| panic!("{text}: {mistake:?}"))
}

fn wrong(text: &str) -> Mistake {
    Ask::parse(text).expect_err(text)
}

/// What is wrong, and what would be right.
fn corrected(text: &str) -> (&str, Option<String>) {
    let mistake = wrong(text);
    assert!(mistake.say.ends_with('.'), "{text}: {}", mistake.say);
    assert!(!mistake.say.contains('\n'));
    (&text[mistake.at], mistake.instead)
}

fn word(text: &str) -> Clause {
    Clause::Words(Words::Phrase(text.to_owned()))
}

fn tag(kind: Kind, name: &str) -> Clause {
    Clause::Tag(TagField::Of(kind), name.to_owned())
}

#[test]
fn the_example_of_the_box() {
    let text = "fandom:\"Sherlock (TV)\" -\"Major Character Death\" words:10k-50k complete:yes \
                sort:kudos lifeline";
    let ask = read(text);
    let parts = vec![
        tag(Kind::Fandom, "Sherlock (TV)"),
        word("Major Character Death").negated(),
        Clause::Number(Number::Words, 10_000, 50_000),
        Clause::Is(Fact::Complete),
        word("lifeline"),
    ];
    assert_eq!(ask.clause, Clause::All(parts));
    assert_eq!(ask.sort, Some(Order { by: SortBy::By(Column::Kudos), descending: true }));
    let printed = "fandom:\"Sherlock (TV)\" -\"Major Character Death\" words:10k-50k complete:yes \
                   lifeline sort:kudos";
    assert_eq!(ask.to_string(), printed);
    assert_eq!(read(""), Ask::default());
    assert_eq!(Ask::default().to_string(), "");
}

/// What is written, and how it is printed.
fn same(cases: &[(&str, &str)]) {
    for (text, printed) in cases {
        assert_eq!(read(text).to_string(), *printed, "{text}");
        assert_eq!(read(printed), read(text), "{text}");
    }
}

#[test]
fn operators() {
    same(&[
        ("a b", "a b"),
        ("a AND b && c", "a b c"),
        ("a OR b", "a OR b"),
        ("a || b | c", "a OR b OR c"),
        ("a|b", "a OR b"),
        ("a||b c", "(a OR b) c"),
        ("a&&b", "a b"),
        ("a b OR c", "a (b OR c)"),
        ("a AND b OR c AND e", "a (b OR c) e"),
        ("(a b) OR c", "(a b) OR c"),
        ("a (b c)", "a b c"),
        ("NOT a", "-a"),
        ("-a", "-a"),
        ("--a", "-a"),
        ("−a –b", "-a -b"),
        ("NOT -a", "-a"),
        ("NOT NOT a", "-a"),
        ("NOT(a b)", "-(a b)"),
        ("-(a OR b)", "-a -b"),
        ("-(-a)", "a"),
        ("-(a -(b c))", "-(a -(b c))"),
        ("a OR -b", "a OR -b"),
        ("a -(b | c)|e", "a ((-b -c) OR e)"),
        ("well-known fact", "well-known fact"),
        ("sea - storm — …", "sea storm"),
        ("a or b and not c", "a or b and not c"),
        ("\"OR\" \"NOT\"", "\"OR\" \"NOT\""),
        ("()", ""),
        ("-()", "-()"),
        ("a -\"\" -\"!?\"", "a"),
        ("AND", ""),
        ("-\"\"", ""),
    ]);
}

#[test]
fn words_and_phrases() {
    same(&[
        (
            "“old sea” „alte See“ «vieille mer» ＂sea＂",
            "\"old sea\" \"alte See\" \"vieille mer\" sea",
        ),
        ("\"  old \t sea \"", "\"old sea\""),
        ("\"James \"Bucky\" Barnes\" x", "\"James \\\"Bucky\\\" Barnes\" x"),
        ("\"James \\\"Bucky\\\" Barnes\"", "\"James \\\"Bucky\\\" Barnes\""),
        ("“James \"Bucky\" Barnes”", "\"James \\\"Bucky\\\" Barnes\""),
        ("\"a\" \"b\"c\"d\"", "a b c d"),
        ("\"old sea \" \"storm\"", "\"old sea\" storm"),
        ("\"old sea \"storm", "\"old sea\" storm"),
        ("\"mixed”", "mixed"),
        ("\"back\\\\slash\\n\"", "\"back\\\\slash\\\\n\""),
        ("hallucinat* lamp*.", "hallucinat* lamp*"),
        ("\"lamp*\"", "\"lamp*\""),
        ("Harry/Draco", "Harry/Draco"),
        ("Sherlock(TV) (TV)", "\"Sherlock(TV)\" TV"),
        ("Tom&Jerry", "\"Tom&Jerry\""),
        ("🔥 漢字 אהבה", "\"🔥\" 漢字 אהבה"),
        ("don't O’Brien", "don't O’Brien"),
    ]);
    assert_eq!(read("lamp*").clause, Clause::Words(Words::Prefix("lamp".to_owned())));
    assert_eq!(read("\"James \"Bucky\" Barnes\"").clause, word("James \"Bucky\" Barnes"));
}

#[test]
fn any_of_a_kind_and_none_of_it() {
    same(&[
        ("has:character", "has:character"),
        ("Has: Characters, -has:pairing", "has:character -has:ship"),
        ("NOT has:additional-tags", "-has:additional"),
        ("character:* -relationship:*", "has:character -has:ship"),
        ("has:(series OR collection)", "has:(series OR collection)"),
        ("has:ship s", "has:ship s"),
        ("has:series OR fandom:A", "has:series OR fandom:A"),
        ("\"has:ship\"", "\"has:ship\""),
    ]);
    assert_eq!(read("has:ship").clause, Clause::Has(Kind::Relationship));
}

#[test]
fn planned_chapters_that_nobody_knows_are_in_no_range() {
    same(&[
        ("planned:1", "planned:1"),
        ("expected_number_of_chapters:3", "planned:3"),
        ("planned<6", "planned:1-5"),
        ("planned:0-12", "planned:1-12"),
        ("planned:0", "planned:0"),
        ("planned>3", "planned:>=4"),
        ("planned:>=0", ""),
        ("sort:planned", "sort:planned"),
    ]);
}

#[test]
fn a_colon_in_a_word_is_no_field() {
    for text in ["Re:Zero", "12:30", "https://archive.example/works/1?a=b", "NCIS:LA", "a:b"] {
        assert_eq!(read(text).clause, word(text), "{text}");
    }
    same(&[
        ("Star Wars: Andor", "Star \"Wars:\" Andor"),
        ("Wordz: A Tale", "\"Wordz:\" A Tale"),
        ("love<3 x=5", "\"love<3\" \"x=5\""),
        ("\"words:5\" \"title:x\"", "\"words:5\" \"title:x\""),
        ("author > fame :: :", "author fame"),
    ]);
}

#[test]
fn tags_of_every_kind() {
    same(&[
        ("FANDOM:Sherlock", "fandom:Sherlock"),
        ("fandoms:Sherlock, x", "fandom:Sherlock x"),
        ("relationship:A/B pairing:C&D ships:\"E/F\"", "ship:A/B ship:\"C&D\" ship:E/F"),
        ("primary:A/B", "primary-ship:A/B"),
        ("ship:first:\"A B/C\" Ship:Primary:x", "primary-ship:\"A B/C\" primary-ship:x"),
        ("main_character:x character:first:y", "primary-character:x primary-character:y"),
        ("freeform:fluff additional-tags:angst", "additional:fluff additional:angst"),
        ("tag:fluff", "tag:fluff"),
        ("rating:teen warnings:x category:F/F", "rating:teen warning:x category:F/F"),
        ("language:en lang:de", "language:en language:de"),
        ("creators:jane author:joe creator: kim", "author:jane author:joe author:kim"),
        ("series.title:x series:y", "series:x series:y"),
        ("collection:yuletide media:films", "collection:yuletide media:films"),
        ("fandom=x fandom : y", "fandom:x fandom:y"),
        ("fandom:(A OR \"B c\" | D)", "fandom:(A OR \"B c\" OR D)"),
        ("fandom:(A B) -fandom:(C|D)", "fandom:A fandom:B -fandom:C -fandom:D"),
        ("fandom:A OR fandom:B x", "fandom:(A OR B) x"),
        ("fandom:(A OR ship:B)", "fandom:A OR ship:B"),
        ("character:\"James \"Bucky\" Barnes\"", "character:\"James \\\"Bucky\\\" Barnes\""),
        ("fandom:\"-x\"", "fandom:\"-x\""),
        ("fandom:Re:Zero", "fandom:\"Re:Zero\""),
    ]);
    assert_eq!(read("primary:x").clause, Clause::Tag(TagField::PrimaryShip, "x".to_owned()));
}

#[test]
fn text_of_one_place() {
    same(&[
        ("title:Storm title:\"old sea\"", "title:Storm title:\"old sea\""),
        ("summary:x notes:y endnotes:z", "notes:x notes:y notes:z"),
        ("text:lamp* body:(a | b)", "text:lamp* text:(a OR b)"),
    ]);
    let title = Clause::In(TextField::Title, Words::Prefix("sto".to_owned()));
    assert_eq!(read("title:sto*").clause, title);
}

#[test]
fn numbers_as_on_ao3_and_more() {
    same(&[
        ("words>1000", "words:>=1001"),
        ("words > 1000", "words:>=1001"),
        ("words:>1,000 x", "words:>=1001 x"),
        ("words: < 1000", "words:<=999"),
        ("words<=5k", "words:<=5k"),
        ("word_count:1000-5000", "words:1k-5k"),
        ("words:1000 - 5000 x", "words:1k-5k x"),
        ("words:1000 -5000", "words:1k -5000"),
        ("words:\"1,000 to 5,000\"", "words:1k-5k"),
        ("words=7 kudos:=8 hits : 9", "words:7 kudos:8 hits:9"),
        ("kudos_count:>5 bookmarks≥2 comments:5-", "kudos:>=6 bookmarks:>=2 comments:>=5"),
        ("ratio:>2.5% warmth:5", "warmth:>=251 warmth:5"),
        ("minutes:10-20", "minutes:10-20"),
        ("chapters:(1 OR >10)", "chapters:(1 OR >=11)"),
        ("oneshot:yes -oneshot:true", "chapters:1 -chapters:1"),
        ("is:oneshot is:one-shot", "chapters:1 chapters:1"),
        ("words:>=0 x", "x"),
    ]);
    let bounds = |number: Number, low, high| number.range(low, high);
    assert_eq!(bounds(Number::Minutes, 10, 20), (Column::Words, 2_341, 5_200));
    assert_eq!(bounds(Number::Minutes, 1, 1), (Column::Words, 0, 260));
    assert_eq!(bounds(Number::Minutes, 0, u32::MAX), (Column::Words, 0, u32::MAX));
    assert_eq!(bounds(Number::Minutes, u32::MAX, u32::MAX), (Column::Words, u32::MAX, u32::MAX));
    assert_eq!(bounds(Number::Warmth, 3, 4), (Column::Warmth, 3, 4));
}

#[test]
fn dates_stand_without_quotes() {
    same(&[
        ("updated:<7 days x", "updated:\"<7 days\" x"),
        ("updated:<7days", "updated:\"<7 days\""),
        ("updated < 1 week", "updated:\"<1 week\""),
        ("updated:> 8 weeks ago", "updated:\">8 weeks\""),
        ("updated:\"2 weeks ago\"", "updated:\"2 weeks ago\""),
        ("date:2 weeks ago lamp", "updated:\"2 weeks ago\" lamp"),
        ("revised_at:13-21 months", "updated:\"13-21 months\""),
        ("updated:this week x", "updated:\"this week\" x"),
        ("updated:last month updated:yesterday", "updated:\"last month\" updated:yesterday"),
        ("posted:2024 x", "posted:2024 x"),
        ("posted:2023..2024-06", "posted:2023-01..2024-06"),
        ("posted:2023-2024", "posted:2023..2024"),
        ("posted>2024-05", "posted:>=2024-06"),
        ("posted:2023 to 2024 x", "posted:2023..2024 x"),
        ("posted:2024 \"days\"", "posted:2024 \"days\""),
        ("posted:2024 -days (a|b)", "posted:2024 -\"days\" (a OR b)"),
    ]);
    let when = When::Age { least: 0, most: Some(7), unit: Unit::Day };
    assert_eq!(read("updated:<7d").clause, Clause::Date(DateField::Updated, when));
}

#[test]
fn facts() {
    same(&[
        ("complete:yes complete:True", "complete:yes complete:yes"),
        ("complete: no", "complete:no"),
        ("-complete:yes", "complete:no"),
        ("-complete:no", "complete:yes"),
        ("otp:true", "otp:yes"),
        ("otp: true x", "otp:yes x"),
        ("crossover:only crossover:exclude", "crossover:yes crossover:no"),
        ("crossover:include x", "x"),
        ("-crossover:include x", "x"),
        ("is:read -is:unread is:started is:updated", "is:read -is:unread is:started is:updated"),
        ("is:wip is:complete IS:OTP", "complete:no complete:yes otp:yes"),
        ("is:read (a|b) is:read -updated", "is:read (a OR b) is:read -updated"),
        ("is:half-read is:in progress x", "is:started complete:no x"),
    ]);
}

#[test]
fn orders() {
    let sorted = |text: &str| read(text).sort.map(|order| (order.by, order.descending));
    let by = |column, descending| Some((SortBy::By(column), descending));
    for (text, order) in [
        ("sort:kudos", by(Column::Kudos, true)),
        ("sort:-kudos", by(Column::Kudos, false)),
        ("sort:kudos-asc", by(Column::Kudos, false)),
        ("sort:kudos ascending x", by(Column::Kudos, false)),
        ("sort:kudos desc", by(Column::Kudos, true)),
        ("sort:>words", by(Column::Words, false)),
        ("sort:<words", by(Column::Words, true)),
        ("sort>words", by(Column::Words, false)),
        ("sort:>words descending", by(Column::Words, true)),
        ("sort by: kudos", by(Column::Kudos, true)),
        ("sorted by:>word_count", by(Column::Words, false)),
        ("sorted by > kudos_count", by(Column::Kudos, false)),
        ("sort:date_posted", by(Column::Posted, true)),
        ("sort:\"date updated\"", by(Column::Updated, true)),
        ("sort:date", by(Column::Updated, true)),
        ("sort:revised_at", by(Column::Updated, true)),
        ("sort:ratio", by(Column::Warmth, true)),
        ("sort:minutes", by(Column::Words, true)),
        ("sort:title", Some((SortBy::Title, false))),
        ("sort:-title", Some((SortBy::Title, true))),
        ("sort:<title", Some((SortBy::Title, true))),
        ("sort:creators", Some((SortBy::Author, false))),
        ("sort:best match", Some((SortBy::Best, true))),
        ("sort:random", Some((SortBy::Random(None), true))),
        ("sort:random-123", Some((SortBy::Random(Some(123)), true))),
        ("kudos", None),
    ] {
        assert_eq!(sorted(text), order, "{text}");
        assert_eq!(sorted(&read(text).to_string()), order, "{text}");
    }
    same(&[("sort:title-desc a", "a sort:title-desc"), ("sort by kudos", "sort by kudos")]);
    same(&[("sort:date -posted", "-posted sort:updated")]);
}

#[test]
fn mistakes_have_a_place_and_a_way_out() {
    for (text, place, instead) in [
        ("storm \"the sea", "\"", Some("storm \"the sea\"")),
        ("x “no end", "“", Some("x “no end\"")),
        ("a (b (c", "(", Some("a (b (c))")),
        ("a) b", ")", Some("a b")),
        ("OR a", "OR", Some(" a")),
        ("a OR", "OR", Some("a ")),
        ("a || OR b", "OR", Some("a ||  b")),
        ("a NOT", "NOT", Some("a ")),
        ("NOT OR a", "NOT", Some(" OR a")),
        ("fandum:x", "fandum", Some("fandom:x")),
        ("x Charachter:\"A b\"", "Charachter", Some("x character:\"A b\"")),
        ("charachter: A", "charachter", Some("character: A")),
        ("kuddos>5", "kuddos", Some("kudos>5")),
        ("colour:\"red\"", "colour", None),
        ("claps:>5", "claps", None),
        ("fandom:", "fandom", None),
        ("a title: OR b", "title", None),
        ("words:many", "many", None),
        ("words:50k-10k x", "50k-10k", Some("words:10k-50k x")),
        ("words:>18446744073709551616", ">18446744073709551616", Some("words:4294967295")),
        ("words<0", "<0", Some("words0")),
        ("ratio:1.234", "1.234", None),
        ("updated:2025..2024", "2025..2024", Some("updated:2024..2025")),
        ("updated:21-13 months", "21-13 months", Some("updated:\"13-21 months\"")),
        ("posted:2023-02-30", "2023-02-30", Some("posted:2023-02-28")),
        ("posted:01/05/2024", "01/05/2024", Some("posted:2024-05-01")),
        ("posted:2024-13", "2024-13", None),
        ("posted:1815", "1815", None),
        ("updated:soon", "soon", None),
        ("complete:maybe", "maybe", None),
        ("is:good", "good", None),
        ("sort:colour", "colour", None),
        ("sort:-random", "-random", Some("sort:random")),
        ("sort:kudos x sort:words", "sort:kudos", Some(" x sort:words")),
        ("-sort:kudos", "-sort:kudos", Some("sort:kudos")),
        ("NOT sort:kudos", "NOT sort:kudos", Some("sort:kudos")),
        ("x (a sort:kudos)", "sort:kudos", Some("x (a )")),
        ("a OR sort:kudos", "sort:kudos", None),
        ("fandom:-A", "fandom:-A", Some("-fandom:A")),
        ("x fandom:-\"A b\" y", "fandom:-\"A b\" y", Some("x -fandom:\"A b\" y")),
        ("-primary-ship:*", "*", None),
        ("has:media", "media", None),
        ("has:anything", "anything", None),
        ("primary:ship:\"A\"", "ship:", Some("primary:\"A\"")),
        ("title:\"?\"", "\"?\"", None),
        ("restricted:true", "restricted", None),
        ("work_skin_id:277", "work_skin_id", None),
        ("imported_from_url: x", "imported_from_url", None),
        ("-relationship_ids:*", "relationship_ids", Some("-relationship:*")),
        ("a*", "a*", Some("\"a\"")),
        ("漢a*", "漢a*", Some("\"漢a\"")),
        ("well-kno*", "well-kno*", Some("\"well-kno\"")),
    ] {
        let (at, right) = corrected(text);
        assert_eq!(at, place, "{text}");
        assert_eq!(right.as_deref(), instead, "{text}");
    }
}

#[test]
fn a_value_of_two_words_without_quotes_is_asked_about() {
    let hint = |text: &str| Ask::parse_with_hint(text).unwrap().1.map(|hint| hint.instead.unwrap());
    for (text, instead) in [
        ("fandom:Harry Potter", Some("fandom:\"Harry Potter\"")),
        ("x fandom: Star Wars words>5", Some("x fandom: \"Star Wars\" words>5")),
        ("ship:Draco Malfoy/Harry Potter lamp", Some("ship:\"Draco Malfoy/Harry Potter\" lamp")),
        ("fandom:Sherlock lamp", None),
        ("fandom:sherlock Lamp", None),
        ("fandom:\"Harry\" Potter", None),
        ("fandom:A OR fandom:B", None),
        ("fandom:A AND B", None),
        ("fandom:A Fandom:B", None),
        ("fandom:(A B)", None),
        ("Harry Potter", None),
    ] {
        assert_eq!(hint(text).as_deref(), instead, "{text}");
    }
}

#[test]
fn hostile_text_is_refused_at_once() {
    let start = Instant::now();
    for text in [
        "a".repeat(1 << 20),
        "a ".repeat(1 << 19),
        "(".repeat(1 << 20),
        "\"".repeat((1 << 20) + 1),
        "é".repeat(1 << 19),
        "- ".repeat(1 << 19),
        "fandom:".repeat(1 << 17),
    ] {
        let mistake = wrong(&text);
        assert!(mistake.say.contains("4096"));
        assert!(text.get(mistake.at).is_some());
    }
    for text in [
        "(".repeat(4_096),
        "a ".repeat(2_048),
        "a|".repeat(2_047) + "a",
        "fandom:(a|b) ".repeat(300),
        "tag:x ".repeat(600),
        "\" \"a".repeat(1_024),
        "“a\"".repeat(1_365),
        "\\\"".repeat(2_047) + "\"",
        "-".repeat(4_095) + ")",
        "a*b* ".repeat(600),
        "(a (b OR ".repeat(30),
        "((a | b) c | d) ".repeat(250),
        "posted:2024 - ".repeat(250),
        "words:1 - ".repeat(400) + "(",
    ] {
        let _ = Ask::parse(&text);
    }
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    assert!(wrong(&("(".repeat(33) + &")".repeat(33))).say.contains("at most 32"));
    assert_eq!(read(&("(".repeat(32) + "a" + &")".repeat(32))).clause, word("a"));
    assert!(wrong(&"tag:x ".repeat(257)).say.contains("at most 256"));
    assert_eq!(read(&"tag:x ".repeat(256)).clause.parts().len(), 256);
    assert!(wrong(&"sea ".repeat(65)).say.contains("at most 64"));
    assert!(wrong(&"NOT ".repeat(500)).say.contains("NOT"));
    assert_eq!(read(&("NOT ".repeat(500) + "a")).clause, word("a").negated());
    assert!(MAX_CHARS == 4_096 && read(&" ".repeat(4_096)) == Ask::default());
}

#[test]
fn odd_characters_do_no_harm() {
    same(&[
        ("a\0b", "\"a b\""),
        ("\0", ""),
        ("\u{202E}fandom:x", "\"\u{202E}fandom:x\""),
        ("fandom:\u{5D0}\u{5D1}", "fandom:\u{5D0}\u{5D1}"),
        ("fandom:\"👩‍👩‍👧 x\"", "fandom:\"👩‍👩‍👧 x\""),
        ("a\u{A0}b\u{3000}c\u{2028}d", "a b c d"),
        ("\u{FEFF}", ""),
        ("ｆandom:x", "\"ｆandom:x\""),
    ]);
    let mistake = wrong("words:\"\u{202E}\n\u{2066}x\"");
    assert!(!mistake.say.contains(['\u{202E}', '\u{2066}', '\n']), "{}", mistake.say);
}

#[test]
fn the_text_index_gets_the_words() {
    let split = |text: &str| {
        let ask = read(text);
        let (query, others) = ask.clause.split_text();
        let others: Vec<String> = others.iter().map(|clause| clause.to_string()).collect();
        crate::Query::parse(&query).unwrap();
        (query, others.join(" "))
    };
    for (text, query, others) in [
        ("a fandom:x \"b c\" -e f*", "\"a\" \"b c\" -\"e\" f*", "fandom:x"),
        ("a OR b (c OR e)", "\"a\" OR \"b\" \"c\" OR \"e\"", ""),
        ("a OR fandom:b c", "\"c\"", "a OR fandom:b"),
        ("(a b) OR c e", "\"e\"", "(a b) OR c"),
        ("-(a b) c", "\"c\"", "-(a b)"),
        ("🔥 sea", "\"sea\"", "\"🔥\""),
        ("\"James \\\"Bucky\\\" Barnes\"", "\"James  Bucky  Barnes\"", ""),
        ("fandom:x", "", "fandom:x"),
        ("title:x y", "\"y\"", "title:x"),
    ] {
        let found = split(&text.replace("f*", "fog*"));
        let query = query.replace("f*", "fog*");
        assert_eq!(found, (query, others.to_owned()), "{text}");
    }
}

#[test]
fn conditions_come_and_go() {
    let ask = read("fandom:A complete:yes sort:kudos");
    let more = ask.clone().with(read("ship:\"B/C\"").clause);
    assert_eq!(more.to_string(), "fandom:A complete:yes ship:B/C sort:kudos");
    assert_eq!(more.without(&read("ship:B/C").clause), ask);
    assert_eq!(read("a").without(&word("a")), Ask::default());
    assert_eq!(read("a").without(&word("b")), read("a"));
}
