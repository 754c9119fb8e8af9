//! An overview of the caches is that of the cluster.

use super::local::{fixtures, is_listed};
use super::*;
use crate::overview::{Overview, overview, overview_of};
use crate::render::token_secret_of;

const POD: &str = "Pod";

/// What of the environment, the configuration or a Secret must never be told.
const PRIVATE: &str = "nobody-else-s-business";

fn glanced(cache: &Cache) -> Overview {
    let glance = cache.glance();
    let namespaces = glance.namespaces();
    overview_of(&glance, &namespaces)
}

/// The caches hold no Secret that nobody has asked for, and nothing without the label.
fn comparable(mut overview: Overview) -> Overview {
    overview.unread.clear();
    for one in overview.namespaces.iter_mut().flat_map(|it| &mut it.ipc_configs) {
        if let Some(nats) = &mut one.nats {
            nats.ready = None;
        }
        if let Some(token) = &mut one.token {
            (token.present, token.created) = (None, None);
            (token.rotated, token.rotated_for) = (None, None);
        }
    }
    overview
}

fn without_tokens(cluster: &ClusterSnapshot) -> ClusterSnapshot {
    let mut cluster = cluster.clone();
    let resources = cluster.objects().filter_map(|object| token_secret_of(object));
    for secret in resources.collect::<Vec<_>>() {
        cluster.set_unknown(secret);
    }
    cluster
}

#[test]
fn over_every_fixture() {
    let mut pods = 0;
    for (name, world) in fixtures() {
        let cluster = world.snapshot();
        if !is_listed(cluster) {
            continue;
        }
        let cache = Cache::new(cluster.settings.clone());
        relist_all(&cache, cluster);
        let expected = comparable(overview(&without_tokens(cluster)));
        assert_eq!(comparable(glanced(&cache)), expected, "{name}");
        pods += cluster.objects().filter(|it| it.reference().kind.name() == POD).count();
    }
    assert!(pods > 10, "only {pods} pods were looked at");
}

#[test]
fn nothing_private_is_told() {
    let env = json!([{ "name": PRIVATE, "value": PRIVATE }]);
    let spec = json!({
        "image": "echo:1", "ipcConfig": "main", "extraEnv": env, "envSecret": { "name": "secret" },
        "moduleConfig": PRIVATE, "podAnnotations": { "a": PRIVATE },
    });
    let mut module = module("5", spec);
    module.value_mut()["status"] = json!({
        "conditions": [{ "type": "Ready", "status": "True", "reason": "AvailableReplicas", "message": "" }],
    });
    let cache = Cache::new(Settings::default());
    cache.watched(&WatchEvent::Present(module));
    let told = serde_json::to_string(&glanced(&cache)).unwrap();
    assert!(told.contains("echo:1") && !told.contains(PRIVATE), "{told}");
}

#[test]
fn whatever_changes_an_overview_changes_the_number() {
    let cache = Cache::new(Settings::default());
    let mut last = cache.changes();
    let mut has_changed = |what: &str| {
        let changes = cache.changes();
        assert_ne!(changes, last, "{what}");
        last = changes;
    };
    let echo = module("5", json!({ "image": "echo:1" }));
    cache.watched(&WatchEvent::Present(echo.clone()));
    has_changed("seen");
    cache.answered(&module("6", json!({ "image": "echo:2" })), Instant::now());
    has_changed("written");
    cache.begin_list(Kind::BotModule);
    cache.end_list(Kind::BotModule);
    has_changed("listed");
    cache.watched(&WatchEvent::Gone(echo));
    has_changed("gone");
    let before = cache.changes();
    drop(glanced(&cache));
    assert_eq!(cache.changes(), before, "a look changes nothing");
}
