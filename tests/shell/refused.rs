//! A module that the API server will not have, among others.

use crate::findings::deployment;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Fault, Objects, Request, condition, has_rolled_out, message};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const MANY: usize = 50;

/// The schema takes this, and the API server refuses the Deployment: more is asked for than allowed.
pub fn impossible() -> Value {
    // As many annotations as a pod may have, to which the digest of the configuration comes.
    json!({ "image": "bad", "moduleConfig": "a: 1", "podAnnotations": { "long": "a".repeat(262_130) } })
}

fn name(number: usize) -> String {
    format!("module-{number}")
}

/// How long so many modules take to become Ready.
async fn time_of_many(stage: &Stage<'_>) -> Duration {
    let start = Instant::now();
    join_all((0..MANY).map(|number| stage.apply_module_named(number))).await;
    join_all((0..MANY).map(|number| async move { stage.ready(&name(number)).await })).await;
    start.elapsed()
}

impl Stage<'_> {
    async fn apply_module_named(&self, number: usize) {
        self.apply_module(&name(number), json!({ "image": "a" })).await;
    }

    pub async fn stalled(&self, name: &str) -> Value {
        let ready = ("False", "ApplyFailed");
        self.objects.wait_for_condition(("botmodules", name), "Ready", ready, LONG).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_the_api_server_refuses_slows_none_of_fifty_others() {
    let mut stage = Stage::set("refused").await;
    let alone = time_of_many(&stage).await;
    for number in 0..MANY {
        stage.objects.delete("botmodules", &name(number)).await;
    }
    gone(&stage.objects).await;
    stage.settled().await;
    stage.edge.clear();
    stage.apply_module("bad", impossible()).await;
    let bad = stage.stalled("bad").await;
    let beside = time_of_many(&stage).await;
    // A crowded machine makes either longer; a shared back-off or a hot loop would by far.
    assert!(beside < 2 * alone + Duration::from_secs(5), "{beside:?} beside it, {alone:?} without");

    let said = message(&bad, "Ready");
    let expected = format!(
        "the API server refused to apply Deployment {}/{} (HTTP 422): ",
        stage.namespace(),
        deployment("bad")
    );
    assert!(said.starts_with(&expected) && said.contains("annotations"), "{said}");
    let stalled = condition(&bad, "Stalled").expect("condition Stalled");
    assert_eq!((&stalled["status"], &stalled["reason"]), (&json!("True"), &json!("ApplyFailed")));
    assert_eq!(stage.told("ApplyFailed", "bad").await.len(), 1);

    let of_it = stage.edge.select(|request| request.path.ends_with("/eevee-bad-module"));
    let writes = stage.deployment_writes("bad");
    assert_eq!(writes.len(), 1, "{writes:?}");
    assert!(of_it.len() <= 3, "{of_it:?}");
    stage.stop().await;
}

async fn gone(objects: &Objects) {
    let names = (0..MANY).map(|number| deployment(&name(number)));
    join_all(
        names.map(|name| async move { objects.wait_until_gone("deployments", &name, LONG).await }),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_request_is_not_sent_again_however_often_the_module_is_looked_at() {
    let mut stage = Stage::set("refused").await;
    stage.apply_module("bad", impossible()).await;
    stage.stalled("bad").await;
    for number in 0..10 {
        let request = json!(number.to_string());
        let bad = ("botmodules", "bad");
        stage.annotate(bad, "eevee.bot/reconcile-requested", request.clone()).await;
        let seen = |live: Option<&Value>| {
            (live?["status"]["lastHandledReconcileAt"] == request).then_some(())
        };
        stage.objects.wait("botmodules", "bad", LONG, seen).await;
    }
    stage.relist().await;
    stage.settled().await;
    assert_eq!(stage.deployment_writes("bad").len(), 1, "{}", stage.edge.listing());
    assert_eq!(stage.told("ApplyFailed", "bad").await.len(), 1);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_module_heals_at_once_when_its_spec_is_mended() {
    let mut stage = Stage::set("refused").await;
    stage.apply_module("bad", impossible()).await;
    stage.stalled("bad").await;
    stage.change("bad", json!({ "podAnnotations": null })).await;
    let healed = stage.ready("bad").await;
    assert!(condition(&healed, "Stalled").is_none(), "{healed}");
    assert_eq!(stage.deployment_writes("bad").len(), 2, "{}", stage.edge.listing());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forbidden_module_says_so_and_heals_with_the_next_change_after_the_ban() {
    let mut stage = Stage::set("refused").await;
    let is_deployment = |request: &Request| request.resource == "deployments" && request.is_write();
    let ban = stage.edge.rule(is_deployment, Fault::Refuse(403, "no more quota".to_owned()));
    stage.apply_module("echo", json!({ "image": "a" })).await;
    let live = stage.stalled("echo").await;
    assert!(message(&live, "Ready").ends_with("(HTTP 403): no more quota"), "{live}");
    stage.settled().await;
    assert_eq!(ban.hits(), 1);
    ban.release();
    stage.change("echo", json!({ "image": "b" })).await;
    stage.ready("echo").await;
    stage.stop().await;
}

/// Any code that a webhook or a policy may answer with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_module_that_a_webhook_keeps_from_being_says_so_and_is_tried_again() {
    let checks = [(401, 1), (418, 1), (500, 6)].map(|(code, tries)| async move {
        let mut stage = Stage::set("refused").await;
        let of_modules = |request: &Request| {
            request.resource == "deployments" && request.is_write() && request.path.contains("echo")
        };
        let fault = Fault::Refuse(code, "the webhook is out of sorts".to_owned());
        let rule = stage.edge.rule(of_modules, fault);
        stage.apply_module("echo", json!({ "image": "a" })).await;
        let live = stage.stalled("echo").await;
        let said = format!("(HTTP {code}): the webhook is out of sorts");
        assert!(message(&live, "Ready").ends_with(&said), "{live}");
        stage.settled().await;
        assert!(rule.hits() <= tries, "{} tries\n{}", rule.hits(), stage.edge.listing());
        rule.release();
        if code < 500 {
            stage.change("echo", json!({ "image": "b" })).await;
        }
        stage.ready("echo").await;
        stage.stop().await;
    });
    join_all(checks).await;
}

/// A status that says why it cannot be written is written no more than any other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_that_the_api_server_fails_to_write_is_not_sent_for_ever() {
    let mut stage = Stage::set("refused").await;
    let is_status =
        |request: &Request| request.is_write() && request.subresource.as_deref() == Some("status");
    let fault = Fault::Refuse(500, "failed to create typed live object".to_owned());
    let rule = stage.edge.rule(is_status, fault);
    stage.apply_module("echo", json!({ "image": "a" })).await;
    let runs = |live: Option<&Value>| live.is_some_and(has_rolled_out).then_some(());
    stage.objects.wait("deployments", &deployment("echo"), LONG, runs).await;
    // Without a write for some seconds, as long as it lasts.
    stage.settled().await;
    assert!(rule.hits() <= 20, "{} tries\n{}", rule.hits(), stage.edge.listing());
    rule.release();
    stage.ready("echo").await;
    stage.stop().await;
}
