//! The laws. Each gives the sentence that says how it was broken.

use eevee_operator::action::{ApplyAction, Subject, Verb};
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{self, Defaults, Input, Loaded, actions_as_yaml};
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::offline::{admitted, snapshot_as_yaml};
use eevee_operator::render::{neighbourhood, render, render_subject, subjects};
use eevee_operator::snapshot::{ClusterSnapshot, Entropy, Observed, Settings};
use eevee_operator::trim::trim;
use eevee_operator::world::World;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

pub type Verdict = Result<(), String>;

/// Rounds within which everything must be done: taking over, the token, then what waits for it, and one
/// restore behind the other.
const ROUNDS: usize = 16;

/// Law 1: the same snapshot gives the same bytes, whatever the order in which it was gathered.
pub fn deterministic(world: &World) -> Verdict {
    let snapshot = world.snapshot();
    let mut reversed = snapshot.emptied();
    reversed.answers = snapshot.answers.clone();
    let mut objects: Vec<_> = snapshot.objects().collect();
    objects.reverse();
    for object in objects {
        reversed.insert(Arc::clone(object));
    }
    for unknown in unknown_objects(snapshot) {
        reversed.set_unknown(unknown);
    }
    same("once more", &actions(snapshot), &actions(snapshot))?;
    same("in reversed order", &actions(snapshot), &actions(&reversed))
}

/// Law 2: what was done is not done again, now and after the cluster has done its own work.
pub fn settled(world: &World) -> Verdict {
    let mut world = world.clone();
    arrive(&mut world)?;
    let before = text(&world);
    world.settle_workloads();
    let left = render(world.snapshot());
    if !left.is_empty() {
        return Err(format!("a settled cluster is written to:\n{}", actions_as_yaml(&left, true)));
    }
    same("left alone", &before, &text(&world))
}

/// Whoever looks again when he is told to misses nothing: until then, nothing is to be done.
pub fn timely(world: &World) -> Verdict {
    let mut world = world.clone();
    arrive(&mut world)?;
    for _ in 0..ROUNDS {
        let snapshot = world.snapshot();
        let whole = subjects(snapshot);
        let Some(due) =
            whole.iter().filter_map(|subject| render_subject(snapshot, subject).look_again).min()
        else {
            return nothing_is_done_at(&world, snapshot.now + SignedDuration::from_hours(1000));
        };
        nothing_is_done_at(&world, due - SignedDuration::from_millis(1))?;
        world.snapshot_mut().now = due;
        arrive(&mut world)?;
    }
    Err("it never comes to rest".to_owned())
}

fn nothing_is_done_at(world: &World, time: Timestamp) -> Verdict {
    let mut later = world.snapshot().clone();
    later.now = time;
    let actions = render(&later);
    if actions.is_empty() {
        return Ok(());
    }
    Err(format!("at {time}, unannounced:\n{}", actions_as_yaml(&actions, true)))
}

/// Law 3: one Subject's neighbourhood gives what the whole gives for it, and no object has two.
pub fn local(world: &World) -> Verdict {
    let mut world = world.clone();
    let mut writers: BTreeMap<ObjectRef, Subject> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let snapshot = world.snapshot();
        let whole = render(snapshot);
        let mut parts = Vec::new();
        for subject in subjects(snapshot) {
            let part = render_subject(&neighbourhood(snapshot, &subject), &subject).actions;
            let of_whole: Vec<ApplyAction> =
                whole.iter().filter(|action| action.subject == subject).cloned().collect();
            same(
                &format!("in the neighbourhood of {subject}"),
                &actions_as_yaml(&of_whole, true),
                &actions_as_yaml(&part, true),
            )?;
            parts.extend(part);
        }
        same("by parts", &actions_as_yaml(&whole, true), &actions_as_yaml(&parts, true))?;
        let writes = |action: &&ApplyAction| !matches!(action.verb, Verb::Ask(_));
        for action in whole.iter().filter(writes) {
            let writer = writers.entry(action.target.clone()).or_insert(action.subject.clone());
            if *writer != action.subject {
                return Err(format!(
                    "{} is written by {writer} and by {}",
                    action.target, action.subject
                ));
            }
        }
        world.perform_all(&whole);
        world.settle_workloads();
    }
    Ok(())
}

