//! Rules that are tables: words written as two, and words that sound like another, each with the
//! words that must stand beside it.
//!
//! Owns the tables. A row is here only if what it finds is nearly never meant.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::Rule;
use crate::line::{Found, Line};
use crate::manner::Manner;
use crate::words::capital;

/// Words that are one, written as two: each line is the first part and second parts; a hyphen says
/// that they are joined by one.
const COMPOUNDS: &str = "
    head board boards ache aches
    bed room rooms
    bath room rooms tub
    hall way ways
    door way ways bell step
    stair case cases
    eye brow brows lid lids lash lashes
    finger nail nails tip tips prints
    foot step steps print prints
    fire place places
    him self
    her self
    my self
    your self
    them selves
    our selves
    mid night
    moon light
    sun light rise
    some how where
    any where
    every where
    else where
    tooth brush ache
    note book books
    news paper papers
    pillow case cases
    shoe lace laces
    shot gun guns
    snow flake flakes
    thunder storm storms
    wheel chair chairs
    class room rooms
    court yard yards
    day light dream dreams
    flash light lights back backs
    grand mother father parents daughter son children
    grave yard yards
    home work
    key board boards
    knee cap caps
    neck lace
    play ground grounds
    spot light lights
    sweat shirt shirts
    wind shield
    gun shot shots fire point
    life time style
    arm chair chairs pit
    wrist watch
    tip toe toes
    step mother father
    blood stream
    through out
    mean while
    arm pits
    skate board boards
    book shelf shelves case
    cup board boards
    girl friend
    boy friend
    week end
    work shop
    air port plane
    black mail
    butter fly flies
    rain bow coat
    tea spoon
    sea shore
    under neath stand
    with out
    be cause
    al ready most ways
    to gether wards
    ear -piercing -splitting
    heart -wrenching
    mind -numbing
    one -shot
";

/// What "one shot" and the like must be followed by, so that a count is not taken for a word.
const ONE_SHOT: &[&str] = &["story", "stories", "fic", "fics", "fanfic", "au"];

/// First part to second parts; the second with its hyphen, if it has one.
static PAIRS: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let rows = COMPOUNDS.lines().filter_map(|row| {
        let mut words = row.split_whitespace();
        let first = words.next()?;
        Some((first, words.collect()))
    });
    let mut pairs: HashMap<&str, Vec<&str>> = HashMap::new();
    for (first, seconds) in rows {
        let seconds: Vec<&str> = seconds;
        pairs.entry(first).or_default().extend(seconds);
    }
    pairs
});

/// Closed compounds. What people once wrote apart ("every thing") counts only in a text that
/// mostly writes it as one.
pub(crate) fn compounds(line: &Line, manner: &Manner, found: &mut Found) {
    for at in 0..line.words.len().saturating_sub(1) {
        let old = !manner.old_compounds() && is_old(line.small(at), line.small(at + 1));
        let Some(join) = old.then_some("").or_else(|| pair(line, at)) else { continue };
        let hyphened =
            line.before(at).ends_with(['-', '\'', '’']) || line.before(at + 2).starts_with('-');
        let plain = line.follows(at + 1) && !line.is_capital(at + 1) && !hyphened;
        let Some((first, second)) = line.words.get(at).zip(line.words.get(at + 1)) else {
            continue;
        };
        if plain {
            let closed = format!("{}{join}{}", line.word(at), line.word(at + 1));
            found.add(Rule::Compound, first.start..second.end, [closed]);
        }
    }
}

/// What joins two words that are one.
fn pair(line: &Line, at: usize) -> Option<&'static str> {
    let seconds = PAIRS.get(line.small(at))?;
    let second = line.small(at + 1);
    let row = seconds.iter().find(|part| part.trim_start_matches('-') == second)?;
    let counted = second == "shot" && line.small(at) == "one";
    let apart = counted && !ONE_SHOT.contains(&line.next(at + 1));
    (!apart).then_some(if row.starts_with('-') { "-" } else { "" })
}

