//! The objects that were read last: all modules of a bot ask for the same IpcConfig and its NATS.

use super::lock;
use crate::object::Object;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Some more than one look at a module asks for, so that what the next one asks for again is still there.
const KEPT: usize = 16;

/// Objects by the JSON that they were parsed from: other content is other JSON.
#[derive(Default)]
pub struct Recent(Mutex<VecDeque<Parsed>>);

type Parsed = (Arc<[u8]>, Arc<Object>);

impl Recent {
    /// The object that some JSON says. None where it says none.
    pub fn object(&self, json: &Arc<[u8]>) -> Option<Arc<Object>> {
        let mut objects = lock(&self.0);
        let known = objects.iter().position(|(known, _)| Arc::ptr_eq(known, json));
        let found = match known.and_then(|at| objects.remove(at)) {
            Some(found) => found,
            None => (Arc::clone(json), Arc::new(parse(json)?)),
        };
        let object = Arc::clone(&found.1);
        objects.truncate(KEPT - 1);
        objects.push_front(found);
        Some(object)
    }
}

/// An object out of compact JSON.
pub fn parse(json: &[u8]) -> Option<Object> {
    Object::new(serde_json::from_slice(json).ok()?, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(name: &str) -> Arc<[u8]> {
        let text =
            format!(r#"{{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{name}"}}}}"#);
        text.into_bytes().into()
    }

    #[test]
    fn the_same_json_is_parsed_once_as_long_as_it_is_asked_for() {
        let (recent, asked) = (Recent::default(), json("a"));
        let first = recent.object(&asked).expect("an object");
        for other in 0..100 {
            recent.object(&json(&other.to_string()));
            assert!(Arc::ptr_eq(&first, &recent.object(&asked).expect("an object")));
        }
        assert_eq!(lock(&recent.0).len(), KEPT);
    }

    #[test]
    fn what_is_not_asked_for_again_is_let_go() {
        let (recent, asked) = (Recent::default(), json("a"));
        let first = recent.object(&asked).expect("an object");
        (0..KEPT).for_each(|other| drop(recent.object(&json(&other.to_string()))));
        assert_eq!(Arc::strong_count(&first), 1);
        assert_eq!(recent.object(&asked).expect("an object"), first);
    }
}
