//! A live cluster kept in a file decides as the cluster does.

use crate::example::bring_up;
use crate::operator::LONG;
use crate::stage::Stage;
use crate::support::{Request, Verb};
use eevee_operator::action::{ApplyAction, Verb as Asked};
use eevee_operator::manifest::{self, Defaults, Input};
use eevee_operator::offline::admitted;
use eevee_operator::render::render;
use eevee_operator::snapshot::{Entropy, Settings};
use serde_json::json;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_of_a_drifted_cluster_renders_what_the_operator_then_does() {
    let mut stage = settled_example("kept").await;
    let objects = &stage.objects;
    assert!(stage.program(&["diff"]).status.success(), "nothing differs yet");
    let image = json!([{ "name": "module", "image": "somebody.else/echo:1" }]);
    let drift = json!({ "spec": { "template": { "spec": { "containers": image } } } }).to_string();
    // As `kubectl set image` does.
    let patch = ["patch", "deployment", "eevee-echo-module", "--type=strategic", "--patch", &drift];
    stage.kubectl(&patch, None);
    objects.delete("configmaps", "eevee-router-module-config").await;
    objects.patch("botmodules", "dice", json!({ "spec": { "image": "x/dice:2" } })).await;
    objects.patch("services", "eevee-main-nats", json!({ "metadata": { "labels": null } })).await;
    let difference = stage.program(&["diff"]);
    assert_eq!(difference.status.code(), Some(1), "{difference:?}");
    let taken = stage.program(&["snapshot"]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));

    let expected = asked_of(&String::from_utf8_lossy(&taken.stdout));
    assert_eq!(expected.len(), 4, "{expected:?}");
    stage.edge.clear();
    stage.start().await;
    stage
        .edge
        .wait_for("as many writes", LONG, |seen| {
            (writes_of(seen).len() >= expected.len()).then_some(())
        })
        .await;
    stage.settled().await;
    assert_eq!(writes_of(&stage.edge.requests()), expected);
    stage.stop().await;
}

/// The example bot, which the operator has made and left.
async fn settled_example(prefix: &str) -> Stage<'static> {
    let mut stage = Stage::set(prefix).await;
    bring_up(&stage).await;
    stage.statuses_settled().await;
    stage.stop().await;
    stage
}

type Writes = BTreeSet<(String, String)>;

/// What the file renders to, statuses and events apart.
fn asked_of(snapshot: &str) -> Writes {
    let source = Input { name: "snapshot.yaml".to_owned(), text: snapshot.to_owned() };
    let defaults = Defaults {
        settings: Settings::default(),
        namespace: "nowhere".to_owned(),
        now: "2026-01-02T03:04:05Z".parse().expect("a time"),
        entropy: Entropy([7; 32]),
    };
    let loaded = manifest::load(&[source], defaults).expect("a snapshot that can be read");
    assert_eq!(loaded.faults, [], "{snapshot}");
    let actions = render(admitted(loaded).snapshot());
    actions.iter().filter_map(asked).collect()
}

fn asked(ApplyAction { target, verb, .. }: &ApplyAction) -> Option<(String, String)> {
    let verb = match verb {
        Asked::Create(_) => "create",
        Asked::Apply { .. } => "apply",
        Asked::Patch { .. } => "patch",
        Asked::Delete { .. } => "delete",
        Asked::PatchStatus { .. } | Asked::Status { .. } | Asked::Event(_) | Asked::Ask(_) => {
            return None;
        }
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
