//! What the API server says of a Secret may quote it.

use crate::action::ApplyAction;
use crate::shell::apply;
use base64::Engine;
use serde_json::Value;

/// A message of the API server without the values of the Secret that it is about.
pub fn scrubbed(message: String, action: &ApplyAction) -> String {
    if !action.target.kind.is_secret() {
        return message;
    }
    let data = apply::asked(action).and_then(|asked| asked.get("data")).and_then(Value::as_object);
    let encoded = data.into_iter().flat_map(|data| data.values()).filter_map(Value::as_str);
    encoded.fold(message, |message, encoded| {
        let plain = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default();
        let plain = String::from_utf8_lossy(&plain).into_owned();
        let whole = [encoded, plain.as_str()].into_iter().filter(|value| !value.is_empty());
        // What is quoted may be cut or escaped.
        let parts = plain.split(|c: char| !c.is_alphanumeric());
        whole
            .chain(parts.filter(|part| part.len() >= TELLING))
            .fold(message, |message, value| message.replace(value, MASK))
    })
}

/// Characters in a row that may tell a secret. Shorter ones are words.
const TELLING: usize = 8;
const MASK: &str = "***";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Subject, Verb};
    use crate::kinds::Kind;
    use crate::object::ObjectRef;
    use serde_json::json;

    #[test]
    fn a_message_about_a_secret_does_not_quote_it() {
        let action = ApplyAction {
            subject: Subject::Operator,
            target: ObjectRef::new(Kind::Secret, "bot", "token"),
            verb: Verb::Create(json!({ "data": { "token": "aHVudGVyMg==" } })),
        };
        let said = scrubbed("invalid: aHVudGVyMg== (hunter2)".to_owned(), &action);
        assert_eq!(said, "invalid: *** (***)");
    }

    #[test]
    fn nor_a_part_of_it() {
        let conf = base64::engine::general_purpose::STANDARD
            .encode("authorization { token: \"a1b2c3d4e5f6\" }");
        let action = ApplyAction {
            subject: Subject::Operator,
            target: ObjectRef::new(Kind::Secret, "bot", "conf"),
            verb: Verb::Create(json!({ "data": { "nats.conf": conf } })),
        };
        let said = scrubbed("denied: token: \\\"a1b2c3d4e5f6\\\"".to_owned(), &action);
        assert_eq!(said, "denied: token: \\\"***\\\"");
    }
}
