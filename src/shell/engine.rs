//! Turns changes into reconciliations: one at a time for each Subject, several Subjects at once.

use super::apply;
use super::cache::{Affected, Cache, LiveReads};
use super::lease::Fence;
use super::life::{Beat, Life};
use super::look::{Gathered, doubtful, when_to_look_again};
use super::metrics::Metrics;
use super::questions::{Asker, Live};
use super::queue::Queue;
use super::reads::Reader;
use super::request::RequestFailure;
use super::requeue::{COUNTS, Requeue};
use super::retries::Retries;
use super::scrub::scrubbed;
use super::steps::{changes, is_said_again, log, only_tell, seen_version, version};
use crate::action::{ApplyAction, Subject, Verb};
use crate::fields;
use crate::object::Object;
use crate::render::{self, NOT_KEPT, counts_alone_differ, render_subject};
use crate::snapshot::ClusterSnapshot;
use crate::source::Recorder;
use crate::trim::trim;
use futures::FutureExt;
use jiff::Timestamp;
use kube::Client;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::{self, JoinSet};
use tokio::time::timeout;

/// How many Subjects are worked on at once, but for slow ones.
const WORKERS: usize = 12;
/// A worker goes on with others while a reconciliation that takes longer than this waits.
const QUICK: Duration = Duration::from_secs(1);
/// How many slow reconciliations a worker lets wait. With its quick one that is 9 for each worker, and
/// 108 in all. Each has one write under way at most: together about half of the 200 that an API server
/// with default settings serves. Reads by name have a limit of their own.
const SLOW: usize = 8;
/// How often one reconciliation may find that it must read more before it can decide.
const ROUNDS: usize = 8;
/// A worker that takes longer than this for one reconciliation hangs: it sends some twenty requests
/// at most, each with a limit of ten seconds.
const HANGS: Duration = Duration::from_mins(4);

const PANICKED: &str = "the reconciliation panicked: see standard error";

/// The workers, and what they share.
pub struct Engine {
    pub client: Client,
    pub cache: Arc<Cache>,
    pub queue: Arc<Queue>,
    pub metrics: Metrics,
    pub fence: Fence,
    /// Name of this replica, for events.
    pub instance: String,
    /// Takes what no replica can go on with.
    fatal: mpsc::Sender<String>,
    retries: Retries,
    questions: Asker<Live>,
    /// Since when a status that says new numbers alone waits.
    waiting: Mutex<HashMap<Subject, Instant>>,
}

impl Engine {
    pub fn new(
        client: Client,
        cache: Arc<Cache>,
        queue: Arc<Queue>,
        metrics: Metrics,
        fence: Fence,
        instance: String,
        fatal: mpsc::Sender<String>,
    ) -> Self {
        let (retries, waiting) = (Retries::default(), Mutex::default());
        let oracle = Live { client: client.clone(), cache: Arc::clone(&cache) };
        let questions = Asker::new(oracle, Arc::clone(&cache), Arc::clone(&queue));
        Self { client, cache, queue, metrics, fence, instance, fatal, retries, questions, waiting }
    }

    /// Works while this replica leads, for ever.
    pub fn start(self: &Arc<Self>, life: &Life) -> Vec<tokio::task::JoinHandle<()>> {
        let mut tasks = vec![tokio::spawn(Arc::clone(self).lead())];
        tasks.extend((0..WORKERS).map(|_| {
            let work = Arc::clone(self).work(life.clone());
            tokio::spawn(work)
        }));
        tasks
    }

    /// A new leader looks at everything once.
    async fn lead(self: Arc<Self>) {
        let mut fence = self.fence.clone();
        let mut last = None;
        loop {
            let term = fence.opened().await;
            let subjects = self.cache.subjects();
            self.forget_work();
            if last.replace(term) == Some(term) {
                self.cache.answers().carry_on(&subjects);
            } else {
                // What another was refused meanwhile, and what not, is not known here.
                self.cache.answers().clear();
            }
            self.queue.open();
            self.queue.add_all(subjects.into_iter().map(Arc::new));
            fence.closed().await;
            self.queue.close();
            self.metrics.forget_resources();
            self.forget_work();
        }
    }

    /// Forgets what is only of use while this replica leads: it would grow old, and what it is about
    /// may go meanwhile.
    fn forget_work(&self) {
        self.questions.drop_all();
        self.cache.rest();
        self.retries.clear();
        lock(&self.waiting).clear();
    }

    /// Takes one Subject after the other. What hangs, as an admission webhook may, is waited for
    /// beside the next.
    async fn work(self: Arc<Self>, life: Life) {
        let mut fence = self.fence.clone();
        let mut under_way = JoinSet::new();
        loop {
            fence.opened().await;
            let subject = self.queue.next().await;
            if !self.fence.is_open() {
                self.queue.done(&subject, Requeue::At(Instant::now()));
                continue;
            }
            let hang = life.expect("a reconciliation", HANGS);
            let this = under_way.spawn(Arc::clone(&self).process(subject, hang));
            if timeout(QUICK, ended(&mut under_way, this.id())).await.is_err() {
                while under_way.len() > SLOW {
                    under_way.join_next().await;
                }
            }
        }
    }

