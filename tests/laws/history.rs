//! The end does not depend on history: ours, then the TypeScript operator's, then ours again is
//! what ours alone is.

use crate::law::{Verdict, arrive, text};
use crate::support;
use eevee_operator::kinds::Kind;
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::render::{desired, is_paused};
use eevee_operator::snapshot::{Answer, ClusterSnapshot, Outcome};
use eevee_operator::world::World;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// As the API server names the client of the TypeScript operator, and other programs of Node.js.
const CLIENT: &str = "node-fetch";

/// What was written meanwhile goes, or is as it was.
pub fn independent(world: &World) -> Verdict {
    let mut world = world.clone();
    arrive(&mut world)?;
    if has_its_own_history(world.snapshot()) {
        return Ok(());
    }
    let mut objects: Vec<ObjectRef> = desired(world.snapshot()).into_keys().collect();
    objects.retain(|target| is_ours(world.snapshot(), target));
    // What a fixture leaves to the API server is filled in when we apply once more.
    write_to_all(&mut world, &objects, "other", |_, object| {
        object["metadata"]["annotations"]["eevee.bot/applied-digest"] = "another".into();
    })?;
    arrive(&mut world)?;
    let alone = objects_of(&world);
    write_to_all(&mut world, &objects, CLIENT, write_as_the_former_operator)?;
    world.settle_workloads();
    arrive(&mut world)?;
    let after = objects_of(&world);
    if let Some((alone, after)) = alone.iter().zip(&after).find(|(alone, after)| alone != after) {
        return Err(format!("history leaves a trace:\n{alone}\n{after}"));
    }
    if alone.len() == after.len() { Ok(()) } else { Err("other objects are there".to_owned()) }
}

fn write_to_all(
    world: &mut World,
    objects: &[ObjectRef],
    manager: &str,
    change: impl Fn(&ObjectRef, &mut Value),
) -> Verdict {
    for target in objects {
        world
            .change_as(manager, target, |object| change(target, object))
            .map_err(|why| format!("{target}: {}", why.message()))?;
    }
    Ok(())
}

