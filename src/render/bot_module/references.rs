//! What a module refers to: NATS, its environment Secret, the operator's API token.

use super::validate::Module;
use crate::crd::conditions::reasons;
use crate::object::{Kind, Object};
use crate::render::context::Context;
use crate::render::ipc_config::{self, Connection, Host};
use crate::render::namespace::{self, TOKEN_KEY};
use crate::render::status::Ready;
use crate::render::wish::Halt;
use crate::render::{meta, rollout, takeover};
use serde_json::Value;

/// What the references of a module come to.
pub struct References {
    pub nats: Option<Nats>,
    /// Digest of all Secrets that become environment variables, the NATS token apart.
    pub env_digest: Option<String>,
}

/// How the module reaches NATS.
pub struct Nats {
    pub host: Host,
    pub token_secret: String,
    pub token_key: String,
    /// Digest of the token that the pods are to be started with.
    pub token_digest: String,
}

/// Resolves every reference.
///
/// # Errors
/// [`Halt::Blocked`] that names what is missing or waited for, [`Halt::Waiting`] for the digest key,
/// [`Halt::Unknown`].
pub fn resolve(context: &Context<'_>, module: &Module) -> Result<References, Halt> {
    let nats = match module.spec.ipc_config.as_deref() {
        None | Some("") => None,
        Some(name) => Some(nats(context, name)?),
    };
    Ok(References { nats, env_digest: env_digest(context, module)? })
}

fn nats(context: &Context<'_>, name: &str) -> Result<Nats, Halt> {
    let Some(resource) = context.get(Kind::IpcConfig, name)? else {
        return Err(blocked(
            reasons::IPC_CONFIG_NOT_FOUND,
            format!(
                "spec.ipcConfig: there is no IpcConfig {name} in namespace {}",
                context.namespace()
            ),
        ));
    };
    let Connection { host, token_secret, token_key, token } =
        ipc_config::connection(context.snapshot, resource)?.map_err(|why| {
            let message = format!("spec.ipcConfig: IpcConfig {name} is not ready: {why}");
            blocked(reasons::IPC_CONFIG_NOT_READY, message)
        })?;
    let current = ipc_config::token_digest(&context.digest_key()?, &token);
    let token_digest = match host {
        Host::Managed(_) => {
            let server = context.get(Kind::Deployment, &meta::nats::server(name))?;
            paced(context, server.map(AsRef::as_ref), current)?
        }
        Host::External => current,
    };
    Ok(Nats { host, token_secret, token_key, token_digest })
}

/// The digest that the pods get: the current token's, unless the module runs on an older one and
/// the NATS server with the new one is not available yet.
fn paced(context: &Context<'_>, server: Option<&Object>, current: String) -> Result<String, Halt> {
    let module = context.get(Kind::Deployment, &meta::module::deployment(context.name()))?;
    let Some(module) = module else { return Ok(current) };
    if let Some(server) = server.filter(|server| takeover::is_pending(server))
        && takeover::is_pending(module)
    {
        // NATS is taken over first, so that a module restarts once. Nobody does while its IpcConfig
        // is paused or stalled: say what is waited for.
        let message = format!("waiting until {} is taken over", server.reference());
        return Err(Halt::Blocked(Ready::not_yet(reasons::UPDATING, message)));
    }
    let Some(running) = template_digest(module) else { return Ok(current) };
    let arrived = server.is_some_and(|server| {
        template_digest(server) == Some(current.as_str())
            && rollout::is_available(server, server.number("/spec/replicas").unwrap_or(1))
    });
    Ok(if arrived { current } else { running.to_owned() })
}

fn template_digest(deployment: &Object) -> Option<&str> {
    deployment.at("/spec/template/metadata/annotations")?.get(meta::TOKEN_DIGEST)?.as_str()
}

/// Covers envSecret and the API token: both reach the pods as environment, and only a restart
/// brings a new value there.
fn env_digest(context: &Context<'_>, module: &Module) -> Result<Option<String>, Halt> {
    let mut parts: Vec<Vec<u8>> = Vec::new();
    if let Some(reference) = &module.spec.env_secret {
        let secret = context.get(Kind::Secret, &reference.name)?.ok_or_else(|| {
            let message = format!(
                "spec.envSecret: there is no Secret {} in namespace {}",
                reference.name,
                context.namespace()
            );
            blocked(reasons::SECRET_NOT_FOUND, message)
        })?;
        parts.extend(data_of(secret));
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
fn api_token(context: &Context<'_>) -> Result<Vec<u8>, Halt> {
    let own = context.snapshot.settings.api_token.as_ref().map(|token| token.as_bytes().to_vec());
    let secret = context.snapshot.get(&namespace::secret_ref(context.namespace()))?;
    let there =
        secret.and_then(|secret| secret.secret_value(TOKEN_KEY)).filter(|token| !token.is_empty());
    // What stands there is what pods find, even where the namespace's own Subject is about to make
    // it equal to the operator's token: the digest changes when that is done, and not before.
    let is_kept = secret.is_none_or(|secret| namespace::is_generated(secret));
    if let Some(token) = there.or(own.filter(|_| is_kept)) {
        return Ok(token);
    }
    let (name, namespace) = (meta::API_TOKEN_SECRET, context.namespace());
    let message = if is_kept {
        format!(
            "spec.mountOperatorApiToken: there is no Secret {name} with key {TOKEN_KEY} in namespace {namespace}, and the operator has no token of its own: set EEVEE_OPERATOR_API_TOKEN on the operator (chart value operatorApiToken)"
        )
    } else {
        format!(
            "spec.mountOperatorApiToken: Secret {name} in namespace {namespace} has no key {TOKEN_KEY}, and the operator did not make it: put the token there, or delete the Secret"
        )
    };
    Err(blocked(reasons::SECRET_NOT_FOUND, message))
}

fn blocked(reason: &'static str, message: String) -> Halt {
    Halt::Blocked(Ready::no(reason, message))
}
