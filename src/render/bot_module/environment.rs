//! The environment of a module's container, in its fixed order.

use super::references::References;
use super::validate::ValidModule;
use crate::names::{self, API_TOKEN_KEY, HOST_KEY};
use crate::render::context::Context;
use crate::render::ipc_config::Host;
use crate::render::pod::{from_secret, literal};
use k8s_openapi::api::core::v1::EnvVar;

/// Where the ConfigMap is mounted.
pub const CONFIG_MOUNT: &str = "/etc/module-config";
/// Key of the configuration in its ConfigMap, and the name of its file.
pub const CONFIG_FILE: &str = "config.yaml";

/// Every variable of a module. An entry of extraEnv takes the place of the operator's of the same name.
pub fn variables(
    context: &Context<'_>,
    module: &ValidModule,
    references: &References,
) -> Vec<EnvVar> {
    let mut variables = own(context, module, references);
    for extra in module.spec.extra_env.iter().flatten() {
        match variables.iter_mut().find(|variable| variable.name == extra.name) {
            Some(variable) => *variable = extra.clone(),
            None => variables.push(extra.clone()),
        }
    }
    variables
}

fn own(context: &Context<'_>, module: &ValidModule, references: &References) -> Vec<EnvVar> {
    let spec = &module.spec;
    let mut variables =
        vec![literal("NAMESPACE", context.namespace()), literal("RESOURCE_NAME", context.name())];
    if let Some(nats) = &references.nats {
        variables.push(match &nats.host {
            Host::Managed(host) => literal("NATS_HOST", host),
            Host::External => from_secret("NATS_HOST", &nats.token_secret, HOST_KEY),
        });
        variables.push(from_secret("NATS_TOKEN", &nats.token_secret, &nats.token_key));
    }
    if spec.metrics {
        let port = spec.metrics_port.to_string();
        variables.push(literal("METRICS_ENABLED", "true"));
        variables.push(literal("METRICS_PORT", &port));
        variables.push(literal("HTTP_API_PORT", &port));
    }
    if module.claim.is_some() {
        variables.push(literal("MODULE_DATA", &spec.volume_mount_path));
    }
    if spec.module_config.is_some() {
        variables.push(literal("MODULE_CONFIG_PATH", &format!("{CONFIG_MOUNT}/{CONFIG_FILE}")));
    }
    if spec.mount_operator_api_token {
        variables.push(from_secret(
            "EEVEE_OPERATOR_API_TOKEN",
            names::API_TOKEN_SECRET,
            API_TOKEN_KEY,
        ));
        variables.push(literal("EEVEE_OPERATOR_API_URL", &api_url(context)));
    }
    variables
}

/// The dot at the end spares the resolver the search list of the pod.
fn api_url(context: &Context<'_>) -> String {
    let settings = context.settings();
    format!(
        "http://{}.{}.svc.{}.:{}",
        settings.api_service, settings.namespace, settings.cluster_domain, settings.api_port
    )
}
