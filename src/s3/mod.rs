//! A client for S3, which sends to the store that was named and nowhere else.
//!
//! | room | what it does |
//! |---|---|
//! | `access`, `patience`, `problem` | what a store is reached with, how long it is waited for, what a person reads |
//! | `error`, `cause` | what can go wrong |
//! | `connect` | connections: TLS, addresses, limits in time |
//! | `request`, `payload`, `encode`, `xml` | what is sent and what comes back |
//! | `retry`, `bucket` | one question, asked until there is an answer |
//! | `list`, `object` | the questions |
//! | `client`, `upload`, `download` | what others use |
//! | `plan`, `blocking`, `left_behind` | parts of an upload, threads that wait for it, and its bad end |

mod access;
mod blocking;
mod bucket;
mod cause;
mod client;
mod connect;
mod download;
mod encode;
mod error;
mod left_behind;
mod list;
mod object;
mod patience;
mod payload;
mod plan;
mod problem;
mod request;
mod retry;
mod upload;
mod xml;

pub use access::Access;
pub use client::StoreClient;
pub use download::Download;
#[cfg(test)]
pub use error::{Refusal, RequestError};
pub use list::StoredBackup;
pub use patience::Patience;
pub use problem::StoreProblem;
pub use upload::Upload;
