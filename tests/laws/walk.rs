//! A→B→A: each optional field set, changed and removed leaves no trace.

use crate::law::{self, settle, text};
use crate::support;
use eevee_operator::kinds::Kind;
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::snapshot::ClusterSnapshot;
use eevee_operator::world::World;
use serde_json::{Value, json};
use std::sync::Arc;

/// Every optional field of a module with two values each.
pub fn module_fields() -> Vec<(&'static str, Vec<Value>)> {
    let probe = |path: &str| json!({ "httpGet": { "path": path, "port": 80 }, "periodSeconds": 7 });
    vec![
        (
            "bootstrapFromBackup",
            vec![
                json!({ "s3Store": { "name": "minio" } }),
                json!({ "s3Store": { "name": "missing" }, "image": "backup:1" }),
            ],
        ),
        ("enabled", vec![json!(false), json!(true)]),
        ("size", vec![json!(0), json!(3)]),
        ("pullPolicy", vec![json!("Never"), json!("IfNotPresent")]),
        ("imagePullPolicy", vec![json!("Never"), json!("IfNotPresent")]),
        ("metrics", vec![json!(true), json!(false)]),
        ("metricsPort", vec![json!(9100), json!(9200)]),
        ("ipcConfig", vec![json!("main"), json!("missing")]),
        ("moduleName", vec![json!("connector-irc"), json!("other")]),
        ("moduleConfig", vec![json!("a: 1\n"), json!("b: [2\n")]),
        (
            "persistentVolumeClaim",
            vec![
                json!({}),
                json!({ "accessModes": ["ReadWriteMany"], "resources": { "requests": { "storage": "2Gi" } } }),
            ],
        ),
        ("volumeMountPath", vec![json!("/var/lib/data"), json!("/srv")]),
        ("envSecret", vec![json!({ "name": "credentials" }), json!({ "name": "missing" })]),
        ("mountOperatorApiToken", vec![json!(true), json!(false)]),
        ("livenessProbe", vec![probe("/live"), probe("/alive")]),
        ("readinessProbe", vec![probe("/ready"), probe("/set")]),
        ("startupProbe", vec![probe("/start"), probe("/begin")]),
        (
            "resources",
            vec![
                json!({ "requests": { "cpu": "100m" }, "limits": { "memory": "64Mi" } }),
                json!({ "requests": { "memory": "1Gi" } }),
            ],
        ),
        ("backupSchedule", vec![json!({ "name": "nightly" }), json!({ "name": "weekly" })]),
        ("configReload", vec![json!("HotReload"), json!("Restart")]),
        (
            "strategy",
            vec![
                json!({ "type": "Recreate" }),
                json!({ "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1 } }),
            ],
        ),
        ("nodeSelector", vec![json!({ "disk": "ssd" }), json!({ "zone": "a" })]),
        (
            "tolerations",
            vec![
                json!([{ "key": "a", "operator": "Exists" }]),
                json!([{ "key": "b", "operator": "Exists" }]),
            ],
        ),
        (
            "affinity",
            vec![
                json!({ "podAntiAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": [{ "topologyKey": "kubernetes.io/hostname" }] } }),
                json!({ "nodeAffinity": {} }),
            ],
        ),
        (
            "topologySpreadConstraints",
            vec![
                json!([{ "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway" }]),
                json!([{ "maxSkew": 2, "topologyKey": "host", "whenUnsatisfiable": "DoNotSchedule" }]),
            ],
        ),
        ("imagePullSecrets", vec![json!([{ "name": "pull" }]), json!([{ "name": "other" }])]),
        ("serviceAccountName", vec![json!("runner"), json!("walker")]),
        ("priorityClassName", vec![json!("high"), json!("low")]),
        ("terminationGracePeriodSeconds", vec![json!(2), json!(90)]),
        ("podSecurityContext", vec![json!({ "runAsUser": 1000 }), json!({ "fsGroup": 5 })]),
        (
            "securityContext",
            vec![json!({ "privileged": true }), json!({ "readOnlyRootFilesystem": true })],
        ),
        ("podAnnotations", vec![json!({ "a/b": "c" }), json!({ "d": "e" })]),
        ("podLabels", vec![json!({ "team": "bots" }), json!({ "tier": "1" })]),
        (
            "extraEnv",
            vec![
                json!([{ "name": "METRICS_PORT", "value": "1" }, { "name": "MORE", "value": "x" }]),
                json!([{ "name": "MORE", "value": "y" }]),
            ],
        ),
    ]
}

/// Every optional field of an IpcConfig's managed server with two values each.
fn managed_fields() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("enabled", vec![json!(false), json!(true)]),
        ("image", vec![json!("nats:2"), json!("nats:3")]),
        ("imagePullPolicy", vec![json!("Always"), json!("Never")]),
        (
            "resources",
            vec![json!({ "requests": { "cpu": "10m" } }), json!({ "limits": { "cpu": "1" } })],
        ),
        ("replicas", vec![json!(3), json!(5)]),
        ("nodeSelector", vec![json!({ "disk": "ssd" }), json!({ "zone": "a" })]),
        (
            "tolerations",
            vec![json!([{ "operator": "Exists" }]), json!([{ "key": "b", "operator": "Exists" }])],
        ),
        ("affinity", vec![json!({ "nodeAffinity": {} }), json!({ "podAffinity": {} })]),
        ("imagePullSecrets", vec![json!([{ "name": "pull" }]), json!([{ "name": "other" }])]),
        ("priorityClassName", vec![json!("high"), json!("low")]),
        ("podAnnotations", vec![json!({ "a/b": "c" }), json!({ "d": "e" })]),
        ("metrics", vec![json!(false), json!(true)]),
        ("metricsPort", vec![json!(7000), json!(7001)]),
        ("metricsImage", vec![json!("exporter:1"), json!("exporter:2")]),
    ]
}

