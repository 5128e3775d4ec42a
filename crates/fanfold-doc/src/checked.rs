//! Small values that are checked once: names, languages, lengths, kept images.
//!
//! Each is a newtype whose only maker is its check, so that nothing unchecked can be printed.

use std::fmt;

/// Makes a newtype of a checked string.
macro_rules! checked_string {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);
        impl $name {
            /// The checked text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_string! {
    /// A class name: a letter, then letters, digits, `-` and `_` (AO3's rule); at most 64 bytes;
    /// names that begin with `ff-` are Fanfold's own and never a writer's, and those that
    /// word processors and converters strew in mean nothing without their style sheets.
    ClassName
}

impl ClassName {
    /// Checks a name.
    pub fn parse(name: &str) -> Option<ClassName> {
        let mut bytes = name.bytes();
        let starts = bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
        let goes_on = bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let good = starts && goes_on && (2..=64).contains(&name.len());
        let foreign = ["ff-", "Mso", "Apple-", "calibre"];
        let own = foreign.iter().all(|prefix| !name.starts_with(prefix));
        (good && own).then(|| ClassName(name.to_owned()))
    }
}

checked_string! {
    /// A language tag by the shape of BCP 47, e.g. `en`, `pt-BR`, `zh-Hans`; at most 35 bytes.
    Lang
}

impl Lang {
    /// Checks the shape of a tag; which languages exist is not looked up.
    pub fn parse(tag: &str) -> Option<Lang> {
        let tag = tag.trim();
        let mut parts = tag.split('-');
        let primary = parts.next()?;
        let alpha = |s: &str| s.bytes().all(|b| b.is_ascii_alphabetic());
        let good = (2..=3).contains(&primary.len()) && alpha(primary);
        let rest = parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        // A one-letter part opens an extension and must be followed by something.
        let ends = tag.rsplit('-').next().is_some_and(|last| last.len() > 1);
        (good && rest && ends && tag.len() <= 35).then(|| Lang(tag.to_owned()))
    }
}

checked_string! {
    /// The name of a place inside a text: letters, digits, `-`, `_`, `.`; at most 64 bytes.
    Name
}

impl Name {
    /// Checks a name.
    pub fn parse(name: &str) -> Option<Name> {
        let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let fits = (1..=64).contains(&name.len());
        (fits && name.bytes().all(good)).then(|| Name(name.to_owned()))
    }
}

checked_string! {
    /// A width or height: up to four digits, then nothing (pixels), `%` or nothing else.
    Length
}

impl Length {
    /// Checks a length; `px` is dropped because it is what a bare number means.
    pub fn parse(text: &str) -> Option<Length> {
        let text = text.trim();
        let text = text.strip_suffix("px").unwrap_or(text);
        let digits = text.strip_suffix('%').unwrap_or(text);
        let good = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        good.then(|| Length(text.to_owned()))
    }
}

checked_string! {
    /// The name of a kept image: the BLAKE3 hash of its bytes in hex, a dot, and `png`, `jpg`,
    /// `gif` or `webp`.
    MediaName
}

impl MediaName {
    /// The name of an image of these bytes.
    pub fn of(bytes: &[u8], kind: MediaKind) -> MediaName {
        MediaName(format!("{}.{}", blake3::hash(bytes).to_hex(), kind.extension()))
    }
    /// Checks a name.
    pub fn parse(name: &str) -> Option<MediaName> {
        let (hash, extension) = name.split_once('.')?;
        let hex = |b: u8| b.is_ascii_digit() || matches!(b, b'a'..=b'f');
        let good = hash.len() == 64 && hash.bytes().all(hex);
        (good && MediaKind::parse(extension).is_some()).then(|| MediaName(name.to_owned()))
    }
    /// What kind of image it is.
    pub fn kind(&self) -> MediaKind {
        let extension = self.0.rsplit('.').next().unwrap_or_default();
        MediaKind::parse(extension).unwrap_or(MediaKind::Png)
    }
}

/// A kind of image that may stand in a text. SVG is not among them: it can hold scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the formats of these names
pub enum MediaKind {
    Png,
    Jpeg,
    Gif,
    Webp,
}

impl MediaKind {
    /// The usual ending of a file name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            MediaKind::Png => "png",
            MediaKind::Jpeg => "jpg",
            MediaKind::Gif => "gif",
            MediaKind::Webp => "webp",
        }
    }
    /// The kind of an ending.
    pub fn parse(extension: &str) -> Option<MediaKind> {
        match extension {
            "png" => Some(MediaKind::Png),
            "jpg" => Some(MediaKind::Jpeg),
            "gif" => Some(MediaKind::Gif),
            "webp" => Some(MediaKind::Webp),
            _ => None,
        }
    }
    /// The media type that goes into headers and manifests.
    pub fn media_type(self) -> &'static str {
        match self {
            MediaKind::Png => "image/png",
            MediaKind::Jpeg => "image/jpeg",
            MediaKind::Gif => "image/gif",
            MediaKind::Webp => "image/webp",
        }
    }
}