/// Law 4: no claim, token or foreign object comes to harm, on any round.
pub fn safe(world: &World) -> Verdict {
    let mut world = world.clone();
    for _ in 0..ROUNDS {
        for action in render(world.snapshot()) {
            harmless(world.snapshot(), &action)
                .map_err(|why| format!("{} {}: {why}", action.verb.name(), action.target))?;
            // A refused action is no harm.
            let _ = world.perform(&action);
        }
        world.settle_workloads();
    }
    Ok(())
}

/// Law 5: whatever a module's spec or status holds, rendering goes on, and no other Subject notices.
pub fn total(world: &World) -> Verdict {
    let modules: Vec<ObjectRef> = world
        .snapshot()
        .objects()
        .map(|object| object.reference().clone())
        .filter(|reference| reference.kind.is_custom())
        .collect();
    for spoilt in modules {
        let specs = garbage().into_iter().map(|garbage| ("spec", garbage));
        let statuses = garbage_of_status().into_iter().map(|garbage| ("status", garbage));
        for (part, garbage) in specs.chain(statuses) {
            let mut bad = world.snapshot().clone();
            edit(&mut bad, &spoilt, |object| object[part] = garbage.clone());
            let after = render(&bad);
            if spoilt.kind == Kind::BotModule {
                let of_others = |actions: &[ApplyAction]| {
                    let others = actions.iter().filter(|action| {
                        !is_of(&action.subject, &spoilt)
                            && !matches!(&action.subject, Subject::Namespace(_))
                            && !acts_for_modules(&action.subject)
                    });
                    actions_as_yaml(&others.cloned().collect::<Vec<_>>(), true)
                };
                let before = render(world.snapshot());
                let what = format!("with {part} of {spoilt} spoilt by {garbage}");
                same(&what, &of_others(&before), &of_others(&after))?;
            }
        }
    }
    Ok(())
}

/// Law 6: stopped after any prefix of the actions, the same end is reached.
pub fn crash_tolerant(world: &World) -> Verdict {
    let mut undisturbed = world.clone();
    arrive(&mut undisturbed)?;
    let wanted = text(&undisturbed);
    let first = render(world.snapshot());
    for stop in 0..first.len() {
        let mut crashed = world.clone();
        crashed.perform_all(&first[..stop]);
        arrive(&mut crashed)?;
        same(&format!("after a crash behind action {stop}"), &wanted, &text(&crashed))?;
    }
    Ok(())
}

/// What render does not read changes no action, on no round.
pub fn trimmed(world: &World) -> Verdict {
    let mut world = world.clone();
    for round in 0..ROUNDS {
        let snapshot = world.snapshot();
        let mut less = snapshot.clone();
        for object in snapshot.objects() {
            let reference = object.reference();
            edit(&mut less, reference, |object| trim(object, reference.kind));
        }
        same(&format!("trimmed in round {round}"), &actions(snapshot), &actions(&less))?;
        let actions = render(snapshot);
        world.perform_all(&actions);
        world.settle_workloads();
    }
    Ok(())
}

/// A cluster, written to a file with its secrets masked and read again, is rendered to the same
/// requests, before it has settled and after.
pub fn preserved(world: &World) -> Verdict {
    preserved_now("at first", world)?;
    let mut world = world.clone();
    arrive(&mut world)?;
    preserved_now("when settled", &world)
}