fn is_old(first: &str, second: &str) -> bool {
    matches!(
        (first, second),
        ("every" | "any" | "some", "thing" | "body") | ("up" | "down", "stairs")
    )
}

/// A word that is taken for another.
struct Row {
    /// What stands before it; "" is anything, "|" nothing at all.
    before: &'static str,
    wrong: &'static str,
    /// What stands after it; "" is anything, "|" nothing, as before punctuation.
    after: &'static str,
    right: &'static str,
}

const fn row(
    before: &'static str,
    wrong: &'static str,
    after: &'static str,
    right: &'static str,
) -> Row {
    Row { before, wrong, after, right }
}

const MODALS: &str = "than to can could can't couldn't cannot will won't would wouldn't might may must \
     should shouldn't don't didn't doesn't gonna not";
const LOST: &str = "no that this what so my your his our their control everything it him me them us you a another \
     someone anyone count track sight hope time consciousness touch faith interest weight myself \
     yourself himself herself themselves any all everyone anything something";
const WENT: &str = "walked ran went drove rushed brushed pushed moved slipped hurried strode \
     jogged stalked marched raced crept sped flew sailed wandered strolled stepped";
const PLACES: &str = "the him her me them us my his their a it";
const COMPARED: &str = "more less better worse bigger smaller older younger stronger faster taller \
     greater higher lower longer shorter harder easier closer deeper louder further later sooner";

const THAN: &str = "the a an any you anything anyone ever before usual that most once twice half \
     one two three four five ten twenty fifty my your his her our their this these those all just \
     enough likely being what ordinary common";

/// The confusions.
const CONFUSIONS: &[Row] = &[
    row(MODALS, "breath", "", "breathe"),
    row("deep shaky shallow ragged a another", "breathe", "", "breath"),
    row("my your their", "breathe", "", "breath"),
    row(MODALS, "loose", LOST, "lose"),
    row("", "loosing", "my your his control it consciousness hope track time", "losing"),
    row("could should would must might couldn't shouldn't wouldn't", "of", "", "have"),
    row("", "your", "a an gonna welcome kidding joking crazy insane", "you're"),
    row("think know hope if that because sure", "your", "right wrong not the", "you're"),
    row("", "you're", "own", "your"),
    row("", "its", "a an not been okay gonna", "it's"),
    row("", "it's", "own", "its"),
    row("", "there", "own", "their"),
    row("and but that think", "their", "is are was were", "there"),
    row("", "they're", "own", "their"),
    row("rather other", "then", "", "than"),
    row(COMPARED, "then", THAN, "than"),
    row(
        "is was are were be been isn't wasn't far way it's that's he's she's you're i'm",
        "to",
        "much many late soon early",
        "too",
    ),
    row(
        "do did had have said thinking thought given drunk know knows knew feared feeling",
        "to",
        "much",
        "too",
    ),
    row("way far", "to", "much many late soon long far big small hard fast", "too"),
    row("he she i they we", "through", "his her the my it him them", "threw"),
    row(WENT, "passed", PLACES, "past"),
    row("he she had i", "lead", "him her me them us", "led"),
    row("", "peaked", "around out into over through inside under behind", "peeked"),
    row("", "peaked", "my his her their our your", "piqued"),
    row("sneak", "peak", "", "peek"),
    row("", "bare", "with", "bear"),
    row("can't couldn't cannot", "bare", "to it the", "bear"),
    row("with", "baited", "breath", "bated"),
    row("free full", "reign", "", "rein"),
    row("toe tow", "tow", "the", "toe"),
    row("case", "and", "point", "in"),
    row("all", "intensive", "purposes", "intents and"),
    row("", "lightening", "bolt bolts flash flashed struck strike strikes storm rod", "lightning"),
    row("thunder", "lightening", "", "lightning"),
    row("", "wreck", "havoc", "wreak"),
    row("", "wrecked", "havoc", "wreaked"),
    row("", "wrecking", "havoc", "wreaking"),
    row("nerve", "wrecking", "", "racking"),
    row("complete total such a", "waist", "of", "waste"),
    row("be stay keep went fell kept stayed", "quite", "|", "quiet"),
    row("no", "were", "near", "where"),
    row("", "alot", "", "a lot"),
    row("supposed", "too", "", "to"),
    row("want wants wanted going used have has had need needs needed", "too", INFINITIVES, "to"),
    row("suppose", "to", "be do have know go say", "to"),
    row("", "who's", "own name names fault idea side house turn", "whose"),
    row("under through", "breathe", "", "breath"),
    row("her his", "breathe", "caught hitched hitching came coming stopped was", "breath"),
    row("hear heard over", "hear", "", "here"),
    row("come right over", "hear", "|", "here"),
    row("would could should might must", "off", "been gone done had taken", "have"),
    row("", "weather", "or", "whether"),
    row("the to", "alter", "|", "altar"),
    row("make made making", "due", "with", "do"),
];

