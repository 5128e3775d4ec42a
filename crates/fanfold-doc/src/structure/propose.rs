//! Tags that notes and disclaimers state in passing: proposals, never tags.
//!
//! Owns the rules that read a fandom out of a disclaimer and freeforms out of notes. Each proposal
//! carries its rule, its place and the words that it was read from.

use crate::imported::{Proposal, TagKind};

use super::{Lines, place};

/// Something that a writer said outside the story.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) what: &'static str,
    pub(super) text: String,
    pub(super) lines: Lines,
}

/// Words that state a freeform tag, in small letters, with the tag. "au" must be in capitals.
const FREEFORMS: &[(&str, &str)] = &[
    ("one shot", "One Shot"),
    ("one-shot", "One Shot"),
    ("oneshot", "One Shot"),
    ("alternate universe", "Alternate Universe"),
    ("alternative universe", "Alternate Universe"),
    ("songfic", "Songfic"),
    ("song fic", "Songfic"),
    ("song-fic", "Songfic"),
    ("drabble", "Drabble"),
    ("drabbles", "Drabble Collection"),
    ("fluff", "Fluff"),
    ("fluffy", "Fluff"),
    ("angst", "Angst"),
    ("angsty", "Angst"),
    ("hurt/comfort", "Hurt/Comfort"),
    ("hurt comfort", "Hurt/Comfort"),
    ("crack", "Crack"),
    ("crackfic", "Crack"),
    ("crack fic", "Crack"),
    ("crossover", "Crossover"),
    ("cross-over", "Crossover"),
    ("fix-it", "Fix-It"),
    ("fix it fic", "Fix-It"),
    ("slash", "Slash"),
    ("femslash", "Femslash"),
    ("canon divergence", "Alternate Universe - Canon Divergence"),
    ("canon divergent", "Alternate Universe - Canon Divergence"),
    ("modern au", "Alternate Universe - Modern Setting"),
    ("high school au", "Alternate Universe - High School"),
    ("coffee shop au", "Alternate Universe - Coffee Shops & Cafés"),
    ("soulmate au", "Alternate Universe - Soulmates"),
    ("slow burn", "Slow Burn"),
    ("post-canon", "Post-Canon"),
    ("pre-canon", "Pre-Canon"),
    ("missing scene", "Missing Scene"),
    ("character study", "Character Study"),
    ("time travel", "Time Travel"),
    ("deathfic", "Character Death"),
    ("pwp", "Plot What Plot/Porn Without Plot"),
    ("au", "Alternate Universe"),
    ("a.u.", "Alternate Universe"),
    ("a/u", "Alternate Universe"),
];

/// Reads proposals out of what was said.
pub(super) fn read(said: &[Said]) -> Vec<Proposal> {
    let mut found: Vec<Proposal> = Vec::new();
    let mut push = |proposal: Proposal| {
        let same = |own: &Proposal| own.kind == proposal.kind && own.name == proposal.name;
        if !found.iter().any(same) && found.len() < 40 {
            found.push(proposal);
        }
    };
    for said in said {
        if said.what == "disclaimer" {
            fandoms(said).into_iter().for_each(&mut push);
        } else {
            freeforms(said).into_iter().for_each(&mut push);
            let owns = |sentence: &&str| is_disclaiming(sentence);
            for sentence in sentences(&said.text).into_iter().filter(owns) {
                let text = sentence.to_owned();
                let own = Said { what: said.what, text, lines: said.lines };
                fandoms(&own).into_iter().for_each(&mut push);
            }
        }
    }
    found
}

fn is_disclaiming(sentence: &str) -> bool {
    let lower = sentence.to_lowercase().replace('’', "'");
    let not = ["don't own", "do not own", "dont own", "doesn't own", "does not own"];
    not.iter().any(|words| lower.contains(words))
}

fn proposal(kind: TagKind, name: String, rule: String, said: &Said, evidence: &str) -> Proposal {
    let evidence = evidence.trim().chars().take(160).collect();
    Proposal { kind, name, rule, place: place(said.lines), evidence }
}

/// The sentences of a text with their stops.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let stops = matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace);
        // "J. K. Rowling" goes on.
        let word = text.get(start..at).unwrap_or_default().rsplit(' ').next().unwrap_or_default();
        let initial = c == '.' && word.chars().count() == 1;
        let title = c == '.' && matches!(word, "Dr" | "Mr" | "Mrs" | "Ms" | "St" | "vs");
        if (stops && !initial && !title) || c == '\n' {
            let end = at + c.len_utf8();
            out.extend(text.get(start..end).map(str::trim).filter(|part| !part.is_empty()));
            start = end;
        }
    }
    out.extend(text.get(start..).map(str::trim).filter(|part| !part.is_empty()));
    out
}

