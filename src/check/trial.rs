//! The pods that would be made, tried on the namespace: Pod Security, quotas and policies judge them.

use super::facts::{Admission, Facts, InstallPhase, Trial, text};
use super::finding::Finding;
use crate::kinds::Kind;
use crate::manifest::{Defaults, Input};
use crate::names::{BACKUP_TASK, MANAGED_BY, OPERATOR};
use crate::object::Object;
use crate::offline::{self, Format, Options};
use crate::render::is_available;
use crate::snapshot::{ClusterSnapshot, Entropy, Settings};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Kinds of pods that are tried, at most.
const MOST: usize = 40;
const SUBJECT: &str = "pods";

/// A pod to try.
pub struct Attempt {
    /// Whose it would be.
    pub of: String,
    /// Whether a bot runs without it.
    pub is_optional: bool,
    pub pod: Value,
}

/// A bot as most are.
const SAMPLE: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: sample}
spec: {}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: sample}
spec:
  image: eevee.bot/sample:1
  ipcConfig: sample
  moduleConfig: 'a: 1'
  persistentVolumeClaim: {resources: {requests: {storage: 1Gi}}}
  backupSchedule: {name: sample}
---
apiVersion: eevee.bot/v1
kind: S3Store
metadata: {name: sample}
spec:
  endpoint: https://s3.eevee.bot
  bucket: sample
  accessId: {secretKeyRef: {secret: {name: sample}, key: id}}
  accessKey: {secretKeyRef: {secret: {name: sample}, key: key}}
---
apiVersion: eevee.bot/v1
kind: BackupSchedule
metadata: {name: sample}
spec: {schedule: '0 3 * * *', s3Store: {name: sample}}
---
apiVersion: v1
kind: Secret
metadata: {name: sample}
data: {id: aWQ=, key: a2V5}
";

/// The pods to try: those of the bot, and those of one as most are where there surely is none.
pub fn attempts(facts: &Facts, settings: &Settings) -> Vec<Attempt> {
    let bot = facts.bot.as_ref().ok().filter(|_| facts.phase == InstallPhase::After);
    let attempts = bot.map(|bot| of_bot(bot, &facts.namespace)).unwrap_or_default();
    if attempts.is_empty() && hidden(facts).is_none() {
        samples(settings, &facts.namespace, facts.now)
    } else {
        attempts
    }
}

/// Why it cannot be told which pods the bot has.
fn hidden(facts: &Facts) -> Option<&String> {
    // Where nothing is served, there surely is no bot.
    let is_served = facts.served.as_ref().map_or(true, |served| !served.is_empty());
    let unread = facts.bot.as_ref().err().filter(|_| is_served);
    let unlisted = facts.unlisted.get(&Kind::Deployment);
    unlisted.or(unread).filter(|_| facts.phase == InstallPhase::After)
}

/// The pods that the operator would make for a bot as most are.
fn samples(settings: &Settings, namespace: &str, now: Timestamp) -> Vec<Attempt> {
    let source = Input { name: "sample.yaml".to_owned(), text: SAMPLE.to_owned() };
    let settings = Settings { watch_other_namespaces: true, ..settings.clone() };
    // What is generated of it is thrown away.
    let entropy = Entropy([0; 32]);
    let defaults = Defaults { settings, namespace: namespace.to_owned(), now, entropy };
    let options = Options { format: Format::Json, actions: false, show_secrets: false };
    let text = offline::render_sources(&[source], defaults, &options).map(|outcome| outcome.text);
    let rendered: Value =
        text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let objects = rendered["items"].as_array().cloned().unwrap_or_default();
    objects.iter().filter_map(|object| attempt(object, namespace)).collect()
}

/// The pods of a bot, one of each kind.
fn of_bot(bot: &ClusterSnapshot, namespace: &str) -> Vec<Attempt> {
    let mut different: BTreeMap<String, Attempt> = BTreeMap::new();
    for attempt in
        of_operator(bot, namespace).filter_map(|object| attempt(object.value(), namespace))
    {
        different.entry(essence(&attempt.pod)).or_insert(attempt);
    }
    let mut attempts: Vec<Attempt> = different.into_values().take(MOST).collect();
    attempts.sort_by(|a, b| a.of.cmp(&b.of));
    attempts
}

/// What the operator has made in a namespace.
fn of_operator<'a>(
    bot: &'a ClusterSnapshot,
    namespace: &str,
) -> impl Iterator<Item = &'a Arc<Object>> {
    bot.objects().filter(move |object| {
        object.label(MANAGED_BY) == Some(OPERATOR) && object.reference().namespace == namespace
    })
}

/// The pod of an object that makes pods. Pods themselves are not made again.
fn attempt(object: &Value, namespace: &str) -> Option<Attempt> {
    let kind = Kind::of(text(object, "/apiVersion"), text(object, "/kind"))?;
    // Jobs are made once.
    let template = kind.pod_template().filter(|_| kind != Kind::Job)?;
    let template = object.pointer(template)?;
    let name = text(object, "/metadata/name");
    let labels = template.pointer("/metadata/labels").cloned().unwrap_or(json!({}));
    let is_optional = labels.get(BACKUP_TASK).is_some();
    let pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": "eevee-check-",
            "namespace": namespace,
            "labels": labels,
            "annotations": template.pointer("/metadata/annotations").cloned().unwrap_or(json!({})),
        },
        "spec": template.get("spec").cloned().unwrap_or_default(),
    });
    Some(Attempt { of: format!("{kind} {name}"), is_optional, pod })
}

