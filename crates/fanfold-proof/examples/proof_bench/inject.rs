//! Puts faults into clean text by chance and counts those that are marked.
//!
//! Owns the kinds of faults. They are made from the text alone, not from the rules' word lists, so
//! that what the rules do not know counts as missed.

use std::ops::Range;

use fanfold_proof::{Paragraph, Rule, Silenced, proof_paragraph};

use crate::Work;

/// How many faults of a kind are tried.
const TRIES: usize = 1_000;

/// A fault: a paragraph as it is then, and where the fault is.
type Fault = (String, Range<usize>);

/// A kind of fault: its name, the rule that is to find it, and all places in a paragraph.
type Kind = (&'static str, Rule, fn(&str, &mut Chance) -> Vec<Fault>);

const KINDS: [Kind; 13] = [
    ("`,\" she` to `.\" She`", Rule::TagPeriod, tag_period),
    ("`?\" she` to `?\" She`", Rule::TagCapital, tag_capital),
    ("word behind the last quote", Rule::StrayScrap, scrap),
    ("closing quote lost", Rule::UnbalancedQuotes, closing),
    ("opening quote lost", Rule::UnbalancedQuotes, opening),
    ("comma before endearment lost", Rule::VocativeComma, vocative),
    ("`. \"` to `, \"`", Rule::CommaBeforeQuote, beat),
    ("word doubled", Rule::DoubledWord, doubled),
    ("\"the\" and the like doubled", Rule::DoubledWord, doubled_small),
    ("a and an exchanged", Rule::Article, article),
    ("closed compound split", Rule::Compound, compound),
    ("words confused", Rule::Confusion, confusion),
    ("space before punctuation", Rule::SpaceBeforePunctuation, space),
];

/// Tries all kinds and prints how many were found.
pub fn found(works: &[Work]) {
    println!("{:<30} {:>6} {:>6} {:>7}", "fault", "put in", "found", "");
    for (name, rule, make) in KINDS {
        let mut chance = Chance(0x5eed_0fa9_f01d);
        let mut faults = Vec::new();
        for work in works {
            for text in &work.texts {
                let paragraphs = work.manner.paragraphs(text);
                for (at, paragraph) in paragraphs.iter().enumerate() {
                    let next = paragraphs.get(at + 1).cloned();
                    for fault in make(&paragraph.text, &mut chance) {
                        faults.push((work, next.clone(), fault));
                    }
                }
            }
        }
        let all = faults.len();
        let mut hits = 0;
        let tried = all.min(TRIES);
        for turn in 0..tried {
            let other = turn + chance.below(all - turn);
            faults.swap(turn, other);
            let (work, next, (text, place)) = &faults[turn];
            let paragraph = Paragraph::plain(text);
            let marks = proof_paragraph(&paragraph, next.as_ref(), &work.manner, &Silenced::NONE);
            let at = |range: &Range<usize>| range.start <= place.end && place.start <= range.end;
            // A comma before a quote is found by two rules, which part the cases between them.
            let is = |found: Rule| {
                let both = rule == Rule::CommaBeforeQuote && found == Rule::CommaAfterTag;
                found == rule || both
            };
            hits += usize::from(marks.iter().any(|m| is(m.rule) && at(&m.place.bytes)));
        }
        let rate = 100.0 * hits as f64 / tried.max(1) as f64;
        println!("{name:<30} {tried:>6} {hits:>6} {rate:>6.1}%");
    }
}

/// Numbers by chance, the same ones each time (xorshift64*).
pub struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }
}

/// Puts `new` in place of some bytes; the fault is where it stands.
fn with(text: &str, at: Range<usize>, new: &str) -> Fault {
    let fault = format!("{}{new}{}", &text[..at.start], &text[at.end..]);
    (fault, at.start..at.start + new.len())
}

fn is_close(sign: &str) -> bool {
    matches!(sign, "\"" | "”")
}

