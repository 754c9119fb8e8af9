//! Checks that several kinds share: what the API server, or the kubelet, would refuse in the objects
//! that are made of a resource. The schema catches what it can when a resource is applied; objects
//! that are older than its rules are caught here, and so is what it cannot express.
//!
//! Nothing is refused that Kubernetes 1.33 or newer takes.

pub mod claim;
pub mod container;
pub mod form;
pub mod limits;
pub mod pod;
pub mod resources;
pub mod scheduling;
pub mod selectors;

use crate::object::Object;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;

/// What is wrong with a field, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// Path of the field.
    pub field: String,
    /// A sentence that begins with the path.
    pub message: String,
}

impl Invalid {
    /// `why` goes on behind the path: "is 0: it must be 1 or more".
    pub fn new(field: impl Into<String>, why: impl AsRef<str>) -> Self {
        let (field, why) = (field.into(), why.as_ref());
        let space = if why.starts_with(':') { "" } else { " " };
        Self { message: format!("{field}{space}{why}"), field }
    }
}

/// Whether a field can be taken as it is.
pub type Verdict = Result<(), Invalid>;

/// The longest text that a message repeats.
const SHOWN: usize = 64;

/// Reads the spec of a custom resource.
///
/// # Errors
/// A sentence that names the field that does not fit its type.
pub fn parse_spec<T: DeserializeOwned>(resource: &Object) -> Result<T, Invalid> {
    let missing = Value::Null;
    let spec = resource.at("/spec").unwrap_or(&missing);
    // Nearly every spec fits; only for one that does not is the path worth its cost.
    if let Ok(parsed) = T::deserialize(spec) {
        return Ok(parsed);
    }
    serde_path_to_error::deserialize(spec).map_err(|error| {
        let path = error.path().to_string();
        let field = if path == "." { "spec".to_owned() } else { format!("spec.{path}") };
        Invalid::new(field, format!(": {}", error.into_inner()))
    })
}

/// Refuses keys that the operator writes itself.
pub fn check_free_keys(field: &str, keys: Option<&BTreeMap<String, String>>) -> Verdict {
    let reserved = |key: &&String| {
        *key == "app" || key.starts_with("eevee.bot/") || key.starts_with("app.kubernetes.io/")
    };
    match keys.into_iter().flat_map(BTreeMap::keys).find(reserved) {
        Some(key) => {
            Err(Invalid::new(field, format!("sets {key}: the operator writes that key, remove it")))
        }
        None => Ok(()),
    }
}

/// Judges what is there.
fn some<T: ?Sized>(value: Option<&T>, judge: impl FnOnce(&T) -> Verdict) -> Verdict {
    value.map_or(Ok(()), judge)
}

/// Judges each item of a list under a path of its own.
fn each<T>(at: &str, items: Option<&Vec<T>>, judge: impl Fn(&str, &T) -> Verdict) -> Verdict {
    let mut items = items.into_iter().flatten().enumerate();
    items.try_for_each(|(place, item)| judge(&format!("{at}[{place}]"), item))
}

/// A text as a message shows it.
fn shown(text: &str) -> String {
    if text.chars().count() > SHOWN {
        let start: String = text.chars().take(SHOWN).collect();
        return format!("{start:?} and more");
    }
    format!("{text:?}")
}
