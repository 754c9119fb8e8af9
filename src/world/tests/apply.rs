use super::*;

fn config(data: &Value) -> Value {
    manifest(Kind::ConfigMap, "c", &json!({"data": data}))
}

#[test]
fn what_is_no_longer_applied_goes_unless_somebody_owns_it() {
    let mut world = world(&[]);
    let target = target(&config(&json!({})));
    apply(&mut world, &config(&json!({"a": "1", "b": "1"}))).unwrap();
    assert_eq!(
        at(&world, &target, "/metadata/managedFields/0/fieldsV1"),
        json!({"f:data": {"f:a": {}, "f:b": {}}})
    );
    patch(&mut world, &target, json!({"data": {"x": "1"}})).unwrap();
    apply(&mut world, &config(&json!({"a": "2"}))).unwrap();
    assert_eq!(at(&world, &target, "/data"), json!({"a": "2", "x": "1"}));
}

#[test]
fn an_apply_that_changes_nothing_leaves_the_version() {
    let mut world = world(&[]);
    let wanted = deployment(&json!({"replicas": 2}));
    apply(&mut world, &wanted).unwrap();
    let before = live(&world, &target(&wanted)).unwrap();
    apply(&mut world, &wanted).unwrap();
    assert_eq!(live(&world, &target(&wanted)).unwrap(), before);
    assert_eq!(before.generation(), Some(1));
    apply(&mut world, &deployment(&json!({"replicas": 3}))).unwrap();
    let after = live(&world, &target(&wanted)).unwrap();
    assert_eq!((after.generation(), after.resource_version()), (Some(2), Some("2")));
    apply(&mut world, &deployment(&json!({"replicas": 3, "template": {"spec": {"hostname": ""}}})))
        .unwrap();
    let taken = live(&world, &target(&wanted)).unwrap();
    assert_eq!(taken.resource_version(), Some("3"), "a new owner is a change");
}

#[test]
fn the_first_apply_does_not_take_what_is_others() {
    let owners = json!([entry("kubectl", "Update", &json!({"f:data": {"f:a": {}}}))]);
    for (owners, owner) in [(owners, "kubectl"), (json!([]), "before-first-apply")] {
        let mut object = config(&json!({"a": "1"}));
        object["metadata"]["managedFields"] = owners;
        let mut world = world(&[object]);
        let wanted = config(&json!({"a": "2"}));
        let target = target(&wanted);
        let first = Verb::Apply { manifest: wanted.clone(), seen: None };
        let message =
            format!("Apply failed with 1 conflict: conflict with \"{owner}\" using v1: .data.a");
        assert_eq!(send(&mut world, target.clone(), first), Err((409, message)));
        let same = Verb::Apply { manifest: config(&json!({"a": "1"})), seen: None };
        assert_eq!(send(&mut world, target.clone(), same), Ok(()));
        apply(&mut world, &wanted).unwrap();
        let managed = at(&world, &target, "/metadata/managedFields");
        assert_eq!(managed.as_array().map(Vec::len), Some(1), "taken over: {managed}");
        assert_eq!(at(&world, &target, "/data/a"), json!("2"));
    }
}

#[test]
fn items_are_merged_by_key_in_the_order_of_the_applied() {
    let env = |names: &[&str]| {
        let env: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
        deployment(&json!({"template": {"spec": {"containers": [{"name": "m", "env": env}]}}}))
    };
    // Tried on a real server.
    for (live, applied, expected) in [
        (&["A", "B", "C"][..], &["X", "C", "Y", "A"][..], &["B", "X", "C", "Y", "A"][..]),
        (&["B", "X", "C", "Y", "A"], &["B", "Z"], &["B", "X", "C", "Y", "A", "Z"]),
        (&[], &["A"], &["A"]),
        (&["A"], &[], &["A"]),
        (&["A", "B"], &["B", "A"], &["B", "A"]),
    ] {
        let mut world = world(&[env(live)]);
        let wanted = env(applied);
        apply(&mut world, &wanted).unwrap();
        let merged = at(&world, &target(&wanted), "/spec/template/spec/containers/0/env");
        let names: Vec<&str> =
            merged.as_array().into_iter().flatten().filter_map(|v| v["name"].as_str()).collect();
        assert_eq!(names, expected);
    }
}

#[test]
fn a_dropped_map_takes_its_defaults_along_and_a_sidecar_stays() {
    let mut world = world(&[]);
    let pod = |container: Value, volumes: Value| {
        deployment(&json!({"template": {"spec": {"containers": [container], "volumes": volumes}}}))
    };
    let probed = json!({"name": "m", "image": "i", "livenessProbe": {"httpGet": {"path": "/"}}});
    let wanted = pod(probed, json!([{"name": "v", "emptyDir": {}}]));
    let target = target(&wanted);
    apply(&mut world, &wanted).unwrap();
    let defaulted = json!([
        {"name": "m", "image": "i", "livenessProbe": {"httpGet": {"path": "/", "scheme": "HTTP"}, "periodSeconds": 10}},
        {"name": "sidecar"},
    ]);
    let mut owned_by_nobody = live(&world, &target).unwrap().value().clone();
    owned_by_nobody["spec"]["template"]["spec"]["containers"] = defaulted;
    let mut world = super::world(&[owned_by_nobody]);
    apply(&mut world, &pod(json!({"name": "m", "image": "j"}), json!(null))).unwrap();
    assert_eq!(
        at(&world, &target, "/spec/template/spec/containers"),
        json!([{"name": "m", "image": "j", "resources": {}}, {"name": "sidecar", "resources": {}}])
    );
    assert_eq!(at(&world, &target, "/spec/template/spec/volumes"), json!(null));
}

