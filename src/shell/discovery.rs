//! Whether the cluster serves our resources, and as which kind.

use super::life::Beat;
use super::request::{PATIENCE, is_not_believed, why};
use super::wait::Backoff;
use crate::crd;
use crate::kinds::Kind;
use crate::snapshot::ServedKinds;
use kube::Client;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// Between two questions. CRDs are usually installed in the same minute.
const INTERVAL: Duration = Duration::from_secs(1);
/// The same, at the most, for what is not needed and may never come.
const LONG_INTERVAL: Duration = Duration::from_secs(30);
/// Every so many questions what is waited for is said again.
const REMIND: u32 = 60;

/// Waits until BotModules and IpcConfigs are served, and says what it waits for. Says, too, what is
/// missing then.
pub async fn await_resources(
    client: &Client,
    beat: &Beat,
    mut waits_for: impl FnMut(&str),
) -> Served {
    let mut last = String::new();
    let mut attempts: u32 = 0;
    loop {
        beat.now();
        let why = match served_kinds(client).await {
            Ok(served) => {
                say_what_is_missing(&served.missing);
                return served;
            }
            Err(why) => why,
        };
        if why != last || attempts.is_multiple_of(REMIND) {
            tracing::warn!(why, "waiting");
        }
        waits_for(&why);
        last = why;
        attempts = attempts.wrapping_add(1);
        sleep(INTERVAL).await;
    }
}

/// Why a question came to nothing, and what helps.
pub fn refused(error: &kube::Error) -> String {
    let why = why(error);
    match error {
        kube::Error::Api(status) => {
            let help = match status.code {
                401 => {
                    ": the credentials are not valid here, or not any more: log in again, or name others"
                }
                403 => {
                    ": the account may not look at what is served: bind it to a role, such as system:discovery"
                }
                407 => ": a proxy on the way wants credentials: write them into its URL",
                _ => "",
            };
            format!("the API server answers {why}{help}")
        }
        kube::Error::SerdeError(_) | kube::Error::FromUtf8(_) => why,
        error if is_not_believed(error) => format!(
            "the API server is not believed: {why}: certificate-authority has to be the one that issued its certificate, and that has to name its host"
        ),
        _ => format!("the API server does not answer: {why}"),
    }
}

/// What the cluster serves of our resources.
pub struct Served {
    /// The kinds that they are served as.
    pub kinds: ServedKinds,
    /// Those that are not served, and without which the rest can be looked after.
    pub missing: BTreeSet<Kind>,
}

/// The kinds that our resources are served as.
///
/// # Errors
/// What is missing that nothing works without, and how to get it.
pub async fn served_kinds(client: &Client) -> Result<Served, String> {
    let there = served_as(client).await?;
    let missing: BTreeSet<Kind> = Kind::custom().filter(|kind| !there.contains_key(kind)).collect();
    if missing.iter().any(|kind| kind.is_needed()) {
        return Err(not_served(&missing));
    }
    let mut kinds = ServedKinds::default();
    for (kind, name) in there {
        kinds.set(kind, name);
    }
    Ok(Served { kinds, missing })
}

/// Our own resources that are served, with the kind of each.
///
/// # Errors
/// Why the API server does not say it.
pub async fn served_as(client: &Client) -> Result<BTreeMap<Kind, String>, String> {
    let answer = timeout(PATIENCE, client.list_api_group_resources(crd::API_VERSION)).await;
    let resources = match answer {
        Ok(Ok(list)) => list.resources,
        // Of an unknown group the API server says it without a Status.
        Ok(Err(kube::Error::Api(status))) if status.code == 404 => Vec::new(),
        Ok(Err(error)) => return Err(refused(&error)),
        Err(_) => return Err("the API server does not answer in time".to_owned()),
    };
    let of = |name: &str| Kind::custom().find(|kind| kind.plural() == name);
    let resources = resources.into_iter();
    Ok(resources.filter_map(|resource| Some((of(&resource.name)?, resource.kind))).collect())
}

/// That kinds are not served, and what helps.
fn not_served(kinds: &BTreeSet<Kind>) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.plural()).collect();
    format!(
        "the cluster does not serve {} of {}: install the CRDs (chart crds, or `eevee-operator crds | kubectl apply --server-side -f -`)",
        names.join(" and "),
        crd::API_VERSION
    )
}

/// Says that kinds are not served which are not needed.
fn say_what_is_missing(kinds: &BTreeSet<Kind>) {
    if !kinds.is_empty() {
        tracing::warn!(why = not_served(kinds), "going on without these until they are served");
    }
}

/// Waits until a kind is served.
pub async fn await_kind(client: &Client, kind: Kind, beat: &Beat) -> ServedKinds {
    let mut backoff = Backoff::new(INTERVAL, LONG_INTERVAL);
    loop {
        beat.now();
        sleep(backoff.next()).await;
        if let Ok(served) = served_kinds(client).await
            && !served.missing.contains(&kind)
        {
            tracing::info!(resource = kind.plural(), "served from now on");
            return served.kinds;
        }
    }
}
