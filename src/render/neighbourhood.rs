//! What the rendering of one Subject reads, and nothing else.

use super::{digest, ipc_config, meta, namespace};
use crate::action::Subject;
use crate::object::{Kind, Object, ObjectRef};
use crate::snapshot::{ClusterSnapshot, NotKnown, Observed, Refusal};
use serde_json::Value;
use std::sync::Arc;

/// What is known of a cluster: a snapshot, or the caches of the shell, which note every question.
pub trait Source {
    /// A snapshot of it without any object: settings, time, entropy, what could not be listed.
    fn emptied(&self) -> ClusterSnapshot;
    /// What is known of one object.
    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>>;
    /// The IpcConfigs of a namespace.
    ///
    /// # Errors
    /// [`NotKnown`] when they could not be listed.
    fn ipc_configs(&self, namespace: &str) -> Result<Vec<Arc<Object>>, NotKnown>;
    /// The BotModules of a namespace that ask for the API token.
    ///
    /// # Errors
    /// [`NotKnown`] when they could not be listed.
    fn token_seekers(&self, namespace: &str) -> Result<Vec<Arc<Object>>, NotKnown>;
    /// The ReplicaSets or pods that a controller has made, by its uid.
    ///
    /// # Errors
    /// [`NotKnown`] when the kind could not be listed.
    fn owned_by(&self, uid: &str, kind: Kind) -> Result<Vec<Arc<Object>>, NotKnown>;
    /// How the API server answered the wishes of a Subject before.
    fn refusals(&self, subject: &Subject) -> Vec<Refusal>;
}

impl Source for ClusterSnapshot {
    fn emptied(&self) -> ClusterSnapshot {
        ClusterSnapshot::emptied(self)
    }

    fn observe(&self, reference: &ObjectRef) -> Observed<Arc<Object>> {
        match self.observe(reference) {
            Observed::Present(object) => Observed::Present(Arc::clone(object)),
            Observed::Absent => Observed::Absent,
            Observed::Unknown => Observed::Unknown,
        }
    }

    fn ipc_configs(&self, namespace: &str) -> Result<Vec<Arc<Object>>, NotKnown> {
        Ok(self.list(Kind::IpcConfig, namespace)?.map(Arc::clone).collect())
    }

    fn token_seekers(&self, namespace: &str) -> Result<Vec<Arc<Object>>, NotKnown> {
        let modules = self.list(Kind::BotModule, namespace)?;
        Ok(modules.filter(|module| namespace::asks_for_token(module)).map(Arc::clone).collect())
    }

    fn owned_by(&self, uid: &str, kind: Kind) -> Result<Vec<Arc<Object>>, NotKnown> {
        Ok(self.owned_by(uid, kind)?.map(Arc::clone).collect())
    }

    fn refusals(&self, subject: &Subject) -> Vec<Refusal> {
        self.refusals.get(subject).cloned().unwrap_or_default()
    }
}

/// The part of a cluster that decides one Subject's actions. The whole cluster gives the same
/// ones: the cost of an event is that of what it touches, never that of the cluster.
pub fn neighbourhood(source: &impl Source, subject: &Subject) -> ClusterSnapshot {
    let mut part = Part { snapshot: source.emptied(), source };
    // Who needs the digest key says why there is none.
    for of in [subject, &Subject::Operator] {
        let refusals = source.refusals(of);
        if !refusals.is_empty() {
            part.snapshot.refusals.insert(of.clone(), refusals);
        }
    }
    part.observe(&digest::key_secret(&part.snapshot));
    match subject {
        Subject::Operator => {}
        Subject::Namespace(name) => {
            part.observe(&namespace::secret_ref(name));
            part.insert_all(source.token_seekers(name));
        }
        Subject::IpcConfig { namespace, name } => {
            part.insert_all(source.ipc_configs(namespace));
            part.ipc_config(namespace, name);
        }
        Subject::BotModule { namespace, name } => part.module(namespace, name),
    }
    part.snapshot
}

/// A Subject's neighbourhood for rendering that Subject alone: what else is in it is only there to
/// be read. The digest key's own Subject is part of it, because nothing is done without the key.
pub fn alone(source: &impl Source, subject: &Subject) -> ClusterSnapshot {
    let mut part = neighbourhood(source, subject);
    part.only = [Subject::Operator, subject.clone()].into();
    part
}

/// A neighbourhood while it is put together.
struct Part<'a, S> {
    snapshot: ClusterSnapshot,
    source: &'a S,
}

impl<S: Source> Part<'_, S> {
    /// Takes one object over, and gives it where it is present.
    fn observe(&mut self, reference: &ObjectRef) -> Option<Arc<Object>> {
        match self.source.observe(reference) {
            Observed::Present(object) => {
                self.snapshot.insert(Arc::clone(&object));
                Some(object)
            }
            Observed::Unknown => {
                self.snapshot.set_unknown(reference.clone());
                None
            }
            Observed::Absent => None,
        }
    }

    /// What could not be listed is Unknown in the empty snapshot already.
    fn insert_all(&mut self, objects: Result<Vec<Arc<Object>>, NotKnown>) {
        objects.into_iter().flatten().for_each(|object| self.snapshot.insert(object));
    }

    fn ipc_config(&mut self, namespace: &str, name: &str) {
        let resource = self.observe(&ObjectRef::new(Kind::IpcConfig, namespace, name));
        if let Some(secret) = resource.as_deref().and_then(ipc_config::token_secret_of) {
            self.observe(&secret);
        }
        for (kind, name) in ipc_config::own_objects(name) {
            let own = self.observe(&ObjectRef::new(kind, namespace, name));
            self.pods_of(own.as_deref());
        }
    }

    fn module(&mut self, namespace: &str, name: &str) {
        let resource = self.observe(&ObjectRef::new(Kind::BotModule, namespace, name));
        self.observe(&namespace::secret_ref(namespace));
        if let Some(module) = resource {
            if let Some(name) = module.text("/spec/envSecret/name") {
                self.observe(&ObjectRef::new(Kind::Secret, namespace, name));
            }
            if let Some(name) = module.at("/spec/ipcConfig").and_then(Value::as_str) {
                self.connection(namespace, name);
            }
        }
        for (kind, name) in super::bot_module::own_objects(name) {
            let own = self.observe(&ObjectRef::new(kind, namespace, name));
            self.pods_of(own.as_deref());
        }
    }

    /// What a module reads of the IpcConfig that it names.
    fn connection(&mut self, namespace: &str, name: &str) {
        let ipc_config = self.observe(&ObjectRef::new(Kind::IpcConfig, namespace, name));
        self.observe(&ObjectRef::new(Kind::Deployment, namespace, meta::nats::server(name)));
        if let Some(secret) = ipc_config.as_deref().and_then(ipc_config::token_secret_of) {
            self.observe(&secret);
        }
    }

    /// The ReplicaSets of a Deployment, and their pods.
    fn pods_of(&mut self, object: Option<&Object>) {
        let deployment = object.filter(|object| object.reference().kind == Kind::Deployment);
        let Some(uid) = deployment.and_then(Object::uid) else { return };
        let Ok(replica_sets) = self.source.owned_by(uid, Kind::ReplicaSet) else { return };
        for replica_set in replica_sets {
            if let Some(uid) = replica_set.uid() {
                self.insert_all(self.source.owned_by(uid, Kind::Pod));
            }
            self.snapshot.insert(replica_set);
        }
    }
}
