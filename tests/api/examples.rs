//! What `make example` prints, on a real API server.

use crate::server::{dry_apply, namespace, with_crds};
use crate::support;
use std::process::{Command, Output};

fn render(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_eevee-operator"))
        .arg("render")
        .args(arguments)
        .current_dir(support::root())
        .env_remove("NAMESPACE")
        .output()
        .expect("the program runs")
}

#[test]
fn the_example_bot_is_accepted_whole() {
    let cluster = namespace("eevee-bot");
    let output = render(&["-f", "examples/bot.yaml", "--show-secrets"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let manifests = String::from_utf8(output.stdout).expect("text");
    let accepted = dry_apply(cluster, &manifests).success();
    assert_eq!(accepted.lines().count(), manifests.matches("\nkind: ").count());
    dry_apply(cluster, support::EXAMPLE_BOT).success();
}

#[test]
fn a_masked_secret_cannot_be_applied_by_mistake() {
    let output = render(&["-f", "examples/bot.yaml"]);
    let manifests = String::from_utf8(output.stdout).expect("text");
    let secrets: Vec<&str> =
        manifests.split("---\n").filter(|document| document.contains("kind: Secret\n")).collect();
    assert!(!secrets.is_empty());
    for secret in secrets {
        let secret = secret.replace("namespace: eevee-bot", "namespace: default");
        let refused = dry_apply(with_crds(), &secret).failure();
        assert!(refused.contains("illegal base64"), "{refused}");
    }
}
