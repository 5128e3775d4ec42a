//! Times: a year, a month, a day, a moment, ranges of them, and AO3's "2 weeks ago".
//!
//! Owns how they are spelled, both ways, and what they mean in seconds. The present is given by
//! the caller.

use std::fmt;

use super::civil::{Civil, DAY, YEARS, clamp};
use super::number::{Fault, Sign, bare_value, comparison, two_ends};
use super::quote::{is_minus, shown, tidy};

/// A stretch of time, as it was asked for. In UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// From the first of these seconds since 1970 to the last, both included; 0 and [`u32::MAX`]
    /// are open ends.
    Between(u32, u32),
    /// So many units ago, at least and at most: `{0, Some(7), Day}` is the last seven days,
    /// `{8, None, Week}` whatever is older than eight weeks.
    Age {
        /// At least so long ago.
        least: u32,
        /// At most so long ago; `None` has no end.
        most: Option<u32>,
        /// What is counted.
        unit: Unit,
    },
    /// In the hour, day, week (from Monday), month or year that was then: `0 weeks ago` is this
    /// week, `1 days ago` yesterday.
    Ago {
        /// How many units.
        count: u32,
        /// What is counted.
        unit: Unit,
    },
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// 60 minutes.
    Hour,
    /// A day from midnight.
    Day,
    /// A week from Monday.
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
}

impl When {
    /// The first and the last second of it, both included, if it is `now` (seconds since 1970
    /// UTC). Times before 1970 and after 2106 are cut off.
    pub fn seconds(self, now: i64) -> (u32, u32) {
        let now = now.clamp(0, i64::from(u32::MAX));
        match self {
            When::Between(first, last) => (first, last),
            When::Age { least, most, unit } => {
                let first = most.map_or(0, |most| clamp(back(now, most, unit)));
                let last = if least == 0 { u32::MAX } else { clamp(back(now, least, unit)) };
                (first, last)
            }
            When::Ago { count, unit } => {
                let (first, next) = around(back(now, count, unit), unit);
                (clamp(first), clamp(next - 1))
            }
        }
    }

    /// Reads a time.
    pub(super) fn read(text: &str) -> Result<When, Fault> {
        let text = tidy(text).to_lowercase();
        let text = bare_value(&text);
        if let Some(when) = named(text) {
            return Ok(when);
        }
        match comparison(text) {
            Some((sign, rest)) => compared(sign, rest),
            None => plain(text),
        }
    }

    /// Whether it is every time there is (`true`) or none (`false`), whatever the present.
    pub(super) fn trivial(self) -> Option<bool> {
        match self {
            When::Between(0, u32::MAX) | When::Age { least: 0, most: None, .. } => Some(true),
            When::Between(first, last) if first > last => Some(false),
            When::Age { least, most: Some(most), .. } if least > most => Some(false),
            _ => None,
        }
    }
}

/// So much before a moment. Months and years keep the day and the time of day.
fn back(now: i64, count: u32, unit: Unit) -> i64 {
    let count = i64::from(count);
    let months = |months: i64| {
        Civil::of(now).months_before(months).start().saturating_add(now.rem_euclid(DAY))
    };
    match unit {
        Unit::Hour => now - count * 3_600,
        Unit::Day => now - count * DAY,
        Unit::Week => now - count * 7 * DAY,
        Unit::Month => months(count),
        Unit::Year => months(count * 12),
    }
}

/// The first second of the unit that a moment lies in, and of the next one.
fn around(moment: i64, unit: Unit) -> (i64, i64) {
    let day = Civil::of(moment);
    match unit {
        Unit::Hour => {
            let start = moment - moment.rem_euclid(3_600);
            (start, start + 3_600)
        }
        Unit::Day => (day.start(), day.start() + DAY),
        Unit::Week => {
            // 1970-01-01 was a Thursday.
            let start = day.start() - (day.start().div_euclid(DAY) + 3).rem_euclid(7) * DAY;
            (start, start + 7 * DAY)
        }
        Unit::Month => {
            let month = Civil { day: 1, ..day };
            (month.start(), Civil { month: day.month + 1, ..month }.start())
        }
        Unit::Year => {
            let year = Civil::new(day.year, 1, 1);
            (year.start(), Civil { year: day.year + 1, ..year }.start())
        }
    }
}

