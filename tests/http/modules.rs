//! What is told of modules.

use crate::fake::{Fake, module};
use crate::server::Server;
use eevee_operator::object::Object;
use serde_json::json;
use std::sync::Arc;

#[tokio::test]
async fn nothing_is_an_empty_list() {
    let server = Server::start(Fake::default());
    let answer = server.get("/api/bot-modules").await;
    assert_eq!((answer.status, answer.json()), (200, json!([])));
}

#[tokio::test]
async fn what_is_not_known_yet_is_neither_an_empty_list_nor_a_module_that_is_not_there() {
    let fake = Fake { waiting: Some("caches are filling".to_owned()), ..Fake::default() };
    let server = Server::start(fake);
    let asked = json!({ "moduleName": "echo", "namespace": "bots" }).to_string();
    let restarted = server.post("/api/action/restart-module", &asked).await;
    for answer in [server.get("/api/bot-modules").await, restarted] {
        assert_eq!(answer.status, 500);
        let wanted =
            json!({ "error": "The cluster has not answered yet", "details": "caches are filling" });
        assert_eq!(answer.json(), wanted);
    }
}

#[tokio::test]
async fn modules_of_every_namespace_are_told() {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "eevee-echo-module-1" },
        "status": {
            "phase": "Running",
            "startTime": "2026-01-02T03:04:05Z",
            "conditions": [
                { "type": "Ready", "status": "True", "lastTransitionTime": "2026-01-02T03:04:06Z" },
            ],
            "containerStatuses": [{
                "name": "module", "ready": true, "restartCount": 2, "image": "echo:1",
                "state": { "running": { "startedAt": "2026-01-02T03:04:06Z" } }, "lastState": {},
            }],
        },
    });
    let mut fake = Fake::with([
        module(
            "bots",
            "echo",
            json!({ "image": "localhost:5000/echo:1.2", "moduleName": "Echo", "enabled": true }),
        ),
        module("bots", "off", json!({ "image": "localhost:5000/off", "enabled": false })),
        module("more", "pinned", json!({ "image": "x@sha256:00", "moduleName": "" })),
        module("more", "broken", json!({})),
    ]);
    fake.pods.insert("echo".to_owned(), Arc::new(Object::new(pod, "bots").unwrap()));
    let server = Server::start(fake);
    let answer = server.get("/api/bot-modules").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!([
            {
                "name": "Echo", "crName": "echo", "namespace": "bots", "enabled": true,
                "image": "localhost:5000/echo:1.2", "tag": "1.2",
                "podStatus": {
                    "phase": "Running", "ready": true, "restartCount": 2,
                    "containerStatuses": [{
                        "name": "module", "ready": true, "restartCount": 2, "image": "echo:1",
                        "state": { "running": { "startedAt": "2026-01-02T03:04:06Z" } },
                        "lastState": {},
                    }],
                    "conditions": [{
                        "type": "Ready", "status": "True",
                        "lastTransitionTime": "2026-01-02T03:04:06Z",
                    }],
                    "startedAt": "2026-01-02T03:04:05Z",
                },
            },
            {
                "name": "off", "crName": "off", "namespace": "bots", "enabled": false,
                "image": "localhost:5000/off", "tag": "latest", "podStatus": null,
            },
            {
                "name": "pinned", "crName": "pinned", "namespace": "more", "enabled": true,
                "image": "x@sha256:00", "tag": null, "podStatus": null,
            },
            {
                "name": "broken", "crName": "broken", "namespace": "more", "enabled": true,
                "image": null, "tag": null, "podStatus": null,
            },
        ])
    );
}
