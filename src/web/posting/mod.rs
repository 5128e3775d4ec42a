//! From a file to a posted work: upload, what is said about the work, posting.
//!
//! Everything here is for whoever may write; for others the pages are not there.

pub(super) mod upload;

use super::error::Error;
use super::visitor::Guest;
use crate::archive::access;
use crate::archive::person::{Account, Visitor};
use crate::store::Read;

/// The account that writes; for whoever may not, there is nothing here.
fn writer(guest: &Guest, tx: &Read<'_>) -> Result<Account, Error> {
    own(&guest.visitor(tx)?)
}

fn own(visitor: &Visitor) -> Result<Account, Error> {
    let may = access::may_write(visitor);
    visitor.account.clone().filter(|_| may).ok_or(Error::Absent)
}
