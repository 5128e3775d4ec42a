//! Tests of times: what is read, what it means in seconds, how it is printed.

use proptest::prelude::*;

use super::date::{Unit, When};
use super::number::Fault;

/// 2024-03-31 15:26:40 UTC, a Sunday, the last day of a month.
const NOW: i64 = 1_711_898_800;
const MAX: u32 = u32::MAX;

fn seconds(text: &str) -> (u32, u32) {
    When::read(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}")).seconds(NOW)
}

/// The bounds as moments.
fn bounds(text: &str) -> String {
    let (first, last) = seconds(text);
    let one = |at: u32| match at {
        0 | MAX => "…".to_owned(),
        at => {
            let text = When::Between(at, at).to_string();
            if text.len() == 16 { text + ":??" } else { text }
        }
    };
    format!("{} {}", one(first), one(last))
}

#[test]
fn dates_of_the_calendar() {
    for (text, expected) in [
        ("2024", "2024-01-01T00:00:00 2024-12-31T23:59:59"),
        ("2024-05", "2024-05-01T00:00:00 2024-05-31T23:59:59"),
        ("2024-2", "2024-02-01T00:00:00 2024-02-29T23:59:59"),
        ("2023/02/28", "2023-02-28T00:00:00 2023-02-28T23:59:59"),
        ("2024-05-01T12:30", "2024-05-01T12:30:00 2024-05-01T12:30:59"),
        ("2024-05-01 12:30:15Z", "2024-05-01T12:30:15 2024-05-01T12:30:15"),
        (">2024", "2025-01-01T00:00:00 …"),
        (">=2024", "2024-01-01T00:00:00 …"),
        ("<2024-05", "… 2024-04-30T23:59:59"),
        ("≤2024-05", "… 2024-05-31T23:59:59"),
        ("2023..2024-06", "2023-01-01T00:00:00 2024-06-30T23:59:59"),
        ("2023-2024", "2023-01-01T00:00:00 2024-12-31T23:59:59"),
        ("2024-05 - 2024-07", "2024-05-01T00:00:00 2024-07-31T23:59:59"),
        ("2024-05 to 2024-07-02", "2024-05-01T00:00:00 2024-07-02T23:59:59"),
        ("2024-05..", "2024-05-01T00:00:00 …"),
        ("2024-05-", "2024-05-01T00:00:00 …"),
        ("..2024-05", "… 2024-05-31T23:59:59"),
        ("-2024", "… 2024-12-31T23:59:59"),
        ("1970", "… 1970-12-31T23:59:59"),
        ("2106", "2106-01-01T00:00:00 …"),
    ] {
        assert_eq!(bounds(text), expected, "{text}");
    }
}

#[test]
fn times_as_on_ao3() {
    for (text, expected) in [
        ("<7 days", "2024-03-24T15:26:40 …"),
        ("< 7 days ago", "2024-03-24T15:26:40 …"),
        ("<7d", "2024-03-24T15:26:40 …"),
        ("past 7 days", "2024-03-24T15:26:40 …"),
        ("last 7 days", "2024-03-24T15:26:40 …"),
        ("past week", "2024-03-24T15:26:40 …"),
        (">8 weeks", "… 2024-02-04T15:26:40"),
        (">1 month", "… 2024-02-29T15:26:40"),
        ("<1 year", "2023-03-31T15:26:40 …"),
        ("<5 hours", "2024-03-31T10:26:40 …"),
        ("13-21 months", "2022-06-30T15:26:40 2023-02-28T15:26:40"),
        ("13 months - 21 months", "2022-06-30T15:26:40 2023-02-28T15:26:40"),
        ("2 weeks ago", "2024-03-11T00:00:00 2024-03-17T23:59:59"),
        ("2 weeks", "2024-03-11T00:00:00 2024-03-17T23:59:59"),
        ("1 month ago", "2024-02-01T00:00:00 2024-02-29T23:59:59"),
        ("3 years ago", "2021-01-01T00:00:00 2021-12-31T23:59:59"),
        ("1 hour ago", "2024-03-31T14:00:00 2024-03-31T14:59:59"),
        ("today", "2024-03-31T00:00:00 2024-03-31T23:59:59"),
        ("yesterday", "2024-03-30T00:00:00 2024-03-30T23:59:59"),
        ("this week", "2024-03-25T00:00:00 2024-03-31T23:59:59"),
        ("Last Week", "2024-03-18T00:00:00 2024-03-24T23:59:59"),
        ("this month", "2024-03-01T00:00:00 2024-03-31T23:59:59"),
        ("last year", "2023-01-01T00:00:00 2023-12-31T23:59:59"),
    ] {
        assert_eq!(bounds(text), expected, "{text}");
    }
    assert_eq!(seconds(">4294967295 years"), (0, 0));
    assert_eq!(seconds("<4294967295 years"), (0, MAX));
    assert_eq!(When::read("<7 days").unwrap().seconds(i64::MIN), (0, MAX));
    assert_eq!(When::read("today").unwrap().seconds(i64::MAX).1, MAX);
}

