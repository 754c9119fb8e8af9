//! What is said of a bot while its Deployments come up, or do not.

mod bot;
mod first_status;
mod paused;
mod pods_that_cannot_be_made;
#[path = "../support/mod.rs"]
mod support;
