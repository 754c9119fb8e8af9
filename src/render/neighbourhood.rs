//! What the rendering of one Subject reads, and nothing else.

use super::{digest, ipc_config, meta, namespace};
use crate::action::Subject;
use crate::object::{Kind, Object, ObjectRef};
use crate::snapshot::ClusterSnapshot;
use serde_json::Value;

/// The part of a snapshot that decides one Subject's actions. The whole snapshot gives the same
/// ones: the cost of an event is that of what it touches, never that of the cluster.
pub fn neighbourhood(snapshot: &ClusterSnapshot, subject: &Subject) -> ClusterSnapshot {
    let mut part = snapshot.emptied();
    // Who needs the digest key says why there is none.
    for of in [subject, &Subject::Operator] {
        if let Some(refusals) = snapshot.refusals.get(of) {
            part.refusals.insert(of.clone(), refusals.clone());
        }
    }
    part.copy(snapshot, &digest::key_secret(snapshot));
    match subject {
        Subject::Operator => {}
        Subject::Namespace(name) => {
            part.copy(snapshot, &namespace::secret_ref(name));
            copy_all(&mut part, snapshot, Kind::BotModule, name);
        }
        Subject::IpcConfig { namespace, name } => {
            copy_all(&mut part, snapshot, Kind::IpcConfig, namespace);
            copy_ipc_config(&mut part, snapshot, namespace, name);
        }
        Subject::BotModule { namespace, name } => {
            copy_module(&mut part, snapshot, namespace, name);
        }
    }
    part
}

/// A Subject's neighbourhood for rendering that Subject alone: what else is in it is only there to
/// be read. The digest key's own Subject is part of it, because nothing is done without the key.
pub fn alone(snapshot: &ClusterSnapshot, subject: &Subject) -> ClusterSnapshot {
    let mut part = neighbourhood(snapshot, subject);
    part.only = [Subject::Operator, subject.clone()].into();
    part
}

fn copy_all(part: &mut ClusterSnapshot, from: &ClusterSnapshot, kind: Kind, namespace: &str) {
    if let Ok(objects) = from.list(kind, namespace) {
        for object in objects {
            part.copy(from, object.reference());
        }
    }
}

fn copy_ipc_config(
    part: &mut ClusterSnapshot,
    from: &ClusterSnapshot,
    namespace: &str,
    name: &str,
) {
    let resource = ObjectRef::new(Kind::IpcConfig, namespace, name);
    part.copy(from, &resource);
    if let Some(secret) = present(from, &resource).and_then(ipc_config::token_secret_of) {
        part.copy(from, &secret);
    }
    for (kind, name) in ipc_config::own_objects(name) {
        part.copy(from, &ObjectRef::new(kind, namespace, name));
    }
    copy_pods(part, from, &ObjectRef::new(Kind::Deployment, namespace, meta::nats::server(name)));
}

fn copy_module(part: &mut ClusterSnapshot, from: &ClusterSnapshot, namespace: &str, name: &str) {
    let resource = ObjectRef::new(Kind::BotModule, namespace, name);
    part.copy(from, &resource);
    let secret = |name: &str| ObjectRef::new(Kind::Secret, namespace, name);
    part.copy(from, &namespace::secret_ref(namespace));
    if let Some(module) = present(from, &resource) {
        if let Some(name) = module.text("/spec/envSecret/name") {
            part.copy(from, &secret(name));
        }
        if let Some(name) = module.at("/spec/ipcConfig").and_then(Value::as_str) {
            let ipc_config = ObjectRef::new(Kind::IpcConfig, namespace, name);
            part.copy(from, &ipc_config);
            let server = meta::nats::server(name);
            part.copy(from, &ObjectRef::new(Kind::Deployment, namespace, server));
            if let Some(secret) = present(from, &ipc_config).and_then(ipc_config::token_secret_of) {
                part.copy(from, &secret);
            }
        }
    }
    for (kind, name) in super::bot_module::own_objects(name) {
        part.copy(from, &ObjectRef::new(kind, namespace, name));
    }
    let deployment = meta::module::deployment(name);
    copy_pods(part, from, &ObjectRef::new(Kind::Deployment, namespace, deployment));
}

fn copy_pods(part: &mut ClusterSnapshot, from: &ClusterSnapshot, deployment: &ObjectRef) {
    let Some(uid) = present(from, deployment).and_then(Object::uid) else { return };
    let Ok(replica_sets) = from.owned_by(uid, Kind::ReplicaSet) else { return };
    for replica_set in replica_sets {
        part.copy(from, replica_set.reference());
        let Some(uid) = replica_set.uid() else { continue };
        let Ok(pods) = from.owned_by(uid, Kind::Pod) else { return };
        for pod in pods {
            part.copy(from, pod.reference());
        }
    }
}

fn present<'a>(from: &'a ClusterSnapshot, reference: &ObjectRef) -> Option<&'a Object> {
    from.get(reference).ok().flatten().map(AsRef::as_ref)
}
