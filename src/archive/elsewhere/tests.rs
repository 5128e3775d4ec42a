//! Every limit of every site: just within it nothing is said, one more is told with its field and
//! by how much.

use fanfold_doc::document::{Document, Lang};
use fanfold_doc::imported::{Chapter, Date, Imported, Metadata, SeriesPlace, TagKind};
use fanfold_doc::limits::Limits;

use super::sheet::Sheet;
use super::*;

fn text(markdown: &str) -> Document {
    Document::from_markdown(markdown, &Limits::default()).expect("read").0
}

/// A work that every site takes.
fn good() -> Imported {
    let mut meta = Metadata {
        title: Some("The Weir".to_owned()),
        language: Lang::parse("en"),
        ..Metadata::default()
    };
    meta.tags.fandoms = vec!["Isles".to_owned()];
    meta.tags.rating = vec!["Teen".to_owned()];
    meta.tags.warnings = vec!["No Archive Warnings Apply".to_owned()];
    let body = text("The weir sang all night, and nobody asked it to stop.");
    let chapter = Chapter { body, ..Chapter::default() };
    Imported { meta, chapters: vec![chapter], ..Imported::default() }
}

fn found(site: Site, work: &Imported) -> Vec<Finding> {
    let today = Date::new(2026, 3, 1).expect("a day");
    checklist(site, work, &Sheet::of(site, work), today)
}

/// The field, the fate and the excess of all that is found.
fn told(site: Site, work: &Imported) -> Vec<(String, Fate, Option<usize>)> {
    found(site, work).into_iter().map(|own| (own.field, own.fate, own.over)).collect()
}

fn refused(field: &str, over: usize) -> Vec<(String, Fate, Option<usize>)> {
    vec![(field.to_owned(), Fate::Refused, Some(over))]
}

#[test]
fn what_fits_is_not_spoken_of() {
    let work = good();
    assert_eq!(found(Site::Ao3, &work), []);
    assert_eq!(found(Site::Markdown, &work), []);
    for site in Site::ALL {
        assert_eq!(Site::parse(site.key()), Some(site));
    }
    assert_eq!(Site::parse("elsewhere"), None);
}

#[test]
fn ao3s_titles_and_texts_are_measured_to_the_character() {
    type Set = fn(&mut Imported, usize);
    let paragraph = |chars: usize| Document::plain(&"é".repeat(chars - "<p></p>".len()));
    let cases: [(&str, usize, Set); 8] = [
        ("title", 255, |work, n| work.meta.title = Some("é".repeat(n))),
        ("summary", 1_250, |work, n| work.meta.summary = Document::plain(&"é".repeat(n - 7))),
        ("notes_before", 5_000, |work, n| {
            work.meta.notes_before = Document::plain(&"é".repeat(n - 7));
        }),
        ("notes_after", 5_000, |work, n| {
            work.meta.notes_after = Document::plain(&"é".repeat(n - 7));
        }),
        ("gifts", 100, |work, n| {
            work.meta.other = vec![("Gift for".to_owned(), "é".repeat(n))];
        }),
        ("c1-title", 255, |work, n| work.chapters[0].title = Some("é".repeat(n))),
        ("c1-summary", 1_250, |work, n| {
            work.chapters[0].summary = Document::plain(&"é".repeat(n - 7));
        }),
        ("c1-text", 510_000, |work, n| {
            work.chapters[0].body = Document::plain(&"é".repeat(n - 7));
        }),
    ];
    for (field, most, set) in cases {
        let mut work = good();
        set(&mut work, most);
        let within = told(Site::Ao3, &work);
        let cut = field == "c1-text";
        assert_eq!(within.len(), usize::from(cut), "{field}: {within:?}");
        set(&mut work, most + 3);
        assert_eq!(told(Site::Ao3, &work), refused(field, 3), "{field}");
    }
    // What AO3 takes and does not show.
    let mut work = good();
    work.chapters[0].body = paragraph(500_000);
    assert_eq!(told(Site::Ao3, &work), []);
    work.chapters[0].body = paragraph(500_001);
    assert_eq!(told(Site::Ao3, &work), [("c1-text".to_owned(), Fate::Cut, Some(1))]);
    work.chapters[0].body = text("x");
    assert_eq!(told(Site::Ao3, &work), [("c1-text".to_owned(), Fate::Refused, None)]);
}

