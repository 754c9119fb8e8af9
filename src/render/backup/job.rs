//! The Jobs: how often they try, for how long, and when they give up. Nothing here can fail.

use super::pod::template;
use super::task::Run;
use crate::backup::exit::{PERMANENT, UNUSABLE};
use crate::object::Object;
use crate::render::context::Context;
use crate::render::meta;
use k8s_openapi::api::batch::v1::{
    Job, JobSpec, JobTemplateSpec, PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// A failed one is tried so many times more.
const TRIES: i32 = 2;

/// A Job that the resource controls.
pub fn job(context: &Context<'_>, name: String, run: &Run<'_>) -> Job {
    let labels = meta::backup_labels(run.task.word(), run.data.module);
    Job {
        metadata: context.owned(meta::metadata(context.namespace(), name, labels)),
        spec: Some(spec(run)),
        ..Job::default()
    }
}

/// The Jobs of a CronJob.
pub fn job_template(run: &Run<'_>) -> JobTemplateSpec {
    let labels = meta::backup_labels(run.task.word(), run.data.module);
    JobTemplateSpec {
        metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }),
        spec: Some(spec(run)),
    }
}

/// Whether a Job runs the operator's own image, whose pods say how far they have come. Of the
/// spec, no more than this policy is kept.
pub fn has_own_image(job: &Object) -> bool {
    job.at("/spec/podFailurePolicy").is_some()
}

fn spec(run: &Run<'_>) -> JobSpec {
    JobSpec {
        active_deadline_seconds: Some(run.pod_settings.deadline),
        backoff_limit: Some(TRIES),
        pod_failure_policy: run.image.is_own.then(|| policy(run.task.word())),
        template: template(run),
        ..JobSpec::default()
    }
}

/// What no other try mends fails the Job at once, and what the cluster did is no failure.
fn policy(container: &str) -> PodFailurePolicy {
    let rule = |action: &str| PodFailurePolicyRule {
        action: action.to_owned(),
        ..PodFailurePolicyRule::default()
    };
    PodFailurePolicy {
        rules: vec![
            PodFailurePolicyRule {
                on_exit_codes: Some(PodFailurePolicyOnExitCodesRequirement {
                    container_name: Some(container.to_owned()),
                    operator: "In".to_owned(),
                    values: vec![i32::from(UNUSABLE), i32::from(PERMANENT)],
                }),
                ..rule("FailJob")
            },
            PodFailurePolicyRule {
                on_pod_conditions: Some(vec![PodFailurePolicyOnPodConditionsPattern {
                    type_: "DisruptionTarget".to_owned(),
                    status: "True".to_owned(),
                }]),
                ..rule("Ignore")
            },
        ],
    }
}
