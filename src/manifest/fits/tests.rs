//! What `fits` comes to, in small clusters.

use super::{admitted, desired};
use crate::kinds::Kind;
use crate::manifest::{Defaults, Input, Loaded, load};
use crate::names::{APPLIED_DIGEST, TOKEN_DIGEST};
use crate::object::{Object, ObjectRef};
use crate::render::render;
use crate::snapshot::{ClusterSnapshot, Entropy, Settings};
use crate::world::World;
use jiff::Timestamp;
use serde_json::{Value, json};

const MODULE: &str = "
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo, uid: uid-of-echo}
spec: {image: 'echo:1'}
";

const BOT: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {nats: {}}
---
apiVersion: v1
kind: Secret
metadata: {name: eevee-main-nats-token, annotations: {eevee.bot/generated-by: eevee-operator}}
stringData: {token: token-of-the-server, host: eevee-main-nats.eevee-bot.svc.cluster.local}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: 'echo:1', ipcConfig: main}
";

fn input(documents: &[&str]) -> Loaded {
    let source = Input { name: "input.yaml".to_owned(), text: documents.join("\n---\n") };
    let defaults = Defaults {
        settings: Settings { watch_other_namespaces: true, ..Settings::default() },
        namespace: "eevee-bot".to_owned(),
        now: Timestamp::UNIX_EPOCH,
        entropy: Entropy([7; 32]),
    };
    load(&[source], defaults).unwrap_or_else(|unusable| panic!("{unusable}"))
}

fn read(documents: &[&str]) -> ClusterSnapshot {
    let loaded = input(documents);
    assert!(loaded.faults.is_empty(), "{}", loaded.faults[0]);
    loaded.snapshot
}

fn fitting(kind: &str, name: &str, more: &str) -> String {
    let api_version = match kind {
        "Deployment" => "apps/v1",
        _ => "v1",
    };
    format!(
        "apiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: {name}, annotations: {{{APPLIED_DIGEST}: fits}}}}\n{more}"
    )
}

fn deployment<'a>(snapshot: &'a ClusterSnapshot, name: &str) -> &'a Object {
    let reference = ObjectRef::new(Kind::Deployment, "eevee-bot", name);
    snapshot.get(&reference).expect("known").expect("there")
}

fn token_digest<'a>(snapshot: &'a ClusterSnapshot, name: &str) -> Option<&'a Value> {
    let template = "/spec/template/metadata/annotations";
    deployment(snapshot, name).at(template)?.get(TOKEN_DIGEST)
}

/// What is asked for beside statuses and events.
fn work(snapshot: ClusterSnapshot) -> Vec<String> {
    let mut world = World::new(snapshot);
    world.admit();
    let actions = render(world.snapshot());
    let works = actions.iter().filter(|it| !["Status", "Event"].contains(&it.verb.name()));
    works.map(|it| format!("{} {}", it.verb.name(), it.target)).collect()
}

#[test]
fn what_is_written_lies_over_what_is_wanted() {
    let written = "
spec:
  replicas: 3
  paused: true
  strategy: null
  template: {spec: {containers: [{name: other}]}}
";
    let snapshot = read(&[MODULE, &fitting("Deployment", "eevee-echo-module", written)]);
    let live = deployment(&snapshot, "eevee-echo-module");
    assert_eq!(live.number("/spec/replicas"), Some(3));
    assert_eq!(live.at("/spec/paused"), Some(&json!(true)));
    assert_eq!(live.at("/spec/strategy"), None);
    assert_eq!(live.at("/spec/template/spec/containers"), Some(&json!([{ "name": "other" }])));
    assert_eq!(live.at("/spec/template/spec/enableServiceLinks"), Some(&json!(false)));
    assert_eq!(live.label("eevee.bot/module"), Some("echo"));
    assert_eq!(live.controller().map(|owner| owner.uid), Some("uid-of-echo"));
    assert_eq!(live.annotation(APPLIED_DIGEST).map(str::len), Some(32));
}