#[test]
fn signs_of_html_are_counted_and_said_to_be() {
    let mut work = good();
    work.meta.summary = text(&"*a* ".repeat(200));
    let found = found(Site::Ao3, &work);
    assert_eq!(found.len(), 1);
    assert!(found[0].said.contains("words alone would fit"), "{}", found[0].said);
    work.meta.summary = text(&"long ".repeat(300));
    let found = super::tests::found(Site::Ao3, &work);
    assert!(!found[0].said.contains("words alone"), "{}", found[0].said);
}

#[test]
fn ao3s_tags_are_measured_counted_and_read() {
    let mut work = good();
    work.meta.tags.freeforms = vec!["x".repeat(150)];
    assert_eq!(told(Site::Ao3, &work), []);
    work.meta.tags.freeforms = vec!["x".repeat(152)];
    assert_eq!(told(Site::Ao3, &work), refused("freeforms", 2));
    // The fandom is one of them; rating and warning are not.
    work.meta.tags.freeforms = (0..74).map(|n| format!("tag {n}")).collect();
    assert_eq!(told(Site::Ao3, &work), []);
    work.meta.tags.characters = vec!["Ann".to_owned(), "Bea".to_owned()];
    assert_eq!(told(Site::Ao3, &work), refused("freeforms", 2));
    for sign in ",^*<>{}=`，、\\%".chars() {
        let mut work = good();
        work.meta.tags.characters = vec![format!("A{sign}B{sign}")];
        let found = found(Site::Ao3, &work);
        assert_eq!(found.len(), 1, "{sign}");
        assert_eq!((found[0].field.as_str(), found[0].fate), ("characters", Fate::Refused));
        assert_eq!(found[0].said.matches(&format!("“{sign}”")).count(), 1, "{}", found[0].said);
    }
    let mut work = good();
    work.meta.tags.relationships = vec!["Ann/Bea & Cal (Isles) | “x” - 'y'; z: #1!?".to_owned()];
    assert_eq!(told(Site::Ao3, &work), []);
}

#[test]
fn what_ao3_wants_is_missed_field_by_field() {
    let mut work = good();
    work.meta = Metadata::default();
    let fields: Vec<String> = found(Site::Ao3, &work).into_iter().map(|own| own.field).collect();
    assert_eq!(fields, ["title", "fandoms", "rating", "warnings", "language"]);
    let mut work = good();
    work.meta.title_is_provisional = true;
    work.meta.tags.rating = vec!["Mature".to_owned(), "Explicit".to_owned()];
    work.meta.tags.categories = vec!["Slash".to_owned(), "M/F".to_owned()];
    let fields: Vec<String> = found(Site::Ao3, &work).into_iter().map(|own| own.field).collect();
    assert_eq!(fields, ["title", "rating", "categories"]);
    let mut work = good();
    work.meta.title = Some(" ".to_owned());
    work.meta.published = Date::new(2026, 3, 2);
    let fields: Vec<String> = found(Site::Ao3, &work).into_iter().map(|own| own.field).collect();
    assert_eq!(fields, ["title", "published"]);
    work = good();
    work.meta.published = Date::new(2026, 3, 1);
    assert_eq!(found(Site::Ao3, &work), []);
    assert_eq!(found(Site::Markdown, &work), []);
}

#[test]
fn older_names_are_pasted_as_ao3_words_them() {
    let mut work = good();
    work.meta.tags.warnings = vec!["Choose Not To Use Archive Warnings".to_owned()];
    let sheet = Sheet::of(Site::Ao3, &work);
    let entry = |id: &str| sheet.entries.iter().find(|own| own.id == id).expect("a field");
    assert_eq!(entry("rating").text, "Teen And Up Audiences");
    assert_eq!(entry("warnings").text, "Creator Chose Not To Use Archive Warnings");
    assert_eq!(entry("expected").text, "?");
    assert_eq!(entry("language").text, "English");
}

