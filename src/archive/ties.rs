//! What ties a work to people and to other works: for whom it is a gift, what it comes from, and
//! who may comment on it.
//!
//! Only what a person made such is one: a line of a file's header that says the same stays a line.
//! Who is shown which tie is for the store to say, which knows who may see what.

use fanfold_doc::document::Href;

use super::work::WorkId;

/// The most works that a work comes from.
pub const SOURCES: usize = 20;

/// How a work comes from another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It was inspired by it.
    Inspired,
    /// It is a translation of it.
    Translation,
}

impl Kind {
    /// Both.
    pub const ALL: [Kind; 2] = [Kind::Inspired, Kind::Translation];

    /// The word for it, in the store and in forms.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Inspired => "inspired",
            Kind::Translation => "translation",
        }
    }

    /// The kind of this word.
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What stands before the work that it comes from, as in the headers of files.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Inspired => "Inspired by",
            Kind::Translation => "Translation of",
        }
    }

    /// What stands before the works that come from one.
    pub fn offspring(self) -> &'static str {
        match self {
            Kind::Inspired => "Inspired works",
            Kind::Translation => "Translations",
        }
    }
}

/// What stands before the name of whom a work is a gift for, as in the headers of files.
pub const GIFT: &str = "Gift for";

/// Where a work comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A work of this archive.
    Here(WorkId),
    /// A work elsewhere.
    Elsewhere {
        /// Its address, http or https.
        url: Href,
        /// Its title; may be empty.
        title: String,
        /// Who wrote it; may be empty.
        author: String,
    },
}

/// That a work comes from another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// In which way.
    pub kind: Kind,
    /// From which.
    pub origin: Origin,
}

/// Who may comment on a work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comments {
    /// Whoever comes by.
    Everyone,
    /// Whoever is signed in.
    #[default]
    Members,
    /// Nobody.
    Nobody,
}

impl Comments {
    /// All of them: the store keeps their place here.
    pub const ALL: [Comments; 3] = [Comments::Everyone, Comments::Members, Comments::Nobody];

    /// The word for it, in forms and exports.
    pub fn word(self) -> &'static str {
        match self {
            Comments::Everyone => "everyone",
            Comments::Members => "members",
            Comments::Nobody => "nobody",
        }
    }

    /// The one of this word.
    pub fn parse(word: &str) -> Option<Comments> {
        Comments::ALL.into_iter().find(|own| own.word() == word)
    }

    /// Its place among all.
    pub fn place(self) -> i64 {
        Comments::ALL.iter().zip(0..).find(|(own, _)| **own == self).map_or(0, |(_, at)| at)
    }

    /// The one at a place; whatever a newer program may mean by another, it is not wider.
    pub fn at(place: i64) -> Comments {
        let at = usize::try_from(place).ok().and_then(|at| Comments::ALL.get(at));
        at.copied().unwrap_or(Comments::Nobody)
    }
}

/// Everything that ties a work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// For whom it is a gift, by name.
    pub gifts: Vec<String>,
    /// What it comes from.
    pub sources: Vec<Source>,
    /// Who may comment on it.
    pub comments: Comments,
}

/// A title and who wrote it, as one line.
pub fn named(title: &str, author: &str) -> String {
    match (title.is_empty(), author.is_empty()) {
        (false, false) => format!("{title} by {author}"),
        (false, true) => title.to_owned(),
        (true, false) => format!("a work by {author}"),
        (true, true) => String::new(),
    }
}

/// What an address that somebody typed leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A work of this archive that they see.
    Here(WorkId),
    /// Something of this archive that is no such work.
    Nothing,
    /// An address elsewhere.
    Elsewhere(Href),
    /// It is no address of the web.
    NoAddress,
}

/// Reads an address. `origins` are those under which this archive is known, like
/// `https://stories.example`; `sees` says whether a work is there for whoever typed it.
pub fn place(typed: &str, origins: &[&str], sees: impl Fn(WorkId) -> bool) -> Place {
    let typed = typed.trim();
    let same = |origin: &&str| {
        let head = typed.get(..origin.len());
        let rest = typed.get(origin.len()..).unwrap_or_default();
        let ends = rest.is_empty() || rest.starts_with(['/', '?', '#']);
        (head.is_some_and(|head| head.eq_ignore_ascii_case(origin)) && ends).then_some(rest)
    };
    let path = match origins.iter().filter(|origin| !origin.is_empty()).find_map(same) {
        Some(path) => path,
        None if typed.starts_with('/') && !typed.starts_with("//") => typed,
        None => {
            let lower = typed.to_ascii_lowercase();
            let web = lower.starts_with("http://") || lower.starts_with("https://");
            let href = Href::parse(typed).filter(|_| web);
            return href.map_or(Place::NoAddress, Place::Elsewhere);
        }
    };
    let number = path.strip_prefix("/works/").unwrap_or_default();
    let number = number.split(['/', '?', '#']).next().unwrap_or_default();
    let work = number.parse().ok().filter(|work| *work > 0).map(WorkId);
    work.filter(|work| sees(*work)).map_or(Place::Nothing, Place::Here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_archive_are_known_in_every_way_of_writing_them() {
        let origins = ["https://stories.example", "http://127.0.0.1:8080", ""];
        let sees = |work: WorkId| work.0 != 13;
        for typed in [
            "/works/7",
            " /works/7/chapters/2#p3 ",
            "https://stories.example/works/7",
            "HTTPS://Stories.Example/works/7?x",
            "http://127.0.0.1:8080/works/7/entire",
        ] {
            assert_eq!(place(typed, &origins, sees), Place::Here(WorkId(7)), "{typed}");
        }
        for typed in ["/works/13", "/works/0", "/works/x", "/", "https://stories.example", "/a"] {
            assert_eq!(place(typed, &origins, sees), Place::Nothing, "{typed}");
        }
        for typed in [
            "https://stories.example.org/works/7",
            "https://stories.examples/works/7",
            "https://archiveofourown.org/works/7",
        ] {
            let far = Place::Elsewhere(Href::parse(typed).expect("an address"));
            assert_eq!(place(typed, &origins, sees), far, "{typed}");
        }
        for typed in ["", "works/7", "//works/7", "javascript:alert(1)", "mailto:a@b.example"] {
            assert_eq!(place(typed, &origins, sees), Place::NoAddress, "{typed}");
        }
    }

    #[test]
    fn words_and_places_go_round() {
        for own in Comments::ALL {
            assert_eq!((Comments::parse(own.word()), Comments::at(own.place())), (Some(own), own));
        }
        assert_eq!((Comments::at(9), Comments::at(-1)), (Comments::Nobody, Comments::Nobody));
        assert_eq!(Kind::ALL.map(|kind| Kind::parse(kind.word())), Kind::ALL.map(Some));
    }
}
