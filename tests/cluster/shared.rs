//! One cluster for all the tests of a test binary.

use super::api::Cluster;
use std::sync::{LazyLock, Once};

static API: LazyLock<Cluster> = LazyLock::new(|| {
    end_with_the_program();
    Cluster::api()
});

static FAKE_NODES: LazyLock<Cluster> = LazyLock::new(|| {
    end_with_the_program();
    Cluster::fake_nodes()
});

static NODE: LazyLock<Cluster> = LazyLock::new(|| {
    end_with_the_program();
    Cluster::node()
});

/// The one cluster of size api of this test binary, started by the first test that asks for it.
///
/// A start that failed is not tried again: the tests after it fail at once.
pub fn shared() -> &'static Cluster {
    &API
}

/// The same of size fake nodes.
pub fn shared_fake_nodes() -> &'static Cluster {
    &FAKE_NODES
}

/// The same of size node.
pub fn shared_node() -> &'static Cluster {
    &NODE
}

fn end_with_the_program() {
    static REGISTERED: Once = Once::new();
    // SAFETY: the handler only ends processes and removes files, and does not panic.
    REGISTERED.call_once(|| unsafe {
        libc::atexit(end_shared);
    });
}

/// Statics are not dropped at the end of a program.
extern "C" fn end_shared() {
    for cluster in [&API, &FAKE_NODES, &NODE] {
        if let Some(cluster) = LazyLock::get(cluster) {
            cluster.end();
        }
    }
}
