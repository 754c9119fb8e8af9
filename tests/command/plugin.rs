//! The program as a plugin of kubectl: a link to it that is called `kubectl-eevee`.

use crate::program::{Ending, Folder, Program};
use std::os::unix::fs::symlink;

const COMMANDS: [&str; 6] = ["render", "diff", "snapshot", "backups", "restore", "man"];

/// Runs the program by a link of this name, as krew makes one.
fn linked(name: &str, arguments: &[&str]) -> Ending {
    let folder = Folder::of(&[]);
    let link = folder.path(name);
    symlink(env!("CARGO_BIN_EXE_eevee-operator"), &link).expect("a link");
    Program::by(&link, arguments).run()
}

fn plugin(arguments: &[&str]) -> Ending {
    linked("kubectl-eevee", arguments)
}

#[test]
fn its_help_says_what_to_type() {
    let help = plugin(&["--help"]).fine();
    assert!(help.contains("Usage: kubectl eevee <COMMAND>"), "{help}");
    assert!(!help.contains("eevee-operator"), "{help}");
    for command in COMMANDS {
        for help in [plugin(&[command, "--help"]).fine(), plugin(&["help", command]).fine()] {
            assert!(help.contains(&format!("Usage: kubectl eevee {command}")), "{help}");
            assert!(!help.contains("eevee-operator"), "{help}");
        }
    }
}

#[test]
fn its_errors_say_what_to_type() {
    plugin(&["rendr"]).is_unusable(&["'render'", "Usage: kubectl eevee <COMMAND>"]);
    plugin(&["render"]).is_unusable(&["Usage: kubectl eevee render"]);
    plugin(&["render", "-f", "https://x.example/y"]).is_refused(&["| kubectl eevee render -f -"]);
    plugin(&["restore"]).is_refused(&["kubectl eevee restore MODULE"]);
}

/// By its own name the program runs the operator then, on whatever cluster the kubeconfig names.
#[test]
fn without_a_command_it_runs_nothing_and_helps() {
    let ending = plugin(&[]);
    assert_eq!((ending.code, ending.out.as_str()), (2, ""));
    ending.says(&["Usage: kubectl eevee <COMMAND>", "backups"]);
}

#[test]
fn its_version_is_that_of_the_plugin() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(plugin(&["--version"]).fine(), format!("kubectl-eevee {version}\n"));
}

#[test]
fn its_completions_and_pages_have_its_name() {
    let script = plugin(&["completions", "bash"]).fine();
    assert!(script.contains(" kubectl-eevee\n"), "{script}");
    let page = plugin(&["man", "diff"]).fine();
    assert!(page.contains("kubectl\\-eevee\\-diff \\- "), "{page}");
    assert!(page.contains("\\fBkubectl eevee diff\\fR"), "{page}");
}

#[test]
fn other_names_of_the_file() {
    for (name, words) in [
        ("kubectl-eevee.exe", "Usage: kubectl eevee "),
        ("kubectl-eevee_operator", "Usage: kubectl eevee-operator "),
        ("eevee-operator", "Usage: eevee-operator "),
    ] {
        let help = linked(name, &["--help"]).fine();
        assert!(help.contains(words), "{name}: {help}");
    }
}

#[test]
fn it_takes_the_options_that_kubectl_has() {
    for command in ["diff", "snapshot", "backups"] {
        let options = ["-n", "bots", "--context", "here", "--kubeconfig", "nowhere.yaml"];
        let ending = plugin(&[&[command], options.as_slice()].concat());
        ending.is_refused(&["nowhere.yaml"]);
    }
}
