//! Which request meets which fault.

use super::Edge;
use super::fault::{Fault, Limited};
use super::request::Request;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::timeout;

/// A rule of an [`Edge`]; dropping it ends it and releases what it holds.
#[must_use = "a rule ends when it is dropped"]
pub struct Rule {
    edge: Edge,
    id: u64,
}

impl Rule {
    pub(super) fn new(edge: Edge, id: u64) -> Rule {
        Rule { edge, id }
    }

    /// How many requests (for faults of watches: watches) it befell so far.
    pub fn hits(&self) -> usize {
        self.edge.state().rules.hits(self.id)
    }

    /// Waits until it has befallen a request.
    #[track_caller]
    pub fn hit(&self, limit: Duration) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let hit = self.edge.until(|state| (state.rules.hits(self.id) > 0).then_some(()));
            timeout(limit, hit).await.unwrap_or_else(|_| {
                let listing = self.edge.listing();
                panic!("{caller}: no request met the rule within {limit:?}. Requests:\n{listing}")
            });
        }
    }

    /// Ends the rule, in words.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Rule {
    fn drop(&mut self) {
        self.edge.change(|state| state.rules.remove(self.id));
    }
}

pub type Matcher = Box<dyn Fn(&Request) -> bool + Send + Sync>;

/// The rules that stand, in order of age.
#[derive(Default)]
pub struct Rules {
    added: u64,
    standing: BTreeMap<u64, Entry>,
}

struct Entry {
    matcher: Matcher,
    fault: Limited,
    /// Numbers of the requests that it befell.
    befallen: BTreeSet<u64>,
}

impl Rules {
    pub fn add(&mut self, matcher: Matcher, fault: Limited) -> u64 {
        self.added += 1;
        self.standing.insert(self.added, Entry { matcher, fault, befallen: BTreeSet::new() });
        self.added
    }

    pub fn remove(&mut self, id: u64) {
        self.standing.remove(&id);
    }

    pub fn stands(&self, id: u64) -> bool {
        self.standing.contains_key(&id)
    }

    fn hits(&self, id: u64) -> usize {
        self.standing.get(&id).map_or(0, |entry| entry.befallen.len())
    }

    /// What befalls a request when it is made, and by which rule.
    pub fn on_request(&mut self, request: &Request) -> Option<(u64, Fault)> {
        self.find(request, |fault| !fault.is_of_streams())
    }

    /// What befalls the events of a watch now, and whether its rule befalls it for the first time.
    pub fn on_stream(&mut self, request: &Request) -> Option<(Fault, bool)> {
        let before: usize = self.standing.values().map(|entry| entry.befallen.len()).sum();
        let (_, fault) = self.find(request, Fault::is_of_streams)?;
        let after: usize = self.standing.values().map(|entry| entry.befallen.len()).sum();
        Some((fault, after > before))
    }

    fn find(
        &mut self,
        request: &Request,
        concerned: impl Fn(&Fault) -> bool,
    ) -> Option<(u64, Fault)> {
        self.standing.iter_mut().rev().find_map(|(id, entry)| {
            (concerned(&entry.fault.fault) && entry.befalls(request))
                .then(|| (*id, entry.fault.fault.clone()))
        })
    }
}

impl Entry {
    fn befalls(&mut self, request: &Request) -> bool {
        if self.befallen.contains(&request.number) {
            return true;
        }
        let befalls = self.befallen.len() < self.fault.limit && (self.matcher)(request);
        if befalls {
            self.befallen.insert(request.number);
        }
        befalls
    }
}