#[test]
fn what_is_no_time_is_told_from_a_wrong_one() {
    for text in [
        "",
        "soon",
        "7",
        "-",
        "..",
        "<",
        "20244",
        "2024-05-01-02",
        "2024-005",
        "24-05",
        "2024 05",
        "2024-05-01T",
        "2024-05-01T12",
        "2024T12:00",
        "7 dayz",
        "days",
        "ago",
        "2 weeks hence",
        "2023-2024-05",
        "1-2-3 days",
        "last",
        "this 7 days",
        "2024-٠٥",
    ] {
        assert_eq!(When::read(text), Err(Fault::Other), "{text}");
    }
    for (text, right) in [
        ("2024-00", None),
        ("2024-05-32", Some("2024-05-31")),
        ("2100-02-29", Some("2100-02-28")),
        ("1969", None),
        ("2107", None),
        ("2025..2024", Some("2024..2025")),
        ("2024-05 - 2024-04", Some("2024-04..2024-05")),
        ("21-13 months", Some("13-21 months")),
        ("99999999999 days", None),
        ("2024-05-01T24:00", None),
        ("31.12.2024", Some("2024-12-31")),
        ("12/31/2024", None),
    ] {
        match When::read(text) {
            Err(Fault::Wrong(_, found)) => assert_eq!(found.as_deref(), right, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn times_are_printed_as_short_as_they_can_be() {
    for (text, printed) in [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("2024-01..2024-12", "2024"),
        ("2023..2024-06", "2023-01..2024-06"),
        ("2024-05-01..2024-05-31", "2024-05"),
        ("2024-05-01T00:00..2024-05-02T23:59:59", "2024-05-01..2024-05-02"),
        (">2024-12-31", ">=2025"),
        ("<2024-05-02T10:00", "<=2024-05-02T09:59"),
        ("2024-05-02T10:00:01", "2024-05-02T10:00:01"),
        ("1 day ago", "yesterday"),
        ("0 weeks ago", "this week"),
        ("1 hours ago", "last hour"),
        ("<1 days", "<1 day"),
        (">1 years", ">1 year"),
        ("1-1 weeks", "1-1 week"),
    ] {
        let when = When::read(text).unwrap();
        assert_eq!(when.to_string(), printed);
        assert_eq!(When::read(printed), Ok(when), "{text}");
    }
}

/// Any time that is not trivial.
pub(super) fn any_when() -> impl Strategy<Value = When> {
    let unit = prop_oneof![
        Just(Unit::Hour),
        Just(Unit::Day),
        Just(Unit::Week),
        Just(Unit::Month),
        Just(Unit::Year),
    ];
    let count = prop_oneof![0u32..40, any::<u32>()];
    let round = prop_oneof![
        any::<u32>(),
        (0u32..49_711).prop_map(|day| day * 86_400),
        (1970i64..2106, 1i64..13).prop_map(|(year, month)| {
            super::civil::clamp(super::civil::Civil::new(year, month, 1).start())
        }),
        Just(0),
        Just(MAX),
    ];
    let between = (round.clone(), round, any::<bool>()).prop_map(|(one, other, whole)| {
        let (first, last) = (one.min(other), one.max(other));
        // A day or a year ends a second before the next.
        let last = if whole && last > first && last < MAX { last - 1 } else { last };
        When::Between(first, last)
    });
    let age = (count.clone(), count.clone(), any::<bool>(), unit.clone());
    let age = age.prop_map(|(one, other, open, unit)| {
        let most = (!open).then_some(one.max(other));
        When::Age { least: one.min(other), most, unit }
    });
    let ago = (count, unit).prop_map(|(count, unit)| When::Ago { count, unit });
    prop_oneof![between, age, ago].prop_filter("says nothing", |when| when.trivial().is_none())
}

proptest! {
    #[test]
    fn printed_and_read_is_the_same(when in any_when()) {
        let text = when.to_string();
        prop_assert_eq!(When::read(&text), Ok(when), "{}", text);
    }

    #[test]
    fn seconds_are_in_order_and_older_is_earlier(
        when in any_when(), now in 0i64..4_294_967_296, count in 0u32..5_000,
    ) {
        let (first, last) = when.seconds(now);
        prop_assert!(first <= last);
        for unit in [Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year] {
            let at = |count| When::Ago { count, unit }.seconds(now);
            // Units follow each other without a gap; months of different lengths are the only
            // ones that may be passed over or met twice.
            let (older, newer) = (at(count + 1), at(count));
            prop_assert!(older.1 < newer.0 || older == newer || newer.0 == 0);
            if newer.0 > 0 {
                prop_assert_eq!(older.1, newer.0 - 1, "{:?} {}", unit, count);
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,30}|[0-9a-z<>=. :/T-]{0,24}") {
        if let Ok(when) = When::read(&text)
            && when.trivial().is_none()
        {
            prop_assert_eq!(When::read(&when.to_string()), Ok(when));
        }
    }
}
