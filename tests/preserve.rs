//! Snapshots of clusters as files tell no secret. That they render as the cluster does is a law.

mod support;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use eevee_operator::action::Subject;
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{self, Input};
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::offline::{self, snapshot_as_yaml};
use eevee_operator::render::{alone, render};
use eevee_operator::snapshot::{Answer, ClusterSnapshot, Outcome};
use eevee_operator::world::World;
use serde_json::{Value, json};
use std::sync::Arc;

/// Rounds within which a cluster settles.
const ROUNDS: usize = 8;

/// Each ok fixture as it is and settled, under its name.
fn clusters() -> Vec<(String, World)> {
    let mut clusters = Vec::new();
    for fixture in support::fixtures("ok") {
        let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{unusable}"));
        let world = offline::admitted(loaded);
        let mut settled = world.clone();
        for _ in 0..ROUNDS {
            let actions = render(settled.snapshot());
            settled.perform_all(&actions);
            settled.settle_workloads();
        }
        clusters.push((format!("{}, settled", fixture.name), settled));
        clusters.push((fixture.name, world));
    }
    clusters
}

#[test]
fn a_snapshot_tells_no_secret() {
    let mut looked_for = 0;
    for (name, world) in clusters() {
        let text = snapshot_as_yaml(world.snapshot());
        for secret in support::secrets(world.snapshot()) {
            assert!(!text.contains(secret.trim()), "{name}: {secret:?} is told in\n{text}");
            looked_for += 1;
        }
    }
    assert!(looked_for > 1000, "only {looked_for} values were looked for");
}

/// A settled cluster of a NATS server and a module whose environment comes from a Secret, after
/// somebody has changed it.
fn settled(change: impl FnOnce(&mut ClusterSnapshot)) -> World {
    settled_from(CLUSTER, change)
}

const CLUSTER: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {nats: {managed: {replicas: 3}}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec:
  image: echo:1
  ipcConfig: main
  envSecret: {name: credentials}
  extraEnv: [{name: PLAIN, value: hunter2-hunter2}]
---
apiVersion: v1
kind: Secret
metadata:
  name: credentials
  annotations: {note: 'the password is hunter2-hunter2'}
stringData:
  A: hunter2-hunter2
  B: hunter2-hunter2
  C: hunter2-hunter2-and-more
  D: ''
  E: eevee-bot
  F: IfNotPresent
  G: eevee-main-nats
data: {H: /w==}
---
apiVersion: v1
kind: Secret
metadata: {name: eevee-main-nats-token, annotations: {eevee.bot/generated-by: eevee-operator}}
stringData: {token: token-of-the-server, host: eevee-main-nats.eevee-bot.svc.cluster.local}
";

fn settled_from(text: &str, change: impl FnOnce(&mut ClusterSnapshot)) -> World {
    let source = Input { name: "cluster.yaml".to_owned(), text: text.to_owned() };
    let loaded = manifest::load(&[source], support::defaults()).expect("a cluster");
    let mut world = offline::admitted(loaded);
    for _ in 0..ROUNDS {
        let actions = render(world.snapshot());
        world.perform_all(&actions);
        world.settle_workloads();
    }
    change(world.snapshot_mut());
    world
}

fn read(text: &str) -> ClusterSnapshot {
    let source = Input { name: "snapshot.yaml".to_owned(), text: text.to_owned() };
    let loaded = manifest::load(&[source], support::defaults()).expect("a snapshot is read");
    assert!(loaded.faults.is_empty(), "{}", loaded.faults[0]);
    loaded.snapshot
}

fn object<'a>(snapshot: &'a ClusterSnapshot, kind: Kind, name: &str) -> &'a Object {
    snapshot.get(&ObjectRef::new(kind, "eevee-bot", name)).expect("known").expect("there")
}

fn value(snapshot: &ClusterSnapshot, secret: &str, key: &str) -> String {
    let value = object(snapshot, Kind::Secret, secret).secret_value(key).expect("a value");
    String::from_utf8(value).expect("text")
}

