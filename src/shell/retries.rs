//! When a Subject whose reconciliation failed is looked at again.

use super::request::RequestFailure;
use super::requeue::{CHANGED, FAILED, REFUSED, Requeue};
use super::wait::Backoff;
use crate::action::Subject;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// A write that has failed so many times in a row is told of in the resource's status.
const TELL: u32 = 5;

/// The back-offs of those that fail. Each backs off alone.
#[derive(Default)]
pub struct Retries(Mutex<HashMap<Subject, Backoffs>>);

/// Each kind of failure in a row has a back-off of its own.
struct Backoffs {
    failed: Backoff,
    changed: Backoff,
    refused: Patience,
}

/// Tries that are due, and others between them because something changed.
struct Patience {
    backoff: Backoff,
    due: Option<Instant>,
}

impl Patience {
    /// When it is due after one more refusal. Changes come by the dozen while a cluster is built, and
    /// must not lengthen the wait.
    fn next(&mut self, now: Instant) -> Instant {
        let next = self.due.filter(|due| *due > now).unwrap_or_else(|| now + self.backoff.next());
        self.due = Some(next);
        next
    }
}

impl Default for Backoffs {
    fn default() -> Self {
        let backoff = |(first, limit)| Backoff::new(first, limit);
        Self {
            failed: backoff(FAILED),
            changed: backoff(CHANGED),
            refused: Patience { backoff: backoff(REFUSED), due: None },
        }
    }
}

impl Retries {
    /// Forgets every back-off.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whether a Subject has failed so often that its status should say why.
    pub fn are_many(&self, subject: &Subject) -> bool {
        let backoffs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        backoffs.get(subject).is_some_and(|backoffs| backoffs.failed.failures() >= TELL)
    }

    /// What comes of an outcome: a word for the metrics, and when to look again.
    pub fn judge(
        &self,
        subject: &Subject,
        outcome: Result<Requeue, RequestFailure>,
    ) -> (&'static str, Requeue) {
        let mut backoffs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = match outcome {
            Ok(Requeue::Later) => return ("requeue", Requeue::Later),
            Ok(next) => {
                backoffs.remove(subject);
                return ("success", next);
            }
            Err(failure) => failure,
        };
        let Backoffs { failed, changed, refused } = backoffs.entry(subject.clone()).or_default();
        match failure {
            // Whoever leads next looks at everything. That may be this replica, a moment later and
            // unnoticed.
            RequestFailure::Fenced => ("requeue", Requeue::At(Instant::now())),
            RequestFailure::NotFound(why) | RequestFailure::Changed(why) => {
                tracing::debug!(%subject, why, "looking again");
                ("requeue", Requeue::NotBefore(Instant::now() + changed.next()))
            }
            RequestFailure::Told(why) => {
                tracing::debug!(%subject, why, "looking again, to say so");
                ("error", Requeue::NotBefore(Instant::now() + changed.next()))
            }
            failure @ RequestFailure::Refused { .. } => {
                let why = failure.to_string();
                if refused.due.is_none() {
                    tracing::warn!(%subject, why, "refused: trying again when something changes, or later");
                } else {
                    tracing::debug!(%subject, why, "refused again");
                }
                ("error", Requeue::At(refused.next(Instant::now())))
            }
            failure @ RequestFailure::Broken { .. } if failed.failures() >= TELL => {
                tracing::debug!(%subject, why = %failure, "still broken");
                ("error", Requeue::At(refused.next(Instant::now())))
            }
            failure @ (RequestFailure::Transient(_) | RequestFailure::Broken { .. }) => {
                let why = failure.to_string();
                if failed.failures() == 0 {
                    tracing::warn!(%subject, why, "failed: trying again");
                } else {
                    tracing::debug!(%subject, why, failures = failed.failures(), "failed again");
                }
                ("error", Requeue::NotBefore(Instant::now() + failed.next()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn wait((_, next): (&str, Requeue)) -> Duration {
        match next {
            Requeue::NotBefore(time) | Requeue::At(time) => time - Instant::now(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refusal_waits_longer_than_a_failure_and_a_success_ends_both() {
        let (retries, subject) = (Retries::default(), Subject::Operator);
        let failed = || Err(RequestFailure::Transient("no answer".to_owned()));
        let refused =
            || Err(RequestFailure::Refused { code: 403, message: "forbidden".to_owned() });
        assert!(wait(retries.judge(&subject, failed())) <= FAILED.0);
        assert!(wait(retries.judge(&subject, refused())) >= REFUSED.0 / 3);
        for _ in 0..10 {
            retries.judge(&subject, failed());
        }
        assert!(wait(retries.judge(&subject, failed())) >= FAILED.1 / 3);
        assert_eq!(retries.judge(&subject, Ok(Requeue::Rest)), ("success", Requeue::Rest));
        assert!(wait(retries.judge(&subject, failed())) <= FAILED.0);
    }

    #[test]
    fn what_stays_broken_waits_like_a_refusal() {
        let (retries, subject) = (Retries::default(), Subject::Operator);
        let broken =
            || Err(RequestFailure::Broken { code: 500, message: "out of sorts".to_owned() });
        for _ in 0..TELL {
            assert!(wait(retries.judge(&subject, broken())) <= FAILED.1);
        }
        assert!(retries.are_many(&subject));
        let (_, next) = retries.judge(&subject, broken());
        assert!(matches!(next, Requeue::At(_)) && wait(("", next)) >= REFUSED.0 / 3);
        retries.judge(&subject, Ok(Requeue::Rest));
        assert!(wait(retries.judge(&subject, broken())) <= FAILED.0);
    }

    #[test]
    fn a_write_that_failed_is_an_error_and_one_that_came_too_late_is_not() {
        let judged = |failure| Retries::default().judge(&Subject::Operator, Err(failure)).0;
        let text = || "why".to_owned();
        for failure in [
            RequestFailure::Told(text()),
            RequestFailure::Refused { code: 403, message: text() },
            RequestFailure::Transient(text()),
            RequestFailure::Broken { code: 500, message: text() },
        ] {
            assert_eq!(judged(failure.clone()), "error", "{failure:?}");
        }
        for failure in [
            RequestFailure::Changed(text()),
            RequestFailure::NotFound(text()),
            RequestFailure::Fenced,
        ] {
            assert_eq!(judged(failure.clone()), "requeue", "{failure:?}");
        }
    }

    #[test]
    fn refusals_that_changes_brought_about_do_not_lengthen_the_wait() {
        let (first, limit) = REFUSED;
        let mut refusals = Patience { backoff: Backoff::new(first, limit), due: None };
        let start = Instant::now();
        let due = refusals.next(start);
        assert!(due <= start + first);
        for early in 1..20 {
            assert_eq!(refusals.next(start + Duration::from_millis(early)), due);
        }
        let next = refusals.next(due);
        assert!(next >= due + first && next <= due + first * 2, "{:?}", next - due);
    }

    #[test]
    fn who_lets_others_go_first_has_not_succeeded_yet() {
        let (retries, subject) = (Retries::default(), Subject::Operator);
        for _ in 0..10 {
            retries.judge(&subject, Err(RequestFailure::Transient("no answer".to_owned())));
        }
        retries.judge(&subject, Ok(Requeue::Later));
        let next = retries.judge(&subject, Err(RequestFailure::Transient("no answer".to_owned())));
        assert!(wait(next) >= FAILED.1 / 3);
    }
}
