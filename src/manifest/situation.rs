//! The one document that is no Kubernetes object: what a snapshot knows beside objects.

use crate::action::Subject;
use crate::kinds::Kind;
use crate::object::ObjectRef;
use crate::question::Fact;
use crate::render;
use crate::settings;
use crate::snapshot::{Answer, ClusterSnapshot, Entropy, Outcome};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

pub const API_VERSION: &str = "render.eevee.bot/v1";
pub const KIND: &str = "Situation";

/// Kinds of Subjects that are no custom resources.
pub const OPERATOR: &str = "Operator";
pub const NAMESPACE: &str = "Namespace";

/// Every field may be left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Situation {
    #[serde(rename = "apiVersion")]
    _api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    /// The operator's own namespace.
    namespace: Option<String>,
    watch_other_namespaces: Option<bool>,
    cluster_domain: Option<String>,
    /// Service of the HTTP API in the operator's namespace.
    api_service: Option<String>,
    api_port: Option<u16>,
    /// The operator's API token. The empty text means that it has none.
    api_token: Option<String>,
    /// Image of the NATS servers whose resource names none.
    nats_image: Option<String>,
    /// Image of the exporters whose resource names none.
    nats_exporter_image: Option<String>,
    /// The operator's own image.
    operator_image: Option<String>,
    time: Option<Timestamp>,
    /// 64 hex digits.
    entropy: Option<String>,
    /// False takes the digest key away that fixtures have by default.
    pub digest_key: Option<bool>,
    /// What the cluster serves a kind as, where it is not the kind's own name.
    #[serde(default)]
    served_kinds: Map<String, Value>,
    /// Objects whose read failed.
    #[serde(default)]
    unknown: Vec<Reference>,
    /// Kinds that could not be listed.
    #[serde(default)]
    unlisted: Vec<String>,
    /// How the API server answered before.
    #[serde(default)]
    answers: Vec<Answered>,
    /// The Subjects that are rendered, where the input holds the neighbourhoods of these alone.
    #[serde(default)]
    only: Vec<SubjectReference>,
}

/// A resource, kind Namespace with its name, or kind Operator.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SubjectReference {
    kind: String,
    namespace: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reference {
    kind: String,
    namespace: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Answered {
    /// Whose batch it was.
    subject: SubjectReference,
    target: Reference,
    /// Digest of what was wanted.
    request: String,
    resource_version: Option<String>,
    generation: Option<i64>,
    verb: Option<String>,
    code: Option<u16>,
    message: Option<String>,
    retry_at: Option<Timestamp>,
    /// The field that admission rewrote, in place of a refusal.
    rewritten: Option<String>,
    /// The answer to a question, in place of a refusal.
    told: Option<Told>,
}

/// An answer to a question: one of these.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Told {
    /// The store can be used. Always true.
    Usable(bool),
    /// Why the store cannot be used.
    Unusable(String),
    /// Id of the newest backup. Empty where there is none.
    Newest(String),
    /// The pods that use the claim.
    Users(Vec<String>),
}

/// Reads the document.
///
/// # Errors
/// A sentence that names the field.
pub fn parse(fields: Map<String, Value>) -> Result<Situation, String> {
    serde_path_to_error::deserialize(Value::from(fields))
        .map_err(|error| format!("{}: {}", error.path(), error.inner()))
}

