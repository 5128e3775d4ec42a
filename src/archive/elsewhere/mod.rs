//! Posting a work on other sites too: which sites, what each takes, and what it would refuse or
//! cut of a work.
//!
//! Owns the limits of other sites and the checklist. What is to be pasted stands in [`sheet`]; what
//! this archive takes itself stands in `about.rs`, and where AO3's limits are ours too they are
//! written down there.

pub mod sheet;
#[cfg(test)]
mod tests;

use fanfold_doc::imported::{Date, Imported, TagKind};
use fanfold_doc::write::Losses;

use super::about::{NOTES_CHARS, SUMMARY_CHARS, TAG_CHARS, TAGS, TITLE_CHARS};
use super::number::grouped;
use super::tag;
use sheet::{Entry, Part, Role, Sheet};

/// A place where a work is posted too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Site {
    /// Archive of Our Own.
    Ao3,
    /// FanFiction.net.
    FanFiction,
    /// Any site that takes Markdown.
    Markdown,
}

/// What a site takes. `None` and "" stand for limits that are not known, or not there.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The longest title of a work or a chapter, characters.
    pub title: Option<usize>,
    /// The longest summary, characters as they are pasted.
    pub summary: Option<usize>,
    /// The longest notes, characters as they are pasted.
    pub notes: Option<usize>,
    /// The shortest and the longest text of a chapter, characters as they are pasted.
    pub chapter: Option<(usize, usize)>,
    /// How much of a chapter is shown, characters as they are pasted.
    pub shown: Option<usize>,
    /// The longest tag, characters.
    pub tag: Option<usize>,
    /// The most fandoms, relationships, characters and additional tags together.
    pub tags: Option<usize>,
    /// What may not stand in a tag.
    pub not_in_tags: &'static str,
    /// The longest name of somebody to whom a work is given, characters.
    pub gift: Option<usize>,
    /// Whether fandom, rating, warning and language must be there.
    pub needs_tags: bool,
    /// Whether a work may be dated later than the day on which it is posted.
    pub days_to_come: bool,
    /// The kinds of tags that the site has no place for.
    pub without: &'static [TagKind],
    /// Whether notes and the summaries of chapters have fields of their own.
    pub has_notes: bool,
    /// What nobody knows here, said to the writer; "" where nothing is open.
    pub unknown: &'static str,
}

/// AO3's limits (otwarchive, `config/config.yml` and `app/models`, August 2026). Lengths are those
/// of the HTML, its signs counted.
const AO3: Rules = Rules {
    title: Some(TITLE_CHARS),
    summary: Some(SUMMARY_CHARS),
    notes: Some(NOTES_CHARS),
    chapter: Some((10, 510_000)),
    shown: Some(500_000),
    tag: Some(TAG_CHARS),
    tags: Some(TAGS),
    not_in_tags: ",^*<>{}=`，、\\%",
    gift: Some(100),
    needs_tags: true,
    days_to_come: false,
    without: &[],
    has_notes: true,
    unknown: "",
};

/// What the page of a story on FanFiction.net shows: no notes, and none of these tags. Its limits
/// are not published.
const FAN_FICTION: Rules = Rules {
    without: &[TagKind::Warning, TagKind::Category, TagKind::Freeform],
    has_notes: false,
    unknown: "How long a title, a summary or a chapter may be on FanFiction.net is not known here: \
              its own form has the last word.",
    ..MARKDOWN
};

const MARKDOWN: Rules = Rules {
    title: None,
    summary: None,
    notes: None,
    chapter: None,
    shown: None,
    tag: None,
    tags: None,
    not_in_tags: "",
    gift: None,
    needs_tags: false,
    days_to_come: true,
    without: &[],
    has_notes: true,
    unknown: "Every site has limits of its own, which are not known here.",
};

impl Site {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Site; 3] = [Site::Ao3, Site::FanFiction, Site::Markdown];

    /// Its name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Site::Ao3 => "ao3",
            Site::FanFiction => "ffn",
            Site::Markdown => "markdown",
        }
    }

    /// The site of a [`Site::key`].
    pub fn parse(key: &str) -> Option<Site> {
        Site::ALL.into_iter().find(|site| site.key() == key)
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Site::Ao3 => "AO3",
            Site::FanFiction => "FanFiction.net",
            Site::Markdown => "Markdown",
        }
    }

    /// What it takes.
    pub fn rules(self) -> &'static Rules {
        match self {
            Site::Ao3 => &AO3,
            Site::FanFiction => &FAN_FICTION,
            Site::Markdown => &MARKDOWN,
        }
    }
}

/// What becomes of something, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// The site does not take the work like this.
    Refused,
    /// The site leaves it out, or a part of it.
    Cut,
    /// It stands there in another way.
    Changed,
}

