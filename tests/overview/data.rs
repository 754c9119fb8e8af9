//! The overview as data.

use crate::{bot, golden};

#[test]
fn a_bot_as_json() {
    let json = serde_json::to_string_pretty(&bot()).expect("JSON");
    // What stands in its Secrets, its configuration and its environment.
    for secret in ["swordfish", "API_KEY", "dGhl", "the-very-secret-token"] {
        assert!(!json.contains(secret), "{secret}");
    }
    golden("a_bot_as_json", &json);
}
