//! From a live BotModule to one that builders cannot fail on.

use crate::crd::BotModuleSpec;
use crate::object::Object;
use crate::render::validation::container::{self, Purpose};
use crate::render::validation::{
    self, Invalid, Verdict, check_free_keys, claim, form, limits, pod, resources, scheduling,
    selectors,
};
use crate::render::volume;
use k8s_openapi::api::core::v1::PersistentVolumeClaimSpec;
use serde_json::Value;
use std::collections::BTreeSet;

/// Longest value of a Kubernetes label.
const LABEL_LENGTH: usize = 63;
/// Longest moduleConfig in bytes: the 1 MiB of a ConfigMap, less 1 KiB for its own fields.
const CONFIG_BYTES: usize = 1_047_552;
/// Variables that only the operator may set.
const RESERVED_VARIABLES: [&str; 4] =
    ["NAMESPACE", "RESOURCE_NAME", "NATS_TOKEN", "EEVEE_OPERATOR_API_TOKEN"];

/// A BotModule that can be rendered.
pub struct ValidModule {
    pub spec: BotModuleSpec,
    /// The wanted claim with its defaults.
    pub claim: Option<PersistentVolumeClaimSpec>,
}

impl ValidModule {
    /// Judges what the schema cannot, and what objects may hold that are older than the schema.
    ///
    /// # Errors
    /// A sentence that names the field and the fix.
    pub fn validate(resource: &Object) -> Result<Self, Invalid> {
        let spec: BotModuleSpec = validation::parse_spec(resource)?;
        let at = resource.reference();
        if at.name.len() > LABEL_LENGTH {
            return Err(Invalid::new(
                "metadata.name",
                format!(
                    "has {} characters: at most {LABEL_LENGTH} fit into label eevee.bot/module; make the module again under a shorter name",
                    at.name.len()
                ),
            ));
        }
        let checks = [
            check_numbers,
            check_config,
            check_keys,
            check_variables,
            check_mount,
            check_container,
            check_pod,
        ];
        limits::check(resource.at("/spec").unwrap_or(&Value::Null))?;
        checks.iter().try_for_each(|check| check(&spec))?;
        check_env_secret(&spec, &at.namespace)?;
        let claim = spec.persistent_volume_claim.clone();
        let claim = claim.map(|claim| volume::with_defaults(claim, volume::DEFAULT_SIZE));
        Ok(Self { spec, claim })
    }
}

fn check_numbers(spec: &BotModuleSpec) -> Verdict {
    if spec.size < 0 {
        return Err(Invalid::new("spec.size", format!("is {}: it must be 0 or more", spec.size)));
    }
    if !(1..=65535).contains(&spec.metrics_port) {
        return Err(Invalid::new(
            "spec.metricsPort",
            format!("is {}: a port is a number from 1 to 65535", spec.metrics_port),
        ));
    }
    Ok(())
}

fn check_config(spec: &BotModuleSpec) -> Verdict {
    match spec.module_config.as_ref().map(String::len) {
        Some(bytes) if bytes > CONFIG_BYTES => Err(Invalid::new(
            "spec.moduleConfig",
            format!("has {bytes} bytes: a ConfigMap holds at most {CONFIG_BYTES} of them"),
        )),
        _ => Ok(()),
    }
}

fn check_keys(spec: &BotModuleSpec) -> Verdict {
    check_free_keys("spec.podLabels", spec.pod_labels.as_ref())?;
    check_free_keys("spec.podAnnotations", spec.pod_annotations.as_ref())
}

fn check_variables(spec: &BotModuleSpec) -> Verdict {
    let mut seen = BTreeSet::new();
    for variable in spec.extra_env.iter().flatten() {
        let name = variable.name.as_str();
        if RESERVED_VARIABLES.contains(&name) {
            return Err(Invalid::new(
                "spec.extraEnv",
                format!("sets {name}: the operator sets it, remove it"),
            ));
        }
        if !seen.insert(name) {
            return Err(Invalid::new(
                "spec.extraEnv",
                format!("sets {name} twice: remove one of them"),
            ));
        }
    }
    Ok(())
}

fn check_mount(spec: &BotModuleSpec) -> Verdict {
    let path = spec.volume_mount_path.as_str();
    let folder = path.trim_end_matches('/');
    if !path.starts_with('/')
        || folder.is_empty()
        || folder == "/etc/module-config"
        || path.contains(':')
    {
        return Err(Invalid::new(
            "spec.volumeMountPath",
            format!(
                "is {path:?}: it must be an absolute path below / without ':' and other than /etc/module-config"
            ),
        ));
    }
    Ok(())
}

fn check_container(spec: &BotModuleSpec) -> Verdict {
    form::image("spec.image", &spec.image)?;
    resources::resources("spec", spec.resources.as_ref())?;
    for (field, probe, purpose) in [
        ("spec.livenessProbe", &spec.liveness_probe, Purpose::Life),
        ("spec.readinessProbe", &spec.readiness_probe, Purpose::Readiness),
        ("spec.startupProbe", &spec.startup_probe, Purpose::Life),
    ] {
        container::probe(field, probe.as_ref(), purpose)?;
    }
    container::variables("spec.extraEnv", spec.extra_env.as_ref())?;
    pod::container_security("spec", spec.security_context.as_ref())
}

fn check_pod(spec: &BotModuleSpec) -> Verdict {
    container::strategy("spec", spec.strategy.as_ref())?;
    selectors::labels("spec.podLabels", spec.pod_labels.as_ref())?;
    selectors::annotations("spec.podAnnotations", spec.pod_annotations.as_ref())?;
    scheduling::node_selector("spec", spec.node_selector.as_ref())?;
    scheduling::tolerations("spec", spec.tolerations.as_ref())?;
    scheduling::affinity("spec", spec.affinity.as_ref())?;
    scheduling::topology_spread("spec", spec.topology_spread_constraints.as_ref())?;
    pod::pull_secrets("spec", spec.image_pull_secrets.as_ref())?;
    pod::name("spec.serviceAccountName", spec.service_account_name.as_deref())?;
    pod::name("spec.priorityClassName", spec.priority_class_name.as_deref())?;
    pod::name("spec.envSecret.name", spec.env_secret.as_ref().map(|it| it.name.as_str()))?;
    pod::pod_security("spec", spec.pod_security_context.as_ref())?;
    claim::claim("spec.persistentVolumeClaim", spec.persistent_volume_claim.as_ref())
}

fn check_env_secret(spec: &BotModuleSpec, namespace: &str) -> Verdict {
    let other = spec.env_secret.as_ref().and_then(|secret| secret.namespace.as_deref());
    match other.filter(|other| *other != namespace) {
        Some(other) => Err(Invalid::new(
            "spec.envSecret.namespace",
            format!(
                "is {other}: pods read Secrets of their own namespace ({namespace}) alone; leave the field out and copy the Secret there"
            ),
        )),
        None => Ok(()),
    }
}
