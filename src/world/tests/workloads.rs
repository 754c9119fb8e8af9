use super::*;

fn names(world: &World, kind: Kind) -> Vec<String> {
    world.all(kind).iter().map(|object| object.reference().name.clone()).collect()
}

fn image(image: &str, replicas: i64) -> Value {
    deployment(
        &json!({"replicas": replicas, "template": {"spec": {"containers": [{"name": "m", "image": image}]}}}),
    )
}

#[test]
fn a_rollout_ends_with_ready_pods_of_the_new_template() {
    let mut world = world(&[]);
    let target = target(&image("1", 2));
    let mut steps = Vec::new();
    for (wanted, replicas, revision, sets) in [
        (image("1", 2), 2, "1", 1),
        (image("1", 1), 1, "1", 1),
        (image("2", 1), 1, "2", 2),
        (image("1", 1), 1, "3", 2),
        (image("1", 0), 0, "3", 2),
    ] {
        apply(&mut world, &wanted).unwrap();
        world.settle_workloads();
        assert_eq!(names(&world, Kind::ReplicaSet).len(), sets, "{wanted}");
        let pods = world.all(Kind::Pod);
        assert_eq!(pods.len(), replicas);
        for pod in &pods {
            let image = wanted.pointer("/spec/template/spec/containers/0/image");
            assert_eq!(pod.value().pointer("/spec/containers/0/image"), image);
            assert!(super::super::pods::is_ready(pod));
            assert_eq!(pod.controller().map(|set| set.kind), Some("ReplicaSet"));
            assert_eq!(pod.label("a"), Some("b"));
            assert!(pod.label("pod-template-hash").is_some());
        }
        let live = live(&world, &target).unwrap();
        assert_eq!(live.number("/status/observedGeneration"), live.generation());
        assert_eq!(live.number("/status/availableReplicas"), i64::try_from(replicas).ok());
        assert_eq!(live.annotation("deployment.kubernetes.io/revision"), Some(revision));
        let progressing = &live.value()["status"]["conditions"][1];
        assert_eq!(progressing["reason"], "NewReplicaSetAvailable");
        steps.push(live.generation());
        let before = world.snapshot().objects().cloned().collect::<Vec<_>>();
        world.settle_workloads();
        assert_eq!(world.snapshot().objects().cloned().collect::<Vec<_>>(), before, "settled");
        apply(&mut world, &wanted).unwrap();
        assert_eq!(world.snapshot().objects().cloned().collect::<Vec<_>>(), before, "applied");
    }
    assert_eq!(steps, (1..=5).map(Some).collect::<Vec<_>>());
}

#[test]
fn claims_are_bound_at_the_size_they_ask_for() {
    let claim = manifest(
        Kind::PersistentVolumeClaim,
        "p",
        &json!({"spec": {"resources": {"requests": {"storage": "1Gi"}}}}),
    );
    let mut world = world(std::slice::from_ref(&claim));
    world.settle_workloads();
    patch(
        &mut world,
        &target(&claim),
        json!({"spec": {"resources": {"requests": {"storage": "2Gi"}}}}),
    )
    .unwrap();
    world.settle_workloads();
    assert_eq!(
        at(&world, &target(&claim), "/status"),
        json!({"phase": "Bound", "capacity": {"storage": "2Gi"}})
    );
}