/// The unit that a word names.
pub(super) fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "hour" | "hours" => Unit::Hour,
        "day" | "days" => Unit::Day,
        "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "year" | "years" => Unit::Year,
        _ => return None,
    })
}

/// The unit behind a number; a short name must touch it, as in `7d`.
fn counted_unit(behind: &str) -> Option<Unit> {
    Some(match behind {
        "h" => Unit::Hour,
        "d" => Unit::Day,
        "w" => Unit::Week,
        "mo" => Unit::Month,
        "y" => Unit::Year,
        other => return unit(other.trim_start()),
    })
}

/// `today`, `this week`, `last month`, `past 7 days`.
fn named(text: &str) -> Option<When> {
    match text {
        "today" => return Some(When::Ago { count: 0, unit: Unit::Day }),
        "yesterday" => return Some(When::Ago { count: 1, unit: Unit::Day }),
        _ => {}
    }
    let (first, rest) = text.split_once(' ')?;
    match (first, unit(rest)) {
        ("this", Some(unit)) => return Some(When::Ago { count: 0, unit }),
        ("last", Some(unit)) => return Some(When::Ago { count: 1, unit }),
        ("past", Some(unit)) => return Some(When::Age { least: 0, most: Some(1), unit }),
        ("past" | "last", None) => {}
        _ => return None,
    }
    let (count, unit) = counted(rest)?;
    Some(When::Age { least: 0, most: Some(count.ok()?), unit })
}

/// `7 days`, `7d`, `2 weeks ago`: a number, which may be too large, and its unit.
fn counted(text: &str) -> Option<(Result<u32, ()>, Unit)> {
    let text = text.strip_suffix("ago").unwrap_or(text).trim_end();
    let letters = text.find(|c: char| !c.is_ascii_digit()).filter(|at| *at > 0)?;
    let (count, rest) = text.split_at(letters);
    Some((count.parse().map_err(drop), counted_unit(rest)?))
}

fn many(text: &str) -> Fault {
    Fault::Wrong(format!("{} is longer ago than anything here.", shown(text)), None)
}

fn compared(sign: Sign, rest: &str) -> Result<When, Fault> {
    if let Some((count, unit)) = counted(rest) {
        let count = count.map_err(|()| many(rest))?;
        return Ok(match sign {
            Sign::Below | Sign::AtMost => When::Age { least: 0, most: Some(count), unit },
            Sign::Above | Sign::AtLeast => When::Age { least: count, most: None, unit },
        });
    }
    let (first, last) = point(rest)?;
    Ok(match sign {
        Sign::Below => When::Between(0, first.saturating_sub(1)),
        Sign::AtMost => When::Between(0, last),
        Sign::Above => When::Between(last.saturating_add(1), u32::MAX),
        Sign::AtLeast => When::Between(first, u32::MAX),
    })
}

fn plain(text: &str) -> Result<When, Fault> {
    if let Some((count, unit)) = counted(text) {
        return Ok(When::Ago { count: count.map_err(|()| many(text))?, unit });
    }
    if let Some(ends) = two_ends(text).filter(|ends| !in_one_date(text, *ends)) {
        return between(text, ends);
    }
    if let Some(rest) = text.strip_prefix("..").or_else(|| text.strip_prefix(is_minus)) {
        return Ok(When::Between(0, point(rest)?.1));
    }
    if let Some(rest) = text.strip_suffix("..").or_else(|| text.strip_suffix(is_minus)) {
        return Ok(When::Between(point(rest)?.0, u32::MAX));
    }
    let (first, last) = point(text)?;
    Ok(When::Between(first, last))
}

/// Whether the dash is one inside a date: `2024-05`, unlike `2023-2024` and `2023 - 2024-05`.
fn in_one_date(text: &str, (low, high): (&str, &str)) -> bool {
    let year = |text: &str| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    let unspaced = text.len() == low.len() + 1 + high.len();
    unspaced && !(year(low) && year(high)) && counted(high).is_none()
}

