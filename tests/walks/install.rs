//! Through the pages about installing: upgrades, registries, large configurations, and what Argo CD and Flux are given.

use crate::cluster::{Cluster, eventually};
use crate::reader::Reader;
use crate::walk::Walk;
use serde_json::{Value, json};
use std::time::Duration;

const LONG: Duration = Duration::from_mins(2);

const OPERATOR: &str = "deployment/eevee-operator";

#[test]
fn upgrades_keep_their_values_and_mirrors_reach_every_image() {
    let mut walk = Walk::through("docs/install.md");
    walk.pass("helm pull", "it is about charts that are published");

    let cluster = Cluster::fake_nodes();
    let reader = Reader::at(&cluster);
    installs(&reader);
    upgrades(&mut walk, &reader);
    applies_what_is_large(&mut walk, &reader);
    pulls_from_a_mirror(&mut walk, &reader);
}

/// What the reader has already, with a value that is not the default.
fn installs(reader: &Reader) {
    reader.copy("helm/bot/README.md", "name: my-bot", "my-bot.yaml");
    for install in [
        "helm install eevee-crds helm/crds --namespace eevee-bot --create-namespace",
        "helm install eevee-operator helm/operator --namespace eevee-bot --set operator.replicas=2",
        "helm install my-bot helm/bot --namespace eevee-bot --values my-bot.yaml",
    ] {
        reader.run(install).fine();
    }
}

fn upgrades(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "helm upgrade eevee-crds");
    walk.run(reader, "helm upgrade eevee-operator");
    assert_eq!(reader.sees(OPERATOR, ".spec.replicas"), "2");
    walk.run(reader, "helm upgrade my-bot");
    assert_eq!(reader.sees("bm/router", ".spec.ipcConfig"), "eevee-bot");
    let values = walk.run(reader, "helm get values");
    assert!(values.contains("replicas: 2"), "{values}");
}

fn applies_what_is_large(walk: &mut Walk, reader: &Reader) {
    let large = json!({
        "apiVersion": "eevee.bot/v1",
        "kind": "BotModule",
        "metadata": { "name": "large", "namespace": "eevee-bot" },
        "spec": { "image": "large:1", "moduleConfig": "a".repeat(300 * 1024) },
    });
    reader.write("large.yaml", &large.to_string());
    let refused = reader.run("kubectl apply --filename large.yaml").err;
    let words = "metadata.annotations: Too long: may not be more than 262144 bytes";
    assert!(refused.contains(words), "{refused}");
    walk.run(reader, "kubectl apply --server-side");
    assert_eq!(reader.sees("bm/large", ".spec.image"), "large:1");
}

fn pulls_from_a_mirror(walk: &mut Walk, reader: &Reader) {
    reader.copy("docs/install.md", "  imageRegistry:", "mirror.yaml");
    walk.run(reader, "kubectl create secret docker-registry");
    walk.run(reader, "helm upgrade --install eevee-crds");
    walk.run(reader, "helm upgrade --install eevee-operator");
    let image = ".spec.template.spec.containers[0].image";
    let mirrored = concat!("registry.example.org/eeveebot/operator:", env!("CARGO_PKG_VERSION"));
    assert_eq!(reader.sees(OPERATOR, image), mirrored);
    walk.run(reader, "helm upgrade --install my-bot");
    let secrets = [
        (OPERATOR, ".spec.template.spec.imagePullSecrets"),
        ("bm/echo", ".spec.imagePullSecrets"),
        ("ipc/eevee-bot", ".spec.nats.managed.imagePullSecrets"),
    ];
    for (object, path) in secrets {
        let found: Value = serde_json::from_str(&reader.sees(object, path)).expect("JSON");
        assert_eq!(found, json!([{ "name": "registry" }]), "{object}");
    }
    has_an_account(reader);
    walk.run(reader, "kubectl patch serviceaccount");
    let account = "serviceaccount/default";
    assert_eq!(reader.sees(account, ".imagePullSecrets[0].name"), "registry");
}

/// The account of a namespace comes a moment after it.
fn has_an_account(reader: &Reader) {
    let get = "kubectl get serviceaccount default --namespace eevee-bot";
    eventually("the account", LONG, || (reader.run(get).code == Some(0)).then_some(()));
}

#[test]
fn argo_cd_finds_a_token_that_only_somebody_has_made() {
    let cluster = Cluster::api();
    let reader = Reader::at(&cluster);
    let mut walk = Walk::through("docs/argocd.md");
    walk.run(&reader, "kubectl create namespace");
    walk.run(&reader, "kubectl create secret");
    assert!(long_enough(&reader, "secret/eevee-api"));
}

#[test]
fn flux_finds_a_token_that_helm_takes_as_it_is() {
    let cluster = Cluster::api();
    let reader = Reader::at(&cluster);
    reader.run("kubectl create namespace eevee-bot").fine();
    let mut walk = Walk::through("docs/flux.md");
    walk.run(&reader, "kubectl create secret");
    assert!(long_enough(&reader, "secret/eevee-operator-values"));
}

/// Whether a token is made of letters and digits, and of enough of them.
fn long_enough(reader: &Reader, secret: &str) -> bool {
    let get = format!(
        "kubectl get {secret} --namespace eevee-bot --output jsonpath='{{.data.token}}' | base64 --decode"
    );
    let token = reader.run(&get).fine();
    token.len() >= 40 && token.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
