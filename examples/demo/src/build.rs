//! The programs that the demo runs: the operator and its cluster are built side by side.

use crate::cluster::{repository, until};
use crate::display::Display;
use crate::existing::Existing;
use crate::say;
use crate::work::Work;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Longer than the slowest machine takes; who has waited enough interrupts.
const LONGEST: Duration = Duration::from_hours(4);

/// Seconds of a core that each takes, for the estimate of what is left.
const OPERATOR_COST: f64 = 250.0;
const CLUSTER_COST: f64 = 550.0;

/// Builds what is missing, and gives the path of the operator.
pub fn everything(existing: Option<&Existing>) -> PathBuf {
    say(
        "building what is not built yet (the first time this takes minutes: seven to sixteen on two cores)",
    );
    let target = target();
    let mut works = Vec::new();
    let given = env::var_os("DEMO_OPERATOR").map(PathBuf::from);
    if given.is_none() {
        works.push(Work::start("operator", OPERATOR_COST, cargo_build(&target)));
    }
    works.push(Work::start("cluster", CLUSTER_COST, cluster_build(existing)));
    finish(&mut works);
    given.unwrap_or_else(|| target.join("debug/eevee-operator"))
}

/// This demo is target/debug/demo.
fn target() -> PathBuf {
    let demo = env::current_exe().unwrap_or_else(|e| panic!("cannot find this demo: {e}"));
    demo.ancestors().nth(2).map(Path::to_owned).unwrap_or_default()
}

fn cargo_build(target: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--locked", "--bin=eevee-operator", "--target-dir"]).arg(target);
    command.current_dir(repository());
    // cargo says how far it is only where it takes its output for a terminal.
    command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "100");
    command.env("CARGO_TERM_COLOR", "never").env("CARGO_TERM_QUIET", "false");
    // What it tells this demo about itself would have the operator's dependencies compiled again.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command
}

fn cluster_build(existing: Option<&Existing>) -> Command {
    let mut command = Command::new(repository().join("tests/cluster/build"));
    command.arg(if existing.is_some() { "kubectl" } else { "demo" });
    command.env("PROGRESS", "steps");
    command
}

/// Waits until all have ended well. If one fails, the others are ended.
fn finish(works: &mut [Work]) {
    let mut display = Display::new();
    let all = until(LONGEST, || {
        display.show(works);
        let ends: Vec<_> = works.iter_mut().map(Work::ended).collect();
        if let Some(failed) = ends.iter().position(|end| end.is_some_and(|end| !end.success())) {
            return Some(Err(failed));
        }
        ends.iter().all(Option::is_some).then_some(Ok(()))
    });
    drop(display);
    match all {
        Some(Ok(())) => {}
        Some(Err(failed)) => {
            let failed = &mut works[failed];
            let said = failed.last_words();
            panic!("the {} cannot be built:\n{said}", failed.name)
        }
        None => panic!("not built after {LONGEST:?}"),
    }
}
