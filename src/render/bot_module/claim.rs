//! The claim of a module: created once, grown, never shrunk, never deleted.

use super::build;
use super::validate::Module;
use crate::action::{ApplyAction, Event, Precondition, Severity, Verb};
use crate::crd::conditions::{events, reasons, types};
use crate::fields;
use crate::fields::quantity::{self, Quantity};
use crate::object::{Kind, Object, ObjectRef};
use crate::render::context::Context;
use crate::render::status::{self, Condition, Truth};
use crate::render::wish::{Halt, ask, manifest};
use crate::render::{event, meta};
use crate::snapshot::Answer;
use k8s_openapi::api::core::v1::PersistentVolumeClaimSpec;
use serde_json::{Value, json};

const REQUEST: &str = "/spec/resources/requests/storage";
const CAPACITY: &str = "/status/capacity/storage";

/// What is done for a claim and said of it.
pub struct Claim {
    pub action: Option<ApplyAction>,
    pub condition: Condition,
    pub news: Option<Event>,
}

/// Makes the claim, or grows it where its request has grown. Any other difference is said in
/// condition ClaimReady and left as it is: the data is worth more than the wish.
pub fn keep(context: &Context<'_>, wanted: &PersistentVolumeClaimSpec) -> Result<Claim, Halt> {
    let target =
        context.reference(Kind::PersistentVolumeClaim, &meta::module::claim(context.name()));
    let object = manifest(&build::claim(context, wanted.clone()));
    match context.snapshot.get(&target)? {
        None => {
            let message = format!("created with {}", request(&object));
            let action = ask(context, context.action(target, Verb::Create(object)))?;
            Ok(Claim { action, condition: as_wanted(message), news: None })
        }
        Some(live) => Ok(match beyond_help(live) {
            Some(condition) => tell(context, Severity::Warning, quiet(condition)),
            None => compare(context, target, live, &object),
        }),
    }
}

/// Whether only one node, or one pod, may use the claim. Where the claim is there, its own access
/// modes count: they cannot be changed.
pub fn is_exclusive(context: &Context<'_>, module: &Module) -> Result<bool, Halt> {
    let Some(wanted) = &module.claim else { return Ok(false) };
    let name = meta::module::claim(context.name());
    let live = context.get(Kind::PersistentVolumeClaim, &name)?;
    let is_exclusive = |mode: &str| mode == "ReadWriteOnce" || mode == "ReadWriteOncePod";
    let live = live.and_then(|live| live.at("/spec/accessModes")).and_then(Value::as_array);
    Ok(match live {
        Some(modes) => modes.iter().filter_map(Value::as_str).any(is_exclusive),
        None => wanted.access_modes.iter().flatten().any(|mode| is_exclusive(mode)),
    })
}

/// Whether the claim is on its way out. It goes, with its data, when no pod uses it any more.
pub fn is_leaving(context: &Context<'_>, module: &Module) -> Result<bool, Halt> {
    let live = context.get(Kind::PersistentVolumeClaim, &meta::module::claim(context.name()))?;
    Ok(module.claim.is_some() && live.is_some_and(|live| live.is_being_deleted()))
}

/// What is to be said of a claim that no change can bring back.
fn beyond_help(live: &Object) -> Option<Condition> {
    if live.is_being_deleted() {
        let since = live.text("/metadata/deletionTimestamp").unwrap_or_default();
        let message = format!(
            "the claim is being deleted since {since}, and its data goes with it as soon as no pod uses it: copy what is needed out of a running pod now. A change of the module that replaces its pods waits; to let the claim go, disable the module or delete its pods. A new, empty claim is made then"
        );
        return Some(refused(reasons::TERMINATING, message));
    }
    if live.text("/status/phase") == Some("Lost") {
        let volume = live.text("/spec/volumeName").unwrap_or_default();
        let message = format!(
            "the claim has lost its volume {volume:?}, and the data with it: bring the PersistentVolume back, or delete the claim and the module's pods, and a new, empty one is made"
        );
        return Some(refused(reasons::LOST, message));
    }
    None
}

