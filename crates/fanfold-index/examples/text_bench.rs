//! Measures the text index against tantivy's own English analyzer on seeded pseudo-prose.
//!
//! `cargo run --release -p fanfold-index --example text_bench -- --mb 100 [--json]`
//!
//! Prints how fast each indexes (two threads each, best of two rounds, in turn), then how long a
//! fixed mix of 200 queries takes with the snippets of the first page.

use std::error::Error;
use std::time::{Duration, Instant};

use fanfold_index::{ChapterText, Query, TextIndex, WorkText, snippet};
use rust_stemmers::{Algorithm, Stemmer};
use tantivy::schema::{FAST, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{
    LowerCaser, RemoveLongFilter, SimpleTokenizer, TextAnalyzer, Token, TokenFilter, TokenStream,
    Tokenizer,
};
use tantivy::{Index, TantivyDocument};

const MEMORY: usize = 256_000_000;
const THREADS: usize = 2;
const ROUNDS: usize = 2;
const PAGE: usize = 20;

/// Words that every English text is full of, most frequent first.
const COMMON: &str = "the and to a of he was in his it you her she that i had with at for on as \
    him not but said be they is have what from out them all up were there this one back been when \
    would their into like so if then down could me about no just more my did over eyes looked \
    around an know time hand by before head or who only face which do your again way how some \
    well even now than where we through after off think right too still here never room little \
    door away other made any turned voice because long don't are old asked going very two";

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A small seeded generator (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A vocabulary with frequencies that fall as in a natural language (Zipf-Mandelbrot).
struct Vocabulary {
    words: Vec<String>,
    cumulated: Vec<f64>,
}

impl Vocabulary {
    fn new(random: &mut Random) -> Vocabulary {
        const ONSETS: [&str; 18] = [
            "b", "br", "c", "d", "f", "gr", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "v",
            "w",
        ];
        const RIMES: [&str; 16] = [
            "a", "e", "i", "o", "ar", "en", "il", "or", "un", "ai", "ea", "ell", "and", "ock",
            "ist", "ow",
        ];
        const ENDINGS: [&str; 8] = ["", "", "s", "ed", "ing", "ly", "er", "ness"];
        let mut words: Vec<String> = COMMON.split_whitespace().map(str::to_owned).collect();
        let mut known: std::collections::HashSet<String> = words.iter().cloned().collect();
        while words.len() < 60_000 {
            let syllables = 1 + usize::from(words.len() > 300) + usize::from(words.len() > 4_000);
            let stem: String = (0..syllables)
                .flat_map(|_| [ONSETS[random.below(18)], RIMES[random.below(16)]])
                .collect();
            for _ in 0..4 {
                let word = format!("{stem}{}", ENDINGS[random.below(8)]);
                if known.insert(word.clone()) {
                    words.push(word);
                }
            }
        }
        let mut sum = 0.0;
        let cumulated = (0..words.len()).map(|rank| {
            // Beyond the first few thousand words frequencies fall faster.
            let rank = rank as f64 + 2.7;
            sum += (1.0 / rank).min(3_000.0 / (rank * rank));
            sum
        });
        Vocabulary { cumulated: cumulated.collect(), words }
    }

    fn word(&self, random: &mut Random) -> &str {
        let total = self.cumulated.last().copied().unwrap_or(1.0);
        let wanted = random.unit() * total;
        let rank = self.cumulated.partition_point(|sum| *sum < wanted);
        &self.words[rank.min(self.words.len() - 1)]
    }

    /// A word of a rank between two.
    fn ranked(&self, from: usize, to: usize, random: &mut Random) -> &str {
        &self.words[from + random.below(to - from)]
    }
}

/// One work: its chapters' texts.
struct Work {
    title: String,
    chapters: Vec<String>,
}

fn chapter(vocabulary: &Vocabulary, random: &mut Random) -> String {
    let mut text = String::with_capacity(16_000);
    let words = 2_000 + random.below(1_000);
    let mut written = 0;
    while written < words {
        let speech = random.below(3) == 0;
        text.push_str(if speech { "“" } else { "" });
        for sentence in 0..1 + random.below(5) {
            text.push_str(if sentence > 0 { " " } else { "" });
            let length = 4 + random.below(16);
            for place in 0..length {
                let word = vocabulary.word(random);
                if place == 0 {
                    text.push_str(&word[..1].to_ascii_uppercase());
                    text.push_str(&word[1..]);
                } else {
                    text.push_str([" ", " ", " ", " ", " ", " ", " ", ", "][random.below(8)]);
                    text.push_str(word);
                    text.push_str(if random.below(90) == 0 { "’s" } else { "" });
                }
            }
            text.push_str([".", ".", ".", "!", "?", " …"][random.below(6)]);
            written += length;
        }
        text.push_str(if speech { "”\n" } else { "\n" });
    }
    text
}

fn archive(bytes: usize, vocabulary: &Vocabulary, random: &mut Random) -> Vec<Work> {
    let mut works = Vec::new();
    let mut size = 0;
    while size < bytes {
        let chapters = if random.below(5) == 0 { 2 + random.below(5) } else { 1 };
        let chapters: Vec<String> = (0..chapters).map(|_| chapter(vocabulary, random)).collect();
        size += chapters.iter().map(String::len).sum::<usize>();
        let title = (0..3).map(|_| vocabulary.word(random)).collect::<Vec<_>>().join(" ");
        works.push(Work { title, chapters });
    }
    works
}

fn ours(works: &[Work], folder: &std::path::Path) -> Outcome<(TextIndex, Cost)> {
    let index = TextIndex::open(folder)?;
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let mut writer = index.writer(MEMORY, THREADS)?;
    for (work, id) in works.iter().zip(1i64..) {
        let chapters = work.chapters.iter().zip(1u32..).map(|(body, position)| ChapterText {
            position,
            body,
            ..ChapterText::default()
        });
        writer.put(&WorkText {
            work: id,
            language: "en",
            title: &work.title,
            tags: vec!["Slow Burn", "Found Family", "Alternate Universe"],
            chapters: chapters.collect(),
            ..WorkText::default()
        })?;
    }
    writer.commit(works.len() as i64)?;
    Ok((index, Cost::since(begin, cpu)))
}

/// The stemming filter of tantivy's `en_stem`, which it leaves out without a feature of its own.
#[derive(Clone)]
struct EnglishStems;

#[derive(Clone)]
struct Stemming<T>(T);

struct StemStream<T> {
    tail: T,
    stemmer: Stemmer,
}

impl TokenFilter for EnglishStems {
    type Tokenizer<T: Tokenizer> = Stemming<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> Stemming<T> {
        Stemming(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for Stemming<T> {
    type TokenStream<'a> = StemStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        StemStream { tail: self.0.token_stream(text), stemmer: Stemmer::create(Algorithm::English) }
    }
}

impl<T: TokenStream> TokenStream for StemStream<T> {
    fn advance(&mut self) -> bool {
        if !self.tail.advance() {
            return false;
        }
        let token = self.tail.token_mut();
        let stem = self.stemmer.stem(&token.text).into_owned();
        token.text.clear();
        token.text.push_str(&stem);
        true
    }

    fn token(&self) -> &Token {
        self.tail.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.tail.token_mut()
    }
}

/// Wall and CPU seconds (CPU in steps of 10 ms, from Linux; 0 elsewhere). On a machine that does
/// other work as well, only the latter can be compared.
#[derive(Clone, Copy)]
struct Cost {
    wall: f64,
    cpu: f64,
}

impl Cost {
    fn since(begin: Instant, cpu: f64) -> Cost {
        Cost { wall: begin.elapsed().as_secs_f64(), cpu: cpu_seconds() - cpu }
    }

    fn best(self, other: Cost) -> Cost {
        Cost { wall: self.wall.min(other.wall), cpu: self.cpu.min(other.cpu) }
    }
}

/// CPU time of this process and all its threads.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

fn tantivys(works: &[Work], folder: &std::path::Path) -> Outcome<Cost> {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("en_stem")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let body = schema.add_text_field("body", TextOptions::default().set_indexing_options(indexing));
    let id = schema.add_i64_field("id", FAST);
    let index = Index::create_in_dir(folder, schema.build())?;
    let english = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(40))
        .filter(LowerCaser)
        .filter(EnglishStems)
        .build();
    index.tokenizers().register("en_stem", english);
    let (begin, cpu) = (Instant::now(), cpu_seconds());
    let mut writer = index.writer_with_num_threads(THREADS, MEMORY)?;
    for (work, number) in works.iter().zip(1i64..) {
        for chapter in &work.chapters {
            let mut document = TantivyDocument::new();
            document.add_i64(id, number);
            document.add_text(body, chapter);
            writer.add_document(document)?;
        }
    }
    writer.commit()?;
    Ok(Cost::since(begin, cpu))
}

/// 200 queries of seven kinds.
fn queries(works: &[Work], vocabulary: &Vocabulary) -> Vec<(&'static str, String)> {
    let mut random = Random(77);
    let random = &mut random;
    let mut all = Vec::new();
    for number in 0..200 {
        let usual = |random: &mut Random| vocabulary.ranked(100, 5_000, random).to_owned();
        all.push(match number % 8 {
            0 => ("one word", usual(random)),
            1 => ("common word", vocabulary.ranked(0, 100, random).to_owned()),
            2 => ("two words", format!("{} {}", usual(random), usual(random))),
            3 => {
                let common = vocabulary.ranked(0, 100, random);
                ("common and usual", format!("{common} {}", usual(random)))
            }
            4 => {
                let text = &works[random.below(works.len())].chapters[0];
                let line = text.lines().max_by_key(|line| line.len()).unwrap_or_default();
                let words: Vec<&str> = line.split(' ').skip(2).take(3).collect();
                ("phrase", format!("\"{}\"", words.join(" ").replace(['“', '”'], "")))
            }
            5 => {
                let without = vocabulary.ranked(100, 1_000, random);
                ("without", format!("{} -{without}", usual(random)))
            }
            6 => {
                let word = vocabulary.ranked(100, 40_000, random);
                ("prefix", format!("{}*", &word[..word.len().min(2 + number % 3)]))
            }
            _ => ("rare word", vocabulary.ranked(20_000, 40_000, random).to_owned()),
        });
    }
    all
}

/// Runs one query as a page would: search, then snippets of the first page.
fn page(index: &TextIndex, works: &[Work], text: &str) -> Outcome<[Duration; 2]> {
    let begin = Instant::now();
    let query = Query::parse(text)?;
    let found = index.search(&query, 0, PAGE)?;
    let searched = begin.elapsed();
    let marker = query.marker("en");
    for hit in &found.hits {
        let work = &works[hit.work as usize - 1];
        if let Some(body) = work.chapters.get((hit.chapter as usize).wrapping_sub(1)) {
            std::hint::black_box(snippet(&marker, body.split('\n')));
        }
    }
    Ok([searched, begin.elapsed()])
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn report(json: bool, name: &str, figures: &[(&str, f64)]) {
    if json {
        let figures: Vec<String> =
            figures.iter().map(|(key, value)| format!("\"{key}\":{value:.3}")).collect();
        println!("{{\"bench\":\"{name}\",{}}}", figures.join(","));
    } else {
        let figures: Vec<String> =
            figures.iter().map(|(key, value)| format!("{key} {value:.3}")).collect();
        println!("{name:<18} {}", figures.join("   "));
    }
}

fn time_queries(
    json: bool,
    index: &TextIndex,
    works: &[Work],
    vocabulary: &Vocabulary,
) -> Outcome<()> {
    let queries = queries(works, vocabulary);
    let mut times: Vec<(&str, [Duration; 2])> = Vec::new();
    for round in 0..6 {
        for (kind, text) in &queries {
            let time = page(index, works, text).map_err(|error| format!("{text}: {error}"))?;
            if round > 0 {
                times.push((kind, time));
            }
        }
    }
    let mut kinds: Vec<&str> = queries.iter().map(|(kind, _)| *kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in std::iter::once("all queries").chain(kinds) {
        let of_kind = times.iter().filter(|(other, _)| kind == "all queries" || *other == kind);
        let of_kind: Vec<[Duration; 2]> = of_kind.map(|(_, time)| *time).collect();
        let sorted = |which: usize| {
            let mut all: Vec<Duration> = of_kind.iter().map(|time| time[which]).collect();
            all.sort_unstable();
            all
        };
        let (search, page) = (sorted(0), sorted(1));
        let figures = [
            ("search_p50_ms", percentile(&search, 50)),
            ("search_p99_ms", percentile(&search, 99)),
            ("page_p50_ms", percentile(&page, 50)),
            ("page_p99_ms", percentile(&page, 99)),
        ];
        report(json, kind, &figures);
    }
    Ok(())
}

fn time_marker(json: bool, works: &[Work]) -> Outcome<()> {
    let marker = Query::parse("zyzzyva \"quixotic zebra\" zoolo*")?.marker("en");
    let begin = Instant::now();
    let mut bytes = 0;
    for body in works.iter().flat_map(|work| &work.chapters) {
        bytes += body.len();
        assert!(snippet(&marker, body.split('\n')).is_none());
    }
    report(json, "marker", &[("mb_per_s", bytes as f64 / 1e6 / begin.elapsed().as_secs_f64())]);
    Ok(())
}

fn size(folder: &std::path::Path) -> Outcome<f64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes as f64 / 1e6)
}

/// What plain tantivy needs for the texts of a file, which are parted by NUL bytes: the peer of an
/// import of the same texts.
fn tantivy_alone(json: bool, file: &std::path::Path) -> Outcome<()> {
    let text = std::fs::read_to_string(file)?;
    let work = |chapter: &str| Work { title: String::new(), chapters: vec![chapter.to_owned()] };
    let works: Vec<Work> = text.split('\0').filter(|text| !text.is_empty()).map(work).collect();
    let folder = tempfile::tempdir()?;
    let cost = tantivys(&works, folder.path())?;
    let figures = [
        ("text_mb", text.len() as f64 / 1e6),
        ("seconds", cost.wall),
        ("cpu_seconds", cost.cpu),
        ("mb_per_s", text.len() as f64 / 1e6 / cost.wall),
    ];
    report(json, "tantivy alone", &figures);
    Ok(())
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    if let Some(at) = arguments.iter().position(|argument| argument == "--texts") {
        let file = arguments.get(at + 1).ok_or("--texts takes a file")?;
        return tantivy_alone(json, std::path::Path::new(file));
    }
    let mb = arguments.iter().position(|argument| argument == "--mb");
    let mb: usize = mb.and_then(|at| arguments.get(at + 1)).map_or(Ok(100), |mb| mb.parse())?;

    let mut random = Random(42);
    let vocabulary = Vocabulary::new(&mut random);
    let works = archive(mb * 1_000_000, &vocabulary, &mut random);
    let megabytes =
        works.iter().flat_map(|work| &work.chapters).map(String::len).sum::<usize>() as f64 / 1e6;
    report(json, "archive", &[("mb", megabytes), ("works", works.len() as f64)]);

    let none = Cost { wall: f64::MAX, cpu: f64::MAX };
    let (mut best_ours, mut best_tantivy) = (none, none);
    let mut kept = None;
    let mut sizes = (0.0, 0.0);
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir()?;
        best_tantivy = best_tantivy.best(tantivys(&works, folder.path())?);
        sizes.1 = size(folder.path())?;
        let folder = tempfile::tempdir()?;
        let (index, time) = ours(&works, folder.path())?;
        best_ours = best_ours.best(time);
        sizes.0 = size(folder.path())?;
        kept = Some((folder, index));
    }
    let figures = [
        ("ours_mb_per_s", megabytes / best_ours.wall),
        ("tantivy_mb_per_s", megabytes / best_tantivy.wall),
        ("ratio", best_tantivy.wall / best_ours.wall),
        ("ours_cpu_s", best_ours.cpu),
        ("tantivy_cpu_s", best_tantivy.cpu),
        ("cpu_ratio", best_tantivy.cpu / best_ours.cpu),
        ("ours_index_mb", sizes.0),
        ("tantivy_index_mb", sizes.1),
    ];
    report(json, "indexing", &figures);
    if let Some((_folder, index)) = &kept {
        time_queries(json, index, &works, &vocabulary)?;
    }
    time_marker(json, &works)
}
