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
use crate::mail::{Sender, Task, Trouble, Waiting};

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
            if let Task::Forgot(who) = &waiting.task {
                if let Err(error) = remind(&app, who, &mut reminded) {
                    tracing::error!("a link for a new password was not made: {error:#}");
                }
                continue;
            }
            let sent = in_time(&app, &sender, &waiting, &under_way);
            settle(&app, waiting, sent);
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
            Sender::new(mail, &app.config.origin())?.send(to, letter)?;
        }
    }
    Ok(())
}

/// Sends one letter on a thread of its own, and stops waiting for it when it takes too long.
fn in_time(
    app: &App,
    sender: &Arc<Sender>,
    waiting: &Waiting,
    under_way: &Arc<AtomicUsize>,
) -> Result<(), Trouble> {
    let Task::Send(to, letter) = waiting.task.clone() else { return Ok(()) };
    if under_way.load(Ordering::Acquire) >= STUCK_MOST {
        return Err(Trouble::slow());
    }
    let (done, told) = channel();
    let (sender, counter) = (Arc::clone(sender), Arc::clone(under_way));
    under_way.fetch_add(1, Ordering::AcqRel);
    let work = move || {
        let sent = sender.send(&to, &letter);
        counter.fetch_sub(1, Ordering::AcqRel);
        // Whoever waited may have gone.
        let _ = done.send(sent);
    };
    if Builder::new().name("letter".to_owned()).spawn(work).is_err() {
        under_way.fetch_sub(1, Ordering::AcqRel);
        return Err(Trouble::slow());
    }
    let begin = Instant::now();
    loop {
        match told.recv_timeout(NAP) {
            Ok(sent) => return sent,
            Err(RecvTimeoutError::Disconnected) => return Err(Trouble::slow()),
            Err(RecvTimeoutError::Timeout) => {
                if app.is_stopping() || begin.elapsed() > LETTER_TIME {
                    return Err(Trouble::slow());
                }
            }
        }
    }
}

/// Puts back what failed, as long as that makes sense. Whom it was for is nobody's business in a
/// log.
fn settle(app: &App, waiting: Waiting, sent: Result<(), Trouble>) {
    let Err(trouble) = sent else { return };
    let said = match &waiting.task {
        Task::Send(to, _) => without(&trouble.words, to.text()),
        Task::Forgot(_) => trouble.words.clone(),
    };
    let again = trouble.passing && app.outbox.again(waiting);
    let then = if again { "it is tried again later" } else { "it is given up" };
    tracing::error!("a letter was not sent, {then}: {said}");
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
    fn the_log_does_not_say_whom_a_letter_was_for() {
        let said = without("550 <Ann@Host.example>: no ann@host.example here", "ann@host.example");
        assert_eq!(said, "550 <…>: no … here");
        assert_eq!(without("ünknown", "ann@host.example"), "ünknown");
    }
}
