//! How far a BackupRestore is, as it stands in the cluster.

use super::mark::Mark;
use crate::backup::Moves;
use crate::crd::conditions::{KStatus, Reason, Truth, events, reasons, types};
use crate::kinds::Kind;
use crate::names::RESTORE_FINISHED;
use crate::object::Object;
use crate::render::status::{is_paused, live_condition};
use std::sync::Arc;

/// Reasons with which a restore is over for ever.
const TERMINAL: [Reason; 8] = [
    reasons::SUCCEEDED,
    reasons::FAILED,
    reasons::BOT_MODULE_NOT_FOUND,
    reasons::S3_STORE_NOT_FOUND,
    reasons::S3_STORE_NOT_READY,
    reasons::SECRET_NOT_FOUND,
    reasons::NO_BACKUPS_FOUND,
    reasons::INVALID_SPEC,
];

/// How far a restore is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestorePhase {
    /// Nothing stops for it.
    Pending,
    /// Its module has to stop.
    Waiting,
    /// Nobody uses the claim. The claim has to be marked, or is.
    Running,
    /// Its end is noted, and its status does not tell it yet.
    Ending,
    /// It is over, with files moved so far. None where nobody has noted that.
    Ended(Reason, Option<Moves>),
}

impl RestorePhase {
    /// That of a BackupRestore.
    pub fn of(restore: &Object) -> Self {
        let ready = live_condition(restore, types::READY);
        let word = ready.and_then(|ready| ready["reason"].as_str()).unwrap_or_default();
        let is_unknown = ready.is_none_or(|ready| ready["status"] == "Unknown");
        let terminal = terminal(word).filter(|_| !is_unknown);
        match terminal {
            Some(reason) => Self::Ended(reason, moves(restore)),
            None if restore.annotation(RESTORE_FINISHED).is_some() => Self::Ending,
            None if word == reasons::RUNNING.word => Self::Running,
            None if word == reasons::WAITING.word => Self::Waiting,
            None => Self::Pending,
        }
    }
}

/// Whether a resource is a BackupRestore that is over, however it went.
pub fn has_ended(resource: &Object) -> bool {
    let is_restore = resource.reference().kind == Kind::BackupRestore;
    is_restore && matches!(RestorePhase::of(resource), RestorePhase::Ended(..))
}

/// The reason of an end with a word.
pub fn terminal(word: &str) -> Option<Reason> {
    TERMINAL.into_iter().find(|reason| reason.word == word).map(for_ever)
}

/// A reason as that of an end. What others wait for is nothing that an ended restore waits for.
pub fn for_ever(reason: Reason) -> Reason {
    match reason.truth {
        Truth::True | Truth::Unknown => reason,
        Truth::False => Reason {
            progress: KStatus::Stalled,
            event: reason.event.or(Some(events::RESTORE_FAILED)),
            ..reason
        },
    }
}

fn moves(restore: &Object) -> Option<Moves> {
    serde_json::from_value(restore.at("/status/moves")?.clone()).ok()
}

/// Whether a pod of a restore was seen that may have moved files.
pub fn may_have_moved(restore: &Object) -> bool {
    moves(restore) == Some(Moves::Begun)
}

/// A BackupRestore and how far it is.
#[derive(Clone)]
pub struct TrackedRestore {
    pub object: Arc<Object>,
    pub state: RestorePhase,
}

impl TrackedRestore {
    pub fn of(object: Arc<Object>) -> Self {
        Self { state: RestorePhase::of(&object), object }
    }

    pub fn name(&self) -> &str {
        &self.object.reference().name
    }

    /// Whether its module has to stand still for it. One that is paused or deleted gets no further, and
    /// stops nobody unless its mark is on the claim.
    fn is_active(&self, mark: Option<&Mark>) -> bool {
        let is_marked = mark.is_some_and(|mark| mark.is_of(&self.object));
        let is_under_way = matches!(self.state, RestorePhase::Waiting | RestorePhase::Running);
        !self.object.is_being_deleted() && is_under_way && (is_marked || !is_paused(&self.object))
    }

    /// Whoever has begun comes before whoever waits.
    fn rank(&self, mark: Option<&Mark>) -> impl Ord + use<> {
        let is_marked = mark.is_some_and(|mark| mark.is_of(&self.object));
        let created = self.object.text("/metadata/creationTimestamp").unwrap_or_default();
        (
            !is_marked,
            self.state != RestorePhase::Running,
            created.to_owned(),
            self.name().to_owned(),
        )
    }
}

/// The restore whose turn it is, of those of one module.
pub fn first(restores: &[TrackedRestore], mark: Option<&Mark>) -> Option<TrackedRestore> {
    let active = restores.iter().filter(|restore| restore.is_active(mark));
    active.min_by_key(|restore| restore.rank(mark)).cloned()
}
