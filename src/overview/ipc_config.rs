//! One IpcConfig: its NATS servers and their token.

use super::Level;
use super::advice::{advice, without_status};
use super::judge;
use super::node::{IpcConfig, Nats, Problem, Resource, Token};
use super::pods::Restarts;
use crate::crd;
use crate::crd::conditions::reasons;
use crate::kinds::Kind;
use crate::names::{ROTATED_FOR, nats};
use crate::object::{Object, ObjectRef};
use crate::render;
use crate::snapshot::Observed;
use crate::source::Source;
use serde_json::Value;

/// Reason of a problem that no condition tells of: the Secret of the token is gone.
const TOKEN_MISSING: &str = "TokenMissing";

/// How an IpcConfig is. Its modules are put under it later.
pub fn ipc_config(source: &dyn Source, object: &Object, restarts: &Restarts) -> IpcConfig {
    let token = token(source, object);
    IpcConfig {
        resource: resource(object, token.as_ref()),
        missing: false,
        nats: Some(servers(source, object, restarts)),
        token,
        modules: Vec::new(),
    }
}

/// Whoever is well by its status may have lost its token since: no operator has seen that then.
fn resource(object: &Object, token: Option<&Token>) -> Resource {
    let mut resource = judge::resource(object);
    let lost = token.filter(|token| token.present == Some(false));
    if let Some(token) = lost.filter(|_| resource.level == Level::Ok) {
        let message = format!("there is no Secret {}, which holds the token of NATS", token.secret);
        let advice = without_status(object.reference());
        resource.level = Level::Warning;
        resource.advice = Some(advice.clone());
        resource.problems.push(Problem::untold(Level::Warning, TOKEN_MISSING, &message, advice));
    }
    resource
}

/// One that modules name and that is not there.
pub fn missing(namespace: &str, name: &str) -> IpcConfig {
    let at = ObjectRef::new(Kind::IpcConfig, namespace, name);
    let message = format!("there is no {at}");
    let reason = reasons::IPC_CONFIG_NOT_FOUND.word;
    let advice = advice(&at, reason, &message);
    let problem = Problem::untold(Level::Failed, reason, &message, advice.clone());
    let resource = Resource {
        name: name.to_owned(),
        level: Level::Failed,
        advice: Some(advice),
        problems: vec![problem],
        ..Resource::default()
    };
    IpcConfig { resource, missing: true, nats: None, token: None, modules: Vec::new() }
}

/// One that modules name where it could not be read which there are.
pub fn unread(name: &str) -> IpcConfig {
    let resource = Resource { name: name.to_owned(), level: Level::Unknown, ..Resource::default() };
    IpcConfig { resource, missing: false, nats: None, token: None, modules: Vec::new() }
}

fn servers(source: &dyn Source, object: &Object, restarts: &Restarts) -> Nats {
    let at = object.reference();
    let managed = object.at("/spec/nats/managed/enabled") != Some(&Value::Bool(false));
    if !managed {
        return Nats { managed, wanted: None, ready: None, image: None, tag: None, restarts: None };
    }
    let deployment =
        ObjectRef::new(Kind::Deployment, at.namespace.as_str(), nats::server(&at.name));
    let ready = match source.observe(&deployment) {
        Observed::Present(live) => Some(live.number("/status/readyReplicas").unwrap_or(0)),
        Observed::Absent => Some(0),
        Observed::Unknown => None,
    };
    let image = object.text("/status/image").or(object.text("/spec/nats/managed/image"));
    Nats {
        managed,
        wanted: Some(object.number("/spec/nats/managed/replicas").unwrap_or(1)),
        ready,
        tag: image.and_then(crd::tag).map(str::to_owned),
        image: image.map(str::to_owned),
        restarts: restarts.of_ipc_config(&at.name),
    }
}

fn token(source: &dyn Source, object: &Object) -> Option<Token> {
    let secret = render::token_secret_of(object)?;
    let named = |present| Token {
        secret: secret.name.clone(),
        present,
        created: None,
        rotated_for: None,
        rotated: None,
    };
    Some(match source.observe(&secret) {
        Observed::Unknown => named(None),
        Observed::Absent => named(Some(false)),
        Observed::Present(live) => Token {
            created: live.text("/metadata/creationTimestamp").map(str::to_owned),
            rotated_for: live.annotation(ROTATED_FOR).map(str::to_owned),
            rotated: rotated(&live),
            ..named(Some(true))
        },
    })
}

/// When the annotation was written that goes with a rotation, in one request.
fn rotated(secret: &Object) -> Option<String> {
    let entries = secret.at("/metadata/managedFields")?.as_array()?;
    let annotation = format!("f:{ROTATED_FOR}");
    let wrote = entries.iter().find(|entry| {
        !entry["fieldsV1"]["f:metadata"]["f:annotations"][annotation.as_str()].is_null()
    });
    wrote?["time"].as_str().map(str::to_owned)
}
