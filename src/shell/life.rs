//! Signs of life: each loop gives one each time around, and one that has stopped is noticed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// All loops of the operator.
#[derive(Clone, Default)]
pub struct Life(Arc<Mutex<Vec<Arc<Pulse>>>>);

/// Gives the signs of one loop.
#[derive(Clone)]
pub struct Beat(Arc<Pulse>);

/// A piece of work that is under way.
pub struct Work {
    life: Life,
    pulse: Arc<Pulse>,
}

impl Drop for Work {
    fn drop(&mut self) {
        self.life.pulses().retain(|pulse| !Arc::ptr_eq(pulse, &self.pulse));
    }
}

struct Pulse {
    name: &'static str,
    patience: Duration,
    last: Mutex<Instant>,
}

impl Life {
    /// Begins to expect a sign from a loop at least every `patience`.
    pub fn expect(&self, name: &'static str, patience: Duration) -> Beat {
        let pulse = Arc::new(Pulse { name, patience, last: Mutex::new(Instant::now()) });
        self.pulses().push(Arc::clone(&pulse));
        Beat(pulse)
    }

    /// Expects one piece of work to be over after `patience`. It ends with the guard.
    pub fn expect_once(&self, name: &'static str, patience: Duration) -> Work {
        let Beat(pulse) = self.expect(name, patience);
        Work { life: self.clone(), pulse }
    }

    /// Whether every loop has given a sign in time.
    ///
    /// # Errors
    /// The loops that have not.
    pub fn check(&self) -> Result<(), String> {
        let late = |pulse: &&Arc<Pulse>| pulse.age() > pulse.patience;
        let stuck: Vec<String> =
            self.pulses().iter().filter(late).map(|pulse| pulse.complaint()).collect();
        if stuck.is_empty() { Ok(()) } else { Err(stuck.join(", ")) }
    }

    fn pulses(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Pulse>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Beat {
    /// The loop moves.
    pub fn now(&self) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Pulse {
    fn age(&self) -> Duration {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    fn complaint(&self) -> String {
        format!("{} has not moved for {} s", self.name, self.age().as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_gives_no_sign_is_named() {
        let life = Life::default();
        let beat = life.expect("watch of pods", Duration::ZERO);
        let _other = life.expect("lease", Duration::from_mins(1));
        beat.now();
        let stuck = life.check().unwrap_err();
        assert!(stuck.starts_with("watch of pods has not moved"), "{stuck}");
    }
}