/// One line of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the field, that of an [`Entry`] where there is one.
    pub field: String,
    /// What becomes of it.
    pub fate: Fate,
    /// How much there is too much: characters, or tags.
    pub over: Option<usize>,
    /// All of it in words.
    pub said: String,
}

/// What a site would refuse, cut or change of a work that is posted there `today`; nothing where
/// all of it fits. `sheet` is the work as it would be pasted there.
pub fn checklist(site: Site, work: &Imported, sheet: &Sheet, today: Date) -> Vec<Finding> {
    let mut check = Check { site, rules: site.rules(), findings: Vec::new() };
    if check.rules.needs_tags {
        check.needs(work);
    }
    check.day(work, today);
    for entry in sheet.all() {
        check.length(entry);
    }
    for chapter in &sheet.chapters {
        check.text(&chapter.text);
    }
    check.tags(work);
    check.left_behind(work);
    check.losses(sheet);
    check.findings.sort_by_key(|finding| finding.fate);
    check.findings
}

struct Check {
    site: Site,
    rules: &'static Rules,
    findings: Vec<Finding>,
}

impl Check {
    fn add(&mut self, field: &str, fate: Fate, over: Option<usize>, said: String) {
        self.findings.push(Finding { field: field.to_owned(), fate, over, said });
    }

    /// What must be there.
    fn needs(&mut self, work: &Imported) {
        let (meta, name) = (&work.meta, self.site.name());
        let mut refuse = |field, said: String| self.add(field, Fate::Refused, None, said);
        let title = meta.title.as_deref().unwrap_or_default().trim();
        if title.is_empty() {
            refuse("title", format!("{name} wants a title"));
        } else if meta.title_is_provisional {
            let said = format!("{name} wants a title; this work has only a provisional one");
            refuse("title", said);
        }
        if meta.tags.fandoms.is_empty() {
            refuse("fandoms", format!("{name} wants one fandom at least"));
        }
        if meta.tags.rating.len() != 1 {
            let has = meta.tags.rating.len();
            refuse("rating", format!("{name} wants exactly one rating; this work has {has}"));
        }
        if meta.tags.warnings.is_empty() {
            let said =
                format!("{name} wants one warning at least; “No Archive Warnings Apply” is one");
            refuse("warnings", said);
        }
        if meta.language.is_none() {
            refuse("language", format!("{name} wants to know the language"));
        }
        for kind in [TagKind::Rating, TagKind::Warning, TagKind::Category] {
            for own in meta.tags.of(kind) {
                if tag::recognised(kind.into(), own).is_none() {
                    let kind_name = kind.label(false).to_lowercase();
                    let said =
                        format!("{name} has no {kind_name} called “{own}”; choose the nearest");
                    refuse(kind.key(), said);
                }
            }
        }
    }

    /// The day of posting.
    fn day(&mut self, work: &Imported, today: Date) {
        let day = work.meta.published.filter(|day| *day > today && !self.rules.days_to_come);
        if let Some(day) = day {
            let name = self.site.name();
            let said = format!("{name} takes no day that is yet to come: {day}");
            self.add("published", Fate::Refused, None, said);
        }
    }

    /// Titles, summaries and notes that are too long.
    fn length(&mut self, entry: &Entry) {
        let most = match entry.role {
            Role::Title => self.rules.title,
            Role::Summary => self.rules.summary,
            Role::Notes => self.rules.notes,
            Role::Gift => self.rules.gift,
            Role::Text | Role::Line => None,
        };
        // Of several names each is held to the limit.
        let has = match entry.role {
            Role::Gift => entry.text.split(", ").map(|name| name.chars().count()).max(),
            _ => Some(entry.chars()),
        };
        let has = has.unwrap_or(0);
        if let Some(most) = most.filter(|most| has > *most) {
            self.too_long(entry, has, most);
        }
    }

    fn too_long(&mut self, entry: &Entry, has: usize, most: usize) {
        let (name, over) = (self.site.name(), has - most);
        let mut said = format!(
            "{}: {} characters, {} too many; {name} takes {}",
            entry.place,
            grouped(has as u64),
            grouped(over as u64),
            grouped(most as u64),
        );
        if entry.words_alone.is_some_and(|alone| alone <= most) {
            said.push_str(". The words alone would fit: the signs of HTML are counted, too");
        }
        self.add(&entry.id, Fate::Refused, Some(over), said);
    }

