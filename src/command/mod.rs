//! The commands of the program, and the only code that reads files and writes to the terminal.

mod input;
mod output;
mod render;
mod run;

use crate::{crd, yaml};
use clap::{CommandFactory, Parser, Subcommand};
use std::process::ExitCode;

/// Kubernetes operator of the chatbot platform eevee.bot.
///
/// Keeps the Deployments, ConfigMaps, claims, Services, Secrets and NATS servers behind BotModule
/// and IpcConfig resources as they should be.
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
    /// Print the CustomResourceDefinitions as YAML documents.
    Crds,
    /// Print a completion script for a shell.
    Completions {
        /// The shell to complete in.
        shell: clap_complete::Shell,
    },
}

/// What the input or the command line is unusable for ends so; clap's own errors do, too.
const UNUSABLE: u8 = 2;

impl CommandLine {
    /// Does what was asked for.
    pub fn run(self) -> ExitCode {
        match self.command.unwrap_or(Command::Run) {
            Command::Run => run::run(),
            Command::Render(arguments) => render::run(&arguments),
            Command::Crds => output::print(&crds()),
            Command::Completions { shell } => output::print(&completions(shell)),
        }
    }
}

/// Reads settings from the environment.
fn environment<T>(
    read: impl FnOnce(&mut dyn FnMut(&str) -> Option<String>) -> Result<T, Vec<String>>,
) -> Result<T, Vec<String>> {
    let mut unreadable = Vec::new();
    let outcome = read(&mut |key| {
        let value = std::env::var_os(key)?;
        value.into_string().map_err(|_| unreadable.push(format!("{key} is not UTF-8"))).ok()
    });
    if unreadable.is_empty() { outcome } else { Err(unreadable) }
}

/// Every CRD as a YAML document.
pub fn crds() -> String {
    crd::crds().iter().map(|crd| format!("---\n{}", yaml::to_string(crd))).collect()
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "eevee-operator", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
