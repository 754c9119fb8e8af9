//! One task for each watch, each with a back-off of its own: after an outage every one of them is
//! back within seconds, whatever the others do.

use super::cache::{Affected, Cache, Version, WatchEvent, is_kept, is_whole};
use super::discovery;
use super::kinds::{self, Fetched, ForCache};
use super::life::{Beat, Life};
use super::metrics::Metrics;
use super::queue::Queue;
use super::wait::Backoff;
use crate::kinds::{Cached, Kind};
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::trim;
use futures::{StreamExt, stream::BoxStream};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::PartialObjectMeta;
use kube::runtime::watcher::{self, Config, Event, watcher};
use kube::{Api, Client};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Objects in one page of a list. A page is held in memory as a tree of maps for a moment, some
/// 20 KB an object.
const PAGE: u32 = 50;
/// After this long the API server ends a watch, and it is taken up again where it was. In seconds.
const SERVER_TIMEOUT: u32 = 170;
/// After this long without news a watch gives a sign of life. Whether its connection stands is seen to
/// further inside: the server ends it after [`SERVER_TIMEOUT`], and the stream takes it up again.
const IDLE: Duration = Duration::from_mins(3);
/// A page of a list that is not there by then will not come.
const LIST: Duration = Duration::from_secs(30);
/// Back-off after an error. Short, because healing after an outage must take seconds.
pub const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_millis(1500));

/// An error that comes so long after the last is the first of others. A list that succeeds proves
/// nothing: its watch may fail at once, each time.
const STEADY: Duration = Duration::from_secs(5);

/// What every watch needs.
#[derive(Clone)]
pub struct Watches {
    pub client: Client,
    pub cache: Arc<Cache>,
    pub metrics: Metrics,
    pub queue: Arc<Queue>,
    /// Told each time that a list is whole.
    pub filled: Arc<Notify>,
    /// The kinds that the cluster does not serve yet.
    pub missing: Arc<BTreeSet<Kind>>,
}

impl Watches {
    /// Follows every kind, for ever, each with a sign of life at least every `patience`.
    pub fn start(self, life: &Life, patience: Duration) -> Vec<JoinHandle<()>> {
        let beat = |name| life.expect(name, patience);
        let kinds =
            Kind::cached().map(|kind| tokio::spawn(self.clone().follow(kind, beat(kind.plural()))));
        let mut tasks: Vec<JoinHandle<()>> = kinds.collect();
        tasks.push(tokio::spawn(self.clone().follow_secrets(beat(Kind::Secret.plural()))));
        tasks
    }

    async fn follow(self, kind: Kind, beat: Beat) {
        if self.missing.contains(&kind) {
            self.await_kind(kind, &beat).await;
        }
        let namespace = self.namespace();
        let api = kinds::api_of::<ForCache>(&self.client, kind, namespace.as_deref());
        let labels = (!is_whole(kind)).then(names::ours);
        let stream = || watcher(api.clone(), config(labels.as_deref(), PAGE)).boxed();
        self.follow_stream(kind, beat, stream, |event| self.take(kind, event)).await;
    }

    /// Until a kind is served there is nothing of it.
    async fn await_kind(&self, kind: Kind, beat: &Beat) {
        self.cache.begin_list(kind);
        self.queue.add_all(self.cache.end_list(kind));
        self.filled.notify_one();
        let served = discovery::await_kind(&self.client, kind, beat).await;
        self.cache.set_served(served);
    }

    async fn follow_secrets(self, beat: Beat) {
        let client = self.client.clone();
        let api: Api<PartialObjectMeta<Secret>> = match self.namespace() {
            Some(namespace) => Api::namespaced(client, &namespace),
            None => Api::all(client),
        };
        let stream = || watcher(api.clone(), config(None, PAGE)).boxed();
        let mut list = HashMap::new();
        let take = |event| self.take_secret(event, &mut list);
        self.follow_stream(Kind::Secret, beat, stream, take).await;
    }

    /// Takes in what a watch tells. A list that hangs is begun again.
    async fn follow_stream<K>(
        &self,
        kind: Kind,
        beat: Beat,
        open: impl Fn() -> BoxStream<'static, watcher::Result<Event<K>>>,
        mut take: impl FnMut(Event<K>) -> Affected,
    ) {
        let mut backoff = Backoff::new(RETRY.0, RETRY.1);
        let mut trouble = Instant::now();
        let mut active = Active::new(&self.metrics);
        let mut stream = open();
        let mut patience = LIST;
        loop {
            beat.now();
            let event = match timeout(patience, stream.next()).await {
                Ok(event) => event,
                Err(_) if patience == IDLE => continue,
                Err(_) => None,
            };
            let Some(event) = event else {
                tracing::warn!(resource = kind.plural(), "a list hangs: beginning it again");
                active.set(false);
                stream = open();
                patience = LIST;
                continue;
            };
            match event {
                Ok(event) => {
                    patience = match &event {
                        Event::Init | Event::InitApply(_) => LIST,
                        Event::InitDone | Event::Apply(_) | Event::Delete(_) => IDLE,
                    };
                    active.set(patience == IDLE);
                    let is_whole = matches!(event, Event::InitDone);
                    self.queue.add_all(take(event));
                    if is_whole {
                        self.filled.notify_one();
                    }
                }
                Err(error) => {
                    active.set(false);
                    if trouble.elapsed() > STEADY {
                        backoff.reset();
                    }
                    complain(kind, &error, backoff.failures());
                    if is_expired(&error) {
                        stream = open();
                        patience = LIST;
                    }
                    tokio::time::sleep(backoff.next()).await;
                    trouble = Instant::now();
                }
            }
        }
    }

