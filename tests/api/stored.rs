//! What the API server makes of empty fields and of other notations: nothing that the operator takes
//! for a change, in every field that the CRDs take over from Kubernetes.

use crate::cluster::Output;
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

const NAMESPACE: &str = "stored";

/// Rounds within which all objects of a resource are there.
const ROUNDS: usize = 8;

/// Amounts in notations that the API server does not keep, and some that it does.
const AMOUNTS: [&str; 12] =
    ["0", "1.5m", "1000m", "0.5", ".5", "1e3", "1E3", "1000k", "1Ki", "1.5Gi", "0.0001", "+1"];

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
    with_crds().kubectl(&["create", "namespace", NAMESPACE], None).success();
    let admitted = admitted(&resources);
    let mut wanted = BTreeMap::new();
    for case in &cases {
        let Some(resource) = admitted.get(&case.name) else { continue };
        wanted.insert(&case.name, (resource, wishes(resource)));
    }
    let manifests: Vec<&Value> =
        wanted.values().flat_map(|(_, wishes)| wishes.iter().map(|(_, wish)| wish)).collect();
    let stored = stored(&manifests);

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
        let text = difference(live, &[], NAMESPACE, false).expect("a difference").text;
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
                let metadata = json!({ "name": name, "namespace": NAMESPACE });
                let resource = json!({ "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": metadata, "spec": spec });
                cases.push(Case { name: format!("{kind} {name}"), what, resource });
            }
        }
    }
    cases
}

/// The schemas below another one, each with the way to it, without scalars that must be there.
fn collect<'a>(parent: &'a Value, path: &mut Vec<Step>, found: &mut Vec<(Vec<Step>, &'a Value)>) {
    for (step, schema) in children(parent, path) {
        let is_scalar = !matches!(schema["type"].as_str(), Some("array" | "object"));
        let is_required = is_scalar && is_required(parent, &step);
        path.push(step);
        if !is_required {
            found.push((path.clone(), schema));
        }
        collect(schema, path, found);
        path.pop();
    }
}

/// Items of lists are, too.
fn is_required(parent: &Value, step: &Step) -> bool {
    match step {
        Step::Field(name) => {
            parent["required"].as_array().is_some_and(|names| names.contains(&json!(name)))
        }
        Step::Item => true,
        Step::Key(_) => false,
    }
}

fn children<'a>(schema: &'a Value, path: &[Step]) -> Vec<(Step, &'a Value)> {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let mut children: Vec<_> =
        fields.map(|(name, schema)| (Step::Field(name.clone()), schema)).collect();
    if schema["items"].is_object() {
        children.push((Step::Item, &schema["items"]));
    }
    if schema["additionalProperties"].is_object() {
        let is_claim = path.iter().any(|step| is_field(step, "persistentVolumeClaim"));
        let key = if is_claim { "storage" } else { "cpu" };
        children.push((Step::Key(key), &schema["additionalProperties"]));
    }
    children
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
    let Some((step, rest)) = path.split_first() else {
        let is_empty_map = *value == json!({});
        return if is_empty_map { required(schema).into() } else { value.clone() };
    };
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

/// The resources that the CRDs admit, as the API server would store them.
fn admitted(resources: &[&Value]) -> BTreeMap<String, Value> {
    let command = ["create", "--dry-run=server", "--validate=ignore", "--output=json"];
    objects(&send(&command, resources).stdout)
}

/// What the API server makes of manifests. It may refuse some.
fn stored(manifests: &[&Value]) -> BTreeMap<String, Value> {
    let apply = ["apply", "--server-side", "--field-manager=eevee-operator", "--validate=ignore"];
    let refusals = send(&apply, manifests).stderr;
    println!("{refusals}");
    let kinds =
        "configmaps,deployments,persistentvolumeclaims,poddisruptionbudgets,secrets,services";
    let namespace = format!("--namespace={NAMESPACE}");
    let get = ["get", kinds, &namespace, "--output=json", "--show-managed-fields"];
    objects(&with_crds().kubectl(&get, None).success())
}

fn send(command: &[&str], objects: &[&Value]) -> Output {
    let text: String = objects.iter().map(|object| format!("---\n{object}\n")).collect();
    with_crds().kubectl(&[command, &["--filename=-"]].concat(), Some(&text))
}

/// What kubectl printed: one object after the other, or a List of them.
fn objects(printed: &str) -> BTreeMap<String, Value> {
    let printed = serde_json::Deserializer::from_str(printed).into_iter::<Value>();
    let items = printed.map(|value| value.expect("JSON")).flat_map(|mut value| {
        match value.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => vec![value],
        }
    });
    let named = |item: Value| {
        let name = item["metadata"]["name"].as_str().unwrap_or_default();
        Some((format!("{} {name}", item["kind"].as_str()?), item))
    };
    items.filter_map(named).collect()
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
    let mut defaults = support::defaults();
    defaults.settings.namespace = NAMESPACE.to_owned();
    let mut snapshot = ClusterSnapshot::new(defaults.settings, defaults.now, defaults.entropy);
    for value in objects.iter().copied().chain([resource]) {
        let object = Object::new(value.clone(), NAMESPACE).expect("an object of a known kind");
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
    let text = difference(cluster(&changed, there), &[], NAMESPACE, false).expect("it").text;
    let is_noise = |line: &&str| {
        let is_change = line.starts_with(['-', '+']);
        let is_header = line.starts_with("--- ") || line.starts_with("+++ ");
        is_change && !is_header && !line.contains("image: ") && !line.contains("digest")
    };
    let lines: Vec<String> = text.lines().filter(is_noise).map(str::to_owned).collect();
    lines.into_iter()
}
