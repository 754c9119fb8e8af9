//! The objects of a NATS server. Nothing here can fail.

use super::nats_conf::{CLIENT_PORT, CLUSTER_PORT, MONITOR_PORT, PID_FILE};
use super::validate::{ValidIpcConfig, images};
use crate::crd::ManagedNats;
use crate::names;
use crate::render::context::Context;
use crate::render::{meta, pod};
use k8s_openapi::ByteString;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EmptyDirVolumeSource, EnvVar, EnvVarSource, ExecAction,
    HTTPGetAction, Lifecycle, LifecycleHandler, ObjectFieldSelector, PodSecurityContext, PodSpec,
    PodTemplateSpec, Probe, Secret, SecretKeySelector, SecretVolumeSource, SecurityContext,
    Service, ServicePort, ServiceSpec, SleepAction, Volume, VolumeMount,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

const CONFIG_KEY: &str = "nats.conf";
const CONFIG_MOUNT: &str = "/etc/nats-config";
const CONFIG_VOLUME: &str = "nats-config";
const RUN_MOUNT: &str = "/var/run/nats";
const RUN_VOLUME: &str = "run";
/// User and group of the server, neither root nor anybody on the node.
const USER: i64 = 1000;
/// Seconds that a server lingers: kube-proxy follows a change of endpoints within one.
const LINGER: i64 = 2;
/// Seconds for a clustered server to hand its clients over: lame-duck mode takes 40 of them.
const CLUSTER_GRACE: i64 = 60;

/// What pods were started with.
pub struct StartDigests {
    pub config: String,
    pub token: String,
}

/// The Secret of nats.conf.
pub fn config_secret(context: &Context<'_>, file: String) -> Secret {
    let name = names::nats::config_secret(context.name());
    Secret {
        metadata: context.owned(metadata(context, name)),
        data: Some(BTreeMap::from([(CONFIG_KEY.to_owned(), ByteString(file.into_bytes()))])),
        type_: Some("Opaque".to_owned()),
        ..Secret::default()
    }
}

