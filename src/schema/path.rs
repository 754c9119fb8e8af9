//! Where in an object something is, in Kubernetes' notation.

use std::fmt;

/// One step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathSegment {
    /// A field of an object.
    Field(String),
    /// A key of a map, such as a label's.
    Key(String),
    /// An item of a list.
    Index(usize),
}

/// A path such as `spec.extraEnv[0].name` or `metadata.labels[example.com/a]`.
///
/// Paths are ordered by field names, and items of a list by their position.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<PathSegment>);

impl FieldPath {
    /// The steps from the object's root; none for the root itself.
    pub fn steps(&self) -> &[PathSegment] {
        &self.0
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                PathSegment::Field(name) if position == 0 => out.write_str(name)?,
                PathSegment::Field(name) => write!(out, ".{name}")?,
                PathSegment::Key(key) => write!(out, "[{key}]")?,
                PathSegment::Index(index) => write!(out, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A path that grows downwards in an object: it costs nothing until there is a fault to report.
pub(super) struct Trail<'a> {
    parent: Option<&'a Trail<'a>>,
    at: At<'a>,
}

/// [`PathSegment`], borrowed.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    Root,
    Field(&'a str),
    Key(&'a str),
    Index(usize),
}

impl<'a> Trail<'a> {
    pub(super) const ROOT: Trail<'static> = Trail { parent: None, at: At::Root };

    pub(super) fn child(&'a self, at: At<'a>) -> Trail<'a> {
        Trail { parent: Some(self), at }
    }

    pub(super) fn path(&self) -> FieldPath {
        let mut steps = Vec::new();
        let mut here = Some(self);
        while let Some(trail) = here {
            match trail.at {
                At::Root => {}
                At::Field(name) => steps.push(PathSegment::Field(name.to_owned())),
                At::Key(key) => steps.push(PathSegment::Key(key.to_owned())),
                At::Index(index) => steps.push(PathSegment::Index(index)),
            }
            here = trail.parent;
        }
        steps.reverse();
        FieldPath(steps)
    }
}
