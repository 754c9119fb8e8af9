//! The pods of the Jobs. Nothing here can fail.

use super::environment::variables;
use super::task::{Data, Run, Task};
use super::{security, volumes};
use crate::render::meta;
use crate::render::pod::NO_SERVICE_LINKS;
use k8s_openapi::api::core::v1::{
    Affinity, Container, PodAffinity, PodAffinityTerm, PodSpec, PodTemplateSpec,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

const PROGRAM: &str = "/usr/local/bin/eevee-operator";
const BACKUP_SCRIPT: &str = "/usr/local/bin/backup.sh";
const RESTORE_SCRIPT: &str = "/usr/local/bin/restore.sh";
const HOSTNAME: &str = "kubernetes.io/hostname";

/// Once the moves of a restore have begun, they are not interrupted.
const SECONDS_FOR_MOVES: i64 = 600;

/// The template of a run's pods.
pub fn template(run: &Run<'_>) -> PodTemplateSpec {
    PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(meta::backup_labels(run.task.word(), run.data.module)),
            ..ObjectMeta::default()
        }),
        spec: Some(pod(run)),
    }
}

fn pod(run: &Run<'_>) -> PodSpec {
    let module = run.data.spec;
    PodSpec {
        // Kubernetes takes the pod of a failed Job away with OnFailure, and what it has said.
        restart_policy: Some(if run.image.is_own { "Never" } else { "OnFailure" }.to_owned()),
        automount_service_account_token: Some(false),
        enable_service_links: NO_SERVICE_LINKS,
        security_context: Some(security::of_pod(run)),
        containers: vec![container(run)],
        volumes: Some(volumes::volumes(run)),
        node_selector: module.node_selector.clone(),
        tolerations: module.tolerations.clone(),
        affinity: affinity(run),
        image_pull_secrets: module.image_pull_secrets.clone(),
        priority_class_name: module.priority_class_name.clone(),
        termination_grace_period_seconds: run.task.restores().then_some(SECONDS_FOR_MOVES),
        ..PodSpec::default()
    }
}

fn container(run: &Run<'_>) -> Container {
    Container {
        name: run.task.word().to_owned(),
        image: Some(run.image.name.clone()),
        image_pull_policy: Some(run.image.pull_policy.as_str().to_owned()),
        command: Some(command(run)),
        env: Some(variables(run)),
        resources: run.pod_settings.resources.cloned(),
        security_context: Some(security::of_container(run)),
        volume_mounts: Some(volumes::mounts(run)),
        ..Container::default()
    }
}

fn command(run: &Run<'_>) -> Vec<String> {
    if run.image.is_own {
        return vec![PROGRAM.to_owned(), run.task.word().to_owned()];
    }
    let script = if run.task.restores() { RESTORE_SCRIPT } else { BACKUP_SCRIPT };
    vec![script.to_owned()]
}

/// Where the module may run, and with it, where the claim must not leave its node.
fn affinity(run: &Run<'_>) -> Option<Affinity> {
    let of_nodes = run.data.spec.affinity.as_ref().and_then(|it| it.node_affinity.clone());
    let beside = is_beside(run).then(|| beside(run.data));
    (of_nodes.is_some() || beside.is_some()).then(|| Affinity {
        node_affinity: of_nodes,
        pod_affinity: beside,
        ..Affinity::default()
    })
}

/// The scheduler does not look at ReadWriteOnce, and SQLite's shared memory is coherent on one node only.
fn is_beside(run: &Run<'_>) -> bool {
    matches!(run.task, Task::Backup { .. }) && run.data.wants_pods() && run.data.is_of_one_node()
}

fn beside(data: &Data<'_>) -> PodAffinity {
    PodAffinity {
        required_during_scheduling_ignored_during_execution: Some(vec![PodAffinityTerm {
            label_selector: Some(LabelSelector {
                match_labels: Some(meta::module_selector(data.module)),
                ..LabelSelector::default()
            }),
            topology_key: HOSTNAME.to_owned(),
            ..PodAffinityTerm::default()
        }]),
        ..PodAffinity::default()
    }
}
