//! `eevee-operator backups`: from a module to its backups, by way of a real API server.

use crate::cluster::{Casing, Cluster, Versitygw, shared};
use crate::place::{direct, of, server, upload};
use serde_json::{Value, json};
use std::process::{Command, Output};

const IDS: [&str; 2] =
    ["01939d3c-1f4b-7000-8000-000000000001", "01939d3c-1f4b-7000-8000-000000000002"];

fn module(namespace: &str, name: &str, module: &str, schedule: Option<&str>) -> Value {
    let mut spec = json!({ "moduleName": module, "image": "registry.example.org/echo:1" });
    if let Some(schedule) = schedule {
        spec["backupSchedule"] = json!({ "name": schedule });
    }
    let metadata = json!({ "name": name, "namespace": namespace });
    json!({ "apiVersion": "eevee.bot/v1", "kind": "BotModule", "metadata": metadata, "spec": spec })
}

fn way(namespace: &str, name: &str, endpoint: &str) -> Vec<Value> {
    let metadata = json!({ "name": name, "namespace": namespace });
    let at = |key: &str| json!({ "secretKeyRef": { "secret": { "name": name }, "key": key } });
    vec![
        json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": metadata,
            "stringData": { "id": Versitygw::ACCESS_ID, "key": Versitygw::SECRET_KEY },
        }),
        json!({
            "apiVersion": "eevee.bot/v1", "kind": "S3Store", "metadata": metadata,
            "spec": {
                "endpoint": endpoint, "bucket": Versitygw::BUCKET, "region": Versitygw::REGION,
                "pathStyle": true, "accessId": at("id"), "accessKey": at("key"),
            },
        }),
        json!({
            "apiVersion": "eevee.bot/v1", "kind": "BackupSchedule", "metadata": metadata,
            "spec": { "schedule": "0 3 * * *", "s3Store": { "name": name } },
        }),
    ]
}

fn create(cluster: &Cluster, objects: &[Value]) {
    let text: String = objects.iter().map(|object| format!("---\n{object}\n")).collect();
    cluster.kubectl(&["create", "--validate=strict", "--filename=-"], Some(&text)).success();
}

fn backups(cluster: &Cluster, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    command.env_clear().arg("backups").args(arguments);
    command.arg("--kubeconfig").arg(cluster.kubeconfig()).output().expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[test]
fn backups_are_listed_by_the_kubeconfig() {
    let cluster = shared();
    cluster.install_crds(Casing::Camel);
    let namespace = "backups-listed";
    cluster.kubectl(&["create", "namespace", namespace], None).success();
    let store = direct();
    for id in IDS {
        let mut of = of("echo-name");
        namespace.clone_into(&mut of.namespace);
        upload(&store, &of.key("", id), b"data").expect("it is stored");
    }
    let endpoint = format!("http://127.0.0.1:{}", server().port());
    create(cluster, &way(namespace, "good", &endpoint));
    create(cluster, &[module(namespace, "echo", "echo-name", Some("good"))]);
    create(cluster, &[module(namespace, "empty", "empty-name", Some("good"))]);
    create(cluster, &[module(namespace, "bare", "bare-name", None)]);

    let listed = backups(cluster, &["-n", namespace, "-o", "json"]);
    assert!(listed.status.success(), "{}", text(&listed.stderr));
    let read: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    let ids: Vec<&Value> = read.as_array().expect("a list").iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, [IDS[1], IDS[0]]);
    assert_eq!((&read[0]["module"], &read[0]["bytes"]), (&Value::from("echo"), &Value::from(4)));

    let table = text(&backups(cluster, &["echo", "-n", namespace]).stdout);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines.len() == 3 && lines[0].starts_with("MODULE   ID"), "{table}");
    assert!(lines[1].starts_with(&format!("echo     {}", IDS[1])), "{table}");
    let none = backups(cluster, &["empty", "-n", namespace]);
    assert!(none.status.success() && none.stdout.is_empty());
    assert!(text(&none.stderr).contains("no backup yet"), "{}", text(&none.stderr));

    // A store that does not answer hides no other one.
    create(cluster, &way(namespace, "inside", "http://no-such-host.invalid:9000"));
    create(cluster, &[module(namespace, "lost", "lost-name", Some("inside"))]);
    create(cluster, &[module(namespace, "broken", "broken-name", Some("nobodys"))]);
    let partial = backups(cluster, &["-n", namespace, "-o", "yaml"]);
    assert_eq!(partial.status.code(), Some(2));
    assert!(text(&partial.stdout).contains(IDS[0]));
    let errors = text(&partial.stderr);
    for words in [
        "BotModule backups-listed/lost",
        "http://no-such-host.invalid:9000",
        "if only pods reach this endpoint",
        "there is no BackupSchedule backups-listed/nobodys",
    ] {
        assert!(errors.contains(words), "{words:?} is not in: {errors}");
    }
    for (arguments, words) in [
        (["bare", "-n", namespace], "set backupSchedule.name"),
        (["nobody", "-n", namespace], "there is no BotModule backups-listed/nobody"),
        (["--output=json", "-n", "default"], "no BotModule in namespace default"),
    ] {
        let refused = backups(cluster, &arguments);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(refused.stdout.is_empty() || text(&refused.stdout) == "[]\n");
        assert!(text(&refused.stderr).contains(words), "{}", text(&refused.stderr));
        assert!(!text(&refused.stderr).contains(Versitygw::SECRET_KEY));
    }
}
