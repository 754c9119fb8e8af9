//! The example bot on a cluster against what `render` prints for its file.

use crate::example::bring_up;
use crate::operator::settings;
use crate::stage::Stage;
use crate::support::documents;
use eevee_operator::fields;
use eevee_operator::kinds::shape_of;
use eevee_operator::manifest::{Defaults, Input};
use eevee_operator::offline::{self, Format, Options};
use eevee_operator::snapshot::Entropy;
use serde_json::Value;
use std::collections::BTreeSet;

/// What an example bot becomes lies in these.
const RESOURCES: [&str; 6] = [
    "deployments",
    "services",
    "configmaps",
    "secrets",
    "persistentvolumeclaims",
    "poddisruptionbudgets",
];

/// Secrets with generated values. `render` is told of them, so that its digests are those on the cluster.
const GENERATED: [&str; 3] =
    ["eevee-main-nats-token", "eevee-operator-digest-key", "eevee-operator-api-token"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_object_of_the_example_bot_is_as_render_prints_it() {
    let mut stage = Stage::set("golden").await;
    let bot = bring_up(&stage).await;
    let printed = rendered(&stage, bot).await;
    for wanted in &printed {
        let live = live(&stage, wanted).await;
        let answer = fields::contains(&live, wanted, shape_of(wanted));
        assert_eq!(answer, Ok(()), "{} {}", wanted["kind"], wanted["metadata"]["name"]);
    }
    assert_eq!(there(&stage).await, wanted_names(&printed), "objects that nobody wants");
    stage.stop().await;
}

/// What `render` prints for the resources with their uid, and the Secrets whose values are generated.
async fn rendered(stage: &Stage<'_>, mut input: Vec<Value>) -> Vec<Value> {
    for name in GENERATED {
        input.push(stage.objects.existing("secrets", name).await);
    }
    for object in &mut input {
        let metadata = object["metadata"].as_object_mut().expect("metadata");
        metadata.retain(|field, _| {
            ["name", "namespace", "uid", "labels", "annotations"].contains(&field.as_str())
        });
        object.as_object_mut().expect("an object").remove("status");
    }
    let text: String = input.iter().map(|object| format!("---\n{object}\n")).collect();
    let source = Input { name: "bot.yaml".to_owned(), text };
    let defaults = Defaults {
        settings: settings(stage.namespace()),
        namespace: stage.namespace().to_owned(),
        now: "2026-01-02T03:04:05Z".parse().expect("a time"),
        entropy: Entropy([7; 32]),
    };
    let options = Options { format: Format::Yaml, actions: false, show_secrets: true };
    let outcome = offline::render_sources(&[source], defaults, &options).expect("rendered");
    assert!(outcome.faults.is_empty(), "{:?}", outcome.faults);
    documents(&outcome.text)
}

async fn live(stage: &Stage<'_>, wanted: &Value) -> Value {
    let resource = format!("{}s", wanted["kind"].as_str().expect("a kind").to_lowercase());
    let name = wanted["metadata"]["name"].as_str().expect("a name");
    stage.objects.existing(&resource, name).await
}

/// `kind name` of all that the operator keeps in the namespace.
async fn there(stage: &Stage<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for resource in RESOURCES {
        let kept = stage.objects.names(resource).await.into_iter();
        let kept = kept.filter(|name| name.starts_with("eevee-"));
        names.extend(kept.map(|name| format!("{resource} {name}")));
    }
    names
}

fn wanted_names(printed: &[Value]) -> BTreeSet<String> {
    let printed = printed.iter().map(|object| {
        let kind = object["kind"].as_str().expect("a kind").to_lowercase();
        format!("{kind}s {}", object["metadata"]["name"].as_str().expect("a name"))
    });
    printed.chain(GENERATED.map(|name| format!("secrets {name}"))).collect()
}