/// Every optional field of an S3Store.
pub fn store_fields() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("prefix", vec![json!("eu/"), json!("us/")]),
        ("region", vec![json!("eu-central-1"), json!("us-west-2")]),
        ("pathStyle", vec![json!(true), json!(false)]),
        ("signatureV2", vec![json!(true), json!(false)]),
        ("caBundle", vec![json!("a"), json!("b")]),
    ]
}

/// Every optional field of a BackupRestore.
pub fn restore_fields() -> Vec<(&'static str, Vec<Value>)> {
    let of_schedules = schedule_fields().into_iter().filter(|(name, _)| {
        [
            "image",
            "imagePullPolicy",
            "activeDeadlineSeconds",
            "scratch",
            "resources",
            "podSecurityContext",
            "securityContext",
        ]
        .contains(name)
    });
    let own = [
        ("backupId", vec![json!("monday-morning"), json!("../elsewhere")]),
        ("cleanRestore", vec![json!(true), json!(false)]),
        ("from", vec![json!({ "namespace": "former" }), json!({ "module": "parrot" })]),
    ];
    of_schedules.chain(own).collect()
}

/// Every optional field of a BackupSchedule.
pub fn schedule_fields() -> Vec<(&'static str, Vec<Value>)> {
    vec![
        ("image", vec![json!("backup:1"), json!("backup:2")]),
        ("imagePullPolicy", vec![json!("Always"), json!("Never")]),
        ("timeZone", vec![json!("Europe/Berlin"), json!("America/New_York")]),
        ("suspend", vec![json!(true), json!(false)]),
        ("keep", vec![json!({ "last": 3, "daily": 7 }), json!({ "monthly": 12 })]),
        ("drill", vec![json!({ "schedule": "@weekly" }), json!({ "schedule": "0 5 * * 0" })]),
        ("activeDeadlineSeconds", vec![json!(60), json!(600)]),
        (
            "scratch",
            vec![
                json!({ "spec": { "storageClassName": "fast" } }),
                json!({ "spec": { "resources": { "requests": { "storage": "2Gi" } } } }),
            ],
        ),
        (
            "resources",
            vec![
                json!({ "requests": { "cpu": "100m" }, "limits": { "memory": "64Mi" } }),
                json!({ "requests": { "memory": "1Gi" } }),
            ],
        ),
        ("podSecurityContext", vec![json!({ "runAsUser": 1000 }), json!({ "fsGroup": 5 })]),
        (
            "securityContext",
            vec![json!({ "runAsNonRoot": true }), json!({ "capabilities": { "add": ["CHOWN"] } })],
        ),
    ]
}

