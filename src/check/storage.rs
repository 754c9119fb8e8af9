//! StorageClasses, and claims that are not bound.

use super::facts::{Facts, name};
use super::finding::Finding;
use crate::kinds::Kind;
use crate::names::module;
use crate::object::Object;
use serde_json::Value;

const SUBJECT: &str = "StorageClass";
const IS_DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

pub fn judge(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![default_class(facts)];
    findings.extend(facts.bot.as_ref().ok().into_iter().flat_map(|bot| {
        let claims = bot.objects().filter(|object| is_claim(object));
        claims.filter_map(|claim| of_claim(facts, claim))
    }));
    findings
}

fn is_claim(object: &Object) -> bool {
    let at = object.reference();
    at.kind == Kind::PersistentVolumeClaim && module::is_claim(&at.name)
}

fn is_default(class: &Value) -> bool {
    class.pointer("/metadata/annotations").is_some_and(|it| it[IS_DEFAULT] == "true")
}

fn default_class(facts: &Facts) -> Finding {
    let classes = match &facts.classes {
        Ok(classes) => classes,
        Err(why) => return Finding::unseen(SUBJECT, why),
    };
    if let Some(class) = classes.iter().find(|class| is_default(class)) {
        return Finding::pass(SUBJECT, format!("{} is the default one", name(class)));
    }
    let reason = "there is no default one: a claim without storageClassName stays unbound";
    let class = classes.first().map_or("NAME", |class| name(class));
    let patch = format!(r#"{{"metadata":{{"annotations":{{"{IS_DEFAULT}":"true"}}}}}}"#);
    Finding::warn(SUBJECT, reason)
        .mend(format!("kubectl patch storageclass {class} --patch '{patch}'"))
}

/// None for one that is bound.
fn of_claim(facts: &Facts, claim: &Object) -> Option<Finding> {
    let at = claim.reference();
    let subject = format!("claim {}/{}", at.namespace, at.name);
    let describe = format!("kubectl describe pvc {} --namespace {}", at.name, at.namespace);
    match claim.text("/status/phase") {
        Some("Bound") => None,
        Some("Lost") => {
            Some(Finding::fail(subject, "its volume is lost, and its data with it").mend(describe))
        }
        _ => Some(unbound(facts, claim, subject).mend(describe)),
    }
}

fn unbound(facts: &Facts, claim: &Object, subject: String) -> Finding {
    let Ok(classes) = &facts.classes else {
        return Finding::fail(subject, "it is not bound, so that no pod with it starts");
    };
    let wanted = claim.text("/spec/storageClassName");
    let class = match wanted {
        // By an empty name somebody asks for a volume that is there.
        Some("") => {
            return Finding::fail(subject, "it asks for no StorageClass, and no volume fits it");
        }
        Some(wanted) => classes.iter().find(|class| name(class) == wanted),
        None => classes.iter().find(|class| is_default(class)),
    };
    match (class, wanted) {
        (Some(class), _) if class["volumeBindingMode"] == "WaitForFirstConsumer" => {
            let reason = format!("it is not bound: StorageClass {} waits for its pod", name(class));
            Finding::warn(subject, reason)
        }
        (Some(class), _) => {
            let reason = format!("it is not bound, although StorageClass {} is there", name(class));
            Finding::fail(subject, reason)
        }
        (None, Some(wanted)) => {
            let known: Vec<&str> = classes.iter().map(name).collect();
            let others =
                if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
            let reason = format!("it is not bound: there is no StorageClass {wanted} ({others})");
            Finding::fail(subject, reason)
        }
        (None, None) => {
            let reason = "it is not bound: it names no StorageClass, and there is no default one";
            Finding::fail(subject, reason)
        }
    }
}
