//! `eevee-operator status`.

mod screen;
mod shown;
mod watch;

use super::called::Called;
use super::cluster::{self, ClusterOptions};
use super::{UNUSABLE, environment, output, resource};
use crate::manifest::Unusable;
use crate::object::ObjectRef;
use crate::overview::{self, Level, Overview};
use crate::shell::{Glance, glance};
use crate::snapshot::Settings;
use clap::{Args, ValueEnum};
use screen::Screen;
use std::process::ExitCode;

/// Exit code when something is not well.
const UNWELL: u8 = 1;

#[derive(Args)]
pub struct Arguments {
    /// Resource to show in place of everything, with what it belongs to, such as bm/echo or ipc/main.
    #[arg(value_name = "KIND/NAME")]
    resource: Option<String>,
    /// The one namespace to show. Left out, it is that of NAMESPACE, or eevee-bot, and with WATCH_OTHER_NAMESPACES all
    /// are shown; as a plugin of kubectl, it is that of the context.
    #[arg(short, long, value_name = "NS")]
    namespace: Option<String>,
    /// Show all namespaces.
    #[arg(short = 'A', long, conflicts_with_all = ["namespace", "resource"])]
    all_namespaces: bool,
    /// Show it again whenever it changes, until Ctrl-C.
    #[arg(short, long)]
    watch: bool,
    /// Form of what is shown.
    #[arg(short, long, value_name = "FORM", default_value = "tree")]
    output: Form,
    #[command(flatten)]
    connection: ClusterOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Tree,
    Wide,
    Json,
    Yaml,
}

/// What is asked for.
struct Wanted {
    settings: Settings,
    /// None for all namespaces.
    namespace: Option<String>,
    only: Option<ObjectRef>,
}

/// What was found.
struct Found {
    overview: Overview,
    /// What could not be read, in one line.
    unread: Option<String>,
    /// How the bot is cannot be told.
    is_blind: bool,
}

/// Writes how the bot is to standard output.
pub fn run(arguments: &Arguments) -> ExitCode {
    let ended = wanted(arguments).and_then(|wanted| {
        let screen = Screen::new();
        if arguments.watch {
            watch::run(arguments, &wanted, &screen)
        } else {
            once(arguments, &wanted, &screen)
        }
    });
    ended.unwrap_or_else(|unusable| {
        output::say("error", &unusable.to_string());
        ExitCode::from(UNUSABLE)
    })
}

fn wanted(arguments: &Arguments) -> Result<Wanted, Unusable> {
    let settings = environment::settings()?;
    let namespace = arguments.connection.namespace(arguments.namespace.as_deref())?;
    let home = namespace.as_ref().unwrap_or(&settings.namespace).clone();
    let only =
        arguments.resource.as_deref().map(|text| resource::parse(text, &home)).transpose()?;
    let only = only.and_then(|subject| subject.resource().cloned());
    let is_everywhere =
        arguments.all_namespaces || settings.watch_other_namespaces && namespace.is_none();
    let namespace = (only.is_some() || !is_everywhere).then_some(home);
    Ok(Wanted { settings, namespace, only })
}

fn once(arguments: &Arguments, wanted: &Wanted, screen: &Screen) -> Result<ExitCode, Unusable> {
    let Wanted { settings, namespace, .. } = wanted;
    let seen = cluster::ask(&arguments.connection, async |client| {
        glance(&client, settings, namespace.as_deref()).await
    })?;
    let found = found(&seen, wanted)?;
    for note in shown::notes(&found, wanted) {
        output::say("note", &note);
    }
    let printed = output::print(&shown::text(&found, arguments.output, screen.look()));
    Ok(if printed == ExitCode::SUCCESS { code(&found) } else { printed })
}

/// What an overview comes to for whoever asks.
fn found(seen: &Glance, wanted: &Wanted) -> Result<Found, Unusable> {
    let mut all = overview::overview(&seen.snapshot);
    all.unread.extend(seen.stale.iter().copied().map(overview::every));
    let unread = shown::unread(&all.unread, seen.cause.as_deref());
    let overview = match &wanted.only {
        None => all,
        Some(at) => {
            overview::only(&all, at).ok_or_else(|| not_there(&all, at, unread.as_deref()))?
        }
    };
    Ok(Found { overview, unread, is_blind: seen.is_blind })
}

fn not_there(all: &Overview, at: &ObjectRef, unread: Option<&str>) -> Unusable {
    let hint = match (overview::near(all, at), unread) {
        (Some(near), _) => {
            format!(": did you mean {}/{}?", near.kind.singular(), near.name)
        }
        (None, Some(unread)) => format!(" that can be read; could not be read: {unread}"),
        (None, None) => format!(
            ": `{} status --namespace {}` shows what there is, and --namespace names another",
            Called::now().words(),
            at.namespace
        ),
    };
    Unusable::because(format!("there is no {at}{hint}"))
}

fn code(found: &Found) -> ExitCode {
    // Where there is nothing, it is mostly the wrong place.
    let is_nothing = found.overview.namespaces.is_empty();
    match found.overview.level {
        // What is not well needs somebody, whatever else could not be read.
        Level::Failed | Level::Warning => ExitCode::from(UNWELL),
        _ if found.is_blind || is_nothing => ExitCode::from(UNUSABLE),
        Level::Ok => ExitCode::SUCCESS,
        _ => ExitCode::from(UNWELL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;
    use crate::object::Object;
    use crate::snapshot::{ClusterSnapshot, Entropy};
    use jiff::Timestamp;
    use serde_json::json;
    use std::sync::Arc;

    /// A module that is well, with what cannot be read any more.
    fn seen(stale: &[Kind]) -> Glance {
        let ready = json!({ "type": "Ready", "status": "True", "reason": "AvailableReplicas",
            "message": "1 of 1", "lastTransitionTime": "2026-01-01T00:00:00Z" });
        let module = json!({ "apiVersion": "eevee.bot/v1", "kind": "BotModule",
            "metadata": { "name": "echo", "namespace": "bots" }, "spec": {},
            "status": { "conditions": [ready] } });
        let settings = Settings::default();
        let mut snapshot = ClusterSnapshot::new(settings, Timestamp::UNIX_EPOCH, Entropy([0; 32]));
        snapshot.insert(Arc::new(Object::new(module, "").expect("a module")));
        let is_stale = !stale.is_empty();
        let cause = is_stale.then(|| "cannot list botmodules: HTTP 401".to_owned());
        Glance { snapshot, stale: stale.to_vec(), cause, is_blind: is_stale }
    }

    #[test]
    fn what_is_old_is_said_to_be_unread_beside_what_it_was() {
        let only = ObjectRef::new(Kind::BotModule, "bots", "echo");
        for only in [None, Some(only)] {
            let wanted =
                Wanted { settings: Settings::default(), namespace: Some("bots".to_owned()), only };
            let fresh = found(&seen(&[]), &wanted).expect("a bot");
            assert_eq!(shown::notes(&fresh, &wanted), [""; 0]);
            let old = found(&seen(&[Kind::BotModule]), &wanted).expect("a bot");
            assert_eq!(
                shown::notes(&old, &wanted),
                ["could not be read: every BotModule (cannot list botmodules: HTTP 401)"]
            );
            assert_eq!(old.overview.namespaces, fresh.overview.namespaces);
            assert!(watch::differs(&fresh, &old), "nobody would see it");
        }
    }
}
