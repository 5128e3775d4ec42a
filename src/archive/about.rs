//! What a writer says about a work: the fields of a form, and the one check of them.
//!
//! All errors are told at once, each with its field; what was typed is never changed on the way.
//! How long things may be is said by [`WorkLimits`], whose defaults are the constants here.

use fanfold_doc::document::{Document, Lang};
use fanfold_doc::html::Html;
use fanfold_doc::imported::{Author, Date, SeriesPlace, TagKind};
use fanfold_doc::limits::Limits;

use super::draft::FieldErrors;
use super::language;
use super::limits::{Over, WorkLimits, counted, read_chars};
use super::line::one_line;
use super::ties_form::{Ground, TiesForm};
use super::work::{Facts, PrintedMatter};

/// The longest title, characters: AO3's limit.
pub const TITLE_CHARS: usize = 255;
/// The longest summary, characters as they are read: AO3's limit.
pub const SUMMARY_CHARS: usize = 1_250;
/// The longest notes, characters as they are read: AO3's limit.
pub const NOTES_CHARS: usize = 5_000;
/// The longest tag, characters: AO3's limit.
pub const TAG_CHARS: usize = 150;
/// The most fandoms, relationships, characters and additional tags together: AO3's limit.
pub const TAGS: usize = 75;
/// The longest name of an author or of a series, characters.
pub const NAME_CHARS: usize = 200;
/// The most names for whom a work is a gift.
pub const GIFTS: usize = 10;
/// The longest of these names, characters: AO3's limit.
pub const GIFT_CHARS: usize = 100;
/// The longest text of a chapter, characters with its markup: AO3's limit.
pub const CHAPTER_CHARS: usize = 510_000;

/// The ratings that are offered, as AO3 words them.
pub const RATINGS: [&str; 5] =
    ["Not Rated", "General Audiences", "Teen And Up Audiences", "Mature", "Explicit"];
/// The warnings that are offered, as AO3 words them.
pub const WARNINGS: [&str; 6] = [
    "Creator Chose Not To Use Archive Warnings",
    "No Archive Warnings Apply",
    "Graphic Depictions Of Violence",
    "Major Character Death",
    "Rape/Non-Con",
    "Underage Sex",
];
/// The categories that are offered.
pub const CATEGORIES: [&str; 6] = ["F/F", "F/M", "Gen", "M/M", "Multi", "Other"];

/// The form, as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The title.
    pub title: String,
    /// Authors, one a line.
    pub authors: String,
    /// The summary, Markdown.
    pub summary: String,
    /// Notes before the work, Markdown.
    pub notes_before: String,
    /// The disclaimer, Markdown.
    pub disclaimer: String,
    /// Notes after the work, Markdown.
    pub notes_after: String,
    /// The rating; empty for none.
    pub rating: String,
    /// The warnings.
    pub warnings: Vec<String>,
    /// The categories.
    pub categories: Vec<String>,
    /// Fandoms, one a line or with commas between.
    pub fandoms: String,
    /// Relationships, likewise.
    pub relationships: String,
    /// Characters, likewise.
    pub characters: String,
    /// Additional tags, likewise.
    pub freeforms: String,
    /// The language, by its code or its name.
    pub language: String,
    /// Series: title and part, as they were typed.
    pub series: Vec<(String, String)>,
    /// Gifts, works that it comes from, and who may comment.
    pub ties: TiesForm,
    /// The day of posting, for works that are older than their place here.
    pub published: String,
    /// "yes", "no", or empty where nobody says.
    pub complete: String,
    /// How many chapters it is to have; empty or "?" where nobody knows.
    pub expected: String,
}

