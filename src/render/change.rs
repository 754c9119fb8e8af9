//! A request for an object, and what it is for.

use crate::action::{ApplyAction, Verb};
use crate::fields;
use crate::names::APPLIED_DIGEST;
use crate::object::Object;
use serde_json::json;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// The object is not there.
    Create,
    /// It is not as desired.
    Update,
    /// Somebody else made it, and the operator has not applied it yet.
    Adopt,
    /// The former operator has written to it since it was adopted.
    AdoptAgain,
    /// Fields of others stand in the way of the next request.
    Free,
    /// It is not desired any more.
    Delete,
}

/// One request, with its intent.
#[derive(Debug)]
pub struct Change {
    pub action: ApplyAction,
    pub intent: Intent,
}

impl Change {
    /// Whether a change to a Deployment goes beyond its metadata, so that pods may be replaced.
    pub fn replaces_pods(&self, live: Option<&Object>) -> bool {
        let (Verb::Apply { manifest, .. }, Some(live)) = (&self.action.verb, live) else {
            return true;
        };
        let digest = manifest["metadata"]["annotations"][APPLIED_DIGEST].as_str();
        live.annotation(APPLIED_DIGEST) != digest || self.sets_spec(live)
    }

    /// Whether it sets a field of the spec to what the live object does not have.
    pub fn sets_spec(&self, live: &Object) -> bool {
        let Verb::Apply { manifest, .. } = &self.action.verb else { return true };
        let spec = json!({ "spec": manifest["spec"] });
        fields::contains(live.value(), &spec, live.reference().kind.shape()).is_err()
    }
}
