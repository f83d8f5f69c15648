//! The adapter through its C functions, as the harness calls it: what it reports, and what it answers about the book.

#![allow(unsafe_code)]

use rialto_matching_challenge::messages::{Cancel, Modify, NewOrder, Report, ReportKind, Transport};
use rialto_matching_challenge::{
    engine_flush, engine_init, engine_on_cancel, engine_on_modify, engine_on_new_order, engine_query_best_ask,
    engine_query_best_bid, engine_query_depth_at, engine_shutdown,
};
use std::ffi::c_void;
use std::sync::Mutex;

/// The interface knows one engine a process, so that tests take turns.
static TURN: Mutex<()> = Mutex::new(());

const BUY: u8 = 0;
const SELL: u8 = 1;
const NO_BID: i64 = i64::MIN;
const NO_ASK: i64 = i64::MAX;

/// A message, numbered by its place in the list.
#[derive(Clone, Copy)]
enum Message {
    New(u64, u8, u32, i64),
    Ioc(u64, u8, u32, i64),
    Cancel(u64),
    Modify(u64, u8, u32, i64),
}

unsafe extern "C" fn push(handle: *mut c_void, report: *const Report) -> i32 {
    // SAFETY: the handle is the list that `run` drains, on the same thread, and the report is valid during the call.
    unsafe { (*handle.cast::<Vec<Report>>()).push(*report) };
    1
}

unsafe extern "C" fn create(_: u32) -> *mut c_void {
    unreachable!("the adapter is given a queue")
}

unsafe extern "C" fn drain(_: *mut c_void, _: *mut Report, _: u32) -> u32 {
    unreachable!("the adapter does not read its reports")
}

unsafe extern "C" fn nothing(_: *mut c_void) {}

/// Write a report as the contest does before it hashes it.
fn line(report: &Report) -> String {
    let Report { kind, side, sequence_number, order_id, price_ticks, quantity, .. } = *report;
    let (maker, taker) = (report.maker_order_id, report.taker_order_id);
    match kind {
        ReportKind::OrderAck => format!("ack {sequence_number} {side} {order_id} {price_ticks} {quantity}"),
        ReportKind::Trade => format!("trade {sequence_number} {price_ticks} {quantity} {maker} {taker}"),
        ReportKind::CancelAck => format!("cancelled {sequence_number} {side} {order_id} {price_ticks}"),
        ReportKind::ModifyAck => format!("modified {sequence_number} {side} {order_id} {price_ticks} {quantity}"),
        ReportKind::CancelReject => format!("no cancel {sequence_number} {order_id}"),
        ReportKind::ModifyReject => format!("no modify {sequence_number} {order_id}"),
    }
}

/// Send messages to a fresh engine; compare its reports without acknowledgements of new orders, and its best prices.
fn check(messages: &[Message], reports: &[&str], best: (i64, i64)) {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut pushed: Vec<Report> = Vec::new();
    let transport = Transport { create, push, drain, flush: nothing, destroy: nothing };
    let mut acknowledged = 0;
    // SAFETY: the list outlives the engine, every message is valid for its call, and tests take turns.
    let seen = unsafe {
        engine_init(0, &transport, (&raw mut pushed).cast());
        for (sequence_number, &message) in (0..).zip(messages) {
            send(message, sequence_number);
        }
        engine_flush();
        let seen = (engine_query_best_bid(), engine_query_best_ask());
        engine_shutdown();
        seen
    };
    let lines: Vec<String> = pushed.iter().map(line).filter(|line| !line.starts_with("ack")).collect();
    acknowledged += pushed.iter().filter(|report| report.kind == ReportKind::OrderAck).count();
    let new = messages.iter().filter(|message| matches!(message, Message::New(..) | Message::Ioc(..))).count();
    assert_eq!(lines, reports);
    assert_eq!(acknowledged, new);
    assert_eq!(seen, best);
}

/// Call the function of a message.
///
/// # Safety
/// The engine must be there, and no other call under way.
unsafe fn send(message: Message, sequence_number: u64) {
    // SAFETY: the messages live until the calls return; the rest is passed on to the caller.
    unsafe {
        match message {
            Message::New(order_id, side, quantity, price_ticks) => {
                let reserved = [0; 2];
                let order = NewOrder { order_id, sequence_number, price_ticks, quantity, side, ioc: 0, reserved };
                engine_on_new_order(&order);
            }
            Message::Ioc(order_id, side, quantity, price_ticks) => {
                let reserved = [0; 2];
                let order = NewOrder { order_id, sequence_number, price_ticks, quantity, side, ioc: 1, reserved };
                engine_on_new_order(&order);
            }
            Message::Cancel(order_id) => engine_on_cancel(&Cancel { order_id, sequence_number }),
            Message::Modify(order_id, side, new_quantity, new_price_ticks) => {
                let reserved = [0; 3];
                engine_on_modify(&Modify { order_id, sequence_number, new_price_ticks, new_quantity, side, reserved });
            }
        }
    }
}

