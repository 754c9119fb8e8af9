//! How the API server treats the fields of what the operator writes: which lists are
//! merged by which keys, which fields are replaced whole, which amounts are rounded, and what
//! becomes of a field that is empty.
//!
//! The sources are the OpenAPI document of Kubernetes (`x-kubernetes-list-type`,
//! `x-kubernetes-list-map-keys`, `x-kubernetes-map-type`) and the defaults of its API groups core
//! and apps, version 1.36. What the document calls atomic and has no entry here is a list; maps
//! without an entry are merged key by key.

use serde_json::Value;

/// How one field is merged and compared.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A scalar, a map merged key by key, or a list replaced whole.
    Plain,
    /// A scalar that is an amount.
    Quantity,
    /// An amount in a list of resources. The API server rounds it up to a thousandth.
    Resource,
    /// A number that the API server sets to this where it is absent or 0.
    Number(i64),
    /// A text that the API server sets to this where it is absent or empty.
    Text(&'static str),
    /// A scalar whose empty value the API server refuses, and everybody else takes for absent.
    Optional,
    /// A text, or a map of texts that is replaced whole, where an empty text is not an absent one.
    Exact,
    /// A map merged key by key, with values of one shape.
    Each(&'static Shape),
    /// A map merged key by key, with these fields; others are Plain.
    Fields(&'static [(&'static str, Shape)]),
    /// A map of texts that the API server writes, in base64, into this other field of the object.
    Encoded(&'static str),
    /// A list merged by these keys of its items.
    Keyed(&'static [&'static str], &'static Shape),
    /// A list of scalars, each of which is owned on its own.
    Set,
    /// A map replaced whole.
    Whole,
    /// A map or list replaced whole, inside of which the API server sets defaults. Its fields, or
    /// those of its items, are these.
    Loose(&'static [(&'static str, Shape)]),
}

/// The shape of what needs no care.
pub static PLAIN: Shape = Shape::Plain;
static WHOLE: Shape = Shape::Whole;
static RESOURCE: Shape = Shape::Resource;
static EXACT: Shape = Shape::Exact;
const LOOSE_INSIDE: Shape = Shape::Loose(&[]);
static LOOSE: Shape = LOOSE_INSIDE;

const METADATA: Shape = Shape::Fields(&[
    ("annotations", Shape::Each(&EXACT)),
    ("finalizers", Shape::Set),
    ("labels", Shape::Each(&EXACT)),
    ("ownerReferences", Shape::Keyed(&["uid"], &WHOLE)),
]);
const CONDITIONS: (&str, Shape) = ("conditions", Shape::Keyed(&["type"], &PLAIN));
const RESOURCES: Shape = Shape::Fields(&[
    ("claims", Shape::Keyed(&["name"], &PLAIN)),
    ("limits", Shape::Each(&RESOURCE)),
    ("requests", Shape::Each(&RESOURCE)),
]);

const FIELD: (&str, Shape) = ("fieldRef", Shape::Loose(&[("apiVersion", Shape::Text("v1"))]));
const RESOURCE_FIELD: (&str, Shape) =
    ("resourceFieldRef", Shape::Loose(&[("divisor", Shape::Quantity)]));