const INFINITIVES: &str = "be do have go see know say tell get make take come think ask talk leave \
     find give stay keep stop run help hear look feel kill hurt";

/// The rows of a wrong word.
static BY_WRONG: LazyLock<HashMap<&str, Vec<&Row>>> = LazyLock::new(|| {
    let mut rows: HashMap<&str, Vec<&Row>> = HashMap::new();
    for row in CONFUSIONS {
        rows.entry(row.wrong).or_default().push(row);
    }
    rows
});

/// Whether a neighbour is one of those that a row asks for.
fn fits(asked: &str, word: &str) -> bool {
    match asked {
        "" => true,
        "|" => word.is_empty(),
        _ => !word.is_empty() && asked.split(' ').any(|one| one == word),
    }
}

/// Words that sound like another, told by their neighbours.
pub(crate) fn confusions(line: &Line, found: &mut Found) {
    for at in 0..line.words.len() {
        let Some(rows) = BY_WRONG.get(line.small(at)) else { continue };
        let (before, after) = (line.previous(at), line.next(at));
        let fits = |row: &&&Row| fits(row.before, before) && fits(row.after, after);
        let Some(row) = rows.iter().find(fits) else { continue };
        if let Some(range) = line.words.get(at).filter(|_| !is_meant(line, at)) {
            let word = if line.is_capital(at) { capital(row.right) } else { row.right.to_owned() };
            found.add(Rule::Confusion, range.clone(), [word]);
        }
    }
}

/// What a row would find that is right after all.
fn is_meant(line: &Line, at: usize) -> bool {
    let (second, before, after) = (line.small(at), line.previous(at), line.next(at));
    let back = if before.is_empty() { "" } else { line.previous(at - 1) };
    match second {
        // "from breath to breath", "close to breath"
        "breath" => before == "to" && matches!(back, "breath" | "next" | "close" | "came"),
        // "what she could of the story"
        "of" => !is_participle(after),
        // "your not going" is a gerund once in a while, "your right hand" always
        "your" => after == "right" && !matches!(line.next(at + 1), "" | "and" | "but"),
        // "its not being so"
        "its" => line.next(at + 1).ends_with("ing"),
        _ => false,
    }
}

/// Whether a word can follow "could have".
fn is_participle(word: &str) -> bool {
    let known = [
        "been",
        "done",
        "gone",
        "had",
        "made",
        "said",
        "known",
        "seen",
        "told",
        "come",
        "thought",
        "just",
        "never",
        "at",
        "left",
        "felt",
        "kept",
        "found",
        "got",
        "run",
        "let",
        "put",
        "lost",
        "won",
        "met",
        "brought",
        "bought",
        "caught",
        "taught",
        "heard",
        "held",
        "led",
        "read",
        "sent",
        "slept",
        "stood",
        "understood",
        "worn",
        "shown",
        "become",
        "only",
        "easily",
        "always",
        "also",
        "stayed",
        "sworn",
        "drawn",
        "grown",
        "thrown",
        "hit",
        "hurt",
        "cut",
    ];
    word.ends_with("ed") || word.ends_with("en") || known.contains(&word)
}
