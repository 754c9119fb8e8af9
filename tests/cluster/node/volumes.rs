//! Volumes for claims. No provisioner runs, so they are made beforehand.

use super::super::api::Cluster;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const COUNT: usize = 56;
/// Those that one pod alone may use. Kubernetes has them be of no use to anybody else.
const EXCLUSIVE: usize = 2;

/// Bound as soon as a claim is made, so that a test sees at once where it stands.
const CLASS: &str = "apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: pool, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}
provisioner: kubernetes.io/no-provisioner
";

/// Folders of the node, each for one claim of up to 1 GiB.
pub fn make(cluster: &Cluster, folder: &Path) {
    let shared = (0..COUNT).map(|number| volume(folder, number, "ReadWriteOnce, ReadWriteMany"));
    let exclusive =
        (COUNT..COUNT + EXCLUSIVE).map(|number| volume(folder, number, "ReadWriteOncePod"));
    let manifests: String = [CLASS.to_owned()].into_iter().chain(shared).chain(exclusive).collect();
    cluster.kubectl(&["create", "--filename=-"], Some(&manifests)).success();
}

fn volume(folder: &Path, number: usize, modes: &str) -> String {
    let path = folder.join(number.to_string());
    // The kubelet gives folders of the node to no group: whoever is in the pod must be able to write.
    fs::create_dir_all(&path)
        .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o777)))
        .unwrap_or_else(|e| panic!("cannot make {}: {e}", path.display()));
    format!(
        "---
apiVersion: v1
kind: PersistentVolume
metadata: {{name: pool-{number}}}
spec:
  storageClassName: pool
  capacity: {{storage: 1Gi}}
  accessModes: [{modes}]
  persistentVolumeReclaimPolicy: Retain
  hostPath: {{path: \"{}\"}}
",
        path.display()
    )
}