/// Places of `MARK" word` with a small or named word behind.
fn behind_quotes(text: &str, marks: &[char]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (at, sign) in text.match_indices(['"', '”']) {
        let after = at + sign.len();
        let tag = text[after..].strip_prefix(' ').and_then(|rest| rest.chars().next());
        if is_close(sign) && text[..at].ends_with(marks) && tag.is_some_and(char::is_alphabetic) {
            places.push((at, after + 1));
        }
    }
    places
}

fn capital_at(text: &str, at: usize) -> String {
    let first = text[at..].chars().next().unwrap_or(' ');
    let rest = &text[at + first.len_utf8()..];
    format!("{}{}{rest}", &text[..at], first.to_uppercase())
}

/// Half of the pronouns get a capital too; "said Ann" stays small.
fn tag_period(text: &str, chance: &mut Chance) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (quote, word) in behind_quotes(text, &[',']) {
        let pronoun = ["he ", "she ", "they ", "the "].iter().any(|p| text[word..].starts_with(p));
        let capital = pronoun && chance.below(2) == 0;
        let text = if capital { capital_at(text, word) } else { text.to_owned() };
        faults.push(with(&text, quote - 1..quote, "."));
    }
    faults
}

fn tag_capital(text: &str, _: &mut Chance) -> Vec<Fault> {
    let pronouns = ["he ", "she ", "they ", "the "];
    let small = |place: &(usize, usize)| pronouns.iter().any(|p| text[place.1..].starts_with(p));
    let places = behind_quotes(text, &['?', '!', ',']).into_iter().filter(small);
    places.map(|(_, word)| (capital_at(text, word), word..word + 1)).collect()
}

fn scrap(text: &str, chance: &mut Chance) -> Vec<Fault> {
    const SCRAPS: [&str; 8] =
        ["lantern", "running", "of course", "ruminate", "the", "walked", "slow", "other side"];
    if !text.ends_with(['"', '”']) {
        return Vec::new();
    }
    let scrap = SCRAPS[chance.below(SCRAPS.len())];
    vec![with(text, text.len()..text.len(), &format!(" {scrap}"))]
}

/// The places where quotes of one side stand, as far as spaces tell.
fn quotes(text: &str, closing: bool) -> Vec<Range<usize>> {
    let all = text.match_indices(['"', '“', '”']).filter(|(at, sign)| {
        let after = text[at + sign.len()..].chars().next();
        let before = text[..*at].chars().next_back();
        let close = after.is_none_or(char::is_whitespace);
        let open = before.is_none_or(char::is_whitespace);
        if closing { close && !open } else { open && !close }
    });
    all.map(|(at, sign)| at..at + sign.len()).collect()
}

fn closing(text: &str, _: &mut Chance) -> Vec<Fault> {
    let quotes = quotes(text, true);
    let fault = |at: Range<usize>| (with(text, at, "").0, 0..text.len());
    quotes.into_iter().map(fault).collect()
}

fn opening(text: &str, _: &mut Chance) -> Vec<Fault> {
    let quotes = quotes(text, false);
    let fault = |at: Range<usize>| (with(text, at, "").0, 0..text.len());
    quotes.into_iter().map(fault).collect()
}

fn vocative(text: &str, _: &mut Chance) -> Vec<Fault> {
    let mut faults = Vec::new();
    for word in ["love", "sweetheart", "darling", "honey", "sweetie", "babe", "baby", "dear"] {
        for end in [".", ",", "!", "?"] {
            let pattern = format!(", {word}{end}");
            for (at, _) in text.match_indices(&pattern) {
                faults.push(with(text, at..at + 1, ""));
            }
        }
    }
    faults
}

fn beat(text: &str, _: &mut Chance) -> Vec<Fault> {
    let mut faults = Vec::new();
    for pattern in [". \"", ". “"] {
        for (at, _) in text.match_indices(pattern) {
            // Only behind a sentence that follows a quote, so that it is narration.
            let before = &text[..at];
            let narrated = before.rfind(['"', '”']).is_some_and(|quote| {
                let between = &before[quote + 1..];
                between.split(' ').filter(|word| !word.is_empty()).count() > 3
            });
            if narrated {
                faults.push(with(text, at..at + 1, ","));
            }
        }
    }
    faults
}

