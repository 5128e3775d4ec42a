//! Prose as chapters show it: sentences, paragraphs, and the markup that clusters in them.

use std::fmt::Write as _;

use crate::chance::Dice;
use crate::world::World;

const CLAUSES: &[&str] = &[
    "the %n %v the %n",
    "the %a %n %v %d",
    "%c %v the %n",
    "%c %v the %a %n %d",
    "she %v him %d",
    "he %v her across the %n",
    "they %v past the %n and the %n",
    "there was a %n in the %n",
    "there had never been a %n so %a",
    "nobody %v the %n any more",
    "%c was not going to %b the %n",
    "it was %a and %a, like the %n of a %n",
    "the %n of the %n was %a",
    "%c had %v it %d",
    "%c thought of the %n, and of %c",
    "every %n in the %n %v at the same time",
    "it took all of the %m to %b one %n",
    "the %m were %g in the %n",
    "%c kept %g until the %n was %a",
    "what %c wanted was a %n",
    "somebody had %v the %a %n",
    "you could %b a %n with it",
    "he knew how to %b, and she knew how to %b",
    "the %a %m %v under the %n",
    "%c said nothing about the %n",
    "it might have been a %n",
    "they had to %b the %m before the %n %v",
    "in the %n the %m %v %d",
    "%c and %c %v the %n between them",
    "a %a sort of %n %v from the %n",
    "the %n was %a, the %m were %a",
    "he would %b it for her if she %v",
    "%c put down the %n",
    "all the %m on the %n %v",
    "her %n was still %g",
    "his %a %n %v against the %n",
    "no %n had ever %v like that",
    "I %v the %n %d",
    "you never %v me about the %n",
    "we can %b the %m %d",
];
const JOINTS: &[&str] = &[
    ", and ",
    ", but ",
    " because ",
    "; ",
    " while ",
    " until ",
    ", as if ",
    " when ",
    ", so ",
    " -- ",
    "... ",
    ", although ",
];
const BREAKS: &[&str] = &["***", "*", ".", "~", "---", "-", "~*~", "///", "_____"];

/// What a chapter is written like: drawn once, so that markup clusters as it does in real ones.
pub struct Habits {
    pub curly: bool,
    pub em: bool,
    pub br: bool,
    pub rule: bool,
    pub strong: bool,
    pub span: bool,
    pub word_processor: bool,
    pub empty: bool,
    pub image: bool,
    pub link: bool,
}

impl Habits {
    pub fn draw(dice: &mut Dice, curly: bool) -> Self {
        Self {
            curly,
            em: dice.chance(0.50),
            br: dice.chance(0.31),
            rule: dice.chance(0.16),
            strong: dice.chance(0.13),
            span: dice.chance(0.14),
            word_processor: dice.chance(0.08),
            empty: dice.chance(0.30),
            image: dice.chance(0.06),
            link: dice.chance(0.04),
        }
    }
}

/// Writes prose to `out` and counts its words.
pub struct Prose<'a> {
    pub world: &'a World,
    pub cast: &'a [String],
    pub dice: Dice,
    pub out: String,
    pub words: u64,
}

impl Prose<'_> {
    pub fn clause(&mut self) {
        let template = *self.dice.pick(CLAUSES);
        let from = self.out.len();
        let mut parts = template.split('%');
        self.out += parts.next().unwrap_or_default();
        for part in parts {
            let (dice, world) = (&mut self.dice, self.world);
            match part.as_bytes().first() {
                Some(b'n') => self.out += world.noun(dice),
                Some(b'm') => {
                    self.out += world.noun(dice);
                    self.out.push('s');
                }
                Some(b'a') => self.out += world.adjective(dice),
                Some(b'd') => self.out += &world.adverbs[world.adverb_rank.draw(dice)],
                Some(b'v') => self.out += &world.verb(dice, "ed"),
                Some(b'g') => self.out += &world.verb(dice, "ing"),
                Some(b'b') => self.out += &world.verb(dice, ""),
                _ => self.out += &self.cast[world.cast_rank.draw(dice)],
            }
            self.out += part.get(1..).unwrap_or_default();
        }
        self.words += self.out[from..].split(' ').count() as u64;
    }

    pub fn sentence(&mut self, habits: &Habits) {
        let spoken = self.dice.chance(0.3);
        let (open, close) = if habits.curly { ("“", "”") } else { ("\"", "\"") };
        if spoken {
            self.out += open;
        }
        let mark = match (habits.em && self.dice.chance(0.06), habits.strong) {
            (true, _) => Some("em"),
            (false, true) if self.dice.chance(0.02) => Some("strong"),
            _ => None,
        };
        if let Some(name) = mark {
            let _ = write!(self.out, "<{name}>");
        }
        let from = self.out.len();
        self.clause();
        // Every clause begins with an ASCII letter, so this stays on a character's edge.
        if let Some(first) = self.out.get_mut(from..=from) {
            first.make_ascii_uppercase();
        }
        if let Some(name) = mark {
            let _ = write!(self.out, "</{name}>");
        }
        while self.dice.chance(0.45) {
            let joint = *self.dice.pick(JOINTS);
            self.words += joint.split_whitespace().filter(|word| word.len() > 1).count() as u64;
            self.out += joint;
            self.clause();
        }
        let apostrophe = if habits.curly { '’' } else { '\'' };
        if self.dice.chance(0.15) {
            self.words += 2;
            let _ = write!(self.out, ", wasn{apostrophe}t it");
        }
        self.out += *self.dice.pick(&[".", ".", ".", ".", "?", "!", "…"]);
        if spoken {
            self.out += close;
        }
    }

    pub fn paragraph(&mut self, habits: &Habits) {
        // Words per paragraph are p50 19, p90 69, p99 153; the last sentence always runs over.
        let goal = self.words + (self.dice.lognormal(10.0, 1.2) as u64).clamp(2, 400);
        self.out += match (habits.word_processor, self.dice.below(20)) {
            (true, _) => "<p class=\"MsoNormal\">",
            (false, 0) => "<p align=\"left\">",
            _ => "<p>",
        };
        let wrapped = habits.span && self.dice.chance(0.5);
        if wrapped {
            self.out += "<span class=\"Apple-converted-space\"> </span><span>";
        }
        loop {
            self.sentence(habits);
            if self.words >= goal {
                break;
            }
            self.out += if habits.br && self.dice.chance(0.05) { "<br />\n" } else { " " };
        }
        if wrapped {
            self.out += "</span>";
        }
        self.out += "</p>";
    }

    pub fn chapter(&mut self, words: u64, curly: bool) {
        let habits = Habits::draw(&mut self.dice, curly);
        let goal = self.words + words;
        let scene = *self.dice.pick(BREAKS);
        if habits.image {
            self.out += "<p><img src=\"https://pictures.example/cover.jpg\" alt=\"Cover\" /></p>";
        }
        while self.words < goal {
            self.paragraph(&habits);
            if habits.empty && self.dice.chance(0.33) {
                self.out += "<p> </p>";
            }
            if self.dice.chance(0.02) {
                match habits.rule {
                    true => self.out += "<hr />",
                    false => drop(write!(self.out, "<p align=\"center\">{scene}</p>")),
                }
            }
        }
        if habits.link {
            self.out += "<p>Come and say <a href=\"https://blog.example/\">hello</a>.</p>";
        }
    }
}
