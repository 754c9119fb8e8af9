//! What the commands that run in Jobs have in common: how they wait, show how far they are, and end.

mod display;
mod ending;

pub use ending::Ending;

use crate::archive::Progress;
use crate::backup::Said;
use crate::command::process::{self, Signals};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

#[derive(Args, Clone)]
// Commands take it in beside arguments of their own: clap wants one name for each group.
#[group(skip)]
pub struct Arguments {
    /// File for the message that the kubelet reads, in place of /dev/termination-log.
    #[arg(long, value_name = "PATH", hide = true)]
    termination_log: Option<PathBuf>,
}

impl Arguments {
    /// Leaves a message that stands where the process ends without one.
    ///
    /// # Errors
    /// Where the file for it is there and cannot be written.
    pub fn leave(&self, said: &Said) -> std::io::Result<()> {
        ending::leave(&said.message(), self.termination_log.as_deref())
    }
}

/// Does work that blocks on a thread of its own, and tells meanwhile how far it is. SIGTERM and SIGINT ask it to stop;
/// how and when it does is its own affair.
pub fn run(
    arguments: &Arguments,
    verb: &'static str,
    work: impl FnOnce(&Handle, &Arc<Progress>) -> Ending + Send + 'static,
) -> ExitCode {
    let log = arguments.termination_log.as_deref();
    match worked(verb, work) {
        Ok(ending) => ending.tell(log),
        Err(why) => Ending::failed(why, false).tell_unless_told(log),
    }
}

fn worked(
    verb: &'static str,
    work: impl FnOnce(&Handle, &Arc<Progress>) -> Ending + Send + 'static,
) -> Result<Ending, String> {
    let runtime = process::runtime()?;
    let progress = Arc::new(Progress::default());
    let (done, mut ended) = oneshot::channel();
    let (handle, theirs) = (runtime.handle().clone(), Arc::clone(&progress));
    std::thread::Builder::new()
        .name(verb.to_owned())
        .stack_size(STACK)
        .spawn(move || {
            // Nobody waits for it any more where signals cannot be caught.
            let _ = done.send(work(&handle, &theirs));
        })
        .map_err(|error| format!("a thread cannot be started: {error}"))?;
    runtime.block_on(async {
        let mut signals = Signals::catch()?;
        let mut shown = display::ProgressDisplay::new(verb);
        loop {
            tokio::select! {
                ended = &mut ended => {
                    shown.clear();
                    return ended.map_err(|_| "the work ended without a result".to_owned());
                }
                () = signals.next() => progress.stop(),
                () = shown.due() => shown.show(&progress),
            }
        }
    })
}

/// Deep folders take a stack of their own; what is not touched costs nothing.
const STACK: usize = 16 << 20;
