//! From an empty cluster through README.md, and through the pages that it leads to while the bot is there.

use crate::cluster::{Cluster, eventually};
use crate::operator::Operator;
use crate::reader::Reader;
use crate::walk::Walk;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(2);

#[test]
fn a_newcomer_gets_through_the_readme() {
    let mut walk = Walk::through("README.md");
    pass_what_others_run(&mut walk);
    goes_without_helm(&mut walk);

    let cluster = Cluster::fake_nodes();
    let mut reader = Reader::at(&cluster);
    let operator = installs(&mut walk, &reader);
    makes_a_first_bot(&mut walk, &reader);
    looks_before_and_after(&mut walk, &reader);
    looks_at_a_glance(&reader);
    renders_files(&mut walk, &reader);
    has_wishes(&mut walk, &reader);
    reader.stands_for("http://localhost:9000", &operator.address());
    asks_the_http_api(&mut walk, &mut reader);
    makes_another_by_helm(&mut walk, &reader);
    looks_when_something_is_wrong(&mut walk, &reader);
    troubleshoots(&mut reader);
    reports_a_bug(&reader);
}

fn pass_what_others_run(walk: &mut Walk) {
    walk.pass("make demo", "tests/shell/demo.rs runs it");
    walk.pass("make test", "it runs this");
    walk.pass("make lint", "it is no test");
    walk.pass("cargo install", "the program of this run stands for what it installs");
    walk.pass("docker build", "tests/e2e/images builds the Dockerfile");
    walk.pass("helm repo add", "it is about charts that are published");
    walk.pass("helm test", "it needs pods that run: tests/e2e runs it");
}

/// On a cluster of its own.
fn goes_without_helm(walk: &mut Walk) {
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
    walk.run(reader, "helm upgrade --install eevee-crds");
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
    reader.waits_for_reason("ipc/main", "NatsDeployed");
}

fn makes_another_by_helm(walk: &mut Walk, reader: &Reader) {
    reader.copy("README.md", "name: my-bot", "my-bot.yaml");
    walk.run(reader, "helm install my-bot");
    reader.waits_for_reason("bm/dice", "AvailableReplicas");
}

fn looks_before_and_after(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "eevee-operator diff ");
    reader.write("echo.yaml", &echo("image: echo:1"));
    let changes = walk.run_to(1, reader, "eevee-operator diff -f").out;
    assert!(changes.contains("+        image: echo:1\n"), "{changes}");
    walk.run(reader, "eevee-operator snapshot > before.yaml");
    walk.run(reader, "eevee-operator snapshot > cluster.yaml");
    reader.run("grep 'name: eevee-echo-module$' cluster.yaml").fine();
    let actions = reader.run("eevee-operator render -f cluster.yaml --actions").fine();
    assert_eq!(actions, "");
    let actions = walk.run(reader, "eevee-operator snapshot bm/echo |");
    assert_eq!(actions, "");
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

fn renders_files(walk: &mut Walk, reader: &Reader) {
    walk.run(reader, "eevee-operator render -f bot.yaml");
    reader.run("mkdir bot && cp bot.yaml bot/").fine();
    reader.run("kubectl get secrets --namespace eevee-bot --output json > secrets.json").fine();
    walk.run(reader, "eevee-operator render -f bot/");
    let piped = walk.take("kubectl get ipc,bm,secret").text;
    let read = reader.run(piped.split(" | ").next().expect("kubectl's part")).fine();
    assert!(read.contains("name: eevee-echo-module\n"), "{read}");
    assert_eq!(reader.run(&piped).fine(), "");
    reader.write("echo.yaml", &echo("imgae: echo:1"));
    walk.run_to(1, reader, "eevee-operator render -f echo.yaml");
    let script = walk.run(reader, "eevee-operator completions");
    assert!(script.contains("complete -F"), "{script}");
}

fn echo(field: &str) -> String {
    format!(
        "apiVersion: eevee.bot/v1
kind: BotModule
metadata: {{name: echo, namespace: eevee-bot}}
spec:
  {field}
"
    )
}

fn has_wishes(walk: &mut Walk, reader: &Reader) {
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

fn asks_the_http_api(walk: &mut Walk, reader: &mut Reader) {
    walk.run_as_far_as_the_kubelet(reader, "kubectl port-forward");
    reader.keep(&walk.take("TOKEN=").text);
    walk.run(reader, "curl");
    walk.run(reader, "curl");
    let annotations = ".spec.template.metadata.annotations";
    let annotations = reader.sees("deployment/eevee-echo-module", annotations);
    assert!(annotations.contains("restartedAt"), "{annotations}");
}

fn looks_when_something_is_wrong(walk: &mut Walk, reader: &Reader) {
    let listed = walk.run(reader, "kubectl get eevee --namespace eevee-bot --output wide");
    assert!(listed.contains("MESSAGE"), "{listed}");
    let described = walk.run(reader, "kubectl describe");
    assert!(described.contains("Conditions:"), "{described}");
    walk.run_as_far_as_the_kubelet(reader, "kubectl logs");
}

fn troubleshoots(reader: &mut Reader) {
    let mut walk = Walk::through("docs/troubleshooting.md");
    walk.pass("kubectl rollout pause", "named for what somebody has done");
    walk.pass("kubectl rollout resume", "nothing is paused");
    walk.pass("kubectl apply --server-side", "named without a file");
    reader.stands_for("<name>", "main");
    reader.stands_for("<module>", "greeter");
    reader.copy("examples/module/README.md", "name: greeter", "greeter.yaml");
    reader.run("kubectl apply -f greeter.yaml").fine();
    reader.waits_for_reason("bm/greeter", "AvailableReplicas");
    walk.run(reader, "kubectl get eevee");
    walk.run(reader, "kubectl describe bm/echo");
    let events = walk.run(reader, "kubectl get events");
    assert!(events.contains("Created"), "{events}");
    walk.run(reader, "eevee-operator snapshot");
    walk.run(reader, "eevee-operator render");
    walk.run(reader, "kubectl describe ipc/");
    walk.run_as_far_as_the_kubelet(reader, "kubectl logs deployment/eevee-<name>-nats");
    walk.run_as_far_as_the_kubelet(reader, "kubectl logs deployment/eevee-<module>-module");
    walk.run_as_far_as_the_kubelet(reader, "kubectl logs deployment/eevee-<module>-module");
    walk.run(reader, "kubectl describe pvc");
    walk.run(reader, "kubectl get cronjobs,jobs,pods");
    walk.run(reader, "kubectl annotate bm/echo");
    eventually("no longer paused", LONG, || {
        (!reader.sees("bm/echo", ".status.conditions").contains("Paused")).then_some(())
    });
    walk.run(reader, "kubectl patch bm/echo --subresource=status");
    reader.waits_for_reason("bm/echo", "AvailableReplicas");
    let version = walk.run(reader, "kubectl get --raw /version");
    assert!(version.contains("gitVersion"), "{version}");
    let lease = walk.run(reader, "kubectl get lease");
    assert!(lease.contains("eevee-operator"), "{lease}");
    let values = walk.run(reader, "helm show values");
    assert!(values.contains("operatorApiToken:"), "{values}");
}

fn reports_a_bug(reader: &Reader) {
    let mut walk = Walk::through("CONTRIBUTING.md");
    walk.pass("make test", "it runs this");
    walk.pass("make lint", "it is no test");
    walk.pass("git", "nothing is released by a test: tests/release runs the scripts");
    walk.run(reader, "eevee-operator snapshot");
}
