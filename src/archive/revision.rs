//! A draft: the state of a work that its writer sees, apart from what is posted; and the rules of
//! saving: what is a conflict, what is folded together, how a chapter is cut in two.
//!
//! Plain data and rules. How states are kept is the store's.

use std::collections::HashMap;

use fanfold_doc::document::{Block, Document};
use fanfold_doc::html::Html;

use super::person::AccountId;
use super::work::{ChapterId, Facts, Hash, Millis, NewChapter, PrintedMatter, RevisionId, TextId};

/// Saves of one sitting become one revision for so long, milliseconds: half an hour.
pub const SITTING: i64 = 30 * 60 * 1_000;
/// What was deleted stays in the bin for so long, milliseconds: 30 days.
pub const BIN: i64 = 30 * 24 * 60 * 60 * 1_000;
/// The longest name of a revision, characters.
pub const NAME_CHARS: usize = 100;
/// The longest name of a sitting, bytes.
pub const SITTING_BYTES: usize = 64;

/// A state of a work, but for the bodies of its chapters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What is said about the work.
    pub facts: Facts,
    /// The texts round the chapters.
    pub matter: PrintedMatter,
    /// The chapters in order.
    pub chapters: Vec<DraftChapter>,
}

/// A chapter of a draft, but for its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftChapter {
    /// Which chapter it is.
    pub id: ChapterId,
    /// Its title, without "Chapter 3:".
    pub title: Option<String>,
    /// Its summary.
    pub summary: Html,
    /// Notes before its text.
    pub notes_before: Html,
    /// Notes after its text.
    pub notes_after: Html,
    /// Words of its body.
    pub words: u64,
    /// Where its body is kept.
    pub text: TextId,
    /// Of all that it says: two with equal marks say the same.
    pub mark: Mark,
    /// Whether it stays a draft when the work is posted.
    pub held_back: bool,
}

impl Draft {
    /// Words of all chapters, those that are held back among them.
    pub fn words(&self) -> u64 {
        self.chapters.iter().map(|chapter| chapter.words).sum()
    }

    /// A chapter.
    pub fn chapter(&self, id: ChapterId) -> Option<&DraftChapter> {
        self.chapters.iter().find(|chapter| chapter.id == id)
    }

    /// The place of a chapter, from 0.
    pub fn place(&self, id: ChapterId) -> Option<usize> {
        self.chapters.iter().position(|chapter| chapter.id == id)
    }

    /// Puts a chapter in the place of what it was before; one that is new comes last.
    pub fn put(&mut self, new: DraftChapter) {
        match self.chapters.iter_mut().find(|old| old.id == new.id) {
            Some(old) => *old = new,
            None => self.chapters.push(new),
        }
    }

    /// The mark of a part; `None` where the draft has no such part.
    pub fn mark(&self, part: Part) -> Option<Mark> {
        match part {
            Part::Work => Some(Mark::of_work(&self.facts, &self.matter)),
            Part::Chapter(id) => self.chapter(id).map(|chapter| chapter.mark),
        }
    }

    /// The mark of all its chapters, in their order.
    pub fn chapters_mark(&self) -> Mark {
        let mut hasher = blake3::Hasher::new();
        for chapter in &self.chapters {
            hasher.update(&chapter.id.0.to_le_bytes());
            hasher.update(&chapter.mark.0.to_le_bytes());
        }
        Mark::cut(&hasher)
    }

    /// Puts the chapters into another order. `order` names each once; otherwise nothing is done
    /// and false returned, because somebody added or deleted a chapter meanwhile.
    pub fn reorder(&mut self, order: &[ChapterId]) -> bool {
        let places: HashMap<ChapterId, usize> = order.iter().copied().zip(0..).collect();
        let place = |chapter: &DraftChapter| places.get(&chapter.id).copied();
        let count = self.chapters.len();
        let whole = order.len() == count
            && places.len() == count
            && self.chapters.iter().all(|chapter| place(chapter).is_some());
        if whole {
            self.chapters.sort_by_key(place);
        }
        whole
    }
}

/// A part of a draft that is edited, saved and in conflict by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// What is said about the work, and the texts round its chapters.
    Work,
    /// A chapter.
    Chapter(ChapterId),
}

/// A fingerprint of all that a part says, 64 bits of BLAKE3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Mark(pub u64);

impl Mark {
    /// Of a chapter; `body` is the hash of its text.
    pub fn of_chapter(
        title: Option<&str>,
        [summary, before, after]: [&Html; 3],
        body: Hash,
    ) -> Mark {
        let mut hasher = blake3::Hasher::new();
        for text in [title.unwrap_or_default(), summary.as_str(), before.as_str(), after.as_str()] {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.update(&body.0);
        Mark::cut(&hasher)
    }

    /// Of a chapter that is to be saved.
    pub fn of(chapter: &NewChapter) -> Mark {
        let texts = [&chapter.summary, &chapter.notes_before, &chapter.notes_after];
        let body = Hash::of(chapter.body.as_str().as_bytes());
        Mark::of_chapter(chapter.title.as_deref(), texts, body)
    }

    /// Of what is said about a work.
    pub fn of_work(facts: &Facts, matter: &PrintedMatter) -> Mark {
        let mut hasher = blake3::Hasher::new();
        hasher.update(format!("{facts:?}{matter:?}").as_bytes());
        Mark::cut(&hasher)
    }

    fn cut(hasher: &blake3::Hasher) -> Mark {
        let hash = hasher.finalize();
        Mark(hash.as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)))
    }
}

