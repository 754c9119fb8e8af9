//! Bytes → the entries of a tar archive, of GNU tar, of pax, and ours.

mod decimal;
mod entries;
mod entry;
mod header;
mod pax;
mod sparse;

pub use entries::EntryReader;
pub use entry::{Entry, EntryType};
pub use sparse::Region;
