//! The node's network: addresses of its own, and no way out.

use std::fs;
use std::net::Ipv4Addr;
use std::process::Command;

/// Of TEST-NET-1 (RFC 5737), which is nobody's.
pub const NODE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);

/// Of the pods.
pub const PODS: &str = "10.244.0.0/24";

/// Gives this network namespace the node's address. kubelet and kube-proxy want a default route, too; it leads nowhere.
pub fn bring_up() {
    assert_alone();
    ip(&["link", "set", "lo", "up"]);
    ip(&["link", "add", "node0", "type", "bridge"]);
    ip(&["address", "add", &format!("{NODE}/24"), "dev", "node0"]);
    ip(&["link", "set", "node0", "up"]);
    ip(&["route", "add", "default", "via", "192.0.2.1", "dev", "node0"]);
    // Pods reach Services through the node.
    let forward = "/proc/sys/net/ipv4/ip_forward";
    fs::write(forward, "1").unwrap_or_else(|e| panic!("cannot write {forward}: {e}"));
}

/// A machine's own network would be changed, and pods could reach the world.
fn assert_alone() {
    let devices = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    let alone = devices.lines().skip(2).all(|line| line.trim_start().starts_with("lo:"));
    assert!(alone, "a node needs a network namespace of its own: run `make e2e`");
}

fn ip(args: &[&str]) {
    let output =
        Command::new("ip").args(args).output().unwrap_or_else(|e| panic!("cannot run ip: {e}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {}: {complaint}", args.join(" "));
}
