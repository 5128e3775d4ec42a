//! Which tags an archive of so many works has, and what their ids are.
//!
//! Owns the layout of the ids: of each kind first the established tags (those that belong to no
//! fandom, then fandom by fandom), then their established synonyms, then the rare ones, which one
//! work brought along. It does not know what a work looks like, nor metatags.

use fanfold_index::filter::Kind;

use crate::draw::{Pieces, Quantiles, Random, Zipf, mix};

/// Works and tags of the archive whose numbers are known: all of AO3, February 2021.
const KNOWN_WORKS: f64 = 7_269_693.0;
const KNOWN_TAGS: f64 = 14_467_138.0;
const KNOWN_FANDOMS: f64 = 30_243.0;
/// Fandoms a work has, by mean; from the quantiles in `archive`.
const FANDOMS_A_WORK: f64 = 1.38;

/// The kinds that people make up tags of, in the order of their places here.
pub const MADE_UP: [Kind; 4] = [Kind::Fandom, Kind::Relationship, Kind::Character, Kind::Freeform];
/// Which part of all tags is of these kinds.
const KIND_SHARES: [f64; 4] = [0.015, 0.15, 0.135, 0.70];
/// How long the archive has been there, and how it grew each year.
pub const YEARS: usize = 16;
pub const GROWTH: f64 = 1.22;
/// How often a work of a fandom uses something of the fandom's own, by mean.
const USES_A_WORK: [f64; 4] = [1.0, 1.25, 3.7, 1.0];
/// How many own tags a fandom of `w` works has: `(a, b, least)` of `a * w^b`.
const OWN: [(f64, f64, f64); 4] =
    [(0.0, 1.0, 0.0), (0.13, 0.9, 2.0), (0.13, 0.9, 3.0), (0.06, 0.85, 1.0)];
/// Uses of freeforms of no fandom, a work.
const GLOBAL_FREEFORMS_A_WORK: f64 = 5.2;
/// Characters of no fandom: the reader, somebody's own.
const GLOBAL_CHARACTERS: u32 = 200;
const GLOBAL_CHARACTERS_A_WORK: f64 = 0.2;

pub const FANDOM_LAW: &Pieces =
    &[(100.0, 0.72), (1_000.0, 1.37), (10_000.0, 1.91), (f64::INFINITY, 2.63)];
pub const FREEFORM_LAW: &Pieces =
    &[(100.0, 0.58), (1_000.0, 0.9), (10_000.0, 1.25), (f64::INFINITY, 1.6)];
const RELATIONSHIP_LAW: &Pieces = &[(10.0, 1.0), (100.0, 0.9), (f64::INFINITY, 1.21)];
const CHARACTER_LAW: &Pieces = &[(10.0, 0.67), (100.0, 1.22), (f64::INFINITY, 1.46)];
const BOUND_LAW: &Pieces = &[(100.0, 0.8), (f64::INFINITY, 1.1)];

/// A fandom, in the order of its use.
#[derive(Clone, Copy, Debug)]
pub struct Fandom {
    /// Its place among the ids of fandoms, from 0.
    pub place: u32,
    /// Where its own tags start among the established ones of a kind (by the place of the kind).
    pub starts: [u32; 4],
    /// Which size its own vocabularies have.
    classes: [u8; 4],
    /// The share of its pairings that are M/M.
    pub lean: f32,
    /// How much better than others its works are read, in the logarithm.
    pub warmth: f32,
}

/// The ids of a kind. An id is a place here, plus 1.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Tags that belong to no fandom; they come first.
    pub global: u32,
    /// Where the tags of the fandoms start, by the place of the fandom.
    starts: Vec<u32>,
    /// For each established tag, where its synonyms start, from 0; and the end of them all.
    synonyms: Vec<u32>,
    /// The others.
    pub rare: Rare,
}

impl Layout {
    /// Established tags, synonyms not counted.
    pub fn established(&self) -> u32 {
        self.synonyms.len() as u32 - 1
    }

