//! The CRDs: there, served as which kind, and as new as this program.

use super::facts::{self, Facts, InstallPhase, text};
use super::finding::Finding;
use super::schema::{Differences, differences};
use crate::crd;
use crate::kinds::Kind;
use serde_json::Value;
use std::collections::BTreeMap;

const SUBJECT: &str = "CRDs";
const SCHEMA: &str = "CRD schema";

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let served = match &facts.served {
        Ok(served) => served,
        Err(why) => return vec![Finding::unseen(SUBJECT, why)],
    };
    let mut findings = Vec::new();
    if !served.is_empty() {
        findings.push(casing(served));
    }
    if served.is_empty() && facts.phase == InstallPhase::Before {
        let reason = "the cluster serves none of eevee.bot yet: chart crds brings them";
        return vec![Finding::pass(SUBJECT, reason)];
    }
    findings.extend(facts.unserved().into_iter().map(|kind| lacks(facts, kind)));
    if !served.is_empty() {
        findings.extend(schemas(facts, served));
    }
    findings
}

/// In the order of the kinds.
fn casing(served: &BTreeMap<Kind, String>) -> Finding {
    let kinds: Vec<&str> = served.values().map(String::as_str).collect();
    let remark = if served.iter().all(|(kind, name)| kind.name() == name) {
        ""
    } else {
        ": lowercase is what CRDs up to 2.4.3 have, and stays, because the kind of a CRD cannot change; the operator goes by it"
    };
    Finding::pass(SUBJECT, format!("served as kind {}{remark}", kinds.join(", ")))
}

fn lacks(facts: &Facts, kind: Kind) -> Finding {
    let subject = format!("CRD {}.{}", kind.plural(), crd::GROUP);
    let command =
        format!("helm upgrade --install eevee-crds eevee/crds --namespace {}", facts.home);
    if kind.is_needed() {
        let reason = "the cluster does not serve it, and the operator waits for it";
        Finding::fail(subject, reason).mend(command)
    } else {
        let reason = "the cluster does not serve it: there are no backups and restores without it";
        Finding::warn(subject, reason).mend(command)
    }
}

fn schemas(facts: &Facts, served: &BTreeMap<Kind, String>) -> Vec<Finding> {
    let document = match &facts.schemas {
        Ok(document) => document,
        Err(why) => return vec![Finding::unseen(SCHEMA, why)],
    };
    let own = crd::crds();
    let mut findings: Vec<Finding> = served
        .iter()
        .filter_map(|(kind, name)| {
            let own = own.iter().find(|crd| text(crd, "/spec/names/plural") == kind.plural())?;
            let own = own.pointer("/spec/versions/0/schema/openAPIV3Schema")?;
            schema(facts, *kind, own, published(document, name))
        })
        .collect();
    if findings.is_empty() {
        let reason = format!("all that is served is as new as this program, {}", facts.program);
        findings.push(Finding::pass(SCHEMA, reason));
    }
    findings
}

/// The schema of a kind in an OpenAPI document.
fn published<'a>(document: &'a Value, kind: &str) -> Option<&'a Value> {
    let schemas = document.pointer("/components/schemas")?.as_object()?;
    schemas.values().find(|schema| {
        facts::list(schema, "/x-kubernetes-group-version-kind").any(|at| {
            at["group"] == crd::GROUP && at["version"] == crd::VERSION && at["kind"] == kind
        })
    })
}

/// None where it is the same.
fn schema(facts: &Facts, kind: Kind, own: &Value, served: Option<&Value>) -> Option<Finding> {
    let subject = format!("{SCHEMA} {}.{}", kind.plural(), crd::GROUP);
    let Some(served) = served else {
        return Some(Finding::unseen(subject, "the API server has not published it yet"));
    };
    let found = differences(own, served);
    if found.is_none() {
        return None;
    }
    let command = format!(
        "helm upgrade --install eevee-crds eevee/crds --namespace {} --take-ownership --server-side=true --force-conflicts",
        facts.home
    );
    let Differences { lacking, surplus, other } = found;
    let program = &facts.program;
    Some(if !lacking.is_empty() {
        let reason = format!(
            "older than this program, {program}: it lacks {}, which the API server drops from whatever is written",
            facts::names(&lacking)
        );
        match facts.phase {
            InstallPhase::Before => Finding::warn(subject, reason).mend(command),
            InstallPhase::After => Finding::fail(subject, reason).mend(command),
        }
    } else if surplus.is_empty() {
        let reason = format!(
            "not that of this program, {program}: types, defaults, rules or descriptions differ in {}",
            facts::names(&other)
        );
        Finding::warn(subject, reason).mend(command)
    } else {
        let reason = format!(
            "newer than this program, {program}: it has {}: take the program of the operator's own version",
            facts::names(&surplus)
        );
        Finding::warn(subject, reason).mend("eevee-operator --version")
    })
}
