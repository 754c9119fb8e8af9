//! What stands in a kubeconfig. To kubectl an empty text, null and nothing are the same, so empty
//! ones are taken out before these types are filled.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// One file.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
pub struct Entries {
    #[serde(rename = "apiVersion")]
    pub api_version: Option<String>,
    pub kind: Option<String>,
    pub current_context: Option<String>,
    pub clusters: Vec<NamedCluster>,
    pub users: Vec<NamedUser>,
    pub contexts: Vec<NamedContext>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NamedCluster {
    pub name: String,
    pub cluster: Cluster,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NamedUser {
    pub name: String,
    pub user: User,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NamedContext {
    pub name: String,
    pub context: KubeContext,
}

#[derive(Deserialize, Default)]
#[serde(default, rename = "Context")]
pub struct KubeContext {
    pub cluster: Option<String>,
    pub user: Option<String>,
    pub namespace: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
pub struct Cluster {
    pub server: Option<String>,
    pub tls_server_name: Option<String>,
    pub insecure_skip_tls_verify: bool,
    pub certificate_authority: Option<String>,
    pub certificate_authority_data: Option<String>,
    pub proxy_url: Option<String>,
    pub extensions: Vec<Extension>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Extension {
    pub name: String,
    pub extension: Value,
}

/// Holds secrets, so that it has no Debug.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "kebab-case")]
pub struct User {
    pub client_certificate: Option<String>,
    pub client_certificate_data: Option<String>,
    pub client_key: Option<String>,
    pub client_key_data: Option<String>,
    pub token: Option<String>,
    #[serde(rename = "tokenFile")]
    pub token_file: Option<String>,
    pub username: Option<String>,
    pub password: Option<String>,
    pub auth_provider: Option<AuthProvider>,
    pub exec: Option<Exec>,
    #[serde(rename = "as")]
    pub impersonate: Option<String>,
    pub as_uid: Option<String>,
    pub as_groups: Vec<String>,
    pub as_user_extra: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct AuthProvider {
    pub name: String,
    pub config: BTreeMap<String, String>,
}

/// A program that prints credentials.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub struct Exec {
    pub command: Option<String>,
    pub args: Vec<String>,
    pub env: Vec<Variable>,
    pub api_version: Option<String>,
    pub install_hint: Option<String>,
    pub provide_cluster_info: bool,
    pub interactive_mode: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Variable {
    pub name: String,
    pub value: String,
}
