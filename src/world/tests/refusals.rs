use super::*;

/// A live object, a merge patch of it, and the code and a word of the answer.
fn check(live: Value, change: Value, refusal: Option<(u16, &str)>) {
    let mut world = world(std::slice::from_ref(&live));
    let before = super::live(&world, &target(&live));
    let answer = patch(&mut world, &target(&live), change.clone());
    match refusal {
        None => assert_eq!(answer, Ok(()), "{change}"),
        Some((code, word)) => {
            let (found, message) = answer.expect_err(&change.to_string());
            assert_eq!(found, code, "{change}: {message}");
            assert!(message.contains(word), "{change}: {message}");
            assert_eq!(super::live(&world, &target(&live)), before, "{change}");
        }
    }
}

#[test]
fn deployments() {
    let strategy = |fields: Value| json!({"spec": {"strategy": fields}});
    let live = || {
        deployment(
            &json!({"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}),
        )
    };
    check(
        live(),
        json!({"spec": {"selector": {"matchLabels": {"a": "c"}}, "template": {"metadata": {"labels": {"a": "c"}}}}}),
        Some((422, "spec.selector")),
    );
    check(
        live(),
        json!({"spec": {"template": {"metadata": {"labels": {"a": "c"}}}}}),
        Some((422, "does not match")),
    );
    check(live(), strategy(json!({"type": "Recreate"})), Some((422, "rollingUpdate")));
    check(live(), strategy(json!({"type": "Recreate", "rollingUpdate": null})), None);
    let owner = |uid: &str| json!({"apiVersion": "v1", "kind": "Namespace", "name": "n", "uid": uid, "controller": true});
    check(
        live(),
        json!({"metadata": {"ownerReferences": [owner("1"), owner("2")]}}),
        Some((422, "Only one")),
    );
    check(
        live(),
        json!({"spec": {"template": {"spec": {"containers": [{"name": "m"}, {"name": "m"}]}}}}),
        Some((422, "Duplicate")),
    );
}

#[test]
fn a_default_strategy_is_in_the_way_of_recreate_unless_it_was_applied() {
    let recreate = deployment(&json!({"strategy": {"type": "Recreate"}}));
    let whole = json!({"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}});
    for (first, second, code) in [
        (deployment(&json!({})), recreate.clone(), Some(422)),
        (
            deployment(&json!({})),
            deployment(&json!({"strategy": {"type": "Recreate"}, "rollingUpdate": null})),
            Some(422),
        ),
        (deployment(&whole), recreate, None),
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
    let bound = || claim("Bound", Some("2Gi"));
    check(bound(), size("3Gi"), None);
    check(bound(), size("2048Mi"), None);
    check(bound(), size("1Gi"), Some((422, "less than status.capacity")));
    check(claim("Bound", Some("1Gi")), size("1Gi"), None);
    check(claim("Bound", None), size("1Gi"), Some((422, "less than")));
    check(claim("Pending", None), size("3Gi"), Some((422, "immutable after creation")));
    check(
        bound(),
        json!({"spec": {"accessModes": ["ReadWriteMany"]}}),
        Some((422, "immutable after creation")),
    );
    check(
        bound(),
        json!({"spec": {"storageClassName": "fast"}}),
        Some((422, "immutable after creation")),
    );
    check(bound(), json!({"metadata": {"labels": {"a": "b"}}}), None);
}

#[test]
fn services_keep_their_address() {
    let service = || {
        manifest(
            Kind::Service,
            "s",
            &json!({"spec": {"clusterIP": "10.96.3.4", "type": "ClusterIP"}}),
        )
    };
    let address = |address: Value| json!({"spec": {"clusterIP": address}});
    check(service(), address(json!("10.96.1.1")), Some((422, "may not change")));
    check(service(), address(json!("None")), Some((422, "may not change")));
    check(service(), address(json!(null)), None);
}

#[test]
fn secrets_and_config_maps() {
    let frozen = |kind| manifest(kind, "s", &json!({"immutable": true, "data": {"a": "Yg=="}}));
    for kind in [Kind::Secret, Kind::ConfigMap] {
        check(frozen(kind), json!({"data": {"a": "YQ=="}}), Some((422, "data: Forbidden")));
        check(frozen(kind), json!({"immutable": null}), Some((422, "immutable: Forbidden")));
        check(frozen(kind), json!({"metadata": {"labels": {"a": "b"}}}), None);
    }
    let secret = || manifest(Kind::Secret, "s", &json!({"type": "Opaque"}));
    check(secret(), json!({"type": "other"}), Some((422, "type")));
    check(secret(), json!({"data": {"a": "***"}}), Some((400, "base64")));
    check(secret(), json!({"stringData": {"a": "***"}}), None);
}
