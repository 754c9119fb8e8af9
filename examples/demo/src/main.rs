//! `make demo`: the operator and the example bot, running on a cluster that is made for them and goes with them.
//!
//! The cluster is real but for its node: pods are said to run, and no image is pulled. With `--once` or `DEMO_ONCE=1` it
//! ends by itself when the bot is Ready. `--cluster=kind` and `--cluster=k3d` use a cluster that is there already, see
//! [`existing`]. `DEMO_OPERATOR` names an operator to use instead of the one that this compiles.

mod arguments;
mod build;
mod cluster;
mod display;
mod existing;
mod follow;
mod guide;
mod operator;
mod place;
mod signals;
mod work;

use arguments::Arguments;
use cluster::{Interrupted, is_interrupted};
use operator::Operator;
use place::Place;
use std::panic::{catch_unwind, set_hook};
use std::process::ExitCode;
use std::time::Instant;

/// Of examples/bot.yaml, and the one that the operator watches.
const NAMESPACE: &str = "eevee-bot";

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("demo: {problem}");
            return ExitCode::from(2);
        }
    };
    quiet_panics();
    signals::interrupt_on_signals();
    // Whatever happens, what was started is dropped on the way out, and ends with that.
    match catch_unwind(|| demo(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) if reason.is::<Interrupted>() || is_interrupted() => {
            say("interrupted; everything is removed");
            ExitCode::from(130)
        }
        Err(_) => ExitCode::FAILURE,
    }
}

fn demo(arguments: &Arguments) {
    let begun = Instant::now();
    let program = build::everything(arguments.existing.as_ref());
    let place = Place::open(arguments.existing.as_ref());
    say("installing the CRDs");
    place.install();
    say("starting the operator");
    let mut operator = Operator::start(&program, &place);
    say("applying examples/bot.yaml");
    place.apply_bot();
    follow::until_ready(&place, &mut operator, begun);
    if arguments.once {
        return;
    }
    guide::print(&place, &operator);
    operator.run_until_interrupted();
    drop(operator);
    drop(place);
    say("everything is removed");
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
