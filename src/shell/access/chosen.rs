//! The context of a kubeconfig, its cluster and its user: what they mean, and what is wrong with
//! them.

use super::Access;
use super::credentials::{Credentials, basic, bearer};
use super::data::{Field, Loaded};
use super::entries::{AuthProvider, Cluster, User};
use super::files::{Entry, Kubeconfig};
use super::plugin::Plugin;
use super::proxy;
use super::server::{self, is_secure};
use super::trust::Trust;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kube::Config;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use serde_json::{Value, json};
use std::sync::Arc;

/// The extension of a cluster that its users' plugins are told.
const PLUGIN_EXTENSION: &str = "client.authentication.k8s.io/exec";

/// The way that a context describes: the given one, or the current one.
///
/// # Errors
/// The file, the entry and the field that cannot be used, and why.
pub fn access(
    kubeconfig: &Kubeconfig,
    context: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Access, String> {
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
        Some(user) => {
            let in_user =
                |why: String| format!("{}: user {user_name:?}: {why}", user.file.display());
            add_user(&mut access, user, cluster).map_err(in_user)?;
        }
        None if is_secure(&access.config.cluster_url) => {
            return Err(in_context(format!("names the user {user_name:?}, who is not there")));
        }
        None => {}
    }
    Ok(access)
}

fn of_cluster(
    entry: &Entry<Cluster>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Access, String> {
    let cluster = &entry.value;
    let server = cluster.server.as_deref().ok_or("server is missing")?;
    let server = server::parse(server).map_err(|why| format!("server: {why}"))?;
    let proxy = proxy::decide(&server, cluster.proxy_url.as_deref(), variable)?;
    let secure = is_secure(&server);
    let mut config = Config::new(server);
    config.accept_invalid_certs = secure && cluster.insecure_skip_tls_verify;
    let mut access = Access { proxy, ..Access::new(config, Credentials::None) };
    if secure {
        access.trust = trust(entry)?.map(Arc::new);
        access.server_name = server_name(cluster)?;
    }
    Ok(access)
}

fn authority(cluster: &Cluster) -> Field<'_> {
    Field {
        name: "certificate-authority",
        file: cluster.certificate_authority.as_deref(),
        data: cluster.certificate_authority_data.as_deref(),
    }
}

