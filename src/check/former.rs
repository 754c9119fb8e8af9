//! Another operator at work on the same resources.

use super::facts::{Facts, ago, list, name, namespace, text};
use super::finding::Finding;
use super::operator::{is_active, is_former, version, watches_all};
use crate::object::Object;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const SUBJECT: &str = "other operators";
/// The client of the TypeScript operator, as the API server calls it. Other programs of Node.js are
/// called so, too.
const CLIENT: &str = "node-fetch";
/// Who has written within this time may still be there.
const LATELY: SignedDuration = SignedDuration::from_mins(15);

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        facts.all_operators().filter_map(|operator| of_deployment(facts, operator)).collect();
    findings.extend(of_writes(facts));
    let places = [(SUBJECT, &facts.operators), ("other operators elsewhere", &facts.elsewhere)];
    for (subject, seen) in places {
        findings.extend(seen.as_ref().err().map(|why| Finding::unseen(subject, why)));
    }
    if findings.is_empty() {
        let reason = format!("none acts on namespace {}", facts.namespace);
        findings.push(Finding::pass(SUBJECT, reason));
    }
    findings
}

/// None for the one that is meant to be there, and for those that leave the namespace alone.
fn of_deployment(facts: &Facts, operator: &Value) -> Option<Finding> {
    let acts_here = namespace(operator) == facts.namespace || watches_all(operator);
    let is_own = namespace(operator) == facts.home && !is_former(operator);
    if !is_active(operator) || !acts_here || is_own {
        return None;
    }
    let (home, name) = (namespace(operator), name(operator));
    let subject = format!("operator {home}/{name}");
    let stop = format!("kubectl delete deployment {name} --namespace {home} --cascade=foreground");
    if is_former(operator) {
        let version = version(operator).unwrap_or_else(|| "of unknown version".to_owned());
        let reason = format!(
            "the TypeScript operator, {version}, acts on namespace {}: two operators undo each other's work. Stop it; docs/upgrade.md has the whole way",
            facts.namespace
        );
        return Some(Finding::fail(subject, reason).mend(stop));
    }
    let reason = format!(
        "it looks after all namespaces, and so acts on {} beside the one in {}: each has a Lease of its own, so that both write",
        facts.namespace, facts.home
    );
    Some(Finding::fail(subject, reason).mend(format!(
        "helm upgrade eevee-operator eevee/operator --namespace {home} --reset-then-reuse-values --set operator.operator.env.watchOtherNamespaces=false"
    )))
}

/// It may run where no Deployment is seen.
fn of_writes(facts: &Facts) -> Option<Finding> {
    let bot = facts.bot.as_ref().ok()?;
    let writes = bot.objects().filter_map(|object| Some((last_write(object)?, object)));
    let (time, object) = writes.max_by_key(|(time, _)| *time)?;
    let now = facts.time();
    if now.duration_since(time) > LATELY {
        return None;
    }
    let reason = format!(
        "{CLIENT} wrote {} {}: the TypeScript operator is called so, as other programs of Node.js are. If it was not stopped since, stop it",
        object.reference(),
        ago(time, now)
    );
    let command = "kubectl get deployments --all-namespaces --selector=eevee.bot/operator=true";
    Some(Finding::warn(SUBJECT, reason).mend(command))
}

fn last_write(object: &Object) -> Option<Timestamp> {
    let entries = list(object.value(), "/metadata/managedFields");
    let of_client = entries.filter(|entry| text(entry, "/manager") == CLIENT);
    of_client.filter_map(|entry| text(entry, "/time").parse().ok()).max()
}
