//! Secrets do not show: in the log, in events, conditions or metrics of a whole run, mistakes and
//! outages included.

use crate::api::{RESTART, ask};
use crate::binary::Binary;
use crate::cluster::{Casing, Cluster, eventually};
use crate::http_client::{post, request};
use crate::operator::LONG;
use crate::support::{Objects, ipc_config, message, module};
use base64::Engine;
use serde_json::{Value, json};
use std::path::PathBuf;
use tokio::task::block_in_place;

const NAMESPACE: &str = "secrecy";
const API_TOKEN: &str = "api-token-that-nobody-may-see";
const WRONG_TOKEN: &str = "wrong-token-that-nobody-may-see";
const PASSWORD: &str = "password-that-nobody-may-see";
const NEW_PASSWORD: &str = "another-password-that-nobody-may-see";

/// What an operator may do by its role, but for Secrets named so: a mistake in the rights.
const ACCOUNT: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: secrecy}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator, namespace: secrecy}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: operator, namespace: secrecy}
rules:
- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: operator, namespace: secrecy}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}
subjects: [{kind: ServiceAccount, name: operator, namespace: secrecy}]
";

/// Refuses a token Secret, and says what is in it, as a careless admission webhook does.
const GOSSIP: &str = "
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: gossip}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}]
  validations:
  - expression: \"!object.metadata.name.startsWith('eevee-gossip')\"
    messageExpression: \"'the data is ' + object.data.token + ' or so'\"
    reason: Invalid
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: gossip}
spec: {policyName: gossip, validationActions: [Deny]}
";

fn base64_of(plain: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(plain)
}

/// A kubeconfig of the operator's own account, and the token in it.
fn account(cluster: &Cluster) -> (PathBuf, String) {
    let args = ["create", "token", "operator", "--namespace=secrecy", "--duration=1h"];
    let token = cluster.kubectl(&args, None).success().trim().to_owned();
    let admin = std::fs::read_to_string(cluster.kubeconfig()).expect("the kubeconfig");
    let path = cluster.folder().join("kubeconfig-of-the-operator");
    std::fs::write(&path, admin.replace(cluster.token(), &token)).expect("a file");
    (path, token)
}

/// A bot that uses every kind of secret.
async fn bot(objects: &Objects) {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "credentials" },
        "stringData": { "PASSWORD": PASSWORD },
    });
    objects.apply_value(secret).await;
    objects.apply_value(ipc_config("main")).await;
    objects.apply_value(ipc_config("gossip")).await;
    let spec = json!({
        "image": "a", "ipcConfig": "main", "mountOperatorApiToken": true,
        "envSecret": { "name": "credentials" },
    });
    objects.apply_value(module("discord", spec)).await;
}

/// Right and wrong tokens, and a restart.
async fn ask_for_all(operator: &Binary) {
    let body = json!({ "moduleName": "discord", "namespace": NAMESPACE }).to_string();
    for token in [API_TOKEN, WRONG_TOKEN] {
        for scheme in ["Bearer", "Basic"] {
            let authorization = format!("{scheme} {token}");
            let headers = [("Authorization", authorization.as_str())];
            for bytes in [
                request("GET", "/api/bot-modules", &headers),
                request("GET", &format!("/api/health?token={token}"), &headers),
                post(RESTART, &headers, &body),
                post(RESTART, &headers, &format!("{{\"{token}")),
            ] {
                ask(operator.address, bytes).await;
            }
        }
    }
}

/// The data of every Secret of the namespace, raw and as it is stored.
async fn secret_values(objects: &Objects) -> Vec<String> {
    let secrets = objects.list("secrets").await;
    let data = secrets.iter().filter_map(|secret| secret["data"].as_object()).flatten();
    let encoded = data.filter_map(|(_, value)| value.as_str());
    // The name of a NATS server is no secret.
    let plain = |encoded: &str| {
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).expect("base64");
        String::from_utf8_lossy(&bytes).into_owned()
    };
    encoded
        .filter(|encoded| !plain(encoded).starts_with("eevee-"))
        .flat_map(|encoded| [encoded.to_owned(), plain(encoded)])
        .collect()
}

