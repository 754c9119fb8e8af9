//! Bytes → the entries of a tar archive, of GNU tar, of pax, and ours.

mod decimal;
mod entry;
mod header;
mod pax;
mod reader;
mod sparse;

pub use entry::{Entry, EntryType};
pub use reader::EntryReader;
pub use sparse::Region;
