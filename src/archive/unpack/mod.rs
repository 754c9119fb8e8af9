//! A stream of tar and gzip → the files of a claim. All of it is unpacked into a hidden folder and
//! checked before anything of the module's is touched.

mod attributes;
mod claim;
mod companions;
mod disk;
mod drill;
mod failure;
mod fill;
mod folders;
mod gzip;
mod journal;
mod mover;
mod names;
mod owners;
mod restore;
mod small;
mod tar;
mod trash;
mod tree;
mod walk;

pub use super::hidden::JournalState;
pub use claim::Claim;
pub use disk::Disk;
pub use drill::{Drilled, drill};
pub use failure::UnpackFailure;
pub use journal::{Journal, Restored, Wanted};
pub use restore::{BackupSource, Ended, RestoreRun};