#[test]
fn every_field_of_a_store_can_be_set_changed_and_removed() {
    let store = ObjectRef::new(Kind::S3Store, "eevee-bot", "minio");
    for (field, values) in store_fields() {
        walk(&store, "/spec", field, &values);
    }
}

#[test]
fn every_field_of_a_schedule_can_be_set_changed_and_removed() {
    let schedule = ObjectRef::new(Kind::BackupSchedule, "eevee-bot", "nightly");
    for (field, values) in schedule_fields() {
        walk(&schedule, "/spec", field, &values);
    }
}

#[test]
fn every_field_of_a_module_that_is_backed_up_can_be_set_changed_and_removed() {
    let module = ObjectRef::new(Kind::BotModule, "eevee-bot", "dice");
    for (field, values) in module_fields() {
        walk(&module, "/spec", field, &values);
    }
}

#[test]
fn every_field_of_a_module_can_be_set_changed_and_removed() {
    let module = ObjectRef::new(Kind::BotModule, "eevee-bot", "echo");
    for (field, values) in module_fields() {
        walk(&module, "/spec", field, &values);
    }
}

#[test]
fn every_field_of_a_nats_server_can_be_set_changed_and_removed() {
    let ipc_config = ObjectRef::new(Kind::IpcConfig, "eevee-bot", "main");
    for (field, values) in managed_fields() {
        walk(&ipc_config, "/spec/nats/managed", field, &values);
    }
}

#[test]
fn the_walk_names_every_optional_field_of_the_schema() {
    let crds = eevee_operator::crd::crds();
    let fields = |index: usize, pointer: &str| -> Vec<String> {
        let pointer =
            format!("/spec/versions/0/schema/openAPIV3Schema/properties{pointer}/properties");
        let fields = crds[index].pointer(&pointer).and_then(Value::as_object).expect("a schema");
        fields.keys().cloned().collect()
    };
    let named = |fields: Vec<(&str, Vec<Value>)>, and: &[&str]| -> Vec<String> {
        let names = fields.into_iter().map(|(name, _)| name).chain(and.iter().copied());
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names
    };
    let required = ["accessId", "accessKey", "bucket", "endpoint"];
    assert_eq!(named(store_fields(), &required), fields(2, "/spec"));
    assert_eq!(named(schedule_fields(), &["s3Store", "schedule"]), fields(3, "/spec"));
    assert_eq!(named(restore_fields(), &["botModule", "s3Store"]), fields(4, "/spec"));
    assert_eq!(named(module_fields(), &["image"]), fields(0, "/spec"));
    assert_eq!(named(managed_fields(), &[]), fields(1, "/spec/properties/nats/properties/managed"));
}

fn walk(resource: &ObjectRef, pointer: &str, field: &str, values: &[Value]) {
    let fresh = settled();
    let mut world = settled();
    let before = resource_of(&fresh, resource).at(&format!("{pointer}/{field}")).cloned();
    for value in values.iter().map(Some).chain([before.as_ref()]) {
        set(&mut world, resource, pointer, field, value);
        settle(&mut world).unwrap_or_else(|why| panic!("{field} {value:?}: {why}"));
        world.settle_workloads();
        settle(&mut world).unwrap_or_else(|why| panic!("{field} {value:?}: {why}"));
    }
    assert_eq!(objects(&world, field), objects(&fresh, field), "{field} left a trace");
    assert!(!text(&world).is_empty());
}

