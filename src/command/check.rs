//! `eevee-operator check`.

use super::cluster::{self, Connection};
use super::{UNUSABLE, environment, output};
use crate::check::{self, Facts, Finding, Level, Moment};
use crate::manifest::Unusable;
use crate::shell::inspect::{self, Scope};
use clap::{Args, ValueEnum};
use std::process::ExitCode;

/// Exit code when something fails.
const FAILS: u8 = 1;

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
    #[command(flatten)]
    connection: Connection,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Text,
    Json,
}

/// Writes a line for each thing that must hold to standard output.
pub fn run(arguments: &Arguments) -> ExitCode {
    match facts(arguments) {
        Ok(facts) => report(arguments, &facts),
        Err(unusable) => {
            output::say("error", &unusable.to_string());
            ExitCode::from(UNUSABLE)
        }
    }
}

fn facts(arguments: &Arguments) -> Result<Facts, Unusable> {
    let settings = environment::settings()?;
    arguments.namespace.as_deref().map_or(Ok(()), environment::check_namespace)?;
    let scope = Scope {
        moment: if arguments.pre { Moment::Before } else { Moment::After },
        namespace: arguments.namespace.clone().unwrap_or_else(|| settings.namespace.clone()),
        settings,
        program: env!("CARGO_PKG_VERSION").to_owned(),
    };
    cluster::ask(&arguments.connection, async |client| Ok(inspect::facts(&client, &scope).await))
}

fn report(arguments: &Arguments, facts: &Facts) -> ExitCode {
    let findings = check::judge(facts);
    let text = match arguments.output {
        Form::Text => check::as_text(&findings),
        Form::Json => check::as_json(&findings),
    };
    let printed = output::print(&text);
    let fails = |finding: &Finding| finding.level == Level::Fail;
    if printed != ExitCode::SUCCESS {
        printed
    } else if facts.server.is_err() {
        ExitCode::from(UNUSABLE)
    } else if findings.iter().any(fails) {
        ExitCode::from(FAILS)
    } else {
        printed
    }
}