    /// Where the rare ones start.
    pub fn rare_start(&self) -> u32 {
        self.established() + self.synonyms.last().copied().unwrap_or(0)
    }

    /// All of them.
    pub fn size(&self) -> u32 {
        self.rare_start() + self.rare.total
    }

    /// The established synonyms of an established tag: the place of the first, and how many.
    pub fn synonyms_of(&self, place: u32) -> (u32, u32) {
        let from = self.synonyms[place as usize];
        (self.established() + from, self.synonyms[place as usize + 1] - from)
    }

    /// What an established synonym is a synonym of.
    pub fn canonical_of(&self, synonym: u32) -> u32 {
        let from = synonym - self.established();
        self.synonyms.partition_point(|start| *start <= from) as u32 - 1
    }
}

/// The tags of an archive.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// The most used first.
    pub fandoms: Vec<Fandom>,
    /// The rank of each fandom by its place.
    pub ranks: Vec<u32>,
    layouts: [Layout; 4],
    sizes: Vec<u32>,
    local: [Vec<Zipf>; 4],
    seed: u64,
}

impl Vocabulary {
    /// The tags of an archive of so many works.
    pub fn new(works: u32, seed: u64) -> Vocabulary {
        let scale = f64::from(works) / KNOWN_WORKS;
        let count = (KNOWN_FANDOMS * scale.powf(0.7)).max(60.0) as u32;
        let law = Zipf::new(count, FANDOM_LAW);
        let uses = |rank: u32| law.share(rank) * FANDOMS_A_WORK * f64::from(works);
        let sizes = sizes();
        let laws = [FANDOM_LAW, RELATIONSHIP_LAW, CHARACTER_LAW, BOUND_LAW];
        let local = laws.map(|law| sizes.iter().map(|size| Zipf::new(*size, law)).collect());
        let mut random = Random::new(seed, 0xFA11);
        let mut fandoms: Vec<Fandom> = (0..count)
            .map(|rank| Fandom {
                place: 0,
                starts: [0; 4],
                classes: OWN.map(|(a, b, least)| {
                    let own = (a * uses(rank).powf(b)).max(least) as u32;
                    sizes.partition_point(|size| *size <= own.max(1)) as u8 - 1
                }),
                lean: 0.50 + 0.36 * random.unit(),
                warmth: 0.35 - 0.09 * (f64::from(rank) + 2.0).ln() as f32 + 0.3 * random.normal(),
            })
            .collect();
        // Ids are given in the order of first use: by popularity, roughly.
        let mut keyed: Vec<(f32, u32)> = (0..count)
            .map(|rank| ((rank as f32 + 1.0).ln() + 1.5 * random.normal(), rank))
            .collect();
        keyed.sort_by(|left, right| left.0.total_cmp(&right.0));
        let ranks: Vec<u32> = keyed.into_iter().map(|(_, rank)| rank).collect();
        for (place, rank) in ranks.iter().enumerate() {
            fandoms[*rank as usize].place = place as u32;
        }
        let free = (150_000.0 * scale.powf(0.8)).max(500.0) as u32;
        let mut made = Vocabulary {
            fandoms,
            ranks,
            layouts: std::array::from_fn(|_| Layout::empty()),
            sizes,
            local,
            seed,
        };
        let expected = Expected {
            works: f64::from(works),
            fandoms: (0..count).map(uses).collect(),
            characters: Zipf::new(GLOBAL_CHARACTERS, CHARACTER_LAW),
            freeforms: Zipf::new(free, FREEFORM_LAW),
        };
        let tags = KNOWN_TAGS * scale.powf(0.85);
        for (kind, global) in [count, 0, GLOBAL_CHARACTERS, free].into_iter().enumerate() {
            made.lay_out(kind, global, tags * KIND_SHARES[kind], &expected);
        }
        made
    }

