//! The namespace and the bot in it.

use super::{Case, claim};
use crate::cluster::{change, remove, run_with, seen};
use eevee_operator::check::{Admission, Facts};
use eevee_operator::kinds::Kind;
use eevee_operator::object::ObjectRef;
use serde_json::json;

pub const PLACE: &[Case] = &[
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
    ("a quota that lets no further pod in where all are there", |facts| {
        refused(
            facts,
            "pods is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2",
        );
        for name in ["eevee-echo-module", "eevee-main-nats"] {
            change(facts, Kind::Deployment, name, |live| {
                live["status"] =
                    json!({ "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1 });
            });
        }
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
    facts.trials[0].admission = Ok(Admission::Refused(words.to_owned()));
}

pub const BOT: &[Case] = &[
    ("no bot", |facts| {
        let names: Vec<ObjectRef> =
            seen(&mut facts.bot).objects().map(|object| object.reference().clone()).collect();
        for name in &names {
            seen(&mut facts.bot).remove(name);
        }
        facts.health.clear();
    }),
    ("no Secret of variables", |facts| remove(facts, Kind::Secret, "words")),
    ("no Secret of a single variable", |facts| {
        change(facts, Kind::BotModule, "echo", |module| {
            let of = |name: &str, is_optional: bool| {
                json!({ "name": name.to_uppercase(), "valueFrom": { "secretKeyRef":
                    { "name": name, "key": "k", "optional": is_optional } } })
            };
            module["spec"]["extraEnv"] =
                json!([of("nowhere", false), of("perhaps", true), { "name": "A", "value": "b" }]);
        });
    }),
    ("no S3Store to begin from", |facts| {
        remove(facts, Kind::Deployment, "eevee-echo-module");
        change(facts, Kind::BotModule, "echo", |module| {
            module["spec"]["bootstrapFromBackup"] = json!({ "s3Store": { "name": "gone" } });
        });
    }),
    ("a module that has begun from an S3Store which is gone", |facts| {
        digest(facts, "eevee-echo-module");
        change(facts, Kind::BotModule, "echo", |module| {
            module["spec"]["bootstrapFromBackup"] = json!({ "s3Store": { "name": "gone" } });
        });
    }),
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
    ("NATS has another token than its Secret", |facts| digest(facts, "eevee-main-nats")),
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
    change(facts, Kind::Deployment, deployment, |live| run_with(live, "another"));
}

fn ready(facts: &mut Facts, status: &str, reason: &str, message: &str) {
    change(facts, Kind::BotModule, "echo", |module| {
        let condition = &mut module["status"]["conditions"][0];
        condition["status"] = status.into();
        condition["reason"] = reason.into();
        condition["message"] = message.into();
    });
}
