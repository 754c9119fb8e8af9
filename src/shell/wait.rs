//! Waiting between tries: longer each time, up to a limit, and never in step with others.

use std::time::Duration;

/// Exponential back-off with jitter.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    limit: Duration,
    failures: u32,
}

impl Backoff {
    /// Waits about `first` after the first failure and never more than `limit`.
    pub fn new(first: Duration, limit: Duration) -> Self {
        Self { first, limit, failures: 0 }
    }

    /// How many failures there were in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// How long to wait after one more failure.
    pub fn next(&mut self) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(self.failures.min(20)));
        self.failures = self.failures.saturating_add(1);
        jittered(doubled.min(self.limit))
    }

    /// It went well.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// Between half of a time and all of it.
pub fn jittered(time: Duration) -> Duration {
    let mut random = [0_u8; 1];
    // Without random bytes all wait the full time, which is no harm.
    let share = getrandom::fill(&mut random).map_or(255, |()| u32::from(random[0]));
    time / 2 + time / 2 * share / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_the_limit_and_begin_anew_after_a_success() {
        let (first, limit) = (Duration::from_millis(100), Duration::from_millis(1500));
        let mut backoff = Backoff::new(first, limit);
        for at_most in [100, 200, 400, 800, 1500, 1500] {
            let wait = backoff.next();
            let at_most = Duration::from_millis(at_most);
            assert!(wait <= at_most && wait >= at_most / 2, "{wait:?} for {at_most:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= first);
    }
}
