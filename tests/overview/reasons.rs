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

/// What the status of each kind may say, condition by condition.
const PLACES: [(Kind, &str, &[Reason]); 15] = [
    (
        Kind::BotModule,
        types::READY,
        &[
            reasons::APPLY_FAILED,
            reasons::AVAILABLE_REPLICAS,
            reasons::BOOTSTRAP_RESTORE_FAILED,
            reasons::CONFLICT,
            reasons::CREATING,
            reasons::DEPLOYMENT_PAUSED,
            reasons::DISABLED,
            reasons::INVALID_SPEC,
            reasons::IPC_CONFIG_NOT_FOUND,
            reasons::IPC_CONFIG_NOT_READY,
            reasons::RESTORE_INCOMPLETE,
            reasons::RESTORING,
            reasons::S3_STORE_NOT_FOUND,
            reasons::S3_STORE_NOT_READY,
            reasons::SECRET_NOT_FOUND,
            reasons::UNAVAILABLE_REPLICAS,
            reasons::UPDATING,
            reasons::WAITING_FOR_BACKUP,
        ],
    ),
    (
        Kind::BotModule,
        types::BOOTSTRAPPED,
        &[
            reasons::BOOTSTRAPPED,
            reasons::BOOTSTRAPPING,
            reasons::BOOTSTRAP_RESTORE_FAILED,
            reasons::INVALID_SPEC,
            reasons::S3_STORE_NOT_FOUND,
            reasons::S3_STORE_NOT_READY,
            reasons::SECRET_NOT_FOUND,
            reasons::WAITING_FOR_BACKUP,
        ],
    ),
    (
        Kind::BotModule,
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
    (Kind::BotModule, types::CONFIG_VALID, &[reasons::VALID_YAML, reasons::INVALID_YAML]),
    (Kind::BotModule, types::PAUSED, &[reasons::PAUSED]),
    (
        Kind::IpcConfig,
        types::READY,
        &[
            reasons::APPLY_FAILED,
            reasons::CONFLICT,
            reasons::CREATING,
            reasons::DEPLOYMENT_PAUSED,
            reasons::EXTERNAL,
            reasons::INVALID_SPEC,
            reasons::NATS_DEPLOYED,
            reasons::NATS_UNAVAILABLE,
            reasons::TOKEN_NOT_FOUND,
            reasons::UPDATING,
        ],
    ),
    (
        Kind::IpcConfig,
        types::TOKEN_ROTATED,
        &[reasons::TOKEN_ROTATED, reasons::WAITING_FOR_SERVER, reasons::ROTATION_REFUSED],
    ),
    (Kind::IpcConfig, types::PAUSED, &[reasons::PAUSED]),
    (
        Kind::S3Store,
        types::READY,
        &[
            reasons::CONNECTION_FAILED,
            reasons::CONNECTION_SUCCESSFUL,
            reasons::INVALID_SPEC,
            reasons::SECRET_NOT_FOUND,
        ],
    ),
    (Kind::S3Store, types::PAUSED, &[reasons::PAUSED]),
    (
        Kind::BackupSchedule,
        types::READY,
        &[
            reasons::APPLY_FAILED,
            reasons::CLAIM_EXCLUSIVE,
            reasons::CONFLICT,
            reasons::CRON_JOBS_CREATED,
            reasons::INVALID_SPEC,
            reasons::NO_TARGETS,
            reasons::S3_STORE_NOT_FOUND,
            reasons::S3_STORE_NOT_READY,
            reasons::SECRET_NOT_FOUND,
            reasons::UPDATING,
        ],
    ),
    (
        Kind::BackupSchedule,
        types::BACKUPS_HEALTHY,
        &[
            reasons::UP_TO_DATE,
            reasons::NO_BACKUP_YET,
            reasons::BACKUP_FAILED,
            reasons::BACKUP_MISSED,
            reasons::DRILL_FAILED,
        ],
    ),
    (Kind::BackupSchedule, types::PAUSED, &[reasons::PAUSED]),
    (
        Kind::BackupRestore,
        types::READY,
        &[
            reasons::APPLY_FAILED,
            reasons::BOT_MODULE_NOT_FOUND,
            reasons::CONFLICT,
            reasons::FAILED,
            reasons::INVALID_SPEC,
            reasons::NO_BACKUPS_FOUND,
            reasons::PENDING,
            reasons::RUNNING,
            reasons::S3_STORE_NOT_FOUND,
            reasons::S3_STORE_NOT_READY,
            reasons::SECRET_NOT_FOUND,
            reasons::SUCCEEDED,
            reasons::WAITING,
        ],
    ),
    (Kind::BackupRestore, types::PAUSED, &[reasons::PAUSED]),
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
    // Whether the token of an IpcConfig is there is no matter of its conditions.
    snapshot.set_unknown(ObjectRef::new(Kind::Secret, "bots", "eevee-main-nats-token"));
    let overview = overview(&snapshot);
    let namespace = &overview.namespaces[0];
    namespace.resources().next().expect("a resource").clone()
}

#[test]
fn every_reason_has_a_level_and_what_is_not_well_says_what_to_do() {
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    for (kind, condition, reason) in
        PLACES.iter().flat_map(|(kind, of, all)| all.iter().map(move |one| (*kind, *of, one)))
    {
        seen.insert(reason.word);
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
    let all: BTreeSet<&str> = reasons::ALL.iter().map(|reason| reason.word).collect();
    assert_eq!(seen, all, "which kinds have it?");
    golden("every_reason", &text);
}

#[test]
fn no_reason_that_is_not_well_lacks_a_row_and_no_row_is_out_of_reach() {
    for reason in reasons::ALL.iter().filter(|reason| reason.truth != Truth::True) {
        let last = ADVICE.iter().rfind(|row| row.reasons().any(|one| one == *reason));
        let last = last.unwrap_or_else(|| panic!("{} has no row", reason.word));
        assert!(last.says.is_empty() && last.kind.is_none(), "{} has no last row", reason.word);
    }
    for (index, row) in ADVICE.iter().enumerate() {
        let covers = |earlier: &&eevee_operator::overview::AdviceRow| {
            row.reasons().all(|reason| earlier.reasons().any(|one| one == reason))
                && (earlier.kind.is_none() || earlier.kind == row.kind)
                && row.says.to_lowercase().contains(&earlier.says.to_lowercase())
        };
        let covered = ADVICE[..index].iter().find(covers);
        let reasons: Vec<&str> = row.reasons().map(|reason| reason.word).collect();
        assert!(covered.is_none(), "{reasons:?} {:?} is never reached", row.says);
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

/// What render says about the fixtures: the messages are those that a person sees.
#[test]
fn what_the_fixtures_come_to_says_what_to_do() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for fixture in support::fixtures("ok") {
        for (at, resource) in resources(&arrived(&fixture)) {
            for problem in resource.problems {
                assert!(!problem.advice.is_empty(), "{}: {at}", fixture.name);
                assert!(!problem.advice.contains('<'), "{}", problem.advice);
                let condition = problem.condition.as_deref().unwrap_or("-");
                let advice = general(&at, &problem.advice);
                let key = format!("{condition} {} {} {advice}", problem.reason, at.kind);
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
