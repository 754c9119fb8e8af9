//! IpcConfig: validate → find the token → build → judge.

mod build;
mod connection;
mod credentials;
mod nats_conf;
mod server;
mod validate;

pub use connection::{Connection, Host, connection, token_digest};
pub use credentials::token_secret_of;

use super::context::Context;
use super::resource::Way;
use super::status::{Condition, Ready, Report};
use super::wish::{Halt, Wish, refuse_foreign_among};
use super::{event, meta, prune, wish};
use crate::action::{ApplyAction, Event, Severity};
use crate::crd::conditions::{events, reasons};
use crate::object::Kind;
use credentials::{Credentials, Token};
use serde::Serialize;
use validate::Nats;

/// How an IpcConfig is rendered.
pub const WAY: Way = Way { kind: Kind::IpcConfig, plan, blocked };

/// The names of what an IpcConfig may become. The
/// order is that of deletion: first what clients reach, last what the server reads.
pub fn own_objects(name: &str) -> [(Kind, String); 6] {
    [
        (Kind::Service, meta::nats::server(name)),
        (Kind::PodDisruptionBudget, meta::nats::server(name)),
        (Kind::Deployment, meta::nats::server(name)),
        (Kind::Service, meta::nats::cluster_service(name)),
        (Kind::Secret, meta::nats::config_secret(name)),
        (Kind::Secret, meta::nats::routes_secret(name)),
    ]
}

/// The names of what this IpcConfig becomes.
fn wanted_objects(name: &str, nats: &Nats) -> Vec<(Kind, String)> {
    let for_clusters = [
        (Kind::PodDisruptionBudget, meta::nats::server(name)),
        (Kind::Service, meta::nats::cluster_service(name)),
        (Kind::Secret, meta::nats::routes_secret(name)),
    ];
    let clustered = nats.managed.replicas > 1;
    let wanted = |object: &(Kind, String)| clustered || !for_clusters.contains(object);
    let managed = own_objects(name).into_iter().filter(|_| nats.managed.enabled);
    managed.filter(wanted).collect()
}

/// What a round has come to so far.
#[derive(Default)]
struct Round {
    actions: Vec<ApplyAction>,
    news: Vec<Event>,
    conditions: Vec<Condition>,
}

fn blocked(context: &Context<'_>, ready: Ready) -> Report {
    Report::blocked(context.resource, ready)
}

fn plan(context: &Context<'_>) -> Result<Vec<ApplyAction>, Halt> {
    let nats = Nats::validate(context.resource)
        .map_err(|message| Halt::Blocked(Ready::no(reasons::INVALID_SPEC, message)))?;
    refuse_foreign_among(context, wanted_objects(context.name(), &nats))?;
    if nats.managed.enabled { managed(context, &nats) } else { external(context, &nats) }
}

fn managed(context: &Context<'_>, nats: &Nats) -> Result<Vec<ApplyAction>, Halt> {
    let mut round = Round::default();
    let token = Token::settle(context, nats, &mut round)?;
    let credentials = Credentials::settle(context, nats, token, &mut round)?;
    server::keep_server(context, nats, &credentials, round)
}

/// Nothing is deployed for an external NATS; what was deployed before goes.
fn external(context: &Context<'_>, nats: &Nats) -> Result<Vec<ApplyAction>, Halt> {
    let mut round = Round::default();
    credentials::disown(context, nats, &mut round)?;
    let ready = match connection(context.snapshot, context.resource)? {
        Ok(_) => Ready::yes(
            reasons::EXTERNAL,
            format!("modules use the external NATS server named by Secret {}", nats.token_secret),
        ),
        Err(why) => return Err(Halt::Blocked(Ready::no(reasons::TOKEN_NOT_FOUND, why))),
    };
    for (kind, name) in own_objects(context.name()) {
        remove(context, kind, name, &mut round)?;
    }
    let report = Report {
        ready,
        others: round.conditions,
        kept: Vec::new(),
        fields: serde_json::Map::new(),
        news: round.news,
    };
    round.actions.extend(report.actions(context));
    Ok(round.actions)
}

/// Removes an object of ours that is not wanted any more.
fn remove(context: &Context<'_>, kind: Kind, name: String, round: &mut Round) -> Result<(), Halt> {
    let target = context.reference(kind, &name);
    if let Some(deletion) = prune::owned(context, kind, name)? {
        if kind == Kind::Deployment {
            let message = format!("deleted {target}");
            let news = event::event(context.resource, Severity::Normal, events::DELETED, message);
            round.news.push(news);
        }
        round.actions.extend(wish::ask(context, context.action(target, deletion))?);
    }
    Ok(())
}

/// Keeps an object that holds no secret data.
fn keep(
    context: &Context<'_>,
    kind: Kind,
    name: &str,
    object: &impl Serialize,
    round: &mut Round,
) -> Result<(), Halt> {
    let wish = Wish::new(context.reference(kind, name), object);
    round.actions.extend(wish.fulfil(context)?);
    Ok(())
}
