//! How long an answer is waited for, and how long it holds.

use crate::question::{Fact, Question};
use crate::shell::requeue::{NO_BACKUP, NO_USERS, SEEN_USERS, UNUSABLE_STORE, USABLE_STORE};
use crate::shell::wait::jittered;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// A small question to a store or to the API server.
pub const SMALL: Duration = Duration::from_secs(10);
/// One whose answer comes in pages.
const PAGED: Duration = Duration::from_secs(30);

/// How long an answer is waited for.
pub fn patience(question: &Question) -> Duration {
    match question {
        Question::Usable(_) => SMALL,
        Question::Newest(..) | Question::Users { .. } => PAGED,
    }
}

/// Until when an answer holds that was given now.
pub fn holds_until(fact: &Fact, now: Timestamp) -> Timestamp {
    let time = match fact {
        Fact::Usable | Fact::Newest(Some(_)) => spread(USABLE_STORE),
        Fact::Newest(None) => spread(NO_BACKUP),
        Fact::Unusable(_) => spread(UNUSABLE_STORE),
        Fact::Users(users) if users.is_empty() => NO_USERS,
        Fact::Users(_) => SEEN_USERS,
    };
    let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    now.saturating_add(time).unwrap_or(now)
}

/// A time or a tenth more, so that stores are not asked in step.
fn spread(time: Duration) -> Duration {
    time * 9 / 10 + jittered(time / 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_for_as_long_as_it_is_of_use() {
        let users = |names: &[&str]| Fact::Users(names.iter().map(|&name| name.into()).collect());
        for (fact, seconds) in [
            (Fact::Usable, 300..=330),
            (Fact::Newest(Some("id".to_owned())), 300..=330),
            (Fact::Newest(None), 60..=66),
            (Fact::Unusable("no".to_owned()), 30..=33),
            (users(&["echo-1"]), 2..=2),
            (users(&[]), 10..=10),
        ] {
            let now = Timestamp::UNIX_EPOCH;
            for _ in 0..100 {
                let holds = holds_until(&fact, now).duration_since(now).as_secs();
                assert!(seconds.contains(&holds), "{fact:?}: {holds} s");
            }
        }
    }
}
