//! The way to the API server and what is shown there: from a kubeconfig, read as kubectl reads it,
//! or from the pod.
//!
//! | room | what it does |
//! |---|---|
//! | `files`, `entries` | which files are read, what stands in them, whose entry counts |
//! | `chosen`, `user` | the context, its cluster and its user, and what is wrong with them |
//! | `server`, `proxy`, `no_proxy` | where connections go |
//! | `data` | certificates and keys |
//! | `credentials`, `plugin` | tokens, and what renews them |
//! | `connect`, `forward` | the client |

mod chosen;
mod connect;
mod credentials;
mod data;
mod entries;
mod files;
mod forward;
mod header;
mod no_proxy;
mod plugin;
mod proxy;
mod server;
mod told;
mod user;

pub use connect::client;

use super::request::chain;
use crate::settings::Environment;
use crate::trust::Trust;
use credentials::AuthHeader;
use files::KubeconfigPaths;
use kube::Config;
use kube::config::InClusterError;
use proxy::Proxy;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::ServerName;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A connection stands within this time, or fails.
const CONNECT: Duration = Duration::from_secs(5);

/// All that a client is made of.
pub struct ClientParts {
    /// The server, who else is impersonated, limits in time.
    config: Config,
    credentials: AuthHeader,
    /// Who is trusted where that is said; else those that the machine trusts.
    trust: Option<Arc<Trust>>,
    /// The client's own certificate.
    identity: Option<Arc<dyn ResolvesClientCert>>,
    /// The name that the server's certificate has to hold in place of its host.
    server_name: Option<ServerName<'static>>,
    proxy: Option<Proxy>,
}

impl ClientParts {
    /// Without repetitions of the client's own: what is tried again is looked at again before.
    fn new(mut config: Config, credentials: AuthHeader) -> Self {
        config.connect_timeout = Some(CONNECT);
        config.default_retry = false;
        Self { config, credentials, trust: None, identity: None, server_name: None, proxy: None }
    }

    /// With repetitions: reading twice does no harm.
    pub fn for_reading(mut self) -> Self {
        self.config.default_retry = true;
        self
    }

    /// The address of the API server.
    pub fn server(&self) -> String {
        self.config.cluster_url.to_string()
    }
}

/// Where the operator finds its API server.
///
/// # Errors
/// One line that says what is wrong and how to mend it.
pub fn configuration(environment: &Environment) -> Result<ClientParts, String> {
    if environment.in_cluster {
        return in_cluster();
    }
    from_kubeconfig(None, None).map_err(|why| {
        format!("{why}; name one with KUBECONFIG, or set KUBE_IN_CLUSTER_CONFIG=true in a pod")
    })
}

/// A kubeconfig: the given file, or those that KUBECONFIG lists, or `~/.kube/config`.
///
/// # Errors
/// One line that says which file and field cannot be used, and why.
pub fn from_kubeconfig(file: Option<&Path>, context: Option<&str>) -> Result<ClientParts, String> {
    KubeconfigPaths::of(file, std::env::var_os("KUBECONFIG"))
        .read()
        .and_then(|kubeconfig| {
            chosen::access(&kubeconfig, context, |name| std::env::var(name).ok())
        })
        .map_err(|why| format!("no usable kubeconfig: {why}"))
}

/// The namespace that a context of the kubeconfig names, where one can be read that names one.
pub fn namespace_of_context(file: Option<&Path>, context: Option<&str>) -> Option<String> {
    let kubeconfig = KubeconfigPaths::of(file, std::env::var_os("KUBECONFIG")).read().ok()?;
    chosen::namespace(&kubeconfig, context)
}

/// What a pod would have.
fn missing_in_pod(error: &InClusterError) -> String {
    let folder = "/var/run/secrets/kubernetes.io/serviceaccount";
    match error {
        InClusterError::ReadEnvironmentVariable(_) => {
            "KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT is not set".to_owned()
        }
        InClusterError::ParseClusterPort(_) | InClusterError::ParseClusterUrl(_) => {
            "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no address".to_owned()
        }
        InClusterError::ReadDefaultNamespace(error) => {
            format!("{folder}/namespace cannot be read: {error}")
        }
        InClusterError::ReadCertificateBundle(error) => {
            format!("{folder}/ca.crt cannot be read: {error}")
        }
        InClusterError::ParseCertificates(_) => format!("{folder}/ca.crt is no PEM"),
    }
}

/// The service account of the pod. No variable's proxy leads out of a cluster and back.
fn in_cluster() -> Result<ClientParts, String> {
    let no_pod = |why: String| {
        format!("KUBE_IN_CLUSTER_CONFIG is true, but this is no pod with a service account: {why}")
    };
    let mut config = Config::incluster().map_err(|error| no_pod(missing_in_pod(&error)))?;
    let token_file = config.auth_info.token_file.take().map(PathBuf::from);
    let credentials = match token_file {
        Some(file) => AuthHeader::file(file, None).map_err(no_pod)?,
        None => AuthHeader::None,
    };
    let authorities = config.root_cert.take().unwrap_or_default();
    let authorities = authorities.into_iter().map(Into::into).collect();
    let trust = match config.root_cert_file.take() {
        Some(file) => {
            let named = format!("the authority in {}", file.display());
            Trust::reread(file, authorities).map_err(|why| no_pod(format!("{named} {why}")))?
        }
        None => Trust::new(authorities).map_err(|why| no_pod(format!("its authority {why}")))?,
    };
    let trust = Some(Arc::new(trust));
    Ok(ClientParts { trust, ..ClientParts::new(config, credentials) })
}
