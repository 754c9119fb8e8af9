//! A live cluster kept in a file decides as the cluster does.

use crate::operator::{LONG, Running, cluster};
use crate::support::{Edge, Objects, Request, Verb, condition, example_bot};
use eevee_operator::action::{ApplyAction, Verb as Wish};
use eevee_operator::manifest::{self, Defaults, Source};
use eevee_operator::offline::admitted;
use eevee_operator::render::render;
use eevee_operator::snapshot::{Entropy, Settings};
use serde_json::json;
use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::time::Duration;

const QUIET: Duration = Duration::from_secs(7);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_of_a_drifted_cluster_renders_what_the_operator_then_does() {
    let objects = settled_example("kept").await;
    assert!(program(&objects, &["diff"]).status.success(), "nothing differs yet");
    let image = json!([{ "name": "module", "image": "somebody.else/echo:1" }]);
    let drift = json!({ "spec": { "template": { "spec": { "containers": image } } } });
    strategic(&objects, "deployments", "eevee-echo-module", &drift);
    objects.delete("configmaps", "eevee-router-module-config").await;
    objects.patch("botmodules", "dice", json!({ "spec": { "image": "x/dice:2" } })).await;
    objects.patch("services", "eevee-main-nats", json!({ "metadata": { "labels": null } })).await;
    let difference = program(&objects, &["diff"]);
    assert_eq!(difference.status.code(), Some(1), "{difference:?}");
    let taken = program(&objects, &["snapshot"]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));

    let expected = wishes_of(&String::from_utf8_lossy(&taken.stdout));
    assert_eq!(expected.len(), 4, "{expected:?}");
    let edge = Edge::new();
    let running = Running::start(cluster(), &objects, &edge).await;
    edge.wait_for("as many writes", LONG, |seen| {
        (writes_of(seen).len() >= expected.len()).then_some(())
    })
    .await;
    edge.settled(QUIET, LONG).await;
    assert_eq!(writes_of(&edge.requests()), expected);
    running.stop().await;
}

async fn settled_example(prefix: &str) -> Objects {
    let objects = Objects::in_fresh_namespace(cluster(), prefix).await;
    let edge = Edge::new();
    let running = Running::start(cluster(), &objects, &edge).await;
    for object in example_bot(objects.namespace()) {
        objects.apply_value(object).await;
    }
    for name in objects.names("botmodules").await {
        objects
            .wait("botmodules", &name, LONG, |live| {
                (condition(live?, "Ready")?["status"] == "True").then_some(())
            })
            .await;
    }
    edge.settled(QUIET, LONG).await;
    running.stop().await;
    objects
}

/// As `kubectl set image` does.
fn strategic(objects: &Objects, resource: &str, name: &str, patch: &serde_json::Value) {
    let patch = patch.to_string();
    let namespace = format!("--namespace={}", objects.namespace());
    let args = ["patch", resource, name, &namespace, "--type=strategic", "--patch", &patch];
    cluster().kubectl(&args, None).success();
}

fn program(objects: &Objects, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eevee-operator"))
        .args(args)
        .env_clear()
        .env("KUBECONFIG", cluster().kubeconfig())
        .env("NAMESPACE", objects.namespace())
        .output()
        .expect("the program runs")
}

type Writes = BTreeSet<(String, String)>;

/// What the file renders to, statuses and events apart.
fn wishes_of(snapshot: &str) -> Writes {
    let source = Source { name: "snapshot.yaml".to_owned(), text: snapshot.to_owned() };
    let defaults = Defaults {
        settings: Settings::default(),
        namespace: "nowhere".to_owned(),
        now: "2026-01-02T03:04:05Z".parse().expect("a time"),
        entropy: Entropy([7; 32]),
    };
    let loaded = manifest::load(&[source], defaults).expect("a snapshot that can be read");
    assert_eq!(loaded.faults, [], "{snapshot}");
    let actions = render(admitted(loaded).snapshot());
    actions.iter().filter_map(wish).collect()
}

fn wish(ApplyAction { target, verb, .. }: &ApplyAction) -> Option<(String, String)> {
    let verb = match verb {
        Wish::Create(_) => "create",
        Wish::Apply { .. } => "apply",
        Wish::Patch { .. } => "patch",
        Wish::Delete { .. } => "delete",
        Wish::PatchStatus { .. } | Wish::Status { .. } | Wish::Event(_) => return None,
    };
    Some((verb.to_owned(), target.name.clone()))
}

fn writes_of(requests: &[Request]) -> Writes {
    let writes =
        requests.iter().filter(|request| request.is_write() && request.resource != "events");
    let named = writes.filter(|request| request.subresource.is_none()).map(|request| {
        let verb = match request.verb {
            Verb::Create => "create",
            Verb::Apply => "apply",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
            other => panic!("the operator sent {other:?}"),
        };
        (verb.to_owned(), request.name.clone().unwrap_or_default())
    });
    named.collect()
}
