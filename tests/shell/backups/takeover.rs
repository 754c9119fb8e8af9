//! Backups of the TypeScript operator: its CronJobs are taken over where they are, and no Job of its is run again.

use super::store::{resource, s3_store};
use crate::adoption::former::{send, tell};
use crate::cluster::{Casing, Cluster};
use crate::operator::{LONG, cluster};
use crate::stage::Stage;
use crate::support::{Verb, documents, module, text, uid};
use http::Method;
use serde_json::{Value, json};

const CRON_JOB: &str = r"
apiVersion: batch/v1
kind: CronJob
metadata: {name: daily-echo-backup}
spec:
  schedule: '0 3 * * *'
  concurrencyPolicy: Forbid
  successfulJobsHistoryLimit: 3
  failedJobsHistoryLimit: 3
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: OnFailure
          containers:
          - name: backup
            image: example/backup:1
            imagePullPolicy: Always
            command: [/usr/local/bin/backup.sh]
            env:
            - {name: BACKUP_MODULE, value: echo}
            - {name: S3_ACCESS_ID, valueFrom: {secretKeyRef: {name: s3, key: id}}}
            volumeMounts: [{name: module-data, mountPath: /data}]
          volumes:
          - {name: module-data, persistentVolumeClaim: {claimName: eevee-echo-module-pvc}}
";

const JOB: &str = r"
apiVersion: batch/v1
kind: Job
metadata: {name: NAME}
spec:
  template:
    spec:
      restartPolicy: OnFailure
      containers:
      - name: restore
        image: example/backup:1
        imagePullPolicy: Always
        command: [/usr/local/bin/restore.sh]
        volumeMounts: [{name: module-data, mountPath: /data}]
      volumes:
      - {name: module-data, persistentVolumeClaim: {claimName: eevee-MODULE-module-pvc}}
";

const CLAIM: &str = r"
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: eevee-MODULE-module-pvc}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
";

