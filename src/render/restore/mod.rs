//! What BotModules and BackupRestores must both know of a restore: how far it is, whose mark is on a
//! claim, and what its Job has left behind.

mod evidence;
mod mark;
mod state;

pub use evidence::{Evidence, ended};
pub use mark::Mark;
pub use state::{
    RestorePhase, TrackedRestore, first, for_ever, has_ended, may_have_moved, terminal,
};
