//! The calendar: days, months and years as seconds since 1970 UTC, and back.
//!
//! Owns the arithmetic of the Gregorian calendar and no reading of words. Days are counted with
//! the year beginning in March, so that the leap day is the last of its year (the method that
//! Howard Hinnant describes in "chrono-Compatible Low-Level Date Algorithms").

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;
/// The years that a date may name; the seconds end early in the last.
pub(super) const YEARS: (i64, i64) = (1970, 2106);

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Civil {
    pub year: i64,
    /// From 1.
    pub month: i64,
    /// From 1.
    pub day: i64,
}

impl Civil {
    pub fn new(year: i64, month: i64, day: i64) -> Civil {
        Civil { year, month, day }
    }

    /// The day that a moment lies in.
    pub fn of(seconds: i64) -> Civil {
        let shifted = seconds.div_euclid(DAY) + 719_468;
        let era = shifted.div_euclid(146_097);
        let in_era = shifted.rem_euclid(146_097);
        let year = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year + year / 4 - year / 100);
        let month_from_march = (5 * in_year + 2) / 153;
        let day = in_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Civil { year: year + era * 400 + i64::from(month <= 2), month, day }
    }

    /// The first second of the day. The month may be beyond 12 or below 1: it then counts into
    /// another year.
    pub fn start(self) -> i64 {
        let months = self.year * 12 + self.month - 1;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let year = year - i64::from(month <= 2);
        let month_from_march = (month + 9) % 12;
        let in_year = (153 * month_from_march + 2) / 5 + self.day - 1;
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let in_era = of_era * 365 + of_era / 4 - of_era / 100 + in_year;
        (era * 146_097 + in_era - 719_468) * DAY
    }

    /// How many days this month has.
    pub fn days_in_month(self) -> i64 {
        let first = Civil::new(self.year, self.month, 1).start();
        (Civil::new(self.year, self.month + 1, 1).start() - first) / DAY
    }

    /// The same day so many months before, or the last one of a month that is too short for it.
    pub fn months_before(self, months: i64) -> Civil {
        let all = self.year * 12 + self.month - 1 - months;
        let month = Civil::new(all.div_euclid(12), all.rem_euclid(12) + 1, 1);
        Civil { day: self.day.min(month.days_in_month()), ..month }
    }
}

/// A moment within the range of a column.
pub(super) fn clamp(seconds: i64) -> u32 {
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_are_where_they_should_be() {
        for (year, month, day, number) in [
            (1970, 1, 1, 0),
            (1969, 12, 31, -1),
            (1972, 2, 29, 789),
            (2000, 2, 29, 11_016),
            (2000, 3, 1, 11_017),
            (2024, 2, 29, 19_782),
            (2100, 2, 28, 47_540),
            (2100, 3, 1, 47_541),
            (2106, 2, 7, 49_710),
        ] {
            let civil = Civil::new(year, month, day);
            assert_eq!(civil.start(), number * DAY, "{civil:?}");
            assert_eq!(Civil::of(number * DAY), civil);
            assert_eq!(Civil::of(number * DAY + DAY - 1), civil);
        }
        assert_eq!(Civil::new(2023, 13, 1).start(), Civil::new(2024, 1, 1).start());
        assert_eq!(Civil::new(2024, 0, 1).start(), Civil::new(2023, 12, 1).start());
    }

    #[test]
    fn every_day_of_two_centuries_comes_after_the_one_before() {
        let mut day = Civil::new(1904, 1, 1);
        let mut start = day.start();
        while day.year < 2110 {
            let last = day.day == day.days_in_month();
            let next = match (last, day.month) {
                (false, _) => Civil { day: day.day + 1, ..day },
                (true, 12) => Civil::new(day.year + 1, 1, 1),
                (true, month) => Civil::new(day.year, month + 1, 1),
            };
            start += DAY;
            assert_eq!((next.start(), Civil::of(start)), (start, next));
            day = next;
        }
        let leap = |year| Civil::new(year, 2, 1).days_in_month() == 29;
        assert!(leap(2000) && leap(2024) && !leap(2023) && !leap(2100));
    }

    #[test]
    fn months_before_stay_in_their_month() {
        let last_of_may = Civil::new(2024, 5, 31);
        assert_eq!(last_of_may.months_before(3), Civil::new(2024, 2, 29));
        assert_eq!(last_of_may.months_before(15), Civil::new(2023, 2, 28));
        assert_eq!(last_of_may.months_before(5), Civil::new(2023, 12, 31));
        assert_eq!(last_of_may.months_before(0), last_of_may);
    }
}
