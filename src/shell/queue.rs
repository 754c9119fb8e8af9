//! The Subjects that want to be looked at: each at most once in the queue and once at work.

use super::metrics::Metrics;
use super::requeue::{LONG_PAUSE, PATIENCE, PAUSE, Requeue};
use crate::action::Subject;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// A queue of Subjects. It is closed while nobody takes from it, and keeps nothing then.
pub struct Queue {
    state: Mutex<State>,
    changed: Notify,
    metrics: Metrics,
}

#[derive(Default)]
struct State {
    is_open: bool,
    /// In the order in which they are taken, but for one that has waited long enough to tell.
    ready: BTreeMap<(Stage, u64), Arc<Subject>>,
    places: HashMap<Arc<Subject>, Place>,
    /// When those that wait are due.
    waiting: BTreeMap<(Instant, u64), Arc<Subject>>,
    /// Keeps equals in the order in which they came.
    serial: u64,
    /// How many are ready, by controller.
    depths: BTreeMap<&'static str, i64>,
}

/// Where a Subject is.
#[derive(Default)]
struct Place {
    ready: Option<(Stage, u64)>,
    is_at_work: bool,
    /// Something changed while it was at work.
    is_dirty: bool,
    due: Option<(Instant, u64)>,
    /// What changes before does not bring it forward.
    not_before: Option<Instant>,
    /// Since when others have gone first.
    put_off: Option<Instant>,
}

/// What a Subject is to do next. Who has something to do goes first: what is said of a module that is not
/// done is said once it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Look, and make or change what is wanted.
    Act,
    /// Write the status.
    Tell,
}

impl Queue {
    pub fn new(metrics: Metrics) -> Self {
        Self { state: Mutex::default(), changed: Notify::new(), metrics }
    }

    /// From now on what changes is to be looked at.
    pub fn open(&self) {
        self.lock().is_open = true;
    }

