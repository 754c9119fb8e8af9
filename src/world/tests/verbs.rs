use super::*;

fn secret(fields: &Value) -> Value {
    manifest(Kind::Secret, "s", fields)
}

fn create(world: &mut World, manifest: &Value) -> Result<(), (u16, String)> {
    send(world, target(manifest), Verb::Create(manifest.clone()))
}

fn delete(world: &mut World, target: &ObjectRef) -> Result<(), (u16, String)> {
    send(world, target.clone(), Verb::Delete { seen: Precondition::default() })
}

#[test]
fn what_is_created_gets_an_identity_and_an_owner_of_its_fields() {
    let mut world = world(&[]);
    let wanted = secret(
        &json!({"metadata": {"labels": {"a": "b"}, "uid": "mine"}, "stringData": {"a": "b"}}),
    );
    create(&mut world, &wanted).unwrap();
    let target = target(&wanted);
    assert_eq!(at(&world, &target, "/data"), json!({"a": "Yg=="}));
    assert_eq!(at(&world, &target, "/stringData"), json!(null));
    assert_eq!(at(&world, &target, "/metadata/resourceVersion"), json!("1"));
    assert_eq!(at(&world, &target, "/metadata/creationTimestamp"), json!("1970-01-01T00:00:00Z"));
    // Recorded by a real server.
    assert_eq!(
        at(&world, &target, "/metadata/managedFields/0/fieldsV1"),
        json!({"f:data": {".": {}, "f:a": {}}, "f:metadata": {"f:labels": {".": {}, "f:a": {}}}, "f:type": {}})
    );
    assert_eq!(at(&world, &target, "/metadata/managedFields/0/operation"), json!("Update"));
    assert_eq!(create(&mut world, &wanted).unwrap_err().0, 409);
}

#[test]
fn a_uid_is_not_given_twice() {
    let mut world = world(&[secret(&json!({}))]);
    let target = target(&secret(&json!({})));
    let mut uids = vec![at(&world, &target, "/metadata/uid")];
    for _ in 0..2 {
        delete(&mut world, &target).unwrap();
        create(&mut world, &secret(&json!({}))).unwrap();
        let uid = at(&world, &target, "/metadata/uid");
        assert!(!uids.contains(&uid) && uid.is_string());
        uids.push(uid);
    }
}

#[test]
fn a_patch_moves_owners_of_what_it_changes() {
    let mut world = world(&[]);
    let wanted = secret(&json!({"metadata": {"labels": {"a": "b"}}, "stringData": {"a": "b"}}));
    create(&mut world, &wanted).unwrap();
    let target = target(&wanted);
    let change =
        json!({"data": {"c": "YQ==", "a": null}, "metadata": {"labels": {"a": "c"}, "uid": null}});
    patch(&mut world, &target, change.clone()).unwrap();
    assert_eq!(at(&world, &target, "/data"), json!({"c": "YQ=="}));
    // Recorded by a real server.
    assert_eq!(
        at(&world, &target, "/metadata/managedFields/0/fieldsV1"),
        json!({"f:data": {".": {}, "f:c": {}}, "f:metadata": {"f:labels": {".": {}, "f:a": {}}}, "f:type": {}})
    );
    let before = live(&world, &target);
    patch(&mut world, &target, change).unwrap();
    assert_eq!(live(&world, &target), before, "changes nothing");
    let entries = json!([entry("z", "Apply", &json!({"f:data": {"f:c": {}}}))]);
    patch(
        &mut world,
        &target,
        json!({"data": {"d": "YQ=="}, "metadata": {"managedFields": entries}}),
    )
    .unwrap();
    let managed = at(&world, &target, "/metadata/managedFields");
    assert_eq!(managed[0]["manager"], json!("z"));
    assert_eq!(managed[1]["fieldsV1"], json!({"f:data": {"f:d": {}}}));
    for change in [json!({"metadata": {"managedFields": [{}]}}), json!({"data": {"e": "YQ=="}})] {
        patch(&mut world, &target, change).unwrap();
        assert_eq!(at(&world, &target, "/metadata/managedFields"), json!(null));
    }
}

