//! Kinds of objects that could not be listed: whatever is wrong with those has no line.

use super::facts::Facts;
use super::finding::Finding;
use crate::kinds::Kind;

pub fn judge(facts: &Facts) -> Vec<Finding> {
    // Pods have a line of their own, that of their images.
    let unlisted = facts.unlisted.iter().filter(|(kind, _)| **kind != Kind::Pod);
    let finding = |(kind, why): (&Kind, &String)| {
        let (resource, namespace) = (kind.plural(), &facts.namespace);
        let command = format!("kubectl auth can-i list {resource} --namespace {namespace}");
        Finding::unseen(format!("{kind}s"), why).mend(command)
    };
    unlisted.map(finding).collect()
}
