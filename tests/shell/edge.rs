//! The edge itself: what it sees and does is what it says.

use crate::cluster::shared;
use crate::support::{Edge, Fault, LastWrite, Objects, Request, Verb};
use futures::{Stream, StreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Error;
use kube::api::{
    Api, DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams,
};
use serde_json::json;
use std::pin::{Pin, pin};
use std::time::{Duration, Instant};
use tokio::time::timeout;

const LONG: Duration = Duration::from_secs(30);

/// Longer than the API server takes to tell a watch of a write; nothing else shows that it does not.
const SILENCE: Duration = Duration::from_millis(300);

/// An edge, a client behind it, and the same namespace seen past it.
struct Scene {
    edge: Edge,
    maps: Api<ConfigMap>,
    objects: Objects,
}

async fn scene() -> Scene {
    let objects = Objects::in_fresh_namespace(shared(), "edge").await;
    let edge = Edge::new();
    let maps = Api::namespaced(edge.client(shared()).await, objects.namespace());
    Scene { edge, maps, objects }
}

impl Scene {
    async fn create(&self, name: &str) -> Result<ConfigMap, Error> {
        let map = serde_json::from_value(json!({ "metadata": { "name": name } })).expect("a map");
        self.maps.create(&PostParams::default(), &map).await
    }

    async fn is_there(&self, name: &str) -> bool {
        self.objects.get("configmaps", name).await.is_some()
    }

    /// From now on.
    async fn watch(&self) -> Events {
        let params = WatchParams::default().fields("metadata.name!=kube-root-ca.crt");
        let now = self.maps.list(&ListParams::default()).await.expect("a list").metadata;
        let version = now.resource_version.expect("a resourceVersion");
        self.maps.watch(&params, &version).await.expect("a watch").boxed()
    }
}

type Events = Pin<Box<dyn Stream<Item = Result<WatchEvent<ConfigMap>, Error>> + Send>>;

async fn next(events: &mut Events) -> Option<Result<String, Error>> {
    let event = timeout(LONG, events.next()).await.expect("an event or the end")?;
    Some(event.map(|event| match event {
        WatchEvent::Added(map) => map.metadata.name.expect("a name"),
        WatchEvent::Error(status) => status.code.to_string(),
        other => panic!("unexpected {other:?}"),
    }))
}

fn code(error: Error) -> u16 {
    match error {
        Error::Api(status) => status.code,
        other => panic!("not an answer of the API server: {other}"),
    }
}

fn is_lost(error: &Error) -> bool {
    !matches!(error, Error::Api(_))
}

#[tokio::test]
async fn requests_are_recorded_with_what_they_are_about() {
    let scene = scene().await;
    let namespace = scene.objects.namespace();
    let ssa = PatchParams::apply("me").force();
    let map = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "a" }, "data": { "key": "value" } });
    scene.maps.patch("a", &ssa, &Patch::Apply(&map)).await.expect("applied");
    let patch = Patch::Merge(json!({ "data": null }));
    scene.maps.patch("a", &PatchParams::default(), &patch).await.expect("patched");
    scene.maps.list(&ListParams::default().labels("a=b")).await.expect("listed");
    scene.maps.get("b").await.expect_err("not there");
    scene.maps.delete("a", &DeleteParams::default()).await.expect("deleted");
    let seen = scene.edge.requests();
    let verbs: Vec<(Verb, Option<u16>)> =
        seen.iter().map(|request| (request.verb, request.status)).collect();
    assert_eq!(
        verbs,
        [
            (Verb::Apply, Some(201)),
            (Verb::Patch, Some(200)),
            (Verb::List, Some(200)),
            (Verb::Get, Some(404)),
            (Verb::Delete, Some(200)),
        ]
    );
    let [apply, _, list, ..] = &seen[..] else { unreachable!() };
    assert!(apply.names(namespace, "a") && apply.resource == "configmaps");
    assert_eq!(apply.body["data"]["key"], "value");
    assert_eq!(apply.query["fieldManager"], "me");
    assert_eq!(list.query["labelSelector"], "a=b");
    assert!(seen.iter().all(|request| request.finished.is_some_and(|end| end >= request.at)));
    assert_eq!(scene.edge.writes().len(), 3);
    scene.edge.clear();
    assert!(scene.edge.requests().is_empty());
}

#[tokio::test]
async fn a_limited_refusal_befalls_so_many_requests() {
    let scene = scene().await;
    let rule = scene.edge.rule(|r| r.verb == Verb::Create, Fault::Status(503).times(2));
    for _ in 0..2 {
        assert_eq!(code(scene.create("a").await.expect_err("refused")), 503);
    }
    assert!(!scene.is_there("a").await);
    scene.create("a").await.expect("created");
    assert_eq!(rule.hits(), 2);
}

#[tokio::test]
async fn a_refusal_lasts_as_long_as_its_rule_and_the_youngest_rule_counts() {
    let scene = scene().await;
    let _forbidden = scene.edge.rule(|_| true, Fault::Status(403));
    let invalid = scene.edge.rule(|_| true, Fault::Refuse(422, "too long".into()));
    let refusal = scene.create("a").await.expect_err("refused");
    assert!(refusal.to_string().contains("too long"), "{refusal}");
    assert_eq!(code(refusal), 422);
    drop(invalid);
    assert_eq!(code(scene.create("a").await.expect_err("refused")), 403);
}

