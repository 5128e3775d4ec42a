//! From a file to a posted work: upload, what is said about the work, posting, here and elsewhere.
//!
//! Everything here is for whoever may write; for others the pages are not there.

pub(super) mod about;
pub(super) mod elsewhere;
mod ties;
pub(super) mod upload;

use super::error::Error;
use super::writing;
use crate::archive::person::Visitor;
use crate::archive::work::WorkId;
use crate::store::{Desk, Read};

/// A work to be changed by whoever asks, unless it lies in the bin.
fn editor(tx: &Read<'_>, visitor: &Visitor, work: WorkId) -> Result<Desk, Error> {
    let desk = writing::desk(tx, visitor, work)?;
    if desk.state.binned_at.is_some() { Err(Error::Absent) } else { Ok(desk) }
}