fn preserved_now(when: &str, world: &World) -> Verdict {
    let text = snapshot_as_yaml(world.snapshot());
    let live = outline(&render(world.snapshot()));
    for is_fixture in [false, true] {
        let Some(loaded) = read_back(&text)? else { return Ok(()) };
        let read = if is_fixture { admitted(loaded) } else { World::new(loaded.snapshot) };
        let masked = outline(&render(read.snapshot()));
        same(&format!("{when}, from\n{text}"), &live, &masked)?;
    }
    Ok(())
}

/// None where the cluster holds what its schema does not admit.
fn read_back(text: &str) -> Result<Option<Loaded>, String> {
    // Nothing but the file is known where it is read.
    let defaults = Defaults {
        settings: Settings { namespace: "far-away".to_owned(), ..Settings::default() },
        namespace: "nowhere".to_owned(),
        now: jiff::Timestamp::UNIX_EPOCH,
        entropy: Entropy([9; 32]),
    };
    let source = Input { name: "snapshot.yaml".to_owned(), text: text.to_owned() };
    let loaded = manifest::load(&[source], defaults).map_err(|why| format!("{why}\n{text}"))?;
    Ok(loaded.faults.is_empty().then_some(loaded))
}

/// Verbs, objects and what people are told.
fn outline(actions: &[ApplyAction]) -> String {
    let told = |verb: &Verb| match verb {
        Verb::Event(event) => event.reason.to_owned(),
        Verb::Status { status, .. } => status["conditions"][0].to_string(),
        Verb::Create(_)
        | Verb::Apply { .. }
        | Verb::Patch { .. }
        | Verb::Delete { .. }
        | Verb::PatchStatus { .. }
        | Verb::Ask(_) => String::new(),
    };
    actions
        .iter()
        .map(|ApplyAction { subject, target, verb }| {
            format!("{} {target} for {subject} {}\n", verb.name(), told(verb))
        })
        .collect()
}

/// Settles, with the cluster doing its own work in between.
pub fn arrive(world: &mut World) -> Verdict {
    for _ in 0..ROUNDS {
        settle(world)?;
        world.settle_workloads();
        if render(world.snapshot()).is_empty() {
            return Ok(());
        }
    }
    settle(world)
}

/// Renders and performs until nothing is left.
pub fn settle(world: &mut World) -> Verdict {
    let mut refused = Vec::new();
    for _ in 0..ROUNDS {
        let actions = render(world.snapshot());
        if actions.is_empty() {
            return Ok(());
        }
        refused = world.perform_all(&actions);
    }
    let left = render(world.snapshot());
    if left.is_empty() {
        return Ok(());
    }
    let refused: String = refused
        .iter()
        .map(|(action, why)| format!("{}: {}\n", action.target, why.message()))
        .collect();
    Err(format!(
        "after {ROUNDS} rounds there still is:\n{}\nrefused:\n{refused}",
        actions_as_yaml(&left, true)
    ))
}

/// The kinds that own what the operator makes.
const OWNERS: [&str; 4] = ["backuprestore", "backupschedule", "botmodule", "ipcconfig"];

fn harmless(snapshot: &ClusterSnapshot, action: &ApplyAction) -> Verdict {
    let target = &action.target;
    let live = snapshot.get(target).map_err(|_| "decided on an unknown object")?;
    if !snapshot.watches(&target.namespace) {
        return Err("its namespace is not watched".to_owned());
    }
    if let Verb::Patch { seen, .. } | Verb::Delete { seen } | Verb::PatchStatus { seen, .. } =
        &action.verb
        && (seen.uid.is_none() || seen.resource_version.is_none())
    {
        return Err("no precondition".to_owned());
    }
    if let (Some(live), Verb::Patch { .. } | Verb::Delete { .. } | Verb::Apply { .. }) =
        (live, &action.verb)
    {
        let ours = |kind: &str| OWNERS.contains(&kind.to_ascii_lowercase().as_str());
        if let Some(owner) = live.controller().filter(|owner| !ours(owner.kind)) {
            return Err(format!("it belongs to {} {}", owner.kind, owner.name));
        }
    }
    match target.kind {
        _ if matches!(action.verb, Verb::Ask(_)) => Ok(()),
        Kind::PersistentVolumeClaim => claim_is_safe(live.map(AsRef::as_ref), &action.verb),
        Kind::Secret => secret_is_safe(live.map(AsRef::as_ref), &action.verb),
        _ => Ok(()),
    }
}

