//! Client certificates, impersonation and providers of credentials.

use super::Scene;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

#[test]
fn a_client_certificate_may_stand_in_files_or_in_the_kubeconfig() {
    let scene = Scene::new();
    let client = scene.authority.issue(&[]);
    // Both in one file is common.
    scene.folder.write("both.pem", format!("{}{}", client.pem, client.key_pem).as_bytes());
    let files = scene.config("client-certificate: both.pem, client-key: both.pem");
    scene.is_heard(&files, &["certificates: 1"]);
    let (pem, key) = (STANDARD.encode(&client.pem), STANDARD.encode(&client.key_pem));
    let wrapped = format!("{}\\n{}", &pem[..40], &pem[40..]);
    let data = format!("client-certificate-data: \"{wrapped}\", client-key-data: {key}");
    scene.is_heard(&scene.config(&data), &["certificates: 1"]);
}

#[test]
fn a_client_certificate_that_cannot_be_used_is_named() {
    let scene = Scene::new();
    let (client, other) = (scene.authority.issue(&[]), scene.authority.issue(&[]));
    scene.folder.write("u.pem", client.pem.as_bytes());
    scene.folder.write("other.key", other.key_pem.as_bytes());
    scene.folder.write(
        "locked.key",
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    scene.folder.write("none", b"hunter2");
    for (user, words) in [
        ("client-certificate: u.pem", ["client-key", "missing"]),
        (
            "client-certificate: u.pem, client-key: other.key",
            ["client-key (other.key)", "does not fit"],
        ),
        (
            "client-certificate: u.pem, client-key: locked.key",
            ["client-key (locked.key)", "without a password"],
        ),
        ("client-certificate: u.pem, client-key: none", ["client-key (none)", "no private key"]),
        (
            "client-certificate: none, client-key: other.key",
            ["client-certificate (none)", "no certificate"],
        ),
        (
            "client-certificate: gone, client-key: other.key",
            ["client-certificate (gone)", "cannot be read"],
        ),
        ("client-certificate: u.pem, client-key-data: '!'", ["client-key-data", "not base64"]),
    ] {
        scene.is_unusable(&scene.config(user), &[&["config", "user \"u\""], &words[..]].concat());
    }
}

#[test]
fn a_user_may_be_impersonated() {
    let scene = Scene::new();
    let user = "token: t, as: jane, as-uid: '7', as-groups: [a, b], as-user-extra: {Some/Key: [v]}";
    let words = [
        "impersonate-user: jane",
        "impersonate-uid: 7",
        "impersonate-group: a",
        "impersonate-group: b",
        "impersonate-extra-some%2fkey: v",
        "authorization: Bearer t",
    ];
    scene.is_heard(&scene.config(user), &words);
    let scene = Scene::new();
    scene.is_unusable(
        &scene.config("token: t, as-groups: [a]"),
        &["user \"u\"", "as-groups", "as "],
    );
    scene.is_unusable(
        &scene.config("token: t, as: \"a\\nb\""),
        &["config", "user \"u\"", "as, as-uid"],
    );
}

#[test]
fn a_provider_that_kubectl_knows_no_more_is_refused_and_a_token_of_oidc_is_sent() {
    let scene = Scene::new();
    let provider = |name: &str, config: &str| {
        scene.config(&format!("auth-provider: {{name: {name}, config: {{{config}}}}}"))
    };
    scene.is_unusable(&provider("gcp", "cmd-path: touch"), &["user \"u\"", "\"gcp\"", "exec"]);
    scene.is_unusable(&provider("azure", ""), &["user \"u\"", "\"azure\"", "exec"]);
    scene.is_unusable(&provider("oidc", ""), &["user \"u\"", "id-token"]);
    scene.is_unusable(&provider("oidc", r#"id-token: "a\nb""#), &["user \"u\"", "id-token"]);
    scene.is_heard(&provider("oidc", "id-token: t"), &["authorization: Bearer t\r\n"]);
}
