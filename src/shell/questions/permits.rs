//! How many questions are answered at once.

use super::asked::door;
use crate::question::Question;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Questions to stores that are answered at once.
const STORES: usize = 8;
/// Of these, so many may be to one endpoint: one that hangs leaves places for others.
const ONE_ENDPOINT: usize = 4;
/// Questions to the API server that are answered at once. Each is a list.
const LISTS: usize = 4;

/// Permits to ask, given in the order in which they were asked for.
pub struct Permits {
    stores: Arc<Semaphore>,
    lists: Arc<Semaphore>,
    /// Those that nobody talks to are dropped with the next.
    endpoints: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// A permit, until it is dropped.
pub struct Permit {
    _all: Option<OwnedSemaphorePermit>,
    _endpoint: Option<OwnedSemaphorePermit>,
}

impl Default for Permits {
    fn default() -> Self {
        let places = |count| Arc::new(Semaphore::new(count));
        Self { stores: places(STORES), lists: places(LISTS), endpoints: Mutex::default() }
    }
}

impl Permits {
    /// Waits for a place.
    pub async fn take(&self, question: &Question) -> Permit {
        let Some(door) = door(question) else {
            return Permit { _all: permit(&self.lists).await, _endpoint: None };
        };
        let endpoint = permit(&self.endpoint(&door.endpoint)).await;
        Permit { _all: permit(&self.stores).await, _endpoint: endpoint }
    }

    fn endpoint(&self, endpoint: &str) -> Arc<Semaphore> {
        let mut endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = endpoints.get(endpoint).and_then(Weak::upgrade) {
            return known;
        }
        endpoints.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(ONE_ENDPOINT));
        endpoints.insert(endpoint.to_owned(), Arc::downgrade(&places));
        places
    }
}

async fn permit(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    // None only of places that were closed, which nobody does.
    Arc::clone(places).acquire_owned().await.ok()
}