    /// A chapter that is too short or too long.
    fn text(&mut self, entry: &Entry) {
        let (has, name) = (entry.chars(), self.site.name());
        if let Some((least, most)) = self.rules.chapter {
            if has < least {
                let said =
                    format!("{}: {has} characters; {name} wants {least} at least", entry.place);
                return self.add(&entry.id, Fate::Refused, None, said);
            }
            if has > most {
                return self.too_long(entry, has, most);
            }
        }
        if let Some(shown) = self.rules.shown.filter(|shown| has > *shown) {
            let over = has - shown;
            let said = format!(
                "{}: {name} shows {} characters of it; the last {} would not be seen",
                entry.place,
                grouped(shown as u64),
                grouped(over as u64),
            );
            self.add(&entry.id, Fate::Cut, Some(over), said);
        }
    }

    /// Tags that are too long, too many, or hold what they may not.
    fn tags(&mut self, work: &Imported) {
        let name = self.site.name();
        let free = |kind: &TagKind| !tag::Kind::from(*kind).is_fixed();
        let mut count = 0;
        for kind in TagKind::ALL.into_iter().filter(free) {
            for own in work.meta.tags.of(kind) {
                count += 1;
                let has = own.chars().count();
                if let Some(most) = self.rules.tag.filter(|most| has > *most) {
                    let over = has - most;
                    let start: String = own.chars().take(40).collect();
                    let said = format!(
                        "the tag “{start}…” has {has} characters, {over} too many; {name} takes {most}"
                    );
                    self.add(kind.key(), Fate::Refused, Some(over), said);
                }
                let mut signs: Vec<String> = Vec::new();
                for sign in own.chars().filter(|c| self.rules.not_in_tags.contains(*c)) {
                    let sign = format!("“{sign}”");
                    if !signs.contains(&sign) {
                        signs.push(sign);
                    }
                }
                if !signs.is_empty() {
                    let own: String = own.chars().take(TAG_CHARS).collect();
                    let said = format!(
                        "the tag “{own}” holds {}, which {name} takes in no tag",
                        and(&signs)
                    );
                    self.add(kind.key(), Fate::Refused, None, said);
                }
            }
        }
        if let Some(most) = self.rules.tags.filter(|most| count > *most) {
            let over = count - most;
            let said = format!(
                "{count} fandoms, relationships, characters and additional tags, {over} too many; \
                 {name} takes {most} together"
            );
            self.add("freeforms", Fate::Refused, Some(over), said);
        }
    }

    /// What the site has no field for.
    fn left_behind(&mut self, work: &Imported) {
        let name = self.site.name();
        let mut advice = ": say in the summary or in a note what readers must know of them";
        for kind in self.rules.without {
            let tags = work.meta.tags.of(*kind);
            if !tags.is_empty() {
                let many = kind.label(tags.len() != 1).to_lowercase();
                let said = format!("{name} has no field for {} {many}{advice}", tags.len());
                self.add(kind.key(), Fate::Cut, Some(tags.len()), said);
                advice = "";
            }
        }
        if self.rules.has_notes {
            return;
        }
        if !work.meta.series.is_empty() {
            let said = format!("{name} has no field for a series: say in a note what comes before");
            self.add("series", Fate::Cut, None, said);
        }
        let meta = &work.meta;
        let noted = [&meta.notes_before, &meta.disclaimer, &meta.notes_after];
        let of_chapters = work
            .chapters
            .iter()
            .flat_map(|chapter| [&chapter.summary, &chapter.notes_before, &chapter.notes_after]);
        if noted.into_iter().chain(of_chapters).any(|text| !text.is_empty()) {
            let said = format!(
                "{name} has no fields for notes and summaries of chapters; they stand at the \
                 beginning and the end of the chapters’ texts"
            );
            self.add("notes_before", Fate::Changed, None, said);
        }
        if let Some(rating) = meta.tags.rating.first() {
            let said = format!(
                "{name} words ratings in another way (“Fiction M”); choose the nearest to “{rating}”"
            );
            self.add("rating", Fate::Changed, None, said);
        }
    }

    /// What texts gave up on the way.
    fn losses(&mut self, sheet: &Sheet) {
        for entry in &sheet.entries {
            for (loss, times) in entry.losses.iter() {
                let said = format!("{}: {}", entry.place, loss.said(times));
                self.add(&entry.id, Fate::Changed, None, said);
            }
        }
        let mut all = Losses::default();
        let entries = || sheet.chapters.iter().flat_map(Part::fields);
        entries().for_each(|entry| all.extend(&entry.losses));
        for (loss, times) in all.iter() {
            let mut of = entries().filter(|entry| entry.losses.times(loss) > 0);
            let Some(first) = of.next() else { continue };
            let place = match of.count() {
                0 => first.place.clone(),
                _ if sheet.chapters.len() == 1 => "In the chapter".to_owned(),
                _ => format!("In the chapters, first in {}", first.place),
            };
            let said = format!("{place}: {}", loss.said(times));
            self.add(&first.id.clone(), Fate::Changed, None, said);
        }
    }
}

/// "a, b and c".
fn and(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => parts.concat(),
    }
}
