//! What a server answers is told as its answer, and what helps.

use super::Scene;

#[test]
fn an_answer_is_told_with_what_helps() {
    let scene = Scene::new();
    let config = scene.config("token: hunter2");
    for (code, body, words) in [
        (
            401,
            r#"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}"#,
            ["HTTP 401: Unauthorized", "log in again"],
        ),
        (
            403,
            super::api_server::FORBIDDEN,
            ["HTTP 403: apis is forbidden: no", "system:discovery"],
        ),
        (
            403,
            "<html>\n<b>Blocked</b>\n</html>",
            ["HTTP 403: <html> <b>Blocked</b> </html>", "system:discovery"],
        ),
        (
            500,
            r#"{"kind":"Status","code":500,"message":"etcd is gone"}"#,
            ["HTTP 500: etcd is gone", "the API server answers"],
        ),
        (
            400,
            "Client sent an HTTP request to an HTTPS server.\n",
            ["HTTP 400: Client sent an HTTP request", "the API server answers"],
        ),
        (503, "no upstream", ["HTTP 503: no upstream", "the API server answers"]),
        (200, "<html>Welcome</html>", ["no Kubernetes API server", "its answer"]),
    ] {
        scene.server.answers(code, body);
        let ending = scene.diff(&config);
        ending.is_refused(&words);
        for wrong in ["does not answer", "ApiError", "Status {", "Some(", "hunter2", "ERROR"] {
            assert!(!ending.err.contains(wrong), "{wrong:?} is in {}", ending.err);
        }
    }
}

#[test]
fn a_whole_page_is_cut() {
    let scene = Scene::new();
    scene.server.answers(403, &"ä page ".repeat(10_000));
    let ending = scene.diff(&scene.config("token: t"));
    ending.is_refused(&["HTTP 403: ä page", " ...: "]);
    assert!(ending.err.len() < 1000, "{}", ending.err.len());
}

#[test]
fn a_server_that_is_not_there_does_not_answer() {
    let scene = Scene::new();
    let here = format!(":{}", scene.server.port);
    let config = scene.config("token: t").replace(&here, ":1");
    scene.diff(&config).is_refused(&["the API server does not answer", "refused"]);
}
