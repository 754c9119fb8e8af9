//! The CRDs on a real API server.

use crate::cluster::{Casing, Cluster, eventually};
use crate::server::{namespace, with_crds};
use crate::support;
use eevee_operator::crd;
use eevee_operator::kinds::Kind;
use eevee_operator::schema::Schema;
use std::time::Duration;

/// How long the API server may take to serve what it has accepted.
const LONGEST: Duration = Duration::from_secs(30);

/// What `kubectl apply` can keep in its annotation is 262,144 bytes; this leaves room.
const LARGEST: usize = 200_000;

#[test]
fn every_crd_is_established() {
    let names = with_crds().kubectl(&["get", "crd", "--output=name"], None).success();
    for plural in ["botmodules", "ipcconfigs", "s3stores", "backupschedules", "backuprestores"] {
        assert!(names.contains(&format!("/{plural}.eevee.bot")), "{plural} is missing in {names}");
    }
}

#[test]
fn every_crd_fits_into_client_side_apply() {
    for crd in crd::crds() {
        let size = crd.to_string().len();
        assert!(size < LARGEST, "{} has {size} bytes", crd["metadata"]["name"]);
    }
}

#[test]
fn every_schema_compiles_offline() {
    for crd in crd::crds() {
        let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        Schema::compile(schema)
            .unwrap_or_else(|error| panic!("{}: {error}", crd["metadata"]["name"]));
        let kind = crd["spec"]["names"]["kind"].as_str().expect("a kind");
        assert!(Kind::of(crd::API_VERSION, kind).is_some(), "{kind} is not known");
    }
}

#[test]
fn explain_shows_the_description() {
    let explained =
        with_crds().kubectl(&["explain", "botmodule.spec.moduleConfig"], None).success();
    let words: Vec<&str> = explained.split_whitespace().collect();
    let text = words.join(" ");
    assert!(
        text.contains("YAML text that is handed to the module unchanged, byte for byte"),
        "{text}"
    );
}

#[test]
fn short_names_and_the_category_reach_the_resources() {
    let cluster = with_crds();
    for name in ["bm", "ipc", "s3s", "bsched", "brest", "botmodule", "ipcconfig", "eevee"] {
        cluster.kubectl(&["get", name, "--namespace=default"], None).success();
    }
}

/// Else kstatus, and with it `helm --wait` and Flux, would take it for done.
#[test]
fn a_new_resource_of_every_kind_says_that_nobody_has_looked_yet() {
    let cluster = namespace("unobserved");
    let access = "{secretKeyRef: {secret: {name: s}, key: k}}";
    let store =
        format!("{{endpoint: 'https://s3', bucket: b, accessId: {access}, accessKey: {access}}}");
    for (kind, spec) in [
        ("BotModule", "{image: a}"),
        ("IpcConfig", "{}"),
        ("S3Store", store.as_str()),
        ("BackupSchedule", "{s3Store: {name: s}, schedule: '0 3 * * *'}"),
        ("BackupRestore", "{s3Store: {name: s}, botModule: {name: echo}}"),
    ] {
        let resource = format!(
            "{{apiVersion: eevee.bot/v1, kind: {kind}, metadata: {{name: a, namespace: unobserved}}, spec: {spec}}}"
        );
        cluster.kubectl(&["create", "--filename=-"], Some(&resource)).success();
        let look = |output: &str| {
            cluster.kubectl(&["get", kind, "a", "--namespace=unobserved", output], None).success()
        };
        assert_eq!(look("--output=jsonpath={.status.observedGeneration}"), "-1", "{kind}");
        assert_eq!(look("--output=jsonpath={.status.conditions}"), "", "{kind}");
        assert!(look("--output=wide").contains("READY"), "{kind}");
        let wait = ["wait", "--for=condition=Ready", "--timeout=1s", "--namespace=unobserved"];
        let waited = cluster.kubectl(&[&wait[..], &[kind, "a"]].concat(), None);
        assert!(!waited.status.success(), "{kind}: {}", waited.stdout);
    }
}

#[test]
fn kubectl_scale_sets_the_size() {
    let cluster = namespace("scale");
    let module = "{apiVersion: eevee.bot/v1, kind: BotModule, metadata: {name: echo, namespace: scale}, spec: {image: a}}";
    cluster.kubectl(&["create", "--filename=-"], Some(module)).success();
    cluster.kubectl(&["scale", "bm/echo", "--replicas=3", "--namespace=scale"], None).success();
    let size = ["get", "bm/echo", "--namespace=scale", "--output=jsonpath={.spec.size}"];
    assert_eq!(cluster.kubectl(&size, None).success(), "3");
}

/// A rule that an object broke before the rule was there must not keep its status from being
/// written.
#[test]
fn objects_older_than_the_rules_keep_their_status() {
    let cluster = Cluster::api();
    let without_rules: Vec<String> = crd::crds().into_iter().map(without_rules).collect();
    cluster.kubectl(&["apply", "--filename=-"], Some(&without_rules.join("\n"))).success();
    let crds = support::path("crds/crds.yaml");
    let crds = crds.to_str().expect("a path");
    cluster
        .kubectl(
            &["wait", "--for=condition=Established", "--timeout=30s", "--filename", crds],
            None,
        )
        .success();
    let long = "m".repeat(64);
    let module = format!(
        "{{apiVersion: eevee.bot/v1, kind: BotModule, metadata: {{name: {long}, namespace: default}}, spec: {{image: 'a b', podLabels: {{app: mine}}}}}}"
    );
    let ipc_config = format!(
        "{{apiVersion: eevee.bot/v1, kind: IpcConfig, metadata: {{name: a.{long}, namespace: default}}, spec: {{}}}}"
    );
    for object in [&module, &ipc_config] {
        cluster.kubectl(&["create", "--validate=false", "--filename=-"], Some(object)).success();
    }
    cluster.install_crds(Casing::Camel);
    let status = r#"{"status": {"observedGeneration": 1}}"#;
    for resource in [format!("bm/{long}"), format!("ipc/a.{long}")] {
        let patch = [
            "patch",
            &resource,
            "--namespace=default",
            "--subresource=status",
            "--type=merge",
            "--patch",
            status,
        ];
        eventually("the status is written", LONGEST, || {
            cluster.kubectl(&patch, None).status.success().then_some(())
        });
    }
    let again = dry(&cluster, &module.replace(&long, &"n".repeat(64)));
    assert!(again.contains("at most 63 characters"), "the new rules are not served: {again}");
}

fn dry(cluster: &Cluster, module: &str) -> String {
    eventually("the rules are served", LONGEST, || {
        let output = crate::server::dry_create(cluster, module);
        (!output.status.success()).then(|| output.stderr.clone())
    })
}

fn without_rules(mut crd: serde_json::Value) -> String {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                fields.remove("x-kubernetes-validations");
                fields.values_mut().for_each(strip);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut crd);
    format!("---\n{crd}")
}
