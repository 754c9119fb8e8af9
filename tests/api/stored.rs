//! What the API server makes of empty fields and of other notations: nothing that the operator takes
//! for a change, in every field that the CRDs take over from Kubernetes.

use crate::server::with_crds;
use crate::support;
use eevee_operator::action::{ApplyAction, Verb};
use eevee_operator::crd;
use eevee_operator::fields::answer;
use eevee_operator::object::{Kind, Object, ObjectRef};
use eevee_operator::offline::difference;
use eevee_operator::render::render;
use eevee_operator::snapshot::ClusterSnapshot;
use eevee_operator::world::World;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rounds within which all objects of a resource are there.
const ROUNDS: usize = 8;

/// Amounts in notations that the API server does not keep, and some that it does.
const AMOUNTS: [&str; 12] = [
    "0", "1.5m", "1000m", "0.5", ".5", "1e3", "1E3", "1000k", "1Ki", "1.5Gi", "0.0001", "+1",
];

/// A field under test.
#[derive(Clone)]
enum Step {
    Field(String),
    Item,
    Key(&'static str),
}

struct Case {
    name: String,
    /// The field and its value, for whoever looks at a test that fails.
    what: String,
    resource: Value,
}

#[test]
fn what_is_empty_or_in_another_notation_is_no_difference() {
    let cases = cases();
    let resources: Vec<&Value> = cases.iter().map(|case| &case.resource).collect();
    let admitted = send(&["create", "--dry-run=server", "--validate=ignore"], &resources);
    let mut wanted = BTreeMap::new();
    for case in &cases {
        let Some(resource) = admitted.get(&case.name) else { continue };
        wanted.insert(&case.name, (resource, wishes(resource)));
    }
    let manifests: Vec<&Value> =
        wanted.values().flat_map(|(_, wishes)| wishes.iter().map(|(_, wish)| wish)).collect();
    let apply = ["apply", "--server-side", "--field-manager=eevee-operator", "--validate=ignore"];
    let stored = send(&apply, &manifests);

    let (mut wrong, mut judged, mut refused) = (Vec::new(), 0, Vec::new());
    for case in &cases {
        let Some((resource, wishes)) = wanted.get(&case.name) else { continue };
        let there: Option<Vec<&Value>> =
            wishes.iter().map(|(of, _)| stored.get(&key(of))).collect();
        let Some(there) = there else {
            refused.push(case.what.as_str());
            continue;
        };
        judged += 1;
        for ((of, wish), live) in wishes.iter().zip(&there) {
            if let Err(field) = answer::holds(live, wish, of.kind.name()) {
                wrong.push(format!("{}: {field} of {of} counts as rewritten", case.what));
            }
        }
        let live = cluster(resource, &there);
        let writes: Vec<String> = render(&live).iter().filter_map(write).collect();
        if !writes.is_empty() {
            wrong.push(format!("{}: {writes:?}", case.what));
        }
        let text = difference(live, &[], "eevee-bot", false).expect("a difference").text;
        if !text.is_empty() {
            wrong.push(format!("{}:\n{text}", case.what));
        }
        wrong.extend(noise(resource, &there).map(|line| format!("{}: {line}", case.what)));
    }
    println!("{judged} judged, refused by the API server: {refused:#?}");
    assert!(wrong.is_empty(), "{} of {judged} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(judged > 400, "only {judged} were judged");
}

/// Every field of the two kinds, at each value that says nothing or says it in another way.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for kind in ["BotModule", "IpcConfig"] {
        let crds = crd::crds();
        let crd = crds.iter().find(|crd| crd["spec"]["names"]["kind"] == kind).expect("a CRD");
        let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
        let mut fields = Vec::new();
        collect(schema, &mut Vec::new(), &mut fields);
        for (path, leaf) in fields {
            for value in values(&path, leaf) {
                let name = format!("{}-{}", kind.to_lowercase(), cases.len());
                let spec = build(schema, &path, &value);
                let what = format!("{kind} {}: {value}", shown(&path));
                let metadata = json!({ "name": name, "namespace": "eevee-bot" });
                let resource = json!({ "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": metadata, "spec": spec });
                cases.push(Case { name: format!("{kind} {name}"), what, resource });
            }
        }
    }
    cases
}

/// The schemas below another one, each with the way to it.
fn collect<'a>(schema: &'a Value, path: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, &'a Value)>) {
    let mut below = |step: Step, schema: &'a Value, found: &mut Vec<_>| {
        path.push(step);
        found.push((path.clone(), schema));
        collect(schema, path, found);
        path.pop();
    };
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        below(Step::Field(name.clone()), schema, found);
    }
    if schema["items"].is_object() {
        below(Step::Item, &schema["items"], found);
    }
    if schema["additionalProperties"].is_object() {
        let is_claim = path.iter().any(|step| is_field(step, "persistentVolumeClaim"));
        let key = if is_claim { "storage" } else { "cpu" };
        below(Step::Key(key), &schema["additionalProperties"], found);
    }
}

fn is_field(step: &Step, wanted: &str) -> bool {
    matches!(step, Step::Field(name) if name == wanted)
}

fn values(path: &[Step], schema: &Value) -> Vec<Value> {
    let is_amount = ["limits", "requests", "divisor"]
        .iter()
        .any(|amount| path.iter().any(|step| is_field(step, amount)));
    match schema["type"].as_str() {
        Some("string") => vec![json!("")],
        Some("integer" | "number") => vec![json!(0)],
        Some("boolean") => vec![json!(false)],
        Some("array") => vec![json!([])],
        Some("object") => vec![json!({})],
        _ if is_amount => {
            let mut amounts: Vec<Value> = AMOUNTS.iter().map(|amount| json!(amount)).collect();
            amounts.extend([json!(0), json!(2000), json!("")]);
            amounts
        }
        _ => vec![json!(0), json!(80), json!("80"), json!("0%"), json!("100%"), json!("")],
    }
}

