//! Being told to end.

use crate::cluster::interrupt;

/// Ctrl-C, SIGTERM and a closed terminal end every wait from now on, see [`interrupt`].
pub fn interrupt_on_signals() {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: all that the handler does is to set an atomic variable.
        let former = unsafe { libc::signal(signal, heard as *const () as libc::sighandler_t) };
        assert!(former != libc::SIG_ERR, "cannot wait for signal {signal}");
    }
}

extern "C" fn heard(_signal: libc::c_int) {
    interrupt();
}
