//! A module with a claim, a store, and restores, on a tiny cluster in which the test does what Jobs do.
//!
//! After each single request it is asked whether the promises hold.

use crate::support;
use eevee_operator::action::{ApplyAction, Verb};
use eevee_operator::backup::{Moves, Said};
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{self, Input};
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::offline;
use eevee_operator::question::{Fact, Question};
use eevee_operator::render::{live_condition, render};
use eevee_operator::snapshot::Outcome;
use eevee_operator::world::World;
use serde_json::{Value, json};
use std::sync::Arc;

/// Rounds within which all is done that can be.
const ROUNDS: usize = 400;

const BOT: &str = "
apiVersion: render.eevee.bot/v1
kind: Situation
operatorImage: operator:1
---
apiVersion: v1
kind: Secret
metadata: {name: s3}
data: {id: YQ==, key: Yg==}
---
apiVersion: eevee.bot/v1
kind: S3Store
metadata: {name: minio}
spec:
  endpoint: https://s3.example.org
  bucket: bots
  accessId: {secretKeyRef: {secret: {name: s3}, key: id}}
  accessKey: {secretKeyRef: {secret: {name: s3}, key: key}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: 'echo:1', persistentVolumeClaim: {}}
";

/// What the pod of a restore does next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work {
    Start,
    /// Files are moved into their place from here on.
    Move,
    /// It fails, says so, and another pod may come.
    Fail,
    /// It is killed, says nothing, and another pod may come.
    Die,
    FailForGood,
    DieForGood,
    Succeed,
}

pub struct Story {
    world: World,
    /// Whether the claim holds files of a backup beside others.
    is_mixture: bool,
    made: u32,
}

impl Story {
    /// The module runs.
    pub fn new() -> Self {
        let source = Input { name: "bot.yaml".to_owned(), text: BOT.to_owned() };
        let loaded = manifest::load(&[source], support::defaults()).expect("a bot");
        assert!(loaded.faults.is_empty(), "{}", loaded.faults[0]);
        let mut story = Self { world: offline::admitted(loaded), is_mixture: false, made: 0 };
        story.go_on();
        assert_eq!(story.replicas(), 1);
        story
    }

    /// Somebody makes another restore.
    pub fn restore(&mut self) -> ObjectRef {
        self.made += 1;
        let name = format!("restore-{}", self.made);
        let created = format!("2026-01-02T03:04:{:02}Z", self.made % 60);
        let restore = json!({
            "apiVersion": "eevee.bot/v1", "kind": "BackupRestore",
            "metadata": { "name": name, "creationTimestamp": created },
            "spec": { "botModule": { "name": "echo" }, "s3Store": { "name": "minio" } },
        });
        let restore = Object::new(restore, "eevee-bot").expect("a restore");
        let reference = restore.reference().clone();
        self.world.snapshot_mut().insert(Arc::new(restore));
        self.world.admit();
        reference
    }

    /// Somebody deletes a resource. What hangs on it stays for a while.
    pub fn delete(&mut self, reference: &ObjectRef) {
        self.world.snapshot_mut().remove(reference);
    }

    /// What hangs on nothing goes.
    pub fn collect_garbage(&mut self) {
        self.world.collect_garbage();
        self.check("after garbage was collected");
    }

    pub fn roll_out(&mut self) {
        self.world.settle_deployments();
        self.check("after a rollout");
    }

    /// Changes a resource as somebody does.
    pub fn edit(&mut self, reference: &ObjectRef, change: impl FnOnce(&mut Value)) {
        // One that is gone is changed by nobody.
        let _ = self.world.change_as("somebody", reference, change);
    }

    /// Does the first requests of those that are to be sent now. Gives how many there were.
    pub fn turn(&mut self, most: usize) -> usize {
        let actions = render(self.world.snapshot());
        self.forget_users();
        let mut ended = Vec::new();
        for action in actions.iter().take(most) {
            if !ended.contains(&action.subject) && !self.perform(action) {
                ended.push(action.subject.clone());
            }
            self.check(&format!("after {} {}", action.verb.name(), action.target));
        }
        actions.len()
    }

    fn perform(&mut self, action: &ApplyAction) -> bool {
        if let Verb::Ask(question) = &action.verb
            && let Question::Users { .. } = &**question
        {
            let users = self.users();
            self.world.tell(action, Fact::Users(users));
            return true;
        }
        self.world.perform(action).is_ok() || matches!(action.verb, Verb::Event(_))
    }

    /// Who uses a claim is asked again after the answer was looked at.
    fn forget_users(&mut self) {
        for answers in self.world.snapshot_mut().answers.values_mut() {
            answers.retain(|answer| {
                !matches!(answer.outcome, Outcome::Told { fact: Fact::Users(_), .. })
            });
        }
    }

