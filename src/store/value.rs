//! What goes into a statement and what comes out of a row.
//!
//! Owns the four kinds of values that both databases share, and their conversion to and from the
//! domain's types. Knows no SQL.

use std::borrow::Cow;

use fanfold_doc::document::{Href, Lang, MediaName};
use fanfold_doc::imported::{Date, TagKind};

use super::Error;
use crate::archive::beta::{BetaId, RemarkId};
use crate::archive::person::{AccountId, AskId, BrowserId, PasskeyId, PseudId, ReaderId, Role};
use crate::archive::tag::Kind;
use crate::archive::work::{ActId, AuthorId, ChangeId, ChapterId, Hash, Millis, OriginalId};
use crate::archive::work::{RevisionId, TagChangeId, TagId, TextId, WorkId};

/// A value of a statement's parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Int(i64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
    Null,
}

/// Makes the parameters of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$(crate::store::value::Value::from($value)),*] };
}
pub(super) use values;

impl<'a> From<&'a str> for Value<'a> {
    /// PostgreSQL holds no NUL in a text and SQLite's functions stop at one: it becomes U+FFFD.
    fn from(text: &'a str) -> Value<'a> {
        if text.as_bytes().contains(&0) {
            Value::Text(text.replace('\0', "\u{fffd}").into())
        } else {
            Value::Text(text.into())
        }
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Value<'static> {
        if text.as_bytes().contains(&0) {
            Value::Text(text.replace('\0', "\u{fffd}").into())
        } else {
            Value::Text(text.into())
        }
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Value<'a> {
        Value::Bytes(bytes.into())
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(bytes: Vec<u8>) -> Value<'static> {
        Value::Bytes(bytes.into())
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Value<'a> {
        value.map_or(Value::Null, Into::into)
    }
}

/// Values that are an integer, or a part that is one, and the way back.
macro_rules! integers {
    ($($type:ty: $value:ident => $int:expr, $back:expr;)*) => {$(
        impl From<$type> for Value<'_> {
            fn from($value: $type) -> Value<'static> {
                Value::Int($int)
            }
        }
        impl Column for $type {
            fn of(cell: Cell<'_>) -> Option<$type> {
                let Cell::Int($value) = cell else { return None };
                $back
            }
        }
    )*};
}

integers! {
    i64: value => value, Some(value);
    // Counts beyond i64 would need more disk than there is.
    u64: value => i64::try_from(value).unwrap_or(i64::MAX), u64::try_from(value).ok();
    u32: value => i64::from(value), u32::try_from(value).ok();
    bool: value => i64::from(value), Some(value != 0);
    Millis: value => value.0, Some(Millis(value));
    Date: value => value.to_millis(), Date::from_millis(value);
    WorkId: value => value.0, Some(WorkId(value));
    RevisionId: value => value.0, Some(RevisionId(value));
    OriginalId: value => value.0, Some(OriginalId(value));
    ChapterId: value => value.0, Some(ChapterId(value));
    TextId: value => value.0, Some(TextId(value));
    ChangeId: value => value.0, Some(ChangeId(value));
    TagId: value => value.0, Some(TagId(value));
    TagChangeId: value => value.0, Some(TagChangeId(value));
    ActId: value => value.0, Some(ActId(value));
    AuthorId: value => value.0, Some(AuthorId(value));
    ReaderId: value => value.0, Some(ReaderId(value));
    AccountId: value => value.0, Some(AccountId(value));
    BrowserId: value => value.0, Some(BrowserId(value));
    PseudId: value => value.0, Some(PseudId(value));
    AskId: value => value.0, Some(AskId(value));
    PasskeyId: value => value.0, Some(PasskeyId(value));
    BetaId: value => value.0, Some(BetaId(value));
    RemarkId: value => value.0, Some(RemarkId(value));
}

impl<'a> From<&'a Hash> for Value<'a> {
    fn from(hash: &'a Hash) -> Value<'a> {
        Value::Bytes(hash.0.as_slice().into())
    }
}

impl From<Hash> for Value<'_> {
    fn from(hash: Hash) -> Value<'static> {
        Value::Bytes(hash.0.to_vec().into())
    }
}

impl From<TagKind> for Value<'_> {
    fn from(kind: TagKind) -> Value<'static> {
        Value::Text(kind.key().into())
    }
}

impl From<Role> for Value<'_> {
    fn from(role: Role) -> Value<'static> {
        Value::Text(role.word().into())
    }
}

impl From<Kind> for Value<'_> {
    fn from(kind: Kind) -> Value<'static> {
        Value::Text(kind.key().into())
    }
}

/// A value of a row, as the driver holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Cell<'r> {
    Int(i64),
    Text(&'r str),
    Bytes(&'r [u8]),
    Null,
}

/// A type that a row can give. `None` means that the row holds something else.
pub(super) trait Column: Sized {
    fn of(cell: Cell<'_>) -> Option<Self>;
}

impl<T: Column> Column for Option<T> {
    fn of(cell: Cell<'_>) -> Option<Option<T>> {
        if cell == Cell::Null { Some(None) } else { T::of(cell).map(Some) }
    }
}

/// Types read from text or bytes.
macro_rules! columns {
    ($($type:ty: $kind:ident($value:ident) => $back:expr;)*) => {$(
        impl Column for $type {
            fn of(cell: Cell<'_>) -> Option<$type> {
                let Cell::$kind($value) = cell else { return None };
                $back
            }
        }
    )*};
}

columns! {
    String: Text(text) => Some(text.to_owned());
    Vec<u8>: Bytes(bytes) => Some(bytes.to_vec());
    Hash: Bytes(bytes) => Hash::from_bytes(bytes);
    TagKind: Text(text) => TagKind::parse(text);
    Kind: Text(text) => Kind::parse(text);
    Role: Text(text) => Role::parse(text);
    MediaName: Text(text) => MediaName::parse(text);
}

/// Checked text that an older version may have checked by other rules: what no longer passes is
/// left out instead of making its work unreadable.
pub(super) struct Lenient<T>(pub Option<T>);

impl Column for Lenient<Href> {
    fn of(cell: Cell<'_>) -> Option<Lenient<Href>> {
        Option::<String>::of(cell).map(|text| Lenient(text.and_then(|text| Href::parse(&text))))
    }
}

impl Column for Lenient<Lang> {
    fn of(cell: Cell<'_>) -> Option<Lenient<Lang>> {
        Option::<String>::of(cell).map(|text| Lenient(text.and_then(|text| Lang::parse(&text))))
    }
}

/// A row of an answer.
pub(super) enum Row<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

impl Row<'_> {
    /// The value of a column, from 0.
    pub fn get<T: Column>(&self, column: usize) -> Result<T, Error> {
        let cell = match self {
            Row::Sqlite(row) => super::sqlite::cell(row, column)?,
            Row::Postgres(row) => super::postgres::cell(row, column)?,
        };
        let wrong = || Error::damaged(format!("column {column} of a row holds {cell:.40?}"));
        T::of(cell).ok_or_else(wrong)
    }
}
