//! Which servers NO_PROXY exempts, as Go's `httpproxy` and so kubectl understands it. Other readers
//! know neither ports nor the difference between `.example.org` and `example.org`.

use ipnet::IpNet;
use std::net::IpAddr;

/// Whether requests to a host, written without brackets, go to it directly.
pub fn exempts(list: &str, host: &str, port: u16) -> bool {
    let host = host.to_ascii_lowercase();
    let address = host.parse::<IpAddr>().ok().map(|address| address.to_canonical());
    list.split(',').any(|rule| matches(&rule.trim().to_ascii_lowercase(), &host, address, port))
}

fn matches(rule: &str, host: &str, address: Option<IpAddr>, port: u16) -> bool {
    if rule == "*" {
        return true;
    }
    if let Ok(net) = rule.parse::<IpNet>() {
        return address.is_some_and(|address| net.contains(&address));
    }
    let (name, wanted) = split_port(rule);
    if wanted.is_some_and(|wanted| wanted != port.to_string()) {
        return false;
    }
    if let Ok(exempt) = name.parse::<IpAddr>() {
        return address == Some(exempt.to_canonical());
    }
    is_within(host, name)
}

/// `example.org` is the host and all below it; `.example.org` and `*.example.org` only those below.
fn is_within(host: &str, name: &str) -> bool {
    let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
    if name.is_empty() {
        return false;
    }
    match name.strip_prefix('.') {
        Some(_) => host.ends_with(name),
        None => host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')),
    }
}

/// The host of a rule, and its port where it has one: an IPv6 address has colons of its own.
fn split_port(rule: &str) -> (&str, Option<&str>) {
    if let Some(rest) = rule.strip_prefix('[') {
        return match rest.split_once("]:") {
            Some((host, port)) => (host, Some(port).filter(|port| !port.is_empty())),
            None => (rule, None),
        };
    }
    match rule.split_once(':') {
        Some((host, port)) if !port.contains(':') => {
            (host, Some(port).filter(|port| !port.is_empty()))
        }
        _ => (rule, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_exempt_what_go_exempts() {
        for (list, host, port, exempt) in [
            ("", "a.org", 443, false),
            (" , ", "a.org", 443, false),
            ("*", "a.org", 443, true),
            ("b.org, *", "a.org", 443, true),
            ("a.org", "a.org", 443, true),
            ("A.ORG", "a.Org", 443, true),
            ("a.org", "api.a.org", 443, true),
            ("a.org", "ba.org", 443, false),
            (".a.org", "a.org", 443, false),
            (".a.org", "api.a.org", 443, true),
            ("*.a.org", "a.org", 443, false),
            ("*.a.org", "api.a.org", 443, true),
            ("*a.org", "ba.org", 443, false),
            ("a.org:6443", "a.org", 443, false),
            ("a.org:6443", "api.a.org", 6443, true),
            ("a.org:", "a.org", 443, true),
            (":443", "a.org", 443, false),
            ("10.0.0.1", "10.0.0.1", 443, true),
            ("10.0.0.1", "10.0.0.10", 443, false),
            ("10.0.0.1:6443", "10.0.0.1", 443, false),
            ("10.0.0.1:6443", "10.0.0.1", 6443, true),
            ("10.0.0.0/8", "10.9.8.7", 443, true),
            ("10.0.0.0/8", "11.0.0.1", 443, false),
            ("10.0.0.1/8", "10.9.8.7", 443, true),
            ("10.0.0.0/8", "10.example.org", 443, false),
            ("fd00::/8", "fd12::1", 443, true),
            ("fd00::1", "fd00::1", 443, true),
            ("[fd00::1]:6443", "fd00::1", 6443, true),
            ("[fd00::1]:6443", "fd00::1", 443, false),
            ("::ffff:10.0.0.1", "10.0.0.1", 443, true),
            ("b.org,10.0.0.0/8 , a.org", "a.org", 443, true),
            ("https://a.org", "a.org", 443, false),
        ] {
            assert_eq!(exempts(list, host, port), exempt, "{list:?} and {host}:{port}");
        }
    }
}
