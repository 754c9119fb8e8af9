//! What the TypeScript operator left behind is taken over once.

mod again;
pub mod former;

use crate::cluster::{Casing, Cluster};
use crate::operator::cluster;
use crate::stage::Stage;
use crate::support::{Request, text};
use former::DEPLOYMENTS;
use serde_json::Value;
use std::collections::BTreeMap;

const CLAIM: (&str, &str) = ("persistentvolumeclaims", "eevee-admin-module-pvc");
const TOKEN_SECRET: (&str, &str) = ("secrets", "eevee-main-nats-token");

/// All that the former operator's client had a hand in.
const TAKEN_OVER: [(&str, &str); 6] = [
    ("deployments", "eevee-main-nats"),
    ("deployments", "eevee-admin-module"),
    ("deployments", "eevee-dice-module"),
    ("configmaps", "eevee-admin-module-config"),
    ("services", "eevee-main-nats"),
    ("secrets", "eevee-main-nats-config"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_former_operators_objects_are_taken_over_once() {
    take_over((cluster(), Casing::Camel)).await;
}

pub async fn take_over(cluster: (&Cluster, Casing)) {
    let mut stage = Stage::on(cluster, "adoption").await;
    former::leave_behind(&stage).await;
    let revisions = revisions(&stage).await;
    let claim = get(&stage, CLAIM).await;
    let token = get(&stage, TOKEN_SECRET).await;
    stage.start().await;
    stage.all_ready(&former::MODULES).await;
    stage.settled().await;
    former::has_run(&stage).await;
    nats_came_first(&stage);
    nothing_was_refused(&stage);
    each_restarted_once(&stage, revisions).await;
    assert_eq!(get(&stage, CLAIM).await, claim);
    let token_after = get(&stage, TOKEN_SECRET).await;
    assert!(token_after["data"] == token["data"], "the token changed");
    assert!(token_after["metadata"]["ownerReferences"].is_null(), "the token has an owner");
    everything_is_ours(&stage).await;
    unwanted_is_gone_and_others_is_kept(&stage).await;
    stage.statuses_settled().await;
    stage.starts_without_a_write().await;
    stage.stop().await;
}

async fn get(stage: &Stage<'_>, (resource, name): (&str, &str)) -> Value {
    stage.objects.existing(resource, name).await
}

/// The revision of each Deployment, and how many ReplicaSets it has had.
async fn revisions(stage: &Stage<'_>) -> BTreeMap<&'static str, (u32, usize)> {
    let sets = stage.objects.list("replicasets").await;
    let mut revisions = BTreeMap::new();
    for name in DEPLOYMENTS {
        let live = get(stage, ("deployments", name)).await;
        let revision = &live["metadata"]["annotations"]["deployment.kubernetes.io/revision"];
        let revision = revision.as_str().and_then(|revision| revision.parse().ok());
        let owned = sets.iter().filter(|set| text(set, "/metadata/ownerReferences/0/name") == name);
        revisions.insert(name, (revision.expect("a revision"), owned.count()));
    }
    revisions
}

async fn each_restarted_once(stage: &Stage<'_>, before: BTreeMap<&'static str, (u32, usize)>) {
    let once = before.into_iter().map(|(name, (revision, sets))| (name, (revision + 1, sets + 1)));
    assert_eq!(revisions(stage).await, once.collect());
}

/// A module goes on only with the NATS server that is ours.
fn nats_came_first(stage: &Stage<'_>) {
    let touched = |request: &Request| {
        let to_deployment = request.is_write() && request.resource == "deployments";
        (to_deployment && request.succeeded()).then(|| request.name.clone()).flatten()
    };
    let touched: Vec<String> = stage.edge.requests().iter().filter_map(touched).collect();
    let last_of_nats = touched.iter().rposition(|name| name == DEPLOYMENTS[0]);
    let first_of_modules = touched.iter().position(|name| name != DEPLOYMENTS[0]);
    assert!(last_of_nats.is_some() && last_of_nats < first_of_modules, "{touched:?}");
}

fn nothing_was_refused(stage: &Stage<'_>) {
    let refused = |request: &Request| request.status.is_some_and(|code| code == 422 || code == 403);
    let refused = stage.edge.select(refused);
    assert!(refused.is_empty(), "{refused:?}");
}

async fn everything_is_ours(stage: &Stage<'_>) {
    for taken in TAKEN_OVER {
        let live = get(stage, taken).await;
        let metadata = &live["metadata"];
        let managers = metadata["managedFields"].as_array().expect("managers");
        let is_former = |entry: &&Value| text(entry, "/manager") == "node-fetch";
        assert_eq!(managers.iter().find(is_former), None, "{taken:?}");
        assert_eq!(metadata["labels"]["app.kubernetes.io/managed-by"], "eevee-operator");
        let owners = metadata["ownerReferences"].as_array().expect("owners");
        let [owner] = &owners[..] else { panic!("{taken:?} has {owners:?}") };
        let kind = if taken.1.ends_with("-nats") || taken.1.ends_with("-nats-config") {
            "IpcConfig"
        } else {
            "BotModule"
        };
        assert_eq!(text(owner, "/kind"), stage.kind(kind));
        assert_eq!(owner["blockOwnerDeletion"], false);
    }
}

async fn unwanted_is_gone_and_others_is_kept(stage: &Stage<'_>) {
    let admin = get(stage, ("deployments", "eevee-admin-module")).await;
    let env = admin["spec"]["template"]["spec"]["containers"][0]["env"].as_array().expect("env");
    let variable = |name: &str| env.iter().find(|variable| variable["name"] == name);
    assert_eq!(variable("EEVEE_FORMER"), None);
    let token = variable("EEVEE_OPERATOR_API_TOKEN").expect("the API token");
    assert!(token["value"].is_null(), "the API token is still in the pod's template");
    assert_eq!(token["valueFrom"]["secretKeyRef"]["name"], "eevee-operator-api-token");
    let config = get(stage, ("configmaps", "eevee-admin-module-config")).await;
    assert!(config["data"]["former.yaml"].is_null());
    for live in [&admin, &config] {
        assert_eq!(live["metadata"]["labels"]["team"], "chat");
    }
    for resource in ["deployments", "services"] {
        let live = get(stage, (resource, "eevee-main-nats")).await;
        assert_eq!(live["metadata"]["annotations"]["example.org/note"], "kept");
    }
    let dice = get(stage, ("deployments", "eevee-dice-module")).await;
    let annotations = &dice["spec"]["template"]["metadata"]["annotations"];
    assert!(annotations["kubectl.kubernetes.io/restartedAt"].is_string());
    for name in ["main", "admin", "dice"] {
        assert_eq!(stage.told("Adopted", name).await.len(), 1, "events about {name}");
    }
}
