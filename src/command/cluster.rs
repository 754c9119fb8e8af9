//! Live clusters, for the commands that only read.

use crate::manifest::Unusable;
use crate::object::ObjectRef;
use crate::snapshot::{ClusterSnapshot, Settings};
use clap::Args;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
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
        let client = connect(connection).await?;
        read(client, scope).await
    };
    runtime.block_on(survey).map_err(|why| Unusable::because(one_line(&why)))
}

async fn connect(connection: &Connection) -> Result<Client, String> {
    let options = KubeConfigOptions { context: connection.context.clone(), ..Default::default() };
    let config = match (&connection.kubeconfig, &connection.context) {
        (Some(path), _) => {
            let name = path.display();
            let file = Kubeconfig::read_from(path).map_err(|why| format!("{name}: {why}"))?;
            let config = Config::from_custom_kubeconfig(file, &options).await;
            config.map_err(|why| format!("{name}: {why}"))?
        }
        (None, Some(_)) => Config::from_kubeconfig(&options)
            .await
            .map_err(|why| format!("the kubeconfig cannot be used: {why}"))?,
        (None, None) => Config::infer().await.map_err(|_| {
            "there is no cluster to read: give --kubeconfig PATH, or set KUBECONFIG".to_owned()
        })?,
    };
    Client::try_from(config).map_err(|why| format!("the cluster cannot be reached: {why}"))
}

/// The survey itself.
#[expect(clippy::unused_async, reason = "reading a cluster waits for it")]
async fn read(_client: Client, scope: Scope) -> Result<ClusterSnapshot, String> {
    let Scope { settings, namespace, only } = scope;
    let what = match (only, namespace) {
        (Some(resource), _) => resource.to_string(),
        (None, Some(namespace)) => format!("namespace {namespace}"),
        (None, None) => format!("all that is watched from namespace {}", settings.namespace),
    };
    Err(format!("reading {what} is not available yet"))
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}
