//! Which of two versions of an object is the newer one, as far as that can be said.

use crate::object::Object;
use std::cmp::Ordering;

/// A resourceVersion.
///
/// Those of one kind are decimal numbers of any length that grow with every write. Kubernetes
/// promises it from 1.35 on (KEP-5504), and every API server that keeps its objects in etcd does
/// it. One that is no such number is neither older nor newer than another, nor is a missing one.
#[derive(Clone, Debug)]
pub struct Version(Box<str>);

impl Version {
    /// That of an object.
    pub fn of(object: &Object) -> Self {
        Self::from(object.resource_version())
    }

    /// Whether it can be compared with others.
    pub fn is_number(&self) -> bool {
        !self.0.is_empty()
            && !self.0.starts_with('0')
            && self.0.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// As the API server gave it; empty where it gave none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Option<&str>> for Version {
    fn from(version: Option<&str>) -> Self {
        Self(version.unwrap_or_default().into())
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self.is_number() && other.is_number() {
            let by_length = self.0.len().cmp(&other.0.len());
            return Some(by_length.then_with(|| self.0.cmp(&other.0)));
        }
        (!self.0.is_empty() && self.0 == other.0).then_some(Ordering::Equal)
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(one: &str, other: &str) -> Option<Ordering> {
        Version::from(Some(one)).partial_cmp(&Version::from(Some(other)))
    }

    #[test]
    fn numbers_of_any_length_are_compared() {
        assert_eq!(compare("9", "10"), Some(Ordering::Less));
        assert_eq!(compare("10", "10"), Some(Ordering::Equal));
        // More than 64 and more than 128 bits hold.
        assert_eq!(
            compare("18446744073709551617", "18446744073709551616"),
            Some(Ordering::Greater)
        );
        let long = "1".repeat(100);
        assert_eq!(compare(&long, &"9".repeat(99)), Some(Ordering::Greater));
    }

    #[test]
    fn what_is_no_number_is_neither_older_nor_newer() {
        for odd in ["", "0", "007", "1a", "-1", "+1", "1.5", "a-b", "١"] {
            assert_eq!(compare(odd, "5"), None, "{odd}");
            assert_eq!(compare("5", odd), None, "{odd}");
        }
        assert_eq!(compare("a", "b"), None);
        assert_eq!(compare("a", "a"), Some(Ordering::Equal));
        assert_eq!(compare("", ""), None, "none at all says nothing");
    }
}
