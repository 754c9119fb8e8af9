//! Live clusters, for the commands that only read.

use super::called::Called;
use super::{environment, process};
use crate::manifest::Unusable;
use crate::object::ObjectRef;
use crate::overview;
use crate::settings::Environment;
use crate::shell::{self, ClientParts, Survey};
use crate::snapshot::Settings;
use clap::Args;
use kube::Client;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Objects that a message names, at most.
const NAMED: usize = 5;

/// Which cluster.
#[derive(Args)]
pub struct ClusterOptions {
    /// Kubeconfig file, in place of the ones that kubectl would read.
    #[arg(long, value_name = "PATH")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig, in place of its current one.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

impl ClusterOptions {
    /// The namespace that is meant: the given one. Who calls a plugin of kubectl expects that of the context next.
    ///
    /// # Errors
    /// [`Unusable`] for what no namespace is called.
    pub fn namespace(&self, given: Option<&str>) -> Result<Option<String>, Unusable> {
        if given.is_some() || !matches!(Called::now(), Called::Plugin(_)) {
            given.map_or(Ok(()), environment::check_namespace)?;
            return Ok(given.map(str::to_owned));
        }
        let (file, context) = (self.kubeconfig.as_deref(), self.context.as_deref());
        let named = shell::namespace_of_context(file, context);
        named.as_deref().map_or(Ok(()), environment::check_namespace).map_err(|why| {
            Unusable::because(format!("in place of the context's namespace give another: {why}"))
        })?;
        Ok(named)
    }
}

/// What of a cluster is read.
pub struct ReadScope {
    /// Settings of the operator whose view it is.
    pub settings: Settings,
    /// The one namespace to read, or None for all that the operator watches.
    pub namespace: Option<String>,
    /// The one resource whose neighbourhood is read.
    pub only: Option<ObjectRef>,
    /// Objects that are read by name beside what rendering asks for.
    pub also: BTreeSet<ObjectRef>,
}

impl ReadScope {
    /// All that the operator watches, or the one namespace, which counts as watched then.
    pub fn of(settings: Settings, namespace: Option<String>) -> Self {
        let is_other = namespace.as_ref().is_some_and(|other| *other != settings.namespace);
        let watch_other_namespaces = settings.watch_other_namespaces || is_other;
        let settings = Settings { watch_other_namespaces, ..settings };
        Self { settings, namespace, only: None, also: BTreeSet::new() }
    }
}

/// Reads a cluster.
///
/// # Errors
/// [`Unusable`], in one line, where there is no cluster or it does not answer.
pub fn survey(connection: &ClusterOptions, scope: &ReadScope) -> Result<Survey, Unusable> {
    ask(connection, async |client| read(client, scope).await)
}

/// Asks a cluster.
///
/// # Errors
/// [`Unusable`], in one line, where there is no cluster or the questions have no answer.
pub fn ask<T>(
    connection: &ClusterOptions,
    questions: impl AsyncFnOnce(Client) -> Result<T, String>,
) -> Result<T, Unusable> {
    let runtime = process::runtime().map_err(Unusable::because)?;
    let answers = async { questions(connect(connection)?).await };
    runtime.block_on(answers).map_err(|why| Unusable::because(one_line(&why)))
}

/// What of a cluster could not be read, if anything, and why.
pub fn unread(survey: &Survey) -> Option<String> {
    let Survey { snapshot, cause, .. } = survey;
    let kinds = snapshot.unlisted().map(overview::every);
    let unread: Vec<String> = kinds.chain(snapshot.unknown().map(ToString::to_string)).collect();
    let mut text = unread.get(..NAMED).unwrap_or(&unread).join(", ");
    if unread.len() > NAMED {
        text += &format!(" and {} more", unread.len() - NAMED);
    }
    if let Some(cause) = cause {
        text += &format!(" ({})", one_line(cause));
    }
    (!unread.is_empty()).then_some(text)
}

/// Only where tokio runs.
fn connect(connection: &ClusterOptions) -> Result<Client, String> {
    let ClusterOptions { kubeconfig, context } = connection;
    if kubeconfig.is_none()
        && context.is_none()
        && let Some(access) = in_pod()?
    {
        return shell::client(access.for_reading());
    }
    let access = shell::from_kubeconfig(kubeconfig.as_deref(), context.as_deref())
        .map_err(|why| format!("{why}; name another with --kubeconfig PATH or KUBECONFIG"))?;
    shell::client(access.for_reading())
}

/// Within a pod, as the operator's own are.
fn in_pod() -> Result<Option<ClientParts>, String> {
    let environment = environment::read(|variable| Environment::read(variable));
    let environment = environment.map_err(|mistakes| mistakes.join("; "))?;
    if environment.in_cluster { shell::configuration(&environment).map(Some) } else { Ok(None) }
}

async fn read(client: Client, scope: &ReadScope) -> Result<Survey, String> {
    let ReadScope { settings, namespace, only, also } = scope;
    shell::survey(&client, settings, namespace.as_deref(), only.as_ref(), also).await
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}
