//! What the operator would change on a live cluster, as unified diffs.

mod support;

use eevee_operator::action::Verb;
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::{self, Input};
use eevee_operator::object::{Object, ObjectRef};
use eevee_operator::offline::{self, Difference, difference};
use eevee_operator::render::render;
use eevee_operator::snapshot::ClusterSnapshot;
use eevee_operator::world::World;
use serde_json::{Value, json};
use std::sync::Arc;

/// Rounds within which a cluster settles.
const ROUNDS: usize = 8;

const CLUSTER: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main}
spec: {nats: {managed: {}}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec:
  image: echo:1
  ipcConfig: main
  moduleConfig: 'a: 1'
  envSecret: {name: credentials}
---
apiVersion: v1
kind: Secret
metadata: {name: credentials}
stringData: {PASSWORD: hunter2-hunter2}
";

const MODULE: &str = "
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo}
spec: {image: 'echo:1', ipcConfig: main, moduleConfig: 'a: 1', envSecret: {name: credentials}}
";

fn source(text: &str) -> Input {
    Input { name: "bot.yaml".to_owned(), text: text.to_owned() }
}

fn settle(mut world: World) -> ClusterSnapshot {
    for _ in 0..ROUNDS {
        let actions = render(world.snapshot());
        world.perform_all(&actions);
        world.settle_workloads();
    }
    world.into_snapshot()
}

fn settled() -> ClusterSnapshot {
    let loaded = manifest::load(&[source(CLUSTER)], support::defaults()).expect("a cluster");
    settle(offline::admitted(loaded))
}

fn edit(snapshot: &mut ClusterSnapshot, kind: Kind, name: &str, change: impl FnOnce(&mut Value)) {
    let reference = ObjectRef::new(kind, "eevee-bot", name);
    let object = snapshot.get(&reference).expect("known").expect("there");
    let mut object = Object::clone(object);
    change(object.value_mut());
    snapshot.insert(Arc::new(object));
}

fn differ(live: ClusterSnapshot, files: &[&str], show_secrets: bool) -> Difference {
    let sources: Vec<Input> = files.iter().map(|text| source(text)).collect();
    difference(live, &sources, "eevee-bot", show_secrets).unwrap_or_else(|why| panic!("{why}"))
}

/// The two headers of each diff.
fn headers(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let pairs =
        lines.windows(2).filter(|pair| pair[0].starts_with("--- ") && pair[1].starts_with("+++ "));
    pairs.map(|pair| format!("{} {}", pair[0], pair[1])).collect()
}

#[test]
fn a_settled_cluster_does_not_differ() {
    let mut busy = Vec::new();
    for fixture in support::fixtures("ok") {
        let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{unusable}"));
        let live = settle(offline::admitted(loaded));
        if !render(&live).is_empty() {
            continue;
        }
        let found = differ(live, &[], true);
        if !found.text.is_empty() {
            busy.push(format!("{}:\n{}", fixture.name, found.text));
        }
    }
    assert!(busy.is_empty(), "{} differ:\n{}", busy.len(), busy.join("\n"));
}

