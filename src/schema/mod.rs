//! Judges a custom resource against its CRD's own schema, as the API server does.
//!
//! What `kubectl apply --validate=strict` refuses is refused here, without a cluster: unknown
//! fields, missing fields, wrong types, values out of range, doubled list keys and CEL rules. The
//! order of steps is the API server's: unknown fields go, nulls go, defaults come, then the values,
//! the lists and the rules are checked.
//!
//! It knows the keywords that the CRDs of this crate use; a schema with another one does not
//! compile.
//!
//! The walk over the schema is our own, because pruning, defaults, list types and CEL need one in
//! any case and a JSON Schema library knows none of them; judging values is the smaller part of it.
//! The CEL rules themselves run on `kube-cel`.
//!
//! What a server does beyond this: it counts the cost of CEL rules, checks `scale` paths, and reads
//! the file itself, doubled keys included. The status is taken for a subresource. A list in place of
//! a text that has a format is refused here, where the server looks away.

mod cel_value;
mod compile;
mod fault;
mod format;
mod functions;
mod keywords;
mod list_type;
mod metadata;
mod node;
mod normalize;
mod number;
mod path;
mod pattern;
mod ratchet;
mod reads;
mod rule;
mod rules;
#[cfg(test)]
mod tests;
mod value;

pub use compile::SchemaError;
pub use fault::{Fault, FaultKind};
pub use path::{FieldPath, PathSegment};

use node::Node;
use path::Trail;
use ratchet::Former;
use serde_json::Value;

/// What an object is checked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The object is new.
    Create,
    /// The object is on the cluster already, and this update changes nothing.
    ///
    /// Kubernetes 1.33 and newer do not judge unchanged values again (ratcheting). What is left are
    /// unknown fields, what is said of the root itself, CEL rules that use `oldSelf`, and rules that
    /// cannot be evaluated at all.
    Update,
}

/// A CRD's `openAPIV3Schema`, ready to judge objects.
#[derive(Debug)]
pub struct Schema {
    root: Node,
}

impl Schema {
    /// Compiles a schema, with its patterns and CEL rules.
    ///
    /// # Errors
    /// The schema is not one of a CRD, is nested too deeply, has a keyword that is not known here,
    /// or holds a pattern or a rule that does not compile.
    pub fn compile(open_api_v3: &Value) -> Result<Self, SchemaError> {
        compile::root(open_api_v3).map(|root| Self { root })
    }

    /// Removes unknown fields and needless nulls from `object`, fills in the defaults, then judges
    /// it. Gives every fault, in the order of their paths; none means that it would be admitted.
    pub fn admit(&self, object: &mut Value, on: Occasion) -> Vec<Fault> {
        let mut faults = Vec::new();
        normalize::normalize(&self.root, object, &Trail::ROOT, &mut faults);
        // The API server erases the status of a new object before it judges the values.
        let status = match on {
            Occasion::Create => object.as_object_mut().and_then(|fields| fields.remove("status")),
            Occasion::Update => None,
        };
        self.judge(object, on, &mut faults);
        if let (Some(status), Some(fields)) = (status, object.as_object_mut()) {
            fields.insert("status".to_owned(), status);
        }
        faults.sort_by(|a, b| a.path.cmp(&b.path));
        faults.dedup();
        faults
    }

    fn judge(&self, object: &Value, on: Occasion, faults: &mut Vec<Fault>) {
        let before = faults.len();
        let former = match on {
            Occasion::Create => Former::NONE,
            Occasion::Update => Former::of(&self.root, object),
        };
        value::judge(&self.root, object, former, &Trail::ROOT, faults);
        if on == Occasion::Create {
            metadata::judge(object, faults);
            list_type::judge(&self.root, object, &Trail::ROOT, faults);
        }
        // Rules are written for values of the right shape.
        if !faults[before..].iter().any(|fault| fault.kind.keeps_rules_from_running()) {
            rules::judge(&self.root, object, former, &Trail::ROOT, faults);
        }
    }
}
