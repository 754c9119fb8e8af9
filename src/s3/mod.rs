//! A client for S3, which sends to the store that was named and nowhere else.

mod access;
mod download;
mod patience;
mod problem;
mod store;
mod upload;

pub use access::Access;
pub use download::Download;
pub use patience::Patience;
pub use problem::Problem;
pub use store::{Store, Stored};
pub use upload::Upload;
