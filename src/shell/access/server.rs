//! The address of the API server.

use http::Uri;

/// Room for the path of every request behind it: a URL of more than 65,534 bytes is invalid.
const LONGEST: usize = 4096;

/// Reads `server` as kubectl does: what has no scheme is asked by plain HTTP.
///
/// # Errors
/// What is wrong with it.
pub fn parse(server: &str) -> Result<Uri, String> {
    if server.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} characters"));
    }
    let uri = if server.contains("://") { server.parse() } else { bare(server)?.parse() };
    let uri: Uri = uri.map_err(|error: http::uri::InvalidUri| error.to_string())?;
    match uri.scheme_str() {
        Some("https" | "http") => {}
        Some(other) => return Err(format!("its scheme is {other}, and must be https or http")),
        None => return Err("it is no URL, such as https://10.0.0.1:6443".to_owned()),
    }
    let authority = uri.authority().map_or("", http::uri::Authority::as_str);
    if authority.contains('@') {
        return Err("it holds credentials: those belong to a user, in username and password".into());
    }
    let host = uri.host().unwrap_or_default();
    let port = authority.strip_prefix(host).unwrap_or_default();
    if host.is_empty() || host == "[]" || (port.len() > 1 && uri.port_u16().is_none()) {
        return Err("it lacks a host, or its port is none".to_owned());
    }
    Ok(uri)
}

fn bare(server: &str) -> Result<String, String> {
    if server.trim_end_matches('/').contains('/') {
        return Err("it must be a URL, or host:port".to_owned());
    }
    Ok(format!("http://{server}"))
}

/// Whether credentials may be sent, and certificates are looked at.
pub fn is_secure(server: &Uri) -> bool {
    server.scheme_str() == Some("https")
}

/// The host, without the brackets of IPv6, and the port.
pub fn host_and_port(server: &Uri) -> (&str, u16) {
    let host = server.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let usual = if is_secure(server) { 443 } else { 80 };
    (host, server.port_u16().unwrap_or(usual))
}

/// The address with its port written out, where it has a host and, if any, a port that is one.
pub fn with_port(address: &Uri) -> Option<Uri> {
    let authority = address.authority()?;
    let host = address.host().filter(|host| !host.is_empty())?;
    if address.port().is_some() {
        return Some(address.clone());
    }
    if authority.as_str() != host {
        return None;
    }
    let port = match address.scheme_str()? {
        "https" => 443,
        "socks5" => 1080,
        _ => 80,
    };
    let mut parts = address.clone().into_parts();
    parts.authority = Some(format!("{host}:{port}").parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_scheme_is_plain_http() {
        for (server, url) in [
            ("https://10.0.0.1:6443", "https://10.0.0.1:6443/"),
            (
                "https://rancher.example/k8s/clusters/c-1",
                "https://rancher.example/k8s/clusters/c-1",
            ),
            ("localhost:6443", "http://localhost:6443/"),
            ("10.0.0.1", "http://10.0.0.1/"),
            ("[::1]:6443/", "http://[::1]:6443/"),
        ] {
            assert_eq!(parse(server).expect(server).to_string(), url);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for server in [
            "",
            "/",
            "not an address",
            "https://",
            "https://:6443",
            "https:///path",
            "ftp://host",
            "https://host:99999",
            "https://host:port",
            "https://user:word@host",
            "host/path",
            "https://[::1",
            "https://host\n",
            "https://h\u{e4}st",
            "unix:///var/run/a.sock",
        ] {
            assert!(parse(server).is_err(), "{server:?} is {:?}", parse(server));
        }
        assert!(parse(&format!("https://host/{}", "a".repeat(70_000))).is_err());
    }
}
