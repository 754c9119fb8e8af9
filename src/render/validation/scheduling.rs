//! Where pods may run.

use super::form::KEY;
use super::selectors::{keys, label_selector, labels, namespaces, number_of_values};
use super::{Invalid, Verdict, each, some};
use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm,
    PodAffinityTerm, PreferredSchedulingTerm, Toleration, TopologySpreadConstraint,
    WeightedPodAffinityTerm,
};
use std::collections::{BTreeMap, BTreeSet};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

pub fn node_selector(at: &str, selector: Option<&BTreeMap<String, String>>) -> Verdict {
    labels(&format!("{at}.nodeSelector"), selector)
}

pub fn tolerations(at: &str, tolerations: Option<&Vec<Toleration>>) -> Verdict {
    each(&format!("{at}.tolerations"), tolerations, toleration)
}

fn toleration(at: &str, toleration: &Toleration) -> Verdict {
    let Toleration { effect, key, operator, toleration_seconds, value } = toleration;
    let [effect, key, operator, value] =
        [effect, key, operator, value].map(|text| text.as_deref().unwrap_or_default());
    if key.is_empty() && operator != "Exists" {
        return Err(Invalid::new(
            format!("{at}.key"),
            "is missing: name the taint, or set operator to Exists to tolerate every one",
        ));
    }
    KEY.check_if_any(&format!("{at}.key"), Some(key))?;
    if operator == "Exists" && !value.is_empty() {
        return Err(Invalid::new(
            format!("{at}.value"),
            "must be left out: operator Exists takes none",
        ));
    }
    super::form::LABEL_VALUE.check(&format!("{at}.value"), value)?;
    if toleration_seconds.is_some() && effect != "NoExecute" {
        return Err(Invalid::new(
            format!("{at}.tolerationSeconds"),
            "must be left out: it goes with effect NoExecute alone",
        ));
    }
    Ok(())
}

pub fn topology_spread(at: &str, all: Option<&Vec<TopologySpreadConstraint>>) -> Verdict {
    let at = format!("{at}.topologySpreadConstraints");
    each(&at, all, spread)?;
    let mut seen = BTreeSet::new();
    for constraint in all.into_iter().flatten() {
        let TopologySpreadConstraint { topology_key, when_unsatisfiable, .. } = constraint;
        if !seen.insert((topology_key, when_unsatisfiable)) {
            return Err(Invalid::new(
                at,
                format!(
                    "has topologyKey {topology_key} with whenUnsatisfiable {when_unsatisfiable} twice: remove one of them"
                ),
            ));
        }
    }
    Ok(())
}

fn spread(at: &str, constraint: &TopologySpreadConstraint) -> Verdict {
    KEY.check(&format!("{at}.topologyKey"), &constraint.topology_key)?;
    if constraint.min_domains.is_some() && constraint.when_unsatisfiable != "DoNotSchedule" {
        return Err(Invalid::new(
            format!("{at}.minDomains"),
            "must be left out: it goes with whenUnsatisfiable DoNotSchedule alone",
        ));
    }
    let selector = constraint.label_selector.as_ref();
    label_selector(&format!("{at}.labelSelector"), selector)?;
    let matched = constraint.match_label_keys.as_ref();
    keys(&format!("{at}.matchLabelKeys"), matched)?;
    if selector.is_none() && matched.is_some_and(|keys| !keys.is_empty()) {
        return Err(Invalid::new(
            format!("{at}.matchLabelKeys"),
            "must be left out: it goes with labelSelector alone",
        ));
    }
    Ok(())
}

pub fn affinity(at: &str, affinity: Option<&Affinity>) -> Verdict {
    some(affinity, |Affinity { node_affinity, pod_affinity, pod_anti_affinity }| {
        some(node_affinity.as_ref(), |it| nodes(&format!("{at}.affinity.nodeAffinity"), it))?;
        some(pod_affinity.as_ref(), |it| {
            pods(
                &format!("{at}.affinity.podAffinity"),
                it.required_during_scheduling_ignored_during_execution.as_ref(),
                it.preferred_during_scheduling_ignored_during_execution.as_ref(),
            )
        })?;
        some(pod_anti_affinity.as_ref(), |it| {
            pods(
                &format!("{at}.affinity.podAntiAffinity"),
                it.required_during_scheduling_ignored_during_execution.as_ref(),
                it.preferred_during_scheduling_ignored_during_execution.as_ref(),
            )
        })
    })
}

