//! People: who reads, who writes, and what each may do.
//!
//! Plain data. A **reader** is whoever reads: an account, or else a browser that asked to be
//! remembered. A **visitor** is what is known of whoever sent a request.

use super::work::{Hash, WorkId, id};

id! {
    /// Whoever reads; what a reader keeps (reading places, filters, mutes) hangs on it.
    ReaderId
}
id! {
    /// An account.
    AccountId
}
id! {
    /// A browser that holds a reader's cookie.
    BrowserId
}

id! {
    /// A name under which an account writes.
    PseudId
}
id! {
    /// An invitation to be a co-author of a work.
    AskId
}
id! {
    /// A passkey of an account.
    PasskeyId
}

/// What an account may do beyond writing works of its own. Each may all that those after it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything: settings, imports, roles.
    Owner,
    /// People and their works.
    Moderator,
    /// What tags mean.
    Wrangler,
    /// Works of its own.
    Member,
}

impl Role {
    /// Every role, the one that may most first.
    pub const ALL: [Role; 4] = [Role::Owner, Role::Moderator, Role::Wrangler, Role::Member];

    /// The word for it, in the store, on pages and in settings.
    pub fn word(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Moderator => "moderator",
            Role::Wrangler => "wrangler",
            Role::Member => "member",
        }
    }

    /// The role of this word.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Whether it may what `other` may.
    pub fn may(self, other: Role) -> bool {
        self <= other
    }
}

/// An account that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its key.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// What is known of whoever sent a request; by default nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visitor {
    /// The browser, if it asked to be remembered or is signed in.
    pub browser: Option<BrowserId>,
    /// Whose reading it is.
    pub reader: Option<ReaderId>,
    /// Who is signed in.
    pub account: Option<Account>,
    /// Works whose links this browser opened.
    pub links: Vec<WorkId>,
}

impl Visitor {
    /// Whether somebody is signed in who may what `role` may.
    pub fn may(&self, role: Role) -> bool {
        self.account.as_ref().is_some_and(|account| account.role.may(role))
    }
}

/// The bytes of a secret.
pub const SECRET_BYTES: usize = 32;

/// A secret that nobody can guess: in a cookie, or in a link that signs in. The store keeps its
/// hash alone, and it is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Of random bytes.
    pub fn of(bytes: [u8; SECRET_BYTES]) -> Secret {
        Secret(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As it was written; `None` for what no secret looks like.
    pub fn parse(text: &str) -> Option<Secret> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let good = text.len() == 2 * SECRET_BYTES && text.bytes().all(digit);
        good.then(|| Secret(text.to_owned()))
    }

    /// Its letters, which need no quoting anywhere.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> Hash {
        Hash::of(self.0.as_bytes())
    }
}
