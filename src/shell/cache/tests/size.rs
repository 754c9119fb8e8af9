//! What the caches hold depends on what there is, never on what there was.

use super::*;
use crate::action::{ApplyAction, Verb};
use crate::names;
use base64::Engine;
use jiff::Timestamp;

const TIMES: usize = 1000;

fn numbered(number: usize) -> String {
    (number + 1).to_string()
}

/// A Secret as kustomize names it: by a digest of what it holds.
fn env_secret(number: usize) -> Object {
    let data = base64::engine::general_purpose::STANDARD.encode("x".repeat(1000));
    object(json!({
        "apiVersion": "v1", "kind": "Secret", "data": { "KEY": data },
        "metadata": { "name": format!("env-{number}"), "resourceVersion": numbered(number) },
    }))
}

fn module_with(number: usize) -> Object {
    let secret = json!({ "name": format!("env-{number}") });
    module(&numbered(number), json!({ "image": "echo:1", "envSecret": secret }))
}

fn cluster(number: usize) -> ClusterSnapshot {
    let mut cluster = ClusterSnapshot::new(settings(), Timestamp::UNIX_EPOCH, entropy());
    cluster.insert(Arc::new(module_with(number)));
    cluster.insert(Arc::new(env_secret(number)));
    cluster
}

fn settings() -> Settings {
    Settings { namespace: "bot".to_owned(), watch_other_namespaces: true, ..Settings::default() }
}

fn entropy() -> crate::snapshot::Entropy {
    crate::snapshot::Entropy([0; 32])
}

fn echo() -> Subject {
    Subject::Resource(module_with(0).reference().clone())
}

/// Counts of all that could grow.
fn size(cache: &Cache) -> Vec<(&'static str, usize)> {
    let stores = read_lock(cache);
    vec![
        ("Secrets", stores.secrets.len()),
        ("absent", stores.absent.len()),
        ("namespaces with a token", stores.token_secrets.len()),
        ("objects and marks", stores.kinds.values().map(KindStore::size).sum()),
        ("questions", lock(&cache.readers).len()),
        ("answers", lock(&cache.answers).len()),
    ]
}

fn read_lock(cache: &Cache) -> std::sync::RwLockReadGuard<'_, Stores> {
    super::super::read(&cache.stores)
}

fn knows(cache: &Cache, secret: &Object) -> bool {
    !matches!(read_lock(cache).secrets.observe(secret.reference()), Observed::Unknown)
}

#[test]
fn a_secret_that_is_renamed_a_thousand_times_is_kept_once() {
    let cache = Cache::new(settings());
    relist_all(&cache, &cluster(0));
    settled(&cache, &cluster(0), &echo());
    let before = size(&cache);
    for number in 1..=TIMES {
        let secret = env_secret(number);
        cache.watched_secret(secret.reference(), &Version::of(&secret), true);
        cache.watched(&WatchEvent::Present(module_with(number)));
        settled(&cache, &cluster(number), &echo());
        assert!(knows(&cache, &secret));
        assert!(!knows(&cache, &env_secret(number - 1)), "nobody asks for it any more");
    }
    assert_eq!(size(&cache), before);
}

#[test]
fn a_secret_that_another_module_still_asks_for_stays() {
    let cache = Cache::new(settings());
    let mut other = module_with(0).into_value();
    other["metadata"]["name"] = "other".into();
    let other = object(other);
    let mut both = cluster(0);
    both.insert(Arc::new(other.clone()));
    relist_all(&cache, &both);
    let other = Subject::Resource(other.reference().clone());
    settled(&cache, &both, &echo());
    settled(&cache, &both, &other);
    cache.watched(&WatchEvent::Present(module_with(1)));
    settled(&cache, &cluster(1), &echo());
    assert!(knows(&cache, &env_secret(0)));
    cache.forget(&other);
    assert!(!knows(&cache, &env_secret(0)));
    assert!(knows(&cache, &env_secret(1)));
}

#[test]
fn who_looks_after_nothing_knows_no_secret() {
    let cache = Cache::new(settings());
    relist_all(&cache, &cluster(0));
    settled(&cache, &cluster(0), &echo());
    cache.rest();
    assert!(!knows(&cache, &env_secret(0)));
    // An answer that comes late is nobody's.
    cache.answered(&env_secret(0), Instant::now());
    assert!(!knows(&cache, &env_secret(0)));
    settled(&cache, &cluster(0), &echo());
    assert!(knows(&cache, &env_secret(0)), "it is read once more");
}

#[test]
fn modules_that_come_and_go_leave_nothing_behind() {
    let cache = Cache::new(settings());
    relist_all(&cache, &ClusterSnapshot::new(settings(), Timestamp::UNIX_EPOCH, entropy()));
    let before = size(&cache);
    for number in 0..TIMES {
        let mut value = module_with(number).into_value();
        value["metadata"]["name"] = format!("echo-{number}").into();
        let module = object(value.clone());
        value["metadata"]["resourceVersion"] = numbered(number + 1).into();
        let gone = object(value);
        let subject = Subject::Resource(module.reference().clone());
        cache.watched(&WatchEvent::Present(module.clone()));
        settled(&cache, &cluster(number), &subject);
        let action = ApplyAction {
            subject: subject.clone(),
            target: module.reference().clone(),
            verb: Verb::Apply { manifest: json!({}), seen: None },
        };
        let now = Timestamp::UNIX_EPOCH;
        cache.answers().refused(&action, None, 422, "no".to_owned(), now);
        cache.watched(&WatchEvent::Gone(gone));
        settled(&cache, &cluster(number), &subject);
        cache.forget(&subject);
    }
    assert_eq!(size(&cache), before);
}

/// The watch may tell of a deletion before its answer is there, and then never again.
#[test]
fn what_we_deleted_is_remembered_only_until_the_watch_is_past_it() {
    let cache = Cache::new(settings());
    relist_all(&cache, &ClusterSnapshot::new(settings(), Timestamp::UNIX_EPOCH, entropy()));
    for number in 0..TIMES {
        let deployment = |version: usize| {
            object(json!({
                "apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": {
                    "name": format!("echo-{number}"), "resourceVersion": version.to_string(),
                    "labels": { MANAGED_BY: names::OPERATOR },
                },
            }))
        };
        let (made, gone) = (deployment(2 * number + 1), deployment(2 * number + 2));
        cache.watched(&WatchEvent::Present(made.clone()));
        if number % 2 == 0 {
            cache.watched(&WatchEvent::Gone(gone));
            cache.deleted(made.reference(), &Version::of(&made));
        } else {
            cache.deleted(made.reference(), &Version::of(&made));
            cache.watched(&WatchEvent::Gone(gone));
        }
    }
    let kept = read_lock(&cache).kinds[&Kind::Deployment].size();
    assert_eq!(kept, 0);
}

#[test]
fn namespaces_that_come_and_go_are_forgotten_with_their_token() {
    let cache = Cache::new(settings());
    for number in 0..TIMES {
        let namespace = format!("bot-{number}");
        let secret = ObjectRef::new(Kind::Secret, namespace.as_str(), names::API_TOKEN_SECRET);
        let version = Version::from(Some(numbered(number).as_str()));
        cache.watched_secret(&secret, &version, true);
        let subject = Subject::Namespace(namespace);
        assert!(cache.subjects().contains(&subject));
        let affected = cache.watched_secret(&secret, &version, false);
        assert!(affected.contains(&subject), "it may have to be made anew");
        assert!(!cache.subjects().contains(&subject));
    }
}
