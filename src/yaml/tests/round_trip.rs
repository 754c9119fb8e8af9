use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::strings::{HOSTILE, PLAIN};
use crate::yaml::{read, to_string};

#[test]
fn every_string_comes_back_in_every_place() {
    let long = "x".repeat(1100);
    for text in HOSTILE.iter().chain(PLAIN).copied().chain([long.as_str()]) {
        for value in [
            json!(text),
            json!([text]),
            json!([[text], { text: text }]),
            json!({ "a": text, "z": 1 }),
            json!({ text: { text: [text] }, "a": [] }),
            json!({ text: [{ text: text }] }),
        ] {
            comes_back(&value);
        }
    }
}

#[test]
fn a_megabyte_of_text_comes_back() {
    let line = "some line of a script: \"$(x)\" # with a remark\n";
    comes_back(&json!({ "data": { "script": line.repeat((1 << 20) / line.len()) } }));
    comes_back(&json!({ "data": { "one-line": "x: ".repeat(1 << 19) } }));
}

/// What kubectl makes of a whole float is an integer.
fn as_kubectl(value: &Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e18 => {
                format!("{float:.0}").parse::<i64>().map_or(json!(0), Value::from)
            }
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(as_kubectl).collect(),
        Value::Object(map) => {
            map.iter().map(|(name, value)| (name.clone(), as_kubectl(value))).collect()
        }
        _ => value.clone(),
    }
}

pub(super) fn comes_back(value: &Value) {
    let printed = to_string(value);
    assert!(printed.ends_with('\n'));
    let other = serde_yaml::from_str::<Value>(&printed);
    assert!(other.as_ref().is_ok_and(|other| other == value), "{printed}\n{other:?}");
    let ours = read(&printed)
        .map(|documents| documents.into_iter().map(|document| document.value).collect());
    let expected = if value.is_null() { Ok(vec![]) } else { Ok(vec![as_kubectl(value)]) };
    assert_eq!(ours, expected, "{printed}");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        2 => "[-ab01:#?,\\[\\]{}&*!|>'\"%@` \t\n.~=<_exT+]{0,12}",
        1 => "([ -a:#\t]{0,6}\n){0,4}[ -a#]{0,3}",
        1 => any::<String>(),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => text().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => proptest::sample::select(vec![json!(null), json!(true), json!({}), json!([])]),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|entries| Value::Object(Map::from_iter(entries))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_comes_back(value in value()) {
        comes_back(&value);
    }
}
