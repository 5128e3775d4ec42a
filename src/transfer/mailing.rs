//! Sends what waits in the outbox, in the background, and tries again what failed.
//!
//! Here alone, behind the answer that was given to whoever asked, it is looked up who forgot a
//! password: neither words nor time of that answer depend on it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::app::App;
use crate::archive::account::{AccountRow, AccountState};
use crate::archive::mail::{Address, Letter};
use crate::archive::person::AccountId;
use crate::mail::{Mail, Sender, Task, Trouble};

/// How often it is seen whether the program ends.
const NAP: Duration = Duration::from_millis(50);
/// How long sending one letter may take in all. A server that answers a letter at a time could else
/// hold up everybody's mail.
const LETTER_TIME: Duration = Duration::from_secs(120);
/// Letters that took too long and are still under way; with so many, no other is begun.
const STUCK_MOST: usize = 3;
/// To one account a link for a new password is sent at most so often, however its name is typed.
const REMIND_AGAIN: Duration = Duration::from_secs(120);
/// To how many accounts with one address links are sent.
const ACCOUNTS_MOST: u64 = 5;

/// Sends what waits, in a thread of its own until the program ends; none where no mail server is
/// set.
///
/// # Errors
/// Where no thread can be started.
pub fn follow(app: &Arc<App>) -> std::io::Result<Option<JoinHandle<()>>> {
    let Some(mail) = &app.config.mail else { return Ok(None) };
    let sender = match Sender::new(mail, &app.config.origin()) {
        Ok(sender) => Arc::new(sender),
        Err(trouble) => {
            tracing::error!("no mail can be sent: {trouble}");
            return Ok(None);
        }
    };
    let (app, under_way) = (Arc::clone(app), Arc::new(AtomicUsize::new(0)));
    let work = move || {
        let mut reminded = HashMap::new();
        while !app.is_stopping() {
            let Some(waiting) = app.outbox.next(NAP) else { continue };
            match &waiting.task {
                Task::Forgot(who) => {
                    if let Err(error) = remind(&app, who, &mut reminded) {
                        tracing::error!("a link for a new password was not made: {error:#}");
                    }
                }
                Task::Send(to, letter) => {
                    let send = sending(&sender, to, letter);
                    let is_over = |begin: Instant| app.is_stopping() || is_too_long(begin);
                    let Err(trouble) = in_time(send, &under_way, is_over) else { continue };
                    // Whom it was for is nobody's business in a log.
                    let said = without(&trouble.words, to.text());
                    let again = trouble.passing && app.outbox.again(waiting);
                    let then = if again { "it is tried again later" } else { "it is given up" };
                    tracing::error!("a letter was not sent, {then}: {said}");
                }
            }
        }
        if !app.outbox.is_empty() {
            tracing::warn!("{} letters were not sent any more", app.outbox.len());
        }
    };
    Builder::new().name("mail".to_owned()).spawn(work).map(Some)
}

/// Sends what waits before a command ends, each letter once.
///
/// # Errors
/// The first trouble; what waited is dropped then.
pub fn send_now(app: &App) -> Result<(), Trouble> {
    let Some(mail) = &app.config.mail else { return Ok(()) };
    while let Some(waiting) = app.outbox.next(Duration::ZERO) {
        if let Task::Send(to, letter) = &waiting.task {
            send(mail, &app.config.origin(), to, letter)?;
        }
    }
    Ok(())
}

/// Sends one letter and waits until the mail server has it, for two minutes at most; `archive` is
/// the address under which people open the archive.
///
/// # Errors
/// Why the mail server has not taken it.
pub fn send(mail: &Mail, archive: &str, to: &Address, letter: &Letter) -> Result<(), Trouble> {
    let sender = Arc::new(Sender::new(mail, archive)?);
    in_time(sending(&sender, to, letter), &Arc::default(), is_too_long)
}

fn is_too_long(begin: Instant) -> bool {
    begin.elapsed() > LETTER_TIME
}

/// How a letter is sent, to be done on another thread.
fn sending(
    sender: &Arc<Sender>,
    to: &Address,
    letter: &Letter,
) -> impl FnOnce() -> Result<(), Trouble> + Send + 'static {
    let (sender, to, letter) = (Arc::clone(sender), to.clone(), letter.clone());
    move || sender.send(&to, &letter)
}

