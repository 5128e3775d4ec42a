//! Made-up names for tags: a name for every kind and id, no two alike within a kind.
//!
//! Nothing is stored: the id, shuffled, picks the first words of the name, so that they alone
//! tell it from all others; what follows only gives it the length that names have.

use fanfold_index::filter::{Kind, Term};

use crate::draw::{Random, mix};

/// The longest name, in characters.
const LONGEST: usize = 100;

const LEADS: &str = "slow soft lost late found last first fake hidden broken quiet winter paper \
    stolen second little gentle bitter golden distant unsent borrowed salt summer mutual sudden \
    stubborn accidental domestic endless reluctant secret";
const CORES: &str = "burn letters harbour lights kitchen morning rivals neighbours promise train \
    garden storm reunion dancing coffee library lighthouse wedding homecoming magic dragons \
    kittens heist tower holiday mission recovery cooking sharing pining banter rescue bakery \
    market bridge orchard island voyage council duel";
const TAILS: &str = "but make it weird and nobody asked for this with a happy ending i am so sorry \
    this got out of hand again no beta we row at dawn they deserve a nap honestly just talking \
    about feelings in the rain at three in the morning because canon would not let them rest \
    mostly it is snowing and there is only one lantern between two people who will not admit it";
const FORMS: [&str; 10] = [
    "(TV)",
    "(Movies)",
    "(Video Game)",
    "- All Media Types",
    "(Podcast)",
    "(Comics)",
    "(Cartoon)",
    "(Radio)",
    "(Web Series)",
    "(Musical)",
];

/// Names by kind and id.
#[derive(Debug)]
pub struct Names {
    /// Of people and places, no two alike: 4,096.
    proper: Vec<String>,
    /// For freeforms, in lower case: 512.
    common: Vec<String>,
    tails: Vec<&'static str>,
}

impl Names {
    /// The words that names are made of.
    pub fn new() -> Names {
        const STARTS: [&str; 32] = [
            "Al", "Be", "Bri", "Ca", "Co", "Da", "De", "El", "Fa", "Fi", "Ga", "Ha", "Il", "Jo",
            "Ka", "Ki", "La", "Li", "Ma", "Mi", "Na", "No", "Or", "Pe", "Ra", "Ro", "Sa", "Sho",
            "Ta", "To", "Va", "Wi",
        ];
        const MIDDLES: [&str; 16] = [
            "ra", "li", "no", "vi", "te", "lo", "mi", "sa", "ri", "den", "ma", "be", "ku", "shi",
            "ne", "do",
        ];
        const ENDS: [&str; 8] = ["n", "ck", "th", "ra", "ll", "sh", "m", "ne"];
        let proper = STARTS.iter().flat_map(|start| {
            MIDDLES
                .iter()
                .flat_map(move |middle| ENDS.iter().map(move |end| format!("{start}{middle}{end}")))
        });
        let common = LEADS
            .split_whitespace()
            .flat_map(|lead| CORES.split_whitespace().map(move |core| format!("{lead} {core}")));
        Names {
            proper: proper.collect(),
            common: common.take(1_024).collect(),
            tails: TAILS.split_whitespace().collect(),
        }
    }

