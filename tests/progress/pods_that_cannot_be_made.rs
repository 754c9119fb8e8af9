//! Quotas, admission webhooks and the Pod Security Standards keep pods from being made at all. The ReplicaSet says so at
//! once, long before the Deployment gives up.

use crate::bot::{Bot, PARTS, Part, progressing};
use eevee_operator::kinds::Kind;
use serde_json::{Value, json};

const WHY: &str = "pods \"x\" is forbidden: violates PodSecurity \"restricted:latest\"";

fn failure() -> Value {
    json!({ "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": WHY })
}

fn failing() -> Value {
    json!({ "replicas": 0, "conditions": [failure()] })
}

/// Sets the conditions of the Deployment.
fn says(bot: &mut Bot, part: &Part, conditions: Value) {
    bot.edit(Kind::Deployment, part.deployment, |deployment| {
        deployment["status"]["conditions"] = conditions;
    });
}

#[test]
fn are_named_long_before_the_deadline() {
    for part in PARTS {
        let mut bot = Bot::settled();
        bot.change_image(part);
        bot.begins_revision(part, &failing());
        bot.loses_its_pods(part);
        let expected = ["False", part.unavailable, &format!("FailedCreate: {WHY}")];
        assert_eq!(bot.ready(part), expected);
    }
}

#[test]
fn are_named_where_only_the_deployment_is_known() {
    for part in PARTS {
        let mut bot = Bot::new();
        bot.reconcile();
        bot.edit(Kind::Deployment, part.deployment, |deployment| {
            deployment["status"] = json!({
                "observedGeneration": 1, "unavailableReplicas": 1,
                "conditions": [progressing(), failure()],
            });
        });
        let expected = ["False", part.unavailable, &format!("FailedCreate: {WHY}")];
        assert_eq!(bot.ready(part), expected);
    }
}

#[test]
fn leave_the_former_revision_serving_which_is_said_too() {
    for part in PARTS {
        let mut bot = Bot::settled();
        bot.change_image(part);
        bot.begins_revision(part, &failing());
        let expected = format!("FailedCreate: {WHY}; the former revision goes on serving");
        assert_eq!(bot.ready(part), ["False", part.unavailable, &expected]);
    }
}

/// The Deployment passes on the condition of a former ReplicaSet where the current one has none.
#[test]
fn of_a_former_revision_are_no_trouble() {
    for part in PARTS {
        let mut bot = Bot::settled();
        bot.change_image(part);
        bot.begins_revision(part, &json!({ "replicas": 0 }));
        says(&mut bot, part, json!([progressing(), failure()]));
        assert_eq!(bot.ready(part)[..2], ["Unknown", "Updating"]);
    }
}

/// A condition may stay a moment longer than what it speaks of.
#[test]
fn are_no_trouble_once_all_that_is_wanted_is_available() {
    for part in PARTS {
        let mut bot = Bot::settled();
        says(&mut bot, part, json!([progressing(), failure()]));
        assert_eq!(bot.ready(part)[0], "True");
    }
}

#[test]
fn are_told_of_as_the_cause_when_the_deadline_has_passed() {
    for part in PARTS {
        let mut bot = Bot::settled();
        bot.change_image(part);
        bot.begins_revision(part, &failing());
        let late = json!({ "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded" });
        says(&mut bot, part, json!([failure(), late]));
        assert!(bot.ready(part)[2].starts_with("FailedCreate: "));
    }
}
