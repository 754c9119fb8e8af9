//! `eevee-operator render`.

use super::{UNUSABLE, environment, input, output};
use crate::manifest::{Defaults, Unusable, seed};
use crate::offline::{self, Format, Options, Printout};
use crate::snapshot::{Entropy, Settings};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit code when some resource cannot be rendered.
const SOME_FAILED: u8 = 1;

#[derive(Args)]
pub struct Arguments {
    /// File, folder or - (standard input) with Kubernetes YAML or JSON: custom resources, and any
    /// other objects, which stand for what the cluster holds already. May be given several times.
    #[arg(short = 'f', long = "filename", value_name = "FILE|DIR|-", required = true)]
    files: Vec<PathBuf>,
    /// Namespace of resources that name none.
    #[arg(short, long, value_name = "NS", env = "NAMESPACE", default_value = "eevee-bot")]
    namespace: String,
    /// Output format.
    #[arg(short, long, value_enum, default_value_t = Output::Yaml)]
    output: Output,
    /// Print every action of the first round, status, deletions and events too, instead of the
    /// objects that all rounds come to.
    #[arg(long)]
    actions: bool,
    /// Print the values of Secrets instead of masks.
    #[arg(long)]
    show_secrets: bool,
    /// Generate secrets from this seed of 64 hex digits instead of the operating system. For tests
    /// alone: whoever knows the seed knows the secrets.
    #[arg(long, value_name = "HEX", requires = "show_secrets")]
    seed: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Output {
    Yaml,
    Json,
}

/// Renders files to standard output.
pub fn run(arguments: &Arguments) -> ExitCode {
    match rendered(arguments) {
        Ok(outcome) => report(&outcome),
        Err(unusable) => {
            output::say("error", &unusable.to_string());
            ExitCode::from(UNUSABLE)
        }
    }
}

fn rendered(arguments: &Arguments) -> Result<Printout, Unusable> {
    // Offline, all of the input counts.
    let settings = Settings { watch_other_namespaces: true, ..environment::settings()? };
    environment::check_namespace(&arguments.namespace)?;
    let (entropy, origin) = entropy(arguments.seed.as_deref())?;
    let sources = input::read(&arguments.files)?;
    let defaults = Defaults {
        settings: with_a_token(settings, entropy),
        namespace: arguments.namespace.clone(),
        now: Timestamp::UNIX_EPOCH,
        entropy,
    };
    let options = Options {
        format: match arguments.output {
            Output::Yaml => Format::Yaml,
            Output::Json => Format::Json,
        },
        actions: arguments.actions,
        show_secrets: arguments.show_secrets,
    };
    let mut outcome = offline::render_sources(&sources, defaults, &options)?;
    if arguments.show_secrets {
        outcome.notes.push(origin.to_owned());
    }
    Ok(outcome)
}

fn report(outcome: &Printout) -> ExitCode {
    for note in &outcome.notes {
        output::say("note", note);
    }
    for fault in &outcome.faults {
        output::say("error", fault);
    }
    let printed = output::print(&outcome.text);
    if printed == ExitCode::SUCCESS && !outcome.faults.is_empty() {
        return ExitCode::from(SOME_FAILED);
    }
    printed
}

/// A running operator has an API token; where the environment has none, this run's stands in.
fn with_a_token(settings: Settings, entropy: Entropy) -> Settings {
    let api_token = settings.api_token.clone().or_else(|| Some(crate::render::api_token(entropy)));
    Settings { api_token, ..settings }
}

/// The seed of all that is generated, and the note that says where it came from.
fn entropy(given: Option<&str>) -> Result<(Entropy, &'static str), Unusable> {
    if let Some(hex) = given {
        let entropy = seed(hex).map_err(|why| Unusable::because(format!("--seed: {why}")))?;
        return Ok((entropy, "generated secrets come from --seed: use them for tests alone"));
    }
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        Unusable::because(format!("the operating system gives no random bytes: {error}"))
    })?;
    Ok((Entropy(bytes), "generated secrets are random: each run prints others"))
}
