//! The claim of a module: created once, grown, never shrunk, never deleted.

use super::build;
use super::validate::ValidModule;
use crate::action::{Precondition, Verb};
use crate::crd::conditions::{Reason, reasons, types};
use crate::fields;
use crate::fields::quantity::{self, Quantity};
use crate::kinds::Kind;
use crate::names;
use crate::object::Object;
use crate::render::context::Context;
use crate::render::desired::manifest;
use crate::render::meta;
use crate::render::ready::Condition;
use crate::render::round::Round;
use crate::render::stop::Stop;
use crate::render::volume::{self, REQUEST, STORAGE};
use crate::snapshot::Outcome;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, PersistentVolumeClaimSpec};
use serde_json::{Value, json};

const CAPACITY: &str = "/status/capacity/storage";

/// Makes the claim, or grows it where its request has grown. Any other difference is said in
/// condition ClaimReady and left as it is: the data is worth more than the spec.
pub fn keep(
    context: &Context<'_>,
    wanted: &PersistentVolumeClaimSpec,
    round: &mut Round,
) -> Result<(), Stop> {
    let target =
        context.reference(Kind::PersistentVolumeClaim, &names::module::claim(context.name()));
    let condition = match context.source.get(&target)? {
        None => {
            let claim = build::claim(context, wanted.clone());
            round.ask(context, target, Verb::Create(manifest(&claim)))?;
            said(reasons::AS_WANTED, format!("created with {}", request(wanted)))
        }
        Some(live) => match beyond_help(&live) {
            Some(condition) => condition,
            None => compare(context, &live, wanted, round),
        },
    };
    round.say(context, condition);
    Ok(())
}

/// Whether only one node, or one pod, may use the claim. Where the claim is there, its own access
/// modes count: they cannot be changed.
pub fn is_exclusive(context: &Context<'_>, module: &ValidModule) -> Result<bool, Stop> {
    let Some(wanted) = &module.claim else { return Ok(false) };
    let name = names::module::claim(context.name());
    let live = context.get(Kind::PersistentVolumeClaim, &name)?;
    let is_exclusive = |mode: &str| mode == "ReadWriteOnce" || mode == "ReadWriteOncePod";
    Ok(volume::modes(live.as_deref(), wanted).any(is_exclusive))
}

/// Whether the claim is being deleted. It goes, with its data, when no pod uses it any more.
pub fn is_leaving(context: &Context<'_>, module: &ValidModule) -> Result<bool, Stop> {
    let live = context.get(Kind::PersistentVolumeClaim, &names::module::claim(context.name()))?;
    Ok(module.claim.is_some() && live.is_some_and(|live| live.is_being_deleted()))
}

/// What is to be said of a claim that no change can bring back.
fn beyond_help(live: &Object) -> Option<Condition> {
    if live.is_being_deleted() {
        let since = live.text("/metadata/deletionTimestamp").unwrap_or_default();
        let message = format!(
            "the claim is being deleted since {since}, and its data goes with it as soon as no pod uses it: copy what is needed out of a running pod now. A change of the module that replaces its pods waits; to let the claim go, disable the module or delete its pods. A new, empty claim is made then"
        );
        return Some(said(reasons::TERMINATING, message));
    }
    if live.text("/status/phase") == Some("Lost") {
        let volume = live.text("/spec/volumeName").unwrap_or_default();
        let message = format!(
            "the claim has lost its volume {volume:?}, and the data with it: bring the PersistentVolume back, or delete the claim and the module's pods, and a new, empty one is made"
        );
        return Some(said(reasons::LOST, message));
    }
    None
}

fn compare(
    context: &Context<'_>,
    live: &Object,
    wanted: &PersistentVolumeClaimSpec,
    round: &mut Round,
) -> Condition {
    let (has, wants) = (requested(live), request(wanted));
    let (Some(has_size), Some(wants_size)) = (quantity::parse(has), quantity::parse(wants)) else {
        let message = format!(
            "spec.persistentVolumeClaim.resources.requests.storage is {wants:?} and the claim has {has:?}: both must be quantities such as 1Gi"
        );
        return said(reasons::RESIZE_REFUSED, message);
    };
    if wants_size < has_size {
        let message = format!(
            "the claim has {has} and spec.persistentVolumeClaim asks for {wants}: a claim cannot shrink, ask for {has} or more"
        );
        return said(reasons::SHRINK_REFUSED, message);
    }
    if let Some(message) = immutable_difference(live.value(), wanted.clone()) {
        return said(reasons::FIELD_IMMUTABLE, message);
    }
    if wants_size > has_size {
        return grow(context, live, wants, round);
    }
    match capacity(live) {
        Some((text, size)) if size < wants_size => {
            said(reasons::RESIZING, grows(live, text, wants))
        }
        _ => said(reasons::AS_WANTED, format!("the claim has {has}")),
    }
}

fn grow(context: &Context<'_>, live: &Object, wants: &str, round: &mut Round) -> Condition {
    let has = requested(live);
    let patch = json!({ "spec": { "resources": { "requests": { "storage": wants } } } });
    let verb = Verb::Patch { patch, seen: Precondition::seen(live) };
    let action = context.action(live.reference().clone(), verb);
    let refused = match context.answer_to(&action) {
        None => {
            // Of two patches of what was seen, the second is refused.
            if !round.actions.iter().any(|other| other.target == action.target) {
                round.actions.push(action);
            }
            return said(reasons::RESIZING, grows(live, has, wants));
        }
        Some(Outcome::Refused { code, message, .. }) => {
            format!("the API server refused (HTTP {code}): {message}")
        }
        Some(Outcome::Rewritten { .. } | Outcome::Told { .. }) => {
            "admission puts its storage request back".to_owned()
        }
    };
    let message = format!("the claim has {has} and cannot grow to {wants}: {refused}");
    said(reasons::RESIZE_REFUSED, message)
}

/// The first wanted field, its size apart, that the live claim does not have.
fn immutable_difference(live: &Value, mut wanted: PersistentVolumeClaimSpec) -> Option<String> {
    if let Some(requests) = wanted.resources.as_mut().and_then(|it| it.requests.as_mut()) {
        requests.remove(STORAGE);
    }
    let wanted = PersistentVolumeClaim { spec: Some(wanted), ..PersistentVolumeClaim::default() };
    let field =
        fields::contains(live, &manifest(&wanted), Kind::PersistentVolumeClaim.shape()).err()?;
    let field = field.trim_start_matches("spec.");
    Some(format!(
        "spec.persistentVolumeClaim.{field} differs from the claim, of which only the storage request can be changed: set it back"
    ))
}

/// Who asks for the growth of a claim. One that we did not make may have been smaller than its
/// spec all the time: the former operator's CRDs kept no sizes.
fn grows(live: &Object, from: &str, to: &str) -> String {
    let whose = if meta::is_labelled(live) { "" } else { " of the former operator" };
    format!(
        "the claim{whose} grows from {from} to {to}, for which spec.persistentVolumeClaim.resources.requests.storage asks"
    )
}

fn said(reason: Reason, message: String) -> Condition {
    Condition { kind: types::CLAIM_READY, reason, message }
}

fn request(wanted: &PersistentVolumeClaimSpec) -> &str {
    volume::request(wanted).unwrap_or_default()
}

fn requested(live: &Object) -> &str {
    live.text(REQUEST).unwrap_or_default()
}

fn capacity(live: &Object) -> Option<(&str, Quantity)> {
    let text = live.text(CAPACITY)?;
    Some((text, quantity::parse(text)?))
}
