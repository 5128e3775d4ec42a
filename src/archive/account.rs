//! Accounts: who may make one, what names and passwords they take, and the limits that hold.
//!
//! Plain rules; proving who somebody is belongs to `credential.rs`, keeping it to the store.

use super::letters;
use super::line::one_line;
use super::person::{AccountId, ReaderId, Role};
use super::work::Millis;

/// Who may make an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Registration {
    /// Nobody.
    #[default]
    Closed,
    /// Whoever has a link that a member made.
    Invitation,
    /// Whoever asks and is approved.
    Approval,
    /// Whoever likes to.
    Open,
}

impl Registration {
    /// All of them, the narrowest first.
    pub const ALL: [Registration; 4] = [
        Registration::Closed,
        Registration::Invitation,
        Registration::Approval,
        Registration::Open,
    ];

    /// The word for it, in settings and forms.
    pub fn word(self) -> &'static str {
        match self {
            Registration::Closed => "closed",
            Registration::Invitation => "invitation",
            Registration::Approval => "approval",
            Registration::Open => "open",
        }
    }

    /// The one of this word.
    pub fn parse(word: &str) -> Option<Registration> {
        Registration::ALL.into_iter().find(|own| own.word() == word)
    }
}

/// Whether an account is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// Somebody asked for it; nobody can sign in to it yet.
    Waiting,
    /// In use.
    Open,
    /// Not in use any more.
    Closed,
}

impl AccountState {
    /// All of them.
    pub const ALL: [AccountState; 3] =
        [AccountState::Waiting, AccountState::Open, AccountState::Closed];

    /// The word for it, in the store.
    pub fn word(self) -> &'static str {
        match self {
            AccountState::Waiting => "waiting",
            AccountState::Open => "open",
            AccountState::Closed => "closed",
        }
    }

    /// The state of this word.
    pub fn parse(word: &str) -> Option<AccountState> {
        AccountState::ALL.into_iter().find(|own| own.word() == word)
    }
}

/// An account as those see it who look after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Its key.
    pub id: AccountId,
    /// Whose reading it is.
    pub reader: ReaderId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Whether it is in use.
    pub state: AccountState,
    /// What was said when it was asked for.
    pub said: String,
    /// When it was made.
    pub made_at: Millis,
    /// Its password as it is kept; none where nothing but links signs in.
    pub password: Option<String>,
    /// The secret of its second factor, if it has one.
    pub totp: Option<Vec<u8>>,
    /// The last step of the second factor that was used.
    pub totp_step: u64,
    /// Where mail for it goes; an address that its holder confirmed.
    pub address: Option<String>,
    /// How many passkeys sign in to it.
    pub passkeys: u64,
}

/// The longest name of an account and of a pen name, characters.
pub const NAME_LONGEST: usize = 40;
/// The shortest password, characters.
pub const PASSWORD_SHORTEST: usize = 10;
/// The longest password, bytes: it is only ever hashed.
pub const PASSWORD_LONGEST: usize = 1_000;
/// The most pen names of an account.
pub const PEN_NAMES_MOST: usize = 50;
/// The most that somebody says when asking for an account, characters.
pub const SAID_LONGEST: usize = 1_000;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// How long an invitation is good, milliseconds.
pub const INVITATION_LASTS: i64 = 14 * 86_400_000;
/// How long a link that signs in or lets choose a new password is good, milliseconds.
pub const LINK_LASTS: i64 = 86_400_000;
/// The most passkeys of an account.
pub const PASSKEYS_MOST: usize = 20;
/// The longest name of a passkey, characters.
pub const PASSKEY_NAME_LONGEST: usize = 60;
/// The most invitations of an account that are open at a time.
pub const INVITATIONS_MOST: usize = 20;

/// A name as it is kept: trimmed, with single spaces.
///
/// # Errors
/// What is wrong with it, in words.
pub fn name(text: &str) -> Result<String, String> {
    let name = one_line(text);
    // Vowel signs of Indian scripts are no letters by themselves.
    let sign = |c: char| letters::is_mark(c) || ('\u{900}'..='\u{dff}').contains(&c);
    let good = |c: char| c.is_alphanumeric() || sign(c) || " _-.'’".contains(c);
    if name.is_empty() {
        return Err("Please choose a name.".to_owned());
    }
    if name.chars().count() > NAME_LONGEST {
        return Err(format!("A name has at most {NAME_LONGEST} characters."));
    }
    // What is no sign of a name is refused, not left out: whoever typed it meant another name.
    let fits = |c: char| c.is_whitespace() || good(c);
    if !text.chars().all(fits) || !name.chars().any(char::is_alphanumeric) {
        let why = "A name has letters, digits, spaces and the signs _ - . ' only.";
        return Err(why.to_owned());
    }
    Ok(name)
}

/// Whether a password is long enough, and is not the name.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check_password(password: &str, name: &str) -> Result<(), String> {
    if password.chars().count() < PASSWORD_SHORTEST {
        return Err(format!(
            "A password has at least {PASSWORD_SHORTEST} characters. A few words in a row are \
             easy to remember and hard to guess."
        ));
    }
    if password.len() > PASSWORD_LONGEST {
        return Err(format!("A password has at most {PASSWORD_LONGEST} bytes."));
    }
    let mut kinds: Vec<char> = password.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() < 5 || password.to_lowercase().contains(&name.to_lowercase()) {
        return Err("This password is too easy to guess.".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names() {
        assert_eq!(name("  Mira   Vance "), Ok("Mira Vance".to_owned()));
        for good in ["ann", "O'Hara", "Żółć", "雪", "a.b_c-d", "नमस्ते"] {
            assert!(name(good).is_ok(), "{good}");
        }
        let long = "x".repeat(41);
        for bad in ["", " ", "...", "a\u{202e}b", "<b>", "a/b", "a\0", "a@b", long.as_str(), "🦊"]
        {
            assert!(name(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn easy_passwords_are_refused() {
        for bad in ["short", "aaaaaaaaaaaaaa", "mira vance 12", "121212121212"] {
            assert!(check_password(bad, "Mira Vance").is_err(), "{bad}");
        }
        assert!(check_password("tide lamp kettle", "Mira").is_ok());
        assert!(check_password(&"tide lamp".repeat(200), "Mira").is_err());
    }
}
