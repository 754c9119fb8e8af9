//! The command lines of what runs on a node.

use super::super::api::Cluster;
use super::super::commands::server;
use super::super::programs::tool;
use super::network::{NODE, PODS};

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Where the registry listens. containerd talks plain HTTP to localhost alone.
pub const REGISTRY: &str = "127.0.0.1:5000";

/// Below /run, which is our own: the path of a socket must be short.
const CONTAINERD: &str = "/run/containerd/containerd.sock";

/// The folder that `tests/e2e/run` made for this run.
pub fn room() -> PathBuf {
    made_for_us("E2E_ROOM").into()
}

/// What `tests/e2e/run` says in the environment.
fn made_for_us(variable: &str) -> String {
    env::var(variable).unwrap_or_else(|_| {
        panic!("{variable} is not set: a node needs namespaces of its own: run `make e2e`")
    })
}

/// What the programs of a node call (mount, iptables, runc, …) is where the system has it.
fn on_node(mut command: Command, folder: &Path) -> Command {
    command.env_clear();
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.env("HOME", folder);
    command
}

/// Keeps images, so that pods pull them as in life.
pub fn registry(folder: &Path) -> Command {
    let images = folder.join("registry");
    fs::create_dir(&images).unwrap_or_else(|e| panic!("cannot make {}: {e}", images.display()));
    let mut command = on_node(Command::new(tool("crane")), folder);
    command.args(["registry", "serve", "--address", REGISTRY]);
    command.arg("--disk").arg(images);
    command
}

pub fn containerd(cluster: &Cluster) -> Command {
    let folder = cluster.folder();
    let plugins = cluster.write_into("cni", "10-pods.conflist", &pod_network());
    cluster.write_into("registries/_default", "hosts.toml", &every_registry());
    let registries = folder.join("registries");
    let config = containerd_config(folder, &plugins, &registries);
    let config = cluster.write("containerd.toml", &config);
    let mut command = on_node(Command::new("containerd"), folder);
    command.arg("--config").arg(config);
    command
}

/// Images of every name are pulled from our own registry.
fn every_registry() -> String {
    format!("server = \"http://{REGISTRY}\"\n[host.\"http://{REGISTRY}\"]\n")
}

fn containerd_config(folder: &Path, plugins: &Path, registries: &Path) -> String {
    let (root, plugins) = (folder.join("containerd"), plugins.display());
    format!(
        r#"version = 2
root = "{root}"
state = "/run/containerd"
[grpc]
  address = "{CONTAINERD}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  # Even root may be forbidden to lower it.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{plugins}"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "{registries}"
"#,
        root = root.display(),
        registries = registries.display(),
        pause = super::image("pause"),
    )
}

fn pod_network() -> String {
    let addresses = format!(
        r#"{{"type": "host-local", "ranges": [[{{"subnet": "{PODS}"}}]], "routes": [{{"dst": "0.0.0.0/0"}}]}}"#
    );
    format!(
        r#"{{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {{"type": "bridge", "bridge": "pods0", "isGateway": true, "ipMasq": true, "hairpinMode": true, "ipam": {addresses}}},
  {{"type": "portmap", "capabilities": {{"portMappings": true}}}}
]}}
"#
    )
}

pub fn kubelet(cluster: &Cluster) -> Command {
    let folder = cluster.folder();
    let config = cluster.write("kubelet.yaml", &kubelet_config(folder));
    let mut command = on_node(server("kubelet"), folder);
    command.arg("--kubeconfig").arg(cluster.kubeconfig());
    command.arg("--config").arg(config);
    command.arg("--root-dir").arg(folder.join("kubelet"));
    command.arg("--cert-dir").arg(folder.join("kubelet-certificates"));
    command.arg(format!("--node-ip={NODE}")).arg("--hostname-override=node");
    command
}

/// No room is reserved and nothing is evicted: the machine is not the node's alone.
fn kubelet_config(folder: &Path) -> String {
    let cgroup = made_for_us("E2E_CGROUP");
    let plugins = folder.join("volume-plugins");
    format!(
        r#"apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
containerRuntimeEndpoint: unix://{CONTAINERD}
cgroupDriver: cgroupfs
cgroupRoot: /{cgroup}
failCgroupV1: false
enforceNodeAllocatable: []
failSwapOn: false
evictionHard: {{memory.available: "0%", nodefs.available: "0%", imagefs.available: "0%", nodefs.inodesFree: "0%"}}
localStorageCapacityIsolation: false
volumePluginDir: "{plugins}"
clusterDNS: [{NODE}]
clusterDomain: cluster.local
resolvConf: ""
# Nobody can reach it but us.
authentication: {{anonymous: {{enabled: true}}, webhook: {{enabled: false}}}}
authorization: {{mode: AlwaysAllow}}
# A test waits for what it does.
syncFrequency: 5s
registryPullQPS: 0
"#,
        plugins = plugins.display(),
    )
}

pub fn kube_proxy(kubeconfig: &Path) -> Command {
    let mut command = on_node(server("kube-proxy"), Path::new("/"));
    command.arg("--kubeconfig").arg(kubeconfig);
    command.arg(format!("--cluster-cidr={PODS}")).arg("--hostname-override=node");
    // The limits of connections are the machine's.
    command.args(["--proxy-mode=iptables", "--conntrack-max-per-core=0"]);
    command
}

/// Knows the names of Services; for all others it has nobody to ask.
pub fn coredns(cluster: &Cluster) -> Command {
    let kubeconfig = cluster.kubeconfig().display();
    let config = format!(
        ".:53 {{\n  bind {NODE}\n  kubernetes cluster.local in-addr.arpa {{\n    kubeconfig {kubeconfig}\n  }}\n  errors\n}}\n"
    );
    let mut command = on_node(Command::new(tool("coredns")), cluster.folder());
    command.arg("-conf").arg(cluster.write("Corefile", &config));
    command
}

pub fn kube_scheduler(kubeconfig: &Path) -> Command {
    let mut command = server("kube-scheduler");
    command.arg("--kubeconfig").arg(kubeconfig);
    command.args(["--leader-elect=false", "--secure-port=0"]);
    command
}
