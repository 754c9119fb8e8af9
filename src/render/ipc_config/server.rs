//! The NATS server that the operator runs, kept as wanted, and how it is.

use super::connection::token_digest;
use super::credentials::Credentials;
use super::validate::{ValidIpcConfig, images};
use super::{build, keep as keep_plain, nats_conf};
use crate::crd::conditions::reasons;
use crate::kinds::Kind;
use crate::names;
use crate::object::Object;
use crate::render::context::Context;
use crate::render::desired::Desired;
use crate::render::ready::Ready;
use crate::render::rollout::{self, Rollout};
use crate::render::round::Round;
use crate::render::stop::Stop;

/// Keeps Secret, Services, Deployment and PodDisruptionBudget, in the order in which the server
/// needs them, and says how far it has come.
pub fn keep(
    context: &Context<'_>,
    nats: &ValidIpcConfig,
    credentials: &Credentials,
    round: &mut Round,
) -> Result<Ready, Stop> {
    let live = context.live_workload()?;
    let live = live.as_deref();
    let digests = keep_config(context, credentials, round)?;
    let name = names::nats::server(context.name());
    keep_plain(context, Kind::Service, &name, &build::service(context, nats), round)?;
    if nats.is_clustered() {
        let (service, name) =
            (build::cluster_service(context), names::nats::cluster_service(context.name()));
        keep_plain(context, Kind::Service, &name, &service, round)?;
    }
    let deployment = build::deployment(context, nats, digests);
    let change = round
        .want(context, Desired::new(context.reference(Kind::Deployment, &name), &deployment))?;
    let changing = change.as_ref().is_some_and(|change| change.replaces_pods(live));
    round.extend(context, change);
    keep_for_clusters(context, nats, &name, round)?;
    let replicas = i64::from(nats.managed.replicas);
    let progress = rollout::judge(context, live, replicas, changing)?;
    let images = images(&nats.managed, &context.settings().nats_images);
    round.fields.insert("image".to_owned(), images.server.into());
    rollout::remember(context, Some(&progress), &mut round.fields);
    Ok(ready(&progress, live, replicas))
}

/// Keeps nats.conf, and gives the digests that the pods are to be started with.
fn keep_config(
    context: &Context<'_>,
    credentials: &Credentials,
    round: &mut Round,
) -> Result<build::StartDigests, Stop> {
    let key = context.digest_key()?;
    let conf =
        nats_conf::file(context, &credentials.token.quoted, credentials.routes_password.as_deref());
    let digests = build::StartDigests {
        config: key.digest("nats.conf", [conf.as_bytes()]),
        token: token_digest(&key, &credentials.token.plain),
    };
    let secret = context.reference(Kind::Secret, &names::nats::config_secret(context.name()));
    round.keep(context, Desired::secret(secret, &build::config_secret(context, conf), &key))?;
    Ok(digests)
}

/// What only several servers need.
fn keep_for_clusters(
    context: &Context<'_>,
    nats: &ValidIpcConfig,
    name: &str,
    round: &mut Round,
) -> Result<(), Stop> {
    if nats.is_clustered() {
        let budget = build::disruption_budget(context);
        return keep_plain(context, Kind::PodDisruptionBudget, name, &budget, round);
    }
    round.remove(context, Kind::PodDisruptionBudget, name)?;
    round.remove(context, Kind::Service, &names::nats::cluster_service(context.name()))?;
    round.remove(context, Kind::Secret, &names::nats::routes_secret(context.name()))
}

fn ready(progress: &Rollout, live: Option<&Object>, replicas: i64) -> Ready {
    match progress {
        Rollout::Creating => {
            Ready::new(reasons::CREATING, "waiting for the NATS server to become available")
        }
        Rollout::Updating => Ready::new(reasons::UPDATING, "rolling out the current revision"),
        Rollout::Stuck(trouble) => Ready::new(reasons::NATS_UNAVAILABLE, trouble.as_str()),
        Rollout::Paused(how_to_go_on) => {
            Ready::new(reasons::DEPLOYMENT_PAUSED, how_to_go_on.as_str())
        }
        Rollout::Available => {
            let remark = rollout::remark(live);
            let message = format!("{replicas} of {replicas} servers available{remark}");
            Ready::new(reasons::NATS_DEPLOYED, message)
        }
    }
}
