//! Quotas of the namespace.

use super::facts::{Facts, name};
use super::finding::Finding;
use crate::fields::quantity;
use serde_json::Value;

const SUBJECT: &str = "quotas";

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let quotas = match &facts.quotas {
        Ok(quotas) => quotas,
        Err(why) => return vec![Finding::unseen(SUBJECT, why)],
    };
    let used_up: Vec<Finding> = quotas.iter().flat_map(|quota| used_up(facts, quota)).collect();
    if !used_up.is_empty() {
        return used_up;
    }
    let namespace = &facts.namespace;
    vec![Finding::pass(
        SUBJECT,
        match quotas.len() {
            0 => format!("namespace {namespace} has none"),
            count => format!("none of the {count} of namespace {namespace} is used up"),
        },
    )]
}

fn used_up(facts: &Facts, quota: &Value) -> Vec<Finding> {
    let name = name(quota);
    let hard = quota.pointer("/status/hard").and_then(Value::as_object);
    let used = |resource: &str| quota.pointer("/status/used")?.get(resource)?.as_str();
    let full = hard.into_iter().flatten().filter_map(|(resource, hard)| {
        let (hard, used) = (hard.as_str()?, used(resource)?);
        let is_full = quantity::parse(used)? >= quantity::parse(hard)?;
        (is_full && concerns_bots(resource)).then(|| format!("{resource} {used} of {hard}"))
    });
    full.map(|what| {
        let reason = format!("used up: {what}. More of it is refused");
        let command = format!("kubectl edit resourcequota {name} --namespace {}", facts.namespace);
        Finding::warn(format!("quota {}/{name}", facts.namespace), reason).mend(command)
    })
    .collect()
}

/// Of what a bot has none, such as load balancers, there may be none.
fn concerns_bots(resource: &str) -> bool {
    !resource.starts_with("services.") && !resource.contains(".storageclass.storage.k8s.io/")
}
