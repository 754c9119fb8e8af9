//! The first status of a new resource waits a few seconds for something to say.

use crate::bot::{Bot, MODULE, verbs};
use eevee_operator::action::Subject;
use eevee_operator::kinds::Kind;
use eevee_operator::render::render_subject;

/// So many seconds before the time of the tests.
fn bot(age: u32, spec: &str) -> Bot {
    let second = 5 - i64::from(age);
    let minute = if second < 0 { 3 } else { 4 };
    let second = second.rem_euclid(60);
    Bot::of(&format!(
        "apiVersion: eevee.bot/v1
kind: BotModule
metadata: {{name: echo, creationTimestamp: '2026-01-02T03:{minute:02}:{second:02}Z'}}
spec: {spec}
"
    ))
}

const PLAIN: &str = "{image: 'echo:1'}";

fn echo() -> Subject {
    Subject::of(Kind::BotModule, "eevee-bot", "echo")
}

/// Seconds until time alone brings something about.
fn seconds_to_wait(bot: &Bot) -> Option<i64> {
    let snapshot = bot.snapshot();
    render_subject(snapshot, &echo()).look_again.map(|at| at.duration_since(snapshot.now).as_secs())
}

#[test]
fn that_says_creating_waits_for_five_seconds() {
    let mut bot = bot(1, PLAIN);
    assert_eq!(seconds_to_wait(&bot), Some(4));
    assert_eq!(verbs(&bot.round()), ["Apply", "Created"]);
    assert_eq!((verbs(&bot.round()), seconds_to_wait(&bot)), (vec![], Some(5)));
    bot.pass_seconds(4);
    assert_eq!((verbs(&bot.round()), seconds_to_wait(&bot)), (vec![], Some(1)));
    bot.pass_seconds(1);
    assert_eq!(seconds_to_wait(&bot), None);
    assert_eq!(verbs(&bot.round()), ["Status"]);
    assert_eq!(bot.ready(&MODULE)[..2], ["Unknown", "Creating"]);
}

/// What the resource waited for before is no reason to tell of a Deployment too early.
#[test]
fn that_says_creating_waits_from_when_the_deployment_was_made() {
    let mut bot = bot(30, PLAIN);
    let actions = bot.actions();
    assert_eq!(verbs(&actions), ["Apply", "Created", "Status"]);
    bot.perform(&actions[..1]);
    assert_eq!((verbs(&bot.round()), seconds_to_wait(&bot)), (vec![], Some(5)));
    bot.pass_seconds(5);
    assert_eq!(verbs(&bot.round()), ["Status"]);
}

#[test]
fn is_the_only_one_where_the_pods_are_quick() {
    let mut bot = bot(0, PLAIN);
    bot.round();
    bot.roll_out();
    assert_eq!(verbs(&bot.round()), ["Status"]);
    assert_eq!(bot.ready(&MODULE)[..2], ["True", "AvailableReplicas"]);
    assert_eq!(seconds_to_wait(&bot), None);
}

#[test]
fn that_tells_of_a_failure_does_not_wait() {
    for (spec, reason) in [
        ("{image: 'echo:1', ipcConfig: missing}", "IpcConfigNotFound"),
        ("{image: 'echo:1', envSecret: {name: missing}}", "SecretNotFound"),
        ("{image: 'echo:1', envSecret: {name: a, namespace: elsewhere}}", "InvalidSpec"),
    ] {
        let mut bot = bot(0, spec);
        bot.round();
        assert_eq!(bot.ready(&MODULE)[1], reason);
    }
}

#[test]
fn with_another_condition_that_is_false_does_not_wait() {
    let mut bot = bot(0, "{image: 'echo:1', moduleConfig: 'a: ['}");
    assert_eq!(verbs(&bot.round()), ["Apply", "Apply", "Created", "Status"]);
    assert_eq!(bot.ready(&MODULE)[..2], ["Unknown", "Creating"]);
}

#[test]
fn that_tells_of_pods_that_cannot_start_does_not_wait() {
    let mut bot = bot(0, PLAIN);
    bot.round();
    bot.roll_out();
    let pod = bot.pods(&MODULE).remove(0);
    bot.edit(Kind::Deployment, MODULE.deployment, |deployment| {
        deployment["status"]["availableReplicas"] = 0.into();
    });
    bot.edit(Kind::Pod, &pod.name, |pod| {
        pod["status"]["containerStatuses"][0]["state"] =
            serde_json::json!({ "waiting": { "reason": "ImagePullBackOff" } });
    });
    assert_eq!(verbs(&bot.round()), ["Status"]);
    assert_eq!(bot.ready(&MODULE)[1], "UnavailableReplicas");
}

/// A clock behind the API server's must not make it wait for longer.
#[test]
fn of_a_resource_that_seems_to_come_from_the_future_does_not_wait() {
    let mut bot = bot(0, PLAIN);
    bot.pass_seconds(-2);
    assert_eq!(verbs(&bot.round()), ["Apply", "Created", "Status"]);
}

#[test]
fn only_a_first_status_waits() {
    let mut bot = bot(0, PLAIN);
    bot.edit(Kind::BotModule, "echo", |echo| {
        echo["status"]["conditions"] = serde_json::json!([{ "type": "Paused", "status": "True" }]);
    });
    assert_eq!(verbs(&bot.round()), ["Apply", "Created", "Status"]);
}
