//! `eevee-operator check`.

use super::cluster::{self, ClusterOptions};
use super::{LONGEST_PATIENCE, UNUSABLE, environment, output};
use crate::check::{self, CheckStatus, Facts, Finding, InstallPhase};
use crate::manifest::Unusable;
use crate::shell::inspect::{self, Inspection};
use clap::{Args, ValueEnum, value_parser};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Exit code when something fails.
const FAILS: u8 = 1;
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(2);

#[derive(Args)]
pub struct Arguments {
    /// Only what must hold before an installation.
    #[arg(long)]
    pre: bool,
    /// Namespace of the bot. NAMESPACE, and else eevee-bot, when left out.
    #[arg(short, long, value_name = "NS")]
    namespace: Option<String>,
    /// How it is written.
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    output: Form,
    /// How long it is tried again while something fails, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 0,
          value_parser = value_parser!(u64).range(..=LONGEST_PATIENCE))]
    patience: u64,
    #[command(flatten)]
    connection: ClusterOptions,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Text,
    Json,
}

/// Writes a line for each thing that must hold to standard output.
pub fn run(arguments: &Arguments) -> ExitCode {
    let end = Instant::now() + Duration::from_secs(arguments.patience);
    loop {
        let seen = facts(arguments).map(|facts| (check::judge(&facts), facts.server.is_err()));
        let is_well = seen.as_ref().is_ok_and(|(findings, _)| !fails(findings));
        if is_well || Instant::now() + PAUSE > end {
            return match seen {
                Ok((findings, is_silent)) => report(arguments, &findings, is_silent),
                Err(unusable) => {
                    output::say("error", &unusable.to_string());
                    ExitCode::from(UNUSABLE)
                }
            };
        }
        sleep(PAUSE);
    }
}

fn fails(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.level == CheckStatus::Fail)
}

fn facts(arguments: &Arguments) -> Result<Facts, Unusable> {
    let settings = environment::settings()?;
    let namespace = arguments.connection.namespace(arguments.namespace.as_deref())?;
    let scope = Inspection {
        phase: if arguments.pre { InstallPhase::Before } else { InstallPhase::After },
        namespace: namespace.unwrap_or_else(|| settings.namespace.clone()),
        settings,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    cluster::ask(&arguments.connection, async |client| Ok(inspect::facts(&client, &scope).await))
}

fn report(arguments: &Arguments, findings: &[Finding], is_silent: bool) -> ExitCode {
    let text = match arguments.output {
        Form::Text => check::as_text(findings),
        Form::Json => check::as_json(findings),
    };
    let printed = output::print(&text);
    if printed != ExitCode::SUCCESS {
        printed
    } else if is_silent {
        ExitCode::from(UNUSABLE)
    } else if fails(findings) {
        ExitCode::from(FAILS)
    } else {
        printed
    }
}