fn resource_of(world: &World, resource: &ObjectRef) -> Arc<Object> {
    Arc::clone(world.snapshot().get(resource).expect("a cluster").expect("a resource"))
}

fn settled() -> World {
    let defaults = support::defaults();
    let mut snapshot = ClusterSnapshot::new(defaults.settings, defaults.now, defaults.entropy);
    let access = json!({ "secretKeyRef": { "secret": { "name": "credentials" }, "key": "A" } });
    let resources = [
        json!({ "apiVersion": "eevee.bot/v1", "kind": "IpcConfig", "metadata": { "name": "main" }, "spec": { "nats": { "managed": {} } } }),
        json!({ "apiVersion": "eevee.bot/v1", "kind": "BotModule", "metadata": { "name": "echo" }, "spec": { "image": "echo:1" } }),
        json!({ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "credentials" }, "data": { "A": "Qg==" } }),
        json!({ "apiVersion": "eevee.bot/v1", "kind": "BotModule", "metadata": { "name": "dice" }, "spec": { "image": "dice:1", "persistentVolumeClaim": {}, "backupSchedule": { "name": "nightly" } } }),
        json!({ "apiVersion": "eevee.bot/v1", "kind": "BackupSchedule", "metadata": { "name": "nightly" }, "spec": { "schedule": "0 3 * * *", "s3Store": { "name": "minio" } } }),
        json!({ "apiVersion": "eevee.bot/v1", "kind": "S3Store", "metadata": { "name": "minio" }, "spec": { "endpoint": "https://s3.example.org", "bucket": "bots", "accessId": access, "accessKey": access } }),
    ];
    for resource in resources {
        snapshot.insert(Arc::new(Object::new(resource, "eevee-bot").expect("an object")));
    }
    let mut world = World::new(snapshot);
    world.admit();
    for _ in 0..3 {
        settle(&mut world).expect("a fresh cluster settles");
        world.settle_workloads();
    }
    settle(&mut world).expect("a fresh cluster settles");
    world
}

fn set(world: &mut World, resource: &ObjectRef, pointer: &str, field: &str, value: Option<&Value>) {
    law::edit(world.snapshot_mut(), resource, |object| {
        let fields = object.pointer_mut(pointer).and_then(Value::as_object_mut).expect("a spec");
        match value {
            Some(value) => fields.insert(field.to_owned(), value.clone()),
            None => fields.remove(field),
        };
        let generation = object["metadata"]["generation"].as_i64().unwrap_or(1);
        object["metadata"]["generation"] = (generation + 1).into();
    });
}

/// What the operator keeps, without what a walk may leave: a claim outlives what asked for it, and
/// ReplicaSets, pods and statuses are the cluster's own.
fn objects(world: &World, field: &str) -> Vec<String> {
    let kept = |kind: Kind| match kind {
        kind if kind.is_custom() => false,
        Kind::ReplicaSet | Kind::Pod => false,
        // A claim stays, and that it has its data.
        Kind::PersistentVolumeClaim => {
            !["bootstrapFromBackup", "persistentVolumeClaim"].contains(&field)
        }
        _ => true,
    };
    world
        .snapshot()
        .objects()
        .filter(|object| kept(object.reference().kind))
        .map(|object| {
            let mut value = object.value().clone();
            for field in
                ["resourceVersion", "managedFields", "generation", "uid", "creationTimestamp"]
            {
                value["metadata"].as_object_mut().expect("metadata").remove(field);
            }
            value.as_object_mut().expect("an object").remove("status");
            if let Some(annotations) =
                value["metadata"].get_mut("annotations").and_then(Value::as_object_mut)
            {
                annotations.remove("deployment.kubernetes.io/revision");
            }
            format!("{}\n{value:#}", object.reference())
        })
        .collect()
}
