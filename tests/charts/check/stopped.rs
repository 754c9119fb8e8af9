//! The lines about what a running operator would mend: nobody acts here while they are asked for.

use super::{Checked, LONG, apply, bot, check, check_as, patch};
use crate::cluster::{Cluster, until};
use crate::place::cluster;
use serde_json::{Value, json};

fn checked(cluster: &Cluster, namespace: &str) -> Checked {
    check(cluster, &["--namespace", namespace])
}

#[test]
fn an_operator_that_is_stopped_and_the_token_of_its_api() {
    let (cluster, name) = (cluster(), "check-silent");
    drop(bot(cluster, name));
    patch(cluster, name, "deployment/eevee-operator", &json!({ "spec": { "replicas": 0 } }));
    let stopped = checked(cluster, name);
    stopped.ends_with(1).has("fail", "operator check-silent/eevee-operator", "scaled to 0");

    let other = json!({ "metadata": { "labels": { "app.kubernetes.io/version": "9.9.9" } } });
    patch(cluster, name, "deployment/eevee-operator", &other);
    checked(cluster, name).has("warn", "version of operator", "9.9.9, and this program is");

    let own = "{apiVersion: v1, kind: Secret, metadata: {name: own}, stringData: {token: another}}";
    apply(cluster, name, own);
    let find = ["get", "deployment/eevee-operator", "--output=json", "--namespace", name];
    let text = cluster.kubectl(&find, None).success();
    let mut spec: Value = serde_json::from_str(&text).expect("JSON");
    let mut containers = spec["spec"]["template"]["spec"]["containers"].take();
    for variable in containers[0]["env"].as_array_mut().expect("variables") {
        if variable["name"] == "EEVEE_OPERATOR_API_TOKEN" {
            variable["valueFrom"]["secretKeyRef"]["name"] = "own".into();
        }
    }
    let containers = json!({ "spec": { "template": { "spec": { "containers": containers } } } });
    patch(cluster, name, "deployment/eevee-operator", &containers);
    let differs = checked(cluster, name);
    differs.has("pass", "API token", "Secret check-silent/own holds it");
    differs.has("fail", "API token of modules", "holds another than the operator's own");

    cluster.kubectl(&["delete", "secret", "own", "--namespace", name], None).success();
    checked(cluster, name).has("fail", "API token", "there is no Secret check-silent/own");
}

#[test]
fn a_namespace_and_an_ipc_config_that_are_not_there() {
    let (cluster, name) = (cluster(), "check-missing");
    let nowhere = check(cluster, &["--namespace=check-nowhere"]);
    nowhere.ends_with(1).has("fail", "namespace check-nowhere", "kubectl create namespace");

    drop(bot(cluster, name));
    patch(cluster, name, "botmodule/echo", &json!({ "spec": { "ipcConfig": "nowhere" } }));
    let missing = checked(cluster, name);
    missing.ends_with(1).has("fail", "IpcConfig check-missing/nowhere", "BotModule echo names it");
    missing.has(
        "warn",
        "BotModule check-missing/echo",
        "no operator has looked at its last change",
    );
}

#[test]
fn a_policy_against_pods() {
    let (cluster, name) = (cluster(), "check-policy");
    drop(bot(cluster, name));
    let policy = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: check-policy}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [pods], operations: [CREATE]}]
  validations: [{expression: 'false', message: no pods today}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: check-policy}
spec:
  policyName: check-policy
  validationActions: [Deny]
  matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: check-policy}}}
";
    apply(cluster, name, policy);
    let refused = until(LONG, || {
        let checked = checked(cluster, name);
        (!checked.about("fail", "pod of Deployment eevee-echo-module").is_empty())
            .then_some(checked)
    });
    let refused = refused.unwrap_or_else(|| panic!("{}", checked(cluster, name)));
    refused.ends_with(1).has("fail", "pod of Deployment", "no pods today");
}

