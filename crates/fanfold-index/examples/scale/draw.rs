//! Seeded numbers and tables to draw from: a generator, Zipf's law by pieces, quantiles.
//!
//! Everything here is small enough for the first caches, because a work is some twenty draws and a
//! million works should take a second. It knows nothing of works and tags.

/// A well mixed 64-bit hash of a number (the finaliser of SplitMix64).
pub fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A small seeded generator (SplitMix64): any number can be a seed of its own.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The stream of numbers that belongs to one thing of an archive.
    pub fn new(seed: u64, thing: u64) -> Random {
        Random(mix(seed ^ thing.wrapping_mul(0xD6E8_FEB8_6659_FD93)))
    }

    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: u32) -> u32 {
        (((self.next() >> 32) * u64::from(end)) >> 32) as u32
    }

    /// A number from 0 up to, but not with, 1.
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 * (1.0 / 16_777_216.0)
    }

    /// True in this share of the calls.
    pub fn chance(&mut self, share: f32) -> bool {
        self.unit() < share
    }

    /// A number that is normally distributed, nearly: 64 coins, and a smear to fill the gaps.
    pub fn normal(&mut self) -> f32 {
        let coins = self.next().count_ones() as f32 - 32.0;
        (coins + self.unit() - 0.5) * 0.248
    }

    /// Which part of a whole: `ends` are the upper ends of the parts as shares, rising.
    pub fn part(&mut self, ends: &[f32]) -> usize {
        let unit = self.unit();
        ends.iter().position(|end| unit < *end).unwrap_or(ends.len().saturating_sub(1))
    }
}

/// Zipf's law in pieces: up to a rank (from 1) it falls with a slope.
pub type Pieces = [(f64, f64)];

/// How often the thing of this rank (from 1) is met, beside the first with 1.
pub fn weight(rank: f64, pieces: &Pieces) -> f64 {
    let (mut value, mut from) = (1.0, 1.0);
    for (upto, slope) in pieces {
        let end = rank.min(*upto);
        value *= (end / from).powf(-slope);
        if rank <= *upto {
            break;
        }
        from = *upto;
    }
    value
}

/// Ranks that share one probability.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    start: u32,
    width: u32,
}

/// One cell of the alias table: up to `limit` its own bucket, else another.
#[derive(Clone, Copy, Debug)]
struct Cell {
    limit: u32,
    buckets: [Bucket; 2],
}

/// Draws ranks (from 0) by a Zipf law: an alias table over buckets that grow with the rank, so
/// that millions of ranks fit into a few kilobytes.
#[derive(Clone, Debug)]
pub struct Zipf {
    cells: Vec<Cell>,
    /// Where each bucket starts, and the probability of one of its ranks.
    shares: Vec<(u32, f64)>,
}

/// Ranks below this have a bucket of their own, beyond it a bucket is this part of its rank.
const FINE: u32 = 48;

impl Zipf {
    /// The law over `size` ranks, each weight multiplied by what `bend` says for its rank.
    pub fn bent(size: u32, pieces: &Pieces, bend: impl Fn(u32) -> f64) -> Zipf {
        let (mut buckets, mut weights, mut start) = (Vec::new(), Vec::new(), 0);
        while start < size.max(1) {
            let width = (start / FINE).max(1).min(size.max(1) - start);
            let middle = f64::from(start) + 1.0 + f64::from(width - 1) / 2.0;
            weights.push(weight(middle, pieces) * bend(start) * f64::from(width));
            buckets.push(Bucket { start, width });
            start += width;
        }
        let total: f64 = weights.iter().sum();
        let share = |(w, b): (&f64, &Bucket)| (b.start, w / total / f64::from(b.width));
        let shares = weights.iter().zip(&buckets).map(share).collect();
        Zipf { shares, cells: alias(&weights, total, &buckets) }
    }

    /// The law over `size` ranks.
    pub fn new(size: u32, pieces: &Pieces) -> Zipf {
        Zipf::bent(size, pieces, |_| 1.0)
    }

    /// A rank.
    pub fn draw(&self, random: &mut Random) -> u32 {
        let bits = random.next();
        let at = (((bits >> 32) * self.cells.len() as u64) >> 32) as usize;
        let cell = &self.cells[at];
        let bucket = cell.buckets[usize::from(bits as u32 > cell.limit)];
        if bucket.width == 1 { bucket.start } else { bucket.start + random.below(bucket.width) }
    }

    /// The probability of a rank.
    pub fn share(&self, rank: u32) -> f64 {
        let bucket = self.shares.partition_point(|(start, _)| *start <= rank);
        self.shares.get(bucket.saturating_sub(1)).map_or(0.0, |(_, share)| *share)
    }
}

/// Vose's alias method: one cell for each weight.
fn alias(weights: &[f64], total: f64, buckets: &[Bucket]) -> Vec<Cell> {
    let mut scaled: Vec<f64> = weights.iter().map(|w| w * weights.len() as f64 / total).collect();
    let mut cells: Vec<Cell> =
        buckets.iter().map(|bucket| Cell { limit: u32::MAX, buckets: [*bucket; 2] }).collect();
    let (mut small, mut large): (Vec<usize>, Vec<usize>) =
        (0..weights.len()).partition(|at| scaled[*at] < 1.0);
    while let (Some(low), Some(high)) = (small.pop(), large.last().copied()) {
        cells[low].limit = (scaled[low] * f64::from(u32::MAX)) as u32;
        cells[low].buckets[1] = buckets[high];
        scaled[high] -= 1.0 - scaled[low];
        if scaled[high] < 1.0 {
            large.pop();
            small.push(high);
        }
    }
    cells
}

/// Turns normal numbers into whole numbers with given quantiles.
#[derive(Clone, Debug)]
pub struct Quantiles {
    table: Vec<u16>,
}

const STEPS: f32 = 128.0;
const SPREAD: f32 = 4.5;

impl Quantiles {
    /// `points` say which share of the numbers is at most so large, rising; between two of them
    /// the numbers grow evenly in their logarithm.
    pub fn new(points: &[(f64, f64)]) -> Quantiles {
        let steps = (2.0 * SPREAD * STEPS) as usize;
        let table = (0..=steps).map(|step| {
            let share = normal_share(step as f64 / f64::from(STEPS) - f64::from(SPREAD));
            let mut before = points.first().copied().unwrap_or_default();
            for point in points {
                if share <= point.0 {
                    let way = (share - before.0) / (point.0 - before.0).max(1e-12);
                    let low = (before.1 + 0.5).ln();
                    let log = low + way.clamp(0.0, 1.0) * ((point.1 + 0.5).ln() - low);
                    return log.exp() as u16;
                }
                before = *point;
            }
            before.1 as u16
        });
        Quantiles { table: table.collect() }
    }

    /// The number for a normal one.
    pub fn at(&self, normal: f32) -> u32 {
        let step = ((normal.clamp(-SPREAD, SPREAD) + SPREAD) * STEPS) as usize;
        u32::from(self.table.get(step).copied().unwrap_or(0))
    }
}

/// The share of normal numbers below this (Abramowitz and Stegun 7.1.26; error below 1.5e-7).
fn normal_share(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let poly = t
        * (0.254_829_592
            + t * (-0.284_496_736
                + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    let error = 1.0 - poly * (-x * x).exp();
    if z < 0.0 { (1.0 - error) / 2.0 } else { (1.0 + error) / 2.0 }
}
