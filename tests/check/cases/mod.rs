//! What can be wrong, one thing each.

mod backups;
mod bot;
mod installation;
mod server;
mod unseen;

use crate::cluster::{change, seen};
use eevee_operator::check::Facts;
use eevee_operator::kinds::Kind;
use serde_json::Value;

type Case = (&'static str, fn(&mut Facts));

pub fn all() -> impl Iterator<Item = Case> {
    [
        server::SERVER,
        server::CRDS,
        installation::ACCESS,
        installation::INSTALLATION,
        installation::OTHERS,
        bot::PLACE,
        bot::BOT,
        backups::BACKUPS,
        unseen::UNSEEN,
    ]
    .into_iter()
    .flatten()
    .copied()
}

fn nothing_is_allowed(facts: &mut Facts) {
    for (_, answer) in &mut seen(&mut facts.reviews).answers {
        *answer = Ok(false);
    }
}

fn lease(facts: &mut Facts, field: &str, value: Value) {
    facts.lease.as_mut().expect("seen").as_mut().expect("a Lease")["spec"][field] = value;
}

fn claim(facts: &mut Facts, more: fn(&mut Value)) {
    change(facts, Kind::PersistentVolumeClaim, "eevee-echo-module-pvc", |claim| {
        claim["status"]["phase"] = "Pending".into();
        more(claim);
    });
}
