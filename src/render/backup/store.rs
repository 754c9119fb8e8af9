//! The S3Store that a resource names.

use crate::backup::endpoint;
use crate::crd::conditions::{reasons, types};
use crate::crd::{AccessRef, S3StoreSpec};
use crate::kinds::Kind;
use crate::names::RECONCILE_REQUESTED;
use crate::object::{Object, ObjectRef};
use crate::question::{Door, KeyOfSecret};
use crate::render::context::Context;
use crate::render::ready::Ready;
use crate::render::status::live_condition;
use crate::render::stop::Stop;
use crate::render::validation::form::{DATA_KEY, DNS_NAME};
use crate::render::validation::{self, Invalid};

/// A store that can be written to and asked.
pub struct ValidStore {
    pub name: String,
    pub door: Door,
    /// Whether requests are signed with version 2, which the operator's own image cannot do.
    pub signature_v2: bool,
}

impl ValidStore {
    /// Refuses a store that the operator's own image cannot use.
    ///
    /// # Errors
    /// [`Stop::Refused`] with InvalidSpec.
    pub fn check_signature(&self, field: &str) -> Result<(), Stop> {
        if !self.signature_v2 {
            return Ok(());
        }
        let why = "sets signatureV2, which the operator's own image cannot do: take it off, or name an image of your own that can";
        let message = format!("{field}: S3Store {} {why}", self.name);
        Err(Stop::because_of(field, reasons::INVALID_SPEC, message))
    }
}

/// A store, and why it must not be used for now.
pub struct Found {
    pub store: ValidStore,
    pub trouble: Option<Ready>,
}

/// The store of a name, ready to be used.
///
/// # Errors
/// [`Stop::Refused`] with S3StoreNotFound, S3StoreNotReady or SecretNotFound, [`Stop::Unread`].
pub fn resolve(context: &Context<'_>, field: &str, name: &str) -> Result<ValidStore, Stop> {
    match find(context, field, name)? {
        Found { store, trouble: None } => Ok(store),
        Found { trouble: Some(ready), .. } => {
            Err(Stop::Refused { ready, field: Some(field.to_owned()) })
        }
    }
}

/// The store of a name, whether it can be used now or not.
///
/// # Errors
/// [`Stop::Refused`] with S3StoreNotFound, S3StoreNotReady for one that cannot be read, or
/// SecretNotFound, [`Stop::Unread`].
pub fn find(context: &Context<'_>, field: &str, name: &str) -> Result<Found, Stop> {
    let said = |why: String| format!("{field}: {why}");
    let Some(resource) = context.get(Kind::S3Store, name)? else {
        let why = format!("there is no S3Store {name} in namespace {}", context.namespace());
        return Err(Stop::because_of(field, reasons::S3_STORE_NOT_FOUND, said(why)));
    };
    let store = read(context, &resource).map_err(|stop| match stop {
        Stop::Refused { ready, .. } if ready.reason == reasons::SECRET_NOT_FOUND => {
            let why = said(format!("S3Store {name}: {}", ready.message));
            Stop::because_of(field, ready.reason, why)
        }
        Stop::Refused { ready, .. } => {
            let why = said(format!("S3Store {name} is not ready: {}", ready.message));
            Stop::because_of(field, reasons::S3_STORE_NOT_READY, why)
        }
        stop => stop,
    })?;
    let trouble = not_ready(&resource)
        .map(|why| Ready::new(reasons::S3_STORE_NOT_READY, said(format!("S3Store {name} {why}"))));
    Ok(Found { store, trouble })
}

