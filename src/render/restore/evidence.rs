//! What the Job of a restore and its pods tell of what became of the files.

use crate::backup::{Moves, Said};
use crate::kinds::Kind;
use crate::names;
use crate::object::Object;
use crate::render::backup::{RESTORE, pods};
use crate::render::context::Context;
use crate::render::stop::Stop;
use crate::render::trouble::{condition, pod_trouble};
use crate::snapshot::NotKnown;
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

/// What is left of a restore: its Job, where it is still there, and the pods.
pub struct Evidence {
    job: Option<Arc<Object>>,
    /// The oldest first.
    pods: Vec<Arc<Object>>,
}

impl Evidence {
    /// That of a restore into the claim of a module. A Job of its name that is another's is no evidence.
    pub fn gather(
        context: &Context<'_>,
        module: &str,
        restore: &str,
        uid: &str,
    ) -> Result<Self, Stop> {
        let name = names::backup::restore(restore);
        let job = context.get(Kind::Job, &name)?;
        let job = job.filter(|job| job.controller().is_some_and(|owner| owner.uid == uid));
        let pods = match job.as_deref().and_then(Object::uid) {
            Some(uid) => context.source.owned_by(uid, Kind::Pod)?,
            None => left_behind(context, module, &name)?,
        };
        Ok(Self::of(job, pods))
    }

    /// That of a Job.
    pub fn of_job(context: &Context<'_>, job: Arc<Object>) -> Result<Self, Stop> {
        let pods = pods::of_job(context, &job)?;
        Ok(Self::of(Some(job), pods))
    }

    fn of(job: Option<Arc<Object>>, mut pods: Vec<Arc<Object>>) -> Self {
        let made = |pod: &Object| pod.text("/metadata/creationTimestamp").map(str::to_owned);
        pods.sort_by_key(|pod| (made(pod), pod.reference().name.clone()));
        Self { job, pods }
    }

    /// Whether the Job, or a pod that it has left behind, may still write to the claim.
    pub fn may_write(&self) -> bool {
        let job_runs = self.job.as_deref().is_some_and(|job| ended(job).is_none());
        job_runs || self.pods.iter().any(|pod| !has_ended(pod))
    }

    /// What is waited for: pods that are not gone although the Job has ended, and what troubles them.
    pub fn trouble(&self) -> Option<String> {
        let job_ended = self.job.as_deref().is_none_or(|job| ended(job).is_some());
        self.pods.iter().filter(|pod| !has_ended(pod)).find_map(|pod| {
            let name = &pod.reference().name;
            match pod_trouble(pod) {
                Some(trouble) => Some(format!("pod {name}: {trouble}")),
                None if job_ended => Some(format!("waiting for pod {name} to end")),
                None => None,
            }
        })
    }

    /// Whether a pod may have run.
    pub fn has_run(&self) -> bool {
        self.pods.iter().any(|pod| pods::may_have_run(pod))
    }

    /// Whether the Job has come to a good end.
    pub fn succeeded(&self) -> bool {
        self.job.as_deref().is_some_and(|job| condition(job, "Complete", "True").is_some())
    }

    /// When the Job came to its end.
    pub fn ended_at(&self) -> Option<Timestamp> {
        ended(self.job.as_deref()?)?["lastTransitionTime"].as_str()?.parse().ok()
    }

    /// The last words of the last pod that had any.
    pub fn said(&self) -> Option<Said> {
        self.pods.iter().rev().find_map(|pod| said(pod))
    }

    /// How far files were moved, where `speaks` is whether the image says so. What may have begun is
    /// taken to have begun. `had_pods` is whether a pod was seen that may have run: of one that went with its node,
    /// neither the Job nor anybody else tells.
    pub fn moves(&self, speaks: bool, had_pods: bool) -> Moves {
        if self.succeeded() {
            return Moves::Finished;
        }
        let counted = self.job.as_deref().map(counted);
        if self.pods.is_empty() {
            let never_had_any = counted == Some(0) && speaks && !had_pods;
            return if never_had_any { Moves::NotBegun } else { Moves::Begun };
        }
        if counted.is_some_and(|counted| counted > self.pods.len()) {
            // One that has gone may have been the last.
            return Moves::Begun;
        }
        self.pods.iter().fold(Moves::NotBegun, |so_far, pod| match said(pod).filter(|_| speaks) {
            // Whoever has looked at the claim knows what earlier ones have left on it.
            Some(said) => said.moves.unwrap_or(so_far),
            None if pods::may_have_run(pod) => Moves::Begun,
            None => so_far,
        })
    }
}

/// Pods whose Job is gone.
fn left_behind(
    context: &Context<'_>,
    module: &str,
    job: &str,
) -> Result<Vec<Arc<Object>>, NotKnown> {
    let mut pods = context.source.list(Kind::Pod, context.namespace())?;
    pods.retain(|pod| {
        pod.label(names::BACKUP_TASK) == Some(RESTORE)
            && pod.label(names::BACKUP_MODULE) == Some(module)
            && pod.controller().is_some_and(|owner| owner.name == job)
    });
    Ok(pods)
}

/// The condition with which a Job ended, if it did.
pub fn ended(job: &Object) -> Option<&Value> {
    condition(job, "Complete", "True").or_else(|| condition(job, "Failed", "True"))
}

/// How many pods a Job has had, as far as it has counted.
fn counted(job: &Object) -> usize {
    let number = |path: &str| job.number(path).unwrap_or(0);
    let all = number("/status/failed") + number("/status/succeeded") + number("/status/active");
    usize::try_from(all).unwrap_or(0)
}

fn has_ended(pod: &Object) -> bool {
    matches!(pod.text("/status/phase"), Some("Succeeded" | "Failed"))
}

fn said(pod: &Object) -> Option<Said> {
    // An image of a user's may say something else in JSON.
    let tells_of_moves = |ended: &&Value| {
        ended.get("message").and_then(Value::as_str).is_some_and(|it| it.contains("\"moves\""))
    };
    pods::terminations(pod).filter(tells_of_moves).find_map(pods::said)
}
