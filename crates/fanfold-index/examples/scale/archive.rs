//! Makes archives of any size: the numbers of works and what they are tagged with, by seed.
//!
//! Owns how a work is drawn; `vocabulary` owns which tags there are, `graph` how they hang
//! together. A work is a function of the seed and its number alone, so that any of them can be
//! drawn at any time and nothing has to be held. The distributions are those of AO3: counted in
//! its dump of 2021 and in the metadata of 80,000 works of three samples.

use fanfold_index::filter::{Audience, Column, Kind, Term, WorkRow};

use crate::draw::{Quantiles, Random, Zipf, mix};
use crate::graph::Families;
use crate::vocabulary::{Fandom, GROWTH, MADE_UP, Slots, Vocabulary, YEARS, moods, years};

/// The archive's last second: 2026-03-01, UTC.
pub const END: u32 = 1_772_323_200;
/// A year in seconds.
const YEAR: f64 = 365.25 * 86_400.0;

const FANDOM: usize = 0;
const RELATIONSHIP: usize = 1;
const CHARACTER: usize = 2;
const FREEFORM: usize = 3;
/// The most fandoms of a work.
const MOST: usize = 60;
/// How often an author's wording is not the canonical one, where there are others.
const OTHER_WORDING: u32 = (0.16 * u32::MAX as f64) as u32;

/// What a work is like: comfort, sorrow, sex, plot, darkness, nonsense.
const MOODS: [f32; 6] = [0.30, 0.52, 0.70, 0.88, 0.94, 1.0];
/// Of each mood, as upper ends: not rated, general, teen, mature, explicit.
const RATINGS: [[f32; 5]; 6] = [
    [0.12, 0.60, 0.94, 0.98, 1.0],
    [0.11, 0.33, 0.75, 0.97, 1.0],
    [0.08, 0.09, 0.12, 0.28, 1.0],
    [0.11, 0.38, 0.75, 0.95, 1.0],
    [0.10, 0.15, 0.40, 0.80, 1.0],
    [0.12, 0.50, 0.90, 0.97, 1.0],
];
/// Chose not to use, violence, death, none apply, rape, underage; the second line for darkness.
const WARNINGS: [[f32; 6]; 2] =
    [[0.34, 0.40, 0.44, 0.965, 0.985, 1.0], [0.25, 0.50, 0.66, 0.80, 0.95, 1.0]];

/// An archive that is not there: ask for any of its works.
#[derive(Clone, Debug)]
pub struct Archive {
    pub(crate) works: u32,
    pub(crate) seed: u64,
    pub(crate) tags: Vocabulary,
    pub(crate) slots: Slots,
    pub(crate) fandom_families: Families,
    pub(crate) freeform_families: Families,
    /// Which fandoms are written about, year by year.
    years: Vec<Zipf>,
    /// Which freeforms of no fandom go with a mood.
    moods: Vec<Zipf>,
    characters: Zipf,
    collections: Zipf,
    languages: Zipf,
    /// Who is paired, by the rank of the pairing.
    pairs: Vec<(u16, u16)>,
    counts: Counts,
    words: Vec<String>,
    /// How much a work makes the archive grow, and years for each unit of the logarithm.
    pace: f64,
    years_a_log: f64,
}

/// How many of each a work has.
#[derive(Clone, Debug)]
struct Counts {
    fandoms: Quantiles,
    relationships: Quantiles,
    characters: Quantiles,
    freeforms: Quantiles,
    chapters: Quantiles,
}

impl Counts {
    fn new() -> Counts {
        Counts {
            fandoms: Quantiles::new(&[
                (0.80, 1.0),
                (0.925, 2.0),
                (0.965, 3.0),
                (0.99, 6.0),
                (0.999, 15.0),
                (0.999_99, MOST as f64),
            ]),
            relationships: Quantiles::new(&[
                (0.145, 0.0),
                (0.50, 1.0),
                (0.88, 3.0),
                (0.99, 10.0),
                (0.999_9, 45.0),
                (0.999_999, 109.0),
            ]),
            characters: Quantiles::new(&[
                (0.05, 0.0),
                (0.5, 3.0),
                (0.9, 11.0),
                (0.99, 29.0),
                (0.999_9, 110.0),
                (0.999_999, 300.0),
            ]),
            freeforms: Quantiles::new(&[
                (0.10, 0.0),
                (0.5, 6.0),
                (0.9, 19.0),
                (0.99, 40.0),
                (0.999_9, 120.0),
                (0.999_999, 215.0),
            ]),
            chapters: Quantiles::new(&[
                (0.68, 1.0),
                (0.80, 3.0),
                (0.90, 9.0),
                (0.97, 22.0),
                (0.99, 42.0),
                (0.999, 120.0),
                (0.999_99, 700.0),
                (0.999_999, 2_548.0),
            ]),
        }
    }
}