    /// Reconciles a Subject, and says when it is to be looked at again.
    async fn process(self: Arc<Self>, subject: Arc<Subject>, _hang: Beat) {
        let began = Instant::now();
        // A panic while one resource is rendered is logged, counted and tried again.
        let outcome = AssertUnwindSafe(self.reconcile(&subject)).catch_unwind().await;
        let outcome =
            outcome.unwrap_or_else(|_| Err(RequestFailure::Transient(PANICKED.to_owned())));
        let (result, next) = self.retries.judge(&subject, outcome);
        let controller = subject.kind();
        self.metrics.reconcile(controller, result, began.elapsed().as_secs_f64());
        self.queue.done(&subject, next);
    }

    /// Looks, decides, and does what was decided.
    async fn reconcile(&self, subject: &Subject) -> Result<Requeue, RequestFailure> {
        let mut found = LiveReads::default();
        let mut unread = Ok(());
        for _ in 0..ROUNDS {
            let look = self.look(subject, &found)?;
            if !look.unread.is_empty() {
                unread = unread.and(self.reader().read_all(look.unread, &mut found).await);
                continue;
            }
            let actions = &look.rendering.actions;
            if actions.is_empty() {
                unread?;
                lock(&self.waiting).remove(subject);
                let next = when_to_look_again(&look.rendering, &found);
                return Ok(if self.note(subject, &look) { next } else { Requeue::Gone });
            }
            if only_tell(subject, actions) && !self.queue.may_tell(subject) {
                return Ok(Requeue::Later);
            }
            let doubtful = doubtful(actions, &look.unsettled, &found);
            if !doubtful.is_empty() {
                let read = self.reader().read_all(doubtful.clone(), &mut found).await;
                unread = unread.and(read);
            }
            // Where they are absent, as they were taken to be, another look would show the same.
            if found.are_absent(&doubtful) {
                let next = self.perform(subject, &look, &found).await?;
                return unread.map(|()| next);
            }
        }
        Err(RequestFailure::Transient("the cluster changes faster than it can be read".to_owned()))
    }

