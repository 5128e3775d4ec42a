//! What writing costs: the room that ten thousand revisions take, how long two of them take to be
//! compared, and how long a save takes while a hundred people write.
//!
//! ```text
//! cargo bench --bench writing -- revisions | editors
//! ```

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fanfold::archive::compare;
use fanfold::archive::person::AccountId;
use fanfold::archive::work::{ChapterId, Facts, Millis, NewChapter, NewWork, RevisionId, WorkId};
use fanfold::store::{self, Pen, Place, Saved, Store, Text};
use fanfold_doc::document::Document;

type Failure = Box<dyn std::error::Error>;

/// Words of the work.
const WORDS: usize = 100_000;
/// Words of a paragraph.
const PARAGRAPH: usize = 50;
/// Revisions that are made of it.
const REVISIONS: usize = 10_000;
/// Saves in one transaction: what is measured is room, not waiting for the disk.
const BATCH: usize = 50;
/// People who write at once, for so long, each pausing so long between two saves.
const EDITORS: usize = 100;
const WRITE_FOR: Duration = Duration::from_secs(20);
const PAUSE_MILLIS: u64 = 2_000;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["revisions"] => {
            revisions(1)?;
            revisions(40)
        }
        ["editors"] => editors(),
        _ => {
            println!("writing: revisions | editors (see scripts/bench)");
            Ok(())
        }
    }
}

/// Numbers that look like chance and are always the same.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    fn word(&mut self) -> String {
        // As in a language: few words often, many seldom.
        let rank = self.below(90) * self.below(90) * self.below(2) + self.below(400);
        let syllables = ["ra", "len", "to", "mi", "sha", "we", "or", "ken", "du", "fi", "est"];
        let mut word = String::new();
        let mut left = rank + 1;
        while left > 0 {
            word.push_str(syllables.get(left % syllables.len()).copied().unwrap_or_default());
            left /= syllables.len();
        }
        word
    }

    fn paragraph(&mut self) -> String {
        let words: Vec<String> = (0..PARAGRAPH).map(|_| self.word()).collect();
        format!("{}.", words.join(" "))
    }
}

fn chapter(paragraphs: &[String]) -> NewChapter {
    let document = Document::plain(&paragraphs.join("\n"));
    NewChapter { words: document.words(), body: document.to_html(), ..NewChapter::default() }
}

/// Somebody writes: a few words changed, a sentence more, now and then a paragraph.
fn edit(text: &mut Vec<String>, chance: &mut Chance) {
    let at = chance.below(text.len());
    match chance.below(10) {
        0 => text.insert(at, chance.paragraph()),
        1 if text.len() > 2 => drop(text.remove(at)),
        2..5 => {
            let more: Vec<String> = (0..8 + chance.below(12)).map(|_| chance.word()).collect();
            if let Some(own) = text.get_mut(at) {
                own.push_str(&format!(" {}.", more.join(" ")));
            }
        }
        _ => {
            for at in [at, chance.below(text.len())] {
                let word = chance.word();
                let Some(own) = text.get_mut(at) else { continue };
                let old = own.split(' ').nth(7).unwrap_or_default().to_owned();
                *own = own.replacen(&old, &word, 1);
            }
        }
    }
}

fn begin(store: &Store, texts: &[Vec<String>]) -> Result<(WorkId, AccountId), store::Error> {
    let work = NewWork {
        facts: Facts { title: "A novel".to_owned(), ..Facts::default() },
        matter: Default::default(),
        chapters: texts.iter().map(|text| chapter(text)).collect(),
        proposals: Vec::new(),
        warnings: Vec::new(),
        media: Vec::new(),
        fingerprint: Default::default(),
    };
    store.write(|tx| {
        let owner = tx.owner(Millis(0))?;
        Ok((tx.begin_work(&work, owner, Millis(0), "bench")?, owner))
    })
}

