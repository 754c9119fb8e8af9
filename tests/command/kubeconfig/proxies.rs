//! Proxies, in front of a server whose name nobody but they can resolve.

use super::api_server::ApiServer;
use super::certificates::Authority;
use super::proxy::Proxy;
use super::{Scene, kubeconfig};

const CA: &str = "certificate-authority: ca.pem";
const SERVER: &str = "https://api.eevee.invalid:6443";

fn config(more: &str) -> String {
    kubeconfig(SERVER, &format!("{CA}{more}"), "token: t")
}

fn url(scheme: &str, proxy: &Proxy) -> String {
    format!("{scheme}://127.0.0.1:{}", proxy.port)
}

#[test]
fn the_proxy_of_the_environment_leads_to_the_server() {
    let scene = Scene::new();
    let proxy = Proxy::of_http(scene.server.port);
    for variable in ["HTTPS_PROXY", "https_proxy"] {
        let ending = scene.diff_with(&config(""), &[(variable, &url("http", &proxy))]);
        ending.is_refused(&["HTTP 403"]);
        scene.server.heard(&["host: api.eevee.invalid:6443\r\n", "authorization: Bearer t"]);
        assert!(
            proxy.asked().last().expect("asked").starts_with("CONNECT api.eevee.invalid:6443 ")
        );
    }
}

#[test]
fn the_password_of_a_proxy_is_sent_to_it_and_told_to_nobody() {
    let scene = Scene::new();
    let proxy = Proxy::of_http(scene.server.port);
    let address = format!("http://me:p%40ss@127.0.0.1:{}", proxy.port);
    scene.diff_with(&config(""), &[("HTTPS_PROXY", &address)]).is_refused(&["HTTP 403"]);
    let asked = proxy.asked().concat().to_lowercase();
    assert!(asked.contains("proxy-authorization: basic bwu6cebzcw==\r\n"), "{asked}");
    let closed = Proxy::closed();
    let address = format!("http://me:p%40ss@127.0.0.1:{}", closed.port);
    let ending = scene.diff_with(&config(""), &[("HTTPS_PROXY", &address)]);
    let named = format!("through the proxy http://127.0.0.1:{} of HTTPS_PROXY", closed.port);
    ending.is_refused(&[&named, "proxy authorization required"]);
    assert!(!ending.err.contains("ss@"), "{}", ending.err);
}

#[test]
fn no_proxy_exempts_the_server_it_names() {
    let scene = Scene::new();
    let proxy = Proxy::of_http(scene.server.port);
    let address = url("http", &proxy);
    for exempt in [".eevee.invalid", "api.eevee.invalid:6443", "*", "other, EEVEE.invalid"] {
        for variable in ["NO_PROXY", "no_proxy"] {
            let variables = [("HTTPS_PROXY", address.as_str()), (variable, exempt)];
            let ending = scene.diff_with(&config(""), &variables);
            ending.is_refused(&["the API server does not answer"]);
        }
    }
    assert!(proxy.asked().is_empty());
    // The address of the proxy is no matter.
    for exempt in ["127.0.0.1", "api.eevee.invalid:443", ".api.eevee.invalid"] {
        let variables = [("HTTPS_PROXY", address.as_str()), ("NO_PROXY", exempt)];
        scene.diff_with(&config(""), &variables).is_refused(&["HTTP 403"]);
    }
}

