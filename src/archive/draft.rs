//! A work as it was typed or imported, and the one check that lets it into the archive.
//!
//! Owns every rule about what may be stored. What an importer brings is made to fit and the change
//! told in a warning; what a person types is refused with all its errors at once.

use std::collections::HashSet;

use fanfold_doc::document::{Document, ImageSource, MediaName};
use fanfold_doc::imported::{Chapter, Imported, Metadata, Place, TagKind, Warning, WarningKind};

use super::fingerprint::Fingerprint;
use super::line::one_line;
use super::ties::Ties;
use super::work::{Facts, NewChapter, NewWork, PrintedMatter};

/// The longest title, characters. AO3 allows 255; files hold longer ones.
pub const TITLE_CHARS: usize = 500;
/// The longest tag, characters. AO3 allows 150.
pub const TAG_CHARS: usize = 300;
/// The longest author's name, characters.
pub const NAME_CHARS: usize = 200;
/// The most tags of one work.
pub const TAGS: usize = 2_000;
/// The most chapters of one work.
pub const CHAPTERS: usize = 5_000;

/// A work that has not been checked.
#[derive(Clone, Debug)]
pub struct WorkDraft {
    /// What was read or typed.
    pub imported: Imported,
    /// What ties it to people and other works; no file says that.
    pub ties: Ties,
}

/// A field that cannot be stored as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// The field, by its name in `fanfold inspect --json`.
    pub field: &'static str,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// All that is wrong with a draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct FieldErrors(pub Vec<FieldError>);

impl WorkDraft {
    /// A draft of what a reader read. What is longer than the archive keeps is cut, and each cut
    /// told in a warning; the original keeps it all. A work without a title is called "Untitled".
    pub fn of_import(mut imported: Imported) -> WorkDraft {
        let mut cuts = Vec::new();
        let meta = &mut imported.meta;
        let title = one_line(meta.title.as_deref().unwrap_or_default());
        if title.is_empty() {
            meta.title = Some("Untitled".to_owned());
            meta.title_is_provisional = true;
        } else {
            meta.title = Some(cut("title", title, TITLE_CHARS, &mut cuts));
        }
        for author in &mut meta.authors {
            author.name = cut("authors", one_line(&author.name), NAME_CHARS, &mut cuts);
        }
        meta.authors.retain(|author| !author.name.is_empty());
        for kind in TagKind::ALL {
            let tags = meta.tags.of_mut(kind);
            for tag in tags.iter_mut() {
                *tag = cut(kind.key(), one_line(tag), TAG_CHARS, &mut cuts);
            }
            tags.retain(|tag| !tag.is_empty());
            tags.truncate(TAGS / TagKind::ALL.len());
        }
        let guessed = |text| Warning { kind: WarningKind::Guessed, place: Place::Whole, text };
        imported.warnings.extend(cuts.into_iter().map(guessed));
        WorkDraft { imported, ties: Ties::default() }
    }

    /// Checks every field.
    ///
    /// # Errors
    /// All fields that cannot be stored, at once.
    pub fn check(self) -> Result<NewWork, FieldErrors> {
        let mut errors = Vec::new();
        let mut error = |field, problem: String| errors.push(FieldError { field, problem });
        let Imported { meta, chapters, .. } = &self.imported;
        let title = one_line(meta.title.as_deref().unwrap_or_default());
        if title.is_empty() {
            error("title", "a work needs a title".to_owned());
        } else if title.chars().count() > TITLE_CHARS {
            error("title", format!("a title has at most {TITLE_CHARS} characters"));
        }
        if meta.authors.iter().any(|author| !fits(&author.name, NAME_CHARS)) {
            error("authors", format!("a name has 1 to {NAME_CHARS} characters"));
        }
        if meta.tags.iter().any(|(_, name)| !fits(name, TAG_CHARS)) {
            error("tags", format!("a tag has 1 to {TAG_CHARS} characters"));
        }
        if meta.tags.iter().count() > TAGS {
            error("tags", format!("a work has at most {TAGS} tags"));
        }
        if chapters.iter().all(|chapter| chapter.body.is_empty()) {
            error("chapters", "there is no text in it".to_owned());
        } else if chapters.len() > CHAPTERS {
            error("chapters", format!("a work has at most {CHAPTERS} chapters"));
        }
        if errors.is_empty() {
            Ok(new_work(title, self.imported, self.ties))
        } else {
            Err(FieldErrors(errors))
        }
    }
}

