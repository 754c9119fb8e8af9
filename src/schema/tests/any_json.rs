//! No value makes the judge panic, and its own work passes before it.

use super::{Occasion, SCHEMA, object};
use proptest::prelude::*;
use serde_json::{Value, json};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("2024-01-01T00:00:00Z")),
    ];
    leaf.prop_recursive(5, 64, 6, |inner| {
        let name = prop_oneof![
            "(spec|metadata|name|image|size|port|since|env|value|labels|nats|free|one|range|from|in|fixed)",
            "\\PC{0,4}",
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_judged_and_what_was_filled_in_stays(
        root in any_json(), spec in any_json(), update in any::<bool>(),
    ) {
        let on = if update { Occasion::Update } else { Occasion::Create };
        let mut whole = object(json!({}));
        whole["spec"] = spec;
        for mut object in [root, whole] {
            SCHEMA.admit(&mut object, on);
            let admitted = object.clone();
            SCHEMA.admit(&mut object, on);
            prop_assert_eq!(object, admitted);
        }
    }
}
