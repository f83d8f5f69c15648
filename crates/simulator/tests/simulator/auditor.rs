//! The auditor finds each way in which a journal may differ from what clients were told.

use rialto_simulator::{Auditor, Finding, Record};

const START_US: u64 = 1_000;

/// `[["Outcome", ticket, sequence, time, [text], []]]`, as the runtime releases it.
fn told(ticket: u64, sequence: u64, time_us: u64, text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    rmp::encode::write_array_len(&mut bytes, 1).unwrap();
    rmp::encode::write_array_len(&mut bytes, 6).unwrap();
    rmp::encode::write_str(&mut bytes, "Outcome").unwrap();
    for number in [ticket, sequence, time_us] {
        rmp::encode::write_uint(&mut bytes, number).unwrap();
    }
    rmp::encode::write_array_len(&mut bytes, 1).unwrap();
    rmp::encode::write_str(&mut bytes, text).unwrap();
    rmp::encode::write_array_len(&mut bytes, 0).unwrap();
    bytes
}

fn command(number: u64) -> Vec<u8> {
    vec![number as u8; 3]
}

/// Three commands were acknowledged, a fourth was asked for, and the process is gone.
fn crashed() -> Auditor {
    let mut auditor = Auditor::default();
    for number in 1..=4 {
        auditor.asks(number, Some(command(number)));
    }
    for number in 1..=3 {
        auditor.hears(&told(number, number, START_US + number, "filled")).unwrap();
    }
    auditor.sees_state(3, [3; 32]);
    auditor.crashed();
    auditor
}

/// What survived: so many commands, with one thing changed in what is read.
fn recovered(count: u64, change: impl Fn(&mut Vec<Record>, &mut Vec<Vec<u8>>)) -> Result<(), Finding> {
    let record = |sequence| Record { sequence, time_us: START_US + sequence, command: command(sequence) };
    let mut records: Vec<Record> = (1..=count).map(record).collect();
    let mut outcomes: Vec<Vec<u8>> = (1..=count).map(|number| told(0, number, START_US + number, "filled")).collect();
    change(&mut records, &mut outcomes);
    crashed().recovered(&records, &outcomes, [count as u8; 32], None)
}

#[test]
fn what_survived_whole_is_sound_with_or_without_what_nobody_was_told() {
    assert_eq!(recovered(3, |_, _| {}), Ok(()));
    assert_eq!(recovered(4, |_, _| {}), Ok(()));
}

#[test]
fn each_difference_is_found() {
    let altered = |what| Err(Finding::Altered { sequence: 2, what });
    assert_eq!(recovered(2, |_, _| {}), Err(Finding::Lost { first: 3, last: 3, survived: 2 }));
    assert_eq!(recovered(3, |records, _| records[1].command = command(9)), altered("command"));
    assert_eq!(
        recovered(3, |records, outcomes| {
            records[1].time_us += 1;
            outcomes[1] = told(0, 2, START_US + 3, "filled");
        }),
        altered("time")
    );
    assert_eq!(recovered(3, |_, outcomes| outcomes[1] = told(0, 2, START_US + 2, "new")), altered("outcome"));
    assert_eq!(recovered(4, |records, _| records[3].command = command(1)), Err(Finding::Invented { sequence: 4 }));
    assert!(matches!(recovered(3, |_, outcomes| drop(outcomes.pop())), Err(Finding::Unreadable(_))));
}

#[test]
fn a_command_is_found_once_and_only_at_the_next_recovery() {
    let read = |numbers: &[u64]| -> (Vec<Record>, Vec<Vec<u8>>) {
        let of = |(sequence, &number)| Record { sequence, time_us: START_US + sequence, command: command(number) };
        let records: Vec<Record> = (1..).zip(numbers).map(of).collect();
        let outcomes = records.iter().map(|record| told(0, record.sequence, record.time_us, "filled")).collect();
        (records, outcomes)
    };
    let (records, outcomes) = read(&[1, 2, 3, 4, 4]);
    assert_eq!(crashed().recovered(&records, &outcomes, [0; 32], None), Err(Finding::Invented { sequence: 5 }));
    let mut auditor = crashed();
    let (records, outcomes) = read(&[1, 2, 3]);
    auditor.recovered(&records, &outcomes, [3; 32], None).unwrap();
    let (records, outcomes) = read(&[1, 2, 3, 4]);
    assert_eq!(auditor.recovered(&records, &outcomes, [4; 32], None), Err(Finding::Invented { sequence: 4 }));
}

#[test]
fn another_state_is_found() {
    let record = |sequence| Record { sequence, time_us: START_US + sequence, command: command(sequence) };
    let records: Vec<Record> = (1..=3).map(record).collect();
    let outcomes: Vec<Vec<u8>> = (1..=3).map(|number| told(0, number, START_US + number, "filled")).collect();
    assert_eq!(crashed().recovered(&records, &outcomes, [8; 32], None), Err(Finding::OtherState { sequence: 3 }));
}

#[test]
fn the_last_frame_alone_is_excepted_and_only_when_it_was_damaged() {
    let records = [Record { sequence: 1, time_us: START_US + 1, command: command(1) }];
    let outcomes = [told(0, 1, START_US + 1, "filled")];
    let lost = Err(Finding::Lost { first: 2, last: 3, survived: 1 });
    assert_eq!(crashed().recovered(&records, &outcomes, [1; 32], Some(2)), Ok(()));
    assert_eq!(crashed().recovered(&records, &outcomes, [1; 32], Some(3)), lost);
    assert_eq!(crashed().recovered(&records, &outcomes, [1; 32], None), lost);
}

#[test]
fn what_is_told_out_of_turn_is_found() {
    let mut auditor = Auditor::default();
    auditor.asks(1, Some(command(1)));
    auditor.asks(2, None);
    let unasked = auditor.hears(&told(7, 1, START_US, "filled"));
    assert_eq!(unasked, Err(Finding::Unasked { ticket: 7 }));
    assert_eq!(auditor.closed(), Err(Finding::Unanswered { count: 2 }));
    assert_eq!(auditor.hears(&told(2, 1, START_US, "")), Err(Finding::TooEarly { sequence: 1, durable: 0 }));
    assert_eq!(auditor.hears(&told(1, 2, START_US, "")), Err(Finding::OutOfTurn { expected: 1, found: 2 }));
    auditor.asks(1, Some(command(1)));
    auditor.hears(&told(1, 1, START_US, "filled")).unwrap();
    assert_eq!(auditor.hears(&told(1, 2, START_US, "filled")), Err(Finding::Unasked { ticket: 1 }));
    auditor.asks(3, Some(command(3)));
    let backwards = Finding::TimeBackwards { sequence: 2, time_us: START_US - 1, last_us: START_US };
    assert_eq!(auditor.hears(&told(3, 2, START_US - 1, "filled")), Err(backwards));
    auditor.asks(4, Some(command(4)));
    auditor.stopped();
    assert_eq!(auditor.hears(&told(4, 2, START_US, "filled")), Err(Finding::AfterFailure));
}
