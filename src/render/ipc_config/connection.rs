//! What modules need of an IpcConfig.

use super::token;
use super::validate::ValidIpcConfig;
use crate::kinds::Kind;
use crate::names::{self, HOST_KEY};
use crate::object::{Object, ObjectRef};
use crate::render::digest::{Keyed, key_secret};
use crate::snapshot::NotKnown;
use crate::source::Source;

/// How a module reaches NATS.
pub struct NatsConnection {
    pub host: Host,
    pub token_secret: String,
    pub token_key: String,
    pub token: String,
}

/// Where the address of the server comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// The operator runs the server under this name.
    Managed(String),
    /// Key `host` of the token Secret names the server.
    External,
}

/// The connection that an IpcConfig offers, or why it offers none. A server that is merely down
/// does not matter.
pub fn connection(
    source: &dyn Source,
    resource: &Object,
) -> Result<Result<NatsConnection, String>, NotKnown> {
    let at = resource.reference();
    let nats = match ValidIpcConfig::read(resource) {
        Ok(nats) => nats,
        Err(invalid) => return Ok(Err(invalid.message)),
    };
    let secret = ObjectRef::new(Kind::Secret, at.namespace.as_str(), nats.token_secret.as_str());
    let Some(secret) = source.get(&secret)? else {
        let missing =
            format!("there is no Secret {} in namespace {}", nats.token_secret, at.namespace);
        return Ok(Err(if nats.managed.enabled {
            missing
        } else {
            format!("{missing}: make it with keys {} and host", nats.token_key)
        }));
    };
    Ok(usable_token(&secret, &nats.token_key).and_then(|token| {
        let host = if nats.managed.enabled {
            Host::Managed(host(source, &at.namespace, &at.name))
        } else {
            external_host(&secret, &host(source, &at.namespace, &at.name))?
        };
        Ok(NatsConnection {
            host,
            token,
            token_secret: nats.token_secret,
            token_key: nats.token_key,
        })
    }))
}

/// The token in a Secret.
///
/// # Errors
/// A sentence that says what is wrong with it, without the token.
pub fn usable_token(secret: &Object, key: &str) -> Result<String, String> {
    let name = &secret.reference().name;
    let token = secret
        .secret_value(key)
        .ok_or_else(|| format!("Secret {name} has no key {key}: put the token there"))?;
    let token = String::from_utf8(token).map_err(|_| {
        format!("key {key} of Secret {name} is not UTF-8 text: NATS clients send the token as text")
    })?;
    token::quoted(&token).map_err(|why| format!("key {key} of Secret {name} {why}"))?;
    Ok(token)
}

/// Name of the Service that the operator keeps for a server.
pub fn host(source: &dyn Source, namespace: &str, ipc_config: &str) -> String {
    let service = names::nats::server(ipc_config);
    format!("{service}.{namespace}.svc.{}", source.settings().cluster_domain)
}

/// Digest of a token, the same on the server's pods and on the modules'.
pub fn token_digest(key: &Keyed, token: &str) -> String {
    key.digest("nats-token", [token.as_bytes()])
}

/// Digest of the token that an IpcConfig offers now. None where it offers none, or that is not known.
pub fn current_token_digest(source: &dyn Source, resource: &Object) -> Option<String> {
    let connection = connection(source, resource).ok()?.ok()?;
    let secret = source.get(&key_secret(source)).ok()??;
    Some(token_digest(&Keyed::in_secret(&secret)?, &connection.token))
}

/// The Secret in which the token of an IpcConfig is kept, where its spec can be read.
pub fn token_secret_of(resource: &Object) -> Option<ObjectRef> {
    let nats = ValidIpcConfig::read(resource).ok()?;
    Some(ObjectRef::new(Kind::Secret, resource.reference().namespace.as_str(), nats.token_secret))
}

/// The Secret that we made for a server of our own names that server: it goes when the operator
/// runs it no more.
fn external_host(secret: &Object, own: &str) -> Result<Host, String> {
    let name = &secret.reference().name;
    let host = secret.secret_value(HOST_KEY).filter(|host| !host.is_empty());
    match host {
        Some(host) if host != own.as_bytes() => Ok(Host::External),
        Some(_) => Err(format!(
            "key host of Secret {name} is {own}, the server that the operator ran itself: put the address of the external NATS server there"
        )),
        None => Err(format!(
            "Secret {name} has no key host: put the address of the external NATS server there"
        )),
    }
}
