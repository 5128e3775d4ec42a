//! Beta readers: people who are shown one state of a work by a private link, and say what they
//! think of a passage, or what could stand there instead.
//!
//! Plain data, limits, and how a rewritten paragraph is taken apart into suggestions. Where a
//! passage stands in a later text is found in `anchor.rs`.

use std::ops::Range;

use super::anchor::Passage;
use super::compare::{self, Piece, Run, Side};
use super::person::AccountId;
use super::work::{ChapterId, Hash, Millis, RevisionId, WorkId, id};

/// The longest name of a link, and of somebody who remarks, characters.
pub const NAME_CHARS: usize = 60;
/// The longest remark, characters.
pub const SAID_CHARS: usize = 5_000;
/// The longest passage, and the longest text to stand in its place, characters.
pub const PASSAGE_CHARS: usize = 20_000;
/// The longest answer of a writer, characters.
pub const ANSWER_CHARS: usize = 2_000;
/// The most remarks on one link.
pub const REMARKS_MOST: u64 = 2_000;
/// The most that is said by one link, bytes of [`NewRemark::bytes`].
pub const SAID_BYTES_MOST: u64 = 4_000_000;
/// The most links of a work.
pub const BETAS_MOST: usize = 100;
/// A paragraph that is changed in more places than this is one suggestion.
const CHANGES_MOST: usize = 60;

id! {
    /// A private link to a revision.
    BetaId
}
id! {
    /// What a beta reader said.
    RemarkId
}

/// A private link to one state of a work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beta {
    /// Its key.
    pub id: BetaId,
    /// The work.
    pub work: WorkId,
    /// What is read: this revision, whatever is written meanwhile.
    pub revision: RevisionId,
    /// What its writer calls it.
    pub name: String,
    /// Whether its writer has not closed it.
    pub open: bool,
    /// When it was made.
    pub made_at: Millis,
    /// When the work was put into the bin, if it lies there.
    pub binned_at: Option<Millis>,
}

/// Who says something: an account, or a browser that holds a cookie for this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// Somebody who is signed in.
    Account(AccountId),
    /// The hash of the cookie.
    Browser(Hash),
}

/// What became of a remark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// The writer has not decided.
    #[default]
    Open,
    /// The suggested words were put into the draft.
    Accepted,
    /// They were not; or the comment is done with.
    Settled,
}

impl State {
    /// All of them: the store keeps their place here.
    pub const ALL: [State; 3] = [State::Open, State::Accepted, State::Settled];
}

/// What is said of a passage, before it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRemark {
    /// The chapter.
    pub chapter: ChapterId,
    /// Where in it.
    pub passage: Passage,
    /// The words that stand there in the revision.
    pub quoted: String,
    /// What is said of them; may be empty for a suggestion.
    pub said: String,
    /// What to write instead; none for a comment, empty to take the words out.
    pub instead: Option<String>,
    /// Who says so, by name.
    pub who: String,
}

impl NewRemark {
    /// How much text it is, bytes: passage, remark, what is to stand there, and name.
    pub fn bytes(&self) -> u64 {
        let instead = self.instead.as_ref().map_or(0, String::len);
        (self.quoted.len() + self.said.len() + instead + self.who.len()) as u64
    }
}

/// What somebody said of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Its key.
    pub id: RemarkId,
    /// The link by which it came.
    pub beta: BetaId,
    /// What it says, and of what.
    pub is: NewRemark,
    /// Who said so; nobody once their account or its memory is gone.
    pub hand: Option<Hand>,
    /// When.
    pub made_at: Millis,
    /// What became of it.
    pub state: State,
    /// What the writer said to it.
    pub answer: String,
}

impl Remark {
    /// Whether it waits for its writer to decide.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// What became of it, in a word or two; nothing while it waits.
    pub fn outcome(&self) -> &'static str {
        match (self.state, &self.is.instead) {
            (State::Open, _) => "",
            (State::Accepted, _) => "accepted",
            (State::Settled, Some(_)) => "not taken",
            (State::Settled, None) => "done",
        }
    }

    /// Whether it was said by whoever holds one of these.
    pub fn is_by(&self, hands: &[Hand]) -> bool {
        self.hand.is_some_and(|hand| hands.contains(&hand))
    }
}

/// Some words, and others to stand in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Bytes of the old text; never none, so that it can be found again.
    pub bytes: Range<usize>,
    /// What is to stand there.
    pub instead: String,
}