fn nodes(at: &str, affinity: &NodeAffinity) -> Verdict {
    let NodeAffinity {
        preferred_during_scheduling_ignored_during_execution: preferred,
        required_during_scheduling_ignored_during_execution: required,
    } = affinity;
    some(required.as_ref(), |NodeSelector { node_selector_terms: terms }| {
        let at = format!("{at}.{REQUIRED}.nodeSelectorTerms");
        if terms.is_empty() {
            return Err(Invalid::new(at, "is empty: it must have at least one term"));
        }
        each(&at, Some(terms), node_term)
    })?;
    each(&format!("{at}.{PREFERRED}"), preferred.as_ref(), |at, term| {
        let PreferredSchedulingTerm { preference, weight: _ } = term;
        node_term(&format!("{at}.preference"), preference)
    })
}

fn node_term(at: &str, term: &NodeSelectorTerm) -> Verdict {
    let NodeSelectorTerm { match_expressions, match_fields } = term;
    each(&format!("{at}.matchExpressions"), match_expressions.as_ref(), |at, requirement| {
        let NodeSelectorRequirement { key, operator, values } = requirement;
        KEY.check(&format!("{at}.key"), key)?;
        number_of_values(at, operator, values.as_ref())
    })?;
    each(&format!("{at}.matchFields"), match_fields.as_ref(), node_field)
}

fn node_field(at: &str, requirement: &NodeSelectorRequirement) -> Verdict {
    let NodeSelectorRequirement { key, operator, values } = requirement;
    if key != "metadata.name" {
        return Err(Invalid::new(
            format!("{at}.key"),
            format!("is {}: it must be metadata.name", super::shown(key)),
        ));
    }
    if !["In", "NotIn"].contains(&operator.as_str()) {
        return Err(Invalid::new(
            format!("{at}.operator"),
            format!("is {}: it must be In or NotIn", super::shown(operator)),
        ));
    }
    match values.as_ref().map_or(0, Vec::len) {
        1 => Ok(()),
        number => Err(Invalid::new(
            format!("{at}.values"),
            format!("has {number} values: it must have exactly one"),
        )),
    }
}

fn pods(
    at: &str,
    required: Option<&Vec<PodAffinityTerm>>,
    preferred: Option<&Vec<WeightedPodAffinityTerm>>,
) -> Verdict {
    each(&format!("{at}.{REQUIRED}"), required, pod_term)?;
    each(&format!("{at}.{PREFERRED}"), preferred, |at, term| {
        let WeightedPodAffinityTerm { pod_affinity_term, weight: _ } = term;
        pod_term(&format!("{at}.podAffinityTerm"), pod_affinity_term)
    })
}

fn pod_term(at: &str, term: &PodAffinityTerm) -> Verdict {
    KEY.check(&format!("{at}.topologyKey"), &term.topology_key)?;
    label_selector(&format!("{at}.labelSelector"), term.label_selector.as_ref())?;
    label_selector(&format!("{at}.namespaceSelector"), term.namespace_selector.as_ref())?;
    namespaces(&format!("{at}.namespaces"), term.namespaces.as_ref())?;
    for (name, names) in [
        ("matchLabelKeys", &term.match_label_keys),
        ("mismatchLabelKeys", &term.mismatch_label_keys),
    ] {
        keys(&format!("{at}.{name}"), names.as_ref())?;
        if term.label_selector.is_none() && names.as_ref().is_some_and(|names| !names.is_empty()) {
            return Err(Invalid::new(
                format!("{at}.{name}"),
                "must be left out: it goes with labelSelector alone",
            ));
        }
    }
    Ok(())
}
