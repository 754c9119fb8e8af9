//! The Deployment of the operator.

use super::facts::{Facts, label, list, name, namespace, text};
use super::finding::Finding;
use super::renewal;
use crate::names;
use crate::object::number;
use crate::render::is_available;
use serde_json::Value;
use std::fmt;

const SUBJECT: &str = "operator";
const LABEL: &str = "eevee.bot/operator";
const IMAGE: &str = "eeveebot/operator";
/// A variable that only this operator's chart sets.
const OWN_VARIABLE: &str = "HEALTH_PORT";
/// The first major version of this operator. What is older is the TypeScript operator.
const FIRST: u32 = 3;

/// Whether a Deployment runs an operator of eevee.bot, this one or the TypeScript one.
pub fn is_operator(deployment: &Value) -> bool {
    let labels = deployment.pointer("/spec/template/metadata/labels");
    let is_labelled = labels.is_some_and(|labels| labels[LABEL] == "true");
    let runs_image = |container: &Value| repository(text(container, "/image")).ends_with(IMAGE);
    is_labelled || containers(deployment).any(runs_image)
}

/// Whether it is the TypeScript operator that a Deployment runs.
pub fn is_former(deployment: &Value) -> bool {
    let is_run = |container: &Value| list(container, "/args").any(|argument| argument == "run");
    if variable_of(deployment, OWN_VARIABLE).is_some() || containers(deployment).any(is_run) {
        return false;
    }
    major(&version(deployment).unwrap_or_default()).is_none_or(|major| major < FIRST)
}

/// Whether pods of it are wanted.
pub fn is_active(deployment: &Value) -> bool {
    number(deployment, "/spec/replicas").unwrap_or(1) > 0
}

/// The version that it is labelled with, or that its image is tagged with.
pub fn version(deployment: &Value) -> Option<String> {
    let labelled = label(deployment, "app.kubernetes.io/version").map(str::to_owned);
    labelled.or_else(|| {
        let image = text(containers(deployment).next()?, "/image");
        let tag = image.split('@').next()?.strip_prefix(&repository(image))?.strip_prefix(':')?;
        Some(tag.to_owned())
    })
}

/// An image without tag and digest. A colon before the last slash belongs to a port.
fn repository(image: &str) -> String {
    let image = image.split('@').next().unwrap_or_default();
    let start = image.rfind('/').map_or(0, |at| at + 1);
    let end = image[start..].find(':').map_or(image.len(), |at| start + at);
    image[..end].to_owned()
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

/// Whether it looks after all namespaces.
pub fn watches_all(deployment: &Value) -> bool {
    let value = variable_of(deployment, "WATCH_OTHER_NAMESPACES").map(|it| text(it, "/value"));
    value.is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
}

/// A variable of its environment.
pub fn variable_of<'a>(deployment: &'a Value, variable: &str) -> Option<&'a Value> {
    containers(deployment)
        .find_map(|container| list(container, "/env").find(|it| it["name"] == variable))
}

/// Name and key of the Secret that an operator has its API token of.
pub fn token_secret(deployment: &Value) -> Option<(&str, &str)> {
    let reference = variable_of(deployment, "EEVEE_OPERATOR_API_TOKEN")?;
    let reference = reference.pointer("/valueFrom/secretKeyRef")?;
    Some((text(reference, "/name"), text(reference, "/key")))
}

/// A ServiceAccount.
pub struct Account {
    pub namespace: String,
    pub name: String,
}

impl Account {
    /// The groups that the API server counts it among.
    pub fn groups(&self) -> Vec<String> {
        vec![
            "system:serviceaccounts".to_owned(),
            format!("system:serviceaccounts:{}", self.namespace),
            "system:authenticated".to_owned(),
        ]
    }
}

/// The name that the API server has for it.
impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "system:serviceaccount:{}:{}", self.namespace, self.name)
    }
}

/// The account that the operator of a namespace acts as. That of the chart where there is no operator.
pub fn account(operators: &[Value], home: &str) -> Account {
    let own = of(operators, home).map(|own| text(own, "/spec/template/spec/serviceAccountName"));
    let name = own.filter(|name| !name.is_empty()).unwrap_or(names::OPERATOR);
    Account { namespace: home.to_owned(), name: name.to_owned() }
}

