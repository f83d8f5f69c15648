//! The market views against plain models: what the events say, read again without rings, coalescing or caches.

mod calendar;
mod candles;
mod depth;
mod feed;
mod serialization;
mod statistics;
mod trades;
mod windows;
