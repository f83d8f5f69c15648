//! Which operations of the disk fail, and how often what was injected.

use std::collections::BTreeMap;

/// How often operations fail: so many in ten thousand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weather {
    /// A write that writes a part and fails.
    pub failed_write: u32,
    /// A sync that fails; what it should have written may be lost although processes see it.
    pub failed_sync: u32,
    /// A creation, renaming, removal, cut or sync of a directory that fails.
    pub failed_change: u32,
    /// A write or creation that finds the disk full; it stays full until room is made.
    pub full: u32,
    /// A read that fails.
    pub failed_read: u32,
    /// A read that gives less than was asked for, or is interrupted.
    pub short_read: u32,
}

impl Weather {
    /// Nothing fails but what is planned.
    pub const CALM: Weather =
        Weather { failed_write: 0, failed_sync: 0, failed_change: 0, full: 0, failed_read: 0, short_read: 0 };
}

/// How often each kind of fault was injected.
pub type Faults = BTreeMap<&'static str, u64>;
