//! `eevee-operator run`: the operator itself.

use super::process::{self, Signals};
use super::{environment, output};
use crate::settings::{Environment, LogFormat, LogLevel};
use crate::shell::{self, Launch, Timing, http};
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::ExitCode;
use tokio::net::TcpListener;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

/// Runs until SIGTERM or SIGINT.
pub fn run() -> ExitCode {
    match started() {
        Ok(()) => ExitCode::SUCCESS,
        Err(mistakes) => {
            for mistake in mistakes {
                output::say("error", &mistake);
            }
            ExitCode::from(super::UNUSABLE)
        }
    }
}

fn started() -> Result<(), Vec<String>> {
    let environment = environment::read(|variable| Environment::read(variable))?;
    log(&environment);
    process::runtime().map_err(one)?.block_on(operate(environment)).map_err(one)
}

fn one(mistake: String) -> Vec<String> {
    vec![mistake]
}

async fn operate(environment: Environment) -> Result<(), String> {
    let mut signals = Signals::catch()?;
    let access = shell::configuration(&environment)?;
    let server = access.server();
    let client = shell::client(access)?;
    let listener = listen("HTTP_API_PORT", environment.http_port)?;
    let health = environment.health_port.map(|port| listen("HEALTH_PORT", port)).transpose()?;
    let identity = environment.pod_name.map_or_else(own_identity, Ok)?;
    let settings = environment.settings;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        namespace = settings.namespace,
        all_namespaces = settings.watch_other_namespaces,
        server,
        port = environment.http_port,
        health_port = environment.health_port,
        identity,
        "starting"
    );
    if settings.api_token.is_none() {
        tracing::warn!(
            "EEVEE_OPERATOR_API_TOKEN is not set: the HTTP API refuses every request that needs it"
        );
    }
    let timing = Timing::default();
    let web_page = environment.web_page;
    let launch = Launch { client, settings, identity, timing, listener, health, web_page };
    shell::run(launch, async move {
        signals.next().await;
    })
    .await
}

/// Listens on every address, IPv4 and IPv6.
fn listen(variable: &str, port: u16) -> Result<TcpListener, String> {
    let on = |address: IpAddr| http::listen((address, port).into());
    on(Ipv6Addr::UNSPECIFIED.into())
        .or_else(|error| match error.kind() {
            ErrorKind::AddrInUse | ErrorKind::PermissionDenied => Err(error),
            // A node without IPv6.
            _ => on(Ipv4Addr::UNSPECIFIED.into()),
        })
        .map_err(|error| format!("{variable} is {port}, where the operator cannot listen: {error}"))
}

/// A name that no other replica has.
fn own_identity() -> Result<String, String> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random)
        .map_err(|error| format!("the operating system gives no random bytes: {error}"))?;
    let random: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = if host.trim().is_empty() { "eevee-operator" } else { host.trim() };
    Ok(format!("{host}_{random}"))
}

/// Our own lines from the wanted level on, those of libraries when they are errors: at `trace`
/// they would show headers.
fn log(environment: &Environment) {
    let level = match environment.log_level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let filter = Targets::new()
        .with_default(LevelFilter::ERROR)
        .with_target(env!("CARGO_CRATE_NAME"), level);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let registry = tracing_subscriber::registry();
    match environment.log_format {
        LogFormat::Text => registry.with(lines.with_ansi(false).with_filter(filter)).init(),
        LogFormat::Json => {
            registry.with(lines.json().flatten_event(true).with_filter(filter)).init();
        }
    }
}
