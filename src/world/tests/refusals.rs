use super::*;

type Row = (Value, Option<(u16, &'static str)>);

/// Merge patches of a live object, with the code and a part of the answer.
fn check(live: &Value, rows: &[Row]) {
    for (change, refusal) in rows {
        let mut cluster = world(std::slice::from_ref(live));
        let before = super::live(&cluster, &target(live));
        let answer = patch(&mut cluster, &target(live), change.clone());
        let Some((code, part)) = refusal else {
            assert_eq!(answer, Ok(()), "{change}");
            continue;
        };
        let (found, message) = answer.expect_err(&change.to_string());
        assert_eq!(found, *code, "{change}: {message}");
        assert!(message.contains(part), "{change}: {message}");
        assert_eq!(super::live(&cluster, &target(live)), before, "{change}");
    }
}

#[test]
fn deployments() {
    let strategy = |fields: Value| json!({"spec": {"strategy": fields}});
    let template = |fields: Value| json!({"spec": {"template": fields}});
    let labels = json!({"metadata": {"labels": {"a": "c"}}});
    let owner = |uid: &str| json!({"apiVersion": "v1", "kind": "Namespace", "name": "n", "uid": uid, "controller": true});
    let rolling = json!({"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}});
    check(
        &deployment(&json!({ "strategy": rolling })),
        &[
            (
                json!({"spec": {"selector": {"matchLabels": {"a": "c"}}, "template": labels}}),
                Some((422, "spec.selector")),
            ),
            (template(labels), Some((422, "does not match"))),
            (
                template(json!({"spec": {"containers": [{"name": "m"}, {"name": "m"}]}})),
                Some((422, "Duplicate")),
            ),
            (strategy(json!({"type": "Recreate"})), Some((422, "rollingUpdate"))),
            (strategy(json!({"type": "Recreate", "rollingUpdate": null})), None),
            (
                json!({"metadata": {"ownerReferences": [owner("1"), owner("2")]}}),
                Some((422, "Only one")),
            ),
            (json!({"metadata": {"ownerReferences": [owner("1")]}}), None),
        ],
    );
}

#[test]
fn a_default_strategy_is_in_the_way_of_recreate_unless_it_was_applied() {
    let recreate = deployment(&json!({"strategy": {"type": "Recreate"}}));
    let mut nulled = recreate.clone();
    nulled["spec"]["strategy"]["rollingUpdate"] = json!(null);
    let whole = json!({"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}});
    for (first, second, code) in [
        (deployment(&json!({})), recreate.clone(), Some(422)),
        (deployment(&json!({})), nulled.clone(), Some(422)),
        (deployment(&whole), recreate, None),
        (deployment(&whole), nulled, None),
    ] {
        let mut world = world(&[]);
        apply(&mut world, &first).unwrap();
        assert_eq!(apply(&mut world, &second).err().map(|(code, _)| code), code, "{first}");
    }
}

#[test]
fn items_applied_twice() {
    let twice =
        |container: Value| deployment(&json!({"template": {"spec": {"containers": container}}}));
    for (wanted, place) in [
        (
            twice(json!([{"name": "m"}, {"name": "m"}])),
            ".spec.template.spec.containers: duplicate entries for key [name=\"m\"]",
        ),
        (
            twice(json!([{"name": "m", "env": [{"name": "A"}, {"name": "A"}]}])),
            ".spec.template.spec.containers[name=\"m\"].env: duplicate entries for key [name=\"A\"]",
        ),
    ] {
        let (code, message) = apply(&mut world(&[]), &wanted).unwrap_err();
        assert_eq!((code, message), (500, format!("failed to create typed patch object: {place}")));
    }
}

#[test]
fn claims() {
    let claim = |phase: &str, capacity: Option<&str>| {
        let capacity = capacity.map(|size| json!({"storage": size}));
        manifest(
            Kind::PersistentVolumeClaim,
            "p",
            &json!({
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}},
                "status": {"phase": phase, "capacity": capacity},
            }),
        )
    };
    let size = |size: &str| json!({"spec": {"resources": {"requests": {"storage": size}}}});
    let immutable = Some((422, "immutable after creation"));
    let shrunk = Some((422, "less than status.capacity"));
    check(
        &claim("Bound", Some("2Gi")),
        &[
            (size("3Gi"), None),
            (size("2048Mi"), None),
            (size("1Gi"), shrunk),
            (json!({"spec": {"accessModes": ["ReadWriteMany"]}}), immutable),
            (json!({"spec": {"storageClassName": "fast"}}), immutable),
            (json!({"metadata": {"labels": {"a": "b"}}}), None),
        ],
    );
    check(&claim("Bound", Some("1Gi")), &[(size("1Gi"), None), (size("1"), shrunk)]);
    check(&claim("Bound", None), &[(size("1Gi"), shrunk)]);
    check(&claim("Pending", None), &[(size("3Gi"), immutable), (size("2048Mi"), None)]);
}

#[test]
fn services_keep_their_address() {
    let spec = json!({"clusterIP": "10.96.3.4", "type": "ClusterIP"});
    let address = |address: Value| json!({"spec": {"clusterIP": address}});
    check(
        &manifest(Kind::Service, "s", &json!({ "spec": spec })),
        &[
            (address(json!("10.96.1.1")), Some((422, "may not change"))),
            (address(json!("None")), Some((422, "may not change"))),
            (address(json!(null)), None),
        ],
    );
}

#[test]
fn secrets_and_config_maps() {
    for kind in [Kind::Secret, Kind::ConfigMap] {
        check(
            &manifest(kind, "s", &json!({"immutable": true, "data": {"a": "Yg=="}})),
            &[
                (json!({"data": {"a": "YQ=="}}), Some((422, "data: Forbidden"))),
                (json!({"immutable": null}), Some((422, "immutable: Forbidden"))),
                (json!({"metadata": {"labels": {"a": "b"}}}), None),
            ],
        );
    }
    check(
        &manifest(Kind::Secret, "s", &json!({"type": "Opaque"})),
        &[
            (json!({"type": "other"}), Some((422, "type"))),
            (json!({"data": {"a": "***"}}), Some((400, "base64"))),
            (json!({"stringData": {"a": "***"}}), None),
        ],
    );
}