/// A letter that is under way, counted as long as this value is there: also if sending it panics.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    /// `None` where too many are under way.
    fn begin(all: &Arc<AtomicUsize>) -> Option<UnderWay> {
        let more = |all: usize| (all < STUCK_MOST).then_some(all + 1);
        all.fetch_update(Ordering::AcqRel, Ordering::Acquire, more).ok()?;
        Some(UnderWay(Arc::clone(all)))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Sends one letter on a thread of its own, and stops waiting for it when it is over: by what
/// `is_over` says of the moment at which it was begun.
fn in_time(
    send: impl FnOnce() -> Result<(), Trouble> + Send + 'static,
    under_way: &Arc<AtomicUsize>,
    is_over: impl Fn(Instant) -> bool,
) -> Result<(), Trouble> {
    let Some(counted) = UnderWay::begin(under_way) else { return Err(Trouble::slow()) };
    let (done, told) = channel();
    let work = move || {
        let sent = {
            // It counts no more when whoever waits is told.
            let _counted = counted;
            send()
        };
        // Whoever waited may have gone.
        let _ = done.send(sent);
    };
    if Builder::new().name("letter".to_owned()).spawn(work).is_err() {
        return Err(Trouble::slow());
    }
    let begin = Instant::now();
    loop {
        match told.recv_timeout(NAP) {
            Ok(sent) => return sent,
            Err(RecvTimeoutError::Disconnected) => return Err(Trouble::ours()),
            Err(RecvTimeoutError::Timeout) if is_over(begin) => return Err(Trouble::slow()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// What a mail server said, without the address that it may have said, too.
fn without(words: &str, address: &str) -> String {
    let (mut out, mut rest) = (String::new(), words);
    let small = address.to_ascii_lowercase();
    while let Some(at) = rest.to_ascii_lowercase().find(&small) {
        out.push_str(rest.get(..at).unwrap_or_default());
        out.push('…');
        rest = rest.get(at + small.len()..).unwrap_or_default();
    }
    out + rest
}

/// Sends links to whoever forgot a password, if it is anybody with an address.
fn remind(app: &App, who: &str, reminded: &mut HashMap<AccountId, Instant>) -> Result<()> {
    reminded.retain(|_, last| last.elapsed() < REMIND_AGAIN);
    let found = app.store.read(|tx| {
        let mut rows: Vec<AccountRow> = tx.account_named(who)?.into_iter().collect();
        if let Ok(address) = Address::parse(who) {
            rows.extend(tx.accounts_at(&address, ACCOUNTS_MOST)?);
        }
        rows.retain(|row| row.state == AccountState::Open);
        Ok::<_, crate::store::Error>(rows)
    })?;
    for row in found {
        let Some(Ok(address)) = row.address.as_deref().map(Address::parse) else { continue };
        if reminded.contains_key(&row.id) {
            continue;
        }
        reminded.insert(row.id, Instant::now());
        let link = app.reset_link(row.id).context("no link was made")?;
        let link = format!("{}{link}", app.config.origin());
        app.post(Task::Send(address, Letter::Reset { name: row.name, link }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_whose_sending_breaks_off_is_under_way_no_more() {
        let under_way = Arc::default();
        for _ in 0..=STUCK_MOST {
            let told = in_time(|| panic!("a fault"), &under_way, |_| false);
            assert_eq!(told, Err(Trouble::ours()));
            assert_eq!(under_way.load(Ordering::Acquire), 0);
        }
        assert_eq!(in_time(|| Ok(()), &under_way, |_| false), Ok(()));
    }

    #[test]
    fn letters_that_are_stuck_count_until_they_are_not() {
        let under_way = Arc::default();
        let mut ends = Vec::new();
        for _ in 0..STUCK_MOST {
            let (end, wait) = channel::<()>();
            let stuck = move || wait.recv().map_err(|_| Trouble::ours());
            assert_eq!(in_time(stuck, &under_way, |_| true), Err(Trouble::slow()));
            ends.push(end);
        }
        let begun = Arc::new(AtomicUsize::new(0));
        let once = || {
            let begun = Arc::clone(&begun);
            move || {
                begun.fetch_add(1, Ordering::AcqRel);
                Ok(())
            }
        };
        assert_eq!(in_time(once(), &under_way, |_| true), Err(Trouble::slow()));
        assert_eq!(begun.load(Ordering::Acquire), 0, "no more is begun");
        ends.clear();
        while under_way.load(Ordering::Acquire) > 0 {
            std::thread::yield_now();
        }
        assert_eq!(in_time(once(), &under_way, |_| false), Ok(()));
    }

    #[test]
    fn the_log_does_not_say_whom_a_letter_was_for() {
        let said = without("550 <Ann@Host.example>: no ann@host.example here", "ann@host.example");
        assert_eq!(said, "550 <…>: no … here");
        assert_eq!(without("ünknown", "ann@host.example"), "ünknown");
    }
}