/// A value with one field, and with what else must be there.
fn build(schema: &Value, path: &[Step], value: &Value) -> Value {
    let Some((step, rest)) = path.split_first() else { return value.clone() };
    match step {
        Step::Item => json!([build(&schema["items"], rest, value)]),
        Step::Key(key) => json!({ *key: build(&schema["additionalProperties"], rest, value) }),
        Step::Field(name) => {
            let mut object = required(schema);
            object.extend(companions(schema, name));
            object.insert(name.clone(), build(&schema["properties"][name], rest, value));
            Value::Object(object)
        }
    }
}

fn required(schema: &Value) -> Map<String, Value> {
    let names = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    names.map(|name| (name.to_owned(), sample(name, &schema["properties"][name]))).collect()
}

fn sample(name: &str, schema: &Value) -> Value {
    match (name, schema["type"].as_str()) {
        ("topologyKey", _) => json!("kubernetes.io/hostname"),
        ("whenUnsatisfiable", _) => json!("DoNotSchedule"),
        ("fieldPath", _) => json!("metadata.name"),
        ("resource", _) => json!("limits.cpu"),
        ("operator", _) => json!("Exists"),
        ("type", Some("string")) => json!("RuntimeDefault"),
        ("kind", _) => json!("PersistentVolumeClaim"),
        (_, Some("integer" | "number")) => json!(1),
        (_, Some("boolean")) => json!(true),
        (_, Some("array")) => json!([sample("", &schema["items"])]),
        (_, Some("object")) => Value::Object(required(schema)),
        (_, Some(_)) => json!("a"),
        (_, None) => json!(80),
    }
}

/// What the schema does not ask for, and the API server does.
fn companions(schema: &Value, field: &str) -> Map<String, Value> {
    let has = |name: &str| schema["properties"][name].is_object();
    let companions = if has("failureThreshold") && !["exec", "grpc", "httpGet"].contains(&field) {
        json!({ "tcpSocket": { "port": 80 } })
    } else if has("tolerationSeconds") {
        json!({ "operator": "Exists", "effect": "NoExecute" })
    } else {
        json!({})
    };
    companions.as_object().cloned().unwrap_or_default()
}

fn shown(path: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Field(name) => format!(".{name}"),
        Step::Item => "[]".to_owned(),
        Step::Key(key) => format!("[{key}]"),
    };
    path.iter().map(step).collect()
}

/// Has kubectl send objects, and gives those that the API server took.
fn send(command: &[&str], objects: &[&Value]) -> BTreeMap<String, Value> {
    let cluster = with_crds();
    // Another test may have made it.
    cluster.kubectl(&["create", "namespace", "eevee-bot"], None);
    let arguments = [command, &["--output=json", "--show-managed-fields", "--filename=-"]].concat();
    let text: String = objects.iter().map(|object| format!("---\n{object}\n")).collect();
    let output = cluster.kubectl(&arguments, Some(&text));
    let mut taken: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", output.stderr));
    let items = taken["items"].as_array_mut().map(std::mem::take).unwrap_or_default();
    let named = |item: Value| {
        let name = item["metadata"]["name"].as_str().unwrap_or_default();
        Some((format!("{} {name}", item["kind"].as_str()?), item))
    };
    items.into_iter().filter_map(named).collect()
}

fn key(of: &ObjectRef) -> String {
    format!("{} {}", of.kind, of.name)
}

/// All that a resource becomes.
fn wishes(resource: &Value) -> Vec<(ObjectRef, Value)> {
    let mut world = World::new(cluster(resource, &[]));
    let mut wishes = BTreeMap::new();
    for _ in 0..ROUNDS {
        let actions = render(world.snapshot());
        world.perform_all(&actions);
        for ApplyAction { target, verb, .. } in actions {
            if let Verb::Create(manifest) | Verb::Apply { manifest, .. } = verb {
                wishes.insert(target, manifest);
            }
        }
    }
    wishes.into_iter().collect()
}

fn cluster(resource: &Value, objects: &[&Value]) -> ClusterSnapshot {
    let defaults = support::defaults();
    let mut snapshot = ClusterSnapshot::new(defaults.settings, defaults.now, defaults.entropy);
    for value in objects.iter().copied().chain([resource]) {
        let object = Object::new(value.clone(), "eevee-bot").expect("an object of a known kind");
        snapshot.insert(Arc::new(object));
    }
    snapshot
}

fn write(action: &ApplyAction) -> Option<String> {
    let verb = action.verb.name();
    let is_write = !matches!(action.verb, Verb::Status { .. } | Verb::Event(_));
    is_write.then(|| format!("{verb} {}", action.target))
}

/// Lines of a difference that another image does not make.
fn noise(resource: &Value, there: &[&Value]) -> impl Iterator<Item = String> {
    let mut changed = resource.clone();
    match Kind::of("eevee.bot/v1", resource["kind"].as_str().unwrap_or_default()) {
        Some(Kind::BotModule) => changed["spec"]["image"] = "x:2".into(),
        _ => changed["spec"]["nats"]["managed"]["image"] = "x:2".into(),
    }
    let text = difference(cluster(&changed, there), &[], "eevee-bot", false).expect("it").text;
    let is_noise = |line: &&str| {
        let is_change = line.starts_with(['-', '+']);
        let is_header = line.starts_with("--- ") || line.starts_with("+++ ");
        is_change && !is_header && !line.contains("image: ") && !line.contains("digest")
    };
    let lines: Vec<String> = text.lines().filter(is_noise).map(str::to_owned).collect();
    lines.into_iter()
}
