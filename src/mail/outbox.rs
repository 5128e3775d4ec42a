//! What waits to be sent: a queue in memory, with an end.
//!
//! Requests put something in and go on, so that nobody can tell by the time an answer takes what is
//! sent because of it. A restart forgets what waits; whoever misses a letter asks again.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::archive::mail::{Address, Letter};

/// The most that waits; what comes beyond it is dropped and told in the log.
pub const QUEUE_MOST: usize = 1_000;
/// How long after a try that failed the next one comes, in order; then no more.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(3),
    Duration::from_secs(60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(60 * 60),
];
/// How often a letter is tried.
pub const TRIES: usize = PAUSES.len() + 1;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Sends a letter.
    Send(Address, Letter),
    /// Looks who this is, a name or an address, and sends them a link to choose a new password, if
    /// it is anybody.
    Forgot(String),
}

/// A task that waits.
#[derive(Debug)]
pub struct Waiting {
    /// What is to be done.
    pub task: Task,
    /// How often it was tried.
    tries: usize,
    due: Instant,
}

/// The queue.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: Mutex<VecDeque<Waiting>>,
    bell: Condvar,
}

impl Outbox {
    /// Puts something in. False if there is no room.
    pub fn put(&self, task: Task) -> bool {
        self.push(Waiting { task, tries: 0, due: Instant::now() })
    }

    /// Puts back what failed, to be tried later. False if it was tried often enough, or there is no
    /// room.
    pub fn again(&self, failed: Waiting) -> bool {
        let Some(pause) = PAUSES.get(failed.tries) else { return false };
        let due = Instant::now() + *pause;
        self.push(Waiting { tries: failed.tries + 1, due, ..failed })
    }

    fn push(&self, waiting: Waiting) -> bool {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.len() >= QUEUE_MOST {
            return false;
        }
        queue.push_back(waiting);
        self.bell.notify_one();
        true
    }

    /// Takes out what is due, the oldest first; waits for it, but no longer than `wait`.
    pub fn next(&self, wait: Duration) -> Option<Waiting> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if !queue.iter().any(|own| own.due <= Instant::now()) {
            let woken = self.bell.wait_timeout(queue, wait);
            queue = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        let now = Instant::now();
        let at = queue.iter().position(|own| own.due <= now)?;
        queue.remove(at)
    }

    /// How much waits.
    pub fn len(&self) -> usize {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