    fn take(&self, kind: Kind, event: Event<Fetched<ForCache>>) -> Affected {
        match event {
            Event::Init => self.cache.begin_list(kind),
            Event::InitApply(fetched) => {
                if let Some(object) = self.trimmed(kind, fetched) {
                    self.metrics.resource_event(kind, "ADDED");
                    self.cache.list_item(&object);
                }
            }
            Event::InitDone => {
                let affected = self.cache.end_list(kind);
                let resources = affected.iter().filter_map(|subject| subject.resource());
                let gone = resources.filter(|resource| !self.cache.has(resource));
                gone.for_each(|resource| self.metrics.forget(resource));
                return affected;
            }
            Event::Apply(fetched) => {
                let Some(object) = self.trimmed(kind, fetched) else { return Affected::new() };
                let is_new = !self.cache.has(object.reference());
                self.metrics.resource_event(kind, if is_new { "ADDED" } else { "MODIFIED" });
                return self.cache.watched(&WatchEvent::Present(object));
            }
            Event::Delete(fetched) => {
                let Some(object) = self.trimmed(kind, fetched) else { return Affected::new() };
                self.metrics.resource_event(kind, "DELETED");
                // On every replica: those that do not lead count restarts.
                self.metrics.forget(object.reference());
                return self.cache.watched(&WatchEvent::Gone(object));
            }
        }
        Affected::new()
    }

    fn take_secret(
        &self,
        event: Event<PartialObjectMeta<Secret>>,
        list: &mut HashMap<ObjectRef, Version>,
    ) -> Affected {
        match event {
            Event::Init => list.clear(),
            Event::InitApply(secret) => list.extend(named(&secret.metadata)),
            Event::InitDone => return self.cache.listed_secrets(&std::mem::take(list)),
            Event::Apply(secret) => {
                self.metrics.resource_event(Kind::Secret, "MODIFIED");
                return self.secret_changed(&secret.metadata, true);
            }
            Event::Delete(secret) => {
                self.metrics.resource_event(Kind::Secret, "DELETED");
                return self.secret_changed(&secret.metadata, false);
            }
        }
        Affected::new()
    }

    fn secret_changed(&self, metadata: &ObjectMeta, is_there: bool) -> Affected {
        let named = named(metadata);
        named
            .map(|(secret, version)| self.cache.watched_secret(&secret, &version, is_there))
            .unwrap_or_default()
    }

    fn trimmed(&self, kind: Kind, fetched: Fetched<ForCache>) -> Option<Object> {
        let mut object = fetched.into_object(kind, &self.cache.served())?;
        trim::trim(object.value_mut(), kind);
        // No watch selects by name.
        let is_by_name = matches!(kind.caching(), Cached::Named(_));
        Some(object).filter(|object| !is_by_name || is_kept(object))
    }

    /// The one namespace that is watched, or None for all.
    fn namespace(&self) -> Option<String> {
        let settings = self.cache.settings();
        (!settings.watch_other_namespaces).then(|| settings.namespace.clone())
    }
}

/// Whether a watch cannot go on where it was. Told so by an event, the watcher lists again by itself,
/// but not when the request is answered so.
fn is_expired(error: &watcher::Error) -> bool {
    matches!(error, watcher::Error::WatchStartFailed(kube::Error::Api(status)) if status.code == 410)
}

/// The first failure in a row is said loudly, the rest for those who look closer.
fn complain(kind: Kind, error: &watcher::Error, failures: u32) {
    let resource = kind.plural();
    if failures == 0 {
        tracing::warn!(resource, %error, "a watch failed: trying again");
    } else {
        tracing::debug!(resource, %error, failures, "a watch failed again");
    }
}

/// How a watch lists and is ended, with the labels by which it selects.
pub fn config(labels: Option<&str>, page: u32) -> Config {
    let config = Config::default().timeout(SERVER_TIMEOUT).page_size(page);
    match labels {
        Some(labels) => config.labels(labels),
        None => config,
    }
}

fn named(metadata: &ObjectMeta) -> Option<(ObjectRef, Version)> {
    let (namespace, name) = (metadata.namespace.as_deref()?, metadata.name.as_deref()?);
    let version = Version::from(metadata.resource_version.as_deref());
    Some((ObjectRef::new(Kind::Secret, namespace, name), version))
}

/// Counts a watch while it is open.
struct Active<'a> {
    metrics: &'a Metrics,
    is_active: bool,
}

impl<'a> Active<'a> {
    fn new(metrics: &'a Metrics) -> Self {
        Self { metrics, is_active: false }
    }

    fn set(&mut self, is_active: bool) {
        if is_active != self.is_active {
            self.is_active = is_active;
            if is_active { self.metrics.watch_started() } else { self.metrics.watch_ended() }
        }
    }
}