#[test]
fn a_cluster_with_work_to_do_differs() {
    let mut silent = Vec::new();
    for fixture in support::fixtures("ok") {
        let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{unusable}"));
        let live = offline::admitted(loaded).into_snapshot();
        // A takeover changes nothing but whose the fields are; what comes after it shows.
        let works = |verb: &Verb| {
            matches!(verb, Verb::Create(_) | Verb::Apply { .. } | Verb::Delete { .. })
        };
        let is_busy = render(&live).iter().any(|action| works(&action.verb));
        if is_busy && differ(live, &[], false).text.is_empty() {
            silent.push(fixture.name);
        }
    }
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn a_changed_field_shows_with_the_lines_around_it() {
    let found = differ(settled(), &[&MODULE.replace("echo:1", "echo:2")], false);
    let deployment = "Deployment eevee-bot/eevee-echo-module";
    assert_eq!(headers(&found.text), [format!("--- live {deployment} +++ wanted {deployment}")]);
    assert!(
        found.text.contains("\n-        image: echo:1\n+        image: echo:2\n"),
        "{}",
        found.text
    );
    for noise in ["resourceVersion", "managedFields", "status", "revision", "generation"] {
        assert!(!found.text.contains(noise), "{noise} in\n{}", found.text);
    }
    assert!(found.faults.is_empty() && found.notes.is_empty(), "{found:?}");
}

#[test]
fn the_same_files_differ_in_nothing() {
    assert_eq!(differ(settled(), &[CLUSTER], false).text, "");
}

#[test]
fn a_new_resource_is_shown_against_nothing() {
    let new =
        "apiVersion: eevee.bot/v1\nkind: BotModule\nmetadata: {name: new}\nspec: {image: a}\n";
    let found = differ(settled(), &[new], false);
    let wanted = "--- /dev/null +++ wanted Deployment eevee-bot/eevee-new-module";
    assert_eq!(headers(&found.text), [wanted]);
    assert!(found.text.lines().skip(3).all(|line| line.starts_with('+')), "{}", found.text);
    assert!(found.notes[0].contains("ownerReferences"), "{:?}", found.notes);
}

#[test]
fn what_goes_is_shown_to_nothing_in_the_order_of_render() {
    let found = differ(settled(), &[&MODULE.replace("moduleConfig: 'a: 1', ", "")], false);
    let deployment = "Deployment eevee-bot/eevee-echo-module";
    let wanted = [
        "--- live ConfigMap eevee-bot/eevee-echo-module-config +++ /dev/null".to_owned(),
        format!("--- live {deployment} +++ wanted {deployment}"),
    ];
    assert_eq!(headers(&found.text), wanted);
}

#[test]
fn drift_shows_without_files() {
    let mut live = settled();
    edit(&mut live, Kind::Deployment, "eevee-echo-module", |deployment| {
        deployment["spec"]["replicas"] = json!(7);
    });
    let text = differ(live, &[], false).text;
    assert!(text.contains("\n-  replicas: 7\n+  replicas: 1\n"), "{text}");
}

/// As an API server keeps it: other notations, defaults, and nothing that is empty.
#[test]
fn only_what_would_change_shows() {
    let spec = "image: 'echo:1', livenessProbe: {tcpSocket: {port: 80}, timeoutSeconds: 0, initialDelaySeconds: 0}, \
        resources: {limits: {cpu: 1000m, memory: 1024Mi}, requests: {cpu: 1.5m}}, \
        tolerations: [{key: a, operator: Equal, value: ''}], \
        extraEnv: [{name: A, valueFrom: {fieldRef: {apiVersion: '', fieldPath: metadata.name}}}, {name: B, value: ''}]";
    let module = |spec: &str| {
        format!(
            "apiVersion: eevee.bot/v1\nkind: BotModule\nmetadata: {{name: echo}}\nspec: {{{spec}}}\n"
        )
    };
    let loaded = manifest::load(&[source(&module(spec))], support::defaults()).expect("a module");
    let mut live = settle(offline::admitted(loaded));
    edit(&mut live, Kind::Deployment, "eevee-echo-module", |deployment| {
        let pod = deployment.pointer_mut("/spec/template/spec").expect("a pod");
        pod["tolerations"] = json!([{ "key": "a", "operator": "Equal" }]);
        let container = &mut pod["containers"][0];
        container["livenessProbe"] = json!({
            "tcpSocket": { "port": 80 },
            "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
        });
        container["resources"] =
            json!({ "limits": { "cpu": "1", "memory": "1Gi" }, "requests": { "cpu": "2m" } });
        for variable in container["env"].as_array_mut().expect("variables") {
            if variable["name"] == "B" {
                *variable = json!({ "name": "B" });
            }
        }
    });
    assert_eq!(differ(live.clone(), &[], false).text, "");
    let changed = [
        &module(&spec.replace("echo:1", "echo:2")),
        &module(&spec.replace("cpu: 1000m", "cpu: 2000m")),
    ];
    for (file, change) in changed.into_iter().zip(["image: echo:2", "cpu: 2000m"]) {
        let text = differ(live.clone(), &[file], false).text;
        let added: Vec<&str> =
            text.lines().filter(|line| line.starts_with("+ ")).map(str::trim).collect();
        assert_eq!(added.len(), 2, "{text}");
        assert!(added[0].contains("applied-digest") && added[1].contains(change), "{text}");
    }
}

/// A field that nobody sets any more falls back to the default, which may be what it was.
#[test]
fn a_field_that_falls_back_to_its_default_shows_as_that() {
    let probe = |fields: &str| {
        format!(
            "apiVersion: eevee.bot/v1\nkind: BotModule\nmetadata: {{name: echo}}\nspec: {{image: a, livenessProbe: {{tcpSocket: {{port: 80}}{fields}}}}}\n"
        )
    };
    let full = ", timeoutSeconds: 5, periodSeconds: 10, failureThreshold: 3";
    let loaded = manifest::load(&[source(&probe(full))], support::defaults()).expect("a module");
    let live = settle(offline::admitted(loaded));
    let text = differ(live, &[&probe("")], false).text;
    assert!(
        text.contains("-          timeoutSeconds: 5\n+          timeoutSeconds: 1\n"),
        "{text}"
    );
    assert!(
        !text.contains("-          periodSeconds") && !text.contains("-          failureThreshold"),
        "{text}"
    );
}

#[test]
fn a_changed_secret_shows_as_changed_and_is_not_told() {
    let token = "token-that-somebody-put-there";
    let change = || {
        let mut live = settled();
        edit(&mut live, Kind::Secret, "eevee-main-nats-token", |secret| {
            secret["data"]["token"] = offline_base64(token).into();
        });
        live
    };
    let masked = differ(change(), &[], false).text;
    // The server restarts, and once it is there, the module.
    let names = [
        "Secret eevee-bot/eevee-main-nats-config",
        "Deployment eevee-bot/eevee-echo-module",
        "Deployment eevee-bot/eevee-main-nats",
    ];
    let wanted = names.map(|name| format!("--- live {name} +++ wanted {name}"));
    assert_eq!(headers(&masked), wanted);
    assert!(masked.contains("\n-  nats.conf: secret-"), "{masked}");
    assert!(masked.contains("\n+  nats.conf: secret-"), "{masked}");
    assert!(masked.contains("\n-        eevee.bot/token-digest: digest-"), "{masked}");
    assert!(!masked.contains(token), "{masked}");
    let shown = differ(change(), &[], true).text;
    assert!(shown.contains(token), "{shown}");
    assert_eq!(differ(change(), &[], false).text, masked, "the same bytes");
}

#[test]
fn no_difference_tells_a_secret() {
    let mut looked_for = 0;
    for fixture in support::fixtures("ok") {
        let loaded = fixture.load().unwrap_or_else(|unusable| panic!("{unusable}"));
        let live = offline::admitted(loaded).into_snapshot();
        let after = settle(World::new(live.clone()));
        let text = differ(live.clone(), &[], false).text;
        for secret in support::secrets(&live).union(&support::secrets(&after)) {
            assert!(!text.contains(secret.trim()), "{}: {secret:?} in\n{text}", fixture.name);
            looked_for += 1;
        }
    }
    assert!(looked_for > 1000, "only {looked_for} values were looked for");
}

fn offline_base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn a_resource_that_cannot_be_rendered_is_named_with_its_file() {
    let missing = MODULE.replace("credentials", "missing");
    let found = differ(settled(), &[&missing], false);
    assert_eq!(found.faults.len(), 1, "{found:?}");
    let fault = &found.faults[0];
    assert!(fault.starts_with("bot.yaml: document 1, line 5: BotModule eevee-bot/echo"), "{fault}");
}

#[test]
fn other_objects_of_the_files_count_as_there_where_the_cluster_has_none() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: new}\nstringData: {A: b}\n";
    let module = MODULE.replace("credentials", "new");
    let found = differ(settled(), &[secret, &module], false);
    assert!(found.faults.is_empty(), "{found:?}");
    assert_eq!(found.notes.len(), 1, "{found:?}");
    assert!(found.notes[0].starts_with("Secret eevee-bot/new of the files"), "{found:?}");
    assert_eq!(headers(&found.text).len(), 1, "{}", found.text);
}

