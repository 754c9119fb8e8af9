//! What lies behind an error of the HTTP client.

use super::connect::Nowhere;
use super::error::RequestError;
use rustls::CertificateError;
use std::error::Error;
use std::io::{self, ErrorKind};

/// Finds the cause. Whatever is not known counts as a cut connection.
pub fn fault(error: &(dyn Error + 'static)) -> RequestError {
    let mut next = Some(error);
    let mut found = None;
    while let Some(error) = next {
        found = of(error).or(found);
        next = inner(error);
    }
    found.unwrap_or(RequestError::Cut)
}

/// The `source` of an `io::Error` is not what it holds, but the source of that.
fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    held.map(|held| held as &(dyn Error + 'static)).or_else(|| error.source())
}

fn of(error: &(dyn Error + 'static)) -> Option<RequestError> {
    if let Some(nowhere) = error.downcast_ref::<Nowhere>() {
        return Some(match nowhere {
            Nowhere::Unknown => RequestError::UnknownHost,
            Nowhere::LinkLocal => RequestError::LinkLocal,
        });
    }
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return of_tls(error);
    }
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return of_http(error);
    }
    of_io(error.downcast_ref::<io::Error>()?.kind())
}

fn of_io(kind: ErrorKind) -> Option<RequestError> {
    match kind {
        ErrorKind::ConnectionRefused => Some(RequestError::NobodyListens),
        ErrorKind::TimedOut => Some(RequestError::TimedOut),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            Some(RequestError::Unreachable)
        }
        _ => None,
    }
}

fn of_http(error: &hyper::Error) -> Option<RequestError> {
    if error.is_timeout() {
        Some(RequestError::TimedOut)
    } else if error.is_parse() {
        Some(RequestError::Malformed("what comes back is no HTTP"))
    } else {
        None
    }
}

fn of_tls(error: &rustls::Error) -> Option<RequestError> {
    match error {
        rustls::Error::InvalidCertificate(why) => {
            Some(RequestError::Certificate(of_certificate(why)))
        }
        rustls::Error::InvalidMessage(_)
        | rustls::Error::AlertReceived(_)
        | rustls::Error::PeerIncompatible(_) => Some(RequestError::NoTls),
        _ => None,
    }
}

fn of_certificate(error: &CertificateError) -> String {
    let why = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "has expired: renew it"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet: look at the clocks"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another name: mend endpoint, and with a bucket in the host name look whether pathStyle must be true"
        }
        CertificateError::UnknownIssuer => {
            "is signed by nobody who is trusted here: put the authority's certificate into caBundle"
        }
        _ => "is not valid: renew it, or put its authority's certificate into caBundle",
    };
    format!("the certificate of the store {why}")
}
