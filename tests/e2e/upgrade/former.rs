//! What the TypeScript operator and its charts leave in a cluster.

use super::PLACE;
use crate::cluster::shared_node;
use crate::place;
use crate::support::root;
use serde_json::json;
use std::fs;

/// The images of a bot as the values name them, each with the one that stands in for it.
const IMAGES: [(&str, &str); 7] = [
    ("ghcr.io/eeveebot/operator:2.2.8", "pause"),
    (concat!("ghcr.io/eeveebot/operator:", env!("CARGO_PKG_VERSION")), "eevee-operator"),
    ("docker.io/library/nats:latest", "nats"),
    ("docker.io/natsio/prometheus-nats-exporter:0.20.1", "prometheus-nats-exporter"),
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

/// What outlives a Deployment that is made anew.
const KEPT: [&str; 2] = ["kind: PersistentVolumeClaim", "name: nats-auth-secret\n  namespace"];

/// Releases of both charts, CRDs of no release, and a bot that runs.
pub fn leave() {
    for (reference, image) in IMAGES {
        shared_node().publish(image, reference);
    }
    let kubectl = |args: &[&str]| shared_node().kubectl(args, Some(&read("crds.yaml"))).success();
    kubectl(&["apply", "--filename=-"]);
    kubectl(&["wait", "--for=condition=Established", "--timeout=60s", "--filename=-"]);
    PLACE.make();
    install("eevee-operator", "operator", "operator-values.yaml");
    install("my-bot", "bot", "my-bot.yaml");
    RESOURCES.iter().for_each(|(resource, ready)| tell(resource, ready));
    write("create", &objects());
}

/// The former operator makes all of its objects again.
pub fn make_anew() {
    let documents = objects();
    let documents = documents.split("\n---\n");
    let documents: Vec<&str> =
        documents.filter(|it| !KEPT.iter().any(|kept| it.contains(kept))).collect();
    write("replace --force", &documents.join("\n---\n"));
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
    place::helm().run(&[&words[..], &more].concat(), &read(values)).fine();
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

/// The API server calls a client by its User-Agent.
const CLIENT: &str = "--field-manager=node-fetch";

fn objects() -> String {
    let uid = PLACE.find(&["ipcconfig/my-ipc"], "{.metadata.uid}");
    read("objects.yaml").replace("IPC_UID", &uid)
}

fn write(verb: &str, manifests: &str) {
    let words: Vec<&str> = verb.split(' ').chain(["--filename=-", CLIENT]).collect();
    shared_node().kubectl(&words, Some(manifests)).success();
}
