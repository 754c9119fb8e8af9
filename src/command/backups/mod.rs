//! `eevee-operator backups`.

mod listed;
mod location;

use super::cluster::{self, ClusterOptions};
use super::{UNUSABLE, environment, output};
use crate::manifest::Unusable;
use crate::s3::{StoreClient, StoreProblem};
use crate::shell::Fetch;
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use listed::ListedBackup;
use location::BackupLocation;
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    /// Name of a BotModule. Otherwise all that name a BackupSchedule are looked at.
    #[arg(value_name = "MODULE")]
    module: Option<String>,
    /// Namespace of the modules.
    #[arg(short, long, value_name = "NS")]
    namespace: Option<String>,
    /// Form of the list.
    #[arg(short, long, value_name = "FORM", default_value = "table")]
    output: Form,
    #[command(flatten)]
    connection: ClusterOptions,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Table,
    Json,
    Yaml,
}

/// What was found, and what of it could not be looked at.
struct Found {
    rows: Vec<ListedBackup>,
    errors: Vec<String>,
}

/// Writes the backups to standard output, newest first.
pub fn run(arguments: &Arguments) -> ExitCode {
    match found(arguments) {
        Ok(found) => report(arguments, &found),
        Err(unusable) => {
            output::say("error", &unusable.to_string());
            ExitCode::from(UNUSABLE)
        }
    }
}

fn report(arguments: &Arguments, found: &Found) -> ExitCode {
    for error in &found.errors {
        output::say("error", error);
    }
    let text = match arguments.output {
        Form::Table => listed::table(&found.rows, Timestamp::now()),
        Form::Json => listed::json(&found.rows),
        Form::Yaml => listed::yaml(&found.rows),
    };
    if found.rows.is_empty() && found.errors.is_empty() {
        output::say("note", "there is no backup yet");
    }
    let printed = output::print(&text);
    if found.errors.is_empty() { printed } else { ExitCode::from(UNUSABLE) }
}

fn found(arguments: &Arguments) -> Result<Found, Unusable> {
    let settings = environment::settings()?;
    let namespace = arguments.connection.namespace(arguments.namespace.as_deref())?;
    let namespace = namespace.as_ref().unwrap_or(&settings.namespace);
    cluster::ask(&arguments.connection, async |client| {
        let cluster = Fetch::new(client).await?;
        let modules = location::modules(&cluster, namespace, arguments.module.as_deref()).await?;
        let mut found = Found { rows: Vec::new(), errors: Vec::new() };
        for module in modules {
            let rows = match BackupLocation::of(&cluster, &module).await {
                Ok(source) => rows(&source).await,
                Err(why) => Err(format!("{}: {why}", module.reference())),
            };
            match rows {
                Ok(rows) => found.rows.extend(rows),
                Err(why) => found.errors.push(why),
            }
        }
        found.rows.sort_by(|a, b| (b.time, &b.id).cmp(&(a.time, &a.id)));
        Ok(found)
    })
}

async fn rows(source: &BackupLocation) -> Result<Vec<ListedBackup>, String> {
    let told = |problem: StoreProblem| told(source, &problem);
    let store = StoreClient::new(&source.access).map_err(told)?;
    let backups = store.backups(&source.of).await.map_err(told)?;
    Ok(backups.into_iter().map(|stored| ListedBackup::new(source, stored)).collect())
}

/// A store within the cluster is reached from there alone.
fn told(source: &BackupLocation, problem: &StoreProblem) -> String {
    let BackupLocation { module, store, .. } = source;
    let hint = if problem.is_permanent {
        ""
    } else {
        "; if only pods reach this endpoint, run this command in one, or forward its port"
    };
    format!("{module}: {store}: {problem}{hint}")
}
