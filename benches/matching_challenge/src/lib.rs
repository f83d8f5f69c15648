//! Our order book behind the C interface of a public contest of matching engines.
//!
//! Built as a shared library that the contest's harness loads: see the README beside this crate. The functions here are
//! the boundary and the only place with unsafe code; matching is in `contest`, over `rialto-book`.
//!
//! The harness calls every function but the transport's `drain` from one thread, and nothing before `engine_init`.

#![allow(unsafe_code)]

mod contest;
mod directory;
pub mod messages;
pub mod queue;

use contest::{Contest, Reports};
use messages::{Cancel, Modify, NewOrder, Report, Transport};
use rialto_types::Side;
use std::cell::UnsafeCell;
use std::ffi::c_void;

/// The queue that the harness selected.
struct Sink {
    #[cfg(not(feature = "own_transport"))]
    transport: Transport,
    handle: *mut c_void,
}

impl Reports for Sink {
    #[cfg(not(feature = "own_transport"))]
    #[inline]
    fn push(&mut self, report: &Report) {
        // SAFETY: the harness keeps the handle alive until `engine_shutdown`, and the report is read during the call.
        while unsafe { (self.transport.push)(self.handle, report) } == 0 {
            std::hint::spin_loop();
        }
    }

    #[cfg(feature = "own_transport")]
    #[inline]
    fn push(&mut self, report: &Report) {
        // SAFETY: the handle is of our own queue, as we gave the harness no other, and this is its one producer.
        unsafe { (*self.handle.cast::<queue::Queue>()).push(report) };
    }
}

/// Tell the harness to carry reports over our own queue.
#[cfg(feature = "own_transport")]
#[unsafe(no_mangle)]
pub extern "C" fn engine_get_transport() -> *const Transport {
    &raw const queue::TRANSPORT
}

/// The one engine of a process, as the interface has no handle for it.
struct Engine(UnsafeCell<Option<Contest<Sink>>>);

// SAFETY: the interface promises that all functions which come here are called from one thread at a time.
unsafe impl Sync for Engine {}

static ENGINE: Engine = Engine(UnsafeCell::new(None));

/// Hand the engine to one call of the interface.
///
/// # Safety
/// No other call may be under way.
unsafe fn with_engine<T>(call: impl FnOnce(&mut Contest<Sink>) -> T) -> T {
    // SAFETY: the caller promises that this is the only reference.
    match unsafe { &mut *ENGINE.0.get() } {
        Some(contest) => call(contest),
        None => panic!("a call before engine_init"),
    }
}

/// Make an empty engine that reports into `sink`.
///
/// # Safety
/// `transport` must point to a table of functions that take `sink`, valid until [`engine_shutdown`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_init(_seed: u64, transport: *const Transport, sink: *mut c_void) {
    #[cfg(feature = "own_transport")]
    let (_, sink) = (transport, Sink { handle: sink });
    #[cfg(not(feature = "own_transport"))]
    // SAFETY: the caller promises a valid table.
    let sink = Sink { transport: unsafe { *transport }, handle: sink };
    // SAFETY: nothing else runs yet.
    unsafe { *ENGINE.0.get() = Some(Contest::new(sink)) };
}

/// Free the engine.
///
/// # Safety
/// No other call may be under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_shutdown() {
    // SAFETY: the caller promises that there is no other reference.
    unsafe { *ENGINE.0.get() = None };
}

/// Match an order.
///
/// # Safety
/// `order` must be valid for the call, which must be the only one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_new_order(order: *const NewOrder) {
    // SAFETY: passed on to the caller.
    unsafe { with_engine(|contest| contest.new_order(&*order)) };
}

/// Take an order out.
///
/// # Safety
/// `cancel` must be valid for the call, which must be the only one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_cancel(cancel: *const Cancel) {
    // SAFETY: passed on to the caller.
    unsafe { with_engine(|contest| contest.cancel(&*cancel)) };
}

/// Take an order out and enter it anew.
///
/// # Safety
/// `modify` must be valid for the call, which must be the only one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_on_modify(modify: *const Modify) {
    // SAFETY: passed on to the caller.
    unsafe { with_engine(|contest| contest.modify(&*modify)) };
}

/// Wait until everything is matched and reported: it always is when a call returns.
#[unsafe(no_mangle)]
pub extern "C" fn engine_flush() {}

/// The highest bid, or the least number where there is none.
///
/// # Safety
/// No other call may be under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_query_best_bid() -> i64 {
    // SAFETY: passed on to the caller.
    unsafe { with_engine(|contest| contest.best(Side::Buy)) }.unwrap_or(i64::MIN)
}

/// The lowest ask, or the greatest number where there is none.
///
/// # Safety
/// No other call may be under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_query_best_ask() -> i64 {
    // SAFETY: passed on to the caller.
    unsafe { with_engine(|contest| contest.best(Side::Sell)) }.unwrap_or(i64::MAX)
}

/// What rests at a price of a side.
///
/// # Safety
/// No other call may be under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn engine_query_depth_at(price_ticks: i64, side: u8) -> u64 {
    // SAFETY: passed on to the caller.
    unsafe { with_engine(|contest| contest.depth(price_ticks, side)) }
}