/// What admission goes by: two pods that differ in names and images alone get the same answer.
fn essence(pod: &Value) -> String {
    let mut spec = pod["spec"].clone();
    for list in ["containers", "initContainers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            let Some(container) = container.as_object_mut() else { continue };
            container.retain(|field, _| ["securityContext", "resources"].contains(&field.as_str()));
        }
    }
    for volume in spec["volumes"].as_array_mut().into_iter().flatten() {
        let kinds: Vec<String> =
            volume.as_object().into_iter().flatten().map(|(it, _)| it.clone()).collect();
        *volume = json!(kinds);
    }
    spec.to_string()
}

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let place = match &facts.place {
        Ok(None) => return vec![no_namespace(facts)],
        Ok(Some(_)) => None,
        Err(why) => Some(why),
    };
    let mut findings: Vec<Finding> =
        facts.trials.iter().filter_map(|it| of_trial(facts, it)).collect();
    let accepted = facts.trials.iter().filter(|it| it.admission == Ok(Admission::Accepted)).count();
    if accepted > 0 && accepted == facts.trials.len() {
        let whats: Vec<&str> = facts.trials.iter().map(|trial| trial.of.as_str()).collect();
        let reason =
            format!("namespace {} takes those of {}", facts.namespace, super::facts::names(&whats));
        findings.push(Finding::pass(SUBJECT, reason));
    }
    let why = facts.trials.iter().find_map(|trial| trial.admission.as_ref().err());
    if let Some(why) = why.or(place.filter(|_| facts.trials.is_empty())) {
        let command = format!("kubectl auth can-i create pods --namespace {}", facts.namespace);
        findings.push(security_by_labels(facts, why).mend(command));
    } else if let Some(why) = hidden(facts) {
        findings.push(security_by_labels(facts, why));
    }
    findings
}

fn no_namespace(facts: &Facts) -> Finding {
    let namespace = &facts.namespace;
    let subject = format!("namespace {namespace}");
    let command = format!("kubectl create namespace {namespace}");
    match facts.phase {
        InstallPhase::Before => {
            Finding::pass(subject, "it is not there yet: --create-namespace makes it").mend(command)
        }
        InstallPhase::After => Finding::fail(subject, "there is none").mend(command),
    }
}

fn of_trial(facts: &Facts, trial: &Trial) -> Option<Finding> {
    let Ok(Admission::Refused(words)) = &trial.admission else { return None };
    let namespace = &facts.namespace;
    let (subject, reason, command) = if words.contains("violates PodSecurity") {
        let reason = format!("namespace {namespace} refuses it: {words}");
        let command = format!(
            "kubectl label namespace {namespace} pod-security.kubernetes.io/enforce=baseline --overwrite"
        );
        (format!("Pod Security of {}", trial.of), reason, command)
    } else if words.contains("quota") {
        let reason = format!("no further pod of it can be made: {words}");
        (
            format!("quota for {}", trial.of),
            reason,
            format!("kubectl describe resourcequota --namespace {namespace}"),
        )
    } else {
        let reason = format!("the API server would refuse it: {words}");
        (format!("pod of {}", trial.of), reason, "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations,validatingadmissionpolicies".to_owned())
    };
    let finding = if trial.is_optional || words.contains("quota") && all_have_their_pods(facts) {
        Finding::warn(subject, reason)
    } else {
        Finding::fail(subject, reason)
    };
    Some(finding.mend(command))
}

/// Whether no Deployment of the bot needs a further pod: one trial stands for all whose pods are alike. A quota that is used
/// up to the last pod stops no bot.
fn all_have_their_pods(facts: &Facts) -> bool {
    let Ok(bot) = &facts.bot else { return false };
    let has_its_pods =
        |live: &Object| is_available(live.value(), live.number("/spec/replicas").unwrap_or(1));
    let mut deployments = of_operator(bot, &facts.namespace)
        .filter(|object| object.reference().kind == Kind::Deployment)
        .peekable();
    deployments.peek().is_some() && deployments.all(|live| has_its_pods(live))
}

/// Where no pod may be tried, the label of the namespace tells at least what it asks for.
fn security_by_labels(facts: &Facts, why: &str) -> Finding {
    let subject = format!("{SUBJECT} in namespace {}", facts.namespace);
    let place = facts.place.as_ref().ok().and_then(Option::as_ref);
    let labels = place.and_then(|place| place.pointer("/metadata/labels"));
    let enforced = labels.and_then(|it| it["pod-security.kubernetes.io/enforce"].as_str());
    match enforced {
        Some(level) => {
            Finding::unseen(subject, &format!("{why}; it enforces Pod Security {level}"))
        }
        None => Finding::unseen(subject, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_server_a_module_and_a_backup() {
        let settings =
            Settings { operator_image: Some("operator:1".to_owned()), ..Settings::default() };
        let samples = samples(&settings, "bots", Timestamp::UNIX_EPOCH);
        let of: Vec<(&str, bool)> =
            samples.iter().map(|sample| (sample.of.as_str(), sample.is_optional)).collect();
        let expected = [
            ("Deployment eevee-sample-module", false),
            ("Deployment eevee-sample-nats", false),
            ("CronJob sample-sample-backup", true),
        ];
        assert_eq!(of, expected);
        for sample in &samples {
            assert_eq!(sample.pod["metadata"]["namespace"], "bots");
            assert!(sample.pod["spec"]["containers"][0]["image"].is_string(), "{}", sample.pod);
        }
    }
}
