//! Chance: a seeded generator and the distributions drawn from it.
//! It must not know what they count.

/// SplitMix64: small, fast, and good enough to throw dice with.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed);
        // Neighbouring seeds start apart.
        dice.0 = dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, not including, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.next()) * end as u128) >> 64) as usize
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// A lognormal number with this median and this spread of its logarithm (Box and Muller).
    pub fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        median * (sigma * radius * (std::f64::consts::TAU * self.unit()).cos()).exp()
    }

    pub fn word<'a>(&mut self, list: &'a [String]) -> &'a str {
        self.pick::<String>(list)
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        // `below` stays under the length; every list here is filled by this program.
        &list[self.below(list.len())]
    }
}

/// Draws ranks by weight in one look-up: a million slots shared out by the weights.
pub struct Weighted(Vec<u32>);

impl Weighted {
    pub fn new(ranks: usize, weight: impl Fn(f64) -> f64) -> Self {
        let slots = (1_usize << 20) as f64;
        let total: f64 = (1..=ranks).map(|rank| weight(rank as f64)).sum();
        let (mut table, mut sum) = (Vec::with_capacity(1 << 20), 0.0);
        for rank in 1..=ranks {
            sum += weight(rank as f64);
            table.resize((sum / total * slots) as usize, rank as u32 - 1);
        }
        Self(table)
    }

    pub fn draw(&self, dice: &mut Dice) -> usize {
        *dice.pick(&self.0) as usize
    }
}

/// Zipf's law with one slope up to rank 100 and another after it.
pub fn zipf(near: f64, far: f64) -> impl Fn(f64) -> f64 {
    move |rank| {
        if rank <= 100.0 { rank.powf(-near) } else { 100_f64.powf(far - near) * rank.powf(-far) }
    }
}
