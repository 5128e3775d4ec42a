//! Everything that a command or a page needs, built once.
//!
//! Owns the opening of store, files and index in the data folder, and the clock: nothing else asks
//! for the time.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use fanfold_index::filter::FilterIndex;
use fanfold_index::{IndexError, TextIndex};

use crate::archive::account::{AccountRow, LINK_LASTS, Registration};
use crate::archive::mail::{Address, Change, Letter};
use crate::archive::person::{AccountId, SECRET_BYTES, Secret};
use crate::archive::work::Millis;
use crate::config::Config;
use crate::files::Files;
use crate::mail::{Outbox, Task};
use crate::store::{self, Place, Read, Store};
use crate::transfer::progress::Progress;

/// The archive, open.
#[derive(Debug)]
pub struct App {
    /// Settings.
    pub config: Config,
    /// The database.
    pub store: Store,
    /// Originals and images.
    pub files: Files,
    /// The full-text index.
    pub index: TextIndex,
    /// Which works have which tags and numbers.
    pub filters: FilterIndex,
    /// Letters that wait to be sent; nothing is put in where no mail server is set.
    pub outbox: Outbox,
    /// How far a running import is.
    pub progress: Progress,
    /// Set when the program is to end.
    stopping: AtomicBool,
}

impl App {
    /// Opens the archive, making what is missing.
    ///
    /// # Errors
    /// Where the data folder, the database or the index cannot be used.
    pub fn open(config: Config) -> Result<App> {
        let data = config.data.clone();
        std::fs::create_dir_all(&data).with_context(|| {
            format!("the data folder {} cannot be made; choose another with --data", data.display())
        })?;
        let files = Files::open(&data)?;
        let place = match &config.database {
            Some(url) => Place::Postgres(url.clone()),
            None => Place::Sqlite(data.join("fanfold.db")),
        };
        let store = Store::open(&place).context("the database cannot be opened")?;
        let index = open_index(&data.join("index"))?;
        let (filters, fault) = FilterIndex::open(&data.join("filters"))
            .context("the filter index cannot be opened; its folder may be deleted")?;
        if let Some(fault) = fault {
            tracing::warn!("{fault}");
        }
        let (progress, stopping) = (Progress::default(), AtomicBool::new(false));
        let outbox = Outbox::default();
        Ok(App { config, store, files, index, filters, outbox, progress, stopping })
    }

    /// The time.
    #[expect(clippy::disallowed_methods, reason = "the one clock")]
    pub fn now(&self) -> Millis {
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// A new secret.
    ///
    /// # Errors
    /// Where this machine gives no random numbers.
    pub fn secret(&self) -> Result<Secret> {
        Ok(Secret::of(self.random::<SECRET_BYTES>()?))
    }

    /// The path of a link that signs one browser in as the owner of the archive, once, within a
    /// day.
    ///
    /// # Errors
    /// As for [`App::secret`], and those of the database.
    pub fn owner_link(&self) -> Result<String> {
        let (secret, now) = (self.secret()?, self.now());
        self.store.write(|tx| {
            let owner = tx.owner(now)?;
            tx.insert_link(
                &secret.hash(),
                owner,
                false,
                now,
                Millis(now.0.saturating_add(LINK_LASTS)),
            )
        })?;
        Ok(format!("/sign-in/{}", secret.text()))
    }

    /// The path of a link with which an account's holder chooses a new password, once, within a
    /// day.
    ///
    /// # Errors
    /// As for [`App::owner_link`].
    pub fn reset_link(&self, account: AccountId) -> Result<String> {
        let (secret, now) = (self.secret()?, self.now());
        self.store.write(|tx| {
            let until = Millis(now.0.saturating_add(LINK_LASTS));
            tx.insert_link(&secret.hash(), account, true, now, until)
        })?;
        Ok(format!("/sign-in/{}", secret.text()))
    }

    /// Who may make an account: what a setting says, else what the owner chose on the site.
    ///
    /// # Errors
    /// Those of the database.
    pub fn registration(&self, tx: &Read<'_>) -> Result<Registration, store::Error> {
        if let Some(set) = self.config.registration.as_deref() {
            return Ok(Registration::parse(set).unwrap_or_default());
        }
        let chosen = tx.choice("registration")?;
        Ok(chosen.and_then(|word| Registration::parse(&word)).unwrap_or_default())
    }

    /// Whether mail can be sent from here.
    pub fn has_mail(&self) -> bool {
        self.config.mail.is_some()
    }

    /// Sends something by mail soon, in the background; call it after the commit that it tells of.
    /// Where there is no mail server, or too much waits for it, nothing is sent.
    pub fn post(&self, task: Task) {
        if self.has_mail() && !self.outbox.put(task) {
            tracing::error!("a letter was dropped: too many wait for the mail server");
        }
    }

    /// Tells the holder of an account, at the address that was confirmed, what was changed of it.
    pub fn tell(&self, row: &AccountRow, change: Change) {
        let address = row.address.as_deref().and_then(|text| Address::parse(text).ok());
        if let Some(address) = address {
            let name = row.name.clone();
            self.post(Task::Send(address, Letter::Changed { name, change }));
        }
    }

    /// Random bytes.
    ///
    /// # Errors
    /// Where this machine gives no random numbers.
    pub fn random<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).context("this machine gives no random numbers")?;
        Ok(bytes)
    }

    /// Asks everything that runs in the background to end.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the program is to end.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

/// How long another Fanfold may take to make the index of the same folder.
const INDEX_WAIT: Duration = Duration::from_secs(5);

fn open_index(folder: &Path) -> Result<TextIndex> {
    let begin = Instant::now();
    loop {
        match TextIndex::open(folder) {
            // Somebody else is making it this moment.
            Err(IndexError::Busy) if begin.elapsed() < INDEX_WAIT => sleep(INDEX_WAIT / 100),
            opened => {
                return opened.with_context(|| {
                    let folder = folder.display();
                    format!(
                        "the index {folder} cannot be opened; it may be deleted, Fanfold makes it \
                         anew"
                    )
                });
            }
        }
    }
}
