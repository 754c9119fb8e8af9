//! How a restore ended, and what its status tells of it.

use crate::backup::{Moves, Said};
use crate::crd::conditions::{Reason, reasons};
use crate::object::Object;
use crate::render::context::Context;
use crate::render::ready::Ready;
use crate::render::restore::for_ever;
use crate::render::round::Round;
use crate::render::status::time;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

const STARTED_AT: &str = "startedAt";
const BACKUP_ID: &str = "backupId";
const MOVES: &str = "moves";

/// The end of a restore.
pub struct RestoreEnd {
    pub reason: Reason,
    pub message: String,
    /// None where nobody knows.
    pub moves: Option<Moves>,
    pub said: Option<Said>,
    /// When, where that is known.
    pub at: Option<Timestamp>,
}

impl RestoreEnd {
    /// One before anything was done.
    pub fn of(reason: Reason, message: impl Into<String>) -> Self {
        let message = message.into();
        let reason = for_ever(reason);
        Self { reason, message, moves: Some(Moves::NotBegun), said: None, at: None }
    }

    /// One of which the annotation alone is left.
    pub fn noted(context: &Context<'_>, reason: Reason) -> Self {
        let succeeded = reason == reasons::SUCCEEDED;
        let moves = match (succeeded, has_started(context)) {
            (true, _) => Some(Moves::Finished),
            (false, true) => Some(Moves::Begun),
            (false, false) => None,
        };
        let how = if succeeded { "with success" } else { "without success" };
        let message =
            format!("it ended before, {how}, as its annotation says, and is not run again");
        Self { moves, ..Self::of(reason, message) }
    }

    pub fn ready(&self) -> Ready {
        Ready::new(self.reason, self.message.as_str())
    }

    /// Puts into the status what is known.
    pub fn tell(&self, context: &Context<'_>, round: &mut Round) {
        let mut fields = kept(context);
        // Of a resource that came out of a dump nobody knows when it ended.
        let now = was_looked_at(context.resource).then(|| context.source.now());
        if let Some(at) = self.at.or(now) {
            fields.entry("completedAt").or_insert_with(|| time(at).into());
        }
        if let Some(said) = &self.said {
            fields.insert("bytes".to_owned(), number(said.bytes));
            fields.insert("files".to_owned(), number(said.files));
            fields.extend(said.id.as_ref().map(|id| (BACKUP_ID.to_owned(), id.as_str().into())));
        }
        fields.extend(self.moves.map(|moves| (MOVES.to_owned(), json!(moves))));
        round.fields = fields;
    }
}

fn number(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

fn was_looked_at(restore: &Object) -> bool {
    restore.number("/status/observedGeneration").is_some_and(|generation| generation >= 0)
}

/// What the status goes on saying, whatever comes next.
pub fn kept(context: &Context<'_>) -> Map<String, Value> {
    let live = context.resource.at("/status").and_then(Value::as_object);
    let kept = [STARTED_AT, BACKUP_ID, MOVES].into_iter().filter_map(|field| {
        let value = live?.get(field).filter(|value| value.is_string())?;
        Some((field.to_owned(), value.clone()))
    });
    kept.collect()
}

/// Whether the Job was seen.
pub fn has_started(context: &Context<'_>) -> bool {
    context.resource.at("/status").is_some_and(|status| status.get(STARTED_AT).is_some())
}

/// Notes that the Job was seen.
pub fn start(round: &mut Round, at: &str) {
    round.fields.entry(STARTED_AT).or_insert_with(|| at.into());
}

/// Notes that a pod may have run, which is not to be seen any more when it is gone.
pub fn note_run(round: &mut Round) {
    round.fields.insert(MOVES.to_owned(), json!(Moves::Begun));
}

/// The backup that was chosen.
pub fn backup_id<'a>(context: &Context<'a>) -> Option<&'a str> {
    context.resource.text("/status/backupId")
}

/// Chooses a backup.
pub fn choose(round: &mut Round, id: &str) {
    round.fields.insert(BACKUP_ID.to_owned(), id.into());
}