    /// The name of a tag; a term that is no tag has a number for one.
    pub fn name(&self, term: Term) -> String {
        let fixed: &[&str] = match term.kind {
            Kind::Rating => {
                &["Not Rated", "General Audiences", "Teen And Up", "Mature", "Explicit"]
            }
            Kind::Warning => &[
                "Chose Not To Warn",
                "Graphic Violence",
                "Major Character Death",
                "No Warnings Apply",
                "Rape/Non-Con",
                "Underage Sex",
            ],
            Kind::Category => &["F/F", "F/M", "Gen", "M/M", "Multi", "Other"],
            _ => &[],
        };
        if let Some(name) = fixed.get(term.id.wrapping_sub(1) as usize) {
            return (*name).to_owned();
        }
        let mut random = Random::new(term.kind as u64, term.id.into());
        let mut name = match term.kind {
            Kind::Fandom => self.fandom(term.id, &mut random),
            Kind::Character => self.character(term.id, &mut random),
            Kind::Relationship => {
                let (one, other) = (self.person(term.id), self.person(random.below(1 << 22)));
                format!("{one}{}{other}", if random.chance(0.8) { "/" } else { " & " })
            }
            Kind::Freeform => self.freeform(term.id),
            _ => return format!("{:?} {}", term.kind, term.id),
        };
        let wanted = length(&mut random);
        if matches!(term.kind, Kind::Relationship | Kind::Freeform) {
            while name.len() < wanted && self.lengthen(term.kind, &mut name, &mut random) {}
        }
        name
    }

    /// Somebody: the first 22 bits of the number give two names, the others a third.
    fn person(&self, number: u32) -> String {
        // An odd factor turns the numbers of so many bits into each other.
        let low = number.wrapping_mul(0x2C_9277) as usize & 0x3F_FFFF;
        let (first, last) = (&self.proper[low & 0x3FF], &self.proper[low >> 10]);
        match number >> 22 {
            0 => format!("{first} {last}"),
            high => format!("{first} {last} of {}", self.proper[high as usize & 0xFFF]),
        }
    }

    fn character(&self, id: u32, random: &mut Random) -> String {
        let person = self.person(id);
        if random.chance(0.3) {
            format!("{person} ({})", self.work(random.next() as u32))
        } else {
            person
        }
    }

    /// The name of a canon.
    fn work(&self, number: u32) -> String {
        let low = number.wrapping_mul(0x2C_9277) as usize & 0x3F_FFFF;
        let mut name = title(&self.common[low & 0x3FF]);
        name.push_str(" of ");
        name.push_str(&self.proper[low >> 10]);
        name
    }

    fn fandom(&self, id: u32, random: &mut Random) -> String {
        let work = self.work(id);
        match random.below(20) {
            form @ 0..10 => format!("{work} {}", FORMS[form as usize]),
            10..14 => format!("{work} - {}", self.person(random.below(1 << 22))),
            _ => work,
        }
    }

    /// Up to 33 million: two words, and one of a person or two.
    fn freeform(&self, id: u32) -> String {
        let low = id.wrapping_mul(0x2C_9277) as usize & 0x3F_FFFF;
        let common = &self.common[low & 0x3FF];
        let proper = &self.proper[low >> 10];
        match (id >> 22, mix(id.into()) % 4) {
            (0, 0) => format!("{proper} {common}"),
            (0, _) => format!("{common} {proper}"),
            (high, _) => format!("{common} {} {proper}", self.proper[high as usize & 0xFFF]),
        }
    }

    /// Adds some words, if there is room.
    fn lengthen(&self, kind: Kind, name: &mut String, random: &mut Random) -> bool {
        let more = if kind == Kind::Relationship {
            format!("/{}", self.person(random.below(1 << 22)))
        } else {
            let from = random.below(self.tails.len() as u32 - 3) as usize;
            format!(" {}", self.tails[from..from + 3].join(" "))
        };
        let room = name.len() + more.len() <= LONGEST;
        if room {
            name.push_str(&more);
        }
        room
    }
}

/// How long a name wants to be: half of them up to 21 characters, one in a hundred over 74.
fn length(random: &mut Random) -> usize {
    ((16.0_f32.ln() + 0.65 * random.normal()).exp() as usize).clamp(4, LONGEST)
}

/// Each word with a capital.
fn title(words: &str) -> String {
    let mut titled = String::with_capacity(words.len() + 24);
    let mut start = true;
    for letter in words.chars() {
        titled.push(if start { letter.to_ascii_uppercase() } else { letter });
        start = letter == ' ';
    }
    titled
}
