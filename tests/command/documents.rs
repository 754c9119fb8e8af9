//! YAML documents as values, read by a reader that is not the program's own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

pub use crate::support::{EXAMPLE_BOT as BOT, documents as read};

/// A module that needs nothing else.
pub const ECHO: &str = "\
apiVersion: eevee.bot/v1
kind: BotModule
metadata:
  name: echo
spec:
  image: echo
";

/// The texts of the documents of a file.
pub fn split(text: &str) -> Vec<&str> {
    text.split("\n---\n").collect()
}

/// One file of some documents.
pub fn joined<'a>(documents: impl IntoIterator<Item = &'a str>) -> String {
    documents.into_iter().map(|document| format!("---\n{document}\n")).collect()
}

/// The items of a List in JSON.
pub fn items(json: &str) -> Vec<Value> {
    let list: Value = serde_json::from_str(json).expect("JSON");
    list["items"].as_array().expect("a List").clone()
}

/// The one object of this kind and name.
pub fn find<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let fits = |object: &&Value| object["kind"] == kind && object["metadata"]["name"] == name;
    objects.iter().find(fits).unwrap_or_else(|| panic!("there is no {kind} {name}"))
}

/// `Kind namespace/name` of every object.
pub fn names(objects: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    objects
        .iter()
        .map(|object| {
            let [namespace, name] = ["namespace", "name"].map(|key| text(&object["metadata"][key]));
            format!("{} {namespace}/{name}", text(&object["kind"]))
        })
        .collect()
}

/// The values of a Secret, in plain text and as they stand there.
pub fn secret_values(secret: &Value) -> Vec<(Vec<u8>, String)> {
    let mut values = Vec::new();
    for value in texts(&secret["data"]) {
        let joined: String = value.split_whitespace().collect();
        let plain = STANDARD.decode(&joined).unwrap_or_else(|_| panic!("no base64: {value}"));
        values.push((plain, joined));
    }
    for value in texts(&secret["stringData"]) {
        values.push((value.clone().into_bytes(), STANDARD.encode(value)));
    }
    values
}

/// One value of a Secret in plain text.
pub fn secret_value(secret: &Value, key: &str) -> String {
    let value = secret["data"][key].as_str().expect("a value");
    String::from_utf8(STANDARD.decode(value).expect("base64")).expect("text")
}

fn texts(map: &Value) -> Vec<String> {
    let values = map.as_object().into_iter().flat_map(serde_json::Map::values);
    values.filter_map(|value| Some(value.as_str()?.to_owned())).collect()
}

/// The annotations of the pods of a Deployment.
pub fn pod_annotations(object: &Value) -> &Value {
    &object["spec"]["template"]["metadata"]["annotations"]
}
