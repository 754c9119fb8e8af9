//! From an empty cluster through README.md, and through the pages that it leads to while the bot is there.

use crate::cluster::Cluster;
use crate::operator::Operator;
use crate::reader::Reader;
use crate::walk::Walk;
use crate::{commands, wrong};

const INSTALLED: &str = "the program of this run stands for what it installs";

#[test]
fn a_newcomer_gets_through_the_readme() {
    goes_without_helm();
    let mut readme = Walk::through("README.md");
    pass_what_others_run(&mut readme);

    let cluster = Cluster::fake_nodes();
    let mut reader = Reader::at(&cluster);
    let operator = installs(&mut readme, &reader);
    makes_a_first_bot(&mut readme, &reader);
    commands::look_and_render(&reader);
    looks_at_a_glance(&reader);
    let mut tasks = Walk::through("docs/tasks.md");
    does_everyday_tasks(&mut tasks, &reader);
    reader.stands_for("http://localhost:9000", &operator.address());
    asks_the_http_api(&mut reader);
    makes_another_by_helm(&mut tasks, &reader);
    wrong::troubleshoots(&mut reader);
    wrong::reports_a_bug(&reader);
}

fn pass_what_others_run(readme: &mut Walk) {
    readme.pass("make example", "tests/api/examples.rs runs what it runs");
    readme.pass("make demo", "tests/shell/demo.rs runs it");
    readme.pass("make test", "it runs this");
    readme.pass("make lint", "it is no test");
    readme.pass("cargo install", INSTALLED);
    readme.pass("cargo run", INSTALLED);
}

/// On a cluster of its own.
fn goes_without_helm() {
    let mut walk = Walk::through("docs/without-helm.md");
    walk.pass("cargo install", INSTALLED);
    let cluster = Cluster::api();
    let reader = Reader::at(&cluster);
    walk.run(&reader, "kubectl create namespace");
    walk.run(&reader, "eevee-operator crds | kubectl apply");
    let run = walk.take("NAMESPACE=eevee-bot");
    let _operator = Operator::start(&cluster, reader.shell(&run.text));
    reader.waits("lease/eevee-operator", "create");
    reader.waits("lease/eevee-operator", "jsonpath={.spec.holderIdentity}");
}

fn installs(walk: &mut Walk, reader: &Reader) -> Operator {
    walk.run(reader, "helm install eevee-crds");
    walk.run(reader, "helm install eevee-operator");
    reader.waits("deployment/eevee-operator", "condition=Available");
    Operator::of_the_chart(reader)
}

fn makes_a_first_bot(walk: &mut Walk, reader: &Reader) {
    reader.copy("README.md", "name: echo", "bot.yaml");
    let rendered = walk.run(reader, "eevee-operator render -f bot.yaml");
    assert!(rendered.contains("name: eevee-echo-module\n"), "{rendered}");
    walk.run(reader, "kubectl apply");
    walk.run(reader, "kubectl wait");
    let listed = walk.run(reader, "kubectl get eevee --namespace eevee-bot");
    assert!(listed.contains("botmodule.eevee.bot/echo ") && listed.contains("/main "), "{listed}");
    let described = walk.run(reader, "kubectl describe");
    assert!(described.contains("Conditions:"), "{described}");
    reader.waits_for_reason("ipc/main", "NatsDeployed");
}

fn does_everyday_tasks(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "kubectl get eevee");
    let described = walk.run(reader, "kubectl describe");
    assert!(described.contains("Conditions:"), "{described}");

    let deployment = "deployment/eevee-echo-module";
    walk.run(reader, "kubectl scale");
    reader.waits(deployment, "jsonpath={.status.availableReplicas}=3");

    let off = walk.take("kubectl patch").text;
    reader.run(&off).fine();
    reader.waits_for_reason("bm/echo", "Disabled");
    reader.waits(deployment, "delete");
    reader.run(&off.replace("false", "true")).fine();
    reader.waits_for_reason("bm/echo", "AvailableReplicas");

    let (secret, token) = ("secret/eevee-main-nats-token", ".data.token");
    let old = reader.sees(secret, token);
    walk.run(reader, "kubectl annotate ipc/main");
    reader.waits(secret, r"jsonpath={.metadata.annotations.eevee\.bot/rotated-for}=2026-01");
    assert_ne!(old, reader.sees(secret, token));

    walk.run(reader, "kubectl annotate bm/echo eevee.bot/reconcile-requested");
    reader.waits("bm/echo", "jsonpath={.status.lastHandledReconcileAt}");
    let explained = walk.run(reader, "kubectl explain");
    assert!(explained.contains("HotReload"), "{explained}");
    walk.run(reader, "kubectl annotate bm/echo eevee.bot/paused=true");
    reader.waits("bm/echo", "condition=Paused");
}

fn makes_another_by_helm(walk: &mut Walk, reader: &Reader) {
    reader.copy("docs/tasks.md", "name: my-bot", "my-bot.yaml");
    walk.run(reader, "helm install my-bot");
    reader.waits_for_reason("bm/dice", "AvailableReplicas");
}

fn asks_the_http_api(reader: &mut Reader) {
    let mut walk = Walk::through("docs/http.md");
    walk.run_as_far_as_the_kubelet(reader, "kubectl port-forward");
    reader.keep(&walk.take("TOKEN=").text);
    walk.run(reader, "curl");
    walk.run(reader, "curl");
    let annotations = ".spec.template.metadata.annotations";
    let annotations = reader.sees("deployment/eevee-echo-module", annotations);
    assert!(annotations.contains("restartedAt"), "{annotations}");
}

fn looks_at_a_glance(reader: &Reader) {
    let mut walk = Walk::through("docs/status.md");
    let tell = "apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: tell, namespace: eevee-bot}
spec: {image: \"ghcr.io/eeveebot/tell:1.4.0\", ipcConfig: mian}
";
    reader.write("tell.yaml", tell);
    reader.run("kubectl apply -f tell.yaml").fine();
    reader.waits_for_reason("bm/tell", "IpcConfigNotFound");
    walk.run_to(1, reader, "eevee-operator status");
    reader.run("kubectl delete -f tell.yaml").fine();
    reader.run("eevee-operator status bm/echo --namespace eevee-bot").fine();
}