fn revisions(chapters: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("fanfold.db");
    let store = Store::open(&Place::Sqlite(file.clone()))?;
    let mut chance = Chance(88_172_645_463_325_252);
    let each = WORDS / PARAGRAPH / chapters;
    let mut texts: Vec<Vec<String>> =
        (0..chapters).map(|_| (0..each).map(|_| chance.paragraph()).collect()).collect();
    let (work, owner) = begin(&store, &texts)?;
    let begun = Instant::now();
    let mut ids: Vec<RevisionId> = Vec::new();
    for batch in 0..REVISIONS / BATCH {
        let made = store.write(|tx| -> Result<Vec<RevisionId>, store::Error> {
            let mut made = Vec::with_capacity(BATCH);
            for number in 0..BATCH {
                let at = chance.below(chapters);
                let Some(text) = texts.get_mut(at) else { continue };
                edit(text, &mut chance);
                let new = chapter(text);
                let at_time = Millis((batch * BATCH + number) as i64 * 60_000);
                let pen = Pen { who: Some(owner), at: at_time, sitting: None };
                let part = Text::Chapter(ChapterId(at as i64 + 1), &new);
                if let Saved::Kept { head, .. } = tx.save(work, part, None, &pen, "bench")? {
                    made.push(head.revision);
                }
            }
            Ok(made)
        })?;
        ids.extend(made);
    }
    let took = begun.elapsed();
    // Whoever closes it last moves all of it into the one file.
    drop(store);
    let bytes = std::fs::metadata(&file)?.len();
    println!(
        "{chapters} chapters: {} revisions of {WORDS} words take {:.1} MB; {:.1} ms a save",
        ids.len(),
        bytes as f64 / 1e6,
        took.as_secs_f64() * 1e3 / ids.len() as f64
    );
    let store = Store::open(&Place::Sqlite(file))?;
    let mut times: Vec<Duration> = Vec::new();
    let mut changes = 0;
    for round in 0..60 {
        // Any two, and in every third round the first and the last.
        let pick = |chance: &mut Chance| ids.get(chance.below(ids.len())).copied();
        let (from, to) = match round % 3 {
            0 => (ids.first().copied(), ids.last().copied()),
            _ => (pick(&mut chance), pick(&mut chance)),
        };
        let (Some(from), Some(to)) = (from, to) else { continue };
        let begun = Instant::now();
        changes += compared(&store, from, to)?;
        times.push(begun.elapsed());
    }
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    println!(
        "  any two compared: p50 {:.0} ms, p95 {:.0} ms, slowest {:.0} ms; {changes} changes",
        at(50).as_secs_f64() * 1e3,
        at(95).as_secs_f64() * 1e3,
        times.last().copied().unwrap_or_default().as_secs_f64() * 1e3
    );
    let begun = Instant::now();
    let wrong = store.read(|tx| tx.verify())?;
    println!("  checked whole in {:.1} s: {} faults", begun.elapsed().as_secs_f64(), wrong.len());
    Ok(())
}

/// Reads both revisions and compares their chapters; how many lines changed.
fn compared(store: &Store, from: RevisionId, to: RevisionId) -> Result<usize, Failure> {
    store.read(|tx| {
        let absent = || store::Error::Conflict("a revision is gone".to_owned());
        let (old, new) = (tx.draft(from)?.ok_or_else(absent)?, tx.draft(to)?.ok_or_else(absent)?);
        let mut changes = 0;
        for own in &new.chapters {
            let Some(before) = old.chapter(own.id).filter(|before| before.mark != own.mark) else {
                continue;
            };
            let (before, own) = (tx.drafted(before)?, tx.drafted(own)?);
            let before = Document::from_printed(before.body.as_str())?;
            let own = Document::from_printed(own.body.as_str())?;
            let lines = compare::difference(&compare::pieces(&before), &compare::pieces(&own));
            changes += lines.iter().filter(|line| !line.is_same()).count();
        }
        Ok(changes)
    })
}

