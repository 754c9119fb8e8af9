//! The client, from what is known of the way to the API server.

use super::ClientParts;
use super::credentials::AuthHeader;
use super::forward::Forward;
use super::proxy::{Login, Proxy};
use super::server::{is_secure, with_port};
use super::user;
use http::Uri;
use http::header::PROXY_AUTHORIZATION;
use hyper::rt::{Read, Write};
use hyper_rustls::{FixedServerNameResolver, HttpsConnector, HttpsConnectorBuilder};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connection, HttpConnector};
use hyper_util::rt::TokioExecutor;
use kube::client::retry::RetryPolicy;
use kube::client::{Body, ConfigExt};
use kube::{Client, Config};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::error::Error;
use std::fmt;
use std::time::Duration;
use tower::retry::RetryLayer;
use tower::{BoxError, Service, ServiceBuilder};

/// How often a server that is too busy is asked again.
const RETRIES: u32 = 4;

/// What one read of a connection takes at most, in bytes: two records of TLS, and more than any head of an answer. A
/// connection that has brought a list keeps its buffer for as long as its watch goes on, and there is one for each kind.
const BUFFER: usize = 32 * 1024;

/// Everything but the connector.
struct Way {
    config: Config,
    credentials: AuthHeader,
    tls: Tls,
    proxy: Option<Proxy>,
}

/// How a connection is made secure, to the server and to a proxy of https.
#[derive(Clone)]
struct Tls {
    config: ClientConfig,
    server_name: Option<ServerName<'static>>,
}

/// A client for the API server. It must be made where tokio runs.
///
/// # Errors
/// What of the access cannot be used.
pub fn client(mut access: ClientParts) -> Result<Client, String> {
    let tls = tls(&mut access)?;
    let ClientParts { config, credentials, proxy, trust: _, identity: _, server_name: _ } = access;
    let way = Way { config, credentials, tls, proxy: proxy.clone() };
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    match proxy {
        None => finish(http, way),
        Some(proxy) if proxy.is_socks() => by_socks(proxy, http, way),
        Some(proxy) if is_secure(&way.config.cluster_url) => by_tunnel(proxy, http, way),
        Some(proxy) => by_forwarding(proxy, http, way),
    }
}

fn by_socks(proxy: Proxy, http: HttpConnector, mut way: Way) -> Result<Client, String> {
    // A server without a port is led to the one of TLS.
    if let Some(server) = with_port(&way.config.cluster_url) {
        way.config.cluster_url = server;
    }
    let mut socks = SocksV5::new(proxy.address, http);
    if let Login::Socks(password) = proxy.login {
        socks = socks.with_auth(password.user, password.word);
    }
    finish(socks, way)
}

fn by_tunnel(proxy: Proxy, http: HttpConnector, way: Way) -> Result<Client, String> {
    let mut tunnel = Tunnel::new(proxy.address, way.tls.connector(http));
    if let Login::Basic(header) = proxy.login {
        tunnel = tunnel.with_auth(header);
    }
    finish(tunnel, way)
}

fn by_forwarding(proxy: Proxy, http: HttpConnector, mut way: Way) -> Result<Client, String> {
    if let Login::Basic(header) = proxy.login {
        way.config.headers.push((PROXY_AUTHORIZATION, header));
    }
    finish(Forward { connector: way.tls.connector(http), proxy: proxy.address }, way)
}

/// Takes out of an access what proves who both sides are.
fn tls(access: &mut ClientParts) -> Result<Tls, String> {
    if !needs_authorities(access) {
        // Else those of the machine are read, which it may not have.
        access.config.root_cert = Some(Vec::new());
    }
    let mut config = access.config.rustls_client_config().map_err(|error| {
        format!("the authorities of this machine cannot be read: {}", super::chain(&error))
    })?;
    if let Some(trust) = access.trust.take() {
        config.dangerous().set_certificate_verifier(trust);
    }
    if let Some(identity) = access.identity.take() {
        config.client_auth_cert_resolver = identity;
    }
    Ok(Tls { config, server_name: access.server_name.take() })
}

/// Whether a certificate will be shown that only the authorities of this machine vouch for.
fn needs_authorities(access: &ClientParts) -> bool {
    let proxy = access.proxy.as_ref().map(|proxy| &proxy.address);
    let is_shown = is_secure(&access.config.cluster_url) || proxy.is_some_and(is_secure);
    is_shown && access.trust.is_none() && !access.config.accept_invalid_certs
}

impl Tls {
    fn connector<C>(&self, connector: C) -> HttpsConnector<C> {
        let Self { config, server_name } = self.clone();
        let builder = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
        match server_name {
            Some(name) => builder.with_server_name_resolver(FixedServerNameResolver::new(name)),
            None => builder,
        }
        .enable_http1()
        .wrap_connector(connector)
    }
}

fn finish<C>(connector: C, way: Way) -> Result<Client, String>
where
    C: Service<Uri> + Clone + Send + Sync + 'static,
    C::Response: Connection + Read + Write + Send + Unpin + 'static,
    C::Future: Send + 'static,
    C::Error: Into<BoxError>,
{
    let Way { config, credentials, tls, proxy } = way;
    let mut connector = TimeoutConnector::new(tls.connector(connector));
    connector.set_connect_timeout(config.connect_timeout);
    connector.set_read_timeout(config.read_timeout);
    connector.set_write_timeout(config.write_timeout);
    let client: legacy::Client<_, Body> =
        legacy::Client::builder(TokioExecutor::new()).http1_max_buf_size(BUFFER).build(connector);
    let headers = user::headers(&config)?;
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.default_retry.then(retries).flatten())
        .layer(credentials)
        .layer(headers)
        .map_err(move |error: legacy::Error| through(proxy.as_ref(), error))
        .service(client);
    Ok(Client::new(service, config.default_namespace))
}

/// So few that the last answer comes in time to be told.
fn retries() -> Option<RetryLayer<RetryPolicy>> {
    let policy =
        RetryPolicy::new(Duration::from_millis(100), Duration::from_secs(1), RETRIES, false);
    policy.ok().map(RetryLayer::new)
}

/// An error that names the proxy, where there is one.
fn through(proxy: Option<&Proxy>, error: legacy::Error) -> BoxError {
    match proxy {
        Some(proxy) => Box::new(Through { proxy: proxy.to_string(), error }),
        None => error.into(),
    }
}

#[derive(Debug)]
struct Through {
    proxy: String,
    error: legacy::Error,
}

impl fmt::Display for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "through {}", self.proxy)
    }
}

impl Error for Through {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.error)
    }
}
