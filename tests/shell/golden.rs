//! The example bot on a cluster against what `render` prints for its file.

use crate::cluster::Casing;
use crate::operator::{cluster, settings};
use crate::scene::Scene;
use crate::support::{documents, example_bot};
use eevee_operator::fields;
use eevee_operator::manifest::{Defaults, Source};
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
    let mut scene = Scene::new((cluster(), Casing::Camel), "golden").await;
    scene.start().await;
    let bot = bring_up(&scene).await;
    let printed = rendered(&scene, bot).await;
    for wanted in &printed {
        let live = live(&scene, wanted).await;
        let answer = fields::contains(&live, wanted);
        assert_eq!(answer, Ok(()), "{} {}", wanted["kind"], wanted["metadata"]["name"]);
    }
    assert_eq!(there(&scene).await, wanted_names(&printed), "objects that nobody wants");
    scene.stop().await;
}

/// Applies the example bot and waits until all of it is Ready. Gives its resources as they are.
pub async fn bring_up(scene: &Scene<'_>) -> Vec<Value> {
    let bot = example_bot(scene.objects.namespace());
    scene.apply_all(bot.clone()).await;
    let mut live = Vec::new();
    for object in bot {
        let name = object["metadata"]["name"].as_str().expect("a name");
        live.push(match object["kind"].as_str().expect("a kind") {
            "BotModule" => scene.module_is_ready(name).await,
            "IpcConfig" => scene.nats_is_ready(name).await,
            _ => scene.objects.get("secrets", name).await.expect("the Secret"),
        });
    }
    live
}

/// What `render` prints for the resources with their uid, and the Secrets whose values are generated.
async fn rendered(scene: &Scene<'_>, mut input: Vec<Value>) -> Vec<Value> {
    for name in GENERATED {
        input.push(scene.objects.get("secrets", name).await.expect("a generated Secret"));
    }
    for object in &mut input {
        let metadata = object["metadata"].as_object_mut().expect("metadata");
        metadata.retain(|field, _| {
            ["name", "namespace", "uid", "labels", "annotations"].contains(&field.as_str())
        });
        object.as_object_mut().expect("an object").remove("status");
    }
    let text: String = input.iter().map(|object| format!("---\n{object}\n")).collect();
    let source = Source { name: "bot.yaml".to_owned(), text };
    let defaults = Defaults {
        settings: settings(scene.objects.namespace()),
        namespace: scene.objects.namespace().to_owned(),
        now: "2026-01-02T03:04:05Z".parse().expect("a time"),
        entropy: Entropy([7; 32]),
    };
    let options = Options { format: Format::Yaml, actions: false, show_secrets: true };
    let outcome = offline::render_sources(&[source], defaults, &options).expect("rendered");
    assert!(outcome.faults.is_empty(), "{:?}", outcome.faults);
    documents(&outcome.text)
}

async fn live(scene: &Scene<'_>, wanted: &Value) -> Value {
    let resource = format!("{}s", wanted["kind"].as_str().expect("a kind").to_lowercase());
    let name = wanted["metadata"]["name"].as_str().expect("a name");
    let live = scene.objects.get(&resource, name).await;
    live.unwrap_or_else(|| panic!("{resource} {name} is not there"))
}

/// `kind name` of all that the operator keeps in the namespace.
async fn there(scene: &Scene<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for resource in RESOURCES {
        let kept = scene.objects.names(resource).await.into_iter();
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