#[test]
fn what_was_not_seen_is_not_written() {
    let seen = |uid: Option<&str>, version: Option<&str>| Precondition {
        uid: uid.map(str::to_owned),
        resource_version: version.map(str::to_owned),
    };
    let object = deployment(&json!({"replicas": 1}));
    for (uid, version, write, deletion) in
        [(Some("x"), None, 422, 409), (None, Some("9"), 409, 409), (Some("x"), Some("9"), 409, 409)]
    {
        let mut world = world(std::slice::from_ref(&object));
        let target = target(&object);
        let seen = seen(uid, version);
        let verbs = [
            (Verb::Apply { manifest: object.clone(), seen: Some(seen.clone()) }, write),
            (Verb::Patch { patch: json!({}), seen: seen.clone() }, write),
            (Verb::Delete { seen }, deletion),
        ];
        for (verb, code) in verbs {
            let name = verb.name();
            assert_eq!(send(&mut world, target.clone(), verb).unwrap_err().0, code, "{name}");
        }
    }
    let absent = |seen| Verb::Apply { manifest: object.clone(), seen: Some(seen) };
    for (verb, code) in [
        (absent(seen(Some("x"), Some("1"))), Some(409)),
        (absent(seen(None, None)), None),
        (Verb::Patch { patch: json!({}), seen: seen(None, None) }, Some(404)),
        (Verb::Delete { seen: seen(None, None) }, Some(404)),
        (Verb::Status { status: json!({}), seen: seen(None, None) }, Some(404)),
    ] {
        let name = verb.name();
        let answer = send(&mut world(&[]), target(&object), verb);
        assert_eq!(answer.err().map(|(code, _)| code), code, "{name}");
    }
}

#[test]
fn what_could_not_be_read_is_not_written() {
    let mut world = world(&[]);
    let object = secret(&json!({}));
    world.snapshot_mut().set_unknown(target(&object));
    assert_eq!(create(&mut world, &object).unwrap_err().0, 503);
}

#[test]
fn deletion_waits_for_finalizers() {
    let object = secret(&json!({"metadata": {"finalizers": ["x"]}}));
    let mut world = world(std::slice::from_ref(&object));
    let target = target(&object);
    delete(&mut world, &target).unwrap();
    assert!(live(&world, &target).is_some_and(|object| object.is_being_deleted()));
    patch(&mut world, &target, json!({"metadata": {"finalizers": null}})).unwrap();
    assert!(live(&world, &target).is_none());
}

#[test]
fn odd_values_do_no_harm() {
    let odd = [
        json!(null),
        json!(1),
        json!("x"),
        json!([[], null]),
        json!({"a": [null]}),
        json!({"metadata": 1}),
        json!({"metadata": {"managedFields": 3, "ownerReferences": [3], "name": 4}}),
    ];
    for value in &odd {
        for kind in Kind::all() {
            let mut world = world(&[]);
            let whole = json!({
                "apiVersion": kind.api_version(), "kind": kind.name(), "metadata": {"name": "n", "labels": value, "ownerReferences": value},
                "spec": value, "status": value, "data": value, "stringData": value,
            });
            let target = ObjectRef::new(kind, NAMESPACE, "n");
            for verb in [
                Verb::Create(value.clone()),
                Verb::Create(whole.clone()),
                Verb::Apply { manifest: value.clone(), seen: None },
                Verb::Apply { manifest: whole.clone(), seen: Some(Precondition::default()) },
                Verb::Status { status: value.clone(), seen: Precondition::default() },
                Verb::Patch { patch: value.clone(), seen: Precondition::default() },
                Verb::Patch {
                    patch: json!({"spec": value, "metadata": {"managedFields": [value]}}),
                    seen: Precondition::default(),
                },
            ] {
                let _ = world.perform(&action(target.clone(), verb));
                world.settle_workloads();
            }
        }
    }
}
