//! The sets are those that a Kubernetes 1.36 API server recorded.

use crate::fields::keys::{OTHER, SECRET, WORKLOAD};
use crate::fields::owned::*;
use serde_json::{Value, json};

fn applied() -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": "d", "namespace": "n", "annotations": {"foo": "bar"}, "finalizers": ["e.io/x"],
            "ownerReferences": [{"apiVersion": "v1", "kind": "Namespace", "name": "hw", "uid": "u-1"}],
        },
        "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {
            "containers": [{
                "name": "m", "args": ["a"], "ports": [{"containerPort": 80, "name": "http"}],
                "env": [{"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
                "resources": {"limits": {"cpu": "1"}}, "securityContext": {},
            }],
            "tolerations": [], "nodeSelector": {}, "volumes": [{"name": "v", "emptyDir": {}}],
        }}},
    })
}

fn recorded() -> Value {
    json!({
        "f:metadata": {
            "f:annotations": {"f:foo": {}}, "f:finalizers": {"v:\"e.io/x\"": {}},
            "f:ownerReferences": {"k:{\"uid\":\"u-1\"}": {}},
        },
        "f:spec": {"f:selector": {}, "f:template": {"f:spec": {
            "f:containers": {"k:{\"name\":\"m\"}": {
                ".": {}, "f:name": {}, "f:args": {},
                "f:ports": {"k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}, "f:name": {}}},
                "f:env": {"k:{\"name\":\"B\"}": {".": {}, "f:name": {}, "f:valueFrom": {"f:secretKeyRef": {}}}},
                "f:resources": {"f:limits": {"f:cpu": {}}}, "f:securityContext": {},
            }},
            "f:tolerations": {}, "f:nodeSelector": {},
            "f:volumes": {"k:{\"name\":\"v\"}": {".": {}, "f:name": {}, "f:emptyDir": {}}},
        }}},
    })
}

#[test]
fn the_set_of_a_manifest_is_the_one_a_server_records() {
    assert_eq!(fields_of(&applied(), &WORKLOAD), recorded());
    assert_eq!(
        fields_of(
            &json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a", "uid": "u"}}),
            &SECRET
        ),
        json!({})
    );
}

#[test]
fn sets_are_combined_node_by_node() {
    let item = json!({"f:a": {".": {}, "f:b": {}}, "f:c": {}});
    for (operation, other, expected) in [
        (
            union as fn(&Value, &Value) -> Value,
            json!({"f:a": {"f:d": {}}}),
            json!({"f:a": {".": {}, "f:b": {}, "f:d": {}}, "f:c": {}}),
        ),
        (
            union,
            json!({"f:c": {"f:d": {}}}),
            json!({"f:a": {".": {}, "f:b": {}}, "f:c": {".": {}, "f:d": {}}}),
        ),
        (union, json!({}), item.clone()),
        (difference, json!({"f:a": {"f:b": {}}}), json!({"f:a": {}, "f:c": {}})),
        (difference, json!({"f:a": {}}), json!({"f:a": {"f:b": {}}, "f:c": {}})),
        (difference, item.clone(), json!({})),
        (intersection, json!({"f:a": {}, "f:c": {"f:d": {}}}), json!({"f:a": {}})),
        (intersection, json!({"f:a": {"f:b": {}}}), json!({"f:a": {"f:b": {}}})),
    ] {
        assert_eq!(operation(&item, &other), expected, "{other}");
    }
}

#[test]
fn owning_is_of_a_field_its_parts_or_its_whole() {
    let set = recorded();
    for (path, expected) in [
        (&["spec", "selector"][..], true),
        (&["spec", "selector", "matchLabels", "a"], true),
        (&["spec", "template"], true),
        (&["spec", "replicas"], false),
        (&["metadata", "annotations", "foo"], true),
        (&["metadata", "annotations", "bar"], false),
        (&["metadata", "ownerReferences", "k:{\"uid\":\"u-1\"}", "name"], true),
        (&["metadata", "ownerReferences", "k:{\"uid\":\"u-2\"}"], false),
        (&[], true),
    ] {
        assert_eq!(owns(&set, path), expected, "{path:?}");
    }
    assert!(!owns(&json!({}), &["spec"]));
}

#[test]
fn leaves_are_taken_out_and_with_them_what_they_empty() {
    let mut object = applied();
    remove(&mut object, &recorded());
    assert_eq!(
        object,
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "n"}})
    );

    let live = json!({"spec": {"ports": [{"port": 80, "protocol": "UDP"}, {"port": 80, "nodePort": 3}, {"port": 81}]}});
    let set = json!({"f:spec": {"f:ports": {
        "k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}}, "k:{\"port\":81,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}},
    }}});
    for (operation, expected) in [
        (
            remove as fn(&mut Value, &Value),
            json!([{"port": 80, "protocol": "UDP"}, {"nodePort": 3}]),
        ),
        (remove_whole, json!([{"port": 80, "protocol": "UDP"}])),
    ] {
        let mut object = live.clone();
        operation(&mut object, &set);
        assert_eq!(object["spec"]["ports"], expected);
    }
}

#[test]
fn odd_objects_and_sets_do_no_harm() {
    let odd = [
        json!(null),
        json!([1]),
        json!({"k:{": {}}),
        json!({"f:a": 3}),
        json!({"v:[": []}),
        json!({"a": [{"b": []}, 2]}),
    ];
    for left in &odd {
        for right in &odd {
            let mut object = left.clone();
            remove(&mut object, right);
            let _ = (union(left, right), difference(left, right), owns(left, &["a", "k:{}"]));
        }
        let _ = fields_of(left, &OTHER);
    }
}