#[test]
fn files_that_cannot_be_used_are_refused() {
    for text in ["", "- a", "a: ["] {
        let refused = difference(settled(), &[source(text)], "eevee-bot", false);
        assert!(refused.is_err(), "{text:?}");
    }
}

#[test]
fn the_token_of_the_api_is_the_one_on_the_cluster() {
    let token = "apiVersion: v1\nkind: Secret\nmetadata: {name: eevee-operator-api-token}\nstringData: {token: from-the-chart}\n";
    let cluster = format!(
        "{}\n---\n{token}",
        CLUSTER.replace("image: echo:1", "image: echo:1\n  mountOperatorApiToken: true")
    );
    let mut defaults = support::defaults();
    defaults.settings.api_token = Some("from-the-chart".to_owned());
    let loaded = manifest::load(&[source(&cluster)], defaults).expect("a cluster");
    let mut live = settle(offline::admitted(loaded));
    live.settings.api_token = None;
    assert_eq!(differ(live, &[], false).text, "");
}

#[test]
fn what_the_former_operator_wrote_to_an_object_of_ours_differs() {
    let module = ObjectRef::new(Kind::Deployment, "eevee-bot", "eevee-echo-module");
    let mut world = World::new(settled());
    let probe = json!({ "httpGet": { "path": "/health", "port": 9000 } });
    let add = |name: &'static str, to: &mut Value| {
        to["spec"]["template"]["spec"]["containers"][0][name] = probe.clone();
    };
    world.change_as("kubectl-edit", &module, |live| add("readinessProbe", live)).expect("a change");
    assert_eq!(differ(world.snapshot().clone(), &[], false).text, "");
    world.change_as("node-fetch", &module, |live| add("livenessProbe", live)).expect("a change");
    let found = differ(world.into_snapshot(), &[], false).text;
    assert!(found.contains("\n-        livenessProbe:\n"), "{found}");
    assert!(!found.contains("\n-        readinessProbe:\n"), "{found}");
}

