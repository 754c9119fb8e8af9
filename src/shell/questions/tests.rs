use super::*;
use crate::action::Verb;
use crate::kinds::Kind;
use crate::question::{Door, KeyOfSecret};
use crate::shell::metrics::Metrics;
use crate::snapshot::{Entropy, Outcome, Settings};
use futures::FutureExt;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Notify, Semaphore};

/// Answers when it is let, and counts.
#[derive(Default)]
struct Fake {
    asked: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
    /// By endpoint.
    most_of: Mutex<BTreeMap<String, (usize, usize)>>,
    gate: Option<Arc<Semaphore>>,
    begun: Notify,
    failures: AtomicUsize,
    panics: bool,
}

struct Counted<'a>(&'a Fake, String);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
        self.0.most_of.lock().unwrap().get_mut(&self.1).unwrap().0 -= 1;
    }
}

impl Fake {
    fn count(&self, endpoint: &str) -> Counted<'_> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let mut most_of = self.most_of.lock().unwrap();
        let (now, most) = most_of.entry(endpoint.to_owned()).or_default();
        *now += 1;
        *most = (*most).max(*now);
        drop(most_of);
        self.begun.notify_one();
        Counted(self, endpoint.to_owned())
    }
}

impl Oracle for Arc<Fake> {
    async fn answer(&self, asked: &Asked) -> Result<Fact, String> {
        let endpoint = asked::door(&asked.question).map_or("", |door| &door.endpoint);
        let _counted = self.count(endpoint);
        assert!(!self.panics, "a mistake");
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        let fails = |left: usize| left.checked_sub(1);
        if self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fails).is_ok() {
            return Err("it failed".to_owned());
        }
        Ok(asked.question.presumed())
    }
}

struct Scene {
    fake: Arc<Fake>,
    asker: Asker<Arc<Fake>>,
    cache: Arc<Cache>,
    queue: Arc<Queue>,
}

fn scene(fake: Fake) -> Scene {
    let cache = Arc::new(Cache::new(Settings::default()));
    let queue = Arc::new(Queue::new(Metrics::new()));
    queue.open();
    let fake = Arc::new(fake);
    let asker = Asker::new(Arc::clone(&fake), Arc::clone(&cache), Arc::clone(&queue));
    Scene { fake, asker, cache, queue }
}

fn gated() -> (Fake, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    (Fake { gate: Some(Arc::clone(&gate)), ..Fake::default() }, gate)
}

fn door(endpoint: &str, version: &str) -> Door {
    let key = |key: &str| KeyOfSecret {
        secret: ObjectRef::new(Kind::Secret, "bots", "s3"),
        key: key.to_owned(),
        resource_version: Some(version.to_owned()),
    };
    Door {
        endpoint: endpoint.to_owned(),
        bucket: "b".to_owned(),
        prefix: String::new(),
        region: "us-east-1".to_owned(),
        path_style: true,
        ca_bundle: None,
        access_id: key("id"),
        access_key: key("key"),
        requested: None,
    }
}

fn usable(endpoint: &str) -> Question {
    Question::Usable(door(endpoint, "1"))
}

fn subject(name: &str) -> Subject {
    Subject::of(Kind::S3Store, "bots", name)
}

impl Scene {
    fn ask(&self, name: &str, question: &Question) {
        let target = ObjectRef::new(Kind::S3Store, "bots", name);
        let verb = Verb::Ask(question.clone().into());
        let action = ApplyAction { subject: subject(name), target, verb };
        let (now, entropy) = (Timestamp::UNIX_EPOCH, Entropy([0; 32]));
        let snapshot = ClusterSnapshot::new(Settings::default(), now, entropy);
        self.asker.ask(&action, question, &snapshot);
    }

    /// Waits until a Subject is woken, and gives what it was told.
    async fn told(&self) -> (String, Vec<Fact>) {
        let woken = self.queue.next().await;
        self.queue.done(&woken, super::super::requeue::Requeue::Rest);
        let answers = self.cache.answers().of(&woken);
        let fact = |outcome| match outcome {
            Outcome::Told { fact, .. } => fact,
            other => panic!("{other:?}"),
        };
        let name = woken.resource().expect("a resource").name.clone();
        (name, answers.into_iter().map(|answer| fact(answer.outcome)).collect())
    }

