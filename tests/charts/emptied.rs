//! A key whose value is commented out is null, and Helm takes it out of the defaults: every chart gets along without it,
//! or names what is missing.

use crate::helm::Helm;
use crate::values::defaults;
use serde_json::{Value, json};

/// Every key of some values, from the outermost to its own.
fn keys(values: &Value, path: &[String], found: &mut Vec<Vec<String>>) {
    for (key, value) in values.as_object().into_iter().flatten() {
        let path = [path, std::slice::from_ref(key)].concat();
        found.push(path.clone());
        keys(value, &path, found);
    }
}

fn emptied(path: &[String]) -> String {
    let wrap = |inner: Value, key: &String| json!({ key.as_str(): inner });
    path.iter().rev().fold(Value::Null, wrap).to_string()
}

#[test]
fn every_key_can_be_spared_or_is_named() {
    let mut refused = Vec::new();
    for chart in ["crds", "operator", "bot"] {
        let mut paths = Vec::new();
        keys(&defaults(chart), &[], &mut paths);
        for path in paths {
            let ending = Helm::alone().template(chart, &emptied(&path), &[]);
            if !ending.is_ok {
                let key = path.last().expect("a key");
                let named = format!("missing property '{key}'");
                assert!(ending.err.contains(&named), "{chart} {path:?}: {}", ending.err);
                refused.push(format!("{chart} {}", path.join(".")));
            }
        }
    }
    for needed in [
        "operator operatorApiToken",
        "operator operator.operator.env.httpApiPort",
        "operator operator.operator.env.healthPort",
        "operator kubernetesClusterDomain",
        "operator eeveeOperatorService.ports",
        "bot ipcConfig.name",
        "bot ipcConfig.spec",
    ] {
        assert!(refused.iter().any(|it| it == needed), "{needed} can be left out, it seems");
    }
}

#[test]
fn what_is_of_no_use_can_be_spared() {
    for (chart, values) in [
        ("crds", "{commonLabels: , commonAnnotations: }"),
        ("operator", "{commonLabels: , commonAnnotations: }"),
        ("operator", "operator: {strategy: , podAnnotations: , podLabels: , tolerations: }"),
        ("operator", "operator: {operator: {livenessProbe: , extraEnv: , image: {tag: }}}"),
        ("operator", "networkPolicy: {enabled: true, from: , egress: }"),
        ("operator", "metrics: {prometheusRule: {enabled: true, labels: , alertLabels: }}"),
        ("bot", "botModules: "),
        ("bot", "{backupStore: , backupSchedules: }"),
        ("bot", "{commonLabels: , commonAnnotations: }"),
        ("bot", "ipcConfig: {spec: {nats: {managed: }}}"),
        ("eevee", "bot: {botModules: }"),
    ] {
        Helm::alone().template(chart, values, &[]).fine();
    }
}

#[test]
fn without_a_secret_of_others_their_key_means_nothing() {
    let values = "operatorApiToken: {existingSecret: , existingSecretKey: api}";
    let manifests = Helm::alone().template("operator", values, &[]).fine();
    assert!(!manifests.contains("key: api"), "{manifests}");
}
