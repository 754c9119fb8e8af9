//! From a live BotModule to one that builders cannot fail on.

use crate::crd::BotModuleSpec;
use crate::object::Object;
use crate::render::validation::{self, check_free_keys};
use k8s_openapi::api::core::v1::{PersistentVolumeClaimSpec, VolumeResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::{BTreeMap, BTreeSet};

/// Longest value of a Kubernetes label.
const LABEL_LENGTH: usize = 63;
/// Longest moduleConfig in bytes: the 1 MiB of a ConfigMap, less 1 KiB for its own fields.
const CONFIG_BYTES: usize = 1_047_552;
/// Variables that only the operator may set.
const RESERVED_VARIABLES: [&str; 4] =
    ["NAMESPACE", "RESOURCE_NAME", "NATS_TOKEN", "EEVEE_OPERATOR_API_TOKEN"];
/// Storage request of a claim that names none.
const DEFAULT_STORAGE: &str = "1Gi";
const STORAGE: &str = "storage";

/// A BotModule that can be rendered.
pub struct Module {
    pub spec: BotModuleSpec,
    /// The wanted claim with its defaults.
    pub claim: Option<PersistentVolumeClaimSpec>,
}

impl Module {
    /// Judges what the schema cannot, and what objects may hold that are older than the schema.
    ///
    /// # Errors
    /// A sentence that names the field and the fix.
    pub fn validate(resource: &Object) -> Result<Self, String> {
        let spec: BotModuleSpec = validation::parse_spec(resource)?;
        let at = resource.reference();
        if at.name.len() > LABEL_LENGTH {
            return Err(format!(
                "metadata.name has {} characters: at most {LABEL_LENGTH} fit into label eevee.bot/module; make the module anew under a shorter name",
                at.name.len()
            ));
        }
        for check in [check_numbers, check_config, check_keys, check_variables, check_mount] {
            check(&spec)?;
        }
        check_env_secret(&spec, &at.namespace)?;
        let claim = spec.persistent_volume_claim.clone().map(with_defaults);
        Ok(Self { spec, claim })
    }
}

fn check_numbers(spec: &BotModuleSpec) -> Result<(), String> {
    if spec.size < 0 {
        return Err(format!("spec.size is {}: it must be 0 or more", spec.size));
    }
    if !(1..=65535).contains(&spec.metrics_port) {
        return Err(format!(
            "spec.metricsPort is {}: a port is a number from 1 to 65535",
            spec.metrics_port
        ));
    }
    Ok(())
}

fn check_config(spec: &BotModuleSpec) -> Result<(), String> {
    match spec.module_config.as_ref().map(String::len) {
        Some(bytes) if bytes > CONFIG_BYTES => Err(format!(
            "spec.moduleConfig has {bytes} bytes: a ConfigMap holds at most {CONFIG_BYTES} of them"
        )),
        _ => Ok(()),
    }
}

fn check_keys(spec: &BotModuleSpec) -> Result<(), String> {
    check_free_keys("spec.podLabels", spec.pod_labels.as_ref())?;
    check_free_keys("spec.podAnnotations", spec.pod_annotations.as_ref())
}

fn check_variables(spec: &BotModuleSpec) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for variable in spec.extra_env.iter().flatten() {
        let name = variable.name.as_str();
        if RESERVED_VARIABLES.contains(&name) {
            return Err(format!("spec.extraEnv sets {name}: the operator sets it, remove it"));
        }
        if !seen.insert(name) {
            return Err(format!("spec.extraEnv sets {name} twice: remove one of them"));
        }
    }
    Ok(())
}

fn check_mount(spec: &BotModuleSpec) -> Result<(), String> {
    let path = spec.volume_mount_path.as_str();
    let folder = path.trim_end_matches('/');
    if !path.starts_with('/')
        || folder.is_empty()
        || folder == "/etc/module-config"
        || path.contains(':')
    {
        return Err(format!(
            "spec.volumeMountPath is {path:?}: it must be an absolute path below / without ':' and other than /etc/module-config"
        ));
    }
    Ok(())
}

fn check_env_secret(spec: &BotModuleSpec, namespace: &str) -> Result<(), String> {
    let other = spec.env_secret.as_ref().and_then(|secret| secret.namespace.as_deref());
    match other.filter(|other| *other != namespace) {
        Some(other) => Err(format!(
            "spec.envSecret.namespace is {other}: pods read Secrets of their own namespace ({namespace}) alone; leave the field out and copy the Secret there"
        )),
        None => Ok(()),
    }
}

fn with_defaults(mut claim: PersistentVolumeClaimSpec) -> PersistentVolumeClaimSpec {
    if claim.access_modes.as_ref().is_none_or(Vec::is_empty) {
        claim.access_modes = Some(vec!["ReadWriteOnce".to_owned()]);
    }
    claim
        .resources
        .get_or_insert_with(VolumeResourceRequirements::default)
        .requests
        .get_or_insert_with(BTreeMap::new)
        .entry(STORAGE.to_owned())
        .or_insert_with(|| Quantity(DEFAULT_STORAGE.to_owned()));
    claim
}
