//! Waiting for something to become true, without sleeping longer than it takes.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Short enough to go unnoticed in a test's time, long enough not to keep a core busy.
const INTERVAL: Duration = Duration::from_millis(20);

/// What [`until`] unwinds with after [`interrupt`].
pub struct Interrupted;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Ends every wait, now and later, by unwinding with [`Interrupted`], so that everything is cleaned up meanwhile. For a
/// program that was told to end.
pub fn interrupt() {
    INTERRUPTED.store(true, Ordering::Relaxed);
}

/// Whether [`interrupt`] was called.
pub fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// The first value that `probe` gives, or None when `limit` has passed without one. Probes at least once.
pub fn until<T>(limit: Duration, mut probe: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + limit;
    loop {
        if is_interrupted() {
            // Not a failure: it prints nothing.
            resume_unwind(Box::new(Interrupted));
        }
        if let Some(value) = probe() {
            return Some(value);
        }
        if Instant::now() >= deadline {
            return None;
        }
        sleep(INTERVAL);
    }
}

/// The same, for a test to which the lack of a value is a failure.
#[track_caller]
pub fn eventually<T>(what: &str, limit: Duration, probe: impl FnMut() -> Option<T>) -> T {
    until(limit, probe).unwrap_or_else(|| panic!("{what}: not within {limit:?}"))
}
