//! References of container images.

use kube::core::Rule;

/// What the kubelet can pull: an optional registry, a repository in lower case, and an optional tag
/// and digest. The grammar is that of `github.com/distribution/reference`.
pub const IMAGE: &str = concat!(
    r"^((([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])",
    r"([.]([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(:[0-9]+)?/)?",
    r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*(/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)*",
    r"(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?",
    r"(@[a-zA-Z][a-zA-Z0-9]*([-_+.][a-zA-Z][a-zA-Z0-9]*)*:[a-fA-F0-9]{32,})?$",
);

/// What [`IMAGE`] asks for, in words.
pub const IMAGE_RULE: &str =
    "be an image reference without spaces or a scheme, its repository in lower case, for example";

/// An image of a module.
pub const ECHO: &str = "ghcr.io/eeveebot/echo:1.0.0";
/// An image of the backup Jobs.
pub(super) const BACKUP: &str = "ghcr.io/eeveebot/operator:3.0.0";

/// Refuses what no kubelet could pull: the API server would take it.
pub(super) fn image(field: &str, example: &str) -> Rule {
    // A backslash in a text of CEL is written twice.
    let pattern = IMAGE.replace('\\', r"\\");
    Rule::new(format!("self.matches('{pattern}')").as_str())
        .message(format!("{field} must {IMAGE_RULE} {example}").as_str())
}
