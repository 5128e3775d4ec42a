//! Who may do what to which work: the one place where that is decided.
//!
//! Plain rules over plain facts; whoever shows or changes a work asks here first. A work that one
//! may not see looks the same as one that is not there.

use super::person::{AccountId, Role, Visitor};

/// Whether somebody may begin works of their own.
pub fn may_write(visitor: &Visitor) -> bool {
    visitor.may(Role::Member)
}

/// Whether somebody may change a work: its owner; of a work that came out of a folder and belongs
/// to nobody, whoever owns the archive.
pub fn may_edit(visitor: &Visitor, owner: Option<AccountId>) -> bool {
    match (&visitor.account, owner) {
        (Some(account), Some(owner)) => account.id == owner,
        (Some(account), None) => account.role == Role::Owner,
        (None, _) => false,
    }
}
