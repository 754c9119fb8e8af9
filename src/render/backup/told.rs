//! What a Job and its pods say of how it went.

use super::pods;
use crate::backup::Said;
use crate::object::Object;
use crate::render::context::Context;
use crate::render::stop::Stop;
use crate::render::trouble::condition;
use serde_json::Value;

/// How a Job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobEnd {
    Succeeded,
    /// Why, for people.
    Failed(String),
}

/// How a Job goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// None while it runs.
    pub end: Option<JobEnd>,
    /// When it ended.
    pub time: Option<String>,
    /// What its pods have said at their end, the newest first. Nothing with an image of a user's.
    pub said: Vec<Said>,
    /// Whether a container of it has run and is gone without a word.
    pub is_silent: bool,
    /// Whether it waits for a pod that the cluster does not make.
    pub lacks_pods: bool,
}

impl Told {
    /// What the last of its pods has said.
    pub fn last(&self) -> Option<&Said> {
        self.said.first()
    }
}

/// What a Job and its pods say.
///
/// # Errors
/// [`Stop::Unread`].
pub fn told(context: &Context<'_>, job: &Object) -> Result<Told, Stop> {
    let mut pods = pods::of_job(context, job)?;
    pods.sort_by_key(|pod| std::cmp::Reverse(created(pod).to_owned()));
    let ended = || pods.iter().flat_map(|pod| pods::terminations(pod));
    let said: Vec<Said> = ended().filter_map(pods::said).collect();
    let lacks_pods = pods.is_empty() && has_tried_no_pod(job);
    let end = end(job, &said, lacks_pods);
    let is_silent = ended().any(|end| pods::said(end).is_none())
        || pods_are_gone(job, &pods)
        || end.is_some() && pods.iter().any(|pod| pods::runs(pod));
    let time = end.as_ref().and_then(|_| time(job)).map(str::to_owned);
    Ok(Told { end, time, said, is_silent, lacks_pods })
}

fn created(pod: &Object) -> &str {
    pod.text("/metadata/creationTimestamp").unwrap_or_default()
}

/// Whether the Job counts pods that cannot be seen any more.
fn pods_are_gone(job: &Object, pods: &[std::sync::Arc<Object>]) -> bool {
    let counted = ["/status/failed", "/status/succeeded"].map(|path| job.number(path).unwrap_or(0));
    counted.iter().sum::<i64>() > i64::try_from(pods.len()).unwrap_or(i64::MAX)
}

fn has_tried_no_pod(job: &Object) -> bool {
    let counts = ["active", "failed", "succeeded", "terminating"];
    job.text("/status/startTime").is_some()
        && counts.iter().all(|count| job.number(&format!("/status/{count}")).unwrap_or(0) == 0)
}

fn end(job: &Object, said: &[Said], lacks_pods: bool) -> Option<JobEnd> {
    if condition(job, "Complete", "True").is_some() {
        return Some(JobEnd::Succeeded);
    }
    let failed = condition(job, "Failed", "True")?;
    let error = said.iter().find_map(|said| said.error.clone());
    let name = &job.reference().name;
    Some(JobEnd::Failed(match error {
        _ if lacks_pods => format!(
            "Job {name} never had a pod that counts: the cluster has refused it, or its node is gone. kubectl describe job {name} shows which. Under the Pod Security Standard restricted, set podSecurityContext.runAsNonRoot and runAsUser; under a ResourceQuota, set resources"
        ),
        Some(error) => error,
        None => of_condition(failed, name),
    }))
}

fn of_condition(failed: &Value, job: &str) -> String {
    let text = |field: &str| failed.get(field).and_then(Value::as_str).unwrap_or_default();
    match text("reason") {
        "DeadlineExceeded" => {
            format!("Job {job} ran longer than activeDeadlineSeconds allows")
        }
        _ => format!("Job {job} failed: {}; kubectl logs job/{job} shows more", text("message")),
    }
}

fn time(job: &Object) -> Option<&str> {
    let of = |kind: &str| condition(job, kind, "True")?.get("lastTransitionTime")?.as_str();
    job.text("/status/completionTime").or_else(|| of("Complete")).or_else(|| of("Failed"))
}