static ENV: Shape = Shape::Fields(&[(
    "valueFrom",
    Shape::Fields(&[
        ("configMapKeyRef", Shape::Whole),
        FIELD,
        ("fileKeyRef", Shape::Whole),
        RESOURCE_FIELD,
        ("secretKeyRef", Shape::Whole),
    ]),
)]);
const PROBE: Shape = Shape::Fields(&[
    ("failureThreshold", Shape::Number(3)),
    ("httpGet", Shape::Fields(&[("path", Shape::Text("/")), ("scheme", Shape::Text("HTTP"))])),
    ("periodSeconds", Shape::Number(10)),
    ("successThreshold", Shape::Number(1)),
    ("terminationGracePeriodSeconds", Shape::Optional),
    ("timeoutSeconds", Shape::Number(1)),
]);
const PROFILE: Shape = Shape::Fields(&[("localhostProfile", Shape::Optional)]);
const WINDOWS: Shape = Shape::Fields(&[
    ("gmsaCredentialSpec", Shape::Optional),
    ("gmsaCredentialSpecName", Shape::Optional),
    ("runAsUserName", Shape::Optional),
]);
const CONTAINER_SECURITY: Shape = Shape::Fields(&[
    ("appArmorProfile", PROFILE),
    ("procMount", Shape::Optional),
    ("seccompProfile", PROFILE),
    ("windowsOptions", WINDOWS),
]);
const POD_SECURITY: Shape = Shape::Fields(&[
    ("appArmorProfile", PROFILE),
    ("fsGroupChangePolicy", Shape::Optional),
    ("seLinuxChangePolicy", Shape::Optional),
    ("seccompProfile", PROFILE),
    ("supplementalGroupsPolicy", Shape::Optional),
    ("windowsOptions", WINDOWS),
]);
static CONTAINER: Shape = Shape::Fields(&[
    ("env", Shape::Keyed(&["name"], &ENV)),
    ("livenessProbe", PROBE),
    ("ports", Shape::Keyed(&["containerPort", "protocol"], &PLAIN)),
    ("readinessProbe", PROBE),
    ("resources", RESOURCES),
    ("securityContext", CONTAINER_SECURITY),
    ("startupProbe", PROBE),
    ("volumeDevices", Shape::Keyed(&["devicePath"], &PLAIN)),
    ("volumeMounts", Shape::Keyed(&["mountPath"], &PLAIN)),
]);
static VOLUME: Shape = Shape::Fields(&[
    ("downwardAPI", Shape::Fields(&[("items", Shape::Loose(&[FIELD, RESOURCE_FIELD]))])),
    ("emptyDir", Shape::Fields(&[("sizeLimit", Shape::Quantity)])),
    (
        "ephemeral",
        Shape::Fields(&[(
            "volumeClaimTemplate",
            Shape::Fields(&[("metadata", METADATA), ("spec", CLAIM_SPEC)]),
        )]),
    ),
    ("projected", Shape::Fields(&[("sources", LOOSE)])),
]);
static SPREAD: Shape = Shape::Fields(&[
    ("labelSelector", Shape::Whole),
    ("minDomains", Shape::Optional),
    ("nodeAffinityPolicy", Shape::Optional),
    ("nodeTaintsPolicy", Shape::Optional),
]);

const CLAIM_SPEC: Shape = Shape::Fields(&[
    ("dataSource", Shape::Whole),
    ("resources", RESOURCES),
    ("selector", Shape::Whole),
    ("volumeMode", Shape::Optional),
]);
const POD_SPEC: Shape = Shape::Fields(&[
    (
        "affinity",
        Shape::Fields(&[(
            "nodeAffinity",
            Shape::Fields(&[("requiredDuringSchedulingIgnoredDuringExecution", Shape::Whole)]),
        )]),
    ),
    ("containers", Shape::Keyed(&["name"], &CONTAINER)),
    ("ephemeralContainers", Shape::Keyed(&["name"], &CONTAINER)),
    ("hostAliases", Shape::Keyed(&["ip"], &PLAIN)),
    ("imagePullSecrets", Shape::Keyed(&["name"], &WHOLE)),
    ("initContainers", Shape::Keyed(&["name"], &CONTAINER)),
    ("nodeSelector", Shape::Exact),
    ("overhead", Shape::Each(&RESOURCE)),
    ("resourceClaims", Shape::Keyed(&["name"], &PLAIN)),
    ("resources", RESOURCES),
    ("securityContext", POD_SECURITY),
    ("schedulingGates", Shape::Keyed(&["name"], &PLAIN)),
    ("topologySpreadConstraints", Shape::Keyed(&["topologyKey", "whenUnsatisfiable"], &SPREAD)),
    ("volumes", Shape::Keyed(&["name"], &VOLUME)),
]);
const STATUS: Shape = Shape::Fields(&[CONDITIONS]);

pub static WORKLOAD: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    (
        "spec",
        Shape::Fields(&[
            ("selector", Shape::Whole),
            ("template", Shape::Fields(&[("metadata", METADATA), ("spec", POD_SPEC)])),
        ]),
    ),
    ("status", STATUS),
]);
const JOB_SPEC: Shape = Shape::Fields(&[
    ("podFailurePolicy", Shape::Fields(&[("rules", LOOSE_INSIDE)])),
    ("selector", Shape::Whole),
    ("template", Shape::Fields(&[("metadata", METADATA), ("spec", POD_SPEC)])),
]);
pub static JOB: Shape =
    Shape::Fields(&[("metadata", METADATA), ("spec", JOB_SPEC), ("status", STATUS)]);
pub static CRON_JOB: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    (
        "spec",
        Shape::Fields(&[(
            "jobTemplate",
            Shape::Fields(&[("metadata", METADATA), ("spec", JOB_SPEC)]),
        )]),
    ),
]);
pub static POD: Shape =
    Shape::Fields(&[("metadata", METADATA), ("spec", POD_SPEC), ("status", STATUS)]);
