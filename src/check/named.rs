//! What resources name: IpcConfigs, Secrets, schedules and stores.

use super::facts::Facts;
use super::finding::Finding;
use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::render::{awaits_bootstrap, has_ended, token_secret_of};
use crate::snapshot::{ClusterSnapshot, Observed};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const SUBJECT: &str = "named objects";

/// Fields that name an object, and of which kind.
const FIELDS: [(Kind, &str, Kind); 8] = [
    (Kind::BotModule, "/spec/ipcConfig", Kind::IpcConfig),
    (Kind::BotModule, "/spec/envSecret/name", Kind::Secret),
    (Kind::BotModule, "/spec/backupSchedule/name", Kind::BackupSchedule),
    (Kind::BackupSchedule, "/spec/s3Store/name", Kind::S3Store),
    (Kind::BackupRestore, "/spec/s3Store/name", Kind::S3Store),
    (Kind::BackupRestore, "/spec/botModule/name", Kind::BotModule),
    (Kind::S3Store, "/spec/accessId/secretKeyRef/secret/name", Kind::Secret),
    (Kind::S3Store, "/spec/accessKey/secretKeyRef/secret/name", Kind::Secret),
];
/// Lists of what pods have their images pulled with.
const PULL_SECRETS: [&str; 2] = ["/spec/imagePullSecrets", "/spec/nats/managed/imagePullSecrets"];

/// Each object that is named, with who names it.
fn named(bot: &ClusterSnapshot, namespace: &str) -> BTreeMap<ObjectRef, Vec<ObjectRef>> {
    let mut named: BTreeMap<ObjectRef, Vec<ObjectRef>> = BTreeMap::new();
    let here = bot.objects().filter(|object| {
        object.reference().kind.is_custom() && object.reference().namespace == namespace
    });
    for resource in here {
        for target in of(resource).into_iter().chain(begins_from(bot, resource)) {
            named.entry(target).or_default().push(resource.reference().clone());
        }
    }
    named
}

fn of(resource: &Object) -> BTreeSet<ObjectRef> {
    let at = resource.reference();
    // What a restore that is over has needed may be gone.
    if has_ended(resource) {
        return BTreeSet::new();
    }
    let there = |kind, name: &str| ObjectRef::new(kind, at.namespace.as_str(), name);
    let fields = FIELDS.iter().filter(|(kind, ..)| *kind == at.kind);
    let mut named: BTreeSet<ObjectRef> = fields
        .filter_map(|(_, path, kind)| Some(there(*kind, resource.text(path)?)))
        .filter(|target| !target.name.is_empty())
        .collect();
    let secrets = pull_secrets(resource).chain(variables(resource));
    named.extend(secrets.map(|name| there(Kind::Secret, name)));
    if at.kind == Kind::IpcConfig && !makes_its_token(resource) {
        named.extend(token_secret_of(resource));
    }
    named
}

/// The store of the backup that a module begins with. It is not asked for again.
fn begins_from(bot: &ClusterSnapshot, module: &Object) -> Option<ObjectRef> {
    let ObjectRef { namespace, name, .. } = module.reference();
    let store = module.text("/spec/bootstrapFromBackup/s3Store/name")?;
    let claim = ObjectRef::new(Kind::PersistentVolumeClaim, namespace, names::module::claim(name));
    let claim = bot.get(&claim).ok()?;
    let is_awaited = awaits_bootstrap(bot, module, claim.map(|claim| &**claim)).unwrap_or(false);
    is_awaited.then(|| ObjectRef::new(Kind::S3Store, namespace, store))
}

/// The Secrets that images are pulled with.
fn pull_secrets(resource: &Object) -> impl Iterator<Item = &str> {
    let lists = PULL_SECRETS.iter().filter_map(|path| resource.at(path)?.as_array());
    lists.flatten().filter_map(|secret| secret.get("name")?.as_str())
}

/// The Secrets that variables are taken from. A kubelet goes on without those that are optional.
fn variables(resource: &Object) -> impl Iterator<Item = &str> {
    let all = resource.at("/spec/extraEnv").and_then(Value::as_array).into_iter().flatten();
    let named = all.filter_map(|variable| variable.pointer("/valueFrom/secretKeyRef"));
    named.filter(|secret| secret["optional"] != true).filter_map(|secret| secret["name"].as_str())
}

/// The operator makes the Secret of a token that is generated.
fn makes_its_token(resource: &Object) -> bool {
    let fields = ["/spec/nats/managed/enabled", "/spec/nats/token/generate"];
    fields.iter().all(|path| resource.at(path).and_then(Value::as_bool).unwrap_or(true))
}

/// The Secrets that resources of a namespace name and that were not read yet.
pub fn secrets(bot: &ClusterSnapshot, namespace: &str) -> BTreeSet<ObjectRef> {
    let secrets = named(bot, namespace).into_keys().filter(|target| target.kind.is_secret());
    secrets.filter(|target| bot.noted(target).is_none()).collect()
}

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let bot = match &facts.bot {
        Ok(bot) => bot,
        // Where nothing is served, that is said already.
        Err(_) if facts.served.as_ref().is_ok_and(BTreeMap::is_empty) => return Vec::new(),
        Err(why) => return vec![Finding::unseen("bot", why)],
    };
    let named = named(bot, &facts.namespace);
    let mut findings: Vec<Finding> = named
        .iter()
        .filter_map(|(target, by)| {
            let subject = format!("{} {}/{}", target.kind, target.namespace, target.name);
            match bot.observe(target) {
                Observed::Present(_) => None,
                Observed::Unknown => {
                    Some(Finding::unseen(subject, &format!("{} names it", in_words(by))))
                }
                Observed::Absent => {
                    let reason = format!("there is none, and {} names it", in_words(by));
                    Some(Finding::fail(subject, reason).mend(make(bot, target, by)))
                }
            }
        })
        .collect();
    let is_seen = facts.sees_all_resources();
    if findings.is_empty() && (is_seen || !named.is_empty()) {
        let those = if is_seen { "resources" } else { "the resources that were seen" };
        let reason = format!("all {} that {those} name are there", named.len());
        findings.push(Finding::pass(SUBJECT, reason));
    }
    findings
}

fn in_words(by: &[ObjectRef]) -> String {
    let names: Vec<String> = by.iter().map(|at| format!("{} {}", at.kind, at.name)).collect();
    super::facts::names(&names)
}

fn make(bot: &ClusterSnapshot, target: &ObjectRef, by: &[ObjectRef]) -> String {
    let ObjectRef { kind, namespace, name } = target;
    if !kind.is_secret() {
        return format!("kubectl get {} --namespace {namespace}", kind.plural());
    }
    let mut users = by.iter().filter_map(|at| bot.get(at).ok().flatten());
    // A kubelet pulls with no other type.
    let (kind, source) = if users.any(|user| pull_secrets(user).any(|secret| secret == name)) {
        ("docker-registry", "--from-file=.dockerconfigjson=FILE")
    } else {
        ("generic", "--from-env-file=FILE")
    };
    format!("kubectl create secret {kind} {name} {source} --namespace {namespace}")
}
