//! The command line: what was asked for, handed to what does it, and how it ended in words.

mod bar;
mod inspect;
mod people;
mod proof;
mod say;
mod search;
mod serve;
mod tag_proposals;
mod tag_table;
mod tags;

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};

use crate::app::App;
use crate::archive::limits::LIMITS;
use crate::archive::number::grouped;
use crate::config::{Config, Given, SETTINGS, variable};
use crate::transfer::import::Report;
use crate::transfer::{catch_up, check, export, filters};
use say::{say, warn};

/// Turns a folder of stories into an archive: read, searched and kept, on this machine alone.
#[derive(Debug, Parser)]
#[command(name = "fanfold", version, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Args)]
struct Shared {
    /// Folder for everything that Fanfold keeps; FOLDER/.fanfold if not given
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<String>,
    /// Settings file; fanfold.toml here if not given
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What is told on the terminal: error, warn, info, debug, trace or off
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
    /// A PostgreSQL database (postgres://…) instead of a file
    #[arg(long, global = true, value_name = "URL")]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Import a folder and serve its stories as pages
    Serve {
        /// The folder of stories
        folder: Option<PathBuf>,
        /// Address and port
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<String>,
        /// Do not follow changes in the folder
        #[arg(long)]
        no_watch: bool,
    },
    /// Import a folder and end
    Import {
        /// The folder of stories
        folder: PathBuf,
    },
    /// Show what an import would make of files, and why; nothing is stored
    Inspect {
        /// The files
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// One JSON object a line for each file
        #[arg(long)]
        json: bool,
    },
    /// Proofread a file by rules: what is marked, where and why; nothing is changed
    Proof(proof::Proof),
    /// Search texts and titles, and ask for works by their tags, numbers and dates
    Search(search::Search),
    /// Write all works into a folder
    Export {
        /// The folder
        folder: PathBuf,
        /// epub, html, markdown or text
        #[arg(long, default_value = "epub")]
        format: String,
    },
    /// Look at tags and put them in order: which are the same, which stand under which
    #[command(subcommand)]
    Tags(tags::Tags),
    /// Print a link that signs you in, once, as the owner of the archive; with a name, one with
    /// which that account's holder chooses a new password
    Link {
        /// Whose account
        name: Option<String>,
    },
    /// Give the owner of the archive, or another account, a password, read from the input
    Password {
        /// Whose account; the owner's if not given
        name: Option<String>,
    },
    /// Send a letter to an address, and say what went wrong if it cannot be sent
    MailTest {
        /// Where to
        address: String,
    },
    /// Verify database, originals and index, and mend what can be mended
    Check,
    /// Print every setting with its meaning and where its value came from
    Config,
}

/// Runs the program.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse_from(std::env::args_os().map(shelter));
    match act(arguments) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            warn(format_args!("fanfold: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Stands for the hyphen of `-word` while flags are told from words.
const NOT: char = '\u{1}';

/// Lets `fanfold search sea -storm` mean what it says: no flag of ours is a hyphen and a word, so
/// such arguments are kept from being taken for one.
fn shelter(argument: std::ffi::OsString) -> std::ffi::OsString {
    let word = argument.to_str().and_then(|text| text.strip_prefix('-'));
    match word {
        Some(word) if word.len() > 1 && !word.starts_with('-') => format!("{NOT}{word}").into(),
        _ => argument,
    }
}

/// Whoever read the output has read enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &std::io::Error| cause.kind() == std::io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref().is_some_and(kind))
}

fn act(arguments: Arguments) -> Result<ExitCode> {
    let mut flags = BTreeMap::new();
    let mut set = |name, value: &Option<String>| {
        if let Some(value) = value {
            flags.insert(name, value.clone());
        }
    };
    let Shared { data, config, log, database } = arguments.shared;
    set("data", &data);
    set("log", &log);
    set("database", &database);
    let folder = match &arguments.command {
        Command::Serve { folder, listen, no_watch } => {
            set("listen", listen);
            set("watch", &no_watch.then(|| "false".to_owned()));
            folder.clone()
        }
        Command::Import { folder } => Some(folder.clone()),
        _ => None,
    };
    let given = Given { folder, flags, file: config };
    let config = Config::resolve(given, |name| std::env::var(name).ok())?;
    let filter = tracing_subscriber::EnvFilter::new(&config.log);
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter);
    subscriber.with_writer(std::io::stderr).with_target(false).init();
    match arguments.command {
        Command::Serve { .. } => serve::serve(config),
        Command::Import { folder } => import(config, &folder),
        Command::Inspect { files, json } => inspect::inspect(&files, json, &config),
        Command::Proof(asked) => proof::run(&asked, &config),
        Command::Search(asked) => search::search(&open_existing(config)?, &asked.sheltered()),
        Command::Tags(tags) => tags::tags(&open_existing(config)?, tags),
        Command::Export { folder, format } => export_all(config, &folder, &format),
        Command::Link { name } => people::link(config, name.as_deref()),
        Command::Password { name } => people::password(config, name.as_deref()),
        Command::MailTest { address } => people::mail_test(&config, &address),
        Command::Check => check_all(config),
        Command::Config => print_config(&config),
    }
}

