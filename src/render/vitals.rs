//! What metrics tell of a custom resource.

use super::context::Context;
use super::namespace::secret_ref;
use super::registry;
use super::status::live_condition;
use crate::action::Subject;
use crate::crd::conditions::types;
use crate::kinds::{Index, Kind};
use crate::object::{Object, ObjectRef};
use crate::source::Source;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a resource is.
pub struct Vitals {
    pub resource: Arc<Object>,
    /// Whether condition Ready is True, False, or neither.
    pub ready: Option<bool>,
    /// Replicas of its Deployment.
    pub wanted: i64,
    pub available: i64,
    /// The BotModules that its status speaks of one by one.
    pub modules: Vec<Arc<Object>>,
    /// When something that it sees to for each of these is overdue.
    pub overdue: BTreeMap<String, Timestamp>,
}

/// How the resource of a Subject is. None where it is not there, or the Subject is no resource.
pub fn vitals(source: &dyn Source, subject: &Subject) -> Option<Vitals> {
    let at = subject.resource()?;
    let resource = source.get(at).ok().flatten()?;
    let workload = registry::workload(at).and_then(|at| source.get(&at).ok().flatten());
    let number = |path| workload.as_deref().and_then(|live| live.number(path)).unwrap_or(0);
    Some(Vitals {
        ready: is_ready(&resource),
        wanted: number("/spec/replicas"),
        available: number("/status/availableReplicas"),
        modules: modules(source, &resource),
        overdue: overdue(source, subject, &resource),
        resource,
    })
}

fn modules(source: &dyn Source, resource: &Object) -> Vec<Arc<Object>> {
    let entries = resource.at("/status/modules").and_then(Value::as_array).into_iter().flatten();
    let names = entries.filter_map(|entry| entry.get("name")?.as_str());
    let namespace = resource.reference().namespace.as_str();
    names
        .filter_map(|name| source.get(&ObjectRef::new(Kind::BotModule, namespace, name)).ok()?)
        .collect()
}

fn overdue(
    source: &dyn Source,
    subject: &Subject,
    resource: &Object,
) -> BTreeMap<String, Timestamp> {
    let renderer = registry::of(resource.reference().kind);
    let Some(overdue) = renderer.and_then(|renderer| renderer.overdue) else {
        return BTreeMap::new();
    };
    overdue(&Context::new(source, subject, resource, None))
}

fn is_ready(resource: &Object) -> Option<bool> {
    match live_condition(resource, types::READY)?["status"].as_str()? {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

/// Whether what a Subject is about is there, or is to be.
pub fn exists(source: &dyn Source, subject: &Subject) -> bool {
    match subject {
        Subject::Operator => true,
        Subject::Namespace(namespace) => {
            let secret = source.get(&secret_ref(namespace));
            let seekers = || source.referrers(Index::WANTS_API_TOKEN, namespace, "true");
            !matches!(secret, Ok(None)) || seekers().is_ok_and(|seekers| !seekers.is_empty())
        }
        Subject::Resource(resource) => !matches!(source.get(resource), Ok(None)),
    }
}
