//! A work as it is pasted into the form of another site: each field with its text.
//!
//! Owns which fields there are and in which order, as the form of that site has them. How a text is
//! written is `fanfold_doc::write`'s.

use fanfold_doc::document::{Block, Document, Inline, Mark, Style};
use fanfold_doc::imported::{Chapter, Imported, Metadata, TagKind};
use fanfold_doc::write::{Ao3, Losses, Written};

use super::super::ties::{GIFT, Kind};
use super::super::{language, tag};
use super::Site;

/// What is measured of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A title.
    Title,
    /// A summary.
    Summary,
    /// Notes.
    Notes,
    /// The text of a chapter.
    Text,
    /// Somebody to whom the work is given.
    Gift,
    /// Anything else.
    Line,
}

/// A field of a form, with what is to be pasted into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name, and that of its box on a page: "summary", "c3-text".
    pub id: String,
    /// What it is called there.
    pub label: &'static str,
    /// The same with its chapter: "Chapter 3, summary".
    pub place: String,
    /// What is measured of it.
    pub role: Role,
    /// What is to be pasted.
    pub text: String,
    /// How many characters it has without markup, where it may have some.
    pub words_alone: Option<usize>,
    /// What it gave up.
    pub losses: Losses,
}

impl Entry {
    /// How many characters are pasted.
    pub fn chars(&self) -> usize {
        self.text.chars().count()
    }

    /// Whether its text has paragraphs.
    pub fn is_long(&self) -> bool {
        self.words_alone.is_some()
    }
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its place, from 1.
    pub number: usize,
    /// Its name: "Chapter 3: The Ferry".
    pub name: String,
    /// The fields round its text.
    pub entries: Vec<Entry>,
    /// The field of its text, which stands last.
    pub text: Entry,
}

impl Part {
    /// All of its fields.
    pub fn fields(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().chain([&self.text])
    }
}

/// A work as it is pasted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What is said about the work.
    pub entries: Vec<Entry>,
    /// The chapters.
    pub chapters: Vec<Part>,
}

impl Sheet {
    /// A work for a site.
    pub fn of(site: Site, work: &Imported) -> Sheet {
        let mut fields = Fields { site, chapter: None, entries: Vec::new() };
        match site {
            Site::FanFiction => fields.fan_fiction(&work.meta),
            Site::Ao3 | Site::Markdown => fields.ao3(work),
        }
        let chapters = (1..=work.chapters.len()).filter_map(|number| part(site, work, number));
        Sheet { entries: fields.entries, chapters: chapters.collect() }
    }

    /// Every field.
    pub fn all(&self) -> impl Iterator<Item = &Entry> {
        let of_chapters = self.chapters.iter().flat_map(Part::fields);
        self.entries.iter().chain(of_chapters)
    }
}

/// One chapter of a work for a site; `None` where there is no such chapter.
pub fn part(site: Site, work: &Imported, number: usize) -> Option<Part> {
    let chapter = work.chapters.get(number.checked_sub(1)?)?;
    let mut fields = Fields { site, chapter: Some(number), entries: Vec::new() };
    fields.line("title", "Chapter title", Role::Title, chapter.title.clone().unwrap_or_default());
    let body = match site {
        Site::FanFiction => in_one(work, chapter, number),
        Site::Ao3 | Site::Markdown => {
            fields.text("summary", "Chapter summary", Role::Summary, &chapter.summary);
            fields.text(
                "notes_before",
                "Notes at the beginning",
                Role::Notes,
                &chapter.notes_before,
            );
            fields.text("notes_after", "Notes at the end", Role::Notes, &chapter.notes_after);
            chapter.body.clone()
        }
    };
    let name = match &chapter.title {
        Some(title) => format!("Chapter {number}: {title}"),
        None => format!("Chapter {number}"),
    };
    let text = fields.entry("text", "Text", Role::Text, &body);
    Some(Part { number, name, entries: fields.entries, text })
}

