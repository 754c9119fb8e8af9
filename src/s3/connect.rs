//! Connections to the store that was named: no proxy, no redirect, no link-local address.

use super::payload::Payload;
use super::{Patience, StoreProblem};
use crate::backup::endpoint::is_link_local;
use crate::trust::{Trust, certificates};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower::Service;

/// Sends requests.
pub type HttpClient =
    legacy::Client<TimeoutConnector<HttpsConnector<HttpConnector<Resolver>>>, Payload>;

/// A connection that nobody used for so long is closed: stores close theirs, too.
const UNUSED: Duration = Duration::from_secs(15);

/// What is read from a connection at a time. The buffers of a download are freed by another thread than the one that made them,
/// and the allocator may keep dozens of them for a while: of the 400 kB that hyper would take, these filled a Job's memory.
const BUFFER: usize = 64 << 10;

/// A client for one store.
///
/// # Errors
/// A `caBundle` that holds no certificate.
pub fn client(
    is_plain: bool,
    ca_bundle: Option<&str>,
    patience: &Patience,
) -> Result<HttpClient, StoreProblem> {
    let mut http = HttpConnector::new_with_resolver(Resolver);
    http.enforce_http(false);
    http.set_nodelay(true);
    let tls = HttpsConnectorBuilder::new().with_tls_config(tls(is_plain, ca_bundle)?);
    let tls = tls.https_or_http().enable_http1().wrap_connector(http);
    let mut connector = TimeoutConnector::new(tls);
    connector.set_connect_timeout(Some(patience.connect));
    connector.set_read_timeout(Some(patience.idle));
    connector.set_write_timeout(Some(patience.idle));
    // Whoever sends a large part hears nothing meanwhile.
    connector.set_reset_reader_on_write(true);
    let mut builder = legacy::Client::builder(TokioExecutor::new());
    builder.pool_idle_timeout(UNUSED).pool_timer(TokioTimer::new()).http1_max_buf_size(BUFFER);
    Ok(builder.build(connector))
}

/// Trusts the certificates that the machine trusts, and those of the bundle.
fn tls(is_plain: bool, ca_bundle: Option<&str>) -> Result<ClientConfig, StoreProblem> {
    let mut trusted = Vec::new();
    if let Some(bundle) = ca_bundle {
        trusted = certificates(bundle.as_bytes());
        if trusted.is_empty() {
            return Err(StoreProblem::permanent("caBundle holds no certificate in PEM"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| StoreProblem::permanent(format!("TLS cannot be used: {error}")))?;
    if is_plain {
        // Nobody is asked for a certificate.
        return Ok(builder
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth());
    }
    trusted.extend(rustls_native_certs::load_native_certs().certs);
    let trust = Trust::new(trusted).map_err(|_| {
        StoreProblem::permanent(
            "this machine trusts no authority: set caBundle to that of the store",
        )
    })?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(trust));
    Ok(builder.with_no_client_auth())
}

/// Looks names up, and leaves out where no store is.
#[derive(Clone)]
pub struct Resolver;

/// Why a name leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nowhere {
    Unknown,
    LinkLocal,
}

impl fmt::Display for Nowhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown host",
            Self::LinkLocal => "link-local address",
        })
    }
}

impl std::error::Error for Nowhere {}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, io::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<SocketAddr> = found.map_or_else(|_| Vec::new(), Iterator::collect);
            allowed(found).map(Vec::into_iter).map_err(io::Error::other)
        })
    }
}

fn allowed(found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Nowhere> {
    if found.is_empty() {
        return Err(Nowhere::Unknown);
    }
    let allowed: Vec<_> =
        found.into_iter().filter(|address| !is_link_local(address.ip())).collect();
    if allowed.is_empty() { Err(Nowhere::LinkLocal) } else { Ok(allowed) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| SocketAddr::new(text.parse().expect("an address"), 0)).collect()
    }

    #[test]
    fn names_of_link_local_addresses_lead_nowhere() {
        assert_eq!(allowed(Vec::new()), Err(Nowhere::Unknown));
        let metadata = addresses(&["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"]);
        assert_eq!(allowed(metadata), Err(Nowhere::LinkLocal));
        let mixed = addresses(&["fe80::1", "10.0.0.1", "::1"]);
        assert_eq!(allowed(mixed), Ok(addresses(&["10.0.0.1", "::1"])));
    }

    #[test]
    fn a_bundle_without_a_certificate_is_refused() {
        let why = client(false, Some("hello"), &Patience::default()).map(|_| ());
        assert!(
            why.is_err_and(|problem| problem.is_permanent && problem.message.contains("caBundle"))
        );
    }
}