fn edit(snapshot: &mut ClusterSnapshot, kind: Kind, name: &str, change: impl FnOnce(&mut Value)) {
    let mut object = object(snapshot, kind, name).clone();
    change(object.value_mut());
    snapshot.insert(Arc::new(object));
}

#[test]
fn the_same_value_has_the_same_mask_wherever_it_stands() {
    let text = snapshot_as_yaml(settled(|_| {}).snapshot());
    let snapshot = read(&text);
    let of = |key: &str| value(&snapshot, "credentials", key);
    let mask = of("A");
    assert!(mask.starts_with("secret-0"), "{mask}");
    assert_eq!(of("B"), mask);
    assert_ne!(of("C"), mask);
    assert_eq!(of("D"), "");
    assert!(object(&snapshot, Kind::Secret, "credentials").secret_value("H").is_some());
    let variable = "/spec/template/spec/containers/0/env";
    let module = object(&snapshot, Kind::Deployment, "eevee-echo-module");
    let plain = |variables: &Value| {
        let mut variables = variables.as_array().expect("a list").iter();
        variables.find(|one| one["name"] == "PLAIN").map(|one| one["value"].clone())
    };
    assert_eq!(plain(module.value().pointer(variable).expect("env")), Some(json!(mask)));
    let resource = object(&snapshot, Kind::BotModule, "echo");
    assert_eq!(resource.at("/spec/extraEnv").and_then(plain), Some(json!(mask)));
}

#[test]
fn what_others_noted_on_a_secret_is_masked() {
    let world = settled(|snapshot| {
        edit(snapshot, Kind::Secret, "eevee-main-nats-token", |secret| {
            let copy = r#"{"data":{"token":"b2xkLXRva2Vu"}}"#;
            secret["metadata"]["annotations"]["example.com/copy"] = copy.into();
            secret["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
                copy.into();
        });
    });
    let text = snapshot_as_yaml(world.snapshot());
    assert!(!text.contains("b2xkLXRva2Vu") && !text.contains("the password is"), "{text}");
    let snapshot = read(&text);
    let credentials = object(&snapshot, Kind::Secret, "credentials");
    assert_eq!(credentials.annotation("note"), Some("masked"));
    let token = object(&snapshot, Kind::Secret, "eevee-main-nats-token");
    assert_eq!(token.annotation("example.com/copy"), Some("masked"));
    assert_eq!(token.annotation("eevee.bot/generated-by"), Some("eevee-operator"));
    assert!(render(&snapshot).is_empty());
}

/// Credentials that no Secret holds, each in a place of its own. Those that begin with `plain` are
/// none.
const WRITTEN_DOWN: &str = r#"
apiVersion: eevee.bot/v1
kind: BotModule
metadata:
  name: echo
  annotations:
    example.com/api-token: annotation-of-the-resource
    kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"moduleConfig":"password: config-password-1"}}'
spec:
  image: echo:1
  metrics: true
  moduleConfig: |
    # plain-comment
    irc:
      nick: plain-nick
      password: config-password-1
      nickserv_pass: abc
      pin: 24680
    database: postgres://plain-user:url-password@db/plain-path
    max_tokens: 4096
  extraEnv:
  - {name: PLAIN, value: plain-value}
  - {name: DB_PASSWORD, value: env-password}
  - {name: API_KEY, value: xyz}
  - {name: REDIS, value: 'redis://:redis-password@plain-host/0'}
  - {name: REPEATED, value: the config-password-1 once more}
  podAnnotations: {example.com/webhook: annotation-of-the-pods, example.com/plain: plain-annotation}
  livenessProbe:
    httpGet:
      path: /health
      port: 9000
      httpHeaders:
      - {name: Authorization, value: Bearer header-password}
      - {name: X-Plain, value: plain-header}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: whole}
spec:
  image: echo:1
  moduleConfig: |
    plain: nothing
    key: |
      -----BEGIN PRIVATE KEY-----
      private-key-line
      -----END PRIVATE KEY-----