fn between(text: &str, (low, high): (&str, &str)) -> Result<When, Fault> {
    if let Some((most, unit)) = counted(high) {
        let bare = low.bytes().all(|b| b.is_ascii_digit());
        let least = match counted(low) {
            Some((least, other)) if other == unit => least,
            None if bare => low.parse().map_err(drop),
            _ => return Err(Fault::Other),
        };
        let (Ok(least), Ok(most)) = (least, most) else { return Err(many(text)) };
        if least > most {
            let right = Age { least: most, most: Some(least), unit }.to_string();
            let say = format!("The shorter time comes first: write {right}.");
            return Err(Fault::Wrong(say, Some(right)));
        }
        return Ok(When::Age { least, most: Some(most), unit });
    }
    let (first, last) = (point(low)?.0, point(high)?.1);
    if first > last {
        let right = format!("{high}..{low}");
        let say = format!("The earlier date comes first: write {}.", shown(&right));
        return Err(Fault::Wrong(say, Some(right)));
    }
    Ok(When::Between(first, last))
}

/// The first and the last second of `2024`, `2024-05`, `2024-05-01` or `2024-05-01t12:30:15z`.
fn point(text: &str) -> Result<(u32, u32), Fault> {
    let (date, time) = match text.split_once(['t', ' ']) {
        Some((date, time)) => (date, Some(time.strip_suffix('z').unwrap_or(time))),
        None => (text, None),
    };
    let mut parts = date.split(['-', '/']).map(number);
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let (Some(Some((4, year))), None) = (year, parts.next()) else {
        return Err(backwards(date));
    };
    let month = month.map(two_digits).transpose()?;
    let day = day.map(two_digits).transpose()?;
    if !(YEARS.0..=YEARS.1).contains(&year) {
        let say = format!("Dates here run from {} to {}.", YEARS.0, YEARS.1);
        return Err(Fault::Wrong(say, None));
    }
    check(year, month, day)?;
    let civil = Civil::new(year, month.unwrap_or(1), day.unwrap_or(1));
    let (first, next) = match (month, day, time) {
        (_, Some(_), Some(time)) => clock(civil.start(), time)?,
        (_, _, Some(_)) => return Err(Fault::Other),
        (_, Some(_), None) => around(civil.start(), Unit::Day),
        (Some(_), None, None) => around(civil.start(), Unit::Month),
        (None, None, None) => around(civil.start(), Unit::Year),
    };
    Ok((clamp(first), clamp(next - 1)))
}

/// Digits with their count.
fn number(text: &str) -> Option<(usize, i64)> {
    let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if digits { Some((text.len(), text.parse().ok()?)) } else { None }
}

fn two_digits(part: Option<(usize, i64)>) -> Result<i64, Fault> {
    part.filter(|(digits, _)| *digits <= 2).map(|(_, value)| value).ok_or(Fault::Other)
}

/// `01/05/2024` may be two days, so it is asked about.
fn backwards(date: &str) -> Fault {
    let parts: Vec<_> = date.split(['-', '/', '.']).map(number).collect();
    match parts.as_slice() {
        [Some((1 | 2, a)), Some((1 | 2, b)), Some((4, year))] => {
            let right = (1..=12).contains(b).then(|| format!("{year}-{b:02}-{a:02}"));
            let say = "Write a date with the year first, then month and day: 2024-05-01.";
            Fault::Wrong(say.to_owned(), right)
        }
        _ => Fault::Other,
    }
}

fn check(year: i64, month: Option<i64>, day: Option<i64>) -> Result<(), Fault> {
    if let Some(month) = month.filter(|month| !(1..=12).contains(month)) {
        let say = format!("There is no month {month}: months run from 01 to 12.");
        return Err(Fault::Wrong(say, None));
    }
    let month = month.unwrap_or(1);
    let days = Civil::new(year, month, 1).days_in_month();
    if let Some(day) = day.filter(|day| !(1..=days).contains(day)) {
        let say = format!("There is no day {day} in {year}-{month:02}: it has {days} days.");
        return Err(Fault::Wrong(say, Some(format!("{year}-{month:02}-{days}"))));
    }
    Ok(())
}

