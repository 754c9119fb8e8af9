//! What a plugin is told of the cluster.

use super::data::Field;
use super::entries::Cluster;
use super::files::Located;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The extension of a cluster that its users' plugins are told.
const PLUGIN_EXTENSION: &str = "client.authentication.k8s.io/exec";

/// What a plugin is told of the cluster.
pub fn told(entry: &Located<Cluster>) -> Value {
    let cluster = &entry.value;
    let authority = authority(cluster).load(entry).ok().flatten();
    let extension = cluster.extensions.iter().find(|it| it.name == PLUGIN_EXTENSION);
    let fields = [
        ("server", cluster.server.clone().map(Value::from)),
        ("tls-server-name", cluster.tls_server_name.clone().map(Value::from)),
        ("insecure-skip-tls-verify", cluster.insecure_skip_tls_verify.then_some(Value::Bool(true))),
        ("certificate-authority-data", authority.map(|it| json!(STANDARD.encode(it.bytes)))),
        ("proxy-url", cluster.proxy_url.clone().map(Value::from)),
        ("config", extension.map(|it| it.extension.clone())),
    ];
    let set = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(set.collect())
}

pub fn authority(cluster: &Cluster) -> Field<'_> {
    Field {
        name: "certificate-authority",
        file: cluster.certificate_authority.as_deref(),
        data: cluster.certificate_authority_data.as_deref(),
    }
}