#[test]
fn what_takes_more_of_the_cluster_is_noted() {
    let asking = |size: &str, more: &str| {
        let claim = format!("resources: {{requests: {{storage: {size}}}}}");
        let module = MODULE.trim_end().strip_suffix('}').expect("a spec");
        format!("{module}, persistentVolumeClaim: {{{claim}}}{more}}}\n")
    };
    let both =
        CLUSTER.replace("  image: echo:1\n", "  image: echo:1\n  persistentVolumeClaim: {}\n");
    let loaded = manifest::load(&[source(&both)], support::defaults()).expect("a cluster");
    let mut live = settle(offline::admitted(loaded));
    edit(&mut live, Kind::PersistentVolumeClaim, "eevee-echo-module-pvc", |claim| {
        claim["status"] = json!({ "phase": "Bound", "capacity": { "storage": "1Gi" } });
    });
    let live = settle(World::new(live));
    assert_eq!(differ(live.clone(), &[&asking("1Gi", "")], false).notes, [""; 0]);
    let more = ", resources: {limits: {memory: 64Mi}, requests: {cpu: 10m, memory: 32Mi}}";
    let notes = differ(live, &[&asking("5Gi", more)], false).notes;
    assert_eq!(
        notes,
        [
            "PersistentVolumeClaim eevee-bot/eevee-echo-module-pvc grows from 1Gi to 5Gi, for which its spec asks: a claim cannot shrink again",
            "Deployment eevee-bot/eevee-echo-module: container module gets requests (cpu 10m, memory 32Mi) and limits (memory 64Mi), where it has none",
        ]
    );
}

