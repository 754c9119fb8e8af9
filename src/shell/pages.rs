//! Lists, page by page.

use super::kinds::{Fetched, Projection};
use super::request::{PATIENCE, RequestFailure, clipped, within};
use crate::kinds::Kind;
use kube::Api;
use kube::api::ListParams;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// Objects in one page.
pub const PAGE: u32 = 250;
/// No cluster has so many objects of a kind that a list has more pages: this one does not end.
const PAGES: usize = 2000;

/// Hands over the objects of a list as they come: all, or those that have some labels.
pub async fn each<K: Clone + Debug + DeserializeOwned>(
    api: &Api<K>,
    labels: Option<String>,
    mut take: impl FnMut(K),
) -> Result<(), RequestFailure> {
    let mut params =
        ListParams { limit: Some(PAGE), label_selector: labels, ..ListParams::default() };
    for _ in 0..PAGES {
        let page = within(PATIENCE, api.list(&params)).await?;
        page.items.into_iter().for_each(&mut take);
        match page.metadata.continue_.filter(|more| !more.is_empty()) {
            Some(more) => params.continue_token = Some(more),
            None => return Ok(()),
        }
    }
    Err(RequestFailure::Transient("the list does not end".to_owned()))
}

/// The same for objects of a kind, with the reason why they cannot be listed in words.
pub async fn each_of<R: Projection>(
    api: &Api<Fetched<R>>,
    kind: Kind,
    labels: Option<String>,
    take: impl FnMut(Fetched<R>),
) -> Result<(), String> {
    let read = each(api, labels, take).await;
    read.map_err(|why| format!("cannot list {}: {}", kind.plural(), clipped(&why.to_string())))
}
