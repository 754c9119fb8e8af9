//! What is told of the resources of one kind.

use crate::object::{Object, ObjectRef};
use crate::render::Vitals;

/// Series that come and go with the resources of a kind.
pub trait Series {
    /// How a resource is.
    fn tell(&self, vitals: &Vitals);
    /// There is such a resource.
    fn know(&self, _resource: &Object) {}
    /// A resource is gone.
    fn forget(&self, resource: &ObjectRef);
    /// Forgets how resources are, not that they are.
    fn reset(&self);
}