    /// Gives the tags of a kind (by its place) their ids.
    fn lay_out(&mut self, kind: usize, global: u32, wanted: f64, expected: &Expected) {
        let mut synonyms = vec![0];
        let mut end = 0;
        let mut add = |uses: f64, wrangled: bool| {
            // Measured: the wordings of a name grow with about the root of its uses.
            end += if wrangled { (0.35 * uses.powf(0.45)).min(150.0) as u32 } else { 0 };
            synonyms.push(end);
        };
        for place in 0..global {
            let uses = match MADE_UP[kind] {
                Kind::Fandom => expected.fandoms[self.ranks[place as usize] as usize],
                Kind::Character => {
                    expected.characters.share(place) * GLOBAL_CHARACTERS_A_WORK * expected.works
                }
                _ => expected.freeforms.share(place) * GLOBAL_FREEFORMS_A_WORK * expected.works,
            };
            add(uses, self.is_canonical_at(kind, global, place));
        }
        let mut starts = Vec::new();
        let mut start = global;
        let ranks = if kind == 0 { &[][..] } else { &self.ranks[..] };
        for rank in ranks {
            let fandom = &mut self.fandoms[*rank as usize];
            fandom.starts[kind] = start;
            starts.push(start);
            let class = usize::from(fandom.classes[kind]);
            let law = &self.local[kind][class];
            for own in 0..self.sizes[class] {
                let uses = expected.fandoms[*rank as usize] * USES_A_WORK[kind] * law.share(own);
                add(uses, canonical_by(self.seed, kind, global, start + own));
            }
            start += self.sizes[class];
        }
        let works = expected.works as u32;
        let so_far = f64::from(start) + f64::from(end);
        let rare = (wanted - so_far).max(f64::from(works) * 0.005) as u32;
        let rare = Rare::new(mix(self.seed ^ kind as u64), rare, works);
        self.layouts[kind] = Layout { global, starts, synonyms, rare };
    }

    /// The ids of a kind, by its place.
    pub fn layout(&self, kind: usize) -> &Layout {
        &self.layouts[kind]
    }

    /// One of the fandom's own tags: its place among the established ones.
    pub fn own(&self, kind: usize, fandom: &Fandom, random: &mut Random) -> u32 {
        let class = usize::from(fandom.classes[kind]);
        fandom.starts[kind] + self.local[kind][class].draw(random)
    }

    /// How many tags of this kind a fandom has of its own.
    pub fn own_size(&self, kind: usize, fandom: &Fandom) -> u32 {
        self.sizes[usize::from(fandom.classes[kind])]
    }

    /// Whose tag it is, and how far it stands from the first of them; none where of no fandom.
    pub fn fandom_of(&self, kind: usize, place: u32) -> Option<(&Fandom, u32)> {
        let block = self.layouts[kind].starts.partition_point(|start| *start <= place);
        let rank = *self.ranks.get(block.checked_sub(1)?)?;
        let fandom = self.fandoms.get(rank as usize)?;
        Some((fandom, place - fandom.starts[kind]))
    }

    /// Whether an established tag was made canonical; if not, nobody has looked at it yet.
    pub fn is_canonical(&self, kind: usize, place: u32) -> bool {
        self.is_canonical_at(kind, self.layouts[kind].global, place)
    }

    fn is_canonical_at(&self, kind: usize, global: u32, place: u32) -> bool {
        canonical_by(self.seed, kind, global, place)
    }
}

fn canonical_by(seed: u64, kind: usize, global: u32, place: u32) -> bool {
    let share = match MADE_UP[kind] {
        Kind::Fandom => 100,
        Kind::Relationship => 94,
        Kind::Character => 95,
        _ if place < 2_000 => 100,
        _ if place < global => 60,
        _ => 75,
    };
    mix(seed ^ (kind as u64) << 40 ^ u64::from(place)) % 100 < share
}

/// How often something is used, in all works.
struct Expected {
    works: f64,
    /// By rank.
    fandoms: Vec<f64>,
    characters: Zipf,
    freeforms: Zipf,
}

