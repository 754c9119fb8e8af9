//! `eevee-operator check` on a real API server, with the chart's account: each kind of line where it is due.

mod stopped;

use crate::cluster::{Casing, Cluster, eventually, until};
use crate::place::{cluster, get, namespace};
use crate::privilege::Operator;
use eevee_operator::check::{Right, needed};
use serde_json::{Value, json};
use std::process::Command;
use std::time::Duration;

const LONG: Duration = Duration::from_mins(2);

/// What `check` came to.
struct Checked {
    code: Option<i32>,
    lines: Vec<String>,
    err: String,
}

impl Checked {
    /// The lines of a level about a subject.
    fn about(&self, level: &str, subject: &str) -> Vec<&str> {
        let begin = format!("{level:<7} {subject}");
        self.lines.iter().map(String::as_str).filter(|line| line.starts_with(&begin)).collect()
    }

    #[track_caller]
    fn has(&self, level: &str, subject: &str, words: &str) -> &Self {
        let found = self.about(level, subject).iter().any(|line| line.contains(words));
        assert!(found, "no line {level} {subject} … {words}:\n{self}");
        self
    }

    #[track_caller]
    fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }
}

impl std::fmt::Display for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n{}", self.lines.join("\n"), self.err)
    }
}

fn check(cluster: &Cluster, arguments: &[&str]) -> Checked {
    check_as(cluster.kubeconfig(), arguments)
}

fn check_as(kubeconfig: &std::path::Path, arguments: &[&str]) -> Checked {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    command.env_clear().env("KUBECONFIG", kubeconfig).arg("check").args(arguments);
    let output = command.output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    Checked {
        code: output.status.code(),
        lines: text(&output.stdout).lines().map(str::to_owned).collect(),
        err: text(&output.stderr),
    }
}

fn apply(cluster: &Cluster, namespace: &str, manifests: &str) {
    let within = format!("--namespace={namespace}");
    let apply = ["apply", "--server-side", "--force-conflicts", "--filename=-", &within];
    cluster.kubectl(&apply, Some(manifests)).success();
}

fn patch(cluster: &Cluster, namespace: &str, object: &str, change: &Value) {
    let (within, change) = (format!("--namespace={namespace}"), change.to_string());
    let patch = ["patch", object, "--type=merge", "--patch", &change, &within];
    cluster.kubectl(&patch, None).success();
}

const CLASS: &str = "
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: usual, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}
provisioner: example.org/none
";

const BOT: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: 'echo:1', ipcConfig: main, mountOperatorApiToken: true}
";

/// A bot under an operator of the chart. Its NATS runs.
fn bot_to_be(cluster: &'static Cluster, namespace: &str) -> Operator {
    cluster.kubectl(&["apply", "--server-side", "--filename=-"], Some(CLASS)).success();
    let operator = Operator::install_with(cluster, namespace, false, 1);
    apply(cluster, namespace, BOT);
    waits(cluster, namespace, "ipcconfig/main", "Ready");
    waits(cluster, namespace, "deployment/eevee-operator", "Available");
    operator
}

/// The same, and its module runs.
fn bot(cluster: &'static Cluster, namespace: &str) -> Operator {
    let operator = bot_to_be(cluster, namespace);
    waits(cluster, namespace, "botmodule/echo", "Ready");
    operator
}

fn waits(cluster: &Cluster, namespace: &str, object: &str, condition: &str) {
    let (within, condition) =
        (format!("--namespace={namespace}"), format!("--for=condition={condition}"));
    cluster.kubectl(&["wait", object, &condition, &within, "--timeout=120s"], None).success();
}

/// Waits until `check` ends so and has this line.
fn comes(cluster: &Cluster, namespace: &str, level: &str, subject: &str, words: &str) -> Checked {
    let asked = || {
        let checked = check(cluster, &["--namespace", namespace]);
        let found = checked.about(level, subject).iter().any(|line| line.contains(words));
        found.then_some(checked)
    };
    until(LONG, asked).unwrap_or_else(|| {
        let last = check(cluster, &["--namespace", namespace]);
        panic!("no line {level} {subject} … {words}:\n{last}")
    })
}

