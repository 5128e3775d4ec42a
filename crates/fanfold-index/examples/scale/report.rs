//! Prints what was measured: a table for people, or one object a line.
//!
//! Owns the form of a line and the few facts that the system tells about this process.

use std::time::Duration;

/// Prints figures.
pub struct Report {
    json: bool,
    works: u32,
}

impl Report {
    /// For an archive of so many works.
    pub fn new(json: bool, works: u32) -> Report {
        if !json {
            println!("{works} works");
            println!("{:<58} {:>11} {:>10} {:>10}", "", "results", "p50 ms", "p99 ms");
        }
        Report { json, works }
    }

    /// One time.
    pub fn time(&self, name: &str, time: Duration) {
        let ms = time.as_secs_f64() * 1e3;
        if self.json {
            println!("{{\"works\":{},\"name\":{name:?},\"ms\":{ms:.3}}}", self.works);
        } else {
            println!("{name:<58} {:>11} {ms:>10.2}", "");
        }
    }

    /// Many times.
    pub fn times(&self, name: &str, results: u64, mut times: Vec<Duration>) {
        times.sort_unstable();
        let at = |share: f64| {
            let place = (times.len() as f64 * share) as usize;
            let time = times.get(place.min(times.len().saturating_sub(1)));
            time.map_or(0.0, |time| time.as_secs_f64() * 1e3)
        };
        let (half, most) = (at(0.5), at(0.99));
        if self.json {
            println!(
                "{{\"works\":{},\"name\":{name:?},\"results\":{results},\"p50_ms\":{half:.3},\
                 \"p99_ms\":{most:.3}}}",
                self.works
            );
        } else {
            println!("{name:<58} {results:>11} {half:>10.3} {most:>10.3}");
        }
    }

    /// A number of bytes.
    pub fn size(&self, name: &str, bytes: u64) {
        if self.json {
            println!("{{\"works\":{},\"name\":{name:?},\"bytes\":{bytes}}}", self.works);
        } else {
            println!("{name:<58} {:>8} MiB", bytes >> 20);
        }
    }

    /// That somebody gives other answers.
    pub fn differ(&self, name: &str, answers: usize) {
        if self.json {
            println!("{{\"works\":{},\"name\":{name:?},\"differ\":{answers}}}", self.works);
        } else {
            println!("{name}: {answers} ANSWERS DIFFER");
        }
    }
}

/// What of this process is in memory now, mapped files included.
pub fn resident_bytes() -> u64 {
    status("VmRSS:")
}

/// The most that ever was.
pub fn peak_bytes() -> u64 {
    status("VmHWM:")
}

fn status(field: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}
