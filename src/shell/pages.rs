//! Lists, page by page.

use super::kinds::Fetched;
use super::request::{Failure, PATIENCE, within};
use kube::Api;
use kube::api::ListParams;

/// Objects in one page.
pub const PAGE: u32 = 250;

/// Hands over the objects of a list as they come: all, or those that have some labels.
pub async fn each(
    api: &Api<Fetched>,
    labels: Option<String>,
    mut take: impl FnMut(Fetched),
) -> Result<(), Failure> {
    let mut params =
        ListParams { limit: Some(PAGE), label_selector: labels, ..ListParams::default() };
    loop {
        let page = within(PATIENCE, api.list(&params)).await?;
        page.items.into_iter().for_each(&mut take);
        match page.metadata.continue_.filter(|more| !more.is_empty()) {
            Some(more) => params.continue_token = Some(more),
            None => return Ok(()),
        }
    }
}
