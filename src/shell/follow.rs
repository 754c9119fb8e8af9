//! What an overview asks of a cluster, followed by watches: for `status --watch`.
//!
//! Each kind has a watch with its own back-off, as in the operator. What cannot be read is tried again all the same: a
//! right may be given meanwhile.

use super::glance::{self, selector, trimmed, without_data};
use super::kinds;
use super::pages::PAGE;
use super::wait::Backoff;
use super::watch::{RETRY, config};
use super::{discovery, request};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::{ServedKinds, Settings};
use futures::{StreamExt, stream::BoxStream};
use k8s_openapi::api::core::v1::Secret;
use kube::api::PartialObjectMeta;
use kube::runtime::watcher::{self, Event, watcher};
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
    /// Why a kind cannot be listed.
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
            let open =
                move || watcher(api.clone(), config(selector(kind).as_deref(), PAGE)).boxed();
            let served = served.kinds.clone();
            let keep = move |fetched| trimmed(fetched, kind, &served);
            tasks.spawn(follow(kind, open, keep, sender.clone()));
        }
        let secrets: Api<PartialObjectMeta<Secret>> = match namespace {
            Some(namespace) => Api::namespaced(client.clone(), namespace),
            None => Api::all(client.clone()),
        };
        let open = move || watcher(secrets.clone(), config(None, PAGE)).boxed();
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
        let is_blind = self.failed.keys().any(|kind| kind.is_custom());
        let stale = self.failed.keys().filter(|kind| self.whole.contains(kind)).copied().collect();
        glance::Glance { snapshot, stale, cause: self.failed.values().next().cloned(), is_blind }
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
                self.failed.insert(kind, format!("cannot list {}: {why}", kind.plural()));
            }
        }
    }
}

/// Follows a kind until nobody listens any more. After an error it begins with a list: a watch that is taken up again says
/// nothing until something changes, and nobody would see that it is back. So a failure is told when the list fails, too: a
/// watch ends often, and whoever may list and not watch sees what there is all the same.
async fn follow<K>(
    kind: Kind,
    open: impl Fn() -> BoxStream<'static, watcher::Result<Event<K>>>,
    keep: impl Fn(K) -> Option<Arc<Object>>,
    news: mpsc::Sender<News>,
) {
    let mut backoff = Backoff::new(RETRY.0, RETRY.1);
    let mut stream = open();
    while let Some(event) = stream.next().await {
        let is_failure = event.is_err();
        let told = match event {
            Ok(event) => told(kind, event, &keep),
            Err(error) => why(&error).map(|why| News::Failed(kind, why)),
        };
        // A list proves no watch: without one there is a list after every wait.
        if matches!(told, Some(News::There(_) | News::Gone(_))) {
            backoff.reset();
        }
        if let Some(told) = told
            && news.send(told).await.is_err()
        {
            return;
        }
        if is_failure {
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

/// Why there is no list. None for an error of a watch, after which there may be one.
fn why(error: &watcher::Error) -> Option<String> {
    match error {
        watcher::Error::InitialListFailed(error) => Some(request::why(error)),
        watcher::Error::NoResourceVersion => Some(error.to_string()),
        watcher::Error::WatchStartFailed(_)
        | watcher::Error::WatchFailed(_)
        | watcher::Error::WatchError(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use kube::core::Status;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const KINDS: [Kind; 2] = [Kind::BotModule, Kind::Pod];

    fn following() -> Following {
        Following {
            settings: Settings::default(),
            served: ServedKinds::default(),
            kinds: KINDS.to_vec(),
            news: mpsc::channel(1).1,
            objects: BTreeMap::new(),
            lists: BTreeMap::new(),
            whole: BTreeSet::new(),
            failed: BTreeMap::new(),
            _tasks: JoinSet::new(),
        }
    }

    #[test]
    fn what_cannot_be_read_any_more_is_stale_until_it_can() {
        let mut following = following();
        following.take(News::Failed(Kind::Pod, "no".to_owned()));
        following.take(News::Whole(Kind::BotModule));
        let seen = following.glance();
        assert_eq!((seen.stale, seen.is_blind), (vec![], false));
        assert_eq!(seen.snapshot.unlisted().collect::<Vec<_>>(), [Kind::Pod]);

        following.take(News::Whole(Kind::Pod));
        following.take(News::Failed(Kind::BotModule, "gone".to_owned()));
        let seen = following.glance();
        assert_eq!((seen.stale, seen.is_blind), (vec![Kind::BotModule], true));
        assert_eq!(seen.cause.as_deref(), Some("cannot list botmodules: gone"));

        following.take(News::Whole(Kind::BotModule));
        let seen = following.glance();
        assert_eq!((seen.stale, seen.is_blind, seen.cause), (vec![], false, None));
    }

    fn refused() -> kube::Error {
        let status = Status { code: 403, message: "no".to_owned(), ..Status::default() };
        kube::Error::Api(Box::new(status))
    }

    /// What is told of streams that come one after the other.
    async fn told_of(streams: fn(usize) -> Vec<watcher::Result<Event<()>>>) -> Vec<String> {
        let opened = AtomicUsize::new(0);
        let open = || stream::iter(streams(opened.fetch_add(1, Ordering::SeqCst))).boxed();
        let (sender, mut news) = mpsc::channel(NEWS);
        follow(Kind::Pod, open, |()| None, sender).await;
        let mut told = Vec::new();
        while let Ok(news) = news.try_recv() {
            told.push(match news {
                News::Began(_) => "began".to_owned(),
                News::Whole(_) => "whole".to_owned(),
                News::Failed(_, why) => format!("failed: {why}"),
                News::Listed(_) | News::There(_) | News::Gone(_) => "an object".to_owned(),
            });
        }
        told
    }

    #[tokio::test(start_paused = true)]
    async fn a_watch_that_ends_is_no_failure_and_a_list_that_fails_is() {
        let told = told_of(|number| match number {
            0 => vec![
                Ok(Event::Init),
                Ok(Event::InitDone),
                Err(watcher::Error::WatchStartFailed(refused())),
            ],
            1 => vec![Ok(Event::Init), Err(watcher::Error::InitialListFailed(refused()))],
            _ => vec![Ok(Event::Init), Ok(Event::InitDone)],
        });
        let expected = ["began", "whole", "began", "failed: HTTP 403: no", "began", "whole"];
        assert_eq!(told.await, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_watch_the_lists_come_more_and_more_seldom() {
        let begin = tokio::time::Instant::now();
        told_of(|number| {
            let watch = Err(watcher::Error::WatchStartFailed(refused()));
            if number < 20 { vec![Ok(Event::Init), Ok(Event::InitDone), watch] } else { vec![] }
        })
        .await;
        // Of the twenty waits about fifteen have the full length, of which jitter takes a half at most.
        assert!(begin.elapsed() > RETRY.1 * 7, "{:?}", begin.elapsed());
    }
}