/// What an S3Store asks for, checked, with its Secrets there. Whether S3 agrees is another question.
///
/// # Errors
/// [`Stop::Refused`] with InvalidSpec or SecretNotFound, [`Stop::Unread`].
pub fn read(context: &Context<'_>, resource: &Object) -> Result<ValidStore, Stop> {
    let spec = judged(resource)?;
    // Both are asked for before either stops the plan: what must be read is read at once.
    let access_id = key(context, resource, "spec.accessId", &spec.access_id);
    let access_key = key(context, resource, "spec.accessKey", &spec.access_key);
    let door = Door {
        endpoint: spec.endpoint,
        bucket: spec.bucket,
        prefix: spec.prefix.unwrap_or_default(),
        region: spec.region,
        path_style: spec.path_style,
        ca_bundle: spec.ca_bundle,
        access_id: access_id?,
        access_key: access_key?,
        requested: resource.annotation(RECONCILE_REQUESTED).map(str::to_owned),
    };
    let name = resource.reference().name.clone();
    Ok(ValidStore { name, door, signature_v2: spec.signature_v2 })
}

fn judged(resource: &Object) -> Result<S3StoreSpec, Invalid> {
    let spec: S3StoreSpec = validation::parse_spec(resource)?;
    // Their messages begin with the name of the field.
    let wrong = |message: String| {
        let field = message.split_whitespace().next().unwrap_or_default();
        Invalid { field: format!("spec.{field}"), message: format!("spec.{message}") }
    };
    let endpoint = endpoint::endpoint(&spec.endpoint, spec.path_style).map_err(wrong)?;
    endpoint.of_bucket(&spec.bucket).map_err(wrong)?;
    endpoint::check_prefix(spec.prefix.as_deref().unwrap_or_default()).map_err(wrong)?;
    let namespace = &resource.reference().namespace;
    check_access("spec.accessId", &spec.access_id, namespace)?;
    check_access("spec.accessKey", &spec.access_key, namespace)?;
    Ok(spec)
}

fn check_access(at: &str, access: &AccessRef, namespace: &str) -> Result<(), Invalid> {
    let at = format!("{at}.secretKeyRef");
    let reference = &access.secret_key_ref;
    let other = reference.secret.namespace.as_deref().filter(|other| *other != namespace);
    if let Some(other) = other {
        let why = format!(
            "is {other}: pods read Secrets of their own namespace ({namespace}) alone; leave the field out and copy the Secret there"
        );
        return Err(Invalid::new(format!("{at}.secret.namespace"), why));
    }
    DNS_NAME.check(&format!("{at}.secret.name"), &reference.secret.name)?;
    DATA_KEY.check(&format!("{at}.key"), &reference.key)
}

fn key(
    context: &Context<'_>,
    resource: &Object,
    at: &str,
    access: &AccessRef,
) -> Result<KeyOfSecret, Stop> {
    let reference = &access.secret_key_ref;
    let namespace = resource.reference().namespace.as_str();
    let (name, key) = (reference.secret.name.as_str(), reference.key.as_str());
    let at = format!("{at}.secretKeyRef");
    let missing =
        |why: String| Stop::because_of(&at, reasons::SECRET_NOT_FOUND, format!("{at}: {why}"));
    let secret = ObjectRef::new(Kind::Secret, namespace, name);
    let Some(live) = context.source.get(&secret)? else {
        let why = format!("there is no Secret {name} in namespace {namespace}");
        return Err(missing(why));
    };
    if live.secret_value(key).is_none_or(|value| value.is_empty()) {
        return Err(missing(format!("Secret {name} has no key {key}: put the value there")));
    }
    let resource_version = live.resource_version().map(str::to_owned);
    Ok(KeyOfSecret { secret, key: key.to_owned(), resource_version })
}

/// Why a store must not be used, as its own status says.
fn not_ready(resource: &Object) -> Option<String> {
    let said = live_condition(resource, types::READY);
    let text = |field: &str| said.and_then(|said| said[field].as_str());
    match text("status") {
        Some("True") => None,
        Some("False") => Some(format!("is not ready: {}", text("message").unwrap_or_default())),
        _ => Some("has not been looked at yet".to_owned()),
    }
}
