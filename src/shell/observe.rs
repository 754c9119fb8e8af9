//! What is told of reconciliations in metrics and in the log.

use super::metrics::Metrics;
use crate::action::{ApplyAction, Subject, Verb};
use crate::crd::conditions::types;
use crate::object::{Kind, Object, ObjectRef};
use crate::render::meta;
use crate::snapshot::{ClusterSnapshot, Observed};

/// The name of the controller that a Subject belongs to, in metrics.
pub fn controller(subject: &Subject) -> &'static str {
    match subject {
        Subject::Operator => "operator",
        Subject::Namespace(_) => "namespace",
        Subject::IpcConfig { .. } => "ipcconfig",
        Subject::BotModule { .. } => "botmodule",
    }
}

/// Tells the metrics how a resource is. False when it is no more.
pub fn resource(metrics: &Metrics, subject: &Subject, snapshot: &ClusterSnapshot) -> bool {
    match subject {
        Subject::Operator => true,
        Subject::Namespace(namespace) => {
            let secret = ObjectRef::new(Kind::Secret, namespace, meta::API_TOKEN_SECRET);
            let has_secret = !matches!(snapshot.observe(&secret), Observed::Absent);
            has_secret
                || snapshot
                    .list(Kind::BotModule, namespace)
                    .is_ok_and(|mut any| any.next().is_some())
        }
        Subject::IpcConfig { namespace, name } => {
            let Some(resource) = present(snapshot, Kind::IpcConfig, namespace, name) else {
                metrics.forget_ipc_config(namespace, name);
                return false;
            };
            let (wanted, available) = replicas(snapshot, namespace, &meta::nats::server(name));
            metrics.ipc_config(namespace, name, is_ready(resource), wanted, available);
            true
        }
        Subject::BotModule { namespace, name } => {
            let Some(resource) = present(snapshot, Kind::BotModule, namespace, name) else {
                metrics.forget_module(namespace, name);
                return false;
            };
            let deployment = meta::module::deployment(name);
            let (wanted, available) = replicas(snapshot, namespace, &deployment);
            metrics.module(resource, is_ready(resource), wanted, available);
            true
        }
    }
}

/// Says what was written, to which object and for whom.
pub fn log(action: &ApplyAction) {
    let ApplyAction { subject, target, verb } = action;
    if let Verb::Status { .. } = verb {
        tracing::debug!(object = %target, "status written");
    } else {
        tracing::info!(object = %target, %subject, verb = verb.name(), "written");
    }
}

fn present<'a>(
    snapshot: &'a ClusterSnapshot,
    kind: Kind,
    namespace: &str,
    name: &str,
) -> Option<&'a Object> {
    snapshot.get(&ObjectRef::new(kind, namespace, name)).ok().flatten().map(AsRef::as_ref)
}

/// Wanted and available replicas of a Deployment.
fn replicas(snapshot: &ClusterSnapshot, namespace: &str, name: &str) -> (i64, i64) {
    let deployment = present(snapshot, Kind::Deployment, namespace, name);
    let number = |path| deployment.and_then(|live| live.number(path)).unwrap_or(0);
    (number("/spec/replicas"), number("/status/availableReplicas"))
}

/// Whether condition Ready is True, False, or neither.
fn is_ready(resource: &Object) -> Option<bool> {
    match crate::render::live_condition(resource, types::READY)?["status"].as_str()? {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}
