//! How well something is, in one word.

use serde::Serialize;

/// From well to worst: the worst of what belongs together is that of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// As its spec asks for.
    #[default]
    Ok,
    /// Somebody holds it back, and alone can let it go on.
    Paused,
    /// Being made, without anybody's help.
    Progressing,
    /// The operator has said nothing of it.
    Unknown,
    /// It runs, and something needs a look.
    Warning,
    /// It does not do what it is there for until somebody helps.
    Failed,
}

impl Level {
    /// Every level, the worst first.
    pub const WORST_FIRST: [Self; 6] =
        [Self::Failed, Self::Warning, Self::Unknown, Self::Progressing, Self::Paused, Self::Ok];

    /// The word, as JSON has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Paused => "paused",
            Self::Progressing => "progressing",
            Self::Unknown => "unknown",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

/// Sorts by level, the worst first, and within a level by name.
pub fn worst_first<T>(items: &mut [T], key: impl Fn(&T) -> (Level, &String)) {
    items.sort_by(|one, other| {
        let ((level, name), (other_level, other_name)) = (key(one), key(other));
        other_level.cmp(&level).then_with(|| name.cmp(other_name))
    });
}
