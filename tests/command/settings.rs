//! The environment and `-n`.

use crate::documents::{ECHO, find, names, read, secret_value};
use crate::program::{Folder, Program, SEED, rendering};

fn echo(arguments: &[&str]) -> (Folder, Program) {
    let folder = Folder::of(&[("bot.yaml", ECHO)]);
    let program = rendering(&[&["-f", "bot.yaml"], arguments].concat()).within(&folder);
    (folder, program)
}

#[test]
fn the_namespace_is_eevee_bot_where_nobody_says_otherwise() {
    let (_folder, program) = echo(&[]);
    let names = names(&read(&program.run().fine()));
    assert!(names.contains(&"Deployment eevee-bot/eevee-echo-module".to_owned()), "{names:?}");
}

#[test]
fn the_namespace_comes_from_the_environment() {
    let (_folder, program) = echo(&[]);
    let names = names(&read(&program.with("NAMESPACE", "other").run().fine()));
    assert_eq!(
        names,
        ["Secret other/eevee-operator-digest-key", "Deployment other/eevee-echo-module"]
    );
}

#[test]
fn a_namespace_on_the_command_line_wins_and_is_that_of_resources_alone() {
    for flag in ["-n", "--namespace"] {
        let (_folder, program) = echo(&[flag, "wanted"]);
        let names = names(&read(&program.with("NAMESPACE", "other").run().fine()));
        assert!(names.contains(&"Deployment wanted/eevee-echo-module".to_owned()), "{names:?}");
        assert!(names.contains(&"Secret other/eevee-operator-digest-key".to_owned()), "{names:?}");
    }
}

#[test]
fn a_resource_that_names_its_namespace_keeps_it() {
    let folder =
        Folder::of(&[("bot.yaml", &ECHO.replace("name: echo", "name: echo\n  namespace: own"))]);
    for watch in ["true", "false", ""] {
        let program = rendering(&["-f", "bot.yaml", "-n", "wanted"]).within(&folder);
        let names = names(&read(&program.with("WATCH_OTHER_NAMESPACES", watch).run().fine()));
        assert!(names.contains(&"Deployment own/eevee-echo-module".to_owned()), "{names:?}");
    }
}

#[test]
fn the_api_token_of_the_environment_stands_in_the_secret() {
    let program = rendering(&["-f", "examples/bot.yaml", "--show-secrets"]);
    let printed = program.with("EEVEE_OPERATOR_API_TOKEN", "a token of ours").run().fine();
    let objects = read(&printed);
    let secret = find(&objects, "Secret", "eevee-operator-api-token");
    assert_eq!(secret_value(secret, "token"), "a token of ours");
}

#[test]
fn without_an_api_token_one_is_made_for_the_run() {
    let made = |arguments: &[&str]| {
        let run = rendering(&[&["-f", "examples/bot.yaml", "--show-secrets"], arguments].concat());
        let objects = read(&run.with("EEVEE_OPERATOR_API_TOKEN", "").run().fine());
        secret_value(find(&objects, "Secret", "eevee-operator-api-token"), "token")
    };
    assert!(made(&[]).len() >= 32);
    assert_ne!(made(&[]), made(&[]));
    assert_eq!(made(&["--seed", SEED]), made(&["--seed", SEED]));
}

#[test]
fn the_cluster_domain_reaches_the_addresses() {
    let program = rendering(&["-f", "examples/bot.yaml"]);
    let printed = program.with("KUBERNETES_CLUSTER_DOMAIN", "bots.example").run().fine();
    assert!(printed.contains("svc.bots.example"), "{printed}");
    assert!(!printed.contains("cluster.local"), "{printed}");
}