/// The namespace of the operator that looks after a namespace.
pub fn home(operators: &[Value], namespace: &str) -> String {
    let watches = |it: &&Value| watches_all(it) && !is_former(it);
    let elsewhere = || operators.iter().find(watches).map(self::namespace);
    let here = of(operators, namespace).map(self::namespace);
    here.or_else(elsewhere).unwrap_or(namespace).to_owned()
}

/// This operator's Deployment in a namespace.
pub fn of<'a>(operators: &'a [Value], home: &str) -> Option<&'a Value> {
    operators.iter().find(|it| namespace(it) == home && !is_former(it))
}

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let operators = match &facts.operators {
        Ok(operators) => operators,
        Err(why) => return vec![Finding::unseen(SUBJECT, why)],
    };
    vec![match of(operators, &facts.home) {
        Some(own) => condition(facts, own),
        None => absent(facts),
    }]
}

/// It may run outside of the cluster, or in a namespace that was not seen.
fn absent(facts: &Facts) -> Finding {
    let home = &facts.home;
    if let Some(holder) = renewal::holder(facts) {
        let reason = format!(
            "namespace {home} has no Deployment of it, but {holder} holds the Lease: it runs outside of the cluster"
        );
        return Finding::warn(SUBJECT, reason);
    }
    if let Some(why) = hidden(facts) {
        return Finding::unseen(SUBJECT, &why);
    }
    let reason = format!("namespace {home} has no Deployment of it");
    let command = format!("helm install eevee-operator eevee/operator --namespace {home}");
    Finding::fail(SUBJECT, reason).mend(command)
}

/// Why it cannot be told which operator looks after the namespace: none is at work in it, and not all
/// others were seen. Its home is a guess then.
pub fn hidden(facts: &Facts) -> Option<String> {
    let Facts { operators, elsewhere, home, namespace, .. } = facts;
    let is_here = operators.as_ref().is_ok_and(|all| of(all, home).is_some());
    if is_here || renewal::holder(facts).is_some() {
        return None;
    }
    let why = operators.as_ref().err().or(elsewhere.as_ref().err())?;
    Some(format!("which operator looks after namespace {namespace}: {why}"))
}

fn condition(facts: &Facts, own: &Value) -> Finding {
    let (home, name) = (&facts.home, name(own));
    let wanted = number(own, "/spec/replicas").unwrap_or(1);
    let available = number(own, "/status/availableReplicas").unwrap_or(0);
    let subject = format!("{SUBJECT} {home}/{name}");
    if wanted == 0 {
        let command = format!("kubectl scale deployment/{name} --replicas=1 --namespace {home}");
        return Finding::fail(subject, "it is scaled to 0").mend(command);
    }
    let pods = format!("{available} of {wanted} pods are available");
    if is_available(own, wanted) {
        let scope = if watches_all(own) { "all namespaces" } else { "its own namespace" };
        return Finding::pass(subject, format!("{pods}, for {scope}"));
    }
    let (is_broken, reason) = match stopped(own) {
        Some(why) => (true, format!("{pods}, and its last change does not start: {why}")),
        None if available < wanted => (available == 0, pods),
        None => (false, format!("{pods}, but not all of them run its last change yet")),
    };
    let level = if is_broken { Finding::fail } else { Finding::warn };
    let command = format!("kubectl describe pods --selector={LABEL}=true --namespace {home}");
    level(subject, reason).mend(command)
}

/// Why its rollout has come to a stop, if it has.
fn stopped(own: &Value) -> Option<&str> {
    let is_stopped = |it: &&Value| it["type"] == "Progressing" && it["status"] == "False";
    list(own, "/status/conditions").find(is_stopped).map(|condition| text(condition, "/message"))
}

fn containers(deployment: &Value) -> impl Iterator<Item = &Value> {
    list(deployment, "/spec/template/spec/containers")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn running(image: &str) -> Value {
        json!({ "spec": { "template": { "spec": { "containers": [{ "image": image }] } } } })
    }

    #[test]
    fn an_operator_is_known_by_its_image() {
        for image in ["ghcr.io/eeveebot/operator:2.3.0", "mirror:5000/eeveebot/operator@sha256:0"] {
            assert!(is_operator(&running(image)) && is_former(&running(image)), "{image}");
        }
        assert!(!is_former(&running("ghcr.io/eeveebot/operator:3.0.0-rc.1@sha256:0")));
        for image in ["", "operator:3", "ghcr.io/eeveebot/operator-module:1", "eeveebot/echo:2"] {
            assert!(!is_operator(&running(image)), "{image}");
        }
    }
}
