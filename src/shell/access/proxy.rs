//! The proxy in front of the API server, decided once, before there is a client.

use super::no_proxy;
use super::server::{host_and_port, is_secure, with_port};
use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use std::fmt;
use std::net::IpAddr;

/// Where connections go in place of the server.
#[derive(Clone, Debug)]
pub struct Proxy {
    pub address: Uri,
    pub login: Login,
    /// What names it: a field of the kubeconfig or a variable.
    origin: &'static str,
}

#[derive(Clone, Debug)]
pub enum Login {
    None,
    /// For a header of HTTP.
    Basic(HeaderValue),
    /// For SOCKS.
    Socks(Password),
}

/// A name and its password, which is not printed.
#[derive(Clone)]
pub struct Password {
    pub user: String,
    pub word: String,
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Password").field("user", &self.user).finish_non_exhaustive()
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, login: _, origin } = self;
        write!(f, "the proxy {} of {origin}", address.to_string().trim_end_matches('/'))
    }
}

impl Proxy {
    pub fn is_socks(&self) -> bool {
        self.address.scheme_str() == Some("socks5")
    }
}

/// The proxy for a server: `proxy-url` of the cluster wins over everything, then come the variables
/// for the server's scheme, which never speak of this very machine.
///
/// # Errors
/// The field or variable that names no proxy, and what would be one. What it holds is not said:
/// a password may be part of it.
pub fn decide(
    server: &Uri,
    proxy_url: Option<&str>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Proxy>, String> {
    if let Some(url) = proxy_url {
        return of_field(url).map(Some);
    }
    let either = |names: [&'static str; 2]| {
        names.into_iter().find_map(|name| {
            variable(name).filter(|value| !value.is_empty()).map(|value| (name, value))
        })
    };
    let names = if is_secure(server) {
        ["HTTPS_PROXY", "https_proxy"]
    } else {
        ["HTTP_PROXY", "http_proxy"]
    };
    let Some((name, url)) = either(names) else { return Ok(None) };
    let (host, port) = host_and_port(server);
    let exempt = either(["NO_PROXY", "no_proxy"]).map(|(_, list)| list).unwrap_or_default();
    if is_this_machine(host) || no_proxy::exempts(&exempt, host, port) {
        return Ok(None);
    }
    of_variable(name, &url).map(Some)
}

/// Go's rule: other names of this machine are no exception.
fn is_this_machine(host: &str) -> bool {
    let loopback = |address: IpAddr| address.to_canonical().is_loopback();
    host == "localhost" || host.parse().is_ok_and(loopback)
}

fn of_field(url: &str) -> Result<Proxy, String> {
    let schemes = "proxy-url must be a URL of http, https or socks5";
    match url.split_once("://") {
        Some(("http" | "https" | "socks5", _)) => read("proxy-url", url).ok_or(schemes.to_owned()),
        _ => Err(schemes.to_owned()),
    }
}

fn of_variable(name: &'static str, url: &str) -> Result<Proxy, String> {
    let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let url = url.replacen("socks5h://", "socks5://", 1);
    let known = ["http://", "https://", "socks5://"].iter().any(|scheme| url.starts_with(scheme));
    known.then(|| read(name, &url)).flatten().ok_or_else(|| {
        format!("{name} is no proxy: it must be host:port, or a URL of http, https or socks5")
    })
}

fn read(origin: &'static str, url: &str) -> Option<Proxy> {
    let somewhere = Uri::from_static("http://somewhere.invalid");
    let found: Intercept = Matcher::builder().all(url).build().intercept(&somewhere)?;
    let address = with_port(found.uri())?;
    let login = match (found.basic_auth(), found.raw_auth()) {
        (Some(header), _) => Login::Basic(header.clone()),
        (None, Some((user, word))) => {
            Login::Socks(Password { user: user.to_owned(), word: word.to_owned() })
        }
        (None, None) => Login::None,
    };
    Some(Proxy { address, login, origin })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(server: &str, proxy_url: Option<&str>, variables: &[(&str, &str)]) -> String {
        let server = server.parse().expect("a server");
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        match decide(&server, proxy_url, variable) {
            Ok(None) => "directly".to_owned(),
            Ok(Some(proxy)) => proxy.address.to_string(),
            Err(why) => why,
        }
    }

    #[test]
    fn the_variable_is_that_of_the_scheme_of_the_server() {
        let both = [("HTTPS_PROXY", "http://s:1"), ("HTTP_PROXY", "http://p:2")];
        assert_eq!(decided("https://api.org", None, &both), "http://s:1/");
        assert_eq!(decided("http://api.org", None, &both), "http://p:2/");
        assert_eq!(decided("http://api.org", None, &both[..1]), "directly");
        assert_eq!(decided("https://api.org", None, &[("ALL_PROXY", "http://a:1")]), "directly");
        let small = [("HTTPS_PROXY", ""), ("https_proxy", "http://small:3")];
        assert_eq!(decided("https://api.org", None, &small), "http://small:3/");
        let large = [("HTTPS_PROXY", "http://large:3"), ("https_proxy", "http://small:3")];
        assert_eq!(decided("https://api.org", None, &large), "http://large:3/");
    }

    #[test]
    fn variables_never_speak_of_this_machine() {
        let proxies = [("HTTPS_PROXY", "http://p:1"), ("HTTP_PROXY", "http://p:1")];
        for host in ["localhost", "127.0.0.1:6443", "127.9.9.9", "[::1]:6443", "[::ffff:127.0.0.1]"]
        {
            for scheme in ["http", "https"] {
                assert_eq!(decided(&format!("{scheme}://{host}"), None, &proxies), "directly");
            }
        }
        let named = decided("https://127.0.0.1", Some("http://field:1"), &proxies);
        assert_eq!(named, "http://field:1/");
    }

    #[test]
    fn the_exemptions_are_those_of_the_server_and_not_of_the_proxy() {
        let list = |no: &'static str| [("https_proxy", "http://proxy.corp:1"), ("no_proxy", no)];
        assert_eq!(decided("https://api.org", None, &list("api.org")), "directly");
        assert_eq!(decided("https://api.org", None, &list("proxy.corp")), "http://proxy.corp:1/");
        assert_eq!(decided("https://10.1.2.3", None, &list("10.0.0.0/8")), "directly");
        assert_eq!(decided("https://api.org", None, &list("api.org:6443")), "http://proxy.corp:1/");
        let field = decided("https://api.org", Some("http://field:1"), &list("*"));
        assert_eq!(field, "http://field:1/", "proxy-url knows no exemptions");
    }

    #[test]
    fn a_proxy_is_named_in_all_the_ways_that_kubectl_knows() {
        let of = |url: &str| decided("https://api.org", None, &[("HTTPS_PROXY", url)]);
        assert_eq!(of("proxy"), "http://proxy:80/");
        assert_eq!(of("proxy:3128"), "http://proxy:3128/");
        assert_eq!(of("user:word@proxy:3128"), "http://proxy:3128/");
        assert_eq!(of("https://proxy"), "https://proxy:443/");
        assert_eq!(of("socks5://proxy"), "socks5://proxy:1080/");
        assert_eq!(of("socks5h://proxy:9"), "socks5://proxy:9/");
        assert_eq!(of("http://[fd00::1]/path"), "http://[fd00::1]:80/");
        for wrong in
            ["ftp://proxy", "http://", "http://:3128", "http://proxy:99999", "a b", "socks4://p"]
        {
            let why = of(wrong);
            assert!(why.starts_with("HTTPS_PROXY is no proxy"), "{wrong:?}: {why}");
        }
        let field = |url: &str| decided("https://api.org", Some(url), &[]);
        assert_eq!(field("socks5://proxy"), "socks5://proxy:1080/");
        for wrong in ["proxy:3128", "ftp://proxy", "socks5h://proxy", "http://"] {
            assert!(field(wrong).starts_with("proxy-url must be"), "{wrong:?}");
        }
    }

    #[test]
    fn no_message_tells_the_password_of_a_proxy() {
        let server = Uri::from_static("https://api.org");
        let proxy = decide(&server, Some("socks5://me:hunter2@proxy"), |_| None);
        let proxy = proxy.expect("a proxy").expect("one");
        assert!(!format!("{proxy:?} {proxy}").contains("hunter2"));
        let variable =
            |name: &str| (name == "HTTPS_PROXY").then(|| "ftp://me:hunter2@p".to_owned());
        assert!(!decide(&server, None, variable).expect_err("no proxy").contains("hunter2"));
    }
}
