//! The one rule of every bounded list here: when it is full, the oldest makes room for the newest.

use std::collections::VecDeque;

/// Append to a list of at most `max` (not zero); returns what had to leave.
pub(crate) fn push_newest<T>(list: &mut VecDeque<T>, item: T, max: usize) -> Option<T> {
    let left = if list.len() >= max { list.pop_front() } else { None };
    list.push_back(item);
    left
}

/// The newest `limit` of a list, oldest first.
pub(crate) fn newest<T: Copy>(list: &VecDeque<T>, limit: usize) -> Vec<T> {
    list.iter().skip(list.len().saturating_sub(limit)).copied().collect()
}
