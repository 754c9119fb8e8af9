//! Objects by name and by kind, for a person who looks.

use super::discovery::served_kinds;
use super::{kinds, pages, request};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::{Observed, ServedKinds};
use kube::Client;

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
        let mut objects = Vec::new();
        let take = |item: kinds::Fetched| objects.extend(item.into_object(kind, &self.served));
        pages::each_of(&api, kind, None, take).await?;
        Ok(objects)
    }
}
