//! A schema of this program, held against the one that the cluster serves.

use serde_json::Value;

/// Where two schemas differ, by the paths of fields.
#[derive(Default)]
pub struct Differences {
    /// The API server drops these fields from whatever is written.
    pub lacking: Vec<String>,
    /// Only the cluster has these.
    pub surplus: Vec<String>,
    /// Another type, default, rule or description.
    pub other: Vec<String>,
}

impl Differences {
    /// Whether both say the same.
    pub fn is_none(&self) -> bool {
        self.lacking.is_empty() && self.surplus.is_empty() && self.other.is_empty()
    }
}

/// What the API server adds to a schema at its root, and what is in every one.
const OF_EVERY_KIND: [&str; 3] = ["apiVersion", "kind", "metadata"];
/// Words of a schema that hold schemas.
const INNER: [&str; 3] = ["properties", "items", "additionalProperties"];
/// What the API server says at the root alone.
const PUBLISHED: [&str; 3] =
    ["x-kubernetes-group-version-kind", "x-kubernetes-selectable-fields", "description"];

/// Compares the schemas of a whole resource.
pub fn differences(own: &Value, served: &Value) -> Differences {
    let mut found = Differences::default();
    of_words(own, served, "", &mut found);
    of_fields(own, served, "", &mut found);
    found
}

fn compare(own: &Value, served: &Value, path: &str, found: &mut Differences) {
    of_words(own, served, path, found);
    of_fields(own, served, path, found);
    let list = own.get("items").zip(served.get("items")).map(|pair| (pair, "[]"));
    let map = own.get("additionalProperties").zip(served.get("additionalProperties"));
    for ((own, served), end) in list.into_iter().chain(map.map(|pair| (pair, "{}"))) {
        compare(own, served, &format!("{path}{end}"), found);
    }
}

fn of_fields(own: &Value, served: &Value, path: &str, found: &mut Differences) {
    let fields = |schema: &Value| schema.get("properties").and_then(Value::as_object).cloned();
    let (own, served) = (fields(own).unwrap_or_default(), fields(served).unwrap_or_default());
    let is_compared = |name: &str| !path.is_empty() || !OF_EVERY_KIND.contains(&name);
    let inner =
        |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for (name, field) in own.iter().filter(|(name, _)| is_compared(name)) {
        match served.get(name) {
            Some(served) => compare(field, served, &inner(name), found),
            None => found.lacking.push(inner(name)),
        }
    }
    let is_surplus = |name: &&String| is_compared(name) && !own.contains_key(*name);
    found.surplus.extend(served.keys().filter(is_surplus).map(|name| inner(name)));
}

/// What is an integer or a text, the API server publishes with words of its own.
const INT_OR_STRING: &str = "x-kubernetes-int-or-string";
const OF_INT_OR_STRING: [&str; 4] = ["anyOf", "oneOf", "type", "format"];

/// All that a schema says beside the schemas in it.
fn of_words(own: &Value, served: &Value, path: &str, found: &mut Differences) {
    let words = |schema: &Value| {
        let mut words = schema.as_object().cloned().unwrap_or_default();
        let is_either = words.contains_key(INT_OR_STRING);
        let is_left_out = |word: &str| {
            INNER.contains(&word)
                || path.is_empty() && PUBLISHED.contains(&word)
                || is_either && OF_INT_OR_STRING.contains(&word)
        };
        words.retain(|word, _| !is_left_out(word));
        words
    };
    let (own, served) = (words(own), words(served));
    let is_same = own.len() == served.len()
        && own.iter().all(|(word, value)| served.get(word).is_some_and(|other| same(value, other)));
    if !is_same {
        found.other.push(if path.is_empty() { "the resource".to_owned() } else { path.to_owned() });
    }
}

/// Numbers are the same however they are written.
fn same(own: &Value, served: &Value) -> bool {
    match (own, served) {
        (Value::Number(own), Value::Number(served)) => own.as_f64() == served.as_f64(),
        (Value::Array(own), Value::Array(served)) => {
            own.len() == served.len()
                && own.iter().zip(served).all(|(own, served)| same(own, served))
        }
        (Value::Object(own), Value::Object(served)) => {
            own.len() == served.len()
                && own
                    .iter()
                    .all(|(name, own)| served.get(name).is_some_and(|other| same(own, other)))
        }
        _ => own == served,
    }
}
