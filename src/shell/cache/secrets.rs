//! The Secrets that some resource refers to. All are watched, as metadata alone; those that are
//! asked for are read one by one.

use super::store::version_of;
use crate::object::{Object, ObjectRef};
use crate::snapshot::Observed;
use serde_json::Value;
use std::collections::HashMap;
use std::time::Instant;

/// What is known of the Secrets that were asked for.
#[derive(Default)]
pub struct Secrets {
    known: HashMap<ObjectRef, Known>,
    is_filled: bool,
}

struct Known {
    /// The newest version that was heard of, by the watch or by a read.
    version: u64,
    /// When something was last heard of it: a read that was sent before and found nothing may be
    /// older than that, and proves nothing.
    heard: Option<Instant>,
    content: Content,
}

enum Content {
    /// Compact JSON.
    Present(Box<[u8]>),
    Absent,
    /// To be read.
    Stale,
}

const UNREAD: Known = Known { version: 0, heard: None, content: Content::Stale };

impl Secrets {
    /// Whether the whole list has come in once.
    pub fn is_filled(&self) -> bool {
        self.is_filled
    }

    /// What is known. Unknown asks for a read.
    pub fn observe(&self, reference: &ObjectRef) -> Observed<Object> {
        match self.known.get(reference).map(|known| &known.content) {
            Some(Content::Present(json)) => match parse(json) {
                Some(object) => Observed::Present(object),
                None => Observed::Unknown,
            },
            Some(Content::Absent) => Observed::Absent,
            Some(Content::Stale) | None => Observed::Unknown,
        }
    }

    /// Takes in that the watch told of a Secret, in some version. Gives whether it was asked for
    /// and has changed.
    pub fn watched(&mut self, reference: &ObjectRef, version: u64) -> bool {
        let Some(known) = self.known.get_mut(reference) else { return false };
        if version <= known.version {
            return false;
        }
        known.version = version;
        known.heard = Some(Instant::now());
        known.content = Content::Stale;
        true
    }

    /// A whole list has come in. What it does not tell the same of is read again. Gives what was.
    pub fn listed(&mut self, list: &HashMap<ObjectRef, u64>) -> Vec<ObjectRef> {
        self.is_filled = true;
        let mut doubtful = Vec::new();
        for (reference, known) in &mut self.known {
            let agrees = match (&known.content, list.get(reference)) {
                (Content::Present(_), Some(version)) => *version == known.version,
                (Content::Absent, None) => true,
                _ => false,
            };
            if !agrees {
                // The list is the truth, even where versions went back, as after a restore.
                known.version = list.get(reference).copied().unwrap_or(0);
                known.heard = Some(Instant::now());
                known.content = Content::Stale;
                doubtful.push(reference.clone());
            }
        }
        doubtful
    }

    /// A read is about to be sent: what the watch tells meanwhile is not to be missed.
    pub fn expect(&mut self, reference: &ObjectRef) {
        self.known.entry(reference.clone()).or_insert(UNREAD);
    }

    /// Takes in an answer to a read or a write that was sent at a time: the Secret, or that there
    /// is none. Gives whether it says anything new.
    pub fn answered(
        &mut self,
        reference: &ObjectRef,
        secret: Option<&Object>,
        sent: Instant,
    ) -> bool {
        let known = self.known.entry(reference.clone()).or_insert(UNREAD);
        let version = secret.map_or(known.version, version_of);
        if known.heard.is_some_and(|heard| heard > sent) && secret.is_none()
            || version < known.version
        {
            return false;
        }
        let is_news = match (&known.content, secret) {
            (Content::Present(_), Some(_)) => version > known.version,
            (Content::Absent, None) => false,
            _ => true,
        };
        known.version = version;
        known.content = match secret {
            // A Value has only text keys: this cannot fail.
            Some(secret) => {
                known.heard = Some(Instant::now());
                Content::Present(serde_json::to_vec(secret.value()).unwrap_or_default().into())
            }
            None => Content::Absent,
        };
        is_news
    }

