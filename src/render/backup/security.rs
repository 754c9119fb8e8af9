//! Who the pods run as. They must be able to read, or to write, the files of the module.

use super::task::{Run, Task};
use crate::render::pod;
use k8s_openapi::api::core::v1::{Capabilities, PodSecurityContext, SecurityContext};

/// What reading files of others takes.
const READS: [&str; 1] = ["DAC_OVERRIDE"];
/// What putting files of others back takes.
const RESTORES: [&str; 4] = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID"];

/// Security settings of the pod: the resource's, else the module's.
pub fn of_pod(run: &Run<'_>) -> PodSecurityContext {
    let module = run.data.spec.pod_security_context.as_ref();
    let mut security = run.pod_settings.pod_security.or(module).cloned().unwrap_or_default();
    if security.se_linux_options.is_none() {
        security.se_linux_options = module.and_then(|module| module.se_linux_options.clone());
    }
    join_groups(run, &mut security);
    if !names_user(run) {
        security.run_as_user = Some(0);
    }
    pod::pod_security(Some(security))
}

/// Security settings of the container: the resource's, else the module's.
pub fn of_container(run: &Run<'_>) -> SecurityContext {
    let module = run.data.spec.security_context.as_ref();
    let mut security = run.pod_settings.security.or(module).cloned().unwrap_or_default();
    if security.se_linux_options.is_none() {
        security.se_linux_options = module.and_then(|module| module.se_linux_options.clone());
    }
    security.read_only_root_filesystem.get_or_insert(true);
    if security.privileged != Some(true) {
        security.capabilities.get_or_insert_with(|| capabilities(run));
    }
    pod::container_security(Some(security))
}

/// With `fsGroup` the kubelet would give the live data of the module to that group at each run. A member
/// of it reads what the group may read.
fn join_groups(run: &Run<'_>, security: &mut PodSecurityContext) {
    if !run.task.mounts() {
        return;
    }
    let of_module = run.data.spec.pod_security_context.as_ref().and_then(|module| module.fs_group);
    let groups = [security.fs_group.take(), of_module];
    security.fs_group_change_policy = None;
    for group in groups.into_iter().flatten() {
        let joined = security.supplemental_groups.get_or_insert_default();
        if !joined.contains(&group) {
            joined.push(group);
        }
    }
}

fn capabilities(run: &Run<'_>) -> Capabilities {
    let added: &[&str] = match (names_user(run), &run.task) {
        (true, _) => &[],
        (false, Task::Backup { .. }) => &READS,
        (false, Task::Drill | Task::Restore { .. } | Task::Bootstrap { .. }) => &RESTORES,
    };
    let added: Vec<String> = added.iter().map(|&name| name.to_owned()).collect();
    Capabilities { drop: Some(vec!["ALL".to_owned()]), add: (!added.is_empty()).then_some(added) }
}

/// Whether somebody has said who the pods run as, or who not.
fn names_user(run: &Run<'_>) -> bool {
    let spec = run.data.spec;
    let of_pod = run.pod_settings.pod_security.or(spec.pod_security_context.as_ref());
    let of_container = run.pod_settings.security.or(spec.security_context.as_ref());
    of_pod.is_some_and(|it| it.run_as_user.is_some() || it.run_as_non_root == Some(true))
        || of_container
            .is_some_and(|it| it.run_as_user.is_some() || it.run_as_non_root == Some(true))
}
