//! References of container images.

use kube::core::Rule;
use regex::Regex;
use std::sync::LazyLock;

/// What the kubelet can pull: an optional registry, a repository in lower case, and an optional tag
/// and digest. The grammar is that of `github.com/distribution/reference`.
const IMAGE: &str = concat!(
    r"^((([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])",
    r"([.]([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(:[0-9]+)?/)?",
    r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*",
    r"(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?",
    r"(@[a-zA-Z][a-zA-Z0-9]*([-_+.][a-zA-Z][a-zA-Z0-9]*)*:[a-fA-F0-9]{32,})?$",
);

/// What an image must be, in words.
pub const IMAGE_RULE: &str =
    "be an image reference without spaces or a scheme, its repository in lower case, for example";

/// An image of a module.
pub const ECHO: &str = "ghcr.io/eeveebot/echo:1.0.0";
/// An image of the operator, which is that of its Jobs, too.
pub const OPERATOR: &str = "ghcr.io/eeveebot/operator:3.0.0";

/// The longest reference that an API server takes for one, in characters.
const LONGEST: usize = 1024;

// The pattern compiles: a test says so.
static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(IMAGE).ok());

/// Whether a kubelet could pull a text.
pub fn is_image(text: &str) -> bool {
    text.chars().count() <= LONGEST && PATTERN.as_ref().is_none_or(|pattern| pattern.is_match(text))
}

/// Refuses what no kubelet could pull: the API server would take it.
pub(super) fn image(field: &str, example: &str) -> Rule {
    // A backslash in a text of CEL is written twice.
    let pattern = IMAGE.replace('\\', r"\\");
    Rule::new(format!("self.matches('{pattern}')").as_str())
        .message(format!("{field} must {IMAGE_RULE} {example}").as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_told_from_other_texts() {
        assert!(PATTERN.is_some());
        let digest = format!("a@sha256:{}", "0".repeat(64));
        let good = [
            "a",
            "a:b",
            "a/b",
            "A.io/b",
            "localhost:5000/a/b:1",
            "[::1]:5000/a",
            "a__b/c--d.e",
            "a:5000/b",
            &digest,
        ];
        for text in good {
            assert!(is_image(text), "{text:?}");
        }
        let bad = [
            "",
            " a",
            "a ",
            "a:",
            "a@",
            "https://ghcr.io/a",
            "A",
            "ghcr.io/A",
            "a/B:1",
            "a b",
            "/a",
            "a//b",
            "a:b:c",
            "a@sha256:00",
            "-a",
            "a/",
        ];
        for text in bad {
            assert!(!is_image(text), "{text:?}");
        }
    }
}
