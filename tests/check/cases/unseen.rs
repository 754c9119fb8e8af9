//! What cannot be seen.

use super::{Case, claim, lease, nothing_is_allowed};
use crate::cluster::{remove, seen, unlist};
use eevee_operator::check::Facts;
use eevee_operator::kinds::Kind;
use eevee_operator::object::ObjectRef;
use serde_json::json;

pub const UNSEEN: &[Case] = &[
    ("nothing but the API server's version can be seen", |facts| {
        let why = || "HTTP 403: forbidden".to_owned();
        facts.served = Err(why());
        facts.schemas = Err(why());
        facts.definitions = Err(why());
        facts.place = Err(why());
        facts.operators = Err(why());
        facts.elsewhere = Err(why());
        facts.operator_pods = Err(why());
        facts.lease = Err(why());
        facts.service = Err(why());
        facts.token = Err(why());
        facts.reviews = Err(why());
        facts.quotas = Err(why());
        facts.classes = Err(why());
        facts.bot = Err(why());
        facts.health.clear();
        facts.trials.clear();
    }),
    ("no pod may be tried", |facts| {
        for trial in &mut facts.trials {
            trial.admission = Err("HTTP 403: cannot create resource \"pods\"".to_owned());
        }
        facts.place.as_mut().expect("seen").as_mut().expect("a namespace")["metadata"]["labels"] =
            json!({ "pod-security.kubernetes.io/enforce": "restricted" });
    }),
    ("the Service and the token cannot be seen", |facts| {
        facts.service = Err("HTTP 403: forbidden".to_owned());
        facts.token = Err("HTTP 403: forbidden".to_owned());
    }),
    ("the operator's Deployment cannot be seen", |facts| {
        facts.operators = Err("HTTP 403: forbidden".to_owned());
    }),
    ("the Secret of the NATS token cannot be seen", |facts| {
        seen(&mut facts.bot).set_unknown(ObjectRef::new(
            Kind::Secret,
            "bots",
            "eevee-main-nats-token",
        ));
    }),
    ("modules cannot be listed", |facts| unlist(facts, Kind::BotModule)),
    ("restores cannot be listed", |facts| unlist(facts, Kind::BackupRestore)),
    ("no resource but stores can be listed", |facts| {
        for kind in Kind::custom().filter(|kind| *kind != Kind::S3Store) {
            unlist(facts, kind);
        }
        remove(facts, Kind::S3Store, "kept");
        facts.health.clear();
    }),
    ("the bot cannot be read", |facts| {
        facts.bot = Err("cannot list botmodules: HTTP 403: forbidden".to_owned());
        facts.health.clear();
        facts.trials.clear();
    }),
    ("a Secret cannot be seen", |facts| {
        seen(&mut facts.bot).set_unknown(ObjectRef::new(Kind::Secret, "bots", "words"));
    }),
    ("pods cannot be listed", |facts| unlist(facts, Kind::Pod)),
    ("claims cannot be listed", |facts| unlist(facts, Kind::PersistentVolumeClaim)),
    ("Deployments cannot be listed, and no pod is tried", |facts| {
        unlist(facts, Kind::Deployment);
        facts.trials.clear();
    }),
    ("no operator is here, and those elsewhere cannot be seen", |facts| {
        nobody_here(facts);
        facts.lease = Ok(None);
        nothing_is_allowed(facts);
    }),
    ("an operator has left its Lease, and those elsewhere cannot be seen", |facts| {
        nobody_here(facts);
        lease(facts, "holderIdentity", "".into());
    }),
    (
        "an operator outside of the cluster holds the Lease, and those elsewhere cannot be seen",
        |facts| {
            nobody_here(facts);
        },
    ),
    ("an operator is here, and those elsewhere cannot be seen", |facts| {
        facts.elsewhere = Err("HTTP 403: forbidden".to_owned());
        nothing_is_allowed(facts);
    }),
    ("a claim is unbound, and classes cannot be seen", |facts| {
        facts.classes = Err("HTTP 403: forbidden".to_owned());
        claim(facts, |_| {});
    }),
    ("schemas cannot be seen", |facts| facts.schemas = Err("HTTP 403: forbidden".to_owned())),
];

fn nobody_here(facts: &mut Facts) {
    facts.operators = Ok(Vec::new());
    facts.elsewhere = Err("HTTP 403: forbidden".to_owned());
}
