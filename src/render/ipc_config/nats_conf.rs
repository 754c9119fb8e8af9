//! The configuration file of the NATS server.

use crate::names;
use crate::render::context::Context;

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
/// Longest control line that the server reads: the longest token, each byte of it escaped, and
/// the rest of a CONNECT. The server's default is 4096 bytes in all.
const CONTROL_LINE: usize = 32_768;

/// The file for one server or, where there is a password of their routes, for each of several. The
/// token is a string of the configuration language.
pub fn file(context: &Context<'_>, token: &str, routes_password: Option<&str>) -> String {
    let mut file = format!("port: {CLIENT_PORT}\nhttp_port: {MONITOR_PORT}\n");
    match routes_password {
        None => {
            file.push_str(&format!("server_name: \"{}\"\n", names::nats::server(context.name())));
        }
        Some(password) => {
            file.push_str(&clustered(context, password));
        }
    }
    file.push_str(&format!(
        "max_control_line: {CONTROL_LINE}\n\nauthorization {{\n  token: {token}\n}}\n"
    ));
    file
}

/// server_name is the only variable: without a name of its own each, servers form no cluster.
fn clustered(context: &Context<'_>, password: &str) -> String {
    let host = format!(
        "{}.{}.svc.{}",
        names::nats::cluster_service(context.name()),
        context.namespace(),
        context.settings().cluster_domain
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
