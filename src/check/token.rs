//! Whether NATS, its modules and the Secret between them have one token, by the digests that the
//! operator notes on pods.

use super::facts::Facts;
use super::finding::Finding;
use crate::kinds::Kind;
use crate::names::{TOKEN_DIGEST, module, nats};
use crate::object::{Object, ObjectRef};
use crate::render::current_token_digest;
use crate::snapshot::ClusterSnapshot;

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let Ok(bot) = &facts.bot else { return Vec::new() };
    super::nats::servers(bot, &facts.namespace)
        .iter()
        .filter_map(|name| of_server(facts, bot, name))
        .collect()
}

/// None where no server runs.
fn of_server(facts: &Facts, bot: &ClusterSnapshot, name: &str) -> Option<Finding> {
    let namespace = facts.namespace.as_str();
    let at = |kind, name: String| ObjectRef::new(kind, namespace, name);
    let subject = format!("token of IpcConfig {namespace}/{name}");
    let again = |resource: &str| {
        format!(
            "kubectl annotate {resource} eevee.bot/reconcile-requested=\"$(date)\" --overwrite --namespace {namespace}"
        )
    };
    let server = bot.get(&at(Kind::Deployment, nats::server(name))).ok().flatten()?;
    let running = digest(server)?;
    let resource = bot.get(&at(Kind::IpcConfig, name.to_owned())).ok().flatten()?;
    let current = current_token_digest(bot, resource);
    if current.as_ref().is_some_and(|current| current != running) {
        let reason = "the server runs with another token than its Secret holds: the operator has not acted on a change";
        return Some(Finding::fail(subject, reason).mend(again(&format!("ipcconfig/{name}"))));
    }
    let others: Vec<&str> = users(bot, namespace, name)
        .filter(|user| {
            let deployment = bot.get(&at(Kind::Deployment, module::deployment(user)));
            let theirs = deployment.ok().flatten().and_then(|it| digest(it));
            theirs.is_some_and(|theirs| theirs != running)
        })
        .collect();
    if let [first, ..] = &others[..] {
        let reason = format!(
            "BotModule {} runs with another token than the server, which refuses it",
            super::facts::names(&others)
        );
        return Some(Finding::fail(subject, reason).mend(again(&format!("botmodule/{first}"))));
    }
    let hidden =
        [Kind::BotModule, Kind::Deployment].iter().any(|it| facts.unlisted.contains_key(it));
    let who = if hidden {
        "the server and the modules that were seen"
    } else {
        "the server and its modules"
    };
    let rest = if current.is_none() { "; its Secret could not be held against it" } else { "" };
    Some(Finding::pass(subject, format!("{who} run with the same{rest}")))
}

fn users<'a>(
    bot: &'a ClusterSnapshot,
    namespace: &'a str,
    name: &'a str,
) -> impl Iterator<Item = &'a str> {
    let uses = move |object: &&'a std::sync::Arc<Object>| {
        let at = object.reference();
        at.kind == Kind::BotModule
            && at.namespace == namespace
            && object.text("/spec/ipcConfig") == Some(name)
    };
    bot.objects().filter(uses).map(|module| module.reference().name.as_str())
}

fn digest(deployment: &Object) -> Option<&str> {
    deployment.at("/spec/template/metadata/annotations")?.get(TOKEN_DIGEST)?.as_str()
}
