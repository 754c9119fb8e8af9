//! What happens to a bot in its life.

mod configuration;
mod data;
pub mod killed;
mod outage;
mod replaced_nats;
mod restart;
mod talk;
mod token;
mod wrong_image;
