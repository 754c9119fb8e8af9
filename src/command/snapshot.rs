//! `eevee-operator snapshot`.

use super::cluster::{self, ClusterOptions, ReadScope};
use super::{UNUSABLE, environment, output, resource};
use crate::action::Subject;
use crate::crd;
use crate::manifest::Unusable;
use crate::offline::{snapshot_as_yaml, with_its_token};
use crate::render;
use crate::shell::Survey;
use clap::Args;
use std::process::ExitCode;

#[derive(Args)]
pub struct Arguments {
    #[arg(value_name = "KIND/NAME", help = about_resource())]
    resource: Option<String>,
    /// The one namespace to read. Otherwise all that the operator watches are read.
    #[arg(short, long, value_name = "NS")]
    namespace: Option<String>,
    #[command(flatten)]
    connection: ClusterOptions,
}

fn about_resource() -> String {
    format!(
        "Resource whose neighbourhood is wanted in place of everything, such as bm/echo or ipc/main: a {}",
        crd::in_words(&crd::kinds(), "or")
    )
}

/// Writes a live cluster to standard output, as a file that `render -f` reads.
pub fn run(arguments: &Arguments) -> ExitCode {
    match taken(arguments) {
        Ok(taken) => {
            if let Some(missing) = cluster::unread(&taken) {
                output::say("note", &format!("could not be read and is marked so: {missing}"));
            }
            output::print(&snapshot_as_yaml(&taken.snapshot))
        }
        Err(unusable) => {
            output::say("error", &unusable.to_string());
            ExitCode::from(UNUSABLE)
        }
    }
}

fn taken(arguments: &Arguments) -> Result<Survey, Unusable> {
    let settings = environment::settings()?;
    let namespace = arguments.connection.namespace(arguments.namespace.as_deref())?;
    let home = namespace.as_ref().unwrap_or(&settings.namespace).clone();
    let wanted = arguments.resource.as_deref().map(|text| resource::parse(text, &home));
    let wanted = wanted.transpose()?;
    let namespace = if wanted.is_some() { Some(home) } else { namespace };
    let only = wanted.as_ref().and_then(Subject::resource).cloned();
    let scope = ReadScope { only: only.clone(), ..ReadScope::of(settings, namespace) };
    let mut taken = cluster::survey(&arguments.connection, &scope)?;
    let live = &mut taken.snapshot;
    with_its_token(live);
    if let (Some(subject), Some(only)) = (wanted, only) {
        if live.get(&only).is_ok_and(|there| there.is_none()) {
            return Err(Unusable::because(format!("there is no {only} on the cluster")));
        }
        *live = render::alone(live, &subject);
    }
    Ok(taken)
}