#[test]
fn a_status_is_applied_whole_and_the_rest_stays() {
    let module = manifest(
        Kind::BotModule,
        "m",
        &json!({"spec": {"a": 1}, "status": {"old": 1, "conditions": [{"type": "Old"}]}}),
    );
    let mut world = world(std::slice::from_ref(&module));
    let target = target(&module);
    let status = |status: Value, uid: Option<&str>| Verb::Status {
        status,
        seen: Precondition { uid: uid.map(str::to_owned), resource_version: None },
    };
    let ready = json!({"conditions": [{"type": "Ready", "status": "True"}]});
    assert_eq!(
        send(&mut world, target.clone(), status(ready.clone(), Some("x"))).unwrap_err().0,
        422
    );
    send(&mut world, target.clone(), status(ready.clone(), None)).unwrap();
    assert_eq!(at(&world, &target, "/status"), ready);
    assert_eq!(at(&world, &target, "/metadata/generation"), json!(1));
    assert_eq!(at(&world, &target, "/metadata/managedFields/0/subresource"), json!("status"));
    let before = live(&world, &target);
    send(&mut world, target.clone(), status(ready, None)).unwrap();
    assert_eq!(live(&world, &target), before);
    patch(&mut world, &target, json!({"status": {"x": 1}, "spec": {"a": 2}})).unwrap();
    assert_eq!(at(&world, &target, "/status/x"), json!(null));
    assert_eq!(at(&world, &target, "/metadata/generation"), json!(2));
}

#[test]
fn fields_of_a_status_that_others_own_stay() {
    let mut module =
        manifest(Kind::BotModule, "m", &json!({"status": {"theirs": 1, "nobodys": 1}}));
    let mut theirs = entry("other", "Update", &json!({"f:status": {"f:theirs": {}}}));
    theirs["subresource"] = json!("status");
    module["metadata"]["managedFields"] = json!([theirs]);
    let mut world = world(std::slice::from_ref(&module));
    let verb = Verb::Status { status: json!({"ours": 1}), seen: Precondition::default() };
    send(&mut world, target(&module), verb).unwrap();
    assert_eq!(at(&world, &target(&module), "/status"), json!({"ours": 1, "theirs": 1}));
}

#[test]
fn metadata_is_never_emptied() {
    let mut world = world(&[]);
    let labelled = manifest(
        Kind::ConfigMap,
        "c",
        &json!({"metadata": {"labels": {"a": "b"}, "finalizers": []}}),
    );
    apply(&mut world, &labelled).unwrap();
    let target = target(&labelled);
    assert_eq!(
        at(&world, &target, "/metadata/managedFields/0/fieldsV1"),
        json!({"f:metadata": {"f:labels": {"f:a": {}}}})
    );
    apply(&mut world, &config(&json!({"a": "1"}))).unwrap();
    assert_eq!(at(&world, &target, "/metadata/labels"), json!(null));
    let odd = json!([entry("eevee-operator", "Apply", &json!({"f:metadata": {}}))]);
    patch(&mut world, &target, json!({"metadata": {"managedFields": odd}})).unwrap();
    apply(&mut world, &config(&json!({"a": "2"}))).unwrap();
    assert_eq!(at(&world, &target, "/data/a"), json!("2"));
}

#[test]
fn applying_less_and_then_the_same_is_one_change() {
    let container = |limits: Value| {
        let container = json!({"name": "m", "image": "i", "resources": {"limits": limits}});
        deployment(&json!({"template": {"spec": {"containers": [container]}}}))
    };
    let mut world = world(&[]);
    let less = container(json!({}));
    apply(&mut world, &container(json!({"cpu": "1"}))).unwrap();
    apply(&mut world, &less).unwrap();
    let before = live(&world, &target(&less));
    apply(&mut world, &less).unwrap();
    assert_eq!(live(&world, &target(&less)), before);
}

#[test]
fn annotations_of_a_deployment_are_a_new_generation_and_its_labels_are_not() {
    let mut world = world(&[]);
    let mut wanted = deployment(&json!({}));
    for (field, generation) in [("labels", 1), ("annotations", 2)] {
        apply(&mut world, &wanted).unwrap();
        wanted["metadata"][field] = json!({"a": "b"});
        apply(&mut world, &wanted).unwrap();
        assert_eq!(
            at(&world, &target(&wanted), "/metadata/generation"),
            json!(generation),
            "{field}"
        );
    }
}

#[test]
fn what_is_empty_is_applied_and_left_out() {
    let mut world = world(&[]);
    let wanted = deployment(
        &json!({"template": {"spec": {"tolerations": [], "nodeSelector": {}, "securityContext": {}}}}),
    );
    apply(&mut world, &wanted).unwrap();
    let pod = at(&world, &target(&wanted), "/spec/template/spec");
    assert_eq!((pod.get("tolerations"), pod.get("nodeSelector")), (None, None));
    assert_eq!(pod.get("securityContext"), Some(&json!({})));
    let owned =
        at(&world, &target(&wanted), "/metadata/managedFields/0/fieldsV1/f:spec/f:template/f:spec");
    assert_eq!((&owned["f:tolerations"], &owned["f:nodeSelector"]), (&json!({}), &json!({})));
}