/// What somebody changed in a paragraph, word by word. Laid over the old text, the changes give the
/// new one; none where they are the same, or where there was nothing to change.
pub fn changes(old: &str, new: &str) -> Vec<Change> {
    if old == new || old.is_empty() {
        return Vec::new();
    }
    let whole = || vec![Change { bytes: 0..old.len(), instead: new.to_owned() }];
    let piece = |text: &str| [Piece { path: Vec::new(), text: text.to_owned() }];
    let lines = compare::difference(&piece(old), &piece(new));
    let [line] = lines.as_slice() else { return whole() };
    let mut parts: Vec<Part> = line.runs.iter().map(Part::of).collect();
    glue(&mut parts);
    for at in 0..parts.len() {
        borrow(&mut parts, at);
    }
    let mut changes: Vec<Change> = Vec::new();
    let mut at = 0;
    for part in parts {
        let bytes = at..at + part.old.len();
        at = bytes.end;
        match changes.last_mut() {
            _ if part.same => {}
            Some(last) if last.bytes.end == bytes.start => {
                last.bytes.end = bytes.end;
                last.instead.push_str(&part.new);
            }
            _ => changes.push(Change { bytes, instead: part.new }),
        }
    }
    if changes.len() > CHANGES_MOST { whole() } else { changes }
}

/// A part of a paragraph as it was and as it is.
struct Part {
    old: String,
    new: String,
    same: bool,
}

impl Part {
    fn of(run: &Run) -> Part {
        let text = |side: Side| if run.side == side { String::new() } else { run.text.clone() };
        Part { old: text(Side::New), new: text(Side::Old), same: run.side == Side::Both }
    }
}

/// Changes with nothing but spaces and signs between them are one thought.
fn glue(parts: &mut [Part]) {
    for at in 1..parts.len().saturating_sub(1) {
        let changed = |at: usize| parts.get(at).is_some_and(|part| !part.same);
        let between = changed(at - 1) && changed(at + 1);
        if let Some(part) = parts.get_mut(at).filter(|_| between) {
            part.same &= part.old.contains(char::is_alphanumeric);
        }
    }
}

/// Gives words that were only added a word beside them, so that they stand on something.
fn borrow(parts: &mut [Part], at: usize) {
    let Some((before, rest)) = parts.split_at_mut_checked(at) else { return };
    let Some((own, after)) = rest.split_first_mut() else { return };
    if own.same || !own.old.is_empty() {
        return;
    }
    let before = before.last_mut();
    if before.as_ref().is_some_and(|part| !part.same) {
        // It becomes one with the change before it.
        return;
    }
    match (before, after.first_mut()) {
        (Some(before), _) if !before.old.trim().is_empty() => {
            let word = before.old.trim_end().rfind(char::is_whitespace).map_or(0, |space| {
                let rest = before.old.get(space..).unwrap_or_default();
                space + rest.chars().next().map_or(0, char::len_utf8)
            });
            let word = before.old.split_off(word);
            own.new.insert_str(0, &word);
            own.old = word;
        }
        (_, Some(after)) if after.same => {
            let spaces = after.old.len() - after.old.trim_start().len();
            let word = after.old.get(spaces..).unwrap_or_default();
            let end = spaces + word.find(char::is_whitespace).unwrap_or(word.len());
            let rest = after.old.split_off(end);
            let word = std::mem::replace(&mut after.old, rest);
            own.new.push_str(&word);
            own.old = word;
        }
        (Some(before), _) => {
            let word = std::mem::take(&mut before.old);
            own.new.insert_str(0, &word);
            own.old = word;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(old: &str, new: &str) -> Vec<(String, String)> {
        let change = |change: Change| (old[change.bytes].to_owned(), change.instead);
        changes(old, new).into_iter().map(change).collect()
    }

    fn pair(old: &str, new: &str) -> (String, String) {
        (old.to_owned(), new.to_owned())
    }

    #[test]
    fn a_paragraph_is_taken_apart_into_thoughts() {
        let old = "The lamp went out at nine, and nobody saw it.";
        assert_eq!(told(old, old), []);
        let new = "The lantern went out at nine, and nobody saw it.";
        assert_eq!(told(old, new), [pair("lamp", "lantern")]);
        let new = "The lamp went out at ten o’clock, and no one ever saw it.";
        let want = [pair("nine", "ten o’clock"), pair("nobody", "no one ever")];
        assert_eq!(told(old, new), want);
        let added = "The old lamp went out at nine, and nobody saw it. Ever.";
        let want = [pair("The ", "The old "), pair("it.", "it. Ever.")];
        assert_eq!(told(old, added), want);
        assert_eq!(told(old, ""), [pair(old, "")]);
        assert_eq!(
            told("No.", "Perhaps some other day?"),
            [pair("No.", "Perhaps some other day?")]
        );
    }

    proptest! {
        #[test]
        fn changes_laid_over_the_old_text_give_the_new_one(
            old in "[ab]{0,2}( [ab,]{1,2}){0,12}",
            new in "[ab]{0,2}( [ab,é]{1,2}){0,12}",
        ) {
            let changes = changes(&old, &new);
            let (mut out, mut at) = (String::new(), 0);
            for change in &changes {
                prop_assert!(!change.bytes.is_empty(), "{changes:?}");
                prop_assert!(at <= change.bytes.start, "{changes:?}");
                out.push_str(&old[at..change.bytes.start]);
                out.push_str(&change.instead);
                at = change.bytes.end;
            }
            out.push_str(&old[at..]);
            if !old.is_empty() {
                prop_assert_eq!(out, new);
            }
        }
    }
}
