//! The way into a store.

use super::pace::SMALL;
use crate::object::Object;
use crate::question::{Door, KeyOfSecret};
use crate::s3::{Access, Patience};
use std::time::Duration;

/// What a message shows in place of a secret.
const MASK: &str = "***";

/// A store says itself why it was not reached: a little before nobody waits for it any more.
pub fn patience() -> Patience {
    let question = SMALL.saturating_sub(Duration::from_secs(1));
    let connect = Duration::from_secs(5);
    Patience { connect, question, idle: question, ..Patience::default() }
}

/// What a store is reached with.
pub fn access(door: &Door, access_id: String, secret_key: String) -> Access {
    Access {
        endpoint: door.endpoint.clone(),
        bucket: door.bucket.clone(),
        prefix: door.prefix.clone(),
        region: door.region.clone(),
        path_style: door.path_style,
        ca_bundle: door.ca_bundle.clone(),
        access_id,
        secret_key,
    }
}

/// The value of a key of a Secret. It may have gone since somebody saw it.
pub fn value(secret: &Object, KeyOfSecret { key, .. }: &KeyOfSecret) -> Result<String, String> {
    let name = secret.reference();
    let bytes = secret.secret_value(key).ok_or_else(|| format!("{name} has no key {key}"))?;
    String::from_utf8(bytes).map_err(|_| format!("key {key} of {name} is no text"))
}

/// A message without a secret, should it quote it.
pub fn without(message: &str, secret: &str) -> String {
    if secret.is_empty() { message.to_owned() } else { message.replace(secret, MASK) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;
    use crate::object::ObjectRef;
    use serde_json::json;

    #[test]
    fn a_key_that_is_not_there_or_no_text_is_named() {
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": { "name": "s3", "namespace": "bots" },
            "data": { "id": "bWU=", "odd": "/w==" },
        });
        let secret = Object::new(secret, "").expect("a Secret");
        let reference = ObjectRef::new(Kind::Secret, "bots", "s3");
        let of = |key: &str| {
            let key = KeyOfSecret {
                secret: reference.clone(),
                key: key.to_owned(),
                resource_version: None,
            };
            value(&secret, &key)
        };
        assert_eq!(of("id").as_deref(), Ok("me"));
        assert!(of("gone").is_err_and(|why| why.contains("no key gone")));
        assert!(of("odd").is_err_and(|why| why.contains("key odd")));
    }

    #[test]
    fn a_message_does_not_quote_the_secret() {
        assert_eq!(without("refused: hunter2", "hunter2"), "refused: ***");
        assert_eq!(without("refused", ""), "refused");
    }
}
