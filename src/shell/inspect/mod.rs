//! Asks a cluster for all that `check` judges. Reads, access reviews and dry runs alone: nothing is
//! changed.

mod ask;
mod bot;
mod health;
mod reviews;
mod server;
mod trials;

use super::discovery::served_as;
use super::survey::Survey;
use crate::check::{self, Facts, InstallPhase, Seen};
use crate::kinds::Kind;
use crate::names;
use crate::object::Object;
use crate::snapshot::Settings;
use ask::{get, list};
use jiff::Timestamp;
use kube::Client;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is asked about.
pub struct Inspection {
    pub phase: InstallPhase,
    /// The namespace of the bot.
    pub namespace: String,
    pub settings: Settings,
    /// Version of this program.
    pub program: String,
}

/// All that can be seen.
pub async fn facts(client: &Client, inspection: &Inspection) -> Facts {
    let server = server::server(client).await;
    let now = Timestamp::now();
    let unasked = |why: &String| nothing(inspection, now, why);
    let mut facts = match &server {
        Err(why) => return unasked(why),
        Ok(_) => unasked(&"it was not asked".to_owned()),
    };
    facts.server = server;
    facts.served = served_as(client).await;
    facts.schemas = schemas(client, facts.served.as_ref().ok()).await;
    facts.definitions = definitions(client, facts.served.as_ref().ok()).await;
    facts.place = get(client, &format!("/api/v1/namespaces/{}", inspection.namespace)).await;
    operators(client, &mut facts).await;
    facts.quotas = list(client, &within("api/v1", &facts.namespace, "resourcequotas"), "").await;
    facts.classes = list(client, "/apis/storage.k8s.io/v1/storageclasses", "").await;
    (facts.bot, facts.unlisted) = match bot::bot(client, inspection, &facts).await {
        Ok(Survey { snapshot, unlisted, .. }) => (Ok(snapshot), unlisted),
        Err(why) => (Err(why), BTreeMap::new()),
    };
    facts.reviews = reviews::reviews(client, &facts).await;
    facts.trials = trials::trials(client, inspection, &facts).await;
    if facts.phase == InstallPhase::After {
        facts.health = health::health(client, &facts).await;
        installation(client, &mut facts).await;
    }
    facts
}

/// What is known of a cluster that does not answer.
fn nothing(inspection: &Inspection, now: Timestamp, why: &str) -> Facts {
    let why = why.to_owned();
    Facts {
        phase: inspection.phase,
        namespace: inspection.namespace.clone(),
        home: inspection.namespace.clone(),
        program: inspection.program.clone(),
        now,
        server: Err(why.clone()),
        served: Err(why.clone()),
        schemas: Err(why.clone()),
        definitions: Err(why.clone()),
        place: Err(why.clone()),
        operators: Err(why.clone()),
        elsewhere: Err(why.clone()),
        operator_pods: Err(why.clone()),
        lease: Err(why.clone()),
        service: Err(why.clone()),
        token: Err(why.clone()),
        reviews: Err(why.clone()),
        trials: Vec::new(),
        quotas: Err(why.clone()),
        classes: Err(why.clone()),
        bot: Err(why),
        unlisted: BTreeMap::new(),
        health: Vec::new(),
    }
}

/// Everybody may read them, whereas the CRDs themselves are for few.
async fn schemas(client: &Client, served: Option<&BTreeMap<Kind, String>>) -> Seen<Value> {
    if served.is_none_or(BTreeMap::is_empty) {
        return Err("nothing is served".to_owned());
    }
    let path = format!("/openapi/v3/apis/{}", crate::crd::API_VERSION);
    get(client, &path).await.map(Option::unwrap_or_default)
}

async fn definitions(client: &Client, served: Option<&BTreeMap<Kind, String>>) -> Seen<Vec<Value>> {
    let mut found = Vec::new();
    for kind in served.into_iter().flat_map(BTreeMap::keys) {
        let name = format!("{}.{}", kind.plural(), crate::crd::GROUP);
        let path = format!("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}");
        found.extend(ask::metadata(client, &path).await?);
    }
    Ok(found)
}

/// Those of the namespace, those of all others as far as they can be listed, and which one it is that
/// looks after the namespace.
async fn operators(client: &Client, facts: &mut Facts) {
    let here = list(client, &within("apis/apps/v1", &facts.namespace, "deployments"), "").await;
    let here = here.map(|mut all| {
        all.retain(check::is_operator);
        all
    });
    let labelled = "labelSelector=eevee.bot%2Foperator%3Dtrue";
    let all = list(client, "/apis/apps/v1/deployments", labelled).await;
    let is_elsewhere = |it: &Value| it["metadata"]["namespace"] != *facts.namespace;
    let elsewhere = all.map(|all| all.into_iter().filter(is_elsewhere).collect::<Vec<_>>());
    let known: Vec<Value> = [&here, &elsewhere]
        .into_iter()
        .filter_map(|seen| seen.as_ref().ok())
        .flatten()
        .cloned()
        .collect();
    facts.home = check::home(&known, &facts.namespace);
    let is_home = |it: &Value| it["metadata"]["namespace"] == *facts.home;
    let (home, elsewhere) = match elsewhere {
        Ok(all) => {
            let (home, rest): (Vec<Value>, Vec<Value>) = all.into_iter().partition(is_home);
            (home, Ok(rest))
        }
        Err(why) => (Vec::new(), Err(why)),
    };
    facts.operators = here.map(|here| here.into_iter().chain(home).collect());
    facts.elsewhere = elsewhere;
}

/// What the chart makes.
async fn installation(client: &Client, facts: &mut Facts) {
    let home = facts.home.clone();
    let one =
        |api: &str, resource: &str, name: &str| format!("{}/{name}", within(api, &home, resource));
    let lease = one("apis/coordination.k8s.io/v1", "leases", names::OPERATOR);
    facts.lease = get(client, &lease).await;
    let service = one("api/v1", "services", &Settings::default().api_service);
    facts.service = get(client, &service).await;
    let labelled = "labelSelector=eevee.bot%2Foperator%3Dtrue";
    facts.operator_pods = list(client, &within("api/v1", &home, "pods"), labelled).await;
    let operators = facts.operators.as_ref().map(Vec::as_slice).unwrap_or_default();
    let own = check::own_operator(operators, &home);
    facts.token = match own.and_then(check::token_secret) {
        None => Ok(None),
        Some((name, _)) => {
            let secret = get(client, &one("api/v1", "secrets", name)).await;
            secret.map(|secret| secret.and_then(|secret| Object::new(secret, &home)))
        }
    };
}

fn within(api: &str, namespace: &str, resource: &str) -> String {
    format!("/{api}/namespaces/{namespace}/{resource}")
}
