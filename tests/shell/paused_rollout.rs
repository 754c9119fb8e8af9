//! A Deployment that somebody has paused with kubectl.

use crate::api::restart;
use crate::findings::deployment;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{condition, message};
use serde_json::{Value, json};

const NATS: &str = "eevee-main-nats";

fn how_to_go_on(stage: &Stage<'_>, deployment: &str) -> String {
    let namespace = stage.namespace();
    format!(
        "Deployment {namespace}/{deployment} is paused and rolls nothing out: run kubectl rollout resume deployment/{deployment} -n {namespace}"
    )
}

async fn pause(stage: &Stage<'_>, deployment: &str, paused: bool) {
    stage.objects.patch("deployments", deployment, json!({ "spec": { "paused": paused } })).await;
}

/// Waits for Ready with a status, and with or without a word that it is paused.
async fn says(stage: &Stage<'_>, resource: &str, name: &str, status: &str, remark: Option<&str>) {
    let says_so = |live: Option<&Value>| {
        let live = live?;
        let ready = condition(live, "Ready")?;
        let is_current = ready["observedGeneration"] == live["metadata"]["generation"];
        let message = message(live, "Ready");
        let is_said = remark.map_or(!message.contains("paused"), |text| message.ends_with(text));
        (is_current && ready["status"] == status && is_said).then_some(())
    };
    stage.objects.wait(resource, name, LONG, says_so).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_names_the_command_and_a_restart_is_refused_with_the_same_words() {
    let mut stage = Stage::set("paused-rollout").await;
    stage.apply_module("p", json!({ "image": "x:1" })).await;
    stage.ready("p").await;
    let deployment = deployment("p");
    let words = how_to_go_on(&stage, &deployment);

    pause(&stage, &deployment, true).await;
    let answer = restart(stage.address(), "p", stage.namespace()).await;
    assert_eq!((answer.status, answer.error()), (409, words.clone()), "{answer:?}");
    says(&stage, "botmodules", "p", "True", Some(&words)).await;

    stage.change("p", json!({ "image": "x:2" })).await;
    let paused = ("False", "DeploymentPaused");
    let live = stage.objects.wait_for_condition(("botmodules", "p"), "Ready", paused, LONG).await;
    assert_eq!(message(&live, "Ready"), words);
    stage.settled().await;
    says(&stage, "botmodules", "p", "False", Some(&words)).await;
    assert_eq!(restart(stage.address(), "p", stage.namespace()).await.status, 409);
    assert_eq!(stage.revisions(&deployment).await, 1);

    pause(&stage, &deployment, false).await;
    says(&stage, "botmodules", "p", "True", None).await;
    assert_eq!(stage.revisions(&deployment).await, 2);
    assert_eq!(restart(stage.address(), "p", stage.namespace()).await.status, 200);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_nats_server_names_the_command() {
    let mut stage = Stage::set("paused-rollout").await;
    stage.apply_nats("main").await;
    says(&stage, "ipcconfigs", "main", "True", None).await;
    let words = how_to_go_on(&stage, NATS);
    pause(&stage, NATS, true).await;
    says(&stage, "ipcconfigs", "main", "True", Some(&words)).await;
    let image = json!({ "spec": { "nats": { "managed": { "image": "nats:new" } } } });
    stage.objects.patch("ipcconfigs", "main", image).await;
    says(&stage, "ipcconfigs", "main", "False", Some(&words)).await;
    pause(&stage, NATS, false).await;
    says(&stage, "ipcconfigs", "main", "True", None).await;
    stage.stop().await;
}