fn freeforms(said: &Said) -> Vec<Proposal> {
    let mut out = Vec::new();
    for sentence in sentences(&said.text) {
        let lower = sentence.to_lowercase();
        for (words, tag) in FREEFORMS {
            let Some(at) = find_words(&lower, words) else { continue };
            let short = words.len() <= 4 && words.starts_with('a') && *words != "angst";
            let upper =
                sentence.contains("AU") || sentence.contains("A.U") || sentence.contains("A/U");
            if (short || words.ends_with(" au")) && !upper {
                continue;
            }
            let before = lower.get(..at).unwrap_or_default();
            let not =
                before.split_whitespace().rev().take(3).any(|word| {
                    matches!(word, "not" | "no" | "never" | "without" | "isn't" | "isn’t")
                });
            if !not {
                let rule = format!("the {} says “{words}”", said.what);
                out.push(proposal(TagKind::Freeform, (*tag).to_owned(), rule, said, sentence));
            }
        }
    }
    out
}

/// Where words stand in a text, as whole words.
fn find_words(text: &str, words: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find(words).map(|at| at + from) {
        let before = text.get(..at)?.chars().next_back();
        let after = text.get(at + words.len()..)?.chars().next();
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        // "au" in "au-dessus" is no word of its own.
        if edge(before) && edge(after) && after != Some('-') {
            return Some(at);
        }
        from = at + words.len();
    }
    None
}

/// Fandoms that a disclaimer names.
fn fandoms(said: &Said) -> Vec<Proposal> {
    let sentences = sentences(&said.text);
    let mut out = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        let lower = sentence.to_lowercase();
        let owning = ["own", "owned", "owning", "owns"]
            .iter()
            .filter_map(|word| Some((find_words(&lower, word)?, word.len())))
            .min();
        if let Some((start, length)) = owning {
            let behind = sentence.get(start + length..).unwrap_or_default();
            let by = behind.trim_start().starts_with("by ");
            let mut names = if by {
                names(sentence.get(..start).unwrap_or_default(), true)
            } else {
                names(behind, false)
            };
            let mut evidence = (*sentence).to_owned();
            // "Do not own. Vampire Diaries.": the name is a sentence of its own.
            let bare = behind.chars().all(|c| !c.is_alphanumeric());
            if let Some(next) = sentences.get(at + 1).filter(|_| bare) {
                names = self::names(next, true);
                evidence = format!("{sentence} {next}");
            }
            out.extend(named(names, "does not own", said, &evidence));
        }
        let belonging = [
            "belongs to",
            "belong to",
            "is the property of",
            "are the property of",
            "is property of",
            "are property of",
        ];
        let found = belonging.iter().filter_map(|words| find_words(&lower, words)).min();
        if let Some(before) = found.and_then(|at| sentence.get(..at)) {
            out.extend(named(names(before, true), "says belongs to somebody", said, sentence));
        }
    }
    out
}

fn named(names: Vec<String>, verb: &str, said: &Said, evidence: &str) -> Vec<Proposal> {
    let rule = format!("the {} names what the writer {verb}", said.what);
    let of = |name| proposal(TagKind::Fandom, name, rule.clone(), said, evidence);
    names.into_iter().map(of).collect()
}

/// Runs of words in capitals, the likely names of a fandom. `starts` tells that the text opens a
/// sentence, whose first word is in capitals anyway.
fn names(text: &str, starts: bool) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut first_of_run = 0;
    let words: Vec<&str> = text.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        let capital = core.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
        let opened = word.starts_with(['"', '“', '(']);
        if capital && (!run.is_empty() || !IDLE.contains(&core)) {
            if opened && !run.is_empty() {
                close(&mut run, first_of_run, starts, &mut out);
            }
            if run.is_empty() {
                first_of_run = at;
            }
            run.push(word);
            let ends = word.ends_with([',', ';', '.', '!', '?', ':', '"', '”', ')']);
            let initial = core.chars().count() == 1 || matches!(core, "Dr" | "Mr" | "Mrs" | "St");
            if ends && !(initial && word.ends_with('.')) {
                close(&mut run, first_of_run, starts, &mut out);
            }
        } else if !run.is_empty() {
            let joins = matches!(
                core,
                "of" | "the"
                    | "and"
                    | "a"
                    | "an"
                    | "in"
                    | "to"
                    | "for"
                    | "at"
                    | "on"
                    | "with"
                    | "from"
            ) || *word == "&";
            if joins && goes_on(words.get(at + 1..).unwrap_or_default()) {
                run.push(word);
            } else {
                close(&mut run, first_of_run, starts, &mut out);
            }
        }
    }
    close(&mut run, first_of_run, starts, &mut out);
    out.truncate(6);
    out
}

