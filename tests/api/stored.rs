//! What the API server makes of empty fields and of other notations: nothing that the operator takes
//! for a change, in every field that the CRDs take over from Kubernetes.

use crate::cluster::Output;
use crate::server::with_crds;
use crate::support;
use eevee_operator::action::{ApplyAction, Verb};
use eevee_operator::crd;
use eevee_operator::fields::answer;
use eevee_operator::object::{Object, ObjectRef};
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
    /// Kind and name.
    name: String,
    field: String,
    value: Value,
    resource: Value,
}

/// Fields that the API server wants filled, or in certain words, once they are there at all. Nothing
/// can be stored of their cases.
const REFUSED: [&str; 15] = [
    "claims[]",
    "command",
    "divisor",
    "exec",
    "matchFields[]",
    "matchFields[].values",
    "maxSurge",
    "maxUnavailable",
    "nodeSelectorTerms",
    "operator",
    "port",
    "request",
    "requests[storage]",
    "tolerations[]",
    "valueFrom",
];

#[test]
fn what_is_empty_or_in_another_notation_is_no_difference() {
    with_crds().kubectl(&["create", "namespace", NAMESPACE], None).success();
    let cases = cases();
    let admitted = admitted(cases.iter().map(|case| &case.resource));
    let wanted: Vec<(&Case, &Value, Vec<Wanted>)> = cases
        .iter()
        .filter_map(|case| admitted.get(&case.name).map(|resource| (case, resource)))
        .map(|(case, resource)| (case, resource, wanted(resource)))
        .collect();
    let manifests =
        wanted.iter().flat_map(|(_, _, wanted)| wanted.iter().map(|(_, manifest)| manifest));
    let stored = stored(manifests);

    let (mut wrong, mut judged) = (Vec::new(), 0);
    for (case, resource, wanted) in &wanted {
        let live: Option<Vec<&Value>> = wanted.iter().map(|(of, _)| stored.get(&key(of))).collect();
        match live {
            Some(live) => {
                judged += 1;
                wrong.extend(differences(resource, wanted, &live).map(|what| (case, what)));
            }
            None if REFUSED.iter().any(|field| case.field.ends_with(field)) => {}
            None => wrong.push((case, "is refused".to_owned())),
        }
    }
    let wrong: Vec<String> =
        wrong.iter().map(|(case, what)| format!("{} {}: {what}", case.field, case.value)).collect();
    assert!(wrong.is_empty(), "{} of {judged}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(judged > 400, "only {judged} were judged");
}

type Wanted = (ObjectRef, Value);

/// What the operator takes for a change of what the API server has just stored.
fn differences(
    resource: &Value,
    wanted: &[Wanted],
    stored: &[&Value],
) -> impl Iterator<Item = String> {
    let rewritten = wanted.iter().zip(stored).filter_map(|((of, manifest), live)| {
        let field = answer::holds(live, manifest, of.kind.shape()).err()?;
        Some(format!("{field} of {of} counts as rewritten"))
    });
    let live = cluster(resource, stored);
    let writes: Vec<String> = render(&live).iter().filter_map(write).collect();
    let shown = shown(live);
    let other_image = cluster(&with_other_image(resource), stored);
    let noise: Vec<String> = changes(&self::shown(other_image)).map(str::to_owned).collect();
    let shown = (!shown.is_empty()).then_some(shown);
    rewritten.chain(writes).chain(shown).chain(noise).collect::<Vec<_>>().into_iter()
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
                let field = format!("{kind} spec{}", text(&path));
                let metadata = json!({ "name": name, "namespace": NAMESPACE });
                let resource = json!({ "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": metadata, "spec": spec });
                cases.push(Case { name: format!("{kind} {name}"), field, value, resource });
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

fn text(path: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Field(name) => format!(".{name}"),
        Step::Item => "[]".to_owned(),
        Step::Key(key) => format!("[{key}]"),
    };
    path.iter().map(step).collect()
}

/// The resources that the CRDs admit, as the API server would store them.
fn admitted<'a>(resources: impl Iterator<Item = &'a Value>) -> BTreeMap<String, Value> {
    let command = ["create", "--dry-run=server", "--validate=ignore", "--output=json"];
    objects(&send(&command, resources).stdout)
}

/// What the API server makes of manifests. It may refuse some.
fn stored<'a>(manifests: impl Iterator<Item = &'a Value>) -> BTreeMap<String, Value> {
    let apply = ["apply", "--server-side", "--field-manager=eevee-operator", "--validate=ignore"];
    // For whoever looks at a test that fails.
    println!("{}", send(&apply, manifests).stderr);
    let kinds =
        "configmaps,deployments,persistentvolumeclaims,poddisruptionbudgets,secrets,services";
    let namespace = format!("--namespace={NAMESPACE}");
    let get = ["get", kinds, &namespace, "--output=json", "--show-managed-fields"];
    objects(&with_crds().kubectl(&get, None).success())
}

fn send<'a>(command: &[&str], objects: impl Iterator<Item = &'a Value>) -> Output {
    let text: String = objects.map(|object| format!("---\n{object}\n")).collect();
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
fn wanted(resource: &Value) -> Vec<Wanted> {
    let mut world = World::new(cluster(resource, &[]));
    let mut wanted = BTreeMap::new();
    for _ in 0..ROUNDS {
        let actions = render(world.snapshot());
        world.perform_all(&actions);
        for ApplyAction { target, verb, .. } in actions {
            if let Verb::Create(manifest) | Verb::Apply { manifest, .. } = verb {
                wanted.insert(target, manifest);
            }
        }
    }
    wanted.into_iter().collect()
}

fn cluster(resource: &Value, objects: &[&Value]) -> ClusterSnapshot {
    let mut defaults = support::defaults();
    NAMESPACE.clone_into(&mut defaults.settings.namespace);
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

/// What `diff` prints.
fn shown(live: ClusterSnapshot) -> String {
    difference(live, &[], NAMESPACE, false).unwrap_or_else(|unusable| panic!("{unusable}")).text
}

fn with_other_image(resource: &Value) -> Value {
    let mut changed = resource.clone();
    let image = match resource["kind"].as_str() {
        Some("BotModule") => &mut changed["spec"]["image"],
        _ => &mut changed["spec"]["nats"]["managed"]["image"],
    };
    *image = "x:2".into();
    changed
}

/// Changed lines of a difference that another image does not make.
fn changes(difference: &str) -> impl Iterator<Item = &str> {
    difference.lines().filter(|line| {
        let is_header = line.starts_with("--- ") || line.starts_with("+++ ");
        line.starts_with(['-', '+'])
            && !is_header
            && !line.contains("image: ")
            && !line.contains("digest")
    })
}