fn trust(entry: &Entry<Cluster>) -> Result<Option<Trust>, String> {
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

/// Over plain HTTP nothing secret is sent, as kubectl does.
fn add_user(
    access: &mut Access,
    entry: &Entry<User>,
    cluster: &Entry<Cluster>,
) -> Result<(), String> {
    impersonate(&mut access.config, &entry.value)?;
    if !is_secure(&access.config.cluster_url) {
        return Ok(());
    }
    access.identity = identity(entry)?;
    let user = &entry.value;
    access.credentials = match (of_token(entry)?, of_password(user)) {
        (Some(_), Some(_)) => {
            return Err("a token and a username are both set: keep one".to_owned());
        }
        (Some(credentials), None) | (None, Some(credentials)) => credentials,
        (None, None) => match (&user.auth_provider, &user.exec) {
            (Some(_), Some(_)) => {
                return Err("auth-provider and exec are both set: keep one".to_owned());
            }
            (Some(provider), None) => of_provider(provider)?,
            (None, Some(_)) if access.identity.is_some() => Credentials::None,
            (None, Some(_)) => return ask_plugin(access, entry, cluster),
            (None, None) => Credentials::None,
        },
    };
    Ok(())
}

fn impersonate(config: &mut Config, user: &User) -> Result<(), String> {
    let User { impersonate, as_uid, as_groups, as_user_extra, .. } = user;
    let others = as_uid.is_some() || !as_groups.is_empty() || !as_user_extra.is_empty();
    if impersonate.is_none() && others {
        return Err("as-uid, as-groups and as-user-extra need as beside them".to_owned());
    }
    config.auth_info.impersonate.clone_from(impersonate);
    config.auth_info.impersonate_uid.clone_from(as_uid);
    config.auth_info.impersonate_groups = Some(as_groups.clone());
    config.auth_info.impersonate_user_extra = Some(as_user_extra.clone().into_iter().collect());
    Ok(())
}

fn of_token(entry: &Entry<User>) -> Result<Option<Credentials>, String> {
    let User { token, token_file, .. } = &entry.value;
    let token = token.as_deref().map(|token| bearer(token.as_bytes()));
    let token = token.transpose().map_err(|why| format!("token {why}"))?;
    match token_file {
        Some(file) => Credentials::file(entry.path(file), token).map(Some),
        None => Ok(token.map(Credentials::Fixed)),
    }
}

fn of_password(user: &User) -> Option<Credentials> {
    let name = user.username.as_deref()?;
    basic(name, user.password.as_deref().unwrap_or_default()).map(Credentials::Fixed)
}

fn of_provider(provider: &AuthProvider) -> Result<Credentials, String> {
    let AuthProvider { name, config } = provider;
    if name != "oidc" {
        return Err(format!(
            "auth-provider {name:?} is one that kubectl does not have any more: use exec"
        ));
    }
    let token = config.get("id-token").filter(|token| !token.is_empty());
    let token = token.ok_or("auth-provider oidc holds no id-token: log in anew, or use exec")?;
    let header = bearer(token.as_bytes());
    header.map(Credentials::Fixed).map_err(|why| format!("id-token of auth-provider {why}"))
}

fn identity(entry: &Entry<User>) -> Result<Option<Arc<dyn ResolvesClientCert>>, String> {
    let user = &entry.value;
    let certificate = Field {
        name: "client-certificate",
        file: user.client_certificate.as_deref(),
        data: user.client_certificate_data.as_deref(),
    };
    let Some(certificate) = certificate.load(entry)? else { return Ok(None) };
    let key = Field {
        name: "client-key",
        file: user.client_key.as_deref(),
        data: user.client_key_data.as_deref(),
    };
    let key = key.load(entry)?.ok_or("client-key is missing beside client-certificate")?;
    certified(certificate.certificates()?, key.key()?)
        .map(Some)
        .map_err(|why| format!("{} and {}: {why}", certificate.from, key.from))
}

fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<dyn ResolvesClientCert>, String> {
    let provider = rustls::crypto::ring::default_provider();
    match CertifiedKey::from_der(chain, key, &provider) {
        Ok(certified) => Ok(Arc::new(SingleCertAndKey::from(certified))),
        Err(rustls::Error::InconsistentKeys(_)) => {
            Err("the key does not fit the certificate".to_owned())
        }
        Err(error) => Err(format!("they cannot be used: {error}")),
    }
}

fn ask_plugin(
    access: &mut Access,
    entry: &Entry<User>,
    cluster: &Entry<Cluster>,
) -> Result<(), String> {
    let Some(exec) = &entry.value.exec else { return Ok(()) };
    // A bare name is looked for in PATH.
    let resolve = |command: &str| {
        if command.contains('/') { entry.path(command).into_os_string() } else { command.into() }
    };
    let plugin = Plugin::new(exec, resolve, || told(cluster))?;
    let given = plugin.run()?;
    if let Some((certificate, key)) = given.identity {
        let loaded = |pem: String, from: &str| Loaded {
            bytes: pem.into_bytes(),
            from: format!("{from} of exec"),
        };
        let certificate = loaded(certificate, "clientCertificateData");
        let key = loaded(key, "clientKeyData");
        access.identity = Some(certified(certificate.certificates()?, key.key()?)?);
    }
    access.credentials = Credentials::plugin(plugin, given.header, given.expiry);
    Ok(())
}

/// What a plugin is told of the cluster.
fn told(entry: &Entry<Cluster>) -> Value {
    let cluster = &entry.value;
    let authority = authority(cluster).load(entry).ok().flatten();
    let extension = cluster.extensions.iter().find(|it| it.name == PLUGIN_EXTENSION);
    let fields = [
        ("server", cluster.server.clone().map(Value::from)),
        ("tls-server-name", cluster.tls_server_name.clone().map(Value::from)),
        ("insecure-skip-tls-verify", cluster.insecure_skip_tls_verify.then_some(Value::Bool(true))),
        ("certificate-authority-data", authority.map(|it| json!(STANDARD.encode(it.bytes)))),
        ("proxy-url", cluster.proxy_url.clone().map(Value::from)),
        ("config", extension.map(|it| it.extension.clone())),
    ];
    let set = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(set.collect())
}
