//! Statuses whose conditions the CRDs of the TypeScript operator pruned to `{}`.

use crate::cluster::{Casing, Cluster, eventually};
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Request, Verb, condition, module};
use futures::future::join;
use serde_json::json;

const NAMES: [(&str, &str); 4] = [
    ("ipcconfigs", "main"),
    ("botmodules", "echo"),
    ("botmodules", "loner"),
    ("botmodules", "paused"),
];

const CRDS: [&str; 5] = [
    "botmodules.eevee.bot",
    "ipcconfigs.eevee.bot",
    "s3stores.eevee.bot",
    "backupschedules.eevee.bot",
    "backuprestores.eevee.bot",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pruned_statuses_are_mended_once_and_written_whatever_the_casing() {
    let cluster = tokio::task::block_in_place(Cluster::fake_nodes);
    for casing in [Casing::Lower, Casing::Camel] {
        tokio::task::block_in_place(|| cluster.install_pruning_crds(casing));
        let (stage, early) =
            (left_behind(&cluster, casing).await, left_behind(&cluster, casing).await);
        let early = comes_before_the_crds(early).await;
        tokio::task::block_in_place(|| cluster.install_crds(casing));
        is_blocked(&stage);
        join(takes_over(stage), takes_over(early)).await;
        let delete = [&["delete", "--timeout=60s", "crd"], &CRDS[..]].concat();
        tokio::task::block_in_place(|| cluster.kubectl(&delete, None).success());
    }
}

/// Resources as the TypeScript operator leaves them under its own CRDs.
async fn left_behind(cluster: &Cluster, casing: Casing) -> Stage<'_> {
    let stage = Stage::on((cluster, casing), "pruned").await;
    stage.apply_nats("main").await;
    let env = json!([{ "name": "GREETING", "value": "hello" }]);
    let echo = json!({ "image": "echo:1", "ipcConfig": "main", "extraEnv": env });
    stage.apply_module("echo", echo).await;
    stage.apply_module("loner", json!({ "image": "loner:1" })).await;
    let mut paused = module("paused", json!({ "image": "paused:1" }));
    paused["metadata"]["annotations"]["eevee.bot/paused"] = "true".into();
    stage.apply_all(vec![paused]).await;
    is_told_as_before(&stage).await;
    stage
}

/// The status of each is written as the TypeScript operator does, and pruned.
async fn is_told_as_before(stage: &Stage<'_>) {
    for (resource, name) in NAMES {
        let ready = json!({ "type": "Ready", "status": "True", "reason": "Reconciled" });
        let status = json!({ "conditions": [ready] });
        let pruned = stage.objects.patch_status(resource, name, status).await;
        assert_eq!(pruned["status"]["conditions"], json!([{}]));
    }
}

/// An operator that comes before its CRDs cannot say anything, or it is not kept. It does not try for ever.
async fn comes_before_the_crds(mut stage: Stage<'_>) -> Stage<'_> {
    stage.start().await;
    stage.objects.wait_until_there("deployments", "eevee-echo-module", LONG).await;
    stage.statuses_settled().await;
    let mends = stage.edge.select(mends);
    assert!(mends.len() <= 2 * NAMES.len(), "{mends:#?}");
    stage.stop().await;
    is_told_as_before(&stage).await;
    stage
}

/// Nobody can write to such a resource. Its own schema is served some time after it was accepted.
fn is_blocked(stage: &Stage<'_>) {
    let namespace = format!("--namespace={}", stage.namespace());
    let words = ["annotate", "botmodule/echo", "example.org/note=hello", "--overwrite", &namespace];
    let refused = || {
        let answer = stage.cluster.kubectl(&words, None);
        answer.stderr.contains("status.conditions[0].type: Required value").then_some(())
    };
    tokio::task::block_in_place(|| eventually("the new schema is served", LONG, refused));
}

async fn takes_over(mut stage: Stage<'_>) {
    stage.edge.clear();
    stage.start().await;
    stage.all_ready(&["echo", "loner"]).await;
    let paused = ("True", "Paused");
    stage.objects.wait_for_condition(NAMES[3], "Paused", paused, LONG).await;
    stage.statuses_settled().await;
    let failed = |request: &Request| request.status.is_some_and(|code| code == 422 || code >= 500);
    let failed = stage.edge.select(failed);
    assert!(failed.is_empty(), "{failed:#?}");
    for (_, name) in NAMES {
        is_mended_once(&stage, name);
    }
    stage.kubectl(&["annotate", "botmodule/paused", "eevee.bot/paused-"], None);
    let live = stage.ready("paused").await;
    assert!(condition(&live, "Paused").is_none(), "{live}");
    spec_is_kept(&stage).await;
    stage.statuses_settled().await;
    stage.starts_without_a_write().await;
    stage.stop().await;
}

/// With preconditions, and before the first status is applied.
fn is_mended_once(stage: &Stage<'_>, name: &str) {
    let of_it = |request: &Request| is_status(request) && request.name.as_deref() == Some(name);
    let statuses = stage.edge.select(of_it);
    let [mend, applied @ ..] = &statuses[..] else { panic!("{name} is never written") };
    assert!(mends(mend) && !applied.iter().any(mends), "{name}: {statuses:#?}");
    assert_eq!(mend.body["status"], json!({ "conditions": [] }));
    for precondition in ["uid", "resourceVersion"] {
        assert!(mend.body["metadata"][precondition].is_string(), "{}", mend.body);
    }
}

async fn spec_is_kept(stage: &Stage<'_>) {
    let live = stage.objects.existing("botmodules", "echo").await;
    assert_eq!(live["spec"]["extraEnv"], json!([{ "name": "GREETING", "value": "hello" }]));
}

fn is_status(request: &Request) -> bool {
    request.is_write() && request.subresource.as_deref() == Some("status")
}

fn mends(request: &Request) -> bool {
    is_status(request) && request.verb == Verb::Patch
}
