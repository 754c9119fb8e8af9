//! What the charts make fits the schemas of Kubernetes and of our CRDs, strictly, by kubeconform.
//!
//! It downloads nothing: the schemas are those that the API server publishes. Those of Prometheus Operator it does not
//! have, so that its kinds are passed over.

use crate::accepted::cases;
use crate::cluster::tool;
use crate::helm::Helm;
use crate::place::{MONITORING, cluster};
use serde_json::{Map, Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn every_case_fits_the_schemas() {
    let folder = new_folder();
    write_schemas(&folder);
    for (number, case) in cases().enumerate() {
        let manifests = Helm::alone().template(case.chart, case.values, &[]).fine();
        let name = format!("manifests/{number}-{}-{}.yaml", case.chart, case.name);
        fs::write(folder.join(name), manifests).expect("a file");
    }
    let said = kubeconform(&folder, "manifests");
    assert!(said.contains("Invalid: 0, Errors: 0"), "{said}");
}

#[test]
fn what_does_not_fit_is_found() {
    let folder = new_folder();
    write_schemas(&folder);
    for (number, wrong) in [
        "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {prts: []}}",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {replicas: two}}",
        "{apiVersion: eevee.bot/v1, kind: BotModule, metadata: {name: a}, spec: {image: a, x: 1}}",
        "{apiVersion: v1, kind: Sevice, metadata: {name: a}}",
    ]
    .iter()
    .enumerate()
    {
        fs::write(folder.join(format!("manifests/{number}.yaml")), wrong).expect("a file");
    }
    let said = kubeconform(&folder, "manifests");
    assert!(said.contains("Invalid: 3, Errors: 1"), "{said}");
}

fn kubeconform(folder: &Path, manifests: &str) -> String {
    let schemas = folder.join("{{.ResourceKind}}{{.KindSuffix}}.json");
    let output = Command::new(tool("kubeconform"))
        .args(["-strict", "-summary", "-skip", &MONITORING.join(","), "-schema-location"])
        .arg(schemas)
        .arg(folder.join(manifests))
        .env_clear()
        .output()
        .expect("kubeconform runs");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}

fn new_folder() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("charts-kubeconform");
    let thread = std::thread::current();
    let folder = tests.join(thread.name().expect("the test's name").replace("::", "-"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("manifests")).expect("a folder");
    folder
}

/// One file for each kind: `deployment-apps-v1.json`.
fn write_schemas(folder: &Path) {
    let text = cluster().kubectl(&["get", "--raw", "/openapi/v2"], None).success();
    let openapi: Value = serde_json::from_str(&text).expect("JSON");
    let definitions = openapi["definitions"].as_object().expect("definitions");
    for (name, definition) in definitions {
        for kind in definition["x-kubernetes-group-version-kind"].as_array().into_iter().flatten() {
            let text = |field: &str| kind[field].as_str().unwrap_or_default();
            let group = text("group").split('.').next().unwrap_or_default();
            let parts = [text("kind"), group, text("version")];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let file = format!("{}.json", parts.join("-").to_lowercase());
            let mut needed = Map::new();
            gather(name, definitions, &mut needed);
            let schema = json!({ "$ref": format!("#/definitions/{name}"), "definitions": needed });
            fs::write(folder.join(file), schema.to_string()).expect("a file");
        }
    }
}

/// A definition and all that it refers to.
fn gather(name: &str, all: &Map<String, Value>, needed: &mut Map<String, Value>) {
    if needed.contains_key(name) {
        return;
    }
    let mut definition = all[name].clone();
    let mut references = Vec::new();
    strict(&mut definition, &mut references);
    needed.insert(name.to_owned(), definition);
    for name in &references {
        gather(name, all, needed);
    }
}

/// Refuses unknown fields, and takes numbers where Kubernetes does.
fn strict(schema: &mut Value, references: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                references.extend(reference.strip_prefix("#/definitions/").map(str::to_owned));
            }
            if map.get("format").is_some_and(|format| format == "int-or-string") {
                map.insert("type".to_owned(), json!(["integer", "string"]));
            }
            // Of a number or a text; a field may be called so, too.
            if map.get("format").is_some_and(Value::is_string) {
                map.remove("format");
            }
            if map.get("properties").is_some_and(Value::is_object) && !admits_more(map) {
                map.insert("additionalProperties".to_owned(), false.into());
            }
            map.values_mut().for_each(|child| strict(child, references));
        }
        Value::Array(items) => items.iter_mut().for_each(|child| strict(child, references)),
        _ => {}
    }
}

fn admits_more(schema: &Map<String, Value>) -> bool {
    schema.contains_key("additionalProperties")
        || schema.contains_key("x-kubernetes-preserve-unknown-fields")
        || schema.get("type").is_none_or(|kind| kind != "object")
}