#[test]
fn an_empty_cluster_and_then_one_with_crds_of_old_and_then_of_today() {
    let cluster = Cluster::api();
    let before = check(&cluster, &["--pre"]);
    before.ends_with(0).has("pass", "API server", "v1.").has(
        "pass",
        "CRDs",
        "none of eevee.bot yet",
    );
    before.has("pass", "clock", "same time").has("pass", "rights", "admin has all");
    before.has("pass", "namespace eevee-bot", "--create-namespace");
    assert!(!before.to_string().contains("Lease"), "{before}");
    before.has("warn", "StorageClass", "there is no default one");
    let after = check(&cluster, &[]);
    after.ends_with(1).has("fail", "CRD botmodules.eevee.bot", "helm upgrade --install eevee-crds");
    after.has("fail", "operator", "helm install eevee-operator");
    after.has("fail", "Lease eevee-bot/eevee-operator", "there is none");

    cluster.install_pruning_crds(Casing::Lower);
    let old = eventually("the schemas are published", LONG, || {
        let checked = check(&cluster, &[]);
        (!checked.about("fail", "CRD schema botmodules.eevee.bot").is_empty()).then_some(checked)
    });
    old.ends_with(1).has("pass", "CRDs", "served as kind s3store, ipcconfig, botmodule");
    old.has("fail", "CRD schema botmodules.eevee.bot", "it lacks spec.");
    old.has("fail", "CRD schema ipcconfigs.eevee.bot", "--take-ownership");
    check(&cluster, &["--pre"]).ends_with(0).has(
        "warn",
        "CRD schema botmodules.eevee.bot",
        "older",
    );
}

#[test]
fn crds_alone() {
    let cluster = cluster();
    cluster.kubectl(&["create", "namespace", "crds-alone"], None).success();
    let checked = check(cluster, &["--namespace=crds-alone"]);
    checked.ends_with(1).has("pass", "CRDs", "BotModule").has("pass", "CRD schema", "as new as");
    checked.has("fail", "operator", "no Deployment").has("fail", "Lease", "there is none");
    checked.has("fail", "rights", "system:serviceaccount:crds-alone:eevee-operator has none");
    let before = check(cluster, &["--namespace=crds-alone", "--pre"]);
    before
        .ends_with(0)
        .has("pass", "pods", "Deployment eevee-sample-module")
        .has("pass", "quotas", "has none");
}

