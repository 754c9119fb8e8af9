//! Every reason that a status may have: how bad it is said to be, and what is said to do about it.

use crate::{golden, support};
use eevee_operator::action::Verb;
use eevee_operator::crd::conditions::{Reason, Truth, reasons, types};
use eevee_operator::kinds::Kind;
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::offline;
use eevee_operator::overview::{ADVICE, Level, Overview, Resource, overview};
use eevee_operator::render::render;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

/// Which conditions have which reasons. Whatever is not named here is one of Ready.
const BESIDE: [(&str, &[Reason]); 6] = [
    (
        types::BOOTSTRAPPED,
        &[
            reasons::BOOTSTRAPPED,
            reasons::BOOTSTRAPPING,
            reasons::BOOTSTRAP_RESTORE_FAILED,
            reasons::WAITING_FOR_BACKUP,
        ],
    ),
    (
        types::CLAIM_READY,
        &[
            reasons::AS_WANTED,
            reasons::FIELD_IMMUTABLE,
            reasons::LOST,
            reasons::RESIZE_REFUSED,
            reasons::RESIZING,
            reasons::SHRINK_REFUSED,
            reasons::TERMINATING,
        ],
    ),
    (types::CONFIG_VALID, &[reasons::VALID_YAML, reasons::INVALID_YAML]),
    (
        types::BACKUPS_HEALTHY,
        &[
            reasons::UP_TO_DATE,
            reasons::NO_BACKUP_YET,
            reasons::BACKUP_FAILED,
            reasons::BACKUP_MISSED,
            reasons::DRILL_FAILED,
        ],
    ),
    (
        types::TOKEN_ROTATED,
        &[reasons::TOKEN_ROTATED, reasons::WAITING_FOR_SERVER, reasons::ROTATION_REFUSED],
    ),
    (types::PAUSED, &[reasons::PAUSED]),
];

/// Which kinds have which reasons of Ready. Whatever is not named here is one of BotModules, mostly among others.
const OF: [(Kind, &[Reason]); 4] = [
    (Kind::S3Store, &[reasons::CONNECTION_FAILED, reasons::CONNECTION_SUCCESSFUL]),
    (
        Kind::IpcConfig,
        &[
            reasons::NATS_DEPLOYED,
            reasons::NATS_UNAVAILABLE,
            reasons::TOKEN_NOT_FOUND,
            reasons::EXTERNAL,
        ],
    ),
    (
        Kind::BackupSchedule,
        &[reasons::CRON_JOBS_CREATED, reasons::NO_TARGETS, reasons::CLAIM_EXCLUSIVE],
    ),
    (
        Kind::BackupRestore,
        &[
            reasons::BOT_MODULE_NOT_FOUND,
            reasons::FAILED,
            reasons::NO_BACKUPS_FOUND,
            reasons::PENDING,
            reasons::RUNNING,
            reasons::SUCCEEDED,
            reasons::WAITING,
        ],
    ),
];

/// A resource whose status has one condition beside Ready, or is that of Ready.
fn with(kind: Kind, condition: &str, reason: &str, truth: &str, message: &str) -> Resource {
    let condition_of = |kind: &str, status: &str, reason: &str, message: &str| {
        json!({ "type": kind, "status": status, "reason": reason, "message": message,
            "lastTransitionTime": "2026-01-01T00:00:00Z" })
    };
    let ready = (condition != types::READY)
        .then(|| condition_of(types::READY, "True", "AvailableReplicas", "1 of 1"));
    let named = condition_of(condition, truth, reason, message);
    let conditions: Vec<_> = ready.into_iter().chain([named]).collect();
    let manifest = json!({
        "apiVersion": kind.api_version(), "kind": kind.name(),
        "metadata": { "name": "main", "namespace": "bots" },
        "spec": {}, "status": { "conditions": conditions },
    });
    let mut snapshot = crate::cluster("");
    snapshot.insert(Arc::new(Object::new(manifest, "").expect("an object")));
    let overview = overview(&snapshot);
    let namespace = &overview.namespaces[0];
    namespace.resources().next().expect("a resource").clone()
}

/// The condition that has a reason, and a kind that has the condition.
fn place(reason: &Reason) -> (&'static str, Kind) {
    let condition = BESIDE
        .iter()
        .find(|(_, reasons)| reasons.iter().any(|one| one.word == reason.word))
        .map_or(types::READY, |(condition, _)| *condition);
    let is_of = |reasons: &[Reason]| reasons.iter().any(|one| one.word == reason.word);
    let kind = match condition {
        types::BACKUPS_HEALTHY => Kind::BackupSchedule,
        types::TOKEN_ROTATED => Kind::IpcConfig,
        _ => {
            OF.iter().find(|(_, reasons)| is_of(reasons)).map_or(Kind::BotModule, |(kind, _)| *kind)
        }
    };
    (condition, kind)
}