#[tokio::test]
async fn a_cut_comes_before_the_request_or_after_it() {
    let scene = scene().await;
    let before =
        scene.edge.rule(|r| r.names(&r.namespace.clone().unwrap_or_default(), "a"), Fault::Cut);
    let after = scene.edge.rule(|r| r.body["metadata"]["name"] == "b", Fault::CutAfter);
    for name in ["a", "b"] {
        assert!(is_lost(&scene.create(name).await.expect_err("cut")));
    }
    assert_eq!((before.hits(), after.hits()), (1, 1));
    assert!(!scene.is_there("a").await && scene.is_there("b").await);
    let statuses: Vec<Option<u16>> = scene.edge.requests().iter().map(|r| r.status).collect();
    assert_eq!(statuses, [None, Some(201)]);
}

#[tokio::test]
async fn a_request_without_an_answer_was_performed_or_not() {
    let scene = scene().await;
    let never = scene.edge.rule(|_| true, Fault::Timeout);
    timeout(SILENCE, scene.create("a")).await.expect_err("an answer");
    drop(never);
    let after = scene.edge.rule(|_| true, Fault::TimeoutAfter);
    let mut created = pin!(scene.create("b"));
    let performed = scene.edge.wait_for_request("the creation", LONG, Request::succeeded);
    tokio::select! {
        answer = &mut created => panic!("an answer: {answer:?}"),
        _ = performed => {}
    }
    timeout(SILENCE, created).await.expect_err("an answer");
    drop(after);
    assert!(!scene.is_there("a").await && scene.is_there("b").await);
    let given_up = scene.edge.requests();
    assert!(given_up.iter().all(|request| request.finished.is_some()), "{given_up:?}");
}

#[tokio::test]
async fn a_held_request_goes_when_its_rule_does() {
    let scene = scene().await;
    let rule = scene.edge.rule(Request::is_write, Fault::Hold);
    let mut created = pin!(scene.create("a"));
    timeout(SILENCE, &mut created).await.expect_err("an answer");
    rule.hit(LONG).await;
    assert!(!scene.is_there("a").await);
    rule.release();
    created.await.expect("created");
}

#[tokio::test]
async fn a_delayed_request_goes_later() {
    let scene = scene().await;
    let _rule = scene.edge.rule(Request::is_write, Fault::Delay(SILENCE));
    let start = Instant::now();
    scene.create("a").await.expect("created");
    assert!(start.elapsed() >= SILENCE);
}

#[tokio::test]
async fn held_events_come_all_when_they_are_released() {
    let scene = scene().await;
    let mut events = scene.watch().await;
    scene.create("a").await.expect("created");
    assert_eq!(next(&mut events).await.expect("an event").expect("no error"), "a");
    let rule = scene.edge.rule(|r| r.resource == "configmaps", Fault::HoldEvents);
    scene.create("b").await.expect("created");
    scene.create("c").await.expect("created");
    timeout(SILENCE, events.next()).await.expect_err("an event");
    assert_eq!(rule.hits(), 1);
    drop(rule);
    for name in ["b", "c"] {
        assert_eq!(next(&mut events).await.expect("an event").expect("no error"), name);
    }
}

#[tokio::test]
async fn watches_can_be_cut_once_or_for_as_long_as_a_rule_stands() {
    let scene = scene().await;
    let mut events = scene.watch().await;
    scene.edge.cut_watches(|_| true);
    next(&mut events).await.expect("an error").expect_err("cut");
    let mut events = scene.watch().await;
    scene.create("a").await.expect("created");
    assert_eq!(next(&mut events).await.expect("an event").expect("no error"), "a");
    let _rule = scene.edge.rule(|_| true, Fault::CutStream);
    next(&mut events).await.expect("an error").expect_err("cut");
    let mut events = scene.watch().await;
    next(&mut events).await.expect("an error").expect_err("cut");
}

#[tokio::test]
async fn a_watch_can_expire() {
    let scene = scene().await;
    let mut events = scene.watch().await;
    let rule = scene.edge.rule(|_| true, Fault::Expire.times(1));
    assert_eq!(next(&mut events).await.expect("an event").expect("no error"), "410");
    assert!(next(&mut events).await.is_none());
    assert_eq!(rule.hits(), 1);
}

#[tokio::test]
async fn a_crash_lets_nothing_through_after_its_write() {
    for (last, expected) in [(LastWrite::Performed, true), (LastWrite::NotSent, false)] {
        let scene = scene().await;
        let mut events = scene.watch().await;
        let crash = scene.edge.crash_at_write(2, last);
        scene.create("a").await.expect("created");
        assert!(!crash.has_happened());
        assert!(is_lost(&scene.create("b").await.expect_err("crashed")));
        assert!(crash.happens(LONG).await);
        assert!(is_lost(&scene.create("c").await.expect_err("crashed")));
        assert!(is_lost(&scene.maps.get("a").await.expect_err("crashed")));
        while let Some(Ok(_)) = next(&mut events).await {}
        assert_eq!(scene.is_there("b").await, expected, "{last:?}");
        assert!(!scene.is_there("c").await);
        drop(crash);
        scene.create("c").await.expect("created");
    }
}

#[tokio::test]
async fn settled_waits_for_writes_that_are_under_way() {
    let scene = scene().await;
    let quiet = Duration::from_millis(50);
    let _rule = scene.edge.rule(Request::is_write, Fault::Delay(SILENCE));
    let settled = async {
        scene.edge.settled(quiet, LONG).await;
        Instant::now()
    };
    let (created, settled) = tokio::join!(scene.create("a"), settled);
    created.expect("created");
    let finished = scene.edge.writes()[0].finished.expect("an end");
    assert!(settled >= finished + quiet);
}

#[tokio::test]
async fn waiting_ends_with_the_request_that_is_waited_for() {
    let scene = scene().await;
    let wanted = scene.edge.wait_for_request("the answer", LONG, |r| r.is_write() && r.succeeded());
    let (created, found) = tokio::join!(scene.create("a"), wanted);
    created.expect("created");
    assert!(found.names(scene.objects.namespace(), "a"));
}
