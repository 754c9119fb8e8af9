//! The objects of a module. Nothing here can fail.

use super::environment::{CONFIG_FILE, CONFIG_MOUNT, variables};
use super::references::References;
use super::validate::ValidModule;
use crate::crd::{BotModuleSpec, ConfigReload};
use crate::names;
use crate::render::context::Context;
use crate::render::volume::{self, mount};
use crate::render::{digest, meta, pod};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy};
use k8s_openapi::api::core::v1::{
    ConfigMap, ConfigMapVolumeSource, Container, ContainerPort, EnvFromSource, HTTPGetAction,
    PersistentVolumeClaim, PersistentVolumeClaimSpec, PodSpec, PodTemplateSpec, Probe,
    SecretEnvSource, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

const CONTAINER: &str = "module";
const CONFIG_VOLUME: &str = "module-config";
const METRICS_PORT: &str = "metrics";

/// The ConfigMap that hands moduleConfig to the module, byte for byte.
pub fn config_map(context: &Context<'_>, config: &str) -> ConfigMap {
    let name = names::module::config_map(context.name());
    ConfigMap {
        metadata: context.owned(metadata(context, name)),
        data: Some(BTreeMap::from([(CONFIG_FILE.to_owned(), config.to_owned())])),
        ..ConfigMap::default()
    }
}

/// The claim. It has no owner: data outlives the module.
pub fn claim(context: &Context<'_>, spec: PersistentVolumeClaimSpec) -> PersistentVolumeClaim {
    let name = names::module::claim(context.name());
    PersistentVolumeClaim {
        metadata: metadata(context, name),
        spec: Some(spec),
        ..PersistentVolumeClaim::default()
    }
}

/// The Deployment.
///
/// `is_exclusive` is whether the pods share a claim that only one node, or one pod, may use.
pub fn deployment(
    context: &Context<'_>,
    module: &ValidModule,
    references: &References,
    is_exclusive: bool,
) -> Deployment {
    let name = names::module::deployment(context.name());
    Deployment {
        metadata: context.owned(metadata(context, name)),
        spec: Some(DeploymentSpec {
            replicas: Some(module.spec.size),
            selector: LabelSelector {
                match_labels: Some(meta::module_selector(context.name())),
                ..LabelSelector::default()
            },
            strategy: Some(strategy(module, is_exclusive)),
            template: PodTemplateSpec {
                metadata: Some(pod_metadata(context, &module.spec, references)),
                spec: Some(pod_spec(context, module, references)),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn metadata(context: &Context<'_>, name: String) -> ObjectMeta {
    meta::metadata(context.namespace(), name, meta::module_labels(context.name()))
}

fn strategy(module: &ValidModule, is_exclusive: bool) -> DeploymentStrategy {
    let default = if is_exclusive { pod::recreate() } else { pod::rolling_update(None) };
    match &module.spec.strategy {
        None => default,
        Some(wanted) if wanted.type_.as_deref() == Some("Recreate") => pod::recreate(),
        Some(wanted) => pod::rolling_update(wanted.rolling_update.clone()),
    }
}

fn pod_metadata(
    context: &Context<'_>,
    spec: &BotModuleSpec,
    references: &References,
) -> ObjectMeta {
    let mut labels = meta::pod_labels(meta::module_labels(context.name()));
    labels.extend(spec.pod_labels.clone().into_iter().flatten());
    let config = spec.module_config.as_deref().filter(|_| match spec.config_reload {
        ConfigReload::Restart => true,
        ConfigReload::HotReload => false,
    });
    let digests = [
        (names::CONFIG_HASH, config.map(digest::plain_text)),
        (names::TOKEN_DIGEST, references.nats.as_ref().map(|nats| nats.token_digest.clone())),
        (names::ENV_DIGEST, references.env_digest.clone()),
    ];
    let mut annotations = spec.pod_annotations.clone().unwrap_or_default();
    annotations
        .extend(digests.into_iter().filter_map(|(key, digest)| Some((key.to_owned(), digest?))));
    ObjectMeta {
        labels: Some(labels),
        annotations: (!annotations.is_empty()).then_some(annotations),
        ..ObjectMeta::default()
    }
}

fn pod_spec(context: &Context<'_>, module: &ValidModule, references: &References) -> PodSpec {
    let spec = &module.spec;
    let service_account = spec.service_account_name.clone().filter(|name| !name.is_empty());
    PodSpec {
        automount_service_account_token: service_account.is_none().then_some(false),
        enable_service_links: pod::NO_SERVICE_LINKS,
        // The API server copies the name into the deprecated alias, and the alias back into the
        // name: removing only the name would leave it for ever.
        service_account: service_account.clone(),
        service_account_name: service_account,
        security_context: Some(pod::pod_security(spec.pod_security_context.clone())),
        containers: vec![container(context, module, references)],
        volumes: some_if_any(volumes(context, module)),
        node_selector: spec.node_selector.clone(),
        tolerations: spec.tolerations.clone(),
        affinity: spec.affinity.clone(),
        topology_spread_constraints: spec.topology_spread_constraints.clone(),
        image_pull_secrets: spec.image_pull_secrets.clone(),
        priority_class_name: spec.priority_class_name.clone(),
        termination_grace_period_seconds: spec.termination_grace_period_seconds,
        ..PodSpec::default()
    }
}

fn container(context: &Context<'_>, module: &ValidModule, references: &References) -> Container {
    let spec = &module.spec;
    let probe = |custom: &Option<Probe>, default: fn(i32) -> Probe| {
        custom.clone().or_else(|| spec.metrics.then(|| default(spec.metrics_port)))
    };
    Container {
        name: CONTAINER.to_owned(),
        image: Some(spec.image.clone()),
        image_pull_policy: Some(
            spec.image_pull_policy.unwrap_or(spec.pull_policy).as_str().to_owned(),
        ),
        env: Some(variables(context, module, references)),
        env_from: spec.env_secret.as_ref().map(|secret| vec![all_keys_of(&secret.name)]),
        ports: spec.metrics.then(|| vec![metrics_port(spec.metrics_port)]),
        liveness_probe: probe(&spec.liveness_probe, liveness),
        readiness_probe: probe(&spec.readiness_probe, readiness),
        startup_probe: spec.startup_probe.clone(),
        resources: spec.resources.clone(),
        security_context: Some(pod::container_security(spec.security_context.clone())),
        volume_mounts: some_if_any(volume_mounts(module)),
        ..Container::default()
    }
}

fn all_keys_of(secret: &str) -> EnvFromSource {
    EnvFromSource {
        secret_ref: Some(SecretEnvSource { name: secret.to_owned(), optional: None }),
        ..EnvFromSource::default()
    }
}

fn metrics_port(port: i32) -> ContainerPort {
    ContainerPort {
        name: Some(METRICS_PORT.to_owned()),
        container_port: port,
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    }
}

fn liveness(port: i32) -> Probe {
    Probe {
        initial_delay_seconds: Some(10),
        period_seconds: Some(30),
        timeout_seconds: Some(5),
        failure_threshold: Some(3),
        ..health(port)
    }
}

fn readiness(port: i32) -> Probe {
    Probe {
        initial_delay_seconds: Some(5),
        period_seconds: Some(10),
        timeout_seconds: Some(3),
        failure_threshold: Some(3),
        ..health(port)
    }
}

fn health(port: i32) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some("/health".to_owned()),
            port: IntOrString::Int(port),
            ..HTTPGetAction::default()
        }),
        ..Probe::default()
    }
}

fn volumes(context: &Context<'_>, module: &ValidModule) -> Vec<Volume> {
    let data = module.claim.as_ref().map(|_| volume::data(context.name()));
    let config = module.spec.module_config.as_ref().map(|_| Volume {
        name: CONFIG_VOLUME.to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: names::module::config_map(context.name()),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    });
    data.into_iter().chain(config).collect()
}

fn volume_mounts(module: &ValidModule) -> Vec<VolumeMount> {
    let data = module.claim.as_ref().map(|_| mount(volume::DATA, &module.spec.volume_mount_path));
    let config = module.spec.module_config.as_ref().map(|_| mount(CONFIG_VOLUME, CONFIG_MOUNT));
    data.into_iter().chain(config).collect()
}

fn some_if_any<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
