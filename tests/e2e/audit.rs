//! What operators have asked the API server for, and what they were denied, by its audit log.

use crate::cluster::shared_node;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What chart operator calls its account.
pub const ACCOUNT: &str = "eevee-operator";

/// One request for objects.
#[derive(Debug)]
pub struct Request {
    pub verb: String,
    /// As [`qualified`] gives it.
    pub resource: String,
    /// Empty for all namespaces.
    pub namespace: String,
    /// Empty where no object is named.
    pub name: String,
    code: u16,
}

impl Request {
    fn of(event: Event) -> Option<Request> {
        let Event { verb, object_ref, response_status, .. } = event;
        let ObjectRef { api_group, resource, subresource, namespace, name } = object_ref?;
        let resource = qualified([&api_group, &resource, &subresource]);
        Some(Request { verb, resource, namespace, name, code: response_status.code })
    }

    /// Whether it takes the right to a verb. A patch that makes its object takes two.
    pub fn takes(&self, verb: &str) -> bool {
        self.verb == verb || (verb == "create" && self.verb == "patch" && self.code == 201)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { verb, resource, namespace, name, code } = self;
        write!(f, "{verb} {resource} {namespace}/{name} (HTTP {code})")
    }
}

/// A resource with its group before it and its subresource behind it, where it has them.
pub fn qualified(parts: [&str; 3]) -> String {
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

/// The requests of the operator that is installed in a namespace.
pub fn requests(namespace: &str) -> Vec<Request> {
    let events = events().into_iter().filter(|event| event.operator() == Some(namespace));
    events.filter_map(Request::of).collect()
}

/// The namespaces whose operators have asked for anything.
pub fn operators() -> BTreeSet<String> {
    events().iter().filter_map(Event::operator).map(str::to_owned).collect()
}

/// What operators were not allowed, though they were installed. While one is uninstalled it loses its rights before it has
/// ended.
pub fn denials() -> BTreeSet<String> {
    let mut denials = BTreeSet::new();
    let mut unbound = BTreeSet::new();
    for event in events() {
        if let Some((namespace, is_bound)) = event.binding() {
            if is_bound {
                unbound.remove(namespace)
            } else {
                unbound.insert(namespace.to_owned())
            };
        }
        let Some(operator) = event.operator() else { continue };
        if event.is_denial() && !unbound.contains(operator) {
            denials.insert(format!("operator of {operator}: {} {}", event.verb, event.request_uri));
        }
    }
    denials
}

#[track_caller]
pub fn assert_no_denials() {
    let denials = denials();
    assert!(denials.is_empty(), "operators lack rights: {denials:#?}");
}

/// One line of the log.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    request_received_timestamp: String,
    #[serde(default)]
    user: User,
    verb: String,
    #[serde(rename = "requestURI")]
    request_uri: String,
    object_ref: Option<ObjectRef>,
    #[serde(default)]
    response_status: Status,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct User {
    username: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ObjectRef {
    api_group: String,
    resource: String,
    subresource: String,
    namespace: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Status {
    code: u16,
}

impl Event {
    /// The namespace of the operator whose request it is.
    fn operator(&self) -> Option<&str> {
        let account = self.user.username.strip_prefix("system:serviceaccount:")?;
        account.split_once(':').filter(|(_, name)| *name == ACCOUNT).map(|(namespace, _)| namespace)
    }

    /// The namespace in which rights were given or taken, and whether they were given.
    fn binding(&self) -> Option<(&str, bool)> {
        let object = self.object_ref.as_ref().filter(|object| object.resource == "rolebindings")?;
        Some((&object.namespace, self.verb != "delete"))
    }

    /// Refused for want of a right. Whether an object may be made by applying it is checked later than whether it may be
    /// applied, so that the code counts, too. Admission answers with the same code where a claim cannot grow, and where a
    /// quota has no room for what is made.
    fn is_denial(&self) -> bool {
        let decision = self.annotations.get("authorization.k8s.io/decision");
        let is_growth = self.verb == "patch"
            && self.object_ref.as_ref().is_some_and(|it| it.resource == "persistentvolumeclaims");
        let is_made = self.verb == "create";
        decision.is_some_and(|it| it == "forbid")
            || (self.response_status.code == 403 && !is_growth && !is_made)
    }
}

/// In the order in which the requests came in. A line that is being written is left for the next time.
fn events() -> Vec<Event> {
    let log = shared_node().audit_log();
    let (lines, _) = log.rsplit_once('\n').unwrap_or_default();
    let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
    let mut events: Vec<Event> = lines.lines().map(parse).collect();
    events.sort_by(|a, b| a.request_received_timestamp.cmp(&b.request_received_timestamp));
    events
}
