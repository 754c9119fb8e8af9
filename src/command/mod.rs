//! The commands of the program, and the only code that reads files and writes to the terminal.

mod backup;
mod backups;
mod called;
mod check;
mod cluster;
mod complete;
mod diff;
mod drill;
mod environment;
mod input;
mod job;
mod man;
mod output;
mod probe;
mod process;
mod render;
mod resource;
mod restore;
mod run;
mod snapshot;
mod status;
mod store_source;

use crate::{crd, yaml};
use called::Called;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;

/// Kubernetes operator of the chatbot platform eevee.bot.
///
/// Keeps the Deployments, ConfigMaps, claims, Services, Secrets and NATS servers behind BotModule
/// and IpcConfig resources as they should be, and the backups behind S3Store, BackupSchedule and
/// BackupRestore resources.
#[derive(Parser)]
#[command(
    name = "eevee-operator",
    version,
    propagate_version = true,
    after_help = "Without a command it runs the operator. Its settings are variables of the environment."
)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the operator, as it is without a command.
    Run,
    /// Print the objects that the operator would apply, without a cluster.
    Render(render::Arguments),
    /// Print what the operator would change on a live cluster. Reads only.
    ///
    /// Ends with 0 where nothing differs, 1 where something does, 2 after an error.
    Diff(diff::Arguments),
    /// Print what must hold for the operator and its bots, and the command that mends what does not.
    /// Reads only.
    ///
    /// Ends with 0 where nothing fails, 1 where something does, 2 where there is no cluster to ask.
    Check(check::Arguments),
    /// Print a live cluster as a file that render reads, with its secrets masked. Reads only.
    Snapshot(snapshot::Arguments),
    /// Pack the data of a module into an archive in S3, as a Job of the operator does.
    ///
    /// Reads S3_ENDPOINT, S3_BUCKET, S3_ACCESS_ID, S3_SECRET_KEY and the other variables of the Job.
    /// Ends with 0 where the backup is good, 1 where another try may do better, 2 where a variable
    /// cannot be used, 3 where no other try will do better.
    Backup(backup::Arguments),
    /// Print which backups of modules lie in their stores, newest first. Reads only.
    Backups(backups::Arguments),
    /// Print the BackupRestore that restores the data of a module. In a Job, restore it.
    Restore(restore::Arguments),
    /// Restore the newest backup into an empty folder and check it, in a Job.
    #[command(hide = true)]
    Drill(drill::Arguments),
    /// Ask an installed operator whether it works, for `helm test`.
    #[command(hide = true)]
    Probe(probe::Arguments),
    /// Print how the bot is, as a tree: what is not well first, with what to do about it. Reads only.
    ///
    /// Ends with 0 where all is well, 1 where something is not, 2 where that cannot be told.
    Status(status::Arguments),
    /// Print the CustomResourceDefinitions as YAML documents.
    Crds,
    /// Print a completion script for a shell.
    Completions {
        /// The shell to complete in.
        shell: clap_complete::Shell,
    },
    /// Print a manual page, or write all of them into a folder.
    Man(man::Arguments),
}

/// What the input or the command line is unusable for ends so; clap's own errors do, too.
const UNUSABLE: u8 = 2;

/// For so many seconds a command may be told to try again at most, which is a day. No clock goes to the
/// end of all numbers.
const LONGEST_PATIENCE: u64 = 24 * 60 * 60;

/// Does what this process was called for.
pub fn run() -> ExitCode {
    let called = Called::now();
    if called == Called::Completion {
        let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
        return complete::run(&words.collect::<Vec<String>>());
    }
    if called == Called::Itself && runs_operator(std::env::args_os().skip(1)) {
        return run::run();
    }
    CommandLine::of_process(&called).run()
}

/// Whether these words run the operator and say nothing else. Taking them apart needs every command with its help, which
/// would stay in memory.
fn runs_operator(mut words: impl Iterator<Item = OsString>) -> bool {
    words.next().is_none_or(|first| first == "run") && words.next().is_none()
}

impl CommandLine {
    /// Help, the version and mistakes are printed, and end the process.
    fn of_process(called: &Called) -> Self {
        let mut matches = named(called).get_matches();
        let read = Self::from_arg_matches_mut(&mut matches);
        read.unwrap_or_else(|error| error.format(&mut named(called)).exit())
    }

    /// Does what was asked for.
    pub fn run(self) -> ExitCode {
        match self.command.unwrap_or(Command::Run) {
            Command::Run => run::run(),
            Command::Render(arguments) => render::run(&arguments),
            Command::Diff(arguments) => diff::run(&arguments),
            Command::Check(arguments) => check::run(&arguments),
            Command::Snapshot(arguments) => snapshot::run(&arguments),
            Command::Backup(arguments) => backup::run(&arguments),
            Command::Backups(arguments) => backups::run(&arguments),
            Command::Restore(arguments) => restore::run(&arguments),
            Command::Drill(arguments) => drill::run(&arguments),
            Command::Probe(arguments) => probe::run(&arguments),
            Command::Status(arguments) => status::run(&arguments),
            Command::Crds => output::print(&crds()),
            Command::Completions { shell } => output::print(&completions(shell)),
            Command::Man(arguments) => man::run(&arguments),
        }
    }
}

/// Every CRD as a YAML document.
pub fn crds() -> String {
    crd::crds().iter().map(|crd| format!("---\n{}", yaml::to_string(crd))).collect()
}

/// The command line under the name that the program was called by.
fn named(called: &Called) -> clap::Command {
    called.name(CommandLine::command())
}

fn completions(shell: clap_complete::Shell) -> String {
    let called = Called::now();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut named(&called), called.file(), &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn all_but_the_bare_operator_is_taken_apart() {
        for (words, runs) in [
            (&[][..], true),
            (&["run"], true),
            (&["run", "--help"], false),
            (&["--help"], false),
            (&["render"], false),
            (&["--", "run"], false),
            (&[""], false),
        ] {
            assert_eq!(runs_operator(words.iter().map(OsString::from)), runs, "{words:?}");
        }
    }
}