    /// Forgets all that is not at work. Whoever opens the queue again adds everything.
    pub fn close(&self) {
        let mut state = self.lock();
        state.close();
        self.tell_depths(&state);
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
    pub fn done(&self, subject: &Arc<Subject>, next: Requeue) {
        self.lock().done(subject, next);
        self.changed.notify_one();
    }

    /// Whether a Subject that is at work may tell how it is, or others act first.
    pub fn may_tell(&self, subject: &Subject) -> bool {
        let state = self.lock();
        let acts =
            state.ready.first_key_value().is_some_and(|((stage, _), _)| *stage == Stage::Act);
        !acts || state.places.get(subject).is_some_and(Place::has_waited)
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

impl Place {
    fn has_waited(&self) -> bool {
        self.put_off.is_some_and(|since| since.elapsed() >= PATIENCE)
    }
}

impl State {
    fn close(&mut self) {
        self.is_open = false;
        self.ready.clear();
        self.waiting.clear();
        self.places.retain(|_, place| place.is_at_work);
        self.depths.values_mut().for_each(|depth| *depth = 0);
    }

    fn add(&mut self, subject: Arc<Subject>) {
        if !self.is_open {
            return;
        }
        let place = self.places.entry(Arc::clone(&subject)).or_default();
        if place.is_at_work {
            place.is_dirty = true;
            return;
        }
        match (place.ready, place.not_before) {
            (Some((Stage::Act, _)), _) => {}
            (Some(_) | None, Some(time)) if time > Instant::now() => self.wait(&subject, time),
            // What has changed may be urgent.
            (Some(_) | None, _) => self.make_ready(subject, Stage::Act),
        }
    }

    /// What changes from now on waits for a while.
    fn rest(&mut self, subject: &Subject, pause: Duration) {
        if let Some(place) = self.places.get_mut(subject) {
            place.not_before = Some(Instant::now() + pause);
        }
    }

    fn make_ready(&mut self, subject: Arc<Subject>, stage: Stage) {
        let Some(place) = self.places.get_mut(&subject) else { return };
        place.not_before = None;
        if let Some(due) = place.due.take() {
            self.waiting.remove(&due);
        }
        match place.ready.take() {
            Some(before) => drop(self.ready.remove(&before)),
            None => *self.depths.entry(subject.kind()).or_default() += 1,
        }
        self.serial += 1;
        place.ready = Some((stage, self.serial));
        self.ready.insert((stage, self.serial), subject);
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
            self.make_ready(subject, Stage::Act);
        }
        let subject = self.first().and_then(|first| self.ready.remove(&first));
        if let Some(subject) = &subject {
            *self.depths.entry(subject.kind()).or_default() -= 1;
        }
        if let Some(place) = subject.as_ref().and_then(|subject| self.places.get_mut(subject)) {
            place.ready = None;
            place.is_at_work = true;
            // What was put off and has changed meanwhile has a time, too.
            if let Some(due) = place.due.take() {
                self.waiting.remove(&due);
            }
        }
        (subject, self.waiting.first_key_value().map(|((due, _), _)| *due))
    }

    /// The first of all, unless the first that is to tell has waited long enough.
    fn first(&self) -> Option<(Stage, u64)> {
        let has_waited = |subject| self.places.get(subject).is_some_and(Place::has_waited);
        let telling = self.ready.range((Stage::Tell, 0)..).next();
        let late = telling.filter(|(_, subject)| has_waited(*subject));
        late.or_else(|| self.ready.first_key_value()).map(|(key, _)| *key)
    }

    fn done(&mut self, subject: &Arc<Subject>, next: Requeue) {
        if !self.is_open {
            self.places.remove(subject);
            return;
        }
        let Some(place) = self.places.get_mut(subject) else { return };
        place.is_at_work = false;
        let is_dirty = std::mem::take(&mut place.is_dirty);
        let soon = Instant::now() + PAUSE;
        if next == Requeue::Later {
            place.put_off.get_or_insert_with(Instant::now);
            self.make_ready(Arc::clone(subject), Stage::Tell);
            self.rest(subject, LONG_PAUSE);
            if is_dirty {
                self.add(Arc::clone(subject));
            }
            return;
        }
        place.put_off = None;
        let (not_before, due) = match next {
            Requeue::NotBefore(time) => (time, Some(time)),
            Requeue::At(_) | Requeue::Rest | Requeue::Gone if is_dirty => (soon, Some(soon)),
            Requeue::At(time) => (soon, Some(time.max(soon))),
            Requeue::Rest => (soon, None),
            Requeue::Gone | Requeue::Later => {
                self.places.remove(subject);
                return;
            }
        };
        place.not_before = Some(not_before);
        if let Some(due) = due {
            self.wait(subject, due);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;
    use futures::FutureExt;

    fn module(name: &str) -> Arc<Subject> {
        Arc::new(Subject::of(Kind::BotModule, "bot", name))
    }

    fn queue() -> Queue {
        let queue = Queue::new(Metrics::new());
        queue.open();
        queue
    }

    fn next(queue: &Queue) -> Option<Arc<Subject>> {
        queue.next().now_or_never()
    }

    #[test]
    fn a_subject_is_queued_once_and_worked_on_once() {
        let queue = queue();
        queue.add_all([module("echo"), module("echo"), module("dice")]);
        assert_eq!(next(&queue), Some(module("echo")));
        queue.add_all([module("echo")]);
        assert_eq!(next(&queue), Some(module("dice")));
        assert_eq!(next(&queue), None, "echo is at work");
    }

    #[tokio::test]
    async fn what_changes_while_it_is_worked_on_is_looked_at_again() {
        let queue = queue();
        queue.add_all([module("echo")]);
        let echo = queue.next().await;
        queue.add_all([module("echo")]);
        queue.done(&echo, Requeue::Rest);
        assert_eq!(queue.next().await, module("echo"));
        queue.done(&echo, Requeue::Rest);
        assert_eq!(next(&queue), None);
    }

    #[tokio::test]
    async fn changes_right_after_work_wait_for_one_look() {
        let queue = queue();
        queue.add_all([module("echo")]);
        let echo = queue.next().await;
        queue.done(&echo, Requeue::Rest);
        let done = Instant::now();
        queue.add_all([module("echo")]);
        assert_eq!(next(&queue), None);
        queue.add_all([module("echo")]);
        assert_eq!(queue.next().await, module("echo"));
        assert!(done.elapsed() >= PAUSE / 2);
        assert_eq!(next(&queue), None);
    }

    #[tokio::test]
    async fn a_failure_keeps_changes_back_until_its_time() {
        let queue = queue();
        queue.add_all([module("echo")]);
        let echo = queue.next().await;
        let time = Instant::now() + 3 * PAUSE;
        queue.done(&echo, Requeue::NotBefore(time));
        queue.add_all([module("echo")]);
        assert_eq!(queue.next().await, module("echo"));
        assert!(Instant::now() >= time);
    }

    #[tokio::test]
    async fn a_change_brings_a_timer_forward() {
        let queue = queue();
        queue.add_all([module("echo")]);
        let echo = queue.next().await;
        queue.done(&echo, Requeue::At(Instant::now() + Duration::from_mins(10)));
        queue.add_all([module("echo")]);
        assert_eq!(queue.next().await, module("echo"));
        assert!(queue.lock().waiting.is_empty());
    }

    #[test]
    fn all_act_before_any_tells() {
        let queue = queue();
        queue.add_all([module("echo"), module("dice")]);
        let echo = next(&queue).expect("echo");
        assert!(!queue.may_tell(&echo), "dice has not acted");
        queue.done(&echo, Requeue::Later);
        let dice = next(&queue).expect("dice");
        assert!(queue.may_tell(&dice), "nobody is left to act");
        queue.add_all([module("clock")]);
        assert!(!queue.may_tell(&dice), "clock has not acted");
        assert_eq!(next(&queue), Some(module("clock")), "echo was there before, and is to tell");
        assert_eq!(next(&queue), Some(module("echo")));
    }

    #[test]
    fn what_changes_while_it_finds_only_to_tell_does_not_wait_for_its_turn() {
        let queue = queue();
        queue.add_all([module("echo"), module("dice")]);
        let echo = next(&queue).expect("echo");
        queue.add_all([module("echo")]);
        queue.done(&echo, Requeue::Later);
        let (key, _) = queue.lock().waiting.pop_first().expect("a time");
        assert!(key.0 <= Instant::now() + LONG_PAUSE);
    }

    #[test]
    fn a_change_brings_forward_what_was_put_off() {
        let queue = queue();
        queue.add_all([module("echo"), module("dice")]);
        let echo = next(&queue).expect("echo");
        queue.done(&echo, Requeue::Later);
        let dice = next(&queue).expect("dice");
        queue.done(&dice, Requeue::Later);
        queue.lock().rest(&module("dice"), Duration::ZERO);
        queue.add_all([module("dice")]);
        assert_eq!(next(&queue), Some(module("dice")), "echo was put off before");
        assert_eq!(queue.lock().depths["botmodule"], 1);
    }

    #[test]
    fn what_was_put_off_and_changed_is_not_given_to_two_at_once() {
        let queue = queue();
        queue.add_all([module("echo")]);
        let echo = next(&queue).expect("echo");
        queue.done(&echo, Requeue::Later);
        let soon = Instant::now() + Duration::from_millis(1);
        queue.lock().places.get_mut(&echo).expect("a place").not_before = Some(soon);
        queue.add_all([module("echo")]);
        assert_eq!(next(&queue), Some(module("echo")));
        let later = Instant::now() + LONG_PAUSE;
        assert_eq!(queue.lock().take(later).0, None, "echo is at work");
    }

    #[test]
    fn a_closed_queue_keeps_nothing_but_what_is_at_work() {
        let queue = queue();
        queue.add_all([module("echo"), module("dice")]);
        let echo = next(&queue).expect("echo");
        queue.close();
        queue.add_all([module("clock")]);
        assert_eq!(next(&queue), None);
        assert_eq!(queue.lock().depths["botmodule"], 0);
        queue.open();
        queue.add_all([module("echo")]);
        assert_eq!(next(&queue), None, "echo is at work still");
        queue.close();
        queue.done(&echo, Requeue::At(Instant::now()));
        assert!(queue.lock().places.is_empty());
    }

    #[test]
    fn nobody_lets_others_go_first_for_ever() {
        let queue = queue();
        queue.add_all([module("echo"), module("dice")]);
        let echo = next(&queue).expect("echo");
        queue.done(&echo, Requeue::Later);
        let long_ago = Instant::now().checked_sub(PATIENCE);
        queue.lock().places.get_mut(&module("echo")).expect("a place").put_off = long_ago;
        assert_eq!(next(&queue), Some(module("echo")));
        assert!(queue.may_tell(&echo), "dice has gone first long enough");
    }

    #[test]
    fn what_is_gone_is_forgotten() {
        let queue = queue();
        queue.add_all([module("echo")]);
        let echo = next(&queue).expect("echo");
        queue.done(&echo, Requeue::Gone);
        assert!(queue.lock().places.is_empty());
    }
}
