//! The intervals of candles and where each begins and ends.
//!
//! All in UTC. Seconds to days and three days are counted from the epoch, weeks start on Monday, months are those of
//! the calendar. Times are microseconds since the epoch; nothing before it can be said, so the week the epoch falls
//! into begins with the epoch itself.

use serde::{Serialize, Serializer};

const SECOND_US: u64 = 1_000_000;
const MINUTE_US: u64 = 60 * SECOND_US;
const HOUR_US: u64 = 60 * MINUTE_US;
const DAY_US: u64 = 24 * HOUR_US;

/// The length of a candle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Interval {
    OneSecond,
    OneMinute,
    ThreeMinutes,
    FiveMinutes,
    FifteenMinutes,
    ThirtyMinutes,
    OneHour,
    TwoHours,
    FourHours,
    SixHours,
    EightHours,
    TwelveHours,
    OneDay,
    ThreeDays,
    OneWeek,
    OneMonth,
}

/// A text that names no interval.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown interval {0:?}: use one of 1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w, 1M")]
pub struct UnknownInterval(pub String);

impl Interval {
    /// Every interval, shortest first.
    pub const ALL: [Interval; 16] = [
        Interval::OneSecond,
        Interval::OneMinute,
        Interval::ThreeMinutes,
        Interval::FiveMinutes,
        Interval::FifteenMinutes,
        Interval::ThirtyMinutes,
        Interval::OneHour,
        Interval::TwoHours,
        Interval::FourHours,
        Interval::SixHours,
        Interval::EightHours,
        Interval::TwelveHours,
        Interval::OneDay,
        Interval::ThreeDays,
        Interval::OneWeek,
        Interval::OneMonth,
    ];

    /// The API's name; upper and lower case differ.
    pub const fn name(self) -> &'static str {
        match self {
            Interval::OneSecond => "1s",
            Interval::OneMinute => "1m",
            Interval::ThreeMinutes => "3m",
            Interval::FiveMinutes => "5m",
            Interval::FifteenMinutes => "15m",
            Interval::ThirtyMinutes => "30m",
            Interval::OneHour => "1h",
            Interval::TwoHours => "2h",
            Interval::FourHours => "4h",
            Interval::SixHours => "6h",
            Interval::EightHours => "8h",
            Interval::TwelveHours => "12h",
            Interval::OneDay => "1d",
            Interval::ThreeDays => "3d",
            Interval::OneWeek => "1w",
            Interval::OneMonth => "1M",
        }
    }

    /// When the interval that contains a time begins.
    pub const fn start_of(self, time_us: u64) -> u64 {
        match self.cycle() {
            Cycle::Fixed(length_us) => time_us - time_us % length_us,
            Cycle::Week => monday_of_week(week_of(time_us)),
            Cycle::Month => first_of_month(month_of(time_us)),
        }
    }

    /// When the interval after the one that contains a time begins; the last microsecond of `u64` if that is later.
    pub const fn next(self, time_us: u64) -> u64 {
        match self.cycle() {
            Cycle::Fixed(length_us) => self.start_of(time_us).saturating_add(length_us),
            Cycle::Week => monday_of_week(week_of(time_us) + 1),
            Cycle::Month => first_of_month(month_of(time_us) + 1),
        }
    }

    /// The position of this interval in [`Interval::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    const fn cycle(self) -> Cycle {
        match self {
            Interval::OneSecond => Cycle::Fixed(SECOND_US),
            Interval::OneMinute => Cycle::Fixed(MINUTE_US),
            Interval::ThreeMinutes => Cycle::Fixed(3 * MINUTE_US),
            Interval::FiveMinutes => Cycle::Fixed(5 * MINUTE_US),
            Interval::FifteenMinutes => Cycle::Fixed(15 * MINUTE_US),
            Interval::ThirtyMinutes => Cycle::Fixed(30 * MINUTE_US),
            Interval::OneHour => Cycle::Fixed(HOUR_US),
            Interval::TwoHours => Cycle::Fixed(2 * HOUR_US),
            Interval::FourHours => Cycle::Fixed(4 * HOUR_US),
            Interval::SixHours => Cycle::Fixed(6 * HOUR_US),
            Interval::EightHours => Cycle::Fixed(8 * HOUR_US),
            Interval::TwelveHours => Cycle::Fixed(12 * HOUR_US),
            Interval::OneDay => Cycle::Fixed(DAY_US),
            Interval::ThreeDays => Cycle::Fixed(3 * DAY_US),
            Interval::OneWeek => Cycle::Week,
            Interval::OneMonth => Cycle::Month,
        }
    }
}

impl std::str::FromStr for Interval {
    type Err = UnknownInterval;

    fn from_str(text: &str) -> Result<Interval, UnknownInterval> {
        let named = Interval::ALL.into_iter().find(|interval| interval.name() == text);
        named.ok_or_else(|| UnknownInterval(text.to_owned()))
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How an interval recurs.
enum Cycle {
    /// Every so many microseconds from the epoch.
    Fixed(u64),
    /// Every Monday.
    Week,
    /// Every first day of a month.
    Month,
}

/// The epoch was a Thursday, three days into week 0.
const DAYS_OF_WEEK_0_BEFORE_EPOCH: u64 = 3;

/// The week of a time, counted from the one with the epoch in it.
const fn week_of(time_us: u64) -> u64 {
    (time_us / DAY_US + DAYS_OF_WEEK_0_BEFORE_EPOCH) / 7
}

const fn monday_of_week(week: u64) -> u64 {
    (week * 7).saturating_sub(DAYS_OF_WEEK_0_BEFORE_EPOCH).saturating_mul(DAY_US)
}

// Civil dates. A year is counted from March here, so that the leap day is its last day and the months before it have
// the same lengths in every year: 31, 30, 31, 30, 31 days, which repeats every five months, and 153 days together.
// Four hundred years have 146,097 days. Year 0 in March is 719,468 days before the epoch.

const DAYS_IN_400_YEARS: u64 = 146_097;
const EPOCH_DAY: u64 = 719_468;

/// The month of a time, counted from January of the year 0.
const fn month_of(time_us: u64) -> u64 {
    let day = time_us / DAY_US + EPOCH_DAY;
    let era = day / DAYS_IN_400_YEARS;
    let day_of_era = day % DAYS_IN_400_YEARS;
    // Take out the leap days passed (one in 4 years, none in 100, one in 400); what remains has 365 days a year.
    let leap_days = day_of_era / 1_460 + day_of_era / 146_096 - day_of_era / 36_524;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months_since_march = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + 2 + months_since_march
}

/// When a month counted from January of the year 0 begins.
const fn first_of_month(month: u64) -> u64 {
    let months_since_march = (month - 2) % 12;
    let year = (month - 2) / 12;
    let leap_days = year / 4 - year / 100 + year / 400;
    let day = 365 * year + leap_days + (153 * months_since_march + 2) / 5;
    (day - EPOCH_DAY).saturating_mul(DAY_US)
}
