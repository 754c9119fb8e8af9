//! Who answers.

use super::asked::Asked;
use crate::question::Fact;

/// Whoever knows the answers.
pub trait Oracle: Send + Sync + 'static {
    /// The answer to a question, or why there is none.
    fn answer(&self, asked: &Asked) -> impl Future<Output = Result<Fact, String>> + Send;
}