#[test]
fn one_that_is_well_and_what_a_person_of_few_rights_sees_of_it() {
    let cluster = cluster();
    let _operator = bot(cluster, "check-well");
    let is_well = || {
        let checked = check(cluster, &["--namespace=check-well"]);
        (checked.code == Some(0)).then_some(checked)
    };
    let checked = until(LONG, is_well)
        .unwrap_or_else(|| panic!("{}", check(cluster, &["--namespace=check-well"])));
    checked.has("pass", "API server", "it answers").has("pass", "clock", "");
    checked.has("pass", "CRDs", "served as kind").has("pass", "CRD schema", "as new");
    checked.has("pass", "other operators", "none acts").has(
        "pass",
        "rights",
        "eevee-operator has all",
    );
    checked.has("pass", "pods", "Deployment eevee-").has("pass", "quotas", "none");
    checked.has("pass", "StorageClass", "usual is the default one");
    checked.has("pass", "operator check-well/eevee-operator", "1 of 1");
    checked
        .has("pass", "versions", "chart crds, chart operator, operator and this program")
        .has("pass", "Lease", "holds it");
    checked.has("pass", "API token", "holds it").has("pass", "Service", "has port 9000");
    checked.has("pass", "named objects", "are there").has("pass", "images", "no pod waits");
    checked.has("pass", "token of IpcConfig check-well/main", "the same").has(
        "pass",
        "resources",
        "all 2",
    );
    // The pod is one in name only.
    checked.has("unknown", "NATS check-well/eevee-main-nats", "could not see");
    let all = checked.to_string();
    let secret = get(cluster, "check-well", "secret/eevee-main-nats-token").expect("the token");
    let token = secret["data"]["token"].as_str().expect("a token");
    assert!(!all.contains(token) && !all.contains("token-of-the-privilege-test"), "{all}");

    cluster
        .kubectl(&["create", "serviceaccount", "guest", "--namespace=check-well"], None)
        .success();
    let guest = cluster.kubeconfig_of("check-well", "guest");
    let checked = check_as(&guest, &["--namespace=check-well"]);
    checked.ends_with(0).has("pass", "API server", "it answers").has(
        "pass",
        "CRD schema",
        "as new",
    );
    for subject in ["rights", "pods", "quotas", "StorageClass", "operator", "Lease", "other", "bot"]
    {
        checked.has("unknown", subject, "could not see");
    }
    // The account of the operator may ask for itself.
    let own = cluster.kubeconfig_of("check-well", "eevee-operator");
    let checked = check_as(&own, &["--namespace=check-well"]);
    checked.ends_with(0).has("pass", "rights", "has all").has("pass", "resources", "all 2");
    let json = check(cluster, &["--namespace=check-well", "--output=json"]);
    let read: Value = serde_json::from_str(&json.lines.join("\n")).expect("JSON");
    assert!(read.as_array().is_some_and(|list| list.len() > 15), "{json}");
}

/// The line names the right, and no other is said to be lacking.
#[test]
fn each_right_of_the_role_is_missed() {
    let cluster = cluster();
    let name = "check-rights";
    let _operator = Operator::install_with(cluster, name, false, 1);
    let rights = needed(name, Some(name));
    assert!(rights.len() > 60, "{}", rights.len());
    for lacking in &rights {
        let rules: Vec<Value> = rights.iter().filter(|it| *it != lacking).map(rule).collect();
        patch(cluster, name, "role/eevee-operator-role", &json!({ "rules": rules }));
        let subject = format!("right to {lacking}");
        let missed = until(LONG, || {
            let checked = check(cluster, &["--namespace", name]);
            let fails = checked.about("fail", "right to");
            let is_it = fails.len() == 1 && fails[0].contains(&format!("{subject}: "));
            is_it.then_some(())
        });
        assert!(missed.is_some(), "{subject}:\n{}", check(cluster, &["--namespace", name]));
    }
}

fn rule(right: &Right) -> Value {
    let resource = match right.subresource {
        "" => right.resource.to_owned(),
        part => format!("{}/{part}", right.resource),
    };
    let names: Vec<&str> = right.name.into_iter().collect();
    json!({ "apiGroups": [right.group], "resources": [resource], "verbs": [right.verb], "resourceNames": names })
}

#[test]
fn two_operators_at_once() {
    let cluster = cluster();
    let _operator = bot(cluster, "check-two");
    let former = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: old-operator, labels: {eevee.bot/operator: 'true', helm.sh/chart: operator-2.4.3}}
spec:
  selector: {matchLabels: {eevee.bot/operator: 'true', app.kubernetes.io/instance: old}}
  template:
    metadata: {labels: {eevee.bot/operator: 'true', app.kubernetes.io/instance: old}}
    spec: {containers: [{name: operator, image: 'ghcr.io/eeveebot/operator:2.2.8'}]}