impl Archive {
    /// An archive of so many works.
    pub fn new(works: u32, seed: u64) -> Archive {
        let tags = Vocabulary::new(works, seed);
        let fandoms = tags.fandoms.len() as u32;
        let global = tags.layout(FREEFORM).global;
        let freeforms = Families::new(global, seed ^ 3, |tag| tags.is_canonical(FREEFORM, tag));
        Archive {
            works,
            seed,
            slots: Slots::new(works, seed),
            fandom_families: Families::new(fandoms, seed ^ 2, |_| true),
            freeform_families: freeforms,
            years: years(fandoms, seed),
            moods: moods(global, &MOODS, seed),
            characters: Zipf::new(tags.layout(CHARACTER).global, &[(f64::INFINITY, 0.9)]),
            collections: Zipf::new((works / 500).max(10), &[(f64::INFINITY, 0.8)]),
            languages: Zipf::new(83, &[(f64::INFINITY, 1.1)]),
            pairs: pairs(),
            counts: Counts::new(),
            words: words(seed),
            pace: (GROWTH.powi(YEARS as i32) - 1.0) / f64::from(works.max(1)),
            years_a_log: 1.0 / GROWTH.ln(),
            tags,
        }
    }

    /// How many works it has.
    pub fn len(&self) -> u32 {
        self.works
    }

    /// Each work, in the order of their keys: 1, 2, 3 …; the older the smaller, but for a few.
    pub fn works(&self) -> impl Iterator<Item = WorkRow> + '_ {
        (0..self.works).map(|at| {
            let mut row = empty_row();
            self.work(at, &mut row);
            row
        })
    }

    /// Fills the row with the work that has the key `at + 1`.
    pub fn work(&self, at: u32, row: &mut WorkRow) {
        row.work = i64::from(at) + 1;
        row.terms.clear();
        let mut draft = Draft {
            archive: self,
            random: Random::new(self.seed, at.into()),
            row,
            at,
            year: self.year(at),
            slot: self.slots.of(at),
            fandoms: [0; MOST],
            fandom_count: 0,
            mood: 0,
        };
        draft.write();
    }

    /// The rank of a work's first fandom. Authors stay with what they love, often.
    pub(crate) fn fandom(&self, at: u32) -> u32 {
        self.fandom_in(at, self.year(at), self.slots.of(at))
    }

    fn fandom_in(&self, at: u32, year: f64, slot: u32) -> u32 {
        let faithful = mix(self.seed ^ u64::from(at)) % 10 < 6;
        let thing = if faithful { self.slots.author(slot) } else { at };
        let mut random = Random::new(self.seed ^ 0xFA2 ^ u64::from(faithful), thing.into());
        self.years[(year as usize).min(YEARS - 1)].draw(&mut random)
    }

    /// When it was posted, in years since the archive opened.
    fn year(&self, at: u32) -> f64 {
        (1.0 + (f64::from(at) + 0.5) * self.pace).ln() * self.years_a_log
    }
}

/// A row to fill.
pub fn empty_row() -> WorkRow {
    WorkRow {
        work: 0,
        terms: Vec::with_capacity(32),
        numbers: [0; Column::GIVEN],
        complete: false,
        audience: Audience::Everyone,
        title_key: Vec::with_capacity(32),
        creator_key: Vec::with_capacity(24),
    }
}

/// A work being drawn.
struct Draft<'a> {
    archive: &'a Archive,
    random: Random,
    row: &'a mut WorkRow,
    at: u32,
    year: f64,
    slot: u32,
    /// Their ranks.
    fandoms: [u32; MOST],
    fandom_count: usize,
    mood: usize,
}