impl Situation {
    /// Puts everything into a snapshot.
    ///
    /// # Errors
    /// A sentence that names the field.
    pub fn apply(self, snapshot: &mut ClusterSnapshot) -> Result<(), String> {
        let settings = &mut snapshot.settings;
        if let Some(namespace) = self.namespace {
            settings.namespace = namespace;
        }
        if let Some(watch) = self.watch_other_namespaces {
            settings.watch_other_namespaces = watch;
        }
        if let Some(domain) = self.cluster_domain {
            settings::without_outer_dots(&domain).clone_into(&mut settings.cluster_domain);
        }
        if let Some(service) = self.api_service {
            settings.api_service = service;
        }
        settings.api_port = self.api_port.unwrap_or(settings.api_port);
        if let Some(token) = self.api_token {
            settings.api_token = Some(token).filter(|token| !token.is_empty());
        }
        if let Some(image) = self.nats_image {
            settings.nats_images.server = image;
        }
        if let Some(image) = self.nats_exporter_image {
            settings.nats_images.exporter = image;
        }
        if let Some(image) = self.operator_image {
            settings.operator_image = Some(image).filter(|image| !image.is_empty());
        }
        snapshot.now = self.time.unwrap_or(snapshot.now);
        if let Some(hex) = self.entropy {
            snapshot.entropy = entropy(&hex).map_err(within("entropy"))?;
        }
        for (name, served) in self.served_kinds {
            let served = served.as_str().ok_or("servedKinds: a kind is a text")?;
            snapshot.served.set(kind(&name).map_err(within("servedKinds"))?, served);
        }
        for reference in self.unknown {
            snapshot.set_unknown(reference.parse().map_err(within("unknown"))?);
        }
        for name in self.unlisted {
            snapshot.set_unlisted(kind(&name).map_err(within("unlisted"))?);
        }
        for refused in self.answers {
            let (subject, answer) = refused.parse().map_err(within("answers"))?;
            snapshot.answers.entry(subject).or_default().push(answer);
        }
        for reference in self.only {
            snapshot.only.insert(subject(reference).map_err(within("only"))?);
        }
        Ok(())
    }
}

/// 32 bytes from 64 hex digits.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn entropy(hex: &str) -> Result<Entropy, String> {
    let wrong = || "a seed has 64 hex digits (32 bytes)".to_owned();
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    let mut bytes = [0_u8; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * place..2 * place + 2], 16).map_err(|_| wrong())?;
    }
    Ok(Entropy(bytes))
}

impl Reference {
    fn parse(self) -> Result<ObjectRef, String> {
        Ok(ObjectRef::new(kind(&self.kind)?, self.namespace, self.name))
    }
}

impl Answered {
    fn parse(self) -> Result<(Subject, Answer), String> {
        let subject = subject(self.subject)?;
        let outcome = match (self.rewritten, self.told) {
            (Some(field), _) => Outcome::Rewritten { field },
            (None, Some(told)) => Outcome::Told {
                fact: told.parse()?,
                retry_at: self.retry_at.unwrap_or(Timestamp::MAX),
            },
            (None, None) => Outcome::Refused {
                verb: self.verb.unwrap_or_else(|| "Apply".to_owned()),
                code: self.code.ok_or("code is missing")?,
                message: self.message.unwrap_or_default(),
                retry_at: self.retry_at.ok_or("retryAt is missing")?,
            },
        };
        let answer = Answer {
            target: self.target.parse()?,
            request: self.request,
            resource_version: self.resource_version,
            generation: self.generation,
            outcome,
        };
        Ok((subject, answer))
    }
}

impl Told {
    fn parse(self) -> Result<Fact, String> {
        Ok(match self {
            Self::Usable(true) => Fact::Usable,
            Self::Usable(false) => {
                return Err("told.usable is false: say why in told.unusable".to_owned());
            }
            Self::Unusable(why) => Fact::Unusable(why),
            Self::Newest(id) => Fact::Newest(Some(id).filter(|id| !id.is_empty())),
            Self::Users(pods) => Fact::Users(pods),
        })
    }
}

fn subject(of: SubjectReference) -> Result<Subject, String> {
    let SubjectReference { kind, namespace, name } = of;
    let part = |part: Option<String>, field: &str| {
        part.filter(|part| !part.is_empty())
            .ok_or_else(|| format!("{field} of a subject of kind {kind} is missing"))
    };
    match kind.as_str() {
        OPERATOR => Ok(Subject::Operator),
        NAMESPACE => Ok(Subject::Namespace(part(name, "name")?)),
        _ => match render::kinds().find(|known| known.name() == kind) {
            Some(known) => {
                Ok(Subject::of(known, part(namespace, "namespace")?, part(name, "name")?))
            }
            None => {
                Err(format!("{kind} is no subject: {}, {NAMESPACE} and {OPERATOR} are", rendered()))
            }
        },
    }
}

fn rendered() -> String {
    render::kinds().map(Kind::name).collect::<Vec<_>>().join(", ")
}

/// Puts the field in front of a sentence.
fn within(field: &str) -> impl Fn(String) -> String {
    move |why| format!("{field}: {why}")
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::all()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| format!("there is no kind {name} here"))
}
