//! The NATS server that the operator runs, kept as wanted and judged.

use super::connection::token_digest;
use super::credentials::Credentials;
use super::validate::{Nats, images};
use super::{Round, build, keep, nats_conf, remove};
use crate::action::{ApplyAction, Severity, Verb};
use crate::crd::conditions::{events, reasons};
use crate::object::{Kind, Object};
use crate::render::context::Context;
use crate::render::rollout::{self, Progress};
use crate::render::status::{Ready, Report};
use crate::render::wish::{Halt, Wish, replaces_pods, sets_spec};
use crate::render::{event, meta, takeover};
use serde_json::Map;

/// Keeps Secret, Services, Deployment and PodDisruptionBudget, in the order in which the server
/// needs them, and says how far it has come.
pub fn keep_server(
    context: &Context<'_>,
    nats: &Nats,
    credentials: &Credentials,
    mut round: Round,
) -> Result<Vec<ApplyAction>, Halt> {
    let key = context.digest_key()?;
    let clustered = nats.managed.replicas > 1;
    let (name, cluster_name) =
        (meta::nats::server(context.name()), meta::nats::cluster_service(context.name()));
    let conf = nats_conf::file(context, credentials);
    let digests = build::Digests {
        config: key.digest("nats.conf", [conf.as_bytes()]),
        token: token_digest(&key, &credentials.token.plain),
    };
    let config = context.reference(Kind::Secret, &meta::nats::config_secret(context.name()));
    let config = Wish::secret(config, &build::config_secret(context, conf), &key);
    round.actions.extend(config.fulfil(context)?);
    keep(context, Kind::Service, &name, &build::service(context, nats), &mut round)?;
    if clustered {
        let service = build::cluster_service(context);
        keep(context, Kind::Service, &cluster_name, &service, &mut round)?;
    }
    let deployment = context.reference(Kind::Deployment, &name);
    let live = context.snapshot.get(&deployment)?.map(AsRef::as_ref);
    let wish = Wish::new(deployment, &build::deployment(context, nats, digests));
    let change = wish.fulfil(context)?;
    let changing = change.as_ref().is_some_and(|change| replaces_pods(change, live));
    round.news.extend(change.as_ref().and_then(|change| news(context, live, change)));
    round.actions.extend(change);
    if clustered {
        let budget = build::disruption_budget(context);
        keep(context, Kind::PodDisruptionBudget, &name, &budget, &mut round)?;
    } else {
        remove(context, Kind::PodDisruptionBudget, name, &mut round)?;
        remove(context, Kind::Service, cluster_name, &mut round)?;
        remove(context, Kind::Secret, meta::nats::routes_secret(context.name()), &mut round)?;
    }
    let replicas = i64::from(nats.managed.replicas);
    let progress = rollout::judge(context, live, replicas, changing)?;
    let images = images(&nats.managed, &context.snapshot.settings.nats_images);
    let mut fields = Map::from_iter([("image".to_owned(), images.server.into())]);
    rollout::remember(context, Some(&progress), &mut fields);
    let report = Report {
        ready: ready(&progress, live, replicas),
        others: round.conditions,
        kept: Vec::new(),
        fields,
        news: round.news,
    };
    round.actions.extend(report.actions(context));
    Ok(round.actions)
}

/// Whether a server runs that a new one is to take the place of, whatever its token. Should the new
/// one never start, the one that runs goes on serving, and knows the token that it started with.
pub fn is_being_replaced(context: &Context<'_>, nats: &Nats) -> Result<bool, Halt> {
    let deployment = context.reference(Kind::Deployment, &meta::nats::server(context.name()));
    let Some(live) = context.snapshot.get(&deployment)?.filter(|live| serves(live)) else {
        return Ok(false);
    };
    let annotations = live.at("/spec/template/metadata/annotations");
    let started_with = |digest| {
        let digest = annotations.and_then(|annotations| annotations.get(digest)?.as_str());
        digest.unwrap_or_default().to_owned()
    };
    let digests = build::Digests {
        config: started_with(meta::CONFIG_HASH),
        token: started_with(meta::TOKEN_DIGEST),
    };
    let wish = Wish::new(deployment, &build::deployment(context, nats, digests));
    let replicas = i64::from(nats.managed.replicas);
    let changes = wish.fulfil(context)?.is_some_and(|change| sets_spec(&change, live));
    Ok(changes || !rollout::is_available(live, replicas))
}

fn serves(live: &Object) -> bool {
    live.number("/status/availableReplicas").unwrap_or(0) > 0
}

fn news(
    context: &Context<'_>,
    live: Option<&Object>,
    change: &ApplyAction,
) -> Option<crate::action::Event> {
    let target = &change.target;
    let (reason, message) = match &change.verb {
        Verb::Apply { .. } if live.is_none() => (events::CREATED, format!("created {target}")),
        Verb::Apply { .. } => (events::UPDATED, format!("updated {target}")),
        change @ (Verb::Create(_)
        | Verb::Patch { .. }
        | Verb::Delete { .. }
        | Verb::PatchStatus { .. }
        | Verb::Status { .. }
        | Verb::Event(_)) => (events::ADOPTED, takeover::told(live?, change)?),
    };
    Some(event::event(context.resource, Severity::Normal, reason, message))
}

fn ready(progress: &Progress, live: Option<&Object>, replicas: i64) -> Ready {
    match progress {
        Progress::Creating => {
            Ready::not_yet(reasons::CREATING, "waiting for the NATS server to become available")
        }
        Progress::Updating => Ready::not_yet(reasons::UPDATING, "rolling out the current revision"),
        Progress::Stuck(trouble) => Ready::no(reasons::NATS_UNAVAILABLE, trouble.as_str()),
        Progress::Paused(how_to_go_on) => {
            Ready::no(reasons::DEPLOYMENT_PAUSED, how_to_go_on.as_str())
        }
        Progress::Available => {
            let remark = rollout::remark(live);
            let message = format!("{replicas} of {replicas} servers available{remark}");
            Ready::yes(reasons::NATS_DEPLOYED, message)
        }
    }
}
