//! What a module refers to: NATS, its environment Secret, the operator's API token.

use super::validate::ValidModule;
use crate::crd::conditions::{Reason, reasons};
use crate::kinds::Kind;
use crate::names::{self, API_TOKEN_KEY};
use crate::object::Object;
use crate::render::context::Context;
use crate::render::ipc_config::{self, Host, NatsConnection};
use crate::render::namespace;
use crate::render::stop::Stop;
use crate::render::{adopt, rollout, secret};
use serde_json::Value;

/// What the references of a module come to.
pub struct References {
    pub nats: Option<NatsReference>,
    /// Digest of all Secrets that become environment variables, the NATS token apart.
    pub env_digest: Option<String>,
}

/// How the module reaches NATS.
pub struct NatsReference {
    pub host: Host,
    pub token_secret: String,
    pub token_key: String,
    /// Digest of the token that the pods are to be started with.
    pub token_digest: String,
}

/// Resolves every reference.
///
/// # Errors
/// [`Stop::Refused`] that names what is missing or waited for, [`Stop::Waiting`] for the digest key,
/// [`Stop::Unread`].
pub fn resolve(context: &Context<'_>, module: &ValidModule) -> Result<References, Stop> {
    // Both are asked for before either stops the plan: what must be read is read at once.
    let nats = match module.spec.ipc_config.as_deref() {
        None | Some("") => Ok(None),
        Some(name) => nats(context, name).map(Some),
    };
    let env_digest = env_digest(context, module);
    Ok(References { nats: nats?, env_digest: env_digest? })
}

fn nats(context: &Context<'_>, name: &str) -> Result<NatsReference, Stop> {
    let Some(resource) = context.get(Kind::IpcConfig, name)? else {
        let why = format!("there is no IpcConfig {name} in namespace {}", context.namespace());
        return Err(missing("spec.ipcConfig", reasons::IPC_CONFIG_NOT_FOUND, &why));
    };
    let NatsConnection { host, token_secret, token_key, token } =
        ipc_config::connection(context.source, &resource)?.map_err(|why| {
            let why = format!("IpcConfig {name} is not ready: {why}");
            missing("spec.ipcConfig", reasons::IPC_CONFIG_NOT_READY, &why)
        })?;
    let current = ipc_config::token_digest(&context.digest_key()?, &token);
    let token_digest = match host {
        Host::Managed(_) => {
            let server = context.get(Kind::Deployment, &names::nats::server(name))?;
            paced(context, server.as_deref(), current)?
        }
        Host::External => current,
    };
    Ok(NatsReference { host, token_secret, token_key, token_digest })
}

/// The digest that the pods get: the current token's, unless the module runs on an older one and
/// the NATS server with the new one is not available yet.
fn paced(context: &Context<'_>, server: Option<&Object>, current: String) -> Result<String, Stop> {
    let Some(module) = context.live_workload()? else { return Ok(current) };
    if let Some(server) = server.filter(|server| adopt::is_pending(server))
        && adopt::is_pending(&module)
    {
        // NATS is taken over first, so that a module restarts once. Nobody does while its IpcConfig
        // is paused or stalled: say what is waited for.
        let message = format!("waiting until {} is taken over", server.reference());
        return Err(Stop::refused(reasons::UPDATING, message));
    }
    let Some(running) = template_digest(&module) else { return Ok(current) };
    let arrived = server.is_some_and(|server| {
        template_digest(server) == Some(current.as_str())
            && rollout::is_available(server.value(), server.number("/spec/replicas").unwrap_or(1))
    });
    Ok(if arrived { current } else { running.to_owned() })
}

fn template_digest(deployment: &Object) -> Option<&str> {
    deployment.at("/spec/template/metadata/annotations")?.get(names::TOKEN_DIGEST)?.as_str()
}

/// Covers envSecret and the API token: both reach the pods as environment, and only a restart
/// brings a new value there.
fn env_digest(context: &Context<'_>, module: &ValidModule) -> Result<Option<String>, Stop> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    if let Some(reference) = &module.spec.env_secret {
        let secret = context.get(Kind::Secret, &reference.name)?.ok_or_else(|| {
            let (name, namespace) = (&reference.name, context.namespace());
            let why = format!("there is no Secret {name} in namespace {namespace}");
            missing("spec.envSecret", reasons::SECRET_NOT_FOUND, &why)
        })?;
        parts.extend(data_of(&secret));
    }
    if module.spec.mount_operator_api_token {
        parts.push(b"api-token".to_vec());
        parts.push(api_token(context)?);
    }
    if parts.is_empty() && module.spec.env_secret.is_none() {
        return Ok(None);
    }
    let key = context.digest_key()?;
    Ok(Some(key.digest("env", parts.iter().map(Vec::as_slice))))
}

fn data_of(secret: &Object) -> impl Iterator<Item = Vec<u8>> {
    let data = secret.at("/data").and_then(Value::as_object);
    data.into_iter().flatten().flat_map(|(key, _)| {
        [key.as_bytes().to_vec(), secret.secret_value(key).unwrap_or_default()]
    })
}

/// The API token that the pods will find.
fn api_token(context: &Context<'_>) -> Result<Vec<u8>, Stop> {
    let own = context.settings().api_token.as_ref().map(|token| token.as_bytes().to_vec());
    let secret = context.source.get(&namespace::secret_ref(context.namespace()))?;
    let secret = secret.as_deref();
    let there = secret
        .and_then(|secret| secret.secret_value(API_TOKEN_KEY))
        .filter(|token| !token.is_empty());
    // What stands there is what pods find, even where the namespace's own Subject is about to make
    // it equal to the operator's token: the digest changes when that is done, and not before.
    let is_kept = secret.is_none_or(secret::is_generated);
    if let Some(token) = there.or(own.filter(|_| is_kept)) {
        return Ok(token);
    }
    let (name, namespace) = (names::API_TOKEN_SECRET, context.namespace());
    let why = if is_kept {
        format!(
            "there is no Secret {name} with key {API_TOKEN_KEY} in namespace {namespace}, and the operator has no token of its own: set EEVEE_OPERATOR_API_TOKEN on the operator (chart value operatorApiToken)"
        )
    } else {
        format!(
            "Secret {name} in namespace {namespace} has no key {API_TOKEN_KEY}, and the operator did not make it: put the token there, or delete the Secret"
        )
    };
    Err(missing("spec.mountOperatorApiToken", reasons::SECRET_NOT_FOUND, &why))
}

/// What a field names is not there, or not yet as it must be.
fn missing(field: &str, reason: Reason, why: &str) -> Stop {
    Stop::because_of(field, reason, format!("{field}: {why}"))
}
