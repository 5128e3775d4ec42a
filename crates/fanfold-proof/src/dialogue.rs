//! Rules for how speech is written down: tags, scraps, partners, endearments, beats.
//!
//! Owns the patterns; which verbs speak is said by the word lists. All of them look at a few words
//! around a quote, never further.

use std::ops::Range;

use crate::Rule;
use crate::lexicon::*;
use crate::line::{Found, Line};
use crate::quotes::Speech;

/// How many words of a sentence are looked at, at most.
const REACH: usize = 60;

/// Speech that goes on in the next paragraph has this many bytes at least: nobody takes breath
/// after less.
const LONE: usize = 120;

/// A tag: who speaks and the verb that says so.
struct Tag {
    /// The first word, a pronoun or an article with a capital that it ought not to have.
    small: bool,
    /// The verb can hardly mean anything but speech here.
    sure: bool,
}

/// The speeches that are closed, with the index of the first word behind each. Only those behind
/// which one space stands.
fn closed<'l>(line: &'l Line) -> impl Iterator<Item = (&'l Speech, Range<usize>, usize)> + use<'l> {
    line.speeches.iter().filter_map(|speech| {
        let close = speech.close.clone().filter(|_| !speech.stray)?;
        let word = line.first_from(close.end);
        let gap = line.text.get(close.end..line.words.get(word)?.start)?;
        matches!(gap, " " | "\u{a0}").then_some((speech, close, word))
    })
}

/// Full stops before a tag, and tags that begin with a capital.
pub(crate) fn tags(line: &Line, found: &mut Found) {
    for (speech, close, word) in closed(line) {
        let said = line.text.get(speech.open.end..close.start).unwrap_or_default();
        let Some(last) = said.chars().next_back() else { continue };
        let Some(first) = line.words.get(word).cloned() else { continue };
        let full_stop = last == '.' && !said.ends_with("..") && !is_short(said);
        let goes_on = matches!(last, '?' | '!' | '…' | '—' | ',') || said.ends_with("..");
        if !(full_stop || goes_on) {
            continue;
        }
        let broken = last == ',' && is_third(line, word);
        let tag = if broken { Some(Tag { small: true, sure: true }) } else { tag_at(line, word) };
        let Some(tag) = tag else { continue };
        let between = line.text.get(close.start..first.start).unwrap_or_default();
        let name = line.word(word);
        let small = lower(name);
        if full_stop && tag.sure {
            // A name keeps its capital and stays out of the mark.
            let (new, end) = match tag.small {
                true => (format!(",{between}{small}"), first.end),
                false => (format!(",{}", between.trim_end()), close.end),
            };
            found.add(Rule::TagPeriod, close.start - 1..end, [new]);
        } else if goes_on && tag.small && tag.sure {
            found.add(Rule::TagCapital, first, [small]);
        }
    }
}

/// Whether "He" or the like stands here: behind a comma no sentence begins.
fn is_third(line: &Line, word: usize) -> bool {
    line.is_capital(word) && matches!(line.small(word), "he" | "she" | "they")
}

/// Whether speech ends in a word whose full stop is its own.
fn is_short(said: &str) -> bool {
    let word = said.rsplit([' ', '\u{a0}']).next().unwrap_or_default();
    let word = word.trim_end_matches('.').to_lowercase();
    let titles = ["mr", "mrs", "ms", "dr", "st", "jr", "sr", "etc", "vs", "inc", "ltd", "co"];
    word.contains('.') || titles.contains(&word.as_str()) || (word.len() < 2 && word != "i")
}

fn lower(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
    first + chars.as_str()
}

/// The tag that begins at a word, if one does: "she said", "Ann Lee muttered", "the man asked",
/// "said Ann".
fn tag_at(line: &Line, word: usize) -> Option<Tag> {
    let first = line.small(word);
    let speaks = |at: usize| SAYS.contains(line.small(at)) || SPEAKS.contains(line.small(at));
    if !line.is_capital(word) && matches!(first, "was" | "were" | "came" | "is") {
        return Some(Tag { small: false, sure: true });
    }
    if !line.is_capital(word) && matches!(first, "he" | "she" | "they" | "we") {
        let sure = (word + 1..word + 4).any(speaks);
        return sure.then_some(Tag { small: false, sure });
    }
    if speaks(word) && !line.is_capital(word) {
        // "said Ann": nothing that begins small can be a sentence of its own.
        let who = line.next(word);
        let named = line.follows(word + 1) && line.is_capital(word + 1);
        let some = PRONOUNS.contains(who) || matches!(who, "the" | "his" | "her" | "my");
        return (named || some).then_some(Tag { small: false, sure: true });
    }
    let capital = line.is_capital(word);
    if PRONOUNS.contains(first) {
        let verb = verb_after(line, word)?;
        let small = capital && first != "i";
        return Some(Tag { small, sure: tells(line, verb) });
    }
    if matches!(first, "the" | "his" | "her" | "my" | "their" | "our") {
        let noun = |at: usize| line.follows(at) && !SAYS.contains(line.small(at));
        let verb = (1..=3).map(|by| word + by).find(|at| SAYS.contains(line.small(*at)))?;
        let nouns = verb > word + 1 && (word + 1..verb).all(noun) && line.follows(verb);
        let plain = nouns && line.small(verb - 1) != "who" && line.small(verb - 1) != "he";
        let sure = !capital || tells(line, verb);
        return plain.then_some(Tag { small: capital, sure });
    }
    if capital {
        let mut last = word;
        let joins = |at: usize| matches!(line.before(at), " " | ". " | "\u{a0}" | "-");
        while last < word + 3 && line.is_capital(last + 1) && joins(last + 1) {
            last += 1;
        }
        let verb = verb_after(line, last)?;
        return Some(Tag { small: false, sure: tells(line, verb) });
    }
    None
}

/// The verb of speech behind whoever speaks, with an adverb between at most.
fn verb_after(line: &Line, who: usize) -> Option<usize> {
    let one = who + 1;
    if line.follows(one) && SAYS.contains(line.small(one)) {
        return Some(one);
    }
    let adverb = line.small(one);
    let between = adverb.ends_with("ly") || matches!(adverb, "then" | "just" | "had" | "only");
    let two = who + 2;
    let said = line.follows(one) && line.follows(two) && SAYS.contains(line.small(two));
    (between && said).then_some(two)
}

/// Whether nothing behind a verb makes it something other than a tag: "He said nothing.", "She
/// asked him in."
fn tells(line: &Line, verb: usize) -> bool {
    let after = verb + 1;
    let gap = line.before(after);
    if gap.trim_start().starts_with(['.', ',', ';', ':', '!', '?', '—', '–', '-', '…', '"', '“'])
    {
        return true;
    }
    let next = line.small(after);
    if gap != " " || next.is_empty() {
        return next.is_empty() && gap.trim().is_empty();
    }
    let adverb = next.ends_with("ly") && !matches!(next, "only" | "reply" | "family" | "early");
    let doing = next.ends_with("ing") && !next.ends_with("thing") && next != "during";
    let to = next == "to" && LISTENERS.contains(line.next(after));
    let as_much = next == "as" && matches!(line.next(after), "much" | "many");
    let in_turn = next == "in" && matches!(line.next(after), "that" | "which");
    adverb || doing || to || (AFTER_SAYS.contains(next) && !as_much && !in_turn)
}

/// One or two small words without a full stop behind the last quote of a paragraph.
pub(crate) fn scrap(line: &Line, found: &mut Found) {
    let Some((speech, close, word)) = closed(line).last() else { return };
    let said = line.text.get(speech.open.end..close.start).unwrap_or_default();
    let Some(first) = line.words.get(word) else { return };
    let rest = line.text.get(first.start..).unwrap_or_default().trim_end();
    let small = |c: char| c.is_ascii_lowercase() || c == ' ';
    let count = line.words.len() - word;
    if count > 2 || !said.ends_with(['.', '?', '!', '…', '—', ',']) || !rest.chars().all(small)
    {
        return;
    }
    let tag = (word..line.words.len()).any(|at| {
        let word = line.small(at);
        PRONOUNS.contains(word) || SAYS.contains(word) || SPEAKS.contains(word)
    });
    if !tag {
        let all = first.start..first.start + rest.len();
        found.add(Rule::StrayScrap, all, [String::new()]);
    }
}

/// Quotes without a partner. Speech may stay open where the next paragraph goes on with it.
pub(crate) fn unbalanced(line: &Line, next_opens: bool, found: &mut Found) {
    let last = line.speeches.len().saturating_sub(1);
    // Lines of verse and lists in one paragraph open anew on every line.
    let lines = line.text.contains('\n');
    for (at, speech) in line.speeches.iter().enumerate() {
        let short = line.text.len() < speech.open.end + LONE;
        let goes_on = at == last && next_opens && !short && !holds_tag(line, speech);
        let open = speech.close.is_none() && !goes_on;
        let verse = speech.close.is_none() && lines;
        if (open && !verse) || speech.stray {
            found.add(Rule::UnbalancedQuotes, speech.open.clone(), []);
        }
    }
}

/// Whether a tag stands in what seems to be spoken: `"Go away, she said.` with its quote lost.
fn holds_tag(line: &Line, speech: &Speech) -> bool {
    let from = line.first_from(speech.open.end) + 1;
    (from..line.words.len()).any(|at| {
        let third = matches!(line.small(at), "he" | "she" | "they") && !line.is_capital(at);
        let name = line.is_capital(at);
        let parted = matches!(line.before(at), ", " | "? " | "! ");
        let says = line.follows(at + 1) && SAYS.contains(line.small(at + 1));
        let ends = line.before(at + 2).starts_with('.');
        parted && (third || name) && says && ends
    })
}

/// Endearments that are called to somebody without a comma before them.
pub(crate) fn vocatives(line: &Line, found: &mut Found) {
    for at in 1..line.words.len() {
        let word = line.small(at);
        if !ENDEARMENTS.contains(word) || line.is_capital(at) || !line.follows(at) {
            continue;
        }
        let Some((range, before)) = line.words.get(at).zip(line.words.get(at - 1)) else {
            continue;
        };
        let ends = line.before(at + 1).starts_with(['.', ',', '?', '!', '…', '"', '”', '—']);
        if !ends || !line.is_spoken(range.start) || is_noun(line, at) {
            continue;
        }
        let (old, new) = (line.word(at - 1), line.word(at));
        found.add(Rule::VocativeComma, before.start..range.end, [format!("{old}, {new}")]);
    }
}

/// Whether an endearment is somebody's, or a feeling.
fn is_noun(line: &Line, at: usize) -> bool {
    let before = line.small(at - 1);
    // "to you love" calls somebody, "you love" does not.
    let called = before == "you"
        && line.follows(at - 1)
        && matches!(line.small(at.saturating_sub(2)), "to" | "for" | "with" | "at" | "of" | "miss");
    if called {
        return false;
    }
    // "Ann dear" is one form of address.
    let named = line.is_capital(at - 1) && at > 1 && before != "i";
    if named || MODIFIERS.contains(before) || before.ends_with("'s") || before.ends_with("’s") {
        return true;
    }
    // "my high school sweetheart", "the very oldest darling"
    let mut back = at;
    for _ in 0..3 {
        if !line.follows(back) {
            break;
        }
        back -= 1;
        if matches!(line.small(back), "a" | "an" | "the" | "my" | "your" | "his" | "her" | "our") {
            return true;
        }
    }
    let verbal = |end: &str| before.ends_with(end);
    match line.small(at) {
        "love" => {
            let ing = verbal("ing") && !SPOKEN_ING.contains(before);
            let ends = ["ly", "al", "less", "ful", "ed", "ic", "ish", "some", "able", "est", "en"];
            ing || BEFORE_LOVE.contains(before) || ends.iter().any(|end| verbal(end))
        }
        "dear" | "babe" | "baby" | "honey" | "beloved" | "dearest" | "hon" => {
            let joined = ["oh", "be", "is", "was", "are", "were", "too", "so", "most", "that's"];
            let cost = ["pay", "paid", "cost", "costs", "hold", "held", "have", "got", "call"];
            joined.contains(&before) || cost.contains(&before) || DEAR_TO.contains(&before)
        }
        _ => matches!(before, "is" | "was" | "are" | "were" | "oh" | "call" | "called" | "be"),
    }
}

/// What makes "dear" and "honey" something other than a person.
const DEAR_TO: &[&str] = &[
    "eat", "ate", "some", "want", "wanted", "more", "sold", "sell", "buy", "bought", "with",
    "love", "near", "its", "their", "having", "crash", "cry", "her", "him", "them", "very",
];

/// A comma before a new quote, behind a sentence in which nobody speaks, and behind a tag whose
/// quote was complete.
pub(crate) fn beats(line: &Line, found: &mut Found) {
    for (at, speech) in line.speeches.iter().enumerate() {
        let Some(start) = speech.open.start.checked_sub(2).filter(|_| !speech.stray) else {
            continue;
        };
        if line.text.get(start..speech.open.start) != Some(", ") {
            continue;
        }
        let word = line.first_from(speech.open.end);
        if !line.is_capital(word) {
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| line.speeches.get(at));
        let close = before.and_then(|speech| speech.close.clone());
        if before.is_some() && close.is_none() {
            continue;
        }
        let from = close.as_ref().map_or(0, |close| close.end);
        let narrated = line.text.get(from..start).unwrap_or_default();
        let new = format!(". {}", line.text.get(speech.open.clone()).unwrap_or_default());
        let place = start..speech.open.end;
        if is_silent(line, from, word) {
            found.add(Rule::CommaBeforeQuote, place, [new]);
        } else if let Some(close) = close {
            let complete =
                line.text.get(..close.start).unwrap_or_default().ends_with(['?', '!', '.']);
            if complete && !narrated.contains(['.', '?', '!']) {
                found.add(Rule::CommaAfterTag, place, [new]);
            }
        }
    }
}

/// Whether nobody speaks in the sentence that ends before a word, as far back as a byte: no verb
/// of speech in it, and nothing that brings a quotation in.
fn is_silent(line: &Line, from: usize, word: usize) -> bool {
    let mut seen = 0;
    let mut person = false;
    for at in (line.first_from(from)..word).rev().take(REACH) {
        let small = line.small(at);
        if SAYS.contains(small) || SPEAKS.contains(small) || QUOTES.contains(small) {
            return false;
        }
        seen += 1;
        person |= matches!(small, "he" | "she" | "they" | "his" | "her" | "their" | "we" | "i");
        person |= line.is_capital(at) && at > line.first_from(from);
        let title = at > 0 && matches!(line.small(at - 1), "mr" | "mrs" | "ms" | "dr" | "st");
        let stop = line.before(at).contains(['.', '?', '!', ':', ';', '(', ')', '…']) && !title;
        if stop {
            break;
        }
    }
    seen >= 4 && person
}
