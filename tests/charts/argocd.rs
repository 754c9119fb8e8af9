//! What docs/argocd.md says: its Applications are what the charts take, its health check is right about every status that the
//! operator writes, and nothing stays out of sync.

use crate::cluster::lua;
use crate::health::{Health, cases};
use crate::helm::{Helm, names, rendered};
use crate::page::page;
use crate::place::{cluster, get};
use crate::privilege::Operator;
use crate::support::documents;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

const PAGE: &str = "docs/argocd.md";

fn manifests() -> Vec<Value> {
    page(PAGE).blocks("yaml").iter().flat_map(|block| documents(&block.text)).collect()
}

fn applications() -> Vec<Value> {
    manifests().into_iter().filter(|document| document["kind"] == "Application").collect()
}

/// The chart of an Application, and its values.
fn source(application: &Value) -> (String, String) {
    let source = &application["spec"]["source"];
    let chart = source["chart"].as_str().expect("a chart").to_owned();
    let values = &source["helm"]["valuesObject"];
    (chart, if values.is_null() { String::new() } else { values.to_string() })
}

#[test]
fn its_applications_are_what_the_charts_take() {
    let found: Vec<String> = applications().iter().map(|it| source(it).0).collect();
    assert_eq!(found, ["crds", "operator", "bot"]);
    let major = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".*");
    for application in applications() {
        let (chart, values) = source(&application);
        assert!(!rendered(&chart, &values).is_empty());
        assert_eq!(application["spec"]["source"]["targetRevision"], major, "{chart}");
        assert_eq!(application["spec"]["destination"]["namespace"], "eevee-bot", "{chart}");
    }
}

/// What Argo CD renders never sees the cluster, and would be applied again whenever it changes.
#[test]
fn every_rendering_is_the_same() {
    for chart in ["crds", "operator", "bot", "eevee"] {
        let template = || Helm::alone().template(chart, "", &[]).fine();
        assert_eq!(template(), template(), "{chart}");
    }
    let (chart, values) = source(&applications()[1]);
    let objects = rendered(&chart, &values);
    let has_secret = names(&objects).iter().any(|name| name.starts_with("Secret"));
    assert!(!has_secret, "the Secret is somebody else's");
}

#[test]
fn its_health_check_is_right_about_every_status() {
    let cases = cases();
    let expected: Vec<Health> = cases
        .iter()
        .map(|case| if case.is_paused() { Health::Suspended } else { case.health() })
        .collect();
    let kinds: BTreeSet<Health> = expected.iter().copied().collect();
    assert_eq!(kinds.len(), 4, "only {kinds:?} come up");
    let said = checked(cases.iter().map(|case| &case.object));
    assert_eq!(said.len(), cases.len());
    for ((case, expected), said) in cases.iter().zip(expected).zip(said) {
        let (health, message) = said.split_once('\t').expect("a status and a message");
        assert_eq!(health, format!("{expected:?}"), "{}: {:#}", case.name, case.object);
        let ready = case.condition("Ready").filter(|_| health == "Degraded");
        if let Some(ready) = ready {
            assert_eq!(ready["message"].as_str(), Some(message), "{}", case.name);
        }
    }
}

/// What the check of the page says of each object: its status and its message.
fn checked<'a>(objects: impl Iterator<Item = &'a Value>) -> Vec<String> {
    let config = manifests().into_iter().find(|it| it["metadata"]["name"] == "argocd-cm");
    let config = config.expect("the ConfigMap");
    let customizations = config["data"]["resource.customizations"].as_str().expect("a text");
    let customizations: Value = serde_yaml::from_str(customizations).expect("YAML");
    let check = customizations["eevee.bot/*"]["health.lua"].as_str().expect("a script");

    let mut script = format!("local function check(obj)\n{check}\nend\n");
    script += "local function say(obj)\nlocal health = check(obj)\n";
    script += "print(health.status .. \"\\t\" .. string.gsub(health.message or \"\", \"\\n\", \" \"))\nend\n";
    for object in objects {
        writeln!(script, "say({})", literal(object)).expect("a text");
    }
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("argocd-health.lua");
    fs::write(&file, script).expect("a file");
    let output = Command::new(lua()).arg(&file).env_clear().output().expect("glua runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    said.lines().map(str::to_owned).collect()
}

/// A value as Lua writes it, the way that Argo CD hands it over: what is null is not there.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(literal).collect();
            format!("{{{}}}", items.join(", "))
        }
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                format!("[{}] = {}", quoted(name), literal(value))
            };
            let fields: Vec<String> = fields.iter().map(field).collect();
            format!("{{{}}}", fields.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", escaped.replace('\r', "\\r"))
}

/// The objects of a list, without what tells who wrote them.
fn items(list: &str) -> Vec<Value> {
    let mut list: Value = serde_json::from_str(list).expect("JSON");
    let items = list["items"].as_array_mut().expect("a list");
    for item in items.iter_mut() {
        item["metadata"].as_object_mut().expect("metadata").remove("managedFields");
    }
    std::mem::take(items)
}

/// With the operator at work, as `ServerSideApply=true` and `ServerSideDiff=true` would have it.
#[test]
fn nothing_stays_out_of_sync() {
    const NAMESPACE: &str = "argocd-bots";
    let cluster = cluster();
    let _operator = Operator::install(cluster, NAMESPACE, false);
    let (chart, values) = source(&applications()[2]);
    let all = Helm::alone().template(&chart, &values, &[]).fine();
    let bot: Vec<Value> = documents(&all)
        .into_iter()
        .filter(|it| it["kind"] != "Pod")
        .map(|mut object| {
            object["metadata"]["namespace"] = NAMESPACE.into();
            object
        })
        .collect();
    let bot = serde_json::json!({ "apiVersion": "v1", "kind": "List", "items": bot }).to_string();
    let server_side = ["--server-side", "--field-manager=argocd-controller", "--filename=-"];
    let apply = [&["apply", "--force-conflicts"], &server_side[..]].concat();
    cluster.kubectl(&apply, Some(&bot)).success();
    let within = format!("--namespace={NAMESPACE}");
    let resources = ["ipcconfig/eevee-bot", "botmodule/echo", "--timeout=2m", &within];
    let wait = [&["wait", "--for=condition=Ready"], &resources[..]].concat();
    cluster.kubectl(&wait, None).success();
    // As `kubectl diff` does, which needs a program for it.
    let again = [&apply[..], &["--dry-run=server", "--output=json"]].concat();
    let again = items(&cluster.kubectl(&again, Some(&bot)).success());
    let live = ["get", "--filename=-", "--output=json"];
    let live = items(&cluster.kubectl(&live, Some(&bot)).success());
    assert!(again.len() > 1);
    assert_eq!(live, again);
    let made = get(cluster, NAMESPACE, "deployment/eevee-echo-module").expect("the module");
    assert_eq!(made["metadata"]["ownerReferences"][0]["name"], "echo", "it is shown below it");
}
