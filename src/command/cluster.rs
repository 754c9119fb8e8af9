//! Live clusters, for the commands that only read.

use crate::manifest::Unusable;
use crate::object::ObjectRef;
use crate::shell;
use crate::snapshot::{ClusterSnapshot, Settings};
use clap::Args;
use kube::Client;
use std::path::PathBuf;

/// Which cluster.
#[derive(Args)]
pub struct Connection {
    /// Kubeconfig file, in place of the ones that kubectl would read.
    #[arg(long, value_name = "PATH")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig, in place of its current one.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

/// What of a cluster is read.
pub struct Scope {
    /// Settings of the operator whose view it is.
    pub settings: Settings,
    /// The one namespace to read, or None for all that the operator watches.
    pub namespace: Option<String>,
    /// The one resource whose neighbourhood is read.
    pub only: Option<ObjectRef>,
}

impl Scope {
    /// All that the operator watches, or the one namespace, which counts as watched then.
    pub fn of(settings: Settings, namespace: Option<String>) -> Self {
        let is_other = namespace.as_ref().is_some_and(|other| *other != settings.namespace);
        let watch_other_namespaces = settings.watch_other_namespaces || is_other;
        Self { settings: Settings { watch_other_namespaces, ..settings }, namespace, only: None }
    }
}

/// Reads a cluster.
///
/// # Errors
/// [`Unusable`], in one line, where there is no cluster or it does not answer.
pub fn survey(connection: &Connection, scope: Scope) -> Result<ClusterSnapshot, Unusable> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Unusable::because(format!("cannot wait for a cluster: {error}")))?;
    let survey = async {
        let client = connect(connection)?;
        read(client, scope).await
    };
    runtime.block_on(survey).map_err(|why| Unusable::because(one_line(&why)))
}

/// What of a cluster could not be read, if anything.
pub fn unread(live: &ClusterSnapshot) -> Option<String> {
    let kinds = live.unlisted().map(|kind| format!("every {kind}"));
    let unread: Vec<String> = kinds.chain(live.unknown().map(ToString::to_string)).collect();
    (!unread.is_empty()).then(|| unread.join(", "))
}

/// Only where tokio runs.
fn connect(connection: &Connection) -> Result<Client, String> {
    let Connection { kubeconfig, context } = connection;
    let access = shell::from_kubeconfig(kubeconfig.as_deref(), context.as_deref())
        .map_err(|why| format!("{why}; name another with --kubeconfig PATH or KUBECONFIG"))?;
    shell::client(access.for_reading())
}

async fn read(client: Client, scope: Scope) -> Result<ClusterSnapshot, String> {
    let Scope { settings, namespace, only } = scope;
    shell::survey(&client, &settings, namespace.as_deref(), only.as_ref()).await
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}
