//! What happens to a bot in its life.

mod configuration;
mod data;
mod killed;
mod outage;
mod restart;
mod talk;
mod token;
mod wrong_image;
