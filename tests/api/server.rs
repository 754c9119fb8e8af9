//! The shared API server with the project's CRDs.

use crate::cluster::{Cluster, Output, eventually, shared};
use crate::support;
use std::sync::OnceLock;
use std::time::Duration;

const KINDS: [&str; 5] = ["botmodule", "ipcconfig", "s3store", "backupschedule", "backuprestore"];

/// The shared cluster, with every CRD established.
pub fn with_crds() -> &'static Cluster {
    static READY: OnceLock<&'static Cluster> = OnceLock::new();
    READY.get_or_init(|| {
        let cluster = shared();
        install(cluster);
        cluster
    })
}

/// Applies the CRDs as a person would, and waits until they are established.
pub fn install(cluster: &Cluster) {
    let crds = support::path("crds/crds.yaml");
    let crds = crds.to_str().expect("a path");
    cluster.kubectl(&["apply", "--filename", crds], None).success();
    let established = ["wait", "--for=condition=Established", "--timeout=30s", "--filename", crds];
    cluster.kubectl(&established, None).success();
    // Discovery and the schemas follow some time after.
    eventually("the schemas are published", Duration::from_secs(30), || {
        let explained = |kind: &&str| cluster.kubectl(&["explain", kind], None).status.success();
        KINDS.iter().all(explained).then_some(())
    });
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