"#;

#[test]
fn credentials_that_are_written_down_are_masked_wherever_they_stand() {
    let world = settled_from(WRITTEN_DOWN, |_| {});
    assert!(render(world.snapshot()).is_empty(), "it is settled");
    let text = snapshot_as_yaml(world.snapshot());
    for told in [
        "annotation-of-the-resource",
        "config-password-1",
        "abc\n",
        "24680",
        "url-password",
        "env-password",
        "xyz",
        "redis-password",
        "annotation-of-the-pods",
        "header-password",
        "private-key-line",
        "last-applied",
    ] {
        assert!(!text.contains(told), "{told:?} is told in\n{text}");
    }
    for plain in [
        "# plain-comment",
        "nick: plain-nick",
        "postgres://plain-user:secret-",
        "@db/plain-path",
        "max_tokens: 4096",
        "value: plain-value",
        "@plain-host/0",
        "plain-annotation",
        "plain-header",
    ] {
        assert!(text.contains(plain), "{plain:?} is masked in\n{text}");
    }
    let snapshot = read(&text);
    assert!(render(&snapshot).is_empty(), "the masks are settled, too");
    let config = object(&snapshot, Kind::BotModule, "echo").text("/spec/moduleConfig");
    let map = object(&snapshot, Kind::ConfigMap, "eevee-echo-module-config");
    assert_eq!(config, map.at("/data").and_then(|data| data["config.yaml"].as_str()));
}

#[test]
fn a_drifted_object_tells_no_credential_either() {
    let world = settled_from(WRITTEN_DOWN, |snapshot| {
        edit(snapshot, Kind::ConfigMap, "eevee-echo-module-config", |map| {
            map["data"]["config.yaml"] = "password: 'former-password'\nplain: former\n".into();
        });
        edit(snapshot, Kind::Deployment, "eevee-echo-module", |deployment| {
            let sidecar = json!({ "name": "sidecar", "env": [{ "name": "TOKEN", "value": "sidecar-token" }] });
            let containers = &mut deployment["spec"]["template"]["spec"]["containers"];
            containers.as_array_mut().expect("a list").push(sidecar);
        });
    });
    let text = snapshot_as_yaml(world.snapshot());
    assert!(!text.contains("former-password") && !text.contains("sidecar-token"), "{text}");
    assert!(text.contains("plain: former"), "{text}");
    let targets = |snapshot: &ClusterSnapshot| -> Vec<String> {
        let actions = render(snapshot).into_iter();
        actions.map(|one| format!("{} {}", one.verb.name(), one.target)).collect()
    };
    assert_eq!(targets(&read(&text)), targets(world.snapshot()));
}

#[test]
fn what_the_operator_writes_by_itself_is_no_secret() {
    let text = snapshot_as_yaml(settled(|_| {}).snapshot());
    let snapshot = read(&text);
    assert!(render(&snapshot).is_empty());
    for key in ["E", "F", "G"] {
        assert!(value(&snapshot, "credentials", key).starts_with("secret"));
    }
    let host = value(&snapshot, "eevee-main-nats-token", "host");
    assert_eq!(host, "eevee-main-nats.eevee-bot.svc.cluster.local");
}

#[test]
fn the_configuration_of_nats_stands_there_with_masks() {
    let snapshot = read(&snapshot_as_yaml(settled(|_| {}).snapshot()));
    let file = value(&snapshot, "eevee-main-nats-config", "nats.conf");
    let token = value(&snapshot, "eevee-main-nats-token", "token");
    let password = value(&snapshot, "eevee-main-nats-routes", "password");
    assert!(file.contains(&format!("token: \"{token}\"")), "{file}");
    assert!(file.contains(&format!("nats-route://routes:{password}@")), "{file}");
}

