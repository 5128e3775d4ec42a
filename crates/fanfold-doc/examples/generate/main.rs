//! Writes made-up archives for the benches: works shaped like AO3's downloads, HTML or EPUB.
//!
//! It owns the shapes (how many words, chapters and tags a work has, which markup a body shows) and
//! an invented vocabulary; it must not take text from any real story. The distributions are those
//! counted over 63,532 works of one large fandom and over 8,000 chapter bodies. The same seed gives
//! the same files, whatever the number of threads.
//!
//! ```text
//! cargo run --release -p fanfold-doc --example generate -- \
//!     --works 10000 --format html --words-mean 4400 --out DIR [--words-sigma S] [--seed N]
//! ```

mod chance;
mod epub;
mod prose;
mod work;
mod world;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, process::ExitCode, thread};

use work::Work;
use world::World;

type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "usage: generate --works N --out DIR [--format html|epub] \
    [--words-mean N] [--words-sigma S] [--seed N]";

/// Spread of the logarithm of a work's length (Harry Potter works of 2017 to 2020: 1.63).
const WORDS_SIGMA: f64 = 1.63;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("generate: {failure}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

struct Plan {
    works: u64,
    epub: bool,
    words_mean: f64,
    words_sigma: f64,
    seed: u64,
    out: PathBuf,
}

impl Plan {
    fn from_arguments() -> Result<Self, Failure> {
        let (mut works, mut out, mut epub, mut seed) = (None, None, false, 1);
        let (mut mean, mut sigma) = (None, None);
        let mut arguments = env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--works" => works = Some(value.parse()?),
                "--out" => out = Some(PathBuf::from(value)),
                "--seed" => seed = value.parse()?,
                "--words-mean" => mean = Some(value.parse()?),
                "--words-sigma" => sigma = Some(value.parse()?),
                "--format" if value == "html" || value == "epub" => epub = value == "epub",
                _ => return Err(format!("{name} {value} is not understood").into()),
            }
        }
        // E-books are measured as a thousand equal ones; pages as an archive of every length.
        Ok(Self {
            works: works.ok_or("--works is missing")?,
            out: out.ok_or("--out is missing")?,
            epub,
            seed,
            words_mean: mean.unwrap_or(if epub { 2_700.0 } else { 4_400.0 }),
            words_sigma: sigma.unwrap_or(if epub { 0.0 } else { WORDS_SIGMA }),
        })
    }
}

fn run() -> Result<(), Failure> {
    let plan = Plan::from_arguments()?;
    let started = Instant::now();
    let world = World::new(&plan);
    fs::create_dir_all(&plan.out)?;
    let threads = thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let totals = thread::scope(|scope| {
        let runners: Vec<_> = (0..threads)
            .map(|first| {
                let (plan, world) = (&plan, &world);
                scope.spawn(move || write_share(plan, world, first, threads))
            })
            .collect();
        let join = |runner: thread::ScopedJoinHandle<'_, Result<Totals, Failure>>| {
            runner.join().map_err(|_| Failure::from("a writing thread stopped early"))?
        };
        runners.into_iter().map(join).collect::<Result<Vec<_>, _>>()
    })?;
    let sum = |field: fn(&Totals) -> u64| totals.iter().map(field).sum::<u64>();
    let bytes = sum(|totals| totals.bytes) as f64 / 1e6;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{} works, {} chapters, {} words, {bytes:.1} MB in {seconds:.1} s ({:.0} MB/s)",
        plan.works,
        sum(|totals| totals.chapters),
        sum(|totals| totals.words),
        bytes / seconds,
    );
    Ok(())
}

#[derive(Default)]
struct Totals {
    chapters: u64,
    words: u64,
    bytes: u64,
}

/// Every `step`th work, from `first` on.
fn write_share(plan: &Plan, world: &World, first: u64, step: u64) -> Result<Totals, Failure> {
    let mut totals = Totals::default();
    for number in (first..plan.works).step_by(step as usize) {
        let work = Work::invent(plan, world, number);
        totals.chapters += work.chapters.len() as u64;
        totals.words += work.words;
        let folder = plan.out.join(format!("{:03}", number / 1_000));
        fs::create_dir_all(&folder)?;
        let name = work.file_name(number);
        let bytes = if plan.epub { work.to_epub(&name)? } else { work.to_html().into_bytes() };
        totals.bytes += bytes.len() as u64;
        let ending = if plan.epub { "epub" } else { "html" };
        write_file(&folder.join(format!("{name}.{ending}")), &bytes)?;
    }
    Ok(totals)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()).into())
}
