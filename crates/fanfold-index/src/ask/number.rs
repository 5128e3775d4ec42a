//! Ranges of numbers: `1000`, `>1k`, `<=5,000`, `10k-50k`, `2.5%`.
//!
//! Owns how they are spelled, both ways. Which number is bounded only matters for per cent.

use std::fmt;

use super::quote::{is_minus, shown};

/// Why a value is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is something else altogether.
    Other,
    /// It was meant so, but is wrong: a sentence, and the value as it would be right.
    Wrong(String, Option<String>),
}

fn wrong<T>(say: String, right: Option<String>) -> Result<T, Fault> {
    Err(Fault::Wrong(say, right))
}

/// How a single number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Whole, thousands set off by a comma or a point.
    Whole,
    /// Per cent with up to two decimals; it counts hundredths.
    Percent,
}

/// Reads a range; the ends are included, an open end is 0 or [`u32::MAX`].
pub(super) fn read(text: &str, scale: Scale) -> Result<(u32, u32), Fault> {
    let text = bare_value(text);
    if let Some((low, high)) = two_ends(text) {
        return between(low, high, scale);
    }
    let one = |text: &str| amount(text, scale);
    if let Some((sign, rest)) = comparison(text) {
        let value = one(rest)?;
        return match sign {
            Sign::AtMost => Ok((0, value)),
            Sign::AtLeast => Ok((value, u32::MAX)),
            Sign::Below => match value.checked_sub(1) {
                Some(value) => Ok((0, value)),
                None => wrong("Nothing is less than 0.".to_owned(), Some("0".to_owned())),
            },
            Sign::Above => match value.checked_add(1) {
                Some(value) => Ok((value, u32::MAX)),
                None => wrong(too_large(rest), Some(format!(">={}", u32::MAX))),
            },
        };
    }
    if let Some(rest) = text.strip_prefix("..").or_else(|| text.strip_prefix(is_minus)) {
        return Ok((0, one(rest)?));
    }
    let open =
        text.strip_suffix("..").or_else(|| text.strip_suffix(is_minus)).or(text.strip_suffix('+'));
    if let Some(rest) = open {
        return Ok((one(rest)?, u32::MAX));
    }
    one(text).map(|value| (value, value))
}

/// A value without the `=` or the second colon that may stand before it.
pub(super) fn bare_value(text: &str) -> &str {
    let text = text.trim_start_matches(':').trim();
    let equal = comparison(text).is_none();
    if equal { text.trim_start_matches('=').trim_start() } else { text }
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Below,
    AtMost,
    Above,
    AtLeast,
}

/// Takes `<`, `<=`, `≤`, `>`, `>=`, `≥` off the front.
pub(super) fn comparison(text: &str) -> Option<(Sign, &str)> {
    const SIGNS: [(&str, Sign); 8] = [
        ("<=", Sign::AtMost),
        ("=<", Sign::AtMost),
        ("≤", Sign::AtMost),
        (">=", Sign::AtLeast),
        ("=>", Sign::AtLeast),
        ("≥", Sign::AtLeast),
        ("<", Sign::Below),
        (">", Sign::Above),
    ];
    SIGNS.iter().find_map(|(sign, of)| Some((*of, text.strip_prefix(sign)?.trim_start())))
}

/// Splits `a..b`, `a-b`, `a - b` and `a to b`. Of a dash either both sides have a space or none:
/// in `5 -3` the dash is a "not".
pub(super) fn two_ends(text: &str) -> Option<(&str, &str)> {
    let clear = ["..", " to ", " - ", " – ", " — "].iter().find_map(|mark| text.split_once(mark));
    if let Some((low, high)) = clear {
        return some_ends(low, high);
    }
    let (at, dash) = text.char_indices().skip(1).find(|(_, c)| is_minus(*c) || *c == '—')?;
    let low = text.get(..at)?;
    let high = text.get(at + dash.len_utf8()..)?;
    let spaced = low.ends_with(char::is_whitespace) || high.starts_with(char::is_whitespace);
    if spaced { None } else { some_ends(low, high) }
}

fn some_ends<'t>(low: &'t str, high: &'t str) -> Option<(&'t str, &'t str)> {
    let (low, high) = (low.trim(), high.trim());
    (!low.is_empty() && !high.is_empty()).then_some((low, high))
}