/// `12:30` or `12:30:15` of a day: its first second, and the one after its last.
fn clock(midnight: i64, time: &str) -> Result<(i64, i64), Fault> {
    let mut parts = time.split(':').map(number);
    let (hour, minute, second) = (parts.next(), parts.next(), parts.next());
    let (Some(hour), Some(minute), None) = (hour, minute, parts.next()) else {
        return Err(Fault::Other);
    };
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let second = second.map(two_digits).transpose()?;
    if hour > 23 || minute > 59 || second.is_some_and(|second| second > 59) {
        return Err(Fault::Wrong(format!("There is no {} on a clock.", shown(time)), None));
    }
    let start = midnight + hour * 3_600 + minute * 60;
    Ok(match second {
        Some(second) => (start + second, start + second + 1),
        None => (start, start + 60),
    })
}

impl fmt::Display for When {
    /// As it is read again, without quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            When::Between(first, last) => span(first, last, f),
            When::Age { least, most, unit } => Age { least, most, unit }.fmt(f),
            When::Ago { count: 0, unit: Unit::Day } => f.write_str("today"),
            When::Ago { count: 1, unit: Unit::Day } => f.write_str("yesterday"),
            When::Ago { count: 0, unit } => write!(f, "this {}", name(1, unit)),
            When::Ago { count: 1, unit } => write!(f, "last {}", name(1, unit)),
            When::Ago { count, unit } => write!(f, "{count} {} ago", name(count, unit)),
        }
    }
}

struct Age {
    least: u32,
    most: Option<u32>,
    unit: Unit,
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (0, Some(most)) => write!(f, "<{most} {}", name(most, self.unit)),
            (least, None) => write!(f, ">{least} {}", name(least, self.unit)),
            (least, Some(most)) => write!(f, "{least}-{most} {}", name(most, self.unit)),
        }
    }
}

fn name(count: u32, unit: Unit) -> &'static str {
    let (one, many) = match unit {
        Unit::Hour => ("hour", "hours"),
        Unit::Day => ("day", "days"),
        Unit::Week => ("week", "weeks"),
        Unit::Month => ("month", "months"),
        Unit::Year => ("year", "years"),
    };
    if count == 1 { one } else { many }
}

/// How fine a moment must be written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grain {
    Year,
    Month,
    Day,
    Minute,
    Second,
}

/// The coarsest unit that begins at this second.
fn grain(start: i64) -> Grain {
    let day = Civil::of(start);
    match (start.rem_euclid(DAY), day.day, day.month) {
        (0, 1, 1) => Grain::Year,
        (0, 1, _) => Grain::Month,
        (0, _, _) => Grain::Day,
        (second, _, _) if second % 60 == 0 => Grain::Minute,
        _ => Grain::Second,
    }
}

/// A moment in as many parts as the grain has.
fn moment(at: u32, grain: Grain) -> String {
    let at = i64::from(at);
    let Civil { year, month, day } = Civil::of(at);
    let second = at.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    match grain {
        Grain::Year => format!("{year}"),
        Grain::Month => format!("{year}-{month:02}"),
        Grain::Day => format!("{year}-{month:02}-{day:02}"),
        Grain::Minute => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}"),
        Grain::Second => format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
    }
}

fn span(first: u32, last: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let from = grain(i64::from(first));
    let to = grain(i64::from(last) + 1);
    match (first, last) {
        (0, last) if last < u32::MAX => write!(f, "<={}", moment(last, to)),
        (first, u32::MAX) => write!(f, ">={}", moment(first, from)),
        _ => {
            let grain = from.max(to);
            let (from, to) = (moment(first, grain), moment(last, grain));
            if from == to { f.write_str(&from) } else { write!(f, "{from}..{to}") }
        }
    }
}
