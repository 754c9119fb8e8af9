//! How clients prove to be the administrator.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// 128 random bits in hex, so that a test can tell it from everything else when it looks for leaks.
pub fn random_token() -> String {
    let mut bytes = [0; size_of::<u128>()];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .unwrap_or_else(|e| panic!("cannot read /dev/urandom: {e}"));
    format!("{:032x}", u128::from_ne_bytes(bytes))
}

/// The API server's list of tokens: one administrator, who may do everything.
pub fn token_file(token: &str) -> String {
    format!("{token},admin,admin,\"system:masters\"\n")
}

pub fn kubeconfig(port: u16, token: &str, authority: &Path) -> String {
    let authority = authority.display();
    format!(
        r#"apiVersion: v1
kind: Config
clusters: [{{name: test, cluster: {{server: "https://127.0.0.1:{port}", certificate-authority: "{authority}"}}}}]
users: [{{name: caller, user: {{token: "{token}"}}}}]
contexts: [{{name: test, context: {{cluster: test, user: caller}}}}]
current-context: test
"#
    )
}