fn compare(context: &Context<'_>, target: ObjectRef, live: &Object, wanted: &Value) -> Claim {
    let (has, wants) = (request(live.value()), request(wanted));
    let (Some(has_size), Some(wants_size)) = (quantity::parse(has), quantity::parse(wants)) else {
        return quiet(refused(
            reasons::RESIZE_REFUSED,
            format!(
                "spec.persistentVolumeClaim.resources.requests.storage is {wants:?} and the claim has {has:?}: both must be quantities such as 1Gi"
            ),
        ));
    };
    if wants_size < has_size {
        let message = format!(
            "the claim has {has} and spec.persistentVolumeClaim asks for {wants}: a claim cannot shrink, ask for {has} or more"
        );
        return tell(context, Severity::Warning, quiet(refused(reasons::SHRINK_REFUSED, message)));
    }
    if let Some(message) = immutable_difference(live.value(), wanted) {
        return quiet(refused(reasons::FIELD_IMMUTABLE, message));
    }
    if wants_size > has_size {
        return grow(context, target, live, wanted);
    }
    match capacity(live) {
        Some((text, size)) if size < wants_size => {
            tell(context, Severity::Normal, quiet(resizing(grows(live, text, wants))))
        }
        _ => quiet(as_wanted(format!("the claim has {has}"))),
    }
}

fn grow(context: &Context<'_>, target: ObjectRef, live: &Object, wanted: &Value) -> Claim {
    let (has, wants) = (request(live.value()), request(wanted));
    let patch = json!({ "spec": { "resources": { "requests": { "storage": wants } } } });
    let action = context.action(target, Verb::Patch { patch, seen: Precondition::seen(live) });
    match context.answer_to(&action) {
        Some(Answer::Refused { code, message, .. }) => {
            let message = format!(
                "the claim has {has} and cannot grow to {wants}: the API server refused (HTTP {code}): {message}"
            );
            tell(context, Severity::Warning, quiet(refused(reasons::RESIZE_REFUSED, message)))
        }
        Some(Answer::Rewritten { .. }) => {
            let message = format!(
                "the claim has {has} and cannot grow to {wants}: admission puts its storage request back"
            );
            tell(context, Severity::Warning, quiet(refused(reasons::RESIZE_REFUSED, message)))
        }
        None => {
            let condition = resizing(grows(live, has, wants));
            tell(context, Severity::Normal, Claim { action: Some(action), condition, news: None })
        }
    }
}

/// The first wanted field, its size apart, that the live claim does not have.
fn immutable_difference(live: &Value, wanted: &Value) -> Option<String> {
    let mut wanted = wanted.clone();
    if let Some(manifest) = wanted.as_object_mut() {
        manifest.remove("metadata");
    }
    if let Some(requests) =
        wanted.pointer_mut("/spec/resources/requests").and_then(Value::as_object_mut)
    {
        requests.remove("storage");
    }
    let field = fields::contains(live, &wanted).err()?;
    let field = field.trim_start_matches("spec.");
    Some(format!(
        "spec.persistentVolumeClaim.{field} differs from the claim, of which only the storage request can be changed: set it back"
    ))
}

fn quiet(condition: Condition) -> Claim {
    Claim { action: None, condition, news: None }
}

/// Adds the event for a condition that was not told yet.
fn tell(context: &Context<'_>, severity: Severity, claim: Claim) -> Claim {
    let told = status::live_condition(context.resource, types::CLAIM_READY)
        .is_some_and(|live| live["message"] == claim.condition.message.as_str());
    let message = claim.condition.message.clone();
    let reason = event_of(claim.condition.reason);
    let news = (!told).then(|| event::event(context.resource, severity, reason, message));
    Claim { news, ..claim }
}

fn event_of(reason: &str) -> &'static str {
    match reason {
        reasons::TERMINATING => events::TERMINATING,
        reasons::LOST => events::LOST,
        reasons::RESIZING => events::RESIZING,
        _ => events::RESIZE_REFUSED,
    }
}

/// Who asks for the growth of a claim. One that we did not make may have been smaller than its
/// spec all the time: the former operator's CRDs kept no sizes.
fn grows(live: &Object, from: &str, to: &str) -> String {
    let whose = if meta::is_labelled(live) { "" } else { " of the former operator" };
    format!(
        "the claim{whose} grows from {from} to {to}, for which spec.persistentVolumeClaim.resources.requests.storage asks"
    )
}

fn as_wanted(message: String) -> Condition {
    Condition { kind: types::CLAIM_READY, truth: Truth::True, reason: reasons::AS_WANTED, message }
}

fn resizing(message: String) -> Condition {
    Condition {
        kind: types::CLAIM_READY,
        truth: Truth::Unknown,
        reason: reasons::RESIZING,
        message,
    }
}

fn refused(reason: &'static str, message: String) -> Condition {
    Condition { kind: types::CLAIM_READY, truth: Truth::False, reason, message }
}

fn request(claim: &Value) -> &str {
    claim.pointer(REQUEST).and_then(Value::as_str).unwrap_or_default()
}

fn capacity(live: &Object) -> Option<(&str, Quantity)> {
    let text = live.text(CAPACITY)?;
    Some((text, quantity::parse(text)?))
}
