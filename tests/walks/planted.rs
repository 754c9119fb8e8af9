//! Five things are wrong with a bot. Somebody finds and mends all of them by what `status` and `check` say.

use crate::cluster::Cluster;
use crate::operator::Operator;
use crate::reader::Reader;
use serde_json::json;

const STATUS: &str = "eevee-operator status -n eevee-bot";
const CHECK: &str = "eevee-operator check -n eevee-bot";

/// What the overview says of each fault: the module, its reason, and what to do.
const FOUND: [(&str, &str, &str); 5] = [
    ("helper", "ImagePullBackOff", "Correct the image"),
    ("weather", "there is no Secret weather-keys", "Make the Secret"),
    ("seen", "the claim has 2Gi", "Set the size of the claim back"),
    ("tell", "exceeded quota: small", "Raise the ResourceQuota"),
    ("echo", "is paused", "Let the Deployment go on"),
];

const BOT: &str = "
apiVersion: eevee.bot/v1
kind: IpcConfig
metadata: {name: main, namespace: eevee-bot}
spec: {}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: helper, namespace: eevee-bot}
spec: {image: \"registry.example.com/helper:1.0\", ipcConfig: main}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: weather, namespace: eevee-bot}
spec: {image: \"registry.example.com/weather:1.0\", ipcConfig: main, envSecret: {name: weather-keys}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: seen, namespace: eevee-bot}
spec:
  image: registry.example.com/seen:1.0
  ipcConfig: main
  persistentVolumeClaim: {resources: {requests: {storage: 2Gi}}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: echo, namespace: eevee-bot}
spec: {image: \"registry.example.com/echo:1.0\", ipcConfig: main}
";

const LATE: &str = "
apiVersion: v1
kind: ResourceQuota
metadata: {name: small, namespace: eevee-bot}
spec: {hard: {pods: \"4\"}}
---
apiVersion: eevee.bot/v1
kind: BotModule
metadata: {name: tell, namespace: eevee-bot}
spec: {image: \"registry.example.com/tell:1.0\", ipcConfig: main}
";

#[test]
fn five_planted_faults_are_found_and_mended() {
    let cluster = Cluster::fake_nodes();
    let reader = Reader::at(&cluster);
    reader.run("helm install eevee-crds helm/crds -n eevee-bot --create-namespace").fine();
    reader.run("helm install eevee-operator helm/operator -n eevee-bot").fine();
    reader.waits("deployment/eevee-operator", "condition=Available");
    let _operator = Operator::of_the_chart(&reader);
    plant(&reader);

    let status = reader.run(STATUS);
    assert_eq!(status.code, Some(1), "{}", status.err);
    for (module, why, what_to_do) in FOUND {
        let said = said_of(&status.out, module);
        assert!(said.contains(why) && said.contains(what_to_do), "{module}: {said}");
    }
    let check = reader.run(CHECK);
    assert_eq!(check.code, Some(1), "{}", check.err);
    mend(&reader, &status.out, &check.out);

    for (module, ..) in FOUND {
        reader.waits_for_reason(&format!("bm/{module}"), "AvailableReplicas");
    }
    reader.run(STATUS).fine();
    let check = reader.run(CHECK).out;
    let failed: Vec<&str> = check.lines().filter(|line| line.starts_with("fail")).collect();
    // No volume is ever made on this cluster.
    assert!(failed.iter().all(|line| line.contains("claim eevee-bot/")), "{failed:#?}");
}

/// The lines about a module.
fn said_of(status: &str, module: &str) -> String {
    let lines = status.lines().skip_while(|line| !line.contains(&format!("bm/{module} ")));
    let (first, rest) = (lines.clone().take(1), lines.skip(1));
    first.chain(rest.take_while(|line| !line.contains("- "))).collect::<Vec<_>>().join("\n")
}

/// Does what was said, word for word where it is a whole command.
fn mend(reader: &Reader, status: &str, check: &str) {
    patch(reader, "helper", r#"{"spec":{"image":"registry.example.com/helper:1.1"}}"#);
    reader.write("FILE", "KEY=value\n");
    let secret = check.lines().find(|line| line.contains("Secret eevee-bot/weather-keys"));
    let (_, command) = secret.and_then(|line| line.split_once("[mend: ")).expect("a command");
    reader.run(command.trim_end_matches(']')).fine();
    patch(reader, "seen", &claim("2Gi"));
    let quota = check.lines().find(|line| line.contains("kubectl edit resourcequota small"));
    assert!(quota.is_some(), "{check}");
    let more =
        r#"kubectl patch resourcequota small -n eevee-bot -p '{"spec":{"hard":{"pods":"20"}}}'"#;
    reader.run(more).fine();
    let (_, command) = status.split_once("Let the Deployment go on: ").expect("a command");
    reader.run(command.lines().next().unwrap_or_default()).fine();
}

/// What is wrong: an image, a Secret, a claim, a quota, and a Deployment that somebody has paused.
fn plant(reader: &Reader) {
    reader.write("bot.yaml", BOT);
    reader.run("kubectl apply -f bot.yaml").fine();
    for module in ["helper", "seen", "echo"] {
        reader.waits_for_reason(&format!("bm/{module}"), "AvailableReplicas");
    }
    pulls_no_image(reader, "helper");
    let smaller =
        r#"{"spec":{"persistentVolumeClaim":{"resources":{"requests":{"storage":"1Gi"}}}}}"#;
    patch(reader, "seen", smaller);
    reader.run("kubectl rollout pause deployment/eevee-echo-module -n eevee-bot").fine();
    patch(reader, "echo", r#"{"spec":{"image":"registry.example.com/echo:1.1"}}"#);
    reader.write("late.yaml", LATE);
    reader.run("kubectl apply -f late.yaml").fine();
    reader.waits_for_reason("bm/weather", "SecretNotFound");
    reader.waits_for_reason("bm/echo", "DeploymentPaused");
    for module in ["helper", "tell"] {
        reader.waits_for_reason(&format!("bm/{module}"), "UnavailableReplicas");
    }
}

fn claim(size: &str) -> String {
    let requests = json!({ "requests": { "storage": size } });
    json!({ "spec": { "persistentVolumeClaim": { "resources": requests } } }).to_string()
}

fn patch(reader: &Reader, module: &str, patch: &str) {
    reader.run(&format!("kubectl patch bm/{module} -n eevee-bot --type=merge -p '{patch}'")).fine();
}

/// Says of a module's pod what a kubelet would. A fake node pulls no images.
fn pulls_no_image(reader: &Reader, module: &str) {
    let waiting =
        json!({ "reason": "ImagePullBackOff", "message": "Back-off pulling image: not found" });
    let container = json!({ "name": "module", "image": "registry.example.com/helper:1.0", "imageID": "",
        "ready": false, "restartCount": 0, "state": { "waiting": waiting } });
    let ready = json!({ "type": "Ready", "status": "False", "reason": "ContainersNotReady" });
    let status = json!({ "status": { "containerStatuses": [container], "conditions": [ready] } });
    let pods = format!("kubectl get pods -n eevee-bot -l eevee.bot/module={module} -o name");
    reader
        .run(&format!("kubectl patch $({pods}) -n eevee-bot --subresource=status -p '{status}'"))
        .fine();
}
