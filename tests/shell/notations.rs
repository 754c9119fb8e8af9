//! Fields that are empty or in another notation than the API server's: it keeps something else, which
//! is no difference.

use crate::stage::Stage;
use crate::support::message;
use serde_json::{Value, json};

fn modules() -> [(&'static str, Value); 8] {
    let with = |fields: Value| {
        // Without pods: what becomes of them is another matter.
        let mut spec = json!({ "image": "x:1", "size": 0 });
        spec.as_object_mut()
            .expect("a map")
            .extend(fields.as_object().cloned().unwrap_or_default());
        spec
    };
    let probe = |probe: Value| with(json!({ "livenessProbe": probe }));
    let get = json!({ "path": "", "scheme": "", "port": 9000 });
    let tcp = json!({ "port": 9000 });
    [
        ("milli", with(json!({ "resources": { "requests": { "cpu": "1.5m" } } }))),
        ("path", probe(json!({ "httpGet": get }))),
        (
            "zeros",
            probe(json!({
                "tcpSocket": tcp, "timeoutSeconds": 0, "periodSeconds": 0, "successThreshold": 0,
                "failureThreshold": 0, "initialDelaySeconds": 0,
            })),
        ),
        (
            "variables",
            with(json!({ "extraEnv": [
                { "name": "A", "valueFrom": { "resourceFieldRef": { "resource": "limits.cpu", "divisor": "1000m" } } },
                { "name": "B", "valueFrom": { "fieldRef": { "apiVersion": "", "fieldPath": "metadata.name" } } },
                { "name": "C", "value": "" },
            ] })),
        ),
        (
            "amounts",
            with(json!({
                "resources": { "limits": {
                    "cpu": "1.2", "memory": "1.5Gi", "ephemeral-storage": "1e9", "hugepages-2Mi": 0,
                } },
                "strategy": { "rollingUpdate": { "maxSurge": "0%", "maxUnavailable": "100%" } },
                "tolerations": [{ "key": "a", "operator": "Equal", "value": "", "effect": "NoSchedule" }],
            })),
        ),
        (
            "claim",
            with(json!({ "persistentVolumeClaim": {
                "volumeMode": "", "accessModes": [], "resources": { "requests": { "storage": "1024Mi" } },
            } })),
        ),
        (
            "security",
            with(json!({
                "podSecurityContext": { "fsGroup": 0, "seLinuxOptions": {}, "windowsOptions": {} },
                "securityContext": {
                    "seccompProfile": { "type": "Unconfined" }, "capabilities": { "drop": [] }, "procMount": "Default",
                },
                "terminationGracePeriodSeconds": 0,
                "serviceAccountName": "",
                "priorityClassName": "",
            })),
        ),
        (
            "empty",
            with(json!({ "moduleConfig": "", "podLabels": { "a": "" }, "nodeSelector": {} })),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn empty_fields_and_other_notations_are_written_once_and_differ_in_nothing() {
    let mut stage = Stage::set("notations").await;
    for (name, spec) in modules() {
        stage.apply_module(name, spec).await;
    }
    let mut wrong = Vec::new();
    for (name, _) in modules() {
        let ready = stage.ready(name).await;
        if message(&ready, "Ready").contains("rewrites") {
            wrong.push(format!("{name}: {}", message(&ready, "Ready")));
        }
    }
    stage.settled().await;
    for (name, _) in modules() {
        wrong.extend(stage.told("Conflict", name).await);
        assert_eq!(stage.deployment_writes(name).len(), 1, "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let diff = stage.program(&["diff"]);
    assert!(diff.status.success(), "{diff:?}");
    stage.stop().await;
}
