//! One look at a live cluster, without watching it: for `snapshot`, `diff` and `check`.

use super::cache::{Cache, LiveReads, is_kept, is_whole};
use super::discovery::{Served, served_kinds};
use super::reads::Reader;
use super::{kinds, pages};
use crate::action::Subject;
use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::render::{self, api_token_secret, neighbourhood};
use crate::snapshot::{ClusterSnapshot, Settings};
use kube::Client;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Reads after which everything that rendering asks for has been read: each Subject asks for more
/// at most as often as one object names another.
const ROUNDS: usize = 6;

/// What one look at a cluster gave.
pub struct Survey {
    pub snapshot: ClusterSnapshot,
    /// The kinds that could not be listed, and why.
    pub unlisted: BTreeMap<Kind, String>,
    /// Why the first of what could not be read was not.
    pub cause: Option<String>,
}

/// Everything that rendering reads of a cluster, whole: of one namespace or of all that is watched,
/// or of what one resource touches alone. What could not be read is Unknown, or unlisted.
///
/// # Errors
/// One line that says why the custom resources could not be read.
pub async fn survey(
    client: &Client,
    settings: &Settings,
    namespace: Option<&str>,
    only: Option<&ObjectRef>,
    also: &BTreeSet<ObjectRef>,
) -> Result<Survey, String> {
    look(client, settings, namespace, only, also, Custom::All).await
}

/// The same of one namespace, for whoever may list only some of the custom kinds: the others are unlisted.
///
/// # Errors
/// One line that says why none of the custom resources could be read.
pub async fn survey_of_some(
    client: &Client,
    settings: &Settings,
    namespace: &str,
) -> Result<Survey, String> {
    look(client, settings, Some(namespace), None, &BTreeSet::new(), Custom::Some).await
}

/// Which of the custom kinds must be listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Custom {
    All,
    Some,
}

async fn look(
    client: &Client,
    settings: &Settings,
    namespace: Option<&str>,
    only: Option<&ObjectRef>,
    also: &BTreeSet<ObjectRef>,
    custom: Custom,
) -> Result<Survey, String> {
    let watched = (!settings.watch_other_namespaces).then_some(settings.namespace.as_str());
    let namespace = namespace.or(watched);
    let Served { kinds, missing } = served_kinds(client).await?;
    let cache = Cache::new(settings.clone());
    cache.set_served(kinds);
    let mut unlisted = BTreeMap::new();
    // There is nothing of a kind that is not served.
    for kind in Kind::cached().filter(|kind| !missing.contains(kind)) {
        match list(client, &cache, kind, namespace).await {
            Err(why) if kind.is_custom() && custom == Custom::All => return Err(why),
            Err(why) => drop(unlisted.insert(kind, why)),
            Ok(()) => {}
        }
    }
    let mut customs = Kind::custom().filter(|kind| !missing.contains(kind));
    if let Some(why) =
        unlisted.values().next().filter(|_| customs.all(|kind| unlisted.contains_key(&kind)))
    {
        return Err(why.clone());
    }
    let mut cause = unlisted.values().next().cloned();
    let subjects = match only {
        Some(resource) => BTreeSet::from([subject(&cache, resource)?]),
        None => with_token_secrets(&cache, namespace),
    };
    let mut found = LiveReads::default();
    for _ in 0..ROUNDS {
        let mut names = BTreeSet::new();
        for subject in &subjects {
            names.extend(unread(&cache, subject, &found)?);
        }
        if names.is_empty() {
            break;
        }
        cause = cause.or(read(client, &cache, names, &mut found).await);
    }
    let own_token = api_token_secret(&settings.namespace);
    let also = also.iter().chain([&own_token]).filter(|name| !found.has(name)).cloned().collect();
    cause = cause.or(read(client, &cache, also, &mut found).await);
    let mut whole = gathered(&cache, &subjects, &found, only.is_none())?;
    for (reference, observed) in found.all() {
        whole.note(reference, observed.clone());
    }
    for kind in unlisted.keys() {
        whole.set_unlisted(*kind);
    }
    Ok(Survey { snapshot: whole, unlisted, cause })
}

/// Reads objects by name. What cannot be read is Unknown. Gives the first failure.
async fn read(
    client: &Client,
    cache: &Cache,
    references: BTreeSet<ObjectRef>,
    found: &mut LiveReads,
) -> Option<String> {
    let reader = Reader { client, cache, queue: None, keep: |_, _| {} };
    reader.read_all(references, found).await.err().map(|failure| failure.to_string())
}

/// What a Subject asks for that no list has told of.
fn unread(
    cache: &Cache,
    subject: &Subject,
    found: &LiveReads,
) -> Result<BTreeSet<ObjectRef>, String> {
    cache.look(subject, found, |view| {
        neighbourhood(view, subject);
        let mut unread = view.unread();
        unread.extend(view.unsettled().into_iter().filter(|reference| !found.has(reference)));
        unread
    })
}

/// What the Subjects ask for, and, where it is a whole cluster, all that was listed.
fn gathered(
    cache: &Cache,
    subjects: &BTreeSet<Subject>,
    found: &LiveReads,
    is_whole_cluster: bool,
) -> Result<ClusterSnapshot, String> {
    let part = |subject| cache.look(subject, found, |view| neighbourhood(view, subject));
    // This Subject is always there; what it reads belongs to every snapshot.
    let mut gathered = part(&Subject::Operator)?;
    for subject in subjects {
        gathered.join(part(subject)?);
    }
    if is_whole_cluster {
        let by_name = Kind::all().filter(|kind| !is_whole(*kind));
        gathered.set_whole(by_name);
        for object in Kind::cached().flat_map(|kind| cache.list(kind, None)) {
            gathered.insert(Arc::new(object));
        }
    }
    Ok(gathered)
}

/// Every Subject; that of a namespace also where no module asks for its Secret any more, as far as
/// resources or the question name it.
fn with_token_secrets(cache: &Cache, namespace: Option<&str>) -> BTreeSet<Subject> {
    let mut subjects = cache.subjects();
    let resources: Vec<Object> = render::kinds().flat_map(|kind| cache.list(kind, None)).collect();
    let named = resources.iter().map(|resource| resource.reference().namespace.as_str());
    let namespaces = named.chain(namespace).chain([cache.settings().namespace.as_str()]);
    subjects.extend(namespaces.map(|namespace| Subject::Namespace(namespace.to_owned())));
    subjects
}

fn subject(cache: &Cache, resource: &ObjectRef) -> Result<Subject, String> {
    if cache.get(resource).is_none() {
        return Err(format!("there is no {resource}"));
    }
    Ok(Subject::Resource(resource.clone()))
}

/// Fills the cache with the objects of a kind.
async fn list(
    client: &Client,
    cache: &Cache,
    kind: Kind,
    namespace: Option<&str>,
) -> Result<(), String> {
    let served = cache.served();
    let api = kinds::api_of::<kinds::Whole>(client, kind, namespace);
    let labels = (!is_whole(kind)).then(names::ours);
    cache.begin_list(kind);
    let take = |fetched: kinds::Fetched| {
        if let Some(object) = fetched.into_object(kind, &served).filter(is_kept) {
            cache.list_item(&object);
        }
    };
    pages::each_of(&api, kind, labels, take).await?;
    cache.end_list(kind);
    Ok(())
}
