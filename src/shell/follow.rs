//! What an overview asks of a cluster, followed by watches: for `status --watch`.
//!
//! Each kind has a watch with its own back-off, as in the operator. What cannot be read is tried again all the same: a
//! right may be given meanwhile.

use super::glance::{self, selector, trimmed, without_data};
use super::kinds;
use super::pages::PAGE;
use super::wait::Backoff;
use super::watch::{RETRY, SERVER_TIMEOUT};
use super::{discovery, request};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::{ServedKinds, Settings};
use futures::{StreamExt, stream::BoxStream};
use k8s_openapi::api::core::v1::Secret;
use kube::api::PartialObjectMeta;
use kube::runtime::watcher::{self, Config, Event, watcher};
use kube::{Api, Client};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// News that wait to be taken in. Watches wait for whoever draws.
const NEWS: usize = 256;

/// What a watch tells.
enum News {
    Began(Kind),
    Listed(Arc<Object>),
    Whole(Kind),
    There(Arc<Object>),
    Gone(ObjectRef),
    Failed(Kind, String),
}

/// A cluster that is followed.
pub struct Following {
    settings: Settings,
    served: ServedKinds,
    kinds: Vec<Kind>,
    news: mpsc::Receiver<News>,
    objects: BTreeMap<ObjectRef, Arc<Object>>,
    /// The objects of lists that are under way.
    lists: BTreeMap<Kind, Vec<Arc<Object>>>,
    /// The kinds of which a list was whole once.
    whole: BTreeSet<Kind>,
    /// Why the watch of a kind does not go on.
    failed: BTreeMap<Kind, String>,
    _tasks: JoinSet<()>,
}

impl Following {
    /// Begins to follow a namespace, or all.
    ///
    /// # Errors
    /// One line that says why there is nothing to follow.
    pub async fn begin(
        client: &Client,
        settings: &Settings,
        namespace: Option<&str>,
    ) -> Result<Self, String> {
        let served = discovery::served_kinds(client).await?;
        let listed = glance::listed(&served);
        let (sender, news) = mpsc::channel(NEWS);
        let mut tasks = JoinSet::new();
        for kind in listed.iter().copied() {
            let api = kinds::api_of::<kinds::ForCache>(client, kind, namespace);
            let open = move || watcher(api.clone(), config(selector(kind))).boxed();
            let served = served.kinds.clone();
            let keep = move |fetched| trimmed(fetched, kind, &served);
            tasks.spawn(follow(kind, open, keep, sender.clone()));
        }
        let secrets: Api<PartialObjectMeta<Secret>> = match namespace {
            Some(namespace) => Api::namespaced(client.clone(), namespace),
            None => Api::all(client.clone()),
        };
        let open = move || watcher(secrets.clone(), config(None)).boxed();
        let keep = |secret: PartialObjectMeta<Secret>| without_data(&secret);
        tasks.spawn(follow(Kind::Secret, open, keep, sender));
        Ok(Self {
            settings: settings.clone(),
            served: served.kinds,
            kinds: listed.into_iter().chain([Kind::Secret]).collect(),
            news,
            objects: BTreeMap::new(),
            lists: BTreeMap::new(),
            whole: BTreeSet::new(),
            failed: BTreeMap::new(),
            _tasks: tasks,
        })
    }

    /// Waits for news, and takes in all that has come. Ready only once every kind was listed, or could not be.
    pub async fn changed(&mut self) {
        loop {
            // The senders end with the tasks, and those with this.
            let Some(news) = self.news.recv().await else { return std::future::pending().await };
            self.take(news);
            while let Ok(news) = self.news.try_recv() {
                self.take(news);
            }
            let is_known =
                |kind: &Kind| self.whole.contains(kind) || self.failed.contains_key(kind);
            if self.kinds.iter().all(is_known) {
                return;
            }
        }
    }

    /// What is known now.
    pub fn glance(&self) -> glance::Glance {
        let mut snapshot = glance::empty(&self.settings, &self.served);
        for object in self.objects.values() {
            snapshot.insert(Arc::clone(object));
        }
        let unread = self.kinds.iter().filter(|kind| !self.whole.contains(kind));
        unread.for_each(|kind| snapshot.set_unlisted(*kind));
        let is_lost = |kind: &&Kind| kind.is_custom() && self.failed.contains_key(kind);
        let is_blind = self.kinds.iter().any(|kind| is_lost(&kind));
        glance::Glance { snapshot, cause: self.failed.values().next().cloned(), is_blind }
    }

    fn take(&mut self, news: News) {
        match news {
            News::Began(kind) => {
                self.lists.insert(kind, Vec::new());
            }
            News::Listed(object) => {
                self.lists.entry(object.reference().kind).or_default().push(object);
            }
            News::Whole(kind) => {
                self.objects.retain(|at, _| at.kind != kind);
                for object in self.lists.remove(&kind).unwrap_or_default() {
                    self.objects.insert(object.reference().clone(), object);
                }
                self.whole.insert(kind);
                self.failed.remove(&kind);
            }
            News::There(object) => {
                self.failed.remove(&object.reference().kind);
                self.objects.insert(object.reference().clone(), object);
            }
            News::Gone(at) => {
                self.failed.remove(&at.kind);
                self.objects.remove(&at);
            }
            News::Failed(kind, why) => {
                self.failed.insert(kind, format!("cannot watch {}: {why}", kind.plural()));
            }
        }
    }
}

fn config(labels: Option<String>) -> Config {
    let config = Config::default().timeout(SERVER_TIMEOUT).page_size(PAGE);
    match labels {
        Some(labels) => config.labels(&labels),
        None => config,
    }
}

/// Follows a kind until nobody listens any more. After an error it begins with a list: a watch that is taken up again says
/// nothing until something changes, and nobody would see that it is back.
async fn follow<K>(
    kind: Kind,
    open: impl Fn() -> BoxStream<'static, watcher::Result<Event<K>>>,
    keep: impl Fn(K) -> Option<Arc<Object>>,
    news: mpsc::Sender<News>,
) {
    let mut backoff = Backoff::new(RETRY.0, RETRY.1);
    let mut stream = open();
    while let Some(event) = stream.next().await {
        let failure = event.as_ref().err().map(why);
        let told = match event {
            Ok(event) => told(kind, event, &keep),
            Err(_) => failure.clone().map(|why| News::Failed(kind, why)),
        };
        if matches!(told, Some(News::Whole(_))) {
            backoff.reset();
        }
        if let Some(told) = told
            && news.send(told).await.is_err()
        {
            return;
        }
        if failure.is_some() {
            tokio::time::sleep(backoff.next()).await;
            stream = open();
        }
    }
}

fn told<K>(kind: Kind, event: Event<K>, keep: &impl Fn(K) -> Option<Arc<Object>>) -> Option<News> {
    Some(match event {
        Event::Init => News::Began(kind),
        Event::InitApply(fetched) => News::Listed(keep(fetched)?),
        Event::InitDone => News::Whole(kind),
        Event::Apply(fetched) => News::There(keep(fetched)?),
        Event::Delete(fetched) => News::Gone(keep(fetched)?.reference().clone()),
    })
}

fn why(error: &watcher::Error) -> String {
    match error {
        watcher::Error::InitialListFailed(error)
        | watcher::Error::WatchStartFailed(error)
        | watcher::Error::WatchFailed(error) => request::why(error),
        watcher::Error::WatchError(status) => status.message.clone(),
        watcher::Error::NoResourceVersion => error.to_string(),
    }
}