impl Draft<'_> {
    fn write(&mut self) {
        // Who writes much of one thing writes much of the others.
        let breath = self.random.normal();
        let counts = &self.archive.counts;
        let chapters = self.archive.counts.chapters.at(self.near(breath, 0.4));
        let relationships = counts.relationships.at(self.near(breath, 0.5));
        let characters = counts.characters.at(self.near(breath, 0.6));
        let freeforms = counts.freeforms.at(self.near(breath, 0.6));
        self.mood = self.random.part(&MOODS);
        let rating = self.random.part(&RATINGS[self.mood]) as u32 + 1;
        self.push(Kind::Rating, rating);
        self.warnings();
        self.fandoms();
        let from = self.row.terms.len();
        self.relationships(relationships, characters);
        let none = self.row.terms.len() == from;
        self.characters(characters);
        if none {
            self.category_of_none();
        }
        self.freeforms(freeforms);
        self.people();
        self.numbers(chapters);
        self.keys();
    }

    /// A normal number that goes with another.
    fn near(&mut self, other: f32, how: f32) -> f32 {
        how * other + (1.0 - how * how).sqrt() * self.random.normal()
    }

    fn push(&mut self, kind: Kind, id: u32) {
        self.row.terms.push(Term::new(kind, id));
    }

    /// Adds a tag in some wording, if it is not there yet.
    fn tag(&mut self, kind: usize, place: u32) {
        let mut wording = place;
        let bits = self.random.next();
        if (bits as u32) < OTHER_WORDING {
            let (first, count) = self.archive.tags.layout(kind).synonyms_of(place);
            // The first of them are the usual ones.
            let (one, other) = (bits >> 48, bits >> 32 & 0xFFFF);
            wording = if count == 0 { place } else { first + skewed(one, other, count) };
        }
        let term = Term::new(MADE_UP[kind], wording + 1);
        let same = self.row.terms.iter().rev().take_while(|other| other.kind == term.kind);
        if !{ same }.any(|other| other.id == term.id) {
            self.row.terms.push(term);
        }
    }

    /// Adds the rare tags that the work brings along, and now and then somebody else's.
    fn rare(&mut self, kind: usize) -> u32 {
        let layout = self.archive.tags.layout(kind);
        let (first, count) = layout.rare.of(self.at);
        let name = MADE_UP[kind];
        for rare in first..first + count {
            self.push(name, layout.rare_start() + rare + 1);
        }
        if kind == FREEFORM && layout.rare.total > 0 && self.random.chance(0.15) {
            let other = self.random.below(layout.rare.total);
            if other.wrapping_sub(first) >= count {
                self.push(name, layout.rare_start() + other + 1);
                return count + 1;
            }
        }
        count
    }

    fn warnings(&mut self) {
        let table = &WARNINGS[usize::from(self.mood == 4)];
        let first = self.random.part(table) as u32 + 1;
        self.push(Kind::Warning, first);
        if first != 4 && self.random.chance(0.45) {
            let second = self.random.part(table) as u32 + 1;
            if second != first && second != 4 {
                self.push(Kind::Warning, second);
            }
        }
    }

    fn fandoms(&mut self) {
        let archive = self.archive;
        let normal = self.random.normal();
        let wanted = archive.counts.fandoms.at(normal).clamp(1, MOST as u32) as usize;
        let first = archive.fandom_in(self.at, self.year, self.slot);
        let add = |draft: &mut Self, rank: u32| {
            if !draft.fandoms[..draft.fandom_count].contains(&rank) {
                draft.fandoms[draft.fandom_count] = rank;
                draft.fandom_count += 1;
                let place = draft.archive.tags.fandoms[rank as usize].place;
                draft.tag(FANDOM, place);
            }
        };
        add(self, first);
        let year = &archive.years[(self.year as usize).min(YEARS - 1)];
        for turn in 1..wanted {
            // The second is the family as a whole, often.
            let above = archive.fandom_families.of(first);
            let rank = match above.first() {
                Some(parent) if turn == 1 && self.random.chance(0.75) => *parent,
                _ => year.draw(&mut self.random),
            };
            add(self, rank);
        }
        self.rare(FANDOM);
    }

    /// One of the work's fandoms, the first most often.
    fn one_fandom(&mut self) -> Fandom {
        let at = if self.fandom_count == 1 || self.random.chance(0.6) {
            0
        } else {
            self.random.below(self.fandom_count as u32) as usize
        };
        self.archive.tags.fandoms[self.fandoms[at] as usize]
    }

    /// Who loves whom; and what category that is. Characters come with the pairings.
    fn relationships(&mut self, wanted: u32, characters: u32) {
        let tags = &self.archive.tags;
        let rare = self.rare(RELATIONSHIP);
        let mut cast = [(0, 0); 64];
        let (mut paired, mut categories) = (0, [0; 2]);
        for turn in 0..wanted.saturating_sub(rare) {
            let fandom = self.one_fandom();
            let pairing = tags.own(RELATIONSHIP, &fandom, &mut self.random);
            self.tag(RELATIONSHIP, pairing);
            if let Some(category) = categories.get_mut(turn as usize) {
                *category = category_of(self.archive.seed, &fandom, pairing);
            }
            let rank = (pairing - fandom.starts[RELATIONSHIP]) as usize % self.archive.pairs.len();
            let (one, other) = self.archive.pairs[rank];
            let size = tags.own_size(CHARACTER, &fandom);
            let start = fandom.starts[CHARACTER];
            if let Some(pair) = cast.get_mut(paired) {
                *pair = (start + u32::from(one) % size, start + u32::from(other) % size);
                paired += 1;
            }
        }
        if rare > 0 && categories[0] == 0 {
            let fandom = self.one_fandom();
            categories[0] = category_of(self.archive.seed, &fandom, self.at);
        }
        let most = self.row.terms.len() + characters as usize + 2;
        for (one, other) in cast.iter().take(paired) {
            if self.row.terms.len() < most && !self.random.chance(0.06) {
                self.tag(CHARACTER, *one);
                self.tag(CHARACTER, *other);
            }
        }
        self.categories(categories);
    }

    fn categories(&mut self, found: [u32; 2]) {
        if found[0] > 0 && !self.random.chance(0.03) {
            self.category(found[0]);
            if found[1] != found[0] && found[1] > 0 && self.random.chance(0.5) {
                self.category(found[1]);
            }
            if self.random.chance(0.03) {
                self.category(5);
            }
        }
    }

    fn category_of_none(&mut self) {
        match self.random.below(10) {
            0 => {}
            1 => {
                let any = self.random.below(6) + 1;
                self.category(any);
            }
            _ => self.category(3),
        }
    }

    /// Categories stand behind the warnings, so that the characters stay together.
    fn category(&mut self, id: u32) {
        let term = Term::new(Kind::Category, id);
        if !self.row.terms.contains(&term) {
            let at = self.row.terms.partition_point(|term| term.kind <= Kind::Category);
            self.row.terms.insert(at, term);
        }
    }

    fn characters(&mut self, wanted: u32) {
        let tags = &self.archive.tags;
        let there = self.row.terms.iter().rev().take_while(|term| term.kind == Kind::Character);
        let there = there.count() as u32 + self.rare(CHARACTER);
        for _ in there..wanted {
            let place = if self.random.chance(0.05) {
                self.archive.characters.draw(&mut self.random)
            } else {
                let fandom = self.one_fandom();
                tags.own(CHARACTER, &fandom, &mut self.random)
            };
            self.tag(CHARACTER, place);
        }
    }

    fn freeforms(&mut self, wanted: u32) {
        let rare = self.rare(FREEFORM);
        for _ in rare..wanted {
            let place = if self.random.chance(0.14) {
                let fandom = self.one_fandom();
                self.archive.tags.own(FREEFORM, &fandom, &mut self.random)
            } else {
                self.archive.moods[self.mood].draw(&mut self.random)
            };
            self.tag(FREEFORM, place);
        }
    }

    /// Language, authors, series, collections.
    fn people(&mut self) {
        let language = match self.random.part(&[0.906, 0.952, 0.971, 0.981, 1.0]) {
            common @ 0..4 => common as u32,
            _ => 4 + self.archive.languages.draw(&mut self.random),
        };
        self.push(Kind::Language, language + 1);
        let slots = &self.archive.slots;
        let slot = self.slot;
        self.push(Kind::Author, slots.author(slot) + 1);
        if self.random.chance(0.025) {
            let other = slots.author(self.random.below(self.archive.works));
            if other != slots.author(slot) {
                self.push(Kind::Author, other + 1);
            }
        }
        if let Some(series) = slots.series(slot) {
            self.push(Kind::Series, series + 1);
        }
        if self.random.chance(0.1) {
            let collection = self.archive.collections.draw(&mut self.random);
            self.push(Kind::Collection, collection + 1);
        }
    }

    fn numbers(&mut self, chapters: u32) {
        let archive = self.archive;
        let fandom = archive.tags.fandoms[self.fandoms[0] as usize];
        let length = (chapters as f32).ln() + 7.5 + 0.95 * self.random.normal();
        let kudos = self.near((length - 8.1) / 1.6, 0.36);
        let hits = self.near(kudos, 0.80);
        let bookmarks = self.near(kudos, 0.88);
        let comments = self.near(kudos, 0.78);
        let warm = fandom.warmth;
        let posted = END - ((YEARS as f64 - self.year) * YEAR) as u32;
        let opened = END - (YEARS as f64 * YEAR) as u32;
        // Some were written long before they came here.
        let posted = if self.random.chance(0.03) {
            posted - (self.random.unit().powi(3) * (posted - opened) as f32) as u32
        } else {
            posted
        };
        let days = if chapters > 1 {
            chapters as f32 * (2.0 + self.random.normal()).exp()
        } else if self.random.chance(0.08) {
            (3.5 + 1.5 * self.random.normal()).exp()
        } else {
            0.0
        };
        let updated = f64::from(posted) + f64::from(days) * 86_400.0;
        let done = if chapters > 1 { 0.57 } else { 0.965 };
        self.row.complete = self.random.chance(done);
        let members = self.random.chance(0.03);
        self.row.audience = if members { Audience::Members } else { Audience::Everyone };
        let last = END - 1 - self.random.below(40 * 86_400).min(END - 1 - posted);
        // Of the unfinished, half say how long they are to be.
        let planned = match (self.row.complete, self.row.work % 2) {
            (true, _) => chapters,
            (false, 0) => 0,
            (false, _) => chapters + 1 + self.row.work as u32 % 17,
        };
        self.row.numbers = [
            length.exp().clamp(1.0, 4_000_000.0) as u32,
            chapters,
            (6.55 + 1.68 * hits + warm).exp() as u32,
            (3.70 + 1.62 * kudos + warm).exp() as u32,
            (1.05 + 1.80 * comments + warm).exp() as u32,
            (1.20 + 1.80 * bookmarks + warm).exp() as u32,
            posted,
            (updated.min(f64::from(last)) as u32).max(posted),
            planned,
        ];
    }

    fn keys(&mut self) {
        let words = &self.archive.words;
        let bits = self.random.next();
        self.row.title_key.clear();
        for word in 0..=[0, 1, 1, 2, 2, 2, 3, 4][(bits & 7) as usize] {
            if word > 0 {
                self.row.title_key.push(b' ');
            }
            // A few words begin a great many titles.
            let pick = (bits >> (3 + word * 10)) as usize & 1_023;
            let pick = if word == 0 { (pick * pick) >> 10 } else { pick };
            self.row.title_key.extend_from_slice(words[pick].as_bytes());
        }
        let author = mix(u64::from(self.archive.slots.author(self.slot)));
        self.row.creator_key.clear();
        for shift in [0, 10] {
            let word = &words[(author >> shift) as usize & 1_023];
            self.row.creator_key.extend_from_slice(word.as_bytes());
        }
        if author >> 62 == 0 {
            self.row.creator_key.extend_from_slice(&[b'1' + (author >> 20) as u8 % 9, b'7']);
        }
    }
}

