//! Which certificates of servers are trusted where an authority is named: by the kubeconfig, the pod or
//! an S3Store.

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use x509_parser::prelude::{ASN1Time, FromDer, X509Certificate};

/// A pod's authority is replaced while the pod runs.
const REREAD: Duration = Duration::from_mins(1);

/// All certificates of a text of PEM. What is no certificate is passed over, up to the first broken one.
pub fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).map_while(Result::ok).collect()
}

/// Verifies as webpki does, and takes a server's certificate that is itself one of the trusted
/// ones, as Go and so kubectl does: webpki takes no authority for a server.
#[derive(Debug)]
pub struct Trust {
    file: Option<PathBuf>,
    known: Mutex<Known>,
}

#[derive(Debug, Clone)]
struct Known {
    authorities: Arc<Authorities>,
    since: Instant,
}

#[derive(Debug)]
struct Authorities {
    verifier: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

impl Trust {
    /// # Errors
    /// Where none of them is a certificate.
    pub fn new(certificates: Vec<CertificateDer<'static>>) -> Result<Self, String> {
        Self::of(None, certificates)
    }

    /// Reads the file again after a while. Where it cannot be read, what it held goes on counting.
    ///
    /// # Errors
    /// Where none of the certificates that it held first is one.
    pub fn reread(
        file: PathBuf,
        certificates: Vec<CertificateDer<'static>>,
    ) -> Result<Self, String> {
        Self::of(Some(file), certificates)
    }

    fn of(
        file: Option<PathBuf>,
        certificates: Vec<CertificateDer<'static>>,
    ) -> Result<Self, String> {
        let authorities = Arc::new(Authorities::new(certificates)?);
        Ok(Self { file, known: Mutex::new(Known { authorities, since: Instant::now() }) })
    }

    fn authorities(&self) -> Arc<Authorities> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = &self.file
            && known.since.elapsed() >= REREAD
        {
            known.since = Instant::now();
            let read = std::fs::read(file).map(|pem| Authorities::new(certificates(&pem)));
            if let Ok(Ok(authorities)) = read {
                known.authorities = Arc::new(authorities);
            } else {
                tracing::warn!(?file, "no authority can be read; the former one counts");
            }
        }
        Arc::clone(&known.authorities)
    }
}

impl Authorities {
    fn new(certificates: Vec<CertificateDer<'static>>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        let (usable, _) = roots.add_parsable_certificates(certificates.iter().cloned());
        if usable == 0 {
            return Err("holds no certificate that can be read".to_owned());
        }
        let verifier = WebPkiServerVerifier::builder(Arc::new(roots))
            .build()
            .map_err(|error| format!("cannot be used: {error}"))?;
        Ok(Self { verifier, certificates })
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Authorities { verifier, certificates } = &*self.authorities();
        let verdict =
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verdict {
            Err(_) if certificates.iter().any(|trusted| trusted == end_entity) => {
                verify_trusted(end_entity, server_name, now)?;
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities().verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.authorities().verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities().verifier.supported_verify_schemes()
    }
}

/// What ended before 1970 is over for long, either way.
fn unix(time: ASN1Time) -> UnixTime {
    let seconds = u64::try_from(time.timestamp()).unwrap_or_default();
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

/// A trusted certificate needs no issuer: its dates, its purpose and its name remain. That the
/// server holds its key is proven by the signature of the handshake.
fn verify_trusted(
    certificate: &CertificateDer<'_>,
    server_name: &ServerName<'_>,
    now: UnixTime,
) -> Result<(), Error> {
    let unreadable = || Error::from(CertificateError::BadEncoding);
    let (_, parsed) = X509Certificate::from_der(certificate).map_err(|_| unreadable())?;
    let validity = parsed.validity();
    let (not_before, not_after) = (unix(validity.not_before), unix(validity.not_after));
    if now < not_before {
        return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
    }
    if now > not_after {
        return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
    }
    let purposes = parsed.extended_key_usage().map_err(|_| unreadable())?;
    if purposes.is_some_and(|purposes| !purposes.value.any && !purposes.value.server_auth) {
        return Err(CertificateError::InvalidPurpose.into());
    }
    verify_server_name(&ParsedCertificate::try_from(certificate)?, server_name)
}
