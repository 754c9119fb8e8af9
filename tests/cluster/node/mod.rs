//! A node that runs pods for real. What keeps it apart from this machine is `tests/e2e/run`, in which it must be.

mod commands;
mod images;
mod network;
mod volumes;

use super::api::Cluster;
use super::commands::{self as control_plane, Callers, Disk};
use super::wait::until;
use std::time::Duration;

pub use images::image;
pub use network::NODE;

/// Half a minute on two idle cores; the rest is for a machine that compiles meanwhile.
const READY: Duration = Duration::from_mins(5);

impl Cluster {
    /// Starts a cluster whose node runs pods, with the images that `tests/e2e/images` made in its registry and volumes
    /// for 58 claims. Returns when the node is Ready.
    pub fn node() -> Cluster {
        let room = commands::room();
        network::bring_up();
        let cluster = Cluster::api_for(Callers::Pods(network::NODE), Disk::Volatile);
        cluster.add_controller("registry", commands::registry(cluster.folder()));
        cluster.add_controller("containerd", commands::containerd(&cluster));
        cluster.add_controllers_of_real_pods();
        cluster.add_controller("coredns", commands::coredns(&cluster));
        images::push_all(&room.join("images"));
        cluster.add_controller("kubelet", commands::kubelet(&cluster));
        cluster.add_controller("kube-proxy", commands::kube_proxy(cluster.kubeconfig()));
        volumes::make(&cluster, &room.join("volumes"));
        cluster.await_node();
        cluster
    }

    /// Has pods find an image of `tests/e2e/images` under the name that it has in life, such as `docker.io/library/nats:latest`.
    pub fn publish(&self, name: &str, reference: &str) {
        self.assert_running();
        images::copy(name, reference);
    }

    /// Kills containerd. Pods run on, and nobody hears of them.
    pub fn kill_containerd(&self) {
        self.remove_controller("containerd");
    }

    /// Starts containerd after its death.
    pub fn start_containerd(&self) {
        self.add_controller("containerd", commands::containerd(self));
    }

    fn add_controllers_of_real_pods(&self) {
        let kubeconfig = self.kubeconfig();
        let manager = control_plane::kube_controller_manager(kubeconfig, self.certificates());
        self.add_controller("kube-controller-manager", manager);
        self.add_controller("kube-scheduler", commands::kube_scheduler(kubeconfig));
    }

    fn await_node(&self) {
        let ready = until(READY, || {
            self.assert_running();
            self.has_ready_node().then_some(())
        });
        let folder = self.folder().display();
        assert!(
            ready.is_some(),
            "the node is not Ready after {READY:?}; E2E_KEEP=1 CLUSTER_KEEP=1 keep the logs in {folder}"
        );
    }

    fn has_ready_node(&self) -> bool {
        let ready = "--output=jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}";
        self.kubectl(&["get", "nodes", ready], None).stdout == "True"
            && self.kubectl(&["get", "serviceaccount", "default"], None).status.success()
    }
}
