//! Certificates of a test, and thrown away with it.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

/// A certificate and its key, in PEM.
pub struct Issued {
    pub certificate: String,
    pub key: String,
}

pub struct Authority {
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    pub fn issue(&self, change: impl FnOnce(&mut CertificateParams)) -> Issued {
        let key = KeyPair::generate().expect("a key");
        let mut params = named("127.0.0.1");
        change(&mut params);
        let signed = params.signed_by(&key, &self.issuer).expect("a certificate");
        Issued { certificate: signed.pem(), key: key.serialize_pem() }
    }
}

/// What a newcomer makes with one line of openssl: its own authority.
pub fn self_signed() -> Issued {
    let key = KeyPair::generate().expect("a key");
    let mut params = named("127.0.0.1");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).expect("a certificate").pem();
    Issued { certificate, key: key.serialize_pem() }
}

pub fn expired(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2020, 2, 1);
}

pub fn for_another_host(params: &mut CertificateParams) {
    params.subject_alt_names = named("s3.example.org").subject_alt_names;
}

fn named(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).expect("a name")
}
