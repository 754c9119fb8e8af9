//! Why something with a store failed, for a person to read.

use std::fmt;
use std::io;

/// What was tried, what went wrong and what to do. Of what the server said it repeats nothing but the
/// S3 error code and a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreProblem {
    pub message: String,
    /// Whether no other try will do better.
    pub is_permanent: bool,
}

impl StoreProblem {
    /// One that another try may do without.
    pub fn passing(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_permanent: false }
    }

    /// One that a person must mend.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_permanent: true }
    }
}

impl fmt::Display for StoreProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreProblem {}

impl From<StoreProblem> for io::Error {
    fn from(problem: StoreProblem) -> Self {
        Self::other(problem)
    }
}
