//! An operator that does what the test says.

use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::overview::Overview;
use eevee_operator::shell::http::{Backend, RestartError};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// The namespaces `bots` and `more` are watched.
#[derive(Default)]
pub struct Fake {
    pub modules: Vec<Arc<Object>>,
    /// By the name of the module.
    pub pods: BTreeMap<String, Arc<Object>>,
    /// What comes of a restart.
    pub outcome: Outcome,
    pub restarted: Mutex<Vec<(ObjectRef, Timestamp)>>,
    pub overview: Mutex<Overview>,
    pub changes: AtomicU64,
    /// How often the overview was made.
    pub looks: AtomicUsize,
    pub hanging: Option<String>,
    pub waiting: Option<String>,
}

#[derive(Clone, Default)]
pub enum Outcome {
    #[default]
    Done,
    Fails(RestartError),
    /// Waits until the test lets it go on.
    Waits(Arc<tokio::sync::Notify>),
    /// Has a mistake in it.
    Panics,
}

impl Fake {
    pub fn with(modules: impl IntoIterator<Item = Object>) -> Self {
        Self { modules: modules.into_iter().map(Arc::new).collect(), ..Self::default() }
    }

    /// From now on this is how all resources are.
    pub fn change(&self, overview: Overview) {
        *self.overview.lock().unwrap() = overview;
        self.changes.fetch_add(1, Ordering::SeqCst);
    }
}

impl Backend for Fake {
    fn modules(&self) -> Vec<Arc<Object>> {
        self.modules.clone()
    }

    fn watches(&self, namespace: &str) -> bool {
        namespace == "bots" || namespace == "more"
    }

    fn newest_pod(&self, module: &ObjectRef) -> Option<Arc<Object>> {
        self.pods.get(&module.name).cloned()
    }

    fn overview(&self) -> Overview {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.overview.lock().unwrap().clone()
    }

    fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    async fn restart(&self, module: &ObjectRef, at: Timestamp) -> Result<(), RestartError> {
        self.restarted.lock().unwrap().push((module.clone(), at));
        match &self.outcome {
            Outcome::Done => Ok(()),
            Outcome::Fails(error) => Err(error.clone()),
            Outcome::Waits(end) => {
                end.notified().await;
                Ok(())
            }
            Outcome::Panics => panic!("a mistake that a test has made"),
        }
    }

    fn live(&self) -> Result<(), String> {
        self.hanging.clone().map_or(Ok(()), Err)
    }

    fn ready(&self) -> Result<(), String> {
        self.waiting.clone().map_or(Ok(()), Err)
    }
}

pub fn module(namespace: &str, name: &str, spec: Value) -> Object {
    let manifest = json!({
        "apiVersion": "eevee.bot/v1", "kind": "BotModule",
        "metadata": { "name": name, "namespace": namespace }, "spec": spec,
    });
    Object::new(manifest, "").expect("a module")
}
