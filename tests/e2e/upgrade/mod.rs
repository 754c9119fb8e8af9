//! From the TypeScript operator to this one, by the commands of the guide as they stand there.

mod former;
mod lasting;
mod values;

use crate::alone;
use crate::audit;
use crate::cluster::eventually;
use crate::guide::Guide;
use crate::nats;
use crate::place::{LONG, Place};
use lasting::Lasting;

const PLACE: Place = Place("eevee-bot");

const NATS: &str = "eevee-my-ipc-nats";
const ROUTER: &str = "eevee-router-module";
const SEEN: &str = "eevee-seen-module";
const CLOCK: &str = "eevee-clock-module";

const DEPLOYMENTS: [&str; 4] = [NATS, ROUTER, SEEN, CLOCK];

const TOKENS: [&str; 2] = ["nats-token-of-old", "api-token-of-old"];

/// Commands in the guide's prose, which a test does not run as they stand.
const MENTIONED: [(&str, &str); 4] = [
    ("helm list --all-namespaces", "the names are known"),
    ("cargo install --path .", "the program is built already"),
    ("helm upgrade eevee helm/eevee", "tests/charts/umbrella.rs does it"),
    ("kubectl rollout restart", "named for what it leaves behind"),
];

#[test]
fn a_bot_of_the_typescript_operator_is_taken_over_at_the_cost_of_one_restart() {
    // The kinds of CRDs, lowercase here, are those of a whole cluster.
    if !alone::is_alone() {
        return alone::in_a_cluster_of_its_own(
            "upgrade::a_bot_of_the_typescript_operator_is_taken_over_at_the_cost_of_one_restart",
        );
    }
    former::leave();
    await_revisions(["1"; 4]);
    let guide = Guide::open("docs/upgrade.md");
    assert_eq!(guide.mentions(), MENTIONED.map(|(command, _)| command));
    guide.terminal().write("my-bot.yaml", &former::read("my-bot.yaml"));

    one_at_a_time(&guide);
    back(&guide);
    all_at_once(&guide);
    guide.assert_whole();
    audit::assert_no_denials();
}

/// From CRDs that have emptied every condition.
fn one_at_a_time(guide: &Guide) {
    assert_eq!(ask("seen", "starts"), "1");
    let before = Lasting::read();
    look(guide);
    stop(guide);
    let mut steps = guide.section("One at a time");
    steps.run("kubectl annotate botmodules,ipcconfigs --all");
    take_crds(guide);
    assert_eq!(DEPLOYMENTS.map(revision), ["1"; 4], "the bot goes on as it was");
    install(guide);
    PLACE.wait("condition=Paused", &["ipcconfigs,botmodules", "--all"]);
    go_on("seen");
    let waits = format!("waiting until Deployment {}/{NATS} is taken over", PLACE.0);
    let message = "jsonpath={.status.conditions[?(@.type==\"Ready\")].message}";
    PLACE.wait(&format!("{message}={waits}"), &["botmodule/seen"]);
    assert_eq!(DEPLOYMENTS.map(revision), ["1"; 4], "what is paused is restarted");

    steps.run("kubectl annotate ipcconfig/my-ipc");
    await_revisions(["2", "1", "2", "1"]);
    steps.run("kubectl rollout status");
    steps.run("kubectl annotate botmodule/router");
    await_revisions(["2", "2", "2", "1"]);
    go_on("clock");
    go_on("dice");
    await_revisions(["2"; 4]);
    look_again(guide, 1);
    upgrade_bot(guide, "once");
    assert_taken_over(&before);
    assert_eq!(ask("seen", "starts"), "2");
}

/// The former operator is back, and makes its objects again.
fn back(guide: &Guide) {
    let before = (Lasting::read(), DEPLOYMENTS.map(revision));
    let mut steps = guide.section("Going back");
    steps.run("helm history eevee-operator");
    steps.run("kubectl delete deployment eevee-operator");
    steps.run("helm rollback eevee-operator");
    PLACE.await_rollout("eevee-operator");
    assert_eq!(operator_image(), "ghcr.io/eeveebot/operator:2.2.8");
    assert!(lasting::is_there("clusterrole/eevee-operator-cluster-role"));
    before.0.assert_kept();
    assert_eq!(DEPLOYMENTS.map(revision), before.1, "only the former operator restarts anything");
    assert_eq!(steps.run("kubectl get botmodules"), "seen");
    steps.run("kubectl delete deployment eevee-seen-module");
    steps.run("kubectl rollout restart deployment/eevee-operator");
    PLACE.await_rollout("eevee-operator");
    former::make_anew();
    await_revisions(["1"; 4]);
}

fn all_at_once(guide: &Guide) {
    assert_eq!(ask("seen", "starts"), "3");
    let before = Lasting::read();
    look(guide);
    stop(guide);
    take_crds(guide);
    install(guide);
    await_revisions(["2"; 4]);
    look_again(guide, 2);
    upgrade_bot(guide, "twice");
    assert_taken_over(&before);
    assert_eq!(ask("seen", "starts"), "4");
}

fn look(guide: &Guide) {
    let mut steps = guide.section("1. Look");
    steps.run("eevee-operator snapshot");
    steps.run("eevee-operator render");
    let diff = steps.end("eevee-operator diff", 1);
    let terminal = guide.terminal();
    for text in [&terminal.read("before.yaml"), &terminal.read("after.yaml"), &diff] {
        let missing = DEPLOYMENTS.iter().find(|name| !text.contains(*name));
        assert_eq!(missing, None, "{text}");
        assert!(!TOKENS.iter().any(|token| text.contains(token)), "a token is not masked");
    }
    let removed = diff.lines().filter(|line| line.starts_with('-'));
    let is_another = |line: &&str| line.contains("image: ") || line.contains("claimName: ");
    assert_eq!(removed.filter(is_another).collect::<Vec<_>>(), [""; 0], "{diff}");
}

