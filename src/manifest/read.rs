//! From files to a snapshot.

use super::admission::{as_pointer, encode_string_data, judge};
use super::digest_key::give_digest_key;
use super::fits::{self, Unfilled};
use super::situation::{self, Situation};
use crate::crd;
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use crate::snapshot::{ClusterSnapshot, Entropy, Settings};
use crate::yaml;
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A file, or standard input.
pub struct Input {
    /// The name that messages call it by.
    pub name: String,
    pub text: String,
}

/// What holds where the input says nothing else.
pub struct Defaults {
    pub settings: Settings,
    /// Namespace of objects that name none.
    pub namespace: String,
    pub now: Timestamp,
    pub entropy: Entropy,
}

/// Where an object came from.
#[derive(Clone, Debug)]
pub struct Origin {
    source: String,
    document: usize,
    lines: Arc<yaml::Lines>,
    pointer: String,
}

impl Origin {
    /// Where a field stands, such as `spec.envSecret.namespace` or `spec.tolerations[0].effect`.
    pub fn of_field(&self, path: &str) -> Self {
        let steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
        self.below(&steps.map(|step| format!("/{step}")).collect::<String>())
    }

    /// A field of it, by its JSON pointer.
    fn below(&self, pointer: &str) -> Self {
        Self { pointer: self.pointer.clone() + pointer, ..self.clone() }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.lines.nearest_line(&self.pointer);
        write!(f, "{}: document {}, line {line}", self.source, self.document)
    }
}

/// A resource that cannot be rendered. The others can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError(String);

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Input that nothing can be made of: what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable(String);

impl Unusable {
    /// A reason that the reader cannot know.
    pub fn because(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the input came to.
pub struct Loaded {
    pub snapshot: ClusterSnapshot,
    pub faults: Vec<ManifestError>,
    pub notes: Vec<String>,
    /// Whether some custom resource carries no uid, so that nothing can name it as its owner.
    pub without_uid: bool,
    /// Documents that are not empty.
    pub documents: usize,
    /// Whether the input itself says that the digest key is not there.
    pub without_digest_key: bool,
    origins: BTreeMap<ObjectRef, Origin>,
}

impl Loaded {
    /// Where a resource of the input came from.
    pub fn origin(&self, reference: &ObjectRef) -> Option<&Origin> {
        self.origins.get(reference)
    }
}

/// Reads sources into one snapshot.
///
/// # Errors
/// [`Unusable`] for text that is not YAML or JSON, a document that is no Kubernetes object, and
/// an object that is there twice.
pub fn load(sources: &[Input], defaults: Defaults) -> Result<Loaded, Unusable> {
    let mut reader = Reader::new(defaults);
    for source in sources {
        let documents = yaml::read(&source.text)
            .map_err(|error| Unusable(format!("{}: {error}", source.name)))?;
        reader.documents += documents.len();
        for document in documents {
            let yaml::Document { number, line: _, value, lines } = document;
            let lines = Arc::new(lines);
            let place = Place { source: &source.name, document: number, lines: &lines };
            reader.take(value, &place, "")?;
        }
    }
    reader.finish()
}

/// Where a value stands, for messages.
struct Place<'a> {
    source: &'a str,
    document: usize,
    lines: &'a Arc<yaml::Lines>,
}

impl Place<'_> {
    fn origin(&self, pointer: &str) -> Origin {
        Origin {
            source: self.source.to_owned(),
            document: self.document,
            lines: Arc::clone(self.lines),
            pointer: pointer.to_owned(),
        }
    }
}

struct Reader {
    namespace: String,
    snapshot: ClusterSnapshot,
    situation: Option<(Situation, Origin)>,
    origins: BTreeMap<ObjectRef, Origin>,
    faults: Vec<ManifestError>,
    passed_over: BTreeSet<String>,
    without_uid: bool,
    documents: usize,
}

impl Reader {
    fn new(defaults: Defaults) -> Self {
        let Defaults { settings, namespace, now, entropy } = defaults;
        Self {
            namespace,
            snapshot: ClusterSnapshot::new(settings, now, entropy),
            situation: None,
            origins: BTreeMap::new(),
            faults: Vec::new(),
            passed_over: BTreeSet::new(),
            without_uid: false,
            documents: 0,
        }
    }

