//! Credentials as a header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// A token as a header.
///
/// # Errors
/// Where no header can hold it. The token is not told.
pub fn bearer(token: &[u8]) -> Result<HeaderValue, String> {
    let header = HeaderValue::from_bytes(&[b"Bearer ", token].concat());
    let mut header = header.map_err(|_| {
        "cannot be sent: it holds a line break or another control character".to_owned()
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// A name and a password as a header.
pub fn basic(user: &str, password: &str) -> Option<HeaderValue> {
    let encoded = STANDARD.encode(format!("{user}:{password}"));
    let mut header =
        HeaderValue::from_maybe_shared(format!("Basic {encoded}").into_bytes()).ok()?;
    header.set_sensitive(true);
    Some(header)
}
