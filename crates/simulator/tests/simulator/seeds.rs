//! Thousands of seeds, and those that once failed.

use rialto_simulator::{Summary, simulate, simulate_many};

const SEEDS: u64 = 2_000;
/// Seeds on which something was found, in the runtime or in the simulation, and mended.
const ONCE_FAILED: [u64; 7] = [238, 641, 953, 1387, 1745, 33530, 35799];

#[test]
fn nothing_acknowledged_is_ever_lost() {
    let Summary { report, failed } = simulate_many(1..SEEDS + 1, |_| {});
    assert_eq!(failed.len(), 0, "repeat one with `make simulate SEED=n`: {failed:#?}");
    println!("{report}");
    let wanted = [
        "bit flipped at rest",
        "clock set back",
        "closed segment cut short",
        "closed segment lost",
        "crash inside an operation",
        "failed change of a name",
        "failed cut",
        "failed overwriting",
        "failed read",
        "failed sync",
        "failed sync of a directory",
        "failed write",
        "full disk",
        "short read",
        "slow sync",
    ];
    let seldom: Vec<&str> =
        wanted.into_iter().filter(|fault| report.faults.get(fault).is_none_or(|&n| n < 10)).collect();
    assert_eq!(seldom, Vec::<&str>::new(), "injected too seldom to mean anything");
    assert_eq!(report.faults.len(), wanted.len(), "a fault is missing in the list above");
    for (what, count) in [
        ("kills", report.kills),
        ("power cuts", report.power_cuts),
        ("cuts", report.cuts),
        ("refusals", report.refusals),
    ] {
        assert!(count > SEEDS / 10, "{what} were met only {count} times");
    }
}

#[test]
fn a_seed_is_one_course_of_events() {
    for seed in [1, 77, 4_711] {
        let (first, second) = (simulate(seed), simulate(seed));
        assert_eq!(first.finding, None);
        assert_eq!(first.report, second.report);
        assert_eq!(first.diary, second.diary);
    }
}

#[test]
fn what_failed_once_does_not_fail_again() {
    for seed in ONCE_FAILED {
        assert_eq!(simulate(seed).finding, None, "make simulate SEED={seed}");
    }
}