impl Layout {
    fn empty() -> Layout {
        Layout {
            global: 0,
            starts: Vec::new(),
            synonyms: vec![0],
            rare: Rare { block: 0, ends: vec![0; BLOCK + 1], total: 0, full: 0, seed: 0 },
        }
    }
}

/// Which fandoms are written about, year by year: each has its time.
pub fn years(fandoms: u32, seed: u64) -> Vec<Zipf> {
    let growth: Vec<f64> = (0..YEARS).map(|year| GROWTH.powi(year as i32)).collect();
    let all: f64 = growth.iter().sum();
    let loved = |rank: u32, year: usize| {
        let mut random = Random::new(seed ^ 0xE4A, rank.into());
        let peak = f64::from(random.unit()) * (YEARS as f64 + 2.0);
        let width = 1.5 + 6.0 * f64::from(random.unit());
        let away = (year as f64 - peak) / width;
        // It comes faster than it goes.
        0.2 + (-(if away < 0.0 { 2.0 * away } else { away }).powi(2)).exp()
    };
    (0..YEARS)
        .map(|year| {
            Zipf::bent(fandoms, FANDOM_LAW, |rank| {
                let mean: f64 = (0..YEARS).map(|y| loved(rank, y) * growth[y] / all).sum();
                loved(rank, year) / mean
            })
        })
        .collect()
}

/// Which freeforms of no fandom go with each mood; of the moods, the upper ends of their shares.
pub fn moods(freeforms: u32, moods: &[f32], seed: u64) -> Vec<Zipf> {
    let shares: Vec<f32> = (0..moods.len())
        .map(|mood| moods[mood] - mood.checked_sub(1).map_or(0.0, |before| moods[before]))
        .collect();
    let fits = |rank: u32, mood: usize| {
        let mut random = Random::new(seed ^ 0x300D, u64::from(rank) << 3 | mood as u64);
        f64::from(0.8 * random.normal()).exp()
    };
    (0..moods.len())
        .map(|mood| {
            Zipf::bent(freeforms, FREEFORM_LAW, |rank| {
                let all = (0..moods.len()).map(|m| fits(rank, m) * f64::from(shares[m]));
                fits(rank, mood) / all.sum::<f64>()
            })
        })
        .collect()
}

/// The sizes that a fandom's vocabulary can have: two for each power of two.
fn sizes() -> Vec<u32> {
    let powers = (1..18).flat_map(|power| [1 << power, 3 << (power - 1)]);
    std::iter::once(1).chain(powers).collect()
}

/// Works that share one pattern of how many rare tags each brings along.
const BLOCK: usize = 1_024;

/// Tags that one work brought along: each belongs to the work that used it first.
#[derive(Clone, Debug)]
pub struct Rare {
    /// How many a full block of works has.
    block: u32,
    /// Where those of each place in a block start; and the end.
    ends: Vec<u16>,
    /// All of them.
    pub total: u32,
    /// Works in full blocks.
    full: u32,
    seed: u64,
}

impl Rare {
    /// About `count` of them for so many works.
    fn new(seed: u64, count: u32, works: u32) -> Rare {
        let mean = f64::from(count) / f64::from(works.max(1));
        let block = (mean * BLOCK as f64).round().clamp(1.0, 60_000.0) as u32;
        let mut random = Random::new(seed, 0x4A4E);
        // Most works bring none, a few bring many.
        let fade = (mean / (1.0 + mean)).ln();
        let mut counts: Vec<u32> = (0..BLOCK)
            .map(|_| (f64::from(random.unit().max(1e-6)).ln() / fade).min(40.0) as u32)
            .collect();
        let mut sum: u32 = counts.iter().sum();
        while sum != block {
            let count = &mut counts[random.below(BLOCK as u32) as usize];
            if sum < block {
                (*count, sum) = (*count + 1, sum + 1);
            } else if *count > 0 {
                (*count, sum) = (*count - 1, sum - 1);
            }
        }
        let mut ends = vec![0];
        let mut end = 0;
        for count in counts {
            end += count as u16;
            ends.push(end);
        }
        let blocks = works / BLOCK as u32;
        let rest = u32::from(ends[works as usize % BLOCK]);
        Rare { block, ends, total: blocks * block + rest, full: blocks * BLOCK as u32, seed }
    }