/// Words with nothing but spaces beside them.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = 0;
    for word in text.split(' ') {
        if !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic()) {
            words.push(at..at + word.len());
        }
        at += word.len() + 1;
    }
    words
}

fn doubled(text: &str, chance: &mut Chance) -> Vec<Fault> {
    let words = words(text);
    let Some(at) = words.get(chance.below(words.len())) else { return Vec::new() };
    let word = &text[at.clone()];
    vec![with(text, at.clone(), &format!("{word} {}", word.to_lowercase()))]
}

fn doubled_small(text: &str, _: &mut Chance) -> Vec<Fault> {
    let small = |at: &Range<usize>| {
        matches!(&text[at.clone()], "the" | "a" | "of" | "and" | "to" | "with" | "was" | "for")
    };
    let double = |at: Range<usize>| {
        let word = &text[at.clone()];
        with(text, at.clone(), &format!("{word} {word}"))
    };
    words(text).into_iter().filter(small).map(double).collect()
}

fn article(text: &str, _: &mut Chance) -> Vec<Fault> {
    let other = |at: Range<usize>| match &text[at.clone()] {
        "a" => Some(with(text, at, "an")),
        "an" => Some(with(text, at, "a")),
        _ => None,
    };
    words(text).into_iter().filter_map(other).collect()
}

fn compound(text: &str, _: &mut Chance) -> Vec<Fault> {
    const PARTS: [(&str, &str); 32] = [
        ("bed", "room"),
        ("bath", "room"),
        ("fire", "place"),
        ("foot", "steps"),
        ("him", "self"),
        ("my", "self"),
        ("her", "self"),
        ("some", "how"),
        ("some", "where"),
        ("any", "where"),
        ("every", "where"),
        ("every", "thing"),
        ("any", "thing"),
        ("with", "out"),
        ("be", "cause"),
        ("al", "ready"),
        ("to", "gether"),
        ("grand", "father"),
        ("mid", "night"),
        ("news", "paper"),
        ("note", "book"),
        ("mean", "while"),
        ("eye", "brows"),
        ("finger", "tips"),
        ("finger", "nails"),
        ("day", "light"),
        ("moon", "light"),
        ("sun", "light"),
        ("door", "way"),
        ("hall", "way"),
        ("stair", "way"),
        ("flash", "light"),
    ];
    split(text, &PARTS.map(|(one, two)| (format!("{one}{two}"), format!("{one} {two}"))))
}

fn confusion(text: &str, _: &mut Chance) -> Vec<Fault> {
    const PAIRS: [(&str, &str); 16] = [
        ("breathe", "breath"),
        ("lose", "loose"),
        ("losing", "loosing"),
        ("rather than", "rather then"),
        ("more than", "more then"),
        ("other than", "other then"),
        ("could have", "could of"),
        ("should have", "should of"),
        ("would have", "would of"),
        ("you're", "your"),
        ("it's", "its"),
        ("too much", "to much"),
        ("too late", "to late"),
        ("their own", "there own"),
        ("its own", "it's own"),
        ("lightning", "lightening"),
    ];
    split(text, &PAIRS.map(|(right, wrong)| (right.to_owned(), wrong.to_owned())))
}

/// Every place where something stands as a word of its own, with something else in its place.
fn split(text: &str, pairs: &[(String, String)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (right, wrong) in pairs {
        for (at, found) in text.match_indices(right.as_str()) {
            let inside = |c: char| c.is_alphanumeric() || c == '\'' || c == '-';
            let end = at + found.len();
            if !text[..at].ends_with(inside) && !text[end..].starts_with(inside) {
                faults.push(with(text, at..end, wrong));
            }
        }
    }
    faults
}

fn space(text: &str, _: &mut Chance) -> Vec<Fault> {
    let alone = |at: usize| {
        text[..at].ends_with(char::is_alphabetic) && text[at + 1..].starts_with([' ', '"'])
    };
    let places = text.match_indices([',', '.', '?', '!', ';']).filter(|(at, _)| alone(*at));
    places.map(|(at, sign)| with(text, at..at + 1, &format!(" {sign}"))).collect()
}
