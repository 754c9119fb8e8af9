//! What backs up, restores and tries backups, whichever resource asks for it: the store, the Jobs, and
//! what these say at their end.

mod environment;
mod job;
mod pod;
mod pod_settings;
pub mod pods;
mod security;
mod store;
mod task;
mod told;
mod volumes;
mod watch;

pub use job::{has_own_image, job, job_template};
pub use pod_settings::{Image, PodSettings};
pub use store::{
    Found, ValidStore, find as find_store, read as read_store, resolve as resolve_store,
};
pub use task::{Data, RESTORE, Run, Task};
pub use told::{JobEnd, Told, told};
pub use watch::watch;
