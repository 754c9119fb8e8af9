//! The CRDs, from the types.

use super::words::{LIMITS, Limit};
use super::{BackupRestore, BackupSchedule, BotModule, IpcConfig, S3Store};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::object::HasStatus;
use kube::core::schema::{OptionalEnum, OptionalIntOrString, StructuralSchemaRewriter};
use kube::{CustomResourceExt, Resource};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::AddNullable;
use serde_json::{Value, json};
use std::borrow::Cow;

/// The texts that Kubernetes reads as a quantity, by the grammar in the documentation of
/// `resource.Quantity`. Without it a mistake shows only when the pod template is applied.
const QUANTITY: &str =
    r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$";

/// The status of a resource that nobody has looked at yet, by which tools that go by kstatus (Helm's
/// `--wait`, Flux) see that it is not done: without any status they would take it for done at once.
///
/// Some hold that a status should say nothing that no controller has observed, and that a resource
/// which no controller acts on should not seem to be waited for. The other way is worse: a bot that
/// is said to be installed before a single pod was made.
pub fn unobserved_status() -> Value {
    json!({ "observedGeneration": -1 })
}

/// What is made of the types of a kind.
struct Made {
    kind: fn(&()) -> Cow<'_, str>,
    crd: fn() -> CustomResourceDefinition,
    status: fn() -> (String, Value),
}

const fn made<K>() -> Made
where
    K: CustomResourceExt + Resource<DynamicType = ()> + HasStatus<Status: JsonSchema>,
{
    Made { kind: K::kind, crd: K::crd, status: status_schema::<K> }
}

/// Every kind, in the order in which `eevee-operator crds` prints them.
const KINDS: [Made; 5] = [
    made::<BotModule>(),
    made::<IpcConfig>(),
    made::<S3Store>(),
    made::<BackupSchedule>(),
    made::<BackupRestore>(),
];

/// Every CRD.
pub fn crds() -> Vec<Value> {
    KINDS.iter().map(|kind| manifest(&(kind.crd)())).collect()
}

/// The name of every kind.
pub fn kinds() -> Vec<String> {
    KINDS.iter().map(|made| (made.kind)(&()).into_owned()).collect()
}

/// As `A, B and C`, with such a word before the last.
pub fn in_words(names: &[String], word: &str) -> String {
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {word} {last}", others.join(", ")),
        None => String::new(),
    }
}

/// The schema of each kind's status, as it stands in the CRD, but for its default. The rest of a CRD, with most of what
/// a pod may have, takes megabytes to make.
pub fn status_schemas() -> Vec<(String, Value)> {
    KINDS.iter().map(|kind| (kind.status)()).collect()
}

fn status_schema<K>() -> (String, Value)
where
    K: Resource<DynamicType = ()> + HasStatus<Status: JsonSchema>,
{
    // As kube makes a CRD.
    let settings = SchemaSettings::openapi3().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let generator = settings
        .with_transform(AddNullable::default())
        .with_transform(StructuralSchemaRewriter)
        .with_transform(OptionalEnum)
        .with_transform(OptionalIntOrString)
        .into_generator();
    let mut schema = generator.into_root_schema_for::<K::Status>().to_value();
    tidy(&mut schema);
    limit(&mut schema, &mut vec!["status".to_owned()]);
    (K::kind(&()).into_owned(), schema)
}

fn manifest(crd: &CustomResourceDefinition) -> Value {
    let mut manifest = serde_json::to_value(crd).unwrap_or_default();
    if let Some(schema) = manifest.pointer_mut("/spec/versions/0/schema/openAPIV3Schema") {
        tidy(schema);
        limit(schema, &mut Vec::new());
        schema["properties"]["status"]["default"] = unobserved_status();
    }
    manifest
}

/// Takes off what schemars adds and Kubernetes has no use for.
///
/// `nullable` goes so that the API server prunes a null, as it does for its own kinds: null and
/// absent are the same, and no CEL rule ever sees a null.
fn tidy(schema: &mut Value) {
    let Value::Object(node) = schema else { return };
    if let Some(Value::String(description)) = node.get_mut("description") {
        *description = unwrapped(description);
    }
    node.remove("title");
    node.remove("nullable");
    if let Some(Value::Array(allowed)) = node.get_mut("enum") {
        allowed.retain(|value| !value.is_null());
    }
    for bound in ["minimum", "maximum"] {
        if let Some(value) = node.get_mut(bound) {
            whole_number(value);
        }
    }
    if let Some(Value::Object(fields)) = node.get_mut("properties") {
        for amounts in ["limits", "requests"] {
            let amount =
                fields.get_mut(amounts).and_then(|map| map.get_mut("additionalProperties"));
            if let Some(Value::Object(amount)) = amount {
                amount.insert("pattern".to_owned(), QUANTITY.into());
            }
        }
        fields.values_mut().for_each(tidy);
    }
    for child in ["items", "additionalProperties"] {
        if let Some(child) = node.get_mut(child) {
            tidy(child);
        }
    }
}

/// Puts the limits of Kubernetes' own types into a schema. `names` are the fields that lead to it.
fn limit(schema: &mut Value, names: &mut Vec<String>) {
    let Value::Object(node) = schema else { return };
    if let Some(items) = node.get_mut("items") {
        return limit(items, names);
    }
    let ends =
        |end: &&[&str]| end.len() <= names.len() && names[names.len() - end.len()..] == **end;
    for (_, limit) in LIMITS.iter().filter(|(end, _)| ends(end)) {
        match limit {
            Limit::OneOf(words) => drop(node.insert("enum".to_owned(), (*words).into())),
            Limit::AtLeast(least) => drop(node.insert("minimum".to_owned(), (*least).into())),
            Limit::Between(least, most) => {
                node.insert("minimum".to_owned(), (*least).into());
                node.insert("maximum".to_owned(), (*most).into());
            }
        }
    }
    let Some(Value::Object(fields)) = node.get_mut("properties") else { return };
    for (name, field) in fields {
        names.push(name.clone());
        limit(field, names);
        names.pop();
    }
}

/// `kubectl explain` wraps lines itself. Empty lines still separate paragraphs.
fn unwrapped(description: &str) -> String {
    let paragraphs = description.split("\n\n").map(|paragraph| paragraph.replace('\n', " "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// `65535.0` reads as a mistake in a manifest.
#[allow(clippy::cast_possible_truncation)]
fn whole_number(value: &mut Value) {
    if let Some(number) = value.as_f64().filter(|number| number.fract() == 0.0) {
        *value = Value::from(number as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_of_statuses_are_those_of_the_crds() {
        assert_eq!(status_schemas().len(), crds().len());
        for (crd, (kind, status)) in crds().iter().zip(status_schemas()) {
            assert_eq!(crd["spec"]["names"]["kind"], kind);
            let schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
            let mut expected = schema["properties"]["status"].clone();
            expected.as_object_mut().expect("a map").remove("default");
            assert_eq!(status, expected, "{kind}");
        }
    }
}
