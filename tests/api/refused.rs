//! What render refuses in the pods and claims of a module is refused by a real API server, too, and
//! what it takes is taken.

use crate::cluster::Output;
use crate::server::{dry_apply, with_crds};
use crate::table::cases;
use serde_json::{Map, Value, json};

/// What a field of a BotModule's spec becomes.
fn object(name: &str, field: &str, value: &Value) -> Value {
    if field == "persistentVolumeClaim" {
        return claim(name, value);
    }
    let container = json!({ "name": "module", "image": "echo:1", "ports": [{ "name": "metrics", "containerPort": 9000 }] });
    let mut spec = json!({
        "selector": { "matchLabels": { "module": "refused" } },
        "template": {
            "metadata": { "labels": { "module": "refused" }, "annotations": {} },
            "spec": { "containers": [container] },
        },
    });
    let template = &mut spec["template"];
    match field {
        "strategy" => spec["strategy"] = value.clone(),
        "podLabels" => merge(&mut template["metadata"]["labels"], value),
        "podAnnotations" => merge(&mut template["metadata"]["annotations"], value),
        "podSecurityContext" => template["spec"]["securityContext"] = value.clone(),
        "affinity"
        | "imagePullSecrets"
        | "nodeSelector"
        | "priorityClassName"
        | "serviceAccountName"
        | "tolerations"
        | "topologySpreadConstraints" => {
            template["spec"][field] = value.clone();
        }
        "envSecret" => {
            template["spec"]["containers"][0]["envFrom"] = json!([{ "secretRef": value }]);
        }
        "extraEnv" => template["spec"]["containers"][0]["env"] = value.clone(),
        _ => template["spec"]["containers"][0][field] = value.clone(),
    }
    let metadata = json!({ "name": name, "namespace": "default" });
    json!({ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec })
}

/// A claim with the defaults that the operator adds.
fn claim(name: &str, value: &Value) -> Value {
    let mut spec = json!({ "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } });
    merge(&mut spec, value);
    let metadata = json!({ "name": name, "namespace": "default" });
    json!({ "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec })
}

fn merge(map: &mut Value, fields: &Value) {
    let fields: &Map<String, Value> = fields.as_object().expect("a map");
    map.as_object_mut().expect("a map").extend(fields.clone());
}

#[test]
fn the_server_refuses_what_render_refuses_and_takes_its_neighbour() {
    let mut manifests = String::new();
    for (number, case) in cases().iter().enumerate() {
        for (name, value) in [("bad", &case.bad), ("good", &case.good)] {
            let object = object(&format!("{name}-{number}"), case.field, value);
            manifests.push_str(&format!("---\n{object}\n"));
        }
    }
    let Output { stdout, stderr, .. } = dry_apply(with_crds(), &manifests);
    // kubectl goes on with the next object when one is refused.
    let accepts = |name: &str| stdout.contains(&format!("/{name} "));
    for (number, case) in cases().iter().enumerate() {
        let (bad, good) = (format!("bad-{number}"), format!("good-{number}"));
        assert!(!accepts(&bad), "{bad}: {} {} is accepted", case.field, case.bad);
        assert!(accepts(&good), "{good}: {} {} is refused:\n{stderr}", case.field, case.good);
    }
}
