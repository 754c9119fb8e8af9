use super::*;
use crate::names::{MODULE_LABEL, REVISION};
use serde_json::json;

fn trimmed(kind: Kind, mut object: Value) -> Value {
    trim(&mut object, kind);
    object
}

#[test]
fn a_pod_is_whom_it_belongs_to_and_how_it_is() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "a", "labels": { MODULE_LABEL: "b", "b": "c" }, "annotations": { "d": "e" },
            "managedFields": [], "ownerReferences": [{ "name": "f", "blockOwnerDeletion": true }] },
        "spec": { "containers": [] },
        "status": { "phase": "Running", "podIP": "10.0.0.1",
            "conditions": [{ "type": "Ready", "lastTransitionTime": "h", "lastProbeTime": null }],
            "containerStatuses": [
                { "name": "g", "state": { "running": {} }, "imageID": "sha256:0" } ] },
    });
    assert_eq!(
        trimmed(Kind::Pod, pod),
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": { "name": "a", "labels": { MODULE_LABEL: "b" }, "ownerReferences": [{ "name": "f" }] },
            "status": { "phase": "Running",
                "conditions": [{ "type": "Ready", "lastTransitionTime": "h" }],
                "containerStatuses": [
                    { "name": "g", "state": { "running": {} } } ] },
        })
    );
}

#[test]
fn a_replica_set_is_its_owner_and_its_revision() {
    let set = json!({
        "metadata": { "name": "a", "annotations": { REVISION: "3", "d": "e" } },
        "spec": {}, "status": {},
    });
    assert_eq!(
        trimmed(Kind::ReplicaSet, set),
        json!({ "metadata": { "name": "a", "annotations": { REVISION: "3" } } })
    );
}

#[test]
fn of_the_status_of_a_deployment_its_pods_and_what_keeps_them_from_being_there_stay() {
    let deployment = json!({ "metadata": { "name": "a" }, "spec": { "replicas": 1 }, "status": {
        "replicas": 1, "terminatingReplicas": 0,
        "conditions": [{ "type": "Progressing", "status": "False", "lastUpdateTime": "b" }] } });
    assert_eq!(
        trimmed(Kind::Deployment, deployment),
        json!({ "metadata": { "name": "a" }, "spec": { "replicas": 1 }, "status": {
            "replicas": 1, "conditions": [{ "type": "Progressing", "status": "False" }] } })
    );
}

#[test]
fn of_the_status_of_a_replica_set_what_keeps_pods_from_being_made_stays() {
    let failure = json!({ "type": "ReplicaFailure", "status": "True", "message": "quota" });
    let set = json!({ "metadata": { "name": "a" }, "status": {
        "replicas": 1, "conditions": [{ "type": "Other", "status": "True" }, failure] } });
    assert_eq!(
        trimmed(Kind::ReplicaSet, set),
        json!({ "metadata": { "name": "a" }, "status": { "conditions": [failure] } })
    );
}

#[test]
fn of_a_custom_resource_the_owners_of_its_status_stay() {
    let resource = json!({ "metadata": { "managedFields": [
        { "manager": "kubectl", "fieldsV1": { "f:spec": {} } },
        { "manager": STATUS_MANAGER, "fieldsV1": { "f:status": {} } },
        { "manager": "other", "fieldsV1": { "f:spec": {}, "f:status": { "f:image": {} } } },
    ] } });
    assert_eq!(
        trimmed(Kind::BotModule, resource),
        json!({ "metadata": { "managedFields": [
            { "manager": "other", "fieldsV1": { "f:status": { "f:image": {} } } },
        ] } })
    );
}

#[test]
fn of_a_deployment_of_ours_that_rolls_the_owners_of_its_strategy_stay() {
    let strategy = json!({ "f:rollingUpdate": { "f:maxSurge": {} }, "f:type": {} });
    let deployment = |strategy_of_live: Value| {
        json!({
            "metadata": { "annotations": { APPLIED_DIGEST: "0" }, "managedFields": [
                { "manager": "a", "fieldsV1": { "f:spec": { "f:replicas": {}, "f:strategy": strategy } } },
                { "manager": "b", "fieldsV1": { "f:spec": { "f:replicas": {} } } },
                { "manager": "c", "fieldsV1": { "f:spec": {} } },
            ] },
            "spec": { "strategy": strategy_of_live },
        })
    };
    let rolling = trimmed(Kind::Deployment, deployment(json!({ "rollingUpdate": {} })));
    assert_eq!(
        rolling["metadata"]["managedFields"],
        json!([
            { "manager": "a", "fieldsV1": { "f:spec": { "f:strategy": strategy } } },
            { "manager": "c", "fieldsV1": { "f:spec": {} } },
        ])
    );
    let recreated = trimmed(Kind::Deployment, deployment(json!({ "type": "Recreate" })));
    assert_eq!(recreated["metadata"].get("managedFields"), None);
}

/// The overview tells it by the entry of whoever wrote the annotation.
#[test]
fn when_a_token_was_rotated_stays() {
    let wrote = |data: bool| {
        let mut fields = json!({ "f:metadata": { "f:annotations": { ".": {} } } });
        let key = if data { "f:a" } else { "f:eevee.bot/rotated-for" };
        fields["f:metadata"]["f:annotations"][key] = json!({});
        fields["f:data"] = json!({ "f:token": {} });
        json!({ "manager": "m", "time": "2026-01-01T00:00:00Z", "fieldsV1": fields })
    };
    let secret = json!({ "metadata": {
        "annotations": { GENERATED_BY: "eevee-operator", ROTATED_FOR: "2" },
        "managedFields": [wrote(true), wrote(false)],
    } });
    let kept = json!({ "f:metadata": { "f:annotations": { "f:eevee.bot/rotated-for": {} } } });
    assert_eq!(
        trimmed(Kind::Secret, secret)["metadata"]["managedFields"],
        json!([{ "manager": "m", "time": "2026-01-01T00:00:00Z", "fieldsV1": kept }])
    );
}

#[test]
fn the_owners_of_an_object_that_is_to_be_taken_over_stay() {
    for kind in [Kind::Deployment, Kind::Service, Kind::ConfigMap, Kind::Secret] {
        let object = json!({ "metadata": { "managedFields": [{ "manager": "node-fetch" }] } });
        assert_eq!(trimmed(kind, object.clone()), object);
    }
}

#[test]
fn what_kubectl_applied_goes_and_with_it_the_data_of_a_secret() {
    let secret = json!({ "metadata": { "annotations": { LAST_APPLIED: "{}" } }, "data": {} });
    assert_eq!(trimmed(Kind::Secret, secret), json!({ "metadata": {}, "data": {} }));
}

#[test]
fn a_job_is_its_owner_how_it_ended_and_which_exit_codes_it_goes_by() {
    let owner =
        json!([{ "kind": "BackupRestore", "name": "back", "uid": "r", "controller": true }]);
    let policy = json!({ "rules": [{ "action": "FailJob" }] });
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": { "name": "back-restore", "ownerReferences": owner },
        "spec": {
            "backoffLimit": 2,
            "podFailurePolicy": policy,
            "template": { "metadata": {}, "spec": { "containers": [], "volumes": [] } },
        },
        "status": { "failed": 1, "ready": 0 },
    });
    let kept = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": { "name": "back-restore", "ownerReferences": owner },
        "spec": { "podFailurePolicy": policy },
        "status": { "failed": 1 },
    });
    assert_eq!(trimmed(Kind::Job, job), kept);
}
