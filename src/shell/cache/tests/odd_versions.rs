//! An API server whose versions are no numbers freezes nothing.

use super::*;
use crate::names;
use crate::source::Source;
use std::io;
use tracing_subscriber::fmt::MakeWriter;

/// Versions that cannot be compared with any other: words, numbers beyond them, and none at all.
const ODD: [&str; 6] = ["b", "a", "0", "007", "", ""];

fn deployment(version: &str, generation: usize) -> Object {
    object(json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": "echo", "resourceVersion": version, "generation": generation,
            "labels": { MANAGED_BY: names::OPERATOR },
        },
    }))
}

fn reference() -> ObjectRef {
    deployment("", 0).reference().clone()
}

fn generation(cache: &Cache) -> Option<i64> {
    cache.get(&reference())?.generation()
}

fn filled() -> Cache {
    let cache = Cache::new(Settings::default());
    cache.begin_list(Kind::Deployment);
    cache.end_list(Kind::Deployment);
    cache
}

#[test]
fn what_the_watch_tells_last_is_the_truth() {
    let cache = filled();
    for (number, version) in ["7"].into_iter().chain(ODD).chain(["5"]).enumerate() {
        cache.watched(&WatchEvent::Present(deployment(version, number)));
        assert_eq!(generation(&cache), i64::try_from(number).ok(), "{version:?}");
    }
    cache.watched(&WatchEvent::Gone(deployment("c", 0)));
    assert_eq!(generation(&cache), None);
}

#[test]
fn numbers_beyond_64_bits_are_numbers() {
    let cache = filled();
    cache.watched(&WatchEvent::Present(deployment("18446744073709551617", 2)));
    cache.watched(&WatchEvent::Present(deployment("18446744073709551616", 1)));
    assert_eq!(generation(&cache), Some(2), "the second is older");
    cache.watched(&WatchEvent::Present(deployment("18446744073709551618", 3)));
    assert_eq!(generation(&cache), Some(3));
}

#[test]
fn a_list_is_the_truth() {
    let (cache, subject) = (filled(), Subject::Operator);
    let seen = cache.look(&subject, &LiveReads::default(), |view| view.observe(&reference()));
    seen.expect("random bytes");
    for (number, version) in ODD.into_iter().enumerate() {
        cache.watched(&WatchEvent::Present(deployment("x", 100)));
        cache.begin_list(Kind::Deployment);
        cache.list_item(&deployment(version, number));
        assert!(cache.end_list(Kind::Deployment).contains(&subject), "{version:?} is news");
        assert_eq!(generation(&cache), i64::try_from(number).ok(), "{version:?}");
    }
}

#[test]
fn an_answer_counts_until_the_watch_speaks() {
    let cache = filled();
    cache.watched(&WatchEvent::Present(deployment("a", 1)));
    cache.answered(&deployment("b", 2), Instant::now());
    assert_eq!(generation(&cache), Some(2), "the next decision sees what we wrote");
    cache.watched(&WatchEvent::Present(deployment("c", 3)));
    assert_eq!(generation(&cache), Some(3));
}

#[test]
fn an_answer_that_the_watch_may_have_overtaken_is_passed_over() {
    let cache = filled();
    let sent = Instant::now();
    cache.watched(&WatchEvent::Present(deployment("c", 3)));
    cache.answered(&deployment("b", 2), sent);
    assert_eq!(generation(&cache), Some(3), "no watch would tell of it again");
    cache.watched(&WatchEvent::Gone(deployment("d", 3)));
    cache.answered(&deployment("b", 2), sent);
    assert_eq!(generation(&cache), None);
}

#[test]
fn an_object_is_gone_that_was_in_the_version_that_we_deleted() {
    let cache = filled();
    cache.watched(&WatchEvent::Present(deployment("a", 1)));
    cache.deleted(&reference(), &Version::from(Some("b")));
    assert_eq!(generation(&cache), Some(1), "the watch will tell of it");
    cache.deleted(&reference(), &Version::from(Some("a")));
    assert_eq!(generation(&cache), None);
}

#[test]
fn it_is_said_once() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).finish();
    tracing::subscriber::with_default(subscriber, || {
        let cache = filled();
        cache.watched(&WatchEvent::Present(deployment("7", 1)));
        assert_eq!(log.text(), "");
        cache.watched(&WatchEvent::Present(deployment("odd", 2)));
        cache.watched(&WatchEvent::Present(deployment("odder", 3)));
        cache.watched_secret(
            &ObjectRef::new(Kind::Secret, "bot", "a"),
            &Version::from(Some("oddest")),
            true,
        );
    });
    let text = log.text();
    assert_eq!(text.lines().count(), 1, "{text}");
    for part in ["Deployment bot/echo", "\"odd\"", "no decimal number"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(lock(&self.0).clone()).expect("text")
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}
