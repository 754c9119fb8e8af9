//! The program as a plugin of kubectl: a link to it that is called `kubectl-eevee`.

use crate::program::{Ending, Folder, Program};
use std::os::unix::fs::symlink;

const COMMANDS: [&str; 8] =
    ["render", "diff", "snapshot", "status", "check", "backups", "restore", "man"];

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
    assert!(!help.contains("without a command"), "{help}");
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

/// What is no namespace shows whose namespace is meant.
#[test]
fn the_namespace_is_that_of_the_context_where_none_is_given() {
    let config =
        "contexts: [{name: here, context: {namespace: No_Namespace}}]\ncurrent-context: here\n";
    let folder = Folder::of(&[("config", config)]);
    let config = folder.path("config");
    let config = config.to_str().expect("UTF-8");
    for command in ["diff", "snapshot", "backups"] {
        let asked = [command, "--kubeconfig", config];
        plugin(&asked).is_refused(&["\"No_Namespace\"", "context's namespace"]);
        let in_context = [&asked[..], &["--context", "here"]].concat();
        plugin(&in_context).is_refused(&["\"No_Namespace\""]);
        plugin(&[&asked[..], &["-n", "bots"]].concat()).is_refused(&["names no cluster"]);
        Program::new(&asked).run().is_refused(&["names no cluster"]);
    }
}

#[test]
fn kubectl_completes_its_words() {
    let completed = |words: &[&str]| linked("kubectl_complete-eevee", words).fine();
    assert_eq!(
        completed(&["snap"]),
        "snapshot\tPrint a live cluster as a file that render reads, with its secrets masked. Reads only\n:4\n"
    );
    let all = completed(&[""]);
    assert!(COMMANDS.iter().all(|command| all.contains(&format!("{command}\t"))), "{all}");
    assert!(!all.contains("drill"), "{all}");
    let options = completed(&["diff", "--context", "here", "--"]);
    assert!(options.contains("--kubeconfig\t") && options.ends_with("\n:4\n"), "{options}");
    assert_eq!(completed(&["render", "--output", ""]), "yaml\njson\n:4\n");
    assert_eq!(completed(&["render", "-f", "bo"]), ":0\n");
    assert!(completed(&["completions", "ba"]).starts_with("bash\t"));
    assert_eq!(completed(&["rendr", "--nosuch", "x"]), ":4\n");
    assert!(completed(&[]).contains("render\t"));
}

#[test]
fn it_takes_the_options_that_kubectl_has() {
    for command in ["diff", "snapshot", "backups"] {
        let options = ["-n", "bots", "--context", "here", "--kubeconfig", "nowhere.yaml"];
        let ending = plugin(&[&[command], options.as_slice()].concat());
        ending.is_refused(&["nowhere.yaml"]);
    }
}
