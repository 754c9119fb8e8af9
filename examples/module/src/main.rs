//! A module of eevee.bot that shows what the operator gives a module, and what a module owes in return.
//!
//! It answers requests on the NATS subject `example.<its name>`; the words it knows are in `answers`.
//!
//! | variable | from the resource's | use here |
//! |---|---|---|
//! | `RESOURCE_NAME` | name | the subject, and the name in answers |
//! | `NATS_HOST`, `NATS_TOKEN` | `ipcConfig` | the connection |
//! | `MODULE_CONFIG_PATH` | `moduleConfig` | the greeting, and how the diary is written |
//! | `MODULE_DATA` | `persistentVolumeClaim` | remembers how often it was started, and keeps a diary in SQLite |
//! | `HTTP_API_PORT` | `metrics: true` | `/health` for the kubelet, `/metrics` for Prometheus, `/diary` for whoever restores |
//! | `EEVEE_OPERATOR_API_URL`, `EEVEE_OPERATOR_API_TOKEN` | `mountOperatorApiToken: true` | restarts another module |

mod answers;
mod diary;
mod memory;
mod operator;
mod settings;
mod web;
mod wire;

use answers::Module;
use diary::Diary;
use settings::Settings;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

// One thread is enough, and keeps a pod small.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("example-module: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let settings = Settings::from_environment()?;
    // Before anything is begun: a signal that comes early must not be lost.
    let mut stop =
        signal(SignalKind::terminate()).map_err(|e| format!("cannot listen for SIGTERM: {e}"))?;
    let folder = settings.data.as_deref();
    let starts = folder.map(memory::count_start).transpose()?;
    let opened = folder.map(|folder| Diary::open(folder, &settings.config)).transpose()?;
    // It writes until the end of this function.
    let (diary, _writer) = opened.unzip();
    let nats = wire::connect(&settings).await?;
    let port = settings.port;
    let module = Arc::new(Module::new(settings, nats.clone(), starts, diary));
    let ended = tokio::select! {
        ended = wire::answer(&nats, &module) => ended,
        ended = web::serve(port, module.clone()) => ended,
        _ = stop.recv() => Ok(()),
    };
    println!("stopping");
    // What is on its way still goes out; where NATS is away, this must not hold up the end.
    let flush = tokio::time::timeout(Duration::from_secs(2), nats.flush());
    let _ = flush.await;
    ended
}
