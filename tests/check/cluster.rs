//! A cluster that is well.

use crate::support::{self, defaults};
use eevee_operator::check::{
    self, Admission, Facts, Health, InstallPhase, Reviews, Right, Seen, Server, Trial,
};
use eevee_operator::crd;
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{self, Input};
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::render::current_token_digest;
use eevee_operator::snapshot::ClusterSnapshot;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// Values that are in the cluster and must be in no line.
pub const SECRETS: [&str; 4] = [
    "operators-own-token",
    "token-of-nats-servers",
    "dG9rZW4tb2YtbmF0cy1zZXJ2ZXJz",
    "another-api-token",
];

static SCHEMAS: LazyLock<Value> = LazyLock::new(|| published(crd::crds()));
static WHOLE: LazyLock<ClusterSnapshot> = LazyLock::new(bot);

const BOT: &str = include_str!("bot.yaml");
const INSTALLED: &str = include_str!("installed.yaml");

pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// As `check` sees it after an installation.
pub fn well() -> Facts {
    let installed = support::documents(INSTALLED);
    let [operator, lease, service, secret, class, place] = &installed[..] else {
        panic!("{} objects", installed.len())
    };
    let now = time("2026-01-02T03:04:05Z");
    Facts {
        phase: InstallPhase::After,
        namespace: "bots".to_owned(),
        home: "bots".to_owned(),
        program: "3.0.0".to_owned(),
        now,
        server: Ok(Server { version: "v1.36.0".to_owned(), date: Some(now) }),
        served: Ok(Kind::custom().map(|kind| (kind, kind.name().to_owned())).collect()),
        schemas: Ok(SCHEMAS.clone()),
        definitions: Ok(vec![json!({
            "metadata": { "name": "botmodules.eevee.bot", "labels": { "helm.sh/chart": "crds-3.0.0" } },
        })]),
        place: Ok(Some(place.clone())),
        operators: Ok(vec![operator.clone()]),
        elsewhere: Ok(Vec::new()),
        operator_pods: Ok(Vec::new()),
        lease: Ok(Some(lease.clone())),
        service: Ok(Some(service.clone())),
        token: Ok(Some(Object::new(secret.clone(), "bots").expect("a Secret"))),
        reviews: Ok(reviews(check::needed("bots", Some("bots")))),
        trials: vec![trial("Deployment eevee-echo-module"), trial("Deployment eevee-main-nats")],
        quotas: Ok(Vec::new()),
        classes: Ok(vec![class.clone()]),
        bot: Ok(WHOLE.clone()),
        unlisted: [].into(),
        health: vec![Health { of: "main".to_owned(), status: Ok(200) }],
    }
}

/// The same before an installation.
pub fn before() -> Facts {
    Facts {
        phase: InstallPhase::Before,
        served: Ok([].into()),
        schemas: Err("nothing is served".to_owned()),
        definitions: Ok(Vec::new()),
        operators: Ok(Vec::new()),
        place: Ok(None),
        reviews: Ok(Reviews {
            account: "alice".to_owned(),
            ..reviews(check::of_installer("bots", true))
        }),
        trials: Vec::new(),
        bot: Err("the cluster does not serve its resources".to_owned()),
        health: Vec::new(),
        ..well()
    }
}

/// As the API server publishes schemas.
pub fn published(crds: Vec<Value>) -> Value {
    let schemas = crds.into_iter().map(|mut crd| {
        let kind = crd["spec"]["names"]["kind"].as_str().expect("a kind").to_owned();
        let mut schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"].take();
        schema["x-kubernetes-group-version-kind"] =
            json!([{ "group": "eevee.bot", "version": "v1", "kind": kind }]);
        schema["properties"]["metadata"] = json!({ "$ref": "ObjectMeta" });
        (format!("bot.eevee.v1.{kind}"), schema)
    });
    json!({ "components": { "schemas": schemas.collect::<serde_json::Map<_, _>>() } })
}

pub fn reviews(rights: Vec<Right>) -> Reviews {
    Reviews {
        account: "system:serviceaccount:bots:eevee-operator".to_owned(),
        answers: rights.into_iter().map(|right| (right, Ok(true))).collect(),
    }
}

pub fn trial(of: &str) -> Trial {
    Trial { of: of.to_owned(), is_optional: false, admission: Ok(Admission::Accepted) }
}

fn bot() -> ClusterSnapshot {
    let source = Input { name: "bot.yaml".to_owned(), text: BOT.to_owned() };
    let loaded = manifest::load(&[source], defaults()).expect("a bot");
    assert!(
        loaded.faults.is_empty(),
        "{:?}",
        loaded.faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    );
    let mut bot = loaded.snapshot;
    manifest::give_digest_key(&mut bot);
    let ipc_config =
        bot.get(&ObjectRef::new(Kind::IpcConfig, "bots", "main")).expect("known").expect("it");
    let digest = current_token_digest(&bot, ipc_config).expect("a token");
    for name in ["eevee-main-nats", "eevee-echo-module"] {
        change_in(&mut bot, Kind::Deployment, name, |live| run_with(live, &digest));
    }
    bot
}

/// Has the pods of a Deployment run with a token of this digest.
pub fn run_with(deployment: &mut Value, digest: &str) {
    deployment["spec"]["template"]["metadata"]["annotations"]["eevee.bot/token-digest"] =
        digest.into();
}

/// Changes an object of the bot.
pub fn change(facts: &mut Facts, kind: Kind, name: &str, change: impl FnOnce(&mut Value)) {
    change_in(seen(&mut facts.bot), kind, name, change);
}

fn change_in(bot: &mut ClusterSnapshot, kind: Kind, name: &str, change: impl FnOnce(&mut Value)) {
    let at = ObjectRef::new(kind, "bots", name);
    let mut object = Object::clone(bot.get(&at).expect("known").expect("an object"));
    change(object.value_mut());
    bot.insert(Arc::new(object));
}

/// Adds an object to the bot.
pub fn insert(facts: &mut Facts, object: Value) {
    let object = Object::new(object, "bots").expect("an object");
    seen(&mut facts.bot).insert(Arc::new(object));
}

/// Nobody could list the objects of a kind, those that the bot has among them.
pub fn unlist(facts: &mut Facts, kind: Kind) {
    let bot = seen(&mut facts.bot);
    let objects = bot.objects().map(|object| object.reference().clone());
    for object in objects.filter(|object| object.kind == kind).collect::<Vec<_>>() {
        bot.remove(&object);
    }
    bot.set_unlisted(kind);
    let why = format!("cannot list {}: HTTP 403: forbidden", kind.plural());
    facts.unlisted.insert(kind, why);
}

pub fn remove(facts: &mut Facts, kind: Kind, name: &str) {
    seen(&mut facts.bot).remove(&ObjectRef::new(kind, "bots", name));
}

pub fn seen<T>(fact: &mut Seen<T>) -> &mut T {
    fact.as_mut().expect("something that was seen")
}

/// The operator's Deployment.
pub fn operator(facts: &mut Facts) -> &mut Value {
    &mut seen(&mut facts.operators)[0]
}