    fn users(&self) -> Vec<String> {
        let pods = self.all(Kind::Pod).into_iter().filter(|pod| !has_ended(pod));
        let uses = |pod: &Arc<Object>| {
            let volumes = pod.at("/spec/volumes").and_then(Value::as_array);
            volumes.into_iter().flatten().any(|volume| {
                volume["persistentVolumeClaim"]["claimName"] == "eevee-echo-module-pvc"
            })
        };
        pods.filter(uses).map(|pod| pod.reference().name.clone()).collect()
    }

    /// The pod of each Job that has not ended does something.
    pub fn work(&mut self, work: Work) {
        for job in self.all(Kind::Job).into_iter().filter(|job| is_unfinished(job)) {
            let at = job.reference();
            self.world.start_job(at);
            let failure = Said {
                error: Some("no luck".to_owned()),
                moves: Some(if self.is_mixture { Moves::Begun } else { Moves::NotBegun }),
                ..Said::default()
            };
            let success = Said { moves: Some(Moves::Finished), ..Said::default() };
            match work {
                Work::Start => {}
                Work::Move => self.is_mixture = true,
                Work::Fail => self.world.end_pod(at, false, Some(&failure.message())),
                Work::Die => self.world.end_pod(at, false, None),
                Work::FailForGood => self.world.finish_job(at, false, Some(&failure.message())),
                Work::DieForGood => self.world.finish_job(at, false, None),
                Work::Succeed => {
                    self.is_mixture = false;
                    self.world.finish_job(at, true, Some(&success.message()));
                }
            }
        }
        self.check(&format!("after the pods did {work:?}"));
    }

    /// Lets everything take its course, and each Job a good one.
    pub fn go_on(&mut self) {
        for _ in 0..ROUNDS {
            self.collect_garbage();
            let done = self.turn(usize::MAX);
            self.roll_out();
            self.work(Work::Succeed);
            if done == 0 && self.turn(usize::MAX) == 0 {
                return;
            }
        }
        let left = render(self.world.snapshot());
        let refused = self.world.clone().perform_all(&left);
        panic!(
            "it does not come to rest:\n{}\nrefused: {refused:?}",
            manifest::actions_as_yaml(&left, true)
        );
    }

    /// Neither a mixture nor a module beside a restore ever runs.
    fn check(&self, when: &str) {
        let jobs = self.all(Kind::Job).into_iter().filter(|job| is_unfinished(job)).count();
        let is_of_job = |pod: &Arc<Object>| pod.label("eevee.bot/backup-task").is_some();
        let (of_jobs, of_module): (Vec<_>, Vec<_>) =
            self.all(Kind::Pod).into_iter().filter(|pod| !has_ended(pod)).partition(is_of_job);
        let replicas = self.replicas();
        assert!(jobs <= 1, "{when}: two restores at once");
        assert!(
            replicas == 0 || jobs == 0 && of_jobs.is_empty(),
            "{when}: it runs beside a restore"
        );
        assert!(
            of_module.is_empty() || of_jobs.is_empty(),
            "{when}: its pods are beside a restore's"
        );
        assert!(replicas == 0 || !self.is_mixture, "{when}: a mixture runs");
        assert!(replicas == 0 || self.mark().is_none(), "{when}: it runs on a marked claim");
    }

    pub fn replicas(&self) -> i64 {
        let deployment = self.get(Kind::Deployment, "eevee-echo-module");
        deployment.and_then(|live| live.number("/spec/replicas")).unwrap_or(0)
    }

    pub fn mark(&self) -> Option<String> {
        let claim = self.get(Kind::PersistentVolumeClaim, "eevee-echo-module-pvc")?;
        claim.annotation("eevee.bot/restoring").map(str::to_owned)
    }

    pub fn is_mixture(&self) -> bool {
        self.is_mixture
    }

    /// The reason of condition Ready of a resource.
    pub fn reason(&self, kind: Kind, name: &str) -> String {
        let resource = self.get(kind, name).expect("a resource");
        let ready = live_condition(&resource, "Ready").expect("condition Ready");
        ready["reason"].as_str().unwrap_or_default().to_owned()
    }

    pub fn restores(&self) -> Vec<ObjectRef> {
        self.all(Kind::BackupRestore).iter().map(|one| one.reference().clone()).collect()
    }

    fn get(&self, kind: Kind, name: &str) -> Option<Arc<Object>> {
        let reference = ObjectRef::new(kind, "eevee-bot", name);
        self.world.snapshot().get(&reference).expect("read").cloned()
    }

    fn all(&self, kind: Kind) -> Vec<Arc<Object>> {
        let objects = self.world.snapshot().objects();
        objects.filter(|object| object.reference().kind == kind).cloned().collect()
    }
}

fn has_ended(pod: &Object) -> bool {
    matches!(pod.text("/status/phase"), Some("Succeeded" | "Failed"))
}

fn is_unfinished(job: &Object) -> bool {
    job.at("/status/conditions").is_none()
}
