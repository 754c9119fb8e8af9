//! Controllers, a scheduler and one node that exists in name only.

use super::api::Cluster;
use super::commands::{self, Disk};
use super::programs::kwok_stages;
use super::wait::until;
use std::time::Duration;

/// A second on two idle cores; the rest is for a machine that compiles meanwhile.
const READY: Duration = Duration::from_secs(90);

/// With room for every pod of a large measurement. Who asks its kubelet, for logs, is refused at a port where nobody
/// listens: at the usual one another kubelet of this machine might.
const NODE: &str = "apiVersion: v1
kind: Node
metadata:
  name: fake
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {kubernetes.io/hostname: fake, kubernetes.io/os: linux}
status:
  allocatable: &room {cpu: 1k, memory: 1Ti, pods: 100k}
  capacity: *room
  daemonEndpoints: {kubeletEndpoint: {Port: 1}}
";

impl Cluster {
    /// Starts a cluster of its own on which workloads come to life. Returns when its node is Ready.
    pub fn fake_nodes() -> Cluster {
        Self::fake_nodes_on(Disk::Volatile)
    }

    /// The same, with a choice of how etcd writes.
    pub fn fake_nodes_on(disk: Disk) -> Cluster {
        let cluster = Cluster::api_on(disk);
        cluster.add_controllers();
        cluster.kubectl(&["create", "--filename=-"], Some(NODE)).success();
        let ready = until(READY, || {
            cluster.assert_running();
            cluster.has_living_node().then_some(())
        });
        let folder = cluster.folder().display();
        assert!(
            ready.is_some(),
            "the fake node is not Ready after {READY:?}; CLUSTER_KEEP=1 keeps the logs in {folder}"
        );
        cluster
    }

    fn add_controllers(&self) {
        let kubeconfig = self.kubeconfig();
        let manager = commands::kube_controller_manager(kubeconfig, self.certificates());
        self.add_controller("kube-controller-manager", commands::without_volumes(manager));
        let config = self.write("scheduler.yaml", &commands::scheduler_config(kubeconfig));
        self.add_controller("kube-scheduler", commands::kube_scheduler(&config));
        self.add_controller("kwok", commands::kwok(kubeconfig, &kwok_stages()));
    }

    /// kwok has answered for the node, and controller-manager has given its namespaces the account that pods need.
    fn has_living_node(&self) -> bool {
        let ready = "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
        self.kubectl(&["get", "node", "fake", ready], None).stdout == "True"
            && self.kubectl(&["get", "serviceaccount", "default"], None).status.success()
    }
}
