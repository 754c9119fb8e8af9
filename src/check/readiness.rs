//! Whether the resources are Ready. What to do for which reason, `status` says.

use super::facts::{Facts, text};
use super::finding::Finding;
use crate::crd::conditions::types;
use crate::object::Object;
use crate::overview::{self, Successes};
use crate::render::live_condition;

const SUBJECT: &str = "resources";

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let Ok(bot) = &facts.bot else { return Vec::new() };
    let resources = bot.objects().map(|object| &**object).filter(|object| {
        let at = object.reference();
        at.kind.is_custom() && at.namespace == facts.namespace
    });
    let resources = unforgiven(resources.collect());
    let mut findings: Vec<Finding> = resources.iter().filter_map(|it| unready(it)).collect();
    let namespace = &facts.namespace;
    let is_seen = facts.sees_all_resources();
    if resources.is_empty() && is_seen {
        let reason = format!("namespace {namespace} has none yet");
        let command = format!("helm install my-bot eevee/bot --namespace {namespace}");
        findings.push(Finding::pass(SUBJECT, reason).mend(command));
    } else if findings.is_empty() && !resources.is_empty() {
        let those = if is_seen { "" } else { " that were seen" };
        let reason = format!("all {} of namespace {namespace}{those} are Ready", resources.len());
        findings.push(Finding::pass(SUBJECT, reason));
    }
    findings
}

/// All but the restores that failed and were made up for.
fn unforgiven(mut resources: Vec<&Object>) -> Vec<&Object> {
    let successes = Successes::of(resources.iter().copied());
    resources.retain(|resource| status(resource) != "False" || !successes.make_up_for(resource));
    resources
}

fn status(resource: &Object) -> &str {
    live_condition(resource, types::READY).map_or("", |ready| text(ready, "/status"))
}

/// None for one that is Ready.
fn unready(resource: &Object) -> Option<Finding> {
    let at = resource.reference();
    let subject = format!("{} {}/{}", at.kind, at.namespace, at.name);
    let command = format!(
        "eevee-operator status {}/{} --namespace {}",
        at.kind.singular(),
        at.name,
        at.namespace
    );
    let Some(condition) = live_condition(resource, types::READY) else {
        let reason = "it has no condition Ready: no operator has looked at it";
        return Some(Finding::warn(subject, reason).mend(command));
    };
    let status = text(condition, "/status");
    let reason = format!(
        "Ready is {status}, {}: {}",
        text(condition, "/reason"),
        text(condition, "/message")
    );
    match status {
        "True" if resource.number("/status/observedGeneration") == resource.generation() => None,
        "True" => {
            let reason = "no operator has looked at its last change";
            Some(Finding::warn(subject, reason).mend(command))
        }
        "False" if overview::is_mild(resource) => {
            Some(Finding::warn(subject, reason).mend(command))
        }
        "False" => Some(Finding::fail(subject, reason).mend(command)),
        _ => Some(Finding::warn(subject, reason).mend(command)),
    }
}
