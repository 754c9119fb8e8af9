//! How long a store is waited for, and how often it is asked again.

use std::time::Duration;

/// Limits in time.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// A connection stands within this time.
    pub connect: Duration,
    /// So long may nothing move on a connection.
    pub idle: Duration,
    /// A small question is answered within this time, repetitions included.
    pub question: Duration,
    /// Nothing is sent again later than this after it was sent first.
    pub transfer: Duration,
    /// How often one thing is tried.
    pub tries: u32,
    /// Before the second try. It doubles from try to try.
    pub first_pause: Duration,
    /// No pause is longer, whatever the server asks for.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            question: Duration::from_secs(30),
            transfer: Duration::from_mins(5),
            tries: 8,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(20),
        }
    }
}
