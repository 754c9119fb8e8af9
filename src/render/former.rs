//! Which fields of an object are the TypeScript operator's.
//!
//! The API server names its client after a User-Agent that other programs of Node.js bear, too, and
//! one entry of `managedFields` holds what all of them wrote. So only the fields that stand here are
//! taken for its own: what version 2.3.0 was seen to write, with what the API server filled in.

use crate::fields::owned;
use crate::kinds::Kind;
use crate::names::{IPC_CONFIG_LABEL, MODULE_LABEL, NATS_SERVER_LABEL};
use crate::object::at;
use serde_json::{Map, Value};

/// How the API server names the client.
pub const MANAGER: &str = "node-fetch";

/// What is its own at one place of an object.
enum Part {
    /// The field or item with all that is in it.
    Whole,
    /// These fields of a map.
    Fields(&'static [(&'static str, Part)]),
    /// Those items of a list in which this field has one of these values, of which one may end in `*`.
    Items(&'static str, &'static [&'static str], &'static Part),
}

use Part::{Fields, Items, Whole};

static WHOLE: Part = Whole;

const VARIABLES: [&str; 10] = [
    "EEVEE_*",
    "HTTP_API_PORT",
    "METRICS_ENABLED",
    "METRICS_PORT",
    "MODULE_CONFIG_PATH",
    "MODULE_DATA",
    "NAMESPACE",
    "NATS_HOST",
    "NATS_TOKEN",
    "RESOURCE_NAME",
];
const PORTS: [&str; 4] = ["client", "cluster", "management", "metrics"];
const SERVICE_PORTS: [&str; 3] = ["4222", "6222", "8222"];
const VOLUMES: [&str; 3] = ["module-config", "module-data", "nats-config-volume"];

const OWNERS: Part =
    Fields(&[("ownerReferences", Items("apiVersion", &[crate::crd::API_VERSION], &WHOLE))]);

static CONTAINER: Part = Fields(&[
    ("args", Whole),
    ("command", Whole),
    ("env", Items("name", &VARIABLES, &WHOLE)),
    ("envFrom", Whole),
    ("image", Whole),
    ("imagePullPolicy", Whole),
    ("livenessProbe", Whole),
    ("name", Whole),
    ("ports", Items("name", &PORTS, &WHOLE)),
    ("readinessProbe", Whole),
    ("resources", Whole),
    ("startupProbe", Whole),
    ("terminationMessagePath", Whole),
    ("terminationMessagePolicy", Whole),
    ("volumeMounts", Items("name", &VOLUMES, &WHOLE)),
]);

const TEMPLATE: Part = Fields(&[
    (
        "metadata",
        Fields(&[(
            "labels",
            Fields(&[
                ("app", Whole),
                (IPC_CONFIG_LABEL, Whole),
                (MODULE_LABEL, Whole),
                (NATS_SERVER_LABEL, Whole),
            ]),
        )]),
    ),
    (
        "spec",
        Fields(&[
            ("containers", Items("name", &["module", "nats-server"], &CONTAINER)),
            ("dnsPolicy", Whole),
            ("restartPolicy", Whole),
            ("schedulerName", Whole),
            ("securityContext", Whole),
            ("terminationGracePeriodSeconds", Whole),
            ("volumes", Items("name", &VOLUMES, &WHOLE)),
        ]),
    ),
]);

static DEPLOYMENT: Part = Fields(&[
    ("metadata", OWNERS),
    (
        "spec",
        Fields(&[
            ("progressDeadlineSeconds", Whole),
            ("replicas", Whole),
            ("revisionHistoryLimit", Whole),
            ("selector", Whole),
            ("strategy", Whole),
            ("template", TEMPLATE),
        ]),
    ),
]);

static SERVICE: Part = Fields(&[
    ("metadata", OWNERS),
    (
        "spec",
        Fields(&[
            ("internalTrafficPolicy", Whole),
            ("ports", Items("port", &SERVICE_PORTS, &WHOLE)),
            ("selector", Whole),
            ("sessionAffinity", Whole),
            ("type", Whole),
        ]),
    ),
]);

/// The data is the reason of the whole object: nobody else has one to add to it.
static CONFIGURATION: Part = Fields(&[("metadata", OWNERS), ("data", Whole), ("type", Whole)]);

/// Nobody else has a reason to add to its spec, whose pods live for one run.
static CRON_JOB: Part = Fields(&[("metadata", OWNERS), ("spec", Whole)]);