/// The Service that clients use.
pub fn service(context: &Context<'_>, nats: &ValidIpcConfig) -> Service {
    let mut ports = vec![
        service_port("client", CLIENT_PORT),
        service_port("management", MONITOR_PORT),
        service_port("cluster", CLUSTER_PORT),
    ];
    if nats.managed.metrics {
        ports.push(service_port("metrics", nats.managed.metrics_port));
    }
    Service {
        metadata: context.owned(metadata(context, names::nats::server(context.name()))),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            selector: Some(meta::nats_selector(context.name())),
            ports: Some(ports),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}

/// The Service by which servers find each other, before they are ready.
pub fn cluster_service(context: &Context<'_>) -> Service {
    Service {
        metadata: context.owned(metadata(context, names::nats::cluster_service(context.name()))),
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            cluster_ip: Some("None".to_owned()),
            publish_not_ready_addresses: Some(true),
            selector: Some(meta::nats_selector(context.name())),
            ports: Some(vec![service_port("cluster", CLUSTER_PORT)]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}

/// At most one server of a cluster is evicted at a time.
pub fn disruption_budget(context: &Context<'_>) -> PodDisruptionBudget {
    PodDisruptionBudget {
        metadata: context.owned(metadata(context, names::nats::server(context.name()))),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(selector(context)),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    }
}

/// The Deployment.
pub fn deployment(
    context: &Context<'_>,
    nats: &ValidIpcConfig,
    digests: StartDigests,
) -> Deployment {
    // One server is not linked to its successor: while both run, a client that connects to one does
    // not hear those of the other. Without a server none would, for as long as an image is pulled.
    let strategy = if nats.is_clustered() { pod::rolling_update(None) } else { pod::surge() };
    Deployment {
        metadata: context.owned(metadata(context, names::nats::server(context.name()))),
        spec: Some(DeploymentSpec {
            replicas: Some(nats.managed.replicas),
            selector: selector(context),
            strategy: Some(strategy),
            template: PodTemplateSpec {
                metadata: Some(pod_metadata(context, &nats.managed, digests)),
                spec: Some(pod_spec(context, nats)),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn metadata(context: &Context<'_>, name: String) -> ObjectMeta {
    meta::metadata(context.namespace(), name, meta::nats_labels(context.name()))
}

fn selector(context: &Context<'_>) -> LabelSelector {
    LabelSelector {
        match_labels: Some(meta::nats_selector(context.name())),
        ..LabelSelector::default()
    }
}

fn service_port(name: &str, port: i32) -> ServicePort {
    ServicePort {
        name: Some(name.to_owned()),
        port,
        protocol: Some("TCP".to_owned()),
        target_port: Some(IntOrString::Int(port)),
        ..ServicePort::default()
    }
}

fn pod_metadata(context: &Context<'_>, managed: &ManagedNats, digests: StartDigests) -> ObjectMeta {
    let mut annotations = managed.pod_annotations.clone().unwrap_or_default();
    annotations.insert(names::CONFIG_HASH.to_owned(), digests.config);
    annotations.insert(names::TOKEN_DIGEST.to_owned(), digests.token);
    ObjectMeta {
        labels: Some(meta::pod_labels(meta::nats_labels(context.name()))),
        annotations: Some(annotations),
        ..ObjectMeta::default()
    }
}

fn pod_spec(context: &Context<'_>, nats: &ValidIpcConfig) -> PodSpec {
    let managed = &nats.managed;
    let clustered = managed.replicas > 1;
    let images = images(managed, &context.settings().nats_images);
    let exporter = managed.metrics.then(|| exporter(managed, images.exporter));
    PodSpec {
        automount_service_account_token: Some(false),
        enable_service_links: pod::NO_SERVICE_LINKS,
        security_context: Some(pod::pod_security(Some(PodSecurityContext {
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            run_as_non_root: Some(true),
            fs_group: Some(USER),
            ..PodSecurityContext::default()
        }))),
        containers: [server(nats, images.server)].into_iter().chain(exporter).collect(),
        volumes: Some(volumes(context, clustered)),
        termination_grace_period_seconds: clustered.then_some(CLUSTER_GRACE),
        node_selector: managed.node_selector.clone(),
        tolerations: managed.tolerations.clone(),
        affinity: managed.affinity.clone(),
        image_pull_secrets: managed.image_pull_secrets.clone(),
        priority_class_name: managed.priority_class_name.clone(),
        ..PodSpec::default()
    }
}

fn server(nats: &ValidIpcConfig, image: String) -> Container {
    let managed = &nats.managed;
    let clustered = managed.replicas > 1;
    let token = from_token_secret(nats);
    Container {
        name: "nats-server".to_owned(),
        image: Some(image),
        image_pull_policy: Some(managed.image_pull_policy.as_str().to_owned()),
        command: Some(vec!["nats-server".to_owned()]),
        args: Some(vec!["--config".to_owned(), format!("{CONFIG_MOUNT}/{CONFIG_KEY}")]),
        env: Some([token].into_iter().chain(clustered.then(pod_name)).collect()),
        ports: Some(vec![
            container_port("client", CLIENT_PORT),
            container_port("management", MONITOR_PORT),
            container_port("cluster", CLUSTER_PORT),
        ]),
        liveness_probe: Some(health(10, 30, 5)),
        readiness_probe: Some(health(1, 5, 3)),
        resources: managed.resources.clone(),
        lifecycle: Some(if clustered { lame_duck() } else { linger() }),
        security_context: Some(restricted()),
        volume_mounts: Some(volume_mounts(clustered)),
        ..Container::default()
    }
}

fn exporter(managed: &ManagedNats, image: String) -> Container {
    let port = managed.metrics_port.to_string();
    let monitor = format!("http://127.0.0.1:{MONITOR_PORT}");
    let args = ["-port", &port, "-varz", "-healthz", "-connz", "-subz", "-routez", &monitor];
    Container {
        name: "metrics".to_owned(),
        image: Some(image),
        image_pull_policy: Some(managed.image_pull_policy.as_str().to_owned()),
        args: Some(args.into_iter().map(str::to_owned).collect()),
        ports: Some(vec![container_port("metrics", managed.metrics_port)]),
        security_context: Some(restricted()),
        ..Container::default()
    }
}

fn from_token_secret(nats: &ValidIpcConfig) -> EnvVar {
    env_from(
        "NATS_TOKEN",
        EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: nats.token_secret.clone(),
                key: nats.token_key.clone(),
                optional: None,
            }),
            ..EnvVarSource::default()
        },
    )
}

fn pod_name() -> EnvVar {
    env_from(
        "POD_NAME",
        EnvVarSource {
            field_ref: Some(ObjectFieldSelector {
                field_path: "metadata.name".to_owned(),
                ..ObjectFieldSelector::default()
            }),
            ..EnvVarSource::default()
        },
    )
}

fn env_from(name: &str, source: EnvVarSource) -> EnvVar {
    EnvVar { name: name.to_owned(), value_from: Some(source), ..EnvVar::default() }
}

/// Keeps the server, and with it its clients, until the Service leads to the next one everywhere. A
/// client that connects sooner may be led to the pod that is gone, where nothing answers or refuses,
/// and then it waits for as long as it gives a connection.
fn linger() -> Lifecycle {
    Lifecycle {
        pre_stop: Some(LifecycleHandler {
            sleep: Some(SleepAction { seconds: LINGER }),
            ..LifecycleHandler::default()
        }),
        ..Lifecycle::default()
    }
}

/// Tells the server to hand its clients over to the others, without a shell.
fn lame_duck() -> Lifecycle {
    let command = ["nats-server".to_owned(), format!("-sl=ldm={PID_FILE}")];
    Lifecycle {
        pre_stop: Some(LifecycleHandler {
            exec: Some(ExecAction { command: Some(command.to_vec()) }),
            ..LifecycleHandler::default()
        }),
        ..Lifecycle::default()
    }
}

/// What the Pod Security Standard "restricted" asks of a container, and a root file system that
/// cannot be written.
fn restricted() -> SecurityContext {
    pod::container_security(Some(SecurityContext {
        capabilities: Some(Capabilities { add: None, drop: Some(vec!["ALL".to_owned()]) }),
        read_only_root_filesystem: Some(true),
        ..SecurityContext::default()
    }))
}

fn container_port(name: &str, port: i32) -> ContainerPort {
    ContainerPort {
        name: Some(name.to_owned()),
        container_port: port,
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    }
}

/// Seconds before the first check, between checks, and for an answer.
fn health(delay: i32, period: i32, timeout: i32) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some("/healthz".to_owned()),
            port: IntOrString::Int(MONITOR_PORT),
            ..HTTPGetAction::default()
        }),
        initial_delay_seconds: Some(delay),
        period_seconds: Some(period),
        timeout_seconds: Some(timeout),
        failure_threshold: Some(3),
        ..Probe::default()
    }
}

fn volumes(context: &Context<'_>, clustered: bool) -> Vec<Volume> {
    let config = Volume {
        name: CONFIG_VOLUME.to_owned(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(names::nats::config_secret(context.name())),
            ..SecretVolumeSource::default()
        }),
        ..Volume::default()
    };
    let run = clustered.then(|| Volume {
        name: RUN_VOLUME.to_owned(),
        empty_dir: Some(EmptyDirVolumeSource::default()),
        ..Volume::default()
    });
    [config].into_iter().chain(run).collect()
}

fn volume_mounts(clustered: bool) -> Vec<VolumeMount> {
    let config = VolumeMount {
        name: CONFIG_VOLUME.to_owned(),
        mount_path: CONFIG_MOUNT.to_owned(),
        read_only: Some(true),
        ..VolumeMount::default()
    };
    let run = clustered.then(|| VolumeMount {
        name: RUN_VOLUME.to_owned(),
        mount_path: RUN_MOUNT.to_owned(),
        ..VolumeMount::default()
    });
    [config].into_iter().chain(run).collect()
}
