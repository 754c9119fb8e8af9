//! Bytes that stand in a kubeconfig, or in a file that it names, and the PEM in them.

use super::files::Located;
use crate::trust::certificates;
use base64::Engine;
use base64::alphabet;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// As forgiving as Go's.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// A field that names a file, and its twin that holds the bytes.
pub struct Field<'a> {
    pub name: &'static str,
    pub file: Option<&'a str>,
    pub data: Option<&'a str>,
}

impl Field<'_> {
    pub fn is_set(&self) -> bool {
        self.file.is_some() || self.data.is_some()
    }

    /// The bytes, if one of both fields is set, and the name of that field.
    ///
    /// # Errors
    /// The field, the file, and why they give nothing. kubectl, too, refuses both at once.
    pub fn load<T>(&self, entry: &Located<T>) -> Result<Option<CredentialData>, String> {
        let Self { name, file, data } = self;
        match (file, data) {
            (Some(_), Some(_)) => Err(format!("{name} and {name}-data are both set: keep one")),
            (Some(file), None) => {
                let path = entry.path(file);
                let from = format!("{name} ({})", path.display());
                match std::fs::read(&path) {
                    Ok(bytes) => Ok(Some(CredentialData { bytes, from })),
                    Err(error) => Err(format!("{from} cannot be read: {error}")),
                }
            }
            (None, Some(data)) => {
                let from = format!("{name}-data");
                // Line breaks are no part of base64; blanks are a mistake to kubectl, too.
                let text: String = data.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
                match BASE64.decode(text) {
                    Ok(bytes) => Ok(Some(CredentialData { bytes, from })),
                    Err(_) => Err(format!("{from} is not base64")),
                }
            }
            (None, None) => Ok(None),
        }
    }
}

pub struct CredentialData {
    pub bytes: Vec<u8>,
    /// The field, for messages.
    pub from: String,
}

impl CredentialData {
    /// # Errors
    /// Where no certificate stands there.
    pub fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, String> {
        let certificates = certificates(&self.bytes);
        if certificates.is_empty() {
            return Err(format!("{} holds no certificate in PEM", self.from));
        }
        Ok(certificates)
    }

    /// # Errors
    /// Where no unencrypted private key stands there.
    pub fn key(&self) -> Result<PrivateKeyDer<'static>, String> {
        PrivateKeyDer::from_pem_slice(&self.bytes)
            .map_err(|_| format!("{} holds no private key in PEM, without a password", self.from))
    }
}