/// What the former operator writes of a kind.
struct Written {
    kind: Kind,
    part: &'static Part,
    mark: &'static [&'static str],
}

static WRITTEN: [Written; 5] = [
    Written { kind: Kind::Deployment, part: &DEPLOYMENT, mark: &["spec", "selector"] },
    Written { kind: Kind::Service, part: &SERVICE, mark: &["spec", "selector"] },
    Written { kind: Kind::ConfigMap, part: &CONFIGURATION, mark: &["data"] },
    Written { kind: Kind::CronJob, part: &CRON_JOB, mark: &["spec", "schedule"] },
    Written { kind: Kind::Secret, part: &CONFIGURATION, mark: &["data"] },
];

/// The fields of a set that are the former operator's, and the others. `object` is what the set is
/// of: items are known by what is in them.
pub fn split(kind: Kind, object: &Value, set: &Value) -> (Value, Value) {
    let (theirs, others) = match (written(kind), set.as_object()) {
        (Some(written), Some(fields)) => divide(fields, object, written.part),
        (_, fields) => (Map::new(), fields.cloned().unwrap_or_default()),
    };
    (theirs.into(), others.into())
}

/// Whether the former operator owns any field of an object by its name.
pub fn owns_any(kind: Kind, object: &Value) -> bool {
    let managers = at(object, "/metadata/managedFields").and_then(Value::as_array);
    managers.into_iter().flatten().any(|entry| {
        is_by_name(entry) && !owned::is_empty(&split(kind, object, &entry["fieldsV1"]).0)
    })
}

/// Whether the former operator has written a status, whatever is left of it.
pub fn has_told(resource: &Value) -> bool {
    let managers = at(resource, "/metadata/managedFields").and_then(Value::as_array);
    managers
        .into_iter()
        .flatten()
        .any(|entry| entry["manager"] == MANAGER && entry["fieldsV1"].get("f:status").is_some())
}

/// Whether an entry of `managedFields` is that of the client, whoever else shares it.
pub fn is_by_name(entry: &Value) -> bool {
    entry["manager"] == MANAGER
        && entry["operation"] == "Update"
        && entry["subresource"].as_str().is_none_or(str::is_empty)
}

/// Whether the former operator writes objects of a kind.
pub fn has_written(kind: Kind) -> bool {
    written(kind).is_some()
}

/// A field that whoever created an object of a kind owns.
pub fn mark(kind: Kind) -> Option<&'static [&'static str]> {
    written(kind).map(|written| written.mark)
}

fn written(kind: Kind) -> Option<&'static Written> {
    WRITTEN.iter().find(|written| written.kind == kind)
}

type Set = Map<String, Value>;

fn divide(set: &Set, live: &Value, part: &'static Part) -> (Set, Set) {
    let (mut theirs, mut others) = (Set::new(), Set::new());
    for (name, node) in set.iter().filter(|(name, _)| *name != owned::SELF) {
        let (own, foreign) = match (part.at(name, live), node.as_object()) {
            (Some((Whole, _)), _) => (Some(node.clone()), None),
            (Some((part, live)), Some(fields)) if !fields.is_empty() => {
                let (own, foreign) = divide(fields, live, part);
                let any = |set: Set| (!set.is_empty()).then_some(Value::Object(set));
                (any(own), any(foreign))
            }
            _ => (None, Some(node.clone())),
        };
        theirs.extend(own.map(|node| (name.clone(), node)));
        others.extend(foreign.map(|node| (name.clone(), node)));
    }
    if let Some(itself) = set.get(owned::SELF) {
        // A list or map stays with whoever still has something in it.
        let whose = if others.is_empty() { &mut theirs } else { &mut others };
        whose.insert(owned::SELF.to_owned(), itself.clone());
    }
    (theirs, others)
}

impl Part {
    /// What is the former operator's of a field or an item, as a set names it, and its live value.
    fn at<'a>(&'static self, name: &str, live: &'a Value) -> Option<(&'static Self, &'a Value)> {
        static NOTHING: Value = Value::Null;
        match self {
            Whole => None,
            Fields(fields) => {
                let field = name.strip_prefix("f:")?;
                let (_, part) = fields.iter().find(|(name, _)| *name == field)?;
                Some((part, live.get(field).unwrap_or(&NOTHING)))
            }
            Items(key, values, part) => {
                let item = owned::item(live.as_array()?, name)?;
                let value = item.get(*key)?;
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                values.iter().any(|pattern| fits(pattern, &value)).then_some((*part, item))
            }
        }
    }
}

fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests;
