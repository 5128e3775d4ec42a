//! Numbered chapter files of one folder: which belong together, and the work that they make.
//!
//! Names only suggest; the content decides. Files that know which work they are (a known site's
//! download) or hold several chapters stay works of their own.

use std::collections::BTreeMap;

use fanfold_doc::document::Document;
use fanfold_doc::imported::{Imported, Place, Reason, TagKind, Warning};

use super::scan::Found;

/// Numbered files that may be the chapters of one work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    /// What the work would be called.
    pub(super) title: String,
    /// The files in order.
    pub(super) members: Vec<Member>,
}

/// A file of a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// The file.
    pub(super) found: Found,
    /// What its name says beside the number: the chapter's title, perhaps.
    pub(super) title: String,
}

/// What a numbered name says: what all names of a sequence share, the number, the chapter's title.
struct Numbered {
    base: String,
    number: u32,
    title: String,
}

/// Words that stand before a chapter's number in file names.
const WORDS: [&str; 8] = ["chapter", "chap", "ch", "part", "pt", "kapitel", "capitulo", "chapitre"];

/// Parts the files of one folder into sequences and single files.
pub(super) fn sequences(files: Vec<Found>, folder: &str) -> (Vec<Sequence>, Vec<Found>) {
    let mut groups: BTreeMap<(String, String), Vec<(Numbered, Found)>> = BTreeMap::new();
    let mut single = Vec::new();
    for found in files {
        let (stem, extension) = found.name().rsplit_once('.').unwrap_or((found.name(), ""));
        match numbered(stem) {
            Some(numbered) => {
                let key = (numbered.base.to_lowercase(), extension.to_ascii_lowercase());
                groups.entry(key).or_default().push((numbered, found));
            }
            None => single.push(found),
        }
    }
    let mut sequences = Vec::new();
    for (_, mut group) in groups {
        group.sort_by_key(|(numbered, _)| numbered.number);
        let first = group.first().map_or(u32::MAX, |(numbered, _)| numbered.number);
        let gapless = (first..).zip(&group).all(|(number, (own, _))| own.number == number);
        if group.len() < 2 || first > 1 || !gapless {
            single.extend(group.into_iter().map(|(_, found)| found));
            continue;
        }
        let base = group.first().map(|(numbered, _)| spaced(&numbered.base)).unwrap_or_default();
        let title = if base.is_empty() { spoken(folder) } else { base };
        let member = |(numbered, found): (Numbered, Found)| Member { found, title: numbered.title };
        sequences.push(Sequence { title, members: group.into_iter().map(member).collect() });
    }
    single.sort_by(|a, b| a.path.cmp(&b.path));
    (sequences, single)
}

/// Reads `01 - Arrival`, `Chapter 3`, `Some Story ch12` and their like.
fn numbered(stem: &str) -> Option<Numbered> {
    let separator = |c: char| c.is_whitespace() || matches!(c, '.' | '_' | '-' | '–' | ',' | '#');
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |text: &str| text.parse().ok().filter(|_| text.len() <= 4);
    let lower = stem.to_ascii_lowercase();
    let word = WORDS.iter().find(|word| {
        let rest = lower.strip_prefix(**word).unwrap_or_default();
        rest.trim_start_matches(separator).starts_with(|c: char| c.is_ascii_digit())
    });
    let after = stem.get(word.map_or(0, |word| word.len())..)?.trim_start_matches(separator);
    let length = digits(after);
    let (leading, rest) = after.split_at_checked(length)?;
    if length > 0 && (rest.is_empty() || rest.starts_with(separator)) {
        let title = spaced(rest.trim_start_matches(separator));
        return Some(Numbered { base: String::new(), number: number(leading)?, title });
    }
    let trailing = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (base, last) = stem.split_at_checked(stem.len() - trailing)?;
    let base = base.trim_end_matches(separator);
    let lower = base.to_ascii_lowercase();
    let word = WORDS.iter().find(|word| {
        let before = lower.strip_suffix(**word);
        before.is_some_and(|before| before.is_empty() || before.ends_with(separator))
    });
    let base = base.get(..base.len() - word.map_or(0, |word| word.len()))?;
    let base = base.trim_end_matches(separator).to_owned();
    let says = base.chars().any(char::is_alphabetic);
    (trailing > 0 && says).then_some(())?;
    Some(Numbered { base, number: number(last)?, title: String::new() })
}

