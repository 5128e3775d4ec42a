//! Settings: a flag wins over the environment, that over `fanfold.toml`, that over the default.
//!
//! Owns the table of settings, from which the program, `fanfold config` and its documentation are
//! made. Every value is checked once, here, and remembers where it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::archive::limits::{LIMITS, WorkLimits};
use crate::archive::mail::Address;
use crate::mail::{Hidden, Mail, Security, Server};

/// A setting as the table describes it.
#[derive(Debug)]
pub struct Setting {
    /// Its name in `fanfold.toml`; the flag is the same with `-` for `_`.
    pub name: &'static str,
    /// What it does, for whom, in which unit.
    pub meaning: &'static str,
    /// Its value where nobody sets it, in words where it depends on something.
    pub default: &'static str,
}

/// Every setting there is.
pub const SETTINGS: [Setting; 14] = [
    Setting {
        name: "data",
        meaning: "folder for everything that Fanfold keeps: database, originals, index",
        default: "FOLDER/.fanfold, or .fanfold here",
    },
    Setting {
        name: "listen",
        meaning: "address and port for the pages; anything but this machine's own loopback \
                  address lets others read the whole library",
        default: "127.0.0.1:8080",
    },
    Setting {
        name: "public_url",
        meaning: "the address under which others open the pages, like https://stories.example, \
                  where a proxy on this machine passes requests on; with https, cookies are sent \
                  encrypted only",
        default: "",
    },
    Setting {
        name: "registration",
        meaning: "who may make an account: closed (whom a moderator invites), invitation (every \
                  member may invite), approval (a moderator says yes to each) or open; empty means \
                  as chosen on the page of people, closed at first",
        default: "",
    },
    Setting {
        name: "smtp",
        meaning: "the mail server: smtps://name@host:465, smtp://name@host:587 (encrypted by \
                  STARTTLS, or nothing is sent) or smtp://127.0.0.1:25 on this machine; without it \
                  no mail is sent and none is spoken of",
        default: "",
    },
    Setting {
        name: "mail_from",
        meaning: "the address that mail comes from, like archive@stories.example",
        default: "",
    },
    Setting {
        name: "smtp_password",
        meaning: "the password for the name in smtp; best set by the environment, and never shown",
        default: "",
    },
    Setting {
        name: "smtp_password_file",
        meaning: "a file whose first line is that password, instead",
        default: "",
    },
    Setting {
        name: "watch",
        meaning: "whether files that are added or changed while Fanfold serves are read at once",
        default: "true",
    },
    Setting {
        name: "log",
        meaning: "what is told on the terminal: error, warn, info, debug or trace",
        default: "warn",
    },
    Setting {
        name: "database",
        meaning: "address of a PostgreSQL database (postgres://…) for large archives; empty means \
                  a file in the data folder",
        default: "",
    },
    Setting {
        name: "file_mib_max",
        meaning: "the largest file that is read or kept, MiB",
        default: "128",
    },
    Setting {
        name: "readers",
        meaning: "how many files are read at the same time; 0 means one for each core",
        default: "0",
    },
    Setting {
        name: "index_mib",
        meaning: "memory that the full-text index may use while it grows, MiB",
        default: "256",
    },
];

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// An environment variable of this name.
    Environment(String),
    /// The settings file.
    File(PathBuf),
    /// Nobody set it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => f.write_str("flag"),
            Origin::Environment(name) => write!(f, "environment: {name}"),
            Origin::File(path) => write!(f, "file: {}", path.display()),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder of stories, where the command names one.
    pub folder: Option<PathBuf>,
    /// Where everything is kept.
    pub data: PathBuf,
    /// Where pages are served.
    pub listen: SocketAddr,
    /// Under which origin others open the pages, e.g. `https://stories.example`.
    pub public_url: Option<String>,
    /// Who may make an account, where it is not left to the settings page: closed, invitation,
    /// approval or open.
    pub registration: Option<String>,
    /// The mail server, where there is one.
    pub mail: Option<Mail>,
    /// Whether changes of files are followed.
    pub watch: bool,
    /// What is logged, as `tracing` filters are written.
    pub log: String,
    /// A PostgreSQL database instead of the file.
    pub database: Option<String>,
    /// The largest file, bytes.
    pub file_bytes_max: usize,
    /// Files read at the same time; 1 at least.
    pub readers: usize,
    /// Memory of the index while it grows, bytes.
    pub index_bytes: usize,
    /// How much a work may hold when it is posted.
    pub limits: WorkLimits,
    /// Every setting's value and origin, in the order of [`SETTINGS`].
    pub shown: Vec<(String, Origin)>,
    /// The same of every limit, in the order of [`LIMITS`].
    pub limits_shown: Vec<(usize, Origin)>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The settings file is damaged.
    #[error("the settings file {0} cannot be read: {1}")]
    File(PathBuf, String),
    /// The settings file has a name that means nothing.
    #[error("the settings file {0} has the unknown setting “{1}”; `fanfold config` lists all")]
    Unknown(PathBuf, String),
    /// A value does not fit.
    #[error("the setting {name} ({origin}) is “{value}”, but it takes {wanted}")]
    Value {
        /// The setting.
        name: &'static str,
        /// Where the value came from.
        origin: Origin,
        /// The value.
        value: String,
        /// What would be right.
        wanted: String,
    },
}

