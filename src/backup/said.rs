//! What the pod of a Job says at its end: the termination message of its container.

use serde::{Deserialize, Serialize};

/// The kubelet cuts a termination message at so many bytes.
pub const LONGEST: usize = 4096;

/// How far a restore has come in putting the files into their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum Moves {
    /// Nothing of the module's was touched.
    #[default]
    NotBegun,
    /// Some files are the backup's, others are not.
    Begun,
    Finished,
}

/// What came of a backup, a restore or a drill.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Said {
    /// Why it failed. None where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Id of the backup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Size of the archive.
    pub bytes: u64,
    pub files: u64,
    pub databases: u64,
    /// How long it took.
    pub seconds: u64,
    /// For how long the copy of a database kept its module from committing, at most.
    #[serde(skip_serializing_if = "is_zero")]
    pub held_up_milliseconds: u64,
    /// Digest of the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// How far a restore has come. None, and told so, where the claim was not looked at.
    pub moves: Option<Moves>,
    /// Whether nothing was restored because the claim of a new module has files already.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
    /// What a person should know although it succeeded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Warnings that had no room.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_warnings: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Said {
    /// The message, with as many warnings as there is room for.
    pub fn message(&self) -> String {
        let mut said = self.clone();
        if let Some(error) = &mut said.error {
            cut(error, LONGEST / 4);
        }
        for warning in &mut said.warnings {
            cut(warning, LONGEST / 8);
        }
        loop {
            let message = serde_json::to_string(&said).unwrap_or_default();
            if message.len() <= LONGEST || said.warnings.pop().is_none() {
                return message;
            }
            said.more_warnings += 1;
        }
    }

    /// What a termination message says. None for one of another program.
    pub fn read(message: &str) -> Option<Self> {
        let value: serde_json::Value = serde_json::from_str(message).ok()?;
        value.is_object().then(|| serde_json::from_value(value).ok()).flatten()
    }
}

/// Control characters take six bytes in JSON.
fn cut(text: &mut String, longest: usize) {
    text.retain(|char| !char.is_control());
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest));
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_read_as_it_was_said() {
        let said = Said { id: Some("a".to_owned()), bytes: 7, ..Said::default() };
        assert_eq!(Said::read(&said.message()), Some(said));
        assert_eq!(Said::read("fell over"), None);
    }

    #[test]
    fn a_message_fits_whatever_is_to_be_said() {
        let warnings = vec!["\u{1}\"é".repeat(4000); 40];
        let said = Said { error: Some("\"".repeat(9000)), warnings, ..Said::default() };
        let message = said.message();
        assert!(message.len() <= LONGEST, "{}", message.len());
        let read = Said::read(&message).expect("it is whole");
        assert_eq!(read.warnings.len() as u64 + read.more_warnings, 40);
    }
}
