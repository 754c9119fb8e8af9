//! Signs of life: each loop gives one each time around, and one that has stopped is noticed.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// All loops of the operator.
#[derive(Clone, Default)]
pub struct Life(Arc<Mutex<Vec<Weak<Pulse>>>>);

/// Gives the signs of one loop, or of one piece of work. None is expected any more when it is
/// dropped, unless that is because the loop panicked: nobody starts it again.
pub struct Beat(Arc<Pulse>);

struct Pulse {
    name: &'static str,
    patience: Duration,
    last: Mutex<Instant>,
}

impl Life {
    /// Begins to expect a sign at least every `patience`.
    pub fn expect(&self, name: &'static str, patience: Duration) -> Beat {
        let pulse = Arc::new(Pulse { name, patience, last: Mutex::new(Instant::now()) });
        let mut pulses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.retain(|pulse| pulse.strong_count() > 0);
        pulses.push(Arc::downgrade(&pulse));
        Beat(pulse)
    }

    /// Whether every loop has given a sign in time.
    ///
    /// # Errors
    /// The loops that have not.
    pub fn check(&self) -> Result<(), String> {
        let pulses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alive = pulses.iter().filter_map(Weak::upgrade);
        let late = alive.filter(|pulse| pulse.age() > pulse.patience);
        let stuck: Vec<String> = late.map(|pulse| pulse.complaint()).collect();
        if stuck.is_empty() { Ok(()) } else { Err(stuck.join(", ")) }
    }
}

impl Beat {
    /// The loop moves.
    pub fn now(&self) {
        *self.0.last.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::mem::forget(Arc::clone(&self.0));
        }
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

    #[test]
    fn a_loop_that_has_panicked_is_missed() {
        let life = Life::default();
        let beat = life.expect("watch of pods", Duration::ZERO);
        let looped = std::thread::spawn(move || {
            let _beat = beat;
            panic!("a mistake");
        });
        looped.join().unwrap_err();
        assert!(life.check().is_err());
    }

    #[test]
    fn nothing_is_expected_of_a_loop_that_has_ended() {
        let life = Life::default();
        drop(life.expect("discovery", Duration::ZERO));
        assert_eq!(life.check(), Ok(()));
    }
}
