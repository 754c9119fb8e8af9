//! The HTTP API: its token, and the Service that modules are told.

use super::facts::{Facts, label, list, text};
use super::finding::Finding;
use super::operator;
use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::snapshot::Settings;
use serde_json::Value;

const TOKEN: &str = "API token";

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let operators = match &facts.operators {
        Ok(operators) => operators,
        Err(why) => return vec![Finding::unseen(TOKEN, why), Finding::unseen(address(facts), why)],
    };
    // What is not installed has neither.
    let Some(own) = operator::of(operators, &facts.home) else { return Vec::new() };
    let mut findings = token(facts, own);
    findings.push(service(facts, own));
    findings
}

fn token(facts: &Facts, own: &Value) -> Vec<Finding> {
    let home = &facts.home;
    let give = format!(
        "helm upgrade eevee-operator eevee/operator --namespace {home} --reset-then-reuse-values"
    );
    let Some((name, key)) = operator::token_secret(own) else {
        let value = operator::variable_of(own, "EEVEE_OPERATOR_API_TOKEN");
        if value.is_some_and(|variable| !text(variable, "/value").is_empty()) {
            let reason = "it stands in the Deployment itself, where everybody reads it who may read Deployments";
            return vec![Finding::warn(TOKEN, reason).mend(give)];
        }
        let reason = "the operator is given none: the HTTP API refuses every request that needs it";
        return vec![Finding::fail(TOKEN, reason).mend(give)];
    };
    let secret = match &facts.token {
        Err(why) => return vec![Finding::unseen(TOKEN, why)],
        Ok(None) => {
            let reason = format!("there is no Secret {home}/{name}, of which the operator has it");
            return vec![Finding::fail(TOKEN, reason).mend(give)];
        }
        Ok(Some(secret)) => secret,
    };
    match secret.secret_value(key).filter(|token| !token.is_empty()) {
        None => {
            let reason = format!("Secret {home}/{name} has nothing under {key:?}");
            vec![Finding::fail(TOKEN, reason).mend(give)]
        }
        Some(token) => {
            let there =
                Finding::pass(TOKEN, format!("Secret {home}/{name} holds it under {key:?}"));
            [Some(there), copy(facts, &token)].into_iter().flatten().collect()
        }
    }
}

/// What modules of the namespace are given, where they are given any.
fn copy(facts: &Facts, own: &[u8]) -> Option<Finding> {
    let namespace = &facts.namespace;
    let bot = facts.bot.as_ref().ok()?;
    let at = ObjectRef::new(Kind::Secret, namespace.as_str(), names::API_TOKEN_SECRET);
    let copy: &Object = bot.get(&at).ok().flatten()?;
    let theirs = copy.secret_value(names::API_TOKEN_KEY)?;
    (theirs != own).then(|| {
        let reason = format!(
            "Secret {namespace}/{}, which modules have it of, holds another than the operator's own: the HTTP API refuses them",
            at.name
        );
        let command = format!("kubectl delete secret {} --namespace {namespace}", at.name);
        Finding::fail("API token of modules", reason).mend(command)
    })
}

/// The Service that modules are told.
fn address(facts: &Facts) -> String {
    format!("Service {}/{}", facts.home, Settings::default().api_service)
}

fn service(facts: &Facts, own: &Value) -> Finding {
    let Settings { api_port, .. } = Settings::default();
    let home = &facts.home;
    let subject = address(facts);
    let command = format!(
        "helm upgrade eevee-operator eevee/operator --namespace {home} --reset-then-reuse-values"
    );
    let service = match &facts.service {
        Err(why) => return Finding::unseen(subject, why),
        Ok(None) => {
            return Finding::fail(subject, "there is none, and modules are told it").mend(command);
        }
        Ok(Some(service)) => service,
    };
    if !list(service, "/spec/ports").any(|port| port["port"] == api_port) {
        let reason = format!("it has no port {api_port}, which modules are told");
        let ports = format!(r#"[{{"name":"http","port":{api_port},"targetPort":"http"}}]"#);
        let command = format!("{command} --set-json 'eeveeOperatorService.ports={ports}'");
        return Finding::fail(subject, reason).mend(command);
    }
    if !selects(service, own) {
        let reason = "it selects other pods than the operator's";
        return Finding::fail(subject, reason).mend(command);
    }
    let chart =
        label(service, "helm.sh/chart").map_or(String::new(), |it| format!(", of chart {it}"));
    Finding::pass(subject, format!("it has port {api_port}, and leads to the operator{chart}"))
}

fn selects(service: &Value, own: &Value) -> bool {
    let labels = own.pointer("/spec/template/metadata/labels");
    let selector = service.pointer("/spec/selector").and_then(Value::as_object);
    selector.zip(labels).is_some_and(|(selector, labels)| {
        selector.iter().all(|(name, value)| labels.get(name) == Some(value))
    })
}
