//! The files themselves: which are read, and what may be wrong with them.

use super::Scene;
use crate::program::Program;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

fn diff(scene: &Scene, list: &str) -> crate::program::Ending {
    Program::new(&["diff"]).within(&scene.folder).with("KUBECONFIG", list).run()
}

#[test]
fn a_file_of_the_list_that_is_not_there_is_passed_over() {
    let scene = Scene::new();
    scene.folder.write("config", scene.config("token: t").as_bytes());
    for list in ["/nonexistent:config", "config:/nonexistent", ":config::", "config:config"] {
        diff(&scene, list).is_refused(&["HTTP 403"]);
    }
    let names = ["KUBECONFIG", "/nonexistent, also-not"];
    diff(&scene, "/nonexistent:also-not").is_refused(&names);
    diff(&scene, ":").is_refused(&["KUBECONFIG"]);
}

#[test]
fn the_first_file_that_says_something_wins() {
    let scene = Scene::new();
    let other =
        scene.config("token: of-the-other").replace("current-context: x", "current-context: other");
    scene.folder.write("config", scene.config("token: t").as_bytes());
    scene.folder.write("other", other.as_bytes());
    scene.folder.write("empty", b"current-context: ''\nclusters: null\nusers:\n");
    diff(&scene, "empty:config:other").is_refused(&["HTTP 403"]);
    scene.server.heard(&["authorization: Bearer t\r\n"]);
    diff(&scene, "other:config").is_refused(&["no context \"other\"", "other, config"]);
}

#[test]
fn a_kubeconfig_may_be_json() {
    let scene = Scene::new();
    let port = scene.server.port;
    let json = format!(
        "{{\n\t\"clusters\": [{{\"name\": \"c\", \"cluster\": {{\n\t\t\"server\": \"https://127.0.0.1:{port}\", \"certificate-authority\": \"ca.pem\"}}}}],\n\t\"users\": [{{\"name\": \"u\", \"user\": {{\"token\": \"t\"}}}}],\n\t\"contexts\": [{{\"name\": \"x\", \"context\": {{\"cluster\": \"c\", \"user\": \"u\"}}}}],\n\t\"current-context\": \"x\"\n}}\n"
    );
    scene.is_heard(&json, &["authorization: Bearer t\r\n"]);
}

#[test]
fn what_is_no_kubeconfig_is_named() {
    let scene = Scene::new();
    scene.folder.write("folder/file", b"");
    diff(&scene, "folder").is_refused(&["no usable kubeconfig: folder", "cannot be read"]);
    let good = scene.config("token: t");
    for (text, why) in [
        (b"\xff\xfe\x00".to_vec(), "UTF-16"),
        (b"users: \xe9".to_vec(), "not UTF-8"),
        (b"a: [".to_vec(), "line 1"),
        (b"- a".to_vec(), "no kubeconfig"),
        (b"users: []\nhunter2: 1\nhunter2: 2".to_vec(), "a key stands twice, line 3"),
        (b"hunter2".to_vec(), "no kubeconfig"),
        (Vec::new(), "current-context is not set"),
        (b"# nothing\n".to_vec(), "current-context is not set"),
        (good.replace("Config", "Pod").into_bytes(), "kind Config"),
        (good.replace("apiVersion: v1", "apiVersion: v2").into_bytes(), "apiVersion must be v1"),
        (good.replace("token: t", "token: 1234").into_bytes(), "users[0].user.token"),
        (good.replace("token: t", "token: [hunter2]").into_bytes(), "users[0].user.token"),
        (good.replace("{token: t}", "hunter2").into_bytes(), "users[0].user"),
        (
            good.replace("clusters: [", "clusters: [{name: c}, ").into_bytes(),
            "clusters name \"c\" twice",
        ),
    ] {
        scene.folder.write("config", &text);
        let ending = diff(&scene, "config");
        ending.is_refused(&["config", why]);
        assert!(!ending.err.contains("hunter2"), "{}", ending.err);
    }
}

#[test]
fn what_a_context_names_and_is_not_there_is_told() {
    let scene = Scene::new();
    let good = scene.config("token: t");
    for (from, to, words) in [
        ("current-context: x", "", ["config", "current-context is not set"]),
        ("current-context: x", "current-context: ''", ["config", "current-context is not set"]),
        ("current-context: x", "current-context: other", ["config", "no context \"other\""]),
        ("{cluster: c,", "{cluster: d,", ["context \"x\"", "cluster \"d\""]),
        ("{cluster: c,", "{", ["context \"x\"", "names no cluster"]),
        ("user: u}", "user: v}", ["context \"x\"", "user \"v\""]),
        ("contexts: [", "others: [", ["config", "no context \"x\""]),
    ] {
        assert!(good.contains(from), "{from}");
        scene.is_unusable(&good.replace(from, to), &words);
    }
    scene.is_heard(&good.replace(", user: u}", "}"), &["GET /apis/eevee.bot/v1 "]);
}

#[test]
fn a_server_that_is_none_is_named() {
    let scene = Scene::new();
    let server = format!("\"https://127.0.0.1:{}\"", scene.server.port);
    for wrong in ["''", "https://", "'a b'", "ftp://a", "https://a:99999", "https://u:hunter2@a"] {
        let config = scene.config("token: t").replace(&server, wrong);
        scene.is_unusable(&config, &["config", "cluster \"c\"", "server"]);
        assert!(!scene.diff(&config).err.contains("hunter2"));
    }
}

#[test]
fn base64_may_be_wrapped() {
    let scene = Scene::new();
    let encoded = STANDARD.encode(&scene.authority.pem);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).expect("ASCII"))
        .collect();
    for data in [lines.join("\\n"), lines.join("\\r\\n") + "\\n", encoded] {
        let cluster = format!("certificate-authority-data: \"{data}\"");
        scene.is_heard(&scene.config_of(&cluster, "token: t"), &["authorization: Bearer t"]);
    }
}

#[test]
fn an_authority_that_cannot_be_used_is_named() {
    let scene = Scene::new();
    scene.folder.write("none.pem", b"hunter2");
    let none = STANDARD.encode("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    for (cluster, words) in [
        ("certificate-authority: gone.pem", ["certificate-authority (gone.pem)", "cannot be read"]),
        ("certificate-authority: none.pem", ["certificate-authority (none.pem)", "no certificate"]),
        ("certificate-authority-data: 'a b'", ["certificate-authority-data", "not base64"]),
        (
            "certificate-authority-data: aHVudGVyMg==",
            ["certificate-authority-data", "no certificate"],
        ),
        (
            &format!("certificate-authority-data: {none}"),
            ["certificate-authority-data", "no certificate"],
        ),
        (
            "certificate-authority: ca.pem, certificate-authority-data: YQ==",
            ["certificate-authority", "keep one"],
        ),
    ] {
        let config = scene.config_of(cluster, "token: t");
        scene.is_unusable(&config, &[&["config", "cluster \"c\""], &words[..]].concat());
    }
}
