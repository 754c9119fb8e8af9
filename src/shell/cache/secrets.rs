//! The Secrets that some resource refers to. All are watched, as metadata alone; those that are
//! asked for are read one by one.

use super::recent::parse;
use super::version::Version;
use crate::object::{Object, ObjectRef};
use crate::snapshot::Observed;
use std::cmp::Ordering;
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
    version: Option<Version>,
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

const UNREAD: Known = Known { version: None, heard: None, content: Content::Stale };

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
    pub fn watched(&mut self, reference: &ObjectRef, version: &Version) -> bool {
        let Some(known) = self.known.get_mut(reference) else { return false };
        if known.version.as_ref().is_some_and(|known| version <= known) {
            return false;
        }
        known.version = Some(version.clone());
        known.heard = Some(Instant::now());
        known.content = Content::Stale;
        true
    }

    /// A whole list has come in. What it does not tell the same of is read again. Gives what was.
    pub fn listed(&mut self, list: &HashMap<ObjectRef, Version>) -> Vec<ObjectRef> {
        self.is_filled = true;
        let mut doubtful = Vec::new();
        for (reference, known) in &mut self.known {
            let agrees = match (&known.content, list.get(reference)) {
                (Content::Present(_), version @ Some(_)) => version == known.version.as_ref(),
                (Content::Absent, None) => true,
                _ => false,
            };
            if !agrees {
                // The list is the truth, even where versions went back, as after a restore.
                known.version = list.get(reference).cloned();
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
        let version = secret.map(Version::of);
        if !known.yields_to(version.as_ref(), sent) {
            return false;
        }
        let is_news = match (&known.content, secret) {
            (Content::Present(_), Some(_)) => version != known.version,
            (Content::Absent, None) => false,
            _ => true,
        };
        if version.is_some() {
            known.version = version;
        }
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

    /// How many are known of.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Keeps those that are still asked for.
    pub fn retain(&mut self, mut is_asked: impl FnMut(&ObjectRef) -> bool) {
        self.known.retain(|reference, _| is_asked(reference));
    }
}

impl Known {
    /// Whether the answer to a request that was sent at a time is not older than what is known: a
    /// Secret in some version, or none at all.
    fn yields_to(&self, version: Option<&Version>, sent: Instant) -> bool {
        let order = match (version, &self.version) {
            (Some(_), None) => return true,
            (Some(version), Some(known)) => version.partial_cmp(known),
            (None, _) => None,
        };
        // Where versions do not say which is newer, the times do.
        order.map_or_else(|| self.heard.is_none_or(|heard| heard <= sent), Ordering::is_ge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;
    use serde_json::json;

    fn version(version: &str) -> Version {
        Version::from(Some(version))
    }

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
        assert!(!secrets.watched(&reference, &version("5")), "the watch tells nothing new of it");
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
        assert!(secrets.watched(&reference, &version("5")));
        secrets.answered(&reference, None, sent);
        assert!(matches!(secrets.observe(&reference), Observed::Unknown));
    }

    #[test]
    fn a_list_is_the_truth_even_where_versions_went_back() {
        let mut secrets = Secrets::default();
        let reference = ObjectRef::new(Kind::Secret, "bot", "key");
        secrets.answered(&reference, Some(&secret("50")), Instant::now());
        let restored = HashMap::from([(reference.clone(), version("7"))]);
        assert_eq!(secrets.listed(&restored).len(), 1);
        assert!(secrets.answered(&reference, Some(&secret("7")), Instant::now()));
        assert!(matches!(secrets.observe(&reference), Observed::Present(_)));
        assert!(secrets.listed(&restored).is_empty(), "both agree");
        assert!(secrets.watched(&reference, &version("8")), "news is measured by the list");
    }

    #[test]
    fn news_that_overtakes_the_first_read_of_a_secret_is_not_lost() {
        let reference = ObjectRef::new(Kind::Secret, "bot", "a");
        let mut secrets = Secrets::default();
        let sent = Instant::now();
        secrets.expect(&reference);
        assert!(secrets.watched(&reference, &version("5")), "a read is under way");
        assert!(!secrets.answered(&reference, Some(&secret("4")), sent));
        assert!(matches!(secrets.observe(&reference), Observed::Unknown));
        assert!(secrets.answered(&reference, Some(&secret("5")), Instant::now()));
        assert!(matches!(secrets.observe(&reference), Observed::Present(_)));
    }

    #[test]
    fn a_secret_whose_versions_say_nothing_is_read_again_with_all_that_is_told_of_it() {
        let reference = ObjectRef::new(Kind::Secret, "bot", "a");
        let mut secrets = Secrets::default();
        secrets.expect(&reference);
        for odd in ["b", "a", "18446744073709551616", "", ""] {
            let sent = Instant::now();
            assert!(secrets.watched(&reference, &version(odd)), "{odd} is news");
            secrets.answered(&reference, Some(&secret("before")), sent);
            assert!(matches!(secrets.observe(&reference), Observed::Unknown), "sent before {odd}");
            secrets.answered(&reference, Some(&secret(odd)), Instant::now());
            assert!(matches!(secrets.observe(&reference), Observed::Present(_)), "{odd}");
        }
    }
}
