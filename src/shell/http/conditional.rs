//! Answers that a client may have already: ETag and If-None-Match, as RFC 9110, 13.1.2 has them.

use http::header::{ETAG, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use sha2::{Digest, Sha256};
use warp::reply::{Reply, Response};

/// Names one content, by its digest: every replica gives the same content the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag([u8; 16]);

impl Tag {
    /// The name of a content.
    pub fn of(content: &[u8]) -> Self {
        let digest: [u8; 32] = Sha256::digest(content).into();
        // Half of it: nobody gains anything by two contents with one name.
        Self(std::array::from_fn(|index| digest[index]))
    }

    /// Whether a client says that it has the content. A proxy that compresses makes names weak.
    pub fn is_held(self, headers: &HeaderMap) -> bool {
        let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let own = self.text();
        values
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|held| held == "*" || held.strip_prefix("W/").unwrap_or(held) == own)
    }

    /// The answer to a client that has the content.
    pub fn not_modified(self) -> Response {
        self.on(StatusCode::NOT_MODIFIED.into_response())
    }

    /// An answer with the name of its content.
    pub fn on(self, mut response: Response) -> Response {
        response
            .headers_mut()
            .extend(HeaderValue::from_str(&self.text()).ok().map(|tag| (ETAG, tag)));
        response
    }

    fn text(self) -> String {
        let digits: String = self.0.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("\"{digits}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_however_it_is_listed() {
        let tag = Tag::of(b"content");
        let (own, other) = (tag.text(), Tag::of(b"other").text());
        for (held, expected) in [
            (own.clone(), true),
            (format!("W/{own}"), true),
            (format!("{other}, {own}"), true),
            (format!("{other},W/{own}"), true),
            ("*".to_owned(), true),
            (other.clone(), false),
            (own.trim_matches('"').to_owned(), false),
            (own.to_uppercase(), false),
            (format!("w/{own}"), false),
            (String::new(), false),
        ] {
            let mut headers = HeaderMap::new();
            assert!(!tag.is_held(&headers));
            headers.append(IF_NONE_MATCH, HeaderValue::from_str(&other).unwrap());
            headers.append(IF_NONE_MATCH, HeaderValue::from_str(&held).unwrap());
            assert_eq!(tag.is_held(&headers), expected, "{held}");
        }
    }
}
