//! The project's CRDs in a cluster.

use super::api::Cluster;
use super::wait::eventually;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;

/// How long the API server may take to serve what it has accepted.
const SERVED: Duration = Duration::from_mins(1);

/// How the CRDs write the names of kinds. Both are in use, and a live CRD cannot change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casing {
    /// `BotModule`, as in crds/crds.yaml.
    Camel,
    /// `botmodule`, as in the CRDs of the TypeScript operator.
    Lower,
}

impl Cluster {
    /// Applies the CRDs as a person would. Returns when discovery and the schemas are served.
    pub fn install_crds(&self, casing: Casing) {
        let crds = crds(casing);
        let text: String = crds.iter().map(|crd| format!("---\n{crd}\n")).collect();
        self.kubectl(&["apply", "--filename=-"], Some(&text)).success();
        let established = ["wait", "--for=condition=Established", "--timeout=60s", "--filename=-"];
        self.kubectl(&established, Some(&text)).success();
        // Discovery and the schemas follow some time after.
        eventually("the schemas are published", SERVED, || {
            crds.iter().all(|crd| self.explains(crd)).then_some(())
        });
    }

    /// The CRDs of the TypeScript operator up to 2.4.3, which say nothing of what a condition holds: each is pruned to
    /// `{}`. Of a spec they take all.
    pub fn install_pruning_crds(&self, casing: Casing) {
        let text: String =
            crds(casing).into_iter().map(pruning).map(|crd| format!("---\n{crd}\n")).collect();
        self.kubectl(&["apply", "--server-side", "--filename=-"], Some(&text)).success();
        let established = ["wait", "--for=condition=Established", "--timeout=60s", "--filename=-"];
        self.kubectl(&established, Some(&text)).success();
    }

    fn explains(&self, crd: &Value) -> bool {
        let plural = crd["spec"]["names"]["plural"].as_str().unwrap_or_default();
        let group = crd["spec"]["group"].as_str().unwrap_or_default();
        self.kubectl(&["explain", &format!("{plural}.{group}")], None).status.success()
    }
}

fn crds(casing: Casing) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/crds/crds.yaml");
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("cannot read {path}: {e}"));
    let mut crds: Vec<Value> = serde_yaml::Deserializer::from_str(&text)
        .map(|document| Value::deserialize(document).unwrap_or_else(|e| panic!("{path}: {e}")))
        .collect();
    if casing == Casing::Lower {
        crds.iter_mut().for_each(lower);
    }
    crds
}

/// As the TypeScript operator's CRDs are: `kind: botmodule`, `listKind: botmoduleList`.
fn lower(crd: &mut Value) {
    let names = &mut crd["spec"]["names"];
    let kind = names["kind"].as_str().unwrap_or_default().to_lowercase();
    names["listKind"] = format!("{kind}List").into();
    names["kind"] = kind.into();
}

fn pruning(mut crd: Value) -> Value {
    let version = &mut crd["spec"]["versions"][0];
    version["subresources"] = json!({ "status": {} });
    version["additionalPrinterColumns"] = json!([]);
    let conditions = json!({ "type": "array", "items": { "type": "object" } });
    version["schema"]["openAPIV3Schema"] = json!({
        "type": "object",
        "properties": {
            "spec": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
            "status": { "type": "object", "properties": { "conditions": conditions } },
        },
    });
    crd
}
