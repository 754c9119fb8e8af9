//! The tag of a container image, of references as `[registry[:port]/]path[:tag][@digest]`.

/// Longest tag, by the OCI distribution specification.
const TAG_LENGTH: usize = 128;

/// The tag that an image is pulled by: `latest` where the reference has neither tag nor digest,
/// as container runtimes read it. None where a digest alone says what is pulled, and for what is
/// no reference.
pub fn tag(reference: &str) -> Option<&str> {
    let (name, digest) = match reference.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (reference, None),
    };
    // A colon before the last slash belongs to the port of the registry.
    let path = name.rsplit_once('/').map_or(name, |(_, path)| path);
    match path.split_once(':') {
        Some((path, tag)) => (!path.is_empty() && is_tag(tag)).then_some(tag),
        None if path.is_empty() || digest.is_some() => None,
        None => Some("latest"),
    }
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= TAG_LENGTH
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::tag;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_tag_is_found_behind_every_kind_of_name() {
        assert_eq!(tag("echo:1.2"), Some("1.2"));
        assert_eq!(tag("ghcr.io/eeveebot/echo:1.2.3-rc.1"), Some("1.2.3-rc.1"));
        assert_eq!(tag("localhost:5000/echo:v1"), Some("v1"));
        assert_eq!(tag("[::1]:5000/a/echo:v1"), Some("v1"));
        assert_eq!(tag("host:5000/a/b:1.2"), Some("1.2"));
    }

    #[test]
    fn the_port_of_a_registry_is_no_tag() {
        assert_eq!(tag("localhost:5000/echo"), Some("latest"));
        assert_eq!(tag("host:5000/a/b"), Some("latest"));
    }

    #[test]
    fn a_digest_is_no_tag() {
        assert_eq!(tag(&format!("echo@{DIGEST}")), None);
        assert_eq!(tag(&format!("localhost:5000/echo@{DIGEST}")), None);
        assert_eq!(tag(&format!("host:5000/a/b:1.2@{DIGEST}")), Some("1.2"));
    }

    #[test]
    fn without_tag_and_digest_it_is_the_latest() {
        assert_eq!(tag("echo"), Some("latest"));
        assert_eq!(tag("ghcr.io/eeveebot/echo"), Some("latest"));
    }

    #[test]
    fn what_is_no_reference_has_no_tag() {
        for reference in ["", ":1", "a/", "a/:1", "echo:", "echo:1:2", "echo:-1", "echo:a b"] {
            assert_eq!(tag(reference), None, "{reference:?}");
        }
        assert_eq!(tag(&format!("echo:{}", "x".repeat(128))).map(str::len), Some(128));
        assert_eq!(tag(&format!("echo:{}", "x".repeat(129))), None);
    }
}
