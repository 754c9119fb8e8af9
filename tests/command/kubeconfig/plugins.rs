//! Programs that print credentials.

use super::Scene;
use eevee_operator::shell;
use std::fs;
use std::os::unix::fs::PermissionsExt;

const V1: &str = "client.authentication.k8s.io/v1";

/// A user whose plugin is a shell script.
fn user(script: &str) -> String {
    format!(
        "exec: {{apiVersion: {V1}, interactiveMode: Never, command: sh, args: [-c, {}]}}",
        serde_json::to_string(script).expect("JSON")
    )
}

/// A script that prints these fields of a status.
fn printing(status: &str) -> String {
    format!(
        r#"printf '%s\n' '{{"kind": "ExecCredential", "apiVersion": "{V1}", "status": {{{status}}}}}'"#
    )
}

#[test]
fn a_token_that_a_plugin_prints_is_sent() {
    let scene = Scene::new();
    let script = printing(r#""token": "tok""#);
    scene.is_heard(&scene.config(&user(&script)), &["authorization: Bearer tok\r\n"]);
    let expires = printing(r#""token": "tok", "expirationTimestamp": "2999-01-01T00:00:00Z""#);
    scene.is_heard(&scene.config(&user(&expires)), &["authorization: Bearer tok\r\n"]);
}

#[test]
fn a_certificate_that_a_plugin_prints_is_shown() {
    let scene = Scene::new();
    let client = scene.authority.issue(&[]);
    let json = |text: &str| serde_json::to_string(text).expect("JSON");
    let status = format!(
        r#"{{"apiVersion": "{V1}", "status": {{"clientCertificateData": {}, "clientKeyData": {}}}}}"#,
        json(&client.pem),
        json(&client.key_pem)
    );
    scene.folder.write("printed", status.as_bytes());
    scene.is_heard(&scene.config(&user("cat printed")), &["certificates: 1"]);
}

#[test]
fn a_plugin_is_found_from_the_folder_of_its_file_and_told_of_the_cluster() {
    let scene = Scene::new();
    let script = format!(
        "#!/bin/sh\nprintf %s \"$KUBERNETES_EXEC_INFO\" > \"$SEEN\"\n{}\n",
        printing(r#""token": "tok""#)
    );
    scene.folder.write("there/bin/plugin", script.as_bytes());
    let plugin = scene.folder.path("there/bin/plugin");
    fs::set_permissions(plugin, fs::Permissions::from_mode(0o755)).expect("executable");
    scene.folder.write("there/ca.pem", scene.authority.pem.as_bytes());
    let exec = format!(
        "exec: {{apiVersion: {V1}beta1, command: bin/plugin, provideClusterInfo: true, env: [{{name: SEEN, value: seen}}]}}"
    );
    let script_of_v1beta1 = script.replace(V1, &format!("{V1}beta1"));
    scene.folder.write("there/bin/plugin", script_of_v1beta1.as_bytes());
    scene.folder.write("there/config", scene.config(&exec).as_bytes());
    let run = crate::program::Program::new(&["diff", "--kubeconfig", "there/config"]);
    run.within(&scene.folder).run().is_refused(&["HTTP 403"]);
    scene.server.heard(&["authorization: Bearer tok\r\n"]);
    let seen = fs::read_to_string(scene.folder.path("seen")).expect("what the plugin was told");
    let seen: serde_json::Value = serde_json::from_str(&seen).expect("JSON");
    assert_eq!(seen["spec"]["interactive"], false);
    assert_eq!(
        seen["spec"]["cluster"]["server"],
        format!("https://127.0.0.1:{}", scene.server.port)
    );
    assert!(seen["spec"]["cluster"]["certificate-authority-data"].is_string(), "{seen}");
}

#[test]
fn a_plugin_that_gives_nothing_is_named_and_what_it_printed_is_not_told() {
    let scene = Scene::new();
    for (script, why) in [
        (printing(r#""token": "hunter2\n""#), "control character"),
        (printing(r#""token": "hunter2", "clientKeyData": "k""#), "and not both"),
        (printing(r#""token": """#), "neither a token nor a certificate"),
        (printing(r#""token": "hunter2", "expirationTimestamp": "soon""#), "no time"),
        (printing(r#""clientCertificateData": "hunter2", "clientKeyData": "k""#), "no certificate"),
        ("echo hunter2".to_owned(), "no ExecCredential"),
        ("echo '{\"status\": {\"token\": \"hunter2\"}}'".to_owned(), "another apiVersion"),
        ("echo hunter2; exit 3".to_owned(), "exit status: 3"),
    ] {
        let ending = scene.diff(&scene.config(&user(&script)));
        ending.is_refused(&["config", "user \"u\"", "exec", why]);
        assert!(!ending.err.contains("hunter2"), "{}", ending.err);
    }
}

#[test]
fn a_plugin_that_cannot_be_run_is_named() {
    let scene = Scene::new();
    for (exec, why) in [
        (
            "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: eevee-no-such, installHint: 'get it'",
            "eevee-no-such is not there: get it",
        ),
        (
            "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never",
            "exec.command is missing",
        ),
        ("interactiveMode: Never, command: sh", "exec.apiVersion is missing"),
        ("apiVersion: client.authentication.k8s.io/v1alpha1, command: sh", "exec.apiVersion"),
        (
            "apiVersion: client.authentication.k8s.io/v1, command: sh",
            "exec.interactiveMode is missing",
        ),
        (
            "apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: never",
            "must be Never",
        ),
        (
            "apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: Always",
            "no terminal",
        ),
    ] {
        let config = scene.config(&format!("exec: {{{exec}}}"));
        scene.is_unusable(&config, &["config", "user \"u\"", why]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_is_asked_again_when_its_token_is_refused() {
    let scene = Scene::new();
    let count = scene.folder.path("count").display().to_string();
    let script = format!(
        "echo x >> {count}; n=$(wc -l < {count} | tr -d ' '); echo '{{\"apiVersion\": \"{V1}\", \"status\": {{\"token\": \"tok-'$n'\"}}}}'"
    );
    scene.folder.write("config", scene.config(&user(&script)).as_bytes());
    let access = shell::from_kubeconfig(Some(&scene.folder.path("config")), None).expect("access");
    let client = shell::client(access).expect("a client");
    client.apiserver_version().await.expect_err("refused");
    client.apiserver_version().await.expect_err("refused");
    scene.server.heard(&["authorization: Bearer tok-1\r\n"]);
    scene.server.answers(401, "{}");
    client.apiserver_version().await.expect_err("refused");
    client.apiserver_version().await.expect_err("refused");
    scene.server.heard(&["authorization: Bearer tok-2\r\n"]);
}