/// Words in capitals that are no names.
const IDLE: &[&str] = &[
    "I",
    "Do",
    "Don't",
    "Don’t",
    "All",
    "Any",
    "Or",
    "And",
    "They",
    "This",
    "That",
    "No",
    "Not",
    "My",
    "Nope",
    "It",
    "If",
    "But",
    "So",
    "Also",
    "Some",
    "Characters",
    "Everything",
    "Nothing",
    "None",
    "Anything",
    "Le",
    "Just",
    "Only",
    "Still",
    "Sadly",
    "You",
    "We",
    "He",
    "She",
    "OCs",
    "OC",
    "I'm",
    "I’m",
    "NOT",
    "DO",
    "DON'T",
    "OWN",
    "ANYTHING",
    "NOTHING",
    "What",
    "Please",
    "Unfortunately",
    "Who",
    "How",
    "LOL",
    "AU",
    "T_T",
    "Disclaimer",
    "Recognizable",
];

/// Whether a name goes on behind a small word: another small word may follow, then a capital.
fn goes_on(rest: &[&str]) -> bool {
    let capital = |word: &&&str| {
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        core.chars().next().is_some_and(char::is_uppercase) && !IDLE.contains(&core)
    };
    let small = |word: &str| matches!(word, "the" | "a" | "an" | "of");
    match rest {
        [first, ..] if capital(&first) => true,
        [first, second, ..] => small(first) && capital(&second),
        _ => false,
    }
}

/// Keeps a run that is a name: not a person's possessive, not just a sentence's first word.
fn close(run: &mut Vec<&str>, first: usize, starts: bool, out: &mut Vec<String>) {
    let words = std::mem::take(run);
    let joined = words.join(" ");
    let name = joined.trim_matches(|c: char| !c.is_alphanumeric() && !"!?".contains(c));
    let name = name.trim_end_matches(['!', '?']);
    let possessive = name.ends_with("'s") || name.ends_with("’s");
    let only_opens = words.len() == 1 && starts && first == 0 && name.len() < 4;
    let shows = name.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    if shows && !possessive && !only_opens && name.len() <= 80 && !out.iter().any(|own| own == name)
    {
        out.push(name.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(what: &'static str, text: &str) -> Vec<String> {
        let said = Said { what, text: text.to_owned(), lines: (3, 3) };
        read(&[said]).into_iter().map(|proposal| proposal.name).collect()
    }

    #[test]
    fn fandoms_from_disclaimers() {
        for (text, wanted) in [
            ("Do not own. Vampire Diaries. Or characters. Le sigh.", &["Vampire Diaries"][..]),
            ("I don't own Harry Potter.", &["Harry Potter"]),
            ("I do not own Harry Potter or Twilight, sadly.", &["Harry Potter", "Twilight"]),
            ("Supernatural belongs to Eric Kripke.", &["Supernatural"]),
            ("Harry Potter is owned by J. K. Rowling.", &["Harry Potter"]),
            ("I don't own The Lord of the Rings!", &["The Lord of the Rings"]),
            ("I own nothing.", &[]),
            ("Not mine. Never were.", &[]),
            ("I don't own any of these characters.", &[]),
            ("All characters belong to their owners.", &[]),
        ] {
            assert_eq!(found("disclaimer", text), wanted, "{text}");
        }
    }

    #[test]
    fn freeforms_from_notes() {
        for (text, wanted) in [
            ("Here is a AU one shot!", &["One Shot", "Alternate Universe"][..]),
            ("Just some fluff, not a songfic.", &["Fluff"]),
            ("It goes au fond.", &[]),
            ("A modern AU.", &["Alternate Universe - Modern Setting", "Alternate Universe"]),
        ] {
            assert_eq!(found("note", text), wanted, "{text}");
        }
    }
}
