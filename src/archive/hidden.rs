//! The hidden folder of a restore, at the root of the claim. A restore works in it, and a backup looks into it.

use serde::{Deserialize, Serialize};

/// Its name.
pub const RESTORE_FOLDER: &str = ".eevee-restore";

/// The file in it that says how far the restore has come.
pub const JOURNAL: &str = "journal.json";

/// How far a restore has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum JournalState {
    /// Nothing of the module's was touched.
    Unpacking,
    /// The archive is unpacked and checked, and its files are put into their place.
    Moving,
    /// All is in its place.
    Done,
}