#[test]
fn a_secret_that_no_object_holds_any_more_does_not_stay_in_the_configuration() {
    let world = settled(|snapshot| {
        edit(snapshot, Kind::Secret, "eevee-main-nats-token", |secret| {
            secret["data"]["token"] = STANDARD.encode("another-token").into();
        });
    });
    let snapshot = read(&snapshot_as_yaml(world.snapshot()));
    let file = value(&snapshot, "eevee-main-nats-config", "nats.conf");
    assert!(!file.contains("token-of-the-server"), "{file}");
    assert!(file.contains("\n# masked: secret-0"), "{file}");
    assert!(file.contains("lame_duck_duration"), "{file}");
}

#[test]
fn a_token_that_nats_cannot_use_stays_one() {
    let long = "x".repeat(5000);
    for token in [b"$2a$11$abc".as_slice(), b"", b"\xff\xfe", b"a\0b", long.as_bytes()] {
        let world = settled(|snapshot| {
            edit(snapshot, Kind::Secret, "eevee-main-nats-token", |secret| {
                secret["data"]["token"] = STANDARD.encode(token).into();
            });
        });
        let messages = |snapshot: &ClusterSnapshot| -> Vec<String> {
            let actions = render(snapshot);
            let status = actions.iter().filter_map(|action| match &action.verb {
                eevee_operator::action::Verb::Status { status, .. } => Some(status),
                _ => None,
            });
            status.map(|status| status["conditions"][0].to_string()).collect()
        };
        let live = messages(world.snapshot());
        assert!(live.iter().any(|message| message.contains("TokenNotFound")), "{live:?}");
        assert_eq!(messages(&read(&snapshot_as_yaml(world.snapshot()))), live);
    }
}

#[test]
fn a_module_that_runs_on_an_old_token_still_does() {
    let digest = "/spec/template/metadata/annotations/eevee.bot~1token-digest";
    let of = |snapshot: &ClusterSnapshot, name: &str| {
        let deployment = object(snapshot, Kind::Deployment, name);
        deployment.value().pointer(digest).cloned().expect("a digest")
    };
    for is_old in [false, true] {
        let world = settled(|snapshot| {
            // The server is still starting, so that the module keeps the digest that it has.
            edit(snapshot, Kind::Deployment, "eevee-main-nats", |server| {
                server["status"]["updatedReplicas"] = 0.into();
            });
            edit(snapshot, Kind::Deployment, "eevee-echo-module", |module| {
                if is_old {
                    *module.pointer_mut(digest).expect("a digest") = "0123".into();
                }
            });
        });
        let snapshot = read(&snapshot_as_yaml(world.snapshot()));
        let (server, module) = ("eevee-main-nats", "eevee-echo-module");
        assert_eq!(of(&snapshot, server) == of(&snapshot, module), !is_old);
        assert_ne!(of(&snapshot, server), of(world.snapshot(), server));
    }
}

#[test]
fn digests_of_secret_data_fit_and_those_of_manifests_are_written_out() {
    let text = snapshot_as_yaml(settled(|_| {}).snapshot());
    for digest in ["token-digest", "env-digest", "config-hash"] {
        assert!(text.contains(&format!("eevee.bot/{digest}: fits\n")), "{digest} in\n{text}");
    }
    assert!(text.contains("eevee.bot/applied-digest: "), "{text}");
    assert!(!text.contains("eevee.bot/applied-digest: fits"), "{text}");
}

#[test]
fn a_word_that_somebody_has_put_in_place_of_a_digest_fits_nothing() {
    let world = settled(|snapshot| {
        edit(snapshot, Kind::Deployment, "eevee-echo-module", |module| {
            module["metadata"]["annotations"]["eevee.bot/applied-digest"] = "fits".into();
        });
    });
    let read = read(&snapshot_as_yaml(world.snapshot()));
    let applies = |snapshot: &ClusterSnapshot| {
        render(snapshot).iter().any(|action| action.verb.name() == "Apply")
    };
    assert!(applies(world.snapshot()) && applies(&read));
}

