//! Kubeconfigs as people have them, against a loopback API server that hears what it is sent: each is
//! read as kubectl reads it, or refused in one line that names the file and the field.

mod answers;
mod api_server;
mod authorities;
mod certificates;
mod files;
mod identities;
mod listener;
mod mutations;
mod plugins;
mod proxies;
mod proxy;
mod tokens;

use crate::program::{Ending, Folder, Program};
use api_server::ApiServer;
use certificates::{Authority, Issued};

/// A folder with a kubeconfig, and the API server that it is for.
struct Scene {
    folder: Folder,
    server: ApiServer,
    authority: Authority,
}

impl Scene {
    /// The server shows a certificate of `ca.pem` and refuses every request with 403.
    fn new() -> Self {
        let authority = Authority::new();
        let issued = authority.issue(&["127.0.0.1", "api.eevee.invalid"]);
        Self::showing(authority, &issued)
    }

    fn showing(authority: Authority, issued: &Issued) -> Self {
        let server = ApiServer::over_tls(issued, &authority);
        let folder = Folder::of(&[("ca.pem", &authority.pem)]);
        Self { folder, server, authority }
    }

    fn config(&self, user: &str) -> String {
        self.config_of("certificate-authority: ca.pem", user)
    }

    fn config_of(&self, cluster: &str, user: &str) -> String {
        kubeconfig(&format!("https://127.0.0.1:{}", self.server.port), cluster, user)
    }

    /// Runs `diff` with this kubeconfig.
    fn diff(&self, config: &str) -> Ending {
        self.diff_with(config, &[])
    }

    fn diff_with(&self, config: &str, variables: &[(&str, &str)]) -> Ending {
        self.folder.write("config", config.as_bytes());
        let program = Program::new(&["diff"]).within(&self.folder).with("KUBECONFIG", "config");
        variables.iter().fold(program, |program, (key, value)| program.with(key, *value)).run()
    }

    /// Whether the server was reached, and heard this in its first request.
    fn is_heard(&self, config: &str, words: &[&str]) {
        let ending = self.diff(config);
        ending.is_refused(&["the API server answers HTTP 403"]);
        self.server.heard(words);
    }

    /// Whether nothing was sent, for reasons that name all this.
    fn is_unusable(&self, config: &str, words: &[&str]) {
        self.diff(config).is_refused(words);
        assert!(self.server.requests().is_empty(), "{:?}", self.server.requests());
    }
}

/// One context of one cluster and one user, whose further fields are given.
fn kubeconfig(server: &str, cluster: &str, user: &str) -> String {
    let comma = if cluster.is_empty() { "" } else { ", " };
    format!(
        r#"apiVersion: v1
kind: Config
clusters: [{{name: c, cluster: {{server: "{server}"{comma}{cluster}}}}}]
users: [{{name: u, user: {{{user}}}}}]
contexts: [{{name: x, context: {{cluster: c, user: u}}}}]
current-context: x
"#
    )
}
