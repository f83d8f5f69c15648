//! Where intervals begin: known dates, and every day of six centuries counted one by one.

use crate::feed::{DAY_US, HOUR_US, MINUTE_US, SECOND_US};
use rialto_market::{Interval, UnknownInterval};

/// 2024-02-29 (a Thursday) 12:34:56.789012.
const LEAP_DAY_US: u64 = 1_709_210_096_789_012;

fn check(interval: &str, time_s: u64, start_s: u64, next_s: u64) {
    let parsed: Interval = interval.parse().unwrap();
    for time_us in [time_s * SECOND_US, time_s * SECOND_US + 999_999] {
        assert_eq!(parsed.start_of(time_us) / SECOND_US, start_s, "start of {interval} at {time_s}");
        assert_eq!(parsed.next(time_us) / SECOND_US, next_s, "next of {interval} at {time_s}");
    }
    assert_eq!(parsed.start_of(start_s * SECOND_US), start_s * SECOND_US);
    assert_eq!(parsed.next(start_s * SECOND_US), next_s * SECOND_US);
}

#[test]
fn names_read_back_and_case_counts() {
    let names = ["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"];
    assert_eq!(Interval::ALL.map(Interval::name), names);
    for interval in Interval::ALL {
        assert_eq!(interval.name().parse(), Ok(interval));
    }
    for wrong in ["", "1H", "1S", "2m", "1D", " 1m", "1y"] {
        assert_eq!(wrong.parse::<Interval>(), Err(UnknownInterval(wrong.to_owned())));
    }
}

#[test]
fn intervals_of_fixed_length_are_counted_from_the_epoch() {
    let time_s = LEAP_DAY_US / SECOND_US;
    check("1s", time_s, time_s, time_s + 1);
    check("1m", time_s, 1_709_210_040, 1_709_210_100);
    check("3m", time_s, 1_709_209_980, 1_709_210_160);
    check("5m", time_s, 1_709_209_800, 1_709_210_100);
    check("15m", time_s, 1_709_209_800, 1_709_210_700);
    check("30m", time_s, 1_709_209_800, 1_709_211_600);
    check("1h", time_s, 1_709_208_000, 1_709_211_600);
    check("2h", time_s, 1_709_208_000, 1_709_215_200);
    check("4h", time_s, 1_709_208_000, 1_709_222_400);
    check("6h", time_s, 1_709_208_000, 1_709_229_600);
    check("8h", time_s, 1_709_193_600, 1_709_222_400);
    check("12h", time_s, 1_709_208_000, 1_709_251_200);
    check("1d", time_s, 1_709_164_800, 1_709_251_200);
    // Day 19,782 is the third of its three.
    check("3d", time_s, 1_709_164_800, 1_709_424_000);
}

#[test]
fn weeks_start_on_monday() {
    // Monday 2024-02-26 to Monday 2024-03-04, across the leap day.
    for time_s in [1_708_905_600, 1_709_164_800, LEAP_DAY_US / SECOND_US, 1_709_510_399] {
        check("1w", time_s, 1_708_905_600, 1_709_510_400);
    }
    // Monday 2024-12-30 to Monday 2025-01-06, across the year.
    check("1w", 1_735_689_600, 1_735_516_800, 1_736_121_600);
    // The epoch was a Thursday; the Monday after it was 1970-01-05.
    check("1w", 0, 0, 4 * 86_400);
    check("1w", 4 * 86_400 - 1, 0, 4 * 86_400);
    check("1w", 4 * 86_400, 4 * 86_400, 11 * 86_400);
}

#[test]
fn months_are_those_of_the_calendar() {
    check("1M", 0, 0, 31 * 86_400);
    check("1M", 59 * 86_400 - 1, 31 * 86_400, 59 * 86_400);
    // 2000 was a leap year: February 29 belongs to February.
    check("1M", 951_782_400, 949_363_200, 951_868_800);
    check("1M", LEAP_DAY_US / SECOND_US, 1_706_745_600, 1_709_251_200);
    check("1M", 1_735_689_599, 1_733_011_200, 1_735_689_600);
    // 2100 is none: February has 28 days.
    check("1M", 4_107_542_399, 4_105_123_200, 4_107_542_400);
}

#[test]
fn every_month_and_week_of_six_centuries_follows_the_one_before() {
    let mut day = 0;
    for year in 1970_u64..2570 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for length in [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            let (start_us, next_us) = (day * DAY_US, (day + length) * DAY_US);
            for time_us in [start_us, start_us + 1, start_us + 14 * DAY_US + HOUR_US, next_us - 1] {
                assert_eq!(Interval::OneMonth.start_of(time_us), start_us);
                assert_eq!(Interval::OneMonth.next(time_us), next_us);
            }
            day += length;
        }
    }
    for monday in (4..day).step_by(7) {
        assert_eq!(Interval::OneWeek.start_of(monday * DAY_US - 1), (monday * DAY_US).saturating_sub(7 * DAY_US));
        assert_eq!(Interval::OneWeek.start_of(monday * DAY_US + 7 * DAY_US - 1), monday * DAY_US);
        assert_eq!(Interval::OneWeek.next(monday * DAY_US), (monday + 7) * DAY_US);
    }
}

#[test]
fn the_last_time_there_is_has_an_interval() {
    for interval in Interval::ALL {
        let start_us = interval.start_of(u64::MAX);
        assert!(start_us < u64::MAX && interval.start_of(start_us) == start_us, "{interval}");
        assert_eq!(interval.next(u64::MAX), u64::MAX, "{interval}");
        assert!(interval.start_of(start_us - 1) < start_us, "{interval}");
    }
    assert_eq!(Interval::OneMinute.next(u64::MAX - 2 * MINUTE_US) % MINUTE_US, 0);
}
