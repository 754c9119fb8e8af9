//! From the TypeScript operator to this one, from CRDs that have emptied every condition. tests/e2e/upgrade follows the same
//! page with pods that run.

use crate::cluster::{Cluster, eventually};
use crate::operator::Operator;
use crate::reader::Reader;
use crate::support;
use crate::values;
use crate::walk::Walk;
use std::fs;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(2);

const RESOURCES: [&str; 5] =
    ["ipcconfig/my-ipc", "botmodule/router", "botmodule/seen", "botmodule/clock", "botmodule/dice"];

/// The former operator's client, as the API server calls it.
const CLIENT: &str = "--field-manager=node-fetch";

#[test]
fn a_takeover_gets_through_the_guide_with_statuses_that_nobody_can_write() {
    let mut walk = Walk::through("docs/upgrade.md");
    walk.pass("helm list", "the names are known");
    walk.pass("cargo install", "the program of this run stands for what it installs");
    walk.pass("helm upgrade eevee helm/eevee", "tests/charts/umbrella.rs does it");
    walk.pass("kubectl rollout restart", "named for what it leaves behind");
    walk.pass("helm test", "it needs pods that run: tests/e2e runs it");

    let cluster = Cluster::fake_nodes();
    let reader = Reader::at(&cluster);
    leave(&reader);
    looks(&mut walk, &reader);
    stops_and_pauses(&mut walk, &reader);
    renews_the_crds(&mut walk, &reader);
    let operator = installs(&mut walk, &reader);
    goes_on_one_by_one(&mut walk, &reader);
    looks_again(&mut walk, &reader);
    drop(operator);
    goes_back(&mut walk, &reader);
}

fn former(name: &str) -> String {
    support::path("tests/e2e/upgrade/former").join(name).display().to_string()
}

fn read(name: &str) -> String {
    fs::read_to_string(former(name)).expect("a file")
}

/// What the former operator and its charts leave.
fn leave(reader: &Reader) {
    let kubectl = |args: &[&str], stdin: &str| reader.cluster.kubectl(args, Some(stdin)).success();
    let crds = read("crds.yaml");
    kubectl(&["apply", "--filename=-"], &crds);
    kubectl(&["wait", "--for=condition=Established", "--timeout=60s", "--filename=-"], &crds);
    kubectl(&["create", "namespace", "eevee-bot"], "");
    reader.write("my-bot.yaml", &read("my-bot.yaml"));
    reader.write("former-values.yaml", &read("operator-values.yaml"));
    for (release, chart, values) in [
        ("eevee-crds", "crds", ""),
        ("eevee-operator", "operator", "--values=former-values.yaml"),
        ("my-bot", "bot", "--values=my-bot.yaml"),
    ] {
        let chart = former(chart);
        let install = format!(
            "helm install {release} {chart} --namespace eevee-bot {values} --server-side=false --wait --timeout 2m"
        );
        reader.run(&install).fine();
    }
    for resource in RESOURCES {
        let status = r#"{"status": {"conditions": [{"type": "Ready", "status": "True"}]}}"#;
        let words = ["patch", resource, "--subresource=status", "--type=merge", "--patch", status];
        kubectl(&[&words[..], &[CLIENT, "--namespace=eevee-bot"]].concat(), "");
        assert_eq!(reader.sees(resource, ".status.conditions"), "[{}]", "{resource}");
    }
    let uid = reader.sees(RESOURCES[0], ".metadata.uid");
    for file in ["kept.yaml", "nats.yaml", "modules.yaml"] {
        kubectl(&["create", "--filename=-", CLIENT], &read(file).replace("IPC_UID", &uid));
    }
    for deployment in ["eevee-my-ipc-nats", "eevee-router-module", "eevee-seen-module"] {
        reader.waits(&format!("deployment/{deployment}"), "condition=Available");
    }
}

fn looks(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "eevee-operator snapshot");
    walk.run(reader, "eevee-operator render");
    let diff = walk.run_to(1, reader, "eevee-operator diff");
    for resource in ["IpcConfig eevee-bot/my-ipc", "BotModule eevee-bot/dice"] {
        let note = format!("note: {resource}: status.conditions[0] has no type: ");
        assert!(diff.err.contains(&note), "{}", diff.err);
    }
}

fn stops_and_pauses(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "helm get values");
    walk.run(reader, "kubectl delete deployment");
    walk.run(reader, "kubectl annotate botmodules,ipcconfigs --all");
}

fn renews_the_crds(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "helm upgrade --install eevee-crds");
    let shown = walk.run(reader, "kubectl get botmodules,ipcconfigs --all-namespaces");
    assert!(RESOURCES.iter().all(|it| shown.contains(it.split_once('/').expect("/").1)), "{shown}");
    let change =
        "kubectl annotate botmodule/seen example.org/note=hello --overwrite --namespace eevee-bot";
    eventually("the renewed schema is served", LONG, || {
        reader.run(change).err.contains("status.conditions[0].type: Required value").then_some(())
    });
}

fn installs(walk: &mut Walk, reader: &Reader) -> Operator {
    let values = reader.run("cat operator-values.yaml").fine();
    reader.write("operator-values.yaml", &values::taken_over(&values));
    walk.run(reader, "helm upgrade eevee-operator helm/operator");
    walk.run(reader, "kubectl rollout status deployment/eevee-operator");
    Operator::of_the_chart(reader)
}

fn goes_on_one_by_one(walk: &mut Walk, reader: &Reader) {
    for resource in RESOURCES {
        reader.waits(resource, "condition=Paused");
    }
    walk.run(reader, "kubectl annotate ipcconfig/my-ipc");
    reader.waits_for_reason("ipcconfig/my-ipc", "NatsDeployed");
    walk.run(reader, "kubectl rollout status deployment/eevee-my-ipc-nats");
    let router = walk.take("kubectl annotate botmodule/router").text;
    for module in ["router", "seen", "clock", "dice"] {
        reader.run(&router.replace("router", module)).fine();
    }
}

fn looks_again(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "kubectl wait botmodules,ipcconfigs --all");
    let shown = walk.run(reader, "kubectl get botmodules,ipcconfigs --namespace");
    assert!(shown.contains("NatsDeployed") && shown.contains("Disabled"), "{shown}");
    let events = walk.run(reader, "kubectl get events");
    assert!(events.contains("took over Deployment eevee-bot/eevee-seen-module"), "{events}");
    assert_eq!(walk.run(reader, "eevee-operator diff"), "");
    walk.run(reader, "helm template my-bot");
    assert_eq!(walk.run(reader, "eevee-operator diff"), "");
    walk.run(reader, "helm upgrade my-bot");
}

fn goes_back(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "helm history");
    walk.run(reader, "kubectl delete deployment");
    walk.run(reader, "helm rollback");
    let image = ".spec.template.spec.containers[0].image";
    assert_eq!(reader.sees("deployment/eevee-operator", image), "ghcr.io/eeveebot/operator:2.2.8");
    assert_eq!(walk.run(reader, "kubectl get botmodules"), "seen");
    walk.run(reader, "kubectl delete deployment eevee-seen-module");
}