impl About {
    /// The form of a work as it is.
    ///
    /// # Errors
    /// Where a stored text cannot be read.
    pub fn of(
        facts: &Facts,
        matter: &PrintedMatter,
    ) -> Result<About, fanfold_doc::limits::ReadError> {
        let markdown = |html: &fanfold_doc::html::Html| {
            Document::from_printed(html.as_str()).map(|text| text.to_markdown())
        };
        let all = |kind| -> Vec<String> {
            facts.tags.iter().filter(|tag| tag.0 == kind).map(|tag| tag.1.clone()).collect()
        };
        let lines = |kind| all(kind).join("\n");
        let names: Vec<&str> = facts.authors.iter().map(|author| author.name.as_str()).collect();
        let place = |place: &SeriesPlace| {
            (place.title.clone(), place.part.map_or_else(String::new, |part| part.to_string()))
        };
        Ok(About {
            title: if facts.title_is_provisional { String::new() } else { facts.title.clone() },
            authors: names.join("\n"),
            summary: markdown(&matter.summary)?,
            notes_before: markdown(&matter.notes_before)?,
            disclaimer: markdown(&matter.disclaimer)?,
            notes_after: markdown(&matter.notes_after)?,
            rating: all(TagKind::Rating).into_iter().next().unwrap_or_default(),
            warnings: all(TagKind::Warning),
            categories: all(TagKind::Category),
            fandoms: lines(TagKind::Fandom),
            relationships: lines(TagKind::Relationship),
            characters: lines(TagKind::Character),
            freeforms: lines(TagKind::Freeform),
            language: facts.language.as_ref().map_or_else(String::new, |l| l.as_str().to_owned()),
            series: facts.series.iter().map(place).collect(),
            ties: TiesForm::of(facts),
            published: facts.published.map_or_else(String::new, |day| day.to_string()),
            complete: match facts.complete {
                Some(true) => "yes",
                Some(false) => "no",
                None => "",
            }
            .to_owned(),
            expected: facts.chapters_expected.map_or_else(String::new, |count| count.to_string()),
        })
    }

    /// Checks every field. What the form has no field for stays as it was in `before`. What is over
    /// a limit already may stay so, but not grow.
    ///
    /// # Errors
    /// All that is wrong, each with the name of its field.
    pub fn check(
        &self,
        (before, texts): (&Facts, &PrintedMatter),
        ground: &Ground<'_>,
        limits: &WorkLimits,
    ) -> Result<(Facts, PrintedMatter), FieldErrors> {
        let mut check = Check { errors: Over(Vec::new()), limits };
        let mut facts = before.clone();
        let title = one_line(&self.title);
        if title.is_empty() && !before.title_is_provisional {
            check.error("title", "a work needs a title".to_owned());
        } else if !title.is_empty() {
            if title.chars().count() > before.title.chars().count() {
                check.errors.line("title", &title, limits.title_chars);
            }
            (facts.title, facts.title_is_provisional) = (title, false);
        }
        facts.authors = check.authors(&self.authors, &before.authors);
        facts.tags = self.tags(before, &mut check);
        facts.language = check.language(&self.language, before.language.as_ref());
        facts.series = check.series(&self.series, &before.series);
        facts.published = check.day(&self.published);
        facts.complete = match self.complete.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        facts.chapters_expected = check.expected(&self.expected);
        self.ties.check(&mut facts, ground, limits, &mut check.errors);
        let matter = PrintedMatter {
            summary: check.text("summary", &self.summary, &texts.summary),
            notes_before: check.text("notes_before", &self.notes_before, &texts.notes_before),
            disclaimer: check.text("disclaimer", &self.disclaimer, &texts.disclaimer),
            notes_after: check.text("notes_after", &self.notes_after, &texts.notes_after),
        };
        match check.errors.0.is_empty() {
            true => Ok((facts, matter)),
            false => Err(FieldErrors(check.errors.0)),
        }
    }

    fn tags(&self, before: &Facts, check: &mut Check<'_>) -> Vec<(TagKind, String)> {
        let mut tags: Vec<(TagKind, String)> = Vec::new();
        let mut add = |kind: TagKind, name: String| {
            let tag = (kind, name);
            if !tag.1.is_empty() && !tags.contains(&tag) {
                tags.push(tag);
            }
        };
        add(TagKind::Rating, one_line(&self.rating));
        self.warnings.iter().for_each(|name| add(TagKind::Warning, one_line(name)));
        self.categories.iter().for_each(|name| add(TagKind::Category, one_line(name)));
        for (kind, typed) in [
            (TagKind::Fandom, &self.fandoms),
            (TagKind::Relationship, &self.relationships),
            (TagKind::Character, &self.characters),
            (TagKind::Freeform, &self.freeforms),
        ] {
            for line in typed.lines().map(one_line) {
                // A tag that has a comma in it, from elsewhere, stays whole.
                if before.tags.contains(&(kind, line.clone())) {
                    add(kind, line);
                } else {
                    line.split(',').for_each(|name| add(kind, one_line(name)));
                }
            }
        }
        let now = counted(&Facts { tags: tags.clone(), ..Facts::default() });
        let most = check.limits.tags;
        // What came with more keeps it.
        if now > most && now > counted(before) {
            check.error("tags", format!("these are {now} tags; a work has at most {most}"));
        }
        for (kind, name) in tags.iter().filter(|tag| !before.tags.contains(tag)) {
            check.errors.line(field(*kind), name, check.limits.tag_chars);
        }
        tags
    }
}

