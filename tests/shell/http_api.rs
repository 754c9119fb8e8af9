//! The HTTP API of the running operator, with what is really in the cluster.

use crate::api::{RESTART, ask, bearer, get, restart};
use crate::findings::deployment;
use crate::http_client::{Answer, Client, FOREVER, post, request};
use crate::operator::{LONG, Running, TOKEN, cluster, settings};
use crate::stage::Stage;
use crate::support::{Edge, Fault, Objects, Request, Verb};
use eevee_operator::snapshot::Settings;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::time::{sleep, timeout};

const IMAGE: &str = "registry.example:5000/eevee/echo:1.2";

/// What `/api/bot-modules` tells of a module, once `wanted` says so. What a watch tells of a pod may
/// come after the module is Ready.
async fn told_of(stage: &Stage<'_>, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for source in 1..=250 {
        let authorization = bearer(TOKEN);
        let headers = [("Authorization", authorization.as_str())];
        // Each address may ask only so often.
        let address = Ipv4Addr::new(127, 0, 1, source);
        let mut client = Client::connect_from(address, stage.address()).await;
        client.send(request("GET", "/api/bot-modules", &headers)).await;
        let modules = client.answer().await.json();
        let modules = modules.as_array().expect("an array");
        last = modules.iter().find(|module| module["crName"] == name).cloned().unwrap_or_default();
        if wanted(&last) {
            return last;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("{name} is told of as {last}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn modules_are_told_with_their_pods() {
    let mut stage = Stage::set("http").await;
    stage.apply_module("echo", json!({ "image": IMAGE, "moduleName": "echoes" })).await;
    stage.apply_module("off", json!({ "image": "off", "enabled": false })).await;
    stage.ready("echo").await;
    let echo = told_of(&stage, "echo", |echo| echo["podStatus"]["ready"] == true).await;
    let pods = stage.objects.list("pods").await;
    let [pod] = &pods[..] else { panic!("{pods:?}") };
    let status = &pod["status"];
    let container = &status["containerStatuses"][0];
    let conditions: Vec<Value> = status["conditions"]
        .as_array()
        .expect("conditions")
        .iter()
        .map(|one| {
            json!({
                "type": one["type"], "status": one["status"],
                "lastTransitionTime": one["lastTransitionTime"],
            })
        })
        .collect();
    let expected = json!({
        "name": "echoes", "crName": "echo", "namespace": stage.namespace(),
        "image": IMAGE, "tag": "1.2", "enabled": true,
        "podStatus": {
            "phase": "Running", "ready": true, "restartCount": 0,
            "containerStatuses": [{
                "name": "module", "ready": true, "restartCount": 0, "image": IMAGE,
                "state": container["state"], "lastState": container["lastState"],
            }],
            "conditions": conditions,
            "startedAt": status["startTime"],
        },
    });
    assert_eq!(echo, expected);
    assert!(container["state"]["running"]["startedAt"].is_string(), "{container}");
    let off = told_of(&stage, "off", |off| !off.is_null()).await;
    let expected = json!({
        "name": "off", "crName": "off", "namespace": stage.namespace(),
        "image": "off", "tag": "latest", "enabled": false, "podStatus": null,
    });
    assert_eq!(off, expected);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pod_told_of_is_one_of_the_current_revision() {
    let mut stage = Stage::set("http").await;
    stage.apply_module("echo", json!({ "image": "echo:1" })).await;
    stage.ready("echo").await;
    stage.change("echo", json!({ "image": "echo:2" })).await;
    let has_new = |echo: &Value| echo["podStatus"]["containerStatuses"][0]["image"] == "echo:2";
    told_of(&stage, "echo", has_new).await;
    stage.stop().await;
}

/// What `/api/status` tells of the one namespace.
async fn status(stage: &Stage<'_>) -> Answer {
    let authorization = bearer(TOKEN);
    get(stage.address(), "/api/status", &[("Authorization", authorization.as_str())]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_comes_from_the_caches_and_holds_nothing_private() {
    let mut stage = Stage::set("http").await;
    let private = "nobody-elses-business";
    let spec = json!({
        "image": IMAGE, "moduleConfig": private, "env": [{ "name": "A", "value": private }],
    });
    stage.apply_module("echo", spec).await;
    stage.ready("echo").await;
    stage.statuses_settled().await;
    stage.edge.clear();

    let first = status(&stage).await;
    let json = first.json();
    let echo = &json["namespaces"][0]["modules"][0];
    let told = (&echo["name"], &echo["level"], &echo["tag"], &echo["pod"]["ready"]);
    assert_eq!(told, (&json!("echo"), &json!("ok"), &json!("1.2"), &json!(true)), "{json}");
    assert!(!first.body.contains(private), "{json}");
    assert!(!first.body.contains(TOKEN), "{json}");
    let tag = first.header("etag").expect("a tag").to_owned();
    let authorization = bearer(TOKEN);
    let headers = [("Authorization", authorization.as_str()), ("If-None-Match", tag.as_str())];
    let mut client = Client::connect(stage.address()).await;
    client.send(request("GET", "/api/status", &headers)).await;
    assert_eq!(client.answer_without_body().await.status, 304);
    let asked = stage.edge.select(|request| request.resource != "leases");
    assert!(asked.is_empty(), "{asked:?}");

    stage.change("echo", json!({ "image": "echo:2" })).await;
    let changed = async {
        while status(&stage).await.json()["namespaces"][0]["modules"][0]["tag"] != "2" {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(LONG, changed).await.expect("the change is told of");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_that_cannot_be_is_answered_with_why() {
    let mut stage = Stage::set("http").await;
    let here = stage.namespace().to_owned();
    for name in ["one", "two"] {
        stage.apply_module(name, json!({ "image": "a", "moduleName": "twin" })).await;
        stage.ready(name).await;
    }
    stage.apply_module("off", json!({ "image": "a", "enabled": false })).await;
    stage
        .objects
        .wait_for_condition(("botmodules", "off"), "Ready", ("True", "Disabled"), LONG)
        .await;

    for (module, namespace, status, error) in [
        ("nobody", here.as_str(), 404, format!("Module nobody not found in namespace {here}")),
        ("one", "elsewhere", 404, "Namespace elsewhere is not watched".to_owned()),
        ("off", &here, 404, format!("Deployment for module off not found in namespace {here}")),
    ] {
        let answer = restart(stage.address(), module, namespace).await;
        assert_eq!((answer.status, answer.error()), (status, error), "{answer:?}");
    }
    let answer = restart(stage.address(), "twin", &here).await;
    assert_eq!(answer.status, 409, "{answer:?}");
    assert_eq!(answer.json()["details"], json!(["one", "two"]));

    let restarts = |request: &Request| {
        request.query.get("fieldManager").is_some_and(|it| it == "eevee-operator-restart")
    };
    for fault in [Fault::Status(500), Fault::Status(403), Fault::Cut] {
        let rule = stage.edge.rule(restarts, fault);
        let answer = restart(stage.address(), "one", &here).await;
        assert_eq!(
            (answer.status, answer.error()),
            (500, "Failed to restart module one".to_owned())
        );
        assert_eq!(rule.hits(), 1);
    }
    assert_eq!(stage.revisions(&deployment("one")).await, 1, "nothing was restarted");
    let answer = restart(stage.address(), "one", &here).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json(), json!({ "message": "Module one restart initiated successfully" }));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_token_learns_and_does_nothing() {
    let mut stage = Stage::set("http").await;
    stage.apply_module("echo", json!({ "image": "a" })).await;
    stage.ready("echo").await;
    stage.settled().await;
    stage.edge.clear();
    let body = json!({ "moduleName": "echo", "namespace": stage.namespace() }).to_string();
    let (right, wrong) = (bearer(TOKEN), bearer("wrong"));
    let basic = right.replace("Bearer", "Basic");
    for (header, error) in [
        (None, "Authorization header required"),
        (Some(&basic), "Invalid authorization format"),
        (Some(&wrong), "Invalid token"),
    ] {
        let headers: Vec<(&str, &str)> =
            header.iter().map(|value| ("Authorization", value.as_str())).collect();
        for bytes in [
            request("GET", "/api/bot-modules", &headers),
            request("GET", "/api/health", &headers),
            post(RESTART, &headers, &body),
        ] {
            let answer = ask(stage.address(), bytes).await;
            assert_eq!((answer.status, answer.error().as_str()), (401, error));
        }
    }
    stage.settled().await;
    assert!(stage.edge.writes().is_empty(), "{}", stage.edge.listing());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_without_a_token_lets_nobody_in() {
    let objects = Objects::in_fresh_namespace(cluster(), "http").await;
    let settings = Settings { api_token: None, ..settings(objects.namespace()) };
    let running = Running::start_as(cluster(), settings, &Edge::new(), "test").await;
    for token in ["", TOKEN] {
        let authorization = bearer(token);
        let headers = [("Authorization", authorization.as_str())];
        let answer = get(running.address, "/api/bot-modules", &headers).await;
        let expected = (401, "API Token not configured".to_owned());
        assert_eq!((answer.status, answer.error()), expected);
    }
    running.stop().await;
}

/// Every answer to as many requests at once, each on a connection of its own.
async fn at_once(address: SocketAddr, path: &'static str, times: usize) -> Vec<u16> {
    let authorization = bearer(TOKEN);
    let ask = || {
        let authorization = authorization.clone();
        async move {
            let headers = [("Authorization", authorization.as_str())];
            get(address, path, &headers).await.status
        }
    };
    let asked = (0..times).map(|_| tokio::spawn(ask()));
    let answers = timeout(FOREVER, futures::future::join_all(asked)).await.expect("in time");
    answers.into_iter().map(|answer| answer.expect("an answer")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_requests_at_once_leave_the_watches_alone() {
    let mut stage = Stage::set("http").await;
    stage.apply_module("first", json!({ "image": "a" })).await;
    stage.ready("first").await;
    stage.settled().await;
    stage.edge.clear();
    let address = stage.address();
    stage.apply_module("second", json!({ "image": "a" })).await;
    let (answers, _ready) =
        tokio::join!(at_once(address, "/api/bot-modules", 1000), stage.ready("second"));
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(200), count(429)), (100, 900));
    for path in ["/metrics", "/api/metrics", "/livez", "/readyz", "/api/health"] {
        let answers = at_once(address, path, 200).await;
        assert!(answers.iter().all(|answer| *answer == 200), "{path}: {answers:?}");
    }
    let reads = stage.edge.select(|request| matches!(request.verb, Verb::List | Verb::Watch));
    assert!(reads.is_empty(), "a watch was opened anew: {reads:?}");
    stage.stop().await;
}