/// What was given, before it is checked.
#[derive(Debug, Default)]
pub struct Given {
    /// The folder of stories.
    pub folder: Option<PathBuf>,
    /// Flags by the name of their setting.
    pub flags: BTreeMap<&'static str, String>,
    /// The settings file that was named; else `fanfold.toml` here, if there is one.
    pub file: Option<PathBuf>,
}

impl Config {
    /// Whether others than whoever sits at this machine can open the pages.
    pub fn is_exposed(&self) -> bool {
        !self.listen.ip().is_loopback() || self.public_url.is_some()
    }

    /// What links to the pages begin with, where nobody's browser says it: the public address, else
    /// where pages are served.
    pub fn origin(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// Whether browsers reach the pages encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Puts all settings together.
    ///
    /// # Errors
    /// The first value that does not fit, with where it came from and what would be right.
    pub fn resolve(
        given: Given,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Config, ConfigError> {
        let path = given.file.clone().unwrap_or_else(|| PathBuf::from("fanfold.toml"));
        let file = read_file(&path, given.file.is_some())?;
        let find = |name: &str, default: String| {
            let variable = variable(name);
            if let Some(value) = given.flags.get(name) {
                (value.clone(), Origin::Flag)
            } else if let Some(value) = environment(&variable).filter(|value| !value.is_empty()) {
                (value, Origin::Environment(variable))
            } else if let Some(value) = file.get(name) {
                (value.clone(), Origin::File(path.clone()))
            } else {
                (default, Origin::Default)
            }
        };
        let found = SETTINGS.iter().map(|setting| find(setting.name, setting.default.to_owned()));
        let shown = found.collect();
        let limits_shown = limits(find)?;
        let limits = WorkLimits::of(|name| {
            let at = LIMITS.iter().position(|limit| limit.name == name)?;
            limits_shown.get(at).map(|shown| shown.0)
        });
        let config = Values { shown }.check(given.folder)?;
        Ok(Config { limits, limits_shown, ..config })
    }
}

/// The environment variable of a setting.
pub fn variable(name: &str) -> String {
    format!("FANFOLD_{}", name.replace('.', "_").to_ascii_uppercase())
}

/// Every limit of a work, and where it came from. `find` has the value of a name, or else this
/// one.
fn limits(
    find: impl Fn(&str, String) -> (String, Origin),
) -> Result<Vec<(usize, Origin)>, ConfigError> {
    let mut shown = Vec::with_capacity(LIMITS.len());
    for limit in LIMITS {
        let (value, origin) = find(limit.setting, limit.default.to_string());
        let good = |number: &usize| (limit.least..=limit.most).contains(number);
        match value.trim().parse().ok().filter(good) {
            Some(number) => shown.push((number, origin)),
            None => {
                let wanted = format!("a number from {} to {}", limit.least, limit.most);
                return Err(ConfigError::Value { name: limit.setting, origin, value, wanted });
            }
        }
    }
    Ok(shown)
}

/// The values in the order of the table.
struct Values {
    shown: Vec<(String, Origin)>,
}

impl Values {
    fn check(mut self, folder: Option<PathBuf>) -> Result<Config, ConfigError> {
        let data = match self.get("data") {
            (_, Origin::Default) => folder.as_deref().unwrap_or(Path::new(".")).join(".fanfold"),
            (value, _) => PathBuf::from(value),
        };
        let address = "an address and a port like 127.0.0.1:8080";
        let listen = self.parse("listen", address, |value: &str| value.parse().ok())?;
        let origin = "nothing or an address like https://stories.example, without a path";
        let public_url = self.parse("public_url", origin, public_origin)?;
        let words = ["", "closed", "invitation", "approval", "open"];
        let who = |value: &str| words.contains(&value).then(|| some(value));
        let wanted = "closed, invitation, approval, open or nothing";
        let registration = self.parse("registration", wanted, who)?;
        let mail = self.mail(listen, public_url.is_some())?;
        let truth = |value: &str| match value {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        };
        let watch = self.parse("watch", "true or false", truth)?;
        let levels = ["error", "warn", "info", "debug", "trace", "off"];
        let level = |value: &str| levels.contains(&value).then(|| value.to_owned());
        let log = self.parse("log", "error, warn, info, debug, trace or off", level)?;
        let scheme = |value: &str| {
            let known = value.starts_with("postgres://") || value.starts_with("postgresql://");
            (value.is_empty() || known).then(|| some(value))
        };
        let wanted = "nothing or an address postgres://…";
        // Such an address has a password in it.
        let database = self.parse("database", wanted, scheme).map_err(without_value)?;
        let within = |least: usize, most: usize| {
            move |value: &str| value.parse().ok().filter(|n: &usize| (least..=most).contains(n))
        };
        let file_mib = self.parse("file_mib_max", "a number from 1 to 1024", within(1, 1024))?;
        let readers = self.parse("readers", "a number from 0 to 64", within(0, 64))?;
        let index_mib = self.parse("index_mib", "a number from 32 to 4096", within(32, 4096))?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        if let Some(at) = SETTINGS.iter().position(|setting| setting.name == "data")
            && let Some(shown) = self.shown.get_mut(at)
        {
            shown.0 = data.display().to_string();
        }
        Ok(Config {
            folder,
            data,
            listen,
            public_url,
            registration,
            mail,
            watch,
            log,
            database,
            file_bytes_max: file_mib << 20,
            readers: if readers == 0 { cores } else { readers },
            index_bytes: index_mib << 20,
            limits: WorkLimits::default(),
            shown: self.shown,
            limits_shown: Vec::new(),
        })
    }

    /// All that is said about mail, held together.
    fn mail(&mut self, listen: SocketAddr, public: bool) -> Result<Option<Mail>, ConfigError> {
        let wanted = "nothing, smtps://name@host:465, smtp://name@host:587 or \
                      smtp://127.0.0.1:25, without a password in it";
        let hidden = self.hide("smtp_password").filter(|typed| !typed.is_empty());
        let mut server = None;
        if !self.get("smtp").0.trim().is_empty() {
            // Somebody may have put the password there.
            server = Some(self.parse("smtp", wanted, Server::parse).map_err(without_value)?);
        }
        let address = |value: &str| match value {
            "" => Some(None),
            value => Address::parse(value).ok().map(Some),
        };
        let from = self.parse("mail_from", "an address like archive@stories.example", address)?;
        let file = self.get("smtp_password_file").0.to_owned();
        let Some(server) = server else { return Ok(None) };
        let missing = |name: &'static str, wanted: &'static str| {
            let (value, origin) = (String::new(), Origin::Default);
            ConfigError::Value { name, origin, value, wanted: wanted.to_owned() }
        };
        let from = from.ok_or_else(|| {
            missing("mail_from", "an address where there is a mail server, like a@stories.example")
        })?;
        if !public && !listen.ip().is_loopback() {
            let wanted = "the address under which people open the pages, where mail is sent: links \
                          in letters must lead there";
            return Err(missing("public_url", wanted));
        }
        let mut password = hidden.map(Hidden);
        if !file.is_empty() && password.is_none() {
            let read = std::fs::read_to_string(&file);
            let read = read.map_err(|error| ConfigError::File(file.into(), error.to_string()))?;
            password = Some(Hidden(read.lines().next().unwrap_or_default().to_owned()));
        }
        let needed = server.user.is_some() && server.security != Security::Plain;
        if needed && password.as_ref().is_none_or(|own| own.0.is_empty()) {
            let wanted = "the password of the name in smtp; or let smtp_password_file name a file";
            return Err(missing("smtp_password", wanted));
        }
        Ok(Some(Mail { server, password, from }))
    }

    /// Takes a value out of what is shown.
    fn hide(&mut self, name: &str) -> Option<String> {
        let at = SETTINGS.iter().position(|setting| setting.name == name)?;
        let (value, _) = self.shown.get_mut(at)?;
        let dots = if value.is_empty() { String::new() } else { "…".to_owned() };
        Some(std::mem::replace(value, dots))
    }

    fn get(&self, name: &str) -> (&str, &Origin) {
        let at = SETTINGS.iter().position(|setting| setting.name == name);
        let shown = at.and_then(|at| self.shown.get(at));
        shown.map_or(("", &Origin::Default), |(value, origin)| (value, origin))
    }

    fn parse<T>(
        &self,
        name: &'static str,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, ConfigError> {
        let (value, origin) = self.get(name);
        parse(value.trim()).ok_or_else(|| {
            let (value, origin) = (value.to_owned(), origin.clone());
            ConfigError::Value { name, origin, value, wanted: wanted.to_owned() }
        })
    }
}

/// A mistake without what was typed: that may hold a secret.
fn without_value(error: ConfigError) -> ConfigError {
    match error {
        ConfigError::Value { name, origin, wanted, .. } => {
            ConfigError::Value { name, origin, value: "…".to_owned(), wanted }
        }
        other => other,
    }
}

/// A text, if there is any.
fn some(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

/// The origin that an address is: scheme, host and perhaps a port.
fn public_origin(value: &str) -> Option<Option<String>> {
    if value.is_empty() {
        return Some(None);
    }
    let value = value.trim_end_matches('/').to_ascii_lowercase();
    let host = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"))?;
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.chars().all(good)).then_some(Some(value))
}

fn read_file(path: &Path, must_exist: bool) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(ConfigError::File(path.to_owned(), error.to_string())),
    };
    let table: toml::Table =
        text.parse().map_err(|error| ConfigError::File(path.to_owned(), mistake(&text, &error)))?;
    let mut values = BTreeMap::new();
    for (name, value) in table {
        match value {
            toml::Value::Table(limits) if name == "limits" => {
                for (name, value) in limits {
                    take(path, &format!("limits.{name}"), value, &mut values)?;
                }
            }
            value => take(path, &name, value, &mut values)?,
        }
    }
    Ok(values)
}