#[test]
fn every_reason_has_a_level_and_what_is_not_well_says_what_to_do() {
    let mut text = String::new();
    for reason in reasons::ALL {
        let (condition, kind) = place(reason);
        let resource = with(kind, condition, reason.word, reason.truth.as_str(), "the message");
        let level = resource.level.as_str();
        writeln!(text, "{condition} {} of {kind}: {level}", reason.word).expect("text");
        if let Some(advice) = &resource.advice {
            writeln!(text, "    {advice}").expect("text");
        }
        let is_silent = resource.advice.is_none();
        assert_eq!(is_silent, resource.level == Level::Ok, "{}", reason.word);
        let is_well = reason.truth == Truth::True && condition != types::PAUSED;
        assert!(!is_well || is_silent, "{} is well", reason.word);
    }
    golden("every_reason", &text);
}

#[test]
fn no_reason_that_is_not_well_lacks_a_row_and_no_row_is_out_of_reach() {
    for reason in reasons::ALL.iter().filter(|reason| reason.truth != Truth::True) {
        let last = ADVICE.iter().rfind(|row| row.reason.word == reason.word);
        let last = last.unwrap_or_else(|| panic!("{} has no row", reason.word));
        assert!(last.says.is_empty() && last.kind.is_none(), "{} has no last row", reason.word);
    }
    for (index, row) in ADVICE.iter().enumerate() {
        let covers = |earlier: &&eevee_operator::overview::AdviceRow| {
            earlier.reason.word == row.reason.word
                && (earlier.kind.is_none() || earlier.kind == row.kind)
                && row.says.to_lowercase().contains(&earlier.says.to_lowercase())
        };
        let covered = ADVICE[..index].iter().find(covers);
        assert!(covered.is_none(), "{} {:?} is never reached", row.reason.word, row.says);
    }
}

/// A version of the operator that is newer than this program may say what nobody here knows.
#[test]
fn a_reason_that_is_not_known_is_judged_by_its_status() {
    let of = |truth| with(Kind::BotModule, types::READY, "Unheard", truth, "a message");
    assert_eq!(of("False").level, Level::Failed);
    assert_eq!(of("Unknown").level, Level::Progressing);
    assert_eq!(of("True").level, Level::Ok);
    assert!(of("False").advice.is_some());
}

/// What render says about the fixtures, judged: the messages are those that a person sees.
#[test]
fn what_the_fixtures_come_to_says_what_to_do() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for fixture in support::fixtures("ok") {
        for (at, resource) in resources(&arrived(&fixture)) {
            for problem in resource.problems {
                assert!(!problem.advice.is_empty(), "{}: {at}", fixture.name);
                assert!(!problem.advice.contains('<'), "{}", problem.advice);
                let condition = problem.condition.as_deref().unwrap_or("-");
                let key =
                    format!("{condition} {} {}", problem.reason, general(&at, &problem.advice));
                let told = format!(
                    "{condition} {} of {at}: {}\n    {}\n    {}\n",
                    problem.reason,
                    problem.level.as_str(),
                    problem.message,
                    problem.advice
                );
                seen.entry(key).or_insert(told);
            }
        }
    }
    golden("what_fixtures_come_to", &seen.into_values().collect::<Vec<_>>().join("\n"));
}

/// Advice without the names in it, so that each is seen once.
fn general(at: &ObjectRef, advice: &str) -> String {
    advice.replace(&at.name, "<name>").replace(&at.namespace, "<namespace>")
}

fn resources(overview: &Overview) -> Vec<(ObjectRef, Resource)> {
    let mut all = Vec::new();
    for namespace in &overview.namespaces {
        let mut add = |kind, resource: &Resource| {
            let at = ObjectRef::new(kind, namespace.name.as_str(), resource.name.as_str());
            all.push((at, resource.clone()));
        };
        for one in &namespace.ipc_configs {
            add(Kind::IpcConfig, &one.resource);
            one.modules.iter().for_each(|module| add(Kind::BotModule, &module.resource));
        }
        namespace.modules.iter().for_each(|one| add(Kind::BotModule, &one.resource));
        namespace.s3_stores.iter().for_each(|one| add(Kind::S3Store, &one.resource));
        namespace.backup_schedules.iter().for_each(|one| add(Kind::BackupSchedule, &one.resource));
        namespace.backup_restores.iter().for_each(|one| add(Kind::BackupRestore, &one.resource));
    }
    all
}

/// The cluster after one round: with the statuses that render says.
fn arrived(fixture: &support::Fixture) -> Overview {
    let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{}: {unusable}", fixture.name));
    let mut world = offline::admitted(loaded);
    let actions = render(world.snapshot());
    let statuses = actions.iter().filter(|action| matches!(action.verb, Verb::Status { .. }));
    for status in statuses {
        // One that the simulated cluster refuses is not said.
        let _ = world.perform(status);
    }
    overview(world.snapshot())
}

/// Each sentence is one: it ends, or it ends with a command.
#[test]
fn what_to_do_is_one_sentence() {
    let sentences: BTreeSet<&str> = ADVICE.iter().map(|row| row.sentence).collect();
    for sentence in sentences {
        let is_command = sentence.contains(": kubectl ");
        assert!(is_command || sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.trim_end_matches('.').contains(". "), "{sentence}");
        assert!(sentence.len() < 160, "{sentence}");
    }
}
