//! The Subjects that want to be looked at: each at most once in the queue and once at work.

use super::metrics::Metrics;
use super::observe::controller;
use crate::action::Subject;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// A queue of Subjects.
pub struct Queue {
    state: Mutex<State>,
    changed: Notify,
    metrics: Metrics,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Arc<Subject>>,
    places: HashMap<Arc<Subject>, Place>,
    /// When those that wait are due. The number tells equal times apart.
    waiting: BTreeMap<(Instant, u64), Arc<Subject>>,
    serial: u64,
    /// How many are ready, by controller.
    depths: BTreeMap<&'static str, i64>,
}

/// Where a Subject is.
#[derive(Default)]
struct Place {
    is_ready: bool,
    is_at_work: bool,
    /// Something changed while it was at work.
    is_dirty: bool,
    due: Option<(Instant, u64)>,
    /// After a failure: what changes before does not bring it forward.
    not_before: Option<Instant>,
}

/// What is to happen to a Subject after work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing, until something changes.
    Rest,
    /// It is looked at again at this time, or before if something changes.
    At(Instant),
    /// It is not looked at before this time, but then in any case.
    NotBefore(Instant),
}

impl Queue {
    pub fn new(metrics: Metrics) -> Self {
        Self { state: Mutex::default(), changed: Notify::new(), metrics }
    }

    /// Adds Subjects that are to be looked at.
    pub fn add_all(&self, subjects: impl IntoIterator<Item = Arc<Subject>>) {
        let mut state = self.lock();
        subjects.into_iter().for_each(|subject| state.add(subject));
        self.tell_depths(&state);
        drop(state);
        self.changed.notify_one();
    }

    /// Takes the next Subject to be worked on. [`Queue::done`] must follow.
    pub async fn next(&self) -> Arc<Subject> {
        loop {
            let changed = self.changed.notified();
            let (subject, due) = self.take();
            if let Some(subject) = subject {
                // Where there is more, somebody else may have it.
                self.changed.notify_one();
                return subject;
            }
            match due {
                Some(due) => {
                    let _ = tokio::time::timeout_at(due.into(), changed).await;
                }
                None => changed.await,
            }
        }
    }

    /// Ends the work on a Subject.
    pub fn done(&self, subject: &Arc<Subject>, next: Next) {
        self.lock().done(subject, next);
        self.changed.notify_one();
    }

    fn take(&self) -> (Option<Arc<Subject>>, Option<Instant>) {
        let mut state = self.lock();
        let taken = state.take(Instant::now());
        self.tell_depths(&state);
        taken
    }

    fn tell_depths(&self, state: &State) {
        for (controller, depth) in &state.depths {
            self.metrics.queue_depth(controller, *depth);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, subject: Arc<Subject>) {
        let place = self.places.entry(Arc::clone(&subject)).or_default();
        if place.is_at_work {
            place.is_dirty = true;
        } else if !place.is_ready {
            match place.not_before {
                Some(time) if time > Instant::now() => self.wait(&subject, time),
                _ => self.make_ready(subject),
            }
        }
    }

    fn make_ready(&mut self, subject: Arc<Subject>) {
        let Some(place) = self.places.get_mut(&subject) else { return };
        place.is_ready = true;
        place.not_before = None;
        if let Some(due) = place.due.take() {
            self.waiting.remove(&due);
        }
        *self.depths.entry(controller(&subject)).or_default() += 1;
        self.ready.push_back(subject);
    }

    /// The earlier of two times counts.
    fn wait(&mut self, subject: &Arc<Subject>, time: Instant) {
        let Some(place) = self.places.get_mut(subject) else { return };
        if place.due.is_some_and(|(due, _)| due <= time) {
            return;
        }
        if let Some(due) = place.due.take() {
            self.waiting.remove(&due);
        }
        self.serial += 1;
        place.due = Some((time, self.serial));
        self.waiting.insert((time, self.serial), Arc::clone(subject));
    }

    fn take(&mut self, now: Instant) -> (Option<Arc<Subject>>, Option<Instant>) {
        while let Some(entry) = self.waiting.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let subject = entry.remove();
            if let Some(place) = self.places.get_mut(&subject) {
                place.due = None;
            }
            self.make_ready(subject);
        }
        let subject = self.ready.pop_front();
        if let Some(subject) = &subject {
            *self.depths.entry(controller(subject)).or_default() -= 1;
        }
        if let Some(place) = subject.as_ref().and_then(|subject| self.places.get_mut(subject)) {
            place.is_ready = false;
            place.is_at_work = true;
        }
        (subject, self.waiting.first_key_value().map(|((due, _), _)| *due))
    }

    fn done(&mut self, subject: &Arc<Subject>, next: Next) {
        let Some(place) = self.places.get_mut(subject) else { return };
        place.is_at_work = false;
        let is_dirty = std::mem::take(&mut place.is_dirty);
        match next {
            Next::NotBefore(time) => {
                place.not_before = Some(time);
                self.wait(subject, time);
            }
            Next::At(_) | Next::Rest if is_dirty => self.make_ready(Arc::clone(subject)),
            Next::At(time) => self.wait(subject, time),
            Next::Rest => {
                self.places.remove(subject);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::time::Duration;

    fn module(name: &str) -> Arc<Subject> {
        Arc::new(Subject::BotModule { namespace: "bot".to_owned(), name: name.to_owned() })
    }

    #[test]
    fn a_subject_is_queued_once_and_worked_on_once() {
        let queue = Queue::new(Metrics::new());
        queue.add_all([module("echo"), module("echo"), module("dice")]);
        let echo = queue.next().now_or_never().expect("echo");
        queue.add_all([module("echo")]);
        assert_eq!(queue.next().now_or_never(), Some(module("dice")));
        assert_eq!(queue.next().now_or_never(), None, "echo is at work");
        queue.done(&echo, Next::Rest);
        assert_eq!(queue.next().now_or_never(), Some(module("echo")), "it changed meanwhile");
    }

    #[test]
    fn what_rests_is_forgotten() {
        let queue = Queue::new(Metrics::new());
        queue.add_all([module("echo")]);
        let echo = queue.next().now_or_never().expect("echo");
        queue.done(&echo, Next::Rest);
        assert!(queue.lock().places.is_empty());
    }

    #[tokio::test]
    async fn a_failure_keeps_changes_back_until_its_time() {
        let queue = Queue::new(Metrics::new());
        queue.add_all([module("echo")]);
        let echo = queue.next().await;
        queue.add_all([module("echo")]);
        let soon = Instant::now() + Duration::from_millis(50);
        queue.done(&echo, Next::NotBefore(soon));
        queue.add_all([module("echo")]);
        assert_eq!(queue.next().now_or_never(), None);
        assert_eq!(queue.next().await, module("echo"));
    }

    #[test]
    fn a_change_brings_a_timer_forward() {
        let queue = Queue::new(Metrics::new());
        queue.add_all([module("echo")]);
        let echo = queue.next().now_or_never().expect("echo");
        queue.done(&echo, Next::At(Instant::now() + Duration::from_mins(10)));
        queue.add_all([module("echo")]);
        assert_eq!(queue.next().now_or_never(), Some(module("echo")));
        assert!(queue.lock().waiting.is_empty());
    }
}
