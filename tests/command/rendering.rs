//! What is printed where, and the exit code.

use crate::documents::{BOT, ECHO, find, joined, names, pod_annotations, read};
use crate::program::{SEED, render, rendering};
use std::collections::BTreeSet;

/// A module whose image is misspelt.
const MISSPELT: &str = "\
apiVersion: eevee.bot/v1
kind: BotModule
metadata:
  name: misspelt
spec:
  image: echo
  imgae: echo
";

/// A module that waits for what is not there.
const WAITING: &str = "\
apiVersion: eevee.bot/v1
kind: BotModule
metadata:
  name: waiting
spec:
  image: echo
  ipcConfig: main
";

fn shown() -> Vec<serde_json::Value> {
    let arguments = ["-f", "bot.yaml", "--show-secrets", "--seed", SEED];
    read(&render(&[("bot.yaml", BOT)], &arguments).fine())
}

#[test]
fn all_rendered_is_0_with_notes_alone_on_standard_error() {
    let ending = render(&[("bot.yaml", BOT)], &["-f", "bot.yaml"]);
    assert!(ending.err.lines().all(|line| line.starts_with("note: ")), "{}", ending.err);
    assert_eq!(ending.err.matches("ownerReferences are left out").count(), 1);
    let objects = read(&ending.fine());
    assert!(objects.iter().all(|object| object["metadata"].get("ownerReferences").is_none()));
    find(&objects, "Deployment", "eevee-echo-module");
}

#[test]
fn one_resource_with_a_mistake_is_1_and_the_others_are_printed() {
    let file = joined([MISSPELT, ECHO]);
    let ending = render(&[("bot.yaml", &file)], &["-f", "bot.yaml"]);
    assert_eq!(ending.code, 1);
    ending.says(&[
        "error: bot.yaml: document 1, line 8: BotModule eevee-bot/misspelt: spec.imgae",
        "did you mean \"image\"",
    ]);
    assert_eq!(ending.err.matches("error: ").count(), 1, "{}", ending.err);
    find(&read(&ending.out), "Deployment", "eevee-echo-module");
    assert!(!ending.out.contains("misspelt"), "{}", ending.out);
}

#[test]
fn a_resource_that_waits_for_another_is_1_and_the_others_are_printed() {
    for way in [&[][..], &["-o", "json"], &["--actions"]] {
        let files = [("a.yaml", ECHO), ("b.yaml", WAITING)];
        let ending = render(&files, &[&["-f", "a.yaml", "-f", "b.yaml"], way].concat());
        assert_eq!(ending.code, 1);
        ending.says(&["error: b.yaml: document 1, line", "BotModule eevee-bot/waiting", "main"]);
        assert!(ending.out.contains("eevee-echo-module"), "{}", ending.out);
        assert!(!ending.out.contains("eevee-waiting-module"), "{}", ending.out);
    }
}

#[test]
fn an_unusable_file_is_2_and_nothing_of_the_others_is_printed() {
    let files = [("a.yaml", ECHO), ("b.yaml", "just text")];
    let ending = render(&files, &["-f", "a.yaml", "-f", "b.yaml"]);
    ending.is_refused(&["b.yaml: document 1, line 1", "a text, not a Kubernetes object"]);
}

#[test]
fn what_the_operator_creates_counts_as_there_in_the_first_run() {
    let objects = shown();
    for module in ["router", "echo", "irc-libera"] {
        let deployment = find(&objects, "Deployment", &format!("eevee-{module}-module"));
        let digest = &pod_annotations(deployment)["eevee.bot/token-digest"];
        assert!(digest.is_string(), "{module} is rendered without the token");
    }
    let discord = find(&objects, "Deployment", "eevee-discord-module");
    assert!(pod_annotations(discord)["eevee.bot/env-digest"].is_string());
    find(&objects, "Secret", "eevee-operator-digest-key");
    find(&objects, "Secret", "eevee-main-nats-token");
}

