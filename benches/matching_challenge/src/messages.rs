//! The contest's messages and reports, laid out as its header `api/matching_engine_api.h` says.
//!
//! Plain data: what crosses the boundary and nothing else. The sizes are asserted where the header asserts them.

use std::ffi::c_void;

/// An order to be matched.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct NewOrder {
    /// The client's own number.
    pub order_id: u64,
    /// The number of the message.
    pub sequence_number: u64,
    /// Limit, in ticks; may be negative.
    pub price_ticks: i64,
    /// How much.
    pub quantity: u32,
    /// 0 buys, 1 sells.
    pub side: u8,
    /// 1 where the rest must not stand in the book.
    pub ioc: u8,
    /// Padding.
    pub reserved: [u8; 2],
}

/// A request to take an order out.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Cancel {
    /// Which order.
    pub order_id: u64,
    /// The number of the message.
    pub sequence_number: u64,
}

/// A request to take an order out and enter it anew.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Modify {
    /// Which order.
    pub order_id: u64,
    /// The number of the message.
    pub sequence_number: u64,
    /// Its new limit, in ticks.
    pub new_price_ticks: i64,
    /// How much of it from now on.
    pub new_quantity: u32,
    /// The side it was entered on.
    pub side: u8,
    /// Padding.
    pub reserved: [u8; 3],
}

/// What a report says.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// A new order was taken.
    OrderAck = 0,
    /// Two orders traded.
    Trade = 1,
    /// An order, or the rest of one that may not stand, is gone.
    CancelAck = 2,
    /// An order was entered anew.
    ModifyAck = 3,
    /// There was nothing to cancel.
    CancelReject = 4,
    /// There was nothing to modify.
    ModifyReject = 5,
}

/// One line of the engine's output, as long as a cache line.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// What it says.
    pub kind: ReportKind,
    /// The side of the order concerned, where that means something.
    pub side: u8,
    /// Padding.
    pub reserved: [u8; 6],
    /// The message that caused it.
    pub sequence_number: u64,
    /// The order concerned.
    pub order_id: u64,
    /// Its price; of a trade, the resting order's.
    pub price_ticks: i64,
    /// How much.
    pub quantity: u32,
    /// Padding.
    pub reserved2: u32,
    /// Of a trade: the order that rested.
    pub maker_order_id: u64,
    /// Of a trade: the order that came.
    pub taker_order_id: u64,
    /// Padding to 64 bytes.
    pub reserved3: u64,
}

impl Report {
    /// A report of one order, everything else zero.
    #[inline]
    pub fn new(kind: ReportKind, sequence_number: u64, order_id: u64) -> Self {
        Self {
            kind,
            side: 0,
            reserved: [0; 6],
            sequence_number,
            order_id,
            price_ticks: 0,
            quantity: 0,
            reserved2: 0,
            maker_order_id: 0,
            taker_order_id: 0,
            reserved3: 0,
        }
    }
}

const _: () = assert!(size_of::<NewOrder>() == 32);
const _: () = assert!(size_of::<Cancel>() == 16);
const _: () = assert!(size_of::<Modify>() == 32);
const _: () = assert!(size_of::<Report>() == 64);

/// The queue that carries reports to the harness, as a table of functions over an opaque handle.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Transport {
    /// Make a queue with room for at least so many reports; null on failure.
    pub create: unsafe extern "C" fn(capacity: u32) -> *mut c_void,
    /// Enter one report; 0 where the queue is full.
    pub push: unsafe extern "C" fn(handle: *mut c_void, report: *const Report) -> i32,
    /// Take out up to `max` reports; how many were there.
    pub drain: unsafe extern "C" fn(handle: *mut c_void, out: *mut Report, max: u32) -> u32,
    /// Show the consumer what is still held back.
    pub flush: unsafe extern "C" fn(handle: *mut c_void),
    /// Free a queue.
    pub destroy: unsafe extern "C" fn(handle: *mut c_void),
}
