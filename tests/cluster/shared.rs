//! One cluster for all the tests of a test binary.

use super::api::Cluster;
use std::sync::LazyLock;

static SHARED: LazyLock<Cluster> = LazyLock::new(|| {
    // SAFETY: the handler only ends processes and removes files, and does not panic.
    unsafe { libc::atexit(end_shared) };
    Cluster::api()
});

/// The one cluster of this test binary, started by the first test that asks for it.
///
/// A start that failed is not tried again: the tests after it fail at once.
pub fn shared() -> &'static Cluster {
    &SHARED
}

/// Statics are not dropped at the end of a program.
extern "C" fn end_shared() {
    if let Some(cluster) = LazyLock::get(&SHARED) {
        cluster.end();
    }
}
