//! The shared API server with the project's CRDs.

use crate::cluster::{Casing, Cluster, Output, shared};
use std::sync::OnceLock;

/// The shared cluster, with every CRD established.
pub fn with_crds() -> &'static Cluster {
    static READY: OnceLock<&'static Cluster> = OnceLock::new();
    READY.get_or_init(|| {
        let cluster = shared();
        cluster.install_crds(Casing::Camel);
        cluster
    })
}

/// A new namespace.
pub fn namespace(name: &str) -> &'static Cluster {
    let cluster = with_crds();
    cluster.kubectl(&["create", "namespace", name], None).success();
    cluster
}

/// A dry run of creating objects, with the strictest validation.
pub fn dry_create(cluster: &Cluster, manifest: &str) -> Output {
    let command = ["create", "--dry-run=server", "--validate=strict", "--filename=-"];
    cluster.kubectl(&command, Some(manifest))
}

/// A dry run of server-side apply as the operator does it, with the strictest validation.
pub fn dry_apply(cluster: &Cluster, manifests: &str) -> Output {
    let command = [
        "apply",
        "--server-side",
        "--field-manager=eevee-operator",
        "--force-conflicts",
        "--dry-run=server",
        "--validate=strict",
        "--filename=-",
    ];
    cluster.kubectl(&command, Some(manifests))
}
