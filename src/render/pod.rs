//! What the pods of modules and of NATS have in common.

use k8s_openapi::api::apps::v1::{DeploymentStrategy, RollingUpdateDeployment};
use k8s_openapi::api::core::v1::{
    EnvVar, EnvVarSource, PodSecurityContext, SeccompProfile, SecretKeySelector, SecurityContext,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// A Service named `metrics` or `http-api` would set METRICS_PORT or HTTP_API_PORT in every pod of
/// its namespace.
pub const NO_SERVICE_LINKS: Option<bool> = Some(false);

/// Old pods go before new ones come.
pub fn recreate() -> DeploymentStrategy {
    DeploymentStrategy { type_: Some("Recreate".to_owned()), rolling_update: None }
}

/// New pods come before old ones go. Always written whole: what the server defaults is owned by
/// nobody, and stays in the way of a later Recreate.
pub fn rolling_update(wanted: Option<RollingUpdateDeployment>) -> DeploymentStrategy {
    let wanted = wanted.unwrap_or_default();
    let quarter = || IntOrString::String("25%".to_owned());
    let or_quarter = |wanted: Option<IntOrString>| {
        Some(
            wanted
                .filter(|number| *number != IntOrString::String(String::new()))
                .unwrap_or_else(quarter),
        )
    };
    DeploymentStrategy {
        type_: Some("RollingUpdate".to_owned()),
        rolling_update: Some(RollingUpdateDeployment {
            max_surge: or_quarter(wanted.max_surge),
            max_unavailable: or_quarter(wanted.max_unavailable),
        }),
    }
}

/// The new pod is ready before the old one goes: a server that runs is never taken away for one that
/// cannot start.
pub fn surge() -> DeploymentStrategy {
    rolling_update(Some(RollingUpdateDeployment {
        max_surge: Some(IntOrString::Int(1)),
        max_unavailable: Some(IntOrString::Int(0)),
    }))
}

/// The pod's security settings, with seccomp on unless they say otherwise.
pub fn pod_security(wanted: Option<PodSecurityContext>) -> PodSecurityContext {
    let mut security = wanted.unwrap_or_default();
    security.seccomp_profile.get_or_insert_with(|| SeccompProfile {
        type_: "RuntimeDefault".to_owned(),
        localhost_profile: None,
    });
    security
}

/// The container's security settings, without privilege escalation unless they say otherwise. The
/// API server refuses the default beside `privileged` and beside capability `SYS_ADMIN`, which
/// both imply it.
pub fn container_security(wanted: Option<SecurityContext>) -> SecurityContext {
    let mut security = wanted.unwrap_or_default();
    let added = security.capabilities.iter().flat_map(|capabilities| capabilities.add.iter());
    let admin = added.flatten().any(|name| name == "SYS_ADMIN" || name == "CAP_SYS_ADMIN");
    if security.privileged != Some(true) && !admin {
        security.allow_privilege_escalation.get_or_insert(false);
    }
    security
}

/// A variable with a value that stands in the manifest.
pub fn literal(name: &str, value: &str) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.to_owned()), ..EnvVar::default() }
}

/// A variable whose value is a key of a Secret.
pub fn from_secret(name: &str, secret: &str, key: &str) -> EnvVar {
    let selector =
        SecretKeySelector { name: secret.to_owned(), key: key.to_owned(), optional: None };
    EnvVar {
        name: name.to_owned(),
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(selector),
            ..EnvVarSource::default()
        }),
        ..EnvVar::default()
    }
}
