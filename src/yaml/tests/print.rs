use serde_json::{Value, json};

use super::round_trip::comes_back;
use super::strings::{HOSTILE, PLAIN};
use crate::yaml::to_string;

#[test]
fn hostile_strings_are_quoted_and_others_are_not() {
    for text in HOSTILE {
        let printed = to_string(&json!({ "k": text }));
        assert!(
            printed.starts_with("k: \"")
                && printed.ends_with("\"\n")
                && printed.lines().count() == 1,
            "{printed}"
        );
    }
    for text in PLAIN {
        assert_eq!(to_string(&json!({ "k": text })), format!("k: {text}\n"));
        assert_eq!(to_string(&json!({ *text: 1 })), format!("{text}: 1\n"));
    }
}

#[test]
fn layout_is_that_of_kubectl() {
    let value = json!({
        "args": ["--port=8080", "on"],
        "empty": { "list": [], "map": {} },
        "env": [{ "name": "A", "value": "1" }, { "name": "B", "from": { "key": null } }],
        "nested": [[1, [2.5]], []],
    });
    let printed = "\
args:
- --port=8080
- \"on\"
empty:
  list: []
  map: {}
env:
- name: A
  value: \"1\"
- from:
    key: null
  name: B
nested:
- - 1
  - - 2.5
- []
";
    assert_eq!(to_string(&value), printed);
    assert_eq!(to_string(&json!({})), "{}\n");
    assert_eq!(to_string(&json!([])), "[]\n");
    assert_eq!(to_string(&Value::Null), "null\n");
}

#[test]
fn text_of_several_lines_is_a_literal_block() {
    let cases = [
        ("a\nb", "k: |-\n  a\n  b\n"),
        ("a\nb\n", "k: |\n  a\n  b\n"),
        ("a\n\n\n", "k: |+\n  a\n\n\n"),
        ("  a\nb\n", "k: |2\n    a\n  b\n"),
        ("\n a\n", "k: |2\n\n   a\n"),
        ("a \n\tb\t\n \nc\n", "k: |\n  a \n  \tb\t\n   \n  c\n"),
        ("# a\n---\n- b: c\n", "k: |\n  # a\n  ---\n  - b: c\n"),
        ("a\r\nb\n", "k: \"a\\r\\nb\\n\"\n"),
        ("a\u{1b}\nb\n", "k: \"a\\u001B\\nb\\n\"\n"),
        ("a\nb\u{1fffe}", "k: \"a\\nb\\U0001FFFE\"\n"),
    ];
    for (text, printed) in cases {
        assert_eq!(to_string(&json!({ "k": text })), printed);
        comes_back(&json!([{ "k": text }]));
        comes_back(&json!([[text, text]]));
    }
    assert_eq!(to_string(&json!([["a\nb\n"]])), "- - |\n    a\n    b\n");
}

#[test]
fn numbers_keep_value_and_type() {
    let cases = [
        (json!(u64::MAX), "18446744073709551615"),
        (json!(i64::MIN), "-9223372036854775808"),
        (json!(1.0), "1.0"),
        (json!(0.1), "0.1"),
        (json!(1e20), "1.0e+20"),
        (json!(1.5e-9), "1.5e-9"),
        (json!(-5e300), "-5.0e+300"),
    ];
    for (number, printed) in cases {
        assert_eq!(to_string(&number), format!("{printed}\n"));
        assert_eq!(serde_yaml::from_str::<Value>(printed).unwrap(), number);
    }
}

#[test]
fn a_key_too_long_for_a_simple_key_is_written_explicitly() {
    let name = "x".repeat(1100);
    assert_eq!(to_string(&json!({ &name: [1] })), format!("? {name}\n:\n- 1\n"));
    assert_eq!(to_string(&json!([{ &name: 1 }])), format!("- ? {name}\n  : 1\n"));
}
