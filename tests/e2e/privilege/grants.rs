//! The rights of an operator's account, one by one.

use crate::audit::{ACCOUNT, Request, qualified};
use crate::cluster::shared_node;
use serde_json::Value;
use std::fmt;

/// A right to one verb on one resource.
pub struct Grant {
    /// The one namespace that it is for, or None for all.
    pub within: Option<String>,
    pub resource: String,
    verb: String,
    /// The one object that it is for, or None for all.
    name: Option<String>,
}

impl Grant {
    /// Whether a request takes this right.
    pub fn covers(&self, request: &Request) -> bool {
        let Grant { within, resource, verb, name } = self;
        *resource == request.resource
            && request.takes(verb)
            && within.as_ref().is_none_or(|it| *it == request.namespace)
            && name.as_ref().is_none_or(|it| *it == request.name)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Grant { within, resource, verb, name } = self;
        write!(f, "{verb} {resource}")?;
        name.iter().try_for_each(|name| write!(f, " {name}"))?;
        write!(f, " in {}", within.as_deref().unwrap_or("all namespaces"))
    }
}

/// All that the account of the operator in a namespace is bound to.
pub fn of_operator(namespace: &str) -> Vec<Grant> {
    let account = |subject: &Value| {
        subject["kind"] == "ServiceAccount"
            && subject["name"] == ACCOUNT
            && subject["namespace"] == namespace
    };
    let bindings = get(&["rolebindings,clusterrolebindings", "--all-namespaces"]);
    let ours = list(&bindings["items"]).filter(|it| list(&it["subjects"]).any(account));
    ours.flat_map(bound_by).collect()
}

fn bound_by(binding: &Value) -> Vec<Grant> {
    let within = binding["metadata"]["namespace"].as_str();
    let role =
        format!("{}/{}", text(&binding["roleRef"]["kind"]), text(&binding["roleRef"]["name"]));
    // A ClusterRole is in none.
    let role = get(&[&role, &format!("--namespace={}", within.unwrap_or_default())]);
    list(&role["rules"]).flat_map(|rule| rights(within, rule)).collect()
}

fn rights(within: Option<&str>, rule: &Value) -> Vec<Grant> {
    assert!(!rule.to_string().contains('*'), "a wildcard: {rule}");
    assert!(rule["nonResourceURLs"].is_null(), "not of objects: {rule}");
    let names: Vec<Option<&Value>> = list(&rule["resourceNames"]).map(Some).collect();
    let names = if names.is_empty() { vec![None] } else { names };
    let mut rights = Vec::new();
    for group in list(&rule["apiGroups"]) {
        for resource in list(&rule["resources"]) {
            for verb in list(&rule["verbs"]) {
                rights.extend(names.iter().map(|name| Grant {
                    within: within.map(str::to_owned),
                    resource: qualified([text(group), text(resource), ""]),
                    verb: text(verb).to_owned(),
                    name: name.map(text).map(str::to_owned),
                }));
            }
        }
    }
    rights
}

fn get(what: &[&str]) -> Value {
    let json = shared_node().kubectl(&[&["get", "--output=json"], what].concat(), None).success();
    serde_json::from_str(&json).expect("JSON")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
