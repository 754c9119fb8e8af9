//! When a restore is hit.

use super::super::set::Set;
use super::process::Process;
use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug)]
pub enum Moment {
    /// Some time after its process has begun.
    Random,
    /// Some files are moved, and others not: the process stands still there.
    Moves,
}

/// About as long as a restore takes from its first instruction to its last.
const LONGEST: u64 = 1500;

impl Moment {
    /// Waits for it. False where the restore was over before.
    pub fn strike(self, process: Process, claim: &Path, set: &Set) -> bool {
        match self {
            Moment::Random => {
                thread::sleep(Duration::from_millis(random() % LONGEST));
                process.is_alive()
            }
            Moment::Moves => stop_in_the_moves(process, claim, set),
        }
    }
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// Lets it go on in small steps, from when it says that it moves, until there is a mixture.
fn stop_in_the_moves(process: Process, claim: &Path, set: &Set) -> bool {
    let before = set.generations();
    while process.is_alive() {
        if moves(claim) {
            process.freeze();
            let now = set.generations();
            if now != before && now.whole().is_none() {
                return true;
            }
            process.thaw();
            let step = Instant::now();
            while step.elapsed() < Duration::from_millis(5) {
                std::hint::spin_loop();
            }
        }
    }
    false
}

fn moves(claim: &Path) -> bool {
    let journal = fs::read_to_string(claim.join(".eevee-restore/journal.json")).unwrap_or_default();
    let journal: serde_json::Value = serde_json::from_str(&journal).unwrap_or_default();
    journal["state"] == "moving"
}