    /// Takes one document, or one item of a List at a JSON pointer in it.
    fn take(&mut self, value: Value, place: &Place<'_>, pointer: &str) -> Result<(), Unusable> {
        let unusable = |what: &str| Unusable(format!("{}: {what}", place.origin(pointer)));
        let Value::Object(fields) = value else {
            return Err(unusable(&format!(
                "this is {}, not a Kubernetes object: it must have apiVersion, kind and metadata.name",
                kind_of_value(&value)
            )));
        };
        let text = |field: &str| match fields.get(field) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            Some(_) => Err(unusable(&format!("{field} must be a text"))),
            None => Err(unusable(&format!(
                "{field} is missing: a Kubernetes object has apiVersion, kind and metadata.name"
            ))),
        };
        let (api_version, kind) = (text("apiVersion")?, text("kind")?);
        if api_version == situation::API_VERSION && kind == situation::KIND {
            return self.take_situation(fields, place, pointer);
        }
        if kind == "List" || kind.ends_with("List") && fields.contains_key("items") {
            return self.take_list(fields, place, pointer);
        }
        match Kind::of(&api_version, &kind) {
            Some(kind) => self.take_object(kind, fields, place, pointer),
            None if group(&api_version) == group(situation::API_VERSION) => {
                Err(unusable(&format!(
                    "{api_version} has no kind {kind}: its one kind is {} of {}",
                    situation::KIND,
                    situation::API_VERSION
                )))
            }
            None if group(&api_version) == crd::GROUP => Err(unusable(&format!(
                "{api_version} has no kind {kind}: its kinds are {} of {}",
                crd::in_words(&crd::kinds(), "and"),
                crd::API_VERSION
            ))),
            None => {
                self.passed_over.insert(format!("{kind} ({api_version})"));
                Ok(())
            }
        }
    }

    fn take_list(
        &mut self,
        mut fields: Map<String, Value>,
        place: &Place<'_>,
        pointer: &str,
    ) -> Result<(), Unusable> {
        let Some(Value::Array(items)) = fields.remove("items") else {
            let at = place.origin(pointer);
            return Err(Unusable(format!("{at}: items of a List must be a list")));
        };
        for (index, item) in items.into_iter().enumerate() {
            self.take(item, place, &format!("{pointer}/items/{index}"))?;
        }
        Ok(())
    }

    fn take_situation(
        &mut self,
        fields: Map<String, Value>,
        place: &Place<'_>,
        pointer: &str,
    ) -> Result<(), Unusable> {
        let origin = place.origin(pointer);
        let situation = situation::parse(fields)
            .map_err(|why| Unusable(format!("{origin}: {}: {why}", situation::KIND)))?;
        if let Some((_, first)) = &self.situation {
            Err(Unusable(format!(
                "{origin}: {} is there already, in {first}: remove one of them",
                situation::KIND
            )))
        } else {
            self.situation = Some((situation, origin));
            Ok(())
        }
    }

    fn take_object(
        &mut self,
        kind: Kind,
        mut fields: Map<String, Value>,
        place: &Place<'_>,
        pointer: &str,
    ) -> Result<(), Unusable> {
        let origin = place.origin(pointer);
        let no_text = |field: &str| {
            let at = place.origin(&format!("{pointer}/metadata/{field}"));
            Unusable(format!("{at}: {kind}: metadata.{field} must be a text: put it in quotes"))
        };
        match fields.get("metadata").and_then(|metadata| metadata.get("name")) {
            Some(Value::String(name)) if !name.is_empty() => {}
            None | Some(Value::Null | Value::String(_)) => {
                return Err(Unusable(format!("{origin}: {kind}: metadata.name is missing")));
            }
            Some(_) => return Err(no_text("name")),
        }
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            // As for the API server, null and the empty text name no namespace.
            metadata.retain(|field, value| {
                field != "namespace" || !(value.is_null() || value.as_str() == Some(""))
            });
        }
        let Some(mut object) = Object::new(fields.into(), &self.namespace) else {
            return Err(no_text("namespace"));
        };
        let reference = object.reference().clone();
        if let Some(first) = self.origins.get(&reference) {
            return Err(Unusable(format!(
                "{origin}: {reference} is there already, in {first}: remove one of them"
            )));
        }
        self.origins.insert(reference.clone(), origin);
        if kind.is_custom() {
            let faults = judge(kind, &mut object);
            if !faults.is_empty() {
                self.blame(&reference, &faults, place, pointer);
                return Ok(());
            }
            self.without_uid |= object.uid().is_none();
        }
        if kind.is_secret()
            && let Err((field, why)) = encode_string_data(object.value_mut())
        {
            let at = place.origin(&format!("{pointer}{field}"));
            return Err(Unusable(format!("{at}: {reference}: {why}")));
        }
        self.snapshot.insert(Arc::new(object));
        Ok(())
    }

    fn blame(
        &mut self,
        reference: &ObjectRef,
        faults: &[crate::schema::Fault],
        place: &Place<'_>,
        pointer: &str,
    ) {
        for fault in faults {
            let at = place.origin(&format!("{pointer}{}", as_pointer(&fault.path)));
            self.faults.push(ManifestError(format!("{at}: {reference}: {fault}")));
        }
    }

    /// Puts what is meant in place of every `fits`.
    fn fill(&mut self, situation: Option<&Origin>) {
        for Unfilled { object, pointer, why } in fits::fill(&mut self.snapshot) {
            let (origin, what) = match &object {
                Some(object) => (self.origins.get(object), object.to_string()),
                None => (situation, situation::KIND.to_owned()),
            };
            if let Some(origin) = origin {
                let at = origin.below(&pointer);
                self.faults.push(ManifestError(format!("{at}: {what}: {why}")));
            }
        }
    }

    fn finish(mut self) -> Result<Loaded, Unusable> {
        let mut without_digest_key = false;
        let mut origin_of_situation = None;
        if let Some((situation, origin)) = self.situation.take() {
            without_digest_key = situation.digest_key == Some(false);
            situation
                .apply(&mut self.snapshot)
                .map_err(|why| Unusable(format!("{origin}: {}: {why}", situation::KIND)))?;
            origin_of_situation = Some(origin);
        }
        if fits::is_said(&self.snapshot) {
            if !without_digest_key {
                give_digest_key(&mut self.snapshot);
            }
            self.fill(origin_of_situation.as_ref());
        }
        let mut notes = Vec::new();
        if !self.passed_over.is_empty() {
            let kinds: Vec<String> = self.passed_over.into_iter().collect();
            notes.push(format!(
                "passed over, because render does not read them: {}",
                kinds.join(", ")
            ));
        }
        Ok(Loaded {
            snapshot: self.snapshot,
            faults: self.faults,
            notes,
            without_uid: self.without_uid,
            documents: self.documents,
            without_digest_key,
            origins: self.origins,
        })
    }
}

fn group(api_version: &str) -> &str {
    api_version.split('/').next().unwrap_or_default()
}

fn kind_of_value(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
