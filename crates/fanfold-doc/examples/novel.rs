//! How long an e-book of a novel of 100,000 words takes to write, and how large it is.

use std::time::Instant;

use fanfold_doc::document::Document;
use fanfold_doc::imported::{Chapter, Date, Imported};
use fanfold_doc::write::epub;

/// Chapters of the novel; each has about 2,500 words.
const CHAPTERS: usize = 40;

fn chapter(number: usize) -> Chapter {
    const WORDS: [&str; 16] = [
        "harbour",
        "lantern",
        "winter",
        "remembered",
        "letter",
        "window",
        "beneath",
        "silver",
        "answer",
        "morning",
        "carefully",
        "captain",
        "thunder",
        "whispered",
        "promise",
        "stairs",
    ];
    let mut state = number as u64 + 1;
    let mut word = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        WORDS[(state >> 40) as usize % WORDS.len()]
    };
    let paragraph = |_| (0..50).map(|_| word()).collect::<Vec<_>>().join(" ") + ".";
    let text: Vec<String> = (0..50).map(paragraph).collect();
    let title = Some(format!("Part {number}"));
    Chapter { title, body: Document::plain(&text.join("\n")), ..Chapter::default() }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut work =
        Imported { chapters: (1..=CHAPTERS).map(chapter).collect(), ..Imported::default() };
    work.meta.title = Some("The Long Way to the Sea".to_owned());
    let words: u64 = work.chapters.iter().map(|chapter| chapter.body.words()).sum();
    let day = Date::new(2026, 1, 1).ok_or("a day")?;
    let mut times = Vec::new();
    let mut bytes = 0;
    for _ in 0..21 {
        let begin = Instant::now();
        bytes = std::hint::black_box(epub(&work, day)?).len();
        times.push(begin.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    let middle = times.get(10).copied().unwrap_or_default();
    println!("e-book of {words} words: {middle:.1} ms (median of 21), {bytes} bytes");
    Ok(())
}
