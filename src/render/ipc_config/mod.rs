//! IpcConfig: validate → find the token → build → judge.

mod build;
mod connection;
mod credentials;
mod nats_conf;
mod replacement;
mod server;
mod token;
mod validate;

pub use connection::{
    Host, NatsConnection, connection, current_token_digest, token_digest, token_secret_of,
};
pub use token::LONGEST as LONGEST_TOKEN;

use super::context::Context;
use super::desired::{Desired, refuse_foreign_among};
use super::ready::Ready;
use super::resource::Renderer;
use super::round::Round;
use super::stop::Stop;
use crate::crd::conditions::reasons;
use crate::kinds::Kind;
use crate::names::nats;
use credentials::{Credentials, ServerToken};
use serde::Serialize;
use validate::ValidIpcConfig;

/// How an IpcConfig is rendered.
pub static RENDERER: Renderer =
    Renderer { workload: Some(nats::server), ..Renderer::new(Kind::IpcConfig, plan) };

/// The names of what an IpcConfig may become. The order is that of deletion: first what clients
/// reach, last what the server reads.
fn own_objects(name: &str) -> [(Kind, String); 6] {
    [
        (Kind::Service, nats::server(name)),
        (Kind::PodDisruptionBudget, nats::server(name)),
        (Kind::Deployment, nats::server(name)),
        (Kind::Service, nats::cluster_service(name)),
        (Kind::Secret, nats::config_secret(name)),
        (Kind::Secret, nats::routes_secret(name)),
    ]
}

/// The names of what this IpcConfig becomes.
fn desired_objects(name: &str, nats: &ValidIpcConfig) -> Vec<(Kind, String)> {
    let for_clusters = [
        (Kind::PodDisruptionBudget, nats::server(name)),
        (Kind::Service, nats::cluster_service(name)),
        (Kind::Secret, nats::routes_secret(name)),
    ];
    let is_desired =
        |object: &(Kind, String)| nats.is_clustered() || !for_clusters.contains(object);
    let managed = own_objects(name).into_iter().filter(|_| nats.managed.enabled);
    managed.filter(is_desired).collect()
}

fn plan(context: &Context<'_>, round: &mut Round) -> Result<Ready, Stop> {
    let nats = ValidIpcConfig::validate(context.resource)?;
    refuse_foreign_among(context, desired_objects(context.name(), &nats))?;
    if nats.managed.enabled {
        managed(context, &nats, round)
    } else {
        external(context, &nats, round)
    }
}

fn managed(context: &Context<'_>, nats: &ValidIpcConfig, round: &mut Round) -> Result<Ready, Stop> {
    let token = ServerToken::settle(context, nats, round)?;
    let credentials = Credentials::settle(context, nats, token, round)?;
    server::keep(context, nats, &credentials, round)
}

/// Nothing is deployed for an external NATS; what was deployed before goes.
fn external(
    context: &Context<'_>,
    nats: &ValidIpcConfig,
    round: &mut Round,
) -> Result<Ready, Stop> {
    credentials::disown(context, nats, round)?;
    if let Err(why) = connection(context.source, context.resource)? {
        return Err(Stop::refused(reasons::TOKEN_NOT_FOUND, why));
    }
    for (kind, name) in own_objects(context.name()) {
        round.remove(context, kind, &name)?;
    }
    let message =
        format!("modules use the external NATS server named by Secret {}", nats.token_secret);
    Ok(Ready::new(reasons::EXTERNAL, message))
}

/// Keeps an object that holds no secret data.
fn keep(
    context: &Context<'_>,
    kind: Kind,
    name: &str,
    object: &impl Serialize,
    round: &mut Round,
) -> Result<(), Stop> {
    round.keep(context, Desired::new(context.reference(kind, name), object))
}