const BACKUPS: &str = "
apiVersion: eevee.bot/v1
kind: S3Store
metadata: {name: kept}
spec:
  endpoint: https://s3.example.org
  bucket: bots
  accessId: {secretKeyRef: {secret: {name: s3}, key: id}}
  accessKey: {secretKeyRef: {secret: {name: s3}, key: key}}
---
apiVersion: eevee.bot/v1
kind: BackupSchedule
metadata: {name: nightly}
spec: {schedule: '0 1 * * *', s3Store: {name: kept}}
";

/// What an operator would say of the schedule, of which one module has a backup.
fn says(cluster: &Cluster, namespace: &str, healthy: (&str, &str), proved: &str) {
    let condition = |kind: &str, (status, reason): (&str, &str)| {
        json!({ "type": kind, "status": status, "reason": reason, "message": "words",
            "lastTransitionTime": "2026-01-01T00:00:00Z" })
    };
    let module = json!({ "name": "echo", "proved": proved,
        "lastSuccess": { "time": "2026-01-02T01:00:05Z", "id": "b" } });
    let status = json!({ "status": {
        "observedGeneration": 1, "modules": [module],
        "conditions": [condition("Ready", ("True", "CronJobsCreated")), condition("BackupsHealthy", healthy)],
    } });
    let (change, within) = (status.to_string(), format!("--namespace={namespace}"));
    let patch =
        ["patch", "backupschedule/nightly", "--subresource=status", "--type=merge", "--patch"];
    cluster.kubectl(&[&patch[..], &[&change, &within]].concat(), None).success();
}

#[test]
fn backups_fresh_and_missed_and_never_proved_and_suspended() {
    let (cluster, name) = (cluster(), "check-backups");
    drop(bot(cluster, name));
    apply(cluster, name, BACKUPS);
    let subject = "backups of check-backups/nightly";
    says(cluster, name, ("True", "UpToDate"), "b");
    let fresh = checked(cluster, name);
    fresh.has("pass", subject, "a drill has proved one");
    fresh.has("fail", "Secret check-backups/s3", "S3Store kept names it");
    says(cluster, name, ("False", "BackupMissed"), "b");
    checked(cluster, name).has("fail", subject, "BackupMissed: words");
    says(cluster, name, ("True", "UpToDate"), "");
    checked(cluster, name).has("warn", subject, "no drill has proved one of echo");
    patch(cluster, name, "backupschedule/nightly", &json!({ "spec": { "suspend": true } }));
    checked(cluster, name).has("warn", subject, "it is suspended");
}

/// Whoever may not list one kind is told so, and of the rest as much as everybody.
#[test]
fn an_account_that_may_list_all_but_one_kind() {
    let (cluster, name) = (cluster(), "check-some");
    let _operator = bot(cluster, name);
    let role = "
apiVersion: v1
kind: ServiceAccount
metadata: {name: some}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: some}
rules:
- {apiGroups: [eevee.bot], resources: [s3stores, ipcconfigs, botmodules, backupschedules], verbs: [get, list]}
- {apiGroups: ['', apps, batch], resources: ['*'], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: some}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: some}
subjects: [{kind: ServiceAccount, name: some}]
";
    apply(cluster, name, role);
    let some = cluster.kubeconfig_of(name, "some");
    let seen = until(LONG, || {
        let checked = check_as(&some, &["--namespace", name]);
        (!checked.about("unknown", "BackupRestores").is_empty()).then_some(checked)
    });
    let seen = seen.unwrap_or_else(|| panic!("{}", check_as(&some, &["--namespace", name])));
    seen.has("unknown", "BackupRestores", "cannot list backuprestores");
    seen.has("unknown", "BackupRestores", "kubectl auth can-i list backuprestores");
    seen.has("pass", "named objects", "are there").has("pass", "images", "no pod waits");
    seen.has("pass", "token of IpcConfig check-some/main", "the same");
    seen.has("pass", "resources", "all 2 of namespace check-some that were seen");
}