/// A chapter with its notes in its text, and those of the work in the first and the last.
fn in_one(work: &Imported, chapter: &Chapter, number: usize) -> Document {
    let (meta, first, last) = (&work.meta, number == 1, number == work.chapters.len());
    let (mut before, mut after) = (Vec::new(), Vec::new());
    if first {
        labelled("Author’s note", &meta.notes_before, &mut before);
        labelled("Disclaimer", &meta.disclaimer, &mut before);
    }
    labelled("Summary", &chapter.summary, &mut before);
    labelled("Author’s note", &chapter.notes_before, &mut before);
    labelled("Author’s note", &chapter.notes_after, &mut after);
    if last {
        labelled("Author’s note", &meta.notes_after, &mut after);
    }
    let rule = || Block::SceneBreak(Style::NONE, None);
    let mut blocks = before;
    if !blocks.is_empty() {
        blocks.push(rule());
    }
    blocks.extend(chapter.body.blocks.iter().cloned());
    if !after.is_empty() {
        blocks.push(rule());
    }
    blocks.extend(after);
    Document { blocks }
}

/// A text under the word for it; nothing where it says nothing.
fn labelled(label: &str, text: &Document, blocks: &mut Vec<Block>) {
    if !text.is_empty() {
        let said = vec![Inline::Text(format!("{label}:"))];
        let line = vec![Inline::Mark(Mark::Strong, Style::NONE, said)];
        blocks.push(Block::Paragraph(Style::NONE, line));
        blocks.extend(text.blocks.iter().cloned());
    }
}

struct Fields {
    site: Site,
    chapter: Option<usize>,
    entries: Vec<Entry>,
}

impl Fields {
    /// The fields of AO3's form in its order; other sites ask for the like.
    fn ao3(&mut self, work: &Imported) {
        let meta = &work.meta;
        for (kind, label) in [
            (TagKind::Rating, "Rating"),
            (TagKind::Warning, "Archive warnings"),
            (TagKind::Fandom, "Fandoms"),
            (TagKind::Category, "Categories"),
            (TagKind::Relationship, "Relationships"),
            (TagKind::Character, "Characters"),
            (TagKind::Freeform, "Additional tags"),
        ] {
            self.line(kind.key(), label, Role::Line, tags(meta, kind));
        }
        self.title(meta);
        self.text("summary", "Summary", Role::Summary, &meta.summary);
        let mut before = meta.notes_before.blocks.clone();
        labelled("Disclaimer", &meta.disclaimer, &mut before);
        let before = Document { blocks: before };
        self.text("notes_before", "Notes at the beginning", Role::Notes, &before);
        self.text("notes_after", "Notes at the end", Role::Notes, &meta.notes_after);
        let said = |label: &str, between: &str| {
            let own = meta.other.iter().filter(|other| other.0 == label);
            own.map(|other| other.1.as_str()).collect::<Vec<_>>().join(between)
        };
        self.line("gifts", GIFT, Role::Gift, said(GIFT, ", "));
        for kind in Kind::ALL {
            self.line(kind.word(), kind.label(), Role::Line, said(kind.label(), "\n"));
        }
        let series: Vec<String> = meta
            .series
            .iter()
            .map(|own| match own.part {
                Some(part) => format!("{} (part {part})", own.title),
                None => own.title.clone(),
            })
            .collect();
        self.line("series", "Series", Role::Line, series.join("; "));
        let (written, complete) = (work.chapters.len(), meta.complete == Some(true));
        let expected = meta.chapters_expected.map(|count| count as usize);
        let expected = expected.filter(|count| *count >= written);
        let of = match expected.or(complete.then_some(written)) {
            Some(count) => count.to_string(),
            None => "?".to_owned(),
        };
        self.line("expected", "Chapters in all", Role::Line, of);
        let day = meta.published.map_or_else(String::new, |day| day.to_string());
        self.line("published", "Publication date", Role::Line, day);
        self.language(meta);
    }

