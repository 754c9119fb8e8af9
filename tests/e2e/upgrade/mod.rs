//! From the TypeScript operator to this one.

use crate::alone;
use crate::audit;
use crate::cluster::{Casing, eventually, image, shared_node};
use crate::nats;
use crate::place::{self, LONG, Place};
use crate::readme;

const PLACE: Place = Place("eevee-bot");

const NATS: &str = "eevee-my-ipc-nats";

const DEPLOYMENTS: [&str; 3] = [NATS, "eevee-router-module", "eevee-seen-module"];

#[test]
fn a_bot_of_the_typescript_operator_is_taken_over_at_the_cost_of_one_restart() {
    // The kinds of CRDs, lowercase here, are those of a whole cluster.
    if !alone::is_alone() {
        return alone::in_a_cluster_of_its_own(
            "upgrade::a_bot_of_the_typescript_operator_is_taken_over_at_the_cost_of_one_restart",
        );
    }
    leave_a_bot();
    assert_eq!(ask("seen", "starts"), "1");
    let before = lasting();
    assert!(before.iter().all(|it| !it.is_empty()), "something is missing: {before:?}");

    // The steps of the upgrade guide, the TypeScript operator being gone.
    readme::run(place::helm(), "crds/README.md", "upgrade --install eevee-crds", PLACE, "");
    let operator = place::operator().to_string();
    readme::run(place::helm(), "README.md", "install eevee-operator", PLACE, &operator);

    PLACE.await_rollout("eevee-operator");
    PLACE.wait("condition=Ready", &["ipcconfigs,botmodules", "--all"]);
    for deployment in DEPLOYMENTS {
        PLACE.await_rollout(deployment);
    }
    look_again();
    assert_eq!(DEPLOYMENTS.map(revision), ["2", "2", "2"], "each is restarted once");
    assert!(lasting() == before, "a CRD, resource, token or claim was changed");
    assert_eq!(ask("seen", "starts"), "2");
    assert_eq!(ask("seen", "ask router hello"), "Ahoy from router");
    let restarted = ask("seen", "restart router");
    assert!(restarted.starts_with("200 OK"), "{restarted}");
    audit::assert_no_denials();
}

/// The cluster as the TypeScript operator left it, with running pods.
fn leave_a_bot() {
    shared_node().install_crds(Casing::Lower);
    PLACE.make();
    create("kubectl-create", include_str!("resources.yaml"));
    let uid = PLACE.find(&["ipcconfig/my-ipc"], "{.metadata.uid}");
    // The API server calls a client by its User-Agent.
    create("node-fetch", &include_str!("former.yaml").replace("IPC_UID", &uid));
    for deployment in DEPLOYMENTS {
        PLACE.await_rollout(deployment);
        assert_eq!(revision(deployment), "1");
    }
}

fn create(manager: &str, manifests: &str) {
    let manifests = manifests
        .replace("NATS_IMAGE", &image("nats"))
        .replace("MODULE_IMAGE", &image("example-module"));
    let manager = format!("--field-manager={manager}");
    shared_node().kubectl(&["create", "--filename=-", &manager], Some(&manifests)).success();
}

/// What has to be the same afterwards.
fn lasting() -> [String; 5] {
    [
        PLACE.find(&["crds"], "{range .items[*]}{.metadata.uid} {.spec.names.kind} {end}"),
        PLACE.find(&["ipcconfigs,botmodules"], "{range .items[*]}{.kind} {.metadata.uid} {end}"),
        PLACE.find(&["secret/eevee-operator-api-token"], "{.data.token}"),
        PLACE.find(&["secret/nats-auth-secret"], "{.data}"),
        PLACE.find(&["pvc/eevee-seen-module-pvc"], "{.metadata.uid} {.status.phase}"),
    ]
}

/// Has the operator look at everything once more, so that a second restart, if there was to be one, is seen.
fn look_again() {
    let resources = ["ipcconfig/my-ipc", "botmodule/router", "botmodule/seen"];
    let annotate = [&["annotate"], &resources[..], &["eevee.bot/reconcile-requested=look"]];
    PLACE.kubectl(&annotate.concat()).success();
    for resource in resources {
        PLACE.wait("jsonpath={.status.lastHandledReconcileAt}=look", &[resource]);
    }
}

fn revision(deployment: &str) -> String {
    let path = r"{.metadata.annotations.deployment\.kubernetes\.io/revision}";
    PLACE.find(&[&format!("deployment/{deployment}")], path)
}

#[track_caller]
fn ask(module: &str, request: &str) -> String {
    let address = PLACE.find(&[&format!("service/{NATS}")], "{.spec.clusterIP}");
    let subject = format!("example.{module}");
    eventually(&format!("{module} answers {request}"), LONG, || {
        nats::request(&address, "nats-token-of-old", &subject, request).ok()
    })
}
