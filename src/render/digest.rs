//! Digests: how a change is noticed without keeping what changed.

use crate::kinds::Kind;
use crate::names;
use crate::object::{Object, ObjectRef};
use crate::source::Source;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io;

/// Whether the config hash in a Deployment's pod template is keyed: that of nats.conf is, because
/// the file holds the token. That of moduleConfig is not.
pub fn keyed_config_hash(manifest: &Value) -> bool {
    let labels = manifest.pointer("/spec/template/metadata/labels");
    labels.is_some_and(|labels| labels.get(names::NATS_SERVER_LABEL).is_some())
}

/// Bytes of a digest that are kept: 128 bits are beyond any accident and short enough to read.
const KEPT: usize = 16;

/// Makes digests of secret data that nobody without the key can guess from.
#[derive(Clone)]
pub struct Keyed(Hmac<Sha256>);

impl Keyed {
    /// The key in the operator's Secret. None where the Secret holds none.
    pub fn in_secret(secret: &Object) -> Option<Self> {
        let key = secret.secret_value(names::DIGEST_KEY).filter(|key| !key.is_empty())?;
        // HMAC takes a key of any length.
        Hmac::new_from_slice(&key).ok().map(Self)
    }

    /// Digest of some parts. The purpose keeps equal data in different places apart.
    pub fn digest<'a>(&self, purpose: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
        let mut hmac = self.0.clone();
        hmac.update(purpose.as_bytes());
        for part in parts {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            hmac.update(&(part.len() as u64).to_be_bytes());
            hmac.update(part);
        }
        hex(&hmac.finalize().into_bytes())
    }

    /// Digest of a manifest that holds secret data.
    pub fn manifest(&self, manifest: &Value) -> String {
        let mut hmac = self.0.clone();
        write_json(manifest, |bytes| hmac.update(bytes));
        hex(&hmac.finalize().into_bytes())
    }
}

/// Where the digest key is kept.
pub fn key_secret(source: &dyn Source) -> ObjectRef {
    ObjectRef::new(Kind::Secret, source.settings().namespace.as_str(), names::DIGEST_KEY_SECRET)
}

/// Digest of a manifest that holds no secret.
pub fn plain_manifest(manifest: &Value) -> String {
    let mut hash = Sha256::new();
    write_json(manifest, |bytes| hash.update(bytes));
    hex(&hash.finalize())
}

/// Digest of a text that is no secret.
pub fn plain_text(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(digest: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    digest.iter().take(KEPT).flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Feeds compact JSON with sorted keys to a hash, without holding the text.
fn write_json(value: &Value, update: impl FnMut(&[u8])) {
    struct Sink<F>(F);
    impl<F: FnMut(&[u8])> io::Write for Sink<F> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            (self.0)(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    // Large enough for a hash, and small enough to come from what the allocator has at hand.
    let buffered = io::BufWriter::with_capacity(512, Sink(update));
    // A Value has only text keys and the sink takes everything: this cannot fail.
    let _ = serde_json::to_writer(buffered, value);
}