/// A number below `count`, small ones more often, from two numbers of 16 bits.
fn skewed(one: u64, other: u64, count: u32) -> u32 {
    ((one * other * u64::from(count)) >> 32) as u32
}

/// F/F, F/M, Gen, M/M, Multi, Other: what a pairing is.
fn category_of(seed: u64, fandom: &Fandom, pairing: u32) -> u32 {
    let unit = (mix(seed ^ 0xCA7 ^ u64::from(pairing)) >> 40) as f32 / 16_777_216.0;
    let others = [(4, fandom.lean), (2, 0.22), (3, 0.05), (1, 0.07), (5, 0.02)];
    let mut end = 0.0;
    for (category, share) in others {
        end += share;
        if unit < end {
            return category;
        }
    }
    if unit < 0.97 { 1 } else { 6 }
}

/// Pairings of a cast, those of its leads first.
fn pairs() -> Vec<(u16, u16)> {
    const LARGEST: u32 = 40_000;
    let mut pairs: Vec<(u32, u16, u16)> = (1..)
        .take_while(|one| one * (one + 1) <= LARGEST)
        .flat_map(|one| {
            (one + 1..=LARGEST / one)
                .map(move |other| (one * other, one as u16 - 1, other as u16 - 1))
        })
        .collect();
    pairs.sort_unstable();
    pairs.into_iter().map(|(_, one, other)| (one, other)).collect()
}

/// 1,024 words for titles and names.
fn words(seed: u64) -> Vec<String> {
    const ONSETS: &[u8; 16] = b"bcdfghklmnprstvw";
    const VOWELS: &[u8; 8] = b"aeiouaei";
    (0..1_024_u64)
        .map(|word| {
            let bits = mix(seed ^ 0x3041D ^ word);
            let mut text = String::new();
            for syllable in 0..2 + (bits >> 60) % 3 {
                let part = bits >> (syllable * 9);
                text.push(char::from(ONSETS[(part & 15) as usize]));
                text.push(char::from(VOWELS[(part >> 4 & 7) as usize]));
                if part >> 7 & 3 == 0 {
                    text.push(char::from(ONSETS[(part >> 9 & 15) as usize]));
                }
            }
            text
        })
        .collect()
}