fn between(low: &str, high: &str, scale: Scale) -> Result<(u32, u32), Fault> {
    let last = amount(high, scale)?;
    // People say "10 to 50k" and mean ten thousand.
    if low.ends_with(|c: char| c.is_ascii_digit())
        && let Some(suffix) = high.chars().find(char::is_ascii_alphabetic)
        && let Ok(first) = amount(&format!("{low}{suffix}"), scale)
        && first < last
    {
        return Ok((first, last));
    }
    let first = amount(low, scale)?;
    if first > last {
        let say = format!(
            "A range begins with the smaller number: write {high}-{low}.",
            high = shown(high),
            low = shown(low)
        );
        return wrong(say, Some(format!("{high}-{low}")));
    }
    Ok((first, last))
}

fn too_large(text: &str) -> String {
    format!("{} is more than can be counted here: at most {}.", shown(text), u32::MAX)
}

/// Reads one number with its suffix.
fn amount(text: &str, scale: Scale) -> Result<u32, Fault> {
    let text = text.trim();
    let text = match scale {
        Scale::Percent => text.strip_suffix('%').unwrap_or(text).trim_end(),
        Scale::Whole => text,
    };
    let (digits, times) = match text.chars().next_back() {
        Some('k' | 'K') => (text.get(..text.len() - 1).unwrap_or_default(), 1_000),
        Some('m' | 'M') => (text.get(..text.len() - 1).unwrap_or_default(), 1_000_000),
        _ => (text, 1),
    };
    let allowed = |b: u8| b.is_ascii_digit() || matches!(b, b',' | b'.' | b'_' | b'\'');
    let ends = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
    let bytes = digits.as_bytes();
    if !bytes.iter().all(|b| allowed(*b)) || !ends(bytes.first()) || !ends(bytes.last()) {
        return Err(Fault::Other);
    }
    let (whole, part) = split_decimals(digits, scale == Scale::Whole && times == 1);
    if !well_grouped(whole) {
        return Err(Fault::Other);
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let part = part.trim_end_matches('0');
    let hundred = if scale == Scale::Percent { 100 } else { 1 };
    let Ok(bare) = whole.parse::<u64>() else { return wrong(too_large(text), most(scale)) };
    let parts = u32::try_from(part.len()).unwrap_or(u32::MAX);
    let unit: u64 = times * hundred;
    let fine = 10u64.checked_pow(parts).filter(|ten| unit.is_multiple_of(*ten));
    let Some(fine) = fine else {
        let say = match scale {
            Scale::Whole => format!("{} is not a whole number.", shown(text)),
            Scale::Percent => format!("{} per cent has more than two decimals.", shown(text)),
        };
        return wrong(say, None);
    };
    let part = part.parse::<u64>().unwrap_or_default();
    let value = bare.checked_mul(unit).and_then(|value| value.checked_add(part * (unit / fine)));
    match value.map(u32::try_from) {
        Some(Ok(value)) => Ok(value),
        _ => wrong(too_large(text), most(scale)),
    }
}

fn most(scale: Scale) -> Option<String> {
    (scale == Scale::Whole).then(|| u32::MAX.to_string())
}

/// Splits off the decimals. In a whole number a last group of three digits is thousands.
fn split_decimals(digits: &str, whole: bool) -> (&str, &str) {
    let Some(at) = digits.rfind(['.', ',']) else { return (digits, "") };
    let (front, back) = (digits.get(..at), digits.get(at + 1..));
    let (Some(front), Some(back)) = (front, back) else { return (digits, "") };
    let comma = digits.as_bytes().get(at) == Some(&b',');
    let groups = back.len() == 3 && (whole || comma);
    if groups { (digits, "") } else { (front, back) }
}

/// Whether marks between digits set off groups of three.
fn well_grouped(digits: &str) -> bool {
    let mut groups = digits.split([',', '.', '_', '\'']);
    let first = groups.next().unwrap_or_default();
    let mut rest = groups.peekable();
    rest.peek().is_none() || ((1..=3).contains(&first.len()) && rest.all(|group| group.len() == 3))
}

/// A range in its canonical spelling.
pub(super) struct Spelled(pub u32, pub u32);

impl fmt::Display for Spelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            (low, high) if low == high => short(low, f),
            (0, high) => {
                f.write_str("<=")?;
                short(high, f)
            }
            (low, u32::MAX) => {
                f.write_str(">=")?;
                short(low, f)
            }
            // "10-50k" would be read as thousands on both sides.
            (low, high) if suffix(low).0 == 1 => write!(f, "{low}-{high}"),
            (low, high) => {
                short(low, f)?;
                f.write_str("-")?;
                short(high, f)
            }
        }
    }
}

