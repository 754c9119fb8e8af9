//! Images that pods could not pull.

use super::facts::{Facts, list, name, namespace, text};
use super::finding::Finding;
use crate::kinds::Kind;
use crate::snapshot::ClusterSnapshot;
use serde_json::Value;
use std::collections::BTreeMap;

const SUBJECT: &str = "images";
/// Why a container waits that has no image.
const REASONS: [&str; 6] = [
    "ErrImageNeverPull",
    "ErrImagePull",
    "ImageInspectError",
    "ImagePullBackOff",
    "InvalidImageName",
    "RegistryUnavailable",
];

/// A container that waits for its image.
struct Waiting<'a> {
    image: &'a str,
    reason: &'a str,
    message: &'a str,
    /// Its pod, and the namespace of that.
    pod: (&'a str, &'a str),
}

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let bot = facts.bot.as_ref().ok();
    let pods = bot.into_iter().flat_map(ClusterSnapshot::objects);
    let pods = pods.filter(|object| object.reference().kind == Kind::Pod).map(|pod| pod.value());
    let own = facts.operator_pods.as_ref().ok().into_iter().flatten();
    // Pods of one Deployment say the same.
    let mut images: BTreeMap<&str, Waiting<'_>> = BTreeMap::new();
    for waiting in pods.chain(own).flat_map(waiting) {
        images.insert(waiting.image, waiting);
    }
    let mut findings: Vec<Finding> = images.into_values().map(of_image).collect();
    if let Some(why) = facts.unlisted.get(&Kind::Pod) {
        findings.push(Finding::unseen(SUBJECT, why));
    } else if bot.is_none() {
        findings
            .extend(facts.operator_pods.as_ref().err().map(|why| Finding::unseen(SUBJECT, why)));
    } else if findings.is_empty() {
        findings.push(Finding::pass(SUBJECT, "no pod waits for one"));
    }
    findings
}

fn waiting(pod: &Value) -> impl Iterator<Item = Waiting<'_>> {
    let statuses = ["/status/initContainerStatuses", "/status/containerStatuses"];
    statuses.into_iter().flat_map(|path| list(pod, path)).filter_map(|status| {
        let reason = text(status, "/state/waiting/reason");
        REASONS.contains(&reason).then(|| Waiting {
            image: text(status, "/image"),
            reason,
            message: text(status, "/state/waiting/message"),
            pod: (name(pod), namespace(pod)),
        })
    })
}

fn of_image(waiting: Waiting<'_>) -> Finding {
    let Waiting { image, reason, message, pod: (pod, namespace) } = waiting;
    let message = if message.is_empty() { String::new() } else { format!(": {message}") };
    let reason = format!("pod {namespace}/{pod} could not pull it, {reason}{message}");
    let command = format!("kubectl describe pod {pod} --namespace {namespace}");
    Finding::fail(format!("image {image}"), reason).mend(command)
}
