//! What happens to a bot in its life.

mod talk;