/// Opens an archive that is there already: a search must not make one by mistake.
fn open_existing(config: Config) -> Result<App> {
    if config.database.is_none() && !config.data.join("fanfold.db").exists() {
        bail!(
            "there is no archive in {}; name it with --data DIR, or make one with \
             `fanfold import FOLDER`",
            config.data.display()
        );
    }
    App::open(config)
}

fn import(config: Config, folder: &std::path::Path) -> Result<ExitCode> {
    let app = App::open(config)?;
    let (report, indexed) = std::thread::scope(|scope| {
        let import = scope.spawn(|| bar::import(&app, folder));
        let indexed = catch_up::until(&app, || import.is_finished());
        match import.join() {
            Ok(report) => (report, indexed),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    });
    let report = report?;
    indexed?;
    filters::make_base_if_behind(&app)?;
    say(summary(&app, &report)?);
    Ok(ExitCode::SUCCESS)
}

/// The one line that an import ends with.
fn summary(app: &App, report: &Report) -> Result<String> {
    let totals = app.store.read(|tx| tx.totals())?;
    let works = count(totals.works, "work", "works");
    let mut line = format!("{works}, {} words", grouped(totals.words));
    let Report { new, revised, problems, .. } = *report;
    if new > 0 || revised > 0 {
        line.push_str(&format!(" ({} new, {} revised)", grouped(new), grouped(revised)));
    }
    let looks = totals.attention + totals.problems;
    if looks > 0 {
        line.push_str(&format!(", {} a look", count(looks, "needs", "need")));
    }
    if problems > 0 {
        line.push_str(&format!("; {} could not be read", count(problems, "file", "files")));
    }
    Ok(line)
}

/// A number with its word.
fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

fn export_all(config: Config, folder: &std::path::Path, format: &str) -> Result<ExitCode> {
    let writer = fanfold_doc::write::Writer::of(format).with_context(|| {
        let names: Vec<&str> = fanfold_doc::write::WRITERS.iter().map(|row| row.name).collect();
        format!("“{format}” is no format that can be written; take one of {}", names.join(", "))
    })?;
    let app = open_existing(config)?;
    let bar = bar::counted("works written");
    let exported = export::export_all(&app, folder, writer, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    say(format_args!("{} written to {}", count(exported.works, "work", "works"), folder.display()));
    Ok(ExitCode::SUCCESS)
}

fn check_all(config: Config) -> Result<ExitCode> {
    let app = open_existing(config)?;
    let bar = bar::counted("originals read");
    let findings = check::check(&app, |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let mut out = std::io::stdout().lock();
    findings.looked_at.iter().try_for_each(|line| writeln!(out, "looked at {line}"))?;
    findings.mended.iter().try_for_each(|line| writeln!(out, "mended: {line}"))?;
    findings.broken.iter().try_for_each(|line| writeln!(out, "broken: {line}"))?;
    if findings.broken.is_empty() {
        writeln!(out, "all is well")?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn print_config(config: &Config) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for (setting, (value, origin)) in SETTINGS.iter().zip(&config.shown) {
        let value =
            if setting.name == "database" { without_password(value) } else { value.clone() };
        writeln!(out, "{} = {value:?}  ({origin})", setting.name)?;
        writeln!(out, "    {}", setting.meaning)?;
        let default = if setting.default.is_empty() { "nothing" } else { setting.default };
        writeln!(out, "    default: {default}; environment: {}", variable(setting.name))?;
    }
    for (limit, (value, origin)) in LIMITS.iter().zip(&config.limits_shown) {
        let (name, variable) = (limit.setting, variable(limit.setting));
        writeln!(out, "{name} = {value}  ({origin})")?;
        writeln!(out, "    the most {}, when a work is posted", limit.meaning)?;
        writeln!(out, "    default: {}; environment: {variable}", limit.default)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The address of a database without what must not be shown.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, place))) => {
            let user = rest.split([':', '@']).next().unwrap_or_default();
            format!("{scheme}://{user}:…@{place}")
        }
        _ => url.to_owned(),
    }
}

/// Whether somebody sees what is printed.
fn is_seen() -> bool {
    std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        let shown = without_password("postgres://ann:secr@t@db.example/fan");
        assert_eq!(shown, "postgres://ann:…@db.example/fan");
        assert_eq!(without_password(""), "");
    }

    #[test]
    fn arguments_are_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
