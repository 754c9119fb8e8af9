//! The CronJobs. Nothing here can fail.

use crate::names;
use crate::render::backup::{Run, Task, job_template};
use crate::render::context::Context;
use crate::render::meta;
use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec};

/// So many Jobs of either end are kept: their pods tell what came of them.
const KEPT: i32 = 3;

/// When a CronJob runs.
pub struct Times<'a> {
    pub schedule: &'a str,
    pub zone: Option<&'a str>,
    pub is_suspended: bool,
}

/// Name of the CronJob that does a task for a module.
pub fn name(schedule: &str, task: &Task, module: &str) -> String {
    match task {
        Task::Drill => names::backup::drill(schedule, module),
        Task::Backup { .. } | Task::Restore { .. } | Task::Bootstrap { .. } => {
            names::backup::backup(schedule, module)
        }
    }
}

/// The CronJob of a run. There is no deadline for its start: what was missed while it was suspended
/// runs right afterwards, which is what a restored module needs.
pub fn cron_job(context: &Context<'_>, run: &Run<'_>, times: &Times<'_>) -> CronJob {
    let module = run.data.module;
    let name = name(context.name(), &run.task, module);
    let labels = meta::backup_labels(run.task.word(), module);
    CronJob {
        metadata: context.owned(meta::metadata(context.namespace(), name, labels)),
        spec: Some(CronJobSpec {
            schedule: times.schedule.to_owned(),
            time_zone: times.zone.map(str::to_owned),
            suspend: Some(times.is_suspended),
            concurrency_policy: Some("Forbid".to_owned()),
            successful_jobs_history_limit: Some(KEPT),
            failed_jobs_history_limit: Some(KEPT),
            job_template: job_template(run),
            ..CronJobSpec::default()
        }),
        ..CronJob::default()
    }
}
