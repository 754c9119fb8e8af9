//! Objects by name and by kind, for a person who looks.

use super::discovery::served_kinds;
use super::kinds;
use super::request::{self, within};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::{Observed, ServedKinds};
use kube::Client;
use kube::api::ListParams;

/// Objects in one page of a list.
const PAGE: u32 = 250;

/// Reads a cluster, object by object.
pub struct Fetch {
    client: Client,
    served: ServedKinds,
}

impl Fetch {
    /// # Errors
    /// One line that says why there are no resources to read.
    pub async fn new(client: Client) -> Result<Self, String> {
        let served = served_kinds(&client).await?.kinds;
        Ok(Self { client, served })
    }

    /// One object. None where there is none.
    ///
    /// # Errors
    /// One line that says why it cannot be read.
    pub async fn one(&self, reference: &ObjectRef) -> Result<Option<Object>, String> {
        let cannot = |why: String| format!("cannot read {reference}: {why}");
        match request::get(&self.client, reference, &self.served).await {
            Ok(Observed::Present(object)) => Ok(Some((*object).clone())),
            Ok(Observed::Absent) => Ok(None),
            Ok(Observed::Unknown) => Err(cannot("the answer is another object".to_owned())),
            Err(failure) => Err(cannot(failure.to_string())),
        }
    }

    /// All objects of a kind in a namespace.
    ///
    /// # Errors
    /// One line that says why they cannot be listed.
    pub async fn all(&self, kind: Kind, namespace: &str) -> Result<Vec<Object>, String> {
        let api = kinds::api(&self.client, kind, namespace);
        let mut params = ListParams { limit: Some(PAGE), ..ListParams::default() };
        let mut objects = Vec::new();
        loop {
            let page = within(request::PATIENCE, api.list(&params)).await;
            let page = page.map_err(|why| format!("cannot list {}: {why}", kind.plural()))?;
            let fetched = page.items.into_iter();
            objects.extend(fetched.filter_map(|item| item.into_object(kind, &self.served)));
            match page.metadata.continue_.filter(|more| !more.is_empty()) {
                Some(more) => params.continue_token = Some(more),
                None => return Ok(objects),
            }
        }
    }
}
