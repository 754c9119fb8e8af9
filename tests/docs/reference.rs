//! Every field of every resource, as pages made of the CRDs.

use crate::support;
use crate::table::section;
use eevee_operator::crd;
use serde_json::Value;
use std::fs;

const PAGES: [(&str, &str); 5] = [
    ("BotModule", "botmodule"),
    ("IpcConfig", "ipcconfig"),
    ("S3Store", "s3store"),
    ("BackupSchedule", "backupschedule"),
    ("BackupRestore", "backuprestore"),
];

#[test]
fn the_reference_is_made_of_the_crds() {
    let crds = crd::crds();
    for (kind, page) in PAGES {
        let is_wanted = |crd: &&Value| crd["spec"]["names"]["kind"] == kind;
        let wanted = generated(crds.iter().find(is_wanted).expect("the CRD"));
        keep(&format!("docs/reference/{page}.md"), &wanted);
    }
}

fn generated(crd: &Value) -> String {
    let names = &crd["spec"]["names"];
    let (kind, short) = (text(&names["kind"]), text(&names["shortNames"][0]));
    let version = &crd["spec"]["versions"][0];
    let schema = &version["schema"]["openAPIV3Schema"];
    let description = text(&schema["description"]);
    let mut page = format!(
        "# {kind}\n\n\
         <!-- Generated from the CRDs: make reference -->\n\n\
         {description}\n\n\
         `apiVersion: {}/{}`, `kind: {kind}`. Namespaced; short name `{short}`. `kubectl explain {}` shows the same.\n",
        text(&crd["spec"]["group"]),
        text(&version["name"]),
        text(&names["singular"]),
    );
    page += &rules(schema);
    for part in ["spec", "status"] {
        page += &section(part, &schema["properties"][part]);
    }
    page
}

/// What the API server asks of a resource as a whole.
fn rules(schema: &Value) -> String {
    let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
    let rules: String = rules.map(|rule| format!("- {}.\n", text(&rule["message"]))).collect();
    if rules.is_empty() { rules } else { format!("\n{}", rules.replace('<', "&lt;")) }
}

fn keep(name: &str, wanted: &str) {
    let path = support::path(name);
    if std::env::var_os("DOCS_UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
        fs::write(&path, wanted).unwrap_or_else(|error| panic!("{name}: {error}"));
        return;
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == wanted, "{name} is stale: run make reference");
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
