//! Looks at the files whenever the module has started.

use super::super::set::Set;
use super::process::Process;
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub struct Sentry {
    stop: Arc<AtomicBool>,
    watch: JoinHandle<usize>,
}

impl Sentry {
    pub fn post(module: &str, claim: PathBuf) -> Sentry {
        let (module, stop) = (module.to_owned(), Arc::new(AtomicBool::new(false)));
        let stopped = stop.clone();
        let watch = thread::spawn(move || {
            let set = Set::on(&claim);
            let mut seen = HashSet::new();
            while !stopped.load(Ordering::Relaxed) {
                if let Some(process) = Process::of_module(&module)
                    && seen.insert(process)
                {
                    let found = set.generations();
                    assert!(found.whole().is_some(), "the module runs on a mixture: {found:?}");
                }
                thread::sleep(Duration::from_millis(50));
            }
            seen.len()
        });
        Sentry { stop, watch }
    }

    /// How many starts it has seen. Panics if one was on a mixture.
    #[track_caller]
    pub fn relieve(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.watch.join().expect("the module never runs on a mixture")
    }
}
