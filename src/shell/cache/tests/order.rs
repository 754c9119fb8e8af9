//! WatchEvent, answers and lists overtake each other: whichever comes last, the newest is kept.

use super::*;
use crate::action::{ApplyAction, Verb};
use crate::names;
use crate::source::Source;
use jiff::Timestamp;

fn number(version: u64) -> Version {
    Version::from(Some(version.to_string().as_str()))
}

fn deployment(version: u64) -> Object {
    let manifest = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": "eevee-echo-module", "namespace": "bot", "resourceVersion": version.to_string(),
            "labels": { MANAGED_BY: names::OPERATOR },
        },
    });
    Object::new(manifest, "").expect("a Deployment")
}

fn plain_module() -> Object {
    module("1", json!({}))
}

fn reference() -> ObjectRef {
    deployment(0).reference().clone()
}

fn version(cache: &Cache) -> Option<u64> {
    let live = cache.get(&reference())?;
    Some(live.resource_version()?.parse().expect("a number"))
}

/// A list of Deployments, as it comes in.
fn relist(cache: &Cache, items: &[Object]) {
    cache.begin_list(Kind::Deployment);
    for item in items {
        cache.list_item(item);
    }
    cache.end_list(Kind::Deployment);
}

fn cache_with(live: &Object) -> Cache {
    let cache = Cache::new(Settings::default());
    relist(&cache, std::slice::from_ref(live));
    cache
}

#[test]
fn our_own_write_is_seen_before_the_watch_tells_of_it() {
    let cache = cache_with(&deployment(3));
    cache.answered(&deployment(5), Instant::now());
    cache.watched(&WatchEvent::Present(deployment(4)));
    assert_eq!(version(&cache), Some(5));
}

#[test]
fn an_answer_that_the_watch_has_overtaken_is_passed_over() {
    let cache = cache_with(&deployment(3));
    let sent = Instant::now();
    cache.watched(&WatchEvent::Present(deployment(6)));
    cache.watched(&WatchEvent::Gone(deployment(7)));
    assert!(cache.answered(&deployment(5), sent).is_empty());
    assert_eq!(version(&cache), None, "it is gone");
}

#[test]
fn what_we_deleted_is_not_brought_back_by_late_news() {
    let cache = cache_with(&deployment(3));
    cache.deleted(&reference(), &number(3));
    cache.watched(&WatchEvent::Present(deployment(3)));
    assert_eq!(version(&cache), None);
    cache.watched(&WatchEvent::Present(deployment(9)));
    assert_eq!(version(&cache), Some(9), "somebody has made it anew");
}

#[test]
fn an_answer_to_a_request_from_before_a_list_does_not_bring_back_what_the_list_lacks() {
    let cache = cache_with(&deployment(3));
    let sent = Instant::now();
    cache.begin_list(Kind::Deployment);
    cache.answered(&deployment(5), sent);
    cache.end_list(Kind::Deployment);
    assert_eq!(version(&cache), None, "the list was whole");
    cache.answered(&deployment(5), sent);
    assert_eq!(version(&cache), None, "the answer is older than the list");
}

#[test]
fn what_we_do_while_a_list_comes_in_is_not_undone_by_it() {
    let cache = cache_with(&deployment(3));
    let sent = Instant::now();
    cache.begin_list(Kind::Deployment);
    cache.list_item(&deployment(3));
    cache.answered(&deployment(5), sent);
    assert_eq!(version(&cache), Some(5), "the next decision sees it");
    cache.end_list(Kind::Deployment);
    assert_eq!(version(&cache), Some(5), "the list is from before");

    cache.begin_list(Kind::Deployment);
    cache.list_item(&deployment(5));
    cache.deleted(&reference(), &number(5));
    cache.end_list(Kind::Deployment);
    assert_eq!(version(&cache), None, "we have deleted it");
}

#[test]
fn a_list_is_the_truth_even_where_versions_went_back() {
    let cache = cache_with(&deployment(30));
    cache.watched(&WatchEvent::Present(deployment(31)));
    relist(&cache, &[deployment(4)]);
    assert_eq!(version(&cache), Some(4));
    cache.answered(&deployment(5), Instant::now());
    assert_eq!(version(&cache), Some(5), "what follows is measured by the list");
}

#[test]
fn a_list_concerns_only_those_whose_objects_it_tells_anew() {
    let cache = Cache::new(Settings::default());
    let subject = Subject::Resource(plain_module().reference().clone());
    let seen = cache.look(&subject, &LiveReads::default(), |view| view.observe(&reference()));
    seen.expect("random bytes");
    cache.begin_list(Kind::Deployment);
    cache.list_item(&deployment(3));
    assert!(cache.end_list(Kind::Deployment).contains(&subject), "it is new");
    cache.begin_list(Kind::Deployment);
    cache.list_item(&deployment(3));
    assert!(cache.end_list(Kind::Deployment).is_empty(), "it is as before");
    cache.begin_list(Kind::Deployment);
    assert!(cache.end_list(Kind::Deployment).contains(&subject), "it is gone");
}

#[test]
fn a_resource_that_is_made_again_under_its_name_has_been_refused_nothing() {
    let cache = Cache::new(Settings::default());
    let subject = Subject::Resource(plain_module().reference().clone());
    let action = ApplyAction {
        subject: subject.clone(),
        target: reference(),
        verb: Verb::Apply { manifest: json!({}), seen: None },
    };
    cache.watched(&WatchEvent::Present(plain_module()));
    cache.answers().refused(&action, None, 422, "no".to_owned(), Timestamp::UNIX_EPOCH);
    assert_eq!(cache.answers().of(&subject).len(), 1);
    cache.watched(&WatchEvent::Gone(plain_module()));
    assert!(cache.answers().of(&subject).is_empty());
}
