//! Statuses that were written under another schema: what the API server can read of them and what
//! mends them, there and in the pure cluster.

use crate::cluster::{Casing, Cluster, Output, eventually};
use crate::support;
use eevee_operator::action::{ApplyAction, Precondition, Subject, Verb};
use eevee_operator::crd;
use eevee_operator::fields::legible;
use eevee_operator::kinds::Kind;
use eevee_operator::object::Object;
use eevee_operator::snapshot::ClusterSnapshot;
use eevee_operator::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long the API server may take to serve what it has accepted.
const LONGEST: Duration = Duration::from_secs(30);

const MODULES: &str = "/apis/eevee.bot/v1/namespaces/default/botmodules";

#[test]
fn a_status_of_another_schema_is_mended_where_the_api_server_cannot_read_it() {
    let cluster = Cluster::api();
    leave(&cluster);
    cluster.install_crds(Casing::Camel);
    eventually("the new schema is served", LONGEST, || {
        let answer = apply(&cluster, "module-0", true);
        answer.stderr.contains("omits all key fields").then_some(())
    });
    let mut wrong = Vec::new();
    for live in list(&cluster) {
        if let Err(why) = check(&cluster, &live) {
            wrong.push(format!("{}: {why}", live["status"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A condition as it should be.
fn condition(kind: &str) -> Value {
    json!({
        "type": kind,
        "status": "True",
        "reason": "ByHand",
        "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    })
}

fn conditions(conditions: Value) -> Value {
    json!({ "conditions": conditions })
}

/// What others may have left. The first is what CRDs of the TypeScript operator made of it.
fn statuses() -> Vec<Value> {
    let theirs = condition("Theirs");
    let with = |field: &str, value: Value| {
        let mut theirs = condition("Theirs");
        theirs[field] = value;
        conditions(json!([theirs]))
    };
    vec![
        conditions(json!([{}])),
        conditions(json!([])),
        conditions(json!([theirs])),
        conditions(json!([{}, theirs, { "status": "True" }])),
        conditions(json!([theirs, {}, theirs])),
        conditions(json!([null, theirs])),
        conditions(json!(["Ready"])),
        conditions(json!([[]])),
        conditions(json!({ "Ready": "True" })),
        conditions(json!("Ready")),
        conditions(json!([{ "type": "Incomplete" }])),
        conditions(json!([{}, { "type": "Incomplete" }])),
        conditions(json!([theirs, theirs])),
        conditions(json!([condition("Ready"), condition("Ready")])),
        with("type", json!("")),
        with("type", json!(7)),
        with("type", json!(null)),
        with("status", json!(true)),
        with("reason", json!({})),
        with("lastTransitionTime", json!("yesterday")),
        with("lastTransitionTime", json!(7)),
        with("lastTransitionTime", json!([])),
        with("observedGeneration", json!("1")),
        with("observedGeneration", json!(1.5)),
        with("more", json!({ "a": [null] })),
        json!({ "observedGeneration": "1", "conditions": [theirs, null] }),
        json!({ "replicas": 3_000_000_000_u64 }),
        json!({ "replicas": 1.5 }),
        json!({ "replicas": -1 }),
        json!({ "replicas": true }),
        json!({ "selector": {} }),
        json!({ "image": 7 }),
        json!({ "firstAvailableTime": 7 }),
        json!({ "theirs": [{}, null] }),
        json!("Ready"),
        json!([{}]),
        json!(null),
    ]
}

/// Each status in a module of its own, written while the schema lets it.
fn leave(cluster: &Cluster) {
    let mut crd = crd::crds().remove(0);
    let version = &mut crd["spec"]["versions"][0];
    version["schema"]["openAPIV3Schema"]["properties"]["status"] =
        json!({ "x-kubernetes-preserve-unknown-fields": true });
    // The scale subresource would judge the number of replicas.
    version["subresources"] = json!({ "status": {} });
    let crd = crd.to_string();
    cluster.kubectl(&["apply", "--filename=-"], Some(&crd)).success();
    let established = ["wait", "--for=condition=Established", "--timeout=30s", "--filename=-"];
    cluster.kubectl(&established, Some(&crd)).success();
    let modules: String = (0..statuses().len()).map(|index| module(index) + "\n").collect();
    cluster.kubectl(&["create", "--filename=-"], Some(&modules)).success();
    for mut live in list(cluster) {
        let name = name(&live).to_owned();
        let index: usize = name.trim_start_matches("module-").parse().expect("a number");
        live["status"] = statuses().remove(index);
        let path = format!("{MODULES}/{name}/status");
        let put = ["replace", "--raw", &path, "--filename=-"];
        cluster.kubectl(&put, Some(&live.to_string())).success();
    }
}

fn module(index: usize) -> String {
    format!(
        "---\n{{apiVersion: eevee.bot/v1, kind: BotModule, metadata: {{name: module-{index}, namespace: default}}, spec: {{image: a}}}}"
    )
}

fn list(cluster: &Cluster) -> Vec<Value> {
    let text = cluster.kubectl(&["get", "--raw", MODULES], None).success();
    let mut list: Value = serde_json::from_str(&text).expect("JSON");
    serde_json::from_value(list["items"].take()).expect("a list")
}

fn read(cluster: &Cluster, name: &str) -> Value {
    let text = cluster.kubectl(&["get", "--raw", &format!("{MODULES}/{name}")], None).success();
    serde_json::from_str(&text).expect("JSON")
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().expect("a name")
}

/// What the API server, the pure cluster and the operator make of one status.
fn check(cluster: &Cluster, live: &Value) -> Result<(), String> {
    let name = name(live);
    let mut world = world(live);
    let answer = apply(cluster, name, true);
    let can_apply = answer.status.success();
    let in_world = world.clone().perform(&action(live, applied())).is_ok();
    let mending = legible::mending(Kind::BotModule.name(), &live["status"]);
    if can_apply != in_world || can_apply != mending.is_none() {
        return Err(format!(
            "applied: {can_apply} ({}), in the pure cluster: {in_world}, {mending:?}",
            answer.stderr
        ));
    }
    let Some(mending) = mending else { return Ok(()) };
    let patch = json!({ "status": mending.patch }).to_string();
    let words = ["patch", "bm", name, "--subresource=status", "--type=merge", "--patch", &patch];
    accepted("patched", &cluster.kubectl(&words, None))?;
    accepted("applied", &apply(cluster, name, false))?;
    for verb in [Verb::PatchStatus { patch: mending.patch, seen: seen() }, applied()] {
        world.perform(&action(live, verb)).map_err(|why| format!("in the pure cluster: {why}"))?;
    }
    let (there, here) = (types(&read(cluster, name)), types(&mended(&world, live)));
    if there == here { Ok(()) } else { Err(format!("{there:?}, in the pure cluster {here:?}")) }
}

fn accepted(what: &str, answer: &Output) -> Result<(), String> {
    if answer.status.success() { Ok(()) } else { Err(format!("{what}: {}", answer.stderr)) }
}

/// A status as the operator applies it.
fn status() -> Value {
    conditions(json!([condition("Ready")]))
}

fn apply(cluster: &Cluster, name: &str, is_dry: bool) -> Output {
    let applied = json!({
        "apiVersion": "eevee.bot/v1",
        "kind": "BotModule",
        "metadata": { "name": name, "namespace": "default" },
        "status": status(),
    });
    let words = [
        "apply",
        "--server-side",
        "--subresource=status",
        "--field-manager=eevee-operator-status",
        "--force-conflicts",
        "--filename=-",
        if is_dry { "--dry-run=server" } else { "--dry-run=none" },
    ];
    cluster.kubectl(&words, Some(&applied.to_string()))
}

fn seen() -> Precondition {
    Precondition::default()
}

fn applied() -> Verb {
    Verb::Status { status: status(), seen: seen() }
}

fn action(live: &Value, verb: Verb) -> ApplyAction {
    let target = Object::new(live.clone(), "default").expect("an object").reference().clone();
    ApplyAction { subject: Subject::Operator, target, verb }
}

fn world(live: &Value) -> World {
    let defaults = support::defaults();
    let mut snapshot = ClusterSnapshot::new(defaults.settings, defaults.now, defaults.entropy);
    snapshot.insert(Arc::new(Object::new(live.clone(), "default").expect("an object")));
    World::new(snapshot)
}

fn mended(world: &World, live: &Value) -> Value {
    let target = action(live, applied()).target;
    world.snapshot().get(&target).expect("known").expect("there").value().clone()
}

/// The types of an object's conditions.
fn types(object: &Value) -> BTreeSet<String> {
    let conditions = object["status"]["conditions"].as_array().expect("conditions");
    conditions.iter().map(|condition| condition["type"].to_string()).collect()
}
