//! The operator, its rights, and who acts beside it.

use super::{Case, lease, nothing_is_allowed};
use crate::cluster::{change, operator, seen};
use eevee_operator::check::{Facts, InstallPhase};
use eevee_operator::kinds::Kind;
use serde_json::{Value, json};

pub const ACCESS: &[Case] = &[
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

pub const INSTALLATION: &[Case] = &[
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

pub const OTHERS: &[Case] = &[
    ("the TypeScript operator alone", |facts| former(operator(facts))),
    ("the TypeScript operator alone, before an installation", |facts| {
        facts.phase = InstallPhase::Before;
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

fn service(facts: &mut Facts) -> &mut Value {
    &mut facts.service.as_mut().expect("seen").as_mut().expect("a Service")["spec"]
}
