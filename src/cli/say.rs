//! Lines for whoever sits at the terminal. One that nobody reads any more, because the terminal or
//! the pipe was closed, ends no work that is under way.

use std::fmt::Display;
use std::io::Write;

/// What a command found or did.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What went wrong, or should be known beside the answer.
pub(super) fn warn(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
