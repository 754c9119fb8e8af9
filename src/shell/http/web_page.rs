//! The page for browsers: one file, which asks for everything it shows.

use super::conditional::Tag;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use warp::reply::{Reply, Response};

const SOURCE: &str = include_str!("page.html");

/// Nothing runs but what stands in the file, nothing is fetched but from where the page came from, and
/// no text becomes markup.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let (script, style) = (hash("script"), hash("style"));
    let policy = format!(
        "default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; img-src data:; \
         frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

static TAG: LazyLock<Tag> = LazyLock::new(|| Tag::of(SOURCE.as_bytes()));

/// The page, or that a browser has it already.
pub fn page(headers: &HeaderMap) -> Response {
    let response =
        if TAG.is_held(headers) { TAG.not_modified() } else { TAG.on(SOURCE.into_response()) };
    guarded(response)
}

/// With what a browser is to heed.
fn guarded(mut response: Response) -> Response {
    let fixed: [(HeaderName, &str); 6] = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        // For browsers that do not know frame-ancestors.
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_SECURITY_POLICY, POLICY.clone());
    response
}

/// What a policy calls the one element of a name, which stands in the file without attributes.
fn hash(element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let inside = SOURCE.split_once(&open).and_then(|(_, rest)| rest.split_once(&close));
    let text = inside.map_or("", |(text, _)| text);
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    fn matches(pattern: &str) -> Vec<&'static str> {
        let pattern = Regex::new(pattern).unwrap();
        pattern.find_iter(SOURCE).map(|found| found.as_str()).collect()
    }

    #[test]
    fn the_page_is_small_and_whole() {
        assert!(SOURCE.len() < 60_000, "{} bytes", SOURCE.len());
        // A browser hashes a carriage return as a line feed.
        assert!(!SOURCE.contains('\r'));
    }

    #[test]
    fn there_is_one_script_and_one_style_and_the_policy_names_both() {
        for element in ["script", "style"] {
            let opened = matches(&format!("(?i)<{element}\\b[^>]*>"));
            assert_eq!(opened, [format!("<{element}>")]);
            let policy = POLICY.to_str().unwrap();
            assert!(policy.contains(&format!("{element}-src {}", hash(element))), "{policy}");
            assert_ne!(hash(element), format!("'sha256-{}'", STANDARD.encode(Sha256::digest(""))));
        }
    }

    /// Hashes do not cover them.
    #[test]
    fn no_style_and_no_handler_stands_in_an_attribute() {
        let markup = SOURCE.split("<script>").next().unwrap();
        let attribute = Regex::new(r"(?i)<[a-z][^>]*\s(style|on[a-z]+)\s*=").unwrap();
        assert!(!attribute.is_match(markup));
    }

    #[test]
    fn no_text_can_become_markup_and_nothing_is_fetched_from_elsewhere() {
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
            "DOMParser",
            "createContextualFragment",
            "setHTML",
            ".style",
            "localStorage",
            "cookie",
        ] {
            assert!(!SOURCE.contains(word), "{word}");
        }
        let hosts = matches(r#"(?i)(https?:)?//[a-z0-9.-]+\.[a-z]+[^\s"'`<]*"#);
        let allowed = |found: &&str| {
            ["https://github.com/eeveebot/operator", "//www.w3.org/"]
                .iter()
                .any(|host| found.contains(host))
        };
        assert!(hosts.iter().all(allowed), "{hosts:?}");
    }
}
