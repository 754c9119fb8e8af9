//! The configuration file of the NATS server.

use super::credentials::Credentials;
use crate::render::context::Context;
use crate::render::meta;

/// Port that clients connect to.
pub const CLIENT_PORT: i32 = 4222;
/// Port of the monitoring endpoints, /healthz among them.
pub const MONITOR_PORT: i32 = 8222;
/// Port that the servers of a cluster connect to.
pub const CLUSTER_PORT: i32 = 6222;
/// Where a clustered server writes its process id, for its own stop command.
pub const PID_FILE: &str = "/var/run/nats/nats.pid";
/// User of the routes between servers.
const ROUTES_USER: &str = "routes";
/// Longest token in bytes. A client sends its token in one control line.
const TOKEN_BYTES: usize = 4096;
/// Longest control line that the server reads: the longest token, each byte of it escaped, and
/// the rest of a CONNECT. The server's default is 4096 bytes in all.
const CONTROL_LINE: usize = 32_768;

/// The file for one server or for each of several.
pub fn file(context: &Context<'_>, credentials: &Credentials) -> String {
    let mut file = format!("port: {CLIENT_PORT}\nhttp_port: {MONITOR_PORT}\n");
    match &credentials.routes_password {
        None => {
            file.push_str(&format!("server_name: \"{}\"\n", meta::nats::server(context.name())));
        }
        Some(password) => {
            file.push_str(&clustered(context, password));
        }
    }
    file.push_str(&format!(
        "max_control_line: {CONTROL_LINE}\n\nauthorization {{\n  token: {}\n}}\n",
        credentials.token.quoted
    ));
    file
}

/// server_name is the only variable: without a name of its own each, servers form no cluster.
fn clustered(context: &Context<'_>, password: &str) -> String {
    let host = format!(
        "{}.{}.svc.{}",
        meta::nats::cluster_service(context.name()),
        context.namespace(),
        context.snapshot.settings.cluster_domain
    );
    format!(
        "server_name: $POD_NAME
pid_file: \"{PID_FILE}\"
lame_duck_grace_period: \"10s\"
lame_duck_duration: \"30s\"

cluster {{
  name: \"{name}\"
  port: {CLUSTER_PORT}
  authorization {{
    user: \"{ROUTES_USER}\"
    password: \"{password}\"
  }}
  routes: [
    \"nats-route://{ROUTES_USER}:{password}@{host}:{CLUSTER_PORT}\"
  ]
}}

",
        name = context.name(),
    )
}

/// A token as a string of the configuration language: in double quotes it is neither a number nor
/// a variable, whatever it looks like.
///
/// # Errors
/// The end of a sentence that says why the server could not use the token.
pub fn quoted(token: &str) -> Result<String, &'static str> {
    if token.is_empty() {
        return Err("is empty: put the token there");
    }
    if token.len() > TOKEN_BYTES {
        return Err("is longer than 4096 bytes: choose a shorter token");
    }
    if token.contains('\0') {
        return Err("contains a NUL byte: a container's environment cannot hold it");
    }
    if token.starts_with("$2") {
        return Err(
            "begins with $2: nats-server takes that for a bcrypt hash, choose another token",
        );
    }
    let mut quoted = String::with_capacity(token.len() + 2);
    quoted.push('"');
    for byte in token.bytes() {
        match byte {
            b' '..=b'~' if byte != b'"' && byte != b'\\' => quoted.push(char::from(byte)),
            _ => quoted.push_str(&format!("\\x{byte:02x}")),
        }
    }
    quoted.push('"');
    Ok(quoted)
}
