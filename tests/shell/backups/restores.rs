//! What has ended is over, even when what tells of it is deleted.

use super::store::{resource, s3_store};
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Verb, uid};
use serde_json::{Value, json};

/// An id as backups have.
pub const ID: &str = "0198c0de-0000-7000-8000-000000000001";

const RESTORE: (&str, &str) = ("backuprestores", "back");
const JOB: (&str, &str) = ("jobs", "back-restore");
const SUCCEEDED: (&str, &str) = ("True", "Succeeded");

pub fn restore(name: &str, module: &str, also: Value) -> Value {
    let mut spec = json!({
        "botModule": { "name": module }, "s3Store": { "name": "main" }, "backupId": ID,
    });
    if let (Value::Object(spec), Value::Object(also)) = (&mut spec, also) {
        spec.extend(also);
    }
    resource("BackupRestore", name, spec)
}

/// A stage with a store that can be used, and module `echo` with a claim.
pub async fn with_module(prefix: &str) -> Stage<'static> {
    let stage = Stage::set(prefix).await;
    stage.apply_right_credentials().await;
    stage.apply_all(vec![s3_store("main", json!({}))]).await;
    stage.apply_module("echo", json!({ "image": "a", "persistentVolumeClaim": {} })).await;
    stage.ready("echo").await;
    stage
}

impl Stage<'_> {
    fn jobs_were_made(&self) -> bool {
        !self.edge.select(|request| request.is(Verb::Create, "jobs")).is_empty()
    }

    /// Waits until nothing is done any more, and then no Job was made and the restore tells of its end.
    async fn is_over(&self) {
        self.statuses_settled().await;
        assert!(!self.jobs_were_made(), "{}", self.edge.listing());
        assert!(self.objects.get(JOB.0, JOB.1).await.is_none(), "there is a Job");
        self.objects.wait_for_condition(RESTORE, "Ready", SUCCEEDED, LONG).await;
        self.ready("echo").await;
    }
}

/// What `kubectl get -o yaml` gives, without what belongs to the cluster that it came from.
fn dump(live: &Value) -> Value {
    let annotations = &live["metadata"]["annotations"];
    let metadata = json!({ "name": live["metadata"]["name"], "annotations": annotations });
    json!({
        "apiVersion": live["apiVersion"], "kind": live["kind"],
        "metadata": metadata, "spec": live["spec"],
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_has_ended_is_never_run_again() {
    let mut stage = with_module("restored").await;
    stage.apply_all(vec![restore("back", "echo", json!({}))]).await;
    let done = stage.objects.wait_for_condition(RESTORE, "Ready", SUCCEEDED, LONG).await;
    assert_eq!(done["metadata"]["annotations"]["eevee.bot/restore-finished"], "Succeeded");
    stage.ready("echo").await;
    stage.objects.existing(JOB.0, JOB.1).await;
    let claim = stage.objects.existing("persistentvolumeclaims", "eevee-echo-module-pvc").await;
    let annotations = &claim["metadata"]["annotations"];
    assert_eq!(annotations["eevee.bot/bootstrapped"], "true", "{annotations}");
    assert!(annotations["eevee.bot/restoring"].is_null(), "{annotations}");
    stage.statuses_settled().await;
    stage.starts_without_a_write().await;

    stage.edge.clear();
    stage.objects.delete(JOB.0, JOB.1).await;
    stage.objects.wait_until_gone(JOB.0, JOB.1, LONG).await;
    stage.is_over().await;
    stage.starts_without_a_write().await;

    stage.edge.clear();
    stage.objects.patch_status(RESTORE.0, RESTORE.1, Value::Null).await;
    stage.is_over().await;

    stage.edge.clear();
    stage.objects.delete(RESTORE.0, RESTORE.1).await;
    stage.objects.wait_until_gone(RESTORE.0, RESTORE.1, LONG).await;
    let anew = stage.objects.create(dump(&done)).await;
    assert_ne!(uid(&anew), uid(&done));
    stage.is_over().await;
    stage.stop().await;
}

/// With the operator down meanwhile, too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_out_of_a_dump_is_not_run_by_an_operator_that_never_saw_it() {
    let mut stage = with_module("dumped").await;
    stage.stop().await;
    let mut back = restore("back", "echo", json!({}));
    back["metadata"]["annotations"] = json!({ "eevee.bot/restore-finished": "Succeeded" });
    stage.apply_all(vec![back]).await;
    stage.edge.clear();
    stage.start().await;
    stage.is_over().await;
    stage.stop().await;
}

/// Nobody but the operator's own list sees such a pod.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_waits_for_every_pod_that_uses_the_claim_and_names_it() {
    let mut stage = with_module("used").await;
    let volume =
        json!({ "name": "d", "persistentVolumeClaim": { "claimName": "eevee-echo-module-pvc" } });
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "somebody" },
        "spec": {
            "containers": [{ "name": "c", "image": "debug" }],
            "volumes": [volume],
        },
    });
    stage.objects.create(pod).await;
    stage.apply_all(vec![restore("back", "echo", json!({}))]).await;
    let says = |live: Option<&Value>| {
        let ready = crate::support::condition(live?, "Ready")?;
        let message = ready["message"].as_str()?;
        (ready["reason"] == "Waiting" && message.contains("somebody")).then_some(())
    };
    stage.objects.wait(RESTORE.0, RESTORE.1, LONG, says).await;
    assert!(!stage.jobs_were_made(), "{}", stage.edge.listing());
    stage.objects.delete("pods", "somebody").await;
    stage.objects.wait_for_condition(RESTORE, "Ready", SUCCEEDED, LONG).await;
    stage.ready("echo").await;
    stage.stop().await;
}
