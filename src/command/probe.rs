//! `eevee-operator probe`: what `helm test` runs, in an image that has nothing but this program.

mod http;

use super::{LONGEST_PATIENCE, environment, output, process};
use crate::crd;
use crate::settings::Environment;
use crate::shell;
use clap::{Args, value_parser};
use serde_json::Value;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Between two tries: the HTTP API answers 100 requests a minute.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Args)]
pub struct Arguments {
    /// Address that has to answer with status 200, by plain HTTP. One whose path begins with /api/
    /// is sent the token of EEVEE_OPERATOR_API_TOKEN.
    #[arg(value_name = "URL", required_unless_present = "resources", value_parser = http::Address::parse)]
    urls: Vec<http::Address>,
    /// BotModule of namespace NAMESPACE that /api/bot-modules has to show as ready, or as not
    /// enabled. May be given several times.
    #[arg(long = "module", value_name = "NAME")]
    modules: Vec<String>,
    /// Also ask the API server whether it serves the resources.
    #[arg(long)]
    resources: bool,
    /// How long it is tried again, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = value_parser!(u64).range(..=LONGEST_PATIENCE))]
    patience: u64,
}

/// Asks until everything is as it should be, or patience ends.
pub fn run(arguments: &Arguments) -> ExitCode {
    let end = Instant::now() + Duration::from_secs(arguments.patience);
    match proven(arguments, end) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            output::say("error", &why);
            ExitCode::FAILURE
        }
    }
}

fn proven(arguments: &Arguments, end: Instant) -> Result<(), String> {
    if arguments.resources {
        insist(end, "the resources", || served().map_err(|why| why.join("; ")))?;
    }
    let environment = environment::read(|variable| Environment::read(variable))
        .map_err(|mistakes| mistakes.join("; "))?;
    for url in &arguments.urls {
        insist(end, &url.to_string(), || answers(url, &environment, &arguments.modules))?;
    }
    Ok(())
}

/// Tries until it works, and tells what came of it.
fn insist(
    end: Instant,
    what: &str,
    attempt: impl Fn() -> Result<String, String>,
) -> Result<(), String> {
    loop {
        match attempt() {
            Ok(outcome) => {
                output::print(&format!("{what}: {outcome}\n"));
                return Ok(());
            }
            Err(why) if Instant::now() + PAUSE > end => return Err(format!("{what}: {why}")),
            Err(_) => sleep(PAUSE),
        }
    }
}

/// Which kinds the API server serves.
fn served() -> Result<String, Vec<String>> {
    let environment = environment::read(|variable| Environment::read(variable))?;
    let runtime = process::runtime().map_err(|why| vec![why])?;
    let asked = async {
        let client = shell::client(shell::configuration(&environment)?)?;
        shell::served_kinds(&client).await
    };
    runtime.block_on(asked).map_err(|why| vec![why])?;
    Ok(format!("{} is served", crd::API_VERSION))
}

fn answers(
    url: &http::Address,
    environment: &Environment,
    modules: &[String],
) -> Result<String, String> {
    let token = environment.settings.api_token.as_deref().filter(|_| url.path.starts_with("/api/"));
    let answer = http::get(url, token)?;
    if answer.status != 200 {
        return Err(format!("status {}: {}", answer.status, answer.body.trim()));
    }
    if url.path == "/api/bot-modules" {
        ready(&answer.body, &environment.settings.namespace, modules)?;
    }
    Ok("200".to_owned())
}

/// Whether a list of modules shows all of these as ready, or as not enabled.
fn ready(list: &str, namespace: &str, modules: &[String]) -> Result<(), String> {
    let list: Vec<Value> =
        serde_json::from_str(list).map_err(|error| format!("not a list of modules: {error}"))?;
    let state = |name: &String| {
        list.iter()
            .find(|module| module["crName"] == **name && module["namespace"] == namespace)
            .map_or("not there", state)
    };
    let waiting: Vec<String> = modules
        .iter()
        .filter(|name| state(name) != READY)
        .map(|name| format!("{name} is {}", state(name)))
        .collect();
    if waiting.is_empty() { Ok(()) } else { Err(waiting.join(", ")) }
}

const READY: &str = "ready";

fn state(module: &Value) -> &'static str {
    if module["enabled"] == false || module["podStatus"]["ready"] == true {
        READY
    } else if module["podStatus"].is_null() {
        "without a pod"
    } else {
        "not ready"
    }
}