const JOBS: [&str; 4] =
    ["done-restore", "under-way-restore", "eevee-fresh-bootstrap-restore", "a-run"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_of_the_former_operator_are_taken_over_without_a_run_more_or_less() {
    take_over((cluster(), Casing::Camel)).await;
}

pub async fn take_over(cluster: (&Cluster, Casing)) {
    let mut stage = Stage::on(cluster, "handed-over").await;
    leave_behind(&stage).await;
    let cron_job = stage.objects.existing("cronjobs", "daily-echo-backup").await;
    let jobs = uids(&stage).await;
    stage.start().await;
    let made = ("True", "CronJobsCreated");
    let daily = ("backupschedules", "daily");
    stage.objects.wait_for_condition(daily, "Ready", made, LONG).await;
    is_taken_over(&stage, &cron_job).await;

    let under_way = ("backuprestores", "under-way");
    stage.objects.wait_for_condition(under_way, "Ready", ("Unknown", "Running"), LONG).await;
    let succeeded = ("True", "Succeeded");
    stage.objects.wait_for_condition(("backuprestores", "done"), "Ready", succeeded, LONG).await;
    let over = ("False", "Failed");
    stage.objects.wait_for_condition(("backuprestores", "forgotten"), "Ready", over, LONG).await;
    stage.ready("fresh").await;
    end_pod_of(&stage, "under-way-restore").await;
    stage.objects.wait_for_condition(under_way, "Ready", succeeded, LONG).await;
    stage.ready("echo").await;
    stage.statuses_settled().await;
    let made = stage.edge.select(|request| request.is(Verb::Create, "jobs"));
    assert!(made.is_empty(), "{}", stage.edge.listing());
    assert_eq!(uids(&stage).await, jobs);
    stage.starts_without_a_write().await;
    stage.stop().await;
}

async fn leave_behind(stage: &Stage<'_>) {
    stage.apply_right_credentials().await;
    let image = json!({ "image": "example/backup:1" });
    let with = |also: Value| {
        let mut spec = image.clone();
        if let (Value::Object(spec), Value::Object(also)) = (&mut spec, also) {
            spec.extend(also);
        }
        spec
    };
    let restore = with(json!({ "botModule": { "name": "echo" }, "s3Store": { "name": "main" } }));
    let daily = with(json!({ "schedule": "0 3 * * *", "s3Store": { "name": "main" } }));
    let echo = json!({
        "image": "a", "persistentVolumeClaim": {}, "backupSchedule": { "name": "daily" },
    });
    let fresh = json!({
        "image": "a", "persistentVolumeClaim": {},
        "bootstrapFromBackup": with(json!({ "s3Store": { "name": "main" } })),
    });
    stage
        .apply_all(vec![
            s3_store("main", json!({})),
            resource("BackupSchedule", "daily", daily),
            module("echo", echo),
            module("fresh", fresh),
            resource("BackupRestore", "done", restore.clone()),
            resource("BackupRestore", "forgotten", restore.clone()),
            resource("BackupRestore", "under-way", restore),
        ])
        .await;
    // Its Job was cleared away.
    let condition = json!({
        "type": "Ready", "status": "True", "reason": "Completed", "message": "",
        "lastTransitionTime": "2026-01-02T03:04:05Z",
    });
    let told = json!({ "conditions": [condition] });
    tell(stage, ("backuprestores", "forgotten"), told).await;
    for name in ["echo", "fresh"] {
        let claim = documents(&CLAIM.replace("MODULE", name)).remove(0);
        send(stage, Method::POST, claim).await;
    }
    let owner = ("BackupSchedule", "backupschedules", "daily");
    send(stage, Method::POST, owned(stage, documents(CRON_JOB).remove(0), owner).await).await;
    stage.kubectl(&["create", "job", "a-run", "--from=cronjob/daily-echo-backup"], None);
    let owner = |name| ("BackupRestore", "backuprestores", name);
    job(stage, "done-restore", "echo", owner("done")).await;
    job(stage, "under-way-restore", "echo", owner("under-way")).await;
    let owner = ("BotModule", "botmodules", "fresh");
    job(stage, "eevee-fresh-bootstrap-restore", "fresh", owner).await;
    for name in JOBS.into_iter().filter(|name| *name != "under-way-restore") {
        let has_ended = |live: Option<&Value>| live?.pointer("/status/completionTime").map(drop);
        stage.objects.wait("jobs", name, LONG, has_ended).await;
    }
}

/// The one that is under way finds no node.
async fn job(stage: &Stage<'_>, name: &str, module: &str, owner: (&str, &str, &str)) {
    let mut job = documents(&JOB.replace("NAME", name).replace("MODULE", module)).remove(0);
    if name.starts_with("under-way") {
        job["spec"]["template"]["spec"]["nodeSelector"] = json!({ "nowhere": "true" });
    }
    send(stage, Method::POST, owned(stage, job, owner).await).await;
}

/// Kinds are written in one way whatever the cluster serves.
async fn owned(
    stage: &Stage<'_>,
    mut object: Value,
    (kind, plural, name): (&str, &str, &str),
) -> Value {
    let owner = stage.objects.existing(plural, name).await;
    object["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "eevee.bot/v1", "kind": kind, "name": name, "uid": uid(&owner),
        "controller": true, "blockOwnerDeletion": true,
    }]);
    object
}

async fn uids(stage: &Stage<'_>) -> Vec<(String, String)> {
    let jobs = stage.objects.list("jobs").await;
    let named = |job: &Value| (text(job, "/metadata/name").to_owned(), uid(job).to_owned());
    let uids: Vec<_> = jobs.iter().map(named).collect();
    assert_eq!(uids.len(), JOBS.len(), "{uids:?}");
    uids
}

async fn is_taken_over(stage: &Stage<'_>, before: &Value) {
    let is_ours = |live: Option<&Value>| {
        let ours = text(live?, "/metadata/labels/app.kubernetes.io~1managed-by");
        (ours == "eevee-operator").then(|| live.cloned())?
    };
    let live = stage.objects.wait("cronjobs", "daily-echo-backup", LONG, is_ours).await;
    assert_eq!(uid(&live), uid(before));
    assert_eq!(live["status"], before["status"], "its runs are counted on");
    assert_eq!(text(&live, "/metadata/ownerReferences/0/kind"), stage.kind("BackupSchedule"));
    assert_ne!(live["metadata"]["ownerReferences"][0]["blockOwnerDeletion"], true, "{live}");
}

async fn end_pod_of(stage: &Stage<'_>, job: &str) {
    let pods = stage.objects.list("pods").await;
    let of_it = |pod: &&Value| text(pod, "/metadata/labels/job-name") == job;
    let pod = pods.iter().find(of_it).expect("a pod of the Job");
    let status = json!({ "phase": "Succeeded" });
    stage.objects.patch_status("pods", text(pod, "/metadata/name"), status).await;
}