    /// Casts doubt on what is known of a Secret: it is read again.
    pub fn doubt(&mut self, reference: &ObjectRef) {
        if let Some(known) = self.known.get_mut(reference) {
            known.heard = Some(Instant::now());
            known.content = Content::Stale;
        }
    }

    /// Keeps those that are still asked for.
    pub fn retain(&mut self, mut is_asked: impl FnMut(&ObjectRef) -> bool) {
        self.known.retain(|reference, _| is_asked(reference));
    }
}

fn parse(json: &[u8]) -> Option<Object> {
    let value: Value = serde_json::from_slice(json).ok()?;
    Object::new(value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Kind;
    use serde_json::json;

    fn secret(version: &str) -> Object {
        let metadata = json!({ "name": "key", "namespace": "bot", "resourceVersion": version });
        let secret = json!({ "apiVersion": "v1", "kind": "Secret", "metadata": metadata });
        Object::new(secret, "").expect("a Secret")
    }

    #[test]
    fn a_read_that_was_sent_before_the_secret_was_made_does_not_hide_it() {
        let mut secrets = Secrets::default();
        let reference = ObjectRef::new(Kind::Secret, "bot", "key");
        let sent = Instant::now();
        assert!(secrets.answered(&reference, Some(&secret("5")), sent));
        assert!(!secrets.answered(&reference, None, sent));
        assert!(!secrets.watched(&reference, 5), "the watch tells nothing new of it");
        assert!(matches!(secrets.observe(&reference), Observed::Present(_)));
    }

    #[test]
    fn a_read_that_was_sent_after_it_was_heard_of_may_find_it_gone() {
        let mut secrets = Secrets::default();
        let reference = ObjectRef::new(Kind::Secret, "bot", "key");
        secrets.answered(&reference, Some(&secret("5")), Instant::now());
        assert!(secrets.answered(&reference, None, Instant::now()));
        assert!(matches!(secrets.observe(&reference), Observed::Absent));
    }

    #[test]
    fn a_secret_that_is_made_while_it_is_read_for_the_first_time_is_read_again() {
        let mut secrets = Secrets::default();
        let reference = ObjectRef::new(Kind::Secret, "bot", "key");
        secrets.expect(&reference);
        let sent = Instant::now();
        assert!(secrets.watched(&reference, 5));
        secrets.answered(&reference, None, sent);
        assert!(matches!(secrets.observe(&reference), Observed::Unknown));
    }

    #[test]
    fn a_list_is_the_truth_even_where_versions_went_back() {
        let mut secrets = Secrets::default();
        let reference = ObjectRef::new(Kind::Secret, "bot", "key");
        secrets.answered(&reference, Some(&secret("50")), Instant::now());
        let restored = HashMap::from([(reference.clone(), 7)]);
        assert_eq!(secrets.listed(&restored).len(), 1);
        assert!(secrets.answered(&reference, Some(&secret("7")), Instant::now()));
        assert!(matches!(secrets.observe(&reference), Observed::Present(_)));
        assert!(secrets.listed(&restored).is_empty(), "both agree");
        assert!(secrets.watched(&reference, 8), "news is measured by the list");
    }

    #[test]
    fn news_that_overtakes_the_first_read_of_a_secret_is_not_lost() {
        let reference = ObjectRef::new(Kind::Secret, "bot", "a");
        let mut secrets = Secrets::default();
        let sent = Instant::now();
        secrets.expect(&reference);
        assert!(secrets.watched(&reference, 5), "a read is under way");
        assert!(!secrets.answered(&reference, Some(&secret("4")), sent));
        assert!(matches!(secrets.observe(&reference), Observed::Unknown));
        assert!(secrets.answered(&reference, Some(&secret("5")), Instant::now()));
        assert!(matches!(secrets.observe(&reference), Observed::Present(_)));
    }
}
