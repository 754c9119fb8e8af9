//! NATS servers, by what they say at their monitoring port.

use super::facts::{Facts, Health};
use super::finding::Finding;
use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::snapshot::ClusterSnapshot;
use serde_json::Value;

/// The IpcConfigs of a namespace whose servers the operator runs.
pub fn servers(bot: &ClusterSnapshot, namespace: &str) -> Vec<String> {
    let is_managed = |resource: &&std::sync::Arc<Object>| {
        let at = resource.reference();
        let enabled = resource.at("/spec/nats/managed/enabled").and_then(Value::as_bool);
        at.kind == Kind::IpcConfig && at.namespace == namespace && enabled.unwrap_or(true)
    };
    bot.objects().filter(is_managed).map(|resource| resource.reference().name.clone()).collect()
}

pub fn judge(facts: &Facts) -> Vec<Finding> {
    facts.health.iter().map(|health| of_server(facts, health)).collect()
}

fn of_server(facts: &Facts, health: &Health) -> Finding {
    let server = names::nats::server(&health.of);
    let namespace = &facts.namespace;
    let subject = format!("NATS {namespace}/{server}");
    let logs =
        format!("kubectl logs deployment/{server} --container nats-server --namespace {namespace}");
    match &health.status {
        Ok(200) => Finding::pass(subject, "/healthz answers 200"),
        Ok(status) => {
            Finding::fail(subject, format!("/healthz answers {status}, where 200 is well"))
                .mend(logs)
        }
        // The kubelet asks the same, and its answer is in the Deployment.
        Err(why) => match is_available(facts, &server) {
            Some(false) => {
                Finding::fail(subject, format!("no server is available: {why}")).mend(logs)
            }
            Some(true) => Finding::unseen(
                subject,
                &format!("{why}; its Deployment is available, so that the kubelet reaches it"),
            ),
            None => Finding::unseen(subject, why),
        },
    }
}

fn is_available(facts: &Facts, server: &str) -> Option<bool> {
    let at = ObjectRef::new(Kind::Deployment, facts.namespace.as_str(), server);
    let live = facts.bot.as_ref().ok()?.get(&at).ok()?;
    Some(live.is_some_and(|live| live.number("/status/availableReplicas").unwrap_or(0) > 0))
}
