//! Tokens and passwords.

use super::api_server::ApiServer;
use super::{Scene, kubeconfig};
use eevee_operator::shell;

#[test]
fn a_token_file_counts_without_the_line_break_behind_it() {
    let scene = Scene::new();
    scene.folder.write("tokens/mine", b"tok\n");
    scene.is_heard(&scene.config("tokenFile: tokens/mine"), &["authorization: Bearer tok\r\n"]);
}

#[test]
fn paths_begin_at_the_folder_of_their_file() {
    let scene = Scene::new();
    scene.folder.write("there/tokens/mine", b" tok \r\n");
    scene.folder.write("there/ca.pem", scene.authority.pem.as_bytes());
    scene.folder.write("there/config", scene.config("tokenFile: tokens/mine").as_bytes());
    let run = crate::program::Program::new(&["diff", "--kubeconfig", "there/config"]);
    run.within(&scene.folder).run().is_refused(&["HTTP 403"]);
    scene.server.heard(&["authorization: Bearer tok\r\n"]);
}

#[test]
fn a_token_file_wins_over_a_token_as_long_as_it_can_be_read() {
    let scene = Scene::new();
    scene.folder.write("mine", b"of-the-file");
    let both = scene.config("tokenFile: mine, token: of-the-field");
    scene.is_heard(&both, &["authorization: Bearer of-the-file\r\n"]);
    let gone = scene.config("tokenFile: gone, token: of-the-field");
    scene.is_heard(&gone, &["authorization: Bearer of-the-field\r\n"]);
}

#[test]
fn a_token_file_that_holds_no_token_is_named() {
    let scene = Scene::new();
    scene.folder.write("empty", b" \n");
    scene.folder.write("strange", b"hunter2\nhunter3");
    for (file, why) in
        [("gone", "cannot be read"), ("empty", "is empty"), ("strange", "line break")]
    {
        let config = scene.config(&format!("tokenFile: {file}"));
        scene.is_unusable(&config, &["config", "user \"u\"", "tokenFile", file, why]);
        assert!(!scene.diff(&config).err.contains("hunter"));
    }
}

/// Go's client refuses to send it, too.
#[test]
fn a_token_that_no_header_can_hold_is_refused_untold() {
    let scene = Scene::new();
    for token in [r#""hunter2\n""#, r#""hunter2\u0001""#, r#""hunter2\u007f""#, r#""a\0hunter2""#] {
        let config = scene.config(&format!("token: {token}"));
        scene.is_unusable(&config, &["config", "user \"u\"", "token", "control character"]);
        assert!(!scene.diff(&config).err.contains("hunter2"));
    }
    let folded = scene.config("").replace("user: {}}]", "user:\n    token: |\n      hunter2\n}]");
    assert_eq!(scene.diff(&folded).code, 2);
}

#[test]
fn an_empty_token_is_none() {
    let scene = Scene::new();
    let client = scene.authority.issue(&[]);
    scene.folder.write("u.pem", client.pem.as_bytes());
    scene.folder.write("u.key", client.key_pem.as_bytes());
    let user = "client-certificate: u.pem, client-key: u.key, token: '', tokenFile: ''";
    scene.is_heard(&scene.config(user), &["certificates: 1"]);
    let heard = scene.server.requests().concat();
    assert!(!heard.contains("authorization"), "{heard}");
}

#[test]
fn a_name_and_a_password_are_sent_and_not_beside_a_token() {
    let scene = Scene::new();
    let user = scene.config("username: me, password: secret");
    scene.is_heard(&user, &["authorization: Basic bWU6c2VjcmV0\r\n"]);
    scene.is_heard(&scene.config("username: me"), &["authorization: Basic bWU6\r\n"]);
    let scene = Scene::new();
    let both = scene.config("username: me, password: secret, token: t");
    scene.is_unusable(&both, &["user \"u\"", "token", "username"]);
}

#[test]
fn over_plain_http_nothing_secret_is_sent() {
    let scene = Scene::new();
    let server = ApiServer::over_plain_http();
    for address in
        [format!("http://127.0.0.1:{}", server.port), format!("127.0.0.1:{}", server.port)]
    {
        let config = kubeconfig(&address, "", "token: hunter2, as: someone");
        scene.diff(&config).is_refused(&["HTTP 403"]);
        server.heard(&["GET /apis/eevee.bot/v1 ", "impersonate-user: someone"]);
        let heard = server.requests().concat();
        assert!(!heard.contains("hunter2"), "{heard}");
    }
}

/// A client that goes on for long takes the token of the day.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_token_file_is_read_again() {
    let scene = Scene::new();
    scene.folder.write("mine", b"yesterday\n");
    scene.folder.write("config", scene.config("tokenFile: mine").as_bytes());
    let access = shell::from_kubeconfig(Some(&scene.folder.path("config")), None).expect("access");
    let client = shell::client(access).expect("a client");
    scene.server.answers(401, r#"{"kind":"Status","code":401,"message":"Unauthorized"}"#);
    client.apiserver_version().await.expect_err("refused");
    scene.server.heard(&["authorization: Bearer yesterday\r\n"]);
    scene.folder.write("mine", b"today\n");
    client.apiserver_version().await.expect_err("refused");
    scene.server.heard(&["authorization: Bearer today\r\n"]);
    scene.folder.write("mine", b"");
    client.apiserver_version().await.expect_err("refused");
    scene.server.heard(&["authorization: Bearer today\r\n"]);
}