fn stop(guide: &Guide) {
    let mut steps = guide.section("2. Stop the TypeScript operator");
    steps.run("helm get values eevee-operator");
    steps.run("kubectl delete deployment eevee-operator");
    assert!(PLACE.get("deployment/eevee-operator").is_none());
    assert_eq!(PLACE.find(&["pods", "--selector=eevee.bot/operator"], "{.items}"), "[]");
}

fn take_crds(guide: &Guide) {
    let mut steps = guide.section("3. The CRDs");
    steps.run("helm upgrade --install eevee-crds");
    let shown = steps.run("kubectl get botmodules,ipcconfigs --all-namespaces");
    for name in ["my-ipc", "router", "seen", "clock", "dice"] {
        assert!(shown.contains(name), "{name} is not shown: {shown}");
    }
}

fn install(guide: &Guide) {
    let (file, terminal) = ("operator-values.yaml", guide.terminal());
    terminal.write(file, &values::taken_over(&terminal.read(file)));
    let mut steps = guide.section("4. The operator");
    steps.run("helm upgrade eevee-operator helm/operator");
    steps.run("kubectl rollout status deployment/eevee-operator");
    assert_eq!(operator_image(), concat!("ghcr.io/eeveebot/operator:", env!("CARGO_PKG_VERSION")));
    assert!(!lasting::is_there("clusterrole/eevee-operator-cluster-role"), "a right too many");
}

/// Each resource was taken over so many times.
fn look_again(guide: &Guide, times: usize) {
    let mut steps = guide.section("5. Look again");
    steps.run("kubectl wait botmodules,ipcconfigs --all");
    let shown = steps.run("kubectl get botmodules,ipcconfigs");
    let ready = shown.lines().filter(|line| line.split_whitespace().nth(1) == Some("True"));
    assert_eq!(ready.count(), 5, "{shown}");
    let events = steps.run("kubectl get events");
    for resource in ["ipcconfig/my-ipc", "botmodule/router", "botmodule/seen", "botmodule/clock"] {
        let adopted = events.lines().filter(|line| line.contains(&format!(" {resource} ")));
        assert_eq!(adopted.count(), times, "{resource}: {events}");
    }
    assert_eq!(events.lines().count(), 1 + 4 * times, "events of others: {events}");
    assert_eq!(steps.run("eevee-operator diff"), "");
    steps.run("helm test eevee-operator");
}

fn upgrade_bot(guide: &Guide, look: &str) {
    let mut steps = guide.section("6. The bot's release");
    steps.run("helm template my-bot");
    assert_eq!(steps.run("eevee-operator diff"), "");
    steps.run("helm upgrade my-bot");
    let charts =
        PLACE.find(&["ipcconfigs,botmodules"], r"{.items[*].metadata.labels.helm\.sh/chart}");
    assert_eq!(charts, [concat!("bot-", env!("CARGO_PKG_VERSION")); 5].join(" "));
    have_looked_at(look);
    steps.run("helm test my-bot");
}

#[track_caller]
fn assert_taken_over(before: &Lasting) {
    assert_eq!(DEPLOYMENTS.map(revision), ["2"; 4], "each is restarted once");
    before.assert_kept();
    lasting::assert_owned();
    lasting::assert_tidy();
    assert_eq!(ask("seen", "ask router hello"), "Ahoy from router");
    let restarted = ask("seen", "restart router");
    assert!(restarted.starts_with("200 OK"), "{restarted}");
    PLACE.await_rollout(ROUTER);
    assert_eq!(DEPLOYMENTS.map(revision), ["2", "3", "2", "2"]);
}

/// Takes the mark of a pause off a module.
fn go_on(module: &str) {
    PLACE.kubectl(&["annotate", &format!("botmodule/{module}"), "eevee.bot/paused-"]).success();
}

/// Has the operator look at everything once more, so that a second restart, if there was to be one, is seen.
fn have_looked_at(look: &str) {
    let resources = ["ipcconfig/my-ipc", "botmodule/router", "botmodule/seen", "botmodule/clock"];
    let annotation = format!("eevee.bot/reconcile-requested={look}");
    PLACE
        .kubectl(&[&["annotate", "--overwrite"], &resources[..], &[&annotation]].concat())
        .success();
    for resource in resources {
        PLACE.wait(&format!("jsonpath={{.status.lastHandledReconcileAt}}={look}"), &[resource]);
    }
}

/// Waits until the Deployments have these revisions, rolled out.
#[track_caller]
fn await_revisions(wanted: [&str; 4]) {
    eventually(&format!("revisions {wanted:?} of {DEPLOYMENTS:?}"), LONG, || {
        (DEPLOYMENTS.map(revision) == wanted).then_some(())
    });
    for deployment in DEPLOYMENTS {
        PLACE.await_rollout(deployment);
    }
    assert_eq!(DEPLOYMENTS.map(revision), wanted);
}

fn revision(deployment: &str) -> String {
    let path = r"{.metadata.annotations.deployment\.kubernetes\.io/revision}";
    PLACE.find(&[&format!("deployment/{deployment}")], path)
}

fn operator_image() -> String {
    PLACE.find(&["deployment/eevee-operator"], "{.spec.template.spec.containers[0].image}")
}

#[track_caller]
fn ask(module: &str, request: &str) -> String {
    let address = PLACE.find(&[&format!("service/{NATS}")], "{.spec.clusterIP}");
    let subject = format!("example.{module}");
    eventually(&format!("{module} answers {request}"), LONG, || {
        nats::request(&address, TOKENS[0], &subject, request).ok()
    })
}
