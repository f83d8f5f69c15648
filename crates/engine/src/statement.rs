//! Stating events.

use rialto_types::Event;

/// Append an event that is made in its place.
///
/// An event is as large as the largest of them. One that is made first and pushed then is copied as a whole, which cost
/// a tenth of a command.
#[inline(always)]
pub(crate) fn state(events: &mut Vec<Event>, event: impl FnOnce() -> Event) {
    events.extend(std::iter::once_with(event));
}
