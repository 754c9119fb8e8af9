//! Versions of operator, charts and this program.

use super::facts::{Facts, label};
use super::finding::Finding;
use super::operator;
use crate::snapshot::ClusterSnapshot;
use serde_json::Value;
use std::collections::BTreeSet;

const SUBJECT: &str = "versions";
/// The label in which Helm's charts name themselves, as `bot-3.0.0`.
const CHART: &str = "helm.sh/chart";

/// One thing that has a version.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    what: &'static str,
    version: String,
    command: String,
}

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let parts = parts(facts);
    let mut findings: Vec<Finding> = parts
        .iter()
        .filter(|part| part.version != facts.program)
        .map(|Part { what, version, command }| {
            let reason = format!("{version}, and this program is {}", facts.program);
            Finding::warn(format!("version of {what}"), reason).mend(command.as_str())
        })
        .collect();
    if findings.is_empty() && !parts.is_empty() {
        let whats: BTreeSet<&str> = parts.iter().map(|part| part.what).collect();
        let whats: Vec<&str> = whats.into_iter().collect();
        let reason = format!("{} and this program are {}", whats.join(", "), facts.program);
        findings.push(Finding::pass(SUBJECT, reason));
    }
    if parts.is_empty() {
        findings.push(Finding::unseen(SUBJECT, "nothing is labelled with one"));
    }
    if let Err(why) = &facts.definitions {
        findings.push(Finding::unseen("version of chart crds", why));
    }
    findings
}

fn parts(facts: &Facts) -> BTreeSet<Part> {
    let home = &facts.home;
    let upgrade = |release: &str, chart: &str| {
        format!("helm upgrade {release} eevee/{chart} --namespace {home} --reset-then-reuse-values")
    };
    let mut parts = BTreeSet::new();
    let own = facts.operators.as_ref().ok().and_then(|all| operator::of(all, home));
    if let Some(own) = own {
        let command = upgrade("eevee-operator", "operator");
        let chart = chart(own, "operator");
        let told = [("operator", operator::version(own)), ("chart operator", chart)];
        parts.extend(told.into_iter().filter_map(|(what, version)| {
            Some(Part { what, version: version?, command: command.clone() })
        }));
    }
    for definition in facts.definitions.as_ref().ok().into_iter().flatten() {
        let command = upgrade("eevee-crds", "crds");
        parts.extend(chart(definition, "crds").map(|version| Part {
            what: "chart crds",
            version,
            command,
        }));
    }
    for resource in facts.bot.as_ref().ok().into_iter().flat_map(ClusterSnapshot::objects) {
        let namespace = &resource.reference().namespace;
        let release = resource.annotation("meta.helm.sh/release-name").unwrap_or("my-bot");
        parts.extend(chart(resource.value(), "bot").map(|version| Part {
            what: "chart bot",
            version,
            command: format!(
                "helm upgrade {release} eevee/bot --namespace {namespace} --reset-then-reuse-values"
            ),
        }));
    }
    parts
}

/// The version of the chart that made an object.
fn chart(object: &Value, of: &str) -> Option<String> {
    let version = label(object, CHART)?.strip_prefix(of)?.strip_prefix('-')?;
    // A label cannot hold the + of a version.
    Some(version.replace('_', "+"))
}
