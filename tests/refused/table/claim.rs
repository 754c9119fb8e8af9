//! The claim.

use super::{Case, case};
use serde_json::{Value, json};

pub fn claims() -> Vec<Case> {
    let field = "persistentVolumeClaim";
    let modes = |modes: Value| json!({ "accessModes": modes });
    let storage = |amount: &str| json!({ "resources": { "requests": { "storage": amount } } });
    vec![
        case(
            field,
            modes(json!(["ReadWrite"])),
            modes(json!(["ReadWriteMany"])),
            "spec.persistentVolumeClaim.accessModes[0]",
        ),
        case(
            field,
            modes(json!(["ReadWriteOncePod", "ReadWriteOnce"])),
            modes(json!(["ReadWriteOncePod"])),
            "spec.persistentVolumeClaim.accessModes",
        ),
        case(
            field,
            json!({ "volumeMode": "File" }),
            json!({ "volumeMode": "Filesystem" }),
            "spec.persistentVolumeClaim.volumeMode",
        ),
        case(
            field,
            json!({ "storageClassName": "Fast" }),
            json!({ "storageClassName": "" }),
            "spec.persistentVolumeClaim.storageClassName",
        ),
        case(
            field,
            storage("0"),
            storage("1"),
            "spec.persistentVolumeClaim.resources.requests.storage is 0",
        ),
        case(
            field,
            storage("-1Gi"),
            storage("1e3"),
            "spec.persistentVolumeClaim.resources.requests.storage",
        ),
        case(
            field,
            json!({ "selector": { "matchExpressions": [{ "key": "a", "operator": "Has" }] } }),
            json!({ "selector": { "matchLabels": { "a": "b" } } }),
            "spec.persistentVolumeClaim.selector.matchExpressions[0].operator",
        ),
    ]
}
