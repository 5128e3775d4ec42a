//! How much a work may hold when it is posted: AO3's limits, unless whoever keeps the archive set
//! others.
//!
//! Owns the table of these limits and the one check of them. What is kept as a draft, what readers
//! see already and what a file brought are not held against anybody.

use fanfold_doc::document::Document;
use fanfold_doc::html::Html;
use fanfold_doc::imported::TagKind;

use super::about;
use super::draft::{self, FieldError};
use super::work::{Facts, NewChapter, PrintedMatter};

/// A limit as the table describes it.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Its name in the table `[limits]` of `fanfold.toml`.
    pub name: &'static str,
    /// The same with the name of its table.
    pub setting: &'static str,
    /// What is counted, and in what.
    pub meaning: &'static str,
    /// What holds where nobody sets it.
    pub default: usize,
    /// The least that can be set.
    pub least: usize,
    /// The most that can be set, which is what the archive itself can keep.
    pub most: usize,
}

macro_rules! limits {
    ($($name:ident = $default:expr, $least:literal to $most:expr, $meaning:literal;)*) => {
        /// How much a work may hold when it is posted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct WorkLimits {
            $(#[doc = $meaning] pub $name: usize,)*
        }

        /// Every limit there is.
        pub const LIMITS: &[Limit] = &[$(Limit {
            name: stringify!($name),
            setting: concat!("limits.", stringify!($name)),
            meaning: $meaning,
            default: $default,
            least: $least,
            most: $most,
        },)*];

        impl WorkLimits {
            /// The limits, each as `value` says by its name; what it does not say is the default.
            pub fn of(value: impl Fn(&str) -> Option<usize>) -> WorkLimits {
                WorkLimits { $($name: value(stringify!($name)).unwrap_or($default),)* }
            }
        }
    };
}

limits! {
    title_chars = about::TITLE_CHARS, 1 to draft::TITLE_CHARS, "characters of a title";
    summary_chars = about::SUMMARY_CHARS, 0 to 100_000, "characters of a summary, as it is read";
    notes_chars = about::NOTES_CHARS, 0 to 100_000, "characters of each note, as it is read";
    tags = about::TAGS, 1 to draft::TAGS,
        "fandoms, relationships, characters and additional tags of a work, together";
    tag_chars = about::TAG_CHARS, 1 to draft::TAG_CHARS, "characters of a tag";
    name_chars = about::NAME_CHARS, 1 to draft::NAME_CHARS,
        "characters of the name of an author or a series";
    gifts = about::GIFTS, 0 to 50, "names for whom a work is a gift";
    gift_chars = about::GIFT_CHARS, 1 to draft::NAME_CHARS, "characters of such a name";
    chapters = draft::CHAPTERS, 1 to draft::CHAPTERS, "chapters of a work";
    chapter_chars = about::CHAPTER_CHARS, 10 to 900_000,
        "characters of a chapter's text, with its markup";
    chapter_title_chars = about::TITLE_CHARS, 1 to draft::TITLE_CHARS,
        "characters of a chapter's title";
}

impl Default for WorkLimits {
    fn default() -> WorkLimits {
        WorkLimits::of(|_| None)
    }
}

/// A work, or what is to become one, as its limits see it.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    /// What is said about it.
    pub facts: &'a Facts,
    /// The texts round its chapters.
    pub matter: &'a PrintedMatter,
    /// Its chapters.
    pub chapters: &'a [NewChapter],
}

/// One of the texts of a chapter.
type Text = fn(&NewChapter) -> &Html;

