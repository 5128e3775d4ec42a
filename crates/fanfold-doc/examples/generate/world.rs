//! What all works of one archive share: the invented vocabulary, fandoms, tags and authors.

use crate::Plan;
use crate::chance::{Dice, Weighted, zipf};

const NOUNS: &str = "door hand night room house light voice window road water table letter morning \
    rain stair kitchen name story fire heart garden ship key coat river winter friend sister \
    brother mother child king queen dragon sword tower map star moon sea bird dog cat book page \
    chair cup bread clock storm forest bridge street train bell candle mirror ring lantern";
const VERBS: &str = "open watch follow answer carry remember want turn walk wait ask call close \
    touch lift laugh whisper look pull reach start finish mend borrow count promise trust gather \
    cross climb knock light burn drift linger mutter";
const ADJECTIVES: &str = "old quiet small warm cold dark bright long soft tired strange empty \
    familiar gentle broken careful silver golden early late foolish brave kind crooked distant";
const ADVERBS: &str = "slowly quietly again softly at_last together carefully almost once too_late \
    for_a_while at_once without_a_word all_the_same before_dawn";
pub const RATINGS: &[(&str, f64)] = &[
    ("Teen And Up Audiences", 0.299),
    ("General Audiences", 0.577),
    ("Explicit", 0.740),
    ("Mature", 0.891),
    ("Not Rated", 1.0),
];
pub const CATEGORIES: &[(&str, f64)] =
    &[("M/M", 0.45), ("F/M", 0.68), ("Gen", 0.87), ("F/F", 0.95), ("Multi", 0.98), ("Other", 1.0)];
pub const WARNINGS: &[(&str, f64)] = &[
    ("No Archive Warnings Apply", 0.55),
    ("Creator Chose Not To Use Archive Warnings", 0.86),
    ("Graphic Depictions Of Violence", 0.94),
    ("Major Character Death", 1.0),
];
const FREEFORM_HEADS: &[&str] = &[
    "Alternate Universe - ",
    "Fluff and ",
    "Post-",
    "Canon-Divergent ",
    "Protective ",
    "Light ",
    "Soft ",
    "Found ",
    "Slow ",
    "Accidental ",
    "Secret ",
    "Hurt/",
    "Past ",
    "Implied ",
    "Mutual ",
];

/// Words that a large vocabulary is grown from, by rank: the commonest are real ones.
pub fn grow(dice: &mut Dice, real: &str, total: usize, ending: &str) -> Vec<String> {
    const STARTS: &[&str] = &[
        "b", "br", "c", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "k", "l", "m", "n", "p", "pl",
        "qu", "r", "s", "sh", "sk", "st", "str", "t", "th", "tr", "v", "w", "wh",
    ];
    const HEARTS: &[&str] = &["a", "e", "i", "o", "u", "ai", "ea", "ee", "oa", "ou", "oo"];
    const ENDS: &[&str] = &[
        "ck", "d", "ft", "g", "ld", "ll", "m", "mp", "n", "nd", "nt", "p", "r", "rd", "rn", "sh",
        "sk", "st", "t", "tch", "th", "v", "x",
    ];
    let mut words: Vec<_> = real.split_whitespace().map(|word| word.replace('_', " ")).collect();
    let mut seen: std::collections::HashSet<_> = words.iter().cloned().collect();
    while words.len() < total {
        let mut word = String::new();
        for _ in 0..1 + dice.below(2) {
            word += dice.pick::<&str>(STARTS);
            word += dice.pick::<&str>(HEARTS);
        }
        word += dice.pick::<&str>(ENDS);
        word += ending;
        if seen.insert(word.clone()) {
            words.push(word);
        }
    }
    words
}

pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub struct Fandom {
    pub name: String,
    pub cast: Vec<String>,
}

/// All that the works of one archive share.
pub struct World {
    pub nouns: Vec<String>,
    pub verbs: Vec<String>,
    pub adjectives: Vec<String>,
    pub adverbs: Vec<String>,
    pub noun_rank: Weighted,
    pub verb_rank: Weighted,
    pub adjective_rank: Weighted,
    pub adverb_rank: Weighted,
    pub fandoms: Vec<Fandom>,
    pub fandom_rank: Weighted,
    pub cast_rank: Weighted,
    pub freeforms: Vec<String>,
    pub freeform_rank: Weighted,
    pub authors: Vec<String>,
    pub author_rank: Weighted,
}

const CAST: usize = 60;

impl World {
    pub fn new(plan: &Plan) -> Self {
        let mut dice = Dice::new(plan.seed);
        let nouns = grow(&mut dice, NOUNS, 9_000, "");
        let verbs = grow(&mut dice, VERBS, 4_000, "");
        let adjectives = grow(&mut dice, ADJECTIVES, 5_000, "y");
        let adverbs = grow(&mut dice, ADVERBS, 2_500, "ily");
        let name = |dice: &mut Dice| capital(dice.word(&nouns));
        let fandoms: Vec<_> = (0..2_000)
            .map(|_| Fandom {
                name: format!(
                    "{} {} - {} {}",
                    name(&mut dice),
                    name(&mut dice),
                    name(&mut dice),
                    name(&mut dice)
                ),
                cast: (0..CAST)
                    .map(|_| format!("{} {}", name(&mut dice), name(&mut dice)))
                    .collect(),
            })
            .collect();
        let freeforms: Vec<_> = (0..30_000)
            .map(|_| match dice.below(3) {
                0 => format!("{}{}", dice.pick(FREEFORM_HEADS), name(&mut dice)),
                1 => format!("{} {}", capital(dice.word(&adjectives)), name(&mut dice)),
                _ => format!(
                    "the {} & {} were {}",
                    dice.pick(&nouns),
                    dice.pick(&nouns),
                    dice.pick(&adjectives)
                ),
            })
            .collect();
        let authors: Vec<_> = (0..(plan.works as usize / 3).max(50))
            .map(|n| format!("{}_{}{n}", dice.pick(&adjectives), dice.pick(&nouns)))
            .collect();
        Self {
            noun_rank: Weighted::new(nouns.len(), zipf(0.9, 1.1)),
            verb_rank: Weighted::new(verbs.len(), zipf(0.9, 1.1)),
            adjective_rank: Weighted::new(adjectives.len(), zipf(0.9, 1.1)),
            adverb_rank: Weighted::new(adverbs.len(), zipf(0.9, 1.1)),
            fandom_rank: Weighted::new(fandoms.len(), zipf(0.72, 1.37)),
            cast_rank: Weighted::new(CAST, zipf(1.0, 1.0)),
            freeform_rank: Weighted::new(freeforms.len(), zipf(0.58, 1.25)),
            author_rank: Weighted::new(authors.len(), zipf(0.4, 0.6)),
            nouns,
            verbs,
            adjectives,
            adverbs,
            fandoms,
            freeforms,
            authors,
        }
    }

    pub fn noun(&self, dice: &mut Dice) -> &str {
        &self.nouns[self.noun_rank.draw(dice)]
    }

    pub fn adjective(&self, dice: &mut Dice) -> &str {
        &self.adjectives[self.adjective_rank.draw(dice)]
    }

    pub fn verb(&self, dice: &mut Dice, ending: &str) -> String {
        let verb = &self.verbs[self.verb_rank.draw(dice)];
        format!("{}{ending}", verb.strip_suffix('e').filter(|_| !ending.is_empty()).unwrap_or(verb))
    }
}