#[test]
fn fan_fiction_net_has_no_place_for_notes_and_most_tags() {
    let mut work = good();
    work.meta.tags.freeforms = vec!["Rain".to_owned(), "Tea".to_owned()];
    work.meta.tags.relationships = vec!["Ann/Bea".to_owned(), "Ann & Cal".to_owned()];
    work.meta.tags.characters = ["Ann", "Bea", "Cal"].map(str::to_owned).to_vec();
    work.meta.series = vec![SeriesPlace { title: "Rivers".to_owned(), ..SeriesPlace::default() }];
    work.meta.notes_before = text("Hello.");
    work.meta.notes_after = text("Goodbye.");
    let second = Chapter { notes_before: text("Again."), ..work.chapters[0].clone() };
    work.chapters.push(second);
    let sheet = Sheet::of(Site::FanFiction, &work);
    let entry = |id: &str| sheet.all().find(|own| own.id == id).expect("a field").text.clone();
    assert_eq!(entry("characters"), "[Ann, Bea] Cal");
    let song = "The weir sang all night, and nobody asked it to stop.";
    assert_eq!(entry("c1-text"), format!("**Author’s note:**\n\nHello.\n\nx-x-x\n\n{song}"));
    assert_eq!(
        entry("c2-text"),
        format!(
            "**Author’s note:**\n\nAgain.\n\nx-x-x\n\n{song}\n\nx-x-x\n\n**Author’s note:**\n\n\
             Goodbye."
        )
    );
    assert!(sheet.all().all(|own| !own.id.contains("notes")));
    let found = told(Site::FanFiction, &work);
    let field = |name: &str, fate, over| (name.to_owned(), fate, over);
    assert_eq!(
        found,
        [
            field("warnings", Fate::Cut, Some(1)),
            field("freeforms", Fate::Cut, Some(2)),
            field("series", Fate::Cut, None),
            field("notes_before", Fate::Changed, None),
            field("rating", Fate::Changed, None),
        ]
    );
    assert!(!Site::FanFiction.rules().unknown.is_empty(), "what is not known is said");
}

#[test]
fn losses_lead_to_the_first_chapter_that_has_them() {
    let mut work = good();
    let noted = text("The boats[^1] came in[^2].\n\n[^1]: Four.\n\n[^2]: Late.\n");
    work.chapters.push(Chapter { body: noted.clone(), ..Chapter::default() });
    work.chapters.push(Chapter { body: noted, ..Chapter::default() });
    let found = found(Site::Ao3, &work);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].field.as_str(), found[0].fate), ("c2-text", Fate::Changed));
    assert!(found[0].said.contains("4 footnotes"), "{}", found[0].said);
    assert!(found[0].said.contains("first in Chapter 2"), "{}", found[0].said);
    // The names of two chapters' notes do not meet on AO3's page of the entire work.
    let sheet = Sheet::of(Site::Ao3, &work);
    assert!(sheet.chapters[1].text.text.contains("name=\"c2-text-note-1\""));
    assert!(sheet.chapters[2].text.text.contains("name=\"c3-text-note-1\""));
}

#[test]
fn the_disclaimer_stands_among_ao3s_notes() {
    let mut work = good();
    work.meta.disclaimer = text("Not mine.");
    let sheet = Sheet::of(Site::Ao3, &work);
    let notes = sheet.entries.iter().find(|own| own.id == "notes_before").expect("notes");
    assert_eq!(notes.text, "<p><strong>Disclaimer:</strong></p>\n\n<p>Not mine.</p>");
    let kinds = [TagKind::Freeform, TagKind::Relationship];
    let empty = |kind: &TagKind| sheet.entries.iter().all(|own| own.id != kind.key());
    assert!(kinds.iter().all(empty), "empty fields are not offered");
}