#[test]
fn the_proxy_of_the_file_wins_and_knows_no_exemption() {
    let scene = Scene::new();
    let proxy = Proxy::of_http(scene.server.port);
    let other = Proxy::closed();
    let config = config(&format!(", proxy-url: '{}'", url("http", &proxy)));
    let variables = [("HTTPS_PROXY", url("http", &other)), ("NO_PROXY", "*".to_owned())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    scene.diff_with(&config, &variables).is_refused(&["HTTP 403"]);
    assert!(other.asked().is_empty());
}

#[test]
fn the_environment_has_no_proxy_for_this_machine_but_the_file_may() {
    let scene = Scene::new();
    let proxy = Proxy::of_http(scene.server.port);
    let address = url("http", &proxy);
    let variables = [("HTTPS_PROXY", address.as_str()), ("HTTP_PROXY", address.as_str())];
    scene.diff_with(&scene.config("token: t"), &variables).is_refused(&["HTTP 403"]);
    assert!(proxy.asked().is_empty());
    let cluster = format!("{CA}, proxy-url: '{address}'");
    scene.diff(&scene.config_of(&cluster, "token: t")).is_refused(&["HTTP 403"]);
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn plain_requests_go_to_the_proxy_as_they_are() {
    let scene = Scene::new();
    let server = ApiServer::over_plain_http();
    let proxy = Proxy::of_http(server.port);
    let config = kubeconfig("http://api.eevee.invalid", "", "token: t");
    let address = format!("http://me:secret@127.0.0.1:{}", proxy.port);
    scene.diff_with(&config, &[("HTTP_PROXY", &address)]).is_refused(&["HTTP 403"]);
    let asked = proxy.asked().concat();
    assert!(asked.starts_with("GET http://api.eevee.invalid/apis/eevee.bot/v1 "), "{asked}");
    assert!(asked.contains("proxy-authorization: Basic bWU6c2VjcmV0\r\n"), "{asked}");
    let ending = scene.diff_with(&config, &[("HTTPS_PROXY", &address)]);
    ending.is_refused(&["does not answer"]);
}

#[test]
fn a_proxy_may_speak_socks() {
    let scene = Scene::new();
    let proxy = Proxy::of_socks(scene.server.port);
    let file = config(&format!(", proxy-url: '{}'", url("socks5", &proxy)));
    scene.diff(&file).is_refused(&["HTTP 403"]);
    scene
        .diff_with(&config(""), &[("HTTPS_PROXY", &url("socks5h", &proxy))])
        .is_refused(&["HTTP 403"]);
    assert_eq!(proxy.asked(), ["type 3 api.eevee.invalid:6443"; 2], "the proxy resolves the name");
    let plain = Proxy::of_socks(ApiServer::over_plain_http().port);
    let cluster = format!("proxy-url: '{}'", url("socks5", &plain));
    scene.diff(&kubeconfig("http://api.eevee.invalid", &cluster, "")).is_refused(&["HTTP 403"]);
    assert_eq!(plain.asked(), ["type 3 api.eevee.invalid:80"]);
}

/// kubectl, too, believes it by the authority of the cluster.
#[test]
fn a_proxy_may_be_reached_by_tls() {
    let scene = Scene::new();
    let proxy = Proxy::of_https(scene.server.port, &scene.authority.issue(&["127.0.0.1"]));
    let file = config(&format!(", proxy-url: '{}'", url("https", &proxy)));
    scene.diff(&file).is_refused(&["HTTP 403"]);
    scene.server.heard(&["authorization: Bearer t\r\n"]);
    assert!(proxy.asked()[0].starts_with("CONNECT api.eevee.invalid:6443 "));
}

#[test]
fn a_proxy_of_another_authority_is_not_believed() {
    let scene = Scene::new();
    let stranger = Authority::new().issue(&["127.0.0.1"]);
    let proxy = Proxy::of_https(scene.server.port, &stranger);
    let address = url("https", &proxy);
    let words = ["is not believed", "through the proxy https://127.0.0.1"];
    scene.diff(&config(&format!(", proxy-url: '{address}'"))).is_refused(&words);
    // That nothing of a server of plain HTTP is verified says nothing of the proxy.
    let cluster = format!("proxy-url: '{address}', insecure-skip-tls-verify: true");
    scene.diff(&kubeconfig("http://api.eevee.invalid", &cluster, "")).is_refused(&words);
    assert!(proxy.asked().is_empty());
}

#[test]
fn what_is_no_proxy_is_named_without_its_password() {
    let scene = Scene::new();
    for wrong in ["ftp://me:hunter2@proxy", "http://", "me:hunter2@proxy:99999"] {
        let ending = scene.diff_with(&config(""), &[("HTTPS_PROXY", wrong)]);
        ending.is_refused(&["cluster \"c\"", "HTTPS_PROXY is no proxy"]);
        assert!(!ending.err.contains("hunter2"));
        let ending = scene.diff(&config(&format!(", proxy-url: '{wrong}'")));
        ending.is_refused(&["config", "cluster \"c\"", "proxy-url must be"]);
        assert!(!ending.err.contains("hunter2"));
    }
}
