//! `make demo`: the operator and the example bot, running on a cluster that is made for them and goes with them.
//!
//! The cluster is real but for its node: pods are said to run, and no image is pulled. With `--once` or `DEMO_ONCE=1` it
//! ends by itself when the bot is Ready. `DEMO_OPERATOR` names an operator to
//! use instead of the one that was compiled with this.

#[path = "../../tests/cluster/mod.rs"]
mod cluster;

mod build;
mod guide;
mod operator;
mod progress;
mod signals;

use cluster::{Casing, Cluster, Interrupted, is_interrupted};
use operator::Operator;
use std::panic::{catch_unwind, set_hook};
use std::process::ExitCode;
use std::{env, fs};

/// Of examples/bot.yaml, and the one that the operator watches.
const NAMESPACE: &str = "eevee-bot";

fn main() -> ExitCode {
    let once = match env::args().nth(1).as_deref() {
        None => env::var_os("DEMO_ONCE").is_some_and(|value| value == "1"),
        Some("--once") => true,
        Some(other) => {
            eprintln!("demo: unknown argument {other}; there is only --once");
            return ExitCode::from(2);
        }
    };
    quiet_panics();
    signals::interrupt_on_signals();
    // Whatever happens, what was started is dropped on the way out, and ends with that.
    match catch_unwind(|| demo(once)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) if reason.is::<Interrupted>() || is_interrupted() => {
            say("interrupted; everything is removed");
            ExitCode::from(130)
        }
        Err(_) => ExitCode::FAILURE,
    }
}

fn demo(once: bool) {
    let program = build::everything();
    say("starting a control plane with one fake node (some seconds)");
    let cluster = Cluster::fake_nodes();
    say("installing the CRDs");
    cluster.install_crds(Casing::Camel);
    cluster.kubectl(&["create", "namespace", NAMESPACE], None).success();
    say("starting the operator");
    let mut operator = Operator::start(&program, &cluster);
    say("applying examples/bot.yaml");
    cluster.kubectl(&["apply", "--filename=-"], Some(&bot())).success();
    progress::follow(&cluster, &mut operator);
    if once {
        return;
    }
    guide::print(&cluster, &operator);
    operator.run_until_interrupted();
    say("everything is removed");
}

fn bot() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/bot.yaml");
    fs::read_to_string(path).unwrap_or_else(|e| panic!("cannot read {path}: {e}"))
}

fn say(what: &str) {
    println!("demo: {what}");
}

/// A failed step says what failed, not where in the source.
fn quiet_panics() {
    set_hook(Box::new(|panic| {
        if !is_interrupted() {
            eprintln!("demo: {}", panic.payload_as_str().unwrap_or("failed"));
        }
    }));
}
