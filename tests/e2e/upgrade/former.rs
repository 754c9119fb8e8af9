//! What the TypeScript operator and its charts leave in a cluster.

use super::{NATS, PLACE};
use crate::cluster::shared_node;
use crate::place;
use crate::support::root;
use eevee_operator::snapshot::NatsImages;
use serde_json::json;
use std::fs;

/// The images of a bot as the values name them, each with the one that stands in for it.
const IMAGES: [(&str, &str); 6] = [
    ("ghcr.io/eeveebot/operator:2.2.8", "pause"),
    (concat!("ghcr.io/eeveebot/operator:", env!("CARGO_PKG_VERSION")), "eevee-operator"),
    ("docker.io/library/nats:latest", "nats"),
    ("ghcr.io/eeveebot/router:1.2.14", "example-module"),
    ("ghcr.io/eeveebot/seen:1.1.3", "example-module"),
    ("ghcr.io/eeveebot/clock:1.0.0", "pause"),
];

/// Resources with what their former status says of Ready.
const RESOURCES: [(&str, &str); 5] = [
    ("ipcconfig/my-ipc", "True"),
    ("botmodule/router", "True"),
    ("botmodule/seen", "True"),
    ("botmodule/clock", "True"),
    ("botmodule/dice", "False"),
];

/// The API server calls a client by its User-Agent.
const CLIENT: &str = "--field-manager=node-fetch";

/// Releases of all charts, CRDs that belong to none, and a bot that runs.
pub fn leave() {
    for (reference, image) in IMAGES {
        shared_node().publish(image, reference);
    }
    let exporter = NatsImages::default().exporter;
    shared_node().publish("prometheus-nats-exporter", &exporter);
    let kubectl = |args: &[&str]| shared_node().kubectl(args, Some(&read("crds.yaml"))).success();
    kubectl(&["apply", "--filename=-"]);
    kubectl(&["wait", "--for=condition=Established", "--timeout=60s", "--filename=-"]);
    PLACE.make();
    install("eevee-crds", "crds", "");
    install("eevee-operator", "operator", &read("operator-values.yaml"));
    install("my-bot", "bot", &read("my-bot.yaml"));
    for (resource, ready) in RESOURCES {
        tell(resource, ready);
    }
    write(&["create"], "kept.yaml");
    make(&["create"]);
}

/// The former operator makes its objects again, all but the token and the claim.
pub fn make_anew() {
    make(&["replace", "--force"]);
}

/// Modules that wait for NATS too long are restarted by their liveness probe, which would count.
fn make(verb: &[&str]) {
    write(verb, "nats.yaml");
    PLACE.await_rollout(NATS);
    write(verb, "modules.yaml");
}

/// A file of the former installation.
pub fn read(name: &str) -> String {
    fs::read_to_string(root().join("tests/e2e/upgrade/former").join(name)).expect("a file")
}

/// As Helm 3 does, which most releases were made with.
fn install(release: &str, chart: &str, values: &str) {
    let chart = root().join("tests/e2e/upgrade/former").join(chart).display().to_string();
    let namespace = format!("--namespace={}", PLACE.0);
    let words = ["install", release, &chart, &namespace, "--values=-", "--server-side=false"];
    let more = ["--wait", place::PATIENCE];
    place::helm().run(&[&words[..], &more].concat(), values).fine();
}

fn tell(resource: &str, ready: &str) {
    let status = json!({ "conditions": [{
        "type": "Ready",
        "status": ready,
        "reason": "Reconciled",
        "message": "as the former operator saw it",
        "lastTransitionTime": "2026-01-02T03:04:05.000Z",
    }] });
    let patch = json!({ "status": status }).to_string();
    let words = ["patch", resource, "--subresource=status", "--type=merge", "--patch", &patch];
    PLACE.kubectl(&[&words[..], &[CLIENT]].concat()).success();
}

fn write(verb: &[&str], objects: &str) {
    let uid = PLACE.find(&["ipcconfig/my-ipc"], "{.metadata.uid}");
    let objects = read(objects).replace("IPC_UID", &uid);
    let words = [verb, &["--filename=-", CLIENT]].concat();
    shared_node().kubectl(&words, Some(&objects)).success();
}
