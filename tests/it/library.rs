//! A folder of stories and its archive, for tests: `Library::new().story("a.txt", "…").import()`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use fanfold::app::App;
use fanfold::archive::work::WorkId;
use fanfold::config::{Config, Given};
use fanfold::store::{self, Work};
use fanfold::transfer::catch_up::catch_up;
use fanfold::transfer::import::{Report, import};

pub struct Library {
    pub folder: tempfile::TempDir,
}

impl Library {
    pub fn new() -> Library {
        Library { folder: tempfile::tempdir().expect("a folder") }
    }

    pub fn stories(&self) -> PathBuf {
        self.folder.path().join("stories")
    }

    pub fn data(&self) -> PathBuf {
        self.stories().join(".fanfold")
    }

    /// Writes a file into the folder, in place of what was there.
    pub fn file(&self, name: &str, bytes: &[u8]) -> &Library {
        let path = self.stories().join(name);
        fs::create_dir_all(path.parent().expect("inside")).expect("made");
        fs::write(path, bytes).expect("written");
        self
    }

    pub fn story(&self, name: &str, text: &str) -> &Library {
        self.file(name, text.as_bytes())
    }

    pub fn open(&self) -> Arc<App> {
        open(&self.stories())
    }

    /// Imports the folder, index included.
    pub fn import(&self) -> Report {
        let app = self.open();
        let report = import(&app, &self.stories()).expect("imports");
        while catch_up(&app).expect("indexes") {}
        report
    }

    /// Every work, oldest first.
    pub fn works(&self) -> Vec<Work> {
        works(&self.open())
    }

    /// The program itself, on this library.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fanfold"));
        command.current_dir(self.folder.path()).args(arguments).arg("--data").arg(self.data());
        command.output().expect("runs")
    }
}

pub fn open(stories: &Path) -> Arc<App> {
    let given = Given { folder: Some(stories.to_owned()), ..Given::default() };
    let config = Config::resolve(given, |_| None).expect("settings");
    Arc::new(App::open(config).expect("opens"))
}

pub fn works(app: &App) -> Vec<Work> {
    app.store
        .read(|tx| {
            let mut ids = tx.work_ids()?;
            ids.sort();
            let work = |id: WorkId| Ok(tx.archive().work(id)?.expect("listed"));
            ids.into_iter().map(work).collect::<Result<Vec<Work>, store::Error>>()
        })
        .expect("reads")
}

/// A story long enough to be told from others; the same number gives the same words.
pub fn prose(number: usize, paragraphs: usize) -> String {
    const WORDS: [&str; 24] = [
        "harbour", "lantern", "winter", "sister", "letter", "window", "garden", "silver", "answer",
        "morning", "kitchen", "captain", "thunder", "whisper", "promise", "stairs", "candle",
        "river", "stranger", "music", "shadow", "bread", "island", "station",
    ];
    let word = |n: usize| {
        let mixed = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
        WORDS[(mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as usize % WORDS.len()]
    };
    let paragraph = |p: usize| {
        let words: Vec<&str> = (0..40).map(|w| word(number * 100_003 + p * 101 + w)).collect();
        format!("The {} waited. She took the {}.", words[..20].join(" "), words[20..].join(" "))
    };
    (0..paragraphs).map(paragraph).collect::<Vec<_>>().join("\n\n")
}
