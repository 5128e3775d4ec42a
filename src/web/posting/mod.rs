//! From a file to a posted work: upload, what is said about the work, posting.
//!
//! Everything here is for whoever may write; for others the pages are not there.

pub(super) mod about;
pub(super) mod upload;

use super::error::Error;
use super::visitor::Guest;
use crate::archive::access;
use crate::archive::person::{Account, Visitor};
use crate::archive::work::WorkId;
use crate::store::{Desk, Read};

/// The account that writes; for whoever may not, there is nothing here.
fn writer(guest: &Guest, tx: &Read<'_>) -> Result<Account, Error> {
    own(&guest.visitor(tx)?)
}

fn own(visitor: &Visitor) -> Result<Account, Error> {
    let may = access::may_write(visitor);
    visitor.account.clone().filter(|_| may).ok_or(Error::Absent)
}

/// A work to be changed by whoever asks; for whoever may not change it, it is not there.
fn editor(tx: &Read<'_>, visitor: &Visitor, work: WorkId) -> Result<Desk, Error> {
    let desk = tx.desk(work)?.filter(|desk| desk.state.binned_at.is_none());
    desk.filter(|desk| access::may_edit(visitor, desk.state.owner)).ok_or(Error::Absent)
}
