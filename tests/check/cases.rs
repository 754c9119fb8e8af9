//! What can be wrong, one thing each.

use crate::cluster::{change, insert, operator, published, remove, seen, time, unlist};
use eevee_operator::check::{Facts, Moment, Server, Verdict};
use eevee_operator::crd;
use eevee_operator::kinds::Kind;
use eevee_operator::manifest::give_digest_key;
use eevee_operator::object::ObjectRef;
use serde_json::{Value, json};

type Case = (&'static str, fn(&mut Facts));

pub fn all() -> impl Iterator<Item = Case> {
    [SERVER, CRDS, ACCESS, INSTALLATION, OTHERS, PLACE, BOT, BACKUPS, UNSEEN]
        .into_iter()
        .flatten()
        .copied()
}

const SERVER: &[Case] = &[
    ("no API server answers", |facts| {
        facts.server = Err("the API server does not answer: connection refused".to_owned());
    }),
    ("the API server is old", |facts| server(facts, "v1.32.4+k3s1")),
    ("the API server says no version", |facts| server(facts, "")),
    ("this machine's clock is ahead", |facts| facts.now = time("2026-01-02T03:14:05Z")),
    ("this machine's clock is behind", |facts| facts.now = time("2026-01-02T03:03:00Z")),
    ("no proxy lets the header Date through", |facts| seen(&mut facts.server).date = None),
];

fn server(facts: &mut Facts, version: &str) {
    let date = seen(&mut facts.server).date;
    facts.server = Ok(Server { version: version.to_owned(), date });
}

const CRDS: &[Case] = &[
    ("nothing is served", |facts| {
        facts.served = Ok([].into());
        facts.bot = Err("the cluster does not serve its resources".to_owned());
        facts.health.clear();
    }),
    ("no BotModule is served", |facts| {
        seen(&mut facts.served).remove(&Kind::BotModule);
    }),
    ("no backups are served", |facts| {
        seen(&mut facts.served).remove(&Kind::BackupSchedule);
    }),
    ("kinds in lowercase", |facts| {
        let mut crds = crd::crds();
        for crd in &mut crds {
            let kind = crd["spec"]["names"]["kind"].as_str().expect("a kind").to_lowercase();
            crd["spec"]["names"]["kind"] = kind.into();
        }
        facts.schemas = Ok(published(crds));
        for name in seen(&mut facts.served).values_mut() {
            *name = name.to_lowercase();
        }
    }),
    ("a schema lacks a field", |facts| {
        schema(facts, |module| drop(fields(module).remove("backupSchedule")));
    }),
    ("a schema lacks a field, before an installation", |facts| {
        facts.moment = Moment::Before;
        schema(facts, |module| drop(fields(module).remove("backupSchedule")));
    }),
    ("a schema has another default", |facts| {
        schema(facts, |module| fields(module)["size"]["default"] = 2.into());
    }),
    ("a schema has more fields", |facts| {
        schema(facts, |module| drop(fields(module).insert("later".to_owned(), json!({}))));
    }),
    ("a schema is not published", |facts| facts.schemas = Ok(published(crd::crds().split_off(1)))),
];

/// Changes the schema of BotModules.
fn schema(facts: &mut Facts, change: fn(&mut Value)) {
    change(&mut seen(&mut facts.schemas)["components"]["schemas"]["bot.eevee.v1.BotModule"]);
}

fn fields(schema: &mut Value) -> &mut serde_json::Map<String, Value> {
    schema["properties"]["spec"]["properties"].as_object_mut().expect("fields")
}

const ACCESS: &[Case] = &[
    ("a right is lacking", |facts| {
        let answers = &mut seen(&mut facts.reviews).answers;
        answers
            .iter_mut()
            .find(|(right, _)| right.to_string() == "delete secrets")
            .expect("it")
            .1 = Ok(false);
    }),
    ("no right at all", nothing_is_allowed),
    ("a right of all namespaces, and one of one object, are lacking", |facts| {
        let mut reviews = crate::cluster::reviews(eevee_operator::check::needed("bots", None));
        for (right, answer) in &mut reviews.answers {
            let right = right.to_string();
            if right == "patch botmodules.eevee.bot/status"
                || right == "update leases.coordination.k8s.io eevee-operator"
            {
                *answer = Ok(false);
            }
        }
        facts.reviews = Ok(reviews);
    }),
    ("a right of the installer is lacking", |facts| {
        *facts = crate::cluster::before();
        let answers = &mut seen(&mut facts.reviews).answers;
        answers.iter_mut().find(|(right, _)| right.resource == "roles").expect("it").1 = Ok(false);
    }),
    ("the installer may make no CRDs", |facts| {
        *facts = crate::cluster::before();
        let answers = &mut seen(&mut facts.reviews).answers;
        answers.iter_mut().find(|(right, _)| right.within.is_none()).expect("it").1 = Ok(false);
    }),
    ("the installer may do nothing", |facts| {
        *facts = crate::cluster::before();
        nothing_is_allowed(facts);
    }),
    ("a review has no answer", |facts| {
        seen(&mut facts.reviews).answers[3].1 = Err("no answer for 10 s".to_owned());
    }),
];

fn nothing_is_allowed(facts: &mut Facts) {
    for (_, answer) in &mut seen(&mut facts.reviews).answers {
        *answer = Ok(false);
    }
}

const INSTALLATION: &[Case] = &[
    ("no operator", |facts| {
        facts.operators = Ok(Vec::new());
        facts.lease = Ok(None);
    }),
    ("an operator outside of the cluster", |facts| facts.operators = Ok(Vec::new())),
    ("an operator without pods", |facts| operator(facts)["status"] = json!({})),
    ("an operator with one pod of two", |facts| operator(facts)["spec"]["replicas"] = 2.into()),
    ("an operator whose change is being rolled out", |facts| {
        operator(facts)["status"]["replicas"] = 2.into();
    }),
    ("an operator whose change nobody has looked at", |facts| {
        operator(facts)["metadata"]["generation"] = 2.into();
    }),
    ("an operator whose change does not start", |facts| {
        let status = &mut operator(facts)["status"];
        status["replicas"] = 2.into();
        status["conditions"] = json!([{
            "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded",
            "message": "ReplicaSet \"eevee-operator-abc\" has timed out progressing.",
        }]);
    }),
    ("an operator that is scaled to 0", |facts| operator(facts)["spec"]["replicas"] = 0.into()),
    ("an operator of another version", |facts| {
        operator(facts)["metadata"]["labels"]["app.kubernetes.io/version"] = "3.1.0".into();
    }),
    ("CRDs of another version", |facts| {
        seen(&mut facts.definitions)[0]["metadata"]["labels"]["helm.sh/chart"] =
            "crds-3.0.0-rc.1".into();
    }),
    ("a bot of another version", |facts| {
        change(facts, Kind::BotModule, "echo", |module| {
            module["metadata"]["labels"]["helm.sh/chart"] = "bot-2.4.3".into();
            module["metadata"]["annotations"]["meta.helm.sh/release-name"] = "irc".into();
        });
    }),
    ("no Lease", |facts| facts.lease = Ok(None)),
    ("a Lease that nobody holds", |facts| lease(facts, "holderIdentity", "".into())),
    ("a Lease that has expired", |facts| {
        lease(facts, "renewTime", "2026-01-02T02:00:00.0Z".into());
    }),
    ("a Lease from the future", |facts| lease(facts, "renewTime", "2026-01-02T03:06:00.0Z".into())),
    ("a Lease that holds for ever", |facts| {
        lease(facts, "leaseDurationSeconds", i64::MAX.into());
        lease(facts, "renewTime", "2026-01-01T00:00:00.0Z".into());
    }),
    ("a Lease without a time", |facts| lease(facts, "renewTime", Value::Null)),
    ("no API token", |facts| facts.token = Ok(None)),
    ("an API token that is empty", |facts| {
        let token = facts.token.as_mut().expect("seen").as_mut().expect("a Secret");
        token.value_mut()["data"] = json!({});
    }),
    ("an API token that nobody gives", |facts| {
        operator(facts)["spec"]["template"]["spec"]["containers"][0]["env"] = json!([]);
        facts.token = Ok(None);
    }),
    ("an API token in the open", |facts| {
        operator(facts)["spec"]["template"]["spec"]["containers"][0]["env"] =
            json!([{ "name": "EEVEE_OPERATOR_API_TOKEN", "value": "operators-own-token" }]);
        facts.token = Ok(None);
    }),
    ("modules have another API token", |facts| {
        change(facts, Kind::Secret, "eevee-operator-api-token", |secret| {
            secret["data"]["token"] = "YW5vdGhlci1hcGktdG9rZW4=".into();
        });
    }),
    ("no Service", |facts| facts.service = Ok(None)),
    ("a Service with another port", |facts| service(facts)["ports"][0]["port"] = 80.into()),
    ("a Service for others", |facts| {
        service(facts)["selector"]["app.kubernetes.io/name"] = "x".into();
    }),
];

fn lease(facts: &mut Facts, field: &str, value: Value) {
    facts.lease.as_mut().expect("seen").as_mut().expect("a Lease")["spec"][field] = value;
}

fn service(facts: &mut Facts) -> &mut Value {
    &mut facts.service.as_mut().expect("seen").as_mut().expect("a Service")["spec"]
}

const OTHERS: &[Case] = &[
    ("the TypeScript operator alone", |facts| former(operator(facts))),
    ("the TypeScript operator alone, before an installation", |facts| {
        facts.moment = Moment::Before;
        former(operator(facts));
    }),
    ("the TypeScript operator is scaled to 0", |facts| {
        former(operator(facts));
        operator(facts)["spec"]["replicas"] = 0.into();
    }),
    ("both operators", |facts| {
        let mut other = operator(facts).clone();
        other["metadata"]["name"] = "old".into();
        former(&mut other);
        seen(&mut facts.operators).push(other);
    }),
    ("the TypeScript operator of another namespace", |facts| {
        let mut other = operator(facts).clone();
        former(&mut other);
        elsewhere(facts, other);
    }),
    ("a second one for all namespaces", |facts| {
        let other = operator(facts).clone();
        elsewhere(facts, other);
    }),
    ("the TypeScript operator's client has written", |facts| {
        change(facts, Kind::BotModule, "echo", |module| {
            module["metadata"]["managedFields"] = json!([{ "manager": "node-fetch", "operation": "Update", "time": "2026-01-02T03:01:05Z" }]);
        });
    }),
];

fn former(deployment: &mut Value) {
    deployment["metadata"]["labels"]["app.kubernetes.io/version"] = "2.2.8".into();
    let container = &mut deployment["spec"]["template"]["spec"]["containers"][0];
    *container =
        json!({ "name": "operator", "image": "ghcr.io/eeveebot/operator:2.2.8", "env": [] });
}

fn elsewhere(facts: &mut Facts, mut other: Value) {
    other["metadata"]["namespace"] = "others".into();
    let env = &mut other["spec"]["template"]["spec"]["containers"][0]["env"];
    let variables = env.as_array_mut().expect("variables");
    variables.retain(|variable| variable["name"] != "WATCH_OTHER_NAMESPACES");
    variables.push(json!({ "name": "WATCH_OTHER_NAMESPACES", "value": "true" }));
    facts.elsewhere = Ok(vec![other]);
}

const PLACE: &[Case] = &[
    ("no namespace", |facts| {
        facts.place = Ok(None);
        facts.trials.clear();
    }),
    ("a restricted namespace", |facts| {
        refused(
            facts,
            "pods \"eevee-check-x\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false",
        );
    }),
    ("a namespace where backups alone are refused", |facts| {
        refused(
            facts,
            "pods is forbidden: violates PodSecurity \"restricted:latest\": runAsUser=0",
        );
        facts.trials[0].is_optional = true;
    }),
    ("a quota that lets no further pod in", |facts| {
        refused(
            facts,
            "pods is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2",
        );
    }),
    ("a policy against pods", |facts| {
        refused(facts, "admission webhook \"no\" denied the request:\n\u{1b}[31mno\u{7}\u{202e}");
    }),
    ("a quota that is used up", |facts| {
        facts.quotas = Ok(vec![json!({
            "metadata": { "name": "few" },
            "status": {
                "hard": { "pods": "2", "requests.memory": "1Gi", "services.loadbalancers": "0" },
                "used": { "pods": "2", "requests.memory": "1023Mi", "services.loadbalancers": "0" },
            },
        })]);
    }),
    ("a quota that has room", |facts| {
        facts.quotas = Ok(vec![json!({
            "metadata": { "name": "many" },
            "status": { "hard": { "limits.cpu": "2" }, "used": { "limits.cpu": "1999m" } },
        })]);
    }),
    ("no default StorageClass", |facts| {
        seen(&mut facts.classes)[0]["metadata"]["annotations"] = json!({});
    }),
    ("a claim without a class", |facts| {
        facts.classes = Ok(Vec::new());
        claim(facts, |_| {});
    }),
    ("a claim whose class is not there", |facts| {
        claim(facts, |claim| claim["spec"]["storageClassName"] = "slow".into());
    }),
    ("a claim that asks for no class", |facts| {
        claim(facts, |claim| claim["spec"]["storageClassName"] = "".into());
    }),
    ("a claim that nobody binds", |facts| claim(facts, |_| {})),
    ("a claim that waits for its pod", |facts| {
        seen(&mut facts.classes)[0]["volumeBindingMode"] = "WaitForFirstConsumer".into();
        claim(facts, |_| {});
    }),
    ("a claim that has lost its volume", |facts| {
        claim(facts, |claim| claim["status"]["phase"] = "Lost".into());
    }),
];

fn refused(facts: &mut Facts, words: &str) {
    facts.trials[0].verdict = Ok(Verdict::Refused(words.to_owned()));
}

fn claim(facts: &mut Facts, more: fn(&mut Value)) {
    change(facts, Kind::PersistentVolumeClaim, "eevee-echo-module-pvc", |claim| {
        claim["status"]["phase"] = "Pending".into();
        more(claim);
    });
}

const BOT: &[Case] = &[
    ("no bot", |facts| {
        let names: Vec<ObjectRef> =
            seen(&mut facts.bot).objects().map(|object| object.reference().clone()).collect();
        for name in &names {
            seen(&mut facts.bot).remove(name);
        }
        facts.health.clear();
    }),
    ("no Secret of variables", |facts| remove(facts, Kind::Secret, "words")),
    ("no Secret to pull images with", |facts| remove(facts, Kind::Secret, "registry")),
    ("no IpcConfig", |facts| remove(facts, Kind::IpcConfig, "main")),
    ("an image that cannot be pulled", |facts| {
        change(facts, Kind::Pod, "eevee-echo-module-1", |pod| {
            pod["status"]["containerStatuses"][0]["state"] = json!({
                "waiting": { "reason": "ImagePullBackOff", "message": "Back-off pulling image \"echo:1\"" },
            });
        });
    }),
    ("the operator's own image cannot be pulled", |facts| {
        facts.operator_pods = Ok(vec![json!({
            "metadata": { "name": "eevee-operator-abc", "namespace": "bots" },
            "status": { "containerStatuses": [
                { "image": "operator:9", "state": { "waiting": { "reason": "ErrImagePull" } } },
            ] },
        })]);
    }),
    ("NATS says that it is not well", |facts| facts.health[0].status = Ok(503)),
    ("NATS cannot be asked", |facts| {
        facts.health[0].status =
            Err("HTTP 403: services \"http:eevee-main-nats:8222\" is forbidden".to_owned());
    }),
    ("NATS is not there", |facts| {
        facts.health[0].status = Err("HTTP 503: no endpoints available".to_owned());
        change(facts, Kind::Deployment, "eevee-main-nats", |it| it["status"] = json!({}));
    }),
    ("a module has another NATS token", |facts| digest(facts, "eevee-echo-module")),
    ("NATS has another token than its Secret", |facts| {
        give_digest_key(seen(&mut facts.bot));
    }),
    ("a module is not Ready", |facts| {
        ready(facts, "False", "UnavailableReplicas", "pod x:\nCrashLoopBackOff");
    }),
    ("a module comes", |facts| ready(facts, "Unknown", "Creating", "0 of 1")),
    ("a module that nobody has looked at", |facts| {
        change(facts, Kind::BotModule, "echo", |it| {
            it["status"] = json!({ "observedGeneration": -1 });
        });
    }),
    ("a change that nobody has looked at", |facts| {
        change(facts, Kind::BotModule, "echo", |it| it["metadata"]["generation"] = 2.into());
    }),
];

fn digest(facts: &mut Facts, deployment: &str) {
    change(facts, Kind::Deployment, deployment, |live| {
        live["spec"]["template"]["metadata"]["annotations"]["eevee.bot/token-digest"] = "d2".into();
    });
}

fn ready(facts: &mut Facts, status: &str, reason: &str, message: &str) {
    change(facts, Kind::BotModule, "echo", |module| {
        let condition = &mut module["status"]["conditions"][0];
        condition["status"] = status.into();
        condition["reason"] = reason.into();
        condition["message"] = message.into();
    });
}

const BACKUPS: &[Case] = &[
    ("a module with data and without backups", |facts| {
        change(facts, Kind::BotModule, "echo", |it| it["spec"]["backupSchedule"] = Value::Null);
    }),
    ("a backup was missed", |facts| {
        healthy(facts, "False", "BackupMissed", "echo: a backup was due");
    }),
    ("no backup yet", |facts| healthy(facts, "Unknown", "NoBackupYet", "echo has no backup yet")),
    ("a schedule is suspended", |facts| {
        change(facts, Kind::BackupSchedule, "nightly", |it| it["spec"]["suspend"] = true.into());
    }),
    ("a CronJob is suspended by hand", |facts| suspended(facts, "nightly-echo-backup")),
    ("a CronJob of drills is suspended by hand", |facts| suspended(facts, "nightly-echo-drill")),
    ("a CronJob is suspended for a restore", |facts| {
        suspended(facts, "nightly-echo-backup");
        change(facts, Kind::BotModule, "echo", |it| it["status"]["restoredBy"] = "monday".into());
        restore(facts, "monday", "Unknown", "Waiting");
    }),
    ("a CronJob is suspended while its claim is not to be shared", |facts| {
        suspended(facts, "nightly-echo-backup");
        change(facts, Kind::PersistentVolumeClaim, "eevee-echo-module-pvc", |claim| {
            claim["spec"]["accessModes"] = json!(["ReadWriteOncePod"]);
        });
        change(facts, Kind::BackupSchedule, "nightly", |schedule| {
            let condition = &mut schedule["status"]["conditions"][0];
            condition["status"] = "False".into();
            condition["reason"] = "ClaimExclusive".into();
        });
    }),
    ("a restore failed", |facts| restore(facts, "monday", "False", "Failed")),
    ("a restore failed, and a later one succeeded", |facts| {
        restore(facts, "monday", "False", "Failed");
        restore(facts, "tuesday", "True", "Succeeded");
    }),
    ("a restore failed after one that succeeded", |facts| {
        restore(facts, "monday", "True", "Succeeded");
        restore(facts, "tuesday", "False", "Failed");
    }),
    ("a restore succeeded, and its module is gone", |facts| {
        restore(facts, "monday", "True", "Succeeded");
        change(facts, Kind::BackupRestore, "monday", |it| {
            it["spec"] = json!({ "botModule": { "name": "gone" }, "s3Store": { "name": "gone" } });
        });
    }),
    ("a restore waits, and its store is gone", |facts| {
        restore(facts, "monday", "Unknown", "Waiting");
        change(facts, Kind::BackupRestore, "monday", |it| {
            it["spec"]["s3Store"]["name"] = "gone".into();
        });
    }),
    ("no backup was drilled", |facts| {
        change(facts, Kind::BackupSchedule, "nightly", |it| {
            it["status"]["modules"] = json!([{ "name": "echo" }]);
        });
    }),
];

/// A CronJob that starts nothing.
fn suspended(facts: &mut Facts, name: &str) {
    insert(
        facts,
        json!({
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": name },
            "spec": { "suspend": true },
        }),
    );
}

/// A restore of the module, made on the day of its name.
fn restore(facts: &mut Facts, name: &str, status: &str, reason: &str) {
    let day = if name == "monday" { 1 } else { 2 };
    insert(
        facts,
        json!({
            "apiVersion": "eevee.bot/v1", "kind": "BackupRestore",
            "metadata": { "name": name, "creationTimestamp": format!("2025-12-0{day}T00:00:00Z") },
            "spec": { "botModule": { "name": "echo" }, "s3Store": { "name": "kept" } },
            "status": { "conditions": [
                { "type": "Ready", "status": status, "reason": reason, "message": "words of it" },
            ] },
        }),
    );
}

fn healthy(facts: &mut Facts, status: &str, reason: &str, message: &str) {
    change(facts, Kind::BackupSchedule, "nightly", |schedule| {
        let condition = &mut schedule["status"]["conditions"][1];
        condition["status"] = status.into();
        condition["reason"] = reason.into();
        condition["message"] = message.into();
    });
}

const UNSEEN: &[Case] = &[
    ("nothing but the API server's version can be seen", |facts| {
        let why = || "HTTP 403: forbidden".to_owned();
        facts.served = Err(why());
        facts.schemas = Err(why());
        facts.definitions = Err(why());
        facts.place = Err(why());
        facts.operators = Err(why());
        facts.elsewhere = Err(why());
        facts.operator_pods = Err(why());
        facts.lease = Err(why());
        facts.service = Err(why());
        facts.token = Err(why());
        facts.reviews = Err(why());
        facts.quotas = Err(why());
        facts.classes = Err(why());
        facts.bot = Err(why());
        facts.health.clear();
        facts.trials.clear();
    }),
    ("no pod may be tried", |facts| {
        for trial in &mut facts.trials {
            trial.verdict = Err("HTTP 403: cannot create resource \"pods\"".to_owned());
        }
        facts.place.as_mut().expect("seen").as_mut().expect("a namespace")["metadata"]["labels"] =
            json!({ "pod-security.kubernetes.io/enforce": "restricted" });
    }),
    ("the Service and the token cannot be seen", |facts| {
        facts.service = Err("HTTP 403: forbidden".to_owned());
        facts.token = Err("HTTP 403: forbidden".to_owned());
    }),
    ("a Secret cannot be seen", |facts| {
        seen(&mut facts.bot).set_unknown(ObjectRef::new(Kind::Secret, "bots", "words"));
    }),
    ("pods cannot be listed", |facts| unlist(facts, Kind::Pod)),
    ("claims cannot be listed", |facts| unlist(facts, Kind::PersistentVolumeClaim)),
    ("Deployments cannot be listed, and no pod is tried", |facts| {
        unlist(facts, Kind::Deployment);
        facts.trials.clear();
    }),
    ("no operator is here, and those elsewhere cannot be seen", |facts| {
        nobody_here(facts);
        facts.lease = Ok(None);
        nothing_is_allowed(facts);
    }),
    ("an operator has left its Lease, and those elsewhere cannot be seen", |facts| {
        nobody_here(facts);
        lease(facts, "holderIdentity", "".into());
    }),
    (
        "an operator outside of the cluster holds the Lease, and those elsewhere cannot be seen",
        |facts| {
            nobody_here(facts);
        },
    ),
    ("an operator is here, and those elsewhere cannot be seen", |facts| {
        facts.elsewhere = Err("HTTP 403: forbidden".to_owned());
        nothing_is_allowed(facts);
    }),
    ("a claim is unbound, and classes cannot be seen", |facts| {
        facts.classes = Err("HTTP 403: forbidden".to_owned());
        claim(facts, |_| {});
    }),
    ("schemas cannot be seen", |facts| facts.schemas = Err("HTTP 403: forbidden".to_owned())),
];

fn nobody_here(facts: &mut Facts) {
    facts.operators = Ok(Vec::new());
    facts.elsewhere = Err("HTTP 403: forbidden".to_owned());
}
