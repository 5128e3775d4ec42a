//! Who may do what to which work: the one place where that is decided.
//!
//! Plain rules over plain facts; whoever shows or changes a work asks here first. A work that one
//! may not see looks the same as one that is not there. The store asks the same of its rows in SQL
//! (`store/view.rs`) and the filter index of its sets; a property test holds the three equal.
//!
//! | a work is | read by | in lists, counts and feeds of |
//! |---|---|---|
//! | for everyone | everyone | everyone |
//! | for members | whoever is signed in | whoever is signed in |
//! | for those who have its link | its writers, moderators, whoever opened the link | its writers |
//! | private | its writers and those whom its owner names | the same |
//! | not posted, or to be posted later | its writers | nobody |
//! | in the bin | its owner | nobody |
//! | whichever, one state of it | whoever has a link for beta readers to it | nobody |
//!
//! The writers of a work are its owner and its co-authors. All of them change its texts and post
//! it; the owner alone decides who sees it, who its co-authors are, and whether it goes.
//!
//! The owner of a work that came out of a folder is whoever owns the archive. Nobody else reads
//! what is private, the archive's owner and moderators included: what they are told of by a
//! complaint has an address that others can open. Of a work in the bin, and of one that was never
//! posted, the pages of reading show nothing; its owner finds them on the pages of writing.

use super::beta::Beta;
use super::person::{AccountId, Role, Visitor};
use super::work::{Millis, WorkId};

/// Whom a work is for, once it is posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Whoever comes by.
    #[default]
    Everyone,
    /// Whoever is signed in.
    Members,
    /// Whoever has its link.
    Link,
    /// Its writers, and those whom the owner names.
    Named,
}

impl Audience {
    /// All of them, the widest first: the store keeps their place here.
    pub const ALL: [Audience; 4] =
        [Audience::Everyone, Audience::Members, Audience::Link, Audience::Named];

    /// The word for it, in forms and exports.
    pub fn word(self) -> &'static str {
        match self {
            Audience::Everyone => "everyone",
            Audience::Members => "members",
            Audience::Link => "link",
            Audience::Named => "named",
        }
    }

    /// The audience of this word.
    pub fn parse(word: &str) -> Option<Audience> {
        Audience::ALL.into_iter().find(|audience| audience.word() == word)
    }
}

/// What decides who sees a work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Visibility {
    /// Whose it is; none for what came out of a folder.
    pub owner: Option<AccountId>,
    /// Whom it is for.
    pub audience: Audience,
    /// When it was posted; none for one that never was.
    pub posted_at: Option<Millis>,
    /// When it is to be posted.
    pub post_at: Option<Millis>,
    /// When it was put into the bin.
    pub binned_at: Option<Millis>,
    /// Those whom the owner names, by their keys.
    pub named: Vec<AccountId>,
    /// Its co-authors, by their keys.
    pub writers: Vec<AccountId>,
}

impl Visibility {
    /// Whether it stands on the shelf at all.
    pub fn is_posted(&self) -> bool {
        self.posted_at.is_some() && self.binned_at.is_none()
    }

    /// Whether whoever comes by may find it: such works alone count for tags and totals.
    pub fn is_public(&self) -> bool {
        self.is_posted() && self.audience == Audience::Everyone
    }
}

/// Who looks at works. Nobody reads one without saying so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    who: Who,
    /// Works whose links they opened.
    links: Vec<WorkId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    /// The archive itself: imports, indexes, the terminal.
    Archive,
    Stranger,
    Account(AccountId, Role),
}

impl Viewer {
    /// The archive itself, which sees everything; never somebody who asked for a page.
    pub fn archive() -> Viewer {
        Viewer { who: Who::Archive, links: Vec::new() }
    }

    /// Whoever sent a request.
    pub fn of(visitor: &Visitor) -> Viewer {
        let account = visitor.account.as_ref();
        let who = account.map_or(Who::Stranger, |own| Who::Account(own.id, own.role));
        Viewer { who, links: visitor.links.clone() }
    }

    /// Whether it is the archive itself.
    pub fn is_archive(&self) -> bool {
        self.who == Who::Archive
    }

    /// Whether nothing is known of them.
    pub fn is_stranger(&self) -> bool {
        self.who == Who::Stranger && self.links.is_empty()
    }

    /// Whether they opened the link of a work.
    pub fn has_link(&self, work: WorkId) -> bool {
        self.links.contains(&work)
    }

    /// The works whose links they opened.
    pub fn links(&self) -> &[WorkId] {
        &self.links
    }

    /// The widest audience that lists show them for nothing but being who they are.
    pub fn lists(&self) -> Audience {
        match self.who {
            Who::Archive => Audience::Named,
            Who::Stranger => Audience::Everyone,
            Who::Account(..) => Audience::Members,
        }
    }

    /// The same of what they may read when they know where it is.
    pub fn reads(&self) -> Audience {
        match self.who {
            Who::Account(_, role) if role.may(Role::Moderator) => Audience::Link,
            _ => self.lists(),
        }
    }

    /// Their account, if they are signed in.
    pub fn account(&self) -> Option<AccountId> {
        match self.who {
            Who::Account(id, _) => Some(id),
            _ => None,
        }
    }

    /// Whether they may what a role may.
    pub fn may(&self, role: Role) -> bool {
        matches!(self.who, Who::Account(_, own) if own.may(role))
    }

    /// Whether works that belong to nobody are theirs.
    pub fn owns_archive(&self) -> bool {
        matches!(self.who, Who::Account(_, Role::Owner))
    }

    /// Whether a work is theirs.
    pub fn owns(&self, work: &Visibility) -> bool {
        match work.owner {
            Some(owner) => self.account() == Some(owner),
            None => self.owns_archive(),
        }
    }

    /// Whether they write a work: it is theirs, or they are a co-author of it.
    pub fn writes(&self, work: &Visibility) -> bool {
        let along = self.account().is_some_and(|own| work.writers.contains(&own));
        self.owns(work) || (along && work.binned_at.is_none())
    }

    fn is_named(&self, work: &Visibility) -> bool {
        self.account().is_some_and(|own| work.named.contains(&own))
    }

    /// Whether they may read a work when they open its address.
    pub fn may_read(&self, id: WorkId, work: &Visibility) -> bool {
        let linked = work.audience == Audience::Link && self.has_link(id);
        let shown = work.audience <= self.reads() || linked || self.is_named(work);
        self.is_archive() || self.writes(work) || (work.is_posted() && shown)
    }

    /// Whether lists, counts, searches and feeds show them a work.
    pub fn is_shown(&self, work: &Visibility) -> bool {
        let shown = work.audience <= self.lists() || self.is_named(work) || self.writes(work);
        work.is_posted() && shown
    }
}

/// Whether whoever has a link for beta readers may read what it leads to, and nothing else of its
/// work.
pub fn may_read_beta(beta: &Beta) -> bool {
    beta.open && beta.binned_at.is_none()
}

/// Whether somebody may begin works of their own.
pub fn may_write(visitor: &Visitor) -> bool {
    visitor.may(Role::Member)
}

/// Whether somebody may change the texts of a work and post it: its owner, and its
/// co-authors. Of a work that came out of a folder, whoever owns the archive is the owner.
pub fn may_edit(visitor: &Visitor, work: &Visibility) -> bool {
    Viewer::of(visitor).writes(work)
}

/// Whether somebody may decide about a work: who sees it, who its co-authors are, whether it goes.
/// Its owner alone.
pub fn may_decide(visitor: &Visitor, work: &Visibility) -> bool {
    Viewer::of(visitor).owns(work)
}