    fn reader(&self) -> Reader<'_> {
        Reader { client: &self.client, cache: &self.cache, queue: Some(&self.queue), keep: trim }
    }

    fn look(&self, subject: &Subject, found: &LiveReads) -> Result<Gathered, RequestFailure> {
        let look = self.cache.look(subject, found, |view| {
            let recorder = Recorder::new(view);
            Gathered {
                rendering: render_subject(&recorder, subject),
                vitals: render::vitals(&recorder, subject),
                exists: render::exists(&recorder, subject),
                snapshot: recorder.into_snapshot(),
                unread: view.unread(),
                unsettled: view.unsettled(),
            }
        });
        look.map_err(|why| {
            // A full channel has told of it already.
            let _ = self.fatal.try_send(why.clone());
            RequestFailure::Transient(why)
        })
    }

    async fn perform(
        &self,
        subject: &Subject,
        look: &Gathered,
        found: &LiveReads,
    ) -> Result<Requeue, RequestFailure> {
        let (actions, snapshot) = (&look.rendering.actions, &look.snapshot);
        if let Some(until) = self.may_wait(subject, snapshot, actions) {
            return Ok(Requeue::At(until));
        }
        let mut has_written = false;
        for action in actions {
            if has_written && is_said_again(subject, action) {
                break;
            }
            self.send(action, snapshot).await?;
            has_written |= changes(&action.verb);
        }
        lock(&self.waiting).remove(subject);
        self.note(subject, look);
        Ok(match when_to_look_again(&look.rendering, found) {
            // One round leads to the next, until there is nothing to do.
            _ if has_written => Requeue::At(Instant::now()),
            next => next,
        })
    }

    /// Until when nothing need be done: all there is to say are new numbers of replicas.
    fn may_wait(
        &self,
        subject: &Subject,
        snapshot: &ClusterSnapshot,
        actions: &[ApplyAction],
    ) -> Option<Instant> {
        let [ApplyAction { target, verb: Verb::Status { status, .. }, .. }] = actions else {
            return None;
        };
        let resource = snapshot.get(target).ok().flatten()?;
        if !counts_alone_differ(resource, status) {
            return None;
        }
        let since = *lock(&self.waiting).entry(subject.clone()).or_insert_with(Instant::now);
        let until = since + COUNTS;
        (Instant::now() < until).then_some(until)
    }

    /// Sends one action and takes in what comes of it.
    async fn send(
        &self,
        action: &ApplyAction,
        snapshot: &ClusterSnapshot,
    ) -> Result<(), RequestFailure> {
        if !self.fence.is_open() {
            return Err(RequestFailure::Fenced);
        }
        if let Verb::Ask(question) = &action.verb {
            self.questions.ask(action, question, snapshot);
            return Ok(());
        }
        let sent = Instant::now();
        let served = &snapshot.served;
        let outcome = apply::perform(&self.client, action, served, &self.instance).await;
        let outcome = outcome.map_err(|failure| failure.map(|message| scrubbed(message, action)));
        match (outcome, &action.verb) {
            (Ok(_), Verb::Event(_)) => Ok(()),
            (Err(failure), Verb::Event(event)) => {
                // 409: it was told before.
                if !matches!(failure, RequestFailure::Changed(_)) {
                    self.metrics.event_failed();
                    tracing::debug!(reason = event.reason, ?failure, "an event was not recorded");
                }
                Ok(())
            }
            (Ok(answer), verb) => {
                log(action);
                self.cache.answers().accepted(&action.subject, &action.target);
                self.take_answer(action, answer, sent);
                if let Verb::Delete { seen } = verb {
                    self.wake(self.cache.deleted(&action.target, &version(seen)));
                }
                Ok(())
            }
            (Err(RequestFailure::NotFound(why) | RequestFailure::Changed(why)), verb) => {
                self.reader().look_again(&action.target, seen_version(verb)).await;
                Err(RequestFailure::Changed(format!("{} {}: {why}", verb.name(), action.target)))
            }
            (Err(RequestFailure::Refused { code, message }), verb) => {
                tracing::warn!(object = %action.target, verb = verb.name(), code, message, "the API server refused");
                self.take_refusal(action, snapshot, code, message)
            }
            (Err(RequestFailure::Broken { code, message }), verb) if self.is_to_wait(action) => {
                tracing::warn!(object = %action.target, verb = verb.name(), code, message, "the API server keeps failing");
                self.remember(action, snapshot, code, message)
            }
            (Err(failure), _) => Err(failure),
        }
    }

    /// Whether a write has failed so often that it waits like one that was refused.
    fn is_to_wait(&self, action: &ApplyAction) -> bool {
        self.retries.are_many(&action.subject) || self.cache.answers().knows(action)
    }

    /// The next decision sees what was written.
    fn take_answer(&self, action: &ApplyAction, answer: Option<Object>, sent: Instant) {
        let Some(mut answer) = answer else { return };
        let shape = action.target.kind.shape();
        let asked = apply::asked(action);
        if let Some(Err(field)) =
            asked.map(|asked| fields::answer::holds(answer.value(), asked, shape))
        {
            tracing::warn!(object = %action.target, field, "admission rewrites what was asked for");
            self.cache.answers().rewritten(action, &answer, field);
        }
        if let Verb::Status { status, .. } = &action.verb {
            self.take_lost_status(action, status, &answer);
        }
        trim(answer.value_mut(), action.target.kind);
        self.wake(self.cache.answered(&answer, sent));
    }

    /// The CRDs of the TypeScript operator prune what a status says. Mended and written again, it
    /// would be pruned again.
    fn take_lost_status(&self, action: &ApplyAction, status: &Value, answer: &Object) {
        let (asked, shape) = (json!({ "status": status }), action.target.kind.shape());
        if let Err(field) = fields::answer::holds(answer.value(), &asked, shape) {
            let message = format!("{field} was not kept: install the CRDs of this operator");
            tracing::warn!(object = %action.target, message, "the API server does not keep the status");
            let now = Timestamp::now();
            self.cache.answers().refused(action, Some(answer), NOT_KEPT, message, now);
        }
    }

    /// A refusal is remembered: the next round says so in the status, and does not ask again.
    fn take_refusal(
        &self,
        action: &ApplyAction,
        snapshot: &ClusterSnapshot,
        code: u16,
        message: String,
    ) -> Result<(), RequestFailure> {
        // A status that is refused cannot say so, and waits like a failure.
        if matches!(action.verb, Verb::Status { .. }) {
            let message = format!("{}: {message}", action.target);
            return Err(RequestFailure::Refused { code, message });
        }
        self.remember(action, snapshot, code, message)
    }

    fn remember(
        &self,
        action: &ApplyAction,
        snapshot: &ClusterSnapshot,
        code: u16,
        message: String,
    ) -> Result<(), RequestFailure> {
        let live = snapshot.get(&action.target).ok().flatten().map(AsRef::as_ref);
        self.cache.answers().refused(action, live, code, message, Timestamp::now());
        self.wake(self.cache.readers_of(&action.target));
        Err(RequestFailure::Told(format!("{} was refused (HTTP {code})", action.target)))
    }

    fn wake(&self, affected: Affected) {
        self.queue.add_all(affected);
    }

    /// Tells the metrics of a resource, and forgets one that is gone. Gives whether it is there.
    fn note(&self, subject: &Subject, look: &Gathered) -> bool {
        if !self.fence.is_open() {
            // Another replica tells of it.
            return true;
        }
        match (&look.vitals, subject.resource()) {
            (Some(vitals), _) => self.metrics.resource(vitals),
            (None, Some(resource)) => self.metrics.forget(resource),
            (None, None) => {}
        }
        if !look.exists {
            self.questions.forget(subject);
            self.cache.forget(subject);
        }
        look.exists
    }
}

/// Waits until one of some tasks has ended.
async fn ended(tasks: &mut JoinSet<()>, this: task::Id) {
    while let Some(ended) = tasks.join_next_with_id().await {
        let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
        if id == this {
            return;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in a short method leaves nothing half done that a later one could not mend.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
