//! Mail: where it goes and what it says.
//!
//! Plain data and words; sending is `mail`'s. What others choose (names, links) stands in the body
//! of a letter alone: subjects are fixed, and an [`Address`] has no room for a second line.

/// The longest address, bytes (RFC 5321, section 4.5.3.1.3, without the angle brackets).
pub const ADDRESS_LONGEST: usize = 254;
/// The longest part before the “@”, bytes (section 4.5.3.1.1).
const LOCAL_LONGEST: usize = 64;
/// The longest part of a host's name, bytes (RFC 1035, section 2.3.4).
const LABEL_LONGEST: usize = 63;

/// An address that mail can be sent to: plain words with dots, an “@” and a host's name. Quoted
/// names and numbers in brackets are left out; nobody's mailbox needs them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address(String);

impl Address {
    /// Reads an address as somebody typed it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Address, String> {
        let text = text.trim();
        let wrong = || "An address looks like name@host.example.".to_owned();
        let (local, host) = text.rsplit_once('@').ok_or_else(wrong)?;
        let atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c);
        let label = |label: &str| {
            let inside = label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
            let edge = label.starts_with('-') || label.ends_with('-');
            !label.is_empty() && label.len() <= LABEL_LONGEST && inside && !edge
        };
        let local_good = local.len() <= LOCAL_LONGEST
            && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom));
        let good = local_good && host.split('.').all(label) && text.len() <= ADDRESS_LONGEST;
        if good { Ok(Address(text.to_owned())) } else { Err(wrong()) }
    }

    /// The address as it was typed.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// By what it is found again: hosts tell no case, and hardly any mailbox does.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// What was changed of how somebody signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Another password.
    Password,
    /// Mail goes to another address now, or to none.
    Address,
    /// An authenticator was set up.
    FactorOn,
    /// The authenticator is not asked for any more.
    FactorOff,
    /// A passkey came.
    PasskeyAdded,
    /// A passkey went.
    PasskeyRemoved,
}

impl Change {
    /// All of them.
    pub const ALL: [Change; 6] = [
        Change::Password,
        Change::Address,
        Change::FactorOn,
        Change::FactorOff,
        Change::PasskeyAdded,
        Change::PasskeyRemoved,
    ];

    fn words(self) -> &'static str {
        match self {
            Change::Password => "The password of your account was changed.",
            Change::Address => "Mail for your account does not go to this address any more.",
            Change::FactorOn => "Signing in to your account takes a code from now on.",
            Change::FactorOff => "Signing in to your account takes no code any more.",
            Change::PasskeyAdded => "A passkey that signs in to your account was added.",
            Change::PasskeyRemoved => "A passkey of your account was removed.",
        }
    }
}

/// A letter. Links are whole addresses, with the archive's own in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Letter {
    /// Asks whether an address is that of an account.
    Confirm {
        /// The account's name.
        name: String,
        /// The link that says yes.
        link: String,
    },
    /// Brings a link to choose a new password.
    Reset {
        /// The account's name.
        name: String,
        /// The link.
        link: String,
    },
    /// Tells that something was changed.
    Changed {
        /// The account's name.
        name: String,
        /// What was changed.
        change: Change,
    },
    /// Whether mail arrives.
    Test,
}

impl Letter {
    /// What it is about.
    pub fn subject(&self) -> &'static str {
        match self {
            Letter::Confirm { .. } => "Is this your address?",
            Letter::Reset { .. } => "A link to choose a new password",
            Letter::Changed { .. } => "Something about your account was changed",
            Letter::Test => "A letter to see whether mail arrives",
        }
    }

    /// What it says; `archive` is the address of the archive that it comes from.
    pub fn body(&self, archive: &str) -> String {
        let text = match self {
            Letter::Confirm { name, link } => format!(
                "Hello,\n\n\
                 somebody who is signed in as “{name}” would like to get mail at this address.\n\n\
                 If that is you, open this link. It works once, within a day:\n\n\
                 {link}\n\n\
                 If it is not, do nothing, and nothing happens. No more mail comes of it."
            ),
            Letter::Reset { name, link } => format!(
                "Hello {name},\n\n\
                 somebody, you as we hope, asked for a link to choose a new password. It works \
                 once, within a day:\n\n\
                 {link}\n\n\
                 If you did not ask, do nothing: your password stays what it is."
            ),
            Letter::Changed { name, change } => format!(
                "Hello {name},\n\n\
                 {}\n\n\
                 If that was you, all is well. If it was not, choose a new password and look at \
                 what signs in to your account: {archive}/you\n\
                 Should you not get in any more, ask whoever looks after the archive.",
                change.words()
            ),
            Letter::Test => {
                "Hello,\n\nthis letter came from Fanfold, and it arrived. Nothing more \
                             needs to be done."
                    .to_owned()
            }
        };
        format!("{text}\n\n-- \n{archive}\n")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_addresses() {
        for good in
            ["ann@host.example", " a.b+c@x-y.example ", "O'Hara@HOST.example", "a@localhost"]
        {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        let long = format!("{}@host.example", "a".repeat(65));
        let far = format!("a@{}", vec!["host"; 60].join("."));
        for bad in [
            "",
            "ann",
            "@host.example",
            "ann@",
            "a b@host.example",
            "ann@host..example",
            "ann@-host.example",
            ".ann@host.example",
            "ann@host.example\nBcc: all@host.example",
            "ann@host.example, ben@host.example",
            "Ann <ann@host.example>",
            "\"a b\"@host.example",
            "ann@[127.0.0.1]",
            "änn@host.example",
            "ann@@host.example",
            long.as_str(),
            far.as_str(),
        ] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
        let key = |text: &str| Address::parse(text).map(|address| address.key());
        assert_eq!(key("Ann@Host.Example"), key("ann@host.example"));
    }

    proptest! {
        /// Whatever is an address stands on one line and is nobody else's, too.
        #[test]
        fn an_address_is_one_word(text in "\\PC{0,30}@\\PC{0,30}|[ -~\\r\\n]{0,40}") {
            if let Ok(address) = Address::parse(&text) {
                let text = address.text();
                prop_assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
                prop_assert!(!text.contains([',', ';', ':', '<', '>', '(', ')', '"', '\\']));
                prop_assert_eq!(text.matches('@').count(), 1);
            }
        }
    }

    #[test]
    fn letters_say_who_and_where() {
        let (name, link) = ("Mira".to_owned(), "https://a.example/sign-in/0".to_owned());
        let mut letters = vec![
            Letter::Confirm { name: name.clone(), link: link.clone() },
            Letter::Reset { name: name.clone(), link: link.clone() },
            Letter::Test,
        ];
        letters.extend(Change::ALL.map(|change| Letter::Changed { name: name.clone(), change }));
        for letter in letters {
            let body = letter.body("https://a.example");
            assert!(body.ends_with("\n-- \nhttps://a.example\n"), "{body}");
            let named = body.contains("Mira") || letter == Letter::Test;
            assert!(named && letter.subject().is_ascii(), "{body}");
            // A link stands on a line of its own, where no program breaks it.
            let whole = body.lines().any(|line| line == link);
            let wants = matches!(letter, Letter::Confirm { .. } | Letter::Reset { .. });
            assert_eq!(whole, wants, "{body}");
        }
    }
}