    async fn idle(&self) {
        // Every task comes to where it waits.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn an_answer_wakes_who_has_asked_and_no_one_else() {
    let scene = scene(Fake::default());
    scene.ask("minio", &usable("http://a"));
    assert_eq!(scene.told().await, ("minio".to_owned(), vec![Fact::Usable]));
    assert!(scene.queue.next().now_or_never().is_none());
    assert_eq!(scene.asker.under_way(), 0);
}

#[tokio::test]
async fn what_is_under_way_is_not_asked_again_and_gives_way_to_what_is_asked_instead() {
    let (fake, gate) = gated();
    let scene = scene(fake);
    for _ in 0..3 {
        scene.ask("minio", &usable("http://a"));
        scene.idle().await;
    }
    assert_eq!(scene.fake.asked.load(Ordering::SeqCst), 1);
    scene.ask("minio", &Question::Usable(door("http://a", "2")));
    scene.idle().await;
    assert_eq!(scene.fake.asked.load(Ordering::SeqCst), 2);
    assert_eq!(scene.fake.now.load(Ordering::SeqCst), 1, "the first was dropped");
    gate.add_permits(2);
    assert_eq!(scene.told().await.1, [Fact::Usable]);
    assert!(scene.queue.next().now_or_never().is_none());
}

#[tokio::test]
async fn not_more_than_eight_are_answered_at_once_and_one_endpoint_never_takes_all() {
    let (fake, gate) = gated();
    let scene = scene(fake);
    for number in 0..100 {
        scene.ask(&format!("hangs-{number}"), &usable("http://hangs"));
    }
    for number in 0..20 {
        let endpoint = format!("http://other-{}", number % 5);
        scene.ask(&format!("other-{number}"), &usable(&endpoint));
    }
    scene.idle().await;
    assert_eq!(scene.fake.now.load(Ordering::SeqCst), 8);
    gate.add_permits(120);
    for _ in 0..120 {
        scene.told().await;
    }
    assert_eq!(scene.fake.most.load(Ordering::SeqCst), 8);
    let most_of = scene.fake.most_of.lock().unwrap();
    assert_eq!(most_of.len(), 6);
    assert_eq!(most_of["http://hangs"].1, 4);
}

#[tokio::test]
async fn stores_that_hang_keep_no_question_to_the_api_server_back() {
    let (fake, _gate) = gated();
    let scene = scene(fake);
    for number in 0..20 {
        scene.ask(&format!("hangs-{number}"), &usable(&format!("http://hangs-{number}")));
    }
    scene.idle().await;
    scene.ask("restore", &Question::Users { since: "1".to_owned() });
    scene.idle().await;
    assert_eq!(scene.fake.most_of.lock().unwrap()[""].0, 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_unusable_after_a_while() {
    let (fake, _gate) = gated();
    let scene = scene(fake);
    scene.ask("minio", &usable("http://a"));
    let unusable = Fact::Unusable("no answer for 10 s".to_owned());
    assert_eq!(scene.told().await.1, [unusable]);
    assert_eq!(scene.fake.now.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_panic_is_an_answer() {
    let scene = scene(Fake { panics: true, ..Fake::default() });
    scene.ask("minio", &usable("http://a"));
    assert_eq!(scene.told().await.1, [Fact::Unusable(PANICKED.to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_is_no_answer_and_is_asked_again() {
    let scene = scene(Fake { failures: 3.into(), ..Fake::default() });
    scene.ask("restore", &Question::Users { since: "1".to_owned() });
    assert_eq!(scene.told().await.1, [Fact::Users(Vec::new())]);
    assert_eq!(scene.fake.asked.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn nothing_is_told_to_a_subject_that_is_gone_or_after_the_lease_was_lost() {
    let (fake, gate) = gated();
    let scene = scene(fake);
    for name in ["one", "two"] {
        scene.ask(name, &usable("http://a"));
    }
    scene.idle().await;
    scene.asker.forget(&subject("one"));
    scene.idle().await;
    assert_eq!(scene.fake.now.load(Ordering::SeqCst), 1);
    scene.asker.drop_all();
    scene.idle().await;
    assert_eq!(scene.fake.now.load(Ordering::SeqCst), 0);
    gate.add_permits(2);
    scene.idle().await;
    assert!(scene.queue.next().now_or_never().is_none());
    assert_eq!(scene.cache.answers().len(), 0);
}

#[tokio::test]
async fn what_is_under_way_ends_with_the_asker() {
    let (fake, _gate) = gated();
    let Scene { fake, asker, .. } = {
        let scene = scene(fake);
        scene.ask("one", &usable("http://a"));
        scene.ask("restore", &Question::Users { since: "1".to_owned() });
        scene.idle().await;
        scene
    };
    assert_eq!(fake.now.load(Ordering::SeqCst), 2);
    drop(asker);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(fake.now.load(Ordering::SeqCst), 0);
}
