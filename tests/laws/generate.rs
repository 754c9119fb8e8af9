//! Clusters that nobody would think of: every optional field, broken references, and states in the
//! middle of the work.

use crate::law;
use eevee_operator::action::ApplyAction;
use eevee_operator::kinds::Kind;
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::render::render;
use eevee_operator::snapshot::{ClusterSnapshot, Entropy};
use eevee_operator::world::World;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};
use std::sync::Arc;

const NAMESPACES: [&str; 2] = ["eevee-bot", "elsewhere"];

/// A cluster in any state.
pub fn world() -> impl Strategy<Value = World> {
    let backups =
        (vec(s3_store(), 0..2), vec(backup_schedule(), 0..3), vec(backup_restore(), 0..3));
    let backups =
        backups.prop_map(|(stores, schedules, restores)| [stores, schedules, restores].concat());
    let resources = (
        vec(ipc_config(), 0..3),
        vec(bot_module(), 0..5),
        backups,
        vec(secret(), 0..5),
        any::<bool>(),
    );
    let fate = vec((0_usize..12, any::<Index>(), step()), 0..4);
    (resources, fate).prop_map(|((ipc_configs, modules, backups, secrets, watch), fate)| {
        let defaults = crate::support::defaults();
        let mut settings = defaults.settings;
        settings.watch_other_namespaces = watch;
        let mut snapshot = ClusterSnapshot::new(settings, defaults.now, defaults.entropy);
        for value in [ipc_configs, modules, backups, secrets].concat() {
            let object = Object::new(value, "eevee-bot").expect("an object");
            snapshot.insert(Arc::new(object));
        }
        let mut world = World::new(snapshot);
        world.admit();
        for (turn, (actions, which, step)) in (1..).zip(fate) {
            let first: Vec<ApplyAction> =
                render(world.snapshot()).into_iter().take(actions).collect();
            world.perform_all(&first);
            step.happen(&mut world, which);
            // As the operator draws it again for each look: a token that was lost does not come back.
            world.snapshot_mut().entropy = Entropy([turn; 32]);
        }
        world
    })
}

/// What happens to a cluster between two roundings.
#[derive(Clone, Debug)]
enum Step {
    Nothing,
    Work,
    Settle,
    Lose,
    Edit(Value),
    Disable,
    Rotate(String),
    /// Somebody writes a status, perhaps under another schema.
    Tell(Value),
    Unreadable,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Nothing),
        Just(Step::Work),
        Just(Step::Settle),
        Just(Step::Lose),
        module_spec().prop_map(Step::Edit),
        Just(Step::Disable),
        "[a-c]".prop_map(Step::Rotate),
        status().prop_map(Step::Tell),
        Just(Step::Unreadable),
    ]
}

impl Step {
    fn happen(self, world: &mut World, which: Index) {
        match self {
            Self::Nothing => {}
            Self::Work => world.settle_workloads(),
            Self::Settle => {
                let _ = law::settle(world);
                world.settle_workloads();
            }
            Self::Lose => {
                if let Some(lost) = pick(world, which, |kind| !kind.is_custom()) {
                    world.snapshot_mut().remove(&lost);
                }
            }
            Self::Edit(spec) => change(world, which, Kind::BotModule, |object| {
                object["spec"] = spec;
            }),
            Self::Disable => change(world, which, Kind::BotModule, |object| {
                object["spec"]["enabled"] = false.into();
            }),
            Self::Rotate(value) => change(world, which, Kind::IpcConfig, |object| {
                object["metadata"]["annotations"] = json!({ "eevee.bot/rotate-token": value });
            }),
            Self::Tell(status) => {
                if let Some(told) = pick(world, which, Kind::is_custom) {
                    law::edit(world.snapshot_mut(), &told, |object| {
                        object["status"] = status;
                    });
                }
            }
            Self::Unreadable => {
                if let Some(unknown) = pick(world, which, |kind| kind == Kind::Secret) {
                    world.snapshot_mut().set_unknown(unknown);
                }
            }
        }
    }
}

fn pick(world: &World, which: Index, of: impl Fn(Kind) -> bool) -> Option<ObjectRef> {
    let candidates: Vec<ObjectRef> = world
        .snapshot()
        .objects()
        .map(|object| object.reference().clone())
        .filter(|reference| of(reference.kind))
        .collect();
    (!candidates.is_empty()).then(|| which.get(&candidates).clone())
}

