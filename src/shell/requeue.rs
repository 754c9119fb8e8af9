//! When a Subject is looked at again: the durations that the shell goes by, and what is asked of the queue.
//!
//! Render has its own: the first status of a new resource waits five seconds (`render::grace`), schedules
//! and restores have their times. They come here in `Rendering::look_again`, as does the end of a refused
//! request's back-off.

use jiff::SignedDuration;
use std::time::{Duration, Instant};

/// The first wait of a back-off, and its limit.
pub type BackoffRange<T = Duration> = (T, T);

/// After a failure. Short, because healing after an outage must take seconds: it is asked for only
/// where something is to be done.
pub const FAILED: BackoffRange = (Duration::from_millis(100), Duration::from_millis(1500));
/// After an object was found in another state than it was seen in.
pub const CHANGED: BackoffRange = (Duration::from_millis(5), Duration::from_millis(1500));
/// After the API server has refused a read or a status. A change ends it early, but that somebody has
/// granted the right is no change that the operator sees. One that is just starting forbids what it
/// will allow in a moment. So does one whose API server stays broken, which may last: one Secret that
/// cannot be decrypted is enough.
pub const REFUSED: BackoffRange = (Duration::from_secs(1), Duration::from_secs(30));

/// After the API server has refused a request for an object, which the status says.
pub const REFUSED_REQUEST: BackoffRange<SignedDuration> =
    (SignedDuration::from_mins(5), SignedDuration::from_hours(1));
/// The same where the API server or a webhook is broken (5xx), which nothing tells the end of.
pub const BROKEN_REQUEST: BackoffRange<SignedDuration> =
    (SignedDuration::from_secs(5), SignedDuration::from_secs(30));

/// After a store could be used: a change of its resource or of its Secret ends this early, one in the
/// store itself does not.
pub const USABLE_STORE: Duration = Duration::from_mins(5);
/// After it could not.
pub const UNUSABLE_STORE: Duration = Duration::from_secs(30);
/// After a store had no backup of a module, which somebody may copy there.
pub const NO_BACKUP: Duration = Duration::from_mins(1);
/// How long it holds that pods use a claim: they are about to end.
pub const SEEN_USERS: Duration = Duration::from_secs(2);
/// How long it holds that none does. What is done upon it follows at once.
pub const NO_USERS: Duration = Duration::from_secs(10);
/// After the API server gave no answer to a question.
pub const FAILED_QUESTION: BackoffRange = (Duration::from_millis(500), Duration::from_secs(10));

/// After a read by name has found an object under a name of the operator's that lacks its label, whoever
/// made it: no watch tells of it.
pub const UNWATCHED: Duration = Duration::from_secs(30);
/// Numbers of replicas change with every pod of a rollout. A status that says nothing else new waits
/// this long for the rest.
pub const COUNTS: Duration = Duration::from_secs(5);
/// What is due at a time is looked at a little later, so that it is never looked at too early.
pub const LATE: Duration = Duration::from_millis(100);

/// A Subject that was just looked at is looked at again after this time at the earliest. A rollout
/// changes its objects many times a second, and one look sees all of it.
pub const PAUSE: Duration = Duration::from_millis(100);
/// The same for one that lets others go first: there is much to do.
pub const LONG_PAUSE: Duration = Duration::from_secs(2);
/// Nobody lets others go first for longer than this.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What is to happen to a Subject after work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    /// Nothing, until something changes.
    Rest,
    /// It is looked at again at this time, or before if something changes.
    At(Instant),
    /// It is not looked at before this time, but then in any case.
    NotBefore(Instant),
    /// Others that have something to do go before it tells how it is.
    Later,
    /// It is no more.
    Gone,
}