impl WorkLimits {
    /// Everything of a work that is beyond a limit, each with its field; what is as `came` says,
    /// because a file brought it so, is left out.
    pub fn over(&self, work: Measured<'_>, came: Option<Measured<'_>>) -> Vec<FieldError> {
        let mut over = Over(Vec::new());
        let (facts, matter) = (work.facts, work.matter);
        let old = came.map(|came| came.facts);
        if old.is_none_or(|old| old.title != facts.title) {
            over.line("title", &facts.title, self.title_chars);
        }
        for author in &facts.authors {
            if old.is_none_or(|old| !old.authors.contains(author)) {
                over.line("authors", &author.name, self.name_chars);
            }
        }
        for place in &facts.series {
            if old.is_none_or(|old| old.series.iter().all(|own| own.title != place.title)) {
                over.line("series", &place.title, self.name_chars);
            }
        }
        for tag in &facts.tags {
            if old.is_none_or(|old| !old.tags.contains(tag)) {
                over.line(about::field(tag.0), &tag.1, self.tag_chars);
            }
        }
        let (tags, before) = (counted(facts), old.map_or(0, counted));
        if tags > self.tags && tags > before {
            let most = self.tags;
            over.add("tags", format!("these are {tags} tags; a work has at most {most}"));
        }
        for name in &facts.ties.gifts {
            over.line("gifts", name, self.gift_chars);
        }
        let (gifts, most) = (facts.ties.gifts.len(), self.gifts);
        if gifts > most {
            over.add("gifts", format!("these are {gifts} names; a work has at most {most}"));
        }
        let old = came.map(|came| came.matter);
        for (field, own, old, most) in [
            ("summary", &matter.summary, old.map(|old| &old.summary), self.summary_chars),
            ("notes_before", &matter.notes_before, old.map(|o| &o.notes_before), self.notes_chars),
            ("disclaimer", &matter.disclaimer, old.map(|o| &o.disclaimer), self.notes_chars),
            ("notes_after", &matter.notes_after, old.map(|o| &o.notes_after), self.notes_chars),
        ] {
            if old != Some(own) {
                over.text(field, "this", own, most);
            }
        }
        self.chapters_over(work.chapters, came.map_or(&[], |came| came.chapters), &mut over);
        over.0
    }

    fn chapters_over(&self, chapters: &[NewChapter], came: &[NewChapter], over: &mut Over) {
        let (count, most) = (chapters.len(), self.chapters);
        if count > most && count > came.len() {
            over.add("chapters", format!("these are {count} chapters; a work has at most {most}"));
        }
        for (number, chapter) in (1..).zip(chapters) {
            if came.contains(chapter) {
                continue;
            }
            // Each text by itself: that one of them was written anew is nothing against the others.
            let is_new = |of: Text| came.iter().all(|own| of(own) != of(chapter));
            let chars = chapter.body.as_str().chars().count();
            if chars > self.chapter_chars && is_new(|own| &own.body) {
                let most = self.chapter_chars;
                let text = format!(
                    "chapter {number} has {chars} characters with its markup; at most {most} fit, \
                     so split it in two"
                );
                over.add("chapters", text);
            }
            if came.iter().all(|own| own.title != chapter.title) {
                let title = chapter.title.as_deref().unwrap_or_default();
                over.line("chapters", title, self.chapter_title_chars);
            }
            let texts: [(&str, Text, usize); 3] = [
                ("summary", |own| &own.summary, self.summary_chars),
                ("note before", |own| &own.notes_before, self.notes_chars),
                ("note after", |own| &own.notes_after, self.notes_chars),
            ];
            for (what, of, most) in texts {
                if is_new(of) {
                    let what = format!("the {what} of chapter {number}");
                    over.text("chapters", &what, of(chapter), most);
                }
            }
        }
    }
}

/// How many tags of a work count.
pub(super) fn counted(facts: &Facts) -> usize {
    let free =
        |kind: TagKind| !matches!(kind, TagKind::Rating | TagKind::Warning | TagKind::Category);
    facts.tags.iter().filter(|tag| free(tag.0)).count()
}

/// How long a text is to whoever reads it, characters.
pub(super) fn read_chars(text: &Document) -> usize {
    text.text().trim().chars().count()
}

/// What is wrong, as it is gathered.
pub(super) struct Over(pub(super) Vec<FieldError>);

impl Over {
    pub(super) fn add(&mut self, field: &'static str, problem: String) {
        self.0.push(FieldError { field, problem });
    }

    /// A line of text that may be too long.
    pub(super) fn line(&mut self, field: &'static str, text: &str, most: usize) {
        let chars = text.chars().count();
        if chars > most {
            let text: String = text.chars().take(40).collect();
            self.add(field, format!("“{text}…” has {chars} characters; at most {most} fit here"));
        }
    }

    /// A printed text that may be too long.
    fn text(&mut self, field: &'static str, what: &str, html: &Html, most: usize) {
        // Markup only makes it longer.
        if html.as_str().chars().count() <= most {
            return;
        }
        let chars = Document::from_printed(html.as_str()).map_or(0, |text| read_chars(&text));
        if chars > most {
            self.add(field, format!("{what} has {chars} characters; at most {most} fit here"));
        }
    }
}

#[cfg(test)]
mod tests {
    use fanfold_doc::imported::Author;

    use super::*;

    fn few() -> WorkLimits {
        WorkLimits::of(|name| Some(if name == "chapter_chars" { 40 } else { 3 }))
    }