/// All but the custom resources, whose conditions say when something was changed; and what the
/// client owns in each.
fn objects_of(world: &World) -> Vec<String> {
    let is_custom = |line: &&str| line.starts_with(r#"{"apiVersion":"eevee.bot/v1""#);
    let text = text(world);
    let lines = text.lines().filter(|line| !is_custom(line)).map(str::to_owned);
    lines.chain(world.snapshot().objects().flat_map(|object| owned(object))).collect()
}

fn owned(object: &Object) -> Vec<String> {
    let managers = object.at("/metadata/managedFields").and_then(Value::as_array);
    let is_its = |entry: &&Value| entry["manager"] == CLIENT;
    let sets = managers.into_iter().flatten().filter(is_its).map(|entry| &entry["fieldsV1"]);
    sets.map(|set| format!("{}: {set}", object.reference())).collect()
}

/// Whether anything but the objects decides what is done.
fn has_its_own_history(snapshot: &ClusterSnapshot) -> bool {
    let is_leaving_or_paused =
        |object: &Arc<Object>| object.is_being_deleted() || is_paused(object);
    let is_refusal = |answer: &Answer| !matches!(answer.outcome, Outcome::Told { .. });
    snapshot.answers.values().flatten().any(is_refusal)
        || snapshot.unknown().next().is_some()
        || snapshot.objects().any(is_leaving_or_paused)
}

fn is_ours(snapshot: &ClusterSnapshot, target: &ObjectRef) -> bool {
    let live = snapshot.get(target).ok().flatten();
    live.is_some_and(|live| live.annotation("eevee.bot/applied-digest").is_some())
}

/// What it was seen to add, and what else is in its own objects.
fn write_as_the_former_operator(target: &ObjectRef, object: &mut Value) {
    match target.kind {
        Kind::ConfigMap => object["data"]["former.yaml"] = "a: 1".into(),
        Kind::Secret => object["data"]["nats.conf"] = "cG9ydDogNDIyMg==".into(),
        Kind::Service => object["spec"]["internalTrafficPolicy"] = "Local".into(),
        Kind::Deployment => {
            let pod = &mut object["spec"]["template"]["spec"];
            let container = &mut pod["containers"][0];
            container["imagePullPolicy"] = "IfNotPresent".into();
            if container["name"] == "module" {
                write_to_a_module(pod);
            } else {
                container["image"] = "docker.io/nats:latest".into();
            }
        }
        Kind::CronJob => write_to_a_cron_job(&mut object["spec"]),
        _ => {}
    }
}

fn write_to_a_cron_job(spec: &mut Value) {
    spec["startingDeadlineSeconds"] = 200.into();
    spec["failedJobsHistoryLimit"] = 1.into();
    let job = &mut spec["jobTemplate"]["spec"];
    job["backoffLimit"] = 1.into();
    job["ttlSecondsAfterFinished"] = 600.into();
    let pod = &mut job["template"]["spec"];
    let container = pod["containers"][0].as_object_mut().expect("a container");
    add(container, "env", "name", &json!({ "name": "OLD_VARIABLE", "value": "1" }));
    container.insert("image".to_owned(), "former:1".into());
    add(
        pod.as_object_mut().expect("a pod"),
        "volumes",
        "name",
        &json!({ "name": "former", "emptyDir": {} }),
    );
}

fn write_to_a_module(pod: &mut Value) {
    let probe = json!({ "httpGet": { "path": "/health", "port": 9000 }, "periodSeconds": 30 });
    let container = pod["containers"][0].as_object_mut().expect("a container");
    for name in ["livenessProbe", "readinessProbe"] {
        container.entry(name).or_insert(probe.clone());
    }
    container.entry("envFrom").or_insert(json!([{ "secretRef": { "name": "credentials" } }]));
    container
        .entry("resources")
        .or_insert_with(|| json!({}))
        .as_object_mut()
        .expect("resources")
        .insert("limits".to_owned(), json!({ "memory": "1Gi" }));
    add(container, "env", "name", &json!({ "name": "METRICS_PORT", "value": "9000" }));
    add(
        container,
        "env",
        "name",
        &json!({ "name": "EEVEE_OPERATOR_API_URL", "value": "http://a" }),
    );
    add(
        container,
        "volumeMounts",
        "mountPath",
        &json!({ "name": "module-config", "mountPath": "/etc/module-config" }),
    );
    let config = json!({ "name": "module-config", "configMap": { "name": "former" } });
    add(pod.as_object_mut().expect("a pod"), "volumes", "name", &config);
}

/// Adds an item to a list that has none of its key.
fn add(fields: &mut Map<String, Value>, list: &str, key: &str, item: &Value) {
    let items = fields.entry(list).or_insert_with(|| json!([])).as_array_mut().expect("a list");
    if !items.iter().any(|other| other[key] == item[key]) {
        items.push(item.clone());
    }
}

/// What other programs have written under the same name is still there, whoever wrote first.
#[test]
fn others_of_the_same_name_keep_what_they_wrote() {
    let target = ObjectRef::new(Kind::Deployment, "eevee-bot", "eevee-echo-module");
    let (mut apart, mut together) = (settled(), settled());
    apart.change_as("other", &target, write_as_others).expect("a change");
    let both = |object: &mut Value| {
        write_as_the_former_operator(&target, object);
        write_as_others(object);
    };
    together.change_as(CLIENT, &target, both).expect("a change");
    for world in [&mut apart, &mut together] {
        arrive(world).expect("an end");
    }
    assert!(text(&apart).contains("sidecar"));
    assert_eq!(text(&together), text(&apart));
}

fn write_as_others(object: &mut Value) {
    object["metadata"]["labels"]["team"] = "chat".into();
    object["metadata"]["annotations"]["example.org/note"] = "kept".into();
    let template = &mut object["spec"]["template"];
    template["metadata"]["annotations"]["kubectl.kubernetes.io/restartedAt"] = "now".into();
    template["metadata"]["labels"]["team"] = "chat".into();
    let pod = template["spec"].as_object_mut().expect("a pod");
    add(pod, "containers", "name", &json!({ "name": "sidecar", "image": "sidecar:1" }));
    add(pod, "volumes", "name", &json!({ "name": "scratch", "emptyDir": {} }));
    let module = pod["containers"][0].as_object_mut().expect("a container");
    add(module, "volumeMounts", "mountPath", &json!({ "name": "scratch", "mountPath": "/tmp" }));
    add(module, "env", "name", &json!({ "name": "OTHER", "value": "1" }));
}

fn settled() -> World {
    let resource = json!({
        "apiVersion": "eevee.bot/v1", "kind": "BotModule", "metadata": { "name": "echo" },
        "spec": { "image": "echo:1" },
    });
    let defaults = support::defaults();
    let mut snapshot = ClusterSnapshot::new(defaults.settings, defaults.now, defaults.entropy);
    snapshot.insert(Arc::new(Object::new(resource, "eevee-bot").expect("an object")));
    let mut world = World::new(snapshot);
    world.admit();
    arrive(&mut world).expect("an end");
    world
}
