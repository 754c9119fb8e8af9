//! The address of an S3 service, as a user writes it.

use std::net::{IpAddr, Ipv6Addr};
use url::{Host, Url};

/// A name that DNS can hold.
const LONGEST_LABEL: usize = 63;

/// Where requests go: an address that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: Url,
    path_style: bool,
}

/// Judges an `endpoint`.
///
/// # Errors
/// What is wrong with it and how to mend it. The text itself is not repeated: a password may be part of it.
pub fn endpoint(text: &str, path_style: bool) -> Result<Endpoint, String> {
    let wrong = |why: &str| Err(format!("endpoint {why}, for example https://s3.example.org"));
    let Ok(url) = Url::parse(text) else { return wrong("must be a URL") };
    if !matches!(url.scheme(), "http" | "https") {
        return wrong("must be a URL of https or http");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong(
            "must hold no credentials: those belong into the Secrets of accessId and accessKey",
        );
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("must end with the host, or a path");
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::from(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::from(address)),
        Some(Host::Domain(_)) => None,
        None => return wrong("must name a host"),
    };
    if address.is_some_and(is_link_local) {
        return Err(
            "endpoint is a link-local address, which is no S3 service: name a host".to_owned()
        );
    }
    if address.is_some() && !path_style {
        let why = "endpoint is an IP address, in front of which no bucket can be put";
        return Err(format!("{why}: set pathStyle to true, or name a host"));
    }
    Ok(Endpoint { url, path_style })
}

/// Judges a `prefix`: it stands in the path of a URL, where some names mean folders.
///
/// # Errors
/// What is wrong with it.
pub fn check_prefix(prefix: &str) -> Result<(), String> {
    if prefix.chars().any(char::is_control) {
        return Err("prefix holds a control character".to_owned());
    }
    // The last segment goes on with the namespace.
    let mut folders = prefix.split('/').rev().skip(1);
    if folders.any(|folder| folder == "." || folder == "..") {
        return Err("prefix must hold no folder called . or ..".to_owned());
    }
    Ok(())
}

/// Where a machine finds its neighbours and its cloud's metadata, with credentials among them.
pub fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local() || is_link_local_ipv4(address),
    }
}

/// IPv4 inside of IPv6: mapped, compatible, or behind the well-known prefix of NAT64.
fn is_link_local_ipv4(address: Ipv6Addr) -> bool {
    let is_translated = address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    let [.., a, b, c, d] = address.octets();
    let inner = address.to_ipv4().or_else(|| is_translated.then(|| [a, b, c, d].into()));
    inner.is_some_and(|inner| inner.is_link_local())
}

impl Endpoint {
    /// The URL of a bucket, without a slash at its end.
    ///
    /// # Errors
    /// What is wrong with the name of the bucket.
    pub fn of_bucket(&self, bucket: &str) -> Result<Url, String> {
        let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
        let is_folder = bucket.is_empty() || bucket == "." || bucket == "..";
        if is_folder || bucket.len() > 255 || !bucket.chars().all(is_plain) {
            return Err("bucket must be a name of letters, digits, - and .".to_owned());
        }
        let mut url = self.url.clone();
        let folder = url.path().trim_end_matches('/').to_owned();
        if self.path_style {
            url.set_path(&format!("{folder}/{bucket}"));
            return Ok(url);
        }
        url.set_path(&folder);
        let host = format!("{bucket}.{}", url.host_str().unwrap_or_default());
        let is_label = |label: &str| !label.is_empty() && label.len() <= LONGEST_LABEL;
        if !bucket.split('.').all(is_label) || url.set_host(Some(&host)).is_err() {
            return Err("bucket cannot be part of a host name: set pathStyle to true".to_owned());
        }
        Ok(url)
    }

    /// Whether credentials and data travel in the clear.
    pub fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(text: &str, path_style: bool, bucket: &str) -> Result<String, String> {
        Ok(endpoint(text, path_style)?.of_bucket(bucket)?.as_str().trim_end_matches('/').to_owned())
    }

    #[test]
    fn a_bucket_stands_before_the_host_or_in_the_path() {
        for (text, path_style, url) in [
            ("https://s3.example.org", false, "https://b.s3.example.org"),
            ("https://s3.example.org/", false, "https://b.s3.example.org"),
            ("https://S3.Example.org:443", true, "https://s3.example.org/b"),
            ("http://minio.minio.svc:9000", true, "http://minio.minio.svc:9000/b"),
            ("http://minio:9000", false, "http://b.minio:9000"),
            ("https://x.example.org/storage/v1/s3/", true, "https://x.example.org/storage/v1/s3/b"),
            ("http://10.0.0.1:9000", true, "http://10.0.0.1:9000/b"),
            ("http://[fd00::1]:9000", true, "http://[fd00::1]:9000/b"),
        ] {
            assert_eq!(bucket(text, path_style, "b").as_deref(), Ok(url), "{text}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused_and_says_why() {
        for (text, path_style, why) in [
            ("", true, "must be a URL"),
            ("s3.example.org", true, "must be a URL"),
            ("minio:9000", true, "https or http"),
            ("ftp://s3.example.org", true, "https or http"),
            ("file:///etc/passwd", true, "https or http"),
            ("https://", true, "must be a URL"),
            ("https://me:hunter2@s3.example.org", true, "no credentials"),
            ("https://me@s3.example.org", true, "no credentials"),
            ("https://s3.example.org?a=b", true, "must end"),
            ("https://s3.example.org#a", true, "must end"),
            ("http://10.0.0.1:9000", false, "set pathStyle"),
            ("http://[fd00::1]", false, "set pathStyle"),
            ("http://169.254.169.254", true, "link-local"),
            ("http://0xa9fea9fe", true, "link-local"),
            ("http://2852039166", true, "link-local"),
            ("http://[fe80::1]", true, "link-local"),
            ("http://[::ffff:169.254.169.254]", true, "link-local"),
            ("http://[64:ff9b::a9fe:a9fe]", true, "link-local"),
        ] {
            let message = endpoint(text, path_style).expect_err(text);
            assert!(message.contains(why), "{text}: {message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn a_bucket_has_a_plain_name() {
        let long = "b".repeat(64);
        for wrong in ["", ".", "..", "a/b", "a b", "a?b", "a@b", "ä"] {
            assert!(bucket("https://s3.example.org", true, wrong).is_err(), "{wrong}");
        }
        assert!(bucket("https://s3.example.org", true, &long).is_ok());
        for wrong in [&long, ".b", "b..c"] {
            let why = bucket("https://s3.example.org", false, wrong);
            assert!(why.is_err_and(|why| why.contains("pathStyle")), "{wrong}");
        }
    }

    #[test]
    fn a_prefix_leads_to_no_other_folder() {
        for good in ["", "/", "//", "a//b/", "..a/", "a../b.", "a b+%/", "x/..", "ä"] {
            assert_eq!(check_prefix(good), Ok(()), "{good}");
        }
        for wrong in ["../", "./", "a/../b", "/./", "a\n", "a\0"] {
            assert!(check_prefix(wrong).is_err(), "{wrong:?}");
        }
    }
}
