//! `snapshot` and `diff` where there is no cluster.

use crate::program::{Folder, Program};

#[test]
fn without_a_kubeconfig_the_way_to_one_is_named() {
    for command in ["snapshot", "diff", "backups", "status"] {
        let ending = Program::new(&[command]).run();
        ending.is_refused(&["no usable kubeconfig", "--kubeconfig PATH", "KUBECONFIG"]);
    }
}

#[test]
fn a_kubeconfig_that_cannot_be_used_is_named() {
    let folder = Folder::of(&[("broken.yaml", "{"), ("empty.yaml", "apiVersion: v1\n")]);
    for command in ["snapshot", "diff", "backups", "status"] {
        for file in ["missing.yaml", "broken.yaml", "empty.yaml"] {
            let ending = Program::new(&[command, "--kubeconfig", file]).within(&folder).run();
            ending.is_refused(&[file]);
        }
        let other = Program::new(&[command, "--context", "other"]).within(&folder);
        other.with("KUBECONFIG", "empty.yaml").run().is_refused(&["kubeconfig", "other"]);
    }
}

#[test]
fn what_is_wrong_with_the_command_line_is_said_before_a_cluster_is_looked_for() {
    Program::new(&["snapshot", "echo"]).run().is_refused(&["\"echo\"", "botmodule/echo"]);
    Program::new(&["snapshot", "pod/echo"]).run().is_refused(&["BotModule (bm)"]);
    for command in ["snapshot", "diff", "backups", "status"] {
        let ending = Program::new(&[command, "-n", "Not A Namespace"]).run();
        ending.is_refused(&["--namespace is \"Not A Namespace\""]);
        let ending = Program::new(&[command]).with("WATCH_OTHER_NAMESPACES", "ture").run();
        ending.is_refused(&["WATCH_OTHER_NAMESPACES is \"ture\""]);
    }
    Program::new(&["status", "pod/echo"]).run().is_refused(&["BotModule (bm)"]);
    Program::new(&["status", "-A", "-n", "a"]).run().is_unusable(&["--namespace"]);
    Program::new(&["diff", "-f", "missing.yaml"]).run().is_refused(&["missing.yaml"]);
    Program::new(&["diff", "-f", "-"]).reading("a: [").run().is_refused(&["standard input"]);
}

/// A token in the environment is never told, whatever is wrong with it.
#[test]
fn a_token_that_no_header_can_carry_is_refused_unseen() {
    for command in ["snapshot", "diff", "backups", "status"] {
        let run = Program::new(&[command]).with("EEVEE_OPERATOR_API_TOKEN", " a-secret").run();
        run.is_refused(&["EEVEE_OPERATOR_API_TOKEN"]);
        assert!(!run.err.contains("a-secret"), "{}", run.err);
    }
}
