//! What is said of one thing that must hold.

use crate::overview::text;
use serde_json::{Value, json};

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// As it must be.
    Pass,
    /// Something to know. It keeps nothing from working today.
    Warn,
    /// It must be mended.
    Fail,
    /// It could not be seen.
    Unknown,
}

impl CheckStatus {
    /// The word that is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub level: CheckStatus,
    /// What it is about.
    pub subject: String,
    /// A sentence.
    pub reason: String,
    /// The command that mends it.
    pub mend: Option<String>,
}

impl Finding {
    fn new(level: CheckStatus, subject: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { level, subject: subject.into(), reason: reason.into(), mend: None }
    }

    /// As it must be.
    pub fn pass(subject: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(CheckStatus::Pass, subject, reason)
    }

    /// Something to know.
    pub fn warn(subject: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(CheckStatus::Warn, subject, reason)
    }

    /// To be mended.
    pub fn fail(subject: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(CheckStatus::Fail, subject, reason)
    }

    /// Not seen, and why.
    pub fn unseen(subject: impl Into<String>, why: &str) -> Self {
        Self::new(CheckStatus::Unknown, subject, format!("could not see: {why}"))
    }

    /// With the command that mends it.
    pub fn mend(mut self, command: impl Into<String>) -> Self {
        self.mend = Some(command.into());
        self
    }
}

/// For a person: one line each.
pub fn as_text(findings: &[Finding]) -> String {
    findings.iter().map(line).collect()
}

fn line(finding: &Finding) -> String {
    let Finding { level, subject, reason, mend } = finding;
    let mend = mend.as_ref().map(|mend| format!(" [mend: {mend}]")).unwrap_or_default();
    let text = text::line(&format!("{subject}: {reason}{mend}"));
    format!("{:<7} {text}\n", level.as_str())
}

/// For a program.
pub fn as_json(findings: &[Finding]) -> String {
    let all: Value = findings
        .iter()
        .map(|Finding { level, subject, reason, mend }| {
            json!({ "level": level.as_str(), "subject": subject, "reason": reason, "mend": mend })
        })
        .collect();
    // A value always has a text.
    serde_json::to_string_pretty(&all).map(|text| text + "\n").unwrap_or_default()
}
