//! The user of a context: what it shows to the API server.

use super::ClientParts;
use super::credentials::AuthHeader;
use super::data::{CredentialData, Field};
use super::entries::{AuthProvider, Cluster, User};
use super::files::Located;
use super::header::{basic, bearer};
use super::plugin::Plugin;
use super::server::is_secure;
use super::told::told;
use kube::Config;
use kube::client::ConfigExt;
use kube::client::middleware::ExtraHeadersLayer;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use std::sync::Arc;

/// Adds what a user shows. Over plain HTTP nothing secret is sent, as kubectl does.
///
/// # Errors
/// The field that cannot be used, and why.
pub fn add(
    access: &mut ClientParts,
    entry: &Located<User>,
    cluster: &Located<Cluster>,
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
            (None, Some(_)) if access.identity.is_some() => AuthHeader::None,
            (None, Some(_)) => return ask_plugin(access, entry, cluster),
            (None, None) => AuthHeader::None,
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
    headers(config).map(drop)
}

/// The user, groups and extra fields to impersonate, as headers.
///
/// # Errors
/// Where no header can hold it.
pub fn headers(config: &Config) -> Result<ExtraHeadersLayer, String> {
    config.extra_headers_layer().map_err(|_| {
        "as, as-uid, as-groups or as-user-extra hold what no header can carry".to_owned()
    })
}

fn of_token(entry: &Located<User>) -> Result<Option<AuthHeader>, String> {
    let User { token, token_file, .. } = &entry.value;
    let token = token.as_deref().map(|token| bearer(token.as_bytes()));
    let token = token.transpose().map_err(|why| format!("token {why}"))?;
    match token_file {
        Some(file) => AuthHeader::file(entry.path(file), token).map(Some),
        None => Ok(token.map(AuthHeader::Fixed)),
    }
}

fn of_password(user: &User) -> Option<AuthHeader> {
    let name = user.username.as_deref()?;
    basic(name, user.password.as_deref().unwrap_or_default()).map(AuthHeader::Fixed)
}

fn of_provider(provider: &AuthProvider) -> Result<AuthHeader, String> {
    let AuthProvider { name, config } = provider;
    if name != "oidc" {
        return Err(format!(
            "auth-provider {name:?} is one that kubectl does not have any more: use exec"
        ));
    }
    let token = config.get("id-token").filter(|token| !token.is_empty());
    let token = token.ok_or("auth-provider oidc holds no id-token: log in again, or use exec")?;
    let header = bearer(token.as_bytes());
    header.map(AuthHeader::Fixed).map_err(|why| format!("id-token of auth-provider {why}"))
}

fn identity(entry: &Located<User>) -> Result<Option<Arc<dyn ResolvesClientCert>>, String> {
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
    access: &mut ClientParts,
    entry: &Located<User>,
    cluster: &Located<Cluster>,
) -> Result<(), String> {
    let Some(exec) = &entry.value.exec else { return Ok(()) };
    // A bare name is looked for in PATH.
    let resolve = |command: &str| {
        if command.contains('/') { entry.path(command).into_os_string() } else { command.into() }
    };
    let plugin = Plugin::new(exec, resolve, || told(cluster))?;
    let given = plugin.run()?;
    if let Some((certificate, key)) = given.identity {
        let loaded = |pem: String, from: &str| CredentialData {
            bytes: pem.into_bytes(),
            from: format!("{from} of exec"),
        };
        let certificate = loaded(certificate, "clientCertificateData");
        let key = loaded(key, "clientKeyData");
        access.identity = Some(certified(certificate.certificates()?, key.key()?)?);
    }
    access.credentials = AuthHeader::plugin(plugin, given.header, given.expiry);
    Ok(())
}