/// A file name's words.
fn spaced(name: &str) -> String {
    name.replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A folder's name as a title: `the-long-road` was written for a machine, `The long road` is said.
fn spoken(name: &str) -> String {
    let words = if name.contains(' ') { spaced(name) } else { spaced(&name.replace('-', " ")) };
    let mut chars = words.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", chars.as_str())
}

/// Makes one work of the parts, in order; gives them back if they are works of their own.
pub(super) fn merge(
    sequence: &Sequence,
    mut parts: Vec<Imported>,
) -> Result<Imported, Vec<Imported>> {
    let own = |part: &Imported| {
        part.meta.source.site.is_some()
            || part.meta.source.url.is_some()
            || part.chapters.len() != 1
    };
    if parts.is_empty() || parts.len() != sequence.members.len() || parts.iter().any(own) {
        return Err(parts);
    }
    let stated: Vec<Option<String>> = parts
        .iter()
        .zip(&sequence.members)
        .map(|(part, member)| stated_title(part, member.found.name()))
        .collect();
    // The work's title stands in every part, or in the first beside the chapter's own.
    let first = stated.first().cloned().flatten();
    let named = parts.iter().flat_map(|part| &part.chapters).next();
    let named = named.is_some_and(|chapter| chapter.title.is_some());
    let shared = first.filter(|title| {
        let rest = stated.get(1..).unwrap_or_default();
        let same = rest.iter().all(|own| own.as_ref() == Some(title));
        same || (named && rest.iter().all(|own| own.as_ref().is_none_or(|own| own == title)))
    });
    let mut whole = parts.remove(0);
    for (part, member) in parts.into_iter().zip(sequence.members.iter().skip(1)) {
        append(&mut whole, part, member.found.name());
    }
    for ((chapter, member), stated) in whole.chapters.iter_mut().zip(&sequence.members).zip(stated)
    {
        let named = (!member.title.is_empty()).then(|| member.title.clone());
        let stated = stated.filter(|_| shared.is_none());
        chapter.title = chapter.title.take().or(stated).or(named);
    }
    whole.meta.title = Some(shared.unwrap_or_else(|| sequence.title.clone()));
    whole.meta.title_is_provisional = false;
    // Each part alone looked like a finished one-shot; together nobody has said anything.
    whole.meta.complete = None;
    whole.meta.chapters_expected = None;
    let one_shot = |name: &str| name == "One Shot";
    whole.meta.proposed.retain(|proposal| !one_shot(&proposal.name));
    let rule = format!("{} numbered files in one folder are its chapters", whole.chapters.len());
    whole.reasons.push(Reason { field: "chapters", rule, place: Place::Whole });
    Ok(whole)
}

/// A title that the text itself states: not made up, and not just the file's name.
fn stated_title(part: &Imported, name: &str) -> Option<String> {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let title = part.meta.title.as_ref().filter(|_| !part.meta.title_is_provisional)?;
    (!letters(name).contains(&letters(title))).then(|| title.clone())
}

fn append(whole: &mut Imported, part: Imported, name: &str) {
    let meta = part.meta;
    for mut chapter in part.chapters {
        let before = [meta.summary.clone(), meta.notes_before.clone(), meta.disclaimer.clone()];
        let notes = before.into_iter().chain([std::mem::take(&mut chapter.notes_before)]);
        chapter.notes_before = joined(notes);
        let after = [std::mem::take(&mut chapter.notes_after), meta.notes_after.clone()];
        chapter.notes_after = joined(after.into_iter());
        whole.chapters.push(chapter);
    }
    for kind in TagKind::ALL {
        let tags = whole.meta.tags.of_mut(kind);
        let new: Vec<_> = meta.tags.of(kind).iter().filter(|tag| !tags.contains(tag)).collect();
        tags.extend(new.into_iter().cloned());
    }
    for author in meta.authors {
        if !whole.meta.authors.contains(&author) {
            whole.meta.authors.push(author);
        }
    }
    let place = Place::Part(name.to_owned());
    let told = |warning| Warning { place: place.clone(), ..warning };
    whole.warnings.extend(part.warnings.into_iter().map(told));
    for media in part.media {
        if !whole.media.contains(&media) {
            whole.media.push(media);
        }
    }
}

fn joined(parts: impl Iterator<Item = Document>) -> Document {
    Document { blocks: parts.flat_map(|part| part.blocks).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::work::Millis;
    use fanfold_doc::imported::Chapter;

    fn found(name: &str) -> Found {
        Found { file: name.into(), path: name.to_owned(), size: 1, modified: Millis(0) }
    }

    fn grouped(names: &[&str]) -> (Vec<(String, Vec<String>)>, usize) {
        let files = names.iter().map(|name| found(name)).collect();
        let (sequences, single) = sequences(files, "the_lighthouse letters");
        let names = |sequence: Sequence| {
            let members = sequence.members.into_iter().map(|member| member.found.path);
            (sequence.title, members.collect())
        };
        (sequences.into_iter().map(names).collect(), single.len())
    }

    #[test]
    fn numbered_files_belong_together() {
        let cases: [(&[&str], &str); 6] = [
            (&["01 - Arrival.txt", "02 - Storm.txt", "10.txt", "3_x.txt"], ""),
            (&["01 - Arrival.txt", "02 - Storm.txt"], "The lighthouse letters"),
            (&["Chapter 2.txt", "chapter 1.txt"], "The lighthouse letters"),
            (&["Sea_ch1.html", "Sea_ch2.html", "Sea_ch03.html"], "Sea"),
            (&["My Story 1.txt", "My Story 2.txt"], "My Story"),
            (&["2013-04-05.txt", "2014-04-05.txt"], ""),
        ];
        for (names, title) in cases {
            let (sequences, single) = grouped(names);
            if title.is_empty() {
                assert_eq!((sequences.len(), single), (0, names.len()), "{names:?}");
            } else {
                let found = sequences.first().map(|sequence| sequence.0.as_str());
                assert_eq!((found, single), (Some(title), 0), "{names:?}");
            }
        }
        let order = grouped(&["Chapter 2.txt", "chapter 1.txt"]).0.remove(0).1;
        assert_eq!(order, ["chapter 1.txt", "Chapter 2.txt"]);
    }

    #[test]
    fn other_files_do_not() {
        let names =
            ["Alone.txt", "Story 2.txt", "Story 3.txt", "1.txt", "2.md", "007.txt", "v1.2.txt"];
        assert_eq!(grouped(&names), (Vec::new(), names.len()));
    }

    fn part(title: &str, provisional: bool) -> Imported {
        let chapter = Chapter { body: Document::plain("Once."), ..Chapter::default() };
        let mut part = Imported { chapters: vec![chapter], ..Imported::default() };
        part.meta.title = Some(title.to_owned());
        part.meta.title_is_provisional = provisional;
        part
    }

    #[test]
    fn parts_become_chapters() {
        let files = vec![found("01 - Arrival.txt"), found("02 - Storm.txt")];
        let sequence = sequences(files, "Letters").0.remove(0);
        let parts = vec![part("Arrival", false), part("Once", true)];
        let whole = merge(&sequence, parts).expect("one work");
        assert_eq!(whole.meta.title.as_deref(), Some("Letters"));
        let titles: Vec<_> = whole.chapters.iter().map(|chapter| chapter.title.clone()).collect();
        assert_eq!(titles, [Some("Arrival".to_owned()), Some("Storm".to_owned())]);

        let mut headed = part("Sea Songs", false);
        headed.chapters[0].title = Some("First".to_owned());
        let whole = merge(&sequence, vec![headed, part("Once", true)]).expect("one work");
        assert_eq!(whole.meta.title.as_deref(), Some("Sea Songs"));

        let parts = vec![part("Sea Songs", false), part("Sea Songs", false)];
        let whole = merge(&sequence, parts).expect("one work");
        assert_eq!(whole.meta.title.as_deref(), Some("Sea Songs"));

        let mut known = part("A", false);
        known.meta.source.site = Some("ao3".to_owned());
        assert!(merge(&sequence, vec![known, part("B", false)]).is_err());
    }
}
