//! The HTTP API.

use crate::object::{Object, ObjectRef};
use jiff::Timestamp;
use std::future::Future;
use std::sync::Arc;

/// What the HTTP API asks of the operator that it belongs to.
pub trait Backend: Send + Sync + 'static {
    /// The BotModules of every watched namespace, sorted by namespace and name. From caches.
    fn modules(&self) -> Vec<Arc<Object>>;
    /// Whether resources of a namespace are looked after.
    fn watches(&self, namespace: &str) -> bool;
    /// The newest pod of the current ReplicaSet of a module. From caches.
    fn newest_pod(&self, module: &ObjectRef) -> Option<Arc<Object>>;
    /// Rolls the pods of a module's Deployment out anew: one patch of annotation
    /// `kubectl.kubernetes.io/restartedAt`. `module` is the BotModule.
    fn restart(
        &self,
        module: &ObjectRef,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), RestartError>> + Send;
    /// Whether every loop of the operator has moved lately.
    ///
    /// # Errors
    /// What hangs.
    fn live(&self) -> Result<(), String>;
    /// Whether the CRDs are served and the caches are filled.
    ///
    /// # Errors
    /// What is waited for.
    fn ready(&self) -> Result<(), String>;
}

/// Why a module was not restarted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestartError {
    /// The module has no Deployment, or one that belongs to somebody else.
    NoDeployment(String),
    /// The cluster refused or did not answer.
    Cluster(String),
}
