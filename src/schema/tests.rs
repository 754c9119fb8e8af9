//! One row per behaviour; paths and verdicts were compared with a real API server.

mod any_json;

use super::{Occasion, Schema, SchemaError};
use serde_json::{Value, json};
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let open_api: Value = serde_yaml::from_str(include_str!("tests/schema.yaml")).unwrap();
    Schema::compile(&open_api).unwrap()
});

#[allow(clippy::needless_pass_by_value)]
fn object(spec: Value) -> Value {
    let mut object =
        json!({"apiVersion": "eevee.bot/v1", "kind": "Test", "metadata": {"name": "x"}});
    object["spec"] = json!({"image": "a"});
    object["spec"].as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
    object
}

fn faults(mut object: Value, on: Occasion) -> Vec<String> {
    SCHEMA.admit(&mut object, on).iter().map(ToString::to_string).collect()
}

#[test]
fn a_new_object_is_judged_like_the_api_server_judges_it() {
    let table = [
        (json!({"imagee": "a"}), "spec.imagee: unknown field; did you mean \"image\"?"),
        (json!({"one": {"c": 1}}), "spec.one.c: unknown field; known are a, b"),
        (json!({"image": null}), "spec.image: is required"),
        (
            json!({"image": 5}),
            "spec.image: must be of type string: \"integer\"; write it in quotes",
        ),
        (json!({"image": ""}), "spec.image: should be at least 1 chars long, has 0"),
        (json!({"image": "éééééééééé"}), "spec.image: must be at most 9 characters long, has 10"),
        (json!({"image": "a b"}), "spec.image: no spaces"),
        (
            json!({"size": "1"}),
            "spec.size: must be of type integer: \"string\"; write it without quotes: 1",
        ),
        (json!({"size": -1}), "spec.size: should be greater than or equal to 0, found -1"),
        (
            json!({"size": 3_000_000_000_u32}),
            "spec.size: value must be of type integer with format int32, found 3000000000",
        ),
        (
            json!({"policy": "always"}),
            "spec.policy: unsupported value \"always\"; supported are \"Always\", \"Never\"",
        ),
        (json!({"port": true}), "spec.port: must be of type integer,string: \"boolean\""),
        (
            json!({"port": 0.5}),
            "spec.port: must be of type integer,string: \"number\"; write it in quotes, for example \"0.5\"",
        ),
        (json!({"code": "٣٣"}), "spec.code: should match '^\\d{2}$'; \"٣٣\" does not"),
        (json!({"since": "yesterday"}), "spec.since: must be of type date-time: \"yesterday\""),
        (
            json!({"since": "2023-02-29T00:00:00Z"}),
            "spec.since: must be of type date-time: \"2023-02-29T00:00:00Z\"",
        ),
        (json!({"since": "2019-01-01T00:00:00Z"}), "spec.since: too long ago"),
        (
            json!({"env": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}),
            "spec.env[2]: duplicate value {\"name\":\"a\"}: item 0 has the same",
        ),
        (json!({"env": [{"value": "a"}]}), "spec.env[0].name: is required"),
        (
            json!({"env": {}}),
            "spec.env: must be of type array: \"object\"; write a list: each item begins with \"- \"",
        ),
        (
            json!({"env": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}]}),
            "spec.env: must have at most 3 items, has 4",
        ),
        (
            json!({"labels": {"a.b/c": 1}}),
            "spec.labels[a.b/c]: must be of type string: \"integer\"; write it in quotes",
        ),
        (json!({"labels": {"app": "x"}}), "spec.labels: not app"),
        (json!({"range": {"from": 2, "in": 1}}), "spec.range: order"),
        (json!({"range": {"from": 2}}), "spec.range: no such key: __in__ evaluating rule: order"),
    ];
    for (spec, expected) in table {
        assert_eq!(faults(object(spec.clone()), Occasion::Create), [expected], "{spec}");
    }
}

#[test]
fn what_the_api_server_admits_is_admitted() {
    for spec in [
        json!({"size": 2.0, "port": 80, "one": {"a": ""}, "code": "12", "fixed": "never"}),
        json!({"size": null, "port": "http", "free": {"any": [{"thing": null}]}, "since": "2024-02-29t01:02:03.5+01:00"}),
    ] {
        assert!(faults(object(spec.clone()), Occasion::Create).is_empty(), "{spec}");
    }
}

#[test]
fn defaults_come_where_their_parent_is() {
    let mut object = object(json!({"size": null, "env": [{"name": "a", "value": null}]}));
    assert!(SCHEMA.admit(&mut object, Occasion::Create).is_empty());
    let expected = json!({"image": "a", "size": 1, "policy": "Always", "nats": {"host": "h"},
        "env": [{"name": "a", "value": ""}]});
    assert_eq!(object["spec"], expected);
}

