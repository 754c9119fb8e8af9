//! `eevee-operator diff`.

use super::cluster::{self, ClusterOptions, ReadScope};
use super::{UNUSABLE, environment, input, output};
use crate::manifest::Unusable;
use crate::offline::{Difference, difference, namespaces};
use crate::snapshot::Settings;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Exit code when something differs.
const DIFFERS: u8 = 1;

#[derive(Args)]
pub struct Arguments {
    /// File, folder or - (standard input) with the custom resources to compare with. May be given
    /// several times. Without any, the cluster's own resources are compared with what they should
    /// have become.
    #[arg(short = 'f', long = "filename", value_name = "FILE|DIR|-")]
    files: Vec<PathBuf>,
    /// Namespace of resources that name none, and the one to read where no resource is in another.
    #[arg(short, long, value_name = "NS")]
    namespace: Option<String>,
    /// Print the values of Secrets instead of masks.
    #[arg(long)]
    show_secrets: bool,
    #[command(flatten)]
    connection: ClusterOptions,
}

/// Writes what the operator would change to standard output.
pub fn run(arguments: &Arguments) -> ExitCode {
    match compared(arguments) {
        Ok(difference) => report(&difference),
        Err(unusable) => {
            output::say("error", &unusable.to_string());
            ExitCode::from(UNUSABLE)
        }
    }
}

fn compared(arguments: &Arguments) -> Result<Difference, Unusable> {
    let settings = environment::settings()?;
    let namespace = arguments.connection.namespace(arguments.namespace.as_deref())?;
    let home = namespace.clone().unwrap_or_else(|| settings.namespace.clone());
    let sources = input::read(&arguments.files)?;
    let named = namespaces(&sources, &home)?;
    let scope = if named.iter().all(|namespace| *namespace == home) {
        let wanted = namespace.is_some() || !sources.is_empty();
        ReadScope::of(settings, wanted.then(|| home.clone()))
    } else {
        ReadScope::of(Settings { watch_other_namespaces: true, ..settings }, None)
    };
    let mut scope = scope;
    loop {
        let live = cluster::survey(&arguments.connection, &scope)?;
        if let Some(missing) = cluster::unread(&live) {
            return Err(Unusable::because(format!("cannot compare without reading {missing}")));
        }
        let difference = difference(live.snapshot, &sources, &home, arguments.show_secrets)?;
        if difference.unread.is_subset(&scope.also) {
            return Ok(difference);
        }
        scope.also.extend(difference.unread);
    }
}

fn report(difference: &Difference) -> ExitCode {
    for note in &difference.notes {
        output::say("note", note);
    }
    for line in &difference.unwritable {
        output::say("note", line);
    }
    for fault in difference.faults.iter().chain(&difference.refused) {
        output::say("error", fault);
    }
    let differs = !difference.text.is_empty()
        || !difference.refused.is_empty()
        || !difference.unwritable.is_empty();
    let printed = output::print(&difference.text);
    if printed != ExitCode::SUCCESS {
        printed
    } else if !difference.faults.is_empty() {
        ExitCode::from(UNUSABLE)
    } else if differs {
        ExitCode::from(DIFFERS)
    } else {
        printed
    }
}
