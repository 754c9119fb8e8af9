//! `crds`, `completions`, `--help`, `--version`.

use crate::documents::read;
use crate::program::Program;
use crate::support;
use eevee_operator::kinds::Kind;

const COMMANDS: [&str; 11] = [
    "run",
    "render",
    "diff",
    "snapshot",
    "status",
    "check",
    "backups",
    "restore",
    "crds",
    "completions",
    "man",
];

#[test]
fn crds_prints_the_five_definitions_as_they_are_kept() {
    let ending = Program::new(&["crds"]).run();
    assert_eq!(ending.err, "");
    let printed = ending.fine();
    let kept = std::fs::read_to_string(support::path("crds/crds.yaml")).expect("crds/crds.yaml");
    assert!(printed == kept, "crds/crds.yaml is stale: run make crds");
    let definitions = read(&printed);
    let kinds: Vec<_> = definitions.iter().map(|crd| &crd["spec"]["names"]["kind"]).collect();
    assert_eq!(kinds, ["BotModule", "IpcConfig", "S3Store", "BackupSchedule", "BackupRestore"]);
    assert!(definitions.iter().all(|crd| crd["kind"] == "CustomResourceDefinition"));
}

#[test]
fn crds_need_nothing_of_the_environment() {
    let ending = Program::new(&["crds"]).with("NAMESPACE", "Not A Namespace").run();
    ending.fine();
}

#[test]
fn a_reader_of_crds_may_go_away_early() {
    let ending = Program::new(&["crds"]).run_for_one_line();
    assert_eq!(ending.err, "");
    assert_eq!(ending.fine(), "---\n");
}

#[test]
fn every_shell_gets_completions_that_know_the_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ending = Program::new(&["completions", shell]).run();
        assert_eq!(ending.err, "");
        let script = ending.fine();
        for word in COMMANDS.into_iter().chain(["show-secrets", "namespace"]) {
            assert!(script.contains(word), "{shell} does not know {word}");
        }
    }
}

#[test]
fn help_is_there_for_every_command() {
    for flag in ["-h", "--help"] {
        let main = help(&[flag]);
        assert!(COMMANDS.iter().all(|command| main.contains(command)), "{main}");
        for command in COMMANDS {
            let text = help(&[command, flag]);
            assert!(text.contains(&format!("Usage: eevee-operator {command}")), "{text}");
        }
    }
    for command in COMMANDS {
        assert_eq!(help(&["help", command]), help(&[command, "--help"]));
    }
}

#[test]
fn help_names_the_kinds_that_it_is_about() {
    for arguments in [&["--help"][..], &["snapshot", "--help"]] {
        let text = help(arguments);
        for kind in Kind::custom() {
            assert!(text.contains(kind.name()), "{kind}: {text}");
        }
    }
}

fn help(arguments: &[&str]) -> String {
    let ending = Program::new(arguments).run();
    assert_eq!(ending.err, "");
    ending.fine()
}

#[test]
fn help_of_render_names_every_option_that_its_page_names() {
    let page = std::fs::read_to_string(support::path("docs/commands.md")).expect("the page");
    let table: Vec<&str> = page.lines().filter(|line| line.starts_with("| `-")).collect();
    let help = help(&["render", "--help"]);
    for row in &table {
        let option = row.split(['`', ' ']).nth(2).expect("an option");
        assert!(help.contains(option), "{option} is not in the help:\n{help}");
    }
    assert_eq!(table.len(), 6, "{table:#?}");
}

#[test]
fn the_version_is_there_for_every_command() {
    for flag in ["-V", "--version"] {
        let main = Program::new(&[flag]).run().fine();
        assert_eq!(main, format!("eevee-operator {}\n", env!("CARGO_PKG_VERSION")));
        for command in COMMANDS {
            let version = Program::new(&[command, flag]).run().fine();
            assert!(version.ends_with(&format!(" {}\n", env!("CARGO_PKG_VERSION"))), "{version}");
        }
    }
}

/// The end of a wait that is too long is a time that no clock has.
#[test]
fn a_patience_that_never_ends_is_refused() {
    let longest = u64::MAX.to_string();
    for command in [&["check"][..], &["probe", "--resources"]] {
        let patience = format!("--patience={longest}");
        let ending = Program::new(&[command, &[&patience]].concat()).run();
        ending.is_unusable(&[&longest, "--patience", "86400"]);
    }
}
