//! Being told to end.

use crate::cluster::interrupt;
use std::thread;
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

/// Ctrl-C, SIGTERM and a closed terminal end every wait from now on, see [`interrupt`].
pub fn interrupt_on_signals() {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|e| panic!("cannot wait for signals: {e}"));
    let (mut interrupted, mut terminated, mut hung_up) = {
        let _within = runtime.enter();
        let wait_for =
            |kind| signal(kind).unwrap_or_else(|e| panic!("cannot wait for signals: {e}"));
        (
            wait_for(SignalKind::interrupt()),
            wait_for(SignalKind::terminate()),
            wait_for(SignalKind::hangup()),
        )
    };
    thread::spawn(move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    _ = interrupted.recv() => {}
                    _ = terminated.recv() => {}
                    _ = hung_up.recv() => {}
                }
                interrupt();
            }
        });
    });
}