    /// What the page of a story on FanFiction.net shows.
    fn fan_fiction(&mut self, meta: &Metadata) {
        self.title(meta);
        self.text("summary", "Summary", Role::Summary, &meta.summary);
        self.line("fandoms", "Fandom", Role::Line, tags(meta, TagKind::Fandom));
        self.line(
            "rating",
            "Rating, as it is worded here",
            Role::Line,
            tags(meta, TagKind::Rating),
        );
        self.language(meta);
        self.line("characters", "Characters and pairings", Role::Line, cast(meta));
        let status = match meta.complete {
            Some(true) => "Complete",
            Some(false) => "In progress",
            None => "",
        };
        self.line("complete", "Status", Role::Line, status.to_owned());
    }

    fn title(&mut self, meta: &Metadata) {
        let title = meta.title.clone().filter(|_| !meta.title_is_provisional);
        self.line("title", "Title", Role::Title, title.unwrap_or_default());
    }

    fn language(&mut self, meta: &Metadata) {
        let name = meta.language.as_ref().map_or_else(String::new, language::name);
        self.line("language", "Language", Role::Line, name);
    }

    /// A field of one line, unless it says nothing.
    fn line(&mut self, field: &str, label: &'static str, role: Role, text: String) {
        if !text.is_empty() {
            let (id, place) = (self.id(field), self.place(label));
            let losses = Losses::default();
            self.entries.push(Entry { id, label, place, role, text, words_alone: None, losses });
        }
    }

    /// A field with paragraphs, unless it says nothing.
    fn text(&mut self, field: &str, label: &'static str, role: Role, text: &Document) {
        if !text.is_empty() {
            let entry = self.entry(field, label, role, text);
            self.entries.push(entry);
        }
    }

    fn entry(&self, field: &str, label: &'static str, role: Role, text: &Document) -> Entry {
        let (id, place) = (self.id(field), self.place(label));
        // Every text of a work may stand on one page with the others.
        let prefix = format!("{id}-");
        let written = match self.site {
            Site::Ao3 => text.to_ao3(&Ao3 { prefix: &prefix, classes: role != Role::Summary }),
            Site::FanFiction => text.to_plain(),
            Site::Markdown => text.to_markdown_elsewhere(),
        };
        let Written { text: pasted, losses } = written;
        let words_alone = Some(text.text().trim().chars().count());
        Entry { id, label, place, role, text: pasted, words_alone, losses }
    }

    fn id(&self, field: &str) -> String {
        match self.chapter {
            Some(number) => format!("c{number}-{field}"),
            None => field.to_owned(),
        }
    }

    fn place(&self, label: &str) -> String {
        match self.chapter {
            Some(number) => {
                let label = label.strip_prefix("Chapter ").unwrap_or(label).to_lowercase();
                format!("Chapter {number}, {label}")
            }
            None => label.to_owned(),
        }
    }
}

/// Tags with commas between, ratings and the like by the names that AO3 has for them.
fn tags(meta: &Metadata, kind: TagKind) -> String {
    let name = |own: &String| tag::recognised(kind.into(), own).unwrap_or(own).to_owned();
    let names: Vec<String> = meta.tags.of(kind).iter().map(name).collect();
    names.join(", ")
}

/// Pairings in brackets, then everybody else: "[A, B] C".
fn cast(meta: &Metadata) -> String {
    let pairs: Vec<Vec<&str>> = meta
        .tags
        .relationships
        .iter()
        .map(|own| own.split('/').map(str::trim).collect::<Vec<_>>())
        .filter(|names| names.len() > 1)
        .collect();
    let mut said: Vec<String> =
        pairs.iter().map(|names| format!("[{}]", names.join(", "))).collect();
    let paired = |name: &&String| !pairs.iter().flatten().any(|own| own == name);
    let others: Vec<&str> =
        meta.tags.characters.iter().filter(paired).map(String::as_str).collect();
    said.push(others.join(", "));
    said.join(" ").trim().to_owned()
}
