//! What render asks is answered beside the workers, and the answer comes back as data.
//!
//! | room | what it does |
//! |---|---|
//! | `asked`, `oracle` | a question with what its answer takes, and who answers |
//! | `permits` | how many are answered at once |
//! | `pace` | for how long an answer holds |
//! | `live` | the world that answers: `store` asks S3, `users` the API server |

mod asked;
mod live;
mod oracle;
mod pace;
mod permits;
mod store;
#[cfg(test)]
mod tests;
mod users;

pub use live::Live;

use super::cache::Cache;
use super::queue::Queue;
use super::requeue::FAILED_QUESTION;
use super::wait::Backoff;
use crate::action::{ApplyAction, Subject};
use crate::object::ObjectRef;
use crate::question::{Fact, Question};
use crate::snapshot::ClusterSnapshot;
use asked::Asked;
use futures::FutureExt;
use jiff::Timestamp;
use oracle::Oracle;
use permits::Permits;
use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

const PANICKED: &str = "the operator made a mistake: its standard error tells which";

/// Gets answers. What is under way ends with it.
pub struct Asker<O: Oracle>(Arc<Inner<O>>);

struct Inner<O> {
    oracle: O,
    cache: Arc<Cache>,
    queue: Arc<Queue>,
    places: Permits,
    under_way: Mutex<UnderWay>,
}

#[derive(Default)]
struct UnderWay {
    by_topic: HashMap<Topic, Work>,
    serial: u64,
}

/// What a question is about. Whoever asks something else about it wants no answer any more to what
/// was asked before.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Topic {
    subject: Subject,
    target: ObjectRef,
    form: Discriminant<Question>,
}

/// A question that is under way. It is dropped with this.
struct Work {
    request: String,
    serial: u64,
    task: AbortHandle,
}

impl Drop for Work {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<O: Oracle> Asker<O> {
    pub fn new(oracle: O, cache: Arc<Cache>, queue: Arc<Queue>) -> Self {
        let (places, under_way) = (Permits::default(), Mutex::default());
        Self(Arc::new(Inner { oracle, cache, queue, places, under_way }))
    }

    /// Begins to get the answer to a question, unless that is under way. The snapshot is the one that
    /// made the Subject ask.
    pub fn ask(&self, action: &ApplyAction, question: &Question, snapshot: &ClusterSnapshot) {
        let (subject, target) = (action.subject.clone(), action.target.clone());
        let topic = Topic { subject, target, form: discriminant(question) };
        let request = action.verb.fingerprint();
        let mut under_way = self.0.lock();
        if under_way.by_topic.get(&topic).is_some_and(|work| work.request == request) {
            return;
        }
        under_way.serial += 1;
        let serial = under_way.serial;
        let asked = Asked::new(action, question, snapshot);
        let work = Arc::clone(&self.0).work(topic.clone(), serial, asked);
        let task = tokio::spawn(work).abort_handle();
        under_way.by_topic.insert(topic, Work { request, serial, task });
    }

    /// A Subject is gone, and with it what it asks.
    pub fn forget(&self, subject: &Subject) {
        self.0.lock().by_topic.retain(|topic, _| topic.subject != *subject);
    }

    /// Nobody asks anything any more.
    pub fn drop_all(&self) {
        self.0.lock().by_topic.clear();
    }

    /// How many questions are under way.
    #[cfg(test)]
    fn under_way(&self) -> usize {
        self.0.lock().by_topic.len()
    }
}

impl<O: Oracle> Drop for Asker<O> {
    fn drop(&mut self) {
        self.drop_all();
    }
}

impl<O: Oracle> Inner<O> {
    async fn work(self: Arc<Self>, topic: Topic, serial: u64, asked: Asked) {
        let fact = self.fact(&asked).await;
        self.take(&topic, serial, &asked, fact);
    }

    /// Waits for an answer. That a store cannot be used is one; that the API server does not answer is
    /// none, and it is asked again.
    async fn fact(&self, asked: &Asked) -> Fact {
        let mut backoff = Backoff::new(FAILED_QUESTION.0, FAILED_QUESTION.1);
        loop {
            let why = match self.answer(asked).await {
                Ok(fact) => return fact,
                Err(why) => why,
            };
            let fact = Fact::Unusable(why.clone());
            if asked.question.fits(&fact) {
                return fact;
            }
            if backoff.failures() == 0 {
                tracing::warn!(object = %asked.target, question = %asked.question, why, "no answer: asking again");
            }
            sleep(backoff.next()).await;
        }
    }

    async fn answer(&self, asked: &Asked) -> Result<Fact, String> {
        let _place = self.places.take(&asked.question).await;
        let patience = pace::patience(&asked.question);
        let answer = AssertUnwindSafe(timeout(patience, self.oracle.answer(asked))).catch_unwind();
        match answer.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(format!("no answer for {} s", patience.as_secs())),
            Err(_) => Err(PANICKED.to_owned()),
        }
    }

    /// Takes an answer in, if it is still wanted, and wakes who has asked.
    fn take(&self, topic: &Topic, serial: u64, asked: &Asked, fact: Fact) {
        let mut under_way = self.lock();
        if under_way.by_topic.get(topic).is_none_or(|work| work.serial != serial) {
            return;
        }
        let retry_at = pace::holds_until(&fact, Timestamp::now());
        self.cache.answers().told(&asked.action(), &asked.question, fact, retry_at);
        under_way.by_topic.remove(topic);
        drop(under_way);
        self.queue.add_all([Arc::new(topic.subject.clone())]);
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
