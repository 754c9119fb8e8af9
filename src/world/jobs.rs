//! Jobs and their pods: what the Job controller and the kubelet do, in steps that a test can choose.

use super::World;
use super::put::put;
use crate::backup::{Moves, Said};
use crate::kinds::Kind;
use crate::object::{Object, ObjectRef};
use serde_json::{Value, json};
use std::sync::Arc;

impl World {
    /// Starts a pod of a Job that has none that runs.
    pub fn start_job(&mut self, job: &ObjectRef) {
        let Some(job) = self.unfinished(job) else { return };
        if self.running_pod(&job).is_none() {
            self.begin_pod(&job);
        }
    }

    /// The running pod of a Job ends, without a word or with a message, and the Job goes on.
    pub fn end_pod(&mut self, job: &ObjectRef, succeeds: bool, message: Option<&str>) {
        self.start_job(job);
        let Some(job) = self.unfinished(job) else { return };
        let Some(pod) = self.running_pod(&job) else { return };
        let (now, start) = (self.snapshot.now.to_string(), self.snapshot.now.to_string());
        let code = i32::from(!succeeds);
        let terminated = json!({
            "exitCode": code, "message": message, "startedAt": start, "finishedAt": now,
        });
        self.change(&pod, |value| {
            let phase = if succeeds { "Succeeded" } else { "Failed" };
            put(value, &["status", "phase"], json!(phase));
            put(value, &["status", "containerStatuses"], state("terminated", &terminated));
        });
        self.change(&job, |value| {
            let field = if succeeds { "succeeded" } else { "failed" };
            let before = value.pointer(&format!("/status/{field}")).and_then(Value::as_i64);
            put(value, &["status", field], json!(before.unwrap_or(0) + 1));
            put(value, &["status", "active"], json!(0));
        });
    }

    /// A Job comes to its end by that of its pod. Does nothing the second time.
    pub fn finish_job(&mut self, job: &ObjectRef, succeeds: bool, message: Option<&str>) {
        self.end_pod(job, succeeds, message);
        let Some(job) = self.unfinished(job) else { return };
        let now = self.snapshot.now.to_string();
        let (kind, reason) =
            if succeeds { ("Complete", "") } else { ("Failed", "BackoffLimitExceeded") };
        self.change(&job, |value| {
            let condition = json!([{
                "type": kind, "status": "True", "reason": reason,
                "message": "Job has reached the specified backoff limit", "lastTransitionTime": now,
            }]);
            put(value, &["status", "conditions"], condition);
            if succeeds {
                put(value, &["status", "completionTime"], json!(now));
            }
        });
    }

    /// What hangs on an object that is gone goes, too, its pods last of all.
    pub fn collect_garbage(&mut self) {
        for kind in [Kind::ReplicaSet, Kind::Job, Kind::Pod] {
            for object in self.all(kind) {
                if object.controller().is_some_and(|owner| !self.is_there(owner.uid)) {
                    self.discard(&object);
                }
            }
        }
    }

    fn is_there(&self, uid: &str) -> bool {
        self.snapshot.objects().any(|object| object.uid() == Some(uid))
    }

    fn unfinished(&self, job: &ObjectRef) -> Option<Arc<Object>> {
        let job = self.look(job).ok().flatten()?;
        job.at("/status/conditions").is_none().then_some(job)
    }

    fn running_pod(&self, job: &Object) -> Option<Arc<Object>> {
        let mut pods = self.owned(job, Kind::Pod).into_iter();
        pods.find(|pod| pod.text("/status/phase") == Some("Running"))
    }

    fn begin_pod(&mut self, job: &Object) {
        let now = self.snapshot.now.to_string();
        let number = self.owned(job, Kind::Pod).len();
        let at = job.reference();
        let name = format!("{}-{number}", at.name);
        let pod = ObjectRef::new(Kind::Pod, at.namespace.as_str(), name);
        let labels = job.at("/spec/template/metadata/labels");
        let spec = job.at("/spec/template/spec").unwrap_or(&Value::Null);
        self.make(&pod, job, labels, spec);
        if let Ok(Some(pod)) = self.look(&pod) {
            self.change(&pod, |value| {
                put(value, &["status", "phase"], json!("Running"));
                let running = json!({ "startedAt": now });
                put(value, &["status", "containerStatuses"], state("running", &running));
            });
        }
        self.change(job, |value| {
            put(value, &["status", "startTime"], json!(now));
            put(value, &["status", "active"], json!(1));
        });
    }
}

fn state(state: &str, fields: &Value) -> Value {
    json!([{ "name": "task", "state": { state: fields } }])
}

/// What a pod says that has done all.
pub(super) fn good_end() -> String {
    Said { moves: Some(Moves::Finished), ..Said::default() }.message()
}
