//! The command lines of the control plane.

use super::certificates::Certificates;
use super::ports::free_port;
use super::programs::kube_program;
use super::repository;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How often programs written in Go look for memory that they can use again. Looking less often takes more memory, and a
/// fifth less CPU.
pub const FEW_COLLECTIONS: (&str, &str) = ("GOGC", "400");

/// What becomes of a write that etcd has confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// A power cut may lose it. The disk's flush is most of the cost of a write, and a test needs none.
    Volatile,
    /// It is on the disk, as on every real cluster: for measurements.
    Flushed,
}

/// Who calls an API server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callers {
    /// Programs of this machine, on the loopback.
    Programs,
    /// Pods too, which reach it at this address. What they ask for is noted in [`AUDIT_LOG`].
    Pods(Ipv4Addr),
}

/// Name of the audit log in a cluster's folder.
pub const AUDIT_LOG: &str = "audit.log";

const AUDIT_POLICY: &str = "tests/cluster/audit-policy.yaml";

/// Keeps its data in `folder` and serves the API server on `port`.
pub fn etcd(folder: &Path, port: u16, disk: Disk) -> Command {
    let clients = format!("http://127.0.0.1:{port}");
    let peers = format!("http://127.0.0.1:{}", free_port());
    let mut command = server("etcd");
    command.arg("--data-dir").arg(folder.join("etcd"));
    command.args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients]);
    command.args(["--listen-peer-urls", &peers, "--initial-advertise-peer-urls", &peers]);
    command.arg(format!("--initial-cluster=default={peers}"));
    if disk == Disk::Volatile {
        command.arg("--unsafe-no-fsync");
    }
    command
}

/// Serves on `port` what etcd on `etcd_port` keeps.
pub fn kube_apiserver(
    folder: &Path,
    port: u16,
    etcd_port: u16,
    callers: Callers,
    tokens: &Path,
    certificates: &Certificates,
) -> Command {
    let Certificates {
        authority: _,
        server_certificate,
        server_key,
        accounts_private,
        accounts_public,
    } = certificates;
    let mut command = server("kube-apiserver");
    command.arg("--cert-dir").arg(folder);
    command.arg("--tls-cert-file").arg(server_certificate);
    command.arg("--tls-private-key-file").arg(server_key);
    command.arg("--service-account-key-file").arg(accounts_public);
    command.arg("--service-account-signing-key-file").arg(accounts_private);
    command.arg("--token-auth-file").arg(tokens);
    command.arg(format!("--etcd-servers=http://127.0.0.1:{etcd_port}"));
    command.arg(format!("--secure-port={port}"));
    match callers {
        // Loopback throughout. The reconciler would publish that address in an Endpoints object,
        // where it is not allowed.
        Callers::Programs => {
            command.args(["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1"]);
            command.arg("--endpoint-reconciler-type=none");
        }
        Callers::Pods(address) => {
            command.arg("--bind-address=0.0.0.0");
            command.arg(format!("--advertise-address={address}"));
            command.arg("--audit-policy-file").arg(repository().join(AUDIT_POLICY));
            command.arg("--audit-log-path").arg(folder.join(AUDIT_LOG));
        }
    }
    command.arg("--service-account-issuer=https://kubernetes.default.svc");
    command.arg("--service-cluster-ip-range=10.96.0.0/16");
    command.arg("--authorization-mode=Node,RBAC");
    command.arg("--allow-privileged=true");
    command.arg("--kubelet-preferred-address-types=InternalIP");
    command
}

/// What gives Deployments their ReplicaSets and pods, collects garbage and empties namespaces. It binds claims, too.
pub fn kube_controller_manager(kubeconfig: &Path, certificates: &Certificates) -> Command {
    let mut command = server("kube-controller-manager");
    command.arg("--kubeconfig").arg(kubeconfig);
    command.arg("--service-account-private-key-file").arg(&certificates.accounts_private);
    command.arg("--root-ca-file").arg(&certificates.authority);
    command.args(["--use-service-account-credentials=true", "--allocate-node-cidrs=false"]);
    // Alone, and asked nothing by anyone.
    command.args(["--leader-elect=false", "--secure-port=0"]);
    // The defaults of 20 requests a second would be what a test waits for.
    command.args(["--kube-api-qps=500", "--kube-api-burst=1000"]);
    command.args(["--concurrent-deployment-syncs=20", "--concurrent-replicaset-syncs=20"]);
    command
}

/// For where no volume is ever made: without their binder, claims stay Pending in peace, and pods that use them run all
/// the same (see [`scheduler_config`]).
pub fn without_volumes(mut kube_controller_manager: Command) -> Command {
    let controllers =
        "*,-persistentvolume-binder-controller,-persistentvolume-attach-detach-controller";
    kube_controller_manager.arg(format!("--controllers={controllers}"));
    kube_controller_manager
}

/// Gives pods their node. `config` is the file of [`scheduler_config`].
pub fn kube_scheduler(config: &Path) -> Command {
    let mut command = server("kube-scheduler");
    command.arg("--config").arg(config).arg("--secure-port=0");
    command
}

/// Without the plugins that keep a pod waiting for its volumes.
pub fn scheduler_config(kubeconfig: &Path) -> String {
    let kubeconfig = kubeconfig.display();
    format!(
        r#"apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
clientConnection: {{kubeconfig: "{kubeconfig}", qps: 500, burst: 1000}}
leaderElection: {{leaderElect: false}}
profiles:
- schedulerName: default-scheduler
  plugins:
    multiPoint:
      disabled: [{{name: VolumeBinding}}, {{name: VolumeRestrictions}}, {{name: VolumeZone}}, {{name: NodeVolumeLimits}}]
"#
    )
}

/// Plays the kubelet of every node with annotation `kwok.x-k8s.io/node: fake`: its pods become Ready, or Succeeded
/// those of Jobs, and go when they are deleted.
pub fn kwok(kubeconfig: &Path, stages: &[PathBuf]) -> Command {
    let mut command = server("kwok");
    command.arg("--kubeconfig").arg(kubeconfig);
    command.arg("--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake");
    command.arg("--node-lease-duration-seconds=40");
    for stage in stages {
        command.arg("--config").arg(stage);
    }
    // It serves no logs, and nobody takes its node for a real address.
    command.args(["--node-port=0", "--node-ip=127.0.0.1"]);
    // Its default has 254 addresses for pods.
    command.arg("--cidr=10.128.0.0/14");
    command
}

/// Without our environment: etcd, for one, takes every ETCD_… variable for a setting.
pub fn server(program: &'static str) -> Command {
    let mut command = Command::new(kube_program(program));
    command.env_clear().env(FEW_COLLECTIONS.0, FEW_COLLECTIONS.1);
    command
}
