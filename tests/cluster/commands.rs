//! The command lines of the control plane.

use super::certificates::Certificates;
use super::ports::free_port;
use super::programs::kube_program;
use std::path::Path;
use std::process::Command;

/// Keeps its data in `folder` and serves the API server on `port`.
pub fn etcd(folder: &Path, port: u16) -> Command {
    let clients = format!("http://127.0.0.1:{port}");
    let peers = format!("http://127.0.0.1:{}", free_port());
    let mut command = server("etcd");
    command.arg("--data-dir").arg(folder.join("etcd"));
    command.args(["--listen-client-urls", &clients, "--advertise-client-urls", &clients]);
    command.args(["--listen-peer-urls", &peers, "--initial-advertise-peer-urls", &peers]);
    command.arg(format!("--initial-cluster=default={peers}"));
    // What a test stores need not survive a power cut, and the disk's flush is most of the cost of a write.
    command.arg("--unsafe-no-fsync");
    command
}

/// Serves on `port` what etcd on `etcd_port` keeps.
pub fn kube_apiserver(
    folder: &Path,
    port: u16,
    etcd_port: u16,
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
    // Loopback throughout. The reconciler would publish that address in an Endpoints object, where
    // it is not allowed.
    command.args(["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1"]);
    command.arg("--endpoint-reconciler-type=none");
    command.arg("--service-account-issuer=https://kubernetes.default.svc");
    command.arg("--service-cluster-ip-range=10.96.0.0/16");
    command.arg("--authorization-mode=Node,RBAC");
    command.arg("--allow-privileged=true");
    command.arg("--kubelet-preferred-address-types=InternalIP");
    command
}

/// Without our environment: etcd, for one, takes every ETCD_… variable for a setting.
fn server(program: &str) -> Command {
    let mut command = Command::new(kube_program(program));
    command.env_clear();
    command
}
