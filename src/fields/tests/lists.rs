use super::*;
use crate::fields::keys::SERVICE;

#[test]
fn keyed_lists_are_compared_item_by_item() {
    let env = |items: Value| container(json!({"env": items}));
    let ports = |items: Value| container(json!({"ports": items}));
    let base = "spec.template.spec.containers[module]";
    check(
        &WORKLOAD,
        &[
            (
                env(json!([{"name": "B"}, {"name": "A", "value": "1"}])),
                env(json!([{"name": "A", "value": "1"}])),
                YES,
            ),
            (env(json!([{"name": "A"}])), env(json!([{"name": "A", "value": ""}])), YES),
            (env(json!([])), env(json!([{"name": "A"}])), Some(&format!("{base}.env[A]"))),
            (
                ports(json!([{"containerPort": 80, "protocol": "TCP"}])),
                ports(json!([{"containerPort": 80, "name": "x"}])),
                Some(&format!("{base}.ports[80,TCP].name")),
            ),
            (
                ports(json!([{"containerPort": 80, "protocol": "TCP"}])),
                ports(json!([{"containerPort": 80}])),
                YES,
            ),
            (
                ports(json!([{"containerPort": 80, "protocol": "UDP"}])),
                ports(json!([{"containerPort": 80}])),
                Some(&format!("{base}.ports[80,TCP]")),
            ),
        ],
    );
    let owner = |uid: &str, more: Value| {
        let mut owner = json!({"uid": uid, "name": "n"});
        owner["blockOwnerDeletion"] = more;
        json!({"metadata": {"ownerReferences": [{"uid": "other"}, owner]}})
    };
    check(
        &SERVICE,
        &[
            (owner("u", json!(null)), owner("u", json!(false)), YES),
            (
                owner("u", json!(true)),
                owner("u", json!(false)),
                Some("metadata.ownerReferences[u]"),
            ),
            (owner("v", json!(null)), owner("u", json!(null)), Some("metadata.ownerReferences[u]")),
        ],
    );
}

#[test]
fn atomic_fields_are_compared_whole() {
    let args = |items: Value| container(json!({"args": items}));
    let reference = |fields: Value| {
        container(json!({"env": [{"name": "A", "valueFrom": {"secretKeyRef": fields}}]}))
    };
    let base = "spec.template.spec.containers[module]";
    check(
        &WORKLOAD,
        &[
            (args(json!(["a", "b"])), args(json!(["a"])), Some(&format!("{base}.args"))),
            (
                pod(&json!({"nodeSelector": {"a": "1", "b": "2"}})),
                pod(&json!({"nodeSelector": {"a": "1"}})),
                Some("spec.template.spec.nodeSelector"),
            ),
            (
                pod(&json!({"tolerations": [{"key": "a", "operator": "Exists"}]})),
                pod(&json!({"tolerations": [{"key": "a"}]})),
                Some("spec.template.spec.tolerations"),
            ),
            (pod(&json!({})), pod(&json!({"tolerations": []})), YES),
            (
                pod(&json!({"tolerations": [{}]})),
                pod(&json!({"tolerations": []})),
                Some("spec.template.spec.tolerations"),
            ),
            (
                json!({"spec": {"selector": {"matchLabels": {"a": "b"}, "matchExpressions": [{}]}}}),
                json!({"spec": {"selector": {"matchLabels": {"a": "b"}}}}),
                Some("spec.selector"),
            ),
            (
                reference(json!({"name": "s", "key": "k", "optional": false})),
                reference(json!({"name": "s", "key": "k"})),
                YES,
            ),
            (
                reference(json!({"name": "s", "key": "k", "optional": true})),
                reference(json!({"name": "s", "key": "k"})),
                Some(&format!("{base}.env[A].valueFrom.secretKeyRef")),
            ),
        ],
    );
}

#[test]
fn defaults_inside_atomic_fields_do_not_matter() {
    let sources = |fields: Value| {
        pod(
            &json!({"volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": fields}]}}]}),
        )
    };
    let env = |fields: Value| {
        container(json!({"env": [{"name": "A", "valueFrom": {"fieldRef": fields}}]}))
    };
    check(
        &WORKLOAD,
        &[
            (
                sources(json!({"path": "t", "expirationSeconds": 3600})),
                sources(json!({"path": "t"})),
                YES,
            ),
            (
                sources(json!({"path": "u"})),
                sources(json!({"path": "t"})),
                Some("spec.template.spec.volumes[v].projected.sources"),
            ),
            (
                env(json!({"apiVersion": "v1", "fieldPath": "p"})),
                env(json!({"fieldPath": "p"})),
                YES,
            ),
            (
                pod(
                    &json!({"volumes": [{"name": "v", "configMap": {"name": "c", "defaultMode": 420}}]}),
                ),
                pod(&json!({"volumes": [{"name": "v", "configMap": {"name": "c"}}]})),
                YES,
            ),
        ],
    );
}

#[test]
fn atomic_fields_are_compared_from_both_sides() {
    let selector = |fields: Value| pod(&json!({ "nodeSelector": fields }));
    let sources =
        |fields: Value| pod(&json!({"volumes": [{"name": "v", "projected": {"sources": fields}}]}));
    check(
        &WORKLOAD,
        &[
            (
                selector(json!({"a": "1"})),
                selector(json!({"a": "1", "b": "2"})),
                Some("spec.template.spec.nodeSelector"),
            ),
            (
                sources(json!([{"secret": {}}, {"secret": {}}])),
                sources(json!([{"secret": {}}])),
                Some("spec.template.spec.volumes[v].projected.sources"),
            ),
            (
                sources(json!([{"secret": {}}])),
                sources(json!([{"secret": {}}, {"secret": {}}])),
                Some("spec.template.spec.volumes[v].projected.sources"),
            ),
        ],
    );
}
