//! A live cluster compared with files.

use crate::operator::cluster;
use crate::support::{Objects, module};
use serde_json::json;
use std::process::{Command, Stdio};

/// The Secret has no label of the operator, and no resource on the cluster names it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_files_alone_name_is_read_from_the_cluster() {
    let objects = Objects::in_fresh_namespace(cluster(), "compared").await;
    objects.apply_value(module("echo", json!({ "image": "echo:1" }))).await;
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "extra" },
        "stringData": { "PASSWORD": "swordfish" },
    });
    objects.apply_value(secret).await;
    let env =
        |name: &str| module("echo", json!({ "image": "echo:1", "envSecret": { "name": name } }));

    let (code, text) = difference(&objects, &env("extra").to_string());
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("wanted Deployment") && text.contains("name: extra"), "{text}");

    let (code, text) = difference(&objects, &env("nowhere").to_string());
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("there is no Secret nowhere"), "{text}");
}

/// The exit code, and all that is printed.
fn difference(objects: &Objects, input: &str) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_eevee-operator"));
    program.args(["diff", "-f", "-"]).env_clear();
    program.env("KUBECONFIG", cluster().kubeconfig()).env("NAMESPACE", objects.namespace());
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = program.spawn().expect("the program runs");
    let mut stdin = running.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut stdin, input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = running.wait_with_output().expect("it ends");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}
