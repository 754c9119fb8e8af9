//! Rows of live, wanted and the field in which they differ.

use super::contains;
use serde_json::{Value, json};

const YES: Option<&str> = None;

fn check(kind: &str, rows: &[(Value, Value, Option<&str>)]) {
    for (live, wanted, difference) in rows {
        let named = |fields: &Value| {
            let mut object = fields.clone();
            object["kind"] = Value::from(kind);
            object
        };
        let answer = contains(&named(live), &named(wanted));
        assert_eq!(answer.err().as_deref(), *difference, "live {live}\nwanted {wanted}");
    }
}

fn container(fields: Value) -> Value {
    let mut container = fields;
    container["name"] = json!("module");
    json!({"spec": {"template": {"spec": {"containers": [{"name": "sidecar"}, container]}}}})
}

fn pod(fields: Value) -> Value {
    json!({"spec": {"template": {"spec": fields}}})
}

#[test]
fn fields_of_others_do_not_matter() {
    check(
        "Deployment",
        &[
            (json!({"a": 1, "b": {"c": 2}}), json!({"b": {"c": 2}}), YES),
            (json!({"b": {}}), json!({"b": {"c": 2}}), Some("b.c")),
            (json!({}), json!({"b": {"c": 2}}), Some("b")),
            (json!({"b": [1]}), json!({"b": {"c": 2}}), Some("b")),
            (
                json!({"metadata": {"annotations": {"a.b/c": "x"}}}),
                json!({"metadata": {"annotations": {"a.b/c": "y"}}}),
                Some("metadata.annotations[a.b/c]"),
            ),
            (
                container(json!({"image": "a", "imagePullPolicy": "Always"})),
                container(json!({"image": "a"})),
                YES,
            ),
            (
                container(json!({"image": "b"})),
                container(json!({"image": "a"})),
                Some("spec.template.spec.containers[module].image"),
            ),
            (
                json!({"metadata": {"finalizers": ["x", "y"]}}),
                json!({"metadata": {"finalizers": ["y"]}}),
                YES,
            ),
            (
                json!({"metadata": {"finalizers": ["x"]}}),
                json!({"metadata": {"finalizers": ["y"]}}),
                Some("metadata.finalizers"),
            ),
        ],
    );
}

#[test]
fn nothing_has_many_forms() {
    for nothing in
        [json!(null), json!(""), json!(0), json!(false), json!([]), json!({}), json!({"a": null})]
    {
        check(
            "Deployment",
            &[
                (json!({}), json!({"spec": nothing}), YES),
                (json!({"spec": null}), json!({"spec": nothing}), YES),
            ],
        );
    }
    check(
        "Deployment",
        &[
            (json!({"x": 3}), json!({"x": 0}), Some("x")),
            (json!({"x": true}), json!({"x": false}), Some("x")),
            (json!({"x": ["a"]}), json!({"x": []}), Some("x")),
            (json!({"x": "a"}), json!({"x": null}), YES),
            (json!({"x": {"a": 1}}), json!({"x": {}}), YES),
            (json!({"x": 1.0}), json!({"x": 1}), YES),
            (json!({"x": "80"}), json!({"x": 80}), Some("x")),
        ],
    );
}

#[test]
fn amounts_are_numbers_where_the_field_is_one() {
    let resources = |cpu: Value| container(json!({"resources": {"limits": {"cpu": cpu}}}));
    let limit = "spec.template.spec.containers[module].resources.limits.cpu";
    let directory =
        |size: &str| pod(json!({"volumes": [{"name": "v", "emptyDir": {"sizeLimit": size}}]}));
    check(
        "Deployment",
        &[
            (resources(json!("1")), resources(json!("1000m")), YES),
            (resources(json!("1")), resources(json!(1)), YES),
            (resources(json!("2")), resources(json!("1000m")), Some(limit)),
            (resources(json!("x")), resources(json!("y")), Some(limit)),
            (directory("1Gi"), directory("1024Mi"), YES),
            (
                directory("1Gi"),
                directory("1G"),
                Some("spec.template.spec.volumes[v].emptyDir.sizeLimit"),
            ),
            (
                container(json!({"image": "1"})),
                container(json!({"image": "1000m"})),
                Some("spec.template.spec.containers[module].image"),
            ),
        ],
    );
    let claim = |size: &str| json!({"spec": {"resources": {"requests": {"storage": size}}}});
    check(
        "PersistentVolumeClaim",
        &[
            (claim("1Gi"), claim("1024Mi"), YES),
            (claim("1Gi"), claim("2Gi"), Some("spec.resources.requests.storage")),
        ],
    );
}

#[test]
fn keyed_lists_are_compared_item_by_item() {
    let env = |items: Value| container(json!({"env": items}));
    let ports = |items: Value| container(json!({"ports": items}));
    let base = "spec.template.spec.containers[module]";
    check(
        "Deployment",
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
        "Service",
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
        "Deployment",
        &[
            (args(json!(["a", "b"])), args(json!(["a"])), Some(&format!("{base}.args"))),
            (
                pod(json!({"nodeSelector": {"a": "1", "b": "2"}})),
                pod(json!({"nodeSelector": {"a": "1"}})),
                Some("spec.template.spec.nodeSelector"),
            ),
            (
                pod(json!({"tolerations": [{"key": "a", "operator": "Exists"}]})),
                pod(json!({"tolerations": [{"key": "a"}]})),
                Some("spec.template.spec.tolerations"),
            ),
            (pod(json!({})), pod(json!({"tolerations": []})), YES),
            (
                pod(json!({"tolerations": [{}]})),
                pod(json!({"tolerations": []})),
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
            json!({"volumes": [{"name": "v", "projected": {"sources": [{"serviceAccountToken": fields}]}}]}),
        )
    };
    let env = |fields: Value| {
        container(json!({"env": [{"name": "A", "valueFrom": {"fieldRef": fields}}]}))
    };
    check(
        "Deployment",
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
                    json!({"volumes": [{"name": "v", "configMap": {"name": "c", "defaultMode": 420}}]}),
                ),
                pod(json!({"volumes": [{"name": "v", "configMap": {"name": "c"}}]})),
                YES,
            ),
        ],
    );
}

#[test]
fn plain_data_of_a_secret_is_looked_for_encoded() {
    check(
        "Secret",
        &[
            (json!({"data": {"a": "Yg==", "c": "Yg=="}}), json!({"stringData": {"a": "b"}}), YES),
            (json!({"data": {"a": "Yg=="}}), json!({"stringData": {"a": "c"}}), Some("data.a")),
            (
                json!({"data": {"nats.conf": "?"}}),
                json!({"stringData": {"nats.conf": "c"}}),
                Some("data[nats.conf]"),
            ),
            (json!({}), json!({"stringData": {"a": "c"}}), Some("data.a")),
            (json!({}), json!({"stringData": {"a": ""}}), YES),
        ],
    );
}

#[test]
fn any_json_is_compared_without_panic() {
    let odd = [
        json!(null),
        json!(1),
        json!("x"),
        json!([[]]),
        json!({"kind": 3}),
        json!({"metadata": [1]}),
    ];
    for live in &odd {
        for wanted in &odd {
            let _ = contains(live, wanted);
        }
        assert_eq!(contains(live, live), Ok(()), "{live}");
    }
}
