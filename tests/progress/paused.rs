//! `kubectl rollout pause` holds every change back until `kubectl rollout resume`. The field is the user's.

use crate::bot::{Bot, PARTS, Part};
use eevee_operator::kinds::Kind;
use serde_json::{Value, json};

fn pause(bot: &mut Bot, part: &Part) {
    bot.edit(Kind::Deployment, part.deployment, |deployment| {
        deployment["spec"]["paused"] = true.into();
    });
    bot.is_observed(part);
}

fn how_to_go_on(part: &Part) -> String {
    format!(
        "Deployment eevee-bot/{name} is paused and rolls nothing out: run kubectl rollout resume deployment/{name} -n eevee-bot",
        name = part.deployment
    )
}

fn is_paused(bot: &Bot, part: &Part) -> bool {
    bot.get(Kind::Deployment, part.deployment).at("/spec/paused") == Some(&Value::Bool(true))
}

#[test]
fn a_change_that_waits_is_named_with_the_command() {
    for part in PARTS {
        let mut bot = Bot::settled();
        pause(&mut bot, part);
        bot.edit(part.kind, part.name, |resource| {
            *resource.pointer_mut(part.image).expect("an image") = json!("new:2");
        });
        let expected = ["False", "DeploymentPaused", &how_to_go_on(part)];
        // From the round on that changes the Deployment, and when its controller has seen it.
        bot.round();
        assert_eq!(bot.ready(part), expected);
        bot.roll_out();
        assert_eq!(bot.ready(part), expected);
        assert_eq!(bot.told(part, "Reconciling"), None);
        assert!(is_paused(&bot, part));
    }
}

#[test]
fn a_change_goes_on_when_the_deployment_does() {
    for part in PARTS {
        let mut bot = Bot::settled();
        pause(&mut bot, part);
        bot.change_image(part);
        bot.roll_out();
        bot.edit(Kind::Deployment, part.deployment, |deployment| {
            deployment["spec"].as_object_mut().expect("a spec").remove("paused");
        });
        bot.roll_out();
        let [status, _, message] = bot.ready(part);
        assert_eq!((status.as_str(), message.contains("paused")), ("True", false), "{message}");
    }
}

#[test]
fn a_rollout_that_was_paused_on_its_way_is_named() {
    for part in PARTS {
        let mut bot = Bot::settled();
        bot.change_image(part);
        bot.begins_revision(part, &json!({ "replicas": 1 }));
        bot.edit(Kind::Deployment, part.deployment, |deployment| {
            deployment["status"]["updatedReplicas"] = 1.into();
            deployment["status"]["replicas"] = 2.into();
        });
        pause(&mut bot, part);
        assert_eq!(bot.ready(part), ["False", "DeploymentPaused", &how_to_go_on(part)]);
    }
}

#[test]
fn one_that_was_paused_before_its_first_pod_is_named() {
    for part in PARTS {
        let mut bot = Bot::new();
        bot.reconcile();
        pause(&mut bot, part);
        assert_eq!(bot.ready(part)[1], "DeploymentPaused");
    }
}

#[test]
fn one_with_nothing_to_roll_out_is_ready_and_says_so() {
    for part in PARTS {
        let mut bot = Bot::settled();
        let before = bot.ready(part);
        pause(&mut bot, part);
        let expected = format!("{}; {}", before[2], how_to_go_on(part));
        assert_eq!(bot.ready(part), ["True", &before[1], &expected]);
    }
}

#[test]
fn what_troubles_the_current_pods_is_named_first() {
    for part in PARTS {
        let mut bot = Bot::settled();
        pause(&mut bot, part);
        bot.begins_revision(part, &json!({}));
        bot.edit(Kind::Deployment, part.deployment, |deployment| {
            deployment["status"]["updatedReplicas"] = 1.into();
            deployment["status"]["availableReplicas"] = 0.into();
        });
        bot.loses_its_pods(part);
        let pod = bot.crashes(part);
        let trouble = format!("pod {pod}: container a waits with CrashLoopBackOff");
        let expected = format!("{trouble}; {}", how_to_go_on(part));
        assert_eq!(bot.ready(part), ["False", part.unavailable, &expected]);
    }
}