";
    apply(cluster, "check-two", former);
    let checked = check(cluster, &["--namespace=check-two"]);
    checked.ends_with(1).has(
        "fail",
        "operator check-two/old-operator",
        "the TypeScript operator, 2.2.8, acts on namespace check-two",
    );
    checked.has("fail", "operator", "kubectl delete deployment old-operator --namespace check-two");
    check(cluster, &["--namespace=check-two", "--pre"])
        .ends_with(1)
        .has("fail", "operator", "2.2.8");
    let stop = ["scale", "deployment/old-operator", "--replicas=0", "--namespace=check-two"];
    cluster.kubectl(&stop, None).success();
    check(cluster, &["--namespace=check-two"]).has("pass", "other operators", "none");
}

#[test]
fn a_restricted_namespace_and_a_quota() {
    let cluster = namespace("check-tight");
    let _operator = bot_to_be(cluster, "check-tight");
    let tight = comes(
        cluster,
        "check-tight",
        "fail",
        "Pod Security of Deployment eevee-echo-module",
        "violates PodSecurity",
    );
    tight.ends_with(1).has("fail", "Pod Security", "kubectl label namespace check-tight");

    let room =
        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {pods: '0'}}}";
    apply(cluster, "check-tight", room);
    let full = comes(cluster, "check-tight", "warn", "quota check-tight/few", "used up: pods");
    // Its own pod runs. That of the module was never let in.
    full.has("fail", "quota for Deployment eevee-main-nats", "exceeded quota: few");
}

#[test]
fn an_expired_lease_and_a_wrong_token() {
    let cluster = cluster();
    let name = "check-stopped";
    // Whatever is wrong from here on nobody mends.
    drop(bot(cluster, name));
    let long_ago = json!({ "spec": { "renewTime": "2020-01-01T00:00:00.000000Z" } });
    patch(cluster, name, "lease/eevee-operator", &long_ago);
    let checked = check(cluster, &["--namespace", name]);
    checked.ends_with(1).has("fail", "Lease check-stopped/eevee-operator", "it has expired");

    let digest = json!({ "eevee.bot/token-digest": "0123" });
    let other = json!({ "spec": { "template": { "metadata": { "annotations": digest } } } });
    patch(cluster, name, "deployment/eevee-echo-module", &other);
    let checked = check(cluster, &["--namespace", name]);
    let words = "BotModule echo runs with another token than the server";
    checked.has("fail", "token of IpcConfig check-stopped/main", words);

    let secret = json!({ "data": { "token": "YW5vdGhlci10b2tlbg==" } });
    patch(cluster, name, "secret/eevee-main-nats-token", &secret);
    let words = "another token than its Secret holds";
    check(cluster, &["--namespace", name]).has(
        "fail",
        "token of IpcConfig check-stopped/main",
        words,
    );
}

#[test]
fn what_is_named_and_is_not_there_and_what_cannot_be_pulled_or_bound() {
    let cluster = cluster();
    let name = "check-faults";
    let _operator = bot(cluster, name);
    let fault = |spec: Value| patch(cluster, name, "botmodule/echo", &json!({ "spec": spec }));
    fault(json!({ "envSecret": { "name": "nowhere" } }));
    let checked = comes(cluster, name, "fail", "BotModule check-faults/echo", "SecretNotFound");
    checked.has("fail", "Secret check-faults/nowhere", "BotModule echo names it");
    checked.has(
        "fail",
        "BotModule",
        "eevee-operator status botmodule/echo --namespace check-faults",
    );

    let claim =
        json!({ "storageClassName": "none", "resources": { "requests": { "storage": "1Gi" } } });
    fault(json!({ "envSecret": null, "persistentVolumeClaim": claim }));
    let checked = comes(
        cluster,
        name,
        "fail",
        "claim check-faults/eevee-echo-module-pvc",
        "no StorageClass none",
    );
    checked.has("warn", "backups", "BotModule echo keeps data in a claim");

    let waiting = json!([{
        "name": "nats-server", "image": "nats:none", "imageID": "", "ready": false, "restartCount": 0,
        "state": { "waiting": { "reason": "ImagePullBackOff", "message": "not found" } },
    }]);
    let find = [
        "get",
        "pods",
        "--selector=eevee.bot/ipcconfig=main",
        "--output=name",
        "--namespace",
        name,
    ];
    let pod = cluster.kubectl(&find, None).success();
    let status = json!({ "status": { "containerStatuses": waiting } }).to_string();
    let patch = [
        "patch",
        pod.trim(),
        "--subresource=status",
        "--type=merge",
        "--patch",
        &status,
        "--namespace",
        name,
    ];
    cluster.kubectl(&patch, None).success();
    check(cluster, &["--namespace", name]).has(
        "fail",
        "image nats:none",
        "ImagePullBackOff: not found",
    );

    let ports = json!({ "spec": { "ports": [{ "name": "http", "port": 80 }] } });
    self::patch(cluster, name, "service/eevee-eevee-operator-service", &ports);
    cluster
        .kubectl(&["delete", "secret", "eevee-operator-api-token", "--namespace", name], None)
        .success();
    let checked = check(cluster, &["--namespace", name]);
    checked.has("fail", "Service check-faults/eevee-eevee-operator-service", "no port 9000");
}

