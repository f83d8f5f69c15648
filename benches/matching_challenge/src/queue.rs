//! Our own queue of reports, which the contest allows in place of the harness's: a ring with one producer and one
//! consumer.
//!
//! Each end keeps what it last saw of the other, and the producer shows its reports in groups, so that the two threads
//! pass a cache line to and fro once in a group instead of once in a report. The rest of a group is shown by `flush`.

use crate::messages::{Report, ReportKind, Transport};
use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::hint::{black_box, spin_loop};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many reports are shown at once.
const GROUP: u64 = 16;

/// Far enough from its neighbours that no cache line, nor the pair that is fetched with it, is shared.
#[repr(align(128))]
struct Apart<T>(T);

/// What the producer alone touches.
struct Producer {
    /// How many reports were written.
    written: u64,
    /// How many may be before the consumer must be looked at again.
    limit: u64,
}

/// The ring.
pub struct Queue {
    slots: Box<[UnsafeCell<Report>]>,
    producer: Apart<UnsafeCell<Producer>>,
    shown: Apart<AtomicU64>,
    taken: Apart<AtomicU64>,
}

impl Queue {
    /// Make a ring with room for at least so many reports, its memory mapped already.
    pub fn new(capacity: u32) -> Self {
        let capacity = (u64::from(capacity).max(2 * GROUP)).next_power_of_two();
        // Not zero, as zeroed memory would be mapped only when it is first written.
        let blank = Report { reserved3: black_box(1), ..Report::new(ReportKind::OrderAck, 0, 0) };
        Self {
            slots: (0..capacity).map(|_| UnsafeCell::new(blank)).collect(),
            producer: Apart(UnsafeCell::new(Producer { written: 0, limit: capacity })),
            shown: Apart(AtomicU64::new(0)),
            taken: Apart(AtomicU64::new(0)),
        }
    }

    fn slot(&self, number: u64) -> *mut Report {
        self.slots[number as usize & (self.slots.len() - 1)].get()
    }

    /// Enter a report, waiting where the ring is full.
    ///
    /// # Safety
    /// Only one thread may push and flush.
    #[inline]
    pub unsafe fn push(&self, report: &Report) {
        // SAFETY: only this thread touches the producer's half.
        let producer = unsafe { &mut *self.producer.0.get() };
        if producer.written == producer.limit {
            producer.limit = self.wait(producer.written);
        }
        // SAFETY: the consumer is past this slot, and does not see it again before it is shown.
        unsafe { self.slot(producer.written).write(*report) };
        producer.written += 1;
        if producer.written.is_multiple_of(GROUP) {
            self.shown.0.store(producer.written, Ordering::Release);
        }
    }

    /// Wait for room; returns how many reports may be written in all.
    #[cold]
    fn wait(&self, written: u64) -> u64 {
        self.shown.0.store(written, Ordering::Release);
        loop {
            let limit = self.taken.0.load(Ordering::Acquire) + self.slots.len() as u64;
            if limit > written {
                return limit;
            }
            spin_loop();
        }
    }

    /// Show what was written.
    ///
    /// # Safety
    /// Only one thread may push and flush.
    pub unsafe fn flush(&self) {
        // SAFETY: only this thread touches the producer's half.
        self.shown.0.store(unsafe { (*self.producer.0.get()).written }, Ordering::Release);
    }

    /// Take out up to `max` reports; how many there were.
    ///
    /// # Safety
    /// Only one thread may drain, and `out` must have room for `max`.
    pub unsafe fn drain(&self, out: *mut Report, max: u32) -> u32 {
        let taken = self.taken.0.load(Ordering::Relaxed);
        let count = (self.shown.0.load(Ordering::Acquire) - taken).min(u64::from(max));
        for number in 0..count {
            // SAFETY: the slot was shown and is not written again before `taken` says so; `out` has room.
            unsafe { out.add(number as usize).write(*self.slot(taken + number)) };
        }
        self.taken.0.store(taken + count, Ordering::Release);
        count as u32
    }
}

unsafe extern "C" fn create(capacity: u32) -> *mut c_void {
    Box::into_raw(Box::new(Queue::new(capacity))).cast()
}

unsafe extern "C" fn push(handle: *mut c_void, report: *const Report) -> i32 {
    // SAFETY: the handle is one of `create`, and the harness pushes from one thread.
    unsafe { (*handle.cast::<Queue>()).push(&*report) };
    1
}

unsafe extern "C" fn drain(handle: *mut c_void, out: *mut Report, max: u32) -> u32 {
    // SAFETY: the handle is one of `create`, and the harness drains from one thread.
    unsafe { (*handle.cast::<Queue>()).drain(out, max) }
}

unsafe extern "C" fn flush(handle: *mut c_void) {
    // SAFETY: the handle is one of `create`, and the harness flushes where it pushes.
    unsafe { (*handle.cast::<Queue>()).flush() }
}

unsafe extern "C" fn destroy(handle: *mut c_void) {
    // SAFETY: the handle is one of `create` and is not used again.
    drop(unsafe { Box::from_raw(handle.cast::<Queue>()) });
}

/// The queue as the contest wants it.
pub static TRANSPORT: Transport = Transport { create, push, drain, flush, destroy };

#[cfg(test)]
mod tests {
    use super::{Queue, Report, ReportKind};

    /// Take out everything that is shown, in small portions.
    fn drained(queue: &Queue, numbers: &mut Vec<u64>) {
        let mut out = [Report::new(ReportKind::OrderAck, 0, 0); 7];
        loop {
            // SAFETY: one thread drains, and there is room for seven.
            let count = unsafe { queue.drain(out.as_mut_ptr(), 7) } as usize;
            if count == 0 {
                return;
            }
            numbers.extend(out[..count].iter().map(|report| report.sequence_number));
        }
    }

    #[test]
    fn passes_every_report_in_order_from_thread_to_thread_through_a_ring_that_is_often_full() {
        const REPORTS: u64 = 10_000;
        struct Shared(Queue);
        // SAFETY: one thread pushes and one drains, which is what the queue asks for.
        unsafe impl Sync for Shared {}
        let shared = Shared(Queue::new(64));
        let shared = &shared;
        let mut numbers = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for number in 0..REPORTS {
                    // SAFETY: this is the one thread that pushes and flushes.
                    unsafe { shared.0.push(&Report::new(ReportKind::OrderAck, number, 0)) };
                }
                // SAFETY: as above.
                unsafe { shared.0.flush() };
            });
            while numbers.len() < REPORTS as usize {
                drained(&shared.0, &mut numbers);
            }
        });
        assert!(numbers.iter().copied().eq(0..REPORTS));
    }

    #[test]
    fn holds_back_an_unfinished_group_until_it_is_flushed() {
        let queue = Queue::new(64);
        let mut numbers = Vec::new();
        // SAFETY: one thread does everything.
        unsafe { queue.push(&Report::new(ReportKind::OrderAck, 5, 0)) };
        drained(&queue, &mut numbers);
        assert_eq!(numbers, []);
        // SAFETY: as above.
        unsafe { queue.flush() };
        drained(&queue, &mut numbers);
        assert_eq!(numbers, [5]);
    }
}