fn change(world: &mut World, which: Index, kind: Kind, change: impl FnOnce(&mut Value)) {
    let Some(target) = pick(world, which, |candidate| candidate == kind) else { return };
    law::edit(world.snapshot_mut(), &target, |object| {
        change(object);
        let generation = object["metadata"]["generation"].as_i64().unwrap_or(1);
        object["metadata"]["generation"] = (generation + 1).into();
        let version = object["metadata"]["resourceVersion"].as_str().unwrap_or("1");
        object["metadata"]["resourceVersion"] = format!("{version}0").into();
    });
}

fn named(kind: &'static str, names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let annotations = option::weighted(
        0.2,
        select(vec![
            json!({ "eevee.bot/paused": "true" }),
            json!({ "eevee.bot/reconcile-requested": "now" }),
            json!({ "eevee.bot/rotate-token": "once" }),
        ]),
    );
    // A second ago. The others have been there for a while.
    let created = option::weighted(0.3, Just("2026-01-02T03:04:04Z"));
    (select(names), select(&NAMESPACES), annotations, created).prop_map(
        move |(name, namespace, annotations, created)| {
            let mut metadata = json!({ "name": name, "namespace": namespace });
            if let Some(created) = created {
                metadata["creationTimestamp"] = created.into();
            }
            if let Some(annotations) = annotations {
                metadata["annotations"] = annotations;
            }
            json!({ "apiVersion": "eevee.bot/v1", "kind": kind, "metadata": metadata })
        },
    )
}