/// What an editor was shown: the revision, and the mark of the part in it. Of two saves, the one
/// that knows the part as it is now is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The revision.
    pub revision: RevisionId,
    /// The part as it was then.
    pub mark: Mark,
}

impl Head {
    /// Reads what `Display` wrote.
    pub fn parse(text: &str) -> Option<Head> {
        let (revision, mark) = text.split_once('-')?;
        let revision = RevisionId(revision.parse().ok()?);
        let good = mark.len() == 16 && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mark = good.then(|| u64::from_str_radix(mark, 16).ok()).flatten()?;
        Some(Head { revision, mark: Mark(mark) })
    }
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{:016x}", self.revision, self.mark.0)
    }
}

/// What is known of the head of a draft when somebody saves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sat {
    /// The sitting in which it was saved; none for what was done once.
    pub sitting: Option<String>,
    /// Who saved it.
    pub who: Option<AccountId>,
    /// When its first save was.
    pub made_at: Millis,
    /// Whether a person gave it a name.
    pub named: bool,
    /// Whether readers, or beta readers, were shown it.
    pub shown: bool,
}

impl Sat {
    /// Whether a save is folded into this head instead of becoming a revision of its own.
    pub fn folds(&self, sitting: Option<&str>, who: Option<AccountId>, at: Millis) -> bool {
        let same = sitting.is_some() && self.sitting.as_deref() == sitting && self.who == who;
        let soon = (0..SITTING).contains(&(at.0 - self.made_at.0));
        same && soon && !self.named && !self.shown
    }
}

/// Cuts a text in two before a paragraph, counted from 0 among the blocks that stand in nothing
/// else. `None` where one half would be empty.
pub fn split(text: Document, at: usize) -> Option<(Document, Document)> {
    let mut first = text.blocks;
    if at > first.len() {
        return None;
    }
    let second = first.split_off(at);
    halves(Document { blocks: first }, Document { blocks: second })
}

/// Two texts that were one, as chapters: a break between scenes at the cut goes, because the
/// chapter's end is one. `None` where one of them is empty.
pub fn halves(first: Document, second: Document) -> Option<(Document, Document)> {
    let (mut first, mut second) = (first.normalize().blocks, second.normalize().blocks);
    while matches!(first.last(), Some(Block::SceneBreak(..))) {
        first.pop();
    }
    let breaks = second.iter().take_while(|block| matches!(block, Block::SceneBreak(..))).count();
    second.drain(..breaks);
    let halves = (Document { blocks: first }.normalize(), Document { blocks: second }.normalize());
    (!halves.0.is_empty() && !halves.1.is_empty()).then_some(halves)
}

/// Two texts as one, one after the other.
pub fn joined(first: Document, second: Document) -> Document {
    let mut blocks = first.blocks;
    blocks.extend(second.blocks);
    Document { blocks }.normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        let head = Head { revision: RevisionId(12), mark: Mark(0xab) };
        assert_eq!(head.to_string(), "12-00000000000000ab");
        assert_eq!(Head::parse(&head.to_string()), Some(head));
        for wrong in ["", "12", "12-", "x-00000000000000ab", "12-+0000000000000ab", "12-ab"] {
            assert_eq!(Head::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_sitting_folds_until_it_is_named_shown_or_over() {
        let who = Some(AccountId(1));
        let sat = Sat { sitting: Some("s".to_owned()), who, made_at: Millis(5), ..Sat::default() };
        assert!(sat.folds(Some("s"), who, Millis(6)));
        assert!(sat.folds(Some("s"), who, Millis(4 + SITTING)));
        assert!(!sat.folds(Some("s"), who, Millis(5 + SITTING)));
        assert!(!sat.folds(Some("t"), who, Millis(6)));
        assert!(!sat.folds(None, who, Millis(6)));
        assert!(!sat.folds(Some("s"), Some(AccountId(2)), Millis(6)));
        assert!(!Sat { named: true, ..sat.clone() }.folds(Some("s"), who, Millis(6)));
        assert!(!Sat { shown: true, ..sat.clone() }.folds(Some("s"), who, Millis(6)));
        assert!(!Sat { sitting: None, ..sat }.folds(None, who, Millis(6)));
    }

    #[test]
    fn a_text_is_cut_between_paragraphs_alone() {
        let text = Document::plain("One.\nTwo.\nThree.");
        let (first, second) = split(text.clone(), 1).expect("two halves");
        assert_eq!((first.text().trim(), second.text().trim()), ("One.", "Two.\nThree."));
        assert_eq!(joined(first, second), text);
        assert_eq!(split(text.clone(), 0), None);
        assert_eq!(split(text.clone(), 3), None);
        assert_eq!(split(text, 4), None);
    }

    #[test]
    fn an_order_must_name_every_chapter_once() {
        let chapter = |id| DraftChapter {
            id: ChapterId(id),
            title: None,
            summary: Html::default(),
            notes_before: Html::default(),
            notes_after: Html::default(),
            words: 1,
            text: TextId(id),
            mark: Mark(0),
            held_back: false,
        };
        let mut draft = Draft { chapters: vec![chapter(1), chapter(2)], ..Draft::default() };
        for wrong in [&[1][..], &[1, 1], &[1, 2, 3], &[1, 3], &[2, 1, 1], &[]] {
            let wrong: Vec<ChapterId> = wrong.iter().copied().map(ChapterId).collect();
            assert!(!draft.reorder(&wrong), "{wrong:?}");
        }
        assert!(draft.reorder(&[ChapterId(2), ChapterId(1)]));
        assert_eq!(draft.place(ChapterId(1)), Some(1));
    }
}
