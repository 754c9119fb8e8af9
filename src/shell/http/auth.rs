//! Who may ask: bearer tokens.

use super::error_response::ErrorResponse;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Knows the token by its digest. Digests of equal length are compared, in constant time: how long
/// it takes tells neither the token nor its length.
pub struct Auth(Option<[u8; 32]>);

impl Auth {
    /// Nobody may ask where there is no token; an empty one counts as no token.
    pub fn new(token: Option<&str>) -> Self {
        Self(token.filter(|token| !token.is_empty()).map(|token| Sha256::digest(token).into()))
    }

    /// Whether a request carries the token.
    ///
    /// # Errors
    /// 401, saying what is wrong.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ErrorResponse> {
        let Some(expected) = &self.0 else {
            return Err(ErrorResponse::unauthorized("API Token not configured")
                .details("set EEVEE_OPERATOR_API_TOKEN in the environment of the operator"));
        };
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Err(ErrorResponse::unauthorized("Authorization header required"));
        };
        let token = bearer(value.as_bytes()).filter(|_| values.next().is_none());
        let Some(token) = token else {
            return Err(ErrorResponse::unauthorized("Invalid authorization format")
                .details("send one header: Authorization: Bearer <token>"));
        };
        let given: [u8; 32] = Sha256::digest(token).into();
        if bool::from(given.ct_eq(expected)) {
            Ok(())
        } else {
            Err(ErrorResponse::unauthorized("Invalid token"))
        }
    }
}

/// The token of a header `Bearer <token>`, whose scheme is read in any case (RFC 9110, 11.1).
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let space = value.iter().position(|byte| *byte == b' ')?;
    let (scheme, token) = value.split_at(space);
    let token = token.trim_ascii();
    let one_word = !token.is_empty() && !token.contains(&b' ');
    (scheme.eq_ignore_ascii_case(b"bearer") && one_word).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_read_in_any_case_and_the_token_as_it_is() {
        assert_eq!(bearer(b"Bearer abc"), Some(b"abc".as_slice()));
        assert_eq!(bearer(b"bEARER   aBc="), Some(b"aBc=".as_slice()));
    }

    #[test]
    fn anything_but_one_scheme_and_one_token_is_refused() {
        for value in ["", "Bearer", "Bearer ", "abc", "Basic abc", "Bearer a b", "Bearerabc"] {
            assert_eq!(bearer(value.as_bytes()), None, "{value:?}");
        }
    }
}