fn claim_is_safe(live: Option<&Object>, verb: &Verb) -> Verdict {
    match verb {
        Verb::Create(manifest) if live.is_none() => {
            match manifest["metadata"].get("ownerReferences") {
                None => Ok(()),
                Some(_) => Err("a claim with an owner goes with it".to_owned()),
            }
        }
        Verb::Patch { patch, .. } => {
            let only_storage = patch.as_object().is_some_and(|patch| patch.keys().eq(["spec"]))
                && patch["spec"].as_object().is_some_and(|spec| spec.keys().eq(["resources"]));
            let size = |value: &Value| {
                let text = value["spec"]["resources"]["requests"]["storage"].as_str()?.to_owned();
                eevee_operator::fields::quantity::parse(&text)
            };
            if is_mark(patch)
                || only_storage && size(patch) > live.and_then(|live| size(live.value()))
            {
                Ok(())
            } else {
                Err(format!("a claim is changed by {patch}"))
            }
        }
        _ => Err("a claim is replaced or deleted".to_owned()),
    }
}

/// Whether a patch says of a claim what was restored, and nothing else.
fn is_mark(patch: &Value) -> bool {
    let is_alone =
        |map: &Value, field: &str| map.as_object().is_some_and(|fields| fields.keys().eq([field]));
    let marks = ["eevee.bot/bootstrapped", "eevee.bot/restoring"];
    is_alone(patch, "metadata")
        && is_alone(&patch["metadata"], "annotations")
        && patch["metadata"]["annotations"]
            .as_object()
            .is_some_and(|annotations| annotations.keys().all(|key| marks.contains(&key.as_str())))
}

fn secret_is_safe(live: Option<&Object>, verb: &Verb) -> Verdict {
    let Some(live) = live else { return Ok(()) };
    let generated = live.annotation("eevee.bot/generated-by").is_some();
    let name = live.reference().name.as_str();
    match verb {
        // The digest key is completed, never replaced.
        Verb::Patch { .. } if name == "eevee-operator-digest-key" => {
            let had = live.secret_value("key").is_some_and(|key| !key.is_empty());
            if had { Err("the digest key is replaced".to_owned()) } else { Ok(()) }
        }
        Verb::Patch { patch, .. } if patch.get("data").is_some() => {
            let rotated_for = &patch["metadata"]["annotations"]["eevee.bot/rotated-for"];
            let once = rotated_for.as_str() != live.annotation("eevee.bot/rotated-for");
            let api_token = name == "eevee-operator-api-token";
            if generated && (api_token || rotated_for.is_string() && once) {
                Ok(())
            } else {
                Err("a token is replaced that must stay".to_owned())
            }
        }
        Verb::Delete { .. } if name.ends_with("-nats-token") => {
            Err("a token is deleted".to_owned())
        }
        Verb::Delete { .. } if name == "eevee-operator-api-token" && !generated => {
            Err("somebody's Secret is deleted".to_owned())
        }
        _ => Ok(()),
    }
}

