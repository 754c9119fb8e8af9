//! The keys of one API server, made for it and thrown away with it.

use super::folder::Folder;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, Error, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use std::path::PathBuf;

/// How the API server is called from outside and, on clusters with pods, from inside.
const NAMES: [&str; 5] =
    ["127.0.0.1", "localhost", "10.96.0.1", "kubernetes.default.svc", "kubernetes"];

/// Paths of PEM files.
pub struct Certificates {
    /// The authority that clients trust.
    pub authority: PathBuf,
    pub server_certificate: PathBuf,
    pub server_key: PathBuf,
    /// Sign and check service account tokens.
    pub accounts_private: PathBuf,
    pub accounts_public: PathBuf,
}

impl Certificates {
    pub fn new(folder: &Folder) -> Certificates {
        Self::make(folder)
            .unwrap_or_else(|e| panic!("cannot make the API server's certificates: {e}"))
    }

    fn make(folder: &Folder) -> Result<Certificates, Error> {
        let (authority, issuer) = authority()?;
        let server_key = KeyPair::generate()?;
        let server = params("kube-apiserver", &NAMES)?.signed_by(&server_key, &issuer)?;
        let accounts = KeyPair::generate()?;
        Ok(Certificates {
            authority: folder.write("authority.crt", &authority),
            server_certificate: folder.write("server.crt", &server.pem()),
            server_key: folder.write("server.key", &server_key.serialize_pem()),
            accounts_private: folder.write("accounts.key", &accounts.serialize_pem()),
            accounts_public: folder.write("accounts.pub", &accounts.public_key_pem()),
        })
    }
}

/// One apart from the server's own certificate: rustls refuses a server that shows its authority's.
fn authority() -> Result<(String, Issuer<'static, KeyPair>), Error> {
    let key = KeyPair::generate()?;
    let mut params = params("test authority", &[])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let certificate = params.self_signed(&key)?.pem();
    Ok((certificate, Issuer::new(params, key)))
}

fn params(common_name: &str, names: &[&str]) -> Result<CertificateParams, Error> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, common_name);
    Ok(params)
}