#[test]
fn each_object_is_printed_once_with_and_without_secrets() {
    let shown = names(&shown());
    let masked = names(&read(&render(&[("bot.yaml", BOT)], &["-f", "bot.yaml"]).fine()));
    assert_eq!(shown.iter().collect::<BTreeSet<_>>().len(), shown.len(), "{shown:#?}");
    assert_eq!(shown, masked);
}

#[test]
fn actions_show_one_round_with_status_and_events() {
    let printed = render(&[("bot.yaml", BOT)], &["-f", "bot.yaml", "--actions"]).fine();
    for action in
        ["\n# Create Secret ", "\n# Apply Deployment ", "\n# Status BotModule ", "\n# Event "]
    {
        assert!(printed.contains(action), "there is no{action}");
    }
    let json = render(&[("bot.yaml", BOT)], &["-f", "bot.yaml", "--actions", "-o", "json"]).fine();
    let actions: Vec<serde_json::Value> = serde_json::from_str(&json).expect("JSON");
    assert_eq!(actions.len(), printed.matches("---\n").count());
}

#[test]
fn unknown_kinds_are_passed_over_with_one_note() {
    let pizza = "apiVersion: v1\nkind: Pizza\nmetadata: {name: one}";
    let other = "apiVersion: v1\nkind: Pizza\nmetadata: {name: two}";
    let alone = render(&[("bot.yaml", ECHO)], &["-f", "bot.yaml"]).fine();
    let ending = render(&[("bot.yaml", &joined([pizza, ECHO, other]))], &["-f", "bot.yaml"]);
    ending.says(&["note: passed over", "Pizza (v1)"]);
    assert_eq!(ending.err.matches("Pizza").count(), 1, "{}", ending.err);
    assert_eq!(ending.fine(), alone);
}

#[test]
fn a_reader_that_goes_away_early_is_no_error() {
    // More than any pipe holds, so that writing does fail.
    let config: String = (0..40_000).map(|line| format!("    key{line}: value\n")).collect();
    let large = format!("{ECHO}  moduleConfig: |\n{config}");
    let folder = crate::program::Folder::of(&[("bot.yaml", &large)]);
    for way in [&[][..], &["-o", "json"], &["--actions"]] {
        let ending =
            rendering(&[&["-f", "bot.yaml"], way].concat()).within(&folder).run_for_one_line();
        assert!(!ending.err.contains("error"), "{}", ending.err);
        assert!(!ending.fine().is_empty());
    }
}

/// Output that did not arrive must not look like success to a script.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let ending = rendering(&["-f", "examples/bot.yaml"]).run_into("/dev/full");
    assert_eq!(ending.code, 2);
    ending.says(&["error: standard output cannot be written"]);
}

/// Nothing is printed of these, and each says why.
#[test]
fn a_resource_that_is_left_alone_is_noted() {
    let resource = |metadata: &str| {
        format!("apiVersion: eevee.bot/v1\nkind: IpcConfig\nmetadata: {{{metadata}}}\nspec: {{}}\n")
    };
    for (metadata, note) in [
        (
            "name: main, annotations: {eevee.bot/paused: 'true'}",
            "note: IpcConfig eevee-bot/main is paused",
        ),
        (
            "name: main, deletionTimestamp: '2026-01-01T00:00:00Z'",
            "note: IpcConfig eevee-bot/main is being deleted",
        ),
    ] {
        for way in [&[][..], &["--actions"]] {
            let ending =
                render(&[("a.yaml", &resource(metadata))], &[&["-f", "a.yaml"], way].concat());
            assert_eq!(ending.code, 0, "{}", ending.err);
            assert!(!ending.out.contains("eevee-main-nats"), "{}", ending.out);
            ending.says(&[note]);
        }
    }
    let situation =
        "apiVersion: render.eevee.bot/v1\nkind: Situation\nwatchOtherNamespaces: false\n";
    let elsewhere = format!("{situation}---\n{}", resource("name: main, namespace: elsewhere"));
    let ending = render(&[("a.yaml", &elsewhere)], &["-f", "a.yaml"]);
    ending.says(&["IpcConfig elsewhere/main is passed over", "namespace eevee-bot alone"]);
}