#[test]
fn without_a_cluster_nothing_can_be_told() {
    let cluster = cluster();
    let text = std::fs::read_to_string(cluster.kubeconfig()).expect("a kubeconfig");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let wrong = folder.join("check-wrong-token");
    std::fs::write(&wrong, text.replace(cluster.token(), "nobody")).expect("a file");
    check_as(&wrong, &[]).ends_with(2).has("fail", "API server", "log in again");
    let checked = check_as(&folder.join("no-such-file"), &[]);
    checked.ends_with(2);
    assert!(checked.err.contains("no usable kubeconfig"), "{checked}");
}

/// The chart gives what the program says that it needs, and nothing else.
#[test]
fn the_roles_of_the_chart_are_what_check_asks_for() {
    for all in [false, true] {
        let values =
            format!("{{operator: {{operator: {{env: {{watchOtherNamespaces: {all}}}}}}}}}");
        let objects = crate::helm::rendered("operator", &values);
        let of = |kind: &str, name: &str| {
            let found =
                objects.iter().find(|it| it["kind"] == kind && it["metadata"]["name"] == name);
            let mut granted = found.map(|it| granted(&it["rules"])).unwrap_or_default();
            granted.sort();
            granted
        };
        let within = (!all).then_some("bots");
        let (own, everywhere): (Vec<Right>, Vec<Right>) =
            needed("bots", within).into_iter().partition(|right| right.within.is_some());
        assert_eq!(of("Role", "eevee-operator-role"), sorted(own));
        assert_eq!(of("ClusterRole", "eevee-operator-cluster-role"), sorted(everywhere));
    }
}

fn sorted(rights: Vec<Right>) -> Vec<String> {
    let mut texts: Vec<String> = rights.iter().map(ToString::to_string).collect();
    texts.sort();
    texts
}

/// Each right, as the program writes it.
fn granted(rules: &Value) -> Vec<String> {
    let texts = |value: &Value| -> Vec<String> {
        let items = value.as_array().into_iter().flatten();
        items.map(|it| it.as_str().expect("a text").to_owned()).collect()
    };
    let mut rights = Vec::new();
    for rule in rules.as_array().into_iter().flatten() {
        let names = texts(&rule["resourceNames"]);
        for group in texts(&rule["apiGroups"]) {
            let group = if group.is_empty() { group } else { format!(".{group}") };
            for resource in texts(&rule["resources"]) {
                let (resource, part) = resource.split_once('/').unwrap_or((&resource, ""));
                let part = if part.is_empty() { String::new() } else { format!("/{part}") };
                for verb in texts(&rule["verbs"]) {
                    let right = format!("{verb} {resource}{group}{part}");
                    if names.is_empty() {
                        rights.push(right);
                    } else {
                        rights.extend(names.iter().map(|name| format!("{right} {name}")));
                    }
                }
            }
        }
    }
    rights
}