use Message::{Cancel as Out, Ioc, Modify as Change, New};

#[test]
fn trades_at_the_makers_price_and_in_order_of_arrival() {
    check(
        &[New(1, SELL, 5, 101), New(2, SELL, 5, 100), New(3, SELL, 5, 100), New(4, BUY, 12, 101)],
        &["trade 3 100 5 2 4", "trade 3 100 5 3 4", "trade 3 101 2 1 4"],
        (NO_BID, 101),
    );
    check(
        &[New(1, BUY, 5, 99), New(2, BUY, 5, 100), Ioc(3, SELL, 7, 98)],
        &["trade 2 100 5 2 3", "trade 2 99 2 1 3"],
        (99, NO_ASK),
    );
}

#[test]
fn the_rest_of_an_immediate_order_is_cancelled_and_that_of_another_stands() {
    check(
        &[New(1, SELL, 5, 100), Ioc(2, BUY, 8, 100)],
        &["trade 1 100 5 1 2", "cancelled 1 0 2 100"],
        (NO_BID, NO_ASK),
    );
    check(&[New(1, SELL, 5, 100), New(2, BUY, 8, 100)], &["trade 1 100 5 1 2"], (100, NO_ASK));
}

#[test]
fn what_does_not_rest_is_refused() {
    check(
        &[
            New(1, SELL, 5, 100),
            New(2, BUY, 5, 100),
            Out(1),
            Change(2, BUY, 6, 100),
            Out(7),
            New(3, BUY, 1, 90),
            Out(3),
        ],
        &["trade 1 100 5 1 2", "no cancel 2 1", "no modify 3 2", "no cancel 4 7", "cancelled 6 0 3 90"],
        (NO_BID, NO_ASK),
    );
}

#[test]
fn a_modified_order_goes_to_the_back_and_may_trade() {
    check(
        &[New(1, BUY, 5, 100), New(2, BUY, 5, 100), Change(1, BUY, 6, 100), Ioc(3, SELL, 6, 100)],
        &["modified 2 0 1 100 6", "trade 3 100 5 2 3", "trade 3 100 1 1 3"],
        (100, NO_ASK),
    );
    check(
        &[New(1, SELL, 5, 100), New(2, BUY, 5, 90), Change(2, BUY, 5, 105)],
        &["trade 2 100 5 1 2", "modified 2 0 2 105 5"],
        (NO_BID, NO_ASK),
    );
}

#[test]
fn numbers_of_any_size_and_prices_below_zero_are_known() {
    let far = u64::MAX - 1;
    check(
        &[New(far, SELL, 5, -3), New(1 << 32, SELL, 5, -2), New(1 << 25, BUY, 7, -2), Out(1 << 32), Out(far)],
        &[
            "trade 2 -3 5 18446744073709551614 33554432",
            "trade 2 -2 2 4294967296 33554432",
            "cancelled 3 1 4294967296 -2",
            "no cancel 4 18446744073709551614",
        ],
        (NO_BID, NO_ASK),
    );
    check(&[New(1, BUY, 1, i64::MIN + 1), New(2, SELL, 1, i64::MAX - 1)], &[], (i64::MIN + 1, i64::MAX - 1));
}

#[test]
fn what_rests_at_a_price_is_known() {
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut pushed: Vec<Report> = Vec::new();
    let transport = Transport { create, push, drain, flush: nothing, destroy: nothing };
    // SAFETY: as in `check`.
    let depths = unsafe {
        engine_init(0, &transport, (&raw mut pushed).cast());
        for (sequence_number, message) in
            (0..).zip([New(1, BUY, 5, 100), New(2, BUY, 6, 100), New(3, SELL, 7, 101), Ioc(4, SELL, 2, 100)])
        {
            send(message, sequence_number);
        }
        let depths =
            [(100, BUY), (100, SELL), (101, SELL), (99, BUY)].map(|(price, side)| engine_query_depth_at(price, side));
        engine_shutdown();
        depths
    };
    assert_eq!(depths, [9, 0, 7, 0]);
}