/// The field in which tags of a kind stand.
pub fn field(kind: TagKind) -> &'static str {
    match kind {
        TagKind::Rating => "rating",
        TagKind::Warning => "warnings",
        TagKind::Category => "categories",
        TagKind::Fandom => "fandoms",
        TagKind::Relationship => "relationships",
        TagKind::Character => "characters",
        TagKind::Freeform => "freeforms",
    }
}

struct Check<'a> {
    errors: Over,
    limits: &'a WorkLimits,
}

impl Check<'_> {
    fn error(&mut self, field: &'static str, problem: String) {
        self.errors.add(field, problem);
    }

    fn authors(&mut self, typed: &str, before: &[Author]) -> Vec<Author> {
        let mut authors: Vec<Author> = Vec::new();
        for name in typed.lines().map(one_line).filter(|name| !name.is_empty()) {
            let known = before.iter().find(|author| author.name == name).cloned();
            if known.is_none() {
                self.errors.line("authors", &name, self.limits.name_chars);
            }
            let author = known.unwrap_or(Author { name, url: None });
            if !authors.contains(&author) {
                authors.push(author);
            }
        }
        authors
    }

    fn language(&mut self, typed: &str, before: Option<&Lang>) -> Option<Lang> {
        let typed = one_line(typed);
        match before {
            _ if typed.is_empty() => return None,
            Some(same) if same.as_str() == typed => return Some(same.clone()),
            _ => {}
        }
        let code = language::named(&typed);
        let lang = code.as_deref().and_then(Lang::parse).or_else(|| Lang::parse(&typed));
        if lang.is_none() {
            let text = "this is no language that is known here; write its name in English, or its \
                        code, such as “en” or “pt-BR”";
            self.error("language", text.to_owned());
        }
        lang
    }

    fn series(&mut self, typed: &[(String, String)], before: &[SeriesPlace]) -> Vec<SeriesPlace> {
        let mut places = Vec::new();
        for (title, part) in typed {
            let (title, part) = (one_line(title), part.trim());
            if title.is_empty() {
                if !part.is_empty() {
                    self.error("series", format!("part {part} of which series?"));
                }
                continue;
            }
            let known = before.iter().find(|place| place.title == title);
            if known.is_none() {
                self.errors.line("series", &title, self.limits.name_chars);
            }
            let number = part.parse().ok().filter(|part| *part > 0);
            if !part.is_empty() && number.is_none() {
                self.error("series", format!("“{part}” is no number of a part, from 1"));
            }
            let url = known.and_then(|place| place.url.clone());
            places.push(SeriesPlace { title, url, part: number });
        }
        places
    }

    fn day(&mut self, typed: &str) -> Option<Date> {
        let typed = typed.trim();
        let day = Date::parse(typed);
        if !typed.is_empty() && day.is_none() {
            let text = format!("“{typed}” is no day; write it as 2019-04-30");
            self.error("published", text);
        }
        day
    }

    fn expected(&mut self, typed: &str) -> Option<u32> {
        let typed = typed.trim();
        let most = self.limits.chapters;
        let within = |count: &u32| usize::try_from(*count).is_ok_and(|n| (1..=most).contains(&n));
        let count = typed.parse().ok().filter(within);
        if !matches!(typed, "" | "?") && count.is_none() {
            let text = format!("“{typed}” is no number of chapters; write 1 to {most}, or ?");
            self.error("expected", text);
        }
        count
    }

    fn text(&mut self, field: &'static str, typed: &str, before: &Html) -> Html {
        let most = match field {
            "summary" => self.limits.summary_chars,
            _ => self.limits.notes_chars,
        };
        match Document::from_markdown(typed, &Limits::default()) {
            Ok((text, _)) => {
                let chars = read_chars(&text);
                let old = || Document::from_printed(before.as_str()).map_or(0, |d| read_chars(&d));
                if chars > most && chars > old() {
                    let text = format!("this has {chars} characters; at most {most} fit here");
                    self.error(field, text);
                }
                text.to_html()
            }
            Err(error) => {
                self.error(field, error.to_string());
                Document { blocks: Vec::new() }.to_html()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::work::WorkId;

    fn facts() -> Facts {
        Facts {
            title: "The Weir".to_owned(),
            tags: vec![
                (TagKind::Fandom, "Isles".to_owned()),
                (TagKind::Freeform, "Rain, mostly".to_owned()),
                (TagKind::Freeform, "Tea".to_owned()),
            ],
            authors: vec![Author { name: "Wil".to_owned(), url: None }],
            other: vec![("Beta".to_owned(), "Ann".to_owned())],
            complete: Some(true),
            chapters_expected: Some(3),
            published: Date::new(2019, 4, 30),
            series: vec![SeriesPlace { title: "Rivers".to_owned(), url: None, part: Some(2) }],
            language: Lang::parse("pt-BR"),
            ..Facts::default()
        }
    }

    fn matter() -> PrintedMatter {
        let text = |text| Document::from_markdown(text, &Limits::default()).expect("read").0;
        let nothing = || text("").to_html();
        PrintedMatter {
            summary: text("It *rains*.\n\nThen it stops.").to_html(),
            notes_before: text("- one\n- two").to_html(),
            disclaimer: nothing(),
            notes_after: nothing(),
        }
    }

    fn checked(about: &About, before: &Facts) -> Result<(Facts, PrintedMatter), FieldErrors> {
        let ground = Ground { work: WorkId(1), origins: &[], sees: &|_| true };
        about.check((before, &matter()), &ground, &WorkLimits::default())
    }

    fn wrong(about: &About) -> Vec<&'static str> {
        checked(about, &facts()).expect_err("refused").0.iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_form_sent_back_as_it_was_changes_nothing() {
        let about = About::of(&facts(), &matter()).expect("read");
        assert_eq!(checked(&about, &facts()), Ok((facts(), matter())));
    }

    #[test]
    fn tags_are_split_at_commas_unless_they_were_whole_before() {
        let mut about = About::of(&facts(), &matter()).expect("read");
        about.freeforms.push_str("\n  Slow   Burn ,Tea,, Fluff");
        about.fandoms = "Far Seas\nIsles".to_owned();
        let (facts, _) = checked(&about, &facts()).expect("checked");
        let names: Vec<&str> = facts.tags.iter().map(|tag| tag.1.as_str()).collect();
        assert_eq!(names, ["Far Seas", "Isles", "Rain, mostly", "Tea", "Slow Burn", "Fluff"]);
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let about = About {
            title: "  ".to_owned(),
            summary: "x".repeat(SUMMARY_CHARS + 1),
            freeforms: (0..=TAGS).map(|n| format!("tag {n}\n")).collect(),
            characters: "c".repeat(TAG_CHARS + 1),
            language: "Nowhereish".to_owned(),
            series: vec![(String::new(), "3".to_owned()), ("Rivers".to_owned(), "x".to_owned())],
            published: "30.02.2019".to_owned(),
            expected: "0".to_owned(),
            ..About::default()
        };
        let fields = [
            "title",
            "tags",
            "characters",
            "language",
            "series",
            "series",
            "published",
            "expected",
            "summary",
        ];
        assert_eq!(wrong(&about), fields);
    }

    #[test]
    fn limits_hold_for_what_is_read_and_not_for_its_signs() {
        let mut about = About::of(&facts(), &matter()).expect("read");
        about.summary = format!("**{}**", "é".repeat(SUMMARY_CHARS));
        checked(&about, &facts()).expect("it fits");
        about.summary.push('!');
        assert_eq!(wrong(&about), ["summary"]);
    }

    #[test]
    fn what_came_with_more_than_fits_is_not_held_against_a_writer() {
        let mut before = facts();
        before.tags.extend((0..200).map(|n| (TagKind::Freeform, format!("tag {n}"))));
        before.tags.push((TagKind::Character, "c".repeat(290)));
        let about = About::of(&before, &matter()).expect("read");
        let (after, _) = checked(&about, &before).expect("as it was");
        assert_eq!(after.tags.len(), before.tags.len());
    }
}
