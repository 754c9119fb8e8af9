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
        Some(live) => Ok(compare(context, target, live, &object)),
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

fn compare(context: &Context<'_>, target: ObjectRef, live: &Object, wanted: &Value) -> Claim {
    let (has, wants) = (request(live.value()), request(wanted));
    let quiet = |condition| Claim { action: None, condition, news: None };
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
        return tell(context, quiet(refused(reasons::SHRINK_REFUSED, message)));
    }
    if let Some(message) = immutable_difference(live.value(), wanted) {
        return quiet(refused(reasons::FIELD_IMMUTABLE, message));
    }
    if wants_size > has_size {
        return grow(context, target, live, wanted);
    }
    match capacity(live) {
        Some((text, size)) if size < wants_size => quiet(resizing(text, wants)),
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
            let condition = refused(reasons::RESIZE_REFUSED, message);
            tell(context, Claim { action: None, condition, news: None })
        }
        Some(Answer::Rewritten { .. }) => {
            let message = format!(
                "the claim has {has} and cannot grow to {wants}: admission puts its storage request back"
            );
            let condition = refused(reasons::RESIZE_REFUSED, message);
            tell(context, Claim { action: None, condition, news: None })
        }
        None => Claim { action: Some(action), condition: resizing(has, wants), news: None },
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

/// Adds the event for a refusal that was not told yet.
fn tell(context: &Context<'_>, claim: Claim) -> Claim {
    let told = status::live_condition(context.resource, types::CLAIM_READY)
        .is_some_and(|live| live["message"] == claim.condition.message.as_str());
    let message = claim.condition.message.clone();
    let news = (!told).then(|| {
        event::event(context.resource, Severity::Warning, events::RESIZE_REFUSED, message)
    });
    Claim { news, ..claim }
}

fn as_wanted(message: String) -> Condition {
    Condition { kind: types::CLAIM_READY, truth: Truth::True, reason: reasons::AS_WANTED, message }
}

fn resizing(from: &str, to: &str) -> Condition {
    Condition {
        kind: types::CLAIM_READY,
        truth: Truth::Unknown,
        reason: reasons::RESIZING,
        message: format!("the claim grows from {from} to {to}"),
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
