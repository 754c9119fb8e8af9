//! What the API server says of a Secret may quote it.

use crate::action::ApplyAction;
use crate::object::Kind;
use crate::shell::apply;
use base64::Engine;
use serde_json::Value;

/// A message of the API server without the values of the Secret that it is about.
pub fn scrubbed(message: String, action: &ApplyAction) -> String {
    if action.target.kind != Kind::Secret {
        return message;
    }
    let data = apply::wish(action).and_then(|wish| wish.get("data")).and_then(Value::as_object);
    let encoded = data.into_iter().flat_map(|data| data.values()).filter_map(Value::as_str);
    encoded.fold(message, |message, encoded| {
        let plain = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default();
        let plain = String::from_utf8_lossy(&plain).into_owned();
        [encoded, &plain]
            .into_iter()
            .filter(|value| !value.is_empty())
            .fold(message, |message, value| message.replace(value, "***"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::{Subject, Verb};
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
}
