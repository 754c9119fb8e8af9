//! What a snapshot knows beside objects, as the document that is read again.

use super::situation::{API_VERSION, KIND, NAMESPACE, OPERATOR};
use crate::action::Subject;
use crate::kinds::Kind;
use crate::object::ObjectRef;
use crate::question::Fact;
use crate::render;
use crate::snapshot::{Answer, ClusterSnapshot, Outcome, Settings};
use serde_json::{Map, Value, json};

/// The settings, and what is known of the reads and of the API server's answers. The entropy is no
/// part of it: it is new for every snapshot.
pub fn situation(snapshot: &ClusterSnapshot) -> Value {
    let settings = &snapshot.settings;
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("apiVersion", API_VERSION.into());
    put("kind", KIND.into());
    put("namespace", settings.namespace.as_str().into());
    put("watchOtherNamespaces", settings.watch_other_namespaces.into());
    put("clusterDomain", settings.cluster_domain.as_str().into());
    put("apiToken", settings.api_token.as_deref().unwrap_or_default().into());
    put("time", snapshot.now.to_string().into());
    let defaults = Settings::default();
    if settings.api_service != defaults.api_service {
        put("apiService", settings.api_service.as_str().into());
    }
    if settings.api_port != defaults.api_port {
        put("apiPort", settings.api_port.into());
    }
    if settings.nats_images.server != defaults.nats_images.server {
        put("natsImage", settings.nats_images.server.as_str().into());
    }
    if settings.nats_images.exporter != defaults.nats_images.exporter {
        put("natsExporterImage", settings.nats_images.exporter.as_str().into());
    }
    if let Some(image) = &settings.operator_image {
        put("operatorImage", image.as_str().into());
    }
    let key = snapshot.get(&render::key_secret(snapshot));
    if !key.is_ok_and(|key| key.is_some()) {
        put("digestKey", false.into());
    }
    let served: Map<String, Value> = snapshot
        .served
        .renamed()
        .map(|(kind, served)| (kind.name().to_owned(), served.into()))
        .collect();
    let answers = snapshot.answers.iter();
    let answers = answers.flat_map(|(subject, all)| all.iter().map(move |one| (subject, one)));
    let lists = [
        ("unknown", snapshot.unknown().map(reference).collect()),
        ("unlisted", snapshot.unlisted().map(Kind::name).map(Value::from).collect()),
        ("answers", answers.map(|(subject, answer)| answered(subject, answer)).collect()),
        ("only", snapshot.only.iter().map(subject_reference).collect::<Vec<Value>>()),
    ];
    if !served.is_empty() {
        put("servedKinds", served.into());
    }
    for (name, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        put(name, list.into());
    }
    fields.into()
}

fn reference(of: &ObjectRef) -> Value {
    json!({ "kind": of.kind.name(), "namespace": of.namespace, "name": of.name })
}

fn subject_reference(subject: &Subject) -> Value {
    match subject {
        Subject::Operator => json!({ "kind": OPERATOR }),
        Subject::Namespace(name) => json!({ "kind": NAMESPACE, "name": name }),
        Subject::Resource(resource) => reference(resource),
    }
}

fn answered(subject: &Subject, answer: &Answer) -> Value {
    let Answer { target, request, resource_version, generation, outcome } = answer;
    let mut fields = json!({
        "subject": subject_reference(subject),
        "target": reference(target),
        "request": request,
        "resourceVersion": resource_version,
        "generation": generation,
    });
    match outcome {
        Outcome::Refused { verb, code, message, retry_at } => {
            fields["verb"] = verb.as_str().into();
            fields["code"] = (*code).into();
            fields["message"] = message.as_str().into();
            fields["retryAt"] = retry_at.to_string().into();
        }
        Outcome::Rewritten { field } => fields["rewritten"] = field.as_str().into(),
        Outcome::Told { fact, retry_at } => {
            fields["told"] = told(fact);
            fields["retryAt"] = retry_at.to_string().into();
        }
    }
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    fields
}

fn told(fact: &Fact) -> Value {
    match fact {
        Fact::Usable => json!({ "usable": true }),
        Fact::Unusable(why) => json!({ "unusable": why }),
        Fact::Newest(Some(id)) => json!({ "newest": id }),
        Fact::Newest(None) => json!({ "newest": "" }),
        Fact::Users(pods) => json!({ "users": pods }),
    }
}
