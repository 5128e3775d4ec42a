//! How often the proofreader is wrong, what it finds, and how fast it is, over a folder of texts.
//!
//! `cargo run --release -p fanfold-proof --example proof_bench -- FOLDER [--show RULE]`. The folder
//! holds clean prose in any format that Fanfold reads; every mark in it counts as a false alarm.
//! Then faults are put into the same texts by chance (always the same ones) and counted when they
//! are marked. Owns no texts: figures depend on those that it is given.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fanfold_doc::document::Document;
use fanfold_doc::limits::Limits;
use fanfold_doc::read::{Input, read};
use fanfold_proof::{Manner, Mark, Paragraph, Rule, Silenced, proof, proof_paragraph};

mod inject;

/// A work of the folder.
struct Work {
    name: String,
    texts: Vec<Document>,
    manner: Manner,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("name a folder of texts")?;
    let show = match arguments.next().as_deref() {
        Some("--show") => arguments.next(),
        _ => None,
    };
    let works = works(Path::new(&folder))?;
    alarms(&works, show.as_deref());
    inject::found(&works);
    speed(&works);
    Ok(())
}

fn works(folder: &Path) -> Result<Vec<Work>, Box<dyn Error>> {
    let entries = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    paths.sort();
    let mut works = Vec::new();
    for path in paths {
        let bytes = std::fs::read(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let imported = read(&Input { bytes: &bytes, name: &name }, &Limits::default())?;
        let language = imported.meta.language.clone();
        let texts: Vec<Document> =
            imported.chapters.into_iter().map(|chapter| chapter.body).collect();
        let manner = Manner::of(&texts, language.as_ref());
        works.push(Work { name, texts, manner });
    }
    Ok(works)
}

/// Counts every mark as a false alarm.
fn alarms(works: &[Work], show: Option<&str>) {
    let words: u64 = works.iter().flat_map(|work| &work.texts).map(Document::words).sum();
    let mut counts = [0_usize; Rule::ALL.len()];
    for work in works {
        for text in &work.texts {
            let paragraphs = work.manner.paragraphs(text);
            for mark in proof(text, &work.manner, &Silenced::NONE) {
                counts[mark.rule as usize] += 1;
                let shown = show.is_some_and(|key| key == mark.rule.key() || key == "all");
                if shown {
                    let text = &paragraphs[mark.place.paragraph].text;
                    println!("{} {}: {}", mark.rule.key(), work.name, context(text, &mark));
                }
            }
        }
    }
    println!("{} works, {words} words; dialogue {}", works.len(), manners(works));
    println!("{:<26} {:>7} {:>12}", "rule", "marks", "per 10,000");
    for rule in Rule::ALL {
        let count = counts[rule as usize];
        let rate = count as f64 * 10_000.0 / words as f64;
        println!("{:<26} {count:>7} {rate:>12.2}", rule.key());
    }
}

fn manners(works: &[Work]) -> String {
    let double =
        works.iter().filter(|work| work.manner.dialogue() == fanfold_proof::Dialogue::Double);
    format!("in double quotes in {}", double.count())
}

/// A mark with the words around it.
fn context(text: &str, mark: &Mark) -> String {
    let floor = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let from = floor(mark.place.bytes.start.saturating_sub(60));
    let to = floor((mark.place.bytes.end + 40).min(text.len()));
    let at = &mark.place.bytes;
    let (before, after) = (&text[from..at.start], &text[at.end..to]);
    format!("…{before}[{}→{:?}]{after}…", mark.words, mark.replacements).replace('\n', "⏎")
}

/// Megabytes a second with everything that a command does after reading, and one paragraph alone.
fn speed(works: &[Work]) {
    let bytes: usize =
        works.iter().flat_map(|work| &work.texts).map(|text| text.text().len()).sum();
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        let mut marks = 0;
        for work in works {
            let manner = Manner::of(&work.texts, None);
            for text in &work.texts {
                marks += proof(text, &manner, &Silenced::NONE).len();
            }
        }
        assert!(marks < usize::MAX);
        best = best.min(start.elapsed());
    }
    let rate = bytes as f64 / 1e6 / best.as_secs_f64();
    println!("{:.1} MB in {best:?}: {rate:.1} MB/s, names and manner included", bytes as f64 / 1e6);
    let all = works.iter().flat_map(|work| {
        let paragraphs = work.texts.iter().flat_map(|text| work.manner.paragraphs(text));
        paragraphs.map(|paragraph| (paragraph, &work.manner))
    });
    let Some((longest, manner)) = all.max_by_key(|(paragraph, _)| paragraph.text.len()) else {
        return;
    };
    let huge =
        Paragraph::plain(&format!("{} ", longest.text).repeat(1_000_000 / longest.text.len()));
    for (name, paragraph) in [("the longest paragraph", &longest), ("one of 1 MB", &huge)] {
        let times = (0..20).map(|_| {
            let start = Instant::now();
            let marks = proof_paragraph(paragraph, None, manner, &Silenced::NONE);
            (start.elapsed(), marks.len())
        });
        let (time, _) = times.min().unwrap_or_default();
        println!("{name}, {} bytes: {time:?}", paragraph.text.len());
    }
}
