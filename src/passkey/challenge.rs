//! Challenges: what a passkey has to sign, new each time and good for once.
//!
//! A challenge carries its own time and a seal that only this process can make, so asking for many
//! takes no memory; only those that were used are remembered, until their time is over. A restart
//! makes all of them worthless, and whoever was about to use one is asked again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::archive::person::AccountId;
use crate::archive::work::Millis;

/// How long a challenge is good, milliseconds: a person may have to look for the authenticator.
pub const CHALLENGE_LASTS: i64 = 300_000;
/// The bytes that make a challenge another one each time.
const NONCE: usize = 16;
/// The bytes of a time.
const TIME: usize = 8;
/// The most used ones that are remembered. Each stands for a passkey that was just used.
const USED_MOST: usize = 20_000;

/// What a challenge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in.
    SignIn,
    /// A new passkey of an account whose holder just proved to be it.
    Add(AccountId),
}

impl Purpose {
    fn mark(self) -> String {
        match self {
            Purpose::SignIn => "sign in".to_owned(),
            Purpose::Add(account) => format!("add {account}"),
        }
    }
}

/// Makes challenges, and knows them again.
pub struct Challenges {
    key: [u8; 32],
    /// Those that were used, each with when its time is over.
    used: Mutex<HashMap<[u8; NONCE], i64>>,
}

impl std::fmt::Debug for Challenges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenges").finish_non_exhaustive()
    }
}

impl Challenges {
    /// With a random key, which seals them.
    pub fn new(key: [u8; 32]) -> Challenges {
        Challenges { key, used: Mutex::default() }
    }

    /// A new one; `nonce` is random.
    pub fn make(&self, purpose: Purpose, nonce: [u8; NONCE], now: Millis) -> Vec<u8> {
        let until = now.0.saturating_add(CHALLENGE_LASTS).to_be_bytes();
        let seal = self.seal(purpose, &nonce, &until);
        [&nonce[..], &until, seal.as_bytes()].concat()
    }

    /// Uses one up: whether it is one of these, for this, of now, and was not used before.
    pub fn take(&self, purpose: Purpose, challenge: &[u8], now: Millis) -> bool {
        let Some((nonce, rest)) = challenge.split_first_chunk::<NONCE>() else { return false };
        let Some((until, seal)) = rest.split_first_chunk::<TIME>() else { return false };
        let Ok(seal) = <[u8; 32]>::try_from(seal) else { return false };
        // Hashes of this kind compare in the same time wherever they differ.
        if self.seal(purpose, nonce, until) != blake3::Hash::from_bytes(seal) {
            return false;
        }
        let until = i64::from_be_bytes(*until);
        if until <= now.0 {
            return false;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= USED_MOST {
            used.retain(|_, until| *until > now.0);
        }
        used.len() < USED_MOST && used.insert(*nonce, until).is_none()
    }

    fn seal(&self, purpose: Purpose, nonce: &[u8; NONCE], until: &[u8; TIME]) -> blake3::Hash {
        let all = [&nonce[..], until, purpose.mark().as_bytes()].concat();
        blake3::keyed_hash(&self.key, &all)
    }
}