    /// Where in its block a work stands; the blocks differ.
    fn turn(&self, at: u32) -> usize {
        let block = u64::from(at / BLOCK as u32);
        let mask = if at < self.full { mix(self.seed ^ block) as usize } else { 0 };
        (at as usize ^ mask) % BLOCK
    }

    /// The rare tags that a work brought along: the first, and how many.
    pub fn of(&self, at: u32) -> (u32, u32) {
        let turn = self.turn(at);
        let from = u32::from(self.ends[turn]);
        (at / BLOCK as u32 * self.block + from, u32::from(self.ends[turn + 1]) - from)
    }

    /// The work that brought this one along.
    pub fn work(&self, rare: u32) -> u32 {
        let block = (rare / self.block.max(1)).min(self.full / BLOCK as u32);
        let from = rare - block * self.block;
        let turn = self.ends.partition_point(|start| u32::from(*start) <= from) as u32 - 1;
        let base = block * BLOCK as u32;
        // Turning twice is not turning.
        base + self.turn(base + turn) as u32
    }
}

/// Works that share one pattern of who wrote how many of them.
const DESK: usize = 16_384;

/// Who wrote what, and which works make a series. Each work has a slot of its own, works of one
/// author have neighbouring slots, and slots of neighbours lie all over the archive.
#[derive(Clone, Debug)]
pub struct Slots {
    works: u32,
    stride: u64,
    authors: Vec<u16>,
    /// From 1; 0 is none.
    series: Vec<u16>,
    /// Authors and series of one desk.
    sizes: [u32; 2],
}

impl Slots {
    /// Those of an archive of so many works.
    pub fn new(works: u32, seed: u64) -> Slots {
        let mut random = Random::new(seed, 0xA07);
        let sizes = Quantiles::new(&[(0.5, 1.0), (0.9, 5.0), (0.99, 25.0), (0.99995, 588.0)]);
        let (mut authors, mut series) = (Vec::new(), Vec::new());
        let (mut author, mut last_series) = (0_u16, 0_u16);
        while authors.len() < DESK {
            let mut left = (sizes.at(random.normal()) as usize).clamp(1, DESK - authors.len());
            while left > 0 {
                let long = if left > 1 && random.chance(0.15) {
                    last_series += 1;
                    left.min(2 + random.below(4) as usize)
                } else {
                    1
                };
                authors.extend(std::iter::repeat_n(author, long));
                series.extend(std::iter::repeat_n(if long > 1 { last_series } else { 0 }, long));
                left -= long;
            }
            author += 1;
        }
        let wanted = u64::from(works) * 618 / 1_000;
        let stride = (wanted.max(1)..).find(|step| coprime(*step, works.into())).unwrap_or(1);
        let sizes = [author.into(), last_series.into()];
        Slots { works, stride, authors, series, sizes }
    }

    /// The slot of a work.
    pub fn of(&self, at: u32) -> u32 {
        (u64::from(at) * self.stride % u64::from(self.works.max(1))) as u32
    }

    /// The author who has a slot, from 0.
    pub fn author(&self, slot: u32) -> u32 {
        let author = self.authors[slot as usize % DESK];
        slot / DESK as u32 * self.sizes[0] + u32::from(author)
    }

    /// The series that a slot is in, from 0.
    pub fn series(&self, slot: u32) -> Option<u32> {
        let series = self.series[slot as usize % DESK].checked_sub(1)?;
        Some(slot / DESK as u32 * self.sizes[1] + u32::from(series))
    }

    /// How many authors there are.
    pub fn authors(&self) -> u32 {
        self.works.checked_sub(1).map_or(0, |last| self.author(last) + 1)
    }
}

fn coprime(left: u64, right: u64) -> bool {
    let (mut a, mut b) = (left, right);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}