    fn fields(errors: &[FieldError]) -> Vec<&'static str> {
        errors.iter().map(|error| error.field).collect()
    }

    fn html(text: &str) -> Html {
        Document::plain(text).to_html()
    }

    fn work() -> (Facts, PrintedMatter, Vec<NewChapter>) {
        let tag = |n: usize| (TagKind::Freeform, format!("a tag {n}"));
        let facts = Facts {
            title: "Long".to_owned(),
            authors: vec![Author { name: "Anna".to_owned(), url: None }],
            tags: (0..4).map(tag).collect(),
            ..Facts::default()
        };
        let matter = PrintedMatter {
            summary: html("four"),
            notes_after: html("four"),
            ..Default::default()
        };
        let chapter = NewChapter {
            title: Some("Tide".to_owned()),
            body: html(&"word ".repeat(9)),
            notes_before: html("four"),
            ..NewChapter::default()
        };
        (facts, matter, vec![chapter; 4])
    }

    #[test]
    fn all_that_is_over_is_told_at_once() {
        let (facts, matter, chapters) = work();
        let whole = Measured { facts: &facts, matter: &matter, chapters: &chapters };
        let over = few().over(whole, None);
        let mut want = vec!["title", "authors"];
        want.extend(["freeforms"; 4]);
        want.extend(["tags", "summary", "notes_after"]);
        // Their number, and of each its text, its title and its note.
        want.extend(["chapters"; 1 + 4 * 3]);
        assert_eq!(fields(&over), want);
        assert_eq!(WorkLimits::default().over(whole, None), Vec::new());
    }

    #[test]
    fn what_a_file_brought_stays_and_what_was_changed_since_does_not() {
        let (facts, matter, chapters) = work();
        let came = Measured { facts: &facts, matter: &matter, chapters: &chapters };
        assert_eq!(few().over(came, Some(came)), Vec::new());
        let mut changed = facts.clone();
        changed.title.push('!');
        changed.tags.push((TagKind::Fandom, "Sea".to_owned()));
        let mut more = chapters.clone();
        more[2].body = html(&"worse ".repeat(9));
        let now = Measured { facts: &changed, matter: &matter, chapters: &more };
        let over = few().over(now, Some(came));
        assert_eq!(fields(&over), ["title", "tags", "chapters"]);
        assert!(over[2].problem.starts_with("chapter 3 has"), "{over:?}");
    }

    #[test]
    fn each_text_of_a_chapter_is_as_it_came_or_is_not() {
        let (facts, matter, mut chapters) = work();
        for chapter in &mut chapters {
            (chapter.summary, chapter.notes_after) = (html("short"), html("after"));
        }
        let came = Measured { facts: &facts, matter: &matter, chapters: &chapters };
        type Change = fn(&mut NewChapter);
        let changes: [(&str, Change); 5] = [
            ("chapter 2 has", |own| own.body = html(&"worse ".repeat(9))),
            ("“Flood…” has", |own| own.title = Some("Flood".to_owned())),
            ("the summary of chapter 2", |own| own.summary = html("longer")),
            ("the note before of chapter 2", |own| own.notes_before = html("longer")),
            ("the note after of chapter 2", |own| own.notes_after = html("longer")),
        ];
        for (problem, change) in changes {
            let mut now = chapters.clone();
            change(&mut now[1]);
            let now = Measured { facts: &facts, matter: &matter, chapters: &now };
            let over = few().over(now, Some(came));
            assert_eq!(over.len(), 1, "{over:?}");
            assert!(over[0].problem.starts_with(problem), "{over:?}");
        }
        // Another place is no other text.
        let mut moved = chapters.clone();
        moved[3].title = Some("Ebb".to_owned());
        let came = Measured { chapters: &moved, ..came };
        let mut now = moved.clone();
        now.rotate_right(1);
        now[0].body = html("short");
        let now = Measured { chapters: &now, ..came };
        assert_eq!(few().over(now, Some(came)), Vec::new());
    }

    #[test]
    fn the_edge_itself_fits() {
        let limits = WorkLimits::default();
        let mut facts = Facts { title: "é".repeat(limits.title_chars), ..Facts::default() };
        facts.tags = (0..limits.tags).map(|n| (TagKind::Character, format!("{n}"))).collect();
        facts.tags.push((TagKind::Rating, "Mature".to_owned()));
        let summary = html(&"é".repeat(limits.summary_chars));
        let matter = PrintedMatter { summary, ..Default::default() };
        let whole = Measured { facts: &facts, matter: &matter, chapters: &[] };
        assert_eq!(limits.over(whole, None), Vec::new());
        facts.title.push('é');
        let whole = Measured { facts: &facts, matter: &matter, chapters: &[] };
        assert_eq!(fields(&limits.over(whole, None)), ["title"]);
    }
}