#[test]
fn a_bot_of_which_everything_fits_needs_nothing() {
    let stubs = [
        fitting("Secret", "eevee-main-nats-config", ""),
        fitting("Service", "eevee-main-nats", ""),
        fitting("Deployment", "eevee-main-nats", ""),
        fitting("Deployment", "eevee-echo-module", ""),
    ];
    let mut documents = vec![BOT];
    documents.extend(stubs.iter().map(String::as_str));
    let snapshot = read(&documents);
    let digest = token_digest(&snapshot, "eevee-main-nats");
    assert!(digest.is_some_and(|digest| digest != "fits"), "{digest:?}");
    assert_eq!(digest, token_digest(&snapshot, "eevee-echo-module"));
    assert_eq!(work(snapshot), [""; 0]);
}

#[test]
fn a_digest_of_pods_fits_by_itself() {
    let live = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: eevee-echo-module, annotations: {eevee.bot/applied-digest: another}}
spec: {template: {metadata: {annotations: {eevee.bot/token-digest: fits}}}}
";
    let server = fitting("Deployment", "eevee-main-nats", "");
    let snapshot = read(&[BOT, &server, live]);
    let module = deployment(&snapshot, "eevee-echo-module");
    assert_eq!(module.annotation(APPLIED_DIGEST), Some("another"));
    assert_eq!(module.at("/spec/template/spec"), None, "the rest is as it is written");
    let digest = token_digest(&snapshot, "eevee-main-nats");
    assert_eq!(token_digest(&snapshot, "eevee-echo-module"), digest);
}

#[test]
fn a_module_that_keeps_an_older_token_fits_with_it() {
    let older = "spec: {template: {metadata: {annotations: {eevee.bot/token-digest: older}}}}";
    let module = fitting("Deployment", "eevee-echo-module", older);
    let server = fitting("Deployment", "eevee-main-nats", "");
    let snapshot = read(&[BOT, &server, &module]);
    assert_eq!(token_digest(&snapshot, "eevee-echo-module"), Some(&json!("older")));
    let work = work(snapshot);
    assert!(!work.iter().any(|it| it.contains("echo-module")), "{work:?}");
}

#[test]
fn the_digest_of_a_refusal_fits() {
    let refused = |request: &str| {
        let situation = format!(
            "
apiVersion: render.eevee.bot/v1
kind: Situation
time: 2026-01-01T00:00:00Z
answers:
- subject: {{kind: BotModule, namespace: eevee-bot, name: echo}}
  target: {{kind: Deployment, namespace: eevee-bot, name: eevee-echo-module}}
  request: {request}
  code: 403
  retryAt: 2027-01-01T00:00:00Z
"
        );
        work(read(&[&situation, MODULE]))
    };
    assert!(
        refused("another").contains(&"Apply Deployment eevee-bot/eevee-echo-module".to_owned())
    );
    assert_eq!(refused("fits"), [""; 0]);
}

#[test]
fn a_place_that_nothing_fits_is_a_fault_of_its_resource_alone() {
    let loaded = input(&[
        MODULE,
        &fitting("Deployment", "eevee-echo-module", ""),
        &fitting("Deployment", "eevee-other-module", ""),
    ]);
    let faults: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 1, "{faults:?}");
    let start = "input.yaml: document 3, line 15: Deployment eevee-bot/eevee-other-module: ";
    assert!(faults[0].starts_with(start), "{}", faults[0]);
    assert_eq!(work(loaded.snapshot), [""; 0], "what nothing fits is left out");
}

/// What is wanted of a module depends on how far its server is.
#[test]
fn what_fits_is_what_is_wanted_of_the_filled_cluster() {
    let available = "status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}";
    let older = "spec: {template: {metadata: {annotations: {eevee.bot/token-digest: older}}}}";
    let server = fitting("Deployment", "eevee-main-nats", available);
    let module = fitting("Deployment", "eevee-echo-module", older);
    let snapshot = read(&[BOT, &server, &module]);
    let module = deployment(&snapshot, "eevee-echo-module");
    let wanted = &desired(&admitted(&snapshot))[module.reference()];
    let digest = wanted["metadata"]["annotations"][APPLIED_DIGEST].as_str();
    assert_eq!(module.annotation(APPLIED_DIGEST), digest);
    let current = &wanted["spec"]["template"]["metadata"]["annotations"][TOKEN_DIGEST];
    assert_eq!(token_digest(&snapshot, "eevee-main-nats"), Some(current));
}