async fn whole_run(format: &str) {
    let cluster = Cluster::api();
    cluster.install_crds(Casing::Camel);
    let objects = Objects::within(&cluster, NAMESPACE).await;
    objects.apply(ACCOUNT).await;
    objects.apply(GOSSIP).await;
    gossips(&cluster);
    let (kubeconfig, bearer) = account(&cluster);
    let variables = [
        ("LOG_LEVEL", "trace"),
        ("LOG_FORMAT", format),
        ("EEVEE_OPERATOR_API_TOKEN", API_TOKEN),
        ("POD_NAME", "secrecy"),
    ];
    let mut operator = Binary::start_with(cluster.folder(), &kubeconfig, NAMESPACE, &variables);
    operator.is_ready().await;
    bot(&objects).await;
    objects.wait_until_there("deployments", "eevee-discord-module", LONG).await;
    let mut secrets = secret_values(&objects).await;
    let refused = ("False", "ApplyFailed");
    let gossip = ("ipcconfigs", "gossip");
    let live = objects.wait_for_condition(gossip, "Ready", refused, LONG).await;
    let said = message(&live, "Ready");
    assert!(said.contains("HTTP 422") && said.contains("the data is *** or so"), "{said}");
    ask_for_all(&operator).await;

    trouble(&cluster, &objects, &mut operator).await;
    secrets.extend(secret_values(&objects).await);
    ask_for_all(&operator).await;
    let metrics = operator.get("/metrics", &[]).await.body;
    operator.ends_well().await;

    secrets.extend([API_TOKEN, WRONG_TOKEN, PASSWORD, NEW_PASSWORD].map(str::to_owned));
    secrets.extend([API_TOKEN, PASSWORD, NEW_PASSWORD].map(base64_of));
    secrets.extend([base64_of(&bearer), bearer]);
    let words = ["Authorization:", "authorization\":", "Bearer ", "Basic "].map(str::to_owned);
    let told = told(&objects).await;
    let log = operator.log();
    assert!(log.contains("written") && log.contains("refused"), "{log}");
    assert!(log.contains("a watch failed"), "the outage shows: {log}");
    for (place, text) in [("the log", &log), ("the objects", &told), ("the metrics", &metrics)] {
        for secret in secrets.iter().chain(&words) {
            let hint: String = secret.chars().take(12).collect();
            assert!(!text.contains(secret.as_str()), "{hint}… is in {place}:\n{text}");
        }
    }
}

/// The policy is in force some time after it was made.
fn gossips(cluster: &Cluster) {
    let secret = "{apiVersion: v1, kind: Secret, metadata: {name: eevee-gossip-probe, namespace: secrecy}, data: {token: aHVudGVyMg==}}";
    eventually("the policy refuses", LONG, || {
        let args = ["create", "--dry-run=server", "--filename=-"];
        let output = cluster.kubectl(&args, Some(secret));
        output.stderr.contains("aHVudGVyMg==").then_some(())
    });
}

/// A rotation, a changed Secret, rights that are missing for a while, and an outage.
async fn trouble(cluster: &Cluster, objects: &Objects, operator: &mut Binary) {
    let rotate = json!({ "metadata": { "annotations": { "eevee.bot/rotate-token": "1" } } });
    objects.patch("ipcconfigs", "main", rotate).await;
    let rotated = |secret: Option<&Value>| {
        (secret?["metadata"]["annotations"]["eevee.bot/rotated-for"] == "1").then_some(())
    };
    objects.wait("secrets", "eevee-main-nats-token", LONG, rotated).await;

    let none = json!({ "rules": [{ "apiGroups": ["*"], "resources": ["botmodules", "ipcconfigs", "botmodules/status"], "verbs": ["*"] }] });
    objects.patch("roles", "operator", none).await;
    is_banned(cluster);
    let changed = json!({ "stringData": { "PASSWORD": NEW_PASSWORD } });
    objects.patch("secrets", "credentials", changed).await;
    objects.apply_value(ipc_config("forbidden")).await;
    operator.logs("HTTP 403").await;
    let all = json!({ "rules": [{ "apiGroups": ["*"], "resources": ["*"], "verbs": ["*"] }] });
    objects.patch("roles", "operator", all).await;

    block_in_place(|| cluster.stop_api());
    operator.logs("a watch failed").await;
    ask_for_all(operator).await;
    block_in_place(|| cluster.start_api());
    objects.wait_until_there("secrets", "eevee-forbidden-nats-token", LONG).await;
}

/// Rights are missing some time after they were taken.
fn is_banned(cluster: &Cluster) {
    eventually("Secrets are forbidden", LONG, || {
        let account = "--as=system:serviceaccount:secrecy:operator";
        let args = ["auth", "can-i", "get", "secrets", "--namespace=secrecy", account];
        (cluster.kubectl(&args, None).stdout.trim() == "no").then_some(())
    });
}

/// All that the operator has said in the cluster: events, and whole resources.
async fn told(objects: &Objects) -> String {
    let mut told = String::new();
    for resource in ["events", "ipcconfigs", "botmodules", "leases"] {
        let list = objects.list(resource).await;
        assert!(!list.is_empty(), "{resource}");
        told.extend(list.iter().map(|object| format!("{object}\n")));
    }
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_shows_in_a_whole_run_with_a_log_as_text() {
    whole_run("text").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_shows_in_a_whole_run_with_a_log_as_json() {
    whole_run("json").await;
}