pub static SERVICE: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    (
        "spec",
        Shape::Fields(&[
            ("ports", Shape::Keyed(&["port", "protocol"], &PLAIN)),
            ("selector", Shape::Whole),
        ]),
    ),
    ("status", STATUS),
]);
pub static BUDGET: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    ("spec", Shape::Fields(&[("selector", Shape::Whole)])),
    ("status", STATUS),
]);
pub static CLAIM: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    ("spec", CLAIM_SPEC),
    ("status", Shape::Fields(&[CONDITIONS, ("capacity", Shape::Each(&RESOURCE))])),
]);
pub static DATA: Shape = Shape::Fields(&[
    ("binaryData", Shape::Each(&EXACT)),
    ("data", Shape::Each(&EXACT)),
    ("metadata", METADATA),
]);
pub static SECRET: Shape = Shape::Fields(&[
    ("data", Shape::Each(&EXACT)),
    ("metadata", METADATA),
    ("stringData", Shape::Encoded("data")),
]);
/// Custom resources have nothing to be merged but their metadata and conditions.
pub static OTHER: Shape = Shape::Fields(&[("metadata", METADATA), ("status", STATUS)]);

impl Shape {
    /// The shape of a field of a map.
    pub fn field(&self, name: &str) -> &Self {
        match self {
            Self::Fields(fields) => find(fields, name).unwrap_or(&PLAIN),
            Self::Loose(fields) => find(fields, name).unwrap_or(&LOOSE),
            Self::Each(shape) => shape,
            Self::Exact => self,
            Self::Plain
            | Self::Quantity
            | Self::Resource
            | Self::Number(_)
            | Self::Text(_)
            | Self::Optional
            | Self::Encoded(_)
            | Self::Keyed(..)
            | Self::Set
            | Self::Whole => &PLAIN,
        }
    }

    /// The shape of the items of a list.
    pub fn item(&self) -> &Self {
        match self {
            Self::Keyed(_, shape) => shape,
            Self::Loose(_) => self,
            _ => &PLAIN,
        }
    }

    /// The fields that are known of a map.
    pub fn known(&self) -> &'static [(&'static str, Self)] {
        match self {
            Self::Fields(fields) | Self::Loose(fields) => fields,
            _ => &[],
        }
    }

    /// Whether a map of this shape is merged key by key.
    pub fn is_granular_map(&self) -> bool {
        match self {
            Self::Plain | Self::Each(_) | Self::Fields(_) | Self::Encoded(_) => true,
            Self::Quantity
            | Self::Resource
            | Self::Number(_)
            | Self::Text(_)
            | Self::Optional
            | Self::Exact
            | Self::Keyed(..)
            | Self::Set
            | Self::Whole
            | Self::Loose(_) => false,
        }
    }
}

fn find<'a>(fields: &'a [(&str, Shape)], name: &str) -> Option<&'a Shape> {
    fields.iter().find(|(candidate, _)| *candidate == name).map(|(_, shape)| shape)
}

/// What stands under a merge key of a list item. A port without a protocol is a TCP port; the
/// reference to a Secret may have no name.
pub fn key_of<'a>(item: &'a Value, key: &str) -> Option<KeyValue<'a>> {
    match item.get(key) {
        Some(value) => Some(KeyValue::Set(value)),
        None if key == "protocol" => Some(KeyValue::Default("TCP")),
        None if key == "name" => Some(KeyValue::Default("")),
        None => None,
    }
}

/// The value of a merge key.
#[derive(Clone, Copy, Debug)]
pub enum KeyValue<'a> {
    Set(&'a Value),
    Default(&'static str),
}

impl KeyValue<'_> {
    /// The value as JSON.
    pub fn to_value(self) -> Value {
        match self {
            Self::Set(value) => value.clone(),
            Self::Default(text) => Value::from(text),
        }
    }
}

impl PartialEq for KeyValue<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Set(a), Self::Set(b)) => a == b,
            (Self::Set(a), Self::Default(b)) | (Self::Default(b), Self::Set(a)) => {
                a.as_str() == Some(*b)
            }
            (Self::Default(a), Self::Default(b)) => a == b,
        }
    }
}

/// Whether two items of a keyed list are the same one.
pub fn is_same_item(left: &Value, right: &Value, keys: &[&str]) -> bool {
    keys.iter().all(|key| key_of(left, key) == key_of(right, key))
}
