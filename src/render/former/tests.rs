use super::*;
use serde_json::json;

fn module() -> Value {
    json!({
        "metadata": { "ownerReferences": [
            { "apiVersion": "eevee.bot/v1", "uid": "1" },
            { "apiVersion": "example.org/v1", "uid": "2" },
        ] },
        "spec": { "template": {
            "metadata": { "labels": { "app": "eevee.bot", "team": "chat" } },
            "spec": {
                "containers": [
                    {
                        "name": "module",
                        "env": [{ "name": "METRICS_PORT" }, { "name": "OTHER" }],
                        "volumeMounts": [
                            { "mountPath": "/anywhere", "name": "module-data" },
                            { "mountPath": "/other", "name": "other" },
                        ],
                    },
                    { "name": "other" },
                ],
                "volumes": [{ "name": "module-data" }, { "name": "other" }],
            },
        } },
    })
}

fn template(spec: Value) -> Value {
    json!({ "f:spec": { "f:template": { "f:spec": spec } } })
}

fn both(set: Value) -> (Value, Value) {
    split(Kind::Deployment, &module(), &set)
}

#[test]
fn items_are_known_by_what_is_in_them() {
    let container =
        |fields: Value| template(json!({ "f:containers": { r#"k:{"name":"module"}"#: fields } }));
    let (theirs, others) = both(container(json!({
        ".": {},
        "f:livenessProbe": { ".": {}, "f:httpGet": {} },
        "f:env": { ".": {}, r#"k:{"name":"METRICS_PORT"}"#: { ".": {} }, r#"k:{"name":"OTHER"}"#: {} },
        "f:volumeMounts": { r#"k:{"mountPath":"/anywhere"}"#: {}, r#"k:{"mountPath":"/other"}"#: {} },
        "f:stdin": {},
    })));
    assert_eq!(
        theirs,
        container(json!({
            "f:livenessProbe": { ".": {}, "f:httpGet": {} },
            "f:env": { r#"k:{"name":"METRICS_PORT"}"#: { ".": {} } },
            "f:volumeMounts": { r#"k:{"mountPath":"/anywhere"}"#: {} },
        }))
    );
    assert_eq!(
        others,
        container(json!({
            ".": {},
            "f:env": { ".": {}, r#"k:{"name":"OTHER"}"#: {} },
            "f:volumeMounts": { r#"k:{"mountPath":"/other"}"#: {} },
            "f:stdin": {},
        }))
    );
}

#[test]
fn what_others_write_under_the_same_name_is_theirs() {
    for foreign in [
        json!({ "f:metadata": { "f:labels": { ".": {}, "f:team": {} } } }),
        json!({ "f:metadata": { "f:ownerReferences": { r#"k:{"uid":"2"}"#: {} } } }),
        json!({ "f:spec": { "f:template": { "f:metadata": { "f:labels": { "f:team": {} } } } } }),
        json!({ "f:spec": { "f:template": { "f:metadata": { "f:annotations": {
            ".": {}, "f:kubectl.kubernetes.io/restartedAt": {} } } } } }),
        template(
            json!({ "f:containers": { r#"k:{"name":"other"}"#: { ".": {}, "f:image": {} } } }),
        ),
        template(json!({ "f:volumes": { ".": {}, r#"k:{"name":"other"}"#: { ".": {} } } })),
        template(json!({ "f:volumes": { r#"k:{"name":"gone"}"#: {} } })),
        template(json!({ "f:containers": {} })),
        json!({ "f:status": { "f:replicas": {} } }),
    ] {
        assert_eq!(both(foreign.clone()), (json!({}), foreign));
    }
}

#[test]
fn what_is_not_a_set_is_nobodys() {
    for set in [json!(null), json!([]), json!("f:spec"), json!({ "f:spec": 1 })] {
        assert_eq!(both(set).0, json!({}));
    }
}

#[test]
fn the_client_is_known_by_its_name_and_by_how_it_writes() {
    let own = json!({ "f:data": { "f:config.yaml": {} } });
    let owns = |changes: Value| {
        let mut entry = json!({ "manager": MANAGER, "operation": "Update", "fieldsV1": own });
        let changes = changes.as_object().expect("a map").clone();
        entry.as_object_mut().expect("a map").extend(changes);
        owns_any(Kind::ConfigMap, &json!({ "metadata": { "managedFields": [entry] } }))
    };
    assert!(owns(json!({})));
    assert!(!owns(json!({ "manager": "kubectl-edit" })));
    assert!(!owns(json!({ "operation": "Apply" })));
    assert!(!owns(json!({ "subresource": "status" })));
    assert!(!owns(json!({ "fieldsV1": { "f:metadata": { "f:labels": {} } } })));
}