/// A running Fanfold, ended with this value.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn editors() -> Result<(), Failure> {
    let (folder, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let mut program = Program(
        Command::new(env!("CARGO_BIN_EXE_fanfold"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .args([data.path(), folder.path()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?,
    );
    let out = program.0.stdout.take().ok_or("it says nothing")?;
    let mut addresses = BufReader::new(out)
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.find("http://").map(|at| line.get(at..).unwrap_or("").to_owned()));
    let origin = addresses.next().ok_or("no address")?;
    let origin = origin.trim_end_matches('/').to_owned();
    let link = addresses.next().ok_or("no link")?;
    let agent = agent();
    let signed_in = post(&agent, &link, "", "")?;
    let cookie = signed_in.1.split(';').next().unwrap_or_default().to_owned();
    let mut chance = Chance(3);
    let mut works = Vec::new();
    for number in 0..EDITORS {
        let text: Vec<String> = (0..50).map(|_| chance.paragraph()).collect();
        let form = format!("title=Tale+{number}&text={}", text.join("%0A%0A").replace(' ', "+"));
        let begun = post(&agent, &format!("{origin}/write/new"), &form, &cookie)?;
        works.push((begun.2, text));
    }
    let mut times: Vec<Duration> = std::thread::scope(|scope| {
        let writers: Vec<_> = works
            .into_iter()
            .enumerate()
            .map(|(number, (work, text))| {
                let (origin, cookie) = (&origin, &cookie);
                scope.spawn(move || writes(origin, cookie, &work, text, number as u64))
            })
            .collect();
        let all = writers.into_iter().filter_map(|writer| writer.join().ok().flatten());
        all.flatten().collect()
    });
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    println!(
        "{EDITORS} people, {} saves of 2,500 words: p50 {:.1} ms, p99 {:.1} ms, slowest {:.1} ms",
        times.len(),
        at(50).as_secs_f64() * 1e3,
        at(99).as_secs_f64() * 1e3,
        times.last().copied().unwrap_or_default().as_secs_f64() * 1e3
    );
    Ok(())
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    config.max_redirects_will_error(false).build().into()
}

/// Sends something; the body, the cookie and the place that the answer gives.
fn post(
    agent: &ureq::Agent,
    address: &str,
    body: &str,
    cookie: &str,
) -> Result<(String, String, String), Failure> {
    let request = agent.post(address).header("sec-fetch-site", "same-origin");
    let request = request.header("cookie", cookie).content_type("application/json");
    let mut answer = request.send(body)?;
    let header = |name: &str| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (set, place) = (header("set-cookie"), header("location"));
    Ok((answer.body_mut().read_to_string()?, set, place))
}

/// One person's saves; how long each took.
fn writes(
    origin: &str,
    cookie: &str,
    edit_page: &str,
    mut text: Vec<String>,
    number: u64,
) -> Option<Vec<Duration>> {
    let agent = agent();
    let address = format!("{origin}{edit_page}/chapters/1");
    let mut page = agent.get(&address).header("cookie", cookie).call().ok()?;
    let page = page.body_mut().read_to_string().ok()?;
    let mut head = page.split("data-head=\"").nth(1)?.split('"').next()?.to_owned();
    let mut chance = Chance(number * 7_919 + 17);
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < WRITE_FOR {
        let pause = PAUSE_MILLIS / 2 + chance.below(PAUSE_MILLIS as usize) as u64;
        std::thread::sleep(Duration::from_millis(pause));
        edit(&mut text, &mut chance);
        let html = Document::plain(&text.join("\n")).to_html().into_string();
        let sent = serde_json::json!({
            "head": head, "sitting": format!("s{number}"), "fields": {"text": {"html": html}},
        });
        let sent = sent.to_string();
        let save = Instant::now();
        let (body, ..) = post(&agent, &format!("{address}/save"), &sent, cookie).ok()?;
        times.push(save.elapsed());
        let told: serde_json::Value = serde_json::from_str(&body).ok()?;
        head = told.get("head")?.as_str()?.to_owned();
    }
    Some(times)
}