fn garbage() -> Vec<Value> {
    vec![
        Value::Null,
        json!("text"),
        json!([]),
        json!({}),
        json!({ "image": 7 }),
        json!({ "image": "a", "size": -1 }),
        json!({ "image": "a", "extraEnv": [{ "name": "NATS_TOKEN" }] }),
        json!({ "image": "a", "persistentVolumeClaim": { "resources": { "requests": { "storage": "much" } } } }),
        json!({ "image": "", "ipcConfig": "../x", "envSecret": { "name": "" }, "volumeMountPath": "" }),
        json!({ "nats": { "managed": { "replicas": -3 } } }),
        json!({ "schedule": "@never", "s3Store": { "name": "" }, "timeZone": "", "keep": { "last": 0 } }),
        json!({ "schedule": "* * * * *", "s3Store": { "name": "minio" }, "activeDeadlineSeconds": -1 }),
        json!({ "endpoint": "\u{0}", "bucket": "", "accessId": { "secretKeyRef": { "secret": { "name": "/" }, "key": "" } }, "accessKey": {} }),
        json!({ "nats": { "token": { "secretKeyRef": { "secret": { "name": "eevee-operator-digest-key" } } } } }),
    ]
}

fn garbage_of_status() -> Vec<Value> {
    vec![
        json!("text"),
        json!([]),
        json!({ "conditions": null }),
        json!({ "conditions": {} }),
        json!({ "conditions": [{}, null, "x", { "type": null }, { "type": 7 }, { "type": "" }] }),
        json!({ "conditions": [{ "type": "Ready" }, { "type": "Ready" }], "selector": {} }),
        json!({ "modules": [{}, { "name": "echo", "lastSuccess": 7 }], "lastSuccessTime": "soon" }),
    ]
}

/// Whether a Subject works for modules: what these say is what it goes by.
fn acts_for_modules(subject: &Subject) -> bool {
    subject
        .resource()
        .is_some_and(|resource| matches!(resource.kind, Kind::BackupSchedule | Kind::BackupRestore))
}

fn is_of(subject: &Subject, resource: &ObjectRef) -> bool {
    subject.resource() == Some(resource)
}

/// Changes one object as somebody else would.
pub fn edit(
    snapshot: &mut ClusterSnapshot,
    reference: &ObjectRef,
    change: impl FnOnce(&mut Value),
) {
    let Observed::Present(object) = snapshot.observe(reference) else { return };
    let mut object = Object::clone(object);
    change(object.value_mut());
    snapshot.insert(Arc::new(object));
}

fn actions(snapshot: &ClusterSnapshot) -> String {
    actions_as_yaml(&render(snapshot), true)
}

/// The state of a cluster, without what differs between two ways to the same end.
pub fn text(world: &World) -> String {
    let objects = world.snapshot().objects();
    // ReplicaSets and pods are the cluster's own.
    let kept =
        objects.filter(|object| !matches!(object.reference().kind, Kind::ReplicaSet | Kind::Pod));
    kept.map(|object| plain(object.value()).to_string() + "\n").collect()
}

fn plain(object: &Value) -> Value {
    let mut object = object.clone();
    let is_custom = object["apiVersion"] == eevee_operator::crd::API_VERSION;
    let mut take = |pointer: &str, fields: &[&str]| {
        if let Some(at) = object.pointer_mut(pointer).and_then(Value::as_object_mut) {
            for field in fields {
                at.remove(*field);
            }
        }
    };
    let served = ["resourceVersion", "managedFields", "generation", "uid", "creationTimestamp"];
    take("/metadata", &served);
    take("/metadata/annotations", &["deployment.kubernetes.io/revision"]);
    take("/spec", &["volumeName"]);
    // How often a Deployment was changed meanwhile shows in its status.
    if !is_custom {
        take("", &["status"]);
    }
    object
}

fn unknown_objects(snapshot: &ClusterSnapshot) -> Vec<ObjectRef> {
    snapshot.unknown().cloned().collect()
}

fn same(how: &str, left: &str, right: &str) -> Verdict {
    if left == right {
        return Ok(());
    }
    let differs = left.lines().zip(right.lines()).find(|(left, right)| left != right);
    let (left, right) = differs.unwrap_or(("", "one is longer than the other"));
    Err(format!("rendering differs {how}:\n  {left}\n  {right}"))
}