#[test]
fn metadata_is_judged_though_no_crd_describes_it() {
    let table = [
        (json!({}), "metadata.name: is required"),
        (
            json!({"name": "x", "label": {}}),
            "metadata.label: unknown field; did you mean \"labels\"?",
        ),
        (
            json!({"name": "x", "labels": {"a": 1}}),
            "metadata.labels[a]: must be of type string: \"integer\"; write it in quotes",
        ),
        (json!({"name": "too-long"}), "name too long"),
    ];
    for (metadata, expected) in table {
        let mut object = object(json!({}));
        object["metadata"] = metadata;
        assert_eq!(faults(object, Occasion::Create), [expected]);
    }
}

#[test]
fn rules_wait_for_the_right_shape() {
    let spec = json!({"image": "a b", "size": "x"});
    assert_eq!(
        faults(object(spec), Occasion::Create),
        ["spec.size: must be of type integer: \"string\""]
    );
}

#[test]
fn the_status_of_a_new_object_is_erased_by_the_server_and_not_judged() {
    let mut object = object(json!({}));
    object["status"] = json!({"ready": "yes"});
    assert!(faults(object.clone(), Occasion::Create).is_empty());
    object["status"] = json!({"readyy": true});
    assert_eq!(
        faults(object, Occasion::Create),
        ["status.readyy: unknown field; did you mean \"ready\"?"]
    );
}

#[test]
fn an_update_is_spared_what_it_does_not_change() {
    let spared = json!({"image": "a b", "size": "x", "policy": "?", "labels": {"app": 1}});
    let mut object = object(spared);
    object["metadata"]["name"] = json!("too-long");
    assert!(faults(object.clone(), Occasion::Update).is_empty());

    // A rule that looks at the old value has its say, and so has one that cannot be evaluated.
    object["spec"]["fixed"] = json!("never");
    object["spec"]["range"] = json!({"from": 2});
    object["spec"]["zz"] = json!(1);
    let expected = [
        "spec.fixed: never",
        "spec.range: no such key: __in__ evaluating rule: order",
        "spec.zz: unknown field",
    ];
    assert_eq!(faults(object.clone(), Occasion::Update), expected);

    // No CRD describes metadata: what is said of the root itself holds for every update.
    object.as_object_mut().unwrap().remove("spec");
    assert_eq!(faults(object, Occasion::Update), ["spec: is required"]);
}

#[test]
fn a_schema_that_cannot_be_judged_does_not_compile() {
    let rule = |rule: &str| json!([{"rule": rule, "message": "m"}]);
    let table = [
        (json!({}), "has no type"),
        (json!({"type": "strings"}), "unknown variant `strings`"),
        (json!({"type": "string", "x-kubernetes-int-or-string": true}), "has a type beside"),
        (json!({"type": "integer", "format": "date-time"}), "has a format of another type"),
        (json!({"type": "string", "format": "int32"}), "has a format of another type"),
        (json!({"type": "string", "pattern": "("}), "pattern \"(\": regex parse error"),
        (
            json!({"type": "string", "x-kubernetes-validations": rule("self ==")}),
            "rule \"self ==\": ERROR",
        ),
        (
            json!({"type": "string", "x-kubernetes-validations": rule("cel.bind(a, self, a == '')")}),
            "function bind is not known here",
        ),
    ];
    for (field, expected) in table {
        let error = error_of(field);
        assert!(error.path == "f" && error.problem.contains(expected), "{error}");
    }
    assert!(Schema::compile(&json!(5)).is_err());
    let own = json!({"type": "object", "properties": {"metadata": {"type": "object"}}});
    assert_eq!(Schema::compile(&own).unwrap_err().path, "metadata");
}

#[test]
fn a_keyword_that_is_not_judged_is_named() {
    for keyword in [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "nullable",
        "multipleOf",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minItems",
        "uniqueItems",
        "minProperties",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-map-type",
        "x-kubernetes-preserve-unknown-fields",
    ] {
        let error = error_of(json!({"type": "array", keyword: true}));
        assert!(error.path == "f" && error.problem.contains(&format!("`{keyword}`")), "{error}");
    }
    for (keyword, value) in
        [("type", "number"), ("format", "email"), ("x-kubernetes-list-type", "set")]
    {
        let error = error_of(json!({keyword: value}));
        assert!(error.path == "f" && error.problem.contains(&format!("`{value}`")), "{error}");
    }
    for (keyword, value) in
        [("fieldPath", ".x"), ("reason", "FieldValueInvalid"), ("messageExpression", "'m'")]
    {
        let rules = json!([{"rule": "true", "message": "m", keyword: value}]);
        let error = error_of(json!({"type": "object", "x-kubernetes-validations": rules}));
        assert!(error.path == "f" && error.problem.contains(&format!("`{keyword}`")), "{error}");
    }
}

/// What is wrong with a schema that has one field.
fn error_of(field: Value) -> SchemaError {
    Schema::compile(&json!({"type": "object", "properties": {"f": field}})).unwrap_err()
}

#[test]
fn every_crd_compiles_and_can_be_shared() {
    fn shared<T: Send + Sync>(_: &T) {}
    for crd in crate::crd::crds() {
        shared(&Schema::compile(&crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]).unwrap());
    }
}
