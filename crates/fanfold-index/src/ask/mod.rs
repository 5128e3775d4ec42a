//! The one language in which a reader asks for works: in the search box, in the address, in
//! feeds, in the terminal and over the API.
//!
//! Owns its grammar: reading ([`Ask::parse`]), canonical spelling (`Display` of [`Ask`]) and the
//! view of a form ([`Panel`]). It knows no tags, no texts, no readers and no clock: names are
//! resolved, and dates turned into seconds, by the caller.
//!
//! ```
//! use fanfold_index::ask::Ask;
//!
//! # fn main() -> Result<(), fanfold_index::ask::Mistake> {
//! let ask = Ask::parse(r#"fandom:"Sherlock (TV)" words>10,000 OR lifeline sort:>words"#)?;
//! let said = r#"fandom:"Sherlock (TV)" (words:>=10001 OR lifeline) sort:words-asc"#;
//! assert_eq!(ask.to_string(), said);
//! # Ok(())
//! # }
//! ```
//!
//! # The language
//!
//! - **Terms beside each other** must all hold; `AND` and `&&` may stand between them. `OR`, `||`
//!   and `|` join their two neighbours and bind tighter than anything: `a b OR c` is
//!   `a (b OR c)`. `-x` and `NOT x` are "not". `( )` makes groups.
//! - **A word or `"a phrase"`** without a field is a tag of exactly this name or else text
//!   ([`Clause::Words`]); the caller decides. `lamp*` is any word that begins so. Curly quotes are
//!   quotes. Inside straight quotes `\"` is a quotation mark, and a nickname needs not even that:
//!   `"James "Bucky" Barnes"` is one phrase.
//! - **Tags** ([`TagField`]): `fandom:`, `ship:` (`relationship:`, `pairing:`), `character:`,
//!   `additional:` (`freeform:`), `rating:`, `warning:`, `category:`, `language:`, `author:`
//!   (`creator:`), `series:`, `collection:`, `media:`; `tag:` is any kind. A value with spaces
//!   wants quotes. `fandom:(A OR B)` is `fandom:A OR fandom:B`.
//! - **Any of a kind**: `has:character`, `-has:ship`; `character:*` is understood. Of every kind
//!   that is named above, but for media, which are their fandoms'.
//! - **Listed first**: `primary-ship:"A/B"` and `primary-character:A`; `primary:` is the ship, and
//!   `ship:first:"A/B"` is understood.
//! - **Text of one place** ([`TextField`]): `title:`, `notes:` (`summary:`), `text:`.
//! - **Numbers** ([`Number`]): `words`, `minutes` (reading time), `chapters`, `hits`, `kudos`,
//!   `comments`, `bookmarks`, `planned` (chapters that there are to be; `planned:0` is where
//!   nobody knows, and no other range includes it), `warmth` (kudos for every 10,000 hits;
//!   `ratio:` says it in per cent). `words:1000`, `words>1000`, `words:<=5k`, `words:10k-50k`,
//!   `words:1,000..1.5m`, `words:10k-`, `words:-50k`. In `10-50k` both are thousands.
//! - **Dates** ([`When`]): `posted:`, `updated:` (`date:`): `2024`, `2024-05`, `2024-05-01`,
//!   `2024-05-01T12:30`, `>2024`, `2023..2024-06`, `2023-2024`; and as on AO3 `<7 days` (since
//!   then), `>8 weeks` (before), `2 weeks ago` (in that calendar week), `13-21 months`; `today`,
//!   `yesterday`, `this week`, `last month`, `last 7 days`. All in UTC, weeks begin on Monday.
//!   They stay as they were written, so a saved "this week" is always this week.
//! - **Facts** ([`Fact`]): `complete:yes`, `crossover:no`, `otp:yes` (one relationship only),
//!   `oneshot:yes` (`chapters:1`), `is:read`, `is:unread`, `is:started`, `is:updated`.
//! - **Order** ([`Order`]): `sort:kudos`, `sort:title`, `sort:updated`, `sort:random`,
//!   `sort:random-7`, `sort:relevance`. Texts ascend, numbers and dates descend;
//!   `sort:-kudos` turns that round, `sort:kudos-asc` and `sort:title-desc` say it. As on AO3,
//!   `sort:>words` ascends (the arrow shows where it grows) and `sort:<words` descends.
//!
//! Names of fields are read in any case and with `_` or `-` in them; spaces around the colon or
//! the comparison do not matter, so AO3's `otp: true` and `words > 1000` are the same as without.
//!
//! # A colon in a word
//!
//! `Re:Zero`, `12:30`, `NCIS:LA` and `https://…` are words. A word before a colon is taken for a
//! field that does not exist, and said so, only if it is close to one that does (`fandum:`) or if
//! a quotation mark or a comparison follows (`colour:"red"`, `claps:>5`).
//!
//! # Forms
//!
//! [`Panel`] is the question taken apart; [`Number::read`], [`When::parse`] and [`Order::parse`]
//! read what stands in a single box.
//!
//! # Bounds
//!
//! At most 4,096 characters, 256 conditions, groups 32 deep; what is longer is refused before it
//! is read. Whatever is wrong is a [`Mistake`] with its place, never an empty result.

mod civil;
mod date;
#[cfg(test)]
mod date_tests;
mod fields;
mod model;
mod number;
mod panel;
#[cfg(test)]
mod panel_tests;
mod parse;
#[cfg(test)]
mod parse_tests;
mod print;
#[cfg(test)]
mod property_tests;
mod quote;
mod text_query;
mod value;

use std::ops::Range;

pub use date::{Unit, When};
pub use model::{
    Ask, Clause, DateField, Fact, Number, Order, SortBy, TagField, TextField, WORDS_A_MINUTE, Words,
};
pub use panel::{Panel, Picks};

/// Longest query, in characters.
pub const MAX_CHARS: usize = 4096;
/// Most conditions in a query.
pub const MAX_CLAUSES: usize = 256;
/// How deep groups may lie within each other.
pub const MAX_DEPTH: usize = 32;

/// Why a query could not be read, or (as a hint) what may be meant by it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{say}")]
pub struct Mistake {
    /// The place, in bytes of the query; both ends are at characters.
    pub at: Range<usize>,
    /// One sentence for the reader: what is wrong and what to do.
    pub say: String,
    /// The whole query as it would be right, where that can be told.
    pub instead: Option<String>,
}