#[test]
fn a_status_that_nobody_can_write_is_a_difference() {
    let mut live = settled();
    edit(&mut live, Kind::BotModule, "echo", |module| {
        module["status"]["conditions"] = json!([{}]);
    });
    let Difference { text, notes, unwritable, faults, .. } = differ(live.clone(), &[], false);
    assert_eq!((text.as_str(), notes.len(), faults.len()), ("", 0, 0));
    let [line] = &unwritable[..] else { panic!("{unwritable:?}") };
    assert!(
        line.starts_with("BotModule eevee-bot/echo: status.conditions[0] has no type: "),
        "{line}"
    );
    assert_eq!(differ(settle(World::new(live)), &[], false).unwritable, [""; 0]);
}

/// A Deployment that somebody made under the name of a module's.
const OTHER_SELECTOR: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: eevee-new-module}
spec:
  selector: {matchLabels: {app: new}}
  template:
    metadata: {labels: {app: new}}
    spec: {containers: [{name: new, image: a}]}
";

const NEW: &str = "
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: new}
spec: {image: a}
";

#[test]
fn what_the_api_server_would_refuse_is_said_of_files_and_of_the_cluster() {
    let cluster = format!("{CLUSTER}---{OTHER_SELECTOR}");
    let live = |cluster: &str| {
        let loaded = manifest::load(&[source(cluster)], support::defaults()).expect("a cluster");
        settle(offline::admitted(loaded))
    };
    let refusal = "BotModule eevee-bot/new: ApplyFailed: the API server refused to apply Deployment eevee-bot/eevee-new-module (HTTP 422)";
    let found = differ(live(&cluster), &[NEW], false);
    assert_eq!(found.refused.len(), 1, "{found:?}");
    assert!(
        found.refused[0].starts_with(&format!("bot.yaml: document 1, line 2: {refusal}")),
        "{found:?}"
    );
    let found = differ(live(&format!("{cluster}---{NEW}")), &[], false);
    assert_eq!(found.refused.len(), 1, "{found:?}");
    assert!(found.refused[0].starts_with(refusal), "{found:?}");
    assert_eq!(found.text, "");
}

#[test]
fn a_resource_of_the_cluster_that_waits_is_noted() {
    let mut live = settled();
    live.remove(&ObjectRef::new(Kind::Secret, "eevee-bot", "credentials"));
    let found = differ(live, &[], false);
    assert!(found.faults.is_empty(), "{found:?}");
    assert!(found.notes[0].starts_with("BotModule eevee-bot/echo: SecretNotFound: "), "{found:?}");
}

#[test]
fn a_resource_that_is_left_alone_is_noted() {
    let mut live = settled();
    edit(&mut live, Kind::BotModule, "echo", |module| {
        module["metadata"]["annotations"]["eevee.bot/paused"] = "true".into();
        module["spec"]["image"] = "echo:2".into();
    });
    let found = differ(live, &[], false);
    assert_eq!(found.text, "");
    assert_eq!(found.notes.len(), 1, "{found:?}");
    let note = &found.notes[0];
    assert!(note.starts_with("BotModule eevee-bot/echo is paused"), "{note}");
    assert!(note.contains("annotation eevee.bot/paused"), "{note}");
}

#[test]
fn a_credential_that_is_written_down_shows_as_changed_and_is_not_told() {
    let written = |password: &str| {
        let extra = format!("extraEnv: [{{name: DB_PASSWORD, value: {password}}}]");
        MODULE
            .replace("a: 1", &format!("password: {password}"))
            .replace("}}\n", &format!("}}, {extra}}}\n"))
    };
    let found = differ(settled(), &[&written("hunter2")], false);
    assert!(
        found.text.contains("DB_PASSWORD") && found.text.contains("password: secret"),
        "{}",
        found.text
    );
    assert!(!found.text.contains("hunter2"), "{}", found.text);
    let shown = differ(settled(), &[&written("hunter2")], true);
    assert!(shown.text.contains("hunter2"), "{}", shown.text);
}
