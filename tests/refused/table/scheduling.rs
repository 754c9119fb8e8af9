//! Where pods may run.

use super::{Case, case};
use serde_json::{Value, json};

pub fn tolerations() -> Vec<Case> {
    let one = |toleration: Value| json!([toleration]);
    let field = "tolerations";
    vec![
        case(
            field,
            one(json!({ "operator": "Exist" })),
            one(json!({ "operator": "Exists" })),
            "spec.tolerations[0].operator is \"Exist\"",
        ),
        case(
            field,
            one(json!({ "key": "a", "effect": "NoScheduling" })),
            one(json!({ "key": "a", "effect": "NoSchedule" })),
            "spec.tolerations[0].effect",
        ),
        case(
            field,
            one(json!({ "value": "a" })),
            one(json!({ "key": "a", "operator": "", "effect": "", "value": "" })),
            "spec.tolerations[0].key is missing",
        ),
        case(
            field,
            one(json!({ "key": "a b", "operator": "Exists" })),
            one(json!({ "key": "a.b/C", "operator": "Exists" })),
            "spec.tolerations[0].key",
        ),
        case(
            field,
            one(json!({ "key": "a", "operator": "Exists", "value": "b" })),
            one(json!({ "key": "a", "operator": "Equal", "value": "b" })),
            "spec.tolerations[0].value",
        ),
        case(
            field,
            one(json!({ "key": "a", "value": "b c" })),
            one(json!({ "key": "a", "value": "" })),
            "spec.tolerations[0].value",
        ),
        case(
            field,
            one(json!({ "key": "a", "operator": "Exists", "tolerationSeconds": 1 })),
            one(
                json!({ "key": "a", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": -1 }),
            ),
            "spec.tolerations[0].tolerationSeconds",
        ),
    ]
}

pub fn spreads() -> Vec<Case> {
    let with = |fields: Value| {
        let mut one = json!({ "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": {} });
        one.as_object_mut().expect("a map").extend(fields.as_object().expect("a map").clone());
        json!([one])
    };
    let twice = |other: &str| {
        let two = [with(json!({})), with(json!({ "whenUnsatisfiable": other }))];
        Value::from(two.map(|one| one[0].clone()).to_vec())
    };
    let field = "topologySpreadConstraints";
    let anyway = "ScheduleAnyway";
    vec![
        case(
            field,
            with(json!({ "whenUnsatisfiable": "Schedule" })),
            with(json!({ "whenUnsatisfiable": anyway })),
            "spec.topologySpreadConstraints[0].whenUnsatisfiable",
        ),
        case(
            field,
            with(json!({ "topologyKey": "" })),
            with(json!({ "topologyKey": "a/b" })),
            "spec.topologySpreadConstraints[0].topologyKey",
        ),
        case(
            field,
            with(json!({ "maxSkew": 0 })),
            with(json!({ "maxSkew": 2 })),
            "spec.topologySpreadConstraints[0].maxSkew",
        ),
        case(
            field,
            with(json!({ "minDomains": 0 })),
            with(json!({ "minDomains": 1 })),
            "spec.topologySpreadConstraints[0].minDomains",
        ),
        case(
            field,
            with(json!({ "minDomains": 1, "whenUnsatisfiable": anyway })),
            with(json!({ "whenUnsatisfiable": anyway })),
            "spec.topologySpreadConstraints[0].minDomains",
        ),
        case(
            field,
            with(json!({ "nodeTaintsPolicy": "honor" })),
            with(json!({ "nodeTaintsPolicy": "Honor" })),
            "spec.topologySpreadConstraints[0].nodeTaintsPolicy",
        ),
        case(
            field,
            with(json!({ "nodeAffinityPolicy": "" })),
            with(json!({ "nodeAffinityPolicy": "Ignore" })),
            "spec.topologySpreadConstraints[0].nodeAffinityPolicy",
        ),
        case(
            field,
            with(json!({ "matchLabelKeys": ["a b"] })),
            with(json!({ "matchLabelKeys": ["a"] })),
            "spec.topologySpreadConstraints[0].matchLabelKeys[0]",
        ),
        case(
            field,
            with(json!({ "labelSelector": null, "matchLabelKeys": ["a"] })),
            with(json!({ "labelSelector": null })),
            "spec.topologySpreadConstraints[0].matchLabelKeys",
        ),
        case(field, twice("DoNotSchedule"), twice(anyway), "spec.topologySpreadConstraints has"),
    ]
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub fn affinities() -> Vec<Case> {
    const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
    const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
    let terms =
        |terms: Value| json!({ "nodeAffinity": { REQUIRED: { "nodeSelectorTerms": terms } } });
    let node = |requirement: Value| terms(json!([{ "matchExpressions": [requirement] }]));
    let name = |key: &str, values: Value| {
        terms(json!([{ "matchFields": [{ "key": key, "operator": "In", "values": values }] }]))
    };
    let weight = |weight: i32| json!({ "nodeAffinity": { PREFERRED: [{ "weight": weight, "preference": { "matchExpressions": [{ "key": "a", "operator": "Exists" }] } }] } });
    let pod = |fields: Value| {
        let mut term = json!({ "topologyKey": "zone", "labelSelector": {} });
        term.as_object_mut().expect("a map").extend(fields.as_object().expect("a map").clone());
        term
    };
    let pods = |fields: Value| json!({ "podAffinity": { REQUIRED: [pod(fields)] } });
    let other = |weight: i32, fields: Value| json!({ "podAntiAffinity": { PREFERRED: [{ "weight": weight, "podAffinityTerm": pod(fields) }] } });
    let selector = |requirement: Value| {
        pods(json!({ "labelSelector": { "matchExpressions": [requirement] } }))
    };
    vec![
        case(
            "affinity",
            terms(json!([])),
            node(json!({ "key": "a", "operator": "Exists" })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
        ),
        case(
            "affinity",
            node(json!({ "key": "a", "operator": "Is" })),
            node(json!({ "key": "a", "operator": "Gt", "values": ["1"] })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator",
        ),
        case(
            "affinity",
            node(json!({ "key": "a", "operator": "In" })),
            node(json!({ "key": "a", "operator": "In", "values": ["b"] })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values",
        ),
        case(
            "affinity",
            node(json!({ "key": "a", "operator": "Exists", "values": ["b"] })),
            node(json!({ "key": "a", "operator": "DoesNotExist" })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values",
        ),
        case(
            "affinity",
            node(json!({ "key": "a", "operator": "Lt", "values": ["1", "2"] })),
            node(json!({ "key": "a", "operator": "Lt", "values": ["1"] })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values",
        ),
        case(
            "affinity",
            node(json!({ "key": "", "operator": "Exists" })),
            node(json!({ "key": "a", "operator": "Exists" })),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key",
        ),
        case(
            "affinity",
            name("metadata.uid", json!(["a"])),
            name("metadata.name", json!(["a"])),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key",
        ),
        case(
            "affinity",
            name("metadata.name", json!(["a", "b"])),
            name("metadata.name", json!(["a"])),
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values",
        ),
        case(
            "affinity",
            weight(0),
            weight(100),
            "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight",
        ),
        case(
            "affinity",
            other(101, json!({})),
            other(1, json!({})),
            "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight",
        ),
        case(
            "affinity",
            other(1, json!({ "topologyKey": "" })),
            other(1, json!({ "topologyKey": "a" })),
            "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey",
        ),
        case(
            "affinity",
            pods(json!({ "namespaces": ["A"] })),
            pods(json!({ "namespaces": ["a"] })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespaces[0]",
        ),
        case(
            "affinity",
            selector(json!({ "key": "a", "operator": "Gt", "values": ["1"] })),
            selector(json!({ "key": "a", "operator": "NotIn", "values": ["1"] })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].operator",
        ),
        case(
            "affinity",
            selector(json!({ "key": "a", "operator": "In", "values": ["b c"] })),
            selector(json!({ "key": "a", "operator": "In", "values": [""] })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions[0].values[0]",
        ),
        case(
            "affinity",
            pods(json!({ "labelSelector": { "matchLabels": { "a b": "c" } } })),
            pods(json!({ "labelSelector": { "matchLabels": { "a": "c" } } })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels",
        ),
        case(
            "affinity",
            pods(json!({ "labelSelector": null, "mismatchLabelKeys": ["a"] })),
            pods(json!({ "mismatchLabelKeys": ["a"] })),
            "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].mismatchLabelKeys",
        ),
    ]
}
