//! What the HTTP API learns of the operator.

use super::cache::Cache;
use super::http::{Backend, RestartError};
use super::kinds;
use super::life::Life;
use super::request::{self, PATIENCE, RequestFailure};
use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::overview::{Overview, overview_of};
use crate::render::paused_rollout;
use crate::snapshot::Observed;
use jiff::Timestamp;
use kube::Client;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use std::sync::{Arc, PoisonError, RwLock};

/// The operator behind the HTTP API.
pub struct Operator {
    pub client: Client,
    pub cache: Arc<Cache>,
    pub life: Life,
    /// What is waited for before the caches can fill.
    pub waits_for: RwLock<Option<String>>,
}

impl Operator {
    /// Notes what is waited for, or that nothing is any more.
    pub fn set_waits_for(&self, what: Option<String>) {
        *self.waits_for.write().unwrap_or_else(PoisonError::into_inner) = what;
    }

    /// The Deployment of a module, as far as it is known.
    async fn deployment(&self, at: &ObjectRef) -> Result<Arc<Object>, RestartError> {
        match self.cache.get(at) {
            Some(known) => Ok(Arc::new(known)),
            // One that was not taken over yet is in no cache.
            None => self.live_deployment(at).await,
        }
    }

    async fn live_deployment(&self, at: &ObjectRef) -> Result<Arc<Object>, RestartError> {
        match request::get(&self.client, at, &self.cache.served()).await {
            Ok(Observed::Present(live)) => Ok(live),
            Ok(Observed::Absent | Observed::Unknown) => Err(no_deployment(at)),
            Err(failure) => Err(RestartError::Cluster(failure.to_string())),
        }
    }

    /// The Deployment of a module, which is not paused. What a cache says of that may be old.
    async fn restartable(
        &self,
        at: &ObjectRef,
        module: &ObjectRef,
    ) -> Result<Arc<Object>, RestartError> {
        let known = own(self.deployment(at).await?, module)?;
        if paused_rollout(&known).is_none() {
            return Ok(known);
        }
        let live = own(self.live_deployment(at).await?, module)?;
        paused_rollout(&live).map_or(Ok(live), |why| Err(RestartError::Paused(why)))
    }

    /// Restarts this Deployment, and none that has taken its name since. Gives it as it is then.
    async fn patch(
        &self,
        deployment: &Object,
        at: Timestamp,
    ) -> Result<Option<Object>, RequestFailure> {
        let at = at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        let annotations = json!({ "kubectl.kubernetes.io/restartedAt": at });
        let patch = Patch::Merge(json!({
            "metadata": { "uid": deployment.uid() },
            "spec": { "template": { "metadata": { "annotations": annotations } } },
        }));
        let params = PatchParams {
            field_manager: Some(names::RESTART_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let ObjectRef { namespace, name, .. } = deployment.reference();
        let api = kinds::api(&self.client, Kind::Deployment, namespace);
        let fetched = request::within(PATIENCE, api.patch(name, &params, &patch)).await?;
        Ok(fetched.into_object(Kind::Deployment, &self.cache.served()))
    }
}

fn no_deployment(at: &ObjectRef) -> RestartError {
    RestartError::NoDeployment(format!("there is no {at}"))
}

/// A Deployment, unless it is somebody else's that has the name of a module's.
fn own(deployment: Arc<Object>, module: &ObjectRef) -> Result<Arc<Object>, RestartError> {
    let is_foreign = deployment.controller().is_some_and(|owner| {
        !crate::snapshot::names_custom_resource(&owner, Kind::BotModule)
            || owner.name != module.name
    });
    if is_foreign {
        let message = format!("{} belongs to somebody else", deployment.reference());
        return Err(RestartError::NoDeployment(message));
    }
    Ok(deployment)
}

impl Backend for Operator {
    fn modules(&self) -> Vec<Arc<Object>> {
        self.cache.list(Kind::BotModule, None).into_iter().map(Arc::new).collect()
    }

    fn watches(&self, namespace: &str) -> bool {
        self.cache.settings().watches(namespace)
    }

    fn newest_pod(&self, module: &ObjectRef) -> Option<Arc<Object>> {
        let name = names::module::deployment(&module.name);
        let deployment =
            self.cache.get(&ObjectRef::new(Kind::Deployment, module.namespace.as_str(), name))?;
        let revision = deployment.annotation(names::REVISION);
        let replica_sets = self.cache.owned_by(deployment.uid()?, Kind::ReplicaSet);
        let current =
            replica_sets.iter().find(|set| set.annotation(names::REVISION) == revision)?;
        let pods = self.cache.owned_by(current.uid()?, Kind::Pod);
        let created = |pod: &Object| {
            pod.text("/metadata/creationTimestamp").map(str::to_owned).unwrap_or_default()
        };
        pods.into_iter().max_by_key(created).map(Arc::new)
    }

    fn overview(&self) -> Overview {
        let glance = self.cache.glance();
        let mut namespaces = glance.namespaces();
        namespaces.retain(|namespace| self.watches(namespace));
        overview_of(&glance, &namespaces)
    }

    fn changes(&self) -> u64 {
        self.cache.changes()
    }

    async fn restart(&self, module: &ObjectRef, now: Timestamp) -> Result<(), RestartError> {
        let name = names::module::deployment(&module.name);
        let at = ObjectRef::new(Kind::Deployment, module.namespace.as_str(), name);
        let known = self.restartable(&at, module).await?;
        let outcome = match self.patch(&known, now).await {
            Err(RequestFailure::Changed(_)) => {
                // It was made again a moment ago, and the cache is late.
                let live = own(self.live_deployment(&at).await?, module)?;
                self.patch(&live, now).await
            }
            outcome => outcome,
        };
        let patched = outcome.map_err(|failure| match failure {
            RequestFailure::NotFound(_) => no_deployment(&at),
            failure => RestartError::Cluster(failure.to_string()),
        })?;
        // Paused a moment ago, and the cache is late.
        patched
            .as_ref()
            .and_then(paused_rollout)
            .map_or(Ok(()), |why| Err(RestartError::Paused(why)))
    }

    fn live(&self) -> Result<(), String> {
        self.life.check()
    }

    fn ready(&self) -> Result<(), String> {
        if let Some(what) = &*self.waits_for.read().unwrap_or_else(PoisonError::into_inner) {
            return Err(what.clone());
        }
        let unfilled = self.cache.unfilled();
        if unfilled.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = unfilled.into_iter().map(Kind::plural).collect();
        Err(format!("caches are filling: {}", names.join(", ")))
    }
}
