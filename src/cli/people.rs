//! `fanfold link` and `fanfold password`: what whoever has the machine can do for accounts.

use std::io::{BufRead, IsTerminal, stdin};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};

use super::say::{say, warn};
use crate::app::App;
use crate::archive::account::{AccountRow, check_password};
use crate::archive::mail::{Address, Change, Letter};
use crate::config::Config;
use crate::credential;
use crate::transfer::mailing;

/// Prints a link that signs the owner in, or lets somebody choose a new password.
pub(super) fn link(config: Config, name: Option<&str>) -> Result<ExitCode> {
    let origin = config.origin();
    let app = super::open_existing(config)?;
    match name {
        None => {
            say(format_args!("{origin}{}", app.owner_link()?));
            say("It works once, within a day, wherever this archive is served.");
        }
        Some(name) => {
            let row = account(&app, name)?;
            say(format_args!("{origin}{}", app.reset_link(row.id)?));
            say(format_args!("With it, {} chooses a new password, once, within a day.", row.name));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn account(app: &App, name: &str) -> Result<AccountRow> {
    let found = app.store.read(|tx| tx.account_named(name))?;
    found.with_context(|| format!("nobody here is called “{name}”; the page /people lists all"))
}

/// Gives an account a password: one line of the input.
pub(super) fn password(config: Config, name: Option<&str>) -> Result<ExitCode> {
    let app = super::open_existing(config)?;
    let row = match name {
        Some(name) => account(&app, name)?,
        None => {
            let now = app.now();
            let id = app.store.write(|tx| tx.owner(now))?;
            let row = app.store.read(|tx| tx.account(id))?;
            row.context("the archive has no owner; run `fanfold check`")?
        }
    };
    if stdin().is_terminal() {
        warn(format_args!(
            "A new password for {}, and Enter (it is seen while you type):",
            row.name
        ));
    }
    let mut typed = String::new();
    stdin().lock().read_line(&mut typed).context("the password cannot be read")?;
    let typed = typed.trim_end_matches(['\r', '\n']);
    if let Err(why) = check_password(typed, &row.name) {
        bail!("{why}");
    }
    let hash = credential::hash_password(typed, &app.random()?)?;
    app.store.write(|tx| tx.put_password(row.id, &hash, None))?;
    // It is so, whatever becomes of the letter.
    say(format_args!("{} signs in with it from now on; all browsers were signed out.", row.name));
    app.tell(&row, Change::Password);
    if let Err(trouble) = mailing::send_now(&app) {
        warn(format_args!("fanfold: nobody could be told by mail: {trouble}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends one letter now, and says how that went.
pub(super) fn mail_test(config: &Config, to: &str) -> Result<ExitCode> {
    let mail = config.mail.as_ref().context(
        "no mail server is set; let the setting smtp name one, like smtps://name@host:465",
    )?;
    let to = Address::parse(to).map_err(|why| anyhow!("{why}"))?;
    mailing::send(mail, &config.origin(), &to, &Letter::Test)?;
    say(format_args!("The mail server took a letter to {}. Look whether it arrives.", to.text()));
    Ok(ExitCode::SUCCESS)
}
