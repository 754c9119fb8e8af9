//! The functions that CEL rules may call.

use super::pattern::Pattern;
use kube_cel::KubeCelExt;
use kube_cel::cel::extractors::This;
use kube_cel::cel::{Context, ExecutionError};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Those of CEL and of Kubernetes.
pub(super) static FUNCTIONS: LazyLock<Context<'static>> = LazyLock::new(|| {
    let mut functions = Context::default().with_all();
    functions.add_function("matches", matches);
    functions
});

/// A rule's pattern is a literal as a rule, so that few are ever kept.
const MAX_KEPT: usize = 256;

static PATTERNS: Mutex<BTreeMap<String, Arc<Pattern>>> = Mutex::new(BTreeMap::new());

/// `matches` as Go understands the pattern. CEL's own compiles the pattern on every call, which
/// costs more than all the rest of judging an object.
#[allow(clippy::needless_pass_by_value)] // the shape that CEL calls
fn matches(This(text): This<Arc<String>>, pattern: Arc<String>) -> Result<bool, ExecutionError> {
    let mut patterns = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pattern) = patterns.get(pattern.as_str()) {
        return Ok(pattern.matches(&text));
    }
    let compiled = Pattern::compile(&pattern)
        .map_err(|error| ExecutionError::function_error("matches", error))?;
    let compiled = Arc::new(compiled);
    if patterns.len() < MAX_KEPT {
        patterns.insert(pattern.as_str().to_owned(), Arc::clone(&compiled));
    }
    Ok(compiled.matches(&text))
}
