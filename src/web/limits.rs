//! How often somebody may try: buckets of drops that fill up again with time.
//!
//! Kept in memory alone, so a restart forgets them. Bounded: where there are too many, those that
//! are full again go first, then all.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::error::Error;
use crate::archive::work::Millis;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Limit {
    /// Trying to sign in to a name.
    Name,
    /// Trying to sign in, or to use links and invitations, from an address.
    SignIn,
    /// Asking for an account from an address.
    Register,
    /// Sending anything from an address.
    Send,
    /// Taking everything that is one's own, of an account.
    Export,
    /// Asking for mail from an address.
    Mail,
    /// Asking for mail to somebody: to a name, an account, or a mail address.
    MailTo,
    /// Sending remarks as a beta reader, from an address.
    Remark,
    /// Typing one's own password again, of an account.
    Own,
}

impl Limit {
    /// All of them.
    #[cfg(test)]
    const ALL: [Limit; 9] = [
        Limit::Name,
        Limit::SignIn,
        Limit::Register,
        Limit::Send,
        Limit::Export,
        Limit::Mail,
        Limit::MailTo,
        Limit::Remark,
        Limit::Own,
    ];

    /// How many at once, and how long until one more is allowed, milliseconds.
    pub(super) fn rate(self) -> (u32, i64) {
        match self {
            Limit::Name => (10, 60_000),
            Limit::SignIn => (30, 20_000),
            Limit::Register => (5, 600_000),
            Limit::Send => (600, 50),
            Limit::Export => (5, 60_000),
            Limit::Mail => (10, 60_000),
            Limit::MailTo => (3, 600_000),
            Limit::Remark => (60, 10_000),
            Limit::Own => (30, 60_000),
        }
    }

    /// What the documentation calls it.
    #[cfg(test)]
    pub(super) fn word(self) -> &'static str {
        match self {
            Limit::Name => "signing in to a name",
            Limit::SignIn => "signing in from an address",
            Limit::Register => "asking for an account from an address",
            Limit::Send => "sending anything from an address",
            Limit::Export => "taking everything that is mine",
            Limit::Mail => "asking for mail from an address",
            Limit::MailTo => "asking for mail to a name, an account or a mail address",
            Limit::Remark => "sending remarks on a draft from an address",
            Limit::Own => "typing one's own password again",
        }
    }
}

/// The most buckets.
const BUCKETS: usize = 20_000;

/// When each bucket will be full again.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<(Limit, u64), i64>>);

impl Limits {
    /// Counts one try.
    ///
    /// # Errors
    /// [`Error::Often`] if it is one too many; it is not counted then.
    pub(super) fn count(&self, limit: Limit, who: impl Hash, now: Millis) -> Result<(), Error> {
        let mut hasher = DefaultHasher::new();
        who.hash(&mut hasher);
        let (most, every) = limit.rate();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS {
            buckets.retain(|_, full| *full > now.0);
        }
        if buckets.len() >= BUCKETS {
            buckets.clear();
        }
        let full = buckets.entry((limit, hasher.finish())).or_insert(now.0);
        let then = (*full).max(now.0) + every;
        let over = then - now.0 - i64::from(most) * every;
        if over > 0 {
            return Err(Error::Often(Duration::from_millis(over.unsigned_abs())));
        }
        *full = then;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_empty_and_fill_again() {
        let limits = Limits::default();
        for limit in Limit::ALL {
            let (most, every) = limit.rate();
            for _ in 0..most {
                assert!(limits.count(limit, "ann", Millis(1_000)).is_ok());
            }
            let refused = limits.count(limit, "ann", Millis(1_000));
            assert!(matches!(refused, Err(Error::Often(wait)) if wait.as_millis() > 0));
            assert!(limits.count(limit, "ben", Millis(1_000)).is_ok(), "others are not meant");
            assert!(limits.count(limit, "ann", Millis(1_000 + every)).is_ok());
            assert!(limits.count(limit, "ann", Millis(1_000 + every)).is_err());
        }
    }

    #[test]
    fn made_up_names_take_bounded_memory() {
        let limits = Limits::default();
        for name in 0..(BUCKETS * 2) {
            let _ = limits.count(Limit::Name, name, Millis(5));
        }
        assert!(limits.0.lock().expect("whole").len() <= BUCKETS);
    }

    #[test]
    fn the_documentation_says_the_limits() {
        let docs = include_str!("../../docs/people.md");
        for limit in Limit::ALL {
            let (most, every) = limit.rate();
            let seconds = every as f64 / 1_000.0;
            let row = format!("| {} | {most} | {seconds} s |", limit.word());
            assert!(docs.contains(&row), "docs/people.md lacks: {row}");
        }
    }
}