fn new_work(title: String, imported: Imported, ties: Ties) -> NewWork {
    let Imported { meta, chapters, warnings, .. } = imported;
    let bodies: Vec<String> = chapters.iter().map(|chapter| chapter.body.text()).collect();
    let fingerprint = Fingerprint::of(bodies.iter().map(String::as_str));
    let media = shown(&meta, &chapters);
    let matter = PrintedMatter {
        summary: meta.summary.to_html(),
        notes_before: meta.notes_before.to_html(),
        disclaimer: meta.disclaimer.to_html(),
        notes_after: meta.notes_after.to_html(),
    };
    let chapters = chapters.into_iter().map(new_chapter).collect();
    let mut seen = HashSet::new();
    let tags = meta.tags.iter().map(|(kind, name)| (kind, one_line(name)));
    let facts = Facts {
        title,
        title_is_provisional: meta.title_is_provisional,
        tags: tags.filter(|tag| seen.insert(tag.clone())).collect(),
        authors: meta.authors,
        language: meta.language,
        series: meta.series,
        collections: meta.collections,
        other: meta.other,
        published: meta.published,
        updated: meta.updated,
        complete: meta.complete,
        chapters_expected: meta.chapters_expected,
        source_site: meta.source.site,
        source_url: meta.source.url,
        ties,
    };
    NewWork { facts, matter, chapters, proposals: meta.proposed, warnings, media, fingerprint }
}

fn new_chapter(chapter: Chapter) -> NewChapter {
    NewChapter {
        title: chapter.title.map(|title| one_line(&title)).filter(|title| !title.is_empty()),
        summary: chapter.summary.to_html(),
        notes_before: chapter.notes_before.to_html(),
        words: chapter.body.words(),
        body: chapter.body.to_html(),
        notes_after: chapter.notes_after.to_html(),
    }
}

/// The kept images that the work's texts show, each once, in reading order.
fn shown(meta: &Metadata, chapters: &[Chapter]) -> Vec<MediaName> {
    let of_work = [&meta.summary, &meta.notes_before, &meta.disclaimer, &meta.notes_after];
    let of_chapter = |chapter| {
        let Chapter { summary, notes_before, body, notes_after, .. }: &Chapter = chapter;
        [summary, notes_before, body, notes_after]
    };
    let texts = of_work.into_iter().chain(chapters.iter().flat_map(of_chapter));
    let mut seen = HashSet::new();
    let kept = texts.flat_map(Document::images).filter_map(|source| match source {
        ImageSource::Kept(name) => Some(name.clone()),
        ImageSource::Remote(_) => None,
    });
    kept.filter(|name| seen.insert(name.clone())).collect()
}

fn fits(text: &str, chars: usize) -> bool {
    (1..=chars).contains(&text.chars().count())
}

/// The text, or what fits of it with the cut told.
fn cut(field: &str, text: String, chars: usize, cuts: &mut Vec<String>) -> String {
    match text.char_indices().nth(chars - 1) {
        Some((at, _)) if text.chars().count() > chars => {
            let mut short = text;
            short.truncate(at);
            short.push('…');
            cuts.push(format!("{field} was cut to {chars} characters; the original has it all"));
            short
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(title: &str, body: &str) -> Imported {
        let chapter = Chapter { body: Document::plain(body), ..Chapter::default() };
        let meta = Metadata { title: Some(title.to_owned()), ..Metadata::default() };
        Imported { meta, chapters: vec![chapter], ..Imported::default() }
    }

    #[test]
    fn all_errors_are_told_at_once() {
        let mut draft = WorkDraft::of_import(imported("x", ""));
        draft.imported.meta.title = Some(" ".to_owned());
        draft.imported.meta.tags.fandoms.push(String::new());
        let errors = draft.check().expect_err("nothing fits").0;
        let fields: Vec<_> = errors.iter().map(|error| error.field).collect();
        assert_eq!(fields, ["title", "tags", "chapters"]);
    }

    #[test]
    fn an_import_is_made_to_fit() {
        let mut long = imported(&"long ".repeat(200), "Once.");
        long.meta.tags.freeforms = vec!["x".repeat(1_000), String::new(), "a\n b".to_owned()];
        let work = WorkDraft::of_import(long).check().expect("fits");
        assert_eq!(work.facts.title.chars().count(), TITLE_CHARS);
        assert_eq!(work.facts.tags.get(1), Some(&(TagKind::Freeform, "a b".to_owned())));
        assert_eq!(work.warnings.len(), 2);
        let untitled = WorkDraft::of_import(imported("", "Once.")).check().expect("fits");
        assert!(untitled.facts.title_is_provisional);
        assert_eq!(untitled.words(), 1);
    }
}