/// What is wrong in a settings file, and in which line. Not the line itself, which the error would
/// print along: there may be a password in it.
fn mistake(text: &str, error: &toml::de::Error) -> String {
    // What is missing at the end is missing in the last line, not after it.
    let end = text.trim_end().len();
    let before = error.span().and_then(|span| text.get(..span.start.min(end)));
    let line = before.map(|before| before.matches('\n').count() + 1);
    let message = error.message();
    line.map_or_else(|| message.to_owned(), |line| format!("line {line}: {message}"))
}

/// Takes a value of the settings file, if it is one of a setting.
fn take(
    path: &Path,
    name: &str,
    value: toml::Value,
    values: &mut BTreeMap<String, String>,
) -> Result<(), ConfigError> {
    let known = SETTINGS.iter().any(|setting| setting.name == name)
        || LIMITS.iter().any(|limit| limit.setting == name);
    if !known && name != "limits" {
        return Err(ConfigError::Unknown(path.to_owned(), name.to_owned()));
    }
    let value = match value {
        toml::Value::String(text) if known => text,
        toml::Value::Integer(number) if known => number.to_string(),
        toml::Value::Boolean(truth) if known => truth.to_string(),
        other => {
            let wanted = if known { "a text, number or truth" } else { "a table" };
            let told = format!("{name} is {}, not {wanted}", other.type_str());
            return Err(ConfigError::File(path.to_owned(), told));
        }
    };
    values.insert(name.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests;
