//! The context of a kubeconfig, its cluster and its user: what they mean, and what is wrong with
//! them.

use super::ClientParts;
use super::credentials::AuthHeader;
use super::entries::Cluster;
use super::files::{Kubeconfig, Located};
use super::proxy;
use super::server::{self, is_secure};
use super::told::authority;
use super::user;
use crate::trust::Trust;
use kube::Config;
use rustls::pki_types::ServerName;
use std::sync::Arc;

/// The namespace that a context names: the given one, or the current one.
pub fn namespace(kubeconfig: &Kubeconfig, context: Option<&str>) -> Option<String> {
    let given = context.filter(|name| !name.is_empty());
    let name = given.or(kubeconfig.current_context.as_deref())?;
    kubeconfig.contexts.get(name)?.value.namespace.clone()
}

/// The way that a context describes: the given one, or the current one.
///
/// # Errors
/// The file, the entry and the field that cannot be used, and why.
pub fn access(
    kubeconfig: &Kubeconfig,
    context: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<ClientParts, String> {
    let given = context.filter(|name| !name.is_empty());
    let name = given
        .or(kubeconfig.current_context.as_deref())
        .ok_or_else(|| format!("{}: current-context is not set", kubeconfig.names()))?;
    let context = kubeconfig
        .contexts
        .get(name)
        .ok_or_else(|| format!("{}: there is no context {name:?}", kubeconfig.names()))?;
    let in_context = |what: String| format!("{}: context {name:?} {what}", context.file.display());
    let cluster_name = context.value.cluster.as_deref();
    let cluster_name = cluster_name.ok_or_else(|| in_context("names no cluster".to_owned()))?;
    let cluster = kubeconfig.clusters.get(cluster_name).ok_or_else(|| {
        in_context(format!("names the cluster {cluster_name:?}, which is not there"))
    })?;
    let in_cluster =
        |why: String| format!("{}: cluster {cluster_name:?}: {why}", cluster.file.display());
    let mut access = of_cluster(cluster, variable).map_err(in_cluster)?;
    let Some(user_name) = context.value.user.as_deref() else { return Ok(access) };
    match kubeconfig.users.get(user_name) {
        Some(entry) => {
            let in_user =
                |why: String| format!("{}: user {user_name:?}: {why}", entry.file.display());
            user::add(&mut access, entry, cluster).map_err(in_user)?;
        }
        None if is_secure(&access.config.cluster_url) => {
            return Err(in_context(format!("names the user {user_name:?}, who is not there")));
        }
        None => {}
    }
    Ok(access)
}

fn of_cluster(
    entry: &Located<Cluster>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<ClientParts, String> {
    let cluster = &entry.value;
    let server = cluster.server.as_deref().ok_or("server is missing")?;
    let server = server::parse(server).map_err(|why| format!("server: {why}"))?;
    let proxy = proxy::decide(&server, cluster.proxy_url.as_deref(), variable)?;
    let secure = is_secure(&server);
    let mut config = Config::new(server);
    config.accept_invalid_certs = secure && cluster.insecure_skip_tls_verify;
    let mut access = ClientParts { proxy, ..ClientParts::new(config, AuthHeader::None) };
    if secure {
        access.trust = trust(entry)?.map(Arc::new);
        access.server_name = server_name(cluster)?;
    }
    Ok(access)
}

fn trust(entry: &Located<Cluster>) -> Result<Option<Trust>, String> {
    let field = authority(&entry.value);
    if field.is_set() && entry.value.insecure_skip_tls_verify {
        return Err("certificate-authority and insecure-skip-tls-verify contradict each other: \
                    keep one, the former if you can"
            .to_owned());
    }
    let Some(loaded) = field.load(entry)? else { return Ok(None) };
    let trust = Trust::new(loaded.certificates()?);
    trust.map(Some).map_err(|why| format!("{} {why}", loaded.from))
}

fn server_name(cluster: &Cluster) -> Result<Option<ServerName<'static>>, String> {
    let Some(name) = cluster.tls_server_name.clone() else { return Ok(None) };
    let parsed = ServerName::try_from(name);
    parsed.map(Some).map_err(|_| "tls-server-name is no name of a host".to_owned())
}
