//! Rows of live, wanted and the field in which they differ.

mod empty;
mod lists;
mod owned;

use crate::fields::contains;
use crate::fields::keys::{CLAIM, OTHER, SECRET, Shape, WORKLOAD};
use serde_json::{Value, json};

const YES: Option<&str> = None;

fn check(shape: &Shape, rows: &[(Value, Value, Option<&str>)]) {
    for (live, wanted, difference) in rows {
        let answer = contains(live, wanted, shape);
        assert_eq!(answer.err().as_deref(), *difference, "live {live}\nwanted {wanted}");
    }
}

fn container(fields: Value) -> Value {
    let mut container = fields;
    container["name"] = json!("module");
    json!({"spec": {"template": {"spec": {"containers": [{"name": "sidecar"}, container]}}}})
}

fn pod(fields: &Value) -> Value {
    json!({"spec": {"template": {"spec": fields}}})
}

/// Comparing goes through two maps side by side.
#[test]
fn the_fields_of_every_map_are_in_order() {
    let read: Value =
        serde_json::from_str(r#"{ "c": 1, "a": 2, "b": { "e": 3, "d": 4 } }"#).unwrap();
    assert_eq!(read.to_string(), r#"{"a":2,"b":{"d":4,"e":3},"c":1}"#);
    let made = json!({ "c": 1, "a": 2 });
    assert_eq!(made.as_object().unwrap().keys().collect::<Vec<_>>(), ["a", "c"]);
}

#[test]
fn fields_of_others_do_not_matter() {
    check(
        &WORKLOAD,
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
            &WORKLOAD,
            &[
                (json!({}), json!({"spec": nothing}), YES),
                (json!({"spec": null}), json!({"spec": nothing}), YES),
            ],
        );
    }
    check(
        &WORKLOAD,
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
        |size: &str| pod(&json!({"volumes": [{"name": "v", "emptyDir": {"sizeLimit": size}}]}));
    check(
        &WORKLOAD,
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
        &CLAIM,
        &[
            (claim("1Gi"), claim("1024Mi"), YES),
            (claim("1Gi"), claim("2Gi"), Some("spec.resources.requests.storage")),
        ],
    );
}

#[test]
fn false_is_not_absent_where_absent_means_true() {
    let base = "spec.template.spec";
    let service_account = || pod(&json!({"automountServiceAccountToken": false}));
    let security = || container(json!({"securityContext": {"allowPrivilegeEscalation": false}}));
    check(
        &WORKLOAD,
        &[
            (
                pod(&json!({})),
                service_account(),
                Some(&format!("{base}.automountServiceAccountToken")),
            ),
            (service_account(), service_account(), YES),
            (
                container(json!({})),
                security(),
                Some(&format!("{base}.containers[module].securityContext")),
            ),
            (
                container(json!({"securityContext": {}})),
                security(),
                Some(&format!(
                    "{base}.containers[module].securityContext.allowPrivilegeEscalation"
                )),
            ),
            (security(), security(), YES),
        ],
    );
}

#[test]
fn plain_data_of_a_secret_is_looked_for_encoded() {
    check(
        &SECRET,
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
            let _ = contains(live, wanted, &OTHER);
        }
        assert_eq!(contains(live, live, &OTHER), Ok(()), "{live}");
    }
}
