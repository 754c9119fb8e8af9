//! How server-side apply treats the fields of the kinds that the operator writes: which lists
//! are merged by which keys, and which fields are replaced whole.
//!
//! The source is the OpenAPI document of Kubernetes (`x-kubernetes-list-type`,
//! `x-kubernetes-list-map-keys`, `x-kubernetes-map-type`), version 1.36. What it calls atomic and
//! has no entry here is a list; maps without an entry are merged key by key.

use serde_json::Value;

/// How one field is merged and compared.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A scalar, a map merged key by key, or a list replaced whole.
    Plain,
    /// A scalar that is an amount.
    Quantity,
    /// A map merged key by key, with values of one shape.
    Each(&'static Shape),
    /// A map merged key by key, with these fields; others are Plain.
    Fields(&'static [(&'static str, Shape)]),
    /// A list merged by these keys of its items.
    Keyed(&'static [&'static str], &'static Shape),
    /// A list of scalars, each of which is owned on its own.
    Set,
    /// A map replaced whole.
    Whole,
    /// A map or list replaced whole, inside of which the API server sets defaults.
    Loose,
}

/// The shape of what needs no care.
pub static PLAIN: Shape = Shape::Plain;
static WHOLE: Shape = Shape::Whole;
static QUANTITY: Shape = Shape::Quantity;

const METADATA: Shape = Shape::Fields(&[
    ("finalizers", Shape::Set),
    ("ownerReferences", Shape::Keyed(&["uid"], &WHOLE)),
]);
const CONDITIONS: (&str, Shape) = ("conditions", Shape::Keyed(&["type"], &PLAIN));
const RESOURCES: Shape = Shape::Fields(&[
    ("claims", Shape::Keyed(&["name"], &PLAIN)),
    ("limits", Shape::Each(&QUANTITY)),
    ("requests", Shape::Each(&QUANTITY)),
]);

static ENV: Shape = Shape::Fields(&[(
    "valueFrom",
    Shape::Fields(&[
        ("configMapKeyRef", Shape::Whole),
        ("fieldRef", Shape::Loose),
        ("fileKeyRef", Shape::Whole),
        ("resourceFieldRef", Shape::Loose),
        ("secretKeyRef", Shape::Whole),
    ]),
)]);
static CONTAINER: Shape = Shape::Fields(&[
    ("env", Shape::Keyed(&["name"], &ENV)),
    ("ports", Shape::Keyed(&["containerPort", "protocol"], &PLAIN)),
    ("resources", RESOURCES),
    ("volumeDevices", Shape::Keyed(&["devicePath"], &PLAIN)),
    ("volumeMounts", Shape::Keyed(&["mountPath"], &PLAIN)),
]);
static VOLUME: Shape = Shape::Fields(&[
    ("downwardAPI", Shape::Fields(&[("items", Shape::Loose)])),
    ("emptyDir", Shape::Fields(&[("sizeLimit", Shape::Quantity)])),
    (
        "ephemeral",
        Shape::Fields(&[(
            "volumeClaimTemplate",
            Shape::Fields(&[("metadata", METADATA), ("spec", CLAIM_SPEC)]),
        )]),
    ),
    ("projected", Shape::Fields(&[("sources", Shape::Loose)])),
]);
static SPREAD: Shape = Shape::Fields(&[("labelSelector", Shape::Whole)]);

const CLAIM_SPEC: Shape = Shape::Fields(&[
    ("dataSource", Shape::Whole),
    ("resources", RESOURCES),
    ("selector", Shape::Whole),
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
    ("nodeSelector", Shape::Whole),
    ("overhead", Shape::Each(&QUANTITY)),
    ("resourceClaims", Shape::Keyed(&["name"], &PLAIN)),
    ("resources", RESOURCES),
    ("schedulingGates", Shape::Keyed(&["name"], &PLAIN)),
    ("topologySpreadConstraints", Shape::Keyed(&["topologyKey", "whenUnsatisfiable"], &SPREAD)),
    ("volumes", Shape::Keyed(&["name"], &VOLUME)),
]);
const STATUS: Shape = Shape::Fields(&[CONDITIONS]);

static WORKLOAD: Shape = Shape::Fields(&[
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
static POD: Shape =
    Shape::Fields(&[("metadata", METADATA), ("spec", POD_SPEC), ("status", STATUS)]);
static SERVICE: Shape = Shape::Fields(&[
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
static BUDGET: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    ("spec", Shape::Fields(&[("selector", Shape::Whole)])),
    ("status", STATUS),
]);
static CLAIM: Shape = Shape::Fields(&[
    ("metadata", METADATA),
    ("spec", CLAIM_SPEC),
    ("status", Shape::Fields(&[CONDITIONS, ("capacity", Shape::Each(&QUANTITY))])),
]);
static OTHER: Shape = Shape::Fields(&[("metadata", METADATA), ("status", STATUS)]);

/// The shape of a whole object of a kind. Custom resources, Secrets and ConfigMaps have nothing
/// to be merged but their metadata and conditions.
pub fn of_kind(kind: &str) -> &'static Shape {
    match kind {
        "Deployment" | "ReplicaSet" => &WORKLOAD,
        "Pod" => &POD,
        "Service" => &SERVICE,
        "PodDisruptionBudget" => &BUDGET,
        "PersistentVolumeClaim" => &CLAIM,
        _ => &OTHER,
    }
}

/// The shape of a manifest, by its `kind`.
pub fn of(manifest: &Value) -> &'static Shape {
    of_kind(manifest.get("kind").and_then(Value::as_str).unwrap_or_default())
}

impl Shape {
    /// The shape of a field of a map.
    pub fn field(&self, name: &str) -> &Self {
        match self {
            Self::Fields(fields) => fields
                .iter()
                .find(|(candidate, _)| *candidate == name)
                .map_or(&PLAIN, |(_, shape)| shape),
            Self::Each(shape) => shape,
            Self::Loose => self,
            Self::Plain | Self::Quantity | Self::Keyed(..) | Self::Set | Self::Whole => &PLAIN,
        }
    }

    /// Whether a map of this shape is merged key by key.
    pub fn is_granular_map(&self) -> bool {
        match self {
            Self::Plain | Self::Each(_) | Self::Fields(_) => true,
            Self::Quantity | Self::Keyed(..) | Self::Set | Self::Whole | Self::Loose => false,
        }
    }
}

/// What stands under a merge key of a list item. A port without a protocol is a TCP port.
pub fn key_of<'a>(item: &'a Value, key: &str) -> Option<KeyValue<'a>> {
    match item.get(key) {
        Some(value) => Some(KeyValue::Set(value)),
        None if key == "protocol" => Some(KeyValue::Default("TCP")),
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