fn suffix(value: u32) -> (u32, &'static str) {
    match value {
        0 => (1, ""),
        _ if value.is_multiple_of(1_000_000) => (1_000_000, "m"),
        _ if value.is_multiple_of(1_000) => (1_000, "k"),
        _ => (1, ""),
    }
}

fn short(value: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (times, letter) = suffix(value);
    write!(f, "{}{letter}", value / times)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: u32 = u32::MAX;

    #[test]
    fn every_form_of_a_range() {
        for (text, low, high) in [
            ("1000", 1_000, 1_000),
            ("=1000", 1_000, 1_000),
            ("<1000", 0, 999),
            ("> 1000", 1_001, MAX),
            ("<=5k", 0, 5_000),
            ("=>5K", 5_000, MAX),
            ("≤5", 0, 5),
            ("≥5", 5, MAX),
            ("10k-50k", 10_000, 50_000),
            ("10-50k", 10_000, 50_000),
            ("500-2k", 500, 2_000),
            ("0-5k", 0, 5_000),
            ("1.5-2k", 1_500, 2_000),
            ("5-5k", 5, 5_000),
            ("1,000 - 5,000", 1_000, 5_000),
            ("1000–5000", 1_000, 5_000),
            ("1000 to 5000", 1_000, 5_000),
            ("1.5m..2m", 1_500_000, 2_000_000),
            ("10k-", 10_000, MAX),
            ("10k..", 10_000, MAX),
            ("10k+", 10_000, MAX),
            ("-50k", 0, 50_000),
            ("..50k", 0, 50_000),
            ("1,234,567", 1_234_567, 1_234_567),
            ("1.234", 1_234, 1_234),
            ("1_000", 1_000, 1_000),
            ("1'000", 1_000, 1_000),
            ("1,5k", 1_500, 1_500),
            ("1,500k", 1_500_000, 1_500_000),
            ("1.500k", 1_500, 1_500),
            ("0.001k", 1, 1),
            ("00012", 12, 12),
            ("4294967295", MAX, MAX),
            ("0-4294967295", 0, MAX),
        ] {
            assert_eq!(read(text, Scale::Whole), Ok((low, high)), "{text}");
        }
    }

    #[test]
    fn per_cent_counts_hundredths() {
        for (text, low, high) in [
            ("5", 500, 500),
            ("5%", 500, 500),
            (">2.5%", 251, MAX),
            ("2,25", 225, 225),
            ("1.250", 125, 125),
            ("5-10 %", 500, 1_000),
            ("5%-10%", 500, 1_000),
            (">=100", 10_000, MAX),
        ] {
            assert_eq!(read(text, Scale::Percent), Ok((low, high)), "{text}");
        }
        assert!(matches!(read("1.255", Scale::Percent), Err(Fault::Wrong(..))));
    }

    #[test]
    fn what_is_no_range_is_told_from_what_is_a_wrong_one() {
        for text in [
            "", "-", "..", "k", "many", "5 -3", "1 000", "10 k", "1..2..3", "1-2-3", "--5", "<<5",
            ",5", "5,", "1,00,000", "0x10", "١٢", "1e9", "5k%", "<", "1\u{0}0",
        ] {
            assert_eq!(read(text, Scale::Whole), Err(Fault::Other), "{text}");
        }
        let right = |text| match read(text, Scale::Whole) {
            Err(Fault::Wrong(_, right)) => right,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(right("50k-10k").as_deref(), Some("10k-50k"));
        assert_eq!(right("5,000..1,000").as_deref(), Some("1,000-5,000"));
        assert_eq!(right("<0").as_deref(), Some("0"));
        assert_eq!(right("1.25").as_deref(), None);
        for huge in ["4294967296", "99999999999999999999999", "5000m", "1-18446744073709551616"] {
            assert_eq!(right(huge).as_deref(), Some("4294967295"), "{huge}");
        }
        assert_eq!(right(">4294967295").as_deref(), Some(">=4294967295"));
    }

    proptest::proptest! {
        #[test]
        fn spelled_and_read_is_the_same(one: u32, other: u32, k in 0u32..5_000, m in 0u32..4_000) {
            let ends = [0, 1, 10, 50, one, other, k, k * 1_000, m * 1_000_000, MAX];
            for low in ends {
                for high in ends {
                    if low <= high && (low, high) != (0, MAX) {
                        let text = Spelled(low, high).to_string();
                        assert_eq!(read(&text, Scale::Whole), Ok((low, high)), "{text}");
                    }
                }
            }
        }
    }
}
