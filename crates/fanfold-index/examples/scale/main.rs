//! How fast the filter engine answers over an archive of any size, made up by the distributions of
//! a real one, and how fast others answer the same.
//!
//!     cargo run --release -p fanfold-index --example scale -- --works 17000000
//!         [--seed N] [--json] [--peers] [--postgres postgres://…] [--data DIR] [--stats]
//!         [--only TEXT]
//!
//! One line for each figure; with `--json` one object a line. `--peers` has tantivy answer the
//! same questions, `--only` leaves only the sorts of questions with this text in their names,
//! `--postgres` a PostgreSQL database, which is filled with the archive. Answers
//! are compared where there is somebody to compare them with.

mod archive;
mod draw;
mod graph;
mod live;
mod names;
mod peer_postgres;
mod peer_tantivy;
mod peers;
mod queries;
mod report;
mod stats;
mod vocabulary;

use std::path::{Path, PathBuf};
use std::time::Instant;

use fanfold_index::filter::{Answer, BaseBuilder, FilterIndex, Position};

use archive::Archive;
use peers::{Outcome, Peer};
use queries::QuerySet;
use report::Report;

/// What was asked for on the command line.
struct Args {
    works: u32,
    seed: u64,
    json: bool,
    stats: bool,
    peers: bool,
    postgres: Option<String>,
    data: Option<PathBuf>,
    only: String,
}

impl Args {
    fn read() -> Outcome<Args> {
        let (works, seed, json, stats, peers) = (1_000_000, 1, false, false, false);
        let mut args = Args {
            works,
            seed,
            json,
            stats,
            peers,
            postgres: None,
            data: None,
            only: String::new(),
        };
        let mut given = std::env::args().skip(1);
        while let Some(arg) = given.next() {
            let mut value = || given.next().ok_or(format!("{arg} wants a value"));
            match arg.as_str() {
                "--works" => args.works = value()?.replace('_', "").parse()?,
                "--seed" => args.seed = value()?.parse()?,
                "--postgres" => args.postgres = Some(value()?),
                "--data" => args.data = Some(value()?.into()),
                "--only" => args.only = value()?,
                "--json" => args.json = true,
                "--stats" => args.stats = true,
                "--peers" => args.peers = true,
                other => {
                    return Err(format!("{other} is not known; see the head of main.rs").into());
                }
            }
        }
        Ok(args)
    }
}

fn main() -> Outcome<()> {
    let args = Args::read()?;
    let archive = Archive::new(args.works, args.seed);
    if args.stats {
        stats::print(&archive);
        return Ok(());
    }
    let report = Report::new(args.json, args.works);
    let folder = tempfile::tempdir()?;
    let data = args.data.clone().unwrap_or_else(|| folder.path().to_owned());
    let mut sets = queries::query_sets(&archive, args.seed);
    sets.retain(|set| set.name.contains(&args.only));
    build(&archive, &data, &report)?;
    let begin = Instant::now();
    let (index, fault) = FilterIndex::open(&data.join("filters"))?;
    report.time("open", begin.elapsed());
    if let Some(fault) = fault {
        return Err(fault.into());
    }
    let begin = Instant::now();
    index.verify()?;
    report.time("all checksums compared", begin.elapsed());
    let mut answers = Vec::new();
    for set in &sets {
        answers.push(run(set, ROUNDS, &report, |request| Ok(index.find(request)))?);
    }
    report.size("memory, after these questions", report::resident_bytes());
    report.size("on disk", index.size_bytes());
    if args.only.is_empty() {
        live::changes(&archive, &index, &sets, &report)?;
        live::suggestions(&archive, &report);
    }
    report.size("memory, in all", report::resident_bytes());
    compare(&args, &archive, &data, &sets, &answers, &report)
}

fn build(archive: &Archive, data: &Path, report: &Report) -> Outcome<()> {
    let folder = data.join("filters");
    let (index, _) = FilterIndex::open(&folder)?;
    if index.works() == u64::from(archive.len()) {
        // Kept from another run, by --data.
        return Ok(());
    }
    let begin = Instant::now();
    let mut builder = BaseBuilder::new();
    for tag in archive.tags() {
        builder.add_tag(&tag);
    }
    for work in archive.works() {
        builder.add_work(&work);
    }
    report.time("works drawn and gathered", begin.elapsed());
    let begin = Instant::now();
    index.rebase(builder, Position { works: 1, tags: 1 })?;
    report.time("base built", begin.elapsed());
    report.size("memory, at the most while building", report::peak_bytes());
    Ok(())
}

/// How often each question is asked and timed.
const ROUNDS: usize = 4;

/// Asks each question of a set a few times and reports; gives the answers.
fn run(
    set: &QuerySet,
    rounds: usize,
    report: &Report,
    mut ask: impl FnMut(&fanfold_index::filter::Request) -> Outcome<Answer>,
) -> Outcome<Vec<Answer>> {
    let (mut times, mut answers) = (Vec::new(), Vec::new());
    // The first round brings the files into memory, as a day of readers would.
    for request in &set.requests {
        answers.push(ask(request)?);
    }
    for _ in 0..rounds {
        for request in &set.requests {
            let begin = Instant::now();
            std::hint::black_box(ask(request)?);
            times.push(begin.elapsed());
        }
    }
    report.times(set.name, median(answers.iter().map(|answer| answer.total).collect()), times);
    Ok(answers)
}

fn median(mut numbers: Vec<u64>) -> u64 {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or(0)
}

/// Has the peers answer the same questions, and compares what they say.
fn compare(
    args: &Args,
    archive: &Archive,
    data: &Path,
    sets: &[QuerySet],
    answers: &[Vec<Answer>],
    report: &Report,
) -> Outcome<()> {
    let mut peers: Vec<Box<dyn Peer>> = Vec::new();
    if args.peers {
        let begin = Instant::now();
        let folder = data.join("tantivy");
        std::fs::create_dir_all(&folder)?;
        peers.push(Box::new(peer_tantivy::Tantivy::build(archive, &folder)?));
        report.time("tantivy: built", begin.elapsed());
    }
    if let Some(address) = &args.postgres {
        let begin = Instant::now();
        peers.push(Box::new(peer_postgres::Postgres::build(archive, address)?));
        report.time("PostgreSQL: built", begin.elapsed());
    }
    for peer in &mut peers {
        report.size(&format!("{}: on disk", peer.name()), peer.size_bytes()?);
        for (set, own) in sets.iter().zip(answers) {
            // Of a peer, which may need many seconds for one, fewer are asked, and once.
            let most = set.requests.first().map_or(0, |request| peer.questions(request));
            let named = QuerySet {
                name: format!("{}: {}", peer.name(), set.name).leak(),
                requests: set.requests.iter().take(most).cloned().collect(),
            };
            let theirs = run(&named, 1, report, |request| peer.run(request))?;
            let differ = own.iter().zip(&theirs).filter(|(own, other)| !agree(own, other)).count();
            if differ > 0 {
                report.differ(named.name, differ);
            }
        }
    }
    Ok(())
}

/// Whether two say the same: totals, and numbers of works in the facets (those of equal number
/// may stand in another order).
fn agree(own: &Answer, other: &Answer) -> bool {
    let numbers = |answer: &Answer| {
        let counts = |facet: &Vec<_>| facet.iter().map(|(_, count)| *count).collect::<Vec<u64>>();
        answer.facets.iter().map(counts).collect::<Vec<_>>()
    };
    own.total == other.total && numbers(own) == numbers(other)
}