fn with_spec(
    resource: impl Strategy<Value = Value>,
    spec: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Value> {
    (resource, spec).prop_map(|(mut resource, spec)| {
        resource["spec"] = spec;
        resource
    })
}

fn ipc_config() -> impl Strategy<Value = Value> {
    with_spec(
        named("IpcConfig", &["main", "other", "a-name-of-exactly-forty-five-characters-long"]),
        ipc_spec(),
    )
}

fn bot_module() -> impl Strategy<Value = Value> {
    with_spec(named("BotModule", &["echo", "dice", "irc", "admin", "router"]), module_spec())
}

fn s3_store() -> impl Strategy<Value = Value> {
    let spec = chosen(crate::walk::store_fields()).prop_map(|mut spec| {
        spec["endpoint"] = json!("https://s3.example.org");
        spec["bucket"] = json!("bots");
        for half in ["accessId", "accessKey"] {
            spec[half] =
                json!({ "secretKeyRef": { "secret": { "name": "shared" }, "key": "token" } });
        }
        spec
    });
    with_spec(named("S3Store", &["minio", "missing"]), spec)
}

fn backup_schedule() -> impl Strategy<Value = Value> {
    let spec = chosen(crate::walk::schedule_fields()).prop_map(|mut spec| {
        spec["schedule"] = json!("0 3 * * *");
        spec["s3Store"] = json!({ "name": "minio" });
        spec
    });
    with_spec(named("BackupSchedule", &["nightly", "weekly"]), spec)
}

fn backup_restore() -> impl Strategy<Value = Value> {
    let module = select(vec!["echo", "dice", "irc"]);
    let spec = (chosen(crate::walk::restore_fields()), module).prop_map(|(mut spec, module)| {
        spec["botModule"] = json!({ "name": module });
        spec["s3Store"] = json!({ "name": "minio" });
        spec
    });
    with_spec(named("BackupRestore", &["monday", "tuesday", "friday"]), spec)
}

fn ipc_spec() -> impl Strategy<Value = Value> {
    let managed = fields(vec![
        ("enabled", select(vec![json!(true), json!(true), json!(false)]).boxed()),
        ("image", Just(json!("nats:2")).boxed()),
        ("replicas", select(vec![json!(1), json!(3), json!(0)]).boxed()),
        ("metrics", any::<bool>().prop_map(Value::from).boxed()),
        ("metricsPort", select(vec![json!(7777), json!(4222)]).boxed()),
        ("nodeSelector", Just(json!({ "disk": "ssd" })).boxed()),
        ("tolerations", Just(json!([{ "operator": "Exists" }])).boxed()),
        ("resources", Just(json!({ "requests": { "cpu": "10m" } })).boxed()),
        ("podAnnotations", Just(json!({ "a/b": "c" })).boxed()),
        ("priorityClassName", Just(json!("high")).boxed()),
        ("imagePullSecrets", Just(json!([{ "name": "pull" }])).boxed()),
    ]);
    let token = fields(vec![
        ("generate", any::<bool>().prop_map(Value::from).boxed()),
        (
            "secretKeyRef",
            select(vec![
                json!({ "secret": { "name": "shared" }, "key": "secret" }),
                json!({ "secret": { "name": "eevee-main-nats-token" } }),
                json!({ "secret": { "namespace": "elsewhere" } }),
                json!({ "key": "host" }),
            ])
            .boxed(),
        ),
    ]);
    (managed, token)
        .prop_map(|(managed, token)| json!({ "nats": { "managed": managed, "token": token } }))
}

/// Every optional field of a module, each in half of the cases.
fn module_spec() -> impl Strategy<Value = Value> {
    chosen(crate::walk::module_fields()).prop_map(|mut spec| {
        spec["image"] = json!("ghcr.io/eeveebot/echo:1");
        spec
    })
}

/// One of its values for each field, in half of the cases.
fn chosen(all: Vec<(&'static str, Vec<Value>)>) -> impl Strategy<Value = Value> {
    fields(all.into_iter().map(|(name, values)| (name, select(values).boxed())).collect())
}

/// What a status may hold that was written under another schema, or none.
fn status() -> impl Strategy<Value = Value> {
    let condition = |kind: Value| json!({ "type": kind, "status": "True", "reason": "R", "message": "m", "lastTransitionTime": "2026-01-01T00:00:00Z" });
    let conditions = vec(
        select(vec![
            json!({}),
            json!({ "status": "True" }),
            json!(null),
            json!("Ready"),
            json!([]),
            condition(json!("Ready")),
            condition(json!("Stalled")),
            condition(json!("Theirs")),
            condition(json!("")),
            condition(json!(7)),
            condition(json!(null)),
            json!({ "type": "Ready", "status": true }),
        ]),
        0..5,
    );
    let whole = fields(vec![
        ("conditions", conditions.prop_map(Value::from).boxed()),
        ("observedGeneration", select(vec![json!(1), json!("1"), json!(1.5), json!({})]).boxed()),
        ("replicas", select(vec![json!(1), json!(null), json!([])]).boxed()),
        ("theirs", select(vec![json!(1), json!({ "a": [] })]).boxed()),
    ]);
    prop_oneof![
        whole,
        select(vec![
            json!(null),
            json!("Ready"),
            json!([]),
            json!({ "conditions": {} }),
            json!({ "conditions": "none" })
        ]),
    ]
}

fn fields(fields: Vec<(&'static str, BoxedStrategy<Value>)>) -> impl Strategy<Value = Value> {
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, value)| {
            option::weighted(0.4, value).prop_map(move |value| (name, value)).boxed()
        })
        .collect();
    fields.prop_map(|fields| {
        let set = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(set.collect::<Map<_, _>>())
    })
}

fn secret() -> impl Strategy<Value = Value> {
    let data = select(vec![
        json!({ "token": "YWJj", "host": "bmF0cy5leGFtcGxlLm9yZw==" }),
        json!({ "token": "" }),
        json!({ "secret": "cXVpdGU=" }),
        json!({ "key": "a2V5" }),
        json!({}),
    ]);
    let mark = option::weighted(0.3, Just(json!({ "eevee.bot/generated-by": "eevee-operator" })));
    let names = vec![
        "eevee-main-nats-token",
        "shared",
        "credentials",
        "eevee-operator-api-token",
        "eevee-operator-digest-key",
        "eevee-main-nats-routes",
        "eevee-main-nats-config",
    ];
    (select(names), select(&NAMESPACES), data, mark).prop_map(|(name, namespace, data, mark)| {
        let mut metadata = json!({ "name": name, "namespace": namespace });
        if let Some(mark) = mark {
            metadata["annotations"] = mark;
        }
        json!({ "apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data })
    })
}