#[test]
fn all_that_is_known_beside_objects_is_read_back() {
    let bot = |name: &str| Subject::of(Kind::BotModule, "eevee-bot", name);
    let world = settled(|snapshot| {
        snapshot.settings.api_service = "api".to_owned();
        snapshot.settings.api_port = 9001;
        snapshot.settings.cluster_domain = "cluster.example".to_owned();
        snapshot.served.set(Kind::IpcConfig, "ipcconfig");
        snapshot.set_unlisted(Kind::Pod);
        snapshot.set_unknown(ObjectRef::new(Kind::Secret, "eevee-bot", "unread"));
        let refusal = Answer {
            target: ObjectRef::new(Kind::Secret, "eevee-bot", "eevee-operator-digest-key"),
            request: "a request".to_owned(),
            resource_version: Some("7".to_owned()),
            generation: None,
            outcome: Outcome::Refused {
                verb: "Create".to_owned(),
                code: 403,
                message: "no hunter2-hunter2 here".to_owned(),
                retry_at: snapshot.now,
            },
        };
        let rewritten =
            Answer { outcome: Outcome::Rewritten { field: "spec".to_owned() }, ..refusal.clone() };
        snapshot.answers.insert(Subject::Operator, vec![refusal.clone()]);
        snapshot.answers.insert(Subject::Namespace("eevee-bot".into()), vec![refusal]);
        snapshot.answers.insert(bot("echo"), vec![rewritten]);
        snapshot.only = [Subject::Operator, bot("echo")].into();
    });
    let live = world.snapshot();
    let text = snapshot_as_yaml(live);
    let mut read = read(&text);
    assert!(!text.contains("hunter2"), "{text}");
    for refusal in read.answers.values_mut().flatten() {
        if let Outcome::Refused { message, .. } = &mut refusal.outcome {
            assert!(message.starts_with("no secret-0"), "{message}");
            *message = "no hunter2-hunter2 here".to_owned();
        }
    }
    read.settings.api_token.clone_from(&live.settings.api_token);
    assert_eq!(read.settings, live.settings);
    assert_eq!(read.now, live.now);
    assert_eq!(read.served, live.served);
    assert_eq!(read.answers, live.answers);
    assert_eq!(read.only, live.only);
    assert!(read.unlisted().eq(live.unlisted()));
    assert!(read.unknown().eq(live.unknown()));
    assert_eq!(snapshot_as_yaml(&read).lines().count(), text.lines().count());
}

#[test]
fn a_cluster_without_a_digest_key_gets_none_by_being_read() {
    let world = settled(|snapshot| {
        let key = ObjectRef::new(Kind::Secret, "eevee-bot", "eevee-operator-digest-key");
        snapshot.remove(&key);
    });
    let text = snapshot_as_yaml(world.snapshot());
    assert!(text.contains("digestKey: false"), "{text}");
}

#[test]
fn the_neighbourhood_of_one_resource_is_rendered_for_that_one_alone() {
    let name = |name: &str| ("eevee-bot".to_owned(), name.to_owned());
    let (namespace, module) = name("echo");
    let module = Subject::of(Kind::BotModule, namespace, module);
    let (namespace, server) = name("main");
    let server = Subject::of(Kind::IpcConfig, namespace, server);
    for subject in [module, server] {
        let part = |world: &World| read(&snapshot_as_yaml(&alone(world.snapshot(), &subject)));
        assert!(render(&part(&settled(|_| {}))).is_empty(), "{subject}");
        let drifted = settled(|snapshot| {
            for name in ["eevee-echo-module", "eevee-main-nats"] {
                edit(snapshot, Kind::Deployment, name, |deployment| {
                    deployment["spec"]["replicas"] = 7.into();
                });
            }
        });
        let targets = |snapshot: &ClusterSnapshot| -> Vec<String> {
            let of_subject = render(snapshot).into_iter().filter(|one| one.subject == subject);
            of_subject.map(|one| format!("{} {}", one.verb.name(), one.target)).collect()
        };
        let alone = part(&drifted);
        assert_eq!(targets(&alone), targets(drifted.snapshot()));
        assert_eq!(targets(&alone).len(), render(&alone).len(), "others are rendered, too");
    }
}
